#!/usr/bin/env node
// Starts the `inkproof` program of this platform's package, and ends as it ends.
"use strict";

const { spawn } = require("node:child_process");
const { constants } = require("node:os");
const fs = require("node:fs");
const path = require("node:path");

const PROGRAM = process.platform === "win32" ? "inkproof.exe" : "inkproof";
const PLATFORM = `${process.platform}-${process.arch}`;
const PACKAGE = `@inkproof/${PLATFORM}`;
/** Set for the program, so that two of these scripts on the `PATH` do not start each other for ever. */
const STARTED = "INKPROOF_NPM_STARTED";
/** The exit code of inkproof for whatever keeps it from working. */
const UNUSABLE = 2;

function fail(...lines) {
  process.stderr.write(`error: ${lines.join("\n  ")}\n`);
  process.exit(UNUSABLE);
}

function isProgram(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

function fromVariable() {
  const file = process.env.INKPROOF_BIN;
  if (file && !isProgram(file)) {
    fail(`\`INKPROOF_BIN\` names \`${file}\`, which is not a program that can be executed`);
  }
  return file;
}

function fromPackage() {
  try {
    return require.resolve(`${PACKAGE}/bin/${PROGRAM}`);
  } catch {
    return undefined;
  }
}

/** A program on the `PATH` that is not a script of a package manager, such as this one. */
function fromPath() {
  if (process.env[STARTED]) {
    return undefined;
  }
  const folders = (process.env.PATH || "").split(path.delimiter).filter(Boolean);
  return folders
    .filter((folder) => path.basename(folder) !== ".bin")
    .map((folder) => path.join(folder, PROGRAM))
    .find((file) => isProgram(file) && fs.realpathSync(file) !== fs.realpathSync(__filename));
}

function locate() {
  const program = fromVariable() || fromPackage() || fromPath();
  if (program) {
    return program;
  }
  const packages = Object.keys(require("../package.json").optionalDependencies);
  if (!packages.includes(PACKAGE)) {
    return fail(
      `inkproof has no npm package for ${PLATFORM}`,
      `there are packages for ${packages.map((name) => name.split("/")[1]).join(", ")}`,
      "build inkproof from source, and put it on the `PATH` or name it in `INKPROOF_BIN`",
    );
  }
  return fail(
    `the package \`${PACKAGE}\`, which contains the program, is not installed`,
    "this happens with `--omit=optional` or `--no-optional`, and with a lock file or a `node_modules` of another system",
    "to repair it: remove `node_modules` and the lock file, and install again without leaving out optional dependencies",
    "or put an `inkproof` on the `PATH`, or name it in `INKPROOF_BIN`",
  );
}

/**
 * Passes signals on. Ctrl-C at a terminal reaches the program without help, so that it would get that one twice.
 * Signals are listened for before the program starts: it may say that it is ready before `spawn` returns.
 */
function forwardSignals(program) {
  const atTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
  const fromKeyboard = new Set(["SIGINT", "SIGQUIT"]);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR2"]) {
    process.on(signal, () => {
      if (!(atTerminal && fromKeyboard.has(signal))) {
        program().kill(signal);
      }
    });
  }
}

/** Ends as the program ended: by the same signal, so that shells and package managers see what happened. */
function endLike(code, signal) {
  if (signal === null) {
    process.exit(code);
  }
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  process.exitCode = 128 + constants.signals[signal];
}

const program = locate();
const environment = { ...process.env, [STARTED]: "1" };
let child;
forwardSignals(() => child);
child = spawn(program, process.argv.slice(2), { stdio: "inherit", env: environment });
child.on("error", (error) => fail(`\`${program}\` cannot be started: ${error.message}`));
child.on("exit", endLike);
