"""The word `riskgraph gate DRAFT`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from riskgraph.cli.options import Output, data_option, examples, output_options


@click.command(
    "gate",
    epilog=examples(
        "riskgraph gate committee-system",
        "riskgraph gate one-more-to-capita",
        "riskgraph gate housing-in-the-cloud --allow-unknown",
    ),
)
@click.argument("draft", metavar="DRAFT")
@click.option(
    "--policy", type=click.Path(path_type=Path), metavar="FILE", help="Your limits.  [default: those that ship]"
)
@click.option("--allow-unknown", is_flag=True, help="Let a draft pass of which something is not known.")
@output_options("text", "json")
@data_option
def command(graph: Any, draft: str, policy: Path | None, allow_unknown: bool, output: Output) -> None:
    """Hold a draft award against limits: clean, blocked or unknown; unknown fails by default.

    DRAFT is a TOML file, or the name of a shipped example (committee-system, housing-in-the-cloud,
    one-more-to-capita).
    """
    from riskgraph.render.gate import text, to_json
    from riskgraph.render.tables import as_json
    from riskgraph.scenario.gate import GateVerdict, gate

    judged = gate(graph, draft, policy)
    output.write(as_json(to_json(judged)) if output.format == "json" else text(judged))
    if judged.verdict is GateVerdict.BLOCKED or (judged.verdict is GateVerdict.UNKNOWN and not allow_unknown):
        raise SystemExit(1)
