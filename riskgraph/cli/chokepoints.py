"""The word `riskgraph chokepoints NAME`."""

from __future__ import annotations

from typing import Any

import click
from click.core import ParameterSource

from riskgraph.cli.options import BANDS, Output, data_option, examples, output_options, question_options
from riskgraph.cli.progress import Progress


@click.command(
    "chokepoints",
    epilog=examples(
        "riskgraph chokepoints microsoft",
        "riskgraph chokepoints 'East Kent Services' --data seeds --like ransomware --format table",
        "riskgraph chokepoints thanet --area revenues-benefits --band likely",
    ),
)
@click.argument("roots", nargs=-1, required=True, metavar="NAME...")
@click.option("--area", metavar="AREA", help="NAME is a council: what could stop its service in this area.")
@question_options
@click.option("--band", type=BANDS, default="possible", show_default=True, help="Count what is this sure, or surer.")
@click.option("--order", type=click.IntRange(1, 3), default=3, show_default=True, help="With --area: the largest sets.")
@click.option("--limit", type=click.IntRange(1, 1000), default=6, show_default=True, help="The most lines of text.")
@output_options("text", "table", "json", "csv")
@data_option
def command(
    graph: Any,
    roots: tuple[str, ...],
    area: str | None,
    question: dict[str, Any],
    band: str,
    order: int,
    limit: int,
    output: Output,
) -> None:
    """What, if hardened, saves whom from NAME; or what the service of a council cannot do without.

    With --area the question is about an outage unless --kind or --like says otherwise.
    """
    from riskgraph.analysis.chokepoints import chokepoints, service_cuts
    from riskgraph.render import chokepoints as render

    if area is None:
        with Progress("Bodies and rows taken away") as told:
            found = chokepoints(graph, roots, band=band, progress=told, **question)
        output.write(_written(output, found, render.rows(found)) or render.text(found, limit))
        return
    if len(roots) != 1:
        raise click.UsageError("--area asks about one council; name one.")
    if click.get_current_context().get_parameter_source("like") is ParameterSource.DEFAULT:
        question["like"] = "outage"
    with Progress("Sets tried") as told:
        cuts = service_cuts(graph, roots[0], area, order=order, band=band, progress=told, **question)
    output.write(_written(output, cuts, render.cut_rows(cuts)) or render.cuts_text(cuts, limit))


def _written(output: Output, found: Any, rows: tuple[Any, Any]) -> str | None:
    """The answer as json, csv or table; `None` for text."""
    from riskgraph.render.tables import as_csv, as_json, as_table

    if output.format == "json":
        return as_json(found.to_dict())
    if output.format == "csv":
        return as_csv(*rows)
    return as_table(*rows) if output.format == "table" else None
