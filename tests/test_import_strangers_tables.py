"""Tables that nobody here had tried: other councils' headers, other finance systems' exports, sheets made by hand."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from riskgraph.cli import main
from riskgraph.data import Dataset
from riskgraph.errors import RiskGraphError
from riskgraph.importers import ImportOptions, ImportReport, import_file

AGRESSO = (
    "TransNo;ApArID;ApArID (T);Trans.date;Amount;Curr\n"
    "7001;100234;CIVICA UK LTD;07/04/2026;1.250,00;GBP\n"
    "7002;100235;IDOX SOFTWARE LTD;14/04/2026;800,50;GBP\n"
)
SAP = (
    "Vendor\tName 1\tPstng Date\tClearing\tAmount in LC\tLCurr\n"
    "100432\tCivica UK Ltd\t03.04.2026\t17.04.2026\t1,250.00\tGBP\n"
    "100433\tIdox Software Ltd\t04.04.2026\t18.04.2026\t800.50\tGBP\n"
)
FUSION = (
    "BUSINESS_UNIT,SUPPLIER_NAME,INVOICE_NUM,PAYMENT_DATE,PAYMENT_AMOUNT,PAYMENT_CURRENCY_CODE\n"
    "Thanet District Council,CIVICA UK LTD,INV-1,2026-04-03T00:00:00.000+00:00,1250,GBP\n"
    "Thanet District Council,IDOX SOFTWARE LTD,INV-2,2026-04-18T00:00:00.000+00:00,800.5,GBP\n"
)
EBS = (
    "Operating Unit|Vendor Name|Vendor Site|Check Date|Check Amount|GL Date\n"
    "Thanet District Council|CIVICA UK LIMITED|LEEDS|03-APR-26|1,250.00|31-MAR-26\n"
    "Thanet District Council|IDOX SOFTWARE LTD|LONDON|17-APR-26|800.50|31-MAR-26\n"
)
WELSH = "Cyflenwr,Dyddiad Talu,Swm\nCivica UK Ltd,01/04/2026,1250.00\nIdox Software Ltd,02/04/2026,800.50\n"
BILINGUAL = (
    "Enw'r Cyflenwr / Supplier Name;Dyddiad Talu / Payment Date;Swm Net / Net Amount\n"
    "Civica UK Ltd;01/04/2026;1250.00\nIdox Software Ltd;02/04/2026;800.50\n"
)
POUNDS_BEHIND = (
    "sep=;\nSupplier;Date;Amount\nCivica UK Ltd;01/04/2026;1.250,00 £\nIdox Software Ltd;02/04/2026;800,50 £\n"
)
TOTALLED = (
    "Creditor,Date Paid,Net £\nCivica UK Ltd,1 Apr 2026,1250.00\nIdox Software Ltd,2 Apr 2026,800.50\n,,2050.50\n"
)
ATAMIS = (
    "Contract: Contract Name,Contract: Reference,Supplier: Account Name,Start Date,End Date (excl. extensions),"
    "End Date (incl. extensions),Contracting Organisation\n"
    "Revenues system,C-1,Civica UK Ltd,01/04/2024,31/03/2027,31/03/2029,Dover District Council\n"
)
JAGGAER = (
    "Contract Code,Contract Title,Supplier Company,Effective Date,Expiration Date\n"
    "C-1,Revenues system,Civica UK Ltd,2024-04-01 00:00,2027-03-31 00:00\n"
)
BY_HAND = "What,Who with,From,To,How much\nRevenues system,Civica UK Ltd,01/04/2024,31/03/2027,\n"
PROACTIS = (
    "Reference,Title,Supplier,Contract Start,Current End,Ultimate End\n"
    "C-1,Revenues system,Civica UK Ltd,01 Apr 2024,31 Mar 2027,31 Mar 2029\n"
)


def taken(path: Path, text: str, name: str = "file.csv", **said: object) -> tuple[Dataset, ImportReport]:
    file = path / name
    file.write_text(text, encoding="utf-8")
    return import_file(file, ImportOptions(**said))  # type: ignore[arg-type]


def sellers(data: Dataset) -> set[str]:
    return {row.provider for row in data.relations.values() if row.provider.startswith("supplier:")}


def book(path: Path, sheets: dict[str, Sequence[Sequence[object]]], merged: Sequence[str] = ()) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
        for span in merged:
            sheet.merge_cells(span)
    made.save(path)
    return path


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["data", "import", *words])


@pytest.mark.parametrize(
    ("text", "day"),
    [
        (AGRESSO, "2026-04-14"),
        (SAP, "2026-04-18"),
        (FUSION, "2026-04-18"),
        (EBS, "2026-04-17"),
        (WELSH, "2026-04-02"),
        (BILINGUAL, "2026-04-02"),
        (POUNDS_BEHIND, "2026-04-02"),
        (TOTALLED, "2026-04-02"),
    ],
    ids=["agresso", "sap", "fusion", "ebs", "welsh", "bilingual", "pounds behind", "total without a word"],
)
def test_payments_of_any_finance_system_are_the_same_payments(tmp_path: Path, text: str, day: str) -> None:
    council = None if "Thanet" in text else "Thanet"
    data, report = taken(tmp_path, text, council=council)
    assert {(row.dependent, row.provider) for row in data.relations.values()} == {
        ("authority:thanet", "supplier:civica"),
        ("authority:thanet", "supplier:idox"),
    }
    assert (report.read, report.kept, report.as_of) == (2, 2, day)
    assert report.money is not None and str(report.money.total) in {"2050.50", "2050.5"}
    assert report.money.total == report.money.kept


@pytest.mark.parametrize(
    ("text", "latest", "reference"),
    [(ATAMIS, "2029-03-31", "C-1"), (JAGGAER, None, "C-1"), (BY_HAND, None, None), (PROACTIS, "2029-03-31", "C-1")],
    ids=["atamis", "jaggaer", "by hand", "proactis"],
)
def test_contracts_of_any_register_are_the_same_contract(
    tmp_path: Path, text: str, latest: str | None, reference: str | None
) -> None:
    data, report = taken(tmp_path, text, council=None if "Dover" in text else "Dover")
    (row,) = data.relations.values()
    assert (row.dependent, row.provider) == ("authority:dover", "supplier:civica")
    assert (row.valid_from, row.valid_to, row.contract_end_latest) == ("2024-04-01", "2027-03-31", latest)
    assert (row.contract_reference, report.format) == (reference, "contracts")


def test_a_header_in_two_languages_is_read_only_where_both_say_the_same(tmp_path: Path) -> None:
    text = "Supplier / Department,Payment Date,Amount\nCivica UK Ltd,01/04/2026,900\n"
    with pytest.raises(RiskGraphError, match="no column is known as its Supplier"):
        taken(tmp_path, text, council="Conwy")


@pytest.mark.parametrize(
    "name",
    [
        "100432/CIVICA UK LTD",
        "SUPP0091 - Civica UK Ltd",
        "V-20031: Civica UK Ltd",
        "CIVICA UK LTD_0012",
        "CIVICA UK LTD : 88123",
        "Civica UK Ltd/100432",
        "Civica UK Ltd #V10043",
    ],
)
def test_a_number_of_the_finance_system_around_a_name_is_taken_off_and_told(tmp_path: Path, name: str) -> None:
    data, report = taken(tmp_path, f"Supplier,Payment Date,Amount\n{name},01/04/2026,900\n", council="Thanet")
    assert sellers(data) == {"supplier:civica"}
    assert report.guess_count["words taken off the name of a supplier"] == 1


@pytest.mark.parametrize("name", ["3M/Scott Ltd", "Studio 2020 Ltd", "1st/2nd Line Support Ltd", "Area 51 - Leeds Ltd"])
def test_a_number_that_belongs_to_a_name_stays(tmp_path: Path, name: str) -> None:
    text = f"Supplier,Payment Date,Amount\n{name},01/04/2026,900\n"
    data, _ = taken(tmp_path, text, council="Thanet", suppliers="all")
    assert {data.entities[id_].name for id_ in sellers(data)} == {name}


@pytest.mark.parametrize(
    "words",
    [
        "Info not held",
        "Awarding in progress",
        "Not yet appointed",
        "Provided by the council",
        "Name to follow",
        "Contract not let",
        "Currently being re-tendered",
        "To be procured",
        "Council Tax Refund",
        "Various - Refunds",
        "CARER 1234",
        "Redacted - s.43",
        "Data protection",
        "Not for public release",
    ],
)
def test_words_for_nobody_make_no_supplier_that_councils_share(tmp_path: Path, words: str) -> None:
    text = (
        f"Council,Contract Title,Supplier,Start\nDover,Payroll,{words},01/04/2024\nThanet,Forms,Idox Ltd,01/04/2024\n"
    )
    data, report = taken(tmp_path, text)
    assert sellers(data) == {"supplier:idox"}
    assert (report.kept, sum(report.skipped_count.values())) == (1, 1)


@pytest.mark.parametrize(
    "name",
    [
        "Progress Housing Ltd",
        "In Progress Ltd",
        "Award Software Ltd",
        "Held & Co",
        "Follow On Ltd",
        "Carers UK",
        "Tax Refund Ltd",
    ],
)
def test_a_company_whose_name_has_such_words_stays(tmp_path: Path, name: str) -> None:
    data, _ = taken(tmp_path, f"Contract Title,Supplier,Start\nPayroll,{name},01/04/2024\n", council="Dover")
    assert {data.entities[id_].name for id_ in sellers(data)} == {name}


@pytest.mark.parametrize(
    "cell",
    [
        "(1) Civica UK Ltd (2) Idox Software Ltd",
        "(a) Civica UK Ltd (b) Idox Software Ltd",
        "Civica UK Ltd • Idox Software Ltd",
        "Civica UK Ltd // Idox Software Ltd",
        "Civica UK Ltd + Idox Software Ltd",
    ],
)
def test_several_suppliers_are_told_apart_by_any_mark(tmp_path: Path, cell: str) -> None:
    text = f"Contract Title,Supplier(s),Start,Total value\nForms,{cell},01/04/2024,1000\n"
    data, report = taken(tmp_path, text, council="Dover")
    assert sellers(data) == {"supplier:civica", "supplier:idox"}
    assert report.guess_count["one value for several suppliers, left out"] == 1


@pytest.mark.parametrize(
    ("name", "above", "says"),
    [
        (
            "spend.csv",
            "Thanet District Council - Payments over £250 - April 2026\n\n",
            "Row 1 says Thanet District Council",
        ),
        ("spend.csv", "Payments over £250\nThanet DC (April – June)\n", "Row 2 says Thanet DC"),
        ("Thanet_District_Council_spend_April_2026.csv", "", "Its name says Thanet District Council"),
        ("thanet-spend-2026.csv", "", "Its name says thanet"),
    ],
)
def test_a_council_in_the_title_or_the_name_of_the_file_is_named_in_a_command_that_works(
    tmp_path: Path, name: str, above: str, says: str
) -> None:
    file = tmp_path / name
    file.write_text(f"{above}Supplier,Date,Amount\nCivica UK Ltd,01/04/2026,900\n", encoding="utf-8")
    with pytest.raises(RiskGraphError) as refusal:
        import_file(file)
    assert says in str(refusal.value.fix)
    command = shlex.split(str(refusal.value.fix).partition("riskgraph data import ")[2])
    result = run(*command)
    assert result.exit_code == 0 and "1 kept" in result.output and "of Thanet" in result.output


def test_no_council_that_nobody_named_stands_in_a_command(tmp_path: Path) -> None:
    file = tmp_path / "spend.csv"
    file.write_text("Supplier,Date,Amount\nCivica UK Ltd,01/04/2026,900\n", encoding="utf-8")
    with pytest.raises(RiskGraphError) as refusal:
        import_file(file)
    assert "--council 'YOUR COUNCIL'" in str(refusal.value.fix)


def test_a_sum_without_a_word_is_told_from_a_payment_without_a_supplier(tmp_path: Path) -> None:
    text = "Supplier,Payment Date,Amount\nCivica UK Ltd,01/04/2026,900\nIdox Software Ltd,01/04/2026,600\n,,700\n"
    _, report = taken(tmp_path, text, council="Thanet")
    assert (report.read, report.kept) == (3, 2)
    assert report.money is not None and str(report.money.left_out["no supplier"]) == "700"


def test_from_and_to_that_are_days_make_no_graph_of_a_register(tmp_path: Path) -> None:
    rows = [["Dover District Council contracts"], ["Thing", "Firm", "From", "To"]]
    file = book(tmp_path / "a.xlsx", {"C": [*rows, ["Revenues", "Civica UK Ltd", "01/04/2024", "31/03/2027"]]})
    data, report = import_file(file, ImportOptions(council="Dover"))
    assert report.format == "contracts" and sellers(data) == {"supplier:civica"}


def test_an_own_list_with_a_column_of_systems_has_its_areas_in_the_column_of_services(tmp_path: Path) -> None:
    text = "System,Provider,Service,Hosting\nRevenues,Civica UK Ltd,Revenues and benefits,supplier\n"
    data, report = taken(tmp_path, text, council="Thanet")
    (row,) = (row for row in data.relations.values() if row.relation == "uses")
    assert (report.format, row.service_area, row.hosting) == ("one-sheet", "revenues-benefits", "supplier")


def test_what_is_used_is_a_system_in_every_row_of_the_links(tmp_path: Path) -> None:
    links = [
        ["Dependent", "Relation", "Provider"],
        ["OpenRev", "Supplied by", "Civica UK Ltd"],
        ["Dover", "uses", "OpenRev"],
    ]
    file = book(tmp_path / "a.xlsx", {"Links": links, "Organisations": [["Name", "Kind"], ["Dover", "council"]]})
    data, report = import_file(file, ImportOptions(as_of="2026-04-01"))
    assert {(row.dependent, row.relation, row.provider) for row in data.relations.values()} == {
        ("authority:dover", "uses", "system:openrev"),
        ("system:openrev", "supplied-by", "supplier:civica"),
    }
    assert not report.guess_count["word that is not known, left blank"]


def test_the_members_of_a_joint_buyer_stand_in_the_first_line_beside_the_others(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(
        "Council,Title,Supplier,Start\nDover,Payroll,Civica UK Ltd,01/04/2024\n"
        "Adur DC & Worthing BC,Payroll,Idox Software Ltd,01/04/2024\n",
        encoding="utf-8",
    )
    assert "of Adur, Dover and Worthing" in run(str(file)).output.partition("\n")[0]


@pytest.mark.parametrize(
    "buyer",
    [
        "East Suffolk Council on behalf of itself, Ipswich BC and Babergh DC",
        "East Suffolk + Ipswich + Babergh",
        "Babergh DC/Ipswich BC/East Suffolk",
    ],
)
def test_a_buyer_for_itself_and_others_is_all_of_them(tmp_path: Path, buyer: str) -> None:
    data, _ = taken(tmp_path, f'Buyer,Title,Supplier,Start\n"{buyer}",Web,Idox Software Ltd,01/04/2024\n')
    members = {row.dependent for row in data.relations.values() if row.relation == "served-by"}
    assert members == {"authority:east-suffolk", "authority:ipswich", "authority:babergh"}


def test_payments_that_a_system_writes_with_a_minus_are_no_silent_credits(tmp_path: Path) -> None:
    file = tmp_path / "sap.csv"
    file.write_text(
        "Supplier,Date,Amount\nCivica UK Ltd,03.04.2026,900.00-\nIdox Ltd,04.04.2026,100.00-\n", encoding="utf-8"
    )
    result = run(str(file), "--council", "Dover", "--to", str(tmp_path / "map"))
    assert result.exit_code == 2 and not (tmp_path / "map").exists()
    assert "turn the sign round" in result.output
