"""More items than memory should hold, sorted: what does not fit waits in a temporary file.

An external merge sort: items are collected up to a limit, sorted, and written as one run; reading merges
the runs. The file has no name or vanishes with the process, and nobody else can write to it, so that
unpickling it is safe.
"""

from __future__ import annotations

import heapq
import pickle
import tempfile
import weakref
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

__all__ = ["SortedOnDisk"]

T = TypeVar("T")
_BATCH = 64  # items that are written and read at once


class SortedOnDisk(Generic[T]):
    """Items that are added in any order and read in the order of their key, as often as one likes.

    Parameters
    ----------
    key
        What the items are sorted by. Items with equal keys keep the order in which they came.
    limit
        The most items that stay in memory.

    Examples
    --------
    >>> words = SortedOnDisk(key=len, limit=2)
    >>> for word in ("supplier", "bus", "care", "a"):
    ...     words.append(word)
    >>> list(words), len(words)
    (['a', 'bus', 'care', 'supplier'], 4)
    """

    def __init__(self, key: Callable[[T], Any], limit: int = 20_000) -> None:
        self.key, self.limit = key, limit
        self._recent: list[T] = []
        self._runs: list[list[int]] = []  # where the batches of each run begin
        self._file: Any = None
        self._count = 0

    def append(self, item: T) -> None:
        """Add an item."""
        self._recent.append(item)
        self._count += 1
        if len(self._recent) >= self.limit:
            self._write()

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[T]:
        recent = sorted(self._recent, key=self.key)
        return heapq.merge(*(self._run(places) for places in self._runs), recent, key=self.key)

    def _write(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="riskgraph-")  # noqa: SIM115 - it lives as long as this
            weakref.finalize(self, self._file.close)
        self._recent.sort(key=self.key)
        self._file.seek(0, 2)
        places = []
        for start in range(0, len(self._recent), _BATCH):
            places.append(self._file.tell())
            pickle.dump(self._recent[start : start + _BATCH], self._file, pickle.HIGHEST_PROTOCOL)
        self._runs.append(places)
        self._recent = []

    def _run(self, places: list[int]) -> Iterator[T]:
        for place in places:
            self._file.seek(place)
            yield from pickle.load(self._file)  # noqa: S301 - written above, by this process
