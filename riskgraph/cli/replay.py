"""The word `riskgraph replay [INCIDENT]`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from riskgraph.cli.options import Output, complete_incidents, data_option, examples, output_options, selection_options
from riskgraph.cli.progress import Progress


@click.command(
    "replay",
    epilog=examples(
        "riskgraph replay eks-civica-2024",
        "riskgraph replay essex-insider-2012 --known-before --format table",
        "riskgraph replay --data seeds",
    ),
)
@click.argument("incident", required=False, shell_complete=complete_incidents)
@click.option(
    "--known-before", is_flag=True, help="Use only what was published before the day on which the incident began."
)
@selection_options
@output_options("text", "table", "json", "csv")
@data_option
def command(graph: Any, incident: str | None, known_before: bool, select: Callable[[Any], Any], output: Output) -> None:
    """The model scored on what happened: whom the map would have named, and whom it would have missed.

    INCIDENT is asked about on its day, without what its own reporting taught. Without INCIDENT all are, and the
    score over them is told first.
    """
    from riskgraph.render import replay as render
    from riskgraph.render.tables import as_csv, as_json, as_table

    selection = select(graph) or None
    found: Any
    if incident is None:
        from riskgraph.analysis.replays import replay_all

        with Progress("Incidents") as told:
            found = replay_all(graph, known_before=known_before, selection=selection, told=told)
    else:
        from riskgraph.analysis.replay import replay

        found = replay(graph, incident, known_before=known_before, selection=selection)
    if output.format == "json":
        output.write(as_json(found.to_dict()))
    elif output.format == "text":
        output.write(render.score_text(found) if incident is None else render.text(found))
    else:
        rows = render.score_rows(found) if incident is None else render.rows(found)
        output.write(as_csv(*rows) if output.format == "csv" else as_table(*rows))
