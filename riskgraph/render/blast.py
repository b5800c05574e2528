"""A blast radius in words, as a table, as CSV and as JSON."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from riskgraph.analysis.blast import SHOWN_BANDS, BlastRadius, Reach, Route
from riskgraph.analysis.measure import own_bands
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
    route_phrase,
    short_name,
)

__all__ = ["anonymous", "csv_rows", "failing", "finding", "left_behind", "table_rows", "text", "to_json"]

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
    present = radius.within()
    lines = [_headline(radius)]
    lines += _by_kind(radius)
    if len(radius.roots) > 1:
        lines.append(_together(radius))
    lines += _groups(radius, present)
    if radius.past:
        lines.append(f"Past customers, {len(radius.past)}: {left_behind(radius, NAMES)}. Ask whether it was returned.")
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


def left_behind(radius: BlastRadius, most: int, withheld: frozenset[str] = frozenset()) -> str:
    """With whom past customers may have left data, and who they are: "data may still be held by Capita for Adur"."""
    dataset = radius.graph.dataset
    by_holder: dict[str | None, list[str]] = defaultdict(list)
    for reach in radius.past:
        if reach.id not in withheld:
            by_holder[None if reach.holder in withheld else reach.holder].append(short_name(dataset, reach.id))
    order = sorted(by_holder.items(), key=lambda item: (-len(item[1]), item[0] or "~"))
    parts = [
        f"by {'others' if holder is None else short_name(dataset, holder)} for {join(names, most)}"
        for holder, names in order[:most]
    ]
    rest = sum(len(names) for _, names in order[most:])
    parts += [f"by {plural(len(order) - most, 'other')} for {rest}"] if rest else []
    return f"data may still be held {'; '.join(parts) or 'somewhere'}"


def finding(radius: BlastRadius, band: Band = Band.POSSIBLE, *, roots: str | None = None, named: bool = True) -> str:
    """Who could be reached within a band, in one clause: "3 councils could be reached if Civica stopped".

    Past customers are counted and named. "0" and "no route" are said only where nothing is known in any band.

    Parameters
    ----------
    roots
        Words for what fails; its names if left out.
    named
        Whether past customers and roots that are public bodies may be named among who is reached.
    """
    dataset = radius.graph.dataset
    present, wide = radius.within(band), radius.within(Band.NOT_RULED_OUT)
    if roots is None:
        roots = join(root_name(dataset, root) for root in radius.roots)
    verb = failing(radius.kinds, len(radius.roots))
    itself = [short_name(dataset, reach.id) for reach in radius.authorities if reach.root and named]
    also = f" besides {join(itself)}" if itself else ""
    if not present and len(itself) == 1:
        also += " itself"
    said = f"could be reached if {roots} {verb}"
    past = [reach for reach in present if reach.past]
    if past:
        names = f": {join((short_name(dataset, reach.id) for reach in past), NAMES)}" if named else ""
        every = "all" if len(present) > 1 else ""
        some = every if len(past) == len(present) else f"{len(past)} of them"
        said += f", {f'{some} as' if some else 'as'} {'a past customer' if len(past) == 1 else 'past customers'}{names}"
    if present:
        return f"{bodies(dataset, [reach.id for reach in present])}{also} {said}"
    if band < Band.POSSIBLE and (less := radius.within()):
        return f"0 councils{also} {said} as surely as that: {bodies(dataset, [reach.id for reach in less])} could less surely"
    if wide:
        unsure = f"{bodies(dataset, [reach.id for reach in wide])} cannot be ruled out"
        return f"It is not known whether any council{also} {said}: {unsure}"
    if radius.nothing:
        return f"0 councils{also} {said}: no route was found in this data"
    return f"0 councils{also} {said}: only bodies that are not counted"


def _headline(radius: BlastRadius) -> str:
    dataset = radius.graph.dataset
    date = f"data of {in_words(dataset.info.as_of)}"
    if radius.view.as_of != dataset.info.day:
        date = f"as of {in_words(radius.view.as_of)}, {date}"
    if radius.view.without:
        date += f", without what {join(radius.view.without)} taught us"
    if radius.view.known_before:
        date += f", knowing only what was published by {in_words(radius.view.known_before)}"
    marking = f" {dataset.info.marking}" if dataset.info.marking else ""
    return f"{finding(radius)} ({date}).{marking}"


def _by_kind(radius: BlastRadius) -> list[str]:
    """How many in each band, a line for the kinds that share the same numbers."""
    lines: dict[str, list[str]] = {}
    for kind in FailureKind:
        counts = Counter(reach.kinds[kind].band for reach in radius.within(Band.NOT_RULED_OUT, kind))
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
    """By line of business and route, surest and biggest first; a body stands under each line that reaches it."""
    dataset = radius.graph.dataset
    grouped: dict[tuple[str | None, Route, str | None], dict[str, Band]] = defaultdict(dict)
    suppliers = any(dataset.entities[root.partition("/")[0]].kind == SUPPLIER for root in radius.roots)
    by_id = {reach.id: reach for reach in present}
    for reach in present:
        if not suppliers:
            grouped[None, reach.route, reach.first][reach.id] = reach.band
            continue
        services = own_bands(reach.services, Band.NOT_RULED_OUT)
        for way in reach.ways:
            if (own := services.get(way.area, reach.band)) <= Band.POSSIBLE:
                grouped[way.area, way.route, way.first][reach.id] = own
    order = sorted(grouped.items(), key=lambda item: (min(item[1].values()), -len(item[1]), str(item[0])))
    surest, rest = order[: GROUPS // 2], order[GROUPS // 2 :]
    biggest = sorted(rest, key=lambda item: -len(item[1]))[: GROUPS - len(surest)]
    lines = []
    for (area, route, first), bands in surest + biggest:
        reaches = [by_id[body] for body in bands]
        where = f"{area_label(area)}, " if area is not None else ""
        how = route_phrase(dataset, route, first)
        if route is Route.PAST and not all(reach.past for reach in reaches):
            how = "most surely by data left behind when a contract ended"
        carriers = set.intersection(*(set(reach.also) for reach in reaches))
        also = f"; also through {join(short_name(dataset, c) for c in sorted(carriers))}" if carriers else ""
        lines.append(capital(f"{where}{how}, {len(bands)}: {_names_by_band(dataset, bands)}{also}."))
    shown = {body for _, bands in surest + biggest for body in bands}
    ways = len(order) - len(surest) - len(biggest)
    if left := len(by_id.keys() - shown):
        lines.append(f"And {left} more by {plural(ways, 'other way')}: see --format table.")
    elif ways:
        lines.append(f"Some of these by {plural(ways, 'other way')} too: see --format table.")
    return lines


def _names_by_band(dataset: Dataset, bands: Mapping[str, Band]) -> str:
    """Names, surest first, with how sure each is."""
    parts = []
    for band in Band:
        names = sorted(short_name(dataset, body) for body, own in bands.items() if own is band)
        if names:
            parts.append(f"{join(names, NAMES)} ({band_phrase(band)})")
    return "; ".join(parts)


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
    parts = []
    if radius.doubtful:
        unsure = f"{bodies(radius.graph.dataset, [r.id for r in radius.doubtful])} besides cannot be ruled out at all"
        past = sum(reach.past for reach in radius.doubtful)
        parts.append(
            unsure + (f" ({past} of them {'a past customer' if past == 1 else 'past customers'})" if past else "")
        )
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
    dataset, present = radius.graph.dataset, radius.within()
    roots = join(_unnamed(dataset, root) for root in radius.roots)
    lines = [f"{finding(radius, roots=roots, named=False)} (data of {in_words(dataset.info.as_of)})."]
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
    lines.append(f"Not known: {len(radius.doubtful)} more cannot be ruled out.")
    return "\n".join(lines) + "\n"


def _unnamed(dataset: Dataset, root: str) -> str:
    """A root by name only if it is a supplier or a product."""
    kind = dataset.entities[root.partition("/")[0]].kind
    article = "an" if kind_word(kind)[0] in "aeiou" else "a"
    return root_name(dataset, root) if kind in {SUPPLIER, PRODUCT} else f"{article} {kind_word(kind)}"


def _count_then_name(item: tuple[str | None, int]) -> tuple[int, str]:
    return -item[1], item[0] or ""


HEADER = (
    "id", "name", "class", "region", *(str(kind) for kind in FailureKind), "hops", "route", "through", "lines", "services", "standing",
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
            name = "past customer" if reach.past and shelf == "reached" else shelf
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
        reach.id: {
            "route": str(reach.route),
            "through": reach.first,
            "rows": list(reach.lead[1].proof.rows),
            **({"past_customer_of": reach.holder} if reach.past else {}),
        }
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
