"""One table of a file as it lies there, and an error about a file: what all readers of files share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from riskgraph.errors import DataError, Problem

__all__ = ["SourceFile", "SourceTable", "problem"]


class SourceFile(NamedTuple):
    """One plain file of a source: where it lies while it is read, and how it is told."""

    path: Path
    name: str = ""  # in the archive or folder that it came out of; none for a file that stands alone


@dataclass
class SourceTable:
    """One table of a file: its cells as text, row by row, with the numbers a spreadsheet shows."""

    name: str
    rows: Callable[[], Iterator[tuple[int, list[str]]]]  # may be called again
    notes: list[str] = field(default_factory=list)


def problem(path: Path, rule: str, message: str, fix: str, row: int | None = None) -> DataError:
    """An error about one file."""
    return DataError(path.name, [Problem(path.name, row, None, rule, message, fix)])
