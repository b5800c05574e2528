"""The whole map in the forms that other graph tools read."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from riskgraph.graph import RiskGraph
from riskgraph.render.tables import as_csv, as_json

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["as_edges", "as_graphml", "as_node_link"]


def _plain(graph: RiskGraph) -> nx.MultiDiGraph[str]:
    """The public graph with values that every format can hold: lists are joined by `;`, amounts are text."""
    import networkx as nx

    source = graph.networkx()
    made: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    made.graph.update(
        {key: source.graph[key] for key in ("title", "as_of")}
    )  # what each source says stays in the files
    for node, values in source.nodes(data=True):
        made.add_node(node, **_cells(values))
    for one, two, key, values in source.edges(keys=True, data=True):
        made.add_edge(one, two, key=key, **{**_cells(values), "eid": key})
    return made


def _cells(values: dict[str, Any]) -> dict[str, int | str]:
    found: dict[str, int | str] = {}
    for name, value in sorted(values.items()):
        found[name] = ";".join(value) if isinstance(value, tuple) else value if isinstance(value, int) else str(value)
    return found


def as_graphml(graph: RiskGraph) -> str:
    """GraphML, for Gephi, yEd and igraph; edges run from dependent to provider.

    Examples
    --------
    >>> text = as_graphml(RiskGraph.open("seeds"))
    >>> text.count("<node "), text.count("<edge ")
    (43, 72)
    """
    import networkx as nx

    out = io.BytesIO()
    nx.write_graphml_xml(_plain(graph), out, named_key_ids=True, edge_id_from_attribute="eid")
    return out.getvalue().decode("utf-8")


def as_node_link(graph: RiskGraph) -> str:
    """Node-link JSON, as NetworkX and D3 read it.

    Examples
    --------
    >>> import json
    >>> sorted(json.loads(as_node_link(RiskGraph.open("seeds"))))
    ['directed', 'edges', 'graph', 'multigraph', 'nodes', 'schema']
    """
    import networkx as nx

    return as_json({"schema": 1, **nx.node_link_data(_plain(graph), edges="edges")})


def as_edges(graph: RiskGraph) -> str:
    """A table of relations with names, for a spreadsheet.

    Examples
    --------
    >>> as_edges(RiskGraph.open("seeds")).splitlines()[0][:40]
    'id,dependent,dependent_name,relation,pro'
    """
    data = graph.dataset
    header = (
        "id", "dependent", "dependent_name", "relation", "provider", "provider_name", "service_area", "valid_from",
        "valid_to", "contract_reference", "contract_end_latest", "sources",
    )  # fmt: skip
    rows = [
        (
            row.id,
            row.dependent,
            data.name(row.dependent),
            row.relation,
            row.provider,
            data.name(row.provider),
            row.service_area,
            row.valid_from,
            row.valid_to,
            row.contract_reference,
            row.contract_end_latest,
            len(row.evidence),
        )
        for row in data.relations.values()
    ]
    return as_csv(header, rows)
