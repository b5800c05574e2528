"""What would be saved by taking away one thing at a time, for every thing at once.

A thing is a set of places and links: a body with all its parts, or a row of the data. World number i is the
network without thing i. For a plain graph and a thing that is one state this is what a dominator tree says:
the thing dominates what fails in no world without it. A body is many states, and a group of alternatives
needs several ways at once; a dominator tree has no word for either, this has.
Cost: one pass over what is reached for each `BLOCK` things, and one bit for each thing and state.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from riskgraph.engine.network import Network, place_and_kind
from riskgraph.engine.worlds import BLOCK, Failing, Worlds, ranks, spread, starting

__all__ = ["Thing", "still_failing"]


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that can be taken away: no place of it fails, and no link of it carries anything."""

    places: tuple[int, ...] = ()
    links: tuple[int, ...] = ()


class _Without(Worlds):
    """World i lacks thing i."""

    def __init__(self, things: Sequence[Thing]) -> None:
        super().__init__(len(things))
        places: dict[int, int] = defaultdict(int)
        links: dict[int, int] = defaultdict(int)
        for number, thing in enumerate(things):
            for place in thing.places:
                places[place] |= 1 << number
            for link in thing.links:
                links[link] |= 1 << number
        self.places = {place: self.everywhere & ~bits for place, bits in places.items()}
        self.links = {link: self.everywhere & ~bits for link, bits in links.items()}

    def link(self, link: int, kind: int) -> int:
        return self.links.get(link, self.everywhere)

    def state(self, state: int) -> int:
        return self.places.get(place_and_kind(state)[0], self.everywhere)


def still_failing(
    network: Network,
    roots: Sequence[Sequence[int]],
    kinds: Sequence[int],
    band: int,
    things: Sequence[Thing],
) -> Iterator[tuple[int, int, Failing]]:
    """Take away each thing in turn and say what still fails.

    Parameters
    ----------
    roots, kinds, band
        As in `riskgraph.engine.worlds.spread`.
    things
        What to take away, one at a time. None of them may hold a place of a root.

    Yields
    ------
    int
        The number of the first thing of a block.
    int
        How many things the block holds.
    Failing
        State to the things (bit 0 is the first of the block) without which it still fails.

    Examples
    --------
    The test vector of a supplier with two products on one host, of which one has a second way to customer 4:

    >>> from riskgraph.engine import NetworkBuilder, state_of
    >>> builder = NetworkBuilder([])
    >>> supplier, p1, p2, host, c1, c4 = (builder.place() for _ in range(6))
    >>> pairs = [(supplier, p1), (supplier, p2), (p1, host), (p2, host), (host, c1), (host, c4), (p2, c4)]
    >>> for number, (source, target) in enumerate(pairs):
    ...     builder.link(source, target, (0,) * 5, cost=1, label=number)
    >>> things = [Thing((p1,)), Thing((p2,)), Thing((host,))]
    >>> [(_, count, failing)] = still_failing(builder.build(), [[supplier]], [2], 0, things)
    >>> [bin(failing.get(state_of(place, 2), 0)) for place in (c1, c4)]
    ['0b11', '0b111']
    """
    order = ranks(network, starting(roots, kinds), band)
    for first in range(0, len(things), BLOCK):
        block = things[first : first + BLOCK]
        yield first, len(block), spread(network, roots, kinds, band, _Without(block), order)
