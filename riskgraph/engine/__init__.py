"""Numbers only: places, links, and the least fixed point of harm, band by band. No names here."""

from riskgraph.engine.closure import Reached, Solution, solve
from riskgraph.engine.network import Network, NetworkBuilder, place_and_kind, state_of, states_of

__all__ = [
    "Network",
    "NetworkBuilder",
    "Reached",
    "Solution",
    "place_and_kind",
    "solve",
    "state_of",
    "states_of",
]  # fmt: skip
