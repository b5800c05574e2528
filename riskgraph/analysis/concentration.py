"""`concentration`: who serves a market, how unevenly, and what is not known about it.

A market is a service area, a class of authority, a region and a date. An authority's supplier is whoever
stands behind what it uses there: the supplier or shared service of a row, the maker of a product, the
operator, supplier or maker of a system.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from riskgraph.analysis.behind import Behind
from riskgraph.analysis.measure import counted
from riskgraph.analysis.select import Selection
from riskgraph.analysis.shares import Index, index
from riskgraph.graph import RiskGraph
from riskgraph.model import PRINCIPAL_COUNCILS, one_of
from riskgraph.pictured import Pictured
from riskgraph.settle import View

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MEASURES", "MOST_RANKS", "Concentration", "Rank", "Share", "concentration", "market_in"]

MOST_RANKS = 4
MEASURES = ("councils", "residents", "value", "annual_value")


@dataclass(frozen=True, slots=True)
class Share:
    """One supplier's part of a market; with several suppliers an authority counts in equal parts."""

    supplier: str
    authorities: tuple[str, ...]
    councils: float  # authorities, in parts
    residents: float  # of these authorities, in parts; authorities without known residents left out
    value_gbp: Decimal | None  # of whole contracts with a known value; None: no value is known
    annual_value_gbp: Decimal | None = None  # of contracts whose cost in a year is known

    @property
    def reach(self) -> int:
        """How many authorities it serves, wholly or in part."""
        return len(self.authorities)


@dataclass(frozen=True, slots=True)
class Rank:
    """A provider one or more steps behind the authorities: how many lean on it within so many steps."""

    provider: str
    rank: int  # the fewest steps from any authority; 1 is direct
    within: tuple[int, ...]  # authorities that lean on it within 1, 2, 3 and 4 steps
    direct: int  # of these, with a relation of their own to it
    share: float  # per cent of the authorities of the market that are known, within four steps

    @property
    def authorities(self) -> int:
        """How many authorities lean on it within four steps."""
        return self.within[-1]

    @property
    def hidden(self) -> bool:
        """A fourth party: nobody in the market has a relation of their own to it."""
        return self.direct == 0


@dataclass(frozen=True)
class Concentration(Pictured):
    """A market and who serves it."""

    graph: RiskGraph
    view: View
    area: str | None  # None: all service areas together
    selection: Selection
    served: Mapping[str, frozenset[str]]  # authority of the market to its suppliers there; empty: none is known
    unknown: tuple[str, ...]  # of these, nothing is known about who serves them
    shares: tuple[Share, ...]
    parents: tuple[Share, ...]  # the same after rolling up to the ultimate owner
    ranks: tuple[Rank, ...]
    owner_ranks: tuple[Rank, ...]  # the same after rolling up
    owner: Mapping[str, str]  # supplier of any market to its ultimate owner, where one is on record
    valued: Mapping[str, int]  # measure of value to the authorities of which one is known
    traced: tuple[int, ...]  # authorities of which a provider is known within 1, 2, 3 and 4 steps

    @property
    def market(self) -> tuple[str, ...]:
        """The authorities that make up the market."""
        return tuple(self.served)

    def __repr__(self) -> str:
        return f"<Concentration of {self.area or 'all areas'}: {len(self.shares)} suppliers, {len(self.market)} authorities>"

    def by(self, measure: str, *, parents: bool = False) -> Index | None:
        """The index by `councils`, `residents`, `value` or `annual_value`; `None` if nothing is known.

        What the others pay has no size that anybody knows, so indices by value have a coverage (authorities
        with a value on record) and no bounds.

        Raises
        ------
        RiskGraphError
            If there is no such measure.
        """
        one_of(measure, dict.fromkeys(MEASURES), "measure of a market")
        shares = self.parents if parents else self.shares
        if measure == "councils":
            return index((share.councils for share in shares), float(len(self.unknown)))
        if measure == "residents":
            register = self.graph.dataset.register
            missing = sum(register[body].population or 0 for body in self.unknown if body in register)
            return index((share.residents for share in shares), float(missing))
        values = [getattr(share, f"{measure}_gbp") for share in shares]
        coverage = 100 * self.valued[measure] / len(self.market) if self.market else 0.0
        return index((float(value) for value in values if value is not None), None, known=coverage)

    def joined(self, buyer: str, bought: str) -> Concentration:
        """The same market if one ultimate owner bought another: an authority with both has one supplier less.

        Parameters
        ----------
        buyer, bought
            Ultimate owners, or suppliers without one.
        """
        owner = {**self.owner, bought: buyer}
        owner |= {supplier: buyer for supplier, at in self.owner.items() if at == bought}
        values = {
            name: {s.supplier: value for s in self.shares if (value := getattr(s, f"{name}_gbp")) is not None}
            for name in MEASURES[2:]
        }
        return replace(self, owner=owner, parents=_rolled_up(self.graph, self.served, values, owner))

    @property
    def owned(self) -> int:
        """How many suppliers of the market have an owner on record."""
        return sum(1 for share in self.shares if share.supplier in self.owner)

    def at_rank(self, rank: int, *, parents: bool = False) -> tuple[tuple[str, int, float, float, float], ...]:
        """Who is leaned on within so many steps, by most authorities first.

        Returns
        -------
        tuple
            Of provider, authorities, and per cent: of those known, and at the least and the most of all.
        """
        known, whole = self.traced[rank - 1], len(self.market)
        rows = [(r.provider, r.within[rank - 1]) for r in (self.owner_ranks if parents else self.ranks)]
        rows = sorted((row for row in rows if row[1]), key=lambda row: (-row[1], row[0]))
        return tuple(
            (provider, n, 100 * n / known, 100 * n / whole, 100 * (n + whole - known) / whole) for provider, n in rows
        )

    def to_frame(self) -> pd.DataFrame:
        """One row for each supplier: supplier, authorities, councils, residents, value_gbp, annual_value_gbp."""
        import pandas as pd

        return pd.DataFrame(
            [(s.supplier, s.reach, s.councils, s.residents, s.value_gbp, s.annual_value_gbp) for s in self.shares],
            columns=["supplier", "authorities", "councils", "residents", "value_gbp", "annual_value_gbp"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The market as plain values; shares in per cent with one decimal."""

        def indices(parents: bool) -> dict[str, Any]:
            found = {measure: self.by(measure, parents=parents) for measure in MEASURES}
            return {measure: None if one is None else one.to_dict() for measure, one in found.items()}

        def shares(found: Sequence[Share]) -> list[dict[str, Any]]:
            return [
                {
                    "supplier": s.supplier,
                    "authorities": list(s.authorities),
                    "councils": round(s.councils, 3),
                    "residents": round(s.residents),
                    "value_gbp": None if s.value_gbp is None else str(s.value_gbp),
                    "annual_value_gbp": None if s.annual_value_gbp is None else str(s.annual_value_gbp),
                }
                for s in found
            ]

        def ranks(found: Sequence[Rank]) -> list[dict[str, Any]]:
            return [
                {
                    "provider": r.provider,
                    "rank": r.rank,
                    "within": list(r.within),
                    "authorities": r.authorities,
                    "direct": r.direct,
                    "share": round(r.share, 1),
                }
                for r in found
            ]

        return {
            "schema": 1,
            "area": self.area,
            "as_of": self.view.as_of.isoformat(),
            "authorities": len(self.market),
            "unknown": list(self.unknown),
            "valued": dict(self.valued),
            "owners_known": self.owned,
            "index": indices(False),
            "index_by_owner": indices(True),
            "shares": shares(self.shares),
            "shares_by_owner": shares(self.parents),
            "ranks": ranks(self.ranks),
            "ranks_by_owner": ranks(self.owner_ranks),
        }


def concentration(
    graph: RiskGraph,
    area: str | None = None,
    *,
    selection: Selection | None = None,
    as_of: str | date | None = None,
) -> Concentration:
    """Who serves a market, and how unevenly.

    Parameters
    ----------
    area
        Name or id of a service area; all areas together if it is left out.
    selection
        Classes, regions or members that make up the market. Without classes and members it is made of
        principal councils.

    Raises
    ------
    RiskGraphError
        If there is no such service area.

    Examples
    --------
    >>> found = concentration(RiskGraph.open("seeds"), "HR and payroll")
    >>> [(share.supplier, share.reach) for share in found.shares][0]
    ('shared-service:east-kent-services', 3)
    """
    chosen = selection or Selection(graph)
    wanted = area
    if area is not None:
        (wanted,) = Selection.of(graph, areas=[area]).areas
    return market_in(graph, graph.view(as_of), wanted, chosen)


def market_in(graph: RiskGraph, view: View, area: str | None, chosen: Selection | None = None) -> Concentration:
    """The same in a view that is at hand: the one home of shares in a market.

    Examples
    --------
    >>> seeds = RiskGraph.open("seeds")
    >>> market_in(seeds, seeds.view(), "hr-payroll").shares[0].reach
    3
    """
    chosen = chosen or Selection(graph)
    market = _market(graph, view, chosen)
    behind = Behind(graph, view)
    served: dict[str, set[str]] = {body: set() for body in market}
    used: dict[str, set[str]] = defaultdict(set)
    values: dict[str, dict[str, Decimal]] = {name: defaultdict(Decimal) for name in MEASURES[2:]}
    valued: dict[str, set[str]] = {name: set() for name in values}
    counted: set[tuple[str, str, str | None, Decimal]] = set()
    for step in graph.settled(view).steps:
        if step.dependent not in served or not behind.sells(step, area):
            continue
        organisations = behind.organisations(step)
        served[step.dependent] |= organisations
        used[step.dependent].add(step.provider)
        if len(organisations) != 1:
            continue
        for name, found in values.items():
            amount = step.row.contract_value_gbp if name == "value" else step.row.annual_value_gbp
            if amount is None:
                continue
            supplier, reference = min(organisations), step.row.contract_reference
            valued[name].add(step.dependent)
            if reference is None or (name, supplier, reference, amount) not in counted:  # a joint contract counts once
                counted.add((name, supplier, reference, amount))
                found[supplier] += amount
    parents = behind.parents()
    layers = {body: _layers(behind, body, served[body], used[body], area) for body in market}
    return Concentration(
        graph,
        view,
        area,
        chosen,
        {body: frozenset(found) for body, found in served.items()},
        tuple(body for body in market if not served[body]),
        _shares(graph, served, values),
        _rolled_up(graph, served, values, parents),
        _ranks(layers, {}),
        _ranks(layers, parents),
        parents,
        {name: len(found) for name, found in valued.items()},
        _traced(layers),
    )


def _rolled_up(
    graph: RiskGraph,
    served: Mapping[str, Set[str]],
    values: Mapping[str, Mapping[str, Decimal]],
    owner: Mapping[str, str],
) -> tuple[Share, ...]:
    """The shares of ultimate owners: an authority with two suppliers of one owner has one."""
    owned = {body: {owner.get(supplier, supplier) for supplier in found} for body, found in served.items()}
    return _shares(graph, owned, {name: _rolled(found, owner) for name, found in values.items()})


def _rolled(values: Mapping[str, Decimal], parents: Mapping[str, str]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for supplier, amount in values.items():
        found[parents.get(supplier, supplier)] += amount
    return found


def _market(graph: RiskGraph, view: View, chosen: Selection) -> list[str]:
    anybody = bool(chosen.classes) or chosen.members is not None
    entities = graph.dataset.entities
    return [
        body
        for body in counted(graph.dataset, view.as_of, chosen.holds)
        if anybody or entities[body].authority_type in PRINCIPAL_COUNCILS
    ]


def _shares(
    graph: RiskGraph, served: Mapping[str, Set[str]], values: Mapping[str, Mapping[str, Decimal]]
) -> tuple[Share, ...]:
    councils: dict[str, float] = defaultdict(float)
    residents: dict[str, float] = defaultdict(float)
    bodies: dict[str, list[str]] = defaultdict(list)
    register = graph.dataset.register
    for body, suppliers in served.items():
        people = register[body].population if body in register else None
        for supplier in sorted(suppliers):
            bodies[supplier].append(body)
            councils[supplier] += 1 / len(suppliers)
            residents[supplier] += (people or 0) / len(suppliers)
    shares = [
        Share(
            supplier,
            tuple(sorted(bodies[supplier])),
            councils[supplier],
            residents[supplier],
            *(values[name].get(supplier) for name in ("value", "annual_value")),
        )
        for supplier in bodies
    ]
    return tuple(sorted(shares, key=lambda share: (-share.councils, share.supplier)))


Layers = tuple[frozenset[str], ...]
"""Providers that are first met 1, 2, 3 and 4 steps away."""


def _layers(behind: Behind, body: str, suppliers: Set[str], used: Set[str], area: str | None) -> Layers:
    """Whom one authority leans on, by steps: its suppliers, then whoever stands behind them or what it uses."""
    layer, seen = suppliers | used, suppliers | used | {body}
    layers = [frozenset(suppliers)]
    while len(layers) < MOST_RANKS:
        layer = {found for provider in layer for found in behind.next(provider, area)} - seen
        seen |= layer
        layers.append(frozenset(layer))
    return tuple(layers)


def _traced(layers: Mapping[str, Layers]) -> tuple[int, ...]:
    return tuple(sum(1 for found in layers.values() if any(found[: rank + 1])) for rank in range(MOST_RANKS))


def _ranks(layers: Mapping[str, Layers], parents: Mapping[str, str]) -> tuple[Rank, ...]:
    """Providers at every rank up to four, rolled up to `parents`: a fourth party is two steps away or more."""
    leaning: dict[str, list[set[str]]] = defaultdict(lambda: [set() for _ in range(MOST_RANKS)])
    for body, found in layers.items():
        for rank, layer in enumerate(found):
            for provider in layer:
                leaning[parents.get(provider, provider)][rank].add(body)
    known = _traced(layers)[-1]
    ranks = []
    for provider, bodies in leaning.items():
        within = tuple(len(set().union(*bodies[: rank + 1])) for rank in range(MOST_RANKS))
        nearest = next(rank for rank, count in enumerate(within, start=1) if count)
        ranks.append(Rank(provider, nearest, within, within[0], 100 * within[-1] / known))
    return tuple(sorted(ranks, key=lambda rank: (-rank.authorities, rank.rank, rank.provider)))
