"""Write the pages of `docs/` that are made from the project itself; a test holds that they are up to date.

    python tools/make_docs.py

`json.md` and `json/` come from what the answers declare, `commands.md` comes from every `--help`, `model-by-example.md` from the hand-made conformance sets,
`schema.md` from `datasets/schema.csv`.
"""

from __future__ import annotations

import csv
import importlib
import json
import pkgutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click

import riskgraph.analysis
import riskgraph.report
import riskgraph.scenario
from riskgraph.analysis.answer import Answer, Column, Form
from riskgraph.cli import COMMANDS, main
from riskgraph.schema import schema

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "tests" / "conformance" / "hand"
MADE = "<!-- Made by tools/make_docs.py; change what it is made from. -->"


def words(group: click.Group, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command below a group with its whole name, groups first."""
    context = click.Context(group, info_name=path)
    for word in group.list_commands(context):
        command = group.get_command(context, word)
        assert command is not None
        yield f"{path} {word}", command
        if isinstance(command, click.Group):
            yield from words(command, f"{path} {word}")


def commands_page() -> str:
    """The help of every word."""
    lines = ["# Commands", "", MADE, "", "Every word of the command line with its options and examples.", ""]
    lines += [f"- [`riskgraph {word}`](#riskgraph-{word}): {help_}" for word, (_, help_) in COMMANDS.items()]
    for name, command in [("riskgraph", main), *words(main, "riskgraph")]:
        settings = {"help_option_names": ["-h", "--help"], "max_content_width": 100, "terminal_width": 100}
        context = click.Context(command, info_name=name, **settings)
        lines += ["", f"## {name}", "", "```text", command.get_help(context).rstrip(), "```"]
    return "\n".join(lines) + "\n"


def examples_page() -> str:
    """The hand-made conformance sets: each rule on a few rows, with the question and the answer."""
    lines = [
        "# The model by example",
        "",
        MADE,
        "",
        "Each rule on a data set of a few rows, with a question and the answer that the model gives. The sets",
        "themselves are in `tests/conformance/hand`, with more questions each; every implementation of the model",
        "can be checked against them. Blank cells are not known. `?` is the service without an area.",
    ]
    for folder in sorted(EXAMPLES.iterdir()):
        title = tomllib.loads((folder / "dataset.toml").read_text(encoding="utf-8"))["title"]
        lines += ["", f"## {folder.name.replace('-', ' ').capitalize()}", "", title, "", "```text"]
        evidence = {row["id"]: row for row in _rows(folder / "evidence.csv")}
        for row in _rows(folder / "entities.csv"):
            filled = [f"{name} {row[name]}" for name in ("service_area", "data", "hosting") if row[name]]
            if filled:
                lines.append(f"{row['id']}: {', '.join(filled)}")
        for row in _rows(folder / "register.csv"):
            if row["valid_from"] or row["valid_to"]:
                lines.append(f"{row['id']}: exists from {row['valid_from'] or '?'} to {row['valid_to'] or '?'}")
        lines += [_relation(row, evidence) for row in _rows(folder / "relations.csv")]
        lines.append("```")
        case = json.loads((folder / "expected.json").read_text(encoding="utf-8"))[0]
        asked = f"If {' and '.join(case['roots'])} fails ({', '.join(case['kinds'])}) on {case['as_of']}"
        if case["without"] or case["known_before"]:
            asked += ", replayed" + (f" without {case['without']}" if case["without"] else "")
            asked += f" knowing what was published by {case['known_before']}" if case["known_before"] else ""
        lines += ["", f"{asked}:", ""]
        lines += _answer(case)
    return "\n".join(lines) + "\n"


def _relation(row: dict[str, str], evidence: dict[str, dict[str, str]]) -> str:
    skip = {"id", "dependent", "relation", "provider", "evidence", "note"}
    filled = [f"{name} {value}" for name, value in row.items() if value and name not in skip]
    items = [evidence[item] for item in row["evidence"].split(";") if item]
    graded = [
        f"{item['confidence']}{' dispute' if item['stance'] == 'disputes' else ''}"
        + (f" about {item['about']}" if item["about"] else "")
        for item in items
    ]
    text = f"{row['dependent']}  {row['relation']}  {row['provider']}"
    return text + "".join(
        f"  {part}" for part in (", ".join(filled), f"[{', '.join(graded)}]" if graded else "[register]") if part
    )


def _answer(case: dict[str, dict[str, dict[str, dict[str, dict[str, str]]]]]) -> list[str]:
    lines = []
    for shelf in ("authorities", "abolished", "groups"):
        for body, found in case[shelf].items():
            kinds = [f"{kind} {hit['band']} ({hit['hops']})" for kind, hit in found["kinds"].items()]
            services = ", ".join(found["services"])
            note = "" if shelf == "authorities" else f", {shelf}"
            lines.append(f"- {body}{note}: {', '.join(kinds)}{f'; services {services}' if services else ''}")
    rings = [f"{band}: {', '.join(ring)}" for band, ring in case["ring"].items() if ring]
    lines += [f"- precaution ring, {ring}" for ring in rings]
    return lines or ["- nobody is reached"]


def schema_page() -> str:
    """Every table and column."""
    lines = ["# The files of a data set", "", MADE, "", "A blank cell is not known; it never means none or no."]
    for table, columns in schema().items():
        lines += ["", f"## {table}", "", "| column | type | needed | what |", "|---|---|---|---|"]
        for column in columns.values():
            kind = column.type + (f", {column.unit}" if column.unit else "")
            if column.allowed:
                kind += f" ({', '.join(column.allowed)})"
            lines.append(f"| `{column.name}` | {kind} | {'yes' if column.required else ''} | {column.description} |")
    return "\n".join(lines) + "\n"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def forms() -> list[Form]:
    """What every answer declares, by word."""
    for room in (riskgraph.analysis, riskgraph.scenario, riskgraph.report):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            importlib.import_module(module.name)
    found, waiting = {}, [Answer]
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        if one.__module__.startswith("riskgraph.") and one is not Answer:
            found[one.form.word] = one.form
    return [form for _, form in sorted(found.items())]


def json_page() -> str:
    """Facts, tables and columns of every answer."""
    lines = [
        "# JSON for programs",
        "",
        MADE,
        "",
        'Every word that answers takes `--format json`. The form is versioned (`"schema": 2`): within a version keys are',
        "added and never change their meaning. Order is stable, unknown is `null` and never zero, and the same question of",
        "the same data gives the same bytes. Beside each answer stands its JSON Schema (draft 2020-12).",
        "",
        "Every answer has the same frame: `data` (title, date, SHA-256 digest and marking), `question` (as it was",
        "understood), `scope` (how many public bodies it is about), `facts` and `tables`. The first table is what `--format",
        "csv`, `--format table` and `to_frame()` show.",
    ]
    for form in forms():
        lines += ["", f"## {form.word}", "", f"{form.says} [Schema](json/{form.word.replace(' ', '-')}.json)."]
        if form.facts:
            lines += ["", "| fact | type | what |", "|---|---|---|", *map(_described, form.facts)]
        for table in form.tables:
            lines += [
                "",
                f"`{table.name}`: a row is {table.says}.",
                "",
                "| column | type | what |",
                "|---|---|---|",
            ]
            lines += map(_described, table.columns)
    return "\n".join(lines) + "\n"


def _described(column: Column) -> str:
    kind = column.type + (f", {column.unit}" if column.unit else "")
    return f"| `{column.name}` | {kind} | {column.says} |"


def schemas() -> dict[str, str]:
    """File name to JSON Schema, for every answer."""
    return {
        f"json/{form.word.replace(' ', '-')}.json": json.dumps(form.json_schema(), indent=1, ensure_ascii=False) + "\n"
        for form in forms()
    }


PAGES = {
    "json.md": json_page,
    "commands.md": commands_page,
    "model-by-example.md": examples_page,
    "schema.md": schema_page,
}

if __name__ == "__main__":
    (ROOT / "docs" / "json").mkdir(exist_ok=True)
    for name, text in {**{name: page() for name, page in PAGES.items()}, **schemas()}.items():
        (ROOT / "docs" / name).write_text(text, encoding="utf-8", newline="\n")
        print(f"docs/{name}")
