"""A data set in the making: who is meant by a name, and the bodies, relations and evidence so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import islice
from sys import intern
from typing import Any

from riskgraph.data.dataset import Dataset, DatasetInfo
from riskgraph.data.directory import directory
from riskgraph.data.joining import add_relation, evidence_id, joined
from riskgraph.data.spelling import company_key, normalise
from riskgraph.dates import first_day
from riskgraph.errors import RiskGraphError
from riskgraph.importers.fitting import fitting
from riskgraph.importers.matching import Councils, Suppliers
from riskgraph.importers.report import DIFFER, ImportReport
from riskgraph.importers.statements import Citation, ListedSystem, Party, Statements, in_order
from riskgraph.importers.values import clean, slug
from riskgraph.importers.words import bare_host
from riskgraph.model import (
    AUTHORITY,
    ENVIRONMENT,
    ORGANISATIONS,
    SHARED_SERVICE,
    SUPPLIER,
    Entity,
    Evidence,
    RegisterEntry,
    Relation,
)
from riskgraph.rules import rules

__all__ = ["Assembly"]

_key = lru_cache(maxsize=65_536)(normalise)
_publisher = lru_cache(maxsize=1024)(lambda text: intern(clean(text or "")) or None)
_AGAIN = ("valid_from", "valid_to", "contract_end_latest")  # few texts in many rows: memory holds each once


@dataclass
class Assembly:
    """A data set in the making."""

    statements: Statements
    base: Dataset | None
    register: Mapping[str, RegisterEntry]
    info: DatasetInfo
    councils: Councils
    suppliers: Suppliers
    entities: dict[str, Entity] = field(default_factory=dict)
    relations: dict[str, Relation] = field(default_factory=dict)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)  # normalised name -> shared service
    taken: dict[str, Entity] = field(default_factory=dict)  # what `keep` was last given for an id

    @cached_property
    def places(self) -> dict[tuple[str, str], Entity]:
        """What is there before that is no body, by kind and normalised name."""
        known = [*directory().places, *(self.base.entities.values() if self.base else ())]
        return {
            (e.kind, normalise(name)): e for e in known if e.kind not in ORGANISATIONS for name in (e.name, *e.aliases)
        }

    @property
    def report(self) -> ImportReport:
        """What was done, and guessed."""
        return self.statements.report

    def body(self, party: Party, day: str | None) -> str:
        """A council, or the shared service that several councils buying together are; new if it is not known."""
        key = _key(party.name)
        if key in self.services:
            return self.services[key]
        ids, how = self.councils.find(party.name, party.ids, day)
        if how == "trimmed":
            self.report.guess("council found after leaving out part of its name", f"{party.name!r} is {ids[0]}")
        if how == "initials":
            self.report.guess("council found by its initials", f"{party.name!r} is {ids[0]}")
        if how == "joint":
            return self._joint(party, ids)
        if ids:
            return self._authority(ids[0])
        known = directory().service(party.name)
        if known:
            self.services[key] = known
            return self.keep(directory().entities[known])
        self.report.unmatched_councils[party.name] += 1
        if how == "several":
            self.report.note(
                f"{party.name!r} could be several councils; give its code or decide with `riskgraph data match`."
            )
        id_ = f"{AUTHORITY}:{slug(party.name)}"
        if id_ in self.register:
            id_ += "-as-published"
        return self.keep(Entity(id_, AUTHORITY, party.name))

    def _joint(self, party: Party, members: tuple[str, ...]) -> str:
        key = _key(party.name)
        known = directory().service(party.name)
        new = Entity(f"{SHARED_SERVICE}:{slug(party.name)}", SHARED_SERVICE, party.name)
        entity = directory().entities[known] if known else new
        self.services[key] = self.keep(entity)
        for member in members:
            self._authority(member)
            said = self.cite(Citation(f"{party.name} buys as one body.", publisher=self.report.source))
            self.relate(member, "served-by", entity.id, (said,))
        self.report.guess("joint buyer made a shared service", f"{party.name}: {', '.join(members)}")
        return entity.id

    def _authority(self, id_: str) -> str:
        if id_ in self.entities:
            return id_
        entry = self.register.get(id_)
        if entry is None:
            if self.base and id_ in self.base.entities:
                return self.keep(self.base.entities[id_])
            raise RiskGraphError(f"{id_} is not in the register of authorities.", "Correct the file of decisions.")
        name = entry.name or entry.short_name or id_.partition(":")[2]
        return self.keep(Entity(id_, AUTHORITY, name, authority_type=entry.kind, gss_code=entry.gss_code))

    def provider(self, party: Party, day: str | None) -> str:
        """A supplier, or the council or shared service that supplies."""
        key = _key(party.name)
        if key in self.services:
            return self.services[key]
        if council := self.councils.sure(party.name, day):
            return self._authority(council)
        if known := directory().service(party.name):
            self.services[key] = self.keep(directory().entities[known])
            return self.services[key]
        id_ = self.suppliers.id(party)
        return self.keep(self.suppliers.entities[id_])

    def host(self, name: str, day: str | None) -> str:
        """Who or what hosts: a council, shared service or company known by this name, or else a place."""
        if (ENVIRONMENT, _key(name)) in self.places:
            return self.of_kind(ENVIRONMENT, Party(name))
        keys = {company_key(name), company_key(bare_host(name))}
        company = min((p for p in self.suppliers.ids if company_key(p.name) in keys), default=None)
        if (
            company is not None
            or self.councils.sure(name, day)
            or _key(name) in self.services
            or directory().service(name)
        ):
            return self.provider(company or Party(name), day)
        known = next((id_ for key in sorted(keys) if (id_ := directory().supplier(key))), None)
        return self.keep(directory().entities[known]) if known else self.of_kind(ENVIRONMENT, Party(name))

    def of_kind(self, kind: str, party: Party) -> str:
        """A body or place of a kind by its name; of kind "body", a council, supplier or shared service."""
        if kind == AUTHORITY:
            return self.body(party, None)
        if kind in {SUPPLIER, "body", SHARED_SERVICE}:
            return self.provider(party, None)
        given = directory().entities.get(dict(party.ids).get("id", ""))  # a format that means one of the shipped map
        if given is not None and given.kind == kind:
            return self.keep(given)
        name, id_, key = party.name, f"{kind}:{slug(party.name)}", normalise(party.name)
        area, data, hosting = self.statements.systems.get(key, ListedSystem())
        areas = (area,) if area else ()
        old = self.places.get((kind, key))
        if old is not None:
            name, id_ = old.name, old.id
            for mine, theirs in ((old.service_area, areas), (old.data, data), (old.hosting, hosting)):
                if mine and theirs and mine != theirs:
                    self.report.guess("the map says otherwise of a place: kept", f"{name}: {mine}, not {theirs}")
        return self.keep(Entity(id_, kind, name, service_area=areas, data=data, hosting=hosting))

    def keep(self, entity: Entity) -> str:
        """Take a body or place into the data set, joined to what is known of it; returns its id."""
        if self.taken.get(entity.id) is entity:
            return entity.id
        self.taken[entity.id] = entity
        entity = replace(entity, name=clean(entity.name) or "unnamed")
        old = self.base.entities.get(entity.id) if self.base else None
        before = self.entities.get(entity.id) or old
        self.entities[entity.id] = joined(before, entity) if before else entity
        return entity.id

    def mark(self) -> tuple[int, int, int]:
        """How much there is, before a row is taken in: what `taken_back` goes back to."""
        return len(self.entities), len(self.relations), len(self.evidence)

    def taken_back(self, mark: tuple[int, int, int]) -> None:
        """Forget bodies, places and evidence that only a row that was left out spoke of."""
        entities, relations, evidence = mark
        fresh, cited = set(islice(self.entities, entities, None)), set(islice(self.evidence, evidence, None))
        for row in islice(self.relations.values(), relations, None):
            fresh -= {row.dependent, row.provider}
            cited -= set(row.evidence)
        for id_ in fresh:
            del self.entities[id_], self.taken[id_]
        for id_ in cited:
            del self.evidence[id_]
        if fresh:
            self.services = {name: id_ for name, id_ in self.services.items() if id_ in self.entities}

    def cite(self, cited: Citation) -> str:
        """An item of evidence; the same words from the same place are one item."""
        claim, publisher = clean(cited.claim), _publisher(cited.publisher)
        id_ = evidence_id(cited.url, cited.about, "supports", claim, publisher)
        options = self.statements.options
        published = cited.published or options.as_of  # as old as the user says the data are
        if published and published != options.as_of and first_day(published) > options.today:
            published = None
        licence = cited.licence or self.statements.licence
        self.evidence[id_] = Evidence(
            id_, cited.url, publisher, published, None, cited.grade, "supports", cited.about, claim, (), licence
        )
        return id_

    def relate(
        self,
        dependent: str,
        relation: str,
        provider: str,
        evidence: Iterable[str],
        episode: bool = False,
        where: str = "",
        **values: Any,
    ) -> str:
        """A relation; said twice, it is one with all its sources. One that the model has no place for is left out.

        Parameters
        ----------
        dependent, relation, provider
            Two ids, and the word between them.
        evidence
            Ids of what supports it; items about a field that has no value are left out.
        episode
            Whether it stands for several contracts: then it is another row than that of its last one alone.
        where
            The row of the source, for the report.
        **values
            Further columns of the relation.

        Returns
        -------
        str
            Why it is left out; "" if it stands.
        """
        if dependent == provider:
            return "it joins a body to itself"
        fits = fitting(relation, dependent.partition(":")[0], provider.partition(":")[0])
        if fits.why_not:
            return fits.why_not
        if fits.guessed:
            relation = fits.relation
            example = f"{where}: {self.entities[dependent].name}, {self.entities[provider].name}"
            self.report.guess(fits.guessed, example)
            if relation not in rules().decided_by("access") and values.pop("access", None):
                self.report.guess("way in of a body that runs it, not taken: it is inside anyway", example)
        if values.get("valid_to"):
            dates = in_order(values.get("valid_from"), values["valid_to"], where, self.report)
            values["valid_from"], values["valid_to"] = dates
        values = _said(values)
        parts = [dependent.partition(":")[2], relation, provider.partition(":")[2]]
        if area := values.get("service_area"):
            parts.append(str(area))
        if access := values.get("access"):
            parts.append(f"access-{access}")
        if alternative := values.get("alternative"):
            parts.append(f"group-{slug(str(alternative))}")
        if episode:
            parts.append(f"from-{values.get('valid_from')}")
        if until := values.get("valid_to"):
            parts.append(f"to-{until}")
        held = {i for i in evidence if not (about := self.evidence[i].about) or values.get(about)}
        sources = tuple(sorted(held)) if len(held) != 1 else tuple(held)
        row = Relation(".".join(parts), dependent, relation, provider, evidence=sources, **values)
        if old := self.relations.get(row.id):
            for name in ("data", "hosting", "data_returned"):
                said = sorted({getattr(old, name), getattr(row, name)} - {None})
                if len(said) > 1:
                    ends = f"{self.entities[dependent].name}, {self.entities[provider].name}"
                    self.report.guess(DIFFER, f"{ends}, {name.replace('_', ' ')}: {' or '.join(said)}")
        add_relation(self.relations, row, same_source=True)
        return ""


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    """Cleaned values without blanks; days that stand in many rows are one text in memory."""
    said = {}
    for name, value in values.items():
        if value is None:
            continue
        if isinstance(value, str):
            value = clean(value)
            if not value:
                continue
            if name in _AGAIN:
                value = intern(value)
        said[name] = value
    return said
