"""Coverage: what was observed of a council counts; what the nation shares and what a law says are counted apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from planted import lawful
from small import FILES, write_small

from riskgraph import RiskGraph, load
from riskgraph.analysis.area_coverage import Coverage, area_coverage
from riskgraph.analysis.question import Question
from riskgraph.analysis.triage import known_areas
from riskgraph.cli import main
from riskgraph.data.dataset import Dataset
from riskgraph.model import Entity, Evidence, Relation
from riskgraph.render.coverage import coverage_page
from riskgraph.render.page import as_text


def row(name: str, body: str, relation: str, provider: str, **cells: object) -> Relation:
    return Relation(name, f"authority:{body}", relation, provider, evidence=(cells.pop("evidence", "e1"),), **cells)  # type: ignore[arg-type]


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    write_small(tmp_path, relations_csv=FILES["relations.csv"].split("r1,")[0])
    made = RiskGraph.open(tmp_path).dataset
    new = Evidence("e2", "https://example.org/2", "invented", "2023", None, "confirmed", "supports", None, "invented")
    return replace(
        made,
        entities={
            **made.entities,
            "product:rates": Entity("product:rates", "product", "Rates"),
            "system:planning-portal": Entity("system:planning-portal", "system", "Planning Portal"),
        },
        evidence={**made.evidence, "e2": replace(new, retrieved="2024-06-30")},
    )


def covered(dataset: Dataset, *rows: Relation, **asking: object) -> Coverage:
    return area_coverage(RiskGraph(replace(dataset, relations={one.id: one for one in rows})), **asking)  # type: ignore[arg-type]


def cells(found: Coverage, area: str) -> list[object]:
    return next(list(line[1:]) for line in found.row_values("areas") if line[0] == area)


def test_a_council_is_known_by_a_row_of_its_own_that_is_in_force(dataset: Dataset) -> None:
    found = covered(
        dataset,
        row("a", "ashby", "served-by", "supplier:orbit", service_area="housing"),
        row("b", "bexton", "served-by", "supplier:orbit", service_area="housing", valid_to="2023"),
    )
    assert cells(found, "housing")[:2] == [1, 2] and cells(found, "pensions")[:2] == [0, 2]
    assert found.since == 2020 and cells(found, "housing")[2] == 1


def test_who_was_last_seen_before_is_known_and_not_seen(dataset: Dataset) -> None:
    rows = (
        row("a", "ashby", "served-by", "supplier:orbit", service_area="housing"),
        row("b", "bexton", "served-by", "supplier:orbit", service_area="housing", evidence="e2"),
    )
    assert cells(covered(dataset, *rows), "housing")[:3] == [2, 2, 2]
    later = covered(dataset, *rows, as_of="2026-06-30")
    assert later.since == 2022 and cells(later, "housing")[:3] == [2, 2, 1]


def test_of_uses_it_is_told_who_hosts_and_what_is_assumed(dataset: Dataset) -> None:
    hosted = replace(dataset.entities["product:rates"], hosting="supplier")
    rows = (
        row("a", "ashby", "uses", "product:rates", service_area="housing", hosting="own"),
        row("b", "bexton", "uses", "product:rates", service_area="housing"),
        Relation("m", "product:rates", "made-by", "supplier:orbit", evidence=("e1",)),
    )
    assert cells(covered(dataset, *rows), "housing")[3:] == [2, 1, 0]
    by_nature = replace(dataset, entities={**dataset.entities, hosted.id: hosted})
    assert cells(covered(by_nature, *rows), "housing")[3:] == [2, 1, 1]


def test_what_the_nation_shares_is_counted_apart_and_never_as_known(dataset: Dataset) -> None:
    portal = row("p", "ashby", "uses", "system:planning-portal", service_area="planning-building-control")
    found = covered(dataset, portal)
    assert cells(found, "planning-building-control") == [0, 2, 0, 0, 0, 0] and not found.anything.known
    assert list(found.row_values("apart")) == [
        ("system:planning-portal", "Planning Portal", "planning-building-control", "nation-wide", 1, 1)
    ]
    assert "- Planning Portal, planning and building control: 1 council (nation-wide" in as_text(coverage_page(found))
    assert known_areas(found.graph, Question.of(found.graph).view) == {}


def test_what_a_class_rule_says_is_counted_apart_and_never_as_known(dataset: Dataset) -> None:
    found = area_coverage(RiskGraph(lawful(replace(dataset, relations={}), service_area="electoral")))
    assert cells(found, "electoral") == [0, 2, 0, 0, 0, 0] and not found.anything.known
    assert list(found.row_values("apart")) == [("supplier:orbit", "Orbit", "electoral", "by law", 2, None)]
    assert known_areas(found.graph, Question.of(found.graph).view) == {}


def test_coverage_is_that_of_the_scope() -> None:
    uk = load("uk")
    every, some = uk.coverage(), uk.coverage(regions=["Scotland"], areas=["planning"])
    assert (
        every.of == 382
        and some.of == 32
        and set(some.areas) == {"planning-building-control"}
        and set(some.councils) == {"scottish-unitary"}
    )
    assert sum(len(councils) for councils in every.councils.values()) == every.of
    by_class = [line for line in every.row_values("classes") if line[1] == "planning-building-control"]
    assert sum(line[2] for line in by_class) == cells(every, "planning-building-control")[0]  # type: ignore[misc]


def test_every_service_area_is_told_though_nothing_is_known_of_it() -> None:
    said = CliRunner().invoke(main, ["list", "coverage", "--data", "seeds"]).stdout
    assert said.startswith("0 of 30 service areas are known at half of 25 councils or more")
    assert "forensics" in said and "seen since 2022" in said
