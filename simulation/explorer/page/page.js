"use strict";
const $ = id => document.getElementById(id);
const BLUE = "#0072B2", ORANGE = "#E69F00", GREY = "#c9c9c9";
const STEPS = {portfolio: "portfolio", equilibria: "rest points", outcomes: "outcomes", history: "one history"};
let scene, pinned = null, years = [], now = {}, asked = 0, unanswered = 0;
const took = {};  // seconds of each kind of question when it was last answered

const escaped = text => String(text).replace(/[&<>"]/g, sign => `&#${sign.charCodeAt(0)};`);
const short = value => String(Number(value.toPrecision(3)));
const nameOf = code => (scene.states.find(s => s.code === code) || scene.powers.find(p => p.code === code) || {name: code}).name;

function query(extra = {}) {
  const sliders = Object.fromEntries(movedDials().map(input => [input.name, input.value]));
  return new URLSearchParams({power: scene ? scene.power : "", ...sliders, ...extra});
}

async function ask(question, parameters) {
  const start = performance.now(), seconds = () => (performance.now() - start) / 1000;
  const clock = setInterval(() => { if (seconds() >= 1) say(waiting_for(question, Math.floor(seconds()))); }, 200);
  unanswered += 1;
  try {
    const reply = await fetch(`${question}?${parameters}`), found = await reply.json();
    if (!reply.ok) throw new Error(found.error);
    took[question] = seconds();
    return found;
  } finally { clearInterval(clock); unanswered -= 1; }
}

// what is said of a question that takes more than a second
function waiting_for(question, seconds) {
  const step = Object.keys(STEPS).indexOf(question);
  return `${STEPS[question] || question}${step < 0 ? "" : ` (${step + 1} of ${Object.keys(STEPS).length})`}: ${seconds} s`
    + (took[question] >= 1 ? `, last time ${Math.round(took[question])} s` : "")
    + (unanswered > 1 ? "; an older question is answered first" : "");
}

function say(text, wrong = false) { $("status").textContent = text; $("status").className = wrong ? "wrong" : ""; }

// only the newest question counts: an answer to an older one is dropped
async function refresh() {
  const mine = ++asked, start = performance.now(), parameters = query();
  const seconds = () => ((performance.now() - start) / 1000).toFixed(2);
  remember(query({seed: $("seed").value}));
  $("options").textContent = optionsOf(scene.power) || "none: the sliders stand as in the scenario";
  try {
    const {pacts} = await ask("portfolio", parameters);
    if (mine !== asked) return;
    now = {pacts, first: pacts};
    $("which").innerHTML = $("found").textContent = "";
    drawPortfolio();
    const first = `portfolio in ${seconds()} s`;
    say(first);
    await new Promise(done => setTimeout(done, 150));  // a slider that still moves asks for portfolios alone
    if (mine !== asked) return;
    const rested = await ask("equilibria", parameters);
    if (mine !== asked) return;
    now.rested = rested;
    fillWhich();
    const found = await ask("outcomes", parameters);
    if (mine !== asked) return;
    now.outcomes = found;
    drawOutcomes();
    const lived = await ask("history", query({seed: $("seed").value}));
    if (mine !== asked) return;
    years = lived;
    drawYear();
    say(`${first}, everything in ${seconds()} s`);
  } catch (error) { say(error.message, true); }
}

let waiting = 0;
function soon() { clearTimeout(waiting); waiting = setTimeout(refresh, 40); }

// --- pictures ----------------------------------------------------------------------------------------------------

const svg = (width, height, inside, words) =>
  `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(words)}">${inside}</svg>`;
const text = (x, y, words, more = "") => `<text x="${x}" y="${y}" ${more}>${escaped(words)}</text>`;

function strip(pacts, before) {
  const W = 620, H = 250, L = 40, R = 20, T = 26, B = 36, half = (H - T - B) / 2;
  const own = list => new Map((list || []).filter(p => p.power === scene.power).map(p => [p.state, p]));
  const mine = own(pacts), old = own(before), others = new Set((pacts || []).filter(p => p.power !== scene.power).map(p => p.state));
  const step = (W - L - R) / scene.states.length, middle = T + half;
  let inside = text(L, 14, "commitment ▲", `fill="${BLUE}"`) + text(L + 100, 14, "autonomy conceded ▼", `fill="${ORANGE}"`)
    + (before ? text(W - R, 14, "outlined: pinned", 'text-anchor="end" class="dim"') : "")
    + text(L - 6, T + 8, "1", 'text-anchor="end" class="dim"') + text(L - 6, H - B, "1", 'text-anchor="end" class="dim"')
    + text(L - 6, middle + 4, "0", 'text-anchor="end" class="dim"');
  const many = scene.states.length > 24;
  scene.states.forEach((state, place) => {
    const x = L + place * step, width = Math.max(1.5, step * 0.72), pact = mine.get(state.code), was = old.get(state.code);
    const tip = `<title>${escaped(state.name)}, ${Math.round(state.distance_km)} km</title>`;
    const bars = (p, style) => `<rect x="${x}" y="${middle - p.commitment * half}" width="${width}" height="${p.commitment * half}" ${style(BLUE)}/>`
      + `<rect x="${x}" y="${middle}" width="${width}" height="${p.autonomy * half}" ${style(ORANGE)}/>`;
    inside += `<g>${tip}<rect x="${x}" y="${T}" width="${step}" height="${H - T - B}" fill="transparent"/>`;
    if (pact) inside += bars(pact, colour => `fill="${colour}"`);
    else inside += `<circle cx="${x + width / 2}" cy="${middle}" r="${others.has(state.code) ? 3 : 1.5}" fill="${others.has(state.code) ? "#888" : GREY}"/>`;
    if (was) inside += bars(was, () => 'fill="none" stroke="#222"');
    inside += "</g>";
    const under = middle + Math.max(pact ? pact.autonomy : 0, was ? was.autonomy : 0) * half + 6, at = x + width / 2;
    if (pact || was) inside += many ? text(at, under, state.code, `transform="rotate(90 ${at} ${under})" dominant-baseline="central" class="code"`)
      : text(at, H - B + 14, state.code, 'text-anchor="middle"');
  });
  inside += `<line x1="${L}" x2="${W - R}" y1="${middle}" y2="${middle}" stroke="#999" stroke-width="0.6"/>`;
  const far = scene.states;
  inside += text(L, H - 6, `nearest: ${Math.round(far[0].distance_km)} km`, 'class="dim"')
    + text(W - R, H - 6, `farthest: ${Math.round(far[far.length - 1].distance_km)} km`, 'text-anchor="end" class="dim"');
  return svg(W, H, inside, `${mine.size} pacts by distance`);
}

// the power's capital in the middle, bearings true, distances from it on a square-root scale
function globe(pacts, before) {
  const W = 620, H = 400, EDGE = 26, rad = Math.PI / 180, power = scene.powers.find(p => p.code === scene.power);
  if (!power.capital || scene.states.some(s => !s.capital)) return '<p class="note">The scenario gives no capitals, so there is no map.</p>';
  const [lat0, lon0] = power.capital.map(v => v * rad);
  const polar = ([lat, lon]) => {
    const [a, l] = [lat * rad, lon * rad - lon0], c = Math.sin(lat0) * Math.sin(a) + Math.cos(lat0) * Math.cos(a) * Math.cos(l);
    return [6371 * Math.acos(Math.min(1, Math.max(-1, c))),
      Math.atan2(Math.cos(a) * Math.sin(l), Math.cos(lat0) * Math.sin(a) - Math.sin(lat0) * Math.cos(a) * Math.cos(l))];
  };
  const spots = scene.states.map(s => polar(s.capital)), far = Math.max(...spots.map(([km]) => km));
  const east = [0, ...spots.map(([km, b]) => Math.sqrt(km) * Math.sin(b))], south = [0, ...spots.map(([km, b]) => -Math.sqrt(km) * Math.cos(b))];
  const least = values => Math.min(...values), span = values => Math.max(1, Math.max(...values) - least(values));
  const scale = Math.min((W - 2 * EDGE) / span(east), (H - 2 * EDGE) / span(south)), at = km => scale * Math.sqrt(km);
  const X = (W - scale * span(east)) / 2 - scale * least(east), Y = (H - scale * span(south)) / 2 - scale * least(south);
  // the names of the rings stand where fewest states are
  const free = [...Array(12).keys()].map(hour => [spots.filter(([, b]) => Math.cos(b - hour * rad * 30) > 0.94).length, hour * rad * 30])
    .reduce((one, other) => other[0] < one[0] ? other : one)[1];
  const own = list => new Map((list || []).filter(p => p.power === scene.power).map(p => [p.state, p]));
  const mine = own(pacts), old = own(before), others = new Set((pacts || []).filter(p => p.power !== scene.power).map(p => p.state));
  let inside = "", names = "";
  for (const km of [500, 1000, 2000, 5000, 10000, 15000].filter(km => km < far * 0.97))
    inside += `<circle cx="${X}" cy="${Y}" r="${at(km)}" fill="none" stroke="#e2e2e2"/>`
      + text(X + at(km) * Math.sin(free), Y - at(km) * Math.cos(free) + 3, `${km} km`, 'text-anchor="middle" class="code dim"');
  inside += `<path d="M${X} ${Y - 6} l1.8 4 4.4 .4 -3.3 2.9 1 4.3 -3.9 -2.3 -3.9 2.3 1 -4.3 -3.3 -2.9 4.4 -.4z" fill="#222"><title>${escaped(power.name)}</title></path>`;
  scene.states.forEach((state, place) => {
    const [km, bearing] = spots[place], x = X + at(km) * Math.sin(bearing), y = Y - at(km) * Math.cos(bearing);
    const pact = mine.get(state.code), was = old.get(state.code), size = p => 3 + 6 * p.commitment;
    inside += `<g><title>${escaped(state.name)}, capitals ${Math.round(km)} km apart</title>`;
    if (pact) inside += `<circle cx="${x}" cy="${y}" r="${size(pact)}" fill="#fff"/><circle cx="${x}" cy="${y}" r="${size(pact)}" fill="${ORANGE}" fill-opacity="${pact.autonomy}" stroke="${BLUE}" stroke-width="1.6"/>`;
    else inside += `<circle cx="${x}" cy="${y}" r="2.4" fill="${others.has(state.code) ? "#888" : "#fff"}" stroke="#999"/>`;
    if (was) inside += `<circle cx="${x}" cy="${y}" r="${size(was)}" fill="none" stroke="#222" stroke-dasharray="2 2"/>`;
    inside += "</g>";
    if (pact || was) names += text(x + size(pact || was) + 2, y + 3, state.code, 'class="code"');
  });
  inside += names + text(4, 14, "size: commitment", `fill="${BLUE}"`) + text(4, 30, "fill: autonomy conceded", `fill="${ORANGE}"`)
    + text(4, H - 6, "capitals; rings: distance from the power's, on a square-root scale", 'class="dim"')
    + (before ? text(W - 4, 14, "dashed: pinned", 'text-anchor="end" class="dim"') : "");
  return svg(W, H, inside, `${mine.size} pacts on a map about the capital of ${power.name}`);
}

const same = (one, other) => one && other && one.length === other.length && one.every(p => other.some(q =>
  p.state === q.state && p.power === q.power && Math.abs(p.commitment - q.commitment) + Math.abs(p.autonomy - q.autonomy) < 1e-3));

function fillWhich() {
  const {found, is_complete, cycles} = now.rested, count = found.length;
  const pactsOf = list => { const n = list.filter(p => p.power === scene.power).length; return `${n} ${n === 1 ? "pact" : "pacts"}`; };
  $("which").innerHTML = (now.first ? "" : '<option value="-1">from no pacts: none</option>') + found.map((pacts, place) => `<option value="${place}" ${same(pacts, now.first) ? "selected" : ""}>`
    + `${place + 1} of ${count}: ${pactsOf(pacts)}${same(pacts, now.first) ? ", from no pacts" : ""}</option>`).join("");
  $("which").disabled = $("which").options.length < 2;
  $("found").textContent = (is_complete ? "every assignment was tried" : "from the usual starts; there may be more")
    + (cycles ? `; ${cycles} ${cycles === 1 ? "start goes" : "starts go"} round in a circle` : "");
}

function drawPortfolio() {
  const before = pinned && pinned.pacts;
  if (now.pacts === null) {
    $("strip").innerHTML = '<p>From no pacts, best responses do not come to rest here: they go round in a circle.</p>';
    $("contracts").innerHTML = $("map").innerHTML = "";
    return;
  }
  $("strip").innerHTML = strip(now.pacts, before);
  $("map").innerHTML = globe(now.pacts, before);
  const byState = new Map(scene.states.map((s, place) => [s.code, {...s, place}]));
  const own = now.pacts.filter(p => p.power === scene.power).sort((a, b) => byState.get(a.state).place - byState.get(b.state).place);
  const rows = own.map(p => `<tr><td>${escaped(nameOf(p.state))}</td><td>${Math.round(byState.get(p.state).distance_km)}</td>`
    + `<td>${p.commitment.toFixed(2)}</td><td>${p.autonomy.toFixed(2)}</td></tr>`).join("");
  $("contracts").innerHTML = `<table><thead><tr><th>${own.length} ${own.length === 1 ? "pact" : "pacts"} of ${scene.states.length} states</th>`
    + `<th>km</th><th>commitment</th><th>autonomy</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function dots(values, high, y, colour, L, W) {
  const found = values.filter(v => v !== null), at = v => L + v / high * W;
  const mean = found.reduce((a, b) => a + b, 0) / found.length;
  return found.map((v, i) => `<circle cx="${at(v)}" cy="${y - 5 + 5 * (i % 3)}" r="4" fill="${colour}" fill-opacity="0.5"/>`).join("")
    + (found.length ? `<line x1="${at(mean)}" x2="${at(mean)}" y1="${y - 13}" y2="${y + 13}" stroke="#222" stroke-width="2"/>`
      + text(L + W + 10, y + 4, mean.toFixed(2)) : text(L, y + 4, "no pacts in any history", 'class="dim"'));
}

function drawOutcomes() {
  const W = 520, L = 70, wide = 380, names = {number_of_pacts: "Number of pacts", autonomy_given_pact: "Autonomy given a pact (share)"};
  let y = 16, inside = "";
  for (const [name, words] of Object.entries(names)) {
    const rows = [["now", now.outcomes[name], BLUE]];
    if (pinned && pinned.outcomes) rows.push(["pinned", pinned.outcomes[name], "#888"]);
    const most = Math.max(1, ...rows.flatMap(r => r[1]).filter(v => v !== null)), high = name === "number_of_pacts" ? Math.ceil(most * 1.05) : 1;
    inside += text(0, y, words, 'font-weight="600"');
    for (const [label, values, colour] of rows) { y += 28; inside += text(0, y + 4, label) + dots(values, high, y, colour, L, wide); }
    y += 22;
    inside += `<line x1="${L}" x2="${L + wide}" y1="${y - 4}" y2="${y - 4}" stroke="#999"/>` + text(L, y + 10, "0", 'class="dim"')
      + text(L + wide, y + 10, high, 'text-anchor="end" class="dim"');
    y += 36;
  }
  $("outcomes").innerHTML = svg(W, y - 20, inside, "Outcomes of the ensemble");
}

function drawYear() {
  const bar = $("year");
  bar.max = years.length - 1;
  const year = years[Math.min(bar.value, years.length - 1)];
  if (!year) return;
  $("year-shown").textContent = year.year;
  $("history").innerHTML = strip(year.pacts, null);
  const sides = {talks: "pact", review: "pact", crisis: "crisis"};
  $("events").innerHTML = year.events.length ? year.events.map(e =>
    `<li>${escaped(nameOf(e.state))} – ${escaped(nameOf(e.power))}, ${sides[e.phase] || e.phase}: ${escaped(e.what === "a pact" ? "signed" : e.what)}</li>`).join("")
    : "<li>A quiet year.</li>";
}

// --- the sliders -------------------------------------------------------------------------------------------------

function build() {
  $("title").textContent = scene.title;
  $("power").innerHTML = scene.powers.map(p => `<option value="${escaped(p.code)}" ${p.code === scene.power ? "selected" : ""}>${escaped(p.name)}</option>`).join("");
  $("ensemble-note").textContent = `${scene.histories} histories, ${scene.years} years each, the same luck for every setting; a dot is a history, the bar their mean.`;
  const groups = [...new Set(scene.dials.map(d => d.group))];
  $("dials").innerHTML = groups.map(group => `<fieldset><legend>${group}</legend>` + scene.dials.filter(d => d.group === group).map(d =>
    `<label class="dial"><span>${escaped(d.label)}</span><output>${short(d.value)}</output>`
    + `<input type="range" name="${d.key}" min="${d.low}" max="${d.high}" step="any" value="${d.value}"></label>`).join("") + "</fieldset>").join("");
}

async function start(power) {
  try {
    const state = power ? new URLSearchParams() : remembered(), whose = power || state.get("power");
    scene = await ask("scene", new URLSearchParams(whose ? {power: whose} : {}));
    pinned = null;
    build();
    if (state.has("seed")) $("seed").value = state.get("seed");
    moveDials(state);
    for (const input of movedDials()) input.previousElementSibling.textContent = short(Number(input.value));
    await refresh();
  } catch (error) { say(error.message, true); }
}

$("dials").addEventListener("input", event => {
  event.target.value = short(Number(event.target.value));  // what is shown is what is computed
  event.target.dataset.moved = "yes";
  event.target.previousElementSibling.textContent = short(Number(event.target.value));
  soon();
});
$("dials").addEventListener("submit", event => event.preventDefault());
$("pin").addEventListener("click", () => { pinned = now; drawPortfolio(); if (now.outcomes) drawOutcomes(); });
$("reset").addEventListener("click", () => { build(); refresh(); });
$("power").addEventListener("change", event => start(event.target.value));
$("which").addEventListener("change", event => { now.pacts = now.rested.found[event.target.value] || now.first; drawPortfolio(); });
$("seed").addEventListener("change", refresh);
$("year").addEventListener("input", drawYear);

// --- what is handed over -----------------------------------------------------------------------------------------

const hand = (words, what) => copy(words).then(done => say(done ? `${what} copied` : `copy by hand: ${words}`));
$("copy-options").addEventListener("click", () => hand(optionsOf(scene.power), "options"));
$("copy-link").addEventListener("click", () => hand(window.location.href, "link"));
$("save-scenario").addEventListener("click", async () => {
  try {
    const file = await ask("scenario", query());
    save(file.name, file.text, "application/yaml");
  } catch (error) { say(error.message, true); }
});
for (const button of document.querySelectorAll("[data-picture]"))
  button.addEventListener("click", () => {
    const drawn = $(button.dataset.picture).querySelector("svg");
    if (drawn) savePicture(drawn, `${{strip: "portfolio"}[button.dataset.picture] || button.dataset.picture}-${scene.power}`);
    else say("there is no such picture here");
  });
$("save-pacts").addEventListener("click", () => saveTable([
  ["major_power", "weak_state", "name", "distance_km", "commitment", "autonomy"],
  ...(now.pacts || []).map(p => [p.power, p.state, nameOf(p.state), distanceOf(p), p.commitment, p.autonomy])], "pacts"));
$("save-outcomes").addEventListener("click", () => {
  if (!now.outcomes) return say("the outcomes are not there yet");
  const names = Object.keys(now.outcomes);
  saveTable([["replication", ...names],
    ...now.outcomes[names[0]].map((_, place) => [place, ...names.map(name => now.outcomes[name][place])])], `outcomes-${scene.power}`);
});
// of pacts of other powers the page has no distances
const distanceOf = pact => pact.power === scene.power ? scene.states.find(s => s.code === pact.state).distance_km : null;
window.addEventListener("hashchange", () => start());

start();
