"""What is hardened saves exactly those who are not reached without it; cut sets are what asking each set says."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from click.testing import CliRunner
from networks import without
from small import FILES, write_small

from riskgraph import RiskGraphError, load
from riskgraph.analysis.blast import blast, run
from riskgraph.analysis.chokepoints import Cut, chokepoints, service_cuts
from riskgraph.analysis.measure import counting, residents
from riskgraph.cli import main
from riskgraph.engine import solve
from riskgraph.engine.network import KIND_COUNT
from riskgraph.graph import RiskGraph
from riskgraph.harm import Part, places_of
from riskgraph.model import AUTHORITY, KINDS, Band
from riskgraph.render import chokepoints as render
from riskgraph.render.page import as_text

SETS = Path(__file__).parent / "conformance" / "sets"
SOME = sorted(SETS.iterdir())[:30]


def reached_without(graph: RiskGraph, root: str, band: Band, thing: str, row: bool) -> set[tuple[str, str]]:
    """Authorities and (authority, service) pairs reached once a body or a row is taken out of the network."""
    harm = graph.harm(graph.view(), [root])
    network = harm.network
    if row:
        links = {
            link
            for link, label in enumerate(network.label)
            if label >= 0 and thing in {r.id for r in harm.steps[label].rows}
        }
        smaller = without(network, links)
    else:
        smaller = without(network, (), {n for n, place in enumerate(harm.places) if place.body == thing})
    kinds = [KINDS.index(kind) for kind in blast(graph, root).kinds]
    hops = solve(smaller, [places_of(harm, root)], kinds).bands[band].hops
    found = set()
    counts = counting(blast(graph, root).kinds)
    for state in hops:
        if KINDS[state % KIND_COUNT] not in counts:
            continue
        place = harm.places[state // KIND_COUNT]
        if graph.dataset.entities[place.body].kind == AUTHORITY and place.body != root:
            if place.part is Part.WHOLE:
                found.add((place.body, ""))
            elif place.part is Part.SERVICE:
                found.add((place.body, place.area or "?"))
    return found


@pytest.mark.parametrize("first", range(0, 24, 6))
def test_what_is_saved_is_what_is_not_reached_without_it(first: int) -> None:
    assert sum(check_savings(RiskGraph.open(folder)) for folder in SOME[first : first + 6])


def check_savings(graph: RiskGraph) -> int:
    """Compare every body and row of a set with the slow way; how many save somebody."""
    saving_somebody = 0
    for root in graph.dataset.entities:
        if graph.dataset.entities[root].kind == AUTHORITY:
            continue
        found = chokepoints(graph, root, band=Band.POSSIBLE)
        whole = reached_without(graph, root, Band.POSSIBLE, "nothing", row=True)
        said = {(saving.thing, saving.row): saving for saving in (*found.bodies, *found.rows)}
        things = [(id_, False) for id_ in graph.dataset.entities if id_ != root]
        things += [(id_, True) for id_ in graph.dataset.relations]
        for thing, row in things:
            left = reached_without(graph, root, Band.POSSIBLE, thing, row)
            lost = {(body, part) for body, part in whole - left if body in found.reached and body != thing}
            saved = {body for body, part in lost if not part}
            saving = said.get((thing, row))
            if saving is None:
                assert not saved
                continue
            saving_somebody += 1
            assert set(saving.saved) == saved
            assert saving.services == len({pair for pair in lost if pair[1]})
            before, after = (
                residents(graph.dataset, some).people for some in (found.reached, set(found.reached) - saved)
            )
            assert saving.residents == before - after
    return saving_somebody


def test_bodies_stand_behind_one_another() -> None:
    found = chokepoints(RiskGraph.open("seeds"), "oracle", like="malicious-update")
    assert [(saving.thing, saving.behind) for saving in found.bodies] == [
        ("product:oracle-fusion", None),
        ("system:lancashire-oracle-fusion", "product:oracle-fusion"),
    ]
    assert found.unsaved == ()
    assert found.alternatives == 0


def slow_cuts(graph: RiskGraph, council: str, area: str, band: Band) -> set[frozenset[str]]:
    """Sets of one and two, by asking about each."""
    harm = graph.harm(graph.view())
    service = next(n for n, known in harm.parts(council, Part.SERVICE) if (known or "?") == area)
    outage = KINDS.index(KINDS[2])
    found: set[frozenset[str]] = set()
    for size in (1, 2):
        for cut in combinations([id_ for id_ in graph.dataset.entities if id_ != council], size):
            if any(smaller <= set(cut) for smaller in found):
                continue
            if service * KIND_COUNT + outage in run(harm, cut, [KINDS[2]]).bands[band].hops:
                found.add(frozenset(cut))
    return found


@pytest.mark.parametrize("folder", SOME[:12], ids=lambda path: path.name)
def test_cut_sets_are_those_that_asking_each_set_gives(folder: Path) -> None:
    graph = RiskGraph.open(folder)
    for council, areas in graph.harm(graph.view()).today.items():
        for area in areas[:2]:
            for band in (Band.DOCUMENTED, Band.POSSIBLE):
                expected = slow_cuts(graph, council, area or "?", band)
                found = service_cuts(graph, council, area or "?", order=2, band=Band.NOT_RULED_OUT)
                sets = [frozenset(cut.things) for cut in found.cuts if cut.band <= band]
                minimal = {cut for cut in sets if not any(other < cut for other in sets)}
                assert minimal == expected
                assert len(sets) == len(set(sets))


PAIR = {
    "entities_csv": FILES["entities.csv"]
    + "product:one,product,One,,,,,,,none,,,\n"
    + "product:two,product,Two,,,,,,,none,,,\n"
    + "system:idp,system,Sign-in,,,,,,,none,,,\n"
    + "system:p,system,P,,,,,,,none,,,\n"
    + "system:b,system,B,,,,,,,none,,,\n"
    + "environment:cloudx,environment,CloudX,,,,,,,,,,\n",
    "relations_csv": FILES["relations.csv"]
    + "s1,authority:ashby,uses,system:idp,planning-building-control,none,,,,,,,,,,,,,\n"
    + "s2,authority:ashby,uses,system:p,planning-building-control,none,,,g,,,,,,,,,,\n"
    + "s3,authority:ashby,uses,system:b,planning-building-control,none,,,g,,,,,,,,,,\n",
}
CLOUD = (
    "s4,system:p,hosted-on,environment:cloudx,,none,,,,,,,,,,,,,\n"
    "s5,system:b,hosted-on,environment:cloudx,,none,,,,,,,,,,,,,\n"
)


def cut_names(cuts: tuple[Cut, ...]) -> list[tuple[str, ...]]:
    return [cut.things for cut in cuts]


def test_the_hidden_single_point_behind_two_alternatives(tmp_path: Path) -> None:
    """The vector of the model: {IdP}, {CloudX}, {P, B}; without the hosts the cloud is not seen."""
    (tmp_path / "known").mkdir()
    (tmp_path / "hidden").mkdir()
    known = RiskGraph.open(
        write_small(tmp_path / "known", **{**PAIR, "relations_csv": PAIR["relations_csv"] + CLOUD})
    )  # fmt: skip
    hidden = RiskGraph.open(write_small(tmp_path / "hidden", **PAIR))
    area = "planning-building-control"
    assert cut_names(service_cuts(hidden, "ashby", area).cuts) == [("system:idp",), ("system:b", "system:p")]
    found = service_cuts(known, "ashby", area)
    assert cut_names(found.cuts) == [("system:idp",), ("environment:cloudx",), ("system:b", "system:p")]
    assert [cut.order for cut in found.single] == [1, 1]
    said = as_text(render.cuts_page(found))
    assert said.startswith("Any one of 2 things could stop planning and building control at Ashby by itself, ")
    assert "loses all of its alternatives together" in said
    assert "1 set that would stop it only by failing together" in said


def test_a_pair_that_backs_each_other_up_saves_nobody_by_itself(tmp_path: Path) -> None:
    graph = RiskGraph.open(write_small(tmp_path, **{**PAIR, "relations_csv": PAIR["relations_csv"] + CLOUD}))
    found = chokepoints(graph, "cloudx", kinds=["outage"])
    assert {saving.thing: saving.saved for saving in found.bodies} == {
        "system:b": ("authority:ashby",),
        "system:p": ("authority:ashby",),
    }, "hardening one of two alternatives is enough, which no path and no dominator shows"
    assert found.alternatives == 1
    assert "1 group of systems that back each other up" in as_text(render.page(found))


def test_a_service_that_is_not_there_is_said_with_those_that_are() -> None:
    with pytest.raises(RiskGraphError, match="Its services are: customer-digital"):
        service_cuts(RiskGraph.open("seeds"), "thanet", "libraries")
    with pytest.raises(RiskGraphError, match="no service"):
        load("seeds").chokepoints("thanet", "nonsense")


def test_the_words_in_every_format() -> None:
    runner = CliRunner()
    for words in (
        ["oracle", "--like", "malicious-update", "--data", "seeds"],
        ["thanet", "--area", "revenues-benefits", "--data", "seeds"],
    ):
        outputs = {}
        for form in ("text", "table", "json", "csv"):
            result = runner.invoke(main, ["chokepoints", *words, "--format", form], catch_exceptions=False)
            assert result.exit_code == 0, result.stderr
            outputs[form] = result.stdout
        assert outputs["text"][0].isdigit()
        assert '"schema": 2' in outputs["json"]
        assert outputs["csv"].count("\n") > 1
    two = runner.invoke(main, ["chokepoints", "thanet", "dover", "--area", "housing"], catch_exceptions=False)
    assert two.exit_code == 2


def test_answers_have_a_frame_and_a_short_name() -> None:
    seeds = load("seeds")
    for answer in (
        seeds.chokepoints("oracle", like="malicious-update"),
        seeds.chokepoints("thanet", "ict-infrastructure"),
    ):
        assert repr(answer).startswith("<")
        assert len(answer.to_frame()) >= 1
    assert seeds.chokepoints("essex").to_frame().empty
    assert "nothing to harden" in as_text(render.page(chokepoints(seeds.graph, "essex")))
