// The server under load: slow connections, event-stream clients that do not read, renders that take until their limit, and sends.
// Prints what it measures, and fails beyond the limits, which are wide, so that a busy machine does not fail the test.
//
//     node stress.mjs [--seconds 10]
import { spawn } from "node:child_process";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";

const SLOW_CONNECTIONS = 600;
const SILENT_READERS = 200;
const SLOW_RENDERS = 8;
const SENDS_PER_SECOND = 500;
const LARGE_MESSAGES = 30;
const LIMITS = { health_p99_ms: 1000, memory_mb: 500, shutdown_ms: 3000, refused_share: 0.05 };

if (!isMainThread) {
  await measure(workerData);
} else {
  await stress();
}

/** Asks for the health every 10 ms, from a thread that does nothing else, until it is told to stop. */
async function measure({ port }) {
  const times = [];
  let isDone = false;
  parentPort.on("message", () => (isDone = true));
  const agent = new http.Agent({ keepAlive: true });
  while (!isDone) {
    const start = performance.now();
    await new Promise((resolve, reject) => {
      const request = http.get({ port, host: "127.0.0.1", path: "/inkproof/api/health", agent }, (response) => {
        response.resume().on("end", resolve);
      });
      request.on("error", reject);
    });
    times.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  parentPort.postMessage(times);
  parentPort.close();
}

async function stress() {
  const at = process.argv.indexOf("--seconds");
  const seconds = at < 0 ? 10 : Number(process.argv[at + 1]);
  const folder = project();
  const binary = process.env.INKPROOF_BIN ?? join(import.meta.dirname, "../../../target/release/inkproof");
  const server = spawn(binary, ["-C", folder, "serve", "--port", "0", "--quiet"], { stdio: ["ignore", "pipe", "ignore"] });
  const address = await new Promise((resolve) => server.stdout.once("data", (data) => resolve(String(data).trim())));
  const port = Number(new URL(address).port);
  const sockets = [];
  try {
    for (let number = 0; number < LARGE_MESSAGES; number += 1) {
      await send(port, "hello", "u", { title: "x".repeat(1_000_000) });
    }
    for (let number = 0; number < SLOW_CONNECTIONS; number += 1) sockets.push(trickle(port));
    for (let number = 0; number < SILENT_READERS; number += 1) sockets.push(await silent(port));
    const worker = new Worker(new URL(import.meta.url), { workerData: { port } });
    const measured = new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));

    const end = performance.now() + seconds * 1000;
    let memory = 0;
    const isRunning = () => performance.now() < end;
    const watch = async () => {
      while (isRunning()) {
        memory = Math.max(memory, memoryOf(server.pid));
        await pause(50);
      }
    };
    const statuses = {};
    const count = (status) => (statuses[status] = (statuses[status] ?? 0) + 1);
    const slow = async () => {
      while (isRunning()) await send(port, "slow", "s", {});
    };
    const sends = [];
    const steady = async () => {
      const start = performance.now();
      for (let number = 0; isRunning(); number += 1) {
        await pause(start + (number * 1000) / SENDS_PER_SECOND - performance.now());
        sends.push(send(port, "hello", `user_${number % 50}`, { title: `message ${number}` }).then(count));
      }
    };
    await Promise.all([watch(), steady(), ...Array.from({ length: SLOW_RENDERS }, slow)]);
    await Promise.all(sends);
    worker.postMessage("stop");
    const times = (await measured).sort((left, right) => left - right);
    const p = (share) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * share))] * 10) / 10;

    // Renders are in flight when it is asked to stop.
    for (let number = 0; number < SLOW_RENDERS; number += 1) send(port, "slow", "s", {}).catch(() => {});
    await pause(200);
    const asked = performance.now();
    server.kill("SIGTERM");
    await new Promise((resolve) => server.once("exit", resolve));
    const shutdown = Math.round(performance.now() - asked);

    const total = Object.values(statuses).reduce((sum, each) => sum + each, 0);
    const refused = total - (statuses[200] ?? 0);
    console.log(`health: ${times.length} requests, p50 ${p(0.5)} ms, p99 ${p(0.99)} ms, most ${p(1)} ms`);
    console.log(`sends: ${total} in ${seconds} s, by status ${JSON.stringify(statuses)}`);
    console.log(`memory: ${memory} MB at most; shutdown: ${shutdown} ms`);
    const failures = [
      p(0.99) > LIMITS.health_p99_ms && `health took ${p(0.99)} ms`,
      memory > LIMITS.memory_mb && `it took ${memory} MB`,
      shutdown > LIMITS.shutdown_ms && `it stopped after ${shutdown} ms`,
      refused > total * LIMITS.refused_share && `${refused} of ${total} sends failed`,
    ].filter(Boolean);
    failures.forEach((failure) => console.error(failure));
    process.exitCode = failures.length === 0 ? 0 : 1;
  } finally {
    server.kill("SIGKILL");
    sockets.forEach((socket) => socket.destroy());
    rmSync(folder, { recursive: true });
  }
  process.exit();
}

function project() {
  const folder = mkdtempSync(join(tmpdir(), "inkproof-stress-"));
  const loop = (name) => `{% for ${name} in (1..3000) %}`;
  const slow = `${loop("a")}${loop("b")}${loop("c")}{% assign x = a | plus: b %}${"{% endfor %}".repeat(3)}{"title": "late"}`;
  const files = {
    "templates/hello.liquid": "---\n---\n{\"title\": {{ trigger.title | json }}, \"body\": \"b\"}\n",
    "templates/slow.liquid": `---\n---\n${slow}\n`,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function send(port, template, user, data) {
  const body = JSON.stringify({ transactional_message_id: template, identifiers: { id: user }, message_data: data });
  const headers = { authorization: "Bearer key", "content-length": Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const options = { port, host: "127.0.0.1", method: "POST", path: "/v1/send/inbox_message", headers };
    const request = http.request(options, (response) => response.resume().on("end", () => resolve(response.statusCode)));
    request.on("error", reject).end(body);
  });
}

/** A connection that sends the head of its request byte by byte. */
function trickle(port) {
  const text = `POST /v1/send/inbox_message HTTP/1.1\r\nHost: localhost\r\nX-Slow: ${"a".repeat(1000)}`;
  const socket = net.connect(port, "127.0.0.1");
  let sent = 0;
  const timer = setInterval(() => socket.write(text[sent++ % text.length]), 500);
  socket.on("error", () => {}).on("close", () => clearInterval(timer));
  return socket;
}

/** An event-stream client that never reads. */
async function silent(port) {
  const socket = net.connect({ port, host: "127.0.0.1", highWaterMark: 1 });
  socket.on("error", () => {}).pause();
  await new Promise((resolve) => socket.once("connect", resolve));
  socket.write("GET /api/v3/sse?userToken=dQ== HTTP/1.1\r\nHost: localhost\r\n\r\n");
  return socket;
}

function memoryOf(process) {
  const line = readFileSync(`/proc/${process}/status`, "utf8").match(/^VmRSS:\s+(\d+) kB$/m);
  return Math.round(Number(line[1]) / 1024);
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, milliseconds)));
}
