"""What an import did: every row accounted for, every guess named."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from riskgraph.data.joining import Conflict

__all__ = ["DIFFER", "FILLED", "NO_DATE", "ImportReport"]

NO_DATE = "date of the data"

DIFFER = "two rows differ about the same system: the more harmful value counts"
FILLED = "no council in the cell: that of the row above, as in merged cells"


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
    bad_identifiers: Counter[str] = field(default_factory=Counter)
    guesses: dict[str, list[str]] = field(default_factory=dict)  # sort of guess -> the first examples
    guess_count: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    unused_columns: list[str] = field(default_factory=list)
    files: dict[str, str] = field(
        default_factory=dict
    )  # of a folder or archive: the format each was read as, or why not
    added: dict[str, int] = field(default_factory=dict)  # table -> rows that were not there before
    conflicts: list[Conflict] = field(default_factory=list)  # with the map that it was joined to

    LIMIT = 20

    def skip(self, where: str, reason: str, rows: int = 1) -> None:
        """Rows that were not taken, and why."""
        self.skipped_count[reason] += rows
        places = self.skipped.setdefault(reason, [])
        if len(places) < self.LIMIT:
            places.append(where)

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

    def doubts(self) -> list[tuple[str, str]]:
        """What whoever asks the file itself must hear: rows left out, filled or at odds; a rule and a sentence each."""
        found = [("left-out", f"{n} rows were left out: {why}.") for why, n in sorted(self.skipped_count.items())]
        for rule, sort in (("rows-differ", DIFFER), ("filled-down", FILLED)):
            found += [(rule, f"{sort[0].upper()}{sort[1:]} ({one}).") for one in sorted(self.guesses.get(sort, ()))]
        return found + [("filled-down", text) for text in self.notes if text.startswith("Merged cells")]

    @property
    def balanced(self) -> bool:
        """Whether every row read was kept or skipped."""
        return self.read == self.kept + sum(self.skipped_count.values())

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
            "redacted": self.redacted,
            "unmatched_councils": dict(sorted(self.unmatched_councils.items())),
            "unmatched_suppliers": dict(sorted(self.unmatched_suppliers.items())),
            "bad_identifiers": dict(sorted(self.bad_identifiers.items())),
            "guesses": {
                sort: {"times": self.guess_count[sort], "first": self.guesses[sort]} for sort in sorted(self.guesses)
            },
            "unused_columns": self.unused_columns,
            "files": dict(sorted(self.files.items())),
            "notes": self.notes,
            "added": self.added,
            "conflicts": [asdict(conflict) for conflict in self.conflicts],
        }
