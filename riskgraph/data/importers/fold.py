"""Contracts that say the same of one supplier and one council, as one: memory grows with what is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from riskgraph.data.importers.facts import Fact
from riskgraph.dates import first_day, last_day

__all__ = ["folded"]

_SAME = ("area", "area_guessed", "data", "access", "hosting", "grade", "url", "publisher", "published")
Meaning = Callable[[Fact], object]


@dataclass(slots=True)
class _Several:
    """Contracts put together: the one that ends last speaks for them."""

    fact: Fact
    count: int = 1

    def add(self, fact: Fact) -> None:
        """One more, which does not begin before the others."""
        first = self.fact.valid_from
        last = fact if last_day(fact.valid_to or "9999") >= last_day(self.fact.valid_to or "9999") else self.fact
        rows = self.fact.rows + fact.rows
        episode = self.fact.episode or fact.valid_to != self.fact.valid_to
        self.fact = last._replace(valid_from=first, rows=rows, episode=episode)
        self.count += 1

    def one(self) -> Fact:
        """The fact that they are together."""
        fact = self.fact
        if self.count == 1:
            return fact
        which = " ".join(part for part in (fact.reference, fact.thing) if part)
        begin, end = fact.valid_from or "a day that is not known", fact.valid_to or "a day that is not known"
        claim = f"{fact.council.name} has {self.count} contracts with {fact.supplier.name}, from {begin} to {end}"
        note = "; ".join(part for part in (fact.note, f"the last of {self.count} contracts") if part)
        return fact._replace(claim=f"{claim}, the last {which}" if which else claim, note=note)


def folded(facts: Iterable[Fact], means: Meaning, as_of: str) -> Iterator[Fact]:
    """Facts in their order, with the contracts that say the same put together.

    Contracts that are over on the day of the data and follow on one another without a gap become one, as do contracts
    that end on the same day. What still runs keeps its own end: that is what a reviewer looks for.

    Parameters
    ----------
    facts
        Sorted by council, supplier and first day.
    means
        What relation a contract will become; only those that become the same are put together.
    as_of
        Date of the data.
    """
    today = last_day(as_of)
    for _, group in groupby(facts, key=lambda fact: (fact.council, fact.supplier)):
        open_: dict[object, _Several] = {}
        for fact in group:
            if fact.how != "award":
                yield fact
                continue
            said = means(fact), *(getattr(fact, name) for name in _SAME)
            over = fact.valid_from and fact.valid_to and last_day(fact.valid_to) < today
            key = (said, "over") if over else (said, fact.valid_from is None, fact.valid_to)
            before = open_.get(key)
            if before is None:
                open_[key] = _Several(fact)
            elif over and not _follows(before.fact, fact):
                yield before.one()
                open_[key] = _Several(fact)
            else:
                before.add(fact)
        for several in open_.values():
            yield several.one()


def _follows(one: Fact, other: Fact) -> bool:
    """Whether there is no day between the two."""
    assert one.valid_to and other.valid_from
    return first_day(other.valid_from) <= last_day(one.valid_to) + timedelta(days=1)
