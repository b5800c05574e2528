"""Facts and ties to a data set: the parties settled, the relations made, joined to what was there before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from riskgraph.data.dataset import Dataset, DatasetInfo
from riskgraph.data.importers.builder import Builder
from riskgraph.data.importers.directory import directory
from riskgraph.data.importers.facts import Fact, Harvest, Options, Party, Tie
from riskgraph.data.importers.fold import folded
from riskgraph.data.importers.incidents import join_incidents
from riskgraph.data.importers.match import Councils, Suppliers
from riskgraph.data.importers.organisations import settle_organisations
from riskgraph.data.importers.report import ImportReport
from riskgraph.data.importers.ties import add_tie, end_of
from riskgraph.data.importers.values import company_key, slug
from riskgraph.data.joining import Told, add_relation, joined
from riskgraph.data.names import normalise
from riskgraph.dates import last_day
from riskgraph.errors import RiskGraphError
from riskgraph.model import AUTHORITY, SHARED_SERVICE, SUPPLIER, Entity, RegisterEntry

__all__ = ["Ground", "build", "ground", "known_buyers_only"]


@dataclass(frozen=True)
class Ground:
    """What is known before a source is read."""

    base: Dataset | None
    register: Mapping[str, RegisterEntry]
    brought: Mapping[str, RegisterEntry]  # what the source, or the map, has of its own
    councils: Councils
    reviewed: Mapping[str, str]  # company_key -> supplier, as a person decided


def ground(
    options: Options,
    base: Dataset | None,
    entries: Mapping[str, RegisterEntry] = MappingProxyType({}),
    known_as: Mapping[str, str] = MappingProxyType({}),
) -> Ground:
    """The register and the reviewed names that a source is read with; what it says of councils comes on top."""
    from riskgraph.data.read import read

    own = base is not None and base.own_register_file
    shipped = base.register if base is not None and not own else read("seeds").register
    brought = {**(base.register if base is not None and own else {}), **options.register, **entries}
    register = {**shipped, **brought}
    extra = [e for e in (base.entities.values() if base else ()) if e.kind == AUTHORITY and e.id not in register]
    reviewed = {normalise(name): id_ for name, id_ in options.reviewed.items() if id_.startswith(AUTHORITY)}
    companies = {company_key(name): id_ for name, id_ in options.reviewed.items() if id_.startswith(SUPPLIER)}
    return Ground(base, register, brought, Councils(register, {**known_as, **reviewed}, extra), companies)


def known_buyers_only(known: Ground, report: ImportReport) -> Callable[[Fact], str]:
    """Why a fact is refused where only buyers that the register, or the map, knows are wanted."""
    services = {
        normalise(name)
        for entity in (known.base.entities.values() if known.base else ())
        if entity.kind == SHARED_SERVICE
        for name in (entity.name, *entity.aliases)
    } | set(directory().services)

    def refuses(fact: Fact) -> str:
        name, ids = fact.council.name, fact.council.ids
        if normalise(name) in services or known.councils.find(name, ids, fact.valid_from)[0]:
            return ""
        report.unmatched_councils[name] += fact.rows
        return "buyer is not in the register of authorities (--buyers all takes it)"

    return refuses


def build(harvest: Harvest, options: Options, known: Ground, path: Path) -> Dataset:
    """A data set of everything harvested, joined to what was there before.

    Raises
    ------
    RiskGraphError
        If there is nothing to make a data set of.
    """
    base, councils = known.base, known.councils
    info = _info(harvest, options, base)
    if harvest.organisations:
        known = ground(options, base, *settle_organisations(harvest, options, councils))
        councils = known.councils
    suppliers = Suppliers(base.entities if base else {}, known.reviewed, harvest.report)
    services = _services(harvest, base, councils)
    by_name = {company_key(party.name): party for party in harvest.named}
    harvest.ties = [_with_numbers(tie, by_name) for tie in harvest.ties]
    for party, rows in _named(harvest).items():
        if normalise(party.name) not in services and not _is_council(party, councils):
            suppliers.add(party, rows)
    suppliers.settle()
    builder = Builder(harvest, options, base, known.register, info, councils, suppliers)
    for key, (id_, name) in services.items():
        builder.services[key] = builder.keep(Entity(id_, SHARED_SERVICE, name))
    for fact in folded(_told(harvest, options), builder.meaning, info.as_of):
        builder.add_fact(fact)
    for tie in harvest.ties:
        add_tie(builder, tie)
    for party in harvest.named:
        builder.provider(party, None)
    _add_listed(builder)
    return _together(builder, path, known.brought)


def _named(harvest: Harvest) -> Counter[Party]:
    """Everybody who may be a supplier, and in how many rows."""
    named = Counter(harvest.suppliers)
    ends = [end for tie in harvest.ties for end in (tie.dependent, tie.provider)]
    named.update(party for kind, party in ends if kind in {SUPPLIER, "body", SHARED_SERVICE})
    named.update(party for kind, party in harvest.listed if kind in {SUPPLIER, SHARED_SERVICE})
    named.update(harvest.named)
    return named


def _add_listed(builder: Builder) -> None:
    """What the source lists beside its relations: other names, certificates, bodies and places."""
    harvest = builder.harvest
    for party, alias in harvest.aliases:
        id_ = builder.provider(party, None)
        builder.entities[id_] = joined(builder.entities[id_], replace(builder.entities[id_], name=alias, aliases=()))
    for party, seen, lapses in harvest.certificates:
        held = builder.entities[builder.provider(party, None)]
        builder.keep(replace(held, certificate=seen, certificate_expires=lapses))
    for kind, party in harvest.listed:
        end_of(builder, kind, party)


def _told(harvest: Harvest, options: Options) -> Iterator[Fact]:
    for count, fact in enumerate(harvest.facts):
        if count % 1000 == 999:
            options.tick(count, len(harvest.facts))
        yield fact


def _with_numbers(tie: Tie, named: Mapping[str, Party]) -> Tie:
    """Suppliers that the source lists with their number have it wherever it names them."""
    ends = [
        (kind, named.get(company_key(p.name), p) if kind == SUPPLIER else p)
        for kind, p in (tie.dependent, tie.provider)
    ]
    return replace(tie, dependent=ends[0], provider=ends[1])


def _is_council(party: Party, councils: Councils) -> bool:
    ids, how = councils.find(party.name)
    return len(ids) == 1 and how in {"name", "identifier", "reviewed"}


def _services(harvest: Harvest, base: Dataset | None, councils: Councils) -> dict[str, tuple[str, str]]:
    """Names that the source, or the map, uses for shared services."""
    found: dict[str, tuple[str, str]] = {}
    for entity in (base.entities if base else {}).values():
        if entity.kind == SHARED_SERVICE:
            for name in (entity.name, *entity.aliases):
                found[normalise(name)] = entity.id, entity.name
    named = sorted(harvest.between, key=lambda party: (party.name, party.ids))
    named += [party for kind, party in harvest.listed if kind == SHARED_SERVICE]
    named += [party for tie in harvest.ties for kind, party in (tie.dependent, tie.provider) if kind == SHARED_SERVICE]
    for party in named:
        key = normalise(party.name)
        if key not in found and not _is_council(party, councils) and company_key(party.name) not in directory().keys:
            known = directory().services.get(key)
            found[key] = (
                (known, directory().entities[known].name)
                if known
                else (f"{SHARED_SERVICE}:{slug(party.name)}", party.name)
            )
    return found


def _info(harvest: Harvest, options: Options, base: Dataset | None) -> DatasetInfo:
    from riskgraph.data.importers.registry import register_date

    dates = sorted(day for day in harvest.dates if day)
    as_of = options.as_of or (dates[-1] if dates else None)
    if as_of is None:
        as_of = base.info.as_of if base else register_date()
        harvest.report.guess("date of the data", f"the source gives none: {as_of} (--as-of says otherwise)")
    elif options.as_of is None:
        harvest.report.note(
            f"Date of the data: {as_of}, the latest day that the source speaks of (--as-of says otherwise)."
        )
    try:
        last_day(as_of)
    except ValueError as error:
        raise RiskGraphError(f"{error}.", "Write a date as 2026-11-25.") from None
    if base is not None:
        return replace(base.info, as_of=max(base.info.as_of, as_of, key=last_day))
    title = options.title or f"Imported from {harvest.report.source}"
    return DatasetInfo(title, as_of, marking="TLP:AMBER", own_register="reported")


def _together(builder: Builder, path: Path, brought: Mapping[str, RegisterEntry]) -> Dataset:
    base = builder.base
    entities = dict(base.entities) if base else {}
    relations = dict(base.relations) if base else {}
    evidence = dict(base.evidence) if base else {}
    before = len(entities), len(relations), len(evidence)
    entities.update(builder.entities)
    if base is None:
        relations, evidence = builder.relations, builder.evidence
    else:
        new, told = builder.evidence, Told(builder.report.conflicts, base.info.title, builder.report.source)
        for row in builder.relations.values():
            add_relation(relations, row, same_source=False, evidence=evidence, new_evidence=new, told=told)
        evidence.update({key: item for key, item in builder.evidence.items() if key not in evidence})
    report = builder.report
    incidents, effects = join_incidents(builder, entities)
    report.added = {
        "entities": len(entities) - before[0],
        "relations": len(relations) - before[1],
        "evidence": len(evidence) - before[2],
        "incidents": len(incidents) - (len(base.incidents) if base else 0),
        "incident_effects": len(effects) - (len(base.effects) if base else 0),
    }
    register = _own_register(brought, builder.register, entities) if brought else builder.register
    return Dataset(
        path,
        builder.info,
        dict(sorted(entities.items())),
        dict(sorted(relations.items())),
        dict(sorted(evidence.items())),
        incidents,
        effects,
        dict(sorted(register.items())),
        own_register_file=bool(brought),
    )


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
