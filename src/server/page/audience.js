// The audience view: renders a template for every record of a file, and shows who would not get the message and why. Lines are opened
// from the file that the browser holds: the report has no data of people.

import { state, UNTOUCHED } from "./address.js";
import { API, ask, at, make, replace, text } from "./dom.js";
import { recordAt } from "./record.js";

const MOST_OPENED = 1 << 20; // characters of a record

let templates = [];
let report = null;
let file = null; // the file that the report is about
let template = null; // and its template and request
let request = null;
let running = null;
let change;
let fill;

const number = (value) => value.toLocaleString("en");
const percent = (value) => `${value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: value < 0.01 ? 4 : 2 })} %`;
const say = (words) => { at("audience-note").textContent = words; };

export async function reload() {
  ({ templates } = await ask(`${API}/templates`));
  draw();
}

const chosen = () => templates.find((one) => one.name === at("audience-template").value) ?? templates[0];

function drawChoices() {
  const before = [at("audience-template").value || state.template, at("audience-request").value || state.request];
  const option = (name, label, selected) => make("option", { value: name, selected: name === selected }, label);
  at("audience-template").replaceChildren(...templates.map(({ name, title }) => option(name, title ?? name, before[0])));
  const requests = chosen()?.requests ?? [];
  const names = requests.map(({ name }) => name);
  const own = names.includes(before[1]) ? before[1] : names[0];
  at("audience-request").replaceChildren(...names.map((name) => option(name, name.split("/").at(-1), own)), option("", "no data", own ?? ""));
}

// ---------------------------------------------------------------- the run

/** Sends the file. Resolves with the report. */
function upload(query, body) {
  const asked = new XMLHttpRequest();
  running = asked;
  return new Promise((resolve, reject) => {
    asked.upload.addEventListener("progress", ({ loaded, total }) => {
      at("audience-progress").value = loaded / Math.max(total, 1);
      say(loaded < total ? `${(loaded / 2 ** 20).toFixed(1)} of ${(total / 2 ** 20).toFixed(1)} MiB` : "Almost done…");
    });
    asked.addEventListener("load", () => {
      const answer = JSON.parse(asked.responseText);
      if (asked.status === 200) resolve(answer);
      else reject(new Error(answer.meta?.error ?? asked.statusText));
    });
    asked.addEventListener("error", () => reject(new Error("The file could not be sent.")));
    asked.addEventListener("abort", () => reject(new Error("Stopped.")));
    asked.open("POST", `${API}/audience?${query}`);
    asked.send(body);
  });
}

async function run(event) {
  event.preventDefault();
  const [one] = at("audience-file").files;
  if (!one || !chosen() || running) return;
  const names = [chosen().name, at("audience-request").value];
  const query = new URLSearchParams({ template: names[0], file: one.name, ...(names[1] && { request: names[1] }) });
  report = null;
  at("audience-progress").value = 0;
  at("audience-progress").hidden = false;
  at("audience-stop").hidden = false;
  at("audience-run").disabled = true;
  drawReport();
  try {
    report = await upload(query, one);
    [file, template, request] = [one, ...names];
    say("");
  } catch (error) {
    say(error.message);
  }
  running = null;
  at("audience-progress").hidden = true;
  at("audience-stop").hidden = true;
  at("audience-run").disabled = false;
  drawReport();
}

// ---------------------------------------------------------------- the witnesses

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** Whether a record has the form in which the App API lists customers. */
function isListed(record) {
  const others = ["identifiers", "timestamps", "unsubscribed", "devices"];
  return isObject(record.attributes) && (others.some((key) => key in record) || (Object.keys(record).length === 2 && "id" in record));
}

/** Opens a witness in the templates view. Its data does not go into the address of the page. */
async function open({ line }) {
  try {
    const record = await recordAt(file, line);
    if (!isObject(record)) throw new Error("The record is not an object.");
    const isJoined = isObject(record.customer) && (isObject(record.request) || "message_data" in record);
    const person = isJoined ? record.customer : record;
    const data = isJoined ? (isObject(record.request) ? record.request : record).message_data : undefined;
    const customer = JSON.stringify(isListed(person) ? { customer: person } : person, null, 2);
    if (customer.length > MOST_OPENED) throw new Error("The record is too long to be opened.");
    change({ view: "templates", template, request: request || null, ...UNTOUCHED, isPrivate: true, customer, data: data ? JSON.stringify(data, null, 2) : null });
    fill();
  } catch (error) {
    say(`Line ${line} cannot be opened: ${error.message}`);
  }
}

function witness(one, key, label) {
  if (one.line === null) return text(one.id ?? "a record without an identifier");
  return make("button", { type: "button", className: "link", "data-id": `witness ${key}`, title: one.id ? `id ${one.id}` : "", onclick: () => open(one) },
    `line ${number(one.line)}`, make("span", { className: "hidden" }, `, ${label}`));
}

// ---------------------------------------------------------------- the report

function table(title, head, rows) {
  if (rows.length === 0) return false;
  const id = `audience-${title.toLowerCase().replaceAll(/[^a-z]+/g, "-")}`;
  return make("div", {}, make("h3", { id }, title),
    make("div", { className: "table", tabIndex: 0, role: "region", "aria-labelledby": id },
      make("table", {}, make("thead", {}, make("tr", {}, head.map((name) => make("th", { scope: "col" }, name)))),
        make("tbody", {}, rows.map((row) => make("tr", {}, row.map((cell) => make("td", {}, cell ?? ""))))))));
}

function groups(title, list) {
  return table(title, ["Count", "Share", "Cause", "Where", "First", "Smallest"], list.map((group, index) => [
    number(group.count), percent(group.percent), make("code", {}, group.code),
    group.file && [make("code", {}, `${group.file}:${group.line}:${group.column}`), " ", make("code", { className: "faint" }, group.text)],
    witness(group.first, `${title} ${index} first`, `the first with ${group.code}`),
    witness(group.smallest, `${title} ${index} smallest`, `the smallest with ${group.code}`),
  ].map((cell) => (Array.isArray(cell) ? make("span", {}, cell) : cell || ""))));
}

function named(title, list) {
  const known = list.some(({ name }) => name);
  return known && table(title, ["Name", "Sent", "Lost"], list.map((one) => {
    const about = one.is_estimated ? "about " : "";
    return [one.name || "(none)", about + number(one.sent), number(one.lost)];
  }));
}

function lengths() {
  const rows = [["title", report.title_length], ["body", report.body_length]].filter(([, one]) => one);
  return table("Lengths in characters", ["Text", "Half", "99 %", "Longest", "Whose"], rows.map(([name, one]) => [
    name, number(one.p50), number(one.p99), number(one.longest), witness(one.longest_witness, `length ${name}`, `the longest ${name}`)]));
}

function drawReport() {
  if (!report) {
    replace(at("audience-report"), []);
    return;
  }
  const { people, titles } = report;
  const figure = (count, label, kind) => make("li", { className: kind }, make("strong", {}, number(count)), " ", label);
  replace(at("audience-report"), [
    make("ul", { className: "figures", "aria-label": "Figures" },
      figure(people.records, "records"), figure(people.sent, "sent", "good"), figure(people.lost, `lost (${percent(people.lost_percent)})`, people.lost > 0 && "bad"),
      people.with_warnings > 0 && figure(people.with_warnings, "of the sent with warnings", "warn"),
      people.invalid > 0 && figure(people.invalid, "not valid", "warn")),
    report.incomplete.length > 0 && make("p", { className: "alert" }, `Not about the whole file: ${report.incomplete.join("; ")}`),
    groups("Lost", report.losses),
    groups("Not valid", report.invalid),
    groups("Warnings", report.warnings),
    table("Suspicious texts", ["Count", "What", "First", "Smallest"], report.suspicious.map((one, index) => [
      number(one.count), `${one.property}: ${one.description}`,
      witness(one.first, `suspicious ${index} first`, "the first of them"), witness(one.smallest, `suspicious ${index} smallest`, "the smallest of them")])),
    table("Branches", ["Count", "Where", "What"], report.branches.map((one) => [
      number(one.count), make("code", {}, `${one.file}:${one.line}:${one.column}`), make("span", {}, `${one.kind} `, make("code", {}, one.text))])),
    lengths(),
    table(`Titles: ${titles.distinct_is_estimated ? "about " : ""}${number(titles.distinct)} different`, ["Count", "Title"], titles.most_common.map((one) => [
      (one.is_estimated ? "about " : "") + number(one.count), make("code", {}, one.title)])),
    named("Languages", report.languages),
    named("Types", report.types),
    named("Topics", report.topics),
  ]);
}

export function draw() {
  drawChoices();
  at("audience-run").disabled = Boolean(running) || templates.length === 0;
}

/** `fillEditor` shows the state in the templates view. */
export function start(changeState, fillEditor, failed) {
  [change, fill] = [changeState, fillEditor];
  at("audience-form").addEventListener("submit", run);
  at("audience-template").addEventListener("change", drawChoices);
  at("audience-stop").addEventListener("click", () => running?.abort());
  reload().catch(failed);
}
