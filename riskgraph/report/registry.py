"""The kinds of report. A kind is one function; adding one touches nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, cast

from riskgraph.analysis.question import Asking, Question
from riskgraph.analysis.select import Selection
from riskgraph.graph import RiskGraph
from riskgraph.render.blocks import Report
from riskgraph.report.marking import Tlp
from riskgraph.settle import View

if TYPE_CHECKING:
    from riskgraph.analysis.contacts import Contacts

__all__ = ["REPORTS", "Ask", "Context", "Kind", "ask_about", "ask_of", "report_kind", "told"]

Ask = Callable[[RiskGraph, tuple[str, ...], Asking], Question]
"""From the ids that a report is about, and what was said besides, to the question that it answers."""


@dataclass(frozen=True)
class Context:
    """What a kind of report is made from; a map from which names were withheld looks like any other.

    Attributes
    ----------
    question
        What is asked, with its scope.
    subject
        What the report is about, where that is not what fails: a council, a service area, a scenario, an incident.
    withheld
        The new ids of bodies without a name: of these a report prints a count and a band.
    aware
        When the councils became aware, by their clocks.
    since
        An earlier state of the map to compare with.
    contacts
        Whom to ring where, for the call sheet and no other file.
    """

    graph: RiskGraph
    question: Question
    subject: str = ""
    withheld: frozenset[str] = frozenset()
    anonymous: bool = False
    aware: datetime | None = None
    since: RiskGraph | None = None
    contacts: Contacts | None = None

    @property
    def chosen(self) -> Selection:
        """Whom the report is limited to."""
        return self.question.selection

    @property
    def view(self) -> View:
        """As of when, and knowing what."""
        return self.question.view

    @property
    def asking(self) -> Asking:
        """The question in words, without its roots: for an answer about something else."""
        asked = self.question
        besides: Asking = {
            "as_of": asked.view.as_of,
            "without": asked.view.without,
            "known_before": asked.view.known_before,
            "selection": asked.selection,
        }
        return {"like": asked.like, **besides} if asked.like else {"kinds": asked.kinds, **besides}


def ask_of(graph: RiskGraph, names: tuple[str, ...], asking: Asking) -> Question:
    """What the report is about is what fails."""
    return Question.of(graph, names, **asking)


def ask_about(graph: RiskGraph, _names: tuple[str, ...], asking: Asking) -> Question:
    """What the report is about is no root of its question."""
    return Question.of(graph, **asking)


_ABOUT = ("id", "body", "dependent", "provider", "root", "row", "supplier")  # keys that say whom a row is about


def told(context: Context, value: Mapping[str, object]) -> dict[str, object]:
    """An answer as a report holds it: under the marking of the report, and without the bodies that are withheld.

    A row about one of them is left out; where another row mentions one, it becomes null.
    """
    dataset, data = context.graph.dataset, value.get("data")
    hidden = context.withheld
    if hidden:  # in a row's id and in names they would be told too
        rows = {row.id for row in dataset.relations.values() if hidden & {row.dependent, row.provider}}
        hidden |= rows | {name(body) for body in hidden for name in (dataset.name, dataset.usual_name)}
    told_value = cast("dict[str, object]", _told(value, hidden)) if hidden else dict(value)
    if isinstance(data, Mapping):
        told_value["data"] = {**data, "marking": None, **({"digest": "withheld"} if hidden else {})}
    return told_value


def _told(value: object, hidden: frozenset[str]) -> object:
    if isinstance(value, str):
        return None if value.partition("/")[0] in hidden else value
    if isinstance(value, Mapping):
        return {key: _told(inner, hidden) for key, inner in value.items() if key.partition("/")[0] not in hidden}
    if isinstance(value, Sequence):
        kept = (
            item for item in value if not (isinstance(item, Mapping) and hidden & {item.get(key) for key in _ABOUT})
        )
        return [one for item in kept if (one := _told(item, hidden)) is not None or item is None]
    return value


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of report."""

    word: str
    help: str
    names: Literal["many", "one", "none"]
    metavar: str
    tlp: Tlp  # where the data state no marking
    examples: tuple[str, str, str]
    anonymous: bool  # whether it says something without any name of a public body
    build: Callable[[Context], Report]
    resolve: Callable[[RiskGraph, str], str]  # from what people type to an id
    ask: Ask
    since: bool  # whether it can compare with an earlier map
    explorer: bool  # whether there are pictures of it to look around in


def body_id(graph: RiskGraph, name: str) -> str:
    """The id of a body, a place or a line."""
    return graph.names.resolve(name)


REPORTS: dict[str, Kind] = {}


def report_kind(
    word: str,
    help_: str,
    *,
    examples: tuple[str, str, str],
    names: Literal["many", "one", "none"] = "many",
    metavar: str = "ROOT...",
    tlp: Tlp = Tlp.AMBER,
    anonymous: bool = False,
    resolve: Callable[[RiskGraph, str], str] = body_id,
    ask: Ask = ask_of,
    since: bool = False,
    explorer: bool = False,
) -> Callable[[Callable[[Context], Report]], Callable[[Context], Report]]:
    """Register a function as a kind of report: `riskgraph report WORD`.

    Parameters
    ----------
    word
        What people type.
    help_
        One sentence for `--help`.
    names
        How many names it takes.
    tlp
        The label where the data state none.
    resolve
        From what people type to an id: of a body unless the kind is about something else.
    ask
        From the ids to the question: they are its roots unless the kind is about something else.
    since
        Whether it can compare with an earlier state of the map.
    explorer
        Whether there are pictures of it to look around in.

    Examples
    --------
    >>> @report_kind("empty", "Nothing.", names="none", examples=("", "", ""))
    ... def empty(context): ...
    >>> REPORTS.pop("empty").word
    'empty'
    """

    def register(build: Callable[[Context], Report]) -> Callable[[Context], Report]:
        REPORTS[word] = Kind(
            word, help_, names, metavar, tlp, examples, anonymous, build, resolve, ask, since, explorer
        )
        return build

    return register
