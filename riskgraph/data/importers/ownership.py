"""Who owns whom: a plain CSV, or statements in the Beneficial Ownership Data Standard (BODS).

Only organisations are taken. Persons who own companies are counted and left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from riskgraph.data.importers.facts import Harvest, Options, Party, Tie
from riskgraph.data.importers.headers import header_score, match_headers
from riskgraph.data.importers.jsonstream import first_keys, objects
from riskgraph.data.importers.match import clean_party
from riskgraph.data.importers.one_sheet import score_of_table
from riskgraph.data.importers.registry import importer
from riskgraph.data.importers.report import ImportReport
from riskgraph.data.importers.tables import clean, open_sheets, read_rows
from riskgraph.data.importers.values import blank, parse_date, web_address

__all__ = ["FIELDS", "read_bods", "read_ownership"]

FIELDS: dict[str, tuple[str, ...]] = {
    "company": ("Company", "Company name", "Subsidiary", "Supplier", "Subject", "Entity"),
    "company_number": ("Company number", "Subsidiary number", "Subject number"),
    "owner": ("Owner", "Parent", "Parent company", "Owned by", "Ultimate parent", "Interested party"),
    "owner_number": ("Owner number", "Parent number", "Parent company number", "Owner company number"),
    "start": ("From", "Start", "Start date", "Owned from"),
    "end": ("To", "End", "End date", "Owned until"),
    "share": ("Share", "Percentage", "Share %", "Stake"),
    "source": ("Source", "URL", "Link"),
    "checked": ("Checked on", "Source date", "Published"),
}


def _fits(path: Path) -> int:
    score = score_of_table(path, FIELDS, ("company", "owner"))
    return score + 5 if score else 0


@importer("ownership", "a table of companies and their owners", _fits)
def read_ownership(path: Path, options: Options, report: ImportReport) -> Harvest:
    """Read every row that names a company and its owner."""
    harvest = Harvest(report, options)
    for sheet in open_sheets(path):
        header, _, rows = read_rows(sheet, lambda cells: header_score(cells, FIELDS), options.columns)
        columns = match_headers(header, FIELDS)
        report.unused_columns += columns.unused
        for number, raw in rows:
            row = [clean(cell) for cell in raw]
            if not any(row):
                continue
            report.read += 1
            where = f"row {number}"
            cell = {name: "" if blank(columns.get(row, name)) else columns.get(row, name) for name in FIELDS}
            company = clean_party(cell["company"], report, _coh(cell["company_number"]))
            owner = clean_party(cell["owner"], report, _coh(cell["owner_number"]))
            if company is None or owner is None:
                report.skip(where, "no company or no owner")
                continue
            start, end, checked = (
                parse_date(cell[name]) if cell[name] else None for name in ("start", "end", "checked")
            )
            if checked:
                harvest.dates.append(checked)
            url = web_address(cell["source"])
            share = f" ({cell['share']})" if cell["share"] else ""
            harvest.ties.append(
                Tie(
                    where,
                    "owned-by",
                    ("supplier", company),
                    ("body", owner),
                    {"valid_from": start, "valid_to": end},
                    grade=options.grade or "reported",
                    url=url,
                    publisher=None if url else cell["source"] or None,
                    published=checked,
                    claim=f"{company.name} is owned by {owner.name}{share}",
                )
            )
    return harvest


def _coh(number: str) -> tuple[tuple[str, str], ...]:
    return (("GB-COH", number),) if number else ()


def _fits_bods(path: Path) -> int:
    keys = first_keys(path)
    return 60 if keys & {"statementType", "recordType"} and keys & {"statementID", "statementId"} else 0


@importer("bods", "ownership statements in BODS 0.2 to 0.4", _fits_bods)
def read_bods(path: Path, options: Options, report: ImportReport) -> Harvest:
    """Read entities first, then who owns them; persons are left out."""
    harvest = Harvest(report, options)
    bodies: dict[str, Party] = {}
    links: list[Mapping[str, Any]] = []
    for _, item in objects(path, frozenset({"statements"})):
        sort = item.get("statementType") or item.get("recordType") or ""
        details = item.get("recordDetails") if isinstance(item.get("recordDetails"), dict) else item
        assert isinstance(details, dict)
        if sort in {"entityStatement", "entity"} and details.get("name"):
            ids = tuple(
                (str(i["scheme"]), str(i["id"]))
                for i in details.get("identifiers") or []
                if isinstance(i, dict) and i.get("scheme") and i.get("id")
            )
            party = Party(clean(str(details["name"])), ids)
            for key in (item.get("statementID"), item.get("statementId"), item.get("recordId")):
                if key:
                    bodies[str(key)] = party
        elif sort in {"ownershipOrControlStatement", "relationship"}:
            links.append({**details, "id": item.get("statementID") or item.get("statementId")})
            if str(item.get("statementDate") or ""):
                harvest.dates.append(parse_date(str(item["statementDate"])) or "")
    for link in links:
        report.read += 1
        where = f"statement {link.get('id')}"
        company, owner = bodies.get(_ref(link.get("subject"))), bodies.get(_ref(link.get("interestedParty")))
        if company is None or owner is None:
            report.skip(where, "the owner is a person or is not named: only organisations are taken")
            continue
        interests = [i for i in link.get("interests") or [] if isinstance(i, dict)]
        starts = sorted(d for i in interests if (d := parse_date(str(i.get("startDate") or ""))))
        ends = [parse_date(str(i.get("endDate") or "")) for i in interests]
        harvest.ties.append(
            Tie(
                where,
                "owned-by",
                ("supplier", company),
                ("body", owner),
                {
                    "valid_from": starts[0] if starts else None,
                    "valid_to": max(e for e in ends if e) if ends and all(ends) else None,
                },
                grade=options.grade or "confirmed",
                claim=f"{company.name} is owned by {owner.name}",
            )
        )
    return harvest


def _ref(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("describedByEntityStatement") or value.get("describedByPersonStatement") or "")
    return str(value or "")
