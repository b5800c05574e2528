"""The word `riskgraph chance ROOT...`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskgraph.cli.answers import answers, asks
from riskgraph.cli.options import complete_names
from riskgraph.cli.progress import Progress

if TYPE_CHECKING:
    from riskgraph.analysis.chance import Chance, ChanceChange
    from riskgraph.analysis.question import Asking
    from riskgraph.cli.answers import Made
    from riskgraph.graph import RiskGraph


@answers(
    "chance",
    "riskgraph chance 'East Kent Services' --like ransomware",
    "riskgraph chance capita/revenues-benefits --band likely --format table",
    "riskgraph chance civica --scenario switch-revenues --before uk --worlds 2000",
)
@click.argument("roots", nargs=-1, required=True, metavar="ROOT...", shell_complete=complete_names)
@asks("kinds", "scope", "band")
@click.option(
    "--worlds", type=click.IntRange(100, 1_000_000), default=10_000, show_default=True, help="How many worlds to draw."
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Another seed, other luck.")
@click.option(
    "--chances", type=click.Path(path_type=Path), metavar="FILE", help="Your own chances of a step by band, as CSV."
)
@click.option("--before", metavar="PATH", help="Compare with this data set, taken as the state before a change.")
@click.option("--limit", type=click.IntRange(1, 1000), default=5, show_default=True, help="The most councils in text.")
def command(
    graph: RiskGraph,
    roots: tuple[str, ...],
    worlds: int,
    seed: int,
    chances: Path | None,
    before: str | None,
    limit: int,
    asking: Asking,
) -> Made[Chance] | Made[ChanceChange]:
    """How likely each council is to be reached if ROOT failed, and how many to expect."""
    from riskgraph.analysis.chance import chance, chance_change
    from riskgraph.analysis.step_chances import step_chances
    from riskgraph.graph import RiskGraph
    from riskgraph.render.chance import change_page, page

    table = step_chances(chances)
    if before is not None and asking.get("selection"):
        raise click.UsageError("--before compares whole answers; leave --area, --class, --region, --members out.")
    with Progress("Worlds drawn") as told:
        if before is None:
            found = chance(graph, roots, worlds=worlds, seed=seed, table=table, progress=told, **asking)
            return found, lambda: page(found, limit)
        asking.pop("selection", None)
        was = RiskGraph.open(before)
        changed = chance_change(was, graph, roots, worlds=worlds, seed=seed, table=table, progress=told, **asking)
    return changed, lambda: change_page(changed, limit)
