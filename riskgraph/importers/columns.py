"""Which column of a table is which field: where the header is, and what was guessed about it.

A format says in a `TableKind` which columns it knows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path

from riskgraph.data.spelling import normalise
from riskgraph.errors import RiskGraphError
from riskgraph.importers.sheets import open_sheets
from riskgraph.importers.source import SourceTable
from riskgraph.importers.statements import Statements
from riskgraph.importers.values import clean

__all__ = [
    "ColumnPlaces",
    "TableKind",
    "header_key",
    "kind_of",
    "open_table",
    "place_columns",
    "score_of_headers",
]

_FIRST = 20  # filled rows among which the header is looked for
_LIKE = 0.88  # likeness from which a header is taken for a known one


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
        Pattern of the names of its sheets, where a format has several kinds; without one, its columns tell.
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


def kind_of(sheet: SourceTable, kinds: Sequence[TableKind]) -> TableKind | None:
    """Which kind a table is, by its name or its columns; where there is one kind only, every table may be of it."""
    if len(kinds) == 1:
        return kinds[0]
    names = (sheet.name, normalise(sheet.name))
    for kind in kinds:
        if kind.sheet and any(re.search(kind.sheet, name, re.IGNORECASE) for name in names):
            return kind
    by_columns = [kind for kind in kinds if not kind.sheet]
    tops = [cells for _, cells in _first_rows(sheet)] if by_columns else []
    return next((kind for kind in by_columns if any(_has_required(kind, cells) for cells in tops)), None)


def _has_required(kind: TableKind, cells: Sequence[str]) -> bool:
    columns = place_columns(cells, kind)
    return all(name in columns for name in kind.required)


def open_table(
    sheet: SourceTable, kind: TableKind, file: str, statements: Statements
) -> tuple[ColumnPlaces, int] | None:
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
            if score > best and signed and _has_required(kind, cells):
                best = score
    return best
