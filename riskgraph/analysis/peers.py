"""`peers`: who runs the same and could lend a hand, and how a council stands among its class.

Nobody is offered who could be reached from what is hit in any band, who shares a place with it, or who has a
relation of its own to it of which nothing is known. A system that most of a class has is no reason either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.blast import blast
from riskgraph.analysis.market import SupplyChain
from riskgraph.analysis.measure import counted, counts
from riskgraph.analysis.question import Asking, Question, RootNames
from riskgraph.analysis.select import Selection
from riskgraph.analysis.suppression import FEWEST
from riskgraph.evidence import last_evidenced
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, PRODUCT, SHARED_SERVICE, SUPPLIER, SYSTEM, Band
from riskgraph.pictured import Pictured
from riskgraph.rules import Trait, relations_that
from riskgraph.settle import Step

__all__ = ["ClassStanding", "Peer", "Peers", "Run", "peers"]

_SAME = frozenset({PRODUCT, SYSTEM, SHARED_SERVICE, AUTHORITY})  # having one of these is to run the same
Key = tuple[str, str | None]
"""What is run, and for which service area."""


@dataclass(frozen=True, slots=True)
class Run:
    """Something that a body runs for a service, or that is run for it."""

    thing: str  # id of a product, system, shared service or supplier
    area: str | None
    via: str | None  # the shared service or council that runs it for the body
    hosting: str | None  # own, supplier, shared or cloud; None: not known
    seen: str | None  # day, month or year in which that was last evidenced; None: not known


@dataclass(frozen=True, slots=True)
class Peer:
    """Another body that runs the same, with what it has in common."""

    id: str
    runs: tuple[Run, ...]
    same_class: bool
    same_region: bool


@dataclass(frozen=True, slots=True)
class ClassStanding:
    """How many services of a council lean on its largest supplier, and the same among its class, unnamed."""

    services: int  # services of the council that are known
    on_one: int  # of these, on one supplier
    supplier: str | None
    median: float | None  # of the same among its class; None: too few to say without naming anybody
    fewer: int | None  # how many of the class have fewer on one supplier
    as_many: int | None  # how many of the class have as many
    class_services: float | None  # median of the services that are known of its class
    class_size: int  # others of its class of which anything is known
    class_all: int  # all others of its class on this map


@dataclass(frozen=True)
class Peers(Answer, Pictured):
    """Who runs the same as a body, those most like it first; with something hit, only who could lend a hand."""

    form: ClassVar = Form(
        "peers",
        "Who runs the same as a council and could lend a hand, and how it stands in its class.",
        ("roots", "kinds", "view", "band", "scope"),
        (
            Column("council", "id of the council"),
            Column("council_name", "its name"),
            Column("services_hit", "its services that are hit; empty: nothing was named, or none is", "list"),
            Column("also_reached", "ids of others that run the same, and could be reached too", "list"),
            Column("not_ruled_out", "ids of others that run the same, and cannot be ruled out", "list"),
            Column("same_supplier", "ids of others with the same supplier there, what they run not being recorded", "list"),
            Column("national", "ids of systems that most of its class has: no reason to ask", "list"),
            Column("services", "services of it that are known", "integer"),
            Column("on_one", "of these, on its largest supplier", "integer"),
            Column("on_one_supplier", "id of that supplier"),
            Column("on_one_supplier_name", "its name"),
            Column("class_median", "median of the same in its class; empty: too few to say", "number"),
            Column("class_with_fewer", "others of its class that have fewer on one; empty: too few to say", "integer"),
            Column("class_with_as_many", "others of its class that have as many on one; empty: too few to say", "integer"),
            Column("class_services", "median of the services known of its class; empty: too few to say", "number"),
            Column("class_size", "others of its class of which anything is known", "integer"),
            Column("class_all", "all others of its class on this map", "integer"),
        ),
        (
            TableForm(
                "peers",
                "another public body that runs the same; nobody whom what is hit could reach",
                (
                    Column("id", "its id"),
                    Column("name", "its name"),
                    Column("class", "its class"),
                    Column("in_common", "how much both run", "integer"),
                    Column("shared", "ids of what both run", "list"),
                    Column("shared_names", "names of what both run", "list"),
                    Column("hosting", "where each of these runs at the peer: own, supplier, shared, cloud or ?", "list"),
                    Column("last_seen", "year in which each of these was last evidenced there; ? is not dated", "list"),
                    Column("same_class", "whether it is of the same class", "flag"),
                    Column("same_region", "whether it is in the same region", "flag"),
                ),
                ("name", "class", "in_common", "shared_names", "hosting", "last_seen", "same_class", "same_region"),
            ),
            TableForm(
                "shared",
                "something in one service area that the council and others have, whoever is hit",
                (
                    Column("provider", "id of what they have"),
                    Column("name", "its name"),
                    Column("service_area", "service area"),
                    Column("users", "ids of the others", "list"),
                ),
            ),
        ),
    )  # fmt: skip

    graph: RiskGraph
    question: Question
    body: str
    peers: tuple[Peer, ...]
    shared: Mapping[Key, tuple[str, ...]]  # everything that the body and others have, those that fewest share first
    hit: Mapping[str | None, Band]  # services of the body that are hit; empty: nothing was named, or none is
    mine: tuple[Run, ...]  # what the body runs in these services, or in all
    reached: tuple[str, ...]  # who runs the same, or buys it from the same supplier, and could be reached
    doubtful: tuple[str, ...]  # and who cannot be ruled out
    same_supplier: tuple[str, ...]  # who is outside, but what they run is not recorded
    national: tuple[str, ...]
    standing: ClassStanding

    def __repr__(self) -> str:
        return f"<Peers of {self.body}: {len(self.peers)}>"

    def fact_values(self) -> Mapping[str, Value]:
        """Who is left out and why, and how the council stands among its class, of which nobody is named."""
        one, dataset = self.standing, self.graph.dataset
        return {
            "council": self.body, "council_name": dataset.usual_name(self.body),
            "services_hit": [area or "?" for area in self.hit], "also_reached": self.reached,
            "not_ruled_out": self.doubtful, "same_supplier": self.same_supplier, "national": self.national,
            "services": one.services, "on_one": one.on_one, "on_one_supplier": one.supplier,
            "on_one_supplier_name": None if one.supplier is None else dataset.usual_name(one.supplier),
            "class_median": one.median, "class_with_fewer": one.fewer,
            "class_with_as_many": one.as_many, "class_services": one.class_services, "class_size": one.class_size,
            "class_all": one.class_all,
        }  # fmt: skip

    def row_values(self, table: str) -> Iterable[Row]:
        """One row for each peer, or for each thing that is shared."""
        dataset = self.graph.dataset
        if table == "shared":
            return [(one, dataset.usual_name(one), area, users) for (one, area), users in self.shared.items()]
        rows: list[Row] = []
        for peer in self.peers:
            things = [run.thing for run in peer.runs]
            rows.append(
                (
                    peer.id, dataset.usual_name(peer.id), dataset.entities[peer.id].authority_type, len(things),
                    things, [dataset.usual_name(thing) for thing in things],
                    [run.hosting or "?" for run in peer.runs],
                    [run.seen[:4] if run.seen else "?" for run in peer.runs],
                    peer.same_class, peer.same_region,
                )
            )  # fmt: skip
        return rows


def peers(graph: RiskGraph, body: str, *, root: RootNames = (), **asking: Unpack[Asking]) -> Peers:
    """Who runs the same as a body, those most like it first.

    Parameters
    ----------
    body
        Name or id of a public body.
    root
        Something that is hit: only what the body runs in the services that are hit counts, and nobody whom it could
        reach in any band is offered.
    asking
        Kinds, view, band (of the services that are hit; `likely` if left out, and the next in which any is) and scope: only peers of these classes, regions and members,
        and only what is run in these service areas; see `riskgraph.analysis.question.Asking`.

    Returns
    -------
    Peers
        Those of the same class first, then of the same region, then with most in common.

    Raises
    ------
    NameNotFound, AmbiguousName
        If a name is not that of one body, or of one root.

    Examples
    --------
    >>> found = peers(RiskGraph.open("seeds"), "thanet")
    >>> found.shared["shared-service:east-kent-services", "customer-digital"]
    ('authority:canterbury', 'authority:dover')
    """
    id_ = graph.names.resolve(body, frozenset({AUTHORITY}))
    usual: Asking = {} if isinstance(root, Question) else {"band": Band.LIKELY}
    return _PeerFinder(graph, Question.of(graph, root, **(usual | asking)), id_).answer()


class _PeerFinder:
    """What everybody runs, and who of them fits."""

    def __init__(self, graph: RiskGraph, question: Question, body: str) -> None:
        self.graph, self.question, self.body = graph, question, body
        self.dataset, self.chain = graph.dataset, SupplyChain(graph, question.view)
        self.settled = graph.settled(question.view)

    def answer(self) -> Peers:
        chosen = self.question.selection
        hit, reached, doubtful = self._hit()
        mine = {
            key: run
            for key, run in self._runs.get(self.body, {}).items()
            if chosen.has_area(run.area) and (not hit or run.area in hit)
        }
        kind = {entity.id: entity.kind for entity in self.dataset.entities.values()}
        national = {thing for thing, _ in mine if kind[thing] == SYSTEM and self._is_national(thing)}
        reason = {key for key in mine if kind[key[0]] in _SAME and key[0] not in national}
        fits: list[Peer] = []
        out: dict[str, list[str]] = {"reached": [], "doubtful": [], "same": []}
        for other, theirs in self._runs.items():
            if other == self.body or not chosen.holds(other):
                continue
            common = tuple(theirs[key] for key in sorted(reason & theirs.keys(), key=_order))
            bought = any(kind[thing] == SUPPLIER for thing, _ in mine.keys() & theirs.keys())
            if not common and not bought:
                continue
            if other in reached:
                out["reached"].append(other)
            elif other in doubtful:
                out["doubtful"].append(other)
            elif not common:
                out["same"].append(other)
            else:
                fits.append(Peer(other, common, self._class(other) == self._class(self.body), self._near(other)))
        fits.sort(key=lambda peer: (not peer.same_class, not peer.same_region, -len(peer.runs), peer.id))
        return Peers(
            self.graph, self.question, self.body, tuple(fits), self._shared(chosen), hit, tuple(mine.values()),
            tuple(sorted(out["reached"])), tuple(sorted(out["doubtful"])), tuple(sorted(out["same"])), tuple(sorted(national)), self._standing(),
        )  # fmt: skip

    # -- who is hit -----------------------------------------------------------------------------

    def _hit(self) -> tuple[dict[str | None, Band], Set[str], Set[str]]:
        """The services of the body that are hit, who could be reached, and who cannot be ruled out."""
        if not self.question.roots:
            return {}, set(), set()
        whole = blast(self.graph, self.question, selection=Selection(self.graph))  # whoever asks, whatever the service
        reaches = {reach.id: reach for reach in (*whole.authorities, *whole.abolished, *whole.groups)}
        own = reaches.get(self.body)
        hit: dict[str | None, Band] = {}
        if own is not None:
            bands = (self.question.band, Band.POSSIBLE, Band.NOT_RULED_OUT)  # the surest that anything is hit in
            hit = next((found for band in bands if (found := own.own(band))), {})
        reached = {id_ for id_, reach in reaches.items() if reach.root or reach.band <= Band.POSSIBLE}
        doubtful = (reaches.keys() | set().union(*whole.ring.values()) | self._open_customers()) - reached
        order = sorted(hit.items(), key=lambda item: (item[1], item[0] or "~"))
        return dict(order), reached, doubtful

    def _open_customers(self) -> Set[str]:
        """Who has a row in force with a root, or with what it makes, that does not say what it can reach."""
        roots = {root.partition("/")[0] for root in self.question.roots}
        makes = relations_that(Trait.MAKES)
        own = roots | {
            s.dependent for s in self.settled.steps if s.in_force and s.relation in makes and s.provider in roots
        }
        return {
            step.dependent
            for step in self.settled.steps
            if step.in_force and step.provider in own and step.access.text is None and step.hosting.text != "own"
        }

    # -- what is run ----------------------------------------------------------------------------

    @cached_property
    def _steps(self) -> Mapping[str, Sequence[Step]]:
        """Authorities that count to what they buy, and what is run for them."""
        bought: dict[str, list[Step]] = defaultdict(list)
        for step in self.settled.steps:
            if self.chain.sells(step) and counts(self.dataset, step.dependent, self.question.view.as_of):
                bought[step.dependent].append(step)
        return bought

    @cached_property
    def _runs(self) -> Mapping[str, Mapping[Key, Run]]:
        """Body to what it runs: its own, then what a shared service or another council runs for it."""
        runs: dict[str, dict[Key, Run]] = defaultdict(dict)
        for body, steps in self._steps.items():
            for step in steps:
                self._note(runs[body], step, step.area, None)
            for step in steps:
                if self.chain.kind[step.provider] in {SHARED_SERVICE, AUTHORITY}:
                    for behind in self.chain.steps.get(step.provider, ()):
                        if behind.area in {step.area, None} and self.chain.kind[behind.provider] in {PRODUCT, SYSTEM}:
                            self._note(runs[body], behind, step.area, step.provider)
        return runs

    def _note(self, runs: dict[Key, Run], step: Step, area: str | None, via: str | None) -> None:
        """A thing that is run, and the product that it is a copy of."""
        seen = last_evidenced(self.dataset, step.row, self.question.view)
        hosting = step.row.hosting or self.dataset.entities[step.provider].hosting
        copies = [s for s in self.chain.steps.get(step.provider, ()) if s.relation in relations_that(Trait.COPY)]
        for thing in (step.provider, *(copy.provider for copy in copies)):
            runs.setdefault((thing, area), Run(thing, area, via, hosting, seen))

    def _shared(self, chosen: Selection) -> dict[Key, tuple[str, ...]]:
        """Provider and area, by rows of their own, to the others that have it too."""
        found: dict[Key, set[str]] = {
            (step.provider, step.area): set() for step in self._steps.get(self.body, ()) if chosen.has_area(step.area)
        }
        for other, steps in self._steps.items():
            if other != self.body and chosen.holds(other):
                for step in steps:
                    if (step.provider, step.area) in found:
                        found[step.provider, step.area].add(other)
        order = sorted(found.items(), key=lambda item: (len(item[1]), _order(item[0])))
        return {key: tuple(sorted(users)) for key, users in order if users}

    # -- likeness -------------------------------------------------------------------------------

    def _class(self, body: str) -> str | None:
        return self.dataset.entities[body].authority_type

    def _near(self, body: str) -> bool:
        register = self.dataset.register
        region = [
            None if (entry := register.get(one)) is None else entry.region or entry.nation for one in (body, self.body)
        ]
        return region[0] is not None and region[0] == region[1]

    @cached_property
    def _alike(self) -> tuple[str, ...]:
        """Others of the class on this map."""
        everybody = counted(self.dataset, self.question.view.as_of)
        return tuple(one for one in everybody if one != self.body and self._class(one) == self._class(self.body))

    def _is_national(self, system: str) -> bool:
        """Whether practically every body like this one has a system: more than half of its class, wherever they are."""
        day, entry = self.question.view.as_of, self.dataset.register.get(self.body)
        like = [one for one in self.dataset.register.values() if entry and one.kind == entry.kind and one.exists(day)]
        size = max(len(like), len(self._alike) + 1)
        users = sum(1 for one in self._alike if any(thing == system for thing, _ in self._runs.get(one, ())))
        return size >= FEWEST and 2 * (users + 1) > size

    def _standing(self) -> ClassStanding:
        most, largest, services = {}, "", self.settled.services_observed
        for body, steps in self._steps.items():
            leans: dict[str, set[str | None]] = defaultdict(set)
            for step in steps:
                for supplier in self.chain.organisations(step) - {body} or {step.provider}:
                    leans[supplier].add(step.area)
            most[body] = max(map(len, leans.values()))
            if body == self.body:
                largest = min(supplier for supplier, areas in leans.items() if len(areas) == most[body])
        others = [most[one] for one in self._alike if one in most]
        own, enough = most.get(self.body, 0), len(others) >= FEWEST
        return ClassStanding(
            len(services.get(self.body, ())),
            own,
            largest or None,
            float(median(others)) if enough else None,
            sum(1 for count in others if count < own) if enough else None,
            others.count(own) if enough else None,
            float(median(len(services[one]) for one in self._alike if one in most)) if enough else None,
            len(others),
            len(self._alike),
        )


def _order(key: Key) -> tuple[str, str]:
    return key[0], key[1] or ""
