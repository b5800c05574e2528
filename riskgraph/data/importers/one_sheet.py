"""The one-sheet register: one row says that one council uses one system from one supplier."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from riskgraph.data.importers.areas import area_of_word
from riskgraph.data.importers.facts import Fact, Harvest, Options, Party
from riskgraph.data.importers.headers import Columns, header_key, header_score, match_headers
from riskgraph.data.importers.match import clean_party
from riskgraph.data.importers.registry import importer
from riskgraph.data.importers.report import ImportReport
from riskgraph.data.importers.tables import NoHeader, clean, open_sheets, read_rows
from riskgraph.data.importers.values import blank, parse_date, parse_days, parse_money, redacted, web_address
from riskgraph.data.importers.words import ACCESS, DATA, REPLACE, certificates_of, grade_of, hosting_of
from riskgraph.data.names import normalise
from riskgraph.dates import last_day
from riskgraph.errors import RiskGraphError

__all__ = ["FIELDS", "read_one_sheet"]

FIELDS: dict[str, tuple[str, ...]] = {
    "council": ("Council", "Authority", "Local authority", "Council name", "Organisation", "Body", "Customer"),
    "system": (
        "System or service bought",
        "System",
        "Service",
        "System name",
        "Application",
        "Product",
        "Software",
        "System or service",
        "Service bought",
        "What is bought",
        "Name of system",
    ),
    "supplier": ("Supplier", "Supplier name", "Vendor", "Provider", "Contractor", "Company"),
    "company_number": ("Company number", "Companies House number", "Supplier company number", "Company reg no", "CRN"),
    "area": ("Service area", "Area", "Department", "Function", "Category"),
    "through": ("Shared through", "Shared service", "Shared with", "Provided through"),
    "hosting": ("Hosted by / where", "Hosted by", "Hosting", "Where hosted", "Hosted"),
    "subcontractors": ("Supplier's subcontractors", "Subcontractors", "Sub-contractors", "Fourth parties"),
    "access": ("Supplier access", "Access", "Access type"),
    "data": ("Personal data", "Data", "Data held", "Personal data held"),
    "people": ("About how many people", "How many people", "Data subjects", "Number of people"),
    "importance": ("How important", "Importance", "Criticality", "Priority"),
    "tolerable": ("How long can we manage without it", "RTO", "Recovery time", "Manage without"),
    "replace": ("Could we replace them?", "Replaceable", "Substitutability"),
    "reference": ("Contract reference", "Contract ref", "Contract number", "Contract no", "Reference"),
    "start": ("Contract start", "Start date", "Start", "Contract start date", "From"),
    "end": ("Contract end", "End date", "End", "Contract end date", "Expiry date", "Expiry", "Until"),
    "latest": ("Latest end if extended", "Latest end", "Maximum end date", "Extension end date"),
    "notice": ("Notice period (days)", "Notice period", "Notice days", "Notice"),
    "value": ("Annual value (\u00a3)", "Annual value", "Annual cost", "Annual spend"),
    "framework": ("Framework", "Procurement framework", "Bought through"),
    "returned": ("Ended: data returned or destroyed?", "Data returned or destroyed", "Data returned"),
    "certificate": ("Certificate and expiry", "Certificate", "Certification", "Certificates"),
    "contact": ("Owner, phone, out of hours", "Owner", "Contact", "System owner"),
    "security_contact": ("Supplier's security contact", "Security contact"),
    "checked": ("Checked on", "Last checked", "Date checked", "Last reviewed"),
    "source": ("Source", "Evidence", "Where from"),
    "sure": ("How sure", "Confidence", "Certainty"),
}
_REQUIRED = ("council", "system", "supplier")


def _fits(path: Path) -> int:
    return _score(path, FIELDS, _REQUIRED)


@lru_cache(maxsize=64)
def _first_cells(path: Path, _size: int, _stamp: int) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """The first rows of each table of a file, read once for all formats that look at it."""
    sheets = []
    for sheet in open_sheets(path):
        rows = []
        for number, row in sheet.rows():
            cells = tuple(clean(cell) for cell in row)
            if any(cells):
                rows.append(cells)
            if len(rows) == 20 or number > 2000:
                break
        sheets.append(tuple(rows))
    return tuple(sheets)


def _score(path: Path, fields: dict[str, tuple[str, ...]], required: Sequence[str], sign: str = "") -> int:
    """How many headers of a format the best row of a file holds; 0 unless all required ones are there.

    A `sign` is a header that has to stand there in so many words.
    """
    if not path.is_file() or path.suffix.lower() in {".json", ".jsonl", ".ndjson"}:
        return 0
    best = 0
    for rows in _first_cells(path, path.stat().st_size, path.stat().st_mtime_ns):
        for row in rows:
            score = header_score(row, fields)
            signed = not sign or header_key(sign) in map(header_key, row)
            if score > best and signed and all(name in match_headers(row, fields) for name in required):
                best = score
    return best


score_of_table = _score


@importer("one-sheet", "a register of one sheet: council, system, supplier, and what else is known", _fits)
def read_one_sheet(path: Path, options: Options, report: ImportReport) -> Harvest:
    """Read every sheet that has the three required columns."""
    harvest = Harvest(report, options)
    found = False
    for sheet in open_sheets(path):
        try:
            header, _, rows = read_rows(sheet, lambda cells: header_score(cells, FIELDS), options.columns)
        except NoHeader:
            report.note(f"Sheet {sheet.name!r} has no header that is known here; it was not read.")
            continue
        columns = match_headers(header, FIELDS)
        missing = [FIELDS[name][0] for name in _REQUIRED if name not in columns]
        if "council" not in columns and options.council:
            missing = [name for name in missing if name != "Council"]
        if missing:
            report.note(f"Sheet {sheet.name!r} has no column {', '.join(missing)}; it was not read.")
            continue
        found = True
        report.header(columns, sheet.notes)
        for name in ("contact", "security_contact"):
            if name in columns:
                report.unused_columns.append(header[columns.places[name][0]])
        _rows(columns, rows, options, harvest)
    if not found:
        raise RiskGraphError(
            f"{path.name} has no sheet with the columns Council, System or service bought, and Supplier.",
            "Add them, or name the council with --council.",
        )
    _ended(harvest, options)
    return harvest


def _rows(columns: Columns, rows: Iterator[tuple[int, list[str]]], options: Options, harvest: Harvest) -> None:
    report = harvest.report
    for number, raw in rows:
        row = [clean(cell) for cell in raw]
        if not any(row):
            continue
        report.read += 1
        options.tick(report.read, 0)
        where = f"row {number}"
        if any(row[columns.width :]):
            report.skip(where, "more cells than the header has: its columns may be shifted")
            continue
        fact = _fact(columns, row, where, options, harvest)
        if fact is not None:
            harvest.take(fact)


def _fact(columns: Columns, row: list[str], where: str, options: Options, harvest: Harvest) -> Fact | None:
    report = harvest.report

    def cell(name: str) -> str:
        text = columns.get(row, name)
        return "" if blank(text) else text

    council = cell("council") or options.council or ""
    if not council:
        report.skip(where, "no council")
        return None
    if redacted(cell("supplier")):
        report.redacted += 1
        report.skip(where, "supplier redacted: who it is is not known")
        return None
    number = cell("company_number")
    supplier = clean_party(cell("supplier"), report, (("GB-COH", number),) if number else ())
    if supplier is None:
        report.skip(where, "no supplier")
        return None

    def date(name: str) -> str | None:
        text = cell(name)
        value = parse_date(text) if text else None
        if text and value is None:
            report.guess("date that is none, left blank", f"{where}, {name}: {text!r}")
        return value

    def word(name: str, words: dict[str, str]) -> str | None:
        text = cell(name)
        value = words.get(normalise(text)) if text else None
        if text and value is None:
            report.guess("word that is not known, left blank", f"{where}, {name}: {text!r}")
        return value

    text = cell("area")
    area = area_of_word(text) if text else None
    if text and area is None:
        report.guess("service area that is not known, left blank", f"{where}: {text!r}")
    hosting, place = hosting_of(cell("hosting"))
    value = parse_money(cell("value")) if cell("value") else None
    if cell("value") and (value is None or value < 0):
        report.guess("amount that is none, left blank", f"{where}: {cell('value')!r}")
        value = None
    start, end, latest = date("start"), date("end"), date("latest")
    checked = date("checked")
    if checked:
        harvest.dates.append(checked)
    returned = normalise(columns.get(row, "returned"))
    ended = bool(returned) and returned not in {"n a", "not applicable"}
    if ended and returned not in {"yes", "no", "not known", "unknown"}:
        report.guess("word that is not known, left blank", f"{where}, data returned: {returned!r}")
    notice = parse_days(cell("notice")) if cell("notice") else None
    if cell("notice") and notice is None:
        report.guess("word that is not known, left blank", f"{where}, notice: {cell('notice')!r}")
    source = cell("source")
    url = web_address(source)
    system = cell("system")
    certificates, expires = certificates_of(cell("certificate"), where, report)
    through = clean_party(cell("through"), report) if cell("through") else None
    grade = grade_of(cell("sure"), where, options, report)
    return Fact(
        where=where,
        how="register",
        council=Party(council),
        supplier=supplier,
        thing=system or None,
        area=area,
        data=word("data", DATA),
        access=word("access", ACCESS),
        hosting=hosting,
        place=place,
        through=through,
        subcontractors=tuple(p for name in cell("subcontractors").split(";") if (p := clean_party(name, report))),
        valid_from=start,
        valid_to=(end or latest) if ended else None,
        reference=cell("reference") or None,
        annual_value=value,
        end=None if ended else end,
        end_latest=latest,
        notice_days=notice,
        framework=cell("framework") or None,
        returned={"yes": "yes", "no": "no"}.get(returned),
        endurance_days=_endurance(cell("tolerable"), where, report),
        substitutability=word("replace", REPLACE),
        certificate="; ".join(certificates) or None,
        certificate_expires=expires,
        grade=grade,
        url=url,
        publisher=None if url else (source or report.source),
        published=checked,
        claim=f"{council} uses {system or 'something'} from {supplier.name}",
        note=_note(cell),
    )


def _note(cell: object) -> str | None:
    """What a data set has no column for, in words."""
    assert callable(cell)
    parts = [
        f"{label}: {cell(name)}" if cell(name) else ""
        for name, label in (
            ("importance", "how important"),
            ("people", "about how many people"),
        )
    ]
    return "; ".join(part.replace(";", ",") for part in parts if part) or None


def _endurance(text: str, where: str, report: ImportReport) -> int | None:
    """Whole days; less than a day is none."""
    if not text:
        return None
    if match := re.fullmatch(r"(\d{1,5}) ?(?:hours?|hrs?|h)", text, re.IGNORECASE):
        return int(match[1]) // 24
    days = parse_days(text)
    if days is None:
        report.guess("word that is not known, left blank", f"{where}, how long without: {text!r}")
    return days


def _ended(harvest: Harvest, options: Options) -> None:
    """Contracts whose end has passed although nothing says that the relation ended: they are kept as running."""
    day = options.as_of or max(harvest.dates, default=None)
    for fact in harvest.facts:
        end = fact.end_latest or fact.end
        if day and end and fact.valid_to is None and last_day(end) < last_day(day):
            harvest.report.guess(
                "the contract's end has passed but nothing says that it ended: kept as running",
                f"{fact.where}: {fact.council.name}, {fact.thing}, until {end}",
            )
