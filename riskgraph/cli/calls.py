"""The word `riskgraph calls ROOT...`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskgraph.cli.answers import answers, asks
from riskgraph.cli.options import complete_names

if TYPE_CHECKING:
    from riskgraph.analysis.calls import CallSheet
    from riskgraph.analysis.question import Asking
    from riskgraph.cli.answers import Made
    from riskgraph.graph import RiskGraph


@answers(
    "calls",
    "riskgraph calls civica --limit 10",
    "riskgraph calls 'East Kent Services' --like ransomware",
    "riskgraph calls capita --region 'East of England'",
    "riskgraph calls 'quenby software' --data one-sheet-register.csv",
)
@click.argument("roots", nargs=-1, required=True, metavar="ROOT...", shell_complete=complete_names)
@asks("kinds", "scope")
@click.option("--limit", type=click.IntRange(1, 1000), default=15, show_default=True, help="The most councils to list.")
@click.option(
    "--contacts",
    "contacts_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Your list of contacts (CSV or Excel), printed beside the names and kept nowhere.",
)
def command(
    graph: RiskGraph, roots: tuple[str, ...], limit: int, contacts_file: Path | None, asking: Asking
) -> Made[CallSheet]:
    """Who to ring if ROOT was hit, in what order, on one printed side.

    Contacts also come from the contact columns of a register that --data names.
    """
    from riskgraph.analysis.calls import calls
    from riskgraph.maps import sheets_of
    from riskgraph.render.calls import page

    if contacts_file is not None and click.get_current_context().params["format_"] not in {"text", "html"}:
        raise click.UsageError("Contacts stand on the printed sheet only: use --format text or html.")
    sheet = calls(graph, roots, limit=limit, **asking)
    sheets = sheets_of(click.get_current_context().params["data"])
    if contacts_file is None and not sheets:
        return sheet, lambda: page(sheet)
    from riskgraph.analysis.contacts import contacts  # loads the readers of sheets

    joined = contacts(graph, contacts_file, sheets, sheet.question.roots)
    return sheet, lambda: page(sheet, joined)
