"""The word `riskgraph atlas`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from riskgraph.cli.options import data_option, examples, supposing
from riskgraph.cli.progress import Progress


@click.command(
    "atlas",
    epilog=examples(
        "riskgraph atlas",
        "riskgraph atlas --data seeds --output atlas.html",
        "riskgraph atlas --data seeds --tlp green --format json",
    ),
)
@click.option("--as-of", metavar="DATE", help="The date of the question.  [default: the date of the data]")
@click.option("--tlp", metavar="LABEL", help="The label, such as amber or amber+strict.  [default: that of the data]")
@click.option(
    "--classification",
    type=click.Choice(["OFFICIAL", "OFFICIAL-SENSITIVE"], case_sensitive=False),
    help="The government marking, apart from the label.",
)
@click.option(
    "--exempt", default="", metavar="TEXT", help="Not for publication: such as 'paragraph 3 of Schedule 12A'."
)
@click.option("--permission", default="", metavar="WHO", help="Who allowed a lower marking than the data have.")
@click.option("--memory", type=click.IntRange(1), metavar="MIB", help="The most memory, in MiB.  [default: half]")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["html", "json"]),
    default="html",
    show_default=True,
    help="html writes the page; json shows the answers that it holds, packed as docs/atlas.md explains.",
)
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="The file to write.")
@data_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    graph: Any,
    as_of: str | None,
    memory: int | None,
    format_: str,
    output: Path | None,
    **marking: Any,
) -> None:
    """The whole map in one page: the radius of everything, to search offline without a terminal.

    The page opens from a disk or an e-mail, makes no network connection and prints with its marking.
    """
    from riskgraph.data.folders import write_file
    from riskgraph.maps import map_name
    from riskgraph.render.tables import as_json
    from riskgraph.report.atlas import atlas

    with Progress("All roots") as told:
        made = atlas(
            graph,
            as_of=as_of,
            memory=memory and memory << 20,
            supposing=supposing(),
            data=map_name(ctx.params["data"]),
            progress=told,
            **marking,
        )
    if format_ == "json":
        content = as_json({"marking": made.marking.to_dict(), **made.data}).encode()
        if output is None:
            click.echo(content.decode(), nl=False)
            return
        target = output
    else:
        content, target = made.page, output or Path(made.name)
    write_file(target, content)
    held = len(made.data["roots"])
    click.echo(f"{held:,} roots, each with who could be reached, {made.marking.words}, written to {target}")
