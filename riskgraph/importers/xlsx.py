"""Workbooks, opened only after their limits were checked: they come from anybody."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

from riskgraph.errors import DataError
from riskgraph.importers.source import BROKEN, MONTH_FIRST, Signs, SourceTable, problem
from riskgraph.importers.values import other_currency

__all__ = ["workbook_sheets"]

MAX_UNPACKED = 200 * 1024**2
MAX_RATIO = 200
MAX_MEMBERS = 2000
MAX_COLUMNS = 256
MAX_CELLS = 5_000_000
_HIDDEN_ROW = "row that is hidden in the workbook, left out: show it there to have it read"
_CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,4})(\d{1,8})"')
_MERGED = re.compile(rb'<mergeCell\b[^>]*?\bref="([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})"')
_ROW = re.compile(rb"<row\b[^>]*>")
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_NUMBER = re.compile(rb'\br="(\d{1,7})"')
_COMMA = re.compile(rb",(?<=\d,)\d\d?(?!\d)")
_CHUNK = 1 << 20


def workbook_sheets(path: Path) -> list[SourceTable]:
    """The visible sheets of a workbook, cells as text.

    Raises
    ------
    DataError
        If it is no workbook, or one made to do harm: too big unpacked, too many parts, cells far out.
    """
    formulas = _check(path)
    import openpyxl

    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that do not matter here
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            names = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
            layouts = {name: _layout(path, book[name]._worksheet_path) for name in names}  # type: ignore[attr-defined]
            hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    except BROKEN as error:
        raise _broken(path, error) from None
    notes = []
    if formulas:
        notes.append(f"{formulas} cells hold formulas; each was read as its value when the book was last saved.")
    if hidden:
        notes.append(f"Hidden sheets were not read: {', '.join(hidden)}.")
    signs = lru_cache(maxsize=1)(lambda: _signs(path))
    sheets = []
    for name, layout in layouts.items():
        repairs: list[tuple[str, str]] = []
        rows = _rows(path, name, layout, repairs)
        sheets.append(SourceTable(name, rows, [*notes, *layout.told(name)], signs, repairs))
    return sheets


@dataclass
class _Layout:
    """What a sheet says of its rows beside their cells."""

    merged: dict[int, dict[int, int]] = field(default_factory=dict)  # first row to columns and the last row of each
    hidden: set[int] = field(default_factory=set)

    def starts(self, row: int) -> Iterable[tuple[int, int]]:
        """The columns whose merged cells begin in a row, and the last row of each."""
        return self.merged.get(row, {}).items()

    def told(self, name: str) -> list[str]:
        """What the reader makes of it."""
        spans = [(first, last) for first, some in self.merged.items() for last in some.values()]
        notes = []
        if spans:
            cells = sum(last - first for first, last in spans)
            one, places = "" if cells == 1 else "s", "1 place" if len(spans) == 1 else f"{len(spans)} places"
            notes.append(f"Merged cells were filled down: {cells:,} cell{one}, in {places} of the sheet {name}.")
        return notes


def _rows(path: Path, name: str, layout: _Layout, repairs: list[tuple[str, str]]) -> Any:
    def rows() -> Iterator[tuple[int, list[str]]]:
        import openpyxl

        with path.open("rb") as file:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
                sheet = book[name]
                sheet.reset_dimensions()  # what the file says of its own size is not believed
                currencies = _currency_formats(book)
                cells = sheet.iter_rows(values_only=not currencies)
                number = 0
                held: dict[int, tuple[int, str]] = {}  # column to the last row of its merged cells, and their value
                repairs.clear()
                while True:
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")  # of dates that are none: they stay blank
                        row = next(cells, None)
                    if row is None:
                        return
                    number += 1
                    values = (
                        [_text_with_currency(cell, currencies) for cell in row] if currencies else [*map(_text, row)]
                    )
                    for column, last in layout.starts(number):
                        held[column] = last, values[column] if column < len(values) else ""
                    for column, (last, text) in [*held.items()]:
                        values += [""] * (column + 1 - len(values))
                        values[column] = values[column] or text
                        if last == number:
                            del held[column]
                    if number not in layout.hidden:
                        yield number, values
                    elif any(values):
                        repairs.append((_HIDDEN_ROW, f"{name}, row {number}"))
            except BROKEN as error:
                raise _broken(path, error) from None

    return rows


def _layout(path: Path, part: str) -> _Layout:
    """The merged cells that go over several rows, and the rows that are hidden."""
    found = _Layout()
    merged = found.merged
    with zipfile.ZipFile(path) as archive, archive.open(part.lstrip("/")) as sheet:
        tail = b""
        while chunk := sheet.read(_CHUNK):
            window = tail + chunk
            for column, first, last in _MERGED.findall(window):
                if int(last) > int(first) and _column(column) <= MAX_COLUMNS:
                    merged.setdefault(int(first), {})[_column(column) - 1] = int(last)
            if b"hidden=" in window:
                for row in _ROW.findall(window):
                    if number := _HIDDEN.search(row) and _NUMBER.search(row):
                        found.hidden.add(int(number[1]))
            tail = window[-300:]
    return found


def _signs(path: Path) -> Signs:
    """What the texts of a workbook may hold; its own dates and numbers say themselves what they are."""
    dates = commas = False
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if not member.filename.startswith(("xl/worksheets/", "xl/sharedStrings")):
                continue
            with archive.open(member) as part:
                tail = b""
                while chunk := part.read(_CHUNK):
                    window = tail + chunk
                    dates = dates or any(form.search(window) for form in MONTH_FIRST)
                    commas = commas or bool(_COMMA.search(window))
                    tail = window[-16:]
    return Signs(dates, commas)


def _broken(path: Path, error: Exception) -> DataError:
    message = f"The workbook cannot be read: {type(error).__name__}."
    return problem(path, "workbook", message, "Save it again as .xlsx, or as CSV.")


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _currency_formats(book: Any) -> dict[str, str]:
    """The number formats of a book that show another currency, and which: it stands in no cell."""
    formats = {form: re.sub(r"\[\$-[0-9A-Fa-f]+\]", "", form) for form in book._number_formats}
    return {form: code for form, bare in formats.items() if (code := other_currency(bare))}


def _text_with_currency(cell: Any, currencies: Mapping[str, str]) -> str:
    text = _text(cell.value)
    if type(cell.value) in {int, float} and (code := currencies.get(cell.number_format)):
        return f"{code} {text}"
    return text


def _check(path: Path) -> int:
    """Refuse what is too big or wicked; returns the number of formulas."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            packed = max(1, path.stat().st_size)
            if len(members) > MAX_MEMBERS:
                raise problem(path, "parts", f"The workbook has {len(members):,} parts.", _AGAIN)
            if any(".." in m.filename.split("/") or m.filename.startswith(("/", "\\")) for m in members):
                raise problem(path, "path", "A part of the workbook has a path that leads outside.", _AGAIN)
            unpacked = formulas = cells = 0
            for member in members:
                tail = b""
                sheet = member.filename.startswith("xl/worksheets/")
                with archive.open(member) as part:
                    while chunk := part.read(_CHUNK):
                        unpacked += len(chunk)
                        if unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(packed, 10_000):
                            message = f"Unpacked it has more than {unpacked // 1024**2:,} MB, far more than packed."
                            raise problem(path, "bomb", message, _AGAIN)
                        if member.filename.endswith((".xml", ".rels")) and (
                            b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk
                        ):
                            raise problem(path, "dtd", "A part of the workbook holds a DTD.", _AGAIN)
                        if sheet:
                            formulas += chunk.count(b"<f>") + chunk.count(b"<f ")
                            window = tail + chunk
                            for column, row in _CELL.findall(window):
                                cells += 1
                                if _column(column) > MAX_COLUMNS or int(row) > 1_048_576:
                                    message = f"A cell stands at {(column + row).decode()}, far outside."
                                    raise problem(path, "far-cell", message, f"Keep to {MAX_COLUMNS} columns.")
                            tail = window[window.rfind(b"<c") :] if b"<c" in window[-200:] else b""
                            if cells > MAX_CELLS:
                                raise problem(path, "cells", f"It has over {MAX_CELLS:,} cells.", "Save it as CSV.")
            return formulas
    except (*BROKEN, RuntimeError, NotImplementedError) as error:
        message = f"The workbook cannot be unpacked: {type(error).__name__}."
        raise problem(path, "workbook", message, "Save it again as .xlsx, or as CSV.") from None


_AGAIN = "Open it in a spreadsheet, copy the sheet that matters into a new book, and save that."


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
