"""What the data hold about one incident, in order, with who said it."""

from __future__ import annotations

import csv
import io
import json
from datetime import date

import pytest
from click.testing import CliRunner

from riskgraph import RiskGraph, RiskGraphError
from riskgraph.analysis.timeline import Timeline, Voice, What, timeline
from riskgraph.cli import main
from riskgraph.data import read
from riskgraph.data.incident import Statement, record
from riskgraph.render.page import as_text
from riskgraph.render.timeline import page


def text(found: Timeline) -> str:
    return as_text(page(found))


@pytest.fixture(scope="module")
def seeds() -> RiskGraph:
    return RiskGraph.open("seeds")


def invented(*calls: Statement) -> Timeline:
    """A timeline of an incident recorded in the seeds, call by call."""
    data = read("seeds")
    for said in calls:
        data = record(data, "civica-2026", said).dataset
    return timeline(RiskGraph(data), "civica-2026")


FIRST = Statement("Civica reports an intrusion", ("civica",), began="2026-11-20", public="2026-11")


def test_every_dated_thing_stands_at_the_last_day_it_may_mean(seeds: RiskGraph) -> None:
    found = timeline(seeds, "eks-civica-2024")
    days = [entry.day for entry in found.dated]
    assert days == sorted(days, key=lambda day: day or date.max)
    began = next(entry for entry in found.entries if entry.what is What.BEGAN)
    assert (began.when, str(began.day), began.partial) == ("2024-01", "2024-01-31", True)
    partial = sum(entry.partial for entry in found.dated)
    assert f"{partial} of {len(found.dated)} entries have only a month or a year" in text(found)


def test_hours_come_before_the_rest_of_their_day_and_the_beginning_first() -> None:
    found = invented(
        FIRST,
        Statement(status=["Dover: data exposed"], said_by="Civica", said_at="2026-11-20 14:30"),
        Statement(status=["Thanet: notified"], said_by="The Press", said_at="2026-11-20"),
        Statement(status=["Canterbury: notified"], said_by="The Press", said_at="2026-11-20 09:00"),
    )
    order = [(entry.what, entry.when) for entry in found.dated]
    assert order == [
        (What.BEGAN, "2026-11-20"),
        (What.EFFECT, "2026-11-20 09:00"),
        (What.EFFECT, "2026-11-20 14:30"),
        (What.EFFECT, "2026-11-20"),
        (What.PUBLIC, "2026-11"),
    ]


def test_the_suppliers_words_and_the_councils_finding_are_kept_apart() -> None:
    found = invented(
        FIRST,
        Statement(status=["Dover: named but unaffected"], said_by="Civica", said_at="2026-11-20 14:30"),
        Statement(status=["Dover: data exposed"], said_by="Dover", said_at="2026-11-21 10:00"),
        Statement(status=["Dover: data exposed"], said_by="Canterbury", said_at="2026-11-22"),
    )
    voices = [(entry.voice, entry.said[0]) for entry in found.entries if entry.what is What.EFFECT]
    assert voices == [
        (Voice.SUPPLIER, "named-but-unaffected"),
        (Voice.BODY, "data-exposed"),
        (Voice.OTHER, "data-exposed"),
    ]
    said = text(found)
    assert "Dover: it was named, but not affected; supplier says: Civica" in said
    assert "Dover: its data could be read; confirmed by the council: Dover District Council" in said
    assert said.count("confirmed by the council") == 1


def test_what_the_council_published_is_its_own_word_and_a_repost_is_nobodys(seeds: RiskGraph) -> None:
    dover = [
        entry
        for entry in timeline(seeds, "eks-civica-2024").entries
        if entry.bodies == ("authority:dover",) and "dover.gov.uk" in (entry.url or "")
    ]
    assert {entry.speaker for entry in dover if entry.what is What.EFFECT} == {"authority:dover"}
    bucket = timeline(seeds, "capita-aws-bucket-2023").entries
    assert {entry.voice for entry in bucket if "repost" in (entry.publisher or "")} == {Voice.OTHER}


def test_hours_are_counted_from_a_recorded_time_only(seeds: RiskGraph) -> None:
    assert "Clocks: not known." in text(timeline(seeds, "rbkc-shared-it-2025"))
    status = ["Dover: data exposed", "Thanet: data exposed"]
    found = invented(FIRST, Statement(status=status, aware=["Dover: 2026-11-20 16:05", "Thanet: 2026-11-21"]))
    said = text(found)
    assert "Dover became aware; 72 hours from then end at 4:05pm on 23 November 2026. Whether a duty runs" in said
    assert "Thanet became aware; the hour is not known, so none are counted." in said
    assert "Clocks: not known." not in said


def test_what_is_not_dated_is_listed_apart() -> None:
    found = invented(FIRST, Statement(status=["Dover: data exposed"]))
    assert [entry.bodies for entry in found.undated] == [("authority:dover",)]
    assert "Not dated, 1:\n- Dover: its data could be read; how sure is not known, publisher not known" in text(found)


def test_a_time_between_two_partial_dates_is_a_span() -> None:
    assert invented(FIRST).hidden_for == (0, 10)
    assert timeline(RiskGraph.open("seeds"), "rbkc-shared-it-2025").hidden_for == (1, 1)
    assert invented(Statement("Nothing known")).hidden_for is None


def test_relations_that_began_around_it_are_there(seeds: RiskGraph) -> None:
    found = timeline(seeds, "lancashire-oracle-fusion-2023")
    began = {entry.bodies[0] for entry in found.entries if entry.what is What.RELATION_BEGAN and entry.between}
    assert "authority:west-lancashire" in began
    assert "a relation began: West Lancashire Borough Council uses Lancashire Oracle Fusion" in text(found)


def test_every_item_of_its_reporting_is_in_it(seeds: RiskGraph) -> None:
    for incident in seeds.dataset.incidents:
        found = timeline(seeds, incident)
        claims = {claim for entry in found.entries if entry.what is What.LEARNED for claim in entry.said}
        items = [item for item in seeds.dataset.evidence.values() if incident in item.incident]
        assert claims == {item.claim for item in items if item.claim}


def test_formats_agree_and_an_unknown_incident_is_one_message() -> None:
    def run(*words: str) -> str:
        return CliRunner().invoke(main, ["timeline", *words, "--data", "seeds"], catch_exceptions=False).stdout

    value = json.loads(run("rbkc-shared-it-2025", "--format", "json"))
    rows = list(csv.DictReader(io.StringIO(run("rbkc-shared-it-2025", "--format", "csv"))))
    assert len(value["tables"]["entries"]) == len(rows)
    assert run("rbkc-shared-it-2025", "--limit", "1").count("\n- ") < run("rbkc-shared-it-2025").count("\n- ")
    assert len(timeline(RiskGraph.open("seeds"), "rbkc-shared-it-2025").to_frame()) == len(rows)
    with pytest.raises(RiskGraphError, match="There is no incident 'nothing'"):
        timeline(RiskGraph.open("seeds"), "nothing")
