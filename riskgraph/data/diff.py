"""What differs between two data sets, row by row and cell by cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from riskgraph.data.dataset import Dataset
from riskgraph.dates import last_day
from riskgraph.model import Relation

__all__ = ["DataDiff", "RowChange", "RowMoves", "diff", "moves"]


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
        return {
            getattr(record, "incident_id" if table == "incidents" else "id"): record for record in data.records(table)
        }
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
    for table in ("entities", "relations", "evidence", "incidents", "incident_effects", "class_rules", "questions"):
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


@dataclass(frozen=True, slots=True)
class RowMoves:
    """What became of the relations, by their ids: a row that got an end is one row, though its id is another."""

    new: tuple[str, ...]  # of the new map
    ended: tuple[str, ...]  # of the new map: over at its date, and not at that of the old one
    gone: tuple[str, ...]  # of the old map: no row of the new one stands for them
    refreshed: tuple[str, ...]  # of the new map: in both, with other evidence, or evidence of another date


def moves(found: DataDiff) -> RowMoves:
    """What became of the relations from one data set to the other.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> moves(diff(read("seeds"), read("seeds")))
    RowMoves(new=(), ended=(), gone=(), refreshed=())
    """
    old, new = found.old, found.new
    waiting: dict[tuple[str, str, str, str | None], list[str]] = {}
    for id_ in found.added["relations"]:
        waiting.setdefault(_about(new.relations[id_]), []).append(id_)
    pairs = {id_: id_ for id_ in old.relations if id_ in new.relations}
    for id_ in found.removed["relations"]:
        if same := waiting.get(_about(old.relations[id_])):
            pairs[id_] = same.pop(0)
    stands = {now: before for before, now in pairs.items()}
    ended = [now for now, before in stands.items() if _over(new, now) and not _over(old, before)]
    dated = {change.id for change in found.changed["evidence"] if "published" in {name for name, *_ in change.cells}}
    refreshed = [
        now
        for now, before in stands.items()
        if now not in ended
        and (
            old.relations[before].evidence != new.relations[now].evidence
            or not dated.isdisjoint(new.relations[now].evidence)
        )
    ]
    fresh = [id_ for id_ in found.added["relations"] if id_ not in stands]
    gone = [id_ for id_ in found.removed["relations"] if id_ not in pairs]
    return RowMoves(tuple(fresh), tuple(sorted(ended)), tuple(gone), tuple(sorted(refreshed)))


def _about(row: Relation) -> tuple[str, str, str, str | None]:
    return row.dependent, row.relation, row.provider, row.service_area


def _over(data: Dataset, id_: str) -> bool:
    """Whether a relation is over at the date of its data."""
    end = data.relations[id_].valid_to
    return end is not None and last_day(end) < data.info.day
