// The templates view: all requests of a template side by side, and an editor with a live preview.

import { state, UNTOUCHED } from "./address.js";
import { cardParts } from "./card.js";
import { API, BASE, ask, at, debounce, indexOf, json, make, oneAtATime, replace } from "./dom.js";
import * as controls from "./controls.js";
import { setEditor } from "./editor.js";
import { findings } from "./findings.js";
import { parsePath, withValue } from "./paths.js";
import * as snapshots from "./snapshots.js";
import * as source from "./source.js";
import { isVisual, visualInbox } from "./visual.js";

const PAUSE = 120; // milliseconds after the last keystroke until the message is rendered

let project = { templates: [], customers: [] };
let change;
let report;
let drawn; // the name of the template that is on the page
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
  const head = `${JSON.stringify(fields, null, 2).slice(0, -2)},\n  "message_data": `;
  return { request: `${head}${dataText().trim().replaceAll("\n", "\n  ")}\n}`, head };
}

/** The place in the field `message_data` of a place in the request. */
function inData(place) {
  const { request, head } = typed();
  const text = dataText();
  const inserted = request.slice(head.length, Math.max(indexOf(request, place), head.length));
  const lines = inserted.split("\n").length - 1;
  return text.length - text.trimStart().length + inserted.length - 2 * lines;
}

/** The edited template, if it is one of the selected template's. */
const edits = () => (state.edited === null ? undefined : { file: state.editedFile, text: state.edited });

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
  const list = template.requests.map((one) => ({ name: one.name, trial: { request: one.body, lax: state.lax, edited: edits() } }));
  const edited = {
    name, trial: { request, lax: state.lax, customer: state.customer?.trim() ? state.customer : undefined, edited: edits(), with_source: true },
  };
  const others = list.filter((one) => one.name !== name);
  await Promise.all([
    ...[...others, ...(wrong ? [] : [edited])].map(async (one) => {
      const rendering = await ask(`${API}/render`, { method: "POST", body: JSON.stringify(one.trial) }).catch((problem) => ({
        message: null, diagnostics: [{ severity: "error", message: problem.message }], explanation: problem.message,
      }));
      const key = `${template.name} ${one.name}`;
      const before = renderings.get(key);
      const painted = source.withExpressions(rendering.source);
      renderings.set(key, rendering.message ? { ...rendering, source: painted, good: rendering.message, goodSource: painted }
        : { ...rendering, source: painted, good: before?.good, goodSource: before?.goodSource });
    }),
    ask(`${API}/check`, { method: "POST", body: JSON.stringify({ template: template.name, trial: wrong ? undefined : edited.trial }) })
      .then((answer) => { checked = { ...answer, template: template.name }; }),
    snapshots.load(template.name),
  ]);
  draw();
}, (error) => report(error));

function showErrors(data, customer) {
  for (const [id, error] of [["data", data], ["customer", customer]]) {
    at(`${id}-error`).textContent = error;
    at(id).setAttribute("aria-invalid", String(error !== ""));
  }
  at("save").disabled = data !== "";
  at("send").disabled = data !== "" || state.edited !== null;
  at("send").title = state.edited === null ? "" : "A send uses the saved template: save it in your editor, or discard your edits";
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
  const isSame = part.template === undefined || part.template === chosen()?.name;
  // Another request of the template is tried with the same edits of its source.
  const kept = isSame && part.request !== undefined ? { edited: state.edited, editedFile: state.editedFile } : {};
  change({ ...part, ...UNTOUCHED, ...kept });
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
  const painted = rendering.message ? rendering.source : rendering.goodSource;
  const stale = !rendering.message;
  const { name } = base();
  const problems = rendering.explanation && findings(rendering.diagnostics, rendering.explanation, stale, reveal);
  const above = [
    rendering.test_send_looks_fine && make("p", { className: "alert" },
      "Customer.io’s test send would look fine; the real message would be lost."),
    problems,
  ].filter(Boolean);
  replace(at("stage"), [
    above.length > 0 && make("div", { className: "wide" }, above),
    shown && make("div", {}, make("h3", {}, stale ? "Last successful message" : "Message"),
      make("div", { className: `card large${stale ? " gone" : " unread"}` },
        cardParts(shown, template.name, stale ? [] : rendering.diagnostics, make("span", { className: "when" }, name.split("/").at(-1)), { isLarge: true, source: painted }).filter(Boolean))),
    shown && isVisual(shown) && make("div", {}, make("h3", {}, "In the visual inbox"), visualInbox(shown, painted)),
    shown && make("div", {}, make("h3", {}, stale ? "Last successful properties" : "Properties"), json(shown.properties, "Properties", painted)),
  ]);
}

/** Shows the place of a finding: in the source of the template, in the data or in the person's attributes. */
function reveal(finding) {
  const { file, start, end } = finding;
  if (file === source.file()) return () => source.reveal(finding);
  const field = { "request.json": "data", "customer.json": "customer" }[file];
  if (!field) return undefined;
  return () => {
    const [from, to] = field === "data" ? [inData(start), inData(end)] : [indexOf(at(field).value, start), indexOf(at(field).value, end)];
    at(field).focus();
    at(field).setSelectionRange(from, Math.max(to, from));
  };
}

// ---------------------------------------------------------------- the values

/** Where the attributes are in the content of a customer file: in a response of the App API, they are further inside. */
const attributesIn = (customer) => (customer?.customer?.attributes ? ["customer", "attributes"] : []);

/** The data and the attributes as they are typed, or null if they are not valid JSON. */
function values() {
  const trigger = parse(dataText());
  const text = customerText();
  const customer = text.trim() ? parse(text) : { ...person().identifiers };
  if (trigger === undefined || customer === undefined) return null;
  return { trigger, customer: attributesIn(customer).reduce((inner, step) => inner[step], customer) };
}

/** The data of all requests of the template, and all people. */
function samples() {
  const requests = (chosen()?.requests ?? []).map((one) => ({ trigger: parse(one.body)?.message_data ?? {} }));
  const people = project.customers.map((one) => parse(one.body)).filter(Boolean)
    .map((customer) => ({ customer: attributesIn(customer).reduce((inner, step) => inner[step], customer) }));
  return [...requests, ...people];
}

/** Sets the text of a field, as if it was typed. */
function type(field, value) {
  state[field] = value;
  at(field).value = value;
}

function setValue({ path }, value) {
  const { root, steps } = parsePath(path);
  if (root === "customer") {
    const text = customerText();
    const customer = text.trim() ? parse(text) : { ...person().identifiers };
    type("customer", JSON.stringify(withValue(customer, [...attributesIn(customer), ...steps], value), null, 2));
  } else {
    type("data", JSON.stringify(withValue(parse(dataText()), steps, value), null, 2));
  }
  change({});
  tryOut();
}

/** Fills in the data with which the message is lost. */
function lose({ base: request, request: body, customer, changes }) {
  const isKnown = chosen().requests.some((one) => one.name === request);
  choose({ request: isKnown ? request : state.request });
  type("data", JSON.stringify(body.message_data ?? {}, null, 2));
  if (changes.some(({ path }) => path.startsWith("customer"))) type("customer", JSON.stringify(customer, null, 2));
  change({});
  tryOut();
}

function drawControls() {
  const template = chosen();
  const isOwn = checked && checked.template === template?.name;
  controls.draw((isOwn && checked.variables) || [], values(), samples(), CELLS, setValue);
  controls.drawCounterexamples(isOwn ? checked.diagnostics : [], lose);
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
    explanation && findings(diagnostics, explanation, false, reveal, "Findings of inkproof check"),
  ]);
}

export function draw() {
  const template = chosen();
  if (drawn !== template?.name) source.forget();
  drawn = template?.name;
  drawList();
  at("template-title").textContent = template ? template.title ?? template.name : "Templates";
  at("template-file").textContent = template?.file ?? "";
  at(state.lax ? "lax" : "live").checked = true;
  at("mode-note").textContent = state.lax
    ? "Lax, like Customer.io’s test send: missing variables print nothing." : "Live, like a real send: a missing variable fails the message.";
  at("edited").hidden = [state.data, state.person, state.customer, state.edited].every((one) => one === null);
  const { name } = base();
  const names = template?.requests.map((request) => request.name) ?? [];
  replace(at("cards"), names.length > 0 ? names.map((one) => requestCard(template, one, one === name))
    : [make("li", { className: "faint" }, template ? "No request uses this template yet: enter its data and save it." : "")]);
  at("stage").dataset.width = state.width ?? "";
  at(`width-${state.width ?? "fit"}`).checked = true;
  drawStage();
  const rendering = template && renderings.get(`${template.name} ${name}`);
  source.draw(rendering?.source, edits() ? state.edited : null);
  snapshots.draw(template?.name, name, [state.data, state.person, state.customer, state.edited].some((one) => one !== null));
  drawControls();
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
  setEditor(project.editor);
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
  if (state.edited !== null) at("save-note").textContent += " The edited template is not saved.";
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
    if (state.edited === null && state.data === data && state.person === recipient && state.customer === customer) choose(saved);
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
  snapshots.start(draw);
  const tryLater = debounce(PAUSE, () => {
    change({});
    tryOut();
  });
  source.start((file, text) => {
    Object.assign(state, { edited: text, editedFile: file });
    if (text === null) change({});
    tryLater();
  });
  at("to-editor").addEventListener("click", () => {
    at("data").scrollIntoView({ block: "center" });
    at("data").focus({ preventScroll: true });
  });
  at("stage").addEventListener("click", ({ target }) => {
    const mark = target.closest("mark[data-expression]");
    if (mark) source.selectExpression(Number(mark.dataset.expression));
  });
  for (const width of ["fit", "phone", "desktop"]) {
    at(`width-${width}`).addEventListener("change", () => change({ width: width === "fit" ? null : width }));
  }
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
