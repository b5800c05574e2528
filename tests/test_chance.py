"""Chances: the vectors of the model, the slow way, the same luck before and after, and honest words."""

from __future__ import annotations

import math
import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from networks import fails, random_network, without
from small import FILES, write_small

from riskgraph import MissingFile, RiskGraphError, load
from riskgraph.analysis.blast import blast
from riskgraph.analysis.chance import Exposure, chance, chance_change
from riskgraph.analysis.measure import residents
from riskgraph.analysis.step_chances import step_chances
from riskgraph.cli import main
from riskgraph.engine import Network, NetworkBuilder
from riskgraph.engine.chance import CERTAIN, Draws, Steps, draw, exact, pack, sampled, unpack, wilson
from riskgraph.engine.network import KIND_COUNT
from riskgraph.graph import RiskGraph
from riskgraph.model import PRESETS, Band
from riskgraph.render import chance as render
from riskgraph.render.page import as_text

SETS = sorted((Path(__file__).parent / "conformance" / "sets").iterdir())
ROWS = Steps(lambda link: link, lambda place, number: CERTAIN, range(1000))
OUTAGE = 2
HALF = (0.5,) * 4


def network_of(pairs: list[tuple[str, str, int]]) -> tuple[Network, dict[str, int]]:
    """A network of letters; a number is the level of a link, so that levels can carry chances."""
    builder = NetworkBuilder([])
    number: dict[str, int] = {}
    for source, target, _ in pairs:
        for name in (source, target):
            if name not in number:
                number[name] = builder.place()
    for label, (source, target, level) in enumerate(pairs):
        builder.link(number[source], number[target], (level,) * KIND_COUNT, cost=1, label=label)
    return builder.build(), number


def both(pairs: list[tuple[str, str, int]], chances: tuple[float, ...], asked: str) -> tuple[list[float], list[float]]:
    """Exact and sampled chances of some letters."""
    network, number = network_of(pairs)
    targets = [[number[name] * KIND_COUNT + OUTAGE] for name in asked]
    reached = fails(network, [[number["S"]]], [OUTAGE], 3)
    found = exact(network, ROWS, [[number["S"]]], [OUTAGE], 3, reached, targets, [chances])
    assert found is not None
    draws = Draws(7, 0, 40_000)
    bits = sampled(network, ROWS, [[number["S"]]], [OUTAGE], 3, targets, chances, draws)
    return found[0].tolist(), [some.bit_count() / 40_000 for some in bits]


@pytest.mark.parametrize(
    ("pairs", "chances", "expected"),
    [
        pytest.param(
            [("S", "A", 0), ("S", "B", 0), ("A", "T", 0), ("B", "T", 0)],
            HALF,
            {"T": 0.4375, "A": 0.5, "B": 0.5},
            id="diamond",
        ),
        pytest.param(
            [("S", "X", 1), ("X", "A", 0), ("X", "B", 0), ("A", "T", 0), ("B", "T", 0)],
            (1.0, 0.5, 0.5, 0.5),
            {"T": 0.5},
            id="shared-neck",
        ),
    ],
)
def test_the_vectors(pairs: list[tuple[str, str, int]], chances: tuple[float, ...], expected: dict[str, float]) -> None:
    exactly, drawn = both(pairs, chances, "".join(expected))
    assert exactly == pytest.approx(list(expected.values()), abs=1e-12)
    assert drawn == pytest.approx(list(expected.values()), abs=0.01)


def test_the_diamond_is_expected_to_reach_1_4375() -> None:
    exactly, _ = both([("S", "A", 0), ("S", "B", 0), ("A", "T", 0), ("B", "T", 0)], HALF, "ABT")
    assert sum(exactly) == pytest.approx(1.4375)


def test_the_bridge_by_levels_and_by_conditioning_on_it() -> None:
    """S-A 0.3, S-B 0.2, A-B 0.5, A-T 0.4, B-T 0.6: 0.2688, where paths taken apart would say 0.2953.

    Four levels cannot carry five chances, so the bridge A-B is taken as there and not there, half each.
    """
    chances = (0.6, 0.4, 0.3, 0.2)
    without_it = [("S", "A", 2), ("S", "B", 3), ("A", "T", 1), ("B", "T", 0)]
    with_it, _ = network_of([*without_it, ("A", "B", 0)])
    number = {"S": 0, "A": 1, "B": 2, "T": 3}
    certain = Steps(lambda link: CERTAIN if link == 4 else link, lambda place, number: CERTAIN, range(9))
    targets = [[number["T"] * KIND_COUNT + OUTAGE]]
    reached = fails(with_it, [[0]], [OUTAGE], 3)
    there = exact(with_it, certain, [[0]], [OUTAGE], 3, reached, targets, [chances])
    assert there is not None
    [absent], _ = both(without_it, chances, "T")
    assert 0.5 * there[0, 0] + 0.5 * absent == pytest.approx(0.2688, abs=1e-12)


def slow_chances(network: Network, band: int, chances: tuple[float, ...]) -> dict[int, float]:
    """Go through every outcome of every link: at each of its levels, or not at all."""
    total: dict[int, float] = {}
    options = []
    for link in range(len(network.source)):
        used = sorted({level for level in network.levels[link] if level <= band})
        bounds = [1.0, *(chances[level] for level in used), 0.0]
        options.append([(link, used[:digit], bounds[digit] - bounds[digit + 1]) for digit in range(len(used) + 1)])
    for outcome in product(*options):
        weight = math.prod(share for _, _, share in outcome)
        builder = NetworkBuilder(network.derivations, list(network.derives))  # type: ignore[arg-type]
        for link, holds, _ in outcome:
            levels = tuple(level if level in holds else 9 for level in network.levels[link])
            builder.link(
                network.source[link], network.target[link], levels, cost=1, label=link, onward=network.onward[link]
            )
        builder.groups += network.groups
        for state in fails(builder.build(), [[0]], [OUTAGE, 3], band):
            total[state] = total.get(state, 0.0) + weight
    return total


def test_an_exact_chance_is_the_sum_over_all_outcomes() -> None:
    chances = (0.9, 0.6, 0.3, 0.1)
    strict = 0
    for seed in range(16):
        network = random_network(seed, places=5, links=7, groups=1)
        network = without(network, range(3, len(network.source) - 4))
        for band in (0, 2, 3):
            reached = fails(network, [[0]], [OUTAGE, 3], band)
            slow = slow_chances(network, band, chances)
            for target in sorted(reached):
                found = exact(network, ROWS, [[0]], [OUTAGE, 3], band, reached, [[target]], [chances])
                assert found is not None
                assert found[0, 0] == pytest.approx(slow[target], abs=1e-12)
                strict += 0 < slow[target] < 0.999
    assert strict > 20


@pytest.mark.parametrize("seed", range(15))
def test_sampled_and_exact_agree(seed: int) -> None:
    network = random_network(seed)
    chances = (0.8, 0.5, 0.3, 0.1)
    reached = fails(network, [[0], [1]], [0, 1, 2, 3], 2)
    targets = [[state] for state in sorted(reached)]
    draws = Draws(seed, 0, 10_000)
    bits = sampled(network, ROWS, [[0], [1]], [0, 1, 2, 3], 2, targets, chances, draws)
    for target, some in zip(targets, bits, strict=True):
        found = exact(network, ROWS, [[0], [1]], [0, 1, 2, 3], 2, reached, [target], [chances])
        if found is not None:
            assert some.bit_count() / 10_000 == pytest.approx(found[0, 0], abs=0.025)


def test_higher_chances_reach_the_same_worlds_and_more() -> None:
    network = random_network(5)
    targets = [[place * KIND_COUNT + OUTAGE] for place in range(network.places)]
    draws = Draws(1, 0, 640)
    low, high = (
        sampled(network, ROWS, [[0]], [OUTAGE], 2, targets, chances, draws)
        for chances in ((0.5, 0.4, 0.2, 0.1), (0.7, 0.4, 0.3, 0.2))
    )
    assert all(few & ~many == 0 for few, many in zip(low, high, strict=True))
    assert low != high


def test_draws_are_a_pure_function_of_seed_step_and_world() -> None:
    whole = draw(3, [42], 0, 1000)[0]
    for first in (1, 2, 3, 700):
        assert (whole[first:] == draw(3, [42], first, 1000 - first)[0]).all()
    assert (draw(3, [1, 42, 5], 0, 1000)[1] == whole).all()
    for other in (draw(4, [42], 0, 1000)[0], draw(3, [43], 0, 1000)[0]):
        assert (whole == other).mean() < 0.01
    assert whole[:4].tolist() == KNOWN, "another order of bytes, or another version, must not change the luck"


KNOWN = [29346, 41536, 50016, 16326]


def test_draws_are_even_and_independent() -> None:
    many = draw(1, range(200), 0, 1000) / 65536
    assert abs(many.mean() - 0.5) < 0.005
    counts = np.histogram(many, 20, (0, 1))[0]
    assert (abs(counts - 10_000) < 500).all()
    steps = np.corrcoef(many[:6])
    assert abs(steps - np.eye(6)).max() < 0.12
    neighbours = np.corrcoef(many[:, :-1].ravel(), many[:, 1:].ravel())[0, 1]
    assert abs(neighbours) < 0.01


def test_drawing_for_many_steps_at_once_is_drawing_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("riskgraph.engine.chance.DRAWS_AT_ONCE", 250)
    together, alone = Draws(1, 0, 100), Draws(1, 0, 100)
    together.prepare(range(9), [0.0, 0.3, 1.0])
    for key in range(9):
        for share in (0.0, 0.3, 1.0):
            assert together.below(key, share) == alone.below(key, share)
    assert alone.below(3, 0.0) == 0
    assert alone.below(3, 1.0) == (1 << 100) - 1


@pytest.mark.parametrize("count", [1, 7, 8, 64, 1000])
def test_worlds_are_packed_and_unpacked(count: int) -> None:
    holds = draw(1, [count], 0, count)[0] < 30_000
    assert (unpack(pack(holds), count) == holds).all()


def test_the_interval_of_wilson() -> None:
    assert wilson(0, 100) == pytest.approx((0.0, 0.0370), abs=1e-4)
    assert wilson(10, 100) == pytest.approx((0.0552, 0.1744), abs=1e-4)
    low, high = wilson(4802, 9604)
    assert (high - low) / 2 == pytest.approx(0.01, abs=1e-4)


def test_a_certain_map_has_the_radius_as_its_expectation() -> None:
    seeds = RiskGraph.open("seeds")
    sure = {band: step.__class__(1.0, 1.0, 1.0, "") for band, step in step_chances().items()}
    for root in ("civica", "capita", "lancashire oracle fusion"):
        found = chance(seeds, root, table=sure, worlds=100)
        assert list(found.expected) == [len(found.authorities)] * 3
        assert found.residents[1] == found.radius.residents(Band.POSSIBLE).people
        assert list(found.range) == [len(found.authorities)] * 2


def test_certain_steps_give_the_radius_on_random_maps_with_several_roots() -> None:
    sure = {band: step.__class__(1.0, 1.0, 1.0, "") for band, step in step_chances().items()}
    reached = 0
    for number, folder in enumerate(SETS[:40]):
        graph = RiskGraph.open(folder)
        ids = list(graph.dataset.entities)
        roots = [ids[number % len(ids)], ids[number * 7 % len(ids)], ids[-1]][: number % 3 + 1]
        for band in (Band.DOCUMENTED, Band.NOT_RULED_OUT):
            found = chance(graph, roots, table=sure, worlds=100, band=band, like=list(PRESETS)[number % 6])
            expected = [reach.id for reach in found.radius.within(band) if not reach.root]
            assert sorted(e.id for e in found.authorities) == sorted(expected)
            assert all(e.low == e.base == e.high == 1 for e in found.authorities)
            assert found.residents[1] == residents(graph.dataset, expected).people
            reached += len(expected)
    assert reached > 50


def test_low_base_and_high_are_in_order_and_within_the_radius() -> None:
    found = chance(RiskGraph.open("uk"), "microsoft", worlds=2000)
    assert 0 < found.expected[0] < found.expected[1] < found.expected[2] < len(found.authorities)
    assert all(0 <= e.low <= e.base <= e.high <= 1 for e in found.authorities)
    for exposure in found.authorities:
        counted = [chance for kind, chance in exposure.kinds.items() if kind in found.question.counting]
        assert max(counted) <= exposure.base + 1e-9
        assert exposure.exact or exposure.interval[0] <= exposure.base <= exposure.interval[1]  # type: ignore[index]
    assert len({e.exact for e in found.authorities}) == 2


def test_the_same_seed_gives_the_same_answer_and_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = RiskGraph.open("seeds")
    first = chance(seeds, "civica", worlds=500, as_of="2024-01-15")
    monkeypatch.setattr("riskgraph.analysis.chance.BLOCK", 64)
    assert chance(RiskGraph.open("seeds"), "civica", worlds=500, as_of="2024-01-15").to_dict() == first.to_dict()
    other = chance(seeds, "civica", worlds=500, as_of="2024-01-15", seed=2)
    assert [e.base for e in other.authorities] != [e.base for e in first.authorities]


def test_before_and_after_share_their_luck(tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    (tmp_path / "after").mkdir()
    before = RiskGraph.open(write_small(tmp_path / "before"))
    fewer = "\n".join(line for line in FILES["relations.csv"].splitlines() if not line.startswith("r2")) + "\n"
    after = RiskGraph.open(write_small(tmp_path / "after", relations_csv=fewer))
    change = chance_change(before, after, "both", worlds=2000)
    assert list(change.authorities) == ["authority:bexton"], "what was not changed has the same luck"
    was, now = change.authorities["authority:bexton"]
    assert now == 0
    assert change.difference[0] == pytest.approx(-was)
    back = chance_change(after, before, "both", worlds=2000)
    assert back.difference[0] == pytest.approx(was)
    said = as_text(render.change_page(change))
    assert said.startswith("2 councils could be reached before and 1 council after")
    assert "fewer" in said


def test_the_text_puts_the_radius_first_and_pretends_nothing() -> None:
    found = chance(RiskGraph.open("seeds"), "east kent services")
    said = as_text(render.page(found))
    assert said.startswith("3 of 25 councils could be reached first if East Kent Services were compromised")
    assert "judgements" in said
    assert "seed 1" in said
    assert "%" in said
    assert not re.search(r"\d\.\d", said), "no decimals"
    nobody = as_text(render.page(chance(RiskGraph.open("seeds"), "essex")))
    assert nobody.startswith("0 of 25 councils besides Essex (county) itself could be reached")


def test_what_was_only_sampled_is_never_sure() -> None:
    sure = Exposure("a", "A", Band.LIKELY, 0.0, 1.0, 1.0, {}, (0.99, 1.0))
    assert render._share(sure, sure.base) == "over 99%"
    assert render._share(sure, sure.low) == "under 1%"


def write_chances(folder: Path, old: str, new: str) -> Path:
    from riskgraph.assets import shipped

    text = shipped("step_chances.csv").read_text(encoding="utf-8")
    assert old in text
    path = folder / "mine.csv"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("documented,0.2", "documented,0.6", "out of order"),
        ("documented,0.2", "documented,much", "no number"),
        ("documented,0.2", "maybe,0.2", "no band"),
        ("likely,0.15,0.4,0.8", "likely,0.15,0.4,0.99", "higher chance"),
        ("band,low", "band,lowest", "other columns"),
        ("possible,0.03,0.15,0.5", "likely,0.03,0.15,0.5", "stands twice"),
    ],
)
def test_a_file_of_chances_is_checked(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(RiskGraphError, match=message):
        step_chances(write_chances(tmp_path, old, new))


def test_a_file_of_chances_must_be_there_and_whole(tmp_path: Path) -> None:
    with pytest.raises(MissingFile):
        step_chances(tmp_path / "none.csv")
    short = tmp_path / "short.csv"
    short.write_text("band,low,base,high,basis\nlikely,0,0,0,x\n", encoding="utf-8")
    with pytest.raises(RiskGraphError, match="says nothing of documented"):
        step_chances(short)


def test_worlds_and_seeds_have_bounds() -> None:
    with pytest.raises(RiskGraphError, match="no useful number"):
        load("seeds").chance("civica", worlds=5)
    with pytest.raises(RiskGraphError, match="no seed"):
        load("seeds").chance("civica", seed=-1)


def test_the_word_in_every_format(tmp_path: Path) -> None:
    mine = write_chances(tmp_path, "documented,0.2", "documented,0.25")
    runner = CliRunner()
    base = ["chance", "civica", "--data", "seeds", "--worlds", "500", "--chances", str(mine)]
    for extra in ([], ["--before", "seeds"], ["--region", "South East"]):
        for form in ("text", "table", "json", "csv"):
            result = runner.invoke(main, [*base, *extra, "--format", form], catch_exceptions=False)
            assert result.exit_code == 0, result.stderr
            assert result.stdout
    wrong = runner.invoke(main, [*base, "--before", "seeds", "--region", "Wales"], catch_exceptions=False)
    assert wrong.exit_code == 2


def test_answers_have_a_frame_and_a_short_name() -> None:
    seeds = load("seeds")
    day = "2024-01-18"  # Civica worked for three councils of East Kent until January 2025
    found = seeds.chance("civica", worlds=200, as_of=day)
    change = seeds.chance_change(load("seeds"), "civica", worlds=200, as_of=day)
    assert repr(found) == f"<Chance for supplier:civica: {found.expected[1]:.0f} of 3>"
    assert len(found.to_frame()) == 3
    assert repr(change).startswith("<ChanceChange for supplier:civica")
    assert change.to_frame().empty


def test_progress_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("riskgraph.analysis.chance.BLOCK", 200)
    told: list[tuple[int, int]] = []
    chance(RiskGraph.open("seeds"), "civica", worlds=500, progress=lambda done, total: told.append((done, total)))
    assert told == [(200, 500), (400, 500), (500, 500)]


@pytest.mark.slow
def test_the_basis_of_the_chances_is_what_the_map_says() -> None:
    """One or two rows from the origin of a recorded incident: how many were reported hit, by band."""
    graph = RiskGraph.open("uk").observed()
    harmed = {"data-exposed", "service-disrupted", "precautionary-shutdown"}
    effects = {(e.incident_id, e.organisation) for e in graph.dataset.effects if e.effect in harmed}
    providers = {row.provider for row in graph.dataset.relations.values()}
    kinds = {"confidentiality": "exposure", "availability": "outage", "integrity": "tampering"}
    near, hit = dict.fromkeys(Band, 0), dict.fromkeys(Band, 0)
    for incident in graph.dataset.incidents.values():
        asked = [kinds[impact] for impact in incident.impact]
        if not asked or not {origin.partition("/")[0] for origin in incident.origins} & providers:
            continue
        day = incident.date_started or incident.date_disclosed
        radius = blast(graph, incident.origins, kinds=asked, as_of=day, without=incident.incident_id)
        for reach in radius.authorities:
            if not reach.root and min(found.hops for found in reach.kinds.values()) <= 2:
                near[reach.band] += 1
                hit[reach.band] += (incident.incident_id, reach.id) in effects
    stated = {"documented": (38, 7), "likely": (43, 6), "possible": (40, 0), "not-ruled-out": (140, 0)}
    for band, step in step_chances().items():
        assert {str(number) for number in stated[band.word]} <= set(re.findall(r"\d+", step.basis))
    for band in Band:
        assert (near[band], hit[band]) == stated[band.word], "the map has changed: count again in step_chances.csv"
