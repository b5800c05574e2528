"""The word `riskgraph concentration [AREA]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from riskgraph.cli.answers import answers, asks

if TYPE_CHECKING:
    from riskgraph.analysis.answer import Answer
    from riskgraph.analysis.question import Asking
    from riskgraph.cli.answers import Made
    from riskgraph.graph import RiskGraph


@answers(
    "concentration",
    "riskgraph concentration 'revenues and benefits'",
    "riskgraph concentration libraries-leisure --region Scotland --format csv",
    "riskgraph concentration --by area --region 'South East'",
    "riskgraph concentration revenues-benefits --merger capita --merger civica",
)
@click.argument("area", required=False)
@asks("scope", "as_of")
@click.option(
    "--merger", "merged", multiple=True, metavar="SUPPLIER", help="Give it twice: what if the first bought the second?"
)
@click.option(
    "--designation",
    "tested",
    is_flag=True,
    help="Also test the three largest against 10% of a class of councils, by number and residents.",
)
@click.option(
    "--by",
    type=click.Choice(["area", "class", "region"]),
    help="Instead: each service area, class or region for itself, the most uneven first.",
)
def command(
    graph: RiskGraph, area: str | None, merged: tuple[str, ...], tested: bool, by: str | None, asking: Asking
) -> Made[Answer]:
    """How unevenly a service area is shared between suppliers, with what is not known.

    Without AREA, all service areas together. The market is made of principal councils unless --class or
    --members say otherwise.
    """
    from riskgraph.analysis.concentration import breakdown, concentration
    from riskgraph.analysis.mergers import designation, merger
    from riskgraph.render import concentration as render

    if merged and len(merged) != 2:
        raise click.UsageError("--merger takes two suppliers: --merger A --merger B.")
    if bool(merged) + tested + (by is not None) > 1:
        raise click.UsageError("--merger, --designation and --by are three questions: ask one at a time.")
    if by == "area" and area is not None:
        raise click.UsageError("--by area looks at every service area: leave AREA out, or split it --by class.")
    if by is not None:
        parts = breakdown(graph, by, area, **asking)
        return parts, lambda: render.breakdown_page(parts)
    if merged:
        result = merger(graph, merged[0], merged[1], area, **asking)
        return result, lambda: render.merger_page(result)
    if tested:
        figures = designation(graph, area, **asking)
        return figures, lambda: render.designation_page(figures)
    found = concentration(graph, area, **asking)
    return found, lambda: render.concentration_page(found)
