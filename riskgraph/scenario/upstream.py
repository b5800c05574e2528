"""Who could reach a council, before and after a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from riskgraph.engine import states_of
from riskgraph.graph import RiskGraph
from riskgraph.harm import Part, Place, roots_reaching
from riskgraph.model import Band, FailureKind
from riskgraph.settle import View

__all__ = ["CouncilExposure", "exposures"]


@dataclass(frozen=True, slots=True)
class CouncilExposure:
    """All by which one council could be reached, before and after."""

    council: str  # as it is called after
    before: Mapping[str, Band]
    after: Mapping[str, Band]
    parts: Mapping[str, Mapping[str, Band]]  # of a merger: the same for each old council

    @property
    def counts(self) -> tuple[int, int]:
        """How many bodies and places could reach it, at least possibly, before and after."""
        return len(_possible(self.before)), len(_possible(self.after))

    @property
    def shared(self) -> int:
        """Of a merger: how many could reach more than one of the old councils."""
        found = [root for part in self.parts.values() for root in _possible(part)]
        return sum(1 for root in set(found) if found.count(root) > 1)

    @property
    def dropped(self) -> tuple[str, ...]:
        """What could reach it before and no longer can, at least possibly."""
        return tuple(root for root in _possible(self.before) if root not in set(_possible(self.after)))

    @property
    def gained(self) -> tuple[str, ...]:
        """What could not reach it before and now can, at least possibly."""
        return tuple(root for root in _possible(self.after) if root not in set(_possible(self.before)))


def _possible(found: Mapping[str, Band]) -> tuple[str, ...]:
    """What could reach a council at least possibly."""
    return tuple(root for root, band in found.items() if band <= Band.POSSIBLE)


def exposures(graph: RiskGraph, view: View, council: str, kinds: Sequence[FailureKind]) -> dict[str, Band]:
    """Every body or place whose failure, by itself, could reach a council, with the best band of any kind.

    Examples
    --------
    >>> graph = RiskGraph.open("seeds")
    >>> found = exposures(graph, graph.view(), "authority:westminster", list(FailureKind))
    >>> sorted(root for root, band in found.items() if band is Band.DOCUMENTED)
    ['environment:rbkc-shared-it']
    """
    harm = graph.harm(view)
    number = harm.number.get(Place(council, Part.WHOLE))
    if number is None:
        return {}
    others = [root for root in graph.dataset.entities if root != council]
    found: dict[str, Band] = {}
    for band in reversed(Band):  # whoever does not reach it in a wide band does not in a surer one
        reaching = roots_reaching(harm, others, kinds, states_of(number), band).values()
        others = sorted({root for roots in reaching for root in roots})
        found |= dict.fromkeys(others, band)
    return dict(sorted(found.items()))
