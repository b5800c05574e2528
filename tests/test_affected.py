"""Who is affected: residents only where they are hit, staff as staff, people on record as such."""

from __future__ import annotations

from reporting import uk

from riskgraph.analysis.affected import affected, affected_by, only_staff
from riskgraph.analysis.blast import blast
from riskgraph.analysis.measure import Services, residents
from riskgraph.analysis.single_failures import worst_failures
from riskgraph.data import read
from riskgraph.model import Band, FailureKind
from riskgraph.render.affected import affected_lines, residents_words
from riskgraph.report import make
from riskgraph.rules import rules

EXPOSED = {FailureKind.EXPOSURE: Band.DOCUMENTED}


def test_a_system_of_staff_says_staff_and_no_residents() -> None:
    found = affected_by(blast(uk(), "lancashire oracle fusion", like="data-theft"))
    assert found.only_staff and found.residents.people == 0 and len(found.staff) == 3
    assert affected_lines(uk().dataset, found)[-1] == "Staff of these 3 bodies; how many is not known."
    number = make(uk(), "blast", ["lancashire oracle fusion"]).report.numbers[1]
    assert (number.figure, number.noun) == ("Staff", "of these bodies; how many is not known")


def test_a_service_surer_than_was_asked_decides_whose_residents_count() -> None:
    data = read("seeds")
    services: Services = {"hr-payroll": EXPOSED, "housing": {FailureKind.OUTAGE: Band.POSSIBLE}}
    assert affected(data, [("authority:dover", services)], Band.LIKELY).staff == ("authority:dover",)
    assert affected(data, [("authority:dover", services)], Band.POSSIBLE).residents.areas == 1


def test_a_body_hit_in_an_area_not_known_counts_with_its_residents() -> None:
    data = read("seeds")
    unknown: list[Services] = [{}, {None: EXPOSED}, {"ict-infrastructure": EXPOSED}]
    for services in unknown:
        found = affected(data, [("authority:dover", services)])
        assert (found.residents, found.staff) == (residents(data, ["authority:dover"]), ())


def test_what_was_recorded_of_an_incident_stands_where_nobody_else_is_reached() -> None:
    number = make(uk(), "blast", ["essex"]).report.numbers[1]
    assert (number.figure, number.noun) == ("About 400", "people, as recorded")
    assert "service users" in number.note


def test_residents_are_a_ceiling_and_staff_besides_are_named() -> None:
    data = read("seeds")
    reached: list[tuple[str, Services]] = [
        ("authority:dover", {"housing": EXPOSED}),
        ("authority:thanet", {"pensions": EXPOSED}),
    ]
    staff, living = affected_lines(data, affected(data, reached))
    assert staff == "Only staff at 1 body more: Thanet."
    assert living == residents_words(affected(data, reached)) and "a ceiling, not people affected" in living
    assert "Thanet" not in affected_lines(data, affected(data, reached), named=False)[0]


def test_every_service_area_says_whose_data_lie_there_or_that_it_depends() -> None:
    assert {area.id for area in rules().areas.values() if only_staff(area.id)} == {
        "hr-payroll", "pensions", "finance-erp", "procurement", "corporate-services",
    }  # fmt: skip
    assert all(rules().areas[area].subjects <= {"staff", "residents"} for area in rules().areas)


def test_the_worst_failures_count_residents_only_where_they_are_hit() -> None:
    for one in worst_failures(uk(), areas=["hr-payroll"], limit=3).failures:
        assert one.bands and one.residents == 0
    first = worst_failures(uk(), limit=1).failures[0]
    assert first.residents == affected_by(first.radius, Band.POSSIBLE).residents.people > 0
