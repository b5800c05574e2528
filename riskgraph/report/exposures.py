"""The tables that several kinds of report share: who could be reached, and each of their services."""

from __future__ import annotations

from collections import defaultdict

from riskgraph.analysis.blast import SHOWN_BANDS, BlastRadius, Reach
from riskgraph.model import Band, FailureKind
from riskgraph.render.blocks import Cell, Heading, Table
from riskgraph.render.words import area_label, class_word, join, plural, short_name
from riskgraph.report.parts import area_title
from riskgraph.report.registry import Context
from riskgraph.rules import rules

__all__ = ["MOST", "columns_of", "exposures_table", "services_table", "shelves"]

MOST = 400  # rows of a table on the page; all of them are in the CSV file


def exposures_table(context: Context, radius: BlastRadius) -> Table:
    """Everybody on every shelf: one row each; bodies without a name share a row for each band."""
    dataset = context.graph.dataset
    kinds = [kind for kind in FailureKind if any(kind in r.kinds for r in shelves(radius))]
    columns = (
        Heading("name", "Who"),
        Heading("class", "Class"),
        Heading("region", "Region"),
        Heading("surest", "Surest", "band"),
        *(Heading(str(kind), _HEADS[kind], "band") for kind in kinds),
        Heading("route", "How"),
        Heading("services", "Services"),
        Heading("standing", "Standing"),
        Heading("id", "Id"),
    )
    rows: list[tuple[Cell, ...]] = []
    hidden: dict[Band, int] = defaultdict(int)
    for standing, reaches in (
        ("reached", radius.authorities),
        ("no longer exists", radius.abolished),
        ("group of bodies", radius.groups),
    ):
        for reach in reaches:
            if reach.id in context.withheld:
                hidden[reach.band] += 1
                continue
            entity, entry = dataset.entities[reach.id], dataset.register.get(reach.id)
            stands = (
                "asked about" if reach.root else "past customer" if reach.past and standing == "reached" else standing
            )
            through = f"through {short_name(dataset, reach.first)}" if reach.first is not None else str(reach.route)
            rows.append(
                (
                    short_name(dataset, reach.id),
                    class_word(entity.authority_type, 1),
                    (entry.region or entry.nation) if entry is not None else None,
                    reach.band,
                    *(reach.kinds[kind].band if kind in reach.kinds else "" for kind in kinds),
                    str(reach.route) if reach.first in context.withheld else through,
                    join(area_label(area) for area in reach.services),
                    stands,
                    reach.id,
                )
            )
    for band, count in sorted(hidden.items()):
        name = f"{plural(count, 'body', 'bodies')} (withheld)"
        rows.append((name, "", "", band, *([""] * len(kinds)), "", "", "withheld", ""))
    ring = {body for band in SHOWN_BANDS for body in radius.ring[band]} - {reach.id for reach in shelves(radius)}
    for body in sorted(ring - context.withheld):
        entity, entry = dataset.entities[body], dataset.register.get(body)
        region = (entry.region or entry.nation) if entry is not None else None
        cells = (short_name(dataset, body), class_word(entity.authority_type, 1), region, "")
        rows.append((*cells, *([""] * len(kinds)), "shares a place or a link", "", "precaution", body))
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


def columns_of(table: Table, *keys: str, caption: str = "", most: int = MOST) -> Table:
    """Some columns of a table, for the page."""
    places = [place for place, column in enumerate(table.columns) if column.key in keys]
    rows = tuple(tuple(row[place] for place in places) for row in table.rows[:most])
    left = len(table.rows) - len(rows)
    note = f"{plural(left, 'more row')} in {table.id}.csv." if left > 0 else ""
    return Table(
        f"{table.id}-page",
        caption or table.caption,
        tuple(table.columns[place] for place in places),
        rows,
        table.empty,
        note,
    )
