"""The word `riskgraph fixes [ROOT ...]`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from riskgraph.cli.options import BANDS, Output, data_option, examples, output_options, selection_options
from riskgraph.model import PRESETS, FailureKind

KIND_CHOICE = click.Choice([str(kind) for kind in FailureKind])


@click.command(
    "fixes",
    epilog=examples(
        "riskgraph fixes capita",
        "riskgraph fixes 'rbkc shared it' --all",
        "riskgraph fixes civica capita microsoft --worst --by residents --region 'South East'",
    ),
)
@click.argument("roots", nargs=-1, metavar="[ROOT ...]")
@click.option("--kind", "kinds", multiple=True, type=KIND_CHOICE, help="A failure kind that starts; may be repeated.")
@click.option(
    "--like", default="compromise", show_default=True, type=click.Choice(list(PRESETS)), help="A usual set of kinds."
)
@click.option("--as-of", metavar="DATE", help="The date of the question.  [default: the date of the data]")
@click.option("--hit", type=KIND_CHOICE, help="Count as reached only in this failure kind.  [default: any]")
@click.option("--band", type=BANDS, default="likely", show_default=True, help="Count what is this sure, or surer.")
@click.option(
    "--by",
    type=click.Choice(["authorities", "residents", "services"]),
    default="authorities",
    show_default=True,
    help="What the radius is measured in; residents are a ceiling.",
)
@click.option(
    "--budget", type=click.FloatRange(0), default=3, show_default=True, help="The most to spend; unknown costs count 1."
)
@click.option("--all", "everything", is_flag=True, help="Save all that can be saved, at the least cost.")
@click.option("--worst", is_flag=True, help="Shrink the worst of the roots, not their sum.")
@click.option(
    "--costs", type=click.Path(path_type=Path), metavar="FILE", help="A CSV file with the columns change and cost."
)
@click.option(
    "--act",
    "acts",
    multiple=True,
    type=click.Choice(["ask", "purge", "segment", "back-up", "sever"]),
    help="Only changes of this sort; may be repeated.",
)
@selection_options
@click.option("--limit", type=click.IntRange(1, 10_000), default=10, show_default=True, help="The most changes shown.")
@output_options("text", "json", "csv")
@data_option
def command(
    graph: Any,
    roots: tuple[str, ...],
    budget: float,
    everything: bool,
    select: Callable[[Any], Any],
    limit: int,
    output: Output,
    **asked: Any,
) -> None:
    """The cheapest changes that shrink a radius most, tried on a copy of the map.

    ROOT is what fails, one at a time if there are several. Without ROOT: the worst radius over all bodies
    and places.
    """
    from riskgraph.render import fixes as render
    from riskgraph.render.tables import as_csv, as_json
    from riskgraph.scenario.fixes import fixes

    kinds = asked.pop("kinds") or None
    found = fixes(graph, roots, kinds=kinds, budget=None if everything else budget, selection=select(graph), **asked)
    if output.format == "json":
        output.write(as_json(render.to_json(found)))
    elif output.format == "csv":
        output.write(as_csv(*render.csv_rows(found)))
    else:
        output.write(render.text(found, limit))
