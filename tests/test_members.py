"""A list of members in any file, who of it was not found, and the scope that each answer names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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


# -- the scope reaches every word ------------------------------------------------------------------------

WORDS = (
    "blast civica", "calls civica", "rank --limit 5", "data gaps", "data ask --root civica", "data ask", "contracts",
    "contracts --lock-in", "contracts --certificates", "concentration revenues-benefits", "concentration --by area",
    "concentration --merger capita --merger civica", "concentration --designation", "peers thanet --root civica",
    "replay eks-civica-2024", "replay", "timeline eks-civica-2024", "timeline capita-aws-bucket-2023", "list",
    "list authority", "list supplier", "show civica", "show capita", "fixes civica", "chance civica --worlds 200",
    "whatif lose civica",
)  # fmt: skip
FAILING = frozenset({"origins", "root", "provider", "owner"})  # what fails, where it began, who provides or owns it


def outside(value: object, inside: set[str], column: str = "") -> set[str]:
    """Authorities that a JSON answer names as affected beside those of a selection."""
    if isinstance(value, dict):
        if value.get("what") == "began":
            return set()
        return {one for key, part in value.items() if key not in FAILING for one in outside(part, inside, key)}
    if isinstance(value, list):
        return {one for part in value for one in outside(part, inside, column)}
    text = value if isinstance(value, str) else ""
    return {text} - inside if text.startswith("authority:") else set()


def of_members(words: str, tmp_path: Path, *names: str, data: str) -> tuple[str, dict[str, Any]]:
    file = tmp_path / "warp.csv"
    file.write_text("Council\n" + "".join(f"{name}\n" for name in names), encoding="utf-8")
    said = [*words.split(), "--members", str(file), "--data", data]
    text, value = run(*said), run(*said, "--format", "json")
    assert {text.exit_code, value.exit_code} <= {0, 1}, text.output
    return text.stdout, json.loads(value.stdout)


@pytest.mark.parametrize("words", WORDS)
def test_no_council_outside_the_members_is_named_and_the_head_says_of_whom_it_speaks(
    tmp_path: Path, words: str
) -> None:
    text, value = of_members(words, tmp_path, "Thanet", "Dover", "Atlantis", data="seeds")
    assert outside(value["tables"], {THANET, DOVER}) | outside(value["facts"], {THANET, DOVER}) == set()
    head = text.splitlines()[:2]
    assert any("of your 2 members" in line for line in head), head
    assert text.count("Atlantis") == 1
    assert value["scope"] == {"bodies": 2, "unrecorded": [], "not_found": ["Atlantis"]}


@pytest.mark.parametrize("words", ["data gaps", "data ask --limit 2", "list supplier", "show civica", "contracts"])
def test_a_region_of_the_national_map_limits_the_answer_and_its_unknowns(words: str) -> None:
    said = [*words.split(), "--region", "Wales"]
    wales = {id_ for id_, entry in RiskGraph.open("uk").dataset.register.items() if entry.nation == "Wales"}
    value = json.loads(run(*said, "--format", "json").stdout)
    assert outside(value["tables"], wales) == set()
    assert "of 22 councils and 4 other public bodies in Wales" in " ".join(run(*said).stdout[:400].split())


def test_gaps_of_members_are_those_of_their_own_rows_and_of_what_they_lean_on(tmp_path: Path) -> None:
    _, ours = of_members("data gaps", tmp_path, "Thanet", data="seeds")
    whole = json.loads(run("data", "gaps", "--data", "seeds", "--format", "json").stdout)
    assert 0 < ours["facts"]["rows"] < whole["facts"]["rows"]
    _, london = of_members("data gaps", tmp_path, "RBKC", data="seeds")
    rows = {row["row"] for found in (ours, london) for row in found["tables"]["rows"]}
    shared = {row["row"] for row in ours["tables"]["rows"]} & {row["row"] for row in london["tables"]["rows"]}
    assert rows and not shared
