"""Payments over 250 or 500 pounds, the file that every council publishes: who paid whom, when, how much.

A payment proves that a supplier was paid, not for what. So the payments of one council to one supplier
become one relation that says no more than that, with no access and mostly no service area.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import reduce
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from riskgraph.dates import first_day, last_day
from riskgraph.importers.disk_sort import SortedOnDisk
from riskgraph.importers.formats import Format
from riskgraph.importers.placeholders import placeholder
from riskgraph.importers.rows import SourceRow, TableKind
from riskgraph.importers.statements import DEPARTMENT, Citation, Party, Purchase, Statements, named_party
from riskgraph.importers.values import clean, parse_date, says_nothing

__all__ = ["SPENDING"]

_TABLE = TableKind.of(
    "spending",
    required=("supplier", "amount"),
    whose="payer",
    asks="who paid",
    by_content=("date",),
    strict=False,  # a cell too many is common behind a purpose; only a row without amount or date is shifted
)
_NOTHING = Decimal(0)
_NO_AMOUNT, _NO_DATE, _NO_SUPPLIER = "the amount is none", "the date is none", "no supplier"
_SUMS = 50_000  # pairs of payer and supplier in memory


class _PaidTotal(NamedTuple):
    times: int
    total: Decimal
    first: str | None
    last: str | None
    abroad: int = 0  # how many of them in another currency, of which the total knows nothing

    def and_(self, other: _PaidTotal) -> _PaidTotal:
        first = min(filter(None, (self.first, other.first)), default=None)
        last = max(filter(None, (self.last, other.last)), default=None)
        return _PaidTotal(self.times + other.times, self.total + other.total, first, last, self.abroad + other.abroad)


class _RunningTotal:
    """A sum that grows: what most of the time goes into makes nothing new."""

    __slots__ = ("abroad", "first", "last", "times", "total")

    def __init__(self) -> None:
        self.times, self.total, self.abroad = 0, _NOTHING, 0
        self.first: str | None = None
        self.last: str | None = None


_Pair = tuple[str, str, str]  # who paid, who was paid, its number


class _PaymentSums:
    """What each payer paid each supplier. Sums that are too many for memory wait in a file and are added at the end."""

    def __init__(self) -> None:
        self._sums: dict[_Pair, _RunningTotal] = {}
        self._on_disk: SortedOnDisk[tuple[_Pair, _PaidTotal]] = SortedOnDisk(key=itemgetter(0))

    def add(self, pair: _Pair, amount: Decimal | None, day: str | None) -> None:
        """One payment; none is the amount of one in another currency."""
        total = self._sums.get(pair)
        if total is None:
            if len(self._sums) >= _SUMS:
                self._put_away()
            total = self._sums[pair] = _RunningTotal()
        if amount is None:
            total.abroad += 1
        else:
            total.total = total.total + amount if total.times else amount
        total.times += 1
        if day:
            if not total.first or day < total.first:
                total.first = day
            if not total.last or day > total.last:
                total.last = day

    def __iter__(self) -> Iterator[tuple[_Pair, _PaidTotal]]:
        self._put_away()
        for pair, parts in groupby(self._on_disk, key=itemgetter(0)):
            yield pair, reduce(_PaidTotal.and_, (paid for _, paid in parts))

    def _put_away(self) -> None:
        for pair, paid in self._sums.items():
            self._on_disk.append((pair, _PaidTotal(paid.times, paid.total, paid.first, paid.last, paid.abroad)))
        self._sums.clear()


def _payments(rows: Iterator[SourceRow], statements: Statements) -> None:
    """Read every payment, keep one purchase for each council and supplier."""
    paid, report, options = _PaymentSums(), statements.report, statements.options
    columns, days = None, set[str | None]()
    names: dict[tuple[str, str], str] = {}  # what stands in a row about whom nothing needs to be told -> who paid
    for row in rows:
        if row.columns is not columns:
            columns = row.columns
            names.clear()
            named = ", ".join(f"{name} from {columns.header_of(name)!r}" for name in sorted(columns.places))
            report.note(f"Columns read: {named}.")
            money = report.counts_money(columns.header_of("amount"))
            width, header = len(columns.header), columns.header_of("payer") if "payer" in columns else ""
        supplier = row["supplier"]
        amount, day = row.money("amount"), row.day("date")
        if amount is not None and day in days and supplier and not columns.loose and len(row.cells) <= width:
            payer = row["payer"]
            known = names.get((payer, supplier))
            if known is not None:  # nearly all
                money.seen(amount)
                paid.add((known, supplier, row["number"]), amount, day)
                continue
        currency = row.currency("amount") if amount is None else ""
        if amount is not None:
            money.seen(amount)
        payer, department = statements.buyer(row["payer"], header)
        undated = day is None and row.text("date") != "" and not columns.contradicted("date")
        reason = _unread(row, supplier, amount is not None or bool(currency), undated)
        if reason:
            row.skip(reason, amount, _text_of(row, reason))
        elif row.withheld(supplier, amount):
            pass
        elif not payer:
            row.skip(DEPARTMENT if department else "no payer", amount)
        else:
            if day and day not in days:
                day = statements.dated(day, "payment", row.where)
                days.update([day] if day else [])
            if columns.loose and (loose := _first_loose(row)) and loose not in days:
                days.add(loose)
                statements.dated(loose, "day in columns that nobody knows by name", row.where)
            if row.beyond:
                row.guess("a cell beyond the last header was left out", repr(row.beyond[0]))
            paid.add((payer, supplier, row["number"]), amount, day)
            if not department and len(names) < _SUMS:
                names[row["payer"], supplier] = payer
    options.tick(report.read, 0)
    if report.money is not None and report.money.total < 0:
        report.say_first(
            f"The amounts in {report.money.column!r} sum up to less than nothing, so they read as credits. If the system "
            "writes what was paid with a minus, turn the sign round in the file."
        )
    _purchases(paid, statements)


def _first_loose(row: SourceRow) -> str | None:
    """The first day in columns of dates that nobody knows by name: which day it is is not known, only how old it is."""
    cells = (row.cells[place] for place in row.columns.loose if place < len(row.cells))
    return min(filter(None, map(parse_date, map(clean, cells))), default=None)


def _unread(row: SourceRow, supplier: str, paid: bool, undated: bool) -> str:
    """Why a payment is left out, "" if it is not."""
    if not supplier or placeholder(supplier) == "nobody":
        return _NO_SUPPLIER
    if paid and not undated:
        return ""
    if not all(map(says_nothing, row.beyond)):
        return "more cells than the header has: its columns may be shifted"
    if not paid:
        return _NO_AMOUNT
    return _NO_DATE if row.no_date("date") == "date that is none" else "the date may be read two ways"


def _text_of(row: SourceRow, reason: str) -> str:
    """The cell for which a payment is left out."""
    return row.text({_NO_AMOUNT: "amount", _NO_SUPPLIER: "supplier"}.get(reason, "date" if "date" in reason else ""))


def _purchases(paid: _PaymentSums, statements: Statements) -> None:
    report = statements.report
    begun: dict[str, str] = {}
    until: dict[str, str] = {}
    for (payer, _, _), total in paid:
        if total.first and total.last:
            begun[payer] = min(begun.get(payer, total.first), total.first)
            until[payer] = max(until.get(payer, total.last), total.last)
    for (payer, supplier, number), total in paid:
        party = named_party(supplier, report, (("GB-COH", number),) if number else ())
        where = f"payments of {payer} to {supplier}"
        reason = _why_not(total, begun.get(payer), until.get(payer)) if party else _NO_SUPPLIER
        if party is None or reason:
            report.skip(where, reason, total.times, total.total)
            continue
        start, end = _dates(total, begun.get(payer), until.get(payer))
        claim = f"{payer} paid {party.name} {total.times} times, GBP {total.total}"
        if total.abroad:
            claim += f", and {total.abroad} of them in another currency"
        if total.first and total.last:
            claim += f", from {total.first[:7]} to {total.last[:7]}"
        publisher = f"{payer}, spending file {report.source}"
        statements.buy(
            Purchase(
                where=where,
                how="payment",
                council=Party(payer),
                supplier=party,
                cited=Citation(claim, statements.options.grade or "confirmed", None, publisher, until.get(payer)),
                valid_from=start,
                valid_to=end,
                rows=total.times,
                amount=total.total,
            )
        )


def _why_not(record: _PaidTotal, begun: str | None, until: str | None) -> str:
    """Payments that prove too little for a relation."""
    if record.total <= 0 and not record.abroad:
        return "only credits: nothing was paid"
    if not (record.last and begun and until) or _months(record.last, until) <= 13:
        return ""
    if record.times == 1 or (record.times < 4 and record.total < 5000):
        return "one payment or few small ones, long ago"
    return ""


def _dates(record: _PaidTotal, begun: str | None, until: str | None) -> tuple[str | None, str | None]:
    """No start if it was paid within the first year of the file, no end if within the last 13 months."""
    start = record.first[:7] if record.first and begun and _months(begun, record.first) > 12 else None
    end = record.last[:7] if record.last and until and _months(record.last, until) > 13 else None
    return start, end


def _months(early: str, late: str) -> int:
    a: date = first_day(early)
    b: date = last_day(late)
    return (b.year - a.year) * 12 + b.month - a.month


SPENDING = Format(
    "spending",
    "payments over 250 or 500 pounds: payer, supplier, date, amount",
    (_TABLE,),
    rows=_payments,
    together=True,
    suppliers="known",
)
