"""Scenario files: read strictly, every problem at once; the same scenario, the same bytes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from riskgraph.data import read as read_data
from riskgraph.data.files import FORBIDDEN
from riskgraph.data.names import Names
from riskgraph.errors import DataError, MissingFile, RiskGraphError
from riskgraph.model import PRESETS, FailureKind
from riskgraph.scenario.files import canonical, parse, read, shipped_scenarios, with_ids, write
from riskgraph.scenario.model import Change, Scenario, change
from riskgraph.scenario.verbs import VERBS

LINE = st.characters(exclude_categories=["Cs"]).filter(lambda one: not FORBIDDEN.search(one) and one not in "\r\n\t")
NOTES = st.text(LINE | st.just("\n"), max_size=30)
TEXT = st.text(LINE, max_size=20)
WORD = st.text(LINE, min_size=1, max_size=15).filter(lambda word: word.strip())
DATE = st.sampled_from(["", "2026", "2026-11", "2026-11-25"])


@st.composite
def scenarios(draw: DrawFn) -> Scenario:
    changes = []
    for name in draw(st.lists(st.sampled_from(sorted(VERBS)), min_size=1, max_size=4)):
        values = {}
        for field in VERBS[name].fields:
            if field.required or draw(st.booleans()):
                words = st.just("2028-04-01") if field.type == "date" else WORD
                many = draw(st.lists(words, min_size=1, max_size=3)) if field.many else [draw(words)]
                values[field.name] = tuple(many)
        changes.append(Change(name, values))
    kinds = draw(st.sets(st.sampled_from(list(FailureKind)), max_size=3))
    return Scenario(
        draw(WORD),
        tuple(changes),
        draw(TEXT),
        draw(DATE),
        tuple(draw(st.lists(WORD, max_size=2))),
        tuple(kind for kind in FailureKind if kind in kinds),
        "" if kinds else draw(st.sampled_from(["", *PRESETS])),
        draw(DATE),
        draw(NOTES),
    )


@given(scenarios())
def test_what_is_written_is_read_back_and_written_the_same(scenario: Scenario) -> None:
    written = canonical(scenario)
    again = parse(written.decode("utf-8"))
    assert again == scenario
    assert canonical(again) == written


def test_notes_of_several_lines_stay_readable() -> None:
    text = canonical(Scenario("A", roots=("civica",), notes='One "quoted"\nand two\\three\n')).decode()
    assert 'notes = """\nOne \\"quoted\\"\nand two\\\\three\n"""' in text
    assert parse(text).notes == 'One "quoted"\nand two\\three\n'


@pytest.mark.parametrize("name", shipped_scenarios())
def test_the_shipped_examples_are_written_canonically(name: str) -> None:
    assert canonical(read(name)) == shipped_scenarios()[name].read_bytes()


def test_there_is_an_example_of_every_verb() -> None:
    assert {one.verb for name in shipped_scenarios() for one in read(name).changes} == set(VERBS)


WRONG = """\
titel = "A"
date = "yesterday"
like = "ransom"
kinds = ["outage", "fire"]
roots = [1]

[[change]]
verb = "cutt"

[[change]]
verb = "switch"
council = "thanet"
old = ""
nwe = "capita"

[[change]]
verb = "merge"
councils = "thanet"
name = 3
on = "soon"
"""


def test_every_problem_is_told_at_once_with_its_line_and_the_nearest_word() -> None:
    with pytest.raises(DataError) as caught:
        parse(WRONG, "a.toml")
    told = {(problem.row, problem.column, problem.rule) for problem in caught.value.problems}
    assert told == {
        (1, "titel", "unknown-key"),
        (None, "title", "missing"),
        (2, "date", "date"),
        (3, "like", "word"),
        (4, "kinds", "word"),
        (3, "like", "twice"),
        (5, "roots", "not-text"),
        (8, "verb", "verb"),
        (13, "old", "missing"),
        (14, "nwe", "unknown-key"),
        (10, "new", "missing"),
        (19, "name", "not-text"),
        (20, "on", "date"),
    }
    for said in ("Did you mean title?", "Did you mean ransomware?", "Did you mean cut?", "Did you mean new?"):
        assert said in str(caught.value)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("title = ", "toml"),
        ("a = " + "[" * 5000, "toml"),
        ('title = "A"', "empty"),
        ('title = "A"\nchange = "cut"', "shape"),
        ('title = "A"\n[[change]]\na = "thanet"', "verb"),
        ('title = "A"\nroots = [""]', "not-text"),
    ],
)
def test_what_is_no_scenario_is_refused(text: str, rule: str) -> None:
    with pytest.raises(DataError) as caught:
        parse(text)
    assert rule in {problem.rule for problem in caught.value.problems}


@pytest.mark.parametrize(
    "line", ['author = "\\u001b[31mred"', 'author = "two\\nlines"', 'notes = "\\u202e"', 'roots = ["civ\\u200bica"]']
)
def test_what_hides_in_a_text_that_was_mailed_is_refused(line: str) -> None:
    with pytest.raises(DataError, match="hidden control character") as caught:
        parse(f'title = "A"\n{line}\n[[change]]\nverb = "lose"\nbodies = ["civica"]')
    assert caught.value.problems[0].row == 2
    assert "\x1b" not in str(caught.value)


def test_a_key_that_hides_something_is_told_without_it() -> None:
    with pytest.raises(DataError) as caught:
        parse('title = "A"\n"\\u001b[31m" = 1\nroots = ["civica"]')
    assert "\x1b" not in str(caught.value)


def test_a_name_alone_will_do_where_a_list_is_meant() -> None:
    assert parse('title = "A"\nroots = "civica"').roots == ("civica",)


def test_a_file_that_is_not_there_names_the_examples(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match="merge-east-kent"):
        read(tmp_path / "nothing.toml")


def test_a_file_that_is_no_text_or_far_too_big_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"\x00\x01")
    with pytest.raises(DataError, match="not a text file"):
        read(tmp_path / "a.toml")
    with (tmp_path / "b.toml").open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(DataError):
        read(tmp_path / "b.toml")


def test_a_scenario_is_kept_with_ids_and_runs_the_same(tmp_path: Path) -> None:
    named = Scenario("A", (change("switch", "everybody", "civica", "capita/housing"),), roots=("rochford",))
    kept = with_ids(named, Names(read_data("seeds")))
    assert kept.roots == ("authority:rochford",)
    assert kept.changes[0].values == {
        "council": ("everybody",),
        "old": ("supplier:civica",),
        "new": ("supplier:capita/housing",),
    }
    write(kept, tmp_path / "a.toml")
    assert read(tmp_path / "a.toml") == kept


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: change("cutt", "a", "b"), "Did you mean cut?"),
        (lambda: change("cut", "a"), "cut needs b"),
        (lambda: change("cut", "a", "b", "c"), "takes 2 names, not 3"),
        (lambda: change("cut", "a", "b", aera="housing"), "Did you mean area?"),
    ],
)
def test_a_change_in_python_is_checked_too(make: object, said: str) -> None:
    with pytest.raises(RiskGraphError, match=said.replace("?", r"\?")):
        make()  # type: ignore[operator]


OLD = """title = "Kept in 2024"
author = "A. Nybody"
date = 2024-03-01
as_of = "2024-01-18"

[[change]]
verb = "insource"
council = "authority:thanet"
supplier = "supplier:civica"
area = ["revenues-benefits"]

[[change]]
verb = "cut"
a = "authority:thanet"
b = "system:thanet-own-revenues-benefits"
"""


def test_a_file_kept_by_an_earlier_version_still_loads_and_means_the_same(tmp_path: Path) -> None:
    """It names by id what only its own earlier change supposes."""
    from riskgraph.api import load

    file = tmp_path / "old.toml"
    file.write_text(OLD.replace("date = 2024-03-01", 'date = "2024-03-01"'))
    answer = load("seeds").whatif(read(file))
    ids = {row.id for row in answer.applied.supposed}
    assert "supposed.system-thanet-own-revenues-benefits.operated-by.authority-thanet.revenues-benefits" in ids
    switched = load("seeds").whatif("switch", "rochford", "capita", "civica").applied.supposed
    assert [row.id for row in switched] == ["supposed.authority-rochford.supplied-by.supplier-civica.revenues-benefits"]
