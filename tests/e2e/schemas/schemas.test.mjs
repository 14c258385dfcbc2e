// Templates with a schema of an order that the real Zod or the real Pydantic exports: they are proved if their data cannot lose a message,
// and lost with a counterexample if it can.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const binary = process.env.INKPROOF_BIN ?? here("../../../target/release/inkproof");
const exporters = {
  Zod: (changes) => execFileSync(process.execPath, [here("order.mjs"), ...changes], { encoding: "utf8" }),
  Pydantic: (changes) => execFileSync(here(".venv/bin/python"), [here("order.py"), ...changes], { encoding: "utf8" }),
};

// The documented template, with the schema named in its settings.
const documented = readFileSync(here("../../../templates/order_shipped.liquid"), "utf8").replace(
  "---\n",
  "---\nmessage_data: schemas/order.json\n",
);
const detailed = `---
message_data: schemas/order.json
---
{
  "title": "Order {{ trigger.order_number }}",
  "body": "{% if trigger.status == "shipped" %}On its way{% else %}{{ trigger.status }}{% endif %}",
  "city": {{ trigger.address.city | json }},
  "note": {{ trigger.note | json }},
  "lines": [
    {% for item in trigger.items %}{"title": {{ item.title | json }}, "quantity": {{ item.quantity }}, "price": {{ item.price }}}{% unless forloop.last %},{% endunless %}
    {% endfor %}
  ]
}
`;
const order = {
  order_number: "A-1042",
  tracking_url: "https://track.example.com/1042",
  status: "shipped",
  note: null,
  items: [{ title: "Tea", quantity: 2, price: 4.5 }],
  address: { street: "12 Hill Road", city: "Leeds" },
};

// A folder that is removed at the end.
function temporary() {
  const folder = mkdtempSync(join(tmpdir(), "inkproof-"));
  folders.push(folder);
  return folder;
}

const folders = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

function write(root, path, content) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), typeof content === "string" ? content : JSON.stringify(content));
}

// Checks a template with such a schema; gives its verdict and its findings.
function check(schema, template, message_data = order) {
  const root = temporary();
  write(root, "schemas/order.json", schema);
  write(root, "templates/order.liquid", template);
  write(root, "fixtures/customers/u1.json", { id: "u1" });
  const request = { transactional_message_id: "order", identifiers: { id: "u1" }, message_data };
  write(root, "fixtures/requests/order/standard.json", request);
  const { stdout, stderr, status } = spawnSync(binary, ["-C", root, "check", "--format", "json"], { encoding: "utf8" });
  assert.ok(status === 0 || status === 1, stderr);
  const all = JSON.parse(stdout);
  const { verdict } = all.find(({ code }) => code === "verdict");
  const findings = all.filter(({ code, severity }) => code !== "verdict" && severity !== "info");
  return { root, verdict: verdict.verdict, findings };
}

// The only loss, whose counterexample is lost when it is rendered.
function loss({ root, verdict, findings }, code) {
  assert.equal(verdict, "loses");
  const found = findings.filter(({ counterexample }) => counterexample);
  assert.ok(found.length > 0 && found.every((finding) => finding.code === code && finding.severity === "error"), JSON.stringify(found));
  // Inside the project, it would be a file that is none of the project's.
  const file = join(temporary(), "lost.json");
  for (const { counterexample } of found) {
    writeFileSync(file, JSON.stringify(counterexample.request));
    const rendered = spawnSync(binary, ["-C", root, "render", file], { encoding: "utf8" });
    assert.equal(rendered.status, 1, rendered.stdout);
  }
  return found[0].counterexample.changes;
}

for (const [name, exported] of Object.entries(exporters)) {
  test(`the schema of ${name}: both templates are proved`, () => {
    for (const template of [documented, detailed]) {
      const { verdict, findings } = check(exported([]), template);
      assert.equal(verdict, "proved");
      assert.deepEqual(findings.filter(({ code }) => code !== "trailing-comma"), []);
    }
  });

  for (const [field, template] of [["order_number", documented], ["tracking_url", documented], ["items", detailed], ["address", detailed]]) {
    test(`the schema of ${name}: without \`${field}\`, which is optional, the message is lost`, () => {
      const changes = loss(check(exported([field]), template), "missing-data");
      assert.deepEqual(changes.map(({ path, to }) => [path, to]), [[`trigger.${field}`, null]]);
    });
  }

  test(`the schema of ${name}: a free text with a quote loses the message`, () => {
    const [change, ...more] = loss(check(exported(["--free-text"]), documented), "json-unsafe");
    assert.equal(more.length, 0);
    assert.equal(change.path, "trigger.order_number");
    assert.match(change.to, /["\\\n]/);
  });

  test(`the schema of ${name}: a request that does not match it is reported`, () => {
    const { findings } = check(exported([]), documented, { ...order, status: "lost", items: [] });
    const found = findings.filter(({ code }) => code === "schema-violation").map(({ message }) => message);
    assert.equal(found.length, 2, JSON.stringify(findings));
    assert.match(found.join("\n"), /status/);
    assert.match(found.join("\n"), /items/);
  });
}
