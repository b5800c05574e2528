"""The word `riskgraph chokepoints NAME`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from riskgraph.cli.answers import answers, asks
from riskgraph.cli.progress import Progress

if TYPE_CHECKING:
    from riskgraph.analysis.chokepoints import Chokepoints, ServiceCuts
    from riskgraph.analysis.question import Asking
    from riskgraph.cli.answers import Made
    from riskgraph.graph import RiskGraph


@answers(
    "chokepoints",
    "riskgraph chokepoints microsoft",
    "riskgraph chokepoints 'East Kent Services' --data seeds --like ransomware --format table",
    "riskgraph chokepoints thanet --area revenues-benefits --band likely",
)
@click.argument("roots", nargs=-1, required=True, metavar="NAME...")
@click.option("--area", metavar="AREA", help="NAME is a council: what could stop its service in this area.")
@asks("kinds", "band")
@click.option("--order", type=click.IntRange(1, 3), default=3, show_default=True, help="With --area: the largest sets.")
@click.option("--limit", type=click.IntRange(1, 1000), default=6, show_default=True, help="The most lines of text.")
def command(
    graph: RiskGraph, roots: tuple[str, ...], area: str | None, order: int, limit: int, asking: Asking
) -> Made[Chokepoints] | Made[ServiceCuts]:
    """What, if hardened, saves whom from NAME; or what the service of a council cannot do without.

    With --area the question is about an outage unless --kind or --like says otherwise.
    """
    from riskgraph.analysis.chokepoints import chokepoints, service_cuts
    from riskgraph.render.chokepoints import cuts_page, page

    if area is None:
        with Progress("Bodies and rows taken away") as told:
            found = chokepoints(graph, roots, progress=told, **asking)
        return found, lambda: page(found, limit)
    if len(roots) != 1:
        raise click.UsageError("--area asks about one council; name one.")
    if click.get_current_context().get_parameter_source("like") is ParameterSource.DEFAULT:
        asking["like"] = "outage"
    with Progress("Sets tried") as told:
        cuts = service_cuts(graph, roots[0], area, order=order, progress=told, **asking)
    return cuts, lambda: cuts_page(cuts, limit)
