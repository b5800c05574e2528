"""`concentration`: who serves a market, how unevenly, and what is not known about it; whole or in parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.market import MARKET_MEASURES, MOST_RANKS, Market, Rank, Share, Trade, market_in
from riskgraph.analysis.question import Asking, Question
from riskgraph.analysis.select import Selection
from riskgraph.graph import RiskGraph
from riskgraph.model import PRINCIPAL_COUNCILS, one_of
from riskgraph.pictured import Pictured
from riskgraph.rules import rules

__all__ = ["BREAKDOWNS", "Breakdown", "Concentration", "Slice", "breakdown", "concentration", "market_of"]

BREAKDOWNS = ("area", "class", "region")

_PERCENT = "per cent"
_SIZES = (
    Column("authorities", "authorities that it serves, wholly or in part", "integer"),
    Column("councils", "authorities, of which one with several suppliers counts in equal parts", "number"),
    Column("share_percent", "its share of the authorities whose supplier is known", "number", _PERCENT),
    Column("share_low", "the least that its share could be, with what is not known", "number", _PERCENT),
    Column("share_high", "the most that its share could be, with what is not known", "number", _PERCENT),
    Column("residents", "who live in the areas of these authorities, in the same parts", "integer", "people"),
    Column("value_gbp", "value of whole contracts, of which one is known", "text", "pounds"),
    Column("annual_value_gbp", "cost of contracts in a year, of which one is known", "text", "pounds"),
)
_WITHIN = tuple(
    Column(f"within_{n}", f"authorities that lean on it within {n} step{'s' * (n > 1)}", "integer")
    for n in range(1, MOST_RANKS + 1)
)
_RANK = (
    Column("provider", "id of an organisation or environment"),
    Column("name", "its name"),
    Column("rank", "the fewest steps from any authority; 1 is direct", "integer"),
    *_WITHIN,
    Column("share_percent", "authorities within four steps, of those with a known provider", "number", _PERCENT),
)
_BOUNDED = ("hhi", "largest", "three", "five", "effective")


def _index_columns() -> Iterable[Column]:
    says = {
        "hhi": ("Herfindahl-Hirschman index", "points"),
        "largest": ("share of the largest", _PERCENT),
        "three": ("share of the three largest", _PERCENT),
        "five": ("share of the five largest", _PERCENT),
        "effective": ("suppliers of equal size that would be as uneven, 10,000 / HHI", "suppliers"),
    }
    for name, (what, unit) in says.items():
        yield Column(name, f"{what}, of what is known", "number", unit)
        yield Column(f"{name}_low", f"{what}: the least it could be, with what is not known", "number", unit)
        yield Column(f"{name}_high", f"{what}: the most it could be, with what is not known", "number", unit)


@dataclass(frozen=True)
class Concentration(Answer, Pictured):
    """A market and who serves it."""

    form: ClassVar = Form(
        "concentration",
        "Who serves a market, and how unevenly.",
        ("view", "scope"),
        (
            Column("areas", "service areas of the market; empty: all together", "list"),
            Column("authorities", "authorities that make up the market", "integer"),
            Column("known", "of these, authorities of which a supplier is known", "integer"),
            Column("valued", "of these, authorities of which a value of whole contracts is known", "integer"),
            Column("annual_valued", "of these, authorities of which a cost in a year is known", "integer"),
            Column("owners_known", "suppliers of the market with an owner on record", "integer"),
            Column("trade", "the trade that is spoken of first: systems or services"),
        ),
        (
            TableForm(
                "suppliers",
                "a supplier of the market, the largest first",
                (
                    Column("supplier", "its id"),
                    Column("name", "its name"),
                    Column("owner", "id of its ultimate owner, where one is on record"),
                    Column("sells", "the trades in which it sells here: systems, services", "list"),
                    *_SIZES,
                    *_WITHIN,
                ),
                ("name", "authorities", "share_percent", "share_low", "share_high", "residents", "value_gbp"),
            ),
            TableForm(
                "owners",
                "an ultimate owner, or a supplier without one, the largest first",
                (Column("owner", "its id"), Column("name", "its name"), *_SIZES),
            ),
            TableForm(
                "indices",
                "a measure of how uneven the market is; those of which nothing is known are left out",
                (
                    Column("measure", f"what is shared: {', '.join(MARKET_MEASURES)}"),
                    Column("trade", "systems, services, or both together"),
                    Column("by_owner", "whether suppliers are rolled up to their ultimate owners", "flag"),
                    *_index_columns(),
                    Column("entropy", "effective number of suppliers by Shannon's entropy", "number", "suppliers"),
                    Column("known_percent", "how much of the market is known", "number", _PERCENT),
                ),
            ),
            TableForm(
                "national",
                "a service run by or for central government, which nobody chooses and which has no share",
                (Column("service", "its name"), Column("authorities", "authorities that use it", "integer")),
            ),
            TableForm("ranks", "a provider, direct or behind others, the one with most authorities first", _RANK),
            TableForm("owner_ranks", "the same after rolling up to ultimate owners", _RANK),
            TableForm(
                "market",
                "an authority of the market",
                (
                    Column("authority", "its id"),
                    Column("name", "its name"),
                    Column("suppliers", "ids of its suppliers there; empty: none is known", "list"),
                ),
            ),
        ),
    )

    graph: RiskGraph
    question: Question
    market: Market

    @cached_property
    def lead(self) -> Market:
        """The trade that is spoken of first: that of which most is known."""
        return self.market.leading()

    @cached_property
    def other(self) -> Market:
        """The other trade, a market apart."""
        return self.market.of(Trade.SERVICES if self.lead.trade is Trade.SYSTEMS else Trade.SYSTEMS)

    def fact_values(self) -> Mapping[str, Value]:
        """What is known of the market as a whole."""
        market = self.market
        return {
            "areas": sorted(market.areas),
            "authorities": len(market.bodies),
            "known": market.known,
            "valued": market.valued["value"],
            "annual_valued": market.valued["annual_value"],
            "owners_known": self.owned,
            "trade": self.lead.trade,
        }

    def row_values(self, table: str) -> Iterable[Row]:
        """The rows of one table."""
        market, name = self.market, self.graph.dataset.usual_name
        if table == "suppliers":
            within = {rank.provider: rank.within for rank in market.ranks}
            sellers = {trade: set().union(*market.sold[trade].values()) for trade in Trade}
            return [
                (
                    s.supplier,
                    name(s.supplier),
                    market.owner.get(s.supplier),
                    [trade for trade in Trade if s.supplier in sellers[trade]],
                    *_sizes(market, s),
                    *within[s.supplier],
                )
                for s in market.shares
            ]
        if table == "owners":
            return [(s.supplier, name(s.supplier), *_sizes(market, s)) for s in market.owners]
        if table == "indices":
            return list(self._indices())
        if table == "national":
            return [(service, len(bodies)) for service, bodies in sorted(market.national.items())]
        if table == "market":
            return [(body, name(body), sorted(suppliers)) for body, suppliers in sorted(market.served.items())]
        ranks: Sequence[Rank] = market.ranks if table == "ranks" else market.owner_ranks
        return [(r.provider, name(r.provider), r.rank, *r.within, round(r.share, 1)) for r in ranks]

    def _indices(self) -> Iterable[Row]:
        markets = [(self.market.of(trade), str(trade)) for trade in Trade] + [(self.market, "both")]
        for owners, (market, trade), measure in product((False, True), markets, MARKET_MEASURES):
            found = market.by(measure, owners=owners)
            if found is None:
                continue
            figures = [
                figure for name in _BOUNDED for figure in (getattr(found, name), *found.bounds.get(name, (None, None)))
            ]
            figures += [found.entropy, found.known]
            yield (measure, trade, owners, *(None if figure is None else round(figure, 1) for figure in figures))

    @property
    def owned(self) -> int:
        """How many suppliers of the market have an owner on record."""
        return sum(1 for share in self.market.shares if share.supplier in self.market.owner)

    def __repr__(self) -> str:
        areas = ", ".join(sorted(self.market.areas)) or "all areas"
        return f"<Concentration of {areas}: {len(self.market.shares)} suppliers, {len(self.market.bodies)} authorities>"


def _sizes(market: Market, share: Share) -> Row:
    whole = len(market.bodies)
    percents = (share.councils / market.known, share.councils / whole, (share.councils + len(market.unknown)) / whole)
    return (
        share.reach,
        round(share.councils, 3),
        *(round(100 * percent, 1) for percent in percents),
        round(share.residents),
        share.value_gbp,
        share.annual_value_gbp,
    )


def market_of(question: Question, area: str | None = None) -> Market:
    """The market that a question is about: its scope, and a service area besides.

    Parameters
    ----------
    area
        Name or id of a service area.

    Raises
    ------
    RiskGraphError
        If there is no such service area.
    """
    chosen = question.selection
    named = Selection.of(chosen.graph, areas=() if area is None else (area,)).areas
    return market_in(chosen.graph, question.view, chosen.areas | named, chosen)


def concentration(graph: RiskGraph, area: str | None = None, **asking: Unpack[Asking]) -> Concentration:
    """Who serves a market, and how unevenly.

    Parameters
    ----------
    area
        Name or id of a service area; all areas together, or those of the scope, if it is left out.
    asking
        View and scope; see `riskgraph.analysis.question.Asking`. Without classes and members the market is made of
        principal councils.

    Returns
    -------
    Concentration
        The market, with shares from the largest.

    Raises
    ------
    RiskGraphError
        If there is no such service area, or a word of the question is not known.

    Examples
    --------
    >>> found = concentration(RiskGraph.open("seeds"), "HR and payroll")
    >>> [(share.supplier, share.reach) for share in found.market.shares][0]
    ('shared-service:east-kent-services', 3)
    """
    question = Question.of(graph, **asking)
    return Concentration(graph, question, market_of(question, area))


@dataclass(frozen=True, slots=True)
class Slice:
    """One part of the market: one trade of a service area, a class or a region."""

    name: str
    market: Market


@dataclass(frozen=True)
class Breakdown(Answer, Pictured):
    """Parts of a market, those first whose index is highest even if all that is not known were spread thin."""

    form: ClassVar = Form(
        "concentration by",
        "The same market by service area, class of authority or region, each trade apart, the most uneven first.",
        ("view", "scope"),
        (
            Column("by", f"what the parts are: {', '.join(BREAKDOWNS)}"),
            Column("areas", "service areas of the market; empty: all", "list"),
            Column("empty", "parts in which no supplier is known", "list"),
        ),
        (
            TableForm(
                "parts",
                "a part in which a supplier is known",
                (
                    Column("part", "the service area, class or region"),
                    Column("trade", "systems or services"),
                    Column("authorities", "authorities that make it up", "integer"),
                    Column("known", "of these, authorities of which a supplier is known", "integer"),
                    Column("suppliers", "suppliers that are known", "integer"),
                    Column("largest", "id of the largest supplier"),
                    Column("largest_name", "its name"),
                    Column("largest_percent", "its share of what is known", "number", _PERCENT),
                    Column("three_percent", "share of the three largest", "number", _PERCENT),
                    Column("hhi", "Herfindahl-Hirschman index of what is known", "number", "points"),
                    Column("hhi_low", "the least it could be, with what is not known", "number", "points"),
                    Column("hhi_high", "the most it could be, with what is not known", "number", "points"),
                    Column("effective", "suppliers of equal size that would be as uneven", "number", "suppliers"),
                ),
            ),
        ),
    )

    graph: RiskGraph
    question: Question
    by: str
    areas: frozenset[str]
    slices: tuple[Slice, ...]
    empty: tuple[str, ...]  # parts in which no supplier is known

    def fact_values(self) -> Mapping[str, Value]:
        """What the parts are, and which are empty."""
        return {"by": self.by, "areas": sorted(self.areas), "empty": self.empty}

    def row_values(self, table: str) -> Iterable[Row]:
        """One row for each part in which a supplier is known."""
        rows: list[Row] = []
        for part in self.slices:
            market, index = part.market, part.market.by("councils")
            assert index is not None  # else it would be among the empty ones
            top = market.shares[0].supplier
            counts = len(market.bodies), market.known, len(market.shares)
            figures = (index.largest, index.three, index.hhi, index.low, index.high, index.effective)
            rounded = (round(figure, 1) for figure in figures)
            rows.append((part.name, market.trade, *counts, top, self.graph.dataset.usual_name(top), *rounded))
        return rows

    def __repr__(self) -> str:
        return f"<Breakdown by {self.by}: {len(self.slices)} parts>"


def breakdown(graph: RiskGraph, by: str, area: str | None = None, **asking: Unpack[Asking]) -> Breakdown:
    """A market in parts: each service area, or each class or region in one area or all.

    Parameters
    ----------
    by
        `area`, `class` or `region`.
    area
        Name or id of the service area that is split by class or region; all together if left out.
    asking
        View and scope; see `riskgraph.analysis.question.Asking`.

    Returns
    -------
    Breakdown
        The parts, and those of which nothing is known.

    Raises
    ------
    RiskGraphError
        If there is no such service area, or no such way to divide.

    Examples
    --------
    >>> found = breakdown(RiskGraph.open("seeds"), "class", "revenues and benefits")
    >>> [(part.name, str(part.market.trade)) for part in found.slices][0]
    ('district', 'services')
    """
    one_of(by, dict.fromkeys(BREAKDOWNS), "way to divide a market")
    question = Question.of(graph, **asking)
    whole, chosen = market_of(question, area), question.selection
    asked: Sequence[tuple[str, Iterable[str], Selection]]
    if by == "area":
        asked = [(name, [name], chosen) for name in rules().areas if not whole.areas or name in whole.areas]
    elif by == "class":
        held = {graph.dataset.entities[body].authority_type or "other" for body in whole.bodies}
        names = sorted(held & PRINCIPAL_COUNCILS) + sorted(held - PRINCIPAL_COUNCILS)
        asked = [(name, whole.areas, replace(chosen, classes=frozenset({name}))) for name in names]
    else:
        regions: dict[str, set[str]] = {}
        for body in whole.bodies:
            entry = graph.dataset.register.get(body)
            if entry is not None and (region := entry.region or entry.nation):
                regions.setdefault(region, set()).add(body)
        asked = [
            (name, whole.areas, replace(chosen, regions=frozenset(), members=frozenset(bodies)))
            for name, bodies in sorted(regions.items())
        ]
    slices = []
    for name, areas, scope in asked:
        market = market_in(graph, question.view, areas, scope)
        slices += [Slice(name, one) for trade in Trade if (one := market.of(trade)).shares]
    known = {part.name for part in slices}
    return Breakdown(
        graph,
        question,
        by,
        whole.areas,
        tuple(sorted(slices, key=lambda part: (-_least(part), part.name, str(part.market.trade)))),
        tuple(name for name, _, _ in asked if name not in known),
    )


def _least(part: Slice) -> float:
    index = part.market.by("councils")
    return 0.0 if index is None else index.low
