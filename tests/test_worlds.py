"""Many worlds in one pass say what asking each world by itself says."""

from __future__ import annotations

import random
from itertools import combinations

import pytest
from networks import fails, random_network, without

from riskgraph.engine import Network, NetworkBuilder
from riskgraph.engine.cuts import cut_sets
from riskgraph.engine.hardening import Thing, still_failing
from riskgraph.engine.network import KIND_COUNT, Group
from riskgraph.engine.worlds import Worlds, cone, spread

EVERY = (0,) * KIND_COUNT
SEEDS = range(20)


class Drawn(Worlds):
    """World i lacks the links of set i."""

    def __init__(self, lacking: list[set[int]]) -> None:
        super().__init__(len(lacking))
        self.lacking = lacking

    def link(self, link: int, kind: int) -> int:
        return sum(1 << world for world, links in enumerate(self.lacking) if link not in links)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("roots", [[[0]], [[0, 1]], [[0], [1, 2]], [[3], [4], [5]]], ids=str)
def test_each_world_is_answered_as_if_asked_alone(seed: int, roots: list[list[int]]) -> None:
    draw = random.Random(seed)  # noqa: S311
    network = random_network(seed)
    lacking = [{link for link in range(len(network.source)) if draw.random() < 0.3} for _ in range(5)]
    for kinds in ([2], [0, 1, 2, 3], [3, 4]):
        for band in range(4):
            failing = spread(network, roots, kinds, band, Drawn(lacking))
            for world, links in enumerate(lacking):
                expected = fails(without(network, links), roots, kinds, band)
                assert {state for state, bits in failing.items() if bits >> world & 1} == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_the_cone_holds_all_that_can_lead_to_a_state(seed: int) -> None:
    network = random_network(seed)
    for target in range(0, network.places * KIND_COUNT, 7):
        for band in range(4):
            inside = cone(network, [target], band)
            for root in range(network.places):
                for kind in range(KIND_COUNT):
                    if target in fails(network, [[root]], [kind], band):
                        assert root * KIND_COUNT + kind in inside


@pytest.mark.parametrize("seed", SEEDS)
def test_what_a_thing_saves_is_what_no_longer_fails_without_it(seed: int) -> None:
    network = random_network(seed)
    places = list(range(1, network.places))
    things = [Thing((place,)) for place in places] + [Thing((), (link,)) for link in range(len(network.source))]
    for kinds in ([2], [0, 1, 2, 3]):
        for band in (0, 2):
            [(first, count, failing)] = still_failing(network, [[0]], kinds, band, things)
            assert (first, count) == (0, len(things))
            for number, thing in enumerate(things):
                expected = fails(without(network, thing.links, thing.places), [[0]], kinds, band)
                assert {state for state, bits in failing.items() if bits >> number & 1} == expected


def test_things_come_in_blocks_that_do_not_change_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    network = random_network(3)
    things = [Thing((place,)) for place in range(1, network.places)]
    [(_, _, whole)] = still_failing(network, [[0]], [2], 2, things)
    monkeypatch.setattr("riskgraph.engine.hardening.BLOCK", 4)
    parts = list(still_failing(network, [[0]], [2], 2, things))
    assert len(parts) > 2
    joined: dict[int, int] = {}
    for first, _, failing in parts:
        for state, bits in failing.items():
            joined[state] = joined.get(state, 0) | bits << first
    assert joined == whole


def brute_cuts(network: Network, things: list[int], target: int, band: int, order: int) -> list[tuple[int, ...]]:
    """Minimal cut sets, by asking every set by itself."""
    found: list[tuple[int, ...]] = []
    for size in range(1, order + 1):
        for cut in combinations(range(len(things)), size):
            if any(set(smaller) <= set(cut) for smaller in found):
                continue
            if target in fails(network, [[things[number]] for number in cut], [2], band):
                found.append(cut)
    return found


@pytest.mark.parametrize("seed", range(40))
def test_the_cut_sets_are_those_found_by_asking_every_set(seed: int) -> None:
    network = random_network(seed, places=9, links=10, groups=4)
    target = 8 * KIND_COUNT + 2
    for band in (0, 1, 2):
        things = list(range(8))
        found = cut_sets(network, [[thing * KIND_COUNT + 2] for thing in things], [target], band)
        assert list(found.sets) == brute_cuts(network, things, target, band, 3)
        assert found.complete_to == 3


def test_random_networks_have_cut_sets_of_every_order() -> None:
    orders = set()
    for seed in range(60):
        network = random_network(seed, places=9, links=10, groups=4)
        cuts = cut_sets(network, [[thing * KIND_COUNT + 2] for thing in range(8)], [8 * KIND_COUNT + 2], 0)
        orders |= {len(cut) for cut in cuts.sets}
    assert orders == {1, 2, 3}


def test_too_many_sets_are_not_tried_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    builder = NetworkBuilder([])
    sources = [builder.place() for _ in range(6)]
    service = builder.place()
    members = [builder.place() for _ in range(2)]
    for number, source in enumerate(sources):
        builder.link(source, members[number % 2], EVERY, cost=1, label=number)
    builder.groups.append(Group(service, tuple(members), (frozenset(members),) * 4, frozenset({2})))
    network = builder.build()
    things = [[source * KIND_COUNT + 2] for source in sources]
    assert len(cut_sets(network, things, [service * KIND_COUNT + 2], 0).sets) == 9
    monkeypatch.setattr("riskgraph.engine.cuts.MOST_SETS", 10)
    few = cut_sets(network, things, [service * KIND_COUNT + 2], 0)
    assert (few.sets, few.complete_to) == ((), 1)


def test_a_dominator_tree_would_be_wrong_where_there_are_alternatives() -> None:
    """Two products back each other up, both on one cloud: the cloud is the single point, and no path shows it."""
    builder = NetworkBuilder([])
    root, cloud, other, p, b, service, m1, m2 = (builder.place() for _ in range(8))
    links = [(root, cloud), (root, other), (cloud, p), (cloud, b), (other, b), (p, m1), (b, m2)]
    for number, (source, target) in enumerate(links):
        builder.link(source, target, EVERY, cost=1, label=number)
    builder.groups.append(Group(service, (m1, m2), (frozenset({m1, m2}),) * 4, frozenset({2})))
    network = builder.build()
    things = [Thing((place,)) for place in (cloud, other, p, b)]
    [(_, _, failing)] = still_failing(network, [[root]], [2], 0, things)
    saved_by = [number for number in range(4) if not failing.get(service * KIND_COUNT + 2, 0) >> number & 1]
    assert saved_by == [0, 2, 3]  # along the way over `other` and b, no path passes the cloud or p
