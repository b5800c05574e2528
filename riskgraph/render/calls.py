"""The call sheet: one printed side."""

from __future__ import annotations

from riskgraph.analysis.calls import Call, CallSheet
from riskgraph.dates import in_words
from riskgraph.model import Band
from riskgraph.render.blast import failing
from riskgraph.render.words import area_label, bodies, full_name, join, plural, root_name

__all__ = ["reason", "text"]

_ROLES = {
    "root": "the one hit: its security desk",
    "operator": "runs, hosts or makes what was hit",
    "between": "stands between: its ICT lead",
    "precaution": "shares a place or a link: may have to isolate",
}
_NATIONAL = {
    "report": "report it; in England they tell MHCLG, whose response service can be activated",
    "crime": "report the crime",
    "personal-data": "72 hours from the moment a council is aware of a breach of personal data",
    "warp": "anonymised warning to the other members: riskgraph blast ... --anonymous",
    "data-partner": "owns data that pass through these services; may suspend access",
}


def text(sheet: CallSheet) -> str:
    """The sheet for paper or a message. Contacts are not in the data and are written in by hand."""
    radius, dataset = sheet.radius, sheet.graph.dataset
    roots = join(root_name(dataset, root) for root in radius.roots)
    reached = [r.id for r in radius.within(Band.POSSIBLE) if not r.root]
    lines = [
        "TLP:AMBER+STRICT",
        f"{plural(len(sheet.calls), 'call')} if {roots} {failing(radius.kinds, len(radius.roots))}: "
        f"{bodies(dataset, reached)} could be reached (data of {in_words(dataset.info.as_of)}).",
        "",
    ]
    lines += [_line(sheet, call) for call in sheet.calls]
    if sheet.more:
        lines += [
            "",
            f"And {plural(sheet.more, 'more body', 'more bodies')} that could be reached: riskgraph blast --format table.",
        ]
    lines += [
        "",
        "Ask each: are you affected, what have you cut off, who speaks for you, when is the next update?",
        "Say only what is confirmed: 'could be reached' comes from this map, 'confirmed by the council' from them.",
        "Numbers are not in this data: write them in where a line says so. Time aware: ________  Called by: ________",
    ]
    return "\n".join(lines) + "\n"


def _line(sheet: CallSheet, call: Call) -> str:
    dataset = sheet.graph.dataset
    name = full_name(dataset, call.who) if call.who in dataset.entities else call.who
    contact = call.number or "number not known ________"
    site = f"  {call.website}" if call.website else ""
    return f"{call.turn:>2}. {name}: {reason(sheet, call)}. {contact}{site}"


def reason(sheet: CallSheet, call: Call) -> str:
    """Why somebody is rung, in a few words."""
    if call.role != "council":
        return _NATIONAL.get(call.why or "") or _ROLES[call.role]
    services = join((area_label(a) for a in sheet.radius[call.who].services), 3)
    return f"{call.band.word if call.band is not None else ''}: {services or 'by a link'}"
