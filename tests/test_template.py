"""The register to fill in: what its drop-downs offer is what the reader of registers knows."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from riskgraph.cli import main
from riskgraph.importers import import_file
from riskgraph.importers.contacts import read_contacts
from riskgraph.importers.template import as_csv_template, as_workbook, register_columns
from riskgraph.rules import rules
from riskgraph.schema import schema
from riskgraph.vocabulary import usual

COLUMNS = {one.field: one for one in register_columns()}


def run(*words: str) -> Result:
    return CliRunner().invoke(main, [*words])


def filled(path: Path, *rows: dict[str, str]) -> str:
    """A template with rows below its example."""
    below = [[row.get(one.field, "") for one in register_columns()] for row in rows]
    if path.suffix == ".csv":
        path.write_bytes(as_csv_template())
        with path.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(below)
    else:
        path.write_bytes(as_workbook())
        book = openpyxl.load_workbook(path)
        for row in below:
            book["Register"].append(row)
        book.save(path)
    return str(path)


ROW = {"council": "Dover", "system": "Rates", "supplier": "Quenby Software", "area": "Revenues and benefits"}


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_filled_in_template_is_a_map_and_its_example_is_not_in_it(tmp_path: Path, ending: str) -> None:
    path = filled(tmp_path / f"register.{ending}", {**ROW, "hosting": "supplier", "data": "personal"})
    said = run("blast", "quenby software", "--data", path)
    assert said.exit_code == 0 and "Dover" in said.stdout.splitlines()[0], said.output
    imported = run("data", "import", path, "--to", str(tmp_path / "map"))
    assert imported.stdout.startswith("1 row read, 1 kept, 0 left out")
    assert "1 example row was passed over." in imported.stdout
    assert not any("Wexmoor" in file.read_text("utf-8") for file in (tmp_path / "map").iterdir())
    assert read_contacts(path).contacts == ()


@pytest.mark.parametrize("field", [field for field, one in COLUMNS.items() if one.choices])
def test_every_word_of_a_drop_down_is_read_and_none_means_what_another_means(tmp_path: Path, field: str) -> None:
    rows = [{**ROW, "system": f"System {n}", field: word} for n, word in enumerate(COLUMNS[field].choices)]
    data, report = import_file(filled(tmp_path / "register.xlsx", *rows))
    assert report.kept == len(rows)
    assert not [sort for sort in report.guess_count if "not known" in sort], report.guesses
    assert "text about hosting read as the name of a place" not in report.guess_count
    if field == "area":
        assert {row.service_area for row in data.relations.values()} - {None} == set(rules().areas)
    if field in {"data", "hosting", "access"}:
        said = {getattr(row, field) for row in data.relations.values()} - {None}
        assert len(said) == len(COLUMNS[field].choices) and said <= set(schema()["relations"][field].allowed)


def test_the_workbook_offers_the_words_beside_the_column() -> None:

    book = openpyxl.load_workbook(io.BytesIO(as_workbook()))
    register, about = book["Register"], book["Columns"]
    assert [cell.value for cell in register[1]] == list(usual("one-sheet").values())
    offered = {
        next(iter(rule.sqref.ranges)).min_col: rule.formula1 for rule in register.data_validations.dataValidation
    }
    for place, one in enumerate(register_columns(), 1):
        assert about.cell(place + 1, 1).value == one.header and about.cell(place + 1, 2).value == one.says
        if one.choices:
            (found,) = about[offered[place].rpartition("!")[2].replace("$", "")]
            assert tuple(cell.value for cell in found) == one.choices


def test_every_column_says_in_one_sentence_what_it_is_for() -> None:
    for one in register_columns():
        assert one.says.endswith(".") and len(one.says) < 100


def test_nothing_that_is_there_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    assert run("data", "template", str(path)).stdout.startswith("28 columns to fill in")
    first = path.read_bytes()
    assert "nothing was written" in run("data", "template", str(path)).stderr
    assert path.read_bytes() == first == as_workbook()


def test_a_template_that_nobody_filled_in_says_so(tmp_path: Path) -> None:
    said = run("blast", "civica", "--data", filled(tmp_path / "register.xlsx"))
    assert said.exit_code and "holds no rows" in said.stderr and "Fill in a row" in said.stderr
