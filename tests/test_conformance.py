"""The model by example: every conformance set, and what must hold of each answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from conformance_shape import conformance_shape

from riskgraph.analysis.blast import BlastRadius, blast
from riskgraph.analysis.proofs import Event, Inside, Together, Via
from riskgraph.analysis.why import why
from riskgraph.graph import RiskGraph
from riskgraph.model import KINDS, Band

SETS = sorted(path.parent for path in Path(__file__).parent.glob("conformance/*/*/expected.json"))
LEVEL = {"yes": 0, "onward": 0, "possible": 2, "unknown": 3}


def questions(folder: Path) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return cases


def ask(graph: RiskGraph, case: dict[str, Any], **other: Any) -> BlastRadius:
    given = {name: case[name] for name in ("kinds", "as_of", "without", "known_before")}
    return blast(graph, other.pop("roots", case["roots"]), **{**given, **other})


@pytest.mark.parametrize("folder", SETS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_answer_is_the_models(folder: Path) -> None:
    graph = RiskGraph.open(folder)
    for case in questions(folder):
        answer = conformance_shape(ask(graph, case))
        for part in ("authorities", "abolished", "groups", "ring"):
            assert answer[part] == case[part], (part, case["roots"], case["kinds"])
        for part in ("roots", "as_of", "without", "known_before"):
            assert answer[part] == case[part]
        assert sorted(answer["kinds"]) == sorted(case["kinds"])


def weakest(events: Sequence[Event]) -> int:
    level = 0
    for event in events:
        if isinstance(event, Via):
            level = max(level, event.band)
        elif isinstance(event, Inside):
            cell = event.rule.cells[KINDS.index(event.kind)]
            level = max(level, LEVEL[str(cell)])
        elif isinstance(event, Together):
            level = max([level, *(weakest(branch) for branch in event.branches)])
    return level


def length(events: Sequence[Event]) -> int:
    hops = 0
    for event in events:
        if isinstance(event, Via):
            hops += event.step.hops
        elif isinstance(event, Together):
            hops += max(length(branch) for branch in event.branches)
    return hops


@pytest.mark.parametrize("folder", SETS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_the_path_shown_is_as_long_and_as_sure_as_the_answer(folder: Path) -> None:
    graph = RiskGraph.open(folder)
    alternatives = any(row.alternative for row in graph.dataset.relations.values())
    for case in questions(folder):
        radius = ask(graph, case)
        for reach in (*radius.authorities, *radius.abolished, *radius.groups):
            for kind, hit in reach.kinds.items():
                assert length(hit.proof.events) == hit.hops, (reach.id, kind)
                weakest_step = weakest(hit.proof.events)
                assert weakest_step <= hit.band, (reach.id, kind)
                if not alternatives:  # a doubtful alternative protects in the surer bands only
                    assert weakest_step == hit.band, (reach.id, kind)


@pytest.mark.parametrize("folder", SETS[::3], ids=lambda path: f"{path.parent.name}-{path.name}")
def test_why_lists_the_best_proof_first_and_no_proof_within_another(folder: Path) -> None:
    graph = RiskGraph.open(folder)
    for case in questions(folder):
        radius = ask(graph, case)
        given = {name: case[name] for name in ("kinds", "as_of", "without", "known_before")}
        for reach in radius.authorities:
            answer = why(graph, reach.id, case["roots"], **given)
            assert answer.reached
            for kind, hit in reach.kinds.items():
                proofs = [chain.proofs[kind] for chain in answer.chains if kind in chain.proofs]
                best = min(proofs, key=lambda proof: (proof.band, proof.hops))
                assert (best.band, best.hops) == (hit.band, hit.hops)
                rows = [frozenset(proof.rows) for proof in proofs]
                assert not any(
                    a < b and p.band <= q.band
                    for a, p in zip(rows, proofs, strict=True)
                    for b, q in zip(rows, proofs, strict=True)
                )


@pytest.mark.parametrize("folder", SETS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_holds_of_every_answer(folder: Path) -> None:
    graph = RiskGraph.open(folder)
    for case in questions(folder):
        radius = ask(graph, case)
        bodies = [{reach.id for reach in radius.within(band)} for band in Band]
        assert all(surer <= wider for surer, wider in pairwise(bodies))  # bands nest
        for root in case["roots"]:  # several roots reach at least what each reaches
            alone = ask(graph, case, roots=root)
            for reach in alone.authorities:
                for kind, hit in reach.kinds.items():
                    together = radius[reach.id].kinds[kind]
                    assert (together.band, together.hops) <= (hit.band, hit.hops) or together.band <= hit.band
        for fewer in case["kinds"][:-1]:  # asking more kinds never removes one
            part = ask(graph, case, kinds=[fewer])
            for reach in part.authorities:
                assert set(reach.kinds) <= set(radius[reach.id].kinds)
        for band, ring in radius.ring.items():
            assert not {reach.id for reach in radius.within(band)} & set(ring)
