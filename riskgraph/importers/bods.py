"""Statements of the Beneficial Ownership Data Standard (BODS 0.2 to 0.4): which organisation owns which, from when to when.

What is current is what its record says last: a statement that another one replaces, or that closes its record, ends what
was said before, on its day at the latest. Only organisations are taken. Persons are counted and left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from riskgraph.data.spelling import normalise
from riskgraph.dates import first_day, last_day
from riskgraph.importers.formats import Format
from riskgraph.importers.json_objects import as_object, as_objects, first_keys
from riskgraph.importers.statements import Citation, Party, StatedRelation, Statements
from riskgraph.importers.values import clean, parse_date, web_address
from riskgraph.model import SUPPLIER
from riskgraph.vocabulary import words

__all__ = ["BODS"]

_SORTS = {
    "entityStatement": "entity",
    "entity": "entity",
    "personStatement": "person",
    "person": "person",
    "ownershipOrControlStatement": "link",
    "relationship": "link",
}
_RANK = {"new": 0, "updated": 1, "closed": 2}
_PERSON = "the owner is a person: only organisations are taken"


def _fits(path: Path) -> int:
    keys = first_keys(path)
    return 60 if keys & {"statementType", "recordType"} and keys & {"statementID", "statementId"} else 0


@dataclass(frozen=True, slots=True)
class _Statement:
    """What one statement says, of any version."""

    id: str
    record: str
    status: str
    day: str | None
    replaces: tuple[str, ...]
    url: str | None
    publisher: str | None
    company: str = ""  # of a link: whom it refers to
    owner: str = ""
    owner_is_person: bool = False
    unnamed: str = ""  # why the owner is not named
    through_others: bool = False
    ceased: str | None = None  # of an organisation: dissolved, or its record closed, on this day
    interests: tuple[tuple[str, str | None, str | None], ...] = ()  # sort, start, end
    party: Party | None = None  # of an organisation

    @property
    def end(self) -> str | None:
        """When all of its interests have ended."""
        ends = [end for _, _, end in self.interests]
        return max((end for end in ends if end), key=last_day) if ends and all(ends) else None

    @property
    def start(self) -> str | None:
        """When the first of its interests began."""
        return min((start for _, start, _ in self.interests if start), default=None)


def _statement(item: Mapping[str, Any], sort: str) -> _Statement:
    details = as_object(item.get("recordDetails")) or item
    published = as_object(item.get("publicationDetails"))
    id_ = _text(item.get("statementID") or item.get("statementId"))
    record, status = _text(item.get("recordId")), _text(item.get("recordStatus"))
    common: dict[str, Any] = {
        "id": id_ or f"of {record} ({status or 'new'}, {_text(item.get('statementDate')) or 'undated'})",
        "record": record,
        "status": status,
        "day": _day(item.get("statementDate")) or _day(published.get("publicationDate")),
        "replaces": _texts(item.get("replacesStatements")),
        "url": web_address(_text(as_object(item.get("source")).get("url"))),
        "publisher": _text(as_object(published.get("publisher")).get("name")) or None,
    }
    if sort == "entity":
        name = _text(details.get("name"))
        closed = common["day"] if common["status"] == "closed" else None
        ceased = _day(details.get("dissolutionDate")) or closed
        return _Statement(**common, party=Party(name, _identifiers(details)) if name else None, ceased=ceased)
    if sort == "person":
        return _Statement(**common)
    owner = details.get("interestedParty")
    told = as_object(owner)
    unspecified = as_object(told.get("unspecified")) or (told if "reason" in told else {})
    interests = as_objects(details.get("interests"))
    levels = {_text(one.get("directOrIndirect") or one.get("interestLevel")) for one in interests}
    return _Statement(
        **common,
        company=_reference(details.get("subject")),
        owner=_reference(owner),
        owner_is_person=bool(told.get("describedByPersonStatement")),
        unnamed=_text(unspecified.get("reason")) or ("no reason" if unspecified else ""),
        through_others=levels == {"indirect"}
        or bool(_texts(details.get("componentStatementIDs") or details.get("componentRecords"))),
        interests=tuple(
            (normalise(_text(one.get("type"))), _day(one.get("startDate")), _day(one.get("endDate")))
            for one in interests
        ),
    )


def _identifiers(details: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Scheme and number; the name of a register stands for its scheme where there is none."""
    found = []
    for one in as_objects(details.get("identifiers")):
        scheme = _text(one.get("scheme")) or words("identifier scheme", "bods").get(
            normalise(_text(one.get("schemeName")))
        )
        if scheme and (number := _text(one.get("id"))):
            found.append((scheme, number))
    return tuple(sorted(set(found)))


def _reference(value: Any) -> str:
    """Whom a subject or an interested party refers to, by the id of a statement (to 0.3) or a record (0.4)."""
    told = as_object(value)
    return _text(told.get("describedByEntityStatement") or told.get("describedByPersonStatement")) or _text(value)


def _text(value: Any) -> str:
    return clean(str(value)) if isinstance(value, str | int) else ""


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(sorted({_text(one) for one in value} - {""})) if isinstance(value, list) else ()


def _day(value: Any) -> str | None:
    return parse_date(_text(value)) if value else None


@dataclass
class _Records:
    """Statements of one sort, by what they are about; their order in the file plays no part."""

    statements: list[_Statement] = field(default_factory=list)

    @cached_property
    def in_order(self) -> list[_Statement]:
        """In the order in which they were made; each once."""
        once = {one.id: one for one in sorted(self.statements, key=repr)}
        return sorted(once.values(), key=lambda one: (one.day or "", _RANK.get(one.status, 0), one.id))

    @cached_property
    def place(self) -> dict[str, int]:
        """Id to the place in this order."""
        return {one.id: place for place, one in enumerate(self.in_order)}

    @cached_property
    def replaced_by(self) -> dict[str, list[_Statement]]:
        """Id of a statement to those that replace it: by name to 0.3, from 0.4 on the next of its record."""
        found: dict[str, list[_Statement]] = defaultdict(list)
        records: dict[str, list[_Statement]] = defaultdict(list)
        for one in self.in_order:
            for id_ in one.replaces:
                found[id_].append(one)
            if one.record:
                records[one.record].append(one)
        for some in records.values():
            for one, next_ in pairwise(some):
                found[one.id].append(next_)
        return dict(found)

    @cached_property
    def before(self) -> dict[str, list[_Statement]]:
        """Id of a statement to those that it replaces."""
        known = {one.id: one for one in self.in_order}
        found: dict[str, list[_Statement]] = defaultdict(list)
        for id_, others in self.replaced_by.items():
            for other in others:
                if id_ in known:
                    found[other.id].append(known[id_])
        return dict(found)

    def along(self, one: _Statement, ways: Mapping[str, list[_Statement]]) -> list[_Statement]:
        """All that a statement leads to, in their order."""
        found = {one.id: one}
        todo = [one]
        while todo:
            for next_ in ways.get(todo.pop().id, ()):
                if next_.id not in found:
                    found[next_.id] = next_
                    todo.append(next_)
        del found[one.id]
        return sorted(found.values(), key=lambda other: self.place[other.id])

    @cached_property
    def newest(self) -> dict[str, _Statement]:
        """Id of a statement, or of a record, to the newest statement about the same."""
        found: dict[str, _Statement] = {}
        for one in self.in_order:
            later = self.along(one, self.replaced_by) if one.id in self.replaced_by else []
            ends = [other for other in later if other.id not in self.replaced_by]
            found[one.id] = (ends or later or [one])[-1]
            if one.record:
                found[one.record] = found[one.id]
        return found

    @cached_property
    def parties(self) -> dict[str, Party]:
        """Id of a statement, or of a record, to the organisation, by the newest statement that names it."""
        found = {}
        for key, one in self.newest.items():
            named = [other.party for other in (*self.along(one, self.before), one) if other.party is not None]
            if named:
                found[key] = named[-1]
        return found


def _read(items: Iterator[tuple[str, Mapping[str, Any]]], statements: Statements) -> None:
    """All statements, then who owns whom."""
    report = statements.report
    sorts = {sort: _Records() for sort in ("entity", "person", "link")}
    for _, item in items:
        sort = _SORTS.get(_text(item.get("statementType")) or _text(item.get("recordType")), "")
        if sort:
            sorts[sort].statements.append(_statement(item, sort))
    links, bodies, persons = sorts["link"], sorts["entity"], sorts["person"]
    if people := len({one.id for one in persons.newest.values()}):
        report.note(f"Persons left out, as only organisations are taken: {people:,}.")
    report.read += len(links.statements)
    if again := len(links.statements) - len(links.in_order):
        report.skip("several places", "the same statement twice", again)
    taken: list[tuple[_Statement, Party, Party, str | None]] = []
    for link in links.in_order:
        statements.dated(link.day, "statement", f"statement {link.id}")
        company, owner, reason = _ends(link, bodies, persons)
        end, older = _until(link, links, bodies)
        gone = [(one.ceased, one) for ref in (link.company, link.owner) if (one := bodies.newest.get(ref))]
        ceased = min((day for day, _ in gone if day), key=last_day, default=None)
        if ceased and not (older or reason) and (end is None or last_day(ceased) < last_day(end)):
            end = ceased
            report.guess("owner or company dissolved or closed: it ends on that day", f"statement {link.id}: {ceased}")
            for day, one in gone:
                if day == ceased:
                    statements.dated(one.day, "statement", f"statement {one.id}")
        if older or reason or company is None or owner is None:
            report.skip(f"statement {link.id}", older or reason)
        else:
            taken.append((link, company, owner, end))
    direct: dict[Party, set[Party]] = defaultdict(set)
    for link, company, owner, _ in taken:
        if not link.through_others:
            direct[company].add(owner)
    for link, company, owner, end in taken:
        if link.through_others and owner in _above(company, direct):
            report.skip(f"statement {link.id}", "held through others: the holdings between are in the file")
            continue
        _owned(link, company, owner, end, links, statements)


def _ends(link: _Statement, bodies: _Records, persons: _Records) -> tuple[Party | None, Party | None, str]:
    """Company and owner, or why they are not taken."""
    if link.owner_is_person or link.owner in persons.newest:
        return None, None, _PERSON
    if link.unnamed:
        return None, None, f"the owner is not named: {link.unnamed}"
    company, owner = bodies.parties.get(link.company), bodies.parties.get(link.owner)
    for which, body, ref in (("company", company, link.company), ("owner", owner, link.owner)):
        if body is None:
            return None, None, f"the {which} has no name" if ref in bodies.newest else f"the {which} is not in the file"
    if link.interests and all(sort in words("interest: no ownership", "bods") for sort, _, _ in link.interests):
        return None, None, "an interest that is neither ownership nor control"
    return company, owner, ""


def _until(link: _Statement, links: _Records, bodies: _Records) -> tuple[str | None, str]:
    """The last day on which a link holds at the latest; or why the statement does not count."""
    later = links.along(link, links.replaced_by)
    about = _about(link, bodies)
    if any(_about(one, bodies) == about for one in later):
        return None, "an earlier statement of the same: the newest counts"
    days = [link.end, *(one.day for one in later), link.day if link.status == "closed" else None]
    end = min(filter(None, days), key=last_day, default=None)
    over = bool(later) or link.status == "closed"
    return end, "closed or replaced, on no day that is told" if over and end is None else ""


def _about(link: _Statement, bodies: _Records) -> tuple[str, ...]:
    """Whom a link joins, whichever statement about them it refers to."""
    return tuple(bodies.newest[ref].id if ref in bodies.newest else ref for ref in (link.company, link.owner))


def _above(company: Party, direct: Mapping[Party, Iterable[Party]]) -> set[Party]:
    """Everybody who owns a company, through others."""
    found: set[Party] = set()
    todo = list(direct.get(company, ()))
    while todo:
        here = todo.pop()
        if here not in found:
            found.add(here)
            todo += direct.get(here, ())
    return found


def _owned(
    link: _Statement, company: Party, owner: Party, end: str | None, links: _Records, statements: Statements
) -> None:
    """The relation; a closing statement that repeats no start has that of the one before."""
    where = f"statement {link.id}"
    start = link.start or next(
        (one.start for one in reversed(links.along(link, links.before)) if one.start), None
    )  # a closing statement need not repeat it
    if start and end and last_day(end) < first_day(start):
        statements.report.guess("ends before it begins: the start left blank", f"{where}: {start} to {end}")
        start = None
    how = "owned, through others, by" if link.through_others else "owned by"
    cited = Citation(
        f"{company.name} is {how} {owner.name}",
        statements.options.grade or "confirmed",
        link.url,
        link.publisher,
        link.day,
    )
    dates = {"valid_from": start, "valid_to": end}
    statements.relations.append(StatedRelation(where, "owned-by", (SUPPLIER, company), ("body", owner), cited, dates))


BODS = Format(
    "bods",
    "ownership statements in BODS 0.2 to 0.4",
    lists=frozenset({"statements"}),
    rows=_read,
    recognise=_fits,
)
