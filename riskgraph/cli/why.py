"""The word `riskgraph why BODY ROOT`."""

from __future__ import annotations

from typing import Any

import click

from riskgraph.cli.options import Output, complete_names, data_option, examples, output_options, question_options


@click.command(
    "why",
    epilog=examples(
        "riskgraph why thanet civica",
        "riskgraph why rochford capita --like data-theft",
        "riskgraph why --not essex civica",
    ),
)
@click.argument("body", shell_complete=complete_names)
@click.argument("roots", nargs=-1, required=True, metavar="ROOT...", shell_complete=complete_names)
@question_options
@click.option("--not", "not_", is_flag=True, help="Say what keeps BODY out instead.")
@click.option("--limit", type=click.IntRange(1, 1000), default=10, show_default=True, help="The most routes to show.")
@click.option("--no-evidence", is_flag=True, help="Leave out the sources.")
@output_options("text", "json")
@data_option
def command(
    graph: Any,
    body: str,
    roots: tuple[str, ...],
    question: dict[str, Any],
    not_: bool,
    limit: int,
    no_evidence: bool,
    output: Output,
) -> None:
    """Every proof that BODY could be reached if ROOT failed: one sentence each, with its evidence."""
    from riskgraph.analysis.why import why, why_not
    from riskgraph.render import why as render
    from riskgraph.render.tables import as_json

    if not_:
        if output.format == "json":
            raise click.UsageError("--not gives text only; leave --format out.")
        output.write(render.not_text(why_not(graph, body, roots, **question)))
        return
    answer = why(graph, body, roots, limit=max(limit, 25), **question)
    if output.format == "json":
        output.write(as_json(answer.to_dict()))
    else:
        output.write(render.text(answer, evidence=not no_evidence, limit=limit))
