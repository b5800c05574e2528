"""The word `riskgraph data VERB`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from riskgraph.cli import LazyGroup
from riskgraph.cli.answers import answers, asks
from riskgraph.cli.options import examples

if TYPE_CHECKING:
    from riskgraph.analysis.gaps import Ask, Gaps
    from riskgraph.analysis.letter import SupplierLetter
    from riskgraph.analysis.question import Asking
    from riskgraph.analysis.ranked import RankedQuestions
    from riskgraph.cli.answers import Made
    from riskgraph.graph import RiskGraph

if TYPE_CHECKING:
    from riskgraph.analysis.data_answers import DataCheck
    from riskgraph.cli.answers import Judged
    from riskgraph.graph import RiskGraph

# verbs with a module of their own
DATA_WORDS = {
    "import": ("riskgraph.cli.data_import", "Make a data set of what you have."),
    "fetch": ("riskgraph.cli.data_fetch", "Take new notices of a public service into a map."),
    "refresh": ("riskgraph.cli.data_refresh", "Fetch from every source of a map; say what changed."),
    "template": ("riskgraph.cli.data_template", "An empty register to fill in, for Excel or as CSV."),
    "match": ("riskgraph.cli.data_match", "List names that nobody knows, for you to decide."),
    "merge": ("riskgraph.cli.data_merge", "Make one regional map of several data sets."),
    "snapshot": ("riskgraph.cli.data_snapshot", "Keep the map as it is today in one small file."),
    "diff": ("riskgraph.cli.data_diff", "What changed from one map to another, and which answers."),
    "export": ("riskgraph.cli.data_export", "The whole map for other graph tools."),
    "redact": ("riskgraph.cli.data_redact", "A map without some names, to hand on."),
    "incident": ("riskgraph.cli.data_incident", "Record an incident as it unfolds, in your own data set."),
    "overlap": ("riskgraph.cli.data_overlap", "How many suppliers two officers share, and nothing else."),
}


@click.group(
    "data",
    cls=LazyGroup,
    lazy=DATA_WORDS,
    epilog=examples("riskgraph data check", "riskgraph data gaps --region Wales", "riskgraph data ask --root civica"),
)
def command() -> None:
    """Check a data set, find its gaps, list the questions to ask."""


@answers("check", "riskgraph data check", "riskgraph data check --data seeds", "riskgraph data check --strict")
@click.option("--strict", is_flag=True, help="A warning is a finding too: exit code 1.")
def check(graph: RiskGraph, strict: bool) -> Judged[DataCheck]:
    """Read a data set as strictly as every answer does, and list what is wrong or doubtful."""
    from riskgraph.analysis.data_answers import check_data
    from riskgraph.render.gaps import check_page

    found = check_data(graph)
    return found, lambda: check_page(found), strict and bool(graph.dataset.warnings)


command.add_command(check)


@answers("gaps", "riskgraph data gaps", "riskgraph data gaps --class district", "riskgraph data gaps --format csv")
@asks("as_of", "scope")
def gaps(graph: RiskGraph, asking: Asking) -> Made[Gaps]:
    """What is unknown, stale or said by one source only."""
    from riskgraph.analysis.gaps import gaps as find
    from riskgraph.render.gaps import gaps_page

    found = find(graph, **asking)
    return found, lambda: gaps_page(found)


@answers(
    "ask",
    "riskgraph data ask --root civica --limit 3",
    "riskgraph data ask --region Wales --limit 2",
    "riskgraph data ask --root capita --ranked --limit 3",
    "riskgraph data ask --root civica --letter --region Wales",
)
@click.option("--root", "roots", multiple=True, metavar="ROOT", help="Only what would settle who is reached from ROOT.")
@asks("kinds", "scope")
@click.option("--limit", type=click.IntRange(1, 10_000), default=10, show_default=True, help="The most letters.")
@click.option("--letter", is_flag=True, help="A letter to the supplier ROOT, with what the map knows of its customers.")
@click.option("--ranked", is_flag=True, help="By what one answer would settle; several roots fail one at a time.")
@click.option(
    "--prior",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help="Chance of a good answer, for --ranked.",
)
def ask(
    graph: RiskGraph, roots: tuple[str, ...], limit: int, letter: bool, ranked: bool, prior: float, asking: Asking
) -> Made[Ask] | Made[RankedQuestions] | Made[SupplierLetter]:
    """The questions whose answers would settle what cannot be ruled out, the supplier first, ready to mail."""
    from riskgraph.analysis.gaps import ask as find
    from riskgraph.render.gaps import ask_page

    if letter:
        from riskgraph.analysis.letter import supplier_letter
        from riskgraph.render.letter import letter_page

        if len(roots) != 1 or ranked:
            raise click.UsageError("A letter goes to one supplier: --letter --root civica.")
        written = supplier_letter(graph, roots[0], **asking)
        return written, lambda: letter_page(written)
    if not ranked:
        found = find(graph, roots, **asking)
        return found, lambda: ask_page(found, limit)
    if limit > 100:
        raise click.UsageError("--ranked tries every question on a copy of the map; give a --limit of 100 or less.")
    from riskgraph.analysis.ranked import ranked as weigh  # the engine of changes: only for --ranked
    from riskgraph.render.ranked import page

    weighed = weigh(graph, roots, prior=prior, limit=limit, **asking)
    return weighed, lambda: page(weighed)


command.add_command(gaps)
command.add_command(ask)
