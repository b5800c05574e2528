"""`fixes`: the changes that shrink a radius most, found exactly and tried on a copy of the map."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Unpack

from riskgraph.analysis.gauge import Gauge
from riskgraph.analysis.measure import By
from riskgraph.analysis.question import Asking, Question, RootNames, parse_kinds
from riskgraph.engine.changes import Spread, spreads_apart, worlds_of
from riskgraph.engine.programme import Plan, cheapest, left_by
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.harm import places_of
from riskgraph.model import KINDS, Band, FailureKind, one_of
from riskgraph.scenario.costs import read_costs
from riskgraph.scenario.proposal import Fixes, OneAct, Proposal, total
from riskgraph.scenario.remedies import Act, Remedies, apply, remedies

__all__ = ["fixes"]

MOST_ROWS = 12  # changes by one body that are looked at one by one; what more takes is told as it is
MOST_ROOTS = 40  # roots taken into the programme at once, in the worst case over all of them


def fixes(
    graph: RiskGraph,
    roots: RootNames = (),
    *,
    hit: str | FailureKind | None = None,
    by: str | By = By.AUTHORITIES,
    budget: float | None = 3,
    worst: bool = False,
    costs: Mapping[str, float] | Path | None = None,
    acts: Collection[str | Act] = (),
    **asking: Unpack[Asking],
) -> Fixes:
    """The cheapest changes that shrink a radius most.

    Parameters
    ----------
    roots
        What fails, one at a time; every body and place of the map, worst case, if left out.
    hit
        Count a hit only in this failure kind; in any if left out.
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
    asking
        Kinds, view, band (`likely` if left out) and scope; see `riskgraph.analysis.question.Asking`. Only
        authorities in scope count; who has to act may be anybody.

    Returns
    -------
    Fixes
        The best set of changes and the runner-up, each tried on a copy of the map.

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
    ('sever:kensington-and-chelsea.hosted-on.rbkc-shared-it.ict-infrastructure', 2.0, 1.0)
    """
    usual: Asking = {} if isinstance(roots, Question) else {"band": Band.LIKELY}
    question = Question.of(graph, roots, **(usual | asking))
    search = _FixSearch(
        graph,
        question,
        None if hit is None else parse_kinds([hit])[0],
        one_of(by, {str(one): one for one in By}, "measure"),
        [one_of(act, {str(one): one for one in Act}, "change") for act in acts] or list(Act),
    )
    if question.selection.areas and search.by is By.RESIDENTS:
        raise RiskGraphError("Residents have no service area.", "Leave --area out, or count by services.")
    if budget is not None and budget < 0:
        raise RiskGraphError(f"The budget is {budget:g}.", "Give 0 or more.")
    search.price(read_costs(costs) if isinstance(costs, Path) else dict(costs or {}))
    return search.over(question.roots, budget, worst) if question.roots else search.worst_of_all(budget)


class _FixSearch:
    """One question, with the network, the remedies and the costs."""

    def __init__(
        self, graph: RiskGraph, question: Question, hit: FailureKind | None, by: By, acts: Sequence[Act]
    ) -> None:
        self.graph, self.question, self.hit, self.by, self.acts = graph, question, hit, by, acts
        self.view = question.view
        self.asked = [KINDS.index(kind) for kind in question.kinds]
        self.harm = graph.harm(self.view)
        self.now = self.gauge(graph)
        self.found: Remedies = remedies(self.harm, graph.settled(self.view), acts)
        self.costs: dict[int, float] = dict.fromkeys(range(len(self.found.all)), 1.0)
        self.known: set[int] = set()

    def price(self, costs: Mapping[str, float]) -> None:
        """Take costs over; a row alone means to sever it."""
        if not costs:
            return
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
        asked = self.question
        chosen = replace(asked.selection, graph=graph)
        return Gauge(graph, asked.view, asked.kinds, self.hit, asked.band, self.by, chosen)

    def spreads(self, root: str) -> list[Spread]:
        """The rules by which a root reaches what counts: one set, or one for each part that it can come apart into."""
        harm = self.graph.harm(self.view, [root])
        found = self.found if harm is self.harm else remedies(harm, self.graph.settled(self.view), self.acts)
        places, targets = places_of(harm, root), self.now.targets(root)
        return spreads_apart(harm.network, places, self.asked, self.question.band, targets, found.blocks(root))

    # -- searching ------------------------------------------------------------------------------

    def over(self, roots: Sequence[str], budget: float | None, worst: bool) -> Fixes:
        """The best changes for some roots."""
        question = _Roots({root: self.spreads(root) for root in roots}, self.costs, worst)
        return self.answer(question, question.cheapest(budget), budget, every=False)

    def worst_of_all(self, budget: float | None) -> Fixes:
        """The best changes for the worst case over all roots.

        Roots enter the programme when they turn out to be the worst that is left: once none is worse
        than what the programme says, its optimum holds for all of them.
        """
        before, _ = self.measure(self.graph.dataset.entities)
        top = min(before, key=lambda root: (-before[root], root))
        question = _Roots({}, self.costs, worst=True)
        while True:
            question.spreads[top] = self.spreads(top)
            best = question.cheapest(budget)
            after, _ = self.measure(before, best.changes)
            top = min(after, key=lambda root: (-after[root], root))
            known = top in question.spreads or len(question.spreads) >= MOST_ROOTS
            if after[top] <= best.left + 1e-6 or known:
                return self.answer(question, best, budget, every=True)

    def measure(self, roots: Iterable[str], changes: Collection[int] = ()) -> tuple[dict[str, float], set[str]]:
        """Radius of each root on a map with some changes, and all authorities that any of them reaches.

        Of a root that comes apart, the part that reaches most counts, as `whatif` counts it.
        """
        gauge: Gauge = self.now
        instead: Mapping[str, tuple[str, ...]] = {}
        if changes:
            overlay = apply(self.graph.settled(self.view), [self.found.all[number] for number in changes])
            gauge, instead = self.gauge(RiskGraph(overlay.result())), overlay.instead
        radii: dict[str, float] = {}
        reached: set[str] = set()
        for root in roots:
            found = [gauge.radius(part) for part in instead.get(root, (root,))]
            radii[root] = max(radius for radius, _ in found)
            reached |= {body for _, bodies in found for body in bodies}
        return radii, reached

    def answer(self, question: _Roots, best: Plan, budget: float | None, *, every: bool) -> Fixes:
        """Try the best set and the runner-up on a copy of the map, and say how good they are."""
        spreads = question.spreads
        roots = list(self.graph.dataset.entities) if every else list(spreads)
        before, reached = self.measure(roots)
        used = question.used
        second = self.second(question, best, budget)
        regret = {}
        if len(spreads) > 1:
            for root in spreads:
                alone = question.only(root)
                regret[root] = alone.left(best.changes) - alone.cheapest(budget).left
        (_, reachable), (_, beyond) = self.lost(question, [(), sorted(used)])
        acts = () if every else tuple(self.acts_alone(question))
        helped = beyond.union(*(act.saved for act in acts))
        rows = {row for number in used for row in self.found.all[number].rows}
        return Fixes(
            self.graph,
            self.question,
            tuple(spreads),
            every,
            question.worst,
            self.hit,
            self.by,
            budget,
            len(used),
            {root: before[root] for root in spreads},
            self.proposal(question, best, roots, reached),
            None if second is None else self.proposal(question, second, roots, reached),
            best.bound,
            regret,
            acts,
            () if every else tuple(sorted(reachable - helped)),
            tuple(sorted(beyond)),
            len(rows & set(self.found.backed_up)),
        )

    def second(self, question: _Roots, best: Plan, budget: float | None) -> Plan | None:
        """The best set that leaves at least one of the matters of the best set alone.

        Another act on the same row is the same matter. Where all is to be saved, the runner-up saves as
        much if any other set does, whatever it costs.
        """
        if not best.changes:
            return None
        rows = {self.found.all[number].rows[0] for number in best.changes}
        same = [number for number in sorted(question.used) if self.found.all[number].rows[0] in rows]
        limit = sum(self.costs[number] for number in question.used) if budget is None else budget
        found = question.cheapest(limit, [(same, len(best.changes) - 1)])
        return found if found.changes else None

    def lost(self, question: _Roots, sets: Sequence[Collection[int]]) -> list[tuple[float, set[str]]]:
        """What is lost in spite of each of some sets of changes, and the authorities that a root still reaches."""
        values: list[dict[str, float]] = [{} for _ in sets]
        bodies: list[set[str]] = [set() for _ in sets]
        for root, spreads in question.spreads.items():
            harm = self.graph.harm(self.view, [root])
            for spread in spreads:
                worlds, lost = worlds_of(spread, sets), [0.0] * len(sets)
                for target in spread.targets:
                    hit: set[int] = set()
                    for state in target.states:
                        mask, body = worlds.get(state, 0), harm.at(state)[0].body
                        for number in range(mask.bit_length()):
                            if mask >> number & 1:
                                hit.add(number)
                                bodies[number].add(body)
                    for number in hit:
                        lost[number] += target.weight
                for number, weight in enumerate(lost):
                    values[number][root] = max(values[number].get(root, 0.0), weight)
        return [(total(value.values(), question.worst), found) for value, found in zip(values, bodies, strict=True)]

    def acts_alone(self, question: _Roots) -> list[OneAct]:
        """What each body can do by itself with one sort of change, those that save most first."""
        by_actor: dict[tuple[Act, str], list[int]] = defaultdict(list)
        for number in sorted(question.used):
            by_actor[self.found.all[number].act, self.found.all[number].actor].append(number)
        groups = list(by_actor.values())
        (was, reached), *after = self.lost(question, [(), *groups])
        useful = [(numbers, left) for numbers, left in zip(groups, after, strict=True) if left[0] < was]
        sizes = [len(numbers) for numbers, _ in useful]
        for turn in range(MOST_ROWS):  # of what one body would end, leave out what changes nothing, the last first
            at = [
                number
                for number, (numbers, _) in enumerate(useful)
                if turn < sizes[number] <= MOST_ROWS and len(numbers) > 1
                if self.found.all[numbers[0]].act is not Act.ASK
            ]
            places = [sizes[number] - 1 - turn for number in at]
            without = [useful[n][0][:place] + useful[n][0][place + 1 :] for n, place in zip(at, places, strict=True)]
            for number, fewer, left in zip(at, without, self.lost(question, without), strict=True):
                if left == useful[number][1]:
                    useful[number] = fewer, left
        found = [
            OneAct(tuple(self.found.all[number] for number in numbers), was - left, tuple(sorted(reached - still)))
            for numbers, (left, still) in useful
        ]
        order = list(Act)
        return sorted(found, key=lambda act: (-act.saves, len(act.remedies), order.index(act.remedies[0].act)))

    def proposal(self, question: _Roots, plan: Plan, roots: Sequence[str], reached: set[str]) -> Proposal:
        """A set of changes with what the engine says of it on a copy of the map."""
        radii, still = self.measure(roots, plan.changes)
        nothing, everything = question.left(()), question.left(plan.changes)
        return Proposal(
            tuple(self.found.all[number] for number in plan.changes),
            plan.cost,
            sum(1 for number in plan.changes if number not in self.known),
            tuple(nothing - question.left([number]) for number in plan.changes),
            tuple(question.left([n for n in plan.changes if n != number]) - everything for number in plan.changes),
            {root: radii[root] for root in question.spreads},
            total(radii.values(), question.worst),
            everything,
            tuple(sorted(reached - still)),
        )


@dataclass(frozen=True)
class _Roots:
    """Some roots with the rules of each, and what is asked of all of them."""

    spreads: dict[str, list[Spread]]
    costs: Mapping[int, float]
    worst: bool

    @property
    def _flat(self) -> tuple[list[Spread], list[int]]:
        """All sets of rules, and the number of the root of each."""
        flat = [(spread, number) for number, spreads in enumerate(self.spreads.values()) for spread in spreads]
        return [spread for spread, _ in flat], [number for _, number in flat]

    @property
    def used(self) -> set[int]:
        """Every change that blocks anything."""
        return {change for spread in self._flat[0] for rule in spread.rules for change in rule.blocked_by}

    def only(self, root: str) -> _Roots:
        """One of the roots by itself."""
        return replace(self, spreads={root: self.spreads[root]})

    def left(self, changes: Collection[int]) -> float:
        """What is still lost with some changes."""
        spreads, roots = self._flat
        return left_by(spreads, changes, self.worst, roots)

    def cheapest(self, budget: float | None, barred: Sequence[tuple[Collection[int], int]] = ()) -> Plan:
        """The best changes within a budget."""
        spreads, roots = self._flat
        return cheapest(spreads, self.costs, budget, worst=self.worst, barred=barred, roots=roots)
