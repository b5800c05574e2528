"""From files to an answer: loading a data set, and whole processes on the national map."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.generate import case, write_dataset
from benchmarks.registry import task

load = task(
    "load a data set",
    ("S",),
    repeat=3,
    about="From CSV files to a checked data set, or to a graph. The result compared is the number of rows.",
)
start = task(
    "whole process",
    ("national map",),
    about="A new process each time, files in the system's memory, the cache of riskgraph warm.",
    targets={("national map", "pandas and NetworkX script"): 5},
)
help_ = task(
    "whole process, --help",
    ("national map",),
    about="What everybody waits for first.",
    targets={("national map", "importing what the answers need"): 6},
)

SCRIPT = """
import sys
import networkx as nx, pandas as pd
folder = sys.argv[1]
entities = pd.read_csv(folder + "/entities.csv")
relations = pd.read_csv(folder + "/relations.csv", low_memory=False)
evidence = pd.read_csv(folder + "/evidence.csv")
graph = nx.DiGraph()
graph.add_nodes_from(entities["id"])
graph.add_edges_from(zip(relations["provider"], relations["dependent"]))
paths = nx.single_source_shortest_path(graph, "supplier:civica")
print(sum(1 for body in paths if body.startswith("authority:")))
"""
IMPORTS = "import networkx, numpy, pandas, scipy.sparse.csgraph, tabulate, click"


def _written(size: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="riskgraph-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    write_dataset(case(size), folder)
    return folder


@load.add("riskgraph: read and check", _written)
def _riskgraph(folder: Path) -> Any:
    from riskgraph.data import read

    dataset = read(folder)
    return [len(dataset.entities), len(dataset.relations), len(dataset.evidence)]


@load.add("riskgraph: read, check, settle and compile", _written)
def _compiled(folder: Path) -> Any:
    from riskgraph.graph import RiskGraph

    graph = RiskGraph.open(folder)
    graph.harm(graph.view())
    dataset = graph.dataset
    return [len(dataset.entities), len(dataset.relations), len(dataset.evidence)]


@load.add("pandas and NetworkX, unchecked", _written)
def _pandas(folder: Path) -> Any:
    import networkx as nx
    import pandas as pd

    entities, relations, evidence = (
        pd.read_csv(folder / f"{name}.csv") for name in ("entities", "relations", "evidence")
    )
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from(entities["id"])
    graph.add_edges_from(zip(relations["provider"], relations["dependent"], strict=True))
    return [len(entities), graph.number_of_edges(), len(evidence)]


def _process(*arguments: str) -> Any:
    def run(_: Any) -> Any:
        done = subprocess.run([sys.executable, *arguments], capture_output=True, check=True, env=os.environ)  # noqa: S603
        return len(done.stdout) > 0

    return run


def _nothing(_: str) -> None:
    """Nothing to prepare: the first run, which is not timed, warms the cache."""


def _uk() -> str:
    from riskgraph.data.read import locate

    return str(locate("uk"))


start.add("riskgraph blast civica", _nothing)(_process("-m", "riskgraph", "blast", "civica"))
start.add("riskgraph rank", _nothing)(_process("-m", "riskgraph", "rank"))
start.add("pandas and NetworkX script", _nothing)(_process("-c", SCRIPT, _uk()))
help_.add("riskgraph --help", _nothing)(_process("-m", "riskgraph", "--help"))
help_.add("importing what the answers need", _nothing)(_process("-c", f"{IMPORTS}; print(1)"))
