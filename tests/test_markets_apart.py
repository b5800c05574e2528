"""What competes in a market and what does not: systems, work, and services that no council chooses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from small import FILES, write_small

from riskgraph.analysis.concentration import breakdown, concentration
from riskgraph.analysis.market import Trade
from riskgraph.analysis.mergers import merger
from riskgraph.api import load
from riskgraph.cli import main
from riskgraph.graph import RiskGraph
from riskgraph.render.concentration import concentration_page, headline
from riskgraph.render.page import as_text
from riskgraph.rules import rules

HEAD = FILES["relations.csv"].splitlines()[0]
SELLERS = {
    "supplier:quenby": "Quenby Software",
    "supplier:ash": "Ash Enforcement Agents",
    "supplier:thorn": "Thorn & Lee Solicitors",
    "supplier:rundles": "Rundles",  # known to the register as work
    "supplier:marl": "Marl Data",  # of whom nothing is known
    "supplier:portal": "PortalPlanQuest Limited",
    "supplier:cloud": "Cloudco",
    "product:ledger": "Ledger",
    "system:planning": "Planning Portal",
    "store:copies": "Copies",
}


def run(*words: str) -> str:
    return CliRunner().invoke(main, words, catch_exceptions=False).stdout


def graph(folder: Path, *rows: str) -> RiskGraph:
    """Ashby and Bexton, invented sellers, and rows of dependent, relation, provider and area."""
    entities = FILES["entities.csv"] + "".join(
        f"{id_},{id_.partition(':')[0]},{name},,,,,,{'housing' if id_ == 'product:ledger' else ''},,,,\n"
        for id_, name in SELLERS.items()
    )
    lines = []
    for n, row in enumerate(rows):
        dependent, relation, provider, area = row.split()
        lines.append(f"r{n},{dependent},{relation},{provider},{area if area != '-' else ''}" + "," * 14)
    return RiskGraph.open(
        write_small(folder, entities_csv=entities, relations_csv="\n".join([HEAD, *lines]) + "\n")
    )  # fmt: skip


@pytest.mark.parametrize("worker", ["ash", "thorn", "rundles"])
def test_who_does_work_has_no_share_of_the_systems(tmp_path: Path, worker: str) -> None:
    found = concentration(
        graph(
            tmp_path,
            "authority:ashby uses product:ledger housing",
            "product:ledger made-by supplier:quenby -",
            f"authority:ashby supplied-by supplier:{worker} housing",
            f"authority:bexton supplied-by supplier:{worker} housing",
            "authority:bexton supplied-by supplier:marl housing",
            "authority:bexton served-by supplier:quenby housing",  # it makes a system of the area
        ),
        "housing",
    )
    systems, services = (found.market.of(trade) for trade in Trade)
    assert {s.supplier for s in systems.shares} == {"supplier:quenby", "supplier:marl"}
    assert [s.supplier for s in services.shares] == [f"supplier:{worker}"]
    assert found.lead.trade is Trade.SYSTEMS and found.other.trade is Trade.SERVICES
    name = SELLERS[f"supplier:{worker}"]
    text = as_text(concentration_page(found))
    assert text.startswith("Quenby Software serves 100% of all 2 councils; the housing system of each is known.")
    assert f"Work done for councils is apart: {name} serves 100% of 2 known, HHI 10,000." in text
    sells = {row[0]: row[3] for row in found.row_values("suppliers")}
    assert sells["supplier:quenby"] == [Trade.SYSTEMS] and sells[f"supplier:{worker}"] == [Trade.SERVICES]


@pytest.mark.parametrize("row", ["uses system:planning", "supplied-by supplier:portal"])
def test_a_service_of_central_government_is_counted_apart(tmp_path: Path, row: str) -> None:
    area = "planning-building-control"
    found = concentration(
        graph(
            tmp_path,
            f"authority:ashby {row} {area}",
            f"authority:bexton {row} {area}",
            f"system:planning operated-by supplier:portal {area}",
            f"authority:bexton supplied-by supplier:marl {area}",
        ),
        area,
    )
    assert [s.supplier for s in found.market.shares] == ["supplier:marl"]
    assert {service: sorted(users) for service, users in found.market.national.items()} == {
        "Planning Portal": ["authority:ashby", "authority:bexton"]
    }
    assert not {"supplier:portal", "system:planning"} & {rank.provider for rank in found.market.ranks}
    line = "Counted apart: Planning Portal, used by 2 councils. It is run by or for central government: no council chooses it."
    assert line in as_text(concentration_page(found))
    assert list(found.row_values("national")) == [("Planning Portal", 2)]


def test_a_market_of_nothing_but_a_national_service_has_no_leader(tmp_path: Path) -> None:
    area = "planning-building-control"
    found = concentration(graph(tmp_path, f"authority:ashby uses system:planning {area}"), area)
    text = as_text(concentration_page(found))
    assert text.startswith("0 of 2 councils have a known supplier in planning and building control.")
    assert "Counted apart: Planning Portal, used by 1 council." in text


def test_every_national_service_has_a_source() -> None:
    from riskgraph.assets import shipped_rows

    rows = shipped_rows("national_services.csv")
    assert [row["name"] for row in rows] == sorted(row["name"] for row in rows)
    for row in rows:
        assert row["url"].startswith("https://") and row["publisher"] and row["claim"] and row["run_for"]


@pytest.mark.parametrize("holder", ["supplier:cloud", "store:copies"])
def test_who_holds_data_for_a_supplier_stands_behind_it(tmp_path: Path, holder: str) -> None:
    found = concentration(
        graph(
            tmp_path,
            "authority:ashby served-by supplier:quenby housing",
            f"supplier:quenby data-held-by {holder} housing",
            "store:copies hosted-on supplier:cloud housing",
        ),
        "housing",
    ).market
    (cloud,) = (rank for rank in found.ranks if rank.provider == "supplier:cloud")
    assert (cloud.rank, cloud.within, cloud.hidden) == (2, (0, 1, 1, 1), True)


def test_who_holds_data_of_a_council_itself_is_no_fourth_party(tmp_path: Path) -> None:
    found = concentration(
        graph(
            tmp_path,
            "authority:ashby served-by supplier:quenby housing",
            "authority:ashby data-held-by supplier:cloud housing",
        ),
        "housing",
    ).market
    (cloud,) = (rank for rank in found.ranks if rank.provider == "supplier:cloud")
    assert (cloud.rank, cloud.hidden) == (1, False)
    assert [share.supplier for share in found.shares] == ["supplier:quenby"], "holding data is no purchase"


def test_the_national_map_sees_the_host_behind_a_planning_system() -> None:
    found = concentration(RiskGraph.open("uk"), "planning-building-control").market
    (cloud,) = (rank for rank in found.ranks if rank.provider == "supplier:amazon-web-services")
    assert (cloud.authorities, cloud.hidden) == (26, True)


# -- first lines ------------------------------------------------------------------------------------------


def test_the_first_lines_of_every_market_can_be_read_aloud() -> None:
    uk = RiskGraph.open("uk")
    for area in (None, *rules().areas):
        answer = concentration(uk, area)
        text = as_text(concentration_page(answer))
        lines = text.splitlines()
        assert lines[0] == headline(answer)[0]
        said = [line for line in lines if not line.startswith(("- ", "Try next"))]
        assert max(map(len, said)) <= 120, max(said, key=len)
        assert "(in brackets" not in text and not re.search(r"\(\d", text)
        if answer.lead.known:
            assert f"{100 * answer.lead.shares[0].reach / answer.lead.known:.0f}% of" in lines[0]


def test_the_report_begins_with_the_first_line_of_the_answer() -> None:
    report = load("uk").report("concentration", "electoral", regions=["Wales"]).report
    answer = load("uk").concentration("electoral", regions=["Wales"])
    assert report.title == " ".join(filter(None, headline(answer))).removesuffix(".")
    assert " in Wales" in report.title


def test_one_market_has_one_index_in_every_word() -> None:
    uk = load("uk")
    market = concentration(uk.graph, "revenues-benefits").lead
    index, said = market.by("councils", owners=True), merger(uk.graph, "capita", "civica", "revenues-benefits")
    assert index is not None and said.hhi_before == pytest.approx(index.hhi)
    parts = {(one.name, one.market.trade): one.market.by("councils") for one in breakdown(uk.graph, "area").slices}
    assert parts["revenues-benefits", Trade.SYSTEMS] == market.by("councils")
    (change,) = (
        one
        for one in uk.whatif("buys", "capita", "civica").markets
        if (one.area, one.trade) == ("revenues-benefits", market.trade)
    )
    assert said.hhi_before is not None and said.hhi_after is not None
    assert change.hhi == (round(said.hhi_before), round(said.hhi_after))


def test_an_owner_is_told_in_words() -> None:
    said = run("concentration", "revenues-benefits", "--merger", "capita", "--merger", "civica")
    assert "if Capita bought Civica: " in said.splitlines()[0]
    assert "and Blackstone, which owns Civica, " in said
    owner = run("concentration", "--merger", "blackstone", "--merger", "civica")
    assert "Blackstone owns Civica already." in owner.splitlines()[0]
    took = run("whatif", "buys", "capita", "civica")
    moved = re.search(r"Capita and Civica from (\d+) to (\d+); Civica, owned by Blackstone, from (\d+) to 0\.", took)
    assert moved is not None and "Blackstone with" not in took
    capita, both, civica = map(int, moved.groups())
    assert max(capita, civica) < both <= capita + civica


# -- nothing recorded -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "column"), [("--lock-in", "Could we replace them?"), ("--certificates", "Certificate")]
)
@pytest.mark.parametrize("data", ["uk", "seeds"])
def test_what_a_map_never_records_is_said_in_one_line_with_what_to_record(option: str, column: str, data: str) -> None:
    lines = run("contracts", option, "--data", data).splitlines()
    assert lines[0].startswith("0 of ") and f'fill in the column "{column}' in lines[0]
    assert len(lines) <= 4 and max(map(len, lines)) <= 120
    assert not any("never seen" in line for line in lines)


def test_a_notice_period_that_is_not_known_is_said_once() -> None:
    text = run("contracts")
    assert text.count("notice period") == 1
    assert "The notice period is not known for 189 of 189." in text


def test_a_contract_is_as_wide_as_its_line_of_business() -> None:
    held = json.loads(run("contracts", "--format", "json"))["tables"]["contracts"]
    lines = [row for row in held if "/" in (row["widest"] or "")]
    assert lines and all(row["widest"].partition("/")[2] == row["service_area"] for row in lines)
