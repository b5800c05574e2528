"""The workbook of up to six sheets: Organisations, Suppliers, Systems, Shared services, Links, Incidents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from riskgraph.data.scope_words import area_of
from riskgraph.data.spelling import company_key, normalise
from riskgraph.importers.formats import Format
from riskgraph.importers.incidents import effects_of
from riskgraph.importers.rows import SourceRow, TableKind, kind_of
from riskgraph.importers.sheets import open_sheets
from riskgraph.importers.statements import (
    Citation,
    ListedBody,
    ListedSupplier,
    ListedSystem,
    Party,
    StatedRelation,
    Statements,
    ToldIncident,
)
from riskgraph.importers.values import clean_supplier, redacted, web_address
from riskgraph.importers.words import certificates_of, hosting_of
from riskgraph.importers.workbook_links import End, Kinds, councils_of, known_company, listed, read_links
from riskgraph.model import AUTHORITY, ENVIRONMENT, SHARED_SERVICE, SUPPLIER, SYSTEM
from riskgraph.schema import schema
from riskgraph.vocabulary import headers, words

__all__ = ["WORKBOOK"]


def _sheet(name: str) -> TableKind:
    words_ = name.removesuffix("s").replace(" ", r"\W+")
    pattern = rf"^\W*{words_}s?\W*$"
    return TableKind(headers("workbook", name), name=name, sheet=pattern, not_taken=("contact",))


_ANY_BODY = {"council", "local-authority", "authority", "public-authority"}
_SHEETS = tuple(
    _sheet(name) for name in ("organisations", "suppliers", "systems", "shared services", "links", "incidents")
)


def _fits(path: Path) -> int:
    if path.suffix.lower() not in {".xlsx", ".xlsm"} or not path.is_file():
        return 0
    found = {kind.name for sheet in open_sheets(path) if (kind := kind_of(sheet, _SHEETS))}
    return 40 if "links" in found or len(found) >= 2 else 0


def _book(rows: Iterator[SourceRow], statements: Statements) -> None:
    """Read the sheets that are there; the sheet Links says the rest."""
    sheets: dict[str, list[SourceRow]] = {kind.name: [] for kind in _SHEETS}
    for row in rows:
        sheets[row.kind.name].append(row)
    for kind in _SHEETS:
        if kind.name != "incidents":  # what a sheet says must not depend on the order of its rows
            sheets[kind.name].sort(key=lambda row: [row[name] for name in row.kind.columns])
    book = _WorkbookReader(statements, _kinds(sheets))
    for name, take in (
        ("organisations", book.organisation),
        ("suppliers", book.supplier),
        ("systems", book.system),
        ("shared services", book.shared_service),
    ):
        for row in sheets[name]:
            if _has_name(row):
                take(row)
    read_links(sheets["links"], book.kinds, statements)
    book.incidents(sheets["incidents"])


def _kinds(sheets: Mapping[str, list[SourceRow]]) -> Kinds:
    """What each listed name is; of a name on two sheets, the later sheet's."""
    kinds: Kinds = {}
    partners = words("partner")
    found = [(row, partners[word]) for row in sheets["organisations"] if (word := normalise(row["kind"])) in partners]
    for sheet, kind in (("suppliers", SUPPLIER), ("systems", SYSTEM), ("shared services", SHARED_SERVICE)):
        found += [(row, kind) for row in sheets[sheet] if row["name"]]
    for row, kind in found:
        if kinds.get(normalise(row["name"]), (kind,))[0] != kind:
            row.guess("name on two sheets: the later sheet counts", f"{row['name']} as {kind}")
        kinds[normalise(row["name"])] = kind, row["name"]
    suppliers = [(row, clean_supplier(row["name"])[0] or "") for row in sheets["suppliers"]]
    for row, party in suppliers:
        if party and kinds[normalise(row["name"])][0] == SUPPLIER:
            kinds[normalise(row["name"])] = SUPPLIER, party
            kinds.setdefault(company_key(party), (SUPPLIER, party))
    for row, party in suppliers:  # after all names: what is somebody's name is nobody's alias
        for alias in row.many("aliases") if party else ():
            kinds.setdefault(normalise(alias), (SUPPLIER, party))
            kinds.setdefault(company_key(alias), (SUPPLIER, party))
    named = [row["name"] for row in sheets["organisations"] if row["name"]]
    named += [name for row in sheets["shared services"] for name in (*row.many("members"), *row.many("host"))]
    companies = {company_key(row["supplier"]) for row in sheets["systems"]}
    companies |= {company_key(row["parent"]) for row in sheets["suppliers"]}
    companies |= {company_key(name) for row in sheets["shared services"] for name in row.many("operator")}
    for name in (*named, *councils_of(sheets["links"], companies)):
        if known_company(AUTHORITY, name)[0] == AUTHORITY:
            kinds.setdefault(normalise(name), (AUTHORITY, name))
    return kinds


def _has_name(row: SourceRow) -> bool:
    """Whether the row has a name; if not, it is left out."""
    report = row.statements.report
    if redacted(row["name"]):
        report.redacted += 1
        row.skip("the name is redacted: who it is is not known")
    elif not row["name"]:
        row.skip("no name")
    else:
        report.kept += 1
        return True
    return False


@dataclass(frozen=True)
class _WorkbookReader:
    """The workbook: its statements, and what each name in it is."""

    statements: Statements
    kinds: Kinds

    def relate(self, row: SourceRow, relation: str, one: End, two: End, **values: object) -> None:
        """A part of a row; the row itself is counted once, by whoever reads it."""
        claim = f"{one[1].name} {relation.replace('-', ' ')} {two[1].name}"
        cited = Citation(claim, self.statements.options.grade or "reported")
        self.statements.relations.append(StatedRelation(row.where, relation, one, two, cited, values, rows=0))

    def listed(self, name: str, otherwise: str = "body") -> End:
        """What a cell names, as the workbook lists it."""
        return listed(name, self.kinds, otherwise)

    def organisation(self, row: SourceRow) -> None:
        """A public body, or a partner that is none."""
        report, name, partner = self.statements.report, row["name"], words("partner").get(normalise(row["kind"]))
        code = row["code"].upper().replace(" ", "") or None
        if code and not re.fullmatch(r"[A-Z]\d{8}", code):
            row.guess("code that is none, left blank", repr(row["code"]))
            code = None
        if partner:
            for field in ("code", "region", "start", "end", "replaced"):
                if row[field]:
                    report.guess("not taken of a partner that is no public body", f"{row.where}, {field}: {row[field]}")
            self.statements.listed.append((partner, Party(name)))
            return
        start, end = row.dates()
        body = ListedBody(
            where=row.where,
            name=name,
            code=code,
            kind=_public_body(row),
            region=row["region"] or None,
            start=start,
            end=end,
            replaced=tuple(row.many("replaced")),
        )
        self.statements.bodies.append(body)
        self.statements.listed.append((AUTHORITY, Party(name, (("GSS", code),) if code else ())))

    def supplier(self, row: SourceRow) -> None:
        """A supplier with its other names, certificates and owner."""
        report = self.statements.report
        party = row.party("name", number="number")
        if party is None:
            report.kept -= 1
            return row.skip("no supplier")
        aliases = []
        for alias in row.many("aliases"):
            if self.listed(alias) == (SUPPLIER, Party(party.name)):
                aliases.append(alias)
            else:
                row.guess("other name that means somebody else here, left out", alias)
        certificates, lapses = certificates_of("; ".join(row.many("certificates")), row.where, report)
        self.statements.suppliers.append(ListedSupplier(party, tuple(aliases), certificates, lapses))
        parent = row.party("parent") if row["parent"] else None
        if parent is not None:
            self.relate(row, "owned-by", (SUPPLIER, party), self.listed(parent.name))
        return None

    def system(self, row: SourceRow) -> None:
        """A system: who supplies it, and where it runs."""
        report, system = self.statements.report, (SYSTEM, Party(row["name"]))
        area, data = row.area(), row.word("data", "personal data")
        hosting, place = hosting_of(row["hosting"], row["supplier"])
        self.statements.systems[normalise(row["name"])] = ListedSystem(area, data, hosting)
        self.statements.listed.append(system)
        supplier = row.party("supplier") if row["supplier"] else None
        if redacted(row["supplier"]):
            report.guess("supplier redacted: the system is kept without one", row.where)
            supplier = None
        if supplier is not None:
            self.relate(row, "supplied-by", system, self.listed(supplier.name))
            if hosting == "supplier":  # then its servers are where the data lie, and what the system runs on
                self.relate(row, "hosted-on", system, self.listed(supplier.name), service_area=area, data=data)
        elif hosting == "supplier":
            row.guess("hosted by a supplier that the row does not name", row["name"])
        if place:
            host = self.listed(place, ENVIRONMENT)
            if host[0] == ENVIRONMENT:
                report.guess("text about hosting read as the name of a place", place)
            self.relate(row, "hosted-on", system, host, service_area=area, data=data)

    def shared_service(self, row: SourceRow) -> None:
        """A shared service: its members, hosts, operators and systems."""
        body = (SHARED_SERVICE, Party(row["name"]))
        area, (start, end) = row.area(), row.dates()
        dates = {"valid_from": start, "valid_to": end}
        self.statements.listed.append(body)
        for member in row.many("members"):
            self.relate(row, "served-by", self.listed(member, AUTHORITY), body, service_area=area, **dates)
        for host in row.many("host"):
            kind, party = self.listed(host, AUTHORITY)
            self.relate(row, "hosted-on", body, known_company(kind, party.name), **dates)
        for operator in row.many("operator"):
            self.relate(row, "operated-by", body, self.listed(operator), **dates)
        for system in row.many("systems"):
            if normalise(system) not in self.kinds:
                row.guess("listed on no sheet: read as a system", system)
            self.relate(row, "uses", body, self.listed(system, SYSTEM), **dates)

    def incidents(self, rows: Iterable[SourceRow]) -> None:
        """Incidents, each on one row, or on one row for each council."""
        report = self.statements.report
        above: SourceRow | None = None
        for row in rows:
            told = row
            if row["what"]:
                above = row
            elif above is not None and row["council"]:
                row.guess("blank incident read as the one above", above["what"])
                told = above  # and with it the day and who said so
            else:
                row.skip("no incident is named")
                continue
            who = row["who"] or told["who"]
            url = web_address(who)
            grade = (row if row["sure"] else told).grade()
            self.statements.incidents.append(
                ToldIncident(
                    where=row.where,
                    title=told["what"],
                    cited=Citation("", grade, url, None if url else who or report.source),
                    known=(row if row["known"] else told).date("known"),
                    origins=tuple(self._origin(text) for text in row.many("root")),
                    effects=tuple(_effects(row)),
                    told=_told(row),
                    people=None if row["council"] else row.count_of("people"),
                    cost=row.amount("cost"),
                )
            )
            report.kept += 1

    def _origin(self, text: str) -> tuple[str, str, str | None]:
        """A name, or a name and a service area behind a slash, with its kind."""
        name, slash, behind = (part.strip() for part in text.rpartition("/"))
        area = area_of(behind) if slash and normalise(text) not in self.kinds else None
        kind, party = self.listed(name if area else text)
        return kind, party.name, area


def _public_body(row: SourceRow) -> str | None:
    """The kind of a public body, as the register says it or as people do."""
    kinds = schema()["authorities"]["kind"].allowed
    word = normalise(row["kind"]).replace(" ", "-")
    if word in _ANY_BODY:  # says that it is one, and not which
        return None
    return word if word in kinds else row.word("kind", "public body")


def _told(row: SourceRow) -> dict[str, object]:
    """How it stands at the councils of a row, who could see it, whose data it was, and which services it struck."""
    told: dict[str, object] = {
        "state": row.word("state", "incident state"),
        "audience": row.many_words("audience", "incident audience"),
        "subjects": row.many_words("subjects", "data subjects"),
        "people_affected": row.count_of("people") if row["council"] else None,
    }
    areas = {text: area_of(text) for text in row.many("area")}
    for text in (text for text, area in areas.items() if area is None):
        row.guess("service area that is not known, left blank", repr(text))
    return {**told, "service_area": tuple(sorted({area for area in areas.values() if area}))}


def _effects(row: SourceRow) -> Iterable[tuple[str, str]]:
    """Body and effect for each status of a row; what is not understood is counted."""
    councils = row.many("council")
    for text in row.many("status"):
        match = re.fullmatch(r"(.+?)(?:\s*[:=]\s*|\s+[-\u2013\u2014]\s+)(.+)", text)
        bodies, status = (councils, text) if councils else ([match[1]], match[2]) if match else ([], text)
        effects = effects_of(status)
        if normalise(status) in words("effect: not known yet"):
            row.guess("status that is not known yet, left out", repr(text))
        elif not bodies or not effects:
            row.guess("status that is not understood, left out", repr(text))
        for body in bodies:
            for effect in effects:
                yield body, effect
    if councils and not row.many("status"):
        row.guess("council without a status, left out", "; ".join(councils))


WORKBOOK = Format("workbook", "the workbook of up to six sheets", _SHEETS, rows=_book, recognise=_fits)
