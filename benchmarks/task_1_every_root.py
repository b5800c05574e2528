"""The radius of every root: count and residents of the authorities reached, one kind, one band.

Peers do what people write first for this: one search from each authority against the direction of harm. Where
that takes too long they make a share of the searches and the time is scaled up. Results are compared for each
authority that all contenders searched from: by which roots it is reached.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.generate import SEED, SIZES, Case, case
from benchmarks.registry import task
from riskgraph.engine.closure_all import closure_all, sweep
from riskgraph.engine.sets import Pool
from riskgraph.engine.state_graph import StateGraph

OUTAGE, POSSIBLE = 2, 2
SEARCHES = {"S": 400, "M": 100, "L": 10}  # that a peer really makes
FEW = {"S": 400, "M": 10, "L": 2}  # the same for peers in pure Python; what is compared
ANY = 1 << 40


def checked(found: Any) -> list[list[int]]:
    """For each authority that is compared: how many roots reach it, and a sum that tells which."""
    reached, graph = found
    lines = []
    for authority in some(graph.name, FEW):
        roots = np.asarray(reached(authority), np.int64)
        roots = roots[roots < graph.size.entities]
        lines.append([authority, len(roots), int((roots * roots % 1_000_003).sum())])
    return lines


plain = task(
    "every root, one kind and band",
    ("S", "M", "L"),
    about="Count and residents of the authorities that each entity reaches (outage, possible or surer).",
    result=checked,
    targets={("S", "NetworkX"): 60, ("S", "rustworkx"): 12, ("S", "SciPy"): 3, ("M", "SciPy"): 20},
)
full = task(
    "every root, all kinds and bands",
    ("S", "M"),
    repeat=3,
    about="The same for roots that fail in all five kinds: in each kind and band, and in any kind. The aim is at most "
    "twenty times the plain closure.",
    targets={("S", "the plain closure, for scale"): 1 / 20, ("M", "the plain closure, for scale"): 1 / 20},
)


def some(size: str, amount: dict[str, int]) -> list[int]:
    """The first few authorities in an order of chance, so that fewer are always among more."""
    count = SIZES[size].authorities
    order = np.random.default_rng(SEED).permutation(count)
    return [int(authority) for authority in order[: amount.get(size, count)]]


def share(amount: dict[str, int]) -> Callable[[str], float]:
    """Which part of the searches is made at a size."""
    return lambda size: min(1.0, amount[size] / SIZES[size].authorities)


def product_of(graph: Case) -> StateGraph:
    """The plain graph that all contenders work on."""
    return StateGraph(graph.snapshot, [OUTAGE], OUTAGE, POSSIBLE, ANY)


def from_snapshot(size: str) -> tuple[Case, StateGraph]:
    """The plain graph with its order, as arrays that are there already."""
    graph = case(size)
    product = product_of(graph)
    assert len(product.dag.batch)
    return graph, product


@plain.add("riskgraph", from_snapshot)
def _riskgraph(ready: tuple[Case, StateGraph]) -> Any:
    graph, product = ready
    pool = Pool(graph.size.authorities)
    number = np.full(product.nodes, -1, np.int32)
    number[product.top : product.top + product.places] = graph.columns
    sets = sweep(product, pool, number)[product.dag.component[: graph.size.entities]]
    distinct, which = pool.distinct(sets)
    people = np.concatenate([held @ graph.people for _, held in pool.blocks(distinct)])
    pool.size(sets), people[which]
    return lambda authority: np.flatnonzero(pool.holds(sets, np.full(len(sets), authority))), graph


@plain.add("riskgraph, from edges", case)
def _riskgraph_edges(graph: Case) -> Any:
    return _riskgraph((graph, product_of(graph)))


def _bytes_of(size: str) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    graph, product = from_snapshot(size)
    pool = Pool(graph.size.authorities)
    number = np.full(product.nodes, -1, np.int32)
    number[product.top : product.top + product.places] = graph.columns
    sweep(product, pool, number)
    touched = np.ones(product.dag.nbytes + pool.nbytes, np.uint8)
    return touched, np.zeros_like(touched)


@plain.add("moving its bytes once (memory bandwidth)", _bytes_of, peer=False)
def _bandwidth(memory: tuple[NDArray[np.uint8], NDArray[np.uint8]]) -> Any:
    """The order and the sets, copied once: nothing that makes them can be faster."""
    np.copyto(memory[1], memory[0])


def searched(size: str, amount: dict[str, int]) -> tuple[Case, NDArray[np.int32], NDArray[np.int32], list[int]]:
    """For a peer: edges against the direction of harm, and the authorities to search from."""
    graph = case(size)
    product = product_of(graph)
    return graph, product.target, product.source, some(size, amount)


def one_by_one(graph: Case, searches: Sequence[int], reached: Callable[[int], Any]) -> Any:
    """One search for each authority, added up for the roots."""
    counts = np.zeros(graph.size.entities, np.int64)
    people = np.zeros(graph.size.entities, np.int64)
    for authority in searches:
        found = np.asarray(reached(authority), np.int64)
        found = found[found < graph.size.entities]
        counts[found] += 1
        people[found] += graph.people[authority]
    return reached, graph


def _scipy_ready(size: str) -> Any:
    from scipy.sparse import csr_matrix

    graph, head, tail, searches = searched(size, SEARCHES)
    nodes = int(graph.snapshot.places[0])
    return graph, csr_matrix((np.ones(len(head), np.int8), (head, tail)), shape=(nodes, nodes)), searches


@plain.add("SciPy", _scipy_ready, share=share(SEARCHES))
def _scipy(ready: Any) -> Any:
    from scipy.sparse.csgraph import breadth_first_order

    graph, matrix, searches = ready
    return one_by_one(graph, searches, lambda a: breadth_first_order(matrix, a, return_predecessors=False))


def _networkx_ready(size: str) -> Any:
    import networkx as nx

    graph, head, tail, searches = searched(size, FEW)
    peer: nx.DiGraph[int] = nx.DiGraph()
    peer.add_nodes_from(range(int(graph.snapshot.places[0])))
    peer.add_edges_from(zip(head.tolist(), tail.tolist(), strict=True))
    return graph, peer, searches


@plain.add("NetworkX", _networkx_ready, share=share(FEW), sizes=("S", "M"))
def _networkx(ready: Any) -> Any:
    import networkx as nx

    graph, peer, searches = ready
    return one_by_one(graph, searches, lambda a: [a, *nx.descendants(peer, a)])


def _rustworkx_ready(size: str) -> Any:
    import rustworkx

    graph, head, tail, searches = searched(size, SEARCHES)
    peer = rustworkx.PyDiGraph()
    peer.add_nodes_from(range(int(graph.snapshot.places[0])))
    peer.add_edges_from_no_data(list(zip(head.tolist(), tail.tolist(), strict=True)))
    return graph, peer, searches


@plain.add("rustworkx", _rustworkx_ready, needs="rustworkx", share=share(SEARCHES), sizes=("S", "M"))
def _rustworkx(ready: Any) -> Any:
    import rustworkx

    graph, peer, searches = ready
    return one_by_one(graph, searches, lambda a: [a, *rustworkx.descendants(peer, a)])


def _igraph_ready(size: str) -> Any:
    import igraph

    graph, head, tail, searches = searched(size, SEARCHES)
    edges = np.column_stack((head, tail)).tolist()
    return graph, igraph.Graph(int(graph.snapshot.places[0]), edges, directed=True), searches


@plain.add("igraph", _igraph_ready, needs="igraph", share=share(SEARCHES), sizes=("S", "M"))
def _igraph(ready: Any) -> Any:
    graph, peer, searches = ready
    return one_by_one(graph, searches, lambda a: peer.subcomponent(a, mode="out"))


def _networkit_ready(size: str) -> Any:
    import networkit

    graph, head, tail, searches = searched(size, SEARCHES)
    networkit.setNumberOfThreads(1)
    peer = networkit.Graph(int(graph.snapshot.places[0]), directed=True)
    for edge in zip(head.tolist(), tail.tolist(), strict=True):
        peer.addEdge(*edge)
    return graph, peer, searches


@plain.add("NetworKit", _networkit_ready, needs="networkit", share=share(SEARCHES), sizes=("S", "M"))
def _networkit(ready: Any) -> Any:
    import networkit

    graph, peer, searches = ready

    def reached(authority: int) -> Any:
        search = networkit.distance.BFS(peer, authority, storePaths=False)
        search.run()
        return np.flatnonzero(np.asarray(search.getDistances()) < peer.numberOfNodes())

    return one_by_one(graph, searches, reached)


@full.add("riskgraph", case)
def _riskgraph_full(graph: Case) -> Any:
    return sum(
        int(part.pool.size(sets).astype(np.int64).sum())
        for part in closure_all(graph.snapshot, graph.roots, graph.columns, range(5), limit=ANY)
        for sets in (part.any_kind, *part.kinds.values())
    )


@full.add("the plain closure, for scale", case, peer=False)
def _plain_again(graph: Case) -> Any:
    reached, _ = _riskgraph_edges(graph)
    return len(reached(0))
