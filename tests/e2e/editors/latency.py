#!/usr/bin/env python3
"""How long the language server takes in a project of 1,000 templates with three requests each.

Prints the middle and the 95th of a hundred of: the time from a change of a template or of a request to its diagnostics, the time
of a completion after a change, and the time from the start to the first diagnostics; and the CPU time of each change with its
completion, which other programs on the machine disturb less. Needs Node, for the project of `../check/generate.mjs`.
"""

import argparse
import pathlib
import random
import subprocess
import tempfile
import time

from server import Server, position

HERE = pathlib.Path(__file__).parent
# The most that each may take in 95 of 100 cases, in milliseconds.
LIMITS = {"change": 30, "completion": 10, "start": 500}


def percentile(times, share):
    times = sorted(times)
    return times[min(len(times) - 1, int(len(times) * share))] * 1000


def report(name, times):
    slow = percentile(times, 0.95)
    print(f"{name}: p50 {percentile(times, 0.5):.1f} ms, p95 {slow:.1f} ms ({len(times)} times)")
    return slow


def start(binary, root, template):
    """A server that has published the first diagnostics, and how long that took."""
    server = Server(binary, root)
    server.open(template, (root / template).read_text())
    return server, server.until_diagnosed(template, 1) - server.started


class Typist:
    """Somebody who types into a template and its requests."""

    def __init__(self, server, template, requests, chance):
        self.server, self.chance = server, chance
        self.template = template
        self.texts = {name: (server.root / name).read_text() for name in [template, *requests]}
        for name in requests:
            server.open(name, self.texts[name])
        server.until_checked(template)

    def insert(self, name, at, part):
        """Types a part of a text. Returns how long the diagnostics took."""
        place = position(self.texts[name], at)
        begin = time.perf_counter()
        version = self.server.change(name, {"range": {"start": place, "end": place}, "text": part})
        self.texts[name] = self.texts[name][:at] + part + self.texts[name][at:]
        return self.server.until_diagnosed(name, version) - begin

    def remove(self, name, at, length):
        text = self.texts[name]
        span = {"start": position(text, at), "end": position(text, at + length)}
        begin = time.perf_counter()
        version = self.server.change(name, {"range": span, "text": ""})
        self.texts[name] = text[:at] + text[at + length :]
        return self.server.until_diagnosed(name, version) - begin

    def edit_template(self):
        """Types a variable into the end of the content, completes it, and removes it."""
        text = self.texts[self.template]
        at = text.rindex("}")
        part = f', "typed": "{{{{ trigger.x{self.chance.randrange(1000)} }}}}"'
        yield "change", self.insert(self.template, at, part)
        begin = time.perf_counter()
        place = self.server.at(self.template, self.texts[self.template], at + part.index("trigger.") + len("trigger."))
        answer, arrived = self.server.request("textDocument/completion", place)
        assert answer["items"], "nothing to complete"
        yield "completion", arrived - begin
        yield "change", self.remove(self.template, at, len(part))

    def edit_request(self):
        """Types a key into the data of a request."""
        name = self.chance.choice([name for name in self.texts if name != self.template])
        at = self.texts[name].index("{", self.texts[name].index('"message_data"')) + 1
        has_more = not self.texts[name][at:].lstrip().startswith("}")
        yield "change", self.insert(name, at, f'"typed_{self.server.versions[name]}": 1' + ", " * has_more)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True, help="the program")
    parser.add_argument("--templates", type=int, default=1000)
    parser.add_argument("--edits", type=int, default=200)
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--check", action="store_true", help="fail if a limit is exceeded")
    options = parser.parse_args()
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        subprocess.run(["node", HERE.parent / "check/generate.mjs", root, str(options.templates)], check=True)
        templates = sorted(path.relative_to(root).as_posix() for path in root.glob("templates/**/*.liquid"))
        times = {"start": [], "change": [], "completion": []}
        for _ in range(options.starts):
            server, took = start(options.bin, root, chance.choice(templates))
            times["start"].append(took)
            server.end()
        template = chance.choice(templates)
        server, _ = start(options.bin, root, template)
        requests = sorted((root / "fixtures/requests" / pathlib.Path(template).stem).glob("*.json"))
        typist = Typist(server, template, [path.relative_to(root).as_posix() for path in requests], chance)
        before = server.cpu_seconds()
        while len(times["change"]) < options.edits:
            edit = typist.edit_template if chance.random() < 0.7 else typist.edit_request
            for kind, took in edit():
                times[kind].append(took)
        cpu = (server.cpu_seconds() - before) / len(times["change"])
        memory = server.memory()
        server.end()
    slow = {kind: report(kind, times[kind]) for kind in ["start", "change", "completion"]}
    print(f"CPU time of a change: {cpu * 1000:.1f} ms; memory: {memory // 1024} MB")
    exceeded = [f"{kind} {slow[kind]:.1f} > {limit} ms" for kind, limit in LIMITS.items() if slow[kind] > limit]
    if options.check and exceeded:
        raise SystemExit(f"FAILED: {', '.join(exceeded)}")


if __name__ == "__main__":
    main()
