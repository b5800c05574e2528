"""`calls`: who to ring, in what order, in the first hour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.blast import BlastRadius, Reach, blast
from riskgraph.analysis.desks import desks
from riskgraph.analysis.question import Asking, Question, RootNames
from riskgraph.analysis.triage import Tier
from riskgraph.graph import RiskGraph
from riskgraph.model import ENVIRONMENT, ORGANISATIONS, SHARED_SERVICE, Band, FailureKind
from riskgraph.pictured import Pictured
from riskgraph.rules import Trait, relations_that

__all__ = ["Call", "CallSheet", "call_sheet", "calls"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call: whom, in which turn, why, and what to say or ask."""

    turn: int
    who: str  # id of a body of the data, or the name of a national body
    role: str  # root, operator, council, precaution, national, partner
    why: str | None  # a word for the reason; the words themselves are render's
    number: str | None = None  # a published number; None: not known here
    website: str | None = None
    kinds: tuple[FailureKind, ...] = ()
    band: Band | None = None  # the best of the body
    services: Mapping[str | None, Band] = field(
        default_factory=dict
    )  # each as surely reached as was asked, its own band


@dataclass(frozen=True)
class CallSheet(Answer, Pictured):
    """Who to ring, in what order. Contacts are never part of it: `riskgraph.analysis.contacts` joins them in print."""

    form: ClassVar = Form(
        "calls",
        "Who to ring if the roots were hit, in what order.",
        ("roots", "kinds", "view", "band", "scope"),
        (
            Column("councils", "how many could be reached", "integer"),
            Column("more", "how many of them are not listed, nor are among those who know first", "integer"),
        ),
        (
            TableForm(
                "calls",
                "a call",
                (
                    Column("turn", "its turn, from 1", "integer"),
                    Column("who", "id of a body of the data, or the name of a national body"),
                    Column("name", "its name"),
                    Column("role", "root, operator, between, council, precaution, national or partner"),
                    Column("why", "relation or duty for which it is rung"),
                    Column(
                        "band", "how surely it could be reached itself; empty: it is rung for another reason", "band"
                    ),
                    Column("kinds", "kinds of failure that could reach it", "list"),
                    Column("number", "its published number"),
                    Column("website", "its website"),
                ),
                ("turn", "name", "role", "why", "band", "number", "website"),
            ),
            TableForm(
                "services",
                "a service that could be reached at one of those rung",
                (
                    Column("turn", "turn of the call", "integer"),
                    Column("who", "id of the body"),
                    Column("area", "service area; empty: not known"),
                    Column("band", "how surely", "band"),
                ),
            ),
        ),
    )

    graph: RiskGraph
    question: Question
    radius: BlastRadius
    calls: tuple[Call, ...]
    more: int  # councils that could be reached beyond those listed

    def fact_values(self) -> Mapping[str, Value]:
        """How many could be reached, and how many of them are not rung."""
        return {"councils": len(self.radius.within(self.question.band)), "more": self.more}

    def row_values(self, table: str) -> Iterable[Row]:
        """The calls in turn, or the services of those rung."""
        if table == "services":
            return [(c.turn, c.who, area, band) for c in self.calls for area, band in c.services.items()]
        entities = self.graph.dataset.entities
        return [
            (
                c.turn,
                c.who,
                entities[c.who].name if c.who in entities else c.who,
                c.role,
                c.why,
                c.band,
                c.kinds,
                c.number,
                c.website or None,
            )
            for c in self.calls
        ]

    def __repr__(self) -> str:
        return f"<CallSheet for {' and '.join(self.question.roots)}: {len(self.calls)} calls>"


# in which order they are rung; who could be reached by altered software alone is rung where that is asked about
RUNG = (Tier.FIRST, Tier.POSSIBLE, Tier.UNRECORDED, Tier.PAST)

# areas whose data belong to somebody else as well
_PARTNERS = {
    "revenues-benefits": "Department for Work and Pensions",
    "social-care": "NHS partners",
    "health": "NHS partners",
}


def calls(graph: RiskGraph, roots: RootNames, *, limit: int = 15, **asking: Unpack[Asking]) -> CallSheet:
    """Who to ring if the roots are hit: those who know first, then the most exposed, then the nation's desks.

    Parameters
    ----------
    graph
        The map to ask.
    roots
        What is hit, all at once; see `riskgraph.analysis.blast.blast`.
    limit
        The most councils to list, surest first.
    asking
        Kinds, view, band and scope; see `riskgraph.analysis.question.Asking`. Only bodies of the scope are rung.

    Returns
    -------
    CallSheet
        Each body once, in the turn in which it is rung.

    Raises
    ------
    NameNotFound, AmbiguousName
        If a root is not one body, place or line of the data.

    Examples
    --------
    >>> sheet = calls(RiskGraph.open("seeds"), "rbkc shared it")
    >>> [call.who for call in sheet.calls][:3]
    ['authority:kensington-and-chelsea', 'authority:westminster', 'authority:hammersmith-and-fulham']
    """
    return call_sheet(blast(graph, Question.of(graph, roots, **asking)), limit)


def call_sheet(radius: BlastRadius, limit: int = 15) -> CallSheet:
    """The call sheet of a radius that is there already; see `calls`."""
    graph = radius.graph
    book = _Book(graph, radius)
    book.knowing()
    tiers = radius.tiers
    reached = [radius[body] for tier in RUNG for body in tiers[tier] if body not in book.rung]
    for body in sorted({reach.first for reach in reached if reach.first is not None})[:3]:
        if graph.dataset.entities[body].kind == SHARED_SERVICE:
            book.add(body, "between")
    first = len(tiers[Tier.FIRST])
    for number, reach in enumerate(reached[:limit]):
        if number == first:
            book.warn(tiers[Tier.PRECAUTION])
        book.add(reach.id, "council")
    book.warn(tiers[Tier.PRECAUTION])
    book.desks()
    return CallSheet(graph, radius.question, radius, tuple(book.calls), max(0, len(reached) - limit))


class _Book:
    """Calls in the order in which they are added, each body once."""

    def __init__(self, graph: RiskGraph, radius: BlastRadius) -> None:
        self.graph, self.radius, self.band = graph, radius, radius.question.band
        told = (Tier.FIRST, Tier.POSSIBLE, Tier.PRECAUTION, Tier.UNRECORDED, Tier.PAST)
        here = {body for tier in told for body in radius.tiers[tier]}
        self.reached = {reach.id: reach for reach in radius.authorities if reach.id in here}
        self.calls: list[Call] = []
        self.rung: set[str] = set()

    def add(self, who: str, role: str, why: str | None = None) -> None:
        """Add a body of the data, with how surely it could be reached itself."""
        if who in self.rung:
            return
        self.rung.add(who)
        entity, entry = self.graph.dataset.entities[who], self.graph.dataset.register.get(who)
        site = entity.website or (entry.website if entry is not None else None)
        call = Call(len(self.calls) + 1, who, role, why, None, site)
        reach = self.reached.get(who)
        if reach is not None:
            services = dict(sorted(self._services(reach), key=lambda item: item[1]))
            call = replace(call, kinds=tuple(reach.kinds), band=reach.band, services=services)
        self.calls.append(call)

    def warn(self, bodies: Iterable[str]) -> None:
        """Add those who should act as a precaution: after the first tier, before who is less sure."""
        for body in bodies:
            self.add(body, "precaution")

    def _services(self, reach: Reach) -> Iterable[tuple[str | None, Band]]:
        return reach.own(self.band).items()

    def knowing(self) -> None:
        """Those who know first: the one hit, and who runs, hosts or makes it."""
        entities = self.graph.dataset.entities
        for root in self.radius.roots:
            body = root.partition("/")[0]
            if entities[body].kind in ORGANISATIONS:
                self.add(body, "root")  # who runs a line that fails may be reached too
            for step in self.graph.settled(self.radius.view).steps:
                runs = step.relation in relations_that(Trait.OPERATES, Trait.MAKES, Trait.HOSTS)
                if step.dependent == body and step.in_force and runs and entities[step.provider].kind != ENVIRONMENT:
                    self.add(step.provider, "operator", step.relation)

    def desks(self) -> None:
        """The national desks, and who else owns data that pass through the services reached."""
        personal = bool(self.radius.within(self.band, FailureKind.EXPOSURE))
        register = self.graph.dataset.register
        nations = {register[body].nation for body in self.reached if body in register} - {None} or {"England"}
        for desk in desks():
            if (desk.why != "personal-data" or personal) and (not desk.nations or nations & {*desk.nations}):
                call = Call(len(self.calls) + 1, desk.name, "national", desk.why, desk.number, desk.website)
                self.calls.append(call)
        areas = {area for reach in self.reached.values() for area, _ in self._services(reach)}
        for name in dict.fromkeys(partner for area, partner in _PARTNERS.items() if area in areas):
            self.calls.append(Call(len(self.calls) + 1, name, "partner", "data-partner"))
