#!/usr/bin/env python3
"""The speed and the memory of `inkproof audience`, beside the same job done by other programs.

Usage: compare.py [PEOPLE] [ROUNDS] [MEMORY]. Invents people with profiles of about 1 KB, as JSON Lines and as CSV, and renders a small
message for each: with inkproof, with Node's worker threads and LiquidJS, and with a Rust program that is written by hand for this
message. The Rust program also merely parses the lines. The programs take turns; the fastest run of each counts, by the clock and by the
processor's time, which depends less on what else the machine does. With MEMORY, the memory of inkproof is measured for so many people.
Needs the release binary, `audience_by_hand` of `crates/inkproof-liquid/benches`, and Node 20.
"""

import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).parents[4]
SMALL = REPOSITORY / "crates/inkproof-liquid/benches/small"
BINARY = os.environ.get("INKPROOF_BIN", str(REPOSITORY / "target/release/inkproof"))
BY_HAND = os.environ.get("BY_HAND_BIN", str(REPOSITORY / "target/release/audience_by_hand"))
THREADS = os.environ.get("THREADS", str(os.cpu_count()))


def person(number, dice):
    """A profile of about 1 KB. One in 200 has a name with quotes, and one in 200 has no city: both lose the message."""
    words = ["lorem", "ipsum", "dolor", "amet", "tempor", "magna", "aliqua", "veniam", "quis", "nostrud"]
    fields = {
        "id": f"user_{number}",
        "email": f"person{number}@example.com",
        "first_name": 'Al "the" Great' if number % 200 == 7 else dice.choice(["Ada", "Grace", "Édith", "Alan", "Zoë"]),
        "last_name": dice.choice(["Byron", "Hopper", "Piaf", "Turing"]),
        "city": dice.choice(["Rome", "Oslo", "Paris", "New York"]),
        "country": dice.choice(["IT", "NO", "FR", "US"]),
        "created_at": 1_600_000_000 + number,
        "plan": dice.choice(["pro", "team", "free"]),
        "unsubscribed": dice.random() < 0.1,
        "score": round(dice.random() * 100, 2),
    }
    fields.update((f"attribute_{at}", " ".join(dice.choices(words, k=4))) for at in range(12))
    fields.update((f"count_{at}", dice.randrange(10_000)) for at in range(10))
    if number % 200 == 9:
        del fields["city"]
    return fields


def prepare(root, count):
    """Writes the project and the people."""
    for path in ("templates", "fixtures/requests/shipped", "fixtures/customers"):
        (root / path).mkdir(parents=True)
    content = (SMALL / "message.liquid").read_text().replace("order.", "trigger.order.")
    content = content.replace('trigger.order.currency }}"', 'trigger.order.currency }}",\n  "city": "{{ customer.city }}"')
    (root / "templates/shipped.liquid").write_text(f"---\ntype: order\ntopics: [orders]\n---\n{content}")
    data = json.loads((SMALL / "data.json").read_text())
    (root / "fixtures/customers/user_1.json").write_text('{"id": "user_1", "city": "Rome"}')
    request = {"transactional_message_id": "shipped", "identifiers": {"id": "user_1"}, "message_data": {"order": data["order"]}}
    (root / "fixtures/requests/shipped/standard.json").write_text(json.dumps(request))
    dice = random.Random(1)
    with (root / "people.jsonl").open("w") as lines, (root / "people.csv").open("w", newline="") as rows:
        writer = csv.DictWriter(rows, list(person(1, dice)), lineterminator="\n")
        writer.writeheader()
        for number in range(count):
            fields = person(number, dice)
            lines.write(json.dumps(fields, ensure_ascii=False, separators=(",", ":")) + "\n")
            writer.writerow(fields)


def measure(command, stdin=None):
    """Runs a command. Its output, the seconds by the clock and of the processor, and its memory in MB."""
    started = time.monotonic()
    process = subprocess.Popen([str(part) for part in command], stdin=stdin, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in (0, 1), (command, process.returncode)
    return json.loads(output), time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main(count, rounds, memory):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        prepare(root, count)
        request = root / "fixtures/requests/shipped/standard.json"
        ours = [BINARY, "-C", root, "--color", "never", "audience", "shipped", "--request", request, "--threads", THREADS, "--format", "json"]
        for name in ("people.jsonl", "people.csv"):
            file = root / name
            programs = {
                "inkproof audience": [*ours, file],
                "Node with LiquidJS": ["node", Path(__file__).parent / "node.mjs", root, file, THREADS],
                "Rust by hand": [BY_HAND, "render", file, THREADS, request],
                "merely parsed": [BY_HAND, "parse", file, THREADS],
            }
            if name.endswith("jsonl"):
                programs["merely validated"] = [BY_HAND, "validate", file, THREADS]
            best = {}
            for _ in range(rounds):
                for program, command in programs.items():
                    output, *figures = measure(command)
                    output = output.get("people", output)
                    expected = (count, 0) if program.startswith("merely") else (count - lost(count), lost(count))
                    assert (output["sent"], output["lost"]) == expected, (program, output)
                    best[program] = list(map(min, figures, best.get(program, figures)))
            print(f"{count} people, {file.stat().st_size / count:.0f} bytes each, {name}, {THREADS} threads, load {os.getloadavg()[0]:.1f}")
            _, our_seconds = best["inkproof audience"][:2]
            for program, (clock, seconds, megabytes) in best.items():
                ratio = f"{seconds / our_seconds:6.2f} times as much" if program != "inkproof audience" else ""
                rate = f"{count / clock:>10,.0f} a second"
                print(f"  {program:20} {rate}, {clock:7.2f} s, processor {seconds:7.2f} s, {megabytes:5.0f} MB  {ratio}")
        if memory:
            peaks = {}
            for people in (10_000, memory):
                feed = f"import sys\nlines = open({str(root / 'people.jsonl')!r}, 'rb').readlines()\n"
                feed += f"for at in range(0, {people}, len(lines)): sys.stdout.buffer.writelines(lines[:{people} - at])"
                source = subprocess.Popen([sys.executable, "-c", feed], stdout=subprocess.PIPE)
                report, clock, seconds, peaks[people] = measure([*ours, "-"], stdin=source.stdout)
                source.stdout.close()
                assert source.wait() == 0 and report["people"]["records"] == people, report["people"]
                print(f"memory for {people} people: {peaks[people]:.1f} MB")


def lost(count):
    return sum(1 for number in range(count) if number % 200 in (7, 9))


if __name__ == "__main__":
    main(*(int(argument) for argument in [*sys.argv[1:], *("100000", "3", "0")[len(sys.argv) - 1 :]]))
