// Sending messages with Customer.io's own libraries and with curl.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as node5 from "customerio-node";
import * as node4 from "customerio-node-4";
import { serve } from "./server.mjs";

const run = promisify(execFile);
const python = fileURLToPath(new URL(".venv/bin/python", import.meta.url));
const script = fileURLToPath(new URL("send.py", import.meta.url));
const calls = fileURLToPath(new URL("calls.py", import.meta.url));

const request = {
  transactional_message_id: "order_shipped",
  identifiers: { id: "user_123" },
  message_data: { order_id: "Zoë 7", tracking_url: "https://track.example.com/7" },
};
const title = `Order ${request.message_data.order_id} has shipped`;

let server;
before(async () => { server = await serve("--port", "0"); });
after(() => server.stop());

async function delivered(id, agent) {
  const captured = await server.api(`/messages/${id}`);
  assert.equal(captured.status, "delivered");
  assert.equal(captured.message.properties.title, title);
  const headers = Object.fromEntries(captured.request.headers);
  assert.match(headers["user-agent"], agent);
}

test("customerio-node 5", async () => {
  const client = new node5.APIClient("key", { url: `${server.url}/v1` });
  const { delivery_id, queued_at } = await client.sendInboxMessage(new node5.SendInboxMessageRequest(request));
  assert.ok(Math.abs(queued_at - Date.now() / 1000) < 60);
  await delivered(delivery_id, /Node Client\/5/);
  const unknown = new node5.SendInboxMessageRequest({ ...request, transactional_message_id: "order_shiped" });
  await assert.rejects(client.sendInboxMessage(unknown), (error) => {
    assert.equal(error.statusCode, 400);
    assert.match(error.message, /`order_shiped` not found: did you mean `order_shipped`\?/);
    return true;
  });
});

test("customerio-node 5 retries after a fault", async () => {
  await server.api("/faults", { method: "POST", body: JSON.stringify({ status: 429, retry_after: 1, times: 1 }) });
  await server.api("/faults", { method: "POST", body: JSON.stringify({ drop: true, times: 1 }) });
  const client = new node5.APIClient("key", { url: `${server.url}/v1` });
  const { delivery_id } = await client.sendInboxMessage(new node5.SendInboxMessageRequest(request));
  const captured = await server.api(`/messages/${delivery_id}`);
  assert.equal(Object.fromEntries(captured.request.headers)["x-retry-count"], "2");
});

test("customerio-node 4", async () => {
  const { hostname, port } = new URL(server.url);
  const client = new node4.APIClient("key", { url: `http://${hostname}/v1`, port, protocol: "http:", agent: new http.Agent() });
  const { delivery_id } = await client.sendInboxMessage(new node4.SendInboxMessageRequest(request));
  await delivered(delivery_id, /Node Client\/4/);
});

for (const slash of ["", "/"]) {
  test(`customerio for Python, at an address that ends in "${slash}"`, async () => {
    const { stdout } = await run(python, [script, server.url + slash, JSON.stringify(request)]);
    const { delivery_id, refusal } = JSON.parse(stdout);
    await delivered(delivery_id, /Python Client\/3/);
    assert.match(refusal, /^400: .*not found/);
  });
}

test("every message of customerio for Python", async () => {
  const { stdout } = await run(python, [calls, "app", server.url]);
  const answers = JSON.parse(stdout);
  assert.deepEqual(answers.map(([channel]) => channel), ["email", "push", "sms", "whatsapp", "in_app", "inbox_message"]);
  for (const [channel, { delivery_id }] of answers) {
    const captured = await server.api(`/messages/${delivery_id}`);
    assert.equal(captured.status, "scheduled", channel);
    assert.deepEqual(captured.diagnostics.map(({ code }) => code), [], channel);
    assert.equal(JSON.parse(captured.request.body).message_data.lines[0].at, 1234567890, channel);
  }
});

test("every call about people of customerio for Python, with TLS and without", async () => {
  const folder = await mkdtemp(join(tmpdir(), "inkproof-tls-"));
  const [certificate, key] = ["cert.pem", "key.pem"].map((name) => join(folder, name));
  await run("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate]);
  const own = await serve("--port", "0", "--tls-cert", certificate, "--tls-key", key);
  try {
    for (const [kind, place] of [["track", own.url], ["tls", String(own.port)]]) {
      const { stdout } = await run(python, [calls, kind, place], { env: { ...process.env, REQUESTS_CA_BUNDLE: certificate } });
      assert.deepEqual(JSON.parse(stdout).filter(([, status]) => status !== 200), [], kind);
      const { people } = await own.api("/people");
      const of = (id) => people.find((person) => person.identifiers.id === id);
      assert.equal(of("1").attributes.name, "john", kind);
      assert.deepEqual(of("1").devices.map(({ id }) => id), ["device_2"], kind);
      assert.ok(of("1/"), kind);
      assert.equal(of("5"), undefined, kind);
      assert.equal(of("8")?.attributes.plan, kind === "tls" ? "pro" : undefined, kind);
      await own.api("/reset", { method: "POST" });
    }
  } finally {
    await own.stop();
    await rm(folder, { recursive: true });
  }
});

test("curl, as documented", async () => {
  const { stdout } = await run("curl", ["--silent", "--request", "POST", `${server.url}/v1/send/inbox_message`,
    "--header", "Authorization: Bearer key", "--header", "Content-Type: application/json", "--data-raw", JSON.stringify(request)]);
  await delivered(JSON.parse(stdout).delivery_id, /^curl/);
});

test("5,000 parallel sends of customerio-node arrive once each", async () => {
  const own = await serve("--port", "0");
  try {
    // On a busy machine some would take longer than the client's ten seconds, be given up by it, and be sent again.
    const client = new node5.APIClient("key", { url: `${own.url}/v1`, timeout: 120_000 });
    const data = (number) => ({ order_id: `order-${number}`, tracking_url: "https://track.example.com" });
    const send = (number) => client.sendInboxMessage(new node5.SendInboxMessageRequest({ ...request, message_data: data(number) }));
    const answers = await Promise.all(Array.from({ length: 5000 }, (_, number) => send(number)));
    const { messages } = await own.api("/messages?limit=10000");
    assert.equal(messages.length, 5000);
    assert.deepEqual(new Set(messages.map(({ id }) => id)), new Set(answers.map(({ delivery_id }) => delivery_id)));
    assert.equal(new Set(messages.map(({ message }) => message.properties.title)).size, 5000);
  } finally {
    await own.stop();
  }
});

test("512 idle connections make room for a send", async () => {
  const idle = await Promise.all(Array.from({ length: 512 }, () => new Promise((resolve, reject) => {
    const socket = net.connect(server.port, "127.0.0.1", () => {
      socket.write("GET /inkproof/api/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    });
    socket.once("data", () => resolve(socket)).on("error", reject);
  })));
  try {
    const start = performance.now();
    const client = new node5.APIClient("key", { url: `${server.url}/v1` });
    const { delivery_id } = await client.sendInboxMessage(new node5.SendInboxMessageRequest(request));
    const took = performance.now() - start;
    await delivered(delivery_id, /Node Client\/5/);
    console.log(`# a send beside 512 idle connections took ${took.toFixed(0)} ms`);
    // It took 15 s where idle connections kept their places.
    assert.ok(took < 2_000, `${took} ms`);
  } finally {
    idle.forEach((socket) => socket.destroy());
  }
});
