#!/usr/bin/env python3
"""Records the screen of Neovim that docs/editor.md shows, from a copy of `shop`: `screen.py PROGRAM > ../../library/screens/neovim.ansi`.

Then `tools/screenshots` draws it.
"""

import os
import pathlib
import shutil
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "watch"))
from tmux import Tmux

TEMPLATE = "templates/order.liquid"
PATIENCE = 30


def wait_for(tmux, text):
    end = time.monotonic() + PATIENCE
    while text not in (screen := tmux.ask("capture-pane", "-p")):
        if time.monotonic() > end:
            raise SystemExit(f"no {text!r} on the screen:\n{screen}")
        time.sleep(0.05)


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        shop = pathlib.Path(folder) / "shop"
        shutil.copytree(HERE / "shop", shop)
        template = shop / TEMPLATE
        # No emoji beside the frame of the hover: fonts disagree about its width.
        text = template.read_text().replace("trigger.gift.text", "trigger.gift.txt").replace("🎁 ", "")
        template.write_text(text)
        os.environ["INKPROOF_BIN"] = str(program)
        command = f"nvim --clean -n -S {HERE / 'screen.vim'} {TEMPLATE}"
        with Tmux(command, 132, 26, shop) as tmux:
            wait_for(tmux, "■")
            tmux.ask("send-keys", "/items }}", "Enter", "0", "/number", "Enter")
            tmux.ask("send-keys", ":nohlsearch | lua vim.lsp.buf.hover()", "Enter")
            wait_for(tmux, "order/plain")
            time.sleep(0.3)
            # Without the command line.
            rows = tmux.ask("capture-pane", "-e", "-p").rstrip("\n").split("\n")[:-1]
            sys.stdout.write("\n".join(rows).rstrip() + "\n")


main()
