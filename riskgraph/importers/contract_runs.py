"""Contracts that say the same of one supplier and one council, as one: memory grows with what is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from riskgraph.dates import first_day, last_day
from riskgraph.importers.statements import Purchase, Waiting, unpacked

__all__ = ["join_contracts"]

_DAY = timedelta(days=1)
_Record = tuple[Any, ...]
_START, _END, _REFERENCE, _THING = map(int, (Waiting.START, Waiting.END, Waiting.REFERENCE, Waiting.THING))
_HOW, _ALIKE, _AMOUNT, _EARLIER = map(int, (Waiting.HOW, Waiting.ALIKE, Waiting.AMOUNT, Waiting.EARLIER))
_ROWS, _EPISODE = int(Waiting.ROWS), int(Waiting.EPISODE)


class _ContractRun:
    """Contracts put together: the one that ends last speaks for them, from the first day of the first."""

    __slots__ = ("begins", "count", "earlier", "end", "episode", "last", "rows")

    def __init__(self, record: _Record, end: date) -> None:
        self.last, self.end = record, end
        self.begins, self.rows, self.count = record[_START], record[_ROWS], 1
        self.episode = record[_EPISODE]
        earlier = record[_EARLIER]
        self.earlier = earlier and Decimal(earlier)

    def add(self, other: _Record, end: date) -> None:
        """One more, which does not begin before the others."""
        self.episode = self.episode or other[_END] != self.last[_END]
        first = other
        if end >= self.end:
            first, self.last, self.end = self.last, other, end
        for amount in (other[_EARLIER], first[_AMOUNT]):
            if amount is not None:
                self.earlier = Decimal(amount) + (self.earlier or Decimal(0))
        self.rows += other[_ROWS]
        self.count += 1

    def one(self) -> Purchase:
        """The purchase that they are together."""
        last = unpacked(self.last)
        if self.count == 1:
            return last
        which = " ".join(part for part in (last.contract_reference, last.thing) if part)
        begin, end = self.begins or "a day that is not known", last.valid_to or "a day that is not known"
        claim = f"{last.council.name} has {self.count} contracts with {last.supplier.name}, from {begin} to {end}"
        return last._replace(
            cited=last.cited._replace(claim=f"{claim}, the last {which}" if which else claim),
            note="; ".join(part for part in (last.note, f"the last of {self.count} contracts") if part),
            valid_from=self.begins or None,
            rows=self.rows,
            earlier=self.earlier,
            episode=self.episode,
        )


def join_contracts(records: Iterable[_Record], becomes: Callable[[_Record], object], as_of: str) -> Iterator[Purchase]:
    """Purchases in their order, with the contracts that say the same put together.

    Contracts that are over on the day of the data and follow on one another without a gap become one, as do contracts
    that end on the same day. What still runs keeps its own end: that is what a reviewer looks for.

    Parameters
    ----------
    records
        Purchases as they wait: sorted by council, supplier and first day.
    becomes
        What relation a contract will become; only those that become the same are put together.
    as_of
        Date of the data.
    """
    today = last_day(as_of)
    whose: object = None
    runs: dict[object, _ContractRun] = {}
    for record in records:
        if record[:_START] != whose:
            for run in runs.values():
                yield run.one()
            whose, runs = record[:_START], {}
        if record[_HOW] != "award":
            yield unpacked(record)
            continue
        start, until = record[_START], record[_END]
        end = last_day(until) if until else date.max
        over = bool(start and until) and end < today
        key = (over or until, over or not start, record[_ALIKE], becomes(record))
        before = runs.get(key)
        if before is None:
            runs[key] = _ContractRun(record, end)
        elif over and first_day(start) > before.end + _DAY:  # a day between the two
            yield before.one()
            runs[key] = _ContractRun(record, end)
        else:
            before.add(record, end)
    for run in runs.values():
        yield run.one()
