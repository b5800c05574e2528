"""Quotes that nobody closed: a cell that begins with one would swallow the lines below it.

Lines are given on to the reader of CSV as they are, but for such a line: it is given on without its quote, or as an
empty line where it is no row without it. Memory holds at most what one cell may hold.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from itertools import islice

__all__ = ["LONGEST_CELL", "ClosedQuotes"]

LONGEST_CELL = 131_072
_MARK = "\x1e end \x1e"  # a line that no file holds
_TRIES = 20  # quotes that are tried


class ClosedQuotes:
    r"""The lines of a CSV file, each quote that is opened also closed.

    Parameters
    ----------
    lines
        The lines of the file, with their ends.
    delimiter
        What parts its cells.
    width
        How many cells a row has.

    Examples
    --------
    >>> lines = ClosedQuotes(["a,b,c\n", '"d,e,f\n', "g,h,i\n", '"j\n', 'k",l,m\n'], ",", 3)
    >>> list(csv.reader(lines)), lines.repaired
    ([['a', 'b', 'c'], ['d', 'e', 'f'], ['g', 'h', 'i'], ['j\nk', 'l', 'm']], {2: 3})
    """

    def __init__(self, lines: Iterable[str], delimiter: str, width: int) -> None:
        self._lines, self._delimiter, self._width = lines, delimiter, width
        self.repaired: dict[int, int] = {}  # row to how many lines would have been one cell
        self.lost: dict[int, int] = {}  # the same, of rows that could not be read without their quote either

    def __iter__(self) -> Iterator[str]:
        """The lines."""
        row, source = 0, iter(self._lines)
        for line in source:
            if '"' not in line or not line.count('"') & 1:
                row += 1
                yield line
            else:
                row = yield from self._with_odd_quotes(line, source, row)

    def _with_odd_quotes(self, line: str, source: Iterator[str], row: int) -> Generator[str, None, int]:
        """A line with an odd number of quotes, and those that were looked at because of it."""
        waiting = deque([line])
        while waiting:
            line = waiting.popleft()
            row += 1
            if not line.count('"') & 1:
                yield line
                continue
            if self._whole([line]):  # by itself; but is it what was meant?
                better = None if self._is_row(line) or self._parsed([line], strict=True) else self._without_quote(line)
                if better is not None:
                    self.repaired[row] = 1
                yield better or line
                continue
            record, closed = self._record(line, waiting, source)
            rows = sum(1 for below in record[1:] if self._is_row(below) or self._without_quote(below))
            if not self._swallows(record, closed, rows):
                yield from record
                continue
            better = self._without_quote(line)
            if better is None and not rows:
                yield from record
                continue
            (self.lost if better is None else self.repaired)[row] = len(record)
            waiting.extendleft(reversed(record[1:]))
            yield better or "\n"
        return row

    def _record(self, line: str, waiting: deque[str], source: Iterator[str]) -> tuple[list[str], bool]:
        """A line with those below it, up to where its quote is closed; and whether it is."""
        record, size, odd, tries = [line], len(line), True, 0
        while size <= LONGEST_CELL:
            more = waiting.popleft() if waiting else next(source, None)
            if more is None:
                break
            record.append(more)
            size += len(more)
            if '"' in more:
                odd ^= bool(more.count('"') & 1)
                tries += 1
                if (not odd or tries <= _TRIES) and tries <= _TRIES**2 and self._whole(record):
                    return record, True
        return record, False

    def _swallows(self, record: list[str], closed: bool, rows: int) -> bool:
        """Whether a cell of these lines holds rows; `rows` of those below the first look like rows."""
        if not closed:
            return rows > 0 or len(record) == 1
        found = self._parsed(record, strict=True)
        if len(found) == 2 and len(found[0]) <= self._width:  # one row as it stands
            whole = [below for below in record[1:] if not below.count('"') & 1]
            return self._width > 3 and len(whole) > 1 and all(map(self._is_row, whole))
        return rows > 0

    def _parsed(self, lines: list[str], *, strict: bool = False) -> list[list[str]]:
        """The rows that lines are, and the mark behind them; nothing if they are none."""
        try:
            return list(csv.reader([*lines, _MARK], delimiter=self._delimiter, strict=strict))
        except csv.Error:
            return []

    def _whole(self, lines: list[str]) -> bool:
        """Whether these lines are whole rows: what follows them begins a new one."""
        return self._parsed(lines)[-1:] == [[_MARK]]

    def _is_row(self, line: str) -> bool:
        """Whether a line by itself is a row of this table."""
        found = self._parsed([line])
        return self._width > 1 and len(found) == 2 and found[1] == [_MARK] and len(found[0]) == self._width

    def _without_quote(self, line: str) -> str | None:
        """A line without the one quote that keeps it from being a row of this table."""
        if not line.count('"') & 1:
            return None
        opening = re.finditer(f'(?:^|(?<={re.escape(self._delimiter)}))"', line[:LONGEST_CELL])
        for quote in islice(opening, _TRIES):
            better = line[: quote.start()] + line[quote.end() :]
            if self._is_row(better):
                return better
        return None
