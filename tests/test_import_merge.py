"""Several maps as one, what changed between two, and how many suppliers two officers share."""

from __future__ import annotations

import io
import json
import shlex
import stat
from dataclasses import replace
from pathlib import Path

import networkx as nx
import pytest
from click.testing import CliRunner, Result

from riskgraph.analysis.changes import changes
from riskgraph.analysis.data_answers import merge_maps
from riskgraph.assets import shipped
from riskgraph.cli import main
from riskgraph.data import Dataset, write
from riskgraph.data.checks import run_checks
from riskgraph.data.merge import merge
from riskgraph.data.overlap import answer, ask, count, plain_count, suppliers_of
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.importers import ImportOptions, import_file
from riskgraph.maps import read
from riskgraph.model import Band, FailureKind
from riskgraph.render.export import as_graphml, as_node_link
from riskgraph.render.imports import merge_page
from riskgraph.render.page import as_text


def sheet(
    path: Path,
    name: str,
    rows: str,
    header: str = "Council,System,Supplier,Company number,Hosted by,Personal data,How sure",
) -> Dataset:
    file = path / f"{name}.csv"
    file.write_text(f"{header}\n{rows}\n")
    return import_file(file, ImportOptions(title=name, as_of="2026-11-01"))[0]


def run(line: str) -> Result:
    return CliRunner().invoke(main, shlex.split(line), catch_exceptions=False)


def test_two_councils_become_one_map(tmp_path: Path) -> None:
    one = sheet(tmp_path, "one", "Dover,Alpha,Alder Ltd,07654321,supplier,personal,confirmed")
    two = sheet(tmp_path, "two", "Thanet,Alpha,ALDER LIMITED,07654321,council,,confirmed")
    both, report = merge([one, two])
    assert {row.dependent for row in both.relations.values() if row.relation == "uses"} == {
        "authority:dover",
        "authority:thanet",
    }
    assert len([entity for entity in both.entities.values() if entity.kind == "supplier"]) == 1
    assert report.same["relations"] == 1  # Alpha is made by Alder
    assert len(both.relations["alder-alpha.made-by.alder"].evidence) == 2
    assert report.conflicts == []
    assert [p for p in run_checks(both, {}) if p.severity == "error"] == []


def test_a_supplier_under_two_ids_is_joined_by_its_number(tmp_path: Path) -> None:
    one = sheet(tmp_path, "one", "Dover,Alpha,Alder Ltd,07654321,,,")
    two = sheet(tmp_path, "two", "Thanet,Beta,Alder Technology Ltd,07654321,,,")
    both, report = merge([one, two])
    assert {e.id for e in both.entities.values() if e.kind == "supplier"} == {"supplier:alder"}
    assert "alder-technology-beta.made-by.alder" in both.relations
    assert len(report.joined) == 1


def test_names_that_are_alike_are_told_and_not_joined() -> None:
    one, two = read("seeds"), read("seeds")
    civica = two.entities["supplier:civica"]
    renamed = replace(civica, id="supplier:civica-uk", name="CIVICA LTD.", aliases=(), company_number=None)
    rows = {
        key: replace(row, provider="supplier:civica-uk") if row.provider == civica.id else row
        for key, row in two.relations.items()
    }
    entities = {key: body for key, body in two.entities.items() if key != civica.id} | {renamed.id: renamed}
    answer = merge_maps([one, replace(two, entities=entities, relations=rows)])
    both, report = answer.graph.dataset, answer.report
    assert report.alike == [("supplier:civica-uk", "supplier:civica")]
    assert {"supplier:civica", "supplier:civica-uk"} <= set(both.entities)
    said = as_text(merge_page(answer))
    assert "\n1 pair of names that may be one body; nothing is joined by likeness:\n- " in said
    assert list(answer.to_frame("alike")["id"]) == ["supplier:civica-uk"]


def test_a_contradiction_is_told_with_both_sources_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = Path(shipped("examples", "one-sheet-register.csv")).read_text(encoding="utf-8")
    (tmp_path / "register.csv").write_bytes(Path(shipped("examples", "register.csv")).read_bytes())
    (tmp_path / "old.csv").write_text(text, encoding="utf-8")
    later = text.replace("HB-1240,2025-04-01,2028-03-31", "HB-1240,2025-04-01,2029-03-31")
    later = later.replace("Ledgerwood Revenues and Benefits,Ledgerwood Civic", "Quenby Revenues,Quenby Software")
    later = later.replace('"120,000",low,14 days,easily', '"120,000",low,14 days,with difficulty')
    (tmp_path / "new.csv").write_text(later, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    both, report = merge([read("old.csv"), read("new.csv")])
    told = {(one.field, one.kept, one.other): (one.kept_by, one.other_by) for one in report.conflicts}
    sources = ("Imported from new.csv", "Imported from old.csv")
    assert told["contract_end", "2029-03-31", "2028-03-31"] == sources
    assert told["substitutability", "with-difficulty", "easily"] == sources
    row = next(
        row
        for row in both.relations.values()
        if row.substitutability == "with-difficulty" and "easily" in (row.note or "")
    )
    assert "substitutability easily by Imported from old.csv" in (row.note or "")
    (twice,) = report.twice
    assert (twice.dependent, twice.area, twice.other) == (
        "authority:saltmere",
        "revenues-benefits",
        "product:quenby-revenues",
    )
    said = run("data merge old.csv new.csv").stdout
    flat = " ".join(said.split())
    assert "the contract's end: 31 March 2029 kept, as new.csv says; old.csv says 31 March 2028" in flat
    assert "\n1 service for which two sources name different providers" in said
    assert {row.id for row in merge([read("new.csv"), read("old.csv")])[0].relations.values()} == set(both.relations)


def test_what_changed_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = Path(shipped("examples", "one-sheet-register.csv")).read_text(encoding="utf-8")
    (tmp_path / "register.csv").write_bytes(Path(shipped("examples", "register.csv")).read_bytes())
    (tmp_path / "old.csv").write_text(text, encoding="utf-8")
    later = text.replace("HB-1240,2025-04-01,2028-03-31", "HB-1240,2025-04-01,2029-03-31")
    later = later.replace("CE+ 2026-12-15", "CE+ 2027-12-15") + "Cawdale District Council,Kerbside,Kerbside Digital\n"
    (tmp_path / "new.csv").write_text(later, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    said = run("data diff old.csv new.csv --like insolvency").stdout
    assert "the contract's end was 31 March 2028, is now 31 March 2029" in " ".join(said.split())
    assert "- Nimbrook Security: certificate expires was 15 December 2026, is now 15 December 2027" in said
    assert "Answers, if each left the market or went insolvent" in said
    assert "- Kerbside: not in the old map; 1 public body could be reached now.\n  1 newly reached: Cawdale" in said
    run(
        "data incident fire-2026 --data new.csv --to ours --title Fire --origin 'Quenby Software' --status 'Saltmere: service disrupted' --said-by Saltmere"
    )
    said = run("data diff new.csv ours").stdout
    assert "- Incidents: 1 added.\n- Effects of incidents: 1 added.\n" in said
    assert "New effects of incidents (1):\n- Fire: Saltmere: a service stopped (says Saltmere)\n" in said
    assert run("data diff old.csv old.csv").stdout.startswith("0 differences, row by row, between old.csv")


def test_an_import_tells_what_it_contradicts(tmp_path: Path) -> None:
    header = "Council,System,Supplier,Hosted by,Data,Contract reference,Contract end\n"
    (tmp_path / "one.csv").write_text(
        header + "Dover,Alpha,Alder Ltd,supplier,personal,R1,2028-03-31\n", encoding="utf-8"
    )
    (tmp_path / "two.csv").write_text(
        header + "Dover,Alpha,Alder Ltd,council,personal,R1,2029-03-31\n", encoding="utf-8"
    )
    assert run(f"data import {tmp_path / 'one.csv'} --to {tmp_path / 'map'} --as-of 2026").exit_code == 0
    said = run(f"data import {tmp_path / 'two.csv'} --into {tmp_path / 'map'} --as-of 2026").stdout
    assert "- 2 contradictions, each kept with both sources.\n" in said
    assert "hosting: supplier kept, as one.csv says; two.csv says own" in said
    assert "the contract's end: 31 March 2029 kept, as two.csv says; one.csv says 31 March 2028" in said
    again, report = import_file(tmp_path / "two.csv", ImportOptions(as_of="2026"), read(tmp_path / "map"))
    assert [conflict["other_by"] for conflict in report.to_dict()["conflicts"]] == ["two.csv"]
    assert set(report.added.values()) == {0}
    assert again.relations == read(tmp_path / "map").relations


def test_a_contradiction_keeps_both_sources_and_weakens_the_answer(tmp_path: Path) -> None:
    one = sheet(tmp_path, "one", "Dover,Alpha,Alder Ltd,,supplier,personal,confirmed")
    two = sheet(tmp_path, "two", "Dover,Alpha,Alder Ltd,,council,none,confirmed")
    for order in ([one, two], [two, one]):
        both, report = merge(order)
        row = both.relations["dover.uses.alder-alpha"]
        assert len(report.conflicts) == 2
        stances = {(both.evidence[i].about, both.evidence[i].stance) for i in row.evidence}
        assert {("hosting", "disputes"), ("data", "disputes"), (None, "supports")} == stances
        reach = RiskGraph(both)
        from riskgraph.analysis.blast import blast

        alone = blast(RiskGraph(order[0]), "alder", like="outage")
        if order[0] is one:
            assert alone["authority:dover"].band is Band.DOCUMENTED
            assert blast(reach, "alder", like="outage")["authority:dover"].band is Band.POSSIBLE


def test_a_merged_map_can_be_merged_again_without_change(tmp_path: Path) -> None:
    one = sheet(tmp_path, "one", "Dover,Alpha,Alder Ltd,,supplier,personal,confirmed")
    two = sheet(tmp_path, "two", "Dover,Alpha,Alder Ltd,,council,none,reported")
    both, _ = merge([one, two], "Both")
    again, report = merge([both, both], "Both")
    assert again.digest == both.digest
    assert report.added == {"entities": 0, "relations": 0, "evidence": 0}


def test_the_strictest_marking_and_every_attribution_travel_on() -> None:
    seeds = read("seeds")
    other = replace(
        seeds,
        info=replace(seeds.info, marking="TLP:RED", attribution="Ours.", as_of="2027-01-01", own_register="confirmed"),
    )
    merged, _ = merge([seeds, other])
    assert (merged.info.marking, merged.info.as_of) == ("TLP:RED", "2027-01-01")
    assert merged.info.own_register == "inferred"
    assert merged.info.attribution.endswith("Ours.")
    with pytest.raises(RiskGraphError, match="only one data set"):
        merge([seeds])


def test_what_changed_is_said_with_the_answers(tmp_path: Path) -> None:
    old = sheet(
        tmp_path,
        "old",
        "Dover,Alpha,Alder Ltd,,supplier,personal,confirmed\nThanet,Alpha,Alder Ltd,,supplier,personal,likely",
    )
    new = sheet(
        tmp_path,
        "new",
        "Dover,Alpha,Alder Ltd,,supplier,personal,possible\nAdur,Alpha,Alder Ltd,,supplier,personal,confirmed",
    )
    found = changes(RiskGraph(old), RiskGraph(new), ["alder"])
    (change,) = found.answers
    assert (change.newly, change.no_longer) == (("authority:adur",), ("authority:thanet",))
    exposed = next(one for one in change.less_sure if one.kind is FailureKind.EXPOSURE)
    assert (exposed.body, exposed.before, exposed.after) == ("authority:dover", Band.DOCUMENTED, Band.POSSIBLE)
    assert {one.body for one in change.less_sure} == {"authority:dover"} and change.surer == ()
    bands = found.to_frame("bands")
    assert set(bands["id"]) == {"authority:dover"} and set(bands["change"]) == {"less-sure"}
    (surest,) = changes(RiskGraph(old), RiskGraph(new), ["alder"], band="documented").answers
    assert surest.no_longer == ("authority:dover",)
    dover = changes(RiskGraph(old), RiskGraph(new), ["alder"], members=["Dover"])
    assert (dover.answers[0].newly, dover.answers[0].no_longer) == ((), ())
    assert set(found.rows.added["relations"]) == {"adur.uses.alder-alpha"}
    assert set(found.rows.removed["relations"]) == {"thanet.uses.alder-alpha"}


# --- overlap ---


def test_the_private_count_is_the_plain_count() -> None:
    one, two = [f"c{n}" for n in range(14)], [f"c{n}" for n in range(9, 23)]
    question, key = ask(one)
    found = count(answer(question, two), key)
    assert found == plain_count(one, two)
    assert (found.shared, found.mine, found.theirs) == (5, 14, 14)


def test_nothing_readable_travels_and_every_run_differs() -> None:
    names = [f"supplier-{n}" for n in range(12)]
    (first, key), (second, _) = ask(names), ask(names)
    assert "supplier" not in first.replace("riskgraph overlap", "")
    assert not set(json.loads(first)["numbers"]) & set(json.loads(second)["numbers"])
    assert json.loads(key)["secret"] not in first


def test_short_lists_foreign_keys_and_broken_files_are_refused() -> None:
    names = [f"s{n}" for n in range(12)]
    with pytest.raises(RiskGraphError, match="has 9 suppliers"):
        ask(names[:9])
    question, key = ask(names)
    with pytest.raises(RiskGraphError, match="has 9 suppliers"):
        answer(question, names[:9])
    few = json.dumps({**json.loads(question), "numbers": json.loads(question)["numbers"][:3]})
    with pytest.raises(RiskGraphError, match="has 3 suppliers"):
        answer(few, names)
    with pytest.raises(RiskGraphError, match="another question"):
        count(answer(ask(names)[0], names), key)
    for text in ("", "[]", "{}", question.replace("question 1", "question 9")):
        with pytest.raises(RiskGraphError, match="no file of an overlap check"):
            answer(text, names)
    for number in ("0", "1", "zz", "f" * 700):
        with pytest.raises(RiskGraphError, match="out of range"):
            answer(json.dumps({**json.loads(question), "numbers": [number, *json.loads(question)["numbers"]]}), names)


def test_a_supplier_is_recognised_by_number_or_reviewed_name(tmp_path: Path) -> None:
    one = sheet(tmp_path, "one", "Dover,Alpha,CIVICA UK LIMITED,,,,\nDover,Beta,Alder Ltd,07654321,,,")
    two = sheet(tmp_path, "two", "Thanet,Gamma,Civica Ltd,01628868,,,\nThanet,Beta,Alder Technology,07654321,,,")
    assert suppliers_of(one) == suppliers_of(two) == ("07654321", "supplier:civica")


def test_two_officers_exchange_two_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = "\n".join(f"Dover,System {n},Company Number{n},,,," for n in range(12))
    for name, text in (("ours", rows), ("theirs", rows.replace("Number1", "Nummer1"))):
        write(sheet(tmp_path, name, text), tmp_path / name)
    assert run("data overlap --data ours --keep our.key --output question.json").exit_code == 0
    assert stat.S_IMODE((tmp_path / "our.key").stat().st_mode) == 0o600
    assert run("data overlap question.json --data theirs --output answer.json").exit_code == 0
    result = run("data overlap answer.json --keep our.key")
    assert result.stdout.startswith("9 suppliers shared, of your 12 and their 12.")  # Number1, 10 and 11 differ
    value = json.loads(run("data overlap answer.json --keep our.key --format json").stdout)
    assert value["data"]["digest"] == read("ours").digest  # the key knows whose list was asked about
    assert [row["count"] for row in value["tables"]["suppliers"]] == [9, 12, 12]
    assert run("data overlap --data ours --keep our.key --output again.json").exit_code == 2  # a key is used once


# --- the words ---


def test_importing_merging_and_comparing_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    dry = run("data import one-sheet-register.csv")
    assert dry.stdout.startswith("34 rows read, 34 kept, 0 left out")
    assert "Nothing was written" in dry.stdout
    assert run("data import one-sheet-register.csv --to ours").exit_code == 0
    assert run("data import one-sheet-register.csv --to ours").exit_code == 2
    before = {file.name: file.read_bytes() for file in (tmp_path / "ours").iterdir()}
    assert run("data import one-sheet-register.csv --into ours").exit_code == 0
    assert {file.name: file.read_bytes() for file in (tmp_path / "ours").iterdir()} == before
    assert run("data merge ours seeds --to region").stdout.startswith("2 data sets merged")
    told = run("data diff ours region --root civica")
    assert "not in the old map" in told.stdout
    value = json.loads(run("data diff ours region --format json").stdout)
    assert value["facts"]["differences"] == len({(row["table"], row["id"]) for row in value["tables"]["rows"]})
    assert run("data check --data region").exit_code == 0


def test_names_nobody_knows_are_listed_for_a_decision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("data match one-sheet-register.csv --format csv --output d.csv").exit_code == 0
    text = (tmp_path / "d.csv").read_text(encoding="utf-8-sig")
    assert text.startswith("kind,name,rows,decision,suggestion_1")
    (tmp_path / "d.csv").write_text(
        text.replace("Kerbside Digital,1,,", "Kerbside Digital,1,supplier:civica,"), encoding="utf-8"
    )
    assert run("data import one-sheet-register.csv --decisions d.csv --to ours").exit_code == 0
    assert "hollowby.uses.civica-parking-permits-and-fines.parking-enforcement" in read("ours").relations


def test_a_wrong_source_is_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("data import nowhere.csv")
    assert result.exit_code == 4
    assert "Check the path" in result.stderr
    assert run("data import one-sheet-register.csv --to a --into b").exit_code == 2


def test_the_map_leaves_in_three_forms_and_comes_back_whole() -> None:
    graph = RiskGraph.open("seeds")
    back = nx.read_graphml(io.BytesIO(as_graphml(graph).encode()), force_multigraph=True)
    assert set(back.nodes) == set(graph.dataset.entities)
    assert {data["eid"] for _, _, data in back.edges(data=True)} == set(graph.dataset.relations)
    kept = json.loads(as_node_link(graph))
    assert {edge["key"] for edge in kept["edges"]} == set(graph.dataset.relations)
    table = run("data export --data seeds --format csv").stdout
    assert len(table.splitlines()) == 1 + len(graph.dataset.relations) > 60
    assert run("data export --data seeds").stdout == as_graphml(graph) + (
        "" if as_graphml(graph).endswith("\n") else "\n"
    )


def test_a_map_to_hand_on_holds_no_withheld_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "names.txt").write_text("# ours\nwexmoor\n")
    made = run("data redact --data one-sheet-register.csv --names names.txt --hide 'quenby software' --to handed-on")
    assert made.exit_code == 0
    text = b"".join(file.read_bytes() for file in (tmp_path / "handed-on").iterdir()).decode().lower()
    assert "cawdale" in text
    assert "wexmoor" not in text
    assert "quenby software" not in text.replace("-", " ")
    assert len(read("handed-on").relations) == len(read("one-sheet-register.csv").relations)
    assert run("data redact --data seeds").exit_code == 2
