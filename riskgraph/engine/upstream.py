"""Which things, failing by themselves, make given states fail; and how much two such sets have in common."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set

from riskgraph.engine.network import KIND_COUNT, Network, state_of, states_of
from riskgraph.engine.worlds import Failing, Worlds, cone, spread_from

__all__ = ["Within", "alone", "order_drop", "overlap", "upstream"]


class Within(Worlds):
    """Harm outside some states does not matter."""

    def __init__(self, count: int, states: Collection[int]) -> None:
        super().__init__(count)
        self.states = states

    def state(self, state: int) -> int:
        """Worlds in which a state can fail at all."""
        return self.everywhere if state in self.states else 0


def alone(network: Network, things: Sequence[Sequence[int]], matters: Collection[int], band: int) -> Failing:
    """State to the things (bits) that make it fail by themselves: one world for each thing.

    Parameters
    ----------
    things
        For each thing, the states that fail when it fails.
    matters
        Only these states are looked at.
    """
    starts: dict[int, int] = {}
    for number, states in enumerate(things):
        for state in states:
            if state in matters:
                starts[state] = starts.get(state, 0) | 1 << number
    return spread_from(network, starts, band, Within(len(things), matters))


def upstream(
    network: Network, things: Sequence[Sequence[int]], places: Sequence[int], band: int
) -> list[tuple[int, frozenset[int]]]:
    """For each failure kind, the things that by themselves make one of some places fail in it.

    Returns
    -------
    list of (int, frozenset)
        Number of the kind, numbers of the things; in order of kinds.

    Examples
    --------
    >>> from riskgraph.engine.network import NetworkBuilder
    >>> builder = NetworkBuilder([])
    >>> host, product, other = builder.place(), builder.place(), builder.place()
    >>> builder.link(host, product, (9, 9, 0, 9, 9), cost=1, label=0)
    >>> every = [[state_of(place, 2)] for place in (host, product, other)]
    >>> upstream(builder.build(), every, [product], 0)[2]
    (2, frozenset({0, 1}))
    """
    targets = [state for place in places for state in states_of(place)]
    failing = alone(network, things, cone(network, targets, band), band)
    found = []
    for kind in range(KIND_COUNT):
        bits = 0
        for place in places:
            bits |= failing.get(state_of(place, kind), 0)
        found.append((kind, frozenset(number for number in range(len(things)) if bits >> number & 1)))
    return found


def overlap(first: Set[object], second: Set[object]) -> tuple[float, float]:
    """Jaccard index and overlap coefficient of two sets; 0 where a set is empty.

    Examples
    --------
    >>> first, second = {"P", "CloudX", "OS1"}, {"B", "CloudX", "OS2"}
    >>> [round(value, 2) for value in overlap(first, second)]
    [0.2, 0.33]
    """
    both = len(first & second)
    return (both / len(first | second), both / min(len(first), len(second))) if both else (0.0, 0.0)


def order_drop(first: Set[object], second: Set[object], shared: Set[object]) -> int:
    """How much smaller the smallest set is that fails both than the two themselves: 1 if one thing is enough.

    Parameters
    ----------
    first, second
        What each is by itself: its own tier.
    shared
        Single things that fail both, in a kind for which alternatives must fail together.

    Examples
    --------
    >>> order_drop({"P"}, {"B"}, {"CloudX"}), order_drop({"P"}, {"B"}, set())
    (1, 0)
    """
    own = 1 if first & second else 2
    return own - (1 if shared else own)
