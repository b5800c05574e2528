"""The word `riskgraph services ROOT...`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from riskgraph.cli.answers import answers, asks
from riskgraph.cli.options import complete_names

if TYPE_CHECKING:
    from riskgraph.analysis.question import Asking
    from riskgraph.analysis.services import ServicesHit
    from riskgraph.cli.answers import Made
    from riskgraph.graph import RiskGraph


@answers(
    "services",
    "riskgraph services civica --limit 5",
    "riskgraph services 'East Kent Services' --like ransomware",
    "riskgraph services capita --region 'South East' --format csv",
)
@click.argument("roots", nargs=-1, required=True, metavar="ROOT...", shell_complete=complete_names)
@asks("kinds", "scope", "band")
@click.option("--limit", type=click.IntRange(1, 1000), default=12, show_default=True, help="The most lines of text.")
def command(graph: RiskGraph, roots: tuple[str, ...], limit: int, asking: Asking) -> Made[ServicesHit]:
    """What stops if ROOT fails: by importance, then by how long it can be done without, then by how surely.

    The question is about an outage unless --kind or --like says otherwise.
    """
    from riskgraph.analysis.services import services
    from riskgraph.render.services import page

    if click.get_current_context().get_parameter_source("like") is ParameterSource.DEFAULT:
        asking["like"] = "outage"
    found = services(graph, roots, **asking)
    return found, lambda: page(found, limit)
