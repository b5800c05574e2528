"""`why` and `why --not`: every proof that a body is reached, or the facts that keep it out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from heapq import heapify, heappop, heappush
from typing import ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.blast import Route, blast, route_of, run
from riskgraph.analysis.proofs import Proof, all_proofs
from riskgraph.analysis.question import Asking, Question, RootNames
from riskgraph.dates import first_day
from riskgraph.engine import place_and_kind, state_of, states_of
from riskgraph.graph import RiskGraph
from riskgraph.harm import Part, Place, places_of
from riskgraph.model import AUTHORITY, KINDS, NEVER, Band, FailureKind, Relation
from riskgraph.rules import Trait, relations_that
from riskgraph.settle import Step

__all__ = ["Barrier", "Chain", "Obstacle", "Why", "WhyNot", "why", "why_not"]


@dataclass(frozen=True, slots=True)
class Chain:
    """The proofs that stand on the same rows, one for each failure kind."""

    rows: tuple[str, ...]
    proofs: Mapping[FailureKind, Proof]
    counting: frozenset[FailureKind]  # the kinds by which a body counts as reached

    @property
    def altered(self) -> bool:
        """Whether it carries harm at least possibly, but only if software were altered."""
        sure = {kind for kind, proof in self.proofs.items() if proof.band <= Band.POSSIBLE}
        return bool(sure) and not sure & self.counting

    @property
    def area(self) -> str | None:
        """The service of the body that it hits."""
        return next((via.step.area for via in reversed(self.best.vias) if via.step.dependent == self.best.body), None)

    @property
    def best(self) -> Proof:
        """The surest of its proofs, of the kinds that count if one of these is as sure as possible."""
        counted = [proof for kind, proof in self.proofs.items() if kind in self.counting]
        return min(
            self.proofs.values() if self.altered else counted or self.proofs.values(),
            key=lambda proof: (proof.band, proof.hops, KINDS.index(proof.kind)),
        )


_BODY = (Column("body", "id of the body"), Column("name", "its name"))
_KINDS = Column("kinds", "kinds of failure that it stops", "list")


@dataclass(frozen=True)
class Why(Answer):
    """Every minimal proof that a body is reached, surest first, then shortest."""

    form: ClassVar = Form(
        "why",
        "Every minimal proof that a body could be reached if the roots failed, surest first, then shortest.",
        ("roots", "kinds", "view"),
        (
            *_BODY,
            Column("complete", "whether every proof was found", "flag"),
            Column("not_listed", "routes that were found and are not listed", "integer"),
        ),
        (
            TableForm(
                "proofs",
                "one kind of failure on one route",
                (
                    Column("route", "number of the route, from 1", "integer"),
                    Column("kind", "kind of failure"),
                    Column("band", "how surely", "band"),
                    Column("hops", "rows between the root and the body", "integer"),
                    Column("rows", "ids of the rows of the route", "list"),
                ),
            ),
            TableForm(
                "evidence",
                "one item of evidence of a row of these routes",
                (
                    Column("row", "id of the relation"),
                    Column("evidence", "id of the evidence; empty: the register itself"),
                    Column("stance", "supports or disputes"),
                    Column("confidence", "how sure the source is: confirmed, reported or inferred"),
                    Column("publisher", "who published it"),
                    Column("published", "day, month or year, as the data give it"),
                    Column("url", "address of the source"),
                    Column("by_law", "whether a class rule says so and nobody observed it", "flag"),
                ),
            ),
        ),
    )

    graph: RiskGraph
    question: Question
    body: str
    chains: tuple[Chain, ...]
    complete: bool  # False: there may be more proofs than were found
    unlisted: int = 0  # proofs that were found and are not listed

    @property
    def recorded(self) -> bool:
        """Whether anything is recorded of what the body depends on."""
        steps = self.graph.settled(self.question.view).steps
        return any(step.dependent == self.body and step.relation not in relations_that(Trait.GOVERNS) for step in steps)

    @property
    def reached(self) -> bool:
        """Whether the body is reached at all."""
        return bool(self.chains)

    def fact_values(self) -> Mapping[str, Value]:
        """The body, and whether these are all proofs."""
        name = self.graph.dataset.entities[self.body].name
        return {"body": self.body, "name": name, "complete": self.complete, "not_listed": self.unlisted}

    def row_values(self, table: str) -> Iterable[Row]:
        """The proofs, or the evidence of their rows."""
        if table == "evidence":
            return self._evidence()
        return [
            (number, kind, proof.band, proof.hops, chain.rows)
            for number, chain in enumerate(self.chains, 1)
            for kind, proof in chain.proofs.items()
        ]

    def _evidence(self) -> Iterator[Row]:
        dataset = self.graph.dataset
        for row in dict.fromkeys(row for chain in self.chains for row in chain.rows):
            items = [dataset.evidence[id_] for id_ in dataset.relations[row].evidence]
            by_law = dataset.relations[row].by_law
            for one in items:
                yield (
                    row,
                    one.id,
                    one.stance,
                    one.confidence,
                    one.publisher or None,
                    one.published,
                    one.url or None,
                    by_law,
                )
            if not items:
                yield (row, *(None,) * 6, by_law)

    def __repr__(self) -> str:
        return f"<Why {self.body} from {' and '.join(self.question.roots)}: {len(self.chains)} chains>"


def why(graph: RiskGraph, body: str, roots: RootNames, *, limit: int = 25, **asking: Unpack[Asking]) -> Why:
    """Every minimal proof that a body is reached from the roots.

    A likely route through a shared service is told before a direct one for the same service: that is how the body
    buys it. What takes altered software comes after what does not.

    Parameters
    ----------
    graph
        The map to ask.
    body
        Name or id of the body.
    roots
        What fails, all at once; see `riskgraph.analysis.blast.blast`.
    limit
        The most routes to list.
    asking
        Kinds and view; see `riskgraph.analysis.question.Asking`.

    Returns
    -------
    Why
        With no chains if the body is not reached: ask `why_not` then.

    Raises
    ------
    NameNotFound, AmbiguousName
        If a name is not one body's.

    Examples
    --------
    >>> answer = why(RiskGraph.open("seeds"), "rochford", "Capita storage bucket with benefits extracts")
    >>> [chain.rows for chain in answer.chains]
    [('rochford.data-held-by.capita-benefits-extracts.revenues-benefits.to-2023',)]
    """
    question = Question.of(graph, roots, **asking).needs_roots()
    id_ = graph.names.resolve(body).partition("/")[0]
    harm = graph.harm(question.view, question.roots)
    answer = run(harm, question.roots, question.kinds)
    chains: dict[frozenset[str], dict[FailureKind, Proof]] = defaultdict(dict)
    complete = True
    for kind in KINDS:
        proofs, all_found = all_proofs(harm, answer, id_, kind)
        complete = complete and all_found
        for proof in proofs:
            chains[frozenset(proof.rows)].setdefault(kind, proof)  # a use and what it implies are one route
    found = [Chain(next(iter(proofs.values())).rows, proofs, question.counting) for proofs in chains.values()]
    ordered = _in_order(graph, found)
    return Why(graph, question, id_, tuple(ordered[:limit]), complete, len(ordered[limit:]))


def _in_order(graph: RiskGraph, chains: Sequence[Chain]) -> list[Chain]:
    """The surest first, then the shortest; where a shared service runs the same service, the way through it first.

    That way goes before a direct row for the service if it is likely, as it does in a radius.
    """
    route = {chain.rows: route_of(graph.dataset, chain.best)[0] for chain in chains}
    direct: dict[str | None, int] = {}
    for chain in chains:
        if route[chain.rows] is Route.DIRECT:
            direct[chain.area] = min(chain.best.band, direct.get(chain.area, NEVER))

    def key(chain: Chain) -> tuple[object, ...]:
        shared, sure = route[chain.rows] is Route.SHARED_SERVICE, int(chain.best.band)
        if shared and sure <= Band.LIKELY:
            sure = min(sure, direct.get(chain.area, sure))
        return chain.altered and sure <= Band.POSSIBLE, sure, not shared, chain.best.hops, len(chain.rows), chain.rows

    surely = [chain for chain in chains if chain.best.band <= Band.POSSIBLE]
    return sorted(surely, key=key) + sorted((chain for chain in chains if chain not in surely), key=key)


class Barrier(StrEnum):
    """What can keep harm from passing."""

    NOT_COUNTED = "not counted"
    NOT_BEGUN = "not begun"
    ENDED = "ended"
    NO_WAY = "nothing passes"
    OTHER_LINE = "another line"
    ABSORBED = "absorbed"
    BACKED_UP = "backed up"
    UNSURE = "not sure enough"
    ONE_LINE = "one line only"
    NOT_LIKELY = "not likely before"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One fact that keeps harm out, with the kinds that it stops and the row it stands in, if any."""

    barrier: Barrier
    kinds: tuple[FailureKind, ...]
    row: str | None = None
    body: str | None = None
    reason: str | None = None  # of the model's table


@dataclass(frozen=True)
class WhyNot(Answer):
    """The shortest connections between a body and the roots, and what stops harm on each."""

    form: ClassVar = Form(
        "why not",
        "What keeps a body out: the facts that stop harm on the shortest chains of rows between it and the roots.",
        ("roots", "kinds", "view"),
        (
            *_BODY,
            Column("band", "how surely it could be reached after all; empty: no way is known", "band"),
            Column("connected", "whether any chain of rows, of any date, joins it to a root", "flag"),
            Column("precaution", "whether it shares a place or a link with what an attacker could be in", "flag"),
        ),
        (
            TableForm(
                "obstacles",
                "one fact that keeps harm out",
                (
                    Column("connection", "number of the chain of rows, from 1", "integer"),
                    Column("barrier", "what keeps harm from passing, such as ended, absorbed or backed up"),
                    _KINDS,
                    Column("row", "id of the relation in which it stands"),
                    Column("at", "id of the body at which harm is stopped"),
                    Column("at_name", "its name"),
                    Column("reason", "why, as the model says it"),
                ),
            ),
            TableForm(
                "connections",
                "a chain of rows that joins the body to a root",
                (
                    Column("connection", "its number, from 1", "integer"),
                    Column("rows", "ids of its rows, from the root", "list"),
                ),
            ),
        ),
    )

    graph: RiskGraph
    question: Question
    body: str
    band: Band | None  # in which band it is reached after all, if it is
    paths: tuple[tuple[tuple[str, ...], tuple[Obstacle, ...]], ...]  # rows from the root to the body; facts
    in_ring: bool

    @property
    def connected(self) -> bool:
        """Whether any chain of rows, of any date, joins the body to a root."""
        return bool(self.paths)

    def fact_values(self) -> Mapping[str, Value]:
        """The body, and whether it is reached or joined to a root."""
        name = self.graph.dataset.entities[self.body].name
        said = {"band": self.band, "connected": self.connected, "precaution": self.in_ring}
        return {"body": self.body, "name": name, **said}

    def row_values(self, table: str) -> Iterable[Row]:
        """The facts that stop harm, or the connections."""
        if table == "connections":
            return [(number, rows) for number, (rows, _) in enumerate(self.paths, 1)]
        entities = self.graph.dataset.entities
        return [
            (number, f.barrier, f.kinds, f.row, f.body, None if f.body is None else entities[f.body].name, f.reason)
            for number, (_, facts) in enumerate(self.paths, 1)
            for f in facts
        ]

    def __repr__(self) -> str:
        return f"<WhyNot {self.body} from {' and '.join(self.question.roots)}: {len(self.paths)} connections>"


def why_not(graph: RiskGraph, body: str, roots: RootNames, *, limit: int = 5, **asking: Unpack[Asking]) -> WhyNot:
    """The facts that keep a body out, on the shortest chains of rows that join it to the roots.

    Parameters
    ----------
    graph
        The map to ask.
    body
        Name or id of the body.
    roots
        What fails, all at once; see `riskgraph.analysis.blast.blast`.
    limit
        The most chains to look at.
    asking
        Kinds and view; see `riskgraph.analysis.question.Asking`.

    Returns
    -------
    WhyNot
        With a band if the body is reached after all: ask `why` then.

    Raises
    ------
    NameNotFound, AmbiguousName
        If a name is not one body's.

    Examples
    --------
    >>> seeds = RiskGraph.open("seeds")
    >>> answer = why_not(seeds, "hammersmith and fulham", "rbkc shared it", like="outage")
    >>> [fact.barrier.value for _, facts in answer.paths for fact in facts]
    ['ended', 'nothing passes']
    """
    question = Question.of(graph, roots, **asking).needs_roots()
    ring = blast(graph, question).ring.values()
    id_ = graph.names.resolve(body).partition("/")[0]
    harm = graph.harm(question.view, question.roots)
    answer, whole = run(harm, question.roots, question.kinds), harm.number[Place(id_, Part.WHOLE)]
    reached = [best[0] for state in states_of(whole) if (best := answer.best(state)) is not None]
    finder = _Finder(graph, question)
    paths = tuple((tuple(row.id for row, _ in path), finder.facts(path)) for path in finder.paths(id_, limit))
    in_ring = any(id_ in bodies for bodies in ring)
    return WhyNot(graph, question, id_, Band(min(reached)) if reached else None, paths, in_ring)


Path = tuple[tuple[Relation, bool], ...]  # rows from root to body; True: a link crossed against its row


@dataclass(slots=True)
class _Entering:
    """What comes into a body on a way: state to band; and by kind what was stopped before, as if it came in."""

    real: dict[int, int]
    supposed: dict[int, dict[int, int]]


class _Finder:
    def __init__(self, graph: RiskGraph, question: Question) -> None:
        self.view, self.roots, self.kinds = question.view, question.roots, question.kinds
        self.dataset = graph.dataset
        self.harm = graph.harm(self.view, self.roots)
        self.asked = [KINDS.index(kind) for kind in self.kinds]
        self.start = {place for root in self.roots for place in places_of(self.harm, root)}
        self.places: dict[str, list[int]] = defaultdict(list)
        for number, place in enumerate(self.harm.places):
            self.places[place.body].append(number)
        self.links: dict[int, list[int]] = defaultdict(list)
        for link, label in enumerate(self.harm.network.label):
            if label >= 0:
                self.links[id(self.harm.steps[label])].append(link)
        self.steps: dict[str, list[Step]] = defaultdict(list)
        for step in self.harm.steps:
            self.steps[step.row.id].append(step)
        self.out: dict[str, list[tuple[str, Relation, bool]]] = defaultdict(list)
        for row in self.dataset.relations.values():
            said = row.by_law and row.id not in self.steps  # by what was observed
            if said or row.relation in relations_that(Trait.GOVERNS):
                continue
            self.out[row.provider].append((row.dependent, row, False))
            if row.relation in relations_that(Trait.BOTH_WAYS):
                self.out[row.dependent].append((row.provider, row, True))

    def paths(self, body: str, limit: int) -> list[Path]:
        """The shortest chains of rows from a root to a body, and those one row longer."""
        starts = sorted({root.partition("/")[0] for root in self.roots})
        distance = self._distances(body)
        found: list[Path] = []
        nearest = min((distance[start] for start in starts if start in distance), default=None)
        if nearest is None:
            return []
        for longest in (nearest, nearest + 1):
            for start in starts:
                for path in self._walk(start, body, longest, distance):
                    if len(path) == longest:
                        found.append(path)
                    if len(found) == limit:
                        return found
        return found

    def _distances(self, body: str) -> dict[str, int]:
        into: dict[str, set[str]] = defaultdict(set)
        for source, ends in self.out.items():
            for target, _, _ in ends:
                into[target].add(source)
        distance, layer = {body: 0}, [body]
        while layer:
            layer = sorted({before for at in layer for before in into[at] if before not in distance})
            for before in layer:
                distance[before] = 1 + min(distance[at] for at, *_ in self.out[before] if at in distance)
        return distance

    def _walk(self, start: str, body: str, longest: int, distance: Mapping[str, int]) -> Iterator[Path]:
        stack: list[tuple[str, Path, frozenset[str]]] = [(start, (), frozenset({start}))]
        looked = 0
        while stack and looked < 20_000:
            looked += 1
            at, path, seen = stack.pop()
            if at == body:
                yield path
                continue
            for target, row, backwards in sorted(self.out[at], key=lambda end: end[1].id, reverse=True):
                if target not in seen and len(path) + 1 + distance.get(target, NEVER * NEVER) <= longest:
                    stack.append((target, (*path, (row, backwards)), seen | {target}))

    def facts(self, path: Path) -> tuple[Obstacle, ...]:
        """What stops harm along a path, in order from the root; each kind asked about is stopped somewhere.

        Each body on the way is looked at by itself: what comes in along one row, and what of that gets out along
        the next. A kind that was stopped is followed on as if it had come in, so that every obstacle is named.
        """
        facts: list[Obstacle] = []
        entering = _Entering({state_of(place, kind): 0 for place in self.start for kind in self.asked}, {})
        position = 0
        while position < len(path):
            row, _ = path[position]
            width = 1
            steps = [step for step in self.steps[row.id] if not step.implied]
            following = path[position + 1][0] if position + 1 < len(path) else None
            made = row.relation in relations_that(Trait.MAKES)
            if made and following is not None and following.relation in relations_that(Trait.USE):
                implied = [s for s in self.steps[following.id] if s.made_by is not None and s.made_by.id == row.id]
                if implied:  # the use and the maker act together
                    steps, width = implied, 2
            end = path[position + width - 1]
            position += width
            if not steps:
                facts.append(self._missing(row))
                entering = self._anew(end)
                continue
            inside = self._scenes(entering, at_root=position == width)
            facts += self._along(steps[0], end, inside)
            entering = self._after(steps[0], end, entering, inside)
        if path:
            facts += self._arrives(path[-1], self._scenes(entering, at_root=False))
        return tuple(dict.fromkeys(facts))

    def _missing(self, row: Relation) -> Obstacle:
        begun = row.valid_from is None or first_day(row.valid_from) <= self.view.as_of
        return Obstacle(Barrier.NOT_COUNTED if begun else Barrier.NOT_BEGUN, self.kinds, row.id)

    def _anew(self, end: tuple[Relation, bool]) -> _Entering:
        """All kinds asked about, as if each had come in everywhere at the body that a row leads to."""
        body = end[0].provider if end[1] else end[0].dependent
        return _Entering({}, {k: {state_of(place, k): 0 for place in self.places[body]} for k in self.asked})

    def _scenes(self, entering: _Entering, *, at_root: bool) -> list[dict[int, int]]:
        """For each kind, what fails inside a body: by what came in, and by that kind where it is only supposed."""
        real = self._inside(entering.real, at_root=at_root)
        return [
            self._inside({**entering.real, **entering.supposed[kind]}, at_root=at_root)
            if kind in entering.supposed
            else real
            for kind in range(len(KINDS))
        ]

    def _links(self, step: Step, end: tuple[Relation, bool]) -> list[int]:
        """The links of a step in the direction of the path."""
        body = end[0].provider if end[1] else end[0].dependent
        target, places = self.harm.network.target, self.harm.places
        return [link for link in self.links.get(id(step), ()) if places[target[link]].body == body]

    def _inside(self, entering: Mapping[int, int], *, at_root: bool) -> dict[int, int]:
        """How harm goes on inside one body: state to the surest band."""
        network, places = self.harm.network, self.harm.places
        found: dict[int, int] = {}
        waiting = [(band, state) for state, band in entering.items()]
        heapify(waiting)
        while waiting:
            band, state = heappop(waiting)
            if state in found:
                continue
            found[state] = band
            place, kind = place_and_kind(state)
            for link in network.out[place]:
                target, level = network.target[link], network.levels[link][kind]
                if network.label[link] >= 0 or level == NEVER or places[target].body != places[place].body:
                    continue
                if band <= Band.LIKELY or kind not in network.onward[link]:
                    heappush(waiting, (max(band, level), state_of(target, kind)))
            for number in network.derives[place]:
                rule = network.derivations[number]
                if rule.source == kind and (rule.at_roots or not (at_root and place in self.start)):
                    heappush(waiting, (max(band, rule.level), state_of(place, rule.target)))
            for number in network.groups_of.get(place, ()):
                group = network.groups[number]
                at = next((b for b in Band if b >= band and group.protects[b] <= {place}), None)
                if kind in group.kinds and at is not None:
                    heappush(waiting, (int(at), state_of(group.target, kind)))
        return found

    def _along(self, step: Step, end: tuple[Relation, bool], inside: Sequence[Mapping[int, int]]) -> Iterator[Obstacle]:
        """What keeps harm at a body from passing along a step."""
        here = step.provider if step.implied else end[0].dependent if end[1] else end[0].provider
        stopped: dict[Barrier, list[FailureKind]] = defaultdict(list)
        for kind in self.asked:
            for barrier in self._barriers(step, end, kind, inside[kind]):
                stopped[barrier].append(KINDS[kind])
        absorbs = self.dataset.entities[here].kind == AUTHORITY and here not in self.roots
        for barrier, kinds in stopped.items():
            row, body, reason = step.row.id, None, None
            if barrier in {Barrier.NO_WAY, Barrier.UNSURE}:
                reason = step.line.reason
            elif barrier is Barrier.BACKED_UP:
                row, body = min(self._alternatives(step), default=row), step.dependent
            elif barrier is not Barrier.ENDED:
                body = here
            if barrier is Barrier.OTHER_LINE and absorbs:
                barrier = Barrier.ABSORBED
            yield Obstacle(barrier, tuple(kinds), row, body, reason)

    def _barriers(
        self, step: Step, end: tuple[Relation, bool], kind: int, inside: Mapping[int, int]
    ) -> Iterator[Barrier]:
        """What stops one kind on a step."""
        network = self.harm.network
        links = self._links(step, end)
        carrying = [link for link in links if network.levels[link][kind] != NEVER]
        reached = [link for link in carrying or links if state_of(network.source[link], kind) in inside]
        if not carrying:
            yield Barrier.NO_WAY if step.in_force else Barrier.ENDED
        if links and not reached:
            yield Barrier.OTHER_LINE
        elif carrying and not any(self._open(link, kind, inside) for link in reached):
            yield Barrier.NOT_LIKELY
        if carrying and all(self._protected(link, kind) for link in carrying):
            yield Barrier.BACKED_UP
        if carrying and step.in_force and all(network.levels[link][kind] >= Band.NOT_RULED_OUT for link in carrying):
            yield Barrier.UNSURE

    def _open(self, link: int, kind: int, inside: Mapping[int, int]) -> bool:
        """Whether a link that carries harm on only from where it is likely starts at such a place."""
        network = self.harm.network
        return kind not in network.onward[link] or inside[state_of(network.source[link], kind)] <= Band.LIKELY

    def _protected(self, link: int, kind: int) -> bool:
        """Whether a link leads to one of several alternatives that protect each other in every band."""
        member = self.harm.network.target[link]
        groups = [self.harm.network.groups[number] for number in self.harm.network.groups_of.get(member, ())]
        return any(kind in group.kinds and not any(p <= {member} for p in group.protects) for group in groups)

    def _alternatives(self, step: Step) -> list[str]:
        """The rows of the other steps of a step's group."""
        mine = (step.group, step.dependent, step.area)
        others = [other for other in self.harm.steps if (other.group, other.dependent, other.area) == mine]
        return [other.row.id for other in others if other.row.id != step.row.id]

    def _after(
        self, step: Step, end: tuple[Relation, bool], entering: _Entering, inside: Sequence[Mapping[int, int]]
    ) -> _Entering:
        """What comes in along a step, in which band; a kind asked about that was stopped is supposed to."""
        network, links = self.harm.network, self._links(step, end)
        after = _Entering({}, {})
        for kind in range(len(KINDS)):
            passing = {
                link: max(inside[kind][state_of(network.source[link], kind)], network.levels[link][kind])
                for link in links
                if state_of(network.source[link], kind) in inside[kind] and network.levels[link][kind] != NEVER
                if self._open(link, kind, inside[kind])
            }
            protected = any(self._protected(link, kind) for link in passing)
            real = passing and kind not in entering.supposed and not protected
            if not real and kind not in self.asked:
                continue
            found = after.real if real else after.supposed.setdefault(kind, {})
            for link, band in (passing or dict.fromkeys(links, 0)).items():
                ends = [network.target[link]]
                if not real:  # as if no alternative protected it
                    ends += [network.groups[number].target for number in network.groups_of.get(ends[0], ())]
                for place in ends:
                    state = state_of(place, kind)
                    found[state] = min(found.get(state, NEVER), band)
        return after

    def _arrives(self, end: tuple[Relation, bool], inside: Sequence[Mapping[int, int]]) -> Iterator[Obstacle]:
        """Whether what comes in reaches the body as a whole."""
        row, backwards = end
        body = row.provider if backwards else row.dependent
        whole = Place(body, Part.WHOLE)
        kept = tuple(KINDS[kind] for kind in self.asked if self.harm.state(whole, KINDS[kind]) not in inside[kind])
        if kept:
            yield Obstacle(Barrier.ONE_LINE, kept, row.id, body)
