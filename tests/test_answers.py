"""Every answer holds what it declares, in every format, and its JSON fits its published schema."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterator
from functools import cache

import jsonschema
import pytest
from click.testing import CliRunner

import riskgraph.analysis
import riskgraph.data
import riskgraph.scenario
from riskgraph.analysis.answer import Answer
from riskgraph.analysis.question import Question
from riskgraph.api import load
from riskgraph.cli import main
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph

# word -> how it is asked of the five stories; every answer has one
ASKED: dict[str, str] = {
    "list": "list supplier",
    "timeline": "timeline eks-civica-2024",
    "whatif": "whatif merge thanet dover --as Coast --on 2028-04-01 --worst",
    "fixes": "fixes civica",
    "gate": "gate committee-system --data uk",
    "exercise": "exercise rbkc-shared-it-2025",
    "gaps": "data gaps",
    "ask": "data ask --root oracle",
    "ask ranked": "data ask --root oracle --ranked",
}


def forms() -> Iterator[type[Answer]]:
    """Every class of answer."""
    for room in (riskgraph.analysis, riskgraph.scenario, riskgraph.data):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            importlib.import_module(module.name)
    waiting = list(Answer.__subclasses__())
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        yield one


@cache
def digest(line: str) -> str:
    return load("uk" if line.endswith("--data uk") else "seeds").dataset.digest


def run(line: str, format_: str) -> str:
    data = [] if "--data" in line else ["--data", "seeds"]
    result = CliRunner().invoke(main, [*line.split(), *data, "--format", format_])
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
    assert plain["data"]["digest"] == digest(ASKED[word])


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


def test_every_column_says_what_it_is() -> None:
    for one in forms():
        columns = [*one.form.facts, *(column for table in one.form.tables for column in table.columns)]
        assert all(column.says and not column.says.endswith(".") for column in columns), one.form.word


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
