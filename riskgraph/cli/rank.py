"""The word `riskgraph rank [KIND]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from riskgraph.cli.answers import answers, asks
from riskgraph.cli.progress import Progress

if TYPE_CHECKING:
    from riskgraph.analysis.question import Asking
    from riskgraph.analysis.rank import Ranking
    from riskgraph.analysis.together import JointRanking
    from riskgraph.cli.answers import Made
    from riskgraph.graph import RiskGraph


@answers(
    "rank",
    "riskgraph rank",
    "riskgraph rank supplier --by residents --like outage --region Wales",
    "riskgraph rank --hidden --limit 5",
)
@click.argument("kind", required=False)
@click.option(
    "--by",
    type=click.Choice(["authorities", "residents", "services"]),
    default="authorities",
    show_default=True,
    help="What ranks: public bodies reached, people in their areas (a ceiling), or services.",
)
@click.option("--hidden", is_flag=True, help="Fourth parties: who is reached without any relation of their own.")
@click.option(
    "--together",
    type=click.IntRange(2, 10),
    metavar="K",
    help="The K that together reach most; exact for 2 and 3 where feasible.",
)
@asks("kinds", "band", "scope")
@click.option("--memory", type=click.IntRange(1), metavar="MIB", help="The most memory, in MiB.  [default: half]")
@click.option("--limit", type=click.IntRange(1, 100_000), default=10, show_default=True, help="The most lines of text.")
def command(
    graph: RiskGraph,
    kind: str | None,
    by: str,
    hidden: bool,
    together: int | None,
    memory: int | None,
    limit: int,
    asking: Asking,
) -> Made[Ranking] | Made[JointRanking]:
    """The worst that could fail, by the exact radius of everything at once.

    KIND is supplier, line, shared-service, environment, system, product, store or authority; without it all
    are ranked.
    """
    from riskgraph.render.rank import page, together_page

    room = None if memory is None else memory << 20
    with Progress("All roots at once") as told:
        if together is None:
            from riskgraph.analysis.rank import rank

            ranking = rank(graph, kind, by=by, hidden=hidden, memory=room, progress=told, **asking)
            return ranking, lambda: page(ranking, limit)
        from riskgraph.analysis.together import rank_together

        if hidden:
            raise click.UsageError("--hidden ranks single roots; leave --together out.")
        found = rank_together(graph, together, kind, by=by, memory=room, limit=limit, progress=told, **asking)
        return found, lambda: together_page(found)
