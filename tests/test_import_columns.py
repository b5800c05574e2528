"""Which column is which: by name and by cells together, with one vocabulary; and refusals from which one gets on."""

from __future__ import annotations

import csv
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from riskgraph.cli import main
from riskgraph.data import Dataset, read
from riskgraph.errors import RiskGraphError
from riskgraph.importers import ImportOptions, ImportReport, detect, import_file
from riskgraph.importers.cell_sorts import looks_of
from riskgraph.importers.columns import TableKind, place_columns, score_of_headers
from riskgraph.importers.spending import SPENDING

PAID = {  # what stands below a header; two rows each
    "date": ("28/04/2014", "07/04/2014"),
    "money": ("2,500.00", "1200.50"),
    "supplier": ("Quenby Software Ltd", "Kerbside Digital Ltd"),
    "payer": ("Dover District Council", "Dover District Council"),
    "id": ("K-1001", "K-1002"),
    "number": ("2226669", "2226394"),
    "text": ("Corporate services", "Licences and support"),
    "title": ("Parking permits", "Housing management system"),
    "start": ("01/04/2024", "01/10/2023"),
    "end": ("31/03/2029", "30/09/2028"),
    "blank": ("", ""),
}


def table(where: Path, columns: dict[str, str], name: str = "file.csv") -> Path:
    """A file with these headers, each above cells of a sort."""
    with (where / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*(PAID[sort] for sort in columns.values()), strict=True))
    return where / name


def taken(file: Path, **said: str) -> tuple[Dataset, ImportReport]:
    return import_file(file, ImportOptions(suppliers="all", **said))  # type: ignore[arg-type]


def read_as(report: ImportReport) -> dict[str, str]:
    """Field to the header of the column that was taken for it."""
    return {str(one["field"]): str(one["column"]) for one in report.columns}


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["data", "import", *words])


def way_out(told: str, where: Path) -> list[str]:
    """The words of the command that a refusal proposes."""
    command = told.strip().splitlines()[-1].partition("riskgraph data import ")[2]
    assert command, told
    words = shlex.split(command)
    assert words[0].endswith(".csv")
    return [str(where / words[0]) if not Path(words[0]).is_absolute() else words[0], *words[1:]]


# Header rows that councils publish; the cells are invented.
SPENT = [
    pytest.param({"Service Delivery Area(T)": "text", "Account(T)": "text", "Supplier Name(T)": "supplier", "Trans Date": "date", "Amount": "money"}, id="telford"),
    pytest.param({"Supplier": "number", "Supplier(T)": "supplier", "Transaction No": "number", "Date": "date", "Amount": "money"}, id="coventry"),
    pytest.param({"Date": "date", "Supplier": "number", "Supper (T)": "supplier", "ID3": "number", "Amount": "money"}, id="coventry-misspelt"),
    pytest.param({"Directorate": "text", "Group Description": "text", "Supplier Name": "supplier", "Invoice Payment Date": "date", "Total (excludes VAT)": "money"}, id="newcastle"),
    pytest.param({"Body": "payer", "Date": "date", "Internal Ref Number": "number", "Net Amount": "money", "Irrecoverable VAT": "blank", "Supplier(Beneficiary) Name": "supplier", "Supplier ID": "id", "Purpose of Spend (Summary)": "text"}, id="calderdale"),
    pytest.param({"BodyName": "payer", "ExpenseCategory": "text", "Date": "date", "TransactionNumber": "number", "Amount": "money", "SupplierName": "supplier"}, id="york-2011"),
    pytest.param({"OrganisationName": "payer", "Supplier_Beneficiary": "supplier", "SupplierID": "number", "PaymentDate": "date", "NetAmount_ExcVAT": "money"}, id="york-2015"),
    pytest.param({"Organisation_Name": "payer", "Creditor_Name": "supplier", "GL_Date": "start", "Payment_Date": "date", "Transaction_No": "number", "Net_Amount": "money"}, id="york-2018"),
    pytest.param({"Supplier Name": "supplier", "Comp. reg. no": "blank", "Payment Date": "date", "TransNo": "number", "Seq No": "number", "Net Amount": "money", "Purpose (Desc) of Spend": "text"}, id="wakefield"),
    pytest.param({"Entity Name": "payer", " Description": "text", "SUPPLIER_NAME": "supplier", "VOUCHER_NUM": "number", "PAYMENT_DATE": "date", "LINE_AMOUNT": "blank", "INVOICE_AMOUNT": "blank", "Net AMOUNT": "money"}, id="cornwall"),
    pytest.param({"extractdate": "start", "Date Spend Occured": "date", "Department Incurring Spend": "text", "Beneficiary Name": "supplier", "Summary of Purpose of Spend": "text", " Gross Amount ": "money", "Merchant Category": "text"}, id="surrey"),
    pytest.param({"Organisation Label": "payer", "Payment Date": "date", "Beneficiary Name": "supplier", "Purpose": "text", "Amount GBP": "money", "Irrecoverable VAT Amount GBP": "blank", "Unique Identifier": "number"}, id="camden"),
    pytest.param({"Merchant Category": "text", "Supplier": "supplier", "Service": "text", "Summary of purpose of expenditure": "text", "invoice_date": "start", "paid_date": "date", " net_amount ": "money"}, id="stockport"),
    pytest.param({"Supplier Name": "supplier", "Transaction Number": "number", "Paid Date": "date", "Paid Amount": "money", "Department ": "text"}, id="wirral"),
    pytest.param({"Directorate(T)": "text", "Expense Type(T)": "text", "Supplier(T)": "supplier", "Pay Date": "date", "Amount": "money"}, id="bedford"),
    pytest.param({"Cost Centre": "text", "Purpose of Spend": "text", "Amount": "money", "Supplier Beneficiary": "supplier", "Date": "date"}, id="somerset"),
    pytest.param({"Area of Spend": "text", "Expense Description": "text", "Value": "money", "Supplier or Redacted Statement": "supplier", "Date": "date"}, id="medway"),
    pytest.param({"Directorate": "text", "Expenditure Category": "text", "Posted amount": "money", "Supplier": "supplier", "Posting date": "date"}, id="redcar"),
    pytest.param({"Date": "date", "Name": "supplier", "Value": "money", "Merchant Group*": "text"}, id="essex"),
    pytest.param({"Date the expenditure was incurred": "date", "Local authority department which incurred the expenditure": "text", "Beneficiary": "supplier", "Summary of the purpose of the expenditure": "text", "Amount (£)": "money", "Merchant category": "text"}, id="transparency-code"),
    pytest.param({"Supplier Name (as invoiced)": "supplier", "Payment Date (dd/mm/yyyy)": "date", "Net Amount (£, excl. VAT)": "money"}, id="explained-in-brackets"),
    pytest.param({"Supplier\nName": "supplier", "Payment\nDate": "date", "Amount £\n(ex VAT)": "money", "Amount £\n(inc VAT)": "text"}, id="lines-and-pounds"),
    pytest.param({"Supplier": "supplier", "Pymt Dt": "date", "Amt": "blank", "Sum paid": "money"}, id="a-date-by-its-cells"),
    pytest.param({"Vendor Name": "supplier", "Clearing Date": "date", "Document Date": "start", "Amount in local currency": "money", "Document number": "number"}, id="sap"),
]  # fmt: skip


@pytest.mark.parametrize("columns", SPENT)
def test_spending_under_every_councils_headers_is_the_same_spending(tmp_path: Path, columns: dict[str, str]) -> None:
    file = table(tmp_path, columns)
    assert detect(file).name == "spending"
    data, report = taken(file, council="Dover")
    got = read_as(report)
    sorts = {header.strip().replace("\n", " "): sort for header, sort in columns.items()}
    assert [sorts[got[field]] for field in ("supplier", "amount", "date")] == ["supplier", "money", "date"], got
    assert {data.entities[row.provider].name for row in data.relations.values()} == set(PAID["supplier"])
    assert (data.info.as_of, report.kept, report.read) == ("2014-04-28", 2, 2)
    assert "read by likeness" not in " ".join(report.guesses)


HELD = [
    pytest.param({"Contract No": "id", "Contract Title": "title", "Vendor": "supplier", "Start Date": "start", "End Date": "end", "Value": "money"}, id="number-title-vendor"),
    pytest.param({"Supplier ID": "id", "Supplier Name": "supplier", "Agreement Title": "title", "Commencement": "start", "Expiry": "end", "Contract Sum (£)": "money", "Agreement Reference": "id"}, id="id-beside-name"),
    pytest.param({"Contract": "id", "Title of Agreement": "title", "Supplier": "number", "Name of supplier": "supplier", "Start": "start", "End": "end", "Sum to be paid over the length of the contract": "money", "Reference number": "number"}, id="codes-under-the-plain-word"),
    pytest.param({"ContractReference": "id", "ContractTitle": "title", "OrganisationalUnit": "text", "StartDate": "start", "EndDate": "end", "ContractValue": "money", "SupplierName": "supplier", "ReviewDate": "blank"}, id="lga"),
    pytest.param({"Directorate/Service Responsible": "text", "Contract Title": "title", "Contract Ref:": "id", "Contractor/Provider": "supplier", "Original Start/Commencement Date": "start", "Current end date": "end", "Contract Value\n(\u0153)": "money"}, id="exeter"),
    pytest.param({"CONTRACT_NAME": "title", "AWARDED_SUPPLIER": "supplier", "CONTRACT_START_DATE": "start", "CONTRACT_CURRENT_END_DATE": "end", "CONTRACT_VALUE": "money", "CONTRACT_ID": "id"}, id="nhs"),
    pytest.param({"Ref": "number", "Description of the goods and/or services being provided": "title", "Awarded to": "supplier", "Contract from": "start", "Contract to": "end", "Total contract value (excl VAT)": "money"}, id="only-a-description"),
]  # fmt: skip


@pytest.mark.parametrize("columns", HELD)
def test_a_contract_register_under_every_councils_headers_is_the_same(tmp_path: Path, columns: dict[str, str]) -> None:
    data, report = taken(table(tmp_path, columns), council="Salford")
    assert report.format == "contracts"
    assert set(PAID["supplier"]) <= {entity.name for entity in data.entities.values()}
    rows = {row.valid_from: row for row in data.relations.values() if row.valid_from}
    assert sorted(rows) == ["2023-10-01", "2024-04-01"]
    got = rows["2024-04-01"]
    assert (got.valid_to, str(got.contract_value_gbp)) == ("2029-03-31", "2500.00")
    assert got.contract_reference in {"K-1001", "2226669"}
    assert not any("K-100" in entity.name for entity in data.entities.values())


def test_a_number_that_looks_like_a_suppliers_column_is_never_the_supplier(tmp_path: Path) -> None:
    """The signing date was the end, and suppliers were called K-1001."""
    columns = {"Supplierno": "id", "Contract Title": "title", "Start Dates": "start", "End Daet": "end"}
    with pytest.raises(RiskGraphError, match="no column is known as its Supplier"):
        taken(table(tmp_path, columns), council="Salford")
    kind = TableKind.of("contracts", required=("supplier", "title"), whose="council")
    near = place_columns(["Suplier Nmae", "Contract Title", "Strat Date", "Contract Valeu", "Purchasing Boddy"], kind)
    assert near.places == {"title": (1,)}


def test_likeness_still_helps_where_nothing_hangs_on_it() -> None:
    kind = TableKind.of("contracts", required=("supplier", "title"), whose="council")
    near = place_columns(["Supplier", "Title", "Framwork Reference"], kind)
    assert near.places["framework"] == (2,)
    assert near.guesses == ("column 'Framwork Reference' read as framework",)


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Supplier (T)", "supplier"),
        ("Supplier [beneficiary]", "supplier"),
        ("Net Amount (GBP)", "amount"),
        ("Amount, excl. VAT", "amount"),
        ("Supplier (Postcode)", None),
        ("Supplier (VAT number)", None),
        ("Amount (£000)", None),
        ("Amount (£k)", None),
        ("Amount (VAT)", None),
        ("Amount (per month)", None),
        ("Payment Date (previous)", None),
    ],
)
def test_what_stands_in_brackets_is_taken_off_unless_it_makes_another_thing(header: str, field: str | None) -> None:
    places = place_columns([header], SPENDING.tables[0]).places
    assert {"supplier", "amount", "date"} & set(places) == ({field} if field else set())


def test_net_goes_before_gross_and_the_day_of_payment_before_that_of_the_invoice(tmp_path: Path) -> None:
    columns = {"Gross Amount": "number", "Invoice Date": "start", "Net Amount": "money", "Date Paid": "date", "Supplier": "supplier"}  # fmt: skip
    _, report = taken(table(tmp_path, columns), council="Dover")
    assert read_as(report) == {"supplier": "Supplier", "amount": "Net Amount", "date": "Date Paid"}
    swapped = dict(reversed(columns.items()))
    _, report = taken(table(tmp_path, swapped), council="Dover")
    assert read_as(report) == {"supplier": "Supplier", "amount": "Net Amount", "date": "Date Paid"}


def test_a_surer_header_over_cells_that_contradict_it_is_passed_over_and_told(tmp_path: Path) -> None:
    columns = {"Supplier Name": "number", "Vendor": "supplier", "Payment Date": "blank", "Invoice Date": "date", "Amount": "money"}  # fmt: skip
    _, report = taken(table(tmp_path, columns), council="Dover")
    assert read_as(report)["supplier"] == "Vendor"
    assert read_as(report)["date"] == "Invoice Date"
    assert sorted(report.guesses["column judged by its cells"]) == [
        "column 'Payment Date' is hardly filled: 'Invoice Date' read as date",
        "column 'Supplier Name' holds no name but numbers ('2226669'): 'Vendor' read as supplier",
    ]


def test_a_column_of_references_called_supplier_is_refused_and_said(tmp_path: Path) -> None:
    with pytest.raises(RiskGraphError, match="Column 'Supplier' holds no name but references \\('K-1001'\\)"):
        taken(table(tmp_path, {"Supplier": "id", "Contract Title": "title", "Start Date": "start"}), council="Dover")


def test_one_unknown_column_of_dates_is_the_day_of_payment_and_said(tmp_path: Path) -> None:
    data, report = taken(table(tmp_path, {"Supplier": "supplier", "Amount": "money", "Xyz": "date"}), council="Dover")
    assert data.info.as_of == "2014-04-28"
    assert report.guesses["column judged by its cells"] == ["column 'Xyz' read as date: its 2 values are dates"]
    scores = {one["field"]: one["score"] for one in report.to_dict()["columns"]}
    assert scores == {"supplier": 1.0, "amount": 1.0, "date": 0.5}


def test_two_unknown_columns_of_dates_are_told_before_anything_else(tmp_path: Path) -> None:
    file = table(tmp_path, {"Supplier": "supplier", "Amount": "money", "Xyz": "date", "Zyx": "start"})
    said = run(str(file), "--council", "Dover", "--suppliers", "all").output
    lines = said.split("\nfile.csv (spending)")[1].splitlines()
    assert lines[1].startswith("- First: 'Xyz' and 'Zyx' hold dates that nobody knows by name")
    assert "data of 28 April 2014, the latest day in columns that nobody knows by name" in said.splitlines()[0]


@pytest.mark.parametrize(
    ("header", "field"),
    [("Pymt Dt", "date"), ("Net_Amt", "amount"), ("Supp. Name", "supplier"), ("Inv Dt (dd/mm/yy)", "date"), ("Supp No", "supplier_id")],
)  # fmt: skip
def test_short_words_are_read_in_full(header: str, field: str) -> None:
    assert list(place_columns([header], SPENDING.tables[0]).places) == [field]


def test_an_empty_date_column_gives_way_to_the_only_column_of_dates(tmp_path: Path) -> None:
    columns = {"Supplier": "supplier", "Amount": "money", "Payment Date": "blank", "Recd": "date"}
    data, report = taken(table(tmp_path, columns), council="Dover")
    assert (read_as(report)["date"], data.info.as_of) == ("Recd", "2014-04-28")


def test_contracts_without_a_title_are_contracts_if_one_knows_when_they_end(tmp_path: Path) -> None:
    columns = {"Ref": "id", "Supplier Ref": "number", "Provider": "supplier", "Contract Signed Date": "start", "Contract End Dt": "end", "Total": "money"}  # fmt: skip
    data, report = taken(table(tmp_path, columns), council="Dover")
    assert report.format == "contracts"
    assert sorted(str(row.valid_to) for row in data.relations.values()) == ["2028-09-30", "2029-03-31"]
    assert not any(row.valid_from for row in data.relations.values())  # the day of signing is no start
    assert "Contract Signed Date" in report.unused_columns


def test_the_dates_of_a_contract_are_never_guessed(tmp_path: Path) -> None:
    columns = {"Supplier": "supplier", "Contract Title": "title", "Xyz": "start"}
    data, report = taken(table(tmp_path, columns), council="Dover")
    assert not any(row.valid_from or row.valid_to for row in data.relations.values())
    assert report.first == ["'Xyz' holds dates that nobody knows by name: not read; --columns says what they are."]


def test_a_date_column_without_a_date_is_told_first(tmp_path: Path) -> None:
    columns = {"Supplier": "supplier", "Contract Title": "title", "Start Date": "text", "End Date": "end"}
    _, report = taken(table(tmp_path, columns), council="Dover")
    assert report.first == ["Column 'Start Date' holds no date but names or text ('Corporate services')."]


@pytest.mark.parametrize(
    "order", [("date", "money", "supplier"), ("supplier", "date", "money"), ("number", "supplier", "money", "date")]
)
def test_a_file_without_a_header_that_reads_one_way_only_is_read(tmp_path: Path, order: tuple[str, ...]) -> None:
    file = tmp_path / "bare.csv"
    rows = zip(*(PAID[sort] for sort in order), strict=True)
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows(rows)
    data, report = taken(file, council="Dover")
    assert (report.format, report.read, report.kept, data.info.as_of) == ("spending", 2, 2, "2014-04-28")
    assert read_as(report) == {
        field: f"column {order.index(sort) + 1}"
        for field, sort in (("supplier", "supplier"), ("amount", "money"), ("date", "date"))
    }
    with pytest.raises(RiskGraphError, match="does not say who paid"):
        taken(file)


REFUSED = [
    pytest.param({"Contract No": "id", "Contract Title": "title", "Firma": "supplier", "Start Date": "start", "Value": "money"}, "Supplier", "contracts", id="supplier-by-another-word"),
    pytest.param({"Supplier": "supplier", "Betrag": "money", "When": "date"}, "Amount", "spending", id="amount-by-another-word"),
    pytest.param({"Supplier Nmae": "supplier", "Net Ammount": "money", "Payment Date": "date", "Purpose": "text"}, "Supplier", "spending", id="misspelt"),
    pytest.param({"System": "title", "Leverancier": "supplier", "Hosting": "text", "Contract End Date": "end"}, "Supplier", "one-sheet", id="systems-in-another-tongue"),
    pytest.param({"Supplier": "id", "Who": "supplier", "Contract Title": "title", "Start Date": "start", "End Date": "end"}, "Supplier", "contracts", id="contradicted"),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "missing", "format_"), REFUSED)
def test_a_refusal_shows_what_it_saw_and_its_command_imports(
    tmp_path: Path, columns: dict[str, str], missing: str, format_: str
) -> None:
    file = table(tmp_path, columns, "what we have.csv")
    told = run(str(file), "--council", "Dover")
    assert told.exit_code == 2
    assert missing in told.output.splitlines()[0]
    for header, sort in columns.items():
        assert f"  {header}: " in told.output
        assert repr(PAID[sort][0]) in told.output
    assert "Row 1 is read as the header row" in told.output
    out = tmp_path / "map"
    again = run(*way_out(told.output, tmp_path), "--suppliers", "all", "--to", str(out))
    assert again.exit_code == 0, again.output
    assert again.output.startswith("2 rows read, 2 kept") and f"({format_}):" in again.output
    assert set(PAID["supplier"]) <= {entity.name for entity in read(out).entities.values()}
    for_all = run(str(file))  # without a council it is proposed as well
    assert run(*way_out(for_all.output, tmp_path), "--suppliers", "all").exit_code == 0


def test_a_file_without_a_header_that_reads_several_ways_gets_a_command_for_this_file(tmp_path: Path) -> None:
    file = tmp_path / "bare.csv"
    file.write_text("ICT,28/04/2014,Quenby Software Ltd,2500.00\nLaw,07/04/2014,Kerbside Digital Ltd,12.50\n")
    told = run(str(file), "--council", "Dover")
    assert told.exit_code == 2
    assert "column 3: names or text ('Quenby Software Ltd')" in told.output
    words = way_out(told.output, tmp_path)
    assert words[words.index("--columns") + 1] == "-,date,supplier,amount"
    again = run(*words, "--suppliers", "all", "--to", str(tmp_path / "map"))
    assert again.exit_code == 0, again.output
    assert read(tmp_path / "map").info.as_of == "2014-04-28"


def test_a_file_of_no_format_shows_its_header_row(tmp_path: Path) -> None:
    file = tmp_path / "odd.csv"
    file.write_text("Report of the day\n\nColour,Weight\nred,1\nblue,2\n")
    told = run(str(file)).output
    assert told.startswith("Error: odd.csv is of no format that is known here.\nRow 3 is read as the header row")
    assert "  Weight: numbers ('1')" in told
    assert "--from: " in told.splitlines()[-1]


def test_a_table_without_amounts_is_not_offered_a_command_that_cannot_work(tmp_path: Path) -> None:
    file = table(tmp_path, {"Supplier Name": "supplier", "Payment Date": "date"})
    told = run(str(file), "--from", "spending", "--council", "Dover").output
    assert "riskgraph data import" not in told
    assert told.splitlines()[-1].startswith("Add a column Amount, or check that it is the right file")


SYSTEMS = {
    "System": "title",
    "Supplier": "supplier",
    "Service area": "text",
    "Hosting": "text",
    "Contract End Date": "end",
}


def test_a_list_of_systems_of_one_council_is_a_register_once_the_council_is_named(tmp_path: Path) -> None:
    file = table(tmp_path, SYSTEMS)
    data, report = taken(file, council="Salford")
    assert (report.format, report.kept) == ("one-sheet", 2)
    assert {row.dependent for row in data.relations.values() if row.relation == "uses"} == {"authority:salford"}
    told = run(str(file))
    assert told.output.startswith("Error: file.csv does not say which council uses what")
    assert "  Contract End Date: dates ('31/03/2029')" in told.output
    assert run(*way_out(told.output, tmp_path)).exit_code == 0


@pytest.mark.parametrize(
    ("columns", "format_"),
    [
        ({"Application": "title", "Vendor": "supplier", "Department": "text", "Criticality": "text"}, "one-sheet"),
        ({"Name": "title", "Supplier": "supplier", "Hosted": "text", "Renewal date": "end"}, "one-sheet"),
        (
            {"Solution": "title", "Software vendor": "supplier", "Team": "text", "Cloud or on premises": "text"},
            "one-sheet",
        ),
        ({"Software": "title", "Supplier": "supplier", "Annual cost": "money", "Contract end": "end"}, "one-sheet"),
        ({"Supplier": "supplier", "Contract Title": "title", "Service": "text", "End Date": "end"}, "contracts"),
        ({"Service": "text", "Supplier Name": "supplier", "Net Amount": "money", "Date": "date"}, "spending"),
        (
            {
                "Department": "text",
                "Supplier Name": "supplier",
                "Supplier ID": "id",
                "Description": "text",
                "Category": "text",
                "Net Amount": "money",
                "Payment Date": "date",
                "Company number": "number",
            },
            "spending",
        ),
        (
            {
                "Contract ID": "id",
                "Contractor": "supplier",
                "Description": "title",
                "From": "start",
                "To": "end",
                "Sum": "money",
            },
            "contracts",
        ),
        ({"Company": "supplier", "Company number": "number", "Parent company": "supplier"}, "ownership"),
        ({"Supplier": "supplier", "Description": "text", "Amount": "money", "Payment date": "date"}, "spending"),
    ],
)
def test_tables_that_share_headers_are_told_apart(tmp_path: Path, columns: dict[str, str], format_: str) -> None:
    file = table(tmp_path, columns)
    assert detect(file).name == format_
    _, report = taken(file, council="Dover")
    assert report.to_dict()["formats_that_fit"][format_] == max(report.fits.values())


def test_columns_that_are_named_choose_the_format(tmp_path: Path) -> None:
    file = tmp_path / "bare.csv"
    file.write_text("Law,Quenby Software Ltd,07/04/2014,x,2500.00\n")
    data, report = import_file(
        file, ImportOptions(council="Dover", suppliers="all", columns=("-", "supplier", "date", "-", "amount"))
    )
    assert (report.format, report.kept, data.info.as_of) == ("spending", 1, "2014-04-07")


def test_a_header_below_the_columns_that_are_named_is_no_row(tmp_path: Path) -> None:
    file = table(tmp_path, {"Was": "title", "Wer": "supplier", "Ab": "start", "Bis": "end"})
    columns = ("title", "supplier", "start", "end")
    data, report = import_file(file, ImportOptions(council="Dover", columns=columns), format="contracts")
    assert (report.read, report.kept) == (2, 2)
    assert any("Row 1 has words where the rows below have dates" in note for note in report.notes)
    assert "Wer" not in {entity.name for entity in data.entities.values()}


def test_nothing_empty_is_written_and_the_reasons_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "empty.csv"
    file.write_text("Supplier,Amount,Payment date\nQuenby Software Ltd,nothing,28/04/2014\n,2500.00,28/04/2014\n")
    out = tmp_path / "map"
    told = run(str(file), "--council", "Dover", "--suppliers", "all", "--to", str(out))
    assert told.exit_code == 2
    assert "Nothing was kept of empty.csv" in told.output.splitlines()[0]
    assert "- Left out, no supplier: 1 row (row 3)." in told.output
    assert not out.exists()


def test_what_a_column_looks_like_does_not_hang_on_the_order_of_its_rows() -> None:
    rows = [("K-1001", "Idox", "28/04/2014", "12"), ("K-1002", "", "1 May 2014", "1.50"), ("x", "A B", "tbc", "-3")]
    forward, backward = looks_of(rows), looks_of(rows[::-1])
    assert [look.sort for look in forward] == ["references", "names or text", "dates", "amounts"]
    assert [look[:-1] for look in forward] == [look[:-1] for look in backward]


def test_formats_are_scored_by_cells_too(tmp_path: Path) -> None:
    kind = SPENDING.tables[0]
    good = table(tmp_path, {"Supplier": "supplier", "Amount": "money", "Date": "date"}, "good.csv")
    bad = table(tmp_path, {"Supplier": "supplier", "Amount": "text", "Date": "date"}, "bad.csv")
    assert (score_of_headers(good, kind), score_of_headers(bad, kind)) == (3, 0)


@pytest.mark.parametrize("page", ["spending", "contracts"])
def test_the_example_on_the_page_of_a_format_is_read_as_it_says(tmp_path: Path, page: str) -> None:
    text = (Path(__file__).parents[1] / "docs" / "import" / f"{page}.md").read_text(encoding="utf-8")
    file = tmp_path / "example.csv"
    file.write_text(text.split("```csv\n")[1].split("```")[0], encoding="utf-8")
    data, report = taken(file, council="Dover")
    assert (report.format, report.read, report.redacted) == (page, 5, 1)
    assert (report.kept, sum(report.skipped_count.values())) == (4, 1)
    assert not report.first
    assert {"quenby software ltd", "kerbside digital ltd"} <= {one.name.casefold() for one in data.entities.values()}
