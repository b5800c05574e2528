"""The cheapest changes: tried against every set of changes on random maps, and told in words."""

from __future__ import annotations

import json
import tempfile
from itertools import combinations
from pathlib import Path

import pytest
import reference
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import datasets, questions, write

from riskgraph.analysis.gauge import Gauge
from riskgraph.analysis.measure import By, residents
from riskgraph.analysis.select import Selection
from riskgraph.cli import main
from riskgraph.data import read
from riskgraph.errors import DataError, RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import Band, FailureKind
from riskgraph.render.fixes import page, remedy_text
from riskgraph.render.page import as_text
from riskgraph.scenario.costs import read_costs
from riskgraph.scenario.fixes import fixes
from riskgraph.scenario.remedies import Act, Remedy, apply, remedies

STORY = "2024-01-18"
"""The day on which three councils of East Kent were cut off; Civica worked for them until January 2025."""

slow = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None, max_examples=15
)


def opened(tables: reference.Tables) -> RiskGraph:
    with tempfile.TemporaryDirectory() as folder:
        write(tables, Path(folder))
        return RiskGraph(read(folder))


@pytest.fixture(scope="module")
def seeds() -> RiskGraph:
    return RiskGraph.open("seeds")


@pytest.fixture(scope="module")
def uk() -> RiskGraph:
    return RiskGraph.open("uk")


@slow
@given(st.data())
def test_no_set_of_changes_made_in_the_data_does_better(data: st.DataObject) -> None:
    """Every set of two changes is made in a copy of a random map and asked anew: none beats the answer."""
    tables = data.draw(datasets())
    question = data.draw(questions(tables))
    graph = opened(tables)
    root, kinds = question["roots"][0], [FailureKind(kind) for kind in question["kinds"]]
    view = graph.view(question["as_of"])
    band = data.draw(st.sampled_from(Band))
    by = data.draw(st.sampled_from(By))
    found = fixes(graph, root, kinds=kinds, as_of=question["as_of"], band=band, by=by, budget=2)

    def left(chosen: tuple[Remedy, ...]) -> float:
        change = apply(graph.settled(view), chosen)
        gauge = Gauge(RiskGraph(change.result()), view, kinds, None, band, by)
        return max(gauge.radius(part)[0] for part in change.instead.get(root, (root,)))

    every = remedies(graph.harm(view), graph.settled(view)).all
    best = min(left(chosen) for size in range(3) for chosen in combinations(every[:10], size))
    assert found.best.left <= best
    assert found.best.left <= found.best.foreseen and found.exact
    assert found.was == left(()) and found.best.left == left(found.best.remedies)
    if found.runner_up is not None:
        assert found.runner_up.left >= found.best.left


@slow
@given(st.data())
def test_no_change_makes_any_radius_grow(data: st.DataObject) -> None:
    tables = data.draw(datasets())
    graph = opened(tables)
    view = graph.view()
    every = remedies(graph.harm(view), graph.settled(view)).all
    if not every:
        return
    made = data.draw(st.lists(st.sampled_from(every), max_size=3, unique=True))
    kinds = tuple(FailureKind)
    before = Gauge(graph, view, kinds, None, Band.POSSIBLE, By.AUTHORITIES)
    changed = RiskGraph(apply(graph.settled(view), made).result())
    after = Gauge(changed, view, kinds, None, Band.POSSIBLE, By.AUTHORITIES)
    for root in graph.dataset.entities:
        assert after.radius(root)[1] <= before.radius(root)[1]


@slow
@given(st.data())
def test_saving_all_leaves_only_what_no_change_saves(data: st.DataObject) -> None:
    graph = opened(data.draw(datasets()))
    root = data.draw(st.sampled_from(sorted(graph.dataset.entities)))
    found = fixes(graph, root, budget=None, band="possible")
    assert found.best.left <= len(found.beyond)
    assert set(found.beyond).isdisjoint(found.best.saved) or found.best.left < len(found.beyond)


def test_the_worst_case_over_all_roots_holds_for_each_of_them(seeds: RiskGraph) -> None:
    found = fixes(seeds, budget=2)
    change = apply(seeds.settled(seeds.view()), found.best.remedies)
    gauge = Gauge(RiskGraph(change.result()), seeds.view(), found.question.kinds, None, found.question.band, found.by)
    roots = [part for root in seeds.dataset.entities for part in change.instead.get(root, (root,))]
    radii = [gauge.radius(root)[0] for root in roots]
    assert max(radii) == found.best.left < found.was
    assert found.every and found.exact


def test_several_roots_are_added_or_the_worst_of_them_counts(seeds: RiskGraph) -> None:
    roots = ["rbkc shared it", "civica"]
    added = fixes(seeds, roots, budget=1, as_of=STORY)
    worst = fixes(seeds, roots, budget=1, worst=True, as_of=STORY)
    assert added.was == 2 + 3 and worst.was == 3
    assert added.best.left == 4 and [one.act for one in added.best.remedies] == [Act.SEVER]
    assert worst.best.left == 3 and not worst.best.remedies
    assert set(added.regret) == {"environment:rbkc-shared-it", "supplier:civica"}


def test_what_changes_cost_decides_which_are_made(seeds: RiskGraph) -> None:
    dear = fixes(seeds, "rbkc shared it", budget=60, costs={"segment:environment:rbkc-shared-it": 100.0})
    assert {one.act for one in dear.best.remedies} == {Act.SEVER}
    assert dear.best.costs_unknown == 2 and dear.best.cost == 2 and dear.best.left == 0


def test_only_the_acts_asked_for_are_proposed(seeds: RiskGraph) -> None:
    found = fixes(seeds, "rbkc shared it", acts=["sever"])
    assert {one.act for one in found.best.remedies} == {Act.SEVER}


def test_old_data_is_deleted_where_only_old_data_is_left(uk: RiskGraph) -> None:
    found = fixes(uk, "capita", band="not-ruled-out", acts=["purge"], budget=1)
    (purge,) = found.best.remedies
    assert purge.act is Act.PURGE and found.best.left < found.was
    assert ": get the old data back from " in remedy_text(uk.dataset, purge)


def test_only_the_members_of_a_warp_count(uk: RiskGraph) -> None:
    kent = Selection.of(uk, members=["Thanet", "Dover", "Canterbury", "Kent"])
    found = fixes(uk, "civica", budget=None, selection=kent, as_of=STORY)
    assert found.was == 3 and set(found.best.saved) == {"authority:canterbury", "authority:dover", "authority:thanet"}
    benefits = Selection.of(uk, members=["Thanet", "Dover"], areas=["revenues-benefits"])
    assert fixes(uk, "civica", budget=None, selection=benefits, as_of=STORY).was == 2
    with pytest.raises(RiskGraphError, match="Residents have no service area"):
        fixes(uk, "civica", by="residents", selection=benefits)


def test_a_question_helps_only_where_something_is_not_known(uk: RiskGraph) -> None:
    assert fixes(uk, "civica", acts=["ask"]).best.remedies == ()
    asked = fixes(uk, "civica", acts=["ask"], band="not-ruled-out")
    assert asked.best.left == asked.was - 3 and all(one.act is Act.ASK for one in asked.best.remedies)


def test_an_area_counts_once_for_a_county_and_its_districts(uk: RiskGraph) -> None:
    from riskgraph.analysis.blast import blast

    view = uk.view()
    for root in ("supplier:capita", "supplier:microsoft", "supplier:civica"):
        gauge = Gauge(uk, view, blast(uk, root).kinds, None, Band.POSSIBLE, By.RESIDENTS)
        reached = [reach.id for reach in blast(uk, root).within(Band.POSSIBLE)]
        assert gauge.radius(root)[0] == residents(uk.dataset, reached).people


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"band": "sure"}, "No band is called 'sure'"),
        ({"by": "money"}, "No measure is called 'money'"),
        ({"acts": ["pray"]}, "No change is called 'pray'"),
        ({"budget": -1}, "The budget is -1"),
        ({"costs": {"nothing": 1.0}}, "There is a cost for 'nothing'"),
    ],
)
def test_a_word_that_is_not_known_is_an_error(seeds: RiskGraph, asked: dict[str, object], message: str) -> None:
    with pytest.raises(RiskGraphError, match=message):
        fixes(seeds, "civica", **asked)  # type: ignore[arg-type]


def test_a_file_of_costs_is_read_strictly(tmp_path: Path) -> None:
    good = tmp_path / "costs.csv"
    good.write_text("change,cost,note\nsegment:environment:x,1200.5,quote\nrow,,not known\n")
    assert read_costs(good) == {"segment:environment:x": 1200.5}
    bad = tmp_path / "bad.csv"
    bad.write_text("change,cost\na,-1\n,2\nb,much\nc,1\nc,2\n")
    with pytest.raises(DataError) as caught:
        read_costs(bad)
    assert [(problem.row, problem.rule) for problem in caught.value.problems] == [
        (2, "number"),
        (3, "missing"),
        (4, "number"),
        (6, "twice"),
    ]
    worse = tmp_path / "worse.csv"
    worse.write_text("change,note\na,b\n")
    with pytest.raises(DataError, match="The column is missing"):
        read_costs(worse)


def run(*words: str) -> str:
    result = CliRunner().invoke(main, ["fixes", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_the_first_line_says_that_no_single_change_helps_more_than_one_council() -> None:
    said = run("civica", "--data", "seeds", "--as-of", STORY).splitlines()
    assert said[0].startswith(
        "No single change helps more than one of the 3 councils that Civica could reach (as of 18 January 2024, data of "
    )
    assert "Sever" not in "".join(said) and "alone 0" not in "".join(said)
    assert any(line.startswith("1. Each of 3 councils: have another than Civica run ") for line in said)
    assert "   Helps one each: Canterbury, Dover and Thanet." in said


def test_the_first_line_names_the_one_change_that_helps_several() -> None:
    said = as_text(page(fixes(RiskGraph.open("one-sheet-register.csv"), "quenby software"))).splitlines()
    assert said[0].startswith(
        "One change by Marl Valley Shared Services helps most: 3 of the 5 councils that Quenby Soft"
    )
    what = (
        "Marl Valley Shared Services: end the supply by Quenby Software (revenues and benefits) and close its way in."
    )
    assert said[1:3] == [f"1. {what}", "   Helps Cawdale, Ebbwick and Wexmoor."]


def test_what_one_body_does_by_itself_saves_what_it_says(uk: RiskGraph) -> None:
    """Every act is made in a copy of the map and asked again; a change less would not save as much."""
    found = fixes(uk, "civica")
    view = uk.view()
    assert found.acts and not {body for act in found.acts for body in act.saved} & {*found.together, *found.beyond}
    for act in found.acts:
        for made, as_much in [
            (act.remedies, True),
            *((act.remedies[:n] + act.remedies[n + 1 :], False) for n in range(len(act.remedies))),
        ]:
            changed = RiskGraph(apply(uk.settled(view), made).result())
            gauge = Gauge(changed, view, found.question.kinds, None, found.question.band, found.by)
            assert (found.was - gauge.radius("supplier:civica")[0] >= act.saves) is as_much


def test_one_question_to_a_supplier_counts_for_all_its_customers(uk: RiskGraph) -> None:
    found = fixes(uk, "capita", band="not-ruled-out", acts=["ask"], budget=1)
    act = found.acts[0]
    assert {one.act for one in act.remedies} == {Act.ASK} and {one.actor for one in act.remedies} == {"supplier:capita"}
    said = as_text(page(found)).splitlines()
    assert said[0].startswith(
        f"One question to Capita could help most: {act.saves:g} of the {found.was:g} public bodies"
    )
    assert said[1].startswith("1. Ask Capita for each of ")


def test_the_answer_in_words(tmp_path: Path) -> None:
    assert ", of those selected." in run("civica", "--data", "seeds", "--class", "district", "--as-of", STORY)
    said = as_text(page(fixes(RiskGraph.open("seeds"), "rbkc shared it", budget=None))).splitlines()
    assert said[0].startswith("No single change helps more than one of the 2 councils that RBKC and Westminster")
    assert said[1].startswith("1. Each of 2 councils (Kensington and Chelsea and Westminster): move from RBKC")
    assert "The best 2 changes together leave 0 of 2, made in a copy of the map and asked again." in said
    costs = tmp_path / "costs.csv"
    rows = ("kensington-and-chelsea", "westminster")
    named = [f"{row}.hosted-on.rbkc-shared-it.ict-infrastructure,5000" for row in rows]
    costs.write_text("\n".join(["change,cost", *named]) + "\n")
    priced = run("rbkc shared it", "--data", "seeds", "--all", "--act", "sever", "--costs", str(costs))
    assert "Costs: 10,000 in all, as given." in priced


def test_an_empty_answer_is_an_answer() -> None:
    assert run("essex", "--data", "seeds").startswith(
        "Nothing to fix: no public body is known that Essex County Council"
    )
    assert "The best" not in run("civica", "--data", "seeds", "--budget", "0", "--as-of", STORY)


def test_the_answer_for_programs(seeds: RiskGraph) -> None:
    value = json.loads(run("civica", "--data", "seeds", "--format", "json", "--budget", "9", "--as-of", STORY))
    facts, tables = value["facts"], value["tables"]
    assert facts["exact"] and facts["after"] == 0 and facts["before"] == 3
    assert len(tables["sets"][0]["saved"]) == 3
    frame = fixes(seeds, "civica", budget=9, as_of=STORY).to_frame()
    assert list(frame[frame["set"] == "best"]["change"]) == [
        one["change"] for one in tables["changes"] if one["set"] == "best"
    ]
    rows = run("civica", "--data", "seeds", "--format", "csv", "--budget", "9", "--as-of", STORY).splitlines()
    assert rows[0].split(",")[:3] == ["set", "change", "act"] and rows[1].startswith("best,")
