"""Withholding names before anything is asked: the answer is made from a map that does not hold them.

A body that is withheld gets another name and id, numbered by its place in the map and never by its name,
so that renaming it changes nothing. Whatever could give it away goes with it: aliases, codes, residents,
addresses, notes, contract references and values, days of contracts, the texts of evidence, ids of rows.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import ClassVar

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.question import Question
from riskgraph.analysis.suppression import FEWEST
from riskgraph.data import canonical
from riskgraph.data.checks import run_checks
from riskgraph.data.dataset import Dataset
from riskgraph.data.read import settled
from riskgraph.dates import last_day
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, RULE, Enquiry, Entity, Evidence, Incident, RegisterEntry, Relation
from riskgraph.render.imports import written
from riskgraph.render.page import Page
from riskgraph.render.words import COUNCILS, plural
from riskgraph.report.leaks import Leak, Needles, leaks

__all__ = ["Leak", "Needles", "Redacted", "RedactedMap", "leaks", "redact", "redact_map", "redact_page"]

_ROUNDS = 3  # how far around a body its place in the map is looked at
_WORDS = {
    "supplier": "Supplier",
    "shared-service": "Shared service",
    "environment": "Shared IT environment",
    "system": "System",
    "product": "Product",
    "store": "Data store",
}


@dataclass(frozen=True)
class Redacted:
    """A map without the withheld names, and the way from old ids to new ones (which stays here)."""

    dataset: Dataset
    ids: Mapping[str, str]  # of bodies and places that are withheld: old id to new id
    incidents: Mapping[str, str]
    hidden: frozenset[str]  # old ids
    needles: Needles


def redact(dataset: Dataset, hidden: Iterable[str], as_of: date, *, classes: bool = False) -> Redacted:
    """A map in which some bodies and places have no name.

    Parameters
    ----------
    hidden
        Ids to withhold. Whoever bears the name of one of them ("Kent Homechoice") is withheld too.
    as_of
        The date of the question: what has ended by then stays ended, but on no day that tells.
    classes
        Keep the class and region of a body where at least five share both.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> found = redact(read("seeds"), ["authority:thanet"], date(2026, 11, 22))
    >>> found.dataset.entities[found.ids["authority:thanet"]].name
    'Council 1 (withheld)'
    """
    work = _Redaction(dataset, frozenset(hidden), as_of, classes)
    return work.result()


@dataclass(frozen=True)
class RedactedMap(Answer):
    """A map without some names, to be handed on; nothing in it leads back to them."""

    form: ClassVar = Form(
        "data redact",
        "A map in which some bodies and places have no name.",
        (),
        (
            Column("withheld", "bodies and places that are withheld", "integer", "bodies"),
            Column("relations", "relations in which they stand", "integer", "rows"),
            Column("written", "whether it was written to a folder", "flag"),
        ),
        (
            TableForm(
                "withheld",
                "a body or place that is withheld, as the new map has it",
                (Column("id", "its new id"), Column("name", "its new name"), Column("kind", "its kind")),
            ),
        ),
    )

    graph: RiskGraph = field(repr=False)  # the new map
    question: Question = field(repr=False)
    withheld: tuple[str, ...]  # new ids
    written: str = ""  # the folder; empty: nothing was written

    @property
    def relations(self) -> int:
        """In how many relations they stand."""
        hidden = set(self.withheld)
        return sum(bool({row.dependent, row.provider} & hidden) for row in self.graph.dataset.relations.values())

    def fact_values(self) -> Mapping[str, Value]:
        """How many are withheld."""
        return {"withheld": len(self.withheld), "relations": self.relations, "written": bool(self.written)}

    def row_values(self, table: str) -> Iterable[Row]:
        """Who is withheld, by the new names."""
        entities = self.graph.dataset.entities
        return [(id_, entities[id_].name, entities[id_].kind) for id_ in self.withheld]


def redact_map(graph: RiskGraph, names: Sequence[str]) -> RedactedMap:
    """A map without some names, ready to be written.

    Parameters
    ----------
    graph
        The map to begin with.
    names
        Whom to withhold.

    Returns
    -------
    RedactedMap
        Its `graph` is the new map; it was checked like one that was read, and holds none of the names.

    Raises
    ------
    RiskGraphError
        If no name is given, one is not known, or a withheld name would still stand somewhere.

    Examples
    --------
    >>> redact_map(RiskGraph.open("seeds"), ["thanet"]).withheld
    ('authority:withheld-1',)
    """
    if not names:
        raise RiskGraphError("No name is given.", "Name whom to withhold: --hide NAME, or --names FILE.")
    hidden = [graph.names.resolve(name).partition("/")[0] for name in names]
    found = redact(graph.dataset, hidden, graph.dataset.info.day)
    settled("the redacted map", run_checks(found.dataset, {}))
    new = RiskGraph(_storable(found.dataset))
    if found.needles.found(b"".join(canonical(new.dataset).values()).decode("utf-8")):
        raise RiskGraphError("A withheld name is still somewhere in the map.", "Withhold the body that bears it too.")
    return RedactedMap(new, Question.of(new), tuple(sorted(found.ids.values())))


def _storable(dataset: Dataset) -> Dataset:
    """The class of a withheld council is "council" in an answer; in a data set it is blank: not known."""
    entities = {
        key: replace(entity, authority_type=None) if entity.authority_type == "council" else entity
        for key, entity in dataset.entities.items()
    }
    register = {
        key: replace(entry, kind=None) if entry.kind == "council" else entry for key, entry in dataset.register.items()
    }
    return replace(dataset, entities=entities, register=register)


class _Redaction:
    def __init__(self, dataset: Dataset, hidden: frozenset[str], as_of: date, classes: bool) -> None:
        self.dataset, self.as_of, self.classes = dataset, as_of, classes
        self.hidden = _with_namesakes(dataset, hidden)
        self.needles = Needles(_names(dataset, self.hidden))
        self.ids = self._numbered()
        touching = {row.id for row in dataset.relations.values() if {row.dependent, row.provider} & self.hidden}
        self.touching = touching
        self.evidence_touching = {id_ for row in touching for id_ in dataset.relations[row].evidence}
        self.incidents = self._incidents()
        groups = {row.alternative for row in dataset.relations.values() if row.alternative is not None}
        self.groups = {name: f"group-{number}" for number, name in enumerate(sorted(groups, key=_digest), 1)}
        self.shared = Counter((entry.kind, entry.region) for entry in dataset.register.values() if entry.exists(as_of))
        self.by_class = Counter(entry.kind for entry in dataset.register.values() if entry.exists(as_of))

    def result(self) -> Redacted:
        data = self.dataset
        evidence_ids = self._evidence_ids()
        entities = {e.id: e for e in map(self._entity, data.entities.values())}
        evidence = {e.id: e for e in (self._evidence(item, evidence_ids[item.id]) for item in data.evidence.values())}
        rows = _renumbered([self._row(row, evidence_ids) for row in data.relations.values()])
        relations = dict(sorted((row.id, row) for row in rows))
        row_ids = {old: new.id for old, new in zip(data.relations, rows, strict=True)}
        incidents = {i.incident_id: i for i in map(self._incident, data.incidents.values())}
        effects = tuple(
            replace(
                effect,
                incident_id=self.incidents.get(effect.incident_id, effect.incident_id),
                organisation=self.ids.get(effect.organisation, effect.organisation),
                via=None if effect.organisation in self.hidden else self._text(effect.via),
                people_affected=None if effect.organisation in self.hidden else effect.people_affected,
                source_url=None if effect.organisation in self.hidden else self._text(effect.source_url),
                said_by=None if effect.organisation in self.hidden else self._speaker(effect.said_by),
                said_at=None if effect.organisation in self.hidden else effect.said_at,
                aware_at=None if effect.organisation in self.hidden else effect.aware_at,
                audience=() if effect.organisation in self.hidden else effect.audience,
                subjects=() if effect.organisation in self.hidden else effect.subjects,
                service_area=() if effect.organisation in self.hidden else effect.service_area,
            )
            for effect in data.effects
        )
        register = {e.id: e for e in map(self._register, data.register.values())}
        info = replace(
            data.info,
            title=(None if self.classes else self._text(data.info.title)) or "A map (title withheld)",
            attribution=self._text(data.info.attribution) or "",
            licence=self._text(data.info.licence) or "",
        )
        new = Dataset.of(
            data.path,
            info,
            entities=entities,
            relations=relations,
            evidence=evidence,
            incidents=incidents,
            effects=effects,
            register=register,
            own_register_file=True,
            questions=self._questions(row_ids),
        )
        return Redacted(replace(new, left_out=data.left_out), self.ids, self.incidents, self.hidden, self.needles)

    def _text(self, text: str | None) -> str | None:
        """A free text, unless it holds a withheld name."""
        return None if text is None or self.needles.found(text) else text

    # -- ids by place in the map --------------------------------------------------------------------

    def _numbered(self) -> dict[str, str]:
        """New ids: by kind, then by what surrounds a body; bodies that look alike may swap places."""
        colour = {id_: self._first_colour(id_) for id_ in self.hidden}
        rows: dict[str, list[tuple[str, str, Relation]]] = defaultdict(list)
        for row in self.dataset.relations.values():
            if row.dependent in self.hidden:
                rows[row.dependent].append(("out", row.provider, row))
            if row.provider in self.hidden:
                rows[row.provider].append(("in", row.dependent, row))
        for _ in range(_ROUNDS):
            colour = {
                id_: _digest(colour[id_], *sorted(self._seen(way, colour.get(other, other), row) for way, other, row in rows[id_]))
                for id_ in self.hidden
            }  # fmt: skip
        numbers: Counter[str] = Counter()
        ids = {}
        for id_ in sorted(self.hidden, key=lambda id_: (colour[id_], id_)):
            entity = self.dataset.entities[id_]
            numbers[entity.kind] += 1
            ids[id_] = f"{entity.kind}:withheld-{numbers[entity.kind]}"
        return ids

    def _first_colour(self, id_: str) -> str:
        entity, entry = self.dataset.entities[id_], self.dataset.register.get(id_)
        exists = entry is None or entry.exists(self.as_of)
        region = entry.region if entry is not None else None
        return _digest(entity.kind, str(entity.authority_type), str(entity.service_area), str(exists), str(region))

    def _seen(self, way: str, other: str, row: Relation) -> str:
        grades = sorted(
            f"{self.dataset.evidence[id_].confidence} {self.dataset.evidence[id_].stance}" for id_ in row.evidence
        )
        values = (
            row.relation,
            row.service_area,
            row.data,
            row.access,
            row.hosting,
            row.data_returned,
            row.valid_from,
            row.valid_to,
        )
        return _digest(way, other, *map(str, values), *grades)  # fmt: skip

    # -- records ------------------------------------------------------------------------------------

    def _entity(self, entity: Entity) -> Entity:
        if entity.id not in self.hidden:
            aliases = tuple(alias for alias in entity.aliases if not self.needles.found(alias))
            return replace(
                entity,
                aliases=aliases,
                note=self._text(entity.note),
                parent_note=self._text(entity.parent_note),
                website=self._text(entity.website),
            )
        new = self.ids[entity.id]
        number = new.rpartition("-")[2]
        kind = self._class(entity.id, entity.authority_type)
        if entity.kind == AUTHORITY:
            word = "Council" if entity.authority_type in COUNCILS else "Public body"
        else:
            word = _WORDS[entity.kind]
        return Entity(
            new,
            entity.kind,
            f"{word} {number} (withheld)",
            authority_type=kind,
            service_area=entity.service_area,
            data=entity.data,
            hosting=entity.hosting,
        )

    def _class(self, id_: str, authority_type: str | None) -> str | None:
        """The class, if it may be told; the model needs to know groups, and words count councils."""
        if authority_type is None or authority_type == "group":
            return authority_type
        if self.classes and self.by_class[authority_type] >= FEWEST:
            return authority_type
        return "council" if authority_type in COUNCILS else "other"

    def _register(self, entry: RegisterEntry) -> RegisterEntry:
        if entry.id not in self.hidden:
            return replace(
                entry,
                parent_county=self.ids.get(entry.parent_county or "", entry.parent_county),
                combined_authority=self.ids.get(entry.combined_authority or "", entry.combined_authority),
                successors=tuple(self.ids.get(body, body) for body in entry.successors),
            )
        told = self.classes and self.shared[entry.kind, entry.region] >= FEWEST
        number = self.ids[entry.id]
        ended = None if entry.exists(self.as_of) else self._ended(entry.valid_to)
        return RegisterEntry(
            number,
            name=f"{number} (withheld)",
            kind=self._class(entry.id, entry.kind),
            nation=entry.nation if told else None,
            region=entry.region if told else None,
            valid_to=ended,
        )

    def _ended(self, day: str | None) -> str | None:
        """The year of an end in the past; where only the day tells that it is past, the day before."""
        if day is None:
            return None
        return day[:4] if last_day(day[:4]) < self.as_of else (self.as_of - timedelta(days=1)).isoformat()

    def _row(self, row: Relation, evidence: Mapping[str, str]) -> Relation:
        items = tuple(sorted(evidence[id_] for id_ in row.evidence))
        if row.id not in self.touching:
            return replace(
                row,
                evidence=items,
                note=self._text(row.note),
                contract_reference=self._text(row.contract_reference),
                framework=self._text(row.framework),
                alternative=self._group(row.alternative),
            )
        past = row.valid_to is not None and last_day(row.valid_to) < self.as_of
        begun = row.valid_from is None or last_day(row.valid_from) <= self.as_of
        return replace(
            row,
            dependent=self.ids.get(row.dependent, row.dependent),
            provider=self.ids.get(row.provider, row.provider),
            valid_from=None if begun else row.valid_from,
            valid_to=self._ended(row.valid_to) if past else None,
            alternative=self._group(row.alternative),
            contract_reference=None,
            contract_value_gbp=None,
            contract_end_latest=None,
            contract_end=None,
            annual_value_gbp=None,
            notice_days=None,
            framework=None,
            people=None,
            evidence=items,
            note=None,
        )

    def _group(self, name: str | None) -> str | None:
        """The name of a group of alternatives says nothing that is needed but who is in it."""
        return None if name is None else self.groups[name]

    def _evidence_ids(self) -> dict[str, str]:
        """Ids of evidence may be made from its address; here they are numbers in the order of what is left."""
        order = sorted(
            self.dataset.evidence.values(),
            key=lambda item: (self._scrubbed(item), item.confidence, item.stance, item.about or "", item.published or "", "" if self._scrubbed(item) else item.id),
        )  # fmt: skip
        ids = {item.id: f"item-{number}" for number, item in enumerate(order, 1)}
        return ids | {id_: id_ for id_ in ids if id_.startswith(RULE) and not self.needles.found(id_)}

    def _scrubbed(self, item: Evidence) -> bool:
        text = " ".join(part for part in (item.url, item.publisher, item.claim) if part)
        touching = item.id in self.evidence_touching and not item.id.startswith(RULE)  # a rule speaks of a class
        return touching or self.needles.found(text)

    def _evidence(self, item: Evidence, number: str) -> Evidence:
        incidents = tuple(self.incidents.get(incident, incident) for incident in item.incident)
        if not self._scrubbed(item):
            return replace(item, id=number, incident=incidents)
        return replace(item, id=number, incident=incidents, url=None, publisher=None, claim=None, retrieved=None)

    def _questions(self, row_ids: Mapping[str, str]) -> dict[str, Enquiry]:
        """The questions that speak of nobody who is withheld; their ids are numbers in the order of what they ask."""
        told = [
            replace(one, about=row_ids.get(one.about, one.about))
            for one in self.dataset.questions.values()
            if one.about not in self.hidden | self.touching
            and self._text(f"{one.question} {one.why or ''}") is not None
        ]
        told.sort(key=lambda one: (one.question, one.why or "", one.about))
        return {(id_ := f"question-{number}"): replace(one, id=id_) for number, one in enumerate(told, 1)}

    def _speaker(self, said_by: str | None) -> str | None:
        return self.ids.get(said_by or "") or self._text(said_by)

    def _incidents(self) -> dict[str, str]:
        """Incidents whose texts or places would tell, with their new ids."""
        touched = {e.incident_id for e in self.dataset.effects if e.organisation in self.hidden}
        found = []
        for incident in self.dataset.incidents.values():
            origins = {origin.partition("/")[0] for origin in incident.origins}
            text = " ".join(
                part for part in (incident.incident_id.replace("-", " "), incident.title, incident.summary) if part
            )
            if incident.incident_id in touched or origins & self.hidden or self.needles.found(text):
                found.append(incident)
        found.sort(key=lambda i: (i.date_started or "", i.mechanism or "", i.incident_id))
        return {incident.incident_id: f"incident-{number}" for number, incident in enumerate(found, 1)}  # fmt: skip

    def _incident(self, incident: Incident) -> Incident:
        new = self.incidents.get(incident.incident_id)
        if new is None:
            return incident
        origins = (origin.partition("/") for origin in incident.origins)
        started = incident.date_started
        return Incident(
            new,
            "An incident (withheld)",
            date_started=started[:4] if started else None,
            mechanism=incident.mechanism,
            impact=incident.impact,
            origins=tuple(self.ids.get(body, body) + slash + area for body, slash, area in origins),
        )


def _renumbered(rows: list[Relation]) -> list[Relation]:
    """Rows, where they were, with ids that are numbers in the order of what the rows still say."""

    def told(row: Relation) -> tuple[str, ...]:
        return tuple(str(getattr(row, name)) for name in Relation.__slots__ if name != "id")

    order = sorted(range(len(rows)), key=lambda place: told(rows[place]))
    number = {place: number for number, place in enumerate(order, 1)}
    return [replace(row, id=f"row-{number[place]}") for place, row in enumerate(rows)]


def _names(dataset: Dataset, hidden: frozenset[str]) -> set[str]:
    """Everything that a withheld body is called."""
    names: set[str] = set()
    for id_ in hidden:
        entity, entry = dataset.entities[id_], dataset.register.get(id_)
        names |= {entity.name, *entity.aliases, id_, id_.partition(":")[2]}
        names |= {code for code in (entity.gss_code, entity.company_number) if code}
        if entry is not None:
            names |= {name for name in (entry.name, entry.short_name, entry.gss_code) if name}
    regions = {region for entry in dataset.register.values() for region in (entry.region, entry.nation) if region}
    return names - regions  # West Midlands is an authority and a region


def _with_namesakes(dataset: Dataset, hidden: frozenset[str]) -> frozenset[str]:
    """The bodies to withhold, and all whose name or id holds one of their names."""
    needles = Needles(_names(dataset, hidden))
    more = {
        entity.id
        for entity in dataset.entities.values()
        if entity.id not in hidden and needles.found(f"{entity.name} | {entity.id.partition(':')[2]}")
    }
    return hidden | more


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def redact_page(found: RedactedMap) -> Page:
    """How many are withheld, and where the map is now."""
    count = plural(len(found.withheld), "body or place", "bodies and places")
    return Page(f"{count} withheld, in {plural(found.relations, 'relation')}.", written(found.written))
