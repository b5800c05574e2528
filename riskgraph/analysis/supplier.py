"""A supplier's side of the story: who suffers, partners, how competitive each line is, who else could do it.

The questions are those of the Cabinet Office's template for supplier failure (February 2019): what is supplied
and to whom, who suffers if it stops, partners and dependencies, how competitive the market is, other credible
providers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from riskgraph.analysis.blast import blast
from riskgraph.analysis.market import market_in
from riskgraph.analysis.question import Question, parse_kinds
from riskgraph.graph import RiskGraph
from riskgraph.model import ORGANISATIONS, PRODUCT, Band, FailureKind
from riskgraph.rules import Trait, relations_that

__all__ = ["Competition", "SupplierSide", "supplier_side"]


@dataclass(frozen=True, slots=True)
class Competition:
    """One line of business and who else serves it. Only principal councils whose supplier is known count."""

    area: str
    councils: int  # that it serves
    share: float  # per cent, with several suppliers a council counts in equal parts
    others: tuple[str, ...]  # other suppliers, the largest first
    known: float  # per cent of councils whose supplier is known


@dataclass(frozen=True)
class SupplierSide:
    """What `show` adds for a supplier or shared service."""

    suffers: Mapping[FailureKind, Mapping[Band, int]]  # public bodies, were it to fail
    leaves: int  # public bodies that would have to find another if it left the market, at least possibly
    partners: tuple[str, ...]  # organisations that it leans on, or that own it
    products: tuple[str, ...]
    competition: tuple[Competition, ...]  # its largest lines first


def supplier_side(graph: RiskGraph, id_: str, asked: Question, *, lines: int = 3) -> SupplierSide:
    """Who suffers if a supplier fails, and who else could do its work.

    Parameters
    ----------
    graph
        The map to ask.
    id_
        Id of a supplier or shared service.
    asked
        The question, of which the view and the scope matter.
    lines
        For how many of its largest lines of business to look at the market.

    Returns
    -------
    SupplierSide
        Counts are of public bodies; shares are per cent.

    Examples
    --------
    >>> seeds = RiskGraph.open("seeds")
    >>> side = supplier_side(seeds, "supplier:civica", Question.of(seeds, as_of="2024-01-15"))
    >>> side.suffers["outage"][Band.DOCUMENTED], side.competition[0].area
    (3, 'customer-digital')
    """
    view = asked.view
    radius, gone = (
        blast(graph, replace(asked, roots=(id_,), kinds=parse_kinds(None, like), like=like))
        for like in ("compromise", "insolvency")
    )
    entities = graph.dataset.entities
    partners, products = set(), set()
    for step in graph.settled(view).steps:
        if step.in_force and not step.implied and step.relation not in relations_that(Trait.GOVERNS):
            if step.dependent == id_ and entities[step.provider].kind in ORGANISATIONS:
                partners.add(step.provider)
            if step.provider == id_ and entities[step.dependent].kind == PRODUCT:
                products.add(step.dependent)
    competition = []
    for area in graph.settled(view).lines.get(id_, ()):
        if area is None:
            continue
        market = market_in(graph, view, [area], asked.selection)
        mine = next((share for share in market.shares if share.supplier == id_), None)
        percent = market.percent(id_)
        if percent is None or mine is None:
            continue
        others = tuple(share.supplier for share in market.shares if share.supplier != id_)
        known = 100 * market.known / len(market.bodies)
        competition.append(Competition(area, mine.reach, percent, others, known))
    competition.sort(key=lambda one: (-one.councils, one.area))
    return SupplierSide(
        {kind: {band: radius.count(kind, band) for band in Band} for kind in radius.kinds},
        len(gone.within(Band.POSSIBLE, FailureKind.EXIT)),
        tuple(sorted(partners)),
        tuple(sorted(products)),
        tuple(competition[:lines]),
    )
