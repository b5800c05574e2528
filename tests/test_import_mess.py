"""The mess of real files: a small file of our own for each sort, and what must come of it."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskgraph.data import Dataset, read, write
from riskgraph.errors import DataError, MissingFile, RiskGraphError
from riskgraph.importers import ImportOptions, ImportReport, import_file
from riskgraph.importers.sheets import open_sheets

HEADER = "Body Name,Payment Date,Net Amount,Supplier Name\n"
ROWS = "Saltmere,31/03/2025,1200.00,Quenby Software Ltd\nSaltmere,30/04/2025,1300.00,Quenby Software Ltd\n"


def spend(path: Path, content: bytes, **said: object) -> tuple[Dataset, ImportReport]:
    file = path / "spend.csv"
    file.write_bytes(content)
    return import_file(file, ImportOptions(suppliers="all", **said), format="spending")  # type: ignore[arg-type]


def paid(data: Dataset) -> dict[str, str]:
    """Supplier to the sentence that its payments make."""
    return {
        data.entities[row.provider].name: str(data.evidence[row.evidence[0]].claim)
        for row in data.relations.values()
        if row.relation == "supplied-by"
    }


BOTH = {"Quenby Software Ltd": "Saltmere paid Quenby Software Ltd 2 times, GBP 2500.00, from 2025-03 to 2025-04"}


@pytest.mark.parametrize(
    ("content", "note"),
    [
        pytest.param((HEADER + ROWS).encode(), "", id="plain"),
        pytest.param((HEADER + ROWS).encode("utf-8-sig"), "", id="mark"),
        pytest.param(b"\xef\xbb\xbf" + b"\xc3\xaf\xc2\xbb\xc2\xbf" + (HEADER + ROWS).encode(), "twice", id="mark-twice"),
        pytest.param((HEADER + ROWS).encode("utf-16"), "", id="utf-16"),
        pytest.param((HEADER + ROWS).replace("\n", "\r").encode() + b"\r\n", "", id="old-mac-lines"),
        pytest.param((HEADER + ROWS).replace(",", ";").encode(), "", id="semicolons"),
        pytest.param((HEADER + ROWS).replace(",", "\t").encode(), "", id="tabs"),
        pytest.param(("\n" + HEADER + ROWS).encode(), "", id="blank-first-row"),
        pytest.param((",,,,,,\n" + HEADER.strip() + "," * 72 + "\n" + ROWS + (",,,,\n" * 254)).encode(), "254 empty", id="empty-columns-and-rows"),
        pytest.param(("Payments over 250 pounds\n\n" + HEADER + ROWS).encode(), "", id="title-above"),
        pytest.param((HEADER.replace("Net Amount", "Amount (£)") + ROWS.replace("1200.00", "£1200.00")).encode("cp1252"), "Windows-1252", id="cp1252-pound"),
        pytest.param((HEADER.replace("Net Amount", "Amount (£)") + ROWS.replace("1200.00", "£1200.00")).encode("cp850"), "code page 850", id="cp850-pound"),
        pytest.param((HEADER.replace("Body Name", "+") + ROWS).encode(), "", id="first-header-lost"),
        pytest.param((HEADER.replace("Supplier Name", "Benificiary Name") + ROWS).encode(), "", id="typos"),
        pytest.param((HEADER + ROWS.replace("31/03/2025", "45747").replace("30/04/2025", "45777")).encode(), "", id="serial-dates"),
        pytest.param((HEADER + ROWS.replace("31/03/2025", "31-Mar-25").replace("30/04/2025", "2025-04-30T00:00:00")).encode(), "", id="mixed-dates"),
        pytest.param((HEADER + ROWS.replace("31/03/2025", "31/3/25").replace("30/04/2025", "30 April 2025")).encode(), "", id="more-dates"),
        pytest.param((HEADER + ROWS.replace("1200.00", '" 1,200.00 "')).encode(), "", id="thousands-and-spaces"),
        pytest.param(("Body Name,,Payment Date,,Net Amount,Supplier Name\n" + ROWS.replace("Saltmere,", "Saltmere,,").replace("2025,", "2025,,")).encode(), "", id="merged-headers"),
        pytest.param(("Body Name,,Payment Date,,Net Amount,Supplier Name\n" + ROWS.replace("Saltmere,", ",Saltmere,").replace("2025,", "2025,,")).encode(), "", id="merged-headers-cell-on-the-right"),
        pytest.param((HEADER + ROWS.replace("Ltd\n", "Ltd,#N/A\n")).encode(), "", id="one-field-more-than-headers"),
        pytest.param((HEADER + ROWS + "Saltmere,,2500.00,\n,,2500.00,Grand Total\n").encode(), "", id="totals-below"),
    ],
)  # fmt: skip
def test_the_same_payments_come_out_of_every_mess(tmp_path: Path, content: bytes, note: str) -> None:
    data, report = spend(tmp_path, content, council="Saltmere")
    assert paid(data) == BOTH
    assert report.balanced
    assert note in " ".join(report.notes)


def test_credits_in_brackets_are_taken_off(tmp_path: Path) -> None:
    more = "Saltmere,01/04/2025,(470.60),Quenby Software Ltd\nSaltmere,02/04/2025,-29.40,Quenby Software Ltd\n"
    data, _ = spend(tmp_path, (HEADER + ROWS + more).encode())
    assert paid(data)["Quenby Software Ltd"].startswith("Saltmere paid Quenby Software Ltd 4 times, GBP 2000.00")


def test_a_row_of_empty_commas_is_no_payment(tmp_path: Path) -> None:
    data, report = spend(tmp_path, (HEADER + ROWS + ",,,\n" * 5000).encode())
    assert report.read == 2
    assert paid(data) == BOTH


def test_a_file_without_headers_is_refused_until_somebody_names_them(tmp_path: Path) -> None:
    with pytest.raises(RiskGraphError, match="no header row") as caught:
        spend(tmp_path, ROWS.encode(), council="Saltmere")
    assert "--columns" in str(caught.value)
    data, _ = spend(tmp_path, ROWS.encode(), columns=("payer", "date", "amount", "supplier"))
    assert paid(data) == BOTH


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Saltmere,31/03/2025,1200.00,REDACTED PERSONAL DATA", "supplier redacted"),
        ("Saltmere,31/03/2025,1200.00,Redacted", "supplier redacted"),
        ("Saltmere,31/03/2025,1200.00,REDACTED COMMERCIAL CONFIDENTIALITY", "supplier redacted"),
        ("Saltmere,31/03/2025,1200.00,", "no supplier"),
        ("Saltmere,31/03/2025,1200.00,#N/A", "no supplier"),
        ("Saltmere,31/03/2025,none,Tallow", "the amount is none"),
        ("Saltmere,31/03/2025,1e400,Tallow", "the amount is none"),
        ("Saltmere,31/03/2025,nan,Tallow", "the amount is none"),
        ("Saltmere,31/02/2025,100,Tallow", "the date is none"),
        ("Saltmere,31/03/2025,-100,Tallow", "only credits"),
        ("Saltmere,x,31/03/2025,Tallow,100", "more cells than the header has"),
        ("Saltmere,31/03/2025,100,NOT AWARDED TO SUPPLIER", "no supplier"),
    ],
)
def test_what_is_left_out_is_said(tmp_path: Path, row: str, reason: str) -> None:
    data, report = spend(tmp_path, (HEADER + ROWS + row + "\n").encode())
    assert paid(data) == BOTH
    assert [text for text in report.skipped if text.startswith(reason)], report.skipped
    assert report.balanced
    assert report.redacted == (reason == "supplier redacted")


def test_redacted_is_nobody_and_never_one_giant_supplier(tmp_path: Path) -> None:
    rows = "".join(f"{body},31/03/2025,100,REDACTED\n" for body in ("Saltmere", "Adur", "Dover"))
    data, report = spend(tmp_path, (HEADER + ROWS + rows).encode())
    assert report.redacted == 3
    assert not [entity for entity in data.entities.values() if "redact" in entity.name.lower()]


def test_a_contract_register_in_the_wrong_place_is_known_by_its_headers(tmp_path: Path) -> None:
    file = tmp_path / "spend-over-500.csv"
    file.write_text(
        "Purchasing Body,Contract Reference,Contract Title,Supplier Company Name,Start Date,Current Expiry Date,Company Number,Annual Value,Total Contract Value (including extensions)\n"
        'Dover District Council,D1,Parking permits,Kerbside Digital Ltd,2024-04-01,2027-03-31,8765432,"£4,000","12,000"\n'
    )
    data, report = import_file(file)
    assert report.format == "contracts"
    (row,) = data.relations.values()
    assert (row.valid_from, row.valid_to, row.contract_reference) == ("2024-04-01", "2027-03-31", "D1")
    assert (str(row.annual_value_gbp), str(row.contract_value_gbp)) == ("4000", "12000")
    assert data.entities[row.provider].company_number == "08765432"
    assert "company number repaired" in report.guesses


def test_a_format_that_changes_between_two_files_changes_nothing(tmp_path: Path) -> None:
    one, _ = spend(tmp_path, (HEADER + ROWS).encode())
    other = "Invoice Number,Organisation,Vendor Name,Gross,Date Paid\n" + (
        "1,Saltmere,Quenby Software Ltd,1200.00,31/03/2025\n2,Saltmere,Quenby Software Ltd,1300.00,30/04/2025\n"
    )
    two, _ = spend(tmp_path, other.encode())
    assert one.digest == two.digest


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0rest", "old form"),
        (b"abc\x00def", "not a text file"),
        (b"PK\x03\x04 no zip at all", "cannot be unpacked"),
        ("Body Name,Net Amount,Supplier Name\nx,1,\u00e9".encode()[:-1], "in the middle of a letter"),
        (b'Body Name,Net Amount,Supplier Name\nx,1,"' + b"y" * 140_000, "cannot be read"),
    ],
)
def test_what_is_no_table_is_said(tmp_path: Path, content: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words):
        spend(tmp_path, content)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match="There is no file"):
        import_file(tmp_path / "nowhere.csv")


# --- workbooks ---


def book(path: Path, fill: Callable[[openpyxl.Workbook], None]) -> Path:
    made = openpyxl.Workbook()
    fill(made)
    file = path / "register.xlsx"
    made.save(file)
    return file


def sheet_of(rows: list[list[object]]) -> Callable[[openpyxl.Workbook], None]:
    def fill(made: openpyxl.Workbook) -> None:
        sheet = made.worksheets[0]
        for row in rows:
            sheet.append(row)

    return fill


def test_a_workbook_says_the_same_as_its_csv(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Council", "System or service bought", "Supplier", "Contract end", "Annual value (£)"],
        ["Dover", "Brackenfold Planning", "Brackenfold Systems", "2028-01-14", 31400],
    ]
    from_book, report = import_file(book(tmp_path, sheet_of(rows)))
    text = tmp_path / "register.csv.csv"
    text.write_text("\n".join(",".join(str(cell) for cell in row) for row in rows), encoding="utf-8")
    from_text, _ = import_file(text)
    assert report.format == "one-sheet"
    assert [r.id for r in from_book.relations.values()] == [r.id for r in from_text.relations.values()]
    assert from_book.relations["dover.uses.brackenfold-planning"].contract_end == "2028-01-14"


def test_formulas_serial_dates_and_hidden_sheets_are_said(tmp_path: Path) -> None:
    def fill(made: openpyxl.Workbook) -> None:
        sheet = made.worksheets[0]
        sheet.append(["Register of systems"])
        sheet.merge_cells("A1:C1")
        sheet.append(["Council", "System", "Supplier", "Contract end"])
        sheet.append(["Dover", "Brackenfold Planning", "Brackenfold Systems", 46767])
        sheet.append(["Dover", "Rollmaster", "=CONCAT(A1;B1)", None])
        made.create_sheet("secret").sheet_state = "hidden"

    data, report = import_file(book(tmp_path, fill))
    assert data.relations["dover.uses.brackenfold-planning"].contract_end == "2028-01-15"
    assert report.skipped["no supplier"] == ["row 4"]  # never calculated, so it has no value
    assert any("formulas" in note for note in report.notes)
    assert any("secret" in note for note in report.notes)


def with_part(file: Path, name: str, content: bytes) -> Path:
    """The workbook with one part put in or replaced."""
    kept = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.namelist():
            if member != name:
                new.writestr(member, old.read(member))
        new.writestr(name, content)
    file.write_bytes(kept.getvalue())
    return file


SHEET = "xl/worksheets/sheet1.xml"
ROW = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'


@pytest.mark.parametrize(
    ("part", "content", "words"),
    [
        ("xl/big.bin", b"\0" * 30_000_000, "far more than packed"),
        (SHEET, ROW % b'<row r="1"><c r="A1"/><c r="XFD1048576"/></row>', "far outside"),
        (SHEET, b'<!DOCTYPE a [<!ENTITY b "c">]>' + ROW % b"", "holds a DTD"),
        ("../outside.xml", b"", "leads outside"),
    ],
)
def test_a_wicked_workbook_is_refused_before_it_is_read(tmp_path: Path, part: str, content: bytes, words: str) -> None:
    file = with_part(book(tmp_path, sheet_of([["Council", "System", "Supplier"]])), part, content)
    with pytest.raises(DataError, match=words):
        open_sheets(file)


def test_a_workbook_of_too_many_parts_is_refused(tmp_path: Path) -> None:
    file = book(tmp_path, sheet_of([["Council", "System", "Supplier"]]))
    with zipfile.ZipFile(file, "a") as archive:
        for number in range(2001):
            archive.writestr(f"xl/p{number}.xml", "")
    with pytest.raises(DataError, match="parts"):
        open_sheets(file)


# --- anything at all ---


BASES = {
    "a.csv": (HEADER + ROWS).encode(),
    "b.csv": b"Council,System,Supplier,Contract end\nDover,Alpha,Alder Ltd,2028-01-01\n",
    "c.json": b'{"releases": [{"ocid": "a", "buyer": {"name": "Dover"}, "awards": [{"id": 1, "suppliers": [{"name": "B"}]}]}]}',
    "d.json": b'{"bomFormat": "CycloneDX", "metadata": {"component": {"name": "Dover"}}, "services": [{"name": "a", "provider": {"name": "b"}}]}',
    "e.json": b'[{"statementID": "a", "statementType": "entityStatement", "name": "x", "identifiers": [{"scheme": "s", "id": "i"}]}]',
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.sampled_from(sorted(BASES)), st.data())
def test_whatever_is_done_to_a_file_the_answer_is_a_data_set_or_one_message(
    tmp_path: Path, name: str, data: st.DataObject
) -> None:
    content = bytearray(BASES[name])
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(content)))
        content[at : at + data.draw(st.integers(0, 9))] = data.draw(
            st.binary(max_size=6)
            | st.sampled_from(["é;\u202e".encode(), "e\u0301".encode(), b"[]", b"{}", b"null", b"-1", b'";"', b"\r"])
        )
    file = tmp_path / name
    file.write_bytes(content)
    try:
        made, report = import_file(file, ImportOptions(council="Dover", suppliers="all", buyers="all"))
    except RiskGraphError:
        return
    assert report.balanced, report.to_dict()
    write(made, tmp_path / "map")
    assert read(tmp_path / "map").digest == made.digest


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.data())
def test_a_broken_workbook_is_one_message(tmp_path: Path, data: st.DataObject) -> None:
    whole = book(tmp_path, sheet_of([["Council", "System", "Supplier"], ["Dover", "Alpha", "Alder"]])).read_bytes()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        name = data.draw(st.sampled_from(sorted(archive.namelist())))
        part = bytearray(archive.read(name))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(part)))
        part[at : at + data.draw(st.integers(0, 40))] = data.draw(
            st.binary(max_size=4) | st.sampled_from([b"<", b'"', b"99", b"</c>"])
        )
    file = with_part(tmp_path / "register.xlsx", name, bytes(part))
    with contextlib.suppress(RiskGraphError):
        import_file(file, format="one-sheet")
