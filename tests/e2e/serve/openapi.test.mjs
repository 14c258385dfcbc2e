// Schemathesis sends valid and invalid requests for every operation of the server's OpenAPI document.
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { serve } from "./server.mjs";

const schemathesis = fileURLToPath(new URL(".venv/bin/st", import.meta.url));
const SEND = "^/v1/(send|campaigns)/";
const PEOPLE = "^(/api/|/v1/(identify|track|page|screen|group|alias|batch)$)";

// Every key is accepted, so there are no invalid ones. Streams do not end, and waiting requests take time.
const COMMON = ["--no-color", "--seed", process.env.SEED ?? "1", "--max-examples", process.env.EXAMPLES ?? "50"];
const RUNS = {
  "all but sending": ["--exclude-checks", "ignored_auth", "--exclude-path-regex", `${SEND}|${PEOPLE}`, "--exclude-path", "/inkproof/api/changes",
    "--exclude-path", "/inkproof/api/wait"],
  // The rules of these APIs about which fields go together are not in their schemas. Each key has the scheme of its API.
  "the APIs of people": ["--exclude-checks", "ignored_auth,positive_data_acceptance", "--include-path-regex", PEOPLE],
  // A request may match the schema and still name an unknown template, or a time that is too far ahead.
  sending: ["--exclude-checks", "ignored_auth,positive_data_acceptance", "--include-path-regex", SEND],
};

for (const [name, options] of Object.entries(RUNS)) {
  test(`the description of ${name} is kept`, async () => {
    const server = await serve("--port", "0");
    try {
      const document = `${server.url}/inkproof/api/openapi.json`;
      const key = options.includes(PEOPLE) ? "Basic a2V5Og==" : "Bearer key";
      await promisify(execFile)(schemathesis, ["run", document, "--header", `Authorization: ${key}`, "--url", server.url, ...COMMON, ...options]);
    } catch (error) {
      throw new Error(error.stdout || error.message);
    } finally {
      await server.stop();
    }
  });
}
