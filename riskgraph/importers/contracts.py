"""Contract registers under the Local Government Transparency Code, and the table of a search in Contracts Finder."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from sys import intern

from riskgraph.data.scope_words import area_of
from riskgraph.dates import last_day
from riskgraph.importers.formats import Format
from riskgraph.importers.report import ImportReport
from riskgraph.importers.rows import SourceRow, TableKind, score_of_headers
from riskgraph.importers.statements import (
    DEPARTMENT,
    SHARED_VALUE,
    Citation,
    Party,
    Purchase,
    Statements,
    in_order,
    named_party,
    one_value_for_several,
)
from riskgraph.importers.words import area_of_title
from riskgraph.vocabulary import headers, words

__all__ = ["CONTRACTS", "CONTRACTS_FINDER", "packed_suppliers", "stated_or_guessed_area"]

_NO_BODY = "buyer is no council or other public body that is known"
_TABLE = TableKind.of(
    "contracts",
    required=("supplier",),
    any_of=("title", "start", "end", "current", "latest"),
    whose="council",
    asks="whose contracts these are",
    not_taken=("review",),
    strict=False,  # a cell too many is common behind a description; only a row without dates is shifted
)
_SEARCH = TableKind.of(
    "contracts-finder",
    required=("supplier", "title"),
    whose="council",
    asks="whose contracts these are",
    sign=headers("contracts-finder")["supplier"][0],
    strict=False,
)


def _fits(path: Path) -> int:
    score = score_of_headers(path, _TABLE)
    return score + 1 if score > 4 else score  # against a one-sheet register with as many headers


def _fits_search(path: Path) -> int:
    score = score_of_headers(path, _SEARCH)
    return score and score + 20  # no other table has such a column


def _contract(row: SourceRow, statements: Statements) -> None:
    schemes = (("GB-COH", "number"), ("GB-CHC", "charity"), ("GB-PPON", "other_id"))
    ids = [(scheme, text) for scheme, name in schemes if (text := row[name])]
    ids = [(scheme, text) for scheme, text in ids if scheme != "GB-PPON" or text.upper().startswith("P")]
    value = _value(row)
    _award(row, Party(row["supplier"], tuple(ids)), 1, value, "contract register", statements)


def _notice(row: SourceRow, statements: Statements) -> None:
    """A notice counts once for each supplier that it names."""
    suppliers, value = packed_suppliers(row["supplier"]) or [Party("")], _value(row)
    statements.report.read += len(suppliers) - 1
    if len(suppliers) > 1 and value is not None and statements.report.money:
        statements.report.money.leave(SHARED_VALUE, value)
    for supplier in suppliers:
        _award(row, supplier, len(suppliers), value, "Contracts Finder", statements)


def _value(row: SourceRow) -> Decimal | None:
    """The value of a row, told to the account of the column."""
    if "value" not in row.columns:
        return None
    account = row.statements.report.counts_money(row.columns.header_of("value"))
    value = row.amount("value")
    if value is not None:
        account.seen(value)
    return value


def packed_suppliers(text: str) -> list[Party]:
    """The suppliers of one cell of Contracts Finder.

    Examples
    --------
    >>> packed_suppliers("[Civica UK Ltd|Leeds|COMPANIES_HOUSE|01628868|No|No][Idox (Software) Ltd|Glasgow|NONE||No|No]")
    [Party(name='Civica UK Ltd', ids=(('GB-COH', '01628868'),)), Party(name='Idox (Software) Ltd', ids=())]
    """
    found = []
    for block in text.removeprefix("[").removesuffix("]").split("]["):
        name, *rest = (part.strip() for part in block.split("|"))
        word = re.sub(r"[^a-z]", "", rest[1].lower()) if len(rest) > 2 else ""
        scheme = words("identifier scheme", "contracts-finder").get(word)
        if name:
            found.append(Party(name, ((scheme, rest[2]),) if scheme and rest[2] else ()))
    return found


def _award(
    row: SourceRow, named: Party, sharing: int, value: Decimal | None, source: str, statements: Statements
) -> None:
    """What one supplier's part of a row says."""
    money = value if sharing == 1 else None
    report, options = statements.report, statements.options
    council, department = (row["council"], "") if row["council_code"] else row.buyer("council")
    where = row.where
    if not council:
        unknown = _NO_BODY if report.format == CONTRACTS_FINDER.name else DEPARTMENT
        return row.skip(unknown if department else "no council", money)
    if row["status"].lower() in words("contract: dead", "contracts-finder"):
        return row.skip("withdrawn or cancelled", money)
    if row.withheld(named.name, money):
        return None
    supplier = named_party(named.name, report, named.ids)
    if supplier is None:
        return row.skip("no supplier", money)
    if row.beyond and not (row.day("start") or row.day("end")):
        return row.skip("more cells than the header has: its columns may be shifted", money)
    title = row["title"] or row["description"]
    area, guessed = stated_or_guessed_area(row["area"], title, report)
    begun, latest = row.date("start"), row.date("latest")
    last = max(filter(None, (row.date("end"), row.date("current"))), key=last_day, default=None)
    annual = row.amount("annual")
    notes = [f"contract: {title}" if title else "", f"unit: {unit}" if (unit := row["unit"] or department) else ""]
    if sharing > 1 and (value, annual) != (None, None):
        notes.append(one_value_for_several(sharing, where, report))
        value = annual = None
    start, end = in_order(begun, last, where, report)
    latest = None if start != begun else latest
    statements.begins(start, where)
    published = statements.dated(row.date("published"), "publication", where)
    reference = row["reference"] or row["ocid"] or None
    claim = f"{council} has the contract {reference or ''} {title or ''} with {supplier.name}".replace("  ", " ")
    publisher = intern(f"{council}, {source} {report.source}")
    statements.buy(
        Purchase(
            where=where,
            how="award",
            council=Party(council, (("", row["council_code"].rsplit("/", 1)[-1]),)),
            supplier=supplier,
            cited=Citation(claim, options.grade or "confirmed", None, publisher, published),
            thing=title or None,
            area=area,
            area_guessed=guessed,
            amount=value,
            valid_from=start,
            valid_to=end,
            contract_reference=reference,
            contract_value_gbp=value,
            annual_value_gbp=annual,
            contract_end_latest=latest,
            framework=row["framework"] or None,
            note="; ".join(part.replace(";", ",") for part in notes if part) or None,
        )
    )
    return None


def stated_or_guessed_area(label: str, title: str, report: ImportReport) -> tuple[str | None, str | None]:
    """The service area that a label states or a title suggests, and the words that it was guessed from."""
    if stated := area_of(label) if label else None:
        return stated, None
    area, words_ = (area_of_title(title) if title else None) or (None, None)
    if area:
        report.guess("service area guessed from a title", f"{title!r}: {area}")
    return area, words_


CONTRACTS = Format(
    "contracts", "a contract register under the Transparency Code", (_TABLE,), row=_contract, recognise=_fits
)
CONTRACTS_FINDER = Format(
    "contracts-finder",
    "the CSV of a search in Contracts Finder",
    (_SEARCH,),
    row=_notice,
    recognise=_fits_search,
    buyers="known",
)
