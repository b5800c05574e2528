"""The word `riskgraph timeline INCIDENT`."""

from __future__ import annotations

from typing import Any

import click

from riskgraph.cli.options import Output, complete_incidents, data_option, examples, output_options


@click.command(
    "timeline",
    epilog=examples(
        "riskgraph timeline eks-civica-2024",
        "riskgraph timeline capita-aws-bucket-2023 --limit 10",
        "riskgraph timeline rbkc-shared-it-2025 --format csv",
    ),
)
@click.argument("incident", shell_complete=complete_incidents)
@click.option("--limit", type=click.IntRange(1, 10_000), default=30, show_default=True, help="The most lines of text.")
@output_options("text", "table", "json", "csv")
@data_option
def command(graph: Any, incident: str, limit: int, output: Output) -> None:
    """Everything dated that the data hold about INCIDENT, in order, with who said it and where."""
    from riskgraph.analysis.timeline import timeline
    from riskgraph.render.tables import as_csv, as_json, as_table
    from riskgraph.render.timeline import rows, text

    found = timeline(graph, incident)
    if output.format == "json":
        output.write(as_json(found.to_dict()))
    elif output.format == "text":
        output.write(text(found, limit))
    else:
        output.write(as_csv(*rows(found)) if output.format == "csv" else as_table(*rows(found)))
