"""The word `riskgraph data merge`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskgraph.cli.answers import answers

if TYPE_CHECKING:
    from riskgraph.analysis.data_answers import MergedMap
    from riskgraph.cli.answers import Made


@answers(
    "merge",
    "riskgraph data merge seeds one-sheet-register.csv",
    "riskgraph data merge seeds one-sheet-register.csv --to region --title 'Our region'",
    "riskgraph data merge uk seeds --format json",
    data=False,
)
@click.argument("maps", nargs=-1, required=True, metavar="MAP MAP...")
@click.option("--to", type=click.Path(path_type=Path), metavar="FOLDER", help="Write the merged map into this folder.")
@click.option("--title", metavar="TEXT", help="Title of the merged map.")
def command(maps: tuple[str, ...], to: Path | None, title: str | None) -> Made[MergedMap]:
    """Make one regional map of several data sets; contradictions stay, with both sources."""
    from riskgraph.analysis.data_answers import merge_maps
    from riskgraph.data import canonical
    from riskgraph.data.folders import write_folder
    from riskgraph.maps import read
    from riskgraph.render.imports import merge_page

    found = merge_maps([read(name) for name in maps], title)
    if to:
        write_folder(to, canonical(found.graph.dataset))
        found = replace(found, written=str(to))
    return found, lambda: merge_page(found)
