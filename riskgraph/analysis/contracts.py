"""What a contract is and when it ends, and `contracts`: which end first among those whose supplier could reach most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.market import SupplyChain
from riskgraph.analysis.question import Asking, Question
from riskgraph.analysis.rank import rank
from riskgraph.analysis.select import Selection
from riskgraph.analysis.triage import first_band
from riskgraph.dates import first_day, last_day
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, Relation
from riskgraph.pictured import Pictured
from riskgraph.rules import Trait, relations_that
from riskgraph.settle import Step, View

__all__ = ["WIDEST", "Buyers", "Contracts", "HeldContract", "contract_of", "contracts", "held"]

WIDEST = 5  # how many suppliers count as the worst radii, unless another number is asked for


@dataclass(frozen=True, slots=True)
class HeldContract:
    """A relation in force of which a contract is known: its end, its number, its framework or what it costs.

    Attributes
    ----------
    suppliers
        The organisations behind it; empty: not known.
    ends
        Its last day as it stands, before any extension; once that is over, the latest end. `None`: not known.
    latest
        Its last day with every extension; `None`: no later end is on record.
    extended
        Whether its own end is over and the latest is not: if it still runs, it was extended.
    notice_by
        The last day to give notice: the end less the notice period; `None`: not known.
    passed
        Whether its end is over although the relation is not known to have ended.
    vesting
        Against the day asked about: `before`, `after`, or `extendable` (before, but it can be extended past it).
    widest, radius, first, worst
        Its provider or the supplier behind it, whichever could reach more, in the contract's line of business where
        that is known; how many authorities could be reached from there, at least possibly, and first; and whether that is one of
        the worst radii asked for.
    """

    row: Relation
    area: str | None
    suppliers: tuple[str, ...] = ()
    ends: date | None = None
    latest: date | None = None
    extended: bool = False
    notice_by: date | None = None
    passed: bool = False
    vesting: str | None = None
    widest: str = ""
    radius: int = 0
    first: int = 0
    worst: bool = False

    @property
    def act_by(self) -> date:
        """The day that matters first: for notice, else the end; of all days the last if neither is known."""
        return self.notice_by or self.ends or date.max

    @property
    def end(self) -> str | None:
        """Its last day as it is on record: a day, a month or a year."""
        return self.row.ends_latest if self.extended else self.row.ends

    @property
    def extension_days(self) -> int | None:
        """Days from the end to the latest end; `None`: no later end is on record."""
        return None if self.latest is None or self.ends is None else (self.latest - self.ends).days


def contract_of(step: Step, as_of: date, vesting: date | None = None) -> HeldContract | None:
    """The contract of a step; `None` if the row is not in force, cannot have one, or none is known.

    Examples
    --------
    >>> graph = RiskGraph.open("seeds")
    >>> view = graph.view()
    >>> found = [contract_of(step, view.as_of) for step in graph.settled(view).steps]
    >>> [(one.row.dependent, one.end) for one in found if one is not None and one.ends is not None]
    [('authority:south-oxfordshire', '2028-10')]
    """
    row = step.row
    if not step.in_force or row.relation not in relations_that(Trait.LEANS):
        return None
    if row.ends is None:
        said = (row.contract_reference, row.framework, row.contract_value_gbp, row.annual_value_gbp)
        return HeldContract(row, step.area) if any(value is not None for value in said) else None
    ends = last_day(row.ends)
    latest = None if row.contract_end_latest is None else last_day(row.contract_end_latest)
    extended = latest is not None and ends < as_of <= latest
    if extended and latest is not None:
        ends = latest
    against = None
    if vesting is not None:
        against = "after" if ends >= vesting else "extendable" if latest and latest >= vesting else "before"
    return HeldContract(
        row,
        step.area,
        ends=ends,
        latest=latest if latest is not None and latest > ends else None,
        extended=extended,
        notice_by=None if row.notice_days is None else ends - timedelta(days=row.notice_days),
        passed=ends < as_of,
        vesting=against,
    )


def held(
    graph: RiskGraph,
    view: View,
    selection: Selection,
    vesting: date | None = None,
    providers: frozenset[str] = frozenset(),
) -> tuple[list[HeldContract], int]:
    """The contracts that some bodies hold, or a shared service that they lean on.

    Parameters
    ----------
    providers
        Only with these, or for what they make or run; with all if empty.

    Returns
    -------
    tuple of list and int
        Contracts, the earliest end first and those without a known end last; then how many relations in
        force there are of which no contract is known.
    """
    buyers, chain = Buyers(graph, view, selection), SupplyChain(graph, view)
    found: list[HeldContract] = []
    without = 0
    for step in graph.settled(view).observed:
        if step.implied or not step.in_force or step.relation not in relations_that(Trait.LEANS):
            continue
        suppliers = tuple(sorted(chain.organisations(step)))
        if not buyers.hold(step.dependent, step.area) or (providers and not providers & {step.provider, *suppliers}):
            continue
        contract = contract_of(step, view.as_of, vesting)
        if contract is None:
            without += 1
        else:
            found.append(replace(contract, suppliers=suppliers))
    return sorted(found, key=lambda one: (one.ends is None, one.ends or date.max, one.row.id)), without


_ISO = "a month or a year means its last day"
_COLUMNS = (
    Column("dependent", "id of who buys"),
    Column("buyer", "its name"),
    Column("provider", "id of what is bought, or from whom"),
    Column("provider_name", "its name"),
    Column("suppliers", "ids of the organisations behind it; empty: not known", "list"),
    Column("supplier_names", "their names", "list"),
    Column("service_area", "the service that it is for"),
    Column("start", "first day", "date"),
    Column("end", f"last day as it stands; {_ISO}", "date"),
    Column("latest_end", f"last day with every extension; {_ISO}", "date"),
    Column("extension_days", "from the end to the latest end", "integer", "days"),
    Column("notice_days", "notice period", "integer", "days"),
    Column("notice_by", "last day to give notice", "date"),
    Column("value_gbp", "value of the whole contract", "text", "pounds"),
    Column("annual_value_gbp", "what it costs in a year", "text", "pounds"),
    Column("framework", "framework under which it was bought"),
    Column("reference", "number of the contract"),
    Column(
        "radius",
        "authorities that its widest supplier could reach by this line of business; not asked where its end is over",
        "integer",
    ),
    Column("widest", "that supplier, or its line of business, as `blast` takes it"),
    Column("worst", "whether that is one of the worst radii", "flag"),
    Column("vesting", "against the vesting day: before, extendable past it, or after"),
    Column("row", "id of the relation"),
)
_SHOWN = (
    "buyer", "supplier_names", "service_area", "end", "latest_end", "notice_by", "value_gbp", "annual_value_gbp",
    "radius", "worst",
)  # fmt: skip


@dataclass(frozen=True)
class Contracts(Answer, Pictured):
    """Contracts that are running: those in the worst radii first, and in each part those to act on first."""

    form: ClassVar = Form(
        "contracts",
        "Contracts with an end to come, those in the worst blast radii first.",
        ("kinds", "view", "band", "scope"),
        (
            Column("providers", "only contracts with these; empty: with all", "list"),
            Column("vesting", "day on which councils become another one", "date"),
            Column("widest", "how many suppliers were asked for as the worst radii", "integer"),
            Column("without_end", "contracts of which no end is known", "integer"),
            Column("no_contract", "relations in force of which no contract is known", "integer"),
        ),
        (
            TableForm("contracts", "a contract with an end to come", _COLUMNS, _SHOWN),
            TableForm(
                "passed", "a contract whose end is over although the relation is not known to have ended", _COLUMNS
            ),
            TableForm("open", "a contract without a known end", _COLUMNS),
        ),
    )

    graph: RiskGraph
    question: Question
    providers: tuple[str, ...]
    vesting: date | None
    widest: int  # how many suppliers were asked for as the worst radii
    contracts: tuple[HeldContract, ...]
    passed: tuple[HeldContract, ...]  # the contract's end is over, but the relation is not known to have ended
    open: tuple[HeldContract, ...]  # no end of these is known
    no_contract: int  # relations in force of which no contract is known

    @property
    def worst(self) -> tuple[HeldContract, ...]:
        """The contracts in the worst radii."""
        return tuple(contract for contract in self.contracts if contract.worst)

    def fact_values(self) -> Mapping[str, Value]:
        """What was asked for, and how much is not known."""
        return {
            "providers": self.providers,
            "vesting": self.vesting,
            "widest": self.widest,
            "without_end": len(self.open),
            "no_contract": self.no_contract,
        }

    def row_values(self, table: str) -> Iterable[Row]:
        """One row for each contract; also what a Gantt chart needs: start, end, latest end and day for notice."""
        name = self.graph.dataset.usual_name
        for one in {"contracts": self.contracts, "passed": self.passed, "open": self.open}[table]:
            row, asked = one.row, table == "contracts"
            yield (
                row.dependent, name(row.dependent), row.provider, name(row.provider), one.suppliers,
                [name(supplier) for supplier in one.suppliers], one.area,
                first_day(row.valid_from) if row.valid_from else None, one.ends,
                last_day(row.ends_latest) if row.ends_latest else None, one.extension_days,
                row.notice_days, one.notice_by, row.contract_value_gbp, row.annual_value_gbp,
                row.framework, row.contract_reference, one.radius if asked else None, one.widest or None,
                one.worst if asked else None, one.vesting, row.id,
            )  # fmt: skip

    def __repr__(self) -> str:
        return f"<Contracts: {len(self.contracts)} with an end to come, as of {self.question.view.as_of}>"


def contracts(
    graph: RiskGraph,
    *,
    providers: Sequence[str] = (),
    vesting: str | date | None = None,
    widest: int = WIDEST,
    **asking: Unpack[Asking],
) -> Contracts:
    """Contracts with an end to come: those in the worst radii first, by the day on which to act.

    Parameters
    ----------
    providers
        Only contracts with these, or for what they make or run.
    vesting
        The day on which councils become another one: each contract is told to end before or after it, or
        to end before it and to be extendable past it.
    widest
        How many suppliers count as the worst radii at the most: those that could reach more than every
        other. Where the last places are tied with the next, all of these stand with the others. 0 sets none
        apart.
    asking
        Kinds, view, band and scope; see `riskgraph.analysis.question.Asking`. Of the scope are the contracts of its
        bodies (or of a shared service that one of them leans on) in its service areas, and the bodies that count as
        reached.

    Returns
    -------
    Contracts
        Those that are running, those that are over, and those without a known end.

    Raises
    ------
    RiskGraphError
        If a provider is not known, or a word of the question is not.

    Notes
    -----
    The last day to give notice is the end as it stands, less the notice period. Within each part the order
    is that of these days, or of the ends where no notice period is known; among equals the widest radius
    comes first. A contract's radius is that of its provider or of the supplier behind it, whichever is
    wider, in the contract's line of business: the number that `riskgraph.analysis.blast.blast` gives for the same question.

    Examples
    --------
    >>> found = contracts(RiskGraph.open("seeds"))
    >>> [(c.row.dependent, c.row.valid_to) for c in found.contracts]
    [('authority:south-oxfordshire', '2028-10')]
    """
    question = Question.of(graph, **asking)
    view, chosen = question.view, question.selection
    day = None if vesting is None else graph.view(vesting).as_of
    wanted = frozenset(graph.names.resolve(name).partition("/")[0] for name in providers)
    found, without = held(graph, view, chosen, day, wanted)
    coming = [one for one in found if one.ends is not None and not one.passed]
    radius: dict[str, tuple[int, int]] = {}  # who is first, and all
    if coming:
        every = rank(
            graph, kinds=question.kinds, selection=chosen, as_of=view.as_of, without=view.without,
            known_before=view.known_before,
        )  # fmt: skip
        band = question.band
        sure = first_band(question.counting, band)
        radius = {row.root: (row.authorities[sure], row.authorities[band]) for row in every.rows}
    running = []
    for one in coming:
        roots = [
            f"{body}/{one.area}" if f"{body}/{one.area}" in radius else body
            for body in (*one.suppliers, one.row.provider)
        ]
        root = max(roots, key=lambda body: radius.get(body, (0, 0)))  # the supplier where equal
        first, all_ = radius.get(root, (0, 0))
        running.append(replace(one, widest=root, radius=all_, first=first))
    running = _worst(running, widest)
    running.sort(key=lambda c: (not c.worst, c.act_by, c.ends or date.max, -c.first, -c.radius, c.row.id))
    return Contracts(
        graph,
        question,
        tuple(sorted(wanted)),
        day,
        widest,
        tuple(running),
        tuple(one for one in found if one.passed),
        tuple(one for one in found if one.ends is None),
        without,
    )


def _worst(found: Sequence[HeldContract], widest: int) -> list[HeldContract]:
    """Mark the contracts of the suppliers that could reach most."""
    radii = sorted({contract.widest: (contract.first, contract.radius) for contract in found}.values(), reverse=True)
    next_ = radii[widest] if widest < len(radii) else (0, 0)  # as wide as this is not among the worst
    return [replace(contract, worst=widest > 0 and (contract.first, contract.radius) > next_) for contract in found]


class Buyers:
    """Whose contracts belong to a selection: its bodies', and those of a shared service that they lean on."""

    def __init__(self, graph: RiskGraph, view: View, chosen: Selection) -> None:
        self.graph, self.chosen = graph, chosen
        self.limited = bool(chosen.classes or chosen.regions or chosen.members is not None)
        self.served: Mapping[str, set[str]] = defaultdict(set)
        entities = graph.dataset.entities
        for step in graph.settled(view).steps:
            if step.in_force and not step.implied and entities[step.dependent].kind == AUTHORITY:
                self.served[step.provider].add(step.dependent)

    def hold(self, buyer: str, area: str | None) -> bool:
        """Whether a contract of this buyer in this service area belongs."""
        if self.chosen.areas and area not in self.chosen.areas:
            return False
        if self.graph.dataset.entities[buyer].kind == AUTHORITY:
            return self.chosen.holds(buyer)
        return not self.limited or self.through(buyer)

    def through(self, buyer: str) -> bool:
        """Whether a body of the selection leans on this buyer, such as a shared service."""
        return any(self.chosen.holds(body) for body in self.served.get(buyer, ()))
