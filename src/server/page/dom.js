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

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** JSON with syntax highlighting. */
export function json(value, label) {
  const source = JSON.stringify(value, null, 2);
  const parts = [];
  let end = 0;
  for (const match of source.matchAll(TOKEN)) {
    const [whole, string, colon] = match;
    parts.push(source.slice(end, match.index));
    const kind = string === undefined ? "literal" : colon === undefined ? "string" : "key";
    parts.push(make("span", { className: `json-${kind}` }, string ?? whole), colon ?? "");
    end = match.index + whole.length;
  }
  parts.push(source.slice(end));
  return scrollable(parts, "json", label);
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
