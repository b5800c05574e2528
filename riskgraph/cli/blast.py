"""The word `riskgraph blast ROOT...`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from riskgraph.cli.answers import answers, asks
from riskgraph.cli.options import complete_names

if TYPE_CHECKING:
    from riskgraph.analysis.blast import BlastRadius
    from riskgraph.analysis.question import Asking
    from riskgraph.cli.answers import Made
    from riskgraph.graph import RiskGraph


@answers(
    "blast",
    "riskgraph blast civica",
    "riskgraph blast capita/revenues-benefits --like data-theft --format table",
    "riskgraph blast civica capita --region 'South East' --anonymous",
)
@click.argument("roots", nargs=-1, required=True, metavar="ROOT...", shell_complete=complete_names)
@asks("kinds", "scope", "band", band="not-ruled-out")
@click.option("--anonymous", is_flag=True, help="Counts by class and region, without names of public bodies.")
def command(graph: RiskGraph, roots: tuple[str, ...], anonymous: bool, asking: Asking) -> Made[BlastRadius]:
    """Who could be reached if ROOT failed, how, and how surely.

    ROOT is a supplier, a shared service, a system, a place, a council, or one line of business
    (capita/pensions). Several roots fail together.
    """
    from riskgraph.analysis.blast import blast
    from riskgraph.render import blast as render

    if anonymous and click.get_current_context().params["format_"] not in {"text", "html"}:
        raise click.UsageError("--anonymous gives text or html only; leave --format out.")
    radius = blast(graph, roots, **asking)
    return radius, lambda: render.anonymous(radius) if anonymous else render.page(radius)
