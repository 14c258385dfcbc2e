#!/usr/bin/env python3
"""Writes `DIR/SHA256SUMS`, one line for each archive in DIR, as `sha256sum --check` reads it.

    tools/release/checksums.py DIR
"""

import hashlib
import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
archives = sorted(path for path in folder.iterdir() if path.name.endswith((".tar.gz", ".zip")))
lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in archives]
(folder / "SHA256SUMS").write_text("".join(lines), newline="\n", encoding="utf-8")
