"""What a report stands on: how good the evidence is, what is stale, and every source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from riskgraph.dates import last_day
from riskgraph.evidence import last_evidenced
from riskgraph.model import Relation
from riskgraph.render.blocks import Block, Cell, Section, Table, Text, headings
from riskgraph.render.words import BY_LAW, join, left_out, plural, short_name
from riskgraph.report.parts import area_title
from riskgraph.report.registry import Context

__all__ = ["evidence_section"]


def evidence_section(context: Context, rows: Iterable[str]) -> tuple[Section, Table]:
    """How good the evidence is, and which facts are oldest; and every source, as a table for a file of its own."""
    dataset, view = context.graph.dataset, context.view
    relations = [dataset.relations[row] for row in sorted(set(rows))]
    weighed = context.graph.settled(view).weighed
    grades: Counter[str] = Counter()
    aged: list[tuple[str, str, Relation]] = []
    undated, by_law = [], 0
    for row in relations:
        if (grade := weighed.grade(row)) is not None:
            grades[grade.word] += 1
        seen = last_evidenced(dataset, row, view)
        if row.by_law:
            by_law += 1
        elif seen is None:
            undated.append(row)
        elif not context.withheld & {row.dependent, row.provider}:
            aged.append((last_day(seen).isoformat(), row.id, row))
    aged.sort(key=lambda item: item[:2])
    order = ("confirmed", "reported", "inferred")
    table = Table(
        "oldest",
        "The ten facts behind this report that were evidenced longest ago",
        headings("who relation whom last_evidenced", date="last_evidenced"),
        tuple(
            (short_name(dataset, row.dependent), row.relation.replace("-", " "), short_name(dataset, row.provider), day)
            for day, _, row in aged[:10]
        ),
    )
    stated = join(f"{grades[grade]:,} {grade}" for grade in order if grades[grade]) or "none"
    blocks: list[Block] = [
        Text(
            f"This report stands on {plural(len(relations), 'fact')}: {stated}. "
            f"{plural(len(undated), 'fact')} {'has' if len(undated) == 1 else 'have'} no dated evidence."
            + (f" {left_out(dataset)}" if dataset.left_out else "")
            + (f" {plural(by_law, 'fact')} {'holds' if by_law == 1 else 'hold'} {BY_LAW}." if by_law else "")
        ),
        Text(
            "Confirmed: the body itself, its contract or a regulator says so. Reported: somebody else says so. "
            "Inferred: it follows from something else. This list can serve as evidence for objective A4 (supply "
            "chain) of the Cyber Assessment Framework."
        ),
    ]
    if aged:
        blocks.append(table)
    sources = _sources(context, relations)
    blocks.append(
        Text("Each fact with each of its sources, and the day on which it was last checked, is in sources.csv.")
    )
    return Section("gaps", "How good the evidence is, and what is stale", tuple(blocks)), sources


SOURCES = headings(
    "who relation whom service stance grade about publisher published checked address row", date="published checked"
)


def _sources(context: Context, relations: Sequence[Relation]) -> Table:
    """One row for each fact and each of its sources; the register itself where there is no other."""
    dataset = context.graph.dataset
    rows: list[tuple[Cell, ...]] = []
    for row in relations:
        if context.withheld & {row.dependent, row.provider}:
            continue
        ends = short_name(dataset, row.dependent), row.relation, short_name(dataset, row.provider)
        fact = (*ends, area_title(row.service_area))
        if not row.evidence:
            itself = ("supports", dataset.info.own_register, "", "the register itself", dataset.info.as_of, None, None)
            rows.append((*fact, *itself, row.id))
        for item in (dataset.evidence[id_] for id_ in row.evidence):
            about = BY_LAW if row.by_law else (item.about or "the relation").replace("_", " ")
            source = (item.publisher, item.published, item.retrieved, item.url)
            rows.append((*fact, item.stance, item.confidence, about, *source, row.id))
    return Table("sources", "Each fact behind this report, with each of its sources", SOURCES, tuple(rows))
