"""Where a map lives: in memory with NetworkX (the default), or on a Neo4j server. The answers are the same."""

from riskgraph.backends.base import BACKENDS, Backend, NetworkXBackend, open_backend
from riskgraph.backends.connection import Connection, Secret

__all__ = ["BACKENDS", "Backend", "Connection", "NetworkXBackend", "Secret", "open_backend"]
