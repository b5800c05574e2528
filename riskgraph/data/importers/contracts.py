"""Contract registers under the Local Government Transparency Code, with the headers that are met."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from riskgraph.data.importers.areas import area_of_title, area_of_word
from riskgraph.data.importers.facts import Fact, Harvest, Options, Party
from riskgraph.data.importers.headers import header_score, match_headers
from riskgraph.data.importers.match import clean_party
from riskgraph.data.importers.one_sheet import score_of_table
from riskgraph.data.importers.registry import importer
from riskgraph.data.importers.report import ImportReport
from riskgraph.data.importers.tables import NoHeader, clean, open_sheets, read_rows
from riskgraph.data.importers.values import blank, parse_date, parse_money, redacted
from riskgraph.dates import last_day
from riskgraph.errors import RiskGraphError

__all__ = ["FIELDS", "Named", "read_contracts", "read_register"]

_DEAD = {"withdrawn", "cancelled"}

FIELDS: dict[str, tuple[str, ...]] = {
    "council": (
        "OrganisationLabel",
        "Purchasing Body",
        "Organisation Name",
        "Organisation",
        "Council",
        "Authority",
        "Buyer",
        "Contracting Authority",
        "Customer Organisation",
    ),
    "council_code": ("OrganisationURI", "Organisation code", "Organisation URI"),
    "title": (
        "ContractTitle",
        "Contract Title",
        "Title",
        "Title of Agreement",
        "Agreement Title",
        "Contract Name",
        "Name of contract",
    ),
    "description": (
        "Description",
        "Contract Description",
        "Description of goods and services",
        "Description of the goods and/or services",
        "Contract Details",
    ),
    "supplier": (
        "SupplierName",
        "Supplier Name",
        "Supplier Company Name",
        "Contractor/Provider",
        "Supplier",
        "Contractor",
        "Provider",
        "Company Name",
        "Awarded Supplier",
        "Contractor Name",
        "Name of supplier",
        "Supplier Name & Details",
    ),
    "number": (
        "CompaniesHouseRegistrationNumber",
        "Company Number",
        "Company Reg No",
        "Companies House Number",
        "Company Registration Number",
        "Registration Number",
        "Company Registration",
    ),
    "charity": ("CharityCommissionNumber", "Charity Number", "Charity Reg No"),
    "other_id": ("OtherSupplierID", "PPON", "Supplier ID"),
    "reference": (
        "ContractReference",
        "Contract Reference",
        "Contract Ref",
        "Contract Ref:",
        "Reference Number",
        "Reference",
        "Contract Number",
        "Contract ID",
        "Ref",
    ),
    "ocid": ("OpenContractingID", "OCID"),
    "start": (
        "Contract Start Date",
        "StartDate",
        "Start Date",
        "Original Start/Commencement Date",
        "Commencement Date",
        "Contract Start",
        "Start",
        "CONTRACT_START_DATE",
    ),
    "current": ("Current Expiry Date", "Current end date", "CONTRACT_CURRENT_END_DATE", "Current End"),
    "end": (
        "Contract End Date",
        "EndDate",
        "End Date",
        "Contract End",
        "Expiry Date",
        "Completion Date",
        "End",
        "Original End Date",
    ),
    "latest": (
        "LastExtensionDate",
        "Last Extension Date",
        "MAXIMUM_CONTRACT_END_DATE",
        "Maximum End Date",
        "Extension End Date",
        "Latest End Date",
        "Max Contract End Date",
    ),
    "value": (
        "ContractValue",
        "Total Contract Value (including extensions)",
        "Contract Value",
        "Total Contract Value",
        "Value",
        "Total Value",
        "Value of contract",
        "Contract Value \u00a3",
        "Estimated Contract Value",
        "Whole Life Value",
        "Value of the contract",
    ),
    "annual": ("Annual Value", "Annual Contract Value", "Annual Value \u00a3", "Annual Cost"),
    "area": ("ServiceCategoryLabel", "Service Category", "Category"),
    "unit": (
        "OrganisationalUnit",
        "Directorate Name",
        "Directorate/Service Responsible",
        "Department",
        "Directorate",
        "Service",
        "Responsible Department",
        "Department responsible",
    ),
    "framework": ("Framework", "Framework Reference", "Framework Name"),
    "process": ("ProcessType", "Process Used", "Procurement Route"),
}


def _fits(path: Path) -> int:
    score = score_of_table(path, FIELDS, ("supplier", "title"))
    return score + 1 if score > 4 else score  # against a one-sheet register with as many headers


Named = tuple[str, tuple[tuple[str, str], ...]]  # a supplier as the row names it, and its identifiers


@importer("contracts", "a contract register under the Transparency Code", _fits)
def read_contracts(path: Path, options: Options, report: ImportReport) -> Harvest:
    """Read every sheet with titles and suppliers."""
    return read_register(path, options, report, FIELDS, _named)


def _named(cells: Mapping[str, str]) -> list[Named]:
    schemes = (("GB-COH", "number"), ("GB-CHC", "charity"), ("GB-PPON", "other_id"))
    ids = [(scheme, cells[name]) for scheme, name in schemes if name in cells]
    ids = [(scheme, text) for scheme, text in ids if scheme != "GB-PPON" or text.upper().startswith("P")]
    return [(cells.get("supplier", ""), tuple(ids))]


def read_register(
    path: Path,
    options: Options,
    report: ImportReport,
    fields: Mapping[str, Sequence[str]],
    named: Callable[[Mapping[str, str]], list[Named]],
    source: str = "contract register",
) -> Harvest:
    """Read every sheet of a register; a row counts once for each supplier that it names.

    Parameters
    ----------
    path, options, report
        As for every importer.
    fields
        The headers of each field.
    named
        The suppliers of a row, from its filled cells; none if it names nobody.
    source
        What the file is, for its evidence.
    """
    harvest = Harvest(report, options)
    found = False
    for sheet in open_sheets(path):
        try:
            header, _, rows = read_rows(sheet, lambda cells: header_score(cells, fields), options.columns)
        except NoHeader as error:
            report.note(error.message)
            continue
        columns = match_headers(header, fields)
        if "supplier" not in columns or "title" not in columns:
            report.note(f"Sheet {sheet.name!r} has no columns for title and supplier; it was not read.")
            continue
        if "council" not in columns and not options.council:
            raise RiskGraphError(
                f"{path.name} does not say whose contracts these are.",
                "Name the council: --council 'Salford City Council'",
            )
        found = True
        report.header(columns, sheet.notes)
        merged = any(len(places) > 1 for places in columns.places.values())
        for number, row in rows:
            if not any(map(str.strip, row)):
                continue
            if merged:  # the first filled cell counts, so that hidden letters must not fill one
                row = [clean(cell) for cell in row]
            cells = {
                name: text for name in columns.places if (text := clean(columns.get(row, name))) and not blank(text)
            }
            over = any(map(clean, row[columns.width :]))
            suppliers = named(cells) or [("", ())]
            for supplier in suppliers:
                report.read += 1
                if report.read % 1000 == 0:
                    options.tick(report.read, 0)
                fact = _fact(cells, over, f"row {number}", supplier, len(suppliers), harvest)
                if fact:
                    harvest.take(fact._replace(publisher=f"{fact.council.name}, {source} {report.source}"))
    if not found:
        raise RiskGraphError(
            f"{path.name} has no sheet with a contract's title and supplier.", "Say what its columns are: --columns"
        )
    return harvest


def _fact(
    cells: Mapping[str, str], over: bool, where: str, named: Named, sharing: int, harvest: Harvest
) -> Fact | None:
    """What one supplier's part of a row says; `over` if the row has more cells than the header."""
    report, options = harvest.report, harvest.options

    def cell(name: str) -> str:
        return cells.get(name, "")

    def date(name: str) -> str | None:
        text = cell(name)
        value = parse_date(text) if text else None
        if text and value is None:
            report.guess("date that is none, left blank", f"{where}, {name}: {text!r}")
        return value

    def money(name: str) -> Decimal | None:
        text = cell(name)
        value = parse_money(text) if text else None
        if text and (value is None or value < 0):
            report.guess("amount that is none, left blank", f"{where}: {text!r}")
            return None
        return value

    council = cell("council") or options.council
    if not council:
        report.skip(where, "no council")
        return None
    if cell("status").lower() in _DEAD:
        report.skip(where, "withdrawn or cancelled")
        return None
    raw, ids = named
    if redacted(raw):
        report.redacted += 1
        report.skip(where, "supplier redacted: who it is is not known")
        return None
    supplier = clean_party(raw, report, ids)
    if supplier is None:
        report.skip(where, "no supplier")
        return None
    if over and not (parse_date(cell("start")) or parse_date(cell("end"))):
        report.skip(where, "more cells than the header has: its columns may be shifted")
        return None
    title = cell("title") or cell("description")
    area, guessed = _area(cell("area"), title, report)
    start, end, current, latest = date("start"), date("end"), date("current"), date("latest")
    ends = [day for day in (end, current) if day]
    last = max(ends, key=last_day) if ends else None
    value, annual = money("value"), money("annual")
    notes = [f"contract: {title}" if title else "", f"unit: {unit}" if (unit := cell("unit")) else ""]
    if sharing > 1 and (value, annual) != (None, None):
        notes.append(f"one value for {sharing} suppliers was left out")
        report.guess("one value for several suppliers, left out", where)
        value = annual = None
    reference = cell("reference") or cell("ocid") or None
    if start and last and last_day(last) < last_day(start):
        report.guess("ends before it begins: both dates left blank", f"{where}: {start} to {last}")
        start = last = latest = None
    if start:
        latest_start = max(harvest.dates, default="")
        if options.as_of is None and latest_start < start < "2100":
            harvest.dates[:] = [start]
    return Fact(
        where=where,
        how="award",
        council=Party(council, (("", cell("council_code").rsplit("/", 1)[-1]),)),
        supplier=supplier,
        thing=title or None,
        area=area,
        area_guessed=guessed,
        valid_from=start,
        valid_to=last,
        reference=reference,
        value=value,
        annual_value=annual,
        end_latest=latest,
        framework=cell("framework") or None,
        grade=options.grade or "confirmed",
        published=date("published"),
        claim=f"{council} has the contract {reference or ''} {title or ''} with {supplier.name}".replace("  ", " "),
        note="; ".join(part.replace(";", ",") for part in notes if part) or None,
    )


def _area(label: str, title: str, report: ImportReport) -> tuple[str | None, str | None]:
    stated = area_of_word(label) if label else None
    if stated:
        return stated, None
    hit = area_of_title(title) if title else None
    if hit:
        report.guess("service area guessed from a title", f"{title!r}: {hit[0]}")
        return hit[0], hit[1]
    return None, None
