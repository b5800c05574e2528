"""The word `riskgraph data refresh`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskgraph.cli.data_fetch import gathered, taken
from riskgraph.cli.options import Output, examples, output_options

if TYPE_CHECKING:
    from riskgraph.analysis.changes import Changes
    from riskgraph.fetching import Taken


@click.command(
    "refresh",
    epilog=examples(
        "riskgraph data refresh our-map",
        "riskgraph data refresh our-map --root civica",
        "riskgraph data refresh our-map --format json --output last-night.json",
    ),
)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="MAP")
@click.option(
    "--root",
    "roots",
    multiple=True,
    metavar="ROOT",
    help="Whose answer to compare.  [default: the ten with most changed rows]",
)
@output_options("text", "json")
def command(folder: Path, roots: tuple[str, ...], output: Output) -> None:
    """Fetch what is new from every source of a map, and say what changed and whose answers did; made to run every night.

    The sources are those that `data fetch` took into this map, each with the same choice. If one fails, the others are
    taken all the same, the map keeps its old state of that one, and the exit code is 4.
    """
    from riskgraph.errors import RiskGraphError
    from riskgraph.fetching import Gathered, locked, named_sources
    from riskgraph.render.fetching import refreshed_text
    from riskgraph.render.tables import as_json

    sources = named_sources(folder)
    done: list[Gathered] = []
    failed: list[tuple[str, RiskGraphError]] = []
    with locked(folder):
        for source in sources:
            try:
                done.append(gathered(folder, source))
            except RiskGraphError as error:
                failed.append((source.name, error))
                click.echo(f"Error: {error}", err=True)
        took = taken(folder)
    found = _changes(took, roots)
    if output.format == "json":
        value = {
            "schema": 1,
            "sources": [one.to_dict() for one in done],
            "failed": [{"source": name, "error": error.message, "fix": error.fix} for name, error in failed],
            **took.to_dict(),
            "changes": found.to_dict() if found else None,
        }
        output.write(as_json(value))
    else:
        output.write(refreshed_text(done, failed, took, found, folder))
    if failed:
        raise SystemExit(max(error.exit_code for _, error in failed))


def _changes(took: Taken, roots: tuple[str, ...]) -> Changes | None:
    """What changed; none where there was no map before, or nothing changed."""
    from riskgraph.analysis.changes import changes
    from riskgraph.graph import RiskGraph

    if took.before is None or took.after is None or took.before.digest == took.after.digest:
        return None
    return changes(RiskGraph(took.before), RiskGraph(took.after), roots)
