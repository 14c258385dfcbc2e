#!/usr/bin/env python3
"""Edits a project at random in the language server, and fails if its memory grows or if it loses track.

Types, saves, closes, renames, deletes and restores files, and asks for what editors ask for. At the end of each round, the
diagnostics of every file must have the codes and lines that `inkproof check` reports for the same bytes. The server is ended and
started again now and then. Prints the memory in use; `--seed` repeats a run.
"""

import argparse
import collections
import json
import pathlib
import random
import shutil
import subprocess
import tempfile
import time

from server import Server

SHOP = pathlib.Path(__file__).parent / "shop"
COPIES = 20
# How many edits a round has, and how many rounds a server lives.
EDITS, ROUNDS = 60, 40
# What memory may grow by after the first rounds, in kB: a quarter more, and some pages.
ALLOWED = lambda first: first + first // 4 + 8192
WARM = 5
QUESTIONS = ["hover", "completion", "definition", "references", "documentHighlight", "signatureHelp", "prepareRename"]
OF_FILE = ["codeLens", "documentSymbol", "foldingRange", "documentLink", "semanticTokens/full"]
PIECES = ["{{ trigger.number }}", "{{ customer.nme | upcase }}", "{% if trigger.gift %}", "{% endif %}", '"', "{", "}", "🎉", ",", "\n", "| json", "x"]


def make(root):
    """A project of copies of the shop's templates and requests."""
    shutil.copytree(SHOP, root, dirs_exist_ok=True)
    for number in range(COPIES):
        for name in ["order", "welcome"]:
            shutil.copy(SHOP / f"templates/{name}.liquid", root / f"templates/{name}{number}.liquid")
            for request in sorted((SHOP / f"fixtures/requests/{name}").iterdir()):
                target = root / f"fixtures/requests/{name}{number}" / request.name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(request.read_text().replace(f'"{name}"', f'"{name}{number}"'))


class Editor:
    def __init__(self, binary, root, chance):
        self.binary, self.root, self.chance = binary, root, chance
        self.disk = {path.relative_to(root).as_posix(): path.read_text() for path in root.rglob("*") if path.is_file()}
        self.original, self.shown = dict(self.disk), {}
        self.start()

    def start(self):
        self.server = Server(self.binary, self.root)
        for name, text in self.shown.items():
            self.server.open(name, text)

    def some(self, names):
        return self.chance.choice(sorted(names))

    def step(self):
        kinds = {"type": 40, "ask": 20, "save": 8, "close": 5, "restore": 8, "delete": 1, "move": 1, "write": 2}
        kind = self.chance.choices(list(kinds), list(kinds.values()))[0]
        getattr(self, kind)()

    def opened(self):
        name = self.some(self.shown) if self.shown and self.chance.random() < 0.8 else self.some(self.disk)
        if name not in self.shown:
            self.shown[name] = self.disk[name]
            self.server.open(name, self.shown[name])
        return name

    def show(self, name, text):
        self.shown[name] = text
        self.server.change(name, {"text": text})

    def type(self):
        name = self.opened()
        text = self.shown[name]
        at = self.chance.randint(0, len(text))
        cut = self.chance.choice([0, 0, 1, 5])
        self.show(name, text[:at] + self.chance.choice(PIECES) * (cut == 0) + text[at + cut :])

    def restore(self):
        name = self.opened()
        self.show(name, self.original.get(name, "{}"))

    def ask(self):
        name = self.opened()
        try:
            if self.chance.random() < 0.7:
                place = self.server.at(name, self.shown[name], self.chance.randint(0, len(self.shown[name])))
                question = self.chance.choice(QUESTIONS)
                more = {"context": {"includeDeclaration": True}} if question == "references" else {}
                self.server.request(f"textDocument/{question}", {**place, **more})
            else:
                file = {"textDocument": {"uri": self.server.uri(name)}}
                self.server.request(f"textDocument/{self.chance.choice(OF_FILE)}", file)
        except RuntimeError as reason:
            # A name that cannot be renamed is an answer, too; a bug is not.
            if "-32803" not in str(reason):
                raise

    def put(self, name, text):
        """Writes or deletes a file on disk, and tells the server, as an editor that watches files does."""
        path = self.root / name
        if text is None:
            self.disk.pop(name)
            path.unlink()
        else:
            self.disk[name] = text
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        change = {"uri": self.server.uri(name), "type": 3 if text is None else 2}
        self.server.notify("workspace/didChangeWatchedFiles", {"changes": [change]})

    def save(self):
        if self.shown:
            name = self.some(self.shown)
            self.put(name, self.shown[name])

    def close(self):
        if self.shown:
            name = self.some(self.shown)
            del self.shown[name]
            self.server.close(name)

    def delete(self):
        closed = self.disk.keys() - self.shown.keys() - {"inkproof.toml"}
        self.put(self.some(closed), None)

    def move(self):
        closed = sorted(self.disk.keys() - self.shown.keys() - {"inkproof.toml"})
        name = self.chance.choice(closed)
        folder, _, file = name.rpartition("/")
        text = self.disk[name]
        self.put(name, None)
        self.put(f"{folder}/moved-{file}"[-80:] if "moved-" not in file else f"{folder}/{file.replace('moved-', '')}", text)

    def write(self):
        name = self.some(self.original.keys() - self.shown.keys())
        self.put(name, self.original[name])

    def reset(self):
        """Back to the first files, so that rounds are alike."""
        for name in list(self.shown):
            del self.shown[name]
            self.server.close(name)
        for name in list(self.disk.keys() - self.original.keys()):
            self.put(name, None)
        for name, text in self.original.items():
            if self.disk.get(name) != text:
                self.put(name, text)

    def compare(self):
        """The diagnostics are the findings of `inkproof check` on what is shown."""
        texts = {**self.disk, **self.shown}
        with tempfile.TemporaryDirectory() as folder:
            for name, text in texts.items():
                path = pathlib.Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            command = [self.binary, "-C", folder, "check", "--format", "jsonl"]
            output = subprocess.run(command, stdout=subprocess.PIPE, text=True).stdout
        expected, found = collections.Counter(), collections.Counter()
        for finding in map(json.loads, output.splitlines()):
            if finding.get("file") in texts and finding.get("code") != "verdict":
                expected[(finding["file"], finding["start"]["line"], finding["code"])] += 1
        for name in texts:
            report, _ = self.server.request("textDocument/diagnostic", {"textDocument": {"uri": self.server.uri(name)}})
            for item in report["items"]:
                # In requests, the editor repeats what templates lack.
                if name.startswith("fixtures/requests/") and item["code"] == "missing-data":
                    continue
                found[(name, item["range"]["start"]["line"] + 1, item["code"])] += 1
        if found != expected:
            raise SystemExit(f"FAILED: the server has {found - expected}, check has {expected - found}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True, help="the program")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        make(root)
        editor = Editor(options.bin, root, chance)
        end, round_number, first, highest, starts = time.monotonic() + options.seconds, 0, None, 0, 1
        while time.monotonic() < end:
            for _ in range(EDITS):
                editor.step()
            editor.compare()
            editor.reset()
            round_number += 1
            memory = editor.server.memory()
            if round_number % ROUNDS == WARM:
                first = memory
                print(f"round {round_number}: {memory // 1024} MB", flush=True)
            highest = max(highest, memory)
            if first is not None and memory > ALLOWED(first):
                raise SystemExit(f"FAILED: memory grew from {first} to {memory} kB")
            if round_number % ROUNDS == 0:
                print(f"round {round_number}: {memory // 1024} MB", flush=True)
                editor.server.end()
                editor.start()
                first, starts = None, starts + 1
        editor.server.end()
        print(f"{round_number} rounds of {EDITS} edits, {starts} starts; at most {highest // 1024} MB")


if __name__ == "__main__":
    main()
