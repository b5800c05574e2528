"""What an import did: every row accounted for, every guess named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from riskgraph.data.joining import Conflict
from riskgraph.importers.likeness import NamedAlike
from riskgraph.model import SUPPLIER

__all__ = ["DIFFER", "FILLED", "IMPOSSIBLE", "LATER", "DateFrom", "ImportReport", "MoneyColumn"]

IMPOSSIBLE = "day on which nothing can have been known, left out"
LATER = "begins after today: it does not count until then"
DIFFER = "two rows differ about the same system: the more harmful value counts"
FILLED = "no council in the cell: that of the row above, as in merged cells"


_NOTHING = Decimal(0)


class DateFrom(StrEnum):
    """What the date of the data rests on."""

    SAID = "said"  # by whoever imported it
    KNOWN = "known"  # the latest day on which the source knew what it says
    STARTS = "starts"  # the latest start of a contract that is not after today
    NOTHING = "nothing"  # the source tells no day: that of the map, or of the shipped register


@dataclass
class MoneyColumn:
    """What one column of money sums up to: what of it stands in the map, and what does not, by reason; to the penny.

    Whoever reads a cell tells `seen` (or `foreign`, or `unread`), once for each cell, before anything is decided about
    its row. What becomes of it is told with the row: `ImportReport.keep` and `ImportReport.skip`.

    Examples
    --------
    >>> report = ImportReport("spend.csv", "spending")
    >>> money = report.counts_money("Net Amount")
    >>> money.seen(Decimal("900.00")), money.seen(Decimal("600.00")), money.foreign("EUR", Decimal(20))
    (None, None, None)
    >>> report.keep(1, {"supplier:civica"}, Decimal("900.00"))
    >>> report.skip("row 3", "paid to another public body", money=Decimal("600.00"))
    >>> str(money.total), str(money.kept), money.balanced
    ('1500.00', '900.00', True)
    """

    column: str  # its header
    total: Decimal = _NOTHING  # of all cells in pounds
    kept: Decimal = _NOTHING  # of rows that stand in the map
    left_out: dict[str, Decimal] = field(default_factory=dict)  # reason -> sum
    suppliers: dict[str, Decimal] = field(default_factory=dict)  # id of a supplier of the map -> its part of `kept`
    currencies: dict[str, tuple[int, Decimal]] = field(default_factory=dict)  # others: cells and sum, never converted
    unread: Counter[str] = field(default_factory=Counter)  # what stands in cells that are no amount

    def seen(self, amount: Decimal) -> None:
        """A cell in pounds."""
        self.total += amount

    def foreign(self, currency: str, amount: Decimal) -> None:
        """A cell in another currency: counted apart."""
        cells, before = self.currencies.get(currency, (0, _NOTHING))
        self.currencies[currency] = cells + 1, before + amount

    def leave(self, reason: str, amount: Decimal) -> None:
        """A part of the column that is not in the map."""
        self.left_out[reason] = self.left_out.get(reason, _NOTHING) + amount

    @property
    def balanced(self) -> bool:
        """Whether what is in the map and what is left out sum up to the column."""
        return self.total == self.kept + sum(self.left_out.values())

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON can hold it: amounts as text, so that no penny is lost."""
        return {
            "column": self.column,
            "total_gbp": str(self.total),
            "in_the_map_gbp": str(self.kept),
            "left_out_gbp": {reason: str(self.left_out[reason]) for reason in sorted(self.left_out)},
            "suppliers_gbp": {id_: str(self.suppliers[id_]) for id_ in sorted(self.suppliers)},
            "other_currencies": {
                code: {"cells": cells, "sum": str(amount)} for code, (cells, amount) in sorted(self.currencies.items())
            },
            "no_amount": dict(sorted(self.unread.items())),
        }


@dataclass
class ImportReport:
    """What was read, kept, skipped and guessed. Nothing is dropped without a line here.

    Examples
    --------
    >>> report = ImportReport("register.csv", "one-sheet")
    >>> report.skip("row 7", "no supplier")
    >>> report.skipped
    {'no supplier': ['row 7']}
    """

    source: str
    format: str
    read: int = 0
    kept: int = 0
    skipped_count: Counter[str] = field(default_factory=Counter)
    skipped: dict[str, list[str]] = field(default_factory=dict)  # reason -> the first places
    redacted: int = 0  # rows whose supplier was taken out by the publisher
    unmatched_councils: Counter[str] = field(default_factory=Counter)
    unmatched_suppliers: Counter[str] = field(default_factory=Counter)  # new to the map, known by name only
    unmatched_pounds: dict[str, Decimal] = field(default_factory=dict)  # of these suppliers, where amounts are known
    likely: dict[str, tuple[NamedAlike, ...]] = field(default_factory=dict)  # name nobody has -> whom it likely means
    bad_identifiers: Counter[str] = field(default_factory=Counter)
    guesses: dict[str, list[str]] = field(default_factory=dict)  # sort of guess -> the first examples
    guess_count: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    unused_columns: list[str] = field(default_factory=list)
    columns: list[dict[str, Any]] = field(default_factory=list)  # field, header, and how sure that is
    fits: dict[str, int] = field(default_factory=dict)  # format -> how many of its fields the file has
    first: list[str] = field(default_factory=list)  # what must be read before anything else
    files: dict[str, str] = field(
        default_factory=dict
    )  # of a folder or archive: the format each was read as, or why not
    added: dict[str, int] = field(default_factory=dict)  # table -> rows that were not there before
    conflicts: list[Conflict] = field(default_factory=list)  # with the map that it was joined to
    money: MoneyColumn | None = None  # where the source has a column of amounts
    spoken_of: Counter[str] = field(default_factory=Counter)  # id of a body -> rows kept that speak of it
    as_of: str | None = None  # the date of the data
    as_of_from: DateFrom = DateFrom.NOTHING  # what that rests on
    as_of_what: str = ""  # which day it is of those that the source tells: "payment", "release"

    LIMIT = 20

    def counts_money(self, column: str) -> MoneyColumn:
        """The account of a column of amounts, by its header; begun when it is asked for first."""
        if self.money is None:
            self.money = MoneyColumn(column)
        return self.money

    def keep(self, rows: int, bodies: Iterable[str], money: Decimal | None = None) -> None:
        """Rows that something came of: whom they speak of, and their sum in the column of money."""
        self.kept += rows
        for id_ in bodies:
            self.spoken_of[id_] += rows
            if self.money is not None and money is not None and id_.startswith(SUPPLIER):
                self.money.suppliers[id_] = self.money.suppliers.get(id_, _NOTHING) + money
        if self.money is not None and money is not None:
            self.money.kept += money

    def skip(self, where: str, reason: str, rows: int = 1, money: Decimal | None = None) -> None:
        """Rows that were not taken, and why; with their sum in the column of money.

        No row is the second supplier of a cell: its row counts with the first.
        """
        if not rows:
            return
        self.skipped_count[reason] += rows
        places = self.skipped.setdefault(reason, [])
        if len(places) < self.LIMIT:
            places.append(where)
        if self.money is not None and money is not None:
            self.money.leave(reason, money)

    def guess(self, sort: str, example: str) -> None:
        """Something that the file does not say in so many words."""
        self.guess_count[sort] += 1
        shown = self.guesses.setdefault(sort, [])
        if len(shown) < self.LIMIT and example not in shown:
            shown.append(example)

    def note(self, text: str) -> None:
        """Something worth knowing about the file as a whole."""
        if text not in self.notes:
            self.notes.append(text)

    def say_first(self, text: str) -> None:
        """Something without which the rest would be read wrongly."""
        if text not in self.first:
            self.first.append(text)

    def doubts(self) -> list[tuple[str, str]]:
        """What whoever asks the file itself must hear: rows left out, filled or at odds; a rule and a sentence each."""
        found = [("left-out", f"{n} rows were left out: {why}.") for why, n in sorted(self.skipped_count.items())]
        for rule, sort in (("rows-differ", DIFFER), ("filled-down", FILLED)):
            found += [(rule, f"{sort[0].upper()}{sort[1:]} ({one}).") for one in sorted(self.guesses.get(sort, ()))]
        return found + [("filled-down", text) for text in self.notes if text.startswith("Merged cells")]

    @property
    def balanced(self) -> bool:
        """Whether every row read was kept or skipped, and every penny with it."""
        rows = self.read == self.kept + sum(self.skipped_count.values())
        return rows and (self.money is None or self.money.balanced)

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON can hold it."""
        return {
            "schema": 1,
            "source": self.source,
            "format": self.format,
            "rows_read": self.read,
            "rows_kept": self.kept,
            "rows_skipped": sum(self.skipped_count.values()),
            "skipped": {
                reason: {"rows": self.skipped_count[reason], "first": self.skipped[reason]}
                for reason in sorted(self.skipped)
            },
            "as_of": self.as_of,
            "as_of_from": str(self.as_of_from),
            "as_of_what": self.as_of_what,
            "money": self.money.to_dict() if self.money else None,
            "spoken_of": dict(sorted(self.spoken_of.items())),
            "redacted": self.redacted,
            "unmatched_councils": dict(sorted(self.unmatched_councils.items())),
            "unmatched_suppliers": dict(sorted(self.unmatched_suppliers.items())),
            "unmatched_pounds": {name: str(self.unmatched_pounds[name]) for name in sorted(self.unmatched_pounds)},
            "likely": {
                name: [{"id": one.id, "name": one.name, "alike": round(one.score, 2)} for one in self.likely[name]]
                for name in sorted(self.likely)
            },
            "bad_identifiers": dict(sorted(self.bad_identifiers.items())),
            "guesses": {
                sort: {"times": self.guess_count[sort], "first": self.guesses[sort]} for sort in sorted(self.guesses)
            },
            "read_first": self.first,
            "columns": self.columns,
            "formats_that_fit": dict(sorted(self.fits.items())),
            "unused_columns": self.unused_columns,
            "files": dict(sorted(self.files.items())),
            "notes": self.notes,
            "added": self.added,
            "conflicts": [asdict(conflict) for conflict in self.conflicts],
        }
