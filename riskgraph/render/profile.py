"""`show` and `list` in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date

from riskgraph.analysis.incidents import note_of
from riskgraph.analysis.profile import Listing, Profile
from riskgraph.analysis.radius import SHOWN_BANDS
from riskgraph.analysis.supplier import SupplierSide
from riskgraph.dates import in_words, last_day
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, SHARED_SERVICE, SUPPLIER, Grade, Incident
from riskgraph.render.blocks import Items
from riskgraph.render.headline import dates_of
from riskgraph.render.incident_words import note_words
from riskgraph.render.page import Page, paragraphs, spaced
from riskgraph.render.why import evidence_lines
from riskgraph.render.words import (
    BY_LAW,
    area_label,
    bodies,
    capital,
    class_word,
    full_name,
    join,
    kind_word,
    plural,
    short_name,
    step_phrase,
)
from riskgraph.rules import Trait, relations_that, rules
from riskgraph.settle import Step

__all__ = ["listing_page", "page"]

_NAMED = 5  # users in the first line


def page(profile: Profile, *, evidence: bool = False, limit: int = 12, side: bool = True) -> Page:
    """Everything known about one body, the counts first.

    Parameters
    ----------
    evidence
        Whether the sources of every relation are shown.
    limit
        The most lines of each part.
    side
        Whether to say what matters of a supplier besides.
    """
    dataset, entity = profile.graph.dataset, profile.entity
    what = class_word(entity.authority_type, 1) if entity.kind == AUTHORITY else kind_word(entity.kind)
    lead, beside = _council(profile) if entity.kind == AUTHORITY else _provider(profile)
    lines = [*beside, f"Id {entity.id}, {what}." + _identity(profile)]
    if entity.aliases:
        lines.append(f"Also called {join(entity.aliases, 6)}.")
    if entity.note:
        lines.append(f"Note: {entity.note}.")
    if profile.successors:
        names = join(dataset.usual_name(s) for s in profile.successors)
        ended = profile.register.valid_to if profile.register is not None else None
        lines.append(f"It no longer exists{f' since {in_words(ended)}' if ended else ''}; its successors: {names}.")
    if profile.lines and entity.kind != AUTHORITY:
        parts = [f"{area_label(area)} {count}" for area, count in profile.lines.items()]
        lines.append(f"By line of business: {join(parts, 8)}.")
    supplier = profile.side if side else None
    if supplier is not None:
        lines += _supplier_lines(profile.graph, supplier)
    lines += _section("It depends on", profile, profile.depends_on, evidence, limit, whose="provider")
    lines += _section("It is depended on by", profile, profile.depended_on_by, evidence, limit, whose="dependent")
    lines += _section("Ended", profile, profile.ended, evidence, limit, whose="dependent")
    if profile.future:
        lines += ["", f"Not counted at this date: {plural(len(profile.future), 'row')}, such as {profile.future[0]}."]
    if profile.incidents:
        incidents = [dataset.incidents[i] for i in profile.incidents]
        lines += ["", f"In {plural(len(incidents), 'incident')} of this data:"]
        for incident in incidents[:limit]:
            lines.append(f"- {incident.title} ({incident.incident_id}, {_when(incident)})")
            began = any(origin.partition("/")[0] == entity.id for origin in incident.origins)
            note = note_of(dataset, incident, None if began else (entity.id,))
            lines += [f"  {note_words(dataset, note, dated=False)}"] if note.says else []
    handle = profile.graph.names.handle(entity.id)
    return Page(
        f"{lead} ({dates_of(dataset, profile.view)}).",
        spaced(lines),
        (
            f"riskgraph blast {handle}",
            *([f"riskgraph contracts --provider {handle}"] if supplier is not None else []),
            *([] if evidence else [f"riskgraph show {handle} --evidence"]),
        ),
    )


def _provider(profile: Profile) -> tuple[str, list[str]]:
    """Who depends on a supplier, a service or a thing directly, how surely, and how old that is."""
    dataset, name = profile.graph.dataset, full_name(profile.graph.dataset, profile.entity.id)
    users = {body: steps for body, steps in profile.users.items() if not all(step.by_law for step in steps)}
    others = len({step.dependent for step in profile.depended_on_by} - profile.users.keys())
    by_law = len(profile.users) - len(users)
    if by_law and not users:
        return f"{bodies(dataset, list(profile.users))} depend on {name} {BY_LAW}", []
    if not users:
        more = f"; {plural(others, 'other body or thing does', 'other bodies and things do')}" if others else ""
        more += f"; {plural(len(profile.future), 'row')} not counted at this date" if profile.future else ""
        return f"No public body is recorded to depend on {name} directly{more}", []
    own = {body for body, steps in users.items() if not all(step.implied for step in steps)}
    depend = "depends" if len(users) == 1 else "depend"
    lead = f"{bodies(dataset, list(users))} {depend} on {name}"
    if len(users) <= _NAMED:
        lead += f": {join(sorted(short_name(dataset, body) for body in users))}"
    elif len(own) < len(users):
        lead += f", {len(users) - len(own):,} of them only by its products"
    lead += f"; {by_law:,} more do {BY_LAW}" if by_law else ""
    surely = sum(1 for steps in users.values() if min(step.grade for step in steps) <= Grade.REPORTED)
    newest = [_newest(profile, steps) for steps in users.values()]
    lines = [_aged(profile, f"Known surely (confirmed or reported): {surely:,} of {len(users):,}", newest)]
    if own and len(own) < len(users):
        stated = [_newest(profile, [step for step in users[body] if not step.implied]) for body in sorted(own)]
        names = join(sorted(short_name(dataset, body) for body in own), _NAMED)
        lines.append(_aged(profile, f"Itself it serves, supplies or hosts {len(own):,} ({names})", stated))
    shared = sorted(
        {s.dependent for s in profile.depended_on_by if dataset.entities[s.dependent].kind == SHARED_SERVICE}
    )
    if shared:
        which = join((short_name(dataset, body) for body in shared), _NAMED)
        lines.append(f"Those served by {which} depend on it too.")
    return lead, lines


def _council(profile: Profile) -> tuple[str, list[str]]:
    """On how many a council depends for how many services, how surely that is known, and how old it is."""
    dataset, name = profile.graph.dataset, short_name(profile.graph.dataset, profile.entity.id)
    every = [step for step in profile.depends_on if step.relation not in relations_that(Trait.GOVERNS)]
    leans = [step for step in every if not step.by_law]
    by_law = [f"{len(every) - len(leans)} more {BY_LAW}."] if len(every) > len(leans) else []
    if not leans:
        return f"Not known: nothing is recorded of what {name} depends on", by_law
    services = {step.area for step in leans if step.area is not None}
    lead = f"{name} depends on {plural(len({step.provider for step in leans}), 'other')}"
    lead += f" in {plural(len(services), 'known service')}" if services else "; for which services is not recorded"
    if profile.users:
        depend = "depends" if len(profile.users) == 1 else "depend"
        lead += f"; {bodies(dataset, list(profile.users))} {depend} on it"
    surely = sum(1 for step in leans if step.grade <= Grade.REPORTED)
    said = f"Known surely (confirmed or reported): {surely:,} of {plural(len(leans), 'relation')}"
    return lead, [_aged(profile, said, leans), *by_law]


def _newest(profile: Profile, steps: Sequence[Step]) -> Step:
    return max(steps, key=lambda step: last_day(seen) if (seen := profile.seen(step)) else date.min)


def _aged(profile: Profile, said: str, steps: Sequence[Step]) -> str:
    """How surely something is known, and how much of it is old or undated."""
    old = [step for step in steps if profile.old(step)]
    undated = sum(1 for step in steps if profile.seen(step) is None)
    first = min((seen[:4] for step in old if (seen := profile.seen(step))), default="")
    parts = [said, f"{len(old):,} last seen more than five years ago, the oldest in {first}" if old else ""]
    return "; ".join(filter(None, [*parts, f"{undated:,} undated" if undated else ""])) + "."


def _supplier_lines(graph: RiskGraph, side: SupplierSide) -> list[str]:
    """Who suffers, partners, and how competitive the largest lines are."""
    dataset = graph.dataset
    counts = {
        kind: [f"{found[band]} {band.word}" for band in SHOWN_BANDS if found[band]]
        for kind, found in side.suffers.items()
    }
    hurt = [f"{kind.effect} at {join(words)}" for kind, words in counts.items() if words]
    leaning = plural(side.leaves, "public body depends", "public bodies depend")
    unsure = f"not known: {leaning} on it, and it is not recorded for what or how" if side.leaves else ""
    lines = ["", f"Who suffers if it fails: {'; '.join(hurt) or unsure or 'nobody that this data knows of'}."]
    lines.append(
        f"If it left the market: {plural(side.leaves, 'public body', 'public bodies')} would have to find another."
    )
    if side.partners:
        lines.append(f"It leans on, or is owned by: {join((full_name(dataset, p) for p in side.partners), 8)}.")
    if side.products:
        lines.append(
            f"It makes {plural(len(side.products), 'product')}: {join((full_name(dataset, p) for p in side.products), 6)}."
        )
    for one in side.competition:
        others = join((full_name(dataset, other) for other in one.others), 4) or "nobody else that this data knows of"
        lines.append(
            f"In {area_label(one.area)} it serves {plural(one.councils, 'council')}, {one.share:.0f}% of those whose supplier is "
            f"known ({one.known:.0f}% are); others: {others}."
        )
    return lines


def _when(incident: Incident) -> str:
    date = incident.date_started or incident.date_disclosed
    return in_words(date) if date else "date not known"


def _identity(profile: Profile) -> str:
    entity, entry = profile.entity, profile.register
    parts = []
    code = entity.gss_code or (entry.gss_code if entry is not None else None)
    if code:
        parts.append(f"GSS code {code}")
    if entity.company_number:
        parts.append(f"company number {entity.company_number}")
    elif entity.kind == SUPPLIER:
        parts.append("company number not known")
    if entry is not None:
        parts.append(entry.region or entry.nation or "region not known")
        if entry.population is not None:
            year = f" in {entry.population_year}" if entry.population_year else ""
            parts.append(f"{entry.population:,} residents{year}")
    site = entity.website or (entry.website if entry is not None else None)
    if site:
        parts.append(site)
    return f" {capital(join(parts))}." if parts else ""


def _before(profile: Profile) -> int:
    """The year before which a relation is old."""
    return profile.view.as_of.year - rules().old


def _section(
    title: str, profile: Profile, steps: tuple[Step, ...], evidence: bool, limit: int, whose: str
) -> list[str]:
    if not steps:
        return []
    dataset = profile.graph.dataset
    lines = ["", f"{title} ({len(steps)}):"]
    stated = [step for step in steps if not (step.implied and whose == "provider")]
    if whose == "dependent" and len(stated) > limit and not evidence:
        before = _before(profile)
        # many users: by relation and area, with a few names
        grouped: dict[tuple[str, str], list[Step]] = defaultdict(list)
        for step in stated:
            verb = "uses a product it makes" if step.implied else step.relation.replace("-", " ")
            grouped[verb, area_label(step.area)].append(step)
        order = sorted(grouped.items(), key=lambda item: (-len(item[1]), item[0]))
        for (verb, area), some in order[:limit]:
            names = join(sorted(short_name(dataset, step.dependent) for step in some), 3)
            old = sum(1 for step in some if profile.old(step))
            by_law = sum(1 for step in some if step.by_law)
            told = [f"{old} last seen before {before}" if old else "", f"{by_law} {BY_LAW}" if by_law else ""]
            said = "; ".join(filter(None, told))
            lines.append(f"- {verb}, {area}: {len(some)}: {names}{f' ({said})' if said else ''}")
        if len(order) > limit:
            lines.append(f"- and {len(order) - limit} more kinds of relation: use --limit")
        return lines
    for step in stated[:limit]:
        seen = profile.seen(step)
        when = f"{'last ' if profile.old(step) else ''}seen {seen[:4]}" if seen else "undated"
        when = BY_LAW if step.by_law else when
        subject = "" if whose == "provider" else f"{short_name(dataset, step.dependent)} "
        lines.append(f"- {subject}{step_phrase(dataset, step)} [{step.grade.word}, {when}]")
        if evidence:
            for row in step.rows:
                lines += [f"  {line}" for line in evidence_lines(dataset, row)[1:]]
    if len(stated) > limit:
        lines.append(f"- and {len(stated) - limit} more: use --limit")
    return lines


def listing_page(listing: Listing, limit: int = 20) -> Page:
    """The bodies that most depends on, and how many there are."""
    dataset = listing.graph.dataset
    date, count = dates_of(dataset, listing.question.view), len(listing.bodies)
    if listing.kind is None:
        counts = Counter(body.kind for body in listing.bodies)
        return Page(
            f"{plural(count, 'body or place', 'bodies and places')} in {dataset.info.title} ({date}).",
            (Items(tuple(f"{n:,} {kind_word(kind, n)} (riskgraph list {kind})" for kind, n in counts.most_common())),),
        )
    items = []
    for body in listing.bodies[:limit]:
        areas = f" in {join((area_label(a) for a in body.areas), 3)}" if body.areas else ""
        users = plural(body.dependents, "direct user")
        more = f", and {body.by_law:,} more {BY_LAW}" if body.by_law else ""
        items.append(f"{body.name} ({body.id}): {users}, {body.authorities} of them public bodies{more}{areas}")
    more = f"And {count - limit:,} more: use --limit, or --format csv for all." if count > limit else ""
    return Page(
        f"{count:,} {kind_word(listing.kind, count)} ({date}), those that most depends on first.",
        (Items(tuple(items)), *paragraphs(more)),
    )
