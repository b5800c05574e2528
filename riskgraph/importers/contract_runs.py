"""Contracts that say the same of one supplier and one council, as one: memory grows with what is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from riskgraph.dates import first_day, last_day
from riskgraph.importers.statements import Purchase

__all__ = ["join_contracts"]

_DAY = timedelta(days=1)
_of_whom = attrgetter("council", "supplier")


class _ContractRun:
    """Contracts put together: the one that ends last speaks for them, from the first day of the first."""

    __slots__ = ("begins", "count", "earlier", "end", "episode", "last", "rows")

    def __init__(self, purchase: Purchase, end: date) -> None:
        self.last, self.end = purchase, end
        self.begins, self.rows, self.count = purchase.valid_from, purchase.rows, 1
        self.episode, self.earlier = purchase.episode, purchase.earlier

    def add(self, other: Purchase, end: date) -> None:
        """One more, which does not begin before the others."""
        self.episode = self.episode or other.valid_to != self.last.valid_to
        first = other
        if end >= self.end:
            first, self.last, self.end = self.last, other, end
        for amount in (other.earlier, first.amount):
            if amount is not None:
                self.earlier = amount + (self.earlier or Decimal(0))
        self.rows += other.rows
        self.count += 1

    def one(self) -> Purchase:
        """The purchase that they are together."""
        last = self.last
        if self.count == 1:
            return last
        which = " ".join(part for part in (last.contract_reference, last.thing) if part)
        begin, end = self.begins or "a day that is not known", last.valid_to or "a day that is not known"
        claim = f"{last.council.name} has {self.count} contracts with {last.supplier.name}, from {begin} to {end}"
        return last._replace(
            cited=last.cited._replace(claim=f"{claim}, the last {which}" if which else claim),
            note="; ".join(part for part in (last.note, f"the last of {self.count} contracts") if part),
            valid_from=self.begins,
            rows=self.rows,
            earlier=self.earlier,
            episode=self.episode,
        )


def join_contracts(
    purchases: Iterable[Purchase], becomes: Callable[[Purchase], object], as_of: str
) -> Iterator[Purchase]:
    """Purchases in their order, with the contracts that say the same put together.

    Contracts that are over on the day of the data and follow on one another without a gap become one, as do contracts
    that end on the same day. What still runs keeps its own end: that is what a reviewer looks for.

    Parameters
    ----------
    purchases
        Sorted by council, supplier and first day.
    becomes
        What relation a contract will become; only those that become the same are put together.
    as_of
        Date of the data.
    """
    today = last_day(as_of)
    for _, group in groupby(purchases, key=_of_whom):
        runs: dict[object, _ContractRun] = {}
        for one in group:
            if one.how != "award":
                yield one
                continue
            start, until = one.valid_from, one.valid_to
            end = last_day(until) if until else date.max
            over = start and until and end < today
            key = (
                over or until,
                over or start is None,
                one.area,
                one.area_guessed,
                one.data,
                one.access,
                one.hosting,
                becomes(one),
                one.cited[1:],  # all but the claim
            )
            before = runs.get(key)
            if before is None:
                runs[key] = _ContractRun(one, end)
            elif start and over and first_day(start) > before.end + _DAY:  # a day between the two
                yield before.one()
                runs[key] = _ContractRun(one, end)
            else:
                before.add(one, end)
        for run in runs.values():
            yield run.one()
