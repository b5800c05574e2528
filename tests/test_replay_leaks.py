"""What became known after an incident began does not leak into its replay; each plant is shown to bite when it is old."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from planted import EARLY, item, lawful, planted, struck

from riskgraph import RiskGraph
from riskgraph.analysis.replay import Replay, replay
from riskgraph.data.dataset import Dataset
from riskgraph.model import Band, Entity, Evidence, Relation


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return struck(tmp_path_factory.mktemp("leaks"))


@pytest.fixture(scope="module")
def national() -> Dataset:
    return RiskGraph.open("uk").dataset


MAPS = pytest.mark.parametrize(
    ("where", "incident"),
    [
        ("invented", "orbit-2023"),
        ("national", "capita-ransomware-2023"),
        pytest.param("national", "rbkc-shared-it-2025", marks=pytest.mark.slow),
        pytest.param("national", "barts-oracle-ebs-2025", marks=pytest.mark.slow),
    ],
)


def said(found: Replay) -> object:
    return found.leaning, found.compared


def strictly(dataset: Dataset, incident: str) -> object:
    return said(replay(RiskGraph(dataset), incident, only_known_before=True))


def looking_back(dataset: Dataset, incident: str) -> object:
    return said(replay(RiskGraph(dataset), incident))


BARE: dict[tuple[str, str, str], object] = {}  # what the maps say as they are: asked once


def bare(asked: Callable[[Dataset, str], object], where: str, dataset: Dataset, incident: str) -> object:
    key = (asked.__name__, where, incident)
    if key not in BARE:
        BARE[key] = asked(dataset, incident)
    return BARE[key]


def after(dataset: Dataset, incident: str) -> str:
    """The last day of the month in which an incident began, and so a day on which it may have begun."""
    began = dataset.incidents[incident].date_started
    assert began is not None
    return f"{began[:7]}-28"


@MAPS
def test_a_row_known_before_names_those_who_were_hit(where: str, incident: str, request: pytest.FixtureRequest) -> None:
    dataset = request.getfixturevalue(where)
    old = planted(dataset, incident, {}, item("old"))
    found = replay(RiskGraph(old), incident, only_known_before=True)
    assert not found.missed


Plant = Callable[[Dataset, str], Dataset]
LATE: dict[str, Plant] = {
    "published after": lambda d, i: planted(d, i, {}, item("later", published="2026-11-20")),
    "published on a day on which it may have begun": lambda d, i: planted(d, i, {}, item("on", published=after(d, i))),
    "published in the year in which it began": lambda d, i: planted(d, i, {}, item("in", published=after(d, i)[:4])),
    "undated and retrieved after": lambda d, i: planted(d, i, {}, item("undated", published=None)),
    "dated before in the row, published after": lambda d, i: planted(
        d, i, {"valid_from": "2011", "contract_end_latest": "2030"}, item("back", published="2026-11-20")
    ),
    "owned since, by who was struck": lambda d, i: owned(d, i, item("owner", published="2026-11-20")),
    "begun after, known before": lambda d, i: planted(d, i, {"valid_from": "2026-11-01"}, item("plan")),
    "learned from the incident itself": lambda d, i: planted(d, i, {}, item("own", incident=(i,))),
}
HOLD_LOOKING_BACK = ("begun after, known before", "learned from the incident itself")


def owned(dataset: Dataset, incident: str, owner: Evidence) -> Dataset:
    """A supplier of those hit that turned out to belong to where the incident began."""
    bought = planted(dataset, incident, {}, item("bought"))
    root = dataset.incidents[incident].origins[0].partition("/")[0]
    rows = {
        id_: replace(row, relation="served-by", provider="supplier:planted") if id_.startswith("planted.") else row
        for id_, row in bought.relations.items()
    }
    rows["planted.owner"] = Relation(
        "planted.owner", "supplier:planted", "owned-by", root, evidence=(owner.id,), valid_from="2012"
    )
    return replace(
        bought,
        entities={**bought.entities, "supplier:planted": Entity("supplier:planted", "supplier", "Planted")},
        relations=rows,
        evidence={**bought.evidence, owner.id: owner},
    )


@MAPS
@pytest.mark.parametrize("plant", LATE)
def test_what_the_map_learns_after_an_incident_began_does_not_change_its_replay(
    where: str, incident: str, plant: str, request: pytest.FixtureRequest
) -> None:
    dataset = request.getfixturevalue(where)
    assert strictly(LATE[plant](dataset, incident), incident) == bare(strictly, where, dataset, incident)


@MAPS
@pytest.mark.parametrize("plant", HOLD_LOOKING_BACK)
def test_looking_back_too_what_had_not_begun_and_its_own_reporting_stay_out(
    where: str, incident: str, plant: str, request: pytest.FixtureRequest
) -> None:
    dataset = request.getfixturevalue(where)
    assert looking_back(LATE[plant](dataset, incident), incident) == bare(looking_back, where, dataset, incident)


def test_an_owner_known_before_is_seen_so_that_the_plant_above_can_fail(invented: Dataset) -> None:
    found = replay(RiskGraph(owned(invented, "orbit-2023", item("owner"))), "orbit-2023", only_known_before=True)
    assert {one.band for one in found.hits} == {Band.NOT_RULED_OUT}


VALUES = {"access": ("supplied-by", "admin"), "data": ("served-by", "personal"), "hosting": ("uses", "supplier")}


@pytest.mark.parametrize("field", VALUES)
def test_a_value_that_is_learned_later_does_not_count_before(invented: Dataset, field: str) -> None:
    verb, value = VALUES[field]
    base, incident = invented, "orbit-2023"
    if verb == "uses":
        base = replace(
            base,
            entities={**base.entities, "product:rates": Entity("product:rates", "product", "Rates")},
            relations={
                "made": Relation("made", "product:rates", "made-by", "supplier:orbit", evidence=("planted-made",))
            },
            evidence={**base.evidence, "planted-made": item("made")},
        )

    def with_value(published: str | None, given: str | None = value) -> Dataset:
        told = (item("value", about=field, published=published),) if given else ()
        made = planted(base, incident, {field: given}, item("row"), *told, verb=verb)
        if verb == "uses":
            rows = {
                id_: replace(row, provider="product:rates") if id_.startswith("planted.") else row
                for id_, row in made.relations.items()
            }
            made = replace(made, relations=rows)
        return made

    blank = strictly(with_value(None, given=None), incident)
    assert strictly(with_value("2023-05-02"), incident) == blank == strictly(with_value(None), incident)
    assert strictly(with_value(EARLY), incident) != blank


def test_a_contract_that_is_learned_of_later_does_not_keep_an_old_row_young(invented: Dataset) -> None:
    old = planted(invented, "orbit-2023", {}, item("old", published="2009"))
    later = planted(
        invented, "orbit-2023", {"contract_end_latest": "2030"},
        item("old", published="2009"), item("award", published="2025"),
    )  # fmt: skip
    known = planted(invented, "orbit-2023", {"contract_end_latest": "2030"}, item("old", published="2009"))
    assert strictly(later, "orbit-2023") == strictly(old, "orbit-2023") != strictly(known, "orbit-2023")


@pytest.mark.parametrize("cells", [{"valid_from": "2024"}, {"valid_from": "2001", "published": "2025"}])
def test_a_class_rule_of_a_later_day_names_nobody_before(invented: Dataset, cells: dict[str, str]) -> None:
    late = lawful(invented, relation="data-held-by", service_area="electoral", data="personal", **cells)
    known = lawful(invented, relation="data-held-by", service_area="electoral", data="personal")
    assert strictly(late, "orbit-2023") == strictly(invented, "orbit-2023") != strictly(known, "orbit-2023")
