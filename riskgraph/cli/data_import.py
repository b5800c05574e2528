"""The words `riskgraph data import` and `riskgraph data match`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from riskgraph.cli.options import Output, examples, output_options
from riskgraph.cli.progress import Progress
from riskgraph.data import Dataset
from riskgraph.importers import FORMATS, ImportOptions, ImportReport, import_file, read_together

F = TypeVar("F", bound=Callable[..., Any])


def source_options(command: F) -> F:
    """The sources, and what is said about them; received as `sources` and `said`."""

    @click.argument("sources", nargs=-1, required=True, metavar="FILE...")
    @click.option(
        "--from",
        "format_in",
        type=click.Choice([known.name for known in FORMATS]),
        help="The format.  [default: found out from the file]",
    )
    @click.option("--council", metavar="NAME", help="Whose file it is, where the rows do not say.")
    @click.option(
        "--columns", metavar="LIST", help="Headers for a table that has none, with commas; - for a column to leave out."
    )
    @click.option(
        "--decisions",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Who is who, as filled in after `data match`.",
    )
    @click.option(
        "--grade",
        type=click.Choice(["confirmed", "reported", "inferred"]),
        help="How sure the source is where it does not say.",
    )
    @click.option(
        "--suppliers",
        type=click.Choice(["all", "known"]),
        help="Which suppliers to take.  [default: known for spending, else all]",
    )
    @click.option(
        "--buyers",
        type=click.Choice(["all", "known"]),
        help="Which buyers to take.  [default: known for notices, else all]",
    )
    @click.option(
        "--as-of", metavar="DATE", help="The date of the data.  [default: the latest day the source speaks of]"
    )
    @click.option("--licence", metavar="TEXT", help="Terms under which the source is published, such as 'OGL 3.0'.")
    @functools.wraps(command)
    def wrapped(
        *args: Any,
        council: str | None,
        columns: str | None,
        decisions: Path | None,
        grade: str | None,
        suppliers: str | None,
        buyers: str | None,
        as_of: str | None,
        licence: str | None,
        **kwargs: Any,
    ) -> Any:
        def said(base: Dataset | None, title: str | None = None) -> ImportOptions:
            from riskgraph.importers.review import decisions as read_decisions

            names = tuple(name.strip() for name in columns.split(",")) if columns else None
            return ImportOptions(
                council=council,
                columns=names,
                grade=grade,
                suppliers=suppliers,
                buyers=buyers,
                reviewed=read_decisions(decisions, base) if decisions else {},
                as_of=as_of,
                licence=licence,
                title=title,
            )

        return command(*args, said=said, **kwargs)

    return wrapped  # type: ignore[return-value]


def run_imports(
    sources: tuple[str, ...],
    said: Callable[..., ImportOptions],
    format_in: str | None,
    base: Dataset | None,
    title: str | None,
) -> tuple[Dataset, list[ImportReport]]:
    """Import one file after the other into one data set; those that add to each other as one."""
    reports = []
    for source in read_together(sources, format_in, said(base, title)):
        with Progress("Rows read") as rows, Progress("Rows taken in") as taken:

            def tick(done: int, total: int, rows: Progress = rows, taken: Progress = taken) -> None:
                (taken if total else rows)(done, total)

            base, report = import_file(source, replace(said(base, title), tick=tick), base, format_in)
        reports.append(report)
    assert base is not None
    return base, reports


@click.command(
    "import",
    epilog=examples(
        "riskgraph data import one-sheet-register.csv",
        "riskgraph data import one-sheet-register.csv --to our-map",
        "riskgraph data import one-sheet-register.csv --grade confirmed --format json",
    ),
)
@source_options
@click.option("--to", type=click.Path(path_type=Path), metavar="FOLDER", help="Write a new data set into this folder.")
@click.option(
    "--into",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="Add to the data set in this folder.",
)
@click.option("--title", metavar="TEXT", help="Title of a new data set.")
@output_options("text", "json")
def command(
    sources: tuple[str, ...],
    said: Callable[..., ImportOptions],
    format_in: str | None,
    to: Path | None,
    into: Path | None,
    title: str | None,
    output: Output,
) -> None:
    """Make a data set of what you have: a register, contracts, payments, notices, ownership.

    Without --to or --into nothing is written: the report says what would be.
    """
    from riskgraph.data import canonical, read, write
    from riskgraph.data.checks import run_checks
    from riskgraph.data.folders import write_folder
    from riskgraph.errors import DataError, RiskGraphError
    from riskgraph.render.import_report import import_text, nothing_kept
    from riskgraph.render.tables import as_json

    if to and into:
        raise click.UsageError("--to makes a new data set, --into adds to one: give one of them.")
    if to and (to / "dataset.toml").exists():
        raise RiskGraphError(f"{to} holds a data set already.", f"Add to it with --into {to}, or name another folder.")
    base = read(into) if into else None
    dataset, reports = run_imports(sources, said, format_in, base, title)
    wrong = [problem for problem in run_checks(dataset, {}) if problem.severity == "error"]
    if wrong:
        raise DataError(", ".join(sources), wrong)
    where = to or into
    if where and not any(report.kept or any(report.added.values()) for report in reports):
        raise RiskGraphError(*nothing_kept(reports))
    if to:
        write_folder(to, canonical(dataset))
    elif into:
        write(dataset, into)
    if output.format == "json":
        output.write(as_json({"schema": 1, "written": bool(where), "files": [report.to_dict() for report in reports]}))
    else:
        output.write(import_text(reports, dataset, str(where) if where else None))
