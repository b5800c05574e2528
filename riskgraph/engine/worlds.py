"""Many worlds in one pass: what fails in each of a number of worlds that differ in what holds.

A world is one bit of a whole number, so that one `&` decides for all worlds at once whether harm passes.
Taking away each place in turn, drawing steps at random and asking each root in turn are the same question:
the least fixed point of `riskgraph.engine.closure`, world by world. Hops are not kept.
Memory: one bit for each world and state that is reached; callers cut long lists of worlds into blocks.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from riskgraph.engine.network import KINDS, Network

__all__ = ["BLOCK", "Failing", "Worlds", "cone", "ranks", "spread", "spread_from"]

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
    >>> from riskgraph.engine import NEVER, NetworkBuilder
    >>> builder = NetworkBuilder([])
    >>> first, second = builder.place(), builder.place()
    >>> builder.link(first, second, (0, 0, 0, 2, NEVER), cost=1, label=0)
    >>> bin(spread(builder.build(), [[first]], [3], 2, Worlds(4))[second * 5 + 3])
    '0b1111'
    """
    starts = {place * KINDS + kind: worlds.everywhere for root in roots for place in root for kind in kinds}
    order = ranks(network, starts, band) if order is None else order
    alone: list[tuple[Sequence[int], tuple[Failing, ...]]] = []
    if len(roots) > 1:  # what another root does to a root (model rule 30)
        for root in roots:
            own = {place * KINDS + kind: worlds.everywhere for place in root for kind in kinds}
            alone.append((root, _layers(network, own, band, worlds, [], order)))
    return _layers(network, starts, band, worlds, alone, order)[-1]


def spread_from(network: Network, starts: Failing, band: int, worlds: Worlds) -> Failing:
    """The same where each world has roots of its own: `starts` says which states fail first in which worlds.

    Nothing is derived where harm starts, unless the derivation says so. (What one root of a world does to
    another can be left out: that root by itself does the same.)
    """
    return _layers(network, starts, band, worlds, [], ranks(network, starts, band))[-1]


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
    for number, at in enumerate((1, band) if band > 1 else (band,)):
        others: dict[int, list[Failing]] = {}
        for root, found in alone:
            for place in {state // KINDS for state in starts} - set(root):
                others.setdefault(place, []).append(found[number])
        layers.append(_fill(network, starts, at, worlds, layers[0] if number else None, others, order))
    return tuple(layers)


def _fill(
    network: Network,
    starts: Failing,
    band: int,
    worlds: Worlds,
    likely: Failing | None,
    others: Mapping[int, Sequence[Failing]],
    order: Mapping[int, int],
) -> Failing:
    filling = _Filling(network, band, worlds, likely is not None, others, order)
    for state, bits in starts.items():
        filling.started[state // KINDS] = filling.started.get(state // KINDS, 0) | bits
        filling.offer(state, bits)
    if likely is not None:
        filling.onward_from(likely)
    return filling.run()


class _Filling:
    """One band, swept until nothing new fails anywhere; only what is new in a state goes on from it."""

    def __init__(
        self,
        network: Network,
        band: int,
        worlds: Worlds,
        wide: bool,
        others: Mapping[int, Sequence[Failing]],
        order: Mapping[int, int],
    ) -> None:
        self.network, self.band, self.worlds, self.wide, self.others = network, band, worlds, wide, others
        self.order = order
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
        network = self.network
        for state, bits in likely.items():
            place, kind = divmod(state, KINDS)
            for link in network.out[place]:
                if kind in network.onward[link] and network.levels[link][kind] <= self.band:
                    self.offer(network.target[link] * KINDS + kind, bits & self.worlds.link(link, kind))

    def run(self) -> Failing:
        """Settle everything."""
        while self.waiting:
            _, state = heapq.heappop(self.waiting)
            new = self.fresh.pop(state)
            place, kind = divmod(state, KINDS)
            self._follow_links(place, kind, new)
            self._derive(place, kind, new)
            self._join_groups(place, kind, new)
        return self.failing

    def _follow_links(self, place: int, kind: int, new: int) -> None:
        network = self.network
        for link in network.out[place]:
            if network.levels[link][kind] <= self.band and not (self.wide and kind in network.onward[link]):
                self.offer(network.target[link] * KINDS + kind, new & self.worlds.link(link, kind))

    def _derive(self, place: int, kind: int, new: int) -> None:
        for number in self.network.derives[place]:
            rule = self.network.derivations[number]
            if rule.source != kind or rule.level > self.band:
                continue
            allowed = new
            if place in self.started and not rule.at_roots:
                by_others = 0
                for failing in self.others.get(place, ()):
                    by_others |= failing.get(place * KINDS + kind, 0)
                allowed &= ~self.started[place] | by_others
            self.offer(place * KINDS + rule.target, allowed & self.worlds.derivation(place, number))

    def _join_groups(self, place: int, kind: int, new: int) -> None:
        for number in self.network.groups_of.get(place, ()):
            group = self.network.groups[number]
            if kind in group.kinds:
                protects = group.protects[self.band]
                bits = self.worlds.everywhere if protects else new  # if nobody protects, any member is enough
                for member in protects:
                    bits &= self.failing.get(member * KINDS + kind, 0)
                self.offer(group.target * KINDS + kind, bits)


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
    place, kind = divmod(state, KINDS)
    for link in network.out[place]:
        if network.levels[link][kind] <= band:
            yield network.target[link] * KINDS + kind
    for number in network.derives[place]:
        rule = network.derivations[number]
        if rule.source == kind and rule.level <= band:
            yield place * KINDS + rule.target
    for number in network.groups_of.get(place, ()):
        if kind in network.groups[number].kinds:
            yield network.groups[number].target * KINDS + kind


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
    waiting = [state for state in targets if within is None or state in within]
    found = set(waiting)
    while waiting:
        last = waiting.pop()
        if last in stop:
            continue
        place, kind = divmod(last, KINDS)
        before = [
            network.source[link] * KINDS + kind for link in network.into[place] if network.levels[link][kind] <= band
        ]
        for number in network.derives[place]:
            rule = network.derivations[number]
            if rule.target == kind and rule.level <= band:
                before.append(place * KINDS + rule.source)
        for number in network.group_at.get(place, ()):
            group = network.groups[number]
            if kind in group.kinds:
                before += [member * KINDS + kind for member in group.members]
        for state in before:
            if state not in found and (within is None or state in within):
                found.add(state)
                waiting.append(state)
    return found
