"""Which line of the propagation table a row falls under, and which of its values decide that (model rule 1)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from riskgraph.model import NEVER, FailureKind, Grade
from riskgraph.rules import Cell, Line, Situation, rules

__all__ = ["acts_as", "any_line", "decide", "decide_implied", "levels_of"]

_LEVEL = {Cell.YES: 0, Cell.POSSIBLE: 2, Cell.UNKNOWN: 3, Cell.NO: NEVER}


def levels_of(
    line: Line, deciding: tuple[frozenset[str], ...], grade: Grade, values: Mapping[str, int]
) -> tuple[int, ...]:
    """For each failure kind the surest band in which harm passes, `NEVER` if in none.

    Parameters
    ----------
    line
        The line of the table that fits.
    deciding
        For each kind the fields that decide it, as `decide` gives them.
    grade
        Of the row.
    values
        Level of each field.
    """
    return tuple(
        NEVER if cell is Cell.NO else max(_LEVEL[cell], grade, *(values[field] for field in fields))
        for cell, fields in zip(line.cells, deciding, strict=True)
    )


@lru_cache(maxsize=1)
def any_line() -> Line:
    """A line for rows along which nothing passes."""
    return rules().propagation[0]


@lru_cache(maxsize=4096)
def decide(
    relation: str, provider: str, data: str | None, access: str | None, area: str | None
) -> tuple[Line, tuple[frozenset[str], ...]]:
    """The line that fits, and for each kind the fields that decide it (model rule 1)."""

    def line(data: str | None = data, access: str | None = access, area: str | None = area) -> Line:
        return rules().line(relation, Situation(provider, data, access, area, rules().enabling(area)))

    fits = line()
    others = {"data": line(data=None), "access": line(access=None), "area": line(area=None)}
    return fits, _deciding(fits, others)


def acts_as(hosting: str | None) -> tuple[str, str | None]:
    """As which relation, with which access, a use of a product acts on its maker (model rule 15).

    Examples
    --------
    >>> acts_as("supplier"), acts_as("own"), acts_as(None)
    (('served-by', None), ('supplied-by', 'none'), ('supplied-by', None))
    """
    return "served-by" if hosting == "supplier" else "supplied-by", "none" if hosting == "own" else None


@lru_cache(maxsize=4096)
def decide_implied(
    hosting: str | None, data: str | None, area: str | None
) -> tuple[str, Line, tuple[frozenset[str], ...]]:
    """As which relation a use of a product acts on its maker, and what decides it."""

    def acts(hosting: str | None = hosting, data: str | None = data, area: str | None = area) -> tuple[str, Line]:
        relation, access = acts_as(hosting)
        situation = Situation("supplier", data, access, area, rules().enabling(area))
        return relation, rules().line(relation, situation)

    relation, fits = acts()
    others = {"data": acts(data=None)[1], "hosting": acts(hosting=None)[1], "area": acts(area=None)[1]}
    return relation, fits, _deciding(fits, others)


def _deciding(fits: Line, others: Mapping[str, Line]) -> tuple[frozenset[str], ...]:
    return tuple(
        frozenset(field for field, other in others.items() if other.cells[kind] is not fits.cells[kind])
        for kind in range(len(FailureKind))
    )
