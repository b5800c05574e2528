"""The word `riskgraph replay [INCIDENT]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from riskgraph.cli.answers import answers, asks
from riskgraph.cli.options import complete_incidents
from riskgraph.cli.progress import Progress

if TYPE_CHECKING:
    from riskgraph.analysis.question import Asking
    from riskgraph.analysis.replay import Replay
    from riskgraph.analysis.replay_score import ReplayScore
    from riskgraph.analysis.scoreboard import Scoreboard
    from riskgraph.cli.answers import Made
    from riskgraph.graph import RiskGraph


@answers(
    "replay",
    "riskgraph replay eks-civica-2024",
    "riskgraph replay essex-insider-2012 --known-before --format table",
    "riskgraph replay --data seeds",
    "riskgraph replay --scoreboard --data seeds",
)
@click.argument("incident", required=False, shell_complete=complete_incidents)
@click.option(
    "--known-before", is_flag=True, help="Use only what was published before the day on which the incident began."
)
@click.option(
    "--scoreboard", is_flag=True, help="All incidents in each way of knowing, and what would have named the rest."
)
@asks("scope")
def command(
    graph: RiskGraph, incident: str | None, known_before: bool, scoreboard: bool, asking: Asking
) -> Made[Replay] | Made[ReplayScore] | Made[Scoreboard]:
    """The model scored on what happened: whom the map would have named, and whom it would have missed.

    INCIDENT is asked about on its day, without what its own reporting taught. Without INCIDENT all are, and the
    score over them is told first.
    """
    from riskgraph.render.replay import page, score_page

    if scoreboard:
        if incident is not None or known_before:
            raise click.UsageError(
                "--scoreboard asks about all incidents in each way of knowing: leave INCIDENT and --known-before out."
            )
        from riskgraph.analysis import scoreboard as boards
        from riskgraph.render.scoreboard import scoreboard_page

        with Progress("Incidents") as told:
            board = boards.scoreboard(graph, progress=told, **asking)
        return board, lambda: scoreboard_page(board)
    if incident is None:
        from riskgraph.analysis.replay_score import replay_all

        with Progress("Incidents") as told:
            score = replay_all(graph, only_known_before=known_before, told=told, **asking)
        return score, lambda: score_page(score)
    from riskgraph.analysis.replay import replay

    found = replay(graph, incident, only_known_before=known_before, **asking)
    return found, lambda: page(found)
