"""What one change writes down: rows that end, rows that are supposed, bodies that come and go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from riskgraph.analysis.select import Selection
from riskgraph.data.dataset import Dataset
from riskgraph.data.edit import edited
from riskgraph.dates import first_day, in_words, parse_day
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import (
    AUTHORITY,
    PRESETS,
    PRODUCT,
    SUPPLIER,
    Entity,
    Evidence,
    FailureKind,
    Grade,
    RegisterEntry,
    Relation,
)
from riskgraph.rules import Trait, relations_that
from riskgraph.scenario.model import EVERYBODY, VERBS, Change
from riskgraph.settle import Step, View

__all__ = ["SUPPOSED", "Asked", "Draft", "Finding", "Tie"]

SUPPOSED = "supposed"
"""How the ids of rows and evidence begin that only a scenario says."""

_USE, _MAKES = relations_that(Trait.USE), relations_that(Trait.MAKES)
_TIES = relations_that(Trait.LEANS, Trait.BOTH_WAYS)
_SAID_BY = "a scenario"
_CLAIM = "Supposed in a scenario: no source says so."


class Finding:
    """What a verb found out besides its changes; each verb that needs one has its own kind."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a change is about: roots that fail together before, and groups of roots to ask after."""

    before: tuple[str, ...]
    after: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Tie:
    """One row that ties two bodies at the date: as the row itself, or through a product of the other."""

    step: Step
    other: str  # the provider, or the maker of the product that is used
    implied: bool  # whether the step from the user to the maker is in force beside the row

    @property
    def row(self) -> Relation:
        """The stated row."""
        return self.step.row


class Draft:
    """The state that a change starts from, and what it writes down.

    Parameters
    ----------
    graph
        The map, or what earlier changes made of it.
    view
        As of when.
    change
        The change as it was written; names are looked up in `graph`.
    kinds
        The failure kinds that the scenario asks about.
    """

    def __init__(
        self, graph: RiskGraph, view: View, change: Change, kinds: tuple[FailureKind, ...] = PRESETS["compromise"]
    ) -> None:
        self.graph, self.view, self.change, self.kinds = graph, view, change, kinds
        self.add: dict[str, Relation] = {}
        self.put: dict[str, Relation] = {}
        self.drop: dict[str, Relation] = {}
        self.entities: list[Entity] = []
        self.evidence: dict[str, Evidence] = {}
        self.register: list[RegisterEntry] = []
        self.lost: dict[str, None] = {}  # what is supposed to fail
        self.asks: list[Asked] = []
        self.areas_touched: dict[str | None, None] = {}
        self.instead: dict[str, tuple[str, ...]] = {}  # a body to those that take its place
        self.focus: dict[str, None] = {}  # councils that the change is about
        self.findings: list[Finding] = []

    # -- what was written -----------------------------------------------------------------------

    @property
    def dataset(self) -> Dataset:
        """The data that the change starts from."""
        return self.graph.dataset

    def texts(self, name: str) -> tuple[str, ...]:
        """The values of a field as they were written."""
        return self.change.values.get(name, ())

    def text(self, name: str) -> str:
        """The one value of a field."""
        values = self.texts(name)
        if len(values) != 1:
            raise RiskGraphError(f"{self.change.verb} takes one {name}, not {len(values)}.", f"Give one {name}.")
        return values[0]

    def bodies(self, name: str, kinds: frozenset[str] | None = None) -> tuple[str, ...]:
        """Ids of the bodies or places that a field names."""
        found = [self.graph.names.resolve(text, kinds).partition("/")[0] for text in self.texts(name)]
        return tuple(dict.fromkeys(found))

    def body(self, name: str, kinds: frozenset[str] | None = None) -> str:
        """Id of the one body or place that a field names."""
        return self.graph.names.resolve(self.text(name), kinds).partition("/")[0]

    def everybody(self, name: str) -> bool:
        """Whether a field says that all who depend on the provider are meant."""
        field = VERBS[self.change.verb].field(name)
        return field.everybody and self.text(name).strip().lower() == EVERYBODY

    def areas(self, *of: str) -> frozenset[str]:
        """The service areas the change is limited to, also those of a line such as `capita/pensions`; empty: all."""
        areas = set(Selection.of(self.graph, areas=self.texts("area")).areas)
        for name in of:
            for text in self.texts(name):
                if text.strip().lower() != EVERYBODY:
                    _, slash, area = self.graph.names.resolve(text).partition("/")
                    areas |= {area} if slash else set()
        return frozenset(areas)

    def day(self, name: str) -> date:
        """The date in a field."""
        try:
            return parse_day(self.text(name))
        except ValueError as error:
            raise RiskGraphError(f"{error}.", "Write a date as 2028-04-01.") from None

    # -- what is there --------------------------------------------------------------------------

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Everything that counts at the date."""
        return self.graph.settled(self.view).steps

    def name(self, id_: str) -> str:
        """What a body is usually called."""
        return self.dataset.usual_name(id_)

    def kind(self, id_: str) -> str:
        """Kind of a body or place."""
        return self.dataset.entities[id_].kind

    def ties(self, a: str | None, b: str, areas: frozenset[str] = frozenset()) -> list[Tie]:
        """Rows in force by which `a` (everybody if `None`) depends on `b`, also through products of `b`.

        Rows of governance and ownership are no ties; a joined network is one either way.
        """
        made = {s.dependent for s in self.steps if s.relation in _MAKES and s.in_force and s.provider == b}
        implied = {s.row.id for s in self.steps if s.implied and s.in_force and s.provider == b}
        found: list[Tie] = []
        for step in self.steps:
            if not step.in_force or step.implied or step.relation not in _TIES:
                continue
            ends = [(step.dependent, step.provider)]
            if step.relation in relations_that(Trait.BOTH_WAYS):
                ends.append((step.provider, step.dependent))
            for dependent, provider in ends:
                if provider != b and not (step.relation in _USE and provider in made):
                    continue
                if (a is None or dependent == a) and (not areas or step.area in areas):
                    found.append(Tie(step, b, step.row.id in implied))
        return list({tie.row.id: tie for tie in found}.values())

    def hosted_by_user(self, tie: Tie) -> bool:
        """Whether what is used is known to run on the user's own servers."""
        row = tie.row
        return (row.hosting or self.dataset.entities[row.provider].hosting) == "own"

    # -- what is written down -------------------------------------------------------------------

    def about(self, *roots: str) -> None:
        """The change concerns these roots: the radius of each is asked before and after."""
        for root in roots:
            self.ask((root,), ((root,),))

    def ask(self, before: tuple[str, ...], after: tuple[tuple[str, ...], ...]) -> None:
        """Ask some roots together before, and those that take their place after; of several, the worst counts."""
        asked = Asked(before, after)
        if asked not in self.asks:
            self.asks.append(asked)

    def end(self, row: Relation, **values: str | None) -> None:
        """End a row the day before the date of the question; data already there may stay there."""
        last = self.view.as_of - timedelta(days=1)
        if row.valid_from is not None and first_day(row.valid_from) > last:
            self.drop[row.id] = row
        else:
            self.put[row.id] = replace(row, valid_to=last.isoformat(), **values)  # type: ignore[arg-type]

    def end_tie(self, tie: Tie) -> None:
        """End a tie, and with it no fact that was kept out of the answer before.

        Where a stated row replaced what the use of a product implies, the implied relation must not
        appear because the stated row ends.
        """
        row = tie.row
        through_product = row.relation in _USE and self.kind(row.provider) == PRODUCT and row.provider != tie.other
        self.end(row, hosting="own" if through_product and not tie.implied else row.hosting)

    def suppose(
        self,
        dependent: str,
        relation: str,
        provider: str,
        area: str | None = None,
        grade: Grade = Grade.CONFIRMED,
        **values: str | None,
    ) -> Relation:
        """Write down a row that the scenario supposes, as sure as `grade`."""
        parts = [SUPPOSED, dependent, relation, provider, *([area] if area else [])]
        id_ = ".".join(part.replace(":", "-") for part in parts)
        row = Relation(
            id_,
            dependent,
            relation,
            provider,
            service_area=area,
            evidence=(self.supposition(grade),),
            **values,  # type: ignore[arg-type]
        )
        there = self.add.get(id_) or self.dataset.relations.get(id_)
        if there is None:
            self.add[id_] = row
        elif id_ in self.dataset.relations:
            self.put[id_] = row
        return row

    def supposition(self, grade: Grade) -> str:
        """Id of the item of evidence that says that something is supposed, as surely as `grade`."""
        id_ = f"{SUPPOSED}-{grade.word}"
        day = self.view.as_of.isoformat()
        self.evidence[id_] = Evidence(id_, None, _SAID_BY, day, day, grade.word, "supports", None, _CLAIM)
        return id_

    def result(self) -> Dataset:
        """The data set with the change made.

        Raises
        ------
        DataError
            If the map would not be a valid one.
        """
        used = {item for row in (*self.add.values(), *self.put.values()) for item in row.evidence}
        new = [item for id_, item in self.evidence.items() if id_ in used and id_ not in self.dataset.evidence]
        return edited(
            self.dataset,
            add=self.add.values(),
            drop=self.drop,
            put=self.put.values(),
            entities=self.entities,
            evidence=new,
            register=self.register,
        )

    # -- what is not there ----------------------------------------------------------------------

    def no_tie(self, a: str | None, b: str, areas: frozenset[str]) -> RiskGraphError:
        """The error when two bodies have nothing to do with each other, with the nearest that is there."""
        who = "Nobody" if a is None else self.name(a)
        where = f" in {', '.join(sorted(areas))}" if areas else ""
        message = f"{who} does not depend directly on {self.name(b)}{where} on {in_words(self.view.as_of)}."
        if a is None:
            return RiskGraphError(message, f"See who does: riskgraph show {self.graph.names.handle(b)}")
        if areas and (ties := self.ties(a, b)):
            there = sorted({tie.step.area or "an area not known" for tie in ties})
            return RiskGraphError(message, f"It does in: {', '.join(there)}.")
        between = self._between(a, b)
        if between:
            names = ", ".join(self.name(body) for body in between)
            return RiskGraphError(message, f"It does through: {names}. Name one of these.")
        direct = dict.fromkeys(s.provider for s in self.steps if s.dependent == a and s.in_force and not s.implied)
        near = [s.id for s in self.graph.names.near(self.text_of(b), None, 20) if s.id in direct]
        listed = ", ".join(self.name(body) for body in dict.fromkeys([*near, *direct])) or "nothing in this data"
        return RiskGraphError(message, f"It depends directly on: {listed}.")

    def text_of(self, id_: str) -> str:
        """The name of a body or place in the data."""
        return self.dataset.entities[id_].name

    def _between(self, a: str, b: str) -> list[str]:
        """Direct providers of `a` that depend on `b` in turn."""
        direct = {s.provider for s in self.steps if s.dependent == a and s.in_force}
        return sorted({s.dependent for s in self.steps if s.provider == b and s.in_force} & direct)

    def suppliers_products(self, supplier: str) -> frozenset[str]:
        """Products that a supplier makes at the date."""
        if self.kind(supplier) != SUPPLIER:
            return frozenset()
        return frozenset(s.dependent for s in self.steps if s.relation in _MAKES and s.provider == supplier)

    def councils(self, ids: Iterable[str]) -> list[str]:
        """Those of some ids that are authorities."""
        return [id_ for id_ in ids if self.kind(id_) == AUTHORITY]
