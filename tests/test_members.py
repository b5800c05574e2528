"""A list of members in any file, who of it was not found, and the scope that each answer names."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from riskgraph.analysis.question import Question
from riskgraph.analysis.select import Selection, nothing_recorded
from riskgraph.cli import main
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.render.words import not_found, scope_phrase

THANET, DOVER = "authority:thanet", "authority:dover"
KENSINGTON = "authority:kensington-and-chelsea"


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), catch_exceptions=False)


@pytest.fixture(scope="module")
def seeds() -> RiskGraph:
    return RiskGraph.open("seeds")


@pytest.mark.parametrize(
    "content",
    [
        "Thanet\nDover\nRBKC\n",
        "\ufeffname\nThanet District Council\nDover DC\nKensington and Chelsea\n",
        "# our WARP\n\nThanet\n\nDover\n# a remark\nRBKC\n",
        "Kent and London WARP, 2026\n\nThanet\nDover\nRBKC\n",
        "GSS code,E-mail\nE07000114,ict@thanet.example.org\nE07000108,ict@dover.example.org\nE09000020,\n",
        "E-mail;Council;Region\na@example.org;Thanet;Kent\nb@example.org;Dover;Kent\nc@example.org;RBKC;Kent\n",
        "Our members\n\nNo,Council,Contact\n1,Thanet,duty desk\n2,Dover,duty desk\n3,Royal Borough of Kensington & Chelsea,\n",
        "authority:thanet\nauthority:dover\nauthority:kensington-and-chelsea\n",
    ],
)
def test_a_list_of_members_is_read_with_or_without_a_header_by_name_id_or_code(
    seeds: RiskGraph, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "members.csv"
    file.write_text(content, encoding="utf-8")
    chosen = Selection.of(seeds, members=file)
    assert set(chosen.members or ()) == {THANET, DOVER, KENSINGTON}
    assert not chosen.not_found


def test_a_workbook_of_members_is_read_like_text(seeds: RiskGraph, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Notes"
    sheet.append(["Read me: nothing here"])
    people = book.create_sheet("Members")
    for row in (
        ["Our WARP"],
        [],
        ["Ref", "Authority", "E-mail"],
        [1, "Thanet", "a@example.org"],
        [2, "Dovr", ""],
        [3, "Dover", ""],
    ):
        people.append(row)
    book.save(tmp_path / "members.xlsx")
    chosen = Selection.of(seeds, members=tmp_path / "members.xlsx")
    assert set(chosen.members or ()) == {THANET, DOVER}
    assert [one.name for one in chosen.not_found] == ["Dovr"]


def test_who_is_not_found_is_named_once_and_the_answer_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "warp.txt"
    file.write_text("Thannet\nDover\nThannet\nThanet\n", encoding="utf-8")
    told = run("data", "gaps", "--members", str(file), "--data", "seeds")
    assert told.exit_code == 0
    assert told.stdout.count("Thannet") == 1
    assert "1 name on your list was not found: Thannet (Thanet District Council?)." in told.stdout


def test_nobody_found_is_an_error_that_names_them(seeds: RiskGraph, tmp_path: Path) -> None:
    file = tmp_path / "warp.txt"
    file.write_text("name\nThannet\nAtlantis\n", encoding="utf-8")
    with pytest.raises(
        RiskGraphError, match=r"Nobody on the list of members was found, of 2:\n  Thannet: did you mean Thanet"
    ) as error:
        Selection.of(seeds, members=file)
    assert "GSS code" in str(error.value)
    file.write_text("# nobody\n", encoding="utf-8")
    with pytest.raises(RiskGraphError, match="holds no name"):
        Selection.of(seeds, members=file)


def test_a_member_of_the_register_that_the_map_does_not_know_is_nothing_recorded_and_not_lost(seeds: RiskGraph) -> None:
    chosen = Selection.of(seeds, members=["Thanet", "Maidstone Borough Council", "Atlantis"])
    assert chosen.asked == ("authority:maidstone", THANET)
    assert nothing_recorded(chosen, seeds.view()) == ("authority:maidstone",)
    assert scope_phrase(chosen, seeds.dataset) == "of your 2 members"
    assert not_found(chosen) == "1 name on your list was not found: Atlantis."


def test_a_question_remembers_who_was_asked_for(seeds: RiskGraph) -> None:
    asked = Question.of(seeds, "civica", members=["Thanet", "Maidstone", "Atlantis"])
    again = Question.of_address(seeds, asked.address())
    assert again == asked
    assert again.selection.asked == asked.selection.asked
    assert [one.name for one in again.selection.not_found] == ["Atlantis"]
