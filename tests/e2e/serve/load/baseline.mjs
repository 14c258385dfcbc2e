// The same work with Node's own HTTP server and LiquidJS: read the request, check it, find template and customer, render the
// content (parsed once) and read what comes out as JSON, resolve what belongs to the message, keep the newest 10,000, answer.
import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { Liquid } from "liquidjs";

const [project] = process.argv.slice(2);
const file = (path) => readFileSync(join(project, path), "utf8");
const engine = new Liquid({ strictVariables: true, strictFilters: true, lenientIf: true, timezoneOffset: 0 });
function template(name) {
  const [, settings, content] = file(`templates/${name}`).split(/^---$/m);
  const setting = (key) => settings.match(new RegExp(`^${key}: (.*)$`, "m"))[1];
  return {
    content: engine.parse(content),
    type: setting("type"),
    topics: setting("topics").slice(1, -1).split(", "),
    life: parseInt(setting("expiration"), 10) * 86_400_000,
  };
}
const templates = new Map(readdirSync(join(project, "templates")).map((name) => [name.replace(/\.liquid$/, ""), template(name)]));
const customers = new Map(["user_123"].map((id) => [id, JSON.parse(file(`fixtures/customers/${id}.json`))]));

const KEEP = 10_000;
const messages = new Map();
const inboxes = new Map();
let count = 0;

function keep(message) {
  messages.set(message.id, message);
  const inbox = inboxes.get(message.recipient) ?? new Set();
  inbox.add(message.id);
  inboxes.set(message.recipient, inbox);
  if (messages.size > KEEP) {
    const [oldest] = messages.values();
    messages.delete(oldest.id);
    inboxes.get(oldest.recipient).delete(oldest.id);
  }
}

class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

function accept(body, headers) {
  if (!/^bearer ./i.test(headers.authorization ?? "")) throw new Refusal(401, "unauthorized");
  const request = JSON.parse(body);
  const { transactional_message_id: name, identifiers, message_data: trigger = {} } = request;
  const template = templates.get(String(name).toLowerCase());
  if (!template) throw new Refusal(400, `${name} not found`);
  const names = Object.entries(identifiers ?? {});
  if (names.length !== 1 || typeof names[0][1] !== "string") throw new Refusal(400, "expected one identifier");
  if (typeof trigger !== "object" || trigger === null) throw new Refusal(400, "expected message_data");
  const [[, recipient]] = names;
  const customer = customers.get(recipient) ?? { id: recipient };
  const now = Date.now();
  let properties = null;
  let error = null;
  try {
    properties = JSON.parse(engine.renderSync(template.content, { trigger, customer }));
  } catch (problem) {
    error = problem.message;
  }
  const message = {
    id: `${now}-${count += 1}`, recipient, body, headers: { ...headers, authorization: "(not kept)" }, error,
    type: template.type, topics: template.topics, sentAt: now, expiry: now + template.life, properties, opened: false,
  };
  keep(message);
  return { delivery_id: message.id, queued_at: Math.floor(now / 1000) };
}

const server = createServer((request, response) => {
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    let status = 200;
    let answer;
    try {
      if (request.method !== "POST" || request.url !== "/v1/send/inbox_message") throw new Refusal(404, "nothing here");
      answer = accept(Buffer.concat(parts).toString(), request.headers);
    } catch (error) {
      status = error.status ?? 400;
      answer = { meta: { error: error.message } };
    }
    const text = JSON.stringify(answer);
    response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
    response.end(text);
  });
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
