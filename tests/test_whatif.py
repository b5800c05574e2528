"""`riskgraph whatif` as people use it: clauses, files, formats, and the shipped examples on the real map."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from riskgraph.api import load
from riskgraph.cli import main
from riskgraph.render.tables import as_json
from riskgraph.scenario.files import read, shipped_scenarios
from riskgraph.scenario.verbs import VERBS

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ("--data", "seeds")
LEAVE = ("leave", "thanet", "East Kent Services")


def whatif(*words: str) -> Result:
    return CliRunner().invoke(main, ["whatif", *words], catch_exceptions=False)


def value(*words: str) -> dict[str, list[dict[str, Any]]]:
    """The tables of an answer."""
    found: dict[str, list[dict[str, Any]]] = json.loads(whatif(*words, "--format", "json").stdout)["tables"]
    return found


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_shipped_scenario_is_shown_with_its_answer(name: str) -> None:
    """The answers themselves are held by the test of the documents."""
    page = (ROOT / "docs" / "whatif.md").read_text(encoding="utf-8")
    shown = re.search(rf"^\$ riskgraph whatif run {name}\n(.+)$", page, re.MULTILINE)
    assert shown is not None
    assert re.match(r"\d", shown[1])


@pytest.mark.parametrize("verb", VERBS.values(), ids=lambda verb: verb.name)
def test_every_verb_and_its_fields_are_documented(verb: object) -> None:
    page = (ROOT / "docs" / "whatif.md").read_text(encoding="utf-8")
    name = verb.name  # type: ignore[attr-defined]
    row = re.search(rf"^\| `{name} [^|]*\| ([^|]*)\|", page, re.MULTILINE)
    assert row is not None, name
    for field in verb.fields:  # type: ignore[attr-defined]
        assert f"`{field.name}`" in row[1], (name, field.name)


def test_the_first_line_is_a_number_and_a_noun() -> None:
    for words in (LEAVE, ("buys", "capita", "civica"), ("lose", "civica"), ("same-place", "dover", "thanet")):
        assert re.match(r"\d+ \w+", whatif(*words, *SEEDS).stdout), words


def test_the_short_form_fits_a_message() -> None:
    for words in (LEAVE, ("buys", "capita", "civica"), ("switch", "everybody", "capita", "civica")):
        assert len(whatif(*words, *SEEDS).stdout.splitlines()) <= 14


def test_nothing_ever_says_that_a_body_is_compromised() -> None:
    for words in (LEAVE, ("lose", "civica", "capita"), ("segment", "rbkc shared it")):
        assert "is compromised" not in whatif(*words, *SEEDS).stdout


def test_changes_are_joined_by_then_and_options_may_stand_in_any_of_them() -> None:
    one = value(*LEAVE, "then", "switch", "thanet", "civica", "capita", "--area", "revenues-benefits", *SEEDS)
    changes = [(row["number"], row["verb"], row["field"], row["values"]) for row in one["changes"]]
    assert list(dict.fromkeys(change[:2] for change in changes)) == [(1, "leave"), (2, "switch")]
    assert (2, "switch", "area", ["revenues-benefits"]) in changes
    early = value(*LEAVE, *SEEDS, "--like", "outage", "then", "lose", "civica")
    late = value(*LEAVE, "then", "lose", "civica", "--like", "outage", *SEEDS)
    assert early == late


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*LEAVE, "then"), "Nothing follows `then`"),
        ((*LEAVE, "then", "run", "x"), "`then` is followed by a change"),
        ((*LEAVE, "then", "lose"), "Missing argument"),
        ((*LEAVE, "then", "los", "civica"), "Did you mean lose?"),
        (("mov", "thanet", "civica", "capita"), "There is no word 'mov'"),
        ((*LEAVE, "--kind", "outage", "--like", "outage"), "not both"),
        (("merge", "thanet", "dover", "--as", "East"), "Missing option '--on'"),
        (("leave", "thanett", "East Kent Services"), "Thanet District Council (authority:thanet)"),
        (("cut", "thanet", "oracle"), "It depends directly on"),
    ],
)
def test_wrong_usage_says_what_to_do(words: tuple[str, ...], said: str) -> None:
    result = whatif(*words, *SEEDS)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert said in result.stderr


def test_a_command_line_is_kept_and_run_again_with_the_same_answer(tmp_path: Path) -> None:
    file = tmp_path / "leave.toml"
    words = [*LEAVE, "then", "purge", "thanet", "East Kent Services", "--like", "ransomware", "--as-of", "2026-12-01"]
    head = ["--title", "Out", "--author", "A. Nybody", "--dated", "2026-11-25", "--notes", "One\ntwo"]
    first = whatif(*words, *head, "--save", str(file), "--format", "json", *SEEDS)
    assert first.exit_code == 0 and "Scenario written" in first.stderr
    kept = read(file)
    assert (kept.title, kept.author, kept.date, kept.notes) == ("Out", "A. Nybody", "2026-11-25", "One\ntwo")
    assert kept.changes[0].values["council"] == ("authority:thanet",)
    again = json.loads(whatif("run", str(file), "--format", "json", *SEEDS).stdout)
    once = json.loads(first.stdout)
    for answer in (once, again):
        answer["tables"].pop("changes")  # names before, ids after
    assert once == again


def test_a_scenario_that_cannot_be_read_again_is_not_kept(tmp_path: Path) -> None:
    result = whatif(*LEAVE, "--dated", "soon", "--save", str(tmp_path / "a.toml"), *SEEDS)
    assert result.exit_code == 3 and "is no date" in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_wrong_file_is_told_with_its_lines(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('title = "A"\n\n[[change]]\nverb = "leave"\ncouncil = "thanet"\n')
    result = whatif("run", str(tmp_path / "a.toml"), *SEEDS)
    assert result.exit_code == 3
    assert "a.toml, row 3, column service: leave needs service" in result.stderr
    assert whatif("run", str(tmp_path / "b.toml")).exit_code == 4


def test_json_is_complete_and_the_same_in_python() -> None:
    answer = load("seeds").whatif(read("leave-east-kent-services"))
    printed = whatif("run", "leave-east-kent-services", "--format", "json", *SEEDS).stdout
    assert as_json(answer.to_dict()) == printed
    found = json.loads(printed)
    assert found["facts"]["digest_after"] != found["data"]["digest"]
    assert [row["side"] for row in found["tables"]["questions"]] == ["before", "after"]
    difference = {one["id"]: one for one in found["tables"]["differences"]}["authority:thanet"]
    assert difference["what"] == "leaves"
    assert difference["outage_before"] == "documented"
    after = {key for key in difference if key.endswith("_after") and difference[key] == "not-ruled-out"}
    assert after == {"exposure_after"}
    assert found["tables"]["findings"][0]["finding"] == "leaving"


def test_csv_and_table_are_complete_and_what_changes_comes_first() -> None:
    rows = list(csv.DictReader(io.StringIO(whatif(*LEAVE, "--format", "csv", *SEEDS).stdout)))
    thanet = next(row for row in rows if row["id"] == "authority:thanet")
    assert (thanet["what"], thanet["outage_before"], thanet["outage_after"]) == ("leaves", "documented", "")
    assert "is served by East Kent Services" in thanet["how_before"]
    assert "until 21 November 2026" in thanet["how_after"]
    assert {row["what"] for row in rows} == {"leaves", "stays"}
    table = whatif(*LEAVE, "--format", "table", *SEEDS).stdout
    assert table.index("Thanet") < table.index("Dover")
    assert "to replace" in table and "contract of the service" in table


def test_the_table_of_a_merger_lists_what_is_duplicated_and_every_contract() -> None:
    words = ("merge", "thanet", "barnet", "South Oxfordshire", "--as", "New", "--on", "2028-04-01")
    table = whatif(*words, "--format", "table", *SEEDS).stdout
    contracts = [line for line in table.splitlines() if line.startswith("merging") and " contract " in line]
    assert any("2028-10" in line and " after " in line for line in contracts)
    assert "duplicated" in table


def test_who_stays_is_named() -> None:
    assert "stays: Canterbury and Dover" in whatif(*LEAVE, *SEEDS).stdout


def test_an_answer_is_limited_to_members_also_after_a_merger(tmp_path: Path) -> None:
    (tmp_path / "warp.txt").write_text("Thanet\nDover\n")
    words = ["merge", "thanet", "dover", "--as", "Coast", "--on", "2028-04-01", "--root", "civica"]
    found = value(*words, "--members", str(tmp_path / "warp.txt"), *SEEDS)
    assert [one["id"] for one in found["differences"]] == ["authority:coast"]
    assert [one["reached"] for one in found["questions"]] == [2, 1]


@pytest.mark.parametrize("scope", [("--class", "district"), ("--region", "South East")], ids=["class", "region"])
def test_who_takes_the_place_of_a_council_in_scope_is_in_scope(scope: tuple[str, str]) -> None:
    """A merger of districts makes a unitary council; it does not leave the radius by that."""
    words = ("merge", "thanet", "dover", "--as", "Coast", "--on", "2028-04-01", "--root", "civica")
    found = {one["id"]: one["what"] for one in value(*words, *scope, *SEEDS)["differences"]}
    assert found["authority:coast"] == "stays" and set(found.values()) == {"stays"}


def test_the_scope_of_a_what_if_has_service_areas_like_every_other_word() -> None:
    def reached(*words: str) -> list[int]:
        return [row["reached"] for row in value(*words, *SEEDS)["questions"]]

    assert reached("lose", "capita") == [11]
    assert reached("lose", "capita", "--area", "education-schools") == reached(
        "lose", "capita", "--only-area", "education-schools"
    )
    assert reached("lose", "capita", "--area", "education-schools") == [1]
    # the --area of a change says what is changed; --only-area says who is asked about
    move = ("switch", "thanet", "civica", "capita", "--area", "revenues-benefits")
    assert [row["values"] for row in value(*move, "--only-area", "education-schools", *SEEDS)["changes"]][-1] == [
        "revenues-benefits"
    ]
    assert reached(*move, "--only-area", "education-schools") == [0, 0, 1, 1]
    stops = value(*LEAVE, "--only-area", "education-schools", *SEEDS)["services"]
    assert stops == [] and value(*LEAVE, *SEEDS)["services"] != []


def test_a_what_if_counts_in_the_band_that_is_asked() -> None:
    words = ("cut", "westminster", "rbkc shared it", *SEEDS)
    likely, possible = value(*words, "--band", "likely"), value(*words)
    assert [row["reached"] for row in likely["questions"]] == [2, 1]
    assert [row["reached"] for row in possible["questions"]] == [3, 2]
    assert "counting what is likely or surer" in whatif(*words, "--band", "likely").stdout


def test_the_worst_of_all_is_found_when_asked_for() -> None:
    words = ("switch", "everybody", "capita", "civica", "--like", "insolvency", "--worst", *SEEDS)
    worst = [one for one in value(*words)["worst"] if one["of"] == "all"]
    assert [one["id"] for one in worst] == ["supplier:capita", "supplier:civica"]
    text = whatif(*words).stdout
    assert "The worst of all suppliers, shared services and environments: Capita with" in text


@pytest.mark.parametrize(
    "words",
    [
        ("blast", "East Kent Services"),
        ("why", "canterbury", "East Kent Services"),
        ("show", "thanet"),
    ],
)
def test_other_words_answer_on_a_scenario_and_say_so(words: tuple[str, ...]) -> None:
    asked = [*words, "--scenario", "leave-east-kent-services", *SEEDS]
    result = CliRunner().invoke(main, asked, catch_exceptions=False)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith("Supposing: Thanet leaves East Kent Services.")
    assert re.match(r"\d", result.stdout)


def test_a_blast_on_a_scenario_is_the_after_of_the_comparison() -> None:
    words = ["blast", "East Kent Services", "--format", "json", "--scenario", "leave-east-kent-services", *SEEDS]
    found = json.loads(CliRunner().invoke(main, words, catch_exceptions=False).stdout)
    assert "supposing: Thanet leaves" in found["data"]["title"]
    (hit,) = [row for row in found["tables"]["kinds"] if row["body"] == "authority:thanet"]
    assert hit == {"body": "authority:thanet", "kind": "exposure", "band": "not-ruled-out", "hops": 1}


def test_the_date_of_a_scenario_is_the_date_of_the_question(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    whatif(*LEAVE, "--as-of", "2027-01-15", "--save", str(file), *SEEDS)
    words = ["blast", "civica", "--format", "json", "--scenario", str(file), *SEEDS]
    found = json.loads(CliRunner().invoke(main, words, catch_exceptions=False).stdout)
    assert found["question"]["as_of"] == "2027-01-15"


def test_what_a_scenario_says_fails_is_left_out_of_other_words_and_said() -> None:
    words = ["blast", "civica", "--scenario", "lose-two", *SEEDS]
    result = CliRunner().invoke(main, words, catch_exceptions=False)
    assert "What the scenario says fails is left out" in result.stderr
