"""What a council, a shared service or a supplier can do so that harm stops spreading, one change at a time.

A remedy is what an officer can decide. What nobody can decide is none: who makes a product, who owns whom,
and what a system is a copy of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from riskgraph.analysis.blanks import ANSWERS, kept_out
from riskgraph.analysis.blast import OpenQuestion
from riskgraph.data.dataset import Dataset
from riskgraph.data.overlay import PROPOSAL, Overlay
from riskgraph.engine.changes import Blocks, Split
from riskgraph.harm import HarmNetwork, Part, Place
from riskgraph.model import KINDS, SYSTEM, Entity, FailureKind, Relation
from riskgraph.rules import Trait, relations_that
from riskgraph.scenario.dependence import Occupancy, divide, occupancy
from riskgraph.settle import Settled, Step, says_more

__all__ = ["Act", "Remedies", "Remedy", "apply", "remedies"]


class Act(StrEnum):
    """What is done, the least drastic first: of two that do the same at the same cost, the first is taken."""

    ASK = "ask"
    PURGE = "purge"
    SEGMENT = "segment"
    BACK_UP = "back-up"
    SEVER = "sever"


SEVERABLE = relations_that(Trait.SEVERABLE)
_AND = frozenset({FailureKind.TAMPERING, FailureKind.OUTAGE, FailureKind.EXIT})
_EVERY_KIND = range(len(KINDS))


@dataclass(frozen=True, slots=True)
class Remedy:
    """One change that somebody can make.

    Attributes
    ----------
    id
        `act:row`, `segment:environment` or `ask:row:field`; in a file of costs it names the change.
    body
        Who would have to act.
    rows
        The rows that it is about, the telling one first.
    thing
        What it is about on the other side: a supplier, a host, a system, an environment.
    field
        Of a question: the blank that it asks for.
    group
        Of a further alternative: the group that it joins; empty: a new one.
    """

    id: str
    act: Act
    body: str
    rows: tuple[str, ...]
    thing: str
    area: str | None = None
    field: str = ""
    group: str = ""

    @property
    def actor(self) -> str:
        """Who does it, or is asked: one answer of a supplier may settle many rows."""
        return self.thing if self.act is Act.ASK else self.body

    def question(self, dataset: Dataset) -> OpenQuestion:
        """A remedy that asks, as a question to put."""
        row = dataset.relations[self.rows[0]]
        return OpenQuestion(row.id, self.field, row.dependent, self.thing, (row.dependent,))


@dataclass(frozen=True)
class Remedies:
    """All remedies of a map in a view, the least drastic first, and what they block in its network."""

    all: tuple[Remedy, ...]
    links: Mapping[tuple[int, int], tuple[int, ...]]  # (link, kind) to the numbers of the remedies that block it
    groups: Mapping[tuple[int, int], tuple[int, ...]]  # (group, kind) to the same
    splits: Mapping[str, Split]  # environment that can be divided to what that separates
    finder: _RemedyFinder

    @property
    def backed_up(self) -> tuple[str, ...]:
        """Rows that back others up: ending one would take a backup away, so none is severed."""
        return self.finder.backed_up

    def blocks(self, root: str) -> Blocks:
        """What blocks what if a root fails; an environment that can be divided comes apart into all of its parts."""
        splits = (
            {**self.splits, root: self.finder.apart(root, self.splits[root])} if root in self.splits else self.splits
        )
        return Blocks(self.links, self.groups, tuple(splits.values()))


def remedies(harm: HarmNetwork, settled: Settled, acts: Collection[Act] = tuple(Act)) -> Remedies:
    """Everything that could be done about any row of a map.

    Parameters
    ----------
    acts
        Only these acts.

    Examples
    --------
    >>> from riskgraph.graph import RiskGraph
    >>> seeds = RiskGraph.open("seeds")
    >>> found = remedies(seeds.harm(seeds.view()), seeds.settled(seeds.view()), [Act.SEGMENT])
    >>> [remedy.id for remedy in found.all]
    ['segment:environment:rbkc-shared-it']
    """
    finder = _RemedyFinder(harm, settled)
    found = [one for one in finder.find() if one[0].act in acts]
    order = sorted(found, key=lambda one: (list(Act).index(one[0].act), one[0].id))
    links: dict[tuple[int, int], list[int]] = defaultdict(list)
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    splits: dict[str, Split] = {}
    for number, (remedy, blocked) in enumerate(order):
        for what, kind in blocked:
            (groups if remedy.group else links)[what, kind].append(number)
        if remedy.act is Act.SEGMENT:
            splits[remedy.thing] = finder.split(remedy.thing, number)
    return Remedies(
        tuple(remedy for remedy, _ in order),
        {key: tuple(numbers) for key, numbers in links.items()},
        {key: tuple(numbers) for key, numbers in groups.items()},
        splits,
        finder,
    )


class _RemedyFinder:
    """Reads remedies off the steps; each with the links (or groups) and kinds that it blocks."""

    def __init__(self, harm: HarmNetwork, settled: Settled) -> None:
        self.harm, self.settled, self.dataset = harm, settled, settled.dataset
        self.steps: dict[str, list[Step]] = defaultdict(list)
        self.links: dict[str, list[tuple[int, Step]]] = defaultdict(list)
        for step in settled.steps:
            self.steps[step.row.id].append(step)
        for link, label in enumerate(harm.network.label):
            if label >= 0:
                step = harm.steps[label]
                self.links[step.row.id].append((link, step))
        self.backed_up = tuple(
            sorted(row for row, steps in self.steps.items() if any(step.group is not None for step in steps))
        )

    def find(self) -> Iterator[tuple[Remedy, list[tuple[int, int]]]]:
        """All remedies, each with what it blocks."""
        for row, steps in self.steps.items():
            yield from self._row(row, steps)
        yield from self._groups()
        for place, found in self.occupancy.items():
            if len(found.tenants) > 1:
                rows = tuple(sorted(row for rows in found.tenants.values() for row in rows))
                yield Remedy(f"segment:{place}", Act.SEGMENT, place, rows, place), self._everything(found.links)

    def _everything(self, rows: Iterable[str]) -> list[tuple[int, int]]:
        """All links of some rows, in every kind."""
        return [(link, kind) for row in rows for link, _ in self.links.get(row, ()) for kind in _EVERY_KIND]

    def _row(self, id_: str, steps: Sequence[Step]) -> Iterator[tuple[Remedy, list[tuple[int, int]]]]:
        row, area = self.dataset.relations[id_], steps[0].area
        links = self.links.get(id_, [])
        if not links:
            return
        in_force = [step for step in steps if step.in_force]
        if len(in_force) < len(steps):
            ended = [(link, kind) for link, step in links if not step.in_force for kind in range(len(KINDS))]
            thing = next(step.provider for step in steps if not step.in_force)
            yield Remedy(f"purge:{id_}", Act.PURGE, row.dependent, (id_,), thing, area), ended
        if not in_force:
            return
        yield from self._asks(row, links)
        if id_ in self.backed_up or row.relation not in SEVERABLE:
            return
        rows = (id_, *self._replaced(in_force[0]))
        if not any(other in self.backed_up for other in rows):
            remedy = Remedy(f"sever:{id_}", Act.SEVER, row.dependent, rows, row.provider, area)
            yield remedy, self._everything(rows)
        if row.relation in relations_that(Trait.USE):
            stops = [(link, KINDS.index(kind)) for link, _ in links for kind in _AND]
            yield Remedy(f"back-up:{id_}", Act.BACK_UP, row.dependent, (id_,), row.provider, area), stops

    def _asks(self, row: Relation, links: Sequence[tuple[int, Step]]) -> Iterator[tuple[Remedy, list[tuple[int, int]]]]:
        """Questions about blanks whose best answer would keep harm out."""
        for field in ("access", "data", "hosting"):
            blocked: list[tuple[int, int]] = []
            thing = row.provider
            for link, step in links:
                shut = kept_out(self.settled, step, field)
                blocked += [(link, kind) for kind in shut]
                if shut and field == "hosting":
                    thing = step.provider
            if blocked:
                id_ = f"ask:{row.id}:{field}"
                yield Remedy(id_, Act.ASK, row.dependent, (row.id,), thing, links[0][1].area, field), blocked

    def _replaced(self, step: Step) -> tuple[str, ...]:
        """Uses whose implied relation the row of a step replaces (model rule 16): they would let harm in again."""
        if not says_more(step):
            return ()
        made = self._made.get(step.provider, set())
        return tuple(
            sorted(
                {
                    other.row.id
                    for other in self._uses.get(step.dependent, ())
                    if other.provider in made and step.area in {None, other.area} and other.row.id != step.row.id
                }
            )
        )

    @cached_property
    def _made(self) -> Mapping[str, set[str]]:
        """Maker to products, whenever they were made there."""
        made: dict[str, set[str]] = defaultdict(set)
        for row in self.dataset.relations.values():
            if row.relation in relations_that(Trait.MAKES):
                made[row.provider].add(row.dependent)
        return made

    @cached_property
    def _uses(self) -> Mapping[str, list[Step]]:
        """Body to what it uses or used."""
        uses: dict[str, list[Step]] = defaultdict(list)
        for step in self.settled.steps:
            if step.relation in relations_that(Trait.USE):
                uses[step.dependent].append(step)
        return uses

    def _groups(self) -> Iterator[tuple[Remedy, list[tuple[int, int]]]]:
        """A further alternative for those that are there already."""
        for number, group in enumerate(self.harm.network.groups):
            members = [self.harm.places[member] for member in group.members]
            rows = tuple(sorted(member.area for member in members if member.area is not None))
            step = next(step for step in self.steps[rows[0]] if not step.implied)
            assert step.group is not None
            remedy = Remedy(
                f"back-up:{rows[0]}", Act.BACK_UP, step.dependent, rows, step.provider, step.area, group=step.group
            )
            yield remedy, [(number, kind) for kind in sorted(group.kinds)]

    # -- environments ---------------------------------------------------------------------------

    @cached_property
    def occupancy(self) -> Mapping[str, Occupancy]:
        return occupancy(self.settled)

    def split(self, place: str, number: int) -> Split:
        """What segmenting an environment separates: its tenants from what reaches the place itself."""
        found = self.occupancy[place]
        return Split(
            self.harm.number[Place(place, Part.WHOLE)],
            number,
            self._numbers(found.own),
            (frozenset().union(*map(self._numbers, found.tenants.values())),),
        )

    def apart(self, place: str, split: Split) -> Split:
        """The same with a part for each tenant, and one for what was left in the place by those who moved away."""
        found, network = self.occupancy[place], self.harm.network
        out = {link for link, source in enumerate(network.source) if source == split.place}
        left = frozenset(out - split.leaves[0] - self._numbers(found.links))
        parts = [self._numbers(rows) for rows in found.tenants.values()]
        return replace(split, leaves=(*parts, *([left] if left else [])))

    def _numbers(self, rows: Iterable[str]) -> frozenset[int]:
        return frozenset(link for row in rows for link, _ in self.links.get(row, ()))


# -- in the data --------------------------------------------------------------------------------


def apply(settled: Settled, chosen: Iterable[Remedy]) -> Overlay:
    """Some remedies laid over the data that were settled; the data stay as they are.

    Examples
    --------
    >>> from riskgraph.graph import RiskGraph
    >>> seeds = RiskGraph.open("seeds")
    >>> row = next(row for row in seeds.dataset.relations.values() if row.relation == "served-by")
    >>> cut = Remedy(f"sever:{row.id}", Act.SEVER, row.dependent, (row.id,), row.provider)
    >>> len(seeds.dataset.relations) - len(apply(seeds.settled(seeds.view()), [cut]).result().relations)
    1
    """
    overlay = Overlay(settled.dataset, settled.view.as_of, PROPOSAL)
    places = occupancy(settled)
    order = list(Act)
    for remedy in sorted(chosen, key=lambda one: (order.index(one.act), one.id)):
        if remedy.act is Act.SEVER:
            for row in remedy.rows:
                overlay.remove(row)
        elif remedy.act is Act.PURGE:
            overlay.fill(remedy.rows[0], data_returned="yes")
        elif remedy.act is Act.ASK:
            overlay.fill(remedy.rows[0], **{remedy.field: ANSWERS[remedy.field][0]})
        elif remedy.act is Act.SEGMENT:
            divide(overlay, places[remedy.thing])
        else:
            name = "A second, independent system (proposed)"
            system = overlay.entity(Entity(f"{SYSTEM}:proposed-{len(overlay.entities) + 1}", SYSTEM, name))
            overlay.back_up(remedy.rows[0], system, "proposed", remedy.area)
    return overlay
