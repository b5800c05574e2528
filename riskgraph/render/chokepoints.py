"""What saves whom, and what a service cannot do without, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from riskgraph.analysis.chokepoints import Chokepoints, Cut, Saving, ServiceCuts
from riskgraph.model import Band, FailureKind
from riskgraph.render.blocks import Items
from riskgraph.render.headline import dates_of, finding
from riskgraph.render.page import Page, paragraphs
from riskgraph.render.words import (
    area_label,
    band_phrase,
    bodies,
    full_name,
    join,
    kind_word,
    plural,
    root_name,
    row_phrase,
    sentence,
    short_name,
)

__all__ = ["cuts_page", "page"]

_NAMED = 4


def page(found: Chokepoints, limit: int = 5) -> Page:
    """How many are reached, and what would save most of them.

    Parameters
    ----------
    limit
        The most bodies to name; half as many rows.
    """
    dataset, radius, band = found.graph.dataset, found.radius, found.question.band
    date = dates_of(dataset, found.question.view)
    surely = {Band.POSSIBLE: "", Band.NOT_RULED_OUT: ", counting what cannot be ruled out"}
    how = surely.get(band, f", counting what is {band_phrase(band)}")
    if not found.reached:
        return Page(f"{finding(radius)}{how} ({date}); there is nothing to harden.")
    saving = [_body(found, one) for one in found.bodies[:limit]]
    if len(found.bodies) > limit:
        saving.append(f"and {len(found.bodies) - limit} more bodies save somebody: see --format table.")
    head = "Hardening one of these alone would save:"
    if not found.bodies:
        head = "No single body or place on the way saves anybody else: every council leans on it directly."
    ties = [_row(found, one) for one in found.rows[: max(1, limit // 2)]]
    unsaved = alternatives = ""
    if found.unsaved and found.bodies:
        roots = join(root_name(dataset, root) for root in radius.roots)
        unsaved = (
            f"No single body saves {len(found.unsaved)} of them: harm comes straight from {roots}, or by several ways."
        )
    if found.alternatives:
        groups = plural(found.alternatives, "group")
        alternatives = f"Respected: {groups} of systems that back each other up; hardening one of them can be enough."
    return Page(
        f"{finding(radius)}{how} ({date}).",
        (
            *paragraphs(head),
            Items(tuple(saving)),
            *paragraphs("Securing one of these ties alone would save:" if ties else ""),
            Items(tuple(ties)),
            *paragraphs(unsaved, alternatives),
        ),
        (f"riskgraph chance {found.graph.names.handle(radius.roots[0])}",),
    )


def _body(found: Chokepoints, saving: Saving) -> str:
    dataset = found.graph.dataset
    kind = kind_word(dataset.entities[saving.thing].kind)
    behind = f"; behind {short_name(dataset, saving.behind)}" if saving.behind else ""
    return f"{short_name(dataset, saving.thing)} ({kind}{behind}): {_saves(found, saving)}"


def _row(found: Chokepoints, saving: Saving) -> str:
    return f"{_row_name(found, saving.thing)}: {_saves(found, saving)}"


def _row_name(found: Chokepoints, row_id: str) -> str:
    dataset = found.graph.dataset
    row = dataset.relations[row_id]
    return f"{full_name(dataset, row.dependent)} {row_phrase(dataset, row)}"


def _saves(found: Chokepoints, saving: Saving) -> str:
    dataset = found.graph.dataset
    parts = [bodies(dataset, saving.saved)]
    if saving.services:
        parts.append(plural(saving.services, "service"))
    if saving.residents:
        parts.append(f"up to {saving.residents:,} residents")
    return f"{join(parts)} ({join((short_name(dataset, body) for body in saving.saved), _NAMED)})."


def cuts_page(found: ServiceCuts, limit: int = 6) -> Page:
    """The single points of failure of a service, each with the sentence that proves it.

    Parameters
    ----------
    limit
        The most of them to name; half as many larger sets.
    """
    dataset = found.graph.dataset
    service = f"{area_label(found.area)} at {short_name(dataset, found.council)}"
    date = dates_of(dataset, found.question.view)
    several = [cut for cut in found.cuts if cut.order > 1]
    could = "could stop" if found.question.kinds == (FailureKind.OUTAGE,) else "could reach"
    lead = f"0 things are known that {could} {service} by themselves ({date})."
    if found.doubtful:
        lead = f"Not known: nothing is recorded that {could} {service} by itself, {len(found.doubtful)} cannot be ruled out ({date})."
    if found.single:
        surely = sum(1 for cut in found.single if cut.band <= Band.LIKELY)
        what = "1 thing" if len(found.single) == 1 else f"Any one of {len(found.single)} things"
        lead = f"{what} {could} {service} by itself, {surely} surely ({date})."
    doubtful = untried = ""
    if found.doubtful:
        names = join((_names(found, cut) for cut in found.doubtful), _NAMED)
        doubtful = f"Not known: {len(found.doubtful)} more cannot be ruled out: {names}."
    if found.complete_to < found.order:
        untried = f"Sets of more than {found.complete_to} were not tried: there are too many."
    left_out = (
        "Each council's own failing is left out. A body counts as failing as a whole; one line of it may be enough."
    )
    head = f"{plural(len(several), 'set')} that would stop it only by failing together:" if several else ""
    return Page(
        lead,
        (
            Items(tuple(_listed(found, found.single, limit))),
            *paragraphs(head),
            Items(tuple(_listed(found, several, max(2, limit // 2)))),
            *paragraphs(doubtful, untried, left_out),
        ),
        (f"riskgraph show {found.graph.names.handle(found.council)}",),
    )


def _listed(found: ServiceCuts, cuts: Sequence[Cut], limit: int) -> list[str]:
    by_band: dict[Band, list[Cut]] = defaultdict(list)
    for cut in cuts:
        by_band[cut.band].append(cut)
    shown = [cut for band in sorted(by_band) for cut in by_band[band]][:limit]
    lines = [
        f"{_names(found, cut)} ({band_phrase(cut.band)}): {sentence(found.graph.dataset, cut.proof)}" for cut in shown
    ]
    if len(cuts) > limit:
        lines.append(f"and {len(cuts) - limit} more: see --format table.")
    return lines


def _names(found: ServiceCuts, cut: Cut) -> str:
    return join(short_name(found.graph.dataset, thing) for thing in cut.things)
