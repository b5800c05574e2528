"""The examples that ship rest on what is in force on their day, so that nobody learns from a contract that is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from riskgraph.assets import shipped
from riskgraph.data import read as read_data
from riskgraph.data.dataset import Dataset
from riskgraph.data.names import Names
from riskgraph.dates import first_day, last_day
from riskgraph.graph import RiskGraph
from riskgraph.model import Relation
from riskgraph.scenario.award import read_award
from riskgraph.scenario.files import read, shipped_scenarios
from riskgraph.scenario.model import EVERYBODY
from riskgraph.scenario.playbook import read_playbook

DEPENDS = {"cut": ("a", "b"), "leave": ("council", "service"), "switch": ("council", "old")} | {
    "insource": ("council", "supplier"), "purge": ("council", "supplier"), "add-backup": ("council", "main")
}  # fmt: skip
SERVES = {"lose": ("bodies",), "join": ("service",), "segment": ("environment",), "buys": ("buyer", "bought")}

Tie = tuple[str | None, str, tuple[str, ...]]
"""Who depends (`None`: anybody), on whom, and in which service areas (none named: any)."""


@pytest.fixture(scope="module")
def uk() -> Dataset:
    return read_data("uk")


def over(uk: Dataset, tie: Tie, day: date) -> bool:
    """Whether no row of a tie is in force on a day: a row with the body itself or with a product that it makes."""
    who, whom, areas = tie
    rows = uk.relations.values()
    made = {row.dependent for row in rows if row.relation == "made-by" and row.provider == whom and _runs(row, day)}
    return not any(
        who in {None, row.dependent} and row.provider in {whom, *made} and _runs(row, day)
        for row in rows
        if row.dependent not in made and (not areas or row.service_area in areas)
    )


def _runs(row: Relation, day: date) -> bool:
    begins, ends = row.valid_from, row.valid_to
    return (begins is None or first_day(begins) <= day) and (ends is None or day <= last_day(ends))


def ties_of_scenario(name: str) -> Iterator[Tie]:
    for change in read(name).changes:
        areas = tuple(area for area in change.values.get("area", ()) if area != "all")
        if pair := DEPENDS.get(change.verb):
            who, whom = (change.values[key][0] for key in pair)
            yield None if who == EVERYBODY else who, whom, areas
        for key in SERVES.get(change.verb, ()):
            yield from ((None, body, ()) for body in change.values[key])


@pytest.mark.parametrize("name", shipped_scenarios())
def test_no_scenario_names_a_tie_that_is_over(uk: Dataset, name: str) -> None:
    scenario = read(name)
    assert scenario.date == uk.info.as_of
    day = last_day(scenario.as_of or uk.info.as_of)
    assert [tie for tie in ties_of_scenario(name) if over(uk, tie, day)] == []


@pytest.mark.parametrize("name", sorted(path.stem for path in shipped("drafts").glob("*.toml")))
def test_no_draft_names_a_tie_that_is_over(uk: Dataset, name: str) -> None:
    """Whose contract it replaces, and whoever the buyer rests on already, must still be there when it begins."""
    award, names = read_award(name), Names(uk)
    assert award.start is not None
    known = [names.resolve(body) for body in (award.supplier, *award.replaces) if body not in award.new]
    ties: list[Tie] = [(names.resolve(buyer), body, ()) for buyer in award.councils for body in known]
    assert [tie for tie in ties if over(uk, tie, first_day(award.start))] == []


@pytest.mark.parametrize("name", sorted(path.stem for path in shipped("exercises").glob("*.toml")))
def test_no_exercise_names_a_tie_that_is_over(uk: Dataset, name: str) -> None:
    book = read_playbook(RiskGraph.open("uk"), name)
    for root in {*book.roots, *(root for belief in book.beliefs for root in belief.roots)}:
        body, _, area = root.partition("/")
        assert not over(uk, (None, Names(uk).resolve(body), (area,) if area else ()), last_day(book.as_of or book.date))


def test_a_tie_is_told_to_be_over_when_it_is(uk: Dataset) -> None:
    tie: Tie = ("shared-service:east-kent-services", "supplier:civica", ())
    assert over(uk, tie, date(2026, 11, 30)) and not over(uk, tie, date(2024, 1, 18))
    assert over(uk, ("authority:ashford", "shared-service:partnershipone", ()), date(2026, 11, 30))
