"""`rank`: every root by its exact radius, all in one pass."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riskgraph.analysis.blast import run
from riskgraph.analysis.measure import By
from riskgraph.analysis.question import parse_kinds
from riskgraph.analysis.select import Selection
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import (
    AUTHORITY,
    ENVIRONMENT,
    PRODUCT,
    SHARED_SERVICE,
    STORE,
    SUPPLIER,
    SYSTEM,
    Band,
    FailureKind,
    one_of,
)
from riskgraph.pictured import Pictured
from riskgraph.settle import View

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "LINE",
    "MEASURES",
    "ROOT_KINDS",
    "RankedRoot",
    "Ranking",
    "check_words",
    "memory_limit",
    "rank",
    "refuse",
    "separate_failures",
]

LINE = "line"
ROOT_KINDS = (SUPPLIER, LINE, SHARED_SERVICE, ENVIRONMENT, SYSTEM, PRODUCT, STORE, AUTHORITY)
MEASURES = tuple(map(str, By))
_BEHIND = frozenset({SUPPLIER, SHARED_SERVICE, ENVIRONMENT, STORE})  # who may stand behind a body's own suppliers

_CONTAINER = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))

Bands = tuple[int, ...]
"""One number for each band: within it or a surer one."""


@dataclass(frozen=True, slots=True)
class RankedRoot:
    """What one root reaches. Every number but `direct` is one for each band: in it or in a surer one.

    The root itself is not counted.
    """

    root: str
    kind: str  # a kind of entity, or `line`
    authorities: Bands
    by_kind: Mapping[FailureKind, Bands]
    residents: Bands  # people who live in the areas reached: a ceiling, each counted once
    services: Bands
    direct: int  # authorities with a relation of their own in force: they use it, or something it makes or runs
    hidden: Bands  # authorities reached without any

    def measure(self, by: str, band: Band) -> int:
        """The number that ranks."""
        values: Bands = getattr(self, by)
        return values[band]

    def multiplier(self, band: Band) -> float | None:
        """How many are reached for each direct user; `None` where there is no direct user."""
        return self.authorities[band] / self.direct if self.direct else None


@dataclass(frozen=True)
class Ranking(Pictured):
    """Every root that reaches anybody, the worst first."""

    graph: RiskGraph
    view: View
    kinds: tuple[FailureKind, ...]  # in which the roots fail
    by: str
    band: Band
    hidden: bool
    of: str | None
    selection: Selection | None
    asked: int  # roots that were tried
    bodies: int  # authorities that could be reached at all: those of the selection that exist
    rows: tuple[RankedRoot, ...]

    def __getitem__(self, root: str) -> RankedRoot:
        """What one root reaches."""
        for row in self.rows:
            if row.root == root:
                return row
        raise KeyError(root)

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain values; lists of four numbers are the bands, each with those before it."""
        return {
            "schema": 1,
            "data": {"title": self.graph.dataset.info.title, "as_of": self.graph.dataset.info.as_of},
            "kinds": [str(kind) for kind in self.kinds],
            "as_of": self.view.as_of.isoformat(),
            "ranked_by": "hidden" if self.hidden else self.by,
            "band": self.band.word,
            "bands": [band.word for band in Band],
            "roots_tried": self.asked,
            "bodies": self.bodies,
            "rows": [
                {
                    "root": row.root,
                    "kind": row.kind,
                    "authorities": list(row.authorities),
                    "by_kind": {str(kind): list(counts) for kind, counts in row.by_kind.items()},
                    "residents_at_most": list(row.residents),
                    "services": list(row.services),
                    "direct_users": row.direct,
                    "reached_without_relation": list(row.hidden),
                    "multiplier": None if (times := row.multiplier(self.band)) is None else round(times, 2),
                }
                for row in self.rows
            ],
        }

    def to_frame(self) -> pd.DataFrame:
        """The ranking as a pandas table, one row for each root, numbers of the band that ranks.

        Returns
        -------
        pandas.DataFrame
            Columns root, kind, authorities, residents (people, a ceiling), services, direct, multiplier, hidden.

        Examples
        --------
        >>> frame = rank(RiskGraph.open("seeds"), of="supplier", like="outage").to_frame()
        >>> frame["root"][0], int(frame["authorities"][0])
        ('supplier:civica', 3)
        """
        import pandas as pd

        band = self.band
        rows = [
            (r.root, r.kind, *(r.measure(by, band) for by in MEASURES), r.direct, r.multiplier(band), r.hidden[band])
            for r in self.rows
        ]
        return pd.DataFrame(rows, columns=["root", "kind", *MEASURES, "direct", "multiplier", "hidden"])

    def __repr__(self) -> str:
        return f"<Ranking of {self.asked} roots by {self.by}, {self.band.word}: {len(self.rows)} reach anybody>"


def rank(
    graph: RiskGraph,
    of: str | None = None,
    *,
    by: str = "authorities",
    band: str | Band = Band.POSSIBLE,
    hidden: bool = False,
    selection: Selection | None = None,
    kinds: Sequence[str | FailureKind] | None = None,
    like: str = "compromise",
    as_of: str | date | None = None,
    without: str | tuple[str, ...] | None = None,
    known_before: str | date | None = None,
    memory: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Ranking:
    """Every root by what it alone could reach: the same numbers as `blast`, for all of them at once.

    Parameters
    ----------
    of
        Rank only this kind of root: `supplier`, `line`, `shared-service`, `environment`, `system`, `product`,
        `store` or `authority`.
    by
        What ranks: `authorities`, `residents` (people, a ceiling) or `services`.
    band
        Count what is at least so sure.
    hidden
        Rank suppliers, shared services, environments and stores by the authorities that they reach although
        these have no relation of their own with them: fourth parties.
    selection
        Count only these authorities: a region, a class, a service area, the members of a WARP.
    kinds, like, as_of, without, known_before
        The question, as in `riskgraph.analysis.blast.blast`.
    memory
        Bytes that may be taken; half of the machine's if left out.
    progress
        Called with parts done and parts to do.

    Raises
    ------
    RiskGraphError
        If a word is not known, or if the memory would not suffice; it says how much is needed.

    Examples
    --------
    >>> ranking = rank(RiskGraph.open("seeds"), "shared-service", like="outage")
    >>> [(row.root, row.authorities[Band.LIKELY]) for row in ranking.rows]
    [('shared-service:east-kent-services', 3)]
    """
    from riskgraph.analysis.rank_arrays import Counter

    check_words(of, by)
    band = Band.of(band)
    view = graph.view(as_of, without, known_before)
    asked = parse_kinds(kinds, like)
    counter = Counter(graph, view, selection, asked, of, memory_limit() if memory is None else memory)
    rows = [row for row in counter.rows(progress) if row.authorities[Band.NOT_RULED_OUT]]
    if hidden:
        rows = [row for row in rows if row.hidden[band] and _entity_kind(graph, row.root) in _BEHIND]

    def order(row: RankedRoot) -> tuple[Any, ...]:
        chosen = row.hidden[band] if hidden else row.measure(by, band)
        return -chosen, *(-row.measure(other, band) for other in MEASURES), row.root

    return Ranking(
        graph,
        view,
        asked,
        by,
        band,
        hidden,
        of,
        selection,
        counter.tried,
        counter.bodies,
        tuple(sorted(rows, key=order)),
    )


def check_words(of: str | None, by: str) -> None:
    """Refuse a kind of root or a measure that there is not.

    Raises
    ------
    RiskGraphError
        If there is none of that name.
    """
    if of is not None:
        one_of(of, dict.fromkeys(ROOT_KINDS), "kind of root")
    one_of(by, dict.fromkeys(MEASURES), "measure")


def separate_failures(
    graph: RiskGraph, view: View, kinds: Sequence[FailureKind], roots: Sequence[str], most: int
) -> list[str]:
    """The first of some roots that are failures of their own: none of them could be reached from another.

    A supplier, the system that it runs and the product that it makes are one failure told three times: whatever
    befalls the supplier may befall them. Of those, the first given is kept.

    Parameters
    ----------
    roots
        Ids, the worst first.
    most
        How many to find.

    Examples
    --------
    >>> seeds = RiskGraph.open("seeds")
    >>> roots = ["product:oracle-fusion", "supplier:oracle", "shared-service:east-kent-services"]
    >>> separate_failures(seeds, seeds.view(), parse_kinds(None, "compromise"), roots, 2)
    ['product:oracle-fusion', 'shared-service:east-kent-services']
    """
    harm = graph.harm(view, roots)
    chosen: list[str] = []
    reached: dict[str, set[str]] = {}
    for root in roots:
        if len(chosen) == most:
            break
        states = run(harm, [root], kinds).bands[Band.POSSIBLE].hops
        reached[root] = {place.body for place in harm.failing(states)}
        bodies = {one: one.partition("/")[0] for one in (root, *chosen)}
        if not any(bodies[root] in reached[one] or bodies[one] in reached[root] for one in chosen):
            chosen.append(root)
    return chosen


def _entity_kind(graph: RiskGraph, root: str) -> str:
    return graph.dataset.entities[root.partition("/")[0]].kind


def memory_limit() -> int:
    """Bytes that an answer may take: half of the memory that there is, or 2 GiB where that is not known."""
    try:
        there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 2 << 30
    for path in _CONTAINER:
        with contextlib.suppress(OSError, ValueError):  # "max" is no number: no limit
            there = min(there, int(path.read_text(encoding="ascii")))
    return there // 2


def refuse(needed: int, limit: int) -> RiskGraphError:
    """The error that says how much memory an answer needs."""
    return RiskGraphError(
        f"This answer needs at least {-(-needed >> 20):,} MiB of memory; {limit >> 20:,} MiB may be used.",
        "Ask about fewer bodies (--region, --class, --members), or allow more with --memory.",
    )
