"""The word `riskgraph data export`."""

from __future__ import annotations

from typing import Any

import click

from riskgraph.cli.options import Output, data_option, examples, output_options


@click.command(
    "export",
    epilog=examples(
        "riskgraph data export --data seeds --output seeds.graphml",
        "riskgraph data export --data seeds --format json",
        "riskgraph data export --data seeds --format csv --output relations.csv",
    ),
)
@output_options("graphml", "json", "csv")
@data_option
def command(graph: Any, output: Output) -> None:
    """Write the whole map for other tools: GraphML (Gephi, yEd), node-link JSON (NetworkX, D3), or a table."""
    from riskgraph.render.export import as_edges, as_graphml, as_node_link

    writers = {"graphml": as_graphml, "json": as_node_link, "csv": as_edges}
    output.write(writers[output.format](graph))
