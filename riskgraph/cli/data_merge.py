"""The word `riskgraph data merge`."""

from __future__ import annotations

from pathlib import Path

import click

from riskgraph.cli.options import Output, examples, output_options


@click.command(
    "merge",
    epilog=examples(
        "riskgraph data merge seeds one-sheet-register.csv",
        "riskgraph data merge seeds one-sheet-register.csv --to region --title 'Our region'",
        "riskgraph data merge uk seeds --format json",
    ),
)
@click.argument("maps", nargs=-1, required=True, metavar="MAP MAP...")
@click.option("--to", type=click.Path(path_type=Path), metavar="FOLDER", help="Write the merged map into this folder.")
@click.option("--title", metavar="TEXT", help="Title of the merged map.")
@output_options("text", "json")
def command(maps: tuple[str, ...], to: Path | None, title: str | None, output: Output) -> None:
    """Make one regional map of several data sets; contradictions stay, with both sources."""
    from riskgraph.data import canonical
    from riskgraph.data.checks import run_checks
    from riskgraph.data.folders import write_folder
    from riskgraph.data.merge import merge
    from riskgraph.errors import DataError, RiskGraphError
    from riskgraph.opening import open_dataset
    from riskgraph.render.imports import merge_text
    from riskgraph.render.tables import as_json

    if to and (to / "dataset.toml").exists():
        raise RiskGraphError(f"{to} holds a data set already.", "Name another folder.")
    merged, report = merge([open_dataset(name) for name in maps], title)
    wrong = [problem for problem in run_checks(merged, {}) if problem.severity == "error"]
    if wrong:
        raise DataError("the merged map", wrong)
    if to:
        write_folder(to, canonical(merged))
    if output.format == "json":
        output.write(as_json({**report.to_dict(), "written": bool(to)}))
    else:
        output.write(merge_text(merged, report, str(to) if to else None))
