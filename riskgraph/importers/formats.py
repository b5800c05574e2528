"""How a format is declared: one frozen value that says how it is recognised, its columns, and what a row becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from riskgraph.importers.json_objects import objects
from riskgraph.importers.rows import TableKind, read_rows, score_of_headers
from riskgraph.importers.source import SourceFile
from riskgraph.importers.statements import Statements

__all__ = ["Format", "json_items"]

_TICK = 500  # JSON objects between two signs of progress
Taken = Literal["all", "known"]


@dataclass(frozen=True, slots=True, eq=False)
class Format:
    """One format of files that can be imported.

    Parameters
    ----------
    name
        What `--from` calls it.
    describes
        What it is, in a few words.
    tables
        The kinds of table that it holds; none for JSON.
    lists
        For JSON, the keys at the top whose arrays are given out item by item.
    row
        What each row becomes: called with a `SourceRow` (for JSON, with the list and the object), it adds to the
        statements.
    rows
        Instead of `row`, for formats whose rows speak of each other: called once with all of them, out of all files.
    items
        For files that are neither tables nor JSON: gives out, of all files in the order of their names, what `row` or
        `rows` is called with.
    recognise
        How well a file fits, 0 for not at all; by default how many headers of the first table it has. Of a folder or
        an archive each file is asked about by itself; the ones that fit a format best are read by it together.
    copies
        Whether two files that are the same, byte for byte, are both read; else the second is told and left out.
    together
        Whether files that are named one after the other are read as one: what one says, another may add to.
    suppliers, buyers
        Which are taken unless the user says otherwise: all, or those that are known.

    Examples
    --------
    >>> from riskgraph.importers.statements import Citation, Party, Purchase
    >>> def bought(row, statements):
    ...     council, seller = Party(row["council"]), row.party("seller")
    ...     if seller:
    ...         statements.buy(Purchase(row.where, "register", council, seller, Citation("A list says so.")))
    >>> table = TableKind({"council": ("Town",), "seller": ("Firm",)}, required=("council", "seller"))
    >>> Format("tiny", "towns and firms", (table,), row=bought).name
    'tiny'
    """

    name: str
    describes: str
    tables: tuple[TableKind, ...] = ()
    lists: frozenset[str] = frozenset()
    row: Callable[[Any, Statements], None] | None = None
    rows: Callable[[Iterator[Any], Statements], None] | None = None
    items: Callable[[Sequence[SourceFile], Statements], Iterator[Any]] | None = None
    recognise: Callable[[Path], int] | None = None
    copies: bool = False
    together: bool = False
    suppliers: Taken = "all"
    buyers: Taken = "all"

    def fits(self, path: Path) -> int:
        """How well a file fits; 0 not at all."""
        return self.recognise(path) if self.recognise else score_of_headers(path, self.tables[0])

    def read(self, source: Path | Sequence[SourceFile], statements: Statements) -> None:
        """Add what a file states, or what several files state together.

        Raises
        ------
        DataError
            If a file cannot be read.
        RiskGraphError
            If it is not of this format after all, or does not say whose rows these are.
        """
        files = [SourceFile(source)] if isinstance(source, Path) else source
        items: Iterator[Any]
        if self.items is not None:
            items = self.items(files, statements)
        elif self.tables:
            items = read_rows(files, self.tables, statements)
        else:
            items = json_items(files, self.lists, statements)
        if self.rows is not None:
            self.rows(items, statements)
        elif self.row is not None:
            for item in items:
                self.row(item, statements)


def json_items(
    files: Sequence[SourceFile], lists: frozenset[str], statements: Statements
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of JSON files, with the list that it stood in; letters that had to be repaired are told."""
    count = 0
    for file in files:
        repaired: list[int] = []
        for item in objects(file.path, lists, repaired):
            count += 1
            if count % _TICK == 0:
                statements.options.tick(count, 0)
            yield item
        if repaired:
            named = f"{file.name}: " if file.name else ""
            statements.report.note(f"{named}{sum(repaired):,} letters are not UTF-8; they were read as Windows-1252.")
