"""Payments over 250 or 500 pounds, the file that every council publishes: who paid whom, when, how much.

A payment proves that a supplier was paid, not for what. So the payments of one council to one supplier
become one relation that says no more than that, with no access and mostly no service area.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import reduce
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from riskgraph.data.importers.facts import Fact, Harvest, Options, Party
from riskgraph.data.importers.headers import Columns, header_score, match_headers
from riskgraph.data.importers.match import clean_party
from riskgraph.data.importers.one_sheet import score_of_table
from riskgraph.data.importers.registry import importer
from riskgraph.data.importers.report import ImportReport
from riskgraph.data.importers.spool import Spool
from riskgraph.data.importers.tables import NoHeader, clean, open_sheets, read_rows
from riskgraph.data.importers.values import blank, parse_date, parse_money, redacted
from riskgraph.dates import first_day, last_day
from riskgraph.errors import RiskGraphError

__all__ = ["FIELDS", "read_spending"]

FIELDS: dict[str, tuple[str, ...]] = {
    "payer": (
        "Body Name",
        "Organisation Name",
        "Organisation",
        "Body",
        "Council",
        "Authority",
        "Publisher",
        "Payer",
        "Local Authority",
        "Organisation Label",
        "Buyer",
        "Entity",
        "Department Family",
    ),
    "supplier": (
        "Supplier Name",
        "Supplier (Beneficiary) Name",
        "Supplier(Beneficiary) Name",
        "Approved Supplier (Beneficiary) Name",
        "Beneficiary Name",
        "Benificiary Name",
        "Vendor Name",
        "Vendor",
        "Supplier ID(T)",
        "Suuplier ID (T)",
        "Supplier ID (T)",
        "Supplier Name(T)",
        "* SUPPLIER FINAL",
        "Supplier",
        "Payee",
        "Payee Name",
        "Creditor Name",
        "Creditor",
        "Merchant Name",
        "Name",
        "Name:",
    ),
    "amount": (
        "Net Amount",
        "NetAmount",
        "Net Amount \u00a3",
        "Amount",
        "Amount \u00a3",
        "Net",
        "Gross",
        "Gross Amount",
        "Grand Total",
        "Invoice Line Value (net of VAT)",
        "Invoiced Value",
        "Amount Paid",
        "Value",
        "Total",
        "Payment Amount",
        "Amount excluding VAT",
        "Amount excl VAT",
        "Amount (excl VAT)",
        "Invoice Amount",
        "Line Amount",
        "Transaction Amount",
        "Invoice Distribution Amount",
    ),
    "date": (
        "Payment Date",
        "Date Paid",
        "Paid Date",
        "Pay date",
        "Clearing Date",
        "Date of Payment",
        "Date",
        "Transaction Date",
        "GL Date",
        "Posting Date",
        "Effective Date",
        "Certified Date",
        "Invoice Date",
        "Updated",
    ),
    "number": ("Company Number", "Supplier Company Number", "Companies House Number", "Company Reg No"),
    "purpose": (
        "Expense Type",
        "Purpose",
        "Description",
        "Expenditure Category",
        "Service",
        "Expense Area",
        "Narrative",
    ),
}
_AT_ONCE = 20_000  # rows between two signs of progress
_SUMS = 50_000  # pairs of payer and supplier in memory


def _fits(path: Path) -> int:
    return score_of_table(path, FIELDS, ("supplier", "amount"))


class _Paid(NamedTuple):
    times: int
    total: Decimal
    first: str | None
    last: str | None

    def and_(self, other: _Paid) -> _Paid:
        first = min(filter(None, (self.first, other.first)), default=None)
        last = max(filter(None, (self.last, other.last)), default=None)
        return _Paid(self.times + other.times, self.total + other.total, first, last)


_Pair = tuple[str, str, str]  # who paid, who was paid, its number


class _Sums:
    """What each payer paid each supplier. Sums that are too many for memory wait in a file and are added at the end."""

    def __init__(self) -> None:
        self._sums: dict[_Pair, _Paid] = {}
        self._spool: Spool[tuple[_Pair, _Paid]] = Spool(key=itemgetter(0))

    def add(self, pair: _Pair, amount: Decimal, day: str | None) -> None:
        """One payment."""
        one = _Paid(1, amount, day, day)
        before = self._sums.get(pair)
        self._sums[pair] = before.and_(one) if before else one
        if len(self._sums) >= _SUMS:
            self._put_away()

    def __iter__(self) -> Iterator[tuple[_Pair, _Paid]]:
        self._put_away()
        for pair, parts in groupby(self._spool, key=itemgetter(0)):
            yield pair, reduce(_Paid.and_, (paid for _, paid in parts))

    def _put_away(self) -> None:
        for item in self._sums.items():
            self._spool.append(item)
        self._sums.clear()


@importer("spending", "payments over 250 or 500 pounds: payer, supplier, date, amount", _fits, suppliers="known")
def read_spending(path: Path, options: Options, report: ImportReport) -> Harvest:
    """Read every payment, keep one record for each council and supplier."""
    harvest = Harvest(report, options)
    paid = _Sums()
    read_any = False
    for sheet in open_sheets(path):
        try:
            header, _, rows = read_rows(sheet, lambda cells: header_score(cells, FIELDS), options.columns)
        except NoHeader as error:
            report.note(error.message)
            continue
        columns = match_headers(header, FIELDS)
        if "supplier" not in columns or "amount" not in columns:
            report.note(f"Sheet {sheet.name!r} has no columns for supplier and amount; it was not read.")
            continue
        if "payer" not in columns and not options.council:
            raise RiskGraphError(
                f"{path.name} does not say who paid.", "Name the council: --council 'Salford City Council'"
            )
        read_any = True
        report.header(columns, sheet.notes)
        report.note(
            f"Columns read: {', '.join(f'{n} from {header[p[0]]!r}' for n, p in sorted(columns.places.items()))}."
        )
        _sum_up(columns, rows, options, report, paid)
    if not read_any:
        raise RiskGraphError(
            f"{path.name} has no header row that is known here.",
            "Say what its columns are, in their order: --columns date,supplier,amount (use - for others)",
        )
    _facts(paid, options, harvest)
    return harvest


def _sum_up(
    columns: Columns, rows: Iterable[tuple[int, list[str]]], options: Options, report: ImportReport, paid: _Sums
) -> None:
    width = columns.width
    merged = any(len(places) > 1 for places in columns.places.values())
    empty = 0
    dated = "date" in columns

    def get(row: list[str], name: str) -> str:
        return clean(columns.get(row, name))

    for number, raw in rows:
        if not any(raw):
            empty += 1
            continue
        row = [clean(cell) for cell in raw] if merged or len(raw) != width else raw
        supplier = get(row, "supplier")
        if not supplier and not any(clean(cell) for cell in raw):
            empty += 1
            continue
        report.read += 1
        if report.read % _AT_ONCE == 0:
            options.tick(report.read, 0)
        if not supplier or blank(supplier):
            report.skip(f"row {number}", "no supplier")
            continue
        amount = parse_money(get(row, "amount"))
        text = get(row, "date")
        day = parse_date(text) if text else None
        if amount is None or (dated and text and day is None):
            if any(cell and not blank(cell) for cell in row[width:]):
                report.skip(f"row {number}", "more cells than the header has: its columns may be shifted")
            elif amount is None:
                report.skip(f"row {number}", "the amount is none")
            else:
                report.skip(f"row {number}", "the date is none")
            continue
        if len(row) > width and any(row[width:]):
            report.guess("a cell beyond the last header was left out", f"row {number}: {row[width]!r}")
        if redacted(supplier):
            report.redacted += 1
            report.skip(f"row {number}", "supplier redacted: who it is is not known")
            continue
        payer = get(row, "payer") or options.council
        if not payer:
            report.skip(f"row {number}", "no payer")
            continue
        number_text = get(row, "number")
        paid.add((payer, supplier, "" if blank(number_text) else number_text), amount, day)
    options.tick(report.read, 0)
    if empty:
        report.note(f"{empty:,} empty rows were passed over.")


def _facts(paid: _Sums, options: Options, harvest: Harvest) -> None:
    report = harvest.report
    begun: dict[str, str] = {}
    until: dict[str, str] = {}
    for (payer, _, _), record in paid:
        if record.first and record.last:
            begun[payer] = min(begun.get(payer, record.first), record.first)
            until[payer] = max(until.get(payer, record.last), record.last)
    harvest.dates += sorted(set(until.values()))
    for (payer, supplier, number), record in paid:
        party = clean_party(supplier, report, (("GB-COH", number),) if number else ())
        where = f"payments of {payer} to {supplier}"
        reason = _why_not(record, begun.get(payer), until.get(payer)) if party else "no supplier"
        if party is None or reason:
            report.skip(where, reason, record.times)
            continue
        start, end = _dates(record, begun.get(payer), until.get(payer))
        said = f"{payer} paid {party.name} {record.times} times, GBP {record.total}"
        if record.first and record.last:
            said += f", from {record.first[:7]} to {record.last[:7]}"
        harvest.take(
            Fact(
                where=where,
                how="payment",
                council=Party(payer),
                supplier=party,
                valid_from=start,
                valid_to=end,
                grade=options.grade or "confirmed",
                publisher=f"{payer}, spending file {report.source}",
                published=until.get(payer),
                claim=said,
                rows=record.times,
            )
        )


def _why_not(record: _Paid, begun: str | None, until: str | None) -> str:
    """Payments that prove too little for a relation."""
    if record.total <= 0:
        return "only credits: nothing was paid"
    if not (record.last and begun and until) or _months(record.last, until) <= 13:
        return ""
    if record.times == 1 or (record.times < 4 and record.total < 5000):
        return "one payment or few small ones, long ago"
    return ""


def _dates(record: _Paid, begun: str | None, until: str | None) -> tuple[str | None, str | None]:
    """No start if it was paid within the first year of the file, no end if within the last 13 months."""
    start = record.first[:7] if record.first and begun and _months(begun, record.first) > 12 else None
    end = record.last[:7] if record.last and until and _months(record.last, until) > 13 else None
    return start, end


def _months(early: str, late: str) -> int:
    a: date = first_day(early)
    b: date = last_day(late)
    return (b.year - a.year) * 12 + b.month - a.month
