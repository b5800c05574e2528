"""Small random networks of the engine, and the slow way to ask them."""

from __future__ import annotations

import random
from collections.abc import Collection

from riskgraph.engine import Network, NetworkBuilder, solve
from riskgraph.engine.network import KIND_COUNT, Derivation, Group
from riskgraph.model import NEVER

LEVELS = (0, 0, 0, 1, 2, 3, NEVER)
DERIVATIONS = (Derivation(3, 0, 2, False), Derivation(3, 2, 1, False), Derivation(4, 2, 2, True))


def random_network(seed: int, places: int = 12, links: int = 22, groups: int = 3) -> Network:
    """A network with cycles, onward links, derivations and (nested) alternatives."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    builder = NetworkBuilder(list(DERIVATIONS))
    for _ in range(places):
        builder.place(draw.choice(((), (0, 1), (0, 1, 2))))
    for number in range(links):
        source, target = draw.sample(range(places), 2)
        onward = frozenset({3}) if draw.random() < 0.2 else frozenset[int]()
        levels = tuple(draw.choice(LEVELS) for _ in range(KIND_COUNT))
        builder.link(source, target, levels, cost=draw.choice((0, 1, 2)), label=number, onward=onward)
    for _ in range(groups):
        members = tuple(builder.place() for _ in range(draw.choice((2, 2, 3))))
        for member in members:
            for _ in range(draw.choice((1, 2))):
                levels = tuple(draw.choice(LEVELS[:5]) for _ in range(KIND_COUNT))
                builder.link(draw.randrange(places), member, levels, cost=1, label=len(builder.label))
        needed = [draw.choice((members, members, members[:1], ())) for _ in range(4)]
        protects = tuple(frozenset(some) for some in sorted(needed, key=len, reverse=True))
        builder.groups.append(Group(draw.randrange(places), members, protects, frozenset({1, 2, 4})))
    return builder.build()


def without(network: Network, links: Collection[int] = (), places: Collection[int] = ()) -> Network:
    """The network again, without some links and without what enters some places."""
    builder = NetworkBuilder(network.derivations, list(network.derives))  # type: ignore[arg-type]
    for link in range(len(network.source)):
        if link not in links and not {network.source[link], network.target[link]} & set(places):
            builder.link(
                network.source[link],
                network.target[link],
                network.levels[link],
                cost=network.cost[link],
                label=network.label[link],
                onward=network.onward[link],
            )
    builder.groups += [group for group in network.groups if group.target not in places]
    return builder.build()


def fails(network: Network, roots: list[list[int]], kinds: list[int], band: int) -> set[int]:
    """States that fail, asked the usual way."""
    return set(solve(network, roots, kinds).bands[band].hops)
