"""The word `contracts`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from riskgraph.cli.options import Output, complete_names, data_option, examples, output_options, selection_options


@click.command(
    "contracts",
    epilog=examples(
        "riskgraph contracts --limit 5",
        "riskgraph contracts --region 'South East' --vesting 2028-04-01",
        "riskgraph contracts --provider capita --format csv",
    ),
)
@click.option(
    "--provider",
    "providers",
    multiple=True,
    metavar="NAME",
    shell_complete=complete_names,
    help="Only contracts with NAME.",
)
@click.option("--vesting", metavar="DATE", help="The day on which councils become another one.")
@selection_options
@click.option("--as-of", metavar="DATE", help="The date of the question.  [default: the date of the data]")
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=10, show_default=True, help="The most contracts of text."
)
@output_options("text", "table", "json", "csv")
@data_option
def command(
    graph: Any,
    providers: tuple[str, ...],
    vesting: str | None,
    select: Callable[[Any], Any],
    as_of: str | None,
    limit: int,
    output: Output,
) -> None:
    """Which contracts end first, by when notice must be given, and how wide the provider's radius is."""
    from riskgraph.analysis.contracts import contracts
    from riskgraph.render import concentration as render
    from riskgraph.render.tables import as_csv, as_json, as_table

    found = contracts(graph, selection=select(graph), providers=providers, vesting=vesting, as_of=as_of)
    if output.format == "json":
        output.write(as_json(found.to_dict()))
    elif output.format == "csv":
        output.write(as_csv(*render.contracts_rows(found)))
    elif output.format == "table":
        output.write(as_table(*render.contracts_rows(found)))
    else:
        output.write(render.contracts_text(found, limit))
