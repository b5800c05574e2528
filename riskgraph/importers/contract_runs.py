"""Contracts that say the same of one supplier and one council, as one: memory grows with what is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import groupby

from riskgraph.dates import first_day, last_day
from riskgraph.importers.statements import Purchase

__all__ = ["join_contracts"]


@dataclass(slots=True)
class _ContractRun:
    """Contracts put together: the one that ends last speaks for them."""

    purchase: Purchase
    count: int = 1

    def add(self, other: Purchase) -> None:
        """One more, which does not begin before the others."""
        one = self.purchase
        last = other if last_day(other.valid_to or "9999") >= last_day(one.valid_to or "9999") else one
        episode = one.episode or other.valid_to != one.valid_to
        first = other if last is one else one
        parts = [part for part in (one.earlier, other.earlier, first.amount) if part is not None]
        self.purchase = last._replace(
            valid_from=one.valid_from,
            rows=one.rows + other.rows,
            earlier=sum(parts, Decimal(0)) if parts else None,
            episode=episode,
        )
        self.count += 1

    def one(self) -> Purchase:
        """The purchase that they are together."""
        last = self.purchase
        if self.count == 1:
            return last
        which = " ".join(part for part in (last.contract_reference, last.thing) if part)
        begin, end = last.valid_from or "a day that is not known", last.valid_to or "a day that is not known"
        claim = f"{last.council.name} has {self.count} contracts with {last.supplier.name}, from {begin} to {end}"
        note = "; ".join(part for part in (last.note, f"the last of {self.count} contracts") if part)
        return last._replace(
            cited=last.cited._replace(claim=f"{claim}, the last {which}" if which else claim), note=note
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
    for _, group in groupby(purchases, key=lambda purchase: (purchase.council, purchase.supplier)):
        runs: dict[object, _ContractRun] = {}
        for one in group:
            if one.how != "award":
                yield one
                continue
            words = one.area, one.area_guessed, one.data, one.access, one.hosting
            said = becomes(one), *words, *one.cited[1:]  # all but the claim
            over = one.valid_from and one.valid_to and last_day(one.valid_to) < today
            key = (said, "over") if over else (said, one.valid_from is None, one.valid_to)
            before = runs.get(key)
            if before is None:
                runs[key] = _ContractRun(one)
            elif over and not _follows(before.purchase, one):
                yield before.one()
                runs[key] = _ContractRun(one)
            else:
                before.add(one)
        for run in runs.values():
            yield run.one()


def _follows(one: Purchase, other: Purchase) -> bool:
    """Whether there is no day between the two."""
    assert one.valid_to and other.valid_from
    return first_day(other.valid_from) <= last_day(one.valid_to) + timedelta(days=1)
