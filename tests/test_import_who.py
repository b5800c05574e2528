"""Who is meant: suppliers behind additions, several in a cell, joint buyers, departments, and what a person decides."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.matching.__main__ import answers, labelled, measured, rarity, token_sort
from riskgraph.assets import shipped
from riskgraph.data import Dataset, read
from riskgraph.data.directory import directory
from riskgraph.errors import DataError, RiskGraphError
from riskgraph.importers import ImportOptions, ImportReport, import_file
from riskgraph.importers.likeness import Likeness
from riskgraph.importers.matching import Councils
from riskgraph.importers.parts import fewest, pieces
from riskgraph.importers.review import decisions, doubts, likely_names, to_csv
from riskgraph.importers.supplier_names import KnownSuppliers, NamesInACell
from riskgraph.importers.values import clean_supplier
from riskgraph.vocabulary import pattern

COUNCILS = Councils(read("seeds").register)
KNOWN = KnownSuppliers({}, {})


def brought_in(tmp_path: Path, text: str, name: str = "file.csv", **said: object) -> tuple[Dataset, ImportReport]:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return import_file(file, ImportOptions(**said))  # type: ignore[arg-type]


def suppliers_of(data: Dataset, council: str) -> set[str]:
    """Suppliers that a council is connected to, through a product or straight."""
    makers = {row.dependent: row.provider for row in data.relations.values() if row.relation == "made-by"}
    ends = {row.provider for row in data.relations.values() if row.dependent == f"authority:{council}"}
    return {makers.get(end, end).removeprefix("supplier:") for end in ends}


def authorities(data: Dataset) -> set[str]:
    return {entity.name for entity in data.entities.values() if entity.kind == "authority"}


# --- suppliers behind what finance systems add ---


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("CIVICA UK LIMITED (23120510)", "civica"),
        ("CIVICA UK LIMITED [A/C 23120510]", "civica"),
        ("CIVICA UK LTD - 100432", "civica"),
        ("100432 - CIVICA UK LTD", "civica"),
        ("Civica UK Ltd REF 12345", "civica"),
        ("Civica UK Ltd (Ref: CIV00123)", "civica"),
        ("CIVICA UK LTD (DD)", "civica"),
        ("CIVICA UK LTD - BACS", "civica"),
        ("Civica UK Ltd**", "civica"),
        ("ZZ_CIVICA UK LTD", "civica"),
        ("***DO NOT USE*** CIVICA UK LTD", "civica"),
        ("CIVICA UK LTD (DO NOT USE)", "civica"),
        ("OLD - Civica UK Ltd", "civica"),
        ("LIQUIDLOGIC LIMITED [GROUPED]", "liquidlogic"),
        ("NORTHGATE PUBLIC SERVICES (UK) LTD (23120510)", "nec"),
        ("NEC SOFTWARE SOLUTIONS UK LTD (PREVIOUSLY NORTHGATE)", "nec"),
        ("NEC Software Solutions UK Ltd formerly Northgate Public Services", "nec"),
        ("CIVICA UK LTD (LEEDS)", "civica"),
        ("CIVICA UK LTD - LEEDS", "civica"),
        ("Civica UK Ltd, Leeds", "civica"),
        ("CIVICA UK LTD (LEEDS) - BACS", "civica"),
        ("CIVICA UK LTD (APP)", "civica"),
        ("Civica UK Ltd c/o Barclays Bank", "civica"),
        ("Civica UK Ltd t/a Larkmead Payments", "civica"),
        ("Larkmead Ltd trading as Capita Business Services Ltd", "capita"),
        ("Capita Business Services Ltd (Trading as Larkmead Lo", "capita"),
    ],
)
def test_a_known_supplier_is_found_behind_additions_and_it_is_said(tmp_path: Path, name: str, id_: str) -> None:
    text = f'Supplier Name,Payment Date,Net Amount\n"{name}",03/04/2026,12000.00\n'
    data, report = brought_in(tmp_path, text, council="Thanet")
    assert suppliers_of(data, "thanet") == {id_}
    assert any(name in example for examples in report.guesses.values() for example in examples)


@pytest.mark.parametrize(
    "name",
    [
        "Northgate Vehicle Hire",
        "113-117 NORTHGATE",
        "Wildstone Capita",
        "Capital Cars",
        "Career Connect",
        "CAPITA IT SERVICES",
        "Oracle (Shopping Centre)",
        "Restore - Harrow Green Removals",
        "ORACLE CARE LTD",
        "A Trader t/a Oracle",
        "Larkmead Ltd (formerly Civica UK Ltd)",
        "Larkmead Ltd c/o Civica UK Ltd",
        "Larkmead Ltd (23120510)",
    ],
)
def test_false_friends_are_never_a_known_supplier(tmp_path: Path, name: str) -> None:
    text = f'Council,System,Supplier\nDover,Larkmead,"{name}"\n'
    data, _ = brought_in(tmp_path, text)
    assert suppliers_of(data, "dover").isdisjoint(id_.removeprefix("supplier:") for id_ in directory().entities)


def test_two_names_that_differ_in_an_account_number_are_one_supplier(tmp_path: Path) -> None:
    text = "Council,System,Supplier\nDover,Alpha,Larkmead Ltd (23120510)\nThanet,Alpha,LARKMEAD LIMITED - 100999\n"
    data, _ = brought_in(tmp_path, text)
    assert suppliers_of(data, "dover") == suppliers_of(data, "thanet") == {"larkmead"}


@pytest.mark.parametrize(
    "name",
    [
        "Studio 2000",
        "Alder Holdings (2004) Ltd",
        "Pier 39 Ltd",
        "Old Mill Ltd",
        "Closed Loop Ltd",
        "Unit 4",
        "Main Street Ltd",
    ],
)
def test_what_belongs_to_a_name_stays(name: str) -> None:
    assert clean_supplier(name) == (name, None)


def test_no_addition_looks_like_a_plain_name() -> None:
    """The quick ways past the patterns leave none of their examples untouched."""
    with shipped("importing", "patterns.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    added = [row["example"] for row in rows if row["list"] == "supplier: taken off the name"]
    assert len(added) > 12
    assert [name for name in added if clean_supplier(name) == (name, None)] == []
    several = [row["example"] for row in rows if row["list"] == "several suppliers: between"]
    cell = NamesInACell(KNOWN, lambda _: None, str)
    assert [name for name in several if len(cell.apart(name).names) != 2 and not cell.apart(name).doubtful] == []


@given(st.text(max_size=40), st.sampled_from(["", " (23120510)", " - BACS", " (DD)", "**", " REF 12345"]))
def test_no_name_breaks_the_reading(name: str, more: str) -> None:
    cleaned, taken = clean_supplier(name + more)
    assert cleaned is None or (cleaned and (taken is not None or cleaned == clean_supplier(cleaned)[0]))
    KNOWN.behind(name + more)
    NamesInACell(KNOWN, lambda _: None, str).apart(name + more)
    COUNCILS.find(name + more)


# --- several suppliers in one cell ---

REGISTER = "Contract Title,Supplier Name,Contract Start Date,Contract End Date,Contract Value\n"


@pytest.mark.parametrize(
    "cell",
    [
        "Civica UK Ltd / Idox Software Ltd",
        "Civica UK Ltd/Idox Software Ltd",
        "Civica UK Ltd; Idox Software Ltd",
        "Civica UK Ltd, Idox Software Ltd",
        "Civica UK Ltd and Idox Software Ltd",
        "Civica & Idox",
        "Civica and Idox Software Ltd",
        "Civica UK Ltd + Idox Software Ltd",
        "Civica UK Ltd | Idox",
        "Civica UK Ltd\nIdox Software Ltd",
        "Lot 1: Civica UK Ltd, Lot 2: Idox Software Ltd",
        "Lot 1 - Civica; Lot 2 - Idox",
        "Civica UK Ltd (Lot 1), Idox Software Ltd (Lot 2)",
        "1) Civica UK Ltd 2) Idox Software Ltd",
        "Civica\nIdox",
        "CIVICA UK LIMITED (23990510) / IDOX SOFTWARE LTD - BACS",
    ],
)
def test_known_suppliers_of_one_cell_stand_apart_without_the_one_value(tmp_path: Path, cell: str) -> None:
    text = f'{REGISTER}Customer portal and forms,"{cell}",01/04/2024,31/03/2029,1000\n'
    data, report = brought_in(tmp_path, text, council="Dover", today=date(2026, 11, 25))
    assert suppliers_of(data, "dover") == {"civica", "idox"}
    assert {e.id for e in data.entities.values() if e.kind == "supplier"} == {"supplier:civica", "supplier:idox"}
    assert all(row.contract_value_gbp is None for row in data.relations.values())
    assert report.guess_count["one value for several suppliers, left out"] == 1
    assert (report.read, report.kept, report.balanced) == (1, 1, True)
    assert report.money is not None and report.money.balanced
    assert report.money.left_out == {"one value for several suppliers, left out": Decimal(1000)}


def test_two_cells_of_several(tmp_path: Path) -> None:
    text = (
        f"{REGISTER}Customer portal and forms,Civica UK Ltd / Idox Software Ltd,01/04/2024,31/03/2029,1000\n"
        'Housing system,"MRI Software Ltd; NEC Software Solutions UK Ltd",01/04/2024,31/03/2029,2000\n'
    )
    data, report = brought_in(tmp_path, text, council="Dover")
    assert suppliers_of(data, "dover") == {"civica", "idox", "mri-software", "nec"}
    assert (report.read, report.kept) == (2, 2)


@pytest.mark.parametrize(
    "name",
    [
        "Marks & Spencer",
        "Bevan Brittan and Co",
        "Smith/Jones LLP",
        "Ross & Roberts",
        "Bristow & Sutor",
        "Rundle & Co",
        "Alder & Sons Ltd",
    ],
)
def test_a_name_that_holds_a_mark_stays_whole(tmp_path: Path, name: str) -> None:
    data, report = brought_in(tmp_path, f'Council,System,Supplier\nDover,Alpha,"{name}"\n')
    assert len(suppliers_of(data, "dover")) == 1
    assert not [sort for sort in report.guesses if sort.startswith("several suppliers")]


def test_a_new_supplier_beside_a_known_one_is_taken_if_it_has_a_legal_form_of_its_own(tmp_path: Path) -> None:
    data, _ = brought_in(tmp_path, "Council,System,Supplier\nDover,Alpha,Civica UK Ltd / Larkmead Ltd\n")
    assert suppliers_of(data, "dover") == {"civica", "larkmead"}


@pytest.mark.parametrize("cell", ["Larkmead Ltd / Fernhill Ltd", "Civica UK Ltd / Larkmead", "Larkmead Ltd; Idox"])
def test_where_nobody_can_tell_the_cell_is_counted_and_asked(tmp_path: Path, cell: str) -> None:
    _, report = brought_in(tmp_path, f"Council,System,Supplier\nDover,Alpha,{cell}\n")
    asked = "several suppliers in one cell?" in report.guesses
    assert asked != (cell == "Larkmead Ltd; Idox")
    if asked:
        assert report.unmatched_suppliers[cell] == 1


def test_payments_to_several_count_for_each_and_the_sum_for_none(tmp_path: Path) -> None:
    text = "Supplier,Date,Amount\n" + "".join(
        f"Civica UK Ltd & Idox Software Ltd,0{n}/04/2026,300.00\n" for n in (1, 2, 3)
    )
    data, report = brought_in(tmp_path, text, council="Dover")
    assert suppliers_of(data, "dover") == {"civica", "idox"}
    assert report.balanced and report.money is not None and report.money.balanced
    assert report.money.suppliers == {}


@given(st.lists(st.sampled_from(["a", "b", "a and b", "c", "d"]), min_size=2, max_size=6))
def test_the_fewest_names_cover_everything(chosen: list[str]) -> None:
    ids = {name: name for name in ("a", "b", "a and b", "c")}
    found = fewest(pieces(" and ".join(chosen), re.compile(" and ")), ids.get)
    if "d" in chosen:
        assert found == ()
    elif found:
        assert " and ".join(text for text, _ in found) == " and ".join(chosen)
        assert len(found) <= len(chosen)


# --- councils that buy together ---


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("Coventry - Solihull - Warwickshire", ["coventry", "solihull", "warwickshire"]),
        ("Coventry-Solihull-Warwickshire", ["coventry", "solihull", "warwickshire"]),
        ("Coventry / Solihull / Warwickshire", ["coventry", "solihull", "warwickshire"]),
        ("Coventry, Solihull and Warwickshire", ["coventry", "solihull", "warwickshire"]),
        ("Coventry + Solihull", ["coventry", "solihull"]),
        ("Coventry with Solihull", ["coventry", "solihull"]),
        ("Coventry jointly with Solihull", ["coventry", "solihull"]),
        ("Coventry City Council in partnership with Solihull MBC", ["coventry", "solihull"]),
        ("Coventry City Council on behalf of itself and Solihull MBC", ["coventry", "solihull"]),
        ("Coventry (lead) / Solihull", ["coventry", "solihull"]),
        ("(lead: Coventry) for Solihull and Warwickshire", ["coventry", "solihull", "warwickshire"]),
        ("Coventry City Council (on behalf of Coventry, Solihull and Warwickshire)", ["coventry", "solihull", "warwickshire"]),
        ("Westminster and Kensington & Chelsea", ["kensington-and-chelsea", "westminster"]),
        (
            "Westminster, Kensington & Chelsea and Hammersmith & Fulham (tri-borough)",
            ["hammersmith-and-fulham", "kensington-and-chelsea", "westminster"],
        ),
        (
            "Tri-borough (Westminster, Kensington & Chelsea, Hammersmith & Fulham)",
            ["hammersmith-and-fulham", "kensington-and-chelsea", "westminster"],
        ),
        ("Adur & Worthing Councils", ["adur", "worthing"]),
        ("Babergh & Mid Suffolk District Councils", ["babergh", "mid-suffolk"]),
        ("Brighton and Hove and Bristol", ["brighton-and-hove", "bristol"]),
        ("Telford and Wrekin, Shropshire", ["shropshire", "telford-and-wrekin"]),
        ("Tonbridge and Malling + Maidstone", ["maidstone", "tonbridge-and-malling"]),
        ("Bath & North East Somerset, Bristol & South Gloucestershire", ["bath-and-north-east-somerset", "bristol", "south-gloucestershire"]),
        ("Stratford-on-Avon and Warwick District Councils", ["stratford-on-avon", "warwick"]),
        ("Essex Police and Essex County Council", ["essex", "essex-police"]),
    ],
)  # fmt: skip
def test_councils_that_buy_together_are_all_found(name: str, members: list[str]) -> None:
    assert COUNCILS.find(name) == (tuple(f"authority:{member}" for member in members), "joint")


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("Brighton & Hove", "brighton-and-hove"),
        ("Telford & Wrekin", "telford-and-wrekin"),
        ("Dumfries and Galloway", "dumfries-and-galloway"),
        ("Bournemouth, Christchurch and Poole", "bournemouth-christchurch-and-poole"),
        ("Blackburn with Darwen", "blackburn-with-darwen"),
        ("Stratford-on-Avon", "stratford-on-avon"),
        ("Dorset & Wiltshire Fire", "dorset-and-wiltshire-fire-and-rescue-service"),
        ("Bristol - Adult Social Care", "bristol"),
        ("Bristol: Housing", "bristol"),
        ("Dover District Council, Kent", "dover"),
        ("Kent - Dover", "kent"),
        ("Newcastle City Council (Tyne and Wear)", "newcastle-upon-tyne"),
        ("Hub on behalf of Dover District Council", "dover"),
        ("Coventry City Council on behalf of Solihull MBC", "solihull"),
    ],
)
def test_one_council_is_one(name: str, id_: str) -> None:
    assert COUNCILS.find(name)[0] == (f"authority:{id_}",)


@pytest.mark.parametrize(
    "name",
    [
        "Surrey and Sussex Police",
        "Coventry - Solihul - Warwickshire",
        "Coventry, Solihul and Warwickshire",
        "Newcastle and Gateshead",
    ],
)
def test_a_joint_buyer_with_a_part_that_is_no_council_is_put_to_the_user(tmp_path: Path, name: str) -> None:
    assert COUNCILS.find(name)[0] == ()
    data, report = brought_in(tmp_path, f'Council,System,Supplier\n"{name}",Portal,Larkmead Ltd\n')
    assert report.unmatched_councils == {name: 1}
    assert not [
        e for e in data.entities.values() if e.id in {"authority:coventry", "authority:surrey", "authority:gateshead"}
    ]


def test_each_member_of_a_joint_buyer_is_connected(tmp_path: Path) -> None:
    text = "Council,System,Supplier\nCoventry - Solihull - Warwickshire,Procurement portal,Larkmead Ltd\n"
    data, _ = brought_in(tmp_path, text)
    (service,) = [entity.id for entity in data.entities.values() if entity.kind == "shared-service"]
    served = {row.dependent for row in data.relations.values() if row.provider == service}
    assert served == {"authority:coventry", "authority:solihull", "authority:warwickshire"}


# --- departments where the council should stand ---


@pytest.mark.parametrize(
    ("header", "one", "two"),
    [
        ("Organisation", "Adult Social Care", "Housing"),
        ("Organisation Name", "Growth and Regeneration", "Resources"),
        ("Entity", "People Directorate", "Place"),
        ("Body Name", "ASC", "Children's Services"),
    ],
)
def test_the_council_that_the_user_names_counts_where_departments_stand(
    tmp_path: Path, header: str, one: str, two: str
) -> None:
    text = (
        f"{header},Supplier Name,Payment Date,Net Amount\n"
        f"{one},Civica UK Ltd,01/04/2025,900.00\n{two},Idox Software Ltd,02/04/2025,600.00\n"
    )
    data, report = brought_in(tmp_path, text, council="Bristol")
    assert suppliers_of(data, "bristol") == {"civica", "idox"}
    assert authorities(data) == {"Bristol City Council"}
    assert report.guess_count["no council in the cell: the department of the one that --council names"] == 2


def test_a_department_of_a_contract_is_its_unit(tmp_path: Path) -> None:
    text = f"Organisation,{REGISTER}Housing and Landlord Services,Housing system,MRI Software Ltd,01/04/2024,31/03/2029,9\n"
    data, _ = brought_in(tmp_path, text, council="Bristol")
    assert authorities(data) == {"Bristol City Council"}
    assert any("unit: Housing and Landlord Services" in (row.note or "") for row in data.relations.values())


@pytest.mark.parametrize("header", ["Organisation", "Payer", "Buyer", "Body Name", "Council"])
def test_without_a_council_departments_are_refused_with_a_way_out(tmp_path: Path, header: str) -> None:
    text = f"{header},Supplier Name,Payment Date,Net Amount\nAdult Social Care,Civica UK Ltd,01/04/2025,900.00\n"
    with pytest.raises(RiskGraphError, match="'Adult Social Care'") as caught:
        brought_in(tmp_path, text)
    assert "--council" in str(caught.value)


def test_rows_of_councils_stay_and_those_of_departments_are_left_out_and_told(tmp_path: Path) -> None:
    text = (
        "Organisation,Supplier Name,Payment Date,Net Amount\nDover District Council,Civica UK Ltd,01/04/2025,900.00\n"
        "Adult Social Care,Idox Software Ltd,02/04/2025,600.00\nKent Police,Idox Software Ltd,02/04/2025,600.00\n"
        "Otherham Town Council,Idox Software Ltd,02/04/2025,600.00\n"
    )
    data, report = brought_in(tmp_path, text)
    assert authorities(data) == {"Dover District Council", "Kent Police", "Otherham Town Council"}
    assert (report.read, report.kept, report.balanced) == (4, 3, True)
    data, report = brought_in(tmp_path, text, council="Thanet")
    assert authorities(data) == {
        "Dover District Council",
        "Kent Police",
        "Otherham Town Council",
        "Thanet District Council",
    }


@pytest.mark.parametrize(
    "name", ["Council Tax", "Leader of the Council", "Fire Safety", "Borough Solicitor", "Trust Funds"]
)
def test_departments_that_hold_the_words_of_public_bodies_are_departments(name: str) -> None:
    assert not pattern("public body").search(name)


# --- what is likely, and what a person decides ---


def test_the_report_names_what_was_left_out_and_is_likely_known(tmp_path: Path) -> None:
    text = "Supplier,Date,Amount\n" + "".join(
        f"{name},0{n}/04/2026,450.00\n"
        for n, name in enumerate(
            ("CAPITA IT SERVICES", "CAPITA IT SERVICES", "Northgate Vehicle Hire", "Civica UK Ltd"), 1
        )
    )
    _, report = brought_in(tmp_path, text, council="Dover")
    assert {name: found[0].id for name, found in report.likely.items()} == {"CAPITA IT SERVICES": "supplier:capita"}
    assert report.unmatched_pounds["CAPITA IT SERVICES"] == Decimal("900.00")
    assert report.to_dict()["likely"]["CAPITA IT SERVICES"][0]["id"] == "supplier:capita"
    first, second = doubts(report)
    assert (first.name, first.rows, first.pounds, first.likely) == ("CAPITA IT SERVICES", 2, Decimal("900.00"), True)
    assert first.suggestions[0][0] == "supplier:capita"
    assert "supplier:atos" not in {id_ for id_, _, _ in first.suggestions}
    assert not second.likely


@pytest.mark.parametrize(
    "name",
    [
        "Northgate Vehicle Hire",
        "113-117 NORTHGATE",
        "Capital Cars",
        "Career Connect",
        "Wildstone Capita",
        "Access Community Trust",
    ],
)
def test_false_friends_are_not_likely(name: str) -> None:
    report = ImportReport("a.csv", "spending")
    report.unmatched_suppliers[name] += 1
    assert likely_names(report) == {}


def test_everyday_words_alone_make_nobody_alike() -> None:
    known = {"atos it services": ("a", "Atos"), "capita": ("c", "Capita")}
    assert Likeness(known).near("it services") == ()


def filled(tmp_path: Path, rows: list[list[str]], kind: str) -> Path:
    path = tmp_path / f"decided.{kind}"
    table = [["kind", "name", "rows", "decision"], *rows]
    if kind == "xlsx":
        book = openpyxl.Workbook()
        for row in table:
            book.worksheets[0].append(row)
        book.save(path)
    else:
        out = io.StringIO()
        csv.writer(out).writerows(table)
        path.write_text(out.getvalue(), encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_filled_in_sheet_comes_back_with_several_ids_for_a_name(tmp_path: Path, kind: str) -> None:
    rows = [
        ["supplier", "Fernhill Consortium", "2", "supplier:civica (Civica, 50%); supplier:idox"],
        ["supplier", "Larkmead and Quill", "1", "new: Larkmead Ltd; new: Quill Ltd"],
        ["supplier", "CAPITA IT SERVICES", "1", "supplier:capita (Capita, 68%)"],
        ["supplier", "Quite Unknown", "1", "new"],
        ["authority", "East Kent Partners", "4", "authority:dover; authority:thanet"],
        ["authority", "", "", ""],
    ]
    decided = decisions(filled(tmp_path, rows, kind))
    assert decided == {
        "Fernhill Consortium": "supplier:civica;supplier:idox",
        "Larkmead and Quill": "new: Larkmead Ltd;new: Quill Ltd",
        "CAPITA IT SERVICES": "supplier:capita",
        "East Kent Partners": "authority:dover;authority:thanet",
    }
    text = "Council,System,Supplier\n" + "".join(
        f"{council},{supplier},{supplier}\n"
        for council, supplier in (
            ("Dover", "Fernhill Consortium"),
            ("Swale", "Larkmead and Quill"),
            ("Ashford", "CAPITA IT SERVICES"),
            ("East Kent Partners", "Quite Unknown"),
        )
    )
    data, report = brought_in(tmp_path, text, reviewed=decided)
    assert suppliers_of(data, "dover") >= {"civica", "idox"}
    assert suppliers_of(data, "swale") == {"larkmead", "quill"}
    assert suppliers_of(data, "ashford") == {"capita"}
    (service,) = [entity.id for entity in data.entities.values() if entity.kind == "shared-service"]
    served = {row.dependent for row in data.relations.values() if row.provider == service}
    assert served == {"authority:dover", "authority:thanet"}
    assert set(report.unmatched_suppliers) == {"Larkmead Ltd", "Quill Ltd", "Quite Unknown"}
    assert not report.unmatched_councils


def test_wrong_decisions_are_told_all_at_once_by_row(tmp_path: Path) -> None:
    rows = [
        ["supplier", "A Ltd", "1", "supplier:civcia"],
        ["supplier", "B Ltd", "1", "supplier:civica"],
        ["authority", "C", "1", "supplier:civica"],
        ["supplier", "D Ltd", "1", "supplier:idox; nobody"],
        ["supplier", "B Ltd", "1", "supplier:idox"],
    ]
    with pytest.raises(DataError) as caught:
        decisions(filled(tmp_path, rows, "csv"))
    assert [problem.row for problem in caught.value.problems] == [2, 4, 5, 6]
    assert "Did you mean supplier:civica?" in str(caught.value)


def test_a_sheet_without_the_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="name and decision"):
        decisions(tmp_path / "x.csv")


def test_the_sheet_of_a_match_reads_back_as_no_decision(tmp_path: Path) -> None:
    _, report = brought_in(tmp_path, "Council,System,Supplier\nDover,Alpha,=Larkmead; Ltd\n")
    (tmp_path / "d.csv").write_bytes(to_csv(doubts(report)))
    assert decisions(tmp_path / "d.csv") == {}


def test_known_names_of_the_map_count_as_well(tmp_path: Path) -> None:
    base, _ = brought_in(tmp_path, "Council,System,Supplier\nDover,Alpha,Larkmead Ltd\nDover,Beta,Fernhill Ltd\n")
    (tmp_path / "b.csv").write_text(
        "Council,System,Supplier\nThanet,Gamma,Larkmead / Fernhill\nSwale,Alpha,Larkmead Ltd - LEEDS\n"
    )
    data, _ = import_file(tmp_path / "b.csv", None, base)
    assert suppliers_of(data, "thanet") == {"larkmead", "fernhill"}
    assert suppliers_of(data, "swale") == {"larkmead"}


# --- how well likeness finds ---


def test_rarity_weights_find_more_of_the_labelled_names_than_sorted_words_do() -> None:
    """The figures of decision 0127, with every fifth name; `python -m benchmarks.matching` makes them all."""
    assert len(labelled()) > 450
    names = labelled()[::5]
    ours, before = (measured(names, answers(way, names)) for way in (rarity, token_sort))
    assert ours.precision > 0.8
    assert ours.recall > 0.75
    assert ours.f1 > before.f1 + 0.15
