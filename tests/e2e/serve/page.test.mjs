// The server's web page in Chromium. Screenshots are kept for manual review.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch } from "./browser.mjs";
import { serve, until } from "./server.mjs";

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
  // The page's content security policy blocks foreign scripts, so this one is injected through the debugger.
  await page.evaluate(await (await import("node:fs/promises")).readFile(axe, "utf8"));
  const { violations } = await page.evaluate(() => window.axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)]), []);
}

test("an empty inbox explains how to send a message", async () => {
  await page.getByText("Nothing has been sent yet").waitFor();
  await page.getByText("live", { exact: true }).waitFor();
  await picture("1-empty");
  await isAccessible();
});

test("a new message appears without reloading", async (context) => {
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
  const median = times.toSorted((left, right) => left - right)[2];
  assert.ok(median < 100, `a message takes ${median} ms to appear`);
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

test("markup in titles, bodies, properties, keys and names is shown as text", async () => {
  const markup = "<img src=x onerror=alert(1)><script>alert(2)</script>";
  await server.write("templates/wild.liquid", "---\ntype: <b>kind</b>\ntopics: [<i>topic</i>]\n---\n{{ trigger.all | json }}");
  await until("the template is there", async () => (await server.api("/templates")).templates.some(({ name }) => name === "wild"));
  const properties = { title: markup, body: markup, [markup]: { [markup]: [markup] } };
  const id = await send("wild", `nobody${markup}`, { all: properties });
  await page.locator(`#messages .card[data-id="${id}"]`).click();
  await page.locator("#detail h2", { hasText: markup }).waitFor();
  await page.locator("#detail .json", { hasText: "onerror" }).first().waitFor();
  const { message } = await server.api(`/messages/${id}`);
  assert.deepEqual(message.properties, properties);
  assert.equal(await page.locator("main img, main script, main b, main i").count(), 0);
  await server.api(`/messages/${id}`, { method: "DELETE" });
  await page.locator(`#messages .card[data-id="${id}"]`).waitFor({ state: "detached" });
  await server.remove("templates/wild.liquid");
});

test("messages can be filtered, searched and selected with keys", async () => {
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

test("messages can be marked as opened and deleted as the recipient", async () => {
  await card("Order 7 has shipped").click();
  await page.getByRole("button", { name: "Mark opened" }).click();
  await page.getByRole("button", { name: "Mark unopened" }).waitFor();
  await page.getByRole("button", { name: "Delete as the recipient" }).click();
  await page.locator("#detail dd", { hasText: "deleted" }).waitFor();
});

const data = () => page.getByRole("textbox", { name: "message_data" });
const stage = (text) => page.locator("#stage .card .title", { hasText: text });

test("shows all requests of a template side by side, with its variables", async () => {
  await page.getByRole("link", { name: "Templates" }).click();
  await page.locator("#template-list").getByRole("button", { name: /^news/ }).click();
  await page.locator("#cards .card", { hasText: "A quiet week" }).waitFor();
  await page.locator("#cards .card", { hasText: "Bold" }).waitFor();
  await page.locator("#variables tr", { hasText: "trigger.title" }).getByText("there").first().waitFor();
  await page.locator("#stage .json", { hasText: "Read all about it" }).waitFor();
  await picture("4-templates");
  await isAccessible();
});

test("edits show immediately and survive template changes and reloads", async () => {
  const typed = JSON.stringify({ title: "typed" });
  await data().fill(typed);
  await stage(/^typed$/).waitFor();
  await server.write("templates/news.liquid", "---\ntopics: [news]\n---\n{\"title\": \"{{ trigger.title }}, changed\"}");
  await stage("typed, changed").waitFor();
  await page.locator("#variables .explanation", { hasText: "invalid-json" }).waitFor();
  assert.equal(await data().inputValue(), typed, "what was typed is still there");
  await page.reload();
  await stage("typed, changed").waitFor();
  assert.equal(await data().inputValue(), typed, "and after loading again");
});

test("the last successful card stays below an error", async () => {
  await data().fill(JSON.stringify({ titel: "typed" }));
  await page.locator("#stage .explanation.failed", { hasText: "did you mean" }).waitFor();
  await stage("typed, changed").waitFor();
  await page.locator("#variables tr", { hasText: "trigger.title" }).getByText("fails").waitFor();
  await picture("5-error");
  await isAccessible();
  await page.getByText("Lax", { exact: true }).click();
  await stage(/^, changed$/).waitFor();
  await page.getByText("Live", { exact: true }).click();
  await data().fill('{"title": ');
  await page.locator("#data-error:not(:empty)").waitFor();
  assert.equal(await data().getAttribute("aria-invalid"), "true");
  assert.ok(await page.getByRole("button", { name: "Send" }).isDisabled());
  await stage(/^, changed$/).waitFor();
  await server.write("templates/news.liquid", "---\ntopics: [news]\n---\n{\"title\": {{ trigger.title");
  await page.locator("#cards .card.failed").nth(1).waitFor();
  await picture("6-broken-template");
  await server.write("templates/news.liquid", "---\ntopics: [news]\n---\n{\"title\": \"{{ trigger.title }} for {{ customer.first_name }}\"}");
  await data().fill(JSON.stringify({ title: "Mended" }));
  await stage("Mended for Grace").waitFor();
});

test("another person can be selected or edited", async () => {
  await page.getByLabel("Person", { exact: true }).selectOption({ label: "Ada Lovelace · user_123" });
  await stage("Mended for Ada").waitFor();
  await page.getByLabel("Attributes of the person").fill('{"id": "user_123", "first_name": "Countess"}');
  await stage("Mended for Countess").waitFor();
});

test("a request is saved with the keyboard and replaced only on request", async () => {
  await page.getByRole("button", { name: "Save as request…" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await isAccessible();
  await page.keyboard.type("plain");
  await page.keyboard.press("Enter");
  await page.getByText("there is a request `news/plain` already. Replace it?").waitFor();
  await picture("7-save");
  await page.getByLabel("Name", { exact: true }).fill("../mended");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("the request's name is used as a file name").waitFor();
  await page.getByLabel("Name", { exact: true }).fill("mended");
  await page.keyboard.press("Enter");
  await page.getByText("Saved as fixtures/requests/news/mended.json").waitFor();
  assert.deepEqual(JSON.parse(await server.read("fixtures/requests/news/mended.json")), {
    transactional_message_id: "news", identifiers: { id: "user_123" }, message_data: { title: "Mended" },
  });
  await page.locator("#cards li", { hasText: "mended" }).locator(".card[aria-current]").waitFor();
  await page.locator("#edited").waitFor({ state: "hidden" });
});

test("an edited request can be sent", async () => {
  await data().fill(JSON.stringify({ titel: "lost" }));
  await page.locator("#stage .explanation.failed").waitFor();
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator("#detail", { hasText: "news failed" }).waitFor();
  await page.getByRole("button", { name: "Try the request" }).click();
  await page.locator("#stage .explanation.failed").waitFor();
  assert.deepEqual(JSON.parse(await data().inputValue()), { titel: "lost" });
});

test("a card shows images, buttons, line breaks and every other property", async () => {
  const dot = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  await server.write("templates/rich.liquid", "---\ntype: promo\n---\n{{ trigger.all | json }}");
  await until("the template is there", async () => (await server.api("/templates")).templates.some(({ name }) => name === "rich"));
  const all = {
    title: "Sale", body: "One\nTwo", image_url: "https://cdn.example.com/img/shoes.png?w=1", icon: dot, cta_url: "https://shop.example/sale",
    cta_label: "Shop now", buttons: [{ label: "App", url: "myapp://later" }, { label: "Bad", url: "javascript://alert(1)" }], price: { amount: 5 },
  };
  const id = await send("rich", "user_123", { all });
  await page.evaluate(() => { location.hash = "inbox"; });
  await page.locator(`#messages .card[data-id="${id}"]`).click();
  const large = page.locator("#detail .card.large");
  await large.waitFor();
  assert.equal(await large.locator("a.cta").getAttribute("href"), "https://shop.example/sale");
  assert.deepEqual(await large.locator(".cta").allTextContents(), ["Shop now", "App", "Bad"]);
  assert.equal(await large.locator("a").count(), 1, "only addresses of the web are links");
  assert.match(await large.locator("span.picture").textContent(), /shoes\.png$/);
  assert.equal(await large.locator("img.picture").evaluate((image) => image.naturalWidth), 1, "an image within the message is drawn");
  assert.equal(await large.locator(".datum").textContent(), 'price {"amount":5}');
  assert.equal(await large.locator(".body").evaluate((body) => getComputedStyle(body).whiteSpaceCollapse ?? getComputedStyle(body).whiteSpace).then((value) => /preserve-breaks|pre-line/.test(value)), true);
  await isAccessible();
  await server.remove("templates/rich.liquid");
});

test("refused requests and messages of other channels are shown", async () => {
  const post = (path, body, headers) => fetch(`${server.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const email = { to: "ada@example.com", identifiers: { id: "user_123" }, transactional_message_id: "receipt", subject: "Your receipt", body: "<b>5</b>" };
  assert.equal((await post("/v1/send/email", email, { authorization: "Bearer key" })).status, 200);
  assert.equal((await post("/v1/send/email", email, {})).status, 401);
  await page.locator("#messages .card", { hasText: "Your receipt" }).click();
  await page.locator("#detail dd", { hasText: "captured, not rendered" }).waitFor();
  await page.locator("#messages .card.refused", { hasText: "POST /v1/send/email was refused" }).click();
  await page.locator("#detail", { hasText: "unauthorized" }).getByText("Your receipt").waitFor();
  await picture("10-refused");
  await isAccessible();
  await page.getByRole("button", { name: "channel email" }).click();
  assert.deepEqual(await page.locator("#messages .title").allTextContents(), ["Your receipt"]);
  await page.getByRole("button", { name: "channel email" }).click();
});

test("findings can be copied, and the result is dimmed while the data is not valid", async () => {
  await page.evaluate(() => { location.hash = "templates?template=news"; });
  await until("the request is shown", async () => (await data().inputValue()).includes("Bold"));
  const findings = page.locator("#stage .explanation.failed");
  await findings.locator(".finding.error", { hasText: "the content is not valid JSON" }).waitFor();
  await data().fill(JSON.stringify({ titel: "typed" }));
  await findings.locator(".finding.error", { hasText: "undefined variable: trigger.title" }).waitFor();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await findings.getByRole("button", { name: "Copy" }).click();
  await findings.getByText("Copied").waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /error\[undefined-variable\]/);
  await data().fill("{");
  await page.locator("#stage.dimmed").waitFor();
  await data().fill("{}");
  await page.locator("#stage:not(.dimmed)").waitFor();
});

const WELCOME = `---
name: Welcome
type: cta
topics: [cio_inbox, onboarding]
message_data: schemas/welcome.json
---
{
  "title": "Welcome, {{ customer.first_name }}",
  {% if trigger.plan == "pro" %}
  "body": "Your {{ trigger.plan }} plan starts on {{ trigger.starts | date: "%-d %B" }}.",
  {% else %}
  "body": "Here is how to begin.",
  {% endif %}
  "seats": {{ trigger.seats }},
  "cta_label": "Get started",
  "cta_url": "https://app.example.com/"
}
`;
const REQUESTS = { pro: { plan: "pro", starts: "2026-12-01", seats: 5 }, free: { plan: "free", seats: 1 } };

/** Writes a template with all that the page can show, and opens it with one of its requests. */
async function welcome(request) {
  await server.write("schemas/welcome.json", JSON.stringify({ type: "object", properties: { seats: { type: "integer" } } }));
  await server.write("templates/welcome.liquid", WELCOME);
  await server.write("templates/welcome.fr.liquid", '---\ntype: basic\n---\n{"title": "Bienvenue, {{ customer.first_name }}", "body": "{{ trigger.plan }}"}\n');
  for (const [name, sent] of Object.entries(REQUESTS)) {
    await server.write(`fixtures/requests/welcome/${name}.json`, JSON.stringify(
      { transactional_message_id: "welcome", identifiers: { id: "user_123" }, message_data: sent }, null, 2));
  }
  await until("the template is there", async () => (await server.api("/templates")).templates.find(({ name }) => name === "welcome")?.requests.length === 2);
  await page.evaluate((name) => { location.hash = `templates?template=welcome&request=welcome/${name}`; }, request);
  await stage("Welcome, Ada").waitFor();
}

/** Takes pictures of a part of the page in all sizes and schemes, and checks each. */
async function pictures(name, part) {
  const before = page.viewportSize();
  for (const [width, height] of [[1280, 900], [400, 800]]) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await part?.evaluate((element) => element.scrollIntoView({ block: "center" }));
      await picture(`${name}-${width}-${colorScheme}`);
      await isAccessible();
    }
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(overflow <= 0, `${name}: ${overflow} px too wide at ${width} px`);
    if (width < 1000) continue;
    const hidden = await page.evaluate(() => document.documentElement.scrollHeight - document.documentElement.clientHeight);
    assert.ok(hidden <= 0, `${name}: the page itself scrolls by ${hidden} px, and not its columns`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(before);
}

const source = () => page.getByRole("textbox", { name: /^Source/ });
const background = (locator) => locator.first().evaluate((element) => getComputedStyle(element).backgroundColor);

test("the source has each expression in the color of what it printed", async () => {
  await welcome("pro");
  await page.locator("#source-colors mark", { hasText: "{{ customer.first_name }}" }).waitFor();
  assert.equal(await source().inputValue(), WELCOME);
  assert.equal(await page.locator("#source-colors").textContent(), `${WELCOME}\n`, "the colors lie exactly below the text");
  const seen = new Set();
  for (const [expression, printed] of [["customer.first_name", "Ada"], ["trigger.plan }}", "pro"], ["trigger.starts", "1 December"], ["trigger.seats", "5"]]) {
    const inSource = page.locator("#source-colors mark", { hasText: expression });
    const inCard = page.locator("#stage .card.large mark", { hasText: new RegExp(`^${printed}$`) });
    const inJson = page.locator("#stage .json mark", { hasText: new RegExp(`^${printed}$`) });
    // The page may still be drawing: what was just replaced has no color.
    let colors;
    await until(`${expression} has one color`, async () => {
      colors = await Promise.all([inSource, inCard, inJson].map(background));
      return colors[0] !== "" && colors.every((color) => color === colors[0]);
    });
    seen.add(colors[0]);
  }
  assert.equal(seen.size, 4, "each has a color of its own");
  await page.locator("#source-colors .part-unrendered", { hasText: "Here is how to begin" }).waitFor();
  // For those who do not see colors, and with the keyboard.
  await page.getByText("What each expression printed").click();
  await page.locator("#printed-rows tr", { hasText: "trigger.starts" }).getByText("1 December").waitFor();
  await page.locator("#printed-rows").getByRole("button", { name: "trigger.starts" }).press("Enter");
  const selected = () => source().evaluate((field) => field.value.slice(field.selectionStart, field.selectionEnd));
  assert.equal(await selected(), '{{ trigger.starts | date: "%-d %B" }}');
  await page.locator("#stage .card.large mark", { hasText: "Ada" }).click();
  assert.equal(await selected(), "{{ customer.first_name }}");
  await pictures("12-source", page.locator("#source-pane"));
});

test("the source can be edited as a trial, which is not saved", async () => {
  const link = await page.getByRole("link", { name: "open in editor" }).first().getAttribute("href");
  assert.match(link, /^vscode:\/\/file\/.*\/templates\/welcome\.liquid:1:1$/);
  await source().fill(WELCOME.replace("Welcome, {{", "{{ trigger.plan | upcase }}: {{"));
  await stage("PRO: Ada").waitFor();
  await page.locator("#cards .card", { hasText: "FREE: Ada" }).waitFor();
  await page.locator("#source-edited").waitFor();
  assert.ok(await page.getByRole("button", { name: "Send" }).isDisabled(), "a send would use the saved template");
  assert.equal(await server.read("templates/welcome.liquid"), WELCOME);
  await page.reload();
  await stage("PRO: Ada").waitFor();
  // A mistake in the edited text is shown at its place there.
  await source().fill(WELCOME.replace("trigger.seats", "trigger.seat"));
  const place = page.locator("#stage .finding", { hasText: "trigger.seat" }).getByRole("button", { name: /welcome\.liquid:\d+:\d+/ }).first();
  await place.click();
  assert.match(await source().evaluate((field) => field.value.slice(field.selectionStart, field.selectionEnd)), /trigger\.seat/);
  await source().fill(WELCOME.replace("type: cta", "tpye: cta"));
  await page.locator("#stage .finding.error", { hasText: "tpye" }).waitFor();
  await page.getByRole("button", { name: "Discard edits" }).click();
  await stage("Welcome, Ada").waitFor();
  await page.locator("#source-edited").waitFor({ state: "hidden" });
  assert.equal(await source().inputValue(), WELCOME);
});

test("the data can be changed with a control for each variable", async () => {
  await page.evaluate(() => { location.hash = "templates?template=welcome&request=welcome/pro"; });
  await stage("Welcome, Ada").waitFor();
  const kinds = (variable) => page.getByRole("group", { name: `Kinds of ${variable}` });
  const typed = async () => JSON.parse(await data().inputValue());
  await kinds("trigger.seats").getByRole("button", { name: "missing" }).click();
  await page.locator("#stage .explanation.failed", { hasText: "trigger.seats" }).waitFor();
  assert.deepEqual(await typed(), { plan: "pro", starts: "2026-12-01" });
  assert.equal(await kinds("trigger.seats").getByRole("button", { name: "missing" }).getAttribute("aria-pressed"), "true");
  await page.locator("#controls .control", { hasText: "trigger.seats" }).locator(".cell.bad", { hasText: "fails" }).waitFor();
  await kinds("trigger.seats").getByRole("button", { name: "null" }).click();
  assert.deepEqual((await typed()).seats, null);
  await page.getByRole("group", { name: "Values of trigger.plan in requests" }).getByRole("button", { name: "free" }).click();
  assert.equal((await typed()).plan, "free");
  await page.getByRole("group", { name: "Values of trigger.seats in requests" }).getByRole("button", { name: "1" }).click();
  await page.locator("#stage .body", { hasText: "Here is how to begin." }).first().waitFor();
  // A value is typed without losing the focus, and keeps its kind.
  const seats = page.getByRole("textbox", { name: "trigger.seats", exact: true });
  await seats.fill("");
  await seats.pressSequentially("42", { delay: 150 });
  assert.equal((await typed()).seats, 42);
  await page.getByRole("textbox", { name: "customer.first_name" }).fill("Grace");
  await stage("Welcome, Grace").waitFor();
  assert.equal(JSON.parse(await page.getByLabel("Attributes of the person").inputValue()).first_name, "Grace");
  await data().fill("{");
  await until("there is nothing to change in invalid JSON", () => seats.isDisabled());
  await page.getByRole("button", { name: "Discard", exact: true }).click();
  await stage("Welcome, Ada").waitFor();
});

test("data with which the message is lost is filled in with one click", async () => {
  const lost = page.locator("#counterexamples button");
  await lost.first().waitFor();
  for (let index = 0; index < await lost.count(); index += 1) {
    await lost.nth(index).click();
    await page.locator("#stage .explanation.failed").waitFor();
    await page.getByRole("button", { name: "Discard", exact: true }).click();
    await page.locator("#stage .explanation.failed").waitFor({ state: "detached" });
    await lost.first().waitFor();
  }
  await pictures("13-controls", page.locator("#counterexamples-title"));
});

test("the difference to the accepted snapshot is shown, and accepted", async () => {
  await welcome("free");
  const snapshot = (name) => page.locator(".snapshot", { has: page.getByText(name, { exact: true }) });
  await snapshot("welcome/free").getByText("new", { exact: true }).waitFor();
  await snapshot("welcome/free@fr").getByText("new", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Accept welcome/free", exact: true }).press("Enter");
  await page.getByText("Accepted as tests/snapshots/welcome/free.snap").waitFor();
  await snapshot("welcome/free").getByText("unchanged").waitFor();
  assert.match(await server.read("tests/snapshots/welcome/free.snap"), /Here is how to begin\./);
  // The page is drawn again when a file changes, and still says so.
  await server.write("templates/welcome.liquid", `${WELCOME}\n`);
  await page.waitForTimeout(1000);
  assert.ok(await page.getByText("Accepted as tests/snapshots/welcome/free.snap").isVisible());
  await server.write("templates/welcome.liquid", WELCOME.replace("how to begin", "how you begin"));
  await snapshot("welcome/free").getByText("different").waitFor();
  const diff = page.getByRole("region", { name: "Difference of welcome/free", exact: true });
  assert.match(await diff.locator("del").textContent(), /Here is how to begin\./);
  assert.deepEqual(await diff.locator("ins b").allTextContents(), ["you"]);
  await pictures("14-snapshot", diff);
  // What has changed since it was shown is not accepted.
  const answer = await page.evaluate(async () => (await fetch("/inkproof/api/snapshots", {
    method: "PUT", body: JSON.stringify({ name: "welcome/free", contents: "{}" }),
  })).status);
  assert.equal(answer, 409);
  await page.getByRole("button", { name: "Accept welcome/free", exact: true }).click();
  await snapshot("welcome/free").getByText("unchanged").waitFor();
  assert.match(await server.read("tests/snapshots/welcome/free.snap"), /how you begin/);
});

test("the visual inbox draws its own types, and widths can be chosen", async () => {
  await welcome("pro");
  const visual = page.getByRole("group", { name: "Visual inbox" });
  await visual.getByText("Get started").waitFor();
  assert.equal(await page.locator(".shortcomings").count(), 0);
  const width = () => page.locator("#stage .card.large").evaluate((card) => card.getBoundingClientRect().width);
  await page.getByText("Phone", { exact: true }).click();
  assert.ok(await width() <= 360, "a phone is narrow");
  await page.getByText("Desktop", { exact: true }).click();
  assert.ok(await width() > 500, "a desktop is wide");
  await pictures("15-visual", visual);
  await page.getByText("Fit", { exact: true }).click();
  await source().fill(WELCOME.replace("type: cta", "type: image").replace("cio_inbox, ", ""));
  await page.locator(".shortcomings", { hasText: "No property is an image." }).getByText("begins with cio_inbox").waitFor();
  await visual.getByText("Get started").waitFor({ state: "detached" });
  await source().fill(WELCOME.replace("type: cta", "type: image").replace("cta_url", "hero_image").replace("https://app.example.com/", "https://cdn.example.com/a.png"));
  await visual.locator(".visual-image").waitFor();
  await page.getByRole("button", { name: "Discard edits" }).click();
  await visual.getByText("Get started").waitFor();
});

test("all messages are on one page, in every language", async () => {
  await page.getByRole("link", { name: "All messages" }).click();
  const section = page.getByRole("region", { name: "Welcome" });
  await section.locator(".card", { hasText: "Bienvenue, Ada" }).first().waitFor();
  assert.deepEqual(await section.locator(".title").allTextContents(), ["Welcome, Ada", "Bienvenue, Ada", "Welcome, Ada", "Bienvenue, Ada"]);
  await page.getByRole("region", { name: "news" }).locator(".card", { hasText: "A quiet week" }).waitFor();
  await pictures("16-gallery");
  await server.write("templates/welcome.fr.liquid", '---\n---\n{"title": "Salut, {{ customer.first_name }}", "body": "{{ trigger.none }}"}\n');
  await section.locator(".card.failed").nth(1).waitFor();
  await page.getByRole("searchbox", { name: "Search templates" }).fill("quiet");
  await page.getByText("No message matches.").waitFor();
  await page.getByRole("searchbox", { name: "Search templates" }).fill("WELCOME/PRO");
  await page.getByText("2 of 2 messages").waitFor();
  await section.locator(".card").first().click();
  await stage("Welcome, Ada").waitFor();
  assert.match(page.url(), /request=welcome%2Fpro/);
});

test("a send that the schema rejects is marked at its place in the request", async () => {
  const id = await send("welcome", "user_123", { plan: "é", seats: "12" });
  await page.evaluate((message) => { location.hash = `inbox?message=${message}`; }, id);
  const finding = page.locator("#detail .finding.warning", { hasText: "message_data.seats" });
  await finding.getByRole("button", { name: /request\.json:1:\d+/ }).press("Enter");
  const mark = page.locator("#detail mark.at.warning");
  assert.deepEqual(await mark.allTextContents(), ['"12"']);
  assert.equal(await mark.evaluate((element) => element === document.activeElement), true);
  assert.deepEqual(JSON.parse(await page.getByRole("region", { name: "Request" }).textContent()).message_data, { plan: "é", seats: "12" });
  await pictures("17-violation", mark);
  await page.getByRole("button", { name: "Try the request" }).click();
  const typedPlace = page.locator("#stage .finding", { hasText: "message_data.seats" }).getByRole("button", { name: /request\.json/ });
  await typedPlace.click();
  assert.equal(await data().evaluate((field) => field.value.slice(field.selectionStart, field.selectionEnd)), '"12"');
  // The place of a failure in the template is shown in its source.
  const failed = await send("welcome", "user_123", { plan: "free" });
  await page.evaluate((message) => { location.hash = `inbox?message=${message}`; }, failed);
  await page.locator("#detail .finding.error").getByRole("button", { name: /welcome\.liquid/ }).first().click();
  await until("the place is selected", () => source().evaluate((field) => /trigger\.seats/.test(field.value.slice(field.selectionStart, field.selectionEnd))));
  for (const one of [id, failed]) await server.api(`/messages/${one}`, { method: "DELETE" });
  for (const file of ["templates/welcome.liquid", "templates/welcome.fr.liquid", "fixtures/requests/welcome/pro.json", "fixtures/requests/welcome/free.json"]) await server.remove(file);
  await page.evaluate(() => { location.hash = "inbox"; });
});

test("the report on a file of people, whose lines are opened in the editor", async () => {
  const field = (name) => page.locator(`#audience-${name}`);
  await page.getByRole("link", { name: "Audience", exact: true }).click();
  await server.write("templates/hello.liquid", '---\ntype: greeting\n---\n{"title": "Hi {{ customer.first_name }}", "body": "{{ customer.city }}, {{ trigger.n }}"}\n');
  await server.write("fixtures/requests/hello/one.json", '{"transactional_message_id": "hello", "identifiers": {"id": "user_123"}, "message_data": {"n": 1}}');
  await field("template").locator("option", { hasText: "hello" }).waitFor({ state: "attached" });
  await field("template").selectOption("hello");
  const people = ["Ada", "Grace", 'Al "x"', "<b>Zoë</b>"].map((name, at) => ({ id: `secret_${at}`, first_name: name, ...(at !== 1 && { city: "Rome" }) }));
  const lines = people.map((one) => JSON.stringify(one)).join("\n");
  const cell = (value) => `"${value.replaceAll('"', '""')}"`;
  const rows = `id;first_name;"city"\r\n${people.map((one) => `${one.id};${cell(one.first_name)};${one.city ?? ""}`).join("\r\n")}\r\n`;
  const report = async (name, buffer) => {
    await page.getByRole("link", { name: "Audience", exact: true }).click();
    await field("file").setInputFiles({ name, mimeType: "text/plain", buffer });
    await page.getByRole("button", { name: "Report" }).click();
    await page.getByRole("list", { name: "Figures" }).getByText("2 lost (50.00 %)").waitFor();
  };
  const opens = async (row, expected) => {
    await page.getByRole("row", { name: row }).getByRole("button").first().click();
    await until("the person is in the editor", async () => (await page.locator("#customer").inputValue()).includes(expected));
    assert.doesNotMatch(page.url(), /secret/);
  };
  const { gzipSync } = await import("node:zlib");
  for (const [name, buffer] of [["people.jsonl", Buffer.from(lines)], ["people.csv", Buffer.from(rows)], ["people.csv.gz", gzipSync(rows)]]) {
    await report(name, buffer);
    assert.doesNotMatch(await field("report").textContent(), /secret|Grace|Zoë/);
    await opens(/undefined-variable/, '"secret_1"');
    assert.deepEqual(JSON.parse(await page.locator("#customer").inputValue()), people[1]);
    await page.locator("#stage .finding.error").first().waitFor();
    await report(name, buffer);
    await opens(/invalid-json/, 'Al \\"x\\"');
  }
  await page.getByRole("link", { name: "Audience", exact: true }).click();
  await pictures("18-audience");
  await isAccessible();
  // A file in a form whose lines cannot be opened is reported all the same.
  await report("people.json", Buffer.from(JSON.stringify(people)));
  await page.getByRole("row", { name: /undefined-variable/ }).getByRole("button").first().click();
  await page.getByText("Line 1 cannot be opened: Records of a JSON array").waitFor();
  await server.write("templates/hello.liquid", "---\n---\n{{ customer.first_name\n");
  await until("the template is broken", async () => (await server.api("/health")).project !== null);
  await page.getByRole("button", { name: "Report" }).click();
  await field("note").getByText("hello.liquid").waitFor();
  for (const path of ["templates/hello.liquid", "fixtures/requests/hello/one.json"]) await server.remove(path);
  await page.evaluate(() => { location.hash = "inbox"; });
});

test("the page works on narrow screens and in dark mode", async () => {
  await page.emulateMedia({ colorScheme: "dark" });
  await picture("8-dark");
  await isAccessible();
  await page.setViewportSize({ width: 390, height: 800 });
  await picture("9-narrow");
  for (const view of ["templates", "gallery", "audience", "inbox"]) {
    await page.evaluate((name) => { location.hash = name; }, view);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(overflow <= 0, `${view}: ${overflow} px too wide`);
  }
  await isAccessible();
  // A message takes the place of the list, and *back* returns to it.
  await page.locator("#messages .card").first().click();
  await page.locator("#messages").waitFor({ state: "hidden" });
  await picture("11-narrow-message");
  await page.goBack();
  await page.locator("#messages .card").first().waitFor();
  await page.locator("#messages .card").first().click();
  await page.getByRole("button", { name: "← Messages" }).click();
  await page.locator("#messages .card").first().waitFor();
});

test("there were no errors in the browser", () => {
  // Expected error responses are in the console of the browser as well.
  assert.deepEqual(complaints.filter((text) => !/status of 4(00|01|09)/.test(text)), []);
});
