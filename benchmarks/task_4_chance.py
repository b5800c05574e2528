"""One root in 1,024 worlds in which each step holds or not by itself; all contenders see the same luck.

Peers search each world anew, as one would first write it; they do a share of the worlds and the time is scaled up.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.generate import Case, case, network_of
from benchmarks.registry import task
from benchmarks.task_1_every_root import OUTAGE, POSSIBLE
from benchmarks.task_2_one_radius import roots
from riskgraph.engine.chance import CERTAIN, Draws, Steps, sampled, unpack
from riskgraph.engine.network import KIND_COUNT, Network

WORLDS = 1_024
SEED = 1
CHANCES = (0.5, 0.4, 0.15, 0.0)  # that a step of each level holds
COMPARED = 16  # worlds of which the authorities reached are compared
SHARES = {"NetworkX": COMPARED, "rustworkx": 64, "SciPy": 128}


def checked(found: Any) -> list[list[int]]:
    """For each compared world: how many authorities are reached, and a sum that tells which."""
    worlds = found() if callable(found) else found
    return [[len(reached), sum(a * a % 1_000_003 for a in reached)] for reached in worlds[:COMPARED]]


chance = task(
    "one root, 1,024 worlds",
    ("S",),
    about="The most used root in 1,024 worlds (outage, possible or surer): in how many each authority fails.",
    result=checked,
)


def _ready(size: str) -> tuple[Case, Network, int, Steps]:
    graph = case(size)
    network = network_of(graph)
    steps = Steps(lambda link: link, lambda _place, _number: CERTAIN, range(len(network.source)))
    return graph, network, roots(graph)[0], steps


@chance.add("riskgraph", _ready)
def _riskgraph(prepared: Any) -> Any:
    """Draws and all: nothing is kept from one run to the next."""
    graph, network, root, steps = prepared
    targets = [[authority * KIND_COUNT + OUTAGE] for authority in range(graph.size.authorities)]
    bits = sampled(network, steps, [[root]], [OUTAGE], POSSIBLE, targets, CHANCES, Draws(SEED, 0, WORLDS))

    def worlds() -> list[list[int]]:
        rows = np.stack([unpack(one, WORLDS) for one in bits])
        return [np.flatnonzero(rows[:, world]).tolist() for world in range(COMPARED)]

    return worlds


def _luck(size: str) -> tuple[Case, np.ndarray, np.ndarray, np.ndarray, int]:
    """The links that can carry an outage, and in which worlds each holds: drawn beforehand, not timed."""
    graph, network, root, _ = _ready(size)
    levels = np.array([one[OUTAGE] for one in network.levels])
    links = np.flatnonzero(levels <= POSSIBLE)
    draws = Draws(SEED, 0, WORLDS)
    draws.prepare(links.tolist(), CHANCES)
    holds = np.stack([unpack(draws.below(int(link), CHANCES[levels[link]]), WORLDS) for link in links])
    return graph, np.array(network.source)[links], np.array(network.target)[links], holds, root


@chance.add("NetworkX", _luck, share=lambda _: SHARES["NetworkX"] / WORLDS)
def _networkx(prepared: Any) -> Any:
    import networkx as nx

    graph, source, target, holds, root = prepared
    found = []
    for world in range(SHARES["NetworkX"]):
        live = holds[:, world]
        peer = nx.DiGraph(zip(source[live].tolist(), target[live].tolist(), strict=True))
        peer.add_node(root)
        found.append(sorted(a for a in {root, *nx.descendants(peer, root)} if a < graph.size.authorities))
    return found


@chance.add("rustworkx", _luck, needs="rustworkx", share=lambda _: SHARES["rustworkx"] / WORLDS)
def _rustworkx(prepared: Any) -> Any:
    import rustworkx

    graph, source, target, holds, root = prepared
    found = []
    for world in range(SHARES["rustworkx"]):
        live = holds[:, world]
        peer = rustworkx.PyDiGraph()
        peer.add_nodes_from(range(int(graph.snapshot.places[0])))
        peer.add_edges_from_no_data(list(zip(source[live].tolist(), target[live].tolist(), strict=True)))
        found.append(sorted(a for a in {root, *rustworkx.descendants(peer, root)} if a < graph.size.authorities))
    return found


@chance.add("SciPy", _luck, share=lambda _: SHARES["SciPy"] / WORLDS)
def _scipy(prepared: Any) -> Any:
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import breadth_first_order

    graph, source, target, holds, root = prepared
    size = int(graph.snapshot.places[0])
    found = []
    for world in range(SHARES["SciPy"]):
        live = holds[:, world]
        ones = np.ones(int(live.sum()), np.int8)
        peer = csr_matrix((ones, (source[live], target[live])), shape=(size, size))
        reached = breadth_first_order(peer, root, return_predecessors=False)
        found.append(sorted(reached[reached < graph.size.authorities].tolist()))
    return found
