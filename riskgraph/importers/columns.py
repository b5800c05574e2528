"""Which column of a table is which field: by its header, and by what its cells hold.

A format says in a `TableKind` which columns it knows and what they have to hold. A header that is known in so many
words is taken unless the cells below contradict it; likeness fills only what a row can do without.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from riskgraph.data.spelling import normalise
from riskgraph.importers.cell_sorts import ColumnLook, looks_of
from riskgraph.importers.header_rows import joined_headers
from riskgraph.importers.sheets import open_sheets
from riskgraph.importers.source import SourceTable
from riskgraph.importers.statements import Statements
from riskgraph.importers.values import clean
from riskgraph.vocabulary import header_key, headers, holds, pattern, usual, words

__all__ = [
    "ColumnPlaces",
    "TableKind",
    "TableSeen",
    "header_key",
    "kind_of",
    "open_table",
    "place_columns",
    "score_of_headers",
    "seen_tables",
]

_FIRST = 20  # filled rows among which the header is looked for
_SAMPLE = 200  # filled rows below it by which a column is judged
_LIKE = 0.88  # likeness from which a header is taken for a known one
_AGAINST = 0.2  # a column of which less fits than this contradicts its header
_SURE = {"given": 1.0, "exact": 1.0, "shortened": 0.9, "like": 0.6, "values": 0.5}  # by how the name was known
_SAID_TWICE = re.compile(r"\s*[/|]\s*|\s+[-\u2013]\s+|\s*[\r\n]+\s*")  # between the two languages of a header
_FIGURES = {"dates", "amounts", "numbers"}
_CONTRARY = {"date": "date", "money": "amount", "name": "name"}
Row = tuple[str, ...]


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
        Pattern of the names of its sheets, where a format has several kinds; without one, its columns tell.
    needed
        Whether a file without such a sheet is refused.
    sign
        A header that has to stand there in so many words.
    not_taken
        Fields that are known and never taken: they name persons, or nothing in the model holds them.
    strict
        Whether a row with more cells than the header is left out.
    counted
        Whether its rows count as rows read; rows that others only refer to do not.
    key
        What of a header counts; only whole words do where it is not the usual one.
    holds
        What the cells of a field have to hold, where that can be judged: date, money or name.
    usual
        What a field is called where we speak of it; its first header if that is not said.
    by_content
        Fields that a column of their sort may fill though nobody knows its header, if it is the only such column.
    any_of
        Fields of which a table of this kind has at least one.
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
    holds: Mapping[str, str] = field(default_factory=dict)
    usual: Mapping[str, str] = field(default_factory=dict)
    by_content: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()

    @classmethod
    def of(cls, format_: str, **said: Any) -> TableKind:
        """The kind of table of a format of the vocabulary.

        Examples
        --------
        >>> TableKind.of("ownership", required=("company", "owner")).called("company_number")
        'Company number'
        """
        return cls(headers(format_), holds=holds(format_), usual=usual(format_), **said)

    def called(self, name: str) -> str:
        """What a field is called where we speak of it."""
        return self.usual.get(name) or next(iter(self.columns[name]), name)

    def lacks(self, places: Container[str]) -> tuple[str, ...]:
        """Fields without which a table is not of this kind; not the one that a word of the user stands in for."""
        missing = tuple(name for name in self.required if name not in places and name != self.whose)
        return missing if any(name in places for name in self.any_of) else (*missing, *self.any_of[:1])

    def score(self, cells: Sequence[str]) -> int:
        """How many fields a row names, if it is a header row; at least two, or it is none."""
        found = {readings[0].field for cell in cells if (readings := self.readings(cell))}
        return len(found) if len(found) > 1 else 0

    def readings(self, cell: str) -> list[_Reading]:
        """What a header may mean, the surest first: in so many words, or without what stands in brackets."""
        key = self.key(cell)
        if not key:
            return []
        if key in self._known:
            return [_Reading(name, rank, "exact") for name, rank in self._known[key]]
        if self.key is not header_key:
            return []
        if whole := self._known.get(_in_full(cell)):
            return [_Reading(name, rank + 1000, "exact") for name, rank in whole]
        bare, taxed = _bare(cell)
        known = self._known.get(header_key(bare)) or self._known.get(_in_full(bare)) or self._twice(cell)
        return [_Reading(name, rank + 2000 + 1000 * taxed, "shortened") for name, rank in known]

    def _twice(self, cell: str) -> list[tuple[str, int]]:
        """The field that a header names twice, as in "Cyflenwr / Supplier"; none if a part of it names no field."""
        parts = [self._known.get(header_key(part), []) for part in _SAID_TWICE.split(cell)]
        if len(parts) < 2:
            return []
        return [(name, rank) for name, rank in parts[0] if all(name in dict(part) for part in parts)]

    @cached_property
    def _known(self) -> Mapping[str, list[tuple[str, int]]]:
        """Header, as it is compared, to the fields that it may name, each with its place among the field's headers."""
        known: dict[str, list[tuple[str, int]]] = {}
        for name, names in self.columns.items():
            for rank, word in enumerate((*names, self.usual.get(name, ""), name)):
                if (key := self.key(word)) and name not in dict(known.get(key, ())):
                    known.setdefault(key, []).append((name, rank))
        return known


class _Reading(NamedTuple):
    field: str
    rank: int  # 0: the surest header of the field
    how: str


@lru_cache(maxsize=4096)
def _bare(cell: str) -> tuple[str, bool]:
    """A header without its unit and what explains it, and whether that spoke of tax included.

    What is said in brackets is left there if it makes another thing of the column.

    Examples
    --------
    >>> _bare("Supplier Name (T)"), _bare("Amount GBP (incl. VAT)"), _bare("Supplier (Postcode)")
    (('Supplier Name', False), ('Amount', True), ('', False))
    """
    off = pattern("header: taken off")
    added = " ".join(match[0] for match in off.finditer(cell))
    if not added or pattern("header: another thing").search(added):
        return "", False
    return clean(off.sub(" ", cell)), bool(pattern("header: with tax").search(added))


@lru_cache(maxsize=4096)
def _in_full(cell: str) -> str:
    """A header with its short words in full, as it is compared; "" if it has none.

    Examples
    --------
    >>> _in_full("Pymt_Dt"), _in_full("Supp. Name"), _in_full("Payment Date")
    ('paymentdate', 'suppliername', '')
    """
    parts = re.findall(r"[a-z]+|[^a-z]+", cell.casefold())
    full = [words("header: short for").get(part, part) for part in parts]
    return header_key("".join(full)) if full != parts else ""


@dataclass(frozen=True)
class ColumnPlaces:
    """Where each field stands, what was guessed, and the columns that are no field."""

    places: Mapping[str, tuple[int, ...]]  # field -> column, then the headerless ones right of it
    header: tuple[str, ...] = ()
    guesses: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    how: Mapping[str, str] = field(default_factory=dict)  # field -> how its header was known
    fits: Mapping[str, float] = field(default_factory=dict)  # field -> part of its cells that hold what they should
    against: Mapping[str, str] = field(default_factory=dict)  # required field -> why the column of its name is not it
    doubts: tuple[str, ...] = ()  # what must be told first
    loose: tuple[int, ...] = ()  # columns of dates that nobody knows by name, where no date is known

    def __contains__(self, name: object) -> bool:
        return name in self.places

    def contradicted(self, name: str) -> bool:
        """Whether its cells hold something else than its header says, which is told first."""
        return self.fits.get(name, 1.0) < _AGAINST

    def header_of(self, name: str) -> str:
        """The header of a field, as the file writes it."""
        return self.header[self.places[name][0]]

    def scores(self) -> list[dict[str, Any]]:
        """How sure each column is: by its header, and by what its cells hold."""
        return [
            {
                "column": self.header_of(name),
                "field": name,
                "header": how,
                "cells_that_fit": self.fits.get(name),
                "score": round(_SURE[how] * self.fits.get(name, 1.0), 2),
            }
            for name, how in self.how.items()
        ]


def place_columns(
    header: Sequence[str], kind: TableKind, looks: Sequence[ColumnLook] = (), *, given: bool = False
) -> ColumnPlaces:
    """Find the columns of the fields: by exact words, as the kind lists them; then, for what can be spared, by likeness.

    Parameters
    ----------
    header
        The headers.
    kind
        Which fields there may be.
    looks
        What the cells below each header look like; without it names alone are judged.
    given
        Whether a person named the columns: then they are what that person says.

    Examples
    --------
    >>> kind = TableKind({"supplier": ["Supplier Name"], "amount": [], "note": ["Remarks"]}, required=("supplier",))
    >>> columns = place_columns(["Supplier name", "", "Remarcks", "Colour"], kind)
    >>> columns.places, columns.guesses, columns.unused
    ({'supplier': (0, 1), 'note': (2,)}, ("column 'Remarcks' read as note",), ('Colour',))
    >>> place_columns(["Suplier name", "Amount"], kind).places
    {'amount': (1,)}
    """
    placing = _Placing(header, kind, looks, given)
    placing.by_name()
    if kind.key is header_key and not given:
        placing.by_likeness()
    placing.by_content()
    return placing.done()


class _Placing:
    """The work of `place_columns`."""

    def __init__(self, header: Sequence[str], kind: TableKind, looks: Sequence[ColumnLook], given: bool) -> None:
        self.header, self.kind, self.looks, self.given = header, kind, looks, given
        self.readings = [kind.readings(cell) for cell in header]
        self.found: dict[str, int] = {}
        self.how: dict[str, str] = {}
        self.guesses: list[str] = []
        self.against: dict[str, str] = {}
        self.doubts: list[str] = []
        self.loose: tuple[int, ...] = ()

    def look(self, place: int) -> ColumnLook | None:
        return self.looks[place] if place < len(self.looks) else None

    def fit(self, name: str, place: int) -> float | None:
        """The part of a column's cells that hold what a field has to hold; None if that cannot be judged."""
        look, sort = self.look(place), self.kind.holds.get(name)
        return look.share(sort) if look and sort and look.filled else None

    def contradicts(self, name: str, place: int) -> bool:
        fit = self.fit(name, place)
        return fit is not None and fit < _AGAINST

    def by_name(self) -> None:
        """For each field the column whose header is surest and whose cells do not contradict it."""
        for name in self.kind.columns:
            candidates = sorted(
                (self.contradicts(name, place), self.empty(place), reading.rank, place, reading.how)
                for place, readings in enumerate(self.readings)
                for reading in readings
                if reading.field == name and place not in self.found.values()
            )
            if not candidates:
                continue
            contrary, _, rank, place, how = candidates[0]
            passed = [one for one in candidates[1:] if one[2] < rank]
            if contrary and not self.given:
                why = self.contrary(name, place)
                if name in {*self.kind.required, self.kind.whose}:
                    self.against[name] = why
                    continue
                if self.kind.holds[name] == "date":
                    self.doubts.append(f"{why[0].upper()}{why[1:]}.")
            elif passed:
                self.guesses.append(f"{self.contrary(name, passed[0][3])}: {self.header[place]!r} read as {name}")
            self.found[name] = place
            self.how[name] = "given" if self.given else how

    def contrary(self, name: str, place: int) -> str:
        """Why a column is not what its header says."""
        look, fit = self.look(place), self.fit(name, place)
        assert look is not None
        if not self.contradicts(name, place):
            return f"column {self.header[place]!r} is hardly filled"
        hardly = "no" if not fit else "hardly a"
        return f"column {self.header[place]!r} holds {hardly} {_CONTRARY[self.kind.holds[name]]} but {look}"

    def tells(self, name: str) -> bool:
        """Whether a field was found and its column says something of it."""
        place = self.found.get(name)
        return place is not None and not self.contradicts(name, place) and not self.empty(place)

    def empty(self, place: int) -> bool:
        """Whether hardly a cell of a column is filled."""
        look = self.look(place)
        return look is not None and 20 * look.filled < look.rows

    def by_likeness(self) -> None:
        """Misspelt headers of what a row can do without; never a required field, whose rows these are, or a date."""
        spared = {*self.kind.required, *self.kind.any_of, self.kind.whose}
        spared |= {name for name, sort in self.kind.holds.items() if sort in {"date", "money"}}
        near_to = {
            key: name
            for name, names in self.kind.columns.items()
            if name not in spared
            for word in (name, *names)
            if len(key := header_key(word)) > 4
        }
        for place, cell in enumerate(self.header):
            key = header_key(cell)
            if len(key) < 5 or self.readings[place]:
                continue
            near = max(((SequenceMatcher(None, key, word).ratio(), word) for word in near_to), default=(0.0, ""))
            name = near_to.get(near[1], "")
            if near[0] >= _LIKE and name not in self.found and not self.contradicts(name, place):
                self.found[name], self.how[name] = place, "like"
                self.guesses.append(f"column {cell!r} read as {name}")

    def by_content(self) -> None:
        """A column that nobody knows by name but that holds dates: the only one may be read, several are told."""
        dates = [name for name, sort in self.kind.holds.items() if sort == "date"]
        if not self.looks or any(self.tells(name) for name in dates):
            return
        places = [
            place
            for place, (cell, look) in enumerate(zip(self.header, self.looks, strict=False))
            if cell and look.all_dates() and not self.readings[place] and place not in self.found.values()
        ]
        named = " and ".join(repr(self.header[place]) for place in places)
        for name in self.kind.by_content:
            if len(places) == 1 and self.kind.holds.get(name) == "date" and not self.given:
                self.found[name], self.how[name] = places[0], "values"
                count = self.looks[places[0]].filled
                said = "its one value is a date" if count == 1 else f"its {count} values are dates"
                self.guesses.append(f"column {named} read as {name}: {said}")
                return
        if places and dates:
            self.loose = tuple(places)
            hold = "holds" if len(places) == 1 else "hold"
            self.doubts.append(
                f"{named} {hold} dates that nobody knows by name: not read; --columns says what they are."
            )

    def done(self) -> ColumnPlaces:
        header = self.header
        places = {}
        for name, place in self.found.items():
            right = place + 1
            while right < len(header) and not self.kind.key(header[right]) and not header[right].strip():
                right += 1
            places[name] = tuple(range(place, right))
        used = {place for name, span in places.items() if name not in self.kind.not_taken for place in span}
        unused = tuple(cell for place, cell in enumerate(header) if cell and place not in used)
        fits = {name: fit for name, place in self.found.items() if (fit := self.fit(name, place)) is not None}
        return ColumnPlaces(
            places,
            tuple(header),
            tuple(self.guesses),
            unused,
            self.how,
            fits,
            self.against,
            tuple(self.doubts),
            self.loose,
        )


def kind_of(sheet: SourceTable, kinds: Sequence[TableKind]) -> TableKind | None:
    """Which kind a table is, by its name or its columns; where there is one kind only, every table may be of it."""
    if len(kinds) == 1:
        return kinds[0]
    names = (sheet.name, normalise(sheet.name))
    for kind in kinds:
        if kind.sheet and any(re.search(kind.sheet, name, re.IGNORECASE) for name in names):
            return kind
    by_columns = [kind for kind in kinds if not kind.sheet]
    tops = [cells for _, cells in _first_rows(sheet)][:_FIRST] if by_columns else []
    return next((kind for kind in by_columns if any(_has_required(kind, cells) for cells in tops)), None)


def _has_required(kind: TableKind, cells: Row) -> bool:
    columns = place_columns(cells, kind)
    return all(name in columns for name in kind.required)


class TableSeen(NamedTuple):
    """A table as a kind of table sees it: whether it can be read, and if not what one would have to know."""

    kind: TableKind
    number: int  # row of the header, 0 if there is none
    columns: ColumnPlaces
    looks: tuple[ColumnLook, ...]
    first: tuple[int, Row]  # the first filled row and its number
    above: int = 0  # row of the groups above the header, where it stands in two rows
    titles: tuple[tuple[int, str], ...] = ()  # what stands above the header, and its rows

    @property
    def missing(self) -> tuple[str, ...]:
        """Fields without which it is not of the kind; not the one that a word of the user stands in for."""
        return self.kind.lacks(self.columns)

    @property
    def nameless(self) -> bool:
        """Whether nothing in it says whose rows these are."""
        return bool(self.kind.whose) and self.kind.whose not in self.columns

    @property
    def only_nameless(self) -> bool:
        """Whether a word of the user on whose rows these are is all that it wants."""
        return self.nameless and bool(self.columns.places) and not self.missing

    @property
    def score(self) -> int:
        """How many fields it has whose cells do not contradict them."""
        return sum(1 for name, how in self.columns.how.items() if how in {"exact", "shortened"} and self._fits(name))

    def look(self, name: str) -> ColumnLook | None:
        """What the cells of a field are; none if it was not found."""
        places = self.columns.places.get(name)
        return self.looks[places[0]] if places and places[0] < len(self.looks) else None

    def _fits(self, name: str) -> bool:
        return self.columns.fits.get(name, 1.0) >= _AGAINST


def _see(tops: tuple[tuple[int, Row], ...], kind: TableKind, given: tuple[str, ...] | None = None) -> TableSeen | None:
    """The first rows of a table, as a kind sees them; none if there are no rows."""
    if not tops:
        return None
    rows = tuple(cells for _, cells in tops)
    lower = given is not None  # of two rows that name as much, the one that stands right above the cells
    top = range(min(_FIRST, len(rows)))
    best: int | None = max(reversed(top) if lower else top, key=lambda index: kind.score(rows[index]))
    if not kind.score(rows[best or 0]):
        best = _header_by_cells(rows)
    if given is not None:
        looks = _looks(rows if best is None else rows[best + 1 : best + 1 + _SAMPLE])
        number = 0 if best is None else tops[best][0]
        return TableSeen(kind, number, place_columns(given, kind, looks, given=True), looks, tops[0])
    if best is None:
        looks = _looks(rows)
        return TableSeen(kind, 0, _without_header(looks, kind), looks, tops[0])
    header, above = list(rows[best]), 0
    while header and not header[-1]:
        header.pop()
    if two := _two_rows(rows, kind, kind.score(header)):
        best, header = two
        above = tops[best - 1][0]
    looks = _looks(rows[best + 1 : best + 1 + _SAMPLE])
    titles = tuple((number, cell) for number, cells in tops[: best - bool(above)] for cell in cells if cell)
    return TableSeen(kind, tops[best][0], place_columns(header, kind, looks), looks, tops[0], above, titles)


def _two_rows(rows: tuple[Row, ...], kind: TableKind, score: int) -> tuple[int, list[str]] | None:
    """The lower of two rows that name more fields together than one row does, and the two as one."""
    found = None
    for index in range(1, min(_FIRST, len(rows))) if kind.key is header_key else ():
        lower = rows[index]
        joined, only_together = joined_headers(rows[index - 1], lower, lambda cell: bool(kind.readings(cell)))
        better = kind.score(joined)
        better += only_together and not found
        if better > score and not any(look.sort in _FIGURES for look in _looks((lower,))):
            score, found = better, (index, joined)
    return found


@lru_cache(maxsize=64)
def _header_by_cells(rows: tuple[Row, ...]) -> int | None:
    """The last row of those that have words where the rows below have dates or amounts; none if there is no such row."""
    found = None
    for index, cells in enumerate(rows[:_FIRST]):
        below = _looks(rows[index + 1 : index + 1 + _SAMPLE])
        own = _looks((cells,))
        if any(look.sort in _FIGURES for look in own):
            break
        if any(word.filled and look.sort in _FIGURES for word, look in zip(own, below, strict=False)):
            found = index
        elif found is not None:
            break
    return found


@lru_cache(maxsize=64)
def _looks(rows: tuple[Row, ...]) -> tuple[ColumnLook, ...]:
    return looks_of(rows)


def _without_header(looks: Sequence[ColumnLook], kind: TableKind) -> ColumnPlaces:
    """The columns of a table without a header, where only one reading is possible; else none."""
    wanted = dict.fromkeys((*kind.required, *kind.by_content))
    places: dict[str, tuple[int, ...]] = {}
    for name in wanted if kind.by_content else ():
        sort = kind.holds.get(name, "")
        like = {
            "date": [place for place, look in enumerate(looks) if look.all_dates()],
            "money": [place for place, look in enumerate(looks) if look.sort == "amounts"],
            "name": [place for place, look in enumerate(looks) if look.sort == "names or text"],
        }.get(sort, [])
        if len(like) != 1:
            return ColumnPlaces({})
        places[name] = (like[0],)
    header = tuple(f"column {place}" for place in range(1, len(looks) + 1))
    guesses = tuple(f"{header[place]} read as {name}: it holds {looks[place]}" for name, (place,) in places.items())
    used = {place for (place,) in places.values()}
    unused = tuple(word for place, word in enumerate(header) if place not in used)
    return ColumnPlaces(places, header, guesses, unused, dict.fromkeys(places, "values"))


def open_table(
    sheet: SourceTable, kind: TableKind, statements: Statements, seen: list[TableSeen]
) -> tuple[ColumnPlaces, int] | None:
    """Columns and row of the header, told to the report; none if the table is not of the kind.

    Parameters
    ----------
    sheet
        The table.
    kind
        What it should be.
    statements
        Whose report is told what was guessed.
    seen
        Takes what was seen of the table, so that a refusal can say it.
    """
    report, options = statements.report, statements.options
    found = _see(tuple(_first_rows(sheet)), kind, options.columns)
    if found is None:
        report.note(f"Sheet {sheet.name!r} is empty; it was not read.")
        return None
    seen.append(found)
    columns = found.columns
    if not kind.score(columns.header) and (found.number or not columns.places):
        report.note(f"Sheet {sheet.name!r} has no header that is known here; it was not read.")
        return None
    if found.missing:
        names = ", ".join(kind.called(name) for name in found.missing)
        report.note(f"Sheet {sheet.name!r} has no column {names}; it was not read.")
    if found.missing or (found.only_nameless and not options.council):
        return None
    of = f" ({sheet.name})" if kind.name else ""
    if options.columns is not None and found.number:
        report.note(f"Row {found.number} has words where the rows below have dates or amounts: a header, not read.")
    if found.above:
        named = ", ".join(cell for cell in columns.header if cell)
        report.note(f"Rows {found.above} and {found.number} were read as one header: {named}.")
    for text in sheet.notes:
        report.note(text)
    for text in columns.doubts:
        report.say_first(f"{sheet.name}: {text}" if of else text)
    for guess in columns.guesses:
        sort = "column judged by its cells" if ":" in guess else "header read by likeness"
        report.guess(sort, f"{sheet.name}, {guess}" if of else guess)
    report.unused_columns += [name + of for name in columns.unused if name + of not in report.unused_columns]
    report.columns += [{"sheet": sheet.name, **score} for score in columns.scores()]
    return columns, found.number


def _first_rows(sheet: SourceTable) -> Iterator[tuple[int, Row]]:
    """The filled rows at the top of a table, with their numbers."""
    seen = 0
    for number, row in sheet.rows():
        cells = tuple(map(clean, row))
        if any(cells):
            seen += 1
            yield number, cells
        if seen == _FIRST + _SAMPLE or number > 2000:
            return


@lru_cache(maxsize=16)
def _tops(path: Path, _size: int, _stamp: int) -> tuple[tuple[tuple[int, Row], ...], ...]:
    """The first rows of each table of a file, read once for all formats that look at it."""
    return tuple(tuple(_first_rows(sheet)) for sheet in open_sheets(path))


def seen_tables(path: Path, kind: TableKind, given: tuple[str, ...] | None = None) -> Iterator[TableSeen]:
    """Each table of a file, as a kind sees it; none of a file that holds no tables."""
    if not path.is_file() or path.suffix.lower() in {".json", ".jsonl", ".ndjson"}:
        return
    for rows in _tops(path, path.stat().st_size, path.stat().st_mtime_ns):
        signed = not kind.sign or any(kind.key(kind.sign) in map(kind.key, cells) for _, cells in rows[:_FIRST])
        if signed and (seen := _see(rows, kind, given)):
            yield seen


def score_of_headers(path: Path, kind: TableKind) -> int:
    """How many fields of a kind the best table of a file has, by header and cells; 0 unless all required are there.

    A table without a header that can be read in one way only scores 1.
    """
    tables = (seen for seen in seen_tables(path, kind) if seen.columns.places and not seen.missing)
    return max((seen.score or 1 for seen in tables), default=0)
