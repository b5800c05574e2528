"""What saves whom, and what a service cannot do without, in words and as rows."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from riskgraph.analysis.chokepoints import Chokepoints, Cut, Saving, ServiceCuts
from riskgraph.dates import in_words
from riskgraph.model import Band
from riskgraph.render.blast import finding
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

__all__ = ["cut_rows", "cuts_text", "rows", "text"]

NAMES = 4
HEADER = ("id", "what", "name", "saves", "residents", "services", "behind", "saved")
CUT_HEADER = ("things", "names", "order", "band", "hops", "proof")


def text(found: Chokepoints, limit: int = 5) -> str:
    """The answer for a message: how many are reached, and what would save most of them."""
    dataset, radius = found.graph.dataset, found.radius
    roots = join(root_name(dataset, root) for root in radius.roots)
    date = f"data of {in_words(dataset.info.as_of)}"
    surely = {Band.POSSIBLE: "", Band.NOT_RULED_OUT: ", counting what cannot be ruled out"}
    how = surely.get(found.band, f", counting what is {band_phrase(found.band)}")
    if not found.reached:
        return f"{finding(radius, found.band)}{how} ({date}); there is nothing to harden.\n"
    lines = [f"{finding(radius, found.band)}{how} ({date})."]
    if found.bodies:
        lines.append("Hardening one of these alone would save:")
        lines += [f"- {_body(found, saving)}" for saving in found.bodies[:limit]]
        if len(found.bodies) > limit:
            lines.append(f"- and {len(found.bodies) - limit} more bodies save somebody: see --format table.")
    else:
        lines.append("No single body or place on the way saves anybody else: every council leans on it directly.")
    if found.rows:
        lines.append("Securing one of these ties alone would save:")
        lines += [f"- {_row(found, saving)}" for saving in found.rows[: max(1, limit // 2)]]
    if found.unsaved and found.bodies:
        lines.append(
            f"No single body saves {len(found.unsaved)} of them: harm comes straight from {roots}, or by several ways."
        )
    if found.alternatives:
        groups = plural(found.alternatives, "group")
        lines.append(f"Respected: {groups} of systems that back each other up; hardening one of them can be enough.")
    lines.append(f"Try next: riskgraph chance {found.graph.names.handle(radius.roots[0])}")
    return "\n".join(lines) + "\n"


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
    return f"{join(parts)} ({join((short_name(dataset, body) for body in saving.saved), NAMES)})."


def rows(found: Chokepoints) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Every body and row that saves somebody."""
    dataset = found.graph.dataset
    return HEADER, [
        (
            saving.thing,
            "row" if saving.row else dataset.entities[saving.thing].kind,
            _row_name(found, saving.thing) if saving.row else short_name(dataset, saving.thing),
            len(saving.saved),
            saving.residents,
            saving.services,
            saving.behind,
            ";".join(saving.saved),
        )
        for saving in (*found.bodies, *found.rows)
    ]


def cuts_text(found: ServiceCuts, limit: int = 6) -> str:
    """The answer for a message: the single points of failure, each with the sentence that proves it."""
    dataset = found.graph.dataset
    service = f"{area_label(found.area)} at {short_name(dataset, found.council)}"
    date = f"data of {in_words(dataset.info.as_of)}"
    several = [cut for cut in found.cuts if cut.order > 1]
    if found.single:
        lines = [f"{plural(len(found.single), 'single point')} of failure for {service} ({date})."]
        lines += _listed(found, list(found.single), limit)
    else:
        lines = [f"0 single points of failure for {service} were found in this data ({date})."]
    if several:
        lines.append(f"{plural(len(several), 'set')} that would stop it only by failing together:")
        lines += _listed(found, several, max(2, limit // 2))
    if found.doubtful:
        names = join((_names(found, cut) for cut in found.doubtful), NAMES)
        lines.append(f"Not known: {len(found.doubtful)} more cannot be ruled out: {names}.")
    if found.complete_to < found.order:
        lines.append(f"Sets of more than {found.complete_to} were not tried: there are too many.")
    lines.append(
        "Each council's own failing is left out. A body counts as failing as a whole; one line of it may be enough."
    )
    lines.append(f"Try next: riskgraph show {found.graph.names.handle(found.council)}")
    return "\n".join(lines) + "\n"


def _listed(found: ServiceCuts, cuts: list[Cut], limit: int) -> list[str]:
    by_band: dict[Band, list[Cut]] = defaultdict(list)
    for cut in cuts:
        by_band[cut.band].append(cut)
    shown = [cut for band in sorted(by_band) for cut in by_band[band]][:limit]
    lines = [
        f"- {_names(found, cut)} ({band_phrase(cut.band)}): {sentence(found.graph.dataset, cut.proof)}" for cut in shown
    ]
    if len(cuts) > limit:
        lines.append(f"- and {len(cuts) - limit} more: see --format table.")
    return lines


def _names(found: ServiceCuts, cut: Cut) -> str:
    return join(short_name(found.graph.dataset, thing) for thing in cut.things)


def cut_rows(found: ServiceCuts) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Every set, those that cannot be ruled out last."""
    return CUT_HEADER, [
        (
            ";".join(cut.things),
            _names(found, cut),
            cut.order,
            cut.band.word,
            cut.proof.hops,
            sentence(found.graph.dataset, cut.proof),
        )
        for cut in (*found.cuts, *found.doubtful)
    ]
