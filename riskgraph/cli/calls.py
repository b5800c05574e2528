"""The word `riskgraph calls ROOT...`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from riskgraph.cli.options import (
    Output,
    complete_names,
    data_option,
    examples,
    output_options,
    question_options,
    selection_options,
)


@click.command(
    "calls",
    epilog=examples(
        "riskgraph calls civica --limit 10",
        "riskgraph calls 'East Kent Services' --like ransomware",
        "riskgraph calls capita --region 'East of England'",
    ),
)
@click.argument("roots", nargs=-1, required=True, metavar="ROOT...", shell_complete=complete_names)
@question_options
@selection_options
@click.option("--limit", type=click.IntRange(1, 1000), default=15, show_default=True, help="The most councils to list.")
@output_options("text", "json")
@data_option
def command(
    graph: Any,
    roots: tuple[str, ...],
    question: dict[str, Any],
    select: Callable[[Any], Any],
    limit: int,
    output: Output,
) -> None:
    """Who to ring if ROOT was hit, in what order, on one printed side."""
    from riskgraph.analysis.calls import calls
    from riskgraph.render import calls as render
    from riskgraph.render.tables import as_json

    sheet = calls(graph, roots, selection=select(graph), limit=limit, **question)
    output.write(as_json(sheet.to_dict()) if output.format == "json" else render.text(sheet))
