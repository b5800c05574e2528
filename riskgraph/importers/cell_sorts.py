"""What the cells of a column look like: dates, amounts, numbers, references, names or text."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from riskgraph.importers.values import parse_date, says_nothing
from riskgraph.vocabulary import pattern, words

__all__ = ["ColumnLook", "looks_of"]

_MOST = 0.8  # part of the cells that makes a sort
_ALL = 0.95  # part of the cells that counts as all of them, but for slips
_SHOWN = 40  # letters of an example


class ColumnLook(NamedTuple):
    """What the first cells of a column are.

    Examples
    --------
    >>> rows = [("K-1001", "Civica UK Ltd", "28/04/2014", "2500.00"), ("K-1002", "n/a", "7 April 2014", "1,200.50")]
    >>> [str(look) for look in looks_of(rows)]
    ["references ('K-1001')", "names or text ('Civica UK Ltd')", "dates ('28/04/2014')", "amounts ('2500.00')"]
    """

    rows: int  # that were looked at
    filled: int  # of these
    dates: float  # part of the filled cells that can be read as a date
    written: float  # part that is written as one, so that it can be nothing else
    money: float
    pennies: bool  # whether an amount among them is more than a whole number
    names: float
    firms: float  # part that ends in the legal form of a company
    example: str

    @property
    def sort(self) -> str:
        """In a word."""
        if not self.filled:
            return "nothing"
        if self.written >= _MOST:
            return "dates"
        if self.money >= _MOST:
            return "amounts" if self.pennies else "numbers"
        return "names or text" if self.names >= 1 - _MOST else "references"

    def share(self, holds: str) -> float:
        """The part of the filled cells that are dates, money or names."""
        return {"date": max(self.dates, self.written), "money": self.money, "name": self.names}[holds]

    def all_dates(self) -> bool:
        """Whether all cells are written as dates, so that the column can hold nothing else."""
        return self.filled > 0 and self.written >= _ALL and 2 * self.filled > self.rows

    def __str__(self) -> str:
        if not self.filled:
            return "nothing"
        cut = self.example if len(self.example) <= _SHOWN else self.example[:_SHOWN].rstrip() + "..."
        return f"{self.sort} ({cut!r})"


def looks_of(rows: Sequence[Sequence[str]]) -> tuple[ColumnLook, ...]:
    """What each column of some rows looks like."""
    width = max(map(len, rows), default=0)
    return tuple(_look([row[place] for row in rows if place < len(row)], len(rows)) for place in range(width))


def _look(cells: list[str], rows: int) -> ColumnLook:
    filled = [cell for cell in cells if not says_nothing(cell)]
    sorts = [_sorts(cell) for cell in filled]
    count = len(filled) or 1
    read, written, money, pennies, names, firms = (
        (sum(column) for column in zip(*sorts, strict=True)) if sorts else [0] * 6
    )
    example = next(iter(filled), "")
    return ColumnLook(
        rows,
        len(filled),
        read / count,
        written / count,
        money / count,
        pennies > 0,
        names / count,
        firms / count,
        example,
    )


@lru_cache(maxsize=16_384)
def _sorts(cell: str) -> tuple[bool, bool, bool, bool, bool, bool]:
    """Whether a cell reads as a date, is written as one, is an amount, has pennies, is a name, names a company."""
    read = parse_date(cell) is not None
    written = (read and not cell.replace(".", "").isdigit()) or bool(pattern("cell: a date").fullmatch(cell))
    money = not written and bool(pattern("cell: an amount").fullmatch(cell))
    name = not written and not money and bool(pattern("cell: a name").search(cell))
    name = name and not pattern("cell: a reference").fullmatch(cell)
    firm = name and cell.rpartition(" ")[2].strip(".,()").casefold() in words("legal form")
    pennies = money and not cell.isdigit()
    return read or written, written, money, pennies, name, firm
