"""Every root at once says the same as every root alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import datasets, questions, write

from riskgraph.data import Dataset, read
from riskgraph.engine import sets, solve
from riskgraph.engine.closure_all import closure_all
from riskgraph.engine.network import BANDS, Derivation, Group, NetworkBuilder
from riskgraph.engine.snapshot import Roots, Snapshot, roots_of, snapshot_of
from riskgraph.harm import HarmNetwork, Part, compile_harm, places_of
from riskgraph.model import KINDS, NEVER, PRESETS
from riskgraph.settle import View, settle

KIND = 5
State = tuple[int, int, int]  # head, place, kind


def names_of(dataset: Dataset, harm: HarmNetwork) -> list[str]:
    lines = [f"{place.body}/{place.area}" for place in harm.places if place.part is Part.LINE and place.area]
    return [*dataset.entities, *lines]


def at_once(
    snapshot: Snapshot,
    roots: Roots,
    asked: Collection[int],
    together: Sequence[Sequence[int]] | None = None,
    most: int | None = None,
) -> Iterator[tuple[int, set[State]]]:
    """Band, and all that fails in it."""
    columns = np.arange(int(snapshot.places[0]), dtype=np.int32)
    found: dict[int, set[State]] = {band: set() for band in range(BANDS)}
    for part in closure_all(snapshot, roots, columns, asked, together=together, most=most):
        for kind, reached in part.kinds.items():
            head, number = part.pool.pairs(reached)
            found[part.band] |= {(int(h), int(n) + part.first, kind) for h, n in zip(head, number, strict=True)}
        head, number = part.pool.pairs(part.any_kind)
        union = {(int(h), int(n) + part.first) for h, n in zip(head, number, strict=True)}
        inside = range(part.first, part.last)
        assert union == {(h, n) for h, n, _ in found[part.band] if n in inside}
    yield from found.items()


def one_by_one(
    harm: HarmNetwork, places: Sequence[Sequence[int]], asked: Sequence[int], heads: Sequence[Sequence[int]]
) -> dict[int, set[State]]:
    found: dict[int, set[State]] = {band: set() for band in range(BANDS)}
    for head, members in enumerate(heads):
        answer = solve(harm.network, [places[member] for member in members], asked)
        for band, reached in enumerate(answer.bands):
            found[band] |= {(head, *divmod(state, KIND)) for state in reached.hops}
    return found


def check(harm: HarmNetwork, names: Sequence[str], asked: Sequence[int]) -> None:
    places = [places_of(harm, name) for name in names]
    expected = one_by_one(harm, places, asked, [[n] for n in range(len(names))])
    assert dict(at_once(snapshot_of(harm.network), roots_of(places), asked)) == expected


@pytest.mark.parametrize("preset", PRESETS)
def test_the_five_stories(preset: str) -> None:
    seeds = read("seeds")
    harm = compile_harm(settle(seeds, View(seeds.info.day)))
    check(harm, names_of(seeds, harm), [KINDS.index(kind) for kind in PRESETS[preset]])


@pytest.mark.slow
@pytest.mark.parametrize("preset", PRESETS)
def test_every_root_of_the_national_map(preset: str) -> None:
    national = read("uk")
    harm = compile_harm(settle(national, View(national.info.day)))
    check(harm, names_of(national, harm), [KINDS.index(kind) for kind in PRESETS[preset]])


@given(data=st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_random_data(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    tables = data.draw(datasets())
    asked = [KINDS.index(kind) for kind in data.draw(questions(tables))["kinds"]]
    folder: Path = tmp_path_factory.mktemp("invented")
    write(tables, folder)
    dataset = read(folder)
    harm = compile_harm(settle(dataset, View(dataset.info.day)))
    names = names_of(dataset, harm)
    check(harm, names, asked)
    # and all pairs, which with alternatives reach more than the union
    places = [places_of(harm, name) for name in names[:12]]
    pairs = list(combinations(range(len(places)), 2))
    found = dict(at_once(snapshot_of(harm.network), roots_of(places), asked, together=pairs))
    assert found == one_by_one(harm, places, asked, pairs)


RULES = [Derivation(3, 0, 2, False), Derivation(3, 1, 1, False), Derivation(3, 2, 2, False), Derivation(4, 2, 2, True)]


@st.composite
def networks(draw: st.DrawFn) -> NetworkBuilder:
    """Small networks with many cycles, onward links and groups: harsher than data that make sense."""
    builder = NetworkBuilder(RULES)
    size = draw(st.integers(2, 9))
    for _ in range(size):
        builder.place(tuple(sorted(draw(st.sets(st.integers(0, len(RULES) - 1))))))
    place = st.integers(0, size - 1)
    level = st.sampled_from((0, 0, 1, 2, 3, NEVER))
    for _ in range(draw(st.integers(0, 20))):
        levels = tuple(draw(level) for _ in range(KIND))
        onward = draw(st.sampled_from((frozenset[int](), frozenset({3}))))
        builder.link(draw(place), draw(place), levels, cost=1, label=0, onward=onward)
    for _ in range(draw(st.integers(0, 3))):
        members = tuple(sorted(draw(st.sets(place, min_size=1, max_size=3))))
        surest = frozenset(draw(st.sets(st.sampled_from(members))))
        protects = [surest]  # fewer alternatives protect where less need be known
        for _ in range(BANDS - 1):
            protects.append(frozenset(m for m in protects[-1] if draw(st.booleans())))
        builder.groups.append(Group(draw(place), members, tuple(protects), frozenset({1, 2, 4})))
    return builder


@given(networks(), st.sets(st.integers(0, 4), min_size=1), st.data())
@settings(max_examples=80, deadline=None)
def test_random_networks(builder: NetworkBuilder, asked: set[int], data: st.DataObject) -> None:
    network = builder.build()
    place = st.integers(0, network.places - 1)
    roots = data.draw(st.lists(st.lists(place, min_size=1, max_size=3, unique=True), min_size=1, max_size=5))
    harm = HarmNetwork(network, [], {}, [], [], {})
    alone = [[n] for n in range(len(roots))]
    snapshot = snapshot_of(network)
    most = data.draw(st.sampled_from((None, 1, 3)))
    with patch.object(sets, "FEW", data.draw(st.sampled_from((0, 1024)))):  # lists and rows, or rows only
        found = dict(at_once(snapshot, roots_of(roots), asked, most=most))
    assert found == one_by_one(harm, roots, sorted(asked), alone)
    pairs = list(combinations(range(len(roots)), 2))
    if pairs:
        found = dict(at_once(snapshot, roots_of(roots), asked, together=pairs))
        assert found == one_by_one(harm, roots, sorted(asked), pairs)


@given(
    st.lists(st.lists(st.sets(st.integers(0, 99), max_size=60), max_size=4), min_size=1, max_size=8),
    st.booleans(),
    st.booleans(),
)
def test_a_pool_unites_as_sets_do(heads: list[list[set[int]]], few: bool, blocks: bool) -> None:
    with (
        patch.object(sets, "FEW", 1024 if few else 0),
        patch.object(sets, "BLOCK_BYTES", 256 if blocks else sets.BLOCK_BYTES),
    ):
        check_pool(heads)


def check_pool(heads: list[list[set[int]]]) -> None:
    pool = sets.Pool(100)
    parts = [
        [pool.unite(1, np.zeros(len(one), int), np.array(sorted(one), int) + 1)[0] for one in head] for head in heads
    ]
    owner = np.array([n for n, head in enumerate(parts) for _ in head], int)
    united = pool.unite(len(heads), owner, np.array([one for head in parts for one in head], int))
    expected = [set[int]().union(*head) for head in heads]
    found: list[set[int]] = [set() for _ in heads]
    for head, number in zip(*(values.tolist() for values in pool.pairs(united)), strict=True):
        assert number not in found[head]
        found[head].add(number)
    assert found == expected
    assert pool.size(united).tolist() == [len(one) for one in expected]
    every = np.tile(np.arange(100), len(heads))
    held = pool.holds(np.repeat(united, 100), every).reshape(-1, 100)
    assert [set(np.flatnonzero(row).tolist()) for row in held] == expected
    rows = pool.rows(united)
    assert sets.popcount(rows).tolist() == [len(one) for one in expected]
