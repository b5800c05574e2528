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
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="The most lines of text.")
@output_options("text", "json")
@data_option
def command(graph: Any, body: str, root: str | None, select: Callable[[Any], Any], limit: int, output: Output) -> None:
    """Which other councils run the same as COUNCIL and could lend a hand, and how it stands in its class."""
    from riskgraph.analysis.contracts import peers
    from riskgraph.render import concentration as render
    from riskgraph.render.tables import as_json

    found = peers(graph, body, root=root, selection=select(graph))
    output.write(as_json(found.to_dict()) if output.format == "json" else render.peers_text(found, root, limit))
