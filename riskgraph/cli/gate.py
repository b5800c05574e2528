"""The word `riskgraph gate DRAFT`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from riskgraph.cli.answers import answers

if TYPE_CHECKING:
    from riskgraph.cli.answers import Judged
    from riskgraph.graph import RiskGraph
    from riskgraph.scenario.gate import Gate


@answers(
    "gate",
    "riskgraph gate committee-system",
    "riskgraph gate one-more-to-capita",
    "riskgraph gate housing-in-the-cloud --allow-unknown",
)
@click.argument("draft", metavar="DRAFT")
@click.option(
    "--policy", type=click.Path(path_type=Path), metavar="FILE", help="Your limits.  [default: those that ship]"
)
@click.option("--allow-unknown", is_flag=True, help="Let a draft pass of which something is not known.")
def command(graph: RiskGraph, draft: str, policy: Path | None, allow_unknown: bool) -> Judged[Gate]:
    """Hold a draft award against limits: clean, blocked or unknown; unknown fails by default.

    DRAFT is a TOML file, or the name of a shipped example (committee-system, housing-in-the-cloud,
    one-more-to-capita).
    """
    from riskgraph.render.gate import page
    from riskgraph.scenario.gate import GateVerdict, gate

    judged = gate(graph, draft, policy)
    passes = {GateVerdict.CLEAN, *([GateVerdict.UNKNOWN] if allow_unknown else [])}
    return judged, lambda: page(judged), judged.verdict not in passes
