"""Chances in words, as rows and as a table: whole percentages, because more places would be pretence."""

from __future__ import annotations

from typing import Any

from riskgraph.analysis.chance import Chance, ChanceChange, Exposure
from riskgraph.dates import in_words
from riskgraph.model import Band
from riskgraph.render.blast import failing, finding
from riskgraph.render.words import band_phrase, bodies, join, plural, root_name, short_name

__all__ = ["change_rows", "change_text", "percent", "rows", "text"]

HEADER = ("id", "name", "band", "low", "base", "high", "how")
CHANGE_HEADER = ("id", "name", "before", "after")


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


def text(found: Chance, limit: int = 5) -> str:
    """The answer for a message: the radius first, then what to expect of it, then what it rests on."""
    dataset, radius = found.graph.dataset, found.radius
    date = f"data of {in_words(dataset.info.as_of)}"
    how = "" if found.band is Band.POSSIBLE else f" ({band_phrase(found.band)})"
    if not found.authorities:
        return f"{finding(radius, found.band)} ({date}); there is no chance to give.\n"
    low, base, high = found.expected
    fewest, most = found.range
    lines = [
        f"{finding(radius, found.band)}{how} ({date}).",
        f"If each step held or not by itself, about {_about(base)} would be (low {_about(low)}, high {_about(high)}); "
        f"in nine of ten worlds between {fewest} and {most}.",
    ]
    if found.residents[1] >= 1:
        low, base, high = found.residents
        lines.append(
            f"About {_about(base)} people live in the areas to expect (low {_about(low)}, high {_about(high)}), each counted once."
        )
    lines.append(
        f"If all steps stood or fell together: about {_about(found.together)} on average, but all of a band or none."
    )
    lines.append("Likeliest to be reached:")
    lines += [
        f"- {short_name(dataset, e.id)} {_share(e, e.base)} (low {_share(e, e.low)}, high {_share(e, e.high)}; "
        f"{band_phrase(e.band)}){_interval(e)}"
        for e in found.authorities[:limit]
    ]
    if len(found.authorities) > limit:
        lines.append(f"- and {len(found.authorities) - limit} more: see --format table.")
    worked = sum(e.exact for e in found.authorities)
    steps = join(
        f"{band_phrase(band)} {percent(step.base)} ({percent(step.low)} to {percent(step.high)})"
        for band, step in found.table.items()
        if band <= found.band
    )
    lines.append(
        f"How: {worked} worked out exactly, {len(found.authorities) - worked} from {plural(found.worlds, 'world')} "
        f"(seed {found.seed}). Chance that a step holds: {steps}."
    )
    lines.append("These chances are judgements, and they suppose that the failing has happened: no forecast.")
    lines.append(f"Try next: riskgraph chokepoints {found.graph.names.handle(radius.roots[0])}")
    return "\n".join(lines) + "\n"


def _share(exposure: Exposure, chance: float) -> str:
    """A chance in words; what is only sampled is never said to be sure, or impossible."""
    return percent(chance if exposure.exact else min(max(chance, 0.001), 0.999))


def _interval(exposure: Exposure) -> str:
    if exposure.interval is None:
        return ""
    low, high = exposure.interval
    return f", sampled: {percent(low)} to {percent(high)}" if percent(low) != percent(high) else ", sampled"


def rows(found: Chance) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Every authority, likeliest first; chances as whole percentages."""
    dataset = found.graph.dataset
    return HEADER, [
        (
            e.id,
            short_name(dataset, e.id),
            e.band.word,
            _share(e, e.low),
            _share(e, e.base),
            _share(e, e.high),
            "exact" if e.interval is None else f"sampled, {percent(e.interval[0])} to {percent(e.interval[1])}",
        )
        for e in found.authorities
    ]


def change_text(found: ChanceChange, limit: int = 5) -> str:
    """What a change does, in words."""
    before, after = found.before, found.after
    dataset = before.graph.dataset
    roots = join(root_name(dataset, root) for root in before.roots)
    mean, half = found.difference
    reached = [bodies(radius.graph.dataset, [r.id for r in radius.within(found.band)]) for radius in (before, after)]
    lines = [
        f"{reached[0]} could be reached before and {reached[1]} after if {roots} {failing(before.kinds, len(before.roots))}.",
        f"Expected with the same luck in both: about {_about(found.expected[0])} before, "
        f"{_about(found.expected[1])} after; {'no difference' if not mean and not half else _difference(mean, half)}.",
    ]
    for id_, (one, two) in list(found.authorities.items())[:limit]:
        name = short_name(dataset if id_ in dataset.entities else after.graph.dataset, id_)
        lines.append(f"- {name}: {percent(one)} before, {percent(two)} after")
    if len(found.authorities) > limit:
        lines.append(f"- and {len(found.authorities) - limit} more: see --format table.")
    lines.append(f"How: {plural(found.worlds, 'world')} (seed {found.seed}), the same draw for the same row.")
    return "\n".join(lines) + "\n"


def _difference(mean: float, half: float) -> str:
    word = "fewer" if mean < 0 else "more"
    return f"{abs(mean):.1f} {word}, give or take {half:.1f}" if half >= 0.05 else f"{abs(mean):.1f} {word}"


def change_rows(found: ChanceChange) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """Every authority whose chance changes."""
    data = (found.before.graph.dataset, found.after.graph.dataset)
    return CHANGE_HEADER, [
        (id_, short_name(data[0] if id_ in data[0].entities else data[1], id_), percent(one), percent(two))
        for id_, (one, two) in found.authorities.items()
    ]
