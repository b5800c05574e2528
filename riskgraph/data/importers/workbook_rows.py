"""The rows of a workbook's sheets: their headers, and cells as values, with all that is not understood counted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from riskgraph.data.importers.areas import area_of_word
from riskgraph.data.importers.directory import directory
from riskgraph.data.importers.facts import Options
from riskgraph.data.importers.headers import Columns, header_score, match_headers
from riskgraph.data.importers.report import ImportReport
from riskgraph.data.importers.tables import NoHeader, Sheet, clean, read_rows
from riskgraph.data.importers.values import blank, company_key, parse_date
from riskgraph.data.importers.words import grade_of
from riskgraph.data.names import normalise
from riskgraph.dates import first_day, last_day
from riskgraph.model import AUTHORITY, SHARED_SERVICE, SUPPLIER

__all__ = ["SHEETS", "Kinds", "Row", "known_company", "listed", "rows_of"]

SHEETS: dict[str, dict[str, tuple[str, ...]]] = {
    "organisations": {
        "name": ("Name", "Organisation"),
        "code": ("GSS code", "Code"),
        "kind": ("Kind", "Type"),
        "region": ("Region",),
        "start": ("Start", "Start date"),
        "end": ("End", "End date"),
        "replaced": ("Replaced by", "Successor", "Successors"),
        "contact": ("Contact", "Contacts"),
    },
    "suppliers": {
        "name": ("Name", "Supplier"),
        "aliases": ("Aliases", "Other names"),
        "number": ("Company number",),
        "parent": ("Parent", "Parent company"),
        "contact": ("Security contact", "Contact"),
        "certificates": ("Certificates", "Certificate and expiry", "Certificate"),
    },
    "systems": {
        "name": ("Name", "System"),
        "supplier": ("Supplier",),
        "area": ("Service area",),
        "hosting": ("Hosting", "Hosted by"),
        "data": ("Data", "Personal data"),
    },
    "shared services": {
        "name": ("Name", "Shared service"),
        "host": ("Host",),
        "members": ("Members",),
        "systems": ("Systems",),
        "operator": ("Operator",),
        "start": ("Start", "Start date"),
        "end": ("End", "End date"),
        "area": ("Service area",),
    },
    "links": {
        "from": ("From",),
        "relationship": ("Relationship",),
        "to": ("To",),
        "channel": ("Channel", "Access"),
        "start": ("Start", "Start date"),
        "end": ("End", "End date"),
        "source": ("Source",),
        "checked": ("Checked on", "Last checked"),
        "sure": ("How sure", "Confidence"),
        "area": ("Service area",),
    },
    "incidents": {
        "what": ("What", "Incident", "What happened"),
        "root": ("Root", "Roots", "Origin"),
        "known": ("First known", "Date known"),
        "who": ("Who said", "Source"),
        "council": ("Council", "Authority", "Organisation"),
        "status": ("Status per council", "Status"),
        "sure": ("How sure", "Confidence"),
    },
}
Kinds = dict[str, tuple[str, str]]  # name, normalised -> kind and name under which the workbook lists it


@dataclass(frozen=True)
class Row:
    """One row of a sheet; a cell is asked for by the field's name."""

    where: str
    columns: Columns
    cells: list[str]
    report: ImportReport

    def __getitem__(self, name: str) -> str:
        text = clean(self.columns.get(self.cells, name))
        return "" if blank(text) else text

    def many(self, name: str) -> list[str]:
        """The parts of a cell, between semicolons or on lines of their own."""
        parts = (clean(part) for part in re.split(r"[;\r\n]+", self.columns.get(self.cells, name)))
        return [part for part in parts if not blank(part)]

    def date(self, name: str) -> str | None:
        """A date; one that is none is left blank, and counted."""
        text = self[name]
        value = parse_date(text) if text else None
        if text and value is None:
            self.report.guess("date that is none, left blank", f"{self.where}, {name}: {text!r}")
        return value

    def dates(self) -> dict[str, str | None]:
        """Start and end, in the order in which time runs."""
        start, end = self.date("start"), self.date("end")
        if start and end and last_day(end) < first_day(start):
            self.report.guess("ends before it begins: both dates left blank", f"{self.where}: {start} to {end}")
            start = end = None
        return {"valid_from": start, "valid_to": end}

    def area(self) -> str | None:
        """The service area."""
        text = self["area"]
        value = area_of_word(text) if text else None
        if text and value is None:
            self.report.guess("service area that is not known, left blank", f"{self.where}: {text!r}")
        return value

    def word(self, name: str, words: Mapping[str, str]) -> str | None:
        """A word of the model."""
        text = self[name]
        value = words.get(normalise(text)) if text else None
        if text and value is None:
            self.report.guess("word that is not known, left blank", f"{self.where}, {name}: {text!r}")
        return value

    def grade(self, options: Options) -> str:
        """How sure the row is."""
        return grade_of(self["sure"], self.where, options, self.report)


def rows_of(name: str, sheet: Sheet, options: Options, report: ImportReport) -> Iterator[Row]:
    """The filled rows of a sheet; the report learns of columns and rows that are not taken."""
    fields = SHEETS[name]
    try:
        header, _, rows = read_rows(sheet, lambda cells: header_score(cells, fields))
    except NoHeader:
        report.note(f"Sheet {sheet.name!r} has no header that is known here; it was not read.")
        return
    columns = match_headers(header, fields)
    for guess in columns.guesses:
        report.guess("header read by likeness", f"{sheet.name}, {guess}")
    contacts = [header[columns.places["contact"][0]]] if "contact" in columns else []
    for unused in (*columns.unused, *contacts):
        report.unused_columns.append(f"{unused} ({sheet.name})")
    for text in sheet.notes:
        report.note(text)
    for number, cells in rows:
        if not any(clean(cell) for cell in cells):
            continue
        report.read += 1
        options.tick(report.read, 0)
        where = f"{sheet.name}, row {number}"
        if any(clean(cell) for cell in cells[columns.width :]):
            report.skip(where, "more cells than the header has: its columns may be shifted")
            continue
        yield Row(where, columns, cells, report)


def listed(name: str, kinds: Kinds, otherwise: str = "body") -> tuple[str, str]:
    """Kind and name of what a cell names, as the workbook lists it.

    Examples
    --------
    >>> kinds = {"kerbside": ("supplier", "Kerbside Digital"), "kerbside digital": ("supplier", "Kerbside Digital")}
    >>> listed("Kerbside Ltd", kinds), listed("Dover", kinds, "authority")
    (('supplier', 'Kerbside Digital'), ('authority', 'Dover'))
    """
    return kinds.get(normalise(name)) or kinds.get(company_key(name)) or (otherwise, name)


def known_company(kind: str, name: str) -> tuple[str, str]:
    """Kind and name of what no sheet lists: a supplier or shared service, if the shipped directory knows it.

    Examples
    --------
    >>> known_company("body", "Civica UK Ltd"), known_company("authority", "Dover")
    (('supplier', 'Civica UK Ltd'), ('authority', 'Dover'))
    """
    if kind in {"body", AUTHORITY}:
        if company_key(name) in directory().keys:
            return SUPPLIER, name
        if normalise(name) in directory().services:
            return SHARED_SERVICE, name
    return kind, name
