"""One table of a file as it lies there, and an error about a file: what all readers of files share."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from riskgraph.errors import DataError, Problem

__all__ = ["BROKEN", "MONTH_FIRST", "Signs", "SourceFile", "SourceTable", "problem"]


BROKEN = (  # what a broken archive or workbook makes its readers raise
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

# in bytes: what can only be a date with the month first; each begins with one letter, which makes the search quick
MONTH_FIRST = tuple(re.compile(rb"%s(?:1[3-9]|2\d|3[01])%s\d" % (mark, mark)) for mark in (rb"/", rb"-", rb"\."))


class SourceFile(NamedTuple):
    """One plain file of a source: where it lies while it is read, and how it is told."""

    path: Path
    name: str = ""  # in the archive or folder that it came out of; none for a file that stands alone


class Signs(NamedTuple):
    """What the bytes of a file may hold, so that the columns have to be asked."""

    dates: bool = True  # a date that can only be read month first
    commas: bool = True  # an amount that parts the pence with a comma


@dataclass
class SourceTable:
    """One table of a file: its cells as text, row by row, with the numbers a spreadsheet shows."""

    name: str
    rows: Callable[[], Iterator[tuple[int, list[str]]]]  # may be called again
    notes: list[str] = field(default_factory=list)
    signs: Callable[[], Signs] = Signs
    repairs: list[tuple[str, str]] = field(default_factory=list)  # sort and example, of the last time it was read
    lost: list[tuple[str, str]] = field(default_factory=list)  # reason and place of rows that it could not give out


def problem(path: Path, rule: str, message: str, fix: str, row: int | None = None) -> DataError:
    """An error about one file."""
    return DataError(path.name, [Problem(path.name, row, None, rule, message, fix)])
