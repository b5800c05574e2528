"""`blast`: who could be reached if something is compromised, fails or leaves; how, and how surely."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Unpack

from riskgraph.analysis.measure import Standing, counts, standing
from riskgraph.analysis.proofs import Inside, Proof, Start, Via, best_proof
from riskgraph.analysis.question import Asking, Question, RootNames
from riskgraph.analysis.radius import (
    SHOWN_BANDS,
    BlastRadius,
    Hit,
    OpenQuestion,
    Reach,
    Route,
    Way,
)
from riskgraph.data.dataset import Dataset
from riskgraph.dates import last_day
from riskgraph.engine import Solution, solve, states_of
from riskgraph.engine.times import known_days
from riskgraph.evidence import last_evidenced
from riskgraph.graph import RiskGraph
from riskgraph.harm import HarmNetwork, Part, Place, places_of
from riskgraph.model import (
    AUTHORITY,
    ENVIRONMENT,
    KINDS,
    NEVER,
    PRODUCT,
    SHARED_SERVICE,
    SUPPLIER,
    SYSTEM,
    Band,
    FailureKind,
)
from riskgraph.rules import Trait, relations_that, rules
from riskgraph.settle import Step, View

__all__ = [
    "SHOWN_BANDS",
    "BlastRadius",
    "Collector",
    "Hit",
    "OpenQuestion",
    "Reach",
    "Route",
    "StepIndex",
    "best_band",
    "blast",
    "ended",
    "route_of",
    "run",
    "seen",
]


def blast(graph: RiskGraph, roots: RootNames, **asking: Unpack[Asking]) -> BlastRadius:
    """Who could be reached if the roots failed, all at once.

    Parameters
    ----------
    graph
        The map to ask.
    roots
        Names or ids of bodies, places, or single lines of business (`supplier:capita/pensions`); or a question.
    asking
        Kinds, view, band and scope; see `riskgraph.analysis.question.Asking`. The band limits what is shown; the usual
        one is `not-ruled-out`.

    Returns
    -------
    BlastRadius
        The same for the same data, whatever the order of its rows. It holds every band, and of the scope only.

    Raises
    ------
    NameNotFound, AmbiguousName
        If a root is not one body, place or line of the data.
    RiskGraphError
        If a kind, a preset, a date, an incident or a word of the scope is not known.

    Examples
    --------
    >>> from riskgraph.graph import RiskGraph
    >>> radius = blast(RiskGraph.open("seeds"), "east kent services", like="outage")
    >>> sorted(reach.name for reach in radius.within(Band.LIKELY))
    ['Canterbury City Council', 'Dover District Council', 'Thanet District Council']
    """
    if not isinstance(roots, Question):
        asking.setdefault("band", Band.NOT_RULED_OUT)
    question = Question.of(graph, roots, **asking).needs_roots()
    harm = graph.harm(question.view, question.roots)
    answer = run(harm, question.roots, question.kinds)
    return Collector(graph, question, harm, answer).radius().selected(question.selection)


def run(harm: HarmNetwork, roots: Sequence[str], kinds: Sequence[FailureKind]) -> Solution:
    """Let the engine answer: `roots` are ids. The last answer is kept, for whoever asks the same next."""
    question = tuple(roots), tuple(kinds)
    if harm.last[0] != question:
        places = [places_of(harm, root) for root in roots]
        harm.last[:] = question, solve(harm.network, places, [KINDS.index(kind) for kind in kinds])
    answer: Solution = harm.last[1]
    return answer


def best_band(answer: Solution, place: int, kinds: Collection[FailureKind]) -> Band | None:
    """The best band of some kinds in which a place is reached, or `None`."""
    found = (answer.best(state) for state, kind in zip(states_of(place), KINDS, strict=True) if kind in kinds)
    return min((Band(best[0]) for best in found if best is not None), default=None)


class StepIndex:
    """The settled steps of one view, as what is said of a body needs them: made once for many roots."""

    def __init__(self, graph: RiskGraph, view: View) -> None:
        self.kind_of: Mapping[str, str] = {entity.id: entity.kind for entity in graph.dataset.entities.values()}
        self.steps = graph.settled(view).steps

    @cached_property
    def bought(self) -> Mapping[str, Sequence[Step]]:
        """Provider to the steps of those who depend on it."""
        found: dict[str, list[Step]] = defaultdict(list)
        for step in self.steps:
            found[step.provider].append(step)
        return found

    @cached_property
    def carried(self) -> Mapping[str, Sequence[Step]]:
        """Who depends to the steps by which it leans on shared services and environments."""
        found: dict[str, list[Step]] = defaultdict(list)
        for step in self.steps:
            if self.kind_of[step.provider] in {SHARED_SERVICE, ENVIRONMENT}:
                found[step.dependent].append(step)
        return found

    @cached_property
    def ties(self) -> Mapping[Place, Sequence[str]]:
        """A place to the authorities for which its intrusion is a reason for precaution."""
        ties: dict[Place, list[str]] = defaultdict(list)
        for step in self.steps:
            if not step.in_force or step.implied:
                continue
            ends = [(step.dependent, step.provider)]
            if step.relation in relations_that(Trait.BOTH_WAYS):
                ends.append((step.provider, step.dependent))
            hosted = step.relation in relations_that(Trait.HOSTS)
            for body, other in ends:
                kind = self.kind_of[other]
                if self.kind_of[body] != AUTHORITY:
                    continue
                if len(ends) > 1 or (hosted and kind == ENVIRONMENT):
                    ties[Place(other, Part.WHOLE)].append(body)
                elif (hosted or step.relation in relations_that(Trait.SERVES)) and kind == SHARED_SERVICE:
                    ties[Place(other, Part.LINE, step.area)].append(body)
        return ties


class Collector:
    """From the engine's states to what is said of each body."""

    def __init__(
        self,
        graph: RiskGraph,
        question: Question,
        harm: HarmNetwork,
        answer: Solution,
        index: StepIndex | None = None,
    ) -> None:
        self.graph, self.question, self.view = graph, question, question.view
        self.roots, self.kinds = question.roots, question.kinds
        self.harm, self.answer = harm, answer
        self.dataset = graph.dataset
        self.index = index or StepIndex(graph, question.view)
        self.counting = question.counting
        self._carriers: dict[str, Mapping[str, Mapping[str | None, int]]] = {}

    def radius(self) -> BlastRadius:
        """Everything that is said of the roots."""
        shelves: dict[Standing, list[Reach]] = {shelf: [] for shelf in Standing}
        for body, shelf in self._reached(self.answer):
            shelves[shelf].append(self._reach(body))
        order = {
            shelf: tuple(sorted(found, key=lambda reach: (reach.band, self.dataset.usual_name(reach.id))))
            for shelf, found in shelves.items()
        }
        return BlastRadius(
            self.graph,
            self.question,
            order[Standing.COUNTED],
            order[Standing.ABOLISHED],
            order[Standing.GROUP],
            {band: self.ring(band) for band in SHOWN_BANDS},
            self._questions(order[Standing.COUNTED]),
            {root: self._alone(root) for root in self.roots} if len(self.roots) > 1 else {},
            self._stops_after(order[Standing.COUNTED]),
        )

    def _stops_after(self, authorities: Sequence[Reach]) -> dict[str, dict[str | None, int]]:
        """Authority and service to the days until it stops, where every way there says how long it can be borne."""
        if all(row.endurance_days is None for row in self.dataset.relations.values()):
            return {}
        network, outage = self.harm.network, KINDS.index(FailureKind.OUTAGE)

        def delay(link: int, kind: int) -> int | None:
            if network.label[link] < 0:
                return 0
            # how long an attacker takes to stop things is not known
            return self.harm.steps[network.label[link]].row.endurance_days if kind == outage else None

        days = {band: known_days(network, self.answer, band, delay) for band in Band}
        found: dict[str, dict[str | None, int]] = {}
        for reach in authorities:
            for number, area in self.harm.parts(reach.id, Part.SERVICE):
                band = reach.services.get(area, {}).get(FailureKind.OUTAGE)
                day = None if band is None else days[band].get(self.harm.state(number, FailureKind.OUTAGE))
                if day is not None:
                    found.setdefault(reach.id, {})[area] = day
        return found

    def _alone(self, root: str) -> dict[str, Band]:
        """Authorities, no root among them, that one of several roots reaches by itself, with the best band of any kind."""
        answer = solve(self.harm.network, [places_of(self.harm, root)], [KINDS.index(kind) for kind in self.kinds])
        found = (body for body, shelf in self._reached(answer) if shelf is Standing.COUNTED and body not in self.roots)
        bands = {body: self._best(answer, body) for body in found}
        return {body: band for body, band in bands.items() if band is not None}

    def _best(self, answer: Solution, body: str) -> Band | None:
        return best_band(answer, self.harm.number[Place(body, Part.WHOLE)], self.counting)

    def _reached(self, answer: Solution) -> list[tuple[str, Standing]]:
        """Authorities with any state in any band, and how each stands; the widest band holds all others."""
        found = {}
        for reached in answer.bands:
            for place in self.harm.failing(reached.hops):
                if place.part is Part.WHOLE and place.body not in found:
                    found[place.body] = standing(self.dataset, place.body, self.view.as_of)
        return [(body, shelf) for body, shelf in sorted(found.items()) if shelf is not None]

    @cached_property
    def _answer_in_force(self) -> Solution:
        return run(self.harm.in_force, self.roots, self.kinds)

    def _in_force(self, body: str, lead: Proof) -> Band | None:
        """The best band by ways that have not ended; asked anew only where the surest way has."""
        if lead.in_force:
            return lead.band
        return self._best(self._answer_in_force, body) if body in self._served else None

    @cached_property
    def _served(self) -> set[str]:
        """Who has a row in force with something that is reached, or a link."""
        reached = {place.body for place in self.harm.failing(self.answer.bands[-1].hops)}
        served = set()
        for step in self.index.steps:
            if step.in_force and step.provider in reached:
                served.add(step.dependent)
            if step.in_force and step.dependent in reached and step.relation in relations_that(Trait.BOTH_WAYS):
                served.add(step.provider)
        return served

    def _reach(self, body: str) -> Reach:
        kinds: dict[FailureKind, Hit] = {}
        for kind in KINDS:
            proof = best_proof(self.harm, self.answer, body, kind)
            if proof is not None:
                kinds[kind] = Hit(proof.band, proof.hops, proof)
        services: dict[str | None, dict[FailureKind, Band]] = {}
        for number, area in sorted(self.harm.parts(body, Part.SERVICE), key=lambda part: part[1] or "~"):
            found = {
                kind: Band(best[0])
                for kind in KINDS
                if (best := self.answer.best(self.harm.state(number, kind))) is not None
            }
            if found:
                services[area] = found
        entry = self.dataset.register.get(body)
        root = body in self.roots
        counted = [hit for kind, hit in kinds.items() if kind in self.counting] or list(kinds.values())
        lead, *others = (hit.proof for hit in sorted(counted, key=lambda hit: (hit.band, hit.hops)))
        route, first, ways = self.told(body, [lead, *others])
        return Reach(
            body,
            self.dataset.entities[body].name,
            kinds,
            services,
            root,
            Route.ROOT if root else route,
            ways,
            first,
            tuple(sorted(self._carriers_of(body).keys() - {first})),
            self._in_force(body, lead),
            seen(self.dataset, lead, self.view),
            any(self.dataset.relations[row].by_law for row in lead.rows),
            ended(lead),
            next((via.step.provider for via in reversed(lead.vias) if not via.step.in_force), None),
            self.counting,
            () if entry is None else entry.successors,
        )

    def told(self, body: str, proofs: Sequence[Proof]) -> tuple[Route, str | None, tuple[Way, ...]]:
        """The route of the first of some proofs, through whom if not directly, and all ways; the surest proof first."""
        route, first = self._route(body, proofs[0])
        ways = self._ways(body, proofs)
        if route is Route.DIRECT:  # told through the shared service that runs one of the services for it
            shared = (way for way in ways if way.route is Route.SHARED_SERVICE)
            route, first = next(((way.route, way.first) for way in shared), (route, first))
        return route, first, ways

    def _ways(self, body: str, proofs: Iterable[Proof]) -> tuple[Way, ...]:
        """The lines of the roots by which a body is reached: by every row of its own, else by its proofs."""
        ways = dict.fromkeys(self._carried(body, way) for way in self._bought.get(body, ()))
        areas = {way.area for way in ways}
        for proof in proofs:
            if (first := proof.first) is not None and first.step.area not in areas:
                areas.add(first.step.area)
                ways[Way(first.step.area, *self._route(body, proof))] = None
        return tuple(sorted(ways, key=lambda way: (way.area is None, way.area or "", way.route, way.first or "")))

    @cached_property
    def _bought(self) -> Mapping[str, set[Way]]:
        """Authority to the ways by rows of its own with a root that fails, where harm may pass the row."""
        asked = {root.partition("/")[0]: root.partition("/")[2] for root in self.roots}
        kinds = [KINDS.index(kind) for kind in self.kinds]
        bought: dict[str, set[Way]] = defaultdict(set)
        for provider, area in asked.items():
            for step in self.index.bought.get(provider, ()):
                if area in {"", step.area} and any(step.levels[kind] <= Band.POSSIBLE for kind in kinds):
                    route = Route.PRODUCT if step.implied else Route.DIRECT
                    way = (route, step.row.provider if step.implied else None) if step.in_force else (Route.PAST, None)
                    bought[step.dependent].add(Way(step.area, *way))
        return bought

    def _route(self, body: str, proof: Proof) -> tuple[Route, str | None]:
        """The route of a proof; through whom the body has the same service run, if that is as sure."""
        route, first = route_of(self.dataset, proof)
        own = next((via.step.area for via in reversed(proof.vias) if via.step.dependent == body), None)
        way = self._carried(body, Way(own, route, first), proof.band)
        return way.route, way.first

    def _carried(self, body: str, way: Way, band: Band = Band.POSSIBLE) -> Way:
        """The same way through the shared service that runs the service for the body, where there is one.

        Who is served by East Kent Services, which has Civica do the work, is reached through East Kent Services,
        also where the same contract is recorded as the council's own.
        """
        if way.route is not Route.DIRECT:
            return way
        for carrier, sure in sorted(self._carriers_of(body).items()):
            if self.index.kind_of[carrier] == SHARED_SERVICE and sure.get(way.area, NEVER) <= max(band, Band.LIKELY):
                return Way(way.area, Route.SHARED_SERVICE, carrier)
        return way

    def _carriers_of(self, body: str) -> Mapping[str, Mapping[str | None, int]]:
        """The shared services and environments that a body leans on and harm reaches, and how surely by area."""
        if body in self._carriers:
            return self._carriers[body]
        roots = {root.partition("/")[0] for root in self.roots}
        carriers: dict[str, dict[str | None, int]] = defaultdict(dict)
        for step in self.index.carried.get(body, ()):
            if step.provider in roots:
                continue
            part = Part.WHOLE if self.index.kind_of[step.provider] == ENVIRONMENT else Part.LINE
            place = Place(step.provider, part, step.area if part is Part.LINE else None)
            number = self.harm.number.get(place)
            if number is None:
                continue
            best = min(
                max(level, found[0])
                for level, kind in zip(step.levels, KINDS, strict=True)
                if kind in self.counting
                for found in [self.answer.best(self.harm.state(number, kind)) or (NEVER,)]
            )
            if best <= Band.POSSIBLE:
                areas = carriers[step.provider]
                areas[step.area] = min(best, areas.get(step.area, NEVER))
        self._carriers[body] = carriers
        return carriers

    def ring(self, band: Band) -> tuple[str, ...]:
        """Who is not reached in a band but shares a place or a link with what is intruded (model rule 31)."""
        hops = self.answer.bands[band].hops
        intruded = (place for place, kind in map(self.harm.at, hops) if kind is FailureKind.INTRUSION)
        ring = {body for place in intruded for body in self.index.ties.get(place, ())}
        if ring:
            ring -= {place.body for place in self.harm.failing(hops) if place.part is Part.WHOLE}
        return tuple(sorted(body for body in ring if counts(self.dataset, body, self.view.as_of)))

    def _questions(self, authorities: Sequence[Reach]) -> tuple[OpenQuestion, ...]:
        """The blanks on proofs that cannot be ruled out, each with whose answer hangs on it."""
        bodies: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
        for reach in authorities:
            for hit in reach.kinds.values():
                if hit.band is not Band.NOT_RULED_OUT:
                    continue
                for via in hit.proof.vias:
                    for field in _blanks(via):
                        bodies[via.step.row.id, field, via.step.dependent, via.step.provider].add(reach.id)
                for body, via in _unnamed_lines(hit.proof):
                    bodies[via.step.row.id, "service_area", via.step.dependent, body].add(reach.id)
        questions = [OpenQuestion(*key, tuple(sorted(found))) for key, found in bodies.items()]
        return tuple(sorted(questions, key=lambda question: (-len(question.bodies), question.row, question.field)))


def _blanks(via: Via) -> tuple[str, ...]:
    """The blank fields because of which a step cannot be ruled out."""
    step = via.step
    if via.band is not Band.NOT_RULED_OUT:
        return ()
    if not step.in_force:
        return ("data_returned",)
    if step.relation in rules().decided_by("access"):
        return ("hosting",) if step.implied else ("access",)
    if step.relation in relations_that(Trait.OWNS):
        return ("shared_networks",)
    return ("data",)


def _unnamed_lines(proof: Proof) -> Iterable[tuple[str, Via]]:
    """Rows without an area that hang on a provider of which only one line failed."""
    pending: str | None = None
    for event in proof.events:
        if isinstance(event, Inside) and event.rule.target == "a row without an area":
            pending = event.body
        elif isinstance(event, Via):
            if pending is not None:
                yield pending, event
            pending = None


def seen(dataset: Dataset, proof: Proof, view: View) -> str | None:
    """When the oldest fact of a proof was last evidenced: a day, a month or a year; `None`: not known."""
    days = (last_evidenced(dataset, dataset.relations[row], view) for row in proof.rows)
    return min(filter(None, days), key=last_day, default=None)


def ended(proof: Proof) -> str | None:
    """When the way of a proof ended, if it has and that is known."""
    ends = [row.valid_to for via in proof.vias if not via.step.in_force for row in via.step.rows if row.valid_to]
    return min(ends, key=last_day, default=None)


def route_of(dataset: Dataset, proof: Proof) -> tuple[Route, str | None]:
    """The route of a proof, and what lies between the root and the body, if anything does."""
    vias = proof.vias
    if not vias:
        return Route.ROOT, None
    if not proof.in_force:
        return Route.PAST, None
    between = [via.target for via in vias if via.target != proof.body]
    kinds = {dataset.entities[body].kind: body for body in reversed(between)}
    roots = {event.place.body for event in proof.events if isinstance(event, Start)}
    for kind, route in (
        (SHARED_SERVICE, Route.SHARED_SERVICE),
        (ENVIRONMENT, Route.ENVIRONMENT),
        (AUTHORITY, Route.COUNCIL),
    ):
        if kind in kinds and kinds[kind] not in roots:
            return route, kinds[kind]
    if any(via.step.relation in relations_that(Trait.SUBCONTRACTS) for via in vias):
        return Route.SUBCONTRACTOR, between[-1] if between else None
    for via in vias:
        if via.step.implied:
            return Route.PRODUCT, via.step.row.provider
    for kind, route in ((PRODUCT, Route.PRODUCT), (SYSTEM, Route.SYSTEM), (SUPPLIER, Route.SUPPLIER)):
        if kind in kinds and kinds[kind] not in roots:
            return route, kinds[kind]
    return Route.DIRECT, None
