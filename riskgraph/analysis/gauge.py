"""Measuring a radius as one number: authorities, residents or services that a root reaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from riskgraph.analysis.blast import run
from riskgraph.analysis.select import Selection
from riskgraph.engine.changes import Target
from riskgraph.graph import RiskGraph
from riskgraph.harm import HarmNetwork, Part, Place
from riskgraph.model import AUTHORITY, KINDS, Band, FailureKind
from riskgraph.settle import View

__all__ = ["By", "Gauge"]


class By(StrEnum):
    """What a radius is measured in."""

    AUTHORITIES = "authorities"
    RESIDENTS = "residents"
    SERVICES = "services"


@dataclass(frozen=True, slots=True)
class _Element:
    """Something that is lost if one of its places is reached: a council, a service, the people of an area."""

    weight: float
    places: tuple[Place, ...]
    body: str


class Gauge:
    """Radii of one map in one view, in one measure.

    Counted are the authorities that exist at the date, without groups and without the root itself.

    Parameters
    ----------
    kinds
        The failure kinds that start at the root.
    hit
        The failure kind in which something counts as reached; `None`: any.
    band
        The band in which, or surer than which, it counts.
    selection
        Count only these authorities; with service areas, only where a service in one of them is reached.

    Examples
    --------
    >>> seeds = RiskGraph.open("seeds")
    >>> gauge = Gauge(seeds, seeds.view(), (FailureKind.OUTAGE,), None, Band.LIKELY, By.AUTHORITIES)
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
        self.graph, self.view, self.kinds, self.band = graph, view, tuple(kinds), band
        self.selection = selection or Selection(graph)
        self.counted = KINDS if hit is None else (hit,)
        self.elements = list(self._elements(graph.harm(view), by))
        self._states: dict[int, Mapping[int, Sequence[int]]] = {}

    def radius(self, root: str) -> tuple[float, frozenset[str]]:
        """The weight that a root reaches, and the authorities to which it belongs."""
        harm = self.graph.harm(self.view, [root])
        hops = run(harm, [root], self.kinds).bands[self.band].hops
        states = self._elements_at(harm)
        own = root.partition("/")[0]
        lost = {number for state in hops.keys() & states.keys() for number in states[state]}
        elements = [self.elements[number] for number in sorted(lost) if self.elements[number].body != own]
        return float(sum(element.weight for element in elements)), frozenset(one.body for one in elements)

    def targets(self, root: str) -> list[Target]:
        """What a root can reach, as targets of the engine."""
        harm, own = self.graph.harm(self.view, [root]), root.partition("/")[0]
        return [
            Target(
                element.weight,
                tuple(harm.state(place, kind) for place in element.places for kind in self.counted),
            )
            for element in self.elements
            if element.body != own
        ]

    def _elements_at(self, harm: HarmNetwork) -> Mapping[int, Sequence[int]]:
        """State to the numbers of the elements that are lost when it fails."""
        if id(harm) not in self._states:
            states: dict[int, list[int]] = defaultdict(list)
            for number, element in enumerate(self.elements):
                for place in element.places:
                    for kind in self.counted:
                        states[harm.state(place, kind)].append(number)
            if harm is not self.graph.harm(self.view):
                return states  # made for one root only
            self._states[id(harm)] = states
        return self._states[id(harm)]

    def _elements(self, harm: HarmNetwork, by: By) -> Iterator[_Element]:
        register = self.graph.dataset.register
        bodies = [
            entity.id
            for entity in self.graph.dataset.entities.values()
            if entity.kind == AUTHORITY
            and entity.authority_type != "group"
            and (entity.id not in register or register[entity.id].exists(self.view.as_of))
        ]
        if by is By.RESIDENTS:
            yield from (element for element in self._people(bodies) if self.selection.holds(element.body))
            return
        only = self.selection.areas
        for body in filter(self.selection.holds, bodies):
            areas = [area for area in harm.today.get(body, ()) if not only or area in only]
            services = [Place(body, Part.SERVICE, area) for area in areas]
            if by is By.SERVICES:
                yield from (_Element(1.0, (place,), body) for place in services)
            elif not only:
                yield _Element(1.0, (Place(body, Part.WHOLE),), body)
            elif services:
                yield _Element(1.0, tuple(services), body)

    def _people(self, bodies: Sequence[str]) -> Iterator[_Element]:
        """People by the smallest areas: those of a district are reached if it, its county or its region is.

        What a county or region has beyond its districts of this data is an area of its own.
        """
        register = self.graph.dataset.register
        known = {body: register[body].population or 0 for body in bodies if body in register}
        known = {body: people for body, people in known.items() if people}
        above: dict[str, list[str]] = {}
        rest = dict(known)
        for body in known:
            over = [register[body].parent_county, register[body].combined_authority]
            above[body] = [one for one in over if one is not None and one in known]
            if above[body]:
                rest[above[body][0]] -= known[body]
        for body in known:
            if rest[body] > 0:
                yield _Element(float(rest[body]), tuple(Place(one, Part.WHOLE) for one in (body, *above[body])), body)
