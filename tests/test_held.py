"""What they hold of ours, and what stops: by rows of a register, in the same bands as a blast radius."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from reporting import uk

from riskgraph import RiskGraph
from riskgraph.analysis.blast import blast
from riskgraph.analysis.held import held
from riskgraph.analysis.services import services
from riskgraph.cli import main
from riskgraph.maps import read
from riskgraph.model import Band, FailureKind
from riskgraph.render.held import page as held_page
from riskgraph.render.page import as_text
from riskgraph.render.services import page as services_page
from riskgraph.report.redact import redact

REGISTER = """\
Authority,Software,Vendor,Department,Hosting,Access type,Personal data held,Number of people,Criticality,RTO,End date,Data returned or destroyed
Maidstone,TidyCare,Brightlark Ltd,Adult social care,hosted by supplier,holds our data,special,"about 4,200",Tier 1,4 hours,,
Ashford,TidyCare,Brightlark Ltd,Adult social care,hosted by supplier,holds our data,special,1.5k,High,2 days,,
Swale,TidyCare,Brightlark Ltd,Adult social care,,,,,,,,
Gravesham,TidyPay,Brightlark Ltd,Payroll,hosted by supplier,holds our data,personal,600,medium,1 week,,
Medway,TidyCare,Brightlark Ltd,Adult social care,hosted by supplier,,personal,9000,critical,1 day,31/03/2021,not known
Dartford,TidyPay,Brightlark Ltd,Payroll,on our servers,remote access,personal,,low,,,
"""


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("register") / "register.csv"
    file.write_text(REGISTER, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def ours(sheet: Path) -> RiskGraph:
    return RiskGraph(read(sheet))


def names(ids: tuple[str, ...]) -> list[str]:
    return [id_.partition(":")[2] for id_ in ids]


def test_each_body_stands_by_what_its_own_row_says(ours: RiskGraph) -> None:
    found = held(ours, "brightlark")
    assert {word: names(found.bodies(word)) for word in ("have", "can-reach", "not-known", "past")} == {
        "have": ["maidstone", "ashford", "gravesham"],
        "can-reach": ["dartford"],
        "not-known": ["swale"],
        "past": ["medway"],
    }
    first = as_text(held_page(found)).splitlines()[0]
    assert first.startswith(
        "3 of 6 councils have data with Brightlark Ltd; it can reach those of 1; of 1 it is not known"
    )


def test_what_is_not_known_stands_first_then_special_data_then_the_past(ours: RiskGraph) -> None:
    found = held(ours, "brightlark")
    assert [names((one.body,))[0] for one in found.holdings] == [
        "swale", "maidstone", "ashford", "gravesham", "dartford", "medway",
    ]  # fmt: skip
    assert [one.people for one in found.holdings[1:4]] == [4200, 1500, 600]
    text = as_text(held_page(found))
    assert "Maidstone: special category data, about 4,200 people, social care, in TidyCare" in text
    assert "Past customers, 1: Medway (until 31 March 2021)." in text


def test_a_supplier_with_a_way_in_can_reach_and_does_not_hold(ours: RiskGraph) -> None:
    dartford = next(one for one in held(ours, "brightlark").holdings if one.body == "authority:dartford")
    assert (dartford.how, dartford.people) == ("can reach", None)
    assert "it can reach them, and does not hold them" in as_text(held_page(held(ours, "brightlark")))


def test_members_are_the_denominator(ours: RiskGraph) -> None:
    asked = {"members": ["Maidstone", "Swale", "Gravesham"]}
    said = as_text(held_page(held(ours, "brightlark", members=asked["members"])))
    assert said.startswith("2 of your 3 members have data with Brightlark Ltd; of 1 it is not known")
    wide = as_text(held_page(held(ours, "brightlark", members=["Maidstone", "Medway", "Thanet"])))
    assert wide.startswith("1 of your 3 members has data with") and "Nothing at all is recorded of Thanet." in wide
    stops = as_text(services_page(services(ours, "brightlark", members=asked["members"])))
    assert stops.startswith("2 services at 2 of your 3 members could stop if Brightlark Ltd stopped")


@pytest.mark.parametrize(
    "root",
    ["civica", "capita", "capita/revenues-benefits", "microsoft", "east kent services", "rbkc shared it", "nec"],
)
def test_what_is_held_is_what_a_loss_of_data_would_expose_as_surely(root: str) -> None:
    surest: dict[str, Band] = {}
    for one in held(uk(), root).holdings:
        surest[one.body] = min(one.band, surest.get(one.body, one.band))
    radius = blast(uk(), root, kinds="exposure")
    assert surest == {reach.id: reach.kinds[FailureKind.EXPOSURE].band for reach in radius.within(Band.NOT_RULED_OUT)}


def test_nothing_is_said_to_be_none_where_nobody_knows() -> None:
    unknown = len(held(uk(), "netcall").bodies("not-known"))
    lead = as_text(held_page(held(uk(), "netcall"))).splitlines()[0]
    assert unknown > 0 and lead.startswith(f"Of {unknown} it is not known whether Netcall holds their data, of ")
    nobody = as_text(held_page(held(uk(), "kent"))).splitlines()[0]
    assert nobody.startswith("No row of this map says that Kent County Council holds data")


def test_services_stand_by_importance_then_by_the_hours_of_the_register(ours: RiskGraph) -> None:
    found = services(ours, "brightlark")
    assert [(one.area, one.importance, one.hours) for one in found.areas] == [
        ("social-care", "critical", 4),
        ("hr-payroll", "important", 168),
    ]
    assert [(names((one.body,))[0], one.hours) for one in found.areas[0].services] == [
        ("maidstone", 4),
        ("ashford", 48),
    ]
    text = as_text(services_page(found))
    assert "1. Social care, critical, can be done without for 4 hours; 2 bodies: Maidstone and Ashford (2 days)" in text
    assert "1 more cannot be ruled out." in text


def test_what_no_register_judged_stands_last_and_is_said_to_be_not_judged() -> None:
    found = services(uk(), "civica")
    assert {one.importance for one in found.services} == {None} and found.fact_values()["judged"] == 0
    assert f"Not judged, {len(found.services)} of {len(found.services)}" in as_text(services_page(found))


def test_services_are_those_of_the_blast_radius_by_their_own_band() -> None:
    radius = blast(uk(), "civica", like="outage")
    expected = {
        (reach.id, area, kinds[FailureKind.OUTAGE])
        for reach in radius.within(Band.NOT_RULED_OUT)
        for area, kinds in reach.services.items()
        if kinds.get(FailureKind.OUTAGE, Band.NOT_RULED_OUT) <= Band.POSSIBLE
    }
    assert {(one.body, one.area, one.band) for one in services(uk(), "civica").services} == expected


def test_importance_people_and_hours_come_from_the_users_words(sheet: Path) -> None:
    rows = {
        row.dependent.partition(":")[2]: row for row in read(sheet).relations.values() if row.people or row.importance
    }
    assert {body: (row.importance, row.people, row.hours_without) for body, row in rows.items()} == {
        "maidstone": ("critical", 4200, 4),
        "ashford": ("critical", 1500, 48),
        "gravesham": ("important", 600, 168),
        "medway": ("critical", 9000, 24),
        "dartford": ("other", None, None),
    }


def test_words_of_the_users_lead_to_the_word() -> None:
    for typed, meant in (("holds", "held"), ("stops", "services"), ("statement", "brief")):
        assert f"Use: riskgraph {meant}" in CliRunner().invoke(main, [typed, "civica"]).stderr


def test_how_many_people_a_withheld_body_has_is_withheld(ours: RiskGraph) -> None:
    hidden = redact(ours.dataset, ["authority:maidstone"], ours.dataset.info.day).dataset
    assert sorted(row.people for row in hidden.relations.values() if row.people is not None) == [600, 1500, 9000]


def test_of_two_purchases_of_one_thing_the_graver_word_counts(tmp_path: Path) -> None:
    file = tmp_path / "twice.csv"
    file.write_text(
        "Council,System,Supplier,How important,How long can we manage without it,About how many people\n"
        "Maidstone,TidyCare,Brightlark Ltd,low,3 days,200\nMaidstone,TidyCare,Brightlark Ltd,critical,30 hours,900\n"
    )
    row = next(row for row in read(file).relations.values() if row.importance is not None)
    assert (row.importance, row.hours_without, row.people) == ("critical", 30, 900)


def test_a_council_that_stops_has_services_of_its_own() -> None:
    assert as_text(services_page(services(uk(), "essex"))).startswith("0 services besides its own of 382 councils")
