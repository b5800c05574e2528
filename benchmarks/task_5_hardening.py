"""What, if hardened, saves whom: each place on the way is taken away in turn.

NetworkX builds a dominator tree, which answers the same on a plain graph such as this one. It has no word for
alternatives or for a body of many parts; taking away has.
"""

from __future__ import annotations

from typing import Any

from benchmarks.generate import case, network_of
from benchmarks.registry import task
from benchmarks.task_1_every_root import OUTAGE, POSSIBLE
from benchmarks.task_2_one_radius import roots
from riskgraph.engine import solve
from riskgraph.engine.hardening import Thing, still_failing
from riskgraph.engine.network import KIND_COUNT

hardening = task(
    "what saves whom, one root",
    ("S",),
    repeat=3,
    about="For every place that the most used root reaches: how many authorities hardening it alone would save.",
    result=lambda saved: [sum(saved.values()), sorted((v, k) for k, v in saved.items())[-20:]],
)


def _ready(size: str) -> Any:
    graph = case(size)
    network = network_of(graph)
    root = roots(graph)[0]
    reached = sorted(
        s // KIND_COUNT for s in solve(network, [[root]], [OUTAGE]).bands[POSSIBLE].hops if s % KIND_COUNT == OUTAGE
    )
    return graph.size.authorities, network, root, reached


@hardening.add("riskgraph", _ready)
def _riskgraph(prepared: Any) -> Any:
    authorities, network, root, reached = prepared
    places = [place for place in reached if place != root]
    saved = dict.fromkeys(places, 0)
    for first, count, failing in still_failing(network, [[root]], [OUTAGE], POSSIBLE, [Thing((p,)) for p in places]):
        everywhere = (1 << count) - 1
        for authority in (place for place in reached if place < authorities):
            lost = everywhere & ~failing.get(authority * KIND_COUNT + OUTAGE, 0)
            while lost:
                lowest = lost & -lost
                saved[places[first + lowest.bit_length() - 1]] += 1
                lost ^= lowest
    return {place: count for place, count in saved.items() if count}


def _networkx_ready(size: str) -> Any:
    import networkx as nx

    authorities, network, root, reached = _ready(size)
    inside = set(reached)
    peer: nx.DiGraph[int] = nx.DiGraph()
    peer.add_node(root)
    peer.add_edges_from(
        (source, target)
        for source, target, levels in zip(network.source, network.target, network.levels, strict=True)
        if levels[OUTAGE] <= POSSIBLE and source in inside and target in inside
    )
    return authorities, peer, root


@hardening.add("NetworkX", _networkx_ready)
def _networkx(prepared: Any) -> Any:
    import networkx as nx

    authorities, peer, root = prepared
    parent = {place: above for place, above in nx.immediate_dominators(peer, root).items() if place != root}
    saved: dict[int, int] = {}
    for place in parent:
        if place < authorities:
            at = place
            while at != root:
                saved[at] = saved.get(at, 0) + 1
                at = parent[at]
    return saved
