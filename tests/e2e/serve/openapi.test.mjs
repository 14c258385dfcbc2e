// Schemathesis asks everything that the server's own description allows, and much that it does not.
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { serve } from "./server.mjs";

const schemathesis = fileURLToPath(new URL(".venv/bin/st", import.meta.url));
const SEND = "/v1/send/inbox_message";

// Any key will do, so that none is wrong. A stream does not end, and a wait is a wait.
const COMMON = ["--header", "Authorization: Bearer key", "--no-color", "--max-examples", process.env.EXAMPLES ?? "50"];
const RUNS = {
  "all but sending": ["--exclude-checks", "ignored_auth", "--exclude-path", SEND, "--exclude-path", "/inkproof/api/changes",
    "--exclude-path", "/inkproof/api/wait"],
  // A request may be well formed and still name no template.
  sending: ["--exclude-checks", "ignored_auth,positive_data_acceptance", "--include-path", SEND],
};

for (const [name, options] of Object.entries(RUNS)) {
  test(`the description of ${name} is kept`, async () => {
    const server = await serve("--port", "0");
    try {
      const document = `${server.url}/inkproof/api/openapi.json`;
      await promisify(execFile)(schemathesis, ["run", document, "--url", server.url, ...COMMON, ...options]);
    } catch (error) {
      throw new Error(error.stdout || error.message);
    } finally {
      await server.stop();
    }
  });
}
