"""Everything that riskgraph raises on purpose.

::

    RiskGraphError            exit code 2   wrong usage
    +-- DataError             exit code 3   the data are wrong: every problem, with file, row and fix
    +-- NameNotFound          exit code 2   a name that is nobody's, with the closest ones
    +-- AmbiguousName         exit code 2   a name that is several bodies'
    +-- MissingFile           exit code 4   a file or folder is not there
    +-- ServerError           exit code 4   a server is not there, refuses us, or fails

Every message says what is wrong in its first line and what to do next in its last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = [
    "AmbiguousName",
    "DataError",
    "MissingFile",
    "NameNotFound",
    "Problem",
    "RiskGraphError",
    "ServerError",
    "Suggestion",
]


_MOST = 12  # choices that a message lists


class RiskGraphError(Exception):
    """The base of all errors that a user can put right.

    Parameters
    ----------
    message
        What is wrong.
    fix
        What to do next: a sentence that starts with a verb.
    """

    exit_code = 2

    def __init__(self, message: str, fix: str = "") -> None:
        self.message, self.fix = message, fix
        super().__init__(f"{message}\n{fix}" if fix else message)


class MissingFile(RiskGraphError):
    """A file or a folder that is not there."""

    exit_code = 4


class ServerError(RiskGraphError):
    """A server that is not there, refuses us, or fails."""

    exit_code = 4


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, or doubtful, in a data set.

    Examples
    --------
    >>> str(Problem("relations.csv", 7, "valid_to", "date-order", "2019 is before 2021.", "Swap them."))
    'relations.csv, row 7, column valid_to: 2019 is before 2021. Swap them. [date-order]'
    """

    file: str
    row: int | None  # as a spreadsheet counts: the header is row 1
    column: str | None
    rule: str
    message: str
    fix: str = ""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        place = self.file
        if self.row is not None:
            place += f", row {self.row}"
        if self.column is not None:
            place += f", column {self.column}"
        return f"{place}: {self.message}{' ' + self.fix if self.fix else ''} [{self.rule}]"


class DataError(RiskGraphError):
    """A data set that cannot be used; `problems` holds everything that is wrong with it."""

    exit_code = 3

    def __init__(
        self,
        where: str,
        problems: Sequence[Problem],
        outcome: str = "nothing was loaded",
        fix: str = "Put these right and run `riskgraph data check` again.",
    ) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        shown = "\n".join(f"  {problem}" for problem in self.problems[:50])
        more = f"\n  ... and {count - 50} more" if count > 50 else ""
        super().__init__(
            f"{count} {'problem' if count == 1 else 'problems'} in {where}; {outcome}.\n{shown}{more}",
            fix,
        )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A body that a name could have meant, and why it is suggested."""

    id: str
    name: str
    why: str

    def __str__(self) -> str:
        return f"{self.name} ({self.id}): {self.why}"


class NameNotFound(RiskGraphError):
    """A name that is nobody's; `near` holds the closest ones. Nothing is guessed."""

    def __init__(self, name: str, near: Sequence[Suggestion], what: str = "body") -> None:
        self.name, self.near = name, tuple(near)
        super().__init__(
            f"No {what} is called {_shown(name)!r} in this data." + (f" Did you mean:{_listed(near)}" if near else ""),
            "Type the word in brackets, or run `riskgraph list` to see all names."
            if near
            else "Run `riskgraph list` to see all names.",
        )


class AmbiguousName(RiskGraphError):
    """A name that several bodies answer to; `near` holds them all."""

    def __init__(self, name: str, near: Sequence[Suggestion]) -> None:
        self.name, self.near = name, tuple(near)
        super().__init__(
            f"{_shown(name)!r} could be any of {len(near)}. Did you mean:{_listed(near)}",
            "Type the word in brackets of the one you mean.",
        )


def _shown(name: str) -> str:
    return name if len(name) <= 80 else f"{name[:77]}..."


def _listed(near: Sequence[Suggestion]) -> str:
    lines = [f"\n  {suggestion}" for suggestion in near[:_MOST]]
    return "".join(lines) + (f"\n  and {len(near) - _MOST} more" if len(near) > _MOST else "")
