"""Rules of law that hold for a whole class: what they make, when it counts, how it is told, and that it stays apart."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from small import FILES, with_row, write_small

import riskgraph
from riskgraph.analysis.blast import blast
from riskgraph.analysis.contracts import contracts
from riskgraph.analysis.gaps import ask, gaps
from riskgraph.analysis.market import market_in
from riskgraph.analysis.replay import replay
from riskgraph.assets import shipped_maps
from riskgraph.backends.neo4j_rows import map_rows
from riskgraph.cli import main
from riskgraph.data.class_rules import expanded
from riskgraph.data.merge import merge
from riskgraph.data.snapshot import read_snapshot, snapshot
from riskgraph.errors import DataError, RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import Band
from riskgraph.report.redact import redact_map

HEADER = "id,who,nation,relation,provider,service_area,data,valid_from,valid_to,law,url,publisher,published,retrieved,confidence,claim,licence,note\n"
RULE = "copies,district,England,data-held-by,authority:registrar,electoral,personal,2010,,The Act,https://example.org/act,invented,,,inferred,every district sends its register,,\n"
BY_LAW = "ashby.data-held-by.registrar.electoral.by-copies"
REGISTRAR = "authority:registrar,authority,The Registrar,,other,,,,,,,,\n"
OBSERVED = "r9,authority:ashby,data-held-by,authority:registrar,electoral,personal,,,,,,,,,,,,e9,"
EVIDENCE = "e9,https://example.org/9,invented,2023-05,2024-06-30,confirmed,supports,,invented,leak-2021\n"
INCIDENTS = "incident_id,title,date_started,date_disclosed,mechanism,impact,origins\nleak-2021,A leak,2021-03-01,2023,unknown,confidentiality,authority:registrar\n"
EFFECTS = "incident_id,organisation,effect\nleak-2021,authority:ashby,data-exposed\n"


def small(folder: Path, rules: str = RULE, **changed: str) -> Path:
    """The small map with a registrar, three more bodies and some class rules."""
    folder.mkdir(exist_ok=True)
    more = {
        "entities_csv": FILES["entities.csv"] + REGISTRAR
        + "authority:cester,authority,Cester,,district,,,,,,,,\n"
        + "authority:dun,authority,Dun,,district,,,,,,,,\n"
        + "authority:shire,authority,Shire,,county,,,,,,,,\n",
        "register_csv": FILES["register.csv"]
        + "authority:cester,,Cester,district,England,South East,,,2005,,,former\n"
        + "authority:dun,,Dun,district,Wales,Wales,,,,,,current\n"
        + "authority:shire,,Shire,county,England,South East,,,,,9000,current\n",
        **changed,
    }  # fmt: skip
    write_small(folder, **more)
    (folder / "class_rules.csv").write_text(HEADER + rules, encoding="utf-8")
    return folder


def with_leak(folder: Path, rules: str = RULE) -> Path:
    """The same where an incident's reporting told that one body sends its register."""
    changed = {**with_row("relations.csv", OBSERVED), "evidence_csv": FILES["evidence.csv"] + EVIDENCE}
    small(folder, rules, **changed)
    (folder / "incidents.csv").write_text(INCIDENTS, encoding="utf-8")
    (folder / "incident_effects.csv").write_text(EFFECTS, encoding="utf-8")
    return folder


def say(*words: str) -> str:
    result = CliRunner().invoke(main, list(words), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return " ".join(result.stdout.split())


def made(graph: RiskGraph) -> set[str]:
    return {row.dependent for row in graph.dataset.relations.values() if row.rule == "copies"}


def test_a_rule_makes_a_row_of_every_body_of_its_classes_and_of_nobody_else(tmp_path: Path) -> None:
    graph = RiskGraph.open(small(tmp_path))
    # not Cester, which ended before the rule began; not Dun in Wales; not the county; not the registrar itself
    assert made(graph) == {"authority:ashby", "authority:bexton"}
    row = graph.dataset.relations[BY_LAW]
    assert (row.relation, row.provider, row.service_area, row.data) == (
        "data-held-by", "authority:registrar", "electoral", "personal",
    )  # fmt: skip
    assert graph.dataset.evidence["rule:copies"].claim == "The Act: every district sends its register"


def test_a_rule_without_a_nation_holds_in_all_and_a_body_counts_only_while_it_exists(tmp_path: Path) -> None:
    graph = RiskGraph.open(small(tmp_path, RULE.replace(",England,", ",,").replace("2010", "2001")))
    assert made(graph) == {f"authority:{name}" for name in ("ashby", "bexton", "cester", "dun")}
    now, then = (blast(graph, "registrar", like="data-theft", as_of=day) for day in ("2024-06-30", "2004-01-01"))
    assert "authority:cester" in {reach.id for reach in then.within()}
    assert "authority:cester" not in {reach.id for reach in now.within()}


def test_what_holds_by_law_is_no_surer_than_possible(tmp_path: Path) -> None:
    radius = blast(RiskGraph.open(small(tmp_path)), "registrar", like="data-theft")
    assert {reach.id: (reach.band, reach.by_law, reach.seen) for reach in radius.within()} == {
        "authority:ashby": (Band.POSSIBLE, True, None),
        "authority:bexton": (Band.POSSIBLE, True, None),
    }


@pytest.mark.parametrize("area", ["electoral", ""])
@pytest.mark.parametrize("end", ["", "2023"])
def test_what_was_observed_decides_even_if_it_has_ended(tmp_path: Path, area: str, end: str) -> None:
    row = f"r9,authority:ashby,data-held-by,authority:registrar,{area},personal,,,,,,{end},,,,,,e9,"
    evidence = FILES["evidence.csv"] + EVIDENCE.replace(",leak-2021", ",")
    graph = RiskGraph.open(small(tmp_path, **with_row("relations.csv", row), evidence_csv=evidence))
    counted = {s.row.id: s.in_force for s in graph.settled(graph.view()).steps if s.provider == "authority:registrar"}
    assert counted == {"r9": not end, BY_LAW.replace("ashby", "bexton"): True}


def test_a_replay_without_the_reporting_still_knows_the_law(tmp_path: Path) -> None:
    graph = RiskGraph.open(with_leak(tmp_path / "map"))
    named = [one.body for one in replay(graph, "leak-2021").elsewhere if one.band is not None]
    assert named == ["authority:ashby", "authority:bexton"]
    bare = replay(graph.observed(), "leak-2021")
    assert [one.body for one in bare.elsewhere if one.band is not None] == []


def test_a_rule_that_began_after_an_incident_does_not_leak_into_its_replay(tmp_path: Path) -> None:
    later = RiskGraph.open(with_leak(tmp_path / "later", RULE.replace("2010", "2021-03-02")))
    assert made(later)  # it is there, and says nothing of that day
    assert [one.body for one in replay(later, "leak-2021").elsewhere if one.band is not None] == []
    assert len(blast(later, "registrar", like="data-theft").within()) == 2


@pytest.mark.parametrize(("published", "named"), [("", 0), ("2009-12", 2), ("2022", 0)])
def test_the_strict_replay_knows_a_rule_only_from_its_publication(tmp_path: Path, published: str, named: int) -> None:
    rule = RULE.replace("invented,,,inferred", f"invented,{published},,inferred")
    found = replay(RiskGraph.open(with_leak(tmp_path / "map", rule)), "leak-2021", only_known_before=True)
    assert sum(one.band is not None for one in found.elsewhere) == named


def test_it_is_told_as_by_law_wherever_a_row_says_when_it_was_seen(tmp_path: Path) -> None:
    where = ("--data", str(with_leak(tmp_path / "map")))
    told = "by law, not observed"
    text = say("blast", "registrar", "--like", "data-theft", *where)
    assert f"Possible, 1, {told}:" in text and f"Bexton ({told})." in text and "undated" not in text
    assert "By law, not observed (invented)." in say("why", "bexton", "registrar", "--like", "data-theft", *where)
    assert f"{told}: The Act: every district" in say("why", "bexton", "registrar", "--sources", "--like", "data-theft", *where)  # fmt: skip
    assert f"Bexton has data held by The Registrar (elections and registration) [inferred, {told}]" in say("show", "registrar", *where)  # fmt: skip
    assert f"1 more {told}" in say("show", "bexton", *where)
    assert f"1 direct user, 1 of them public bodies, and 1 more {told}" in say("list", "authority", *where)
    assert f"Bexton: personal data, elections and registration, since 2010, {told}" in say("held", "registrar", *where)
    graph = RiskGraph.open(tmp_path / "map")
    tables: Any = blast(graph, "registrar", like="data-theft").to_dict()["tables"]
    told_of = {row["id"]: row["by_law"] for row in tables["councils"] if row["standing"] == "reached"}
    assert told_of == {"authority:ashby": False, "authority:bexton": True}


def test_it_is_in_no_file_and_is_made_again_from_the_rule(tmp_path: Path) -> None:
    graph = RiskGraph.open(small(tmp_path / "map"))
    riskgraph.write(graph.dataset, tmp_path / "copy")
    for file in ("relations.csv", "evidence.csv"):
        assert b"copies" not in (tmp_path / "copy" / file).read_bytes()
    assert RiskGraph.open(tmp_path / "copy").dataset.digest == graph.dataset.digest
    (tmp_path / "map.zip").write_bytes(snapshot(graph.dataset))
    kept = RiskGraph(read_snapshot(tmp_path / "map.zip"))
    assert kept.dataset.digest == graph.dataset.digest and made(kept) == made(graph)
    both, report = merge([riskgraph.read(tmp_path / "map"), riskgraph.read(tmp_path / "copy")])
    assert made(RiskGraph(both)) == made(graph) and not report.conflicts
    assert expanded(graph.dataset) is graph.dataset


def test_two_maps_that_word_a_rule_differently_contradict_each_other(tmp_path: Path) -> None:
    one, two = small(tmp_path / "one"), small(tmp_path / "two", RULE.replace("2010", "2012"))
    both, report = merge([riskgraph.read(one), riskgraph.read(two)])
    assert [(c.id, c.field) for c in report.conflicts] == [("copies", "valid_from")]
    assert both.class_rules["copies"].valid_from == "2010"


def test_a_map_without_rules_is_not_written_over_one_with_rules(tmp_path: Path) -> None:
    graph = RiskGraph.open(small(tmp_path / "map"))
    with pytest.raises(RiskGraphError, match=r"holds a class_rules\.csv, which is not of this data set"):
        riskgraph.write(graph.observed().dataset, tmp_path / "map")


def test_a_networkx_graph_there_and_back_keeps_what_was_taken_away(tmp_path: Path) -> None:
    first = riskgraph.load(small(tmp_path))
    edges = first.networkx()
    again = riskgraph.from_networkx(edges)
    assert again.dataset.digest == first.dataset.digest and made(again.graph) == made(first.graph)
    edges.remove_edges_from(list(edges.in_edges("authority:registrar", keys=True)))
    fewer = riskgraph.from_networkx(edges)
    assert not made(fewer.graph) and not fewer.blast("registrar", like="data-theft").within()
    assert fewer.dataset.digest != first.dataset.digest  # else the cache of one would answer for the other


def test_a_row_that_a_rule_made_and_somebody_changed_is_kept_in_the_file(tmp_path: Path) -> None:
    data = RiskGraph.open(small(tmp_path / "map")).dataset
    changed = replace(data.relations[BY_LAW], data="special")
    riskgraph.write(replace(data, relations={**data.relations, BY_LAW: changed}), tmp_path / "copy")
    graph = RiskGraph.open(tmp_path / "copy")
    assert graph.dataset.relations[BY_LAW].data == "special" and made(graph) == {"authority:ashby", "authority:bexton"}


def test_a_redacted_map_keeps_what_holds_by_law_without_a_name(tmp_path: Path) -> None:
    hidden = redact_map(RiskGraph.open(small(tmp_path / "map")), ["ashby"]).graph
    riskgraph.write(hidden.dataset, tmp_path / "copy")
    again = RiskGraph.open(tmp_path / "copy")
    assert len(made(again)) == 2 and "authority:ashby" not in made(again)
    assert all(reach.by_law for reach in blast(again, "registrar", like="data-theft").within())
    assert not made(again.observed())


def test_a_server_stores_the_rules_beside_the_rows_that_they_made(tmp_path: Path) -> None:
    rows = map_rows(RiskGraph.open(small(tmp_path)))
    assert [row["id"] for row in rows.nodes["ClassRule"]] == ["copies"]
    assert {link["a"] for link in rows.links["DATA_HELD_BY"]} == {"authority:ashby", "authority:bexton"}


def test_left_out_by_one_option_and_that_is_said(tmp_path: Path) -> None:
    where = small(tmp_path)
    text = say("blast", "registrar", "--like", "data-theft", "--no-class-rules", "--data", str(where))
    assert "Left out: 1 class rule, what holds by law and was not observed." in text
    assert "Bexton" not in text and "--no-class-rules" in text.partition("Try next")[2]
    assert "Left out" not in say("blast", "registrar", "--like", "data-theft", "--data", str(where))
    assert not riskgraph.load(where, class_rules=False).blast("registrar", like="data-theft").within()
    assert riskgraph.load(where).blast("registrar", like="data-theft").within()


def test_it_counts_nowhere_as_known_bought_or_shared(tmp_path: Path) -> None:
    rule = RULE.replace("data-held-by,authority:registrar", "uses,system:portal")
    system = "system:portal,system,Portal,,,,,,electoral,personal,,,\n"
    maker = "p1,system:portal,supplied-by,supplier:orbit,electoral,,,,,,,,,,,,,,"
    where = small(tmp_path / "map", rule)
    with (where / "entities.csv").open("a") as file:
        file.write(system)
    with (where / "relations.csv").open("a") as file:
        file.write(maker + "\n")
    graph = RiskGraph.open(where)
    bare = graph.observed()
    assert len(made(graph)) == 2 and not made(bare)

    def known(asked: RiskGraph) -> Mapping[str, object]:
        found, market = gaps(asked), market_in(asked, asked.view(), ["electoral"])
        return {
            "rows": (found.rows, found.by_body, found.inferred, found.undated, found.products, found.silent),
            "market": (market.served, market.shares, market.national, market.traced),
            "contracts": contracts(asked).fact_values(),
            "questions": ask(asked).questions,
            "coverage": blast(asked, "orbit", like="outage").coverage,
            "recorded": len(asked.dataset.records("relations")),
        }

    assert known(graph) == known(bare)


@pytest.mark.parametrize(
    ("old", "new", "column", "words"),
    [
        ("district", "districts", "who", "is not a word known here"),
        ("authority:registrar", "authority:nobody", "provider", "is not among the entities"),
        ("data-held-by", "instance-of", "relation", "a rule holds for public bodies"),
        ("data-held-by", "uses", "provider", "uses cannot have authority as its provider"),
        ("electoral,", "elections,", "service_area", "is not among the service areas"),
        ("2010", "soon", "valid_from", "soon"),
        ("2010,,", "2010,2009,", "valid_to", "It ends (2009) before it begins (2010)"),
        ("The Act", "", "law", "The cell is empty, but it is needed"),
    ],
)
def test_a_rule_with_a_fault_is_told_with_file_row_and_column(
    tmp_path: Path, old: str, new: str, column: str, words: str
) -> None:
    with pytest.raises(DataError) as caught:
        riskgraph.read(small(tmp_path, RULE.replace(old, new)))
    problem = next(one for one in caught.value.problems if one.column == column)
    assert (problem.file, problem.row) == ("class_rules.csv", 2) and words in problem.message and problem.fix


def test_the_intrusion_at_the_electoral_commission_is_explained_by_the_law(tmp_path: Path) -> None:
    where = shutil.copytree(shipped_maps()["uk"], tmp_path / "uk")
    rule = RULE.replace("district,England", "district;unitary;london-borough;metropolitan,England")
    rule = rule.replace("authority:registrar", "authority:electoral-commission").replace("2010", "2001")
    (where / "class_rules.csv").write_text(HEADER + rule, encoding="utf-8")
    graph = RiskGraph.open(where)
    recorded = {
        effect.organisation for effect in graph.dataset.effects if effect.incident_id == "electoral-commission-2021"
    }
    councils = recorded - {"authority:electoral-commission"}

    def named(asked: RiskGraph) -> set[str]:
        return {one.body for one in replay(asked, "electoral-commission-2021").elsewhere if one.band is not None}

    assert len(councils) == 6 and councils <= named(graph) and not councils & named(graph.observed())
    assert graph.view().as_of > date(2021, 8, 31)
    later = rule.replace(",2001,", ",2021-09-01,")
    (where / "class_rules.csv").write_text(HEADER + later, encoding="utf-8")
    assert not councils & named(RiskGraph.open(where))
