#!/usr/bin/env python3
"""The speed and the memory of `inkproof check --data -`, beside a loop in Node that renders with LiquidJS and calls `JSON.parse`.

Usage: payloads.py [PAYLOADS] [ROUNDS]. Both get the same payloads of a small message on standard input, of which one in 100 loses it. They
take turns; the fastest run of each counts, by the clock and by the processor's time, which depends less on what else the machine does.
The memory of inkproof is also measured for a hundredth of the payloads. Needs the release binary and Node 20.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]
SMALL = REPOSITORY / "crates/inkproof-liquid/benches/small"
BINARY = os.environ.get("INKPROOF_BIN", str(REPOSITORY / "target/release/inkproof"))


def prepare(root, count):
    """Writes the project and the payloads."""
    for path in ("templates", "fixtures/requests/shipped", "fixtures/customers"):
        (root / path).mkdir(parents=True)
    content = (SMALL / "message.liquid").read_text().replace("order.", "trigger.order.")
    (root / "templates/shipped.liquid").write_text(f"---\ntype: order\n---\n{content}")
    order = json.loads((SMALL / "data.json").read_text())["order"]
    (root / "fixtures/customers/user_1.json").write_text('{"id": "user_1", "first_name": "Ada"}')
    request = {"transactional_message_id": "shipped", "identifiers": {"id": "user_1"}, "message_data": {"order": order}}
    (root / "fixtures/requests/shipped/standard.json").write_text(json.dumps(request))
    dice = random.Random(1)
    with (root / "payloads.jsonl").open("w") as lines:
        for number in range(count):
            fields = {**order, "number": f"{number:07}", "total": round(dice.random() * 500, 2), "items": order["items"][: dice.randint(1, 3)]}
            if number % 200 == 7:
                fields["number"] = 'the "first" one'
            elif number % 200 == 9:
                del fields["total"]
            lines.write(json.dumps({"order": fields}, separators=(",", ":")) + "\n")


def measure(command, payloads):
    """Runs a command. The last line that it prints, the seconds by the clock and of the processor, and its memory in MB."""
    started = time.monotonic()
    with payloads.open() as stdin:
        process = subprocess.Popen([str(part) for part in command], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in (0, 1), (command, output)
    return output.splitlines()[-1], time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main(count, rounds):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        prepare(root, count)
        ours = [BINARY, "-C", root, "--color", "never", "check", "shipped", "--format", "concise", "--data", "-"]
        programs = {"inkproof check": ours, "Node with LiquidJS": ["node", Path(__file__).parent / "payloads.mjs", root]}
        expected = f"{sum(1 for number in range(count) if number % 200 in (7, 9))} of {count} payloads lose the message"
        best = {}
        for _ in range(rounds):
            for name, command in programs.items():
                last, *figures = measure(command, root / "payloads.jsonl")
                assert last.replace(",", "") == expected, (name, last)
                best[name] = list(map(min, figures, best.get(name, figures)))
        print(f"{count} payloads, load {os.getloadavg()[0]:.1f}")
        for name, (clock, seconds, megabytes) in best.items():
            print(f"  {name:20} {count / clock:>10,.0f} a second, {clock:7.2f} s, processor {seconds:7.2f} s, {megabytes:5.0f} MB")
        (our_clock, our_seconds, _), (clock, seconds, _) = best.values()
        print(f"  LiquidJS takes {clock / our_clock:.1f} times as long, and {seconds / our_seconds:.1f} times the processor's time")
        few = root / "few.jsonl"
        with (root / "payloads.jsonl").open() as lines, few.open("w") as some:
            some.writelines(line for _, line in zip(range(count // 100), lines))
        print(f"  memory for {count // 100} payloads: {measure(ours, few)[3]:.0f} MB")


if __name__ == "__main__":
    main(*(int(argument) for argument in [*sys.argv[1:], *("1000000", "1")[len(sys.argv) - 1 :]]))
