"""The word `peers COUNCIL`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from riskgraph.cli.options import Output, complete_names, data_option, examples, output_options, selection_options


@click.command(
    "peers",
    epilog=examples(
        "riskgraph peers thanet",
        "riskgraph peers dover --root civica",
        "riskgraph peers camden --region London --format json",
    ),
)
@click.argument("body", metavar="COUNCIL", shell_complete=complete_names)
@click.option(
    "--root", metavar="ROOT", shell_complete=complete_names, help="What is hit: peers it could reach are told apart."
)
@selection_options
@click.option("--as-of", metavar="DATE", help="The date of the question.  [default: the date of the data]")
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="The most lines of text.")
@output_options("text", "table", "json", "csv")
@data_option
def command(
    graph: Any,
    body: str,
    root: str | None,
    select: Callable[[Any], Any],
    as_of: str | None,
    limit: int,
    output: Output,
) -> None:
    """Which other councils run the same as COUNCIL and could lend a hand, and how it stands in its class."""
    from riskgraph.analysis.peers import peers
    from riskgraph.render.peers import peers_text
    from riskgraph.render.tables import as_csv, as_json, as_table

    found = peers(graph, body, root=root, selection=select(graph), as_of=as_of)
    if output.format == "json":
        output.write(as_json(found.to_dict()))
    elif output.format == "text":
        output.write(peers_text(found, limit))
    else:
        output.write(as_csv(*found.rows()) if output.format == "csv" else as_table(*found.rows()))
