"""A helper for pytest: a server of `inkproof serve` for tests."""

import json
import os
import subprocess
import urllib.error
import urllib.parse
import urllib.request


class Inkproof:
    """A server: for the project in `dir`, or the one at `INKPROOF_URL`."""

    def __init__(self, dir=".", args=()):
        self.process = None
        self.url = os.environ.get("INKPROOF_URL")
        if not self.url:
            program = os.environ.get("INKPROOF_BIN", "inkproof")
            command = [program, "-C", str(dir), "serve", "--port", "0", "--quiet", *args]
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            self.url = self.process.stdout.readline().strip()
            if not self.url:
                raise RuntimeError(f"inkproof ended with exit code {self.process.wait()}")

    def stop(self):
        """Ends the server, if it was started here."""
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process.stdout.close()

    def wait(self, **filters):
        """Waits until `count` messages match, and returns them, newest first."""
        return self.request("GET", "/wait?" + urllib.parse.urlencode(filters))["messages"]

    def messages(self, **filters):
        """The messages that match, newest first."""
        return self.request("GET", "/messages?" + urllib.parse.urlencode(filters))["messages"]

    def fault(self, **fault):
        """Makes the next requests fail, such as `fault(preset="rate_limited", times=1)`."""
        return self.request("POST", "/faults", fault)

    def reset(self):
        """Deletes all messages, faults and people, and resets the clock."""
        return self.request("POST", "/reset")

    def request(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/inkproof/api{path}", data, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(json.load(error)["meta"]["error"]) from None
