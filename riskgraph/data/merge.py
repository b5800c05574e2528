"""Several sources to one map: duplicates joined, contradictions kept with both sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from riskgraph.data.dataset import Dataset, DatasetInfo
from riskgraph.data.joining import Conflict, Told, add_relation, joined
from riskgraph.data.names import company_key
from riskgraph.dates import last_day
from riskgraph.errors import RiskGraphError
from riskgraph.model import AUTHORITY, Entity, Grade, Relation

__all__ = ["MergeReport", "Twice", "merge"]


@dataclass(frozen=True, slots=True)
class Twice:
    """A service for which two sources name different providers: one may have replaced the other, or both are used."""

    dependent: str
    area: str
    providers: tuple[str, ...]
    source: str
    other: str  # provider by the other source
    other_by: str


@dataclass
class MergeReport:
    """What merging did."""

    sources: list[str] = field(default_factory=list)
    added: dict[str, int] = field(default_factory=dict)
    same: dict[str, int] = field(default_factory=dict)  # rows that stood there already
    conflicts: list[Conflict] = field(default_factory=list)
    joined: list[tuple[str, str]] = field(default_factory=list)  # suppliers joined by company number, old id and new
    twice: list[Twice] = field(default_factory=list)
    alike: list[tuple[str, str]] = field(default_factory=list)  # two ids of one name but for Ltd and the like

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON can hold it."""
        return {
            "schema": 1,
            "sources": self.sources,
            "added": self.added,
            "same": self.same,
            "conflicts": [asdict(conflict) for conflict in self.conflicts],
            "joined": [list(pair) for pair in self.joined],
            "twice": [asdict(one) for one in self.twice],
            "alike": [list(pair) for pair in self.alike],
        }


def merge(datasets: Sequence[Dataset], title: str | None = None) -> tuple[Dataset, MergeReport]:
    """Several data sets as one regional map.

    Bodies are joined by id, and suppliers also by company number; nothing is joined by likeness. Where
    two sources contradict each other about a row, the surer value stays and the other source disputes
    it, so that answers rest on it as `inferred` only.

    Parameters
    ----------
    datasets
        In any order; the result does not depend on it but where both sources are equally sure.
    title
        Title of the result.

    Returns
    -------
    tuple
        The map, and what was done.

    Raises
    ------
    RiskGraphError
        If fewer than two are given, or two registers contradict each other.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> both, report = merge([read("seeds"), read("seeds")])
    >>> len(both.relations), report.added["relations"], report.conflicts
    (61, 0, [])
    """
    if len(datasets) < 2:
        raise RiskGraphError("There is nothing to merge with only one data set.", "Name two or more.")
    first, *others = datasets
    report = MergeReport([data.info.title for data in datasets])
    entities, relations, evidence = dict(first.entities), dict(first.relations), dict(first.evidence)
    incidents, effects, register = dict(first.incidents), set(first.effects), dict(first.register)
    if any(data.own_register_file for data in datasets):
        register = {}
        for data in datasets:
            ids = data.register if data.own_register_file else _spoken_of(data)
            for id_ in ids:
                if id_ in register and register[id_] != data.register[id_]:
                    for name in (f.name for f in fields(register[id_])):
                        values = getattr(register[id_], name), getattr(data.register[id_], name)
                        if values[0] != values[1]:
                            told = Told(report.conflicts, first.info.title, data.info.title)
                            told.add(id_, name, *("not known" if v in (None, ()) else v for v in values))
                register.setdefault(id_, data.register[id_])
    counts = len(entities), len(relations), len(evidence)
    same = [0, 0, 0]
    origin = dict.fromkeys((*entities, *relations), first.info.title)
    for data in others:
        names = _renamed(data, entities)
        report.joined += sorted(names.items())
        report.twice += _twice(data, relations, names, origin)
        report.alike += _alike(data, entities, names)
        for entity in data.entities.values():
            id_ = names.get(entity.id, entity.id)
            same[0] += id_ in entities
            moved = replace(entity, id=id_)
            told = Told(report.conflicts, origin.setdefault(id_, data.info.title), data.info.title)
            entities[id_] = joined(entities[id_], moved, told) if id_ in entities else moved
        for row in data.relations.values():
            moved_row = _moved(row, names)
            same[1] += moved_row.id in relations
            add_relation(
                relations,
                moved_row,
                same_source=False,
                evidence=evidence,
                new_evidence=data.evidence,
                told=Told(report.conflicts, origin.setdefault(moved_row.id, data.info.title), data.info.title),
            )
        for key, item in data.evidence.items():
            same[2] += key in evidence
            evidence.setdefault(key, item)
        for key, incident in data.incidents.items():
            incidents.setdefault(key, replace(incident, origins=tuple(_line(o, names) for o in incident.origins)))
        effects |= {
            replace(
                e,
                organisation=names.get(e.organisation, e.organisation),
                said_by=names.get(e.said_by or "", e.said_by),
            )
            for e in data.effects
        }
    now = len(entities), len(relations), len(evidence)
    tables = ("entities", "relations", "evidence")
    report.added = {name: now[i] - counts[i] for i, name in enumerate(tables)}
    report.same = {name: same[i] for i, name in enumerate(tables)}
    info = _one_info([data.info for data in datasets], title)
    merged = Dataset(
        first.path,
        info,
        dict(sorted(entities.items())),
        dict(sorted(relations.items())),
        dict(sorted(evidence.items())),
        dict(sorted(incidents.items())),
        tuple(sorted(effects, key=lambda e: tuple(str(getattr(e, f.name) or "") for f in fields(e)))),
        dict(sorted(register.items())),
        own_register_file=any(data.own_register_file for data in datasets),
    )
    return merged, report


def _twice(
    data: Dataset, relations: Mapping[str, Relation], names: Mapping[str, str], origin: Mapping[str, str]
) -> list[Twice]:
    """Services that go on, for which this source names a provider and an earlier one names others."""
    before: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in relations.values():
        if row.relation in {"uses", "served-by"} and row.service_area and not row.valid_to:
            before[row.dependent, row.service_area][row.provider] = row.id
    found = []
    for row in sorted(data.relations.values(), key=lambda row: row.id):
        moved = _moved(row, names)
        known = before.get((moved.dependent, moved.service_area or ""), {})
        if moved.relation not in {"uses", "served-by"} or moved.valid_to or not known or moved.provider in known:
            continue
        source = origin[known[min(known)]]
        found.append(
            Twice(
                moved.dependent, moved.service_area or "", tuple(sorted(known)), source, moved.provider, data.info.title
            )
        )
    return found


def _alike(data: Dataset, entities: Mapping[str, Entity], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Bodies that another source may know under another id, by name: told, never joined."""

    def keys(entity: Entity) -> set[tuple[str, str]]:
        return {(entity.kind, company_key(word)) for word in (entity.name, *entity.aliases)}

    known = {key: entity.id for entity in entities.values() if entity.kind != AUTHORITY for key in sorted(keys(entity))}
    new = [entity for entity in data.entities.values() if entity.id not in entities and entity.id not in names]
    return sorted({(entity.id, known[key]) for entity in new for key in keys(entity) if key in known})


def _spoken_of(data: Dataset) -> set[str]:
    ids = {id_ for id_ in data.entities if id_ in data.register}
    while True:
        more = set()
        for id_ in ids:
            entry = data.register[id_]
            more |= {o for o in (entry.parent_county, entry.combined_authority, *entry.successors) if o}
        if more <= ids:
            return ids
        ids |= more


def _renamed(data: Dataset, entities: Mapping[str, Entity]) -> dict[str, str]:
    """Suppliers that are there under another id, by company number."""
    numbers = {entity.company_number: entity.id for entity in entities.values() if entity.company_number}
    return {
        entity.id: numbers[entity.company_number]
        for entity in data.entities.values()
        if entity.company_number in numbers
        and entity.id not in entities
        and numbers[entity.company_number] != entity.id
    }


def _moved(row: Relation, names: Mapping[str, str]) -> Relation:
    dependent, provider = names.get(row.dependent, row.dependent), names.get(row.provider, row.provider)
    if (dependent, provider) == (row.dependent, row.provider):
        return row
    old = f"{row.dependent.partition(':')[2]}.{row.relation}.{row.provider.partition(':')[2]}"
    new = f"{dependent.partition(':')[2]}.{row.relation}.{provider.partition(':')[2]}"
    return replace(row, id=row.id.replace(old, new, 1), dependent=dependent, provider=provider)


def _line(origin: str, names: Mapping[str, str]) -> str:
    body, slash, area = origin.partition("/")
    return names.get(body, body) + slash + area


def _one_info(infos: Sequence[DatasetInfo], title: str | None) -> DatasetInfo:
    """The latest date, every attribution, the strictest marking, the weakest register."""
    order = ["", "TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"]
    ranked = sorted((info.marking for info in infos), key=lambda m: order.index(m) if m in order else len(order))
    return DatasetInfo(
        title or " + ".join(dict.fromkeys(info.title for info in infos)),
        max((info.as_of for info in infos), key=last_day),
        " ".join(dict.fromkeys(info.licence for info in infos if info.licence)),
        " ".join(dict.fromkeys(info.attribution for info in infos if info.attribution)),
        ranked[-1],
        max((info.own_register for info in infos), key=lambda word: Grade.of(word)),
    )
