"""Who was affected by an incident, who could see it and how it stands, in words."""

from __future__ import annotations

from riskgraph.analysis.incidents import IncidentNote
from riskgraph.data.dataset import Dataset
from riskgraph.dates import in_words
from riskgraph.model import IncidentEffect
from riskgraph.render.words import EFFECTS, area_label, capital, join, short_name

__all__ = ["effect_words", "note_words", "qualities"]

STATES = {  # how it stands at a body
    "suspected": "suspected, not confirmed",
    "confirmed": "confirmed",
    "contained": "contained (it went no further)",
    "precaution": "a precaution only",
    "ruled-out": "ruled out",
}
AUDIENCES = {  # who could see the data
    "insider": "one insider",
    "internal-roles": "internal users with certain roles",
    "public": "anybody, because it lay open",
    "attacker": "an attacker",
}
SUBJECTS = {  # whose data it was
    "staff": "staff",
    "residents": "residents",
    "service-users": "service users",
    "pupils": "pupils",
    "pension-members": "pension members",
    "contacts": "contacts",
}


def note_words(dataset: Dataset, note: IncidentNote, most: int = 4, *, dated: bool = True) -> str:
    """What is recorded of an incident: who was affected, who could see it, how it stands, what it cost.

    Parameters
    ----------
    most
        The most names in a list.
    dated
        Whether to say of when it is; not where that stands beside it.

    Examples
    --------
    >>> from riskgraph.analysis.incidents import incident_notes
    >>> from riskgraph.data import read
    >>> seeds = read("seeds")
    >>> print(note_words(seeds, incident_notes(seeds, ["authority:essex"])[0]))
    In the incident recorded of 2012: about 400 people (service users) in social care; seen by one insider; confirmed.
    """
    areas = join((area_label(area) for area in note.areas), most)
    people = _people(note)
    parts = [f"{people}{' in ' if people else 'it struck '}{areas}" if areas else people]
    parts.append("how many people is not known" if note.exposed and note.people is None else "")
    parts.append(f"seen by {join(AUDIENCES[word] for word in note.audience)}" if note.audience else "")
    everybody = {body for bodies in note.states.values() for body in bodies} | set(note.bodies)
    same = next((state for state, bodies in note.states.items() if set(bodies) == everybody), None)
    parts.append(STATES[same] if same is not None and len(note.states) == 1 else "")
    first = "; ".join(part for part in parts if part)
    said = [first] if first else []
    if len(note.states) > 1 or (note.states and same is None):
        said += [
            f"{STATES[state]}: {join((short_name(dataset, body) for body in bodies), most)}"
            for state, bodies in note.states.items()
        ]
    if note.cost is not None:
        said.append(f"it cost £{note.cost:,.0f}, as published")
    head = f"In the incident recorded of {in_words(note.when) if note.when else 'a day not known'}: " if dated else ""
    return head + ". ".join(words if head and not n else capital(words) for n, words in enumerate(said)) + "."


def effect_words(effect: IncidentEffect) -> str:
    """What it meant for the body, and if it was ruled out, that it did not.

    Examples
    --------
    >>> effect_words(IncidentEffect("x", "authority:dover", "data-exposed", state="ruled-out"))
    'it was ruled out that its data could be read'
    """
    said = EFFECTS[effect.effect]
    ruled_out = effect.state == "ruled-out" and effect.effect != "named-but-unaffected"
    return f"it was ruled out that {said}" if ruled_out else said


def qualities(effect: IncidentEffect) -> str:
    """What is recorded of one effect besides: people, whose data, who could see it, the services, how it stands."""
    whose = join(SUBJECTS[word] for word in effect.subjects)
    parts = []
    if effect.people_affected is not None:
        parts.append(f"about {effect.people_affected:,} people{f' ({whose})' if whose else ''}")
    elif whose:
        parts.append(f"data of {whose}")
    if effect.service_area:
        parts.append(f"in {join(area_label(area) for area in effect.service_area)}")
    if effect.audience:
        parts.append(f"seen by {join(AUDIENCES[word] for word in effect.audience)}")
    said = {"confirmed", "ruled-out"} | ({"precaution"} if effect.effect == "precautionary-shutdown" else set())
    if effect.state is not None and effect.state not in said:  # what stands beside it says the rest
        parts.append(STATES[effect.state])
    return "; ".join(parts)


def _people(note: IncidentNote) -> str:
    """How many people, and whose data it was; nothing where neither is known."""
    whose = join(SUBJECTS[word] for word in note.subjects)
    if note.people is None:
        return f"data of {whose}" if whose else ""
    among = f" ({whose}{'' if note.whole else ' among them'})" if whose else ""
    return f"{'at least' if note.at_least else 'about'} {note.people:,} people{among}"
