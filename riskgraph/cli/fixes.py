"""The word `riskgraph fixes [ROOT ...]`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from riskgraph.cli.answers import answers, asks
from riskgraph.model import FailureKind

if TYPE_CHECKING:
    from riskgraph.analysis.question import Asking
    from riskgraph.cli.answers import Made
    from riskgraph.graph import RiskGraph
    from riskgraph.scenario.proposal import Fixes


@answers(
    "fixes",
    "riskgraph fixes capita",
    "riskgraph fixes 'rbkc shared it' --all",
    "riskgraph fixes civica capita microsoft --worst --by residents --region 'South East'",
)
@click.argument("roots", nargs=-1, metavar="[ROOT ...]")
@asks("kinds", "scope", "band", band="likely")
@click.option("--hit", type=click.Choice(list(FailureKind)), help="Count as reached only in this kind.  [default: any]")
@click.option(
    "--by",
    type=click.Choice(["authorities", "residents", "services"]),
    default="authorities",
    show_default=True,
    help="What the radius is measured in; residents are a ceiling.",
)
@click.option(
    "--budget", type=click.FloatRange(0), default=3, show_default=True, help="The most to spend; unknown costs count 1."
)
@click.option("--all", "everything", is_flag=True, help="Save all that can be saved, at the least cost.")
@click.option("--worst", is_flag=True, help="Shrink the worst of the roots, not their sum.")
@click.option(
    "--costs", type=click.Path(path_type=Path), metavar="FILE", help="A CSV file with the columns change and cost."
)
@click.option(
    "--act",
    "acts",
    multiple=True,
    type=click.Choice(["ask", "purge", "segment", "back-up", "sever"]),
    help="Only changes of this sort; may be repeated.",
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=10, show_default=True, help="The most changes shown.")
def command(
    graph: RiskGraph,
    roots: tuple[str, ...],
    budget: float,
    everything: bool,
    limit: int,
    asking: Asking,
    **how: Any,
) -> Made[Fixes]:
    """The cheapest changes that shrink a radius most, tried on a copy of the map.

    ROOT is what fails, one at a time if there are several. Without ROOT: the worst radius over all bodies
    and places.
    """
    from riskgraph.render.fixes import page
    from riskgraph.scenario.fixes import fixes

    found = fixes(graph, roots, budget=None if everything else budget, **how, **asking)
    return found, lambda: page(found, limit)
