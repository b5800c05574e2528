"""From what a source states to a data set: everybody found, the relations made, joined to what was there before."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from riskgraph.assets import shipped
from riskgraph.data.dataset import Dataset, DatasetInfo
from riskgraph.data.directory import directory
from riskgraph.data.joining import Told, add_relation, joined
from riskgraph.data.read import read
from riskgraph.data.spelling import company_key, normalise
from riskgraph.dates import last_day
from riskgraph.errors import RiskGraphError
from riskgraph.importers.assembly import Assembly
from riskgraph.importers.contract_runs import join_contracts
from riskgraph.importers.incidents import join_incidents
from riskgraph.importers.listed_bodies import register_rows
from riskgraph.importers.matching import Councils, Suppliers
from riskgraph.importers.purchases import add_purchase, recognised
from riskgraph.importers.report import DateFrom, ImportReport
from riskgraph.importers.review import likely_names
from riskgraph.importers.stated_relations import add_stated
from riskgraph.importers.statements import ImportOptions, Party, Purchase, StatedRelation, Statements
from riskgraph.importers.supplier_names import KnownSuppliers, NamesInACell
from riskgraph.importers.values import slug
from riskgraph.model import AUTHORITY, PRINCIPAL_COUNCILS, SHARED_SERVICE, SUPPLIER, Entity, RegisterEntry

_Row = TypeVar("_Row")

__all__ = ["PriorKnowledge", "assemble", "known_buyers_only", "prior_knowledge"]


@dataclass(frozen=True)
class PriorKnowledge:
    """What is known before a source is read."""

    base: Dataset | None
    register: Mapping[str, RegisterEntry]
    brought: Mapping[str, RegisterEntry]  # what the source, or the map, has of its own
    councils: Councils
    reviewed: Mapping[str, str]  # company_key -> supplier, as a person decided; several between semicolons
    names: NamesInACell


def prior_knowledge(
    options: ImportOptions,
    base: Dataset | None,
    entries: Mapping[str, RegisterEntry] = MappingProxyType({}),
    known_as: Mapping[str, str] = MappingProxyType({}),
) -> PriorKnowledge:
    """The register and the reviewed names that a source is read with; what it says of councils comes on top."""
    own = base is not None and base.own_register_file
    usual = base.register if base is not None and not own else read("seeds").register
    brought = {**(base.register if base is not None and own else {}), **options.register, **entries}
    register = {**usual, **brought}
    extra = [e for e in (base.entities.values() if base else ()) if e.kind == AUTHORITY and e.id not in register]
    decided = {name: ids.split(";") for name, ids in options.reviewed.items()}
    reviewed = {
        normalise(name): ";".join(ids) for name, ids in decided.items() if all(id_.startswith(AUTHORITY) for id_ in ids)
    }
    companies = {
        company_key(name): ";".join(ids)
        for name, ids in decided.items()
        if len(ids) > 1 or not ids[0].startswith(AUTHORITY)
    }
    names = {id_: e.name for id_, e in (*directory().entities.items(), *(base.entities.items() if base else ()))}
    names |= {id_: entry.name or id_ for id_, entry in register.items()}
    for id_ in {id_ for ids in decided.values() if len(ids) > 1 for id_ in ids if id_.startswith(SUPPLIER)}:
        companies.setdefault(company_key(names[id_]), id_)
    councils = Councils(register, {**known_as, **reviewed}, extra)
    others = _services_of(base)

    def meant(name: str) -> str | None:
        service = others.get(normalise(name), ("",))[0] or directory().service(name)
        return service or councils.sure(name)

    suppliers = KnownSuppliers(base.entities if base else {}, companies)
    in_a_cell = NamesInACell(suppliers, meant, names.__getitem__)
    return PriorKnowledge(base, register, brought, councils, companies, in_a_cell)


def known_buyers_only(
    known: PriorKnowledge, report: ImportReport, principal: bool = False
) -> Callable[[Purchase], str]:
    """Why a purchase is refused where only buyers that the register, or the map, knows are wanted, or of these councils."""
    services = _services_of(known.base)

    def refuses(purchase: Purchase) -> str:
        name, ids = purchase.council
        if normalise(name) in services or directory().service(name):
            return ""
        if found := known.councils.find(name, ids, purchase.valid_from)[0]:
            if not principal or any(_is_council(known, id_) for id_ in found):
                return ""
            return "buyer is no principal council (--buyers known takes it)"
        report.unmatched_councils[name] += purchase.rows
        return "buyer is not in the register of authorities (--buyers all takes it)"

    return refuses


def _is_council(known: PriorKnowledge, id_: str) -> bool:
    """Whether a public body is a principal council, or one that only the map has."""
    entry = known.register.get(id_)
    return entry is None or entry.kind in PRINCIPAL_COUNCILS


def assemble(statements: Statements, known: PriorKnowledge, path: Path) -> Dataset:
    """A data set of everything stated, joined to what was there before.

    Parameters
    ----------
    statements
        What the source states.
    known
        The map that it is joined to, the register, and who is who by decision.
    path
        The file, as the data set's path.

    Raises
    ------
    RiskGraphError
        If the date of the data is none.
    """
    base, options, report = known.base, statements.options, statements.report
    info = _info(statements, base)
    report.as_of = info.as_of
    if statements.bodies:
        today = last_day(options.as_of or register_date())
        known = prior_knowledge(options, base, *register_rows(statements, known.councils, today))
    suppliers = Suppliers(base.entities if base else {}, known.reviewed, report)
    services = _services(statements, base, known.councils)
    with_numbers = {company_key(listed.party.name): listed.party for listed in statements.suppliers}
    statements.relations = [_with_numbers(stated, with_numbers) for stated in statements.relations]
    for party, rows in _sellers(statements).items():
        if normalise(party.name) in services or directory().service(party.name):
            continue
        if not known.councils.sure(party.name):
            suppliers.add(party, rows)
    suppliers.settle()
    for party, id_ in suppliers.ids.items():
        name = suppliers.entities[id_].name
        if name in report.unmatched_suppliers and party.name in statements.pounds:
            before = report.unmatched_pounds.get(name, Decimal(0))
            report.unmatched_pounds[name] = before + statements.pounds[party.name]
    assembly = Assembly(statements, base, known.register, info, known.councils, suppliers)
    for key, (id_, name) in services.items():
        assembly.services[key] = assembly.keep(Entity(id_, SHARED_SERVICE, name))
    for purchase in join_contracts(_counted(statements), lambda one: recognised(assembly, one), info.as_of):
        add_purchase(assembly, purchase)
    for stated in statements.relations:
        add_stated(assembly, stated)
    _add_listed(assembly)
    report.likely = likely_names(report, base)
    return _joined_to_base(assembly, path, known.brought)


def register_date() -> str:
    """The date of the shipped register: what the data are dated when nothing else says.

    Examples
    --------
    >>> register_date() > "2026"
    True
    """
    with shipped("register", "register.toml").open("rb") as file:
        date: str = tomllib.load(file)["as_of"]
    return date


def _sellers(statements: Statements) -> Counter[Party]:
    """Everybody who may be a supplier, and in how many rows."""
    named = Counter(statements.sellers)
    ends = [end for stated in statements.relations for end in (stated.dependent, stated.provider)]
    named.update(party for kind, party in ends if kind in {SUPPLIER, "body", SHARED_SERVICE})
    named.update(party for kind, party in statements.listed if kind in {SUPPLIER, SHARED_SERVICE})
    named.update(listed.party for listed in statements.suppliers)
    return named


def _add_listed(assembly: Assembly) -> None:
    """What the source lists beside its relations: suppliers, bodies and places."""
    listed = assembly.statements.suppliers
    ids = [assembly.provider(one.party, None) for one in listed]
    for id_, one in zip(ids, listed, strict=True):
        for alias in one.aliases:
            held = assembly.entities[id_]
            assembly.entities[id_] = joined(held, replace(held, name=alias, aliases=()))
    for id_, one in zip(ids, listed, strict=True):
        if one.certificates:
            held = assembly.entities[id_]
            assembly.keep(replace(held, certificate=one.certificates, certificate_expires=one.lapses))
    for kind, party in assembly.statements.listed:
        assembly.of_kind(kind, party)


def _counted(statements: Statements) -> Iterator[tuple[Any, ...]]:
    for count, record in enumerate(statements.purchases.records()):
        if count % 1000 == 999:
            statements.options.tick(count, len(statements.purchases))
        yield record


def _with_numbers(stated: StatedRelation, named: Mapping[str, Party]) -> StatedRelation:
    """Suppliers that the source lists with their number have it wherever it names them."""
    one, two = (
        (kind, named.get(company_key(party.name), party) if kind == SUPPLIER else party)
        for kind, party in (stated.dependent, stated.provider)
    )
    return replace(stated, dependent=one, provider=two)


def _services_of(base: Dataset | None) -> dict[str, tuple[str, str]]:
    """Names of the shared services of a map, to their ids and first names."""
    entities = [entity for entity in (base.entities if base else {}).values() if entity.kind == SHARED_SERVICE]
    return {normalise(name): (e.id, e.name) for e in entities for name in (e.name, *e.aliases)}


def _services(statements: Statements, base: Dataset | None, councils: Councils) -> dict[str, tuple[str, str]]:
    """Names that the source, or the map, uses for shared services."""
    found = _services_of(base)
    named = sorted(statements.between, key=lambda party: (party.name, party.ids))
    ends = [end for stated in statements.relations for end in (stated.dependent, stated.provider)]
    named += [party for kind, party in (*statements.listed, *ends) if kind == SHARED_SERVICE]
    for party in named:
        key = normalise(party.name)
        if key not in found and not councils.sure(party.name) and not directory().supplier(party.name):
            known = directory().service(party.name)
            new = (f"{SHARED_SERVICE}:{slug(party.name)}", party.name)
            found[key] = (known, directory().entities[known].name) if known else new
    return found


def _info(statements: Statements, base: Dataset | None) -> DatasetInfo:
    options, report = statements.options, statements.report
    as_of = _as_of(statements, base)
    try:
        last_day(as_of)
    except ValueError as error:
        raise RiskGraphError(f"{error}.", "Write a date as 2026-11-25 or 25 November 2026.") from None
    if base is not None:
        return replace(base.info, as_of=max(base.info.as_of, as_of, key=last_day))
    title = options.title or f"Imported from {report.source}"
    return DatasetInfo(title, as_of, marking="TLP:AMBER", own_register="reported")


def _as_of(statements: Statements, base: Dataset | None) -> str:
    """The date of the data, and in the report what it rests on.

    Nothing that lies after today: a contract that begins in three years says nothing about what is known now.
    """
    report = statements.report
    if statements.options.as_of:
        report.as_of_from = DateFrom.SAID
        return statements.options.as_of
    if statements.known is not None:
        report.as_of_from = DateFrom.KNOWN
        as_of, report.as_of_what = statements.known
        return as_of
    if statements.begun is not None:
        report.as_of_from = DateFrom.STARTS
        return statements.begun
    report.as_of_from = DateFrom.NOTHING
    return base.info.as_of if base else register_date()


def _joined_to_base(assembly: Assembly, path: Path, brought: Mapping[str, RegisterEntry]) -> Dataset:
    base, report = assembly.base, assembly.report
    entities = {**(base.entities if base else {}), **assembly.entities}
    relations, evidence = assembly.relations, assembly.evidence
    if base is not None:
        relations, evidence = dict(base.relations), dict(base.evidence)
        told = Told(report.conflicts, base.info.title, report.source)
        for row in assembly.relations.values():
            add_relation(
                relations, row, same_source=False, evidence=evidence, new_evidence=assembly.evidence, told=told
            )
        evidence.update({key: item for key, item in assembly.evidence.items() if key not in evidence})
    incidents, effects = join_incidents(assembly, entities)
    register = _own_register(brought, assembly.register, entities) if brought else assembly.register
    made = Dataset(
        path=path,
        info=assembly.info,
        entities=dict(sorted(entities.items())),
        relations=_in_order(relations),
        evidence=_in_order(evidence),
        incidents=incidents,
        effects=effects,
        register=dict(sorted(register.items())),
        class_rules=base.class_rules if base else {},
        own_register_file=bool(brought),
        questions=base.questions if base else {},
    )
    for table in ("entities", "relations", "evidence", "incidents", "effects"):
        before = len(getattr(base, table)) if base else 0
        name = "incident_effects" if table == "effects" else table
        report.added[name] = len(getattr(made, table)) - before
    return made


def _in_order(rows: dict[str, _Row]) -> dict[str, _Row]:
    """Rows sorted by id; the others are emptied, so that memory does not hold two tables of them."""
    ordered = {id_: rows[id_] for id_ in sorted(rows)}
    rows.clear()
    return ordered


def _own_register(
    brought: Mapping[str, RegisterEntry], everything: Mapping[str, RegisterEntry], entities: Mapping[str, Entity]
) -> dict[str, RegisterEntry]:
    """The register that the source brought, and of the shipped one what the data set speaks of."""
    keep = dict(brought)
    spoken_of = [*entities, *(id_ for entry in brought.values() for id_ in entry.successors)]
    wanted = [id_ for id_ in spoken_of if id_ in everything and id_ not in keep]
    while wanted:
        id_ = wanted.pop()
        entry = keep[id_] = everything[id_]
        for other in (entry.parent_county, entry.combined_authority, *entry.successors):
            if other and other not in keep and other in everything:
                wanted.append(other)  # noqa: PERF401 - the list is being emptied
    return keep
