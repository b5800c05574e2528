"""What stops, in words: the most important first, then the least tolerable."""

from __future__ import annotations

from riskgraph.analysis.services import HitArea, HitService, ServicesHit
from riskgraph.model import AUTHORITY, Band, FailureKind
from riskgraph.render.blocks import Items
from riskgraph.render.headline import dates_of, failing
from riskgraph.render.held import scope_words
from riskgraph.render.page import Page, paragraphs
from riskgraph.render.words import area_label, band_phrase, capital, join, plural, root_name, short_name

__all__ = ["page"]

_BODY = ("body", "bodies")


def page(found: ServicesHit, limit: int = 12, names: int = 4) -> Page:
    """How many services, then a line for each area: importance, hours, bodies, how surely, last seen."""
    dataset, roots = found.graph.dataset, found.question.roots
    verb = failing(found.question.kinds, len(roots))
    who = join(root_name(dataset, root) for root in roots)
    marking = f" {dataset.info.marking}" if dataset.info.marking else ""
    count, bodies = len(found.services), len(found.bodies)
    date = f"({dates_of(dataset, found.question.view)}).{marking}"
    facts = found.fact_values()
    hit = "stop" if found.question.kinds == (FailureKind.OUTAGE,) else "be hit"
    if count:
        at = f"{bodies:,} {scope_words(found.question, found.bodies)}"
        lead = f"{plural(count, 'service')} at {at} could {hit} if {who} {verb} {date}"
    elif found.not_ruled_out:
        lead = f"It is not known whether a service could {hit} if {who} {verb}: {found.not_ruled_out:,} cannot be ruled out {date}"
    else:
        itself = any(dataset.entities[root.partition("/")[0]].kind == AUTHORITY for root in roots)
        besides = " besides its own" if itself else ""
        lead = f"0 services{besides} {scope_words(found.question, found.bodies)} could {hit} if {who} {verb}: no route was found {date}"
    unjudged = count - int(str(facts["judged"]))
    lines = [
        f"Not judged, {unjudged:,} of {count:,}: no register says how important they are"
        f"{'; they stand last' if unjudged < count else ''}."
        if unjudged
        else "",
        f"{found.not_ruled_out:,} more cannot be ruled out." if found.not_ruled_out and count else "",
        f"And {plural(len(found.areas) - limit, 'area')} more: use --limit, or --format csv."
        if len(found.areas) > limit
        else "",
    ]
    like = f" --like {found.question.like}" if found.question.like else ""
    handle = found.graph.names.handle(roots[0])
    return Page(
        lead,
        (
            Items(tuple(_line(found, area, names) for area in found.areas[:limit]), ordered=True),
            *paragraphs(*lines),
        ),
        (f"riskgraph calls {handle}{like}", f"riskgraph blast {handle}{like}"),
    )


def _line(found: ServicesHit, area: HitArea, names: int) -> str:
    parts = [
        capital(area_label(area.area)),
        *([area.importance] if area.importance else []),
        *([f"can be done without for {_hours(area.hours)}"] if area.hours is not None else []),
    ]
    bands = []
    for band in Band:
        there = [one for one in area.services if one.band is band]
        if there:
            who = join((_who(found, one, area) for one in there), names)
            bands.append(f"{who} ({band_phrase(band)})")
    seen = f"last seen {area.seen}" if area.seen is not None else "last seen not known"
    return f"{', '.join(parts)}; {plural(len(area.services), *_BODY)}: {'; '.join(bands)}; {seen}"


def _who(found: ServicesHit, one: HitService, area: HitArea) -> str:
    """A body, with what its own register says where that is not what the whole line says."""
    said = [one.importance] if one.importance not in {None, area.importance} else []
    said += [_hours(one.hours)] if one.hours not in {None, area.hours} and one.hours is not None else []
    return short_name(found.graph.dataset, one.body) + (f" ({', '.join(said)})" if said else "")


def _hours(hours: int) -> str:
    """Hours, or days where they are whole.

    Examples
    --------
    >>> _hours(4), _hours(72)
    ('4 hours', '3 days')
    """
    return plural(hours // 24, "day") if hours and not hours % 24 else plural(hours, "hour")
