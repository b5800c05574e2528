"""The word `riskgraph exercise FILE`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from riskgraph.cli.options import data_option, examples


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
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="text to read, json for programs.",
)
@click.option(
    "--output",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Write the sheets into a new folder.  [default: an overview on the screen]",
)
@data_option
def command(graph: Any, what: str, format_: str, folder: Path | None) -> None:
    """A pack for a tabletop exercise: injects by time, what was believed, sheets for players and facilitator.

    FILE is a TOML file, a shipped example (bank-holiday), a scenario of `riskgraph whatif` in which something
    fails, or an incident of the data (rbkc-shared-it-2025).
    """
    from riskgraph.data.folders import write_folder
    from riskgraph.render import exercise as render
    from riskgraph.render.tables import as_json
    from riskgraph.scenario.exercise import exercise

    found = exercise(graph, what)
    if folder is not None:
        sheets = render.sheets(found)
        write_folder(folder, {name: text.encode("utf-8") for name, text in sheets.items()})
        click.echo(f"Written to {folder}: {', '.join(sheets)}.", err=True)
    click.echo(as_json(found.to_dict()) if format_ == "json" else render.text(found), nl=False)
