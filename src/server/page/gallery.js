// The gallery: the messages of all requests, each in every language of its template, on one page.

import { state, UNTOUCHED } from "./address.js";
import { cardParts } from "./card.js";
import { API, ask, at, debounce, make, oneAtATime, replace } from "./dom.js";

const PAGE = 60;
const MOST = 500; // in one response

let messages = [];
let total = 0;
let count = PAGE; // how many are shown
let change;

const load = oneAtATime(async () => {
  if (state.view !== "gallery") return;
  const loaded = [];
  let page;
  do {
    const query = new URLSearchParams({ offset: String(loaded.length), limit: String(Math.min(count - loaded.length, MOST)), text: state.search });
    page = await ask(`${API}/gallery?${query}`);
    loaded.push(...page.messages);
  } while (page.messages.length > 0 && loaded.length < Math.min(count, page.total));
  messages = loaded;
  ({ total } = page);
  draw();
}, (error) => { at("gallery-note").textContent = error.message; });

function open({ template, request }) {
  change({ view: "templates", template, request, ...UNTOUCHED });
  dispatchEvent(new HashChangeEvent("hashchange"));
}

function card(message) {
  const { language, is_sent: isSent, template, request, diagnostics } = message;
  const failed = !message.message;
  const corner = make("span", { className: "when" }, failed && make("span", { className: "pill failed" }, "fails"));
  return make("li", {},
    make("span", { className: "request-name" }, request.split("/").at(-1), language && make("span", { className: "tag", lang: "en" }, language),
      !isSent && make("span", { className: "faint" }, "not sent in this language")),
    make("button", { type: "button", className: `card${failed ? " failed" : ""}`, "data-id": `gallery ${message.name}`, lang: language ?? undefined, onclick: () => open(message) },
      cardParts(message.message, template, diagnostics, corner).filter(Boolean)));
}

/** Each request as it is sent, followed by the other languages. */
const byRequest = (left, right) => left.request.localeCompare(right.request) || right.is_sent - left.is_sent || left.name.localeCompare(right.name);

export function draw() {
  if (document.activeElement !== at("gallery-search")) at("gallery-search").value = state.search;
  at("gallery").dataset.width = state.width ?? "";
  const templates = new Map();
  for (const one of messages) {
    if (!templates.has(one.template)) templates.set(one.template, []);
    templates.get(one.template).push(one);
  }
  replace(at("gallery-list"), [...templates].map(([name, own]) => make("section", { className: "gallery-template", "aria-label": own[0].title ?? name },
    make("h3", {}, own[0].title ?? name, own[0].title && make("code", {}, name)),
    make("ol", { className: "grid" }, own.sort(byRequest).map(card)))));
  at("gallery-note").textContent = total === 0 ? (state.search ? "No message matches." : "There are no requests yet.")
    : `${messages.length} of ${total} messages`;
  at("gallery-more").hidden = messages.length >= total;
}

/** Loads the messages again, because the project or the filter has changed. */
export const refresh = load;

export function start(changeState) {
  change = changeState;
  const search = debounce(150, load);
  at("gallery-search").addEventListener("input", (event) => {
    count = PAGE;
    change({ search: event.target.value });
    search();
  });
  at("gallery-more").addEventListener("click", () => {
    count += PAGE;
    load();
  });
}
