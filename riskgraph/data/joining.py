"""One row or body that two sources tell: blanks filled, contradictions kept with both sources."""

from __future__ import annotations

import hashlib
from collections import ChainMap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, cast

from riskgraph.model import Entity, Evidence, Grade, Relation

__all__ = [
    "ABOUT",
    "CONTRACT",
    "PLANS",
    "Conflict",
    "MergeReport",
    "Told",
    "Twice",
    "add_relation",
    "evidence_id",
    "grade_of_row",
    "joined",
]

CONTRACT = (
    "contract_reference", "contract_value_gbp", "annual_value_gbp", "contract_end", "contract_end_latest",
    "notice_days", "framework",
)  # fmt: skip
ABOUT = ("service_area", "data", "access", "hosting", "alternative", "data_returned", "valid_from", "valid_to")
PLANS = {  # the safest word first; of two the other counts
    "substitutability": ("easily", "with-difficulty", "very-hard", "no"),
    "exit_plan": ("yes", "no"),
    "importance": ("other", "important", "critical"),
}
_HARM_ORDER = {
    "data": ("none", "personal", "special"),
    "data_returned": ("yes", "no"),
    "hosting": ("own", "cloud", "shared", "supplier"),
}
_NUMBERS = {"endurance_days": min, "tolerable_hours": min, "people": max}  # of two, the one that counts


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two sources that say different things about a row or a body: what stays, and what the other says."""

    id: str  # of the row or body
    field: str
    kept: str
    kept_by: str  # title of the source
    other: str
    other_by: str


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
    own: set[str] = field(default_factory=set)  # bodies and places that one's own registers speak of


def evidence_id(url: str | None, about: str | None, stance: str, claim: str, publisher: str | None) -> str:
    """The id of an item of evidence: the same words from the same place are one item.

    Examples
    --------
    >>> evidence_id(None, None, "supports", "A uses B.", "A") == evidence_id("", "", "supports", "A uses B.", "A")
    True
    """
    text = "|".join((url or "", about or "", stance, claim, publisher or ""))
    return "e" + hashlib.sha256(text.encode()).hexdigest()[:15]


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
    for name in ABOUT:
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
            keep, other = (old, row) if grade_of_row(old, both) <= grade_of_row(row, both) else (row, old)
            changes[name] = getattr(keep, name)
            item = _dispute(other, name, both)
            evidence[item.id] = item
            changes["evidence"] = tuple(sorted({*changes["evidence"], item.id}))
            if told is not None:
                told.add(row.id, name, getattr(keep, name), getattr(other, name), swapped=keep is row)
    for name, order in PLANS.items():
        words = [word for word in (getattr(old, name), getattr(row, name)) if word]
        changes[name] = max(words, key=order.index, default=None)
    for name, choose in _NUMBERS.items():
        numbers = [number for number in (getattr(old, name), getattr(row, name)) if number is not None]
        changes[name] = choose(numbers, default=None)
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
    for name in (*PLANS, *_NUMBERS):
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
    mine = {name: getattr(old, name) for name in CONTRACT if getattr(old, name) is not None}
    theirs = {name: getattr(row, name) for name in CONTRACT if getattr(row, name) is not None}
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
            changes.update({**dict.fromkeys(CONTRACT), **first})
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


def grade_of_row(row: Relation, evidence: Mapping[str, Evidence]) -> Grade:
    """How sure a row is: the grade of its best supporting source."""
    grades = [evidence[i].grade for i in row.evidence if i in evidence and evidence[i].stance == "supports"]
    return min(grades, default=Grade.INFERRED)


def _dispute(row: Relation, name: str, evidence: Mapping[str, Evidence]) -> Evidence:
    sources = [evidence[i] for i in row.evidence if i in evidence and evidence[i].stance == "supports"]
    best = min(sources, key=lambda item: (item.grade, item.id)) if sources else None
    claim = f"Says {name}: {getattr(row, name)}."
    url, publisher = (best.url, best.publisher) if best else (None, None)
    return Evidence(
        evidence_id(url, name, "disputes", claim, publisher),
        url,
        publisher,
        best.published if best else None,
        None,
        best.confidence if best else "inferred",
        "disputes",
        name,
        claim,
    )
