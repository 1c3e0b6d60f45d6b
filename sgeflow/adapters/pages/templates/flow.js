"use strict";
// A flow's page: every step is a link to itself; what a link leads to is shown, with its lines.
const known = JSON.parse(document.getElementById("data").textContent);
const find = (id) => document.getElementById(id);
const view = find("view"), picture = find("picture");
const items = [...document.querySelectorAll("#list li")];
let documents = [], manuals = {}, operations = {}; // texts, the first as lines, once they are unpacked
let size = 1;

async function unpack(packed) { // what Python has deflated
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json();
}

function linesOf(step) { // of the document, as if nothing held the step
  const [document, first, count, left] = step.at || [0, 0, 0, 0];
  return documents.length ? documents[document].slice(first, first + count).map((line) => line.slice(left)).join("\n") : "";
}

function resize(to, x = view.clientWidth / 2, y = view.clientHeight / 2) {
  const before = size;
  size = Math.min(2.5, Math.max(0.1, to));
  const left = (view.scrollLeft + x) / before, top = (view.scrollTop + y) / before;
  picture.style.zoom = size;
  view.scrollTo(left * size - x, top * size - y);
}
function fit() { // letters keep a least size, so what is wide is measured again
  resize(1);
  for (let tries = 0; tries < 4 && view.scrollWidth > view.clientWidth; tries += 1) resize(size * view.clientWidth / view.scrollWidth);
  centre();
}
function centre() { view.scrollLeft = (view.scrollWidth - view.clientWidth) / 2; }
function write(text, into) { // keys of the document stand out; what is long goes on further right
  for (const line of text.split("\n")) {
    const row = document.createElement("span"), left = `${/^[ -]*/.exec(line)[0].length + 2}ch`;
    row.className = "row";
    row.style.paddingLeft = left;
    row.style.textIndent = `-${left}`;
    const key = /^(\s*(?:- )?)([\w.]+)(?=:(?:\s|$))/.exec(line);
    const name = document.createElement("span");
    name.className = "key-name";
    name.textContent = key ? key[2] : "";
    row.append(key ? key[1] : "", name, line.slice(key ? key[0].length : 0));
    into.append(row);
  }
}
function unfold(box) {
  for (let one = box.parentElement; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
}
function choose(trail, moves) {
  const step = known.steps[trail], box = find(trail);
  if (!step || !box) return;
  document.querySelectorAll(".chosen-one").forEach((one) => one.classList.remove("chosen-one"));
  document.querySelectorAll("#list [aria-current]").forEach((one) => one.removeAttribute("aria-current"));
  box.classList.add("chosen-one");
  unfold(box);
  const link = items.map((one) => one.firstElementChild).find((one) => one.hash === `#${trail}` || decodeURIComponent(one.hash) === `#${trail}`);
  if (link) { link.setAttribute("aria-current", "true"); link.scrollIntoView({ block: "nearest" }); }
  if (moves) box.querySelector(".name").scrollIntoView({ block: "center", inline: "center" });
  const card = find("details").content.cloneNode(true);
  card.querySelector("h2").textContent = box.querySelector(".name").textContent;
  card.querySelector(".place").textContent = step.at ? `${known.names[step.at[0]]}.yaml:${step.at[1] + 1}` : "";
  write(linesOf(step), card.querySelector("code"));
  const about = operations[step.operation];
  card.querySelector(".operation").textContent = about || "";
  card.querySelector(".of-operation").hidden = !about;
  card.querySelector(".manual").textContent = manuals[step.verb] || "";
  card.querySelector(".close").addEventListener("click", () => find("chosen").replaceChildren());
  find("chosen").replaceChildren(card);
}
const named = () => decodeURIComponent(location.hash.slice(1));
addEventListener("hashchange", () => choose(named(), true));
document.addEventListener("click", (event) => { // the same link once more
  const link = event.target.closest("a[href^='#']");
  if (link && link.hash === location.hash) choose(named(), true);
});

const plain = (text) => text.toLowerCase().replaceAll("’", "'");
const wanted = () => plain(find("find").value).split(/\s+/).filter(Boolean);
function search() {
  const words = wanted();
  let count = 0;
  for (const item of items) {
    const trail = decodeURIComponent(item.firstElementChild.hash.slice(1)), step = known.steps[trail];
    const text = plain(`${trail} ${item.textContent} ${linesOf(step)}`);
    item.hidden = !words.every((word) => text.includes(word));
    count += !item.hidden;
  }
  find("found").textContent = count;
  find("nothing").hidden = count > 0;
}
find("find").addEventListener("input", search);
find("find").addEventListener("keydown", (event) => {
  const there = items.filter((one) => !one.hidden), words = wanted();
  const first = there.find((one) => words.every((word) => plain(one.textContent).includes(word))) || there[0]; // a title before lines
  if (event.key === "Enter" && first) first.firstElementChild.click();
});

for (const [id, open] of [["unfold", true], ["fold", false]]) {
  find(id).addEventListener("click", () => {
    picture.querySelectorAll("details").forEach((one) => { one.open = open; });
    centre();
  });
}
picture.addEventListener("click", (event) => { // what was opened stays in sight
  const fold = event.target.closest("summary");
  if (fold) requestAnimationFrame(() => fold.scrollIntoView({ block: "nearest", inline: "center" }));
});
find("larger").addEventListener("click", () => resize(size * 1.25));
find("smaller").addEventListener("click", () => resize(size / 1.25));
find("fit").addEventListener("click", fit);
view.addEventListener("keydown", (event) => {
  const to = { "+": size * 1.25, "=": size * 1.25, "-": size / 1.25 }[event.key];
  if (to) resize(to);
  if (event.key === "0") fit();
});
view.addEventListener("wheel", (event) => {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  const area = view.getBoundingClientRect();
  resize(size * Math.exp(-event.deltaY / 300), event.clientX - area.left, event.clientY - area.top);
}, { passive: false });
let held = null;
view.addEventListener("pointerdown", (event) => {
  if (event.pointerType !== "mouse" || event.button || event.target.closest("a, summary, button")) return;
  held = { x: event.clientX + view.scrollLeft, y: event.clientY + view.scrollTop };
  view.classList.add("held");
});
addEventListener("pointermove", (event) => { if (held) view.scrollTo(held.x - event.clientX, held.y - event.clientY); });
addEventListener("pointerup", () => { held = null; view.classList.remove("held"); });

const isNarrow = matchMedia("(max-width: 62rem)").matches;
if (isNarrow) picture.querySelectorAll("details").forEach((one) => {
  one.open = one.parentElement.matches(".failed") || one.querySelector(".failed") !== null;
});
centre();
unpack(known.packed).then((texts) => {
  ({ manuals, operations } = texts);
  documents = texts.documents.map((text) => text.split("\n"));
  const failed = !isNarrow && known.failed; // elsewhere it would hide the heading
  if (named() || failed) choose(named() || failed, true);
  if (find("find").value) search();
});
