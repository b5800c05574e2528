"""Days until a service stops: shown where every way there is known, and nowhere else."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner
from networks import random_network
from small import FILES, write_small

from riskgraph import load
from riskgraph.cli import main
from riskgraph.data import read, write
from riskgraph.data.dataset import canonical
from riskgraph.engine import Network, Solution, solve
from riskgraph.engine.network import KIND_COUNT
from riskgraph.engine.times import known_days
from riskgraph.model import Band, FailureKind
from riskgraph.schema import schema


def with_times(**days: str) -> dict[str, str]:
    """The small set with the two columns: endurance of r1, r2, r3; recovery of `orbit`."""
    header, *lines = FILES["relations.csv"].splitlines()
    relations = [header + ",endurance_days", *(f"{line},{days.get(line[:2], '')}" for line in lines)]
    header, *lines = FILES["entities.csv"].splitlines()
    recovery = days.get("orbit", "")
    entities = [
        header + ",recovery_days",
        *(f"{line},{recovery if 'supplier:orbit' in line else ''}" for line in lines),
    ]
    return {"relations_csv": "\n".join(relations) + "\n", "entities_csv": "\n".join(entities) + "\n"}


def test_days_add_up_along_the_way(tmp_path: Path) -> None:
    graph = load(write_small(tmp_path, **with_times(r1="3", r3="2", orbit="4")))
    radius = graph.blast("orbit", kinds=["outage"])
    assert radius.stops_after == {"authority:ashby": {"housing": 5}}, "bexton's endurance is blank, so not known"
    assert radius.recovery_days == {"supplier:orbit": 4}
    runner = CliRunner()
    words = ["blast", "orbit", "--kind", "outage", "--data", str(tmp_path), "--format"]
    text = runner.invoke(main, [*words, "text"], catch_exceptions=False).stdout
    assert "Services that run on before they stop: Ashby (housing 5 days, back before)." in text
    tables = json.loads(runner.invoke(main, [*words, "json"], catch_exceptions=False).stdout)["tables"]
    assert tables["recovery"] == [{"root": "supplier:orbit", "after": 4}]
    assert tables["stops_after"] == [{"body": "authority:ashby", "area": "housing", "after": 5}]


def test_blank_stays_unknown_and_is_not_shown(tmp_path: Path) -> None:
    graph = load(write_small(tmp_path, **with_times(r1="3")))
    radius = graph.blast("orbit", kinds=["outage"])
    assert radius.stops_after == {}
    assert graph.blast("both", kinds=["outage"]).stops_after == {"authority:ashby": {"housing": 3}}
    words = ["blast", "orbit", "--data", str(tmp_path)]
    assert "run on" not in CliRunner().invoke(main, words, catch_exceptions=False).stdout


def test_only_an_outage_can_be_borne_for_days(tmp_path: Path) -> None:
    graph = load(write_small(tmp_path, **with_times(r1="3", r3="2")))
    assert graph.blast("orbit", kinds=["exposure"]).stops_after == {}


def test_files_with_and_without_the_columns_are_read_and_written_alike(tmp_path: Path) -> None:
    for name, files in (("without", {}), ("with", with_times(r1="3", r2="0", orbit="7"))):
        (tmp_path / name).mkdir()
        first = read(write_small(tmp_path / name, **files))
        write(first, tmp_path / f"{name}-again")
        again = read(tmp_path / f"{name}-again")
        assert canonical(again) == canonical(first)
        assert again.digest == first.digest
        header = (tmp_path / f"{name}-again" / "relations.csv").read_text().splitlines()[0].split(",")
        assert ("endurance_days" in header) == (name == "with")
        expected = [
            column
            for column, known in schema()["relations"].items()
            if not known.sparse or (name == "with" and column == "endurance_days")
        ]
        assert header == expected
    assert read(tmp_path / "with").relations["r2"].endurance_days == 0
    assert read(tmp_path / "without").relations["r2"].endurance_days is None


def test_the_shipped_maps_have_no_such_columns_yet() -> None:
    for name in ("seeds", "uk"):
        data = read(name)
        assert all(entity.recovery_days is None for entity in data.entities.values())
        for file, content in canonical(data).items():
            assert (data.path / file).read_bytes() == content


def slow_days(network: Network, answer: Solution, band: int, days: dict[int, int]) -> dict[int, int]:
    """Say again and again what each rule says, until nothing gets sooner."""
    layers: list[dict[int, int]] = []
    for at in (1, band) if band > 1 else (band,):
        found = {place * KIND_COUNT + 2: 0 for root in answer.roots for place in root}
        changed = True
        while changed:
            changed = False

            def offer(state: int, day: int, found: dict[int, int] = found) -> bool:
                if day < found.get(state, 10**9):
                    found[state] = day
                    return True
                return False

            for link in range(len(network.source)):
                for kind in range(KIND_COUNT):
                    start = layers[0] if at > 1 and kind in network.onward[link] else found
                    before = network.source[link] * KIND_COUNT + kind
                    if network.levels[link][kind] <= at and before in start:
                        changed |= offer(network.target[link] * KIND_COUNT + kind, start[before] + days[link])
            for place in range(network.places):
                for number in network.derives[place]:
                    rule = network.derivations[number]
                    before = place * KIND_COUNT + rule.source
                    if rule.level <= at and before in found and (place != answer.roots[0][0] or rule.at_roots):
                        changed |= offer(place * KIND_COUNT + rule.target, found[before])
            for group in network.groups:
                for kind in group.kinds:
                    needed = [m * KIND_COUNT + kind for m in group.protects[at]]
                    any_of = [m * KIND_COUNT + kind for m in group.members if m * KIND_COUNT + kind in found]
                    if needed and all(state in found for state in needed):
                        changed |= offer(group.target * KIND_COUNT + kind, max(found[state] for state in needed))
                    elif not needed and any_of:
                        changed |= offer(group.target * KIND_COUNT + kind, min(found[state] for state in any_of))
        layers.append(found)
    return layers[-1]


@pytest.mark.parametrize("seed", range(25))
def test_the_days_are_those_found_slowly(seed: int) -> None:
    network = random_network(seed)
    draw = random.Random(seed)  # noqa: S311
    days = {link: draw.randrange(5) for link in range(len(network.source))}
    blank = {link for link in days if draw.random() < 0.2}
    answer = solve(network, [[0]], [2])
    for band in range(4):
        assert known_days(network, answer, band, lambda link, kind: days[link]) == slow_days(
            network, answer, band, days
        )
        known = known_days(network, answer, band, lambda link, kind: None if link in blank else days[link])
        for state, day in known.items():
            for value in (0, 3, 50):  # whatever the blanks are, what is known holds
                filled = {link: value if link in blank else late for link, late in days.items()}
                assert slow_days(network, answer, band, filled)[state] == day


def test_a_radius_that_is_limited_keeps_the_days_of_those_who_are_left(tmp_path: Path) -> None:
    radius = load(write_small(tmp_path, **with_times(r1="3", r2="1"))).blast("both", kinds=["outage"])
    left = radius.only(lambda reach: reach.id == "authority:bexton", lambda body: True)
    assert left.stops_after == {"authority:bexton": {"housing": 1}}
    assert left.authorities[0].kinds[FailureKind.OUTAGE].band is Band.DOCUMENTED
