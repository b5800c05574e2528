"""Who hosts, in the words of a register; rows that say different things; merged cells."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from riskgraph import maps
from riskgraph.analysis.blast import blast
from riskgraph.data import canonical
from riskgraph.data.dataset import Dataset
from riskgraph.graph import RiskGraph

HEAD = "Council,System,Supplier,Service area,Hosted by,Supplier access,Personal data\n"


def sheet(tmp_path: Path, *rows: str, name: str = "mine.csv") -> Dataset:
    file = tmp_path / name
    file.write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return maps.read(file)


def hosts(data: Dataset) -> set[str | None]:
    return {row.hosting for row in data.relations.values() if row.relation == "uses"}


@pytest.mark.parametrize(
    ("said", "hosting"),
    [
        ("Civica", "supplier"), ("CIVICA UK LTD", "supplier"), ("Civica cloud", "supplier"), ("Civica-hosted", "supplier"),
        ("hosted by Civica", "supplier"), ("Civica's data centre", "supplier"), ("Civica (AWS)", "supplier"),
        ("Azure (by Civica)", "supplier"), ("supplier", "supplier"), ("vendor hosted", "supplier"), ("SaaS", "supplier"),
        ("hosted", "supplier"), ("on prem", "own"), ("On-Premises", "own"), ("own data centre", "own"),
        ("our servers", "own"), ("self-hosted", "own"), ("hosted by us", "own"), ("Dover District Council", "own"),
        ("hosted by Dover", "own"), ("Azure", "cloud"), ("hosted on AWS", "cloud"), ("private cloud", "cloud"),
        ("data centre", None), ("yes", None),
    ],
)  # fmt: skip
def test_a_host_is_the_supplier_the_council_or_a_cloud_and_never_a_place_of_that_name(
    tmp_path: Path, said: str, hosting: str | None
) -> None:
    data = sheet(tmp_path, f"Dover,Open Revenues,Civica UK Limited,Revenues and benefits,{said},,personal")
    assert hosts(data) == {hosting}
    assert not [id_ for id_ in data.entities if id_.startswith("environment:")]


def test_a_supplier_that_hosts_itself_is_asked_about_by_its_name(tmp_path: Path) -> None:
    data = sheet(tmp_path, "Dover,Kestrel Planner,Marl Ltd,Planning,Marl cloud,,personal")
    assert blast(RiskGraph(data), "marl", like="outage").question.roots == ("supplier:marl",)


@pytest.mark.parametrize(
    ("said", "host"),
    [
        ("Capita", "supplier:capita"),
        ("Capita cloud", "supplier:capita"),
        ("Thanet District Council", "authority:thanet"),
        ("East Kent Services", "shared-service:east-kent-services"),
        ("RBKC and Westminster shared IT environment", "environment:rbkc-shared-it"),
        ("EastNet", "environment:eastnet"),
        ("North Hall", "environment:north-hall"),
    ],
)
def test_another_host_that_is_known_is_meant_by_its_name(tmp_path: Path, said: str, host: str) -> None:
    data = sheet(tmp_path, f"Dover,Open Revenues,Civica,Revenues and benefits,{said},,personal")
    assert {row.provider for row in data.relations.values() if row.relation == "hosted-on"} == {host}


def test_two_rows_that_differ_count_as_the_more_harmful_and_are_told_in_any_order(tmp_path: Path) -> None:
    rows = [
        "Dover,Open Revenues,Civica,Revenues and benefits,own,,personal",
        "Dover,Open Revenues,Civica,Revenues and benefits,supplier,,special",
    ]
    data = sheet(tmp_path, *rows)
    assert hosts(data) == {"supplier"}
    assert [str(one).partition(": ")[2] for one in data.warnings if one.rule == "rows-differ"] == [
        "Two rows differ about the same system: the more harmful value counts "
        "(Dover District Council, Open Revenues, data: personal or special). [rows-differ]",
        "Two rows differ about the same system: the more harmful value counts "
        "(Dover District Council, Open Revenues, hosting: own or supplier). [rows-differ]",
    ]
    assert canonical(data) == canonical(sheet(tmp_path, *reversed(rows)))


def test_merged_council_cells_of_a_workbook_lose_no_row_and_are_said(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (
        ["Our systems"],
        ["Council", "System", "Supplier", "Service area"],
        ["Dover", "Open Revenues", "Civica", "Revenues and benefits"],
        [None, "Uniform", "Idox", "Planning"],
        [None, None, "Idox", "Housing"],
        ["Thanet", "Modern.gov", "Civica", "Committee and democratic services"],
    ):
        page.append(row)
    page.merge_cells("A3:A5")
    page.merge_cells("B4:B5")
    book.save(tmp_path / "mine.xlsx")
    data = maps.read(tmp_path / "mine.xlsx")
    areas = {row.service_area for row in data.relations.values() if row.dependent == "authority:dover"}
    assert len(areas) == 3
    assert any("Merged cells were filled down: " in str(one) for one in data.warnings)
    assert not any(one.rule == "left-out" for one in data.warnings)


def test_a_blank_council_below_a_council_is_filled_as_a_saved_merged_cell_and_is_said(tmp_path: Path) -> None:
    data = sheet(tmp_path, "Dover,Open Revenues,Civica,,,,", ",Uniform,Idox,,,,", "", ",Alpha,Alder Ltd,,,,")
    assert {row.provider for row in data.relations.values() if row.dependent == "authority:dover"} >= {
        "product:uniform"
    }
    assert sorted(one.rule for one in data.warnings if one.rule in {"left-out", "filled-down"}) == [
        "filled-down",
        "left-out",
    ]
