"""The five true stories, on the seeds alone and again on the national map.

Each test reads as the story: what failed, who is reached, by which kind, how surely, by which route, who
is only in the precaution ring, and the sentence that `why` prints, word for word.
"""

from __future__ import annotations

from typing import Unpack

import pytest

import riskgraph
from riskgraph import Band, BlastRadius, FailureKind, RiskMap
from riskgraph.analysis.blast import Route
from riskgraph.analysis.question import Asking
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


def test_rochford_is_exposed_through_capitas_storage(county: RiskMap) -> None:
    radius = county.blast("store:capita-benefits-extracts", like="data-theft")
    assert bands(radius, "exposure") == dict.fromkeys(
        ["Adur", "Colchester", "Coventry", "Derby", "Rochford", "South Staffordshire", "Waltham Forest", "Worthing"],
        "documented",
    )
    rochford = radius["authority:rochford"]
    assert (rochford.route, rochford.kinds[FailureKind.EXPOSURE].hops) == (Route.DIRECT, 1)
    assert rochford.services == {"revenues-benefits": {FailureKind.EXPOSURE: Band.DOCUMENTED}}
    assert sentences(county, "rochford", "store:capita-benefits-extracts", like="data-theft") == [
        "Rochford District Council has data in Capita storage bucket with benefits extracts (revenues and benefits)."
    ]
    assert sentences(county, "rochford", "capita", like="data-theft") == [
        "Rochford District Council is supplied by Capita (revenues and benefits), which holds its data.",
        "Rochford District Council has data in Capita storage bucket with benefits extracts (revenues and benefits), "
        "which is operated by Capita (revenues and benefits).",
    ]


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


def test_canterbury_dover_and_thanet_through_east_kent_services_and_civica(county: RiskMap) -> None:
    three = dict.fromkeys(["Canterbury", "Dover", "Thanet"], "documented")
    shared = county.blast("East Kent Services")
    assert bands(shared, "outage") == bands(shared, "intrusion") == three
    assert bands(shared, "exposure") == dict.fromkeys(three, "likely")  # personal data is assumed from the area
    civica = county.blast("civica", like="outage")
    for council in ("authority:canterbury", "authority:dover", "authority:thanet"):
        reach = civica[council]
        assert reach.kinds[FailureKind.OUTAGE].band is Band.LIKELY  # last told in 2018
        assert (reach.route, reach.first) == (Route.SHARED_SERVICE, "shared-service:east-kent-services")
        # online forms stop because the ICT of the councils is run by the shared service
        assert shared[council].services["customer-digital"][FailureKind.OUTAGE] <= Band.POSSIBLE
    assert (
        "Thanet District Council is served by East Kent Services (revenues and benefits), "
        "which subcontracts to Civica (revenues and benefits)."
    ) in sentences(county, "thanet", "civica")


def test_planning_stops_in_east_kent_because_the_ict_does() -> None:
    radius = riskgraph.load("uk").blast("East Kent Services", like="outage")
    for council in ("authority:canterbury", "authority:dover", "authority:thanet"):
        assert radius[council].services["planning-building-control"] == {FailureKind.OUTAGE: Band.POSSIBLE}
        assert radius[council].services["ict-infrastructure"] == {FailureKind.OUTAGE: Band.DOCUMENTED}


def test_lancashires_shared_hr_and_finance_system(county: RiskMap) -> None:
    radius = county.blast("Lancashire Oracle Fusion")
    users = ["Lancashire (county)", "Lancashire Fire", "West Lancashire"]
    assert bands(radius, "exposure") == bands(radius, "outage") == dict.fromkeys(users, "documented")
    assert bands(radius, "intrusion") == dict.fromkeys(users, "possible")
    assert [group.id for group in radius.groups] == ["authority:lancashire-schools-and-academies"]  # not counted
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


def test_why_gives_the_source_of_every_step() -> None:
    answer = riskgraph.load("seeds").why("rochford", "Capita storage bucket with benefits extracts")
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
