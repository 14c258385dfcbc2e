// What a team would write without inkproof: `node payloads.mjs PROJECT` renders the template with LiquidJS for each payload of standard
// input, and reads the message as JSON. Prints how many are sent and lost.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Liquid } from "../differential/node_modules/liquidjs/dist/liquid.node.js";

const [project] = process.argv.slice(2);
const engine = new Liquid({ strictVariables: true, strictFilters: true, lenientIf: true, timezoneOffset: 0 });
const [, , content] = readFileSync(join(project, "templates/shipped.liquid"), "utf8").split(/^---$/m);
const template = engine.parse(content);
const customer = JSON.parse(readFileSync(join(project, "fixtures/customers/user_1.json"), "utf8"));
let [sent, lost] = [0, 0];
for await (const line of createInterface({ input: process.stdin })) {
  try {
    JSON.parse(engine.renderSync(template, { customer, trigger: JSON.parse(line) }));
    sent += 1;
  } catch {
    lost += 1;
  }
}
console.log(`${lost} of ${sent + lost} payloads lose the message`);
