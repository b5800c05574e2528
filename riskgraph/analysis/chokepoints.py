"""`chokepoints`: what, if hardened, saves whom; and what a service of a council cannot do without.

Both questions are answered by asking again, with one thing taken away or one set of things failing; so
alternatives that back each other up count as they do everywhere. A dominator tree would not do: see
`riskgraph.engine.hardening`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.blast import blast, run
from riskgraph.analysis.measure import residents
from riskgraph.analysis.proofs import Proof, proof_at
from riskgraph.analysis.question import Asking, Question, RootNames
from riskgraph.analysis.radius import BlastRadius
from riskgraph.data.scope_words import areas_of
from riskgraph.engine import place_and_kind
from riskgraph.engine.cuts import cut_sets
from riskgraph.engine.hardening import Thing, still_failing
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.harm import HarmNetwork, Part, Place, places_of
from riskgraph.model import AUTHORITY, KINDS, Band, FailureKind
from riskgraph.pictured import Pictured

__all__ = ["Chokepoints", "Cut", "Saving", "ServiceCuts", "chokepoints", "service_cuts"]


@dataclass(frozen=True, slots=True)
class Saving:
    """What is no longer reached if one body or one row is hardened: nothing enters it, or passes along it."""

    thing: str  # id of an entity, or of a relation
    row: bool
    saved: tuple[str, ...]  # authorities other than itself that are no longer reached
    residents: int  # how much lower the ceiling of residents is
    services: int  # services of these or other authorities that are no longer reached
    behind: str | None  # the nearest body that, if hardened, saves this one as well


@dataclass(frozen=True)
class Chokepoints(Answer, Pictured):
    """The bodies and rows that most hangs on, for one root, those that save most first."""

    form: ClassVar = Form(
        "chokepoints",
        "What, if hardened, would save whom from the failing of some roots.",
        ("roots", "kinds", "view", "band", "scope"),
        (
            Column("reached", "ids of the public bodies that could be reached, the roots apart", "list"),
            Column("unsaved", "ids of those that no single body saves", "list"),
            Column("alternatives", "groups of alternatives that harm touches", "integer"),
        ),
        (
            TableForm(
                "savings",
                "a body or row that, hardened alone, saves somebody",
                (
                    Column("id", "id of the body or place, or of the row (a relation)"),
                    Column("what", "kind of the body or place, or row"),
                    Column("name", "its name; of a row: who depends on whom"),
                    Column("saves", "public bodies other than itself that are no longer reached", "integer"),
                    Column("residents", "how much lower the ceiling of residents is", "integer", "people"),
                    Column("services", "services of public bodies that are no longer reached", "integer"),
                    Column("behind", "id of the nearest body that, if hardened, saves this one as well"),
                    Column("behind_name", "its name"),
                    Column("saved", "ids of the public bodies that are no longer reached", "list"),
                ),
                ("name", "what", "saves", "residents", "services", "behind_name"),
            ),
        ),
    )

    graph: RiskGraph
    question: Question
    radius: BlastRadius
    bodies: tuple[Saving, ...]
    rows: tuple[Saving, ...]
    reached: tuple[str, ...]  # authorities reached in the band, the roots apart
    unsaved: tuple[str, ...]  # those that no single body saves: several ways lead there, or a direct one
    alternatives: int  # groups of alternatives that harm touches: there, what saves whom is no tree

    def fact_values(self) -> Mapping[str, Value]:
        """Who is reached, and whom nothing saves."""
        return {"reached": self.reached, "unsaved": self.unsaved, "alternatives": self.alternatives}

    def row_values(self, table: str) -> Iterable[Row]:
        """Every body, then every row that saves somebody."""
        dataset = self.graph.dataset
        for one in (*self.bodies, *self.rows):
            what, name = "row", ""
            if one.row:
                row = dataset.relations[one.thing]
                name = f"{dataset.name(row.dependent)} {row.relation} {dataset.name(row.provider)}"
            else:
                what, name = dataset.entities[one.thing].kind, dataset.usual_name(one.thing)
            behind = None if one.behind is None else dataset.usual_name(one.behind)
            yield (
                one.thing, what, name, len(one.saved), one.residents, one.services, one.behind, behind, one.saved
            )  # fmt: skip

    def __repr__(self) -> str:
        names = " and ".join(self.question.roots)
        return f"<Chokepoints of {names}: {len(self.bodies)} bodies, {len(self.rows)} rows>"


def chokepoints(
    graph: RiskGraph,
    roots: RootNames,
    *,
    progress: Callable[[int, int], None] | None = None,
    **asking: Unpack[Asking],
) -> Chokepoints:
    """What, if hardened, would save whom from the failing of some roots.

    A body is hardened if no harm enters any part of it; a row, if no harm passes along it. Each body and
    row on the way is taken away in turn, and the whole question is asked again.

    Parameters
    ----------
    roots
        Names or ids of what fails, all at once; or a question.
    progress
        Called with how many bodies and rows are done, and how many there are.
    asking
        Kinds, view, band and scope; see `riskgraph.analysis.question.Asking`.

    Returns
    -------
    Chokepoints
        The bodies and the rows that save somebody in the scope, each by itself.

    Raises
    ------
    RiskGraphError
        If no root is given, or a word is not known.

    Examples
    --------
    >>> found = chokepoints(RiskGraph.open("seeds"), "oracle", like="malicious-update")
    >>> [(saving.thing, len(saving.saved)) for saving in found.bodies]
    [('product:oracle-fusion', 3), ('system:lancashire-oracle-fusion', 3)]
    """
    radius = blast(graph, Question.of(graph, roots, **asking))
    return _Hardener(graph, radius, progress).answer()


class _Hardener:
    def __init__(self, graph: RiskGraph, radius: BlastRadius, progress: Callable[[int, int], None] | None) -> None:
        self.graph, self.radius, self.progress = graph, radius, progress
        self.band = radius.question.band
        self.harm = harm = graph.harm(radius.view, radius.roots)
        self.reached = tuple(reach.id for reach in radius.within(self.band))
        self.states = run(harm, radius.roots, radius.kinds).bands[self.band].hops
        self.ids: list[str] = []
        self.things: list[Thing] = []
        self._bodies()
        self.body_count = len(self.ids)
        self._rows()

    def _bodies(self) -> None:
        """Every body or place on the way, with all its parts."""
        roots = {root.partition("/")[0] for root in self.radius.roots}
        touched = {place.body for place in self.harm.failing(self.states)} - roots
        parts: dict[str, list[int]] = defaultdict(list)
        for number, place in enumerate(self.harm.places):
            if place.body in touched:
                parts[place.body].append(number)
        for body in sorted(touched):
            self.ids.append(body)
            self.things.append(Thing(places=tuple(parts[body])))

    def _rows(self) -> None:
        """Every row that harm could pass along."""
        network, links = self.harm.network, defaultdict[str, set[int]](set)
        for state in self.states:
            place, kind = place_and_kind(state)
            for link in network.out[place]:
                if network.label[link] >= 0 and network.levels[link][kind] <= self.band:
                    for row in self.harm.steps[network.label[link]].rows:
                        links[row.id].add(link)
        for row_id in sorted(links):
            self.ids.append(row_id)
            self.things.append(Thing(links=tuple(sorted(links[row_id]))))

    def answer(self) -> Chokepoints:
        dataset = self.graph.dataset
        only = self.radius.question.selection.areas
        served = {
            body: [n for n, area in self.harm.parts(body, Part.SERVICE) if not only or area in only]
            for body in self.reached
        }
        # for some service areas, a body counts by its services there
        whole = served if only else {body: [self.harm.number[Place(body, Part.WHOLE)]] for body in self.reached}
        services = {(body, number): [number] for body, numbers in served.items() for number in numbers}
        bodies = {
            body: list(thing.places)
            for body, thing in zip(self.ids[: self.body_count], self.things, strict=False)
        }  # fmt: skip
        lost = self._lost({**whole, **services, **{("thing", body): places for body, places in bodies.items()}})
        saved: dict[int, list[str]] = defaultdict(list)
        for body in self.reached:
            for number in _bits(lost[body]):
                if self.ids[number] != body:
                    saved[number].append(body)
        stopped: dict[int, int] = defaultdict(int)
        for body, place in services:
            for number in _bits(lost[body, place]):
                if self.ids[number] != body:
                    stopped[number] += 1
        only_bodies = (1 << self.body_count) - 1
        behind = {body: self._nearest(body, lost, only_bodies) for body in bodies}
        people = residents(dataset, self.reached).people
        found = []
        for number, names in saved.items():
            left = residents(dataset, set(self.reached) - set(names)).people
            row = number >= self.body_count
            near = None if row else behind[self.ids[number]]
            ordered = tuple(sorted(names, key=lambda body: (dataset.usual_name(body), body)))
            found.append(Saving(self.ids[number], row, ordered, people - left, stopped[number], near))
        found.sort(key=lambda s: (-len(s.saved), -s.residents, -s.services, s.thing))
        rescued = {body for saving in found if not saving.row for body in saving.saved}
        return Chokepoints(
            self.graph,
            self.radius.question,
            self.radius,
            tuple(saving for saving in found if not saving.row),
            tuple(saving for saving in found if saving.row),
            self.reached,
            tuple(body for body in self.reached if body not in rescued),
            self._alternatives(),
        )

    def _alternatives(self) -> int:
        touched = {place_and_kind(state)[0] for state in self.states}
        return sum(not touched.isdisjoint(group.members) for group in self.harm.network.groups)

    def _lost(self, targets: Mapping[Any, Sequence[int]]) -> dict[Any, int]:
        """For each target, if it fails at all: the things without which no place of it fails."""
        network, roots = self.harm.network, [places_of(self.harm, root) for root in self.radius.roots]
        kinds = [KINDS.index(kind) for kind in self.radius.kinds]
        lost = dict.fromkeys(targets, 0)
        for first, count, failing in still_failing(network, roots, kinds, self.band, self.things):
            if self.progress is not None:
                self.progress(first + count, len(self.things))
            for target, places in targets.items():
                states = [self.harm.state(place, kind) for place in places for kind in self.radius.question.counting]
                if not any(state in self.states for state in states):
                    continue
                bits = 0
                for state in states:
                    bits |= failing.get(state, 0)
                lost[target] |= (((1 << count) - 1) & ~bits) << first
        return lost

    def _nearest(self, body: str, lost: Mapping[Any, int], bodies: int) -> str | None:
        """Of the bodies that save a body, the one that most others save in turn."""
        others = [self.ids[n] for n in _bits(lost["thing", body] & bodies) if self.ids[n] != body]
        if not others:
            return None
        return max(others, key=lambda other: ((lost["thing", other] & bodies).bit_count(), other))


def _bits(number: int) -> Iterator[int]:
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


# -- a service ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cut:
    """A smallest set of bodies and places whose failing together could stop a service."""

    things: tuple[str, ...]
    band: Band  # the surest band in which it does
    proof: Proof

    @property
    def order(self) -> int:
        """How many things must fail together."""
        return len(self.things)


@dataclass(frozen=True)
class ServiceCuts(Answer, Pictured):
    """What a service of an authority cannot do without: surest first, then the smallest sets."""

    form: ClassVar = Form(
        "chokepoints area",
        "What a service of a council cannot do without: single points of failure, and sets that stop it together.",
        ("kinds", "view", "band"),
        (
            Column("council", "id of the council"),
            Column("council_name", "its name"),
            Column("service_area", "area of the service; empty: an area not known"),
            Column("order", "most things in a set", "integer"),
            Column("complete_to", "every set of up to so many things is here", "integer"),
        ),
        (
            TableForm(
                "cuts",
                "a smallest set of bodies and places whose failing together could stop the service",
                (
                    Column("things", "ids of what must fail together", "list"),
                    Column("names", "their names", "list"),
                    Column("order", "how many they are", "integer"),
                    Column("band", "surest band in which they stop it", "band"),
                    Column("within", "whether that is within the band asked about", "flag"),
                    Column("hops", "steps from them to the service", "integer"),
                    Column("rows", "ids of the relations that prove it", "list"),
                ),
                ("names", "order", "band", "hops", "rows"),
            ),
        ),
    )

    graph: RiskGraph
    question: Question
    council: str
    area: str | None
    cuts: tuple[Cut, ...]  # within the band
    doubtful: tuple[Cut, ...]  # only in wider bands than that asked for
    order: int  # the largest sets asked for
    complete_to: int  # every set up to this size is there

    @property
    def single(self) -> tuple[Cut, ...]:
        """Single points of failure."""
        return tuple(cut for cut in self.cuts if cut.order == 1)

    def fact_values(self) -> Mapping[str, Value]:
        """Which service, and how far the search went."""
        return {
            "council": self.council, "council_name": self.graph.dataset.usual_name(self.council),
            "service_area": self.area, "order": self.order, "complete_to": self.complete_to,
        }  # fmt: skip

    def row_values(self, table: str) -> Iterable[Row]:
        """Every set, those that cannot be ruled out last."""
        for cut in (*self.cuts, *self.doubtful):
            names = tuple(map(self.graph.dataset.usual_name, cut.things))
            within = cut.band <= self.question.band
            yield cut.things, names, cut.order, cut.band, within, cut.proof.hops, cut.proof.rows

    def __repr__(self) -> str:
        return f"<ServiceCuts of {self.council}, {self.area or '?'}: {len(self.single)} single, {len(self.cuts)} sets>"


def service_cuts(
    graph: RiskGraph,
    council: str,
    area: str,
    *,
    order: int = 3,
    progress: Callable[[int, int], None] | None = None,
    **asking: Unpack[Asking],
) -> ServiceCuts:
    """Every smallest set of bodies and places, up to a size, whose failing would stop a service.

    A set of one is a single point of failure. The service counts as stopped if the outage reaches it; if no
    outage is asked about, if one of the kinds asked about does.

    Parameters
    ----------
    council
        Name or id of an authority.
    area
        The service area; `?` for what it depends on in an area not known.
    order
        The most things in a set.
    progress
        Called with how many sets of one size are tried, and how many there are.
    asking
        Kinds (an outage if left out), view and band; see `riskgraph.analysis.question.Asking`. Sets that need a
        doubtful step beyond the band stand in `doubtful`.

    Returns
    -------
    ServiceCuts
        The sets within the band and those beyond it, smallest first.

    Raises
    ------
    RiskGraphError
        If the authority has no such service in this data.

    Examples
    --------
    >>> found = service_cuts(RiskGraph.open("seeds"), "thanet", "customer-digital")
    >>> [cut.things for cut in found.single if cut.band is Band.DOCUMENTED]
    [('shared-service:east-kent-services',)]
    """
    if not {"kinds", "like"} & asking.keys():
        asking["like"] = "outage"
    question = Question.of(graph, **asking)
    body = graph.names.resolve(council, frozenset({AUTHORITY}))
    asked, band = question.kinds, question.band
    harm = graph.harm(question.view)
    service, known = _service(graph, harm, body, area)
    ends = [FailureKind.OUTAGE] if FailureKind.OUTAGE in asked else list(asked)
    targets = [harm.state(service, kind) for kind in ends]
    names = [id_ for id_ in graph.dataset.entities if id_ != body]
    things = [harm.starts(id_, asked) for id_ in names]
    found: list[tuple[Band, tuple[int, ...]]] = []
    complete = order
    for at in Band:
        sets = cut_sets(harm.network, things, targets, at, order, progress)
        complete = min(complete, sets.complete_to)
        smaller = [set(cut) for _, cut in found]
        found += [(at, cut) for cut in sets.sets if not any(part <= set(cut) for part in smaller)]
    cuts = []
    for at, numbers in found:
        ids = tuple(names[number] for number in numbers)
        answer = run(harm, ids, asked)
        proofs = [proof for kind in ends if (proof := proof_at(harm, answer, service, kind)) is not None]
        cuts.append(Cut(ids, at, min(proofs, key=lambda proof: (proof.band, proof.hops))))
    cuts.sort(key=lambda cut: (cut.order, cut.band, cut.proof.hops, cut.things))
    return ServiceCuts(
        graph,
        question,
        body,
        known,
        tuple(cut for cut in cuts if cut.band <= band),
        tuple(cut for cut in cuts if cut.band > band),
        order,
        complete,
    )


def _service(graph: RiskGraph, harm: HarmNetwork, body: str, area: str) -> tuple[int, str | None]:
    """Number and area of a service."""
    today = harm.today.get(body, ())
    known = None if area.strip() == "?" else next((one for one in areas_of(area) if one in today), area)
    if known not in today:
        listed = ", ".join(service or "?" for service in today) or "none"
        raise RiskGraphError(
            f"{graph.dataset.usual_name(body)} has no service {area!r} that this data says anything about.",
            f"Its services are: {listed}.",
        )
    return harm.number[Place(body, Part.SERVICE, known)], known
