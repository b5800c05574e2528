"""`exercise`: a tabletop exercise from a small file, or from an incident of the data.

What was believed on a day is asked of the map itself: for an incident with the evidence that was published by
then, for a scenario with what the file says was believed, or else with ever less that cannot be ruled out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.blast import BlastRadius, blast
from riskgraph.analysis.calls import CallSheet, calls
from riskgraph.analysis.question import Asking, Question, parse_kinds
from riskgraph.analysis.replay import kinds_of
from riskgraph.data.files import nearest
from riskgraph.dates import first_day, last_day
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import PRESETS, Band, FailureKind, Incident, IncidentEffect
from riskgraph.pictured import Pictured
from riskgraph.scenario.fixes import fixes
from riskgraph.scenario.playbook import DAYS, Inject, Playbook, read_playbook
from riskgraph.scenario.proposal import Fixes

__all__ = ["Belief", "Exercise", "exercise"]

_NARROWING = (Band.NOT_RULED_OUT, Band.POSSIBLE, Band.LIKELY)


@dataclass(frozen=True)
class Belief:
    """What could be believed on a day.

    Attributes
    ----------
    day
        Days after the first report; 0 is the morning before it.
    says
        Why it was believed.
    radius
        The answer of the map with what was known.
    band
        What is believed: everything this sure, or surer.
    joined, left
        Authorities that are believed to be reached, or no longer, since the belief before.
    """

    day: int
    says: str
    radius: BlastRadius
    band: Band
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def bodies(self) -> tuple[str, ...]:
        """Authorities that are believed to be reached."""
        return tuple(sorted(reach.id for reach in self.radius.within(self.band)))


@dataclass(frozen=True)
class Exercise(Answer, Pictured):
    """A tabletop exercise with its expected answers.

    Attributes
    ----------
    when
        The date of the first report as it is known: a day, a month, a year, or empty for any day.
    players
        Authorities that take part; empty: whoever comes.
    radius
        The expected answer, with everything known; its question is that of the exercise.
    injects
        What the players are told, in order of time.
    beliefs
        What was believed on day 1, 7 and 90, or on the days of the file.
    incident, effects
        What happened, if it happened.
    """

    form: ClassVar = Form(
        "exercise",
        "A tabletop exercise: what the players are told, what was believed, and the expected answer.",
        ("roots", "kinds", "view", "scope"),
        (
            Column("title", "its title"),
            Column("author", "who wrote it"),
            Column("marking", "its marking"),
            Column("notes", "notes for the facilitator"),
            Column("begins", "the date of the first report, as far as it is known; none: any day"),
            Column("players", "authorities that take part; none: whoever comes", "list"),
            Column("incident", "the incident it is built on; none: it is invented"),
        ),
        (
            TableForm(
                "injects",
                "something that the players are told",
                (
                    Column("day", "days after the first report", "integer", "days"),
                    Column("time", "the time of day"),
                    Column("kind", "first report, supplier says, council found, press, question or published"),
                    Column("from", "who says it"),
                    Column("to", "to whom"),
                    Column("text", "what is said"),
                    Column("expect", "what the facilitator looks for"),
                ),
                ("day", "time", "kind", "from", "text"),
            ),
            TableForm(
                "beliefs",
                "what could be believed on a day",
                (
                    Column("day", "days after the first report; 0: the evening before", "integer", "days"),
                    Column("says", "why it was believed"),
                    Column("roots", "what was believed to fail", "list"),
                    Column("band", "what is believed: all that is this sure, or surer", "band"),
                    Column("bodies", "authorities believed to be reached", "list"),
                    Column("joined", "those that joined since the belief before", "list"),
                    Column("left", "those that left", "list"),
                ),
            ),
            TableForm(
                "expected",
                "an authority that could be reached, with everything known",
                (Column("id", "its id"), Column("name", "its name"), Column("band", "how surely", "band")),
            ),
            TableForm(
                "reported",
                "what was reported of a body in the end",
                (Column("id", "its id"), Column("name", "its name"), Column("effect", "what it meant for it")),
            ),
        ),
    )

    graph: RiskGraph
    title: str
    author: str
    marking: str
    notes: str
    when: str
    players: tuple[str, ...]
    radius: BlastRadius
    injects: tuple[Inject, ...]
    beliefs: tuple[Belief, ...]
    incident: Incident | None = None
    effects: tuple[IncidentEffect, ...] = ()

    @property
    def begins(self) -> date | None:
        """The day of the first report; `None` if no day is known."""
        return first_day(self.when) if len(self.when) == len("2026-11-25") else None

    @cached_property
    def calls(self) -> CallSheet:
        """The expected call sheet."""
        return calls(self.graph, replace(self.question, band=self.radius.band))

    @cached_property
    def fixes(self) -> Fixes:
        """The changes that would help most."""
        return fixes(self.graph, replace(self.question, band=self.radius.band))

    @property
    def question(self) -> Question:  # type: ignore[override]
        """What is asked of the map."""
        return self.radius.question

    def fact_values(self) -> Mapping[str, Value]:
        """What it is about, and who plays."""
        return {
            "title": self.title,
            "author": self.author or None,
            "marking": self.marking,
            "notes": self.notes or None,
            "begins": self.when or None,
            "players": self.players,
            "incident": None if self.incident is None else self.incident.incident_id,
        }

    def row_values(self, table: str) -> Iterable[Row]:
        """One row for each inject, belief, authority that is expected, or effect that was reported."""
        name = self.graph.dataset.name
        if table == "beliefs":
            return [
                (one.day, one.says, one.radius.roots, one.band, one.bodies, one.joined, one.left)
                for one in self.beliefs
            ]
        if table == "expected":
            return [(reach.id, reach.name, reach.band) for reach in self.radius.within(self.radius.band)]
        if table == "reported":
            return [(one.organisation, name(one.organisation), one.effect) for one in self.effects]
        return [(one.day, one.time, one.kind, one.source, one.to, one.text, one.expect or None) for one in self.injects]

    def __repr__(self) -> str:
        return f"<Exercise {self.title!r}: {len(self.injects)} injects, {len(self.beliefs)} beliefs>"


def exercise(graph: RiskGraph, what: str | Path | Playbook, **asking: Unpack[Asking]) -> Exercise:
    """A tabletop exercise.

    Parameters
    ----------
    what
        A file, the name of a shipped example, the id of an incident of the data, or a `Playbook`.
    asking
        Whom the expected answers are limited to, such as `members`; those who play, if left out.

    Raises
    ------
    MissingFile
        If there is no such file, example or incident.
    DataError
        If the file is wrong; every problem is listed.
    RiskGraphError
        If an incident has no origin in the map, or no date.

    Examples
    --------
    >>> exercise(RiskGraph.open("seeds"), "rbkc-shared-it-2025")
    <Exercise 'Intrusion into the IT environment Kensington and Chelsea shares with Westminster': 7 injects, 4 beliefs>
    """
    if isinstance(what, Playbook):
        book = what
    elif str(what) in graph.dataset.incidents:
        book = Playbook("", incident=str(what))
    else:
        book = read_playbook(graph, what)
    return _Maker(graph, book, asking).exercise()


class _Maker:
    def __init__(self, graph: RiskGraph, book: Playbook, asking: Asking) -> None:
        self.graph = book.changed(graph)
        self.incident = self._incident(book.incident) if book.incident else None
        if self.incident is not None:
            book = self._of_incident(book, self.incident)
        self.book = book
        asked = Question.of(
            self.graph,
            book.roots,
            kinds=book.kinds,
            as_of=book.as_of or None,
            members=book.players or None,
            band=Band.NOT_RULED_OUT,  # as `blast` is asked
        )
        if (chosen := asking.get("selection")) is not None:  # of the map in which it is played
            asking = {**asking, "selection": replace(chosen, graph=self.graph)}
        self.question = Question.of(self.graph, asked, **asking)

    def exercise(self) -> Exercise:
        book = self.book
        radius = blast(self.graph, self.question)
        injects = book.injects or tuple(self._told() if self.incident is not None else self._invented(radius))
        return Exercise(
            self.graph,
            book.title,
            book.author,
            book.marking,
            book.notes,
            book.date,
            self._players(),
            radius,
            tuple(sorted(injects, key=lambda one: (one.day, one.time))),
            tuple(_compared(list(self._beliefs()))),
            self.incident,
            () if self.incident is None else self._effects(self.incident),
        )

    def _players(self) -> tuple[str, ...]:
        return tuple(sorted(self.question.selection.members or ()))

    # -- an incident ----------------------------------------------------------------------------

    def _incident(self, id_: str) -> Incident:
        incident = self.graph.dataset.incidents.get(id_)
        if incident is None:
            fix = nearest(id_, sorted(self.graph.dataset.incidents))
            raise RiskGraphError(f"There is no incident {id_!r} in this data.", fix)
        if not incident.origins:
            raise RiskGraphError(
                f"It is not known where {id_} began, so the map cannot say what to expect.",
                "Write a file with the roots to suppose: see docs/exercise.md.",
            )
        if incident.date_disclosed is None and incident.date_started is None:
            raise RiskGraphError(f"{id_} has no date.", "Write a file with a date: see docs/exercise.md.")
        return incident

    def _of_incident(self, book: Playbook, incident: Incident) -> Playbook:
        """What a file leaves open is taken from the incident."""
        began = incident.date_started or incident.date_disclosed or ""
        return replace(
            book,
            title=book.title or incident.title,
            roots=book.roots or incident.origins,
            kinds=book.kinds or kinds_of(incident) or PRESETS["compromise"],
            as_of=book.as_of or first_day(began).isoformat(),
            date=book.date or incident.date_disclosed or incident.date_started or "",
        )

    def _begins(self) -> date | None:
        return first_day(self.book.date) if self.book.date else None

    def _effects(self, incident: Incident) -> tuple[IncidentEffect, ...]:
        return tuple(one for one in self.graph.dataset.effects if one.incident_id == incident.incident_id)

    def _told(self) -> Iterator[Inject]:
        """The incident as it was told: the first report, then what was published about it, day by day."""
        incident, begins = self.incident, self._begins()
        assert incident is not None and begins is not None
        source = incident.source_publisher or "the press"
        yield Inject(
            0, "09:00", "first report", source, "all", f"{incident.title}.", "Who rings whom, and in what order?"
        )
        told: dict[tuple[int, str], list[str]] = defaultdict(list)
        for item in self.graph.dataset.evidence.values():
            if incident.incident_id in item.incident and item.published and item.claim:
                day = (last_day(item.published) - begins).days
                if 0 <= day <= 2 * DAYS[-1] and len(item.published) > 4:
                    told[day, item.publisher or "not known"].append(item.claim)
        for (day, publisher), claims in sorted(told.items()):
            distinct = list(dict.fromkeys(claims))
            more = f" And {len(distinct) - 3} more." if len(distinct) > 3 else ""
            text = "; ".join(claim.rstrip(".") for claim in distinct[:3]) + "." + more
            yield Inject(day, "12:00", "published", publisher, "all", text, "Does this change who could be reached?")

    # -- a scenario -----------------------------------------------------------------------------

    def _invented(self, radius: BlastRadius) -> Iterator[Inject]:
        """Injects for a file that brings none; nobody real is quoted with words that are invented."""
        name = self.graph.dataset.name(radius.roots[0])
        stops = FailureKind.OUTAGE in radius.kinds or FailureKind.EXIT in radius.kinds
        seen = "what it runs does not answer" if stops else "somebody was in its systems"
        yield Inject(0, "09:10", "first report", "a neighbour", "all", f"{name}: {seen}.", "Ring before you write.")
        yield Inject(
            0, "11:30", "supplier says", "the supplier", "all", "We see no sign that data of customers was taken.",
            "A claim, not a finding: keep it apart from what councils confirm.",
        )  # fmt: skip
        yield Inject(
            0, "14:00", "question", "the chief executive", "all", "Is it us? Do we cut them off?",
            "A number and a list; then what stops if the link is cut.",
        )  # fmt: skip
        if radius.within(Band.POSSIBLE):
            yield Inject(
                1, "10:00", "council found", "one of the councils", "all", "We found traces, and have shut the link.",
                "It moves from 'could be reached' to 'confirmed by the council'; its 72 hours run from now.",
            )  # fmt: skip
        yield Inject(
            7, "09:00", "supplier says", "the supplier", "all", "Data of some customers was copied. We will write to each.",
            "Ask which, what data, how many people; correct the list.",
        )  # fmt: skip
        yield Inject(
            90, "09:00", "question", "the audit committee", "all", "What have we learned, and what is still open?",
            "Changes made, changes refused with a reason, and what is not known.",
        )  # fmt: skip

    # -- what was believed ----------------------------------------------------------------------

    def _beliefs(self) -> Iterator[Belief]:
        asked, begins = self.question, self._begins()
        if self.book.beliefs:
            for said in self.book.beliefs:
                stated = Question.of(self.graph, said.roots or asked.roots, selection=asked.selection)
                kinds = parse_kinds(None, said.like) if said.like else asked.kinds
                radius = blast(self.graph, replace(stated, kinds=kinds, view=asked.view))
                yield Belief(said.day, said.says, radius, Band.POSSIBLE)
        elif self.incident is not None and begins is not None:
            told = (self.incident.incident_id,)
            radius = self._known(begins - timedelta(days=1), told)
            yield Belief(0, "what the map could have known the evening before", radius, Band.POSSIBLE)
            for day in DAYS:
                radius = self._known(begins + timedelta(days=day), ())
                yield Belief(day, "with what was published by then", radius, Band.POSSIBLE)
        else:
            radius = blast(self.graph, asked)
            why = ("nothing can be ruled out yet", "what is at least possible", "what is at least likely")
            for day, band, says in zip(DAYS, _NARROWING, why, strict=True):
                yield Belief(day, says, radius, band)

    def _known(self, day: date, without: tuple[str, ...]) -> BlastRadius:
        view = replace(self.question.view, without=without, known_before=day)
        return blast(self.graph, replace(self.question, view=view))


def _compared(beliefs: Sequence[Belief]) -> Iterator[Belief]:
    """Each belief with who joined and who left since the one before."""
    before: Mapping[str, None] | None = None
    for belief in beliefs:
        now = dict.fromkeys(belief.bodies)
        if before is None:
            yield belief
        else:
            joined = tuple(body for body in now if body not in before)
            yield replace(belief, joined=joined, left=tuple(body for body in before if body not in now))
        before = now
