"""Minimal cut sets: the smallest sets of things whose failing together makes a state fail.

Every set is tried: all single things in one pass, then all pairs and triples of those that matter, many
worlds at a time. A pair can only matter where alternatives must fail together, so its members are
among the things that by themselves make some alternative fail, but not the state asked about.
Source of the method: the definition itself; the usual top-down expansion (MOCUS) gives the same sets but
must be told how to treat a place where harm starts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from math import comb

from riskgraph.engine.network import LIKELY, Network, state_of
from riskgraph.engine.upstream import Within, alone
from riskgraph.engine.worlds import BLOCK, Failing, cone, spread_from

__all__ = ["CutSets", "cut_sets"]

MOST_SETS = 400_000  # sets of one order that are tried


@dataclass(frozen=True)
class CutSets:
    """The minimal cut sets up to an order, as sorted numbers of things, smallest first."""

    sets: tuple[tuple[int, ...], ...]
    complete_to: int  # every minimal cut set up to this order is there


def cut_sets(
    network: Network,
    things: Sequence[Sequence[int]],
    targets: Sequence[int],
    band: int,
    order: int = 3,
    progress: Callable[[int, int], None] | None = None,
) -> CutSets:
    """Every minimal set of things, up to an order, whose failing together makes a target fail.

    Parameters
    ----------
    things
        For each thing, the states that fail when it fails.
    targets
        States; the first of them that fails is enough.
    band
        The band (0 to 3).
    order
        The most things in a set.
    progress
        Called with the sets of one order that are tried, and all of them.

    Examples
    --------
    A service needs an identity provider and one of two products, both on one cloud:

    >>> from riskgraph.engine.network import Group, NetworkBuilder
    >>> builder = NetworkBuilder([])
    >>> idp, p, b, cloud, service, m1, m2 = (builder.place() for _ in range(7))
    >>> for source, target in [(idp, service), (cloud, p), (cloud, b), (p, m1), (b, m2)]:
    ...     builder.link(source, target, (0,) * 5, cost=1, label=0)
    >>> builder.groups.append(Group(service, (m1, m2), (frozenset({m1, m2}),) * 4, frozenset({2})))
    >>> cut_sets(builder.build(), [[state_of(x, 2)] for x in (idp, p, b, cloud)], [state_of(service, 2)], 0).sets
    ((0,), (3,), (1, 2))
    """
    matters = cone(network, targets, band)
    by_itself = alone(network, things, matters, band)
    single = {
        number for number in range(len(things)) if any(by_itself.get(state, 0) >> number & 1 for state in targets)
    }
    found: list[tuple[int, ...]] = [(number,) for number in sorted(single)]
    useful = sorted(_useful(network, by_itself, matters, band, len(things)) - single)
    for size in range(2, order + 1):
        if comb(len(useful), size) > MOST_SETS:
            return CutSets(tuple(found), size - 1)
        found += _of_size(network, things, targets, band, matters, useful, size, found, progress)
    return CutSets(tuple(found), order)


def _useful(network: Network, by_itself: Failing, matters: set[int], band: int, count: int) -> set[int]:
    """Things that by themselves make an alternative fail."""
    bits = 0
    for group in network.groups:
        for kind in group.kinds:
            if state_of(group.target, kind) not in matters:
                continue
            for at in {band, min(band, LIKELY)}:  # onward links start from the likely band
                if len(group.protects[at]) > 1:
                    for member in group.protects[at]:
                        bits |= by_itself.get(state_of(member, kind), 0)
    return {number for number in range(count) if bits >> number & 1}


def _of_size(
    network: Network,
    things: Sequence[Sequence[int]],
    targets: Sequence[int],
    band: int,
    matters: set[int],
    useful: Sequence[int],
    size: int,
    smaller: Iterable[tuple[int, ...]],
    progress: Callable[[int, int], None] | None,
) -> list[tuple[int, ...]]:
    known = [set(cut) for cut in smaller if len(cut) > 1]
    found: list[tuple[int, ...]] = []
    every: Iterator[tuple[int, ...]] = combinations(useful, size)
    tried = 0
    while block := list(islice(every, BLOCK)):
        starts: dict[int, int] = {}
        for world, cut in enumerate(block):
            for number in cut:
                for state in things[number]:
                    if state in matters:
                        starts[state] = starts.get(state, 0) | 1 << world
        failing = spread_from(network, starts, band, Within(len(block), matters))
        tried += len(block)
        if progress is not None:
            progress(tried, comb(len(useful), size))
        bits = 0
        for state in targets:
            bits |= failing.get(state, 0)
        found += [
            cut for world, cut in enumerate(block) if bits >> world & 1 and not any(part <= set(cut) for part in known)
        ]
    return found
