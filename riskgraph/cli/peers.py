"""The word `peers COUNCIL`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from riskgraph.cli.answers import answers, asks
from riskgraph.cli.options import complete_names

if TYPE_CHECKING:
    from riskgraph.analysis.peers import Peers
    from riskgraph.analysis.question import Asking
    from riskgraph.cli.answers import Made
    from riskgraph.graph import RiskGraph


@answers(
    "peers",
    "riskgraph peers thanet",
    "riskgraph peers dover --root civica",
    "riskgraph peers camden --region London --format json",
)
@click.argument("body", metavar="COUNCIL", shell_complete=complete_names)
@click.option(
    "--root", metavar="ROOT", shell_complete=complete_names, help="What is hit: nobody whom it could reach is offered."
)
@asks("kinds", "scope", "band", band="likely")
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="The most lines of text.")
def command(graph: RiskGraph, body: str, root: str | None, limit: int, asking: Asking) -> Made[Peers]:
    """Which other councils run the same as COUNCIL and could lend a hand, and how it stands in its class."""
    from riskgraph.analysis.peers import peers
    from riskgraph.render.peers import page

    found = peers(graph, body, root=root or (), **asking)
    return found, lambda: page(found, limit)
