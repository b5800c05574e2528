"""The word `riskgraph query [NAME]`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from riskgraph.cli.options import Output, examples, output_options
from riskgraph.cli.server import open_server, server_options


@click.command(
    "query",
    epilog=examples(
        "riskgraph query",
        "riskgraph query who-is-hit --param root=civica",
        "riskgraph query concentration --param area=revenues-benefits --format csv",
    ),
)
@click.argument("name", required=False)
@click.option("--param", "given", multiple=True, metavar="NAME=VALUE", help="What the query wants to know; repeat it.")
@click.option(
    "--data",
    default="uk",
    envvar="RISKGRAPH_DATA",
    show_envvar=True,
    metavar="NAME",
    help="A map on the server.  [default: uk]",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 3600),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="Time limit.",
)
@click.option("--about", is_flag=True, help="Only say what NAME asks, wants and returns; needs no server.")
@output_options("table", "json", "csv")
@server_options()
def command(
    name: str | None,
    given: tuple[str, ...],
    data: str,
    timeout: float,
    about: bool,
    output: Output,
    connection: Callable[[], Any],
) -> None:
    """Run a Cypher query of the library, or a .cypher file of your own, on a Neo4j server.

    Without NAME: the list of the library. A query can only read, and ends at the time limit.
    """
    from pathlib import Path

    from riskgraph.backends import cypher
    from riskgraph.render import neo4j as render
    from riskgraph.render.tables import as_csv, as_json, as_table

    if name is None:
        header: Any = ("name", "question")
        rows: Any = [(query.name, query.question) for query in cypher.library().values()]
        whole = True
    else:
        query = cypher.open_query(name)
        if about:
            output.write(as_json(render.about_dict(query)) if output.format == "json" else render.about(query))
            return
        values = {}
        for text in given:
            key, equals, value = text.partition("=")
            if not equals:
                raise click.UsageError(f"--param {text}: write it as NAME=VALUE.")
            values[key] = value
        answer = cypher.ask(open_server(connection), query, values, map_name=Path(data).name, seconds=timeout)
        header, rows, whole = (
            answer.columns,
            [[render.cell(value) for value in row] for row in answer.rows],
            answer.whole,
        )
        if output.format == "json":
            rows = answer.rows
    if output.format == "json":
        rows = [dict(zip(header, map(render.value, row), strict=True)) for row in rows]
        output.write(as_json({"schema": 1, "query": name, "rows": rows}))
    elif output.format == "csv":
        output.write(as_csv(header, rows))
    else:
        output.write(as_table(header, rows))
    if not whole:
        click.echo(f"These are the first {len(rows):,} rows; there are more.", err=True)
