"""The word `riskgraph verify REPORT`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskgraph.cli.answers import answers

if TYPE_CHECKING:
    from riskgraph.cli.answers import Judged
    from riskgraph.report.verify import Verification


@answers(
    "verify",
    "riskgraph verify blast",
    "riskgraph verify council --format json",
    "riskgraph verify overview --data uk",
    data=False,
)
@click.argument("report", type=click.Path(path_type=Path), metavar="REPORT")
@click.option("--data", metavar="PATH", help="The data, if they are not a shipped map.")
@click.option("--root", "roots", multiple=True, metavar="NAME", help="What it is about, if the report withholds that.")
@click.option("--redact", type=click.Path(path_type=Path), metavar="FILE", help="The names that were withheld.")
@click.option("--members", type=click.Path(path_type=Path), metavar="FILE", help="The members, if they were withheld.")
@click.option("--since", metavar="PATH", help="The earlier map, if the report compares with one.")
def command(
    report: Path,
    data: str | None,
    roots: tuple[str, ...],
    redact: Path | None,
    members: Path | None,
    since: str | None,
) -> Judged[Verification]:
    """Make a report again from its data, and say whether it is equal or what differs.

    REPORT is a report.json, the folder that holds it, or the name of a sample that ships. Exit code 1 if anything differs.
    """
    from riskgraph.data.files import read_names
    from riskgraph.report.verify import verification_page, verify

    found = verify(
        report,
        data=data,
        names=roots,
        redact=() if redact is None else read_names(redact),
        members=members,
        since=since,
    )
    return found, lambda: verification_page(found), not found.equal
