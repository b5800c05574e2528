"""What a cell, a row and a sheet say: days and money by column, nobody and withheld names, sheets, quotes, other files."""

from __future__ import annotations

import csv
import io
import json
import random
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from riskgraph.data import Dataset
from riskgraph.errors import DataError
from riskgraph.importers import Format, ImportOptions, ImportReport, Statements, TableKind, import_file
from riskgraph.importers.column_styles import Texts, date_order, date_way
from riskgraph.importers.placeholders import placeholder
from riskgraph.importers.quotes import ClosedQuotes
from riskgraph.importers.sheets import open_sheets
from riskgraph.importers.values import DateOrder, parse_date


def imported(path: Path, text: str, name: str = "file.csv", **said: object) -> tuple[Dataset, ImportReport]:
    """A CSV file of a text, imported; what is said of the format goes by."""
    file = path / name
    file.write_text(text, encoding="utf-8")
    format_ = said.pop("format", None)
    return import_file(file, ImportOptions(**{"council": "Thanet", "suppliers": "all", **said}), format=format_)  # type: ignore[arg-type]


def claims(data: Dataset) -> dict[str, str]:
    """Supplier to what its payments say."""
    return {
        data.entities[row.provider].name: str(data.evidence[row.evidence[0]].claim)
        for row in data.relations.values()
        if data.evidence[row.evidence[0]].claim and " paid " in str(data.evidence[row.evidence[0]].claim)
    }


def spans(data: Dataset) -> dict[str, tuple[str | None, str | None]]:
    """Contract reference to start and end."""
    return {str(row.contract_reference): (row.valid_from, row.valid_to) for row in data.relations.values()}


def sellers(data: Dataset) -> set[str]:
    return {entity.name for id_, entity in data.entities.items() if id_.startswith("supplier:")}


def said(report: ImportReport) -> str:
    """All that the report says, in one text."""
    return str(report.to_dict())


# --- days ---


def test_a_column_that_can_only_be_month_first_is_read_so_as_a_whole_and_said(tmp_path: Path) -> None:
    data, report = imported(
        tmp_path,
        "Supplier Name,Payment Date,Net Amount\n"
        "Civica UK Ltd,04/03/2026,1200.00\n"
        "Civica UK Ltd,04/17/2026,800.00\n"
        "Idox Software Ltd,04/21/2026,6000.00\n"
        "MRI Software Ltd,04/05/2026,7000.00\n"
        "MRI Software Ltd,04/30/2026,7100.00\n",
    )
    assert {text.split(" paid ")[1] for text in claims(data).values()} == {
        "Civica UK Ltd 2 times, GBP 2000.00, from 2026-04 to 2026-04",
        "Idox Software Ltd 1 times, GBP 6000.00, from 2026-04 to 2026-04",
        "MRI Software Ltd 2 times, GBP 14100.00, from 2026-04 to 2026-04",
    }
    assert (report.read, report.kept, report.balanced) == (5, 5, True)
    assert "'Payment Date' are read month first" in said(report)
    assert "04/17/2026" in said(report)


REGISTER = "Contract Reference,Contract Title,Supplier Name,Contract Start Date,Contract End Date\n"


@pytest.mark.parametrize(
    ("rows", "expected", "told"),
    [
        pytest.param(
            "R1,Payroll,Quenby Ltd,04/01/2024,03/31/2029\nR2,Parking,Tallow Ltd,05/01/2024,04/30/2029\n",
            {"R1": ("2024-04-01", "2029-03-31"), "R2": ("2024-05-01", "2029-04-30")},
            "as in 'Contract End Date'",
            id="a-column-that-does-not-say-follows-the-others",
        ),
        pytest.param(
            "R1,Payroll,Quenby Ltd,13/04/2024,03/31/2029\nR2,Parking,Tallow Ltd,05/01/2024,04/30/2029\n",
            {"R1": ("2024-04-13", "2029-03-31"), "R2": ("2024-01-05", "2029-04-30")},
            "'Contract End Date' are read month first",
            id="each-column-by-itself-where-it-says",
        ),
        pytest.param(
            "R1,Payroll,Quenby Ltd,04/13/2024 12:00:00 AM,3/31/29\nR2,Parking,Tallow Ltd,4/1/2024 12:00:00 AM,4/5/29\n",
            {"R1": ("2024-04-13", "2029-03-31"), "R2": ("2024-04-01", "2029-04-05")},
            "month first",
            id="with-a-time-and-two-digits",
        ),
        pytest.param(
            "R1,Payroll,Quenby Ltd,04-13-2024,03.31.2029\nR2,Parking,Tallow Ltd,04-01-2024,04.05.2029\n",
            {"R1": ("2024-04-13", "2029-03-31"), "R2": ("2024-04-01", "2029-04-05")},
            "month first",
            id="with-dashes-and-points",
        ),
        pytest.param(
            "R1,Payroll,Quenby Ltd,01/04/2024,31/03/2029\nR2,Parking,Tallow Ltd,05/06/2024,04/07/2029\n",
            {"R1": ("2024-04-01", "2029-03-31"), "R2": ("2024-06-05", "2029-07-04")},
            "",
            id="day-first-where-nothing-speaks-against-it",
        ),
        pytest.param(
            "R1,Payroll,Quenby Ltd,20240401,2029/03/31\nR2,Parking,Tallow Ltd,3rd April 2024,01-APR-2029 00:00:00\n",
            {"R1": ("2024-04-01", "2029-03-31"), "R2": ("2024-04-03", "2029-04-01")},
            "",
            id="styles-that-say-it-themselves",
        ),
        pytest.param(
            "R1,Payroll,Quenby Ltd,45383.0,Mar-29\nR2,Parking,Tallow Ltd,01.04.2024,2029-03-31T00:00:00+01:00\n",
            {"R1": ("2024-04-01", "2029-03"), "R2": ("2024-04-01", "2029-03-31")},
            "",
            id="counted-days-and-zones",
        ),
    ],
)
def test_days_are_read_as_their_column_writes_them(
    tmp_path: Path, rows: str, expected: dict[str, tuple[str, str]], told: str
) -> None:
    data, report = imported(tmp_path, REGISTER + rows, format="contracts")
    assert spans(data) == expected
    assert told in said(report)
    assert report.kept == 2
    assert "left blank" not in said(report)


def test_where_a_column_mixes_both_nothing_is_guessed(tmp_path: Path) -> None:
    rows = [
        "Quenby Ltd,17/04/2026,100.00",
        "Quenby Ltd,04/18/2026,200.00",
        "Quenby Ltd,04/05/2026,400.00",
        "Quenby Ltd,06/06/2026,800.00",
        "Tallow Ltd,2026-05-01,1600.00",
    ]
    data, report = imported(tmp_path, "Supplier,Date,Amount\n" + "\n".join(rows) + "\n")
    assert {text.split(" paid ")[1] for text in claims(data).values()} == {
        "Quenby Ltd 3 times, GBP 1100.00, from 2026-04 to 2026-06",
        "Tallow Ltd 1 times, GBP 1600.00, from 2026-05 to 2026-05",
    }
    assert report.skipped == {"the date may be read two ways": ["row 4: '04/05/2026'"]}
    assert "written in two ways" in said(report)
    assert report.balanced


def test_one_slip_in_a_long_column_costs_no_other_row(tmp_path: Path) -> None:
    rows = [f"Quenby Ltd,{day:02}/{month:02}/2025,1.00" for month in range(1, 13) for day in range(1, 29)]
    data, report = imported(tmp_path, "Supplier,Date,Amount\n" + "\n".join([*rows, "Tallow Ltd,12/31/2025,5.00"]))
    assert report.kept == len(rows) + 1
    assert {text.split(" paid ")[1] for text in claims(data).values()} == {
        "Quenby Ltd 336 times, GBP 336.00, from 2025-01 to 2025-12",
        "Tallow Ltd 1 times, GBP 5.00, from 2025-12 to 2025-12",
    }
    assert "'12/31/2025'" in said(report)


@pytest.mark.parametrize(
    "text",
    ["31/02/2025", "31.04.2025", "01/01/0021", "31/12/9999", "2025-13-01", "00/04/2025", "2025/26 P03", "2025/26", "P03", "FY2025", "Q1 2025/26", "April", "202506", "2025-26", "12/2025/04", "1e5", "99999"],
)  # fmt: skip
def test_what_is_no_day_makes_none_and_is_named_with_row_and_text(tmp_path: Path, text: str) -> None:
    assert [parse_date(text, order) for order in (None, *DateOrder)] == [None] * 4
    data, report = imported(tmp_path, REGISTER + f"R1,Payroll,Quenby Ltd,{text},31/03/2029\n", format="contracts")
    assert spans(data) == {"R1": (None, "2029-03-31")}
    assert report.guesses["date that is none, left blank"] == [f"row 2, start: {text!r}"]
    _, report = imported(tmp_path, f"Supplier,Date,Amount\nQuenby Ltd,{text},5\nTallow Ltd,2026-04-01,7\n", "pay.csv")
    assert report.skipped == {"the date is none": [f"row 2: {text!r}"]}


def test_a_payment_in_the_future_does_not_date_the_file(tmp_path: Path) -> None:
    _, report = imported(tmp_path, "Supplier,Date,Amount\nQuenby Ltd,01/04/2025,5\nQuenby Ltd,01/04/2052,7\n")
    assert report.as_of == "2025-04-01"
    assert "2052-04-01" in said(report)


DAYS = st.dates(min_value=date(2001, 1, 1), max_value=date(2030, 12, 31))
WRITTEN = st.tuples(DAYS, st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%Y-%m-%d", "%d-%b-%y"]))


def read_days(path: Path, texts: Sequence[str]) -> tuple[dict[str, str | None], ImportReport]:
    """What becomes of each text in a column of days, by a format of two columns."""
    found: dict[str, str | None] = {}
    table = TableKind({"name": ("Name",), "day": ("Day",)}, required=("name",))
    format_ = Format("days", "days", (table,), row=lambda row, _: found.update({row.text("day"): row.date("day")}))
    file = path / "days.csv"
    file.write_text("Name,Day\n" + "".join(f"x,{text}\n" for text in texts), encoding="utf-8")
    statements = Statements(ImportReport(file.name, "days"))
    format_.read(file, statements)
    return found, statements.report


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(WRITTEN, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_rows_plays_no_part_and_each_text_is_read_its_way_or_counted(
    tmp_path: Path, written: list[tuple[date, str]], chance: random.Random
) -> None:
    texts = [day.strftime(form) for day, form in written]
    found, report = read_days(tmp_path, texts)
    ways = {way: [text for text in texts if date_way(text) is way] for way in DateOrder}
    for text in texts:
        day_first, month_first = (parse_date(text, order) for order in (DateOrder.DAY, DateOrder.MONTH))
        if date_way(text) is not DateOrder.BOTH:
            assert found[text] is not None and found[text] in {day_first, month_first}
        elif ways[DateOrder.DAY] and ways[DateOrder.MONTH]:
            assert found[text] is None
        else:
            assert found[text] == (month_first if ways[DateOrder.MONTH] else day_first)
    blank = report.guess_count["date that may be read two ways, left blank"]
    assert blank == sum(found[text] is None for text in texts)
    chance.shuffle(texts)
    assert read_days(tmp_path, texts)[0] == found


@given(st.lists(st.sampled_from(list(DateOrder)), max_size=300), st.randoms(use_true_random=False))
def test_a_column_is_decided_by_all_of_it(ways: list[DateOrder], chance: random.Random) -> None:
    def decided() -> tuple[DateOrder | None, list[str]]:
        dates = {way: Texts() for way in DateOrder}
        for way in ways:
            dates[way].add(f"{way} {chance.randint(1, 9)}" if way is DateOrder.BOTH else str(way))
        return date_order(dates), [str(dates[way]) for way in (DateOrder.DAY, DateOrder.MONTH)]

    first = decided()
    chance.shuffle(ways)
    assert decided() == first
    day, month = ways.count(DateOrder.DAY), ways.count(DateOrder.MONTH)
    if not month:
        assert first[0] is (DateOrder.DAY if day else None)
    elif not day:
        assert first[0] is DateOrder.MONTH


# --- money ---


def test_other_currencies_are_left_blank_and_counted_with_the_place(tmp_path: Path) -> None:
    data, report = imported(
        tmp_path,
        "Contract Reference,Contract Title,Supplier Name,Contract Value\n"
        'R1,Payroll,Quenby Ltd,"£1,200.50"\nR2,Parking,Tallow Ltd,"€ 900"\nR3,Maps,Alder Ltd,US$ 700\nR4,Bins,Beck Ltd,lots\n',
        format="contracts",
    )
    values = {str(row.contract_reference): row.contract_value_gbp for row in data.relations.values()}
    assert values["R1"] == Decimal("1200.50")
    assert values["R2"] is values["R3"] is values["R4"] is None
    assert report.guesses["value in another currency (EUR), left out"] == ["row 3, value: '€ 900'"]
    assert report.guesses["value in another currency (USD), left out"] == ["row 4, value: 'US$ 700'"]
    assert report.guesses["amount that is none, left blank"] == ["row 5: 'lots'"]
    assert report.money is not None
    assert {code: (cells, str(amount)) for code, (cells, amount) in report.money.currencies.items()} == {
        "EUR": (1, "900"),
        "USD": (1, "700"),
    }
    assert dict(report.money.unread) == {"lots": 1}
    assert report.balanced


def test_a_header_may_name_the_currency(tmp_path: Path) -> None:
    data, report = imported(
        tmp_path,
        "Contract Title,Supplier Name,Contract Value (EUR),Start Date\nPayroll,Quenby Ltd,900,01/04/2024\n",
        format="contracts",
    )
    assert [row.contract_value_gbp for row in data.relations.values()] == [None]
    assert report.guess_count["value in another currency (EUR), left out"] == 1


def test_a_payment_in_another_currency_is_still_a_payment(tmp_path: Path) -> None:
    data, report = imported(
        tmp_path,
        "Supplier,Date,Amount\nQuenby Ltd,01/04/2025,10.00\nQuenby Ltd,02/04/2025,€20.00\nTallow Inc,02/04/2025,$30.00\n",
    )
    assert {text.split(" paid ")[1] for text in claims(data).values()} == {
        "Quenby Ltd 2 times, GBP 10.00, and 1 of them in another currency, from 2025-04 to 2025-04",
        "Tallow Inc 1 times, GBP 0, and 1 of them in another currency, from 2025-04 to 2025-04",
    }
    assert report.money is not None and str(report.money.total) == "10.00"
    assert report.balanced


@pytest.mark.parametrize(
    ("amounts", "total", "left_out"),
    [
        (["1.234,50", "12,5", "700", "1.000"], "2947.00", 0),
        (["1.234,50", "1,234.50", "700", "9.99"], "1944.49", 1),
        (["1,234.50", "700", "9.99"], "1944.49", 0),
        (["1.234,50 €", "12,50"], "12.50", 0),
        (["-1.234,50", "2.000,00", "2.000"], "2765.50", 0),
    ],
)
def test_a_comma_parts_the_pence_only_where_the_whole_column_says_so(
    tmp_path: Path, amounts: Sequence[str], total: str, left_out: int
) -> None:
    for delimiter in ",;":
        file = io.StringIO()
        out = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        out.writerows([["Supplier", "Date", "Amount"], *(["Quenby Ltd", "2025-04-01", amount] for amount in amounts)])
        _, report = imported(tmp_path, file.getvalue())
        assert report.money is not None
        assert report.money.total == Decimal(total)
        assert report.skipped_count["the amount is none"] == left_out
        assert report.balanced


# --- nobody, and withheld ---

WITHHELD = ["Commercial in confidence", "COMMERCIAL-IN-CONFIDENCE", "Confidential supplier", "Not disclosed", "Individual", "Private Individual (3)", "Redacted - personal", "Name withheld under GDPR", "Supplier name redacted", "REDACTED COMMERCIAL CONFIDENTIALITY", "Commercially sensitive", "Personal data", "Name not published", "xxxx", "*****", "Supplier names withheld (s.43 FOIA)", "Confidential"]  # fmt: skip
NOBODY = ["In-house", "In house provision", "Inhouse team", "To be confirmed", "TBC", "TBA", "Supplier TBC", "Unnamed", "Unnamed supplier", "Not applicable", "Various", "Various suppliers", "Various providers (see list)", "Multiple", "Multiple suppliers on framework", "See attached", "See attached list of suppliers", "Spot purchase", "Spot Purchases", "Internal", "Sundry creditors", "Not yet awarded", "14 suppliers", "All", "Unknown supplier", "N/A", "Cancelled", "No bids received"]  # fmt: skip
NAMES = ["In-House Catering Ltd", "Various Artists Ltd", "Confidential Shredding Ltd", "Confidential Waste Services", "Various Eateries", "Multiple Sclerosis Society", "Internal Drainage Board", "Sensitive Skin", "Individual Care Services", "Personal Data Solutions Limited", "Sundry Foods", "All Saints Centre", "Cancelled Ltd", "See Tickets", "Redactive Media Group", "Spot On Cleaning", "Total Gas & Power", "Unknown Pleasures", "Several Media LLP", "Redacted Ltd", "Nobody Inn", "Other Worlds", "No Limits Care"]  # fmt: skip


@pytest.mark.parametrize("text", WITHHELD)
def test_words_for_a_withheld_name_are_known(text: str) -> None:
    assert placeholder(text) == "withheld"


@pytest.mark.parametrize("text", NOBODY)
def test_words_for_nobody_are_known(text: str) -> None:
    assert placeholder(text) == "nobody" or text == "N/A"


@pytest.mark.parametrize("text", NAMES)
def test_a_whole_real_name_is_never_a_placeholder(text: str) -> None:
    assert placeholder(text) == ""


def notices(name: str) -> str:
    award = {"id": "1", "status": "active", "title": "Payroll", "suppliers": [{"id": "S", "name": name}]}
    party = {"id": "GB-LAC-E07000114", "name": "Thanet District Council", "roles": ["buyer"]}
    release = {"ocid": "o-1", "id": "a", "date": "2024-03-01T00:00:00Z", "tag": ["award"], "awards": [award]}
    return json.dumps({"releases": [{**release, "buyer": party, "parties": [party]}]})


FILES: dict[str, Callable[[str], tuple[str, str]]] = {
    "contracts": lambda name: ("a.csv", f"Council,Contract Title,Supplier Name\nDover,Payroll,{name}\nThanet,Telephony,{name}\n"),
    "spending": lambda name: ("a.csv", f"Body Name,Date,Amount,Supplier Name\nDover,01/04/2025,5,{name}\nThanet,01/04/2025,7,{name}\n"),
    "one-sheet": lambda name: ("a.csv", f"Council,System,Supplier\nDover,Payroll,{name}\nThanet,Telephony,{name}\n"),
    "ocds": lambda name: ("a.json", notices(name)),
}  # fmt: skip


@pytest.mark.parametrize("format_", sorted(FILES))
@pytest.mark.parametrize("text", ["Commercial in confidence", "In-house", "Unnamed", "Various suppliers", "TBC"])
def test_nobody_is_made_of_such_words_in_any_format(tmp_path: Path, format_: str, text: str) -> None:
    name, content = FILES[format_](text)
    data, report = imported(tmp_path, content, name, format=format_)
    assert sellers(data) == set()
    assert report.kept == 0
    assert report.balanced
    assert bool(report.redacted) == (text == "Commercial in confidence")
    assert any(why.startswith("supplier redacted" if report.redacted else "no supplier") for why in report.skipped)


def test_names_that_only_begin_like_such_words_stay(tmp_path: Path) -> None:
    rows = "".join(f'Payroll {i},"{name}"\n' for i, name in enumerate(NAMES))
    data, report = imported(tmp_path, "Contract Title,Supplier Name\n" + rows, format="contracts")
    assert report.kept == len(NAMES)
    assert len(sellers(data)) == len(NAMES)


@pytest.mark.parametrize("text", ["All", "Various", "Multiple", "n/a", "Various councils"])
def test_such_words_are_no_council_either(tmp_path: Path, text: str) -> None:
    content = f"Council,Contract Title,Supplier Name\n{text},Payroll,Quenby Ltd\nDover,Maps,Tallow Ltd\n"
    data, report = imported(tmp_path, content, format="contracts", council=None)
    assert report.skipped == {"no council": ["row 2"]}
    assert {id_ for id_ in data.entities if id_.startswith("authority:")} == {"authority:dover"}


# --- sheets ---


def book(path: Path, rows: Sequence[Sequence[object]], more: Callable[[Worksheet], None] = lambda sheet: None) -> Path:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    more(sheet)
    made.save(path / "book.xlsx")
    return path / "book.xlsx"


LIST: list[list[object]] = [
    [
        "Contract Reference",
        "Contract Title",
        "Supplier Name",
        "Company Number",
        "Contract Start Date",
        "Contract Value",
    ],
    ["C1", "Revenues and benefits system", "Civica UK Ltd", "01628868", "2024-04-01", 450000],
    ["C2", "Electoral system", None, None, "2024-04-01", 50000],
    ["C3", "Parking system", None, None, "2024-04-01", 70000],
    ["C4", "Housing system", "MRI Software Ltd", "03341304", "2024-04-01", 60000],
    ["C5", "Library system", None, None, "2024-04-01", 60000],
]


def by_reference(data: Dataset) -> dict[str, str]:
    """Contract reference to the supplier that its evidence names."""
    found = {}
    for row in data.relations.values():
        for key in row.evidence:
            claim = str(data.evidence[key].claim)
            if " has the contract " in claim:
                found[claim.split(" has the contract ")[1].split()[0]] = claim.split(" with ")[-1]
    return found


def test_the_value_of_merged_cells_counts_for_their_rows_and_no_others(tmp_path: Path) -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("C2:C4")
        sheet.merge_cells("D2:D4")

    data, report = import_file(book(tmp_path, LIST, merge), ImportOptions(council="Salford"), format="contracts")
    assert by_reference(data) == {**dict.fromkeys(["C1", "C2", "C3"], "Civica UK Ltd"), "C4": "MRI Software Ltd"}
    assert report.skipped == {"no supplier": ["row 6"]}
    assert "Merged cells were filled down: 4 cells, in 2 places of the sheet Sheet." in report.notes


def test_without_a_merge_nothing_is_filled(tmp_path: Path) -> None:
    _, report = import_file(book(tmp_path, LIST), ImportOptions(council="Salford"), format="contracts")
    assert report.skipped == {"no supplier": ["row 3", "row 4", "row 6"]}


def test_merged_cells_above_the_header_and_over_columns_change_nothing(tmp_path: Path) -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.insert_rows(1)
        sheet["A1"] = "Contracts register of Salford"
        sheet.merge_cells("A1:F1")
        sheet.merge_cells("E3:F3")
        sheet.merge_cells("C3:C5")

    data, report = import_file(book(tmp_path, LIST, merge), ImportOptions(council="Salford"), format="contracts")
    assert by_reference(data)["C3"] == "Civica UK Ltd"
    assert [row.contract_value_gbp for row in data.relations.values() if row.contract_reference == "C1"] == [None]
    assert report.kept == 4


@pytest.mark.parametrize(
    ("form", "code"),
    [("[$\u20ac-2] #,##0.00", "EUR"), ("#,##0.00 [$USD]", "USD"), ('"\u00a3"#,##0.00', ""), ("[$\u00a3-809]#,##0", "")],
)
def test_a_currency_that_only_the_format_of_a_cell_shows_counts(tmp_path: Path, form: str, code: str) -> None:
    def show(sheet: Worksheet) -> None:
        sheet["F2"].number_format = form

    data, report = import_file(book(tmp_path, LIST[:2], show), ImportOptions(council="Salford"), format="contracts")
    (row,) = (row for row in data.relations.values() if row.contract_reference == "C1")
    assert row.contract_value_gbp == (None if code else 450000)
    assert report.guess_count[f"value in another currency ({code}), left out"] == bool(code)
    assert row.valid_from == "2024-04-01"


def test_each_of_many_merged_cells_fills_its_own_rows(tmp_path: Path) -> None:
    rows: list[Sequence[object]] = [
        LIST[0],
        *([f"C{i}", f"Work {i}", f"Firm {i // 2} Ltd" if i % 2 == 0 else None] for i in range(3000)),
    ]

    def merge(sheet: Worksheet) -> None:
        for first in range(2, 3002, 2):
            sheet.merge_cells(start_row=first, end_row=first + 1, start_column=3, end_column=3)

    (sheet,) = open_sheets(book(tmp_path, rows, merge))
    assert [cells[2] for _, cells in sheet.rows()][1:] == [f"Firm {i // 2} Ltd" for i in range(3000)]


def test_hidden_rows_and_sheets_are_no_rows_and_counted(tmp_path: Path) -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[2].hidden = True
        sheet.row_dimensions[900].hidden = True  # nothing stands in it
        assert sheet.parent is not None
        sheet.parent.create_sheet("old ones").sheet_state = "hidden"

    data, report = import_file(book(tmp_path, LIST, hide), ImportOptions(council="Salford"), format="contracts")
    assert set(by_reference(data)) == {"C4"}
    (sort,) = (sort for sort in report.guesses if "hidden" in sort)
    assert report.guesses[sort] == ["Sheet, row 2"]
    assert any("old ones" in note for note in report.notes)


@pytest.mark.parametrize(
    "row",
    [
        ",,Grand Total,2500.00",
        "Grand Total,,,2500.00",
        ",,TOTAL,2500.00",
        ",Total for April 2025,,2500.00",
        "Sub-total,,,2500.00",
        ",,Total:,2500.00",
        ",Report Total,,2500.00",
        ",,TOTAL SPEND 2024/25,2500.00",
    ],
)
def test_a_row_of_totals_is_no_row(tmp_path: Path, row: str) -> None:
    content = (
        "Body Name,Date,Supplier,Amount\nDover,01/04/2025,Quenby Ltd,2000.00\nDover,02/04/2025,Total Gas & Power,500\n"
    )
    data, report = imported(tmp_path, content + row + "\n")
    assert (report.read, report.kept) == (2, 2)
    assert report.guesses["a row of totals, which is none: passed over"] == ["row 4"]
    assert report.money is not None and str(report.money.total) == "2500.00"
    assert len(sellers(data)) == 2
    assert report.balanced


# --- quotes ---

OPEN = (
    "Contract Title,Supplier Name,Contract Start Date,Contract End Date,Contract Value\n"
    "Scanner,Larkmead Ltd,01/04/2024,31/03/2029,450\n"
    '"Unclosed title,Idox Software Ltd,01/04/2024,31/03/2029,1000\n'
    "Housing system,MRI Software Ltd,01/04/2024,31/03/2029,2000\n"
    "Payroll,Zellis UK Ltd,01/04/2024,31/03/2029,2000\n"
)


def test_a_quote_that_is_not_closed_swallows_no_row_and_is_told(tmp_path: Path) -> None:
    data, report = imported(tmp_path, OPEN, council="Salford")
    assert (report.read, report.kept, report.balanced) == (4, 4, True)
    assert len(sellers(data)) == 4
    (sort,) = (sort for sort in report.guesses if "quote" in sort)
    assert report.guesses[sort] == ["row 3, where 3 lines of the file would have been one cell"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("2000\nPayroll", '2000\n"Payroll, and more"', id="closed-by-another-cell"),
        pytest.param("MRI Software Ltd", '"MRI Software Ltd"', id="closed-in-the-next-row"),
        pytest.param(",Idox Software Ltd", ',"Idox Software Ltd"', id="beside-a-quoted-cell"),
        pytest.param("Housing system,", '"Housing system,', id="two-of-them"),
        pytest.param("Scanner", '"Scanner\nand stand"', id="after-a-cell-of-two-lines"),
        pytest.param("Scanner", 'Scanner 19"', id="after-an-inch"),
        pytest.param("Scanner,", '"Scanner ""A3""",', id="after-doubled-quotes"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_whatever_stands_around_an_open_quote_each_row_is_read(
    tmp_path: Path, old: str, new: str, delimiter: str
) -> None:
    assert old in OPEN
    text = OPEN.replace(old, new)
    if delimiter != ",":
        text = text.replace(",", delimiter)
    _, report = imported(tmp_path, text, council="Salford", format="contracts")
    assert (report.read, report.kept) == (4, 4), report.to_dict()
    assert any("quote" in sort for sort in report.guesses)


@pytest.mark.parametrize("more", ["one,cell,more,", "and more, ", ","])
def test_a_row_that_cannot_be_repaired_is_left_out_with_row_and_lines(tmp_path: Path, more: str) -> None:
    data, report = imported(tmp_path, OPEN.replace('"Unclosed title,', f'"Unclosed title,{more}'), council="Salford")
    assert (report.read, report.kept, report.balanced) == (4, 3, True)
    (reason,) = report.skipped
    assert "quote is not closed" in reason
    assert report.skipped[reason] == ["row 3, where 3 lines of the file would have been one cell"]
    assert len(sellers(data)) == 3
    assert not any("empty" in note for note in report.notes)


def test_cells_of_several_lines_stay_whole(tmp_path: Path) -> None:
    text = (
        "Contract Title,Supplier Name,Start Date,Description\n"
        'Payroll,Quenby Ltd,01/04/2024,"First line, and more\nsecond, line, of, it\n\nlast"\n'
        '"Maps\nand plans",Tallow Ltd,01/04/2024,"One ""word"", two"\n'
    )
    _, report = imported(tmp_path, text, format="contracts")
    assert (report.read, report.kept) == (2, 2)
    assert not any("quote" in sort for sort in report.guesses)


CELL = st.text(st.sampled_from('ab ,"\n'), max_size=6).map(lambda text: text.strip("\n"))


@given(st.lists(st.lists(CELL, min_size=4, max_size=4), max_size=8))
def test_what_is_well_formed_is_given_on_as_it_is(rows: list[list[str]]) -> None:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    lines = file.getvalue().splitlines(keepends=True)
    closed = ClosedQuotes(lines, ",", 4)
    assert list(closed) == lines or closed.repaired or closed.lost
    if closed.repaired or closed.lost:  # only where each line inside a cell is a row by itself
        assert any(cell.count("\n") > 2 for row in rows for cell in row)


@given(
    st.lists(st.lists(st.text(st.sampled_from("abc 1"), min_size=1, max_size=5), min_size=4, max_size=4), min_size=2, max_size=8),
    st.integers(0, 7),
    st.integers(0, 3),
)  # fmt: skip
def test_one_open_quote_anywhere_costs_no_row(rows: list[list[str]], at: int, column: int) -> None:
    at %= len(rows)
    lines = [",".join(row) + "\n" for row in rows]
    broken = [*rows[at][:column], '"' + rows[at][column], *rows[at][column + 1 :]]
    closed = ClosedQuotes([*lines[:at], ",".join(broken) + "\n", *lines[at + 1 :]], ",", 4)
    assert list(closed) == lines
    assert closed.repaired == {at + 1: len(rows) - at}
    assert not closed.lost


@given(st.lists(st.text(st.sampled_from('a,"\n'), max_size=20), max_size=12))
def test_no_line_is_lost_whatever_the_quotes(texts: list[str]) -> None:
    lines = "".join(text + "\n" for text in texts).splitlines(keepends=True)
    closed = ClosedQuotes(lines, ",", 3)
    given_on = list(closed)
    assert len(given_on) == len(lines)
    changed = [(old, new) for old, new in zip(lines, given_on, strict=True) if old != new]
    assert [new for _, new in changed].count("\n") >= len(closed.lost)
    assert len(changed) == len(closed.repaired) + len(closed.lost)
    assert all(new == "\n" or old.count('"') == new.count('"') + 1 for old, new in changed)


# --- files that are no table ---


def packed(*names: str, **parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        for name in names:
            archive.writestr(name, b"x")
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xls", b"<html><body><table><tr><td>Supplier</td></tr></table></body></html>", "a web page"),
        ("a.xls", b"\xef\xbb\xbf\r\n<TABLE border=1><tr><th>Supplier", "a web page"),
        ("a.csv", b"<!DOCTYPE html>\n<html lang='en'>", "a web page"),
        ("a.xls", b'<?xml version="1.0"?>\n<!DOCTYPE html><html xmlns="x">', "a web page"),
        ("a.xls", b"MIME-Version: 1.0\nX-Document-Type: Workbook\n", "saved web page"),
        ("a.xls", b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n<Workbook>', "XML Spreadsheet 2003"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "Workbook".encode("utf-16-le"), "old form (.xls)"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le"), "Word document"),
        ("a.pdf", b"%PDF-1.7\n%\xe2\xe3", "a PDF"),
        ("a.csv", b"%PDF-1.4\n", "a PDF"),
        ("a.ods", packed("content.xml", mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "LibreOffice"),
        ("a.docx", packed("[Content_Types].xml", "word/document.xml"), "a Word document"),
        ("a.xlsb", packed("[Content_Types].xml", "xl/workbook.bin"), "binary workbook"),
        ("a.numbers", packed("Index/Document.iwa", "Metadata/Properties.plist"), "Apple Numbers"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\x00\x00", "a picture"),
        ("a.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF", "a picture"),
        ("a.csv", b"{\\rtf1\\ansi Supplier", "rtf"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("format_", [None, "spending"])
def test_a_file_that_is_no_table_is_named_for_what_it_is(
    tmp_path: Path, name: str, content: bytes, words: str, format_: str | None
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError) as caught:
        import_file(tmp_path / name, ImportOptions(council="Dover"), format=format_)
    (found,) = caught.value.problems
    assert words in found.message
    assert "save" in found.fix.lower() or "Export" in found.fix or "Ask" in found.fix


def test_a_table_that_speaks_of_such_files_is_a_table(tmp_path: Path) -> None:
    content = "Supplier,Date,Amount\n<html> Web Ltd,01/04/2025,5\n%PDF- Print Ltd,01/04/2025,7\n"
    _, report = imported(tmp_path, content)
    assert report.kept == 2


def test_a_first_look_at_the_bytes_asks_only_where_there_is_something_to_ask(tmp_path: Path) -> None:
    def signs(text: str, encoding: str = "utf-8") -> tuple[bool, bool]:
        (tmp_path / "a.csv").write_text(text, encoding=encoding)
        found = open_sheets(tmp_path / "a.csv")[0].signs()
        return found.dates, found.commas

    assert signs("a,b\n01/04/2024,2024-04-17\n31/03/2025,5\n1,23\n") == (False, False)
    assert signs("a,b\n01/04/2024,5\n04/17/2024,5\n") == (True, False)
    assert signs('a,b\n01/04/2024,"5,50"\n') == (False, True)
    assert signs("a;b\n01/04/2024;5,50\n") == (False, True)
    assert signs("a,b\n01/04/2024,5\n", "utf-16") == (True, True)
    # where the sign lies over the edge of what is read at once
    filler = "x" * ((1 << 20) - 7)
    assert signs(filler + "04/17/2024,1\n") == (True, False)


def test_the_same_rows_as_workbook_and_as_text_are_read_alike(tmp_path: Path) -> None:
    rows = [["Contract Reference", "Contract Title", "Supplier Name", "Contract Start Date"]] + [
        [f"R{i}", f"Lot {i}", f"Quenby {i} Ltd", text] for i, text in enumerate(["04/03/2026", "04/17/2026"])
    ]
    from_book, _ = import_file(
        book(tmp_path, rows), ImportOptions(council="Dover", as_of="2026-06-01"), format="contracts"
    )
    text = "\n".join(",".join(map(str, row)) for row in rows)
    (tmp_path / "book.csv").write_text(text)
    from_text, _ = import_file(
        tmp_path / "book.csv", ImportOptions(council="Dover", as_of="2026-06-01"), format="contracts"
    )
    assert spans(from_book) == spans(from_text) == {"R0": ("2026-04-03", None), "R1": ("2026-04-17", None)}


# --- headers in two rows, and rows below --columns ---

TWO_ROWS = [
    pytest.param(
        [
            ["Reference", "Title", "Supplier", "", "Contract dates", ""],
            ["", "", "Name", "Company number", "Start", "End"],
            ["R1", "Payroll", "Quenby Ltd", "07654321", "01/04/2024", "31/03/2029"],
        ],
        id="groups-over-their-parts",
    ),
    pytest.param(
        [
            ["Contracts register 2024"],
            ["Contract", "Contract", "Supplier", "Contract Start", "Contract End"],
            ["Reference", "Title", "Name", "Date", "Date"],
            ["R1", "Payroll", "Quenby Ltd", "01/04/2024", "31/03/2029"],
        ],
        id="each-header-over-two-rows",
    ),
    pytest.param(
        [
            ["Start", "End", "Supplier details", "", "Contract details", ""],
            ["", "", "Name", "Postcode", "Title", "Reference"],
            ["01/04/2024", "31/03/2029", "Quenby Ltd", "CT1 1AA", "Payroll", "R1"],
        ],
        id="another-order",
    ),
]


@pytest.mark.parametrize("rows", TWO_ROWS)
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_headers_in_two_rows_are_read_as_one_and_said(tmp_path: Path, rows: list[list[str]], kind: str) -> None:
    if kind == "xlsx":
        file = book(tmp_path, rows)
    else:
        file = tmp_path / "book.csv"
        file.write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")
    data, report = import_file(file, ImportOptions(council="Salford"), format="contracts")
    assert (report.read, report.kept) == (1, 1)
    assert spans(data) == {"R1": ("2024-04-01", "2029-03-31")}
    assert by_reference(data) == {"R1": "Quenby Ltd"}
    assert any("were read as one header" in note for note in report.notes)


def test_two_groups_with_the_same_part_are_told_apart(tmp_path: Path) -> None:
    rows = "Council,Supplier,Contract\nName,Name,Title\nDover,Quenby Ltd,Payroll\nAdur,Tallow Ltd,Maps\n"
    data, report = imported(tmp_path, rows, format="contracts", council=None)
    assert report.kept == 2
    assert {"authority:dover", "authority:adur"} <= set(data.entities)
    assert len(sellers(data)) == 2


def test_a_header_with_a_title_above_or_a_blank_first_row_stays_one_row(tmp_path: Path) -> None:
    rows = "Contracts,Register\n" + REGISTER + "R1,Name,Quenby Ltd,,\nR2,Maps,Tallow Ltd,,\n"
    _, report = imported(tmp_path, rows, format="contracts")
    assert (report.read, report.kept) == (2, 2)
    assert not any("one header" in note for note in report.notes)


@pytest.mark.parametrize(
    ("above", "read"),
    [
        ("", 2),
        ("Contract Title,Awarded To,Begins,Finishes,Worth\n", 2),
        ("Our contracts,,,,\nContract Title,Awarded To,Begins,Finishes,Worth\n", 2),
        ("What,Who,When,,How much\n,,from,to,\n", 2),
        ("Scanner,Beck Ltd,TBC,,\n", 3),
    ],
)
def test_a_header_below_the_columns_that_somebody_names_is_no_row(tmp_path: Path, above: str, read: int) -> None:
    rows = "Payroll service,Larkmead Payroll Ltd,01/04/2024,31/03/2029,1000\nMaps,Tallow Ltd,,31/03/2028,700.50\n"
    columns = ("title", "supplier", "start", "end", "value")
    data, report = imported(tmp_path, above + rows, format="contracts", columns=columns)
    assert (report.read, report.kept) == (read, read)
    assert not sellers(data) & {"Awarded To", "Who"}
    assert any("header" in note for note in report.notes) == (read == 2 and above != "")


def test_a_column_of_periods_costs_no_payment_and_is_told_first(tmp_path: Path) -> None:
    rows = "Quenby Ltd,2025/26 P01,10.00\nTallow Ltd,2025/26 P02,99.00\n"
    data, report = imported(tmp_path, "Supplier,Payment Date,Amount\n" + rows)
    assert report.kept == 2
    assert {text.split(" paid ")[1] for text in claims(data).values()} == {
        "Quenby Ltd 1 times, GBP 10.00",
        "Tallow Ltd 1 times, GBP 99.00",
    }
    assert "holds no date" in report.first[0]
