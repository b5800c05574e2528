"""`concentration`: who serves a market, how unevenly, and what is not known about it.

A market is a service area, a class of authority, a region and a date. An authority's supplier is whoever
stands behind what it uses there: the supplier or shared service of a row, the maker of a product, the
operator, supplier or maker of a system.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import exp, log
from typing import TYPE_CHECKING, Any

from riskgraph.analysis.select import Selection
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, ORGANISATIONS, PRINCIPAL_COUNCILS, PRODUCT, SYSTEM
from riskgraph.pictured import Pictured
from riskgraph.settle import Step, View

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "HHI_BANDS",
    "Concentration",
    "HhiBand",
    "Index",
    "Rank",
    "Share",
    "concentration",
    "index",
]

_MARKET = frozenset({"uses", "supplied-by", "served-by", "hosted-on"})
_BEHIND = frozenset(
    {"supplied-by", "served-by", "hosted-on", "operated-by", "subcontracts-to", "made-by", "instance-of"}
)
MOST_RANKS = 4


@dataclass(frozen=True, slots=True)
class HhiBand:
    """What somebody calls a figure of the Herfindahl-Hirschman index, with whose words these are."""

    owner: str
    year: int
    words: str


def HHI_BANDS(points: float) -> tuple[HhiBand, ...]:  # noqa: N802
    """What the guidelines that have bands call a figure. The UK's CMA (2021) has none.

    Sources: US Department of Justice and Federal Trade Commission, Merger Guidelines 2023, guideline 1;
    European Commission, Horizontal Merger Guidelines 2004.

    Examples
    --------
    >>> [f"{band.owner} {band.year}: {band.words}" for band in HHI_BANDS(2600)]
    ['US DOJ and FTC 2023: highly concentrated', 'European Commission 2004: above 2,000']
    """
    us = "highly concentrated" if points > 1800 else "moderately concentrated" if points >= 1000 else "unconcentrated"
    eu = "above 2,000" if points > 2000 else "1,000 to 2,000" if points >= 1000 else "below 1,000"
    return HhiBand("US DOJ and FTC", 2023, us), HhiBand("European Commission", 2004, eu)


@dataclass(frozen=True, slots=True)
class Index:
    """How uneven shares are. `low` and `high` bound the index when a part of the market is not known.

    Attributes
    ----------
    hhi, low, high
        Herfindahl-Hirschman index in points, 0 to 10,000; `hhi` over what is known, taken as the whole.
    largest, three, five
        Shares of the one, three and five largest, in per cent of what is known.
    effective
        Effective number of suppliers, 10,000 / HHI.
    entropy
        The same by Shannon's entropy, exp(-sum s ln s).
    known
        Per cent of the market that is known: coverage.
    """

    hhi: float
    low: float
    high: float
    largest: float
    three: float
    five: float
    effective: float
    entropy: float
    known: float


def index(weights: Iterable[float], unknown: float = 0.0) -> Index | None:
    """Concentration of some weights, with bounds for an unknown remainder.

    Parameters
    ----------
    weights
        What each supplier has, in any unit.
    unknown
        What nobody knows who has, in the same unit. At the low bound it is spread over very many, at the
        high bound it all belongs to the largest.

    Returns
    -------
    Index or None
        `None` if nothing is known.

    Examples
    --------
    >>> found = index([40, 30, 20], unknown=10)
    >>> round(found.low), round(found.high)
    (2900, 3800)
    >>> found = index([40, 30, 20, 10])
    >>> round(found.hhi), round(found.effective, 2), round(found.entropy, 2)
    (3000, 3.33, 3.6)
    """
    sizes = sorted((float(weight) for weight in weights if weight > 0), reverse=True)
    total = sum(sizes)
    if not total:
        return None
    shares = [size / total for size in sizes]
    whole = total + unknown
    parts = [size / whole for size in sizes]
    hhi = 10_000 * sum(share * share for share in shares)
    low = 10_000 * sum(part * part for part in parts)
    high = 10_000 * ((parts[0] + unknown / whole) ** 2 + sum(part * part for part in parts[1:]))
    entropy = exp(-sum(share * log(share) for share in shares))
    return Index(
        hhi,
        low,
        high,
        100 * shares[0],
        100 * sum(shares[:3]),
        100 * sum(shares[:5]),
        10_000 / hhi,
        entropy,
        100 * total / whole,
    )


@dataclass(frozen=True, slots=True)
class Share:
    """One supplier's part of a market; with several suppliers an authority counts in equal parts."""

    supplier: str
    authorities: tuple[str, ...]
    councils: float  # authorities, in parts
    residents: float  # of these authorities, in parts; authorities without known residents left out
    value_gbp: Decimal | None  # of contracts with a known value; None: no value is known

    @property
    def reach(self) -> int:
        """How many authorities it serves, wholly or in part."""
        return len(self.authorities)


@dataclass(frozen=True, slots=True)
class Rank:
    """A provider one or more steps behind the authorities: how many lean on it within so many steps."""

    provider: str
    rank: int  # the fewest steps from any authority; 1 is direct
    authorities: int
    direct: int  # of these, with a relation of their own to it
    share: float  # per cent of the authorities of the market that are known

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
    market: tuple[str, ...]  # authorities
    unknown: tuple[str, ...]  # of these, nothing is known about who serves them
    shares: tuple[Share, ...]
    parents: tuple[Share, ...]  # the same after rolling up to the ultimate owner
    ranks: tuple[Rank, ...]

    def __repr__(self) -> str:
        return f"<Concentration of {self.area or 'all areas'}: {len(self.shares)} suppliers, {len(self.market)} authorities>"

    def by(self, measure: str, *, parents: bool = False) -> Index | None:
        """The index by `councils`, `residents` or `value`; `None` if nothing is known.

        Raises
        ------
        KeyError
            If there is no such measure.
        """
        shares = self.parents if parents else self.shares
        if measure == "councils":
            return index((share.councils for share in shares), float(len(self.unknown)))
        if measure == "residents":
            register = self.graph.dataset.register
            missing = sum(register[body].population or 0 for body in self.unknown if body in register)
            return index((share.residents for share in shares), float(missing))
        if measure == "value":
            return index(float(share.value_gbp) for share in shares if share.value_gbp is not None)
        raise KeyError(measure)

    def to_frame(self) -> pd.DataFrame:
        """One row for each supplier: supplier, authorities, councils, residents, value_gbp."""
        import pandas as pd

        return pd.DataFrame(
            [(s.supplier, s.reach, s.councils, s.residents, s.value_gbp) for s in self.shares],
            columns=["supplier", "authorities", "councils", "residents", "value_gbp"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The market as plain values; shares in per cent with one decimal."""

        def plain(found: Index | None) -> dict[str, float] | None:
            if found is None:
                return None
            return {name: round(getattr(found, name), 1) for name in Index.__dataclass_fields__}

        return {
            "schema": 1,
            "area": self.area,
            "as_of": self.view.as_of.isoformat(),
            "authorities": len(self.market),
            "unknown": list(self.unknown),
            "index": {m: plain(self.by(m)) for m in ("councils", "residents", "value")},
            "index_by_owner": {m: plain(self.by(m, parents=True)) for m in ("councils", "residents", "value")},
            "shares": [
                {
                    "supplier": s.supplier,
                    "authorities": list(s.authorities),
                    "councils": round(s.councils, 3),
                    "value_gbp": None if s.value_gbp is None else str(s.value_gbp),
                }
                for s in self.shares
            ],
            "ranks": [
                {"provider": r.provider, "rank": r.rank, "authorities": r.authorities, "direct": r.direct}
                for r in self.ranks
            ],
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
    view = graph.view(as_of)
    market = _market(graph, view, chosen)
    behind = _Behind(graph, view)
    served: dict[str, set[str]] = {body: set() for body in market}
    value: dict[str, Decimal] = defaultdict(Decimal)
    valued: set[str] = set()
    for step in graph.settled(view).steps:
        if step.dependent not in served or not step.in_force or step.relation not in _MARKET:
            continue
        if wanted is not None and step.area != wanted:
            continue
        organisations = behind.organisations(step)
        served[step.dependent] |= organisations
        amount = step.row.contract_value_gbp
        if amount is not None and not step.implied and len(organisations) == 1 and step.row.id not in valued:
            valued.add(step.row.id)
            value[min(organisations)] += amount
    parents = behind.parents()
    owned = {body: {parents.get(supplier, supplier) for supplier in found} for body, found in served.items()}
    owned_value: dict[str, Decimal] = defaultdict(Decimal)
    for supplier, amount in value.items():
        owned_value[parents.get(supplier, supplier)] += amount
    return Concentration(
        graph,
        view,
        wanted,
        chosen,
        tuple(market),
        tuple(body for body in market if not served[body]),
        _shares(graph, served, value),
        _shares(graph, owned, owned_value),
        _ranks(behind, served, wanted),
    )


def _market(graph: RiskGraph, view: View, chosen: Selection) -> list[str]:
    register = graph.dataset.register
    return [
        entity.id
        for entity in graph.dataset.entities.values()
        if entity.kind == AUTHORITY
        and entity.authority_type != "group"
        and chosen.holds(entity.id)
        and (entity.id not in register or register[entity.id].exists(view.as_of))
        and (chosen.classes or chosen.members is not None or entity.authority_type in PRINCIPAL_COUNCILS)
    ]


def _shares(graph: RiskGraph, served: Mapping[str, set[str]], value: Mapping[str, Decimal]) -> tuple[Share, ...]:
    councils: dict[str, float] = defaultdict(float)
    residents: dict[str, float] = defaultdict(float)
    bodies: dict[str, list[str]] = defaultdict(list)
    register = graph.dataset.register
    for body, suppliers in served.items():
        people = register[body].population if body in register else None
        for supplier in suppliers:
            bodies[supplier].append(body)
            councils[supplier] += 1 / len(suppliers)
            residents[supplier] += (people or 0) / len(suppliers)
    shares = [
        Share(supplier, tuple(sorted(bodies[supplier])), councils[supplier], residents[supplier], value.get(supplier))
        for supplier in bodies
    ]
    return tuple(sorted(shares, key=lambda share: (-share.councils, share.supplier)))


class _Behind:
    """Who stands behind a system or product, and who behind a supplier, at a date."""

    def __init__(self, graph: RiskGraph, view: View) -> None:
        self.graph, self.view = graph, view
        self.kind = {entity.id: entity.kind for entity in graph.dataset.entities.values()}
        self.steps: dict[str, list[Step]] = defaultdict(list)
        for step in graph.settled(view).steps:
            if step.in_force and not step.implied:
                self.steps[step.dependent].append(step)

    def organisations(self, step: Step) -> set[str]:
        """The organisations behind one step of an authority: its suppliers in a market."""
        provider = step.provider
        if self.kind[provider] in ORGANISATIONS:
            return {provider}
        if self.kind[provider] == PRODUCT:
            return self._of(provider, ("made-by",))
        if self.kind[provider] == SYSTEM:
            found = self._of(provider, ("operated-by",)) or self._of(provider, ("supplied-by",))
            products = [s.provider for s in self.steps[provider] if s.relation == "instance-of"]
            return found or {maker for product in products for maker in self._of(product, ("made-by",))}
        return self._of(provider, ("operated-by",))

    def _of(self, place: str, relations: Sequence[str]) -> set[str]:
        return {step.provider for step in self.steps[place] if step.relation in relations}

    def parents(self) -> dict[str, str]:
        """Supplier to its ultimate owner at the date; those that own themselves are left out."""
        owner: dict[str, str] = {}
        for body, steps in self.steps.items():
            owners = sorted(step.provider for step in steps if step.relation == "owned-by")
            if owners:
                owner[body] = owners[0]
        ultimate = {}
        for body in owner:
            at, seen = body, {body}
            while at in owner and owner[at] not in seen:
                at = owner[at]
                seen.add(at)
            ultimate[body] = at
        return ultimate

    def next(self, provider: str, area: str | None) -> set[str]:
        """Whoever stands one step behind a provider, in an area or without one."""
        return {
            step.provider
            for step in self.steps[provider]
            if step.relation in _BEHIND and (area is None or step.area in {None, area})
        }


def _ranks(behind: _Behind, served: Mapping[str, set[str]], area: str | None) -> tuple[Rank, ...]:
    """Providers at every rank up to four: a fourth party is two steps away or more."""
    leaning: dict[str, set[str]] = defaultdict(set)
    direct: dict[str, set[str]] = defaultdict(set)
    nearest: dict[str, int] = {}
    for body, suppliers in served.items():
        for supplier in suppliers:
            direct[supplier].add(body)
        layer, seen = set(suppliers), set(suppliers)
        for rank in range(1, MOST_RANKS + 1):
            for provider in layer:
                leaning[provider].add(body)
                nearest[provider] = min(rank, nearest.get(provider, rank))
            layer = {found for provider in layer for found in behind.next(provider, area)} - seen - {body}
            seen |= layer
    known = sum(1 for suppliers in served.values() if suppliers)
    ranks = [
        Rank(provider, nearest[provider], len(bodies), len(direct[provider]), 100 * len(bodies) / known)
        for provider, bodies in leaning.items()
    ]
    return tuple(sorted(ranks, key=lambda rank: (-rank.authorities, rank.rank, rank.provider)))
