"""One's own register on another map: what one says of a fact takes the place of what the map says of it.

A fact is who depends on whom, how and in which service area. One's own row counts before the map's if it is
confirmed, or if the map saw the fact earlier; what it leaves blank the map fills in, and the contract that only
the map knows stays. Of any other row the map keeps its own, joined as `riskgraph.data.merge` joins two sources.
Nothing is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from riskgraph.data.joining import ABOUT, CONTRACT, PLANS, Told, grade_of_row
from riskgraph.dates import first_day, last_day
from riskgraph.model import Evidence, Grade, Relation

__all__ = ["lay"]

Fact = tuple[str, str, str, str | None]
_LOOSE = frozenset({"valid_from", "valid_to"})  # a source that differs only here still speaks of the same thing


def lay(
    relations: dict[str, Relation],
    rows: Iterable[Relation],
    evidence: Mapping[str, Evidence],
    day: date,
    told: Told,
) -> list[Relation]:
    """Put one's own rows in the place of the map's about the same facts.

    Parameters
    ----------
    relations
        The map's rows by id; changed in place.
    rows
        One's own.
    evidence
        Of both.
    day
        The date of one's own register: of rows that say no other.
    told
        Where contradictions are told, one's own source first.

    Returns
    -------
    list of Relation
        One's own rows that took nobody's place: about other facts, or neither confirmed nor newer.
    """
    own: dict[Fact, list[Relation]] = defaultdict(list)
    before: dict[Fact, list[Relation]] = defaultdict(list)
    for row in relations.values():
        before[_fact(row)].append(row)
    for row in sorted(rows, key=lambda row: row.id):
        own[_fact(row)].append(row)
    rest: list[Relation] = []
    for fact, mine in own.items():
        theirs = [row for row in before.get(fact, ()) if _same_time(row, mine)]
        sure = any(grade_of_row(row, evidence) is Grade.CONFIRMED for row in mine)
        newer = all(_seen(row, evidence, date.min) <= max(_seen(one, evidence, day) for one in mine) for row in theirs)
        if not theirs or not (sure or newer):
            rest += mine
            continue
        for row in theirs:
            del relations[row.id]
        for row in mine:
            alike = [one for one in theirs if one.access == row.access] or theirs
            new = _over(row, min(alike, key=lambda one: (one.id != row.id, one.id)), told)
            relations[new.id] = new
    return rest


def _fact(row: Relation) -> Fact:
    return row.dependent, row.relation, row.provider, row.service_area


def _same_time(row: Relation, mine: Iterable[Relation]) -> bool:
    """Whether a row of the map may be what one's own rows speak of: not an arrangement before or after theirs."""
    for one in mine:
        if row.id == one.id or (row.valid_to is None and one.valid_to is None):
            return True
        if row.valid_to is None and one.valid_to is not None:
            return row.valid_from is None or first_day(row.valid_from) <= last_day(one.valid_to)
    return False


def _seen(row: Relation, evidence: Mapping[str, Evidence], usual: date) -> date:
    """When a row was last said to be so."""
    said = [item for id_ in row.evidence if (item := evidence.get(id_)) and item.stance == "supports"]
    return max((last_day(item.published) for item in said if item.published), default=usual)


def _over(mine: Relation, theirs: Relation, told: Told) -> Relation:
    """One's own row, with what it leaves blank as the map says it."""
    changes: dict[str, Any] = {}
    differ: set[str] = set()
    for name in (*ABOUT, *PLANS, "endurance_days"):
        kept, other = getattr(mine, name), getattr(theirs, name)
        if kept is None:
            changes[name] = other
        elif other is not None and kept != other:
            differ.add(name)
            told.add(mine.id, name, kept, other)
    if mine.valid_to is not None and theirs.valid_to is None:
        told.add(mine.id, "valid_to", mine.valid_to, "still in force")
    contract = {name: getattr(mine, name) for name in CONTRACT if getattr(mine, name) is not None}
    other = {name: getattr(theirs, name) for name in CONTRACT if getattr(theirs, name) is not None}
    for name in sorted(contract.keys() & other.keys()):
        if contract[name] != other[name]:
            told.add(mine.id, name, contract[name], other[name])
    notes = dict.fromkeys(part for row in (mine, theirs) for part in (row.note or "").split("; ") if part)
    # a source that says something else of the harm is no support for what one says oneself
    evidence = mine.evidence if differ & set(ABOUT) - _LOOSE else tuple(sorted({*mine.evidence, *theirs.evidence}))
    return replace(mine, **changes, **{**other, **contract}, note="; ".join(notes) or None, evidence=evidence)
