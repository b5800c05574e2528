"""Public bodies that a source lists with their dates: compared with the register, or made rows of the map's own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from riskgraph.data.spelling import normalise
from riskgraph.dates import first_day, last_day
from riskgraph.importers.matching import Councils
from riskgraph.importers.statements import ListedBody, Statements
from riskgraph.importers.values import slug
from riskgraph.model import AUTHORITY, RegisterEntry
from riskgraph.vocabulary import words

__all__ = ["register_rows"]

_SORT = re.compile(r"(?: (?:city|county|district|borough|metropolitan))* council$", re.IGNORECASE)


def register_rows(
    statements: Statements, councils: Councils, today: date
) -> tuple[dict[str, RegisterEntry], dict[str, str]]:
    """Rows of the register that it does not have yet, and names under which the source means a body.

    What the source says otherwise of a body that the register has is counted, and the register kept.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> from riskgraph.importers.report import ImportReport
    >>> statements = Statements(ImportReport("book.xlsx", "workbook"))
    >>> statements.bodies.append(ListedBody("row 2", "Marlshire County Council", kind="county", end="2020-03-31"))
    >>> entries, _ = register_rows(statements, Councils(read("seeds").register), date(2026, 11, 1))
    >>> [(id_, entry.short_name, entry.valid_to) for id_, entry in entries.items()]
    [('authority:marlshire', 'Marlshire', '2020-03-31')]
    """
    report = statements.report
    entries: dict[str, RegisterEntry] = {}
    rows: dict[str, ListedBody] = {}
    names: dict[str, str] = {}
    shorts = Counter(normalise(_SORT.sub("", name)) for name in {normalise(o.name) for o in statements.bodies})
    for row in sorted(statements.bodies, key=lambda o: (o.name, str(replace(o, where="")))):
        id_, how = _known(row, councils)
        if how in {"several", "joint"}:
            report.guess("name of several councils, not compared with the register", f"{row.where}: {row.name}")
            continue
        if id_ is None:
            id_ = names.get(normalise(row.name)) or _new_id(row.name, {*councils.register, *rows})
        if id_ in rows:
            report.guess("listed twice: the first row in order of names counts", f"{row.where}: {row.name}")
            names.setdefault(normalise(row.name), id_)
            continue
        rows[id_] = row
        names[normalise(row.name)] = id_
        if id_ not in councils.register:
            if row.code and row.code in {entry.gss_code for entry in entries.values()}:
                report.guess(
                    "code of two organisations: the first in order of names has it", f"{row.where}: {row.code}"
                )
                row = replace(row, code=None)
            entries[id_] = _entry(id_, row, shorts, councils, today)
    for id_, row in rows.items():
        successors = _successors(row, names, councils, statements)
        if id_ in entries:
            entries[id_] = replace(entries[id_], successors=tuple(i for i in successors if i != id_))
        else:
            _compare(row, councils.register[id_], successors, statements)
    return entries, {name: id_ for name, id_ in names.items() if id_ in entries or not councils.find(name)[0]}


def _known(row: ListedBody, councils: Councils) -> tuple[str | None, str]:
    day = next((day for day in (row.start, row.end) if day and len(day) == 10), None)
    ids, how = councils.find(row.name, (("GSS", row.code),) if row.code else (), day)
    if how == "identifier" and len(named := councils.find(row.name, (), day)[0]) == 1:
        ids = named  # the other sheets speak of it by its name; a code of another body is counted below
    return (ids[0] if len(ids) == 1 else None), how


def _new_id(name: str, taken: set[str]) -> str:
    for text in (_SORT.sub("", name), name):
        if (id_ := f"{AUTHORITY}:{slug(text)}") not in taken:
            return id_
    number = 2
    while f"{id_}-{number}" in taken:
        number += 1
    return f"{id_}-{number}"


def _entry(id_: str, row: ListedBody, shorts: Counter[str], councils: Councils, today: date) -> RegisterEntry:
    short = _SORT.sub("", row.name)
    if short == row.name or councils.find(short)[0] or shorts[normalise(short)] > 1:
        short = ""  # none, or one that means somebody else too
    over = row.end is not None and last_day(row.end) <= today
    nations = {entry.region: entry.nation for entry in councils.register.values() if entry.region}
    nation = words("nation by code").get((row.code or " ")[0].lower()) or nations.get(row.region or "")
    return RegisterEntry(
        id_,
        gss_code=row.code,
        name=row.name,
        short_name=short or None,
        kind=row.kind,
        nation=nation,
        region=row.region,
        valid_from=row.start,
        valid_to=row.end if over else None,
        planned_end=None if over else row.end,
        status="former" if over else "current",
    )


def _successors(
    row: ListedBody, names: Mapping[str, str], councils: Councils, statements: Statements
) -> tuple[str, ...]:
    found = []
    for name in row.replaced:
        ids: tuple[str, ...] = ()
        if normalise(name) in names:
            ids = (names[normalise(name)],)
        else:
            ids = councils.find(name)[0]
        if not ids:
            statements.report.guess("successor that nobody knows, left blank", f"{row.where}: {name!r}")
        found += [id_ for id_ in ids if id_ not in found]
    return tuple(found)


def _compare(row: ListedBody, entry: RegisterEntry, successors: tuple[str, ...], statements: Statements) -> None:
    """Count what the source says otherwise of a body that the register has."""
    said = {
        "GSS code": (row.code, (entry.gss_code, *entry.former_gss_codes)),
        "kind": (row.kind, (entry.kind,)),
        "region": (row.region, (entry.region,)),
        "start": (row.start, (entry.valid_from,)),
        "end": (row.end, (entry.valid_to, entry.planned_end)),
        "replaced by": ("; ".join(sorted(successors)), ("; ".join(sorted(entry.successors)),)),
    }
    for what, (theirs, ours) in said.items():
        known = [value for value in ours if value]
        if theirs and not any(_agree(theirs, value) for value in known):
            kept = f"the register says {known[0]}" if known else "the register says nothing"
            statements.report.guess(
                "otherwise than in the register of authorities: the register is kept",
                f"{row.where}, {what}: {theirs}, {kept}",
            )


def _agree(one: str, two: str) -> bool:
    """Whether two values are the same; of two dates, one may be less exact."""
    try:
        return first_day(one) <= last_day(two) and first_day(two) <= last_day(one)
    except ValueError:
        return normalise(one) == normalise(two)
