"""Names resolve as people type them, and never by a guess."""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskgraph import AmbiguousName, NameNotFound, RiskGraph, RiskGraphError
from riskgraph.analysis.select import Selection
from riskgraph.data.directory import directory, short_names
from riskgraph.data.names import Names
from riskgraph.data.read import shipped_aliases
from riskgraph.data.scope_words import area_of, areas_of
from riskgraph.data.spelling import normalise
from riskgraph.dates import parse_day
from riskgraph.importers.matching import Councils
from riskgraph.model import AUTHORITY, ENVIRONMENT, PRODUCT, SHARED_SERVICE, SUPPLIER, Entity
from riskgraph.rules import rules
from riskgraph.vocabulary import words


@pytest.fixture(scope="module")
def names() -> Names:
    return RiskGraph.open("uk").names


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("civica", "supplier:civica"),
        ("Civica", "supplier:civica"),
        ("supplier:civica", "supplier:civica"),
        ("Royal Borough of Kensington & Chelsea", "authority:kensington-and-chelsea"),
        ("kensington and chelsea", "authority:kensington-and-chelsea"),
        ("RBKC", "authority:kensington-and-chelsea"),
        ("E07000114", "authority:thanet"),
        ("e07000114", "authority:thanet"),
        ("capita revenues and benefits", "supplier:capita/revenues-benefits"),
        ("revenues and benefits capita", "supplier:capita/revenues-benefits"),
        ("capita/pensions", "supplier:capita/pensions"),
        ("supplier:capita/revenues-benefits", "supplier:capita/revenues-benefits"),
        ("Capita / Revenues and benefits", "supplier:capita/revenues-benefits"),
        ("East Kent Services", "shared-service:east-kent-services"),
        ("Newcastle upon Tyne", "authority:newcastle-upon-tyne"),
        ("Newcastle-under-Lyme", "authority:newcastle-under-lyme"),
        ("Buckinghamshire", "authority:buckinghamshire"),  # the one that exists before the one that is gone
        ("Allerdale", "authority:allerdale"),  # abolished, and still a name
    ],
)
def test_what_people_type(names: Names, typed: str, meant: str) -> None:
    assert names.resolve(typed) == meant


def test_newcastle_is_two_councils(names: Names) -> None:
    try:
        names.resolve("Newcastle")
    except (AmbiguousName, NameNotFound) as error:
        near = {suggestion.id for suggestion in error.near}
    assert {"authority:newcastle-upon-tyne", "authority:newcastle-under-lyme"} <= near


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("civca", "supplier:civica"),
        ("Cantebury", "authority:canterbury"),
        ("kensigton and chelsea", "authority:kensington-and-chelsea"),
    ],
)
def test_a_near_name_is_suggested_and_never_taken(names: Names, typed: str, first: str) -> None:
    with pytest.raises(NameNotFound) as caught:
        names.resolve(typed)
    assert first in {suggestion.id for suggestion in caught.value.near}
    assert all(suggestion.why for suggestion in caught.value.near)
    assert "Did you mean" in str(caught.value)


def test_an_unknown_line_names_the_service_areas(names: Names) -> None:
    with pytest.raises(NameNotFound, match="service area"):
        names.resolve("capita/dragons")


def test_an_empty_name_is_no_name(names: Names) -> None:
    with pytest.raises(RiskGraphError, match="empty"):
        names.resolve("  ")


def test_a_name_of_no_one(names: Names) -> None:
    with pytest.raises(NameNotFound, match="No body is called 'qqqqqqqq'"):
        names.resolve("qqqqqqqq")


def test_an_abolished_council_names_its_successors() -> None:
    from riskgraph.analysis.profile import profile
    from riskgraph.render.page import as_text
    from riskgraph.render.profile import page

    text = as_text(page(profile(RiskGraph.open("uk"), "Allerdale")))
    assert "It no longer exists since 31 March 2023; its successors: Cumberland." in text


def test_every_handle_comes_back(names: Names) -> None:
    for id_ in names.dataset.entities:
        assert names.resolve(names.handle(id_)) == id_


def test_normalising_twice_changes_nothing(names: Names) -> None:
    for entity in names.dataset.entities.values():
        assert normalise(normalise(entity.name)) == normalise(entity.name)


# --- as people say them ---

SAID = {
    "Capita plc": "supplier:capita",
    "Idox plc": "supplier:idox",
    "Civica Ltd": "supplier:civica",
    "Civica UK Limited": "supplier:civica",
    "Unit 4": "supplier:unit4",
    "Liquid Logic": "supplier:liquidlogic",
    "Northgate Public Services": "supplier:nec",
    "Firmstep": "supplier:granicus",
    "Skyscape": "supplier:ukcloud",
    "AWS": "supplier:amazon-web-services",
    "MRI": "supplier:mri-software",
    "NRS": "supplier:nrs-healthcare",
    "Millbrook": "supplier:millbrook-healthcare",
    "Esri": "supplier:esri-uk",
    "azure": "product:microsoft-azure",
    "M365": "product:microsoft-365",
    "Office 365": "product:microsoft-365",
    "Teams": "product:microsoft-365",
    "Agresso": "product:unit4-erp",
    "ModernGov": "product:modern-gov",
    "mod.gov": "product:modern-gov",
    "EKS": "shared-service:east-kent-services",
    "east kent services ltd": "shared-service:east-kent-services",
    "strata": "shared-service:strata-service-solutions",
    "ARP": "shared-service:anglia-revenues-partnership",
    "Xentrall": "shared-service:xentrall-shared-services",
    "SEEMiS": "shared-service:seemis-group-llp",
    "KCC": "authority:kent",
    "LBHF": "authority:hammersmith-and-fulham",
    "Hammersmith": "authority:hammersmith-and-fulham",
    "RB Kingston": "authority:kingston-upon-thames",
    "Royal Greenwich": "authority:greenwich",
    "Camden LBC": "authority:camden",
    "Barnsley MBC": "authority:barnsley",
    "Saint Helens": "authority:st-helens",
    "St. Helens": "authority:st-helens",
    "King's Lynn": "authority:kings-lynn-and-west-norfolk",
    "Kings Lynn & West Norfolk": "authority:kings-lynn-and-west-norfolk",
    "Stratford": "authority:stratford-on-avon",
    "Tonbridge": "authority:tonbridge-and-malling",
    "Bath": "authority:bath-and-north-east-somerset",
    "Herts": "authority:hertfordshire",
    "N Yorks": "authority:north-yorkshire",
    "Ynys Mon": "authority:isle-of-anglesey",
    "Cyngor Abertawe": "authority:swansea",
    "Cyngor Caerdydd": "authority:cardiff",
    "Rhondda": "authority:rhondda-cynon-taf",
    "capita revs and bens": "supplier:capita/revenues-benefits",
    "payroll capita": "supplier:capita/hr-payroll",
    "capita / council tax": "supplier:capita/revenues-benefits",
}


@pytest.mark.parametrize(("typed", "meant"), SAID.items())
def test_names_are_understood_as_people_say_them(names: Names, typed: str, meant: str) -> None:
    assert names.resolve(typed) == meant


@pytest.mark.parametrize("typed", ["citrix", "jadu", "liquidlogic", "abritas", "SAP", "Okta"])
def test_a_supplier_comes_before_its_product_and_that_is_said(typed: str) -> None:
    own = Names(RiskGraph.open("uk").dataset)
    assert own.resolve(typed).startswith("supplier:")
    assert "product:" in own.taken[typed]
    assert own.resolve(typed, frozenset({PRODUCT})).startswith("product:")


def test_a_supplier_comes_before_a_place_that_has_its_name(names: Names) -> None:
    place = Entity("environment:civica", ENVIRONMENT, "Civica")
    own = Names(replace(names.dataset, entities={**names.dataset.entities, place.id: place}))
    assert own.resolve("civica") == "supplier:civica"
    assert own.taken["civica"].startswith("Taking the supplier Civica for 'civica' (not environment:civica")
    assert own.resolve("environment:civica") == "environment:civica"


@pytest.mark.parametrize(
    ("typed", "all_"),
    [
        ("northgate", {"supplier:nec", "supplier:northgate-managed-services", "product:nec-housing"}),
        ("TDC", {"authority:thanet", "authority:tendring", "authority:torridge"}),
        ("orchard", {"supplier:mri-software", "product:orchard-information-systems-orchard-housing"}),
        ("SRS", {"shared-service:shared-resource-service"}),
        ("Newcastle", {"authority:newcastle-upon-tyne", "authority:newcastle-under-lyme"}),
        ("East Kent", {"shared-service:east-kent-services", "shared-service:east-kent-audit-partnership"}),
    ],
)
def test_of_two_that_fit_both_are_named_and_neither_is_taken(names: Names, typed: str, all_: set[str]) -> None:
    with pytest.raises(AmbiguousName) as caught:
        names.resolve(typed)
    assert all_ <= {suggestion.id for suggestion in caught.value.near}
    for suggestion in caught.value.near:
        assert names.resolve(suggestion.id) == suggestion.id, "the words that it says work do"


@pytest.mark.parametrize("typed", ["housing", "services", "council", "365", "sea", "the", "shared services", "a"])
def test_a_word_that_many_names_have_is_nobodys(names: Names, typed: str) -> None:
    with pytest.raises((NameNotFound, AmbiguousName)):
        names.resolve(typed)


@pytest.mark.parametrize(
    ("typed", "silly"), [("Teamz", "tameside"), ("wcc1", "york"), ("Xyz", "hart"), ("Folk", "norfolk")]
)
def test_what_is_hardly_alike_is_not_suggested(names: Names, typed: str, silly: str) -> None:
    assert not [suggestion for suggestion in names.near(typed) if silly in suggestion.id]


def test_every_alias_means_its_body_or_names_it_among_others(names: Names) -> None:
    """No word reaches one of two bodies silently: the other is told, or both are to choose from."""
    known: dict[str, set[str]] = defaultdict(set)
    entities = names.dataset.entities
    for entity in entities.values():
        for name in (entity.name, *entity.aliases):
            known[name].add(entity.id)
    for alias, id_, _ in shipped_aliases():
        if id_ in entities:
            known[alias].add(id_)
    for name, id_ in short_names():
        known[name].add(id_)
    missing = {}
    for name, ids in known.items():
        names.taken.clear()
        try:
            found = names.resolve(name)
        except AmbiguousName as error:
            missing[name] = ids - {suggestion.id for suggestion in error.near}
            continue
        told = names.taken.get(name, "")
        missing[name] = {other for other in ids - {found} if other not in told}
    assert {name: ids for name, ids in missing.items() if ids} == {}


def test_a_newcomer_never_silently_takes_a_name_from_another(names: Names) -> None:
    before = {}
    for alias, _, _ in shipped_aliases()[::37]:
        with contextlib.suppress(NameNotFound, AmbiguousName):
            before[alias] = names.resolve(alias)
    for id_ in list(names.dataset.entities)[::23]:
        before[names.handle(id_)] = id_
    newcomers = {
        f"{kind}:newcomer-{n}": Entity(f"{kind}:newcomer-{n}", kind, name)
        for n, name in enumerate(before)
        for kind in (SUPPLIER, PRODUCT, ENVIRONMENT)
    }
    own = Names(replace(names.dataset, entities={**names.dataset.entities, **newcomers}))
    silent = {}
    for name, id_ in before.items():
        try:
            found = own.resolve(name)
        except AmbiguousName as error:
            silent[name] = id_ not in {suggestion.id for suggestion in error.near}
            continue
        silent[name] = found != id_ and name not in own.taken
        assert own.resolve(id_) == id_
    assert len(silent) > 200
    assert [name for name, wrong in silent.items() if wrong] == []


def test_what_a_file_is_read_with_and_what_a_question_knows_are_the_same_names(names: Names) -> None:
    entities = names.dataset.entities
    for key, id_ in {**directory().keys, **directory().services}.items():
        if id_ in entities:
            with contextlib.suppress(AmbiguousName):
                assert names.resolve(key, frozenset({entities[id_].kind})) == id_, key
    councils = Councils(names.dataset.register)
    for name, id_ in short_names():
        assert id_ in entities, f"{name} is a short name of nobody"
        kind = id_.partition(":")[0]
        if kind == AUTHORITY:
            assert councils.find(name)[0] == (id_,)
        elif kind == SUPPLIER:
            assert directory().supplier(name) == id_
        elif kind == SHARED_SERVICE:
            assert directory().service(name) == id_
    assert councils.find("KCC") == (("authority:kent",), "initials")
    assert councils.find("Saint Helens")[0] == (names.resolve("Saint Helens"),)


@pytest.mark.parametrize(
    "hostile",
    ['"; drop table', "'civikka'\"", "x" * 5000, "\u202ecivikka", "../../etc", "a/b/c", "\U0001f600", "%s {0}"],
)
def test_a_hostile_name_is_a_message(names: Names, hostile: str) -> None:
    with pytest.raises(RiskGraphError) as caught:
        names.resolve(hostile)
    assert len(str(caught.value)) < 3000
    assert not re.search("[\u202e\x00]", str(caught.value))


@given(st.text(max_size=60))
def test_no_text_breaks_the_resolver(names: Names, text: str) -> None:
    with contextlib.suppress(RiskGraphError):
        assert names.resolve(text).partition("/")[0] in names.dataset.entities


# --- areas, classes, regions and dates ---


@pytest.mark.parametrize(
    ("said", "area"),
    [
        ("revs and bens", "revenues-benefits"),
        ("Revs & Bens", "revenues-benefits"),
        ("benefits", "revenues-benefits"),
        ("council tax", "revenues-benefits"),
        ("housing benefit", "revenues-benefits"),
        ("planning", "planning-building-control"),
        ("bins", "waste-streetscene"),
        ("HR", "hr-payroll"),
        ("payroll", "hr-payroll"),
        ("libraries", "libraries-leisure"),
    ],
)
def test_areas_are_named_as_people_say_them_by_questions_and_in_files(said: str, area: str) -> None:
    seeds = RiskGraph.open("seeds")
    assert Selection.of(seeds, areas=[said]).areas == {area}
    assert area_of(said) == area


def test_a_word_that_fits_two_areas_takes_both_and_says_so() -> None:
    seeds = RiskGraph.open("seeds")
    assert Selection.of(seeds, areas=["environment"]).areas == {"waste-streetscene", "regulatory-licensing"}
    assert seeds.names.taken["environment"] == "Taking waste-streetscene and regulatory-licensing for 'environment'."
    assert area_of("environment") is None, "a cell of a file holds one"


@pytest.mark.parametrize(
    ("said", "classes"),
    [
        ("borough", {"london-borough", "metropolitan", "district"}),
        ("district councils", {"district"}),
        ("county", {"county"}),
        ("unitary", {"unitary"}),
        ("met", {"metropolitan"}),
        ("London borough", {"london-borough"}),
        ("fire", {"fire"}),
        ("police", {"police"}),
        ("NHS", {"nhs"}),
    ],
)
def test_classes_are_named_as_people_say_them(said: str, classes: set[str]) -> None:
    assert Selection.of(RiskGraph.open("uk"), classes=[said]).classes == classes


@pytest.mark.parametrize(
    ("said", "regions"),
    [
        ("the North West", {"North West"}),
        ("Yorkshire", {"Yorkshire and The Humber"}),
        ("the Midlands", {"East Midlands", "West Midlands"}),
        ("East Anglia", {"East of England"}),
        ("NI", {"Northern Ireland"}),
    ],
)
def test_regions_are_named_as_people_say_them(said: str, regions: set[str]) -> None:
    assert Selection.of(RiskGraph.open("uk"), regions=[said]).regions == regions


def test_every_word_for_an_area_is_one_that_it_is_looked_up_by() -> None:
    for word, meaning in words("service area").items():
        assert areas_of(word) == tuple(meaning.split(";")) or normalise(word) in {
            normalise(area.label) for area in rules().areas.values()
        }


@pytest.mark.parametrize(
    "said", ["01/01/2024", "1 January 2024", "1 Jan 2024", "1st January, 2024", "Monday 1 Jan 2024"]
)
def test_a_date_is_read_as_people_write_it(said: str) -> None:
    seeds = RiskGraph.open("seeds")
    assert seeds.view(said, known_before=said) == seeds.view("2024-01-01", known_before="2024-01-01")


@pytest.mark.parametrize("said", ["yesterday", "today", "last week", "3 days ago", "12/31/2024", "soon", "2024-13", ""])
def test_a_date_that_moves_or_is_none_is_refused_with_a_form_that_works(said: str) -> None:
    with pytest.raises(RiskGraphError) as caught:
        RiskGraph.open("seeds").view(said)
    assert "25 November 2026" in str(caught.value)
    assert parse_day("25 November 2026") == date(2026, 11, 25)
