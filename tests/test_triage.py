"""Triage: everybody who is told stands in one tier, the surest first, and the first line says the first tier."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import datasets, write

import riskgraph
from riskgraph import Band, BlastRadius, FailureKind, RiskMap
from riskgraph.analysis.affected import affected_by
from riskgraph.analysis.triage import Tier
from riskgraph.cli import main
from riskgraph.deciding import levels_of
from riskgraph.model import KINDS, NEVER, Grade
from riskgraph.render.blast import anonymous
from riskgraph.render.headline import finding
from riskgraph.render.page import as_text
from riskgraph.rules import Cell, Trait, relations_that, rules

KENT = (
    "Ashford", "Canterbury", "Dartford", "Dover", "Folkestone and Hythe", "Gravesham", "Kent County Council",
    "Maidstone", "Medway", "Sevenoaks", "Swale", "Thanet", "Tonbridge and Malling", "Tunbridge Wells",
)  # fmt: skip
SOFTWARE = relations_that(Trait.COPY, Trait.MAKES)


@pytest.fixture(scope="module")
def uk() -> RiskMap:
    return riskgraph.load("uk")


@pytest.fixture(scope="module")
def seeds() -> RiskMap:
    return riskgraph.load("seeds")


def run(*words: str) -> str:
    result = CliRunner().invoke(main, list(words), catch_exceptions=False)
    assert result.exit_code in {0, 1}, (words, result.output)
    return result.stdout


def first_sentence(text: str) -> str:
    return " ".join(text.split()).partition(" (data of ")[0]


# -- what counts ----------------------------------------------------------------------------------------


def test_only_rows_of_software_are_altered_more_surely_than_they_are_harmed_otherwise() -> None:
    """What `measure.counting` rests on: who is reached by altering alone has altered software."""
    tampering = KINDS.index(FailureKind.TAMPERING)
    for line in rules().propagation:
        software = line.relation in SOFTWARE or (
            line.relation in relations_that(Trait.USE) and ("provider", frozenset({"product"})) in line.when
        )
        levels = levels_of(line, (frozenset(),) * len(KINDS), Grade.CONFIRMED, {})
        others = min(level for kind, level in enumerate(levels[: KINDS.index(FailureKind.EXIT)]) if kind != tampering)
        assert software or levels[tampering] == NEVER or others <= levels[tampering], line
    assert all(rule.source != "tampering" for rule in rules().inside)
    crossing = [rule for rule in rules().inside if rule.target != "same place"]
    for rule in crossing:  # inside a body altering goes no further than other harm does
        cells = {kind: cell for kind, cell in zip(KINDS, rule.cells, strict=True) if cell not in {None, Cell.NO}}
        assert FailureKind.TAMPERING not in cells or len(cells) > 1, rule


def one_tier_each(radius: BlastRadius) -> None:
    tiers = radius.tiers
    told = [body for bodies in tiers.values() for body in bodies]
    assert len(told) == len(set(told))
    assert not set(told) & set(radius.roots)
    counted = {reach.id for reach in radius.within()}
    assert {*tiers[Tier.FIRST], *tiers[Tier.POSSIBLE]} <= counted <= {
        *tiers[Tier.FIRST], *tiers[Tier.POSSIBLE], *tiers[Tier.PRECAUTION],
    }  # fmt: skip
    assert {reach.id for reach in radius.authorities if not reach.root} <= set(told)
    assert all(radius[body].band <= Band.LIKELY for body in tiers[Tier.FIRST] if radius.first_band != Band.POSSIBLE)
    assert not any(radius[body].altered for body in (*tiers[Tier.FIRST], *tiers[Tier.POSSIBLE]))
    ended = [radius[body].ended or "9999" for body in tiers[Tier.PAST]]
    assert all(one <= other for one, other in pairwise(ended))
    facts = radius.fact_values()
    assert all(facts[tier.name.lower()] == len(bodies) for tier, bodies in tiers.items())
    assert not finding(radius).startswith("0 ") or not told


@pytest.mark.parametrize("like", ["compromise", "outage", "data-theft", "malicious-update", "insolvency"])
def test_each_stands_in_one_tier_whoever_fails(seeds: RiskMap, like: str) -> None:
    for root in seeds.dataset.entities:
        one_tier_each(seeds.blast(root, like=like))


@given(data=st.data())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_each_stands_in_one_tier_on_random_maps(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    tables = data.draw(datasets())
    folder = tmp_path_factory.mktemp("tiers")
    write(tables, folder)
    found = riskgraph.load(str(folder))
    root = data.draw(st.sampled_from(list(found.dataset.entities)))
    one_tier_each(found.blast(root, like=data.draw(st.sampled_from(["compromise", "malicious-update"]))))


# -- the stories ----------------------------------------------------------------------------------------


def test_hammersmith_and_fulham_is_precaution_and_not_reached(seeds: RiskMap) -> None:
    radius = seeds.blast("environment:rbkc-shared-it")
    assert radius.tiers[Tier.PRECAUTION] == ("authority:hammersmith-and-fulham",)
    assert radius.tiers[Tier.POSSIBLE] == ()
    said = finding(radius)
    assert said.startswith("2 of 25 councils could be reached first if RBKC and Westminster shared IT environment")
    assert said.endswith(": Kensington and Chelsea and Westminster; Hammersmith and Fulham as a precaution")


@pytest.mark.parametrize("name", ["seeds", "uk"])
def test_east_kent_is_told_through_east_kent_services(name: str) -> None:
    said = " ".join(run("blast", "civica", "--data", name, "--as-of", "2024-01-18").split())
    assert "Revenues and benefits, through East Kent Services, 3: Canterbury, Dover and Thanet (documented" in said


def test_a_customer_that_the_map_names_is_never_no_council(uk: RiskMap) -> None:
    radius = uk.blast("oxygen-finance")
    assert not radius.within()
    assert (
        finding(radius)
        == f"{len(radius.doubtful)} of 382 councils depend on Oxygen Finance; for what or how is not recorded"
    )
    text = run("blast", "oxygen-finance")
    for body in radius.tiers[Tier.UNRECORDED]:
        assert uk.dataset.usual_name(body) in " ".join(text.split())
    for kind in ("supplier", "product"):
        for entity in [e for e in uk.dataset.entities.values() if e.kind == kind][::25]:
            found = uk.blast(entity.id)
            assert not finding(found).startswith("0 ") or not (found.doubtful or found.within())


def test_altered_software_is_outside_the_headline_the_residents_and_the_ranking(uk: RiskMap) -> None:
    radius = uk.blast("idox")
    altered = set(radius.tiers[Tier.ALTERED])
    assert len(altered) > 200
    assert not re.search(r"\b2\d\d\b", finding(radius))
    assert affected_by(radius).residents.areas == len(radius.within())
    row = uk.rank(of="supplier")["supplier:idox"]
    assert row.authorities[Band.POSSIBLE] == len(radius.within())
    assert not altered & {reach.id for reach in radius.within()}
    update = uk.blast("idox", like="malicious-update")
    assert altered <= set(update.tiers[Tier.FIRST])
    assert finding(update).startswith(
        f"{len(update.within()) - 6:,} of 382 councils and 6 other public bodies could be"
    )


def test_members_are_the_denominator_and_who_is_not_recorded_is_named(uk: RiskMap) -> None:
    radius = uk.blast("civica", members=KENT, as_of="2024-01-18")
    assert finding(radius) == (
        "3 of your 14 members could be reached first if Civica were compromised: Canterbury, Dover and Thanet; "
        f"{len(radius.tiers[Tier.POSSIBLE])} more possibly"
    )
    whole = uk.blast("civica", as_of="2024-01-18")
    assert radius.assumed < whole.assumed and len(radius.questions) < len(whole.questions)
    assert set(radius.old_rows) < set(whole.old_rows)
    island = uk.blast("civica", members=[*KENT, "Isles of Scilly"])
    if "authority:isles-of-scilly" in island.nothing_recorded:
        assert "nothing recorded" in finding(island)


def test_surer_groups_stand_before_larger_ones(uk: RiskMap) -> None:
    text = run("blast", "civica")
    assert 0 < text.index("First, ") < text.index("Possible, ") < text.index("Only if its software were altered")
    ranks = [(row.authorities[Band.LIKELY], row.authorities[Band.POSSIBLE]) for row in uk.rank(of="supplier").rows]
    assert ranks == sorted(ranks, reverse=True)
    order = [call.who for call in uk.calls("civica").calls if call.role == "council"]
    first = uk.blast("civica").tiers[Tier.FIRST]
    assert tuple(order[: len(first)]) == first


def test_past_customers_stand_oldest_first_with_their_end() -> None:
    said = " ".join(run("blast", "granicus").split())
    listed = said.partition("Past customers, ")[2].partition(". Ask for proof")[0]
    years = [int(year) for year in re.findall(r"\(ended (\d{4})", listed)]
    assert len(years) > 5 and years == sorted(years)


# -- how well the map knows -----------------------------------------------------------------------------


def test_a_map_that_cannot_answer_says_so_first(uk: RiskMap) -> None:
    said = finding(uk.blast("microsoft-365"))
    assert said.startswith("Microsoft 365: this map cannot answer; it knows ICT infrastructure at ")
    assert " of 382 councils; " in said


def test_every_answer_of_reach_says_how_well_the_map_knows() -> None:
    for root in ("civica", "capita", "idox", "netcall"):
        said = " ".join(run("blast", root).split())
        assert re.search(
            r"How well this map knows: .* known at \d+ of 382 councils; .*in replays of incidents it named", said
        )


def test_no_line_that_is_read_aloud_is_longer_than_120_characters() -> None:
    for root in ("civica", "capita", "microsoft-365", "netcall", "granicus"):
        for words in (("blast", root), ("calls", root), ("blast", root, "--anonymous")):
            lines = [line for line in run(*words).splitlines() if not line.startswith("Try next")]
            assert max(map(len, lines)) <= 120, words


# -- without names --------------------------------------------------------------------------------------


@pytest.mark.parametrize("root", ["civica", "capita", "idox", "netcall", "rbkc-shared-it", "unit4"])
@pytest.mark.parametrize("region", [(), ("--region", "South East")])
def test_without_names_no_number_under_five_is_told(root: str, region: tuple[str, ...]) -> None:
    said = run("blast", root, "--anonymous", *region)
    assert "TLP:CLEAR" in said
    told = re.sub(r"data of \d+ \w+ \d{4}|of \d+ councils|[Ff]ewer than 5|under five|\w*\d+ ?365|Unit4", "", said)
    assert not [number for number in re.findall(r"\b\d+\b", told) if 0 < int(number) < 5], said


def test_without_names_it_is_not_told_of_how_few_members_nothing_is_recorded() -> None:
    radius = riskgraph.load("seeds").blast("essex", members=["Thanet", "Maidstone"])
    assert len(radius.nothing_recorded) == 1 and "nothing recorded" in finding(radius)
    said = as_text(anonymous(radius))
    assert said.startswith("0 of your 2 members could be reached") and "nothing recorded" not in said


def test_json_gives_the_tier_of_each_and_the_year_in_which_it_was_last_seen() -> None:
    rows = riskgraph.load("uk").blast("civica", as_of="2024-01-18").to_frame().set_index("name")
    thanet = rows.loc["Thanet District Council"]
    assert (thanet["tier"], str(thanet["last_seen"])[:4], thanet["through_name"]) == (
        "first",
        "2024",
        "East Kent Services",
    )
