"""The supply-chain columns of the EU's DORA register of information (Implementing Regulation 2024/2956).

Takes a workbook with a sheet for each table, or a folder of CSV files named after the tables; columns are
known by their codes (B_02.02.0030, c0030 or 0030).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from riskgraph.data.scope_words import area_of
from riskgraph.importers.formats import Format
from riskgraph.importers.rows import SourceRow, TableKind, kind_of
from riskgraph.importers.sheets import open_sheets
from riskgraph.importers.statements import Citation, Party, Purchase, StatedRelation, Statements, named_party
from riskgraph.importers.values import parse_date, parse_days
from riskgraph.model import SUPPLIER
from riskgraph.vocabulary import headers, patterns, words

__all__ = ["DORA"]

_CODE = re.compile(r"(?:b[_ ]?\d\d[._ ]\d\d[._ ])?c?(\d{4})$", re.IGNORECASE)


def _code(header: str) -> str:
    match = _CODE.search(header.strip())
    return match[1] if match else ""


def _table(code: str, counted: bool = False) -> TableKind:
    """One of the tables; only rows that state something themselves are counted by the reader."""
    columns = headers("dora", f"B_{code}")
    sheet = rf"b[_ ]?{code.replace('.', '[._ ]')}"
    return TableKind(
        columns, name=f"B_{code}", sheet=sheet, needed=code == "02.02", strict=False, counted=counted, key=_code
    )


_CONTRACTS = _table("02.02", counted=True)
_TABLES = (
    _table("02.01"),
    _CONTRACTS,
    _table("05.01"),
    _table("05.02", counted=True),
    _table("06.01"),
    _table("07.01"),
)


def _fits(path: Path) -> int:
    if path.suffix.lower() not in {".csv", ".xlsx"}:
        return 0
    found = [kind_of(sheet, _TABLES) for sheet in open_sheets(path)]
    return 60 if _CONTRACTS in found or (path.suffix.lower() == ".csv" and any(found)) else 0


class _Register:
    """The tables, with what the contracts refer to by code."""

    def __init__(self, rows: Iterator[SourceRow]) -> None:
        self.rows: dict[str, list[SourceRow]] = {kind.name: [] for kind in _TABLES}
        for row in rows:
            self.rows[row.kind.name].append(row)
        self.main = self._by("B_02.01", "reference")
        self.providers = self._by("B_05.01", "provider")
        self.functions = self._by("B_06.01", "function")
        self.assessed = {(row["reference"], row["provider"]): row for row in self.rows["B_07.01"]}

    def _by(self, table: str, key: str) -> dict[str, SourceRow]:
        return {row[key]: row for row in self.rows[table] if row[key]}

    def name(self, code: str) -> str:
        """The name of a provider; its code if there is none."""
        return (self.providers[code]["name"] if code in self.providers else "") or code


def _register(rows: Iterator[SourceRow], statements: Statements) -> None:
    """Contracts (B_02), providers and chains (B_05), functions (B_06), assessments (B_07)."""
    tables = _Register(rows)
    for row in tables.rows["B_05.02"]:
        _chain(row, tables, statements)
    for row in tables.rows["B_02.02"]:
        _contract(row, tables, statements)
    for row in tables.rows["B_05.01"]:
        if row["parent"] and row["parent"] != row["provider"]:
            statements.report.read += 1
            _parent(row, tables, statements)


def _contract(row: SourceRow, tables: _Register, statements: Statements) -> None:
    report, options = statements.report, statements.options
    reference, code = row["reference"], row["provider"]
    if code and code not in tables.providers:
        report.note(f"{row.where}: the provider {code} is not in B_05.01; its code is taken as its name.")
    ids = (("LEI", code),) if re.fullmatch(r"[A-Z0-9]{20}", code) else ()
    supplier = named_party(tables.name(code), report, ids)
    council = options.council or row["user"]
    if supplier is None or not council:
        return row.skip("no provider or no user")
    named = tables.functions.get(row["function"])
    function = named["name"] if named else row["function"]
    main, judged = tables.main.get(reference), tables.assessed.get((reference, code))
    notes = [
        f"{label}: {source[name].replace(';', ',')}"
        for label, source, name in (
            ("service type", row, "service_type"),
            ("reliance", row, "reliance"),
            ("sensitiveness of the data", row, "sensitiveness"),
            ("alternatives identified", judged, "alternatives"),
            ("which alternatives", judged, "which"),
        )
        if source and source[name]
    ]
    start, end = parse_date(row["start"]), parse_date(row["end"])
    statements.begins(start, row.where)
    statements.buy(
        Purchase(
            where=row.where,
            how="register",
            council=Party(council),
            supplier=supplier,
            cited=Citation(
                f"{council} has the contract {reference} with {supplier.name}", options.grade or "confirmed"
            ),
            thing=function or None,
            area=area_of(function),
            access=words("access", "dora").get(row["stores_data"].lower().replace(":", " ")),
            hosting=words("hosting", "dora").get(row["service_type"].lower().replace(":", " ")),
            valid_from=start,
            contract_reference=reference or None,
            contract_end=None if end and end.startswith("9999") else end,
            notice_days=parse_days(row["notice"]),
            framework=main["framework"] or None if main else None,
            substitutability=_substitutability(judged["substitutability"]) if judged else None,
            exit_plan={"yes": "yes", "no": "no"}.get(judged["exit_plan"].lower()) if judged else None,
            note="; ".join(notes) or None,
        )
    )
    return None


def _substitutability(text: str) -> str | None:
    """The four words of B_07.01.0050 in the model's.

    Examples
    --------
    >>> _substitutability("Not substitutable"), _substitutability("Easily substitutable"), _substitutability("")
    ('no', 'easily', None)
    """
    return next((word for form, word in patterns("replaceable", "dora") if form.fullmatch(text)), None)


def _chain(row: SourceRow, tables: _Register, statements: Statements) -> None:
    if row["rank"] in {"1", "1.0"}:
        return row.skip("rank 1: the direct provider, already in B_02.02")
    report = statements.report
    one, two = (named_party(tables.name(row[name]), report) for name in ("recipient", "provider"))
    if one is None or two is None:
        return row.skip("no subcontractor or no recipient")
    claim = f"{two.name} works for {one.name} (rank {row['rank']}) under {row['reference'] or 'a contract'}"
    _between(row, "subcontracts-to", (one, two), claim, statements)
    return None


def _parent(row: SourceRow, tables: _Register, statements: Statements) -> None:
    one, two = (named_party(tables.name(row[name]), statements.report) for name in ("provider", "parent"))
    if one is None or two is None or one == two:
        return row.skip("no parent, or its own parent")
    _between(row, "owned-by", (one, two), f"{two.name} is the ultimate parent of {one.name}", statements)
    return None


def _between(row: SourceRow, relation: str, ends: tuple[Party, Party], claim: str, statements: Statements) -> None:
    one, two = ends
    cited = Citation(claim, statements.options.grade or "confirmed")
    statements.relations.append(StatedRelation(row.where, relation, (SUPPLIER, one), (SUPPLIER, two), cited))


DORA = Format(
    "dora",
    "the supply-chain tables of a DORA register of information",
    _TABLES,
    rows=_register,
    recognise=_fits,
)
