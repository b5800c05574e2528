"""`datasets/schema.csv` as values: every table and column of a data set, described once.

The loader, the checks and the manual are all made from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from riskgraph.assets import shipped_rows

__all__ = ["SchemaColumn", "schema"]


@dataclass(frozen=True, slots=True)
class SchemaColumn:
    """One column of one table."""

    table: str
    name: str
    type: str  # id, text, list, word, words, date, moment, integer, number, url, ref or refs
    unit: str
    required: bool
    allowed: tuple[str, ...]  # the words allowed, or for ref and refs the table referred to
    description: str
    sparse: bool = False  # it stands in a file only where some row fills it

    @property
    def many(self) -> bool:
        """Whether a cell holds several values, separated by `;`."""
        return self.type in {"list", "words", "refs"}


@lru_cache(maxsize=1)
def schema() -> Mapping[str, Mapping[str, SchemaColumn]]:
    """Table to column name to column, in the order in which files are written.

    Examples
    --------
    >>> schema()["relations"]["notice_days"].unit
    'days'
    >>> list(schema()["entities"])[:3]
    ['id', 'kind', 'name']
    """
    tables: dict[str, dict[str, SchemaColumn]] = {}
    for row in shipped_rows("schema.csv"):
        column = SchemaColumn(
            row["table"],
            row["column"],
            row["type"],
            row["unit"],
            row["required"] == "yes",
            tuple(row["allowed"].split("|")) if row["allowed"] else (),
            row["description"],
            row["required"] == "where known",
        )
        tables.setdefault(column.table, {})[column.name] = column
    return tables
