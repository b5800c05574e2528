"""The word `riskgraph held ROOT...`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from riskgraph.cli.answers import answers, asks
from riskgraph.cli.options import complete_names

if TYPE_CHECKING:
    from riskgraph.analysis.held import Held
    from riskgraph.analysis.question import Asking
    from riskgraph.cli.answers import Made
    from riskgraph.graph import RiskGraph


@answers(
    "held",
    "riskgraph held civica --limit 10",
    "riskgraph held capita --region 'East of England'",
    "riskgraph held 'Lancashire Oracle Fusion' --format csv",
)
@click.argument("roots", nargs=-1, required=True, metavar="ROOT...", shell_complete=complete_names)
@asks("as_of", "scope", "band", band="not-ruled-out")
@click.option("--limit", type=click.IntRange(1, 100_000), default=20, show_default=True, help="The most lines of text.")
def command(graph: RiskGraph, roots: tuple[str, ...], limit: int, asking: Asking) -> Made[Held]:
    """What ROOT holds of ours: system, kind of data, about how many people, since when, and what is not known."""
    from riskgraph.analysis.held import held
    from riskgraph.render.held import page

    found = held(graph, roots, **asking)
    return found, lambda: page(found, limit)
