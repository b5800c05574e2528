"""Contacts are joined to a call sheet in print, and stand nowhere else."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from workbooks import BOOK, save

from riskgraph.analysis.desks import desks
from riskgraph.cli import main
from riskgraph.data import read as read_folder
from riskgraph.data.folders import write_folder
from riskgraph.importers.contacts import read_contacts
from riskgraph.report import ReportOptions, make
from riskgraph.report.verify import verify

LIST = """Kent WARP: who to ring,,,,,
,,,,,
Council/Organisation,Name/Role,Telephone,Mobile,OOH,E-mail
Thanet DC,Head of ICT,1632960123,,07700 900123,ict@thanet.example
Canterbury,Duty officer,01632 960124,,,
Gotham City,Nobody,01632 960999,,,
Kent WARP,Coordinator,,07700 900200,,
"""
ROWS: list[list[object]] = [
    ["Council", "System", "Supplier", "Hosted by", "Owner", "Phone", "Out of hours", "Security contact"],
    ["Saltmere City Council", "Fern", "Alder Software", "supplier", "Other desk", "", "", ""],
    [
        "Saltmere City Council",
        "Rates",
        "Quenby",
        "supplier",
        "Head of ICT",
        1632960321,
        "07700 900321",
        "soc@quenby.example",
    ],
]


def run(*words: str) -> Result:
    return CliRunner().invoke(main, [*words])


@pytest.fixture
def listed(tmp_path: Path) -> str:
    (tmp_path / "contacts.csv").write_text(LIST, encoding="utf-8")
    return str(tmp_path / "contacts.csv")


@pytest.fixture
def register(tmp_path: Path) -> str:
    return str(save(tmp_path, {"Register": ROWS}, "register.xlsx"))


@pytest.mark.parametrize("format_", ["text", "html"])
def test_a_list_of_contacts_is_printed_beside_whom_it_names(listed: str, format_: str) -> None:
    said = run("calls", "east kent services", "--contacts", listed, "--data", "seeds", "--format", format_).stdout
    assert "Head of ICT: 01632960123; out of hours 07700 900123; ict@thanet.example" in said
    assert "Duty officer: 01632 960124" in said and "Coordinator: mobile 07700 900200" in said
    assert "1 name in it matches nobody here: Gotham City." in said
    assert "01632 960999" not in said


def test_the_contact_columns_of_a_register_are_printed_with_those_of_what_is_hit_first(register: str) -> None:
    lines = run("calls", "quenby", "--data", register).stdout.splitlines()
    place = next(n for n, line in enumerate(lines) if ". Saltmere" in line)
    assert lines[place + 1] == "    Head of ICT: 01632960321; out of hours 07700 900321"
    assert lines[place + 2] == "    Other desk"
    assert any("soc@quenby.example" in line for line in lines)


def test_a_register_is_a_list_of_contacts_for_another_map(register: str) -> None:
    said = run("calls", "civica", "--contacts", register, "--data", "seeds").stdout
    assert "2 names in it match nobody here: Saltmere City Council and Quenby." in " ".join(said.split())


def test_the_owner_of_a_system_is_no_owner_of_a_company(register: str) -> None:
    assert "(one-sheet)" in run("data", "import", register).stdout


def test_no_written_map_holds_a_contact(register: str, tmp_path: Path) -> None:
    assert run("data", "import", register, "--to", str(tmp_path / "map")).exit_code == 0
    for file in (tmp_path / "map").iterdir():
        text = file.read_text(encoding="utf-8")
        assert not any(word in text for word in ("960321", "900321", "soc@quenby", "Head of ICT")), file.name
    assert read_folder(tmp_path / "map").relations


@pytest.mark.parametrize("format_", ["json", "csv", "table"])
def test_no_form_for_programs_holds_a_contact(listed: str, register: str, format_: str) -> None:
    refused = run("calls", "civica", "--contacts", listed, "--data", "seeds", "--format", format_)
    assert refused.exit_code == 2 and "Contacts stand on the printed sheet only" in refused.stderr
    assert "960321" not in run("calls", "quenby", "--data", register, "--format", format_).stdout


def test_of_a_report_only_the_call_sheet_holds_contacts(listed: str) -> None:
    bundle = make("seeds", "blast", ["east kent services"], ReportOptions(contacts=listed))
    assert [name for name, content in bundle.files.items() if b"960123" in content] == ["calls.html"]
    assert b"TLP:AMBER+STRICT" in bundle.files["calls.html"]
    plain = make("seeds", "blast", ["east kent services"])
    assert bundle.report.answer == plain.report.answer


def test_a_report_with_contacts_is_verified_without_them(listed: str, tmp_path: Path) -> None:
    write_folder(
        tmp_path / "rep", make("seeds", "blast", ["thanet"], ReportOptions(contacts=listed, data="seeds")).files
    )
    found = verify(tmp_path / "rep")
    assert found.equal and "calls.html" in found.files


def test_the_contact_columns_of_a_workbook_are_contacts_too(tmp_path: Path) -> None:
    found = read_contacts(save(tmp_path, BOOK)).contacts
    assert ("Marlshire County Council", "duty desk") in [one[:2] for one in found]
    assert ("Kerbside Digital Ltd", "desk") in [one[:2] for one in found]


def test_a_report_of_a_register_takes_its_contacts_only_when_told(register: str) -> None:
    files = make(register, "blast", ["quenby"]).files
    assert not [name for name, content in files.items() if b"960321" in content or b"soc@quenby" in content]


@pytest.mark.parametrize("withheld", [{"anonymous": True}, {"redact": ("thanet",)}])
def test_a_report_that_withholds_names_takes_no_contacts(listed: str, withheld: dict[str, bool]) -> None:
    with pytest.raises(Exception, match="takes no contacts"):
        make("seeds", "blast", ["east kent services"], ReportOptions(contacts=listed, **withheld))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "header", ["Council,Phone", "Organisation,Tel no", "Name,Role,Mobile", "Authority,Email address"]
)
def test_a_list_needs_a_name_and_one_way_to_reach_it(tmp_path: Path, header: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{header}\n{','.join(['Dover', 'x', 'y'][: header.count(',') + 1])}\n", encoding="utf-8")
    assert [one.body for one in read_contacts(path).contacts] == ["Dover"]


@pytest.mark.parametrize("text", ["Town,Colour\nDover,red\n", "a\n", "Phone\n01632 960123\n"])
def test_what_is_no_list_of_contacts_is_told_the_columns_of_one(tmp_path: Path, text: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    said = run("calls", "civica", "--data", "seeds", "--contacts", str(path))
    assert said.exit_code and "Name its columns Council, Name, Role, Phone" in said.stderr


def test_a_column_that_nobody_understands_is_told(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Council,Tel.,Pager\nDover,01632 960123,77\n", encoding="utf-8")
    said = run("calls", "east kent services", "--contacts", str(path), "--data", "seeds").stdout
    assert "Columns not read: Pager." in " ".join(said.split())


def test_every_published_number_has_its_source_and_the_day_it_was_checked() -> None:
    for desk in desks():
        assert desk.source.startswith("https://") and date.fromisoformat(desk.checked) >= date(2026, 1, 1)
        assert desk.number or desk.website or desk.why == "warp"
    assert "Action Fraud" not in {desk.name for desk in desks()}


def test_a_scottish_council_is_told_to_ring_the_police_in_scotland() -> None:
    words = ("calls", "seemis group llp", "--format", "csv")
    named = run(*words).stdout
    assert "Police Scotland" in named and "Report Fraud" not in named and "Ministry of Housing" not in named
