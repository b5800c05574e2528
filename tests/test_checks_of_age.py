"""What may no longer be true is told, with one planted row for each check and one beside it that must not be found."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner

from riskgraph import Dataset, read
from riskgraph.analysis.doubts import DOUBTS, doubts
from riskgraph.assets import shipped_rows
from riskgraph.cli import main
from riskgraph.data.edit import edited
from riskgraph.graph import RiskGraph
from riskgraph.networkx_graph import from_networkx, to_networkx
from riskgraph.rules import rules

TODAY = "2026-06-30"
KINDS = {
    "authority": ["ashby", "bexton"],
    "supplier": ["orbit", "comet", "meteor"],
    "shared-service": ["both"],
    "product": ["mosaic", "carefirst", "swift", "unit4-erp", "sap-erp", "alder"],
}


CLASSES = {"ashby": "district", "bexton": "county"}


def made(folder: Path, rows: Iterable[dict[str, str]], **entity_notes: str) -> Path:
    """A map of rows with one source each: `url`, `published` and `claim` are of the source, `also` is a second one."""
    folder.mkdir(exist_ok=True)
    (folder / "dataset.toml").write_text(f'title = "Planted"\nas_of = "{TODAY}"\n', encoding="utf-8")
    entities = [
        {
            "id": f"{kind}:{slug}",
            "kind": kind,
            "name": slug.title().replace("-", " "),
            "note": entity_notes.get(slug, ""),
            "authority_type": CLASSES.get(slug, ""),
        }
        for kind, slugs in KINDS.items()
        for slug in slugs
    ]
    relations: list[dict[str, str]] = []
    evidence: list[dict[str, str]] = []
    for number, row in enumerate(rows):
        dependent, relation, provider = row["row"].split()
        named = {slug: f"{kind}:{slug}" for kind, slugs in KINDS.items() for slug in slugs}
        sources = [row, *([{"published": row["also"], "claim": "seen again"}] if "also" in row else [])]
        for place, source in enumerate(sources):
            evidence.append(
                {"id": f"e{number}-{place}", "url": row.get("url", f"https://example.org/{number}/{place}"),
                 "published": source.get("published", ""), "confidence": "confirmed", "stance": "supports",
                 "claim": source.get("claim", "")}
            )  # fmt: skip
        kept: dict[str, str] = {
            name: row[name] for name in ("service_area", "valid_from", "valid_to", "contract_end_latest") if name in row
        }
        relations.append(
            {"id": f"r{number}", "dependent": named[dependent], "relation": relation, "provider": named[provider],
             "evidence": ";".join(f"e{number}-{place}" for place in range(len(sources))), **kept}
        )  # fmt: skip
    tables: dict[str, list[dict[str, str]]] = {"entities": entities, "relations": relations, "evidence": evidence}
    for table, records in tables.items():
        columns = list(dict.fromkeys(name for record in records for name in record)) or ["id"]
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(records)
    return folder


def found(folder: Path) -> set[tuple[str, str]]:
    return {(one.check, one.about) for one in doubts(RiskGraph(read(folder)))}


SERVED = {"row": "ashby served-by orbit", "service_area": "revenues-benefits"}


@pytest.mark.parametrize(
    "row",
    [
        {"published": "2014", "claim": "Orbit runs it until March 2016"},
        {"published": "2014", "claim": "a contract, 2010-04-01 to 2016-03-31"},
        {"published": "2014", "claim": "Orbit ran it to 2019"},
        {"published": "2014", "claim": "the service was brought back in house"},
        {"published": "2014", "claim": "to be replaced"},
        {"published": "", "claim": "replaced by another"},
        {"valid_from": "2012", "published": "2013", "claim": "a 7-year contract"},
        {"published": "2012", "claim": "five-year contract, five years plus three"},
        {"published": "", "claim": "a ten-year deal"},
    ],
)
def test_words_of_an_end_without_an_end_are_found(tmp_path: Path, row: dict[str, str]) -> None:
    assert found(made(tmp_path, [SERVED | row])) == {("end-in-words", "r0")}


@pytest.mark.parametrize(
    "row",
    [
        {"published": "2014", "claim": "Orbit runs it until March 2028"},
        {"published": "2014", "claim": "a contract, 2010-04-01 to 2016-03-31", "also": "2025-01"},
        {"published": "2014", "claim": "a contract, 2010-04-01 to 2016-03-31", "contract_end_latest": "2016-03-31"},
        {"published": "2014", "claim": "Ashby paid Orbit 12 times, 2010-04 to 2016-03"},
        {"published": "2014", "claim": "3 addresses show it; entered 2010-04 to 2014-03"},
        {"published": "2014", "claim": "Orbit took over after the contract of its forerunner ended"},
        {"published": "2025-06", "claim": "to be replaced"},
        {"published": "2014", "claim": "it was replaced", "valid_to": "2030"},
        {"valid_from": "2022", "published": "2022", "claim": "a 7-year contract"},
        {"valid_from": "2018", "published": "2018", "claim": "a contract of 7 years + 3"},
        {"valid_from": "2012", "published": "2013", "claim": "a 7-year contract", "also": "2024"},
        {"published": "2014", "claim": "two years' notice; five-year extension sought"},
    ],
)
def test_what_goes_on_or_has_its_end_is_not_doubted(tmp_path: Path, row: dict[str, str]) -> None:
    assert found(made(tmp_path, [SERVED | row])) == set()


def test_a_body_that_is_younger_than_a_term_without_a_start_is_not_doubted(tmp_path: Path) -> None:
    folder = made(tmp_path, [SERVED | {"published": "", "claim": "a ten-year deal"}])
    (folder / "register.csv").write_text("id,valid_from\nauthority:ashby,2023-04-01\n", encoding="utf-8")
    assert found(folder) == set()


TWO = [SERVED | {"published": "2015"}, SERVED | {"row": "ashby served-by comet", "published": "2022"}]


def test_two_runners_of_one_service_are_found_and_the_older_is_named_first(tmp_path: Path) -> None:
    (one,) = doubts(RiskGraph(read(made(tmp_path, TWO))))
    assert (one.check, one.about, one.others) == ("two-runners", "r0", ("r1",))


def test_a_list_that_is_kept_up_names_both_of_two_that_came_one_after_the_other(tmp_path: Path) -> None:
    rows = [one | {"url": "https://example.org/list"} for one in TWO]
    assert found(made(tmp_path, rows)) == {("two-runners", "r0")}


@pytest.mark.parametrize(
    "rows",
    [
        [*TWO, {"row": "comet subcontracts-to orbit", "published": "2022"}],
        [*TWO, {"row": "comet owned-by orbit", "published": "2022"}],
        [one | {"url": "https://example.org/both", "published": "2022"} for one in TWO],
        [TWO[0] | {"valid_to": "2021"}, TWO[1]],
        [TWO[0], TWO[1] | {"service_area": "hr-payroll"}],
        [one | {"service_area": "printing-mail"} for one in TWO],
        [one | {"contract_end_latest": "2028"} for one in TWO],
    ],
    ids=[
        "subcontractor",
        "owner",
        "one source",
        "ended",
        "another service",
        "several are usual",
        "both under contract",
    ],
)
def test_two_that_go_together_are_no_two_runners(tmp_path: Path, rows: list[dict[str, str]]) -> None:
    assert {check for check, _ in found(made(tmp_path, rows))} <= {"owner-old"}


def test_two_products_of_one_kind_are_found_as_many_as_are_not_usual(tmp_path: Path) -> None:
    ledgers = [
        {"row": f"ashby uses {slug}", "service_area": "finance-erp", "published": year}
        for slug, year in (("unit4-erp", "2024"), ("sap-erp", "2016"), ("alder", "2024"))
    ]
    assert found(made(tmp_path / "ledgers", ledgers)) == {("two-products", "r1")}
    care = [
        {"row": f"ashby uses {slug}", "service_area": "social-care", "published": year}
        for slug, year in (("mosaic", "2024"), ("carefirst", "2016"))
    ]
    assert found(made(tmp_path / "care", care)) == set()  # children and adults may have one each
    third = {"row": "ashby uses swift", "service_area": "social-care", "published": "2012"}
    assert found(made(tmp_path / "three", [*care, third])) == {("two-products", "r2")}


def test_a_supplier_without_a_sign_of_life_that_has_lost_a_customer_is_found(tmp_path: Path) -> None:
    ended = {"row": "bexton supplied-by orbit", "published": "2012", "valid_to": "2017-03"}
    open_ = {"row": "ashby supplied-by orbit", "published": "2013"}
    assert found(made(tmp_path / "lost", [ended, open_])) == {("supplier-gone", "supplier:orbit")}
    assert found(made(tmp_path / "old", [open_])) == set()
    assert (
        found(made(tmp_path / "alive", [ended, open_, {"row": "both supplied-by orbit", "published": "2024"}])) == set()
    )
    made_by = {"row": "alder made-by orbit", "published": "2013"}
    used = {"row": "bexton uses alder", "published": "2025"}
    gone = {check for check, _ in found(made(tmp_path / "used", [ended, open_, made_by, used]))}
    assert "supplier-gone" not in gone  # its product is in use
    assert found(made(tmp_path / "none", [ended])) == set()


def test_a_supplier_that_is_noted_as_gone_or_failed_is_found_at_once(tmp_path: Path) -> None:
    fresh = {"row": "ashby supplied-by orbit", "published": "2026"}
    assert found(made(tmp_path, [fresh], orbit="in liquidation since May 2026")) == {
        ("supplier-gone", "supplier:orbit")
    }
    assert found(made(tmp_path, [fresh], orbit="sold its housing software in 2020")) == set()


def test_an_owner_whom_nobody_named_for_five_years_is_found(tmp_path: Path) -> None:
    old = {"row": "orbit owned-by comet", "published": "2020-06-30"}
    assert found(made(tmp_path, [old])) == {("owner-old", "r0")}
    assert found(made(tmp_path, [old | {"published": "2021-06-30"}])) == set()
    assert (
        found(made(tmp_path, [old | {"row": "orbit owned-by ashby"}])) == set()
    )  # councils do not sell as companies do
    assert found(made(tmp_path, [old | {"also": "2025"}])) == set()


def test_a_maker_is_doubted_only_where_nothing_else_shows_that_it_is_about(tmp_path: Path) -> None:
    old = {"row": "alder made-by orbit", "published": "2014"}
    assert found(made(tmp_path, [old])) == {("owner-old", "r0")}
    assert found(made(tmp_path, [old, {"row": "ashby supplied-by orbit", "published": "2025"}])) == set()


def run(*words: str) -> str:
    result = CliRunner().invoke(main, ["data", "check", *words])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_doubts_are_no_faults_and_the_text_stays_short(tmp_path: Path) -> None:
    rows = [SERVED | {"published": "2014", "claim": "the service ended"}, {**SERVED, "row": "bexton served-by both"}]
    folder = str(made(tmp_path, [rows[0], *[rows[0] | {"row": "bexton served-by orbit", "service_area": area}
                                            for area in ("housing", "pensions", "electoral")]]))  # fmt: skip
    assert read(folder).warnings == ()
    text = run("--data", folder, "--strict")
    assert "4 doubts" in text and "and 1 more" in text and text.count("the service ended") == 3
    told = list(csv.DictReader(io.StringIO(run("--data", folder, "--format", "csv"))))
    assert [(one["rule"], one["severity"], one["about"]) for one in told] == [
        ("end-in-words", "doubt", f"r{number}") for number in range(4)
    ]
    facts = json.loads(run("--data", folder, "--format", "json"))["facts"]
    assert (facts["doubts"], facts["warnings"]) == (4, 0)


def test_the_next_step_of_every_doubt_works() -> None:
    told = list(csv.DictReader(io.StringIO(run("--format", "csv"))))
    steps = {one["rule"]: one["fix"].partition("riskgraph ")[2] for one in told}
    assert steps.keys() <= DOUBTS.keys() and len(steps) > 2
    for step in steps.values():
        assert CliRunner().invoke(main, step.split()).exit_code == 0, step


def test_every_kind_of_which_one_is_usual_names_a_service_area() -> None:
    for row in shipped_rows("usually_one.csv"):
        assert row["area"] in rules().areas and int(row["most"]) > 0 and row["reason"].endswith("."), row


def test_an_own_register_floods_nobody_with_the_doubts_of_the_map_below() -> None:
    alone, below, both = (
        doubts(RiskGraph.open(where)) for where in ("one-sheet-register.csv", "uk", "uk+one-sheet-register.csv")
    )
    assert below and len(both) <= len(alone) + 5


# -- questions that no source answers ---------------------------------------------------------------


def with_questions(folder: Path, *rows: str) -> Path:
    text = "\n".join(["id,about,question,why", *rows]) + "\n"
    (made(folder, TWO) / "questions.csv").write_text(text, encoding="utf-8")
    return folder


ASKED = ("q1,r0,Did it end?,People say so.", "q2,supplier:orbit,Who owns it?,", "q3,authority:bexton,Which ledger?,")


def questions(folder: Path | str, *words: str) -> list[str]:
    result = CliRunner().invoke(main, ["data", "gaps", "--data", str(folder), "--format", "json", *words])
    assert result.exit_code == 0, result.output
    return [row["id"] for row in json.loads(result.stdout)["tables"]["questions"]]


def test_questions_are_told_among_the_gaps_of_those_in_scope(tmp_path: Path) -> None:
    folder = with_questions(tmp_path, *ASKED)
    assert questions(folder) == ["q1", "q2", "q3"]
    assert questions(folder, "--class", "county") == ["q3"]
    assert questions(folder, "--area", "revenues-benefits") == ["q1", "q2"]
    assert questions(folder, "--area", "housing") == []
    text = CliRunner().invoke(main, ["data", "gaps", "--data", str(folder)]).stdout
    assert "3 questions that no source answers" in text and "Ashby: Did it end?" in text


def test_a_question_about_nothing_of_the_map_is_an_error_with_its_row(tmp_path: Path) -> None:
    folder = with_questions(tmp_path, ASKED[0], "q9,supplier:orbti,Who owns it?,")
    result = CliRunner().invoke(main, ["data", "check", "--data", str(folder)])
    assert result.exit_code == 3
    said = "questions.csv, row 3, column about: 'supplier:orbti' is not among the entities or relations."
    assert f"{said} Did you mean supplier:orbit?" in result.stderr


def test_questions_go_wherever_the_map_goes(tmp_path: Path) -> None:
    folder = with_questions(tmp_path / "map", *ASKED)
    for words in (
        ["snapshot", "--data", folder, "--to", tmp_path / "map.zip"],
        ["merge", folder, "seeds", "--to", tmp_path / "merged"],
    ):
        result = CliRunner().invoke(main, ["data", *map(str, words)])
        assert result.exit_code == 0, result.output
    assert questions(tmp_path / "map.zip") == questions(tmp_path / "merged") == ["q1", "q2", "q3"]
    assert read(tmp_path / "map.zip").digest == read(folder).digest


def test_questions_come_back_from_networkx(tmp_path: Path) -> None:
    dataset = read(with_questions(tmp_path, *ASKED))
    assert from_networkx(to_networkx(dataset)).questions == dataset.questions
    assert list(from_networkx(to_networkx(dataset, rows=["r1"])).questions) == ["q2", "q3"]


def test_a_map_without_questions_is_the_map_that_it_was(tmp_path: Path) -> None:
    folder, bare = with_questions(tmp_path / "asked", *ASKED), made(tmp_path / "bare", TWO)
    assert read(folder).digest != read(bare).digest
    (folder / "questions.csv").write_text("id,about,question,why\n", encoding="utf-8")
    assert read(folder).digest == read(bare).digest


def redacted(folder: Path, name: str) -> Dataset:
    to = folder.parent / f"without-{name}"
    result = CliRunner().invoke(main, ["data", "redact", "--data", str(folder), "--hide", name, "--to", str(to)])
    assert result.exit_code == 0, result.output
    return read(to)


def test_a_redacted_map_keeps_only_the_questions_that_speak_of_nobody_withheld(tmp_path: Path) -> None:
    folder = with_questions(tmp_path / "map", *ASKED, "q4,supplier:comet,Does it work for Ashby?,")
    left = redacted(folder, "ashby").questions.values()
    assert [(one.id, one.about) for one in left] == [
        ("question-1", "authority:bexton"), ("question-2", "supplier:orbit")
    ]  # fmt: skip
    whole = redacted(folder, "bexton")
    about = next(one.about for one in whole.questions.values() if one.question == "Did it end?")
    assert whole.relations[about].provider == "supplier:orbit"  # its row has a new id


def test_a_question_goes_with_the_row_that_it_is_about(tmp_path: Path) -> None:
    dataset = read(with_questions(tmp_path, *ASKED))
    assert list(edited(dataset, drop=["r0"]).questions) == ["q2", "q3"]
