"""The word `riskgraph data match`."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import click

from riskgraph.cli.data_import import run_imports, source_options
from riskgraph.cli.options import Output, examples, output_options
from riskgraph.importers import ImportOptions


@click.command(
    "match",
    epilog=examples(
        "riskgraph data match one-sheet-register.csv",
        "riskgraph data match one-sheet-register.csv --format csv --output decisions.csv",
        "riskgraph data match one-sheet-register.csv --format json",
    ),
)
@source_options
@click.option(
    "--into",
    type=click.Path(path_type=Path, exists=True),
    metavar="FOLDER",
    help="Names of this data set are known too.",
)
@output_options("text", "json", "csv")
def command(
    sources: tuple[str, ...],
    said: Callable[..., ImportOptions],
    format_in: str | None,
    into: Path | None,
    output: Output,
) -> None:
    """List the councils and suppliers in your files that nobody knows, with suggestions, for you to decide.

    Likeness never joins two names. Fill in the column decision of the CSV with an id, with several that have a
    semicolon between them (several suppliers in one cell, or councils that buy together), or with new, and give
    the file, as CSV or XLSX, to `riskgraph data import --decisions`.
    """
    from riskgraph.importers.review import COLUMNS, doubts
    from riskgraph.maps import read
    from riskgraph.render.imports import doubts_text
    from riskgraph.render.tables import as_csv, as_json

    base = read(into) if into else None
    _, reports = run_imports(sources, said, format_in, base, None)
    together = reports[0]
    for report in reports[1:]:
        together.unmatched_councils.update(report.unmatched_councils)
        together.unmatched_suppliers.update(report.unmatched_suppliers)
        for name, pounds in report.unmatched_pounds.items():
            together.unmatched_pounds[name] = together.unmatched_pounds.get(name, Decimal(0)) + pounds
    found = doubts(together, base)
    if output.format == "csv":
        output.write(as_csv(COLUMNS, [doubt.cells() for doubt in found]))
    elif output.format == "json":
        listed = [
            {
                "kind": doubt.kind,
                "name": doubt.name,
                "rows": doubt.rows,
                "pounds": None if doubt.pounds is None else str(doubt.pounds),
                "likely": doubt.likely,
                "suggestions": [{"id": i, "name": n, "alike": s} for i, n, s in doubt.suggestions],
            }
            for doubt in found
        ]
        output.write(as_json({"schema": 1, "names": listed}))
    else:
        output.write(doubts_text(found, "-"))
