#!/usr/bin/env python3
"""Writes the licences of everything that is compiled into the program, as their terms ask for.

    tools/release/licenses.py TARGET FILE

The texts come from the packages of the crates, and are written once where several crates have the same.
"""

import json
import pathlib
import subprocess
import sys

NAMES = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE", "COPYRIGHT")
# What no crate brings a licence for.
INTRODUCTION = """\
Licences of what is compiled into inkproof
==========================================

inkproof's own licences are in LICENSE-MIT and LICENSE-APACHE. Rust's standard library is licensed under the same terms, Copyright (c)
The Rust Project Contributors. SQLite is in the public domain. Programs for Linux contain the C library musl, Copyright (c)
2005-2024 Rich Felker, et al., and routines that come with the compiler zig, Copyright (c) Zig contributors, both under the terms of
LICENSE-MIT.
"""


def packages(target: str) -> list[dict]:
    """The crates that the program for a target is linked from, without those that only build or test it."""
    command = ["cargo", "metadata", "--locked", "--format-version", "1", "--filter-platform", target]
    metadata = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    todo = [package["id"] for package in metadata["packages"] if package["name"] == "inkproof" and package["source"] is None]
    found: set[str] = set()
    while todo:
        identity = todo.pop()
        if identity not in found:
            found.add(identity)
            linked = (dep for dep in nodes[identity]["deps"] if any(kind["kind"] is None for kind in dep["dep_kinds"]))
            todo += [dep["pkg"] for dep in linked]
    # Crates of this repository have the repository's licences.
    return sorted(
        (package for package in metadata["packages"] if package["id"] in found and package["source"] is not None),
        key=lambda package: (package["name"], package["version"]),
    )


def texts(package: dict) -> list[str]:
    folder = pathlib.Path(package["manifest_path"]).parent
    # Some crates contain a library in a folder, with a licence of its own.
    paths = [*folder.iterdir(), *folder.glob("*/*")]
    files = sorted(path for path in paths if path.is_file() and path.name.upper().startswith(NAMES))
    return [path.read_text("utf-8", errors="replace").replace("\r\n", "\n").strip() for path in files]


def main() -> None:
    target, file = sys.argv[1], pathlib.Path(sys.argv[2])
    users: dict[str, list[str]] = {}
    table = []
    for package in packages(target):
        name = f"{package['name']} {package['version']}"
        table.append(f"  {name}: {package['license']}")
        for text in texts(package):
            users.setdefault(text, []).append(name)
    parts = [INTRODUCTION, "Crates:\n\n" + "\n".join(table) + "\n"]
    for text, names in users.items():
        parts.append(f"{'-' * 78}\n{', '.join(names)}\n{'-' * 78}\n\n{text}\n")
    file.write_text("\n".join(parts), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
