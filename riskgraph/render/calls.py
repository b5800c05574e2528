"""The call sheet: one printed side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from riskgraph.analysis.calls import Call, CallSheet
from riskgraph.analysis.desks import desks
from riskgraph.analysis.triage import Tier
from riskgraph.model import Band
from riskgraph.render.headline import dates_of, finding
from riskgraph.render.page import Page, spaced
from riskgraph.render.words import area_label, full_name, join, plural

if TYPE_CHECKING:
    from riskgraph.analysis.contacts import Contacts
    from riskgraph.importers.contacts import Contact

__all__ = ["contact_lines", "contact_words", "number_words", "numbers_line", "page", "reason"]

SERVICES = 3  # named of each body
CONTACTS = 3  # printed of each body
_WIDTH = 110  # of a line with a number and an address

_ROLES = {
    "root": "the one hit: its security desk",
    "between": "stands between: its ICT lead",
    "precaution": "shares a place or a link: may have to isolate",
}
_KNOWS = {
    "operated-by": "runs what was hit",
    "hosted-on": "hosts what was hit",
    "made-by": "makes what was hit",
}
_NATIONAL = {
    "report": "report it; they pass the report on to MHCLG",
    "response": "ask for its response service, once the NCSC knows",
    "crime": "report the crime",
    "personal-data": "72 hours from the moment a council is aware of a breach of personal data",
    "warp": "anonymised warning to the other members: riskgraph blast ... --anonymous",
    "data-partner": "owns data that pass through these services; may suspend access",
}


def page(sheet: CallSheet, contacts: Contacts | None = None) -> Page:
    """The sheet for paper or a message, with the contacts that are given; the others are written in by hand."""
    dataset, more = sheet.graph.dataset, plural(sheet.more, "more body", "more bodies")
    said = f"{finding(sheet.radius)} ({dates_of(dataset, sheet.radius.view)})."
    lines = [
        "",
        *(line for call in sheet.calls for line in _lines(sheet, call, contacts)),
        *(["", f"And {more} that could be reached: riskgraph blast --format table."] if sheet.more else []),
        "",
        "Ask each: are you affected, what have you cut off, who speaks for you, when is the next update?",
        "Say only what is confirmed: 'could be reached' comes from this map, 'confirmed by the council' from them.",
        numbers_line(sheet, contacts),
        "Time aware: ________  Called by: ________",
    ]
    return Page(f"{plural(len(sheet.calls), 'call')}: {said}", spaced(lines), marking="TLP:AMBER+STRICT")


def _lines(sheet: CallSheet, call: Call, contacts: Contacts | None) -> list[str]:
    dataset = sheet.graph.dataset
    name = full_name(dataset, call.who) if call.who in dataset.entities else call.who
    joined = contacts.of(call.who) if contacts else ()
    number, site = number_words(call), call.website or ""
    if not number and not any(one.reachable for one in joined) and not (call.role == "national" and site):
        number = "number not known ________"
    together = f"{number}  {site}".strip()
    below = [together] if len(together) < _WIDTH else [number, site]  # a number is never cut by the end of a line
    return [
        f"{call.turn:>2}. {name}: {reason(sheet, call)}.",
        *(f"    {text}" for text in (*contact_lines(joined), *below) if text),
    ]


def contact_lines(joined: Sequence[Contact]) -> list[str]:
    """The contacts of one body, cut after some."""
    more = len(joined) - CONTACTS
    return [*map(contact_words, joined[:CONTACTS]), *([f"and {more} more in the file"] if more > 0 else [])]


def number_words(call: Call) -> str:
    """The published number, and when it is answered; empty if none is known."""
    when = next((desk.when for desk in desks() if desk.name == call.who), None)
    return f"{call.number} ({when})" if call.number and when else call.number or ""


def contact_words(contact: Contact) -> str:
    """A contact on one line.

    Examples
    --------
    >>> from riskgraph.importers.contacts import Contact
    >>> contact_words(Contact("Dover", "Head of ICT", "01632 960123", out_of_hours="07700 900123"))
    'Head of ICT: 01632 960123; out of hours 07700 900123'
    """
    ways = (
        ("", contact.phone),
        ("mobile ", contact.mobile),
        ("out of hours ", contact.out_of_hours),
        ("", contact.email),
    )
    return ": ".join(filter(None, (contact.who, "; ".join(label + text for label, text in ways if text))))


def numbers_line(sheet: CallSheet, contacts: Contacts | None) -> str:
    """Where the numbers come from, and which names of the file match nobody."""
    if contacts is None:
        return "Other numbers are not in this data: write them in, or add --contacts FILE."
    known = sum(any(one.reachable for one in contacts.of(call.who)) for call in sheet.calls)
    count, names = len(contacts.unknown), join(contacts.unknown, 8)
    unknown = (
        f" {plural(count, 'name')} in it {'matches' if count == 1 else 'match'} nobody here: {names}." if count else ""
    )
    unread = f" Columns not read: {join(contacts.unread, 5)}." if contacts.unread else ""
    return f"Contacts for {known} of {plural(len(sheet.calls), 'call')} from {contacts.source}: do not pass them on.{unknown}{unread}"


def reason(sheet: CallSheet, call: Call) -> str:
    """Why somebody is rung, in a few words."""
    if call.role == "council":
        return _reached(sheet, call)
    said = _KNOWS.get(call.why or "") or _NATIONAL.get(call.why or "") or _ROLES[call.role]
    return said if call.band is None else f"{said}, and could be reached itself: {_reached(sheet, call)}"


def _reached(sheet: CallSheet, call: Call) -> str:
    """The services that could be reached, surest first, each with its own band."""
    assert call.band is not None
    reach = sheet.radius[call.who]
    if call.who in sheet.radius.tiers[Tier.UNRECORDED]:
        return "depends on it, not recorded for what or how"
    if call.who in sheet.radius.tiers[Tier.PAST]:
        return f"past customer{f' until {reach.ended[:4]}' if reach.ended else ''}: ask for proof of return"
    by_band: dict[Band, list[str]] = {}
    shown = list(call.services.items())[:SERVICES]
    for area, band in shown:
        by_band.setdefault(band, []).append(area_label(area))
    parts = [f"{band.word}: {join(names)}" for band, names in by_band.items()]
    if left := len(call.services) - len(shown):
        parts.append(f"{left} more")
    past = "; a past customer" if reach.past else ""
    return ("; ".join(parts) or f"{call.band.word}: by a link") + past
