"""The word `riskgraph calls ROOT...`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from riskgraph.cli.answers import answers, asks
from riskgraph.cli.options import complete_names

if TYPE_CHECKING:
    from riskgraph.analysis.calls import CallSheet
    from riskgraph.analysis.question import Asking
    from riskgraph.cli.answers import Made
    from riskgraph.graph import RiskGraph


@answers(
    "calls",
    "riskgraph calls civica --limit 10",
    "riskgraph calls 'East Kent Services' --like ransomware",
    "riskgraph calls capita --region 'East of England'",
)
@click.argument("roots", nargs=-1, required=True, metavar="ROOT...", shell_complete=complete_names)
@asks("kinds", "scope")
@click.option("--limit", type=click.IntRange(1, 1000), default=15, show_default=True, help="The most councils to list.")
def command(graph: RiskGraph, roots: tuple[str, ...], limit: int, asking: Asking) -> Made[CallSheet]:
    """Who to ring if ROOT was hit, in what order, on one printed side."""
    from riskgraph.analysis.calls import calls
    from riskgraph.render.calls import page

    sheet = calls(graph, roots, limit=limit, **asking)
    return sheet, lambda: page(sheet)
