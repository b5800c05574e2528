"""The rules of harm as a network of places.

A *place* is a part of a body where harm can be: the whole, one line of business, one service. A *state*
is a place failing in one kind; its number is ``place * KINDS + kind``. Harm moves in three ways:

* along a *link*, which keeps the kind. A link has a cost in hops (rows) and, for each kind, a *level*:
  the surest band in which it may be used (0 to 3; `NEVER`: not at all). An *onward* link may be used in
  the two widest bands only from what fails already in band 1: no second weak leap.
* by *derivation* within a place, which changes the kind (who is inside can also read and stop things).
* through a *group* of alternatives, which fails when all members that protect in a band have failed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["BANDS", "KINDS", "NEVER", "Derivation", "Group", "Network", "NetworkBuilder"]

KINDS = 5
BANDS = 4
NEVER = 9
Levels = tuple[int, ...]


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
