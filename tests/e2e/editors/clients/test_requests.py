"""Every feature, asked for by three editors, with exact answers.

`answers.json` has the answers, with every place as the text that it covers: an answer that counts characters wrongly covers
another text. Where editors get different answers, because they can do different things, it has each of them. After a change
that is meant, `UPDATE_ANSWERS=1` writes it again; read the difference.
"""

import asyncio
import json
import os
import re

import pytest
import pytest_asyncio

from editor import HERE, Editor, dumped

ANSWERS = HERE / "answers.json"
EDITORS = {"neovim": "neovim@v0.11.0", "emacs": "emacs@v29.1", "visual_studio_code": "visual-studio-code@v1.65.2"}
ENCODINGS = {"neovim": "utf-8", "emacs": "utf-32", "visual_studio_code": "utf-16"}

ORDER, WELCOME, SNIPPET = "templates/order.liquid", "templates/welcome.liquid", "snippets/greeting.liquid"
GIFT, PLAIN, CONFIG = "fixtures/requests/order/gift.json", "fixtures/requests/order/plain.json", "inkproof.toml"

# A request about a place: its method without `textDocument/`, the file, the place, and further parameters. A place may have an
# edit before it: what is replaced, and what by.
AT = [
    ("completion", ORDER, "{{ trigger.^number }}", {}),
    ("completion", ORDER, "{{ trigger.gift.^text", {}),
    ("completion", ORDER, "{{ item.^title", {}),
    ("completion", ORDER, "{{ total | ^ }} items", {}, ("{{ total }}", "{{ total |  }}")),
    ("completion", ORDER, "snippets.^greeting", {}),
    ("completion", ORDER, "{% un^less", {}),
    ("completion", ORDER, "topics: [^orders]", {}),
    ("completion", WELCOME, "{{ customer.^name", {}),
    ("completion", GIFT, '"transactional_message_id": "^order"', {}),
    ("completion", GIFT, '{"id": "^ada"}', {}),
    ("completion", PLAIN, '{"^items"', {}),
    ("completion", CONFIG, "trailing-comma = ^", {}, ("", "[rules]\ntrailing-comma = ")),
    ("signatureHelp", WELCOME, "times: ^100", {}),
    ("hover", ORDER, "trigger.num^ber", {}),
    ("hover", ORDER, "trigger.gift.te^xt", {}),
    ("hover", ORDER, "item.ti^tle", {}),
    ("hover", ORDER, "| si^ze", {}),
    ("hover", ORDER, "%}no^ne", {}),
    ("hover", ORDER, "na^me: Order", {}),
    ("hover", ORDER, "^}}: {{ total", {}),
    ("hover", WELCOME, "customer.na^me", {}),
    ("definition", ORDER, "trigger.^number", {}),
    ("definition", ORDER, "{{ to^tal }}", {}),
    ("definition", ORDER, "snippets.gr^eeting", {}),
    ("definition", WELCOME, "trigger.dis^count", {}),
    ("definition", GIFT, '"te^xt"', {}),
    ("definition", GIFT, '"id": "a^da"', {}),
    ("references", ORDER, "in trigger.it^ems", {"context": {"includeDeclaration": True}}),
    ("references", PLAIN, '"num^ber"', {"context": {"includeDeclaration": False}}),
    ("documentHighlight", ORDER, "assign to^tal", {}),
    ("prepareRename", ORDER, "for it^em", {}),
    ("rename", ORDER, "for it^em", {"newName": "line"}),
    ("rename", ORDER, "trigger.gift.te^xt", {"newName": "note"}),
    ("rename", WELCOME, "trigger.dis^count", {"newName": "reduction"}),
    ("rename", ORDER, "trigger.^number", {"newName": "items"}),
]
# A request about a whole file.
OF_FILE = [
    ("codeAction", ORDER),
    ("codeAction", WELCOME),
    ("codeLens", ORDER),
    ("inlayHint", ORDER),
    ("inlayHint", WELCOME),
    ("documentSymbol", ORDER),
    ("foldingRange", ORDER),
    ("documentLink", ORDER),
    ("documentLink", GIFT),
    ("semanticTokens/full", WELCOME),
    ("semanticTokens/full", SNIPPET),
]
# How many completions are compared, of those that fit what is typed: the list of all filters changes with every new one.
COMPLETIONS = 6


def request_name(case):
    return f"{case[0]} {case[1]}" + (f" {case[2]}" if len(case) > 2 else "")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=EDITORS)
async def editor(request, tmp_path_factory):
    editor = Editor(request.param, tmp_path_factory.mktemp(request.param))
    result = await editor.start(EDITORS[request.param])
    assert editor.encoding == ENCODINGS[request.param]
    editor.capabilities = result.capabilities
    for file in [ORDER, WELCOME, SNIPPET, GIFT, PLAIN, CONFIG]:
        editor.open(file)
    # What a template needs is known once it has been checked.
    await diagnostics_of(editor, ORDER)
    yield editor
    await editor.end()


@pytest.fixture(scope="module")
def answers():
    """The recorded answers, by request and editor; written again if they are to be updated."""
    known = json.loads(ANSWERS.read_text()) if ANSWERS.exists() else {}
    if "UPDATE_ANSWERS" not in os.environ:
        yield known
        return
    found = {}
    yield found
    shared = {name: {"all": next(iter(of.values()))} if same(of.values()) else of for name, of in found.items()}
    ANSWERS.write_text(dumped(shared))


def same(values):
    return len({dumped(value) for value in values}) == 1


def compare(answers, name, editor, answer):
    if "UPDATE_ANSWERS" in os.environ:
        answers.setdefault(name, {})[editor.name] = answer
        return
    known = answers[name]
    assert answer == known.get(editor.name, known.get("all")), name


async def answer_of(editor, method, file, params):
    try:
        answer = await editor.ask(method, params)
    except Exception as reason:  # What an error of the protocol is raised as.
        return {"error": getattr(reason, "code", None), "message": str(reason)}
    if method == "textDocument/completion" and answer:
        text = editor.text(file)
        offset = editor.offset(text, params["position"])
        typed = re.search(r"\w*$", text[:offset])[0]
        fitting = [item for item in answer["items"] if item["label"].startswith(typed)]
        answer = [shortened(item) for item in fitting[:COMPLETIONS]]
    if method == "textDocument/semanticTokens/full":
        return tokens(editor, file, answer["data"])
    if method == "textDocument/codeAction":
        # The diagnostics have a test of their own.
        answer = [{key: value for key, value in action.items() if key != "diagnostics"} for action in answer]
    return editor.readable(answer, file)


def shortened(item):
    """A completion with the first line of its documentation."""
    documentation = item.get("documentation", "")
    if isinstance(documentation, dict):
        documentation = f"{documentation['kind'].value}: {documentation['value']}"
    return {**item, "documentation": documentation.partition("\n")[0]}


def tokens(editor, file, data):
    """Semantic tokens as texts with their types."""
    names = editor.capabilities.semantic_tokens_provider.legend.token_types
    found, line, character = [], 0, 0
    for at in range(0, len(data), 5):
        down, right, length, kind, _ = data[at : at + 5]
        line, character = line + down, right if down else character + right
        place = {"start": {"line": line, "character": character}, "end": {"line": line, "character": character + length}}
        found.append(f"{editor.place(file, place)} ({names[kind]})")
    return found


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("case", AT, ids=request_name)
async def test_at_a_place(editor, answers, case):
    method, file, mark, more, *edits = case
    before = editor.text(file)
    for old, new in edits:
        editor.edit(file, old, new) if old else editor.replace(file, new)
    try:
        params = {"textDocument": {"uri": editor.uri(file)}, "position": editor.marked(file, mark), **more}
        answer = await answer_of(editor, f"textDocument/{method}", file, params)
        compare(answers, request_name(case), editor, answer)
    finally:
        if edits:
            editor.replace(file, before)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("case", OF_FILE, ids=request_name)
async def test_of_a_file(editor, answers, case):
    method, file = case
    await diagnostics_of(editor, file)
    text = editor.text(file)
    end = editor.position(text, len(text))
    params = {"textDocument": {"uri": editor.uri(file)}}
    if method in ["codeAction", "inlayHint"]:
        end = {"line": end.line, "character": end.character}
        params["range"] = {"start": {"line": 0, "character": 0}, "end": end}
    if method == "codeAction":
        params["context"] = {"diagnostics": []}
    answer = await answer_of(editor, f"textDocument/{method}", file, params)
    compare(answers, request_name(case), editor, answer)


@pytest.mark.asyncio(loop_scope="module")
async def test_formatting(editor, answers):
    before = editor.text(WELCOME)
    editor.edit(WELCOME, "{\r\n  ", "{")
    editor.edit(WELCOME, "{{ trigger.discount | times: 100", "{{trigger.discount|times:100")
    params = {"textDocument": {"uri": editor.uri(WELCOME)}, "options": {"tabSize": 2, "insertSpaces": True}}
    compare(answers, "formatting", editor, await answer_of(editor, "textDocument/formatting", WELCOME, params))
    editor.replace(WELCOME, before)


@pytest.mark.asyncio(loop_scope="module")
async def test_selection_ranges(editor, answers):
    positions = [editor.marked(ORDER, "trigger.gift.te^xt"), editor.marked(ORDER, "item.ti^tle")]
    params = {"textDocument": {"uri": editor.uri(ORDER)}, "positions": positions}
    compare(answers, "selectionRange", editor, await answer_of(editor, "textDocument/selectionRange", ORDER, params))


@pytest.mark.asyncio(loop_scope="module")
async def test_workspace_symbols(editor, answers):
    compare(answers, "workspace/symbol", editor, await answer_of(editor, "workspace/symbol", ORDER, {"query": "gre"}))


@pytest.mark.asyncio(loop_scope="module")
async def test_preview(editor, answers):
    params = {"command": "inkproof.preview", "arguments": [editor.uri(ORDER)]}
    answer = await answer_of(editor, "workspace/executeCommand", ORDER, params)
    answer["text"] = answer["text"].splitlines()
    compare(answers, "inkproof.preview", editor, answer)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("file", [ORDER, WELCOME])
async def test_diagnostics(editor, answers, file):
    found = await diagnostics_of(editor, file)
    compare(answers, f"diagnostics {file}", editor, editor.readable(found, file))


async def diagnostics_of(editor, file):
    """The diagnostics, asked for by an editor that asks, and else as published for this version of the file."""
    if editor.client.capabilities.text_document.diagnostic is not None:
        assert not editor.published
        report = await editor.ask("textDocument/diagnostic", {"textDocument": {"uri": editor.uri(file)}})
        assert report["kind"] == "full"
        return report["items"]
    uri, version = editor.uri(file), editor.versions[file]
    async with asyncio.timeout(30):
        while not any(params.uri == uri and params.version == version for params in editor.published):
            await asyncio.sleep(0.005)
    params = [params for params in editor.published if params.uri == uri][-1]
    return editor.client.protocol._converter.unstructure(params.diagnostics)
