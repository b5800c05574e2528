"""More items than memory should hold, sorted: what does not fit waits in a temporary file.

An external merge sort: items are collected up to a limit, sorted, and written as one run; reading merges
the runs, a batch of each at a time. The file has no name or vanishes with the process, and nobody else can write
to it, so that unpickling it is safe. Batches of nothing but texts and numbers are marshalled, which is faster.
"""

from __future__ import annotations

import marshal
import pickle
import tempfile
import weakref
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

__all__ = ["SortedOnDisk"]

T = TypeVar("T")
_PLAIN = 2  # the form of marshalling that looks for nothing that stands there twice
_BATCHES = 80  # parts of a run, each written and read at once
_Record = tuple[Any, ...]
_Batch = tuple[int, int, Callable[[Any], Any]]  # where a part of a run stands, its size, and what reads it


class SortedOnDisk(Generic[T]):
    """Items that are added in any order and read in the order of their key, as often as one likes.

    Parameters
    ----------
    key
        What the items are sorted by. Items with equal keys keep the order in which they came.
    limit
        The most items that stay in memory.
    pack, unpack
        How an item waits: as a plain tuple that begins with what it is sorted by and then a number that no other
        item has, which `pack` is given. By default as it is.

    Examples
    --------
    >>> words = SortedOnDisk(key=len, limit=2)
    >>> for word in ("supplier", "bus", "care", "a"):
    ...     words.append(word)
    >>> list(words), len(words)
    (['a', 'bus', 'care', 'supplier'], 4)
    """

    def __init__(
        self,
        key: Callable[[T], Any] = lambda item: item,
        limit: int = 20_000,
        pack: Callable[[T, int], _Record] | None = None,
        unpack: Callable[[Any], T] = lambda record: record[2],
    ) -> None:
        self.limit = limit
        self._pack = pack or (lambda item, number: (key(item), number, item))
        self._unpack = unpack
        self._recent: list[_Record] = []
        self._runs: list[list[_Batch]] = []
        self._file: Any = None
        self._count = 0

    def append(self, item: T) -> None:
        """Add an item."""
        self._recent.append(self._pack(item, self._count))
        self._count += 1
        if len(self._recent) >= self.limit:
            self._write()

    def __len__(self) -> int:
        return self._count

    def records(self) -> Iterator[_Record]:
        """The items in order, as they wait."""
        for records in self._merged():
            yield from records

    def __iter__(self) -> Iterator[T]:
        for records in self._merged():
            yield from map(self._unpack, records)

    def _merged(self) -> Iterator[list[_Record]]:
        """Everything in order: of each run a batch is at hand, and what comes before the end of all of them is next."""
        runs = [self._run(places) for places in self._runs]
        heads = [next(run) for run in runs]
        if self._recent:
            runs.append(iter(()))
            heads.append(sorted(self._recent))
        while runs:
            end = min(head[-1] for head in heads)
            first: list[_Record] = []
            for place, head in enumerate(heads):
                if head[0] > end:
                    continue
                cut = bisect_right(head, end)
                first += head[:cut]
                heads[place] = head[cut:] or next(runs[place], [])
            if len(runs) > 1:
                first.sort()
            yield first
            if not all(heads):
                runs = [run for run, head in zip(runs, heads, strict=True) if head]
                heads = [head for head in heads if head]

    def _write(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="riskgraph-")  # noqa: SIM115 - it lives as long as this
            weakref.finalize(self, self._file.close)
        self._recent.sort()
        self._file.seek(0, 2)
        places: list[_Batch] = []
        batch = max(1, self.limit // _BATCHES)
        for start in range(0, len(self._recent), batch):
            records = self._recent[start : start + batch]
            place = self._file.tell()
            try:
                written, loads = marshal.dumps(records, _PLAIN), marshal.loads
            except ValueError:  # other objects than plain ones
                written, loads = pickle.dumps(records, pickle.HIGHEST_PROTOCOL), pickle.loads
            places.append((place, self._file.write(written), loads))
        self._runs.append(places)
        self._recent = []

    def _run(self, places: list[_Batch]) -> Iterator[list[_Record]]:
        for place, size, loads in places:
            self._file.seek(place)
            yield loads(self._file.read(size))  # written above, by this process
