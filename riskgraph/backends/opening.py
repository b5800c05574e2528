"""The door to the backends: which there are, and how one is opened by its name."""

from __future__ import annotations

from pathlib import Path

from riskgraph.backends.base import Backend, EmbeddedBackend
from riskgraph.backends.connection import Connection
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph

__all__ = ["BACKENDS", "open_backend"]

BACKENDS = ("embedded", "neo4j")


def open_backend(name: str, where: str | Path, connection: Connection | None = None) -> Backend:
    """Open a backend.

    Parameters
    ----------
    name
        `embedded` or `neo4j`. (`networkx` is an old name of `embedded`.)
    where
        Embedded: a folder or the name of a shipped map. With Neo4j: the name of a map on the server.
    connection
        How to reach the Neo4j server.

    Raises
    ------
    RiskGraphError
        If there is no such backend, or the map or the server is not there.

    Examples
    --------
    >>> open_backend("embedded", "seeds").graph()
    <RiskGraph 'Five documented incidents': 43 entities, 72 relations, as of 2026-11-30>
    """
    if name in {"embedded", "networkx"}:
        return EmbeddedBackend(RiskGraph.open(where))
    if name != "neo4j":
        raise RiskGraphError(f"There is no backend {name!r}.", f"Use one of: {', '.join(BACKENDS)}.")
    from riskgraph.backends.neo4j import Server  # the driver takes a fifth of a second
    from riskgraph.backends.neo4j_read import Neo4jBackend

    return Neo4jBackend(Server(connection or Connection.resolve()), Path(where).name)
