"""The call sheet as a table: one printed side, with room for names and numbers."""

from __future__ import annotations

from riskgraph.analysis.calls import Call, CallSheet
from riskgraph.render.calls import reason
from riskgraph.render.words import full_name
from riskgraph.report.content import Cell, Column, Table
from riskgraph.report.registry import Context

__all__ = ["call_table"]


def call_table(context: Context, sheet: CallSheet) -> Table:
    """Calls in their order; those whose name is withheld are left out."""
    calls = [call for call in sheet.calls if call.who not in context.withheld]
    left = len(sheet.calls) - len(calls)
    more = sheet.more + left
    return Table(
        "calls",
        "Calls in their order",
        (
            Column("turn", "Turn", "number"),
            Column("who", "Who"),
            Column("why", "Why"),
            Column("number", "Number"),
            Column("done", "Time, and by whom"),
        ),
        tuple(_row(sheet, turn, call) for turn, call in enumerate(calls, 1)),
        note=f"{more:,} more could be reached: see exposures.csv." if more else "",
    )


def _row(sheet: CallSheet, turn: int, call: Call) -> tuple[Cell, ...]:
    entities = sheet.graph.dataset.entities
    name = full_name(sheet.graph.dataset, call.who) if call.who in entities else call.who
    return turn, name, reason(sheet, call), call.number or "", ""
