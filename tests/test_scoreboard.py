"""The scoreboard: named by what the map may know, by law or by row, and what kind of fact would have named the rest."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from planted import item, lawful, planted, struck
from test_docs import generator

from riskgraph import RiskGraph, load
from riskgraph.analysis.scoreboard import Knowing, Lack, Scoreboard, scoreboard
from riskgraph.cli import main
from riskgraph.data.dataset import Dataset
from riskgraph.model import Entity, Relation
from riskgraph.render.page import as_text
from riskgraph.render.scoreboard import LACKS, scoreboard_page

ROOT = Path(__file__).resolve().parents[1]
ORBIT, COMET = "supplier:orbit", "supplier:comet"


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return struck(tmp_path_factory.mktemp("board"))


def also(dataset: Dataset, *rows: Relation, **cells: object) -> Dataset:
    """The map with more rows, each known since long."""
    known = item("also", **cells)
    more = {row.id: replace(row, evidence=(known.id,)) for row in rows}
    return replace(
        dataset,
        entities={**dataset.entities, COMET: Entity(COMET, "supplier", "Comet"),
                  "authority:carrow": Entity("authority:carrow", "authority", "Carrow", authority_type="district")},
        relations={**dataset.relations, **more},
        evidence={**dataset.evidence, known.id: known},
    )  # fmt: skip


def own(dataset: Dataset) -> Dataset:
    return planted(dataset, "orbit-2023", {}, item("own", incident=("orbit-2023",)))


CARROW = Relation("carrow", "authority:carrow", "served-by", ORBIT)
OWNED = Relation("owned", ORBIT, "owned-by", COMET)
CASES: dict[Lack, Callable[[Dataset], Dataset]] = {
    Lack.DATE: lambda d: planted(d, "orbit-2023", {}, item("undated", published=None)),
    Lack.EARLIER: lambda d: planted(d, "orbit-2023", {}, item("later", published="2025")),
    Lack.OWN_PLACE: own,
    Lack.OWN_USERS: lambda d: own(also(d, OWNED)),
    Lack.OWN_ROW: lambda d: own(also(d, CARROW)),
    Lack.OWN_VALUE: lambda d: planted(
        d, "orbit-2023", {"access": "admin"}, item("row"),
        item("value", about="access", incident=("orbit-2023",)), verb="supplied-by",
    ),
    Lack.BLANK: lambda d: planted(d, "orbit-2023", {}, item("row"), verb="supplied-by"),
    Lack.TIME: lambda d: planted(d, "orbit-2023", {"valid_to": "2021", "data_returned": "yes"}, item("row")),
    Lack.STOPPED: lambda d: planted(d, "orbit-2023", {"access": "none"}, item("row"), verb="supplied-by"),
    Lack.ORIGIN: lambda d: d,
    Lack.NOBODY: lambda d: also(d, OWNED),
    Lack.BODY: lambda d: also(d, CARROW),
}  # fmt: skip


@pytest.mark.parametrize("lack", CASES)
def test_what_a_body_that_was_missed_lacks_is_told_by_its_kind(bare: Dataset, lack: Lack) -> None:
    board = scoreboard(RiskGraph(CASES[lack](bare)))
    assert board.lacks == {lack: 2}
    assert f"2: {LACKS[lack][0]}. Needed: {LACKS[lack][1]}. Ashby (orbit-2023) and Bexton" in as_text(
        scoreboard_page(board)
    )


def test_another_line_of_business_is_told_as_such(bare: Dataset) -> None:
    record = replace(bare.incidents["orbit-2023"], origins=(f"{ORBIT}/pensions",))
    lines = replace(bare, incidents={"orbit-2023": record})
    rows = [
        Relation(f"r{n}", f"authority:{n}", "served-by", ORBIT, service_area="housing") for n in ("ashby", "bexton")
    ]
    assert scoreboard(RiskGraph(also(lines, *rows))).lacks == {Lack.AREA: 2}


def test_what_serves_the_whole_nation_lacks_a_class_rule(bare: Dataset) -> None:
    record = replace(bare.incidents["orbit-2023"], origins=("system:planning-portal",))
    portal = Entity("system:planning-portal", "system", "Planning Portal")
    national = replace(bare, incidents={"orbit-2023": record}, entities={**bare.entities, portal.id: portal})
    assert scoreboard(RiskGraph(national)).lacks == {Lack.RULE: 2}


def test_every_kind_of_lack_has_its_words() -> None:
    assert set(LACKS) == set(Lack)


def test_nobody_is_missed_where_it_was_known_before(bare: Dataset) -> None:
    board = scoreboard(RiskGraph(planted(bare, "orbit-2023", {}, item("old"))))
    assert [board.named(knowing) for knowing in Knowing] == [2, 2, 2] and board.missed == ()
    assert as_text(scoreboard_page(board)).startswith(
        "2 of 2 hits on public bodies would have been named, knowing only"
    )


def test_who_is_named_by_a_class_rule_alone_is_counted_apart(bare: Dataset) -> None:
    board = scoreboard(RiskGraph(lawful(bare)))
    assert [(board.named(knowing), board.by_law(knowing)) for knowing in Knowing] == [(2, 2)] * 3
    seen = planted(bare, "orbit-2023", {"service_area": "housing"}, item("old"))
    seen = replace(seen, relations={id_: row for id_, row in seen.relations.items() if "ashby" in id_})
    board = scoreboard(RiskGraph(lawful(seen)))
    assert [(board.named(knowing), board.by_law(knowing)) for knowing in Knowing] == [(2, 1)] * 3


def test_without_hits_there_is_no_score(bare: Dataset) -> None:
    assert as_text(scoreboard_page(scoreboard(RiskGraph(replace(bare, effects=()))))).startswith("0 hits on public")


def test_the_scoreboard_is_about_all_incidents() -> None:
    done = CliRunner().invoke(main, ["replay", "eks-civica-2024", "--scoreboard", "--data", "seeds"])
    assert done.exit_code == 2 and "leave INCIDENT and --known-before out" in done.stderr


def test_it_counts_what_the_two_scores_count() -> None:
    seeds = load("seeds")
    board = seeds.scoreboard()
    for knowing, before in ((Knowing.BEFORE, True), (Knowing.ELSEWHERE, False)):
        score = seeds.replay(only_known_before=before)
        assert (board.hits, board.named(knowing)) == (len(score.hits), sum(one.named for one in score.hits))


# -- the national map ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def board() -> Scoreboard:
    return load("uk").scoreboard()


@pytest.mark.slow
def test_the_page_is_up_to_date(board: Scoreboard) -> None:
    made = generator().scoreboard_page(board)
    page = (ROOT / "docs" / "scoreboard.md").read_text(encoding="utf-8")
    assert page == made, "run: python tools/make_docs.py scoreboard.md"


@pytest.mark.slow
def test_the_track_record_is_what_a_replay_finds(board: Scoreboard) -> None:
    said = board.graph.dataset.info.track_record
    assert said == f"{board.named(Knowing.ELSEWHERE)} of {board.hits}"


def test_the_first_edition_is_kept_as_it_was() -> None:
    with (ROOT / "docs" / "scoreboard-first-edition.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [sum(int(row[name]) for row in rows) for name in ("hit", *Knowing)] == [80, 9, 12, 72]
    for row in rows:
        lacks = [part.partition(":") for part in row["lacks"].split(";") if part]
        assert {lack for lack, _, _ in lacks} <= set(Lack)
        assert sum(int(count) for _, _, count in lacks) == int(row["hit"]) - int(row["before"])
