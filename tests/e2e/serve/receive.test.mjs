// Receiving messages in a browser with Customer.io's own client, as on the page of a shop.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { APIClient, SendInboxMessageRequest } from "customerio-node";
import { build } from "esbuild";
import { launch } from "./browser.mjs";
import { serve, until } from "./server.mjs";

const ENTRY = `
  import { AnalyticsBrowser } from "@customerio/cdp-analytics-browser";
  import Gist from "customerio-gist-web";
  window.Gist = Gist;
  window.connect = async (user) => {
    const [analytics] = await AnalyticsBrowser.load(
      { writeKey: "writekey", cdnURL: "http://localhost:3010" },
      { integrations: { "Customer.io In-App Plugin": { siteId: "site_abc", _env: "local", anonymousInApp: false } } },
    );
    await analytics.identify(user);
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
  const client = new APIClient("key", { url: `${server.url}/v1` });
  const send = async (template, data) => {
    const request = { transactional_message_id: template, identifiers: { id: "user_123" }, message_data: data };
    return (await client.sendInboxMessage(new SendInboxMessageRequest(request))).delivery_id;
  };
  return { server, page, requests, send };
}
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
