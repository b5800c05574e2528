"""The word `riskgraph neo4j VERB`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click

from riskgraph.cli.options import Output, examples, output_options
from riskgraph.cli.server import open_server, server_options


@click.group(
    "neo4j",
    epilog=examples("riskgraph neo4j load", "riskgraph neo4j status", "riskgraph neo4j clear seeds --yes"),
)
def command() -> None:
    """Keep a map on a Neo4j server: load it, see what is there, remove it.

    Settings: RISKGRAPH_NEO4J_URI, _USER, _DATABASE, _PASSWORD_FILE, _PASSWORD, or [neo4j] in riskgraph.toml.
    """


@command.command(
    "load",
    epilog=examples(
        "riskgraph neo4j load",
        "riskgraph neo4j load seeds --dry-run",
        "riskgraph neo4j load seeds --name stories --format json",
    ),
)
@click.argument("data", default="uk", envvar="RISKGRAPH_DATA", metavar="[DATA]")
@click.option("--name", metavar="NAME", help="Its name on the server.  [default: that of its folder]")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@click.option("--again", is_flag=True, help="Write it even if it is there: puts right what was changed by hand.")
@click.option("--replace", is_flag=True, help="Allow that most of the old map is removed.")
@click.option("--generation", is_flag=True, default=None, help="Build it beside the old one, in small batches.")
@output_options("text", "json")
@server_options()
def load(
    data: str,
    name: str | None,
    dry_run: bool,
    again: bool,
    replace: bool,
    generation: bool | None,
    output: Output,
    connection: Callable[[], Any],
) -> None:
    """Bring a data set onto the server, whole or not at all; loading it twice changes nothing.

    DATA is a folder, or the name of a shipped map (uk, seeds).
    """
    from pathlib import Path

    from riskgraph.backends import neo4j_load
    from riskgraph.data.read import locate
    from riskgraph.graph import RiskGraph
    from riskgraph.render import neo4j as render
    from riskgraph.render.tables import as_json

    graph = RiskGraph.open(data)
    server = open_server(connection)
    source = Path(data)
    name = neo4j_load.map_name(name or (source.stem if source.is_file() else locate(data).resolve().name))
    if dry_run:
        outlook = neo4j_load.outlook(server, graph, name)
        output.write(as_json(render.outlook_dict(outlook)) if output.format == "json" else render.outlook(outlook))
        return
    told = _progress if sys.stderr.isatty() else None
    loaded = neo4j_load.load(server, graph, name, generation=generation, replace=replace, again=again, progress=told)
    output.write(as_json(render.loaded_dict(loaded)) if output.format == "json" else render.loaded(loaded))


def _progress(done: int, all_: int) -> None:
    click.echo(f"\r{done:,} of {all_:,} written", nl=done == all_, err=True)


@command.command(
    "status",
    epilog=examples(
        "riskgraph neo4j status", "riskgraph neo4j status --format json", "riskgraph neo4j status --verify"
    ),
)
@click.option("--verify", is_flag=True, help="Read every map and compare it with what was loaded; exit code 1 if not.")
@output_options("text", "json", "csv")
@server_options()
def status(verify: bool, output: Output, connection: Callable[[], Any]) -> None:
    """Which maps are on the server, as of when, and whether they are whole."""
    from riskgraph.backends.neo4j_load import status as look
    from riskgraph.backends.neo4j_read import Neo4jBackend
    from riskgraph.errors import ServerError
    from riskgraph.render import neo4j as render
    from riskgraph.render.tables import as_csv, as_json

    server = open_server(connection)
    maps = look(server)
    whole: dict[str, bool] = {}
    for found in maps if verify else ():
        try:
            Neo4jBackend(server, found.name).graph()
            whole[found.name] = True
        except ServerError:
            whole[found.name] = False
    header, rows = render.status_rows(maps, whole)
    if output.format == "json":
        value = {"schema": 1, "server": server.version, "maps": [dict(zip(header, row, strict=True)) for row in rows]}
        output.write(as_json(value))
    elif output.format == "csv":
        output.write(as_csv(header, rows))
    else:
        output.write(render.status(server.version, header, rows))
    if not all(whole.values()):
        raise SystemExit(1)


@command.command(
    "clear",
    epilog=examples(
        "riskgraph neo4j clear seeds --yes",
        "riskgraph neo4j clear uk --yes",
        "riskgraph neo4j clear stories --yes --format json",
    ),
)
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@output_options("text", "json")
@server_options()
def clear(name: str, yes: bool, output: Output, connection: Callable[[], Any]) -> None:
    """Remove the map NAME from the server; nothing that riskgraph did not write is touched."""
    from riskgraph.backends.neo4j_load import clear as remove
    from riskgraph.render.tables import as_json
    from riskgraph.render.words import plural

    server = open_server(connection)
    if not yes:
        if not sys.stdin.isatty():
            raise click.UsageError("Nothing was removed: add --yes to remove the map without being asked.")
        click.confirm(f"Remove the map {name!r} from {server.connection.host}?", abort=True, err=True)
    removed = remove(server, name)
    if output.format == "json":
        output.write(as_json({"schema": 1, "map": name, "removed": removed}))
    else:
        output.write(f"{plural(removed, 'element')} removed: the map {name!r} is gone from the server.")
