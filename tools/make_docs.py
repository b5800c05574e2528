"""Write the pages of `docs/` that are made from the project itself; a test holds that they are up to date.

    python tools/make_docs.py                 # all pages
    python tools/make_docs.py scoreboard.md   # or some of them

`json.md` and `json/` come from what the answers declare, `commands.md` comes from every `--help`, `model-by-example.md` from the hand-made conformance sets,
`schema.md` from `datasets/schema.csv`, the counts of `data.md` from the shipped maps (`data_page.py`), `scoreboard.md` from a replay of every incident of the national map.
"""

from __future__ import annotations

import csv
import importlib
import json
import pkgutil
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
from data_page import data_page, wrapped

import riskgraph.analysis
import riskgraph.report
import riskgraph.scenario
from riskgraph.analysis.answer import Answer, Column, Form
from riskgraph.analysis.scoreboard import BoardLine, Knowing, Lack, Scoreboard
from riskgraph.api import load
from riskgraph.cli import COMMANDS, main
from riskgraph.dates import in_words
from riskgraph.render.scoreboard import LACKS
from riskgraph.render.words import short_name
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


FIRST = ROOT / "docs" / "scoreboard-first-edition.csv"  # what the map of the first edition named: never made again
_ASKED = """\
Every incident of the national map that hit public bodies elsewhere than where it began is asked again as if it were to \
come, on its day, in three ways of knowing:

- **before**, the strict one: only what was published before it may have begun, and nothing undated. What the map learned
  since cannot leak in: `tests/test_replay_leaks.py` plants such rows.
- **elsewhere**: all but its own reporting, whenever that was published. It flatters where the map was widened later.
- **all**: its own reporting too. This is no forecast: it says what the map knows of that day today.

*By law*: named by a class rule alone, which holds for every body of a class and was not observed of that one. How it is \
counted otherwise: [replay](replay.md). The same for any map: `riskgraph replay --scoreboard`. Edition 1 is the national \
map as it was before the second collection, kept in [a file](scoreboard-first-edition.csv) as a record."""


def scoreboard_page(board: Scoreboard | None = None) -> str:
    """The scoreboard of the national map, now and as it was in its first edition."""
    board = load("uk").scoreboard() if board is None else board
    first = {row["incident"]: row for row in _rows(FIRST)}
    then: dict[str, int] = {}
    for row in first.values():
        for lack, _, count in (part.partition(":") for part in row["lacks"].split(";") if part):
            then[lack] = then.get(lack, 0) + int(count)
    dataset = board.graph.dataset
    same = [line for line in board.lines if line.incident in first]
    lines = [
        "# Scoreboard",
        "",
        MADE,
        "",
        f"Data of {in_words(dataset.info.as_of)}.",
        "",
        *_ASKED.split("\n"),
        "",
        "## In all",
        "",
    ]
    lines += ["| map | incidents | hit | before | elsewhere | all |", "|---|---|---|---|---|---|"]
    sums = [sum(int(row[name]) for row in first.values()) for name in ("hit", *Knowing)]
    lines.append(_line("edition 1", len(first), *sums))
    lines.append(_line("today, the same incidents", len(same), *_sums(same)))
    lines.append(_line("today, all incidents", len(board.lines), *_sums(board.lines)))
    others = [sum(line.named[knowing].others for line in board.lines) for knowing in Knowing]
    lines += [
        "",
        f"Named besides, and not reported, which is no finding either way: {others[0]:,} before, {others[1]:,} elsewhere, "
        f"{others[2]:,} all. Named though they were not affected: {_cleared(board)} before.",
    ]
    if board.not_asked:
        lines += ["", f"Not asked, because no place or no day is recorded: {', '.join(board.not_asked)}."]
    lines += ["", "## By incident", "", "Edition 1 → today; – is an incident that edition 1 did not have.", ""]
    lines += ["| incident | hit | before | elsewhere | all |", "|---|---|---|---|---|"]
    for line in board.lines:
        old = first.get(line.incident)
        counts = [_now(len(line.named[knowing].hit), len(line.named[knowing].by_law)) for knowing in Knowing]
        told = [f"{old[name] if old else '–'} → {count}" for name, count in zip(Knowing, counts, strict=True)]
        hit = (
            str(len(line.hits))
            if old and int(old["hit"]) == len(line.hits)
            else f"{old['hit'] if old else '–'} → {len(line.hits)}"
        )
        lines.append(_line(line.incident, hit, *told))
    lines += ["", "## What kind of fact would have named the rest", ""]
    lines.append(
        f"Of the {board.hits} hit, {len(board.missed)} are not named before. The first reason that applies counts."
    )
    lines += ["", "| what the map lacks | fact needed | edition 1 | today |", "|---|---|---|---|"]
    for lack in sorted(Lack, key=lambda one: (-board.lacks.get(one, 0), -then.get(one, 0))):
        if lack in board.lacks or lack in then:
            lines.append(_line(*LACKS[lack], then.get(lack, 0), board.lacks.get(lack, 0)))
    for lack in board.lacks:
        names: dict[str, list[str]] = {}
        for one in board.missed:
            if one.lack is lack:
                names.setdefault(one.incident, []).append(short_name(dataset, one.body))
        told = "; ".join(f"{incident}: {', '.join(some)}" for incident, some in names.items())
        lines += ["", f"**{LACKS[lack][0][:1].upper()}{LACKS[lack][0][1:]}** ({board.lacks[lack]}). {told}."]
    return "\n".join(wrapped(lines)) + "\n"


def _line(*cells: str | int) -> str:
    return "| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else cell for cell in cells) + " |"


def _now(named: int, lawful: int) -> str:
    return f"{named} ({lawful} by law)" if lawful else str(named)


def _sums(lines: Sequence[BoardLine]) -> Iterator[str]:
    yield str(sum(len(line.hits) for line in lines))
    for knowing in Knowing:
        named = [line.named[knowing] for line in lines]
        yield _now(sum(len(one.hit) for one in named), sum(len(one.by_law) for one in named))


def _cleared(board: Scoreboard) -> int:
    return sum(line.named[Knowing.BEFORE].cleared for line in board.lines)


PAGES = {
    "json.md": json_page,
    "commands.md": commands_page,
    "model-by-example.md": examples_page,
    "schema.md": schema_page,
    "data.md": lambda: data_page((ROOT / "docs" / "data.md").read_text(encoding="utf-8")),
    "scoreboard.md": scoreboard_page,  # takes a minute
}

if __name__ == "__main__":
    (ROOT / "docs" / "json").mkdir(exist_ok=True)
    wanted = sys.argv[1:]
    made = {name: page() for name, page in PAGES.items() if not wanted or name in wanted}
    for name, text in {**made, **({} if wanted else schemas())}.items():
        (ROOT / "docs" / name).write_text(text, encoding="utf-8", newline="\n")
        print(f"docs/{name}")
