// Controls for the data: one for each variable of the template, with its kinds, the values of other requests, and the data with
// which the message is lost.

import { at, make, text } from "./dom.js";
import { parsePath, valueAt } from "./paths.js";

const MAX_SAMPLES = 3;

/** The kinds of value, and a value of each that is made from the current one. */
const KINDS = {
  missing: () => undefined,
  null: () => null,
  text: (value) => (value === undefined || value === null ? "text" : text(value)),
  number: (value) => (Number.isFinite(Number.parseFloat(value)) ? Number.parseFloat(value) : 1),
  true: () => true,
  false: () => false,
  list: () => [],
  object: () => ({}),
};

const SHORT = { list: "[ ]", object: "{ }" };

function kindOf(value) {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (typeof value === "boolean") return String(value);
  if (typeof value === "string") return "text";
  if (typeof value === "number") return "number";
  return Array.isArray(value) ? "list" : "object";
}

const shownIn = (value) => (value === undefined ? "" : text(value));

/** What was typed into a control, as the kind of value that was there. */
function typedAs(typed, before) {
  if (before === undefined || before === null || typeof before === "string") return typed;
  try {
    return JSON.parse(typed);
  } catch {
    return typed;
  }
}

let rows = []; // the controls on the page
let known = ""; // what they were made for

function chip(label, act, className = "") {
  return make("button", { type: "button", className: `chip ${className}`, onclick: act }, label);
}

function makeRow(path, samples, set) {
  const parsed = parsePath(path);
  const label = path.replaceAll("[]", "[0]");
  const row = { ...parsed, path, value: undefined, before: undefined };
  row.input = make("input", { "aria-label": label, autocomplete: "off", spellcheck: false });
  // The kind is that from before: while a number is typed, the field may be empty.
  row.input.addEventListener("focus", () => { row.before = row.value; });
  row.input.addEventListener("input", () => set(row, typedAs(row.input.value, row.before)));
  row.kinds = Object.entries(KINDS).map(([name, value]) => [name, chip(SHORT[name] ?? name, () => set(row, value(row.value)))]);
  for (const [name, button] of row.kinds) if (SHORT[name]) button.setAttribute("aria-label", name);
  row.kind = make("span", { className: "faint" });
  row.state = make("span", { className: "cell" });
  const others = samples.map((sample) => chip(shownIn(sample).slice(0, 40), () => set(row, sample), "sample"));
  row.element = make("li", { className: "control" },
    make("div", { className: "control-head" }, make("code", {}, label), row.kind, row.state),
    row.input,
    make("div", { className: "chips", role: "group", "aria-label": `Kinds of ${label}` }, row.kinds.map(([, button]) => button)),
    others.length > 0 && make("div", { className: "chips", role: "group", "aria-label": `Values of ${label} in requests` },
      make("span", { className: "faint" }, "from requests:"), others));
  return row;
}

/** The distinct values at a path in some data. */
function samplesOf(path, all) {
  const { root, steps } = parsePath(path);
  const values = all.map((data) => valueAt(data[root], steps)).filter((value) => value !== undefined);
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()].slice(0, MAX_SAMPLES);
}

/**
 * Draws the controls. `variables` are those of the check, `data` the current data by root, or null if it is not valid JSON,
 * `requests` the data of all requests. `set` is called with a control and its new value.
 */
export function draw(variables, data, requests, cells, set) {
  const all = variables.map(({ path }) => ({ path, samples: samplesOf(path, requests) }));
  const wanted = JSON.stringify(all);
  // Controls are only made again if there are others, so that a field that is typed into keeps its focus: what a check says
  // of a variable changes with its value.
  if (wanted !== known) {
    known = wanted;
    rows = all.map(({ path, samples }) => makeRow(path, samples, set));
    at("controls").replaceChildren(...rows.map(({ element }) => element));
  }
  at("controls-title").hidden = rows.length === 0;
  rows.forEach((row, index) => {
    row.value = data === null ? undefined : valueAt(data[row.root], row.steps);
    if (document.activeElement !== row.input) row.input.value = shownIn(row.value);
    row.input.placeholder = kindOf(row.value);
    row.input.disabled = data === null;
    for (const [name, button] of row.kinds) {
      button.disabled = data === null;
      button.setAttribute("aria-pressed", String(data !== null && kindOf(row.value) === name));
    }
    const { kind, typed } = variables[index];
    row.kind.textContent = kind;
    row.state.textContent = typed ?? "";
    row.state.className = `cell ${cells[typed] ?? ""}`;
  });
}

const changeWords = ({ path, to, removed }) => (removed ? `${path} is missing` : `${path} = ${JSON.stringify(to).slice(0, 60)}`);

/** Draws the data with which the message is lost, one button each. `use` is called with a counterexample. */
export function drawCounterexamples(diagnostics, use) {
  const seen = new Set();
  const found = diagnostics.filter(({ counterexample }) => {
    const key = counterexample && JSON.stringify([counterexample.request, counterexample.customer]);
    return key && !seen.has(key) && seen.add(key);
  });
  at("counterexamples-title").hidden = found.length === 0;
  at("counterexamples").replaceChildren(...found.map(({ counterexample, message }) => make("li", {}, make("button", {
    type: "button", className: "counterexample", onclick: () => use(counterexample),
  }, make("code", {}, counterexample.changes.map(changeWords).join(", ") || "its own data"), make("span", { className: "faint" }, message)))));
}
