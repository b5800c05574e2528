"""The word `riskgraph data diff`."""

from __future__ import annotations

import click

from riskgraph.cli.options import Output, examples, output_options
from riskgraph.model import PRESETS


@click.command(
    "diff",
    epilog=examples(
        "riskgraph data diff seeds uk --root 'east kent services'",
        "riskgraph data diff seeds seeds",
        "riskgraph data diff seeds seeds --root civica --format json",
    ),
)
@click.argument("old")
@click.argument("new")
@click.option(
    "--root",
    "roots",
    multiple=True,
    metavar="ROOT",
    help="Whose answer to compare.  [default: the ten with most changed rows]",
)
@click.option(
    "--like", type=click.Choice(list(PRESETS)), default="compromise", show_default=True, help="What happens to it."
)
@output_options("text", "json")
def command(old: str, new: str, roots: tuple[str, ...], like: str, output: Output) -> None:
    """Say in words what changed from the map OLD to the map NEW, and which answers changed."""
    from riskgraph.analysis.changes import changes
    from riskgraph.graph import RiskGraph
    from riskgraph.render.imports import changes_text
    from riskgraph.render.tables import as_json

    found = changes(RiskGraph.open(old), RiskGraph.open(new), roots, like=like)
    output.write(as_json(found.to_dict()) if output.format == "json" else changes_text(found))
