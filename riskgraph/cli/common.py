"""The word `riskgraph common A B`."""

from __future__ import annotations

from typing import Any

import click

from riskgraph.cli.options import BANDS, Output, data_option, examples, output_options, question_options


@click.command(
    "common",
    epilog=examples(
        "riskgraph common civica capita",
        "riskgraph common modern.gov xpress --like outage --format table",
        "riskgraph common civica capita --aside microsoft --format json",
    ),
)
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.option("--aside", multiple=True, metavar="NAME", help="Set this thing aside; may be repeated.")
@click.option(
    "--ubiquitous",
    type=click.IntRange(0, 100),
    default=50,
    show_default=True,
    metavar="PERCENT",
    help="Set aside what reaches more than this share of those like the two.",
)
@question_options
@click.option("--band", type=BANDS, default="possible", show_default=True, help="Count ties this sure, or surer.")
@click.option("--limit", type=click.IntRange(1, 1000), default=5, show_default=True, help="The most lines of text.")
@output_options("text", "table", "json", "csv")
@data_option
def command(
    graph: Any,
    first: str,
    second: str,
    aside: tuple[str, ...],
    ubiquitous: int,
    question: dict[str, Any],
    band: str,
    limit: int,
    output: Output,
) -> None:
    """Whether one failure could reach both A and B, which are thought independent, and through what."""
    from riskgraph.analysis.common import common
    from riskgraph.render import common as render
    from riskgraph.render.tables import as_csv, as_json, as_table

    found = common(graph, first, second, aside=aside, ubiquitous=ubiquitous, band=band, **question)
    if output.format == "json":
        output.write(as_json(found.to_dict()))
    elif output.format == "csv":
        output.write(as_csv(*render.rows(found)))
    elif output.format == "table":
        output.write(as_table(*render.rows(found)))
    else:
        output.write(render.text(found, limit))
