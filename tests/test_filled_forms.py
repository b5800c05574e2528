"""A draft award and an exercise as a sheet that somebody filled in: the same as TOML, and each mistake with its cell."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook

from riskgraph.cli import main
from riskgraph.errors import DataError
from riskgraph.graph import RiskGraph
from riskgraph.scenario.award import Award, place, read_award
from riskgraph.scenario.exercise import exercise
from riskgraph.scenario.playbook import read_playbook

AWARD: list[tuple[object, ...]] = [
    ("Draft award, to be checked before it is signed",),
    ("Field", "Value", "What to write"),
    ("Contract title", "Housing of Thanet and Dover"),
    ("Who buys", "Thanet; Dover"),
    ("Supplier", "Civica", "as it stands on the tender"),
    ("Relationship", "uses"),
    ("Software", "Civica Cx"),
    ("For which service", "Housing"),
    ("Personal data", "special category"),
    ("Who runs the servers", "not known"),
    ("Subcontractors", "nobody"),
    ("Start date", date(2027, 4, 1)),
    ("Last day", "31/03/2031"),
]


@pytest.fixture(scope="module")
def uk() -> RiskGraph:
    return RiskGraph.open("uk")


def book(path: Path, **sheets: list[tuple[object, ...]]) -> Path:
    workbook = Workbook()
    workbook.remove(workbook.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return path


def as_written(award: Award) -> tuple[object, ...]:
    return (award.councils, award.supplier, award.relation, award.service_area, award.product, award.data, award.start, award.end, award.subcontractors)  # fmt: skip


WRITTEN = (
    ("Thanet", "Dover"), "Civica", "uses", "housing", "Civica Cx", "special", "2027-04-01", "2031-03-31", (),
)  # fmt: skip


def test_a_draft_award_is_read_from_labels_and_values(tmp_path: Path) -> None:
    award = read_award(book(tmp_path / "draft.xlsx", Award=AWARD))
    assert as_written(award) == WRITTEN
    assert award.hosting is None and award.access is None  # what is blank, or not known, is not none


def test_a_draft_award_is_read_from_a_row_of_columns(tmp_path: Path) -> None:
    path = tmp_path / "draft.csv"
    path.write_text(
        "Contract title,Buyer,Supplier,Relation,Product,Service,Data,Subcontractors,Start,End\n"
        'Housing,"Thanet; Dover",Civica,uses,Civica Cx,housing,special,none,1 April 2027,2031-03-31\n'
    )
    assert as_written(read_award(path)) == WRITTEN
    path.write_text(path.read_text() + "Another,Dover,Civica,uses,Civica Cx,housing,special,none,,\n")
    with pytest.raises(DataError, match="row 3: This is a second one"):
        read_award(path)


def test_a_sheet_and_toml_are_judged_alike(tmp_path: Path) -> None:
    rows: list[tuple[object, ...]] = [
        ("Title", "Payroll of South Oxfordshire with Capita"), ("Buyer", "South Oxfordshire"), ("Supplier", "Capita"),
        ("Service area", "HR and payroll"), ("Relation", "served by"), ("Data", "personal"),
        ("Host", "Capita"), ("Subcontractors", "none"), ("Start", "2026-12-01"), ("End", "2036-11-30"),
    ]  # fmt: skip
    path = book(tmp_path / "draft.xlsx", Award=rows)
    said = [CliRunner().invoke(main, ["gate", what]) for what in (str(path), "one-more-to-capita")]
    assert said[0].stdout == said[1].stdout and said[0].exit_code == said[1].exit_code == 1


def test_a_mistake_in_a_sheet_is_told_with_sheet_row_and_cell(uk: RiskGraph, tmp_path: Path) -> None:
    rows = [*AWARD[:11], ("Start date", "soon"), ("Colour", "blue"), ("Supplier", "Capita")]
    with pytest.raises(DataError) as caught:
        read_award(book(tmp_path / "draft.xlsx", Award=rows))
    told = {problem.rule: str(problem) for problem in caught.value.problems}
    assert set(told) == {"date", "unknown-key", "twice"}
    assert told["date"].startswith("draft.xlsx, sheet Award, row 12, column B: 'soon' is no date")
    assert told["unknown-key"].startswith("draft.xlsx, sheet Award, row 13: The label 'Colour' is not known.")
    assert told["twice"].startswith("draft.xlsx, sheet Award, row 14, column B: Supplier stands there twice.")
    wrong = [(row[0], "Sivicca") if row[0] == "Supplier" else row for row in AWARD]
    with pytest.raises(DataError) as caught:
        place(uk, read_award(book(tmp_path / "draft.xlsx", Award=wrong)))
    assert "draft.xlsx, sheet Award, row 5, column B: No body is called 'Sivicca'" in str(caught.value)
    left = [row for row in AWARD if row[0] != "Supplier"]
    with pytest.raises(DataError, match=r"There is no supplier\. Fill in .Supplier"):
        read_award(book(tmp_path / "draft.xlsx", Award=left))
    with pytest.raises(DataError, match=r"No label in it is known here\. Put labels in the first column: Title,"):
        read_award(book(tmp_path / "draft.xlsx", Award=[("one", "two"), ("three", "four")]))


def test_an_exercise_is_read_from_a_form_with_its_injects(uk: RiskGraph, tmp_path: Path) -> None:
    form: list[tuple[object, ...]] = [
        ("Name of the exercise", "A quiet Sunday"), ("What fails", "Capita/revenues-benefits"), ("Date", "6/12/2026"),
        ("What happens", "Ransomware"), ("Who plays", "Hart\nHavant"),
    ]  # fmt: skip
    injects: list[tuple[object, ...]] = [
        ("Day", "Time", "Sort", "Who says it", "What is said", "What to look for"),
        (0, time(9, 5), "First report", "a neighbour", "It does not answer.", "Ring before you write."),
        (1, "14:30", "question", "the chief executive", "Is it us?", None),
    ]
    beliefs: list[tuple[object, ...]] = [("Day", "Why"), (1, "Nobody knows which part.")]
    path = book(tmp_path / "sunday.xlsx", Exercise=form, Injects=injects, Beliefs=beliefs)
    book_ = read_playbook(uk, path)
    assert (book_.date, book_.players, book_.roots) == (
        "2026-12-06",
        ("Hart", "Havant"),
        ("Capita/revenues-benefits",),
    )
    assert [(one.day, one.time, one.kind, one.expect) for one in book_.injects] == [
        (0, "09:05", "first report", "Ring before you write."),
        (1, "14:30", "question", ""),
    ]
    found = exercise(uk, path)
    assert [belief.says for belief in found.beliefs] == ["Nobody knows which part."]
    assert found.radius.kinds and {reach.id for reach in found.radius.within()} == {
        "authority:hart",
        "authority:havant",
    }
    injects[2] = (-1, "25:00", "rumour", "x", "y", None)
    with pytest.raises(DataError) as caught:
        read_playbook(uk, book(tmp_path / "sunday.xlsx", Exercise=form, Injects=injects))
    assert [(problem.file, problem.row, problem.column) for problem in caught.value.problems] == [
        ("sunday.xlsx, sheet Injects", 3, "B"),
        ("sunday.xlsx, sheet Injects", 3, "C"),
        ("sunday.xlsx, sheet Injects", 3, "A"),
    ]
