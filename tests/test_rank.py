"""`rank` says of every root what `blast` says of it alone; `rank --together` what `blast` says of several."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import datasets, questions, write

from riskgraph.analysis.blast import blast
from riskgraph.analysis.measure import counting, residents
from riskgraph.analysis.question import Question
from riskgraph.analysis.radius import BlastRadius
from riskgraph.analysis.rank import Ranking, rank
from riskgraph.analysis.root_counts import RootCounter
from riskgraph.analysis.roots import RankedRoot
from riskgraph.analysis.select import Selection
from riskgraph.analysis.together import rank_together
from riskgraph.engine.search import Cover, best_sets, greedy
from riskgraph.engine.sets import popcount
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, KINDS, PRESETS, Band


@pytest.fixture(scope="module")
def national() -> RiskGraph:
    return RiskGraph.open("uk")


def reached(radius: BlastRadius, band: Band, roots: Sequence[str]) -> set[str]:
    return {reach.id for reach in radius.within(band)} - set(roots)


def row_of(graph: RiskGraph, root: str, radius: BlastRadius, areas: frozenset[str] = frozenset()) -> RankedRoot:
    """What `blast` says, in the form of `rank`."""
    sets = [reached(radius, band, [root]) for band in Band]
    view = radius.view
    body, slash, area = root.partition("/")
    steps = [step for step in graph.settled(view).steps if step.in_force]
    meant = {body}  # what it makes, runs or supplies
    offers = {"made-by", "operated-by", "supplied-by", "instance-of"}
    while (
        found := {
            step.dependent
            for step in steps
            if step.provider in meant
            and step.relation in offers
            and step.dependent.partition(":")[0] in {"system", "product", "environment", "store"}
        }
        - meant
    ):
        meant |= found
    users = {
        step.dependent
        for step in steps
        if step.relation not in {"linked-to", "owned-by"}
        and step.provider in meant
        and (not slash or step.area == area)
    } | {step.provider for step in steps if step.relation == "owned-by" and step.dependent == body and not slash}
    users = {
        user
        for user in users - {body}
        if graph.dataset.entities[user].kind == AUTHORITY
        and graph.dataset.entities[user].authority_type != "group"
        and ((entry := graph.dataset.register.get(user)) is None or entry.exists(view.as_of))
    }
    counts = counting(radius.kinds)
    services = [
        sum(
            1
            for reach in radius.authorities
            if reach.id != root
            for area, kinds in reach.services.items()
            if any(b <= band for kind, b in kinds.items() if kind in counts) and (not areas or area in areas)
        )
        for band in Band
    ]
    kind = "line" if slash else graph.dataset.entities[root].kind
    return RankedRoot(
        root,
        kind,
        tuple(len(found) for found in sets),
        {
            k: tuple(sum(1 for r in radius.within(band, k) if r.id != root) for band in Band)
            for k in KINDS
            if any(k in r.kinds for r in radius.authorities if r.id != root)
        },
        tuple(residents(graph.dataset, found).people for found in sets),
        tuple(services),
        len(users),
        tuple(len(found - users) for found in sets),
    )


def compare(graph: RiskGraph, ranking: Ranking, roots: Sequence[str], **question: object) -> None:
    rows = {row.root: row for row in ranking.rows}
    for root in roots:
        expected = row_of(graph, root, blast(graph, root, **question))  # type: ignore[arg-type]
        assert rows.get(root) == (expected if expected.authorities[-1] else None)


@pytest.mark.parametrize("like", PRESETS)
def test_every_root_of_the_five_stories(like: str) -> None:
    seeds = RiskGraph.open("seeds")
    names = seeds.compiled(seeds.view()).names(seeds.dataset)
    compare(seeds, rank(seeds, like=like), names, like=like)


@pytest.mark.parametrize("like", ["compromise", "ransomware", "insolvency"])
def test_a_sample_of_the_national_map(national: RiskGraph, like: str) -> None:
    names = national.compiled(national.view()).names(national.dataset)
    compare(national, rank(national, like=like), names[:: len(names) // 25], like=like)


@pytest.mark.slow
@pytest.mark.parametrize("like", ["outage", "malicious-update"])
def test_every_root_of_the_national_map(national: RiskGraph, like: str) -> None:
    names = national.compiled(national.view()).names(national.dataset)
    compare(national, rank(national, like=like), names, like=like)


@given(data=st.data())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_random_data(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    tables = data.draw(datasets())
    asked = data.draw(questions(tables))
    folder: Path = tmp_path_factory.mktemp("invented")
    write(tables, folder)
    graph = RiskGraph.open(folder)
    question = {name: asked[name] for name in ("kinds", "as_of", "without", "known_before")}
    names = graph.compiled(graph.view(asked["as_of"], asked["without"], asked["known_before"])).names(graph.dataset)
    compare(graph, rank(graph, **question), names, **question)
    # and the worst pair, with alternatives too
    band = data.draw(st.sampled_from(Band))
    found = rank_together(graph, 2, band=band, **question)
    singles = {name: reached(blast(graph, name, **question), band, [name]) for name in graph.dataset.entities}
    best = max((len(value) for value in singles.values()), default=0)
    surprises = {}
    for pair in combinations(singles, 2):
        joint = reached(blast(graph, pair, **question), band, pair)
        union = (singles[pair[0]] | singles[pair[1]]) - set(pair)
        value = len(joint)
        best = max(best, value)
        if value > len(union):
            surprises[frozenset(pair)] = value - len(union)
    assert (found.rows[0].value if found.rows else 0) == best and found.exact
    assert {frozenset(row.roots): row.surprise for row in found.surprises} == dict(list(surprises.items())) or (
        len(surprises) > 10 and {row.surprise for row in found.surprises} <= set(surprises.values())
    )


def test_one_root_may_be_worse_than_any_pair_that_adds(tmp_path: Path) -> None:
    entities = ["id,kind,name,authority_type", *(f"authority:a{n},authority,A{n},district" for n in range(4))]
    entities += [f"system:s{n},system,S{n}," for n in range(4)]
    relations = ["id,dependent,relation,provider,service_area,evidence"]
    relations += [f"r{n},authority:a{n},uses,system:s0,housing,e1" for n in range(4)]
    relations += [f"t{n},authority:a{n},uses,system:s{n},housing,e1" for n in range(1, 4)]
    build(tmp_path, entities, relations)
    graph = RiskGraph.open(tmp_path)
    for size in (2, 3):
        found = rank_together(graph, size, "system", like="outage")
        assert (found.rows[0].roots, found.rows[0].value, found.exact) == (("system:s0",), 4, True)


def test_a_selection_counts_only_its_own(national: RiskGraph) -> None:
    selection = Selection.of(national, regions=["Wales"], areas=["planning-building-control"])
    ranking = rank(national, selection=selection)
    for row in ranking.rows[:12]:
        radius = blast(national, row.root).selected(selection)
        expected = row_of(national, row.root, radius, selection.areas)
        assert (row.authorities, row.residents, row.services) == (
            expected.authorities,
            expected.residents,
            expected.services,
        )


def test_chunks_of_columns_change_nothing(national: RiskGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = rank(national, "supplier")
    monkeypatch.setattr(RootCounter, "most", 64)
    counter = RootCounter(national, Question.of(national), "supplier", 1 << 30)
    assert len(list(counter.parts(counter.bodies_of_places, counter.cuts))) > 2 * len(Band)
    assert rank(national, "supplier").rows == whole.rows
    selection = Selection.of(national, areas=["electoral"])
    in_chunks = rank(national, "product", selection=selection).rows
    monkeypatch.setattr(RootCounter, "most", None)
    assert rank(national, "product", selection=selection).rows == in_chunks


def test_too_little_memory_is_refused_with_a_figure(national: RiskGraph) -> None:
    with pytest.raises(RiskGraphError, match=r"needs at least [\d,]+ MiB of memory; 1 MiB may be used"):
        rank(national, memory=1 << 20)


def test_what_a_council_uses_owns_or_belongs_to_is_not_hidden_from_it(national: RiskGraph) -> None:
    """Not the operator of the Planning Portal, nor a company that the councils own: who stands behind them."""
    every = {row.root: row.hidden[Band.POSSIBLE] for row in rank(national, hidden=True).rows}
    hidden = {row.root: row.hidden[Band.POSSIBLE] for row in rank(national.observed(), hidden=True).rows}
    for own in ("supplier:portalplanquest", "shared-service:seemis-group-llp", "shared-service:improvement-service"):
        assert own not in hidden
    assert next(root for root in hidden if "/" not in root) == "supplier:amazon-web-services"
    assert (
        every["supplier:amazon-web-services"] > hidden["supplier:amazon-web-services"]
    )  # what holds by law is told too
    assert hidden["supplier:tata-consultancy-services"] == 32  # behind the operator of a national sign-in
    assert (
        hidden["supplier:amazon-web-services"] == 235
    )  # hosts Notify, Blue Badge and what 26 councils use for planning


def build(folder: Path, entities: list[str], relations: list[str]) -> None:
    evidence = ["id,url,publisher,published,confidence,stance"]
    evidence.append("e1,https://example.org/1,x,2024-01-01,confirmed,supports")
    for name, lines in (("entities", entities), ("relations", relations), ("evidence", evidence)):
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    bodies = [line.split(",") for line in entities if line.startswith("authority:")]
    register = ["id,name,kind", *(f"{id_},{name},district" for id_, _, name, _ in bodies)]
    (folder / "register.csv").write_text("\n".join(register) + "\n", encoding="utf-8")
    (folder / "dataset.toml").write_text('title = "t"\nas_of = "2024-06-30"\n', encoding="utf-8")


def test_two_alternates_reach_what_neither_does(tmp_path: Path) -> None:
    entities = [
        "id,kind,name,authority_type",
        "authority:a,authority,A,district",
        "system:p,system,P,",
        "system:q,system,Q,",
    ]
    relations = [
        "id,dependent,relation,provider,service_area,alternative,evidence",
        "r1,authority:a,uses,system:p,housing,g,e1",
        "r2,authority:a,uses,system:q,housing,g,e1",
    ]
    build(tmp_path, entities, relations)
    graph = RiskGraph.open(tmp_path)
    assert [row.root for row in rank(graph, "system", like="outage").rows] == []
    found = rank_together(graph, 2, like="outage", band="likely")
    assert found.alternatives == 1
    assert [(row.roots, row.value, row.surprise) for row in found.surprises] == [(("system:p", "system:q"), 1, 1)]
    assert found.rows[0].value == 1


bits = st.integers(0, 2**9 - 1)


@given(st.lists(bits, min_size=1, max_size=14), st.integers(2, 3))
@settings(max_examples=300, deadline=None)
def test_the_best_sets_are_the_best(values: list[int], size: int) -> None:
    cover = Cover(np.array(values, np.uint64).reshape(-1, 1), popcount)

    def union(members: Sequence[int]) -> int:
        total = 0
        for member in members:
            total |= values[member]
        return total.bit_count()

    found = best_sets(cover, size, 3, 10**6)
    best = max((union(c) for c in combinations(range(len(values)), size)), default=0)
    each_adds = [
        union(chosen)
        for chosen in combinations(sorted({v: n for n, v in reversed(list(enumerate(values))) if v}.values()), size)
        if all(union([m for m in chosen if m != n]) < union(chosen) for n in chosen)
    ]
    assert found is not None
    assert [one.value for one in found] == sorted(each_adds, reverse=True)[:3]
    assert all(union(one.members) == one.value for one in found)
    chosen, bound = greedy(cover, size)
    assert union(chosen.members) == chosen.value <= best <= bound if len(values) >= size else True
    assert bound >= best


@given(
    st.lists(
        st.tuples(st.integers(0, 2**10 - 1), st.sampled_from([0, *(1 << n for n in range(10))])), min_size=3, max_size=9
    ),
    st.sampled_from([2, 3]),
)
@settings(max_examples=300, deadline=None)
def test_what_a_set_takes_out_counts_in_no_union(pairs: list[tuple[int, int]], size: int) -> None:
    values, own = [value & ~mine for value, mine in pairs], [mine for _, mine in pairs]
    cover = Cover(np.array(values, np.uint64).reshape(-1, 1), popcount, np.array(own, np.uint64).reshape(-1, 1))

    def worth(members: Sequence[int]) -> int:
        union = taken = 0
        for member in members:
            union |= values[member]
            taken |= own[member]
        return (union & ~taken).bit_count()

    found = best_sets(cover, size, 3, 10**6)
    assert found is not None and all(worth(one.members) == one.value for one in found)
    each_adds = [
        worth(chosen)
        for chosen in combinations(range(len(values)), size)
        if all(worth([m for m in chosen if m != n]) < worth(chosen) for n in chosen)
    ]
    assert max((one.value for one in found), default=0) == max(each_adds, default=0)
    chosen, bound = greedy(cover, size)
    assert worth(chosen.members) == chosen.value <= bound


def test_too_much_work_gives_way_to_greedy() -> None:
    cover = Cover(np.array([[1], [2], [4], [8]], np.uint64), popcount)
    assert best_sets(cover, 3, 10, 1) is None
    assert greedy(cover, 3) == greedy(cover, 3)
