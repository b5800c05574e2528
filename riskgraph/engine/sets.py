"""Very many sets of small numbers that are unions of one another, kept small.

Three tricks carry it: a union that equals one of its parts *is* that part (no copy); small sets are sorted
lists in one pool; large ones (more than a 32nd of all numbers) are rows of bits. Where there are so few
numbers that a row of bits is small anyway, all sets are rows.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskgraph.engine.digraph import Ints, Longs, distinct_pairs, spread

__all__ = ["OutOfMemory", "Pool", "popcount"]

FEW = 1024  # numbers up to which all sets are rows of bits
BLOCK_BYTES = 1 << 25  # bytes of a temporary table of truth values

_EACH = np.array([[byte >> bit & 1 for bit in range(8)] for byte in range(256)], np.int64)
_BITS = _EACH.sum(axis=1).astype(np.uint8)


class OutOfMemory(Exception):
    """The sets would take more than was allowed; `needed` is at least so many bytes."""

    def __init__(self, needed: int) -> None:
        super().__init__(needed)
        self.needed = needed


def popcount(rows: NDArray[np.uint64]) -> Longs:
    """How many bits are set in each row.

    Examples
    --------
    >>> popcount(np.array([[3, 0], [0, 1]], np.uint64)).tolist()
    [2, 1]
    """
    if hasattr(np, "bitwise_count"):
        counts: Longs = np.bitwise_count(rows).sum(axis=1, dtype=np.int64)
        return counts
    table: Longs = _BITS[np.ascontiguousarray(rows).view(np.uint8)].sum(axis=1, dtype=np.int64)
    return table


class _Growing:
    """An array that grows at its end, doubling its room."""

    def __init__(self, dtype: Any, width: int | None = None) -> None:
        self.room: NDArray[Any] = np.empty(1024 if width is None else (64, width), dtype)
        self.used = 0

    @property
    def view(self) -> NDArray[Any]:
        return self.room[: self.used]

    def append(self, values: NDArray[Any]) -> None:
        end = self.used + len(values)
        if end > len(self.room):
            room = np.empty((max(end, 2 * len(self.room)), *self.room.shape[1:]), self.room.dtype)
            room[: self.used] = self.view
            self.room = room
        self.room[self.used : end] = values
        self.used = end


class Pool:
    """Sets of the numbers 0 to `columns` - 1. Set 0 is empty; set 1 + c holds c alone.

    Parameters
    ----------
    columns
        How many numbers there are.
    limit
        Bytes that the sets may take.

    Examples
    --------
    >>> pool = Pool(100)
    >>> united = pool.unite(2, np.array([0, 0, 1]), np.array([1 + 7, 1 + 9, 1 + 7]))
    >>> united.tolist(), pool.size(united).tolist()
    ([101, 8], [2, 1])
    """

    def __init__(self, columns: int, limit: int | None = None) -> None:
        self.columns, self.limit = columns, sys.maxsize if limit is None else limit
        self.words = max(1, -(-columns // 64))
        # the most numbers in a sorted list: beyond it a row of bits is smaller
        self.small = -1 if columns <= FEW else max(16, columns // 32)
        self._elements = _Growing(np.int32)
        self._rows = _Growing(np.uint64, self.words)
        self._start, self._size, self._row = _Growing(np.int64), _Growing(np.int32), _Growing(np.int32)
        if self.small < 0:
            rows = np.packbits(np.eye(columns, 64 * self.words, dtype=np.bool_), axis=1, bitorder="little")
            self._add_large(np.zeros(1, np.int32), np.zeros((1, self.words), np.uint64))
            self._add_large(np.ones(columns, np.int32), rows.view(np.uint64))
        else:
            self._add_small(np.zeros(1, np.int32), np.zeros(0, np.int32))
            self._add_small(np.ones(columns, np.int32), np.arange(columns, dtype=np.int32))

    def __len__(self) -> int:
        return self._size.used

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self._elements.room.nbytes + self._rows.room.nbytes + 16 * len(self._size.room)

    def size(self, sets: NDArray[np.integer]) -> Ints:
        """How many numbers each set holds."""
        return self._size.view[sets]  # type: ignore[no-any-return]

    def distinct(self, sets: NDArray[np.integer]) -> tuple[Longs, Longs]:
        """Each of these sets once, and for each of `sets` its position there.

        Examples
        --------
        >>> distinct, which = Pool(9).distinct(np.array([4, 2, 4]))
        >>> distinct.tolist(), which.tolist()
        ([2, 4], [1, 0, 1])
        """
        there = np.zeros(len(self), np.bool_)
        there[sets] = True
        return np.flatnonzero(there), (np.cumsum(there) - 1)[sets]

    def _add_small(self, sizes: Ints, elements: Ints) -> Ints:
        first, begin = len(self), self._elements.used
        self._check(4 * len(elements) + 16 * len(sizes))
        self._elements.append(elements)
        self._start.append(begin + np.cumsum(sizes, dtype=np.int64) - sizes)
        self._size.append(sizes)
        self._row.append(np.full(len(sizes), -1, np.int32))
        return np.arange(first, len(self), dtype=np.int32)

    def _add_large(self, sizes: Ints, rows: NDArray[np.uint64]) -> Ints:
        first = len(self)
        self._check(rows.nbytes + 16 * len(sizes))
        self._row.append(np.arange(self._rows.used, self._rows.used + len(rows), dtype=np.int32))
        self._rows.append(rows)
        self._start.append(np.zeros(len(sizes), np.int64))
        self._size.append(sizes)
        return np.arange(first, len(self), dtype=np.int32)

    def _check(self, more: int) -> None:
        if 2 * more + self.nbytes > self.limit:  # room doubles
            raise OutOfMemory(2 * more + self.nbytes)

    # -- union ------------------------------------------------------------------------------------

    def unite(self, heads: int, head: NDArray[np.integer], sets: NDArray[np.integer]) -> Ints:
        """The union of the sets given for each head.

        Parameters
        ----------
        heads
            How many unions to make.
        head, sets
            Pairs: to which union (0 to `heads` - 1) a set belongs.

        Returns
        -------
        numpy.ndarray
            Shape (heads,): the set that is each union; 0 for a head without any.
        """
        full = sets != 0
        head, sets = distinct_pairs(head[full], sets[full], len(self))
        count = np.bincount(head, minlength=heads)
        result = np.zeros(heads, np.int32)
        several = count[head] > 1
        result[head[~several]] = sets[~several]
        if several.any():
            head, sets = head[several], sets[several]
            if self.small < 0:
                self._unite_rows(head, sets, result)
                return result
            bound = np.bincount(head, weights=self.size(sets), minlength=heads)
            small = bound[head] <= self.small
            for part, unite in ((small, self._unite_small), (~small, self._unite_large)):
                if part.any():
                    unite(head[part], sets[part], result)
        return result

    def _unite_rows(self, head: Ints, sets: Ints, result: Ints) -> None:
        """Where all sets are rows: the plain way, which for so short rows is faster than looking for equal sets."""
        begins = np.flatnonzero(np.concatenate(([True], head[1:] != head[:-1])))
        ends = np.append(begins[1:], len(head))
        block = max(1, BLOCK_BYTES // (8 * self.words))
        for low in range(0, len(begins), block):
            some = begins[low : low + block]
            first = some[0]
            part = sets[first : ends[min(low + block, len(begins)) - 1]]
            rows = np.bitwise_or.reduceat(self._rows.view[self._row.view[part]], some - first, axis=0)
            result[head[some]] = self._add_large(popcount(rows).astype(np.int32), rows)

    def _unite_small(self, head: Ints, sets: Ints, result: Ints) -> None:
        begins, which, biggest, most = self._biggest(head, sets)
        length = self.size(sets)
        elements = self._elements.view[spread(self._start.view[sets], length)]
        key = (np.repeat(which, length).astype(np.int64) << 32) | elements
        key.sort()
        key = key[np.concatenate(([True], key[1:] != key[:-1]))]
        owner = key >> 32
        sizes = np.bincount(owner, minlength=len(begins)).astype(np.int32)
        fresh = sizes > most
        made = biggest.copy()
        made[fresh] = self._add_small(sizes[fresh], (key & 0xFFFFFFFF).astype(np.int32)[fresh[owner]])
        result[head[begins]] = made

    def _unite_large(self, head: Ints, sets: Ints, result: Ints) -> None:
        begins = np.flatnonzero(np.concatenate(([True], head[1:] != head[:-1])))
        ends = np.append(begins[1:], len(head))
        block = max(1, BLOCK_BYTES // (64 * self.words))
        for low in range(0, len(begins), block):
            part = slice(begins[low], ends[min(low + block, len(begins)) - 1])
            self._unite_block(head[part], sets[part], result)

    def _unite_block(self, head: Ints, sets: Ints, result: Ints) -> None:
        begins, which, biggest, most = self._biggest(head, sets)
        rows = self._as_rows(len(begins), which, sets)
        sizes = popcount(rows).astype(np.int32)
        made = biggest.copy()
        fresh = np.flatnonzero(sizes > most)
        large = fresh[sizes[fresh] > self.small]
        made[large] = self._add_large(sizes[large], rows[large])
        little = fresh[sizes[fresh] <= self.small]
        if len(little):
            made[little] = self._add_small(sizes[little], np.nonzero(self._truth(rows[little]))[1].astype(np.int32))
        result[head[begins]] = made

    def _biggest(self, head: Ints, sets: Ints) -> tuple[Longs, Longs, Ints, Ints]:
        """Where each head begins, the position of each pair's head, its biggest set and that one's size."""
        begins = np.flatnonzero(np.concatenate(([True], head[1:] != head[:-1])))
        which = np.repeat(np.arange(len(begins)), np.diff(np.append(begins, len(head))))
        length = self.size(sets)
        most = np.maximum.reduceat(length, begins)
        biggest = np.empty(len(begins), np.int32)
        at_most = np.flatnonzero(length == most[which])[::-1]
        biggest[which[at_most]] = sets[at_most]
        return begins, which, biggest, most

    def _as_rows(self, heads: int, which: Longs, sets: Ints) -> NDArray[np.uint64]:
        """Rows of bits with the union of the sets of each head; `which` counts the heads up, none left out."""
        row = self._row.view[sets]
        if not len(sets):
            return np.zeros((heads, self.words), np.uint64)
        if self.small < 0:
            begins = np.flatnonzero(np.concatenate(([True], which[1:] != which[:-1])))
            return np.bitwise_or.reduceat(self._rows.view[row], begins, axis=0)
        little = row < 0
        length = self.size(sets[little])
        truth = np.zeros((heads, 64 * self.words), np.bool_)
        truth[np.repeat(which[little], length), self._elements.view[spread(self._start.view[sets[little]], length)]] = (
            True
        )
        rows: NDArray[np.uint64] = np.packbits(truth, axis=1, bitorder="little").view(np.uint64)
        large, owner = row[~little], which[~little]
        if len(large):
            step = max(1, BLOCK_BYTES // (8 * self.words))
            for low in range(0, len(large), step):
                part = owner[low : low + step]
                begins = np.flatnonzero(np.concatenate(([True], part[1:] != part[:-1])))
                rows[part[begins]] |= np.bitwise_or.reduceat(self._rows.view[large[low : low + step]], begins, axis=0)
        return rows

    def _truth(self, rows: NDArray[np.uint64]) -> NDArray[np.bool_]:
        bits = np.unpackbits(rows.view(np.uint8), axis=1, bitorder="little", count=self.columns)
        return bits.view(np.bool_)

    # -- reading ----------------------------------------------------------------------------------

    def rows(self, sets: NDArray[np.integer]) -> NDArray[np.uint64]:
        """Rows of bits, shape (sets, words); bit c of a row is number c, the lowest bit first."""
        chosen = sets.astype(np.int32)
        return self._as_rows(len(chosen), np.arange(len(chosen)), chosen)

    def blocks(self, sets: NDArray[np.integer]) -> Iterator[tuple[int, NDArray[np.bool_]]]:
        """Tables of truth values, shape (some, columns), with the position of their first set."""
        step = max(1, BLOCK_BYTES // (64 * self.words))
        for low in range(0, len(sets), step):
            yield low, self._truth(self.rows(sets[low : low + step]))

    def pairs(self, sets: NDArray[np.integer]) -> tuple[Longs, Ints]:
        """Every number of every set: the position in `sets`, and the number; in no order."""
        little = np.flatnonzero(self._row.view[sets] < 0)
        length = self.size(sets[little])
        owners = [np.repeat(little, length)]
        numbers: list[Ints] = [self._elements.view[spread(self._start.view[sets[little]], length)]]
        large = np.flatnonzero(self._row.view[sets] >= 0)
        for low, truth in self.blocks(sets[large]):
            owner, number = np.nonzero(truth)
            owners.append(large[owner + low])
            numbers.append(number.astype(np.int32))
        return np.concatenate(owners), np.concatenate(numbers)

    def holds(self, sets: NDArray[np.integer], numbers: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Whether each set holds the number beside it.

        Examples
        --------
        >>> pool = Pool(100)
        >>> both = pool.unite(1, np.array([0, 0]), np.array([1 + 7, 1 + 9]))
        >>> pool.holds(np.repeat(both, 3), np.array([7, 8, 9])).tolist()
        [True, False, True]
        """
        row = self._row.view[sets]
        large = row >= 0
        found = np.zeros(len(sets), np.bool_)
        word, bit = np.divmod(numbers[large], 64)
        found[large] = self._rows.view[row[large], word] >> bit.astype(np.uint64) & np.uint64(1) != 0
        little = ~large
        low, wanted = self._start.view[sets[little]], numbers[little]
        left, end = self.size(sets[little]).astype(np.int64), low + self.size(sets[little])
        while (left > 0).any():  # all searches at once: at most log2(small) rounds
            half = left // 2
            before = self._elements.view[np.minimum(low + half, self._elements.used - 1)] < wanted
            active = left > 0
            low = np.where(active & before, low + half + 1, low)
            left = np.where(active, np.where(before, left - half - 1, half), left)
        inside = low < end
        found[little] = inside & (self._elements.view[np.minimum(low, max(self._elements.used - 1, 0))] == wanted)
        return found
