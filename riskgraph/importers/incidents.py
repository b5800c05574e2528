"""Incidents that a source tells: who was affected and how, in people's words, joined to what is known already."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, cast

from riskgraph.data.directory import directory
from riskgraph.data.spelling import company_key, normalise
from riskgraph.dates import first_day, last_day
from riskgraph.importers.assembly import Assembly
from riskgraph.importers.statements import Party, ToldIncident
from riskgraph.importers.values import slug
from riskgraph.model import AUTHORITY, ORGANISATIONS, SUPPLIER, Entity, Incident, IncidentEffect
from riskgraph.vocabulary import words

__all__ = ["effects_of", "join_incidents"]

_IMPACT = {"data-exposed": "confidentiality", "service-disrupted": "availability"}


def effects_of(text: str) -> tuple[str, ...]:
    """The effects that a status names; none if any of its words is not known.

    Examples
    --------
    >>> effects_of("Not affected."), effects_of("data stolen and services down")
    (('named-but-unaffected',), ('data-exposed', 'service-disrupted'))
    >>> effects_of("possibly data exposed")
    ()
    """
    known = words("effect")
    if effect := known.get(normalise(text)):
        return (effect,)
    parts = [known.get(normalise(part)) for part in re.split(r",|/|\+|&|\band\b", text) if part.strip()]
    return tuple(dict.fromkeys(part for part in parts if part)) if all(parts) else ()


def join_incidents(
    assembly: Assembly, entities: dict[str, Entity]
) -> tuple[dict[str, Incident], tuple[IncidentEffect, ...]]:
    """Incidents and effects of the map, with those that the source tells; told twice, each stands once.

    Parameters
    ----------
    assembly
        What was made of the source, and the map that it is joined to.
    entities
        All bodies and places of the result; councils that only an incident speaks of are added.
    """
    incidents = dict(assembly.base.incidents) if assembly.base else {}
    effects = list(assembly.base.effects) if assembly.base else []
    known = {_voice(effect) for effect in effects}
    find = _BodyFinder(assembly, entities)
    by_title: dict[str, list[str]] = defaultdict(list)
    for id_, incident in incidents.items():
        by_title[normalise(incident.title)].append(id_)
    for told in sorted(assembly.statements.incidents, key=_order):
        alike = [i for i in by_title[normalise(told.title)] if _same_time(told, incidents[i])]
        if len(alike) > 1:
            assembly.report.guess("incident told without its date: the last of that name counts", told.where)
        if not alike:
            alike = [_new_id(told, incidents)]
            by_title[normalise(told.title)] += alike
        id_ = alike[-1]
        origins = [origin for kind, name, area in told.origins if (origin := find.origin(told, kind, name, area))]
        struck = [(body, effect) for name, effect in told.effects if (body := find.body(told, name))]
        old = incidents.get(id_) or Incident(id_, told.title)
        incidents[id_] = replace(
            old,
            date_disclosed=old.date_disclosed if old.date_disclosed or old.date_started else told.known,
            impact=(*old.impact, *sorted({_IMPACT[e] for _, e in struck if e in _IMPACT} - set(old.impact))),
            origins=(*old.origins, *(i for i in dict.fromkeys(origins) if i not in old.origins)),
            source_url=old.source_url if old.source_url or old.source_publisher else told.cited.url,
            source_publisher=old.source_publisher if old.source_url or old.source_publisher else told.cited.publisher,
            confidence=old.confidence or told.cited.grade,
            people_affected=told.people if old.people_affected is None else old.people_affected,
            cost_gbp=told.cost if old.cost_gbp is None else old.cost_gbp,
        )
        for body, effect in struck:
            row = IncidentEffect(
                id_,
                body,
                effect,
                source_url=told.cited.url,
                confidence=told.cited.grade,
                said_by=find.speaker(told.cited.publisher),
                **cast("dict[str, Any]", told.told),
            )
            if _voice(row) not in known:
                known.add(_voice(row))
                effects.append(row)
    effects.sort(key=lambda effect: tuple(str(getattr(effect, field.name) or "") for field in fields(effect)))
    return dict(sorted(incidents.items())), tuple(effects)


def _voice(effect: IncidentEffect) -> tuple[str | None, ...]:
    """What makes two rows one: what the supplier says and what the council found are two."""
    return effect.incident_id, effect.organisation, effect.effect, effect.said_by


def _order(told: ToldIncident) -> tuple[str, ...]:
    """An order that does not depend on the order of the rows: of equal days the more exact first, none last."""
    return (
        f"{told.known or '9999'}~",
        told.title,
        told.cited.url or told.cited.publisher or "",
        str(told.origins),
        str(told.effects),
    )


def _same_time(told: ToldIncident, incident: Incident) -> bool:
    days = [day for day in (incident.date_disclosed, incident.date_started) if day]
    if told.known is None or not days:
        return True
    return any(first_day(told.known) <= last_day(day) and first_day(day) <= last_day(told.known) for day in days)


def _new_id(told: ToldIncident, taken: Mapping[str, Incident]) -> str:
    base = slug(told.title)
    year = f"-{told.known[:4]}" if told.known else ""
    choices = [base + ("" if base.endswith(year) else year), f"{base}-{told.known}" if told.known else f"{base}-2"]
    id_ = next((choice for choice in choices if choice not in taken), "")
    number = 2
    while not id_ or id_ in taken:
        id_, number = f"{choices[-1]}-{number}", number + 1
    return id_


class _BodyFinder:
    """Who is meant by a name: what the map or the workbook speaks of, or a council; nobody is made up."""

    def __init__(self, assembly: Assembly, entities: dict[str, Entity]) -> None:
        self.assembly, self.entities, self.report = assembly, entities, assembly.report
        self.names: dict[str, set[str]] = defaultdict(set)
        for entity in entities.values() if assembly.statements.incidents else ():
            for name in (entity.name, *entity.aliases):
                self.names[normalise(name)].add(entity.id)
                if entity.kind == SUPPLIER:
                    self.names[company_key(name)].add(entity.id)

    def origin(self, told: ToldIncident, kind: str, name: str, area: str | None) -> str | None:
        """Where an incident began."""
        id_ = self._id(name, None if kind == "body" else {kind})
        if id_ is None:
            self.report.guess("origin that is not one thing of this map, left out", f"{told.where}: {name!r}")
            return None
        if area and self.entities[id_].kind not in ORGANISATIONS:
            self.report.guess("service area of a place, left out", f"{told.where}: {name} / {area}")
            return id_
        return f"{id_}/{area}" if area else id_

    def body(self, told: ToldIncident, name: str) -> str | None:
        """Whom an incident struck."""
        id_ = self._id(name, set(ORGANISATIONS))
        if id_ is None:
            self.report.unmatched_councils[name] += 1
            self.report.guess("status of a body that nobody knows, left out", f"{told.where}: {name!r}")
        return id_

    def speaker(self, name: str | None) -> str | None:
        """Who says so: the id of a body that the map speaks of, else the name as it stands; a file is nobody."""
        if name is None or name == self.report.source:
            return None
        hits = {id_ for id_ in self.names.get(normalise(name), ()) if self.entities[id_].kind in ORGANISATIONS}
        hits = hits or {id_ for id_ in self.assembly.councils.find(name)[0] if id_ in self.entities}
        return hits.pop() if len(hits) == 1 else name

    def _id(self, name: str, kinds: Iterable[str] | None) -> str | None:
        wanted = None if kinds is None else set(kinds)
        if (wanted is None or AUTHORITY in wanted) and normalise(name) not in self.assembly.services:
            ids, how = self.assembly.councils.find(name)
            if len(ids) == 1 and how in {"name", "identifier", "reviewed", "initials"}:
                id_ = self.assembly.body(Party(name), None)
                self.entities.setdefault(id_, self.assembly.entities[id_])
                return id_
        for key in (normalise(name), company_key(name)):
            hits = {id_ for id_ in self.names.get(key, ()) if wanted is None or self.entities[id_].kind in wanted}
            if len(hits) > 1:  # of equal names, a public body's comes first, as everywhere
                hits = {id_ for id_ in hits if self.entities[id_].kind == AUTHORITY}
            if len(hits) == 1:
                return hits.pop()
        known = directory().supplier(name) or directory().service(name)
        return known if known in self.entities and (wanted is None or self.entities[known].kind in wanted) else None
