"""Triage: in which order those who could be reached are told, and how well a map knows what it is asked about.

The first tier is what an officer acts on: who could be reached documented or likely, by what is done for them or
held of theirs. What is less sure stands after it, however many it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from riskgraph.analysis.measure import is_council
from riskgraph.analysis.question import Question
from riskgraph.graph import RiskGraph
from riskgraph.model import Band, FailureKind
from riskgraph.rules import Trait, relations_that

__all__ = ["AreaCoverage", "Tier", "coverage", "first_band"]


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
        Councils of the scope for which the map knows who provides anything in the area, or what they use.
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
    >>> coverage(graph, Question.of(graph, "civica"), ["revenues-benefits"])
    AreaCoverage(area='revenues-benefits', users=0, known=4, councils=19)
    """
    dataset = graph.dataset
    roots = {root.partition("/")[0] for root in question.roots}
    counts = Counter(area for area in areas if area is not None)
    for root in question.roots:
        entity = dataset.entities[root.partition("/")[0]]
        counts.update(dict.fromkeys((area for area in (root.partition("/")[2], *entity.service_area) if area), 1))
    if not counts:
        return None
    area = min(counts, key=lambda one: (-counts[one], one))
    councils = {body for body in question.scope if is_council(dataset, body)}
    leans = relations_that(Trait.LEANS)
    known, users = set(), set()
    for step in graph.settled(question.view).steps:
        if step.in_force and step.relation in leans:
            if step.dependent in councils and step.area == area:
                known.add(step.dependent)
            if step.dependent in councils and step.provider in roots:
                users.add(step.dependent)
    return AreaCoverage(area, len(users), len(known), len(councils))
