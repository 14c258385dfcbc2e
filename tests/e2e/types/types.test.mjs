// Compiles what `inkproof types` prints with the real tools of each language, with one payload that is correct and six that are
// not, and generates types from what `inkproof schema` prints.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { compile } from "json-schema-to-typescript";
import { cases } from "./cases.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../../..");
const inkproof = process.env.INKPROOF_BIN ?? join(root, "target/release/inkproof");
const venv = process.env.TYPES_VENV ?? join(here, ".venv");
const work = mkdtempSync(join(tmpdir(), "inkproof-types-"));
after(() => rmSync(work, { recursive: true, force: true }));

function run(program, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8", cwd: work, ...options });
  if (error) throw error;
  return { status, text: stdout + stderr, stdout };
}

/** The projects whose templates are printed: the samples of this repository, and one with names that are hard to write. */
const projects = [root, join(here, "../../library/shop"), join(here, "odd-names")];

function types(language, project = root) {
  const printed = run(inkproof, ["-C", project, "types", "--lang", language]);
  assert.equal(printed.status, 0, printed.text);
  return printed.stdout;
}

/** Writes the code of each case; gives the names of the files, the correct one first. */
function write(language, folder, path = (name, file) => `${name}.${file}`) {
  const { file, write, correct, wrong } = cases[language];
  const names = ["correct", ...Object.keys(wrong)];
  assert.equal(names.length, 7);
  for (const name of names) {
    const target = join(folder, path(name, file));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, write(wrong[name] ?? correct));
  }
  return names;
}

/** Checks that only the wrong cases have errors. `blamed` says whether a report names a case. */
function judge(names, report, blamed) {
  for (const name of names) {
    assert.equal(blamed(name), name !== "correct", `${name}:\n${report}`);
  }
}

test("TypeScript, with the real client", () => {
  const folder = join(work, "typescript");
  cpSync(join(here, "typescript"), folder, { recursive: true });
  symlinkSync(join(here, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "inkproof.ts"), types("typescript"));
  projects.forEach((project, at) => writeFileSync(join(folder, `project${at}.ts`), types("typescript", project)));
  const names = write("typescript", folder);
  const options = { strict: true, noEmit: true, target: "es2022", module: "nodenext", exactOptionalPropertyTypes: true };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: { ...options, types: ["node"] } }));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  const { text } = run(join(here, "node_modules/.bin/tsc"), ["--project", folder], { cwd: folder });
  judge(names, text, (name) => text.includes(`${name}.ts(`));
  assert.ok(!/project\d\.ts|inkproof\.ts|send\.ts/.test(text), text);
});

test("Python, with the real client", () => {
  const folder = join(work, "python");
  mkdirSync(folder);
  writeFileSync(join(folder, "inkproof.py"), types("python"));
  projects.forEach((project, at) => writeFileSync(join(folder, `project${at}.py`), types("python", project)));
  const names = write("python", folder);
  const python = join(venv, "bin/python");
  const files = [...names, "inkproof", ...projects.map((_, at) => `project${at}`)].map((name) => `${name}.py`);
  const options = ["--strict", "--allow-untyped-calls", "--ignore-missing-imports", "--no-error-summary"];
  const { text } = run(python, ["-m", "mypy", ...options, ...files], { cwd: folder });
  judge(names, text, (name) => text.includes(`${name}.py:`));
  assert.ok(!/(project\d|inkproof)\.py:/.test(text), text);
  for (const file of ["inkproof.py", ...projects.map((_, at) => `project${at}.py`)]) {
    const imported = run(python, ["-c", `import runpy; runpy.run_path(${JSON.stringify(join(folder, file))})`]);
    assert.equal(imported.status, 0, imported.text);
  }
});

test("Go", () => {
  const folder = join(work, "go");
  mkdirSync(join(folder, "inkproof"), { recursive: true });
  writeFileSync(join(folder, "go.mod"), "module example.com/backend\n\ngo 1.21\n");
  writeFileSync(join(folder, "inkproof/inkproof.go"), types("go"));
  projects.forEach((project, at) => {
    mkdirSync(join(folder, `project${at}`));
    writeFileSync(join(folder, `project${at}/types.go`), types("go", project));
  });
  const names = write("go", folder, (name, file) => `${name}/main.${file}`);
  const env = { ...process.env, GOFLAGS: "-mod=mod", GOTOOLCHAIN: "local", GOCACHE: join(work, "go-cache") };
  const go = process.env.GO ?? join(venv, "bin/go");
  const { text } = run(go, ["vet", "./..."], { cwd: folder, env });
  judge(names, text, (name) => new RegExp(`^(vet: )?${name}/main\\.go:`, "m").test(text));
  assert.ok(!/^(vet: )?(project\d|inkproof)\//m.test(text), text);
  const sent = run(go, ["run", "./correct"], { cwd: folder, env });
  assert.match(sent.text, /^{"message_data":{"posts":\[{"title":"A-0","likes":9}\],"team":{/);
});

test("Ruby, with RBS", { skip: spawnSync("ruby", ["-e", 'require "rbs"']).status !== 0 && "needs Ruby with RBS" }, () => {
  const folder = join(work, "ruby");
  cpSync(join(here, "ruby"), folder, { recursive: true });
  mkdirSync(join(folder, "sig"));
  writeFileSync(join(folder, "sig/inkproof.rbs"), types("ruby"));
  projects.forEach((project, at) => {
    mkdirSync(join(folder, `sig${at}`));
    writeFileSync(join(folder, `sig${at}/types.rbs`), types("ruby", project));
    const program = `require "rbs"; require "rbs/cli"; RBS::CLI.new(stdout: $stdout, stderr: $stderr).run(["-I", "sig${at}", "validate", "--silent"])`;
    const valid = run("ruby", ["-e", program], { cwd: folder });
    assert.equal(valid.status, 0, valid.text);
  });
  const names = write("ruby", folder);
  const options = { RBS_TEST_TARGET: "InkproofTemplates::*", RBS_TEST_OPT: "-I sig", RBS_TEST_RAISE: "true", RBS_TEST_LOGLEVEL: "error" };
  for (const name of names) {
    const { status, text } = run("ruby", ["-r", "rbs/test/setup", `${name}.rb`], {
      cwd: folder,
      env: { ...process.env, ...options },
    });
    assert.equal(status === 0, name === "correct", `${name}: ${text}`);
    if (name !== "correct") assert.match(text, /TypeError|ArgumentError|RBS::Test/, text);
  }
});

test("generators of other makers accept every schema", async () => {
  for (const [at, project] of projects.entries()) {
    for (const options of [[], ["--customer"], ["--closed"]]) {
      const printed = run(inkproof, ["-C", project, "schema", "--all", ...options]);
      assert.equal(printed.status, 0, printed.text);
      for (const schema of JSON.parse(printed.stdout)) {
        const code = await compile(structuredClone(schema), schema.title, { bannerComment: "" });
        assert.match(code, /export interface/);
        const file = join(work, "schema.json");
        writeFileSync(file, JSON.stringify(schema));
        const arguments_ = ["--input", file, "--input-file-type", "jsonschema", "--output", join(work, `model${at}.py`)];
        const python = ["--output-model-type", "typing.TypedDict", "--target-python-version", "3.11", "--disable-timestamp"];
        const generated = run(join(venv, "bin/datamodel-codegen"), [...arguments_, ...python]);
        assert.equal(generated.status, 0, generated.text);
        assert.match(readFileSync(join(work, `model${at}.py`), "utf8"), /TypedDict/);
      }
    }
    const bundle = run(inkproof, ["-C", project, "schema", "--all", "--bundle"]);
    const code = await compile(JSON.parse(bundle.stdout), "templates", { bannerComment: "" });
    assert.match(code, /export interface/);
  }
});
