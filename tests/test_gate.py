"""Draft awards: clean, blocked or unknown, and never quietly wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from small import FILES, write_small

from riskgraph.analysis.blast import blast
from riskgraph.assets import shipped
from riskgraph.cli import main
from riskgraph.errors import DataError, MissingFile
from riskgraph.graph import RiskGraph
from riskgraph.model import Band, FailureKind
from riskgraph.render.gate import page
from riskgraph.render.page import as_text
from riskgraph.scenario.award import place, read_award
from riskgraph.scenario.gate import GateVerdict, gate
from riskgraph.scenario.policy import read_policy

DRAFTS = {
    "committee-system": GateVerdict.CLEAN,
    "one-more-to-capita": GateVerdict.BLOCKED,
    "housing-in-the-cloud": GateVerdict.UNKNOWN,
}


@pytest.fixture(scope="module")
def uk() -> RiskGraph:
    return RiskGraph.open("uk")


def test_every_shipped_draft_is_judged_here() -> None:
    assert {path.stem for path in shipped("drafts").glob("*.toml")} == set(DRAFTS)


@pytest.mark.parametrize("name", DRAFTS)
def test_a_shipped_draft_and_its_exit_code(name: str) -> None:
    result = CliRunner().invoke(main, ["gate", name])
    assert f": {DRAFTS[name]}." in result.stdout.splitlines()[0]
    assert result.exit_code == (0 if DRAFTS[name] is GateVerdict.CLEAN else 1)


def test_unknown_passes_only_when_it_is_allowed() -> None:
    assert CliRunner().invoke(main, ["gate", "housing-in-the-cloud", "--allow-unknown"]).exit_code == 0
    assert CliRunner().invoke(main, ["gate", "one-more-to-capita", "--allow-unknown"]).exit_code == 1


def test_a_new_single_point_of_failure_is_named(uk: RiskGraph) -> None:
    judged = gate(uk, "one-more-to-capita")
    about, buyer, services = judged.single_points[0]
    assert (about, buyer, len(services)) == ("supplier:capita", "authority:south-oxfordshire", 4)
    (broken,) = [one for one in judged.broken if one.limit.name == "services"]
    assert (broken.about, broken.before, broken.after) == ("supplier:capita", 3, 4)


def test_the_radius_is_what_blast_says_of_the_changed_map(uk: RiskGraph) -> None:
    award = read_award("housing-in-the-cloud")
    judged = gate(uk, award)
    (radius,) = [one for one in judged.findings if one.limit.name == "radius"]
    after = RiskGraph(place(uk, award).dataset)
    for graph, number in ((uk, radius.before), (after, radius.after)):
        assert len(blast(graph, radius.about, as_of=judged.question.view.as_of).within(Band.LIKELY)) == number


def test_good_answers_turn_unknown_into_clean(uk: RiskGraph) -> None:
    award = read_award("housing-in-the-cloud")
    judged = gate(uk, award)
    assert judged.questions == ("access", "hosting", "host", "subcontractors") and judged.clean_if_good
    answered = replace(award, access="none", hosting="own", subcontractors=())
    assert gate(uk, answered).verdict is GateVerdict.CLEAN


def test_a_blank_that_could_break_a_limit_is_a_question(uk: RiskGraph) -> None:
    """Without facts that must be known, a blank counts only where a bad answer would break a limit."""
    policy = read_policy()
    radius = replace(policy.limits["radius"], most=1)
    strict = replace(policy, must_know=(), limits={"radius": radius})
    award = replace(
        read_award("committee-system"), councils=("Rutland", "Melton"), access=None, relation="supplied-by", product=""
    )
    award = replace(award, new=("Orbit Committees Ltd",))
    judged = gate(uk, award, strict)
    assert judged.verdict is GateVerdict.UNKNOWN and judged.questions == ("access",)
    assert judged.findings[0].after == 0 and judged.findings[0].at_worst == 2
    assert gate(uk, replace(award, access="remote"), strict).verdict is GateVerdict.BLOCKED
    assert gate(uk, replace(award, access="none"), strict).verdict is GateVerdict.CLEAN


def test_an_award_may_lean_on_a_host_and_on_subcontractors(uk: RiskGraph) -> None:
    award = replace(
        read_award("committee-system"),
        hosting="supplier",
        host="Microsoft",
        subcontractors=("Capita",),
        subcontractor_access="admin",
        data="personal",
    )
    judged = gate(uk, award)
    assert judged.placed.roots[2:] == ("supplier:microsoft", "supplier:capita")
    reached = blast(RiskGraph(judged.placed.dataset), "capita", as_of=judged.question.view.as_of)
    assert reached["authority:rutland"].kinds[FailureKind.TAMPERING].band <= Band.LIKELY
    assert reached["authority:rutland"].band <= Band.POSSIBLE


def test_what_is_replaced_ends_the_day_before(uk: RiskGraph) -> None:
    award = replace(
        read_award("one-more-to-capita"), supplier="Civica", host="Civica", replaces=("Capita",),
        service_area="revenues-benefits", start="2027-04-01", end="2031-03-31",
    )  # fmt: skip
    placed = place(uk, award)
    assert placed.ended
    for row in placed.ended:
        assert placed.dataset.relations[row].valid_to == "2027-03-31"
    with pytest.raises(DataError, match="In this area it depends on"):
        place(uk, replace(award, replaces=("Oracle",)))


def test_one_installation_for_all_or_one_each(uk: RiskGraph) -> None:
    award = replace(read_award("housing-in-the-cloud"), host="Microsoft", hosting="cloud")
    systems = [id_ for id_ in place(uk, award).dataset.entities if id_.startswith("system:draft-")]
    shared = [
        id_ for id_ in place(uk, replace(award, hosting="shared")).dataset.entities if id_.startswith("system:draft-")
    ]
    assert len(systems) == 2 and len(shared) == 1


def test_all_that_is_wrong_with_a_draft_is_said_at_once(uk: RiskGraph, tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(
        'title = ""\ncouncils = []\nsupplier = "Civica"\nrelation = "bought-from"\nservice_area = "housin"\n'
        'data = 3\nstart = "2027-13"\nsuplier = "x"\n'
    )
    with pytest.raises(DataError) as caught:
        read_award(path)
    found = {(problem.column, problem.rule) for problem in caught.value.problems}
    assert found == {
        ("title", "missing"),
        ("councils", "missing"),
        ("relation", "word"),
        ("service_area", "word"),
        ("data", "not-text"),
        ("start", "date"),
        ("suplier", "unknown-key"),
    }
    assert [problem.row for problem in caught.value.problems if problem.column == "suplier"] == [8]
    award = replace(
        read_award("committee-system"), councils=("Rutlnd",), host="Nobody Hosting", new=("Civica", "Elsewhere")
    )
    with pytest.raises(DataError) as caught:
        place(uk, award)
    said = str(caught.value)
    assert "Did you mean" in said and "Rutland" in said and "Nobody Hosting" in said
    assert "'Elsewhere' is called new, but is not in the draft." in said


def test_a_name_that_is_not_new_is_not_called_new(uk: RiskGraph) -> None:
    with pytest.raises(DataError, match="is in the map already"):
        place(uk, replace(read_award("housing-in-the-cloud"), new=("Civica Cx",)))


def test_a_file_that_is_no_draft(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text('title = "x')
    with pytest.raises(DataError, match="no valid TOML"):
        read_award(broken)
    with pytest.raises(MissingFile, match="There is no draft nothing"):
        read_award("nothing")
    big = tmp_path / "big.toml"
    big.write_bytes(b"#" * 2_000_000)
    with pytest.raises(DataError):
        read_award(big)


def test_a_policy_is_read_strictly(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(
        'must_know = ["phone"]\n[limits.radius]\nmost = "many"\n[limits.services]\nwhy = "x"\n[limits.luck]\nmost = 1\n'
    )
    with pytest.raises(DataError) as caught:
        read_policy(path)
    assert sorted(problem.rule for problem in caught.value.problems) == [
        "limit",
        "missing",
        "missing",
        "missing",
        "number",
        "word",
    ]
    with pytest.raises(MissingFile):
        read_policy(tmp_path / "none.toml")
    path.write_text('title = "Ours"\n[limits.years]\nmost = 2\nwhy = "Ours."\n')
    result = CliRunner().invoke(main, ["gate", "committee-system", "--policy", str(path)])
    assert result.exit_code == 1 and "BROKEN: it lasts 4.0 years; the limit is 2 years. Ours." in result.stdout


def test_the_answer_for_programs() -> None:
    result = CliRunner().invoke(main, ["gate", "housing-in-the-cloud", "--format", "json"])
    value = json.loads(result.stdout)
    assert result.exit_code == 1 and value["facts"]["verdict"] == "unknown"
    assert [one["limit"] for one in value["tables"]["limits"]] == ["radius", "services", "share", "years"]
    assert value["tables"]["questions"][0]["question"].endswith("or the network?")


@pytest.mark.parametrize(
    ("start", "end", "verdict"),
    [
        ("2027-04-01", "2032-03-31", GateVerdict.CLEAN),  # five years to the day
        ("2027", "2031", GateVerdict.CLEAN),
        ("2028-02-29", "2033-02-28", GateVerdict.CLEAN),
        ("2027-04", "2032-03", GateVerdict.CLEAN),
        ("2027-04-01", "2032-04-01", GateVerdict.BLOCKED),  # one day more
        ("2023-03-01", "2028-02-29", GateVerdict.CLEAN),
        ("2023-03-01", "2028-03-01", GateVerdict.BLOCKED),
    ],
)
def test_a_term_is_measured_by_the_calendar(uk: RiskGraph, start: str, end: str, verdict: GateVerdict) -> None:
    policy = read_policy()
    years = replace(policy.limits["years"], most=5.0)
    only = replace(policy, must_know=(), limits={"years": years})
    judged = gate(uk, replace(read_award("committee-system"), start=start, end=end), only)
    assert judged.findings[0].verdict is verdict
    if verdict is GateVerdict.BLOCKED:
        assert "it lasts a little more than 5 years; the limit is 5 years" in as_text(page(judged))


def test_what_is_replaced_and_had_ended_before_is_not_revived(tmp_path: Path) -> None:
    row = "r4,authority:ashby,served-by,supplier:orbit,pensions,personal,,,,,2015,2019,,,,,,e1,\n"
    more = "r5,authority:ashby,served-by,supplier:orbit,pensions,personal,,,,,2020,,,,,,,e1,\n"
    relations = FILES["relations.csv"] + row + more
    small = RiskGraph.open(write_small(tmp_path, relations_csv=relations))
    award = replace(
        read_award("committee-system"), councils=("Ashby",), new=("Nova", "Nova Agenda"), supplier="Nova",
        product="Nova Agenda", service_area="pensions", replaces=("Orbit",), start="2027-04-01", end=None,
    )  # fmt: skip
    placed = place(small, award)
    assert placed.ended == ("r5",) and placed.dataset.relations["r5"].valid_to == "2027-03-31"
    assert placed.dataset.relations["r4"].valid_to == "2019"
