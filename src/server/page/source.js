// The source pane: the template, with each expression in the color of what it printed. Edits are a trial, which is not saved.

import { at, colorOf, indexOf, make, replace } from "./dom.js";
import { editorAddress } from "./editor.js";

let shown = null; // the source that was rendered last: `file` and `parts`
let wanted = null; // a place to select as soon as its file is shown

const textOf = (parts) => parts.map(({ text }) => text).join("");

/** The source of a rendering, with the text of each expression. */
export function withExpressions(source) {
  if (!source) return undefined;
  const expressions = [];
  for (const { expression, text } of source.parts) {
    if (expression !== undefined) expressions[expression] = text;
  }
  return { ...source, expressions };
}

/** The parts of a changed text: those around the change keep what they are. */
function adapted(parts, text) {
  const old = textOf(parts);
  if (old === text) return parts;
  const most = Math.min(old.length, text.length);
  let before = 0;
  while (before < most && old[before] === text[before]) before += 1;
  let after = 0;
  while (after < most - before && old[old.length - 1 - after] === text[text.length - 1 - after]) after += 1;
  const first = [];
  const last = [];
  let start = 0;
  let [kept, rest] = [0, old.length];
  for (const part of parts) {
    const end = start + part.text.length;
    if (end <= before) {
      first.push(part);
      kept = end;
    } else if (start >= old.length - after) {
      if (last.length === 0) rest = start;
      last.push(part);
    }
    start = end;
  }
  return [...first, { kind: "text", text: text.slice(kept, text.length - (old.length - rest)) }, ...last];
}

function paint() {
  const text = at("source").value;
  const parts = shown ? adapted(shown.parts, text) : [{ kind: "text", text }];
  // Without the last line break, the box would be one line too low.
  at("source-colors").replaceChildren(...parts.map(({ kind, text: part, expression }) => (expression === undefined
    ? make("span", { className: `part-${kind}` }, part) : make("mark", { className: colorOf(expression) }, part))), "\n");
}

/** Shows the source of a rendering. `edited` is the text that the user has typed, or null. */
export function draw(source, edited) {
  at("source-pane").hidden = !source && !shown;
  if (source) shown = source;
  if (!shown) return;
  const text = edited ?? textOf(shown.parts);
  if (at("source").value !== text) at("source").value = text;
  at("source-file").textContent = shown.language ? `${shown.file} · ${shown.language}` : shown.file;
  at("source-edited").hidden = edited === null;
  at("source-restore").hidden = edited === null;
  const href = editorAddress(shown.file);
  at("source-open").hidden = !href;
  if (href) at("source-open").href = href;
  paint();
  drawPrinted(source);
  if (wanted?.file === shown.file) {
    const { start, end } = wanted;
    wanted = null;
    select(indexOf(text, start), indexOf(text, end));
  }
}

/** Forgets the source of another template. */
export function forget() {
  shown = null;
}

/** The file of the source that is shown. */
export const file = () => shown?.file;

/** What each expression printed, for those who do not see colors. */
function drawPrinted(source) {
  const printed = (source?.expressions ?? []).map((expression, number) => {
    const values = Object.entries(source.printed).flatMap(([pointer, parts]) => parts
      .filter((part) => part.expression === number).map(({ text }) => make("div", {}, make("code", {}, pointer.slice(1)), " ", make("mark", { className: colorOf(number) }, text))));
    return make("tr", {},
      make("th", { scope: "row" }, make("button", { type: "button", className: "link", "data-id": `expression ${number}`, onclick: () => selectExpression(number) }, make("code", {}, expression))),
      make("td", {}, values.length > 0 ? values : "nothing in the message"));
  });
  at("printed").hidden = printed.length === 0;
  replace(at("printed-rows"), printed);
}

/** Selects a part of the source, and scrolls to it. */
function select(start, end) {
  const field = at("source");
  field.focus();
  field.setSelectionRange(start, Math.max(end, start));
  const before = at("source").value.slice(0, start).split("\n").length;
  const all = at("source").value.split("\n").length;
  // The field is as high as its text, so the page is scrolled, not the field.
  const box = field.getBoundingClientRect();
  const scroller = field.closest("section.middle");
  const top = box.top + (box.height * (before - 1)) / all;
  if (getComputedStyle(scroller).overflowY === "auto") scroller.scrollBy(0, top - scroller.getBoundingClientRect().top - 120);
  else scrollBy(0, top - 160);
}

/** Selects an expression of the template. */
export function selectExpression(number) {
  if (!shown) return;
  let start = 0;
  for (const { text, expression } of adapted(shown.parts, at("source").value)) {
    if (expression === number) {
      select(start, start + text.length);
      return;
    }
    start += text.length;
  }
}

/** Selects a place of a file, at once or when it is shown. */
export function reveal(place) {
  if (shown?.file !== place.file) {
    wanted = place;
    return;
  }
  const text = at("source").value;
  select(indexOf(text, place.start), indexOf(text, place.end));
}

/** Selects a place as soon as its file is shown. */
export function revealLater(place) {
  wanted = place;
}

/** `edit` is called with the file and its new text, or with nulls. */
export function start(edit) {
  at("source").addEventListener("input", () => {
    paint();
    edit(shown?.file ?? null, at("source").value);
  });
  at("source-restore").addEventListener("click", () => edit(null, null));
}
