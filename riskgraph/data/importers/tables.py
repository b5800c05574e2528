"""Tables out of the files that councils publish: CSV of any make and XLSX, row by row.

The usual readers change such files silently (a row longer than the header shifts every column), so this
one names what it did. Memory does not grow with the file.
"""

from __future__ import annotations

import codecs
import csv
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from riskgraph.errors import DataError, MissingFile, Problem, RiskGraphError

__all__ = ["NoHeader", "Sheet", "open_sheets", "read_rows"]

MAX_BYTES = 2 * 1024**3
_CHUNK = 1 << 20
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]"
)


class NoHeader(RiskGraphError):
    """A table in which no row looks like the header of a format."""


@dataclass
class Sheet:
    """One table of a file: its cells as text, row by row, with the numbers a spreadsheet shows."""

    name: str
    rows: Callable[[], Iterator[tuple[int, list[str]]]]  # may be called again
    notes: list[str] = field(default_factory=list)


def open_sheets(path: Path) -> list[Sheet]:
    """The tables of a CSV or XLSX file.

    Raises
    ------
    MissingFile
        If there is no such file.
    DataError
        If it is no text table and no workbook, or breaks a limit.
    """
    if not path.is_file():
        raise MissingFile(f"There is no file {path}.", "Check the path.")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise problem(path, "too-big", f"The file has {size:,} bytes.", f"Keep it under {MAX_BYTES:,}.")
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"PK\x03\x04"):
        from riskgraph.data.importers.xlsx import workbook_sheets

        return workbook_sheets(path)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise problem(path, "old-excel", "This is a workbook of the old form (.xls).", "Save it as .xlsx or CSV.")
    if not start.strip():
        raise problem(path, "empty-file", "The file is empty.", "Write at least the header row.")
    return [_text_sheet(path)]


def problem(path: Path, rule: str, message: str, fix: str, row: int | None = None) -> DataError:
    """An error about one file."""
    return DataError(path.name, [Problem(path.name, row, None, rule, message, fix)])


def _text_sheet(path: Path) -> Sheet:
    encoding, notes = _encoding(path)
    try:
        with path.open(encoding=encoding) as file:
            sample = file.read(200_000)
    except UnicodeError:
        raise problem(path, "encoding", "It says that it is UTF-16 but is not.", "Save it as UTF-8.") from None
    delimiter = _delimiter(sample)

    def rows() -> Iterator[tuple[int, list[str]]]:
        csv.field_size_limit(131_072)
        with path.open(encoding=encoding, newline=None) as lines:
            reader = csv.reader(lines, delimiter=delimiter)
            number = 0
            try:
                for number, row in enumerate(reader, 1):
                    if number == 1 and row:
                        row[0] = row[0].removeprefix("\u00ef\u00bb\u00bf").removeprefix("\ufeff")
                    yield number, row
            except (csv.Error, UnicodeError) as error:
                what = error if isinstance(error, csv.Error) else "its letters are not those of its encoding"
                raise problem(path, "csv", f"The row cannot be read: {what}.", "Check quotes.", number + 1) from None

    if sample.startswith(("\u00ef\u00bb\u00bf", "\ufeff")):
        notes.append("The mark at the start of the file stood there twice; both were left out.")
    return Sheet(path.stem, rows, notes)


def _encoding(path: Path) -> tuple[str, list[str]]:
    """UTF-8 or UTF-16 with a mark, UTF-8, the old code page 850, or Windows-1252: in this order."""
    with path.open("rb") as file:
        head = file.read(4096)
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            return "utf-16", []
        if b"\x00" in head:
            raise problem(path, "not-text", "This is not a text file.", "Save it as CSV in UTF-8, or as .xlsx.")
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        dos = windows = undefined = False
        utf8 = True
        while chunk := file.read(_CHUNK):
            if utf8:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    utf8 = False
            # byte 9C is the pound sign in code page 850, and a letter that no council writes in 1252
            dos = dos or bool(re.search(rb"\x9c(?=[\d\s)\",]|$)", chunk))
            windows = windows or b"\xa3" in chunk
            undefined = undefined or bool(re.search(rb"[\x81\x8d\x8f\x90\x9d]", chunk))
    if utf8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            raise problem(path, "cut-off", "The file ends in the middle of a letter.", "Fetch it again.") from None
        return "utf-8-sig", []
    if dos and not windows:
        return "cp850", ["Read as code page 850, because its pound signs are those of that page."]
    if undefined:
        return "latin-1", ["Read as Latin-1: some letters are neither UTF-8 nor Windows-1252."]
    return "cp1252", ["Read as Windows-1252, because it is not UTF-8."]


def _delimiter(sample: str) -> str:
    lines = [line for line in sample.splitlines()[:40] if line.strip()]

    def score(mark: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=mark)]
        except csv.Error:
            return 0, 0
        most = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        return (widths.count(most) if most > 1 else 0), most

    return max(",;\t|", key=score)


def clean(cell: str) -> str:
    """A cell without hidden characters and outer spaces; words in a row are parted by one space."""
    if not cell.isascii():
        cell = unicodedata.normalize("NFC", cell)
    elif cell.isprintable() and "  " not in cell and cell[:1] != " " != cell[-1:]:
        return cell  # nearly all
    if _HIDDEN.search(cell):
        cell = _HIDDEN.sub("", cell)
    return " ".join(cell.split())


def read_rows(
    sheet: Sheet, is_header: Callable[[Sequence[str]], int], columns: Sequence[str] | None = None
) -> tuple[list[str], int, Iterator[tuple[int, list[str]]]]:
    """Header, its row number, and the rows below it.

    Parameters
    ----------
    sheet
        The table.
    is_header
        How many headers of the format a row holds; the best of the first 20 filled rows is the header.
    columns
        The header, for a file that has none.

    Raises
    ------
    NoHeader
        If no row looks like a header.
    """
    if columns is not None:
        return list(columns), 0, sheet.rows()
    best, header, where = 0, [], 0
    seen = 0
    for number, row in sheet.rows():
        cells = [clean(cell) for cell in row]
        if not any(cells):
            if number > 2000:
                break
            continue
        score = is_header(cells)
        if score > best:
            best, header, where = score, cells, number
        seen += 1
        if seen == 20:
            break
    if best == 0:
        raise NoHeader(
            f"{sheet.name} has no header row that is known here.",
            "Say what its columns are, in their order: --columns date,supplier,amount",
        )
    while header and not header[-1]:
        header.pop()

    def below() -> Iterator[tuple[int, list[str]]]:
        for number, row in sheet.rows():
            if number > where:
                yield number, row

    return header, where, below()
