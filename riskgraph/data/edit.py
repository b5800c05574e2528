"""A changed `Dataset` beside the old one: checked like a data set that was read, and never edited in place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from difflib import get_close_matches
from typing import Any, TypeVar

from riskgraph.data.checks import CHECKS
from riskgraph.data.dataset import Dataset
from riskgraph.data.read import judge
from riskgraph.errors import DataError, Problem
from riskgraph.model import Entity, Evidence, Incident, IncidentEffect, RegisterEntry, Relation
from riskgraph.schema import schema

__all__ = ["edited"]

R = TypeVar("R", Entity, Evidence, Incident, RegisterEntry, Relation)
_SAID = {
    "entities": "entity",
    "relations": "relation",
    "evidence": "evidence",
    "authorities": "register entry",
    "incidents": "incident",
    "incident_effects": "effect",
}
_FIX = "Put these right; the map itself is as it was."


def edited(
    dataset: Dataset,
    *,
    add: Iterable[Relation] = (),
    drop: Iterable[str] = (),
    put: Iterable[Relation] = (),
    entities: Iterable[Entity] = (),
    evidence: Iterable[Evidence] = (),
    register: Iterable[RegisterEntry] = (),
    incidents: Iterable[Incident] = (),
    effects: Iterable[IncidentEffect] | None = None,
) -> Dataset:
    """A new data set with some rows added, taken away or replaced.

    Parameters
    ----------
    dataset
        The data set to begin with; it stays as it is.
    add
        Relations with ids that are new.
    drop
        Ids of relations to leave out.
    put
        Relations that take the place of those with the same ids.
    entities, evidence, register
        Records that are added, or take the place of those with the same ids.
    incidents
        Incidents that are added, or take the place of those with the same ids.
    effects
        All effects of the new state; left out, they stay as they are.

    Returns
    -------
    Dataset
        Its tables sorted by id, its warnings those of the new state. The same object if nothing was asked.

    Raises
    ------
    DataError
        If the result would not pass the checks of a data set; every problem is listed.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> seeds = read("seeds")
    >>> smaller = edited(seeds, drop=[next(iter(seeds.relations))])
    >>> len(seeds.relations) - len(smaller.relations)
    1
    """
    new, gone, changed = list(add), list(drop), list(put)
    more: dict[str, list[Any]] = {
        "entities": list(entities),
        "evidence": list(evidence),
        "authorities": list(register),
        "incidents": list(incidents),
        "incident_effects": [] if effects is None else list(effects),
    }
    if effects is None and not (new or gone or changed or any(more.values())):
        return dataset
    relations = dict(dataset.relations)
    problems = [
        _problem(id_, "not-there", "There is no such row.", _near(id_, relations))
        for id_ in dict.fromkeys([*gone, *(row.id for row in changed)])
        if id_ not in relations
    ]
    for id_ in gone:
        relations.pop(id_, None)
    relations.update((row.id, row) for row in changed)
    for row in new:
        if row.id in relations:
            problems.append(_problem(row.id, "id-twice", "A row with this id is there already.", "Give it another id."))
        relations[row.id] = row
    for table, records in (("relations", new + changed), *more.items()):
        problems += [problem for record in records for problem in _cells(table, record)]
    if problems:
        raise _error(problems)
    changed_set = replace(
        dataset,
        entities=_merged(dataset.entities, more["entities"]),
        relations=dict(sorted(relations.items())),
        evidence=_merged(dataset.evidence, more["evidence"]),
        register=_merged(dataset.register, more["authorities"]),
        incidents=_merged(dataset.incidents, more["incidents"]),
        effects=dataset.effects if effects is None else tuple(sorted(more["incident_effects"], key=_words)),
        own_register_file=dataset.own_register_file or bool(more["authorities"]),
        warnings=(),
    )
    result = replace(changed_set, questions=changed_set.asked(dataset.questions.values()))
    found = [
        Problem(
            f"{_SAID.get(table, table)} {key if isinstance(key, str) else _name(key)}",
            None,
            column,
            check.name,
            message,
            fix,
            check.severity,
        )
        for check in CHECKS.values()
        for table, key, column, message, fix in check.function(result)
    ]
    errors = [problem for problem in found if problem.severity == "error"]
    if errors:
        raise _error(errors)
    return replace(result, warnings=tuple(sorted(found, key=str)))


def _words(record: Any) -> tuple[str, ...]:
    """A record as text, in the order in which effects stand in their file."""
    return tuple(str(getattr(record, field.name) or "") for field in fields(record))


def _name(record: Any) -> str:
    """What a record is called in a message."""
    if isinstance(record, IncidentEffect):
        return f"{record.effect} of {record.organisation}"
    return str(record.incident_id if isinstance(record, Incident) else record.id)


def _merged(old: Mapping[str, R], records: Iterable[Any]) -> Mapping[str, R]:
    new = {_name(record): record for record in records}
    return dict(sorted({**old, **new}.items())) if new else old


def _cells(table: str, record: Any) -> Iterable[Problem]:
    """What is wrong with the cells of a record, each by itself."""
    for field in fields(record):
        column, value = schema()[table][field.name], getattr(record, field.name)
        if value is None or value == ():
            if column.required:
                place = f"{_SAID[table]} {_name(record)}"
                yield Problem(place, None, field.name, "missing", "The cell is empty, but it is needed.", "Fill it in.")
            continue
        for part in value if column.many else (value,):
            fault = judge(str(part), column)[1]
            if fault is not None:
                yield Problem(f"{_SAID[table]} {_name(record)}", None, field.name, *fault)


def _problem(id_: str, rule: str, message: str, fix: str) -> Problem:
    return Problem(f"relation {id_}", None, None, rule, message, fix)


def _near(id_: str, known: Iterable[str]) -> str:
    close = get_close_matches(id_, list(known), n=1)
    return f"Did you mean {close[0]}?" if close else "Run `riskgraph show NAME` to see the rows of a body."


def _error(problems: list[Problem]) -> DataError:
    return DataError("this change", sorted(set(problems), key=str), outcome="nothing was changed", fix=_FIX)
