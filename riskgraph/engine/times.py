"""When each state fails, in days after the roots, where links delay a kind.

A delay may be unknown. Then two answers bracket the truth: one where unknown is no delay at all, one where
what is unknown is never used; where the two agree, the day is known. A group of alternatives fails with the
last of its members, any other state with the first way that leads to it (Dijkstra, 1959; for groups Knuth, 1977).
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from riskgraph.engine.closure import Delay, Reached, Solution, by_distance, onward
from riskgraph.engine.network import LIKELY, Layer, Network, place_and_kind

__all__ = ["known_days"]


def known_days(network: Network, answer: Solution, band: int, delay: Delay) -> dict[int, int]:
    """The states whose day of failing is known in a band, with that day.

    Parameters
    ----------
    answer
        What fails at all, as `solve` gives it.
    delay
        From a link and a kind to days; `None` if they are not known.

    Examples
    --------
    >>> from riskgraph.engine import NetworkBuilder, solve, state_of
    >>> builder = NetworkBuilder([])
    >>> host, system, service = (builder.place() for _ in range(3))
    >>> builder.link(host, system, (0,) * 5, cost=1, label=0)
    >>> builder.link(system, service, (0,) * 5, cost=1, label=1)
    >>> network = builder.build()
    >>> answer = solve(network, [[host]], [2])
    >>> known_days(network, answer, 0, lambda link, kind: (1, 3)[link])[state_of(service, 2)]
    4
    """
    soonest = _days(network, answer, band, delay, unknown=0)
    latest = _days(network, answer, band, delay, unknown=None)
    return {state: day for state, day in soonest.items() if latest.get(state) == day}


def _days(network: Network, answer: Solution, band: int, delay: Delay, unknown: int | None) -> Mapping[int, int]:
    def known(link: int, kind: int) -> int | None:
        late = delay(link, kind)
        return unknown if late is None else late

    days: Mapping[int, int] = {}
    for at in (LIKELY, band) if band > LIKELY else (band,):
        days = _in_band(network.layers[at], answer, known, days)
    return days


def _in_band(layer: Layer, answer: Solution, delay: Delay, likely: Mapping[int, int]) -> Mapping[int, int]:
    """One band; `likely` are the days of band 1 if it is a wide one."""
    reached = answer.bands[layer.band]

    def holds(state: int, number: int) -> bool:  # at a root, only if it did in the answer
        return (place_and_kind(state)[0], number) in reached.derived_at_roots

    starts = [(0, state, why) for state, why in reached.reason.items() if why == Reached.START]
    roots = {place for root in answer.roots for place in root}
    return by_distance(layer, chain(starts, onward(layer, likely, delay)), roots, holds, delay)[0]
