"""Contracts, lock-in, certificates and peers: what a procurement reviewer reads before a renewal."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from small import FILES, write_small

from riskgraph.analysis.blast import blast
from riskgraph.analysis.contracts import contracts
from riskgraph.analysis.lockin import certificates, lock_in
from riskgraph.analysis.measure import own_bands
from riskgraph.analysis.peers import peers
from riskgraph.analysis.select import Selection
from riskgraph.api import RiskMap
from riskgraph.cli import main
from riskgraph.data import canonical
from riskgraph.graph import RiskGraph
from riskgraph.maps import read
from riskgraph.model import Band
from riskgraph.render.contracts import (
    certificates_page,
    contracts_page,
    locks_page,
)
from riskgraph.render.page import as_text
from riskgraph.render.peers import page as peers_page

HEAD, *ROWS = FILES["relations.csv"].splitlines()
SHEET = "one-sheet-register.csv"


def with_contracts(folder: Path, *rows: str) -> RiskGraph:
    """Rows of two suppliers: Orbit, whom both councils have, and Nova, whom one has."""
    relations = "\n".join([HEAD + ",contract_end,annual_value_gbp", *rows]) + "\n"
    entities = FILES["entities.csv"] + "supplier:nova,supplier,Nova,,,,,,,,,,\n"
    return RiskGraph.open(write_small(folder, entities_csv=entities, relations_csv=relations))


WIDE = "r1,authority:ashby,served-by,supplier:orbit,housing,personal,,,,,,,C1,1000,2029-03-31,90,RM1,e1,,2027-03-31,"
WIDE_TOO = "r2,authority:bexton,served-by,supplier:orbit,housing,personal,,,,,,,,,2027-02-28,,,e1,,,250"
NARROW = "r3,authority:bexton,served-by,supplier:nova,waste-streetscene,,,,,,,2025-01-31,C3,,,,,e1,,,"
OVER = "r4,authority:bexton,supplied-by,supplier:orbit,waste-streetscene,,,,,,,,,,2023,,,e1,,,"


def test_contracts_in_the_worst_radii_come_first_then_by_the_day_to_act(tmp_path: Path) -> None:
    graph = with_contracts(tmp_path, WIDE, WIDE_TOO, NARROW, OVER)
    found = contracts(graph, widest=1)
    assert [(c.row.id, c.radius, c.worst) for c in found.contracts] == [
        ("r1", 2, True),
        ("r2", 2, True),
        ("r3", 1, False),
    ]
    assert [c.row.id for c in contracts(graph, widest=0).contracts] == ["r3", "r1", "r2"]
    assert [c.row.id for c in found.passed] == ["r4"]
    text = as_text(contracts_page(found))
    assert text.startswith(
        "3 contracts with an end to come (data of 30 June 2024), the 2 in the worst radii first: Ashby with Orbit, 31 "
    )
    assert text.index("Ashby with Orbit") < text.index("Bexton with Orbit") < text.index("Bexton with Nova")
    assert "In the worst radii, counted by who is first, the first to act on first:" in text


def test_all_equally_wide_are_not_called_the_worst(tmp_path: Path) -> None:
    found = contracts(with_contracts(tmp_path, NARROW), widest=5)
    assert found.worst == found.contracts  # the only one there is
    assert "worst" not in as_text(contracts_page(found))
    two = [WIDE.replace("supplier:orbit", "supplier:nova"), WIDE_TOO]
    assert contracts(with_contracts(tmp_path, *two), widest=1).worst == ()


def test_notice_counts_from_the_end_as_it_stands_not_from_the_latest(tmp_path: Path) -> None:
    found = contracts(with_contracts(tmp_path, WIDE), vesting="2028-04-01")
    (one,) = found.contracts
    assert (one.ends, one.notice_by, one.extension_days) == (date(2027, 3, 31), date(2026, 12, 31), 731)
    text = as_text(contracts_page(found))
    assert "ends 31 March 2027; notice by 31 December 2026; can be extended to 31 March 2029; worth £1,000" in text
    assert "before vesting day unless it is extended" in text
    assert "1 end before it (extend or buy anew; 1 of these can be extended past it), 0 run on" in text
    header, (plain,) = found.table()
    assert [plain[header.index(key)] for key in ("end", "latest_end", "notice_by", "extension_days", "vesting")] == [
        "2027-03-31",
        "2029-03-31",
        "2026-12-31",
        731,
        "extendable",
    ]


def test_a_day_for_notice_that_has_passed_is_said(tmp_path: Path) -> None:
    text = as_text(contracts_page(contracts(with_contracts(tmp_path, WIDE), as_of="2027-01-15")))
    assert "the day for notice has passed, 31 December 2026" in text


def test_a_contract_in_its_extension_runs_until_the_latest_end(tmp_path: Path) -> None:
    found = contracts(with_contracts(tmp_path, WIDE), as_of="2028-01-15")
    (one,) = found.contracts
    assert (one.ends, one.extended, one.notice_by) == (date(2029, 3, 31), True, date(2028, 12, 31))
    assert found.passed == ()
    assert "its end, 31 March 2027, is over; if it was extended, until 31 March 2029" in as_text(contracts_page(found))


def test_a_contract_of_a_shared_service_belongs_to_those_it_serves() -> None:
    graph = RiskGraph.open(SHEET)
    wexmoor = Selection.of(graph, members=["Wexmoor District Council"])
    held = {c.row.contract_reference: c for c in contracts(graph, selection=wexmoor).contracts}
    joint = held["MV/2023/014"]
    assert (joint.row.dependent, joint.suppliers) == (
        "shared-service:marl-valley-shared-services",
        ("supplier:quenby-software",),
    )
    assert (str(joint.notice_by), joint.extension_days) == ("2027-10-03", 730)
    assert joint.row.annual_value_gbp == 184_000
    saltmere = Selection.of(graph, members=["Saltmere City Council"])
    assert "MV/2023/014" not in {c.row.contract_reference for c in contracts(graph, selection=saltmere).contracts}


def test_contracts_of_a_supplier_are_those_for_what_it_makes_too() -> None:
    found = contracts(RiskGraph.open(SHEET), providers=["supplier:quenby-software"])
    assert {c.row.provider for c in found.contracts} == {
        "product:quenby-revenues",
        "product:quenby-software-housing-management",
    }


def test_the_ends_of_a_register_survive_writing_and_reading(tmp_path: Path) -> None:
    from riskgraph.data.write import write

    data = read(SHEET)
    write(data, tmp_path / "map")
    again = read(tmp_path / "map")
    assert canonical(again) == canonical(data)
    row = again.relations["marlshire.served-by.stowell-networks.network-connectivity"]
    assert (row.contract_end, row.contract_end_latest) == ("2027-09-30", "2029-09-30")
    assert row.annual_value_gbp == 690_000
    assert (row.valid_to, row.ends) == (None, "2027-09-30")


def test_a_selection_limits_contracts() -> None:
    uk = RiskGraph.open("uk")
    wales = Selection.of(uk, regions=["Wales"])
    found = contracts(uk, selection=wales)
    assert found.contracts
    assert all(wales.holds(c.row.dependent) for c in found.contracts if c.row.dependent.startswith("authority"))


def test_lock_in_counts_the_worst_level_and_names_who_else_serves(tmp_path: Path) -> None:
    relations = [HEAD + ",substitutability,exit_plan"]
    relations += [ROWS[0] + ",easily,yes", ROWS[1] + ",,", ROWS[2] + ",,"]
    relations.append("r4,authority:ashby,uses,system:s,housing,,,,,,,,,,2026-06-30,,,e1,,very-hard,no")
    entities = FILES["entities.csv"] + "system:s,system,S,,,,,,,,,,\n"
    graph = RiskGraph.open(write_small(tmp_path, entities_csv=entities, relations_csv="\n".join(relations) + "\n"))
    found = lock_in(graph)
    assert [(x.row.id, x.row.substitutability, x.years_left, x.others, x.assessed) for x in found.locks] == [
        ("r4", "very-hard", 2.0, ("shared-service:both",), "2021-05"),
        ("r1", "easily", None, (), "2021-05"),
    ]
    assert (found.count("very-hard"), found.count("no"), found.not_assessed) == (1, 0, 1)
    text = as_text(locks_page(found))
    assert text.startswith("1 of 2 arrangements that somebody assessed is very hard to replace: Ashby with S (data of")
    assert "by sources of May 2021" in text
    assert "1 other supplier serves councils there: Both Together" in text


def test_lock_in_of_a_register_has_every_form() -> None:
    def run(form: str) -> str:
        words = ["contracts", "--lock-in", "--data", SHEET, "--format", form]
        return CliRunner().invoke(main, words, catch_exceptions=False).stdout

    held = json.loads(run("json"))  # a blank is null, never a number that is none
    assert held["facts"] == {"no": 0, "very_hard": 7, "with_difficulty": 4, "easily": 2, "not_assessed": 36}
    assert None in {lock["years_left"] for lock in held["tables"]["relations"]}
    assert len(run("csv").splitlines()) == 1 + 13
    assert run("table").startswith("buyer")


def test_years_left_go_by_the_calendar(tmp_path: Path) -> None:
    """Exactly five years are 5.0 whatever leap days lie between, and one day over is below zero."""
    relations = [HEAD + ",substitutability,exit_plan"]
    for n, end in enumerate(("2029-06-30", "2024-06-30", "2023-06-30", "2024-12-30")):
        relations.append(f"r{n},authority:ashby,served-by,shared-service:both,housing,,,,,,,,,,{end},,,e1,,no,")
    graph = RiskGraph.open(write_small(tmp_path, relations_csv="\n".join(relations) + "\n"))
    left = {x.row.id: x.years_left for x in lock_in(graph).locks}
    assert left == {"r0": 5.0, "r1": 0.0, "r2": -1.0, "r3": 0.5}


@pytest.mark.parametrize(
    "asking", [{}, {"regions": ["Wales"]}, {"like": "outage", "band": "not-ruled-out"}, {"areas": ["social-care"]}]
)
def test_a_contract_is_as_wide_as_the_blast_of_the_same_question(asking: dict[str, Any]) -> None:
    uk = RiskGraph.open("uk")
    found = contracts(uk, **asking)
    widest = {c.widest: c.radius for c in found.contracts}
    assert widest
    for root in sorted(widest)[:12]:
        assert widest[root] == len(blast(uk, root, **asking).within(found.question.band)), root


def test_what_was_not_asked_of_a_contract_is_not_known(tmp_path: Path) -> None:
    found = contracts(with_contracts(tmp_path, WIDE, OVER), providers=["orbit"])
    header, (over,) = found.table("passed")
    plain = dict(zip(header, over, strict=True))
    assert (plain["radius"], plain["widest"], plain["worst"]) == (None, None, None)
    assert found.to_dict()["facts"]["providers"] == ["supplier:orbit"]  # type: ignore[index]


def test_lock_in_and_certificates_are_two_questions() -> None:
    asked = CliRunner().invoke(main, ["contracts", "--lock-in", "--certificates", "--data", "seeds"])
    assert asked.exit_code == 2 and "two questions" in asked.output


def test_a_certificate_is_lapsed_in_force_or_never_seen(tmp_path: Path) -> None:
    lines = FILES["entities.csv"].splitlines()
    entities = [lines[0] + ",certificate,certificate_expires", *(line + ",," for line in lines[1:])]
    entities.append("supplier:old,supplier,Old,,,,,,,,,,,CE+,2024-01-31")
    entities.append("supplier:new,supplier,New,,,,,,,,,,,ISO 27001;CE+,2025-01-31")
    rows = "".join(
        f"c{n},authority:ashby,supplied-by,supplier:{name},housing,,,,,,,,,,,,,e1,\n"
        for n, name in enumerate(("old", "new"))
    )
    graph = RiskGraph.open(
        write_small(tmp_path, entities_csv="\n".join(entities) + "\n", relations_csv=FILES["relations.csv"] + rows)
    )
    found = certificates(graph)
    assert [(one.supplier, one.state, one.bodies) for one in found.suppliers] == [
        ("supplier:old", "lapsed", 1),
        ("supplier:orbit", "never seen", 2),  # by way of the shared service that both councils have
        ("supplier:new", "in force", 1),
    ]
    text = as_text(certificates_page(found))
    assert text.startswith("1 of 3 suppliers have a certificate that has lapsed; of 1 none is on record")
    assert "In force, by when they lapse: New 31 January 2025." in text


def test_a_helper_runs_the_same_in_a_service_that_is_hit_and_is_out_of_reach_in_every_band() -> None:
    uk = RiskGraph.open("uk")
    for root, like in [("east kent services", "compromise"), ("civica", "compromise"), ("civica", "outage")]:
        found = peers(uk, "dover", root=root, like=like, as_of=STORY)
        whole = blast(uk, root, like=like, as_of=STORY)
        reached = {reach.id for reach in whole.within(Band.NOT_RULED_OUT)}
        customers = {
            s.dependent for s in uk.settled(uk.view(STORY)).steps if s.in_force and s.provider == whole.roots[0]
        }
        offered = {peer.id for peer in found.peers}
        assert not offered & (reached | customers)
        assert set(found.reached) <= reached
        assert found.hit.keys() == own_bands(whole["authority:dover"].services, Band.LIKELY).keys()
        assert {run.area for peer in found.peers for run in peer.runs} <= found.hit.keys()


def test_nobody_to_offer_says_how_many_run_the_same_and_what_to_ask() -> None:
    said = as_text(peers_page(peers(RiskGraph.open("uk"), "dover", root="civica", as_of=STORY))).splitlines()
    assert re.match(
        r"Nobody to offer: \d+ others run the same as Dover; Civica could reach \d+ and \d+ cannot be", said[0]
    )
    assert said[2].startswith("Ask Civica whom it hosts and can reach: that settles ")
    assert "Which product Civica runs for Dover is not recorded: record it, and who runs it too is found." in said


STORY = "2024-01-18"
"""The day on which Dover and two neighbours were cut off; Civica worked for them until January 2025."""

AID = """id,dependent,relation,provider,service_area,data,access,hosting,evidence
m,product:revs,made-by,supplier:orbit,revenues-benefits,,,,e1
a1,authority:ashby,served-by,supplier:delta,revenues-benefits,personal,,,e1
b1,authority:bexton,served-by,supplier:delta,revenues-benefits,personal,,,e1
c1,authority:carrow,supplied-by,supplier:delta,revenues-benefits,,,,e1
a2,authority:ashby,uses,product:revs,revenues-benefits,personal,,own,e1
b2,authority:bexton,uses,product:revs,revenues-benefits,personal,,own,e1
c2,authority:carrow,uses,product:revs,revenues-benefits,personal,,own,e1
f2,authority:farwell,uses,product:revs,revenues-benefits,personal,,own,e1
g2,shared-service:both,uses,product:revs,revenues-benefits,personal,,cloud,e1
g3,authority:glade,served-by,shared-service:both,revenues-benefits,personal,,,e1
"""


def mutual_aid(folder: Path) -> RiskGraph:
    """Delta runs Ashby's benefits on Revs. Others run Revs with Delta, as its customers, far from it, or together."""
    names = ("ashby", "bexton", "carrow", "farwell", "glade", "heath", "ivy")
    kinds = {"farwell": "unitary", "heath": "national-park"}
    bodies = [(name, kinds.get(name, "district"), "London" if name == "ivy" else "South East") for name in names]
    entities = "id,kind,name,authority_type\n" + "".join(
        f"authority:{n},authority,{n.title()},{k}\n" for n, k, _ in bodies
    )
    entities += "supplier:delta,supplier,Delta,\nsupplier:orbit,supplier,Orbit,\nproduct:revs,product,Revs,\n"
    entities += "system:portal,system,National Portal,\nshared-service:both,shared-service,Both Together,\n"
    rows = "".join(f"p{n},authority:{n},uses,system:portal,planning-building-control,,,,e1\n" for n in names)
    register = "id,name,kind,nation,region,status\n"
    register += "".join(f"authority:{n},{n.title()},{k},England,{r},current\n" for n, k, r in bodies)
    return RiskGraph.open(write_small(folder, entities_csv=entities, relations_csv=AID + rows, register_csv=register))


def test_helpers_stand_by_likeness_and_say_where_it_runs_and_when_that_was_seen(tmp_path: Path) -> None:
    found = peers(mutual_aid(tmp_path), "ashby", root="delta")
    assert [peer.id for peer in found.peers] == ["authority:glade", "authority:farwell"]
    assert (found.reached, found.doubtful) == (("authority:bexton",), ("authority:carrow",))
    said = as_text(peers_page(found)).splitlines()
    assert said[0] == "2 councils run the same as Ashby, and Delta could not reach them (data of 30 June 2024)."
    assert "- Glade (district, South East): Revs through Both Together (in the cloud, seen 2021)" in said
    assert "- Farwell (unitary council, South East): Revs (on its own servers, seen 2021)" in said
    assert "Not offered: 1 that could be reached from Delta and 1 that cannot be ruled out." in said
    assert all(len(line) <= 120 for line in said)


def test_what_most_of_a_class_has_is_no_reason_to_ask_for_help(tmp_path: Path) -> None:
    found = peers(mutual_aid(tmp_path), "ashby", areas=["planning-building-control"])
    assert (found.peers, found.national) == ((), ("system:portal",))
    assert found.shared["system:portal", "planning-building-control"]  # it is told all the same
    others = {peer.id for peer in peers(mutual_aid(tmp_path), "ashby").peers}
    assert others == {f"authority:{name}" for name in ("bexton", "carrow", "farwell", "glade")}


def test_nobody_who_shares_a_place_with_what_an_attacker_is_in_is_offered() -> None:
    found = peers(RiskGraph.open("seeds"), "westminster", root="rbkc shared it")
    assert "authority:hammersmith-and-fulham" not in {peer.id for peer in found.peers}


def test_how_a_council_stands_in_its_class_names_nobody_and_comes_first() -> None:
    found = peers(RiskGraph.open("uk"), "dover", as_of=STORY)
    one = found.standing
    assert (one.on_one, one.supplier) == (4, "shared-service:east-kent-services") and one.services > 4
    assert one.class_size > 100
    assert one.fewer is not None and one.median is not None and one.fewer > one.class_size / 2
    lead, beside = as_text(peers_page(found)).splitlines()[:2]
    assert lead.startswith(
        f"4 of Dover's {one.services} known services lean on East Kent Services; median of 163 districts: 2 "
        "(as of 18 January 2024, data of "
    )
    assert beside.endswith("None of them is named.")


def test_a_class_of_few_is_not_told() -> None:
    one = peers(RiskGraph.open(SHEET), "Marlshire County Council").standing
    assert (one.median, one.fewer) == (None, None)


def test_peers_have_every_form() -> None:
    words = ["peers", "Wexmoor", "--data", SHEET, "--root", "supplier:quenby-software", "--format"]
    held = json.loads(CliRunner().invoke(main, [*words, "json"], catch_exceptions=False).stdout)
    assert held["question"]["roots"] == ["supplier:quenby-software"]
    lines = CliRunner().invoke(main, [*words, "csv"], catch_exceptions=False).stdout.splitlines()
    assert len(lines) == 1 + len(held["tables"]["peers"])


def test_reports_hold_contracts_for_what_a_supplier_makes_and_of_a_shared_service() -> None:
    whole = RiskMap(RiskGraph.open(SHEET))
    supplier = whole.report("supplier", "supplier:quenby-software").files["contracts.csv"]
    assert {line.split(",")[-1] for line in _lines(supplier)[1:]} == {"HB-1182", "MV/2023/014", "SAL-HO-05"}
    council = whole.report("council", "Wexmoor").files["contracts.csv"]
    joint = next(line for line in _lines(council) if line.endswith("MV/2023/014"))
    assert ",2027-10-03,2028-03-31,2030-03-31," in joint
    for kind, names in (("overview", []), ("concentration", ["revenues-benefits"])):
        assert "MV/2023/014" in "".join(_lines(whole.report(kind, *names).files["contracts.csv"]))


def test_a_map_without_a_name_tells_no_dates_or_costs_of_its_contracts(tmp_path: Path) -> None:
    to = str(tmp_path / "handed-on")
    words = ["data", "redact", "--data", SHEET, "--hide", "quenby software", "--to", to]
    assert CliRunner().invoke(main, words, catch_exceptions=False).exit_code == 0
    rows = [row for row in read(to).relations.values() if row.annual_value_gbp is not None]
    assert 690_000 in {row.annual_value_gbp for row in rows}  # of others
    original = read(SHEET).relations.values()
    assert len(rows) < sum(1 for row in original if row.annual_value_gbp is not None)


def _lines(content: str | bytes) -> list[str]:
    text = content if isinstance(content, str) else content.decode("utf-8-sig")
    return text.splitlines()


def test_a_supplier_as_plain_values_says_who_suffers_and_who_else_serves() -> None:
    words = ["show", "supplier:quenby-software", "--data", SHEET, "--format", "json"]
    shown = json.loads(CliRunner().invoke(main, words, catch_exceptions=False).stdout)
    assert {"kind": "exposure", "band": "documented", "bodies": 4} in shown["tables"]["suffers"]
    assert shown["facts"]["leaves"] == 5
    assert {one["area"] for one in shown["tables"]["competition"]} == {"housing", "revenues-benefits"}


def test_contract_dates_in_the_wrong_order_are_told(tmp_path: Path) -> None:
    wrong = WIDE.replace("2029-03-31", "2026-01-31")  # the latest end before the end
    early = NARROW[: -len(",,")] + ",2019-01-31,"
    early = early.replace(",,,,,,,2025-01-31", ",,,,,,2020-01-01,2025-01-31")
    told = {(p.column, p.message) for p in with_contracts(tmp_path, wrong, early).dataset.warnings}
    assert ("contract_end_latest", "Its latest end (2026-01-31) comes before its end (2027-03-31).") in told
    assert ("contract_end", "The contract ends (2019-01-31) before the relation begins (2020-01-01).") in told
