"""What `fixes` answers: sets of changes, tried on a copy of the map, and how good they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from riskgraph.analysis.measure import By
from riskgraph.graph import RiskGraph
from riskgraph.model import Band, FailureKind
from riskgraph.scenario.remedies import Remedy
from riskgraph.settle import View

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Fixes", "Proposal", "total"]


@dataclass(frozen=True)
class Proposal:
    """A set of changes, and what the engine says after they are made in a copy of the map.

    Attributes
    ----------
    remedies
        The changes, the least drastic first.
    cost
        What they cost together; a cost that is not known counts 1.
    costs_unknown
        How many of the costs are not known.
    first, last
        For each change, what it saves alone, and what would be lost again without it.
    after
        For each root asked about, the radius that is left.
    left
        Their sum, or the worst of them.
    foreseen
        The same as the search foresaw it; where the two differ, `left` is right.
    saved
        Authorities that no root reaches any more.
    """

    remedies: tuple[Remedy, ...]
    cost: float
    costs_unknown: int
    first: tuple[float, ...]
    last: tuple[float, ...]
    after: Mapping[str, float]
    left: float
    foreseen: float
    saved: tuple[str, ...]


@dataclass(frozen=True)
class Fixes:
    """The cheapest changes that shrink a radius most, the next best set, and how sure that is.

    Attributes
    ----------
    roots
        What fails, one at a time; of the worst case over all roots, those that mattered in the search.
    every
        Whether all bodies and places of the map were roots.
    worst
        Whether the worst root counts, not the sum.
    hit
        The failure kind that counts as a hit; `None`: any.
    budget
        The most that could be spent; `None`: whatever saves all that can be saved.
    before
        For each root the radius of the map as it is.
    bound
        No set of changes within the budget leaves less than this.
    regret
        For each root, how much less could be left if the budget went to it alone.
    beyond
        Authorities that no change saves.
    backed_up
        Rows among those met that back each other up, which are therefore not severed.
    selected
        Whether only some authorities count.
    """

    graph: RiskGraph
    view: View
    roots: tuple[str, ...]
    every: bool
    worst: bool
    kinds: tuple[FailureKind, ...]
    hit: FailureKind | None
    band: Band
    by: By
    budget: float | None
    considered: int
    before: Mapping[str, float]
    best: Proposal
    runner_up: Proposal | None
    bound: float
    regret: Mapping[str, float]
    beyond: tuple[str, ...]
    backed_up: int
    selected: bool = False

    @property
    def was(self) -> float:
        """The radius before: the sum over the roots, or the worst."""
        return total(self.before.values(), self.worst)

    @property
    def exact(self) -> bool:
        """Whether no other set within the budget leaves less."""
        return max(self.best.left, self.best.foreseen) <= self.bound + 1e-3

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain values."""
        return {
            "schema": 1,
            "data": {"title": self.graph.dataset.info.title, "as_of": self.graph.dataset.info.as_of},
            "as_of": self.view.as_of.isoformat(),
            "roots": list(self.roots),
            "every_root": self.every,
            "worst_case": self.worst,
            "kinds": [str(kind) for kind in self.kinds],
            "hit": None if self.hit is None else str(self.hit),
            "band": self.band.word,
            "by": str(self.by),
            "budget": self.budget,
            "changes_considered": self.considered,
            "before": self.was,
            "bound": self.bound,
            "exact": self.exact,
            "before_by_root": dict(self.before),
            "best": _plain(self.best),
            "runner_up": None if self.runner_up is None else _plain(self.runner_up),
            "regret": dict(self.regret),
            "beyond": list(self.beyond),
        }

    def to_frame(self) -> pd.DataFrame:
        """One row for each change of the best set and of the runner-up.

        Returns
        -------
        pandas.DataFrame
            Columns set, change, act, body, thing, area, saves_alone, saves_last.
        """
        import pandas as pd

        rows = [
            (name, one.id, str(one.act), one.body, one.thing, one.area, first, last)
            for name, found in (("best", self.best), ("runner-up", self.runner_up))
            if found is not None
            for one, first, last in zip(found.remedies, found.first, found.last, strict=True)
        ]
        return pd.DataFrame(
            rows, columns=["set", "change", "act", "body", "thing", "area", "saves_alone", "saves_last"]
        )

    def __repr__(self) -> str:
        return f"<Fixes: {len(self.best.remedies)} changes, {self.was:g} before, {self.best.left:g} after>"


def _plain(found: Proposal) -> dict[str, Any]:
    return {
        "changes": [
            {
                "change": one.id,
                "act": str(one.act),
                "body": one.body,
                "thing": one.thing,
                "area": one.area,
                "rows": list(one.rows),
                "saves_alone": first,
                "saves_last": last,
            }
            for one, first, last in zip(found.remedies, found.first, found.last, strict=True)
        ],
        "cost": found.cost,
        "costs_unknown": found.costs_unknown,
        "after": found.left,
        "after_by_root": dict(found.after),
        "saved": list(found.saved),
    }


def total(values: Collection[float], worst: bool) -> float:
    """Of some radii the worst, or the sum."""
    return float(max(values, default=0.0) if worst else sum(values))
