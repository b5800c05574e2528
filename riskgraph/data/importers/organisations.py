"""Public bodies that a source lists with their dates: compared with the register, or made rows of the map's own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from riskgraph.data.importers.facts import Harvest, Options, Organisation
from riskgraph.data.importers.match import Councils
from riskgraph.data.importers.values import slug
from riskgraph.data.names import normalise
from riskgraph.dates import first_day, last_day
from riskgraph.model import AUTHORITY, ENVIRONMENT, SHARED_SERVICE, SUPPLIER, RegisterEntry
from riskgraph.schema import schema

__all__ = ["PARTNERS", "PUBLIC_BODIES", "settle_organisations"]

_TYPES = schema()["authorities"]["kind"].allowed
# words for a kind of public body -> the word of the register
PUBLIC_BODIES = {
    **{word.replace("-", " "): word for word in _TYPES},
    "county council": "county",
    "district council": "district",
    "unitary authority": "unitary",
    "unitary council": "unitary",
    "london borough council": "london-borough",
    "metropolitan borough": "metropolitan",
    "metropolitan borough council": "metropolitan",
    "metropolitan district": "metropolitan",
    "fire authority": "fire",
    "fire service": "fire",
    "fire and rescue": "fire",
    "fire and rescue authority": "fire",
    "fire and rescue service": "fire",
    "police force": "police",
    "police and crime commissioner": "police",
    "nhs trust": "nhs",
    "nhs foundation trust": "nhs",
    "integrated care board": "nhs",
    "academy": "school",
    "academy trust": "school",
    "national park authority": "national-park",
    "parish council": "other",
    "town council": "other",
    "public body": "other",
}
# partners that are no public body -> their kind in the model
PARTNERS = {
    "supplier": SUPPLIER,
    "company": SUPPLIER,
    "shared service": SHARED_SERVICE,
    "shared services": SHARED_SERVICE,
    "partnership": SHARED_SERVICE,
    "joint service": SHARED_SERVICE,
    "environment": ENVIRONMENT,
    "data centre": ENVIRONMENT,
    "shared network": ENVIRONMENT,
}
_NATIONS = {"E": "England", "N": "Northern Ireland", "S": "Scotland", "W": "Wales"}
_SORT = re.compile(r"(?: (?:city|county|district|borough|metropolitan))* council$", re.IGNORECASE)


def settle_organisations(
    harvest: Harvest, options: Options, councils: Councils
) -> tuple[dict[str, RegisterEntry], dict[str, str]]:
    """Rows of the register that it does not have yet, and names under which the source means a body.

    What the source says otherwise of a body that the register has is counted, and the register kept.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> from riskgraph.data.importers.report import ImportReport
    >>> harvest = Harvest(ImportReport("book.xlsx", "workbook"))
    >>> harvest.organisations.append(Organisation("row 2", "Marlshire County Council", kind="county", end="2020-03-31"))
    >>> entries, _ = settle_organisations(harvest, Options(), Councils(read("seeds").register))
    >>> [(id_, entry.short_name, entry.valid_to) for id_, entry in entries.items()]
    [('authority:marlshire', 'Marlshire', '2020-03-31')]
    """
    report = harvest.report
    entries: dict[str, RegisterEntry] = {}
    rows: dict[str, Organisation] = {}
    names: dict[str, str] = {}
    shorts = Counter(normalise(_SORT.sub("", name)) for name in {normalise(o.name) for o in harvest.organisations})
    for row in sorted(harvest.organisations, key=lambda o: (o.name, str(replace(o, where="")))):
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
            entries[id_] = _entry(id_, row, shorts, councils, options)
    for id_, row in rows.items():
        successors = _successors(row, names, councils, harvest)
        if id_ in entries:
            entries[id_] = replace(entries[id_], successors=tuple(i for i in successors if i != id_))
        else:
            _compare(row, councils.register[id_], successors, harvest)
    return entries, {name: id_ for name, id_ in names.items() if id_ in entries or not councils.find(name)[0]}


def _known(row: Organisation, councils: Councils) -> tuple[str | None, str]:
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


def _entry(id_: str, row: Organisation, shorts: Counter[str], councils: Councils, options: Options) -> RegisterEntry:
    from riskgraph.data.importers.registry import register_date

    short = _SORT.sub("", row.name)
    if short == row.name or councils.find(short)[0] or shorts[normalise(short)] > 1:
        short = ""  # none, or one that means somebody else too
    today = last_day(options.as_of or register_date())
    over = row.end is not None and last_day(row.end) <= today
    nations = {entry.region: entry.nation for entry in councils.register.values() if entry.region}
    nation = _NATIONS.get((row.code or " ")[0]) or nations.get(row.region or "")
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


def _successors(row: Organisation, names: Mapping[str, str], councils: Councils, harvest: Harvest) -> tuple[str, ...]:
    found = []
    for name in row.replaced:
        ids: tuple[str, ...] = ()
        if normalise(name) in names:
            ids = (names[normalise(name)],)
        else:
            ids = councils.find(name)[0]
        if not ids:
            harvest.report.guess("successor that nobody knows, left blank", f"{row.where}: {name!r}")
        found += [id_ for id_ in ids if id_ not in found]
    return tuple(found)


def _compare(row: Organisation, entry: RegisterEntry, successors: tuple[str, ...], harvest: Harvest) -> None:
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
            harvest.report.guess(
                "otherwise than in the register of authorities: the register is kept",
                f"{row.where}, {what}: {theirs}, {kept}",
            )


def _agree(one: str, two: str) -> bool:
    """Whether two values are the same; of two dates, one may be less exact."""
    try:
        return first_day(one) <= last_day(two) and first_day(two) <= last_day(one)
    except ValueError:
        return normalise(one) == normalise(two)
