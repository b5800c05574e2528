"""The tables of the DORA register of information as their files hold them: columns by code or label, and what is data.

The standard's own columns, keys and references stand in `datasets/importing/dora.csv`. Workbooks hold rows of titles,
labels and types around the codes; none of them is data.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from typing import NamedTuple

from riskgraph.assets import shipped_rows
from riskgraph.data.spelling import normalise
from riskgraph.importers.columns import TableKind, header_key
from riskgraph.importers.report import ImportReport
from riskgraph.importers.rows import SourceRow
from riskgraph.importers.values import parse_date
from riskgraph.vocabulary import headers, pattern, words

__all__ = ["DORA_TABLES", "FILING", "PARAMETERS", "data_rows", "faults", "is_lei", "says"]

_CODE = (
    re.compile(r"(?:(?:b|rt|t|tb)[_. ]?\d\d[._ ]\d\d[._ ]?)?[cr]?(\d{2,4})", re.IGNORECASE),  # the code alone
    re.compile(r"(?:(?:b|rt)[_. ]?\d\d[._ ]\d\d[._ ]c?|c)(\d{4})\b.*", re.IGNORECASE),  # with its label behind it
    re.compile(r"(\d{4})\s*[-:\u2013.]\s*\D.*"),
    re.compile(r".*[\[(](?:b|rt)[_. ]?\d\d[._ ]\d\d[._ ]c?(\d{4})[\])]", re.IGNORECASE),  # or in front
)
_LEI = re.compile(r"[A-Z0-9]{18}\d\d")
_DOMAIN = re.compile(r"eba_q?[a-z]+:", re.IGNORECASE)
_SERVICE = re.compile(r"s[_ ]?(\d\d)\b.*", re.IGNORECASE)
_ENTITIES = "B_01"  # three tables that name who buys: the entity that keeps the register, the others, the branches


class _Column(NamedTuple):
    code: str
    type: str
    key: str  # "key" if it must not be empty, "part" if it is only a part of the key
    refers: str
    label: str


@lru_cache(maxsize=1)
def _standard() -> dict[str, dict[str, _Column]]:
    """Table to code to column."""
    found: dict[str, dict[str, _Column]] = defaultdict(dict)
    for row in shipped_rows("importing", "dora.csv"):
        found[row["table"]][row["code"]] = _Column(
            row["code"], row["type"], row["key"], row["refers"], header_key(row["label"])
        )
    return dict(found)


def _code(table: str, header: str) -> str:
    """The code of a column, by its code or its label; "" if it is none of this table.

    Examples
    --------
    >>> [_code("B_02.02", h) for h in ("c0030", "B_02.02.0030", "30", "0030 - Provider", "Function identifier", "2024")]
    ['0030', '0030', '0030', '0030', '0050', '']
    """
    columns, text = _standard()[table], " ".join(header.split())
    for form in _CODE:
        if (match := form.fullmatch(text)) and (code := match[1].zfill(4)) in columns:
            return code
    key = header_key(text)
    return next((one.code for one in columns.values() if one.label == key), "") if key else ""


def _table(name: str) -> TableKind:
    """One of the tables. Its columns are the fields that are taken, and the others by their codes."""
    fields = headers("dora", name)
    taken = {codes[0] for codes in fields.values()}
    others = {code: (code,) for code in _standard()[name] if code not in taken}
    digits = name.removeprefix("B_").replace(".", "[._ ]?")
    return TableKind(
        {**fields, **others},
        name=name,
        sheet=rf"(?:^|[^a-z0-9]|_)(?:t?b|rt)[_. ]?{digits}(?!\d)",
        strict=False,
        counted=False,
        key=partial(_code, name),
        not_taken=tuple(others),
    )


DORA_TABLES = tuple(_table(name) for name in _standard())
PARAMETERS = TableKind(
    {"name": ("name",), "value": ("value",)}, name="parameters", sheet="^parameters$", strict=False, counted=False
)
FILING = TableKind(
    {"table": ("templateID", "template"), "reported": ("reported",)},
    name="filing indicators",
    sheet="^filing ?indicators$",
    strict=False,
    counted=False,
)


def is_lei(text: str) -> bool:
    """Whether a text has the form of a legal entity identifier.

    Examples
    --------
    >>> is_lei("213800ABCDEFGHIJKL12"), is_lei("Dover District Council")
    (True, False)
    """
    return bool(_LEI.fullmatch(text))


def says(row: SourceRow | None, field: str) -> str:
    """A cell in the standard's own words: codes written out, and "" for "0", "not applicable" and the like."""
    return _said(row[field]) if row is not None and field in row.columns else ""


def _said(text: str) -> str:
    """What a cell says.

    Examples
    --------
    >>> [_said(text) for text in ("eba_BT:x28", "eba_GA:IE", "eba_TA:S19", "Cloud services: SaaS", "0", "eba_GA:qx2007")]
    ['Yes', 'IE', 'S19', 'S19', '', '']
    """
    if pattern("dora: says nothing").fullmatch(text):
        return ""
    meaning = words("dora: code", "dora").get(normalise(text))
    if meaning is not None:
        return meaning
    bare = _DOMAIN.sub("", text)
    if bare != text and re.fullmatch(r"q?x\d+", bare):
        return ""  # a code that no list here has: never a name
    match = _SERVICE.fullmatch(bare)
    return f"S{match[1]}" if match else bare


def data_rows(rows: Iterable[SourceRow], report: ImportReport) -> Iterator[SourceRow]:
    """The rows that are data; those of labels, types and codes are told."""
    begun: set[str] = set()
    passed: Counter[str] = Counter()
    for row in rows:
        name = row.kind.name
        if name in _standard() and (_speaks_of_columns(row) or (name not in begun and not _has_values(row))):
            passed[name] += 1
            continue
        begun.add(name)
        yield row
    if passed:
        tables = ", ".join(f"{name}: {count}" for name, count in sorted(passed.items()))
        report.note(f"Rows of labels, types or codes below the header, no data ({tables}).")


def _cells(row: SourceRow) -> dict[str, str]:
    """Code to what stands there, where something does."""
    found = {}
    for field, codes in row.kind.columns.items():
        if field in row.columns and (text := row.text(field)):
            found[codes[0]] = text
    return found


def _speaks_of_columns(row: SourceRow) -> bool:
    """Whether all cells are codes, labels or types of the standard."""
    cells = _cells(row)
    return len(cells) > 1 and all(_is_word(text) or _names(row, code, text) for code, text in cells.items())


def _names(row: SourceRow, code: str, text: str) -> bool:
    """Whether a cell is the code or the label of its own column; a bare number is a value."""
    return _code(row.kind.name, text) == code and not re.fullmatch(r"\d{2,3}", text)


def _is_word(text: str) -> bool:
    return bool(pattern("dora: word of a template").fullmatch(text))


def _has_values(row: SourceRow) -> bool:
    """Whether a row at the top holds a value where only certain values can stand; labels never do.

    A row of labels in any language has none: no date under the dates, no number under the numbers. A single word under
    the codes may be one, so long as nothing beside it is a label.
    """
    columns = _standard()[row.kind.name]
    cells = _cells(row)
    checked = [(columns[code].type, text) for code, text in cells.items() if columns[code].type != "text"]
    if not checked:
        return not all(map(_is_word, cells.values()))
    if any(_VALUE[type_](text) for type_, text in checked):
        return True
    return all(type_ in {"code", "lei"} and not _is_word(text) and " " not in text for type_, text in checked)


def _is_code(text: str) -> bool:
    return any(map(str.isdigit, text)) and len(text.split()) < 4 and not _is_word(text)


def _is_set(text: str) -> bool:
    known = _DOMAIN.match(text) or _SERVICE.fullmatch(text) or normalise(text) in words("dora: code", "dora")
    return bool(known or pattern("dora: option of a list").fullmatch(text))


_VALUE: dict[str, Callable[[str], bool]] = {
    "lei": _is_code,
    "code": _is_code,
    "date": lambda text: parse_date(text) is not None or text.startswith("9999"),
    "number": lambda text: bool(re.fullmatch(r"[-\d.,\s\u00a3\u20ac]+", text)),
    "country": lambda text: bool(_DOMAIN.match(text) or re.fullmatch(r"[A-Z]{2}", text)),
    "currency": lambda text: bool(_DOMAIN.match(text) or re.fullmatch(r"[A-Z]{3}", text)),
    "set": _is_set,
}


def faults(rows: dict[str, list[SourceRow]], filed: dict[str, bool], report: ImportReport) -> None:
    """The four checks of the standard, told.

    An empty key, the same key twice, a reference to nothing, a table that is declared and empty (or the other way
    round).
    """
    held = {name: {_cells(row).get("0010", "") for row in some} for name, some in rows.items()}
    held[_ENTITIES] = {key for name, keys in held.items() if name.startswith("B_01") for key in keys}
    for name, columns in _standard().items():
        some = rows.get(name, [])
        empty: list[str] = []
        lost: dict[str, list[str]] = defaultdict(list)
        keys: dict[tuple[str, ...], list[SourceRow]] = defaultdict(list)
        for row in some:
            cells = _cells(row)
            for code, column in columns.items():
                if column.key == "key" and _present(row, code) and not cells.get(code):
                    empty.append(f"{row.where}, {code}")
                value, others = cells.get(code, ""), held.get(column.refers)
                if _said(value) and others and value not in others:
                    lost[column.refers].append(f"{row.where}: {value}")
            if all(cells.get(code) for code, column in columns.items() if column.key == "key"):
                keys[tuple(cells.get(code, "") for code, column in columns.items() if column.key)].append(row)
        twice = [row.where for same in keys.values() for row in same[1:]]
        _tell(report, f"Empty key in {name}", empty)
        _tell(report, f"The same key twice in {name}", twice)
        for table, places in sorted(lost.items()):
            _tell(report, f"{name} refers to what {table} does not have", places)
    for name, reported in sorted(filed.items()):
        if name in _standard() and reported != bool(rows.get(name)):
            said = "is said to be filled and is empty" if reported else "is said to be empty and is filled"
            report.note(f"Table {name} {said} (filing indicators).")


def _present(row: SourceRow, code: str) -> bool:
    return any(codes[0] == code and field in row.columns for field, codes in row.kind.columns.items())


def _tell(report: ImportReport, what: str, places: list[str]) -> None:
    if places:
        more = f" and {len(places) - 3:,} more" if len(places) > 3 else ""
        report.note(f"{what}: {'; '.join(places[:3])}{more}.")
