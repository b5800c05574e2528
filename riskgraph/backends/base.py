"""The narrow contract of a backend, and the one that needs nothing installed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from riskgraph.engine import solve
from riskgraph.engine.network import KIND_COUNT
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.harm import Part, places_of
from riskgraph.model import AUTHORITY, KINDS, Band, FailureKind

if TYPE_CHECKING:
    from riskgraph.backends.connection import Connection

__all__ = ["BACKENDS", "Backend", "NetworkXBackend", "Reached", "open_backend"]

BACKENDS = ("networkx", "neo4j")
Reached = Mapping[str, Mapping[FailureKind, Band]]  # authority -> kind -> surest band


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

    def reach(self, roots: Sequence[str], kinds: Sequence[FailureKind]) -> Reached:
        """Which authorities could be reached at the date of the data, in which kind and surest band."""
        ...

    def close(self) -> None:
        """Let go of what it holds open."""
        ...


class NetworkXBackend:
    """A map in memory, read from a folder.

    Examples
    --------
    >>> backend = NetworkXBackend(RiskGraph.open("seeds"))
    >>> reached = backend.reach(["shared-service:east-kent-services"], [FailureKind.OUTAGE])
    >>> sorted(reached)
    ['authority:canterbury', 'authority:dover', 'authority:thanet']
    """

    def __init__(self, graph: RiskGraph) -> None:
        self._graph = graph

    def graph(self) -> RiskGraph:
        """The whole map."""
        return self._graph

    def around(self, roots: Sequence[str]) -> RiskGraph:
        """The whole map: it is here already."""
        return self._graph

    def reach(self, roots: Sequence[str], kinds: Sequence[FailureKind]) -> Reached:
        """Which authorities could be reached at the date of the data, in which kind and surest band.

        Parameters
        ----------
        roots
            Ids of bodies or places, or `organisation/area`.
        kinds
            The failure kinds asked about, all at once.
        """
        harm = self._graph.harm(self._graph.view(), roots)
        answer = solve(harm.network, [places_of(harm, root) for root in roots], [KINDS.index(kind) for kind in kinds])
        entities = self._graph.dataset.entities
        found: dict[str, dict[FailureKind, Band]] = {}
        for band, reached in enumerate(answer.bands):
            for state in reached.hops:
                place, kind = harm.places[state // KIND_COUNT], KINDS[state % KIND_COUNT]
                if place.part is Part.WHOLE and entities[place.body].kind == AUTHORITY:
                    found.setdefault(place.body, {}).setdefault(kind, Band(band))
        return in_order(found)

    def close(self) -> None:
        """Let go of what it holds open: nothing."""


def in_order(found: Mapping[str, Mapping[FailureKind, Band]]) -> Reached:
    """The same in a stable order: by id, and kinds as the model lists them."""
    return {body: {kind: found[body][kind] for kind in KINDS if kind in found[body]} for body in sorted(found)}


def open_backend(name: str, where: str | Path, connection: Connection | None = None) -> Backend:
    """Open a backend.

    Parameters
    ----------
    name
        `networkx` or `neo4j`.
    where
        With NetworkX a folder or the name of a shipped map; with Neo4j the name of a map on the server.
    connection
        How to reach the Neo4j server.

    Raises
    ------
    RiskGraphError
        If there is no such backend, or the map or the server is not there.

    Examples
    --------
    >>> open_backend("networkx", "seeds").graph()
    <RiskGraph 'Five documented incidents': 42 entities, 61 relations, as of 2026-11-22>
    """
    if name == "networkx":
        return NetworkXBackend(RiskGraph.open(where))
    if name != "neo4j":
        raise RiskGraphError(f"There is no backend {name!r}.", f"Use one of: {', '.join(BACKENDS)}.")
    from riskgraph.backends.connection import Connection
    from riskgraph.backends.neo4j import Server
    from riskgraph.backends.neo4j_read import Neo4jBackend

    return Neo4jBackend(Server(connection or Connection.resolve()), Path(where).name)
