"""Measuring a radius as one number: authorities, residents or services that a root reaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from riskgraph.analysis.blast import run
from riskgraph.analysis.measure import By, counted, counting, residents, separate_areas
from riskgraph.analysis.select import Selection
from riskgraph.engine.changes import Target
from riskgraph.graph import RiskGraph
from riskgraph.harm import HarmNetwork, Part, Place
from riskgraph.model import KINDS, Band, FailureKind
from riskgraph.settle import View

__all__ = ["Gauge"]


@dataclass(frozen=True, slots=True)
class _Element:
    """Something that is lost if one of its places is reached: a council or a service."""

    places: tuple[Place, ...]
    body: str


class Gauge:
    """Radii of one map in one view, in one measure.

    Counted are the authorities that `riskgraph.analysis.measure` counts, without the root itself.

    Parameters
    ----------
    kinds
        The failure kinds that start at the root.
    hit
        The failure kind in which something counts as reached; `None`: any that counts.
    band
        The band in which, or surer than which, it counts.
    selection
        Count only these authorities; with service areas, only where a service in one of them is reached.

    Examples
    --------
    >>> seeds = RiskGraph.open("seeds")
    >>> gauge = Gauge(seeds, seeds.view(as_of="2024-01-15"), (FailureKind.OUTAGE,), None, Band.LIKELY, By.AUTHORITIES)
    >>> gauge.radius("supplier:civica")[0]
    3.0
    """

    def __init__(
        self,
        graph: RiskGraph,
        view: View,
        kinds: Sequence[FailureKind],
        hit: FailureKind | None,
        band: Band,
        by: By,
        selection: Selection | None = None,
    ) -> None:
        self.graph, self.view, self.kinds, self.band, self.by = graph, view, tuple(kinds), band, by
        self.selection = selection or Selection(graph)
        self.hit = tuple(kind for kind in KINDS if kind in counting(kinds)) if hit is None else (hit,)
        self.elements = list(self._elements(graph.harm(view)))
        self._states: dict[int, Mapping[int, Sequence[int]]] = {}

    def radius(self, root: str) -> tuple[float, frozenset[str]]:
        """What a root reaches as one number, and the authorities to which that belongs."""
        harm = self.graph.harm(self.view, [root])
        hops = run(harm, [root], self.kinds).bands[self.band].hops
        states = self._elements_at(harm)
        lost = {number for state in hops.keys() & states.keys() for number in states[state]}
        reached = [element.body for number in lost if (element := self.elements[number]).body != root]
        bodies = frozenset(reached)
        if self.by is By.RESIDENTS:
            return float(residents(self.graph.dataset, bodies).people), bodies
        return float(len(reached)), bodies

    def targets(self, root: str) -> list[Target]:
        """What a root can reach, as targets of the engine."""
        harm = self.graph.harm(self.view, [root])
        weighed = [(1, element.places) for element in self.elements if element.body != root]
        if self.by is By.RESIDENTS:
            bodies = [element.body for element in self.elements if element.body != root]
            weighed = [
                (people, tuple(Place(body, Part.WHOLE) for body in areas))
                for people, areas in separate_areas(self.graph.dataset, bodies)
            ]
        return [
            Target(float(weight), tuple(harm.state(place, kind) for place in places for kind in self.hit))
            for weight, places in weighed
        ]

    def _elements_at(self, harm: HarmNetwork) -> Mapping[int, Sequence[int]]:
        """State to the numbers of the elements that are lost when it fails."""
        if id(harm) not in self._states:
            states: dict[int, list[int]] = defaultdict(list)
            for number, element in enumerate(self.elements):
                for place in element.places:
                    for kind in self.hit:
                        states[harm.state(place, kind)].append(number)
            if harm is not self.graph.harm(self.view):
                return states  # made for one root only
            self._states[id(harm)] = states
        return self._states[id(harm)]

    def _elements(self, harm: HarmNetwork) -> Iterator[_Element]:
        only = self.selection.areas
        for body in counted(self.graph.dataset, self.view.as_of, self.selection.holds):
            areas = (area for _, area in harm.parts(body, Part.SERVICE))
            services = [Place(body, Part.SERVICE, area) for area in areas if not only or area in only]
            if self.by is By.SERVICES:
                yield from (_Element((place,), body) for place in services)
            elif not only:
                yield _Element((Place(body, Part.WHOLE),), body)
            elif services:
                yield _Element(tuple(services), body)
