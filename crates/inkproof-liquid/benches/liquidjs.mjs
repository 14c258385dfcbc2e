// Times LiquidJS on the files that the Rust benches use: `npm install && node liquidjs.mjs`.
//
// Prints the fastest and the median time of one render, parse and read of the data for each workload, in microseconds.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Liquid } from 'liquidjs';

const WORKLOADS = ['small', 'newsletter', 'customer'];
const WARM_UP_MILLISECONDS = 1_000;
const SAMPLES = 101;
const SAMPLE_MILLISECONDS = 20;

const read = (workload, file) => readFileSync(new URL(`${workload}/${file}`, import.meta.url), 'utf8');

/** The fastest and the median time of one call, in microseconds. */
function time(call) {
  let calls = 0;
  const warm = performance.now() + WARM_UP_MILLISECONDS;
  while (performance.now() < warm) {
    call();
    calls += 1;
  }
  const batch = Math.max(1, Math.round((calls * SAMPLE_MILLISECONDS) / WARM_UP_MILLISECONDS));
  const samples = Array.from({ length: SAMPLES }, () => {
    const start = performance.now();
    for (let turn = 0; turn < batch; turn += 1) call();
    return ((performance.now() - start) * 1_000) / batch;
  });
  samples.sort((left, right) => left - right);
  return [samples[0], samples[SAMPLES >> 1]];
}

const engine = new Liquid({ strictVariables: true, strictFilters: true });
for (const workload of WORKLOADS) {
  const source = read(workload, 'message.liquid');
  const text = read(workload, 'data.json');
  const data = JSON.parse(text);
  const template = engine.parse(source);
  assert.equal(engine.renderSync(template, data), read(workload, 'expected.txt'));
  const times = {
    render: time(() => engine.renderSync(template, data)),
    parse: time(() => engine.parse(source)),
    ingest: time(() => JSON.parse(text)),
  };
  for (const [question, [fastest, median]] of Object.entries(times)) {
    const name = `${question}/${workload}/liquidjs`;
    console.log(name.padEnd(32), fastest.toFixed(2).padStart(10), 'µs', median.toFixed(2).padStart(10), 'µs');
  }
}
