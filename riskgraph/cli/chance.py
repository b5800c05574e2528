"""The word `riskgraph chance ROOT...`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from riskgraph.cli.options import (
    BANDS,
    Output,
    data_option,
    examples,
    output_options,
    question_options,
    selection_options,
)
from riskgraph.cli.progress import Progress


@click.command(
    "chance",
    epilog=examples(
        "riskgraph chance 'East Kent Services' --like ransomware",
        "riskgraph chance capita/revenues-benefits --band likely --format table",
        "riskgraph chance civica --scenario switch-revenues --before uk --worlds 2000",
    ),
)
@click.argument("roots", nargs=-1, required=True, metavar="ROOT...")
@question_options
@selection_options
@click.option("--band", type=BANDS, default="possible", show_default=True, help="Leave out steps weaker than this.")
@click.option(
    "--worlds", type=click.IntRange(100, 1_000_000), default=10_000, show_default=True, help="How many worlds to draw."
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Another seed, other luck.")
@click.option(
    "--chances", type=click.Path(path_type=Path), metavar="FILE", help="Your own chances of a step by band, as CSV."
)
@click.option("--before", metavar="PATH", help="Compare with this data set, taken as the state before a change.")
@click.option("--limit", type=click.IntRange(1, 1000), default=5, show_default=True, help="The most councils in text.")
@output_options("text", "table", "json", "csv")
@data_option
def command(
    graph: Any,
    roots: tuple[str, ...],
    question: dict[str, Any],
    select: Callable[[Any], Any],
    band: str,
    worlds: int,
    seed: int,
    chances: Path | None,
    before: str | None,
    limit: int,
    output: Output,
) -> None:
    """How likely each council is to be reached if ROOT failed, and how many to expect."""
    from riskgraph.analysis.chance import chance, chance_change
    from riskgraph.analysis.step_chances import step_chances
    from riskgraph.graph import RiskGraph
    from riskgraph.render import chance as render
    from riskgraph.render.tables import as_csv, as_json, as_table

    options = {"band": band, "worlds": worlds, "seed": seed, "table": step_chances(chances), **question}
    selection = select(graph)
    found: Any
    if before is not None and selection:
        raise click.UsageError("--before compares whole answers; leave --area, --class, --region, --members out.")
    with Progress("Worlds drawn") as told:
        if before is None:
            found = chance(graph, roots, selection=selection, progress=told, **options)
            rows, text = render.rows(found), render.text(found, limit)
        else:
            found = chance_change(RiskGraph.open(before), graph, roots, progress=told, **options)
            rows, text = render.change_rows(found), render.change_text(found, limit)
    if output.format == "json":
        output.write(as_json(found.to_dict()))
    elif output.format == "csv":
        output.write(as_csv(*rows))
    elif output.format == "table":
        output.write(as_table(*rows))
    else:
        output.write(text)
