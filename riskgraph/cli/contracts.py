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
        "riskgraph contracts --region Wales --widest 0",
        "riskgraph contracts --region 'South East' --vesting 2028-04-01",
        "riskgraph contracts --provider capita --format csv",
        "riskgraph contracts --lock-in --data one-sheet-register.csv",
        "riskgraph contracts --certificates --region Wales --limit 5",
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
@click.option(
    "--widest",
    type=click.IntRange(0, 1000),
    default=5,
    show_default=True,
    help="How many suppliers, by whom they could reach, count as the worst radii; 0: by date alone.",
)
@click.option("--vesting", metavar="DATE", help="The day on which councils become another one.")
@click.option("--lock-in", is_flag=True, help="Instead: what could hardly be replaced, the worst first.")
@click.option("--certificates", is_flag=True, help="Instead: whose certificate has lapsed, or was never seen.")
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
    widest: int,
    vesting: str | None,
    lock_in: bool,
    certificates: bool,
    select: Callable[[Any], Any],
    as_of: str | None,
    limit: int,
    output: Output,
) -> None:
    """Which contracts in the worst blast radii end first, and by when notice must be given.

    Contracts of the suppliers that could reach most stand first; --widest says how many of them, and 0 gives
    one list by date. Tables hold what a Gantt chart needs: start, end, latest end and the last day for notice.
    """
    from riskgraph.analysis.contracts import contracts
    from riskgraph.render import contracts as render
    from riskgraph.render.tables import as_csv, as_json, as_table

    if lock_in or certificates:
        _assurance(graph, lock_in, select(graph), as_of, limit, output)
        return
    found = contracts(graph, selection=select(graph), providers=providers, vesting=vesting, widest=widest, as_of=as_of)
    if output.format == "json":
        output.write(as_json(found.to_dict()))
    elif output.format == "csv":
        output.write(as_csv(*found.rows()))
    elif output.format == "table":
        output.write(as_table(*found.rows(render.TERMINAL)))
    else:
        output.write(render.contracts_text(found, limit))


def _assurance(graph: Any, lock_in: bool, selection: Any, as_of: str | None, limit: int, output: Output) -> None:
    from riskgraph.analysis import lockin as analysis
    from riskgraph.render import contracts as render
    from riskgraph.render.tables import as_csv, as_json, as_table

    if lock_in:
        locks = analysis.lock_in(graph, selection=selection, as_of=as_of)
        value, text, rows = locks.to_dict(), render.locks_text(locks, limit), locks.rows()
    else:
        seen = analysis.certificates(graph, selection=selection, as_of=as_of)
        value, text, rows = seen.to_dict(), render.certificates_text(seen, limit), render.certificates_rows(seen)
    if output.format == "json":
        output.write(as_json(value))
    elif output.format == "text":
        output.write(text)
    else:
        output.write(as_csv(*rows) if output.format == "csv" else as_table(*rows))
