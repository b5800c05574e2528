"""About twenty public names, sorted, and each there."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

import riskgraph
from riskgraph.cli import COMMANDS


def test_the_public_names_are_sorted_and_there() -> None:
    assert sorted(riskgraph.__all__) == riskgraph.__all__
    assert len(riskgraph.__all__) <= 30
    for name in riskgraph.__all__:
        assert getattr(riskgraph, name) is not None
    assert dir(riskgraph) == riskgraph.__all__
    with pytest.raises(AttributeError):
        _ = riskgraph.nothing


def test_every_word_is_a_method_of_the_map() -> None:
    methods = {name for name, _ in inspect.getmembers(riskgraph.RiskMap, inspect.isfunction)}
    elsewhere = {"data", "neo4j", "query", "report", "atlas", "verify", "exercise", "gate"}
    assert {word.replace("-", "_") for word in COMMANDS} - elsewhere <= methods | {"list"}


def test_a_map_is_also_a_networkx_graph() -> None:
    graph, seeds = riskgraph.load("seeds").networkx(), riskgraph.read("seeds")
    assert set(graph) == set(seeds.entities)
    assert {row for _, _, row in graph.edges(keys=True)} == set(seeds.relations)
    assert graph.nodes["supplier:civica"]["kind"] == "supplier"
    row = graph["authority:dover"]["supplier:civica"]["dover.served-by.civica.revenues-benefits.to-2025-01-31"]
    assert row["relation"] == "served-by"


def test_only_relations_in_force_on_a_day() -> None:
    seeds = riskgraph.load("seeds")
    now, then = seeds.graph.networkx(seeds.graph.view()), seeds.graph.networkx(seeds.graph.view("2015-01-01"))
    pair = ("authority:hammersmith-and-fulham", "environment:rbkc-shared-it")
    assert [data["relation"] for data in now.get_edge_data(*pair).values()] == ["linked-to"]
    assert sorted(data["relation"] for data in then.get_edge_data(*pair).values()) == ["hosted-on", "linked-to"]


def test_answers_have_a_readable_repr_and_a_frame() -> None:
    seeds = riskgraph.load("seeds")
    answers: list[Any] = [
        seeds.blast("civica"),
        seeds.why("thanet", "civica"),
        seeds.why_not("essex", "civica"),
        seeds.calls("civica"),
        seeds.show("civica"),
        seeds.list("supplier"),
        seeds.gaps(),
        seeds.ask("oracle"),
    ]
    for answer in answers:
        assert len(repr(answer)) < 200
        assert repr(answer).startswith("<")
        if not isinstance(answer, riskgraph.WhyNot):
            assert len(answer.to_frame().columns) > 2
