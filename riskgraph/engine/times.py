"""When each state fails, in days after the roots, where links delay a kind.

A delay may be unknown. Then two answers bracket the truth: one where unknown is no delay at all, one where
what is unknown is never used; where the two agree, the day is known. A group of alternatives fails with the
last of its members, any other state with the first way that leads to it (Dijkstra, 1959; for groups Knuth, 1977).
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping

from riskgraph.engine.closure import Answer, Reached
from riskgraph.engine.network import KINDS, Network

__all__ = ["known_days"]

Delay = Callable[[int, int], int | None]


def known_days(network: Network, answer: Answer, band: int, delay: Delay) -> dict[int, int]:
    """The states whose day of failing is known in a band, with that day.

    Parameters
    ----------
    answer
        What fails at all, as `solve` gives it.
    delay
        From a link and a kind to days; `None` if they are not known.

    Examples
    --------
    >>> from riskgraph.engine import NetworkBuilder, solve
    >>> builder = NetworkBuilder([])
    >>> host, system, service = (builder.place() for _ in range(3))
    >>> builder.link(host, system, (0,) * 5, cost=1, label=0)
    >>> builder.link(system, service, (0,) * 5, cost=1, label=1)
    >>> network = builder.build()
    >>> known_days(network, solve(network, [[host]], [2]), 0, lambda link, kind: (1, 3)[link])[service * 5 + 2]
    4
    """
    soonest = _days(network, answer, band, delay, unknown=0)
    latest = _days(network, answer, band, delay, unknown=None)
    return {state: day for state, day in soonest.items() if latest.get(state) == day}


def _days(network: Network, answer: Answer, band: int, delay: Delay, unknown: int | None) -> dict[int, int]:
    likely = _layer(network, answer, 1, delay, unknown, {}) if band > 1 else None
    return _layer(network, answer, band, delay, unknown, likely)


def _layer(
    network: Network, answer: Answer, band: int, delay: Delay, unknown: int | None, likely: Mapping[int, int] | None
) -> dict[int, int]:
    """One band; `likely` are the days of the band where onward links of a wide band start."""
    reached = answer.bands[band]
    days: dict[int, int] = {}
    starts = (state for state, why in reached.reason.items() if why == Reached.START)
    waiting = [(0, state) for state in starts]
    wide = band > 1

    def along(link: int, kind: int, day: int) -> None:
        late = delay(link, kind)
        late = unknown if late is None else late
        if late is not None:
            heapq.heappush(waiting, (day + late, network.target[link] * KINDS + kind))

    for state, day in (likely or {}).items():
        place, kind = divmod(state, KINDS)
        for link in network.out[place]:
            if kind in network.onward[link] and network.levels[link][kind] <= band:
                along(link, kind, day)
    heapq.heapify(waiting)
    while waiting:
        day, state = heapq.heappop(waiting)
        if state in days:
            continue
        days[state] = day
        place, kind = divmod(state, KINDS)
        for link in network.out[place]:
            if network.levels[link][kind] <= band and not (wide and kind in network.onward[link]):
                along(link, kind, day)
        for number in network.derives[place]:
            rule = network.derivations[number]
            if rule.source == kind and rule.level <= band and _holds(answer, reached, place, number):
                heapq.heappush(waiting, (day, place * KINDS + rule.target))
        for number in network.groups_of.get(place, ()):
            group = network.groups[number]
            if kind in group.kinds and all(member * KINDS + kind in days for member in group.protects[band]):
                heapq.heappush(waiting, (day, group.target * KINDS + kind))  # the last member settles now
    return days


def _holds(answer: Answer, reached: Reached, place: int, number: int) -> bool:
    """Whether a derivation holds at a place: at a root, only if it did in the answer."""
    at_root = any(place in root for root in answer.roots)
    return not at_root or (place, number) in reached.derived_at_roots
