"""A Neo4j server beside the engine: loading, reading back, and who is reached.

Left out where there is no Java or Maven: the server is a real one, started by `tools/neo4j`.
"""

from __future__ import annotations

import atexit
import importlib.util
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.generate import case, network_of
from benchmarks.registry import Task, task
from benchmarks.task_1_every_root import OUTAGE, POSSIBLE
from benchmarks.task_2_one_radius import _networkx_ready, ready

TOOL = Path(__file__).resolve().parents[1] / "tools" / "neo4j" / "server.py"
BATCH = 5_000
_REACHED = (
    "MATCH (s:Place {id: $root})(()-[h:LEADS_TO WHERE h.outage <= $band]->())*(p:Place) "
    "WITH DISTINCT p RETURN count(p) AS places, sum(p.id) AS total"
)


def server() -> Any:
    """A connection to a server of our own, which ends with this process."""
    from riskgraph.backends.connection import Connection
    from riskgraph.backends.neo4j import Server

    spec = importlib.util.spec_from_file_location("neo4j_tool", TOOL)
    assert spec is not None and spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    sys.modules["neo4j_tool"] = tool
    spec.loader.exec_module(tool)
    folder = Path(tempfile.mkdtemp(prefix="riskgraph-neo4j-"))
    running = tool.Server(folder, quick=False, heap="1g").start()
    connected = Server(Connection(uri=running.uri))

    def stop() -> None:
        connected.close()
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    return connected


def _places(size: str) -> tuple[Any, list[int]]:
    """A server with the compiled rules of an invented map on it, and the roots to ask about."""
    connected, network = server(), network_of(case(size))
    connected.define("CREATE CONSTRAINT place FOR (p:Place) REQUIRE p.id IS UNIQUE")
    nodes = list(range(network.places))
    links = [
        [source, target, levels[OUTAGE]]
        for source, target, levels in zip(network.source, network.target, network.levels, strict=True)
        if levels[OUTAGE] <= POSSIBLE
    ]
    join = "MATCH (a:Place {id: row[0]}) MATCH (b:Place {id: row[1]}) CREATE (a)-[:LEADS_TO {outage: row[2]}]->(b)"
    for statement, rows in (("CREATE (:Place {id: row})", nodes), (join, links)):
        for start in range(0, len(rows), BATCH):
            given = {"rows": rows[start : start + BATCH]}
            connected.writing(lambda run, s=statement, g=given: run(f"UNWIND $rows AS row {s}", g))
    return connected, ready(size)[1]


def _national() -> tuple[Any, Any]:
    """A server, and the national map."""
    from riskgraph.graph import RiskGraph

    graph = RiskGraph.open("uk")
    graph.harm(graph.view())
    return server(), graph


def _loaded() -> tuple[Any, Any]:
    from riskgraph.backends.neo4j_load import load

    connected, graph = _national()
    load(connected, graph, "uk")
    return connected, graph


def _radius() -> Task:
    radius = task(
        "who is reached, twenty roots, beside a Neo4j server",
        ("S",),
        about="Twenty roots one by one: who is reached in one kind and the band possible. The engine gives all four "
        "bands, hops and reasons; Neo4j 5.26 Community has the same compiled links.",
        repeat=3,
    )

    @radius.add("riskgraph", ready)
    def _riskgraph(prepared: Any) -> Any:
        from riskgraph.engine import solve

        network, chosen = prepared
        answers = [solve(network, [[root]], [OUTAGE]) for root in chosen]
        return [[len(a.bands[POSSIBLE].hops), sum(s // 5 for s in a.bands[POSSIBLE].hops)] for a in answers]

    @radius.add("NetworkX", _networkx_ready)
    def _networkx(prepared: Any) -> Any:
        import networkx as nx

        peer, chosen = prepared
        found = [nx.descendants(peer, root) | {root} for root in chosen]
        return [[len(places), sum(places)] for places in found]

    @radius.add("Neo4j", _places)
    def _neo4j(prepared: Any) -> Any:
        connected, chosen = prepared
        asked = [connected.read(_REACHED, {"root": root, "band": POSSIBLE})[0] for root in chosen]
        return [[row["places"], row["total"]] for row in asked]

    return radius


def _the_map() -> None:
    loading = task(
        "the national map onto a Neo4j server",
        ("uk",),
        about="One transaction: bodies, relations, evidence and the compiled rules; every element is there already.",
        repeat=3,
    )

    @loading.add("riskgraph", lambda _size: _loaded())
    def _load(prepared: Any) -> Any:
        from riskgraph.backends.neo4j_load import load

        connected, graph = prepared
        return load(connected, graph, "uk", again=True).counts["Entity"]

    back = task("the national map back from a Neo4j server", ("uk",), about="The whole map, with its digest checked.")

    @back.add("riskgraph", lambda _size: _loaded())
    def _back(prepared: Any) -> Any:
        from riskgraph.backends.neo4j_read import Neo4jBackend

        return len(Neo4jBackend(prepared[0], "uk").graph().dataset.relations)

    asking = task("five Cypher questions about the national map", ("uk",), about="The examples in their headers.")

    @asking.add("riskgraph", lambda _size: _loaded())
    def _ask(prepared: Any) -> Any:
        from riskgraph.backends.cypher import ask, library

        civica = {"root": "supplier:civica"}
        asked: tuple[tuple[str, dict[str, str]], ...] = (
            ("who-is-hit", civica),
            ("who-is-hit-by-an-attacker", civica),
            ("worst", {}),
            ("hhi", {}),
            ("gaps", {}),
        )
        return [len(ask(prepared[0], library()[name], given).rows) for name, given in asked]


if shutil.which("java") and shutil.which("mvn"):
    _radius()
    _the_map()
