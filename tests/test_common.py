"""What two things share is what reaches both when asked alone; yes, no and not known are kept apart."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from reference import Tables
from small import FILES, write_small
from strategies import datasets, write

from riskgraph import RiskGraphError, load
from riskgraph.analysis.blast import run
from riskgraph.analysis.common import CommonAnswer, common
from riskgraph.cli import main
from riskgraph.engine.network import KIND_COUNT
from riskgraph.graph import RiskGraph
from riskgraph.harm import places_of
from riskgraph.model import KINDS, PRESETS, Band
from riskgraph.render import common as render
from riskgraph.render.page import as_text
from riskgraph.scenario.findings import Backup

SETS = sorted((Path(__file__).parent / "conformance" / "sets").iterdir())

ENTITIES = FILES["entities.csv"] + (
    "system:p,system,P,,,,,,,none,,,\n"
    "system:b,system,B,,,,,,,none,,,\n"
    "environment:cloudx,environment,CloudX,,,,,,,,,,\n"
    "environment:os1,environment,OS1,,,,,,,,,,\n"
    "environment:os2,environment,OS2,,,,,,,,,,\n"
)
HOSTED = "{id},{dependent},hosted-on,{provider},,none,,,,,,,,,,,,,\n"


def rows(*pairs: str) -> str:
    lines = []
    for number, pair in enumerate(pairs):
        dependent, _, provider = pair.partition(" ")
        lines.append(HOSTED.format(id=f"h{number}", dependent=dependent, provider=provider))
    return FILES["relations.csv"] + "".join(lines)


def graph_of(folder: Path, *pairs: str) -> RiskGraph:
    return RiskGraph.open(write_small(folder, entities_csv=ENTITIES, relations_csv=rows(*pairs)))


VECTOR = (
    "system:p environment:cloudx",
    "system:b environment:cloudx",
    "system:p environment:os1",
    "system:b environment:os2",
)


def test_the_vector_of_the_model(tmp_path: Path) -> None:
    """{P, CloudX, OS1} and {B, CloudX, OS2}: 0.20 and 0.33; the order of the smallest cut drops from 2 to 1."""
    found = common(graph_of(tmp_path, *VECTOR), "p", "b", like="outage")
    assert found.verdict is CommonAnswer.YES
    assert [shared.id for shared in found.shared] == ["environment:cloudx"]
    assert found.rests_on == (3, 3, 5)
    assert [round(value, 2) for value in found.overlaps] == [0.2, 0.33]
    assert found.order_drop == 1
    said = as_text(render.page(found))
    assert said.startswith("Yes: if CloudX fails, P and B could both be reached")
    assert "CloudX (shared IT environment, documented): both directly" in said
    assert "If they back each other up, one failure is enough where it should take two." in said


def test_apart_and_known_is_no_and_a_blank_is_not_known(tmp_path: Path) -> None:
    (tmp_path / "known").mkdir()
    (tmp_path / "blank").mkdir()
    apart = common(graph_of(tmp_path / "known", VECTOR[2], VECTOR[3]), "p", "b", like="outage")
    assert (apart.verdict, apart.order_drop, apart.unknown) == (CommonAnswer.NO, 0, ())
    assert as_text(render.page(apart)).startswith("No: nothing in this data could reach both")
    blank = common(graph_of(tmp_path / "blank", VECTOR[2]), "p", "b", like="outage")
    assert blank.verdict is CommonAnswer.NOT_KNOWN
    assert [(u.body, u.what) for u in blank.unknown] == [("system:b", "where it runs")]
    assert "Not known, 1: where it runs, for B." in as_text(render.page(blank))


def test_what_cannot_be_ruled_out_makes_it_not_known(tmp_path: Path) -> None:
    """A common host that keeps no record of data: whether a leak reaches either is not known."""
    relations = rows(*VECTOR).replace(",none,,,,,,,,,,,,,\n", ",,,,,,,,,,,,,,\n")
    entities = ENTITIES.replace("system:p,system,P,,,,,,,none", "system:p,system,P,,,,,,,").replace(
        "environment:cloudx,environment,CloudX", "supplier:cloudx,supplier,CloudX"
    )
    relations = relations.replace("environment:cloudx", "supplier:cloudx")
    graph = RiskGraph.open(write_small(tmp_path, entities_csv=entities, relations_csv=relations))
    found = common(graph, "p", "b", like="data-theft")
    assert found.shared == ()
    assert [(s.id, s.band) for s in found.doubtful] == []
    assert found.verdict is CommonAnswer.NO, "B holds no data, whoever hosts it"
    both = entities.replace("system:b,system,B,,,,,,,none", "system:b,system,B,,,,,,,")
    (tmp_path / "both").mkdir()
    graph = RiskGraph.open(write_small(tmp_path / "both", entities_csv=both, relations_csv=relations))
    found = common(graph, "p", "b", like="data-theft")
    assert [(s.id, s.band) for s in found.doubtful] == [("supplier:cloudx", Band.NOT_RULED_OUT)]
    assert found.verdict is CommonAnswer.NOT_KNOWN
    wider = common(graph, "p", "b", like="data-theft", band="not-ruled-out")
    assert wider.verdict is CommonAnswer.YES


def test_the_ubiquitous_is_set_aside_by_the_rule_and_by_hand(tmp_path: Path) -> None:
    """CloudX under six of six systems tells nothing of two of them; under three of eight it does."""
    more = "".join(f"system:s{n},system,S{n},,,,,,,none,,,\n" for n in range(6))
    many = [*VECTOR, *(f"system:s{n} environment:cloudx" for n in range(4))]
    few = [*VECTOR, *(f"system:s{n} environment:os1" for n in range(6))]
    found = {}
    for name, pairs in (("many", many), ("few", few)):
        (tmp_path / name).mkdir()
        graph = RiskGraph.open(
            write_small(tmp_path / name, entities_csv=ENTITIES + more, relations_csv=rows(*pairs))
        )  # fmt: skip
        found[name] = common(graph, "p", "b", like="outage")
    assert found["many"].shared == ()
    assert [s.id for s in found["many"].aside] == ["environment:cloudx"]
    assert found["many"].verdict is CommonAnswer.YES, "what is set aside reaches both all the same"
    assert found["many"].order_drop == 1
    assert as_text(render.page(found["many"])).startswith("Yes: if CloudX (set aside below) fails, P and B could")
    assert found["many"].overlaps[0] < found["many"].overlaps_all[0] == pytest.approx(0.2)
    assert "Set aside, 1: CloudX (reaches 6)" in as_text(render.page(found["many"]))
    assert [s.id for s in found["few"].shared] == ["environment:cloudx"]
    by_hand = common(RiskGraph.open(tmp_path / "few"), "p", "b", like="outage", aside=["cloudx"])
    assert [s.id for s in by_hand.aside] == ["environment:cloudx"]
    never = common(RiskGraph.open(tmp_path / "many"), "p", "b", like="outage", ubiquitous=100)
    assert never.verdict is CommonAnswer.YES


def test_what_is_shared_reaches_both_in_one_kind() -> None:
    assert sum(check_set(RiskGraph.open(folder)) for folder in SETS[:16]) > 20


def check_set(graph: RiskGraph) -> int:
    """Compare every pair of places with asking each thing alone; how many things are shared by some pair."""
    ids = [id_ for id_ in graph.dataset.entities if id_.partition(":")[0] in {"system", "environment", "store"}]
    harm = graph.harm(graph.view())
    shared = 0
    for first, second in combinations(ids, 2):
        found = common(graph, first, second, ubiquitous=100)
        said = {s.id: (s.band, s.kinds) for s in (*found.shared, *found.doubtful) if s.kinds}
        for thing in set(graph.dataset.entities) - {first, second}:
            bands = run(harm, [thing], PRESETS["compromise"]).bands
            expected = None
            for band in reversed(Band):
                one, two = (
                    {
                        kind
                        for place in places_of(harm, id_)
                        for kind in range(KIND_COUNT)
                        if place * KIND_COUNT + kind in bands[band].hops
                    }
                    for id_ in (first, second)
                )
                if one & two:
                    expected = band, tuple(KINDS[kind] for kind in sorted(one & two))
            assert said.get(thing) == expected, (first, second, thing)
            shared += expected is not None
    return shared


def test_a_supplier_counts_with_what_it_makes_and_operates() -> None:
    uk = load("uk")
    found = uk.common("civica", "capita")
    assert [s.id for s in found.shared] == ["supplier:microsoft"]
    proof = found.shared[0].first
    assert proof is not None
    assert proof.rows == ("modern-gov-hosting.hosted-on.microsoft.committee-democratic",)
    assert found.unknown
    assert "If the parts named back each other up" in as_text(render.page(found))


def test_one_that_rests_on_the_other_shares_it() -> None:
    found = load("seeds").common("oracle", "lancashire oracle fusion")
    assert "supplier:oracle" in {s.id for s in found.shared}
    assert found.order_drop == 1


def test_what_cannot_be_compared_is_said() -> None:
    seeds = load("seeds")
    with pytest.raises(RiskGraphError, match="are the same"):
        seeds.common("civica", "Civica")
    with pytest.raises(RiskGraphError, match="no percentage"):
        seeds.common("civica", "capita", ubiquitous=101)


def test_the_word_in_every_format_and_the_frame() -> None:
    runner = CliRunner()
    for form in ("text", "table", "json", "csv"):
        words = ["common", "oracle", "lancashire oracle fusion", "--data", "seeds", "--format", form]
        result = runner.invoke(main, words, catch_exceptions=False)
        assert result.exit_code == 0
        assert "racle" in result.stdout
    found = load("seeds").common("oracle", "civica")
    assert repr(found).startswith("<Common of supplier:oracle and supplier:civica: not known")
    assert set(found.to_frame()["list"]) <= {"shared", "not ruled out", "set aside"}
    assert "where it runs" in set(found.to_frame("unknown")["what"])


MAPS = Path(__file__).parent / "maps"


def test_what_everybody_rests_on_is_shared_all_the_same() -> None:
    """Six of six systems stand on one cloud: that tells little of two of them, and it reaches both."""
    graph = RiskGraph.open(MAPS / "common_no")
    for first, second in (("s1", "s2"), ("s3", "s6")):
        found = common(graph, first, second)
        assert (found.verdict, found.shared) == (CommonAnswer.YES, ())
        assert {s.id for s in found.aside} == {"environment:cloud", "supplier:orbit"}


def test_every_door_gives_one_answer() -> None:
    seeds = load("seeds")
    for first, second in (("westminster", "kensington and chelsea"), ("capita", "civica"), ("rochford", "essex")):
        for like in ("compromise", "outage", "data-theft"):
            asked = seeds.common(first, second, like=like)
            (finding,) = seeds.whatif("same-place", first, second, like=like).applied.findings
            assert isinstance(finding, Backup)
            for part in ("facts", "tables"):
                assert finding.found.to_dict()[part] == asked.to_dict()[part]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables=datasets())
def test_no_means_that_no_root_reaches_both_in_any_band(tables: Tables) -> None:
    with TemporaryDirectory() as folder:
        write(tables, Path(folder))
        graph = RiskGraph.open(folder)
    harm = graph.harm(graph.view())
    ids = list(graph.dataset.entities)
    kinds = PRESETS["compromise"]
    hits: dict[str, list[set[str]]] = {}  # root to the bodies that it reaches, by band
    for root in ids:
        bands = run(harm, [root], kinds).bands
        hits[root] = [{harm.places[state // KIND_COUNT].body for state in bands[band].hops} for band in Band]
    for first, second in combinations(ids[::3], 2):
        best = min((band for root in ids for band in Band if {first, second} <= hits[root][band]), default=None)
        verdict = common(graph, first, second).verdict
        if best is not None:
            assert verdict is not CommonAnswer.NO
            assert best > Band.POSSIBLE or verdict is CommonAnswer.YES
