"""Names resolve as people type them, and never by a guess."""

from __future__ import annotations

import pytest

from riskgraph import AmbiguousName, NameNotFound, RiskGraph, RiskGraphError
from riskgraph.data.names import Names
from riskgraph.data.spelling import normalise


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
