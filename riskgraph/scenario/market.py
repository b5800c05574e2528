"""How many councils stand behind each supplier in the service areas that a scenario touches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from riskgraph.analysis.market import Market, Trade, market_in
from riskgraph.scenario.apply import Applied

__all__ = ["MarketChange", "markets"]


@dataclass(frozen=True, slots=True)
class MarketChange:
    """One trade of a service area: owner to the number of councils that it serves, before and after.

    Counts and index are those of `riskgraph concentration`, by ultimate owner at the date. A council with
    two suppliers in one area counts for both here, and in equal parts in the index.
    """

    area: str
    trade: Trade
    before: Mapping[str, int]
    after: Mapping[str, int]
    groups: Mapping[str, tuple[str, ...]]  # owner to its suppliers that councils have, most councils first
    hhi: tuple[int | None, int | None]  # by councils, before and after; None: nothing is known

    @property
    def changed(self) -> tuple[str, ...]:
        """Owners whose number of councils changes, biggest after first."""
        owners = {*self.before, *self.after}
        moved = [owner for owner in owners if self.before.get(owner, 0) != self.after.get(owner, 0)]
        return tuple(sorted(moved, key=lambda owner: (-self.after.get(owner, 0), owner)))


def markets(applied: Applied) -> tuple[MarketChange, ...]:
    """The areas that a scenario touches, in the order in which it touches them."""
    found = []
    for area in applied.areas:
        both = [market_in(graph, applied.view, [area]) for graph in (applied.before, applied.after)]
        for trade in Trade:
            sides = [side.of(trade) for side in both]
            groups: dict[str, dict[str, int]] = {}
            for side in sides:
                for share in side.shares:
                    groups.setdefault(side.owner.get(share.supplier, share.supplier), {})[share.supplier] = share.reach
            if not groups:
                continue
            names = {one: tuple(sorted(of, key=lambda p: (-of[p], p))) for one, of in groups.items()}
            before, after = (_counts(side) for side in sides)
            found.append(MarketChange(area, trade, before, after, names, (_hhi(sides[0]), _hhi(sides[1]))))
    return tuple(found)


def _counts(side: Market) -> dict[str, int]:
    order = sorted(side.owners, key=lambda share: (-share.reach, share.supplier))
    return {share.supplier: share.reach for share in order}


def _hhi(side: Market) -> int | None:
    found = side.by("councils", owners=True)
    return None if found is None else round(found.hhi)
