// The templates view: all requests of a template side by side, and an editor with a live preview.

import { state, UNTOUCHED } from "./address.js";
import { cardParts } from "./card.js";
import { API, BASE, ask, at, debounce, json, make, oneAtATime, replace } from "./dom.js";
import { findings } from "./findings.js";

const PAUSE = 120; // milliseconds after the last keystroke until the message is rendered

let project = { templates: [], customers: [] };
let change;
let report;
let checked; // the result of checking the selected template
const renderings = new Map(); // by template and request, each with the last successful message

const chosen = () => project.templates.find((template) => template.name === state.template) ?? project.templates[0];
const TYPED = "what you typed";

// ---------------------------------------------------------------- the request

/** The request in the editor before edits: the selected one, or a new one if there is none. */
function base() {
  const template = chosen();
  const request = template?.requests.find((one) => one.name === state.request) ?? template?.requests[0];
  if (request) return { name: request.name, customer: project.customers[request.customer], fields: parse(request.body) ?? {} };
  const customer = project.customers[0];
  const fields = { transactional_message_id: template?.name ?? "", identifiers: identifiersOf(customer) };
  return { name: TYPED, customer, fields };
}

function parse(source) {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

function identifiersOf(customer) {
  const [first] = Object.entries(customer?.identifiers ?? {}).sort(([left], [right]) => rank(left) - rank(right));
  return first ? { [first[0]]: first[1] } : { id: "user_123" };
}

const rank = (kind) => ["id", "email", "cio_id"].indexOf(kind);
const keyOf = (identifiers) => Object.entries(identifiers ?? {}).map(([kind, value]) => `${kind}:${value}`)[0] ?? "";

/** The recipient: the selected person, else the request's. */
function person() {
  const { customer, fields } = base();
  if (state.person === null) return { customer, identifiers: fields.identifiers };
  const [kind, ...rest] = state.person.split(":");
  const value = rest.join(":");
  return { customer: project.customers.find((one) => one.identifiers[kind] === value), identifiers: { [kind]: value } };
}

const dataText = () => state.data ?? JSON.stringify(base().fields.message_data ?? {}, null, 2);

function customerText() {
  const body = person().customer?.body ?? "";
  return state.customer ?? (parse(body) === undefined ? body : JSON.stringify(parse(body), null, 2));
}

/** The request as it would be sent, or the error if its data is not valid JSON. */
function typed() {
  const { message_data: _, ...fields } = { ...base().fields, identifiers: person().identifiers };
  try {
    JSON.parse(dataText());
  } catch (error) {
    return { error: error.message };
  }
  const head = JSON.stringify(fields, null, 2).slice(0, -2);
  return { request: `${head},\n  "message_data": ${dataText().trim().replaceAll("\n", "\n  ")}\n}` };
}

function customerError() {
  if (!state.customer?.trim()) return "";
  try {
    JSON.parse(state.customer);
    return "";
  } catch (error) {
    return error.message;
  }
}

// ---------------------------------------------------------------- the result

const tryOut = oneAtATime(async () => {
  const template = chosen();
  if (state.view !== "templates" || !template) return;
  const { name } = base();
  const { request, error } = typed();
  const wrong = error ?? customerError();
  showErrors(error ?? "", customerError());
  const list = template.requests.map((one) => ({ name: one.name, trial: { request: one.body, lax: state.lax } }));
  const edited = { name, trial: { request, lax: state.lax, customer: state.customer?.trim() ? state.customer : undefined } };
  const others = list.filter((one) => one.name !== name);
  await Promise.all([
    ...[...others, ...(wrong ? [] : [edited])].map(async (one) => {
      const rendering = await ask(`${API}/render`, { method: "POST", body: JSON.stringify(one.trial) }).catch((problem) => ({
        message: null, diagnostics: [{ severity: "error", message: problem.message }], explanation: problem.message,
      }));
      const key = `${template.name} ${one.name}`;
      renderings.set(key, { ...rendering, good: rendering.message ?? renderings.get(key)?.good });
    }),
    ask(`${API}/check`, { method: "POST", body: JSON.stringify({ template: template.name, trial: wrong ? undefined : edited.trial }) })
      .then((answer) => { checked = { ...answer, template: template.name }; }),
  ]);
  draw();
}, (error) => report(error));

function showErrors(data, customer) {
  for (const [id, error] of [["data", data], ["customer", customer]]) {
    at(`${id}-error`).textContent = error;
    at(id).setAttribute("aria-invalid", String(error !== ""));
  }
  for (const id of ["send", "save"]) at(id).disabled = data !== "";
  at("stage").classList.toggle("dimmed", data !== "" || customer !== "");
}

// ---------------------------------------------------------------- drawing

function drawList() {
  const template = chosen();
  replace(at("template-list"), project.templates.map((one) => make("li", {}, make("button", {
    type: "button",
    "data-id": `template ${one.name}`,
    "aria-current": one === template ? "true" : undefined,
    onclick: () => choose({ template: one.name, request: null }),
  }, make("span", { className: "who" }, make("span", {}, one.title ?? one.name), one.title && make("span", { className: "faint" }, one.name)),
  make("span", { className: "badge plain" }, String(one.requests.length), make("span", { className: "hidden" }, " requests"))))));
}

/** Selects another template or request, and discards the edits. */
function choose(part) {
  change({ ...part, ...UNTOUCHED });
  fill();
}

function requestCard(template, name, isChosen) {
  const rendering = renderings.get(`${template.name} ${name}`);
  const failed = rendering && !rendering.message;
  const corner = make("span", { className: "when" }, failed && make("span", { className: "pill failed" }, "fails"));
  return make("li", {},
    make("span", { className: "request-name" }, name.split("/").at(-1)),
    make("button", {
      type: "button",
      className: `card${failed ? " failed" : ""}`,
      "data-id": `card ${name}`,
      "aria-current": isChosen ? "true" : undefined,
      onclick: () => choose({ template: template.name, request: name }),
    }, rendering ? cardParts(rendering.message, template.name, rendering.diagnostics, corner).filter(Boolean) : "…"));
}

/** The selected request: its card with its problems, and its JSON. After an error, the last successful card stays. */
function drawStage() {
  const template = chosen();
  const rendering = template && renderings.get(`${template.name} ${base().name}`);
  if (!rendering) {
    replace(at("stage"), [make("p", { className: "empty" },
      make("strong", {}, project.templates.length > 0 ? "Rendering…" : "There are no templates yet"))]);
    return;
  }
  const shown = rendering.message ?? rendering.good;
  const stale = !rendering.message;
  const { name } = base();
  const problems = rendering.explanation && findings(rendering.diagnostics, rendering.explanation, stale);
  const above = [
    rendering.test_send_looks_fine && make("p", { className: "alert" },
      "Customer.io’s test send would look fine; the real message would be lost."),
    problems,
  ].filter(Boolean);
  replace(at("stage"), [
    above.length > 0 && make("div", { className: "wide" }, above),
    shown && make("div", {}, make("h3", {}, stale ? "Last successful message" : "Message"),
      make("div", { className: `card large${stale ? " gone" : " unread"}` },
        cardParts(shown, template.name, stale ? [] : rendering.diagnostics, make("span", { className: "when" }, name.split("/").at(-1)), true).filter(Boolean))),
    shown && make("div", {}, make("h3", {}, stale ? "Last successful properties" : "Properties"), json(shown.properties, "Properties")),
  ]);
}

const CELLS = { there: "good", guarded: "guarded", blank: "warn", fails: "bad", "not read": "faint" };

// The names with only as many folders as are needed to keep them distinct.
function shortNames(names) {
  return names.map((name) => {
    const parts = name.split("/");
    const endings = parts.map((_, from) => parts.slice(from).join("/")).reverse();
    const isOwn = (ending) => names.every((other) => other === name || (other !== ending && !other.endsWith(`/${ending}`)));
    return endings.find(isOwn) ?? name;
  });
}

function drawVariables() {
  const template = chosen();
  if (!checked || checked.template !== template?.name || !checked.variables) {
    replace(at("variables"), []);
    return;
  }
  const { requests, variables, coverage, explanation, diagnostics } = checked;
  const cell = (word) => make("td", {}, word ? make("span", { className: `cell ${CELLS[word] ?? ""}` }, word) : "");
  const row = (variable) => make("tr", {}, make("th", { scope: "row" }, make("code", {}, variable.path)),
    make("td", { className: "faint" }, variable.kind), ...variable.cells.map(cell), cell(variable.typed));
  const head = ["Variable", "Must be", ...shortNames(requests), TYPED];
  const { covered, branches, missed_lines: missed } = coverage;
  const share = branches === 0 ? "The template has no branches."
    : `Requests render ${covered} of ${branches} branches.${missed.length > 0
      ? ` Not rendered: the branches that begin on ${missed.length === 1 ? "line" : "lines"} ${missed.join(", ")}.` : ""}`;
  replace(at("variables"), [
    make("h3", { id: "variables-title" }, "Variables"),
    variables.length === 0 ? make("p", { className: "faint" }, "The template reads none.")
      : make("div", { className: "table", tabIndex: 0, role: "region", "aria-labelledby": "variables-title" },
        make("table", {}, make("thead", {}, make("tr", {}, head.map((name) => make("th", { scope: "col" }, name)))),
          make("tbody", {}, variables.map(row)))),
    make("h3", {}, "Coverage"),
    make("p", { className: "coverage" }, branches > 0 && make("meter", { min: 0, max: branches, value: covered, "aria-label": "Coverage" }), share),
    explanation && make("h3", {}, "Findings of inkproof check"),
    explanation && findings(diagnostics, explanation, false),
  ]);
}

export function draw() {
  const template = chosen();
  drawList();
  at("template-title").textContent = template ? template.title ?? template.name : "Templates";
  at("template-file").textContent = template?.file ?? "";
  at(state.lax ? "lax" : "live").checked = true;
  at("mode-note").textContent = state.lax
    ? "Lax, like Customer.io’s test send: missing variables print nothing." : "Live, like a real send: a missing variable fails the message.";
  at("edited").hidden = state.data === null && state.person === null && state.customer === null;
  const { name } = base();
  const names = template?.requests.map((request) => request.name) ?? [];
  replace(at("cards"), names.length > 0 ? names.map((one) => requestCard(template, one, one === name))
    : [make("li", { className: "faint" }, template ? "No request uses this template yet: enter its data and save it." : "")]);
  drawStage();
  drawVariables();
}

function drawPerson() {
  const { customer, identifiers } = person();
  const options = project.customers.map((one) => {
    const own = identifiersOf(one);
    const [id] = Object.values(own);
    return make("option", { value: keyOf(own), selected: one === customer }, one.name ? `${one.name} · ${id}` : id);
  });
  if (!customer) {
    const label = `${Object.values(identifiers ?? {})[0] ?? "no identifier"} · not in the project`;
    options.unshift(make("option", { value: keyOf(identifiers), selected: true }, label));
  }
  at("person").replaceChildren(...options);
}

/** Loads the selected request into the editor. Nothing else overwrites the edits. */
export function fill() {
  at("data").value = dataText();
  at("customer").value = customerText();
  at("customer").placeholder = "Only the identifier of this person is known";
  drawPerson();
  tryOut();
}

/** Reloads the project. The edits stay. */
export async function reload() {
  project = await ask(`${API}/templates`);
  if (state.view !== "templates") return;
  // Fields without edits follow their files. Edits are in the editor already, except just after the page was loaded.
  if (state.data === null || at("data").value === "") at("data").value = dataText();
  if (state.customer === null || at("customer").value === "") at("customer").value = customerText();
  drawPerson();
  await tryOut();
  draw();
}

// ---------------------------------------------------------------- sending and saving

async function send() {
  try {
    const sent = await ask(`${BASE}/v1/send/inbox_message`, {
      method: "POST", headers: { authorization: "Bearer page" }, body: typed().request,
    });
    change({ view: "inbox", message: sent.delivery_id, to: null, topics: [], kind: null, status: null, channel: null, unread: false, search: "" });
  } catch (error) {
    at("outcome").textContent = error.message;
  }
}

let replaceNext = false; // whether the next attempt may replace an existing file

function openDialog() {
  const { name } = base();
  at("save-name").value = name === TYPED ? "standard" : name.split("/").at(-1);
  at("save-note").textContent = state.customer === null
    ? "The template and the person’s identifier are saved with the data."
    : "Your changes to the person are not saved: a request contains only the identifier.";
  resetDialog();
  at("save-dialog").showModal();
  at("save-name").select();
}

function resetDialog() {
  replaceNext = false;
  at("save-error").textContent = "";
  at("save-do").textContent = "Save";
}

async function save(event) {
  event.preventDefault();
  const name = at("save-name").value.trim();
  const template = chosen().name;
  const { data, person: recipient, customer } = state;
  const request = JSON.stringify(JSON.parse(typed().request), null, 2);
  try {
    const { file } = await ask(`${API}/requests`, { method: "PUT", body: JSON.stringify({ name, request, replace: replaceNext }) });
    at("save-dialog").close();
    at("outcome").textContent = `Saved as ${file}`;
    await reload();
    // Meanwhile another template may have been selected, or more may have been edited.
    if (chosen()?.name !== template) return;
    const saved = { request: `${template}/${name}` };
    if (state.data === data && state.person === recipient && state.customer === customer) choose(saved);
    else change(saved);
  } catch (error) {
    replaceNext = error.status === 409;
    at("save-error").textContent = replaceNext ? `${error.message}. Replace it?` : error.message;
    at("save-do").textContent = replaceNext ? "Replace" : "Save";
  }
}

export function start(changeState, reportError) {
  change = changeState;
  report = reportError;
  for (const id of ["data", "customer"]) {
    const show = debounce(PAUSE, () => {
      change({});
      tryOut();
    });
    at(id).addEventListener("input", () => {
      // Without delay, because other updates during the pause must see the edit.
      state[id] = at(id).value;
      show();
    });
  }
  at("person").addEventListener("change", (event) => {
    change({ person: event.target.value, customer: null });
    at("customer").value = customerText();
    tryOut();
  });
  for (const id of ["live", "lax"]) {
    at(id).addEventListener("change", () => {
      change({ lax: at("lax").checked });
      tryOut();
    });
  }
  at("restore").addEventListener("click", () => choose({}));
  at("send").addEventListener("click", send);
  at("save").addEventListener("click", openDialog);
  at("save-form").addEventListener("submit", save);
  at("save-name").addEventListener("input", resetDialog);
  at("save-cancel").addEventListener("click", () => at("save-dialog").close());
}
