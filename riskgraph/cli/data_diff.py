"""The word `riskgraph data diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from riskgraph.cli.answers import answers, asks

if TYPE_CHECKING:
    from riskgraph.analysis.changes import Changes
    from riskgraph.analysis.question import Asking
    from riskgraph.cli.answers import Made


@answers(
    "diff",
    "riskgraph data diff seeds uk --root 'east kent services'",
    "riskgraph data diff seeds seeds",
    "riskgraph data diff seeds seeds --root civica --format json",
    data=False,
)
@click.argument("last")
@click.argument("now", default="uk", envvar="RISKGRAPH_DATA")
@click.option(
    "--root",
    "roots",
    multiple=True,
    metavar="ROOT",
    help="Whose answer to compare.  [default: the ten with most changed rows]",
)
@asks("kinds", "band")
def command(last: str, now: str, roots: tuple[str, ...], asking: Asking) -> Made[Changes]:
    """Say in words what has changed since LAST, a snapshot or another map: who joined or left which radius.

    NOW is the map as it is today, if left out the one that is usually asked.
    """
    from riskgraph.analysis.changes import changes
    from riskgraph.graph import RiskGraph
    from riskgraph.render.imports import changes_page

    found = changes(RiskGraph.open(last), RiskGraph.open(now), roots, **asking)
    return found, lambda: changes_page(found)
