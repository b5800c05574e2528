"""One radius with the way to everything reached, warm: everything in memory, nothing cached of the answer."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.generate import SEED, Case, case, network_of
from benchmarks.registry import task
from benchmarks.task_1_every_root import OUTAGE, POSSIBLE, product_of
from riskgraph.engine import solve

ROOTS = 20  # that are asked one after another; the time is that of all of them

one = task(
    "one radius with paths, twenty roots",
    ("S",),
    about="Twenty roots one by one, from the most used to hardly used ones: what each reaches, and the way to it.",
    targets={("S", "NetworkX"): 5},
)


def roots(graph: Case) -> list[int]:
    """Some that many lean on, some that few do."""
    used = np.bincount(graph.provider, minlength=graph.size.entities)
    order = np.argsort(-used, kind="stable")
    often = order[: ROOTS // 2]
    rest = np.random.default_rng(SEED).choice(
        order[ROOTS // 2 : int((used > 0).sum())], ROOTS - len(often), replace=False
    )
    return [int(root) for root in (*often, *rest)]


def ready(size: str) -> Any:
    """The network of the engine that answers one root at a time, with hops and reasons."""
    graph = case(size)
    return network_of(graph), roots(graph)


@one.add("riskgraph", ready)
def _riskgraph(prepared: Any) -> Any:
    """All four bands, where the peers answer one."""
    network, chosen = prepared
    answers = [solve(network, [[root]], [OUTAGE]) for root in chosen]
    return [[len(a.bands[POSSIBLE].hops), sum(s // 5 for s in a.bands[POSSIBLE].hops)] for a in answers]


def _networkx_ready(size: str) -> Any:
    import networkx as nx

    graph = case(size)
    product = product_of(graph)
    peer: nx.DiGraph[int] = nx.DiGraph()
    peer.add_edges_from(zip(product.source.tolist(), product.target.tolist(), strict=True))
    peer.add_nodes_from(roots(graph))
    return peer, roots(graph)


@one.add("NetworkX", _networkx_ready)
def _networkx(prepared: Any) -> Any:
    import networkx as nx

    peer, chosen = prepared
    found = [nx.single_source_shortest_path(peer, root) for root in chosen]
    return [[len(paths), sum(paths)] for paths in found]


def _rustworkx_ready(size: str) -> Any:
    import rustworkx

    graph = case(size)
    product = product_of(graph)
    peer = rustworkx.PyDiGraph()
    peer.add_nodes_from(range(int(graph.snapshot.places[0])))
    peer.add_edges_from_no_data(list(zip(product.source.tolist(), product.target.tolist(), strict=True)))
    return peer, roots(graph)


@one.add("rustworkx", _rustworkx_ready, needs="rustworkx")
def _rustworkx(prepared: Any) -> Any:
    import rustworkx

    peer, chosen = prepared
    found = [[root, *rustworkx.dijkstra_shortest_paths(peer, root)] for root in chosen]
    return [[len(nodes), sum(nodes)] for nodes in found]
