"""What an answer without names may count: no cell under five, and none that can be worked out from the others."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["FEWEST", "pooled", "share"]

FEWEST = 5  # bodies that are alike before their number is told


def pooled(counts: Mapping[str, int]) -> list[tuple[str | None, int]]:
    """The parts of a whole, those too small to tell taken together.

    Parameters
    ----------
    counts
        Names of the parts and how many bodies each has; together they are the whole, which may be known.

    Returns
    -------
    list of tuple
        Name and number, largest first; the name is `None` for several parts together. Every number is at least
        `FEWEST`; empty where not even the whole has so many.

    Examples
    --------
    >>> pooled({"district": 12, "unitary": 6, "county": 2})
    [('district', 12), (None, 8)]
    >>> pooled({"county": 2})
    []
    """
    order = sorted(((name, count) for name, count in counts.items() if count), key=lambda item: (-item[1], item[0]))
    if sum(count for _, count in order) < FEWEST:
        return []
    large = [(name, count) for name, count in order if count >= FEWEST]
    rest = sum(count for _, count in order) - sum(count for _, count in large)
    while large and 0 < rest < FEWEST:  # what is left over would be told by subtraction
        rest += large.pop()[1]
    return [*large, *([(None, rest)] if rest else [])]


def share(count: int, whole: int) -> int | None:
    """A part of a whole that is known, or `None` if it or the rest is too small to be told.

    Examples
    --------
    >>> share(8, 9), share(9, 9), share(0, 9), share(20, 40), share(3, 40)
    (None, 9, 0, 20, None)
    """
    return count if all(part == 0 or part >= FEWEST for part in (count, whole - count)) else None
