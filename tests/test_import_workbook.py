"""The workbook of six sheets: every row kept or left out with its reason, and the map says what the sheets say."""

from __future__ import annotations

import shlex
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner
from workbooks import BOOK, SYSTEMS, Sheets, bring, links, radius, save

from riskgraph.cli import main
from riskgraph.data import read, write
from riskgraph.data.dataset import canonical
from riskgraph.importers import import_file
from riskgraph.importers.incidents import effects_of
from riskgraph.model import Band, FailureKind, RegisterEntry


def run(line: str) -> str:
    result = CliRunner().invoke(main, shlex.split(line), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


# --- the whole book ---


def test_a_workbook_of_six_sheets_answers(tmp_path: Path) -> None:
    file = save(tmp_path, BOOK)
    text = run(f"blast kerbside --data {file}")
    assert "could be reached first if Kerbside Digital Ltd were compromised: Marlshire (county) and Saltmere" in text
    assert "Parking and enforcement, through Permits live, 2: Marlshire (county) and Saltmere (likely," in text
    spare = run(f"blast 'permits live' --like outage --band likely --data {file}")  # the spare one runs
    assert "0 of " in spare
    assert "Permit records taken" in run(f"show marlshire --data {file}")
    report = run(f"data import {file}")
    assert report.startswith("23 rows read, 23 kept, 0 left out")
    assert "2 incidents, 4 effects of incidents." in report
    assert (
        "- Columns not taken: Contact (Organisations), Security contact (Suppliers) and Strength (Links).\n" in report
    )


def test_a_workbook_adds_nothing_the_second_time_and_row_order_does_not_matter(tmp_path: Path) -> None:
    data, _ = bring(tmp_path, BOOK)
    write(data, tmp_path / "map")
    again, report = import_file(tmp_path / "book.xlsx", base=read(tmp_path / "map"))
    assert set(report.added.values()) == {0}
    assert again.digest == data.digest
    for seed in range(3):
        turned = {title: [rows[0], *Random(seed).sample(rows[1:], len(rows) - 1)] for title, rows in BOOK.items()}  # noqa: S311
        assert canonical(bring(tmp_path, turned)[0], register=True) == canonical(data, register=True)


def test_a_workbook_joins_the_national_map(tmp_path: Path) -> None:
    base = read("uk")
    both, report = import_file(save(tmp_path, BOOK), base=base)
    assert report.balanced
    assert (len(both.incidents) - len(base.incidents), len(both.effects) - len(base.effects)) == (2, 4)
    assert set(base.relations) < set(both.relations)
    assert set(import_file(tmp_path / "book.xlsx", base=both)[1].added.values()) == {0}


# --- Organisations ---


def test_a_council_that_the_register_does_not_have_becomes_a_row_of_the_maps_own(tmp_path: Path) -> None:
    data, report = bring(tmp_path, BOOK)
    assert data.own_register_file
    assert data.register["authority:wexmoor"] == RegisterEntry(
        "authority:wexmoor",
        name="Wexmoor District Council",
        short_name="Wexmoor",
        kind="district",
        valid_to="2020-03-31",
        successors=("authority:saltmere", "authority:dover"),
        status="former",
    )
    marlshire, saltmere = data.register["authority:marlshire"], data.register["authority:saltmere"]
    assert (marlshire.valid_from, marlshire.kind, marlshire.nation) == ("1974-04-01", "county", "England")
    assert (saltmere.gss_code, saltmere.region) == ("E07999999", "South East")
    assert data.entities["environment:north-hall"].kind == "environment"
    assert "desk" not in str(canonical(data, register=True))  # contacts stay in the file
    assert not report.unmatched_councils


def test_the_register_is_kept_where_a_workbook_says_otherwise(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Name", "GSS code", "Kind", "Region", "Start", "End", "Replaced by"],
        ["Dover", "E07000999", "county", "South East", "", "", ""],
        ["The Dover people", "E07000108", "district", "", "", "", "Nowhere Council"],
    ]
    sheets = {"Organisations": rows, **links(["The Dover people", "uses", "Alpha", "likely"])}
    data, report = bring(tmp_path, sheets)
    sort = "otherwise than in the register of authorities: the register is kept"
    assert report.guesses[sort] == [
        "Organisations, row 2, GSS code: E07000999, the register says E07000108",
        "Organisations, row 2, kind: county, the register says district",
    ]
    assert report.guess_count["listed twice: the first row in order of names counts"] == 1
    assert set(data.relations) == {"dover.uses.alpha"}  # meant by its code, under the name the workbook uses
    assert not data.own_register_file


def test_what_is_not_known_of_an_organisation_is_said(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Name", "GSS code", "Kind", "Start", "End", "Replaced by"],
        ["Marlshire Council", "marl-1", "realm", "soon", "", ""],
        ["Saltmere Council", "", "", "2020-01-01", "2019-01-01", "Atlantis"],
        ["", "", "district", "", "", ""],
        ["Alder Ltd", "", "supplier", "2019", "", ""],
        ["Ebbwick Council", "E07888888", "", "", "2031-03-31", ""],
        ["Hollowby Council", "E07888888", "", "", "", ""],
    ]
    data, report = bring(tmp_path, {"Organisations": rows, "Systems": [["Name", "Supplier"], ["Alpha", "Alder"]]})
    assert data.register["authority:marlshire"].kind is None
    assert (data.register["authority:ebbwick"].valid_to, data.register["authority:ebbwick"].planned_end) == (
        None,
        "2031-03-31",
    )
    assert report.skipped == {"no name": ["Organisations, row 4"]}
    assert (data.register["authority:ebbwick"].gss_code, data.register["authority:hollowby"].gss_code) == (
        "E07888888",
        None,
    )
    assert set(report.guesses) >= {
        "code of two organisations: the first in order of names has it",
        "code that is none, left blank",
        "word that is not known, left blank",
        "date that is none, left blank",
        "ends before it begins: both dates left blank",
        "successor that nobody knows, left blank",
        "not taken of a partner that is no public body",
    }
    assert data.entities["supplier:alder"].kind == "supplier"


# --- Suppliers and Systems ---


def test_certificates_of_a_supplier_are_kept_with_the_first_day_that_counts(tmp_path: Path) -> None:
    data, report = bring(tmp_path, BOOK)
    kerbside = data.entities["supplier:kerbside-digital"]
    assert (kerbside.certificate, kerbside.certificate_expires) == (("CE+", "ISO 27001"), "2027-03-31")
    assert data.entities["supplier:quenby-software"].certificate == ("Cyber Essentials",)
    assert data.entities["supplier:tallow-group"].certificate == ()
    assert report.guess_count["certificate that lapses later than another: its day was not taken"] == 1
    assert report.guess_count["said to have no certificate: left blank, as none was seen"] == 1


def test_another_name_means_one_supplier_and_leads_to_it(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Name", "Aliases", "Parent"],
        ["Alder Ltd", "AldCo; Birch", ""],
        ["Birch Ltd", "AldCo", "AldCo"],
    ]
    data, report = bring(tmp_path, {"Suppliers": rows, **links(["ALDCO LIMITED", "hosts", "Dover", "likely"])})
    assert set(data.relations) == {"birch.owned-by.alder", "dover.hosted-on.alder"}
    assert data.entities["supplier:alder"].aliases == ("AldCo",)
    assert report.guess_count["other name that means somebody else here, left out"] == 2


def test_a_system_that_its_supplier_hosts_lies_there(tmp_path: Path) -> None:
    systems: list[list[object]] = [
        ["Name", "Supplier", "Service area", "Hosting", "Data"],
        ["Alpha", "Alder Ltd", "Parking", "supplier", "personal"],
        ["Beta", "Dover", "Gardening", "the cellar", "secret"],
        ["Gamma", "REDACTED", "", "supplier", ""],
    ]
    uses = links(["Thanet", "uses", "Alpha", "confirmed"], ["Thanet", "uses", "Beta", "confirmed"])
    data, report = bring(tmp_path, {"Systems": systems, **uses}, grade="confirmed")
    assert "alpha.hosted-on.alder.parking-enforcement" in data.relations
    assert "beta.operated-by.dover" in data.relations  # a council runs it
    assert "beta.hosted-on.cellar" in data.relations
    assert "system:gamma" in data.entities
    reached = radius(data, "alder")["authority:thanet"]
    assert reached.kinds[FailureKind.EXPOSURE].band is Band.LIKELY  # that its data lie in the system is assumed
    assert report.guess_count["word that is not known, left blank"] == 1
    assert report.guess_count["service area that is not known, left blank"] == 1
    assert report.guess_count["text about hosting read as the name of a place"] == 1
    assert report.guess_count["supplier redacted: the system is kept without one"] == 1
    assert report.guess_count["supplied by a public body: read as run by it"] == 1


def test_a_name_of_two_sheets_and_a_sheet_of_another_name_are_said(tmp_path: Path) -> None:
    sheets: Sheets = {
        "Suppliers": [["Name", "Company number", "Colour"], ["Strata", "", "blue"]],
        "Shared service": [["Name", "Members", "Nonsense"], ["Strata", "Exeter; East Devon", ""]],
        "Wishes": [["a", "b"], ["c", "d"]],
        "Links": [["Hello"], ["x"]],
    }
    data, report = bring(tmp_path, sheets)
    assert report.guess_count["name on two sheets: the later sheet counts"] == 1
    assert "Sheet 'Wishes' is none of the six; it was not read." in report.notes
    assert "Sheet 'Links' has no header that is known here; it was not read." in report.notes
    assert report.unused_columns == ["Colour (Suppliers)", "Nonsense (Shared service)"]
    assert len([row for row in data.relations.values() if row.relation == "served-by"]) == 2


# --- Incidents ---


def test_incidents_come_with_origins_and_effects(tmp_path: Path) -> None:
    data, _ = bring(tmp_path, BOOK)
    taken = data.incidents["permit-records-taken-2026"]
    assert taken.origins == ("supplier:kerbside-digital/parking-enforcement",)
    assert (taken.date_disclosed, taken.source_url, taken.source_publisher) == (
        "2026-05-14",
        "https://example.org/news",
        None,
    )
    assert taken.impact == ("confidentiality",)
    power = data.incidents["north-hall-power-failure-2025"]
    assert (power.origins, power.source_publisher) == (
        ("environment:north-hall", "system:permits-spare"),
        "Quenby Software",
    )
    assert {(e.incident_id, e.organisation, e.effect) for e in data.effects} == {
        (taken.incident_id, "authority:marlshire", "data-exposed"),
        (taken.incident_id, "authority:saltmere", "named-but-unaffected"),
        (power.incident_id, "authority:saltmere", "service-disrupted"),
        (power.incident_id, "authority:dover", "notified"),
    }
    assert {e.incident_id: e.said_by for e in data.effects} == {
        taken.incident_id: None,
        power.incident_id: "supplier:quenby-software",
    }


def test_one_row_for_each_council_is_one_incident(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Incident", "Origin", "First known", "Who said", "Council", "Status"],
        ["Theft at Alpha", "Alpha", "2026-03", "", "Dover", "data stolen and services down"],
        ["", "", "", "", "Thanet", "unaffected"],
        ["Theft at alpha.", "", "2026-03-04", "", "Adur", "cut off as a precaution"],
        ["Theft at Alpha", "", "2019", "", "Adur", "informed"],
    ]
    data, report = bring(tmp_path, {**SYSTEMS, "Incidents": rows})
    assert set(data.incidents) == {"theft-at-alpha-2019", "theft-at-alpha-2026"}
    assert [(e.organisation, e.effect) for e in data.effects if e.incident_id.endswith("2026")] == [
        ("authority:adur", "precautionary-shutdown"),
        ("authority:dover", "data-exposed"),
        ("authority:dover", "service-disrupted"),
        ("authority:thanet", "named-but-unaffected"),
    ]
    assert report.guess_count["blank incident read as the one above"] == 1
    assert data.incidents["theft-at-alpha-2026"].source_publisher == "book.xlsx"
    assert {e.said_by for e in data.effects} == {None}


def test_a_workbook_says_who_was_affected_and_how_it_stands(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Incident", "Origin", "First known", "Council", "Status", "How it stands", "Visible to", "Whose data", "People affected", "Services hit", "Cost (£)"],
        ["Theft at Alpha", "Alpha", "2026-03", "Dover", "data stolen", "Contained", "attackers", "citizens; employees", "about 1,200", "Benefits; Wizardry", "£15,000"],
        ["", "", "", "Thanet", "data stolen", "maybe so", "", "", "many", "", ""],
    ]  # fmt: skip
    data, report = bring(tmp_path, {**SYSTEMS, "Incidents": rows})
    dover, thanet = data.effects
    assert (dover.state, dover.audience, dover.subjects) == ("contained", ("attacker",), ("residents", "staff"))
    assert (dover.people_affected, dover.service_area) == (1200, ("revenues-benefits",))
    assert data.incidents["theft-at-alpha-2026"].cost_gbp == 15000
    assert (thanet.state, thanet.people_affected) == (None, None)
    assert report.guess_count["word that is not known, left blank"] == 1
    assert report.guess_count["number that is none, left blank"] == 1
    assert report.guess_count["service area that is not known, left blank"] == 1


def test_what_a_supplier_says_and_what_a_council_found_are_two_rows(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["What", "Root", "First known", "Who said", "Status per council"],
        ["Theft", "Kerbside Digital", "2026-05-01", "Kerbside Digital", "Saltmere: not affected"],
        ["Theft", "Kerbside Digital", "2026-05-01", "Saltmere", "Saltmere: data exposed"],
    ]
    data, _ = bring(tmp_path, {**BOOK, "Incidents": rows})
    assert [(e.effect, e.said_by) for e in data.effects] == [
        ("data-exposed", "authority:saltmere"),
        ("named-but-unaffected", "supplier:kerbside-digital"),
    ]


def test_nothing_of_an_incident_is_dropped_silently(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["What", "Root", "First known", "Who said", "Status per council", "Colour"],
        ["A", "Atlantis; Alpha / Parking", "one day", "", "Dover: possibly bad; Nowhere: data exposed; who knows; Thanet: not known", 5],
        ["", "Alpha", "", "", "Dover: told", ""],
    ]  # fmt: skip
    data, report = bring(tmp_path, {**SYSTEMS, "Incidents": rows})
    assert data.incidents["a"].origins == ("system:alpha",)
    assert data.effects == ()
    assert report.skipped == {"no incident is named": ["Incidents, row 3"]}
    assert report.guess_count["status that is not understood, left out"] == 2
    assert report.guess_count["status that is not known yet, left out"] == 1
    assert report.guess_count["status of a body that nobody knows, left out"] == 1
    assert report.guess_count["origin that is not one thing of this map, left out"] == 1
    assert report.guess_count["service area of a place, left out"] == 1
    assert report.guess_count["date that is none, left blank"] == 1
    assert dict(report.unmatched_councils) == {"Nowhere": 1}
    assert report.unused_columns == ["Colour (Incidents)"]


def test_an_incident_that_the_map_knows_is_joined_to_it(tmp_path: Path) -> None:
    base = read("uk")
    known = base.incidents["advanced-2022"]
    rows: list[list[object]] = [["What", "Root", "First known", "Who said", "Status per council"]]
    rows.append([known.title.upper(), "", "2022-08-09", "us", "Dover: raised its guard"])
    both, report = import_file(save(tmp_path, {"Incidents": rows}), base=base, format="workbook")
    assert both.incidents == base.incidents
    assert len(both.effects) == len(base.effects) + 1
    assert report.added["incidents"] == 0


@pytest.mark.parametrize(
    ("text", "effects"),
    [
        ("Data exposed", ("data-exposed",)),
        ("breached", ("data-exposed",)),
        ("Services down", ("service-disrupted",)),
        ("isolated as a precaution", ("precautionary-shutdown",)),
        ("Warned", ("notified",)),
        ("no impact", ("named-but-unaffected",)),
        ("data leaked, offline", ("data-exposed", "service-disrupted")),
        ("data leaked, badly", ()),
        ("affected", ()),
        ("", ()),
    ],
)
def test_a_status_is_understood_or_not_at_all(text: str, effects: tuple[str, ...]) -> None:
    assert effects_of(text) == effects


# --- mess ---


@pytest.mark.parametrize("seed", range(12))
def test_every_row_of_a_messy_workbook_is_accounted_for(tmp_path: Path, seed: int) -> None:
    """Cells of the whole book thrown about: rows balance, and neither a second time nor another order changes a thing."""
    draw = Random(seed)  # noqa: S311 - no secret
    words = [cell for rows in BOOK.values() for row in rows[1:] for cell in row]
    words += ["", "?", "=1", "31/31/2020", "Dover; Dover", "a/b", ";;", ": ", "REDACTED", 3.5, "Civica", "Strata"]
    sheets = {
        title: [
            rows[0],
            *([draw.choice(words) if draw.random() < 0.5 else cell for cell in row] for row in rows[1:] * 2),
        ]
        for title, rows in BOOK.items()
    }
    data, _ = bring(tmp_path, sheets)
    again, report = import_file(tmp_path / "book.xlsx", base=data)
    assert set(report.added.values()) == {0}
    assert again.digest == data.digest
    turned = {title: [rows[0], *draw.sample(rows[1:], len(rows) - 1)] for title, rows in sheets.items()}
    assert bring(tmp_path, turned)[0].digest == data.digest
