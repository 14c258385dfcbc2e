// Receiving messages in a browser with Customer.io's own client, as on the page of a shop.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { APIClient, SendInboxMessageRequest } from "customerio-node";
import { build } from "esbuild";
import { launch } from "./browser.mjs";
import { serve, until } from "./server.mjs";

const run = promisify(execFile);

const ENTRY = `
  import { AnalyticsBrowser } from "@customerio/cdp-analytics-browser";
  import Gist from "customerio-gist-web";
  window.Gist = Gist;
  window.connect = async (user, { traits, key = "writekey", site = "site_abc", cdn = "http://localhost:3010", plugin = { _env: "local" } } = {}) => {
    const [analytics] = await AnalyticsBrowser.load(
      { writeKey: key, cdnURL: cdn },
      { integrations: { "Customer.io In-App Plugin": { siteId: site, anonymousInApp: false, ...plugin } } },
    );
    await analytics.identify(user, traits);
    window.orders = analytics.inbox("orders");
    window.seen = [];
    window.orders.onUpdates((messages) => { window.seen = messages; });
  };
`;

let browser;
let shop;

/** A server, a page of the shop, what the page has asked for, and a backend that sends to `user_123`. */
async function open(context, ...options) {
  const server = await serve(...options);
  const page = await browser.newPage();
  context.after(async () => {
    await page.close();
    await server.stop();
  });
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(`http://localhost:${shop.address().port}/`);
  return { server, page, requests, send: sender(server) };
}

/** A backend that sends with Customer.io's client. */
function sender(server, key = "key") {
  const client = new APIClient(key, { url: `${server.url}/v1` });
  return async (template, data, identifiers = { id: "user_123" }) => {
    const request = { transactional_message_id: template, identifiers, message_data: data };
    return (await client.sendInboxMessage(new SendInboxMessageRequest(request))).delivery_id;
  };
}

const shipped = (number) => ({ order_id: number, tracking_url: `https://track.example.com/${number}` });
const titles = (page) => page.evaluate("seen.map(({ properties }) => properties.title).sort()");
const expectTitles = (page, expected) => until(`the page sees ${expected}`, async () => JSON.stringify(await titles(page)) === JSON.stringify(expected));
before(async () => {
  const bundle = await build({
    stdin: { contents: ENTRY, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true, format: "iife", write: false, logLevel: "error", define: { "process.env.NODE_ENV": "\"production\"" },
  });
  const script = bundle.outputFiles[0].text;
  shop = createServer((request, response) => {
    const isScript = request.url === "/shop.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : "<!doctype html><title>Shop</title><script src=/shop.js></script>");
  });
  await new Promise((resolve) => { shop.listen(0, "localhost", resolve); });
  browser = await launch();
});
after(async () => {
  await browser?.close();
  shop?.close();
  shop?.closeAllConnections();
});

for (const [name, options] of [["by the stream of events", []], ["by asking again and again", ["--no-sse", "--poll", "1"]]]) {
  test(`analytics.inbox("orders") ${name}`, async (context) => {
    const { server, page, requests, send } = await open(context, ...options);
    await page.evaluate("connect('user_123')");
    // The client must be connected first, which is known from its first request.
    await until("the client has asked", () => requests.some((url) => url.includes(options.length ? "/api/v4/users" : ":3009/api/v3/sse")));
    await send("news", { title: "not for this inbox" });
    const start = performance.now();
    const id = await send("order_shipped", { order_id: 7, tracking_url: "https://track.example.com/7" });
    const count = () => page.evaluate("seen.length");
    await until("the message is there", async () => await count() === 1);
    context.diagnostic(`there after ${Math.round(performance.now() - start)} ms`);
    const captured = () => server.api(`/messages/${id}`);
    const message = await page.evaluate(() => {
      const [{ messageId: queueId, properties, type, topics, opened, sentAt, expiresAt }] = seen;
      return { queueId, properties, type, topics, opened, days: (expiresAt - sentAt) / 86_400_000 };
    });
    assert.deepEqual(message, {
      queueId: (await captured()).queue_id,
      properties: { title: "Order 7 has shipped", body: "Hi Ada, follow it here: https://track.example.com/7" },
      type: "order", topics: ["orders", "shipping"], opened: false, days: 60,
    });

    await page.evaluate("seen[0].markOpened()");
    await until("it is opened", async () => (await captured()).opened);
    await until("the page sees that", () => page.evaluate("seen[0].opened"));
    await page.evaluate("seen[0].markUnopened()");
    await until("it is not opened any more", async () => !(await captured()).opened);
    await page.evaluate("seen[0].trackClick('cta')");
    await until("the click is recorded", async () =>
      (await captured()).reports.some(({ metric, action }) => metric === "clicked" && action === "cta"));
    await page.evaluate("seen[0].markDeleted()");
    await until("it is deleted", async () => (await captured()).status === "deleted");
    await until("the page sees that", async () => await count() === 0);
  });
}

test("gist-web on its own", async (context) => {
  const { server, page, send } = await open(context);
  const first = await send("order_shipped", { order_id: 1, tracking_url: "https://track.example.com/1" });
  await page.evaluate(async () => {
    await Gist.setup({ siteId: "site_abc", env: "local" });
    await Gist.setUserToken("user_123");
  });
  const inbox = () => page.evaluate(async () => (await Gist.getInboxMessages()).map(({ deliveryId, opened }) => [deliveryId, opened]));
  const expect = (what, expected) => until(what, async () => JSON.stringify(await inbox()) === JSON.stringify(expected));
  await expect("what was sent before is there", [[first, false]]);
  const second = await send("news", { title: "second" });
  await expect("what is sent meanwhile comes first", [[second, false], [first, false]]);
  assert.equal(await page.evaluate("Gist.getInboxUnopenedCount()"), 2);
  const queueId = (await server.api(`/messages/${first}`)).queue_id;
  await page.evaluate((id) => Gist.updateInboxMessageOpenState(id, true), queueId);
  await until("it is opened", async () => (await server.api(`/messages/${first}`)).opened);
  await page.evaluate((id) => Gist.removeInboxMessage(id), queueId);
  await until("it is deleted", async () => (await server.api(`/messages/${first}`)).status === "deleted");
  await expect("only the other is left", [[second, false]]);
});

test("what the browser identifies links id and email, and is used in messages", async (context) => {
  const { server, page, requests, send } = await open(context);
  await page.evaluate("connect('shopper_9', { traits: { email: 'mary@example.com', first_name: 'Mary' } })");
  await until("the client has asked", () => requests.some((url) => url.includes(":3009/api/v3/sse")));
  const person = await until("the person is known", async () => (await server.api("/people")).people
    .find(({ identifiers }) => identifiers.id === "shopper_9" && identifiers.email === "mary@example.com"));
  assert.equal(person.attributes.first_name, "Mary");
  // The backend knows only the address, the browser only the id.
  await send("order_shipped", shipped(5), { email: "mary@example.com" });
  await expectTitles(page, ["Order 5 has shipped"]);
  assert.match(await page.evaluate("seen[0].properties.body"), /^Hi Mary,/);
  await send("order_shipped", shipped(6), { id: "shopper_9" });
  await expectTitles(page, ["Order 5 has shipped", "Order 6 has shipped"]);
  await send("order_shipped", shipped(7), { email: "somebody.else@example.com" }).catch(() => {});
  await send("order_shipped", shipped(8), { id: "shopper_9" });
  await expectTitles(page, ["Order 5 has shipped", "Order 6 has shipped", "Order 8 has shipped"]);
});

test("clients with keys of different namespaces do not see each other's messages", async (context) => {
  const { server, page: first, requests } = await open(context);
  // A browser context of its own, because the client keeps the inbox of a user in the local storage.
  const other = await browser.newContext();
  context.after(() => other.close());
  const second = await other.newPage();
  second.on("request", (request) => requests.push(request.url()));
  await second.goto(`http://localhost:${shop.address().port}/`);
  for (const [page, name] of [[first, "namespace-one"], [second, "namespace-two"]]) {
    await page.evaluate((key) => window.connect("user_123", { key, site: key, traits: { first_name: key } }), name);
    await until("the client has asked", () => requests.some((url) => url.includes(":3009/api/v3/sse") && url.includes(name)));
  }
  const people = async (name) => (await (await fetch(`${server.url}/namespace/${name}/inkproof/api/people`)).json()).people;
  for (const name of ["one", "two"]) {
    await until("the person is known there", async () => (await people(name)).some(({ attributes }) => attributes.first_name === `namespace-${name}`));
  }
  await sender(server, "namespace-one")("order_shipped", shipped(1));
  await sender(server, "namespace-two")("order_shipped", shipped(2));
  await sender(server)("order_shipped", shipped(3));
  await expectTitles(first, ["Order 1 has shipped"]);
  await expectTitles(second, ["Order 2 has shipped"]);
  assert.match(await first.evaluate("seen[0].properties.body"), /^Hi namespace-one,/);
  await first.evaluate("seen[0].markDeleted()");
  await expectTitles(first, []);
  await expectTitles(second, ["Order 2 has shipped"]);
  const usual = (await server.api("/messages")).messages;
  assert.deepEqual(usual.map(({ message }) => message.properties.title), ["Order 3 has shipped"]);
});

// The client in production has fixed addresses with https.
const FIXED = ["cdp.customer.io", "consumer.cloud.gist.build", "realtime.cloud.gist.build"];

test("the client as it is in production receives with TLS, at its fixed addresses", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "inkproof-tls-"));
  const [certificate, key] = ["cert.pem", "key.pem"].map((name) => join(folder, name));
  const alternatives = ["localhost", ...FIXED].map((name) => `DNS:${name}`).join(",");
  await run("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
    "-subj", "/CN=localhost", "-addext", `subjectAltName=${alternatives}`, "-keyout", key, "-out", certificate]);
  const server = await serve("--port", "0", "--tls-cert", certificate, "--tls-key", key,
    ...FIXED.filter((name) => !name.endsWith(".customer.io")).flatMap((name) => ["--allow-host", name]));
  const secure = await launch(Object.fromEntries(FIXED.map((name) => [`${name}:443`, server.port])));
  context.after(async () => {
    await secure.close();
    await server.stop();
    await rm(folder, { recursive: true });
  });
  const page = await secure.newPage();
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(`http://localhost:${shop.address().port}/`);
  await page.evaluate(() => window.connect("user_123", { cdn: "https://cdp.customer.io", plugin: {}, traits: { first_name: "Ida" } }));
  await until("the client has asked", () => requests.some((url) => url.startsWith("https://realtime.cloud.gist.build/api/v3/sse")));
  await until("the person is known", async () => (await server.api("/people")).people.some(({ attributes }) => attributes.first_name === "Ida"));
  // Customer.io's client for backends, in a process that trusts the certificate.
  const script = `
    import { APIClient, SendInboxMessageRequest } from "customerio-node";
    const client = new APIClient("key", { url: "https://localhost:${server.port}/v1" });
    const request = { transactional_message_id: "order_shipped", identifiers: { id: "user_123" }, message_data: ${JSON.stringify(shipped(4))} };
    console.log((await client.sendInboxMessage(new SendInboxMessageRequest(request))).delivery_id);`;
  const send = (environment) => run(process.execPath, ["--input-type=module", "--eval", script],
    { cwd: fileURLToPath(new URL(".", import.meta.url)), env: { ...process.env, ...environment } });
  await assert.rejects(send({ NODE_EXTRA_CA_CERTS: "" }), /certificate/, "the connection is really encrypted");
  const { stdout } = await send({ NODE_EXTRA_CA_CERTS: certificate });
  await expectTitles(page, ["Order 4 has shipped"]);
  await page.evaluate("seen[0].markOpened()");
  await until("it is opened", async () => (await server.api(`/messages/${stdout.trim()}`)).opened);
  const foreign = requests.filter((url) => url.startsWith("http://") && !url.startsWith("http://localhost"));
  assert.deepEqual(foreign, []);
});
