"""The word `riskgraph common A B`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from riskgraph.cli.answers import answers, asks

if TYPE_CHECKING:
    from riskgraph.analysis.common import Common
    from riskgraph.analysis.question import Asking
    from riskgraph.cli.answers import Made
    from riskgraph.graph import RiskGraph


@answers(
    "common",
    "riskgraph common civica capita",
    "riskgraph common modern.gov xpress --like outage --format table",
    "riskgraph common civica capita --aside microsoft --format json",
)
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.option("--aside", multiple=True, metavar="NAME", help="Set this thing aside; may be repeated.")
@click.option(
    "--ubiquitous",
    type=click.IntRange(0, 100),
    default=50,
    show_default=True,
    metavar="PERCENT",
    help="Set aside what reaches more than this share of those like the two.",
)
@asks("kinds", "band")
@click.option("--limit", type=click.IntRange(1, 1000), default=5, show_default=True, help="The most lines of text.")
def command(
    graph: RiskGraph, first: str, second: str, aside: tuple[str, ...], ubiquitous: int, limit: int, asking: Asking
) -> Made[Common]:
    """Whether one failure could reach both A and B, which are thought independent, and through what."""
    from riskgraph.analysis.common import common
    from riskgraph.render.common import page

    found = common(graph, first, second, aside=aside, ubiquitous=ubiquitous, **asking)
    return found, lambda: page(found, limit)
