#!/usr/bin/env python3
"""Drives `inkproof preview --watch` in tmux: keys, sizes, and what is left of the terminal however it ends."""

import argparse
import pathlib
import shlex
import shutil
import tempfile

from tmux import Tmux

HERE = pathlib.Path(__file__).resolve().parent
SAMPLES = HERE.parents[2]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True, type=lambda path: str(pathlib.Path(path).resolve()))
    binary = parser.parse_args().bin
    with tempfile.TemporaryDirectory() as folder:
        project = pathlib.Path(folder) / "project"
        for name in ("templates", "fixtures"):
            shutil.copytree(SAMPLES / name, project / name)
        (project / "fixtures/requests/order_shipped/as_documented.json").unlink()
        template = project / "templates/order_shipped.liquid"
        text = template.read_text()
        with Tmux("env PS1='$ ' bash --norc --noprofile", 100, 40, project) as tmux:
            tmux.see("$")
            tmux.type(f"stty -a > {folder}/before; echo what was here; EDITOR={shlex.quote('sed -i s/Order/Parcel/')}")
            tmux.press("Enter")
            tmux.type("export EDITOR; clear; echo still here")
            tmux.press("Enter")
            tmux.until("cleared screen", lambda screen: screen.strip().startswith("still here"))

            def start():
                tmux.type(f"{binary} preview --watch order_shipped weekly_digest; echo code $?")
                tmux.press("Enter")
                tmux.see("1 of 3", "q quit")

            def ended(code):
                # Nothing of ours is left, and all that was there is.
                screen = tmux.see(f"code {code}", "still here")
                assert not any("╭" in row for row in screen), screen
                tmux.type(f"stty -a > {folder}/after; cmp {folder}/before {folder}/after && echo 'as '$((40+2))'before'")
                tmux.press("Enter")
                tmux.see("as 42before")
                tmux.type("clear; echo still here")
                tmux.press("Enter")
                tmux.until("cleared screen", lambda screen: screen.strip().startswith("still here"))

            start()
            template.write_text(text.replace("has shipped", "is here"))
            tmux.see("is here!", "what changed:")
            tmux.press("n")
            tmux.see("2 of 3 · weekly_digest")
            tmux.press("/")
            tmux.type("order")
            tmux.press("Enter")
            tmux.see("1 of 1 · order_shipped/standard · /order")
            tmux.press("Escape")
            tmux.see("1 of 3")
            tmux.press("l")
            tmux.see("lax")
            tmux.press("l", "a")
            tmux.see("accepted `tests/snapshots/order_shipped/standard.snap`")
            tmux.press("e")
            tmux.see("Parcel #1042 is here!")
            tmux.resize(60, 20)
            tmux.until("narrow card", lambda screen: any(len(row.strip()) == 58 for row in screen.split("\n") if "╭──" in row))
            tmux.resize(100, 40)
            tmux.until("wide card", lambda screen: any(len(row.strip()) == 98 for row in screen.split("\n") if "╭──" in row))
            tmux.press("C-z")
            tmux.see("Stopped", "still here")
            tmux.type("fg; echo code $?")
            tmux.press("Enter")
            tmux.see("1 of 3", "q quit")
            tmux.press("q")
            ended(0)
            start()
            tmux.press("C-c")
            ended(130)
            start()
            tmux.type("/half typed")
            tmux.press("C-c")
            ended(130)
            start()
            tmux.ask("run-shell", "pkill -TERM -P #{pane_pid}")
            ended(143)
    print("keys, sizes, and four ways to end: the terminal is as it was before")


if __name__ == "__main__":
    main()
