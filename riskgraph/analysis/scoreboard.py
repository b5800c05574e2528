"""`replay --scoreboard`: how many of those hit the map names, by what it may know, and what would have named the rest.

Each incident that hit somebody elsewhere than where it began is asked three times on its day: knowing only what was
published before it began, then all but its own reporting, then everything. A class rule ("by law") names a whole class
and so those hit too: who is named by a rule alone is counted apart from who is named by an observed row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.question import Asking, Question
from riskgraph.analysis.replay import Outcome, Replay, State, hit_elsewhere, replay
from riskgraph.analysis.why import Barrier, why_not
from riskgraph.data.sellers import national_services
from riskgraph.evidence import Weighed
from riskgraph.graph import RiskGraph
from riskgraph.model import Relation
from riskgraph.pictured import Pictured

__all__ = ["BoardLine", "Knowing", "Lack", "Missed", "Named", "Scoreboard", "scoreboard"]

_NEAR = 3  # rows between where it began and a body within which they count as joined: use, product, maker


class Knowing(StrEnum):
    """What a replay may know, the strictest first."""

    BEFORE = "before"  # only what was published before the first day on which the incident may have begun
    ELSEWHERE = "elsewhere"  # everything but the incident's own reporting, whenever it was published
    ALL = "all"  # its own reporting too: no forecast, but what the map says of that day today


class Lack(StrEnum):
    """What kind of fact would have named a body that was hit; the first that applies, in this order."""

    DATE = "undated"  # on the map, but a source has no date
    EARLIER = "published-later"  # on the map, but no source is older than the incident
    OWN_PLACE = "place-from-reporting"  # only its reporting names the place where it began
    OWN_USERS = "users-from-reporting"  # the place is known, and only its reporting tells who leans on it
    OWN_ROW = "relation-from-reporting"  # others are known to lean on it, this body only from its reporting
    OWN_VALUE = (
        "value-from-reporting"  # the relation is known; what data lies there, or the like, only from its reporting
    )
    BLANK = "blank"  # joined, but a value that is not filled in decides
    RING = "ring"  # not reached, but expected to cut itself off
    RULE = "rule"  # it began at what serves a whole class, and no class rule covers the body on that day
    AREA = "another-area"  # joined, but in another line of business
    TIME = "another-time"  # joined, but the relation had ended or not begun
    STOPPED = "stopped"  # joined, and the rules let nothing pass
    ORIGIN = "place-unknown"  # no row of the map names where it began
    NOBODY = "nobody"  # the map names where it began, and nobody who leans on it
    BODY = "this-body"  # others are known to lean on where it began, and this body is not


_BARRIERS = {
    Barrier.OTHER_LINE: Lack.AREA,
    Barrier.ONE_LINE: Lack.AREA,
    Barrier.ENDED: Lack.TIME,
    Barrier.NOT_BEGUN: Lack.TIME,
    Barrier.NOT_COUNTED: Lack.BODY,
}


@dataclass(frozen=True, slots=True)
class Named:
    """Whom the map names in one way of knowing."""

    hit: tuple[str, ...]  # hit and named
    by_law: tuple[str, ...]  # of these, named by class rules alone
    others: int  # named besides, of whom nothing is recorded
    cleared: int  # named besides, though they were checked or said that they were not affected


@dataclass(frozen=True, slots=True)
class Missed:
    """A body that was hit and that the map would not have named, knowing only what was published before."""

    incident: str
    body: str
    effects: tuple[str, ...]
    lack: Lack


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One incident."""

    incident: str
    hits: tuple[str, ...]
    named: Mapping[Knowing, Named]


@dataclass(frozen=True)
class Scoreboard(Answer, Pictured):
    """Every incident that hit somebody elsewhere, in each way of knowing, and what would have named the rest."""

    form: ClassVar = Form(
        "replay scoreboard",
        "How many of those hit in the incidents on record the map names, by what it may know, and what kind of fact "
        "would have named the rest.",
        ("band", "scope"),
        (
            Column("incidents", "incidents that hit somebody elsewhere than where they began", "integer", "incidents"),
            Column("hits", "bodies hit, once for each incident", "integer", "bodies"),
            Column("not_asked", "ids of incidents with hits of which no place or no day is recorded", "list"),
            *(
                Column(f"{name}_{knowing}", f"{says}, {asked}", "integer", "bodies")
                for knowing, asked in (
                    (Knowing.BEFORE, "knowing only what was published before"),
                    (Knowing.ELSEWHERE, "knowing all but the incident's own reporting"),
                    (Knowing.ALL, "knowing its own reporting too"),
                )
                for name, says in (
                    ("named", "of those hit, named"),
                    ("by_law", "of those hit and named, by class rules alone"),
                )
            ),
        ),
        (
            TableForm(
                "incidents",
                "an incident that hit somebody elsewhere than where it began",
                (
                    Column("incident", "its id"),
                    Column("hit", "bodies hit elsewhere than where it began", "integer", "bodies"),
                    *(
                        Column(f"{name}_{knowing}", f"{says} ({knowing})", "integer", "bodies")
                        for knowing in Knowing
                        for name, says in (
                            ("named", "of those hit, named"),
                            ("by_law", "of those hit and named, by class rules alone"),
                            ("others", "named besides, of whom nothing is recorded"),
                            ("cleared", "named besides, though they were not affected"),
                        )
                    ),
                ),
                ("incident", "hit", *(f"named_{knowing}" for knowing in Knowing), "others_before"),
            ),
            TableForm(
                "missed",
                "a body hit that the map would not have named, knowing only what was published before",
                (
                    Column("incident", "id of the incident"),
                    Column("body", "id of the body"),
                    Column("name", "its usual name"),
                    Column("effects", "every effect that is recorded of it", "list"),
                    Column("lack", f"what kind of fact would have named it: {', '.join(Lack)}"),
                ),
                ("incident", "name", "lack"),
            ),
        ),
    )

    graph: RiskGraph = field(repr=False)
    question: Question = field(repr=False)
    lines: tuple[BoardLine, ...]
    missed: tuple[Missed, ...]  # in the strictest way of knowing
    not_asked: tuple[str, ...]

    @property
    def hits(self) -> int:
        """Bodies hit, once for each incident."""
        return sum(len(line.hits) for line in self.lines)

    def named(self, knowing: Knowing) -> int:
        """Of those hit, how many are named in one way of knowing."""
        return sum(len(line.named[knowing].hit) for line in self.lines)

    def by_law(self, knowing: Knowing) -> int:
        """Of those hit and named, how many by class rules alone."""
        return sum(len(line.named[knowing].by_law) for line in self.lines)

    @cached_property
    def lacks(self) -> Mapping[Lack, int]:
        """How many of those missed each kind of fact would have named, most first; kinds that would name nobody are left out."""
        counts = Counter(one.lack for one in self.missed)
        return {lack: counts[lack] for lack in sorted(Lack, key=lambda one: -counts[one]) if counts[lack]}

    def fact_values(self) -> Mapping[str, Value]:
        """The sums."""
        return {
            "incidents": len(self.lines),
            "hits": self.hits,
            "not_asked": self.not_asked,
            **{f"named_{knowing}": self.named(knowing) for knowing in Knowing},
            **{f"by_law_{knowing}": self.by_law(knowing) for knowing in Knowing},
        }

    def row_values(self, table: str) -> Iterable[Row]:
        """A row for each incident, or for each body missed."""
        name = self.graph.dataset.usual_name
        if table == "missed":
            return [(one.incident, one.body, name(one.body), one.effects, one.lack) for one in self.missed]
        return [
            (
                line.incident,
                len(line.hits),
                *(
                    count
                    for knowing in Knowing
                    for one in (line.named[knowing],)
                    for count in (len(one.hit), len(one.by_law), one.others, one.cleared)
                ),
            )
            for line in self.lines
        ]

    def __repr__(self) -> str:
        return f"<Scoreboard of {len(self.lines)} incidents: {self.named(Knowing.BEFORE)} of {self.hits} hits named>"


def scoreboard(
    graph: RiskGraph, *, progress: Callable[[int, int], None] | None = None, **asking: Unpack[Asking]
) -> Scoreboard:
    """Every incident that hit somebody elsewhere than where it began, asked in each way of knowing.

    Parameters
    ----------
    graph
        The map to ask.
    progress
        Called with the number of incidents done and of all.
    asking
        What to ask of each instead of what its record says, and whom the comparison is limited to; see
        `riskgraph.analysis.question.Asking`.

    Returns
    -------
    Scoreboard
        A line for each incident, in the order of their ids, and what each body missed lacks.

    Raises
    ------
    RiskGraphError
        If a word of the question is not known, or the scope is by service area.

    Examples
    --------
    >>> board = scoreboard(RiskGraph.open("seeds"))
    >>> board.hits, {knowing.value: board.named(knowing) for knowing in Knowing}
    (21, {'before': 4, 'elsewhere': 8, 'all': 21})
    """
    question = Question.of(graph, **asking)
    asked: Asking = {**asking, "selection": question.selection}
    records = [
        record
        for _, record in sorted(graph.dataset.incidents.items())
        if hit_elsewhere(graph, record, question.selection)
    ]
    lines, missed, not_asked = [], [], []
    for done, record in enumerate(records):
        if progress is not None:
            progress(done, len(records))
        incident = record.incident_id
        # each has a day of its own: graphs beside ours, so that the rules of all days are not kept
        before = replay(RiskGraph(graph.dataset), incident, only_known_before=True, **asked)
        if before.state is not State.SCORED:
            not_asked.append(incident)
            continue
        elsewhere = replay(RiskGraph(graph.dataset), incident, **asked)
        everything = replay(RiskGraph(graph.dataset), incident, own_reporting=True, **asked)
        found = {Knowing.BEFORE: before, Knowing.ELSEWHERE: elsewhere, Knowing.ALL: everything}
        hits = tuple(one.body for one in before.hits)
        lines.append(BoardLine(incident, hits, {knowing: _named(one, asked) for knowing, one in found.items()}))
        missed += [
            Missed(incident, one.body, one.effects, _lack(one.body, before, elsewhere, everything))
            for one in before.missed
        ]
    return Scoreboard(graph, question, tuple(lines), tuple(missed), tuple(not_asked))


# -- by law or by row ---------------------------------------------------------------------------------


def _named(found: Replay, asked: Asking) -> Named:
    """Whom a replay names, and which of those hit only because of a class rule."""
    hit = tuple(one.body for one in found.found)
    lawful = {body for body in hit if any(row.by_law for row in _proof(found, body))}
    if lawful:
        seen = {one.body for one in _observed(found, asked).found}
        lawful -= seen
    return Named(
        hit,
        tuple(body for body in hit if body in lawful),
        sum(one.named for one in found.of(Outcome.SILENT)),
        sum(one.named for one in found.of(Outcome.CLEARED)),
    )


def _proof(found: Replay, body: str) -> tuple[Relation, ...]:
    """The rows of the surest proof that a body is reached."""
    assert found.radius is not None
    return tuple(found.graph.dataset.relations[row] for row in found.radius[body].lead[1].proof.rows)


def _observed(found: Replay, asked: Asking) -> Replay:
    """The same replay by what was observed alone."""
    assert found.view is not None
    incident = found.incident.incident_id
    return replay(
        found.graph.observed(),
        incident,
        only_known_before=found.view.known_before is not None,
        own_reporting=incident not in found.view.without,
        **asked,
    )


# -- what would have named the rest -------------------------------------------------------------------


def _lack(body: str, before: Replay, elsewhere: Replay, everything: Replay) -> Lack:
    """What kind of fact would have named a body that was hit."""
    if body in {one.body for one in elsewhere.found}:
        return _dated(body, before, elsewhere)
    if body in {one.body for one in everything.found}:
        return _reported(body, elsewhere, everything)
    one = next(one for one in everything.hits if one.body == body)
    if one.band is not None:
        return Lack.BLANK
    if one.ring:
        return Lack.RING
    if _serves_a_class(everything):
        return Lack.RULE
    joined = _joined(body, everything)
    if joined is not None:
        return joined
    if everything.leaning:
        return Lack.BODY
    return Lack.NOBODY if _on_the_map(elsewhere) else Lack.ORIGIN


def _reported(body: str, elsewhere: Replay, everything: Replay) -> Lack:
    """What of the way to a body was learned from the incident's reporting alone."""
    weighed = Weighed(elsewhere.graph.dataset, elsewhere.question.view)
    if all(weighed.grade(row) is not None for row in _proof(everything, body)):
        return Lack.OWN_VALUE
    if elsewhere.leaning:
        return Lack.OWN_ROW
    return Lack.OWN_USERS if _on_the_map(elsewhere) else Lack.OWN_PLACE


def _dated(body: str, before: Replay, elsewhere: Replay) -> Lack:
    """Whether it is a date that lacks, or a source from before."""
    dataset, weighed = before.graph.dataset, Weighed(before.graph.dataset, before.question.view)
    rows = _proof(elsewhere, body)
    unknown = [row for row in rows if weighed.grade(row) is None]
    for row in unknown or rows:
        items = [dataset.evidence[id_] for id_ in row.evidence]
        if all(item.published is not None for item in items if elsewhere.question.view.counts(item)):
            return Lack.EARLIER
    return Lack.DATE


def _on_the_map(found: Replay) -> bool:
    """Whether any row that counts, of any date, names where it began."""
    roots = {origin.partition("/")[0] for origin in found.incident.origins}
    weighed = Weighed(found.graph.dataset, found.question.view)
    return any(
        weighed.grade(row) is not None
        for row in found.graph.dataset.relations.values()
        if row.dependent in roots or row.provider in roots
    )


def _joined(body: str, found: Replay) -> Lack | None:
    """What stops harm on the shortest chain of rows from where it began, if there is a short one."""
    for rows, facts in why_not(found.graph, body, found.question, limit=1).paths:
        if len(rows) <= _NEAR:
            return next((_BARRIERS[fact.barrier] for fact in facts if fact.barrier in _BARRIERS), Lack.STOPPED)
    return None


def _serves_a_class(found: Replay) -> bool:
    """Whether it began at what serves a whole class: a service of the nation, or what a class rule names."""
    dataset = found.graph.dataset
    roots = {origin.partition("/")[0] for origin in found.incident.origins}
    return bool(roots & national_services(dataset).keys()) or any(
        row.provider in roots for row in dataset.relations.values() if row.by_law
    )
