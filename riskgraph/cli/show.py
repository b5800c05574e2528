"""The word `riskgraph show NAME`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from riskgraph.cli.answers import answers, asks
from riskgraph.cli.options import complete_names

if TYPE_CHECKING:
    from riskgraph.analysis.profile import Profile
    from riskgraph.analysis.question import Asking
    from riskgraph.cli.answers import Made
    from riskgraph.graph import RiskGraph


@answers(
    "show",
    "riskgraph show 'East Kent Services'",
    "riskgraph show RBKC --evidence",
    "riskgraph show civica --format json",
)
@click.argument("name", shell_complete=complete_names)
@asks("scope", "as_of")
@click.option("--evidence", is_flag=True, help="Show the sources of every relation.")
@click.option(
    "--limit", type=click.IntRange(1, 10_000), default=12, show_default=True, help="The most lines of each part."
)
def command(graph: RiskGraph, name: str, evidence: bool, limit: int, asking: Asking) -> Made[Profile]:
    """Everything known about NAME: what it depends on, who depends on it, what ended, with sources."""
    from riskgraph.analysis.profile import profile
    from riskgraph.render.profile import page

    shown = profile(graph, name, **asking)
    return shown, lambda: page(shown, evidence=evidence, limit=limit)
