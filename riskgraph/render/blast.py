"""A blast radius in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from riskgraph.analysis.blast import SHOWN_BANDS, BlastRadius, Reach, Route
from riskgraph.analysis.measure import own_bands
from riskgraph.data.dataset import Dataset
from riskgraph.dates import in_words
from riskgraph.model import PRODUCT, SENTENCES, SUPPLIER, Band, FailureKind
from riskgraph.render.blocks import Items
from riskgraph.render.page import Page, paragraphs
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

__all__ = ["anonymous", "failing", "finding", "left_behind", "page"]

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


def page(radius: BlastRadius, command: str = "") -> Page:
    """The answer for a chat message or an e-mail: the number first, then how, then what is not known.

    Parameters
    ----------
    radius
        The answer; who counts is as sure as its question asks, or at least possible.
    command
        Options to repeat in the suggestions of what to try next.
    """
    present, past = radius.within(radius.band), radius.past
    return Page(
        _headline(radius),
        (
            *_by_kind(radius),
            *paragraphs(
                _together(radius) if len(radius.roots) > 1 else "",
                *_groups(radius, present),
                f"Past customers, {len(past)}: {left_behind(radius, NAMES)}. Ask whether it was returned."
                if past
                else "",
                _ring(radius),
                _apart(radius),
                _run_on(radius),
                _residents(radius),
                _unknown(radius),
            ),
        ),
        _next(radius, present, command),
    )


def _ring(radius: BlastRadius) -> str:
    ring = sorted(
        {body for band in SHOWN_BANDS for body in radius.ring[band]} - {r.id for r in radius.within(radius.band)}
    )
    if not ring:
        return ""
    names = join((short_name(radius.graph.dataset, body) for body in ring), NAMES)
    share = "shares" if len(ring) == 1 else "share"
    return f"As a precaution, {len(ring)} more {share} a place or a link with what an attacker could be in: {names}."


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
    how = "" if radius.band is Band.POSSIBLE else f", {band_phrase(radius.band)}"
    return f"{finding(radius, radius.band)} ({date}{how}).{marking}"


def _by_kind(radius: BlastRadius) -> tuple[Items, ...]:
    """How many in each band, a line for the kinds that share the same numbers."""
    asked = radius.question.band
    widest = asked if asked < Band.POSSIBLE else Band.NOT_RULED_OUT  # what is not known is hidden only if asked so
    lines: dict[str, list[str]] = {}
    for kind in FailureKind:
        counts = Counter(reach.kinds[kind].band for reach in radius.within(widest, kind))
        shown = [f"{counts[band]} {band_phrase(band)}" for band in Band if counts[band]]
        if shown:
            lines.setdefault(", ".join(shown), []).append(kind.effect)
    items = tuple(f"{capital(join(effects))}: {counts}." for counts, effects in lines.items())
    return (Items(items),) if items else ()


def _together(radius: BlastRadius) -> str:
    """Several roots: who is reached by one only, by more than one, and only when all fail together."""
    dataset = radius.graph.dataset
    sets = {root: {b for b, band in found.items() if band <= radius.band} for root, found in radius.alone.items()}
    several = {body for found in sets.values() for body in found if sum(body in one for one in sets.values()) > 1}
    joint = {reach.id for reach in radius.within(radius.band)}.difference(*sets.values())
    parts = [f"{len(found - several)} by {root_name(dataset, root)} only" for root, found in sets.items()]
    parts += [f"{len(several)} by {'both' if len(sets) == 2 else 'more than one'}"]
    named = f": {join(sorted(short_name(dataset, body) for body in joint), NAMES)}" if joint else ""
    return f"Each asked alone: {join([*parts, f'{len(joint)} only when they fail together'])}{named}."


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
            if (own := services.get(way.area, reach.band)) <= radius.band:
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


def _run_on(radius: BlastRadius) -> str:
    """Days until services stop, where they are known; whether all roots are back by then."""
    known = radius.recovery_days
    back = max(known.values()) if len(known) == len(radius.roots) else None
    bodies = [
        f"{short_name(radius.graph.dataset, body)} ({join(_days(area, day, back) for area, day in days)})"
        for body, found in sorted(radius.stops_after.items())
        for days in [sorted(found.items(), key=lambda item: (item[1], item[0] or "~"))]
    ]
    return f"Services that run on before they stop: {join(bodies, NAMES)}." if bodies else ""


def _days(area: str | None, day: int, back: int | None) -> str:
    return f"{area_label(area)} {plural(day, 'day')}{', back before' if back is not None and back <= day else ''}"


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
    found = radius.residents(radius.band)
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


def _next(radius: BlastRadius, present: Sequence[Reach], command: str) -> tuple[str, ...]:
    names = radius.graph.names
    root, body = names.handle(radius.roots[0]), names.handle(radius.roots[0].partition("/")[0])
    tries = [f"riskgraph why {names.handle(present[0].id)} {root}"] if present else []
    tries += [f"riskgraph data ask --root {root}"] if radius.questions else []
    tries.append(f"riskgraph calls {root}" if present else f"riskgraph show {body}")
    return tuple(words + command for words in tries)


def anonymous(radius: BlastRadius) -> Page:
    """Counts by class and region, with no name of a public body: to pass on to other WARPs.

    A root is named only if it is a supplier or a product; any other root would tell who its users are.
    """
    dataset, present = radius.graph.dataset, radius.within(radius.band)
    roots = join(_unnamed(dataset, root) for root in radius.roots)
    kinds = []
    for kind in FailureKind:
        counts = Counter(reach.kinds[kind].band for reach in present if kind in reach.kinds)
        shown = [f"{counts[band]} {band.word}" for band in SHOWN_BANDS if counts[band]]
        if shown:
            kinds.append(f"{capital(kind.effect)}: {', '.join(shown)}.")
    classes = Counter(dataset.entities[reach.id].authority_type for reach in present)
    by_class = [f"{count} {class_word(name, count)}" for name, count in sorted(classes.items(), key=_count_then_name)]
    entries = [dataset.register.get(reach.id) for reach in present]
    regions = Counter((entry and (entry.region or entry.nation)) or "region not known" for entry in entries)
    by_region = [f"{name} {count}" for name, count in sorted(regions.items(), key=_count_then_name)]
    lead = finding(radius, radius.band, roots=roots, named=False)
    return Page(
        f"{lead} (data of {in_words(dataset.info.as_of)}).",
        (
            *([Items(tuple(kinds))] if kinds else []),
            *paragraphs(
                *([f"By class: {join(by_class)}.", f"By region: {join(by_region)}."] if present else []),
                f"Not known: {len(radius.doubtful)} more cannot be ruled out.",
            ),
        ),
    )


def _unnamed(dataset: Dataset, root: str) -> str:
    """A root by name only if it is a supplier or a product."""
    kind = dataset.entities[root.partition("/")[0]].kind
    article = "an" if kind_word(kind)[0] in "aeiou" else "a"
    return root_name(dataset, root) if kind in {SUPPLIER, PRODUCT} else f"{article} {kind_word(kind)}"


def _count_then_name(item: tuple[str | None, int]) -> tuple[int, str]:
    return -item[1], item[0] or ""
