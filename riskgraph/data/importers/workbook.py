"""The workbook of up to six sheets: Organisations, Suppliers, Systems, Shared services, Links, Incidents."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from riskgraph.data.importers.areas import area_of_word
from riskgraph.data.importers.facts import Happening, Harvest, Options, Organisation, Party, Tie
from riskgraph.data.importers.incidents import effects_of
from riskgraph.data.importers.match import clean_party
from riskgraph.data.importers.organisations import PARTNERS, PUBLIC_BODIES
from riskgraph.data.importers.registry import importer
from riskgraph.data.importers.report import ImportReport
from riskgraph.data.importers.tables import Sheet, open_sheets
from riskgraph.data.importers.values import clean_supplier, company_key, redacted, web_address
from riskgraph.data.importers.words import DATA, certificates_of, hosting_of
from riskgraph.data.importers.workbook_links import councils_of, read_links
from riskgraph.data.importers.workbook_rows import SHEETS, Kinds, Row, known_company, listed, rows_of
from riskgraph.data.names import normalise
from riskgraph.errors import RiskGraphError
from riskgraph.model import AUTHORITY, ENVIRONMENT, SHARED_SERVICE, SUPPLIER, SYSTEM

__all__ = ["read_workbook"]

_NOT_KNOWN = frozenset({"unknown", "not known", "not yet known", "unclear", "no word yet", "being investigated"})


def _key(sheet: Sheet) -> str | None:
    """Which of the six a sheet is, by its name."""
    name = normalise(sheet.name)
    return next((key for key in (name, f"{name}s") if key in SHEETS), None)


def _sheets(path: Path) -> list[Sheet]:
    if path.suffix.lower() not in {".xlsx", ".xlsm"} or not path.is_file():
        return []
    return open_sheets(path)


def _fits(path: Path) -> int:
    found = {_key(sheet) for sheet in _sheets(path)} - {None}
    return 40 if "links" in found or len(found) >= 2 else 0


@importer("workbook", "the workbook of up to six sheets", _fits)
def read_workbook(path: Path, options: Options, report: ImportReport) -> Harvest:
    """Read the sheets that are there; the sheet Links says the rest."""
    harvest = Harvest(report, options)
    rows: dict[str, list[Row]] = {name: [] for name in SHEETS}
    known = False
    for sheet in _sheets(path):
        key = _key(sheet)
        if key is None:
            report.note(f"Sheet {sheet.name!r} is none of the six; it was not read.")
            continue
        known = True
        rows[key] += rows_of(key, sheet, options, report)
    if not known:
        raise RiskGraphError(
            f"{path.name} has none of the six sheets.", f"Name them {', '.join(s.title() for s in SHEETS)}."
        )
    for name in SHEETS.keys() - {"incidents"}:  # what a sheet says must not depend on the order of its rows
        rows[name].sort(key=lambda row, fields=SHEETS[name]: [row[field] for field in fields])  # type: ignore[misc]
    kinds = _kinds(rows, report)
    for row in rows["organisations"]:
        _organisation(row, harvest)
    for row in rows["suppliers"]:
        _supplier(row, kinds, options, harvest)
    for row in rows["systems"]:
        _system(row, kinds, options, harvest)
    for row in rows["shared services"]:
        _shared(row, kinds, options, harvest)
    read_links(rows["links"], kinds, options, harvest)
    _incidents(rows["incidents"], kinds, options, harvest)
    return harvest


def _kinds(rows: dict[str, list[Row]], report: ImportReport) -> Kinds:
    """What each listed name is; of a name on two sheets, the later sheet's."""
    kinds: Kinds = {}
    found = [(row, PARTNERS[word]) for row in rows["organisations"] if (word := normalise(row["kind"])) in PARTNERS]
    for sheet, kind in (("suppliers", SUPPLIER), ("systems", SYSTEM), ("shared services", SHARED_SERVICE)):
        found += [(row, kind) for row in rows[sheet] if row["name"]]
    for row, kind in found:
        if kinds.get(normalise(row["name"]), (kind,))[0] != kind:
            report.guess("name on two sheets: the later sheet counts", f"{row.where}: {row['name']} as {kind}")
        kinds[normalise(row["name"])] = kind, row["name"]
    suppliers = [(row, clean_supplier(row["name"])[0] or "") for row in rows["suppliers"]]
    for row, party in suppliers:
        if party and kinds[normalise(row["name"])][0] == SUPPLIER:
            kinds[normalise(row["name"])] = SUPPLIER, party
            kinds.setdefault(company_key(party), (SUPPLIER, party))
    for row, party in suppliers:  # after all names: what is somebody's name is nobody's alias
        for alias in row.many("aliases") if party else ():
            kinds.setdefault(normalise(alias), (SUPPLIER, party))
            kinds.setdefault(company_key(alias), (SUPPLIER, party))
    named = [row["name"] for row in rows["organisations"] if row["name"]]
    named += [name for row in rows["shared services"] for name in (*row.many("members"), *row.many("host"))]
    companies = {company_key(row["supplier"]) for row in rows["systems"]}
    companies |= {company_key(row["parent"]) for row in rows["suppliers"]}
    companies |= {company_key(name) for row in rows["shared services"] for name in row.many("operator")}
    for name in (*named, *councils_of(rows["links"], companies)):
        if known_company(AUTHORITY, name)[0] == AUTHORITY:
            kinds.setdefault(normalise(name), (AUTHORITY, name))
    return kinds


def _tie(
    row: Row, relation: str, one: tuple[str, str], two: tuple[str, str], options: Options, **values: object
) -> Tie:
    """A part of a row; the row itself is counted once, by whoever reads it."""
    return Tie(
        row.where,
        relation,
        (one[0], Party(one[1])),
        (two[0], Party(two[1])),
        values,
        grade=options.grade or "reported",
        claim=f"{one[1]} {relation.replace('-', ' ')} {two[1]}",
        rows=0,
    )


def _named(row: Row) -> bool:
    """Whether the row has a name; if not, it is left out."""
    if redacted(row["name"]):
        row.report.redacted += 1
        row.report.skip(row.where, "the name is redacted: who it is is not known")
    elif not row["name"]:
        row.report.skip(row.where, "no name")
    else:
        row.report.kept += 1
        return True
    return False


def _organisation(row: Row, harvest: Harvest) -> None:
    if not _named(row):
        return
    name, word = row["name"], normalise(row["kind"])
    code = row["code"].upper().replace(" ", "") or None
    if code and not re.fullmatch(r"[A-Z]\d{8}", code):
        row.report.guess("code that is none, left blank", f"{row.where}: {row['code']!r}")
        code = None
    if word in PARTNERS:
        for field in ("code", "region", "start", "end", "replaced"):
            if row[field]:
                row.report.guess("not taken of a partner that is no public body", f"{row.where}, {field}: {row[field]}")
        harvest.listed.append((PARTNERS[word], Party(name)))
        return
    kind = row.word("kind", PUBLIC_BODIES)
    dates = row.dates()
    harvest.organisations.append(
        Organisation(
            row.where,
            name,
            code,
            kind,
            row["region"] or None,
            dates["valid_from"],
            dates["valid_to"],
            tuple(row.many("replaced")),
        )
    )
    harvest.listed.append((AUTHORITY, Party(name, (("GSS", code),) if code else ())))


def _supplier(row: Row, kinds: Kinds, options: Options, harvest: Harvest) -> None:
    if not _named(row):
        return
    party = clean_party(row["name"], harvest.report, (("GB-COH", row["number"]),) if row["number"] else ())
    if party is None:
        harvest.report.kept -= 1
        harvest.report.skip(row.where, "no supplier")
        return
    harvest.named.append(party)
    for alias in row.many("aliases"):
        if listed(alias, kinds) == (SUPPLIER, party.name):
            harvest.aliases.append((party, alias))
        else:
            row.report.guess("other name that means somebody else here, left out", f"{row.where}: {alias}")
    certificates, lapses = certificates_of("; ".join(row.many("certificates")), row.where, harvest.report)
    if certificates:
        harvest.certificates.append((party, certificates, lapses))
    parent = clean_party(row["parent"], harvest.report) if row["parent"] else None
    if parent is not None:
        tie = _tie(row, "owned-by", (SUPPLIER, party.name), listed(parent.name, kinds), options)
        harvest.ties.append(replace(tie, dependent=(SUPPLIER, party)))


def _system(row: Row, kinds: Kinds, options: Options, harvest: Harvest) -> None:
    if not _named(row):
        return
    name = row["name"]
    area, data = row.area(), row.word("data", DATA)
    hosting, place = hosting_of(row["hosting"])
    harvest.places[normalise(name)] = (area, data, hosting)
    harvest.listed.append((SYSTEM, Party(name)))
    supplier = clean_party(row["supplier"], harvest.report) if row["supplier"] else None
    if row["supplier"] and redacted(row["supplier"]):
        harvest.report.guess("supplier redacted: the system is kept without one", row.where)
        supplier = None
    if supplier is not None:
        end = listed(supplier.name, kinds)
        harvest.ties.append(_tie(row, "supplied-by", (SYSTEM, name), end, options))
        if hosting == "supplier":  # then its servers are where the data lie, and what the system runs on
            harvest.ties.append(_tie(row, "hosted-on", (SYSTEM, name), end, options, service_area=area, data=data))
    elif hosting == "supplier":
        harvest.report.guess("hosted by a supplier that the row does not name", f"{row.where}: {name}")
    if place:
        host = listed(place, kinds, ENVIRONMENT)
        if host[0] == ENVIRONMENT:
            harvest.report.guess("text about hosting read as the name of a place", place)
        harvest.ties.append(_tie(row, "hosted-on", (SYSTEM, name), host, options, service_area=area, data=data))


def _shared(row: Row, kinds: Kinds, options: Options, harvest: Harvest) -> None:
    if not _named(row):
        return
    body = (SHARED_SERVICE, row["name"])
    area, dates = row.area(), row.dates()
    harvest.listed.append((SHARED_SERVICE, Party(row["name"])))

    def add(relation: str, one: tuple[str, str], two: tuple[str, str], **values: object) -> None:
        harvest.ties.append(_tie(row, relation, one, two, options, **values, **dates))

    for member in row.many("members"):
        add("served-by", listed(member, kinds, AUTHORITY), body, service_area=area)
    for host in row.many("host"):
        add("hosted-on", body, known_company(*listed(host, kinds, AUTHORITY)))
    for operator in row.many("operator"):
        add("operated-by", body, listed(operator, kinds))
    for system in row.many("systems"):
        if normalise(system) not in kinds:
            harvest.report.guess("listed on no sheet: read as a system", f"{row.where}: {system}")
        add("uses", body, listed(system, kinds, SYSTEM))


def _incidents(rows: Iterable[Row], kinds: Kinds, options: Options, harvest: Harvest) -> None:
    """Incidents, each on one row, or on one row for each council."""
    above: Row | None = None
    for row in rows:
        told = row
        if row["what"]:
            above = row
        elif above is not None and row["council"]:
            harvest.report.guess("blank incident read as the one above", f"{row.where}: {above['what']}")
            told = above  # and with it the day and who said so
        else:
            harvest.report.skip(row.where, "no incident is named")
            continue
        who = row["who"] or told["who"]
        url = web_address(who)
        harvest.incidents.append(
            Happening(
                row.where,
                told["what"],
                tuple(_origin(text, kinds) for text in row.many("root")),
                (row if row["known"] else told).date("known"),
                tuple(_effects(row)),
                url,
                None if url else who or harvest.report.source,
                (row if row["sure"] else told).grade(options),
            )
        )
        harvest.report.kept += 1


def _origin(text: str, kinds: Kinds) -> tuple[str, str, str | None]:
    """A name, or a name and a service area behind a slash, with its kind."""
    name, slash, behind = (part.strip() for part in text.rpartition("/"))
    area = area_of_word(behind) if slash and normalise(text) not in kinds else None
    name = name if area else text
    return *listed(name, kinds), area


def _effects(row: Row) -> Iterable[tuple[str, str]]:
    """Body and effect for each status of a row; what is not understood is counted."""
    councils = row.many("council")
    for text in row.many("status"):
        match = re.fullmatch(r"(.+?)(?:\s*[:=]\s*|\s+[-\u2013\u2014]\s+)(.+)", text)
        bodies, status = (councils, text) if councils else ([match[1]], match[2]) if match else ([], text)
        effects = effects_of(status)
        if normalise(status) in _NOT_KNOWN:
            row.report.guess("status that is not known yet, left out", f"{row.where}: {text!r}")
        elif not bodies or not effects:
            row.report.guess("status that is not understood, left out", f"{row.where}: {text!r}")
        for body in bodies:
            for effect in effects:
                yield body, effect
    if councils and not row.many("status"):
        row.report.guess("council without a status, left out", f"{row.where}: {'; '.join(councils)}")
