"""The word `concentration [AREA]`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from riskgraph.cli.options import Output, data_option, examples, output_options, selection_options


@click.command(
    "concentration",
    epilog=examples(
        "riskgraph concentration 'revenues and benefits'",
        "riskgraph concentration libraries-leisure --region Scotland --format csv",
        "riskgraph concentration --by area --region 'South East'",
        "riskgraph concentration revenues-benefits --merger capita --merger civica",
    ),
)
@click.argument("area", required=False)
@selection_options
@click.option("--as-of", metavar="DATE", help="The date of the question.  [default: the date of the data]")
@click.option(
    "--merger", "merged", multiple=True, metavar="SUPPLIER", help="Give it twice: what if the first bought the second?"
)
@click.option(
    "--designation",
    is_flag=True,
    help="Also test the three largest against 10% of a class of councils, by number and residents.",
)
@click.option(
    "--by",
    type=click.Choice(["area", "class", "region"]),
    help="Instead: each service area, class or region for itself, the most uneven first.",
)
@output_options("text", "table", "json", "csv")
@data_option
def command(
    graph: Any,
    area: str | None,
    select: Callable[[Any], Any],
    as_of: str | None,
    merged: tuple[str, ...],
    designation: bool,
    by: str | None,
    output: Output,
) -> None:
    """How unevenly a service area is shared between suppliers, with what is not known.

    Without AREA, all service areas together. The market is made of principal councils unless --class or
    --members say otherwise.
    """
    from riskgraph.analysis import mergers
    from riskgraph.analysis.breakdown import breakdown
    from riskgraph.analysis.concentration import concentration
    from riskgraph.render import concentration as render

    if merged and len(merged) != 2:
        raise click.UsageError("--merger takes two suppliers: --merger A --merger B.")
    if bool(merged) + designation + (by is not None) > 1:
        raise click.UsageError("--merger, --designation and --by are three questions: ask one at a time.")
    if by == "area" and area is not None:
        raise click.UsageError("--by area looks at every service area: leave AREA out, or split it --by class.")
    if by is not None:
        parts = breakdown(graph, by, area, selection=select(graph), as_of=as_of)
        _write(output, parts.to_dict(), parts.rows(), render.breakdown_text(parts))
        return
    found = concentration(graph, area, selection=select(graph), as_of=as_of)
    tested = mergers.designation(found, [s.supplier for s in found.shares[:3]]) if designation else ()
    if merged:
        result = mergers.merger(found, *merged)
        value, rows = result.to_dict(), render.merger_rows(result)
    elif designation:
        value = {**found.to_dict(), "designation": [one.to_dict() for one in tested]}
        rows = render.designation_rows(tested)
    else:
        value, rows = found.to_dict(), render.concentration_rows(found)
    _write(output, value, rows, render.merger_text(result) if merged else render.concentration_text(found, tested))


def _write(output: Output, value: Any, rows: tuple[Any, Any], text: str) -> None:
    from riskgraph.render.tables import as_csv, as_json, as_table

    if output.format == "text":
        output.write(text)
    elif output.format == "json":
        output.write(as_json(value))
    else:
        output.write(as_csv(*rows) if output.format == "csv" else as_table(*rows))
