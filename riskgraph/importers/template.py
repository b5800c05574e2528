"""An empty register to fill in: its columns, what each is for, and the words that the reader of registers knows."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from functools import cache

from riskgraph.assets import shipped_rows
from riskgraph.data.snapshot import as_zip
from riskgraph.rules import rules
from riskgraph.vocabulary import usual, words

__all__ = ["NEEDED", "RegisterColumn", "as_csv_template", "as_workbook", "register_columns"]

NEEDED = ("council", "system", "supplier")
_SHEETS = ("Register", "Columns")
_ROWS = 2000  # that get drop-downs
_DATES = {"start", "end", "latest", "checked"}


@dataclass(frozen=True, slots=True)
class RegisterColumn:
    """One column of the register."""

    field: str
    header: str
    says: str  # what it is for, in one sentence
    choices: tuple[str, ...]  # words to pick from; none: free text
    example: str


@cache
def register_columns() -> tuple[RegisterColumn, ...]:
    """The columns of the one-sheet register, in the order in which its vocabulary lists them.

    Examples
    --------
    >>> [column.choices for column in register_columns() if column.field == "data"]
    [('none', 'personal', 'special category')]
    """
    told = {row["field"]: row for row in shipped_rows("importing", "register.csv")}
    return tuple(
        RegisterColumn(
            field,
            header,
            told[field]["says"],
            _choices(told[field]["list"]) or tuple(filter(None, told[field]["choices"].split(";"))),
            told[field]["example"],
        )
        for field, header in usual("one-sheet").items()
    )


def _choices(list_: str) -> tuple[str, ...]:
    """The first word of each meaning of a list."""
    if list_ == "service area":
        return tuple(area.label for area in rules().areas.values())
    first: dict[str, str] = {}
    for word, meaning in words(list_).items():
        first.setdefault(meaning, word)
    return tuple(first.values())


def as_csv_template() -> bytes:
    """The header and the example row as CSV."""
    text = io.StringIO()
    columns = register_columns()
    csv.writer(text).writerows([[one.header for one in columns], [one.example for one in columns]])
    return text.getvalue().encode("utf-8-sig")


def as_workbook() -> bytes:
    """The same as a workbook, with drop-downs, and a second sheet that says what each column is for.

    Examples
    --------
    >>> as_workbook() == as_workbook(), as_workbook()[:2]
    (True, b'PK')
    """
    import openpyxl
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    columns = register_columns()
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    sheet, about = (book.create_sheet(name) for name in _SHEETS)
    sheet.append([one.header for one in columns])
    sheet.append([one.example for one in columns])
    about.append(["Column", "What it is for", "Words to pick from, or your own"])
    bold, grey = Font(bold=True), PatternFill("solid", start_color="E6E6E6")
    for place, one in enumerate(columns, 1):
        about.append([one.header, one.says, *one.choices])
        letter = get_column_letter(place)
        cells = f"{letter}2:{letter}{_ROWS}"
        if one.choices:
            last = get_column_letter(2 + len(one.choices))
            pick = DataValidation("list", formula1=f"{_SHEETS[1]}!$C${place + 1}:${last}${place + 1}", allow_blank=True)
            pick.errorStyle = "warning"  # other words are read as well, and a place has its own name
            pick.add(cells)
            sheet.add_data_validation(pick)
        if one.field in _DATES:
            sheet.column_dimensions[letter].number_format = "yyyy-mm-dd"
        sheet.column_dimensions[letter].width = max(14, min(len(one.header) + 2, 30))
        sheet.cell(1, place).font, sheet.cell(1, place).alignment = bold, Alignment(wrap_text=True, vertical="top")
        sheet.cell(2, place).fill = grey
        if one.field in NEEDED:
            sheet.cell(1, place).fill = PatternFill("solid", start_color="FFE699")
    sheet.freeze_panes = "D2"
    for letter, width in (("A", 32), ("B", 80)):
        about.column_dimensions[letter].width = width
    for cell in about[1]:
        cell.font = bold
    text = io.BytesIO()
    book.save(text)
    return _undated(text.getvalue())


def _undated(data: bytes) -> bytes:
    """The archive without the moment at which it was written, so that the same template is the same bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    told = rb"(<dcterms:(\w+)[^>]*>)[^<]*"
    files["docProps/core.xml"] = re.sub(told, rb"\g<1>2000-01-01T00:00:00Z", files["docProps/core.xml"])
    return as_zip(files)
