"""`data diff`: which answers two states of a map give differently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from riskgraph.analysis.blast import blast
from riskgraph.analysis.radius import Reach
from riskgraph.data.diff import DataDiff, diff
from riskgraph.errors import NameNotFound
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, Band, FailureKind

__all__ = ["AnswerChange", "Changes", "KindChange", "changes"]

MOST = 10  # roots compared when none is named


@dataclass(frozen=True, slots=True)
class KindChange:
    """One failure kind at one body, how surely before and after; `None`: not reached in that kind."""

    body: str
    kind: FailureKind
    before: Band | None
    after: Band | None


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """One root, and who could be reached from it before and after."""

    root: str
    before: int | None  # councils and other bodies within `possible`; None if the root is not in that map
    after: int | None
    newly: tuple[str, ...]
    no_longer: tuple[str, ...]
    surer: tuple[KindChange, ...]  # of those who are in both answers, or in doubt in either
    less_sure: tuple[KindChange, ...]

    @property
    def same(self) -> bool:
        """Whether the two maps answer alike."""
        return not (self.newly or self.no_longer or self.surer or self.less_sure) and self.before == self.after


@dataclass(frozen=True)
class Changes:
    """What differs in the rows, and in the answers."""

    rows: DataDiff
    old: RiskGraph
    new: RiskGraph
    answers: tuple[AnswerChange, ...]
    like: str = "compromise"  # what was taken to happen to each root

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON can hold it."""
        return {
            "schema": 1,
            "like": self.like,
            "rows": self.rows.to_dict(),
            "answers": [
                {
                    "root": a.root,
                    "before": a.before,
                    "after": a.after,
                    "newly": list(a.newly),
                    "no_longer": list(a.no_longer),
                    "surer": [_plain(moved) for moved in a.surer],
                    "less_sure": [_plain(moved) for moved in a.less_sure],
                }
                for a in self.answers
            ],
        }


def _plain(moved: KindChange) -> list[str | None]:
    """Body, kind, band before and after."""
    bands = (None if band is None else band.word for band in (moved.before, moved.after))
    return [moved.body, str(moved.kind), *bands]


def changes(old: RiskGraph, new: RiskGraph, roots: Sequence[str] = (), *, like: str = "compromise") -> Changes:
    """Compare two states of a map.

    Parameters
    ----------
    old, new
        The two maps.
    roots
        Whose blast radius to compare; if none, the ten providers with the most changed rows.
    like
        What is taken to happen to each root.

    Returns
    -------
    Changes
        Rows and answers. Each map answers as of its own date.

    Raises
    ------
    NameNotFound
        If a root is in neither map.

    Examples
    --------
    >>> seeds = RiskGraph.open("seeds")
    >>> changes(seeds, seeds, ["civica"]).answers[0].same
    True
    """
    rows = diff(old.dataset, new.dataset)
    named = [_anywhere(root, old, new) for root in roots] or _touched(rows)
    answers = tuple(_compare(root, old, new, like) for root in dict.fromkeys(named))
    return Changes(rows, old, new, answers, like)


def _anywhere(root: str, old: RiskGraph, new: RiskGraph) -> str:
    try:
        return new.names.resolve(root)
    except NameNotFound:
        return old.names.resolve(root)


def _touched(rows: DataDiff) -> list[str]:
    """The providers, councils apart, whose rows changed, those with the most changes first."""
    counted: Counter[str] = Counter()
    for data, keys in (
        (rows.new, rows.added["relations"]),
        (rows.old, rows.removed["relations"]),
        (rows.new, tuple(change.id for change in rows.changed["relations"])),
    ):
        counted.update(data.relations[key].provider for key in keys)
    found = [id_ for id_ in counted if id_.partition(":")[0] != AUTHORITY]
    return sorted(found, key=lambda id_: (-counted[id_], id_))[:MOST]


def _reached(graph: RiskGraph, root: str, like: str) -> dict[str, Reach] | None:
    """Who is reached in any band, or `None` if the root is not in the map."""
    if root.partition("/")[0] not in graph.dataset.entities:
        return None
    return {reach.id: reach for reach in blast(graph, root, like=like).within(Band.NOT_RULED_OUT)}


def _compare(root: str, old: RiskGraph, new: RiskGraph, like: str) -> AnswerChange:
    before, after = _reached(old, root, like), _reached(new, root, like)
    one, two = ({b for b, reach in (found or {}).items() if reach.band <= Band.POSSIBLE} for found in (before, after))
    moved = [
        KindChange(body, kind, *bands)
        for body in sorted({*(before or {}), *(after or {})} - (one ^ two))
        for kind in FailureKind
        if (bands := (_band(before, body, kind), _band(after, body, kind)))[0] is not bands[1]
    ]
    surer = [change for change in moved if _level(change.after) < _level(change.before)]
    return AnswerChange(
        root,
        None if before is None else len(one),
        None if after is None else len(two),
        tuple(sorted(two - one)),
        tuple(sorted(one - two)),
        tuple(surer),
        tuple(change for change in moved if change not in surer),
    )


def _band(found: dict[str, Reach] | None, body: str, kind: FailureKind) -> Band | None:
    reach = (found or {}).get(body)
    return None if reach is None or kind not in reach.kinds else reach.kinds[kind].band


def _level(band: Band | None) -> int:
    return len(Band) if band is None else band
