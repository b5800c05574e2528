"""The options that mean the same everywhere, and the way answers leave."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from riskgraph.cli.server import open_server, server_options
from riskgraph.errors import RiskGraphError
from riskgraph.model import PRESETS, Band, FailureKind

if TYPE_CHECKING:
    from riskgraph.analysis.select import Selection
    from riskgraph.graph import RiskGraph
    from riskgraph.render.page import Page

__all__ = [
    "Output",
    "complete_incidents",
    "complete_names",
    "data_option",
    "examples",
    "output_options",
    "question_options",
    "selection_options",
    "supposing",
]

F = TypeVar("F", bound=Callable[..., Any])
_SUPPOSING = "riskgraph.supposing"
_ASKED = "riskgraph.asked"  # the names of the maps that are asked
_NOT_AS_IT_IS = "Supposing: {}. This is not the map as it is."
_NEXT, _OR = "Try next: ", "  |  "  # how answers end


def complete_names(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Names for shell completion: the short ids of the map's bodies and places."""
    slugs = {id_.partition(":")[2] for id_ in _column(ctx, "entities.csv", "id")}
    return sorted(slug for slug in slugs if slug.startswith(incomplete.lower().replace(" ", "-")))


def complete_incidents(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    """Incidents for shell completion."""
    known = set(_column(ctx, "incidents.csv", "incident_id"))
    return sorted(id_ for id_ in known if id_.startswith(incomplete.lower()))


def _column(ctx: click.Context, file: str, column: str) -> list[str]:
    """One column of a file of the map that is meant; nothing where it cannot be read."""
    from riskgraph.data.files import read_table
    from riskgraph.data.folders import current
    from riskgraph.data.read import locate

    try:
        said = ctx.params.get("data") or os.environ.get("RISKGRAPH_DATA") or "uk"
        folder = locate(said if Path(said).exists() else said.partition("+")[0])
        table, _ = read_table(current(folder, file), [column])
        place = table.header.index(column)
        return [row[place] for row in table.rows if len(row) > place]
    except (ValueError, OSError, RiskGraphError):
        return []  # completion stays silent; the command itself will say what is wrong


class BackendName(click.Choice[str]):
    """A backend by its name; saved scripts may still say networkx for embedded."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return super().convert("embedded" if value == "networkx" else value, param, ctx)


def data_option(command: F) -> F:
    """`--data` and `--backend`: which map, and where it lives, and what of it; received as the graph `graph`."""

    @click.option(
        "--data",
        "data",
        default="uk",
        envvar="RISKGRAPH_DATA",
        show_envvar=True,
        metavar="PATH",
        help="A folder, a shipped map (uk, seeds), a register (CSV, Excel), or yours on a map: uk+mine.xlsx.  "
        "[default: uk]",
    )
    @click.option(
        "--backend",
        type=BackendName(["embedded", "neo4j"]),
        default="embedded",
        help="Where the map lives: embedded (files, in memory), or neo4j on a server (docs/neo4j.md).  "
        "[default: embedded]",
    )
    @click.option(
        "--scenario", metavar="FILE", help="Answer on what this scenario makes of the map (a file, or a shipped one)."
    )
    @click.option(
        "--no-class-rules", is_flag=True, help="Leave out what holds by law for a whole class and was not observed."
    )
    @server_options(hidden=True)
    @functools.wraps(command)
    def wrapped(
        *args: Any,
        data: str,
        backend: str,
        scenario: str | None,
        no_class_rules: bool,
        connection: Callable[[], Any],
        **kwargs: Any,
    ) -> Any:
        from riskgraph.graph import RiskGraph

        if backend == "neo4j":
            graph = _from_server(data, connection, {} if scenario is not None or no_class_rules else kwargs)
        else:
            graph = RiskGraph.open(data)
        graph = graph.observed() if no_class_rules else graph
        _remember(graph)
        count = len(graph.dataset.warnings)
        if count and data not in {"uk", "seeds"}:
            noun = "warning" if count == 1 else "warnings"
            click.echo(f"{count} {noun} about these data; see: riskgraph data check --data {quoted(data)}", err=True)
        if graph.dataset.laid:
            from riskgraph.render.imports import laid_text

            if told := laid_text(graph.dataset, quoted(data)):
                click.echo(told, err=True)
        if scenario is not None:
            graph = _under(graph, scenario, kwargs)
            _remember(graph)
        try:
            return command(*args, graph=graph, **kwargs)
        except RiskGraphError as error:
            _fixed_alike(error, click.get_current_context())
            raise

    return wrapped  # type: ignore[return-value]


def _remember(graph: RiskGraph) -> None:
    """What is taken for the words that name somebody on this map is said, with the answer or at the end."""
    context = click.get_current_context()
    context.meta.setdefault(_ASKED, []).append(graph)
    context.call_on_close(lambda: say_taken(context))


def _taken(context: click.Context) -> list[str]:
    return list(dict.fromkeys(said for graph in context.meta.get(_ASKED, ()) for said in graph.names.taken.values()))


def say_taken(context: click.Context) -> None:
    """Say once what was taken for words that are no whole name."""
    for sentence in _taken(context):
        click.echo(sentence, err=True)
    for graph in context.meta.get(_ASKED, ()):
        graph.names.taken.clear()


def _under(graph: RiskGraph, scenario: str, kwargs: dict[str, Any]) -> RiskGraph:
    """The graph that a scenario makes, asked as of the scenario's date unless another one is given."""
    from riskgraph.scenario.apply import apply
    from riskgraph.scenario.files import read

    supposed = read(scenario)
    applied = apply(graph, supposed)
    click.get_current_context().meta[_SUPPOSING] = supposed.title
    if applied.lost or supposed.roots:
        click.echo("What the scenario says fails is left out: name it here, or use riskgraph whatif run.", err=True)
    question = kwargs.get("question", kwargs)
    if supposed.as_of and "as_of" in question and not question["as_of"]:
        question["as_of"] = supposed.as_of
    return applied.after


def supposing() -> str:
    """The title of the scenario that the answer stands on; empty where it stands on the map as it is."""
    return str(click.get_current_context().meta.get(_SUPPOSING, ""))


def _not_as_it_is(context: click.Context) -> list[str]:
    """What of the map was left out, and what was supposed: an answer on another map than the one that was named."""
    from riskgraph.render.words import left_out

    said = [left_out(graph.dataset) for graph in context.meta.get(_ASKED, ())]
    if supposed := context.meta.get(_SUPPOSING):
        said.append(_NOT_AS_IT_IS.format(supposed))
    return list(filter(None, dict.fromkeys(said)))


def _from_server(data: str, connection: Callable[[], Any], asked: dict[str, Any]) -> RiskGraph:
    """The map from a Neo4j server; for a blast radius only the part that it stands on."""
    from riskgraph.backends.neo4j_read import Neo4jBackend

    backend = Neo4jBackend(open_server(connection), Path(data).name)
    if click.get_current_context().info_name == "blast" and "roots" in asked:
        return backend.around(asked["roots"])
    return backend.graph()


def question_options(command: F) -> F:
    """What is asked, as of when and knowing what; received as the dict `question`."""

    @click.option(
        "--kind",
        "kinds",
        multiple=True,
        type=click.Choice([str(kind) for kind in FailureKind]),
        help="A failure kind to ask about; may be repeated.",
    )
    @click.option(
        "--like",
        default="compromise",
        show_default=True,
        type=click.Choice(list(PRESETS)),
        help="A usual set of failure kinds.",
    )
    @click.option("--as-of", metavar="DATE", help="The date of the question.  [default: the date of the data]")
    @click.option("--without", multiple=True, metavar="INCIDENT", help="Leave out what this incident taught us.")
    @click.option("--known-before", metavar="DATE", help="Leave out what was published after this day.")
    @functools.wraps(command)
    def wrapped(
        *args: Any,
        kinds: tuple[str, ...],
        like: str,
        as_of: str | None,
        without: tuple[str, ...],
        known_before: str | None,
        **kwargs: Any,
    ) -> Any:
        question = {
            "kinds": kinds or None,
            "like": like,
            "as_of": as_of,
            "without": without or None,
            "known_before": known_before,
        }
        return command(*args, question=question, **kwargs)

    return wrapped  # type: ignore[return-value]


def selection_options(command: F) -> F:
    """Whom the answer is limited to; received as `select`, a function of the graph."""

    @click.option("--area", "areas", multiple=True, metavar="AREA", help="Only this service area; may be repeated.")
    @click.option(
        "--class", "classes", multiple=True, metavar="CLASS", help="Only this class of authority, such as district."
    )
    @click.option(
        "--region", "regions", multiple=True, metavar="REGION", help="Only this region or nation, such as 'South East'."
    )
    @click.option(
        "--members",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Only the bodies that this file names (CSV, Excel or text; names, ids or GSS codes): your WARP.",
    )
    @functools.wraps(command)
    def wrapped(
        *args: Any,
        areas: tuple[str, ...],
        classes: tuple[str, ...],
        regions: tuple[str, ...],
        members: Path | None,
        **kwargs: Any,
    ) -> Any:
        def select(graph: RiskGraph) -> Selection:
            from riskgraph.analysis.select import Selection

            return Selection.of(graph, areas=areas, classes=classes, regions=regions, members=members)

        return command(*args, select=select, **kwargs)

    return wrapped  # type: ignore[return-value]


_REPEATED = (
    *("data", "backend", "scenario", "no_class_rules", "kinds", "like", "as_of", "without", "known_before"),
    *("areas", "classes", "regions", "members"),
)
"""What a suggestion repeats of the command line, where the command that it names has the same option."""


def _repeats(words: str, context: click.Context) -> str:
    """A command to try next, asked of the same map, for the same people and about the same failure."""
    if not words.startswith("riskgraph ") or words.endswith("--help"):
        return words
    there = {param.name: param for param in _meant(words, context).params if isinstance(param, click.Option)}
    for name in _REPEATED:
        option = there.get(name)
        if option is None or context.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
            continue
        if not any(f" {known} " in words for known in option.opts):
            value = context.params[name]
            if value is True:
                words += f" {option.opts[0]}"
                continue
            values = value if isinstance(value, tuple) else (value,)
            words += "".join(f" {option.opts[0]} {quoted(str(one))}" for one in values)
    return words


def _meant(words: str, context: click.Context) -> click.Command:
    """The command that a line names, group by group."""
    command = context.find_root().command
    for word in words.split()[1:]:
        found = command.get_command(context, word) if isinstance(command, click.Group) else None
        if found is None:
            break
        command = found
    return command


def _asked_alike(text: str, context: click.Context) -> str:
    """The text, with what the command line said put to the words that it says to try next."""
    lines = text.splitlines(keepends=True)
    for place, line in enumerate(lines):
        if line.startswith(_NEXT):
            tries = line.removeprefix(_NEXT).rstrip("\n").split(_OR)
            lines[place] = _NEXT + _OR.join(_repeats(words, context) for words in tries) + "\n"
    return "".join(lines)


def _fixed_alike(error: RiskGraphError, context: click.Context) -> None:
    """A command at the end of what an error says to do, asked of the same map as well."""
    said, command = error.fix.partition("riskgraph ")[::2]
    if command and not command.endswith("."):
        fix = said + _repeats(f"riskgraph {command}", context)
        error.args = (str(error).removesuffix(error.fix) + fix,)
        error.fix = fix


def quoted(text: str) -> str:
    """A value as every shell takes it: in double quotes if it holds a space."""
    return f'"{text}"' if " " in text else text


class Output:
    """Where an answer goes, and in which format."""

    def __init__(self, format_: str, path: str) -> None:
        self.format, self.path = format_, path

    def in_context(self, page: Page) -> Page:
        """An HTML page as the command line was: its suggestions name the map, and a supposition is said to be one."""
        context = click.get_current_context(silent=True)
        if context is None or self.format != "html":
            return page  # text is looked after when it is written
        from riskgraph.render.page import paragraphs

        told = (*page.blocks, *paragraphs(*_taken(context), *_not_as_it_is(context)))
        return replace(page, blocks=told, next=tuple(_repeats(words, context) for words in page.next))

    def write(self, text: str) -> None:
        """Write the answer: to standard output, or whole to a file."""
        if not text.endswith("\n"):
            text += "\n"
        context = click.get_current_context(silent=True)
        if context is not None:
            say_taken(context)
        if context is not None and self.format in {"text", "table"}:
            text = _asked_alike(text, context) + "".join(f"{said}\n" for said in _not_as_it_is(context))
        if self.path == "-":
            click.echo(text, nl=False)
            return
        from riskgraph.data.folders import write_file

        # Excel needs the mark at the start to read a pound sign in CSV
        write_file(Path(self.path), text.encode("utf-8-sig" if self.format == "csv" else "utf-8"))
        click.echo(f"Written to {self.path}.", err=True)


def output_options(*formats: str) -> Callable[[F], F]:
    """`--format` and `--output`; the command receives `output`."""

    def decorate(command: F) -> F:
        @click.option(
            "--format",
            "format_",
            default=formats[0],
            show_default=True,
            type=click.Choice(formats),
            help="text to read and paste, table complete, json for programs, csv for spreadsheets.",
        )
        @click.option("--output", "path", default="-", metavar="FILE", help="Write to a file.  [default: the screen]")
        @functools.wraps(command)
        def wrapped(*args: Any, format_: str, path: str, **kwargs: Any) -> Any:
            return command(*args, output=Output(format_, path), **kwargs)

        return wrapped  # type: ignore[return-value]

    return decorate


def examples(*lines: str) -> str:
    """The end of a help page: examples that a test runs, and the exit codes."""
    from riskgraph.cli import EXIT_CODES

    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines) + "\n\n" + EXIT_CODES


BAND_CHOICE = click.Choice([band.word for band in Band])
