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
from riskgraph.analysis.blast import Question
from riskgraph.data.dataset import Dataset
from riskgraph.data.edit import edited
from riskgraph.engine.changes import Blocks, Split
from riskgraph.harm import HarmNetwork, Part, Place
from riskgraph.model import ENVIRONMENT, KINDS, Entity, Evidence, FailureKind, Relation
from riskgraph.settle import Settled, Step

__all__ = ["Act", "Remedies", "Remedy", "apply", "remedies"]


class Act(StrEnum):
    """What is done, the least drastic first: of two that do the same at the same cost, the first is taken."""

    ASK = "ask"
    PURGE = "purge"
    SEGMENT = "segment"
    BACK_UP = "back-up"
    SEVER = "sever"


SEVERABLE = frozenset(
    {"uses", "supplied-by", "served-by", "hosted-on", "operated-by", "subcontracts-to", "data-held-by", "linked-to"}
)
_AND = frozenset({FailureKind.TAMPERING, FailureKind.OUTAGE, FailureKind.EXIT})
_INTO = frozenset({"operated-by", "supplied-by", "hosted-on"})


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

    def question(self, dataset: Dataset) -> Question:
        """A remedy that asks, as a question to put."""
        row = dataset.relations[self.rows[0]]
        return Question(row.id, self.field, row.dependent, self.thing, (row.dependent,))


@dataclass(frozen=True)
class Remedies:
    """All remedies of a map in a view, the least drastic first, and what they block in its network."""

    all: tuple[Remedy, ...]
    blocks: Blocks
    backed_up: tuple[str, ...]  # rows that back others up: ending one would take a backup away, so none is severed


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
    finder = _Finder(harm, settled)
    found = [one for one in finder.find() if one[0].act in acts]
    order = sorted(found, key=lambda one: (list(Act).index(one[0].act), one[0].id))
    links: dict[tuple[int, int], list[int]] = defaultdict(list)
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    splits: list[Split] = []
    for number, (remedy, blocked) in enumerate(order):
        for what, kind in blocked:
            (groups if remedy.group else links)[what, kind].append(number)
        if remedy.act is Act.SEGMENT:
            splits.append(finder.split(remedy, number))
    blocks = Blocks(
        {key: tuple(numbers) for key, numbers in links.items()},
        {key: tuple(numbers) for key, numbers in groups.items()},
        splits,
    )
    return Remedies(tuple(remedy for remedy, _ in order), blocks, finder.backed_up)


class _Finder:
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
        for entity in self.dataset.entities.values():
            if entity.kind == ENVIRONMENT and len(self._tenants(entity.id)) > 1:
                yield Remedy(f"segment:{entity.id}", Act.SEGMENT, entity.id, self._tenants(entity.id), entity.id), []

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
            everything = [
                (link, kind) for one in rows for link, _ in self.links.get(one, ()) for kind in range(len(KINDS))
            ]
            yield Remedy(f"sever:{id_}", Act.SEVER, row.dependent, rows, row.provider, area), everything
        if row.relation == "uses":
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
        if step.relation != "served-by" and (step.relation != "supplied-by" or step.access.text is None):
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
            if row.relation == "made-by":
                made[row.provider].add(row.dependent)
        return made

    @cached_property
    def _uses(self) -> Mapping[str, list[Step]]:
        """Body to what it uses or used."""
        uses: dict[str, list[Step]] = defaultdict(list)
        for step in self.settled.steps:
            if step.relation == "uses":
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

    def _tenants(self, environment: str) -> tuple[str, ...]:
        """Rows in force of those that are hosted there."""
        return tuple(sorted(self._hosted.get(environment, ())))

    @cached_property
    def _hosted(self) -> Mapping[str, list[str]]:
        hosted: dict[str, list[str]] = defaultdict(list)
        for row, steps in self.steps.items():
            if steps[0].relation == "hosted-on" and steps[0].in_force:
                hosted[steps[0].provider].append(row)
        return hosted

    def split(self, remedy: Remedy, number: int) -> Split:
        """What segmenting an environment separates."""
        place = self.harm.number[Place(remedy.thing, Part.WHOLE)]
        leaves = {link for row in remedy.rows for link, _ in self.links.get(row, ())}
        enters = {
            link
            for link in self.harm.network.into[place]
            if self.harm.network.label[link] >= 0
            and self.harm.steps[self.harm.network.label[link]].relation in _INTO
            and self.harm.steps[self.harm.network.label[link]].in_force
        }
        return Split(place, number, frozenset(enters), frozenset(leaves))


# -- in the data --------------------------------------------------------------------------------


def apply(dataset: Dataset, chosen: Iterable[Remedy]) -> Dataset:
    """A copy of the data in which some remedies have been made; the old data stay as they are.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> seeds = read("seeds")
    >>> row = next(row for row in seeds.relations.values() if row.relation == "served-by")
    >>> cut = Remedy(f"sever:{row.id}", Act.SEVER, row.dependent, (row.id,), row.provider)
    >>> len(seeds.relations) - len(apply(seeds, [cut]).relations)
    1
    """
    change = _Edit(dataset)
    order = list(Act)
    for remedy in sorted(chosen, key=lambda one: (order.index(one.act), one.id)):
        change.make(remedy)
    return change.result()


class _Edit:
    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.put: dict[str, Relation] = {}
        self.drop: set[str] = set()
        self.add: dict[str, Relation] = {}
        self.entities: dict[str, Entity] = {}
        self.evidence: dict[str, Evidence] = {}

    def make(self, remedy: Remedy) -> None:
        if remedy.act is Act.SEVER:
            self.drop.update(remedy.rows)
        elif remedy.act is Act.PURGE:
            self._set(remedy.rows[0], data_returned="yes")
        elif remedy.act is Act.ASK:
            self._set(remedy.rows[0], **{remedy.field: ANSWERS[remedy.field][0]})
        elif remedy.act is Act.BACK_UP:
            self._back_up(remedy)
        else:
            self._segment(remedy)

    def _set(self, row: str, **values: str) -> None:
        self.put[row] = replace(self.put.get(row, self.dataset.relations[row]), **values)  # type: ignore[arg-type]

    def _supposed(self) -> tuple[str, ...]:
        """Evidence for what is only proposed: sure, and dated by the data."""
        day = self.dataset.info.day.isoformat()
        self.evidence["proposed"] = Evidence(
            "proposed", None, "a proposal", day, day, "confirmed", "supports", None, "Proposed: no source says so."
        )
        return ("proposed",)

    def _back_up(self, remedy: Remedy) -> None:
        """A second system that nobody else runs, in the same group of alternatives."""
        group = remedy.group or "proposed"
        slug = f"system:proposed-{len(self.entities) + 1}"
        self.entities[slug] = Entity(slug, "system", "A second, independent system (proposed)")
        if not remedy.group:
            self._set(remedy.rows[0], alternative=group)
        self.add[f"proposed.{slug[7:]}"] = Relation(
            f"proposed.{slug[7:]}",
            remedy.body,
            "uses",
            slug,
            service_area=remedy.area,
            alternative=group,
            evidence=self._supposed(),
        )

    def _segment(self, remedy: Remedy) -> None:
        """A part of its own for each tenant, with the same operator, suppliers and host, and without the links."""
        whole = self.dataset.entities[remedy.thing]
        own = [row for row in self.dataset.relations.values() if row.dependent == whole.id and row.relation in _INTO]
        for number, tenant in enumerate(remedy.rows, 1):
            part = f"{whole.id}-part-{number}"
            self.entities[part] = replace(whole, id=part, name=f"{whole.name}, part {number}", aliases=())
            self._set(tenant, provider=part)
            for copied in [row for row in self.add.values() if row.id.startswith(f"{tenant}.part-")]:
                self.add[copied.id] = replace(copied, provider=part)  # a part of another place that is hosted here
            for row in own:
                copy = replace(self.put.get(row.id, row), id=f"{row.id}.part-{number}", dependent=part)
                self.add[copy.id] = copy

    def result(self) -> Dataset:
        put = {id_: row for id_, row in self.put.items() if id_ not in self.drop}
        add = {id_: row for id_, row in self.add.items() if id_.partition(".part-")[0] not in self.drop}
        return edited(
            self.dataset,
            add=add.values(),
            drop=sorted(self.drop),
            put=put.values(),
            entities=self.entities.values(),
            evidence=self.evidence.values(),
        )
