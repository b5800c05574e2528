"""Proofs in one sentence each, with the evidence of every step; and what keeps a body out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from riskgraph.analysis.blast import Route, route_of
from riskgraph.analysis.proofs import Proof, Together, Via
from riskgraph.analysis.question import Question
from riskgraph.analysis.why import Barrier, Chain, Obstacle, Why, WhyNot
from riskgraph.data.dataset import Dataset
from riskgraph.dates import in_words, last_day
from riskgraph.evidence import last_evidenced
from riskgraph.model import AUTHORITY, KINDS, PRODUCT, Band, FailureKind, Relation
from riskgraph.render.blocks import Items
from riskgraph.render.headline import dates_of, failing
from riskgraph.render.page import Page, paragraphs, spaced
from riskgraph.render.words import (
    BY_LAW,
    access_phrase,
    area_label,
    assumption,
    band_phrase,
    capital,
    full_name,
    join,
    plural,
    root_name,
    route_phrase,
    row_phrase,
    sentence,
    short_name,
)
from riskgraph.rules import Trait, relations_that, rules

__all__ = ["evidence_lines", "not_page", "page"]


def _supposed(question: Question, dataset: Dataset) -> str:
    """What is supposed, with its full names."""
    roots = join(root_name(dataset, root) for root in question.roots)
    return f"if {roots} {failing(question.kinds, len(question.roots))}"


def _asked(question: Question, dataset: Dataset) -> str:
    """The same with the date of the data."""
    return f"{_supposed(question, dataset)} ({dates_of(dataset, question.view)})"


def page(why: Why, *, sources: bool = False, every: bool = False, limit: int = 4) -> Page:
    """How the body is reached: the surest way in the first line, then one sentence for each distinct route.

    Parameters
    ----------
    sources
        Print every item of evidence with its address.
    every
        Each route by itself, with what was assumed; else those that differ in products or services are one.
    limit
        The most routes, where not every one is shown.
    """
    dataset, names = why.graph.dataset, why.graph.names
    name = short_name(dataset, why.body)
    words = f"{names.handle(why.body)} {' '.join(map(names.handle, why.question.roots))}"
    if not why.chains:
        show = f"riskgraph show {names.handle(why.body)}"
        if not why.recorded:
            lead = f"Not known: nothing is recorded of what {name} depends on ({dates_of(dataset, why.question.view)})."
            return Page(lead, (), (show,))
        gap = "That may be a gap of the map and not a fact of the world."
        roots = join(root_name(dataset, root) for root in why.question.roots)
        first = f"0 known routes carry harm from {roots} to {name} ({dates_of(dataset, why.question.view)})."
        return Page(first, paragraphs(gap), (f"riskgraph why --not {words}", show))
    groups = [(chain,) for chain in why.chains] if every else _distinct(dataset, why.chains)
    items: list[str] = []
    for chains in groups if every else groups[:limit]:
        lines, bands, seen = [_together(dataset, chains)], _bands(why, chains), _seen(why, chains)
        if every:
            asides = sentence(dataset, chains[0].best).split("; ")[1:]
            lines += [f"{capital(line.rstrip('.'))}." for line in (*asides, *bands, seen)]
            lines += _assumed(dataset, chains[0])
        else:
            short = seen if len(bands[0] + seen) < 114 else f"{seen.partition(' (')[0]}."
            lines.append(f"{bands[0]} {short}")
        if sources:
            rows = dict.fromkeys(row for chain in chains for row in chain.rows)
            lines += [line for row in rows for line in evidence_lines(dataset, dataset.relations[row])]
        items.append("\n   ".join(lines))
    ways = len(groups) + why.unlisted
    left = why.unlisted + (0 if every else len(groups) - limit)
    return Page(
        _headline(why),
        (
            *paragraphs(f"{plural(ways, 'way')}, the surest first:" if ways > 1 else ""),
            Items(tuple(items), ordered=True),
            *paragraphs(
                f"And {plural(left, 'route')} more: --all." if left > 0 else "",
                "" if why.complete else "There may be more: the search was stopped.",
            ),
        ),
        (f"riskgraph why {words} --sources", f"riskgraph calls {words.partition(' ')[2]}"),
    )


def _headline(why: Why) -> str:
    """By which way the body is reached, and how surely."""
    dataset, best = why.graph.dataset, why.chains[0].best
    name, route = short_name(dataset, why.body), route_of(dataset, best)
    way = {Route.DIRECT: "directly", Route.PAST: "by what has ended"}.get(route[0]) or route_phrase(dataset, *route)
    could = "cannot be ruled out" if best.band is Band.NOT_RULED_OUT else "could be reached"
    if why.body in why.question.roots:
        return f"{name} is what was asked about."
    open_ = best.band is Band.NOT_RULED_OUT
    sure = "only if software were altered" if why.chains[0].altered else best.band.word
    told = "" if open_ else f": {sure}"
    date, way = dates_of(dataset, why.question.view), "" if open_ and route[0] is Route.DIRECT else f" {way}"
    return f"{name} {could}{way} {_supposed(why.question, dataset)}{told} ({date})."


@dataclass(frozen=True, slots=True)
class _Leg:
    """One row of a route in words: what is done, by whom, for which service, and until when or with what access."""

    verb: str
    provider: str
    area: str | None
    until: str


def _legs(dataset: Dataset, proof: Proof) -> tuple[_Leg, ...]:
    """The rows of a route from the body to the root; none where alternatives fail together: that is a tree."""
    legs: list[_Leg] = []
    for event in reversed(proof.events):
        if isinstance(event, Together):
            return ()
        if not isinstance(event, Via):
            continue
        step, row = event.step, event.step.row
        until = f" until {in_words(row.valid_to)}" if not step.in_force and row.valid_to else ""
        until += "" if step.implied else access_phrase(step)
        pair, kind = rules().pairs, dataset.entities
        if step.relation in relations_that(Trait.BOTH_WAYS) and event.source == step.dependent:
            legs.append(_Leg(pair[step.relation].verb(kind[step.dependent].kind, False), step.dependent, None, ""))
            continue
        area = step.area if step.implied or step.relation in relations_that(Trait.SHOWS_AREA) else None
        legs.append(
            _Leg(pair[row.relation].verb(kind[row.provider].kind, not step.in_force), row.provider, area, until)
        )
        if step.made_by is not None:
            hosts = step.relation in relations_that(Trait.SERVES)
            made = pair[step.made_by.relation].verb(kind[step.provider].kind, False)
            legs.append(_Leg("is hosted by its maker" if hosts else made, step.provider, None, ""))
    return tuple(legs)


def _distinct(dataset: Dataset, chains: Sequence[Chain]) -> list[tuple[Chain, ...]]:
    """Routes in order; those that differ only in service, product or council on the way are one."""
    groups: dict[object, list[Chain]] = {}
    for chain in chains:
        legs = _legs(dataset, chain.best)
        ends = len(legs) - 1
        key: object = tuple(
            (leg.verb, kind if number < ends and kind in {PRODUCT, AUTHORITY} else leg.provider, leg.until)
            for number, leg in enumerate(legs)
            if (kind := dataset.entities[leg.provider].kind)
        )
        groups.setdefault(key or chain.rows, []).append(chain)
    return [tuple(found) for found in groups.values()]


def _together(dataset: Dataset, chains: Sequence[Chain]) -> str:
    """Routes that are told as one, in one sentence."""
    ways = [_legs(dataset, chain.best) for chain in chains]
    if not ways[0]:
        return sentence(dataset, chains[0].best)
    said, told, before = short_name(dataset, chains[0].best.body), set[str | None](), 1
    for number, legs in enumerate(zip(*ways, strict=True)):
        areas: dict[str, list[str]] = {}
        for leg in legs:
            found = areas.setdefault(leg.provider, [])
            if leg.area is not None and leg.area not in told and area_label(leg.area) not in found:
                found.append(area_label(leg.area))
        told |= {leg.area for leg in legs}
        names = [f"{short_name(dataset, one)}{f' ({_services(some)})' if some else ''}" for one, some in areas.items()]
        link = " " if not number else ", which " if before == 1 else ", each of which "
        said += f"{link}{legs[0].verb} {join(names, 3)}{legs[0].until}"
        before = len(names)
    return said + "."


def _services(areas: Sequence[str]) -> str:
    return "; ".join(areas[:2]) + (f" and {len(areas) - 2} more" if len(areas) > 2 else "")


def _bands(why: Why, chains: Sequence[Chain]) -> list[str]:
    """How surely what could happen, the surest first."""
    best: dict[FailureKind, Band] = {}
    for chain in chains:
        for kind, proof in chain.proofs.items():
            best[kind] = min(proof.band, best.get(kind, proof.band))
    by_band: dict[Band, list[str]] = {}
    for kind in KINDS:
        if kind in best:
            by_band.setdefault(best[kind], []).append(kind.effect)
    everything = {*why.question.kinds} <= best.keys() and len(by_band) == 1 and len(best) > 1
    lines = [
        f"{capital(band_phrase(band))}{', in every kind of failure' if everything else f': {join(effects)}'}."
        for band, effects in sorted(by_band.items())
    ]
    if all(chain.altered for chain in chains):
        lines[0] = "Only if its software were altered."
    return lines


def _seen(why: Why, chains: Sequence[Chain]) -> str:
    """When the oldest link of a route was last seen, and who says so."""
    dataset = why.graph.dataset
    rows = [dataset.relations[row] for row in dict.fromkeys(row for chain in chains for row in chain.rows)]
    days = [last_evidenced(dataset, row, why.question.view) for row in rows]
    items = [dataset.evidence[id_] for row in rows for id_ in row.evidence]
    who = join(dict.fromkeys(item.publisher for item in items if item.publisher), 1) or dataset.info.own_register
    if any(row.by_law for row in rows):
        return capital(f"{BY_LAW if all(row.by_law for row in rows) else f'in part {BY_LAW}'} ({who}).")
    known = [last_day(day).year for day in days if day is not None]
    seen = f"Last seen {min(known)}" if len(known) == len(days) else "Date not known"
    return f"{seen} ({who})."


def _assumed(dataset: Dataset, chain: Chain) -> list[str]:
    found = {
        assumption(dataset, assumed): None
        for kind, proof in chain.proofs.items()
        for via in proof.vias
        for assumed in via.step.assumptions(kind)
    }
    lines = [capital(words) + "." for words in found]
    if any(proof.doubtful_redundancy for proof in chain.proofs.values()):
        lines.append("An alternative is recorded, but not surely enough to reassure in this band.")
    return lines


def evidence_lines(dataset: Dataset, row: Relation) -> list[str]:
    """The row in words and each item of its evidence: grade, publisher, date, what it is about, address."""
    lines = [f"* {full_name(dataset, row.dependent)} {row_phrase(dataset, row)}"]
    if not row.evidence:
        lines.append(f"  - {dataset.info.own_register}: the register itself, {in_words(dataset.info.as_of)}")
    for id_ in row.evidence:
        item = dataset.evidence[id_]
        stance = "" if item.stance == "supports" else "disputes it: "
        about = f", about {item.about.replace('_', ' ')}" if item.about else ""
        date = in_words(item.published) if item.published else "undated"
        if row.by_law:
            lines.append(f"  - {BY_LAW}: {item.claim or 'the source is withheld'}")
        lines.append(f"  - {stance}{item.confidence}, {item.publisher or 'publisher not known'}, {date}{about}")
        lines.append(f"    {item.url or 'no address'}")
    return lines


def not_page(answer: WhyNot) -> Page:
    """What keeps a body out, fact by fact with its source."""
    question, dataset, handle = answer.question, answer.graph.dataset, answer.graph.names.handle
    name, supposed = full_name(dataset, answer.body), _asked(question, dataset)
    if answer.body in question.roots:
        return Page(f"{name} is what was asked about.")
    if not answer.connected and answer.band is None:
        roots = join(root_name(dataset, root) for root in question.roots)
        date = in_words(dataset.info.as_of)
        return Page(
            f"0 routes: nothing in this data joins {name} to {roots}, at any date (data of {date}).",
            paragraphs("That may be a gap of the map and not a fact of the world."),
            (f"riskgraph show {handle(answer.body)}",),
        )
    if answer.band is not None:
        words = "cannot be ruled out" if answer.band is Band.NOT_RULED_OUT else f"could be reached ({answer.band.word})"
        first = f"{name} is not kept out: it {words} {supposed}."
    else:
        first = f"0 routes carry harm to {name} {supposed}."
        if answer.in_ring:
            first += " It is in the precaution ring: it shares a place or a link with what could be reached."
    lines = []
    for number, (rows, facts) in enumerate(answer.paths, 1):
        lines += ["", f"{number}. {_path(dataset, [dataset.relations[row] for row in rows])}"]
        lines += [f"   - {_fact(dataset, fact, question.kinds)}" for fact in facts]
        if not facts:
            lines.append("   - nothing stops it: it is reached this way")
    again = f"riskgraph why {handle(answer.body)} {' '.join(map(handle, question.roots))}"
    return Page(first, spaced(lines), (again,) if answer.band is not None else ())


def _path(dataset: Dataset, rows: Sequence[Relation]) -> str:
    parts = [f"{full_name(dataset, row.dependent)} {row_phrase(dataset, row)}" for row in reversed(rows)]
    return "; ".join(parts) + "."


def _fact(dataset: Dataset, fact: Obstacle, asked: Sequence[FailureKind]) -> str:
    row = dataset.relations[fact.row] if fact.row is not None else None
    body = full_name(dataset, fact.body) if fact.body is not None else ""
    kinds = "" if set(fact.kinds) >= set(asked) else f" ({join(str(kind) for kind in fact.kinds)})"
    source = _source(dataset, row)
    if fact.barrier is Barrier.ENDED and row is not None:
        ended = f"ended in {in_words(row.valid_to)}" if row.valid_to else "ended with one of its bodies"
        return f"It {ended}{kinds}.{source}"
    if fact.barrier is Barrier.NOT_BEGUN and row is not None:
        return f"It had not begun: it starts {in_words(row.valid_from or '')}.{source}"
    if fact.barrier is Barrier.NOT_COUNTED:
        return f"It does not count here: not known at the time, or outside the lifetime of a body.{source}"
    if fact.barrier is Barrier.OTHER_LINE and row is not None:
        return f"It is another line of {body}: this one is {area_label(row.service_area)}{kinds}.{source}"
    if fact.barrier is Barrier.NOT_LIKELY:
        return f"It goes on from {body} only where that is likely to be reached, and it is not{kinds}.{source}"
    if fact.barrier is Barrier.ONE_LINE:
        return f"Only a part of what {body} does for others could be reached, not all of it{kinds}."
    if fact.barrier is Barrier.ABSORBED:
        return f"Harm to what {body} buys ends there{kinds}."
    if fact.barrier is Barrier.BACKED_UP and row is not None:
        return f"{body} has another: {full_name(dataset, row.provider)} would have to fail too{kinds}.{source}"
    if fact.barrier is Barrier.UNSURE:
        return f"Not known enough{kinds}: {fact.reason}{source}"
    return f"Nothing passes{kinds}: {fact.reason}{source}"


def _source(dataset: Dataset, row: Relation | None) -> str:
    if row is None:
        return ""
    items = [dataset.evidence[id_] for id_ in row.evidence]
    if not items:
        return "\n     Source: the register itself."
    item = min(items, key=lambda item: (item.stance != "supports", item.grade, item.id))
    return f"\n     Source: {item.publisher or 'publisher not known'}, {in_words(item.published) if item.published else 'undated'}, {item.url or 'no address'}"
