"""A blast radius in words, as a table, as CSV and as JSON."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from riskgraph.analysis.blast import SHOWN_BANDS, BlastRadius, Reach, Route
from riskgraph.data.dataset import Dataset
from riskgraph.dates import in_words
from riskgraph.model import PRODUCT, SENTENCES, SUPPLIER, Band, FailureKind
from riskgraph.render.words import (
    area_label,
    band_phrase,
    bodies,
    capital,
    class_word,
    join,
    kind_word,
    plural,
    root_name,
    short_name,
)

__all__ = ["anonymous", "csv_rows", "failing", "table_rows", "text", "to_json"]

GROUPS = 4  # lines of business and routes named in the short form
NAMES = 4  # councils named in each


def failing(kinds: Sequence[FailureKind], roots: int = 1) -> str:
    """What is supposed to happen, after "if" and the names of the roots, from `presets.csv`.

    A set of kinds without a sentence of its own gets those of its kinds.

    Examples
    --------
    >>> failing([FailureKind.EXIT])
    'left the market or went insolvent'
    >>> failing([FailureKind.OUTAGE, FailureKind.EXPOSURE], roots=2)
    'lost their data and stopped together'
    """
    asked = tuple(kind for kind in FailureKind if kind in kinds)
    said = [SENTENCES[asked]] if asked in SENTENCES else [SENTENCES[(kind,)] for kind in asked]
    return join(one.one for one in said) if roots == 1 else f"{join(one.several for one in said)} together"


def text(radius: BlastRadius, command: str = "") -> str:
    """The answer for a chat message or an e-mail: the number first, then how, then what is not known.

    Parameters
    ----------
    command
        Options to repeat in the suggestions of what to try next.
    """
    dataset = radius.graph.dataset
    others = [reach for reach in radius.within(Band.POSSIBLE) if not reach.root]
    present = [reach for reach in others if not reach.past]
    roots = join(root_name(dataset, root) for root in radius.roots)
    lines = [_headline(radius, present, roots)]
    lines += _by_kind(radius)
    if len(radius.roots) > 1:
        lines.append(_together(radius))
    lines += _groups(radius, present)
    past = [reach for reach in radius.authorities if reach.past]
    if past:
        names = join((short_name(dataset, reach.id) for reach in past), NAMES)
        lines.append(f"Past customers, {len(past)}: data may still be held for {names}. Ask whether it was returned.")
    ring = sorted({body for band in SHOWN_BANDS for body in radius.ring[band]} - {r.id for r in present})
    if ring:
        names = join((short_name(dataset, body) for body in ring), NAMES)
        share = "shares" if len(ring) == 1 else "share"
        lines.append(
            f"As a precaution, {len(ring)} more {share} a place or a link with what an attacker could be in: {names}."
        )
    lines.append(_apart(radius))
    lines.append(_residents(radius))
    lines.append(_unknown(radius))
    lines.append(_next(radius, present, command))
    return "\n".join(line for line in lines if line) + "\n"


def _headline(radius: BlastRadius, present: Sequence[Reach], roots: str) -> str:
    dataset = radius.graph.dataset
    date = f"data of {in_words(dataset.info.as_of)}"
    if radius.view.as_of != dataset.info.day:
        date = f"as of {in_words(radius.view.as_of)}, {date}"
    if radius.view.without:
        date += f", without what {join(radius.view.without)} taught us"
    if radius.view.known_before:
        date += f", knowing only what was published by {in_words(radius.view.known_before)}"
    marking = f" {dataset.info.marking}" if dataset.info.marking else ""
    verb = failing(radius.kinds, len(radius.roots))
    itself = [reach for reach in radius.authorities if reach.root]
    also = " besides " + join(short_name(dataset, reach.id) for reach in itself) if itself else ""
    if not present:
        also = f" besides {join(short_name(dataset, r.id) for r in itself)} itself" if len(itself) == 1 else also
        return (
            f"0 councils{also} could be reached if {roots} {verb}: no route was found in this data ({date}).{marking}"
        )
    return f"{bodies(dataset, [r.id for r in present])}{also} could be reached if {roots} {verb} ({date}).{marking}"


def _by_kind(radius: BlastRadius) -> list[str]:
    """How many in each band, a line for the kinds that share the same numbers."""
    lines: dict[str, list[str]] = {}
    for kind in FailureKind:
        counts = Counter(
            reach.kinds[kind].band
            for reach in radius.authorities
            if kind in reach.kinds and not reach.root and not reach.past
        )
        if counts:
            shown = [f"{counts[band]} {band_phrase(band)}" for band in Band if counts[band]]
            lines.setdefault(", ".join(shown), []).append(kind.effect)
    return [f"- {capital(join(effects))}: {counts}." for counts, effects in lines.items()]


def _together(radius: BlastRadius) -> str:
    """Several roots: what each reaches, what they share, and what only both together reach."""
    dataset = radius.graph.dataset
    sets = {root: {b for b, band in found.items() if band <= Band.POSSIBLE} for root, found in radius.alone.items()}
    union: set[str] = set().union(*sets.values())
    shared = set.intersection(*sets.values())
    joint = {reach.id for reach in radius.within(Band.POSSIBLE)} - union
    parts = [f"{root_name(dataset, root)} alone {len(found)}" for root, found in sets.items()]
    word = "both" if len(sets) == 2 else "all"
    line = f"Asked apart: {join(parts)}; {len(shared)} by {word}; {len(joint)} only when they fail together"
    return line + (f": {join((short_name(dataset, b) for b in sorted(joint)), NAMES)}." if joint else ".")


def _groups(radius: BlastRadius, present: Sequence[Reach]) -> list[str]:
    """By line of business and route, biggest first."""
    dataset = radius.graph.dataset
    grouped: dict[tuple[tuple[str | None, ...], Route, str | None], list[Reach]] = defaultdict(list)
    suppliers = any(dataset.entities[root.partition("/")[0]].kind == SUPPLIER for root in radius.roots)
    for reach in present:
        proof = reach.lead[1].proof
        area = proof.vias[0].step.area if proof.vias and suppliers else None
        grouped[(area,), reach.route, reach.first].append(reach)
    order = sorted(
        grouped.items(),
        key=lambda item: (min(r.band for r in item[1]), -len(item[1]), str(item[0])),
    )
    surest, rest = order[: GROUPS // 2], order[GROUPS // 2 :]
    biggest = sorted(rest, key=lambda item: -len(item[1]))[: GROUPS - len(surest)]
    lines = []
    for ((area,), route, first), reaches in surest + biggest:
        where = f"{area_label(area)}, " if area is not None else ""
        how = _route(radius, route, first)
        carriers = set.intersection(*(set(reach.also) for reach in reaches))
        also = f"; also through {join(short_name(dataset, c) for c in sorted(carriers))}" if carriers else ""
        lines.append(capital(f"{where}{how}, {len(reaches)}: {_names_by_band(dataset, reaches)}{also}."))
    left = sum(len(reaches) for _, reaches in order) - sum(len(r) for _, r in surest + biggest)
    if left:
        ways = len(order) - len(surest) - len(biggest)
        lines.append(f"And {left} more by {plural(ways, 'other way')}: see --format table.")
    return lines


def _names_by_band(dataset: Dataset, reaches: Sequence[Reach]) -> str:
    """Names, surest first, with how sure each is."""
    parts = []
    for band in Band:
        names = [short_name(dataset, reach.id) for reach in reaches if reach.band is band]
        if names:
            parts.append(f"{join(names, NAMES)} ({band_phrase(band)})")
    return "; ".join(parts)


def _route(radius: BlastRadius, route: Route, first: str | None) -> str:
    dataset = radius.graph.dataset
    if first is None or route in {Route.DIRECT, Route.PAST, Route.ROOT}:
        return str(route)
    name = short_name(dataset, first)
    if route is Route.PRODUCT:
        return f"through {name}"
    return f"through {name}" if route is not Route.SUBCONTRACTOR else f"through {name} (subcontractor)"


def _apart(radius: BlastRadius) -> str:
    dataset = radius.graph.dataset
    parts = []
    if radius.abolished:
        names = join((_successors(dataset, reach) for reach in radius.abolished), 2)
        parts.append(
            f"{plural(len(radius.abolished), 'body', 'bodies')} that no longer exist{'s' if len(radius.abolished) == 1 else ''} ({names})"
        )
    if radius.groups:
        names = join((short_name(dataset, reach.id) for reach in radius.groups), 2)
        parts.append(f"{plural(len(radius.groups), 'group')} of bodies ({names})")
    return f"Not counted: {join(parts)}." if parts else ""


def _successors(dataset: Dataset, reach: Reach) -> str:
    now = f", now {join(short_name(dataset, s) for s in reach.successors)}" if reach.successors else ""
    return short_name(dataset, reach.id) + now


def _residents(radius: BlastRadius) -> str:
    found = radius.residents(Band.POSSIBLE)
    if not found.areas:
        return ""
    areas = "this area" if found.areas == 1 else f"these {found.areas:,} areas"
    unknown = f"; residents of {len(found.unknown)} are not known" if found.unknown else ""
    return f"Up to {found.people:,} people live in {areas} (a ceiling, each counted once{unknown})."


def _unknown(radius: BlastRadius) -> str:
    wide = [r for r in radius.authorities if r.band is Band.NOT_RULED_OUT and not r.past]
    parts = []
    if wide:
        parts.append(f"{bodies(radius.graph.dataset, [r.id for r in wide])} besides cannot be ruled out at all")
    if radius.questions:
        parts.append(f"{plural(len(radius.questions), 'answer')} would settle what cannot be ruled out")
    else:
        parts.append("no blank in this data stands in the way")
    if radius.assumed:
        parts.append(
            f"{plural(radius.assumed, 'step')} rest on an assumed value"
            if radius.assumed != 1
            else "1 step rests on an assumed value"
        )
    if radius.old_rows:
        parts.append(f"{plural(len(radius.old_rows), 'row')} last evidenced over five years ago")
    if radius.undated_rows:
        parts.append(f"{plural(len(radius.undated_rows), 'row')} with undated evidence only")
    return f"Not known: {'; '.join(parts)}."


def _next(radius: BlastRadius, present: Sequence[Reach], command: str) -> str:
    names = radius.graph.names
    root = names.handle(radius.roots[0])
    tries = []
    if present:
        tries.append(f"riskgraph why {names.handle(present[0].id)} {root}{command}")
    if radius.questions:
        tries.append(f"riskgraph data ask --root {root}{command}")
    body = names.handle(radius.roots[0].partition("/")[0])
    tries.append(f"riskgraph calls {root}{command}" if present else f"riskgraph show {body}{command}")
    return "Try next: " + "  |  ".join(tries)


def anonymous(radius: BlastRadius) -> str:
    """Counts by class and region, with no name of a public body: to pass on to other WARPs.

    A root is named only if it is a supplier or a product; any other root would tell who its users are.
    """
    dataset = radius.graph.dataset
    present = [reach for reach in radius.within(Band.POSSIBLE) if not reach.root and not reach.past]
    names = []
    for root in radius.roots:
        kind = dataset.entities[root.partition("/")[0]].kind
        article = "an" if kind_word(kind)[0] in "aeiou" else "a"
        names.append(root_name(dataset, root) if kind in {SUPPLIER, PRODUCT} else f"{article} {kind_word(kind)}")
    lines = [
        f"{bodies(dataset, [r.id for r in present])} could be reached if {join(names)} {failing(radius.kinds, len(names))} "
        f"(data of {in_words(dataset.info.as_of)})."
    ]
    for kind in FailureKind:
        counts = Counter(reach.kinds[kind].band for reach in present if kind in reach.kinds)
        shown = [f"{counts[band]} {band.word}" for band in SHOWN_BANDS if counts[band]]
        if shown:
            lines.append(f"- {kind.effect[0].upper()}{kind.effect[1:]}: {', '.join(shown)}.")
    classes = Counter(dataset.entities[reach.id].authority_type for reach in present)
    by_class = [f"{count} {class_word(name, count)}" for name, count in sorted(classes.items(), key=_count_then_name)]
    regions = Counter(
        entry.region or entry.nation or "region not known"
        if (entry := dataset.register.get(r.id))
        else "region not known"
        for r in present
    )
    by_region = [f"{name} {count}" for name, count in sorted(regions.items(), key=_count_then_name)]
    if present:
        lines += [f"By class: {join(by_class)}.", f"By region: {join(by_region)}."]
    wide = sum(1 for r in radius.authorities if r.band is Band.NOT_RULED_OUT and not r.past)
    lines.append(f"Not known: {wide} more cannot be ruled out.")
    return "\n".join(lines) + "\n"


def _count_then_name(item: tuple[str | None, int]) -> tuple[int, str]:
    return -item[1], item[0] or ""


HEADER = (
    "id", "name", "class", "region", *(str(kind) for kind in FailureKind), "hops", "route", "through", "lines", "services", "shelf",
)  # fmt: skip


def csv_rows(radius: BlastRadius, band: Band = Band.NOT_RULED_OUT) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Every body on every shelf, one row each, with the band of each kind."""
    dataset = radius.graph.dataset
    rows: list[tuple[Any, ...]] = []
    shelves = (("reached", radius.authorities), ("abolished", radius.abolished), ("group", radius.groups))
    for shelf, reaches in shelves:
        for reach in reaches:
            if reach.band > band:
                continue
            entity, entry = dataset.entities[reach.id], dataset.register.get(reach.id)
            name = "past customer" if shelf == "reached" and reach.past else shelf
            rows.append(
                (
                    reach.id,
                    reach.name,
                    entity.authority_type,
                    entry.region or entry.nation if entry is not None else None,
                    *(reach.kinds[kind].band.word if kind in reach.kinds else "" for kind in FailureKind),
                    reach.lead[1].hops,
                    str(reach.route),
                    None if reach.first is None else short_name(dataset, reach.first),
                    ";".join(area or "?" for area in reach.lines),
                    ";".join(area or "?" for area in reach.services),
                    "asked about" if reach.root else name,
                )
            )
    for body in sorted({body for shown in SHOWN_BANDS for body in radius.ring[shown]} - {row[0] for row in rows}):
        entity, entry = dataset.entities[body], dataset.register.get(body)
        region = entry.region or entry.nation if entry is not None else None
        rows.append(
            (body, entity.name, entity.authority_type, region, *([""] * 5), None, None, None, None, None, "precaution")
        )
    return HEADER, rows


def table_rows(radius: BlastRadius, band: Band = Band.NOT_RULED_OUT) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """The same for a terminal: names, bands, route and services."""
    dataset = radius.graph.dataset
    _, rows = csv_rows(radius, band)
    kinds = [kind for kind in FailureKind if any(row[4 + list(FailureKind).index(kind)] for row in rows)]
    timed = bool(radius.stops_after)
    header = ("name", *(str(kind) for kind in kinds), "hops", "route", "services", *(["stops after"] * timed), "")
    shown = []
    for row in rows:
        cells = [row[4 + list(FailureKind).index(kind)] for kind in kinds]
        cells = ["cannot be ruled out" if cell == Band.NOT_RULED_OUT.word else cell for cell in cells]
        route = f"through {row[11]}" if row[11] else row[10]
        services = join(area_label(None if a == "?" else a) for a in (row[13] or "").split(";") if a)
        shelf = "" if row[14] == "reached" else row[14]
        days = [_stops_after(radius, row[0])] if timed else []
        shown.append((short_name(dataset, row[0]), *cells, row[9], route, services, *days, shelf))
    return header, shown


def _stops_after(radius: BlastRadius, body: str) -> str:
    """Days until each service of a body stops, where they are known; whether the root is back by then."""
    back = max(radius.recovery_days.values()) if len(radius.recovery_days) == len(radius.roots) else None
    known = sorted(radius.stops_after.get(body, {}).items(), key=lambda item: (item[1], item[0] or "~"))
    return join(
        f"{area_label(area)} {plural(day, 'day')}" + (" (back before)" if back is not None and back <= day else "")
        for area, day in known
    )


def to_json(radius: BlastRadius) -> dict[str, Any]:
    """The documented form, with what a program needs besides."""
    found = radius.residents(Band.POSSIBLE)
    value = radius.to_dict()
    value["data"]["digest"] = radius.graph.dataset.digest
    value["data"]["marking"] = radius.graph.dataset.info.marking
    value["residents"] = {"at_most": found.people, "areas": found.areas, "unknown": list(found.unknown)}
    value["questions"] = [
        {"row": q.row, "field": q.field, "dependent": q.dependent, "provider": q.provider, "bodies": list(q.bodies)}
        for q in radius.questions
    ]
    value["old_rows"] = list(radius.old_rows)
    value["undated_rows"] = list(radius.undated_rows)
    value["assumed_steps"] = radius.assumed
    value["routes"] = {
        reach.id: {"route": str(reach.route), "through": reach.first, "rows": list(reach.lead[1].proof.rows)}
        for reach in sorted((*radius.authorities, *radius.abolished, *radius.groups), key=lambda r: r.id)
    }
    if radius.recovery_days:
        value["recovery_days"] = radius.recovery_days
    if radius.stops_after:
        value["stops_after_days"] = {
            body: {area or "?": day for area, day in sorted(days.items(), key=lambda item: item[0] or "?")}
            for body, days in sorted(radius.stops_after.items())
        }
    if radius.alone:
        value["alone"] = {root: {b: band.word for b, band in found.items()} for root, found in radius.alone.items()}
    return value
