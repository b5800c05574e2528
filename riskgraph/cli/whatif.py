"""The word `riskgraph whatif VERB ...`: a command for each verb of the registry, and `run FILE`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

from riskgraph.cli import LazyGroup
from riskgraph.cli.answers import AnswerCommand, answers, asks
from riskgraph.cli.options import complete_names, examples
from riskgraph.model import PRESETS, FailureKind
from riskgraph.scenario.model import EVERY, THEN, Change, Field, Scenario, Verb
from riskgraph.scenario.verbs import VERBS

if TYPE_CHECKING:
    from riskgraph.analysis.question import Asking
    from riskgraph.cli.answers import Made
    from riskgraph.graph import RiskGraph
    from riskgraph.scenario.compare import Comparison

F = TypeVar("F", bound=Callable[..., Any])

_MORE = "riskgraph.whatif.more"
_RUN = "Replay a scenario that was saved: a file, or the name of a shipped example."


class Clauses(AnswerCommand):
    """A verb that may be followed by `then` and other verbs; options that are shared may stand in any of them."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the first clause by itself, each other by the command of its verb."""
        first, *others = _clauses(args)
        rest = super().parse_args(ctx, first)
        assert ctx.parent is not None
        group = ctx.parent.command
        assert isinstance(group, Verbs)
        own = {*_fields(self), EVERY}
        shared = {param.name for param in self.params if param.name not in own}
        more: list[Change] = []
        for clause in others:
            if not clause or clause[0].startswith("-"):
                ctx.fail("Nothing follows `then`. Name another change, such as: then lose civica")
            name, command, words = group.resolve_command(ctx.parent, clause)
            if name not in VERBS or command is None:
                ctx.fail(f"`then` is followed by a change, not by {name}. Use one of: {', '.join(VERBS)}.")
            sub = command.make_context(name, words, parent=ctx.parent)
            more.append(_change(VERBS[name], sub))
            for key in shared & set(sub.params):
                assert key is not None
                if sub.get_parameter_source(key) is click.core.ParameterSource.COMMANDLINE:
                    ctx.params[key] = sub.params[key]
        if others:
            ctx.meta[_MORE] = more
        return rest


def _clauses(args: Sequence[str]) -> list[list[str]]:
    clauses: list[list[str]] = [[]]
    for word in args:
        if word == THEN:
            clauses.append([])
        else:
            clauses[-1].append(word)
    return clauses


def _fields(command: click.Command) -> set[str]:
    return {_key(field) for field in VERBS[command.name or ""].fields}


def _key(field: Field) -> str:
    """The name under which click hands a field over; not that of a shared option."""
    return f"field_{field.name}"


def _change(verb: Verb, ctx: click.Context) -> Change:
    values, params = {}, ctx.params
    for field in verb.fields:
        given = params[_key(field)]
        if field.asked and params[EVERY]:
            given = (EVERY,)
        if given:
            values[field.name] = tuple(given) if field.many else (given,)
    missing = [field for field in verb.fields if field.required and field.name not in values]
    if missing:
        said = ", ".join(f"{field.option or field.place} ({field.says})" for field in missing)
        raise click.UsageError(
            f"{verb.name} needs {said} as well.\nSuch as: riskgraph whatif {verb.examples[0].replace(chr(39), chr(34))}",
            ctx,
        )
    return Change(verb.name, values)


class Verbs(LazyGroup):
    """The verbs of the registry as commands; `--scenario FILE` in place of one means `run FILE`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take a scenario that other words take with --scenario."""
        return super().parse_args(ctx, ["run", *args[1:]] if args[:1] == ["--scenario"] else args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Make the command of a verb."""
        if cmd_name == "run":
            return run
        return _command(VERBS[cmd_name]) if cmd_name in VERBS else None


@click.group(
    "whatif",
    cls=Verbs,
    lazy={**{verb.name: ("", verb.says) for verb in VERBS.values()}, "run": ("", _RUN)},
    epilog=examples(
        "riskgraph whatif cut westminster 'RBKC shared IT' --data seeds",
        "riskgraph whatif leave thanet 'East Kent Services' then lose civica --data seeds",
        "riskgraph whatif run merge-east-kent",
    ),
)
def command() -> None:
    """What a change would do: the answer before, after, and the difference, by name.

    The map stays as it is. Several changes are joined by the word `then`. --save FILE keeps the
    scenario as a small file that can be mailed, compared and run again.
    """


def _answer_options(function: F) -> F:
    """Whom the answer is limited to, what counts, and `worst`."""
    worst = "Also find the worst root of the whole map before and after: some seconds more."
    made: Any = click.option("--worst", is_flag=True, help=worst)(asks("scope", "band")(function))
    return made  # type: ignore[no-any-return]


def _scenario_options(function: F) -> F:
    """What a scenario holds besides its changes; received as the `Scenario` `head` and the file `save`."""

    @click.option("--root", "roots", multiple=True, metavar="ROOT", help="Ask about ROOT; several fail together.")
    @click.option(
        "--kind",
        "kinds",
        multiple=True,
        type=click.Choice([str(kind) for kind in FailureKind]),
        help="A failure kind to ask about; may be repeated.",
    )
    @click.option("--like", default=None, type=click.Choice(list(PRESETS)), help="A usual set of failure kinds.")
    @click.option("--as-of", default="", metavar="DATE", help="The date of the question.  [default: of the data]")
    @click.option("--save", default=None, metavar="FILE", help="Keep the scenario in this file, with ids for names.")
    @click.option("--title", default="", help="Its title in the file.  [default: the changes]")
    @click.option("--author", default="", help="Who wrote it, for the file; free text.")
    @click.option("--dated", default="", metavar="DATE", help="When it was written, for the file.")
    @click.option("--notes", default="", help="Notes for the file.")
    @functools.wraps(function)
    def wrapped(
        *args: Any,
        roots: tuple[str, ...],
        kinds: tuple[str, ...],
        like: str | None,
        as_of: str,
        title: str,
        author: str,
        dated: str,
        notes: str,
        **kwargs: Any,
    ) -> Any:
        if kinds and like:
            raise click.UsageError("Give --kind or --like, not both.")
        head = Scenario(
            title,
            (),
            author,
            dated,
            roots,
            tuple(kind for kind in FailureKind if str(kind) in kinds),
            like or "",
            as_of,
            notes,
        )
        return function(*args, head=head, **kwargs)

    return wrapped  # type: ignore[return-value]


def _command(verb: Verb) -> click.Command:
    """The command of one verb: its names by place, its options, and the shared ones."""

    @answers(verb.name, *(f"riskgraph whatif {line}" for line in verb.examples), cls=Clauses, says=verb.says)
    @_scenario_options
    @_answer_options
    def made(
        graph: RiskGraph, head: Scenario, save: str | None, asking: Asking, worst: bool, **_values: Any
    ) -> Made[Comparison]:
        ctx = click.get_current_context()
        changes = (_change(verb, ctx), *ctx.meta.get(_MORE, []))
        title = head.title or f" {THEN} ".join(map(str, changes))
        return _answer(graph, replace(head, title=title, changes=changes), save, worst, asking)

    made.short_help = verb.says
    made.params = [_param(field) for field in verb.fields] + made.params
    if any(field.asked for field in verb.fields):
        every = "Move what there is in all service areas."
        made.params.insert(len(verb.fields), click.Option([f"--{EVERY}", EVERY], is_flag=True, help=every))
    taken = any(field.option == "--area" for field in verb.fields)
    for param in made.params:
        if param.name == "areas":  # --area of such a verb says what is changed, not who is asked about
            param.opts = ["--only-area"] if taken else [*param.opts, "--only-area"]
    return made


def _param(field: Field) -> click.Parameter:
    if not field.option:
        return click.Argument(
            [_key(field)],
            metavar=field.place + "..." if field.many else field.place,
            nargs=-1 if field.many else 1,
            required=False,  # all that is missing is asked for at once
            shell_complete=complete_names if field.type == "body" else None,
        )
    metavar = {"date": "DATE", "area": "AREA"}.get(field.type, "NAME")
    several = "; may be repeated" if field.many else ""
    return click.Option(
        [field.option, _key(field)],
        multiple=field.many,
        metavar=metavar,
        help=f"{field.says[0].upper()}{field.says[1:]}{several}.",
    )


@answers(
    "run",
    "riskgraph whatif run merge-east-kent",
    "riskgraph whatif run lose-two --data seeds --format json",
    "riskgraph whatif run segment-west-london --region London --data seeds --format table",
    says=_RUN,
)
@click.argument("file")
@_answer_options
def run(graph: RiskGraph, file: str, asking: Asking, worst: bool) -> Made[Comparison]:
    """Replay a scenario."""
    from riskgraph.scenario.files import read

    return _answer(graph, read(file), None, worst, asking, file)


def _answer(
    graph: RiskGraph, scenario: Scenario, save: str | None, worst: bool, asking: Asking, file: str = ""
) -> Made[Comparison]:
    from riskgraph.render.whatif import page
    from riskgraph.scenario.compare import compare
    from riskgraph.scenario.files import canonical, parse, with_ids, write

    answer = compare(graph, scenario, worst=worst, **asking)
    if save is not None:
        dated = replace(scenario, saved=graph.dataset.info.as_of, reached=answer.kept)
        kept = parse(canonical(with_ids(dated, graph.names)).decode("utf-8"), save)
        write(kept, save)
        click.echo(f"Scenario written to {save}.", err=True)
    return answer, lambda: page(answer, save or "", file)
