"""Workbooks for tests: one of all six sheets, and how to save, import and ask one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl

import riskgraph
from riskgraph.data import Dataset
from riskgraph.data.checks import run_checks
from riskgraph.importers import ImportOptions, ImportReport, import_file

Sheets = dict[str, list[list[object]]]

BOOK: Sheets = {
    "Organisations": [
        ["Name", "GSS code", "Kind", "Region", "Start", "End", "Replaced by", "Contact"],
        ["Marlshire County Council", "", "county council", "South East", "01/04/1974", "", "", "duty desk"],
        ["Saltmere City Council", "E07999999", "district", "South East", "", "", "", ""],
        ["Wexmoor District Council", "", "district", "", "", "31/03/2020", "Saltmere City Council; Dover", ""],
        ["Dover District Council", "E07000108", "district", "South East", "1974", "", "", ""],
        ["Marl Valley Shared Services", "", "shared service", "", "", "", "", ""],
        ["North Hall", "", "data centre", "", "", "", "", ""],
    ],
    "Suppliers": [
        ["Name", "Aliases", "Company number", "Parent", "Security contact", "Certificates"],
        ["Kerbside Digital Ltd", "Kerbside; KD Parking", "08765432", "Tallow Group plc", "desk", "CE+ 2027-03-31; ISO 27001 2028-01-10"],
        ["Tallow Group plc", "", "", "", "", "none"],
        ["Quenby Software", "", "", "", "", "Cyber Essentials (expires 30 June 2027)"],
    ],
    "Systems": [
        ["Name", "Supplier", "Service area", "Hosting", "Data"],
        ["Permits live", "Kerbside Digital", "Parking", "supplier", "personal"],
        ["Permits spare", "Quenby Software", "Parking", "North Hall", "personal"],
        ["Revenues live", "Quenby Software", "Revenues and benefits", "Council", "personal"],
        ["Bookings", "", "Parking", "", ""],
    ],
    "Shared services": [
        ["Name", "Host", "Members", "Systems", "Operator", "Start", "End", "Service area"],
        ["Marl Valley Shared Services", "Marlshire", "Marlshire; Saltmere", "Revenues live", "Marlshire", "2019-04-01", "", "Revenues and benefits"],
    ],
    "Links": [
        ["From", "Relationship", "To", "Channel", "Strength", "Start", "End", "Source", "How sure"],
        ["Marlshire", "uses", "Permits live", "", "strong", "01/04/2022", "", "https://example.org/minutes", "confirmed"],
        ["Dover", "uses", "Permits live", "", "", "01/04/2027", "", "told us", "likely"],
        ["Saltmere", "uses", "Permits live", "", "", "", "", "contract register", "confirmed"],
        ["Permits spare", "backup for", "Permits live", "", "", "", "", "continuity plan", "confirmed"],
        ["Kerbside", "provides", "Permits live", "remote access", "", "", "", "contract", "confirmed"],
        ["Quenby Software", "manages", "North Hall", "", "", "", "", "contract", "confirmed"],
        ["Quenby Software", "licenses", "Revenues live", "none", "", "", "", "contract", "confirmed"],
    ],
    "Incidents": [
        ["What", "Root", "First known", "Who said", "Status per council"],
        ["Permit records taken", "Kerbside / Parking", "14/05/2026", "https://example.org/news", "Marlshire: data exposed; Saltmere: not affected"],
        ["North Hall power failure", "North Hall; Permits spare", "2025-11", "Quenby Software", "Saltmere: services disrupted\nDover: told"],
    ],
}  # fmt: skip


def save(path: Path, sheets: Sheets, name: str = "book.xlsx") -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path / name)
    return path / name


def bring(path: Path, sheets: Sheets, **said: Any) -> tuple[Dataset, ImportReport]:
    """Import, and hold what is true of every workbook: each row accounted for, and the data set without errors."""
    data, report = import_file(save(path, sheets), ImportOptions(**said), format="workbook")
    assert report.balanced, report.to_dict()
    wrong = [p.message for p in run_checks(data, {}) if p.severity == "error"]
    assert wrong == [], wrong
    assert all(row.evidence for row in data.relations.values())
    return data, report


def links(*rows: list[object], header: str = "From,Relationship,To,How sure") -> Sheets:
    return {"Links": [list(header.split(",")), *rows]}


def radius(data: Dataset, root: str, like: str = "compromise") -> dict[str, Any]:
    found = riskgraph.RiskMap(riskgraph.RiskGraph(data)).blast(root, like=like)
    return {reach.id: reach for reach in found.authorities}


SYSTEMS: Sheets = {
    "Systems": [["Name", "Service area"], ["Alpha", "Parking"], ["Beta", "Parking"], ["Gamma", "Parking"]]
}
