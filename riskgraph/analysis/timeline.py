"""`timeline`: everything dated that the data hold about one incident, in order.

What a supplier says and what a public body said itself are kept apart where the data tell who spoke. Nothing is
worked out from the law: hours are counted only from a time that somebody recorded.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.incidents import IncidentNote, note_of
from riskgraph.analysis.question import Asking, Question
from riskgraph.analysis.replay import incident_id
from riskgraph.analysis.select import Selection
from riskgraph.data.spelling import normalise
from riskgraph.dates import first_day, last_day, parse_moment
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, ORGANISATIONS, Evidence, Incident, IncidentEffect, Relation
from riskgraph.pictured import Pictured

__all__ = ["AROUND", "Entry", "Timeline", "Voice", "What", "hours_end", "timeline"]

AROUND = timedelta(days=365)  # how far before and after the incident a relation is of interest
_COPY = re.compile(r"\s*\([^)]*\)")


class What(StrEnum):
    """What an entry is."""

    RELATION_BEGAN = "relation-began"
    RELATION_ENDED = "relation-ended"
    BEGAN = "began"
    AWARE = "aware"  # a body became aware
    PUBLIC = "became-public"
    EFFECT = "effect"  # what it meant for a body
    LEARNED = "learned"  # a source that taught something about relations
    SOURCE = "main-source"


class Voice(StrEnum):
    """Who speaks, where the data tell."""

    BODY = "public-body"  # a public body that has a part in the incident
    SUPPLIER = "supplier"  # a supplier or shared service
    OTHER = "other"  # somebody else: the press, a regulator
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, was said or was learned."""

    when: str | None  # a day, a month, a year or a day with its time, as the data give it; None: not dated
    what: What
    bodies: tuple[str, ...] = ()
    said: tuple[str, ...] = ()  # the effect, what a source says, or the id of a relation
    via: str | None = None
    voice: Voice = Voice.UNKNOWN
    speaker: str | None = None  # id of the body that speaks, where the map knows it
    publisher: str | None = None
    url: str | None = None
    confidence: str | None = None
    between: bool = True  # of a relation: whether both of its ends have a part in the incident
    effect: IncidentEffect | None = None  # of an effect: its row

    @property
    def day(self) -> date | None:
        """The last day that it may mean."""
        return None if self.when is None else last_day(self.when[:10])

    @property
    def partial(self) -> bool:
        """Whether only the month or the year is known."""
        return self.when is not None and len(self.when) < len("2026-11-25")


@dataclass(frozen=True)
class Timeline(Answer, Pictured):
    """One incident in order of time; what is not dated stands at the end."""

    form: ClassVar = Form(
        "timeline",
        "Everything dated that the data hold about one incident, in order.",
        ("view", "scope"),
        (
            Column("incident", "id of the incident"),
            Column("title", "its title"),
            Column("least_days_hidden", "least time from its beginning to its becoming public", "integer", "days"),
            Column("most_days_hidden", "most time from its beginning to its becoming public", "integer", "days"),
            Column("people_affected", "people affected, as published", "integer", "people"),
            Column("people_at_least", "whether the people are those of some of the bodies only", "flag"),
            Column("subjects", "whose data it was", "list"),
            Column("audience", "who could see it", "list"),
            Column("cost", "its cost as published", "number", "GBP"),
        ),
        (
            TableForm(
                "entries",
                "one thing that happened, was said or was learned",
                (
                    Column("when", "day, month, year or moment, as the data give it"),
                    Column("last_day", "last day that this may mean", "date"),
                    Column("what", "what the entry is: began, aware, became-public, effect, learned and so on"),
                    Column("bodies", "ids of those it is about", "list"),
                    Column("said", "the effect, what a source says, or the id of a relation", "list"),
                    Column("via", "through what it reached the body, or that the source disputes something"),
                    Column("voice", "who speaks: public-body, supplier, other or unknown"),
                    Column("speaker", "id of the body that speaks, where the map knows it"),
                    Column("publisher", "who published it"),
                    Column("url", "address of the source"),
                    Column("confidence", "how sure the source is: confirmed, reported or inferred"),
                    Column("between", "of a relation: whether both ends have a part in the incident", "flag"),
                    Column("people_affected", "people affected at that body, as published", "integer", "people"),
                    Column("state", "how it stands there: suspected, confirmed, contained, precaution or ruled-out"),
                    Column("subjects", "whose data it was there", "list"),
                    Column("audience", "who could see it there", "list"),
                    Column("services", "services that it struck there", "list"),
                ),
                ("when", "what", "bodies", "said", "voice", "publisher", "confidence"),
            ),
        ),
    )

    graph: RiskGraph = field(repr=False)
    question: Question = field(repr=False)
    incident: Incident
    entries: tuple[Entry, ...]

    @property
    def dated(self) -> tuple[Entry, ...]:
        """Entries with a date, in order."""
        return tuple(entry for entry in self.entries if entry.when is not None)

    @property
    def undated(self) -> tuple[Entry, ...]:
        """Entries without a date."""
        return tuple(entry for entry in self.entries if entry.when is None)

    @property
    def hidden_for(self) -> tuple[int, int] | None:
        """The least and the most days from its beginning to its becoming public; `None` where one is not known."""
        began, public = self.incident.date_started, self.incident.date_disclosed
        if began is None or public is None:
            return None
        least = (first_day(public) - last_day(began)).days
        return max(least, 0), max((last_day(public) - first_day(began)).days, 0)

    @cached_property
    def note(self) -> IncidentNote:
        """Who was affected, who could see it, how it stands and what it cost."""
        return note_of(self.graph.dataset, self.incident)

    def fact_values(self) -> Mapping[str, Value]:
        """The incident, and how long it was hidden."""
        least, most = self.hidden_for or (None, None)
        return {
            "incident": self.incident.incident_id,
            "title": self.incident.title,
            "least_days_hidden": least,
            "most_days_hidden": most,
            "people_affected": self.note.people,
            "people_at_least": self.note.at_least if self.note.people is not None else None,
            "subjects": self.note.subjects,
            "audience": self.note.audience,
            "cost": None if self.note.cost is None else float(self.note.cost),
        }

    def row_values(self, table: str) -> Iterable[Row]:
        """One row for each entry."""
        return [
            (
                e.when,
                e.day,
                e.what,
                e.bodies,
                e.said,
                e.via,
                e.voice,
                e.speaker,
                e.publisher,
                e.url,
                e.confidence,
                e.between,
                *(
                    (None, None, (), (), ())
                    if e.effect is None
                    else (
                        e.effect.people_affected,
                        e.effect.state,
                        e.effect.subjects,
                        e.effect.audience,
                        e.effect.service_area,
                    )
                ),
            )
            for e in self.entries
        ]

    def __repr__(self) -> str:
        return (
            f"<Timeline of {self.incident.incident_id}: {len(self.dated)} dated entries, {len(self.undated)} not dated>"
        )


def timeline(graph: RiskGraph, incident: str, **asking: Unpack[Asking]) -> Timeline:
    """Everything dated that the data hold about one incident.

    Parameters
    ----------
    graph
        The map to read.
    incident
        Its id or title.
    asking
        Scope: only entries about those in it, and about the incident itself; see
        `riskgraph.analysis.question.Asking`.

    Returns
    -------
    Timeline
        A month or a year stands at the last day that it may mean.

    Raises
    ------
    RiskGraphError
        If there is no such incident.

    Examples
    --------
    >>> [entry.when for entry in timeline(RiskGraph.open("seeds"), "eks-civica-2024").dated][:3]
    ['2024-01-19', '2024-01-19', '2024-01-19']
    """
    record = graph.dataset.incidents[incident_id(graph, incident)]
    question = Question.of(graph, **asking)
    entries = (_within(question.selection, entry) for entry in _Work(graph, record).entries())
    return Timeline(graph, question, record, tuple(sorted((one for one in entries if one), key=_order)))


def _order(entry: Entry) -> tuple[Any, ...]:
    day, clock = entry.day, (entry.when or "")[11:]
    # a day comes after the hours of that day (but for the beginning), a month after its days
    rank = (
        day or date.max,
        len("2026-11-25") - len((entry.when or "")[:10]),
        clock or ("00:00" if entry.what is What.BEGAN else "24:00"),
    )
    return (
        *rank,
        list(What).index(entry.what),
        not entry.between,
        entry.bodies,
        entry.publisher or "",
        entry.said,
        str(entry),
    )


def _within(chosen: Selection, entry: Entry) -> Entry | None:
    """An entry as far as it is about bodies of a selection; none if it is about others only."""
    if entry.what is What.BEGAN:
        return entry
    bodies = tuple(body for body in entry.bodies if chosen.admits(body.partition("/")[0]))
    authority = any(body.startswith(f"{AUTHORITY}:") for body in entry.bodies)
    if authority and not any(body.startswith(f"{AUTHORITY}:") for body in bodies):
        return None
    return replace(entry, bodies=bodies)


class _Work:
    def __init__(self, graph: RiskGraph, incident: Incident) -> None:
        self.graph, self.incident, self.dataset = graph, incident, graph.dataset
        self.effects = [one for one in self.dataset.effects if one.incident_id == incident.incident_id]
        self.items = {id_: item for id_, item in self.dataset.evidence.items() if incident.incident_id in item.incident}
        origins = {origin.partition("/")[0] for origin in incident.origins}
        self.bodies = origins | {one.organisation for one in self.effects}
        self.by_url: dict[str | None, Evidence] = {}
        for item in self.items.values():
            if item.url and (item.url not in self.by_url or self.by_url[item.url].published is None):
                self.by_url[item.url] = item

    def entries(self) -> Iterator[Entry]:
        incident = self.incident
        origins = tuple(incident.origins)
        if incident.date_started:
            yield Entry(incident.date_started, What.BEGAN, origins)
        if incident.date_disclosed:
            yield Entry(incident.date_disclosed, What.PUBLIC)
        if incident.source_url or incident.source_publisher:
            voice, speaker = self._voice(incident.source_publisher)
            yield Entry(
                incident.source_date,
                What.SOURCE,
                voice=voice,
                speaker=speaker,
                publisher=incident.source_publisher,
                url=incident.source_url,
                confidence=incident.confidence,
            )
        for effect in self.effects:
            yield self._effect(effect)
        for body, moment in sorted({(one.organisation, one.aware_at) for one in self.effects if one.aware_at}):
            yield Entry(moment, What.AWARE, (body,))
        yield from self._learned()
        yield from self._relations()

    def _effect(self, effect: IncidentEffect) -> Entry:
        """What it meant for one body: dated by who said so, else by the source with the same address."""
        when, publisher = effect.said_at, effect.said_by
        if effect.source_url and effect.source_url in self.by_url:
            item = self.by_url[effect.source_url]
            when, publisher = when or item.published, publisher or item.publisher
        elif effect.source_url and effect.source_url == self.incident.source_url:
            when, publisher = when or self.incident.source_date, publisher or self.incident.source_publisher
        voice, speaker = self._voice(publisher)
        if speaker is not None:
            publisher = self.dataset.entities[speaker].name
        return Entry(
            when,
            What.EFFECT,
            (effect.organisation,),
            (effect.effect,),
            effect.via,
            voice,
            speaker,
            publisher,
            effect.source_url,
            effect.confidence,
            effect=effect,
        )

    def _learned(self) -> Iterator[Entry]:
        """Sources with this incident's name on them: one entry for each publication, with all that it taught."""
        rows: dict[str, list[Relation]] = defaultdict(list)
        for row in self.dataset.relations.values():
            for id_ in row.evidence:
                if id_ in self.items:
                    rows[id_].append(row)
        told: dict[tuple[str | None, ...], list[str]] = defaultdict(list)
        for id_, item in self.items.items():
            told[item.published, item.publisher, item.url, item.confidence, item.stance].append(id_)
        for (published, publisher, url, confidence, stance), ids in told.items():
            claims = sorted({claim for id_ in ids if (claim := self.items[id_].claim)})
            about = sorted({row.dependent for id_ in ids for row in rows[id_]})
            voice, speaker = self._voice(publisher)
            yield Entry(
                published,
                What.LEARNED,
                tuple(about),
                tuple(claims),
                "disputes" if stance == "disputes" else None,
                voice,
                speaker,
                publisher,
                url,
                confidence,
            )

    def _relations(self) -> Iterator[Entry]:
        """Relations of the bodies in it that began or ended around it."""
        days = [text for text in (self.incident.date_started, self.incident.date_disclosed) if text]
        if not days:
            return
        first, last = min(map(first_day, days)) - AROUND, max(map(last_day, days)) + AROUND
        for row in self.dataset.relations.values():
            if row.dependent not in self.bodies or row.by_law:
                continue
            for when, what in ((row.valid_from, What.RELATION_BEGAN), (row.valid_to, What.RELATION_ENDED)):
                if when is not None and first <= last_day(when) and first_day(when) <= last:
                    yield Entry(
                        when, what, (row.dependent, row.provider), (row.id,), between=row.provider in self.bodies
                    )

    def _voice(self, publisher: str | None) -> tuple[Voice, str | None]:
        """Whose voice a publisher is, and its id where it is a body of the map."""
        if not publisher:
            return Voice.UNKNOWN, None
        body = publisher if publisher in self.dataset.entities else self._publishers.get(normalise(_bare(publisher)))
        if body is None:
            return Voice.OTHER, None
        kind = self.dataset.entities[body].kind
        if kind != AUTHORITY:
            return Voice.SUPPLIER, body
        return (Voice.BODY if body in self.bodies else Voice.OTHER), body

    @cached_property
    def _publishers(self) -> dict[str, str]:
        """Names that organisations publish under, to their ids; a name of two is nobody's."""
        known: dict[str, set[str]] = defaultdict(set)
        for entity in self.dataset.entities.values():
            entry = self.dataset.register.get(entity.id)
            for name in (entity.name, *entity.aliases, *((entry.name,) if entry is not None else ())):
                if name and entity.kind in ORGANISATIONS:
                    known[normalise(name)].add(entity.id)
        return {name: ids.pop() for name, ids in known.items() if len(ids) == 1}


def _bare(publisher: str) -> str:
    """A publisher without what stands in brackets; a copy or a repost is nobody's own voice.

    Examples
    --------
    >>> _bare("Dover District Council (FOI)"), _bare("A group (repost of Dover District Council)")
    ('Dover District Council', '')
    """
    if re.search(r"\b(copy|repost|mirror)\b", publisher, re.IGNORECASE):
        return ""
    return _COPY.sub("", publisher).strip()


def hours_end(when: str, hours: int = 72) -> str | None:
    """When so many hours from a moment end, by the same clock; `None` where only the day is known.

    Examples
    --------
    >>> hours_end("2026-11-25 09:30"), hours_end("2026-11-25")
    ('2026-11-28 09:30', None)
    """
    moment = parse_moment(when)
    return None if moment is None else (moment + timedelta(hours=hours)).isoformat(" ", "minutes")
