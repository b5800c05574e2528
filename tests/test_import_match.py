"""Who is meant: identifiers, exact names, a person's decision. False friends stay apart."""

from __future__ import annotations

import random
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskgraph.data import read
from riskgraph.data.directory import directory
from riskgraph.data.spelling import company_key
from riskgraph.errors import DataError
from riskgraph.importers import ImportOptions, ImportReport, Party, import_file
from riskgraph.importers.matching import Councils, Suppliers
from riskgraph.importers.review import decisions, doubts, to_csv
from riskgraph.importers.values import company_number, parse_money
from riskgraph.model import Entity


def councils() -> Councils:
    return Councils(read("seeds").register)


def ids_of(*parties: Party, base: dict[str, Entity] | None = None) -> tuple[list[str], ImportReport]:
    report = ImportReport("a.csv", "one-sheet")
    suppliers = Suppliers(base or {}, {}, report)
    for party in parties:
        suppliers.add(party)
    suppliers.settle()
    return [suppliers.id(party) for party in parties], report


def coh(name: str, number: str) -> Party:
    return Party(name, (("GB-COH", number),))


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("E07000108", "dover"),
        ("E08000016", "barnsley"),  # its code before the boundary changed
        ("E08000038", "barnsley"),
        ("Dover District Council", "dover"),
        ("DOVER DC", "dover"),
        ("Dover", "dover"),
        ("Royal Borough of Kensington &amp; Chelsea".replace("&amp;", "&"), "kensington-and-chelsea"),
        ("London Borough of Hammersmith & Fulham", "hammersmith-and-fulham"),
        ("Newcastle upon Tyne City Council", "newcastle-upon-tyne"),
        ("Newcastle-under-Lyme Borough Council", "newcastle-under-lyme"),
        ("Kingston upon Thames", "kingston-upon-thames"),
        ("Hull City Council", "kingston-upon-hull"),
        ("Richmondshire District Council", "richmondshire"),
        ("Lancaster City Council", "lancaster"),
        ("Lancashire County Council", "lancashire"),
        ("Cambridge City Council", "cambridge"),
        ("Cambridgeshire County Council", "cambridgeshire"),
        ("Wyre Council", "wyre"),
        ("Wyre Forest District Council", "wyre-forest"),
    ],
)
def test_a_council_is_found_by_code_name_and_alias(name: str, id_: str) -> None:
    found, how = councils().find(name)
    if id_ == "kingston-upon-hull":
        assert [i for i in found if "hull" in i], (found, how)
    else:
        assert found == (f"authority:{id_}",), how


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("Breckland District Council and South Holland District Council", ["breckland", "south-holland"]),
        ("Redditch Borough & Bromsgrove", ["bromsgrove", "redditch"]),
        ("High Peak & Staffordshire Moorlands", ["high-peak", "staffordshire-moorlands"]),
        ("Adur & Worthing", ["adur", "worthing"]),
    ],
)
def test_joint_buyers_are_several_councils(name: str, members: list[str]) -> None:
    found, how = councils().find(name)
    assert how == "joint"
    assert found == tuple(f"authority:{member}" for member in members)


@pytest.mark.parametrize(
    "name", ["Kensington and Chelsea", "Brighton and Hove", "Bath and North East Somerset", "Tower Hamlets"]
)
def test_one_council_with_and_in_its_name_is_no_joint_buyer(name: str) -> None:
    found, how = councils().find(name)
    assert how == "name"
    assert len(found) == 1


@pytest.mark.parametrize(
    "name",
    [
        "NEWCATLE CITY COUNCIL",
        "Hammersmith and Fuham (LBHF)x",
        "Nursing and Midwifery Council",
        "WCC",
        "NCC",
        "Newcastle",
        "Dover Town Council and Deal Town Council",
        "Surrey and Sussex Police",
    ],
)
def test_typos_and_others_are_nobody(name: str) -> None:
    assert councils().find(name)[0] == ()


def test_brackets_and_what_stands_behind_a_dash_are_left_out_and_said() -> None:
    for name in (
        "Warwickshire County Council (WCC)",
        "Dover District Council - Housing",
        "Hub on behalf of Dover District Council",
    ):
        found, how = councils().find(name)
        assert how == "trimmed"
        assert len(found) == 1


def test_the_body_of_the_day_is_meant() -> None:
    found = councils()
    assert found.find("Somerset", day="2020-01-01")[0] != found.find("Somerset", day="2024-01-01")[0]


def test_joint_buyers_become_a_shared_service_with_its_members(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "Council,System,Supplier\nBreckland District Council and South Holland District Council,Alpha,Alder Ltd\n"
    )
    data, report = import_file(tmp_path / "a.csv")
    (service,) = [entity for entity in data.entities.values() if entity.kind == "shared-service"]
    served = {row.dependent for row in data.relations.values() if row.provider == service.id}
    assert served == {"authority:breckland", "authority:south-holland"}
    assert [row.dependent for row in data.relations.values() if row.relation == "uses"] == [service.id]
    assert "joint buyer made a shared service" in report.guesses


# --- suppliers ---

APART = [
    "Northgate Vehicle Hire", "Northgate Managed Services", "Northgate Information Solutions", "113-117 NORTHGATE",
    "Wildstone Capita", "Capital Cars", "Capita One", "Capita SSS", "Career Connect", "Access Community Trust",
    "Aurora Fairway School", "FCS Software Services", "Civica", "Capita", "OneAdvanced", "The Access Group", "Locata",
    "Fusion Lifestyle", "Oracle", "Idoxx",
]  # fmt: skip


@pytest.mark.parametrize(("one", "two"), list(combinations(APART, 2)))
def test_false_friends_stay_apart(one: str, two: str) -> None:
    (first, second), _ = ids_of(Party(one), Party(two))
    assert first != second


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("CIVICA UK LIMITED", "civica"),
        ("Civica Election Services Ltd.", "electoral-reform-services"),
        ("CAPITA BUSINESS SERVICES LTD", "capita"),
        ("Northgate Public Services (UK) Limited", "nec"),
        ("IDOX SOFTWARE LTD", "idox"),
        ("CAPITA PROPERTY &amp; INFRASTRUCTURE LTD", "capita"),
    ],
)
def test_reviewed_names_are_joined(name: str, id_: str) -> None:
    assert ids_of(Party(name))[0] == [f"supplier:{id_}"]


def test_an_identifier_joins_whatever_the_names_are() -> None:
    ids, report = ids_of(coh("Alder Ltd", "07654321"), coh("Birch Holdings", "7654321"), Party("Alder"), Party("Cedar"))
    assert ids[0] == ids[1] == ids[2] != ids[3]
    assert "names joined by an identifier" in report.guesses


def test_one_name_with_two_numbers_is_two_companies_and_the_bare_name_neither() -> None:
    ids, report = ids_of(coh("Alder Ltd", "07654321"), coh("Alder Limited", "07654322"), Party("ALDER"))
    assert len(set(ids)) == 3
    assert "name of several companies: kept apart from all of them" in report.guesses


def test_two_schemes_of_one_firm_are_one() -> None:
    one = Party("Alder Ltd", (("GB-PPON", "PAAA-1"),))
    two = Party("Alder Technology", (("GB-COH", "07654321"), ("GB-PPON", "PAAA-1")))
    per_notice = Party("Birch", (("GB-CFS", "PAAA-1"),))
    ids, _ = ids_of(one, two, per_notice)
    assert ids[0] == ids[1] != ids[2]


def test_a_wrong_number_does_not_beat_a_reviewed_name_and_is_said() -> None:
    ids, report = ids_of(coh("Capita Business Services Ltd", "50019174"))
    assert ids == ["supplier:capita"]
    assert any("50019174" in text for examples in report.guesses.values() for text in examples)


def test_a_known_company_with_another_number_is_not_joined() -> None:
    base = {"supplier:alder": Entity("supplier:alder", "supplier", "Alder", company_number="07654321")}
    ids, report = ids_of(coh("Alder Ltd", "07654322"), Party("Alder Ltd"), base=base)
    assert ids == ["supplier:alder-07654322", "supplier:alder"] or ids[0] != "supplier:alder"
    assert "same name, other company number: kept apart" in report.guesses


@given(st.integers(0, 2**32))
def test_the_order_of_rows_decides_nothing(seed: int) -> None:
    parties = [
        coh("Alder Ltd", "07654321"),
        coh("Alder Limited", "07654322"),
        Party("ALDER"),
        Party("Birch", (("GB-PPON", "P1"),)),
        Party("BIRCH LTD"),
        coh("Birch Ltd", "7654323"),
        Party("Cedar"),
        Party("cedar plc"),
    ]
    expected = dict(zip(parties, ids_of(*parties)[0], strict=True))
    random.Random(seed).shuffle(parties)  # noqa: S311 - a test
    assert dict(zip(parties, ids_of(*parties)[0], strict=True)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Imosphere Ltd",
        "016288868",
        "158718",
        "GB12345",
        "00000000",
        "XX123456",
        "20014R",
        "CHA1049226",
        "0",
        "12345678 and 87654321",
    ],
)
def test_what_is_no_company_number_is_none(text: str) -> None:
    assert company_number(text) == (None, False)


@given(st.text(max_size=30))
def test_no_text_breaks_the_values(text: str) -> None:
    number, _ = company_number(text)
    assert number is None or len(number) == 8
    amount = parse_money(text)
    assert amount is None or amount.is_finite()
    assert company_key(text) == company_key(text.upper()).casefold() or not text.isascii()


def test_the_directory_has_one_meaning_for_each_name() -> None:
    known = directory()
    assert len(known.keys) > 600
    assert all(id_ in known.entities for id_ in known.keys.values())


# --- a person decides ---


def test_suggestions_join_nothing_and_decisions_do(tmp_path: Path) -> None:
    sheet = tmp_path / "a.csv"
    sheet.write_text("Council,System,Supplier\nNewcatle City Council,Alpha,Civicaa UK\nDover,Beta,Quite Unknown\n")
    data, report = import_file(sheet)
    assert not [row for row in data.relations.values() if row.provider == "supplier:civica"]
    found = doubts(report)
    assert [(d.kind, d.name) for d in found] == [
        ("authority", "Newcatle City Council"),
        ("supplier", "Civicaa UK"),
        ("supplier", "Quite Unknown"),
    ]
    assert found[1].suggestions[0][0] == "supplier:civica"
    filled = to_csv(found).decode()
    filled = filled.replace("Newcatle City Council,1,,", "Newcatle City Council,1,authority:newcastle-upon-tyne,")
    filled = filled.replace("Civicaa UK,1,,", "Civicaa UK,1,supplier:civica (Civica),").replace(
        "Quite Unknown,1,,", "Quite Unknown,1,new,"
    )
    (tmp_path / "decided.csv").write_text(filled)
    decided = decisions(tmp_path / "decided.csv")
    assert decided == {"Newcatle City Council": "authority:newcastle-upon-tyne", "Civicaa UK": "supplier:civica"}
    data, report = import_file(sheet, ImportOptions(reviewed=decided))
    assert "civica-alpha.made-by.civica" in data.relations
    assert [row.dependent for row in data.relations.values() if row.provider == "product:civica-alpha"] == [
        "authority:newcastle-upon-tyne"
    ]
    assert not report.unmatched_councils


def test_a_decision_for_nobody_is_refused(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("kind,name,rows,decision\nsupplier,A,1,supplier:nobody-at-all\n")
    with pytest.raises(DataError, match="no council or supplier that is known"):
        decisions(tmp_path / "d.csv")
