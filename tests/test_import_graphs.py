"""Graphs, catalogues and configuration databases of other tools become maps; what they cannot say is counted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import riskgraph
from riskgraph.data import Dataset
from riskgraph.errors import DataError, RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.importers import ImportOptions, ImportReport, import_file
from riskgraph.render.export import as_edges, as_graphml, as_node_link

Link = tuple[str, str, str]


def made(folder: Path, name: str, text: str, council: str | None = None) -> tuple[Dataset, ImportReport]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    data, report = import_file(path, ImportOptions(council=council))
    assert report.balanced
    return data, report


def links(data: Dataset) -> set[Link]:
    return {(row.dependent, row.relation, row.provider) for row in data.relations.values()}


@pytest.mark.parametrize(("write", "name"), [(as_graphml, "a.graphml"), (as_node_link, "a.json"), (as_edges, "a.csv")])
def test_what_riskgraph_writes_for_other_tools_it_reads_again(
    write: Callable[[RiskGraph], str], name: str, tmp_path: Path
) -> None:
    graph = RiskGraph.open("seeds")
    data, report = made(tmp_path, name, write(graph))
    before = {
        (
            graph.dataset.name(row.dependent),
            row.relation,
            graph.dataset.name(row.provider),
            row.service_area,
            row.valid_to,
        )
        for row in graph.dataset.relations.values()
    }
    after = {
        (data.name(row.dependent), row.relation, data.name(row.provider), row.service_area, row.valid_to)
        for row in data.relations.values()
    }
    assert after == before
    assert report.kept == report.read == len(graph.dataset.relations)


EDGES = """Source,Target,Type,Weight
Thanet District Council,East Kent Services,Directed,1
East Kent Services,Civica,Directed,1
Northgate Vehicle Hire,Some Thing,Directed,1
"""


def test_a_table_of_links_from_gephi_says_who_depends_on_whom(tmp_path: Path) -> None:
    data, report = made(tmp_path, "edges.csv", EDGES)
    assert links(data) == {
        ("authority:thanet", "served-by", "shared-service:east-kent-services"),
        ("shared-service:east-kent-services", "supplied-by", "supplier:civica"),
    }
    assert list(report.skipped) == [
        "nothing says what a link between a name that nobody knows and a name that nobody knows means"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Provider;Dependent;Relation\nCivica;Dover;supplies\nIdox;Dover;\n".replace("supplies", "supplied by"),
        "To,From,Kind of link\nCivica UK Ltd,Dover District Council,\nIdox,Dover,\n",
        "from\tto\nDover\tCivica\nDover\tIdox\n",
        "Source,Target\nCivica,Dover\nIdox Software Ltd,Dover\n",  # from seller to buyer: turned round, and said
    ],
)
def test_another_order_and_other_words_give_the_same_links(text: str, tmp_path: Path) -> None:
    data, _ = made(tmp_path, "links.csv", text)
    assert links(data) == {
        ("authority:dover", "supplied-by", "supplier:civica"),
        ("authority:dover", "supplied-by", "supplier:idox"),
    }


def test_turning_a_link_round_is_told(tmp_path: Path) -> None:
    _, report = made(tmp_path, "links.csv", "Source,Target\nCivica,Dover\n")
    assert report.guess_count["a link from a company to a council: the council depends on the company"] == 1


YED = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml">
  <key for="node" id="d6" yfiles.type="nodegraphics"/>
  <graph edgedefault="directed" id="G">
    <node id="n0"><data key="d6"><y:ShapeNode><y:NodeLabel>Salford City Council</y:NodeLabel></y:ShapeNode></data></node>
    <node id="n1"><data key="d6"><y:ShapeNode><y:NodeLabel>Civica</y:NodeLabel></y:ShapeNode></data></node>
    <edge id="e0" source="n0" target="n1"/>
    <edge id="e1" source="n0" target="n1"/>
  </graph>
</graphml>
"""


def test_a_drawing_of_yed_is_read_by_its_labels(tmp_path: Path) -> None:
    data, report = made(tmp_path, "drawing.graphml", YED)
    assert links(data) == {("authority:salford", "supplied-by", "supplier:civica")}
    assert report.read == 2


CYTOSCAPE = {
    "elements": {
        "nodes": [
            {"data": {"id": "1", "name": "Dover District Council", "kind": "council"}},
            {"data": {"id": "2", "name": "Larkmead Housing", "kind": "vendor"}},
        ],
        "edges": [{"data": {"source": "1", "target": "2", "interaction": "depends on", "data": {"deep": 1}}}],
    }
}


def test_the_kind_of_a_thing_makes_a_company_of_a_name_that_nobody_knows(tmp_path: Path) -> None:
    data, _ = made(tmp_path, "net.json", json.dumps(CYTOSCAPE))
    assert links(data) == {("authority:dover", "supplied-by", "supplier:larkmead-housing")}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.graphml", '<?xml version="1.0"?><!DOCTYPE g [<!ENTITY a "b">]><graphml><graph/></graphml>', "DTD"),
        ("a.graphml", '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph', "no valid GraphML"),
        (
            "a.graphml",
            '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="undirected">'
            '<node id="a"/><node id="b"/><edge source="a" target="b"/></graph></graphml>',
            "no direction",
        ),
        (
            "a.json",
            '{"directed": false, "multigraph": false, "nodes": [{"id": 1}], "links": [{"source": 1, "target": 1}]}',
            "no direction",
        ),
    ],
)
def test_a_graph_that_cannot_be_read_is_refused_with_the_reason(
    name: str, text: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=said):
        import_file(tmp_path / name)


CATALOGUE = """
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: online-forms
  title: Online forms
  labels: {example.org/vendor: Granicus}
spec: {type: website, lifecycle: production, owner: group:digital, dependsOn: [resource:forms-db], consumesApis: [pay]}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: payments, annotations: {example.org/supplier: Civica}}
spec: {type: service, lifecycle: production, providesApis: [pay]}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: old-portal}
spec: {type: website, lifecycle: deprecated}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: date-picker}
spec: {type: library, lifecycle: production}
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: forms-db, title: Forms database}
spec: {type: database}
"""


def test_a_backstage_catalogue_says_what_a_council_uses_and_where_it_runs(tmp_path: Path) -> None:
    data, report = made(tmp_path, "catalog-info.yaml", CATALOGUE, "Thanet")
    council = "authority:thanet"
    forms, payments = "system:online-forms-thanet", "system:payments-thanet"
    assert links(data) == {
        (council, "uses", forms),
        (council, "uses", payments),
        (forms, "supplied-by", "supplier:granicus"),
        (payments, "supplied-by", "supplier:civica"),
        (forms, "hosted-on", "environment:forms-database"),
    }
    assert report.skipped_count["its kind is not one that a council depends on as such"] == 1
    assert report.skipped_count["no longer there: deprecated"] == 1


def test_a_catalogue_does_not_say_whose_it_is(tmp_path: Path) -> None:
    (tmp_path / "catalog-info.yml").write_text(CATALOGUE, encoding="utf-8")
    with pytest.raises(RiskGraphError, match="does not say whose") as refused:
        import_file(tmp_path / "catalog-info.yml")
    assert "--council" in (refused.value.fix or "")


def test_aliases_in_yaml_are_refused(tmp_path: Path) -> None:
    bomb = "apiVersion: backstage.io/v1\nkind: Component\nmetadata: {name: &a [x, x]}\nspec: {type: *a}\n"
    (tmp_path / "a.yaml").write_text(bomb, encoding="utf-8")
    with pytest.raises(DataError, match="aliases"):
        import_file(tmp_path / "a.yaml", ImportOptions(council="Thanet"))


ITEMS = """Name,Class,Vendor,Business criticality,Install Status,Owned by
Uniform,Business Application,Idox,1 - most critical,Installed,A Person
Case diary,Application Service,Larkmead Ltd,4 - not critical,Installed,A Person
Old CRM,Business Application,Lagan,4 - not critical,Retired,A Person
SRV-APP-01,Linux Server,Dell,1 - most critical,Installed,A Person
PRN-3,Printer,HP,4 - not critical,Installed,A Person
"""
BY_COLUMN_NAME = """sys_id,busines_criticality,install_status,vendor,sys_class_name,name
a1,1 - most critical,Installed,Idox,cmdb_ci_business_app,Uniform
a2,4 - not critical,Installed,Larkmead Ltd,cmdb_ci_service_discovered,Case diary
a3,,Retired,Lagan,cmdb_ci_business_app,Old CRM
a4,,Installed,Dell,cmdb_ci_linux_server,SRV-APP-01
a5,,Installed,HP,cmdb_ci_printer,PRN-3
"""
AS_JSON = json.dumps(
    {
        "result": [
            {
                "name": name,
                "sys_class_name": {"display_value": kind, "value": "x"},
                "vendor": {"display_value": vendor, "link": "https://example.org"},
                "install_status": status,
                "busines_criticality": how,
                "sys_id": f"s{number}",
            }
            for number, (name, kind, vendor, status, how) in enumerate(
                [
                    ("Uniform", "Business Application", "Idox", "Installed", "1 - most critical"),
                    ("Case diary", "Application Service", "Larkmead Ltd", "Installed", "4 - not critical"),
                    ("Old CRM", "Business Application", "Lagan", "Retired", ""),
                    ("SRV-APP-01", "Linux Server", "Dell", "Installed", ""),
                    ("PRN-3", "Printer", "HP", "Installed", ""),
                ]
            )
        ]
    }
)


@pytest.mark.parametrize(("name", "text"), [("cmdb_ci.csv", ITEMS), ("b.csv", BY_COLUMN_NAME), ("c.json", AS_JSON)])
def test_a_configuration_database_says_what_a_council_uses(name: str, text: str, tmp_path: Path) -> None:
    data, report = made(tmp_path, name, text, "Salford")
    assert links(data) == {
        ("authority:salford", "uses", "system:uniform-salford"),
        ("system:uniform-salford", "instance-of", "product:uniform"),
        ("product:uniform", "made-by", "supplier:idox"),
        ("authority:salford", "uses", "system:case-diary-salford"),
        ("system:case-diary-salford", "supplied-by", "supplier:larkmead"),
    }
    used = next(row for row in data.relations.values() if row.provider == "system:uniform-salford")
    assert (used.importance, used.service_area) == ("critical", None)  # Uniform serves two areas
    assert report.kept == 3  # the two, and the server as a place
    assert "environment:srv-app-01" in data.entities
    assert not any(
        "Person" in cell for item in data.evidence.values() for cell in (item.claim or "", item.publisher or "")
    )


def test_after_an_import_the_council_that_uses_it_is_named(tmp_path: Path) -> None:
    data, _ = made(tmp_path, "cmdb_ci.csv", ITEMS, "Salford")
    found = riskgraph.RiskMap(RiskGraph(data)).blast("idox")
    assert [reach.name for reach in found.authorities] == ["Salford City Council"]


def test_a_relation_to_a_system_that_no_list_holds_is_left_out_and_counted(tmp_path: Path) -> None:
    (tmp_path / "ci.csv").write_text(ITEMS, encoding="utf-8")
    links_ = "Parent,Type,Child\nUniform,Depends on::Used by,system:elsewhere\nUniform,Depends on::Used by,Case diary\n"
    (tmp_path / "rel.csv").write_text(links_, encoding="utf-8")
    data, report = import_file(tmp_path, ImportOptions(council="Salford"))
    assert report.balanced
    assert not any("elsewhere" in provider for _, _, provider in links(data))
    assert ("authority:salford", "uses", "system:case-diary-salford") in links(data)
    assert report.guess_count["a link between two systems of one council: it uses both"] == 1
