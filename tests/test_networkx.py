"""NetworkX is a part of the product: a map becomes a graph, is changed, and is loaded again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import datasets, questions, write

import riskgraph
from riskgraph.data import canonical
from riskgraph.errors import DataError, RiskGraphError


def same(first: riskgraph.RiskMap, second: riskgraph.RiskMap) -> None:
    assert second.dataset.digest == first.dataset.digest
    assert canonical(second.dataset) == canonical(first.dataset)
    for table in ("info", "entities", "relations", "evidence", "incidents", "effects", "register"):
        assert getattr(second.dataset, table) == getattr(first.dataset, table), table


@pytest.mark.parametrize("name", ["seeds", pytest.param("uk", marks=pytest.mark.slow)])
def test_a_map_comes_back_from_its_graph_byte_by_byte(name: str) -> None:
    here = riskgraph.load(name)
    there = riskgraph.from_networkx(here.networkx())
    same(here, there)
    assert len(there.dataset.warnings) == len(here.dataset.warnings)
    for root in ("civica", "capita", "oracle"):
        assert there.blast(root).to_dict() == here.blast(root).to_dict()


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=25)
@given(data=st.data(), tables=datasets())
def test_a_random_map_comes_back_and_answers_the_same(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, tables: dict[str, Any]
) -> None:
    folder = tmp_path_factory.mktemp("random")
    write(tables, folder)
    here = riskgraph.load(folder)
    there = riskgraph.from_networkx(here.networkx())
    same(here, there)
    question = data.draw(questions(tables))
    roots = question.pop("roots")
    assert there.blast(roots, **question).to_dict() == here.blast(roots, **question).to_dict()


def test_the_order_of_nodes_and_edges_does_not_matter() -> None:
    graph = riskgraph.load("seeds").networkx()
    turned: nx.MultiDiGraph[str] = nx.MultiDiGraph(**graph.graph)
    turned.add_nodes_from(reversed(list(graph.nodes(data=True))))
    for dependent, provider, key in reversed(list(graph.edges(keys=True))):
        turned.add_edge(dependent, provider, key, **graph.edges[dependent, provider, key])
    assert riskgraph.from_networkx(turned).dataset.digest == riskgraph.load("seeds").dataset.digest


def test_a_graph_that_was_changed_is_another_map() -> None:
    graph = riskgraph.load("seeds").networkx()
    graph.add_node("supplier:orbit", kind="supplier", name="Orbit")
    graph.add_edge("supplier:civica", "supplier:orbit", relation="subcontracts-to", service_area="revenues-benefits")
    changed = riskgraph.from_networkx(graph)
    assert "civica.subcontracts-to.orbit.revenues-benefits" in changed.dataset.relations
    assert {reach.id for reach in changed.blast("orbit", like="outage", as_of="2024-01-18").authorities} >= {
        "authority:thanet"
    }


def by_hand() -> nx.MultiDiGraph[Any]:
    graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph(title="By hand", as_of="2026-11-25")
    graph.add_node("authority:ashby", kind="authority", name="Ashby", authority_type="district")
    graph.add_node("supplier:orbit", kind="supplier", name="Orbit", aliases=["Orbit Ltd", "Orbit plc"], note=None)
    graph.add_edge("authority:ashby", "supplier:orbit", relation="served-by", service_area="housing", notice_days=90.0)
    graph.add_edge("authority:ashby", "supplier:orbit", relation="served-by", service_area="housing")
    return graph


def test_a_graph_made_by_hand_is_a_map() -> None:
    made = riskgraph.from_networkx(by_hand())
    assert list(made.dataset.relations) == ["ashby.served-by.orbit.housing", "ashby.served-by.orbit.housing.2"]
    assert made.dataset.relations["ashby.served-by.orbit.housing"].notice_days == 90
    assert made.dataset.entities["supplier:orbit"].aliases == ("Orbit Ltd", "Orbit plc")
    assert [reach.name for reach in made.blast("orbit ltd").authorities] == ["Ashby"]


def test_blanks_are_none_empty_and_nan() -> None:
    graph = by_hand()
    for _, _, values in graph.edges(data=True):
        values |= {"valid_to": float("nan"), "data": None, "access": "", "evidence": ()}
    assert {row.valid_to for row in riskgraph.from_networkx(graph).dataset.relations.values()} == {None}


@pytest.mark.parametrize(
    ("break_", "said"),
    [
        (lambda g: g.add_node("supplier:nova", name="Nova"), "node 'supplier:nova', attribute kind: There is no kind."),
        (lambda g: g.add_node("Nova", kind="supplier", name="Nova"), "node 'Nova', attribute id: 'Nova' is no id."),
        (lambda g: g.add_node("supplier:nova", kind="suplier", name="Nova"), "node 'supplier:nova', attribute kind: "),
        (lambda g: g.nodes["supplier:orbit"].update(webiste="x"), "node 'supplier:orbit', attribute webiste: "),
        (lambda g: g.add_edge("authority:ashby", "supplier:nova", relation="uses"), "node 'supplier:nova'"),
        (
            lambda g: g.add_edge("authority:ashby", "supplier:orbit", key="r9"),
            "edge 'r9' from 'authority:ashby' to 'supplier:orbit', attribute relation: There is no relation.",
        ),
        (
            lambda g: g.add_edge("authority:ashby", "supplier:orbit", key="r9", relation="made-by"),
            "edge 'r9' from 'authority:ashby' to 'supplier:orbit'",
        ),
        (
            lambda g: g.add_edge("authority:ashby", "supplier:orbit", key="r9", relation="uses", provider="supplier:x"),
            "attribute provider: It says 'supplier:x', but in the graph it is 'supplier:orbit'.",
        ),
        (
            lambda g: g.add_edge("authority:ashby", "supplier:orbit", key="r9", relation="served-by", evidence=("e9",)),
            "edge 'r9' from 'authority:ashby' to 'supplier:orbit', attribute evidence: ",
        ),
        (lambda g: g.graph.pop("as_of"), "the graph, attribute as_of: There is no as_of."),
        (lambda g: g.graph.update(markng="OFFICIAL"), "the graph, attribute markng: The attribute is not known."),
        (
            lambda g: g.graph.update(evidence={"e1": {"stance": "supports", "confidence": "rumour"}}),
            "evidence 'e1', attribute confidence: ",
        ),
    ],
)
def test_what_is_wrong_is_told_of_its_node_or_edge(break_: Any, said: str) -> None:
    graph = by_hand()
    break_(graph)
    with pytest.raises(DataError) as error:
        riskgraph.from_networkx(graph)
    assert said in str(error.value)
    assert ".csv" not in str(error.value) and "Traceback" not in str(error.value)


@pytest.mark.parametrize("graph", [nx.MultiGraph(), [("a", "b")], None], ids=["undirected", "list", "nothing"])
def test_what_is_no_directed_graph_is_refused(graph: Any) -> None:
    with pytest.raises(RiskGraphError, match="directed NetworkX graph"):
        riskgraph.from_networkx(graph)


@pytest.mark.parametrize("attribute", ["evidence", "incidents", "incident_effects", "register"])
def test_a_graph_attribute_of_another_form_is_refused(attribute: str) -> None:
    graph = by_hand()
    graph.graph[attribute] = "see the file"
    with pytest.raises(RiskGraphError, match=f"graph attribute '{attribute}' is not a"):
        riskgraph.from_networkx(graph)


def test_a_plain_digraph_will_do(tmp_path: Path) -> None:
    plain: Any = nx.DiGraph(by_hand())
    made = riskgraph.from_networkx(plain)
    riskgraph.write(made.dataset, tmp_path)
    assert riskgraph.read(tmp_path).digest == made.dataset.digest
