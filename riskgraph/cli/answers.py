"""The command factory: a word that answers is a question, a page and nothing else.

A function decorated with `answers` gets the graph and what was asked, and returns its answer and how to make
its page. Formats, file output, the marking, completion and exit codes follow.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from riskgraph.cli.options import (
    BAND_CHOICE,
    Output,
    data_option,
    examples,
    output_options,
    question_options,
    selection_options,
)

if TYPE_CHECKING:
    from riskgraph.analysis.answer import Answer
    from riskgraph.render.page import Page

__all__ = ["ANSWER_FORMATS", "AnswerCommand", "Judged", "Made", "answers", "asks"]

F = TypeVar("F", bound=Callable[..., Any])
A = TypeVar("A", bound="Answer")
Made = tuple[A, Callable[[], "Page"]]
"""An answer, and what makes its page when a format needs one."""
Judged = tuple[A, Callable[[], "Page"], bool]
"""The same, and whether something was found, which is exit code 1."""
# what nobody misses in the first hour: listed apart, below the others
_ADVANCED = frozenset(
    [
        "--backend",
        "--kind",
        "--without",
        "--known-before",
        "--memory",
        "--order",
        "--seed",
        "--worlds",
        "--before",
        "--worst",
        "--hit",
        "--act",
        "--together",
    ]
)
ANSWER_FORMATS = ("text", "table", "json", "csv", "html")


class AnswerCommand(click.Command):
    """A command whose help lists what few people need below the rest."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options in two lists."""
        shown = [(param, record) for param in self.get_params(ctx) if (record := param.get_help_record(ctx))]
        for title, advanced in (("Options", False), ("Advanced options", True)):
            listed = [record for param, record in shown if (not _ADVANCED.isdisjoint(param.opts)) == advanced]
            if listed:
                with formatter.section(title):
                    formatter.write_dl(listed)


def answers(
    word: str, *lines: str, data: bool = True, cls: type[click.Command] = AnswerCommand, says: str | None = None
) -> Callable[[Callable[..., Made[Any] | Judged[Any]]], click.Command]:
    """Make a command of a function that returns an answer and a function that makes its page.

    Parameters
    ----------
    word
        The word of the command.
    lines
        Examples for the end of its help; a test runs them.
    data
        Whether it is asked of one map, received as `graph`; if not, the function opens what it needs.
    cls, says
        Another sort of command, and its help if that is not its docstring.
    """

    def decorate(function: Callable[..., Made[Any] | Judged[Any]]) -> click.Command:
        @functools.wraps(function)
        def command(*, output: Output, **given: Any) -> None:
            from riskgraph.render.writers import write  # loads the renderers: not for --help

            answer, page, *found = function(**given)
            output.write(write(answer, lambda: output.in_context(page()), output.format))
            if any(found):
                raise SystemExit(1)

        asked = output_options(*ANSWER_FORMATS)(data_option(command) if data else command)
        made = click.command(word, cls=cls, help=says or function.__doc__, epilog=examples(*lines))(asked)
        assert isinstance(made, click.Command)
        return made

    return decorate


def asks(*parts: str, band: str = "possible") -> Callable[[F], F]:
    """The options of a question, received as `asking`: what `Question.of` takes besides the roots.

    Parameters
    ----------
    parts
        Any of `kinds` (--kind, --like and the view), `as_of` (only the date), `scope` (--area, --class, --region,
        --members) and `band`.
    band
        The usual band.
    """
    named = {"kinds": question_options, "scope": selection_options}

    def decorate(function: F) -> F:
        @functools.wraps(function)
        def wrapped(*args: Any, **given: Any) -> Any:
            asking = dict(given.pop("question", {}))
            asking.update({key: given.pop(key) for key in ("as_of", "band") if key in given})
            if "select" in given:
                asking["selection"] = given.pop("select")(given["graph"])
            asking = {key: value for key, value in asking.items() if value is not None}
            return function(*args, asking=asking, **given)

        made: Any = wrapped
        if "band" in parts:
            text = "Count what is this sure, or surer."
            made = click.option("--band", type=BAND_CHOICE, default=band, show_default=True, help=text)(made)
        if "as_of" in parts:
            text = "The date of the question.  [default: the date of the data]"
            made = click.option("--as-of", metavar="DATE", help=text)(made)
        for part in ("scope", "kinds"):
            if part in parts:
                made = named[part](made)
        return made  # type: ignore[no-any-return]

    return decorate
