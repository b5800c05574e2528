"""Tables out of the files that councils publish: CSV of any make and XLSX, row by row.

The usual readers change such files silently (a row longer than the header shifts every column), so this
one names what it did. Memory does not grow with the file.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from pathlib import Path

from riskgraph.errors import MissingFile
from riskgraph.importers.file_kinds import no_table
from riskgraph.importers.graph_files import (
    catalogue_tables,
    configuration_tables,
    graph_tables,
    is_catalogue,
    is_configuration,
    is_graph,
)
from riskgraph.importers.quotes import LONGEST_CELL, ClosedQuotes
from riskgraph.importers.source import MONTH_FIRST, Signs, SourceTable, problem
from riskgraph.importers.xlsx import workbook_sheets

__all__ = ["open_sheets"]

MAX_BYTES = 2 * 1024**3
_CHUNK = 1 << 20
_LOST = "a quote is not closed, and its line is no row without it"
_UNCLOSED = "a quote that is not closed: its line was read without it"
_COMMA = {
    ",": re.compile(
        rb'"(?:(?<=\d,\d\d")|(?<=\d,\d"))|,(?<=\d,)\d\d? ?(?:\xe2\x82\xac|\x80|EUR)'
    ),  # quoted, or with its sign
    "": re.compile(rb",(?<=\d,)\d\d?(?!\d)"),
}
_DIG = re.compile(r"(\S+)\s+(?:\d+\s+)?IN\s+([A-Z0-9]+)\s+(\S.*)")
_HOST = re.compile(r"(\S+) (is an alias for|mail is handled by|has (?:IPv6 )?address) (\S.*)")
_OTHER_TOOLS = (
    (is_graph, graph_tables),
    (is_catalogue, catalogue_tables),
    (is_configuration, configuration_tables),
)
_SAYS = {"is an alias for": "CNAME", "mail is handled by": "MX"}


def open_sheets(path: Path) -> list[SourceTable]:
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
    if (error := no_table(path)) is not None:
        raise error
    if start.startswith(b"PK\x03\x04"):
        return workbook_sheets(path)
    for known, tables in _OTHER_TOOLS:
        if known(path):
            return tables(path)
    if not start.strip():
        raise problem(path, "empty-file", "The file is empty.", "Write at least the header row.")
    return [_text_sheet(path)]


def _text_sheet(path: Path) -> SourceTable:
    encoding, notes = _encoding(path)
    try:
        with path.open(encoding=encoding) as file:
            sample = file.read(200_000)
    except UnicodeError:
        raise problem(path, "encoding", "It says that it is UTF-16 but is not.", "Save it as UTF-8.") from None
    if _is_dns(sample):
        return SourceTable(
            path.stem, lambda: _dns_rows(path, encoding), notes, lambda: Signs(dates=False, commas=False)
        )
    delimiter = _delimiter(sample)
    width = _width(sample, delimiter)
    repairs: list[tuple[str, str]] = []
    lost: list[tuple[str, str]] = []

    def rows() -> Iterator[tuple[int, list[str]]]:
        csv.field_size_limit(LONGEST_CELL)
        with path.open(encoding=encoding, newline=None) as file:
            lines = ClosedQuotes(file, delimiter, width)
            number = 0
            try:
                for number, row in enumerate(csv.reader(lines, delimiter=delimiter), 1):
                    if number == 1 and row:
                        row[0] = row[0].removeprefix("\u00ef\u00bb\u00bf").removeprefix("\ufeff")
                    if row or number not in lines.lost:
                        yield number, row
            except (csv.Error, UnicodeError) as error:
                what = error if isinstance(error, csv.Error) else "its letters are not those of its encoding"
                raise problem(path, "csv", f"The row cannot be read: {what}.", "Check quotes.", number + 1) from None
            finally:
                repairs[:] = [(_UNCLOSED, _swallowed(row, count)) for row, count in lines.repaired.items()]
                lost[:] = [(_LOST, _swallowed(row, count)) for row, count in lines.lost.items()]

    if sample.startswith(("\u00ef\u00bb\u00bf", "\ufeff")):
        notes.append("The mark at the start of the file stood there twice; both were left out.")
    return SourceTable(path.stem, rows, notes, lambda: _signs(path, encoding, delimiter), repairs, lost)


def _swallowed(row: int, lines: int) -> str:
    """Where a quote is not closed, and what it would have swallowed."""
    what = f"{lines:,} lines of the file" if lines > 1 else "the rest of the line"
    return f"row {row}, where {what} would have been one cell"


def _is_dns(sample: str) -> bool:
    """Whether a text is what `dig` or `host` print: mostly answers of the domain name system, one a line."""
    lines = [line for line in sample.splitlines()[:200] if line.strip() and not line.startswith(";")]
    return 2 * sum(_dns_answer(line)[1] != "" for line in lines) > len(lines)


def _dns_answer(line: str) -> list[str]:
    r"""Name, type and answer of a line; a line that is none stands as the name.

    Examples
    --------
    >>> _dns_answer("www.example.org.\t\t300\tIN\tCNAME\tweb.example.net.")
    ['www.example.org.', 'CNAME', 'web.example.net.']
    >>> _dns_answer("example.org mail is handled by 10 mail.example.net.")
    ['example.org', 'MX', '10 mail.example.net.']
    """
    if found := _DIG.fullmatch(line.strip()):
        return [*found.groups()]
    if found := _HOST.fullmatch(line.strip()):
        return [found[1], _SAYS.get(found[2], "A"), found[3]]
    return [line.strip(), "", ""]


def _dns_rows(path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """The answers below a header, each with the number of its line; what `dig` marks as a remark is left out."""
    yield 0, ["Host name", "Type", "Answer"]
    with path.open(encoding=encoding, newline=None) as lines:
        for number, line in enumerate(lines, 1):
            if line.strip() and not line.startswith(";"):
                yield number, _dns_answer(line)


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


def _signs(path: Path, encoding: str, delimiter: str) -> Signs:
    """What the bytes of a file may hold; all of it where they are not those of ASCII."""
    if encoding == "utf-16":
        return Signs()
    dates = commas = False
    comma = _COMMA.get(delimiter, _COMMA[""])
    with path.open("rb") as file:
        tail = b""
        while (chunk := file.read(_CHUNK)) and not (dates and commas):
            window = tail + chunk
            dates = dates or any(form.search(window) for form in MONTH_FIRST)
            commas = commas or bool(comma.search(window))
            tail = window[-16:]
    return Signs(dates, commas)


def _width(sample: str, delimiter: str) -> int:
    """How many cells most of the first lines have."""
    lines = [line for line in sample.splitlines()[:200] if line.strip() and not line.count('"') & 1]
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter)]
    except csv.Error:
        return 1
    return max(set(widths), key=lambda width: (widths.count(width), width), default=1)


def _delimiter(sample: str) -> str:
    lines = [line for line in sample.splitlines()[:40] if line.strip()]

    def score(mark: str) -> tuple[float, int]:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=mark)]
        except csv.Error:
            return 0, 0
        most = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        return (widths.count(most) / len(widths) if most > 1 else 0), most  # of its rows: a cell may hold lines

    return max(",;\t|", key=score)
