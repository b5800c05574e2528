"""Harm as rules that changes can block: what a search for the best changes works on.

The network and one root become *rules*: if all states of the body fail, the head fails, unless a change
that blocks the rule is made. Every rule is monotone and every change only blocks, so the states that fail
are the least fixed point, and more changes never make more of them fail.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from riskgraph.engine.network import KINDS, Network

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
    >>> from riskgraph.engine import NEVER, NetworkBuilder
    >>> builder = NetworkBuilder([])
    >>> first, second = builder.place(), builder.place()
    >>> builder.link(first, second, (0, 0, 0, 2, NEVER), cost=1, label=0)
    >>> lost = [Target(1.0, (second * 5,))]
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
    writer = _Writer(network, frozenset(roots), blocks)
    layers = [(0, band)] if band <= 1 else [(writer.size, 1), (0, band)]
    for offset, level in layers:
        writer.layer(offset, level, writer.size if level > 1 else None)
    parts = [part for place in roots for part in writer.parts.get(place, ())]
    found: list[Spread] = []
    for failing_too in [[part] for part in parts] or [[]]:
        start = {
            offset + place * KINDS + kind for offset, _ in layers for place in (*roots, *failing_too) for kind in kinds
        }
        found.append(Spread(frozenset(start), tuple(writer.rules), tuple(targets)))
    if len(found) == 1:
        return [_prune(found[0])]
    whole = _prune(replace(found[0], start=frozenset.intersection(*(one.start for one in found))))
    return [_prune(replace(whole, start=one.start)) for one in found]


class _Writer:
    """Writes the rules of a network, one layer for each band that is needed."""

    def __init__(self, network: Network, roots: frozenset[int], blocks: Blocks) -> None:
        self.network, self.roots, self.blocks = network, roots, blocks
        self.parts: dict[int, list[int]] = {}
        self.leaves: dict[int, int] = {}  # link to the part from which it starts
        count = network.places
        for split in blocks.splits:
            self.parts[split.place] = list(range(count, count + len(split.leaves)))
            for part, links in zip(self.parts[split.place], split.leaves, strict=True):
                self.leaves.update(dict.fromkeys(links, part))
            count += len(split.leaves)
        self.size = count * KINDS
        self.enters = {link for split in blocks.splits for link in split.enters}
        self.rules: list[Rule] = []

    def layer(self, offset: int, band: int, likely: int | None) -> None:
        """All rules of one band; `likely` is the offset of the layer from which onward links start."""
        self._links(offset, band, likely)
        network, blocks = self.network, self.blocks
        for place in range(network.places):
            for number in network.derives[place]:
                rule = network.derivations[number]
                if rule.level <= band and (rule.at_roots or place not in self.roots):
                    for at in (place, *self.parts.get(place, ())):
                        self._rule(offset, at, rule.target, (offset + at * KINDS + rule.source,))
        for number, group in enumerate(network.groups):
            for kind in sorted(group.kinds):
                needed = sorted(group.protects[band])
                for members in [needed] if needed else [[member] for member in group.members]:
                    body = tuple(offset + member * KINDS + kind for member in members)
                    self._rule(offset, group.target, kind, body, blocks.groups.get((number, kind), ()))
        for split in blocks.splits:
            for kind in range(KINDS):
                body = (offset + split.place * KINDS + kind,)
                for part in self.parts[split.place]:
                    self._rule(offset, part, kind, body, (split.change,))

    def _links(self, offset: int, band: int, likely: int | None) -> None:
        network = self.network
        for link, (source, target) in enumerate(zip(network.source, network.target, strict=True)):
            begin = self.leaves.get(link, source)
            heads = [target, *(self.parts[target] if link in self.enters else ())]
            for kind, level in enumerate(network.levels[link]):
                if level > band:
                    continue
                base = likely if likely is not None and kind in network.onward[link] else offset
                by = self.blocks.links.get((link, kind), ())
                for head in heads:
                    self._rule(offset, head, kind, (base + begin * KINDS + kind,), by)

    def _rule(self, offset: int, place: int, kind: int, body: tuple[int, ...], by: tuple[int, ...] = ()) -> None:
        self.rules.append(Rule(offset + place * KINDS + kind, body, by))


def failing(spread: Spread, changes: Collection[int] = ()) -> set[int]:
    """The states that fail although some changes are made; time in proportion to the rules.

    Examples
    --------
    >>> two = Spread(frozenset({0}), (Rule(1, (0,), (5,)), Rule(2, (1,))), ())
    >>> sorted(failing(two)), sorted(failing(two, [5]))
    ([0, 1, 2], [0])
    """
    made = set(changes)
    waiting: dict[int, list[int]] = defaultdict(list)
    missing = []
    for number, rule in enumerate(spread.rules):
        missing.append(len(rule.body))
        if made.isdisjoint(rule.blocked_by):
            for state in rule.body:
                waiting[state].append(number)
    failed = set(spread.start)
    stack = sorted(failed)
    while stack:
        for number in waiting[stack.pop()]:
            missing[number] -= 1
            head = spread.rules[number].head
            if not missing[number] and head not in failed:
                failed.add(head)
                stack.append(head)
    return failed


def value(spread: Spread, changes: Collection[int] = ()) -> float:
    """The weight that is lost although some changes are made."""
    failed = failing(spread, changes)
    return sum(target.weight for target in spread.targets if not failed.isdisjoint(target.states))


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
    waiting: dict[int, list[int]] = defaultdict(list)
    live = []
    for number, rule in enumerate(spread.rules):
        by = [bit[change] for change in rule.blocked_by if change in bit]
        if but:
            live.append(every if not by else by[0] if len(by) == 1 else 0)
        else:
            live.append(every & ~sum(set(by)))
        for state in rule.body:
            waiting[state].append(number)
    worlds = dict.fromkeys(spread.start, every)
    stack = sorted(worlds)
    while stack:
        for number in waiting[stack.pop()]:
            rule = spread.rules[number]
            mask = live[number]
            for state in rule.body:
                mask &= worlds.get(state, 0)
            old = worlds.get(rule.head, 0)
            if mask | old != old:
                worlds[rule.head] = old | mask
                stack.append(rule.head)
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
