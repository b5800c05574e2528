"""How much the map covers, in words."""

from __future__ import annotations

from dataclasses import replace

from riskgraph.analysis.area_coverage import Apart, Coverage
from riskgraph.render.blocks import Items, Table, Text, headings
from riskgraph.render.headline import dates_of
from riskgraph.render.page import Page, answer_table, paragraphs
from riskgraph.render.words import area_label, class_word, join, plural, short_name

__all__ = ["coverage_page"]

_HEADS = {"known": "Known", "councils": "Of", "hosting_known": "Host known", "hosting_assumed": "Assumed"}


def coverage_page(found: Coverage) -> Page:
    """How many councils are known, by area and by class, and what is counted apart."""
    dataset, uses = found.graph.dataset, found.uses
    date = dates_of(dataset, found.question.view)
    marking = f" {dataset.info.marking}" if dataset.info.marking else ""
    half = [area for area in found.order if 2 * len(found.areas[area].known) >= found.of]
    are = "is" if len(half) == 1 else "are"
    head = f"{len(half)} of {plural(len(found.order), 'service area')} {are} known at half of {plural(found.of, 'council')} or more ({date})."
    most = (
        f"{f'Those: {join((area_label(area) for area in half), 8)}. ' if half else ''}"
        f"Of {plural(len(found.anything.known), 'council')} the map knows who provides anything, "
        f"{len(found.anything.seen):,} of them seen since {found.since}."
    )
    hosts = (
        f"Of {plural(uses.uses, 'use')} of products and systems {uses.hosting:,} say who hosts; {uses.assumed:,} more get "
        "it assumed from the product."
    )
    blocks = [*paragraphs(most, hosts)]
    apart = [_apart(found, one) for one in found.apart]
    table = answer_table(found, "areas")
    heads = tuple(
        replace(one, label=f"Seen since {found.since}" if one.key == "seen" else _HEADS.get(one.key, one.label))
        for one in table.columns
    )
    rows = tuple((area_label(str(row[0])), *row[1:]) for row in table.rows)
    return Page(
        f"{head}{marking}",
        (
            *blocks,
            replace(table, caption="Councils known in each service area, and uses there", columns=heads, rows=rows),
            _classes(found),
            *((Text("\nCounted apart, and known in none of these:"), Items(tuple(apart))) if apart else ()),
        ),
        ("riskgraph data gaps", "riskgraph list coverage --format csv"),
    )


def _apart(found: Coverage, one: Apart) -> str:
    where = f", {area_label(one.area)}" if one.area else ""
    seen = f"nation-wide, {len(one.councils.seen):,} seen since {found.since}"
    told = "by law, not observed" if one.law else seen
    return (
        f"{short_name(found.graph.dataset, one.provider)}{where}: {plural(len(one.councils.known), 'council')} ({told})"
    )


def _classes(found: Coverage) -> Table:
    """Of each class, how many councils are known at all, and in how many areas the middle one."""
    rows = []
    for kind, councils in found.councils.items():
        per_body = sorted(sum(body in one.known for one in found.areas.values()) for body in councils)
        known, seen = found.anything.known.intersection(councils), found.anything.seen.intersection(councils)
        rows.append((class_word(kind, 2), len(known), len(councils), len(seen), per_body[len(per_body) // 2]))
    return Table(
        "classes",
        "Councils known of each class",
        headings(
            "class known councils seen middle", number="known councils seen middle", councils="Of",
            seen=f"Seen since {found.since}", middle="Areas known, middle council",
        ),
        tuple(rows),
    )  # fmt: skip
