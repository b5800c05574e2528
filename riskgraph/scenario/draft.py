"""What one change writes down: rows that end, rows that are supposed, bodies that come and go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from riskgraph.analysis.select import Selection
from riskgraph.data.dataset import Dataset
from riskgraph.data.overlay import Overlay
from riskgraph.dates import in_words, parse_day
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, PRESETS, SUPPLIER, FailureKind
from riskgraph.rules import Trait, relations_that, rules
from riskgraph.scenario.dependence import Tie, end, ties
from riskgraph.scenario.findings import Finding
from riskgraph.scenario.model import EVERY, EVERYBODY, VERBS, Change, Field, Verb
from riskgraph.settle import Step, View

__all__ = ["Asked", "Draft", "verb", "write_down"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a change is about: roots that fail together before, and groups of roots to ask after."""

    before: tuple[str, ...]
    after: tuple[tuple[str, ...], ...]


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
        self.overlay = Overlay(graph.dataset, view.as_of)
        self.lost: dict[str, None] = {}  # what is supposed to fail
        self.asks: list[Asked] = []
        self.areas_touched: dict[str | None, None] = {}
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
        areas = set(Selection.of(self.graph, areas=[one for one in self.texts("area") if one != EVERY]).areas)
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
        """Rows in force by which `a` (everybody if `None`) depends on `b`, also through products of `b`."""
        return ties(self.graph.settled(self.view), a, b, areas)

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

    def end_ties(self, found: Iterable[Tie]) -> None:
        """End ties the day before the date of the question."""
        end(self.overlay, self.graph.settled(self.view), found)

    # -- what is not there ----------------------------------------------------------------------

    def no_tie(self, a: str | None, b: str, areas: frozenset[str]) -> RiskGraphError:
        """The error when two bodies have nothing to do with each other, with the nearest that is there."""
        who = "Nobody depends" if a is None else f"{self.name(a)} does not depend"
        where = f" in {', '.join(sorted(areas))}" if areas else ""
        message = f"{who} directly on {self.name(b)}{where} on {in_words(self.view.as_of)}."
        if a is None:
            return RiskGraphError(message, f"See who does: riskgraph show {self.graph.names.handle(b)}")
        if areas and (others := self.ties(a, b)):
            there = sorted({tie.step.area or "an area not known" for tie in others})
            return RiskGraphError(message, f"It does in: {', '.join(there)}.")
        between = self._between(a, b)
        if between:
            names = ", ".join(self.name(body) for body in between)
            return RiskGraphError(message, f"It does through: {names}. Name one of these.")
        direct = dict.fromkeys(s.provider for s in self.steps if s.dependent == a and s.in_force and not s.implied)
        if b in direct:
            message = f"{self.name(a)} is tied to {self.name(b)} without a service, as a member or by ownership."
            return RiskGraphError(message, f"See what it has there: riskgraph show {self.graph.names.handle(a)}")
        near = [s.id for s in self.graph.names.near(self.dataset.name(b), None, 20) if s.id in direct]
        listed = ", ".join(self.name(body) for body in dict.fromkeys([*near, *direct])) or "nothing in this data"
        return RiskGraphError(message, f"It depends directly on: {listed}.")

    def one_area(self, a: str | None, b: str, found: Sequence[Tie]) -> None:
        """Refuse to move what stands in several service areas, unless it is said which, or that all is meant.

        Raises
        ------
        RiskGraphError
            If nothing says it; with the areas, and a command that does.
        """
        things: dict[str, set[str]] = defaultdict(set)
        for tie in found:
            things[tie.step.area or "an area not known"].add(tie.row.provider)
        if len(things) < 2 or self.texts("area"):
            return
        listed = [
            area + (f" ({', '.join(self.name(one) for one in sorted(used - {b}))})" if used - {b} else "")
            for area, used in sorted(things.items())
        ]
        who = "What depends on {0} would move" if a is None else f"{self.name(a)} would move from {{0}}"
        known = [area for area in things if area in rules().areas]
        first = min(known, key=lambda area: (b not in things[area], area))
        fields = [one for one in VERBS[self.change.verb].fields if not one.option]
        said = " ".join(
            EVERYBODY if self.everybody(one.name) else self.graph.names.handle(self.body(one.name)) for one in fields
        )
        raise RiskGraphError(
            f"{who.format(self.name(b))} in {len(things)} service areas: {', '.join(listed)}.",
            f'Say which (in a file: area = ["{first}"]), or --all for all of them: '
            f"riskgraph whatif {self.change.verb} {said} --area {first}",
        )

    def _between(self, a: str, b: str) -> list[str]:
        """Direct providers of `a` that depend on `b` in turn."""
        direct = {s.provider for s in self.steps if s.dependent == a and s.in_force}
        return sorted({s.dependent for s in self.steps if s.provider == b and s.in_force} & direct)

    def suppliers_products(self, supplier: str) -> frozenset[str]:
        """Products that a supplier makes at the date."""
        if self.kind(supplier) != SUPPLIER:
            return frozenset()
        return frozenset(
            s.dependent for s in self.steps if s.relation in relations_that(Trait.MAKES) and s.provider == supplier
        )

    def councils(self, ids: Iterable[str]) -> list[str]:
        """Those of some ids that are authorities."""
        return [id_ for id_ in ids if self.kind(id_) == AUTHORITY]


_WRITERS: dict[str, Callable[[Draft], None]] = {}  # verb to what it writes down


def verb(
    name: str, *fields: Field, examples: Sequence[str]
) -> Callable[[Callable[[Draft], None]], Callable[[Draft], None]]:
    """Register a function as a verb: it reads the values of a draft and writes down what they change.

    Parameters
    ----------
    name
        The verb.
    fields
        What is to be said with it.
    examples
        Command lines after `riskgraph whatif`; the first is on the shipped map.
    """

    def register(function: Callable[[Draft], None]) -> Callable[[Draft], None]:
        VERBS[name] = Verb(name, fields, tuple(examples), (function.__doc__ or "").strip().splitlines()[0])
        _WRITERS[name] = function
        return function

    return register


def write_down(draft: Draft) -> None:
    """Let the verb of a draft's change write down what it changes."""
    _WRITERS[draft.change.verb](draft)
