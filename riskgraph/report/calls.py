"""The call sheet as a table: one printed side, with room for names and numbers."""

from __future__ import annotations

from riskgraph.analysis.calls import Call, CallSheet
from riskgraph.render.blocks import Cell, Table, headings
from riskgraph.render.calls import contact_lines, number_words, numbers_line, reason
from riskgraph.render.words import full_name
from riskgraph.report.registry import Context

__all__ = ["call_table"]


ROWS_ON_A_SIDE = 16  # that fit on one printed side with two lines each
MOST_OF_ROLE = {"root": 3, "operator": 3, "between": 3, "precaution": 2}


def call_table(context: Context, sheet: CallSheet) -> Table:
    """Calls in their order, as many as fit on one side; those whose name is withheld are left out."""
    known = [call for call in sheet.calls if call.who not in context.withheld]
    by_role = {role: [call for call in known if call.role == role][:most] for role, most in MOST_OF_ROLE.items()}
    others = [call for call in known if call.role in {"national", "partner"}]
    room = ROWS_ON_A_SIDE - len(others) - sum(len(found) for found in by_role.values())
    by_role["council"] = [call for call in known if call.role == "council"][: max(3, room)]
    kept = {call.turn for found in (*by_role.values(), others) for call in found}
    calls = [call for call in known if call.turn in kept]
    more = sheet.more + len(sheet.calls) - len(calls)
    told = [f"{more:,} more could be reached: see exposures.csv." if more else ""]
    told += [numbers_line(sheet, context.contacts)] if context.contacts else []
    return Table(
        "calls",
        "Calls in their order",
        headings("turn who why number done", number="turn", done="Time, and by whom"),
        tuple(_row(context, sheet, turn, call) for turn, call in enumerate(calls, 1)),
        note=" ".join(filter(None, told)),
    )


def _row(context: Context, sheet: CallSheet, turn: int, call: Call) -> tuple[Cell, ...]:
    entities = sheet.graph.dataset.entities
    name = full_name(sheet.graph.dataset, call.who) if call.who in entities else call.who
    joined = context.contacts.of(call.who) if context.contacts else ()
    numbers = "; ".join(filter(None, (number_words(call), *contact_lines(joined))))
    return turn, name, reason(sheet, call), numbers, ""
