"""`held`: what somebody holds of ours, of which kind, about how many people, and since when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.blast import run
from riskgraph.analysis.measure import counts
from riskgraph.analysis.question import Asking, Question, RootNames
from riskgraph.evidence import last_evidenced
from riskgraph.graph import RiskGraph
from riskgraph.harm import Part, Place
from riskgraph.model import AUTHORITY, KINDS, NEVER, ORGANISATIONS, Band, FailureKind
from riskgraph.pictured import Pictured
from riskgraph.rules import Trait, relations_that
from riskgraph.settle import Step

__all__ = ["STANDINGS", "Held", "Holding", "held"]

_EXPOSURE = KINDS.index(FailureKind.EXPOSURE)
_WAYS_IN = frozenset({"remote", "admin", "network"})
STANDINGS = ("have", "may", "can-reach", "not-known", "past")
_KINDS_OF_DATA = (None, "special", "personal", "none")  # what is not known first: it may be any


@dataclass(frozen=True, slots=True)
class Holding:
    """One row by which data of a body may lie within reach of what was asked about."""

    body: str
    thing: str  # id of the product, system, store or place where they lie, or of who does the work
    through: str | None  # id of an organisation that stands between
    area: str | None
    data: str | None  # kind; None: not known
    assumed: bool  # the kind is assumed from the area, the product or the system
    people: int | None  # about how many, as the register of the body says
    band: Band
    how: str  # holds, or can reach: a way in to data that lie elsewhere
    since: str | None
    until: str | None  # of a past customer: the end
    returned: str | None  # of a past customer: yes, no; None: not known
    seen: int | None  # year in which the row was last evidenced
    row: str


@dataclass(frozen=True)
class Held(Answer, Pictured):
    """What is held, and of whom it is not known."""

    form: ClassVar = Form(
        "held",
        "What data of public bodies somebody holds or can reach: where, of which kind, about how many people.",
        ("roots", "view", "band", "scope"),
        (
            Column("have", "bodies whose data are held, documented or likely", "integer", "bodies"),
            Column("may", "bodies besides whose data possibly are", "integer", "bodies"),
            Column("can_reach", "bodies besides whose data it can reach, and does not hold", "integer", "bodies"),
            Column("not_known", "bodies besides of which it is not known", "integer", "bodies"),
            Column("past", "bodies besides that are past customers whose data may still be there", "integer", "bodies"),
            Column("customers", "ids of bodies with a row of another kind, by which no data are held", "list"),
        ),
        (
            TableForm(
                "held",
                "a row by which data of a body may be held; what is not known first, then special data",
                (
                    Column("body", "id of the body whose data they are"),
                    Column("name", "its usual name"),
                    Column("thing", "id of the product, system, store or place, or of who does the work"),
                    Column("thing_name", "its name"),
                    Column("through", "id of who stands between; empty: nobody"),
                    Column("area", "service area; empty: not known"),
                    Column("data", "kind of data: special, personal or none; empty: not known"),
                    Column("assumed", "whether the kind is assumed from the area, the product or the system", "flag"),
                    Column("people", "about how many people, as the body's register says", "integer", "people"),
                    Column("how", "holds, or can reach: a way in to data that lie elsewhere"),
                    Column("band", "how surely", "band"),
                    Column("since", "since when, as the data give it"),
                    Column("until", "of a past customer: until when"),
                    Column("returned", "of a past customer: whether the data came back, yes or no; empty: not known"),
                    Column("last_seen", "year in which the row was last evidenced", "integer", "year"),
                    Column("row", "id of the relation"),
                ),
                ("name", "thing_name", "through", "area", "data", "people", "how", "band", "since", "until", "last_seen"),
            ),
        ),
    )  # fmt: skip

    graph: RiskGraph
    question: Question
    holdings: tuple[Holding, ...]
    customers: tuple[str, ...]  # bodies with a row in force by which no data are held, and no other

    @cached_property
    def standing(self) -> Mapping[str, str]:
        """Body to one of `STANDINGS`, by its surest row that is in force."""
        found: dict[str, str] = {}
        for one in self.holdings:
            if one.until is not None:
                word = "past"
            elif one.band is Band.NOT_RULED_OUT:
                word = "not-known"
            elif one.how != "holds":
                word = "can-reach"
            else:
                word = "have" if one.band <= Band.LIKELY else "may"
            found[one.body] = min(word, found.get(one.body, word), key=STANDINGS.index)
        return found

    def bodies(self, word: str) -> tuple[str, ...]:
        """The bodies that stand so."""
        return tuple(body for body, stands in self.standing.items() if stands == word)

    @property
    def past(self) -> tuple[Holding, ...]:
        """Rows of the past, the oldest first."""
        ended = [one for one in self.holdings if one.until is not None]
        return tuple(sorted(ended, key=lambda one: (one.until or "~", one.body)))

    def fact_values(self) -> Mapping[str, Value]:
        """How many have data there, and of how many it is not known."""
        return {
            **{word.replace("-", "_"): len(self.bodies(word)) for word in STANDINGS},
            "customers": self.customers,
        }

    def row_values(self, table: str) -> Iterable[Row]:
        """One row for each relation."""
        dataset = self.graph.dataset
        return [
            (
                one.body,
                dataset.usual_name(one.body),
                one.thing,
                dataset.entities[one.thing].name,
                one.through,
                one.area,
                one.data,
                one.assumed,
                one.people,
                one.how,
                one.band,
                one.since,
                one.until,
                one.returned,
                one.seen,
                one.row,
            )
            for one in self.holdings
        ]

    def __repr__(self) -> str:
        return (
            f"<Held by {' and '.join(self.question.roots)}: {len(self.holdings)} rows of {len(self.standing)} bodies>"
        )


def held(graph: RiskGraph, roots: RootNames, **asking: Unpack[Asking]) -> Held:
    """What somebody holds of public bodies, or of one's own members.

    Data are held where they could be read if what is asked about were read: in its own systems, in products that it
    hosts, at whoever runs on it. How surely is the band of the kind `exposure`.

    Parameters
    ----------
    graph
        The map to ask.
    roots
        Names or ids of suppliers, systems, stores or lines of business.
    asking
        View, band and scope; see `riskgraph.analysis.question.Asking`. The usual band is `not-ruled-out`.

    Returns
    -------
    Held
        A row for each relation of a body, what kind is not known first, then special data.

    Raises
    ------
    NameNotFound, AmbiguousName
        If a root is not one body, place or line of the data.

    Examples
    --------
    >>> found = held(RiskGraph.open("seeds"), "capita benefits extracts", as_of="2023-05-15")
    >>> len(found.bodies("have")), sorted({one.data for one in found.holdings})
    (8, ['personal'])
    """
    asking.setdefault("band", Band.NOT_RULED_OUT)
    asking["kinds"] = FailureKind.EXPOSURE
    question = Question.of(graph, roots, **asking).needs_roots()
    work = _Shelves(graph, question)
    found = [one for step in graph.settled(question.view).steps if (one := work.holding(step)) is not None]
    name = graph.dataset.usual_name
    found.sort(
        key=lambda one: (
            one.until is not None,
            one.data is not None and one.band < Band.NOT_RULED_OUT,
            _KINDS_OF_DATA.index(one.data),
            one.band,
            -(one.people or 0),
            name(one.body),
            one.row,
            one.thing,
        )
    )
    held_of = {one.body for one in found}
    customers = tuple(sorted(work.customers - held_of, key=name))
    return Held(graph, question, tuple(found), customers)


class _Shelves:
    """Where data of what is asked about lie, and which rows lead there."""

    def __init__(self, graph: RiskGraph, question: Question) -> None:
        self.graph, self.question, self.dataset = graph, question, graph.dataset
        self.harm = graph.harm(question.view, question.roots)
        self.answer = run(self.harm, question.roots, question.kinds)
        self.roots = {root.partition("/")[0] for root in question.roots}
        self.customers: set[str] = set()  # of a root, by a row in force

    def holding(self, step: Step) -> Holding | None:
        """What a step says is held; nothing where no data of a body pass it."""
        body, chosen = step.dependent, self.question.selection
        if self.dataset.entities[body].kind != AUTHORITY or step.relation in relations_that(Trait.WHOLE):
            return None
        if body in self.question.roots or not chosen.holds(body) or not chosen.has_area(step.area):
            return None
        if not counts(self.dataset, body, self.question.view.as_of):
            return None
        there = self._band(step)
        if there is None:
            return None
        if step.in_force and step.provider in self.roots:
            self.customers.add(body)
        if step.levels[_EXPOSURE] >= NEVER or (band := max(Band(step.levels[_EXPOSURE]), there)) > self.question.band:
            return None
        row, place = step.row, step.row.provider if step.implied else step.provider
        organisation = self.dataset.entities[step.provider].kind in ORGANISATIONS
        way_in = step.relation in relations_that(Trait.SUPPLIES) and step.access.text in _WAYS_IN
        seen = last_evidenced(self.dataset, row, self.question.view)
        return Holding(
            body,
            place,
            step.provider if step.provider not in self.roots and organisation else None,
            step.area,
            step.data.text,
            step.data.source is not None and step.data.text is not None,
            row.people,
            band,
            "can reach" if way_in else "holds",
            row.valid_from,
            None if step.in_force else min((r.valid_to for r in step.rows if r.valid_to), default=""),
            None if step.in_force else row.data_returned,
            None if seen is None else int(seen[:4]),
            row.id,
        )

    def _band(self, step: Step) -> Band | None:
        """How surely data that lie with the provider of a step are within reach."""
        organisation = self.dataset.entities[step.provider].kind in ORGANISATIONS
        place = Place(step.provider, Part.LINE, step.area) if organisation else Place(step.provider, Part.WHOLE)
        number = self.harm.number.get(place)
        best = None if number is None else self.answer.best(self.harm.state(number, FailureKind.EXPOSURE))
        return None if best is None else Band(best[0])
