"""The word `riskgraph list [KIND]`."""

from __future__ import annotations

from typing import Any

import click

from riskgraph.cli.options import Output, data_option, examples, output_options


@click.command(
    "list",
    epilog=examples(
        "riskgraph list", "riskgraph list supplier --limit 5", "riskgraph list shared-service --format csv"
    ),
)
@click.argument("kind", required=False)
@click.option("--limit", type=click.IntRange(1, 100_000), default=20, show_default=True, help="The most lines of text.")
@output_options("text", "table", "json", "csv")
@data_option
def command(graph: Any, kind: str | None, limit: int, output: Output) -> None:
    """Bodies and places of KIND, those that most leans on first.

    KIND is authority, supplier, shared-service, environment, system, product or store.
    """
    from riskgraph.analysis.profile import list_bodies
    from riskgraph.render import profile as render
    from riskgraph.render.tables import as_csv, as_json, as_table

    listing = list_bodies(graph, kind)
    header, rows = render.listing_rows(listing)
    if output.format == "json":
        output.write(as_json({"schema": 1, "rows": [dict(zip(header, row, strict=True)) for row in rows]}))
    elif output.format == "csv":
        output.write(as_csv(header, rows))
    elif output.format == "table":
        output.write(as_table(header, rows))
    else:
        output.write(render.listing_text(listing, limit))
