"""One count: the same question gives one number of bodies, residents and services through every door."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from conformance_shape import conformance_shape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import datasets, questions, write

from riskgraph.analysis.blast import blast
from riskgraph.analysis.calls import RUNG, calls
from riskgraph.analysis.chance import chance
from riskgraph.analysis.changes import changes
from riskgraph.analysis.chokepoints import chokepoints
from riskgraph.analysis.contracts import contracts
from riskgraph.analysis.every_radius import every_radius
from riskgraph.analysis.gauge import Gauge
from riskgraph.analysis.measure import By, counted, counting, residents, separate_areas
from riskgraph.analysis.question import Question
from riskgraph.analysis.radius import BlastRadius
from riskgraph.analysis.rank import rank
from riskgraph.analysis.residents import ResidentSums
from riskgraph.analysis.select import Selection
from riskgraph.analysis.single_failures import separate_failures
from riskgraph.analysis.step_chances import StepChance
from riskgraph.analysis.together import rank_together
from riskgraph.analysis.triage import Tier
from riskgraph.cli import main
from riskgraph.data.dataset import Dataset
from riskgraph.graph import RiskGraph
from riskgraph.model import PRESETS, Band, FailureKind, RegisterEntry
from riskgraph.render.blast import anonymous
from riskgraph.render.blast import page as blast_page
from riskgraph.render.blocks import Picture
from riskgraph.render.calls import page as calls_page
from riskgraph.render.chance import page as chance_page
from riskgraph.render.page import as_text
from riskgraph.report.kinds.blast import blast_report
from riskgraph.report.registry import Context
from riskgraph.scenario.compare import compare
from riskgraph.scenario.exercise import exercise
from riskgraph.scenario.model import Scenario, change

MAPS = Path(__file__).parent / "maps"
SURE = {band: StepChance(1.0, 1.0, 1.0, "sure") for band in Band}
Counts = tuple[int, int, int]
"""Authorities, residents and services."""


def of_blast(radius: BlastRadius, band: Band) -> Counts:
    return len(radius.within(band)), radius.residents(band).people, radius.services(band)


def of_gauge(graph: RiskGraph, root: str, kinds: Sequence[FailureKind], view: Any, band: Band) -> Counts:
    found = (Gauge(graph, view, kinds, None, band, by).radius(root)[0] for by in By)
    bodies, people, services = map(int, found)
    return bodies, people, services


def of_definition(radius: BlastRadius, band: Band) -> Counts:
    """The same from the plain answer alone: who exists, is no group and no root; each service by its own band."""
    said, dataset = conformance_shape(radius), radius.graph.dataset
    word = {one.word: one for one in Band}
    counts = {str(kind) for kind in counting(radius.kinds)}
    others = {body: entry for body, entry in said["authorities"].items() if body not in radius.roots}
    within = [
        b
        for b, e in others.items()
        if any(word[hit["band"]] <= band for kind, hit in e["kinds"].items() if kind in counts)
    ]
    services = [kinds for entry in others.values() for kinds in entry["services"].values()]
    served = sum(any(word[name] <= band for kind, name in kinds.items() if kind in counts) for kinds in services)
    return len(within), residents(dataset, within).people, served


def check(graph: RiskGraph, roots: Sequence[str], question: Mapping[str, Any]) -> None:
    """Every door that answers for each root alone, in every band."""
    ranking = {row.root: row for row in rank(graph, **question).rows}
    for root in roots:
        radius = blast(graph, root, **question)
        for band in Band:
            one = of_definition(radius, band)
            assert of_blast(radius, band) == one
            row = ranking.get(root)
            ranked = (0, 0, 0) if row is None else (row.authorities[band], row.residents[band], row.services[band])
            assert ranked == one, (root, band)
            assert of_gauge(graph, root, radius.kinds, radius.view, band) == one, (root, band)
            likely = chance(graph, root, band=band, worlds=100, table=SURE, **question)
            assert (round(likely.expected[1]), round(likely.residents[1]), len(likely.authorities)) == (
                *one[:2],
                one[0],
            )
            assert len(chokepoints(graph, root, band=band, **question).reached) == one[0]
        bodies, people, services = of_blast(radius, Band.POSSIBLE)
        sheet = calls(graph, root, limit=2, **question)
        rung = {body for tier in (*RUNG, Tier.PRECAUTION) for body in sheet.radius.tiers[tier]}
        rung &= {reach.id for reach in sheet.radius.authorities}
        assert sum(call.band is not None for call in sheet.calls) + sheet.more == len(rung) >= bodies
        assert radius.fact_values()["residents_at_most"] == people
        if not {"without", "known_before"} & question.keys():
            as_of = str(question.get("as_of") or "")
            supposed = Scenario("lost", (change("lose", root),), kinds=radius.kinds, as_of=as_of)
            (pair,) = compare(graph, supposed).pairs
            assert (pair.count(pair.after), pair.services(pair.after)) == (bodies, services)


def check_pages(graph: RiskGraph, roots: Sequence[str], question: Mapping[str, Any]) -> None:
    """What is said in words: the number first; "0" and "no" only where nobody is reached in any band."""
    for root in roots:
        radius = blast(graph, root, **question)
        found = radius.tiers[Tier.FIRST] or radius.tiers[Tier.POSSIBLE]
        report = blast_report(Context(graph, Question.of(graph, root, **question)))
        assert report.numbers[0].figure == (f"{len(found):,}" if found or radius.nothing else "Not known")
        everywhere = [
            as_text(blast_page(radius)), as_text(anonymous(radius)), report.title, as_text(calls_page(calls(graph, root, **question))),
            as_text(chance_page(chance(graph, root, worlds=100, **question))), report.numbers[0].note, *report.meaning,
        ]  # fmt: skip
        for said in everywhere:
            if not radius.nothing:
                assert "no route was found" not in said and "No way by which" not in said
            if any(radius.tiers.values()):
                assert not re.match(r"0 (council|of)", said) and " 0 councils" not in said


@pytest.mark.parametrize("like", PRESETS)
def test_every_door_gives_one_number_on_the_five_stories(like: str) -> None:
    seeds = RiskGraph.open("seeds")
    roots = [*[row.root for row in rank(seeds, like=like).rows][:8], "authority:essex", "authority:lancashire"]
    check(seeds, roots, {"like": like})
    check_pages(seeds, roots[:4], {"like": like})


@pytest.mark.parametrize("folder", sorted(MAPS.iterdir()), ids=lambda path: path.name)
@pytest.mark.parametrize("like", PRESETS)
def test_every_door_gives_one_number_on_the_small_maps(folder: Path, like: str) -> None:
    graph = RiskGraph.open(folder)
    check(graph, list(graph.dataset.entities), {"like": like})
    check_pages(graph, list(graph.dataset.entities), {"like": like})


@given(data=st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_every_door_gives_one_number_on_random_maps(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tables = data.draw(datasets())
    bodies = [row["id"] for row in tables["register"]]
    for row in tables["register"]:  # counties that hold districts, and people who are not known
        row["population"] = data.draw(st.sampled_from(["", "700", "1000", "2500"]))
        row["parent_county"] = data.draw(st.sampled_from(["", "", *(body for body in bodies if body < row["id"])]))
    asked = data.draw(questions(tables))
    folder = tmp_path_factory.mktemp("counted")
    write(tables, folder)
    graph = RiskGraph.open(folder)
    question = {name: value for name in ("kinds", "as_of", "without", "known_before") if (value := asked[name])}
    roots = data.draw(st.lists(st.sampled_from(list(graph.dataset.entities)), min_size=1, max_size=3, unique=True))
    check(graph, roots, question)
    check_pages(graph, roots[:1], question)
    if not {"without", "known_before", "kinds"} & question.keys():
        every = every_radius(graph, as_of=question.get("as_of"))
        for root in roots:
            radius = blast(graph, root, as_of=question.get("as_of"))
            reaches = (*radius.authorities, *radius.abolished, *radius.groups)
            assert {t.body: t.past for t in every.reached.get(root, ())} == {r.id: r.past for r in reaches}


def registers() -> st.SearchStrategy[dict[str, RegisterEntry]]:
    """Registers of up to 12 bodies: counties, combined authorities, areas in no order and in each other."""

    @st.composite
    def drawn(draw: st.DrawFn) -> dict[str, RegisterEntry]:
        ids = [f"authority:x{n}" for n in range(draw(st.integers(1, 12)))]
        above = st.sampled_from([None, *ids])
        return {
            id_: RegisterEntry(
                id_,
                kind=draw(st.sampled_from(["district", "county", "fire"])),
                population=draw(st.none() | st.integers(0, 5000)),
                parent_county=draw(above),
                combined_authority=draw(above),
            )
            for id_ in ids
        }

    return drawn()


def with_register(register: dict[str, RegisterEntry]) -> Dataset:
    return replace(RiskGraph.open(MAPS / "past_only").dataset, register=register)


@given(registers(), st.data())
@settings(max_examples=100)
def test_residents_of_many_sets_are_those_of_each(register: dict[str, RegisterEntry], data: st.DataObject) -> None:
    dataset, ids = with_register(register), list(register)
    chosen = data.draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))
    sets = data.draw(st.lists(st.lists(st.booleans(), min_size=len(chosen), max_size=len(chosen)), max_size=6))
    held = np.array(sets, np.bool_).reshape(len(sets), len(chosen))
    expected = [residents(dataset, [b for b, one in zip(chosen, row, strict=True) if one]).people for row in sets]
    assert ResidentSums.of(dataset, chosen).each(held).tolist() == expected


@given(st.integers(0, 10**6))
@settings(max_examples=60)
def test_separate_areas_hold_the_same_people(seed: int) -> None:
    """Where a county has the people of its districts, and more; the search for fixes weighs by these areas."""
    dice = random.Random(seed)  # noqa: S311 - a sample
    register = {}
    for county in range(3):
        people = [dice.randrange(1000) for _ in range(dice.randrange(4))]
        over = f"authority:c{county}"
        register[over] = RegisterEntry(over, kind="county", population=sum(people) + dice.choice([0, 50]))
        for n, count in enumerate(people):
            id_ = f"authority:c{county}d{n}"
            register[id_] = RegisterEntry(id_, kind="district", population=count, parent_county=over)
    dataset = with_register(register)
    some = {body for body in register if dice.random() < 0.5}
    reached = sum(people for people, bodies in separate_areas(dataset, list(register)) if some & set(bodies))
    assert reached == residents(dataset, some).people


# -- past customers -----------------------------------------------------------------------------------


def said(*args: str) -> str:
    result = CliRunner().invoke(main, list(args), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_past_customer_is_counted_and_named_with_who_holds_the_data() -> None:
    text = said("blast", "bucket", "--like", "data-theft", "--data", str(MAPS / "past_only"))
    flat = " ".join(text.split())
    said_first = (
        "could be reached first if Bucket lost the data it holds, by data left behind when a contract ended: Rochford"
    )
    assert flat.startswith(f"1 of 1 council {said_first}")
    assert "By data left behind when a contract ended in 2021, 1: Rochford (documented" in flat


@pytest.mark.parametrize("name", ["past_current", "past_current2"])
def test_a_customer_of_today_is_not_past_because_an_older_row_exposes_more_surely(name: str) -> None:
    radius = blast(RiskGraph.open(MAPS / name), "orbit")
    (reach,) = radius.within()
    assert (reach.past, reach.band, reach.in_force) == (False, Band.DOCUMENTED, Band.LIKELY)
    assert radius.past == ()


def test_answering_not_returned_never_makes_an_answer_fall() -> None:
    uk = RiskGraph.open("uk")
    before = blast(uk, "capita", like="data-theft")
    rows = {q.row for q in before.questions if q.field == "data_returned"}
    assert len(rows) > 20
    relations = {
        id_: replace(row, data_returned="no") if id_ in rows else row for id_, row in uk.dataset.relations.items()
    }
    after = blast(RiskGraph(replace(uk.dataset, relations=relations)), "capita", like="data-theft")
    for band in Band:
        assert {r.id for r in before.within(band)} <= {r.id for r in after.within(band)}
    assert len(after.within()) > len(before.within())


def test_whose_past_customers_they_are_is_said() -> None:
    uk = RiskGraph.open("uk")
    radius = blast(uk, "microsoft", regions=["South East"])  # few enough to be shown one by one
    holders = {reach.holder for reach in radius.past}
    assert {"supplier:capita", "supplier:microsoft"} <= holders
    assert "held by Capita" in as_text(blast_page(radius))


# -- the root -----------------------------------------------------------------------------------------


def test_a_root_never_counts_in_its_own_radius_alone_or_with_others() -> None:
    graph = RiskGraph.open(MAPS / "tog_root")
    together = blast(graph, ["ashby", "bexton"])
    assert [reach.id for reach in together.within()] == ["authority:carrow"]
    assert (
        "Each asked alone: 1 by Ashby only, 0 by Bexton only, 0 by both and 0 only when they fail together."
        in as_text(blast_page(together))
    )
    found = rank_together(graph, 2, "authority")
    assert (found.rows[0].value, found.exact) == (1, True)
    for one in found.rows:
        assert one.value == len(blast(graph, one.roots).within())


def test_a_council_that_fails_is_in_no_count_of_its_own() -> None:
    seeds = RiskGraph.open("seeds")
    radius = blast(seeds, "essex")
    assert (radius.within(Band.NOT_RULED_OUT), radius.residents().people, radius.services()) == ((), 0, 0)
    assert "people live" not in as_text(blast_page(radius))
    played = exercise(seeds, "essex-insider-2012")
    assert played.to_frame("expected").empty and {belief.bodies for belief in played.beliefs} == {()}
    uk = RiskGraph.open("uk")
    hampshire = rank(uk, "authority")["authority:hampshire"]
    assert hampshire.residents[Band.POSSIBLE] == blast(uk, "hampshire").residents().people
    gauge = Gauge(uk, uk.view(), PRESETS["compromise"], None, Band.POSSIBLE, By.RESIDENTS)
    assert gauge.radius("authority:hampshire")[0] == hampshire.residents[Band.POSSIBLE]


def test_a_contract_with_a_council_is_as_wide_as_its_radius() -> None:
    uk = RiskGraph.open("uk")
    held = {c.widest for c in contracts(uk).contracts if c.widest.startswith("authority:")}
    for contract in contracts(uk).contracts:
        if contract.widest in held:
            assert contract.radius == len(blast(uk, contract.widest).within())


def test_several_at_once_where_nothing_is_reached_or_only_one_could_fail() -> None:
    crash = RiskGraph.open(MAPS / "tog_crash")
    members = Selection.of(crash, members=["Bexton"])
    found = rank_together(crash, 3, like="outage", selection=members)
    assert found.rows == () and not found.exact
    text = said("rank", "--together", "3", "--like", "outage", "--data", str(MAPS / "tog_crash"))
    assert "Traceback" not in text
    alone = rank_together(RiskGraph.open(MAPS / "past_current2"), 2, "supplier")
    assert (alone.rows[0].roots, alone.rows[0].value, alone.exact) == (("supplier:orbit",), 1, True)


def three_way() -> Iterator[tuple[str, str]]:
    yield (
        "entities.csv",
        "id,kind,name,authority_type\nauthority:a,authority,A,district\n"
        + "".join(f"system:s{n},system,S{n},\n" for n in range(3)),
    )
    yield (
        "relations.csv",
        "id,dependent,relation,provider,service_area,alternative,evidence\n"
        + "".join(f"r{n},authority:a,uses,system:s{n},housing,g,e1\n" for n in range(3)),
    )
    yield (
        "evidence.csv",
        "id,url,publisher,published,confidence,stance\ne1,https://example.org/1,x,2024-01-01,confirmed,supports\n",
    )
    yield "dataset.toml", 'title = "T"\nas_of = "2024-06-30"\nlicence = "CC0"\nattribution = "x"\nmarking = ""\n'


def test_what_only_three_at_once_reach_is_found(tmp_path: Path) -> None:
    for name, content in three_way():
        (tmp_path / name).write_text(content, encoding="utf-8")
    graph = RiskGraph.open(tmp_path)
    assert rank_together(graph, 2, "system", like="outage").rows == ()
    found = rank_together(graph, 3, "system", like="outage", band="likely")
    assert [(row.value, len(row.roots), row.surprise) for row in found.rows] == [(1, 3, 1)]


# -- residents ----------------------------------------------------------------------------------------


def test_residents_are_counted_of_a_class_only_where_it_is_reached() -> None:
    uk = RiskGraph.open("uk")
    counties = Selection.of(uk, classes=["county"])
    gauge = Gauge(uk, uk.view(), PRESETS["compromise"], None, Band.POSSIBLE, By.RESIDENTS, counties)
    people, bodies = gauge.radius("supplier:civica")
    radius = blast(uk, "civica").selected(counties)
    assert bodies == {reach.id for reach in radius.within()}
    assert people == radius.residents().people == rank(uk, selection=counties)["supplier:civica"].residents[2] > 0


# -- service areas ------------------------------------------------------------------------------------


def areas_of(graph: RiskGraph) -> list[str]:
    harm = graph.harm(graph.view())
    return sorted({area for areas in harm.today.values() for area in areas if area is not None})


def check_areas(graph: RiskGraph, roots: Sequence[str], areas: Sequence[str], **question: Any) -> None:
    """Of some areas, a body counts in a kind and band if its service there does, through every door alike."""
    chosen = Selection.of(graph, areas=areas)
    ranking = {row.root: row for row in rank(graph, selection=chosen, **question).rows}
    every = every_radius(graph, selection=chosen, **question)
    for root in roots:
        whole, radius = blast(graph, root, **question), blast(graph, root, selection=chosen, **question)
        counts = counting(radius.kinds)
        served = {
            reach.id: [kinds for area, kinds in reach.services.items() if area in areas]
            for reach in whole.authorities
            if not reach.root
        }
        touched = {touch.body: touch for touch in every.reached.get(root, ())}
        for band in Band:
            inside = {
                body
                for body, services in served.items()
                if any(b <= band for kinds in services for kind, b in kinds.items() if kind in counts)
            }
            count = sum(
                any(b <= band for kind, b in kinds.items() if kind in counts)
                for services in served.values()
                for kinds in services
            )
            assert {reach.id for reach in radius.within(band)} == inside, (root, band)
            one = len(inside), residents(graph.dataset, inside).people, count
            assert of_blast(radius, band) == one
            row = ranking.get(root)
            ranked = (0, 0, 0) if row is None else (row.authorities[band], row.residents[band], row.services[band])
            assert ranked == one, (root, band)
            view, kinds = radius.view, radius.kinds
            found = tuple(int(Gauge(graph, view, kinds, None, band, by, chosen).radius(root)[0]) for by in By)
            assert found == one, (root, band)
            assert {reach.id for reach in (*radius.authorities, *radius.abolished, *radius.groups)} == set(touched)
            for kind in FailureKind:
                of_kind = {body for body, some in served.items() if any(k.get(kind, 9) <= band for k in some)}
                assert {reach.id for reach in radius.within(band, kind)} == of_kind
                assert row is None or row.by_kind.get(kind, (0,) * len(Band))[band] == len(of_kind)
                at = list(FailureKind).index(kind)
                assert of_kind <= {body for body, touch in touched.items() if touch.levels[at] <= band}
            assert set(chokepoints(graph, root, band=band, selection=chosen, **question).reached) == inside


@pytest.mark.parametrize("folder", ["seeds", *sorted(MAPS.iterdir())], ids=lambda path: Path(path).name)
def test_of_a_service_area_a_body_counts_as_its_service_there_is_reached(folder: str | Path) -> None:
    graph = RiskGraph.open(folder)
    areas = areas_of(graph)
    for some in [areas[:1], areas[1:3], areas]:
        if some:
            check_areas(graph, list(graph.dataset.entities), some)


def test_a_service_that_is_doubtful_is_no_body_reached_in_that_area() -> None:
    """Who is reached surely, but in an area only in doubt, does not count for that area within the band."""
    uk = RiskGraph.open("uk")
    radius = blast(uk, "civica")
    doubtful = {
        (area, reach.id)
        for reach in radius.within()
        for area, kinds in reach.services.items()
        if area is not None and min(kinds.values()) > Band.POSSIBLE
    }
    assert doubtful
    areas = sorted({area for area, _ in doubtful})
    check_areas(uk, ["supplier:civica"], areas[:1])
    for area in areas:
        inside = {reach.id for reach in blast(uk, "civica", areas=[area]).within()}
        assert inside.isdisjoint(body for one, body in doubtful if one == area)


@pytest.mark.parametrize("by", list(By))
def test_of_a_service_area_several_roots_together_reach_what_blast_says(by: By) -> None:
    uk = RiskGraph.open("uk")
    found = rank_together(uk, 2, "supplier", by=str(by), areas=["revenues-benefits"])
    assert found.rows
    for row in found.rows[:3]:
        radius = blast(uk, row.roots, areas=["revenues-benefits"])
        assert row.value == dict(zip(By, of_blast(radius, Band.POSSIBLE), strict=True))[by]


# -- services and kinds -------------------------------------------------------------------------------


def test_a_call_names_each_service_with_its_own_band() -> None:
    uk = RiskGraph.open("uk")
    sheet = calls(uk, "civica")
    for call in sheet.calls:
        if call.role == "council":
            reach = sheet.radius[call.who]
            for area, band in call.services.items():
                assert band is min(reach.services[area].values()) and band <= Band.POSSIBLE
    assert any(band > call.band for call in sheet.calls if call.band is not None for band in call.services.values())


def test_who_is_hit_is_not_only_said_to_run_or_host_it() -> None:
    text = as_text(calls_page(calls(RiskGraph.open("seeds"), "east kent services", as_of="2024-01-18")))
    assert "runs, hosts or makes" not in text
    assert "hosts what was hit, and could be reached itself: documented" in text


def test_maps_are_compared_kind_by_kind() -> None:
    old, new = (RiskGraph.open(MAPS / name) for name in ("diff_c", "diff_d"))
    (answer,) = changes(old, new, ["orbit"]).answers
    assert not answer.same and answer.before == answer.after == 1
    (moved,) = answer.surer
    assert (moved.kind, moved.before, moved.after) == (FailureKind.EXPOSURE, Band.POSSIBLE, Band.DOCUMENTED)
    assert "exposure possible, now documented" in said("data", "diff", str(MAPS / "diff_c"), str(MAPS / "diff_d"))
    old, new = (RiskGraph.open(MAPS / name) for name in ("diff_a", "diff_b"))
    less = changes(old, new, ["orbit"]).answers[0].less_sure
    assert {one.body for one in less} == {"authority:ashby", "authority:bexton"}


def test_a_section_on_what_could_stop_lists_what_could_stop() -> None:
    uk = RiskGraph.open("uk")
    radius = blast(uk, "civica")
    report = blast_report(Context(uk, Question.of(uk, "supplier:civica")))
    blocks = [block for section in report.sections for block in section.blocks]
    pictures = {block.id: block for block in blocks if isinstance(block, Picture)}
    stops = {area for reach in radius.within() for area, kinds in reach.services.items()
             if kinds.get(FailureKind.OUTAGE, Band.NOT_RULED_OUT) <= Band.POSSIBLE}  # fmt: skip
    touched = {area for reach in radius.within() for area, kinds in reach.services.items()
               if min(kinds.values()) <= Band.POSSIBLE}  # fmt: skip
    assert len(pictures["areas-outage"].bars) == len(stops) < len(touched)


def test_a_body_stands_under_every_line_by_which_it_is_reached() -> None:
    uk = RiskGraph.open("uk")
    radius = blast(uk, "civica", as_of="2024-01-18")
    canterbury = radius["authority:canterbury"]
    assert {"revenues-benefits", "customer-digital"} <= set(canterbury.lines)
    lines = as_text(blast_page(radius)).splitlines()
    assert sum("Canterbury" in line for line in lines if line.startswith("- ")) == 2


def test_what_is_told_as_three_failures_is_three_failures() -> None:
    uk = RiskGraph.open("uk")
    ranked = [row.root for row in rank(uk).rows if row.kind != "line"][:12]
    three = separate_failures(uk, uk.view(), PRESETS["compromise"], ranked, 3)
    assert len(three) == 3
    for one in three:
        reached = {reach.id for reach in blast(uk, one).within()}
        assert not reached & set(three)
    assert len(counted(uk.dataset, uk.view().as_of)) == rank(uk, "store").bodies
