"""`contracts`: which contracts end first, among those whose supplier could reach most."""

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
from riskgraph.settle import View

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["WIDEST", "Buyers", "Contract", "Contracts", "contracts", "notice_day"]

WIDEST = 5  # how many suppliers count as the worst radii, unless another number is asked for


def notice_day(row: Relation) -> date | None:
    """Last day on which notice can be given: the contract's end as it stands, less the notice period.

    Examples
    --------
    >>> row = Relation("r", "authority:a", "served-by", "supplier:b", contract_end="2028-03-31", notice_days=180)
    >>> notice_day(row)
    datetime.date(2027, 10, 3)
    """
    if row.ends is None or row.notice_days is None:
        return None
    return last_day(row.ends) - timedelta(days=row.notice_days)


@dataclass(frozen=True, slots=True)
class Contract:
    """One relation that has a contract or an end to come."""

    row: Relation
    area: str | None
    suppliers: tuple[str, ...]  # the organisations behind it; empty: not known
    ends: date  # as it stands, before any extension; once that is over, the latest end
    extended: bool  # its own end is over and the latest is not: if it still runs, it was extended
    notice_by: date | None  # the last day to give notice; None: the notice period is not known
    extension_days: int | None  # from the end to the latest end; None: no later end is on record
    widest: str  # its provider, or the supplier behind it, whichever could reach more
    radius: int  # authorities that could be reached from there, at least possibly
    worst: bool = False  # whether that is one of the worst radii among these contracts
    vesting: str | None = None  # before, after or extendable (before, but it can be extended past it)

    @property
    def act_by(self) -> date:
        """The day that matters first: for notice, else the end."""
        return self.notice_by or self.ends


@dataclass(frozen=True)
class Contracts(Pictured):
    """Contracts that are running: those in the worst radii first, and in each part those to act on first."""

    graph: RiskGraph
    view: View
    vesting: date | None
    widest: int  # how many suppliers were asked for as the worst radii
    contracts: tuple[Contract, ...]
    passed: tuple[Contract, ...]  # the contract's end is over, but the relation is not known to have ended
    without_end: int  # relations in force with a contract reference or value but no end
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
            "without_end": self.without_end,
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
    wanted = {graph.names.resolve(name).partition("/")[0] for name in providers}
    radius, behind = _Radii(graph, view), Behind(graph, view)
    buyers = Buyers(graph, view, selection or Selection(graph))
    found: list[Contract] = []
    without_end = no_contract = 0
    for step in graph.settled(view).steps:
        row = step.row
        if step.implied or not step.in_force or row.relation not in relations_that(Trait.LEANS):
            continue
        suppliers = tuple(sorted(behind.organisations(step)))
        if not buyers.hold(row.dependent, step.area) or (wanted and not wanted & {row.provider, *suppliers}):
            continue
        if row.ends is None:
            values = (row.contract_reference, row.framework, row.contract_value_gbp, row.annual_value_gbp)
            known = any(value is not None for value in values)
            without_end += known
            no_contract += not known
            continue
        ends, notice = last_day(row.ends), notice_day(row)
        latest = None if row.contract_end_latest is None else last_day(row.contract_end_latest)
        extended = latest is not None and ends < view.as_of <= latest
        if extended and latest is not None:
            ends, notice = latest, None if row.notice_days is None else latest - timedelta(days=row.notice_days)
        extension = (latest - ends).days if latest is not None and latest > ends else None
        root = max((*suppliers, row.provider), key=lambda one: radius[one])  # the supplier where they are equal
        against = None
        if day is not None:
            against = "after" if ends >= day else "extendable" if latest and latest >= day else "before"
        found.append(
            Contract(row, step.area, suppliers, ends, extended, notice, extension, root, radius[root], vesting=against)
        )
    passed = sorted((c for c in found if c.ends < view.as_of), key=lambda c: (c.ends, c.row.id))
    running = _worst([c for c in found if c.ends >= view.as_of], widest)
    running.sort(key=lambda c: (not c.worst, c.act_by, c.ends, -c.radius, c.row.id))
    return Contracts(graph, view, day, widest, tuple(running), tuple(passed), without_end, no_contract)


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
