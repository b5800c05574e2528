"""The call sheet: one printed side."""

from __future__ import annotations

from riskgraph.analysis.calls import Call, CallSheet
from riskgraph.dates import in_words
from riskgraph.model import Band
from riskgraph.render.headline import finding
from riskgraph.render.page import Page, spaced
from riskgraph.render.words import area_label, full_name, join, plural

__all__ = ["page", "reason"]

SERVICES = 3  # named of each body

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
    "report": "report it; in England they tell MHCLG, whose response service can be activated",
    "crime": "report the crime",
    "personal-data": "72 hours from the moment a council is aware of a breach of personal data",
    "warp": "anonymised warning to the other members: riskgraph blast ... --anonymous",
    "data-partner": "owns data that pass through these services; may suspend access",
}


def page(sheet: CallSheet) -> Page:
    """The sheet for paper or a message. Contacts are not in the data and are written in by hand."""
    dataset, more = sheet.graph.dataset, plural(sheet.more, "more body", "more bodies")
    said = f"{finding(sheet.radius)} (data of {in_words(dataset.info.as_of)})."
    lines = [
        "",
        *(_line(sheet, call) for call in sheet.calls),
        *(["", f"And {more} that could be reached: riskgraph blast --format table."] if sheet.more else []),
        "",
        "Ask each: are you affected, what have you cut off, who speaks for you, when is the next update?",
        "Say only what is confirmed: 'could be reached' comes from this map, 'confirmed by the council' from them.",
        "Numbers are not in this data: write them in where a line says so. Time aware: ________  Called by: ________",
    ]
    return Page(f"{plural(len(sheet.calls), 'call')}: {said}", spaced(lines), marking="TLP:AMBER+STRICT")


def _line(sheet: CallSheet, call: Call) -> str:
    dataset = sheet.graph.dataset
    name = full_name(dataset, call.who) if call.who in dataset.entities else call.who
    contact = call.number or "number not known ________"
    site = f"  {call.website}" if call.website else ""
    return f"{call.turn:>2}. {name}: {reason(sheet, call)}. {contact}{site}"


def reason(sheet: CallSheet, call: Call) -> str:
    """Why somebody is rung, in a few words."""
    if call.role == "council":
        return _reached(sheet, call)
    said = _KNOWS.get(call.why or "") or _NATIONAL.get(call.why or "") or _ROLES[call.role]
    return said if call.band is None else f"{said}, and could be reached itself: {_reached(sheet, call)}"


def _reached(sheet: CallSheet, call: Call) -> str:
    """The services that could be reached, surest first, each with its own band."""
    assert call.band is not None
    by_band: dict[Band, list[str]] = {}
    shown = list(call.services.items())[:SERVICES]
    for area, band in shown:
        by_band.setdefault(band, []).append(area_label(area))
    parts = [f"{band.word}: {join(names)}" for band, names in by_band.items()]
    if left := len(call.services) - len(shown):
        parts.append(f"{left} more")
    past = "; a past customer" if sheet.radius[call.who].past else ""
    return ("; ".join(parts) or f"{call.band.word}: by a link") + past
