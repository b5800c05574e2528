"""The one reader of rows: where the header is, which column is which field, and each row with typed cells.

A format says in a `TableKind` which columns it knows. What the reader guesses, repairs or leaves out stands in
the report, with file, row and column. Memory holds one row.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path

from riskgraph.data.scope_words import areas_of
from riskgraph.data.spelling import normalise
from riskgraph.errors import RiskGraphError
from riskgraph.importers.sheets import open_sheets
from riskgraph.importers.source import SourceTable
from riskgraph.importers.statements import Party, Statements, in_order, named_party, withheld
from riskgraph.importers.values import (
    LONGEST_PLACEHOLDER,
    PLACEHOLDERS,
    clean,
    parse_count,
    parse_date,
    parse_days,
    parse_money,
    redacted,
    says_nothing,
)
from riskgraph.importers.words import grade_of
from riskgraph.vocabulary import words

__all__ = [
    "EXAMPLE_ROW",
    "ColumnPlaces",
    "SourceRow",
    "TableKind",
    "header_key",
    "place_columns",
    "read_rows",
    "score_of_headers",
]

_FIRST = 20  # filled rows among which the header is looked for
EXAMPLE_ROW = "example row"  # how the first cell of a row begins that only shows how to fill in a template
_TICK = 1000  # rows between two signs of progress
_LIKE = 0.88  # likeness from which a header is taken for a known one
_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def header_key(text: str) -> str:
    """A header without capitals, spaces, punctuation and pound signs.

    Examples
    --------
    >>> header_key("Annual value (\u00a3)"), header_key("CompaniesHouse_RegistrationNumber")
    ('annualvalue', 'companieshouseregistrationnumber')
    """
    text = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"[^a-z0-9&#*]+", "", text)


@dataclass(frozen=True)
class TableKind:
    """A kind of table that a format knows.

    Parameters
    ----------
    columns
        Field to the headers under which it is met, the surest first.
    required
        Fields without which a table is not of this kind.
    whose
        The field that says whose rows these are; `--council` stands in for it.
    asks
        What is not known where neither says it, such as "who paid".
    name
        What the kind is called, where a format has several.
    sheet
        Pattern of the names of its sheets, where a format has several kinds.
    needed
        Whether a file without such a sheet is refused.
    sign
        A header that has to stand there in so many words.
    not_taken
        Fields that are known and never taken, because they name persons.
    strict
        Whether a row with more cells than the header is left out.
    counted
        Whether its rows count as rows read; rows that others only refer to do not.
    key
        What of a header counts; only whole words do where it is not the usual one.
    """

    columns: Mapping[str, Sequence[str]]
    required: tuple[str, ...] = ()
    whose: str = ""
    asks: str = ""
    name: str = ""
    sheet: str = ""
    needed: bool = False
    sign: str = ""
    not_taken: tuple[str, ...] = ()
    strict: bool = True
    counted: bool = True
    key: Callable[[str], str] = header_key

    def score(self, cells: Sequence[str]) -> int:
        """How many cells of a row are headers of this kind; at least two, or it is no header row."""
        known = self.known()
        found = {known[key] for cell in cells if (key := self.key(cell)) in known}
        return len(found) if len(found) > 1 else 0

    def known(self) -> dict[str, str]:
        """Header, as it is compared, to field."""
        return {key: name for name, names in self.columns.items() for word in (name, *names) if (key := self.key(word))}


@dataclass(frozen=True)
class ColumnPlaces:
    """Where each field stands, what was guessed, and the columns that are no field."""

    places: Mapping[str, tuple[int, ...]]  # field -> column, then the headerless ones right of it
    header: tuple[str, ...] = ()
    guesses: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()

    def __contains__(self, name: str) -> bool:
        return name in self.places

    def header_of(self, name: str) -> str:
        """The header of a field, as the file writes it."""
        return self.header[self.places[name][0]]


def place_columns(header: Sequence[str], kind: TableKind) -> ColumnPlaces:
    """Find the columns of the fields; exact words first (as the kind lists them), then near spellings.

    Examples
    --------
    >>> kind = TableKind({"supplier": ["Supplier Name"], "amount": []})
    >>> columns = place_columns(["Supplier name", "", "Ammount", "Colour"], kind)
    >>> columns.places, columns.guesses, columns.unused
    ({'supplier': (0, 1), 'amount': (2,)}, ("column 'Ammount' read as amount",), ('Colour',))
    """
    keys = [kind.key(cell) for cell in header]
    found: dict[str, int] = {}
    guesses: list[str] = []
    for name, names in kind.columns.items():
        for word in (*names, name):
            key = kind.key(word)
            if key and key in keys and keys.index(key) not in found.values():
                found[name] = keys.index(key)
                break
    known = kind.known()
    for place, key in enumerate(keys) if kind.key is header_key else ():
        if len(key) < 5 or place in found.values() or key in known:
            continue
        near = sorted(
            ((SequenceMatcher(None, key, word).ratio(), word) for word in known if len(word) > 4), reverse=True
        )
        if near and near[0][0] >= _LIKE and known[near[0][1]] not in found:
            found[known[near[0][1]]] = place
            guesses.append(f"column {header[place]!r} read as {known[near[0][1]]}")
    places = {}
    for name, place in found.items():
        right = place + 1
        while right < len(keys) and not keys[right] and not header[right].strip():
            right += 1
        places[name] = tuple(range(place, right))
    used = {place for span in places.values() for place in span}
    unused = tuple(cell for place, cell in enumerate(header) if cell and place not in used)
    return ColumnPlaces(places, tuple(header), tuple(guesses), unused)


class SourceRow:
    """One row of a table; a cell is asked for by the name of its field, and by what it should be.

    What a cell says and nobody understands is left blank and counted in the report.
    """

    __slots__ = ("_sheet", "cells", "columns", "kind", "number", "statements")

    def __init__(
        self, sheet: str, number: int, cells: list[str], columns: ColumnPlaces, kind: TableKind, statements: Statements
    ) -> None:
        self._sheet, self.number, self.cells, self.columns, self.kind = sheet, number, cells, columns, kind
        self.statements = statements

    @property
    def where(self) -> str:
        """Sheet, if there are several kinds of them, and row, as a spreadsheet numbers it."""
        return f"{self._sheet}, row {self.number}" if self.kind.name else f"row {self.number}"

    def text(self, name: str) -> str:
        """A cell as it stands; where headers were merged, the first filled cell below them."""
        places = self.columns.places.get(name)
        if places:
            cells = self.cells
            for place in places:
                if place < len(cells) and (text := clean(cells[place])):
                    return text
        return ""

    def __getitem__(self, name: str) -> str:
        if name not in self.columns.places:
            return ""
        text = self.text(name)
        if text and len(text) <= LONGEST_PLACEHOLDER and text.casefold() in PLACEHOLDERS:
            return ""
        return text

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

    def date(self, name: str) -> str | None:
        """A date, as YYYY-MM-DD, YYYY-MM or YYYY."""
        text = self[name]
        if not text:
            return None
        return parse_date(text) or self._unknown("date that is none, left blank", name, text)

    def dates(self) -> tuple[str | None, str | None]:
        """Start and end, in the order in which time runs."""
        return in_order(self.date("start"), self.date("end"), self.where, self.statements.report)

    def amount(self, name: str) -> Decimal | None:
        """An amount in pounds that is not below zero."""
        text = self[name]
        value = parse_money(text) if text else None
        if text and (value is None or value < 0):
            self._unknown("amount that is none, left blank", "", text)
            return None
        return value

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

    def withheld(self, supplier: str) -> bool:
        """Whether the name of a supplier was taken out by the publisher; the row is then left out, and counted."""
        return redacted(supplier) and withheld(supplier, self.where, self.statements.report)

    def skip(self, reason: str) -> None:
        """Leave the row out."""
        self.statements.report.skip(self.where, reason)

    def guess(self, sort: str, example: str = "") -> None:
        """Something that the row does not say in so many words."""
        self.statements.report.guess(sort, f"{self.where}: {example}" if example else self.where)

    def _unknown(self, sort: str, name: str, text: str) -> str | None:
        """Count a cell that nobody understands: it is left blank."""
        label = f"{self.where}, {name}" if name else self.where
        self.statements.report.guess(sort, f"{label}: {text!r}")
        return None


def read_rows(path: Path, kinds: Sequence[TableKind], statements: Statements) -> Iterator[SourceRow]:
    """Every filled row of every table of a file, or of a folder of files, that is of one of these kinds.

    Parameters
    ----------
    path
        A CSV or XLSX file, or a folder of CSV files.
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
    found: list[TableKind] = []
    for file in sorted(path.glob("*.csv")) if path.is_dir() else [path]:
        for sheet in open_sheets(file):
            kind = kind_of(sheet, kinds)
            if kind is None:
                number = _NUMBERS[len(kinds)]
                statements.report.note(f"Sheet {sheet.name!r} is none of the {number}; it was not read.")
                continue
            opened = _open(sheet, kind, path.name, statements)
            if opened is not None or kind.name:
                found.append(kind)
            if opened is not None:
                yield from _rows(sheet, kind, *opened, statements)
    for kind in kinds:
        if kind.needed and kind not in found:
            raise RiskGraphError(f"{path.name} has no table {kind.name}.", f"Add a sheet named {kind.name}.")
    if not found and len(kinds) > 1:
        names = ", ".join(kind.name.title() for kind in kinds)
        raise RiskGraphError(f"{path.name} has none of the {_NUMBERS[len(kinds)]} sheets.", f"Name them {names}.")
    if not found:
        raise RiskGraphError(
            f"{path.name} has no header row that is known here: no sheet has the columns "
            f"{', '.join(kinds[0].columns[name][0] for name in kinds[0].required)}.",
            "Add them, or say what its columns are, in their order: --columns date,supplier,amount (use - for others)",
        )


def kind_of(sheet: SourceTable, kinds: Sequence[TableKind]) -> TableKind | None:
    """Which kind a table is, by its name; where there is one kind only, every table may be of it."""
    if len(kinds) == 1:
        return kinds[0]
    names = (sheet.name, normalise(sheet.name))
    return next((kind for kind in kinds if any(re.search(kind.sheet, name, re.IGNORECASE) for name in names)), None)


def _open(sheet: SourceTable, kind: TableKind, file: str, statements: Statements) -> tuple[ColumnPlaces, int] | None:
    """Columns and row of the header, told to the report; none if the table is not of the kind after all."""
    report, options = statements.report, statements.options
    if options.columns is not None:
        header, number = list(options.columns), 0
    else:
        best = max(_first_rows(sheet), key=lambda row: kind.score(row[1]), default=(0, ()))
        number, header = best[0], list(best[1]) if kind.score(best[1]) else []
        while header and not header[-1]:
            header.pop()
    if not header:
        report.note(f"Sheet {sheet.name!r} has no header that is known here; it was not read.")
        return None
    columns = place_columns(header, kind)
    missing = [name for name in kind.required if name not in columns and not (name == kind.whose and options.council)]
    if missing:
        names = ", ".join(kind.columns[name][0] for name in missing)
        report.note(f"Sheet {sheet.name!r} has no column {names}; it was not read.")
        return None
    if kind.whose and kind.whose not in columns and not options.council:
        raise RiskGraphError(f"{file} does not say {kind.asks}.", "Name the council: --council 'Salford City Council'")
    of = f" ({sheet.name})" if kind.name else ""
    for text in sheet.notes:
        report.note(text)
    for guess in columns.guesses:
        report.guess("header read by likeness", f"{sheet.name}, {guess}" if of else guess)
    unused = [*columns.unused, *(columns.header_of(name) for name in kind.not_taken if name in columns)]
    report.unused_columns += [name + of for name in unused if name + of not in report.unused_columns]
    return columns, number


def _rows(
    sheet: SourceTable, kind: TableKind, columns: ColumnPlaces, header: int, statements: Statements
) -> Iterator[SourceRow]:
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
        row = SourceRow(sheet.name, number, cells, columns, kind, statements)
        if kind.counted:
            filled += 1
            report.read += 1
            if filled % _TICK == 0:
                tick(report.read, 0)
        if kind.strict and row.beyond:
            row.skip("more cells than the header has: its columns may be shifted")
            continue
        yield row
    if empty:
        report.note(f"{empty:,} empty rows were passed over.")
    if shown:
        report.note(
            f"{shown:,} example row was passed over." if shown == 1 else f"{shown:,} example rows were passed over."
        )


def _first_rows(sheet: SourceTable) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The filled rows at the top of a table, with their numbers."""
    seen = 0
    for number, row in sheet.rows():
        cells = tuple(map(clean, row))
        if any(cells):
            seen += 1
            yield number, cells
        if seen == _FIRST or number > 2000:
            return


@lru_cache(maxsize=64)
def _tops(path: Path, _size: int, _stamp: int) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """The first rows of each table of a file, read once for all formats that look at it."""
    return tuple(tuple(cells for _, cells in _first_rows(sheet)) for sheet in open_sheets(path))


def score_of_headers(path: Path, kind: TableKind) -> int:
    """How many headers of a kind the best row of a file holds; 0 unless all required ones are there."""
    if not path.is_file() or path.suffix.lower() in {".json", ".jsonl", ".ndjson"}:
        return 0
    best = 0
    for rows in _tops(path, path.stat().st_size, path.stat().st_mtime_ns):
        for cells in rows:
            score = kind.score(cells)
            signed = not kind.sign or kind.key(kind.sign) in map(kind.key, cells)
            if score > best and signed and all(name in place_columns(cells, kind) for name in kind.required):
                best = score
    return best
