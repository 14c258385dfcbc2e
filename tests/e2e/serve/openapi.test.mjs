// Schemathesis sends valid and invalid requests for every operation of the server's OpenAPI document.
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { serve } from "./server.mjs";

const schemathesis = fileURLToPath(new URL(".venv/bin/st", import.meta.url));
const SEND = "^/v1/(send|campaigns)/";

// Every key is accepted, so there are no invalid ones. Streams do not end, and waiting requests take time.
const COMMON = ["--header", "Authorization: Bearer key", "--no-color", "--max-examples", process.env.EXAMPLES ?? "50"];
const RUNS = {
  "all but sending": ["--exclude-checks", "ignored_auth", "--exclude-path-regex", SEND, "--exclude-path", "/inkproof/api/changes",
    "--exclude-path", "/inkproof/api/wait"],
  // A request may match the schema and still name an unknown template, or a time that is too far ahead.
  sending: ["--exclude-checks", "ignored_auth,positive_data_acceptance", "--include-path-regex", SEND],
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
