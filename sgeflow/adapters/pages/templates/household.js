"use strict";
// Chooses a day. All texts were written before: here they are put in their places, and curves drawn.
const data = JSON.parse(document.getElementById("data").textContent);
const at = (id) => document.getElementById(id);
const last = data.days.length - 1;
const [first, columns] = data.carpet;
const figures = [...document.querySelectorAll(".facts dd")];
const SVG = "http://www.w3.org/2000/svg";
let chosen = data.chosen;

function levels(values, closed) {
  let path = "", isDown = false;
  values.forEach((value, place) => {
    if (value === null) {
      path += isDown && closed ? "V100Z" : "";
    } else {
      const y = +(100 - (100 * value) / data.top).toFixed(2);
      path += (isDown ? `V${y}` : closed ? `M${place} 100V${y}` : `M${place} ${y}`) + `H${place + 1}`;
    }
    isDown = value !== null;
  });
  return path + (isDown && closed ? "V100Z" : "");
}

function put(element, values) {
  for (const [name, value] of Object.entries(values)) element.setAttribute(name, value);
}

function cursor(group, place, count, height) {
  group.replaceChildren();
  if (place < 0 || place >= count) return;
  const column = document.createElementNS(SVG, "rect");
  put(column, { class: "column", x: `${(100 * place) / count}%`, width: `${100 / count}%`, y: 0, height });
  group.append(column);
  for (const [y1, y2] of [[-9, 0], [height, height + 9]]) {
    const tick = document.createElementNS(SVG, "line"), x = `${(100 * (place + 0.5)) / count}%`;
    put(tick, { class: "cursor", x1: x, x2: x, y1, y2 });
    group.append(tick);
  }
}

function show(place) {
  chosen = Math.max(0, Math.min(last, place));
  const day = data.days[chosen];
  at("day-title").textContent = day.title;
  put(at("curve"), { d: levels(day.slots, false) });
  put(at("area"), { d: levels(day.slots, true) });
  put(at("usual"), { d: levels(data.usual[day.kind], false) });
  figures.forEach((one, place) => {
    one.textContent = day.figures[place];
    one.hidden = one.previousElementSibling.hidden = !day.figures[place];
    one.classList.toggle("odd", day.odd.includes(place));
  });
  put(at("mark"), { visibility: day.at === null ? "hidden" : "visible" });
  if (day.at !== null) {
    put(at("mark-line"), { x1: `${day.at}%`, x2: `${day.at}%` });
    const isRight = day.at > data.right;
    put(at("mark-text"), { x: `${day.at}%`, dx: isRight ? -6 : 6, "text-anchor": isRight ? "end" : "start" });
    at("mark-text").textContent = day.peak;
  }
  at("date").value = day.date;
  cursor(at("daily-cursor"), chosen, last + 1, data.heights.daily);
  if (columns) {
    cursor(at("carpet-cursor"), chosen - first, columns, data.heights.carpet);
    put(at("carpet"), { "aria-valuenow": chosen + 1, "aria-valuetext": day.spoken });
  }
}

function choose(event, area, from, count) {
  const box = area.getBoundingClientRect();
  const part = (event.clientX - box.left) / box.width;
  if (part >= 0 && part < 1) show(from + Math.floor(part * count));
}

const MOVES = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7, PageUp: -30, PageDown: 30, Home: -last, End: last };
if (columns) {
  at("carpet").addEventListener("keydown", (event) => {
    if (!(event.key in MOVES) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    show(chosen + MOVES[event.key]);
  });
  at("carpet").addEventListener("click", (event) => choose(event, at("carpet"), first, columns));
}
for (const id of ["daily", "powers"]) {
  const plot = at(id)?.querySelector("svg[role=img]");
  plot?.addEventListener("click", (event) => choose(event, plot, 0, last + 1));
}
at("earlier").addEventListener("click", () => show(chosen - 1));
at("later").addEventListener("click", () => show(chosen + 1));
at("date").addEventListener("change", (event) => {
  const place = data.days.findIndex((day) => day.date === event.target.value);
  if (place >= 0) show(place);
});
at("pick").hidden = false;
show(chosen);
