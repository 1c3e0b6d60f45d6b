"use strict";
// Charts: the mark under the pointer, the finger or the arrow keys says its title. Enter, a click or
// a second tap opens the row that belongs to the mark; Escape closes.
const MOVES = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7, PageUp: -30, PageDown: 30, Home: -1e6, End: 1e6 };
const tip = document.createElement("p");
tip.className = "tip on-screen";
tip.hidden = true;
tip.ariaHidden = "true"; // the chart that has the focus speaks
document.body.append(tip);
let tapped = null;

function put(element, values) {
  for (const [name, value] of Object.entries(values)) element.setAttribute(name, value);
}

function tell(text, x, y) { // above a place of the window, or below it
  tip.textContent = text;
  tip.hidden = false;
  const most = document.documentElement.clientWidth - tip.offsetWidth - 8, above = y - tip.offsetHeight - 10;
  tip.style.left = `${scrollX + Math.max(8, Math.min(most, x - tip.offsetWidth / 2))}px`;
  tip.style.top = `${scrollY + (above < 0 ? y + 24 : above)}px`;
}

function marksOf(chart) { // a title would be shown by the browser, too
  for (const title of chart.querySelectorAll("title")) {
    title.parentElement.dataset.text = title.textContent;
    title.remove();
  }
  return [...chart.querySelectorAll("[data-text]")];
}

function rowsOf(id) { // a table for readers without a script is a text, until somebody needs it
  const table = document.getElementById(id), packed = table.querySelector("noscript");
  if (packed) {
    packed.outerHTML = packed.textContent;
    table.querySelectorAll("tbody tr").forEach((row) => row.removeAttribute("id")); // an address leads to a card
  }
  return table.querySelectorAll("tbody tr");
}

function rowOf(chart, place) {
  const table = chart.closest("[data-rows]");
  return table && rowsOf(table.dataset.rows)[place];
}

function leave() {
  tip.hidden = true;
  document.querySelector(".at")?.classList.remove("at");
}

function point(chart, place) {
  const mark = marksOf(chart)[place];
  leave();
  if (!mark) return;
  mark.classList.add("at");
  const text = [mark.dataset.text, rowOf(chart, place)?.lastElementChild.textContent].filter(Boolean).join(" · ");
  put(chart, { "aria-valuenow": place + 1, "aria-valuetext": text });
  const box = mark.getBoundingClientRect();
  tell(text, box.left + box.width / 2, box.top);
}

function nearest(chart, event) {
  const marks = marksOf(chart), under = marks.indexOf(event.target);
  if (under >= 0) return under;
  const away = marks.map((mark) => {
    const box = mark.getBoundingClientRect();
    return Math.abs(event.clientX - box.left - box.width / 2);
  });
  return away.indexOf(Math.min(...away));
}

const groups = new Map(); // the charts of a section have one stop for the tabulator
for (const chart of document.querySelectorAll("[data-chart]")) {
  const titles = chart.querySelectorAll("title"), section = chart.closest("section");
  put(chart, { role: "slider", tabindex: groups.has(section) ? -1 : 0, "aria-valuemin": 1, "aria-valuemax": Math.max(1, titles.length), "aria-valuenow": 1 });
  if (titles.length) put(chart, { "aria-valuetext": titles[0].textContent });
  groups.set(section, [...(groups.get(section) || []), chart]);
}
const chartAt = (event) => event.target.closest?.("[data-chart]");
const open = (chart, place) => rowOf(chart, place)?.click();

document.addEventListener("pointermove", (event) => {
  const chart = chartAt(event);
  if (chart) point(chart, nearest(chart, event));
  else if (!event.target.closest?.("[data-tells]")) leave();
});
document.addEventListener("click", (event) => {
  const chart = chartAt(event);
  if (!chart) return;
  const place = nearest(chart, event), mark = marksOf(chart)[place];
  if (event.pointerType !== "touch" || mark === tapped) open(chart, place);
  else point(chart, place);
  tapped = mark;
});
document.addEventListener("focusin", (event) => {
  const chart = chartAt(event);
  if (chart?.matches(":focus-visible")) point(chart, chart.getAttribute("aria-valuenow") - 1);
});
document.addEventListener("focusout", leave);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") leave();
  const chart = chartAt(event);
  if (!chart || event.ctrlKey || event.metaKey || event.altKey) return;
  const place = chart.getAttribute("aria-valuenow") - 1;
  if (event.key === "Enter") open(chart, place);
  if (!(event.key in MOVES)) return;
  event.preventDefault();
  const group = groups.get(chart.closest("section")), aside = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const next = aside && group.length > 1 ? group[group.indexOf(chart) + aside] || chart : chart;
  if (next !== chart) {
    put(chart, { tabindex: -1 });
    put(next, { tabindex: 0 });
    next.focus();
  } else if (!aside || group.length === 1) {
    point(chart, Math.max(0, Math.min(marksOf(chart).length - 1, place + MOVES[event.key])));
  }
});
