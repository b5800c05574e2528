"""Text tables from files, and text as files hold it.

The CSV reader is our own thin layer over the standard library's, because the usual ones change data
silently: pandas shifts columns when a row is too long and drops names such as "None" and "NA".
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from riskgraph.errors import MissingFile, Problem, RiskGraphError

__all__ = [
    "FORBIDDEN",
    "MAX_FILE_BYTES",
    "TextTable",
    "decode",
    "nearest",
    "read_names",
    "read_table",
    "toml_string",
    "write_table",
]

MAX_FILE_BYTES = 512 * 1024 * 1024
A_SHORT_LIST = 20  # words to choose from: no list of words in the schema is longer
FIRST_FEW = 3  # of a longer list, such as all incidents, to show what they look like
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]"
)


@dataclass(frozen=True)
class TextTable:
    """A file's header and rows as text; `numbers` are row numbers as a spreadsheet counts them."""

    file: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]


def nearest(word: str, known: list[str]) -> str:
    """A hint naming the closest known word; when none is close, all of a short list and the first few of a long one.

    Examples
    --------
    >>> nearest("suplied-by", ["supplied-by", "uses"])
    'Did you mean supplied-by?'
    >>> nearest("zzz", ["no", "yes"])
    'Use one of: no, yes.'
    >>> nearest("zzz", [f"incident-{year}" for year in range(1970, 2026)])
    'None is spelt alike: check it, or add it. Known: incident-1970, incident-1971, incident-1972, ... 53 more.'
    """
    close = get_close_matches(word.lower().replace("_", "-").replace(" ", "-"), known, n=1)
    if close:
        return f"Did you mean {close[0]}?"
    if not known:
        return "None is recorded: add it first."
    if len(known) <= A_SHORT_LIST:
        return f"Use one of: {', '.join(known)}."
    few = ", ".join(known[:FIRST_FEW])
    return f"None is spelt alike: check it, or add it. Known: {few}, ... {len(known) - FIRST_FEW:,} more."


def decode(raw: bytes, file: str) -> tuple[str, list[Problem]]:
    """Text of a file in UTF-8, UTF-16 (with its mark) or Windows-1252, and what was noticed.

    Examples
    --------
    >>> decode("Môn".encode("utf-16"), "a.csv")
    ('Môn', [])
    >>> text, noticed = decode("£1".encode("cp1252"), "a.csv")
    >>> text, noticed[0].rule
    ('£1', 'encoding')
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return raw.decode("utf-16"), []
        except UnicodeDecodeError:
            return "", [_file_problem(file, "encoding", "It says that it is UTF-16 but is not.", "Save it as UTF-8.")]
    if b"\x00" in raw[:4096]:
        return "", [
            _file_problem(
                file, "not-text", "This is not a text file, or UTF-16 without its mark.", "Save it as UTF-8 CSV."
            )
        ]
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError as error:
        message = f"Byte {error.start} is neither UTF-8 nor Windows-1252."
        return "", [_file_problem(file, "encoding", message, "Save it as UTF-8 CSV.")]
    notice = Problem(
        file, None, None, "encoding", "Read as Windows-1252, because it is not UTF-8.", "Save it as UTF-8.", "warning"
    )
    return text, [notice]


def _bytes(path: Path) -> bytes | None:
    """What is in a file; `None` if it is too big."""
    try:
        return None if path.stat().st_size > MAX_FILE_BYTES else path.read_bytes()
    except (FileNotFoundError, ValueError):  # ValueError: no path at all, such as one with a null in it
        raise MissingFile(f"There is no file {path}.", "Check the path.") from None
    except OSError as error:
        raise RiskGraphError(f"{path} cannot be read: {error.strerror}.", "Check the path and your rights.") from None


def read_names(path: Path) -> tuple[str, ...]:
    """Names from a file, one a line; a line that begins with # is a note.

    Raises
    ------
    MissingFile
        If there is no such file.
    RiskGraphError
        If it cannot be read as text, or holds no name.
    """
    raw = _bytes(path)
    text, problems = decode(raw or b"", path.name)
    if raw is None or any(problem.severity == "error" for problem in problems):
        raise RiskGraphError(f"{path} is no list of names.", "Save it as text in UTF-8, one name a line.")
    names = tuple(name for line in text.splitlines() if (name := line.strip()) and not name.startswith("#"))
    if not names:
        raise RiskGraphError(f"{path} holds no name.", "Write one name a line.")
    return names


def read_table(path: Path, known: list[str]) -> tuple[TextTable, list[Problem]]:
    """Read a CSV file; `known` are the columns it may have, used to tell the delimiter.

    Rows and problems keep the numbers a spreadsheet shows. A table with problems of severity
    `error` must not be used.

    Raises
    ------
    MissingFile
        If there is no such file.
    RiskGraphError
        If it cannot be read at all.
    """
    file = path.name
    nothing = TextTable(file, (), (), ())
    raw = _bytes(path)
    if raw is None:
        message = f"The file has {path.stat().st_size:,} bytes."
        return nothing, [_file_problem(file, "too-big", message, f"Keep it under {MAX_FILE_BYTES:,}.")]
    if not raw.strip():
        return nothing, [_file_problem(file, "empty-file", "The file is empty.", "Write at least the header row.")]
    text, problems = decode(raw, file)
    if not text:
        return nothing, problems
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
        problems.append(
            Problem(file, None, None, "unicode-form", "Letters with accents were composed (NFC).", severity="warning")
        )
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=lambda mark: len(set(_words(first, mark)) & set(known)))
    rows: list[tuple[str, ...]] = []
    numbers: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, row in enumerate(reader, 1):
            if any(row):
                rows.append(tuple(row))
                numbers.append(number)
    except csv.Error as error:
        number = (numbers[-1] if numbers else 0) + 1
        problems.append(Problem(file, number, None, "csv", f"The row cannot be read: {error}.", "Check its quotes."))
        return nothing, problems
    header = tuple(cell.strip().lower().replace(" ", "_") for cell in rows[0])
    table = TextTable(file, header, tuple(rows[1:]), tuple(numbers[1:]))
    problems += _shape(table)
    if FORBIDDEN.search(text):
        problems += _control_characters(table)
    return table, problems


def _words(line: str, delimiter: str) -> list[str]:
    return [word.strip().strip('"').lower().replace(" ", "_") for word in line.split(delimiter)]


def _shape(table: TextTable) -> list[Problem]:
    width = len(table.header)
    problems = [
        Problem(table.file, 1, name, "column-twice", "The column stands there twice.", "Remove one.")
        for name in sorted({name for name in table.header if name and table.header.count(name) > 1})
    ]
    for number, row in zip(table.numbers, table.rows, strict=True):
        if len(row) != width:
            longer = "more" if len(row) > width else "fewer"
            fix = (
                "Put quotes around text with commas."
                if len(row) > width
                else "Keep empty cells as empty, with their commas."
            )
            message = f"The row has {len(row)} cells, {longer} than the {width} of the header."
            problems.append(Problem(table.file, number, None, "row-length", message, fix))
    return problems


def _control_characters(table: TextTable) -> list[Problem]:
    problems = []
    for number, row in zip(table.numbers, table.rows, strict=True):
        for name, cell in zip(table.header, row, strict=False):
            found = FORBIDDEN.search(cell)
            if found:
                message = f"A hidden control character (U+{ord(found[0]):04X}) stands at position {found.start() + 1}."
                problems.append(Problem(table.file, number, name, "control-character", message, "Type the cell anew."))
    return problems


def _file_problem(file: str, rule: str, message: str, fix: str) -> Problem:
    return Problem(file, None, None, rule, message, fix)


def write_table(header: list[str], rows: Iterable[list[str]]) -> bytes:
    r"""A table as canonical CSV bytes: UTF-8, comma, LF, quotes only where needed.

    Examples
    --------
    >>> write_table(["id", "name"], [["a", "Adur, Worthing"]])
    b'id,name\na,"Adur, Worthing"\n'
    """
    made = io.BytesIO()
    out = io.TextIOWrapper(made, encoding="utf-8", newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    out.flush()
    return made.getvalue()


def toml_string(text: str) -> str:
    r"""A basic string of TOML: in quotes, on one line.

    Examples
    --------
    >>> print(toml_string('Say "no"'))
    "Say \"no\""
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'
