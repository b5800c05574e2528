"""The kinds of report. A kind is one function; adding one touches nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from riskgraph.analysis.select import Selection
from riskgraph.graph import RiskGraph
from riskgraph.render.blocks import Report
from riskgraph.report.marking import Tlp

__all__ = ["REPORTS", "Context", "Kind", "report_kind"]


@dataclass(frozen=True)
class Context:
    """What a kind of report is made from; a map from which names were withheld looks like any other.

    `withheld` holds the new ids of bodies without a name: of these a report prints a count and a band.
    """

    graph: RiskGraph
    names: tuple[str, ...]
    question: Mapping[str, Any] = field(default_factory=dict)
    selection: Selection | None = None
    withheld: frozenset[str] = frozenset()
    anonymous: bool = False
    aware: datetime | None = None  # when the councils became aware, by their clocks
    since: RiskGraph | None = None  # an earlier state of the map to compare with

    @property
    def chosen(self) -> Selection:
        """Whom the report is limited to."""
        return self.selection or Selection(self.graph)


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
    since: bool  # whether it can compare with an earlier map


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
    since: bool = False,
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
    since
        Whether it can compare with an earlier state of the map.

    Examples
    --------
    >>> @report_kind("empty", "Nothing.", names="none", examples=("", "", ""))
    ... def empty(context): ...
    >>> REPORTS.pop("empty").word
    'empty'
    """

    def register(build: Callable[[Context], Report]) -> Callable[[Context], Report]:
        REPORTS[word] = Kind(word, help_, names, metavar, tlp, examples, anonymous, build, resolve, since)
        return build

    return register
