"""What differs between two data sets, row by row and cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from riskgraph.data.dataset import Dataset

__all__ = ["DataDiff", "RowChange", "diff"]


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row that stands in both, with the cells that differ."""

    id: str
    cells: tuple[tuple[str, Any, Any], ...]  # column, before, after


@dataclass(frozen=True)
class DataDiff:
    """Rows added, removed and changed, for each table."""

    old: Dataset
    new: Dataset
    added: Mapping[str, tuple[str, ...]]
    removed: Mapping[str, tuple[str, ...]]
    changed: Mapping[str, tuple[RowChange, ...]]

    @property
    def total(self) -> int:
        """How many rows differ."""
        tables = (self.added, self.removed, self.changed)
        return sum(len(rows) for table in tables for rows in table.values())


def _rows(data: Dataset, table: str) -> Mapping[str, Any]:
    """A table by the ids of its rows; an effect is known by incident, body, effect and who says so."""
    if table != "incident_effects":
        found: Mapping[str, Any] = getattr(data, table)
        return found
    return {
        " | ".join((effect.incident_id, effect.organisation, effect.effect, effect.said_by or "")): effect
        for effect in data.effects
    }


def diff(old: Dataset, new: Dataset) -> DataDiff:
    """Compare two data sets by the ids of their rows.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> diff(read("seeds"), read("seeds")).total
    0
    """
    added, removed, changed = {}, {}, {}
    for table in ("entities", "relations", "evidence", "incidents", "incident_effects"):
        before, after = _rows(old, table), _rows(new, table)
        added[table] = tuple(sorted(after.keys() - before.keys()))
        removed[table] = tuple(sorted(before.keys() - after.keys()))
        rows = []
        for key in sorted(before.keys() & after.keys()):
            if before[key] != after[key]:
                names = [field.name for field in fields(before[key])]
                cells = [(n, getattr(before[key], n), getattr(after[key], n)) for n in names]
                rows.append(RowChange(key, tuple(cell for cell in cells if cell[1] != cell[2])))
        changed[table] = tuple(rows)
    return DataDiff(old, new, added, removed, changed)
