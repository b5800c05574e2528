"""Files that are no table, whatever their name says: each is named for what it is, with what to do about it.

The kinds are `datasets/importing/file_kinds.csv`.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from riskgraph.errors import DataError
from riskgraph.importers.source import BROKEN, problem
from riskgraph.vocabulary import file_kinds

__all__ = ["no_table"]

_HEAD = 4096
_INSIDE = 32 * 1024**2  # bytes in which the parts of an old document are looked for
_MIMETYPE = 200


def no_table(path: Path) -> DataError | None:
    """An error that says what a file is, if it is of a kind that is known to be no table."""
    with path.open("rb") as file:
        head = file.read(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()
    inside: bytes | None = None
    for kind in file_kinds():
        if not kind.begins.match(head):
            continue
        if kind.holds is not None:
            inside = _inside(path, head) if inside is None else inside
            if not kind.holds.search(inside):
                continue
        return problem(path, kind.rule, f"This is {kind.is_}, no table that can be read here.", kind.fix)
    return None


def _inside(path: Path, head: bytes) -> bytes:
    """The names of the parts of a document; none for a workbook that can be read."""
    if not head.startswith(b"PK"):
        with path.open("rb") as file:
            return file.read(_INSIDE)
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            mime = b""
            if "mimetype" in names:
                with archive.open("mimetype") as part:
                    mime = part.read(_MIMETYPE)
    except (*BROKEN, RuntimeError, NotImplementedError):
        return b""
    return b"" if "xl/workbook.xml" in names else mime + b"\n" + "\n".join(names).encode("utf-8", "replace")
