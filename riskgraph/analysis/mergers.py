"""What a merger would do to a market, and a test by figures of who matters to a class of authorities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from riskgraph.analysis.behind import Behind
from riskgraph.analysis.blast import BlastRadius, blast
from riskgraph.analysis.concentration import MEASURES, Concentration
from riskgraph.analysis.measure import residents
from riskgraph.analysis.shares import rise
from riskgraph.model import SHARED_SERVICE, SUPPLIER, Band

__all__ = ["ClassTest", "Designation", "Merger", "designation", "merger"]


@dataclass(frozen=True)
class Merger:
    """What a merger of two suppliers would do to a market, their groups included.

    Shares are those of their ultimate owners, so that what either of them owns already counts with it.
    """

    before: Concentration
    buyer: str
    bought: str
    groups: tuple[str, str]  # the ultimate owner of each, or itself
    shares: tuple[float | None, float | None]  # per cent of councils known; None: it does not sell there
    delta: float | None  # points of the index by councils; 0: one group already; None: not both sell there
    bounds: tuple[float, float] | None  # of that, with what is not known
    by: Mapping[str, float | None]  # the same by residents, value and value in a year
    hhi_before: float | None
    hhi_after: float | None
    alone: tuple[int, int]  # public bodies that each could reach, at least possibly
    radius: BlastRadius  # both compromised together
    only_together: int

    @property
    def one_group(self) -> bool:
        """Whether the two have one ultimate owner already."""
        return self.groups[0] == self.groups[1]

    def to_dict(self) -> dict[str, Any]:
        """The change as plain values."""

        def plain(value: float | None) -> float | None:
            return None if value is None else round(value, 1)

        return {
            "schema": 1,
            "area": self.before.area,
            "as_of": self.before.view.as_of.isoformat(),
            "buyer": self.buyer,
            "bought": self.bought,
            "groups": list(self.groups),
            "one_group_already": self.one_group,
            "shares": [plain(share) for share in self.shares],
            "hhi_before": plain(self.hhi_before),
            "hhi_after": plain(self.hhi_after),
            "delta": plain(self.delta),
            "delta_bounds": None if self.bounds is None else [plain(bound) for bound in self.bounds],
            "delta_by": {measure: plain(value) for measure, value in self.by.items()},
            "alone": list(self.alone),
            "together": len(self.radius.within(Band.POSSIBLE)),
            "only_together": self.only_together,
        }


def merger(found: Concentration, buyer: str, bought: str) -> Merger:
    """Shares, index and joint radius if one supplier bought another.

    The market is taken again with both under one owner: a council that has both then has one supplier less, so
    that its other suppliers count for more. Where no council has several, the change of the index is the
    2 s_i s_j of the textbooks, shares in per cent (US Merger Guidelines 2023, footnote 10).

    Examples
    --------
    >>> from riskgraph.analysis.concentration import concentration
    >>> from riskgraph.graph import RiskGraph
    >>> seeds = RiskGraph.open("seeds")
    >>> result = merger(concentration(seeds, "revenues and benefits"), "capita", "civica")
    >>> result.delta > 0
    True
    """
    graph = found.graph
    first, second = (graph.names.resolve(name, frozenset({SUPPLIER, SHARED_SERVICE})) for name in (buyer, bought))
    groups = found.owner.get(first, first), found.owner.get(second, second)
    after = found.joined(*groups)
    changes = {measure: _change(found, after, measure, groups) for measure in MEASURES}
    before = found.by("councils", parents=True)
    bounds = None
    if changes["councils"] is not None and before is not None:
        sides = [{share.supplier: share.councils for share in one.parents} for one in (found, after)]
        bounds = rise(sides[0], sides[1], groups, float(len(found.unknown)))
    radius = blast(graph, [first, second], as_of=found.view.as_of)
    each = [{body for body, band in radius.alone[id_].items() if band <= Band.POSSIBLE} for id_ in (first, second)]
    together = {reach.id for reach in radius.within(Band.POSSIBLE)}
    delta = changes.pop("councils")
    return Merger(
        found,
        first,
        second,
        groups,
        _percent(found, "councils", groups),
        delta,
        bounds,
        changes,
        None if before is None else before.hhi,
        None if delta is None or before is None else before.hhi + delta,
        (len(each[0]), len(each[1])),
        radius,
        len(together - each[0] - each[1]),
    )


def _change(found: Concentration, after: Concentration, measure: str, groups: tuple[str, str]) -> float | None:
    """Points of the index that the merger adds by one measure; `None` if not both sell there."""
    indices = [one.by(measure, parents=True) for one in (found, after)]
    if None in _percent(found, measure, groups) or indices[0] is None or indices[1] is None:
        return None
    return indices[1].hhi - indices[0].hhi


def _percent(found: Concentration, measure: str, groups: tuple[str, str]) -> tuple[float | None, float | None]:
    """What each of the two has, in per cent of what is known."""
    name = {"value": "value_gbp", "annual_value": "annual_value_gbp"}.get(measure, measure)
    size = {share.supplier: float(getattr(share, name) or 0) for share in found.parents}
    whole = sum(size.values())
    one, other = (100 * size[group] / whole if whole and size.get(group) else None for group in groups)
    return one, other


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
class Designation:
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

    def to_dict(self) -> dict[str, Any]:
        """The tests as plain values, in per cent with one decimal."""
        return {
            "provider": self.provider,
            "meets": {True: "would meet", False: "would not meet", None: "unknown"}[self.meets],
            "direct": self.direct,
            "with_alternative": self.backed,
            "assessed": self.assessed,
            "very_hard_to_replace": self.hard,
            "classes": [
                {
                    "class": one.of_class,
                    "authorities": one.size,
                    "by_number": [round(one.by_number, 1), round(one.by_number_at_most, 1)],
                    "by_residents": [round(one.by_residents, 1), round(one.by_residents_at_most, 1)],
                    "meets": {True: "would meet", False: "would not meet", None: "unknown"}[one.meets],
                }
                for one in self.classes
            ],
        }


def designation(
    found: Concentration, providers: Sequence[str] | None = None, threshold: float = 10.0
) -> tuple[Designation, ...]:
    """The test for the largest providers of a market, or for some that are named.

    A class is tested on its own if no single authority is as much as the threshold of it.

    Examples
    --------
    >>> from riskgraph.analysis.concentration import concentration
    >>> from riskgraph.graph import RiskGraph
    >>> seeds = RiskGraph.open("seeds")
    >>> tested = designation(concentration(seeds, "ICT infrastructure"), ["East Kent Services"])
    >>> round(tested[0].classes[0].by_number), tested[0].classes[0].size
    (12, 25)
    """
    graph = found.graph
    if providers is None:
        ids = [rank.provider for rank in found.ranks[:10]]
    else:
        ids = [graph.names.resolve(name) for name in providers]
    classes: dict[str | None, set[str]] = defaultdict(set)
    for body in found.market:
        classes[None].add(body)
        classes[graph.dataset.entities[body].authority_type].add(body)
    large = [
        (name, bodies)
        for name, bodies in sorted(classes.items(), key=lambda item: (item[0] is not None, item[0] or ""))
        if name is None or 100 / len(bodies) < threshold
    ]
    if len(large) == 2 and large[0][1] == large[1][1]:
        large = large[1:]  # a market of one class
    tested = []
    for provider in ids:
        radius = blast(graph, provider, like="outage", as_of=found.view.as_of)
        sure, most = ({r.id for r in radius.within(band)} for band in (Band.LIKELY, Band.NOT_RULED_OUT))
        tests = tuple(_test(found, name, bodies, sure, most, threshold) for name, bodies in large)
        tested.append(Designation(provider, tests, *_ties(found, provider)))
    return tuple(tested)


def _ties(found: Concentration, provider: str) -> tuple[int, int, int, int]:
    """How many have a provider directly, with an alternative in use, assessed, and very hard to replace."""
    behind, market = Behind(found.graph, found.view), set(found.market)
    steps = [
        step
        for step in found.graph.settled(found.view).steps
        if step.dependent in market and behind.sells(step, found.area) and provider in behind.organisations(step)
    ]
    direct = {step.dependent for step in steps}
    alone = {step.dependent for step in steps if step.group is None}
    assessed = {step.dependent for step in steps if step.row.substitutability is not None}
    hard = {step.dependent for step in steps if step.row.substitutability in {"no", "very-hard"}}
    return len(direct), len(direct - alone), len(assessed), len(hard)


def _test(
    found: Concentration, name: str | None, bodies: set[str], sure: set[str], most: set[str], threshold: float
) -> ClassTest:
    dataset = found.graph.dataset
    whole = residents(dataset, bodies).people

    def parts(reached: set[str]) -> tuple[float, float]:
        people = residents(dataset, reached & bodies).people
        return 100 * len(reached & bodies) / len(bodies) if bodies else 0.0, 100 * people / whole if whole else 0.0

    number, people = parts(sure)
    number_most, people_most = parts(most)
    meets: bool | None = False
    if min(number, people) >= threshold:
        meets = True
    elif min(number_most, people_most) >= threshold:
        meets = None
    return ClassTest(name, len(bodies), number, number_most, people, people_most, meets)
