"""The word `riskgraph data redact`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskgraph.cli.answers import answers

if TYPE_CHECKING:
    from riskgraph.cli.answers import Made
    from riskgraph.graph import RiskGraph
    from riskgraph.report.redact import RedactedMap


@answers(
    "redact",
    "riskgraph data redact --data seeds --hide thanet",
    "riskgraph data redact --data seeds --hide thanet --hide dover --to handed-on",
    "riskgraph data redact --data one-sheet-register.csv --hide wexmoor --format json",
)
@click.option("--hide", "names", multiple=True, metavar="NAME", help="A body or place to withhold; may be repeated.")
@click.option("--names", "file", type=click.Path(path_type=Path), metavar="FILE", help="Names to withhold, one a line.")
@click.option("--to", type=click.Path(path_type=Path), metavar="FOLDER", help="Write the map into this new folder.")
def command(graph: RiskGraph, names: tuple[str, ...], file: Path | None, to: Path | None) -> Made[RedactedMap]:
    """Make a map in which some bodies have no name, code, note, contract or source that gives them away.

    What surrounds a body may still tell those who know the field: docs/reports.md says what is withheld.
    """
    from riskgraph.data import canonical
    from riskgraph.data.files import read_names
    from riskgraph.data.folders import write_folder
    from riskgraph.report.redact import redact_map, redact_page

    found = redact_map(graph, [*names, *(read_names(file) if file is not None else ())])
    if to:
        write_folder(to, canonical(found.graph.dataset))
        found = replace(found, written=str(to))
    return found, lambda: redact_page(found)
