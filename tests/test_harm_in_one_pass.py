"""Harm is worked out in one place: many roots in one pass, one question once, states numbered by the engine alone."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import riskgraph
from riskgraph.analysis import blast as blast_module
from riskgraph.engine import NetworkBuilder, solve, state_of
from riskgraph.engine.times import known_days
from riskgraph.graph import RiskGraph
from riskgraph.harm import Part, Place, bodies_reached, places_of, roots_reaching
from riskgraph.model import KINDS, PRESETS, Band, FailureKind

SEEDS = RiskGraph.open("seeds")
HARM = SEEDS.harm(SEEDS.view())
ROOTS = list(SEEDS.dataset.entities)


def alone(root: str, kinds: tuple[FailureKind, ...], band: Band) -> set[int]:
    answer = solve(HARM.network, [places_of(HARM, root)], [KINDS.index(kind) for kind in kinds])
    return set(answer.bands[band].hops)


@pytest.mark.parametrize("like", PRESETS)
@pytest.mark.parametrize("band", Band)
def test_many_roots_in_one_pass_reach_what_each_reaches_alone(like: str, band: Band) -> None:
    kinds = PRESETS[like]
    found = bodies_reached(HARM, ROOTS, kinds, band)
    for root in ROOTS:
        whole = {place.body for place in HARM.failing(alone(root, kinds, band)) if place.part is Part.WHOLE}
        assert found[root] == whole


@pytest.mark.parametrize("band", Band)
def test_the_roots_that_reach_a_body_are_found_in_one_pass(band: Band) -> None:
    kinds = PRESETS["compromise"]
    states = [HARM.state(Place("authority:thanet", Part.WHOLE), kind) for kind in KINDS]
    found = roots_reaching(HARM, ROOTS, kinds, states, band)
    for state in states:
        assert found[state] == tuple(root for root in ROOTS if state in alone(root, kinds, band))
    assert any(found.values())


def test_what_is_asked_again_is_not_worked_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def counting(*question: Any) -> Any:
        asked.append(question)
        return solve(*question)

    monkeypatch.setattr(blast_module, "solve", counting)
    seeds = riskgraph.load("seeds")
    for ask in (
        lambda: seeds.why("thanet", "civica"),
        lambda: seeds.chokepoints("oracle"),
        lambda: seeds.chance("east kent services", worlds=100),
    ):
        asked.clear()
        ask()
        assert len(asked) == 1


def test_only_the_engine_knows_how_a_state_is_numbered() -> None:
    by_hand = re.compile(r"KIND_COUNT|\bstate (//|%)|divmod\(state|\* (5|len\(KINDS\)) \+")
    root = Path(riskgraph.__file__).parent
    modules = [path for path in root.rglob("*.py") if "engine" not in path.relative_to(root).parts]
    assert [path.name for path in modules if by_hand.search(path.read_text(encoding="utf-8"))] == []


def test_a_very_long_delay_costs_nothing() -> None:
    builder = NetworkBuilder([])
    first, second = builder.place(), builder.place()
    builder.link(first, second, (0,) * 5, cost=1, label=0)
    network = builder.build()
    days = known_days(network, solve(network, [[first]], [2]), 0, lambda link, kind: 10**14)
    assert days[state_of(second, 2)] == 10**14
