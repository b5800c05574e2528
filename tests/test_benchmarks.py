"""The benchmarks measure what they say: seeded graphs, equal results, a page that can be written."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.__main__ import measure, page
from benchmarks.generate import case, write_dataset
from benchmarks.registry import Contender, Task, load_tasks
from riskgraph.data import read

TASKS = load_tasks()


def test_the_same_seed_is_the_same_graph() -> None:
    first, second, other = case("T"), case("T"), case("T", seed=1)
    assert all(np.array_equal(a, second.snapshot.arrays()[n]) for n, a in first.snapshot.arrays().items())
    assert not np.array_equal(first.provider, other.provider)
    assert len(first.snapshot.source) > first.size.relations * 0.9


def test_a_generated_data_set_is_a_data_set(tmp_path: Path) -> None:
    graph = case("T")
    write_dataset(graph, tmp_path)
    dataset = read(tmp_path)
    assert len(dataset.entities) == graph.size.entities
    assert len(dataset.relations) == len(graph.dependent)


@pytest.mark.parametrize("name", ["every root, one kind and band", "one radius with paths, twenty roots"])
def test_the_contenders_agree(name: str) -> None:
    task = TASKS[name]
    results = {
        one.name: json.dumps(task.result(one.run(one.prepare("T"))))
        for one in task.contenders
        if one.peer and one.name in {"riskgraph", "riskgraph, from edges", "SciPy", "NetworkX"}
    }
    assert len(results) >= 2
    assert len(set(results.values())) == 1


def test_a_wrong_result_is_not_timed() -> None:
    task = Task("t", ("S",), contenders=[Contender("a", lambda _: 1, lambda ready: ready + 1)])
    assert measure(task, "S", "a", json.dumps(3), 0) == {"failed": "gives another result, so it was not timed"}
    row = measure(task, "S", "a", json.dumps(2), 0)
    text = page({"t": task}, {"t, S": [{"task": "t", "size": "S", "name": "a", **row}]})
    assert "## T, S" in text and "| a |" in text
