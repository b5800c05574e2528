"""`concentration --by`: the same market by service area, class of authority or region, the most uneven first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from riskgraph.analysis.concentration import Concentration, market_in
from riskgraph.analysis.select import Selection
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import PRINCIPAL_COUNCILS
from riskgraph.rules import rules
from riskgraph.settle import View

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BY", "Breakdown", "Slice", "breakdown"]

BY = ("area", "class", "region")


@dataclass(frozen=True, slots=True)
class Slice:
    """One part of the market: a service area, a class or a region."""

    name: str
    market: Concentration


@dataclass(frozen=True)
class Breakdown:
    """Parts of a market, those first whose index is highest even if all that is not known were spread thin."""

    graph: RiskGraph
    view: View
    area: str | None
    by: str
    slices: tuple[Slice, ...]
    empty: tuple[str, ...]  # parts in which no supplier is known

    def __repr__(self) -> str:
        return f"<Breakdown by {self.by}: {len(self.slices)} parts>"

    def rows(self) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Header and rows, for tables: figures of what is known, and the bounds of the index."""
        header = (
            self.by, "authorities", "known", "suppliers", "largest", "largest_name", "largest_percent", "three_percent",
            "hhi", "hhi_low", "hhi_high", "effective",
        )  # fmt: skip
        rows: list[tuple[Any, ...]] = []
        for part in self.slices:
            found = part.market
            index = found.by("councils")
            assert index is not None  # else it would be among the empty ones
            top = found.shares[0].supplier
            figures = (index.largest, index.three, index.hhi, index.low, index.high, index.effective)
            rows.append(
                (
                    part.name, len(found.market), len(found.market) - len(found.unknown), len(found.shares), top,
                    self.graph.dataset.usual_name(top), *(round(figure, 1) for figure in figures),
                )
            )  # fmt: skip
        return header, rows

    def to_frame(self) -> pd.DataFrame:
        """One row for each part in which a supplier is known."""
        import pandas as pd

        header, rows = self.rows()
        return pd.DataFrame(rows, columns=list(header))

    def to_dict(self) -> dict[str, Any]:
        """The parts as plain values."""
        header, rows = self.rows()
        return {
            "schema": 1,
            "by": self.by,
            "area": self.area,
            "as_of": self.view.as_of.isoformat(),
            "parts": [dict(zip(header, row, strict=True)) for row in rows],
            "empty": list(self.empty),
        }


def breakdown(
    graph: RiskGraph,
    by: str,
    area: str | None = None,
    *,
    selection: Selection | None = None,
    as_of: str | date | None = None,
) -> Breakdown:
    """A market in parts: each service area, or each class or region in one area or all.

    Parameters
    ----------
    by
        `area`, `class` or `region`.
    area
        Name or id of the service area that is split by class or region; all together if left out.

    Raises
    ------
    RiskGraphError
        If there is no such service area.

    Examples
    --------
    >>> found = breakdown(RiskGraph.open("seeds"), "class", "revenues and benefits")
    >>> [(part.name, part.market.shares[0].supplier) for part in found.slices][0]
    ('district', 'supplier:capita')
    """
    chosen = selection or Selection(graph)
    wanted = area
    if area is not None:
        (wanted,) = Selection.of(graph, areas=[area]).areas
    view = graph.view(as_of)
    whole = market_in(graph, view, wanted, chosen)
    parts: Iterable[tuple[str, Concentration]]
    if by == "area":
        parts = ((name, market_in(graph, view, name, chosen)) for name in rules().areas)
    elif by == "class":
        held = {graph.dataset.entities[body].authority_type or "other" for body in whole.market}
        names = sorted(held & PRINCIPAL_COUNCILS) + sorted(held - PRINCIPAL_COUNCILS)
        parts = ((name, market_in(graph, view, wanted, replace(chosen, classes=frozenset({name})))) for name in names)
    elif by == "region":
        register = graph.dataset.register
        entries = [register[body] for body in whole.market if body in register]
        regions = sorted({name for entry in entries if (name := entry.region or entry.nation)})
        parts = ((name, market_in(graph, view, wanted, _within(whole, name, chosen))) for name in regions)
    else:
        raise RiskGraphError(f"Nothing is broken down by {by!r}.", "Use one of: area, class, region.")
    slices = list(parts)
    known = [part for part in slices if part[1].shares]
    known.sort(key=lambda part: (-_least(part[1]), part[0]))
    return Breakdown(
        graph,
        view,
        wanted,
        by,
        tuple(Slice(*part) for part in known),
        tuple(name for name, found in slices if not found.shares),
    )


def _within(whole: Concentration, region: str, chosen: Selection) -> Selection:
    register = whole.graph.dataset.register
    mine = {b for b in whole.market if b in register and (register[b].region or register[b].nation) == region}
    return replace(chosen, regions=frozenset(), members=frozenset(mine))


def _least(found: Concentration) -> float:
    index = found.by("councils")
    return 0.0 if index is None else index.low
