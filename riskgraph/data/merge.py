"""Several sources to one map: duplicates joined, contradictions kept with both sources."""

from __future__ import annotations

import hashlib
from collections import ChainMap, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, cast

from riskgraph.data.dataset import Dataset, DatasetInfo
from riskgraph.dates import last_day
from riskgraph.errors import RiskGraphError
from riskgraph.model import AUTHORITY, Entity, Evidence, Grade, Relation

__all__ = ["Conflict", "MergeReport", "Told", "Twice", "add_relation", "joined", "merge"]

_CONTRACT = (
    "contract_reference", "contract_value_gbp", "annual_value_gbp", "contract_end", "contract_end_latest",
    "notice_days", "framework",
)  # fmt: skip
_ABOUT = ("service_area", "data", "access", "hosting", "alternative", "data_returned", "valid_from", "valid_to")
_PLANS = {  # the safest word first; of two the other counts
    "substitutability": ("easily", "with-difficulty", "very-hard", "no"),
    "exit_plan": ("yes", "no"),
}
_HARM_ORDER = {"data": ("none", "personal", "special"), "data_returned": ("yes", "no")}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two sources that say different things about a row or a body: what stays, and what the other says."""

    id: str  # of the row or body
    field: str
    kept: str
    kept_by: str  # title of the source
    other: str
    other_by: str


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


@dataclass(frozen=True)
class Told:
    """Where contradictions between two sources are told, by their titles."""

    conflicts: list[Conflict]
    one: str
    two: str

    def add(self, id_: str, name: str, kept: Any, other: Any, *, swapped: bool = False) -> None:
        """One contradiction; `swapped` if the second source is the one whose value stays."""
        sources = (self.two, self.one) if swapped else (self.one, self.two)
        self.conflicts.append(Conflict(id_, name, str(kept), sources[0], str(other), sources[1]))


def joined(old: Entity, new: Entity, told: Told | None = None) -> Entity:
    """Two entries of one body: blanks are filled, other names become aliases, nothing is overwritten.

    Examples
    --------
    >>> joined(Entity("supplier:a", "supplier", "A"), Entity("supplier:a", "supplier", "A Ltd", company_number="01234567"))
    ... # doctest: +ELLIPSIS
    Entity(id='supplier:a', kind='supplier', name='A', aliases=('A Ltd',), ..., company_number='01234567', ...)
    """
    changes: dict[str, Any] = {}
    for name in (f.name for f in fields(Entity)):
        mine, theirs = getattr(old, name), getattr(new, name)
        if name == "aliases":
            known = {old.name, *old.aliases}
            extra = [word for word in (new.name, *new.aliases) if not {word, word.replace(";", ",")} & known]
            changes[name] = (*old.aliases, *dict.fromkeys(word.replace(";", ",") for word in extra))
        elif name == "certificate":
            changes[name] = (*mine, *(word for word in theirs if word not in mine))
        elif name == "certificate_expires":
            changes[name] = min(filter(None, (mine, theirs)), default=None)
            if mine and theirs and mine != theirs and told is not None:
                told.add(old.id, name, min(mine, theirs), max(mine, theirs), swapped=theirs < mine)
        elif name == "service_area":
            changes[name] = mine or theirs
            if mine and set(theirs) - set(mine) and old.kind == "product":
                changes[name] = tuple(sorted({*mine, *theirs}))
        elif name not in {"id", "kind", "name"}:
            changes[name] = theirs if mine is None else mine
            if mine is not None and theirs is not None and mine != theirs and told is not None:
                told.add(old.id, name, mine, theirs)
    return replace(old, **changes)


def add_relation(
    relations: dict[str, Relation],
    row: Relation,
    *,
    same_source: bool,
    evidence: dict[str, Evidence] | None = None,
    new_evidence: Mapping[str, Evidence] | None = None,
    told: Told | None = None,
) -> None:
    """Add a row; if one of its id is there, both become one row with the evidence of both.

    Within one source, rows about the same two bodies are several purchases: the more harmful value
    counts. Between sources, a different value is a contradiction: the surer source's value stays, and
    the other source becomes an item of evidence that disputes it. But two contracts, by their references,
    may begin on different days: the first day counts.
    """
    old = relations.get(row.id)
    if old is None:
        relations[row.id] = row
        return
    changes: dict[str, Any] = {"evidence": tuple(sorted({*old.evidence, *row.evidence}))}
    for name in _ABOUT:
        mine, theirs = getattr(old, name), getattr(row, name)
        if theirs is None or mine == theirs:
            continue
        if mine is None:
            changes[name] = theirs
        elif same_source or (name == "valid_from" and _two_contracts(old, row)):
            changes[name] = _worse(name, mine, theirs)
        else:
            assert evidence is not None and new_evidence is not None
            both = ChainMap(cast("dict[str, Evidence]", new_evidence), evidence)
            keep, other = (old, row) if _grade(old, both) <= _grade(row, both) else (row, old)
            changes[name] = getattr(keep, name)
            item = _dispute(other, name, both)
            evidence[item.id] = item
            changes["evidence"] = tuple(sorted({*changes["evidence"], item.id}))
            if told is not None:
                told.add(row.id, name, getattr(keep, name), getattr(other, name), swapped=keep is row)
    for name, order in _PLANS.items():
        words = [word for word in (getattr(old, name), getattr(row, name)) if word]
        changes[name] = max(words, key=order.index, default=None)
    changes["endurance_days"] = min(
        (days for days in (old.endurance_days, row.endurance_days) if days is not None), default=None
    )
    aside = [] if told is None else _aside(old, row, changes, told)
    _contracts(old, row, changes, aside, told)
    relations[row.id] = replace(old, **changes)


def _two_contracts(one: Relation, other: Relation) -> bool:
    references = one.contract_reference, other.contract_reference
    return None not in references and references[0] != references[1]


def _worse(name: str, mine: str, theirs: str) -> str:
    if name == "valid_from":
        return min(mine, theirs)
    order = _HARM_ORDER.get(name)
    return max(mine, theirs, key=order.index) if order else mine


def _aside(old: Relation, row: Relation, changes: Mapping[str, Any], told: Told) -> list[str]:
    """Contradictions about what no evidence can dispute: the safer value stays, the other stands in the note."""
    notes = []
    for name in (*_PLANS, "endurance_days"):
        mine, theirs, kept = getattr(old, name), getattr(row, name), changes[name]
        if mine is not None and theirs is not None and mine != theirs:
            other, who = (theirs, told.two) if kept == mine else (mine, told.one)
            told.add(row.id, name, kept, other, swapped=kept == theirs)
            notes.append(f"{name.replace('_', ' ')} {other} by {who}".replace(";", ","))
    return notes


def _contracts(
    old: Relation, row: Relation, changes: dict[str, Any], aside: Sequence[str] = (), told: Told | None = None
) -> None:
    """The contract that ends last fills the cells; the others stand in the note."""
    mine = {name: getattr(old, name) for name in _CONTRACT if getattr(old, name) is not None}
    theirs = {name: getattr(row, name) for name in _CONTRACT if getattr(row, name) is not None}
    notes = [part for part in (old.note or "").split("; ") if part]
    notes += [part for part in ((row.note or "").split("; ")) if part and part not in notes]
    notes += [part for part in aside if part not in notes]
    if theirs and mine != theirs:
        same = mine.get("contract_reference") == theirs.get("contract_reference")
        if not mine or (same and _fits(mine, theirs)):
            changes.update({**theirs, **mine})
        else:
            swapped = _end(theirs) > _end(mine)
            first, second = (theirs, mine) if swapped else (mine, theirs)
            changes.update({**dict.fromkeys(_CONTRACT), **first})
            also = "also contract " + ", ".join(
                f"{name.removeprefix('contract_').replace('_', ' ')} {value}" for name, value in second.items()
            )
            if also not in notes:
                notes.append(also)
            if same and told is not None:
                for name in sorted(name for name in mine.keys() & theirs.keys() if mine[name] != theirs[name]):
                    told.add(row.id, name, first[name], second[name], swapped=swapped)
    note = "; ".join(notes) or None
    if note != old.note:
        changes["note"] = note


def _fits(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    return all(mine[name] == theirs[name] for name in mine.keys() & theirs.keys())


def _end(contract: Mapping[str, Any]) -> str:
    return str(contract.get("contract_end_latest") or contract.get("contract_end") or "")


def _grade(row: Relation, evidence: Mapping[str, Evidence]) -> Grade:
    grades = [evidence[i].grade for i in row.evidence if i in evidence and evidence[i].stance == "supports"]
    return min(grades, default=Grade.INFERRED)


def _dispute(row: Relation, name: str, evidence: Mapping[str, Evidence]) -> Evidence:
    sources = [evidence[i] for i in row.evidence if i in evidence and evidence[i].stance == "supports"]
    best = min(sources, key=lambda item: (item.grade, item.id)) if sources else None
    claim = f"Says {name}: {getattr(row, name)}."
    url, publisher = (best.url, best.publisher) if best else (None, None)
    text = "|".join((url or "", name, "disputes", claim, publisher or ""))
    id_ = "e" + hashlib.sha256(text.encode()).hexdigest()[:15]
    return Evidence(
        id_,
        url,
        publisher,
        best.published if best else None,
        None,
        best.confidence if best else "inferred",
        "disputes",
        name,
        claim,
    )


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
    from riskgraph.data.importers.values import company_key  # importers use this module

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
