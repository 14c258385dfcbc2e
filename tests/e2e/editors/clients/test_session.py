"""Sessions: encodings, diagnostics that are pushed and pulled, folders, files that change on disk."""

import asyncio
import json
import shutil
import urllib.parse

import pytest
from lsprotocol import types

from editor import Editor

ORDER, WELCOME, PLAIN = "templates/order.liquid", "templates/welcome.liquid", "fixtures/requests/order/plain.json"
NEOVIM, VISUAL_STUDIO_CODE = "neovim@v0.11.0", "visual-studio-code@v1.65.2"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "offered, taken, start, end",
    [
        # `total` is after an emoji of 4 bytes, 2 UTF-16 units and 1 code point.
        (["utf-8"], "utf-8", 42, 47),
        (["utf-16"], "utf-16", 40, 45),
        (["utf-32"], "utf-32", 39, 44),
        (["utf-32", "utf-8"], "utf-32", 39, 44),
        (["utf-7", "utf-8"], "utf-8", 42, 47),
        (["utf-7"], "utf-16", 40, 45),
        ([], "utf-16", 40, 45),
    ],
)
async def test_encodings(tmp_path, offered, taken, start, end):
    editor = Editor("neovim", tmp_path)
    await editor.start(NEOVIM, offered)
    assert editor.encoding == taken
    editor.open(ORDER)
    params = {"textDocument": {"uri": editor.uri(ORDER)}, "position": {"line": 7, "character": start + 1}}
    found = await editor.ask("textDocument/prepareRename", params)
    at = lambda character: {"line": 7, "character": character}
    assert found == {"range": {"start": at(start), "end": at(end)}, "placeholder": "total"}
    await editor.end()


async def published(editor, file, version):
    """The diagnostics that were published for a version of a file: `line: text code`."""
    uri = editor.uri(file)
    matches = lambda params: params.uri == uri and params.version == version
    async with asyncio.timeout(30):
        while not any(map(matches, editor.published)):
            await asyncio.sleep(0.005)
    return listed(editor, file, [params for params in editor.published if matches(params)][-1].diagnostics)


async def pulled(editor, file):
    report = await editor.ask("textDocument/diagnostic", {"textDocument": {"uri": editor.uri(file)}})
    return listed(editor, file, editor.client.protocol._converter.structure(report["items"], list[types.Diagnostic]))


def listed(editor, file, diagnostics):
    unstructure = editor.client.protocol._converter.unstructure
    places = [(editor.place(file, unstructure(found.range)), found.code) for found in diagnostics]
    return sorted(f"{place} {code}" for place, code in places)


UNSAFE = "5: {{ customer.name }} json-unsafe"


@pytest.mark.asyncio
async def test_push(tmp_path):
    editor = Editor("visual_studio_code", tmp_path)
    await editor.start(VISUAL_STUDIO_CODE)
    editor.open(WELCOME)
    assert await published(editor, WELCOME, 1) == [UNSAFE]
    # Incremental changes, after an emoji of several code points, in a file with Windows' line ends.
    editor.edit(WELCOME, "customer.name", "customer.nme")
    assert "5: customer.nme missing-data" in await published(editor, WELCOME, 2)
    editor.edit(WELCOME, 'nme }}",\r\n', "name | json }},\r\n")
    editor.edit(WELCOME, '"title": "👋🏽 {{', '"title": {{')
    assert await published(editor, WELCOME, 4) == []
    editor.edit(WELCOME, " | round", " | rond")
    assert "6: rond unknown-filter" in await published(editor, WELCOME, 5)
    # The file on disk has not been changed.
    editor.published.clear()
    editor.close(WELCOME)
    assert await published(editor, WELCOME, None) == [UNSAFE]
    await editor.end()


@pytest.mark.asyncio
async def test_pull(tmp_path):
    editor = Editor("neovim", tmp_path)
    result = await editor.start(NEOVIM)
    assert result.capabilities.diagnostic_provider.inter_file_dependencies
    editor.open(WELCOME)
    assert await pulled(editor, WELCOME) == [UNSAFE]
    # Many changes, and an answer about the last one.
    for number in range(50):
        editor.edit(WELCOME, "discount" if number % 2 == 0 else "discnt", "discnt" if number % 2 == 0 else "discount")
    editor.edit(WELCOME, "discount", "reduction")
    assert "6: trigger.reduction missing-data" in await pulled(editor, WELCOME)
    # In a request that is not open, nothing reads what it sends, and something is read that it lacks.
    lacks = ['4: "discount" unused-data', '4: "message_data" missing-data']
    assert sorted(await pulled(editor, "fixtures/requests/welcome/ada.json")) == lacks
    assert not editor.published
    await editor.end()


@pytest.mark.asyncio
async def test_files_that_change_on_disk(tmp_path):
    editor = Editor("visual_studio_code", tmp_path)
    await editor.start(VISUAL_STUDIO_CODE)
    editor.open(WELCOME)
    assert await published(editor, WELCOME, 1) == [UNSAFE]
    assert editor.registered == ["workspace/didChangeWatchedFiles"]
    editor.published.clear()
    request = json.loads((editor.root / "fixtures/requests/welcome/ada.json").read_text())
    (editor.root / "fixtures/requests/welcome/late.json").write_text(json.dumps({**request, "message_data": {}}))
    created = types.FileEvent(editor.uri("fixtures/requests/welcome/late.json"), types.FileChangeType.Created)
    editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([created]))
    assert "6: trigger.discount missing-data" in await published(editor, WELCOME, 1)
    await editor.end()


@pytest.mark.asyncio
async def test_folders_and_buffers_without_one(tmp_path):
    editor = Editor("neovim", tmp_path)
    other = tmp_path / "other"
    shutil.copytree(editor.root, other / "inner")
    await editor.start(NEOVIM, folders=[])
    assert await editor.ask("workspace/symbol", {"query": "greeting"}) == []
    # The project around a file that is opened.
    editor.open(ORDER)
    names = lambda symbols: sorted(urllib.parse.unquote(symbol["location"]["uri"]) for symbol in symbols)
    here, there = (f"file://{folder}/snippets/greeting.liquid" for folder in [editor.root, other / "inner"])
    assert names(await editor.ask("workspace/symbol", {"query": "greeting"})) == [here]
    # The projects in a folder that is added.
    folder = types.WorkspaceFolder(editor.uri_of(other), "other")
    change = lambda event: editor.client.workspace_did_change_workspace_folders(
        types.DidChangeWorkspaceFoldersParams(event)
    )
    change(types.WorkspaceFoldersChangeEvent([folder], []))
    assert names(await editor.ask("workspace/symbol", {"query": "greeting"})) == sorted([here, there])
    change(types.WorkspaceFoldersChangeEvent([], [folder]))
    assert names(await editor.ask("workspace/symbol", {"query": "greeting"})) == [here]
    # A buffer that is no file has no answers, and no errors.
    buffer = {"uri": "untitled:Untitled-1", "languageId": "inkproof", "version": 1, "text": "{{ trigger."}
    opened = editor.client.protocol._converter.structure({"textDocument": buffer}, types.DidOpenTextDocumentParams)
    editor.client.text_document_did_open(opened)
    place = {"textDocument": {"uri": buffer["uri"]}, "position": {"line": 0, "character": 11}}
    assert await editor.ask("textDocument/completion", place) is None
    assert (await editor.ask("textDocument/diagnostic", {"textDocument": {"uri": buffer["uri"]}}))["items"] == []
    await editor.end()
