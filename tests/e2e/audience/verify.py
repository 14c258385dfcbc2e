#!/usr/bin/env python3
"""Verifies the figures of an audience report: counts the messages of `inkproof render` with other code.

Usage: verify.py BINARY [PEOPLE]. Invents people with every kind of loss, as files of a project and as records of an audience.
"""

import collections
import hashlib
import json
import math
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

NOW = "2026-01-01T00:00:00Z"
MAIN = """---
type: "{{ customer.plan | default: 'free' }}"
topics: [news, "{{ customer.topic | default: 'all' }}"]
expiration: "{{ customer.days | default: 3 }} days"
---
{
  "title": "Hi {{ customer.name }}, you have {{ customer.n | plus: 1 }} new",
  "body": "{% if customer.vip %}VIP {{ customer.company }}{% elsif customer.n > 5 %}Many{% else %}{{ customer.city }}{% endif %} {% for tag in customer.tags %}#{{ tag }}{% else %}none{% endfor %}",
}
"""
FRENCH = """---
type: french
---
{"title": {{ customer.name | json }}, "body": "{{ customer.ville.nom }}", "n": {{ customer.n }}}
"""


def person(number, dice):
    """A customer: mostly complete, with every kind of mistake."""
    names = ["Ada", "Grace", "Édith", "", "undefined", 'Al "x"', "a\\b", "two\nlines", "x" * dice.randrange(80), " "]
    fields = {
        "id": f"user_{number}",
        "name": dice.choices(names, [30, 30, 20, 3, 2, 2, 1, 1, 9, 2])[0],
        "n": dice.choice([0, 3, 7, 12, "4", None]),
        "city": dice.choice(["Rome", "Oslo", "Paris", "New  York"]),
        "vip": dice.random() < 0.2,
        "company": "Acme",
        "tags": dice.choice([[], ["a"], ["a", "b"], None]),
        "days": dice.choices([3, 90, 0, "x", 59], [60, 10, 2, 2, 20])[0],
        "plan": dice.choice(["pro", "team", None]),
        "language": dice.choices([None, "fr", "fr-CA", "de"], [80, 10, 5, 5])[0],
        "ville": {"nom": "Lyon"},
    }
    for name in ("name", "n", "city", "company", "ville", "plan", "language", "days"):
        if fields[name] is None or dice.random() < 0.03:
            del fields[name]
    return fields


def suspicious(text):
    """The kind of a suspicious text, written independently."""
    if text is None:
        return "missing"
    if not text.strip():
        return "empty"
    for word, kind in (("undefined", "undefined"), ("null", "null"), ("NaN", "not-a-number")):
        if re.search(rf"(?<![^\W_]){word}(?![^\W_])", text):
            return kind
    if "[object Object]" in text:
        return "object"
    if "{{" in text or "{%" in text:
        return "liquid"
    if re.search(r" [,!?.](?=[ \n]|\Z)", text):
        return "space-before-punctuation"
    if "  " in text or text[0] == " " or text[-1] == " ":
        return "double-space"
    return None


def percentile(lengths, percent):
    ordered = sorted(lengths)
    return ordered[max(1, math.ceil(len(ordered) * percent / 100)) - 1]


def main(binary, count):
    dice = random.Random(1)
    people = [person(number, dice) for number in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path in ("templates", "fixtures/customers", "fixtures/requests/hi"):
            (root / path).mkdir(parents=True)
        (root / "templates/hi.liquid").write_text(MAIN)
        (root / "templates/hi.fr.liquid").write_text(FRENCH)
        lines = []
        for number, fields in enumerate(people):
            name = f"{number:07}"
            (root / f"fixtures/customers/{name}.json").write_text(json.dumps(fields))
            request = {"transactional_message_id": "hi", "identifiers": {"id": fields["id"]}, "message_data": {}}
            (root / f"fixtures/requests/hi/{name}.json").write_text(json.dumps(request))
            lines.append(json.dumps(fields))
        broken = ["", "{", "[]", '"x"', "{}}"]
        for place in range(0, count, 500):
            lines[place] += "\n" + broken[place // 500 % len(broken)]
        (root / "people.jsonl").write_text("\n".join(lines))
        run = [binary, "-C", root, "--now", NOW, "--seed", "0"]
        rendered = subprocess.run([*run, "render", "hi"], capture_output=True, text=True).stdout
        records = [json.loads(line) for line in rendered.splitlines()]
        assert len(records) == count, len(records)
        audience = subprocess.run([*run, "audience", "hi", "people.jsonl", "--format", "json"], capture_output=True, text=True)
        report = json.loads(audience.stdout)

    sent = [record for record in records if record["message"]]
    warned = [record for record in sent if record["diagnostics"]]
    languages = collections.Counter()
    losses = collections.Counter()
    for record in records:
        fields = people[int(record["request"].rsplit("/", 1)[-1])]
        languages[(fields.get("language", ""), bool(record["message"]))] += 1
        if not record["message"]:
            problems = [problem for problem in record["diagnostics"] if problem["severity"] == "error"]
            # The content is rendered before the settings, which come first in the file.
            problem = problems[-1]
            losses[(problem["code"], problem["file"], problem["start"]["line"], problem["start"]["column"])] += 1
    invalid = sum(1 for place in range(0, count, 500) if place // 500 % 5 != 0)

    titles = [record["message"]["properties"].get("title") for record in sent]
    bodies = [record["message"]["properties"].get("body") for record in sent]
    expected = {
        "records": count + invalid,
        "sent": len(sent),
        "lost": count - len(sent),
        "with_warnings": len(warned),
        "invalid": invalid,
        "other_templates": 0,
    }
    found = dict(report["people"])
    assert abs(found.pop("lost_percent") - 100 * (count - len(sent)) / count) < 1e-4
    assert found == expected, (found, expected)
    by_cause = {(loss["code"], loss["file"], loss["line"], loss["column"]): loss["count"] for loss in report["losses"]}
    assert losses == by_cause, (losses, by_cause)
    for name, key in (("types", lambda message: [message["type"]]), ("topics", lambda message: message["topics"])):
        counted = collections.Counter(value for record in sent for value in key(record["message"]))
        assert counted == {entry["name"]: entry["sent"] for entry in report[name]}, (name, counted)
    for entry in report["languages"]:
        pair = (entry["sent"], entry["lost"])
        assert pair == (languages[(entry["name"], True)], languages[(entry["name"], False)]), entry
    for name, texts in (("title_length", titles), ("body_length", bodies)):
        lengths = [len(text) for text in texts if text is not None]
        figures = {key: report[name][key] for key in ("p50", "p99", "longest")}
        wanted = {"p50": percentile(lengths, 50), "p99": percentile(lengths, 99), "longest": max(lengths)}
        assert figures == wanted, (name, figures, wanted)
    assert report["titles"]["distinct"] == len(set(titles)), (report["titles"], len(set(titles)))
    kinds = collections.Counter()
    for name, texts in (("title", titles), ("body", bodies)):
        kinds.update((name, suspicious(text)) for text in texts if suspicious(text))
    assert kinds == {(entry["property"], entry["kind"]): entry["count"] for entry in report["suspicious"]}, (kinds, report["suspicious"])
    main_people = [fields for fields in people if not fields.get("language", "").startswith("fr")]
    vip = sum(1 for fields in main_people if fields["vip"] and "name" in fields and "n" in fields)
    branch = next(branch for branch in report["branches"] if branch["text"] == "customer.vip")
    assert branch["count"] == vip, (branch, vip)
    known = {hashlib.sha256(fields["id"].encode()).hexdigest()[:16]: fields for fields in people}
    assert all(loss[which]["id"] in known for loss in report["losses"] for which in ("first", "smallest"))
    print(f"{count} people, {len(sent)} sent, {len(losses)} causes, {len(kinds)} kinds of suspicious texts: all figures agree")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10_000)
