"""A word that nobody knows is refused in one way by every question, and the message lists the words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from riskgraph import RiskGraphError, load
from riskgraph.analysis.concentration import concentration
from riskgraph.analysis.every_radius import every_radius
from riskgraph.analysis.select import Selection
from riskgraph.api import RiskMap
from riskgraph.graph import RiskGraph
from riskgraph.model import PRESETS, Band, FailureKind
from riskgraph.render.words import lead, tied
from riskgraph.scenario.remedies import Act

Ask = Callable[[RiskMap, str], object]
BANDS = [band.word for band in Band]
KINDS = [str(kind) for kind in FailureKind]
CLASSES, REGIONS = ["district", "unitary"], ["South East", "England"]

BAND: dict[str, Ask] = {
    "chance": lambda m, w: m.chance("civica", band=w),
    "chance_change": lambda m, w: m.chance_change(m, "civica", band=w),
    "chokepoints": lambda m, w: m.chokepoints("civica", band=w),
    "common": lambda m, w: m.common("civica", "capita", band=w),
    "fixes": lambda m, w: m.fixes("civica", budget=1, band=w),
    "rank": lambda m, w: m.rank(band=w),
    "rank_together": lambda m, w: m.rank_together(2, band=w),
    "service_cuts": lambda m, w: m.chokepoints("thanet", "revenues-benefits", band=w),
}
QUESTION: dict[str, Callable[..., object]] = {
    "blast": lambda m, **w: m.blast("civica", **w),
    "why": lambda m, **w: m.why("thanet", "civica", **w),
    "why_not": lambda m, **w: m.why_not("essex", "civica", **w),
    "calls": lambda m, **w: m.calls("civica", **w),
    "chance": lambda m, **w: m.chance("civica", **w),
    "chokepoints": lambda m, **w: m.chokepoints("civica", **w),
    "service_cuts": lambda m, **w: m.chokepoints("thanet", "revenues-benefits", **w),
    "common": lambda m, **w: m.common("civica", "capita", **w),
    "rank": lambda m, **w: m.rank(**w),
    "rank_together": lambda m, **w: m.rank_together(2, **w),
    "fixes": lambda m, **w: m.fixes("civica", budget=1, **w),
    "ask_ranked": lambda m, **w: m.ask_ranked("civica", **w),
    "whatif": lambda m, **w: m.whatif("cut", "thanet", "east kent services", **w),
}
OTHER: dict[str, tuple[Ask, str, list[str]]] = {
    "rank by": (lambda m, w: m.rank(by=w), "measure", ["authorities", "residents", "services"]),
    "rank_together by": (lambda m, w: m.rank_together(2, by=w), "measure", ["authorities", "residents"]),
    "fixes by": (lambda m, w: m.fixes("civica", budget=1, by=w), "measure", ["authorities", "residents"]),
    "fixes act": (lambda m, w: m.fixes("civica", budget=1, acts=[w]), "change", [str(act) for act in Act]),
    "rank of": (lambda m, w: m.rank(w), "kind of root", ["supplier", "line"]),
    "rank_together of": (lambda m, w: m.rank_together(2, w), "kind of root", ["supplier", "line"]),
    "list": (lambda m, w: m.list(w), "kind", ["supplier", "system"]),
    "concentration area": (lambda m, w: m.concentration(w), "service area", ["hr-payroll"]),
    "concentration_by": (lambda m, w: m.concentration_by(w), "way to divide a market", ["area", "class", "region"]),
    "concentration_by area": (lambda m, w: m.concentration_by("class", w), "service area", ["hr-payroll"]),
    "index by": (lambda m, w: concentration(m.graph).market.by(w), "measure of a market", ["councils", "annual_value"]),
    "every_radius like": (lambda m, w: every_radius(m.graph, like=w), "what-if", list(PRESETS)),
    "selection area": (lambda m, w: Selection.of(m.graph, areas=[w]), "service area", ["hr-payroll"]),
    "selection class": (lambda m, w: Selection.of(m.graph, classes=[w]), "class of authority", CLASSES),
    "selection region": (lambda m, w: Selection.of(m.graph, regions=[w]), "region", REGIONS),
}


@pytest.fixture(scope="module")
def seeds() -> RiskMap:
    return load("seeds")


def refused(ask: Callable[[], object], word: str, words: list[str]) -> None:
    with pytest.raises(RiskGraphError) as caught:
        ask()
    assert repr(word) in caught.value.message
    assert caught.value.fix.startswith("Use one of:")
    assert all(known in caught.value.fix for known in words)


@pytest.mark.parametrize("word", ["sure", "", "LIKELY", "not ruled out"])
@pytest.mark.parametrize("name", sorted(BAND))
def test_a_band_that_there_is_not_is_refused(seeds: RiskMap, name: str, word: str) -> None:
    refused(lambda: BAND[name](seeds, word), word, BANDS)


@pytest.mark.parametrize("name", sorted(QUESTION))
def test_a_kind_or_a_what_if_that_there_is_not_is_refused(seeds: RiskMap, name: str) -> None:
    refused(lambda: QUESTION[name](seeds, kinds=["leak"]), "leak", KINDS)
    refused(lambda: QUESTION[name](seeds, like="flood"), "flood", list(PRESETS))


@pytest.mark.parametrize("name", sorted(OTHER))
def test_any_other_word_that_there_is_not_is_refused(seeds: RiskMap, name: str) -> None:
    ask, _, words = OTHER[name]
    refused(lambda: ask(seeds, "nonsense"), "nonsense", words)


def test_most_is_more_than_half_and_a_tie_is_said() -> None:
    assert [lead(counts) for counts in ([19], [10, 9], [9, 6, 4], [9, 9, 1])] == [
        "all",
        "most",
        "the largest group",
        "tied",
    ]
    assert lead([10, 10], whole=19) == "tied"
    assert tied([23, 23, 4]) == 2


def test_a_tie_of_the_worst_failures_is_said() -> None:
    maps = Path(__file__).parent / "maps"
    for folder, who in (
        ("fourth", "Cloudco could reach more public bodies of the whole map first than anything else: 4 of 4"),
        (
            "fourth2",
            "Cloudco could reach more public bodies of the whole map first than anything else: ",
        ),
    ):
        said = RiskMap(RiskGraph.open(maps / folder)).report("overview").files["summary.txt"]
        assert who in said.decode("utf-8")


def test_what_a_council_leans_on_is_an_answer_of_its_own(seeds: RiskMap) -> None:
    leaned = seeds.leanings("thanet").to_frame()
    assert leaned["band"][0] == "documented" and leaned["name"][0] == "East Kent Services"
    found = seeds.worst_failures(limit=3)
    assert found.tried > len(found.failures) == 3
    reached = found.to_frame()["reached"].tolist()
    assert reached == sorted((len(one.bands) for one in found.failures), reverse=True)
