"""What was recorded of an incident, and the next question to ask."""

from __future__ import annotations

from typing import Any

from riskgraph.data.incident import Recorded
from riskgraph.data.names import Names
from riskgraph.model import SHARED_SERVICE, SUPPLIER, IncidentEffect
from riskgraph.render.timeline import when_words
from riskgraph.render.words import EFFECTS, join, plural, root_name, short_name

__all__ = ["text", "to_json"]

_MISSING = {
    "origins": "where it began (--origin)",
    "date_started": "when it began (--began)",
    "date_disclosed": "when it became public (--public)",
    "mechanism": "how it came about (--mechanism)",
    "impact": "what was harmed (--impact)",
    "source_url": "a source (--source)",
}


def text(found: Recorded, data: str) -> str:
    """The rows that were written, what is not known yet, and what to ask next.

    Parameters
    ----------
    data
        The data set that holds it now, to be named in the commands.
    """
    dataset, incident = found.dataset, found.incident
    effects = [*found.added, *found.replaced]
    if not found.rows:
        lines = [f"0 rows changed in {data}: {incident.incident_id} is recorded so already."]
    else:
        verb = "recorded" if found.new else "brought up to date"
        lines = [f"{plural(found.rows, 'row')} written to {data}: {incident.incident_id} is {verb}."]
    if found.changed:
        began = f", began {when_words(incident.date_started)}" if incident.date_started else ""
        where = f" at {join(root_name(dataset, origin) for origin in incident.origins)}" if incident.origins else ""
        lines.append(f"- incident: {incident.title}{began}{where}.")
    lines += [f"- {_effect(found, effect)}" for effect in effects]
    if found.missing:
        lines.append(f"Not known yet, {len(found.missing)}: {join(_MISSING[name] for name in found.missing)}.")
    handle = Names(dataset).handle
    tries = [f"riskgraph timeline {incident.incident_id} --data {data}"]
    if incident.origins:
        origins = " ".join(handle(origin) for origin in incident.origins)
        tries.insert(0, f"riskgraph blast {origins}{_like(found)} --data {data}")
    lines.append(f"Try next: {'  |  '.join(tries)}")
    return "\n".join(lines) + "\n"


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
    return f"{short_name(dataset, effect.organisation)}: {EFFECTS[effect.effect]}; {who}{when}; {source}{aware}."


def _like(found: Recorded) -> str:
    """What to suppose, from what is recorded; nothing where it does not tell."""
    incident = found.incident
    effects = {one.effect for one in found.dataset.effects if one.incident_id == incident.incident_id}
    if incident.mechanism == "ransomware":
        return " --like ransomware"
    if incident.mechanism in {None, "unknown", "supplier-compromise", "software-vulnerability"}:
        return ""  # an attacker may be inside
    if "service-disrupted" in effects or "availability" in incident.impact:
        return ""
    return " --like data-theft" if "data-exposed" in effects or incident.impact == ("confidentiality",) else ""


def to_json(found: Recorded) -> dict[str, Any]:
    """What was recorded as plain values."""
    columns = ("organisation", "effect", "via", "people_affected", "source_url", "confidence", "said_by", "said_at")
    incident = found.incident
    return {
        "schema": 1,
        "incident": incident.incident_id,
        "rows": found.rows,
        "new": found.new,
        "changed": found.changed,
        "added": [{name: getattr(one, name) for name in (*columns, "aware_at")} for one in found.added],
        "replaced": [{name: getattr(one, name) for name in (*columns, "aware_at")} for one in found.replaced],
        "missing": list(found.missing),
    }
