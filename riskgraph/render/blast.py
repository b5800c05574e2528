"""A blast radius in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from riskgraph.analysis.affected import affected_by
from riskgraph.analysis.blast import BlastRadius, Reach, Route
from riskgraph.analysis.suppression import FEWEST, pooled, share
from riskgraph.analysis.triage import Tier
from riskgraph.data.dataset import Dataset
from riskgraph.model import PRODUCT, SUPPLIER, Band, FailureKind
from riskgraph.render.affected import affected_lines
from riskgraph.render.blocks import Block, Items, Text
from riskgraph.render.headline import asked_of, counted, finding
from riskgraph.render.page import Page, paragraphs
from riskgraph.render.words import (
    BY_LAW,
    area_label,
    band_phrase,
    capital,
    class_word,
    join,
    kind_word,
    plural,
    root_name,
    route_phrase,
    short_name,
)

__all__ = ["TIER_WORDS", "anonymous", "left_behind", "page", "triage"]

TIER_WORDS: Mapping[Tier, tuple[str, str]] = {
    Tier.FIRST: ("First", "by what is done for them or held"),
    Tier.PRECAUTION: ("Precaution", "they share a place or a link with what an attacker could be in"),
    Tier.POSSIBLE: (
        "Possible",
        "they use it or its software, leave data with it, or depend on something that it may reach",
    ),
    Tier.ALTERED: ("Only if its software were altered", ""),
    Tier.UNRECORDED: ("Depend on it, and it is not recorded for what or how", ""),
    Tier.PAST: ("Past customers", "oldest first; ask for proof of return"),
}
"""A tier, and why its bodies stand in it."""

GROUPS, POSSIBLE_GROUPS = 4, 2  # lines of business and routes named in the first tier, and among the possible
NAMES = 4  # councils named in each
FIRST_NAMES, OTHER_NAMES = 16, 8  # the same among those who are first, and among those of whom little is recorded


def page(radius: BlastRadius) -> Page:
    """The answer for a chat message or an e-mail: who to ring first, then the rest in the order of triage.

    Parameters
    ----------
    radius
        The answer; tiers are as its question asks.
    """
    dataset = radius.graph.dataset
    marking = f" {dataset.info.marking}" if dataset.info.marking else ""
    hit = affected_by(radius, radius.first_band if radius.tiers[Tier.FIRST] else radius.band)
    *recorded, living = affected_lines(dataset, hit) or [""]
    return Page(
        f"{finding(radius)} ({asked_of(radius)}).{marking}",
        (
            *paragraphs(*recorded, _together(radius) if len(radius.roots) > 1 else ""),
            *triage(radius),
            *paragraphs(
                _members_out(radius), _apart(radius), _run_on(radius), living, _knows(radius), _unknown(radius)
            ),
        ),
        _next(radius),
    )


def triage(radius: BlastRadius, most: int = NAMES, withheld: frozenset[str] = frozenset()) -> tuple[Block, ...]:
    """Everybody who is told, tier by tier: how many, who, by what, and when that was last seen.

    Parameters
    ----------
    most
        Names in a group of those who are not first, which names all.
    withheld
        Bodies that are counted and not named.
    """
    dataset, tiers = radius.graph.dataset, radius.tiers
    altered = FailureKind.TAMPERING in radius.question.counting
    blocks: list[Block] = []
    if first := _reaches(radius, Tier.FIRST):
        by = "whose software could be altered" if altered else TIER_WORDS[Tier.FIRST][1]
        blocks += [
            Text(f"{TIER_WORDS[Tier.FIRST][0]}, {len(first)}: {by}.{_effects(radius, first)}"),
            Items(_groups(radius, first, radius.first_band, FIRST_NAMES, GROUPS)),
        ]
    if ring := tiers[Tier.PRECAUTION]:
        share = "shares" if len(ring) == 1 else "share"
        names = join((short_name(dataset, body) for body in ring if body not in withheld), most) or "bodies not named"
        blocks.append(
            Text(
                f"{TIER_WORDS[Tier.PRECAUTION][0]}, {len(ring)}: {names} {share} a place or a link with what an attacker could be in."
            )
        )
    if possible := _reaches(radius, Tier.POSSIBLE):
        title, why = TIER_WORDS[Tier.POSSIBLE]
        blocks += [
            Text(f"{title}, {len(possible)}{_by_law(possible)}: {why}."),
            Items(_groups(radius, possible, Band.POSSIBLE, most, POSSIBLE_GROUPS)),
        ]
    if only := _reaches(radius, Tier.ALTERED):
        software = Counter(way.first for reach in only for way in dict.fromkeys(reach.ways) if way.first is not None)
        through = join(f"{short_name(dataset, id_)} {count}" for id_, count in software.most_common(GROUPS))
        names = f"{_names(dataset, only, most, withheld)}{_seen(only)}"
        blocks.append(Text(f"{TIER_WORDS[Tier.ALTERED][0]}, {len(only)}{f' ({through})' if through else ''}: {names}."))
    if unrecorded := _reaches(radius, Tier.UNRECORDED):
        seen = _seen(unrecorded)
        blocks.append(
            Text(
                f"{TIER_WORDS[Tier.UNRECORDED][0]}, {len(unrecorded)}: {_names(dataset, unrecorded, OTHER_NAMES, withheld)}{seen}."
            )
        )
    if past := _reaches(radius, Tier.PAST):
        blocks.append(
            Text(
                f"{TIER_WORDS[Tier.PAST][0]}, {len(past)}, oldest first: {left_behind(radius, past, OTHER_NAMES, withheld)}. Ask for proof of return."
            )
        )
    return tuple(blocks)


def _reaches(radius: BlastRadius, tier: Tier) -> list[Reach]:
    return [radius[body] for body in radius.tiers[tier]]


def _names(dataset: Dataset, reaches: Sequence[Reach], most: int, withheld: frozenset[str] = frozenset()) -> str:
    named = (short_name(dataset, reach.id) for reach in reaches if reach.id not in withheld)
    return join(named, most) or "not named here"


def _seen(reaches: Sequence[Reach]) -> str:
    """When some ways were last seen: the years between which the oldest fact of each was."""
    observed = [reach for reach in reaches if not reach.by_law]
    if reaches and not observed:
        return f" ({BY_LAW})"
    years = sorted(reach.seen[:4] for reach in observed if reach.seen is not None)
    if not years:
        return " (date not known)"
    return f" (last seen {years[0]})" if years[0] == years[-1] else f" (last seen {years[0]} to {years[-1]})"


def _by_law(reaches: Sequence[Reach]) -> str:
    """How many of some bodies are reached by what holds by law only."""
    count = sum(reach.by_law for reach in reaches)
    if not count:
        return ""
    return f", {BY_LAW}" if count == len(reaches) else f", {count:,} of them {BY_LAW}"


def _effects(radius: BlastRadius, reaches: Sequence[Reach]) -> str:
    """At how many of some bodies what could happen, as surely as the first tier is."""
    counts: dict[int, list[str]] = {}
    for kind in FailureKind:
        if kind in radius.question.counting:
            count = sum(kind in reach.kinds and reach.kinds[kind].band <= radius.first_band for reach in reaches)
            counts.setdefault(count, []).append(kind.effect)
    counts.pop(0, None)
    every = len(reaches)
    parts = [
        join(said) + (f" at {count}" if count < every else " at each of them" if every > 1 else "")
        for count, said in counts.items()
    ]
    return f" {capital('; '.join(parts))}." if parts else ""


def left_behind(radius: BlastRadius, past: Sequence[Reach], most: int, withheld: frozenset[str] = frozenset()) -> str:
    """Past customers with the end of their contract, and who may still hold their data if that is not the root."""
    dataset = radius.graph.dataset
    itself = {root.partition("/")[0] for root in radius.roots} | withheld
    named = [
        f"{short_name(dataset, reach.id)} ({f'ended {reach.ended[:4]}' if reach.ended else 'end not known'}"
        + (")" if reach.holder is None or reach.holder in itself else f", held by {short_name(dataset, reach.holder)})")
        for reach in past
        if reach.id not in withheld
    ]
    return join(named, most) or "their data may still be held"


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


def _groups(radius: BlastRadius, reaches: Sequence[Reach], within: Band, most: int, groups: int) -> tuple[str, ...]:
    """By line of business and route, surest and biggest first; a body stands under each line that reaches it so surely."""
    dataset = radius.graph.dataset
    grouped: dict[tuple[str | None, Route, str | None], dict[str, Band]] = defaultdict(dict)
    suppliers = any(dataset.entities[root.partition("/")[0]].kind == SUPPLIER for root in radius.roots)
    by_id = {reach.id: reach for reach in reaches}
    for reach in reaches:
        services = reach.own(within)
        ways = [
            way
            for way in reach.ways
            if services.get(way.area, reach.band if way.area is None else Band.NOT_RULED_OUT) <= within
        ]
        for way in ways if suppliers else ():
            grouped[way.area, way.route, way.first][reach.id] = services.get(way.area, reach.band)
        if not ways or not suppliers:
            grouped[None, reach.route, reach.first][reach.id] = reach.band
    order = sorted(
        grouped.items(),
        key=lambda item: (min(item[1].values()), item[0][1] is not Route.SHARED_SERVICE, -len(item[1]), str(item[0])),
    )
    lines = []
    for (area, route, first), bands in order[:groups]:
        where = f"{area_label(area)}, " if area is not None else ""
        how = route_phrase(dataset, route, first)
        if route is Route.PAST:
            ends = {(by_id[body].ended or "")[:4] for body in bands}
            year = f" in {ends.pop()}" if len(ends) == 1 and "" not in ends else ""
            most_surely = "" if all(by_id[body].past for body in bands) else "most surely "
            how = f"{most_surely}by data left behind when a contract ended{year}"
        carriers = set.intersection(*(set(by_id[body].also) for body in bands)) - {first}
        also = f", also through {join(short_name(dataset, c) for c in sorted(carriers))}" if carriers else ""
        lines.append(capital(f"{where}{how}{also}, {len(bands)}: {_by_band(dataset, by_id, bands, most)}."))
    shown = {body for _, bands in order[:groups] for body in bands}
    ways_left = len(order[groups:])
    left = [reach for reach in reaches if reach.id not in shown]
    if left and len(left) <= most:
        lines.append(f"{_names(dataset, left, most)} by {plural(ways_left, 'other way')}.")
    elif left:
        lines.append(f"{len(left)} more by {plural(ways_left, 'other way')}: see --format table.")
    elif ways_left:
        lines.append(f"Some of these by {plural(ways_left, 'other way')} too: see --format table.")
    return tuple(lines)


def _by_band(dataset: Dataset, by_id: Mapping[str, Reach], bands: Mapping[str, Band], most: int) -> str:
    """Names, surest first, with how sure each is and when it was last seen; "possible" goes without saying."""
    parts = []
    for band in Band:
        found = sorted(
            (by_id[body] for body, own in bands.items() if own is band), key=lambda r: short_name(dataset, r.id)
        )
        how = "" if band is Band.POSSIBLE else band_phrase(band)
        if found and len(found) <= most and len({_seen([reach]) for reach in found}) > 1:
            years = (
                f"{short_name(dataset, r.id)} {r.seen[:4] if r.seen and not r.by_law else _seen([r])[1:]}"
                for r in found
            )
            parts.append(join(years) + (f" ({how})" if how else ""))
        elif found:
            seen = _seen(found).removeprefix(" (").removesuffix(")")
            parts.append(f"{_names(dataset, found, most)} ({', '.join(filter(None, (how, seen)))})")
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


def _members_out(radius: BlastRadius) -> str:
    """The members on a list whom nothing reaches in any band, though something is recorded of them."""
    told = {reach.id for reach in radius.authorities} | set(radius.nothing_recorded) | set(radius.precaution)
    out = [body for body in radius.question.selection.members or () if body not in told]
    if not out or radius.question.band < Band.POSSIBLE or len(told) == len(radius.nothing_recorded):
        return ""
    named = join(sorted(short_name(radius.graph.dataset, body) for body in out), OTHER_NAMES)
    return f"No route in this data, {len(out)} of your members: {named}."


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


def _knows(radius: BlastRadius) -> str:
    """How well the map knows: coverage of the service area, how old the facts are, how it did in replays."""
    info, known, rows = radius.graph.dataset.info, radius.coverage, len(radius.old_rows)
    parts = []
    if known is not None:
        parts.append(f"{area_label(known.area)} known at {known.known:,} of {plural(known.councils, 'council')}")
    if rows or radius.undated_rows:
        undated = f", {len(radius.undated_rows):,} undated" if radius.undated_rows else ""
        parts.append(f"{plural(rows, 'fact')} here last seen over five years ago{undated}")
    if info.track_record:
        parts.append(f"in replays of incidents it named {info.track_record} hit")
    return f"How well this map knows: {'; '.join(parts)}." if parts else ""


def _unknown(radius: BlastRadius) -> str:
    if radius.question.band < Band.POSSIBLE:
        return ""
    parts = [
        f"{plural(len(radius.questions), 'answer')} would settle what cannot be ruled out"
        if radius.questions
        else "no blank in this data stands in the way"
    ]
    if radius.assumed:
        parts.append(f"{plural(radius.assumed, 'step')} rest{'s' if radius.assumed == 1 else ''} on an assumed value")
    return f"Not known: {'; '.join(parts)}."


def _next(radius: BlastRadius) -> tuple[str, ...]:
    names = radius.graph.names
    handles, body = [names.handle(root) for root in radius.roots], names.handle(radius.roots[0].partition("/")[0])
    root = " ".join(handles)
    told = [
        one
        for tier in (Tier.FIRST, Tier.POSSIBLE, Tier.ALTERED, Tier.UNRECORDED, Tier.PAST)
        for one in radius.tiers[tier]
    ]
    tries = [f"riskgraph why {names.handle(told[0])} {root}"] if told else []
    tries += [f"riskgraph data ask {' '.join(f'--root {one}' for one in handles)}"] if radius.questions else []
    tries.append(f"riskgraph calls {root}" if told else f"riskgraph show {body}")
    return tuple(tries)


def anonymous(radius: BlastRadius) -> Page:
    """Counts by class and region, with no name of a public body and no cell under five: to pass on to other WARPs.

    A root is named only if it is a supplier or a product; any other root would tell who its users are.
    """
    dataset = radius.graph.dataset
    present = [radius[body] for tier in (Tier.FIRST, Tier.POSSIBLE) for body in radius.tiers[tier]]
    roots = join(_unnamed(dataset, root) for root in radius.roots)
    effects: dict[str, list[str]] = {}
    for kind in FailureKind if len(present) >= FEWEST else ():
        if kind in radius.question.counting:
            count = sum(kind in reach.kinds and reach.kinds[kind].band <= radius.band for reach in present)
            told = share(count, len(present))
            words = (
                "most of them" if told is None and count >= FEWEST else "fewer than 5" if told is None else f"{told:,}"
            )
            effects.setdefault(words if told != len(present) else "each of them", []).append(kind.effect)
    effects.pop("0", None)
    entries = {reach.id: dataset.register.get(reach.id) for reach in present}
    regions = Counter((entry and (entry.region or entry.nation)) or "region not known" for entry in entries.values())
    classes = Counter(dataset.entities[reach.id].authority_type or "other" for reach in present)
    by_class = [f"{count} {class_word(name, count) if name else 'of other classes'}" for name, count in pooled(classes)]
    by_region = [f"{name or 'elsewhere'} {count}" for name, count in pooled(regions)]
    unsure = share(len(radius.tiers[Tier.UNRECORDED]), radius.question.bodies)
    marking = f" {dataset.info.marking}" if dataset.info.marking else ""
    return Page(
        f"{counted(radius, roots)} ({asked_of(radius)}).{marking}",
        paragraphs(
            f"{capital('; '.join(f'{join(said)} at {words}' for words, said in effects.items()))}." if effects else "",
            f"By class: {join(by_class)}." if any(name for name, _ in pooled(classes)) else "",
            f"By region: {join(by_region)}." if any(name for name, _ in pooled(regions)) else "",
            "No number under five is told, nor one from which it could be worked out.",
            f"Not known: {'fewer than 5' if unsure is None else unsure} more depend on it, not recorded for what or how."
            if unsure != 0
            else "",
        ),
    )


def _unnamed(dataset: Dataset, root: str) -> str:
    """A root by name only if it is a supplier or a product."""
    kind = dataset.entities[root.partition("/")[0]].kind
    article = "an" if kind_word(kind)[0] in "aeiou" else "a"
    return root_name(dataset, root) if kind in {SUPPLIER, PRODUCT} else f"{article} {kind_word(kind)}"
