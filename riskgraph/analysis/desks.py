"""The national desks: whom councils tell of an incident, with the published number of each and its source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from riskgraph.assets import shipped_rows

__all__ = ["Desk", "desks"]


@dataclass(frozen=True, slots=True)
class Desk:
    """One row of `datasets/desks.csv`; a number that could not be checked is not in it."""

    name: str
    why: str  # report, response, crime, personal-data or warp
    number: str | None
    when: str | None  # in which hours, or what to press
    website: str | None
    nations: tuple[str, ...]  # none: all of them
    aliases: tuple[str, ...]
    source: str  # the page where the number, or the advice to tell them, was read
    checked: str  # on which day


@cache
def desks() -> tuple[Desk, ...]:
    """The desks, in the order in which they are rung.

    Examples
    --------
    >>> [(desk.name, desk.number) for desk in desks() if desk.why == "personal-data"]
    [("Information Commissioner's Office", '0303 123 1113')]
    """
    return tuple(
        Desk(
            row["name"],
            row["why"],
            row["number"] or None,
            row["when"] or None,
            row["website"] or None,
            tuple(filter(None, row["nations"].split(";"))),
            tuple(filter(None, row["aliases"].split(";"))),
            row["source"],
            row["checked"],
        )
        for row in shipped_rows("desks.csv")
    )
