"""Harm as rules that changes can block: what a search for the best changes works on.

The network and one root become *rules*: if all states of the body fail, the head fails, unless a change
that blocks the rule is made. Every rule is monotone and every change only blocks, so the states that fail
are the least fixed point, and more changes never make more of them fail.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product

from riskgraph.engine.network import LIKELY, Layer, Network, place_and_kind, state_of
from riskgraph.engine.worlds import starting

__all__ = [
    "Blocks",
    "Rule",
    "Split",
    "Spread",
    "Target",
    "failing",
    "of_each",
    "spread_rules",
    "spreads_apart",
    "value",
    "worlds_of",
]


@dataclass(frozen=True, slots=True)
class Rule:
    """If all of `body` fail, `head` fails, unless one of `blocked_by` is made."""

    head: int
    body: tuple[int, ...]
    blocked_by: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """Something of a weight that is lost if any of its states fails."""

    weight: float
    states: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Split:
    """A place that a change can cut into parts.

    Links of `leaves` start from the new parts, one set for each part; links in `enters` reach every part too.
    Without the change, whatever fails in the place fails in the parts.
    """

    place: int
    change: int
    enters: frozenset[int]
    leaves: tuple[frozenset[int], ...]


@dataclass(frozen=True)
class Blocks:
    """Which changes block what: links by kind, groups of alternatives by kind, and places that can be split."""

    links: Mapping[tuple[int, int], tuple[int, ...]] = field(default_factory=dict)  # (link, kind) -> changes
    groups: Mapping[tuple[int, int], tuple[int, ...]] = field(default_factory=dict)  # (group, kind) -> changes
    splits: Sequence[Split] = ()


@dataclass(frozen=True)
class Spread:
    """How harm spreads from one root in one band, and what can be lost."""

    start: frozenset[int]
    rules: tuple[Rule, ...]
    targets: tuple[Target, ...]

    @cached_property
    def waiting(self) -> Mapping[int, list[int]]:
        """State to the numbers of the rules in whose body it is."""
        waiting: dict[int, list[int]] = {}
        for number, rule in enumerate(self.rules):
            for state in rule.body:
                waiting.setdefault(state, []).append(number)
        return waiting


def spread_rules(
    network: Network, roots: Sequence[int], kinds: Sequence[int], band: int, targets: Sequence[Target], blocks: Blocks
) -> Spread:
    """Turn a network, one root and a band into rules, without those that cannot matter.

    Parameters
    ----------
    roots
        The places of one root.
    kinds
        Numbers of the failure kinds that start there.
    band
        The band asked about; in bands 2 and 3 onward links start from what fails in band 1.
    targets
        What can be lost; their states are those of the network.

    Examples
    --------
    >>> from riskgraph.engine import NetworkBuilder, state_of
    >>> from riskgraph.model import NEVER
    >>> builder = NetworkBuilder([])
    >>> first, second = builder.place(), builder.place()
    >>> builder.link(first, second, (0, 0, 0, 2, NEVER), cost=1, label=0)
    >>> lost = [Target(1.0, (state_of(second, 0),))]
    >>> spread = spread_rules(builder.build(), [first], [0], 0, lost, Blocks({(0, 0): (7,)}))
    >>> spread.rules
    (Rule(head=5, body=(0,), blocked_by=(7,)),)
    """
    return spreads_apart(network, roots, kinds, band, targets, blocks)[0]


def spreads_apart(
    network: Network, roots: Sequence[int], kinds: Sequence[int], band: int, targets: Sequence[Target], blocks: Blocks
) -> list[Spread]:
    """The same for a root that a change can cut into parts, of which then one fails: the rules for each part.

    For a root that cannot be cut there is one set of rules; see `spread_rules`.
    """
    writer = _RuleWriter(network, frozenset(roots), blocks)
    starts = starting([roots], kinds)
    offsets = (writer.size, 0) if band > LIKELY else (0,)
    if band > LIKELY:
        writer.layer(network.layers[LIKELY], writer.size, starts)
    writer.layer(network.layers[band], 0, starts)
    first = frozenset(offset + state for offset in offsets for state in starts)
    rules = sorted(writer.rules, key=lambda r: (r.head, r.body, r.blocked_by))
    whole = _prune(Spread(first, tuple(rules), tuple(targets)))
    parts = [part for place in roots for part in writer.parts.get(place, ())]
    if not parts:
        return [whole]
    too = [{offset + state for offset in offsets for state in starting([[part]], kinds)} for part in parts]
    return [_prune(replace(whole, start=first | states)) for states in too]


class _RuleWriter:
    """Writes the rules that harm meets on its way out, one layer for each band that is needed."""

    def __init__(self, network: Network, roots: frozenset[int], blocks: Blocks) -> None:
        self.network, self.roots, self.blocks = network, roots, blocks
        self.parts: dict[int, list[int]] = {}
        self.whole: dict[int, int] = {}  # part to the place of which it is one
        self.leaves: dict[int, int] = {}  # link to the part from which it starts
        self.changes: dict[int, list[int]] = defaultdict(list)  # place to the changes that cut it
        for split in blocks.splits:
            self.changes[split.place].append(split.change)
            parts = self.parts.setdefault(split.place, [])
            while len(parts) < len(split.leaves):
                parts.append(network.places + len(self.whole))
                self.whole[parts[-1]] = split.place
            for part, links in zip(parts, split.leaves, strict=False):
                self.leaves.update(dict.fromkeys(links, part))
        self.size = state_of(network.places + len(self.whole), 0)
        self.enters = {link for split in blocks.splits for link in split.enters}
        self.rules: set[Rule] = set()
        self.reached: set[int] = set()  # states of the layer that was written last

    def layer(self, layer: Layer, offset: int, starts: Iterable[int]) -> None:
        """All rules of one band; onward links of a wide band start in the layer written before, at `size`."""
        self.stack = list(starts)
        likely, self.reached = self.reached, set(self.stack)
        if layer.wide:
            for state in sorted(likely):
                self._links((link for _, link, _ in layer.onward(self._plain(state))), state, offset, self.size)
        while self.stack:
            state = self.stack.pop()
            place, kind = place_and_kind(state)
            plain = self._plain(state)
            self._links((link for _, link in layer.links(plain)), state, offset, offset)
            for _, number, at_roots in layer.derivations(plain):
                if at_roots or self.whole.get(place, place) not in self.roots:
                    head = state_of(place, self.network.derivations[number].target)
                    self._rule(head, (state,), (), offset, offset)
            if place in self.whole:
                continue
            for target, number, needed in layer.groups(plain):
                self._rule(target, needed or [state], self.blocks.groups.get((number, kind), ()), offset, offset)
            for part, change in product(self.parts.get(place, ()), self.changes.get(place, ())):
                self._rule(state_of(part, kind), (state,), (change,), offset, offset)

    def _plain(self, state: int) -> int:
        """The state of the network that a state of a new part stands for."""
        place, kind = place_and_kind(state)
        return state_of(self.whole[place], kind) if place in self.whole else state

    def _links(self, links: Iterable[int], state: int, offset: int, base: int) -> None:
        place, kind = place_and_kind(state)
        for link in links:
            if self.leaves.get(link, self.network.source[link]) == place:
                target, by = self.network.target[link], self.blocks.links.get((link, kind), ())
                for head in (target, *(self.parts[target] if link in self.enters else ())):
                    self._rule(state_of(head, kind), (state,), by, offset, base)

    def _rule(self, head: int, body: Sequence[int], by: tuple[int, ...], offset: int, base: int) -> None:
        self.rules.add(Rule(offset + head, tuple(base + state for state in body), by))
        if head not in self.reached:
            self.reached.add(head)
            self.stack.append(head)


def _least(spread: Spread, live: Sequence[int], every: int) -> Mapping[int, int]:
    """The least fixed point in many worlds at once: state to the worlds (bits) in which it fails.

    Parameters
    ----------
    live
        For each rule, the worlds in which it holds.
    every
        All worlds.
    """
    worlds = dict.fromkeys(spread.start, every)
    stack = sorted(worlds)
    rules, waiting = spread.rules, spread.waiting
    while stack:
        for number in waiting.get(stack.pop(), ()):
            rule, mask = rules[number], live[number]
            for state in rule.body:
                mask &= worlds.get(state, 0)
            old = worlds.get(rule.head, 0)
            if mask | old != old:
                worlds[rule.head] = old | mask
                stack.append(rule.head)
    return worlds


def failing(spread: Spread, changes: Collection[int] = ()) -> set[int]:
    """The states that fail although some changes are made; time in proportion to the rules.

    Examples
    --------
    >>> two = Spread(frozenset({0}), (Rule(1, (0,), (5,)), Rule(2, (1,))), ())
    >>> sorted(failing(two)), sorted(failing(two, [5]))
    ([0, 1, 2], [0])
    """
    made = set(changes)
    return set(_least(spread, [int(made.isdisjoint(rule.blocked_by)) for rule in spread.rules], 1))


def value(spread: Spread, changes: Collection[int] = ()) -> float:
    """The weight that is lost although some changes are made."""
    failed = failing(spread, changes)
    return sum(target.weight for target in spread.targets if not failed.isdisjoint(target.states))


def worlds_of(spread: Spread, sets: Sequence[Collection[int]]) -> Mapping[int, int]:
    """The states that fail in as many worlds as there are sets of changes, all at once: bit n for world n.

    Examples
    --------
    >>> two = Spread(frozenset({0}), (Rule(1, (0,), (5,)), Rule(2, (1,), (6,))), ())
    >>> worlds_of(two, [[], [5], [6]])
    {0: 7, 1: 5, 2: 1}
    """
    every = (1 << len(sets)) - 1
    bits: dict[int, int] = defaultdict(int)
    for number, changes in enumerate(sets):
        for change in changes:
            bits[change] |= 1 << number
    live = []
    for rule in spread.rules:
        blocked = 0
        for change in rule.blocked_by:
            blocked |= bits.get(change, 0)
        live.append(every & ~blocked)
    return _least(spread, live, every)


def of_each(spread: Spread, changes: Sequence[int], *, but: bool = False) -> list[float]:
    """The weight that is lost in as many worlds as there are changes, all at once.

    Parameters
    ----------
    changes
        In world n change n is made and no other; with `but`, all of them but change n are made.

    Returns
    -------
    list of float
        One for each change. A state holds one bit for each world in which it fails, so that the whole takes
        about as long as one world.

    Examples
    --------
    >>> two = Spread(frozenset({0}), (Rule(1, (0,), (5,)), Rule(2, (0,), (6,))), (Target(1.0, (1,)), Target(3.0, (2,))))
    >>> of_each(two, [5, 6]), of_each(two, [5, 6], but=True)
    ([3.0, 1.0], [1.0, 3.0])
    """
    every = (1 << len(changes)) - 1
    bit = {change: 1 << number for number, change in enumerate(changes)}
    live = []
    for rule in spread.rules:
        by = [bit[change] for change in rule.blocked_by if change in bit]
        if but:
            live.append(every if not by else by[0] if len(by) == 1 else 0)
        else:
            live.append(every & ~sum(set(by)))
    worlds = _least(spread, live, every)
    lost = [0.0] * len(changes)
    for target in spread.targets:
        mask = 0
        for state in target.states:
            mask |= worlds.get(state, 0)
        for number in range(len(changes)):
            if mask >> number & 1:
                lost[number] += target.weight
    return lost


def _prune(spread: Spread) -> Spread:
    """Leave out what harm never reaches and what leads to no target."""
    failed = failing(spread)
    rules = [
        rule
        for rule in spread.rules
        if failed.issuperset(rule.body) and rule.head not in spread.start and rule.head not in rule.body
    ]
    into: dict[int, list[Rule]] = defaultdict(list)
    for rule in rules:
        into[rule.head].append(rule)
    targets = tuple(
        Target(target.weight, tuple(state for state in target.states if state in failed))
        for target in spread.targets
        if not failed.isdisjoint(target.states)
    )
    useful = {state for target in targets for state in target.states}
    stack = sorted(useful)
    while stack:
        for rule in into[stack.pop()]:
            for state in rule.body:
                if state not in useful:
                    useful.add(state)
                    stack.append(state)
    kept = dict.fromkeys(rule for rule in rules if rule.head in useful)
    return Spread(spread.start & useful, tuple(kept), targets)
