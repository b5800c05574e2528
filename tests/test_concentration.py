"""Procurement's figures: the textbook's vectors, the map's markets, and what is not known beside each."""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations, product
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small import FILES, write_small
from strategies import COLUMNS, datasets, write

from riskgraph.analysis.blast import blast
from riskgraph.analysis.concentration import breakdown, concentration
from riskgraph.analysis.hhi import HHI_BANDS, index, rise
from riskgraph.analysis.market import Trade
from riskgraph.analysis.mergers import designation, merger
from riskgraph.analysis.select import Selection
from riskgraph.api import RiskMap
from riskgraph.cli import main
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.render.concentration import breakdown_page, concentration_page, designation_page, merger_page
from riskgraph.render.page import as_text
from riskgraph.scenario.award import Award
from riskgraph.scenario.gate import gate
from riskgraph.scenario.policy import Limit, Policy

MAPS = Path(__file__).parent / "maps"


# -- one market, one figure -------------------------------------------------------------------------------


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None, max_examples=15)
@given(st.data())
def test_every_word_that_speaks_of_a_share_says_the_same(data: st.DataObject) -> None:
    """Concentration, its merger and breakdown, the takeover, the gate and the reports, on maps drawn at random."""
    tables = data.draw(datasets())
    bodies, sold = (
        [row["id"] for row in tables["entities"] if row["kind"] == kind] for kind in ("authority", "supplier")
    )
    for n, (body, seller) in enumerate(product(bodies, sold)):  # so that some sell in one market
        if data.draw(st.booleans()):
            row = dict.fromkeys(COLUMNS["relations"], "") | {"id": f"m{n}", "dependent": body, "provider": seller}
            tables["relations"].append(row | {"relation": "supplied-by", "service_area": "housing"})
    with tempfile.TemporaryDirectory() as folder:
        write(tables, Path(folder))
        risk_map = RiskMap(RiskGraph.open(folder))
    graph = risk_map.graph
    suppliers = sorted(id_ for id_, one in graph.dataset.entities.items() if one.kind == "supplier")
    parts = {(part.name, part.market.trade): part.market for part in breakdown(graph, "area").slices}
    owner = concentration(graph).market.owner
    free = [one for one in suppliers if one not in owner]
    for (area, trade), market in parts.items():
        assert trade is not None
        found = concentration(graph, area).market.of(trade)
        assert (found.shares, found.owners) == (market.shares, market.owners)
        (own,) = [i for i in [found.by("councils")] if i is not None]
        answer = risk_map.report("concentration", area).report.answer
        assert answer["tables"] == concentration(graph, area).to_dict()["tables"]
        assert own.hhi > 0
        # one more buyer, seen by the gate before and after
        buyer, seller = found.bodies[0], suppliers[0]
        award = Award("draft.toml", "draft", (buyer,), seller, "supplied-by", area)
        judged = gate(graph, award, Policy("all", (), {"share": Limit("share", 100, "why")}))
        (finding,) = judged.findings
        judged_in = Trade(finding.trade)
        then = concentration(RiskGraph(judged.placed.dataset), area).market.of(judged_in)
        found = concentration(graph, area).market.of(judged_in)
        for figure, side in ((finding.before, found), (finding.after, then)):
            assert figure == (side.percent(side.owner.get(seller, seller), owners=True) or 0.0)
    for buyer, bought in combinations(free[:3], 2):
        for change in risk_map.whatif("buys", buyer, bought).markets:
            market = concentration(graph, change.area).market.of(change.trade)
            assert dict(change.before) == {share.supplier: share.reach for share in market.owners}
            said, before = merger(graph, buyer, bought, change.area), market.by("councils", owners=True)
            if said.before.trade is not change.trade:
                continue
            assert change.hhi[0] == (None if before is None else round(before.hhi))
            assert dict(change.after) == {share.supplier: share.reach for share in said.after.owners}
            assert said.hhi_after is None or change.hhi[1] == round(said.hhi_after)


@pytest.mark.parametrize("direct", [0, 1, 2])
def test_an_environment_counts_behind_a_system_and_where_a_council_is_hosted_on_it_itself(
    tmp_path: Path, direct: int
) -> None:
    entities = "system:s,system,S,,,,,,,,,,\nenvironment:dc,environment,Data centre,,,,,,,,,,\n"
    rows = [
        "s0,system:s,hosted-on,environment:dc,,,,,,,,,,,,,,,",
        "s1,environment:dc,operated-by,supplier:orbit,,,,,,,,,,,,,,,",
    ]
    for n, who in enumerate(("ashby", "bexton")):
        how, what = ("hosted-on", "environment:dc") if n < direct else ("uses", "system:s")
        rows.append(f"u{n},authority:{who},{how},{what},housing,,,,,,,,,,,,,,")
    head = FILES["relations.csv"].splitlines(keepends=True)[0]
    path = write_small(
        tmp_path, entities_csv=FILES["entities.csv"] + entities, relations_csv=head + "\n".join(rows) + "\n"
    )
    ranks = {one.provider: one for one in concentration(RiskGraph.open(path), "housing").market.ranks}
    centre, orbit = ranks["environment:dc"], ranks["supplier:orbit"]
    assert (centre.within, centre.hidden) == ((direct, 2, 2, 2), direct == 0)
    assert orbit.within == (direct, 2 if direct == 2 else direct, 2, 2) and orbit.hidden == (direct == 0)


def test_a_service_area_of_the_scope_is_the_market_as_the_argument_is(tmp_path: Path) -> None:
    graph = market(tmp_path)
    asked, named = concentration(graph, areas=["housing"]).market, concentration(graph, "housing").market
    assert (asked.areas, asked.shares, asked.ranks) == (named.areas, named.shares, named.ranks)
    both = concentration(graph, "waste-streetscene", areas=["housing"])
    assert both.market.areas == {"housing", "waste-streetscene"} and len(both.market.shares) == 2
    assert [part.name for part in breakdown(graph, "area", areas=["housing"]).slices] == ["housing"]


def test_who_merges_with_itself_is_told_to_name_two(tmp_path: Path) -> None:
    with pytest.raises(RiskGraphError, match="cannot buy itself"):
        merger(market(tmp_path), "orbit", "orbit")


def test_what_a_merger_could_reach_is_counted_in_the_scope_of_the_question() -> None:
    uk = RiskGraph.open("uk")
    said = merger(uk, "capita", "civica", regions=["Wales"])
    one, other = (len(blast(uk, name, regions=["Wales"]).within()) for name in ("capita", "civica"))
    assert said.alone == (one, other)
    assert said.together == len(blast(uk, ["capita", "civica"], regions=["Wales"]).within()) <= said.question.bodies


# -- figures ----------------------------------------------------------------------------------------------


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


def market(folder: Path, *, owned: bool = True, more: Sequence[str] = ()) -> RiskGraph:
    """Two councils: one with two suppliers in housing, one with one; the second supplier is owned by the first."""
    entities = FILES["entities.csv"] + (
        "supplier:nova,supplier,Nova,,,,,,,,,,\nproduct:tenancy,product,Tenancy,,,,,,housing,,,,\n"
        "authority:carrow,authority,Carrow,,district,,,,,,,,\n"
    )
    head = FILES["relations.csv"].splitlines(keepends=True)[0]
    rows = [
        "r1,authority:ashby,supplied-by,supplier:orbit,housing,,,,,,,2026-03-31,C1,1000,2028-03-31,90,,e1,",
        "r2,authority:ashby,uses,product:tenancy,housing,,,,,,,,,,,,,e1,",
        "r3,product:tenancy,made-by,supplier:nova,,,,,,,,,,,,,,e1,",
        "r4,authority:bexton,uses,product:tenancy,housing,,,,,,,,,,,,,e1,",
        "r5,supplier:nova,owned-by,supplier:orbit,,,,,,,,,,,,,,e1,",
        "r6,supplier:nova,subcontracts-to,supplier:deep,housing,,,,,,,,,,,,,e1,",
        "r7,authority:bexton,supplied-by,supplier:orbit,waste-streetscene,,,,,,,,,,2023,,,e1,",
    ]
    rows = [row for row in rows if owned or "owned-by" not in row] + list(more)
    entities += "supplier:deep,supplier,Deep,,,,,,,,,,\n"
    register = FILES["register.csv"] + "authority:carrow,,Carrow,district,England,Wales,,,,,500,current\n"
    return RiskGraph.open(
        write_small(folder, entities_csv=entities, relations_csv=head + "\n".join(rows) + "\n", register_csv=register)
    )


def test_shares_owners_hidden_providers_and_coverage(tmp_path: Path) -> None:
    answer = concentration(market(tmp_path), "housing")
    found = answer.market
    assert [(s.supplier, s.councils, s.residents) for s in found.shares] == [
        ("supplier:nova", 1.5, 2500.0),
        ("supplier:orbit", 0.5, 500.0),
    ]
    assert found.unknown == ("authority:carrow",)
    by_councils, by_owner = found.by("councils"), found.by("councils", owners=True)
    assert by_councils is not None
    assert by_owner is not None
    assert by_councils.hhi == pytest.approx(100 * 100 * (0.75**2 + 0.25**2))
    assert by_owner.hhi == pytest.approx(10_000)
    assert by_councils.known == pytest.approx(100 * 2 / 3)
    hidden = [rank for rank in found.ranks if rank.hidden]
    assert [(rank.provider, rank.rank, rank.authorities) for rank in hidden] == [("supplier:deep", 2, 2)]
    text = as_text(concentration_page(answer))
    assert text.startswith(
        "Nova serves 100% of the 2 councils whose housing system is known; for 1 of 3 it is not known."
    )
    assert "2 of 3 councils known, 67%." in text
    assert "The largest share, a council with several suppliers in equal parts, is 75%, between 50% and 83%." in text
    assert "The UK's CMA has applied no threshold since 2021." in text


def test_a_merger_adds_twice_the_product_of_the_shares(tmp_path: Path) -> None:
    graph = market(tmp_path, owned=False)
    result = merger(graph, "orbit", "nova", "housing")
    assert result.delta == pytest.approx(2 * 25 * 75)
    assert result.hhi_after == pytest.approx(10_000)
    # two thirds are known: at the least 2 x 16.7 x 50, at the most half and half
    assert result.bounds is not None
    assert list(result.bounds) == pytest.approx([2 * 50 / 3 * 50, 2 * 50 * 50])
    text = as_text(merger_page(result))
    assert text.startswith(
        "3,750 points of HHI more in housing systems if Orbit bought Nova: 6,250 would become 10,000."
    )
    assert "Of the councils known, Orbit has 25% and Nova 75%." in text
    assert "The rise lies between 1,667 and 5,000 points, whatever the unknown ones use." in text
    header, rows = result.table()
    assert {row[0]: row[header.index("delta")] for row in rows} == {
        "councils": 3750.0, "residents": 2777.8, "value": None, "annual_value": None,
    }  # fmt: skip


def test_two_of_one_group_change_nothing_when_they_merge(tmp_path: Path) -> None:
    result = merger(market(tmp_path), "orbit", "nova", "housing")
    assert (result.one_group, result.delta) == (True, 0.0)
    assert result.hhi_before == pytest.approx(10_000)
    assert as_text(merger_page(result)).startswith(
        "0 points of HHI change in housing systems: Orbit owns Nova already."
    )


SUPPLIERS = "abcd"


@given(st.lists(st.sets(st.sampled_from(SUPPLIERS), min_size=1), min_size=1, max_size=5), st.integers(0, 3))
def test_the_rise_by_a_merger_lies_within_its_bounds(councils: list[set[str]], unknown: int) -> None:
    """However those councils buy of which nothing is known: from one of the four, or each from somebody new."""

    def shares(of: Sequence[set[str]]) -> dict[str, float]:
        found: dict[str, float] = defaultdict(float)
        for suppliers in of:
            for supplier in suppliers:
                found[supplier] += 1 / len(suppliers)
        return found

    def merged(of: Sequence[set[str]]) -> list[set[str]]:
        return [{"a" if one == "b" else one for one in suppliers} for suppliers in of]

    def hhi(of: Sequence[set[str]]) -> float:
        found = index(shares(of).values())
        assert found is not None
        return found.hhi

    low, high = rise(shares(councils), shares(merged(councils)), ("a", "b"), unknown)
    rises = []
    for rest in product([*SUPPLIERS, "new"], repeat=unknown):
        whole = [*councils, *({one if one in SUPPLIERS else f"new{n}"} for n, one in enumerate(rest))]
        rises.append(hhi(merged(whole)) - hhi(whole))
    assert min(rises) == pytest.approx(low, abs=1e-6)
    assert max(rises) <= high + 1e-6
    if not unknown:
        assert rises == [pytest.approx(high, abs=1e-6)]


def test_a_merger_is_what_the_takeover_gives_also_where_a_council_has_several_suppliers(tmp_path: Path) -> None:
    graph = market(tmp_path)
    several = 0
    for data in (graph, RiskGraph.open("uk")):
        suppliers = sorted(
            {s.supplier for s in concentration(data).market.shares if s.supplier.startswith("supplier:")}
        )[:6]
        for buyer, bought in combinations(suppliers, 2):
            if bought in concentration(data).market.owner:
                continue  # who is owned already cannot be bought again
            after = RiskMap(data).whatif("buys", buyer, bought).applied.after
            for area in {s.area for s in data.settled(data.view()).steps if s.provider in {buyer, bought} and s.area}:
                said = merger(data, buyer, bought, area)
                found = said.before
                assert found.trade is not None
                then = concentration(after, area).market.of(found.trade).by("councils", owners=True)
                if said.hhi_after is None:
                    continue
                assert then is not None
                assert said.hhi_after == pytest.approx(then.hhi)
                several += any(len(who & {buyer, bought}) == 2 for who in found.served.values())
    assert several


def test_a_council_with_both_has_one_supplier_less_after_the_merger() -> None:
    """A and C; A and B; B: shares 1, 1.5 and 0.5 of 3; then 2.5 with 0.5: not the 2 s s of single suppliers."""
    councils = [{"a", "c"}, {"a", "b"}, {"b"}]
    before = {"a": 1.0, "b": 1.5, "c": 0.5}
    after = {"a": 2.5, "c": 0.5}
    assert len(councils) == sum(before.values()) == sum(after.values())
    assert rise(before, after, ("a", "b")) == pytest.approx((3333.3, 3333.3), abs=0.1)


@pytest.mark.parametrize(("folder", "rank"), [("fourth", 2), ("fourth2", 2)])
@pytest.mark.parametrize("area", ["finance-erp", None])
def test_who_is_behind_a_system_or_a_product_is_a_fourth_party(folder: str, rank: int, area: str | None) -> None:
    found = concentration(RiskGraph.open(MAPS / folder), area).market
    cloud = next(one for one in found.ranks if one.provider == "supplier:cloudco")
    assert (cloud.rank, cloud.within, cloud.hidden, cloud.share) == (rank, (0, 4, 4, 4), True, 100.0)
    assert found.at_rank(2)[0] == ("supplier:cloudco", 4, 100.0, 100.0, 100.0)


def test_hosting_behind_a_system_without_a_known_supplier_is_seen(tmp_path: Path) -> None:
    entities = "".join(f"system:s{n},system,S{n},,,,,,,,,,\n" for n in range(2))
    relations = "".join(
        f"u{n},authority:{who},uses,system:s{n},housing,personal,,,,,,,,,,,,,\n"
        f"v{n},system:s{n},hosted-on,supplier:orbit,,,,,,,,,,,,,,,\n"
        for n, who in enumerate(("ashby", "bexton"))
    )
    header = FILES["relations.csv"].splitlines(keepends=True)[0]
    path = write_small(tmp_path, entities_csv=FILES["entities.csv"] + entities, relations_csv=header + relations)
    found = concentration(RiskGraph.open(path), "housing").market
    assert found.unknown == found.bodies, "who sells the systems is not known"
    (orbit,) = found.ranks
    assert (orbit.provider, orbit.within, orbit.share) == ("supplier:orbit", (0, 2, 2, 2), 100.0)
    assert found.at_rank(2) == (("supplier:orbit", 2, 100.0, 100.0, 100.0),)


def test_an_empty_market_says_so(tmp_path: Path) -> None:
    text = as_text(concentration_page(concentration(market(tmp_path), "pensions")))
    assert text.startswith("0 of 3 councils have a known supplier in pensions")


def test_the_test_by_figures_can_be_unknown() -> None:
    uk = RiskGraph.open("uk")
    (tested,) = designation(uk, "committees and democracy", providers=["civica"]).tested
    whole = tested.classes[0]
    assert (whole.of_class, whole.meets) == (None, None)  # hosting of Modern.gov is not known for most
    assert whole.by_number < 10 < whole.by_number_at_most
    assert {one.of_class for one in tested.classes} >= {"district", "london-borough", "welsh-unitary"}
    assert "city-corporation" not in {one.of_class for one in tested.classes}  # one council would be all of it


def test_the_test_by_figures_looks_at_each_class() -> None:
    uk = RiskGraph.open("uk")
    found = designation(uk, "highways-assets", providers=["societyworks"])
    (tested,) = found.tested
    assert tested.classes[0].meets is False  # of all councils together
    assert (tested.lead.of_class, tested.lead.size, tested.meets) == ("london-borough", 32, True)
    text = as_text(designation_page(found))
    assert "SocietyWorks (mySociety): would meet a test of 10% of a class" in text
    assert "not a finding of law" in text


def test_beside_the_test_stand_alternatives_and_how_hard_it_is_to_replace() -> None:
    sheet = RiskGraph.open("one-sheet-register.csv")
    (tested,) = designation(sheet, "ICT infrastructure", providers=["Marl Valley Shared Services"]).tested
    assert (tested.direct, tested.backed, tested.assessed, tested.hard) == (3, 0, 2, 2)
    (tested,) = designation(sheet, "libraries-leisure", providers=["Thistlecombe Libraries"]).tested
    assert (tested.direct, tested.assessed, tested.hard) == (2, 1, 0)


def test_every_figure_has_its_bounds(tmp_path: Path) -> None:
    found = concentration(market(tmp_path), "housing").market.by("councils")
    assert found is not None
    assert list(found.bounds["largest"]) == pytest.approx([50, 100 - 50 / 3])
    assert list(found.bounds["three"]) == pytest.approx([200 / 3, 100])
    assert list(found.bounds["effective"]) == pytest.approx([10_000 / found.high, 10_000 / found.low])


def test_ranks_count_who_leans_on_it_within_so_many_steps(tmp_path: Path) -> None:
    found = concentration(market(tmp_path), "housing").market
    first, second = found.at_rank(1), found.at_rank(2)
    assert [(provider, n, round(share)) for provider, n, share, _, _ in first] == [
        ("supplier:nova", 2, 100),
        ("supplier:orbit", 1, 50),
    ]
    assert ("supplier:deep", 2, 100.0) in [row[:3] for row in second]
    assert [round(bound, 1) for bound in second[0][3:]] == [66.7, 100.0]  # one of three councils is not known
    assert [row[:2] for row in found.at_rank(1, owners=True)] == [("supplier:orbit", 2)]


def test_by_value_a_joint_contract_counts_once_and_what_others_pay_has_no_bounds(tmp_path: Path) -> None:
    head = FILES["relations.csv"].splitlines()[0] + ",annual_value_gbp\n"
    rows = "".join(
        f"r{n},authority:{body},served-by,supplier:{name},housing,,,,,,,,{reference},{value},,,,e1,,{annual}\n"
        for n, (body, name, reference, value, annual) in enumerate(
            [
                ("ashby", "orbit", "J1", "900", "100"),
                ("bexton", "orbit", "J1", "900", ""),
                ("bexton", "nova", "", "100", ""),
            ]
        )
    )
    entities = FILES["entities.csv"] + "supplier:nova,supplier,Nova,,,,,,,,,,\n"
    graph = RiskGraph.open(write_small(tmp_path, entities_csv=entities, relations_csv=head + rows))
    answer = concentration(graph, "housing")
    found = answer.market
    value, annual = found.by("value"), found.by("annual_value")
    assert value is not None and annual is not None
    assert (round(value.largest), dict(value.bounds), dict(found.valued)) == (90, {}, {"value": 2, "annual_value": 1})
    assert annual.known == pytest.approx(50)
    assert "Nobody knows what the others pay" in as_text(concentration_page(answer))


def test_owners_of_each_other_are_one_group(tmp_path: Path) -> None:
    graph = market(tmp_path, more=["r8,supplier:orbit,owned-by,supplier:nova,,,,,,,,,,,,,,e1,"])
    assert [share.supplier for share in concentration(graph, "housing").market.owners] == ["supplier:nova"]


def test_what_several_own_together_is_no_part_of_the_group_of_any(tmp_path: Path) -> None:
    alone = market(tmp_path, more=["r8,supplier:deep,owned-by,authority:ashby,,,,,,,,,,,,,,e1,"])
    assert concentration(alone, "housing").market.owner["supplier:deep"] == "authority:ashby"
    rows = [f"r{n},supplier:deep,owned-by,authority:{who},,,,,,,,,,,,,,e1," for n, who in ((8, "ashby"), (9, "bexton"))]
    assert "supplier:deep" not in concentration(market(tmp_path, more=rows), "housing").market.owner


@pytest.mark.parametrize("extra", [["--merger", "capita", "--merger", "civica"], ["--designation"], []])
def test_every_form_of_the_answer_holds_what_was_asked(extra: list[str]) -> None:
    def run(form: str) -> str:
        words = ["concentration", "revenues-benefits", "--data", "seeds", *extra, "--format", form]
        return CliRunner().invoke(main, words, catch_exceptions=False).stdout

    held = json.loads(run("json"))
    table = "measures" if "--merger" in extra else "tests" if extra else "suppliers"
    assert next(iter(held["tables"])) == table
    assert run("csv").splitlines()[0].split(",") == list(held["tables"][table][0])
    assert (held["answer"] == "concentration") == (not extra)
    assert "<title>" in run("html")


def test_a_selection_limits_the_market() -> None:
    uk = RiskGraph.open("uk")
    wales = Selection.of(uk, regions=["Wales"])
    assert len(concentration(uk, "electoral", selection=wales).market.bodies) == 22


def test_a_suppliers_profile_says_who_suffers_and_who_else_could_do_it() -> None:
    result = CliRunner().invoke(main, ["show", "capita"], catch_exceptions=False)
    assert "Who suffers if it fails: data could be read at " in result.stdout
    assert "If it left the market: " in result.stdout
    said = " ".join(result.stdout.split())
    market = concentration(RiskGraph.open("uk"), "revenues-benefits").market
    (share,) = [one for one in market.shares if one.supplier == "supplier:capita"]
    assert f"In revenues and benefits it serves {len(share.authorities)} councils" in said
    assert "others: NEC Software Solutions UK" in said


def test_a_market_by_area_class_and_region_begins_with_what_is_surely_uneven(tmp_path: Path) -> None:
    graph = market(tmp_path)
    areas = breakdown(graph, "area")
    assert [part.name for part in areas.slices] == ["housing", "waste-streetscene"]
    assert "social-care" in areas.empty
    classes = breakdown(graph, "class", "housing")
    assert [(part.name, len(part.market.bodies)) for part in classes.slices] == [("district", 3)]
    regions = breakdown(graph, "region", "housing")
    assert [part.name for part in regions.slices] == ["South East"]
    assert regions.empty == ("Wales",)
    text = as_text(breakdown_page(areas))
    assert text.startswith("2 service areas with a known supplier")
    assert "- housing, systems: Nova 75%; HHI 6,250, between 2,778 and 7,222; 2 of 3 known" in text
    assert "- waste and street scene, systems: Orbit 100%; HHI 10,000, between 1,111 and 10,000; 1 of 3" in text


def test_parts_of_a_market_are_markets_of_their_own() -> None:
    uk = RiskGraph.open("uk")
    for part in breakdown(uk, "class", "revenues-benefits").slices:
        alone = concentration(uk, "revenues-benefits", selection=Selection.of(uk, classes=[part.name]))
        assert part.market.trade is not None
        assert alone.market.of(part.market.trade).shares == part.market.shares
    words = ["concentration", "--by", "area", "housing"]
    assert CliRunner().invoke(main, words).exit_code == 2
    rows = CliRunner().invoke(main, ["concentration", "--by", "region", "--format", "csv"]).stdout.splitlines()
    assert rows[0].startswith("part,trade,authorities,known,suppliers,largest")
    assert len({row.partition(",")[0] for row in rows[1:]}) == 12


def test_a_guideline_calls_a_market_what_could_change(tmp_path: Path) -> None:
    text = as_text(concentration_page(concentration(market(tmp_path), "waste-streetscene")))
    unknown = "the unknown ones could make it"
    assert f"By the US guidelines of 2023 that is highly concentrated; {unknown} moderately concentrated." in text
    assert f"By the EU guidelines of 2004 that is above 2,000; {unknown} 1,000 to 2,000." in text
