"""The least fixed point of harm from some roots, band by band, with the fewest hops to each state.

Every rule is monotone, so the fixed point is unique and cycles are harmless. Hops are found on the way:
states are settled in order of hops (Dial's buckets), and a group of alternatives, which fails with the
last of its members, keeps that order (Knuth, A generalization of Dijkstra's algorithm, 1977). Days instead
of hops, see `riskgraph.engine.times`, are settled by the same code.
Cost: O(links that are reached), for each band.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import chain

from riskgraph.engine.network import KIND_COUNT, LIKELY, Layer, Network, place_and_kind, state_of

__all__ = ["Delay", "Reached", "Solution", "by_distance", "onward", "solve"]

Delay = Callable[[int, int], int | None]
"""From a link and a kind to the distance that it adds; `None` if it cannot be used."""
Offer = tuple[int, int, int]
"""A distance, a state that could fail at it, and why."""


@dataclass(frozen=True)
class Reached:
    """What fails in one band: state to hops, and state to how it was first reached.

    A reason is a link number (0 or more), ``-1 - d`` for derivation d, ``START`` for a root, or
    ``GROUP - g`` for group g.
    """

    hops: Mapping[int, int]
    reason: Mapping[int, int]
    derived_at_roots: frozenset[tuple[int, int]] = frozenset()  # (place, derivation)

    START = -1_000_000_000
    GROUP = -2_000_000_000


@dataclass(frozen=True)
class Solution:
    """What fails in each band; `roots` are the places of each root."""

    bands: tuple[Reached, ...]
    roots: tuple[tuple[int, ...], ...]

    def best(self, state: int) -> tuple[int, int] | None:
        """Best band of a state and its hops there, or `None` if it is not reached."""
        for band, reached in enumerate(self.bands):
            hops = reached.hops.get(state)
            if hops is not None:
                return band, hops
        return None


def solve(
    network: Network,
    roots: Sequence[Sequence[int]],
    kinds: Sequence[int],
) -> Solution:
    """Let all roots fail in all kinds at once.

    Parameters
    ----------
    roots
        For each root, its places.
    kinds
        Numbers of the failure kinds asked about.

    Returns
    -------
    Solution
        For each of the four bands, every state that fails and its fewest hops.

    Examples
    --------
    >>> from riskgraph.engine import NetworkBuilder
    >>> from riskgraph.model import NEVER
    >>> builder = NetworkBuilder([])
    >>> first, second = builder.place(), builder.place()
    >>> builder.link(first, second, (0, 0, 0, 2, NEVER), cost=1, label=0)
    >>> answer = solve(builder.build(), [[first]], [3])
    >>> answer.best(state_of(second, 3))
    (2, 1)
    """
    if len(roots) == 1:
        return _solve(network, roots, kinds, [])
    alone = [_solve(network, [root], kinds, []) for root in roots]
    return _solve(network, roots, kinds, alone)


def _solve(
    network: Network, roots: Sequence[Sequence[int]], kinds: Sequence[int], alone: Sequence[Solution]
) -> Solution:
    start = {place for root in roots for place in root}
    first = [(0, state_of(place, kind), Reached.START) for place in sorted(start) for kind in kinds]
    owners: dict[int, set[int]] = {}
    for number, root in enumerate(roots):
        for place in root:
            owners.setdefault(place, set()).add(number)
    bands: list[Reached] = []
    for band, layer in enumerate(network.layers):
        derived: set[tuple[int, int]] = set()

        def holds(state: int, number: int, band: int = band, derived: set[tuple[int, int]] = derived) -> bool:
            """Where harm starts, a derivation holds by its own word or by another root's doing (model rule 30)."""
            place = place_and_kind(state)[0]
            if not network.derivations[number].at_roots:
                if not any(state in one.bands[band].hops for n, one in enumerate(alone) if n not in owners[place]):
                    return False
            derived.add((place, number))
            return True

        offers = chain(first, onward(layer, bands[LIKELY].hops)) if layer.wide else first
        hops, reason = by_distance(layer, offers, start, holds)
        bands.append(Reached(hops, reason, frozenset(derived)))
    return Solution(tuple(bands), tuple(tuple(root) for root in roots))


def onward(layer: Layer, likely: Mapping[int, int], delay: Delay | None = None) -> Iterator[Offer]:
    """What a wide band begins with besides its roots: the onward links from what fails in band 1.

    Parameters
    ----------
    likely
        The states that fail in band 1, with their distances.
    delay
        As in `by_distance`.
    """
    leaps = layer.network.onward_from
    for state, so_far in likely.items():
        for target, link, cost in layer.onward(state) if state // KIND_COUNT in leaps else ():
            late = cost if delay is None else delay(link, place_and_kind(state)[1])
            if late is not None:
                yield so_far + late, target, link


def by_distance(
    layer: Layer,
    offers: Iterable[Offer],
    roots: Collection[int],
    holds: Callable[[int, int], bool],
    delay: Delay | None = None,
) -> tuple[Mapping[int, int], Mapping[int, int]]:
    """One band: every state that fails, in order of its distance from where harm starts.

    Parameters
    ----------
    offers
        What the band begins with: distance, state and reason of each.
    roots
        The places where harm starts.
    holds
        Whether a derivation (its number) holds in a state of such a place.
    delay
        From a link and a kind to the distance that it adds, `None` if it cannot be used; its hops if left out.

    Returns
    -------
    tuple
        State to distance, and state to the reason why it was first reached (see `Reached`).
    """
    ahead, band, wide = layer.network.ahead, layer.band, layer.wide
    distance: dict[int, int] = {}
    reason: dict[int, int] = {}
    waiting = _Buckets(offers)

    def leave(at: int, state: int, here: list[tuple[int, int]]) -> None:
        place, kind = divmod(state, KIND_COUNT)
        links, derivations, groups = ahead(place)
        for first, link, cost, levels, onward in links:
            if levels[kind] <= band and first + kind not in distance and not (wide and kind in onward):
                late = cost if delay is None else delay(link, kind)
                if late == 0:
                    here.append((first + kind, link))
                elif late is not None:
                    waiting.offer(at + late, first + kind, link)
        for source, level, target, number, _ in derivations:
            if source == kind and level <= band and (place not in roots or holds(state, number)):
                here.append((target, -1 - number))
        for target, number, needed in layer.groups(state) if groups else ():
            if distance.keys() >= set(needed):  # the last member settles now
                here.append((target, Reached.GROUP - number))

    while waiting.order:
        at, here = waiting.nearest()
        for state, why in here:  # it grows meanwhile: many links cost nothing
            if state not in distance:
                distance[state], reason[state] = at, why
                leave(at, state, here)
    return distance, reason


class _Buckets:
    """What could fail, by distance: states with their reasons, in the order in which they were offered."""

    def __init__(self, offers: Iterable[Offer]) -> None:
        self.waiting: dict[int, list[tuple[int, int]]] = {}
        self.order: list[int] = []  # a heap of the distances at which something waits
        for at, state, why in offers:
            self.offer(at, state, why)

    def offer(self, at: int, state: int, why: int) -> None:
        """Say that a state can be reached at a distance."""
        bucket = self.waiting.get(at)
        if bucket is None:
            self.waiting[at] = [(state, why)]
            heappush(self.order, at)
        else:
            bucket.append((state, why))

    def nearest(self) -> tuple[int, list[tuple[int, int]]]:
        """The least distance at which something waits, and what."""
        at = heappop(self.order)
        return at, self.waiting.pop(at)
