"""Who owns whom: a plain table, or statements in the Beneficial Ownership Data Standard (BODS).

Only organisations are taken. Persons who own companies are counted and left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from riskgraph.importers.formats import Format
from riskgraph.importers.json_objects import first_keys
from riskgraph.importers.one_sheet import ONE_SHEET
from riskgraph.importers.rows import SourceRow, TableKind, score_of_headers
from riskgraph.importers.statements import Citation, Party, StatedRelation, Statements
from riskgraph.importers.values import clean, parse_date, web_address
from riskgraph.model import SUPPLIER

__all__ = ["BODS", "OWNERSHIP"]

_TABLE = TableKind.of("ownership", required=("company", "owner"), strict=False)


def _fits(path: Path) -> int:
    if ONE_SHEET.fits(path):
        return 0  # there the owner of a system is a person
    score = score_of_headers(path, _TABLE)
    return score and score + 5


def _owned(row: SourceRow, statements: Statements) -> None:
    company = row.party("company", number="company_number")
    owner = row.party("owner", number="owner_number")
    if company is None or owner is None:
        return row.skip("no company or no owner")
    checked, url = statements.dated(row.date("checked"), "check of a row", row.where), web_address(row["source"])
    share = f" ({row['share']})" if row["share"] else ""
    claim, grade = f"{company.name} is owned by {owner.name}{share}", statements.options.grade or "reported"
    statements.relations.append(
        StatedRelation(
            row.where,
            "owned-by",
            (SUPPLIER, company),
            ("body", owner),
            Citation(claim, grade, url, None if url else row["source"] or None, checked),
            {"valid_from": row.date("start"), "valid_to": row.date("end")},
        )
    )
    return None


def _fits_bods(path: Path) -> int:
    keys = first_keys(path)
    return 60 if keys & {"statementType", "recordType"} and keys & {"statementID", "statementId"} else 0


def _statements(items: Iterator[tuple[str, Mapping[str, Any]]], statements: Statements) -> None:
    """Entities first, then who owns them; persons are left out."""
    report = statements.report
    bodies: dict[str, Party] = {}
    links: list[Mapping[str, Any]] = []
    for _, item in items:
        sort = item.get("statementType") or item.get("recordType") or ""
        details = item["recordDetails"] if isinstance(item.get("recordDetails"), dict) else item
        if sort in {"entityStatement", "entity"} and details.get("name"):
            ids = tuple(
                (str(i["scheme"]), str(i["id"]))
                for i in details.get("identifiers") or []
                if isinstance(i, dict) and i.get("scheme") and i.get("id")
            )
            party = Party(clean(str(details["name"])), ids)
            keys = (item.get("statementID"), item.get("statementId"), item.get("recordId"))
            bodies |= {str(key): party for key in keys if key}
        elif sort in {"ownershipOrControlStatement", "relationship"}:
            links.append({**details, "id": item.get("statementID") or item.get("statementId")})
            statements.dated(
                parse_date(str(item.get("statementDate") or "")), "statement", f"statement {links[-1]['id']}"
            )
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
        dates = {
            "valid_from": starts[0] if starts else None,
            "valid_to": max(e for e in ends if e) if ends and all(ends) else None,
        }
        cited = Citation(f"{company.name} is owned by {owner.name}", statements.options.grade or "confirmed")
        statements.relations.append(
            StatedRelation(where, "owned-by", (SUPPLIER, company), ("body", owner), cited, dates)
        )


def _ref(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("describedByEntityStatement") or value.get("describedByPersonStatement") or "")
    return str(value or "")


OWNERSHIP = Format("ownership", "a table of companies and their owners", (_TABLE,), row=_owned, recognise=_fits)
BODS = Format(
    "bods",
    "ownership statements in BODS 0.2 to 0.4",
    lists=frozenset({"statements"}),
    rows=_statements,
    recognise=_fits_bods,
)
