"use strict";
// The search works in a worker, which browsers refuse to pages of a folder (file:). There, and only there,
// an empty frame of the same page stands in its place.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      frame.title = "search";
      document.body.append(frame);
      const inner = frame.contentWindow;
      inner.importScripts = async (...scripts) => {
        for (const script of scripts) await this.load(inner, script);
      };
      this.waiting = [];
      inner.postMessage = (data) => setTimeout(() => { // never while somebody posts
        const event = new MessageEvent("message", { data: structuredClone(data) });
        this.dispatchEvent(event);
        if (this.onmessage) this.onmessage(event);
      });
      this.inner = inner;
      this.load(inner, new URL(address, location.href).href).then(() => {
        this.is_ready = true;
        this.waiting.splice(0).forEach((data) => this.hand(data));
      });
    }
    load(inner, address) {
      return new Promise((done, failed) => {
        const script = inner.document.createElement("script");
        script.src = address;
        script.onload = done;
        script.onerror = failed;
        inner.document.body.append(script);
      });
    }
    hand(data) { this.inner.dispatchEvent(new this.inner.MessageEvent("message", { data: this.inner.structuredClone(data) })); }
    postMessage(data) { if (this.is_ready) this.hand(data); else this.waiting.push(data); }
    terminate() {}
  };
}
