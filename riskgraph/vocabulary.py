"""The words of people's files: headers, words in cells and patterns, out of `datasets/importing/`.

One vocabulary for all formats. Headers stand under the concept that they mean (`concepts.csv`); a format names the
concepts that it takes (`fields.csv`) and what only it says otherwise (`headers.csv`). Of words and patterns, a row with
a blank format holds for every one; a row that names a format holds there only, and before the others.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from riskgraph.assets import shipped

__all__ = [
    "FileKind",
    "file_kinds",
    "header_key",
    "headers",
    "holds",
    "pattern",
    "patterns",
    "placeholders",
    "usual",
    "words",
]

Headers = Mapping[str, tuple[str, ...]]  # field -> the headers under which it is met, the surest first


def header_key(text: str) -> str:
    """A header without capitals, spaces, punctuation and pound signs.

    Examples
    --------
    >>> header_key("Annual value (\u00a3)"), header_key("CompaniesHouse_RegistrationNumber")
    ('annualvalue', 'companieshouseregistrationnumber')
    """
    text = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"[^a-z0-9&#*]+", "", text)


@lru_cache(maxsize=8)
def _rows(name: str) -> tuple[dict[str, str], ...]:
    with shipped("importing", name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file, strict=True))


@lru_cache(maxsize=64)
def headers(format_: str, sheet: str = "") -> Headers:
    """The headers of each field of a format, or of one of its sheets.

    First those of the concepts that the field takes, in the order in which `fields.csv` names them, then the words that
    this format alone has for it. A word of the format's own is not that of a concept there: a *Service* is bought in a
    one-sheet register, and is a part of the council in a contract register.

    Examples
    --------
    >>> headers("ownership")["owner"][:3]
    ('Owner', 'Parent', 'Parent company')
    >>> "Trans Date" in headers("spending")["date"], "Contract No" in headers("contracts")["reference"]
    (True, True)
    """
    fields = [row for row in _rows("fields.csv") if (row["format"], row["sheet"]) == (format_, sheet)]
    own = [row for row in _rows("headers.csv") if (row["format"], row["sheet"]) == (format_, sheet)]
    claimed = {header_key(row["header"]) for row in own}
    found: dict[str, dict[str, str]] = {row["field"]: {} for row in (*fields, *own)}
    for row in fields:
        words_ = _concepts().get(row["concept"], {})
        found[row["field"]] |= {key: word for key, word in words_.items() if key not in claimed}
    for row in own:
        found[row["field"]].setdefault(header_key(row["header"]), row["header"])
    return {field: tuple(names.values()) for field, names in found.items()}


@lru_cache(maxsize=64)
def holds(format_: str, sheet: str = "") -> Mapping[str, str]:
    """What the cells of each field of a format have to hold, where that can be judged: date, money or name.

    Examples
    --------
    >>> holds("spending")["date"], holds("spending").get("purpose")
    ('date', None)
    """
    rows = (row for row in _rows("fields.csv") if (row["format"], row["sheet"]) == (format_, sheet))
    return {row["field"]: row["holds"] for row in rows if row["holds"]}


@lru_cache(maxsize=64)
def usual(format_: str, sheet: str = "") -> Mapping[str, str]:
    """What the column of each field of a format is called, where we speak of it.

    Examples
    --------
    >>> usual("spending")["date"], list(usual("one-sheet").values())[:3]
    ('Payment date', ['Council', 'System or service bought', 'Supplier'])
    """
    rows = (row for row in _rows("fields.csv") if (row["format"], row["sheet"]) == (format_, sheet))
    return {row["field"]: row["usual"] for row in rows if row["usual"]}


@lru_cache(maxsize=1)
def _concepts() -> Mapping[str, Mapping[str, str]]:
    """Concept to its headers, the surest first, by how they are compared."""
    found: dict[str, dict[str, str]] = {}
    for row in _rows("concepts.csv"):
        found.setdefault(row["concept"], {})[header_key(row["header"])] = row["header"]
    return found


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
