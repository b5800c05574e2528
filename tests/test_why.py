"""Every minimal proof is listed, or it is said how many are not; and what keeps a body out is said on every way."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from reference import Tables
from small import FILES, write_small
from strategies import datasets, write

from riskgraph.analysis.blast import blast, run
from riskgraph.analysis.proofs import all_proofs
from riskgraph.analysis.why import why, why_not
from riskgraph.engine.network import KIND_COUNT
from riskgraph.graph import RiskGraph
from riskgraph.harm import HarmNetwork, Part, Place, places_of
from riskgraph.model import KINDS, NEVER, PRESETS, Band
from riskgraph.render.page import as_text
from riskgraph.render.why import not_page, page

MAPS = Path(__file__).parent / "maps"
Support = frozenset[str]  # rows that together are enough


def test_all_five_routes_through_alternatives_are_listed() -> None:
    graph = RiskGraph.open(MAPS / "why_five")
    answer = why(graph, "ashby", "orbit")
    halls = {frozenset({"r1", f"r{hall}", f"r{hall + 5}"}) for hall in range(2, 7)}
    assert {frozenset(chain.rows) for chain in answer.chains} == halls
    assert (answer.complete, answer.unlisted) == (True, 0)
    assert page(answer).lead.startswith("Ashby could be reached through Hall4 if Orbit were compromised: documented (")


def test_what_is_not_listed_is_counted() -> None:
    answer = why(RiskGraph.open(MAPS / "why_five"), "ashby", "orbit", limit=2)
    assert (len(answer.chains), answer.complete, answer.unlisted) == (2, True, 3)
    assert answer.fact_values()["not_listed"] == 3
    assert "5 ways, the surest first:" in as_text(page(answer, limit=2)).splitlines()
    assert "And 3 routes more: --all." in as_text(page(answer, limit=2))


EKS = """id,dependent,relation,provider,service_area,data,evidence
own,authority:ashby,served-by,supplier:orbit,housing,personal,e1
joint,authority:ashby,served-by,shared-service:both,housing,personal,e1
sub,shared-service:both,subcontracts-to,supplier:orbit,housing,personal,e1
u1,authority:ashby,uses,product:desk,customer-digital,,e1
u2,authority:ashby,uses,product:plan,planning-building-control,,e1
m1,product:desk,made-by,supplier:orbit,,,e1
m2,product:plan,made-by,supplier:orbit,,,e1
"""


@pytest.fixture
def eks(tmp_path: Path) -> RiskGraph:
    entities = FILES["entities.csv"] + "".join(
        f"product:{one},product,{one.title()},,,,,,,,,,\n" for one in ("desk", "plan")
    )
    return RiskGraph.open(write_small(tmp_path, relations_csv=EKS, entities_csv=entities))


def test_a_likely_way_through_the_shared_service_is_told_before_a_row_of_its_own(eks: RiskGraph) -> None:
    answer = why(eks, "ashby", "orbit", like="data-theft")
    assert [set(chain.rows) for chain in answer.chains][:2] == [{"joint", "sub"}, {"own"}]
    said = as_text(page(answer)).splitlines()
    assert said[0].startswith(
        "Ashby could be reached through Both Together if Orbit lost the data it holds: documented"
    )
    assert said[1:3] == [
        "3 ways, the surest first:",
        "1. Ashby is served by Both Together (housing), which subcontracts to Orbit.",
    ]
    assert blast(eks, "orbit", like="data-theft")["authority:ashby"].first == "shared-service:both"
    # an outage passes the subcontract only possibly, and the row of its own surely: that is first
    stops = why(eks, "ashby", "orbit", like="outage")
    assert set(stops.chains[0].rows) == {"own"}


def test_what_takes_altered_software_is_told_last_and_as_that(eks: RiskGraph) -> None:
    answer = why(eks, "ashby", "orbit")
    assert [chain.altered for chain in answer.chains] == [False, False, True, True]
    assert "   Only if its software were altered. Last seen 2021 (invented)." in as_text(page(answer)).splitlines()
    assert not any(chain.altered for chain in why(eks, "ashby", "orbit", like="malicious-update").chains)


def test_products_of_one_maker_are_told_once_and_together(eks: RiskGraph) -> None:
    answer = why(eks, "ashby", "orbit")
    assert len({frozenset(chain.rows) for chain in answer.chains}) == len(answer.chains) == 4
    said = as_text(page(answer))
    assert (
        "uses Desk (customer contact and online services) and Plan (planning and building control), each of which is"
        in said
    )
    assert said.count("Desk") == 1


def test_the_usual_form_is_twelve_lines_and_sources_are_asked_for() -> None:
    answer = why(RiskGraph.open("uk"), "thanet", "civica", as_of="2024-01-18")
    said = as_text(page(answer)).splitlines()
    assert len(said) <= 12 and "http" not in "".join(said)
    assert "\n".join(said).count("Last seen ") == 4 and said[-2] == "And 2 routes more: --all."
    full = as_text(page(answer, sources=True, every=True))
    assert all((one or "no address") in full for one in answer.to_frame("evidence")["url"])


def test_a_body_of_which_nothing_is_recorded_is_not_known_and_not_safe() -> None:
    seeds = RiskGraph.open("seeds")
    known = {row.dependent for row in seeds.dataset.relations.values()}
    bare = next(id_ for id_ in seeds.dataset.entities if id_.startswith("authority:") and id_ not in known)
    said = page(why(seeds, bare, "civica")).lead
    assert said.startswith("Not known: nothing is recorded of what ")


def smallest(found: set[Support]) -> set[Support]:
    """Those of which no other is a part."""
    return {one for one in found if not any(other < one for other in found)}


def supports(harm: HarmNetwork, root: str, band: Band, likely: dict[int, set[Support]]) -> dict[int, set[Support]]:
    """State to the smallest sets of rows that are enough for it, by fixed point and not by search."""
    network, start = harm.network, set(places_of(harm, root))
    found: dict[int, set[Support]] = {
        place * KIND_COUNT + KINDS.index(kind): {frozenset()} for place in start for kind in PRESETS["compromise"]
    }
    while True:
        before = {state: set(some) for state, some in found.items()}

        def add(state: int, some: set[Support]) -> None:
            found[state] = smallest(found.get(state, set()) | some)

        for link, label in enumerate(network.label):
            rows = frozenset(row.id for row in harm.steps[label].rows) if label >= 0 else frozenset()
            for kind in range(KIND_COUNT):
                level = network.levels[link][kind]
                if level <= band and level != NEVER:
                    given = likely if band > Band.LIKELY and kind in network.onward[link] else found
                    source = network.source[link] * KIND_COUNT + kind
                    add(network.target[link] * KIND_COUNT + kind, {rows | one for one in given.get(source, ())})
        for place, numbers in enumerate(network.derives):
            for rule in (network.derivations[number] for number in numbers):
                if rule.level <= band and (rule.at_roots or place not in start):
                    add(place * KIND_COUNT + rule.target, found.get(place * KIND_COUNT + rule.source, set()))
        for group in network.groups:
            for kind in group.kinds:
                each = [found.get(member * KIND_COUNT + kind, set()) for member in sorted(group.protects[band])]
                enough = {frozenset[str]().union(*some) for some in product(*each)} if each else set()
                if not each:
                    enough = {one for member in group.members for one in found.get(member * KIND_COUNT + kind, ())}
                add(group.target * KIND_COUNT + kind, enough)
        if {state: some for state, some in found.items() if some} == {s: some for s, some in before.items() if some}:
            return found


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables=datasets())
def test_the_proofs_are_all_smallest_sets_of_rows_that_are_enough(tables: Tables) -> None:
    with TemporaryDirectory() as folder:
        write(tables, Path(folder))
        graph = RiskGraph.open(folder)
    for root in [id_ for id_ in graph.dataset.entities if not id_.startswith("authority:")][:3]:
        harm = graph.harm(graph.view(), [root])
        answer = run(harm, [root], PRESETS["compromise"])
        by_band: list[dict[int, set[Support]]] = []
        for band in Band:
            by_band.append(supports(harm, root, band, by_band[1] if band > Band.LIKELY else {}))
        for body in graph.dataset.entities:
            if body == root:
                continue
            for number, kind in enumerate(KINDS):
                state = harm.number[Place(body, Part.WHOLE)] * KIND_COUNT + number
                expected: dict[Support, int] = {}
                for band in Band:
                    for rows in by_band[band].get(state, ()):
                        if not any(surer <= rows for surer in expected):
                            expected[rows] = band
                proofs, complete = all_proofs(harm, answer, body, kind)
                if complete:
                    assert {frozenset(proof.rows): proof.band for proof in proofs} == expected
                else:
                    assert {frozenset(proof.rows) for proof in proofs}


def check_not(graph: RiskGraph, body: str, root: str, like: str) -> int:
    """Each way of a body that is kept out names, for every kind asked about, what stops it."""
    answer = why_not(graph, body, root, like=like)
    if answer.band is not None:
        return 0
    for rows, facts in answer.paths:
        stopped = {kind for fact in facts for kind in fact.kinds}
        assert stopped == set(PRESETS[like]), (body, root, like, rows)
    assert "nothing stops it" not in as_text(not_page(answer))
    return len(answer.paths)


@pytest.mark.parametrize("like", ["compromise", "outage"])
def test_every_way_that_does_not_reach_names_what_stops_it(like: str) -> None:
    kept_out = 0
    for number in ("006", "012", "027", "030", "041"):
        graph = RiskGraph.open(Path(__file__).parent / "conformance" / "sets" / number)
        ids = list(graph.dataset.entities)
        kept_out += sum(check_not(graph, body, root, like) for root in ids[::9] for body in ids[::2] if body != root)
    assert kept_out


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables=datasets())
def test_on_any_map_every_way_that_does_not_reach_names_what_stops_it(tables: Tables) -> None:
    with TemporaryDirectory() as folder:
        write(tables, Path(folder))
        graph = RiskGraph.open(folder)
    ids = list(graph.dataset.entities)
    for root in ids[::6]:
        for body in ids[::3]:
            if body != root:
                check_not(graph, body, root, "compromise")
