"""What stands behind a body or place: its ancestors by path, shared places, and who could reach a council."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from riskgraph.engine import states_of
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.harm import Part, Place, roots_reaching
from riskgraph.model import ENVIRONMENT, PRODUCT, Band, FailureKind
from riskgraph.rules import rules
from riskgraph.scenario.findings import Backup, SamePlace, Shared
from riskgraph.settle import Step, View

__all__ = ["Exposure", "ancestors", "exposures", "same_place"]

_PLACE = frozenset({"hosted-on", "operated-by", "linked-to"})
_BEHIND = _PLACE | {"instance-of", "made-by", "supplied-by", "served-by", "subcontracts-to", "owned-by", "uses"}


def _providers(graph: RiskGraph, view: View) -> Mapping[str, tuple[Step, ...]]:
    """Dependent to its steps in force, surest first."""
    found: dict[str, list[Step]] = defaultdict(list)
    for step in graph.settled(view).steps:
        if step.in_force and step.relation in _BEHIND:
            found[step.dependent].append(step)
            if step.relation == "linked-to":
                found[step.provider].append(step)
    return {
        body: tuple(sorted(steps, key=lambda step: (step.grade, step.row.id, step.implied)))
        for body, steps in found.items()
    }


def ancestors(
    graph: RiskGraph, view: View, body: str, relations: Collection[str] = _BEHIND, *, ict: bool = False
) -> dict[str, tuple[Step, ...]]:
    """Everything that a body or place leans on, however far, with the shortest path to it.

    Parameters
    ----------
    relations
        The relations to follow; a joined network is followed either way.
    ict
        Follow also whoever runs the ICT: `served-by` in an enabling service area.

    Returns
    -------
    dict
        Id to steps, beginning at `body`; `body` itself has an empty path.

    Examples
    --------
    >>> graph = RiskGraph.open("seeds")
    >>> behind = ancestors(graph, graph.view(), "authority:dover")
    >>> [step.relation for step in behind["shared-service:east-kent-audit-partnership"]]
    ['served-by', 'served-by']
    """
    providers = _providers(graph, view)
    paths: dict[str, tuple[Step, ...]] = {body: ()}
    queue = [body]
    for here in queue:
        for step in providers.get(here, ()):
            runs_ict = ict and step.relation == "served-by" and rules().enabling(step.area)
            if step.relation not in relations and not runs_ict:
                continue
            there = step.provider if step.dependent == here else step.dependent
            if there not in paths:
                paths[there] = (*paths[here], step)
                queue.append(there)
    return paths


def same_place(graph: RiskGraph, view: View, a: str, b: str) -> Backup:
    """Whether two things are in the same place: yes, no or not known, with what they share.

    *Yes*: both lean, by rows at least reported, on one host, environment, operator, joined network or runner
    of their ICT (or one is in the other). *No*: nothing like that is shared and where each of them runs is
    recorded. Everything else is *not known*. A common parent, maker or subcontractor is listed, but is no place.

    Raises
    ------
    RiskGraphError
        If both are the same thing.

    Examples
    --------
    >>> graph = RiskGraph.open("seeds")
    >>> same_place(graph, graph.view(), "authority:westminster", "authority:kensington-and-chelsea").answer.value
    'yes'
    """
    if a == b:
        raise RiskGraphError(f"{graph.dataset.usual_name(a)} is named twice.", "Name two different things.")
    places = [ancestors(graph, view, one, _PLACE, ict=True) for one in (a, b)]
    places = [{**found, **_makers_that_host(graph, view, found)} for found in places]
    shared = [Shared(id_, True, (places[0][id_], places[1][id_])) for id_ in _both(*places)]
    shared.sort(key=lambda one: one.doubtful)
    behind = [ancestors(graph, view, one) for one in (a, b)]
    known = {one.id for one in shared}
    shared += [Shared(id_, False, (behind[0][id_], behind[1][id_])) for id_ in _both(*behind) if id_ not in known]
    unknown = tuple(one for one, found in zip((a, b), places, strict=True) if not _placed(graph, one, found))
    if any(one.place and not one.doubtful for one in shared):
        answer = SamePlace.YES
    elif any(one.place for one in shared) or unknown:
        answer = SamePlace.NOT_KNOWN
    else:
        answer = SamePlace.NO
    return Backup(a, b, answer, tuple(shared), unknown)


def _both(one: Mapping[str, tuple[Step, ...]], other: Mapping[str, tuple[Step, ...]]) -> list[str]:
    """What two bodies both lean on, nearest first."""
    return sorted(one.keys() & other.keys(), key=lambda id_: (len(one[id_]) + len(other[id_]), id_))


def _makers_that_host(
    graph: RiskGraph, view: View, found: Mapping[str, tuple[Step, ...]]
) -> dict[str, tuple[Step, ...]]:
    """The makers of products that every copy is hosted by, as places."""
    makers: dict[str, tuple[Step, ...]] = {}
    providers = _providers(graph, view)
    for id_, path in found.items():
        entity = graph.dataset.entities[id_]
        if entity.kind == PRODUCT and entity.hosting == "supplier":
            for step in providers.get(id_, ()):
                if step.relation == "made-by":
                    makers.setdefault(step.provider, (*path, step))
    return makers


def _placed(graph: RiskGraph, body: str, found: Mapping[str, tuple[Step, ...]]) -> bool:
    """Whether it is recorded where something runs."""
    return graph.dataset.entities[body].kind == ENVIRONMENT or any(
        step.relation != "linked-to" for path in found.values() for step in path
    )


@dataclass(frozen=True, slots=True)
class Exposure:
    """All by which one council could be reached, before and after."""

    council: str  # as it is called after
    before: Mapping[str, Band]
    after: Mapping[str, Band]
    parts: Mapping[str, Mapping[str, Band]]  # of a merger: the same for each old council

    @property
    def counts(self) -> tuple[int, int]:
        """How many bodies and places could reach it, at least possibly, before and after."""
        return len(_possible(self.before)), len(_possible(self.after))

    @property
    def shared(self) -> int:
        """Of a merger: how many could reach more than one of the old councils."""
        found = [root for part in self.parts.values() for root in _possible(part)]
        return sum(1 for root in set(found) if found.count(root) > 1)

    @property
    def dropped(self) -> tuple[str, ...]:
        """What could reach it before and no longer can, at least possibly."""
        return tuple(root for root in _possible(self.before) if root not in set(_possible(self.after)))

    @property
    def gained(self) -> tuple[str, ...]:
        """What could not reach it before and now can, at least possibly."""
        return tuple(root for root in _possible(self.after) if root not in set(_possible(self.before)))


def _possible(found: Mapping[str, Band]) -> tuple[str, ...]:
    """What could reach a council at least possibly."""
    return tuple(root for root, band in found.items() if band <= Band.POSSIBLE)


def exposures(graph: RiskGraph, view: View, council: str, kinds: Sequence[FailureKind]) -> dict[str, Band]:
    """Every body or place whose failure, by itself, could reach a council, with the best band of any kind.

    Examples
    --------
    >>> graph = RiskGraph.open("seeds")
    >>> found = exposures(graph, graph.view(), "authority:westminster", list(FailureKind))
    >>> sorted(root for root, band in found.items() if band is Band.DOCUMENTED)
    ['environment:rbkc-shared-it']
    """
    harm = graph.harm(view)
    number = harm.number.get(Place(council, Part.WHOLE))
    if number is None:
        return {}
    others = [root for root in graph.dataset.entities if root != council]
    found: dict[str, Band] = {}
    for band in reversed(Band):  # whoever does not reach it in a wide band does not in a surer one
        reaching = roots_reaching(harm, others, kinds, states_of(number), band).values()
        others = sorted({root for roots in reaching for root in roots})
        found |= dict.fromkeys(others, band)
    return dict(sorted(found.items()))
