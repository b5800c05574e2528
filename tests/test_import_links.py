"""The sheet Links of a workbook: its words as relations, its columns as values, its backups as alternatives."""

from __future__ import annotations

from pathlib import Path

import pytest
from workbooks import SYSTEMS, Sheets, bring, links, radius

from riskgraph.data.checks import run_checks
from riskgraph.importers import DateFrom
from riskgraph.model import Band, FailureKind


@pytest.mark.parametrize(
    ("one", "word", "two", "made"),
    [
        ("Alder Ltd", "provides", "Alpha", "alpha.supplied-by.alder"),
        ("Alder Ltd", "licences", "Alpha", "alpha.supplied-by.alder"),
        ("Alder Ltd", "manages", "Alpha", "alpha.operated-by.alder"),
        ("Dover", "managed by", "Alder Ltd", "dover.served-by.alder"),
        ("Dover", "uses", "Alder Ltd", "dover.supplied-by.alder"),
        ("Dover", "is hosted by", "Alder Ltd", "dover.hosted-on.alder"),
        ("Thanet", "provides", "Dover", "dover.served-by.thanet"),
        ("Dover", "network-link", "Thanet", "dover.linked-to.thanet"),
        ("Alder Ltd", "holds data for", "Dover", "dover.data-held-by.alder"),
        ("Alder Ltd", "develops", "Gamma", "gamma.made-by.alder"),
    ],
)
def test_a_word_of_links_is_a_relation(tmp_path: Path, one: str, word: str, two: str, made: str) -> None:
    sheets: Sheets = {
        "Systems": [["Name", "Supplier"], ["Alpha", ""]],
        "Suppliers": [["Name", "Parent"], ["Alder", ""]],
    }
    data, _ = bring(tmp_path, {**sheets, **links([one, word, two, "confirmed"])})
    assert set(data.relations) == {made}


def test_who_develops_a_system_makes_the_software_of_which_it_is_one_copy(tmp_path: Path) -> None:
    systems: Sheets = {"Systems": [["Name", "Supplier"], ["Alpha", ""]]}
    data, _ = bring(tmp_path, {**systems, **links(["Alder Ltd", "develops", "Alpha", "likely"])})
    assert set(data.relations) == {"alpha.instance-of.alpha-software", "alpha-software.made-by.alder"}


def test_a_link_that_cannot_be_leaves_nothing_behind(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Dover", "adores", "Thanet", ""],
        ["Dover", "uses", "", ""],
        ["Nobody Known", "hosts", "Alder Ltd", "likely"],
        ["Dover", "member of", "dover", "likely"],
        ["REDACTED PERSONAL DATA", "provides", "Alpha", "likely"],
        ["Dover", "uses", "Alpha", "likely"],
    ]
    data, report = bring(tmp_path, {"Suppliers": [["Name", "Parent"], ["Alder Ltd", ""]], **links(*rows)})
    assert set(data.relations) == {"dover.uses.alpha"}
    assert set(data.entities) == {"authority:dover", "supplier:alder", "system:alpha"}
    assert report.skipped_count == {
        "the relationship 'adores' is not known": 1,
        "one end is missing": 1,
        "the map has no place for: supplier is hosted by supplier": 1,
        "it joins a body to itself": 1,
        "a name is redacted: who it is is not known": 1,
    }
    assert report.redacted == 1
    assert report.guesses["listed on no sheet: read as a system"] == ["Links, row 7: Alpha"]


def test_a_channel_is_the_way_in_of_who_supplies_and_is_counted_elsewhere(tmp_path: Path) -> None:
    systems: Sheets = {"Systems": [["Name", "Supplier"], ["Alpha", "Alder Ltd"]]}
    header = "From,Relationship,To,Channel,How sure"
    rows: list[list[object]] = [
        ["Alder Ltd", "provides", "Alpha", "none", "confirmed"],
        ["Dover", "uses", "Alpha", "remote", "confirmed"],
        ["Dover", "network link", "Thanet", "network", "confirmed"],
        ["Birch Ltd", "provides", "Dover", "telepathy", "confirmed"],
    ]
    data, report = bring(tmp_path, {**systems, **links(*rows, header=header)})
    assert {i for i in data.relations if "supplied-by" in i} == {
        "alpha.supplied-by.alder.access-none",
        "dover.supplied-by.birch",
    }
    assert not [p for p in run_checks(data, {}) if p.rule == "relation-twice"]
    assert "authority:dover" not in radius(data, "alder")  # without a way in, on both sheets' word
    assert report.guess_count["channel not taken: only who supplies has one"] == 1
    assert report.guess_count["word that is not known, left blank"] == 1


def test_a_source_that_is_an_address_is_the_address(tmp_path: Path) -> None:
    header = "From,Relationship,To,Source,Checked on,Start,How sure"
    rows: list[list[object]] = [
        ["Dover", "uses", "Alpha", "https://example.org/a", "2026-05-06", "2031-01-01", "B2"],
        ["Thanet", "uses", "Alpha", "told us", "", "2001", ""],
    ]
    data, report = bring(tmp_path, links(*rows, header=header))
    said = {(e.url, e.publisher, e.published, e.confidence) for e in data.evidence.values()}
    assert said == {("https://example.org/a", None, "2026-05-06", "confirmed"), (None, "told us", None, "reported")}
    assert data.info.as_of == "2026-05-06"  # the day it was checked, not the day on which a link begins
    assert report.guess_count["how sure is not said: taken as reported (--grade says otherwise)"] == 1


def test_the_start_of_a_link_does_not_date_the_data(tmp_path: Path) -> None:
    old, _ = bring(tmp_path, links(["Dover", "uses", "Alpha", "2001"], header="From,Relationship,To,Start"))
    new, report = bring(tmp_path, links(["Dover", "uses", "Alpha", "2061"], header="From,Relationship,To,Start"))
    assert old.info.as_of == new.info.as_of
    assert "2026" <= new.info.as_of < "2061"
    assert report.as_of_from is DateFrom.NOTHING


def test_a_council_that_nobody_knows_is_a_council_on_every_sheet(tmp_path: Path) -> None:
    """Without the sheet Organisations too: who uses and provides nothing is no company."""
    rows: list[list[object]] = [
        ["Hollowby", "uses", "Alpha", "confirmed"],
        ["Ebbwick", "uses", "Alpha", "confirmed"],
        ["Civica", "uses", "Alpha", "confirmed"],
        ["Alder Ltd", "uses", "Alpha", "confirmed"],
        ["Birch", "uses", "Alpha", "confirmed"],
        ["Birch", "hosts", "Ebbwick", "confirmed"],
    ]
    services: Sheets = {"Shared services": [["Name", "Members"], ["Valley ICT", "Hollowby"]]}
    data, report = bring(tmp_path, {**services, **links(*rows)})
    assert {e.id for e in data.entities.values() if e.kind == "authority"} == {
        "authority:hollowby",
        "authority:ebbwick",
    }
    assert {e.id for e in data.entities.values() if e.kind == "supplier"} == {
        "supplier:civica",
        "supplier:alder",
        "supplier:birch",
    }
    assert set(report.unmatched_councils) == {"Hollowby", "Ebbwick"}


# --- backups ---


def test_whoever_uses_a_system_uses_its_backup_beside_it(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Dover", "uses", "Alpha", "confirmed"],
        ["Thanet", "uses", "Alpha", "confirmed"],
        ["Thanet", "uses", "Beta", "confirmed"],  # said twice, one row
        ["Adur", "uses", "Beta", "confirmed"],  # uses the spare one only: it has nothing else
        ["Beta", "backup for", "Alpha", "confirmed"],
    ]
    data, _ = bring(tmp_path, {**SYSTEMS, **links(*rows)})
    group = "Alpha and its backup"
    assert {(r.dependent, r.provider, r.alternative) for r in data.relations.values()} == {
        ("authority:dover", "system:alpha", group),
        ("authority:dover", "system:beta", group),
        ("authority:thanet", "system:alpha", group),
        ("authority:thanet", "system:beta", group),
        ("authority:adur", "system:beta", None),
    }
    # undated evidence counts as reported at best, and the wide bands ask for a confirmed alternative
    likely = {one: reach.band for one, reach in radius(data, "alpha", like="outage").items()}
    assert set(likely.values()) == {Band.POSSIBLE}
    assert radius(data, "beta", like="outage")["authority:adur"].band is Band.LIKELY
    exposed = radius(data, "beta", like="data-theft")  # each alternative is one more way in
    assert set(exposed) == {"authority:adur", "authority:dover", "authority:thanet"}


@pytest.mark.parametrize(("sure", "band"), [("likely", Band.POSSIBLE), ("possible", Band.LIKELY)])
def test_a_doubtful_backup_does_not_reassure(tmp_path: Path, sure: str, band: Band) -> None:
    rows: list[list[object]] = [["Dover", "uses", "Alpha", "confirmed"], ["Alpha", "backed up by", "Beta", sure]]
    data, _ = bring(tmp_path, {**SYSTEMS, **links(*rows)})
    reached = radius(data, "alpha", like="outage")["authority:dover"]
    assert reached.kinds[FailureKind.OUTAGE].band is band


def test_a_backup_of_a_backup_joins_the_group_and_one_that_nobody_needs_is_left_out(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Gamma", "backup for", "Beta", "confirmed"],
        ["Beta", "backup for", "Alpha", "confirmed"],
        ["Dover", "uses", "Alpha", "confirmed"],
        ["Alpha", "backup for", "Delta", "confirmed"],
        ["Beta", "backup for", "Beta", "confirmed"],
        ["Alder Ltd", "backup for", "Alpha", "confirmed"],
    ]
    suppliers: Sheets = {"Suppliers": [["Name", "Parent"], ["Alder Ltd", ""]]}
    data, report = bring(tmp_path, {**SYSTEMS, **suppliers, **links(*rows)})
    groups = {row.provider: row.alternative for row in data.relations.values()}
    assert set(groups) == {"system:alpha", "system:beta", "system:gamma"}
    assert len(set(groups.values())) == 1
    assert report.skipped_count == {
        "nobody here uses what it backs up while it does: it would protect nobody": 1,
        "only one system can be the backup of another": 2,
    }
