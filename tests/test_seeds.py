"""The five true stories, on the seeds alone and again on the national map.

Each test reads as the story: what failed, who is reached, by which kind, how surely, by which route, who
is only in the precaution ring, and the sentence that `why` prints, word for word.
"""

from __future__ import annotations

from typing import Unpack

import pytest

import riskgraph
from riskgraph import Band, BlastRadius, FailureKind, RiskMap
from riskgraph.analysis.affected import affected_by
from riskgraph.analysis.blast import Route
from riskgraph.analysis.incidents import note_of
from riskgraph.analysis.question import Asking
from riskgraph.analysis.triage import Tier
from riskgraph.render.headline import finding
from riskgraph.render.incident_words import note_words
from riskgraph.render.page import as_text
from riskgraph.render.why import page as why_page
from riskgraph.render.words import sentence


@pytest.fixture(scope="module", params=["seeds", "uk"])
def county(request: pytest.FixtureRequest) -> RiskMap:
    return riskgraph.load(request.param)


def bands(radius: BlastRadius, kind: str) -> dict[str, str]:
    """Usual name to band, for the councils that one kind reaches."""
    asked = FailureKind(kind)
    return {
        radius.graph.dataset.usual_name(reach.id): reach.kinds[asked].band.word
        for reach in radius.authorities
        if asked in reach.kinds
    }


def sentences(county: RiskMap, body: str, root: str, **asking: Unpack[Asking]) -> list[str]:
    return [sentence(county.dataset, chain.best) for chain in county.why(body, root, **asking).chains]


def lead(county: RiskMap, root: str, **asking: Unpack[Asking]) -> str:
    """The first sentence of the answer, without what the map is of."""
    return finding(county.blast(root, **asking))


def recorded(county: RiskMap, incident: str) -> str:
    """What the answer tells of the incident that happened."""
    return note_words(county.dataset, note_of(county.dataset, county.dataset.incidents[incident]), most=9)


EIGHT = ["Adur", "Colchester", "Coventry", "Derby", "Rochford", "South Staffordshire", "Waltham Forest", "Worthing"]
STORE = "store:capita-benefits-extracts"


def test_rochford_is_exposed_through_capitas_storage(county: RiskMap) -> None:
    radius = county.blast(STORE, like="data-theft", as_of="2023-05-15")
    assert bands(radius, "exposure") == dict.fromkeys(EIGHT, "documented")
    rochford = radius["authority:rochford"]
    assert (rochford.route, rochford.kinds[FailureKind.EXPOSURE].hops) == (Route.DIRECT, 1)
    assert rochford.services == {"revenues-benefits": {FailureKind.EXPOSURE: Band.DOCUMENTED}}
    assert sentences(county, "rochford", STORE, like="data-theft", as_of="2023-05-15") == [
        "Rochford District Council has data in Capita storage bucket with benefits extracts (revenues and benefits)."
    ]
    assert sentences(county, "rochford", "capita", like="data-theft", as_of="2023-05-15") == [
        "Rochford District Council is supplied by Capita (revenues and benefits), which holds its data.",
        "Rochford District Council has data in Capita storage bucket with benefits extracts (revenues and benefits), "
        "which is operated by Capita (revenues and benefits).",
    ]
    assert recorded(county, "capita-aws-bucket-2023") == (
        "In the incident recorded of 2019: at least 7,442 people (residents) in revenues and benefits; "
        "seen by anybody, because it lay open; confirmed."
    )


def test_the_data_at_capita_is_historic_and_the_store_is_closed(county: RiskMap) -> None:
    today = county.blast(STORE, like="data-theft")
    assert today.tiers[Tier.FIRST] == today.tiers[Tier.POSSIBLE] == ()
    assert {today.graph.dataset.usual_name(one) for one in today.tiers[Tier.PAST]} == set(EIGHT)
    assert bands(today, "exposure") == dict.fromkeys(EIGHT, "not-ruled-out")  # nobody says that the files came back
    assert finding(today).startswith("8 of ")
    assert finding(today).endswith(
        " councils are past customers of Capita storage bucket with benefits extracts; "
        "whether their data was returned is not recorded"
    )
    assert sentences(county, "rochford", STORE, like="data-theft") == [
        "Rochford District Council had data in Capita storage bucket with benefits extracts (revenues and benefits) "
        "until 2023."
    ]
    assert {row.valid_to for row in county.dataset.relations.values() if STORE in (row.dependent, row.provider)} == {
        "2023"
    }


def test_what_capita_paid_and_who_was_told_stands_with_the_attack_not_with_the_store(county: RiskMap) -> None:
    assert recorded(county, "capita-ransomware-2023") == (
        "In the incident recorded of 22 March 2023: about 6,600,000 people (pupils among them) in customer contact and "
        "online services, education and schools and revenues and benefits; seen by an attacker. "
        "It cost £20,000,000, as published."
    )
    assert "its own cost at GBP 15-20m" in (county.dataset.incidents["capita-ransomware-2023"].summary or "")
    assert county.dataset.incidents["capita-aws-bucket-2023"].origins == (STORE,)


def test_nothing_of_rochford_stops_when_the_storage_does(county: RiskMap) -> None:
    assert county.blast("store:capita-benefits-extracts", like="outage").within(Band.NOT_RULED_OUT) == ()


def test_westminster_and_hammersmith_through_kensingtons_shared_it(county: RiskMap) -> None:
    radius = county.blast("environment:rbkc-shared-it")
    for kind in ("exposure", "tampering", "outage", "intrusion"):
        assert bands(radius, kind) == {
            "Kensington and Chelsea": "documented",
            "Westminster": "documented",
            "Hammersmith and Fulham": "possible",
        }
    assert dict(radius.ring) == {
        Band.DOCUMENTED: ("authority:hammersmith-and-fulham",),
        Band.LIKELY: ("authority:hammersmith-and-fulham",),
        Band.POSSIBLE: (),
    }
    assert lead(county, "environment:rbkc-shared-it").endswith(
        "councils could be reached first if RBKC and Westminster shared IT environment were compromised: "
        "Kensington and Chelsea and Westminster; Hammersmith and Fulham as a precaution"
    )
    assert recorded(county, "rbkc-shared-it-2025") == (
        "In the incident recorded of 24 November 2025: data of residents; how many people is not known; seen by an "
        "attacker. Contained (it went no further): Kensington and Chelsea and Westminster. A precaution only: "
        "Hammersmith and Fulham and Westminster. Ruled out: Hackney and Hammersmith and Fulham."
    )
    assert sentences(county, "westminster", "RBKC") == [
        "City of Westminster is hosted on RBKC and Westminster shared IT environment (ICT infrastructure), "
        "which is operated by Royal Borough of Kensington and Chelsea (ICT infrastructure)."
    ]
    assert sentences(county, "hammersmith and fulham", "environment:rbkc-shared-it") == [
        "London Borough of Hammersmith & Fulham is linked to RBKC and Westminster shared IT environment; "
        "an attacker inside London Borough of Hammersmith & Fulham could read, alter or stop what is there.",
        "London Borough of Hammersmith & Fulham was hosted on RBKC and Westminster shared IT environment "
        "(ICT infrastructure) until 2017.",
    ]
    through = county.blast("kensington and chelsea")["authority:westminster"]
    assert (through.route, through.first) == (Route.ENVIRONMENT, "environment:rbkc-shared-it")


THE_DAY = "2024-01-15"
THREE = ("authority:canterbury", "authority:dover", "authority:thanet")


def test_canterbury_dover_and_thanet_through_east_kent_services_and_civica(county: RiskMap) -> None:
    three = dict.fromkeys(["Canterbury", "Dover", "Thanet"], "documented")
    shared = county.blast("East Kent Services", as_of=THE_DAY)
    assert bands(shared, "outage") == bands(shared, "intrusion") == three
    assert bands(shared, "exposure") == dict.fromkeys(three, "likely")  # personal data is assumed from the area
    assert finding(shared).endswith(
        "councils could be reached first if East Kent Services were compromised: Canterbury, Dover and Thanet"
    )
    assert recorded(county, "eks-civica-2024") == (
        "In the incident recorded of January 2024: it struck customer contact and online services, payments and "
        "income, planning and building control and revenues and benefits. "
        "Confirmed: Canterbury. A precaution only: Dover and Thanet."
    )
    civica = county.blast("civica", like="outage", as_of=THE_DAY)
    for council in THREE:
        reach = civica[council]
        assert reach.kinds[FailureKind.OUTAGE].band is Band.DOCUMENTED  # the contract is known to have run until 2025
        assert (reach.route, reach.first) == (Route.SHARED_SERVICE, "shared-service:east-kent-services")
        # online forms, of all three
        assert shared[council].services["customer-digital"][FailureKind.OUTAGE] <= Band.LIKELY
        assert reach.services["customer-digital"] == {FailureKind.OUTAGE: Band.DOCUMENTED}
    assert (
        "Thanet District Council is served by East Kent Services (revenues and benefits), "
        "which subcontracts to Civica (revenues and benefits)."
    ) in sentences(county, "thanet", "civica", as_of=THE_DAY)


def test_civica_runs_the_ict_of_east_kent_services_and_sources_disagree(county: RiskMap) -> None:
    [row] = [
        row
        for row in county.dataset.relations.values()
        if row.dependent == "shared-service:east-kent-services"
        and row.provider == "supplier:civica"
        and row.service_area == "ict-infrastructure"
    ]
    assert (row.relation, row.valid_to) == ("served-by", "2025-01-31")
    stances = [(county.dataset.evidence[id_].stance, county.dataset.evidence[id_].about) for id_ in row.evidence]
    assert stances.count(("disputes", None)) == 2 and stances.count(("supports", None)) == 2
    civica = county.blast("civica", as_of=THE_DAY)
    for council in THREE:  # as good a source disputes it: not surer than possible
        assert civica[council].services["ict-infrastructure"][FailureKind.INTRUSION] is Band.POSSIBLE
    answer = county.why("dover", "civica", as_of=THE_DAY)
    assert "East Kent Services is served by Civica (ICT infrastructure)" in as_text(why_page(answer, sources=True))
    assert "disputes it: confirmed, Thanet District Council, 2024" in as_text(why_page(answer, sources=True))


def test_nobody_in_east_kent_is_served_by_civica_today(county: RiskMap) -> None:
    today = county.blast("civica", like="outage")
    for council in today.authorities:
        if council.id in THREE:  # on the national map they still use its committee software
            assert not {"revenues-benefits", "customer-digital", "ict-infrastructure"} & set(council.services)
    after = county.blast("PartnershipOne", like="insolvency")
    assert bands(after, "exit") == dict.fromkeys(["Canterbury", "Dover", "Thanet"], "likely")


def test_planning_and_online_forms_are_reached_from_civica_in_january_2024() -> None:
    """The seeds have no row of planning: only the national map knows that the three use anything for it."""
    county = riskgraph.load("uk")
    shared = county.blast("East Kent Services", like="outage", as_of=THE_DAY)
    civica = county.blast("civica", like="outage", as_of=THE_DAY)
    for council in THREE:
        assert shared[council].services["planning-building-control"] == {FailureKind.OUTAGE: Band.POSSIBLE}
        assert shared[council].services["ict-infrastructure"] == {FailureKind.OUTAGE: Band.DOCUMENTED}
        assert civica[council].services["planning-building-control"] == {FailureKind.OUTAGE: Band.POSSIBLE}
        assert civica[council].services["customer-digital"] == {FailureKind.OUTAGE: Band.DOCUMENTED}


def test_lancashires_shared_hr_and_finance_system(county: RiskMap) -> None:
    radius = county.blast("Lancashire Oracle Fusion")
    users = ["Lancashire (county)", "Lancashire Fire", "West Lancashire"]
    assert bands(radius, "exposure") == bands(radius, "outage") == dict.fromkeys(users, "documented")
    assert bands(radius, "intrusion") == dict.fromkeys(users, "possible")
    assert [group.id for group in radius.groups] == ["authority:lancashire-schools-and-academies"]  # not counted
    assert recorded(county, "lancashire-oracle-fusion-2023") == (
        "In the incident recorded of December 2022: data of staff in finance and HR and payroll; how many people is "
        "not known; seen by internal users with certain roles; contained (it went no further)."
    )
    for user in (
        "lancashire",
        "west-lancashire",
        "lancashire-fire-and-rescue-service",
        "lancashire-schools-and-academies",
    ):
        areas = {
            row.service_area
            for row in county.dataset.relations.values()
            if row.dependent == f"authority:{user}" and row.provider == "system:lancashire-oracle-fusion"
        }
        assert areas == {"hr-payroll", "finance-erp"}, user
    assert affected_by(radius).only_staff  # nobody's residents: the data are those of staff
    assert sentences(county, "west lancashire", "Lancashire Oracle Fusion", like="data-theft") == [
        "West Lancashire Borough Council uses Lancashire Oracle Fusion (HR and payroll).",
        "West Lancashire Borough Council uses Lancashire Oracle Fusion (finance).",
    ]
    # the county is the root of all its users' trouble when it is hit itself
    assert "authority:west-lancashire" in {reach.id for reach in county.blast("lancashire").within(Band.POSSIBLE)}


def test_essex_is_an_insider_and_nobody_else_is_exposed(county: RiskMap) -> None:
    for like in ("compromise", "data-theft", "outage", "insolvency"):
        radius = county.blast("Essex County Council", like=like)
        assert [(reach.id, reach.root) for reach in radius.authorities] == [("authority:essex", True)]
        assert not radius.abolished
        assert not radius.groups
        assert not any(radius.ring.values())


def test_essex_is_of_400_people_in_one_department(county: RiskMap) -> None:
    assert recorded(county, "essex-insider-2012") == (
        "In the incident recorded of 2012: about 400 people (service users) in social care; seen by one insider; "
        "confirmed."
    )
    assert lead(county, "Essex County Council").endswith(
        "councils besides Essex (county) itself could be reached if Essex County Council were compromised: "
        "no route was found in this data"
    )


def test_why_gives_the_source_of_every_step() -> None:
    answer = riskgraph.load("seeds").why("rochford", "Capita storage bucket with benefits extracts", as_of="2023-05-15")
    text = as_text(why_page(answer, sources=True))
    assert text.startswith("Rochford could be reached directly if Capita storage bucket")
    assert "confirmed, " in text
    assert "https://" in text


def test_the_map_knew_of_east_kent_before_it_happened(county: RiskMap) -> None:
    """A replay: only what was published before the incident was, and none of its own reporting."""
    radius = county.blast(
        "East Kent Services", as_of="2024-01-18", without="eks-civica-2024", known_before="2024-01-18"
    )
    assert bands(radius, "outage") == dict.fromkeys(["Canterbury", "Dover", "Thanet"], "likely")


def test_the_map_did_not_know_of_kensingtons_environment_before_it_happened(county: RiskMap) -> None:
    """Every source for the shared environment is later than the incident: a replay says so, honestly."""
    radius = county.blast(
        "environment:rbkc-shared-it", as_of="2025-11-23", without="rbkc-shared-it-2025", known_before="2025-11-23"
    )
    assert radius.within(Band.NOT_RULED_OUT) == ()
