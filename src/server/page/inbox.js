// The inbox view: captured messages, updated live.

import { state, UNTOUCHED } from "./address.js";
import { cardParts, titleOf } from "./card.js";
import { API, BASE, ask, at, json, make, replace, scrollable, sentJson, text } from "./dom.js";
import { findings } from "./findings.js";
import { revealLater } from "./source.js";
import { age, setClock } from "./time.js";

const LIMIT = 500;
const NARROW = matchMedia("(max-width: 900px)");
const STATUSES = ["delivered", "captured", "failed", "draft", "scheduled", "expired", "deleted"];

let messages = [];
let total = 0;
let refused = []; // the requests that were refused, newest first
let known = null; // the ids of the messages that were shown before
let change;
let report;

/** The title and the body of a message of a channel that is not rendered, as they were sent. */
function sentParts({ channel, template, content }) {
  const title = content.subject ?? content.title ?? (channel === "broadcast" ? `Broadcast ${template}` : template || "(no subject)");
  const body = content.body_plain ?? content.body ?? content.message;
  return { title: text(title), body: body === undefined ? undefined : text(body) };
}
const STATES = ["delivered", "captured"];
const nameOf = (recipient) => recipient.id ?? recipient.email ?? recipient.cio_id ?? "";
const isUnread = (message) => message.status === "delivered" && !message.opened;

/** Filters topics as `analytics.inbox(…)` does: those that begin with `_cio` are only shown on request. */
function fitsTopics(message) {
  const topics = message.message?.topics ?? [];
  if (state.topics.length > 0) return topics.some((topic) => state.topics.includes(topic));
  return !topics.some((topic) => topic.startsWith("_cio"));
}

function fits(message) {
  return (!state.to || nameOf(message.recipient) === state.to)
    && fitsTopics(message)
    && (!state.kind || message.message?.type === state.kind)
    && (!state.channel || message.channel === state.channel)
    && (!state.status || message.status === state.status)
    && (!state.unread || isUnread(message))
    && (!state.search || JSON.stringify([message.message, message.template, message.request.body, message.recipient])
      .toLowerCase().includes(state.search.toLowerCase()));
}

function messageCard(message) {
  const classes = ["card", message.status === "failed" && "failed", isUnread(message) && "unread",
    ["expired", "deleted"].includes(message.status) && "gone",
    known && !known.has(message.id) && "new"].filter(Boolean);
  const corner = make("span", { className: "when" },
    message.channel !== "inbox" && make("span", { className: "pill channel" }, message.channel.replace("_", "-")),
    !STATES.includes(message.status) && make("span", { className: `pill ${message.status}` }, message.status),
    make("span", { "data-age": message.send_at }, age(message.send_at)));
  const who = message.recipient.name ?? nameOf(message.recipient);
  return make("li", {}, make("button", {
    type: "button",
    className: classes.join(" "),
    "data-id": message.id,
    "aria-current": message.id === state.message ? "true" : undefined,
    onclick: () => {
      change({ message: message.id });
      showDetail();
    },
  }, ...(message.content ? sentCard(message, corner) : cardParts(message.message, message.template, message.diagnostics, corner)).filter(Boolean),
  make("span", { className: "from" }, state.to || !who ? message.template : `${message.template} to ${who}`),
  make("span", { className: "hidden" }, message.opened ? "read" : "unread")));
}

function sentCard(message, corner) {
  const { title, body } = sentParts(message);
  const warnings = message.diagnostics.length;
  return [
    make("span", { className: "line" }, make("span", { className: "title" }, title), corner),
    body !== undefined && make("span", { className: "body" }, body.slice(0, 300)),
    warnings > 0 && make("span", { className: "meta" }, make("span", { className: "warn" }, `${warnings} ${warnings === 1 ? "warning" : "warnings"}`)),
  ];
}

/** On a narrow screen, the details take the place of the list. */
function showDetail() {
  if (NARROW.matches) scrollTo(0, 0);
  at("detail").querySelector("h2")?.focus?.();
}

/** The way back to the list, which only narrow screens show. */
function back() {
  return make("button", { type: "button", className: "quiet back", "data-id": "back", onclick: () => { history.back(); } }, "← Messages");
}

/** The initials of a name, and a color that depends only on the name. */
function avatar(name) {
  const letters = name.split(/[\s@._-]+/).filter(Boolean).map((word) => [...word][0]).slice(0, 2).join("").toUpperCase();
  const hue = [...name].reduce((sum, character) => (sum * 31 + character.codePointAt(0)) % 8, 7);
  return make("span", { className: `avatar hue-${hue}`, "aria-hidden": "true" }, letters);
}

function drawPeople() {
  const people = new Map();
  for (const message of messages) {
    const id = nameOf(message.recipient);
    const person = people.get(id) ?? { name: message.recipient.name, unread: 0, failed: 0 };
    if (isUnread(message)) person.unread += 1;
    if (message.status === "failed") person.failed += 1;
    people.set(id, person);
  }
  if (state.to && !people.has(state.to)) people.set(state.to, { unread: 0, failed: 0 });
  const row = (id, name, { unread, failed }) => make("li", {}, make("button", {
    type: "button",
    "data-id": `person ${id ?? ""}`,
    "aria-current": state.to === id ? "true" : undefined,
    onclick: () => change({ to: id, message: null }),
  }, id === null ? make("span", { className: "avatar all", "aria-hidden": "true" }, "∗") : avatar(name ?? id),
  make("span", { className: "who" }, make("span", {}, name ?? id), name && id !== null && make("span", { className: "faint" }, id)),
  failed > 0 && make("span", { className: "badge bad", title: `${failed} failed` }, String(failed), make("span", { className: "hidden" }, " failed")),
  unread > 0 && make("span", { className: "badge" }, String(unread), make("span", { className: "hidden" }, " unread"))));
  const all = [...people.values()];
  const sum = (key) => all.reduce((count, person) => count + person[key], 0);
  const unread = sum("unread");
  at("unread-count").textContent = String(unread);
  at("unread-count").hidden = unread === 0;
  replace(at("people"), [row(null, "Everyone", { unread, failed: sum("failed") }),
    ...[...people].map(([id, person]) => row(id, person.name, person))]);
}

function drawFilters() {
  const toggle = (label, pressed, next, hint) => make("button", {
    type: "button", "data-id": `filter ${label}`, "aria-pressed": String(pressed), onclick: () => change(next),
  }, hint && make("span", { className: "hint" }, `${hint} `), hint ? label.slice(hint.length + 1) : label);
  const distinct = (values) => [...new Set(values)].sort();
  const topics = distinct([...messages.flatMap((message) => message.message?.topics ?? []), ...state.topics]);
  const kinds = distinct(messages.map((message) => message.message?.type).filter(Boolean));
  const channels = distinct(messages.map((message) => message.channel));
  const present = STATUSES.filter((status) => messages.some((message) => message.status === status));
  const flip = (topic) => (state.topics.includes(topic)
    ? state.topics.filter((one) => one !== topic) : [...state.topics, topic]);
  replace(at("filters"), messages.length === 0 ? [] : [
    toggle("unread", state.unread, { unread: !state.unread }),
    ...present.map((status) => toggle(status, state.status === status, { status: state.status === status ? null : status })),
    ...(channels.length > 1 || state.channel ? channels : []).map((channel) => toggle(`channel ${channel}`, state.channel === channel,
      { channel: state.channel === channel ? null : channel }, "channel")),
    ...topics.map((topic) => toggle(`topic ${topic}`, state.topics.includes(topic), { topics: flip(topic) }, "topic")),
    ...kinds.map((kind) => toggle(`type ${kind}`, state.kind === kind, { kind: state.kind === kind ? null : kind }, "type")),
  ]);
}

/** Identifies a refused request on this page: several may arrive at the same time. */
const refusedId = (one) => `refused ${one.at} ${refused.filter(({ at: time }) => time === one.at).indexOf(one)}`;
const requestLine = (one) => (one.method ? `${one.method} ${one.path}` : "A connection");
const statusOf = (one) => (one.status === null ? "no response" : String(one.status));

function refusedCard(one) {
  const id = refusedId(one);
  return make("li", {}, make("button", {
    type: "button",
    className: "card failed refused",
    "data-id": id,
    "aria-current": id === state.message ? "true" : undefined,
    onclick: () => {
      change({ message: id });
      showDetail();
    },
  }, make("span", { className: "line" }, make("span", { className: "title bad" }, `${requestLine(one)} was refused`),
    make("span", { className: "when" }, make("span", { className: "pill failed" }, statusOf(one)),
      make("span", { "data-age": one.at }, age(one.at)))),
  make("span", { className: "body" }, one.error)));
}

/** Refused requests are shown unless a filter is set that they cannot match. */
function fitsRefused(one) {
  if (state.to || state.topics.length > 0 || state.kind || state.status || state.channel || state.unread) return false;
  return !state.search || JSON.stringify(one).toLowerCase().includes(state.search.toLowerCase());
}

function drawMessages() {
  const shown = [
    ...messages.filter(fits).map((message) => ({ time: message.queued_at, card: messageCard(message) })),
    ...refused.filter(fitsRefused).map((one) => ({ time: one.at, card: refusedCard(one) })),
  ].sort((left, right) => (left.time < right.time ? 1 : left.time > right.time ? -1 : 0));
  replace(at("messages"), shown.map(({ card }) => card));
  const note = at("note");
  if (messages.length === 0 && refused.length === 0) {
    note.replaceChildren(make("strong", {}, "Nothing has been sent yet"),
      make("span", {}, "Point a client library at ", make("code", {}, location.origin + BASE), ", or ",
        make("a", { href: "#templates" }, "send from a template"), "."));
  } else {
    const cut = total > messages.length ? `Showing the newest ${messages.length} of ${total} messages. ` : "";
    note.textContent = cut + (shown.length === 0 ? "No message matches the filters." : "");
  }
  at("clear").hidden = messages.length === 0 && refused.length === 0;
}

/** The user's id in UTF-8 and Base64, as mobile clients encode it. */
function token(user) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(user)));
}

function asRecipient(message, path, options) {
  const headers = { "x-gist-encoded-user-token": token(nameOf(message.recipient)), "x-cio-client-platform": "page" };
  return ask(path, { ...options, headers }).catch(report);
}

/** Opens the template view with the data of the message. */
function tryAgain(message) {
  const { message_data: data, identifiers } = JSON.parse(message.request.body);
  const [[kind, value]] = Object.entries(identifiers);
  change({
    view: "templates", template: message.template, request: null, ...UNTOUCHED,
    data: JSON.stringify(data ?? {}, null, 2), person: `${kind}:${value}`,
  });
  dispatchEvent(new HashChangeEvent("hashchange"));
}

function detailActions(message) {
  const button = (label, act, className) => make("button", { type: "button", className, "data-id": `act ${label}`, onclick: act }, label);
  const inHands = message.status === "delivered";
  return make("p", { className: "actions" },
    inHands && button(message.opened ? "Mark unopened" : "Mark opened", () => asRecipient(message,
      `${BASE}/api/v1/messages/${encodeURIComponent(message.queue_id)}`,
      { method: "PATCH", body: JSON.stringify({ opened: !message.opened }) })),
    inHands && button("Delete as the recipient", () => asRecipient(message,
      `${BASE}/api/v1/logs/queue/${encodeURIComponent(message.queue_id)}`, { method: "POST", body: "{}" })),
    message.channel === "inbox" && button("Try the request", () => tryAgain(message)),
    button("Forget", () => ask(`${API}/messages/${encodeURIComponent(message.id)}`, { method: "DELETE" }).catch(report), "quiet"));
}

const REQUEST = "request.json"; // the name of a request's body in findings

/** The request as it was sent, with the places of findings in it. */
function requestOf({ request: { body }, diagnostics = [] }) {
  try {
    JSON.parse(body);
  } catch {
    return scrollable(body, "", "Request");
  }
  const bytes = new TextEncoder().encode(body);
  const index = (offset) => new TextDecoder().decode(bytes.subarray(0, offset)).length;
  const marks = diagnostics.flatMap(({ file, start, end, severity, message }, at) => (file === REQUEST && start
    ? [{ start: index(start.offset), end: index(end.offset), className: `at ${severity}`, title: message, id: `at-${at}` }] : []));
  return sentJson(body, "Request", marks);
}

/** Shows the place of a finding: in the request, or in the source of the template. */
function reveal(message) {
  return (finding) => {
    if (finding.file === REQUEST) {
      const index = message.diagnostics.indexOf(finding);
      return () => {
        const mark = at(`at-${index}`);
        if (!mark) return;
        mark.tabIndex = -1;
        mark.focus();
        mark.scrollIntoView({ block: "center" });
      };
    }
    if (message.channel !== "inbox" || !finding.file?.endsWith(".liquid")) return undefined;
    return () => {
      revealLater(finding);
      tryAgain(message);
    };
  };
}

function drawRefused(one) {
  const headers = one.request.headers.map(([name, value]) => `${name}: ${value}\n`).join("");
  replace(at("detail"), [
    back(),
    make("h2", { className: "bad" }, `${requestLine(one)} was refused`),
    make("p", {}, one.error),
    make("dl", {}, make("dt", {}, "status"), make("dd", {}, make("span", { className: "pill failed" }, statusOf(one))),
      make("dt", {}, "arrived"), make("dd", {}, new Date(one.at).toLocaleString())),
    one.request.body && make("h3", {}, "Body"), one.request.body && requestOf(one),
    headers && make("h3", {}, "Headers"), headers && scrollable(headers, "", "Headers"),
  ]);
}

function drawDetail() {
  const rejected = refused.find((one) => refusedId(one) === state.message);
  if (rejected) {
    drawRefused(rejected);
    return;
  }
  const message = messages.find((one) => one.id === state.message);
  if (!message) {
    replace(at("detail"), [make("p", { className: "empty" },
      make("strong", {}, state.message ? "This message no longer exists" : "No message selected"),
      make("span", {}, make("kbd", {}, "j"), " and ", make("kbd", {}, "k"), " move, ", make("kbd", {}, "/"), " searches."))]);
    return;
  }
  const entry = (name, value) => (value === null || value === undefined || value === ""
    ? [] : [make("dt", {}, name), make("dd", {}, value)]);
  const failed = message.status === "failed";
  const { name } = message.recipient;
  const parts = [
    back(),
    make("h2", { className: failed ? "bad" : "" }, failed ? `${message.template} failed`
      : message.content ? sentParts(message).title : titleOf(message.message)),
    detailActions(message),
    message.test_send_looks_fine && make("p", { className: "alert" },
      "Customer.io’s test send would look fine; the real message would be lost."),
    message.explanation && make("h3", {}, "Problems"),
    message.explanation && findings(message.diagnostics, message.explanation, failed, reveal(message)),
    message.message && make("h3", {}, "Message"),
    message.message && make("div", { className: "card large" }, cardParts(message.message, message.template, [], undefined, { isLarge: true }).filter(Boolean)),
    make("dl", {},
      entry("status", make("span", { className: `pill ${message.status}` }, message.status)),
      entry("channel", message.channel === "inbox" ? "" : `${message.channel.replace("_", "-")}: captured, not rendered`),
      entry("template", message.template),
      entry("to", name ? `${name} · ${nameOf(message.recipient)}` : nameOf(message.recipient)),
      entry("sent", new Date(message.send_at).toLocaleString()),
      entry("expires", message.message && new Date(message.message.expiry).toLocaleString()),
      entry("delivery_id", make("code", {}, message.id)),
      message.reports.flatMap((one) => entry(one.metric, `${one.action ?? ""} ${age(one.at)}`.trim()))),
    message.message && make("h3", {}, "Properties"),
    message.message && json(message.message.properties, "Properties"),
    message.content && make("h3", {}, "Content as it was sent"), message.content && json(message.content, "Content as it was sent"),
    make("h3", {}, "Request"), requestOf(message),
  ];
  replace(at("detail"), parts);
}

export function draw() {
  at("inbox").classList.toggle("chosen", state.message !== null);
  if (document.activeElement !== at("search")) at("search").value = state.search;
  drawPeople();
  drawFilters();
  drawMessages();
  drawDetail();
}

/** Selects the next or previous message. */
export function move(step) {
  const cards = [...at("messages").querySelectorAll("[data-id]")];
  const place = cards.findIndex((card) => card.dataset.id === state.message);
  const next = cards[Math.min(Math.max(place + step, 0), cards.length - 1)];
  if (next) {
    change({ message: next.dataset.id });
    [...at("messages").querySelectorAll("[data-id]")].find((card) => card.dataset.id === state.message)?.focus();
  }
}

/** Loads the messages, and announces new ones. */
export async function refresh() {
  const [answer, clock, rejected] = await Promise.all(
    [ask(`${API}/messages?limit=${LIMIT}`), ask(`${API}/clock`), ask(`${API}/refused`)]);
  setClock(clock);
  ({ refused } = rejected);
  ({ messages, total } = answer);
  if (state.view === "inbox") draw();
  else drawPeople();
  const arrived = known ? messages.filter((message) => !known.has(message.id)) : [];
  if (arrived.length > 0) {
    const [first] = arrived;
    at("announcer").textContent = arrived.length > 1 ? `${arrived.length} new messages`
      : first.content ? `New ${first.channel} message: ${sentParts(first).title}`
        : first.message ? `New message: ${titleOf(first.message)}` : `${first.template} failed`;
  }
  known = new Set(messages.map((message) => message.id));
}

export function start(changeState, reportError) {
  change = changeState;
  report = reportError;
  at("search").addEventListener("input", (event) => change({ search: event.target.value }));
  at("clear").addEventListener("click", () => Promise.all(["messages", "refused"].map((list) => ask(`${API}/${list}`, { method: "DELETE" }))).catch(report));
}
