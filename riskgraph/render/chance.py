"""Chances in words: whole percentages, because more places would be pretence."""

from __future__ import annotations

from riskgraph.analysis.chance import Chance, ChanceChange, Exposure
from riskgraph.model import Band
from riskgraph.render.blocks import Block, Items
from riskgraph.render.headline import dates_of, failing, finding
from riskgraph.render.page import Page, paragraphs
from riskgraph.render.words import band_phrase, bodies, join, plural, root_name, short_name

__all__ = ["change_page", "page", "percent"]


def percent(chance: float) -> str:
    """A chance in words that promise no more than is known.

    Examples
    --------
    >>> percent(0.4375), percent(0.002), percent(0.9999), percent(0.0), percent(1.0)
    ('44%', 'under 1%', 'over 99%', '0%', '100%')
    """
    if 0 < chance < 0.01:
        return "under 1%"
    return "over 99%" if 0.99 < chance < 1 else f"{100 * chance:.0f}%"


def _about(number: float) -> str:
    """A number of authorities, or of people, with two figures that count."""
    if number < 0.5:
        return "less than 1" if number else "0"
    if number < 100:
        return f"{number:.0f}"
    size = 10 ** (len(str(int(number))) - 2)
    return f"{round(number / size) * size:,}"


def _cut(items: list[str], limit: int) -> tuple[Items, ...]:
    """The first items, and how many more there are."""
    more = [f"and {len(items) - limit} more: see --format table."] if len(items) > limit else []
    return (Items((*items[:limit], *more)),) if items else ()


def page(found: Chance, limit: int = 5) -> Page:
    """The answer for a message: the radius first, then what to expect of it, then what it rests on."""
    dataset, radius = found.graph.dataset, found.radius
    date = dates_of(dataset, radius.view)
    how = "" if found.band is Band.POSSIBLE else f" ({band_phrase(found.band)})"
    if not found.authorities:
        return Page(f"{finding(radius)} ({date}); there is no chance to give.")
    low, base, high = map(_about, found.expected)
    fewest, most = found.range
    fewer, people, many = map(_about, found.residents)
    worked = sum(e.exact for e in found.authorities)
    steps = join(
        f"{band_phrase(band)} {percent(step.base)} ({percent(step.low)} to {percent(step.high)})"
        for band, step in found.step_chances.items()
        if band <= found.band
    )
    likeliest = [
        f"{short_name(dataset, e.id)} {_share(e, e.base)} (low {_share(e, e.low)}, high {_share(e, e.high)}; "
        f"{band_phrase(e.band)}){_interval(e)}"
        for e in found.authorities
    ]
    blocks: tuple[Block, ...] = (
        *paragraphs(
            f"If each step held or not by itself, about {base} would be (low {low}, high {high}); "
            f"in nine of ten worlds between {fewest} and {most}.",
            f"About {people} people live in the areas to expect (low {fewer}, high {many}), each counted once."
            if found.residents[1] >= 1
            else "",
            f"If all steps stood or fell together: about {_about(found.together)} on average, but all of a band or none.",
            "Likeliest to be reached:",
        ),
        *_cut(likeliest, limit),
        *paragraphs(
            f"How: {worked} worked out exactly, {len(found.authorities) - worked} from {plural(found.worlds, 'world')} "
            f"(seed {found.seed}). Chance that a step holds: {steps}.",
            "These chances are judgements, and they suppose that the failing has happened: no forecast.",
        ),
    )
    handle = found.graph.names.handle(radius.roots[0])
    return Page(f"{finding(radius)}{how} ({date}).", blocks, (f"riskgraph chokepoints {handle}",))


def _share(exposure: Exposure, chance: float) -> str:
    """A chance in words; what is only sampled is never said to be sure, or impossible."""
    return percent(chance if exposure.exact else min(max(chance, 0.001), 0.999))


def _interval(exposure: Exposure) -> str:
    if exposure.interval is None:
        return ""
    low, high = exposure.interval
    return f", sampled: {percent(low)} to {percent(high)}" if percent(low) != percent(high) else ", sampled"


def change_page(found: ChanceChange, limit: int = 5) -> Page:
    """What a change does, in words."""
    before, after = found.before, found.after
    dataset, band = before.graph.dataset, found.question.band
    roots = join(root_name(dataset, root) for root in before.roots)
    mean, half = found.difference
    was, now = (bodies(radius.graph.dataset, [r.id for r in radius.within(band)]) for radius in (before, after))
    changed = [
        f"{short_name(dataset if id_ in dataset.entities else after.graph.dataset, id_)}: "
        f"{percent(one)} before, {percent(two)} after"
        for id_, (one, two) in found.authorities.items()
    ]
    return Page(
        f"{was} could be reached before and {now} after if {roots} {failing(before.kinds, len(before.roots))} "
        f"({dates_of(after.graph.dataset, found.question.view)}).",
        (
            *paragraphs(
                f"Expected with the same luck in both: about {_about(found.expected[0])} before, "
                f"{_about(found.expected[1])} after; {'no difference' if not mean and not half else _difference(mean, half)}."
            ),
            *_cut(changed, limit),
            *paragraphs(f"How: {plural(found.worlds, 'world')} (seed {found.seed}), the same draw for the same row."),
        ),
    )


def _difference(mean: float, half: float) -> str:
    word = "fewer" if mean < 0 else "more"
    return f"{abs(mean):.1f} {word}, give or take {half:.1f}" if half >= 0.05 else f"{abs(mean):.1f} {word}"
