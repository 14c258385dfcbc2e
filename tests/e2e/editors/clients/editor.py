"""An editor: a client with the capabilities of a real one, which has a copy of `shop` open."""

import json
import os
import pathlib
import shutil
import urllib.parse

import pytest_lsp
from lsprotocol import types
from pygls.protocol import default_converter

HERE = pathlib.Path(__file__).parent
SHOP = HERE.parent / "shop"
# What a URI's path keeps as it is, beside letters and digits.
SAFE = {"neovim": "/:-._~", "emacs": "/:-._~", "visual_studio_code": "/-._~"}
# The width of a character, and the encoding that each editor gets.
WIDTH = {
    "utf-8": lambda text: len(text.encode()),
    "utf-16": lambda text: len(text.encode("utf-16-le")) // 2,
    "utf-32": len,
}


def program():
    return os.environ["INKPROOF_BIN"]


def capabilities_of(profile, encodings):
    """The capabilities of an editor; `encodings` replaces those that it offers."""
    capabilities = pytest_lsp.client_capabilities(profile)
    if encodings is not None:
        capabilities.general = capabilities.general or types.GeneralClientCapabilities()
        capabilities.general.position_encodings = encodings
    return capabilities


class Editor:
    def __init__(self, name, folder):
        # A folder whose name needs every kind of escape in a URI.
        self.name, self.root = name, folder / "shop: ünï #1"
        shutil.copytree(SHOP, self.root)
        # One file as an editor on Windows writes it.
        welcome = self.root / "templates/welcome.liquid"
        welcome.write_bytes(welcome.read_bytes().replace(b"\n", b"\r\n"))
        self.client = pytest_lsp.LanguageClient(converter_factory=default_converter)
        self.published, self.texts, self.versions, self.registered = [], {}, {}, []
        self.encoding = None
        self.listen()

    def listen(self):
        """Keeps every publication in order, and what the server asks to watch."""

        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def publish(params):
            self.published.append(params)

        @self.client.feature(types.CLIENT_REGISTER_CAPABILITY)
        def register(params):
            self.registered += [registration.method for registration in params.registrations]

        for method in [types.WORKSPACE_CODE_LENS_REFRESH, types.WORKSPACE_INLAY_HINT_REFRESH]:
            self.client.feature(method)(lambda *_: None)

    async def start(self, profile, encodings=None, folders=None):
        await self.client.start_io(program(), "lsp", env={**os.environ, "INKPROOF_NOW": "2026-01-01T00:00:00Z"})
        folders = [self.root] if folders is None else folders
        params = types.InitializeParams(
            capabilities=capabilities_of(profile, encodings),
            workspace_folders=[types.WorkspaceFolder(self.uri_of(folder), folder.name) for folder in folders],
        )
        result = await self.client.initialize_session(params)
        self.encoding = result.capabilities.position_encoding
        return result

    async def end(self):
        await self.client.shutdown_session()
        assert self.client._server.returncode == 0
        await self.client.stop()

    def uri_of(self, path):
        return "file://" + urllib.parse.quote(str(path), safe=SAFE[self.name])

    def uri(self, file):
        return self.uri_of(self.root / file)

    def file(self, uri):
        """The name of a file in the shop. The server writes the URIs of open files as the editor does."""
        path = pathlib.Path(urllib.parse.unquote(uri.removeprefix("file://")))
        name = path.relative_to(self.root).as_posix()
        if name in self.texts:
            assert uri == self.uri(name), uri
        return name

    def text(self, file):
        if file in self.texts:
            return self.texts[file]
        path = self.root / file
        return path.read_bytes().decode() if path.exists() else ""

    def open(self, file, text=None):
        self.texts[file] = self.text(file) if text is None else text
        self.versions[file] = 1
        item = types.TextDocumentItem(self.uri(file), "inkproof", 1, self.texts[file])
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def close(self, file):
        del self.texts[file]
        document = types.TextDocumentIdentifier(self.uri(file))
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(document))

    def edit(self, file, old, new):
        """Replaces a part of an open file, which occurs once, as an incremental change."""
        text = self.texts[file]
        assert text.count(old) == 1, old
        start = text.index(old)
        change = types.TextDocumentContentChangePartial(
            text=new, range=types.Range(self.position(text, start), self.position(text, start + len(old)))
        )
        self.texts[file] = text.replace(old, new)
        self.versions[file] += 1
        document = types.VersionedTextDocumentIdentifier(self.versions[file], self.uri(file))
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    def replace(self, file, text):
        """Replaces the whole text of an open file."""
        self.texts[file] = text
        self.versions[file] += 1
        document = types.VersionedTextDocumentIdentifier(self.versions[file], self.uri(file))
        change = types.TextDocumentContentChangeWholeDocument(text=text)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    async def ask(self, method, params):
        """The answer to a request, with every place in it as the text there."""
        asked = types.METHOD_TO_TYPES[method][2]
        converter = self.client.protocol._converter
        params = converter.structure(params, asked)
        return converter.unstructure(await self.client.protocol.send_request_async(method, params))

    def position(self, text, offset):
        before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
        line = before.rpartition("\n")[2]
        return types.Position(before.count("\n"), WIDTH[self.encoding](line))

    def marked(self, file, mark):
        """The position of the `^` in `mark`, the rest of which occurs in the file once."""
        text, part = self.text(file), mark.replace("^", "", 1)
        assert text.count(part) == 1, f"{part!r} occurs {text.count(part)} times in {file}"
        position = self.position(text, text.index(part) + mark.index("^"))
        return {"line": position.line, "character": position.character}

    def offset(self, text, position):
        """The offset of a position that is exactly between two characters."""
        lines = text.replace("\r\n", "\n ").split("\n")
        line, width = position["line"], position["character"]
        at = sum(len(before) + 1 for before in lines[:line])
        # The second half of a line end is not a part of the next line.
        at += 1 if line and lines[line].startswith(" ") and text[at - 1 : at + 1] == "\r\n" else 0
        rest = text[at:]
        count = next((n for n in range(len(rest) + 1) if WIDTH[self.encoding](rest[:n]) == width), None)
        assert count is not None, f"{position} is inside a character of {rest[:80]!r}"
        return at + count

    def place(self, file, value):
        """A range as its first line, and the text that it covers."""
        text = self.text(file)
        start, end = self.offset(text, value["start"]), self.offset(text, value["end"])
        covered = text[start:end]
        if len(covered) > 60:
            covered = f"{covered[:30]}…{covered[-29:]}"
        return f"{value['start']['line'] + 1}: {covered}"

    def readable(self, value, file):
        """An answer with its places as texts and its URIs as names of files."""
        if isinstance(value, list):
            return [self.readable(item, file) for item in value]
        if isinstance(value, str) and value.startswith("file://"):
            return self.file(value)
        if not isinstance(value, dict):
            return value
        if value.keys() == {"start", "end"}:
            return self.place(file, value)
        if value.keys() == {"line", "character"}:
            text = self.text(file)
            before = text[: self.offset(text, value)]
            return f"{value['line'] + 1}: after {before[-20:]}"
        named = value.get("uri") or (value.get("textDocument") or {}).get("uri")
        inside = self.file(named) if isinstance(named, str) else file
        readable = {}
        for key, item in value.items():
            if key == "changes":
                readable[key] = {self.file(uri): self.readable(edits, self.file(uri)) for uri, edits in item.items()}
            elif item is not None:
                readable[key] = self.readable(item, inside)
        return readable


def dumped(value):
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
