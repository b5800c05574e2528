"""How much the map knows: of each authority's rows what is filled in and fresh, and of each product's users how many."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from riskgraph.analysis.question import Question
from riskgraph.dates import last_day, months_later
from riskgraph.evidence import last_evidenced
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, PRODUCT, SHARED_SERVICE
from riskgraph.rules import Trait, relations_that, rules
from riskgraph.settle import Step

__all__ = ["BodyCoverage", "ProductCoverage", "RowShare", "of_bodies", "of_products"]

FRESH = 12  # months within which a row counts as checked
_DATA, _USE = rules().decided_by("data"), relations_that(Trait.USE)


@dataclass(slots=True)
class RowShare:
    """How many of some rows have something."""

    known: int = 0
    of: int = 0

    def add(self, known: bool) -> None:
        """Count one more row."""
        self.known += known
        self.of += 1

    @property
    def percent(self) -> int | None:
        """In percent; None where there is no row. It is 0 or 100 only for none or all.

        Examples
        --------
        >>> RowShare(1, 400).percent, RowShare(399, 400).percent, RowShare(0, 3).percent, RowShare().percent
        (1, 99, 0, None)
        """
        if not self.of:
            return None
        return (
            100 * self.known // self.of
            if self.known in {0, self.of}
            else min(99, max(1, round(100 * self.known / self.of)))
        )


@dataclass(frozen=True, slots=True)
class BodyCoverage:
    """What is known on the rows of one authority."""

    data: RowShare = field(default_factory=RowShare)  # of the rows on which it matters
    hosting: RowShare = field(default_factory=RowShare)
    end: RowShare = field(default_factory=RowShare)
    fresh: RowShare = field(default_factory=RowShare)  # evidenced within the last 12 months


@dataclass(frozen=True, slots=True)
class ProductCoverage:
    """How many users of a product are known, of the authorities of which the map knows anything in that area."""

    product: str
    area: str | None  # the one in which most use it
    users: tuple[str, ...]
    known_in_area: int
    hosting: RowShare
    fresh: RowShare


def of_bodies(graph: RiskGraph, question: Question, steps: Iterable[Step]) -> dict[str, BodyCoverage]:
    """Authority to what is known on its rows."""
    view = question.view
    since = months_later(view.as_of, -FRESH)
    found: dict[str, BodyCoverage] = defaultdict(BodyCoverage)
    for step in steps:
        row = step.row
        if graph.dataset.entities[step.dependent].kind != AUTHORITY:
            continue
        one = found[step.dependent]
        if row.relation in _DATA:
            one.data.add(row.data is not None)
        if row.relation in _USE:
            one.hosting.add(row.hosting is not None)
        one.end.add(bool(row.valid_to or row.contract_end or row.contract_end_latest))
        seen = last_evidenced(graph.dataset, row, view)
        one.fresh.add(seen is not None and last_day(seen) >= since)
    return dict(found)


def of_products(graph: RiskGraph, question: Question, steps: Sequence[Step]) -> tuple[ProductCoverage, ...]:
    """Each product with its users in scope, also through a shared service or a copy of its own; most users first."""
    entities, view, holds = graph.dataset.entities, question.view, question.selection.holds
    since = months_later(view.as_of, -FRESH)
    members: dict[str, set[str]] = defaultdict(set)
    for step in steps:
        if entities[step.provider].kind == SHARED_SERVICE and entities[step.dependent].kind == AUTHORITY:
            members[step.provider].add(step.dependent)
    copies = {step.dependent: step.provider for step in steps if step.relation in relations_that(Trait.COPY)}
    known: dict[str | None, set[str]] = defaultdict(set)
    users: dict[str, set[str]] = defaultdict(set)
    areas: dict[str, Counter[str]] = defaultdict(Counter)
    hosting: dict[str, RowShare] = defaultdict(RowShare)
    fresh: dict[str, RowShare] = defaultdict(RowShare)
    for step in steps:
        kind = entities[step.dependent].kind
        bodies = {step.dependent} if kind == AUTHORITY else members.get(step.dependent, set())
        bodies = {body for body in bodies if holds(body)}
        if step.relation in relations_that(Trait.LEANS):
            known[step.area] |= bodies
        product = copies.get(step.provider, step.provider)
        if not bodies or step.relation not in _USE or entities[product].kind != PRODUCT:
            continue
        users[product] |= bodies
        if step.area is not None:
            areas[product][step.area] += len(bodies)
        hosting[product].add(step.row.hosting is not None)
        seen = last_evidenced(graph.dataset, step.row, view)
        fresh[product].add(seen is not None and last_day(seen) >= since)
    order = sorted(users, key=lambda id_: (-len(users[id_]), id_))
    area = {id_: min(some, key=lambda word: (-some[word], word)) for id_, some in areas.items()}
    return tuple(
        ProductCoverage(
            id_,
            area.get(id_),
            tuple(sorted(users[id_])),
            len(known[area[id_]]) if id_ in area else 0,
            hosting[id_],
            fresh[id_],
        )
        for id_ in order
    )
