"""`riskgraph whatif` as people use it: clauses, files, formats, and the shipped examples on the real map."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from riskgraph.analysis.blast import blast
from riskgraph.api import load
from riskgraph.cli import main
from riskgraph.model import Band
from riskgraph.render.tables import as_json
from riskgraph.scenario.files import read, shipped_scenarios
from riskgraph.scenario.verbs import VERBS

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ("--data", "seeds")
LEAVE = ("leave", "thanet", "East Kent Services")
STORY = ("--as-of", "2024-01-18")
"""The day on which three councils of East Kent were cut off; Civica worked for them until January 2025."""


def whatif(*words: str) -> Result:
    return CliRunner().invoke(main, ["whatif", *words], catch_exceptions=False)


def flat(*words: str) -> str:
    """What it says, without the ends of lines."""
    return " ".join(whatif(*words).stdout.split())


def value(*words: str) -> dict[str, list[dict[str, Any]]]:
    """The tables of an answer."""
    found: dict[str, list[dict[str, Any]]] = json.loads(whatif(*words, "--format", "json").stdout)["tables"]
    return found


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_shipped_scenario_is_shown_with_its_answer(name: str) -> None:
    """The answers themselves are held by the test of the documents."""
    page = (ROOT / "docs" / "whatif.md").read_text(encoding="utf-8")
    shown = re.search(rf"^\$ riskgraph whatif run {name}\n(.+)$", page, re.MULTILINE)
    assert shown is not None and not shown[1].startswith(("0 councils", "Error"))


@pytest.mark.parametrize("verb", VERBS.values(), ids=lambda verb: verb.name)
def test_every_verb_and_its_fields_are_documented(verb: object) -> None:
    page = (ROOT / "docs" / "whatif.md").read_text(encoding="utf-8")
    name = verb.name  # type: ignore[attr-defined]
    row = re.search(rf"^\| `{name} [^|]*\| ([^|]*)\|", page, re.MULTILINE)
    assert row is not None, name
    for field in verb.fields:  # type: ignore[attr-defined]
        assert f"`{field.name}`" in row[1], (name, field.name)


FIRST = {
    (
        "cut",
        "thanet",
        "civica",
        *STORY,
    ): "Thanet loses revenues and benefits and 1 more service; nobody leaves Civica's reach",
    LEAVE: "Thanet loses HR and payroll and 2 more services and may leave East Kent Services' reach",
    ("switch", "rochford", "capita", "civica"): "Rochford",
    ("buys", "capita", "civica", *STORY): "Canterbury, Dover and Thanet can no longer be ruled out if Capita or Civica",
    (
        "lose",
        "civica",
        *STORY,
    ): "3 of 25 councils could be reached first if Civica were compromised: Canterbury, Dover and Thanet",
    ("same-place", "dover", "thanet"): "Yes: if any of 2 shared things fails, Dover",
    ("merge", "thanet", "dover", "--as", "Coast", "--on", "2028-04-01"): "Thanet and Dover become Coast",
}


@pytest.mark.parametrize("words", FIRST, ids=" ".join)
def test_the_first_line_says_what_changes_for_people_by_name(words: tuple[str, ...]) -> None:
    first = flat(*words, *SEEDS).partition(" TLP:CLEAR")[0]
    assert first.startswith(FIRST[words]) and "0 councils" not in first


@pytest.mark.parametrize(
    "words",
    [
        ("cut", "everybody", "capita"),
        ("switch", "everybody", "capita", "civica", "--all"),
        ("leave", "thanet", "East Kent Services"),
        ("buys", "nec-software-solutions-uk", "civica"),
        ("add-backup", "thanet", "Modern.gov", "CMIS"),
        ("split", "surrey", "--into", "East Surrey", "--into", "West Surrey"),
    ],
    ids=" ".join,
)
def test_the_first_line_can_be_read_aloud_in_one_breath_on_the_national_map(words: tuple[str, ...]) -> None:
    first = flat(*words).partition(" TLP:CLEAR")[0]
    assert len(first) <= 118 and first.endswith(" (data of 30 November 2026).")


def test_every_row_that_goes_is_said_and_why_before_any_count() -> None:
    lines = whatif("cut", "thanet", "civica", *STORY).stdout.splitlines()
    assert "- Ends: Thanet uses Modern.gov (committees and democracy), made by Civica." in lines
    counts = next(place for place, line in enumerate(lines) if line.startswith("If Civica were compromised:"))
    assert all(place < counts for place, line in enumerate(lines) if line.startswith(("- Ends", "3 services may stop")))


def test_what_moves_is_said_with_where_to() -> None:
    said = flat("switch", "rochford", "capita", "civica", *SEEDS)
    assert "- Moves: Rochford is supplied by Capita (revenues and benefits), then Civica." in said


def test_the_short_form_fits_a_message() -> None:
    for words in (LEAVE, ("buys", "capita", "civica"), ("switch", "everybody", "capita", "civica", "--all")):
        assert len(whatif(*words, *SEEDS).stdout.splitlines()) <= 28


@pytest.mark.parametrize("verb", ["switch", "insource"])
def test_nothing_of_another_service_area_moves_without_a_word(verb: str, tmp_path: Path) -> None:
    """The areas are listed, and the command of the error works as it is printed, options included."""
    (tmp_path / "warp.csv").write_text("Thanet\n")
    new = ["capita"] if verb == "switch" else []
    words = [verb, "thanet", "civica", *new, "--members", str(tmp_path / "warp.csv"), "--like", "outage", *STORY]
    refused = whatif(*words)
    assert refused.exit_code == 2 and refused.stdout == ""
    assert (
        "in 3 service areas: committee-democratic (Modern.gov), customer-digital, revenues-benefits." in refused.stderr
    )
    command = refused.stderr.rstrip().rpartition("riskgraph ")[2]
    assert f"--members {tmp_path / 'warp.csv'}" in command and "--like outage" in command
    result = CliRunner().invoke(main, shlex.split(command), catch_exceptions=False)
    assert result.exit_code == 0 and "Modern.gov" not in result.stdout.partition("If Civica")[0]
    assert "Modern.gov" in whatif(*words, "--all").stdout.partition("If Civica")[0]


def test_a_merger_takes_what_the_register_knows_and_asks_for_the_rest_at_once() -> None:
    refused = whatif("merge", "canterbury", "dover")
    assert "the name of the new council (--as) and vesting day (--on)" in refused.stderr
    command = refused.stderr.rstrip().rpartition("riskgraph ")[2]
    assert CliRunner().invoke(main, shlex.split(command), catch_exceptions=False).exit_code == 0
    known = flat("merge", "woking", "waverley", "--as", "West Surrey")
    assert "Taken from the register: vesting day, 1 April 2027." in known


def test_all_that_a_change_lacks_is_asked_for_at_once() -> None:
    said = whatif("switch", "thanet").stderr
    assert "OLD (the provider, system or product that is left), NEW (the one that takes its place)" in said
    assert "BODY..." in whatif("lose", "--help").stdout and "COUNCIL..." in whatif("merge", "--help").stdout


@pytest.mark.parametrize(
    "words", [("civica", "capita"), ("westminster", "kensington and chelsea"), ("essex", "thanet")]
)
def test_same_place_and_common_give_one_answer_yes_no_or_not_known_first(words: tuple[str, str]) -> None:
    said = CliRunner().invoke(main, ["common", *words], catch_exceptions=False).stdout
    assert flat("same-place", *words).replace(" TLP:CLEAR", "") == " ".join(said.split())
    assert said.startswith(("Yes: ", "No: ", "Not known: "))
    paths = [line for line in said.splitlines() if re.match(r"- .+ \(.+, .+\): ", line)]
    assert bool(paths) == said.startswith("Yes")
    assert all(
        re.search(r"(both|Westminster|Civica|Essex \(county\)|Thanet) (directly|through|itself)", line)
        for line in paths
    )


def test_two_roots_are_told_apart_by_who_only_one_of_them_reaches() -> None:
    graph = load("uk")
    sets = [{reach.id for reach in graph.blast(root).within()} for root in ("civica", "capita")]
    said = " ".join(CliRunner().invoke(main, ["blast", "civica", "capita"], catch_exceptions=False).stdout.split())
    counts = f"{len(sets[0] - sets[1])} by Civica only, {len(sets[1] - sets[0])} by Capita only, {len(sets[0] & sets[1])} by both"
    assert f"Each asked alone: {counts} and 0 only when they fail together." in said


def test_nothing_ever_says_that_a_body_is_compromised() -> None:
    for words in (LEAVE, ("lose", "civica", "capita"), ("segment", "rbkc shared it")):
        assert "is compromised" not in whatif(*words, *SEEDS).stdout


def test_changes_are_joined_by_then_and_options_may_stand_in_any_of_them() -> None:
    one = value(*LEAVE, "then", "switch", "thanet", "civica", "capita", "--area", "revenues-benefits", *SEEDS, *STORY)
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
        ((*LEAVE, "then", "lose"), "lose needs BODY (what fails) as well"),
        ((*LEAVE, "then", "los", "civica"), "Did you mean lose?"),
        (("mov", "thanet", "civica", "capita"), "There is no word 'mov'"),
        ((*LEAVE, "--kind", "outage", "--like", "outage"), "not both"),
        (("merge", "thanet", "dover", "--as", "East"), "A merger needs vesting day (--on)"),
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
        since = answer["tables"].pop("since")
    assert [(row["then"], row["now"], row["new"], row["gone"]) for row in since] == [(2, 2, [], [])]
    assert once == again


def test_a_saved_scenario_says_on_a_later_map_what_is_new_and_what_is_gone(tmp_path: Path) -> None:
    """The map of a quarter later is one without the rows of Dover, and with one more customer."""
    file = tmp_path / "lose.toml"
    whatif("lose", "civica", *SEEDS, *STORY, "--save", str(file))
    assert 'saved = "2026-11-30"' in file.read_text()
    same = flat("run", str(file), *SEEDS)
    assert "Since it was saved (data of 30 November 2026), Civica: 3 then, 3 now. Nobody is new" in same
    kept = file.read_text().replace('"authority:dover"', '"authority:gone-away"')
    file.write_text(kept)
    later = flat("--scenario", str(file), *SEEDS)
    assert "Civica: 3 then, 3 now. New: Dover. Gone: gone-away." in later


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
    assert "until 29 November 2026" in thanet["how_after"]
    assert {row["what"] for row in rows} == {"leaves", "stays"}
    table = whatif(*LEAVE, "--format", "table", *SEEDS).stdout
    assert table.index("Thanet") < table.index("Dover")
    assert "to replace" in table and "tie that remains" in table


def test_the_table_of_a_merger_lists_what_is_duplicated_and_every_contract() -> None:
    words = ("merge", "thanet", "barnet", "South Oxfordshire", "--as", "New", "--on", "2028-04-01")
    table = whatif(*words, "--format", "table", *SEEDS).stdout
    contracts = [line for line in table.splitlines() if line.startswith("merging") and " contract " in line]
    assert any("2028-10" in line and " after " in line for line in contracts)
    assert "duplicated" in table


def test_who_stays_is_named() -> None:
    assert "Stays: Canterbury and Dover" in flat(*LEAVE, *SEEDS)


def test_an_answer_is_limited_to_members_also_after_a_merger(tmp_path: Path) -> None:
    (tmp_path / "warp.txt").write_text("Thanet\nDover\n")
    words = ["merge", "thanet", "dover", "--as", "Coast", "--on", "2028-04-01", "--root", "civica", *STORY]
    found = value(*words, "--members", str(tmp_path / "warp.txt"), *SEEDS)
    assert [one["id"] for one in found["differences"]] == ["authority:coast"]
    assert [one["reached"] for one in found["questions"]] == [2, 1]


@pytest.mark.parametrize("scope", [("--class", "district"), ("--region", "South East")], ids=["class", "region"])
def test_who_takes_the_place_of_a_council_in_scope_is_in_scope(scope: tuple[str, str]) -> None:
    """A merger of districts makes a unitary council; it does not leave the radius by that."""
    words = ("merge", "thanet", "dover", "--as", "Coast", "--on", "2028-04-01", "--root", "civica", *STORY)
    found = {one["id"]: one["what"] for one in value(*words, *scope, *SEEDS)["differences"]}
    assert found["authority:coast"] == "stays" and set(found.values()) == {"stays"}


def test_the_scope_of_a_what_if_has_service_areas_like_every_other_word() -> None:
    def reached(*words: str) -> list[int]:
        return [row["reached"] for row in value(*words, *SEEDS)["questions"]]

    possible = blast(load("seeds").graph, "capita").within(Band.POSSIBLE)
    assert reached("lose", "capita") == [len(possible)]
    assert reached("lose", "capita", "--area", "education-schools") == reached(
        "lose", "capita", "--only-area", "education-schools"
    )
    assert reached("lose", "capita", "--area", "education-schools") == [1] and len(possible) > 1
    # the --area of a change says what is changed; --only-area says who is asked about
    move = ("switch", "thanet", "civica", "capita", "--area", "revenues-benefits", *STORY)
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
    words = ("switch", "everybody", "capita", "civica", "--all", "--like", "insolvency", "--worst", *SEEDS)
    worst = [one for one in value(*words)["worst"] if one["of"] == "all"]
    assert [one["id"] for one in worst] == ["supplier:capita", "supplier:civica"]
    text = flat(*words)
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
