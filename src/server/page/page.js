// The page of `inkproof serve`: what was sent as an inbox, and templates to try out. All texts of messages become text
// nodes, never markup.

const API = "/inkproof/api";
const LIMIT = 500;
const STATUSES = ["delivered", "failed", "draft", "scheduled", "expired", "deleted"];

const at = (id) => document.getElementById(id);

/** An element with properties, attributes (those with a dash, and `role`) and children. */
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false || value === null) continue;
    if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

async function ask(path, options) {
  const answer = await fetch(path, options);
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.meta?.error ?? answer.statusText);
  return body;
}

// ---------------------------------------------------------------- state

/** What the address says: the view, and what is chosen in it. */
function readAddress() {
  const [view, query] = location.hash.slice(1).split("?");
  const given = new URLSearchParams(query);
  return {
    view: view === "templates" ? "templates" : "inbox",
    to: given.get("to"),
    topics: given.getAll("topic"),
    kind: given.get("type"),
    status: given.get("status"),
    unread: given.has("unread"),
    search: given.get("text") ?? "",
    message: given.get("message"),
    template: given.get("template"),
    card: given.get("card"),
    lax: given.has("lax"),
    request: given.get("request"),
    customer: given.get("customer"),
  };
}

function writeAddress() {
  const entries = state.view === "inbox"
    ? [["to", state.to], ...state.topics.map((topic) => ["topic", topic]), ["type", state.kind], ["status", state.status],
      ["unread", state.unread ? "1" : null], ["text", state.search || null], ["message", state.message]]
    : [["template", state.template], ["card", state.card], ["lax", state.lax ? "1" : null], ["request", state.request],
      ["customer", state.customer]];
  const query = new URLSearchParams(entries.filter(([, value]) => value !== null && value !== undefined)).toString();
  history.replaceState(null, "", `#${state.view}${query ? `?${query}` : ""}`);
}

const state = readAddress();
let messages = [];
let total = 0;
let project = { version: -1, templates: [], customers: [] };
let ahead = 0; // of the server's clock, in milliseconds
let frozenAt = null;
let known = null; // the ids that have been seen
const renderings = new Map(); // by the name of the request, the last one that went well among them

function change(part) {
  Object.assign(state, part);
  writeAddress();
  draw();
}

// ---------------------------------------------------------------- texts

const now = () => frozenAt ?? Date.now() + ahead;

function duration(milliseconds) {
  const seconds = Math.round(milliseconds / 1000);
  for (const [unit, length] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    const count = Math.round(seconds / length);
    if (seconds >= length * 0.99) return `${count} ${unit}${count === 1 ? "" : "s"}`;
  }
  return `${Math.max(seconds, 0)} seconds`;
}

function age(timestamp) {
  const past = now() - Date.parse(timestamp);
  if (past < 0) return `in ${duration(-past)}`;
  return past < 5000 ? "just now" : `${duration(past)} ago`;
}

function expiry(timestamp) {
  const left = Date.parse(timestamp) - now();
  return left > 0 ? `expires in ${duration(left)}` : "expired";
}

const text = (value) => (typeof value === "string" ? value : JSON.stringify(value));
const nameOf = (recipient) => recipient.id ?? recipient.email ?? recipient.cio_id ?? "";

// ---------------------------------------------------------------- the inbox

/** As `analytics.inbox(…)` filters: topics that begin with `_cio` only show where asked for. */
function fitsTopics(message) {
  const topics = message.message?.topics ?? [];
  if (state.topics.length > 0) return topics.some((topic) => state.topics.includes(topic));
  return !topics.some((topic) => topic.startsWith("_cio"));
}

function fits(message) {
  return (!state.to || nameOf(message.recipient) === state.to)
    && fitsTopics(message)
    && (!state.kind || message.message?.type === state.kind)
    && (!state.status || message.status === state.status)
    && (!state.unread || (message.status === "delivered" && !message.opened))
    && (!state.search || JSON.stringify([message.message, message.template, message.request.body, message.recipient])
      .toLowerCase().includes(state.search.toLowerCase()));
}

function firstError(diagnostics) {
  const error = diagnostics.find((diagnostic) => diagnostic.severity === "error");
  if (!error) return "the message would be lost";
  const place = error.file ? `${error.file}:${error.start.line}:${error.start.column}: ` : "";
  return `${place}${error.message}`;
}

/** What a card shows of a message, or of why there is none. */
function cardParts(message, fallback, diagnostics, corner) {
  if (!message) {
    return [
      make("span", { className: "line" }, make("span", { className: "title bad" }, `${fallback} failed`), corner),
      make("span", { className: "body" }, firstError(diagnostics)),
    ];
  }
  const { title, body } = message.properties;
  const warnings = diagnostics.length;
  return [
    make("span", { className: "line" },
      make("span", { className: "title" }, title === undefined ? "(no title)" : text(title)), corner),
    body === undefined ? null : make("span", { className: "body" }, text(body)),
    make("span", { className: "meta" },
      make("span", {}, [message.type, ...message.topics].filter(Boolean).join(" · ") || "default"),
      warnings > 0 && make("span", { className: "warn" }, `${warnings} ${warnings === 1 ? "warning" : "warnings"}`),
      make("span", { "data-expiry": message.expiry }, expiry(message.expiry))),
  ];
}

function messageCard(message) {
  const classes = ["card", message.status === "failed" && "failed",
    message.status === "delivered" && !message.opened && "unread",
    ["expired", "deleted"].includes(message.status) && "gone",
    known && !known.has(message.id) && "new"].filter(Boolean);
  const status = message.status === "delivered" ? "" : `${message.status} · `;
  const corner = make("span", { className: "when" }, status,
    make("span", { "data-age": message.send_at }, age(message.send_at)));
  const who = message.recipient.name ? `${message.recipient.name} · ${nameOf(message.recipient)}` : nameOf(message.recipient);
  return make("li", {}, make("button", {
    type: "button",
    className: classes.join(" "),
    "data-id": message.id,
    "aria-current": message.id === state.message ? "true" : undefined,
    onclick: () => change({ message: message.id }),
  }, ...cardParts(message.message, message.template, message.diagnostics, corner).filter(Boolean),
  make("span", { className: "meta" }, state.to ? message.template : `to ${who}`),
  make("span", { className: "hidden" }, message.opened ? "read" : "unread")));
}

/** Replaces children, and leaves the focus and the scrolling where they were. */
function replace(parent, children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement.dataset.id : undefined;
  const { scrollTop } = parent.parentElement;
  parent.replaceChildren(...children);
  parent.parentElement.scrollTop = scrollTop;
  if (focused !== undefined) [...parent.querySelectorAll("[data-id]")].find((one) => one.dataset.id === focused)?.focus();
}

function drawPeople() {
  const people = new Map();
  for (const message of messages) {
    const id = nameOf(message.recipient);
    const person = people.get(id) ?? { name: message.recipient.name, unread: 0, failed: 0 };
    if (message.status === "delivered" && !message.opened) person.unread += 1;
    if (message.status === "failed") person.failed += 1;
    people.set(id, person);
  }
  if (state.to && !people.has(state.to)) people.set(state.to, { unread: 0, failed: 0 });
  const row = (id, label, { unread, failed }) => make("li", {}, make("button", {
    type: "button",
    "data-id": `person ${id ?? ""}`,
    "aria-current": state.to === id ? "true" : undefined,
    onclick: () => change({ to: id, message: null }),
  }, make("span", {}, label), make("span", { className: "count" },
    failed > 0 && make("span", { className: "bad" }, `${failed} failed `), unread > 0 && `${unread} unread`)));
  const all = [...people.values()];
  const sum = (key) => all.reduce((count, person) => count + person[key], 0);
  replace(at("people"), [row(null, "Everyone", { unread: sum("unread"), failed: sum("failed") }),
    ...[...people].map(([id, person]) => row(id, person.name ? `${person.name} (${id})` : id, person))]);
}

function drawFilters() {
  const toggle = (label, pressed, next) => make("button", {
    type: "button", "data-id": `filter ${label}`, "aria-pressed": String(pressed), onclick: () => change(next),
  }, label);
  const distinct = (values) => [...new Set(values)].sort();
  const topics = distinct([...messages.flatMap((message) => message.message?.topics ?? []), ...state.topics]);
  const kinds = distinct(messages.map((message) => message.message?.type).filter(Boolean));
  const present = STATUSES.filter((status) => messages.some((message) => message.status === status));
  const flip = (topic) => (state.topics.includes(topic)
    ? state.topics.filter((one) => one !== topic) : [...state.topics, topic]);
  replace(at("filters"), [
    toggle("unread", state.unread, { unread: !state.unread }),
    ...present.map((status) => toggle(status, state.status === status, { status: state.status === status ? null : status })),
    ...topics.map((topic) => toggle(`topic ${topic}`, state.topics.includes(topic), { topics: flip(topic) })),
    ...kinds.map((kind) => toggle(`type ${kind}`, state.kind === kind, { kind: state.kind === kind ? null : kind })),
  ]);
}

function drawMessages() {
  const shown = messages.filter(fits);
  replace(at("messages"), shown.map(messageCard));
  const note = at("note");
  if (messages.length === 0) {
    note.replaceChildren("Nothing has been sent yet. Point a client library at ", make("code", {}, location.origin),
      ", or send from the templates view.");
  } else {
    const cut = total > messages.length ? `The newest ${messages.length} of ${total} messages are here. ` : "";
    note.textContent = cut + (shown.length === 0 ? "No message fits the filters." : "");
  }
}

/** The user's id in UTF-8 and Base64, as the mobile clients write it. */
function token(user) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(user)));
}

function asRecipient(message, path, options) {
  const headers = { "x-gist-encoded-user-token": token(nameOf(message.recipient)), "x-cio-client-platform": "page" };
  return ask(path, { ...options, headers }).catch(report);
}

function detailActions(message) {
  const button = (label, act) => make("button", { type: "button", "data-id": `act ${label}`, onclick: act }, label);
  const inHands = message.status === "delivered";
  return make("p", { className: "actions" },
    inHands && button(message.opened ? "Mark unopened" : "Mark opened", () => asRecipient(message,
      `/api/v1/messages/${encodeURIComponent(message.id)}`,
      { method: "PATCH", body: JSON.stringify({ opened: !message.opened }) })),
    inHands && button("Delete as the recipient", () => asRecipient(message,
      `/api/v1/logs/queue/${encodeURIComponent(message.id)}`, { method: "POST", body: "{}" })),
    button("Try the request", () => {
      const pretty = prettyJson(message.request.body);
      change({ view: "templates", template: message.template, card: null, request: pretty, customer: null });
      fillEditor();
    }),
    button("Forget", () => ask(`${API}/messages/${encodeURIComponent(message.id)}`, { method: "DELETE" }).catch(report)));
}

function prettyJson(source) {
  try {
    return JSON.stringify(JSON.parse(source), null, 2);
  } catch {
    return source;
  }
}

function drawDetail() {
  const message = messages.find((one) => one.id === state.message);
  if (!message) {
    replace(at("detail"), [make("p", { className: "empty" }, state.message
      ? "This message is not here any more." : "Choose a message to see all of it. j and k move, / searches.")]);
    return;
  }
  const entry = (name, value) => (value === null || value === undefined || value === ""
    ? [] : [make("dt", {}, name), make("dd", {}, value)]);
  const failed = message.status === "failed";
  const parts = [
    make("h2", {}, failed ? `${message.template} failed` : text(message.message.properties.title ?? "(no title)")),
    make("dl", {}, entry("status", message.status), entry("template", message.template), entry("to", nameOf(message.recipient)),
      entry("sent", new Date(message.send_at).toLocaleString()),
      entry("expires", message.message && new Date(message.message.expiry).toLocaleString()),
      entry("delivery_id", message.id),
      message.reports.flatMap((one) => entry(one.metric, `${one.action ?? ""} ${age(one.at)}`.trim()))),
    detailActions(message),
  ];
  if (message.test_send_looks_fine) {
    parts.push(make("p", { className: "bad" },
      "Customer.io’s test send would look fine; the real message would be lost."));
  }
  if (message.explanation) parts.push(make("h3", {}, "Problems"), scrollable(message.explanation, "explanation", "Problems"));
  if (message.message) {
    parts.push(make("h3", {}, "Properties"),
      scrollable(JSON.stringify(message.message.properties, null, 2), "", "Properties"));
  }
  parts.push(make("h3", {}, "Request"), scrollable(prettyJson(message.request.body), "", "Request"));
  replace(at("detail"), parts);
}

/** A text that may be wider than its place, to be scrolled by the keyboard as well. */
function scrollable(content, className, label) {
  return make("pre", { className, tabIndex: 0, role: "region", "aria-label": label }, content);
}

// ---------------------------------------------------------------- templates

const chosen = () => project.templates.find((template) => template.name === state.template) ?? project.templates[0];

/** The requests of the chosen template, the edited one as it was typed. */
function requests() {
  const template = chosen();
  if (!template) return [];
  const list = template.requests.map((request) => ({ ...request }));
  const card = list.find((request) => request.name === state.card) ?? (state.request === null ? list[0] : undefined);
  if (state.request === null) return { list, card };
  if (card) card.body = state.request;
  else list.unshift({ name: "what you typed", body: state.request });
  return { list, card: card ?? list[0] };
}

/** Renders all requests of the template again; the last good card stays under an error. */
async function tryOut() {
  if (state.view !== "templates") return;
  const { list = [], card } = requests();
  const own = state.customer?.trim() ? state.customer : undefined;
  await Promise.all(list.map(async (request) => {
    const edited = request.name === card?.name;
    const trial = { request: request.body, lax: state.lax, customer: edited ? own : undefined };
    const rendering = await ask(`${API}/render`, { method: "POST", body: JSON.stringify(trial) }).catch((error) => ({
      message: null, diagnostics: [{ severity: "error", message: error.message }], explanation: error.message,
    }));
    const key = `${chosen().name} ${request.name}`;
    const good = rendering.message ?? renderings.get(key)?.good;
    renderings.set(key, { ...rendering, good });
  }));
  drawTemplates();
}

function drawTemplates() {
  const template = chosen();
  replace(at("template-list"), project.templates.map((one) => make("li", {}, make("button", {
    type: "button",
    "data-id": `template ${one.name}`,
    "aria-current": one === template ? "true" : undefined,
    onclick: () => {
      change({ template: one.name, card: null, request: null, customer: null });
      fillEditor();
    },
  }, make("span", {}, one.name), make("span", { className: "count" }, String(one.requests.length))))));
  at("lax").checked = state.lax;
  const { list = [], card } = requests();
  const cards = list.map((request) => {
    const rendering = renderings.get(`${template.name} ${request.name}`);
    const shown = rendering?.message ?? rendering?.good;
    const failed = rendering && !rendering.message;
    const corner = make("span", { className: "when" }, request.name);
    return make("li", {}, make("button", {
      type: "button",
      className: `card${failed ? " failed" : ""}`,
      "data-id": `card ${request.name}`,
      "aria-current": request.name === card?.name ? "true" : undefined,
      onclick: () => {
        change({ template: template.name, card: request.name, request: null, customer: null });
        fillEditor();
      },
    }, ...(rendering ? [
      failed && make("span", { className: "body bad" }, firstError(rendering.diagnostics)),
      ...(shown || !failed ? cardParts(shown, template.name, failed && shown ? [] : rendering.diagnostics, corner) : [corner]),
    ].filter(Boolean) : [corner])));
  });
  replace(at("cards"), cards.length > 0 ? cards
    : [make("li", { className: "empty" }, template ? "No request asks for this template yet: type one." : "There is no template yet.")]);
  drawResult(card && renderings.get(`${template.name} ${card.name}`));
}

function drawResult(rendering) {
  const parts = [];
  if (rendering?.test_send_looks_fine) {
    parts.push(make("p", { className: "bad" }, "Customer.io’s test send would look fine; the real message would be lost."));
  }
  if (rendering?.explanation) parts.push(scrollable(rendering.explanation, "explanation", "Problems"));
  const shown = rendering?.message ?? rendering?.good;
  if (shown) {
    parts.push(make("h3", {}, rendering.message ? "Properties" : "Properties when it last went well"),
      scrollable(JSON.stringify(shown.properties, null, 2), "", "Properties"));
  }
  replace(at("result"), parts);
}

/** Puts the chosen request into the editor. What is typed there is not touched by anything else. */
function fillEditor() {
  const { card } = requests();
  const blank = { transactional_message_id: chosen()?.name ?? "", identifiers: { id: project.customers[0]?.id ?? "user_123" }, message_data: {} };
  at("request").value = card?.body ?? JSON.stringify(blank, null, 2);
  at("customer").value = state.customer ?? "";
  if (!card && chosen()) change({ request: at("request").value });
  tryOut();
}

// ---------------------------------------------------------------- all of it

function draw() {
  at("inbox").hidden = state.view !== "inbox";
  at("templates").hidden = state.view !== "templates";
  for (const view of ["inbox", "templates"]) {
    if (state.view === view) at(`to-${view}`).setAttribute("aria-current", "page");
    else at(`to-${view}`).removeAttribute("aria-current");
  }
  document.title = `${state.view === "inbox" ? "Inbox" : "Templates"} · inkproof`;
  if (state.view === "templates") {
    drawTemplates();
    return;
  }
  if (document.activeElement !== at("search")) at("search").value = state.search;
  drawPeople();
  drawFilters();
  drawMessages();
  drawDetail();
}

function report(error) {
  at("connection").textContent = error.message;
}

/** Runs one at a time, and once more where it was asked for meanwhile. */
function oneAtATime(work) {
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
      await work().catch(report);
    } while (again);
    running = false;
  };
}

const refresh = oneAtATime(async () => {
  const [answer, clock] = await Promise.all([ask(`${API}/messages?limit=${LIMIT}`), ask(`${API}/clock`)]);
  ahead = Date.parse(clock.now) - Date.now();
  frozenAt = clock.frozen ? Date.parse(clock.now) : null;
  ({ messages, total } = answer);
  draw();
  const arrived = known ? messages.filter((message) => !known.has(message.id)) : [];
  if (arrived.length > 0) {
    const [first] = arrived;
    at("announcer").textContent = arrived.length > 1 ? `${arrived.length} new messages`
      : first.message ? `New message: ${text(first.message.properties.title ?? "")}` : `${first.template} failed`;
  }
  known = new Set(messages.map((message) => message.id));
});

const reload = oneAtATime(async () => {
  project = await ask(`${API}/templates`);
  if (at("request").value === "") fillEditor();
  else await tryOut();
});

function listen() {
  const source = new EventSource(`${API}/changes`);
  let version = -1;
  source.onopen = () => { at("connection").textContent = "live"; };
  source.onerror = () => { at("connection").textContent = "the server is not there; trying again…"; };
  source.addEventListener("change", (event) => {
    const seen = JSON.parse(event.data);
    refresh();
    if (seen.project !== version) {
      version = seen.project;
      reload();
    }
  });
}

/** Waits until there is a pause in typing. */
function debounce(milliseconds, work) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, milliseconds);
  };
}

function move(step) {
  const cards = [...at("messages").querySelectorAll("[data-id]")];
  const place = cards.findIndex((card) => card.dataset.id === state.message);
  const next = cards[Math.min(Math.max(place + step, 0), cards.length - 1)];
  if (next) {
    change({ message: next.dataset.id });
    [...at("messages").querySelectorAll("[data-id]")].find((card) => card.dataset.id === state.message)?.focus();
  }
}

document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (state.view !== "inbox") return;
  const keys = { j: () => move(1), k: () => move(-1), "/": () => at("search").focus() };
  if (keys[event.key]) {
    event.preventDefault();
    keys[event.key]();
  }
});
addEventListener("hashchange", () => {
  Object.assign(state, readAddress());
  draw();
  if (state.view === "templates") fillEditor();
});
at("search").addEventListener("input", (event) => change({ search: event.target.value }));
at("clear").addEventListener("click", () => ask(`${API}/messages`, { method: "DELETE" }).catch(report));
at("lax").addEventListener("change", (event) => { change({ lax: event.target.checked }); tryOut(); });
for (const [id, part] of [["request", "request"], ["customer", "customer"]]) {
  at(id).addEventListener("input", debounce(120, () => {
    const { card } = requests();
    change({ [part]: at(id).value, card: card?.name === "what you typed" ? null : card?.name ?? null });
    tryOut();
  }));
}
at("restore").addEventListener("click", () => { change({ request: null, customer: null }); fillEditor(); });
at("send").addEventListener("click", async () => {
  try {
    const sent = await ask("/v1/send/inbox_message", {
      method: "POST", headers: { authorization: "Bearer page" }, body: at("request").value,
    });
    change({ view: "inbox", message: sent.delivery_id, to: null, topics: [], kind: null, status: null, unread: false, search: "" });
  } catch (error) {
    report(error);
  }
});
setInterval(() => {
  for (const element of document.querySelectorAll("[data-age]")) element.textContent = age(element.dataset.age);
  for (const element of document.querySelectorAll("[data-expiry]")) element.textContent = expiry(element.dataset.expiry);
}, 1000);

draw();
listen();
