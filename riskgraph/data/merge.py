"""Several sources to one map: duplicates joined, contradictions kept with both sources."""

from __future__ import annotations

from collections import ChainMap, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from riskgraph.data.dataset import Dataset, DatasetInfo
from riskgraph.data.joining import MergeReport, Told, Twice, add_relation, joined
from riskgraph.data.own import lay
from riskgraph.data.spelling import company_key
from riskgraph.dates import in_words, last_day
from riskgraph.errors import RiskGraphError
from riskgraph.model import AUTHORITY, Entity, Grade, RegisterEntry, Relation
from riskgraph.rules import Trait, relations_that

__all__ = ["UNDATED", "laid", "merge"]

UNDATED = "undated"  # the rule that a register breaks which says no date of its own


def laid(maps: Sequence[tuple[str, Dataset]]) -> Dataset:
    """One's own registers on a map, in memory; see `riskgraph.data.own` for what counts.

    Parameters
    ----------
    maps
        The map, then one's own registers, the last of which counts before all others; each with its name.

    Returns
    -------
    Dataset
        `laid` says what it was made of, one's own first (`as_of` is blank if it says no date), and `told` what contradicts. Not checked yet.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> both = laid([("seeds", read("seeds")), ("mine", read("seeds"))])
    >>> len(both.relations), both.told.conflicts, [name for name, _ in both.laid]
    (72, [], ['mine', 'seeds'])
    """
    undated = {name for name, data in maps for problem in data.warnings if problem.rule == UNDATED}
    names = [(name, replace(data.info, as_of="") if name in undated else data.info) for name, data in reversed(maps)]
    title = " on ".join(f"{i.title} ({in_words(i.as_of) if i.as_of else 'undated'})" for _, i in names)
    merged, report = merge([data for _, data in maps], title, own=True)
    return replace(merged, laid=tuple(names), told=report)


def merge(datasets: Sequence[Dataset], title: str | None = None, *, own: bool = False) -> tuple[Dataset, MergeReport]:
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
    own
        All but the first are one's own registers, whose rows count first; see `riskgraph.data.own`.

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
    (72, 0, [])
    """
    if len(datasets) < 2:
        raise RiskGraphError("There is nothing to merge with only one data set.", "Name two or more.")
    first, *others = datasets
    report = MergeReport([data.info.title for data in datasets])
    entities, relations, evidence = dict(first.entities), dict(first.relations), dict(first.evidence)
    incidents, effects = dict(first.incidents), set(first.effects)
    class_rules = dict(first.class_rules)
    questions = list(first.questions.values())
    tables: dict[str, dict[str, Any]] = {"entities": entities, "relations": relations, "evidence": evidence}
    before = {name: len(table) for name, table in tables.items()}
    report.same = dict.fromkeys(tables, 0)
    origin = dict.fromkeys((*entities, *relations), first.info.title)
    for data in others:
        names = _renamed(data, entities)
        report.joined += sorted(names.items())
        report.twice += _twice(data, relations, names, origin)
        report.alike += _alike(data, entities, names)

        def told(id_: str, title: str = data.info.title) -> Told:
            return Told(report.conflicts, origin.setdefault(id_, title), title)

        for entity in data.entities.values():
            moved = replace(entity, id=names.get(entity.id, entity.id))
            report.same["entities"] += moved.id in entities
            sources = told(moved.id)
            entities[moved.id] = joined(entities[moved.id], moved, sources) if moved.id in entities else moved
        rows = moved_rows = [_moved(relation, names) for relation in data.relations.values()]
        report.same["relations"] += sum(row.id in relations for row in rows)
        if own:
            report.own |= {end for row in rows for end in (row.dependent, row.provider)}
            first_told = Told(report.conflicts, data.info.title, first.info.title)
            rows = lay(relations, rows, ChainMap(dict(data.evidence), evidence), data.info.day, first_told)
        for row in rows:
            add_relation(
                relations,
                row,
                same_source=False,
                evidence=evidence,
                new_evidence=data.evidence,
                told=told(row.id),
            )
        for key, item in data.evidence.items():
            report.same["evidence"] += key in evidence
            evidence.setdefault(key, item)
        for key, incident in data.incidents.items():
            incidents.setdefault(key, replace(incident, origins=tuple(_line(o, names) for o in incident.origins)))
        for key, rule in data.class_rules.items():
            moved_rule = replace(rule, provider=names.get(rule.provider, rule.provider))
            kept = class_rules.setdefault(key, moved_rule)
            for column in fields(rule):
                one, other = getattr(kept, column.name), getattr(moved_rule, column.name)
                if one != other:
                    told(key).add(key, column.name, *("blank" if v in (None, ()) else v for v in (one, other)))
        effects |= {
            replace(
                effect,
                organisation=names.get(effect.organisation, effect.organisation),
                said_by=names.get(effect.said_by or "", effect.said_by),
            )
            for effect in data.effects
        }
        ids = names | {relation.id: row.id for relation, row in zip(data.relations.values(), moved_rows, strict=True)}
        questions += [replace(one, about=ids.get(one.about, one.about)) for one in data.questions.values()]
    if own:  # what supported a row that gave way speaks of nothing now
        gone = _cited(first.relations) - _cited(relations)
        evidence = {key: item for key, item in evidence.items() if key not in gone}
        tables["evidence"] = evidence
    report.added = {name: len(table) - before[name] for name, table in tables.items()}
    merged = Dataset.of(
        first.path,
        _one_info([data.info for data in datasets], title),
        **tables,
        incidents=incidents,
        effects=effects,
        register=_one_register(datasets, report),
        class_rules=class_rules,
        own_register_file=any(data.own_register_file for data in datasets),
    )
    return replace(merged, questions=dict(sorted(merged.asked(reversed(questions)).items()))), report


def _cited(relations: Mapping[str, Relation]) -> set[str]:
    return {key for row in relations.values() for key in row.evidence}


def _one_register(datasets: Sequence[Dataset], report: MergeReport) -> Mapping[str, RegisterEntry]:
    """The shipped register; or, where a source brings its own, what the sources say of whom they speak of."""
    first = datasets[0]
    if not any(data.own_register_file for data in datasets):
        return first.register
    register: dict[str, RegisterEntry] = {}
    for data in datasets:
        told = Told(report.conflicts, first.info.title, data.info.title)
        for id_ in data.register if data.own_register_file else _spoken_of(data):
            entry = data.register[id_]
            kept = register.setdefault(id_, entry)
            for name in (column.name for column in fields(entry)):
                one, other = getattr(kept, name), getattr(entry, name)
                if one != other:
                    told.add(id_, name, *("not known" if value in (None, ()) else value for value in (one, other)))
    return register


def _twice(
    data: Dataset, relations: Mapping[str, Relation], names: Mapping[str, str], origin: Mapping[str, str]
) -> list[Twice]:
    """Services that go on, for which this source names a provider and an earlier one names others."""
    before: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in relations.values():
        if row.relation in relations_that(Trait.CONTESTED) and row.service_area and not row.valid_to:
            before[row.dependent, row.service_area][row.provider] = row.id
    found = []
    for row in sorted(data.relations.values(), key=lambda row: row.id):
        moved = _moved(row, names)
        known = before.get((moved.dependent, moved.service_area or ""), {})
        if (
            moved.relation not in relations_that(Trait.CONTESTED)
            or moved.valid_to
            or not known
            or moved.provider in known
        ):
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
