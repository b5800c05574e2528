"""`contracts` and `peers`: which contracts end first, and who runs the same and could lend a hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from riskgraph.analysis.blast import blast
from riskgraph.analysis.select import Selection
from riskgraph.dates import last_day
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, Band, Relation
from riskgraph.settle import View

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Contract", "Contracts", "Peers", "contracts", "peers"]


@dataclass(frozen=True, slots=True)
class Contract:
    """One relation that has a contract or an end to come."""

    row: Relation
    ends: date | None  # the day it ends as recorded; None: not known
    notice_by: date | None  # the last day to give notice; None: end or notice period not known
    extension_days: int | None  # from the end to the latest end; None: one of the two is not known
    radius: int  # authorities that could be reached through the provider, at least possibly
    vesting: str | None  # before, after or not known: its end against the vesting day, if one was given


@dataclass(frozen=True)
class Contracts:
    """Contracts that are running, the first to act on first."""

    graph: RiskGraph
    view: View
    vesting: date | None
    contracts: tuple[Contract, ...]
    passed: tuple[Contract, ...]  # the contract's end is over, but the relation is not known to have ended
    without_end: int  # relations in force with a contract reference or value but no end
    no_contract: int  # relations in force of which no contract is known

    def __repr__(self) -> str:
        return f"<Contracts: {len(self.contracts)} with an end to come, as of {self.view.as_of}>"

    def to_frame(self) -> pd.DataFrame:
        """One row for each contract; also what a Gantt chart needs: start and end."""
        import pandas as pd

        return pd.DataFrame([_plain(contract) for contract in self.contracts], columns=list(_COLUMNS))

    def to_dict(self) -> dict[str, Any]:
        """The contracts as plain values."""
        return {
            "schema": 1,
            "as_of": self.view.as_of.isoformat(),
            "vesting": None if self.vesting is None else self.vesting.isoformat(),
            "without_end": self.without_end,
            "no_contract": self.no_contract,
            "contracts": [_plain(contract) for contract in self.contracts],
            "passed": [_plain(contract) for contract in self.passed],
        }


_COLUMNS = (
    "dependent", "provider", "service_area", "start", "end", "latest_end", "notice_days", "notice_by",
    "value_gbp", "framework", "reference", "radius", "vesting", "row",
)  # fmt: skip


def _plain(contract: Contract) -> dict[str, Any]:
    row = contract.row
    return {
        "dependent": row.dependent,
        "provider": row.provider,
        "service_area": row.service_area,
        "start": row.valid_from,
        "end": row.valid_to,
        "latest_end": row.contract_end_latest,
        "notice_days": row.notice_days,
        "notice_by": None if contract.notice_by is None else contract.notice_by.isoformat(),
        "value_gbp": None if row.contract_value_gbp is None else str(row.contract_value_gbp),
        "framework": row.framework,
        "reference": row.contract_reference,
        "radius": contract.radius,
        "vesting": contract.vesting,
        "row": row.id,
    }


def contracts(
    graph: RiskGraph,
    *,
    selection: Selection | None = None,
    providers: Sequence[str] = (),
    vesting: str | date | None = None,
    as_of: str | date | None = None,
) -> Contracts:
    """Contracts with an end to come, those to act on first before the others.

    Parameters
    ----------
    selection
        Only contracts of these bodies, and in these service areas.
    providers
        Only contracts with these.
    vesting
        The day on which councils become another one: each contract is told to end before or after it.

    Notes
    -----
    The last day to give notice is the end less the notice period. The order is that of these days, then of
    the ends; among equals the widest radius comes first.

    Examples
    --------
    >>> found = contracts(RiskGraph.open("seeds"))
    >>> [(c.row.dependent, c.row.valid_to) for c in found.contracts]
    [('authority:south-oxfordshire', '2028-10')]
    """
    chosen = selection or Selection(graph)
    view = graph.view(as_of)
    day = None if vesting is None else graph.view(vesting).as_of
    wanted = {graph.names.resolve(name).partition("/")[0] for name in providers}
    radius = _Radii(graph, view)
    found: list[Contract] = []
    without_end = no_contract = 0
    for step in graph.settled(view).steps:
        row = step.row
        if step.implied or not step.in_force or row.relation in {"member-of", "made-by", "linked-to", "owned-by"}:
            continue
        if not _belongs(graph, chosen, row, step.area) or (wanted and row.provider not in wanted):
            continue
        end = row.valid_to or row.contract_end_latest
        if end is None:
            known = row.contract_reference or row.contract_value_gbp is not None or row.framework
            without_end += bool(known)
            no_contract += not known
            continue
        ends = last_day(end)
        notice = None if row.notice_days is None else ends - timedelta(days=row.notice_days)
        latest = None if row.contract_end_latest is None else last_day(row.contract_end_latest)
        extension = None if latest is None or row.valid_to is None else max(0, (latest - ends).days)
        against = None if day is None else "before" if ends < day else "after"
        found.append(Contract(row, ends, notice, extension, radius[row.provider], against))
    passed = [contract for contract in found if contract.ends is not None and contract.ends < view.as_of]
    found = [contract for contract in found if contract not in passed]
    found.sort(key=lambda c: (c.notice_by or c.ends or date.max, c.ends or date.max, -c.radius, c.row.id))
    return Contracts(graph, view, day, tuple(found), tuple(passed), without_end, no_contract)


def _belongs(graph: RiskGraph, chosen: Selection, row: Relation, area: str | None) -> bool:
    if chosen.areas and area not in chosen.areas:
        return False
    kind = graph.dataset.entities[row.dependent].kind
    return (
        chosen.holds(row.dependent) if kind == AUTHORITY else not (chosen.classes or chosen.regions or chosen.members)
    )


class _Radii(dict[str, int]):
    """Provider to the number of authorities it could reach, asked once each."""

    def __init__(self, graph: RiskGraph, view: View) -> None:
        super().__init__()
        self.graph, self.view = graph, view

    def __missing__(self, provider: str) -> int:
        radius = blast(self.graph, provider, as_of=self.view.as_of)
        self[provider] = len(radius.within(Band.POSSIBLE))
        return self[provider]


@dataclass(frozen=True)
class Peers:
    """Who runs the same as a body, and who of them is outside the radius and could lend a hand."""

    graph: RiskGraph
    view: View
    body: str
    shared: Mapping[tuple[str, str | None], tuple[str, ...]]  # provider and area -> the other users
    outside: tuple[str, ...]  # of these, not reached from the root that was named
    services: int  # services of the body
    on_one: int  # the most of its services that lean on one provider
    class_median: float | None  # the same among its class; None: too few to say without naming anybody
    class_size: int

    def __repr__(self) -> str:
        return f"<Peers of {self.body}: {len(self.shared)} things in common with others>"

    def to_dict(self) -> dict[str, Any]:
        """The peers as plain values."""
        return {
            "schema": 1,
            "body": self.body,
            "as_of": self.view.as_of.isoformat(),
            "shared": [
                {"provider": provider, "service_area": area, "users": list(users)}
                for (provider, area), users in self.shared.items()
            ],
            "outside": list(self.outside),
            "services": self.services,
            "on_one": self.on_one,
            "class_median": self.class_median,
            "class_size": self.class_size,
        }


TOO_FEW = 5  # below this a median would tell about single councils


def peers(
    graph: RiskGraph,
    body: str,
    *,
    root: str | None = None,
    selection: Selection | None = None,
    as_of: str | date | None = None,
) -> Peers:
    """Who runs the same systems as a body.

    Parameters
    ----------
    root
        Something that is hit: peers that it could reach are no help and are told apart.

    Examples
    --------
    >>> found = peers(RiskGraph.open("seeds"), "thanet")
    >>> found.shared["shared-service:east-kent-services", "revenues-benefits"]
    ('authority:canterbury', 'authority:dover')
    """
    id_ = graph.names.resolve(body, frozenset({AUTHORITY}))
    chosen = selection or Selection(graph)
    view = graph.view(as_of)
    entities = graph.dataset.entities
    users: dict[tuple[str, str | None], set[str]] = defaultdict(set)
    leans: dict[str, dict[str, set[str | None]]] = defaultdict(lambda: defaultdict(set))
    for step in graph.settled(view).steps:
        if not step.in_force or step.implied or step.relation not in {"uses", "served-by", "hosted-on", "supplied-by"}:
            continue
        if entities[step.dependent].kind == AUTHORITY and entities[step.dependent].authority_type != "group":
            users[step.provider, step.area].add(step.dependent)
            leans[step.dependent][step.provider].add(step.area)
    shared = {
        key: tuple(sorted(other for other in found if other != id_ and chosen.holds(other)))
        for key, found in sorted(users.items(), key=lambda item: (item[0][0], item[0][1] or ""))
        if id_ in found
    }
    shared = {key: others for key, others in shared.items() if others}
    everybody = {other for others in shared.values() for other in others}
    reached: set[str] = set()
    if root is not None:
        reached = {reach.id for reach in blast(graph, root, as_of=view.as_of).within(Band.POSSIBLE)}
    kind = entities[id_].authority_type
    most = sorted(
        max(map(len, found.values()))
        for other, found in leans.items()
        if other != id_ and entities[other].authority_type == kind
    )
    return Peers(
        graph,
        view,
        id_,
        shared,
        tuple(sorted(everybody - reached)),
        len(graph.settled(view).services.get(id_, ())),
        max((len(areas) for areas in leans[id_].values()), default=0),
        _median(most) if len(most) >= TOO_FEW else None,
        len(most),
    )


def _median(values: Sequence[int]) -> float:
    middle = len(values) // 2
    return float(values[middle]) if len(values) % 2 else (values[middle - 1] + values[middle]) / 2
