"""`fixes`: the changes that shrink a radius most, found exactly and tried on a copy of the map."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from riskgraph.analysis.blast import asked_kinds, resolve_roots
from riskgraph.analysis.gauge import By, Gauge
from riskgraph.analysis.select import Selection
from riskgraph.engine.changes import Spread, failing, spread_rules, value
from riskgraph.engine.programme import Plan, cheapest
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.harm import places_of
from riskgraph.model import KINDS, Band, FailureKind
from riskgraph.scenario.costs import read_costs
from riskgraph.scenario.proposal import Fixes, Proposal, total
from riskgraph.scenario.remedies import Act, Remedies, apply, remedies
from riskgraph.settle import View

__all__ = ["fixes"]

MOST_ROOTS = 40  # roots taken into the programme at once, in the worst case over all of them


def fixes(
    graph: RiskGraph,
    roots: str | Sequence[str] = (),
    *,
    kinds: Sequence[str | FailureKind] | None = None,
    like: str = "compromise",
    as_of: str | date | None = None,
    hit: str | FailureKind | None = None,
    band: str | Band = Band.LIKELY,
    by: str | By = By.AUTHORITIES,
    budget: float | None = 3,
    worst: bool = False,
    costs: Mapping[str, float] | Path | None = None,
    acts: Collection[str | Act] = (),
    selection: Selection | None = None,
) -> Fixes:
    """The cheapest changes that shrink a radius most.

    Parameters
    ----------
    roots
        What fails, one at a time; every body and place of the map, worst case, if left out.
    kinds, like, as_of
        The question; see `riskgraph.analysis.blast.blast`.
    hit
        Count a hit only in this failure kind; in any if left out.
    band
        Count what is reached in this band or a surer one.
    by
        Measure the radius in `authorities`, `residents` (a ceiling, areas joined) or `services`.
    budget
        The most to spend, in the unit of the costs; `None`: save all that can be saved, at least cost.
    worst
        Shrink the worst root instead of the sum over the roots.
    costs
        Change or row to cost, or a CSV file with the columns `change` and `cost`. Unknown costs count 1.
    acts
        Only these acts: `ask`, `purge`, `segment`, `back-up`, `sever`.
    selection
        Count only these authorities, such as the members of a WARP. Who has to act may be anybody.

    Raises
    ------
    NameNotFound, AmbiguousName
        If a root is not one body, place or line of the data.
    RiskGraphError
        If a word is not known or the budget is less than 0.
    DataError
        If the file of costs is wrong.

    Examples
    --------
    >>> found = fixes(RiskGraph.open("seeds"), "rbkc shared it", budget=1)
    >>> found.best.remedies[0].id, found.was, found.best.left
    ('segment:environment:rbkc-shared-it', 2.0, 0.0)
    """
    search = _Search(
        graph,
        graph.view(as_of),
        asked_kinds(kinds, like),
        None if hit is None else asked_kinds([hit], like)[0],
        _band(band),
        _word(By, by, "measure"),
        [_word(Act, act, "change") for act in acts] or list(Act),
        selection or Selection(graph),
    )
    if search.selection.areas and search.by is By.RESIDENTS:
        raise RiskGraphError("Residents have no service area.", "Leave --area out, or count by services.")
    if budget is not None and budget < 0:
        raise RiskGraphError(f"The budget is {budget:g}.", "Give 0 or more.")
    named = resolve_roots(graph, roots) if roots else ()
    search.price(read_costs(costs) if isinstance(costs, Path) else dict(costs or {}))
    return search.over(named, budget, worst) if named else search.worst_of_all(budget)


def _band(band: str | Band) -> Band:
    if isinstance(band, Band):
        return band
    words = {one.word: one for one in Band}
    if band not in words:
        raise RiskGraphError(f"No band is called {band!r}.", f"Use one of: {', '.join(words)}.")
    return words[band]


def _word(kind: type[Any], word: str, what: str) -> Any:
    try:
        return kind(word)
    except ValueError:
        raise RiskGraphError(
            f"No {what} is called {word!r}.", f"Use one of: {', '.join(str(one) for one in kind)}."
        ) from None


class _Search:
    """One question, with the network, the remedies and the costs."""

    def __init__(
        self,
        graph: RiskGraph,
        view: View,
        kinds: tuple[FailureKind, ...],
        hit: FailureKind | None,
        band: Band,
        by: By,
        acts: Sequence[Act],
        selection: Selection,
    ) -> None:
        self.graph, self.view, self.kinds, self.hit, self.band, self.by = graph, view, kinds, hit, band, by
        self.acts, self.selection = acts, selection
        self.asked = [KINDS.index(kind) for kind in kinds]
        self.harm = graph.harm(view)
        self.now = self.gauge(graph)
        self.found: Remedies = remedies(self.harm, graph.settled(view), acts)
        self.costs: dict[int, float] = dict.fromkeys(range(len(self.found.all)), 1.0)
        self.known: set[int] = set()

    def price(self, costs: Mapping[str, float]) -> None:
        """Take costs over; a row alone means to sever it."""
        number = {one.id: index for index, one in enumerate(self.found.all)}
        every = {one.id for one in remedies(self.harm, self.graph.settled(self.view)).all}
        for name, cost in costs.items():
            key = name if name in every else f"sever:{name}"
            if key not in every:
                raise RiskGraphError(
                    f"There is a cost for {name!r}, which is no change that can be made.",
                    "Use the id of a row, or of a change as `riskgraph fixes --format json` gives it.",
                )
            if key in number:
                self.costs[number[key]] = cost
                self.known.add(number[key])

    def gauge(self, graph: RiskGraph) -> Gauge:
        """What measures radii of a map, changed or not."""
        chosen = replace(self.selection, graph=graph)
        return Gauge(graph, self.view, self.kinds, self.hit, self.band, self.by, chosen)

    def spread(self, root: str) -> Spread:
        """The rules by which one root reaches what counts."""
        harm = self.graph.harm(self.view, [root])
        found = self.found if harm is self.harm else remedies(harm, self.graph.settled(self.view), self.acts)
        targets = self.now.targets(root)
        return spread_rules(harm.network, places_of(harm, root), self.asked, self.band, targets, found.blocks)

    # -- searching ------------------------------------------------------------------------------

    def over(self, roots: Sequence[str], budget: float | None, worst: bool) -> Fixes:
        """The best changes for some roots."""
        spreads = {root: self.spread(root) for root in roots}
        best = cheapest(list(spreads.values()), self.costs, budget, worst=worst)
        return self.answer(spreads, best, budget, worst, every=False)

    def worst_of_all(self, budget: float | None) -> Fixes:
        """The best changes for the worst case over all roots.

        Roots enter the programme when they turn out to be the worst that is left: once none is worse
        than what the programme says, its optimum holds for all of them.
        """
        before, _ = self.measure(self.now, self.graph.dataset.entities)
        top = min(before, key=lambda root: (-before[root], root))
        spreads: dict[str, Spread] = {}
        while True:
            spreads[top] = self.spread(top)
            best = cheapest(list(spreads.values()), self.costs, budget, worst=True)
            after, _ = self.measure(self.gauge(self.changed(best.changes)), before)
            top = min(after, key=lambda root: (-after[root], root))
            if after[top] <= best.left + 1e-6 or top in spreads or len(spreads) >= MOST_ROOTS:
                return self.answer(spreads, best, budget, True, every=True)

    def measure(self, gauge: Gauge, roots: Iterable[str]) -> tuple[dict[str, float], set[str]]:
        """Radius of each root, and all authorities that any of them reaches."""
        radii: dict[str, float] = {}
        reached: set[str] = set()
        for root in roots:
            radii[root], bodies = gauge.radius(root)
            reached |= bodies
        return radii, reached

    def changed(self, changes: Collection[int]) -> RiskGraph:
        """The map with some changes made."""
        return RiskGraph(apply(self.graph.dataset, [self.found.all[number] for number in changes]))

    def answer(
        self, spreads: Mapping[str, Spread], best: Plan, budget: float | None, worst: bool, *, every: bool
    ) -> Fixes:
        """Try the best set and the runner-up on a copy of the map, and say how good they are."""
        roots = list(self.graph.dataset.entities) if every else list(spreads)
        before, reached = self.measure(self.now, roots)
        used = {change for spread in spreads.values() for rule in spread.rules for change in rule.blocked_by}
        second = self.second(list(spreads.values()), best, budget, worst, used)
        regret = {}
        if len(spreads) > 1:
            for root, spread in spreads.items():
                regret[root] = value(spread, best.changes) - cheapest([spread], self.costs, budget).left
        beyond = {body for root, spread in spreads.items() for body in self.reached(root, spread, used)}
        rows = {row for number in used for row in self.found.all[number].rows}
        return Fixes(
            self.graph,
            self.view,
            tuple(spreads),
            every,
            worst,
            self.kinds,
            self.hit,
            self.band,
            self.by,
            budget,
            len(used),
            {root: before[root] for root in spreads},
            self.proposal(spreads, best, worst, roots, reached),
            None if second is None else self.proposal(spreads, second, worst, roots, reached),
            best.bound,
            regret,
            tuple(sorted(beyond)),
            len(rows & set(self.found.backed_up)),
            bool(self.selection),
        )

    def second(
        self, spreads: Sequence[Spread], best: Plan, budget: float | None, worst: bool, used: Collection[int]
    ) -> Plan | None:
        """The best set that leaves at least one of the matters of the best set alone.

        Another act on the same row is the same matter. Where all is to be saved, the runner-up saves as
        much if any other set does, whatever it costs.
        """
        if not best.changes:
            return None
        rows = {self.found.all[number].rows[0] for number in best.changes}
        same = [number for number in sorted(used) if self.found.all[number].rows[0] in rows]
        limit = sum(self.costs[number] for number in used) if budget is None else budget
        found = cheapest(spreads, self.costs, limit, worst=worst, barred=[(same, len(best.changes) - 1)])
        return found if found.changes else None

    def reached(self, root: str, spread: Spread, changes: Collection[int]) -> set[str]:
        """Authorities that a root reaches in spite of some changes."""
        failed = failing(spread, changes)
        states = {state for target in spread.targets for state in target.states if state in failed}
        return {place.body for place in self.graph.harm(self.view, [root]).failing(states)}

    def proposal(
        self, spreads: Mapping[str, Spread], plan: Plan, worst: bool, roots: Sequence[str], reached: set[str]
    ) -> Proposal:
        """A set of changes with what the engine says of it on a copy of the map."""
        radii, still = self.measure(self.gauge(self.changed(plan.changes)), roots)

        def left(changes: Collection[int]) -> float:
            return total([value(spread, changes) for spread in spreads.values()], worst)

        nothing, everything = left(()), left(plan.changes)
        return Proposal(
            tuple(self.found.all[number] for number in plan.changes),
            plan.cost,
            sum(1 for number in plan.changes if number not in self.known),
            tuple(nothing - left([number]) for number in plan.changes),
            tuple(left([n for n in plan.changes if n != number]) - everything for number in plan.changes),
            {root: radii[root] for root in spreads},
            total(radii.values(), worst),
            everything,
            tuple(sorted(reached - still)),
        )
