"""Numbers only: places, links, and the least fixed point of harm, band by band. No names here."""

from riskgraph.engine.closure import Answer, Reached, solve
from riskgraph.engine.network import NEVER, Network, NetworkBuilder

__all__ = ["NEVER", "Answer", "Network", "NetworkBuilder", "Reached", "solve"]
