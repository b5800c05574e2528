"""The rules of harm as a network of places.

A *place* is a part of a body where harm can be: the whole, one line of business, one service. A *state*
is a place failing in one kind; `state_of` and `place_and_kind` alone say how states are numbered. Harm moves
in three ways:

* along a *link*, which keeps the kind. A link has a cost in hops (rows) and, for each kind, a *level*:
  the surest band in which it may be used (0 to 3; `NEVER`: not at all). An *onward* link may be used in
  the two widest bands only from what fails already in band 1: no second weak leap.
* by *derivation* within a place, which changes the kind (who is inside can also read and stop things).
* through a *group* of alternatives, which fails when all members that protect in a band have failed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from riskgraph.model import NEVER

__all__ = [
    "BANDS", "KIND_COUNT", "LIKELY", "Derivation", "Group", "Layer", "Network", "NetworkBuilder", "place_and_kind",
    "state_of", "states_of",
]  # fmt: skip

KIND_COUNT = 5
BANDS = 4
LIKELY = 1  # in wider bands onward links start from what fails in this one
Levels = tuple[int, ...]


def state_of(place: int, kind: int) -> int:
    """The number of a place failing in a kind.

    Examples
    --------
    >>> state_of(7, 2), place_and_kind(37), list(states_of(7))
    (37, (7, 2), [35, 36, 37, 38, 39])
    """
    return place * KIND_COUNT + kind


def place_and_kind(state: int) -> tuple[int, int]:
    """The other way round."""
    return divmod(state, KIND_COUNT)


def states_of(place: int) -> range:
    """The states of a place, kind by kind."""
    return range(place * KIND_COUNT, (place + 1) * KIND_COUNT)


@dataclass(frozen=True, slots=True)
class Derivation:
    """At a place that fails in kind `source`, kind `target` follows from band `level` on."""

    source: int
    target: int
    level: int
    at_roots: bool  # whether it also holds where harm starts


@dataclass(frozen=True, slots=True)
class Group:
    """Alternatives for one place: `members` are places; `protects[b]` those that must all fail in band b.

    Where nobody protects in a band, any one member is enough.
    """

    target: int
    members: tuple[int, ...]
    protects: tuple[frozenset[int], ...]
    kinds: frozenset[int]


@dataclass(frozen=True)
class Network:
    """The compiled rules. Parallel lists hold one entry per link; `out` lists links by source place."""

    places: int
    source: Sequence[int]
    target: Sequence[int]
    cost: Sequence[int]
    levels: Sequence[Levels]
    onward: Sequence[frozenset[int]]  # kinds in which the link is onward
    label: Sequence[int]  # what the link stands for; negative: a rule inside a body
    out: Sequence[Sequence[int]]
    into: Sequence[Sequence[int]]
    derivations: Sequence[Derivation]
    derives: Sequence[Sequence[int]]  # place -> numbers of its derivations
    groups: Sequence[Group]
    groups_of: dict[int, tuple[int, ...]]  # member place -> numbers of its groups
    group_at: dict[int, tuple[int, ...]]  # target place -> numbers of its groups

    @cached_property
    def _kept(self) -> dict[int, Ahead]:
        return {}

    def ahead(self, place: int) -> Ahead:
        """What may follow from a place in some kind and band: the one reading of the rules, kept once read.

        Examples
        --------
        >>> builder = NetworkBuilder([Derivation(3, 2, 2, False)])
        >>> first, second = builder.place((0,)), builder.place()
        >>> builder.link(first, second, (0, 0, 0, 2, NEVER), cost=1, label=0)
        >>> builder.build().ahead(first)
        ([(5, 0, 1, (0, 0, 0, 2, 9), frozenset())], [(3, 2, 2, 0, False)], [])
        """
        found = self._kept.get(place)
        if found is None:
            found = self._kept[place] = (
                [
                    (self.target[link] * KIND_COUNT, link, self.cost[link], self.levels[link], self.onward[link])
                    for link in self.out[place]
                ],
                [
                    (rule.source, rule.level, place * KIND_COUNT + rule.target, number, rule.at_roots)
                    for number, rule in [(number, self.derivations[number]) for number in self.derives[place]]
                ],
                [(number, self.groups[number]) for number in self.groups_of.get(place, ())],
            )
        return found

    @cached_property
    def onward_from(self) -> dict[int, list[int]]:
        """Place to the links out of it that are onward in some kind: few have any."""
        found: dict[int, list[int]] = {}
        for link in [link for link, kinds in enumerate(self.onward) if kinds]:
            found.setdefault(self.source[link], []).append(link)
        return found

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """The rules of each band."""
        return tuple(Layer(self, band) for band in range(BANDS))


Along = tuple[int, int, int, Levels, frozenset[int]]
"""The first state of the place that follows, the link to it, its hops, its levels, the kinds in which it is onward."""
Derived = tuple[int, int, int, int, bool]
"""Of which kind, from which band on, the state that follows, the derivation, whether it holds where harm starts."""
Ahead = tuple[Sequence[Along], Sequence[Derived], Sequence[tuple[int, Group]]]
"""Along links, by derivation, and through which groups of alternatives (their numbers too)."""


class Layer:
    """The rules of one band, forwards and backwards.

    Parameters
    ----------
    network
        The compiled rules.
    band
        The band (0 to 3). In bands 2 and 3 onward links are no part of what follows: they lead into this band
        from what fails in band 1.

    Examples
    --------
    >>> builder = NetworkBuilder([])
    >>> first, second = builder.place(), builder.place()
    >>> builder.link(first, second, (0, 0, 0, 2, NEVER), cost=1, label=0)
    >>> layer = builder.build().layers[2]
    >>> list(layer.links(state_of(first, 3))), list(layer.before(state_of(second, 3)))
    ([(8, 0)], [(3, 0, False)])
    """

    def __init__(self, network: Network, band: int) -> None:
        self.network, self.band, self.wide = network, band, band > LIKELY

    def links(self, state: int) -> Iterator[tuple[int, int]]:
        """The states that follow along links, and the links."""
        band, wide = self.band, self.wide
        place, kind = divmod(state, KIND_COUNT)
        for first, link, _, levels, onward in self.network.ahead(place)[0]:
            if levels[kind] <= band and not (wide and kind in onward):
                yield first + kind, link

    def derivations(self, state: int) -> Iterator[tuple[int, int, bool]]:
        """The states that are derived, the derivations, and whether they hold where harm starts."""
        place, kind = divmod(state, KIND_COUNT)
        for source, level, target, number, at_roots in self.network.ahead(place)[1]:
            if source == kind and level <= self.band:
                yield target, number, at_roots

    def groups(self, state: int) -> Iterator[tuple[int, int, list[int]]]:
        """The states that fail through groups, the groups, and the states that must all fail; if none, any."""
        place, kind = divmod(state, KIND_COUNT)
        for number, group in self.network.ahead(place)[2]:
            if kind in group.kinds:
                needed = [member * KIND_COUNT + kind for member in sorted(group.protects[self.band])]
                yield group.target * KIND_COUNT + kind, number, needed

    def onward(self, state: int) -> Sequence[tuple[int, int, int]]:
        """What follows in this wide band from a state that fails in band 1: the state, the link and its hops."""
        network = self.network
        place, kind = divmod(state, KIND_COUNT)
        if not self.wide or place not in network.onward_from:
            return ()
        return [
            (network.target[link] * KIND_COUNT + kind, link, network.cost[link])
            for link in network.onward_from[place]
            if kind in network.onward[link] and network.levels[link][kind] <= self.band
        ]

    def before(self, state: int) -> Iterator[tuple[int, int, bool]]:
        """The states from which a link leads here: state, link, and whether that state must fail in band 1."""
        network = self.network
        place, kind = divmod(state, KIND_COUNT)
        for link in network.into[place]:
            if network.levels[link][kind] <= self.band:
                yield network.source[link] * KIND_COUNT + kind, link, self.wide and kind in network.onward[link]

    def derived_from(self, state: int) -> Iterator[tuple[int, int]]:
        """The states at the same place of which this one is derived, and the derivations."""
        place, kind = divmod(state, KIND_COUNT)
        for number in self.network.derives[place]:
            rule = self.network.derivations[number]
            if rule.target == kind and rule.level <= self.band:
                yield place * KIND_COUNT + rule.source, number

    def groups_into(self, state: int) -> Iterator[int]:
        """The groups of alternatives that make this state fail."""
        place, kind = divmod(state, KIND_COUNT)
        return (number for number in self.network.group_at.get(place, ()) if kind in self.network.groups[number].kinds)


@dataclass
class NetworkBuilder:
    """Collects places, links and groups, then builds a `Network`.

    Examples
    --------
    >>> builder = NetworkBuilder([])
    >>> first, second = builder.place(), builder.place()
    >>> builder.link(first, second, (0, 0, 0, 2, NEVER), cost=1, label=0)
    >>> builder.build().out[first]
    [0]
    """

    derivations: Sequence[Derivation]
    derives: list[tuple[int, ...]] = field(default_factory=list)
    source: list[int] = field(default_factory=list)
    target: list[int] = field(default_factory=list)
    cost: list[int] = field(default_factory=list)
    levels: list[Levels] = field(default_factory=list)
    onward: list[frozenset[int]] = field(default_factory=list)
    label: list[int] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)

    def place(self, derives: tuple[int, ...] = ()) -> int:
        """Add a place and return its number; `derives` are numbers of derivations that hold there."""
        self.derives.append(derives)
        return len(self.derives) - 1

    def link(
        self,
        source: int,
        target: int,
        levels: Levels,
        *,
        cost: int = 0,
        label: int,
        onward: frozenset[int] = frozenset(),
    ) -> None:
        """Add a link, unless nothing can ever pass along it."""
        if min(levels) == NEVER:
            return
        self.source.append(source)
        self.target.append(target)
        self.cost.append(cost)
        self.levels.append(levels)
        self.onward.append(onward)
        self.label.append(label)

    def build(self) -> Network:
        """The network of everything added so far."""
        places = len(self.derives)
        out: list[list[int]] = [[] for _ in range(places)]
        into: list[list[int]] = [[] for _ in range(places)]
        for number, (source, target) in enumerate(zip(self.source, self.target, strict=True)):
            out[source].append(number)
            into[target].append(number)
        groups_of: dict[int, list[int]] = defaultdict(list)
        group_at: dict[int, list[int]] = defaultdict(list)
        for number, group in enumerate(self.groups):
            group_at[group.target].append(number)
            for member in group.members:
                groups_of[member].append(number)
        return Network(
            places,
            self.source,
            self.target,
            self.cost,
            self.levels,
            self.onward,
            self.label,
            out,
            into,
            self.derivations,
            self.derives,
            self.groups,
            {place: tuple(numbers) for place, numbers in groups_of.items()},
            {place: tuple(numbers) for place, numbers in group_at.items()},
        )
