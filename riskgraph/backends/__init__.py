"""Where a map lives: in memory, read from files (the default), or on a Neo4j server. The answers are the same."""

from riskgraph.backends.base import Backend, EmbeddedBackend
from riskgraph.backends.connection import Connection, Secret
from riskgraph.backends.opening import BACKENDS, open_backend

__all__ = ["BACKENDS", "Backend", "Connection", "EmbeddedBackend", "Secret", "open_backend"]
