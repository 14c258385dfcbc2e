// What `compare` measured, by request and by how many are sent at once on a connection: the medians of the rounds, and of the
// ratios within each round, with the lowest and the highest.
import { readFileSync } from "node:fs";

const measured = new Map();
for (const line of readFileSync(0, "utf8").trim().split("\n")) {
  const [round, request, depth, name, before, after, , sends, rate] = line.split(" ");
  const kind = `${request}, ${depth} at once`;
  if (!measured.has(kind)) measured.set(kind, new Map());
  const rounds = measured.get(kind);
  if (!rounds.has(round)) rounds.set(round, {});
  rounds.get(round)[name] = { rate: parseFloat(rate), time: ((after - before) / sends) * 1e6 };
}

function spread(values, digits) {
  const sorted = values.sort((left, right) => left - right).map((value) => value.toFixed(digits));
  return `${sorted[sorted.length >> 1]} (${sorted[0]} to ${sorted.at(-1)})`;
}

for (const [kind, byRound] of measured) {
  const rounds = [...byRound.values()];
  console.log(kind);
  for (const name of Object.keys(rounds[0])) {
    const rates = spread(rounds.map((round) => round[name].rate), 0);
    const times = spread(rounds.map((round) => round[name].time), 1);
    console.log(`  ${name.padEnd(8)} ${rates} sends per second, ${times} µs of processor time each`);
  }
  for (const other of ["hyper", "node"]) {
    const rates = spread(rounds.map((round) => round.inkproof.rate / round[other].rate), 2);
    const times = spread(rounds.map((round) => round[other].time / round.inkproof.time), 2);
    console.log(`  inkproof / ${other}: ${rates} of the sends per second, ${times} by processor time`);
  }
}
