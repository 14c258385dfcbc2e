"""Renders an inkproof message for every row of a Spark DataFrame, and reports who would not get it and why.

Each partition is rendered where it is, by one process of inkproof, and the driver merges the parts to one report. No data leaves the
workers except what a report contains.
"""

import json
import subprocess
import tempfile
from pathlib import Path

__all__ = ["AudienceError", "audience"]

# How many parts are merged at a time: their names are arguments of a command.
_GROUP = 500


class AudienceError(RuntimeError):
    """inkproof could not make a report; the message is that of inkproof."""


def audience(people, template, *, project, now, options=(), inkproof="inkproof", format="json"):
    """Returns the report on a DataFrame of people, or of records in any other form that `inkproof audience` reads.

    `people` has one column for each attribute, or a single column of strings, which are JSON. `project` is the folder of the inkproof
    project and `inkproof` the program; both must be at the same path on every worker. `now` is the time of sending, such as
    `2026-12-01T09:00:00Z`. `options` are further arguments of `inkproof audience`, such as `["--request", "standard"]`.

    The report is a dictionary, or text in another `format`: `full`, `markdown` or `junit`.
    """
    base = [inkproof, "-C", str(project), "audience"]
    command = [*base, template, "--partial", "--threads", "1", "--now", now, *options]
    is_text = [kind for _, kind in people.dtypes] == ["string"]
    # Rows have no value for what is null, as in Customer.io.
    lines = people if is_text else people.selectExpr("to_json(struct(*), map('ignoreNullFields', 'true')) as line")
    parts = [row[0] for row in lines.mapInArrow(_Render(command), "part string").collect()]
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for number, part in enumerate(parts):
            file = Path(folder, f"{number}.part")
            file.write_text(part, encoding="utf-8")
            files.append(str(file))
        while len(files) > _GROUP:
            group, files = files[:_GROUP], files[_GROUP:]
            merged = Path(folder, f"{len(files)}.merged.part")
            merged.write_text(_run([*base, "merge", "--partial", *group]), encoding="utf-8")
            files.append(str(merged))
        report = _run([*base, "merge", "--format", format, *files])
    return json.loads(report) if format == "json" else report


class _Render:
    """Renders the lines of one partition, and gives its part of the report."""

    def __init__(self, command):
        self.command = command

    def __call__(self, batches):
        import pyarrow

        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)
            try:
                for batch in batches:
                    lines = batch.column(0).drop_null().to_pylist()
                    process.stdin.write("".join(line + "\n" for line in lines).encode())
                process.stdin.close()
            except BrokenPipeError:
                pass  # Why it ended is on standard error.
            # The part is printed at the end: until then, the process only reads.
            part = process.stdout.read()
            if process.wait() != 0:
                errors.seek(0)
                raise AudienceError(errors.read().decode(errors="replace").strip())
        yield pyarrow.RecordBatch.from_pydict({"part": [part.decode()]})


def _run(command):
    """Runs a command. Exit code 1 means that messages are lost, which the report says."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 1) or not done.stdout:
        raise AudienceError(done.stderr.strip())
    return done.stdout
