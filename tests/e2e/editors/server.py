"""A running language server, spoken to without a client library: for measurements, in which the client must cost little."""

import itertools
import json
import os
import pathlib
import queue
import subprocess
import threading
import time
import urllib.parse

PATIENCE = 120
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    def __init__(self, binary, root):
        self.root = pathlib.Path(root).resolve()
        self.ids, self.versions, self.received = itertools.count(1), {}, queue.Queue()
        self.diagnostics = {}
        self.started = time.perf_counter()
        self.process = subprocess.Popen([binary, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        threading.Thread(target=self.read_all, daemon=True).start()
        folder = {"uri": self.uri(""), "name": "project"}
        completion = {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}}
        self.request("initialize", {
            "processId": os.getpid(), "capabilities": {"textDocument": {"completion": completion}},
            "workspaceFolders": [folder],
        })
        self.notify("initialized", {})

    def uri(self, name):
        return "file://" + urllib.parse.quote(str(self.root / name).rstrip("/"))

    def read_all(self):
        output = self.process.stdout
        while True:
            length = 0
            while (line := output.readline().strip()):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.partition(b":")[2])
            if not length:
                return self.received.put(None)
            content = output.read(length)
            self.received.put((time.perf_counter(), json.loads(content)))

    def send(self, message):
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        self.process.stdin.flush()

    def notify(self, method, params):
        self.send({"method": method, "params": params})

    def request(self, method, params):
        """The result of a request, and when it arrived."""
        number = next(self.ids)
        self.send({"id": number, "method": method, "params": params})
        at, message = self.until(lambda message: message.get("id") == number and "method" not in message)
        if "error" in message:
            raise RuntimeError(f"{method}: {message['error']}")
        return message["result"], at

    def until(self, is_wanted, patience=PATIENCE):
        """The next message that is wanted, and when it arrived."""
        while True:
            arrived = self.received.get(timeout=patience)
            if arrived is None:
                raise RuntimeError(f"the server has ended: {self.process.wait()}")
            at, message = arrived
            if message.get("method") == "textDocument/publishDiagnostics":
                self.diagnostics[message["params"]["uri"]] = message["params"]["diagnostics"]
            elif "method" in message and "id" in message:
                self.send({"id": message["id"], "result": None})
            if is_wanted(message):
                return at, message

    def until_checked(self, name):
        """Waits until every template of the project is checked: only then is this answered."""
        self.request("textDocument/diagnostic", {"textDocument": {"uri": self.uri(name)}})

    def until_diagnosed(self, name, version):
        """When the diagnostics of this version of a file arrived."""
        def is_wanted(message):
            params = message.get("params") or {}
            is_diagnosis = message.get("method") == "textDocument/publishDiagnostics"
            return is_diagnosis and params["uri"] == self.uri(name) and params.get("version") == version
        return self.until(is_wanted)[0]

    def open(self, name, text):
        self.versions[name] = 1
        item = {"uri": self.uri(name), "languageId": "inkproof", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def close(self, name):
        del self.versions[name]
        self.notify("textDocument/didClose", {"textDocument": {"uri": self.uri(name)}})

    def change(self, name, change):
        """Changes an open file, and returns its new version."""
        self.versions[name] += 1
        document = {"uri": self.uri(name), "version": self.versions[name]}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
        return self.versions[name]

    def at(self, name, text, offset):
        """The parameters of a request about a place."""
        return {"textDocument": {"uri": self.uri(name)}, "position": position(text, offset)}

    def cpu_seconds(self):
        """The time that the process has computed so far."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self):
        """The memory in use, in kB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0])

    def end(self):
        self.request("shutdown", None)
        self.notify("exit", None)
        status = self.process.wait(PATIENCE)
        if status != 0:
            raise RuntimeError(f"the server exited with {status}")


def position(text, offset):
    before = text[:offset]
    line = before.rpartition("\n")[2]
    return {"line": before.count("\n"), "character": len(line.encode("utf-16-le")) // 2}
