"""Procurement's figures: the textbook's vectors, the map's markets, and what is not known beside each."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from small import FILES, write_small

from riskgraph.analysis.concentration import HHI_BANDS, concentration, index
from riskgraph.analysis.contracts import contracts, peers
from riskgraph.analysis.lockin import certificates, lock_in
from riskgraph.analysis.mergers import designation, merger
from riskgraph.analysis.select import Selection
from riskgraph.cli import main
from riskgraph.graph import RiskGraph
from riskgraph.render.concentration import (
    certificates_text,
    concentration_text,
    contracts_text,
    locks_text,
    merger_text,
    peers_text,
)


@pytest.mark.parametrize(
    ("shares", "hhi"),
    [([40, 30, 20, 10], 3000), ([30, 30, 20, 20], 2600), ([30, 25, 20, 15, 10], 2250), ([40, 20, 30, 10], 3000)],
)
def test_the_index_of_the_textbook(shares: list[float], hhi: float) -> None:
    found = index(shares)
    assert found is not None
    assert found.hhi == pytest.approx(hhi)


def test_one_owner_of_two_makes_the_market_more_uneven() -> None:
    found = index([30, 25 + 15, 20, 10])
    assert found is not None
    assert found.hhi == pytest.approx(3000)


def test_what_is_not_known_bounds_the_index() -> None:
    found = index([40, 30, 20], unknown=10)
    assert found is not None
    assert [found.low, found.high, found.known] == pytest.approx([2900, 3800, 90])
    assert index([]) is None


@given(st.lists(st.floats(0.1, 1000), min_size=1, max_size=20), st.floats(0, 1000))
def test_bounds_hold_and_the_index_stays_in_its_range(weights: list[float], unknown: float) -> None:
    found = index(weights, unknown)
    assert found is not None
    assert 10_000 / len(weights) - 1e-6 <= found.hhi <= 10_000 + 1e-6
    assert found.low <= found.high + 1e-6
    assert found.largest <= found.three + 1e-9 <= found.five + 2e-9 <= 100 + 1e-6
    assert 1 - 1e-9 <= found.effective <= len(weights) + 1e-6


def test_the_uk_has_no_threshold_and_the_us_bands_are_of_2023() -> None:
    assert HHI_BANDS(1801)[0].words == "highly concentrated"
    assert HHI_BANDS(1800)[0].words == "moderately concentrated"
    assert {band.year for band in HHI_BANDS(1)} == {2023, 2004}


def market(folder: Path) -> RiskGraph:
    """Two councils: one with two suppliers in housing, one with one; the second supplier is owned by the first."""
    entities = FILES["entities.csv"] + (
        "supplier:nova,supplier,Nova,,,,,,,,,,\nproduct:tenancy,product,Tenancy,,,,,,housing,,,,\n"
        "authority:carrow,authority,Carrow,,district,,,,,,,,\n"
    )
    head = FILES["relations.csv"].splitlines(keepends=True)[0]
    rows = [
        "r1,authority:ashby,served-by,supplier:orbit,housing,,,,,,,2026-03-31,C1,1000,2028-03-31,90,,e1,",
        "r2,authority:ashby,uses,product:tenancy,housing,,,,,,,,,,,,,e1,",
        "r3,product:tenancy,made-by,supplier:nova,,,,,,,,,,,,,,e1,",
        "r4,authority:bexton,uses,product:tenancy,housing,,,,,,,,,,,,,e1,",
        "r5,supplier:nova,owned-by,supplier:orbit,,,,,,,,,,,,,,e1,",
        "r6,supplier:nova,subcontracts-to,supplier:deep,housing,,,,,,,,,,,,,e1,",
        "r7,authority:bexton,supplied-by,supplier:orbit,waste-streetscene,,,,,,,,,,2023,,,e1,",
    ]
    entities += "supplier:deep,supplier,Deep,,,,,,,,,,\n"
    register = FILES["register.csv"] + "authority:carrow,,Carrow,district,England,Wales,,,,,500,current\n"
    return RiskGraph.open(
        write_small(folder, entities_csv=entities, relations_csv=head + "\n".join(rows) + "\n", register_csv=register)
    )


def test_shares_owners_hidden_providers_and_coverage(tmp_path: Path) -> None:
    found = concentration(market(tmp_path), "housing")
    assert [(s.supplier, s.councils, s.residents) for s in found.shares] == [
        ("supplier:nova", 1.5, 2500.0),
        ("supplier:orbit", 0.5, 500.0),
    ]
    assert found.unknown == ("authority:carrow",)
    by_councils, by_owner = found.by("councils"), found.by("councils", parents=True)
    assert by_councils is not None
    assert by_owner is not None
    assert by_councils.hhi == pytest.approx(100 * 100 * (0.75**2 + 0.25**2))
    assert by_owner.hhi == pytest.approx(10_000)
    assert by_councils.known == pytest.approx(100 * 2 / 3)
    hidden = [rank for rank in found.ranks if rank.hidden]
    assert [(rank.provider, rank.rank, rank.authorities) for rank in hidden] == [("supplier:deep", 2, 2)]
    text = concentration_text(found)
    assert text.startswith("75% of housing is with Nova: 2 of the 2 councils whose supplier is known")
    assert "Coverage: 2 of 3 councils, 67%" in text
    assert "The UK's CMA (2021) applies no threshold." in text


def test_a_merger_adds_twice_the_product_of_the_shares(tmp_path: Path) -> None:
    graph = market(tmp_path)
    result = merger(concentration(graph, "housing"), "orbit", "nova")
    assert result.delta == pytest.approx(2 * 25 * 75)
    assert result.hhi_after == pytest.approx(10_000)
    assert merger_text(result).startswith("3,750 points of HHI more in housing if Orbit and Nova were one")


def test_an_empty_market_says_so(tmp_path: Path) -> None:
    text = concentration_text(concentration(market(tmp_path), "pensions"))
    assert text.startswith("0 of 3 councils have a known supplier in pensions")


def test_the_test_by_figures_can_be_unknown() -> None:
    uk = RiskGraph.open("uk")
    tested = designation(concentration(uk, "committees and democracy"), ["civica"])
    assert tested[0].meets is None  # hosting of Modern.gov is not known for most
    assert tested[0].by_number < 10 < tested[0].by_number_at_most


def test_contracts_in_the_order_of_the_last_day_to_give_notice(tmp_path: Path) -> None:
    found = contracts(market(tmp_path), vesting="2027-04-01")
    (first,) = found.contracts
    assert (first.row.id, str(first.notice_by), first.extension_days, first.vesting) == (
        "r1",
        "2025-12-31",
        731,
        "before",
    )
    assert [contract.row.id for contract in found.passed] == ["r7"]
    text = contracts_text(found)
    assert text.startswith("1 contract with an end to come")
    assert "notice by 31 December 2025" in text
    assert "1 contract whose end is over although the relation goes on" in text
    assert contracts(market(tmp_path), providers=["nova"]).contracts == ()


def test_a_selection_limits_market_and_contracts() -> None:
    uk = RiskGraph.open("uk")
    wales = Selection.of(uk, regions=["Wales"])
    assert len(concentration(uk, "electoral", selection=wales).market) == 22
    assert {c.row.dependent for c in contracts(uk, selection=wales).contracts} <= {
        body for body in uk.dataset.entities if wales.holds(body)
    }


def test_peers_outside_the_radius_can_help() -> None:
    uk = RiskGraph.open("uk")
    found = peers(uk, "dover", root="east kent services")
    assert "authority:thanet" not in found.outside
    assert "authority:ashford" in found.outside
    assert found.class_size > 100
    assert "not named" in peers_text(found, "east kent services")


def test_lock_in_lists_the_hardest_first_and_counts_what_nobody_assessed(tmp_path: Path) -> None:
    head, *rows = FILES["relations.csv"].splitlines()
    relations = [head + ",substitutability,exit_plan"]
    relations += [rows[0] + ",easily,yes", rows[1] + ",,", rows[2] + ",,"]
    relations.append("r4,authority:ashby,uses,system:s,housing,,,,,,,,,,2026-06-30,,,e1,,very-hard,no")
    entities = FILES["entities.csv"] + "system:s,system,S,,,,,,,,,,\n"
    graph = RiskGraph.open(write_small(tmp_path, entities_csv=entities, relations_csv="\n".join(relations) + "\n"))
    found = lock_in(graph)
    assert [(x.row.id, x.row.substitutability, x.years_left) for x in found.locks] == [
        ("r4", "very-hard", 2.0),
        ("r1", "easily", None),
    ]
    assert found.not_assessed == 1
    assert locks_text(found).startswith("1 relation cannot be replaced or only very hardly")


def test_a_certificate_is_lapsed_in_force_or_never_seen(tmp_path: Path) -> None:
    lines = FILES["entities.csv"].splitlines()
    entities = [lines[0] + ",certificate,certificate_expires", *(line + ",," for line in lines[1:])]
    entities.append("supplier:old,supplier,Old,,,,,,,,,,,CE+,2024-01-31")
    entities.append("supplier:new,supplier,New,,,,,,,,,,,ISO 27001;CE+,2025-01-31")
    rows = "".join(
        f"c{n},authority:ashby,supplied-by,supplier:{name},housing,,,,,,,,,,,,,e1,\n"
        for n, name in enumerate(("old", "new", "orbit"))
    )
    graph = RiskGraph.open(
        write_small(tmp_path, entities_csv="\n".join(entities) + "\n", relations_csv=FILES["relations.csv"] + rows)
    )
    found = certificates(graph)
    assert [(one.supplier, one.state) for one in found.suppliers] == [
        ("supplier:old", "lapsed"),
        ("supplier:orbit", "never seen"),
        ("supplier:new", "in force"),
    ]
    assert certificates_text(found).startswith(
        "1 supplier with a certificate that has lapsed, 1 of whom none was seen, of 3"
    )


def test_a_suppliers_profile_says_who_suffers_and_who_else_could_do_it() -> None:
    result = CliRunner().invoke(main, ["show", "capita"], catch_exceptions=False)
    assert "Who suffers if it fails: data could be read at " in result.stdout
    assert "If it left the market: " in result.stdout
    assert "In revenues and benefits it serves 22 councils" in result.stdout
    assert "others: Civica" in result.stdout
