"""What a market is: who buys, from whom, who stands behind the sellers, and what share each has.

A market is some service areas, a class of authority, a region and a date. An authority's supplier is whoever
stands behind what it uses there: the supplier or shared service of a row, the maker of a product, the
operator, supplier or maker of a system. Every word that speaks of shares takes them from here.

Who sells a system and who does work (enforcement agents, printers, a service run for the council) do not compete:
within an area these are two trades, each with shares of its own. What central government runs for every council is in
neither.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from riskgraph.analysis.hhi import Index, index
from riskgraph.analysis.measure import counted
from riskgraph.analysis.select import Selection
from riskgraph.data.sellers import does_work, national_services
from riskgraph.graph import RiskGraph
from riskgraph.model import ORGANISATIONS, PRINCIPAL_COUNCILS, PRODUCT, STORE, SYSTEM, one_of
from riskgraph.rules import Trait, relations_that, rules
from riskgraph.settle import Step, View

__all__ = ["MARKET_MEASURES", "MOST_RANKS", "Market", "Rank", "Share", "SupplyChain", "Trade", "market_in"]

MOST_RANKS = 4
MARKET_MEASURES = ("councils", "residents", "value", "annual_value")
_MARKET, _HOLDS = relations_that(Trait.MARKET), relations_that(Trait.HOLDS)
_BEHIND = relations_that(Trait.BEHIND) | _HOLDS
_SYSTEM = relations_that(Trait.USE) | relations_that(Trait.HOSTS)
_WORK = relations_that(Trait.SERVES)
_SELLS = relations_that(Trait.MAKES) | relations_that(Trait.OPERATES) | relations_that(Trait.SUPPLIES)
_NO_STEP = frozenset({SYSTEM, PRODUCT, STORE})
Values = Mapping[str, Mapping[str, Decimal]]
"""Measure of value to supplier to pounds."""
Areas = frozenset[str]
"""Ids of service areas; all of them if empty."""


class Trade(StrEnum):
    """What is sold in a service area: its systems, or work."""

    SYSTEMS = "systems"
    SERVICES = "services"


class SupplyChain:
    """Who stands behind a system or product, and who behind a supplier, at a date."""

    def __init__(self, graph: RiskGraph, view: View) -> None:
        self.graph, self.view = graph, view
        self.kind = {entity.id: entity.kind for entity in graph.dataset.entities.values()}
        self.steps: dict[str, list[Step]] = defaultdict(list)
        self.national = national_services(graph.dataset)
        self._behind: dict[tuple[str, Areas], frozenset[str]] = {}
        self._systems: set[tuple[str, str]] = set()  # organisation and an area of which it makes or runs a system
        for step in graph.settled(view).observed:
            if step.in_force and not step.implied:
                self.steps[step.dependent].append(step)
                if step.relation in _SELLS and self.kind[step.dependent] in {PRODUCT, SYSTEM}:
                    areas = graph.dataset.entities[step.dependent].service_area
                    self._systems.update((step.provider, area) for area in areas)

    def sells(self, step: Step, areas: Set[str | None] = frozenset()) -> bool:
        """Whether a step is a purchase in a market: stated, observed, in force, in one of its areas if it has any."""
        bought = step.in_force and not step.implied and not step.by_law and step.relation in _MARKET
        return bought and (not areas or step.area in areas)

    def organisations(self, step: Step) -> set[str]:
        """The organisations behind one step of an authority: its suppliers in a market."""
        provider = step.provider
        if self.kind[provider] in ORGANISATIONS:
            return {provider}
        if self.kind[provider] == PRODUCT:
            return self._of(provider, Trait.MAKES)
        if self.kind[provider] == SYSTEM:
            found = self._of(provider, Trait.OPERATES) or self._of(provider, Trait.SUPPLIES)
            return found or {
                maker for product in self._of(provider, Trait.COPY) for maker in self._of(product, Trait.MAKES)
            }
        return self._of(provider, Trait.OPERATES)

    def trade(self, step: Step, seller: str) -> Trade:
        """What one seller of a step sells.

        A system, if that is what is used, or if it makes or runs one in the area; work, if it runs the service or is
        known to do work; else it is taken to supply a system.
        """
        if step.relation in _SYSTEM or (seller, step.area) in self._systems:
            return Trade.SYSTEMS
        entity = self.graph.dataset.entities[seller]
        return Trade.SERVICES if step.relation in _WORK or does_work(entity) else Trade.SYSTEMS

    def _of(self, place: str, trait: Trait) -> set[str]:
        return {step.provider for step in self.steps.get(place, ()) if step.relation in relations_that(trait)}

    @cached_property
    def owners(self) -> Mapping[str, str]:
        """Supplier to its ultimate owner; those without an owner on record are left out, and those of several owners.

        What several own together is nobody's alone: it stands for itself.
        """
        found = {body: self._of(body, Trait.OWNS) for body in list(self.steps)}
        owner = {body: min(owners) for body, owners in found.items() if len(owners) == 1}
        ultimate = {}
        for body in owner:
            at, seen = body, [body]
            while at in owner and owner[at] not in seen:
                at = owner[at]
                seen.append(at)
            ring = seen[seen.index(owner[at]) :] if at in owner else [at]  # owners of each other: the first by name
            ultimate[body] = min(ring)
        return ultimate

    def behind(self, provider: str, areas: Areas = frozenset()) -> frozenset[str]:
        """Organisations and environments one step behind a provider, in some areas or for all that it does.

        Systems, products and stores on the way are no step of their own, and national services are told apart. What is in no area, or in an area that
        everything else rests on (ICT, networks, hosting), stands behind every area.
        """
        if (provider, areas) not in self._behind:
            found, waiting, seen = set(), [provider], {provider}
            while waiting:
                for step in self.steps.get(waiting.pop(), ()):
                    if step.relation not in _BEHIND or step.provider in seen or step.provider in self.national:
                        continue
                    if areas and step.area is not None and step.area not in areas and not rules().enabling(step.area):
                        continue
                    seen.add(step.provider)
                    if self.kind[step.provider] in _NO_STEP:
                        waiting.append(step.provider)
                    else:
                        found.add(step.provider)
            self._behind[provider, areas] = frozenset(found)
        return self._behind[provider, areas]


@dataclass(frozen=True, slots=True)
class Share:
    """One supplier's part of a market; with several suppliers an authority counts in equal parts.

    Attributes
    ----------
    councils
        Authorities, in parts.
    residents
        People of these authorities, in parts; authorities without known residents are left out.
    value_gbp, annual_value_gbp
        Pounds of whole contracts with a known value, and of those whose cost in a year is known; `None`: none is.
    """

    supplier: str
    authorities: tuple[str, ...]
    councils: float
    residents: float
    value_gbp: Decimal | None
    annual_value_gbp: Decimal | None = None

    @property
    def reach(self) -> int:
        """How many authorities it serves, wholly or in part."""
        return len(self.authorities)

    def size(self, measure: str) -> float | None:
        """Its size by one of `MARKET_MEASURES`: authorities in parts, people or pounds; `None`: not known."""
        value = getattr(self, f"{measure}_gbp" if "value" in measure else measure)
        return None if value is None else float(value)


@dataclass(frozen=True, slots=True)
class Rank:
    """A provider one or more steps behind the authorities: how many lean on it within so many steps."""

    provider: str
    rank: int  # the fewest steps from any authority; 1 is direct
    within: tuple[int, ...]  # authorities that lean on it within 1, 2, 3 and 4 steps
    share: float  # per cent of the authorities of the market that are known, within four steps

    @property
    def direct(self) -> int:
        """How many authorities have a relation of their own to it, or to what it makes or runs."""
        return self.within[0]

    @property
    def authorities(self) -> int:
        """How many authorities lean on it within four steps."""
        return self.within[-1]

    @property
    def hidden(self) -> bool:
        """A fourth party: nobody in the market has a relation of their own to it."""
        return self.direct == 0


@dataclass(frozen=True)
class Market:
    """The authorities of a market and who serves them.

    Attributes
    ----------
    areas
        Service areas; empty: all together.
    served
        Authority to its suppliers; empty: none is known.
    used
        Authority to what it has a relation of its own with: suppliers, systems, products, environments, holders of data.
    sold, prices
        The same as `served`, and as `values` and `valued`, for each trade.
    national
        Service run by or for central government to the authorities that use it; it has no share.
    values
        Measure of value to supplier to pounds, of contracts with one known supplier.
    valued
        Measure of value to how many authorities one is known of.
    owner
        Supplier of any market to its ultimate owner, where one is on record.
    """

    chain: SupplyChain
    areas: Areas
    served: Mapping[str, Set[str]]
    used: Mapping[str, Set[str]]
    sold: Mapping[Trade, Mapping[str, Set[str]]]
    national: Mapping[str, Set[str]]
    values: Values
    valued: Mapping[str, int]
    prices: Mapping[Trade, tuple[Values, Mapping[str, int]]]
    owner: Mapping[str, str]
    trade: Trade | None = None  # None: both

    def of(self, trade: Trade) -> Market:
        """One trade of the market."""
        values, valued = self.prices[trade]
        return replace(self, served=self.sold[trade], values=values, valued=valued, trade=trade)

    def leading(self, *suppliers: str) -> Market:
        """The trade to speak of first: one in which all of these sell, else that of which most is known.

        Parameters
        ----------
        suppliers
            Suppliers or ultimate owners.
        """
        wanted = {self.owner.get(one, one) for one in suppliers}
        trades = [self.of(trade) for trade in Trade]

        def order(one: Market) -> tuple[bool, int]:
            return not wanted <= {share.supplier for share in one.owners}, -one.known

        return min(trades, key=order)

    @property
    def graph(self) -> RiskGraph:
        """The map."""
        return self.chain.graph

    @property
    def bodies(self) -> tuple[str, ...]:
        """The authorities that make up the market."""
        return tuple(self.served)

    @cached_property
    def unknown(self) -> tuple[str, ...]:
        """The authorities of which no supplier is known."""
        return tuple(body for body, found in self.served.items() if not found)

    @property
    def known(self) -> int:
        """How many authorities a supplier is known of."""
        return len(self.served) - len(self.unknown)

    @cached_property
    def shares(self) -> tuple[Share, ...]:
        """The suppliers, the largest by councils first."""
        return self._shares({})

    @cached_property
    def owners(self) -> tuple[Share, ...]:
        """The same after rolling up to ultimate owners: an authority with two suppliers of one owner has one."""
        return self._shares(self.owner)

    def _shares(self, owner: Mapping[str, str]) -> tuple[Share, ...]:
        register = self.graph.dataset.register
        bodies: dict[str, list[tuple[str, float, float]]] = defaultdict(list)
        for body, suppliers in self.served.items():
            people = (register[body].population if body in register else None) or 0
            found = {owner.get(supplier, supplier) for supplier in suppliers}
            for supplier in found:
                bodies[supplier].append((body, 1 / len(found), people / len(found)))
        values: dict[str, dict[str, Decimal]] = {name: defaultdict(Decimal) for name in self.values}
        for name, amounts in self.values.items():
            for supplier, amount in amounts.items():
                values[name][owner.get(supplier, supplier)] += amount
        shares = [
            Share(
                supplier,
                tuple(sorted(body for body, _, _ in parts)),
                sum(councils for _, councils, _ in parts),
                sum(people for _, _, people in parts),
                *(values[name].get(supplier) for name in MARKET_MEASURES[2:]),
            )
            for supplier, parts in bodies.items()
        ]
        return tuple(sorted(shares, key=lambda share: (-share.councils, share.supplier)))

    def percent(self, supplier: str, measure: str = "councils", *, owners: bool = False) -> float | None:
        """A supplier's share of what is known, in per cent; `None` if it does not sell there, or nothing is known."""
        sizes = {share.supplier: share.size(measure) for share in (self.owners if owners else self.shares)}
        own = sizes.get(supplier)
        return 100 * own / sum(size or 0 for size in sizes.values()) if own else None

    def by(self, measure: str, *, owners: bool = False) -> Index | None:
        """How uneven the market is.

        What the others pay has no size that anybody knows, so indices by value have a coverage (authorities
        with a value on record) and no bounds.

        Parameters
        ----------
        measure
            `councils`, `residents`, `value` or `annual_value`.
        owners
            By ultimate owner.

        Returns
        -------
        Index or None
            `None` if nothing is known.

        Raises
        ------
        RiskGraphError
            If there is no such measure.
        """
        one_of(measure, dict.fromkeys(MARKET_MEASURES), "measure of a market")
        sizes = [share.size(measure) for share in (self.owners if owners else self.shares)]
        known = [size for size in sizes if size is not None]
        if measure in self.values:
            return index(known, None, known=100 * self.valued[measure] / len(self.served) if self.served else 0.0)
        register = self.graph.dataset.register
        missing = (
            len(self.unknown)
            if measure == "councils"
            else sum(register[body].population or 0 for body in self.unknown if body in register)
        )
        return index(known, float(missing))

    def joined(self, buyer: str, bought: str) -> Market:
        """The same market if one ultimate owner bought another: an authority with both has one supplier less.

        Parameters
        ----------
        buyer, bought
            Ultimate owners, or suppliers without one.
        """
        owner = {**self.owner, bought: buyer}
        owner |= {supplier: buyer for supplier, at in self.owner.items() if at == bought}
        return replace(self, owner=owner)

    # -- who is leaned on by way of others ------------------------------------------------------

    @cached_property
    def _layers(self) -> Mapping[str, tuple[Set[str], ...]]:
        """Authority to the providers that it first meets 1, 2, 3 and 4 steps away."""
        found = {}
        for body, suppliers in self.served.items():
            layer = suppliers | self.used[body]
            places = {place for place in self.used[body] if self.chain.kind[place] not in _NO_STEP}
            seen, layers = layer | {body}, [suppliers | places]
            while len(layers) < MOST_RANKS:
                layer = {after for provider in layer for after in self.chain.behind(provider, self.areas)} - seen
                seen |= layer
                layers.append(layer)
            found[body] = tuple(layers)
        return found

    @cached_property
    def traced(self) -> tuple[int, ...]:
        """Authorities of which a provider is known within 1, 2, 3 and 4 steps."""
        return tuple(sum(1 for found in self._layers.values() if any(found[: rank + 1])) for rank in range(MOST_RANKS))

    @cached_property
    def ranks(self) -> tuple[Rank, ...]:
        """Providers at every rank up to four; a fourth party is two steps away or more."""
        return self._ranks({})

    @cached_property
    def owner_ranks(self) -> tuple[Rank, ...]:
        """The same after rolling up to ultimate owners."""
        return self._ranks(self.owner)

    def _ranks(self, owner: Mapping[str, str]) -> tuple[Rank, ...]:
        leaning: dict[str, list[set[str]]] = defaultdict(lambda: [set() for _ in range(MOST_RANKS)])
        for body, found in self._layers.items():
            for rank, layer in enumerate(found):
                for provider in layer:
                    leaning[owner.get(provider, provider)][rank].add(body)
        ranks = []
        for provider, bodies in leaning.items():
            within = tuple(len(set().union(*bodies[: rank + 1])) for rank in range(MOST_RANKS))
            nearest = next(rank for rank, count in enumerate(within, start=1) if count)
            ranks.append(Rank(provider, nearest, within, 100 * within[-1] / self.traced[-1]))
        return tuple(sorted(ranks, key=lambda rank: (-rank.authorities, rank.rank, rank.provider)))

    def at_rank(self, rank: int, *, owners: bool = False) -> tuple[tuple[str, int, float, float, float], ...]:
        """Who is leaned on within so many steps, by most authorities first.

        Returns
        -------
        tuple
            Of provider, authorities, and per cent: of those known, and at the least and the most of all.
        """
        known, whole = self.traced[rank - 1], len(self.served)
        rows = [(r.provider, r.within[rank - 1]) for r in (self.owner_ranks if owners else self.ranks)]
        rows = sorted((row for row in rows if row[1]), key=lambda row: (-row[1], row[0]))
        return tuple(
            (provider, n, 100 * n / known, 100 * n / whole, 100 * (n + whole - known) / whole) for provider, n in rows
        )


def market_in(graph: RiskGraph, view: View, areas: Iterable[str] = (), selection: Selection | None = None) -> Market:
    """A market at a date: the one home of who serves whom and of shares.

    Parameters
    ----------
    areas
        Ids of service areas; all together if there is none.
    selection
        Classes, regions and members that make up the market; its areas are not looked at. Without classes and
        members it is made of principal councils.

    Examples
    --------
    >>> seeds = RiskGraph.open("seeds")
    >>> market_in(seeds, seeds.view(), ["hr-payroll"]).shares[0].reach
    3
    """
    chosen, chain, inside = selection or Selection(graph), SupplyChain(graph, view), frozenset(areas)
    anybody = bool(chosen.classes) or chosen.members is not None
    entities = graph.dataset.entities
    served: dict[str, set[str]] = {
        body: set()
        for body in counted(graph.dataset, view.as_of, chosen.holds)
        if anybody or entities[body].authority_type in PRINCIPAL_COUNCILS
    }
    used: dict[str, set[str]] = {body: set() for body in served}
    sold: dict[Trade, dict[str, set[str]]] = {trade: {body: set() for body in served} for trade in Trade}
    national: dict[str, set[str]] = defaultdict(set)
    values: dict[Trade | None, dict[str, dict[str, Decimal]]] = {
        trade: {name: defaultdict(Decimal) for name in MARKET_MEASURES[2:]} for trade in (*Trade, None)
    }
    valued: dict[Trade | None, dict[str, set[str]]] = {
        trade: {name: set() for name in found} for trade, found in values.items()
    }
    joint: set[tuple[str, str, str, Decimal]] = set()
    for step in graph.settled(view).observed:
        body, provider = step.dependent, step.provider
        if body not in served:
            continue
        if step.relation in _HOLDS and step.in_force and (not inside or step.area in inside):
            used[body].add(provider)
        if not chain.sells(step, inside):
            continue
        organisations = chain.organisations(step)
        run = {chain.national[one] for one in (provider, *organisations) if one in chain.national}
        for service in run:
            national[service].add(body)
        if run:
            continue
        served[body] |= organisations
        used[body].add(provider)
        for seller in organisations:
            sold[chain.trade(step, seller)][body].add(seller)
        if len(organisations) != 1:
            continue
        (supplier,), row = organisations, step.row
        for name, amount in (("value", row.contract_value_gbp), ("annual_value", row.annual_value_gbp)):
            if amount is None:
                continue
            trades = chain.trade(step, supplier), None
            for trade in trades:
                valued[trade][name].add(body)
            if row.contract_reference is not None:
                one = name, supplier, row.contract_reference, amount
                if one in joint:  # a joint contract counts once
                    continue
                joint.add(one)
            for trade in trades:
                values[trade][name][supplier] += amount
    counts = {trade: {name: len(bodies) for name, bodies in found.items()} for trade, found in valued.items()}
    prices = {trade: (values[trade], counts[trade]) for trade in Trade}
    return Market(chain, inside, served, used, sold, national, values[None], counts[None], prices, chain.owners)
