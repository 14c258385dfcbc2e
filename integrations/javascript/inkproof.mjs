// A helper for vitest and jest: a server of `inkproof serve` for tests.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Starts a server for the project in `dir`, or uses the one at `INKPROOF_URL`. */
export async function startInkproof({ dir = ".", args = [] } = {}) {
  if (process.env.INKPROOF_URL) return new Inkproof(process.env.INKPROOF_URL, async () => {});
  const program = process.env.INKPROOF_BIN ?? "inkproof";
  const child = spawn(program, ["-C", dir, "serve", "--port", "0", "--quiet", ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const first = await Promise.race([lines.next(), ended.then((code) => { throw new Error(`inkproof ended with exit code ${code}`); })]);
  return new Inkproof(first.value, async () => {
    child.kill();
    await ended;
  });
}

class Inkproof {
  constructor(url, stop) {
    /** The address for clients other than Node's. */
    this.url = url;
    /** The address for Node's `APIClient`. */
    this.apiUrl = `${url}/v1`;
    /** Ends the server, if it was started here. */
    this.stop = stop;
  }

  /** Waits until `count` messages match, and returns them, newest first. */
  async wait(filters = {}) {
    const { messages } = await this.request("GET", `/wait?${new URLSearchParams(filters)}`);
    return messages;
  }

  /** The messages that match, newest first. */
  async messages(filters = {}) {
    const { messages } = await this.request("GET", `/messages?${new URLSearchParams(filters)}`);
    return messages;
  }

  /** Makes the next requests fail, such as `{ preset: "rate_limited", times: 1 }`. */
  fault(fault) {
    return this.request("POST", "/faults", fault);
  }

  /** Deletes all messages, faults and people, and resets the clock. */
  reset() {
    return this.request("POST", "/reset");
  }

  async request(method, path, body) {
    const answer = await fetch(`${this.url}/inkproof/api${path}`, { method, body: body && JSON.stringify(body) });
    const result = await answer.json();
    if (!answer.ok) throw new Error(result.meta.error);
    return result;
  }
}
