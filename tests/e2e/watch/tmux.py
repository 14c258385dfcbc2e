"""A terminal of tmux's, with a program in it."""

import os
import subprocess
import time

PATIENCE = 30


class Tmux:
    """A tmux server of its own with one window."""

    def __init__(self, command, columns, rows, folder="."):
        self.socket = f"inkproof-{os.getpid()}-{time.monotonic_ns()}"
        self.ask("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows), "-c", str(folder), command)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["tmux", "-L", self.socket, "kill-server"], capture_output=True)

    def ask(self, *arguments):
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        for name in ("TMUX", "COLUMNS", "NO_COLOR", "CI"):
            environment.pop(name, None)
        done = subprocess.run(["tmux", "-L", self.socket, *arguments], capture_output=True, env=environment, check=True)
        return done.stdout.decode()

    def press(self, *keys):
        self.ask("send-keys", *keys)

    def type(self, text):
        self.ask("send-keys", "-l", text)

    def resize(self, columns, rows):
        self.ask("resize-window", "-x", str(columns), "-y", str(rows))

    def screen(self):
        """The rows that are shown, without spaces at their ends."""
        return [row.rstrip() for row in self.ask("capture-pane", "-p").split("\n")]

    def process(self):
        return int(self.ask("display-message", "-p", "#{pane_pid}"))

    def until(self, what, is_so):
        """Waits until the screen is as it should be, and gives it."""
        end = time.monotonic() + PATIENCE
        while True:
            screen = self.screen()
            if is_so("\n".join(screen)):
                return screen
            if time.monotonic() > end:
                raise SystemExit(f"FAILED: no {what} on:\n" + "\n".join(screen))
            time.sleep(0.01)

    def see(self, *texts):
        return self.until(" and ".join(texts), lambda screen: all(text in screen for text in texts))
