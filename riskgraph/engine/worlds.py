"""Many worlds in one pass: what fails in each of a number of worlds that differ in what holds.

A world is one bit of a whole number, so that one `&` decides for all worlds at once whether harm passes.
Taking away each place in turn, drawing steps at random and asking each root in turn are the same question:
the least fixed point of `riskgraph.engine.closure`, world by world. Hops are not kept.
Memory: one bit for each world and state that is reached; callers cut long lists of worlds into blocks.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from riskgraph.engine.network import LIKELY, Layer, Network, place_and_kind, state_of

__all__ = ["BLOCK", "Failing", "Worlds", "cone", "ranks", "spread", "spread_from", "starting"]

BLOCK = 4096  # worlds that are looked at in one go

Failing = Mapping[int, int]
"""State to the worlds in which it fails, one bit each; a state that fails in none may be missing."""


class Worlds:
    """A number of worlds, and what holds in which; here everything holds in all of them.

    Parameters
    ----------
    count
        How many worlds there are.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.everywhere = (1 << count) - 1

    def link(self, link: int, kind: int) -> int:
        """Worlds in which a link carries a kind."""
        return self.everywhere

    def derivation(self, place: int, number: int) -> int:
        """Worlds in which a derivation holds at a place."""
        return self.everywhere

    def state(self, state: int) -> int:
        """Worlds in which a state can fail at all."""
        return self.everywhere


def spread(
    network: Network,
    roots: Sequence[Sequence[int]],
    kinds: Sequence[int],
    band: int,
    worlds: Worlds,
    order: Mapping[int, int] | None = None,
) -> Failing:
    """What fails in each world if all roots fail in all kinds, in one band.

    Parameters
    ----------
    roots
        For each root, its places.
    kinds
        Numbers of the failure kinds asked about.
    band
        The band (0 to 3), as in `riskgraph.engine.solve`.
    order
        What `ranks` says, if it was asked before; it changes the time that is taken, not the answer.

    Examples
    --------
    >>> from riskgraph.engine import NetworkBuilder, state_of
    >>> from riskgraph.model import NEVER
    >>> builder = NetworkBuilder([])
    >>> first, second = builder.place(), builder.place()
    >>> builder.link(first, second, (0, 0, 0, 2, NEVER), cost=1, label=0)
    >>> bin(spread(builder.build(), [[first]], [3], 2, Worlds(4))[state_of(second, 3)])
    '0b1111'
    """
    starts = dict.fromkeys(starting(roots, kinds), worlds.everywhere)
    order = ranks(network, starts, band) if order is None else order
    alone: list[tuple[Sequence[int], tuple[Failing, ...]]] = []
    if len(roots) > 1:  # what another root does to a root (model rule 30)
        for root in roots:
            own = dict.fromkeys(starting([root], kinds), worlds.everywhere)
            alone.append((root, _layers(network, own, band, worlds, [], order)))
    return _layers(network, starts, band, worlds, alone, order)[-1]


def spread_from(network: Network, starts: Failing, band: int, worlds: Worlds) -> Failing:
    """The same where each world has roots of its own: `starts` says which states fail first in which worlds.

    Nothing is derived where harm starts, unless the derivation says so. (What one root of a world does to
    another can be left out: that root by itself does the same.)
    """
    return _layers(network, starts, band, worlds, [], ranks(network, starts, band))[-1]


def starting(roots: Iterable[Iterable[int]], kinds: Iterable[int]) -> list[int]:
    """The states in which some roots start, given by their places."""
    return [state_of(place, kind) for root in roots for place in root for kind in kinds]


def _layers(
    network: Network,
    starts: Failing,
    band: int,
    worlds: Worlds,
    alone: Sequence[tuple[Sequence[int], tuple[Failing, ...]]],
    order: Mapping[int, int],
) -> tuple[Failing, ...]:
    """The band itself, behind the likely one where onward links of a wide band start from that."""
    layers: list[Failing] = []
    for number, at in enumerate((LIKELY, band) if band > LIKELY else (band,)):
        others: dict[int, list[Failing]] = {}
        for root, found in alone:
            for place in {place_and_kind(state)[0] for state in starts} - set(root):
                others.setdefault(place, []).append(found[number])
        filling = _Filling(network.layers[at], worlds, others, order)
        for state, bits in starts.items():
            place, _ = place_and_kind(state)
            filling.started[place] = filling.started.get(place, 0) | bits
            filling.offer(state, bits)
        if number:
            filling.onward_from(layers[0])
        layers.append(filling.run())
    return tuple(layers)


class _Filling:
    """One band, swept until nothing new fails anywhere; only what is new in a state goes on from it."""

    def __init__(
        self, layer: Layer, worlds: Worlds, others: Mapping[int, Sequence[Failing]], order: Mapping[int, int]
    ) -> None:
        self.layer, self.worlds, self.others, self.order = layer, worlds, others, order
        self.failing: dict[int, int] = {}
        self.fresh: dict[int, int] = {}
        self.waiting: list[tuple[int, int]] = []  # a heap of ranks and states
        self.started: dict[int, int] = {}  # place to the worlds in which harm starts there

    def offer(self, state: int, bits: int) -> None:
        """Say that a state fails in some worlds."""
        known = self.failing.get(state, 0)
        new = bits & self.worlds.state(state) & ~known
        if not new:
            return
        self.failing[state] = known | new
        if state in self.fresh:
            self.fresh[state] |= new
        else:
            self.fresh[state] = new
            heapq.heappush(self.waiting, (self.order[state], state))

    def onward_from(self, likely: Failing) -> None:
        """Take the onward links, which in the wide bands start from what is likely to fail."""
        for state, bits in likely.items():
            for target, link, _ in self.layer.onward(state):
                self.offer(target, bits & self.worlds.link(link, place_and_kind(state)[1]))

    def run(self) -> Failing:
        """Settle everything."""
        layer, worlds, offer = self.layer, self.worlds, self.offer
        ahead, band, wide = layer.network.ahead, layer.band, layer.wide
        while self.waiting:
            _, state = heapq.heappop(self.waiting)
            new = self.fresh.pop(state)
            place, kind = place_and_kind(state)
            links, derivations, groups = ahead(place)
            for first, link, _, levels, onward in links:
                if levels[kind] <= band and not (wide and kind in onward):
                    offer(first + kind, new & worlds.link(link, kind))
            for source, level, target, number, at_roots in derivations:
                if source == kind and level <= band:
                    allowed = new if at_roots or place not in self.started else new & self._derives(place, state)
                    offer(target, allowed & worlds.derivation(place, number))
            for target, _, needed in layer.groups(state) if groups else ():
                bits = self.worlds.everywhere if needed else new  # if nobody protects, any member is enough
                for member in needed:
                    bits &= self.failing.get(member, 0)
                self.offer(target, bits)
        return self.failing

    def _derives(self, place: int, state: int) -> int:
        """The worlds in which something is derived where harm starts: those in which another root did it."""
        bits = ~self.started[place]
        for failing in self.others.get(place, ()):
            bits |= failing.get(state, 0)
        return bits


def ranks(network: Network, starts: Iterable[int], band: int) -> dict[int, int]:
    """A place in line for each state that could fail in any world: where harm has no cycles, causes come first.

    Cycles only cost time: a state is looked at again when more worlds reach it.
    """
    order: dict[int, int] = {}
    done: list[int] = []
    for start in starts:
        if start in order:
            continue
        order[start] = 0
        stack = [(start, _after(network, start, band))]
        while stack:
            state, following = stack[-1]
            for after in following:
                if after not in order:
                    order[after] = 0
                    stack.append((after, _after(network, after, band)))
                    break
            else:
                done.append(state)
                stack.pop()
    return {state: rank for rank, state in enumerate(reversed(done))}


def _after(network: Network, state: int, band: int) -> Iterator[int]:
    """The states that may fail next, whatever else must fail with this one."""
    place, kind = place_and_kind(state)
    links, derivations, groups = network.ahead(place)
    for first, _, _, levels, _ in links:
        if levels[kind] <= band:
            yield first + kind
    for source, level, target, _, _ in derivations:
        if source == kind and level <= band:
            yield target
    for _, group in groups:
        if kind in group.kinds:
            yield state_of(group.target, kind)


def cone(
    network: Network,
    targets: Iterable[int],
    band: int,
    within: Collection[int] | None = None,
    stop: Collection[int] = (),
) -> set[int]:
    """Every state from which harm could come to the targets in a band, and the targets themselves.

    Parameters
    ----------
    targets
        States.
    within
        Only these states, such as those that are reached at all.
    stop
        States that fail anyway, so that what leads to them does not matter.
    """
    layer = network.layers[band]
    waiting = [state for state in targets if within is None or state in within]
    found = set(waiting)
    while waiting:
        last = waiting.pop()
        if last in stop:
            continue
        _, kind = place_and_kind(last)
        before = [state for state, _, _ in layer.before(last)]
        before += [state for state, _ in layer.derived_from(last)]
        before += [
            state_of(member, kind) for number in layer.groups_into(last) for member in network.groups[number].members
        ]
        for state in before:
            if state not in found and (within is None or state in within):
                found.add(state)
                waiting.append(state)
    return found
