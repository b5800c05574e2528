"""The narrow contract of a backend, and the one that needs nothing installed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from riskgraph.graph import RiskGraph

__all__ = ["Backend", "EmbeddedBackend"]


class Backend(Protocol):
    """What a place where a map lives must be able to do.

    A backend hands out a `RiskGraph`; every answer of the product is computed from that, so it is the
    same whichever backend it came from.
    """

    def graph(self) -> RiskGraph:
        """The whole map."""
        ...

    def around(self, roots: Sequence[str]) -> RiskGraph:
        """At least the part of the map on which the blast radius of some roots stands."""
        ...

    def close(self) -> None:
        """Let go of what it holds open."""
        ...


class EmbeddedBackend:
    """A map in memory, read from a folder.

    Examples
    --------
    >>> EmbeddedBackend(RiskGraph.open("seeds")).graph()
    <RiskGraph 'Five documented incidents': 43 entities, 72 relations, as of 2026-11-30>
    """

    def __init__(self, graph: RiskGraph) -> None:
        self._graph = graph

    def graph(self) -> RiskGraph:
        """The whole map."""
        return self._graph

    def around(self, roots: Sequence[str]) -> RiskGraph:
        """The whole map: it is here already."""
        return self._graph

    def close(self) -> None:
        """Let go of what it holds open: nothing."""
