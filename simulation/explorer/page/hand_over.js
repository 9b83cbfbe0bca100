"use strict";
// What the page hands over: the sliders as options and as a link, pictures and tables as files. Called by page.js.

const LETTERS = "text { font: 12px system-ui, 'DejaVu Sans', sans-serif } text:not([fill]) { fill: #222 }"
  + " text.code { font-size: 8px } text.dim { fill: #666 }";

const movedDials = () => [...document.querySelectorAll(".dial input")].filter(input => input.dataset.moved);
const optionsOf = power => movedDials().map(input => `--set major_powers.${power}.${input.name}=${input.value}`).join(" ");

// the state stands behind the sign #, which browsers keep to themselves: nothing is asked for again
function remember(state) { window.history.replaceState(null, "", `#${state}`); }
const remembered = () => new URLSearchParams(window.location.hash.slice(1));

function moveDials(state) {
  for (const input of document.querySelectorAll(".dial input")) {
    if (!state.has(input.name)) continue;
    input.value = state.get(input.name);
    input.dataset.moved = "yes";
  }
}

function save(name, text, kind) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], {type: kind}));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  say(`${name} saved`);
}

function savePicture(drawn, name) {
  const picture = drawn.cloneNode(true), style = document.createElementNS("http://www.w3.org/2000/svg", "style");
  const [, , width, height] = picture.getAttribute("viewBox").split(" ");
  picture.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  picture.setAttribute("width", width);
  picture.setAttribute("height", height);
  style.textContent = LETTERS;
  picture.prepend(style);
  save(`${name}.svg`, new XMLSerializer().serializeToString(picture), "image/svg+xml");
}

function saveTable(rows, name) {
  const cell = value => value === null ? "" : /[",\n]/.test(value) ? `"${String(value).replace(/"/g, '""')}"` : value;
  save(`${name}.csv`, rows.map(row => row.map(cell).join(",") + "\n").join(""), "text/csv");
}

async function copy(words) {
  try { await navigator.clipboard.writeText(words); return true; } catch { return false; }
}
