"""The supply-chain columns of the EU's DORA register of information (Implementing Regulation 2024/2956).

Takes a workbook with a sheet for each table, or a folder of CSV files named after the tables; columns are
known by their codes (B_02.02.0030, c0030 or 0030).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from riskgraph.data.importers.areas import area_of_word
from riskgraph.data.importers.facts import Fact, Harvest, Options, Party, Tie
from riskgraph.data.importers.match import clean_party
from riskgraph.data.importers.registry import importer
from riskgraph.data.importers.report import ImportReport
from riskgraph.data.importers.tables import Sheet, clean, open_sheets
from riskgraph.data.importers.values import blank, parse_date, parse_days
from riskgraph.errors import RiskGraphError

__all__ = ["read_dora"]

_TABLE = re.compile(r"b[_ ]?(\d\d)[._ ](\d\d)", re.IGNORECASE)
_CODE = re.compile(r"(?:b[_ ]?\d\d[._ ]\d\d[._ ])?c?(\d{4})$", re.IGNORECASE)
_HOSTED = {"S17", "S18", "S19", "eba_TA:S17", "eba_TA:S18", "eba_TA:S19"}


def _sheets(path: Path) -> dict[str, Sheet]:
    files = sorted(path.glob("*.csv")) if path.is_dir() else [path]
    found: dict[str, Sheet] = {}
    for file in files:
        for sheet in open_sheets(file):
            match = _TABLE.search(sheet.name)
            if match:
                found.setdefault(f"{match[1]}.{match[2]}", sheet)
    return found


def _fits(path: Path) -> int:
    if path.is_dir():
        return 60 if "02.02" in _sheets(path) else 0
    return 60 if path.suffix.lower() == ".xlsx" and "02.02" in _sheets(path) else 0


@dataclass
class _Table:
    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)  # number, code of the column -> cell


@importer("dora", "the supply-chain tables of a DORA register of information", _fits)
def read_dora(path: Path, options: Options, report: ImportReport) -> Harvest:
    """Read contracts (B_02), providers and chains (B_05), functions (B_06), assessments (B_07)."""
    harvest = Harvest(report, options)
    sheets = _sheets(path)
    if "02.02" not in sheets:
        raise RiskGraphError(f"{path.name} has no table B_02.02.", "Add the sheet with the contracts, named B_02.02.")
    tables = {name: _table(sheet, report, name) for name, sheet in sheets.items()}
    names = {row["0010"]: row.get("0050", row["0010"]) for _, row in _get(tables, "05.01") if row.get("0010")}
    functions = {row["0010"]: row.get("0030", "") for _, row in _get(tables, "06.01") if row.get("0010")}
    assessed = {(row.get("0010", ""), row.get("0020", "")): row for _, row in _get(tables, "07.01")}
    main = {row["0010"]: row for _, row in _get(tables, "02.01") if row.get("0010")}
    chains: dict[str, list[dict[str, str]]] = {}
    for number, row in _get(tables, "05.02"):
        report.read += 1
        chains.setdefault(row.get("0010", ""), []).append(row)
        _chain(number, row, names, options, harvest)
    for number, row in _get(tables, "02.02"):
        report.read += 1
        fact = _contract(number, row, main, names, functions, assessed, options, harvest)
        if fact:
            harvest.take(fact)
    for number, row in _get(tables, "05.01"):
        if row.get("0110") and row["0110"] != row.get("0010"):
            report.read += 1
            _parent(number, row, names, options, harvest)
    for name in sorted(set(tables) - {"02.01", "02.02", "05.01", "05.02", "06.01", "07.01"}):
        report.note(f"Table B_{name} was not read: it says nothing of the supply chain.")
    return harvest


def _get(tables: Mapping[str, _Table], name: str) -> list[tuple[int, dict[str, str]]]:
    return tables[name].rows if name in tables else []


def _table(sheet: Sheet, report: ImportReport, name: str) -> _Table:
    codes: list[str] | None = None
    table = _Table()
    for number, raw in sheet.rows():
        row = [clean(cell) for cell in raw]
        if codes is None:
            found = [match[1] if (match := _CODE.search(cell.strip())) else "" for cell in row]
            if sum(bool(code) for code in found) >= 2:
                codes = found
            continue
        cells = {code: cell for code, cell in zip(codes, row, strict=False) if code and cell and not blank(cell)}
        if cells:
            table.rows.append((number, cells))
    if codes is None:
        report.note(f"Table B_{name} has no row with the codes of its columns; it was not read.")
    elif not table.rows:
        report.note(f"Table B_{name} is there but empty.")
    return table


def _contract(
    number: int,
    row: dict[str, str],
    main: Mapping[str, dict[str, str]],
    names: Mapping[str, str],
    functions: Mapping[str, str],
    assessed: Mapping[tuple[str, str], dict[str, str]],
    options: Options,
    harvest: Harvest,
) -> Fact | None:
    report, where = harvest.report, f"B_02.02 row {number}"
    reference, code = row.get("0010", ""), row.get("0030", "")
    if code and code not in names:
        report.note(f"{where}: the provider {code} is not in B_05.01; its code is taken as its name.")
    supplier = clean_party(
        names.get(code, code), report, (("LEI", code),) if re.fullmatch(r"[A-Z0-9]{20}", code) else ()
    )
    council = options.council or row.get("0020", "")
    if supplier is None or not council:
        report.skip(where, "no provider or no user")
        return None
    function = functions.get(row.get("0050", ""), row.get("0050", ""))
    stores = row.get("0140", "").lower()
    judged = assessed.get((reference, code), {})
    notes = [
        f"{label}: {text.replace(';', ',')}"
        for label, text in (
            ("service type", row.get("0060")),
            ("reliance", row.get("0180")),
            ("sensitiveness of the data", row.get("0170")),
            ("alternatives identified", judged.get("0110")),
            ("which alternatives", judged.get("0120")),
        )
        if text
    ]
    start, end = (parse_date(row[c]) if c in row else None for c in ("0070", "0080"))
    if end and end.startswith("9999"):
        end = None
    if start:
        harvest.dates.append(start)
    notice = parse_days(row.get("0100", ""))
    return Fact(
        where=where,
        how="register",
        council=Party(council),
        supplier=supplier,
        thing=function or None,
        area=area_of_word(function),
        access="data" if stores in {"yes", "eba_bt:x28", "true"} else None,
        hosting="supplier" if row.get("0060") in _HOSTED else None,
        valid_from=start,
        reference=reference or None,
        end=end,
        notice_days=notice,
        framework=main.get(reference, {}).get("0030"),
        grade=options.grade or "confirmed",
        claim=f"{council} has the contract {reference} with {supplier.name}",
        substitutability=_substitutability(judged.get("0050", "")),
        exit_plan={"yes": "yes", "no": "no"}.get(judged.get("0080", "").lower()),
        note="; ".join(notes) or None,
    )


def _substitutability(text: str) -> str | None:
    """The four words of B_07.01.0050 in the model's.

    Examples
    --------
    >>> _substitutability("Not substitutable"), _substitutability("Easily substitutable"), _substitutability("")
    ('no', 'easily', None)
    """
    for start, word in (("not", "no"), ("highly", "very-hard"), ("medium", "with-difficulty"), ("easily", "easily")):
        if text.lower().startswith(start):
            return word
    return None


def _chain(number: int, row: dict[str, str], names: Mapping[str, str], options: Options, harvest: Harvest) -> None:
    report, where = harvest.report, f"B_05.02 row {number}"
    rank, provider, recipient = row.get("0050", ""), row.get("0030", ""), row.get("0060", "")
    if rank in {"1", "1.0"}:
        report.skip(where, "rank 1: the direct provider, already in B_02.02")
        return
    one, two = clean_party(names.get(recipient, recipient), report), clean_party(names.get(provider, provider), report)
    if one is None or two is None:
        report.skip(where, "no subcontractor or no recipient")
        return
    harvest.ties.append(
        Tie(
            where,
            "subcontracts-to",
            ("supplier", one),
            ("supplier", two),
            grade=options.grade or "confirmed",
            claim=f"{two.name} works for {one.name} (rank {rank}) under {row.get('0010', 'a contract')}",
        )
    )


def _parent(number: int, row: dict[str, str], names: Mapping[str, str], options: Options, harvest: Harvest) -> None:
    one = clean_party(names.get(row.get("0010", ""), row.get("0010", "")), harvest.report)
    two = clean_party(names.get(row["0110"], row["0110"]), harvest.report)
    if one is None or two is None or one == two:
        harvest.report.skip(f"B_05.01 row {number}", "no parent, or its own parent")
        return
    harvest.ties.append(
        Tie(
            f"B_05.01 row {number}",
            "owned-by",
            ("supplier", one),
            ("supplier", two),
            grade=options.grade or "confirmed",
            claim=f"{two.name} is the ultimate parent of {one.name}",
        )
    )
