"""`blast`: who could be reached if something is compromised, fails or leaves; how, and how surely."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property

from riskgraph.analysis.proofs import Inside, Proof, Start, Via, best_proof
from riskgraph.analysis.radius import (
    SHOWN_BANDS,
    BlastRadius,
    Hit,
    Question,
    Reach,
    Residents,
    Route,
    residents,
)
from riskgraph.data.dataset import Dataset
from riskgraph.dates import last_day
from riskgraph.engine import Answer, solve, states_of
from riskgraph.engine.times import known_days
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.harm import HarmNetwork, Part, Place, places_of
from riskgraph.model import (
    AUTHORITY,
    ENVIRONMENT,
    KINDS,
    PRESETS,
    PRODUCT,
    SHARED_SERVICE,
    SUPPLIER,
    SYSTEM,
    Band,
    FailureKind,
    Relation,
)
from riskgraph.settle import View

__all__ = [
    "OLD",
    "SHOWN_BANDS",
    "BlastRadius",
    "Hit",
    "Question",
    "Reach",
    "Residents",
    "Route",
    "asked_kinds",
    "blast",
    "last_evidenced",
    "residents",
    "resolve_roots",
    "route_of",
    "run",
]

OLD = timedelta(days=5 * 365 + 1)


def blast(
    graph: RiskGraph,
    roots: str | Sequence[str],
    *,
    kinds: Sequence[str | FailureKind] | None = None,
    like: str = "compromise",
    as_of: str | date | None = None,
    without: str | tuple[str, ...] | None = None,
    known_before: str | date | None = None,
) -> BlastRadius:
    """Who could be reached if the roots failed, all at once.

    Parameters
    ----------
    graph
        The map to ask.
    roots
        Names or ids of bodies, places, or single lines of business (`supplier:capita/pensions`).
    kinds
        The failure kinds asked about; `like` names a usual set of them instead.
    like
        `compromise`, `ransomware`, `data-theft`, `malicious-update`, `outage` or `insolvency`.
    as_of
        The date of the question; the date of the data if left out.
    without
        An incident (or several) whose own reporting is left out.
    known_before
        Leave out evidence published after this day, or undated.

    Returns
    -------
    BlastRadius
        The same for the same data, whatever the order of its rows.

    Raises
    ------
    NameNotFound, AmbiguousName
        If a root is not one body, place or line of the data.
    RiskGraphError
        If a kind, a preset, a date or an incident is not known.

    Examples
    --------
    >>> from riskgraph.graph import RiskGraph
    >>> radius = blast(RiskGraph.open("seeds"), "east kent services", like="outage")
    >>> sorted(reach.name for reach in radius.within(Band.LIKELY))
    ['Canterbury City Council', 'Dover District Council', 'Thanet District Council']
    """
    view = graph.view(as_of, without, known_before)
    ids = resolve_roots(graph, roots)
    asked = asked_kinds(kinds, like)
    harm = graph.harm(view, ids)
    answer = run(harm, ids, asked)
    return _Collector(graph, view, ids, asked, harm, answer).radius()


def resolve_roots(graph: RiskGraph, roots: str | Sequence[str]) -> tuple[str, ...]:
    """Ids of the roots that people named, each once, in the order given."""
    names = [roots] if isinstance(roots, str) else list(roots)
    if not names:
        raise RiskGraphError("No root was given.", "Name what fails, such as civica.")
    return tuple(dict.fromkeys(graph.names.resolve(name) for name in names))


def asked_kinds(kinds: Sequence[str | FailureKind] | None, like: str) -> tuple[FailureKind, ...]:
    """The failure kinds that are asked about, in order: those named, or those of a usual what-if.

    Raises
    ------
    RiskGraphError
        If a kind or the what-if is not known.
    """
    if kinds is None:
        if like not in PRESETS:
            raise RiskGraphError(f"No what-if is called {like!r}.", f"Use one of: {', '.join(PRESETS)}.")
        return PRESETS[like]
    if isinstance(kinds, str):
        kinds = [kinds]
    known = {str(kind): kind for kind in FailureKind}
    for kind in kinds:
        if str(kind) not in known:
            raise RiskGraphError(f"No failure kind is called {str(kind)!r}.", f"Use one of: {', '.join(known)}.")
    if not kinds:
        raise RiskGraphError("No failure kind was given.", f"Use one of: {', '.join(known)}.")
    asked = {known[str(kind)] for kind in kinds}
    return tuple(kind for kind in KINDS if kind in asked)


def run(harm: HarmNetwork, roots: Sequence[str], kinds: Sequence[FailureKind]) -> Answer:
    """Let the engine answer: `roots` are ids. The last answer is kept, for whoever asks the same next."""
    question = tuple(roots), tuple(kinds)
    if harm.last[0] != question:
        places = [places_of(harm, root) for root in roots]
        harm.last[:] = question, solve(harm.network, places, [KINDS.index(kind) for kind in kinds])
    answer: Answer = harm.last[1]
    return answer


class _Collector:
    """From the engine's states to what is said of each body."""

    def __init__(
        self,
        graph: RiskGraph,
        view: View,
        roots: tuple[str, ...],
        kinds: tuple[FailureKind, ...],
        harm: HarmNetwork,
        answer: Answer,
    ) -> None:
        self.graph, self.view, self.roots, self.kinds = graph, view, roots, kinds
        self.harm, self.answer = harm, answer
        self.dataset = graph.dataset
        self.settled = graph.settled(view)

    def radius(self) -> BlastRadius:
        shelves: dict[str, list[Reach]] = {"authorities": [], "abolished": [], "groups": []}
        for body in self._reached():
            shelves[self._shelf(body)].append(self._reach(body))
        order = {
            name: tuple(sorted(shelf, key=lambda reach: (reach.band, self.dataset.usual_name(reach.id))))
            for name, shelf in shelves.items()
        }
        proofs = [hit.proof for shelf in order.values() for reach in shelf for hit in reach.kinds.values()]
        old, undated = self._ages(proofs)
        return BlastRadius(
            self.graph,
            self.view,
            self.roots,
            self.kinds,
            order["authorities"],
            order["abolished"],
            order["groups"],
            {band: self._ring(band) for band in SHOWN_BANDS},
            self._questions(order["authorities"]),
            old,
            undated,
            len({via.step.row.id for p in proofs for via in p.vias if via.step.assumptions(via.kind)}),
            {root: self._alone(root) for root in self.roots} if len(self.roots) > 1 else {},
            self._stops_after(order["authorities"]),
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
        """Authorities that one of several roots reaches by itself, with the best band of any kind."""
        answer = solve(self.harm.network, [places_of(self.harm, root)], [KINDS.index(kind) for kind in self.kinds])
        alone: dict[str, Band] = {}
        for band, reached in enumerate(answer.bands):
            for place in self.harm.failing(reached.hops):
                if place.part is Part.WHOLE and self.dataset.entities[place.body].kind == AUTHORITY:
                    if self._shelf(place.body) == "authorities":
                        alone.setdefault(place.body, Band(band))
        return dict(sorted(alone.items()))

    def _reached(self) -> list[str]:
        """Authorities with any state in any band; the widest band holds all others."""
        found = set()
        for reached in self.answer.bands:
            for place in self.harm.failing(reached.hops):
                if place.part is Part.WHOLE and self.dataset.entities[place.body].kind == AUTHORITY:
                    found.add(place.body)
        return sorted(found)

    def _shelf(self, body: str) -> str:
        if self.dataset.entities[body].authority_type == "group":
            return "groups"
        entry = self.dataset.register.get(body)
        return "authorities" if entry is None or entry.exists(self.view.as_of) else "abolished"

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
        lead = min(kinds.values(), key=lambda hit: (hit.band, hit.hops)).proof
        route, first = route_of(self.dataset, lead)
        return Reach(
            body,
            self.dataset.entities[body].name,
            kinds,
            services,
            root,
            Route.ROOT if root else route,
            _lines_of(hit.proof for hit in kinds.values()),
            first,
            tuple(sorted(self._carriers.get(body, set()) - {first})),
            () if entry is None else entry.successors,
        )

    @cached_property
    def _carriers(self) -> Mapping[str, set[str]]:
        """Authority to the shared services and environments it leans on that harm reaches, at least possibly."""
        hops = self.answer.bands[Band.POSSIBLE].hops
        kind_of = {entity.id: entity.kind for entity in self.dataset.entities.values()}
        roots = {root.partition("/")[0] for root in self.roots}
        carriers: dict[str, set[str]] = defaultdict(set)
        for step in self.settled.steps:
            if kind_of[step.provider] not in {SHARED_SERVICE, ENVIRONMENT} or step.provider in roots:
                continue
            part = Part.WHOLE if kind_of[step.provider] == ENVIRONMENT else Part.LINE
            place = Place(step.provider, part, step.area if part is Part.LINE else None)
            number = self.harm.number.get(place)
            if number is not None and any(
                level <= Band.POSSIBLE and state in hops
                for level, state in zip(step.levels, states_of(number), strict=True)
            ):
                carriers[step.dependent].add(step.provider)
        return carriers

    def _ring(self, band: Band) -> tuple[str, ...]:
        """Who is not reached in a band but shares a place or a link with what is intruded (model rule 31)."""
        hops = self.answer.bands[band].hops
        intruded = {place for place, kind in map(self.harm.at, hops) if kind is FailureKind.INTRUSION}
        reached = {place.body for place in self.harm.failing(hops) if place.part is Part.WHOLE}
        ring = set()
        for body, other in self._ties:
            if other in intruded and body not in reached and self._shelf(body) == "authorities":
                ring.add(body)
        return tuple(sorted(ring))

    @cached_property
    def _ties(self) -> list[tuple[str, Place]]:
        """Authorities and the places whose intrusion is a reason for precaution."""
        ties: list[tuple[str, Place]] = []
        kind_of = {entity.id: entity.kind for entity in self.dataset.entities.values()}
        for step in self.settled.steps:
            if not step.in_force or step.implied:
                continue
            ends = [(step.dependent, step.provider)]
            if step.relation == "linked-to":
                ends.append((step.provider, step.dependent))
            for body, other in ends:
                if kind_of[body] != AUTHORITY:
                    continue
                if step.relation == "linked-to" or (step.relation == "hosted-on" and kind_of[other] == ENVIRONMENT):
                    ties.append((body, Place(other, Part.WHOLE)))
                elif step.relation in {"served-by", "hosted-on"} and kind_of[other] == SHARED_SERVICE:
                    ties.append((body, Place(other, Part.LINE, step.area)))
        return ties

    def _ages(self, proofs: Sequence[Proof]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        relations = self.dataset.relations
        rows = sorted({row for proof in proofs for row in proof.rows})
        dated = {row: last_evidenced(self.dataset, relations[row], self.view) for row in rows}
        limit = self.view.as_of - OLD
        old = tuple(row for row in rows if (seen := dated[row]) is not None and seen < limit)
        return old, tuple(row for row in rows if dated[row] is None)

    def _questions(self, authorities: Sequence[Reach]) -> tuple[Question, ...]:
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
        questions = [Question(*key, tuple(sorted(found))) for key, found in bodies.items()]
        return tuple(sorted(questions, key=lambda question: (-len(question.bodies), question.row, question.field)))


def _blanks(via: Via) -> tuple[str, ...]:
    """The blank fields because of which a step cannot be ruled out."""
    step = via.step
    if via.band is not Band.NOT_RULED_OUT:
        return ()
    if not step.in_force:
        return ("data_returned",)
    if step.relation == "supplied-by":
        return ("hosting",) if step.implied else ("access",)
    if step.relation == "owned-by":
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


def _lines_of(proofs: Iterable[Proof]) -> tuple[str | None, ...]:
    """The service areas of the first steps out of the roots."""
    lines: dict[str | None, None] = {}
    for proof in proofs:
        first = next(iter(proof.vias), None)
        if first is not None:
            lines.setdefault(first.step.area)
    return tuple(sorted(lines, key=lambda area: (area is None, area or "")))


def route_of(dataset: Dataset, proof: Proof) -> tuple[Route, str | None]:
    """The route of a proof, and what lies between the root and the body, if anything does."""
    vias = proof.vias
    if not vias:
        return Route.ROOT, None
    if any(not via.step.in_force for via in vias):
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
    if any(via.step.relation == "subcontracts-to" for via in vias):
        return Route.SUBCONTRACTOR, between[-1] if between else None
    for via in vias:
        if via.step.implied:
            return Route.PRODUCT, via.step.row.provider
    for kind, route in ((PRODUCT, Route.PRODUCT), (SYSTEM, Route.SYSTEM), (SUPPLIER, Route.SUPPLIER)):
        if kind in kinds and kinds[kind] not in roots:
            return route, kinds[kind]
    return Route.DIRECT, None


def last_evidenced(dataset: Dataset, row: Relation, view: View) -> date | None:
    """The last day on which a row was evidenced, or `None` if no item of its evidence is dated."""
    items = [dataset.evidence[id_] for id_ in row.evidence]
    if not items:
        return dataset.info.day
    days = [
        last_day(item.published)
        for item in items
        if item.stance == "supports" and item.published is not None and view.counts(item)
    ]
    return max(days, default=None)
