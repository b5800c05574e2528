"""How each column of a table writes its days and amounts: decided for a column as a whole, never cell by cell.

The day stands first and a point parts the pence, unless the column cannot be read so. The whole file is asked, so the
order of its rows plays no part; a look at its bytes says first whether there is anything to ask.
"""

from __future__ import annotations

import re
from bisect import insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from riskgraph.dates import as_month_first
from riskgraph.importers.columns import ColumnPlaces
from riskgraph.importers.source import SourceTable
from riskgraph.importers.values import DateOrder, clean, other_currency, parse_date

__all__ = ["ColumnStyles", "Texts", "amount_style", "date_order", "date_way", "styles_of"]

_STRAYS = 100  # one date in more than so many that goes against its column is a slip of that row
_SHOWN = 3  # examples in a sentence
_IN_NUMBERS = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2}")
_COMMA = re.compile(r"[^\d.,]*\d{1,3}(?:\.\d{3})*,\d{1,2}[^\d.,]*|[^\d.,]*\d+,\d{1,2}[^\d.,]*")
_POINT = re.compile(r"[^\d.,]*\d{1,3}(?:,\d{3})+(?:\.\d+)?[^\d.,]*|[^\d.,]*\d+\.(?:\d{1,2}|\d{4,})[^\d.,]*")


@dataclass(frozen=True)
class ColumnStyles:
    """What was decided, by the names of the fields.

    Parameters
    ----------
    orders
        How the dates of a field are written, where the file had to be asked.
    commas
        Whether amounts part the pence with a comma; `None` where the column mixes both ways.
    currencies
        Fields whose header names another currency.
    told
        What was decided, in sentences.
    """

    orders: Mapping[str, DateOrder] = field(default_factory=dict)
    commas: Mapping[str, bool | None] = field(default_factory=dict)
    currencies: Mapping[str, str] = field(default_factory=dict)
    told: tuple[str, ...] = ()


class Texts:
    """How many cells of one sort there are, and a few of them: the same ones whatever the order of the rows.

    Examples
    --------
    >>> texts = Texts()
    >>> for text in ("04/30/2026", "04/17/2026", "04/30/2026"):
    ...     texts.add(text)
    >>> texts.times, str(texts)
    (3, "'04/17/2026', '04/30/2026'")
    """

    def __init__(self) -> None:
        self.times = 0
        self._first: list[str] = []

    def add(self, text: str) -> None:
        """One cell."""
        self.times += 1
        first = self._first
        if (len(first) < _SHOWN or text < first[-1]) and text not in first:
            insort(first, text)
            del first[_SHOWN:]

    def __str__(self) -> str:
        return ", ".join(map(repr, self._first))


Dates = Mapping[DateOrder, Texts]  # dates in numbers by the one way in which they can be read; BOTH: by either


@lru_cache(maxsize=16_384)
def date_way(text: str) -> DateOrder | None:
    """The one way in which a date in numbers can be read, or that there are two; `None` where it makes no difference.

    Examples
    --------
    >>> [date_way(text) for text in ("17/04/2026", "04/17/2026", "04/03/2026")]
    [<DateOrder.DAY: 'day first'>, <DateOrder.MONTH: 'month first'>, <DateOrder.BOTH: 'both'>]
    >>> [date_way(text) for text in ("04/04/2026", "31/02/2026", "2026-04-03")]
    [None, None, None]
    """
    if not _IN_NUMBERS.match(text):
        return None
    day, month = parse_date(text), as_month_first(text)
    if day and month:
        return None if day == month else DateOrder.BOTH
    return DateOrder.DAY if day else DateOrder.MONTH if month else None


def date_order(dates: Dates) -> DateOrder | None:
    """How a column as a whole writes its dates; `None` if it does not say."""
    day, month = dates[DateOrder.DAY].times, dates[DateOrder.MONTH].times
    if not day and not month:
        return None
    if min(day, month) * _STRAYS > day + month:
        return DateOrder.BOTH
    return DateOrder.DAY if day > month else DateOrder.MONTH


def amount_style(text: str) -> bool | None:
    """Whether an amount surely parts its pence with a comma, or surely with a point; `None` if it does not say.

    Examples
    --------
    >>> [amount_style(text) for text in ("1.234,50", "12,5 EUR", "1,234.50", "-99.00", "1,234", "1.234", "700")]
    [True, True, False, False, False, None, None]
    """
    if _COMMA.fullmatch(text):
        return True
    return False if _POINT.fullmatch(text) else None


def styles_of(sheet: SourceTable, header: int, columns: ColumnPlaces, holds: Mapping[str, str]) -> ColumnStyles:
    """How the columns of a table are written.

    Parameters
    ----------
    sheet
        The table; it is read once more where its bytes leave a doubt.
    header
        The row of the header.
    columns
        Which column is which field.
    holds
        What a field holds, date or money; where nothing is said, each may hold either.
    """
    signs = sheet.signs()
    dates = {name: _dates() for name in columns.places if holds.get(name, "date") == "date"} if signs.dates else {}
    sums = {name: (Texts(), Texts()) for name in columns.places if holds.get(name, "money") == "money"}
    sums = sums if signs.commas else {}
    if dates or sums:
        for name, text in _cells(sheet, header, columns, {*dates, *sums}):
            if name in dates and (way := date_way(text)):
                dates[name][way].add(text)
            if name in sums and (comma := amount_style(text)) is not None:
                sums[name][comma].add(text)
    told: list[str] = []
    orders = _orders(dates, columns, told)
    commas = _commas(sums, columns, told)
    currencies = {name: code for name in columns.places if (code := other_currency(columns.header_of(name)))}
    return ColumnStyles(orders, commas, currencies, tuple(told))


def _dates() -> Dates:
    return {way: Texts() for way in DateOrder}


def _cells(sheet: SourceTable, header: int, columns: ColumnPlaces, names: set[str]) -> Iterator[tuple[str, str]]:
    """The filled cells of some fields that begin or end like a date or an amount."""
    places = sorted((place, name) for name in names for place in columns.places[name])
    for number, cells in sheet.rows():
        if number > header:
            width = len(cells)
            for place, name in places:
                if place < width and (cell := cells[place]) and len(cell) < 60:
                    yield name, clean(cell)


def _orders(dates: Mapping[str, Dates], columns: ColumnPlaces, told: list[str]) -> dict[str, DateOrder]:
    """The order of each column; one that does not say follows the others of its table, if they are of one mind."""
    own = {name: order for name in dates if (order := date_order(dates[name]))}
    minds = set(own.values())
    found: dict[str, DateOrder] = {}
    for name, seen in dates.items():
        day, month, both = (seen[way] for way in DateOrder)
        header, order = repr(columns.header_of(name)), own.get(name)
        if order is None and both.times and minds and minds != {DateOrder.DAY}:
            order = DateOrder.MONTH if minds == {DateOrder.MONTH} else DateOrder.BOTH
        if order is None or (order is DateOrder.DAY and not month.times):
            continue
        found[name] = order
        if order is DateOrder.BOTH:
            if name in own:
                ways = f"some day first ({day}), some month first ({month})"
                told.append(f"Dates in {header} are written in two ways, {ways}: {_left_out(both)}.")
            else:
                told.append(f"Nothing says whether dates in {header} are written day first: {_left_out(both)}.")
        elif name not in own:
            others = ", ".join(repr(columns.header_of(other)) for other in own)
            told.append(f"Dates in {header} ({both}) could be read either way: read {order}, as in {others}.")
        else:
            sure, against = (month, day) if order is DateOrder.MONTH else (day, month)
            but = f"; {against.times:,} that cannot be ({against}) read the other way" if against.times else ""
            told.append(
                f"Dates in {header} are read {order}: {sure.times:,} of them cannot be read otherwise ({sure}){but}."
            )
    return found


def _left_out(both: Texts) -> str:
    return f"{both.times:,} that fit both are left out ({both})" if both.times else "each fits one of them"


def _commas(sums: Mapping[str, tuple[Texts, Texts]], columns: ColumnPlaces, told: list[str]) -> dict[str, bool | None]:
    found: dict[str, bool | None] = {}
    for name, (point, comma) in sums.items():
        if comma.times:
            found[name] = None if point.times else True
            said = "with a point and with a comma" if point.times else "with a comma"
            but = f": {comma.times:,} with a comma are left out" if point.times else ", and read so"
            told.append(f"Amounts in {columns.header_of(name)!r} part the pence {said} ({comma}){but}.")
    return found
