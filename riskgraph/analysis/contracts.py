"""What a contract is and when it ends, and `contracts`: which end first among those whose supplier could reach most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from riskgraph.analysis.behind import Behind
from riskgraph.analysis.blast import blast
from riskgraph.analysis.select import Selection
from riskgraph.dates import first_day, last_day
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, Band, Relation
from riskgraph.pictured import Pictured
from riskgraph.rules import Trait, relations_that
from riskgraph.settle import Step, View

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["WIDEST", "Buyers", "Contract", "Contracts", "contract_of", "contracts", "held"]

WIDEST = 5  # how many suppliers count as the worst radii, unless another number is asked for


@dataclass(frozen=True, slots=True)
class Contract:
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
    widest, radius, worst
        Its provider or the supplier behind it, whichever could reach more; how many authorities could be
        reached from there, at least possibly; and whether that is one of the worst radii asked for.
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


def contract_of(step: Step, as_of: date, vesting: date | None = None) -> Contract | None:
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
        return Contract(row, step.area) if any(value is not None for value in said) else None
    ends = last_day(row.ends)
    latest = None if row.contract_end_latest is None else last_day(row.contract_end_latest)
    extended = latest is not None and ends < as_of <= latest
    if extended and latest is not None:
        ends = latest
    against = None
    if vesting is not None:
        against = "after" if ends >= vesting else "extendable" if latest and latest >= vesting else "before"
    return Contract(
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
) -> tuple[list[Contract], int]:
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
    buyers, behind = Buyers(graph, view, selection), Behind(graph, view)
    found: list[Contract] = []
    without = 0
    for step in graph.settled(view).steps:
        if step.implied or not step.in_force or step.relation not in relations_that(Trait.LEANS):
            continue
        suppliers = tuple(sorted(behind.organisations(step)))
        if not buyers.hold(step.dependent, step.area) or (providers and not providers & {step.provider, *suppliers}):
            continue
        contract = contract_of(step, view.as_of, vesting)
        if contract is None:
            without += 1
        else:
            found.append(replace(contract, suppliers=suppliers))
    return sorted(found, key=lambda one: (one.ends is None, one.ends or date.max, one.row.id)), without


@dataclass(frozen=True)
class Contracts(Pictured):
    """Contracts that are running: those in the worst radii first, and in each part those to act on first."""

    graph: RiskGraph
    view: View
    vesting: date | None
    widest: int  # how many suppliers were asked for as the worst radii
    contracts: tuple[Contract, ...]
    passed: tuple[Contract, ...]  # the contract's end is over, but the relation is not known to have ended
    open: tuple[Contract, ...]  # no end of these is known
    no_contract: int  # relations in force of which no contract is known

    def __repr__(self) -> str:
        return f"<Contracts: {len(self.contracts)} with an end to come, as of {self.view.as_of}>"

    @property
    def worst(self) -> tuple[Contract, ...]:
        """The contracts in the worst radii."""
        return tuple(contract for contract in self.contracts if contract.worst)

    def to_frame(self) -> pd.DataFrame:
        """One row for each contract; also what a Gantt chart needs: start, end, latest end and day for notice."""
        import pandas as pd

        return pd.DataFrame([self._plain(contract) for contract in self.contracts], columns=list(_COLUMNS))

    def to_dict(self) -> dict[str, Any]:
        """The contracts as plain values."""
        return {
            "schema": 1,
            "as_of": self.view.as_of.isoformat(),
            "vesting": _iso(self.vesting),
            "widest": self.widest,
            "without_end": len(self.open),
            "no_contract": self.no_contract,
            "contracts": [self._plain(contract) for contract in self.contracts],
            "passed": [self._plain(contract) for contract in self.passed],
        }

    def rows(self, columns: Sequence[str] | None = None) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
        """Header and rows of the contracts that are running, for tables; all columns, or some."""
        chosen = tuple(columns or _COLUMNS)
        return chosen, [tuple(self._plain(contract)[name] for name in chosen) for contract in self.contracts]

    def _plain(self, contract: Contract) -> dict[str, Any]:
        row, name = contract.row, self.graph.dataset.usual_name
        latest = row.ends_latest
        values = (
            row.dependent, name(row.dependent), row.provider, name(row.provider),
            ";".join(contract.suppliers) or None, "; ".join(name(one) for one in contract.suppliers) or None,
            contract.area,
            _iso(first_day(row.valid_from) if row.valid_from else None), _iso(contract.ends),
            _iso(last_day(latest) if latest else None), contract.extension_days,
            row.notice_days, _iso(contract.notice_by),
            _text(row.contract_value_gbp), _text(row.annual_value_gbp), row.framework, row.contract_reference,
            contract.radius, contract.widest, "yes" if contract.worst else "no", contract.vesting, row.id,
        )  # fmt: skip
        return dict(zip(_COLUMNS, values, strict=True))


_COLUMNS = (
    "dependent", "buyer", "provider", "provider_name", "supplier", "supplier_name", "service_area",
    "start", "end", "latest_end", "extension_days", "notice_days", "notice_by",
    "value_gbp", "annual_value_gbp", "framework", "reference",
    "radius", "widest", "worst", "vesting", "row",
)  # fmt: skip


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def contracts(
    graph: RiskGraph,
    *,
    selection: Selection | None = None,
    providers: Sequence[str] = (),
    vesting: str | date | None = None,
    widest: int = WIDEST,
    as_of: str | date | None = None,
) -> Contracts:
    """Contracts with an end to come: those in the worst radii first, by the day on which to act.

    Parameters
    ----------
    selection
        Only contracts of these bodies (or of a shared service that one of them leans on), and in these
        service areas.
    providers
        Only contracts with these, or for what they make or run.
    vesting
        The day on which councils become another one: each contract is told to end before or after it, or
        to end before it and to be extendable past it.
    widest
        How many suppliers count as the worst radii at the most: those that could reach more than every
        other. Where the last places are tied with the next, all of these stand with the others. 0 sets none
        apart.

    Notes
    -----
    The last day to give notice is the end as it stands, less the notice period. Within each part the order
    is that of these days, or of the ends where no notice period is known; among equals the widest radius
    comes first. A contract's radius is that of its provider or of the supplier behind it, whichever is
    wider.

    Examples
    --------
    >>> found = contracts(RiskGraph.open("seeds"))
    >>> [(c.row.dependent, c.row.valid_to) for c in found.contracts]
    [('authority:south-oxfordshire', '2028-10')]
    """
    view = graph.view(as_of)
    day = None if vesting is None else graph.view(vesting).as_of
    wanted = frozenset(graph.names.resolve(name).partition("/")[0] for name in providers)
    found, without = held(graph, view, selection or Selection(graph), day, wanted)
    radius = _Radii(graph, view)
    running = []
    for one in found:
        if one.ends is not None and not one.passed:
            root = max((*one.suppliers, one.row.provider), key=lambda body: radius[body])  # the supplier where equal
            running.append(replace(one, widest=root, radius=radius[root]))
    running = _worst(running, widest)
    running.sort(key=lambda c: (not c.worst, c.act_by, c.ends or date.max, -c.radius, c.row.id))
    return Contracts(
        graph,
        view,
        day,
        widest,
        tuple(running),
        tuple(one for one in found if one.passed),
        tuple(one for one in found if one.ends is None),
        without,
    )


def _worst(found: Sequence[Contract], widest: int) -> list[Contract]:
    """Mark the contracts of the suppliers that could reach most."""
    radii = sorted({contract.widest: contract.radius for contract in found}.values(), reverse=True)
    next_ = radii[widest] if widest < len(radii) else 0  # as wide as this is not among the worst
    return [replace(contract, worst=widest > 0 and contract.radius > next_) for contract in found]


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


class _Radii(dict[str, int]):
    """Provider to the number of authorities it could reach, asked once each."""

    def __init__(self, graph: RiskGraph, view: View) -> None:
        super().__init__()
        self.graph, self.view = graph, view

    def __missing__(self, provider: str) -> int:
        radius = blast(self.graph, provider, as_of=self.view.as_of)
        self[provider] = len(radius.within(Band.POSSIBLE))
        return self[provider]
