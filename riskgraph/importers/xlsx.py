"""Workbooks, opened only after their limits were checked: they come from anybody."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from riskgraph.errors import DataError
from riskgraph.importers.source import SourceTable, problem

__all__ = ["workbook_sheets"]

MAX_UNPACKED = 200 * 1024**2
MAX_RATIO = 200
MAX_MEMBERS = 2000
MAX_COLUMNS = 256
MAX_CELLS = 5_000_000
_CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,4})(\d{1,8})"')
_MERGED = re.compile(rb'<mergeCell\b[^>]*?\bref="([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})"')
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
            merged = {name: _merged(path, book[name]._worksheet_path) for name in names}  # type: ignore[attr-defined]
            hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    except _BROKEN as error:
        raise _broken(path, error) from None
    notes = []
    if formulas:
        notes.append(f"{formulas} cells hold formulas; each was read as its value when the book was last saved.")
    if hidden:
        notes.append(f"Hidden sheets were not read: {', '.join(hidden)}.")
    filled = {
        name: [f"Merged cells were filled down, in {sum(map(len, spans.values()))} places of the sheet {name}."]
        for name, spans in merged.items()
        if spans
    }
    return [SourceTable(name, _rows(path, name, merged[name]), [*notes, *filled.get(name, ())]) for name in names]


def _rows(path: Path, name: str, merged: Mapping[int, list[tuple[int, int]]]) -> Any:
    def rows() -> Iterator[tuple[int, list[str]]]:
        import openpyxl

        with path.open("rb") as file:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
                sheet = book[name]
                sheet.reset_dimensions()  # what the file says of its own size is not believed
                cells = sheet.iter_rows(values_only=True)
                number = 0
                held: dict[int, str] = {}
                while True:
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")  # of dates that are none: they stay blank
                        row = next(cells, None)
                    if row is None:
                        return
                    number += 1
                    values = [_text(value) for value in row]
                    for column, (first, last) in ((c, span) for c, spans in merged.items() for span in spans):
                        if first == number and column < len(values):
                            held[column] = values[column]
                        elif first < number <= last and column in held:
                            values += [""] * (column + 1 - len(values))
                            values[column] = values[column] or held[column]
                    yield number, values
            except _BROKEN as error:
                raise _broken(path, error) from None

    return rows


def _merged(path: Path, part: str) -> dict[int, list[tuple[int, int]]]:
    """Column to the first and last rows of its merged cells, where they go over several rows."""
    found: dict[int, list[tuple[int, int]]] = {}
    with zipfile.ZipFile(path) as archive, archive.open(part.lstrip("/")) as sheet:
        tail = b""
        while chunk := sheet.read(_CHUNK):
            window = tail + chunk
            for column, first, last in _MERGED.findall(window):
                spans = found.setdefault(_column(column) - 1, [])
                if int(last) > int(first) and (int(first), int(last)) not in spans:
                    spans.append((int(first), int(last)))
            tail = window[-100:]
    return {column: spans for column, spans in found.items() if spans}


_BROKEN = (
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    OSError,
    OverflowError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


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
    except (*_BROKEN, RuntimeError, NotImplementedError) as error:
        message = f"The workbook cannot be unpacked: {type(error).__name__}."
        raise problem(path, "workbook", message, "Save it again as .xlsx, or as CSV.") from None


_AGAIN = "Open it in a spreadsheet, copy the sheet that matters into a new book, and save that."


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
