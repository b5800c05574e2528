"""The word `riskgraph timeline INCIDENT`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from riskgraph.cli.answers import answers, asks
from riskgraph.cli.options import complete_incidents

if TYPE_CHECKING:
    from riskgraph.analysis.question import Asking
    from riskgraph.analysis.timeline import Timeline
    from riskgraph.cli.answers import Made
    from riskgraph.graph import RiskGraph


@answers(
    "timeline",
    "riskgraph timeline eks-civica-2024",
    "riskgraph timeline capita-aws-bucket-2023 --limit 10",
    "riskgraph timeline rbkc-shared-it-2025 --format csv",
)
@click.argument("incident", shell_complete=complete_incidents)
@asks("scope")
@click.option("--limit", type=click.IntRange(1, 10_000), default=30, show_default=True, help="The most lines of text.")
def command(graph: RiskGraph, incident: str, limit: int, asking: Asking) -> Made[Timeline]:
    """Everything dated that the data hold about INCIDENT, in order, with who said it and where."""
    from riskgraph.analysis.timeline import timeline
    from riskgraph.render.timeline import page

    found = timeline(graph, incident, **asking)
    return found, lambda: page(found, limit)
