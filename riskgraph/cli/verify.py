"""The word `riskgraph verify REPORT`."""

from __future__ import annotations

from pathlib import Path

import click

from riskgraph.cli.options import Output, examples, output_options


@click.command(
    "verify",
    epilog=examples(
        "riskgraph verify blast",
        "riskgraph verify council --format json",
        "riskgraph verify overview --data uk",
    ),
)
@click.argument("report", type=click.Path(path_type=Path), metavar="REPORT")
@click.option("--data", metavar="PATH", help="The data, if they are not a shipped map.")
@click.option("--root", "roots", multiple=True, metavar="NAME", help="What it is about, if the report withholds that.")
@click.option("--redact", type=click.Path(path_type=Path), metavar="FILE", help="The names that were withheld.")
@click.option("--members", type=click.Path(path_type=Path), metavar="FILE", help="The members, if they were withheld.")
@click.option("--since", metavar="PATH", help="The earlier map, if the report compares with one.")
@output_options("text", "json")
def command(
    report: Path,
    data: str | None,
    roots: tuple[str, ...],
    redact: Path | None,
    members: Path | None,
    since: str | None,
    output: Output,
) -> None:
    """Make a report again from its data, and say whether it is equal or what differs.

    REPORT is a report.json, the folder that holds it, or the name of a sample that ships. Exit code 1 if anything differs.
    """
    from riskgraph.data.files import read_names
    from riskgraph.render.tables import as_json
    from riskgraph.report.verify import verify

    verdict = verify(
        report,
        data=data,
        names=roots,
        redact=() if redact is None else read_names(redact),
        members=None if members is None else read_names(members),
        since=since,
    )
    if output.format == "json":
        output.write(as_json(verdict.to_dict()))
    else:
        lines = [
            f"{len(verdict.differences)} differences: {verdict.title}."
            if verdict.differences
            else f"0 differences: {verdict.title}.",
            f"Made again from {verdict.data}; {len(verdict.files)} files beside it compared"
            + (f", {len(verdict.missing)} not there: {', '.join(verdict.missing)}." if verdict.missing else "."),
        ]
        lines += [f"- {difference}" for difference in verdict.differences[:20]]
        if len(verdict.differences) > 20:
            lines.append(f"- and {len(verdict.differences) - 20} more: use --format json")
        output.write("\n".join(lines) + "\n")
    if not verdict.equal:
        raise SystemExit(1)
