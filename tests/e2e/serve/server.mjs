// Starts the release binary as a server for a temporary project.
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const binary = process.env.INKPROOF_BIN ?? fileURLToPath(new URL("../../../target/release/inkproof", import.meta.url));

const FILES = {
  "templates/order_shipped.liquid": `---
name: Order shipped
id: 42
type: order
topics: [orders, shipping]
---
{
  "title": "Order {{ trigger.order_id }} has shipped",
  "body": "Hi {{ customer.first_name }}, follow it here: {{ trigger.tracking_url }}"
}
`,
  "templates/news.liquid": `---
type: news
topics: [news]
expiration: 7 days
---
{"title": {{ trigger.title | json }}, "body": "Read all about it"}
`,
  "fixtures/customers/user_123.json": JSON.stringify({ id: "user_123", first_name: "Ada", last_name: "Lovelace" }),
  "fixtures/customers/user_456.json": JSON.stringify({ id: "user_456", first_name: "Grace", last_name: "Hopper" }),
  "fixtures/requests/news/plain.json": `{
  "transactional_message_id": "news",
  "identifiers": { "id": "user_456" },
  "message_data": { "title": "A quiet week" }
}
`,
  "fixtures/requests/news/markup.json": `{
  "transactional_message_id": "news",
  "identifiers": { "id": "user_456" },
  "message_data": { "title": "<b>\\"Bold\\"</b> & <script>alert(1)</script>" }
}
`,
};

/** Starts a server; `stop` ends it and removes its project. */
export async function serve(...options) {
  const folder = await mkdtemp(join(tmpdir(), "inkproof-"));
  const write = async (path, text) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  for (const [path, text] of Object.entries(FILES)) await write(path, text);
  const child = spawn(binary, ["-C", folder, "serve", "--quiet", ...options], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => { child.once("exit", resolve); });
  const first = await createInterface(child.stdout)[Symbol.asyncIterator]().next();
  if (first.done) throw new Error(`the server ended with exit code ${await ended}`);
  const url = first.value;
  return {
    url,
    port: Number(new URL(url).port),
    write,
    remove: (path) => rm(join(folder, path)),
    read: (path) => readFile(join(folder, path), "utf8"),
    async api(path, options) {
      const answer = await fetch(`${url}/inkproof/api${path}`, options);
      return answer.json();
    },
    async stop() {
      child.kill("SIGINT");
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

/** Waits until `look` gives something, and gives that. */
export async function until(what, look, milliseconds = 60_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`still not: ${what}`);
    await new Promise((resolve) => { setTimeout(resolve, 10); });
  }
}
