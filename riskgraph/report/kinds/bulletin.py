"""The anonymous form of a blast radius: counts by class, region and service area, for other WARPs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from riskgraph.analysis.blast import BlastRadius, Reach
from riskgraph.dates import in_words
from riskgraph.model import Band, FailureKind
from riskgraph.render.blocks import Cell, Heading, Number, Report, Section, Table, headings
from riskgraph.render.headline import finding
from riskgraph.render.words import capital, class_word, join, plural, root_name
from riskgraph.report.parts import area_title, band_counts, bands_note, harm_bands, method_section
from riskgraph.report.registry import Context

__all__ = ["bulletin"]


def bulletin(context: Context, radius: BlastRadius) -> Report:
    """Counts only: no row stands for one body, and no name of a public body is in the map it is made from."""
    dataset = context.graph.dataset
    present = radius.within()
    roots = join(root_name(dataset, root) for root in radius.roots)
    counted = _counts(context, present)
    services = _services(radius, present)
    harm = harm_bands(radius)
    effects = [f"{capital(kind.effect)}: {band_counts(bands)}." for kind, bands in harm.items() if bands]
    title = finding(radius, named=False)
    wide = len(radius.doubtful)
    unknown = (
        f"{plural(wide, 'more body', 'more bodies')} cannot be ruled out, because a fact is missing.",
        "Which bodies these are is withheld. Classes and regions with fewer than five bodies are not told apart.",
        "What is not in this map is not known to be safe.",
    )
    summary = "\n".join([f"{title} (data of {in_words(dataset.info.as_of)}).", *(f"- {line}" for line in effects)])
    areas = len(services.rows)
    return Report(
        "blast",
        "bulletin",
        title,
        "Bulletin, names withheld",
        radius.view.as_of.isoformat(),
        (
            Number(f"{len(present):,}", "public bodies could be reached", bands_note(radius, present)),
            Number(f"{areas}", f"service area{'s' if areas != 1 else ''} could be reached", "most often hit first in the table below"),
            Number(f"{wide:,}", "more cannot be ruled out", "a fact is missing that would settle it"),
        ),
        tuple(effects) or (f"{capital(bands_note(radius, present))}.",),
        unknown,
        (f"Check whether you lean on {roots}, and tell your WARP.", "Look for the same signs, and say what you see."),
        ("Whether to cut links as a precaution until more is known.",),
        (
            Section("who", "Who could be reached, in numbers", (counted,)),
            Section("services", "Services", (services,)),
            method_section(),
        ),
        summary + f"\nNot known: {unknown[0]}\n",
        {"exposures": counted, "services": services},
        {"reached": {band.word: sum(1 for r in present if r.band is band) for band in list(Band)[:3]}},
    )  # fmt: skip


def _counts(context: Context, present: Sequence[Reach]) -> Table:
    dataset = context.graph.dataset
    counts: Counter[tuple[str, str, Band]] = Counter()
    for reach in present:
        entry = dataset.register.get(reach.id)
        region = (entry.region or entry.nation) if entry is not None else None
        kind = class_word(dataset.entities[reach.id].authority_type, 1)
        counts["class", kind, reach.band] += 1
        counts["region", region or "not told", reach.band] += 1
    rows: list[tuple[Cell, ...]] = []
    for by in ("class", "region"):
        names = {name for group, name, _ in counts if group == by}
        totals = {name: sum(counts[by, name, band] for band in Band) for name in names}
        rows += [
            (by, capital(name), *(counts[by, name, band] for band in list(Band)[:3]), totals[name])
            for name in sorted(names, key=lambda name: (-totals[name], name))
        ]
    columns = headings("by name documented likely possible together", number="documented likely possible together")
    return Table("exposures", "Public bodies that could be reached, by class and by region", columns, tuple(rows))


def _services(radius: BlastRadius, present: Sequence[Reach]) -> Table:
    kinds = [kind for kind in FailureKind if kind in radius.kinds]
    areas: dict[str | None, Counter[FailureKind]] = {}
    for reach in present:
        for area, hits in reach.services.items():
            for kind, band in hits.items():
                if band <= Band.POSSIBLE:
                    areas.setdefault(area, Counter())[kind] += 1
    order = sorted(areas, key=lambda area: (-max(areas[area].values()), area is None, area or ""))
    columns = (Heading("service", "Service"), *(Heading(str(kind), capital(kind.effect), "number") for kind in kinds))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (area_title(area), *(areas[area][kind] for kind in kinds)) for area in order
    )
    return Table("services", "Bodies at which a service could be reached, possible or surer", columns, rows)
