"""The anonymous form of a blast radius: counts by class, region and service area, for other WARPs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from riskgraph.analysis.blast import BlastRadius, Reach
from riskgraph.analysis.suppression import FEWEST, pooled, share
from riskgraph.dates import in_words
from riskgraph.model import Band, FailureKind
from riskgraph.render.blocks import Cell, Heading, Number, Report, Section, Table, headings
from riskgraph.render.headline import counted
from riskgraph.render.words import capital, class_word, join, root_name
from riskgraph.report.parts import area_title, method_section
from riskgraph.report.registry import Context

__all__ = ["bulletin"]

UNTOLD = "Too few to be told."


def bulletin(context: Context, radius: BlastRadius) -> Report:
    """Counts only: no row stands for one body, and no name of a public body is in the map it is made from."""
    dataset = context.graph.dataset
    present = radius.within()
    roots = join(root_name(dataset, root) for root in radius.roots)
    numbers = _counts(context, present)
    services = _services(radius, present)
    effects = [
        f"{capital(kind.effect)}: {told:,} public bodies."
        for kind in radius.kinds
        if kind in radius.question.counting and (told := share(len(radius.within(Band.POSSIBLE, kind)), len(present)))
    ]
    title = counted(radius, roots)
    wide = share(len(radius.doubtful), radius.question.bodies)
    unsure = "Fewer than 5 more" if wide is None else f"{wide:,} more"
    unknown = (
        f"{unsure} cannot be ruled out, because a fact is missing.",
        "Which bodies these are is withheld. No number under five is told, nor one from which it could be worked out.",
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
            Number(f"{len(present):,}" if len(present) >= FEWEST or not present else "Fewer than 5", "public bodies could be reached", f"of {radius.question.bodies:,}"),
            Number(f"{areas}", f"service area{'s' if areas != 1 else ''} could be reached", "most often hit first in the table below"),
            Number(unsure.removesuffix(" more"), "more cannot be ruled out", "a fact is missing that would settle it"),
        ),
        tuple(effects) or (UNTOLD,),
        unknown,
        (f"Check whether you lean on {roots}, and tell your WARP.", "Look for the same signs, and say what you see."),
        ("Whether to cut links as a precaution until more is known.",),
        (
            Section("who", "Who could be reached, in numbers", (numbers,)),
            Section("services", "Services", (services,)),
            method_section(),
        ),
        summary + f"\nNot known: {unknown[0]}\n",
        {"exposures": numbers, "services": services},
        {"reached": len(present) if len(present) >= FEWEST else None},
    )  # fmt: skip


def _counts(context: Context, present: Sequence[Reach]) -> Table:
    dataset = context.graph.dataset
    groups: dict[str, Counter[str]] = {"class": Counter(), "region": Counter()}
    for reach in present:
        entry = dataset.register.get(reach.id)
        region = (entry.region or entry.nation) if entry is not None else None
        groups["class"][class_word(dataset.entities[reach.id].authority_type, 1)] += 1
        groups["region"][region or "not told"] += 1
    rows = tuple(
        (by, capital(name or "others"), count) for by, counts in groups.items() for name, count in pooled(counts)
    )
    columns = headings("by name together", number="together")
    return Table(
        "exposures", "Public bodies that could be reached, by class and by region", columns, rows, empty=UNTOLD
    )


def _services(radius: BlastRadius, present: Sequence[Reach]) -> Table:
    kinds = [kind for kind in FailureKind if kind in radius.kinds and kind in radius.question.counting]
    areas: dict[str | None, Counter[FailureKind]] = {}
    for reach in present:
        for area, hits in reach.services.items():
            for kind, band in hits.items():
                if band <= Band.POSSIBLE and kind in kinds:
                    areas.setdefault(area, Counter())[kind] += 1
    order = sorted(areas, key=lambda area: (-max(areas[area].values()), area is None, area or ""))
    columns = (Heading("service", "Service"), *(Heading(str(kind), capital(kind.effect), "number") for kind in kinds))
    cells = [(area, [share(areas[area][kind], len(present)) for kind in kinds]) for area in order]
    rows: tuple[tuple[Cell, ...], ...] = tuple((area_title(area), *told) for area, told in cells if any(told))
    title = "Bodies at which a service could be reached, possible or surer; empty: too few to be told"
    return Table("services", title, columns, rows, empty=UNTOLD)
