"""`brief`: what can be said now of an incident: known, said by the supplier, not known, doing, next update.

Only what is recorded is known. Who could be reached and has said nothing comes from the map, and is said to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.blast import blast
from riskgraph.analysis.incidents import IncidentNote, incident_notes, note_of
from riskgraph.analysis.question import Asking, Question
from riskgraph.analysis.radius import BlastRadius, Reach
from riskgraph.analysis.replay import incident_id, kinds_of
from riskgraph.analysis.timeline import Entry, Voice, What, hours_end, timeline
from riskgraph.analysis.triage import Tier
from riskgraph.dates import last_day
from riskgraph.errors import NameNotFound, RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import Incident, IncidentEffect
from riskgraph.pictured import Pictured

__all__ = ["Brief", "brief"]


@dataclass(frozen=True)
class Brief(Answer, Pictured):
    """What is recorded of an incident, by whom it was said, and who could be reached and has said nothing."""

    form: ClassVar = Form(
        "brief",
        "What can be said now of an incident, from what is recorded and, apart from that, from the map.",
        ("roots", "kinds", "view", "scope"),
        (
            Column("incident", "id of the incident; empty: none is recorded, and the map alone speaks"),
            Column("title", "its title"),
            Column("hit", "ids of bodies of which it is recorded that they were hit", "list"),
            Column(
                "precaution", "ids of bodies that took precautions, and of which no other harm is confirmed", "list"
            ),
            Column("not_hit", "ids of bodies of which it is recorded that they were not", "list"),
            Column("silent", "bodies that could be reached and of which nothing is recorded", "integer", "bodies"),
            Column("not_ruled_out", "bodies besides that cannot be ruled out", "integer", "bodies"),
            Column("people_affected", "people affected, as published", "integer", "people"),
            Column("not_known", "what nobody has recorded of the incident", "list"),
            Column("doing", "what is being done, as given", "list"),
            Column("next_update", "when the next update comes, as given"),
        ),
        (
            TableForm(
                "statements",
                "what somebody said of one body",
                (
                    Column("body", "id of the body"),
                    Column("name", "its usual name"),
                    Column("effect", "what it meant for the body"),
                    Column("state", "how it stands: suspected, confirmed, contained, precaution or ruled-out"),
                    Column("voice", "who speaks: public-body, supplier, other or unknown"),
                    Column("publisher", "who said it"),
                    Column("when", "when it was said, as the data give it"),
                    Column("url", "where it can be read"),
                    Column("confidence", "how sure it is: confirmed, reported or inferred"),
                    Column("people_affected", "people affected at that body, as published", "integer", "people"),
                ),
            ),
            TableForm(
                "silent",
                "a body that could be reached and of which nothing is recorded",
                (Column("body", "its id"), Column("name", "its usual name"), Column("band", "how surely", "band")),
            ),
            TableForm(
                "clocks",
                "72 hours from the moment at which a body became aware",
                (
                    Column("body", "its id"),
                    Column("name", "its usual name"),
                    Column("aware", "when it became aware, as given"),
                    Column("ends", "when 72 hours from then end; empty: the hour is not known"),
                ),
            ),
        ),
    )

    graph: RiskGraph
    question: Question
    incident: Incident | None
    note: IncidentNote | None
    entries: tuple[Entry, ...]  # effects and clocks, in order of time
    radius: BlastRadius | None  # None: it is not recorded where it began
    earlier: tuple[Incident, ...]  # where the map alone speaks: incidents recorded there
    doing: tuple[str, ...] = ()
    next_update: str | None = None

    @cached_property
    def statements(self) -> tuple[tuple[Entry, IncidentEffect], ...]:
        """What was said of each body."""
        return tuple((entry, entry.effect) for entry in self.entries if entry.effect is not None)

    def said_by(self, *voices: Voice) -> tuple[tuple[Entry, IncidentEffect], ...]:
        """What was said by some."""
        return tuple((entry, effect) for entry, effect in self.statements if entry.voice in voices)

    @property
    def clocks(self) -> tuple[Entry, ...]:
        """When bodies became aware."""
        return tuple(entry for entry in self.entries if entry.what is What.AWARE)

    @cached_property
    def hit(self) -> tuple[str, ...]:
        """Bodies of which it is recorded that they were hit, but for those that only took precautions."""
        struck = {effect.organisation for _, effect in self.statements if effect.hit}
        return tuple(sorted(struck - set(self.precaution)))

    @cached_property
    def precaution(self) -> tuple[str, ...]:
        """Bodies that cut themselves off as a precaution, and of which no other harm is confirmed."""
        effects = [effect for _, effect in self.statements if effect.hit]
        careful = {e.organisation for e in effects if _careful(e)}
        harmed = {e.organisation for e in effects if not _careful(e) and e.confidence == "confirmed"}
        return tuple(sorted(careful - harmed))

    @cached_property
    def not_hit(self) -> tuple[str, ...]:
        """Bodies of which it is recorded that they were not, and of which nothing else is."""
        told = {e.organisation for _, e in self.statements if not e.hit and e.effect != "notified"}
        return tuple(sorted(told - {*self.hit, *self.precaution}))

    @cached_property
    def silent(self) -> tuple[Reach, ...]:
        """Who could be reached, first or possibly, and has said nothing; the surest first."""
        if self.radius is None:
            return ()
        spoken = {effect.organisation for _, effect in self.statements}
        told = (*self.radius.tiers[Tier.FIRST], *self.radius.tiers[Tier.POSSIBLE])
        return tuple(self.radius[body] for body in told if body not in spoken)

    def in_tier(self, tier: Tier) -> list[str]:
        """Ids of those of one tier who have said nothing."""
        here = set() if self.radius is None else set(self.radius.tiers[tier])
        return [reach.id for reach in self.silent if reach.id in here]

    @property
    def not_known(self) -> tuple[str, ...]:
        """What nobody has recorded of the incident."""
        if self.incident is None or self.note is None:
            return ()
        note, incident = self.note, self.incident
        exposed = note.exposed or "confidentiality" in incident.impact
        wanted = (
            ("when it began", incident.date_started),
            ("where it began", incident.origins),
            ("how it came about", None if incident.mechanism == "unknown" else incident.mechanism),
            ("how many people are affected", note.people if exposed else 0),
            ("whose data it is", note.subjects if exposed else "nobody's"),
            ("who could see them", note.audience if exposed else "nobody"),
        )
        return tuple(what for what, value in wanted if value in (None, (), ""))

    def fact_values(self) -> Mapping[str, Value]:
        """Who was hit, who was not, who has said nothing, and what is not known."""
        return {
            "incident": None if self.incident is None else self.incident.incident_id,
            "title": None if self.incident is None else self.incident.title,
            "hit": self.hit,
            "precaution": self.precaution,
            "not_hit": self.not_hit,
            "silent": None if self.radius is None else len(self.silent),
            "not_ruled_out": None if self.radius is None else len(self.radius.doubtful),
            "people_affected": None if self.note is None else self.note.people,
            "not_known": self.not_known,
            "doing": self.doing,
            "next_update": self.next_update,
        }

    def row_values(self, table: str) -> Iterable[Row]:
        """What was said, who has said nothing, or the clocks."""
        name = self.graph.dataset.usual_name
        if table == "silent":
            return [(reach.id, name(reach.id), reach.band) for reach in self.silent]
        if table == "clocks":
            return [(e.bodies[0], name(e.bodies[0]), e.when, hours_end(e.when or "")) for e in self.clocks]
        return [
            (
                effect.organisation,
                name(effect.organisation),
                effect.effect,
                effect.state,
                entry.voice,
                entry.publisher,
                entry.when,
                entry.url,
                entry.confidence,
                effect.people_affected,
            )
            for entry, effect in self.statements
        ]

    def __repr__(self) -> str:
        what = " and ".join(self.question.roots) if self.incident is None else self.incident.incident_id
        return f"<Brief of {what}: {len(self.statements)} statements, {len(self.silent)} bodies silent>"


def _careful(effect: IncidentEffect) -> bool:
    return effect.effect == "precautionary-shutdown" or effect.state == "precaution"


def brief(
    graph: RiskGraph,
    subject: str,
    *,
    doing: Sequence[str] = (),
    next_update: str | None = None,
    **asking: Unpack[Asking],
) -> Brief:
    """What can be said now of an incident, or of something of which nobody has reported anything.

    Parameters
    ----------
    graph
        The map, with the incidents that are recorded in it.
    subject
        An incident by its id or title; else what is thought to be hit, by its name.
    doing
        What is being done, one sentence each; it is not in the data.
    next_update
        When the next update comes.
    asking
        Kinds, view and scope; see `riskgraph.analysis.question.Asking`. An incident is asked on its day, in the kinds
        that it is recorded to have harmed.

    Returns
    -------
    Brief
        What public bodies and suppliers said stays apart.

    Raises
    ------
    RiskGraphError
        If the subject is neither an incident nor one body, place or line of the data.

    Examples
    --------
    >>> found = brief(RiskGraph.open("seeds"), "rbkc-shared-it-2025")
    >>> found.precaution, found.not_hit
    (('authority:hammersmith-and-fulham',), ('authority:hackney',))
    """
    said = (tuple(doing), next_update)
    try:
        incident = graph.dataset.incidents[incident_id(graph, subject)]
    except RiskGraphError:
        try:
            question = Question.of(graph, subject, **asking)
        except NameNotFound as error:
            raise RiskGraphError(
                f"{subject!r} is neither an incident nor a name of this map.",
                f"{error.fix} Incidents: riskgraph replay.",
            ) from None
        notes = incident_notes(graph.dataset, question.roots, question.view, telling=False)
        return Brief(graph, question, None, None, (), blast(graph, question), tuple(n.incident for n in notes), *said)
    note = note_of(graph.dataset, incident)
    if note.when is not None and "as_of" not in asking:
        asking["as_of"] = last_day(note.when)
    if (kinds := kinds_of(incident)) and asking.get("kinds") is None and "like" not in asking:
        asking["kinds"] = kinds
    question = Question.of(graph, incident.origins, **asking)
    holds = question.selection.holds
    entries = [
        entry
        for entry in timeline(graph, incident.incident_id).entries
        if entry.what in {What.EFFECT, What.AWARE} and all(map(holds, entry.bodies))
    ]
    if question.selection:
        note = note_of(graph.dataset, incident, {body for entry in entries for body in entry.bodies})
    radius = blast(graph, question) if question.roots else None
    return Brief(graph, question, incident, note, tuple(entries), radius, (), *said)
