"""The few sets whose union is greatest: branch and bound for two and three, lazy greedy for more."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from riskgraph.engine.digraph import Ints, Longs

__all__ = ["Cover", "Found", "best_sets", "greedy"]

BLOCK_SETS = 4096
Rows = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Found:
    """Some sets and the value of their union."""

    members: tuple[int, ...]
    value: int


class Cover:
    """Sets as rows of bits, and a submodular value of their unions.

    Parameters
    ----------
    rows
        Shape (sets, words).
    value
        From rows to the value of each. It must be submodular: what a set adds never grows with what is
        there already.
    own
        Shape (sets, words): what each set takes out of every union that it is part of. No union is then
        worth more than without, so that bounds still hold. Nothing if left out.
    """

    def __init__(self, rows: Rows, value: Callable[[Rows], Longs], own: Rows | None = None) -> None:
        self.rows, self.value = rows, value
        self.own = None if own is None or not own.any() else own

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def alone(self) -> Longs:
        """The value of each set."""
        return self.values(self.rows)

    def values(self, rows: Rows) -> Longs:
        """The value of each row, block by block."""
        blocks = [self.value(rows[low : low + BLOCK_SETS]) for low in range(0, len(rows), BLOCK_SETS)]
        return np.concatenate(blocks) if blocks else np.zeros(0, np.int64)

    def together(self, sets: NDArray[np.integer]) -> Longs:
        """The value of the union of each row of sets, shape (unions, members), without what its members take out."""
        union = np.bitwise_or.reduce(self.rows[sets], axis=1)
        if self.own is not None:
            union &= ~np.bitwise_or.reduce(self.own[sets], axis=1)
        return self.values(union)

    @cached_property
    def order(self) -> Ints:
        """The sets that have a value, of equal ones the first, the greatest first."""
        some = np.flatnonzero(self.alone > 0)
        told = self.rows if self.own is None else np.concatenate((self.rows, self.own), axis=1)
        packed = np.ascontiguousarray(told[some]).view(np.dtype((np.void, 8 * told.shape[1]))).ravel()
        _, first = np.unique(packed, return_index=True)
        distinct = some[np.sort(first)]
        return distinct[np.argsort(-self.alone[distinct], kind="stable")].astype(np.int32)


def greedy(cover: Cover, size: int, *, monotone: bool = True) -> tuple[Found, int]:
    """Each time the set that adds most, and a bound that no choice of this size exceeds.

    Gains only shrink, so a set whose gain so far is no greater than the best one found needs no second
    look (Minoux, 1978). The bound is the least, over the steps, of the value so far and the `size` greatest
    gains left (Nemhauser, Wolsey and Fisher, 1978); for a value that is not monotone only the first holds.

    Examples
    --------
    >>> from riskgraph.engine.sets import popcount
    >>> rows = np.array([[0b001111], [0b010011], [0b101100]], np.uint64)
    >>> greedy(Cover(rows, popcount), 2)
    (Found(members=(0, 1), value=5), 6)
    """
    order = cover.order
    gains = cover.alone[order].copy()
    row = np.zeros(cover.rows.shape[1], np.uint64)
    chosen: list[int] = []
    value = 0
    bound = int(np.sort(gains)[::-1][:size].sum())
    while len(chosen) < min(size, len(order)):
        rank = np.argsort(-gains, kind="stable")
        best, at = -1, -1
        for low in range(0, len(rank), BLOCK_SETS // 16):
            some = rank[low : low + BLOCK_SETS // 16]
            if gains[some[0]] <= best:
                break
            gains[some] = cover.values(cover.rows[order[some]] | row) - value
            top = int(some[np.argmax(gains[some])])
            if gains[top] > best:
                best, at = int(gains[top]), top
        if best <= 0:
            break
        chosen.append(int(order[at]))
        row = row | cover.rows[order[at]]
        value += best
        gains[at] = 0
        if monotone:
            bound = min(bound, value + int(np.sort(gains)[::-1][:size].sum()))
    if cover.own is not None and chosen:
        value = int(cover.together(np.array([chosen]))[0])
    return Found(tuple(chosen), value), max(bound, value)


def best_sets(
    cover: Cover, size: int, limit: int, effort: int, progress: Callable[[int, int], None] | None = None
) -> list[Found] | None:
    """The sets of two or three whose unions are greatest, exactly, the greatest first.

    Only those in which each adds something are listed.

    Parameters
    ----------
    limit
        The most to list.
    effort
        Unions that may be tried.

    Returns
    -------
    list or None
        `None` if it would take more effort than allowed.

    Examples
    --------
    >>> from riskgraph.engine.sets import popcount
    >>> rows = np.array([[0b001111], [0b010011], [0b101100]], np.uint64)
    >>> best_sets(Cover(rows, popcount), 2, 1, 1000)
    [Found(members=(1, 2), value=6)]
    """
    if size not in {2, 3}:
        return None
    best = _Best(limit)
    start = greedy(cover, size)[0]
    if len(start.members) == size and _each_adds(cover, start):
        best.offer(start, size)
    order, left = cover.order, effort
    values = cover.alone[order]
    for i in range(len(order) - size + 1):
        if values[i] * size <= best.least:  # values only fall from here on
            break
        rest = order[i + 1 :]
        rest = rest[values[i] + values[i + 1 :] + (size - 2) * values[i + 1] > best.least]
        left -= len(rest)
        if left < 0:
            return None
        row = cover.rows[order[i]]
        gains = cover.values(cover.rows[rest] | row) - values[i]
        if size == 2:
            _pairs(cover, best, int(order[i]), rest, gains)
        else:
            left = _triples(cover, best, int(order[i]), rest, gains, left)
            if left < 0:
                return None
        if progress is not None:
            progress(i + 1, len(order))
    return best.found()


def _pairs(cover: Cover, best: _Best, first: int, rest: Ints, gains: Longs) -> None:
    total = gains + int(cover.alone[first])
    good = np.flatnonzero((gains > 0) & (total > best.least))
    if cover.own is not None:
        total[good] = cover.together(np.column_stack((np.full(len(good), first), rest[good])))
    good = good[
        (total[good] > best.least) & (total[good] > cover.alone[first]) & (total[good] > cover.alone[rest[good]])
    ]
    for n in good[np.argsort(-total[good], kind="stable")][: best.limit]:
        best.offer(Found((first, int(rest[n])), int(total[n])), 2)


def _triples(cover: Cover, best: _Best, first: int, rest: Ints, gains: Longs, left: int) -> int:
    """All triples with a first set; returns the effort that is left."""
    rank = np.argsort(-gains, kind="stable")
    rest, gains = rest[rank], gains[rank]
    value = int(cover.alone[first])
    for j in range(len(rest) - 1):
        if gains[j] <= 0 or value + 2 * gains[j] <= best.least:
            break
        third = rest[j + 1 :]
        third = third[(value + gains[j] + gains[j + 1 :] > best.least) & (gains[j + 1 :] > 0)]
        left -= len(third)
        if left < 0:
            break
        row = cover.rows[first] | cover.rows[rest[j]]
        total = cover.values(cover.rows[third] | row)
        good = np.flatnonzero((total > best.least) & (total > value + gains[j]))
        if cover.own is not None:
            pair = np.broadcast_to([first, rest[j]], (len(good), 2))
            total[good] = cover.together(np.column_stack((pair, third[good])))
        tried = 0
        for n in good[np.argsort(-total[good], kind="stable")]:
            found = Found((first, int(rest[j]), int(third[n])), int(total[n]))
            if tried == best.limit or found.value <= best.least:
                break
            if _each_adds(cover, found):
                best.offer(found, 3)
                tried += 1
    return left


def _each_adds(cover: Cover, found: Found) -> bool:
    """Whether the union is worth less without any one of its sets."""
    fewer = [[member for member in found.members if member != left_out] for left_out in found.members]
    return bool((cover.together(np.array(fewer)) < found.value).all())


class _Best:
    """The greatest few seen so far."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.heap: list[tuple[int, tuple[int, ...]]] = []  # the least first; ties: later members first

    @property
    def least(self) -> int:
        """Only what is greater is worth a look."""
        return self.heap[0][0] if len(self.heap) == self.limit else 0

    def offer(self, found: Found, size: int) -> None:
        entry = found.value, tuple(-member for member in sorted(found.members))
        if len(found.members) == size and entry not in self.heap:
            heapq.heappush(self.heap, entry)
            if len(self.heap) > self.limit:
                heapq.heappop(self.heap)

    def found(self) -> list[Found]:
        return [Found(tuple(-m for m in members), value) for value, members in sorted(self.heap, reverse=True)]
