// The same job with Node's worker threads and LiquidJS: `node node.mjs PROJECT FILE THREADS`. Each thread reads its part of the file,
// and for each person parses the line, renders the message and reads it as JSON. Prints how many are sent and lost.
import { createReadStream, openSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { Liquid } from "../../differential/node_modules/liquidjs/dist/liquid.node.js";

/** The cells of a row of CSV. */
function cells(row) {
  if (!row.includes('"')) return row.split(",");
  const cells = [];
  for (const [, quoted, plain] of row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)) {
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
  }
  return cells;
}

async function work({ project, file, start, end, header }) {
  const engine = new Liquid({ strictVariables: true, strictFilters: true, lenientIf: true, timezoneOffset: 0 });
  const [, , content] = readFileSync(join(project, "templates/shipped.liquid"), "utf8").split(/^---$/m);
  const template = engine.parse(content);
  const request = JSON.parse(readFileSync(join(project, "fixtures/requests/shipped/standard.json"), "utf8"));
  const trigger = request.message_data;
  const customer = (line) => {
    if (!header) return JSON.parse(line);
    const values = cells(line);
    return Object.fromEntries(header.map((name, at) => [name, values[at]]).filter(([, value]) => value !== ""));
  };
  let [sent, lost] = [0, 0];
  for await (const line of createInterface({ input: createReadStream(file, { start, end: end - 1, highWaterMark: 1 << 18 }) })) {
    try {
      JSON.parse(engine.renderSync(template, { customer: customer(line), trigger }));
      sent += 1;
    } catch {
      lost += 1;
    }
  }
  return [sent, lost];
}

if (isMainThread) {
  const [project, file, threads] = process.argv.slice(2);
  const [open, size, block] = [openSync(file), statSync(file).size, Buffer.alloc(1 << 16)];
  /** Where the next line begins. */
  const lineAfter = (at) => at + block.subarray(0, readSync(open, block, 0, block.length, at)).indexOf("\n") + 1;
  const first = file.endsWith(".csv") ? lineAfter(0) : 0;
  const header = first ? cells(block.toString("utf8", 0, first - 1)) : undefined;
  const edge = (part) => (part === 0 ? first : part === Number(threads) ? size : lineAfter(Math.floor((size * part) / threads)));
  const counts = Array.from({ length: Number(threads) }, (_, part) => new Promise((resolve, reject) => {
    const data = { project, file, start: edge(part), end: edge(part + 1), header };
    new Worker(new URL(import.meta.url), { workerData: data }).on("message", resolve).on("error", reject);
  }));
  const [sent, lost] = (await Promise.all(counts)).reduce(([a, b], [c, d]) => [a + c, b + d]);
  console.log(JSON.stringify({ sent, lost }));
} else {
  parentPort.postMessage(await work(workerData));
}
