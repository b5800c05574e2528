"""Lock-in and certificates: what could hardly be replaced, and whose assurance has lapsed or was never seen."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from riskgraph.analysis.behind import Behind
from riskgraph.analysis.concentration import concentration
from riskgraph.analysis.contracts import Buyers
from riskgraph.analysis.measure import counts
from riskgraph.analysis.select import Selection
from riskgraph.dates import last_day
from riskgraph.graph import RiskGraph
from riskgraph.model import SHARED_SERVICE, SUPPLIER, Relation
from riskgraph.rules import Trait, relations_that
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
    area: str | None
    alternatives: int  # others of its own that back it up in the same service
    others: tuple[str, ...] | None  # other suppliers of councils in the area, the largest first; None: no area known
    years_left: float | None  # to the contract's end as it stands; below 0: it is over; None: not known
    years_latest: float | None  # the same with every extension
    assessed: str | None  # date of the latest source of the relation; None: its sources have none


@dataclass(frozen=True)
class Locks:
    """Relations by how hard they would be to leave, the hardest first."""

    graph: RiskGraph
    view: View
    locks: tuple[Lock, ...]  # only those with something assessed
    not_assessed: int

    def __repr__(self) -> str:
        return f"<Locks: {len(self.locks)} assessed, {self.not_assessed} not>"

    def count(self, level: str) -> int:
        """How many relations stand at a level: `no`, `very-hard`, `with-difficulty` or `easily`."""
        return sum(1 for lock in self.locks if lock.row.substitutability == level)

    @property
    def assessed(self) -> tuple[str, str] | None:
        """Dates of the oldest and the newest assessment; `None` if none has a date."""
        dates = sorted(lock.assessed for lock in self.locks if lock.assessed is not None)
        return (dates[0], dates[-1]) if dates else None

    def rows(self) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Header and rows, for tables."""
        name = self.graph.dataset.usual_name
        return _LOCK_COLUMNS, [
            (
                x.row.dependent, name(x.row.dependent), x.row.provider, name(x.row.provider), x.area,
                x.row.substitutability, x.alternatives, None if x.others is None else len(x.others),
                ";".join(x.others or ()) or None, x.row.exit_plan, x.years_left, x.years_latest, x.assessed, x.row.id,
            )
            for x in self.locks
        ]  # fmt: skip

    def to_frame(self) -> pd.DataFrame:
        """One row for each: who leans on whom, substitutability, alternatives, exit plan, years left, date."""
        import pandas as pd

        header, rows = self.rows()
        return pd.DataFrame(rows, columns=list(header))

    def to_dict(self) -> dict[str, Any]:
        """The table as plain values."""
        header, rows = self.rows()
        return {
            "schema": 1,
            "as_of": self.view.as_of.isoformat(),
            "levels": {level: self.count(level) for level in ("no", "very-hard", "with-difficulty", "easily")},
            "not_assessed": self.not_assessed,
            "locks": [dict(zip(header, row, strict=True)) for row in rows],
        }


_LOCK_COLUMNS = (
    "dependent", "buyer", "provider", "provider_name", "service_area",
    "substitutability", "alternatives", "other_suppliers", "others", "exit_plan", "years_left", "years_latest",
    "assessed", "row",
)  # fmt: skip


def lock_in(graph: RiskGraph, *, selection: Selection | None = None, as_of: str | date | None = None) -> Locks:
    """What could hardly be replaced: substitutability, alternatives, exit plan and years left, worst first.

    The four words of substitutability and the companions follow the EU's DORA register of information
    (table B_07.01), which is not binding on UK councils.

    Examples
    --------
    >>> lock_in(RiskGraph.open("seeds")).not_assessed > 0
    True
    """
    view = graph.view(as_of)
    buyers = Buyers(graph, view, selection or Selection(graph))
    behind = Behind(graph, view)
    steps = [step for step in graph.settled(view).steps if step.in_force and not step.implied]
    groups: dict[tuple[str, str | None, str], int] = defaultdict(int)
    for step in steps:
        if step.group is not None:
            groups[step.dependent, step.area, step.group] += 1
    markets: dict[str, tuple[str, ...]] = {}
    locks, not_assessed = [], 0
    for step in steps:
        row = step.row
        if row.relation not in relations_that(Trait.MARKET):
            continue
        if not buyers.hold(row.dependent, step.area):
            continue
        if row.substitutability is None and row.exit_plan is None:
            not_assessed += 1
            continue
        others = None
        if step.area is not None:
            if step.area not in markets:
                market = concentration(graph, step.area, as_of=view.as_of)
                markets[step.area] = tuple(share.supplier for share in market.shares)
            own = {row.dependent, row.provider, *behind.organisations(step)}
            others = tuple(one for one in markets[step.area] if one not in own)
        backup = groups[step.dependent, step.area, step.group] - 1 if step.group is not None else 0
        left, latest = (_years(end, view.as_of) for end in (row.ends, row.ends_latest))
        locks.append(Lock(row, step.area, backup, others, left, latest, _assessed(graph, row)))
    locks.sort(key=lambda x: (_ORDER[x.row.substitutability], x.row.exit_plan == "yes", -(x.years_left or 0), x.row.id))
    return Locks(graph, view, tuple(locks), not_assessed)


def _years(end: str | None, today: date) -> float | None:
    return None if end is None else round((last_day(end) - today).days / 365.25, 1)


def _assessed(graph: RiskGraph, row: Relation) -> str | None:
    """When a row was last looked at: the date of its newest source, or of the register if that is its only one."""
    if not row.evidence:
        return graph.dataset.info.as_of
    items = [graph.dataset.evidence[id_] for id_ in row.evidence]
    dates = [item.published for item in items if item.published is not None and item.stance == "supports"]
    return max(dates, key=last_day, default=None)


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
    """Whose certificate has lapsed, or was never seen, with the public bodies behind each.

    A body counts that leans on the supplier itself, or by way of a shared service that does, in the same
    service area.

    Examples
    --------
    >>> found = certificates(RiskGraph.open("seeds"))
    >>> {one.state for one in found.suppliers}
    {'never seen'}
    """
    chosen = selection or Selection(graph)
    view = graph.view(as_of)
    entities = graph.dataset.entities
    steps = [
        step for step in graph.settled(view).steps if step.in_force and (not chosen.areas or step.area in chosen.areas)
    ]
    served: dict[tuple[str, str | None], set[str]] = defaultdict(set)
    for step in steps:
        if counts(graph.dataset, step.dependent, view.as_of) and chosen.holds(step.dependent):
            served[step.provider, step.area].add(step.dependent)
    behind: dict[str, set[str]] = defaultdict(set)
    for step in steps:
        if entities[step.provider].kind == SUPPLIER:
            behind[step.provider] |= served.get((step.provider, step.area), set())
            if entities[step.dependent].kind == SHARED_SERVICE:
                behind[step.provider] |= served.get((step.dependent, step.area), set())
    found = []
    for supplier, bodies in behind.items():
        if not bodies:
            continue
        entity = entities[supplier]
        if entity.certificate_expires is not None:
            state = "lapsed" if last_day(entity.certificate_expires) < view.as_of else "in force"
        else:
            state = "no date" if entity.certificate else "never seen"
        found.append(Certificate(supplier, entity.certificate, entity.certificate_expires, state, len(bodies)))
    found.sort(key=lambda c: (_STATES.index(c.state), _lapses(c), -c.bodies, c.supplier))
    return Certificates(graph, view, tuple(found))


def _lapses(one: Certificate) -> date:
    """Certificates in force stand in the order in which they lapse."""
    return last_day(one.expires) if one.expires and one.state == "in force" else date.min
