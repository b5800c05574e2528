"""Every answer holds what it declares, in every format, and its JSON fits its published schema."""

from __future__ import annotations

import contextlib
import html
import importlib
import json
import pkgutil
import re
import shlex
import tempfile
from collections.abc import Callable, Iterator
from functools import cache

import jsonschema
import pytest
from click.testing import CliRunner

import riskgraph.analysis
import riskgraph.report
import riskgraph.scenario
from riskgraph.analysis.answer import Answer
from riskgraph.analysis.question import Question
from riskgraph.api import RiskMap, load
from riskgraph.cli import main
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph

# word -> how it is asked of the five stories; every answer has one
ASKED: dict[str, str] = {
    "blast": "blast civica capita",
    "calls": "calls civica",
    "held": "held civica",
    "services": "services civica",
    "brief": "brief eks-civica-2024",
    "chance": "chance civica --worlds 100",
    "chance before": "chance civica --worlds 100 --before uk",
    "show": "show civica",
    "why": "why thanet civica",
    "why not": "why --not essex civica",
    "list": "list supplier",
    "timeline": "timeline eks-civica-2024",
    "rank": "rank supplier",
    "rank together": "rank --together 2",
    "chokepoints": "chokepoints oracle",
    "chokepoints area": "chokepoints thanet --area revenues-benefits",
    "common": "common oracle civica",
    "peers": "peers thanet --root civica",
    "concentration": "concentration",
    "concentration by": "concentration --by area",
    "concentration designation": "concentration revenues-benefits --designation",
    "concentration merger": "concentration revenues-benefits --merger capita --merger civica",
    "contracts": "contracts",
    "contracts certificates": "contracts --certificates",
    "contracts lock-in": "contracts --lock-in",
    "replay": "replay eks-civica-2024",
    "replay score": "replay",
    "replay scoreboard": "replay --scoreboard",
    "data check": "data check",
    "data diff": "data diff seeds seeds --root civica",
    "data incident": "data incident wave-2026 --data seeds --to after --title Wave --status thanet:notified",
    "data merge": "data merge seeds seeds",
    "data overlap": "data overlap --data seeds --with uk",
    "data redact": "data redact --hide thanet",
    "verify": "verify blast --data seeds",
    "whatif": "whatif merge thanet dover --as Coast --on 2028-04-01 --worst",
    "fixes": "fixes civica",
    "gate": "gate committee-system --data uk",
    "exercise": "exercise rbkc-shared-it-2025",
    "gaps": "data gaps",
    "coverage": "list coverage",
    "ask": "data ask --root oracle",
    "ask letter": "data ask --root civica --letter",
    "ask ranked": "data ask --root oracle --ranked",
}
# answers that only Python gives
PYTHON_ONLY: dict[str, Callable[[RiskMap], Answer]] = {
    "leanings": lambda seeds: seeds.leanings("thanet"),
    "worst failures": lambda seeds: seeds.worst_failures(limit=3),
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
        if one.__module__.startswith("riskgraph."):  # a test adds one of its own
            yield one


@cache
def seeds() -> RiskMap:
    return load("seeds")


@cache
def digest(line: str) -> str:
    return load("uk" if line.endswith("--data uk") else "seeds").dataset.digest


def run(line: str, format_: str) -> str:
    words = line if "--data" in line or "seeds" in line else f"{line} --data seeds"
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        result = CliRunner().invoke(main, [*words.split(), "--format", format_])
    assert result.exit_code in {0, 1}, result.output
    return result.stdout


def test_every_answer_is_asked_here() -> None:
    assert sorted([*ASKED, *PYTHON_ONLY]) == sorted({one.form.word for one in forms()})


@pytest.mark.parametrize("word", sorted(ASKED))
def test_json_fits_the_schema_of_the_answer(word: str) -> None:
    plain = json.loads(run(ASKED[word], "json"))
    form = next(one.form for one in forms() if one.form.word == word)
    jsonschema.Draft202012Validator.check_schema(form.json_schema())
    jsonschema.validate(plain, form.json_schema(), jsonschema.Draft202012Validator)
    if word not in MADE:
        assert plain["data"]["digest"] == digest(ASKED[word])


@pytest.mark.parametrize("word", sorted(PYTHON_ONLY))
def test_an_answer_of_python_fits_its_schema_and_has_frames(word: str) -> None:
    answer = PYTHON_ONLY[word](seeds())
    jsonschema.validate(answer.to_dict(), answer.form.json_schema(), jsonschema.Draft202012Validator)
    for table in answer.form.tables:
        assert list(answer.to_frame(table.name).columns) == [column.name for column in table.columns]


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
    found = re.search(r'<h1 id="finding"><bdi>(.*?)</bdi></h1>', run(ASKED[word], "html"), re.DOTALL)
    assert found is not None
    lead = " ".join(html.unescape(found[1]).split())  # text goes on in the next line where it is too long
    assert " ".join(run(ASKED[word], "text").split()).startswith(lead)


def test_a_call_sheet_is_marked_above_its_data_in_html_too() -> None:
    page = run("calls civica", "html")
    assert page.count(">TLP:AMBER+STRICT<") == 2 and ">TLP:CLEAR<" not in page
    assert run("calls civica", "text").partition("\n\n")[0].endswith("TLP:AMBER+STRICT")


def test_an_html_page_says_that_it_rests_on_a_supposition_and_asks_the_same_map() -> None:
    page = run("blast civica --scenario lose-two", "html")
    assert "This is not the map as it is." in page
    assert "--data seeds --scenario lose-two" in page


def test_every_fact_and_column_says_what_it_is() -> None:
    for form in (one.form for one in forms()):
        for columns in (form.facts, *(table.columns for table in form.tables)):
            assert all(column.says for column in columns), form.word
            assert len({column.name for column in columns}) == len(columns), form.word


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
    "words", [{"like": "flood"}, {"kinds": ["fire"]}, {"band": "sure"}, {"regions": ["Narnia"]}, {"as_of": "soon"}]
)
def test_a_word_that_is_not_known_is_one_message(words: dict[str, object]) -> None:
    with pytest.raises(RiskGraphError):
        Question.of(RiskGraph.open("seeds"), "civica", **words)  # type: ignore[arg-type]


# answers that have a day of their own, or none
UNASKED = {
    *("timeline", "replay", "replay score", "replay scoreboard", "verify", "gate", "exercise"),
    *("data check", "data incident", "data merge", "data overlap", "data redact"),
}


@pytest.mark.parametrize("word", sorted(ASKED))
def test_an_answer_of_another_day_says_so_before_its_first_list(word: str) -> None:
    line = ASKED[word] if "--data" in ASKED[word] or "seeds" in ASKED[word] else f"{ASKED[word]} --data seeds"
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        found = CliRunner().invoke(main, [*shlex.split(line), "--as-of", "2024-01-15"])
    if word in UNASKED:
        assert found.exit_code == 2 and "--as-of" in found.stderr
        return
    lead = " ".join(found.stdout.partition("\n- ")[0].split())
    assert "s of 15 January 2024, data of 30 November 2026" in lead or "at any date" in lead or "Supposed: " in lead
