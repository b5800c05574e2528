"""The least fixed point of harm from some roots, band by band, with the fewest hops to each state.

Every rule is monotone, so the fixed point is unique and cycles are harmless. Hops are found on the way:
states are settled in order of hops (Dial's buckets), and a group of alternatives, which fails with the
last of its members, keeps that order (Knuth, A generalization of Dijkstra's algorithm, 1977).
Cost: O(links that are reached), for each band.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from riskgraph.engine.network import BANDS, KINDS, Network

__all__ = ["Answer", "Reached", "solve"]


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
class Answer:
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
) -> Answer:
    """Let all roots fail in all kinds at once.

    Parameters
    ----------
    roots
        For each root, its places.
    kinds
        Numbers of the failure kinds asked about.

    Returns
    -------
    Answer
        For each of the four bands, every state that fails and its fewest hops.

    Examples
    --------
    >>> from riskgraph.engine import NEVER, NetworkBuilder
    >>> builder = NetworkBuilder([])
    >>> first, second = builder.place(), builder.place()
    >>> builder.link(first, second, (0, 0, 0, 2, NEVER), cost=1, label=0)
    >>> answer = solve(builder.build(), [[first]], [3])
    >>> answer.best(second * 5 + 3)
    (2, 1)
    """
    if len(roots) == 1:
        return _solve(network, roots, kinds, [])
    alone = [_solve(network, [root], kinds, []) for root in roots]
    return _solve(network, roots, kinds, alone)


def _solve(network: Network, roots: Sequence[Sequence[int]], kinds: Sequence[int], alone: Sequence[Answer]) -> Answer:
    start = {place for root in roots for place in root}
    owners: dict[int, set[int]] = {}
    for number, root in enumerate(roots):
        for place in root:
            owners.setdefault(place, set()).add(number)
    bands: list[Reached] = []
    for band in range(BANDS):
        others = {
            place: [answer.bands[band].hops for n, answer in enumerate(alone) if n not in owners[place]]
            for place in (start if alone else ())
        }
        bands.append(_band(network, start, kinds, band, bands[1] if band > 1 else None, others))
    return Answer(tuple(bands), tuple(tuple(root) for root in roots))


def _band(
    network: Network,
    start: set[int],
    kinds: Sequence[int],
    band: int,
    likely: Reached | None,
    others: Mapping[int, Sequence[Mapping[int, int]]],
) -> Reached:
    """One band. `likely` is band 1 where onward links start from it; `others` see model rule 30."""
    spread = _Spread(network, start, band, likely is not None, others)
    for place in sorted(start):
        for kind in kinds:
            spread.offer(0, place * KINDS + kind, Reached.START)
    if likely is not None:
        spread.onward_from(likely)
    spread.run()
    return Reached(spread.hops, spread.reason, frozenset(spread.derived_at_roots))


class _Spread:
    """One sweep through the network: states are settled in order of hops."""

    def __init__(
        self,
        network: Network,
        start: set[int],
        band: int,
        wide: bool,
        others: Mapping[int, Sequence[Mapping[int, int]]],
    ) -> None:
        self.network, self.start, self.band, self.wide, self.others = network, start, band, wide, others
        self.hops: dict[int, int] = {}
        self.reason: dict[int, int] = {}
        self.derived_at_roots: set[tuple[int, int]] = set()
        self.waiting: list[list[tuple[int, int]]] = [[]]
        self.failed_members: dict[tuple[int, int], set[int]] = {}

    def offer(self, at: int, state: int, why: int) -> None:
        """Say that a state can be reached with so many hops."""
        if state not in self.hops:
            while len(self.waiting) <= at:
                self.waiting.append([])
            self.waiting[at].append((state, why))

    def onward_from(self, likely: Reached) -> None:
        """Take the onward links, which in the wide bands start from what is likely to fail."""
        network = self.network
        for state, so_far in likely.hops.items():
            place, kind = divmod(state, KINDS)
            for link in network.out[place]:
                if kind in network.onward[link] and network.levels[link][kind] <= self.band:
                    self.offer(so_far + network.cost[link], network.target[link] * KINDS + kind, link)

    def run(self) -> None:
        """Settle everything that can be reached."""
        at = 0
        while at < len(self.waiting):
            bucket = self.waiting[at]
            for state, why in bucket:  # it grows meanwhile: many links cost nothing
                if state not in self.hops:
                    self.hops[state], self.reason[state] = at, why
                    self._leave(at, *divmod(state, KINDS))
            at += 1

    def _leave(self, at: int, place: int, kind: int) -> None:
        network, band, wide, hops = self.network, self.band, self.wide, self.hops
        for link in network.out[place]:
            if network.levels[link][kind] <= band and not (wide and kind in network.onward[link]):
                target = network.target[link] * KINDS + kind
                if target not in hops:
                    self.offer(at + network.cost[link], target, link)
        for number in network.derives[place]:
            rule = network.derivations[number]
            if rule.source == kind and rule.level <= band and self._derives(place, kind, number):
                self.offer(at, place * KINDS + rule.target, -1 - number)
        for number in network.groups_of.get(place, ()):
            group = network.groups[number]
            if kind in group.kinds:
                failed = self.failed_members.setdefault((number, kind), set())
                failed.add(place)
                if group.protects[band] <= failed:  # nobody protects: any one member is enough
                    self.offer(at, group.target * KINDS + kind, Reached.GROUP - number)

    def _derives(self, place: int, kind: int, number: int) -> bool:
        """Whether a derivation holds: where harm starts, only by its own word or another root's doing."""
        if place not in self.start:
            return True
        state = place * KINDS + kind
        if not self.network.derivations[number].at_roots:
            if not any(state in reached for reached in self.others.get(place, ())):
                return False
        self.derived_at_roots.add((place, number))
        return True
