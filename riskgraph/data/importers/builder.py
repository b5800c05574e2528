"""What facts and ties mean: who is meant, and which relations that makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

from riskgraph.data.dataset import Dataset, DatasetInfo
from riskgraph.data.importers.areas import is_service, runs_at_supplier
from riskgraph.data.importers.directory import Product, directory
from riskgraph.data.importers.facts import Fact, Harvest, Options, Party
from riskgraph.data.importers.match import Councils, Suppliers
from riskgraph.data.importers.report import ImportReport
from riskgraph.data.importers.tables import clean
from riskgraph.data.importers.values import company_key, slug
from riskgraph.data.joining import add_relation, evidence_id, joined
from riskgraph.data.names import normalise
from riskgraph.errors import RiskGraphError
from riskgraph.model import (
    AUTHORITY,
    ENVIRONMENT,
    ORGANISATIONS,
    PRODUCT,
    SHARED_SERVICE,
    SUPPLIER,
    SYSTEM,
    Entity,
    Evidence,
    RegisterEntry,
    Relation,
)
from riskgraph.rules import rules

__all__ = ["Builder"]

_folded = lru_cache(maxsize=65_536)(normalise)
_WAYS_IN = {"remote", "admin", "network"}
_ELSEWHERE = {"reseller", "device", "telecom", "advice", "bank", "other"}  # kinds of seller that say little


@dataclass
class Builder:
    """A data set in the making."""

    harvest: Harvest
    options: Options
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
        known = self.base.entities.values() if self.base else ()
        return {(e.kind, normalise(e.name)): e for e in known if e.kind not in ORGANISATIONS}

    @property
    def report(self) -> ImportReport:
        """What was done, and guessed."""
        return self.harvest.report

    # --- who is meant ---

    def body(self, party: Party, day: str | None) -> str:
        """A council, or the shared service that several councils buying together are; new if it is not known."""
        key = _folded(party.name)
        if key in self.services:
            return self.services[key]
        ids, how = self.councils.find(party.name, party.ids, day)
        if how == "trimmed":
            self.report.guess("council found after leaving out part of its name", f"{party.name!r} is {ids[0]}")
        if how == "joint":
            return self._joint(party, ids)
        if ids:
            return self._authority(ids[0])
        known = directory().services.get(key)
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
        key = _folded(party.name)
        known = directory().services.get(key)
        entity = (
            directory().entities[known]
            if known
            else Entity(f"{SHARED_SERVICE}:{slug(party.name)}", SHARED_SERVICE, party.name)
        )
        self.services[key] = self.keep(entity)
        for member in members:
            self._authority(member)
            said = self.source(claim=f"{party.name} buys as one body.", grade="reported", publisher=self.report.source)
            self.relate(member, "served-by", entity.id, {}, (said,))
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
        key = _folded(party.name)
        if key in self.services:
            return self.services[key]
        ids, how = self.councils.find(party.name, (), day)
        if len(ids) == 1 and how in {"name", "identifier", "reviewed"}:
            return self._authority(ids[0])
        if directory().services.get(key):
            self.services[key] = self.keep(directory().entities[directory().services[key]])
            return self.services[key]
        id_ = self.suppliers.id(party)
        return self.keep(self.suppliers.entities[id_])

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

    # --- evidence and relations ---

    def source(
        self,
        *,
        claim: str,
        grade: str,
        publisher: str | None,
        url: str | None = None,
        published: str | None = None,
        about: str | None = None,
    ) -> str:
        """An item of evidence; the same words from the same place are one item."""
        claim, publisher = clean(claim), clean(publisher or "") or None
        id_ = evidence_id(url, about, "supports", claim, publisher)
        published = published or self.options.as_of  # the source is as old as the user says the data are
        self.evidence[id_] = Evidence(id_, url, publisher, published, None, grade, "supports", about, claim)
        return id_

    def relate(
        self, dependent: str, relation: str, provider: str, values: Mapping[str, Any], evidence: tuple[str, ...]
    ) -> None:
        """A relation; said twice, it is one with all its sources."""
        if dependent == provider:
            return
        values = {key: (clean(value) or None) if isinstance(value, str) else value for key, value in values.items()}
        episode = values.pop("episode", False)
        parts = [dependent.partition(":")[2], relation, provider.partition(":")[2]]
        if values.get("service_area"):
            parts.append(str(values["service_area"]))
        if values.get("access"):
            parts.append(f"access-{values['access']}")
        if values.get("alternative"):
            parts.append(f"group-{slug(str(values['alternative']))}")
        if episode:  # another row than that of its last contract alone
            parts.append(f"from-{values['valid_from']}")
        if values.get("valid_to"):
            parts.append(f"to-{values['valid_to']}")
        evidence = tuple(i for i in evidence if not (about := self.evidence[i].about) or values.get(about))
        row = Relation(".".join(parts), dependent, relation, provider, evidence=tuple(sorted(set(evidence))), **values)
        add_relation(self.relations, row, same_source=True)

    # --- what a fact means ---

    def add_fact(self, fact: Fact) -> None:
        """One row of a register, award or payment."""
        day = fact.valid_from or fact.valid_to
        settled = self.suppliers.ids.get(fact.supplier)  # none if a public body supplies
        if fact.how != "register" and settled and self._says_little(fact, settled):
            return
        council = self.body(fact.council, day)
        supplier = self.provider(fact.supplier, day)
        kind = supplier.partition(":")[0]
        evidence = [
            self.source(
                claim=fact.claim, grade=fact.grade, publisher=fact.publisher, url=fact.url, published=fact.published
            )
        ]
        area = fact.area
        if fact.area_guessed and area:
            said = f"Area guessed from {fact.area_guessed!r}."
            evidence.append(
                self.source(
                    claim=said,
                    grade="inferred",
                    publisher=self.report.source,
                    published=fact.published,
                    about="service_area",
                )
            )
        elif area is None and supplier in directory().only_area and fact.how != "register":
            area = directory().only_area[supplier]
            said = f"The supplier sells into {area} only, as far as is known."
            evidence.append(
                self.source(claim=said, grade="reported", publisher="Reviewed list of suppliers", about="service_area")
            )
            self.report.guess("service area from the one area the supplier sells into", f"{supplier}: {area}")
        contract = {
            "valid_from": fact.valid_from,
            "valid_to": fact.valid_to,
            "contract_reference": fact.reference,
            "contract_value_gbp": fact.value,
            "annual_value_gbp": fact.annual_value,
            "contract_end": fact.end,
            "contract_end_latest": fact.end_latest,
            "notice_days": fact.notice_days,
            "framework": fact.framework,
            "data_returned": fact.returned,
            "note": fact.note,
            "endurance_days": fact.endurance_days,
            "substitutability": fact.substitutability,
            "exit_plan": fact.exit_plan,
            "episode": fact.episode,  # no cell, but part of the name of the row
        }
        if fact.certificate and supplier.startswith(SUPPLIER):
            seen = tuple(fact.certificate.split("; "))
            held = self.entities[supplier]
            self.keep(replace(held, certificate=seen, certificate_expires=fact.certificate_expires))
        elif fact.certificate:
            self.report.guess(
                "certificate of a body that is no company, not taken", f"{fact.where}: {fact.certificate}"
            )
        dates = {"valid_from": fact.valid_from, "valid_to": fact.valid_to}
        said_by = tuple(evidence)
        buyer = council
        if fact.through is not None:
            between = self.provider(fact.through, day)
            if between not in {council, supplier}:
                row: dict[str, Any] = {"service_area": area, "data": fact.data, **dates}
                row |= {name: contract.pop(name) for name in ("note", "endurance_days")}
                self.relate(council, "served-by", between, row, said_by)
                buyer = between
        if fact.how == "payment":
            self.relate(buyer, "supplied-by", supplier, {"service_area": area, **contract}, said_by)
        elif kind in {AUTHORITY, SHARED_SERVICE}:
            self._from_public_body(fact, buyer, supplier, area, contract, said_by)
        else:
            self._from_company(fact, buyer, supplier, area, contract, said_by)
        self._behind(fact, buyer, supplier, area, dates, said_by)
        self.report.kept += fact.rows

    def _says_little(self, fact: Fact, supplier: str) -> bool:
        known = (self.base is not None and supplier in self.base.entities) or supplier in directory().entities
        reason = ""
        if self.options.suppliers == "known" and not known:
            reason = "supplier is not one that the map or the directory knows (--suppliers all takes it)"
        elif directory().kinds.get(supplier) in _ELSEWHERE and not (fact.thing and is_service(fact.thing, None)):
            reason = "seller of hardware, licences, lines or advice: says nothing about who depends on it"
        if reason:
            self.report.skip(fact.where, reason, fact.rows)
        return bool(reason)

    def _from_public_body(
        self,
        fact: Fact,
        buyer: str,
        supplier: str,
        area: str | None,
        contract: dict[str, Any],
        said_by: tuple[str, ...],
    ) -> None:
        done = fact.thing and (is_service(fact.thing, area) or rules().enabling(area))
        if fact.thing and not done and fact.how == "register":
            system = self.keep(
                Entity(
                    f"{SYSTEM}:{slug(fact.thing)}-{supplier.partition(':')[2]}",
                    SYSTEM,
                    fact.thing,
                    service_area=(area,) if area else (),
                )
            )
            self.relate(
                buyer,
                "uses",
                system,
                {"service_area": area, "data": fact.data, "hosting": fact.hosting, **contract},
                said_by,
            )
            self.relate(system, "operated-by", supplier, {"service_area": area}, said_by)
            self.report.guess(
                "supplied by a public body: read as one system that it runs", f"{fact.thing} of {supplier}"
            )
        else:
            self.relate(buyer, "served-by", supplier, {"service_area": area, "data": fact.data, **contract}, said_by)

    def meaning(self, fact: Fact) -> object:
        """What relation a contract becomes; two contracts of one supplier that mean the same become one row."""
        return self._award(fact, self.suppliers.ids.get(fact.supplier))

    def _award(self, fact: Fact, supplier: str | None) -> tuple[Product | None, bool, str | None]:
        """The product that the title of an award names, whether it names a service, and who hosts."""
        title = fact.thing or ""
        product = directory().product(title, supplier) if supplier else None
        hosting = fact.hosting or ("supplier" if runs_at_supplier(title) else None)
        return product, is_service(title, None) or fact.hosting == "supplier", hosting

    def _from_company(
        self,
        fact: Fact,
        buyer: str,
        supplier: str,
        area: str | None,
        contract: dict[str, Any],
        said_by: tuple[str, ...],
    ) -> None:
        thing = fact.thing or ""
        no_contract = {key: contract[key] for key in ("valid_from", "valid_to", "data_returned")}
        if fact.how == "award":
            product, served, hosting = self._award(fact, supplier)
            if product is not None:
                self.report.guess("product recognised in a title", f"{thing!r}: {product.id}")
                entity = directory().entities[product.id]
                area = area or (product.areas[0] if len(product.areas) == 1 else None)
                self._uses(
                    buyer,
                    entity,
                    supplier,
                    {"service_area": area, "data": fact.data, "hosting": hosting, **contract},
                    said_by,
                )
            elif served:
                self.report.guess("title read as a service that the supplier runs", thing)
                self.relate(
                    buyer, "served-by", supplier, {"service_area": area, "data": fact.data, **contract}, said_by
                )
            else:
                self.relate(
                    buyer, "supplied-by", supplier, {"service_area": area, "access": fact.access, **contract}, said_by
                )
            return
        if not thing:
            self.relate(
                buyer, "supplied-by", supplier, {"service_area": area, "access": fact.access, **contract}, said_by
            )
            return
        # who sits on the network runs it; other software for ICT is used like any software
        done = is_service(thing, area) or (rules().enabling(area) and fact.access == "network")
        if done:
            self.report.guess("read as a service that the supplier runs", thing)
            self.relate(buyer, "served-by", supplier, {"service_area": area, "data": fact.data, **contract}, said_by)
        else:
            known = directory().product(thing, supplier)
            entity = directory().entities[known.id] if known else self._product(thing, supplier, area)
            self._uses(
                buyer,
                entity,
                supplier,
                {"service_area": area, "data": fact.data, "hosting": fact.hosting, **contract},
                said_by,
            )
            if fact.access in _WAYS_IN and fact.hosting == "supplier":  # a way in must not replace what hosting implies
                self.relate(
                    buyer, "served-by", supplier, {"service_area": area, "data": fact.data, **no_contract}, said_by
                )
        runs = fact.hosting == "supplier" or done
        if fact.access and (fact.access in _WAYS_IN or not runs or (fact.access == "data" and fact.data is None)):
            self.relate(
                buyer, "supplied-by", supplier, {"service_area": area, "access": fact.access, **no_contract}, said_by
            )

    def _product(self, thing: str, supplier: str, area: str | None) -> Entity:
        name = slug(thing)
        maker = supplier.partition(":")[2]
        id_ = name if name.split("-")[0] == maker.split("-")[0] else f"{maker}-{name}"
        return Entity(f"{PRODUCT}:{id_}", PRODUCT, thing, service_area=(area,) if area else ())

    def _uses(self, buyer: str, product: Entity, maker: str, values: dict[str, Any], said_by: tuple[str, ...]) -> None:
        self.keep(product)
        self.relate(buyer, "uses", product.id, values, said_by)
        self.relate(product.id, "made-by", maker, {}, said_by)

    def _behind(
        self, fact: Fact, buyer: str, supplier: str, area: str | None, dates: dict[str, Any], said_by: tuple[str, ...]
    ) -> None:
        """Where it runs and who works for the supplier."""
        subs = [(party, self.provider(party, fact.valid_from)) for party in fact.subcontractors]
        if fact.place:
            place = self.keep(Entity(f"{ENVIRONMENT}:{slug(fact.place)}", ENVIRONMENT, fact.place))
            rests = buyer if supplier.startswith(SUPPLIER) else supplier
            if rests.startswith(SUPPLIER):
                self.report.note(
                    f"{fact.where}: {fact.place!r} was not taken as a host: a supplier never rests on one."
                )
            else:
                self.relate(rests, "hosted-on", place, {"service_area": area, "data": fact.data, **dates}, said_by)
            for party, id_ in subs:
                if company_key(fact.place.split(",")[0]) == company_key(party.name):
                    self.relate(place, "operated-by", id_, {}, said_by)
                    self.report.guess("place named after a subcontractor: run by it", f"{fact.place}: {party.name}")
            self.report.guess("text about hosting read as the name of a place", fact.place)
        for _, id_ in subs:
            if supplier.partition(":")[0] in {SUPPLIER, SHARED_SERVICE} and id_.startswith(SUPPLIER):
                self.relate(supplier, "subcontracts-to", id_, {"service_area": area, **dates}, said_by)
            else:
                self.report.note(
                    f"{fact.where}: {id_} as a subcontractor of {supplier} was not taken: only companies can be."
                )
