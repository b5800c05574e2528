"""`services`: what stops, the most important and the least tolerable first, at how many bodies and how surely."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.blast import BlastRadius, blast
from riskgraph.analysis.question import Asking, Question, RootNames
from riskgraph.evidence import last_evidenced
from riskgraph.graph import RiskGraph
from riskgraph.model import Band, Relation
from riskgraph.pictured import Pictured

__all__ = ["HitArea", "HitService", "ServicesHit", "services"]

IMPORTANCE = ("critical", "important", "other", None)  # what is not judged stands after what is


@dataclass(frozen=True, slots=True)
class HitService:
    """One service of one body that could be hit."""

    body: str
    area: str | None
    band: Band
    importance: str | None  # as the body's own register says; None: not judged
    hours: int | None  # that it can be done without, the least of what its register says; None: not known
    stops_after: int | None  # days until it stops, where every way there says how long it runs on
    seen: int | None  # the newest year in which a row of that service was evidenced


@dataclass(frozen=True, slots=True)
class HitArea:
    """One service area, over all bodies."""

    area: str | None
    services: tuple[HitService, ...]  # the most important first

    @property
    def importance(self) -> str | None:
        """The highest that any register says."""
        return min((one.importance for one in self.services), key=IMPORTANCE.index)

    @property
    def hours(self) -> int | None:
        """The least that any register says."""
        return min((one.hours for one in self.services if one.hours is not None), default=None)

    @property
    def band(self) -> Band:
        """The surest."""
        return min(one.band for one in self.services)

    @property
    def seen(self) -> int | None:
        """The newest year in which a row of it was evidenced."""
        return max((one.seen for one in self.services if one.seen is not None), default=None)


@dataclass(frozen=True)
class ServicesHit(Answer, Pictured):
    """What stops, or is hit in another kind, ranked."""

    form: ClassVar = Form(
        "services",
        "Services that could stop, by importance and by the hours that they can be done without.",
        ("roots", "kinds", "view", "band", "scope"),
        (
            Column("services", "services of bodies that could be hit", "integer", "services"),
            Column("bodies", "bodies that have one of them", "integer", "bodies"),
            Column("not_ruled_out", "services besides that cannot be ruled out", "integer", "services"),
            Column("judged", "services of which a register says how important they are", "integer", "services"),
            Column("hours_known", "services of which a register says how long they can be done without", "integer", "services"),
        ),
        (
            TableForm(
                "areas",
                "a service area; the most important and the least tolerable first, then the surest, then the widest",
                (
                    Column("area", "service area; empty: not known"),
                    Column("importance", "highest that a register says: critical, important or other; empty: not judged"),
                    Column("hours", "least that a register says it can be done without", "integer", "hours"),
                    Column("bodies", "bodies at which it could be hit", "integer", "bodies"),
                    Column("band", "how surely at best", "band"),
                    Column("documented", "at how many it is documented", "integer", "bodies"),
                    Column("likely", "at how many it is likely", "integer", "bodies"),
                    Column("possible", "at how many it is possible", "integer", "bodies"),
                    Column("last_seen", "newest year in which a row of it was evidenced", "integer", "year"),
                ),
            ),
            TableForm(
                "services",
                "a service of one body",
                (
                    Column("body", "id of the body"),
                    Column("name", "its usual name"),
                    Column("area", "service area; empty: not known"),
                    Column("importance", "as its register says; empty: not judged"),
                    Column("hours", "that it can be done without, as its register says", "integer", "hours"),
                    Column("stops_after", "time until it stops, where that is known", "integer", "days"),
                    Column("band", "how surely", "band"),
                    Column("last_seen", "newest year in which a row of it was evidenced", "integer", "year"),
                ),
            ),
        ),
    )  # fmt: skip

    graph: RiskGraph
    question: Question
    radius: BlastRadius
    areas: tuple[HitArea, ...]
    not_ruled_out: int

    @property
    def services(self) -> tuple[HitService, ...]:
        """Every service of every body."""
        return tuple(one for area in self.areas for one in area.services)

    @property
    def bodies(self) -> tuple[str, ...]:
        """Who has one of them."""
        return tuple(sorted({one.body for one in self.services}))

    def fact_values(self) -> Mapping[str, Value]:
        """How many, and of how many it is known how important they are."""
        return {
            "services": len(self.services),
            "bodies": len(self.bodies),
            "not_ruled_out": self.not_ruled_out,
            "judged": sum(one.importance is not None for one in self.services),
            "hours_known": sum(one.hours is not None for one in self.services),
        }

    def row_values(self, table: str) -> Iterable[Row]:
        """The areas in their order, or each service of each body."""
        if table == "services":
            name = self.graph.dataset.usual_name
            return [
                (s.body, name(s.body), s.area, s.importance, s.hours, s.stops_after, s.band, s.seen)
                for s in self.services
            ]
        return [
            (
                one.area,
                one.importance,
                one.hours,
                len(one.services),
                one.band,
                *(sum(service.band is band for service in one.services) for band in Band if band <= Band.POSSIBLE),
                one.seen,
            )
            for one in self.areas
        ]

    def __repr__(self) -> str:
        return (
            f"<Services hit by {' and '.join(self.question.roots)}: {len(self.services)} of {len(self.bodies)} bodies>"
        )


def services(graph: RiskGraph, roots: RootNames, **asking: Unpack[Asking]) -> ServicesHit:
    """What stops if the roots fail, ranked by importance and by the hours that it can be done without.

    Importance and hours are those of the register that the map was made from, never of this program: what no register
    judged stays not judged, and stands after what is.

    Parameters
    ----------
    graph
        The map to ask.
    roots
        What fails, all at once; see `riskgraph.analysis.blast.blast`.
    asking
        Kinds, view, band and scope; see `riskgraph.analysis.question.Asking`. The usual question is `outage`.

    Returns
    -------
    ServicesHit
        Each service by its own band, none of a root.

    Raises
    ------
    NameNotFound, AmbiguousName
        If a root is not one body, place or line of the data.

    Examples
    --------
    >>> found = services(RiskGraph.open("seeds"), "east kent services")
    >>> len(found.bodies), found.areas[0].importance is None
    (3, True)
    """
    if asking.get("kinds") is None:
        asking.setdefault("like", "outage")
    question = Question.of(graph, roots, **asking)
    radius = blast(graph, question)
    told = _told(graph, question)
    by_area: dict[str | None, list[HitService]] = {}
    unsure = 0
    for reach in radius.within(Band.NOT_RULED_OUT):
        for area, band in reach.own(Band.NOT_RULED_OUT).items():
            if band > radius.band:
                unsure += 1
                continue
            importance, hours, seen = told.get((reach.id, area), (None, None, None))
            after = radius.stops_after.get(reach.id, {}).get(area)
            by_area.setdefault(area, []).append(HitService(reach.id, area, band, importance, hours, after, seen))
    name = graph.dataset.usual_name
    areas = [
        HitArea(area, tuple(sorted(found, key=lambda one: (*_order(one), name(one.body)))))
        for area, found in by_area.items()
    ]
    areas.sort(key=lambda one: (*_order(one), -len(one.services), one.area or "~"))
    return ServicesHit(graph, question, radius, tuple(areas), unsure)


def _order(one: HitService | HitArea) -> tuple[int, float, Band]:
    hours = float("inf") if one.hours is None else one.hours
    return IMPORTANCE.index(one.importance), hours, one.band


_Said = tuple[str | None, int | None, int | None]


def _told(graph: RiskGraph, question: Question) -> dict[tuple[str, str | None], _Said]:
    """Body and area to the importance, the hours and the newest year of its rows in force."""
    rows: dict[tuple[str, str | None], dict[str, Relation]] = {}
    for step in graph.settled(question.view).steps:
        if step.in_force:
            rows.setdefault((step.dependent, step.area), {})[step.row.id] = step.row
    found = {}
    for key, mine in rows.items():
        years = [seen for row in mine.values() if (seen := last_evidenced(graph.dataset, row, question.view))]
        found[key] = (
            min((row.importance for row in mine.values()), key=IMPORTANCE.index),
            min((row.hours_without for row in mine.values() if row.hours_without is not None), default=None),
            max((int(seen[:4]) for seen in years), default=None),
        )
    return found
