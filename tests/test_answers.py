"""Every answer holds what it declares, in every format, and its JSON fits its published schema."""

from __future__ import annotations

import contextlib
import importlib
import json
import pkgutil
import tempfile
from collections.abc import Iterator
from functools import cache

import jsonschema
import pytest
from click.testing import CliRunner

import riskgraph.analysis
import riskgraph.report
import riskgraph.scenario
from riskgraph.analysis.answer import Answer, Form
from riskgraph.analysis.question import Question
from riskgraph.api import RiskMap, load
from riskgraph.cli import main
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph

# word -> how it is asked of the five stories; every answer has one
ASKED: dict[str, str] = {
    "list": "list supplier",
    "timeline": "timeline eks-civica-2024",
    "replay": "replay eks-civica-2024",
    "replay score": "replay",
    "data check": "data check",
    "data diff": "data diff seeds seeds --root civica",
    "data incident": "data incident wave-2026 --data seeds --to after --title Wave --status thanet:notified",
    "data merge": "data merge seeds seeds",
    "data overlap": "data overlap --data seeds --with uk",
    "data redact": "data redact --hide thanet",
    "verify": "verify blast --data seeds",
}


MADE = {"data incident", "data redact"}  # answers about a map that they made


def forms() -> Iterator[type[Answer]]:
    """Every class of answer."""
    for room in (riskgraph.analysis, riskgraph.scenario, riskgraph.report):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            importlib.import_module(module.name)
    waiting = list(Answer.__subclasses__())
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        yield one


@cache
def seeds() -> RiskMap:
    return load("seeds")


def run(line: str, format_: str) -> str:
    words = line if "seeds" in line else f"{line} --data seeds"
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        result = CliRunner().invoke(main, [*words.split(), "--format", format_])
    assert result.exit_code in {0, 1}, result.output
    return result.stdout


def test_every_answer_is_asked_here() -> None:
    assert sorted(ASKED) == sorted({one.form.word for one in forms()})


@pytest.mark.parametrize("word", sorted(ASKED))
def test_json_fits_the_schema_of_the_answer(word: str) -> None:
    plain = json.loads(run(ASKED[word], "json"))
    form = next(one.form for one in forms() if one.form.word == word)
    jsonschema.Draft202012Validator.check_schema(form.json_schema())
    jsonschema.validate(plain, form.json_schema(), jsonschema.Draft202012Validator)
    assert (plain["data"]["digest"] == seeds().dataset.digest) is (word not in MADE)


@pytest.mark.parametrize("word", sorted(ASKED))
def test_csv_and_json_have_the_same_rows(word: str) -> None:
    plain = json.loads(run(ASKED[word], "json"))
    rows = next(iter(plain["tables"].values()))
    lines = run(ASKED[word], "csv").splitlines()
    assert len(lines) >= len(rows) + 1
    if rows:
        assert lines[0].split(",") == list(rows[0])


@pytest.mark.parametrize("word", sorted(ASKED))
def test_the_page_begins_with_the_first_line_of_the_text(word: str) -> None:
    first = run(ASKED[word], "text").splitlines()[0]
    assert first.split(" ")[0] in run(ASKED[word], "html")


@pytest.mark.parametrize("form", [one.form for one in forms()], ids=lambda form: form.word)
def test_every_fact_and_column_says_what_it_is_and_has_a_name_of_its_own(form: Form) -> None:
    for columns in (form.facts, *(table.columns for table in form.tables)):
        assert all(column.says for column in columns)
        assert len({column.name for column in columns}) == len(columns)


def test_a_question_is_the_same_in_every_form() -> None:
    graph = RiskGraph.open("seeds")
    asked = Question.of(
        graph, ["civica", "capita"], like="outage", as_of="2024-01-18", band="likely", regions=["South East"]
    )
    assert Question.of_dict(graph, asked.to_dict()) == asked
    assert Question.of_dict(graph, json.loads(json.dumps(asked.to_dict()))) == asked
    assert Question.of_address(graph, asked.address()) == asked
    assert Question.of(graph, asked) is asked
    assert Question.of(graph, asked, band="possible").view == asked.view


@pytest.mark.parametrize(
    "words", [{"like": "fire"}, {"kinds": ["fire"]}, {"band": "sure"}, {"regions": ["Narnia"]}, {"as_of": "soon"}]
)
def test_a_word_that_is_not_known_is_one_message(words: dict[str, object]) -> None:
    with pytest.raises(RiskGraphError):
        Question.of(RiskGraph.open("seeds"), "civica", **words)  # type: ignore[arg-type]
