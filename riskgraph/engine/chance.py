"""How likely each state is to fail if steps hold independently of each other.

A *step* is what holds or does not hold as one: a row of the data in all kinds at once, or one doubtful rule
inside one body. In a world each step draws one number and carries a kind if that is below the chance of its
level in that kind; so a world that carries the doubtful kind carries the sure one too.
Draws are a pure function of seed, step and world (a counter, no state): two networks that share a step
share its luck, and the same question always has the same answer.

Sources: independent cascade as live edges (Kempe, Kleinberg, Tardos, 2003); SplitMix64 as the generator
(Steele, Lea, Flood, 2014); the interval of Wilson (1927). Exact values are #P-complete, so they are worked out
only where few steps matter to a state, by going through all their outcomes at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import prod, sqrt

import numpy as np
import numpy.typing as npt

from riskgraph.engine.network import Network, place_and_kind, state_of
from riskgraph.engine.worlds import Worlds, cone, spread, starting
from riskgraph.engine.worlds import ranks as order

__all__ = ["CERTAIN", "Draws", "Sampled", "Steps", "draw", "exact", "pack", "sampled", "unpack", "wilson"]

CERTAIN = -1
MOST_OUTCOMES = 1 << 16  # worlds gone through for one exact value
LEVELS_OF_LUCK = 1 << 16
DRAWS_AT_ONCE = 1 << 20  # draws made at once
Float = npt.NDArray[np.float64]
Drawn = npt.NDArray[np.uint16]
_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


@dataclass(frozen=True)
class Steps:
    """Which step each link and each derivation is; `CERTAIN` if it always holds.

    A link of level 0 whose label is negative is a rule that always holds, whatever its step.
    """

    of_link: Callable[[int], int]
    of_derivation: Callable[[int, int], int]  # place, number of the derivation
    keys: Sequence[int]  # 64-bit number of each step; the same step has the same one in every network

    def at_link(self, network: Network, link: int, kind: int) -> int:
        """The step of a link in a kind."""
        if network.label[link] < 0 and network.levels[link][kind] == 0:
            return CERTAIN
        return self.of_link(link)

    def at_derivation(self, network: Network, place: int, number: int) -> int:
        """The step of a derivation at a place."""
        return CERTAIN if network.derivations[number].level == 0 else self.of_derivation(place, number)


def _mix(z: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def draw(seed: int, keys: Sequence[int], first: int, count: int) -> Drawn:
    """One whole number from 0 to 65,535 for each step and each world from `first` on.

    Four worlds share a word of the generator, so a chance is met to the nearest 1 in 65,536.

    Parameters
    ----------
    keys
        The 64-bit number of each step.

    Returns
    -------
    array of unsigned 16-bit integers, shape (len(keys), count)
        Evenly spread, and independent from step to step and from world to world.

    Examples
    --------
    >>> bool((draw(1, [7], 0, 9)[:, 3:] == draw(1, [7], 3, 6)).all())
    True
    """
    start = int(_mix(np.array([(seed * _GOLDEN + 1) & _MASK], np.uint64))[0])
    origin = _mix(np.array([key & _MASK for key in keys], np.uint64) ^ np.uint64(start))
    words = np.arange(first // 4 + 1, (first + count + 3) // 4 + 1, dtype=np.uint64) * np.uint64(_GOLDEN)
    mixed = _mix(origin[:, None] + words[None, :]).astype("<u8")
    numbers: Drawn = mixed.view("<u2")[:, first % 4 : first % 4 + count]
    return numbers


def _threshold(chance: float) -> int:
    """Draws below it hold; what is neither impossible nor certain stays so."""
    return min(max(round(chance * LEVELS_OF_LUCK), 1), LEVELS_OF_LUCK - 1)


def pack(holds: npt.NDArray[np.bool_]) -> int:
    """Worlds as the bits of a number, the first world lowest.

    Examples
    --------
    >>> pack(np.array([True, False, True]))
    5
    """
    return int.from_bytes(np.packbits(holds, bitorder="little").tobytes(), "little")


def unpack(bits: int, count: int) -> npt.NDArray[np.bool_]:
    """The other way round."""
    raw = np.frombuffer(bits.to_bytes((count + 7) // 8, "little"), np.uint8)
    return np.unpackbits(raw, count=count, bitorder="little").astype(np.bool_)


class Draws:
    """Which steps hold in one block of worlds; shared by all questions that must see the same luck."""

    def __init__(self, seed: int, first: int, count: int) -> None:
        self.seed, self.first, self.count = seed, first, count
        self._kept: dict[tuple[int, float], int] = {}

    def below(self, key: int, chance: float) -> int:
        """Worlds in which a step that holds with this chance holds."""
        if (key, chance) not in self._kept:
            self.prepare([key], [chance])
        return self._kept[key, chance]

    def prepare(self, keys: Sequence[int], chances: Sequence[float]) -> None:
        """Draw for many steps at once: the same as asking one by one, but faster."""
        new = [key for key in dict.fromkeys(keys) if any((key, chance) not in self._kept for chance in chances)]
        size = max(1, DRAWS_AT_ONCE // self.count)
        for some in (new[at : at + size] for at in range(0, len(new), size)):
            drawn = draw(self.seed, some, self.first, self.count)
            for chance in set(chances):
                if 0 < chance < 1:
                    rows = np.packbits(drawn < _threshold(chance), axis=1, bitorder="little")
                    for key, row in zip(some, rows, strict=True):
                        self._kept[key, chance] = int.from_bytes(row.tobytes(), "little")
                else:
                    sure = (1 << self.count) - 1 if chance >= 1 else 0
                    self._kept.update({(key, chance): sure for key in some})


class Sampled(Worlds):
    """Worlds drawn at random.

    Parameters
    ----------
    chances
        The chance that a step of each level (0 to 3) holds; never rising.
    """

    def __init__(self, network: Network, steps: Steps, chances: Sequence[float], draws: Draws) -> None:
        super().__init__(draws.count)
        self.network, self.steps, self.chances, self.draws = network, steps, chances, draws

    def link(self, link: int, kind: int) -> int:
        """Worlds in which a link carries a kind."""
        step = self.steps.at_link(self.network, link, kind)
        if step == CERTAIN:
            return self.everywhere
        return self.draws.below(self.steps.keys[step], self.chances[self.network.levels[link][kind]])

    def derivation(self, place: int, number: int) -> int:
        """Worlds in which a derivation holds at a place."""
        step = self.steps.at_derivation(self.network, place, number)
        if step == CERTAIN:
            return self.everywhere
        return self.draws.below(self.steps.keys[step], self.chances[self.network.derivations[number].level])


class _Outcomes(Worlds):
    """One world for each outcome of some steps: at which of their levels they hold, if at any."""

    def __init__(self, network: Network, steps: Steps, within: Collection[int], levels: dict[int, list[int]]) -> None:
        super().__init__(prod(len(used) + 1 for used in levels.values()))
        self.network, self.steps, self.within, self.levels = network, steps, within, levels
        index = np.arange(self.count)
        self.holds: dict[tuple[int, int], int] = {}
        self.digit: dict[int, npt.NDArray[np.intp]] = {}
        stride = 1
        for step, used in levels.items():
            digit = index // stride % (len(used) + 1)  # the number of levels at which it holds, surest first
            self.digit[step] = digit
            for position, level in enumerate(used):
                self.holds[step, level] = pack(digit > position)
            stride *= len(used) + 1

    def weights(self, chances: Sequence[float]) -> Float:
        """How likely each world is."""
        weights = np.ones(self.count)
        for step, used in self.levels.items():
            bounds = [1.0, *(chances[level] for level in used), 0.0]
            shares = np.array([upper - lower for upper, lower in pairwise(bounds)])
            weights *= shares[self.digit[step]]
        return weights

    def link(self, link: int, kind: int) -> int:
        if state_of(self.network.target[link], kind) not in self.within:
            return 0
        step = self.steps.at_link(self.network, link, kind)
        return self.everywhere if step == CERTAIN else self.holds.get((step, self.network.levels[link][kind]), 0)

    def derivation(self, place: int, number: int) -> int:
        step = self.steps.at_derivation(self.network, place, number)
        level = self.network.derivations[number].level
        return self.everywhere if step == CERTAIN else self.holds.get((step, level), 0)

    def state(self, state: int) -> int:
        return self.everywhere if state in self.within else 0


def exact(
    network: Network,
    steps: Steps,
    roots: Sequence[Sequence[int]],
    kinds: Sequence[int],
    band: int,
    reached: Collection[int],
    targets: Sequence[Sequence[int]],
    chances: Sequence[Sequence[float]],
    ranks: Mapping[int, int] | None = None,
) -> Float | None:
    """The chance that each target fails, worked out exactly; `None` if too many steps matter.

    Parameters
    ----------
    reached
        The states that fail where every step holds.
    targets
        For each target, its states: it fails if one of them does.
    chances
        Sets of chances by level, each of length 4 and never rising.
    ranks
        Those of `riskgraph.engine.worlds.ranks`, if they are at hand: they serve for every target.

    Returns
    -------
    array of float, shape (len(chances), len(targets))
        Chances between 0 and 1.

    Examples
    --------
    Two ways of two steps each, every step one half: 1 - (1 - 1/4)².

    >>> from riskgraph.engine import NetworkBuilder, state_of
    >>> builder = NetworkBuilder([])
    >>> s, a, b, t = (builder.place() for _ in range(4))
    >>> for number, (source, target) in enumerate([(s, a), (s, b), (a, t), (b, t)]):
    ...     builder.link(source, target, (0,) * 5, cost=1, label=number)
    >>> steps = Steps(lambda link: link, lambda place, number: CERTAIN, range(4))
    >>> states = [state_of(place, 2) for place in (s, a, b, t)]
    >>> exact(builder.build(), steps, [[s]], [2], 0, states, [[states[3]]], [[0.5] * 4]).tolist()
    [[0.4375]]
    """
    # what leads to the start of a lone root does not matter
    stop = set(starting(roots, kinds)) if len(roots) == 1 else set[int]()
    within = cone(network, [state for states in targets for state in states], band, reached, stop)
    levels = _levels(network, steps, band, within, stop)
    if levels is None:
        return None
    worlds = _Outcomes(network, steps, within, levels)
    failing = spread(network, roots, kinds, band, worlds, ranks)
    hit = np.zeros((len(targets), worlds.count))
    for row, states in enumerate(targets):
        bits = 0
        for state in states:
            bits |= failing.get(state, 0)
        hit[row] = unpack(bits, worlds.count)
    found: Float = np.stack([worlds.weights(some) for some in chances]) @ hit.T
    return np.clip(found.round(12), 0.0, 1.0)  # the order in which steps were met must not show


def _levels(
    network: Network, steps: Steps, band: int, within: Collection[int], stop: Collection[int]
) -> dict[int, list[int]] | None:
    """The steps that matter within some states, and their levels there; `None` if they are too many."""
    levels: dict[int, list[int]] = {}
    layer = network.layers[band]
    for state in sorted(set(within) - set(stop)):
        place, kind = place_and_kind(state)
        used = [
            (steps.at_link(network, link, kind), network.levels[link][kind])
            for before, link, _ in layer.before(state)
            if before in within
        ]
        used += [
            (steps.at_derivation(network, place, number), network.derivations[number].level)
            for before, number in layer.derived_from(state)
            if before in within
        ]
        for step, level in used:
            if step != CERTAIN and level not in levels.get(step, ()):
                levels[step] = sorted([*levels.get(step, ()), level], reverse=True)
        if prod(len(some) + 1 for some in levels.values()) > MOST_OUTCOMES:
            return None
    # surest level first: it holds in the most worlds
    return {step: sorted(some) for step, some in sorted(levels.items())}


def sampled(
    network: Network,
    steps: Steps,
    roots: Sequence[Sequence[int]],
    kinds: Sequence[int],
    band: int,
    targets: Sequence[Sequence[int]],
    chances: Sequence[float],
    draws: Draws,
    ranks: Mapping[int, int] | None = None,
) -> list[int]:
    """The worlds of one block in which each target fails, as the bits of a number.

    Parameters
    ----------
    targets
        For each target, its states: it fails if one of them does.
    chances
        The chance of a step by its level, of length 4 and never rising.
    draws
        The luck of the block. With the same draws, higher chances never give fewer worlds, and two
        networks differ only where their steps do.
    ranks
        Those of `riskgraph.engine.worlds.ranks`, if they are at hand: they serve for every block.
    """
    if ranks is None:
        ranks = order(network, starting(roots, kinds), band)
    draws.prepare(_keys(network, steps, band, ranks), chances[: band + 1])
    failing = spread(network, roots, kinds, band, Sampled(network, steps, chances, draws), ranks)
    found = []
    for states in targets:
        bits = 0
        for state in states:
            bits |= failing.get(state, 0)
        found.append(bits)
    return found


def _keys(network: Network, steps: Steps, band: int, states: Iterable[int]) -> list[int]:
    """The keys of all steps that harm may meet on its way out of some states."""
    met: dict[int, None] = {}
    for state in states:
        place, kind = place_and_kind(state)
        links, derivations, _ = network.ahead(place)
        for _, link, _, levels, _ in links:
            if levels[kind] <= band:
                met[steps.at_link(network, link, kind)] = None
        for source, level, _, number, _ in derivations:
            if source == kind and level <= band:
                met[steps.at_derivation(network, place, number)] = None
    return [steps.keys[step] for step in met if step != CERTAIN]


def wilson(hits: float, worlds: int, z: float = 1.96) -> tuple[float, float]:
    """The interval of Wilson for a share: where the chance lies, at 95 % if nothing else is said.

    Examples
    --------
    >>> [round(end, 3) for end in wilson(50, 100)]
    [0.404, 0.596]
    """
    share = hits / worlds
    middle = (share + z * z / (2 * worlds)) / (1 + z * z / worlds)
    half = z / (1 + z * z / worlds) * sqrt(share * (1 - share) / worlds + z * z / (4 * worlds * worlds))
    return max(0.0, middle - half), min(1.0, middle + half)
