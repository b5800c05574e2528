"""What a merger would do to a market, and a test by figures of who matters to a class of authorities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Type, Value
from riskgraph.analysis.blast import BlastRadius, blast
from riskgraph.analysis.concentration import Concentration, concentration, market_of
from riskgraph.analysis.hhi import rise
from riskgraph.analysis.market import MARKET_MEASURES, Market
from riskgraph.analysis.measure import residents
from riskgraph.analysis.question import Asking, Question, parse_kinds
from riskgraph.analysis.select import Selection
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import SHARED_SERVICE, SUPPLIER, Band
from riskgraph.pictured import Pictured

__all__ = ["ClassTest", "Designation", "Merger", "ProviderTest", "designation", "merger"]

_POINTS: tuple[Type, str] = ("number", "points")


@dataclass(frozen=True)
class Merger(Answer, Pictured):
    """What a merger of two suppliers would do to a market, their groups included.

    Shares are those of their ultimate owners, so that what either of them owns already counts with it.
    """

    form: ClassVar = Form(
        "concentration merger",
        "What it would do to a market, and to what could be reached, if one supplier bought another.",
        ("roots", "kinds", "view", "band", "scope"),
        (
            Column("areas", "service areas of the market; empty: all together", "list"),
            Column("trade", "the trade in which both sell, else that of which most is known: systems or services"),
            Column("buyer", "id of who buys"),
            Column("bought", "id of who is bought"),
            Column("buyer_group", "id of the buyer's ultimate owner, or the buyer"),
            Column("bought_group", "id of the ultimate owner of who is bought, or it"),
            Column("one_group_already", "whether these are the same", "flag"),
            Column("buyer_percent", "share of the buyer's group in councils known", "number", "per cent"),
            Column("bought_percent", "share of the other group in councils known", "number", "per cent"),
            Column("buyer_reaches", "public bodies that the buyer alone could reach", "integer"),
            Column("bought_reaches", "public bodies that the other alone could reach", "integer"),
            Column("together", "public bodies that both together could reach", "integer"),
            Column("only_together", "of these, public bodies that neither could reach alone", "integer"),
        ),
        (
            TableForm(
                "measures",
                "a measure of the market, by ultimate owners, before and after",
                (
                    Column("measure", f"what is shared: {', '.join(MARKET_MEASURES)}"),
                    Column("hhi_before", "Herfindahl-Hirschman index before, of what is known", *_POINTS),
                    Column("delta", "what the merger adds; not known if not both sell there", *_POINTS),
                    Column("delta_low", "the least it could add, with what is not known", *_POINTS),
                    Column("delta_high", "the most it could add, with what is not known", *_POINTS),
                    Column("hhi_after", "the index after, of what is known", *_POINTS),
                ),
            ),
        ),
    )

    graph: RiskGraph
    question: Question
    before: Market
    after: Market
    groups: tuple[str, str]  # the ultimate owner of each, or itself
    bounds: tuple[float, float] | None  # of the change by councils, with what is not known; None: not both sell there
    radius: BlastRadius  # both fail together

    @property
    def buyer(self) -> str:
        """Who buys."""
        return self.question.roots[0]

    @property
    def bought(self) -> str:
        """Who is bought."""
        return self.question.roots[1]

    @property
    def one_group(self) -> bool:
        """Whether the two have one ultimate owner already."""
        return self.groups[0] == self.groups[1]

    @property
    def shares(self) -> tuple[float | None, float | None]:
        """Per cent of councils known that each group has; `None`: it does not sell there."""
        return self._percent("councils")

    @property
    def delta(self) -> float | None:
        """Points of the index by councils that it adds; 0: one group already; `None`: not both sell there."""
        return self.change("councils")

    @property
    def hhi_before(self) -> float | None:
        """The index by councils."""
        found = self.before.by("councils", owners=True)
        return None if found is None else found.hhi

    @property
    def hhi_after(self) -> float | None:
        """The index by councils after; `None`: not both sell there."""
        found = self.after.by("councils", owners=True)
        return None if found is None or self.delta is None else found.hhi

    @property
    def alone(self) -> tuple[int, int]:
        """Public bodies that each could reach."""
        buyer, bought = self._each
        return len(buyer), len(bought)

    @property
    def together(self) -> int:
        """Public bodies that both could reach together."""
        return len(self.radius.within(self.question.band))

    @property
    def only_together(self) -> int:
        """Public bodies that both could reach together, and neither alone."""
        return len({reach.id for reach in self.radius.within(self.question.band)} - self._each[0] - self._each[1])

    @property
    def _each(self) -> tuple[set[str], set[str]]:
        alone = self.radius.alone
        buyer, bought = (
            {body for body, band in alone[id_].items() if band <= self.question.band} for id_ in self.question.roots
        )
        return buyer, bought

    def change(self, measure: str) -> float | None:
        """Points of the index that the merger adds by one measure; `None` if not both sell there."""
        before, after = (market.by(measure, owners=True) for market in (self.before, self.after))
        if None in self._percent(measure) or before is None or after is None:
            return None
        return after.hhi - before.hhi

    def _percent(self, measure: str) -> tuple[float | None, float | None]:
        one, other = (self.before.percent(group, measure, owners=True) for group in self.groups)
        return one, other

    def fact_values(self) -> Mapping[str, Value]:
        """The two, their groups, and what they could reach."""
        one, other = (None if share is None else round(share, 1) for share in self.shares)
        return {
            "areas": sorted(self.before.areas),
            "trade": self.before.trade,
            "buyer": self.buyer,
            "bought": self.bought,
            "buyer_group": self.groups[0],
            "bought_group": self.groups[1],
            "one_group_already": self.one_group,
            "buyer_percent": one,
            "bought_percent": other,
            "buyer_reaches": self.alone[0],
            "bought_reaches": self.alone[1],
            "together": self.together,
            "only_together": self.only_together,
        }

    def row_values(self, table: str) -> Iterable[Row]:
        """The change by each measure."""
        for measure in MARKET_MEASURES:
            before, delta = self.before.by(measure, owners=True), self.change(measure)
            hhi = None if before is None else before.hhi
            bounds = self.bounds if measure == "councils" and self.bounds is not None else (None, None)
            figures = hhi, delta, *bounds, None if hhi is None or delta is None else hhi + delta
            yield (measure, *(None if figure is None else round(figure, 1) for figure in figures))

    def __repr__(self) -> str:
        return f"<Merger of {self.buyer} and {self.bought}: {self.together} could be reached>"


def merger(graph: RiskGraph, buyer: str, bought: str, area: str | None = None, **asking: Unpack[Asking]) -> Merger:
    """Shares, index and joint radius if one supplier bought another.

    The market is taken again with both under one owner: a council that has both then has one supplier less, so
    that its other suppliers count for more. Where no council has several, the change of the index is the
    2 s_i s_j of the textbooks, shares in per cent (US Merger Guidelines 2023, footnote 10).

    Parameters
    ----------
    buyer, bought
        Names or ids of suppliers or shared services.
    area
        Name or id of a service area; all areas together, or those of the scope, if it is left out.
    asking
        Kinds, view, band and scope; see `riskgraph.analysis.question.Asking`.

    Returns
    -------
    Merger
        The index in points (0 to 10,000), shares in per cent, and numbers of public bodies.

    Raises
    ------
    RiskGraphError
        If a name is not one supplier's, or both are the same.

    Examples
    --------
    >>> result = merger(RiskGraph.open("seeds"), "capita", "civica", "revenues and benefits", as_of="2024-01-15")
    >>> result.delta > 0
    True
    """
    pair = [graph.names.resolve(name, frozenset({SUPPLIER, SHARED_SERVICE})) for name in (buyer, bought)]
    if pair[0] == pair[1]:
        raise RiskGraphError(f"{pair[0]} cannot buy itself.", "Name two suppliers.")
    question = Question.of(graph, pair, **asking)
    before = market_of(question, area).leading(*pair)
    one, other = (before.owner.get(id_, id_) for id_ in pair)
    after = before.joined(one, other)
    bounds = None
    if before.percent(one, owners=True) and before.percent(other, owners=True):
        sides = [{share.supplier: share.councils for share in market.owners} for market in (before, after)]
        bounds = rise(sides[0], sides[1], (one, other), float(len(before.unknown)))
    return Merger(graph, question, before, after, (one, other), bounds, blast(graph, question))


@dataclass(frozen=True, slots=True)
class ClassTest:
    """The test in one class of authorities: at how many of them services could stop, and of how many residents."""

    of_class: str | None  # None: the whole market
    size: int
    by_number: float  # per cent, documented or likely outage
    by_number_at_most: float  # with what cannot be ruled out
    by_residents: float
    by_residents_at_most: float
    meets: bool | None  # None: blanks decide


@dataclass(frozen=True, slots=True)
class ProviderTest:
    """A test in the manner of the EU's criticality criteria (Delegated Regulation 2024/1502).

    Whether services of at least 10% of a class would stop if one provider stopped, by number and by
    residents, for at least one class. It speaks of figures and never of law. `meets` is `None` where blanks
    decide.
    """

    provider: str
    classes: tuple[ClassTest, ...]  # the whole market, then each class that is large enough to test
    direct: int  # authorities of the market that have it directly, in the market's area
    backed: int  # of these, with an alternative in use
    assessed: int  # of these, for which somebody assessed how hard it is to replace
    hard: int  # of those assessed: it cannot be replaced, or is very hard to replace

    @property
    def lead(self) -> ClassTest:
        """The test that decides: one that is met, else one that blanks leave open, else the nearest to it."""
        order = {True: 0, None: 1, False: 2}
        return min(self.classes, key=lambda one: (order[one.meets], -one.by_number, -one.by_number_at_most))

    @property
    def meets(self) -> bool | None:
        """Whether one of the tests is met."""
        return self.lead.meets


_AUTHORITIES = "per cent of the class"
_OF_RESIDENTS = "per cent of the residents of the class"


@dataclass(frozen=True)
class Designation(Answer, Pictured):
    """A market, and the test by figures for some of its providers."""

    form: ClassVar = Form(
        "concentration designation",
        "Whether services of at least 10% of a class of councils could stop with one provider.",
        Concentration.form.asks,
        Concentration.form.facts,
        (
            TableForm(
                "tests",
                "a test of one provider in one class of authorities",
                (
                    Column("provider", "its id"),
                    Column("name", "its name"),
                    Column("class", "class of authority, or the whole market"),
                    Column("authorities", "authorities of the class", "integer"),
                    Column("by_number", "where services could stop, at least likely", "number", _AUTHORITIES),
                    Column("by_number_at_most", "the same with what cannot be ruled out", "number", _AUTHORITIES),
                    Column("by_residents", "where services could stop, at least likely", "number", _OF_RESIDENTS),
                    Column("by_residents_at_most", "the same with what cannot be ruled out", "number", _OF_RESIDENTS),
                    Column("meets", "whether it would meet the test; not known where blanks decide", "flag"),
                ),
            ),
            TableForm(
                "providers",
                "a provider that is tested",
                (
                    Column("provider", "its id"),
                    Column("name", "its name"),
                    Column("meets", "whether one of its tests is met; not known where blanks decide", "flag"),
                    Column("direct", "authorities of the market that have it directly", "integer"),
                    Column("with_alternative", "of these, with an alternative in use", "integer"),
                    Column("assessed", "of these, for which it was assessed how hard it is to replace", "integer"),
                    Column("very_hard_to_replace", "of those assessed, which could hardly replace it", "integer"),
                ),
            ),
            *Concentration.form.tables,
        ),
    )

    graph: RiskGraph
    question: Question
    concentration: Concentration
    tested: tuple[ProviderTest, ...]

    def fact_values(self) -> Mapping[str, Value]:
        """What is known of the market as a whole."""
        return self.concentration.fact_values()

    def row_values(self, table: str) -> Iterable[Row]:
        """The rows of one table: of the tests, or of the market."""
        name = self.graph.dataset.usual_name
        if table == "providers":
            return [
                (t.provider, name(t.provider), t.meets, t.direct, t.backed, t.assessed, t.hard) for t in self.tested
            ]
        if table != "tests":
            return self.concentration.row_values(table)
        return [
            (
                one.provider,
                name(one.provider),
                test.of_class or "whole market",
                test.size,
                round(test.by_number, 1),
                round(test.by_number_at_most, 1),
                round(test.by_residents, 1),
                round(test.by_residents_at_most, 1),
                test.meets,
            )
            for one in self.tested
            for test in one.classes
        ]

    def __repr__(self) -> str:
        return f"<Designation: {len(self.tested)} providers tested>"


def designation(
    graph: RiskGraph,
    area: str | None = None,
    *,
    providers: Sequence[str] | None = None,
    threshold: float = 10.0,
    **asking: Unpack[Asking],
) -> Designation:
    """The test for the three largest suppliers of a market, or for providers that are named.

    A class is tested on its own if no single authority is as much as the threshold of it.

    Parameters
    ----------
    area
        Name or id of a service area; all areas together, or those of the scope, if it is left out.
    providers
        Names or ids of those to test.
    threshold
        Per cent of a class, by number and by residents.
    asking
        View and scope; see `riskgraph.analysis.question.Asking`.

    Returns
    -------
    Designation
        The market with the tests, in per cent.

    Raises
    ------
    RiskGraphError
        If there is no such service area or provider.

    Examples
    --------
    >>> found = designation(RiskGraph.open("seeds"), "ICT infrastructure", providers=["East Kent Services"])
    >>> round(found.tested[0].classes[0].by_number), found.tested[0].classes[0].size
    (12, 25)
    """
    found = concentration(graph, area, **asking)
    if providers is None:
        ids = [share.supplier for share in found.lead.shares[:3]]
    else:
        ids = [graph.names.resolve(name) for name in providers]
    classes: dict[str | None, set[str]] = defaultdict(set)
    for body in found.market.bodies:
        classes[None].add(body)
        classes[graph.dataset.entities[body].authority_type].add(body)
    large = [
        (name, bodies)
        for name, bodies in sorted(classes.items(), key=lambda item: (item[0] is not None, item[0] or ""))
        if name is None or 100 / len(bodies) < threshold
    ]
    if len(large) == 2 and large[0][1] == large[1][1]:
        large = large[1:]  # a market of one class
    anybody = replace(found.question, kinds=parse_kinds(None, "outage"), like="outage", selection=Selection(graph))
    tested = []
    for provider in ids:
        radius = blast(graph, replace(anybody, roots=(provider,)))
        sure, most = ({r.id for r in radius.within(band)} for band in (Band.LIKELY, Band.NOT_RULED_OUT))
        tests = tuple(_test(graph, name, bodies, sure, most, threshold) for name, bodies in large)
        tested.append(ProviderTest(provider, tests, *_ties(found, provider)))
    return Designation(graph, found.question, found, tuple(tested))


def _ties(found: Concentration, provider: str) -> tuple[int, int, int, int]:
    """How many have a provider directly, with an alternative in use, assessed, and very hard to replace."""
    chain, market = found.market.chain, found.market
    steps = [
        step
        for step in found.graph.settled(found.question.view).steps
        if step.dependent in market.served and chain.sells(step, market.areas) and provider in chain.organisations(step)
    ]
    direct = {step.dependent for step in steps}
    alone = {step.dependent for step in steps if step.group is None}
    assessed = {step.dependent for step in steps if step.row.substitutability is not None}
    hard = {step.dependent for step in steps if step.row.substitutability in {"no", "very-hard"}}
    return len(direct), len(direct - alone), len(assessed), len(hard)


def _test(
    graph: RiskGraph, name: str | None, bodies: set[str], sure: set[str], most: set[str], threshold: float
) -> ClassTest:
    whole = residents(graph.dataset, bodies).people

    def parts(reached: set[str]) -> tuple[float, float]:
        people = residents(graph.dataset, reached & bodies).people
        return 100 * len(reached & bodies) / len(bodies) if bodies else 0.0, 100 * people / whole if whole else 0.0

    number, people = parts(sure)
    number_most, people_most = parts(most)
    meets: bool | None = False
    if min(number, people) >= threshold:
        meets = True
    elif min(number_most, people_most) >= threshold:
        meets = None
    return ClassTest(name, len(bodies), number, number_most, people, people_most, meets)
