"""Triage: in which order those who could be reached are told, and how well a map knows what it is asked about.

The first tier is what an officer acts on: who could be reached documented or likely, by what is done for them or
held of theirs. What is less sure stands after it, however many it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from riskgraph.analysis.measure import is_council
from riskgraph.analysis.question import Question
from riskgraph.data.dataset import Dataset
from riskgraph.data.sellers import national_services
from riskgraph.dates import first_day
from riskgraph.graph import RiskGraph
from riskgraph.model import Band, FailureKind
from riskgraph.rules import Trait, relations_that
from riskgraph.settle import Step, View

__all__ = [
    "AreaCoverage",
    "Tier",
    "areas_of_root",
    "begins_later",
    "counted_apart",
    "coverage",
    "first_band",
    "known_areas",
]


class Tier(StrEnum):
    """Where a public body stands in an answer; in the order in which answers tell them."""

    FIRST = "first"
    PRECAUTION = "precaution"
    POSSIBLE = "possible"
    ALTERED = "only if software were altered"
    UNRECORDED = "depends on it, not recorded for what or how"
    PAST = "past customer"


def first_band(counting: Collection[FailureKind], band: Band = Band.POSSIBLE) -> Band:
    """How sure the first tier is: likely; where altered software is what was asked, possible, which it is at best.

    Parameters
    ----------
    counting
        The kinds that count (`riskgraph.analysis.measure.counting`).
    band
        The band asked about, if it is surer.

    Examples
    --------
    >>> first_band({FailureKind.OUTAGE}), first_band({FailureKind.TAMPERING, FailureKind.INTRUSION})
    (<Band.LIKELY: 1>, <Band.POSSIBLE: 2>)
    """
    return min(Band.POSSIBLE if FailureKind.TAMPERING in counting else Band.LIKELY, band)


@dataclass(frozen=True, slots=True)
class AreaCoverage:
    """How many councils of a scope a map knows anything about in one service area.

    Attributes
    ----------
    area
        The service area.
    users
        Councils of the scope with a row of their own with what was asked about.
    known
        Councils of the scope for which the map knows who provides anything in the area, or what they use; those that
        depend in the area on what was asked about are known, even where it is a service of the whole nation.
    councils
        Councils of the scope.
    """

    area: str
    users: int
    known: int
    councils: int

    @property
    def thin(self) -> bool:
        """Whether the map knows too little to say who is not reached: less than a third of the councils."""
        return 3 * self.known < self.councils


def coverage(graph: RiskGraph, question: Question, areas: Iterable[str | None]) -> AreaCoverage | None:
    """How well the map knows the service area in which the roots reach most; `None` if no area is known.

    Parameters
    ----------
    areas
        The areas by which bodies are reached, one for each body and area.

    Returns
    -------
    AreaCoverage or None
        Councils as of the date asked, of the scope.

    Examples
    --------
    >>> graph = RiskGraph.open("seeds")
    >>> coverage(graph, Question.of(graph, "civica", as_of="2024-01-15"), ["revenues-benefits"])
    AreaCoverage(area='revenues-benefits', users=3, known=7, councils=25)
    """
    graph = graph.whole
    dataset = graph.dataset
    roots = {root.partition("/")[0] for root in question.roots}
    counts = Counter(area for area in areas if area is not None)
    for root in question.roots:
        counts.update(areas_of_root(dataset, root))
    if not counts:
        return None
    area = min(counts, key=lambda one: (-counts[one], one))
    councils = {body for body in question.scope if is_council(dataset, body)}
    asked = [step for step in _leaning(graph, question.view) if step.dependent in councils and step.provider in roots]
    there = known_areas(graph, question.view)
    known = {body for body in councils if area in there.get(body, ())}
    known.update(step.dependent for step in asked if step.area == area)
    return AreaCoverage(area, len({step.dependent for step in asked}), len(known), len(councils))


def areas_of_root(dataset: Dataset, root: str) -> frozenset[str]:
    """The service areas that a root says itself that it is about: of a line its own too."""
    body, _, line = root.partition("/")
    return frozenset(area for area in (line, *dataset.entities[body].service_area) if area)


def counted_apart(step: Step, national: Collection[str]) -> bool:
    """Whether a step tells nothing that was found out about the body itself: a nation-wide service, or a class rule.

    Parameters
    ----------
    national
        The nation-wide services of the map (`riskgraph.data.sellers.national_services`).
    """
    return step.provider in national or step.row.by_law


def known_areas(graph: RiskGraph, view: View) -> dict[str, set[str]]:
    """Body to the service areas for which the map knows who provides anything, or what it uses."""
    found: dict[str, set[str]] = {}
    national = national_services(graph.dataset)
    for step in _leaning(graph, view):
        if step.area is not None and not counted_apart(step, national):
            found.setdefault(step.dependent, set()).add(step.area)
    return found


def begins_later(dataset: Dataset, day: date, providers: Collection[str] | None = None) -> dict[str, str]:
    """Who depends on something from a later day only, and from which: what an answer for that day leaves out.

    Parameters
    ----------
    day
        The day that is asked about.
    providers
        Only what depends on these, or on what they make; on anything if left out.
    """
    leans, makes = relations_that(Trait.LEANS), relations_that(Trait.MAKES)
    meant = None if providers is None else set(providers)
    if meant is not None:
        meant |= {
            row.dependent for row in dataset.relations.values() if row.relation in makes and row.provider in meant
        }
    found: dict[str, str] = {}
    for row in dataset.relations.values():
        if row.valid_from and row.relation in leans and (meant is None or row.provider in meant):
            if first_day(row.valid_from) > day:
                found[row.dependent] = min(row.valid_from, found.get(row.dependent, row.valid_from))
    return found


def _leaning(graph: RiskGraph, view: View) -> Iterator[Step]:
    leans = relations_that(Trait.LEANS)
    return (step for step in graph.settled(view).observed if step.in_force and step.relation in leans)
