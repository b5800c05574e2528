"""Every root's radius at once, body by body, with one route each: what an atlas is made of.

Who is reached, in which kinds and bands, comes from the closure of all roots (`riskgraph.engine.closure_all`).
The route comes from the engine asked about that root alone; where the two disagree there is no answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Unpack

import numpy as np

from riskgraph.analysis.blast import Collector, StepIndex, best_band, ended, run, seen
from riskgraph.analysis.measure import is_past
from riskgraph.analysis.memory import memory_limit, refuse
from riskgraph.analysis.proofs import Proof, proof_at
from riskgraph.analysis.question import Asking, Question
from riskgraph.analysis.radius import SHOWN_BANDS, Route
from riskgraph.engine import Solution, states_of
from riskgraph.engine.closure_all import closure_all
from riskgraph.engine.sets import OutOfMemory
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.harm import HarmNetwork, Part, Place
from riskgraph.model import AUTHORITY, KINDS, Band, FailureKind
from riskgraph.settle import View

__all__ = ["EveryRadius", "Touch", "every_radius"]

NOT = 4  # after the last band: not reached
Levels = tuple[int, ...]
"""For each failure kind the best band, or `NOT`."""


@dataclass(frozen=True, slots=True)
class Touch:
    """One authority that a root reaches."""

    body: str
    levels: Levels
    band: Band | None  # the best of the kinds by which it counts as reached
    services: tuple[tuple[str | None, Levels], ...]  # service areas that are reached, sorted, and how surely
    route: Route
    first: str | None  # the body or place through which it is reached, if not directly
    proof: Proof  # of its surest kind that counts
    past: bool  # whether every way has ended: a past customer
    lines: tuple[str | None, ...]  # the root's lines of business by which it is reached
    seen: str | None  # when the oldest fact of the proof was last evidenced
    ended: str | None  # when the way of the proof ended, if it has


@dataclass(frozen=True)
class EveryRadius:
    """What each root alone would reach, all for one question."""

    graph: RiskGraph
    question: Question
    roots: tuple[str, ...]
    reached: Mapping[str, tuple[Touch, ...]]  # root to authorities, by id; of any standing
    ring: Mapping[str, Mapping[Band, tuple[str, ...]]]  # root to band to who stands beside it as a precaution
    alternatives: bool  # whether the map knows alternatives, so that two roots may reach more than their union

    def __repr__(self) -> str:
        return f"<EveryRadius of {len(self.roots)} roots as of {self.view.as_of}>"

    @property
    def view(self) -> View:
        """As of when, and knowing what."""
        return self.question.view

    @property
    def kinds(self) -> tuple[FailureKind, ...]:
        """In which kinds the roots fail."""
        return self.question.kinds


def every_radius(
    graph: RiskGraph,
    *,
    memory: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    **asking: Unpack[Asking],
) -> EveryRadius:
    """The radius of every root of the map: the same kinds, bands and services as `blast` gives one by one.

    Parameters
    ----------
    memory
        Bytes that may be taken; half of the machine's if left out.
    progress
        Called with roots done and roots to do.
    asking
        Kinds, view and scope; see `riskgraph.analysis.question.Asking`. Every band is there.

    Returns
    -------
    EveryRadius
        The authorities of the scope that each root reaches, by id; roots that reach nobody are left out.

    Raises
    ------
    RiskGraphError
        If a word or date is not known, or if the memory would not suffice.

    Examples
    --------
    >>> every = every_radius(RiskGraph.open("seeds"))
    >>> [touch.body for touch in every.reached["shared-service:east-kent-services"]]
    ['authority:canterbury', 'authority:dover', 'authority:thanet']
    """
    question = Question.of(graph, **asking)
    harm, compiled = graph.harm(question.view), graph.compiled(question.view)
    roots = tuple(compiled.names(graph.dataset))
    levels = _levels(graph, question, memory_limit() if memory is None else memory)
    index = StepIndex(graph, question.view)
    reached, ring = {}, {}
    for number, root in enumerate(roots):
        one = replace(question, roots=(root,))
        collector = Collector(graph, one, harm, run(harm, [root], question.kinds), index)
        if touches := _touches(collector, levels.get(number, {})):
            reached[root] = touches
        around = {band: tuple(filter(question.selection.holds, collector.ring(band))) for band in SHOWN_BANDS}
        if any(around.values()):
            ring[root] = around
        if progress is not None:
            progress(number + 1, len(roots))
    return EveryRadius(graph, question, roots, reached, ring, bool(harm.network.groups))


def _levels(graph: RiskGraph, question: Question, limit: int) -> dict[int, dict[Place, list[int]]]:
    """Root, and authority or service of one, to its best band in each kind: the closure of all roots."""
    compiled, chosen = graph.compiled(question.view), question.selection
    ids = list(graph.dataset.entities)
    entities = graph.dataset.entities
    authority = np.array([entities[id_].kind == AUTHORITY and chosen.holds(id_) for id_ in ids], np.bool_)
    counts = compiled.places_that_are(Part.WHOLE) | compiled.places_that_are(Part.SERVICE)
    at = np.flatnonzero(counts & authority[compiled.place_body])
    columns = np.full(len(counts), -1, np.int32)
    columns[at] = np.arange(len(at))
    service = compiled.places_that_are(Part.SERVICE)
    places = [
        Place(
            ids[compiled.place_body[n]],
            Part.SERVICE if service[n] else Part.WHOLE,
            compiled.areas[compiled.place_area[n]] if compiled.place_area[n] >= 0 else None,
        )
        for n in at
    ]
    levels: dict[int, dict[Place, list[int]]] = {}
    try:
        parts = closure_all(
            compiled.snapshot, compiled.roots, columns, [KINDS.index(kind) for kind in question.kinds], limit=limit
        )
        for part in parts:  # the widest band first: a surer one takes its place
            for kind, sets in part.kinds.items():
                owner, number = part.pool.pairs(sets)
                for root, column in zip(owner.tolist(), (number + part.first).tolist(), strict=True):
                    bands = levels.setdefault(root, {}).setdefault(places[column], [NOT] * len(KINDS))
                    bands[kind] = part.band
    except OutOfMemory as error:
        raise refuse(error.needed, limit) from None
    return levels


def _touches(collector: Collector, found: Mapping[Place, list[int]]) -> tuple[Touch, ...]:
    harm, answer, question = collector.harm, collector.answer, collector.question
    counting = collector.counting
    dataset, areas, kinds = collector.dataset, question.selection.areas, question.kinds
    in_force: Solution | None = None  # asked only where the surest way to somebody has ended
    services: dict[str, list[tuple[str | None, Levels]]] = {}
    for place, bands in found.items():
        if place.part is Part.SERVICE and (not areas or place.area in areas):
            services.setdefault(place.body, []).append((place.area, tuple(bands)))
    touches = []
    for place, bands in sorted(found.items(), key=lambda item: item[0].body):
        served = sorted(services.get(place.body, ()), key=lambda service: service[0] or "~")
        if place.part is not Part.WHOLE or (areas and not served):
            continue
        proof, *others = _proofs(harm, answer, harm.number[place], bands, counting)
        route, first, ways = collector.told(place.body, [proof, *others])
        lines = dict.fromkeys(way.area for way in ways)
        best: Band | None = proof.band
        if not proof.in_force:
            in_force = in_force or run(harm.in_force, question.roots, kinds)
            best = best_band(in_force, harm.number[place], counting)
        levels = tuple(map(min, zip(*(service[1] for service in served), strict=True))) if areas else tuple(bands)
        level = min(level for level, kind in zip(levels, KINDS, strict=True) if kind in counting)
        band = None if level == NOT else Band(level)
        touches.append(
            Touch(
                place.body,
                levels,
                band,
                tuple(served),
                route,
                first,
                proof,
                is_past(Band(min(levels)) if band is None else band, best),
                tuple(lines),
                seen(dataset, proof, question.view),
                ended(proof),
            )
        )
    return tuple(touches)


def _proofs(
    harm: HarmNetwork, answer: Solution, place: int, bands: list[int], counting: Collection[FailureKind]
) -> list[Proof]:
    """One proof of each kind that counts, of all if none does, surest first, then nearest; ties in the order of kinds."""
    best = [answer.best(state) for state in states_of(place)]
    if [NOT if one is None else one[0] for one in best] != bands:
        raise RiskGraphError(
            f"Two ways of computing what reaches {harm.places[place].body} disagree; nothing is answered.",
            "Please report this fault, with the data if you may share them.",
        )
    found = sorted((*one, kind) for kind, one in enumerate(best) if one is not None)
    counted = [one for one in found if KINDS[one[-1]] in counting] or found
    proofs = (proof_at(harm, answer, place, KINDS[kind]) for *_, kind in counted)
    return [proof for proof in proofs if proof is not None]
