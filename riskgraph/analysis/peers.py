"""`peers`: who runs the same and could lend a hand, and how a council stands among its class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import TYPE_CHECKING, Any

from riskgraph.analysis.behind import Behind
from riskgraph.analysis.blast import blast
from riskgraph.analysis.measure import counts
from riskgraph.analysis.select import Selection
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, Band
from riskgraph.pictured import Pictured
from riskgraph.rules import Trait, relations_that
from riskgraph.settle import View

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Benchmark", "Peer", "Peers", "peers"]

TOO_FEW = 5  # below this a figure of a class would tell about single councils
_RUNS = relations_that(Trait.MARKET)


@dataclass(frozen=True, slots=True)
class Peer:
    """Another body that runs something that the council runs too."""

    id: str
    shared: tuple[tuple[str, str | None], ...]  # provider and service area
    same_class: bool
    same_region: bool
    reached: bool | None  # from the root that was named; None: no root was named


@dataclass(frozen=True, slots=True)
class Benchmark:
    """How many services of a council lean on its largest supplier, and the same among its class, unnamed."""

    services: int  # services of the council that are known
    on_one: int  # of these, on one supplier
    supplier: str | None
    median: float | None  # of the same among its class; None: too few to say without naming anybody
    fewer: int | None  # how many of the class have fewer on one supplier
    class_size: int  # others of its class of which anything is known


@dataclass(frozen=True)
class Peers(Pictured):
    """Who runs the same as a body, those with most in common first, and who of them could lend a hand."""

    graph: RiskGraph
    view: View
    body: str
    root: str | None
    peers: tuple[Peer, ...]
    standing: Benchmark

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

    def to_frame(self) -> pd.DataFrame:
        """One row for each peer: id, name, things in common, same class, same region, reached."""
        import pandas as pd

        header, rows = self.rows()
        return pd.DataFrame(rows, columns=list(header))

    def rows(self) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Header and rows, for tables."""
        dataset = self.graph.dataset
        words: Mapping[bool | None, str | None] = {True: "yes", False: "no", None: None}
        return ("body", "name", "class", "in_common", "shared", "same_class", "same_region", "reached"), [
            (
                peer.id, dataset.usual_name(peer.id), dataset.entities[peer.id].authority_type, len(peer.shared),
                "; ".join(dataset.name(provider) for provider, _ in peer.shared),
                words[peer.same_class], words[peer.same_region], words[peer.reached],
            )
            for peer in self.peers
        ]  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """The peers as plain values."""
        one = self.standing
        return {
            "schema": 1,
            "body": self.body,
            "root": self.root,
            "as_of": self.view.as_of.isoformat(),
            "shared": [
                {"provider": provider, "service_area": area, "users": list(users)}
                for (provider, area), users in self.shared.items()
            ],
            "peers": [
                {
                    "body": peer.id,
                    "in_common": len(peer.shared),
                    "same_class": peer.same_class,
                    "same_region": peer.same_region,
                    "reached": peer.reached,
                }
                for peer in self.peers
            ],
            "outside": None if self.root is None else [peer.id for peer in self.outside],
            "services": one.services,
            "on_one": one.on_one,
            "on_one_supplier": one.supplier,
            "class_median": one.median,
            "class_with_fewer": one.fewer,
            "class_size": one.class_size,
        }


def peers(
    graph: RiskGraph,
    body: str,
    *,
    root: str | None = None,
    selection: Selection | None = None,
    as_of: str | date | None = None,
) -> Peers:
    """Who runs the same systems as a body.

    Parameters
    ----------
    root
        Something that is hit: peers that it could reach are no help and are told apart.
    selection
        Only peers of these classes, regions and members, and only what is run in these service areas.

    Examples
    --------
    >>> found = peers(RiskGraph.open("seeds"), "thanet")
    >>> found.shared["shared-service:east-kent-services", "revenues-benefits"]
    ('authority:canterbury', 'authority:dover')
    """
    id_ = graph.names.resolve(body, frozenset({AUTHORITY}))
    chosen = selection or Selection(graph)
    view = graph.view(as_of)
    dataset, behind = graph.dataset, Behind(graph, view)
    runs: dict[str, set[tuple[str, str | None]]] = defaultdict(set)
    leans: dict[str, dict[str, set[str | None]]] = defaultdict(lambda: defaultdict(set))
    for step in graph.settled(view).steps:
        entity = dataset.entities[step.dependent]
        if not step.in_force or step.implied or step.relation not in _RUNS or entity.kind != AUTHORITY:
            continue
        if not counts(dataset, entity.id, view.as_of):
            continue
        runs[entity.id].add((step.provider, step.area))
        for supplier in behind.organisations(step) - {entity.id} or {step.provider}:
            leans[entity.id][supplier].add(step.area)
    mine = {key for key in runs[id_] if not chosen.areas or key[1] in chosen.areas}
    reached: set[str] = set()
    named = None if root is None else graph.names.resolve(root)
    if named is not None:
        reached = {reach.id for reach in blast(graph, named, as_of=view.as_of).within(Band.POSSIBLE)}
    found = [
        Peer(
            other,
            tuple(sorted(theirs & mine, key=lambda key: (key[0], key[1] or ""))),
            dataset.entities[other].authority_type == dataset.entities[id_].authority_type,
            _region(graph, other) is not None and _region(graph, other) == _region(graph, id_),
            None if named is None else other in reached,
        )
        for other, theirs in runs.items()
        if other != id_ and theirs & mine and chosen.holds(other)
    ]
    found.sort(key=lambda peer: (-len(peer.shared), not peer.same_class, not peer.same_region, peer.id))
    return Peers(graph, view, id_, named, tuple(found), _standing(graph, view, id_, leans))


def _region(graph: RiskGraph, body: str) -> str | None:
    entry = graph.dataset.register.get(body)
    return None if entry is None else entry.region or entry.nation


def _standing(graph: RiskGraph, view: View, id_: str, leans: Mapping[str, Mapping[str, set[str | None]]]) -> Benchmark:
    entities = graph.dataset.entities
    kind = entities[id_].authority_type
    most = {other: max(map(len, found.values())) for other, found in leans.items() if found}
    others: Sequence[int] = [
        count for other, count in most.items() if other != id_ and entities[other].authority_type == kind
    ]
    own = most.get(id_, 0)
    largest = sorted(supplier for supplier, areas in leans.get(id_, {}).items() if len(areas) == own)
    enough = len(others) >= TOO_FEW
    return Benchmark(
        len(graph.settled(view).services.get(id_, ())),
        own,
        largest[0] if largest else None,
        float(median(others)) if enough else None,
        sum(1 for count in others if count < own) if enough else None,
        len(others),
    )
