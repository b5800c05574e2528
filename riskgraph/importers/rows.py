"""The one reader of rows: each row of a table with typed cells, by the names of its fields.

Which column is which field says `riskgraph.importers.columns`. What the reader guesses, repairs or leaves out stands in
the report, with file, row and column. Memory holds one row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from riskgraph.data.scope_words import areas_of
from riskgraph.data.spelling import normalise
from riskgraph.errors import RiskGraphError
from riskgraph.importers.column_styles import ColumnStyles, amount_style, date_way, styles_of
from riskgraph.importers.columns import (
    ColumnPlaces,
    TableKind,
    TableSeen,
    kind_of,
    open_table,
    place_columns,
    score_of_headers,
)
from riskgraph.importers.placeholders import placeholder
from riskgraph.importers.refusals import unread_table, whose_rows
from riskgraph.importers.report import MoneyColumn
from riskgraph.importers.sheets import open_sheets
from riskgraph.importers.source import SourceFile, SourceTable
from riskgraph.importers.statements import Party, Statements, in_order, named_party, withheld
from riskgraph.importers.values import (
    LONGEST_PLACEHOLDER,
    PLACEHOLDERS,
    DateOrder,
    clean,
    currency_named,
    other_currency,
    parse_count,
    parse_date,
    parse_days,
    parse_money,
    plain_amount,
    redacted,
    says_nothing,
    with_a_point,
    without_currency,
)
from riskgraph.importers.words import grade_of
from riskgraph.vocabulary import pattern, words

__all__ = [
    "EXAMPLE_ROW",
    "ColumnPlaces",
    "SourceRow",
    "TableKind",
    "kind_of",
    "place_columns",
    "read_rows",
    "score_of_headers",
]

_OF_BODIES = {"supplier", "council", "payer"}  # fields of which several may stand in a cell, on lines of their own
EXAMPLE_ROW = "example row"  # how the first cell of a row begins that only shows how to fill in a template
_MANY = 16_384  # cells of a column that are remembered
_TICK = 1000  # rows between two signs of progress
_NO_AMOUNT = "amount that is none, left blank"
_USUAL = ColumnStyles()
_NUMBERS = (
    "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen",
)  # fmt: skip


class _ColumnMemory:
    """Where the one column of a field stands, and what its cells were found to say: most stand there again and again."""

    __slots__ = ("days", "place", "texts")

    def __init__(self, place: int) -> None:
        self.place = place
        self.texts: dict[str, str] = {}
        self.days: dict[str, str] = {}  # by the text of a cell

    def remember(self, said: dict[str, str], cell: str, text: str) -> str:
        """What a cell says, for the next row."""
        if len(said) >= _MANY:
            said.clear()
        said[cell] = text
        return text


class SourceRow:
    """One row of a table; a cell is asked for by the name of its field, and by what it should be.

    What a cell says and nobody understands is left blank and counted in the report.
    """

    __slots__ = ("_known", "_place", "cells", "columns", "kind", "number", "statements", "styles")

    def __init__(
        self,
        place: str,
        number: int,
        cells: list[str],
        columns: ColumnPlaces,
        kind: TableKind,
        statements: Statements,
        styles: ColumnStyles = _USUAL,
        known: Mapping[str, _ColumnMemory] = MappingProxyType({}),
    ) -> None:
        self._place, self.number, self.cells, self.columns, self.kind = place, number, cells, columns, kind
        self.statements, self.styles, self._known = statements, styles, known

    @property
    def where(self) -> str:
        """File and sheet, if there are several of them, and row, as a spreadsheet numbers it."""
        return f"{self._place}, row {self.number}" if self._place else f"row {self.number}"

    def text(self, name: str) -> str:
        """A cell as it stands; where headers were merged, the first filled cell below them."""
        places = self.columns.places.get(name)
        if places:
            cells = self.cells
            for place in places:
                if place < len(cells) and (text := clean(cells[place])):
                    if "\n" in cells[place] and name in _OF_BODIES and self.statements.names is not None:
                        return self.statements.names.on_lines(cells[place])
                    return text
        return ""

    def __getitem__(self, name: str) -> str:
        column = self._known.get(name)
        if column is None:
            return self._said(name) if name in self.columns.places else ""
        if column.place >= len(self.cells):
            return ""
        cell = self.cells[column.place]
        text = column.texts.get(cell)
        return column.remember(column.texts, cell, self._said(name)) if text is None else text

    def _said(self, name: str) -> str:
        text = self.text(name)
        if text and len(text) <= LONGEST_PLACEHOLDER and text.casefold() in PLACEHOLDERS:
            return ""
        if name == self.kind.whose and placeholder(text):
            return ""  # "All", "Various": no council
        return text

    def said(self, fields: Mapping[str, str]) -> dict[str, str]:
        """What the cells of these fields say, as `row[name]` has it, with "" where it has no column."""
        said = dict(fields)
        cells, known, whose = self.cells, self._known, self.kind.whose
        width = len(cells)
        for name in self.columns.places:
            if name not in fields:
                continue
            column = known.get(name)
            if column is None:
                said[name] = self._said(name)
            elif column.place < width:
                cell = cells[column.place]
                text = column.texts.get(cell)
                if text is None:
                    if name == whose or "\n" in cell:
                        text = self._said(name)
                    else:
                        text = clean(cell)
                        if len(text) <= LONGEST_PLACEHOLDER and text.casefold() in PLACEHOLDERS:
                            text = ""
                    column.remember(column.texts, cell, text)
                said[name] = text
        return said

    @property
    def beyond(self) -> list[str]:
        """Filled cells behind the last header."""
        width = len(self.columns.header)
        if len(self.cells) <= width:
            return []
        return [text for cell in self.cells[width:] if (text := clean(cell))]

    def many(self, name: str) -> list[str]:
        """The parts of a cell, between semicolons or on lines of their own."""
        for place in self.columns.places.get(name, ()):
            if place < len(self.cells) and clean(self.cells[place]):
                parts = (clean(part) for part in re.split(r"[;\r\n]+", self.cells[place]))
                return [part for part in parts if not says_nothing(part)]
        return []

    def party(self, name: str, *, number: str = "", scheme: str = "GB-COH") -> Party | None:
        """A company, with the number in another cell; none if the cell names nobody."""
        ids = ((scheme, self[number]),) if number and self[number] else ()
        return named_party(self[name], self.statements.report, ids)

    def buyer(self, name: str) -> tuple[str, str]:
        """Whose row it is, and the department that stands where the council should (`Statements.buyer`)."""
        return self.statements.buyer(self[name], self.columns.header_of(name) if name in self.columns else "")

    def day(self, name: str) -> str | None:
        """A date, as YYYY-MM-DD, YYYY-MM or YYYY; what is none is not told."""
        column = self._known.get(name)
        if column is not None and column.place < len(self.cells):
            found = column.days.get(self.cells[column.place])
            if found is not None:
                return found  # nearly all
        text = self[name]
        if not text:
            return None
        if column is None:
            return parse_date(text, self.styles.orders.get(name))
        if day := column.days.get(text):
            return day
        found = parse_date(text, self.styles.orders.get(name))
        return found and column.remember(column.days, text, found)

    def date(self, name: str) -> str | None:
        """A date, as YYYY-MM-DD, YYYY-MM or YYYY."""
        column = self._known.get(name)
        if column is not None and column.place < len(self.cells):
            found = column.days.get(self.cells[column.place])
            if found is not None:
                return found  # nearly all
        if day := self.day(name):
            return day
        text = self[name]
        return self._unknown(f"{self.no_date(name)}, left blank", name, text) if text else None

    def no_date(self, name: str) -> str:
        """Why a cell is no date."""
        twice = name in self.styles.orders and date_way(self[name]) is DateOrder.BOTH
        return "date that may be read two ways" if twice else "date that is none"

    def dates(self) -> tuple[str | None, str | None]:
        """Start and end, in the order in which time runs."""
        return in_order(self.date("start"), self.date("end"), self.where, self.statements.report)

    def amount(self, name: str) -> Decimal | None:
        """An amount in pounds that is not below zero."""
        value = self.money(name)
        if value is not None and value < 0:
            self._unknown(_NO_AMOUNT, "", self[name])
            return None
        return value

    def money(self, name: str) -> Decimal | None:
        """An amount in pounds, below zero for a credit."""
        column, styles = self._known.get(name), self.styles
        if column is not None and column.place < len(self.cells) and not styles.commas and not styles.currencies:
            value = plain_amount(self.cells[column.place])
            if value is not None and "currency" not in self.columns.places:
                return value  # nearly all
        text = self[name]
        if not text:
            return None
        if name in styles.commas:
            text = self._with_a_point(name, text)
        value = parse_money(text)
        if value is not None and not styles.currencies and "currency" not in self.columns.places:
            return value
        account = self._account(name)
        if currency := self.currency(name):
            self._unknown(f"value in another currency ({currency}), left out", name, self[name])
            value = parse_money(without_currency(text))
            if account and value is not None:
                account.foreign(currency, value)
            return None
        if value is None:
            self._unknown(_NO_AMOUNT, "", self[name])
            if account:
                account.unread[self[name]] += 1
        return value

    def currency(self, name: str) -> str:
        """The currency of an amount that is not in pounds; "" for pounds."""
        stated = self.styles.currencies.get(name) or other_currency(self[name])
        return stated or (currency_named(self["currency"]) if "currency" in self.columns.places else "")

    def _with_a_point(self, name: str, text: str) -> str:
        """An amount of a column that writes a comma for the point; "" where that is not sure."""
        comma = amount_style(text)
        if self.styles.commas[name]:
            return "" if comma is False else with_a_point(text)
        return text if comma is False or "." not in text else ""

    def _account(self, name: str) -> MoneyColumn | None:
        """The account of a column, if it is the one of the source that is accounted for."""
        account = self.statements.report.money
        return account if account and account.column == self.columns.header_of(name) else None

    def days(self, name: str, label: str) -> int | None:
        """A number of days."""
        text = self[name]
        value = parse_days(text) if text else None
        if text and value is None:
            self._unknown("word that is not known, left blank", label, text)
        return value

    def word(self, name: str, list_: str, format_: str = "") -> str | None:
        """A word of the model, by a list of the vocabulary."""
        text = self[name]
        if not text:
            return None
        value = words(list_, format_).get(normalise(text))
        return value or self._unknown("word that is not known, left blank", name, text)

    def many_words(self, name: str, list_: str) -> tuple[str, ...]:
        """Words of the model, several in a cell."""
        found = {text: words(list_).get(normalise(text)) for text in self.many(name)}
        for text in (text for text, word in found.items() if word is None):
            self._unknown("word that is not known, left blank", name, text)
        return tuple(sorted({word for word in found.values() if word}))

    def count_of(self, name: str) -> int | None:
        """A whole number: "about 1,200 people" is 1200."""
        text = self[name]
        value = parse_count(text) if text else None
        if text and value is None:
            self._unknown("number that is none, left blank", name, text)
        return value

    def area(self) -> str | None:
        """The service area."""
        text = self["area"]
        if not text:
            return None
        known = areas_of(text)
        if len(known) == 1:
            return known[0]
        which = "fits several" if known else "is not known"
        return self._unknown(f"service area that {which}, left blank", "", text)

    def grade(self) -> str:
        """How sure the row is."""
        return grade_of(self["sure"], self.where, self.statements.options.grade, self.statements.report)

    def withheld(self, supplier: str, money: Decimal | None = None) -> bool:
        """Whether the name of a supplier was taken out by the publisher; the row is then left out, and counted."""
        return redacted(supplier) and withheld(supplier, self.where, self.statements.report, money)

    def skip(self, reason: str, money: Decimal | None = None, text: str = "") -> None:
        """Leave the row out, with what it has in the column of money; a row of totals is none, and passed over."""
        report = self.statements.report
        if self.kind.counted and self._is_of_totals(money):
            report.read -= 1
            report.guess("a row of totals, which is none: passed over", self.where)
            if money is not None and report.money is not None:
                report.money.seen(-money)
            return
        report.skip(f"{self.where}: {text!r}" if text else self.where, reason, money=money)

    def _is_of_totals(self, money: Decimal | None) -> bool:
        """Whether a cell says so and the row names nobody, or it is nothing but the sum of the column of money."""
        texts = [text for cell in self.cells if (text := clean(cell))]
        column = self.statements.report.money
        sum_ = column is not None and money and column.total == 2 * money  # with this cell: it is all before it
        if sum_ and all(parse_money(text) is not None for text in texts):
            return True
        if not any(pattern("totals row").search(text) for text in texts if len(text) < 80):
            return False
        named = (self[name] for name in self.kind.required if name in self.columns.places)
        return not all(text and not pattern("totals row").search(text) for text in named)

    def guess(self, sort: str, example: str = "") -> None:
        """Something that the row does not say in so many words."""
        self.statements.report.guess(sort, f"{self.where}: {example}" if example else self.where)

    def _unknown(self, sort: str, name: str, text: str) -> str | None:
        """Count a cell that nobody understands: it is left blank."""
        label = f"{self.where}, {name}" if name else self.where
        self.statements.report.guess(sort, f"{label}: {text!r}")
        return None


def read_rows(
    source: Path | Sequence[SourceFile], kinds: Sequence[TableKind], statements: Statements
) -> Iterator[SourceRow]:
    """Every filled row of every table of one or several files that is of one of these kinds.

    Parameters
    ----------
    source
        A CSV or XLSX file, or several.
    kinds
        The kinds of table; several are told apart by the names of their sheets.
    statements
        Takes, in its report, what was guessed and what was not taken.

    Raises
    ------
    DataError
        If a file cannot be read.
    RiskGraphError
        If no table is of a kind, or nothing says whose rows these are.
    """
    options = statements.options
    found: list[TableKind] = []
    seen: list[TableSeen] = []
    sheets: list[str] = []
    files = [SourceFile(source)] if isinstance(source, Path) else source
    for path, within in files:
        for sheet in open_sheets(path):
            sheets.append(sheet.name)
            kind = kind_of(sheet, kinds)
            if kind is None:
                number = _NUMBERS[len(kinds)]
                statements.report.note(f"Sheet {sheet.name!r} is none of the {number}; it was not read.")
                continue
            opened = open_table(sheet, kind, statements, seen)
            if opened is None and seen and seen[-1].only_nameless and not options.council:
                raise whose_rows(Path(statements.report.source) if within else path, seen[-1], statements.report.format)
            if opened is not None or kind.name:
                found.append(kind)
            if opened is not None:
                yield from _rows(sheet, within, kind, *opened, statements)
    name = files[0].path.name if len(files) == 1 else statements.report.source
    for kind in kinds:
        if kind.needed and kind not in found:
            raise RiskGraphError(f"{name} has no table {kind.name}.", f"Add a sheet named {kind.name}.")
    if not found and len(kinds) > 1:
        names = ", ".join(kind.name.title() for kind in kinds)
        has = ", ".join(repr(sheet) for sheet in sheets) or "nothing"
        raise RiskGraphError(
            f"{name} has none of the {_NUMBERS[len(kinds)]} sheets: it has {has}.", f"Name its sheets {names}."
        )
    if not found:
        told = files[0].path if len(files) == 1 and not files[0].name else Path(statements.report.source)
        raise unread_table(told, seen, statements.report.format, options.council, kinds[0])


def _rows(
    sheet: SourceTable, within: str, kind: TableKind, columns: ColumnPlaces, header: int, statements: Statements
) -> Iterator[SourceRow]:
    styles = styles_of(sheet, header, columns, kind.holds)
    for text in styles.told:
        statements.report.say_first(f"{sheet.name}: {text}" if kind.name else text)
    of = sheet.name if kind.name and sheet.name not in within else ""  # a CSV file is the sheet itself
    place = ", ".join(filter(None, (within, of)))
    known = {name: _ColumnMemory(places[0]) for name, places in columns.places.items() if len(places) == 1}
    report, tick = statements.report, statements.options.tick
    empty = filled = shown = 0
    for number, cells in sheet.rows():
        if number <= header:
            continue
        if not any(map(clean, cells)):
            empty += 1
            continue
        if cells[0][: len(EXAMPLE_ROW)].casefold() == EXAMPLE_ROW:
            shown += 1
            continue
        row = SourceRow(place, number, cells, columns, kind, statements, styles, known)
        if kind.counted:
            filled += 1
            report.read += 1
            if filled % _TICK == 0:
                tick(report.read, 0)
        if kind.strict and row.beyond:
            row.skip("more cells than the header has: its columns may be shifted")
            continue
        yield row
    for reason, example in sheet.lost if kind.counted else ():
        report.read += 1
        report.skip(f"{within}, {example}" if within else example, reason)
    for sort, example in sheet.repairs:
        report.guess(sort, f"{within}, {example}" if within else example)
    if empty:
        report.note(f"{empty:,} empty rows were passed over.")
    if shown:
        report.note(
            f"{shown:,} example row was passed over." if shown == 1 else f"{shown:,} example rows were passed over."
        )
