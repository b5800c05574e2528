"""The word `riskgraph rank [KIND]`."""

from __future__ import annotations

from collections.abc import Callable
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
    "rank",
    epilog=examples(
        "riskgraph rank",
        "riskgraph rank supplier --by residents --like outage --region Wales",
        "riskgraph rank --hidden --limit 5",
    ),
)
@click.argument("kind", required=False)
@click.option(
    "--by",
    type=click.Choice(["authorities", "residents", "services"]),
    default="authorities",
    show_default=True,
    help="What ranks: public bodies reached, people in their areas (a ceiling), or services.",
)
@click.option("--band", type=BANDS, default="possible", show_default=True, help="Count what is this sure, or surer.")
@click.option("--hidden", is_flag=True, help="Fourth parties: who is reached without any relation of their own.")
@click.option(
    "--together",
    type=click.IntRange(2, 10),
    metavar="K",
    help="The K that together reach most; exact for 2 and 3 where feasible.",
)
@question_options
@selection_options
@click.option("--memory", type=click.IntRange(1), metavar="MIB", help="The most memory, in MiB.  [default: half]")
@click.option("--limit", type=click.IntRange(1, 100_000), default=10, show_default=True, help="The most lines of text.")
@output_options("text", "table", "json", "csv")
@data_option
def command(
    graph: Any,
    kind: str | None,
    by: str,
    band: str,
    hidden: bool,
    together: int | None,
    question: dict[str, Any],
    select: Callable[[Any], Any],
    memory: int | None,
    limit: int,
    output: Output,
) -> None:
    """The worst that could fail, by the exact radius of everything at once.

    KIND is supplier, line, shared-service, environment, system, product, store or authority; without it all
    are ranked.
    """
    from riskgraph.render import rank as render
    from riskgraph.render.tables import as_csv, as_json, as_table

    options = {"by": by, "band": band, "selection": select(graph), "memory": memory and memory << 20, **question}
    found: Any
    with Progress("All roots at once") as told:
        if together is None:
            from riskgraph.analysis.rank import rank

            found = rank(graph, kind, hidden=hidden, progress=told, **options)
        else:
            from riskgraph.analysis.together import rank_together

            if hidden:
                raise click.UsageError("--hidden ranks single roots; leave --together out.")
            found = rank_together(graph, together, kind, limit=limit, progress=told, **options)
    if output.format == "json":
        output.write(as_json(found.to_dict()))
    elif output.format == "csv":
        output.write(as_csv(*(render.csv_rows(found) if together is None else render.together_rows(found))))
    elif output.format == "table":
        output.write(as_table(*(render.table_rows(found) if together is None else render.together_rows(found))))
    else:
        output.write(render.text(found, limit) if together is None else render.together_text(found))
