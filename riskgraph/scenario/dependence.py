"""What ties two bodies and who lives in a place, and how such a tie ends or such a place is divided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from riskgraph.data.overlay import Overlay
from riskgraph.dates import last_day
from riskgraph.deciding import acts_as
from riskgraph.model import Grade, Relation
from riskgraph.rules import Trait, relations_that
from riskgraph.settle import Settled, Step, settle

__all__ = ["Occupancy", "Tie", "divide", "end", "merge", "occupancy", "ties"]

_TIES = relations_that(Trait.LEANS, Trait.BOTH_WAYS)  # not governance, not ownership
_USE, _MAKES = relations_that(Trait.USE), relations_that(Trait.MAKES)


@dataclass(frozen=True, slots=True)
class Tie:
    """One row that ties two bodies at the date: as the row itself, or through a product of the other."""

    step: Step
    other: str  # the provider, or the maker of the product that is used
    implied: bool  # whether the step from the user to the maker is in force beside the row

    @property
    def row(self) -> Relation:
        """The stated row."""
        return self.step.row


def ties(settled: Settled, a: str | None, b: str, areas: frozenset[str] = frozenset()) -> list[Tie]:
    """Rows in force by which one body depends on another, also through products of the other.

    Parameters
    ----------
    a
        Who depends; everybody if `None`.
    b
        The provider, or either end of a joined network.
    areas
        Only in these service areas; in all if empty.

    Examples
    --------
    >>> from riskgraph.graph import RiskGraph
    >>> seeds = RiskGraph.open("seeds")
    >>> [tie.row.id for tie in ties(seeds.settled(seeds.view()), "authority:rochford", "supplier:capita")]
    ['rochford.supplied-by.capita.revenues-benefits']
    """
    made = {s.dependent for s in settled.steps if s.relation in _MAKES and s.in_force and s.provider == b}
    implied = {s.row.id for s in settled.steps if s.implied and s.in_force and s.provider == b}
    found: dict[str, Tie] = {}
    for step in settled.steps:
        if not step.in_force or step.implied or step.relation not in _TIES:
            continue
        ends = [(step.dependent, step.provider)]
        if step.relation in relations_that(Trait.BOTH_WAYS):
            ends.append((step.provider, step.dependent))
        for dependent, provider in ends:
            if provider != b and not (step.relation in _USE and provider in made):
                continue
            if (a is None or dependent == a) and (not areas or step.area in areas):
                found[step.row.id] = Tie(step, b, step.row.id in implied)
    return list(found.values())


def end(overlay: Overlay, settled: Settled, found: Iterable[Tie], **values: str | None) -> None:
    """End ties, and with them no fact that was kept out of the answer before.

    Where a stated row replaced what the use of a product implies (model rule 16), the implied relation must
    not appear because the stated row ends; nor must that of a past use.
    """
    found = list(found)
    users = {tie.step.dependent for tie in found}
    others = {tie.other for tie in found}
    made = {s.dependent for s in settled.steps if s.relation in _MAKES and s.provider in others}
    told = {step.row.id for step in settled.steps if step.implied}
    for tie in found:
        hidden = tie.row.relation in _USE and tie.row.provider in made and not tie.implied
        overlay.end(tie.row.id, **({"hosting": "own"} if hidden else {}), **values)
    for step in settled.steps:
        if step.relation in _USE and not step.in_force and step.dependent in users and step.provider in made:
            if step.row.id not in told:
                overlay.fill(step.row.id, hosting="own")


def merge(overlay: Overlay, settled: Settled, old: Sequence[str], new: str) -> tuple[str, ...]:
    """Let one body take the place of several, and keep what the products of each imply about their makers.

    What one of them states about a supplier replaces what its own use of a product implies (model rule 16). It
    says nothing of the others: what their use implies is supposed as a row of its own where it would be replaced.

    Returns
    -------
    tuple of str
        Ids of the rows between them, which fall away.
    """
    internal = overlay.join(old, new)
    stated = {row.provider for row in overlay.standing() if row.dependent == new}
    meant = [step for step in settled.steps if step.implied and step.dependent in old and step.provider in stated]
    if not meant:
        return internal
    after = settle(overlay.result(), settled.view)
    kept = {(step.row.id, step.provider): step.levels for step in after.steps if step.implied}
    for step in meant:
        if kept.get((step.row.id, step.provider)) != step.levels:
            yesterday = (overlay.day - timedelta(days=1)).isoformat()
            last = [row.valid_to for row in step.rows if row.valid_to is not None]
            overlay.suppose(
                new,
                step.relation,
                step.provider,
                step.area,
                Grade(step.grade),
                access=acts_as(step.hosting.text)[1] if step.hosting.source is None else None,
                data=step.data.text if step.data.source is None else None,
                data_returned=step.row.data_returned,
                valid_to=None if step.in_force else min(last, key=last_day, default=yesterday),
            )
    return internal


@dataclass(frozen=True)
class Occupancy:
    """Who lives in an environment at the date, what it depends on itself, and what it is joined to.

    Attributes
    ----------
    tenants
        Each tenant to its rows there.
    own
        Rows by which the environment depends on others.
    links
        Rows of joined networks.
    """

    place: str
    tenants: dict[str, tuple[str, ...]]
    own: tuple[str, ...]
    links: tuple[str, ...]


def occupancy(settled: Settled) -> dict[str, Occupancy]:
    """Every environment that has tenants, by id.

    Examples
    --------
    >>> from riskgraph.graph import RiskGraph
    >>> seeds = RiskGraph.open("seeds")
    >>> [len(one.tenants) for one in occupancy(seeds.settled(seeds.view())).values()]
    [2]
    """
    hosted: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    behind: dict[str, list[str]] = defaultdict(list)
    links: dict[str, list[str]] = defaultdict(list)
    kinds = settled.dataset.entities
    for step in settled.steps:
        if not step.in_force or step.implied:
            continue
        if step.relation in relations_that(Trait.HOSTS) and kinds[step.provider].kind == "environment":
            hosted[step.provider][step.dependent].append(step.row.id)
        if step.relation in relations_that(Trait.BOTH_WAYS):
            links[step.dependent].append(step.row.id)
            links[step.provider].append(step.row.id)
        else:
            behind[step.dependent].append(step.row.id)
    return {
        place: Occupancy(
            place,
            {tenant: tuple(rows) for tenant, rows in sorted(tenants.items())},
            tuple(behind[place]),
            tuple(links[place]),
        )
        for place, tenants in sorted(hosted.items())
    }


def divide(overlay: Overlay, found: Occupancy) -> tuple[str, ...]:
    """Divide an environment, so that no tenant can be reached from another; see `Overlay.divide`."""
    return overlay.divide(found.place, found.tenants, found.own, found.links)
