"""What a merger would do to a market, and a test by figures of who matters to a class of authorities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from riskgraph.analysis.blast import BlastRadius, blast
from riskgraph.analysis.concentration import Concentration
from riskgraph.model import SUPPLIER, Band

__all__ = ["Designation", "Merger", "designation", "merger"]


@dataclass(frozen=True)
class Merger:
    """What a merger of two suppliers would do to a market."""

    before: Concentration
    buyer: str
    bought: str
    delta: float | None  # points of the index by councils: 2 s_i s_j; None: not both known
    hhi_after: float | None
    radius: BlastRadius  # both compromised together
    only_together: int


def merger(found: Concentration, buyer: str, bought: str) -> Merger:
    """Shares, index and joint radius if one supplier bought another.

    The change of the index is 2 s_i s_j, shares in per cent (US Merger Guidelines 2023, footnote 10, and
    every textbook).

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
    ids = [graph.names.resolve(name, frozenset({SUPPLIER, "shared-service"})) for name in (buyer, bought)]
    known = sum(share.councils for share in found.shares)
    size = {share.supplier: 100 * share.councils / known for share in found.shares}
    before = found.by("councils")
    delta = 2 * size[ids[0]] * size[ids[1]] if all(id_ in size for id_ in ids) else None
    radius = blast(graph, ids, as_of=found.view.as_of)
    alone = {body for reached in radius.alone.values() for body, band in reached.items() if band <= Band.POSSIBLE}
    joint = {reach.id for reach in radius.within(Band.POSSIBLE)} - alone
    after = None if delta is None or before is None else before.hhi + delta
    return Merger(found, ids[0], ids[1], delta, after, radius, len(joint))


@dataclass(frozen=True, slots=True)
class Designation:
    """A test in the manner of the EU's criticality criteria (Delegated Regulation 2024/1502).

    Whether services of at least 10% of a class would stop if one provider stopped, by number and by
    residents. It speaks of figures and never of law. `meets` is `None` where blanks decide.
    """

    provider: str
    of_class: int
    by_number: float  # per cent, documented or likely outage
    by_number_at_most: float  # with what cannot be ruled out
    by_residents: float
    meets: bool | None


def designation(
    found: Concentration, providers: Sequence[str] | None = None, threshold: float = 10.0
) -> tuple[Designation, ...]:
    """The test for the largest providers of a market, or for some that are named.

    Examples
    --------
    >>> from riskgraph.analysis.concentration import concentration
    >>> from riskgraph.graph import RiskGraph
    >>> seeds = RiskGraph.open("seeds")
    >>> tested = designation(concentration(seeds, "ICT infrastructure"), ["East Kent Services"])
    >>> round(tested[0].by_number), tested[0].of_class
    (12, 25)
    """
    graph = found.graph
    if providers is None:
        ids = [rank.provider for rank in found.ranks[:10]]
    else:
        ids = [graph.names.resolve(name) for name in providers]
    market = set(found.market)
    register = graph.dataset.register
    total = sum(register[body].population or 0 for body in market if body in register)
    tested = []
    for provider in ids:
        radius = blast(graph, provider, like="outage", as_of=found.view.as_of)
        sure = {reach.id for reach in radius.within(Band.LIKELY)} & market
        most = {reach.id for reach in radius.within(Band.NOT_RULED_OUT)} & market
        people = sum(register[body].population or 0 for body in sure if body in register)
        number = 100 * len(sure) / len(market) if market else 0.0
        at_most = 100 * len(most) / len(market) if market else 0.0
        residents = 100 * people / total if total else 0.0
        meets = True if min(number, residents) >= threshold else None if at_most >= threshold else False
        tested.append(Designation(provider, len(market), number, at_most, residents, meets))
    return tuple(tested)
