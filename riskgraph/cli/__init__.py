"""The command line. Each word is a module that is loaded only when it is used."""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import os
import re
import sys
from difflib import get_close_matches
from typing import Any, NoReturn

import click

__all__ = ["COMMANDS", "LazyGroup", "main"]

# word -> (module, what it answers); --help needs no more than this
COMMANDS: dict[str, tuple[str, str]] = {
    "blast": ("riskgraph.cli.blast", "Who could be reached if something fails, how, and how surely."),
    "why": ("riskgraph.cli.why", "Every proof that a body is reached, or what keeps it out."),
    "calls": ("riskgraph.cli.calls", "Who to ring, in what order, on one side of paper."),
    "held": ("riskgraph.cli.held", "What they hold of ours: system, kind of data, people, since when."),
    "services": ("riskgraph.cli.services", "What stops, by importance and by how long it can be done without."),
    "brief": ("riskgraph.cli.brief", "What can be said now: known, not known, doing, next update."),
    "show": ("riskgraph.cli.show", "Everything known about one body, with sources."),
    "list": ("riskgraph.cli.list", "Bodies and places by kind, with how much leans on them."),
    "rank": ("riskgraph.cli.rank", "The worst that could fail: everything by its exact radius."),
    "chokepoints": ("riskgraph.cli.chokepoints", "What, if hardened, saves whom; what a service cannot do without."),
    "common": ("riskgraph.cli.common", "What two things that are thought independent share."),
    "chance": ("riskgraph.cli.chance", "How likely each council is to be reached, and how many to expect."),
    "fixes": ("riskgraph.cli.fixes", "The cheapest changes that shrink a radius most, tried on a copy of the map."),
    "whatif": ("riskgraph.cli.whatif", "What a change would do: before, after, and the difference, by name."),
    "report": ("riskgraph.cli.report", "Reports to read, print, mail and check, as files."),
    "atlas": ("riskgraph.cli.atlas", "The whole map in one page, to search offline without a terminal."),
    "verify": ("riskgraph.cli.verify", "Make a report again and say whether anything differs."),
    "concentration": (
        "riskgraph.cli.concentration",
        "How unevenly a service area is shared between suppliers.",
    ),
    "contracts": ("riskgraph.cli.contracts", "Which contracts end first, and by when to give notice."),
    "peers": ("riskgraph.cli.peers", "Who runs the same and could lend a hand."),
    "gate": ("riskgraph.cli.gate", "Hold a draft award against limits: clean, blocked or unknown."),
    "exercise": ("riskgraph.cli.exercise", "A pack for a tabletop exercise: injects, beliefs, sheets."),
    "replay": ("riskgraph.cli.replay", "The model scored on what happened: named, missed, not reported."),
    "timeline": ("riskgraph.cli.timeline", "Everything dated that the data hold about one incident, in order."),
    "data": ("riskgraph.cli.data", "Check a data set, find its gaps, list the questions to ask."),
    "query": ("riskgraph.cli.query", "Run a Cypher query of the library on a Neo4j server."),
    "neo4j": ("riskgraph.cli.neo4j", "Keep a map on a Neo4j server: load, status, clear."),
}
# how `--help` lists them: by what people ask, first what is asked in the first hour; what no section names is advanced
SECTIONS: dict[str, tuple[str, ...]] = {
    "In the first hour": ("blast", "calls", "brief", "services", "held", "why", "show", "timeline"),
    "Before it happens": ("rank", "contracts", "concentration", "common", "peers", "list"),
    "What would change": ("whatif", "fixes", "gate", "exercise"),
    "Files to hand on": ("report", "atlas", "verify"),
    "Your own data": ("data",),
}
EXIT_CODES = """\b
Exit codes: 0 answered; 1 answered, and the answer is a finding that was
asked for as a gate; 2 wrong usage; 3 the data are wrong; 4 a file or
server is not there; 130 interrupted."""


class LazyGroup(click.Group):
    """A group that knows its words without loading their modules."""

    def __init__(
        self,
        *args: object,
        lazy: dict[str, tuple[str, str]] | None = None,
        sections: dict[str, tuple[str, ...]] | None = None,
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.lazy, self.sections = lazy or {}, sections or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All words, in the order in which people need them."""
        return [*self.lazy, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the module of a word."""
        if cmd_name in self.lazy:
            command: click.Command = importlib.import_module(self.lazy[cmd_name][0]).command
            return command
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in `--help`, from the registry alone (and from the words that are loaded already)."""
        loaded = [(word, command.get_short_help_str(80)) for word, command in self.commands.items()]
        left = {**{word: help_ for word, (_, help_) in self.lazy.items()}, **dict(loaded)}
        for title, words_ in self.sections.items():
            with formatter.section(title):
                formatter.write_dl([(word, left.pop(word)) for word in words_ if word in left])
        with formatter.section("Advanced" if self.sections else "Words"):
            formatter.write_dl([*left.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the command that is meant when another word is typed; `help` is answered."""
        known = self.list_commands(ctx)
        if args and args[0].startswith("-"):
            return super().resolve_command(ctx, args)
        if args[:1] == ["help"] and "help" not in known:
            rest = [word for word in args[1:] if not word.startswith("-")]
            if not rest:
                click.echo(ctx.get_help())
                ctx.exit()
            return self.resolve_command(ctx, [*rest, "--help"])
        if args and args[0] not in known:
            meant = _meant(args)
            close = get_close_matches(args[0].lower(), known, n=1, cutoff=0.75)
            if meant:
                hint = f"Use: riskgraph {meant}"
            elif close:
                hint = f"Did you mean {close[0]}?"
            elif ctx.parent is None:
                hint = f"For who could be reached, use: riskgraph blast {_typed(args[:1])}\nAll words: riskgraph --help"
            else:
                hint = f"Use one of: {', '.join(known)}."
            ctx.fail(f"There is no word {args[0][:60]!r}. {hint}")
        return super().resolve_command(ctx, args)


def _meant(args: list[str]) -> str:
    """The command that people's words mean, with the rest as it was typed: "who to ring civica" is `calls civica`.

    Of the words in front of a name the last one that says something decides.
    """
    from riskgraph.data.spelling import normalise
    from riskgraph.vocabulary import words

    commands = {**words("command"), **{word: word for word in COMMANDS}}
    passed = words("passed over in a command")
    place, found = 0, ""
    while place < len(args) and not args[place].startswith("-"):
        said = next((n for n in (3, 2, 1) if normalise(" ".join(args[place : place + n])) in commands), 0)
        if said:
            found = commands[normalise(" ".join(args[place : place + said]))]
        elif normalise(args[place]) not in passed:
            break
        place += said or 1
    rest = args[place:]
    while rest and normalise(rest[-1]) in {*commands, *passed} and not any(word[:1] == "-" for word in rest):
        rest.pop()
    return f"{found} {_typed(rest)}".strip().removesuffix(" --root") if found else ""


def _typed(args: list[str]) -> str:
    """Words of a command line as every shell takes them."""
    return " ".join(f'"{arg}"' if " " in arg else arg for arg in args)


class Root(LazyGroup):
    """The whole tree; the one place where an error becomes a message and an exit code."""

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Run the command line and leave with its exit code."""
        from riskgraph.errors import RiskGraphError

        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):  # Windows consoles and pipes: never fail on a name
                stream.reconfigure(encoding="utf-8", errors="replace")
        gc.set_threshold(100_000, 20, 100)  # one answer makes many objects and few cycles: a twelfth of the time
        kwargs["standalone_mode"] = False
        try:
            code = super().main(*args, **kwargs)
        except (click.exceptions.Abort, KeyboardInterrupt):
            click.echo("Interrupted.", err=True)
            code = 130
        except click.ClickException as error:
            if isinstance(error, click.MissingParameter) and error.ctx is not None:
                example = re.search(r"^ *(riskgraph .*)", error.ctx.command.epilog or "", re.MULTILINE)
                such = f"Such as: {example[1]}" if example and not error.message else error.message
                error = click.MissingParameter(such, error.ctx, error.param)
            error.show()
            code = error.exit_code
        except BrokenPipeError:  # the reader has seen enough
            _write_no_more()
            code = 0
        except OSError as error:  # a full disk, a name that no disk takes, a right that is missing
            what = f"{error.filename}: " if error.filename else ""
            click.echo(f"Error: {what}{error.strerror or error}.\nCheck the path, your rights and the disk.", err=True)
            _write_no_more()
            code = 4
        except RiskGraphError as error:
            click.echo(f"Error: {error}", err=True)
            code = error.exit_code
        sys.exit(code if isinstance(code, int) else 0)


def _write_no_more() -> None:
    """Give the standard output up, so that what is left of it does not fail again when Python ends."""
    with contextlib.suppress(OSError):  # what stands in for it may be no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(
    cls=Root,
    lazy=COMMANDS,
    sections=SECTIONS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  riskgraph blast civica
  riskgraph why thanet partnershipone
  riskgraph blast "RBKC and Westminster shared IT environment" --like ransomware

"""
    + EXIT_CODES,
)
@click.version_option(package_name="riskgraph", message="riskgraph %(version)s")
def main() -> None:
    """Who is exposed when something that public bodies lean on is compromised, fails or goes bust.

    How, how surely, and what to do now.

    Names are as people say them: short and former names, initials, ids, GSS codes. The shipped national map answers
    unless --data names your own.
    """
