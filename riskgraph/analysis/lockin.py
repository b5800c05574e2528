"""Lock-in and certificates: what could hardly be replaced, and whose assurance has lapsed or was never seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.contracts import Buyers
from riskgraph.analysis.market import SupplyChain, market_in
from riskgraph.analysis.measure import counts
from riskgraph.analysis.question import Asking, Question
from riskgraph.dates import last_day, years_between
from riskgraph.graph import RiskGraph
from riskgraph.model import SHARED_SERVICE, SUPPLIER, Relation
from riskgraph.pictured import Pictured

__all__ = ["CERTIFICATE_STATES", "Certificate", "Certificates", "Lock", "Locks", "certificates", "lock_in"]

# worst first; a step that nobody assessed stands before those that were found easy
_ORDER = {"no": 0, "very-hard": 1, "with-difficulty": 2, None: 3, "easily": 4}
CERTIFICATE_STATES = ("lapsed", "never seen", "no date", "in force")


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
class Locks(Answer, Pictured):
    """Relations by how hard they would be to leave, the hardest first."""

    form: ClassVar = Form(
        "contracts lock-in",
        "Relations by how hard they would be to leave, the hardest first.",
        ("view", "scope"),
        (
            Column("no", "relations that cannot be replaced", "integer"),
            Column("very_hard", "relations that are very hard to replace", "integer"),
            Column("with_difficulty", "relations that are hard to replace", "integer"),
            Column("easily", "relations that are easily replaced", "integer"),
            Column("not_assessed", "relations of which nothing was assessed", "integer"),
        ),
        (
            TableForm(
                "relations",
                "a relation of which something was assessed",
                (
                    Column("dependent", "id of who leans on it"),
                    Column("buyer", "its name"),
                    Column("provider", "id of what it leans on"),
                    Column("provider_name", "its name"),
                    Column("service_area", "the service that it is for"),
                    Column("substitutability", "how it could be replaced: no, very-hard, with-difficulty or easily"),
                    Column("alternatives", "others of its own that back it up in the same service", "integer"),
                    Column("other_suppliers", "other suppliers of councils in the service area", "integer"),
                    Column("others", "their ids, the largest first", "list"),
                    Column("exit_plan", "whether there is one: yes or no"),
                    Column("years_left", "to the end as it stands; below 0: it is over", "number", "years"),
                    Column("years_latest", "the same with every extension", "number", "years"),
                    Column("assessed", "date of the latest source: a day, a month or a year"),
                    Column("row", "id of the relation"),
                ),
                (
                    "buyer",
                    "provider_name",
                    "service_area",
                    "substitutability",
                    "alternatives",
                    "exit_plan",
                    "years_left",
                ),
            ),
        ),
    )

    graph: RiskGraph
    question: Question
    locks: tuple[Lock, ...]  # only those with something assessed
    not_assessed: int

    def count(self, level: str) -> int:
        """How many relations stand at a level: `no`, `very-hard`, `with-difficulty` or `easily`."""
        return sum(1 for lock in self.locks if lock.row.substitutability == level)

    @property
    def assessed(self) -> tuple[str, str] | None:
        """Dates of the oldest and the newest assessment; `None` if none has a date."""
        dates = sorted(lock.assessed for lock in self.locks if lock.assessed is not None)
        return (dates[0], dates[-1]) if dates else None

    def fact_values(self) -> Mapping[str, Value]:
        """How many relations stand at each level."""
        levels = {level.replace("-", "_"): self.count(level) for level in _ORDER if level is not None}
        return {**levels, "not_assessed": self.not_assessed}

    def row_values(self, table: str) -> Iterable[Row]:
        """One row for each relation of which something was assessed."""
        name = self.graph.dataset.usual_name
        for x in self.locks:
            yield (
                x.row.dependent, name(x.row.dependent), x.row.provider, name(x.row.provider), x.area,
                x.row.substitutability, x.alternatives, None if x.others is None else len(x.others), x.others or (),
                x.row.exit_plan, x.years_left, x.years_latest, x.assessed, x.row.id,
            )  # fmt: skip

    def __repr__(self) -> str:
        return f"<Locks: {len(self.locks)} assessed, {self.not_assessed} not>"


def lock_in(graph: RiskGraph, **asking: Unpack[Asking]) -> Locks:
    """What could hardly be replaced: substitutability, alternatives, exit plan and years left, worst first.

    The four words of substitutability and the companions follow the EU's DORA register of information
    (table B_07.01), which is not binding on UK councils.

    Parameters
    ----------
    asking
        View and scope; see `riskgraph.analysis.question.Asking`. Who else serves an area is told of all principal
        councils.

    Returns
    -------
    Locks
        Relations of which something was assessed, and how many others there are.

    Raises
    ------
    RiskGraphError
        If a word of the question is not known.

    Examples
    --------
    >>> lock_in(RiskGraph.open("seeds")).not_assessed > 0
    True
    """
    question = Question.of(graph, **asking)
    view = question.view
    buyers, chain = Buyers(graph, view, question.selection), SupplyChain(graph, view)
    steps = [step for step in graph.settled(view).observed if step.in_force and not step.implied]
    groups: dict[tuple[str, str | None, str], int] = defaultdict(int)
    for step in steps:
        if step.group is not None:
            groups[step.dependent, step.area, step.group] += 1
    markets: dict[str, tuple[str, ...]] = {}
    locks, not_assessed = [], 0
    for step in steps:
        row = step.row
        if not chain.sells(step) or not buyers.hold(row.dependent, step.area):
            continue
        if row.substitutability is None and row.exit_plan is None:
            not_assessed += 1
            continue
        others = None
        if step.area is not None:
            if step.area not in markets:
                shares = market_in(graph, view, [step.area]).shares
                markets[step.area] = tuple(share.supplier for share in shares)
            own = {row.dependent, row.provider, *chain.organisations(step)}
            others = tuple(one for one in markets[step.area] if one not in own)
        backup = groups[step.dependent, step.area, step.group] - 1 if step.group is not None else 0
        left, latest = (_years(end, view.as_of) for end in (row.ends, row.ends_latest))
        locks.append(Lock(row, step.area, backup, others, left, latest, _assessed(graph, row)))
    locks.sort(key=lambda x: (_ORDER[x.row.substitutability], x.row.exit_plan == "yes", -(x.years_left or 0), x.row.id))
    return Locks(graph, question, tuple(locks), not_assessed)


def _years(end: str | None, today: date) -> float | None:
    """Years that are left after today; below 0 where the end is over."""
    return None if end is None else round(years_between(today + timedelta(days=1), last_day(end)), 1)


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
class Certificates(Answer, Pictured):
    """Suppliers of a selection by the state of their certificates: lapsed first, then never seen."""

    form: ClassVar = Form(
        "contracts certificates",
        "Suppliers by the state of their certificates: lapsed first, then never seen.",
        ("view", "scope"),
        tuple(
            Column(state.replace(" ", "_"), f"suppliers whose certificate is {state}", "integer")
            for state in CERTIFICATE_STATES
        ),
        (
            TableForm(
                "suppliers",
                "a supplier that a public body leans on",
                (
                    Column("supplier", "its id"),
                    Column("name", "its name"),
                    Column("state", f"of its certificate: {', '.join(CERTIFICATE_STATES)}"),
                    Column("certificates", "what was seen", "list"),
                    Column("expires", "until when it holds: a day, a month or a year"),
                    Column(
                        "bodies", "public bodies that lean on it, themselves or by way of a shared service", "integer"
                    ),
                ),
            ),
        ),
    )

    graph: RiskGraph
    question: Question
    suppliers: tuple[Certificate, ...]

    def count(self, state: str) -> int:
        """How many suppliers there are of one of `CERTIFICATE_STATES`."""
        return sum(1 for one in self.suppliers if one.state == state)

    def fact_values(self) -> Mapping[str, Value]:
        """How many suppliers there are of each state."""
        return {state.replace(" ", "_"): self.count(state) for state in CERTIFICATE_STATES}

    def row_values(self, table: str) -> Iterable[Row]:
        """One row for each supplier."""
        name = self.graph.dataset.usual_name
        return [(c.supplier, name(c.supplier), c.state, c.certificates, c.expires, c.bodies) for c in self.suppliers]

    def __repr__(self) -> str:
        return f"<Certificates of {len(self.suppliers)} suppliers>"


def certificates(graph: RiskGraph, **asking: Unpack[Asking]) -> Certificates:
    """Whose certificate has lapsed, or was never seen, with the public bodies behind each.

    A body counts that leans on the supplier itself, or by way of a shared service that does, in the same
    service area.

    Parameters
    ----------
    asking
        View and scope; see `riskgraph.analysis.question.Asking`.

    Returns
    -------
    Certificates
        One entry for each supplier that a body of the scope leans on.

    Raises
    ------
    RiskGraphError
        If a word of the question is not known.

    Examples
    --------
    >>> found = certificates(RiskGraph.open("seeds"))
    >>> {one.state for one in found.suppliers}
    {'never seen'}
    """
    question = Question.of(graph, **asking)
    chosen, view = question.selection, question.view
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
    found.sort(key=lambda c: (CERTIFICATE_STATES.index(c.state), _lapses(c), -c.bodies, c.supplier))
    return Certificates(graph, question, tuple(found))


def _lapses(one: Certificate) -> date:
    """Certificates in force stand in the order in which they lapse."""
    return last_day(one.expires) if one.expires and one.state == "in force" else date.min
