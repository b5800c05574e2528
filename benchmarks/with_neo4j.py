"""A Neo4j server beside the engine: `python -m benchmarks.with_neo4j [SIZE ...]` (needs Java and Maven).

It stands apart from the other tasks because they count the processor time of one process, and a server is
another one: here it is the time on the clock, so leave the machine to it.
"""

from __future__ import annotations

import atexit
import importlib.util
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.generate import case, network_of
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
    running = tool.Server(folder, quick=False, heap="2g").start()
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
    started = time.perf_counter()
    join = "MATCH (a:Place {id: row[0]}) MATCH (b:Place {id: row[1]}) CREATE (a)-[:LEADS_TO {outage: row[2]}]->(b)"
    for statement, rows in (("CREATE (:Place {id: row})", nodes), (join, links)):
        for start in range(0, len(rows), BATCH):
            given = {"rows": rows[start : start + BATCH]}
            connected.writing(lambda run, s=statement, g=given: run(f"UNWIND $rows AS row {s}", g))
    taken = time.perf_counter() - started
    sys.stdout.write(
        f"{len(nodes):,} places and {len(links):,} links onto the server, size {size}: best {taken:.3f} s, median {taken:.3f} s\n"
    )
    return connected, ready(size)[1]


def _national() -> tuple[Any, Any]:
    """A server, and the national map."""
    from riskgraph.graph import RiskGraph

    graph = RiskGraph.open("uk")
    graph.harm(graph.view())
    return server(), graph


def _clock(what: str, work: Callable[[], Any], times: int = 3) -> Any:
    """Do something a few times, and print the best and the median time on the clock."""
    taken: list[float] = []
    found: Any = None
    for _ in range(times):
        start = time.perf_counter()
        found = work()
        taken.append(time.perf_counter() - start)
    sys.stdout.write(f"{what}: best {min(taken):.3f} s, median {statistics.median(taken):.3f} s\n")
    return found


def _engine(network: Any, chosen: list[int]) -> Any:
    from riskgraph.engine import solve

    answers = [solve(network, [[root]], [OUTAGE]) for root in chosen]
    return [[len(a.bands[POSSIBLE].hops), sum(s // 5 for s in a.bands[POSSIBLE].hops)] for a in answers]


def _networkx(peer: Any, chosen: list[int]) -> Any:
    import networkx as nx

    found = [nx.descendants(peer, root) | {root} for root in chosen]
    return [[len(places), sum(places)] for places in found]


def _neo4j(connected: Any, chosen: list[int]) -> Any:
    asked = [connected.read(_REACHED, {"root": root, "band": POSSIBLE})[0] for root in chosen]
    return [[row["places"], row["total"]] for row in asked]


def main() -> None:
    """Measure, and print a line for each figure."""
    from riskgraph.backends.cypher import ask, library
    from riskgraph.backends.neo4j_load import load
    from riskgraph.backends.neo4j_read import Neo4jBackend

    for size in sys.argv[1:] or ["S"]:
        connected, chosen = _places(size)
        engine, peer = ready(size), _networkx_ready(size)
        if not _engine(*engine) == _networkx(*peer) == _neo4j(connected, chosen):  # equal before anything is timed
            raise SystemExit("The three do not agree.")
        what, times = f"who is reached, size {size}, twenty roots", 3 if size == "S" else 1
        _clock(f"{what}, the engine (four bands, hops, reasons)", lambda e=engine: _engine(*e), times)
        _clock(f"{what}, NetworkX", lambda p=peer: _networkx(*p), times)
        _clock(f"{what}, Neo4j", lambda c=connected, r=chosen: _neo4j(c, r), times)
    connected, graph = _national()
    _clock("the national map onto the server, first time", lambda: load(connected, graph, "uk"), 1)
    _clock("the national map onto the server, every element there", lambda: load(connected, graph, "uk", again=True), 1)
    _clock("the national map back, with its digest", lambda: Neo4jBackend(connected, "uk").graph())
    _clock("the part of it for Civica's radius", lambda: Neo4jBackend(connected, "uk").around(["supplier:civica"]))
    for name in ("who-is-hit", "who-is-hit-by-an-attacker", "worst", "hhi", "gaps"):
        given = {"root": "supplier:civica"} if name.startswith("who") else {}
        _clock(f"query {name}", lambda name=name, given=given: ask(connected, library()[name], given))  # type: ignore[misc]


if __name__ == "__main__":
    main()
