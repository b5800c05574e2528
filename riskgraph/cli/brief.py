"""The word `riskgraph brief INCIDENT`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from riskgraph.cli.answers import answers, asks
from riskgraph.cli.options import complete_incidents

if TYPE_CHECKING:
    from riskgraph.analysis.brief import Brief
    from riskgraph.analysis.question import Asking
    from riskgraph.cli.answers import Made
    from riskgraph.graph import RiskGraph


@answers(
    "brief",
    "riskgraph brief eks-civica-2024",
    "riskgraph brief civica --region 'South East' --next '4pm today'",
    "riskgraph brief rbkc-shared-it-2025 --anonymous",
)
@click.argument("subject", metavar="INCIDENT|ROOT", shell_complete=complete_incidents)
@asks("as_of", "scope")
@click.option("--doing", multiple=True, metavar="TEXT", help="What is being done, in one sentence; may be repeated.")
@click.option("--next", "next_update", metavar="TIME", help="When the next update comes, such as '4pm today'.")
@click.option("--anonymous", is_flag=True, help="Counts without names of public bodies, none under five.")
def command(
    graph: RiskGraph, subject: str, doing: tuple[str, ...], next_update: str | None, anonymous: bool, asking: Asking
) -> Made[Brief]:
    """What can be said now: what is known, what the supplier says, what is not known, doing, next update.

    INCIDENT is one that is recorded (riskgraph data incident). Of a ROOT of which nobody has reported anything the
    map alone speaks, and says so.
    """
    from riskgraph.analysis.brief import brief
    from riskgraph.render.brief import page

    if anonymous and click.get_current_context().params["format_"] not in {"text", "html"}:
        raise click.UsageError("--anonymous gives text or html only; leave --format out.")
    found = brief(graph, subject, doing=doing, next_update=next_update, **asking)
    return found, lambda: page(found, anonymous=anonymous)
