#!/usr/bin/env python3
"""Whether a package of the extension has what it needs to run, and nothing else: `contents.py FILE VERSION`."""

import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

file, version = sys.argv[1:]
NEEDED = ["out/extension.js", "out/preview.js", "out/program.js", "syntaxes/inkproof.tmLanguage.json",
          "language-configuration.json", "package.json", "README.md", "LICENSE-MIT", "LICENSE-APACHE"]

with zipfile.ZipFile(file) as package, tempfile.TemporaryDirectory() as folder:
    names = [name.removeprefix("extension/") for name in package.namelist()]
    package.extractall(folder)
    extension = pathlib.Path(folder) / "extension"
    manifest = json.loads((extension / "package.json").read_text())
    lower = {name.lower() for name in names}
    missing = [name for name in NEEDED if name.lower() not in lower]
    surplus = [name for name in names if name.startswith(("src/", "tests/", "node_modules/typescript/", "node_modules/@vscode/"))]
    assert not missing, f"missing: {missing}"
    assert not surplus, f"not needed: {surplus}"
    assert manifest["version"] == version, manifest["version"]
    # Everything that it requires is in the package, but for what the editor provides.
    program = """
const Module = require("node:module")
const found = Module._resolveFilename
const absent = new Proxy(class {}, { get: (target, key) => key in target ? target[key] : absent })
Module._resolveFilename = (name, ...rest) => (name === "vscode" ? name : found(name, ...rest))
require.cache.vscode = { id: "vscode", loaded: true, exports: absent }
const { activate, deactivate } = require(process.argv[1])
if (typeof activate !== "function" || typeof deactivate !== "function") throw new Error("no entry points")
"""
    subprocess.run(["node", "--eval", program, extension / manifest["main"]], check=True, cwd=folder)
print(f"{pathlib.Path(file).name}: {len(names)} files, {pathlib.Path(file).stat().st_size // 1024} KiB")
