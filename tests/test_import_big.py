"""Files of any length: memory holds what is kept, not what is read, and the order of the rows plays no part."""

from __future__ import annotations

import random
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskgraph.data import Dataset, canonical
from riskgraph.importers import ImportOptions, ImportReport, import_file, spending, statements
from riskgraph.importers.disk_sort import SortedOnDisk

HEADER = "Organisation,Contract Reference,Contract Title,Start Date,End Date,Contract Value,Supplier Name\n"
DONE = "Dover District Council,{0},Stationery,{1},{2},{3},Quill and Ink Ltd\n"


def register(tmp_path: Path, rows: list[str], **options: str) -> tuple[Dataset, ImportReport]:
    path = tmp_path / "contracts.csv"
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    return import_file(path, ImportOptions(as_of=options.pop("as_of", "2026-11-01"), **options), format="contracts")  # type: ignore[arg-type]


def contracts(count: int) -> list[str]:
    """Rows about two councils and twenty suppliers, over and running."""
    chance = random.Random(count)  # noqa: S311
    made = []
    for number in range(count):
        year = chance.randint(2010, 2026)
        ends = f"31/03/{year + chance.randint(1, 4)}"
        council = chance.choice(("Dover District Council", "Thanet District Council"))
        supplier = f"Supplier {chance.randint(1, 20)} Ltd"
        made.append(f"{council},R{number},Lot {number % 7},01/04/{year},{ends},{chance.randint(1, 9)}000,{supplier}\n")
    return made


@given(st.lists(st.tuples(st.integers(0, 5), st.text(max_size=3))), st.integers(1, 7))
def test_what_is_sorted_on_disk_is_a_sorted_list_whatever_its_limit(items: list[tuple[int, str]], limit: int) -> None:
    items_on_disk: SortedOnDisk[tuple[int, str]] = SortedOnDisk(key=lambda item: item[0], limit=limit)
    for item in items:
        items_on_disk.append(item)
    assert list(items_on_disk) == sorted(items, key=lambda item: item[0]) == list(items_on_disk)
    assert len(items_on_disk) == len(items)


def test_contracts_that_follow_on_one_another_and_are_over_are_one_row(tmp_path: Path) -> None:
    spans = ["01/04/2014,31/03/2016", "01/04/2016,31/03/2018", "01/06/2019,31/05/2020", "01/04/2024,31/03/2027"]
    data, report = register(
        tmp_path, [DONE.format(f"R{i}", *span.split(","), 1000 + i) for i, span in enumerate(spans)]
    )
    rows = sorted(data.relations.values(), key=lambda row: row.valid_to or "")
    assert [(row.valid_from, row.valid_to) for row in rows] == [
        ("2014-04-01", "2018-03-31"),
        ("2019-06-01", "2020-05-31"),
        ("2024-04-01", "2027-03-31"),
    ]
    assert rows[0].contract_reference == "R1"
    assert rows[0].note == "contract: Stationery; the last of 2 contracts"
    said = data.evidence[rows[0].evidence[0]].claim
    assert said == (
        "Dover District Council has 2 contracts with Quill and Ink Ltd, from 2014-04-01 to 2018-03-31, the last R1 Stationery"
    )
    assert report.kept == 4
    assert report.balanced


def test_contracts_that_still_run_keep_their_own_ends(tmp_path: Path) -> None:
    rows = [DONE.format(f"R{i}", "01/04/2025", f"31/03/{2027 + i % 3}", 1000) for i in range(6)]
    data, report = register(tmp_path, rows)
    assert sorted(row.valid_to or "" for row in data.relations.values()) == ["2027-03-31", "2028-03-31", "2029-03-31"]
    assert report.kept == 6
    rows = [
        DONE.format("A", "", "31/03/2020", ""),
        DONE.format("B", "", "", ""),
        DONE.format("C", "01/04/2020", "", ""),
    ]
    data, _ = register(tmp_path, rows)  # a day that is not known joins nothing
    assert sorted((row.valid_from or "", row.valid_to or "") for row in data.relations.values()) == [
        ("", "2020-03-31"),
        ("2020-04-01", ""),
    ]


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_rows_plays_no_part(tmp_path_factory: pytest.TempPathFactory, chance: random.Random) -> None:
    rows = contracts(60)
    first, _ = register(tmp_path_factory.mktemp("first"), rows)
    chance.shuffle(rows)
    second, _ = register(tmp_path_factory.mktemp("second"), rows)
    assert canonical(first) == canonical(second)


def test_memory_holds_what_is_kept_and_not_what_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "SortedOnDisk", lambda **how: SortedOnDisk(limit=500, **how))

    def peak(count: int) -> int:
        rows = contracts(count)
        tracemalloc.start()
        try:
            _, report = register(tmp_path, rows)
            assert report.kept == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(500)  # what is loaded once
    few, many = peak(2_500), peak(12_500)
    assert many < 2 * few


def test_sums_of_payments_do_not_depend_on_how_many_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "paid.csv"
    lines = [
        f"{'Dover' if i % 3 else 'Thanet'} District Council,0{1 + i % 9}/0{1 + i % 7}/2025,{100 + i},{who}\n"
        for i, who in enumerate(("Civica UK Ltd", "Idox plc", "Capita plc", "Civica UK Limited") * 20)
    ]
    path.write_text("Body,Date,Amount,Supplier Name\n" + "".join(lines), encoding="utf-8")
    whole, _ = import_file(path, format="spending")
    monkeypatch.setattr(spending, "_SUMS", 2)
    parts, report = import_file(path, format="spending")
    assert canonical(whole) == canonical(parts)
    assert report.kept == 80


def test_the_same_register_at_a_later_day_contradicts_nothing(tmp_path: Path) -> None:
    rows = contracts(200)
    first, _ = register(tmp_path, rows, as_of="2024-06-01")
    later, report = import_file(tmp_path / "contracts.csv", ImportOptions(as_of="2029-06-01"), first, "contracts")
    assert not report.conflicts
    assert not [item for item in later.evidence.values() if item.stance == "disputes"]
    assert set(first.relations) < set(later.relations)


def test_another_contract_that_ends_on_the_same_day_contradicts_nothing(tmp_path: Path) -> None:
    first, _ = register(tmp_path, [DONE.format("R1", "01/04/2024", "31/03/2028", 1000)])
    (tmp_path / "contracts.csv").write_text(HEADER + DONE.format("R2", "01/04/2022", "31/03/2028", 2000))
    both, report = import_file(tmp_path / "contracts.csv", ImportOptions(as_of="2026-11-01"), first, "contracts")
    (row,) = both.relations.values()
    assert (row.valid_from, row.valid_to) == ("2022-04-01", "2028-03-31")
    assert not report.conflicts and len(row.evidence) == 2
    assert "also contract reference" in (row.note or "")


def test_reading_and_taking_in_say_how_far_they_are(tmp_path: Path) -> None:
    path = tmp_path / "contracts.csv"
    path.write_text(HEADER + "".join(contracts(2_500)), encoding="utf-8")
    told: list[tuple[int, int]] = []
    import_file(path, ImportOptions(tick=lambda done, total: told.append((done, total))), format="contracts")
    assert told == [(1000, 0), (2000, 0), (999, 2500), (1999, 2500)]


def test_a_register_that_is_imported_twice_adds_nothing(tmp_path: Path) -> None:
    first, _ = register(tmp_path, contracts(200))
    again, report = import_file(tmp_path / "contracts.csv", ImportOptions(as_of="2026-11-01"), first, "contracts")
    assert set(report.added.values()) == {0}
    assert canonical(first) == canonical(again)
