"""What is recorded of incidents: who was affected, who could see it, how it stands and what it cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from riskgraph.data.dataset import Dataset
from riskgraph.dates import first_day
from riskgraph.model import Incident, IncidentEffect
from riskgraph.settle import View

__all__ = ["IncidentNote", "incident_notes", "note_of"]


@dataclass(frozen=True, slots=True)
class IncidentNote:
    """What is recorded of one incident, over all bodies that it struck or over some of them."""

    incident: Incident
    bodies: tuple[str, ...]  # ids of those that it struck
    people: int | None  # affected, as published; None: not known
    at_least: bool  # the people are those of some of the bodies only
    whole: bool  # the people are those whose data are said in `subjects`, and no others
    exposed: bool  # whether data could be read
    subjects: tuple[str, ...]  # whose data it was; empty: not known
    audience: tuple[str, ...]  # who could see it; empty: not known
    areas: tuple[str, ...]  # services that it struck; empty: not known
    states: Mapping[str, tuple[str, ...]]  # how it stands: state to ids of the bodies
    cost: Decimal | None  # of the whole incident, as published

    @property
    def when(self) -> str | None:
        """When it began, else when it became public."""
        return self.incident.date_started or self.incident.date_disclosed

    @property
    def says(self) -> bool:
        """Whether anything of that is known."""
        return (
            self.people is not None
            or self.cost is not None
            or bool(self.subjects or self.audience or self.areas or self.states)
        )


def note_of(dataset: Dataset, incident: Incident, bodies: Iterable[str] | None = None) -> IncidentNote:
    """What is recorded of an incident, of all bodies or of some.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> seeds = read("seeds")
    >>> note = note_of(seeds, seeds.incidents["essex-insider-2012"])
    >>> note.people, note.subjects, note.audience
    (400, ('service-users',), ('insider',))
    """
    some = None if bodies is None else set(bodies)
    effects = [
        one
        for one in dataset.effects
        if one.incident_id == incident.incident_id and (some is None or one.organisation in some)
    ]
    hit = [one for one in effects if one.hit]
    states: dict[str, set[str]] = {}
    for one in _weightiest(effects):
        states.setdefault(one.state or "", set()).add(one.organisation)
    people, at_least = told, _ = _people(hit)
    if some is None and incident.people_affected is not None:
        people, at_least = incident.people_affected, False
    return IncidentNote(
        incident,
        tuple(sorted({one.organisation for one in hit})),
        people,
        at_least,
        people == told,
        any(one.effect == "data-exposed" for one in hit),
        tuple(sorted({word for one in hit for word in one.subjects})),
        tuple(sorted({word for one in hit for word in one.audience})),
        tuple(sorted({area for one in hit for area in one.service_area})),
        {state: tuple(sorted(found)) for state, found in sorted(states.items())},
        incident.cost_gbp if some is None else None,
    )


def _weightiest(effects: Iterable[IncidentEffect]) -> Iterable[IncidentEffect]:
    """Of what several voices say of one effect at one body the body's own word, else the surest, else the newest."""
    best: dict[tuple[str, str], IncidentEffect] = {}
    for one in effects:
        key = one.organisation, one.effect
        if one.state is not None and (key not in best or _weight(one) > _weight(best[key])):
            best[key] = one
    return best.values()


def _weight(effect: IncidentEffect) -> tuple[bool, int, str]:
    sure = (None, "inferred", "reported", "confirmed").index(effect.confidence)
    return effect.said_by == effect.organisation, sure, effect.said_at or ""


def _people(hit: Iterable[IncidentEffect]) -> tuple[int | None, bool]:
    """The people at the bodies of which that is known, and whether it is known of some only."""
    known: dict[str, int] = {}
    exposed = set()
    for one in hit:
        if one.effect == "data-exposed":
            exposed.add(one.organisation)
        if one.people_affected is not None:
            known[one.organisation] = max(one.people_affected, known.get(one.organisation, 0))
    return (sum(known.values()), bool(exposed - known.keys())) if known else (None, False)


def incident_notes(
    dataset: Dataset, roots: Iterable[str], view: View | None = None, *, telling: bool = True
) -> tuple[IncidentNote, ...]:
    """What is recorded of the incidents that began at some roots, the newest first.

    Parameters
    ----------
    dataset
        The map.
    roots
        Ids of bodies, places or lines (`supplier:capita/pensions`). An incident of a line is one of its body, and the
        other way round; that of another line is not.
    view
        Leaves out incidents that begin after its date, or that it is asked without or from before.
    telling
        Only those of which more is known than that they happened.

    Returns
    -------
    tuple of IncidentNote
        Nothing of an incident that began elsewhere, whoever it struck.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> [note.incident.incident_id for note in incident_notes(read("seeds"), ["authority:essex"])]
    ['essex-insider-2012']
    """
    asked = tuple(roots)
    found = [
        note_of(dataset, incident)
        for incident in dataset.incidents.values()
        if any(_same(root, origin) for root in asked for origin in incident.origins) and _known(incident, view)
    ]
    order = sorted(found, key=lambda note: note.when or "", reverse=True)
    return tuple(note for note in order if note.says or not telling)


def _same(root: str, origin: str) -> bool:
    one, other = root.partition("/"), origin.partition("/")
    return one[0] == other[0] and (not one[2] or not other[2] or one[2] == other[2])


def _known(incident: Incident, view: View | None) -> bool:
    if view is None:
        return True
    if incident.incident_id in view.without:
        return False
    day = incident.date_started or incident.date_disclosed
    known = incident.date_disclosed or incident.date_started
    if view.known_before is not None and (known is None or first_day(known) > view.known_before):
        return False
    return day is None or first_day(day) <= view.as_of
