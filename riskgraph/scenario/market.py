"""How many councils stand behind each supplier in the service areas that a scenario touches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from riskgraph.analysis.concentration import index
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, SHARED_SERVICE, SUPPLIER
from riskgraph.scenario.apply import Applied
from riskgraph.settle import View

__all__ = ["Market", "hhi", "markets"]

_COUNTED = frozenset({"served-by", "supplied-by", "hosted-on"})


@dataclass(frozen=True, slots=True)
class Market:
    """One service area: owner to the number of councils that lean on it, before and after.

    Suppliers of one group are counted under their ultimate owner at the date. A council with two suppliers
    in one area counts for both.
    """

    area: str
    before: Mapping[str, int]
    after: Mapping[str, int]
    groups: Mapping[str, tuple[str, ...]]  # owner to the suppliers that councils lean on, most councils first

    @property
    def changed(self) -> tuple[str, ...]:
        """Owners whose number of councils changes, biggest after first."""
        owners = {*self.before, *self.after}
        moved = [owner for owner in owners if self.before.get(owner, 0) != self.after.get(owner, 0)]
        return tuple(sorted(moved, key=lambda owner: (-self.after.get(owner, 0), owner)))


def hhi(counts: Mapping[str, int]) -> int | None:
    """Herfindahl-Hirschman index of some counts: the sum of squared shares in per cent, 0 to 10,000.

    Source: US Department of Justice and Federal Trade Commission, Merger Guidelines 2023, section 2.1. The
    CMA's Merger Assessment Guidelines of 2021 apply no such threshold.

    Returns
    -------
    int or None
        Rounded; `None` if nothing was counted.

    Examples
    --------
    >>> hhi({"a": 5, "b": 5}), hhi({"a": 3}), hhi({})
    (5000, 10000, None)
    """
    found = index(counts.values())
    return None if found is None else round(found.hhi)


def markets(applied: Applied) -> tuple[Market, ...]:
    """The areas that a scenario touches, in the order in which it touches them."""
    if not applied.areas:
        return ()
    sides = [_bodies(graph, applied.view) for graph in (applied.before, applied.after)]
    owners = [_owners(graph, applied.view) for graph in (applied.before, applied.after)]
    found = []
    for area in applied.areas:
        counts: list[dict[str, int]] = []
        groups: dict[str, dict[str, int]] = {}
        for side, owner in zip(sides, owners, strict=True):
            together: dict[str, set[str]] = defaultdict(set)
            for provider, who in side.get(area, {}).items():
                together[_ultimate(owner, provider)] |= who
                groups.setdefault(_ultimate(owner, provider), {})[provider] = len(who)
            counts.append({one: len(who) for one, who in sorted(together.items(), key=lambda i: (-len(i[1]), i[0]))})
        names = {one: tuple(sorted(of, key=lambda p: (-of[p], p))) for one, of in groups.items()}
        found.append(Market(area, counts[0], counts[1], names))
    return tuple(found)


def _owners(graph: RiskGraph, view: View) -> dict[str, str]:
    steps = graph.settled(view).steps
    return {step.dependent: step.provider for step in steps if step.relation == "owned-by" and step.in_force}


def _bodies(graph: RiskGraph, view: View) -> Mapping[str, Mapping[str, set[str]]]:
    """Area to provider to the councils that lean on it."""
    steps = graph.settled(view).steps
    entities, register = graph.dataset.entities, graph.dataset.register
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for step in steps:
        body = entities[step.dependent]
        if not step.in_force or step.area is None or body.kind != AUTHORITY or body.authority_type == "group":
            continue
        if body.id in register and not register[body.id].exists(view.as_of):
            continue
        if step.relation in _COUNTED and entities[step.provider].kind in {SUPPLIER, SHARED_SERVICE}:
            found[step.area][step.provider].add(body.id)
    return found


def _ultimate(owner: Mapping[str, str], body: str) -> str:
    seen = {body}
    while body in owner and owner[body] not in seen:
        body = owner[body]
        seen.add(body)
    return body
