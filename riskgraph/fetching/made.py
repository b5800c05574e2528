"""Which rows of a map fetching made, so that the next time they are made anew from all notices there are.

They are listed in `fetched.csv` beside the tables, written in the same stroke as the map. A row that somebody has
changed since is theirs, and stays as it is; a row that somebody has taken away is not made again.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from riskgraph.data.dataset import Dataset
from riskgraph.data.folders import current
from riskgraph.errors import DataError, Problem

__all__ = ["MADE", "MadeRows"]

MADE = "fetched.csv"
_TABLES = ("entities", "evidence", "relations")
_HEADER = ["table", "id", "digest"]

R = TypeVar("R")


@dataclass(frozen=True)
class MadeRows:
    """Table and id of each row that fetching made, to what it held then."""

    digests: Mapping[tuple[str, str], str]

    @classmethod
    def read(cls, folder: Path) -> MadeRows:
        """What the file of a map says; nothing if there is none.

        Raises
        ------
        DataError
            If the file is not as it was written.
        """
        path = current(folder, MADE)
        if not path.is_file():
            return cls({})
        try:
            header, *rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8")), strict=True))
            if header != _HEADER or not all(len(row) == 3 and row[0] in _TABLES for row in rows):
                raise ValueError
        except (ValueError, csv.Error):
            problem = Problem(MADE, None, None, "fetched", "It is not the list that data fetch wrote.")
            fix = f"Remove {path}: what was fetched so far then counts as your own rows."
            raise DataError(str(folder), [problem], "nothing was taken in", fix) from None
        return cls({(table, id_): digest for table, id_, digest in rows})

    def without(self, dataset: Dataset) -> Dataset:
        """A data set without the rows that fetching made and nobody changed."""
        relations = self._others(dataset, "relations")
        return _pruned(replace(dataset, relations=relations), dataset, self)

    def taken_away(self, dataset: Dataset) -> frozenset[str]:
        """Relations that fetching made and somebody took away since."""
        return frozenset(id_ for table, id_ in self.digests if table == "relations" and id_ not in dataset.relations)

    def after(self, own: Dataset, made: Dataset, gone: frozenset[str]) -> MadeRows:
        """The list for a map that was made of one's own rows and the notices."""
        new = {
            (table, id_): _digest(record)
            for table in _TABLES
            for id_, record in getattr(made, table).items()
            if id_ not in getattr(own, table)
        }
        return MadeRows({**{("relations", id_): self.digests["relations", id_] for id_ in gone}, **new})

    def content(self) -> bytes:
        """The list as a file."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(_HEADER)
        writer.writerows([table, id_, digest] for (table, id_), digest in sorted(self.digests.items()))
        return out.getvalue().encode()

    def _others(self, dataset: Dataset, table: str) -> dict[str, Any]:
        return {id_: one for id_, one in getattr(dataset, table).items() if not self._as_made(table, id_, one)}

    def _as_made(self, table: str, id_: str, record: object) -> bool:
        digest = self.digests.get((table, id_))
        return digest is not None and digest == _digest(record)


def left_out(dataset: Dataset, relations: Iterable[str], before: Dataset) -> Dataset:
    """A data set without some relations, and without what only they speak of and `before` does not hold."""
    gone = frozenset(relations) & dataset.relations.keys()
    if not gone:
        return dataset
    kept = {id_: row for id_, row in dataset.relations.items() if id_ not in gone}
    fresh = MadeRows(
        {
            (table, id_): _digest(one)
            for table in ("entities", "evidence")
            for id_, one in getattr(dataset, table).items()
            if id_ not in getattr(before, table)
        }
    )
    spoken_of = {end for id_ in gone for end in (dataset.relations[id_].dependent, dataset.relations[id_].provider)}
    spoken_of |= {item for id_ in gone for item in dataset.relations[id_].evidence}
    only = MadeRows({key: digest for key, digest in fresh.digests.items() if key[1] in spoken_of})
    return _pruned(replace(dataset, relations=kept), dataset, only)


def _pruned(smaller: Dataset, whole: Dataset, made: MadeRows) -> Dataset:
    """Without bodies and evidence that fetching made and nothing that is left speaks of."""
    cited = {item for row in smaller.relations.values() for item in row.evidence}
    named = {end for row in smaller.relations.values() for end in (row.dependent, row.provider)}
    named |= {text for table in ("effects", "incidents", "class_rules", "questions") for text in _texts(whole, table)}
    entities = {
        id_: one for id_, one in whole.entities.items() if id_ in named or not made._as_made("entities", id_, one)
    }
    evidence = {
        id_: one for id_, one in whole.evidence.items() if id_ in cited or not made._as_made("evidence", id_, one)
    }
    return replace(smaller, entities=entities, evidence=evidence)


def _texts(dataset: Dataset, table: str) -> Iterable[str]:
    """Everything that a table says in cells that may be an id."""
    held = getattr(dataset, table)
    for record in held.values() if isinstance(held, Mapping) else held:
        for one in fields(record):
            value = getattr(record, one.name)
            for text in value if isinstance(value, tuple) else (value,):
                if isinstance(text, str):
                    yield text.partition("/")[0]
                    yield text


def _digest(record: Any) -> str:
    """What a row holds, in short; a column that is blank says nothing."""
    cells = [f"{one.name}={value}" for one in fields(record) if (value := getattr(record, one.name)) not in (None, ())]
    return hashlib.sha256("\x1f".join(cells).encode()).hexdigest()[:16]
