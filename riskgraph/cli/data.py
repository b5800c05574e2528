"""The word `riskgraph data VERB`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from riskgraph.cli import LazyGroup
from riskgraph.cli.answers import answers
from riskgraph.cli.options import Output, data_option, examples, output_options, question_options, selection_options

if TYPE_CHECKING:
    from riskgraph.analysis.data_answers import DataCheck
    from riskgraph.cli.answers import Judged
    from riskgraph.graph import RiskGraph

# verbs with a module of their own
VERBS = {
    "import": ("riskgraph.cli.data_import", "Make a data set of what you have."),
    "match": ("riskgraph.cli.data_match", "List names that nobody knows, for you to decide."),
    "merge": ("riskgraph.cli.data_merge", "Make one regional map of several data sets."),
    "diff": ("riskgraph.cli.data_diff", "What changed from one map to another, and which answers."),
    "export": ("riskgraph.cli.data_export", "The whole map for other graph tools."),
    "redact": ("riskgraph.cli.data_redact", "A map without some names, to hand on."),
    "incident": ("riskgraph.cli.data_incident", "Record an incident as it unfolds, in your own data set."),
    "overlap": ("riskgraph.cli.data_overlap", "How many suppliers two officers share, and nothing else."),
}


@click.group(
    "data",
    cls=LazyGroup,
    lazy=VERBS,
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


@command.command(
    "gaps",
    epilog=examples("riskgraph data gaps", "riskgraph data gaps --class district", "riskgraph data gaps --format csv"),
)
@selection_options
@output_options("text", "json", "csv")
@data_option
def gaps(graph: Any, select: Callable[[Any], Any], output: Output) -> None:
    """What is unknown, stale or said by one source only."""
    from riskgraph.analysis.gaps import gaps as find
    from riskgraph.render.gaps import gaps_text
    from riskgraph.render.tables import as_csv, as_json

    found = find(graph, select(graph))
    if output.format == "json":
        output.write(as_json(found.to_dict()))
    elif output.format == "csv":
        rows = [(body, graph.dataset.usual_name(body), *counts) for body, counts in found.by_body.items()]
        output.write(as_csv(("id", "name", "rows", "blanks", "old_rows"), rows))
    else:
        output.write(gaps_text(found))


@command.command(
    "ask",
    epilog=examples(
        "riskgraph data ask --root civica --limit 3",
        "riskgraph data ask --region Wales --limit 2",
        "riskgraph data ask --root capita --ranked --limit 3",
    ),
)
@click.option("--root", "roots", multiple=True, metavar="ROOT", help="Only what would settle who is reached from ROOT.")
@question_options
@selection_options
@click.option("--limit", type=click.IntRange(1, 10_000), default=10, show_default=True, help="The most letters.")
@click.option("--ranked", is_flag=True, help="By what one answer would settle; several roots fail one at a time.")
@click.option(
    "--prior",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help="Chance of a good answer, for --ranked.",
)
@output_options("text", "json", "csv")
@data_option
def ask(
    graph: Any,
    roots: tuple[str, ...],
    question: dict[str, Any],
    select: Callable[[Any], Any],
    limit: int,
    ranked: bool,
    prior: float,
    output: Output,
) -> None:
    """The questions whose answers would settle what cannot be ruled out, by whom to ask, ready to mail."""
    from riskgraph.analysis.gaps import ask as find
    from riskgraph.render.gaps import ask_text, question_text
    from riskgraph.render.tables import as_csv, as_json

    if ranked:
        _ask_ranked(graph, roots, question, select(graph), limit, prior, output)
        return
    found = find(graph, roots or None, selection=select(graph), **question)
    if output.format == "json":
        output.write(as_json(found.to_dict()))
    elif output.format == "csv":
        rows = [
            (whom, graph.dataset.usual_name(whom), question_text(graph.dataset, q), q.row, q.field, len(q.bodies))
            for whom, questions in found.letters.items()
            for q in questions
        ]
        output.write(as_csv(("ask", "name", "question", "row", "field", "settles"), rows))
    else:
        output.write(ask_text(found, limit))


def _ask_ranked(
    graph: Any, roots: tuple[str, ...], question: dict[str, Any], chosen: Any, limit: int, prior: float, output: Output
) -> None:
    from riskgraph.analysis.ranked import ranked
    from riskgraph.render import ranked as render
    from riskgraph.render.tables import as_csv, as_json

    if question["without"] or question["known_before"]:
        raise click.UsageError("--ranked asks about today; leave --without and --known-before out.")
    if limit > 100:
        raise click.UsageError("--ranked tries every question on a copy of the map; give a --limit of 100 or less.")
    asked = {key: question[key] for key in ("kinds", "like", "as_of")}
    found = ranked(graph, roots, selection=chosen, prior=prior, limit=limit, **asked)
    if output.format == "json":
        output.write(as_json(render.to_json(found)))
    elif output.format == "csv":
        output.write(as_csv(*render.csv_rows(found)))
    else:
        output.write(render.text(found))
