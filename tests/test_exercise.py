"""Tabletop packs: the players see no answer, the facilitator sees them all, and the past is not known too early."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from riskgraph.analysis.blast import blast
from riskgraph.assets import shipped
from riskgraph.cli import main
from riskgraph.data.folders import write_folder
from riskgraph.errors import DataError, MissingFile, RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import Band, FailureKind
from riskgraph.render.exercise import Sheet, page, sheets
from riskgraph.render.page import WIDTH, Page, as_text
from riskgraph.render.words import short_name
from riskgraph.render.writers import sheet_html
from riskgraph.scenario.exercise import Exercise, exercise
from riskgraph.scenario.playbook import read_playbook


def words(sheet: Sheet) -> str:
    """All that a sheet says."""
    parts = [as_text(Page(section.title, section.blocks)) for section in sheet.sections]
    return "\n".join([sheet.title, sheet.kicker, sheet.notice, *parts])


def pack_of(found: Exercise) -> dict[str, str]:
    return {name: words(sheet) for name, sheet in sheets(found).items()}


@pytest.fixture(scope="module")
def uk() -> RiskGraph:
    return RiskGraph.open("uk")


@pytest.fixture(scope="module")
def seeds() -> RiskGraph:
    return RiskGraph.open("seeds")


@pytest.fixture(scope="module")
def holiday(uk: RiskGraph) -> Exercise:
    return exercise(uk, "bank-holiday")


@pytest.fixture(scope="module")
def west_london(seeds: RiskGraph) -> Exercise:
    return exercise(seeds, "rbkc-shared-it-2025")


def test_every_shipped_exercise_makes_a_pack(uk: RiskGraph) -> None:
    for path in shipped("exercises").glob("*.toml"):
        assert set(sheets(exercise(uk, path))) == {"read-me", "players", "injects", "facilitator"}


def test_players_and_cards_give_no_answer_away(holiday: Exercise) -> None:
    pack = pack_of(holiday)
    reached = [short_name(holiday.graph.dataset, reach.id) for reach in holiday.radius.within(Band.POSSIBLE)]
    assert len(reached) >= 10
    for name in reached:
        assert name in pack["facilitator"]
        assert name not in pack["players"] + pack["injects"] + pack["read-me"]
    for inject in holiday.injects:
        assert inject.text in pack["injects"] and inject.text not in pack["players"]
        assert inject.expect in pack["facilitator"] and inject.expect not in pack["injects"]


def test_every_sheet_is_a_page_marked_at_head_and_foot_that_says_what_it_is(holiday: Exercise) -> None:
    for name, sheet in sheets(holiday).items():
        html = sheet_html(holiday, sheet)
        marking = "TLP:AMBER+STRICT" if name == "facilitator" else "TLP:AMBER"
        assert len(re.findall(rf'<p class="tlp [^"]*">{re.escape(marking)}</p>', html)) == 2
        assert "EXERCISE. It is invented; nothing in it has happened." in html
        assert "@page { size: A4" in html and "http" not in html.replace("http-equiv", "").split("Who do we ring")[0]


def test_injects_are_cards_by_time(holiday: Exercise) -> None:
    html = sheet_html(holiday, sheets(holiday)["injects"])
    found = re.findall(r'<section class="card".*?<h2 [^>]*>(\d+)\. Day (\d+)', html, re.DOTALL)
    assert [(int(n), int(day)) for n, day in found] == [(n, one.day) for n, one in enumerate(holiday.injects, 1)]


@pytest.mark.parametrize("scope", [[], ["--members", "warp.csv"]], ids=["all", "members"])
def test_the_expected_answers_are_those_of_blast(
    scope: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command on the facilitator's sheet gives its first answer: same roots, kinds, day, band and counts."""
    monkeypatch.chdir(tmp_path)
    Path("warp.csv").write_text("Hart\nHavant\nMaidstone\n")
    uk = RiskGraph.open("uk")
    found = exercise(uk, "bank-holiday", members=Path("warp.csv") if scope else None)
    sheet = pack_of(found)["facilitator"]
    command = re.search(r"Ask it yourself: riskgraph (.+)", sheet)
    assert command is not None
    asked = CliRunner().invoke(main, [*command[1].split(), *scope], catch_exceptions=False).stdout
    lead, _, rest = " ".join(asked.partition("Try next")[0].split()).partition(" TLP:CLEAR")
    assert lead in " ".join(sheet.split()) and rest.strip() in " ".join(sheet.split())
    value = json.loads(CliRunner().invoke(main, [*command[1].split(), *scope, "--format", "json"]).stdout)
    possible = [row["id"] for row in found.to_dict()["tables"]["expected"]]  # type: ignore[index]
    sure = {"documented", "likely", "possible"}
    councils = [row for row in value["tables"]["councils"] if row["tier"] != "only if software were altered"]
    rows = [row for row in councils if row["standing"] in {"reached", "past customer"}]
    assert set(possible) == {row["id"] for row in rows if sure & {row[kind] for kind in FailureKind}}
    told = {row["id"] for row in value["tables"]["councils"]}
    assert {call.who for call in found.calls.calls if call.role == "council"} <= told


def test_what_was_believed_is_what_the_map_says_with_what_was_published(
    seeds: RiskGraph, west_london: Exercise
) -> None:
    assert [belief.day for belief in west_london.beliefs] == [0, 1, 7, 90]
    for belief, day in zip(west_london.beliefs[1:], ("2025-11-26", "2025-12-02", "2026-02-23"), strict=True):
        asked = blast(
            seeds, west_london.radius.roots, kinds=west_london.radius.kinds, as_of="2025-11-24", known_before=day
        )
        assert set(belief.bodies) == {reach.id for reach in asked.within(Band.POSSIBLE)}
    before = west_london.beliefs[0]
    assert before.radius.view.without == ("rbkc-shared-it-2025",) and before.bodies < west_london.beliefs[1].bodies


def test_a_store_nobody_knew_of_is_believed_late(uk: RiskGraph) -> None:
    found = exercise(uk, "capita-aws-bucket-2023")
    counts = [len(belief.bodies) for belief in found.beliefs]
    assert counts[:3] == [0, 0, 0] and counts[3] > 0
    assert "authority:rochford" in found.beliefs[3].joined
    assert found.when == "2023-05" and found.begins is None  # no day is known, so none is printed
    assert "It begins in May 2023." in pack_of(found)["players"] and "1 May" not in pack_of(found)["injects"]


def test_the_council_where_it_began_is_not_counted_as_reached(uk: RiskGraph) -> None:
    found = exercise(uk, "essex-insider-2012")
    assert all("authority:essex" not in belief.bodies for belief in found.beliefs)
    assert found.to_dict()["tables"]["expected"] == []  # type: ignore[index]
    assert "Essex (county) itself is not counted." in as_text(page(found))


def test_the_days_of_a_file_are_taken_over(holiday: Exercise) -> None:
    assert [belief.day for belief in holiday.beliefs] == [1, 7, 90]
    for belief, (root, like) in zip(
        holiday.beliefs,
        [
            ("capita", "compromise"),
            ("capita/revenues-benefits", "ransomware"),
            ("capita/revenues-benefits", "data-theft"),
        ],
        strict=True,
    ):
        asked = blast(holiday.graph, root, like=like, as_of="2026-12-24")
        assert set(belief.bodies) == {reach.id for reach in asked.within(Band.POSSIBLE)}
    assert "authority:hammersmith-and-fulham" in holiday.beliefs[1].left  # served by it, for customer contact


def test_what_was_reported_is_held_against_what_was_expected(west_london: Exercise) -> None:
    sheet = pack_of(west_london)["facilitator"]
    assert "What was reported in the end" in sheet
    assert (
        re.search(r"^Westminster .* yes$", sheet, re.MULTILINE)
        and "Not reported is not the same as not affected." in sheet
    )
    assert "It is built on an incident that happened" in sheet


def test_the_same_input_gives_the_same_bytes(west_london: Exercise) -> None:
    assert sheets(exercise(RiskGraph.open("seeds"), "rbkc-shared-it-2025")) == sheets(west_london)


def test_players_limit_the_expected_answers(uk: RiskGraph) -> None:
    book = replace(read_playbook(uk, "bank-holiday"), players=("Hart", "Havant"))
    found = exercise(uk, book)
    assert [reach.id for reach in found.radius.within(Band.POSSIBLE)] == ["authority:hart", "authority:havant"]
    assert "At the table: Hart and Havant." in pack_of(found)["players"]
    asked = exercise(uk, "bank-holiday", members=["Hart", "South Oxfordshire"])
    assert "At the table: Hart and South Oxfordshire." in pack_of(asked)["players"]
    assert "Havant" not in pack_of(asked)["facilitator"]


def test_a_scenario_in_which_something_fails_can_be_played(uk: RiskGraph) -> None:
    found = exercise(uk, "lose-two")
    assert set(found.radius.roots) == {"supplier:civica", "supplier:capita"}
    assert [belief.band for belief in found.beliefs] == [Band.NOT_RULED_OUT, Band.POSSIBLE, Band.LIKELY]
    assert len(found.injects) == 6
    with pytest.raises(RiskGraphError, match="Nothing fails in the scenario"):
        exercise(uk, "split-surrey")


def test_an_incident_that_cannot_be_played_says_why(uk: RiskGraph) -> None:
    nowhere = next(one.incident_id for one in uk.dataset.incidents.values() if not one.origins)
    with pytest.raises(RiskGraphError, match="It is not known where"):
        exercise(uk, nowhere)
    with pytest.raises(MissingFile, match="There is no exercise or incident"):
        exercise(uk, "no-such-thing")


def test_all_that_is_wrong_with_a_file_is_said_at_once(uk: RiskGraph, tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(
        'title = "x"\nroots = ["civcia"]\nmarking = "SECRET"\nlike = "flood"\nplayers = ["Thanett"]\ncolour = 1\n'
        '[[inject]]\nday = -1\ntime = "25:00"\nkind = "rumour"\nfrom = "a"\n'
        '[[belief]]\nsays = "x"\nroots = ["nobody at all"]\nlike = "flood"\n'
    )
    with pytest.raises(DataError) as caught:
        read_playbook(uk, path)
    assert [(problem.column, problem.rule) for problem in caught.value.problems] == [
        ("colour", "unknown-key"),
        ("like", "word"),
        ("roots", "name"),
        ("marking", "word"),
        ("time", "time"),
        ("kind", "word"),
        ("day", "number"),
        (None, "missing"),
        ("roots", "name"),
        ("like", "word"),
        (None, "missing"),
        ("players", "name"),
    ]
    path.write_text('title = "x"\n')
    with pytest.raises(DataError, match="It does not say what fails"):
        read_playbook(uk, path)


def test_a_folder_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    write_folder(folder, {"a.md": b"one"})
    with pytest.raises(RiskGraphError, match="is there already"):
        write_folder(folder, {"a.md": b"two"})
    assert (folder / "a.md").read_bytes() == b"one"
    with pytest.raises(RiskGraphError, match="cannot be written"):
        write_folder(tmp_path / "new", {"no-such-folder/a.md": b"one"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pack"]
    (tmp_path / "empty").mkdir()
    write_folder(tmp_path / "empty", {"a.md": b"one"})
    assert (tmp_path / "empty" / "a.md").is_file()


def test_on_the_command_line(tmp_path: Path, holiday: Exercise) -> None:
    pack = tmp_path / "pack"
    result = CliRunner().invoke(main, ["exercise", "bank-holiday", "--output", str(pack)], catch_exceptions=False)
    assert result.exit_code == 0 and result.stdout == as_text(page(holiday), WIDTH)
    assert "Try next: riskgraph exercise bank-holiday --output pack" in as_text(page(holiday, "bank-holiday"))
    assert result.stdout.startswith("6 injects over 91 days: A revenues supplier is hit on Christmas Eve")
    written = {path.name: path.read_text(encoding="utf-8") for path in pack.iterdir()}
    assert written == {f"{name}.html": sheet_html(holiday, sheet) for name, sheet in sheets(holiday).items()}
    again = CliRunner().invoke(main, ["exercise", "bank-holiday", "--output", str(pack)])
    assert again.exit_code == 2 and "is there already" in again.stderr
    value = json.loads(CliRunner().invoke(main, ["exercise", "bank-holiday", "--format", "json"]).stdout)
    assert [belief["day"] for belief in value["tables"]["beliefs"]] == [1, 7, 90]
