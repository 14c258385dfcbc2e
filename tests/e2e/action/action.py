#!/usr/bin/env python3
"""Runs the GitHub Action on repositories that pass and that fail, with release archives that are right and that are not.

    tests/e2e/action/action.py        needs the archive that `tools/release/build` makes for this machine, and PyYAML
"""

import base64
import gzip
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from runner import Runner  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
ARCHIVES = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release-archives"
ARCHITECTURE = {"x86_64": "X64", "aarch64": "ARM64"}[os.uname().machine]
GOOD = '---\n---\n{"title": {{ trigger.title | json }}, "body": "Fine."}\n'
BROKEN = '---\n---\n{"title": {{ trigger.titel | json }}, "body": "Fine."}\n'


class Action(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="inkproof-action-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name).resolve()
        for name in ("bin", "gh", "temp", "home", "mirror"):
            (self.folder / name).mkdir()
        (self.folder / "bin/gh").symlink_to(HERE / "gh")
        for archive in [*ARCHIVES.glob("*-unknown-linux-musl.tar.gz"), ARCHIVES / "SHA256SUMS"]:
            shutil.copy(archive, self.folder / "mirror")
        self.repository = self.folder / "repository"
        self.project = self.repository / "apps/shop"
        self.write("templates/order.liquid", GOOD)
        self.write("fixtures/customers/ada.json", '{"id": "1"}')
        request = {"transactional_message_id": "order", "identifiers": {"id": "1"}, "message_data": {"title": "Hello"}}
        self.write("fixtures/requests/order.json", json.dumps(request))
        self.git("init", "--quiet", "--initial-branch", "main")
        self.accept()
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", "Start")
        self.git("update-ref", "refs/remotes/origin/main", "HEAD")

    def write(self, name: str, content: str) -> None:
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)

    def git(self, *arguments: str) -> None:
        identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *identity, *arguments], cwd=self.repository, check=True, env=self.environment())

    def accept(self) -> None:
        """Writes the snapshots with the program that the action would install."""
        program = self.folder / "accept/inkproof"
        if not program.exists():
            program.parent.mkdir()
            archive = next((self.folder / "mirror").glob(f"*-{os.uname().machine}-unknown-linux-musl.tar.gz"))
            command = ["tar", "-xzf", str(archive), "-C", str(program.parent), "--strip-components=1"]
            subprocess.run(command, check=True)
        subprocess.run([program, "-C", self.project, "test", "--update", "all"], check=True, capture_output=True)

    def environment(self, **more: str) -> dict[str, str]:
        return {
            "PATH": f"{self.folder}/bin:/usr/bin:/bin",
            "HOME": str(self.folder / "home"),
            "LC_ALL": "C.UTF-8",
            "RUNNER_OS": "Linux",
            "RUNNER_ARCH": ARCHITECTURE,
            "GITHUB_REPOSITORY": "example/shop",
            "GITHUB_SHA": "0123456789abcdef0123456789abcdef01234567",
            "GITHUB_REF": "refs/pull/7/merge",
            "GITHUB_BASE_REF": "main",
            "GH_STATE": str(self.folder / "gh"),
            **more,
        }

    def run_action(self, inputs: dict[str, str] | None = None, event: str = "push", **environment: str) -> tuple[bool, Runner]:
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder / "temp"))
        runner = Runner(ROOT, self.repository, folder, self.environment(**environment))
        github = {"event_name": event, "token": "secret", "event": {"pull_request": {"number": 7}} if event == "pull_request" else {}}
        given = {"project": "apps/shop", "download-url": (self.folder / "mirror").as_uri(), **(inputs or {})}
        return runner.run(given, github), runner

    def calls(self, *words: str) -> list[dict]:
        file = self.folder / "gh/calls.jsonl"
        calls = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
        return [call for call in calls if set(words) <= set(call["arguments"])]

    def comments(self) -> list[str]:
        file = self.folder / "gh/comments.json"
        return list(json.loads(file.read_text()).values()) if file.exists() else []

    def test_a_good_project_passes(self) -> None:
        passed, runner = self.run_action()
        self.assertTrue(passed, runner.log)
        self.assertEqual(runner.codes, {"install": 0, "check": 0, "test": 0, "sarif": None, "comment": None})
        self.assertRegex(runner.output("version"), r"^\d+\.\d+\.\d+$")
        self.assertEqual((runner.output("check"), runner.output("test"), runner.output("changed")), ("0", "0", ""))
        self.assertNotIn("::error", runner.log)
        matcher = re.search("::add-matcher::(.+)", runner.log)[1]
        self.assertIn("problemMatcher", json.loads(pathlib.Path(matcher).read_text()))
        self.assertEqual(len(self.calls("attestation", "verify", "--repo", "inkproof/inkproof")), 1)

    def test_findings_are_annotated_and_fail(self) -> None:
        self.write("templates/order.liquid", BROKEN)
        passed, runner = self.run_action()
        self.assertFalse(passed)
        self.assertEqual((runner.output("check"), runner.output("test")), ("1", "1"), "both run")
        annotations = [line for line in runner.log.splitlines() if line.startswith("::error ")]
        self.assertTrue(any("file=apps/shop/templates/order.liquid,line=3," in line for line in annotations), runner.log)

    def test_only_what_is_asked_for(self) -> None:
        self.write("templates/order.liquid", BROKEN)
        passed, runner = self.run_action({"check": "false", "test": "false"}, event="pull_request", GITHUB_BASE_REF="main")
        self.assertTrue(passed, runner.log)
        self.assertEqual((runner.codes["check"], runner.codes["test"]), (None, None))
        passed, runner = self.run_action({"test": "false", "check-arguments": "--min-coverage 101"})
        self.assertEqual((passed, runner.output("check")), (False, "2"), "arguments are passed on")

    def test_an_archive_that_was_tampered_with(self) -> None:
        archive = next((self.folder / "mirror").glob(f"*-{os.uname().machine}-*.tar.gz"))
        archive.write_bytes(archive.read_bytes() + b"\0")
        passed, runner = self.run_action()
        self.assertFalse(passed)
        self.assertEqual(runner.codes, {"install": 2, "check": None, "test": None, "sarif": None, "comment": None})
        self.assertIn("::error title=inkproof::the checksum of", runner.log)

    def test_an_archive_without_a_checksum(self) -> None:
        (self.folder / "mirror/SHA256SUMS").write_text("")
        passed, runner = self.run_action()
        self.assertFalse(passed)
        self.assertIn("SHA256SUMS says nothing about it", runner.log)

    def test_a_release_that_is_not_there(self) -> None:
        passed, runner = self.run_action({"version": "v9.9.9"})
        self.assertFalse(passed)
        self.assertIn("is 9.9.9 a release?", runner.log)

    def test_a_release_of_somebody_else(self) -> None:
        passed, runner = self.run_action(GH_FAIL="attestation")
        self.assertFalse(passed)
        self.assertIn("has no valid attestation", runner.log)
        passed, runner = self.run_action({"verify-provenance": "false"}, GH_FAIL="attestation")
        self.assertTrue(passed, runner.log)

    def test_a_machine_without_a_release(self) -> None:
        passed, runner = self.run_action(RUNNER_ARCH="ARM")
        self.assertFalse(passed)
        self.assertIn("there is no release for Linux on ARM", runner.log)

    def change(self, title: str) -> None:
        self.write("templates/order.liquid", GOOD.replace("Fine.", title))
        self.accept()
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", title)

    def test_a_pull_request_that_changes_messages_gets_one_comment(self) -> None:
        self.change("Better.")
        passed, runner = self.run_action(event="pull_request")
        self.assertTrue(passed, runner.log)
        self.assertEqual(runner.output("changed"), "true")
        [comment] = self.comments()
        self.assertTrue(comment.startswith("<!-- inkproof: apps/shop -->\n"), comment)
        self.assertIn("Better.", comment)
        self.assertIn("Better.", (runner.folder / "summary").read_text())

        self.change("Best.")
        self.run_action(event="pull_request")
        [comment] = self.comments()
        self.assertIn("Best.", comment)
        self.assertNotIn("Better.", comment)

        self.git("reset", "--quiet", "--hard", "origin/main")
        passed, runner = self.run_action(event="pull_request")
        self.assertEqual((passed, runner.output("changed")), (True, "false"))
        self.assertNotIn("Best.", self.comments()[0])

    def test_a_pull_request_that_changes_nothing_gets_no_comment(self) -> None:
        passed, runner = self.run_action(event="pull_request")
        self.assertEqual((passed, runner.output("changed"), self.comments()), (True, "false", []), runner.log)

    def test_a_pull_request_of_a_fork(self) -> None:
        self.change("Better.")
        passed, runner = self.run_action(event="pull_request", GH_FAIL="POST")
        self.assertTrue(passed, runner.log)
        self.assertIn("::notice title=inkproof::the comment could not be written", runner.log)
        self.assertIn("Better.", (runner.folder / "summary").read_text())

    def test_a_comment_that_would_be_too_long(self) -> None:
        self.change("é" * 50_000)
        passed, runner = self.run_action(event="pull_request")
        self.assertTrue(passed, runner.log)
        [comment] = self.comments()
        self.assertLess(len(comment), 65_536)
        self.assertIn("too long for a comment", comment)

    def test_a_clone_without_the_base(self) -> None:
        self.git("update-ref", "-d", "refs/remotes/origin/main")
        passed, runner = self.run_action(event="pull_request")
        self.assertFalse(passed)
        self.assertIn("give actions/checkout `fetch-depth: 0`", runner.log)

    def test_code_scanning(self) -> None:
        self.write("templates/order.liquid", BROKEN)
        self.run_action({"sarif": "true"})
        [call] = self.calls("repos/example/shop/code-scanning/sarifs")
        sent = json.loads(call["input"])
        report = json.loads(gzip.decompress(base64.b64decode(sent.pop("sarif"))))
        self.assertEqual(sent, {
            "commit_sha": "0123456789abcdef0123456789abcdef01234567", "ref": "refs/pull/7/merge", "tool_name": "inkproof",
        })
        results = report["runs"][0]["results"]
        places = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results}
        self.assertIn("apps/shop/templates/order.liquid", places)

    def test_a_broken_project(self) -> None:
        self.write("inkproof.toml", "[paths\n")
        passed, runner = self.run_action({"sarif": "true"}, event="pull_request")
        self.assertFalse(passed)
        self.assertEqual((runner.output("check"), runner.output("test")), ("2", "2"))
        self.assertEqual(self.calls("repos/example/shop/code-scanning/sarifs"), [])

    def test_problem_matcher(self) -> None:
        [pattern] = json.loads((ROOT / "packaging/action/problem-matcher.json").read_text())["problemMatcher"][0]["pattern"]
        self.write("templates/order.liquid", BROKEN)
        program = self.folder / "accept/inkproof"
        result = subprocess.run([program, "-C", self.project, "check", "--format", "concise"], capture_output=True, text=True)
        found = [re.match(pattern["regexp"], line) for line in (result.stdout + result.stderr).splitlines()]
        found = [(match[pattern["file"]], match[pattern["line"]], match[pattern["severity"]], match[pattern["code"]]) for match in found if match]
        self.assertIn(("templates/order.liquid", "3", "error", "missing-data"), found, result.stdout)


if __name__ == "__main__":
    program = unittest.main(exit=False)
    failed = len(program.result.failures) + len(program.result.errors)
    print(f"action: {program.result.testsRun - failed} passed, {failed} failed")
    sys.exit(failed > 0)
