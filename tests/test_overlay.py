"""A change laid on a map: the same act gives the same number everywhere, and nothing gets surer by being moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from small import FILES, write_small
from strategies import datasets
from test_scenario_properties import bands, made, opened, slow, ties

from riskgraph.analysis.gauge import Gauge
from riskgraph.analysis.measure import By
from riskgraph.api import RiskMap, load
from riskgraph.data.edit import edited
from riskgraph.engine.changes import Rule, Spread, Target
from riskgraph.engine.programme import cheapest, left_by
from riskgraph.graph import RiskGraph
from riskgraph.model import Band, FailureKind
from riskgraph.scenario.findings import Merging
from riskgraph.scenario.fixes import fixes
from riskgraph.scenario.model import Change, change
from riskgraph.scenario.remedies import Act, Remedy, apply, remedies

ALL = [str(kind) for kind in FailureKind]
SUPPLIERS = "supplier:delta,supplier,Delta,,,,,,,,,,\n"
SYSTEMS = "".join(f"system:{name},system,{name.title()},,,,,,,,,,\n" for name in ("first", "second", "third", "fourth"))
EVIDENCE = FILES["evidence.csv"] + "".join(
    f"{id_},https://example.org/{id_},invented,2021-05,2024-06-30,{grade},{stance},{about},invented,\n"
    for id_, grade, stance, about in (
        ("data-inferred", "inferred", "supports", "data"),
        ("access-disputed", "confirmed", "disputes", "access"),
        ("e2", "reported", "supports", ""),
    )
)
HEAD = FILES["relations.csv"].splitlines()[0]


def tiny(folder: Path, *rows: str) -> RiskMap:
    """Ashby and Bexton, the suppliers Orbit and Delta, and four systems."""
    relations = "\n".join([HEAD, *rows]) + "\n"
    entities = FILES["entities.csv"] + SUPPLIERS + SYSTEMS
    return load(write_small(folder, entities_csv=entities, relations_csv=relations, evidence_csv=EVIDENCE))


# -- what moves keeps what it had ------------------------------------------------------------------------


def test_every_row_moves_also_a_second_one_in_the_same_area(tmp_path: Path) -> None:
    rows = [
        f"r{n},authority:ashby,supplied-by,supplier:orbit,finance-erp,,{access},,,,,,,,,,,e1,"
        for n, access in enumerate(("none", "admin"))
    ]
    answer = tiny(tmp_path, *rows).whatif("switch", "ashby", "orbit", "delta")
    assert sorted(row.access or "" for row in answer.applied.supposed) == ["admin", "none"]
    assert len({row.id for row in answer.applied.supposed}) == 2
    assert all(
        row.id.startswith("supposed.authority-ashby.supplied-by.supplier-delta") for row in answer.applied.supposed
    )
    assert bands(answer.applied.after, ["supplier:delta"], ALL)["authority:ashby", "intrusion"] == Band.DOCUMENTED


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("r1,authority:ashby,served-by,supplier:orbit,finance-erp,personal,,,,,,,,,,,,e1;data-inferred,", "exposure"),
        ("r1,authority:ashby,supplied-by,supplier:orbit,finance-erp,,admin,,,,,,,,,,,e1;access-disputed,", "intrusion"),
        ("r1,authority:ashby,supplied-by,supplier:orbit,finance-erp,,admin,,,,,,,,,,,e2,", "intrusion"),
        ("r1,authority:ashby,hosted-on,supplier:orbit,finance-erp,special,,,,,,,,,,,,e2;data-inferred,", "exposure"),
    ],
)
def test_what_is_moved_is_as_sure_as_it_was(tmp_path: Path, row: str, kind: str) -> None:
    applied = tiny(tmp_path, row).whatif("switch", "ashby", "orbit", "delta").applied
    before = bands(applied.before, ["supplier:orbit"], ALL)
    after = bands(applied.after, ["supplier:delta"], ALL)
    assert before == after
    assert before["authority:ashby", kind] > Band.DOCUMENTED
    (moved,) = applied.supposed
    said = [applied.after.dataset.evidence[id_] for id_ in moved.evidence]
    assert {item.publisher for item in said} == {"a scenario"}
    assert all(item.url is None and "no source says so" in (item.claim or "") for item in said)


def test_a_contract_moves_with_its_row(tmp_path: Path) -> None:
    row = "r1,authority:ashby,served-by,supplier:orbit,housing,personal,,,,,2020,2027-03-31,C-7,9,2029-03-31,90,RM1,e1,"
    (moved,) = tiny(tmp_path, row).whatif("switch", "ashby", "orbit", "delta").applied.supposed
    assert (moved.contract_reference, moved.valid_to, moved.contract_end_latest, moved.notice_days) == (
        "C-7",
        "2027-03-31",
        "2029-03-31",
        90,
    )


def test_an_alternative_stays_an_alternative_when_it_moves(tmp_path: Path) -> None:
    rows = [
        f"r{name},authority:ashby,uses,system:{name},finance-erp,personal,,,g,,,,,,,,,e1,"
        for name in ("first", "second")
    ]
    applied = tiny(tmp_path, *rows).whatif("switch", "ashby", "first", "third").applied
    for alone in ("system:second", "system:third"):
        assert ("authority:ashby", "outage") not in bands(applied.after, [alone], ["outage"])
    assert ("authority:ashby", "outage") in bands(applied.after, ["system:second", "system:third"], ["outage"])


def test_work_taken_in_house_keeps_every_row_with_its_data(tmp_path: Path) -> None:
    rows = (
        "r1,authority:ashby,served-by,supplier:orbit,social-care,none,,,,,,,,,,,,e1,",
        "r2,authority:ashby,data-held-by,supplier:orbit,social-care,special,,,,,,,,,,,,e1,",
    )
    applied = tiny(tmp_path, *rows).whatif("insource", "ashby", "orbit").applied
    own = "system:ashby-own-social-care"
    assert sorted(row.data or "" for row in applied.supposed if row.provider == own) == ["none", "special"]
    assert bands(applied.after, [own], ["exposure"])["authority:ashby", "exposure"] == Band.DOCUMENTED


def test_groups_of_alternatives_that_share_a_name_stay_apart_in_a_merger(tmp_path: Path) -> None:
    rows = [
        f"r{name},authority:{body},uses,system:{name},finance-erp,personal,,,g1,,,,,,,,,e1,"
        for body, name in (("ashby", "first"), ("ashby", "second"), ("bexton", "third"), ("bexton", "fourth"))
    ]
    applied = tiny(tmp_path, *rows).whatif("merge", "ashby", "bexton", name="Twin Towns", on="2028-04-01").applied
    both = ["system:first", "system:second"]
    assert ("authority:ashby", "outage") in bands(applied.before, both, ["outage"])
    assert ("authority:twin-towns", "outage") in bands(applied.after, both, ["outage"])
    assert ("authority:twin-towns", "outage") not in bands(applied.after, ["system:first", "system:third"], ["outage"])


def test_what_ended_long_ago_is_not_ended_again(tmp_path: Path) -> None:
    rows = (
        "r1,authority:ashby,served-by,supplier:orbit,housing,personal,,,,,2015,2019,,,,,,e1,",
        "r2,authority:ashby,served-by,supplier:orbit,housing,personal,,,,,2020,,,,,,,e1,",
    )
    applied = tiny(tmp_path, *rows).whatif("cut", "ashby", "orbit").applied
    assert applied.after.dataset.relations["r1"].valid_to == "2019"
    assert [row.id for row in applied.ended] == ["r2"]


def test_every_row_that_ends_is_told() -> None:
    from riskgraph.render.page import as_text
    from riskgraph.render.whatif import page

    answer = load("uk").whatif("cut", "thanet", "civica")
    ends = [line for line in as_text(page(answer)).splitlines() if line.startswith("- Ends: ")]
    assert any("Thanet uses Modern.gov" in line for line in ends)
    assert len(answer.applied.ended) == len(ends)


@slow
@given(st.data())
def test_a_move_changes_nothing_but_who_provides(data: st.DataObject) -> None:
    """Held against rows that are ended and written anew by hand, for every root and body."""
    graph = opened(data.draw(datasets()))
    suppliers = sorted(id_ for id_ in graph.dataset.entities if id_.startswith("supplier:"))
    assume(len(suppliers) > 1)
    steps = [s for s in graph.settled(graph.view()).steps if s.in_force and not s.implied]
    never = {"member-of", "owned-by", "made-by", "linked-to"}
    pairs = sorted({(s.dependent, s.provider) for s in steps if s.provider in suppliers and s.relation not in never})
    assume(pairs)
    body, old = data.draw(st.sampled_from(pairs))
    new = data.draw(st.sampled_from(suppliers))
    assume(new not in (old, body))
    products = {s.dependent for s in steps if s.relation == "made-by" and s.provider == old}
    assume(not any(s.dependent == body and s.provider in products for s in steps))
    rows = [s for s in steps if (s.dependent, s.provider) == (body, old) and s.relation not in never]
    applied = made(graph, change("switch", body, old, new))
    last = "2024-06-29"
    late = [s.row for s in rows if (s.row.valid_from or "") > last]
    by_hand = edited(
        graph.dataset,
        put=[replace(s.row, valid_to=last) for s in rows if s.row not in late],
        drop=[row.id for row in late],
        add=[replace(s.row, id=f"moved.{s.row.id}", provider=new, service_area=s.area) for s in rows],
    )
    for root in sorted(graph.dataset.entities):
        assert bands(applied.after, [root], ALL) == bands(RiskGraph(by_hand), [root], ALL)


@slow
@given(st.data())
def test_no_move_is_surer_than_what_it_takes_the_place_of(data: st.DataObject) -> None:
    graph = opened(data.draw(datasets()))
    pairs = ties(graph)
    assume(pairs)
    verb = data.draw(st.sampled_from(["switch", "insource"]))
    names = [*data.draw(st.sampled_from(pairs)), data.draw(st.sampled_from(sorted(graph.dataset.entities)))]
    applied = made(graph, change(verb, *names[: 3 if verb == "switch" else 2]))
    ended = {row.id for row in applied.ended}
    before = [s for s in applied.before.settled(applied.view).steps if s.row.id in ended and not s.implied]
    new = {row.id for row in applied.supposed}
    for step in applied.after.settled(applied.view).steps:
        if step.row.id in new and not step.implied:
            assert step.grade >= min(old.grade for old in before)
    assert len([row for row in applied.supposed if row.relation != "operated-by"]) <= len(ended)


@slow
@given(st.data())
def test_a_merger_never_reassures(data: st.DataObject) -> None:
    """Whatever reaches one of the councils reaches what becomes of them, as surely."""
    graph = opened(data.draw(datasets()))
    councils = [id_ for id_ in sorted(graph.dataset.entities) if id_.startswith("authority:")]
    assume(len(councils) > 1)
    merge = change("merge", *councils[:2], name="New Council", on="2028-04-01")
    applied = made(graph, merge)
    for root in sorted(set(graph.dataset.entities) - set(councils[:2])):
        then = applied.after.dataset.info.day  # evidence has aged by the vesting day
        before, after = bands(graph, [root], ALL, then), bands(applied.after, [root], ALL)
        for (body, kind), band in before.items():
            if body in councils[:2]:
                assert after.get(("authority:new-council", kind), 9) <= band, (root, body, kind)


def test_what_one_council_says_of_a_supplier_says_nothing_of_the_products_of_another(tmp_path: Path) -> None:
    """Ashby says that Orbit has no way in; that Bexton uses a product of Orbit still counts once the two are one."""
    product = "product:desk,product,Desk,,,,,,,,,,\n"
    rows = (
        "r1,authority:ashby,supplied-by,supplier:orbit,,,none,,,,,,,,,,,e1,",
        "r2,authority:bexton,uses,product:desk,,,,,,,,,,,,,,e1,",
        "r3,product:desk,made-by,supplier:orbit,,,,,,,,,,,,,,e1,",
    )
    relations = "\n".join([HEAD, *rows]) + "\n"
    entities = FILES["entities.csv"] + product
    graph = RiskGraph.open(write_small(tmp_path, entities_csv=entities, relations_csv=relations))
    applied = made(graph, change("merge", "ashby", "bexton", name="New", on="2028-04-01"))
    before, after = bands(graph, ["orbit"], ALL), bands(applied.after, ["orbit"], ALL)
    told = {kind: band for (body, kind), band in before.items() if body == "authority:bexton"}
    assert set(told) > {"exit"}
    assert all(after["authority:new", kind] <= band for kind, band in told.items())


def test_backups_of_two_councils_stay_apart_also_where_only_the_system_says_the_area(tmp_path: Path) -> None:
    """Each calls its own pair `g`; the area of one row is that of the system that it uses."""
    area = "planning-building-control"
    systems = "".join(f"system:{n},system,{n.title()},,,,,,{a},,,,\n" for n, a in (("one", ""), ("two", area)))
    rows = (
        f"r1,authority:bexton,uses,system:one,{area},,,,g,,,,,,,,,e1,",
        "r2,authority:ashby,uses,system:one,,,,,g,,,,,,,,,e1,",
        "r3,authority:ashby,uses,system:two,,,,,g,,,,,,,,,e1,",
    )
    relations = "\n".join([HEAD, *rows]) + "\n"
    entities = FILES["entities.csv"] + systems
    graph = RiskGraph.open(write_small(tmp_path, entities_csv=entities, relations_csv=relations))
    applied = made(graph, change("merge", "ashby", "bexton", name="New", on="2028-04-01"))
    before, after = bands(graph, ["two"], ALL), bands(applied.after, ["two"], ALL)
    assert before["authority:ashby", "outage"] == after["authority:new", "outage"] == Band.DOCUMENTED


# -- one act, one number ---------------------------------------------------------------------------------


Radii = dict[tuple[str, Band, FailureKind | None], float]


def radii(
    graph: RiskGraph, instead: Mapping[str, tuple[str, ...]], roots: Iterable[str], hits: Iterable[FailureKind | None]
) -> Radii:
    """Of each root on a changed map; of what took the place of a root, that which reaches most."""
    found: Radii = {}
    for band, hit in product((Band.LIKELY, Band.POSSIBLE), hits):
        gauge = Gauge(graph, graph.view(), tuple(FailureKind), hit, band, By.AUTHORITIES)
        for root in roots:
            found[root, band, hit] = max(gauge.radius(part)[0] for part in instead.get(root, (root,)))
    return found


def verb_of(remedy: Remedy) -> Change:
    """The change of a scenario that is the same act as a fix."""
    area = remedy.area
    if remedy.act is Act.SEGMENT:
        return change("segment", remedy.thing)
    if remedy.act is Act.BACK_UP:
        return change("add-backup", remedy.body, remedy.thing, "system:spare", area=area)
    assert remedy.act is Act.SEVER
    return change("cut", remedy.body, remedy.thing, area=area)


@slow
@given(st.data())
def test_a_fix_promises_what_the_same_what_if_gives(data: st.DataObject) -> None:
    tables = data.draw(datasets())
    tables["entities"].append(
        {**dict.fromkeys(tables["entities"][0], ""), "id": "system:spare", "kind": "system", "name": "Spare"}
    )
    graph = opened(tables)
    acts = [Act.SEGMENT, Act.BACK_UP, Act.SEVER]
    found = remedies(graph.harm(graph.view()), graph.settled(graph.view()), acts).all
    found = tuple(one for one in found if not one.group)
    assume(found)
    remedy = data.draw(st.sampled_from(sorted(found, key=lambda one: (acts.index(one.act), one.id))))
    applied = made(graph, verb_of(remedy))
    touched = {row.id for row in applied.ended} if remedy.act is Act.SEVER else set(remedy.rows)
    if remedy.act is Act.BACK_UP:
        touched = {id_ for id_, row in graph.dataset.relations.items() if applied.after.dataset.relations[id_] != row}
    assume(touched == set(remedy.rows))
    # data may stay where a tie was cut and not where it was severed, so exposure is left out there
    kinds = [kind for kind in FailureKind if kind is not FailureKind.EXPOSURE]
    hits: list[FailureKind | None] = [None] if remedy.act is not Act.SEVER else [*kinds]
    overlay = apply(graph.settled(graph.view()), [remedy])
    roots = sorted(set(graph.dataset.entities) - {"system:spare"})
    promised = radii(RiskGraph(overlay.result()), overlay.instead, roots, hits)
    assert promised == radii(applied.after, applied.instead, roots, hits)


@pytest.fixture(scope="module")
def uk() -> RiskMap:
    return load("uk")


def test_every_environment_of_the_national_map_is_divided_into_the_same_number(uk: RiskMap) -> None:
    graph = uk.graph
    segments = remedies(graph.harm(graph.view()), graph.settled(graph.view()), [Act.SEGMENT]).all
    assert len(segments) >= 10
    for remedy in segments:
        pair = uk.whatif("segment", remedy.thing).pairs[0]
        found = fixes(graph, remedy.thing, band=Band.POSSIBLE, acts=["segment"], budget=1)
        assert found.was == pair.count(pair.before), remedy.thing
        assert found.best.left == pair.count(pair.after) if found.best.remedies else found.was <= pair.count(pair.after)
        assert found.exact and found.best.left == found.best.foreseen


def test_a_divided_network_still_reaches_what_its_worst_part_reaches(uk: RiskMap) -> None:
    name = "Public Sector Broadband Aggregation network"
    answer = uk.whatif("segment", name)
    pair = answer.pairs[0]
    found = fixes(uk.graph, name, band="possible", budget=1)
    assert (found.was, found.best.left) == (pair.count(pair.before), pair.count(pair.after)) == (25, 8)


def test_of_a_root_that_comes_apart_the_worst_part_counts_and_roots_are_added_up() -> None:
    """Two parts that reach 2 and 1, and another root that reaches 1: 2 + 1, and one change saves 1 or none."""
    one = Spread(frozenset({0}), (Rule(1, (0,), (1,)), Rule(2, (0,), (2,))), (Target(1.0, (1,)), Target(1.0, (2,))))
    two = Spread(frozenset({0}), (Rule(1, (0,), (1,)),), (Target(1.0, (1,)),))
    plan = cheapest([one, two, two], {1: 1.0, 2: 1.0}, 1.0, roots=[0, 0, 1])
    assert (left_by([one, two, two], (), False, [0, 0, 1]), plan.left, plan.changes) == (3.0, 1.0, (1,))
    assert plan.exact


# -- one contract, one end --------------------------------------------------------------------------------


def test_a_merger_and_contracts_count_the_same_contracts(uk: RiskMap) -> None:
    from riskgraph.analysis.select import Selection
    from riskgraph.render.contracts import contracts_page
    from riskgraph.render.page import as_text
    from riskgraph.render.whatif import page

    members = frozenset({"authority:burnley", "authority:pendle"})
    told = as_text(contracts_page(uk.contracts(selection=Selection(uk.graph, members=members), vesting="2028-04-01")))
    merged = as_text(page(uk.whatif("merge", "burnley", "pendle", name="New Pennine", on="2028-04-01")))
    counts = next(line for line in told.splitlines() if line.startswith("Against the vesting day")).partition(": ")[2]
    assert counts == next(one for one in merged.splitlines() if one.startswith("Contracts against")).partition(": ")[2]
    assert counts.startswith("5 end before it")


@pytest.mark.parametrize("more", ["", "2024-06-29", "2028-04-01"])
def test_every_kind_of_end_counts_in_a_merger_as_in_contracts(tmp_path: Path, more: str) -> None:
    from riskgraph.analysis.select import Selection

    rows = (
        "r1,authority:ashby,served-by,supplier:orbit,finance-erp,personal,,,,,,2027-09-30,X1,,,180,,e1,",
        "r2,authority:bexton,served-by,supplier:delta,housing,personal,,,,,,2029-03,,,,90,,e1,",
        "r3,authority:ashby,served-by,supplier:orbit,social-care,personal,,,,,,,,,2028-03-31,180,,e1,",
        f"r4,authority:ashby,served-by,supplier:delta,pensions,personal,,,,,,,,,{more},,,e1,",
        "r5,authority:bexton,supplied-by,supplier:orbit,electoral,,none,,,,,,,,,,RM1,e1,",
        "r6,authority:ashby,uses,system:first,electoral,,,,,,,,,,,,,e1,",
    )
    graph = tiny(tmp_path, *rows)
    told = graph.contracts(
        selection=Selection(graph.graph, members=frozenset({"authority:ashby", "authority:bexton"})),
        vesting="2028-04-01",
    )
    (finding,) = graph.whatif("merge", "ashby", "bexton", name="New", on="2028-04-01").applied.findings
    assert isinstance(finding, Merging)
    one = {c.row.id: (c.vesting, c.end) for c in [*told.contracts, *told.passed, *told.open]}
    assert {c.row.id: (c.vesting, c.end) for c in finding.contracts} == one
    assert "r6" not in one and set(one) >= {"r1", "r2", "r3", "r5"}
