"""What each verb does, on the five stories and on small invented maps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small import FILES, write_small

from riskgraph.analysis.common import CommonAnswer
from riskgraph.analysis.market import Trade
from riskgraph.analysis.mergers import merger
from riskgraph.api import RiskMap, load
from riskgraph.errors import AmbiguousName, DataError, NameNotFound, RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import Band, FailureKind
from riskgraph.scenario.apply import apply
from riskgraph.scenario.compare import Comparison, Difference, Shift
from riskgraph.scenario.findings import Backup, Leaving, Merging, Purging, Splitting
from riskgraph.scenario.model import Scenario, change


@pytest.fixture(scope="module")
def seeds() -> RiskMap:
    return load("seeds")


@pytest.fixture
def small(tmp_path: Path) -> RiskMap:
    """Two councils; Ashby uses a product of Orbit for planning, Orbit supplies its ICT, Comet is another."""
    entities = (
        FILES["entities.csv"] + "supplier:comet,supplier,Comet,,,,,,,,,,\n"
        "product:plan,product,Plan,,,,,,,,,,\nproduct:file,product,File,,,,,,,,,,\n"
        "environment:hall,environment,Machine Hall,,,,,,,,,,\nsystem:desk,system,Desk,,,,,,,,,,\n"
    )
    relations = (
        FILES["relations.csv"]
        + "r4,authority:ashby,uses,product:plan,planning-building-control,personal,,supplier,,,,,,,,,,e1,\n"
        + "r5,product:plan,made-by,supplier:orbit,,,,,,,,,,,,,,e1,\n"
        + "r6,authority:ashby,supplied-by,supplier:orbit,housing,,none,,,,,2023-03-31,C-2,5,2023-03-31,,,e1,\n"
        + "r7,authority:bexton,supplied-by,supplier:comet,housing,,remote,,,,,,C-3,7,2030-03-31,,,e1,\n"
        + "r8,authority:ashby,hosted-on,environment:hall,ict-infrastructure,personal,,,,,,,,,,,,e1,\n"
        + "r9,system:desk,hosted-on,environment:hall,,personal,,,,,,,,,,,,e1,\n"
        + "s1,authority:ashby,uses,product:file,committee-democratic,none,,own,,,,,,,,,,e1,\n"
        + "s2,product:file,made-by,supplier:comet,,,,,,,,,,,,,,e1,\n"
    )
    return load(write_small(tmp_path, entities_csv=entities, relations_csv=relations))


def who(answer: Comparison, *what: Shift) -> set[str]:
    return {one.body.partition(":")[2] for pair in answer.pairs for one in pair.of(*what)}


def one(answer: Comparison, body: str, pair: int = 0) -> Difference:
    return next(found for found in answer.pairs[pair].differences if found.body == body)


def only(answer: Comparison) -> object:
    (finding,) = answer.applied.findings
    return finding


# -- cut ----------------------------------------------------------------------------------------------


def test_who_is_cut_off_leaves_but_data_already_there_cannot_be_ruled_out(small: RiskMap) -> None:
    answer = small.whatif("cut", "bexton", "comet")
    found = one(answer, "authority:bexton")
    assert found.what is Shift.LEAVES and found.not_ruled_out
    assert found.bands(FailureKind.OUTAGE) == (Band.POSSIBLE, None)
    assert found.bands(FailureKind.EXPOSURE) == (Band.POSSIBLE, Band.NOT_RULED_OUT)
    assert answer.applied.after.dataset.relations["r7"].valid_to == "2024-06-29"
    assert answer.stops == ()  # what supplies a council runs nothing there


def test_cutting_a_subcontractor_stops_the_services_behind_it(small: RiskMap) -> None:
    answer = small.whatif("cut", "both together", "orbit", like="outage")
    assert answer.stops == (("authority:ashby", "housing"), ("authority:bexton", "housing"))


def test_either_order_of_names_will_do(small: RiskMap) -> None:
    assert small.whatif("cut", "comet", "bexton").applied.ended == small.whatif("cut", "bexton", "comet").applied.ended


def test_a_use_of_a_product_that_the_maker_hosts_is_cut_and_one_on_own_servers_is_not(small: RiskMap) -> None:
    assert {row.id for row in small.whatif("cut", "ashby", "orbit").applied.ended} == {"r4"}
    with pytest.raises(RiskGraphError, match="own servers"):
        small.whatif("cut", "ashby", "comet")


def test_everybody_means_all_who_depend(small: RiskMap) -> None:
    assert {row.id for row in small.whatif("cut", "everybody", "orbit").applied.ended} == {"r3", "r4"}


def test_a_link_is_cut_and_asked_from_both_ends(seeds: RiskMap) -> None:
    answer = seeds.whatif("cut", "hammersmith and fulham", "rbkc shared it")
    assert "hammersmith-and-fulham" in who(answer, Shift.LEAVES)
    assert len(answer.pairs) == 2


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        (("cut", "ashbi", "orbit"), NameNotFound, r"Ashby \(authority:ashby\)"),
        (("cut", "bexton", "orbit"), RiskGraphError, "It does through: Both Together"),
        (("cut", "both together", "comet"), RiskGraphError, "It depends directly on: Orbit"),
        (("cut", "everybody", "machine hal"), NameNotFound, "Machine Hall"),
        (("leave", "bexton", "comets"), NameNotFound, "Comet"),
        (("switch", "bexton", "orbit", "comet"), RiskGraphError, "does not depend directly on Orbit"),
        (("switch", "bexton", "comet", "comet"), RiskGraphError, "both the old and the new"),
        (("purge", "bexton", "comet"), RiskGraphError, "data in use cannot be purged"),
        (("segment", "machine hall and more"), NameNotFound, "Machine Hall"),
        (("segment", "orbit"), NameNotFound, "No body"),
        (("buys", "orbit", "orbit"), RiskGraphError, "cannot buy itself"),
        (("buys", "orbit", "ashby"), NameNotFound, "No body"),
        (("join", "bexton", "bexton"), RiskGraphError, "cannot join itself"),
        (("add-backup", "ashby", "orbit", "file"), RiskGraphError, "Ashby uses: File, Plan"),
        (("add-backup", "ashby", "plan", "plan"), RiskGraphError, "back itself up"),
        (("same-place", "plan", "plan"), RiskGraphError, "named twice"),
    ],
)
def test_what_is_not_there_is_a_clear_error_with_the_nearest(
    small: RiskMap, words: tuple[str, ...], error: type[RiskGraphError], said: str
) -> None:
    with pytest.raises(error, match=said):
        small.whatif(*words)


def test_an_area_in_which_they_have_no_dealings_names_those_in_which_they_have(small: RiskMap) -> None:
    with pytest.raises(RiskGraphError, match="It does in: housing"):
        small.whatif("cut", "bexton", "comet", area="pensions")
    with pytest.raises(RiskGraphError, match="No service area is called 'houses'"):
        small.whatif("cut", "bexton", "comet", area="houses")


def test_every_change_that_cannot_be_made_is_told(small: RiskMap) -> None:
    changes = [change("cut", "ashbi", "orbit"), change("lose", "comet"), change("leave", "bexton", "both")]
    with pytest.raises(DataError) as caught:
        small.whatif([*changes, change("cut", "bexton", "orbit")])
    assert [problem.file for problem in caught.value.problems] == ["change 1 (cut)", "change 4 (cut)"]
    assert "Did you mean Ashby" in str(caught.value)


# -- lose ---------------------------------------------------------------------------------------------


def test_losing_two_at_once_tells_what_only_both_together_bring_down(tmp_path: Path) -> None:
    entities = FILES["entities.csv"] + "system:one,system,One,,,,,,,,,,\nsystem:two,system,Two,,,,,,,,,,\n"
    relations = FILES["relations.csv"] + "".join(
        f"{id_},authority:ashby,uses,system:{name},libraries-leisure,none,,,group,,,,,,,,,e1,\n"
        for id_, name in (("r4", "one"), ("r5", "two"))
    )
    graph = load(write_small(tmp_path, entities_csv=entities, relations_csv=relations))
    answer = graph.whatif("lose", "one", "two", like="outage")
    assert answer.joint == (("authority:ashby", "libraries-leisure"),)
    assert who(answer, Shift.JOINS) == {"ashby"}
    assert answer.pairs[0].before is None
    assert graph.whatif("lose", "one", like="outage").pairs[0].count(graph.blast("one", like="outage")) == 0


def test_losing_something_on_a_changed_map_is_compared_with_losing_it_today(small: RiskMap) -> None:
    answer = small.whatif([change("cut", "bexton", "comet"), change("lose", "comet")], like="outage")
    assert who(answer, Shift.LEAVES) == {"bexton"}


# -- leave and join ------------------------------------------------------------------------------------


def test_leaving_tells_what_to_replace_and_which_ties_remain(seeds: RiskMap) -> None:
    answer = seeds.whatif("leave", "thanet", "east kent services", as_of="2024-01-15")
    finding = only(answer)
    assert isinstance(finding, Leaving)
    assert ("ict-infrastructure", "shared-service:east-kent-services") in finding.replace
    assert finding.contracts == (
        "east-kent-services.served-by.civica.ict-infrastructure.to-2025-01-31",
        "east-kent-services.subcontracts-to.civica.revenues-benefits.to-2025-01-31",
    )
    assert "east-kent-services.hosted-on.thanet.revenues-benefits.to-2025-01-31" in finding.ties
    assert finding.direct == ("supplier:civica",)
    assert ("authority:thanet", "ict-infrastructure") in answer.stops
    (exposure,) = answer.exposures
    assert "shared-service:east-kent-services" in exposure.dropped and not exposure.gained


def test_joining_takes_on_all_that_reaches_the_service(seeds: RiskMap) -> None:
    answer = seeds.whatif("join", "essex", "east kent services", as_of="2024-01-15")
    assert who(answer, Shift.JOINS) == {"essex"}
    (exposure,) = answer.exposures
    assert {"shared-service:east-kent-services", "supplier:civica"} <= set(exposure.gained)
    areas = {row.service_area for row in answer.applied.supposed}
    assert areas == {"customer-digital", "hr-payroll", "ict-infrastructure", "payments-income", "revenues-benefits"}
    one_area = seeds.whatif("join", "essex", "east kent services", area="housing")
    assert {row.service_area for row in one_area.applied.supposed} == {"housing"}


# -- merge and split -----------------------------------------------------------------------------------


def test_a_merger_takes_over_everything_and_sorts_contracts_by_vesting_day(small: RiskMap) -> None:
    answer = small.whatif("merge", "ashby", "bexton", name="Twin Towns", on="2028-04-01")
    finding = only(answer)
    assert isinstance(finding, Merging)
    assert [(c.row.id, c.vesting) for c in finding.contracts] == [("r3", "before"), ("r7", "after")]
    assert finding.residents == 3000
    after = answer.applied.after.dataset
    assert not any(
        {row.dependent, row.provider} & {"authority:ashby", "authority:bexton"} for row in after.relations.values()
    )
    assert after.register["authority:ashby"].successors == ("authority:twin-towns",)
    assert after.register["authority:ashby"].planned_end == "2028-03-31"
    assert after.entities["authority:twin-towns"].authority_type == "unitary"
    (exposure,) = answer.exposures
    assert set(exposure.parts) == {"authority:ashby", "authority:bexton"}
    assert exposure.counts[0] == exposure.counts[1] and exposure.shared >= 2
    assert answer.applied.now("authority:ashby") == ("authority:twin-towns",)


def test_duplicated_systems_are_those_that_differ(small: RiskMap) -> None:
    answer = small.whatif("merge", "ashby", "bexton", name="Twin Towns", on="2028-04-01")
    finding = only(answer)
    assert isinstance(finding, Merging)
    assert finding.duplicates == {
        "housing": {
            "shared-service:both": ("authority:ashby", "authority:bexton"),
            "supplier:comet": ("authority:bexton",),
        }
    }


def test_what_ran_between_the_councils_falls_away(seeds: RiskMap) -> None:
    answer = seeds.whatif("merge", "westminster", "kensington and chelsea", name="West Borough", on="2028-04-01")
    assert isinstance(only(answer), Merging)
    assert answer.applied.after.dataset.entities["authority:west-borough"].authority_type == "london-borough"
    assert not any(row.dependent == row.provider for row in answer.applied.after.dataset.relations.values())


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"councils": ["ashby"], "name": "X", "on": "2028-04-01"}, "cannot merge with itself"),
        ({"councils": ["ashby", "bexton"], "name": "Ashby", "on": "2028-04-01"}, "There is a Ashby"),
        ({"councils": ["ashby", "bexton"], "name": "!", "on": "2028-04-01"}, "is no name"),
        ({"councils": ["ashby", "bexton"], "name": "X", "on": "soon"}, "is no date"),
        ({"councils": ["ashby", "orbit"], "name": "X", "on": "2028-04-01"}, "No body is called 'orbit'"),
    ],
)
def test_a_merger_that_makes_no_sense_is_refused(small: RiskMap, fields: dict[str, Any], said: str) -> None:
    with pytest.raises(RiskGraphError, match=said):
        small.whatif("merge", **fields)


def test_after_a_split_each_part_may_have_everything(small: RiskMap) -> None:
    answer = small.whatif("split", "bexton", into=["North Bexton", "South Bexton"], on="2028-04-01", roots=["comet"])
    finding = only(answer)
    assert isinstance(finding, Splitting) and finding.rows == 2
    parts = [one(answer, f"authority:{part}-bexton") for part in ("north", "south")]
    bands = {found.bands(FailureKind.INTRUSION) for found in parts}
    assert bands == {(Band.DOCUMENTED, Band.POSSIBLE)}, "who takes what over is not known"
    with pytest.raises(RiskGraphError, match="at least two"):
        small.whatif("split", "bexton", into=["North Bexton"], on="2028-04-01")


def test_later_changes_know_the_new_council(small: RiskMap) -> None:
    merge = change("merge", "ashby", "bexton", name="Twin Towns", on="2028-04-01")
    answer = small.whatif([merge, change("switch", "Twin Towns", "comet", "orbit", area="housing")], like="outage")
    assert who(answer, Shift.LEAVES) == {"twin-towns"}
    assert answer.applied.once("authority:twin-towns") == ("authority:ashby", "authority:bexton")
    members = small.whatif([merge], roots=["comet"])
    assert {found.body for found in members.pairs[0].differences} == {"authority:twin-towns"}


# -- switch, buys, insource ----------------------------------------------------------------------------


def test_moving_shrinks_one_radius_and_grows_the_other(small: RiskMap) -> None:
    answer = small.whatif("switch", "everybody", "comet", "orbit", area="all", like="outage")
    left, taken = answer.pairs
    assert (left.count(left.before), left.count(left.after)) == (1, 0)
    assert (left.services(left.before), left.services(left.after)) == (1, 0)
    assert taken.count(taken.after) >= taken.count(taken.before)
    assert answer.worst is not None and answer.worst[1].after is not None
    assert answer.worst[1].after.roots == ("supplier:orbit",)
    new = {row.provider: row for row in answer.applied.supposed}["supplier:orbit"]
    assert (new.relation, new.access, new.service_area) == ("supplied-by", "remote", "housing")


def test_the_new_row_is_as_sure_as_the_old_one(seeds: RiskMap) -> None:
    answer = seeds.whatif("switch", "rochford", "capita", "civica")
    items = answer.applied.after.dataset.evidence
    made = {row.provider: [items[id_] for id_ in row.evidence] for row in answer.applied.supposed}["supplier:civica"]
    old = seeds.graph.settled(seeds.graph.view()).steps
    step = next(s for s in old if s.row.id == "rochford.supplied-by.capita.revenues-benefits")
    assert min(item.grade for item in made if item.about is None) is step.grade
    assert all("no source says so" in (item.claim or "") for item in made)


def test_a_hosted_product_is_replaced_by_a_service_and_a_product_by_a_use(small: RiskMap) -> None:
    to_supplier = small.whatif("switch", "ashby", "orbit", "comet").applied.supposed
    assert [(row.relation, row.data) for row in to_supplier] == [("served-by", "personal")]
    to_product = small.whatif("switch", "ashby", "plan", "file").applied.supposed
    assert [(row.relation, row.provider, row.hosting) for row in to_product] == [("uses", "product:file", "supplier")]
    to_place = small.whatif("switch", "bexton", "comet", "machine hall").applied.supposed
    assert [row.relation for row in to_place] == ["hosted-on"]


def test_a_takeover_joins_shares_and_cannot_be_ruled_out(small: RiskMap) -> None:
    answer = small.whatif("buys", "comet", "orbit")
    assert len(answer.pairs) == 3 and answer.pairs[2].roots == ("supplier:comet", "supplier:orbit")
    assert who(answer, Shift.JOINS, Shift.LEAVES) == set()
    assert one(answer, "authority:ashby").bands(FailureKind.INTRUSION)[1] is Band.NOT_RULED_OUT
    row = answer.applied.supposed[0]
    assert (row.dependent, row.relation, row.provider) == ("supplier:orbit", "owned-by", "supplier:comet")


def test_shares_are_counted_by_ultimate_owner(seeds: RiskMap) -> None:
    found = {market.trade: market for market in seeds.whatif("buys", "capita", "civica", as_of="2024-01-15").markets}
    merged = merger(seeds.graph, "capita", "civica", "revenues-benefits", as_of="2024-01-15")
    assert merged.before.trade is not None and set(found) == {*Trade}
    market = found[merged.before.trade]
    assert market.area == "revenues-benefits"
    assert market.after["supplier:capita"] == market.before["supplier:capita"] + market.before["supplier:civica"]
    assert "supplier:civica" not in market.after
    assert merged.hhi_before is not None and merged.hhi_after is not None and merged.hhi_after > merged.hhi_before
    assert market.hhi == (round(merged.hhi_before), round(merged.hhi_after))  # one home for shares


def test_work_taken_in_house_runs_on_a_system_of_ones_own(small: RiskMap) -> None:
    answer = small.whatif("insource", "bexton", "comet", like="outage")
    assert who(answer, Shift.LEAVES) == {"bexton"}
    system = "system:bexton-own-housing"
    assert {(row.dependent, row.relation, row.provider) for row in answer.applied.supposed} == {
        ("authority:bexton", "uses", system),
        (system, "operated-by", "authority:bexton"),
    }
    assert answer.exposures[0].gained == (system,)


# -- places --------------------------------------------------------------------------------------------


def test_a_divided_environment_is_asked_part_by_part_and_the_worst_counts(seeds: RiskMap) -> None:
    answer = seeds.whatif("segment", "rbkc shared it", like="ransomware")
    pair = answer.pairs[0]
    assert (pair.count(pair.before), len(pair.others)) == (3, 2), "two parts, and what Hammersmith left in 2017"
    assert pair.count(pair.after) < pair.count(pair.before)
    assert answer.pairs[1].roots == ("authority:kensington-and-chelsea",), "who runs it still runs all of it"
    with pytest.raises(RiskGraphError, match="no tenant"):
        load("seeds").whatif([change("segment", "rbkc shared it"), change("segment", "rbkc shared it")])


def test_a_backup_protects_from_an_outage_and_holds_the_data_a_second_time(small: RiskMap) -> None:
    answer = small.whatif("add-backup", "ashby", "plan", "file", like="outage")
    assert who(answer, Shift.LEAVES) == {"ashby"}
    exposed = small.whatif("add-backup", "ashby", "plan", "file", like="data-theft")
    assert not who(exposed, Shift.LEAVES)
    assert one(exposed, "authority:ashby", 1).bands(FailureKind.EXPOSURE)[1] is Band.POSSIBLE
    assert isinstance(only(answer), Backup)


def test_the_same_place_is_yes_no_or_not_known(small: RiskMap, seeds: RiskMap) -> None:
    def asked(graph: RiskMap, a: str, b: str) -> Backup:
        finding = only(graph.whatif("same-place", a, b))
        assert isinstance(finding, Backup)
        return finding

    yes = asked(small, "ashby", "desk").found
    assert yes.verdict is CommonAnswer.YES and "environment:hall" in {s.id for s in yes.shared}
    unknown = asked(small, "desk", "plan").found
    assert unknown.verdict is CommonAnswer.NOT_KNOWN and "product:plan" in {u.body for u in unknown.unknown}
    no = only(seeds.whatif("same-place", "capita benefits extracts", "rbkc shared it", as_of="2023-05-15"))
    assert isinstance(no, Backup) and no.found.verdict is CommonAnswer.NO
    assert small.whatif("same-place", "ashby", "desk").pairs == ()


# -- purge ---------------------------------------------------------------------------------------------


def test_purged_data_can_no_longer_be_exposed(seeds: RiskMap) -> None:
    asked = ("purge", "rochford", "capita storage bucket with benefits extracts")
    found = one(answer := seeds.whatif(*asked, like="data-theft", as_of="2023-05-15"), "authority:rochford")
    assert found.what is Shift.LEAVES and not found.not_ruled_out
    past = one(
        seeds.whatif(*asked, like="data-theft"), "authority:rochford"
    )  # ended; whether it came back is not known
    assert past.what is Shift.CLEARED and not past.not_ruled_out
    assert isinstance(only(answer), Purging)


def test_leaving_and_then_purging_leaves_nothing_behind(small: RiskMap) -> None:
    cut = small.whatif("cut", "bexton", "comet", like="data-theft")
    assert one(cut, "authority:bexton").not_ruled_out
    both = [change("cut", "bexton", "comet"), change("purge", "bexton", "comet")]
    assert one(small.whatif(both, like="data-theft"), "authority:bexton").after is None


# -- the whole -----------------------------------------------------------------------------------------


def test_the_map_is_never_edited(seeds: RiskMap) -> None:
    digest = load("seeds").dataset.digest
    seeds.whatif([change("leave", "thanet", "east kent services"), change("buys", "capita", "civica")])
    assert load("seeds").dataset.digest == digest == seeds.dataset.digest


def test_a_changed_map_says_so_in_its_title(seeds: RiskMap) -> None:
    after = seeds.whatif("buys", "capita", "civica").applied.after
    assert after.dataset.info.title == "Five documented incidents, supposing: buys capita civica"


def test_the_date_of_the_question_is_the_date_of_the_change(small: RiskMap) -> None:
    answer = small.whatif("cut", "bexton", "comet", as_of="2025-01-01")
    assert answer.applied.after.dataset.relations["r7"].valid_to == "2024-12-31"
    assert answer.view.as_of.isoformat() == "2025-01-01"


def test_a_row_that_begins_on_the_day_of_the_question_falls_away(tmp_path: Path) -> None:
    row = "r4,authority:ashby,supplied-by,supplier:orbit,housing,,remote,,,,2024-06-30,,,,,,,e1,\n"
    graph = load(write_small(tmp_path, relations_csv=FILES["relations.csv"] + row))
    applied = graph.whatif("cut", "ashby", "orbit").applied
    assert [row.id for row in applied.ended] == ["r4"] and "r4" not in applied.after.dataset.relations


def test_two_bodies_of_one_name_are_both_named(tmp_path: Path) -> None:
    entities = FILES["entities.csv"] + "supplier:orbit-two,supplier,Orbit,,,,,,,,,,\n"
    graph = RiskGraph.open(write_small(tmp_path, entities_csv=entities))
    with pytest.raises(AmbiguousName):
        apply(graph, Scenario("A", (change("lose", "Orbit"),)))
