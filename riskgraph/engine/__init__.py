"""Numbers only: places, links, and the least fixed point of harm, band by band. No names here."""

from riskgraph.engine.closure import Answer, Reached, solve
from riskgraph.engine.network import Network, NetworkBuilder, place_and_kind, state_of, states_of

__all__ = [
    "Answer", "Network", "NetworkBuilder", "Reached", "place_and_kind", "solve", "state_of", "states_of",
]  # fmt: skip
