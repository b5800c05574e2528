"""The word `riskgraph list [KIND]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from riskgraph.cli.answers import answers, asks

if TYPE_CHECKING:
    from riskgraph.analysis.area_coverage import Coverage
    from riskgraph.analysis.profile import Listing
    from riskgraph.analysis.question import Asking
    from riskgraph.cli.answers import Made
    from riskgraph.graph import RiskGraph


@answers(
    "list",
    "riskgraph list",
    "riskgraph list supplier --limit 5",
    "riskgraph list shared-service --format csv",
    "riskgraph list coverage --region Scotland",
)
@click.argument("kind", required=False)
@asks("scope", "as_of")
@click.option("--limit", type=click.IntRange(1, 100_000), default=20, show_default=True, help="The most lines of text.")
def command(graph: RiskGraph, kind: str | None, limit: int, asking: Asking) -> Made[Listing] | Made[Coverage]:
    """Bodies and places of KIND, those that most depends on first; or how much the map covers.

    KIND is authority, supplier, shared-service, environment, system, product or store; or coverage: of how many
    councils it is known who provides what, by service area and class.
    """
    if kind == "coverage":
        from riskgraph.analysis.area_coverage import area_coverage
        from riskgraph.render.coverage import coverage_page

        found = area_coverage(graph, **asking)
        return found, lambda: coverage_page(found)
    from riskgraph.analysis.profile import list_bodies
    from riskgraph.render.profile import listing_page

    listing = list_bodies(graph, kind, **asking)
    return listing, lambda: listing_page(listing, limit)
