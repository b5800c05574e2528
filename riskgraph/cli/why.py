"""The word `riskgraph why BODY ROOT`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from riskgraph.cli.answers import answers, asks
from riskgraph.cli.options import complete_names

if TYPE_CHECKING:
    from riskgraph.analysis.question import Asking
    from riskgraph.analysis.why import Why, WhyNot
    from riskgraph.cli.answers import Made
    from riskgraph.graph import RiskGraph


@answers(
    "why",
    "riskgraph why thanet civica --as-of 2024-01-15",
    "riskgraph why rochford capita --like data-theft",
    "riskgraph why medway amazon-web-services --sources",
    "riskgraph why --not essex civica",
)
@click.argument("body", shell_complete=complete_names)
@click.argument("roots", nargs=-1, required=True, metavar="ROOT...", shell_complete=complete_names)
@asks("kinds")
@click.option("--not", "not_", is_flag=True, help="Say what keeps BODY out instead.")
@click.option("--limit", type=click.IntRange(1, 1000), default=4, show_default=True, help="The most routes to show.")
@click.option("--all", "every", is_flag=True, help="Every route by itself, with what was assumed.")
@click.option("--sources", is_flag=True, help="Every item of evidence with its address.")
def command(
    graph: RiskGraph,
    body: str,
    roots: tuple[str, ...],
    not_: bool,
    limit: int,
    every: bool,
    sources: bool,
    asking: Asking,
) -> Made[Why] | Made[WhyNot]:
    """How BODY could be reached if ROOT failed: one sentence for each distinct route, the surest first."""
    from riskgraph.analysis.why import why, why_not
    from riskgraph.render.why import not_page, page

    if not_:
        kept = why_not(graph, body, roots, **asking)
        return kept, lambda: not_page(kept)
    found = why(graph, body, roots, limit=1000, **asking)
    return found, lambda: page(found, sources=sources, every=every, limit=limit)
