"""The words of people's files: headers, words in cells and patterns, out of `datasets/importing/`.

One vocabulary for all formats. A row with a blank format holds for every one; a row that names a format holds
there only, and before the others.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from riskgraph.assets import shipped

__all__ = ["FileKind", "file_kinds", "headers", "pattern", "patterns", "placeholders", "words"]

Headers = Mapping[str, tuple[str, ...]]  # field -> the headers under which it is met, the surest first


@lru_cache(maxsize=8)
def _rows(name: str) -> tuple[dict[str, str], ...]:
    with shipped("importing", name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, strict=True))


@lru_cache(maxsize=64)
def headers(format_: str, sheet: str = "") -> Headers:
    """The headers of each field of a format, or of one of its sheets.

    Examples
    --------
    >>> headers("ownership")["owner"][:3]
    ('Owner', 'Parent', 'Parent company')
    """
    found: dict[str, list[str]] = {}
    for row in _rows("headers.csv"):
        if (row["format"], row["sheet"]) == (format_, sheet):
            found.setdefault(row["field"], []).append(row["header"])
    return {field: tuple(names) for field, names in found.items()}


@lru_cache(maxsize=128)
def words(list_: str, format_: str = "") -> Mapping[str, str]:
    """The words of a list, as `riskgraph.data.spelling.normalise` writes them, and what each means.

    Examples
    --------
    >>> words("access")["vpn"], words("access", "dora")["yes"]
    ('network', 'data')
    """
    rows = [row for row in _rows("words.csv") if row["list"] == list_ and row["format"] in {"", format_}]
    return {row["word"]: row["meaning"] for row in sorted(rows, key=lambda row: row["format"] != "")}


class FileKind(NamedTuple):
    """A kind of file that is no table: how it is known, what it is, and what to do about it."""

    rule: str
    begins: re.Pattern[bytes]
    holds: re.Pattern[bytes] | None
    is_: str
    fix: str


@lru_cache(maxsize=1)
def file_kinds() -> tuple[FileKind, ...]:
    """The kinds of file that are often taken for a table, in the order in which they are tried.

    Examples
    --------
    >>> next(kind.is_ for kind in file_kinds() if kind.begins.match(b"%PDF-1.7"))
    'a PDF'
    """

    def form(text: str) -> re.Pattern[bytes]:
        return re.compile(text.encode("ascii"), re.IGNORECASE | re.DOTALL | re.MULTILINE)

    return tuple(
        FileKind(row["rule"], form(row["begins"]), form(row["holds"]) if row["holds"] else None, row["is"], row["next"])
        for row in _rows("file_kinds.csv")
    )


@lru_cache(maxsize=8)
def placeholders(means: str) -> tuple[str, ...]:
    """The words that stand in a cell where nothing, or nobody, is said; those of several words first.

    Parameters
    ----------
    means
        `nothing`, in any cell; `withheld` or `nobody`, where somebody should be named; or `beside` one of these two:
        words that say nothing by themselves.

    Examples
    --------
    >>> "tbc" in placeholders("nothing"), "in house" in placeholders("nobody"), "gdpr" in placeholders("beside withheld")
    (True, True, True)
    """
    found = [row["words"] for row in _rows("placeholders.csv") if row["means"] == means]
    return tuple(sorted(found, key=lambda text: (-len(text), text)))


@lru_cache(maxsize=64)
def patterns(list_: str, format_: str = "") -> tuple[tuple[re.Pattern[str], str], ...]:
    """The patterns of a list, in their order, and what each means; capitals do not count.

    Examples
    --------
    >>> [meaning for form, meaning in patterns("hosting") if form.fullmatch("AWS London")]
    ['cloud']
    """
    rows = [row for row in _rows("patterns.csv") if row["list"] == list_ and row["format"] in {"", format_}]
    rows.sort(key=lambda row: row["format"] == "")
    return tuple((re.compile(row["pattern"], re.IGNORECASE), row["meaning"]) for row in rows)


@lru_cache(maxsize=64)
def pattern(list_: str) -> re.Pattern[str]:
    """All patterns of a list as one, for `search`.

    Examples
    --------
    >>> bool(pattern("redacted").search("REDACTED PERSONAL DATA"))
    True
    """
    return re.compile("|".join(form.pattern for form, _ in patterns(list_)), re.IGNORECASE)
