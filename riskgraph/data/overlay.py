"""How a change is laid on a map: one set of acts, for whoever supposes, proposes, drafts or fills something in.

The data set stays as it is. What an overlay adds says by its id and its evidence who says it; what it moves
keeps the values, the evidence and the group of alternatives that it had, so that nothing becomes surer by
being moved.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from riskgraph.data.dataset import Dataset
from riskgraph.data.edit import edited
from riskgraph.dates import first_day, last_day
from riskgraph.model import Entity, Evidence, Grade, Incident, IncidentEffect, RegisterEntry, Relation
from riskgraph.rules import Trait, relations_that, rules

__all__ = ["AWARD", "PROPOSAL", "SCENARIO", "Author", "Overlay"]


@dataclass(frozen=True, slots=True)
class Author:
    """Who says what an overlay adds: how its ids begin, who is named as the publisher, and what is claimed."""

    prefix: str
    publisher: str
    claim: str


SCENARIO = Author("supposed", "a scenario", "Supposed in a scenario: no source says so.")
PROPOSAL = Author("proposed", "a proposal", "Proposed: no source says so.")
AWARD = Author("draft", "a draft award", "The draft says so.")


def _meant() -> Mapping[str, frozenset[str]]:
    """What says something only on some kinds of row: field to these relations."""
    use = relations_that(Trait.USE)
    return {
        "alternative": use,
        "hosting": use,
        "access": rules().decided_by("access"),
        "data": rules().decided_by("data"),
    }


class Overlay:
    """Changes to a data set, made one after the other and checked together.

    Parameters
    ----------
    dataset
        What is changed; it stays as it is.
    day
        The day on which the changes are made; the date of the data if left out.
    voice
        Who says what is added.

    Attributes
    ----------
    relations
        Rows that are new or other than in the data set, by id.
    gone
        Ids of rows that are taken away.
    instead
        A body or place to those that took its place.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> change = Overlay(read("seeds"))
    >>> row = change.relation("thanet.served-by.east-kent-services.hr-payroll")
    >>> change.end(row.id)
    >>> row = change.carry(row, provider="supplier:capita")
    >>> row.id
    'supposed.authority-thanet.served-by.supplier-capita.hr-payroll'
    >>> change.result().relations["thanet.served-by.east-kent-services.hr-payroll"].valid_to
    '2026-11-29'
    """

    def __init__(self, dataset: Dataset, day: date | None = None, voice: Author = SCENARIO) -> None:
        self.dataset, self.day, self.voice = dataset, day or dataset.info.day, voice
        self.relations: dict[str, Relation] = {}
        self.gone: dict[str, None] = {}
        self.entities: dict[str, Entity] = {}
        self.instead: dict[str, tuple[str, ...]] = {}
        self._evidence: dict[str, Evidence] = {}
        self._register: list[RegisterEntry] = []
        self._incidents: list[Incident] = []
        self._effects: Sequence[IncidentEffect] | None = None
        self._copies: dict[str, list[str]] = defaultdict(list)  # row to its copies for the parts of a divided place

    # -- what is there --------------------------------------------------------------------------

    def relation(self, id_: str) -> Relation:
        """A row as it stands with the changes made so far."""
        return self.relations.get(id_) or self.dataset.relations[id_]

    def standing(self) -> Iterable[Relation]:
        """All rows as they stand with the changes made so far, those of the data set first."""
        every = {**self.dataset.relations, **self.relations}
        return [row for id_, row in every.items() if id_ not in self.gone]

    @property
    def added(self) -> tuple[Relation, ...]:
        """The rows that only the overlay says."""
        return tuple(row for id_, row in self.relations.items() if id_ not in self.dataset.relations)

    # -- rows -----------------------------------------------------------------------------------

    def fill(self, id_: str, **values: str | None) -> Relation:
        """Fill in, or blank, values of a row."""
        self.relations[id_] = replace(self.relation(id_), **values)  # type: ignore[arg-type]
        return self.relations[id_]

    def remove(self, id_: str) -> None:
        """Take a row away as if it had never been, and with it the data that it might have left behind."""
        for row in (id_, *self._copies.pop(id_, ())):
            self.relations.pop(row, None)
            if row in self.dataset.relations:
                self.gone[row] = None

    def end(self, id_: str, **values: str | None) -> None:
        """End a row the day before, or sooner if it ended sooner; data already there may stay there."""
        row, last = self.relation(id_), self.day - timedelta(days=1)
        if row.valid_from is not None and first_day(row.valid_from) > last:
            self.remove(id_)
        elif row.valid_to is not None and last_day(row.valid_to) <= last:
            self.fill(id_, **values)
        else:
            self.fill(id_, valid_to=last.isoformat(), **values)

    def carry(self, row: Relation, **ends: str | None) -> Relation:
        """Suppose a row that is another one elsewhere: other ends, or another relation, and all else the same.

        Each item of evidence is supposed anew, as sure as it was and about the same, whether it supports or
        disputes: the new row is as sure as the old one in every view.
        """
        new = replace(row, **ends)  # type: ignore[arg-type]
        if new.relation != row.relation:
            blank = {field: None for field, relations in _meant().items() if new.relation not in relations}
            new = replace(new, **blank)  # type: ignore[arg-type]
        said = [self.dataset.evidence.get(id_) or self._evidence[id_] for id_ in row.evidence]
        evidence = [self._again(item) for item in said if item.about is None or getattr(new, item.about) is not None]
        return self._add(replace(new, evidence=tuple(dict.fromkeys(evidence))))

    def suppose(
        self,
        dependent: str,
        relation: str,
        provider: str,
        area: str | None = None,
        grade: Grade = Grade.CONFIRMED,
        **values: str | None,
    ) -> Relation:
        """Suppose a row that nobody has, as sure as `grade`."""
        evidence = (self.supposition(grade),)
        return self._add(
            Relation("", dependent, relation, provider, service_area=area, evidence=evidence, **values)  # type: ignore[arg-type]
        )

    def _add(self, row: Relation) -> Relation:
        """Add a row under an id that says who is on it, unless the same is there already."""
        parts = [self.voice.prefix, row.dependent, row.relation, row.provider]
        base = ".".join(part.replace(":", "-") for part in (*parts, *([row.service_area] if row.service_area else [])))
        id_, number = base, 1
        while id_ not in self.gone and (there := self.relations.get(id_) or self.dataset.relations.get(id_)):
            if there == replace(row, id=id_):
                return there
            number += 1
            id_ = f"{base}-{number}"
        self.gone.pop(id_, None)
        self.relations[id_] = replace(row, id=id_)
        return self.relations[id_]

    def supposition(self, grade: Grade) -> str:
        """Id of the item of evidence that says that something is supposed, as surely as `grade`."""
        prefix, day = self.voice.prefix, self.day.isoformat()
        return self._say(Evidence(f"{prefix}-{grade.word}", None, None, day, day, grade.word, "supports", None, None))

    def _again(self, item: Evidence) -> str:
        if item.id.startswith(self.voice.prefix):
            return item.id
        return self._say(replace(item, id=f"{self.voice.prefix}.{item.id}", url=None))

    def _say(self, item: Evidence) -> str:
        self._evidence[item.id] = replace(item, publisher=self.voice.publisher, claim=self.voice.claim)
        return item.id

    # -- bodies and places ----------------------------------------------------------------------

    def entity(self, entity: Entity) -> str:
        """Add a body or place."""
        self.entities[entity.id] = entity
        return entity.id

    def back_up(self, id_: str, provider: str, group: str, area: str | None) -> None:
        """Let a second system or product stand ready for what a row uses; both hold the data."""
        row = self.relation(id_)
        if row.alternative is None:
            row = self.fill(id_, alternative=group)
        self.suppose(row.dependent, "uses", provider, area, data=row.data, alternative=row.alternative)

    def divide(
        self, place: str, tenants: Mapping[str, Sequence[str]], own: Sequence[str], links: Sequence[str]
    ) -> tuple[str, ...]:
        """Give each tenant of a place a part of its own, run and hosted as the whole is, and without its links.

        Parameters
        ----------
        tenants
            Each tenant to its rows there.
        own
            Rows that say what the place itself depends on.
        links
            Rows that join it to others; they end.

        Returns
        -------
        tuple of str
            The parts; after them the place itself, if data of the past still lie there.
        """
        whole = self.dataset.entities[place]
        parts: dict[str, str] = {}
        for tenant, rows in tenants.items():
            kind, _, slug = tenant.partition(":")
            id_ = f"{place}-part-{slug}"
            id_ = id_ if id_ not in parts.values() else f"{place}-part-{kind}-{slug}"
            name = f"{whole.name}, part of {self.dataset.usual_name(tenant)}"
            parts[tenant] = self.entity(replace(whole, id=id_, name=name, aliases=()))
            for row in [*rows, *(copy for one in rows for copy in self._copies[one])]:
                self.fill(row, provider=id_)
        for id_ in own:
            for part in parts.values():
                self._copies[id_].append(self.carry(self.relation(id_), dependent=part).id)
        for id_ in links:
            self.end(id_)
        left = any(row.provider == place and row.id not in links for row in self.standing())
        self.instead[place] = (*parts.values(), *([place] if left else []))
        return self.instead[place]

    def join(self, old: Sequence[str], new: str) -> tuple[str, ...]:
        """Let one body take the place of several: their rows become its own, and what ran between them falls away.

        Groups of alternatives that only share a name stay apart.

        Returns
        -------
        tuple of str
            Ids of the rows that fall away.
        """
        groups: dict[str, set[str]] = defaultdict(set)  # by name alone: a blank area may be that of the system
        rows = [row for row in self.standing() if row.dependent in old or row.provider in old]
        for row in rows:
            if row.alternative is not None and row.dependent in old:
                groups[row.alternative].add(row.dependent)
        internal = []
        for row in rows:
            dependent, provider = (new if end in old else end for end in (row.dependent, row.provider))
            if dependent == provider:
                self.remove(row.id)
                internal.append(row.id)
                continue
            group = row.alternative
            if group is not None and row.dependent in old and len(groups[group]) > 1:
                group = f"{group} of {row.dependent.partition(':')[2]}"
            self.fill(row.id, dependent=dependent, provider=provider, alternative=group)
        self.instead.update((body, (new,)) for body in old)
        return tuple(internal)

    def split(self, old: str, new: Sequence[str]) -> int:
        """Let several bodies take the place of one: which takes a row over is not known, so each may.

        Returns
        -------
        int
            How many rows there were.
        """
        evidence = (self.supposition(Grade.INFERRED),)
        rows = [row for row in self.standing() if old in (row.dependent, row.provider)]
        for row in rows:
            self.remove(row.id)
            for body in new:
                id_ = f"{row.id}.{body.partition(':')[2]}"
                dependent, provider = (body if end == old else end for end in (row.dependent, row.provider))
                self.relations[id_] = replace(row, id=id_, dependent=dependent, provider=provider, evidence=evidence)
        self.instead[old] = tuple(new)
        return len(rows)

    # -- register and incidents -----------------------------------------------------------------

    def register(self, entry: RegisterEntry) -> None:
        """Add an entry of the register, or put another in the place of one."""
        self._register.append(entry)

    def incident(self, incident: Incident, effects: Iterable[IncidentEffect]) -> None:
        """Add an incident or put another in its place, with all that is recorded of its effects."""
        others = [one for one in self.dataset.effects if one.incident_id != incident.incident_id]
        self._incidents, self._effects = [incident], [*others, *effects]

    # -- the whole ------------------------------------------------------------------------------

    def result(self) -> Dataset:
        """The data set with the changes made.

        Raises
        ------
        DataError
            If it would not pass the checks of a data set; every problem is listed.
        """
        used = {item for row in self.relations.values() for item in row.evidence}
        return edited(
            self.dataset,
            add=self.added,
            drop=self.gone,
            put=[row for id_, row in self.relations.items() if id_ in self.dataset.relations],
            entities=self.entities.values(),
            evidence=[x for id_, x in self._evidence.items() if id_ in used and id_ not in self.dataset.evidence],
            register=self._register,
            incidents=self._incidents,
            effects=self._effects,
        )
