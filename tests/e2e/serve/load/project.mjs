// Writes the project that is sent to, and a request for each of its templates: `node project.mjs FOLDER`. Their data holds `@`
// where each send has another number.
//
// - order_shipped: the documented example, of three variables
// - weekly_digest: the sample of this repository, with loops and conditions
// - newsletter: the benches' page of 9 KB with 11 KB of data, as a body
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder] = process.argv.slice(2);
const repository = new URL("../../../../", import.meta.url);
const read = (path) => readFileSync(new URL(path, repository), "utf8");
function write(path, text) {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
}
function request(name, data) {
  const body = { transactional_message_id: name, identifiers: { id: "user_123" }, message_data: { number: "@", ...data } };
  write(`requests/${name}.json`, JSON.stringify(body));
}

const newsletter = JSON.parse(read("crates/inkproof-liquid/benches/newsletter/data.json"));
write("fixtures/customers/user_123.json", JSON.stringify({ ...newsletter.customer, id: "user_123" }));

write("templates/order_shipped.liquid", `---
type: order
topics: [orders, shipping]
expiration: 60 days
---
{
  "title": "Order {{ trigger.order_id }} has shipped",
  "body": "Hi {{ customer.first_name }}, follow it here: {{ trigger.tracking_url }}"
}
`);
request("order_shipped", { order_id: "@", tracking_url: "https://track.example.com/@" });

write("templates/weekly_digest.liquid", read("templates/weekly_digest.liquid"));
request("weekly_digest", JSON.parse(read("fixtures/requests/weekly_digest/busy_week.json")).message_data);

const names = ["shop", "issue", "departments", "events"];
const assigns = names.map((name) => `{% assign ${name} = trigger.${name} %}`).join("");
write("templates/newsletter.liquid", `---
type: news
topics: [news]
expiration: 7 days
---
${assigns}{% capture page %}${read("crates/inkproof-liquid/benches/newsletter/message.liquid")}{% endcapture %}{ "title": "News", "body": {{ page | json }} }
`);
request("newsletter", Object.fromEntries(names.map((name) => [name, newsletter[name]])));
