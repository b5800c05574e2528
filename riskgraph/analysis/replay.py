"""`replay`: what the map would have said of incidents that happened, compared with what was recorded of them.

An incident is asked on its day, without what its own reporting taught. What is recorded is part of what happened:
a body of which nothing is recorded is *not reported*, never *not affected*.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.blast import BlastRadius, blast
from riskgraph.analysis.incidents import note_of
from riskgraph.analysis.measure import is_group
from riskgraph.analysis.question import Asking, Question
from riskgraph.analysis.select import Selection
from riskgraph.data.files import nearest
from riskgraph.data.spelling import normalise
from riskgraph.dates import first_day, last_day
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, MECHANISMS, Band, FailureKind, Incident
from riskgraph.pictured import Pictured
from riskgraph.rules import Trait, relations_that
from riskgraph.settle import View

__all__ = [
    "Compared",
    "Outcome",
    "Replay",
    "State",
    "hit_elsewhere",
    "incident_id",
    "kinds_of",
    "replay",
]

_HARM = {
    "data-exposed": FailureKind.EXPOSURE,
    "service-disrupted": FailureKind.OUTAGE,
    "precautionary-shutdown": FailureKind.OUTAGE,  # who cuts itself off has lost the service too
}
_IMPACT = {
    "confidentiality": FailureKind.EXPOSURE,
    "integrity": FailureKind.TAMPERING,
    "availability": FailureKind.OUTAGE,
}
_CLEARED, _TOLD = "named-but-unaffected", "notified"


class Outcome(StrEnum):
    """What is recorded of a body in an incident."""

    HIT = "hit"  # its data could be read, a service stopped, or it cut itself off
    TOLD = "told"  # it was told or raised its guard: neither hit nor cleared
    CLEARED = "cleared"  # it was checked, or said so: not affected
    SILENT = "not-reported"


class State(StrEnum):
    """Whether an incident can be scored, and if not, why not."""

    SCORED = "scored"
    CONTROL = "control"  # it stayed within the body where it began: nobody else should be named
    NO_ORIGIN = "no-origin"  # it is not recorded where it began
    NO_DAY = "no-day"  # what was known before cannot be asked without a day
    NOBODY = "nobody"  # of nobody else it is recorded that they were hit, or were not


@dataclass(frozen=True, slots=True)
class Compared:
    """One public body: what is recorded of it, and what the map says."""

    body: str
    effects: tuple[str, ...]
    outcome: Outcome
    band: Band | None  # how surely it could be reached, in any failure kind; None: in no band
    harm: Band | None  # how surely in a kind that was recorded of it
    named: bool  # whether the map names it: as surely as was asked, usually at least as possible
    ring: bool  # not named, but in the precaution ring
    began: bool  # the incident began there: that it is named says nothing

    @property
    def disputed(self) -> bool:
        """Whether one source says that it was hit and another that it was not."""
        return self.outcome is Outcome.HIT and _CLEARED in self.effects


@dataclass(frozen=True)
class Replay(Answer, Pictured):
    """One incident: asked on its day without its own evidence, and compared."""

    form: ClassVar = Form(
        "replay",
        "What the map would have said of one incident that happened, compared with what was recorded of it.",
        ("roots", "kinds", "view", "band", "scope"),
        (
            Column("incident", "id of the incident"),
            Column("title", "its title"),
            Column("state", f"whether it can be scored, and if not, why not: {', '.join(State)}"),
            Column("asked_as_of", "day for which it was asked", "date"),
            Column("known_before", "only what was published by this day was used", "date"),
            Column("kinds", "failure kinds that were asked about", "list"),
            Column("origins", "ids of the places where it began", "list"),
            Column(
                "leaning", "rows of the map of that day by which somebody depends on where it began", "integer", "rows"
            ),
            Column("hit", "bodies hit elsewhere than where it began", "integer", "bodies"),
            *(
                Column(f"hit_{band.name.lower()}", f"of those hit, in the band {band.word}", "integer", "bodies")
                for band in Band
            ),
            Column("hit_in_ring", "of those hit, in no band but in the precaution ring", "integer", "bodies"),
            Column("hit_in_no_band", "of those hit, in no band", "integer", "bodies"),
            Column("named", "bodies elsewhere that the map names", "integer", "bodies"),
            Column("named_told", "of those named, recorded as told or warned only", "integer", "bodies"),
            Column("named_cleared", "of those named, checked or said not to be affected", "integer", "bodies"),
            Column("named_not_reported", "of those named, nothing is recorded", "integer", "bodies"),
            Column("cleared", "bodies elsewhere that were checked or said not to be affected", "integer", "bodies"),
            Column("groups", "ids of those recorded as hit that are no single body: never counted", "list"),
            Column("people_affected", "people affected, as published", "integer", "people"),
            Column("cost", "its cost as published", "number", "GBP"),
        ),
        (
            TableForm(
                "bodies",
                "a public body that is recorded or named",
                (
                    Column("id", "id of the body"),
                    Column("name", "its usual name"),
                    Column("outcome", "what is recorded of it: hit, told, cleared or not-reported"),
                    Column("effects", "every effect that is recorded of it", "list"),
                    Column("named", "whether the map names it as surely as was asked", "flag"),
                    Column("began_there", "whether the incident began there, so that it is not counted", "flag"),
                    Column("band", "how surely it could be reached in any failure kind", "band"),
                    Column("band_of_recorded_harm", "how surely in a kind that is recorded of it", "band"),
                    Column("precaution_ring", "whether it is not named, but in the precaution ring", "flag"),
                ),
                ("id", "name", "outcome", "effects", "named", "band", "precaution_ring"),
            ),
        ),
    )

    graph: RiskGraph = field(repr=False)
    question: Question = field(repr=False)
    incident: Incident
    state: State
    leaning: int  # rows of the map of that day by which somebody leans on where it began
    compared: tuple[Compared, ...]  # everybody recorded or named, surest first
    groups: tuple[str, ...]  # recorded as hit, but no single body: shown, never counted
    radius: BlastRadius | None = field(default=None, repr=False)  # left out in a score over all

    @property
    def view(self) -> View | None:
        """As of when and knowing what it was asked; `None` where it was not."""
        return None if self.state in {State.NO_ORIGIN, State.NO_DAY} else self.question.view

    @property
    def kinds(self) -> tuple[FailureKind, ...]:
        """The failure kinds that were asked about; none where it was not asked."""
        return () if self.view is None else self.question.kinds

    @property
    def elsewhere(self) -> tuple[Compared, ...]:
        """Everybody but the bodies where it began."""
        return tuple(one for one in self.compared if not one.began)

    @property
    def hits(self) -> tuple[Compared, ...]:
        """Bodies hit elsewhere than where it began."""
        return self.of(Outcome.HIT)

    @property
    def found(self) -> tuple[Compared, ...]:
        """Hit, and named by the map."""
        return tuple(one for one in self.hits if one.named)

    @property
    def missed(self) -> tuple[Compared, ...]:
        """Hit, and not named by the map."""
        return tuple(one for one in self.hits if not one.named)

    @property
    def named(self) -> tuple[Compared, ...]:
        """Everybody elsewhere whom the map names, as surely as was asked."""
        return tuple(one for one in self.elsewhere if one.named)

    def of(self, outcome: Outcome) -> tuple[Compared, ...]:
        """Bodies elsewhere of which this is recorded."""
        return tuple(one for one in self.elsewhere if one.outcome is outcome)

    def fact_values(self) -> Mapping[str, Value]:
        """The counts alone: also one row of a score over all incidents."""
        bands, view = Counter(one.band for one in self.hits), self.view
        return {
            "incident": self.incident.incident_id,
            "title": self.incident.title,
            "state": self.state,
            "asked_as_of": None if view is None else view.as_of,
            "known_before": None if view is None else view.known_before,
            "kinds": self.kinds,
            "origins": self.incident.origins,
            "leaning": None if view is None else self.leaning,
            "hit": len(self.hits),
            **{f"hit_{band.name.lower()}": bands[band] for band in Band},
            "hit_in_ring": sum(one.ring and one.band is None for one in self.hits),
            "hit_in_no_band": bands[None],
            "named": len(self.named),
            "named_told": sum(one.named for one in self.of(Outcome.TOLD)),
            "named_cleared": sum(one.named for one in self.of(Outcome.CLEARED)),
            "named_not_reported": sum(one.named for one in self.of(Outcome.SILENT)),
            "cleared": len(self.of(Outcome.CLEARED)),
            "groups": self.groups,
            "people_affected": note_of(self.graph.dataset, self.incident).people,
            "cost": None if self.incident.cost_gbp is None else float(self.incident.cost_gbp),
        }

    def row_values(self, table: str) -> Iterable[Row]:
        """Everybody recorded or named."""
        name = self.graph.dataset.usual_name
        for one in self.compared:
            yield (
                one.body,
                name(one.body),
                one.outcome,
                one.effects,
                one.named,
                one.began,
                one.band,
                one.harm,
                one.ring,
            )

    def __repr__(self) -> str:
        return f"<Replay of {self.incident.incident_id}: {self.state}, {len(self.found)} of {len(self.hits)} hit and named>"


def incident_id(graph: RiskGraph, name: str) -> str:
    """The id of an incident, from its id or its title.

    Raises
    ------
    RiskGraphError
        If there is none; the closest ids are named.

    Examples
    --------
    >>> incident_id(RiskGraph.open("seeds"), "EKS Civica 2024")
    'eks-civica-2024'
    """
    incidents = graph.dataset.incidents
    known = {normalise(text): key for key, one in incidents.items() for text in (one.title, key)}
    key = normalise(name)
    if name in incidents or key in known:
        return name if name in incidents else known[key]
    within = [id_ for text, id_ in known.items() if key and key in text]
    close = [known[text] for text in get_close_matches(key, known, n=3)]
    near = sorted(set(within[:5] + close))
    raise RiskGraphError(
        f"There is no incident {name!r} in this data.",
        f"Give one of: {', '.join(near)}." if near else nearest(name, sorted(incidents)),
    )


def replay(
    graph: RiskGraph,
    incident: str,
    *,
    only_known_before: bool = False,
    own_reporting: bool = False,
    **asking: Unpack[Asking],
) -> Replay:
    """What the map would have said of one incident, compared with what was recorded.

    Parameters
    ----------
    graph
        The map to ask.
    incident
        Its id or title.
    only_known_before
        Use only what was published before the incident began; else only its own reporting is left out.
    own_reporting
        Keep what its own reporting taught: what the map says today of that day, which is no forecast.
    asking
        What to ask instead of what the record says, and whom the comparison is limited to; see
        `riskgraph.analysis.question.Asking`.

    Returns
    -------
    Replay
        Its `state` says whether it could be scored.

    Raises
    ------
    RiskGraphError
        If there is no such incident, a word of the question is not known, or the scope is by service area.

    Examples
    --------
    >>> found = replay(RiskGraph.open("seeds"), "eks-civica-2024")
    >>> [(one.body, one.band.word) for one in found.found][0]
    ('authority:canterbury', 'likely')
    """
    record = graph.dataset.incidents[incident_id(graph, incident)]
    when = record.date_started or record.date_disclosed
    question = Question.of(graph, record.origins, **_asked(record, when, only_known_before, own_reporting, asking))
    scope = question.selection
    if scope.areas:
        raise RiskGraphError(
            "What is recorded of an incident names no service areas, so it cannot be compared by area.",
            "Leave --area out; --class, --region and --members limit a replay.",
        )
    state = State.NO_ORIGIN if not record.origins else State.NO_DAY if only_known_before and when is None else None
    radius = None if state is not None else blast(graph, question)
    compared = _compare(graph, record, question, radius)
    return Replay(
        graph,
        question,
        record,
        state or _state(graph, record, {one.outcome for one in compared if not one.began}),
        0 if radius is None else _leaning(graph, record, question.view),
        compared,
        _groups(graph, record, scope),
        radius,
    )


def kinds_of(incident: Incident) -> tuple[FailureKind, ...]:
    """The kinds of harm that are recorded and those that follow from how it came about (`mechanisms.csv`).

    An attacker may move on unless it came about without one.

    Examples
    --------
    >>> [str(kind) for kind in kinds_of(Incident("x", "X", mechanism="ransomware", impact=("availability",)))]
    ['outage', 'intrusion']
    >>> kinds_of(Incident("x", "X", mechanism="ransomware"))  # nothing is recorded
    ()
    >>> [str(kind) for kind in kinds_of(Incident("x", "X", mechanism="supplier-failure", impact=("availability",)))]
    ['outage', 'exit']
    """
    how = MECHANISMS.get(incident.mechanism)
    kinds = {_IMPACT[word] for word in incident.impact} | (how.kinds if how else frozenset())
    if kinds and (how is None or how.attacker):
        kinds.add(FailureKind.INTRUSION)
    return tuple(kind for kind in FailureKind if kind in kinds)


def _asked(
    incident: Incident, when: str | None, only_known_before: bool, own_reporting: bool, asking: Asking
) -> Asking:
    """On the day of the incident, for the kinds of harm that it did, without its own reporting if not told otherwise."""
    asked: Asking = {}
    if when is not None:
        asked["as_of"] = last_day(when)
        if only_known_before:
            asked["known_before"] = first_day(when) - timedelta(days=1)
    if (kinds := kinds_of(incident)) and "like" not in asking:
        asked["kinds"] = kinds
    besides = asking.get("without") or ()
    own = () if own_reporting else (incident.incident_id,)
    without = (*own, *([besides] if isinstance(besides, str) else besides))
    return {**asked, **asking, "without": tuple(dict.fromkeys(without))}


def _recorded(graph: RiskGraph, incident: Incident, selection: Selection | None = None) -> dict[str, tuple[str, ...]]:
    """Public bodies with a part in the incident, and every effect recorded of each."""
    found: dict[str, set[str]] = {}
    for effect in graph.dataset.effects:
        entity = graph.dataset.entities[effect.organisation]
        if effect.incident_id != incident.incident_id or entity.kind != AUTHORITY or is_group(graph.dataset, entity.id):
            continue
        if selection is None or selection.holds(entity.id):
            ruled_out = effect.effect in _HARM and not effect.hit
            found.setdefault(entity.id, set()).add(_CLEARED if ruled_out else effect.effect)
    return {body: tuple(sorted(effects)) for body, effects in sorted(found.items())}


def hit_elsewhere(graph: RiskGraph, incident: Incident, selection: Selection | None = None) -> tuple[str, ...]:
    """Public bodies recorded as hit, besides those where it began: whom a replay is to name."""
    roots = {origin.partition("/")[0] for origin in incident.origins}
    recorded = _recorded(graph, incident, selection).items()
    return tuple(body for body, effects in recorded if _outcome(effects) is Outcome.HIT and body not in roots)


def _groups(graph: RiskGraph, incident: Incident, selection: Selection) -> tuple[str, ...]:
    groups = {
        effect.organisation
        for effect in graph.dataset.effects
        if effect.incident_id == incident.incident_id
        and effect.effect in _HARM
        and effect.hit
        and is_group(graph.dataset, effect.organisation)
        and selection.holds(effect.organisation)
    }
    return tuple(sorted(groups))


def _compare(
    graph: RiskGraph, incident: Incident, question: Question, radius: BlastRadius | None
) -> tuple[Compared, ...]:
    recorded = _recorded(graph, incident, question.selection)
    reached = {} if radius is None else {reach.id: reach for reach in radius.authorities}
    ring = set() if radius is None else set(radius.ring[Band.POSSIBLE])
    roots = {origin.partition("/")[0] for origin in incident.origins}
    found = []
    for body in {*recorded, *reached}:
        effects = recorded.get(body, ())
        kinds = {} if body not in reached else reached[body].kinds
        harms = [kinds[kind].band for kind in {_HARM[e] for e in effects if e in _HARM} if kind in kinds]
        band = reached[body].band if body in reached else None
        named = band is not None and band <= question.band
        harm = min(harms, default=None)
        found.append(Compared(body, effects, _outcome(effects), band, harm, named, body in ring, body in roots))
    surest = {outcome: number for number, outcome in enumerate(Outcome)}
    name = graph.dataset.usual_name
    order = sorted(found, key=lambda one: (surest[one.outcome], 9 if one.band is None else one.band, name(one.body)))
    return tuple(order)


def _outcome(effects: tuple[str, ...]) -> Outcome:
    """Where sources disagree, the worse is taken."""
    if any(effect in _HARM for effect in effects):
        return Outcome.HIT
    if _CLEARED in effects:
        return Outcome.CLEARED
    return Outcome.TOLD if _TOLD in effects else Outcome.SILENT


def _state(graph: RiskGraph, incident: Incident, outcomes: set[Outcome]) -> State:
    """Whether it is scored; a control stays one whoever is selected."""
    if Outcome.HIT in outcomes:
        return State.SCORED
    origins = {origin.partition("/")[0] for origin in incident.origins}
    if {graph.dataset.entities[body].kind for body in origins} == {AUTHORITY} and not hit_elsewhere(graph, incident):
        return State.CONTROL
    return State.SCORED if Outcome.CLEARED in outcomes else State.NOBODY


def _leaning(graph: RiskGraph, incident: Incident, view: View) -> int:
    """Rows of the map in a view by which somebody leans on where it began: without any, nobody can be named."""
    roots = {origin.partition("/")[0] for origin in incident.origins}
    return sum(
        (step.provider in roots and step.relation not in relations_that(Trait.GOVERNS))
        or (step.relation in relations_that(Trait.BOTH_WAYS) and step.dependent in roots)
        for step in graph.settled(view).steps
    )
