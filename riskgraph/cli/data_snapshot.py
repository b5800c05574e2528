"""The word `riskgraph data snapshot`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from riskgraph.cli.options import data_option, examples, quoted


@click.command(
    "snapshot",
    epilog=examples(
        "riskgraph data snapshot --data seeds",
        "riskgraph data snapshot --data seeds --to last-quarter.zip",
        "riskgraph data snapshot --data one-sheet-register.csv",
    ),
)
@click.option(
    "--to", type=click.Path(path_type=Path), metavar="FILE", help="The file.  [default: the map and its date, .zip]"
)
@data_option
def command(graph: Any, to: Path | None) -> None:
    """Keep the map as it is today in one small file, to compare with next quarter.

    Any word takes it as --data, and `data diff` says in words what has changed since.
    """
    from riskgraph.data.folders import write_file
    from riskgraph.data.snapshot import SNAPSHOT, snapshot, snapshot_name
    from riskgraph.dates import in_words
    from riskgraph.errors import RiskGraphError
    from riskgraph.maps import map_name
    from riskgraph.render.words import plural

    dataset = graph.dataset
    content = snapshot(dataset)
    name = click.get_current_context().params["data"]
    file = to or _free(Path(snapshot_name(map_name(name), dataset)), content)
    if file.suffix.lower() != SNAPSHOT:
        raise RiskGraphError(f"{file} does not end in {SNAPSHOT}.", f"Try: --to {file.stem}{SNAPSHOT}")
    there = file.is_file() and file.read_bytes() == content
    if file.exists() and not there:
        raise RiskGraphError(f"{file} is there already; nothing was written.", "Name another file.")
    if not there:
        write_file(file, content)
    said = "are kept already, unchanged, in" if there else "kept in"
    click.echo(
        f"{plural(len(dataset.records('relations')), 'relation')} of {len(dataset.entities):,} bodies and places {said} {file} "
        f"({max(1, len(content) // 1000):,} KB; data of {in_words(dataset.info.as_of)}). {dataset.info.marking}".rstrip()
    )
    click.echo(f"Next quarter: riskgraph data diff {quoted(str(file))} {quoted(str(name))}")


def _free(file: Path, content: bytes) -> Path:
    """The file, or one with a number behind the date where another state of that date is kept."""
    names = (file, *(file.with_stem(f"{file.stem}-{number}") for number in range(2, 100)))
    return next((one for one in names if not one.exists() or one.read_bytes() == content), names[-1])
