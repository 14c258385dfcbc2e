#!/usr/bin/env python3
"""Edits a project at random while `inkproof preview --watch` shows it in tmux.

After each spell of edits it is quiet for a moment; then the screen must be what a fresh `inkproof preview` prints, but for
messages that are kept while their files are broken. The memory in use is printed.
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import time

from tmux import Tmux

COLUMNS, ROWS = 100, 1200
TEMPLATES, CUSTOMERS, SNIPPETS = 6, 4, 3
FIXED = ["--now", "2026-01-01T00:00:00Z", "--seed", "1"]
# Whoever watches may be slow on a busy machine, but not this slow.
PATIENCE = 20
# What memory may grow by after warming up, in kB: half as much again, and some pages.
ALLOWED = lambda first: first // 2 + 8192


class Project:
    def __init__(self, root, chance):
        self.root, self.chance, self.count = root, chance, 0
        self.write("inkproof.toml", "")
        for number in range(SNIPPETS):
            self.write(f"snippets/s{number}.liquid", self.snippet(number))
        for number in range(CUSTOMERS):
            self.write(f"fixtures/customers/c{number}.json", self.customer(number))
        for number in range(TEMPLATES):
            self.write(f"templates/{self.folder(number)}t{number}.liquid", self.template(number))
            for case in range(2):
                self.write(f"fixtures/requests/t{number}/r{case}.json", self.request(number))

    def folder(self, number):
        return "sub/" if number % 2 else ""

    def new(self):
        self.count += 1
        return f"v{self.count}"

    def template(self, number):
        snippet = "{{ snippets.s%d }}" % self.chance.randrange(SNIPPETS)
        body = f"{self.new()} {snippet} {{{{ trigger.x }}}}" + " {{ trigger.gone }}" * (self.chance.random() < 0.1)
        return '---\ntype: t%d\n---\n{ "title": "%s", "body": "{{ customer.name }}" }\n' % (number, body)

    def snippet(self, number):
        return self.new() + (" {{ snippets.s%d }}" % (number + 1) if number + 1 < SNIPPETS and self.chance.random() < 0.5 else "")

    def customer(self, number):
        return json.dumps({"id": str(number), "name": f"{self.new()} name"})

    def request(self, number):
        return json.dumps({
            "transactional_message_id": f"t{number}",
            "identifiers": {"id": str(self.chance.randrange(CUSTOMERS))},
            "message_data": {"x": self.new()},
        })

    def write(self, path, text):
        path = self.root / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def some_file(self):
        """A file, and a text that it might have."""
        kind, number = self.chance.randrange(4), self.chance.randrange(TEMPLATES)
        if kind == 0:
            return f"templates/{self.folder(number)}t{number}.liquid", self.template(number)
        if kind == 1:
            return f"fixtures/customers/c{number % CUSTOMERS}.json", self.customer(number % CUSTOMERS)
        if kind == 2:
            return f"snippets/s{number % SNIPPETS}.liquid", self.snippet(number % SNIPPETS)
        return f"fixtures/requests/t{number}/r{self.chance.randrange(3)}.json", self.request(number)

    def pause(self):
        time.sleep(self.chance.choice([0, 0, 0.001, 0.01, 0.03, 0.1]))

    def change(self):
        name, text = self.some_file()
        path = self.root / name
        kind = self.chance.choices(
            ["edit", "exchange", "rewrite", "vim", "break", "halves", "delete", "rename", "link", "folder", "project", "burst", "config", "noise"],
            [20, 10, 5, 5, 8, 5, 5, 3, 2, 3, 1, 2, 1, 4])[0]
        if kind == "edit":
            self.write(name, text)
        elif kind == "exchange":
            self.write(f"{name}.tmp", text)
            os.replace(self.root / f"{name}.tmp", path)
        elif kind == "rewrite":
            path.unlink(missing_ok=True)
            self.pause()
            self.write(name, text)
        elif kind == "vim":
            self.write(str(pathlib.Path(name).parent / "4913"), "")
            (path.parent / "4913").unlink()
            if path.exists():
                os.replace(path, f"{path}~")
            self.write(name, text)
            pathlib.Path(f"{path}~").unlink(missing_ok=True)
        elif kind == "break":
            self.write(name, self.chance.choice(["", "{", "---\n---\n{ \"title\": {% if %} }\n", "\0", text[: len(text) // 2]]))
        elif kind == "halves":
            self.write(name, text[: len(text) // 2])
            self.pause()
            with open(path, "a") as file:
                file.write(text[len(text) // 2:])
        elif kind == "delete":
            path.unlink(missing_ok=True)
        elif kind == "rename" and path.exists():
            os.replace(path, path.with_name(f"renamed{self.chance.randrange(2)}{path.suffix}"))
        elif kind == "link":
            elsewhere = self.root.parent / "elsewhere" / path.name
            elsewhere.parent.mkdir(exist_ok=True)
            elsewhere.write_text(text)
            path.unlink(missing_ok=True)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(elsewhere)
            self.pause()
            elsewhere.write_text(text.replace("v", "w"))
        elif kind == "folder":
            folder = self.root / self.chance.choice(["templates/sub", "fixtures", "fixtures/requests", "snippets", "templates"])
            if folder.exists():
                away = self.root.parent / "away"
                os.replace(folder, away)
                self.pause()
                if folder.exists():
                    shutil.rmtree(folder)
                os.replace(away, folder)
        elif kind == "project":
            away = self.root.parent / "away"
            os.replace(self.root, away)
            self.pause()
            os.replace(away, self.root)
        elif kind == "burst":
            for _ in range(100):
                self.write(*self.some_file())
        elif kind == "config":
            self.write("inkproof.toml", self.chance.choice(["", "[test]\nseed = 1\n", "[nonsense]\n", "[rules]\ntrailing-comma = \"off\"\n"]))
        elif kind == "noise":
            self.write("templates/.t0.liquid.swp", text)
            self.write("notes.txt", text)

    def repair(self):
        """Makes most of what is broken whole."""
        for file in list(self.root.rglob("renamed*")):
            file.unlink()
        for number in range(TEMPLATES):
            if self.chance.random() < 0.8:
                self.write(f"templates/{self.folder(number)}t{number}.liquid", self.template(number))
        for number in range(CUSTOMERS):
            self.write(f"fixtures/customers/c{number}.json", self.customer(number))


def essence(text):
    """What is said, however it is broken into lines."""
    return "".join(text.split())


def shown(screen):
    """What a screen shows, but for its last row and what is kept of messages that cannot be rendered."""
    rows, is_kept = [], False
    while screen and not screen[-1]:
        screen.pop()
    for row in screen[:-1]:
        if row.strip() == "last successful render:":
            is_kept = True
        elif is_kept and not row:
            is_kept = False
        elif not is_kept:
            rows.append(row)
    return rows


def fresh(binary, root):
    environment = {**os.environ, "COLUMNS": str(COLUMNS), "LC_ALL": "C.UTF-8"}
    done = subprocess.run([binary, "preview", *FIXED], cwd=root, env=environment, capture_output=True)
    return done.stderr.decode() + done.stdout.decode()


def memory(process):
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    parser.add_argument("--poll", action="store_true", help="look at the files instead of being told")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        project = Project(pathlib.Path(folder) / "project", chance)
        poll = ["--poll=50ms"] if options.poll else []
        command = " ".join(["exec env NO_COLOR=1", options.bin, "preview", "--watch", *FIXED, *poll])
        with Tmux(command, COLUMNS, ROWS, project.root) as tmux:
            tmux.see("q quit")
            # What changed is shown by no fresh preview.
            tmux.press("d")
            process = tmux.process()
            start = time.monotonic()
            spells = changes = 0
            slowest, memories = 0.0, []
            while time.monotonic() < start + options.seconds or spells < 5:
                for _ in range(chance.randrange(1, 12)):
                    project.change()
                    project.pause()
                    changes += 1
                if chance.random() < 0.5:
                    project.repair()
                quiet = time.monotonic()
                expected = fresh(options.bin, project.root)
                pressed = 0.0
                while True:
                    # Each key draws the screen: more of them than a busy machine can draw would show none of it whole.
                    if time.monotonic() > pressed + 0.25:
                        tmux.press("g")
                        pressed = time.monotonic()
                    rows = shown(tmux.screen())
                    if essence("\n".join(rows)) == essence(expected):
                        break
                    if time.monotonic() > quiet + PATIENCE:
                        pathlib.Path("/tmp/inkproof-soak").mkdir(exist_ok=True)
                        pathlib.Path("/tmp/inkproof-soak/screen").write_text("\n".join(rows))
                        pathlib.Path("/tmp/inkproof-soak/fresh").write_text(expected)
                        shutil.copytree(project.root, "/tmp/inkproof-soak/project", dirs_exist_ok=True, symlinks=True)
                        raise SystemExit(f"FAILED after {changes} changes: the screen is stale; see /tmp/inkproof-soak")
                    time.sleep(0.02)
                slowest = max(slowest, time.monotonic() - quiet)
                spells += 1
                memories.append(memory(process))
                if spells % 50 == 0:
                    print(f"{time.monotonic() - start:.0f} s: {changes} changes, {memories[-1]} kB", flush=True)
            tmux.press("q")
    # Half of a short run, and a minute's worth of a long one, warm up.
    warm = memories[min(len(memories) // 2, 100)]
    last = sorted(memories[-5:])[2]
    print(f"{changes} changes in {spells} spells; each time the screen was what a fresh preview prints")
    print(f"slowest to get there: {slowest:.2f} s, the fresh preview included")
    print(f"memory: {memories[0]} kB at first, {warm} kB warm, {max(memories)} kB at most, {last} kB at last")
    if last > warm + ALLOWED(warm):
        raise SystemExit("FAILED: memory grows")


if __name__ == "__main__":
    main()
