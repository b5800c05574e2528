"""The word `riskgraph data redact`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from riskgraph.cli.options import Output, data_option, examples, output_options

if TYPE_CHECKING:
    from riskgraph.data import Dataset


@click.command(
    "redact",
    epilog=examples(
        "riskgraph data redact --data seeds --hide thanet",
        "riskgraph data redact --data seeds --hide thanet --hide dover --to handed-on",
        "riskgraph data redact --data one-sheet-register.csv --hide wexmoor --format json",
    ),
)
@click.option("--hide", "names", multiple=True, metavar="NAME", help="A body or place to withhold; may be repeated.")
@click.option("--names", "file", type=click.Path(path_type=Path), metavar="FILE", help="Names to withhold, one a line.")
@click.option("--to", type=click.Path(path_type=Path), metavar="FOLDER", help="Write the map into this new folder.")
@output_options("text", "json")
@data_option
def command(graph: Any, names: tuple[str, ...], file: Path | None, to: Path | None, output: Output) -> None:
    """Make a map in which some bodies have no name, code, note, contract or source that gives them away.

    What surrounds a body may still tell those who know the field: docs/reports.md says what is withheld.
    """
    from riskgraph.data import canonical
    from riskgraph.data.checks import run_checks
    from riskgraph.data.files import read_names
    from riskgraph.data.folders import write_folder
    from riskgraph.data.read import settled
    from riskgraph.errors import RiskGraphError
    from riskgraph.render.tables import as_json
    from riskgraph.render.words import plural
    from riskgraph.report.redact import redact

    wanted = list(names)
    if file is not None:
        wanted += read_names(file)
    if not wanted:
        raise RiskGraphError("No name is given.", "Name whom to withhold: --hide NAME, or --names FILE.")
    hidden = [graph.names.resolve(name).partition("/")[0] for name in wanted]
    found = redact(graph.dataset, hidden, graph.dataset.info.day)
    settled("the redacted map", run_checks(found.dataset, {}))
    content = canonical(_storable(found.dataset))
    whole = b"".join(content.values()).decode("utf-8")
    if found.needles.found(whole):
        raise RiskGraphError("A withheld name is still somewhere in the map.", "Withhold the body that bears it too.")
    if to:
        write_folder(to, content)
    if output.format == "json":
        output.write(as_json({"schema": 1, "withheld": len(found.ids), "written": bool(to)}))
        return
    rows = sum(1 for row in found.dataset.relations.values() if {row.dependent, row.provider} & set(found.ids.values()))
    output.write(
        f"{plural(len(found.ids), 'body or place', 'bodies and places')} withheld, in {plural(rows, 'relation')}.\n"
        + (f"Written to {to}.\n" if to else "Nothing was written: add --to FOLDER.\n")
    )


def _storable(dataset: Dataset) -> Dataset:
    """The class of a withheld council is "council" in an answer; in a data set it is blank: not known."""
    from dataclasses import replace

    entities = {
        key: replace(entity, authority_type=None) if entity.authority_type == "council" else entity
        for key, entity in dataset.entities.items()
    }
    register = {
        key: replace(entry, kind=None) if entry.kind == "council" else entry for key, entry in dataset.register.items()
    }
    return replace(dataset, entities=entities, register=register)
