"""Lock-in and certificates: what could hardly be replaced, and whose assurance has lapsed or was never seen."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from riskgraph.analysis.select import Selection
from riskgraph.dates import last_day
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, SUPPLIER, Relation
from riskgraph.settle import View

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Certificate", "Certificates", "Lock", "Locks", "certificates", "lock_in"]

# worst first; a step that nobody assessed stands before those that were found easy
_ORDER = {"no": 0, "very-hard": 1, "with-difficulty": 2, None: 3, "easily": 4}


@dataclass(frozen=True, slots=True)
class Lock:
    """How hard one relation would be to leave. Ordinals are listed, never averaged."""

    row: Relation
    alternatives: int  # others that back it up in the same service
    years_left: float | None  # to the end as recorded; None: not known


@dataclass(frozen=True)
class Locks:
    """Relations by how hard they would be to leave, the hardest first."""

    graph: RiskGraph
    view: View
    locks: tuple[Lock, ...]  # only those with something assessed
    not_assessed: int

    def __repr__(self) -> str:
        return f"<Locks: {len(self.locks)} assessed, {self.not_assessed} not>"

    def to_frame(self) -> pd.DataFrame:
        """One row for each: dependent, provider, area, substitutability, alternatives, exit plan, years left."""
        import pandas as pd

        rows = [
            (
                x.row.dependent,
                x.row.provider,
                x.row.service_area,
                x.row.substitutability,
                x.alternatives,
                x.row.exit_plan,
                x.years_left,
            )
            for x in self.locks
        ]
        columns = [
            "dependent",
            "provider",
            "service_area",
            "substitutability",
            "alternatives",
            "exit_plan",
            "years_left",
        ]
        return pd.DataFrame(rows, columns=columns)

    def to_dict(self) -> dict[str, Any]:
        """The table as plain values."""
        return {
            "schema": 1,
            "as_of": self.view.as_of.isoformat(),
            "not_assessed": self.not_assessed,
            "locks": self.to_frame().to_dict("records") if self.locks else [],
        }


def lock_in(graph: RiskGraph, *, selection: Selection | None = None, as_of: str | date | None = None) -> Locks:
    """What could hardly be replaced: substitutability, alternatives, exit plan and years left, worst first.

    The four words of substitutability and the companions follow the EU's DORA register of information
    (table B_07.01), which is not binding on UK councils.

    Examples
    --------
    >>> lock_in(RiskGraph.open("seeds")).not_assessed > 0
    True
    """
    chosen = selection or Selection(graph)
    view = graph.view(as_of)
    entities = graph.dataset.entities
    steps = [step for step in graph.settled(view).steps if step.in_force and not step.implied]
    groups: dict[tuple[str, str | None, str], int] = defaultdict(int)
    for step in steps:
        if step.group is not None:
            groups[step.dependent, step.area, step.group] += 1
    locks, not_assessed = [], 0
    for step in steps:
        row = step.row
        if entities[row.dependent].kind != AUTHORITY or not chosen.holds(row.dependent):
            continue
        if row.relation not in {"uses", "served-by", "supplied-by", "hosted-on"}:
            continue
        if chosen.areas and step.area not in chosen.areas:
            continue
        if row.substitutability is None and row.exit_plan is None:
            not_assessed += 1
            continue
        end = row.contract_end_latest or row.valid_to
        years = None if end is None else round((last_day(end) - view.as_of).days / 365.25, 1)
        backup = groups[step.dependent, step.area, step.group] - 1 if step.group is not None else 0
        locks.append(Lock(row, backup, years))
    locks.sort(key=lambda x: (_ORDER[x.row.substitutability], x.row.exit_plan == "yes", -(x.years_left or 0), x.row.id))
    return Locks(graph, view, tuple(locks), not_assessed)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was seen of one supplier, and how many public bodies stand behind it."""

    supplier: str
    certificates: tuple[str, ...]
    expires: str | None
    state: str  # lapsed, in force, no date, never seen
    bodies: int


@dataclass(frozen=True)
class Certificates:
    """Suppliers of a selection by the state of their certificates: lapsed first, then never seen."""

    graph: RiskGraph
    view: View
    suppliers: tuple[Certificate, ...]

    def __repr__(self) -> str:
        return f"<Certificates of {len(self.suppliers)} suppliers>"

    def to_dict(self) -> dict[str, Any]:
        """The table as plain values."""
        return {
            "schema": 1,
            "as_of": self.view.as_of.isoformat(),
            "suppliers": [
                {
                    "supplier": c.supplier,
                    "certificates": list(c.certificates),
                    "expires": c.expires,
                    "state": c.state,
                    "bodies": c.bodies,
                }
                for c in self.suppliers
            ],
        }


_STATES = ("lapsed", "never seen", "no date", "in force")


def certificates(
    graph: RiskGraph, *, selection: Selection | None = None, as_of: str | date | None = None
) -> Certificates:
    """Whose certificate has lapsed, or was never seen, with the public bodies that lean directly on each.

    Examples
    --------
    >>> found = certificates(RiskGraph.open("seeds"))
    >>> {one.state for one in found.suppliers}
    {'never seen'}
    """
    chosen = selection or Selection(graph)
    view = graph.view(as_of)
    entities = graph.dataset.entities
    behind: dict[str, set[str]] = defaultdict(set)
    for step in graph.settled(view).steps:
        if step.in_force and entities[step.provider].kind == SUPPLIER and entities[step.dependent].kind == AUTHORITY:
            if chosen.holds(step.dependent) and (not chosen.areas or step.area in chosen.areas):
                behind[step.provider].add(step.dependent)
    found = []
    for supplier, bodies in behind.items():
        entity = entities[supplier]
        if entity.certificate_expires is not None:
            state = "lapsed" if last_day(entity.certificate_expires) < view.as_of else "in force"
        else:
            state = "no date" if entity.certificate else "never seen"
        found.append(Certificate(supplier, entity.certificate, entity.certificate_expires, state, len(bodies)))
    found.sort(key=lambda c: (_STATES.index(c.state), -c.bodies, c.supplier))
    return Certificates(graph, view, tuple(found))
