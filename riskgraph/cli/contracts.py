"""The word `riskgraph contracts`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from riskgraph.cli.answers import answers, asks
from riskgraph.cli.options import complete_names

if TYPE_CHECKING:
    from riskgraph.analysis.answer import Answer
    from riskgraph.analysis.question import Asking
    from riskgraph.cli.answers import Made
    from riskgraph.graph import RiskGraph


@answers(
    "contracts",
    "riskgraph contracts --limit 5",
    "riskgraph contracts --region Wales --widest 0",
    "riskgraph contracts --region 'South East' --vesting 2028-04-01",
    "riskgraph contracts --provider capita --format csv",
    "riskgraph contracts --lock-in --data one-sheet-register.csv",
    "riskgraph contracts --certificates --region Wales --limit 5",
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
@click.option(
    "--certificates", "assured", is_flag=True, help="Instead: whose certificate has lapsed, or was never seen."
)
@asks("scope", "as_of")
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=10, show_default=True, help="The most contracts of text."
)
def command(
    graph: RiskGraph,
    providers: tuple[str, ...],
    widest: int,
    vesting: str | None,
    lock_in: bool,
    assured: bool,
    limit: int,
    asking: Asking,
) -> Made[Answer]:
    """Which contracts in the worst blast radii end first, and by when notice must be given.

    Contracts of the suppliers that could reach most stand first; --widest says how many of them, and 0 gives
    one list by date. Tables hold what a Gantt chart needs: start, end, latest end and the last day for notice.
    """
    from riskgraph.analysis import contracts, lockin
    from riskgraph.render import contracts as render

    if lock_in and assured:
        raise click.UsageError("--lock-in and --certificates are two questions: ask one at a time.")
    if lock_in:
        locks = lockin.lock_in(graph, **asking)
        return locks, lambda: render.locks_page(locks, limit)
    if assured:
        seen = lockin.certificates(graph, **asking)
        return seen, lambda: render.certificates_page(seen, limit)
    found = contracts.contracts(graph, providers=providers, vesting=vesting, widest=widest, **asking)
    return found, lambda: render.contracts_page(found, limit)
