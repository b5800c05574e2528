"""Who owns whom, as a plain table."""

from __future__ import annotations

from pathlib import Path

from riskgraph.importers.formats import Format
from riskgraph.importers.one_sheet import ONE_SHEET
from riskgraph.importers.rows import SourceRow, TableKind, score_of_headers
from riskgraph.importers.statements import Citation, StatedRelation, Statements
from riskgraph.importers.values import web_address
from riskgraph.model import SUPPLIER

__all__ = ["OWNERSHIP"]

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


OWNERSHIP = Format("ownership", "a table of companies and their owners", (_TABLE,), row=_owned, recognise=_fits)
