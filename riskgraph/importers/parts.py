"""Several names in one text: the fewest known names that cover all of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

__all__ = ["Piece", "fewest", "pieces"]

_MOST = 24  # pieces of one text: no list of bodies in a cell is longer
_LONGEST = 6  # pieces of one name: "Bournemouth, Christchurch and Poole" has three


class Piece(NamedTuple):
    """A piece of a text, and what stands between it and the next."""

    text: str
    mark: str = ""


def pieces(text: str, marks: re.Pattern[str]) -> tuple[Piece, ...]:
    """A text in pieces, with the marks behind them; what stands before the first and behind the last is left out.

    Examples
    --------
    >>> pieces("Adur & Worthing", re.compile(" & "))
    (Piece(text='Adur', mark=' & '), Piece(text='Worthing', mark=''))
    """
    found: list[Piece] = []
    start = 0
    for match in marks.finditer(text):
        if before := text[start : match.start()].strip():
            found.append(Piece(before, match[0]))
        elif found:
            found[-1] = found[-1]._replace(mark=found[-1].mark + match[0])
        start = match.end()
    if rest := text[start:].strip():
        found.append(Piece(rest))
    elif found:
        found[-1] = found[-1]._replace(mark="")
    return tuple(found)


def fewest(parts: Sequence[Piece], known: Callable[[str], str | None]) -> tuple[tuple[str, str], ...]:
    """The fewest known names that cover all pieces, in their order, each with its id; none if that is not possible.

    A name may hold marks itself: the longest known one is tried as well. Nothing is found where two ways that are
    as short mean different bodies.

    Examples
    --------
    >>> ids = {"Westminster": "w", "Kensington and Chelsea": "k"}
    >>> fewest(pieces("Westminster and Kensington and Chelsea", re.compile(" and ")), ids.get)
    (('Westminster', 'w'), ('Kensington and Chelsea', 'k'))
    >>> fewest(pieces("Westminster and Elsewhere", re.compile(" and ")), ids.get)
    ()
    """
    if not 1 < len(parts) <= _MOST:
        return ()
    ways: list[list[tuple[tuple[str, str], ...]]] = [[()]]  # to cover the first so many pieces: the shortest ones
    for end in range(1, len(parts) + 1):
        here: list[tuple[tuple[str, str], ...]] = []
        for start in range(max(0, end - _LONGEST), end):
            if not ways[start]:
                continue
            text = "".join(f"{one.text}{one.mark}" for one in parts[start : end - 1]) + parts[end - 1].text
            if (id_ := known(text)) is not None:
                here += [(*way, (text, id_)) for way in ways[start]]
        least = min(map(len, here), default=0)
        ways.append([way for way in here if len(way) == least][:8])
    best = ways[-1]
    return best[0] if len({tuple(id_ for _, id_ in way) for way in best}) == 1 else ()
