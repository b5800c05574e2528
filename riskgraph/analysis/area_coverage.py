"""`list coverage`: of how many councils the map knows who provides what, by service area and class, and how fresh that is.

Known is what was observed of a council itself. What the whole nation shares (Planning Portal) says nothing about a
council's own choice, and what a class rule says was not observed: both are counted apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import ClassVar, Literal, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.contracts import Buyers
from riskgraph.analysis.measure import is_council
from riskgraph.analysis.question import Asking, Question
from riskgraph.analysis.triage import counted_apart
from riskgraph.data.sellers import national_services
from riskgraph.dates import last_day
from riskgraph.evidence import last_evidenced
from riskgraph.graph import RiskGraph
from riskgraph.model import PRINCIPAL_COUNCILS
from riskgraph.pictured import Pictured
from riskgraph.rules import Trait, relations_that, rules

__all__ = ["Apart", "Coverage", "area_coverage"]

_YEARS = 4  # calendar years before that of the date asked: of 2026, seen since 2022
_USE, _LEANS = relations_that(Trait.USE), relations_that(Trait.LEANS)
_COUNT: tuple[Literal["integer"], str] = ("integer", "councils")
_CLASSES = sorted(PRINCIPAL_COUNCILS)


@dataclass(frozen=True, slots=True)
class Known:
    """Councils of which the map knows who provides anything, or what they use."""

    known: frozenset[str] = frozenset()
    seen: frozenset[str] = frozenset()  # of these, evidenced since the beginning of the year that is told


@dataclass(frozen=True, slots=True)
class Uses:
    """Uses of a product or system, and of how many it is known who hosts."""

    uses: int = 0
    hosting: int = 0
    assumed: int = 0  # not said of the use, but of every copy of the product


@dataclass(frozen=True, slots=True)
class Apart:
    """Something that councils share by being councils: a nation-wide service, or what a class rule says."""

    provider: str
    area: str | None
    law: bool  # by a class rule; else a nation-wide service that was seen in use
    councils: Known


@dataclass(frozen=True)
class Coverage(Answer, Pictured):
    """How much of the councils in scope the map knows."""

    form: ClassVar = Form(
        "coverage",
        "Of how many councils the map knows who provides what, by service area and class, and how fresh that is.",
        ("view", "scope"),
        (
            Column("councils", "councils in scope, of the date asked", *_COUNT),
            Column("since", "year from which a row counts as seen", "integer"),
            Column("known", "councils of which anything is known", *_COUNT),
            Column("seen", "of these, seen since that year", *_COUNT),
            Column("uses", "uses of products and systems, of anybody in scope", "integer", "rows"),
            Column("hosting_known", "of these, uses that say who hosts", "integer", "rows"),
            Column("hosting_assumed", "of these, uses that get it assumed from the product", "integer", "rows"),
        ),
        (
            TableForm(
                "areas",
                "a service area, that known at most councils first",
                (
                    Column("area", "service area"),
                    Column("known", "councils of which it is known who provides anything there", *_COUNT),
                    Column("councils", "councils in scope", *_COUNT),
                    Column("seen", "of those known, seen since the year that is told", *_COUNT),
                    Column("uses", "uses of products and systems there", "integer", "rows"),
                    Column("hosting_known", "of these, uses that say who hosts", "integer", "rows"),
                    Column("hosting_assumed", "of these, uses that get it assumed from the product", "integer", "rows"),
                ),
            ),
            TableForm(
                "classes",
                "a service area in a class of council; without an area: any of them",
                (
                    Column("class", "class of council"),
                    Column("area", "service area; empty: any"),
                    Column("known", "councils of which it is known who provides anything there", *_COUNT),
                    Column("councils", "councils of the class in scope", *_COUNT),
                    Column("seen", "of those known, seen since the year that is told", *_COUNT),
                ),
            ),
            TableForm(
                "apart",
                "something counted apart: a nation-wide service, or what a class rule says",
                (
                    Column("provider", "id of what is depended on"),
                    Column("name", "its name"),
                    Column("area", "service area; empty: not known"),
                    Column("why", "nation-wide or by law"),
                    Column("councils", "councils in scope that depend on it", *_COUNT),
                    Column("seen", "of these, seen since the year that is told; by law nobody was seen", *_COUNT),
                ),
                ("name", "area", "why", "councils", "seen"),
            ),
        ),
        ("areas",),
    )

    graph: RiskGraph
    question: Question
    since: int
    councils: Mapping[str, tuple[str, ...]]  # class to its councils in scope
    areas: Mapping[str, Known]
    anything: Known
    hosting: Mapping[str | None, Uses]
    apart: tuple[Apart, ...]

    @cached_property
    def of(self) -> int:
        """Councils in scope."""
        return sum(map(len, self.councils.values()))

    @cached_property
    def uses(self) -> Uses:
        """All uses."""
        every = self.hosting.values()
        return Uses(*(sum(getattr(one, name) for one in every) for name in ("uses", "hosting", "assumed")))

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Service areas, that known at most councils first."""
        return tuple(sorted(self.areas, key=lambda area: (-len(self.areas[area].known), area)))

    def fact_values(self) -> Mapping[str, Value]:
        """The sums."""
        uses = self.uses
        return {
            "councils": self.of,
            "since": self.since,
            "known": len(self.anything.known),
            "seen": len(self.anything.seen),
            "uses": uses.uses,
            "hosting_known": uses.hosting,
            "hosting_assumed": uses.assumed,
        }

    def row_values(self, table: str) -> Iterable[Row]:
        """A row for each area, class or thing apart."""
        if table == "classes":
            for kind, councils in self.councils.items():
                inside = frozenset(councils)
                for area in (None, *self.order):
                    one = self.anything if area is None else self.areas[area]
                    yield kind, area, len(one.known & inside), len(inside), len(one.seen & inside)
            return
        if table == "apart":
            name = self.graph.dataset.usual_name
            for thing in self.apart:
                why = "by law" if thing.law else "nation-wide"
                counted = thing.councils
                seen = None if thing.law else len(counted.seen)
                yield thing.provider, name(thing.provider), thing.area, why, len(counted.known), seen
            return
        for area in self.order:
            one, uses = self.areas[area], self.hosting.get(area, Uses())
            yield area, len(one.known), self.of, len(one.seen), uses.uses, uses.hosting, uses.assumed

    def __repr__(self) -> str:
        return f"<Coverage of {self.of} councils: anything known of {len(self.anything.known)}>"


def _known(counted: Mapping[str, bool]) -> Known:
    """Councils, each with whether any of its rows was seen lately."""
    return Known(frozenset(counted), frozenset(body for body, seen in counted.items() if seen))


def area_coverage(graph: RiskGraph, **asking: Unpack[Asking]) -> Coverage:
    """Of how many councils the map knows who provides what, by service area and class.

    Parameters
    ----------
    asking
        View and scope; see `riskgraph.analysis.question.Asking`.

    Returns
    -------
    Coverage
        Councils as of the date asked. A council is known in an area by a row of its own that is in force.

    Examples
    --------
    >>> found = area_coverage(RiskGraph.open("seeds"))
    >>> found.of, len(found.areas["revenues-benefits"].known)
    (25, 6)
    """
    question = Question.of(graph, **asking)
    view, dataset, settled = question.view, graph.dataset, graph.settled(question.view)
    buyers, national = Buyers(graph, view, question.selection), national_services(dataset)
    councils = {body for body in question.scope if is_council(dataset, body)}
    since = view.as_of.year - _YEARS
    areas: dict[str | None, dict[str, bool]] = {area: {} for area in question.selection.areas or rules().areas}
    apart: dict[tuple[str, str | None, bool], dict[str, bool]] = defaultdict(dict)
    anything, hosting = dict[str, bool](), dict[str | None, list[int]]()
    assumed = {step.row.id for step in settled.steps if step.implied and step.hosting.text is not None}
    for step in settled.steps:
        row, area = step.row, step.area
        if not step.in_force or step.implied or not buyers.hold(step.dependent, area):
            continue
        seen_on = last_evidenced(dataset, row, view)
        seen = seen_on is not None and last_day(seen_on) >= date(since, 1, 1)
        shared = counted_apart(step, national)
        if step.dependent in councils and step.relation in _LEANS:
            for counted in [apart[step.provider, area, row.by_law]] if shared else [anything, areas.get(area, {})]:
                counted[step.dependent] = seen or counted.get(step.dependent, False)
        if step.relation in _USE and not shared:
            counts = hosting.setdefault(area, [0, 0, 0])
            counts[0] += 1
            counts[1] += row.hosting is not None
            counts[2] += row.hosting is None and row.id in assumed
    kinds = {kind: [b for b in sorted(councils) if dataset.entities[b].authority_type == kind] for kind in _CLASSES}
    return Coverage(
        graph,
        question,
        since,
        {kind: tuple(some) for kind, some in kinds.items() if some},
        {area: _known(one) for area, one in areas.items() if area is not None},
        _known(anything),
        {area: Uses(*counts) for area, counts in hosting.items()},
        tuple(
            Apart(*key, _known(one))
            for key, one in sorted(apart.items(), key=lambda pair: (-len(pair[1]), pair[0][0], pair[0][1] or ""))
        ),
    )
