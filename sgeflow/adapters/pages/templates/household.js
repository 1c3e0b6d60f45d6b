// A household: chooses a day, which is part of the address. Texts are those of the page's tables.
const data = JSON.parse(document.getElementById("data").textContent);
const at = (id) => document.getElementById(id);
const table = at("all-days"), card = at("day"), carpet = at("carpet"), field = at("date");
const rows = () => [...rowsOf("all-days")];
const [first, columns] = data.carpet;
const figures = [...document.querySelectorAll(".facts dd")];
const SVG = "http://www.w3.org/2000/svg";
const number = new Intl.NumberFormat(document.documentElement.lang);
let chosen = data.chosen, from = null, later = 0;
table.addEventListener("toggle", () => rows().forEach((row, place) => { // a row leads to the card, too
  const link = document.createElement("a");
  link.href = `#${dates[place]}`;
  link.append(row.cells[0].firstChild);
  row.cells[0].append(link);
}), { once: true });

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

const watts = new Uint16Array(Uint8Array.from(atob(data.slots), (letter) => letter.charCodeAt(0)).buffer);
function slotsOf(place) {
  const slots = [...watts.subarray(48 * place, 48 * place + 48)];
  return slots.map((one) => (one === 65535 ? null : one * data.unit));
}

const last = watts.length / 48 - 1;
const dates = Array.from({ length: last + 1 }, (_, place) => {
  const day = new Date(data.first);
  day.setUTCDate(day.getUTCDate() + place);
  return day.toISOString().slice(0, 10);
});

const titleOf = (place) => rows()[place].cells[0].textContent.trim();
function sentence(name, slot, watts) {
  const power = watts === null || watts === undefined ? data.nothing : `${number.format(watts)} W`;
  return data.sentence.replace("{when}", name).replace("{time}", data.clock[slot]).replace("{power}", power);
}

function columnsOf(chart, group, name, values, source) { // a column a half-hour, which says its power
  group.replaceChildren(...data.clock.map((_, slot) => {
    const column = document.createElementNS(SVG, "rect");
    put(column, { x: slot, "data-text": [sentence(name, slot, values[slot]), source].filter(Boolean).join(" · ") });
    return column;
  }));
  put(chart, { "aria-valuemax": data.clock.length, "aria-valuenow": 1, "aria-valuetext": group.firstChild.dataset.text });
}

function draw() {
  const slots = slotsOf(chosen);
  put(at("curve"), { d: levels(slots, false) });
  put(at("area"), { d: levels(slots, true) });
  put(at("usual"), { d: levels(data.usual[data.kinds[chosen]], false) });
  columnsOf(card.querySelector("[data-chart]"), at("day-columns"), at("day-title").textContent, slots, figures.at(-1).textContent.trim());
  field.value = dates[chosen];
  cursor(at("daily-cursor"), chosen, last + 1, data.heights.daily);
  for (const chart of document.querySelectorAll("[data-rows] [data-chart]")) put(chart, { "aria-valuenow": chosen + 1 });
  if (columns) {
    cursor(at("carpet-cursor"), chosen - first, columns, data.heights.carpet);
    put(carpet, { "aria-valuenow": chosen + 1, "aria-valuetext": spoken() });
  }
}

function show(place) {
  chosen = Math.max(0, Math.min(last, place));
  const cells = [...rows()[chosen].cells], [remark, source] = cells.slice(-2);
  at("day-title").textContent = titleOf(chosen);
  [...cells.slice(1, -2), source].forEach((cell, place) => {
    figures[place].textContent = cell.textContent;
    figures[place].className = cell.className;
  });
  at("day-remark").textContent = remark.textContent.trim();
  draw();
}

function spoken() {
  const mark = at("daily").querySelector(".hits").children[chosen];
  return mark.dataset.text || mark.textContent;
}

function choose(place) { // browsers refuse an address for each of many quick keys
  show(place);
  clearTimeout(later);
  later = setTimeout(() => history.replaceState(null, "", `#${dates[chosen]}`), 200);
}

function visit(place) { // goes to the card; Escape leads back
  from = document.activeElement;
  show(place);
  at("day-title").focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
}
const named = () => dates.indexOf(location.hash.slice(1));
addEventListener("popstate", () => named() >= 0 && visit(named()));
document.addEventListener("click", (event) => {
  const link = event.target.closest("a"), row = event.target.closest("#all-days tbody tr");
  const place = link ? dates.indexOf(link.hash.slice(1)) : row ? rows().indexOf(row) : -1;
  if (place < 0) return;
  event.preventDefault();
  if (location.hash !== `#${dates[place]}`) history.pushState(null, "", `#${dates[place]}`);
  visit(place);
});
card.addEventListener("keydown", (event) => { if (event.key === "Escape") from?.focus(); });

if (columns) {
  const half = (event) => {
    const box = carpet.getBoundingClientRect();
    const part = (size, count, at) => Math.max(0, Math.min(count - 1, Math.floor((at / size) * count)));
    return [first + part(box.width, columns, event.clientX - box.left), part(box.height, 48, event.clientY - box.top)];
  };
  carpet.addEventListener("pointermove", (event) => {
    const [place, slot] = half(event);
    const more = [...rows()[place].cells].slice(-2).map((cell) => cell.textContent.trim());
    tell([sentence(titleOf(place), slot, slotsOf(place)[slot]), ...more].filter(Boolean).join(" · "), event.clientX, event.clientY - 8);
  });
  carpet.addEventListener("click", (event) => choose(half(event)[0]));
  carpet.addEventListener("keydown", (event) => {
    if (event.key === "Enter") visit(chosen);
    if (!(event.key in MOVES) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    choose(chosen + MOVES[event.key]);
    const box = at("carpet-cursor").getBoundingClientRect();
    if (box.width) tell(spoken(), box.left + box.width / 2, box.top);
  });
}
at("earlier").addEventListener("click", () => choose(chosen - 1));
at("later").addEventListener("click", () => choose(chosen + 1));
field.addEventListener("change", (event) => {
  const place = dates.indexOf(event.target.value);
  if (place >= 0) choose(place);
});
function profiles() { // once, when somebody comes to them
  document.querySelectorAll(".profiles svg:not(:has(.hits))").forEach((chart, place) => {
    const group = document.createElementNS(SVG, "g"), [title] = chart.closest("li").querySelector("h3").childNodes;
    put(group, { class: "hits" });
    chart.append(group);
    columnsOf(chart, group, title.textContent, data.profiles[place]);
  });
}
for (const event of ["pointerenter", "focusin"]) document.querySelector(".profiles")?.addEventListener(event, profiles, { once: true });
const compare = at("compare");
if (compare) {
  compare.parentElement.hidden = false;
  compare.addEventListener("change", () => document.querySelectorAll(".earlier").forEach((line, place) => {
    put(line, { display: place === compare.selectedIndex ? "inline" : "none" });
  }));
}
at("pick").hidden = false;
draw();
if (named() >= 0) visit(named());
