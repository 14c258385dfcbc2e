// The server's own page in Chromium. Screenshots are kept for people to look at.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch } from "./browser.mjs";
import { serve } from "./server.mjs";

const screenshots = fileURLToPath(new URL("screenshots/", import.meta.url));
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

let server;
let browser;
let page;
const complaints = [];

before(async () => {
  await mkdir(screenshots, { recursive: true });
  server = await serve("--port", "0");
  browser = await launch();
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" });
  page.on("console", (message) => { if (message.type() === "error") complaints.push(message.text()); });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => { complaints.push(`a dialog: ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (request) => { if (!request.url().startsWith(server.url) && !request.url().startsWith("data:")) complaints.push(`asked ${request.url()}`); });
  await page.goto(server.url);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function send(template, id, data) {
  const answer = await fetch(`${server.url}/v1/send/inbox_message`, {
    method: "POST",
    headers: { authorization: "Bearer key" },
    body: JSON.stringify({ transactional_message_id: template, identifiers: { id }, message_data: data }),
  });
  assert.equal(answer.status, 200);
  return (await answer.json()).delivery_id;
}

const order = { order_id: 7, tracking_url: "https://track.example.com/7" };
const picture = (name) => page.screenshot({ path: `${screenshots}${name}.png` });
const card = (text) => page.locator("#messages .card", { hasText: text });

async function isAccessible() {
  // The page's own policy keeps foreign scripts out: this one comes through the debugger.
  await page.evaluate(await (await import("node:fs/promises")).readFile(axe, "utf8"));
  const { violations } = await page.evaluate(() => window.axe.run());
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(grave.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]), []);
}

test("an empty inbox says what to do", async () => {
  await page.getByText("Nothing has been sent yet").waitFor();
  await page.getByText("live", { exact: true }).waitFor();
  await picture("1-empty");
  await isAccessible();
});

test("a message appears", async (context) => {
  const times = [];
  for (let count = 1; count <= 5; count += 1) {
    await page.evaluate((wanted) => {
      window.appeared = new Promise((resolve) => {
        const list = document.querySelector("#messages");
        new MutationObserver((_, observer) => {
          if (list.querySelectorAll(".card").length < wanted) return;
          observer.disconnect();
          resolve(Date.now());
        }).observe(list, { childList: true });
      });
    }, count);
    const start = Date.now();
    await send("order_shipped", "user_123", order);
    times.push(await page.evaluate("appeared") - start);
  }
  context.diagnostic(`there after ${times.join(", ")} ms`);
  for (const { id } of (await server.api("/messages")).messages.slice(1)) {
    await server.api(`/messages/${id}`, { method: "DELETE" });
  }
  await page.locator("#messages .card").nth(1).waitFor({ state: "detached" });
});

test("a failed message is red and shows the line of its template", async () => {
  await send("order_shipped", "user_123", { order_number: 8 });
  await send("news", "user_456", { title: "A quiet week" });
  await send("news", "user_456", { title: "<img src=x onerror=alert(1)><script>alert(2)</script>" });
  const failed = page.locator(".card.failed");
  await failed.click();
  await page.locator("#detail", { hasText: "templates/order_shipped.liquid:8" }).waitFor();
  await page.locator("#detail", { hasText: "test send would look fine" }).waitFor();
  await picture("2-failed");
  await isAccessible();
});

test("filters, people, search and keys", async () => {
  const titles = () => page.locator("#messages .title").allTextContents();
  await page.getByRole("button", { name: "topic orders" }).click();
  assert.deepEqual(await titles(), ["Order 7 has shipped"]);
  await page.getByRole("button", { name: "topic orders" }).click();
  await page.getByRole("button", { name: /Grace Hopper/ }).first().click();
  assert.equal((await titles()).length, 2);
  await page.keyboard.press("/");
  await page.keyboard.type("quiet");
  assert.deepEqual(await titles(), ["A quiet week"]);
  await page.reload();
  await card("A quiet week").waitFor();
  assert.deepEqual(await titles(), ["A quiet week"], "the address keeps what was chosen");
  await page.getByRole("searchbox").fill("");
  await page.getByRole("button", { name: /Everyone/ }).click();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  assert.equal(await page.locator("#messages .card[aria-current]").count(), 1);
  await picture("3-chosen");
});

test("opened and deleted as the recipient", async () => {
  await card("Order 7 has shipped").click();
  await page.getByRole("button", { name: "Mark opened" }).click();
  await page.getByRole("button", { name: "Mark unopened" }).waitFor();
  await page.getByRole("button", { name: "Delete as the recipient" }).click();
  await page.locator("#detail dd", { hasText: "deleted" }).waitFor();
});

test("a template is tried out, changed on disk, and broken", async () => {
  await page.getByRole("link", { name: "Templates" }).click();
  await page.locator("#template-list").getByRole("button", { name: /^news/ }).click();
  await page.locator("#cards .card", { hasText: "A quiet week" }).waitFor();
  await page.locator("#cards .card", { hasText: "Bold" }).waitFor();
  await picture("4-templates");
  await isAccessible();
  const request = page.getByRole("textbox", { name: "Request" });
  const typed = JSON.stringify({ transactional_message_id: "news", identifiers: { id: "user_456" }, message_data: { title: "typed" } });
  await request.fill(typed);
  await page.locator("#cards .card .title", { hasText: /^typed$/ }).waitFor();
  await server.write("templates/news.liquid", "---\ntopics: [news]\n---\n{\"title\": \"{{ trigger.title }}, changed\"}");
  await page.locator("#cards .card .title", { hasText: "typed, changed" }).waitFor();
  assert.equal(await request.inputValue(), typed, "what was typed is still there");
  await page.reload();
  await page.locator("#cards .card .title", { hasText: "typed, changed" }).waitFor();
  assert.equal(await request.inputValue(), typed, "and after loading again");
  await request.fill(typed.replace("\"title\"", "\"titel\""));
  await page.locator("#result", { hasText: "did you mean" }).waitFor();
  await page.locator("#result", { hasText: "when it last went well" }).waitFor();
  await picture("5-error");
  await page.getByLabel("lax, as a test send").check();
  await page.locator("#cards .card .title", { hasText: ", changed" }).first().waitFor();
  await page.getByRole("button", { name: "Send it" }).click();
  await page.locator("#detail", { hasText: "news failed" }).waitFor();
});

test("narrow and dark", async () => {
  await page.emulateMedia({ colorScheme: "dark" });
  await picture("6-dark");
  await isAccessible();
  await page.setViewportSize({ width: 390, height: 800 });
  await picture("7-narrow");
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(overflow <= 0, `${overflow} px too wide`);
});

test("nothing went wrong meanwhile", () => {
  assert.deepEqual(complaints, []);
});
