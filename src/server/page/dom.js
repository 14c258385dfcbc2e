// DOM helpers. Strings from messages become text nodes, never markup.

export const at = (id) => document.getElementById(id);

/** An element with properties, attributes (those with a dash, and `role`) and children. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false || value === null) continue;
    if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

/** Replaces children, and keeps the focus and the scroll position. */
export function replace(parent, children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement.dataset.id : undefined;
  const scroller = parent.closest("section") ?? parent;
  const { scrollTop } = scroller;
  parent.replaceChildren(...children.filter(Boolean));
  scroller.scrollTop = scrollTop;
  if (focused !== undefined) [...parent.querySelectorAll("[data-id]")].find((one) => one.dataset.id === focused)?.focus();
}

export const text = (value) => (typeof value === "string" ? value : JSON.stringify(value));

/** Preformatted text that can be scrolled, also with the keyboard. */
export function scrollable(content, className, label) {
  return make("pre", { className, tabIndex: 0, role: "region", "aria-label": label }, content);
}

/** How many colors there are for expressions. */
const COLORS = 10;

/** The class of the color of an expression, by its number. */
export const colorOf = (expression) => `expression color-${expression % COLORS}`;

const pointerOf = (path) => path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** The value at a path of a message's properties: what expressions of the template printed is marked in their colors. */
export function marked(value, path, source, write = (part) => part) {
  const parts = source?.printed[pointerOf(path)];
  if (!parts) return write(text(value));
  return parts.map(({ text: part, expression }) => (expression === undefined ? write(part)
    : make("mark", { className: colorOf(expression), "data-expression": expression, title: source.expressions[expression] }, write(part))));
}

const inString = (part) => JSON.stringify(part).slice(1, -1);

/** JSON with syntax highlighting, and in the colors of the expressions that printed it if the source is given. */
export function json(value, label, source) {
  return scrollable(jsonParts(value, [], source), "json", label);
}

function jsonParts(value, path, source) {
  const indent = "  ".repeat(path.length);
  if (value === null || typeof value !== "object") {
    if (typeof value === "string") return make("span", { className: "json-string" }, '"', marked(value, path, source, inString), '"');
    return make("span", { className: "json-literal" }, marked(value, path, source));
  }
  const isList = Array.isArray(value);
  const entries = isList ? value.map((item, index) => [index, item]) : Object.entries(value);
  if (entries.length === 0) return isList ? "[]" : "{}";
  return [isList ? "[" : "{", ...entries.flatMap(([name, item], index) => [
    index === 0 ? "\n" : ",\n", `${indent}  `,
    ...(isList ? [] : [make("span", { className: "json-key" }, JSON.stringify(name)), ": "]),
    jsonParts(item, [...path, name], source),
  ]).flat(), `\n${indent}`, isList ? "]" : "}"];
}

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g;

/**
 * JSON as it was sent, laid out in lines. `marks` are parts of it: `start` and `end`, in UTF-16, with `className`, `title` and
 * `id`; the first token of each gets the id.
 */
export function sentJson(source, label, marks = []) {
  const parts = [];
  const named = new Set();
  let depth = 0;
  let before = "";
  const line = () => `\n${"  ".repeat(depth)}`;
  const tokens = [...source.matchAll(TOKENS)];
  tokens.forEach(([token, ], at) => {
    const { index } = tokens[at];
    const isClosing = token === "}" || token === "]";
    if (isClosing) depth -= 1;
    const isEmpty = isClosing && (before === "{" || before === "[");
    if (!isEmpty && (isClosing || before === "{" || before === "[" || before === ",")) parts.push(line());
    else if (before === ":") parts.push(" ");
    const kind = token[0] !== '"' ? (/[{}[\]:,]/.test(token) ? undefined : "json-literal") : tokens[at + 1]?.[0] === ":" ? "json-key" : "json-string";
    const shown = kind ? make("span", { className: kind }, token) : token;
    const mark = marks.find(({ start, end }) => start <= index && index + token.length <= Math.max(end, start + 1));
    if (mark) {
      parts.push(make("mark", { className: mark.className, title: mark.title, id: named.has(mark.id) ? "" : mark.id }, shown));
      named.add(mark.id);
    } else parts.push(shown);
    if (token === "{" || token === "[") depth += 1;
    before = token;
  });
  return scrollable(parts, "json", label);
}

/** The index in UTF-16 of a place: a line, and a column that counts characters, both from 1. */
export function indexOf(source, { line, column }) {
  const lines = source.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return start + [...(lines[line - 1] ?? "")].slice(0, column - 1).join("").length;
}

/** Sends a request to the server. Returns the parsed response, or throws an error with the message and the status. */
export async function ask(path, options) {
  const answer = await fetch(path, options);
  const body = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(body.meta?.error ?? answer.statusText), { status: answer.status });
  return body;
}

/** The beginning of the paths of this namespace; empty for the usual one. */
export const BASE = location.pathname.match(/^\/namespace\/[^/]+/)?.[0] ?? "";
export const API = `${BASE}/inkproof/api`;

/** Runs `work` one at a time, and once more if it was called again meanwhile. */
export function oneAtATime(work, failed) {
  let running = false;
  let again = false;
  return async () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    do {
      again = false;
      await work().catch(failed);
    } while (again);
    running = false;
  };
}

/** Runs `work` after a pause of this length. */
export function debounce(milliseconds, work) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, milliseconds);
  };
}
