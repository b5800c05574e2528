"""What goes to a Neo4j server is ours: no name, id or other value from the data is ever part of a statement."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from riskgraph.backends.neo4j_load import _Load
from riskgraph.backends.neo4j_rows import DERIVED, KIND_LABELS, LABELS, RELATION_TYPES, TYPES, map_rows
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.rules import rules

EVIL = "x'}) DETACH DELETE n // ` USES`]->() DETACH DELETE n"


class Recorder:
    """Takes what a load sends, and answers as an empty server would."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Any]] = []

    def __call__(self, query: str, parameters: Any) -> list[dict[str, Any]]:
        self.sent.append((query, parameters))
        return [{"written": len(parameters["rows"])}] if "rows" in parameters else []


def statements(graph: RiskGraph) -> list[tuple[str, Any]]:
    recorder = Recorder()
    _Load("seeds", "load", map_rows(graph), False, False, lambda _done, _all: None).at_once(recorder)
    return recorder.sent


def test_hostile_values_travel_as_parameters_only() -> None:
    graph = RiskGraph.open("seeds")
    plain = {query for query, _ in statements(graph)}
    dataset = graph.dataset
    hostile = replace(
        dataset,
        info=replace(dataset.info, title=EVIL),
        entities={id_: replace(entity, name=EVIL, note=EVIL) for id_, entity in dataset.entities.items()},
        relations={id_: replace(row, note=EVIL, contract_reference=EVIL) for id_, row in dataset.relations.items()},
    )
    sent = statements(RiskGraph(hostile))
    assert {query for query, _ in sent} == plain
    assert EVIL in str([parameters for _, parameters in sent])
    assert not [query for query, _ in sent if "DETACH DELETE" in query]


def test_labels_and_types_are_closed_lists() -> None:
    assert set(RELATION_TYPES) == set(rules().pairs)
    assert set(KIND_LABELS) == {kind for pair in rules().pairs.values() for kind in (*pair.dependents, *pair.providers)}
    for word in (*LABELS, *KIND_LABELS.values(), *TYPES, *DERIVED):
        assert re.fullmatch(r"[A-Za-z_]+", word)


def test_no_parameter_name_is_one_of_the_drivers_own() -> None:
    for _, parameters in statements(RiskGraph.open("seeds")):
        assert not [name for name in parameters if name.endswith("_")]


def test_a_row_that_the_server_drops_stops_the_load() -> None:
    class Forgetful(Recorder):
        def __call__(self, query: str, parameters: Any) -> list[dict[str, Any]]:
            found = super().__call__(query, parameters)
            if "SERVED_BY" in query:
                found[0]["written"] -= 1
            return found

    load = _Load("seeds", "load", map_rows(RiskGraph.open("seeds")), False, False, lambda _done, _all: None)
    with pytest.raises(RiskGraphError, match="took 30 of 31 rows; nothing was saved"):
        load.at_once(Forgetful())
