"""The tables that several kinds of report share: who could be reached, and each of their services."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from riskgraph.analysis.blast import SHOWN_BANDS, BlastRadius, Reach
from riskgraph.model import Band, FailureKind
from riskgraph.render.blocks import Cell, Heading, Table
from riskgraph.render.words import area_label, join, plural, route_phrase, short_name
from riskgraph.report.parts import area_title
from riskgraph.report.registry import Context
from riskgraph.rules import rules

__all__ = ["every_band", "exposures_table", "reached_table", "services_table", "shelves", "withheld_bands"]


def exposures_table(context: Context, radius: BlastRadius) -> Table:
    """Everybody, as `riskgraph blast --format csv` has them; bodies without a name share a row for each band."""
    header, rows = every_band(radius).table()
    kept = [row for row in rows if row[0] not in context.withheld]
    for band, count in withheld_bands(context, radius):
        said = {"name": f"{plural(count, 'body', 'bodies')} (withheld), {band.word}", "standing": "withheld"}
        kept.append(tuple(said.get(key) for key in header))
    columns = tuple(Heading(key, key) for key in header)
    return Table("exposures", "Who could be reached, surest first", columns, tuple(kept))


def every_band(radius: BlastRadius) -> BlastRadius:
    """The same radius with all that it holds: a report counts what is possible, and lists what is not ruled out too."""
    return replace(radius, question=replace(radius.question, band=Band.NOT_RULED_OUT))


def withheld_bands(context: Context, radius: BlastRadius) -> list[tuple[Band, int]]:
    """How many bodies without a name there are in each band."""
    return sorted(Counter(reach.band for reach in shelves(radius) if reach.id in context.withheld).items())


def reached_table(context: Context, radius: BlastRadius) -> Table:
    """The same for people, in words: one row each; bodies without a name share a row for each band."""
    dataset = context.graph.dataset
    kinds = [kind for kind in FailureKind if any(kind in reach.kinds for reach in shelves(radius))]
    columns = (
        Heading("name", "Who"),
        Heading("surest", "Surest", "band"),
        *(Heading(str(kind), _HEADS[kind], "band") for kind in kinds),
        Heading("route", "How"),
        Heading("services", "Services"),
        Heading("standing", "Standing"),
    )
    rows: list[tuple[Cell, ...]] = []
    for standing, reaches in (
        ("reached", radius.authorities),
        ("no longer exists", radius.abolished),
        ("group of bodies", radius.groups),
    ):
        for reach in reaches:
            if reach.id in context.withheld:
                continue
            past = reach.past and standing == "reached"
            first = None if reach.first in context.withheld else reach.first
            rows.append(
                (
                    short_name(dataset, reach.id),
                    reach.band,
                    *(reach.kinds[kind].band if kind in reach.kinds else "" for kind in kinds),
                    route_phrase(dataset, reach.route, first),
                    join(area_label(area) for area in reach.services),
                    "asked about" if reach.root else "past customer" if past else standing,
                )
            )
    for band, count in withheld_bands(context, radius):
        name = f"{plural(count, 'body', 'bodies')} (withheld)"
        rows.append((name, band, *([""] * len(kinds)), "", "", "withheld"))
    ring = {body for band in SHOWN_BANDS for body in radius.ring[band]} - {reach.id for reach in shelves(radius)}
    for body in sorted(ring - context.withheld):
        none = [""] * (len(kinds) + 1)
        rows.append((short_name(dataset, body), *none, "shares a place or a link", "", "precaution"))
    return Table("exposures", "Who could be reached, surest first", columns, tuple(rows), "0 routes were found.")


_HEADS = {
    FailureKind.EXPOSURE: "Data read",
    FailureKind.TAMPERING: "Data altered",
    FailureKind.OUTAGE: "Services stop",
    FailureKind.INTRUSION: "Attacker moves in",
    FailureKind.EXIT: "Provider gone",
}


def shelves(radius: BlastRadius) -> tuple[Reach, ...]:
    """Everybody who is reached, on whatever shelf."""
    return (*radius.authorities, *radius.abolished, *radius.groups)


def services_table(context: Context, radius: BlastRadius) -> Table:
    """One row for each service of each body that could be reached."""
    dataset = context.graph.dataset
    kinds = [kind for kind in FailureKind if any(kind in r.kinds for r in radius.authorities)]
    columns = (
        Heading("name", "Who"),
        Heading("service", "Service"),
        Heading("data", "Data, as a rule"),
        *(Heading(str(kind), _HEADS[kind], "band") for kind in kinds),
        Heading("area", "Area"),
        Heading("id", "Id"),
    )
    rows: list[tuple[Cell, ...]] = []
    for reach in radius.authorities:
        if reach.id in context.withheld:
            continue
        for area, hits in reach.services.items():
            data = None if area is None else rules().areas[area].data
            bands = (hits.get(kind, "") for kind in kinds)
            rows.append((short_name(dataset, reach.id), area_title(area), data, *bands, area or "?", reach.id))
    return Table("services", "Services that could be reached, for each body", columns, tuple(rows))
