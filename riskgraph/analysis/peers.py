"""`peers`: who runs the same and could lend a hand, and how a council stands among its class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.blast import blast
from riskgraph.analysis.market import SupplyChain
from riskgraph.analysis.measure import counts
from riskgraph.analysis.question import Asking, Question, RootNames
from riskgraph.analysis.select import Selection
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY
from riskgraph.pictured import Pictured
from riskgraph.settle import View

__all__ = ["ClassStanding", "Peer", "Peers", "peers"]

TOO_FEW = 5  # below this a figure of a class would tell about single councils


@dataclass(frozen=True, slots=True)
class Peer:
    """Another body that runs something that the council runs too."""

    id: str
    shared: tuple[tuple[str, str | None], ...]  # provider and service area
    same_class: bool
    same_region: bool
    reached: bool | None  # from the root that was named; None: no root was named


@dataclass(frozen=True, slots=True)
class ClassStanding:
    """How many services of a council lean on its largest supplier, and the same among its class, unnamed."""

    services: int  # services of the council that are known
    on_one: int  # of these, on one supplier
    supplier: str | None
    median: float | None  # of the same among its class; None: too few to say without naming anybody
    fewer: int | None  # how many of the class have fewer on one supplier
    class_size: int  # others of its class of which anything is known


@dataclass(frozen=True)
class Peers(Answer, Pictured):
    """Who runs the same as a body, those with most in common first, and who of them could lend a hand."""

    form: ClassVar = Form(
        "peers",
        "Who runs the same as a council and could lend a hand, and how it stands in its class.",
        ("roots", "kinds", "view", "band", "scope"),
        (
            Column("council", "id of the council"),
            Column("council_name", "its name"),
            Column("services", "services of it that are known", "integer"),
            Column("on_one", "of these, on its largest supplier", "integer"),
            Column("on_one_supplier", "id of that supplier"),
            Column("on_one_supplier_name", "its name"),
            Column("class_median", "median of the same in its class; empty: too few to say", "number"),
            Column("class_with_fewer", "others of its class that have fewer on one; empty: too few to say", "integer"),
            Column("class_size", "others of its class of which anything is known", "integer"),
        ),
        (
            TableForm(
                "peers",
                "another public body that runs something that the council runs too",
                (
                    Column("id", "its id"),
                    Column("name", "its name"),
                    Column("class", "its class"),
                    Column("in_common", "what both run", "integer"),
                    Column("shared", "ids of what both run", "list"),
                    Column("shared_names", "names of what both run", "list"),
                    Column("same_class", "whether it is of the same class", "flag"),
                    Column("same_region", "whether it is in the same region", "flag"),
                    Column("reached", "whether what is hit could reach it; empty: nothing was named", "flag"),
                ),
                ("name", "class", "in_common", "shared_names", "same_class", "same_region", "reached"),
            ),
            TableForm(
                "shared",
                "something in one service area that the council and others run",
                (
                    Column("provider", "id of what they run"),
                    Column("name", "its name"),
                    Column("service_area", "service area"),
                    Column("users", "ids of the others", "list"),
                ),
            ),
        ),
    )

    graph: RiskGraph
    question: Question
    body: str
    peers: tuple[Peer, ...]
    standing: ClassStanding

    def __repr__(self) -> str:
        return f"<Peers of {self.body}: {len(self.peers)}>"

    @property
    def shared(self) -> Mapping[tuple[str, str | None], tuple[str, ...]]:
        """Provider and area to the other users, those that fewest share first."""
        found: dict[tuple[str, str | None], list[str]] = defaultdict(list)
        for peer in self.peers:
            for key in peer.shared:
                found[key].append(peer.id)
        order = sorted(found.items(), key=lambda item: (len(item[1]), item[0][0], item[0][1] or ""))
        return {key: tuple(sorted(users)) for key, users in order}

    @property
    def outside(self) -> tuple[Peer, ...]:
        """Peers that the root could not reach; without a root, all of them."""
        return tuple(peer for peer in self.peers if not peer.reached)

    def fact_values(self) -> Mapping[str, Value]:
        """How the council stands among its class, of which nobody is named."""
        one, dataset = self.standing, self.graph.dataset
        return {
            "council": self.body, "council_name": dataset.usual_name(self.body),
            "services": one.services, "on_one": one.on_one, "on_one_supplier": one.supplier,
            "on_one_supplier_name": None if one.supplier is None else dataset.usual_name(one.supplier),
            "class_median": one.median, "class_with_fewer": one.fewer, "class_size": one.class_size,
        }  # fmt: skip

    def row_values(self, table: str) -> Iterable[Row]:
        """One row for each peer, or for each thing that is shared."""
        dataset = self.graph.dataset
        if table == "shared":
            return [(one, dataset.usual_name(one), area, users) for (one, area), users in self.shared.items()]
        rows: list[Row] = []
        for peer in self.peers:
            things = tuple(dict.fromkeys(provider for provider, _ in peer.shared))
            rows.append(
                (
                    peer.id, dataset.usual_name(peer.id), dataset.entities[peer.id].authority_type, len(peer.shared),
                    things, tuple(map(dataset.usual_name, things)), peer.same_class, peer.same_region, peer.reached,
                )
            )  # fmt: skip
        return rows


def peers(graph: RiskGraph, body: str, *, root: RootNames = (), **asking: Unpack[Asking]) -> Peers:
    """Who runs the same systems as a body.

    Parameters
    ----------
    body
        Name or id of a public body.
    root
        Something that is hit: peers that it could reach are no help and are told apart.
    asking
        Kinds, view, band (of what is hit) and scope: only peers of these classes, regions and members, and only
        what is run in these service areas; see `riskgraph.analysis.question.Asking`.

    Returns
    -------
    Peers
        Those with most in common first.

    Raises
    ------
    NameNotFound, AmbiguousName
        If a name is not that of one body, or of one root.

    Examples
    --------
    >>> found = peers(RiskGraph.open("seeds"), "thanet")
    >>> found.shared["shared-service:east-kent-services", "revenues-benefits"]
    ('authority:canterbury', 'authority:dover')
    """
    id_ = graph.names.resolve(body, frozenset({AUTHORITY}))
    question = Question.of(graph, root, **asking)
    chosen, view = question.selection, question.view
    dataset, chain = graph.dataset, SupplyChain(graph, view)
    runs: dict[str, set[tuple[str, str | None]]] = defaultdict(set)
    leans: dict[str, dict[str, set[str | None]]] = defaultdict(lambda: defaultdict(set))
    for step in graph.settled(view).steps:
        entity = dataset.entities[step.dependent]
        if not chain.sells(step) or entity.kind != AUTHORITY:
            continue
        if not counts(dataset, entity.id, view.as_of):
            continue
        runs[entity.id].add((step.provider, step.area))
        for supplier in chain.organisations(step) - {entity.id} or {step.provider}:
            leans[entity.id][supplier].add(step.area)
    mine = {key for key in runs[id_] if not chosen.areas or key[1] in chosen.areas}
    reached: set[str] = set()
    if question.roots:
        whole = blast(graph, question, selection=Selection(graph))  # who is hit at all, in whatever service
        reached = {reach.id for reach in whole.within(question.band)}
    found = [
        Peer(
            other,
            tuple(sorted(theirs & mine, key=lambda key: (key[0], key[1] or ""))),
            dataset.entities[other].authority_type == dataset.entities[id_].authority_type,
            _region(graph, other) is not None and _region(graph, other) == _region(graph, id_),
            other in reached if question.roots else None,
        )
        for other, theirs in runs.items()
        if other != id_ and theirs & mine and chosen.holds(other)
    ]
    found.sort(key=lambda peer: (-len(peer.shared), not peer.same_class, not peer.same_region, peer.id))
    return Peers(graph, question, id_, tuple(found), _standing(graph, view, id_, leans))


def _region(graph: RiskGraph, body: str) -> str | None:
    entry = graph.dataset.register.get(body)
    return None if entry is None else entry.region or entry.nation


def _standing(
    graph: RiskGraph, view: View, id_: str, leans: Mapping[str, Mapping[str, set[str | None]]]
) -> ClassStanding:
    entities = graph.dataset.entities
    kind = entities[id_].authority_type
    most = {other: max(map(len, found.values())) for other, found in leans.items() if found}
    others: Sequence[int] = [
        count for other, count in most.items() if other != id_ and entities[other].authority_type == kind
    ]
    own = most.get(id_, 0)
    largest = sorted(supplier for supplier, areas in leans.get(id_, {}).items() if len(areas) == own)
    enough = len(others) >= TOO_FEW
    return ClassStanding(
        len(graph.settled(view).services.get(id_, ())),
        own,
        largest[0] if largest else None,
        float(median(others)) if enough else None,
        sum(1 for count in others if count < own) if enough else None,
        len(others),
    )
