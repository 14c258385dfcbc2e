"""Runs the steps of a composite action as GitHub's runner does: inputs, conditions, outputs, files for paths and summaries.

Of GitHub's expressions it knows what `action.yml` uses, and fails for anything else.
"""

import os
import pathlib
import re
import subprocess

import yaml


class Runner:
    """A job on a machine of its own: `folder` holds what a runner would have in its temporary folder."""

    def __init__(self, action: pathlib.Path, workspace: pathlib.Path, folder: pathlib.Path, environment: dict[str, str]) -> None:
        self.definition = yaml.safe_load((action / "action.yml").read_text("utf-8"))
        self.action = action
        self.workspace = workspace
        self.folder = folder
        self.environment = environment
        self.outputs: dict[str, dict[str, str]] = {}
        self.codes: dict[str, int | None] = {}
        self.log = ""

    def run(self, inputs: dict[str, str], github: dict) -> bool:
        """Runs all steps, and says whether the action succeeds."""
        unknown = set(inputs) - set(self.definition["inputs"])
        assert not unknown, unknown
        self.github = github
        self.inputs = {name: inputs.get(name, self.text(data.get("default", ""))) for name, data in self.definition["inputs"].items()}
        for name in ("path", "summary"):
            (self.folder / name).touch()
        failed = False
        for step in self.definition["runs"]["steps"]:
            condition = str(step.get("if", "success()"))
            if not re.search(r"\b(success|always|cancelled|failure)\(\)", condition):
                condition = f"success() && ({condition.removeprefix('${{').removesuffix('}}')})"
            if self.evaluate(condition.removeprefix("${{").removesuffix("}}"), failed) is True:
                self.codes[step["id"]] = self.step(step)
                failed |= self.codes[step["id"]] != 0
            else:
                self.codes[step["id"]] = None
        return not failed

    def step(self, step: dict) -> int:
        assert step["shell"] == "bash", step
        output = self.folder / f"output-{step['id']}"
        output.touch()
        added = (self.folder / "path").read_text().split()
        environment = {
            **self.environment,
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_PATH": str(self.folder / "path"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "RUNNER_TEMP": str(self.folder),
            "PATH": os.pathsep.join([*reversed(added), self.environment["PATH"]]),
            **{name: self.text(value) for name, value in step.get("env", {}).items()},
        }
        # As GitHub starts it.
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", self.text(step["run"])]
        result = subprocess.run(command, cwd=self.workspace, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.log += result.stdout
        self.outputs[step["id"]] = dict(line.split("=", 1) for line in output.read_text().splitlines())
        return result.returncode

    def output(self, name: str) -> str:
        return self.text(self.definition["outputs"][name]["value"])

    def text(self, template: object) -> str:
        return re.sub(r"\$\{\{(.+?)\}\}", lambda found: str(self.evaluate(found[1])), str(template))

    def evaluate(self, expression: str, failed: bool = False) -> object:
        words = re.findall(r"'[^']*'|&&|\|\||==|!=|!|[()]|[a-z_]+\(\)|[a-zA-Z_][\w.-]*", expression)
        assert "".join(words) == re.sub(r"\s+(?=(?:[^']*'[^']*')*[^']*$)", "", expression), expression
        signs = {"&&": " and ", "||": " or ", "!": " not ", "success()": str(not failed), "cancelled()": "False"}
        python = "".join(signs.get(word) or self.word(word) for word in words)
        return eval(python, {"__builtins__": {}})  # noqa: S307: made of the words above

    def word(self, word: str) -> str:
        if not re.match(r"[a-zA-Z_]", word):
            return word
        kind, _, rest = word.partition(".")
        if kind == "inputs":
            return repr(self.inputs[rest])
        if kind == "steps":
            step, outputs, name = rest.split(".")
            assert outputs == "outputs" and step in [step["id"] for step in self.definition["runs"]["steps"]], word
            return repr(self.outputs.get(step, {}).get(name, ""))
        assert kind == "github", word
        value: object = self.github
        for name in rest.split("."):
            value = value.get(name, "") if isinstance(value, dict) else ""
        return repr(str(value))
