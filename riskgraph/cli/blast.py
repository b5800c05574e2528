"""The word `riskgraph blast ROOT...`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from riskgraph.cli.options import (
    BANDS,
    Output,
    complete_names,
    data_option,
    examples,
    output_options,
    question_options,
    selection_options,
)


@click.command(
    "blast",
    epilog=examples(
        "riskgraph blast civica",
        "riskgraph blast capita/revenues-benefits --like data-theft --format table",
        "riskgraph blast civica capita --region 'South East' --anonymous",
    ),
)
@click.argument("roots", nargs=-1, required=True, metavar="ROOT...", shell_complete=complete_names)
@question_options
@selection_options
@click.option(
    "--band", type=BANDS, default="not-ruled-out", show_default=True, help="Table and CSV: down to this band."
)
@click.option("--anonymous", is_flag=True, help="Counts by class and region, without names of public bodies.")
@output_options("text", "table", "json", "csv")
@data_option
def command(
    graph: Any,
    roots: tuple[str, ...],
    question: dict[str, Any],
    select: Callable[[Any], Any],
    band: str,
    anonymous: bool,
    output: Output,
) -> None:
    """Who could be reached if ROOT failed, how, and how surely.

    ROOT is a supplier, a shared service, a system, a place, a council, or one line of business
    (capita/pensions). Several roots fail together.
    """
    from riskgraph.analysis.blast import blast
    from riskgraph.model import Band
    from riskgraph.render import blast as render
    from riskgraph.render.tables import as_csv, as_json, as_table

    radius = blast(graph, roots, **question).selected(select(graph))
    if anonymous:
        if output.format != "text":
            raise click.UsageError("--anonymous gives text only; leave --format out.")
        output.write(render.anonymous(radius))
    elif output.format == "json":
        output.write(as_json(render.to_json(radius)))
    elif output.format == "csv":
        output.write(as_csv(*render.csv_rows(radius, Band.of(band))))
    elif output.format == "table":
        output.write(as_table(*render.table_rows(radius, Band.of(band))))
    else:
        output.write(render.text(radius))
