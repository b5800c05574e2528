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
    "riskgraph why thanet civica",
    "riskgraph why rochford capita --like data-theft",
    "riskgraph why --not essex civica",
)
@click.argument("body", shell_complete=complete_names)
@click.argument("roots", nargs=-1, required=True, metavar="ROOT...", shell_complete=complete_names)
@asks("kinds")
@click.option("--not", "not_", is_flag=True, help="Say what keeps BODY out instead.")
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="The most routes to show.")
@click.option("--no-evidence", is_flag=True, help="Leave out the sources.")
def command(
    graph: RiskGraph, body: str, roots: tuple[str, ...], not_: bool, limit: int, no_evidence: bool, asking: Asking
) -> Made[Why] | Made[WhyNot]:
    """Every proof that BODY could be reached if ROOT failed: one sentence each, with its evidence."""
    from riskgraph.analysis.why import why, why_not
    from riskgraph.render.why import not_page, page

    if not_:
        kept = why_not(graph, body, roots, **asking)
        return kept, lambda: not_page(kept)
    found = why(graph, body, roots, limit=max(limit, 25), **asking)
    return found, lambda: page(found, evidence=not no_evidence, limit=limit)
