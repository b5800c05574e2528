"""Headers that stand in two rows, a group above its parts: "Contract dates" over "Start" and "End"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

__all__ = ["joined_headers"]


def joined_headers(upper: Sequence[str], lower: Sequence[str], known: Callable[[str], bool]) -> tuple[list[str], bool]:
    """Two rows of headers as one, and whether each cell of the lower one is a known header only with its group.

    A group reaches over the cells right of it that have nothing above them. A part goes with its group where the two
    together are a known header, and stands alone otherwise; a header with nothing below it is one by itself.

    Parameters
    ----------
    upper, lower
        The cells of the rows.
    known
        Whether a text is a header that somebody knows.

    Examples
    --------
    >>> known = {"Council Name", "Supplier Name", "Start", "End", "Reference"}.__contains__
    >>> joined_headers(["Reference", "Council", "Supplier", "Dates"], ["", "Name", "Name", "Start", "End"], known)
    (['Reference', 'Council Name', 'Supplier Name', 'Start', 'End'], False)
    """
    groups = sum(1 for cell in upper if cell)
    joined, group, parts = [], "", 0
    for place in range(max(len(upper), len(lower))):
        above = upper[place] if place < len(upper) else ""
        below = lower[place] if place < len(lower) else ""
        group = above or (group if below and groups > 1 else "")
        together = next(filter(known, _together(group, below)), "") if group and below else ""
        parts += bool(together)
        joined.append(together or below or above)
    while joined and not joined[-1]:
        joined.pop()
    return joined, 1 < parts == sum(1 for cell in lower if cell)


def _together(group: str, part: str) -> Iterator[str]:
    """How a group and its part may be one header: as they stand, or with the first or the last word of the group."""
    yield f"{group} {part}"
    yield f"{part} {group}"
    first, *more = group.split()
    if more:
        yield f"{first} {part}"
        yield f"{part} {more[-1]}"
        yield f"{part} {more[-1].removesuffix('s')}"
