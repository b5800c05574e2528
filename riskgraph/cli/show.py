"""The word `riskgraph show NAME`."""

from __future__ import annotations

from typing import Any

import click

from riskgraph.cli.options import Output, complete_names, data_option, examples, output_options


@click.command(
    "show",
    epilog=examples(
        "riskgraph show 'East Kent Services'", "riskgraph show RBKC --evidence", "riskgraph show civica --format json"
    ),
)
@click.argument("name", shell_complete=complete_names)
@click.option("--as-of", metavar="DATE", help="The date of the question.  [default: the date of the data]")
@click.option("--evidence", is_flag=True, help="Show the sources of every relation.")
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=12, show_default=True, help="The most lines of each part."
)
@output_options("text", "json")
@data_option
def command(graph: Any, name: str, as_of: str | None, evidence: bool, limit: int, output: Output) -> None:
    """Everything known about NAME: what it depends on, who depends on it, what ended, with sources."""
    from riskgraph.analysis.profile import profile
    from riskgraph.analysis.supplier import supplier_side
    from riskgraph.render import profile as render
    from riskgraph.render.tables import as_json

    shown = profile(graph, name, as_of=as_of)
    served = shown.entity.kind in {"supplier", "shared-service"}
    side = supplier_side(graph, shown.entity.id, as_of=as_of) if served else None
    if output.format == "json":
        output.write(as_json(render.profile_json(shown, side)))
    else:
        output.write(render.profile_text(shown, evidence=evidence, limit=limit, side=side))
