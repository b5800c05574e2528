"""Adding a word takes what CONTRIBUTING says and no more: help, formats, scope, schema and completion follow."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from click.shell_completion import BashComplete
from click.testing import CliRunner
from silent_word import Silent

from riskgraph.cli import COMMANDS, main

ROOT = Path(__file__).resolve().parents[1]
Run = Callable[[str], str]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setitem(COMMANDS, "silent", ("silent_word", "Councils of which nothing is recorded."))

    def ask(line: str) -> str:
        result = CliRunner().invoke(main, line.split(), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.stdout

    return ask


def test_a_new_word_has_help_and_completion(run: Run) -> None:
    assert "Councils of which nothing is recorded." in run("--help")
    assert "--region" in run("silent --help") and "riskgraph silent --region Wales" in run("silent --help")
    completed = BashComplete(main, {}, "riskgraph", "_RISKGRAPH_COMPLETE").get_completions([], "sil")
    assert [item.value for item in completed] == ["silent"]


def test_a_new_word_has_every_format_and_its_schema(run: Run) -> None:
    plain = json.loads(run("silent --data seeds --format json"))
    jsonschema.validate(plain, Silent.form.json_schema(), jsonschema.Draft202012Validator)
    rows = list(csv.DictReader(io.StringIO(run("silent --data seeds --format csv"))))
    assert rows == plain["tables"]["bodies"] and len(rows) == plain["facts"]["bodies"] > 0
    first = run("silent --data seeds").splitlines()[0]
    assert first in run("silent --data seeds --format html")
    assert rows[0]["name"] in run("silent --data seeds --format table")


def test_a_new_word_takes_scope_and_data_like_every_other(run: Run) -> None:
    plain = json.loads(run("silent --format json --region Wales"))
    assert plain["question"]["regions"] == ["Wales"]
    assert 0 < plain["scope"]["bodies"] < json.loads(run("silent --format json"))["scope"]["bodies"]


def test_contributing_names_each_place_that_a_word_stands_in() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text[text.index("**a command.**") : text.index("**a usual what-if.**")]
    for place in ("riskgraph/analysis/", "riskgraph/render/", "riskgraph/cli/", "COMMANDS", "riskgraph/api.py"):
        assert place in section
    assert len([line for line in section.splitlines() if line[:2] in {"1.", "2.", "3.", "4.", "5."}]) == 5
