"""`chokepoints`: what, if hardened, saves whom; and what a service of a council cannot do without.

Both questions are answered by asking again, with one thing taken away or one set of things failing; so
alternatives that back each other up count as they do everywhere. A dominator tree would not do: see
`riskgraph.engine.hardening`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from riskgraph.analysis.blast import blast, run
from riskgraph.analysis.measure import residents
from riskgraph.analysis.proofs import Proof, proof_at
from riskgraph.analysis.question import parse_kinds
from riskgraph.analysis.radius import BlastRadius
from riskgraph.data.names import normalise
from riskgraph.engine import place_and_kind, states_of
from riskgraph.engine.cuts import cut_sets
from riskgraph.engine.hardening import Thing, still_failing
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.harm import HarmNetwork, Part, Place, places_of
from riskgraph.model import AUTHORITY, KINDS, Band, FailureKind
from riskgraph.rules import rules
from riskgraph.settle import View

if TYPE_CHECKING:
    import pandas as pd

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
class Chokepoints:
    """The bodies and rows that most hangs on, for one root, those that save most first."""

    graph: RiskGraph
    radius: BlastRadius
    band: Band
    bodies: tuple[Saving, ...]
    rows: tuple[Saving, ...]
    reached: tuple[str, ...]  # authorities reached in the band, the roots apart
    unsaved: tuple[str, ...]  # those that no single body saves: several ways lead there, or a direct one
    alternatives: int  # groups of alternatives that harm touches: there, what saves whom is no tree

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain values."""
        return {
            "schema": 1,
            "roots": list(self.radius.roots),
            "kinds": [str(kind) for kind in self.radius.kinds],
            "as_of": self.radius.view.as_of.isoformat(),
            "band": self.band.word,
            "reached": list(self.reached),
            "bodies": [_saving_dict(saving) for saving in self.bodies],
            "rows": [_saving_dict(saving) for saving in self.rows],
            "unsaved": list(self.unsaved),
            "alternatives": self.alternatives,
        }

    def to_frame(self) -> pd.DataFrame:
        """One row for each body or row that saves somebody: what, and how many authorities, residents, services."""
        import pandas as pd

        columns = ["thing", "what", "authorities", "residents", "services", "behind"]
        rows = [
            (s.thing, "row" if s.row else "body", len(s.saved), s.residents, s.services, s.behind)
            for s in (*self.bodies, *self.rows)
        ]
        return pd.DataFrame(rows, columns=columns)

    def __repr__(self) -> str:
        names = " and ".join(self.radius.roots)
        return f"<Chokepoints of {names}: {len(self.bodies)} bodies, {len(self.rows)} rows>"


def _saving_dict(saving: Saving) -> dict[str, Any]:
    return {
        "id": saving.thing,
        "saves": list(saving.saved),
        "residents": saving.residents,
        "services": saving.services,
        "behind": saving.behind,
    }


def chokepoints(
    graph: RiskGraph,
    roots: str | Sequence[str],
    *,
    band: str | Band = Band.POSSIBLE,
    kinds: Sequence[str | FailureKind] | None = None,
    like: str = "compromise",
    as_of: str | date | None = None,
    without: str | tuple[str, ...] | None = None,
    known_before: str | date | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Chokepoints:
    """What, if hardened, would save whom from the failing of some roots.

    A body is hardened if no harm enters any part of it; a row, if no harm passes along it. Each body and
    row on the way is taken away in turn, and the whole question is asked again.

    Parameters
    ----------
    band
        Count who is reached in this band or a surer one; the other parameters are those of `blast`.
    progress
        Called with how many bodies and rows are done, and how many there are.

    Examples
    --------
    >>> found = chokepoints(RiskGraph.open("seeds"), "oracle")
    >>> [(saving.thing, len(saving.saved)) for saving in found.bodies]
    [('product:oracle-fusion', 3), ('system:lancashire-oracle-fusion', 3)]
    """
    band = Band.of(band)
    radius = blast(
        graph, roots, kinds=kinds, like=like, as_of=as_of, without=without, known_before=known_before
    )  # fmt: skip
    harm = graph.harm(radius.view, radius.roots)
    return _Hardener(graph, radius, harm, band, progress).answer()


class _Hardener:
    def __init__(
        self,
        graph: RiskGraph,
        radius: BlastRadius,
        harm: HarmNetwork,
        band: Band,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self.graph, self.radius, self.harm, self.band, self.progress = graph, radius, harm, band, progress
        self.reached = tuple(reach.id for reach in radius.within(band))
        self.states = run(harm, radius.roots, radius.kinds).bands[band].hops
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
        whole = {body: [self.harm.number[Place(body, Part.WHOLE)]] for body in self.reached}
        services = {
            (body, number): [number] for body in self.reached for number, _ in self.harm.parts(body, Part.SERVICE)
        }
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
            self.radius,
            self.band,
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
                states = [state for place in places for state in states_of(place)]
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
class ServiceCuts:
    """What a service of an authority cannot do without: surest first, then the smallest sets."""

    graph: RiskGraph
    view: View
    council: str
    area: str | None
    kinds: tuple[FailureKind, ...]
    band: Band
    cuts: tuple[Cut, ...]  # within the band
    doubtful: tuple[Cut, ...]  # only in wider bands than that asked for
    order: int  # the largest sets asked for
    complete_to: int  # every set up to this size is there

    @property
    def single(self) -> tuple[Cut, ...]:
        """Single points of failure."""
        return tuple(cut for cut in self.cuts if cut.order == 1)

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain values."""

        def plain(cuts: Sequence[Cut]) -> list[dict[str, Any]]:
            return [
                {"things": list(c.things), "band": c.band.word, "hops": c.proof.hops, "rows": list(c.proof.rows)}
                for c in cuts
            ]

        return {
            "schema": 1,
            "council": self.council,
            "service": self.area or "?",
            "kinds": [str(kind) for kind in self.kinds],
            "as_of": self.view.as_of.isoformat(),
            "band": self.band.word,
            "cuts": plain(self.cuts),
            "not_ruled_out": plain(self.doubtful),
            "order": self.order,
            "complete_to": self.complete_to,
        }

    def to_frame(self) -> pd.DataFrame:
        """One row for each set: its things, their number, the band and the rows of the proof."""
        import pandas as pd

        columns = ["things", "order", "band", "hops", "rows"]
        rows = [
            (";".join(c.things), c.order, c.band.word, c.proof.hops, ";".join(c.proof.rows))
            for c in (*self.cuts, *self.doubtful)
        ]
        return pd.DataFrame(rows, columns=columns)

    def __repr__(self) -> str:
        return f"<ServiceCuts of {self.council}, {self.area or '?'}: {len(self.single)} single, {len(self.cuts)} sets>"


def service_cuts(
    graph: RiskGraph,
    council: str,
    area: str,
    *,
    order: int = 3,
    band: str | Band = Band.POSSIBLE,
    kinds: Sequence[str | FailureKind] | None = None,
    like: str = "outage",
    as_of: str | date | None = None,
    without: str | tuple[str, ...] | None = None,
    known_before: str | date | None = None,
    progress: Callable[[int, int], None] | None = None,
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
    band
        Sets that need no doubtful step beyond this band; the rest stand in `doubtful`.
    progress
        Called with how many sets of one size are tried, and how many there are.

    Raises
    ------
    RiskGraphError
        If the authority has no such service in this data.

    Examples
    --------
    >>> found = service_cuts(RiskGraph.open("seeds"), "thanet", "revenues-benefits")
    >>> [cut.things for cut in found.single if cut.band is Band.DOCUMENTED]
    [('shared-service:east-kent-services',), ('supplier:civica',)]
    """
    band = Band.of(band)
    view = graph.view(as_of, without, known_before)
    body = graph.names.resolve(council, frozenset({AUTHORITY}))
    asked = parse_kinds(kinds, like)
    harm = graph.harm(view)
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
        view,
        body,
        known,
        asked,
        band,
        tuple(cut for cut in cuts if cut.band <= band),
        tuple(cut for cut in cuts if cut.band > band),
        order,
        complete,
    )


def _service(graph: RiskGraph, harm: HarmNetwork, body: str, area: str) -> tuple[int, str | None]:
    """Number and area of a service."""
    today = harm.today.get(body, ())
    ids = {normalise(word): known.id for known in rules().areas.values() for word in (known.id, known.label)}
    known = None if area.strip() == "?" else ids.get(normalise(area), area)
    if known not in today:
        listed = ", ".join(service or "?" for service in today) or "none"
        raise RiskGraphError(
            f"{graph.dataset.usual_name(body)} has no service {area!r} that this data says anything about.",
            f"Its services are: {listed}.",
        )
    return harm.number[Place(body, Part.SERVICE, known)], known
