#!/usr/bin/env python3
"""How long it takes from a save until `inkproof preview --watch` has written the new card, in a project of 1,000 templates.

Beside it, how long the system alone takes to tell of such a save (inotify). Of each, the middle and the 95th of a hundred.
"""

import argparse
import ctypes
import json
import os
import pathlib
import pty
import select
import struct
import tempfile
import termios
import fcntl
import time

TEMPLATES = 1000
# For how long inkproof waits for more after a change: `watch::QUIET`.
QUIET = 0.020


def make(root):
    (root / "templates").mkdir(parents=True)
    (root / "fixtures/customers").mkdir(parents=True)
    (root / "fixtures/customers/ada.json").write_text('{"id": "1", "name": "Ada"}')
    for number in range(TEMPLATES):
        save(root, number, "first")
        request = {"transactional_message_id": f"t{number:04}", "identifiers": {"id": "1"}, "message_data": {"id": number}}
        folder = root / f"fixtures/requests/t{number:04}"
        folder.mkdir(parents=True)
        (folder / "standard.json").write_text(json.dumps(request))


def save(root, number, text):
    """Saves a template as most editors do: a new file in the place of the old one."""
    path = root / f"templates/t{number:04}.liquid"
    new = path.with_suffix(".new")
    new.write_text(
        "---\ntype: order\ntopics: [orders, shipping]\n---\n"
        '{ "title": "Order {{ trigger.id }} %s", "body": "Hello {{ customer.name }}, it is here." }\n' % text
    )
    start = time.perf_counter()
    os.replace(new, path)
    return start


def read_until(terminal, text, patience=30):
    seen, end = b"", time.monotonic() + patience
    while text not in seen:
        if not select.select([terminal], [], [], max(0, end - time.monotonic()))[0]:
            raise SystemExit(f"FAILED: no {text} was written")
        seen += os.read(terminal, 1 << 16)
    return time.perf_counter()


def of_inkproof(binary, root, saves):
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(root)
        os.environ.update(TERM="xterm-256color", LC_ALL="C.UTF-8", COLUMNS="100")
        os.execv(binary, [binary, "preview", "--watch"])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 100, 0, 0))
    read_until(terminal, b"q quit")
    taken = []
    for count in range(saves + 10):
        time.sleep(0.05)
        # All that was written before is read before.
        while select.select([terminal], [], [], 0)[0]:
            os.read(terminal, 1 << 16)
        start = save(root, count * 37 % TEMPLATES, f"s{count}e")
        taken.append(read_until(terminal, f"s{count}e".encode()) - start)
    os.write(terminal, b"q")
    os.waitpid(process, 0)
    # The first ones warm up.
    return taken[10:]


def of_system(root, saves):
    libc = ctypes.CDLL(None, use_errno=True)
    inotify = libc.inotify_init1(os.O_CLOEXEC)
    moved_to = 0x80
    if libc.inotify_add_watch(inotify, bytes(root / "templates"), moved_to) < 0:
        raise SystemExit("FAILED: this system does not watch")
    taken = []
    for count in range(saves):
        start = save(root, count * 37 % TEMPLATES, f"n{count}e")
        os.read(inotify, 4096)
        taken.append(time.perf_counter() - start)
    os.close(inotify)
    return taken


def told(name, taken):
    taken = sorted(taken)
    middle, late = taken[len(taken) // 2], taken[len(taken) * 95 // 100]
    print(f"{name:<34} p50 {middle * 1000:7.2f} ms   p95 {late * 1000:7.2f} ms")
    return late


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", required=True, type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--saves", type=int, default=200)
    parser.add_argument("--at-most", type=float, help="fail if p95 is more than so many ms beyond the debounce")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder) / "project"
        make(root)
        told("the system alone (inotify)", of_system(root, options.saves))
        taken = of_inkproof(options.bin, root, options.saves)
        told("save to new card", taken)
        late = told(f"beyond the debounce of {QUIET * 1000:.0f} ms", [one - QUIET for one in taken])
    if options.at_most is not None and late * 1000 > options.at_most:
        raise SystemExit(f"FAILED: p95 is more than {options.at_most} ms beyond the debounce")


if __name__ == "__main__":
    main()
