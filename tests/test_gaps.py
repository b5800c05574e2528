"""Gaps and questions: of the scope that is asked, as of the day that is asked, in words that can be mailed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from riskgraph.analysis.answer import Answer
from riskgraph.api import load
from riskgraph.cli import main

SEEDS = load("seeds")


def test_gaps_are_those_of_the_service_areas_that_are_asked() -> None:
    rows = SEEDS.gaps(areas=["revenues-benefits"]).rows
    assert 0 < rows < SEEDS.gaps().rows
    assert SEEDS.gaps(areas=["housing"]).rows == 0


def test_gaps_are_those_of_the_day_that_is_asked() -> None:
    assert SEEDS.gaps(as_of="2015-01-01").rows < SEEDS.gaps().rows


def test_questions_are_those_of_the_scope_that_is_asked() -> None:
    every, some = SEEDS.ask(), SEEDS.ask(areas=["finance-erp"])
    assert 0 < some.questions < every.questions
    assert SEEDS.ask("oracle").questions == 1 and SEEDS.ask("oracle", areas=["housing"]).questions == 0


def test_the_supplier_is_asked_before_its_customers_and_says_for_how_many() -> None:
    uk = load("uk")
    asked = uk.ask("civica")
    assert next(iter(asked.row_values("questions")))[0] == "supplier:civica"
    first = asked.suppliers["supplier:civica"][0]
    assert (first.field, first.thing) == ("hosting", "product:modern-gov") and len(first.bodies) > 100
    blanks = {(q.row, q.field) for some in asked.letters.values() for q in some}
    assert {(row, one.field) for one in asked.suppliers["supplier:civica"] for row in one.rows} <= blanks


def test_a_supplier_is_asked_about_the_councils_in_scope_only() -> None:
    asked = load("uk").ask("civica", regions=["South East"])
    bodies = {body for some in asked.suppliers.values() for one in some for body in one.bodies}
    assert bodies and all(asked.graph.dataset.register[body].region == "South East" for body in bodies)


def test_what_only_one_customer_leaves_open_is_asked_of_it() -> None:
    asked = load("uk").ask()
    assert all(len(one.rows) > 1 for some in asked.suppliers.values() for one in some)
    assert all(whom.startswith(("supplier:", "shared-service:")) for whom in asked.suppliers)


REGISTER = """Council,System,Supplier,Service area,Hosted by,Data,Contract end,Owner,Checked on,Source
Dover,Rates,Quenby,Revenues and benefits,supplier,personal,2028-03-31,Head of ICT,2026-11-01,register
Dover,Bins,Alder,Waste,,,,,2025-01-15,register
Thanet,Rates,Quenby,Revenues and benefits,,personal,,,2026-10-01,register
Canterbury,Ledger,Alder,Revenues and benefits,,,,,2026-09-01,register
"""


def cells(path: Path, table: str, name: str, *columns: str) -> list[object]:
    header, rows = load(path).gaps().table(table)
    (row,) = [row for row in rows if row[header.index("name")] == name]
    return [row[header.index(column)] for column in columns]


def test_coverage_says_for_each_council_what_is_known_and_fresh_in_percent(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text(REGISTER, encoding="utf-8")
    columns = ("rows", "data_known", "hosting_known", "end_known", "fresh", "contact")
    assert cells(path, "bodies", "Dover", *columns) == [2, 50, 50, 50, 50, True]
    assert cells(path, "bodies", "Thanet", *columns) == [1, 100, 0, 0, 100, False]


def test_coverage_says_for_each_product_how_many_users_are_known_of_how_many(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text(REGISTER, encoding="utf-8")
    columns = ("users", "known_in_area", "hosting_known", "fresh")
    assert cells(path, "products", "Rates", *columns) == [2, 3, 50, 100]
    assert cells(path, "products", "Bins", *columns) == [1, 1, 0, 0]
    said = CliRunner().invoke(main, ["data", "gaps", "--data", str(path)]).stdout
    assert "Rates   revenues and benefits" in said and "Head of ICT" not in said


def test_a_user_through_a_shared_service_is_a_known_user() -> None:
    products = {one.product: one for one in load("uk").gaps().products}
    through = products["product:civica-property-management"]
    assert {"authority:chorley", "authority:south-ribble"} <= set(through.users)


def letter(*words: str) -> str:
    result = CliRunner().invoke(main, ["data", "ask", "--letter", *words])
    assert result.exit_code == 0, result.stderr
    return " ".join(result.stdout.split())


def test_a_letter_names_the_members_that_a_supplier_serves_and_nobody_else(tmp_path: Path) -> None:
    (tmp_path / "members.txt").write_text("Thanet\nDover\nAshford\n", encoding="utf-8")
    said = letter("--root", "civica", "--members", str(tmp_path / "members.txt"))
    assert said.startswith("3 councils named in a letter to Civica (of your 3 members; data of 30 November 2026).")
    assert "Modern.gov: Ashford, Dover and Thanet." in said
    assert "Thanet through East Kent Services until 31 January 2025" in said
    assert "Canterbury" not in said and "Blackpool" not in said
    for asked in (
        "strike out and add",
        "you host, and where",
        "what data of theirs do you hold",
        "sub-processors",
        "first know",
    ):
        assert asked in said.lower()


def test_a_letter_lists_past_customers_with_the_day_they_left() -> None:
    said = letter("--root", "civica")
    assert "East Riding of Yorkshire until 31 March 2026" in said
    assert "Attach: riskgraph data ask --letter --root civica --format csv --output customers.csv" in said


def test_a_letter_about_an_own_register_is_marked_for_the_two_of_us() -> None:
    said = letter("--root", "quenby software", "--data", "one-sheet-register.csv")
    assert "TLP:AMBER. This letter names customers of yours from our records: for you and them only." in said


def test_a_product_stands_for_its_maker_and_a_council_gets_no_letter() -> None:
    assert letter("--root", "xpress").split("(")[0] == letter("--root", "civica").split("(")[0]
    refused = CliRunner().invoke(main, ["data", "ask", "--letter", "--root", "thanet"])
    assert refused.exit_code and "neither a supplier nor a shared service" in refused.stderr


def test_fixes_count_what_a_what_if_counts_in_the_same_scope() -> None:
    supposed = SEEDS.whatif("lose", "capita", band="likely", regions=["South East"], as_of="2023-06-30")
    fixed = SEEDS.fixes("capita", regions=["South East"], as_of="2023-06-30")
    assert fixed.was == supposed.pairs[0].count(supposed.pairs[0].after) == 3


@pytest.mark.parametrize(
    "answer",
    [
        lambda: SEEDS.ask("oracle"),
        lambda: SEEDS.ask_ranked("oracle"),
        lambda: load("uk").gate("housing-in-the-cloud"),
    ],
    ids=["ask", "ranked", "gate"],
)
def test_python_says_a_question_in_the_words_of_the_command_line(answer: Callable[[], Answer]) -> None:
    questions = answer().to_frame("questions")["question"].tolist()
    assert questions and all(isinstance(question, str) and len(question) > 20 for question in questions)


def test_python_says_a_change_in_the_words_of_the_command_line() -> None:
    assert SEEDS.fixes("rbkc shared it", budget=1).to_frame()["says"].str.contains(": move from RBKC").all()
