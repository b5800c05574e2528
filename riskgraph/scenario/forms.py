"""A form that was filled in as a sheet (Excel or CSV), read as strictly as a file of TOML.

A label stands in the first column and its value beside it; or labels stand in a row, and one row of values below
them. A further sheet may hold a list, such as the injects of an exercise. Every problem names sheet, row and cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from riskgraph.data.files import nearest
from riskgraph.data.spelling import normalise
from riskgraph.importers.rows import TableKind, place_columns
from riskgraph.importers.sheets import open_sheets
from riskgraph.importers.values import clean, parse_date, says_nothing
from riskgraph.scenario.strict import TomlSheet

__all__ = ["FormKind", "open_form"]

_ENDINGS = frozenset({".csv", ".xlsx", ".xlsm", ".xls", ".tsv"})
_NOBODY = frozenset({"none", "nobody", "no one", "nil"})
Cells = tuple[int, list[str]]  # number of a row, and its cells
Place = tuple[str, int, int]  # sheet, row, column


@dataclass(frozen=True)
class FormKind:
    """A form: what its labels are, and how a value is read that is no plain text.

    Parameters
    ----------
    columns
        Key to the labels under which it is met, the usual one first.
    lists
        Keys that hold several values, between semicolons, on lines of their own or in rows of their own.
    read
        Key to what makes its value of a cell; what it does not understand stays as it is, and is judged later.
    tables
        Name of a further sheet to the kind of its rows.
    """

    columns: Mapping[str, tuple[str, ...]]
    lists: frozenset[str] = frozenset()
    read: Mapping[str, Callable[[str], Any]] = field(default_factory=dict)
    tables: Mapping[str, FormKind] = field(default_factory=dict)

    @property
    def known(self) -> TableKind:
        """The labels, as the one reader of rows knows columns."""
        return TableKind(self.columns)

    def key(self, label: str) -> str | None:
        """Which key a label means; a near spelling is taken."""
        return next(iter(place_columns([label], self.known).places), None)

    def value(self, key: str, cell: str) -> Any:
        """The value of a cell."""
        if key in self.lists:
            parts = [clean(part) for part in re.split(r"[;\r\n]+", cell)]
            return [part for part in parts if part and normalise(part) not in _NOBODY]
        return self.read[key](clean(cell)) if key in self.read else clean(cell)


class FilledForm(TomlSheet):
    """The values of a form, each with the cell in which it stands."""

    def __init__(self, file: str, kind: FormKind) -> None:
        super().__init__("", file)
        self.kind = kind
        self.values: dict[str, Any] = {}
        self.cells: dict[str, Place] = {}
        self.rows: dict[str, list[FilledForm]] = {}
        self.at: Place = ("", 1, 0)  # where something is missing

    def take(self, key: str, cell: str, place: Place) -> None:
        """Keep the value of a cell; one that says nothing is not known."""
        if says_nothing(clean(cell)):
            return
        value = self.kind.value(key, cell)
        if key in self.values and key in self.kind.lists:
            self.values[key] += value
        elif key in self.values:
            self.cells[key] = place
            self.problem(key, "twice", f"{self.label(key)} stands there twice.", "Keep one.")
        else:
            self.values[key] = value
            self.cells[key] = place

    def label(self, key: str) -> str:
        """What a key is called on the form."""
        return self.kind.columns[key][0] if key in self.kind.columns else key

    def where(self, key: str | None) -> tuple[str, int | None, str | None]:
        """File and sheet, row and column of a key."""
        sheet, row, column = self.cells.get(key or "", self.at)
        letter = _letter(column) if key in self.cells else None
        return f"{self.file}, sheet {sheet}" if sheet else self.file, row, letter

    def problem(self, key: str | None, rule: str, message: str, fix: str) -> None:
        """Note a problem in words that fit a form: a label instead of a line to add."""
        fix = re.sub(r"Add (\w+) = .*", lambda found: f"Fill in {self.label(found[1])!r}.", fix)
        super().problem(key, rule, message, fix.replace(" without quotes", ""))

    def tables(self, key: str) -> list[TomlSheet]:
        """The rows of a further sheet."""
        rows: list[TomlSheet] = list(self.rows.get(key, ()))
        for one in rows:
            one.problems = self.problems
        return rows


def open_form(path: Path, kind: FormKind) -> TomlSheet:
    """A file that a person filled in: a sheet of that kind, or TOML.

    Raises
    ------
    DataError
        If it is no sheet that can be read; what is wrong with its values is noted in the sheet.
    """
    if path.suffix.lower() not in _ENDINGS:
        return TomlSheet.read(path)
    form = FilledForm(path.name, kind)
    sheets = open_sheets(path)
    for sheet in sheets:
        name = sheet.name if len(sheets) > 1 or path.suffix.lower().startswith(".xls") else ""
        rows = [(number, row) for number, row in sheet.rows() if any(map(clean, row))]
        table = next((one for one in kind.tables if normalise(sheet.name).startswith(one)), None)
        if table is not None:
            form.rows[table] = list(_listed(form.file, name, rows, kind.tables[table]))
        else:
            _fill(form, name, rows)
    if not form.cells:
        labels = ", ".join(names[0] for names in kind.columns.values())
        form.problems.clear()
        form.problem(None, "empty", "No label in it is known here.", f"Put labels in the first column: {labels}.")
        form.done("nothing was read")
    return form


def _fill(form: FilledForm, sheet: str, rows: list[Cells]) -> None:
    """Take what a sheet says: labels in a row if one row holds more of them than the first column does."""
    scores = [sum(form.kind.key(clean(cell)) is not None for cell in row if clean(cell)) for _, row in rows]
    across = max(range(len(rows)), key=scores.__getitem__, default=0)
    down = sum(form.kind.key(_label(row)[1]) is not None for _, row in rows)
    if rows and scores[across] > max(down, 1):
        filled = rows[across + 1 : across + 2]
        for one in _listed(form.file, sheet, [rows[across], *filled], form.kind):
            form.values.update(one.values)
            form.cells.update(one.cells)
            form.problems += one.problems
        for number, _ in rows[across + 2 :]:
            form.at = (sheet, number, 0)
            form.problem(None, "several", "This is a second one.", "Keep one row, or make a file of each.")
        return
    for number, row in rows:
        column, label = _label(row)
        value = row[column + 1] if len(row) > column + 1 else ""
        key = form.kind.key(label)
        if key is not None:
            form.take(key, value, (sheet, number, column + 1))
        elif clean(value) and normalise(label) not in {"field", "question", "what", "label", "item"}:
            form.at = (sheet, number, column)
            known = [names[0] for names in form.kind.columns.values()]
            form.problem(None, "unknown-key", f"The label {label!r} is not known.", nearest(label, known))
    form.at = (sheet, rows[-1][0] if rows else 1, 0)


def _label(row: list[str]) -> tuple[int, str]:
    """The first filled cell of a row, and its column."""
    return next(((column, clean(cell)) for column, cell in enumerate(row) if clean(cell)), (0, ""))


def _listed(file: str, sheet: str, rows: list[Cells], kind: FormKind) -> Iterator[FilledForm]:
    """One form for each row below a row of labels."""
    if not rows:
        return
    columns = place_columns([clean(cell) for cell in rows[0][1]], kind.known)
    for number, row in rows[1:]:
        form = FilledForm(file, kind)
        form.at = (sheet, number, 0)
        for key, places in columns.places.items():
            filled = next((place for place in places if place < len(row) and clean(row[place])), None)
            if filled is not None:
                form.take(key, row[filled], (sheet, number, filled))
        for label in columns.unused:
            form.problem(None, "unknown-key", f"The label {label!r} is not known.", "Take the column out.")
        yield form


def _letter(column: int) -> str:
    """The letters of a column, as a spreadsheet shows them."""
    rest, last = divmod(column, 26)
    return (_letter(rest - 1) if rest else "") + chr(ord("A") + last)


def day_said(text: str) -> str:
    """A date as people write it, as YYYY-MM-DD; what is none stays."""
    return parse_date(text) or text


def number_said(text: str) -> float | str:
    """A number; what is none stays."""
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else text


def time_said(text: str) -> str:
    """A time of day as 09:30, also of a cell that holds 9:30:00."""
    found = re.fullmatch(r"(\d{1,2})[:.](\d\d)(?::\d\d)?", text)
    return f"{int(found[1]):02}:{found[2]}" if found else text


def word_said(known: Mapping[str, str]) -> Callable[[str], str]:
    """A word of a list as the model says it; what is not in the list stays."""
    return lambda text: known.get(normalise(text)) or text
