"""From settled steps to the engine's network, and back from its places to bodies, lines and services."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import Any

from riskgraph.engine import Network, NetworkBuilder, place_and_kind, state_of
from riskgraph.engine.network import BANDS, Derivation, Group
from riskgraph.engine.upstream import alone
from riskgraph.engine.worlds import Worlds, cone, spread_from, starting
from riskgraph.model import (
    AUTHORITY,
    KINDS,
    NEVER,
    ORGANISATIONS,
    SHARED_SERVICE,
    SUPPLIER,
    Band,
    FailureKind,
    Grade,
)
from riskgraph.rules import Cell, InsideRule, Trait, relations_that, rules
from riskgraph.settle import Settled, Step

__all__ = ["HarmNetwork", "Part", "Place", "bodies_reached", "compile_harm", "places_of", "roots_reaching"]

PLAIN = -1_000_000  # label of a link to or from a junction: no rule of its own
_AND = frozenset(KINDS.index(kind) for kind in (FailureKind.TAMPERING, FailureKind.OUTAGE, FailureKind.EXIT))
_INTRUSION = KINDS.index(FailureKind.INTRUSION)
_CELL = {Cell.YES: 0, Cell.ONWARD: 0, Cell.POSSIBLE: 2, Cell.UNKNOWN: 3, Cell.NO: NEVER, None: NEVER}
_WHOLE_WITHOUT_AREA = relations_that(Trait.WHOLE_WITHOUT_AREA)
_CONCERNS_THE_WHOLE = relations_that(Trait.WHOLE)
_BOTH_WAYS = relations_that(Trait.BOTH_WAYS)
_MAKES = relations_that(Trait.MAKES)


class Part(Enum):
    """Which part of a body a place is. The last four are junctions where nothing is derived."""

    WHOLE = "whole"
    LINE = "line"
    SERVICE = "service"
    EVERY_LINE = "every line"
    OTHER_SERVICES = "other services"
    OTHER_LINES = "other lines"
    ASKED = "asked about"  # an authority that is a root, for what it owns
    MEMBER = "member of a group of alternatives"


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a body; `area` of a line or service, `None` for the one without an area."""

    body: str
    part: Part
    area: str | None = None


@dataclass(frozen=True)
class HarmNetwork:
    """The network of one data set in one view, with what its numbers mean."""

    network: Network
    places: Sequence[Place]
    number: Mapping[Place, int]
    steps: Sequence[Step]  # a link's label, if not negative, is the number of its step
    inside: Sequence[InsideRule]  # a link's label -1 - n stands for inside rule n
    today: Mapping[str, tuple[str | None, ...]]  # authority to the areas of its services in force

    def state(self, place: Place | int, kind: FailureKind) -> int:
        """The number of a part of a body, itself given by its number if need be, failing in a kind.

        Examples
        --------
        >>> from riskgraph.graph import RiskGraph
        >>> seeds = RiskGraph.open("seeds")
        >>> harm = seeds.harm(seeds.view())
        >>> dover = Place("authority:dover", Part.WHOLE)
        >>> harm.at(harm.state(dover, FailureKind.OUTAGE)) == (dover, FailureKind.OUTAGE)
        True
        """
        return state_of(place if isinstance(place, int) else self.number[place], KINDS.index(kind))

    def at(self, state: int) -> tuple[Place, FailureKind]:
        """The other way round: which part of a body fails in a state, and in which kind."""
        place, kind = place_and_kind(state)
        return self.places[place], KINDS[kind]

    def failing(self, states: Iterable[int]) -> Iterator[Place]:
        """The part of a body that fails in each of some states; one that fails in several kinds comes as often."""
        places = self.places
        return (places[place_and_kind(state)[0]] for state in states)

    def starts(self, root: str, kinds: Iterable[FailureKind]) -> list[int]:
        """The states in which a root starts if it fails in some kinds; see `places_of`."""
        return starting([places_of(self, root)], [KINDS.index(kind) for kind in kinds])

    def parts(self, body: str, part: Part) -> list[tuple[int, str | None]]:
        """Numbers and areas of a body's lines or services."""
        return self._parts.get((body, part), [])

    @cached_property
    def _parts(self) -> Mapping[tuple[str, Part], list[tuple[int, str | None]]]:
        found: dict[tuple[str, Part], list[tuple[int, str | None]]] = defaultdict(list)
        for number, place in enumerate(self.places):
            found[place.body, place.part].append((number, place.area))
        return dict(found)

    @cached_property
    def in_force(self) -> HarmNetwork:
        """The same rules without the rows that have ended: what is reached no more has only past customers."""
        ended = {number for number, step in enumerate(self.steps) if not step.in_force}
        out, into = (
            [[link for link in links if self.network.label[link] not in ended] for links in side]
            for side in (self.network.out, self.network.into)
        )
        return replace(self, network=replace(self.network, out=out, into=into))

    @cached_property
    def last(self) -> list[Any]:
        """The last question to the engine, and its answer; see `riskgraph.analysis.blast.run`."""
        return [None, None]


def places_of(harm: HarmNetwork, root: str) -> list[int]:
    """The places that fail when a root fails: the whole body with all its parts, or one line."""
    body, slash, area = root.partition("/")
    if slash:
        return [harm.number[Place(body, Part.LINE, area)]]
    services = harm.today.get(body, ())
    places = [harm.number[Place(body, Part.WHOLE)]]
    places += [number for number, _ in harm.parts(body, Part.LINE)]
    places += [harm.number[Place(body, Part.SERVICE, area)] for area in services]
    places += [number for number, _ in harm.parts(body, Part.ASKED)]
    return places


def bodies_reached(
    harm: HarmNetwork, roots: Sequence[str], kinds: Iterable[FailureKind], band: Band
) -> Mapping[str, frozenset[str]]:
    """What each of many roots reaches by itself, all in one pass: the way to count radii without a blast for each.

    Parameters
    ----------
    roots
        Ids of bodies or places, or `organisation/area`.
    kinds
        The failure kinds that start at each root.
    band
        Reached in this band or a surer one, in any kind.

    Returns
    -------
    Mapping
        Root to the ids of the bodies and places that are reached as a whole, itself included.

    Notes
    -----
    One world for each root (`riskgraph.engine.worlds`): a bit for each root and state that is reached. For all
    roots of a large map the sets of `riskgraph.engine.closure_all` take far less.

    Examples
    --------
    >>> from riskgraph.graph import RiskGraph
    >>> seeds = RiskGraph.open("seeds")
    >>> harm = seeds.harm(seeds.view())
    >>> found = bodies_reached(harm, ["shared-service:east-kent-services", "supplier:capita"], [FailureKind.OUTAGE], Band.LIKELY)
    >>> sorted(body for body in found["shared-service:east-kent-services"] if body.startswith("authority:"))
    ['authority:canterbury', 'authority:dover', 'authority:thanet']
    """
    kinds = tuple(kinds)
    starts: dict[int, int] = {}
    for number, root in enumerate(roots):
        for state in harm.starts(root, kinds):
            starts[state] = starts.get(state, 0) | 1 << number
    worlds: dict[str, int] = {}
    for state, bits in spread_from(harm.network, starts, band, Worlds(len(roots))).items():
        place, _ = harm.at(state)
        if place.part is Part.WHOLE:
            worlds[place.body] = worlds.get(place.body, 0) | bits
    return {
        root: frozenset(body for body, bits in worlds.items() if bits >> number & 1)
        for number, root in enumerate(roots)
    }


def roots_reaching(
    harm: HarmNetwork, roots: Sequence[str], kinds: Iterable[FailureKind], states: Collection[int], band: Band
) -> Mapping[int, tuple[str, ...]]:
    """Which of many roots, each by itself, make some states fail: one pass over what leads there.

    Parameters
    ----------
    roots
        Ids of bodies or places, or `organisation/area`.
    kinds
        The failure kinds that start at each root.
    states
        Numbers of states; see `HarmNetwork.state`.
    band
        In this band or a surer one.

    Returns
    -------
    Mapping
        State to the roots, in the order given.

    Examples
    --------
    >>> from riskgraph.graph import RiskGraph
    >>> seeds = RiskGraph.open("seeds")
    >>> harm = seeds.harm(seeds.view())
    >>> dover = harm.state(Place("authority:dover", Part.WHOLE), FailureKind.OUTAGE)
    >>> everything = list(seeds.dataset.entities)
    >>> roots_reaching(harm, everything, [FailureKind.OUTAGE], [dover], Band.DOCUMENTED)[dover]
    ('authority:dover', 'shared-service:east-kent-services')
    """
    kinds = tuple(kinds)
    matters = cone(harm.network, states, band)
    bodies = {place.body for place in harm.failing(matters)}
    some = [root for root in roots if root.partition("/")[0] in bodies]
    failing = alone(harm.network, [harm.starts(root, kinds) for root in some], matters, band)
    return {
        state: tuple(root for number, root in enumerate(some) if failing.get(state, 0) >> number & 1)
        for state in states
    }


def compile_harm(settled: Settled, lines: Collection[tuple[str, str]] = ()) -> HarmNetwork:
    """Compile everything that the tables say about a settled data set.

    Parameters
    ----------
    lines
        Further lines of business, as body and area, that a question is about although no row names them.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> from riskgraph.settle import View, settle
    >>> seeds = read("seeds")
    >>> compiled = compile_harm(settle(seeds, View(seeds.info.day)))
    >>> compiled.number[Place("authority:dover", Part.WHOLE)] >= 0
    True
    """
    return _Compiler(settled).compile(lines)


class _Compiler:
    def __init__(self, settled: Settled) -> None:
        self.settled = settled
        self.kind = {entity.id: entity.kind for entity in settled.dataset.entities.values()}
        self.inside = list(rules().inside)
        self.derivations, self.derives = self._derivations()
        self.builder = NetworkBuilder(self.derivations)
        self.places: list[Place] = []
        self.number: dict[Place, int] = {}

    # -- places ---------------------------------------------------------------------------------

    def place(self, body: str, part: Part, area: str | None = None) -> int:
        key = Place(body, part, area)
        found = self.number.get(key)
        if found is None:
            derives = self.derives[self.kind[body]] if part in {Part.WHOLE, Part.LINE, Part.SERVICE} else ()
            found = self.number[key] = self.builder.place(derives)
            self.places.append(key)
        return found

    def _derivations(self) -> tuple[list[Derivation], dict[str, tuple[int, ...]]]:
        """The rules of `inside.csv` that turn one kind into another, and the kinds of body they hold for."""
        derivations: list[Derivation] = []
        derives: dict[str, tuple[int, ...]] = dict.fromkeys(set(self.kind.values()), ())
        for rule in self.inside:
            if rule.target != "same place":
                continue
            source = KINDS.index(FailureKind(rule.source))
            for target, cell in enumerate(rule.cells):
                if cell is None or _CELL[cell] == NEVER:
                    continue
                at_roots = FailureKind(rule.source) is FailureKind.EXIT
                derivations.append(Derivation(source, target, _CELL[cell], at_roots))
                for kind in derives:
                    if not rule.where or kind in rule.where:
                        derives[kind] += (len(derivations) - 1,)
        return derivations, derives

    def rule(self, source: int, target: int, name: tuple[str, str]) -> None:
        """Link two parts of one body by a line of `inside.csv`."""
        index, levels, onward = self._inside_levels(*name)
        self.builder.link(source, target, levels, label=-1 - index, onward=onward)

    def _inside_levels(self, source: str, target: str) -> tuple[int, tuple[int, ...], frozenset[int]]:
        key = (source, target)
        cached: dict[tuple[str, str], tuple[int, tuple[int, ...], frozenset[int]]] = self.__dict__.setdefault(
            "_levels", {}
        )
        if key not in cached:
            index = next(i for i, rule in enumerate(self.inside) if (rule.source, rule.target) == key)
            cells = self.inside[index].cells
            onward = frozenset(kind for kind, cell in enumerate(cells) if cell is Cell.ONWARD)
            cached[key] = index, tuple(_CELL[cell] for cell in cells), onward
        return cached[key]

    # -- compile --------------------------------------------------------------------------------

    def compile(self, lines: Collection[tuple[str, str]]) -> HarmNetwork:
        for body in self.settled.dataset.entities:
            self.place(body, Part.WHOLE)
        for body, areas in self.settled.lines.items():
            self._lines(body, areas)
        for body, line in lines:
            self._line(body, line)
        for body, areas in self.settled.services.items():
            for service in areas:
                self._service(body, service)
        groups: dict[tuple[str, str | None, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        for number, step in enumerate(self.settled.steps):
            if min(step.levels) < NEVER:
                self._step(number, step)
            if step.group is not None:
                groups[step.dependent, step.area, step.group][step.row.id].append(number)
        for (dependent, area, _), members in groups.items():
            self._group(dependent, area, members)
        return HarmNetwork(
            self.builder.build(), self.places, self.number, self.settled.steps, self.inside, self.settled.services
        )

    def _lines(self, body: str, areas: tuple[str | None, ...]) -> None:
        whole = self.place(body, Part.WHOLE)
        organisation = self.kind[body] in {SUPPLIER, SHARED_SERVICE}
        for area in areas:
            self.rule(whole, self._line(body, area), ("organisation" if organisation else "authority", "its lines"))

    def _line(self, body: str, area: str | None) -> int:
        """A line of business, made if it is new.

        Harm may enter one in which nothing is known to be provided: rows without an area may hang on it.
        """
        known = Place(body, Part.LINE, area) in self.number
        line = self.place(body, Part.LINE, area)
        if not known and area is not None:
            self.rule(line, self._line(body, None), ("a line", "a row without an area"))
        return line

    def _service(self, body: str, area: str | None) -> int:
        """A service of an authority, with its ways to the whole, to its line and, if enabling, to the rest."""
        known = Place(body, Part.SERVICE, area) in self.number
        service = self.place(body, Part.SERVICE, area)
        if known:
            return service
        self.rule(service, self.place(body, Part.WHOLE), ("its service", "authority"))
        if area is not None and area in self.settled.lines.get(body, ()):
            self.rule(service, self._line(body, area), ("its service", "its line of that area"))
        if rules().enabling(area):
            self.rule(service, self._others(body), ("its enabling service", "its other services"))
            self.rule(service, self._other_lines(body), ("its enabling service", "its other lines"))
        return service

    def _others(self, body: str) -> int:
        """The junction to all services of today. That a service leads back to itself does no harm."""
        known = Place(body, Part.OTHER_SERVICES) in self.number
        others = self.place(body, Part.OTHER_SERVICES)
        if not known:
            for area in self.settled.services.get(body, ()):
                self._plain(others, self._service(body, area))
        return others

    def _other_lines(self, body: str) -> int:
        known = Place(body, Part.OTHER_LINES) in self.number
        others = self.place(body, Part.OTHER_LINES)
        if not known:
            for area in self.settled.lines.get(body, ()):
                self._plain(others, self._line(body, area))
        return others

    def _plain(self, source: int, target: int) -> None:
        """Join a junction to a place at no cost; the rule stands on the link before it."""
        self.builder.link(source, target, (0,) * len(KINDS), label=PLAIN)

    # -- one step -------------------------------------------------------------------------------

    def _step(self, number: int, step: Step) -> None:
        if step.relation in _BOTH_WAYS:
            self._linked(number, step)
            return
        target, cap = self._enters(step)
        if target is None:
            return
        levels = step.levels if cap == 0 else tuple(max(level, cap) for level in step.levels)
        in_group = frozenset(_AND) if step.group is not None else frozenset()
        free = tuple(NEVER if kind in in_group else level for kind, level in enumerate(levels))
        for source in self._hangs_on(step):
            self.builder.link(source, target, free, cost=step.hops, label=number)

    def _hangs_on(self, step: Step) -> list[int]:
        """The places on the provider's side whose failing sets the step off."""
        provider = step.provider
        if self.kind[provider] not in ORGANISATIONS:
            return [self.place(provider, Part.WHOLE)]
        if step.relation in _CONCERNS_THE_WHOLE:
            part = Part.ASKED if self.kind[provider] == AUTHORITY else Part.WHOLE
            return [self.place(provider, part)]
        areas: Sequence[str | None] = (step.area,)
        if step.relation in _MAKES:
            areas = self.settled.areas_of_products[step.dependent] or areas
        return [self._line(provider, area) for area in areas]

    def _enters(self, step: Step) -> tuple[int | None, int]:
        """The place on the dependent's side, and the band it is entered in at best."""
        body, area = step.dependent, step.area
        kind = self.kind[body]
        if kind == AUTHORITY:
            return self._service(body, area), 0
        if kind not in ORGANISATIONS or step.relation in _CONCERNS_THE_WHOLE or rules().enabling(area):
            return self.place(body, Part.WHOLE), 0
        if area is not None:
            return self._line(body, area), 0
        if step.relation in _WHOLE_WITHOUT_AREA:
            return self.place(body, Part.WHOLE), 0
        if body not in self.settled.lines:
            return None, 0
        return self._every_line(body), int(Band.POSSIBLE)

    def _every_line(self, body: str) -> int:
        known = Place(body, Part.EVERY_LINE) in self.number
        every = self.place(body, Part.EVERY_LINE)
        if not known:
            for area in self.settled.lines[body]:
                self._plain(every, self.place(body, Part.LINE, area))
        return every

    def _linked(self, number: int, step: Step) -> None:
        """A link is crossed both ways; from an authority only by an attacker who is likely inside."""
        for source, target in ((step.provider, step.dependent), (step.dependent, step.provider)):
            onward = frozenset({_INTRUSION}) if self.kind[source] == AUTHORITY else frozenset[int]()
            self.builder.link(
                self.place(source, Part.WHOLE),
                self.place(target, Part.WHOLE),
                step.levels,
                cost=step.hops,
                label=number,
                onward=onward,
            )

    # -- alternatives ---------------------------------------------------------------------------

    def _group(self, dependent: str, area: str | None, members: Mapping[str, list[int]]) -> None:
        """A group of alternatives: for outage, exit and tampering all that protect must fail."""
        steps = self.settled.steps
        uses = next((steps[n] for ns in members.values() for n in ns if not steps[n].implied), None)
        if uses is None:
            return
        target, _ = self._enters(uses)
        if target is None:
            return
        places: list[int] = []
        grades: list[Grade] = []
        for row, numbers in sorted(members.items()):
            own = [n for n in numbers if not steps[n].implied]
            if not own:
                continue
            member = self.place(dependent, Part.MEMBER, f"{row}")
            places.append(member)
            grades.append(steps[own[0]].group_grade)
            for n in numbers:
                step = steps[n]
                cap = self._enters(step)[1]
                levels = tuple(max(level, cap) if kind in _AND else NEVER for kind, level in enumerate(step.levels))
                for source in self._hangs_on(step):
                    self.builder.link(source, member, levels, cost=step.hops, label=n)
        protects = tuple(
            frozenset(place for place, grade in zip(places, grades, strict=True) if grade <= needed)
            for needed in _PROTECTS_FROM
        )
        assert len(protects) == BANDS
        self.builder.groups.append(Group(target, tuple(places), protects, _AND))


# the grade that an alternative needs to protect in each band: doubtful redundancy must not reassure
_PROTECTS_FROM = (Grade.INFERRED, Grade.REPORTED, Grade.CONFIRMED, Grade.CONFIRMED)
