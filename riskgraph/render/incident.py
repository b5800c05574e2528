"""What was recorded of an incident, and the next question to ask."""

from __future__ import annotations

from riskgraph.analysis.data_answers import RecordedIncident
from riskgraph.data.incident import Recorded
from riskgraph.model import MECHANISMS, PRESETS, SHARED_SERVICE, SUPPLIER, IncidentEffect
from riskgraph.render.blocks import Items
from riskgraph.render.incident_words import effect_words, qualities
from riskgraph.render.page import Page, paragraphs
from riskgraph.render.timeline import when_words
from riskgraph.render.words import join, plural, root_name, short_name

__all__ = ["page"]

_MISSING = {
    "origins": "where it began (--origin)",
    "date_started": "when it began (--began)",
    "date_disclosed": "when it became public (--public)",
    "mechanism": "how it came about (--mechanism)",
    "impact": "what was harmed (--impact)",
    "source_url": "a source (--source)",
}


def page(answer: RecordedIncident) -> Page:
    """The rows that were written, what is not known yet, and what to ask next."""
    found, data = answer.recorded, answer.written
    dataset, incident = found.dataset, found.incident
    if not found.rows:
        lead = f"0 rows changed in {data}: {incident.incident_id} is recorded so already."
    else:
        verb = "recorded" if found.new else "brought up to date"
        lead = f"{plural(found.rows, 'row')} written to {data}: {incident.incident_id} is {verb}."
    items = [_effect(found, effect) for effect in (*found.added, *found.replaced)]
    if found.changed:
        began = f", began {when_words(incident.date_started)}" if incident.date_started else ""
        where = f" at {join(root_name(dataset, origin) for origin in incident.origins)}" if incident.origins else ""
        items.insert(0, f"incident: {incident.title}{began}{where}.")
    unknown = ""
    if found.missing:
        unknown = f"Not known yet, {len(found.missing)}: {join(_MISSING[name] for name in found.missing)}."
    tries = [f"riskgraph timeline {incident.incident_id} --data {data}"]
    if incident.origins:
        origins = " ".join(answer.graph.names.handle(origin) for origin in incident.origins)
        tries.insert(0, f"riskgraph blast {origins}{_like(found)} --data {data}")
    return Page(lead, (Items(tuple(items)), *paragraphs(unknown)), tuple(tries))


def _effect(found: Recorded, effect: IncidentEffect) -> str:
    dataset = found.dataset
    speaker = dataset.entities.get(effect.said_by or "")
    if effect.said_by == effect.organisation:
        who = "says itself"
    elif speaker is not None and speaker.kind in {SUPPLIER, SHARED_SERVICE}:
        who = f"supplier says: {speaker.name}"
    else:
        who = f"said by {speaker.name if speaker is not None else effect.said_by or 'somebody not known'}"
    when = f" ({when_words(effect.said_at)})" if effect.said_at else " (when is not known)"
    aware = f"; aware since {when_words(effect.aware_at)}" if effect.aware_at else ""
    source = effect.source_url or "no address"
    more = f" ({said})" if (said := qualities(effect)) else ""
    return f"{short_name(dataset, effect.organisation)}: {effect_words(effect)}{more}; {who}{when}; {source}{aware}."


def _like(found: Recorded) -> str:
    """What to suppose, from what is recorded; nothing where it does not tell."""
    incident = found.incident
    effects = {one.effect for one in found.dataset.effects if one.incident_id == incident.incident_id}
    if incident.mechanism in PRESETS:
        return f" --like {incident.mechanism}"
    how = MECHANISMS.get(incident.mechanism)
    if how is None or how.attacker:
        return ""  # an attacker may be inside
    stopped = "service-disrupted" in effects or "availability" in incident.impact
    exposed = "data-exposed" in effects or "confidentiality" in incident.impact
    if stopped == exposed:
        return ""
    return " --like outage" if stopped else " --like data-theft"
