"""Contract registers under the Local Government Transparency Code, and the table of a search in Contracts Finder."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
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

_AMOUNTS = {"value", "annual"}
_FIELDS = dict.fromkeys({*headers("contracts"), *headers("contracts-finder")} - _AMOUNTS, "")  # but for the amounts

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
    said = row.said(_FIELDS)
    ids: tuple[tuple[str, str], ...] = ()
    if said["number"] or said["charity"] or said["other_id"]:
        stated = (("GB-COH", said["number"]), ("GB-CHC", said["charity"]), ("GB-PPON", said["other_id"]))
        ids = tuple(
            (scheme, text) for scheme, text in stated if text and (scheme != "GB-PPON" or text.upper().startswith("P"))
        )
    _award(row, said, Party(said["supplier"], ids), 1, _value(row), "contract register", statements)


def _notice(row: SourceRow, statements: Statements) -> None:
    """A notice counts once for each supplier that it names."""
    said, value = row.said(_FIELDS), _value(row)
    suppliers = packed_suppliers(said["supplier"]) or [Party("")]
    statements.report.read += len(suppliers) - 1
    if len(suppliers) > 1 and value is not None and statements.report.money:
        statements.report.money.leave(SHARED_VALUE, value)
    for supplier in suppliers:
        _award(row, said, supplier, len(suppliers), value, "Contracts Finder", statements)


def _value(row: SourceRow) -> Decimal | None:
    """The value of a row, told to the account of the column."""
    if "value" not in row.columns.places:
        return None
    account = row.statements.report.money or row.statements.report.counts_money(row.columns.header_of("value"))
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
    row: SourceRow,
    said: dict[str, str],
    named: Party,
    sharing: int,
    value: Decimal | None,
    source: str,
    statements: Statements,
) -> None:
    """What one supplier's part of a row says."""
    money = value if sharing == 1 else None
    report, options = statements.report, statements.options
    council, department = (said["council"], "") if said["council_code"] else row.buyer("council")
    where = row.where
    if not council:
        unknown = _NO_BODY if report.format == CONTRACTS_FINDER.name else DEPARTMENT
        return row.skip(unknown if department else "no council", money)
    if said["status"] and said["status"].lower() in words("contract: dead", "contracts-finder"):
        return row.skip("withdrawn or cancelled", money)
    if row.withheld(named.name, money):
        return None
    supplier = named_party(named.name, report, named.ids)
    if supplier is None:
        return row.skip("no supplier", money)
    if len(row.cells) > len(row.columns.header) and row.beyond and not (row.day("start") or row.day("end")):
        return row.skip("more cells than the header has: its columns may be shifted", money)
    title = said["title"] or said["description"]
    area, guessed = stated_or_guessed_area(said["area"], title, report)
    begun, latest, last, current, published = (
        row.date(name) if said[name] else None for name in ("start", "latest", "end", "current", "published")
    )
    if current:
        last = max(last, current, key=last_day) if last else current
    annual = row.amount("annual") if "annual" in row.columns.places else None
    notes = [f"contract: {title}"] if title else []
    if unit := said["unit"] or department:
        notes.append(f"unit: {unit}")
    if sharing > 1 and (value, annual) != (None, None):
        notes.append(one_value_for_several(sharing, where, report))
        value = annual = None
    start, end = in_order(begun, last, where, report)
    latest = None if start != begun else latest
    statements.begins(start, where)
    published = statements.dated(published, "publication", where)
    reference = said["reference"] or said["ocid"] or None
    claim = f"{council} has the contract {reference or ''} {title} with {supplier.name}"
    buyer, publisher = _buyer(council, said["council_code"], source, report.source)
    statements.buy(
        Purchase(
            where=where,
            how="award",
            council=buyer,
            supplier=supplier,
            cited=Citation(claim.replace("  ", " "), options.grade or "confirmed", None, publisher, published),
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
            framework=said["framework"] or None,
            note="; ".join([part.replace(";", ",") for part in notes]) or None,
        )
    )
    return None


@lru_cache(maxsize=1024)
def _buyer(council: str, code: str, source: str, file: str) -> tuple[Party, str]:
    """A council, and who publishes what is said of it."""
    return Party(council, (("", code.rsplit("/", 1)[-1]),)), intern(f"{council}, {source} {file}")


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
