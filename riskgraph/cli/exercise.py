"""The word `riskgraph exercise FILE`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskgraph.cli.answers import ANSWER_FORMATS, asks
from riskgraph.cli.options import Output, data_option, examples

if TYPE_CHECKING:
    from riskgraph.analysis.question import Asking
    from riskgraph.graph import RiskGraph


@click.command(
    "exercise",
    epilog=examples(
        "riskgraph exercise bank-holiday",
        "riskgraph exercise rbkc-shared-it-2025 --output pack",
        "riskgraph exercise lose-two --format json",
    ),
)
@click.argument("what", metavar="FILE")
@click.option(
    "--format",
    "format_",
    type=click.Choice(ANSWER_FORMATS),
    default="text",
    show_default=True,
    help="text to read, table or csv of the injects, json for programs, html to mail.",
)
@click.option(
    "--output",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Write the sheets, to open and print, into a new folder.  [default: an overview on the screen]",
)
@data_option
@asks("scope")
def command(graph: RiskGraph, what: str, format_: str, folder: Path | None, asking: Asking) -> None:
    """A pack for a tabletop exercise: injects by time, what was believed, sheets for players and facilitator.

    FILE is a TOML file, a filled-in sheet (Excel or CSV), a shipped example (bank-holiday), a scenario of
    `riskgraph whatif` in which something fails, or an incident of the data (rbkc-shared-it-2025).
    """
    from riskgraph.data.folders import write_folder
    from riskgraph.render.exercise import page, sheets
    from riskgraph.render.writers import sheet_html, write
    from riskgraph.scenario.exercise import exercise

    found = exercise(graph, what, **asking)
    if folder is not None:
        pack = {f"{name}.html": sheet_html(found, sheet) for name, sheet in sheets(found).items()}
        write_folder(folder, {name: text.encode("utf-8") for name, text in pack.items()})
        click.echo(f"Written to {folder}: {', '.join(pack)}.", err=True)
    output = Output(format_, "-")
    output.write(write(found, lambda: output.in_context(page(found, "" if folder else what)), format_))
