"""Proofs: the chains, or small trees, of rows that carry harm from a root to a body."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, product

from riskgraph.engine import Reached, Solution, place_and_kind, state_of
from riskgraph.engine.network import Group
from riskgraph.harm import PLAIN, HarmNetwork, Part, Place
from riskgraph.model import KINDS, Band, FailureKind
from riskgraph.rules import Cell, InsideRule
from riskgraph.settle import Step

__all__ = ["Inside", "Proof", "Start", "Together", "Via", "all_proofs", "best_proof", "proof_at"]


@dataclass(frozen=True, slots=True)
class Start:
    """Where a proof begins: a root, or one part of it."""

    place: Place
    kind: FailureKind


@dataclass(frozen=True, slots=True)
class Via:
    """Harm passes along one step, from `source` to `target`."""

    step: Step
    kind: FailureKind
    source: str
    target: str
    target_area: str | None
    every_line: bool = False  # without an area it may concern every line of the target: possible at best

    @property
    def band(self) -> Band:
        """The band that this step allows at best."""
        level = self.step.levels[KINDS.index(self.kind)]
        return Band(max(level, Band.POSSIBLE) if self.every_line else level)


@dataclass(frozen=True, slots=True)
class Inside:
    """Harm goes on inside one body, by a line of `inside.csv`."""

    rule: InsideRule
    body: str
    kind: FailureKind  # the kind that follows
    area: str | None = None  # the line or service it goes on to


@dataclass(frozen=True, slots=True)
class Together:
    """Alternatives that must all fail, each with its own proof."""

    branches: tuple[tuple[Event, ...], ...]


Event = Start | Via | Inside | Together


@dataclass(frozen=True, slots=True)
class Proof:
    """How one body is reached in one kind: events from the root to the body."""

    body: str
    kind: FailureKind
    band: Band
    hops: int
    events: tuple[Event, ...]

    @property
    def doubtful_redundancy(self) -> bool:
        """Whether every step is surer than the proof: only doubt about an alternative lets harm through."""
        return bool(self.vias) and _weakest(self.events) < self.band

    @property
    def vias(self) -> tuple[Via, ...]:
        """Every step of the proof, those of alternatives included, each once."""
        return tuple(dict.fromkeys(_vias(self.events)))

    @property
    def in_force(self) -> bool:
        """Whether no step of the proof has ended."""
        return all(via.step.in_force for via in _vias(self.events))

    @property
    def first(self) -> Via | None:
        """The first step out of the root, or `None` if there is none."""
        return next(_vias(self.events), None)

    @property
    def rows(self) -> tuple[str, ...]:
        """Ids of the stated rows it stands on, in order, each once."""
        return tuple(dict.fromkeys(row.id for via in self.vias for row in via.step.rows))


def _weakest(events: Sequence[Event]) -> int:
    """The band of the weakest event."""
    levels = {Cell.YES: 0, Cell.ONWARD: 0, Cell.POSSIBLE: 2, Cell.UNKNOWN: 3}
    weakest = 0
    for event in events:
        if isinstance(event, Via):
            weakest = max(weakest, event.band)
        elif isinstance(event, Inside):
            cell = event.rule.cells[KINDS.index(event.kind)]
            weakest = max(weakest, levels[cell] if cell is not None else 0)
        elif isinstance(event, Together):
            weakest = max([weakest, *(_weakest(branch) for branch in event.branches)])
    return weakest


def _vias(events: Sequence[Event]) -> Iterator[Via]:
    for event in events:
        if isinstance(event, Via):
            yield event
        elif isinstance(event, Together):
            for branch in event.branches:
                yield from _vias(branch)


class _Explainer:
    """Reads the reasons that the engine kept."""

    def __init__(self, harm: HarmNetwork, answer: Solution) -> None:
        self.harm, self.answer, self.network = harm, answer, harm.network

    def event(self, link: int, state: int) -> Event | None:
        """What using a link means; `None` where it joins a junction or a whole to its lines."""
        label = self.network.label[link]
        if label == PLAIN:
            return None
        place, kind = self.harm.at(state)
        if label < 0:
            rule = self.harm.inside[-1 - label]
            return Inside(rule, place.body, kind, place.area if place.part is not Part.WHOLE else None)
        step = self.harm.steps[label]
        source = self.harm.places[self.network.source[link]].body
        area = place.area if place.part is not Part.MEMBER else None
        return Via(step, kind, source, place.body, area, place.part is Part.EVERY_LINE)

    def derived(self, number: int, state: int) -> Event:
        """What a derivation means."""
        derivation = self.network.derivations[number]
        place, _ = self.harm.at(state)
        source = KINDS[derivation.source]
        rule = next(r for r in self.harm.inside if r.source == source and r.target == "same place")
        return Inside(rule, place.body, KINDS[derivation.target], place.area)

    def chain(self, band: int, state: int) -> tuple[Event, ...]:
        """The events of the first way in which a state was reached in a band."""
        events: list[Event] = []
        tail: tuple[Event, ...] = ()
        while True:
            reached = self.answer.bands[band]
            why = reached.reason[state]
            if why == Reached.START:
                events.append(Start(*self.harm.at(state)))
                break
            if why <= Reached.GROUP:
                tail = self._group(band, state, self.network.groups[Reached.GROUP - why])
                break
            if why < 0:
                events.append(self.derived(-1 - why, state))
                state = state_of(place_and_kind(state)[0], self.network.derivations[-1 - why].source)
                continue
            event = self.event(why, state)
            if event is not None:
                events.append(event)
            _, kind = place_and_kind(state)
            if band > Band.LIKELY and kind in self.network.onward[why]:
                band = int(Band.LIKELY)
            state = state_of(self.network.source[why], kind)
        return tail + tuple(reversed(events))

    def _group(self, band: int, state: int, group: Group) -> tuple[Event, ...]:
        _, kind = place_and_kind(state)
        hops = self.answer.bands[band].hops
        needed = [state_of(member, kind) for member in sorted(group.protects[band])]
        if not needed:
            failed = [at for member in group.members if (at := state_of(member, kind)) in hops]
            return self.chain(band, min(failed, key=lambda at: (hops[at], at)))
        branches = tuple(self.chain(band, at) for at in needed)
        return branches[0] if len(branches) == 1 else (Together(branches),)


def best_proof(harm: HarmNetwork, answer: Solution, body: str, kind: FailureKind) -> Proof | None:
    """The surest, then shortest proof that a body is reached in a kind, or `None` if it is not."""
    return proof_at(harm, answer, harm.number[Place(body, Part.WHOLE)], kind)


def proof_at(harm: HarmNetwork, answer: Solution, place: int, kind: FailureKind) -> Proof | None:
    """The same for one part of a body, such as a service: `place` is its number."""
    state = harm.state(place, kind)
    best = answer.best(state)
    if best is None:
        return None
    band, hops = best
    return Proof(harm.places[place].body, kind, Band(band), hops, _Explainer(harm, answer).chain(band, state))


def all_proofs(
    harm: HarmNetwork, answer: Solution, body: str, kind: FailureKind, budget: int = 20_000
) -> tuple[tuple[Proof, ...], bool]:
    """Every minimal proof that a body is reached in a kind, surest first, then shortest.

    A proof is minimal if no other proof, at least as sure, stands on a part of its rows.

    Parameters
    ----------
    budget
        How many partial proofs are looked at in each band, before it is given up.

    Returns
    -------
    tuple of Proof
        In order of band, hops and rows.
    bool
        Whether these are all; `False` if the search was given up.
    """
    state = harm.state(Place(body, Part.WHOLE), kind)
    found: list[Proof] = []
    complete = True
    for band in range(len(answer.bands)):
        if state not in answer.bands[band].hops:
            continue
        search = _ProofSearch(harm, answer, band, _Budget(budget))
        proofs = [Proof(body, kind, Band(band), hops, events) for events, hops in search.proofs(state)]
        found = _minimal([*found, *proofs])
        complete = complete and search.budget.left >= 0
    return tuple(found), complete


def _minimal(proofs: Sequence[Proof]) -> list[Proof]:
    """Proofs, none of which stands on all rows of one that is as sure; of several on the same rows the shortest."""
    order = sorted(proofs, key=lambda proof: (proof.band, len(set(proof.rows)), proof.hops, proof.rows))
    kept: list[tuple[frozenset[str], Proof]] = []
    for proof in order:
        rows = frozenset(proof.rows)
        if not any(other <= rows for other, _ in kept):
            kept.append((rows, proof))
    return sorted((proof for _, proof in kept), key=lambda p: (p.band, p.hops, len(p.rows), p.rows))


@dataclass(slots=True)
class _Budget:
    """Partial proofs that may still be looked at, by a search and those that it begins."""

    left: int


class _ProofSearch:
    """Backward best-first search for proofs within one band, in order of hops."""

    def __init__(
        self,
        harm: HarmNetwork,
        answer: Solution,
        band: int,
        budget: _Budget,
        closed: frozenset[int] = frozenset(),
    ) -> None:
        self.budget = budget
        self.closed = closed  # states that an enclosing proof is about: going back to them proves nothing
        self.explainer = _Explainer(harm, answer)
        self.harm, self.network, self.answer, self.band = harm, harm.network, answer, band
        self.start = {place for root in answer.roots for place in root}

    def proofs(self, state: int) -> Iterator[tuple[tuple[Event, ...], int]]:
        """Yield proofs of a state: its events and hops; loops are left out."""
        ticket = count()
        first = (self.answer.bands[self.band].hops[state], next(ticket), self.band, state, 0, (), self.closed | {state})
        heap: list[tuple[int, int, int, int, int, tuple[Event, ...], frozenset[int]]] = [first]
        while heap:
            _, _, band, at, cost, events, seen = heapq.heappop(heap)
            self.budget.left -= 1
            if self.budget.left < 0:
                return
            if self.answer.bands[band].reason[at] == Reached.START:
                yield (Start(*self.harm.at(at)), *reversed(events)), cost
                continue
            for before_band, before, step_cost, event in self._before(band, at):
                if before in seen or before not in self.answer.bands[before_band].hops:
                    continue
                extended = events if event is None else (*events, event)
                total = cost + step_cost
                bound = total + self.answer.bands[before_band].hops[before]
                heapq.heappush(heap, (bound, next(ticket), before_band, before, total, extended, seen | {before}))
            for tree, hops in self._groups(band, at, seen):
                yield (*tree, *reversed(events)), cost + hops

    def _before(self, band: int, state: int) -> Iterator[tuple[int, int, int, Event | None]]:
        layer = self.network.layers[band]
        for before, link, from_likely in layer.before(state):
            event = self.explainer.event(link, state)
            yield (int(Band.LIKELY) if from_likely else band), before, self.network.cost[link], event
        place, _ = place_and_kind(state)
        for before, number in layer.derived_from(state):
            if place not in self.start or (place, number) in self.answer.bands[band].derived_at_roots:
                yield band, before, 0, self.explainer.derived(number, state)

    def branch(self, state: int) -> list[tuple[tuple[Event, ...], int]]:
        """The minimal proofs of a member of a group; nothing if it only fails by what it should prove."""
        if state in self.closed:
            return []
        place, kind = self.harm.at(state)
        proofs = [Proof(place.body, kind, Band(self.band), hops, events) for events, hops in self.proofs(state)]
        return [(proof.events, proof.hops) for proof in _minimal(proofs)]

    def _groups(self, band: int, state: int, seen: frozenset[int]) -> Iterator[tuple[tuple[Event, ...], int]]:
        _, kind = place_and_kind(state)
        hops = self.answer.bands[band].hops
        for number in self.network.layers[band].groups_into(state):
            group = self.network.groups[number]
            failed = [at for member in group.members if (at := state_of(member, kind)) in hops]
            protects = [state_of(member, kind) for member in sorted(group.protects[band])]
            if protects and not set(protects) <= set(failed):
                continue
            sets = [protects] if protects else [[at] for at in failed]
            for members in sets:
                branches = []
                for member in members:
                    inner = _ProofSearch(self.harm, self.answer, band, self.budget, seen)
                    branches.append(inner.branch(member))
                for choice in product(*branches):
                    longest = max(length for _, length in choice)
                    if len(choice) == 1:
                        yield choice[0][0], longest
                    else:
                        yield (Together(tuple(events for events, _ in choice)),), longest
