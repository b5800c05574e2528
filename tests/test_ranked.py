"""Questions in order of what their answers settle: held against asking each of them on a copy of the map."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
import reference
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import datasets, write

from riskgraph.analysis.blanks import ANSWERS, answered
from riskgraph.analysis.blast import blast
from riskgraph.analysis.ranked import ranked
from riskgraph.analysis.select import Selection
from riskgraph.cli import main
from riskgraph.data import read
from riskgraph.engine.changes import Rule, Spread, Target, of_each, value
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import Band, FailureKind
from riskgraph.render.page import as_text
from riskgraph.render.ranked import page

slow = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None, max_examples=15
)


def opened(tables: reference.Tables) -> RiskGraph:
    with tempfile.TemporaryDirectory() as folder:
        write(tables, Path(folder))
        return RiskGraph(read(folder))


def gap(graph: RiskGraph, root: str) -> int:
    """Authorities between documented and not ruled out, other than the root, as `blast` counts them."""
    radius = blast(graph, root, kinds=list(FailureKind))
    others = [reach for reach in radius.within(Band.NOT_RULED_OUT) if reach.id != root.partition("/")[0]]
    return len(others) - len([reach for reach in others if reach.band is Band.DOCUMENTED])


@slow
@given(st.data())
def test_the_worth_of_a_question_is_what_its_answers_do_to_the_gap(data: st.DataObject) -> None:
    graph = opened(data.draw(datasets()))
    root = data.draw(st.sampled_from(sorted(graph.dataset.entities)))
    prior = data.draw(st.sampled_from((0.25, 0.5, 1.0)))
    found = ranked(graph, root, kinds=list(FailureKind), prior=prior, limit=50)
    now = gap(graph, root)
    assert found.gap == now
    for one in found.questions:
        good, bad = (
            now - gap(RiskGraph(answered(graph.dataset, one.question, answer)), root)
            for answer in ANSWERS[one.question.field]
        )
        assert (one.if_good, one.if_bad) == (good, bad)
        assert one.value == pytest.approx(prior * good + (1 - prior) * bad) and one.value > 0
    values = [one.value for one in found.questions]
    assert values == sorted(values, reverse=True)


@given(
    st.lists(
        st.tuples(st.integers(1, 6), st.lists(st.integers(0, 6), min_size=1, max_size=2), st.sets(st.integers(0, 4))),
        max_size=14,
    )
)
def test_all_worlds_at_once_are_each_world_by_itself(drawn: list[tuple[int, list[int], set[int]]]) -> None:
    rules = tuple(Rule(head, tuple(body), tuple(sorted(by))) for head, body, by in drawn)
    spread = Spread(frozenset({0}), rules, (Target(1.0, (5, 6)), Target(2.0, (4,))))
    changes = [0, 1, 2, 3, 4]
    assert of_each(spread, changes) == [value(spread, [change]) for change in changes]
    assert of_each(spread, changes, but=True) == [
        value(spread, [other for other in changes if other != change]) for change in changes
    ]


@pytest.fixture(scope="module")
def uk() -> RiskGraph:
    return RiskGraph.open("uk")


def test_the_first_question_about_a_supplier(uk: RiskGraph) -> None:
    found = ranked(uk, "capita", limit=2)
    access, returned = found.questions
    assert (access.question.field, access.value, len(access.question.bodies)) == ("access", 13.5, 27)
    assert (returned.question.field, returned.value, len(returned.leave)) == ("data_returned", 9.5, 19)
    assert {one.question.dependent for one in found.questions} == {"supplier:capita"}
    reached = blast(uk, "capita")
    widest, surest = len(reached.within(Band.NOT_RULED_OUT)), len(reached.within(Band.DOCUMENTED))
    assert found.gaps == {"supplier:capita": (widest, surest)} and widest > surest > 0


def test_only_some_councils_can_be_counted(uk: RiskGraph) -> None:
    wales = ranked(uk, "capita", selection=Selection.of(uk, regions=["Wales"]), limit=2)
    for one in wales.questions:
        for body in (*one.leave, *one.join):
            assert uk.dataset.register[body].nation == "Wales"
    assert 0 < wales.gap < ranked(uk, "capita", limit=1).gap


def test_without_a_root_the_widest_gaps_are_asked_about() -> None:
    seeds = RiskGraph.open("seeds")
    found = ranked(seeds)
    assert not found.question.roots and 0 < len(found.roots) <= 3
    gaps = [high - low for high, low in found.gaps.values()]
    assert gaps == sorted(gaps, reverse=True) and min(gaps) > 0


def test_a_prior_is_a_chance() -> None:
    with pytest.raises(RiskGraphError, match="2 is no chance"):
        ranked(RiskGraph.open("seeds"), "oracle", prior=2)


def run(*words: str) -> str:
    result = CliRunner().invoke(main, ["data", "ask", "--ranked", "--data", "seeds", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_on_the_command_line() -> None:
    said = run("--root", "oracle")
    assert said.startswith("1 question of 2 would settle most about Oracle")
    assert "\n1. To Oracle, account manager: What way into systems or data do you have" in said
    assert "\n   Worth 1.5: if good, " in said
    assert json.loads(run("--root", "oracle", "--format", "json"))["tables"]["questions"][0]["worth"] == 1.5
    assert run("--root", "oracle", "--format", "csv").startswith("ask,name,question,row,rows,field,worth")
    assert run("--root", "essex").startswith("0 questions about Essex County Council")
    assert CliRunner().invoke(main, ["data", "ask", "--ranked", "--limit", "101"]).exit_code == 2
    assert run("--root", "oracle", "--known-before", "2010-01-01").startswith("0 questions about Oracle")


DEFAULT = {
    "dataset.toml": 'title = "d"\nas_of = "2024-06-30"\nlicence = "CC0"\nattribution = "i"\nmarking = ""\n',
    "entities.csv": "id,kind,name,authority_type\nauthority:a,authority,A,district\nauthority:b,authority,B,district\n"
    "supplier:s,supplier,S,\n",
    "relations.csv": "id,dependent,relation,provider,service_area,data,evidence\n"
    "r1,authority:a,served-by,supplier:s,social-care,,e1\nr2,authority:b,served-by,supplier:s,social-care,personal,e2\n",
    "evidence.csv": "id,url,publisher,published,retrieved,confidence,stance,about,claim,incident\n"
    "e1,https://example.org/1,i,2020-01-01,2024-06-30,confirmed,supports,,i,\n"
    "e2,https://example.org/2,i,2020-01-01,2024-06-30,reported,supports,,i,\n",
    "register.csv": "id,gss_code,name,kind\nauthority:a,,A,district\nauthority:b,,B,district\n",
}


def test_what_the_default_of_an_area_fills_is_asked_and_what_no_answer_settles_is_told(tmp_path: Path) -> None:
    """That data lie with social care is assumed for A (likely); B is only reported, and no answer changes that."""
    for name, content in DEFAULT.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    graph = RiskGraph.open(tmp_path)
    found = ranked(graph, "s", like="data-theft")
    assert [(one.question.row, one.question.field) for one in found.questions] == [("r1", "data")]
    assert (found.questions[0].if_good, found.questions[0].if_bad) == (1, 1)
    assert (found.gap, found.open) == (2, 1)
    assert found.to_frame("gaps")["answers_can_settle"].tolist() == [1]
    assert "of the 2 between, answers can settle 1" in as_text(page(found))
