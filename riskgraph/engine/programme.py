"""The cheapest changes that keep harm from spreading: exact, by an integer programme.

For given changes ``x`` the states that fail are the least solution of::

    f[head] >= sum(f[body]) - (len(body) - 1) - sum(x[change] for the changes that block the rule)

with ``f = 1`` where harm starts. For whole ``x`` the least ``f`` is whole too, so only ``x`` has to be
an integer variable. With one state in every body and one rule for each change this is the minimum cut of
Ford and Fulkerson (Maximal flow through a network, 1956); alternatives, and changes that block several
rules, make it an integer programme, which HiGHS solves (Huangfu and Hall, Parallelizing the dual revised
simplex method, 2018).
"""

from __future__ import annotations

import os
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from riskgraph.engine.changes import Spread, value

__all__ = ["Plan", "cheapest", "left_by"]

NODES = 5_000  # branch-and-bound nodes before HiGHS must stop: a count, not a time, so that answers repeat

Barred = tuple[Collection[int], int]


@dataclass(frozen=True)
class Plan:
    """A set of changes, what is still lost with it, and the least that any set could leave."""

    changes: tuple[int, ...]
    cost: float
    left: float
    bound: float

    @property
    def exact(self) -> bool:
        """Whether the bound is reached: no set within the budget leaves less."""
        return self.left <= self.bound + 1e-3


def cheapest(
    spreads: Sequence[Spread],
    costs: Mapping[int, float],
    budget: float | None,
    *,
    worst: bool = False,
    barred: Sequence[Barred] = (),
    nodes: int = NODES,
    roots: Sequence[int] = (),
) -> Plan:
    """The changes within a budget that leave least lost, and of these the cheapest.

    Parameters
    ----------
    spreads
        One for each root; the roots fail one at a time.
    costs
        Change to cost, 0 or more. Of sets that are equally good and equally dear, the one with smaller
        numbers of changes is taken.
    budget
        The most that may be spent; `None`: whatever saves all that can be saved.
    worst
        Make the worst of the roots as small as possible, instead of their sum.
    barred
        Changes and how many of them may be made at most: for the runner-up.
    nodes
        Branch-and-bound nodes before the search stops; the bound then says how good the answer is.
    roots
        For each spread the number of its root, if a root has several: it may come apart into places of which
        one fails, so the worst of its spreads counts. Left out, each spread has a root of its own.

    Returns
    -------
    Plan
        `left` is the sum, or the worst, of what is still lost.

    Examples
    --------
    A root that reaches two councils through one place: one change at the neck beats two behind it.

    >>> from riskgraph.engine.changes import Rule, Target
    >>> neck = Spread(
    ...     frozenset({0}),
    ...     (Rule(1, (0,), (1,)), Rule(2, (1,), (2,)), Rule(3, (1,), (3,))),
    ...     (Target(1.0, (2,)), Target(1.0, (3,))),
    ... )
    >>> cheapest([neck], {1: 1.0, 2: 1.0, 3: 1.0}, 1.0)
    Plan(changes=(1,), cost=1.0, left=0.0, bound=0.0)
    """
    used = sorted({change for spread in spreads for rule in spread.rules for change in rule.blocked_by})
    if not used:
        left = left_by(spreads, (), worst, roots)
        return Plan((), 0.0, left, left)
    programme = _Programme(spreads, used, costs, worst, barred, roots)
    if budget is None and not barred:
        bound = left_by(spreads, used, worst, roots)  # the engine says what cannot be saved: no search is needed
        chosen = tuple(used)
    else:
        found, bound = programme.least_lost(budget, nodes)
        chosen = _greedy(spreads, used, costs, budget, worst, barred, roots) if found is None else found
    left = left_by(spreads, chosen, worst, roots)
    cheaper = programme.least_cost(left, nodes)
    if cheaper is not None and left_by(spreads, cheaper, worst, roots) <= left + 1e-6:
        if _spent(costs, cheaper) <= _spent(costs, chosen) + 1e-9:
            chosen = cheaper
    return Plan(chosen, _spent(costs, chosen), left, min(bound, left))


def _spent(costs: Mapping[int, float], changes: Collection[int]) -> float:
    return float(sum(costs[change] for change in changes))


def left_by(spreads: Sequence[Spread], changes: Collection[int], worst: bool, roots: Sequence[int] = ()) -> float:
    """What is still lost with some changes: the sum over the roots, or the worst of them; see `cheapest`."""
    values: dict[int, float] = {}
    for root, spread in zip(roots or range(len(spreads)), spreads, strict=True):
        values[root] = max(value(spread, changes), values.get(root, 0.0))
    return float(max(values.values(), default=0.0) if worst else sum(values.values()))


def _greedy(
    spreads: Sequence[Spread],
    used: Sequence[int],
    costs: Mapping[int, float],
    budget: float | None,
    worst: bool,
    barred: Sequence[Barred],
    roots: Sequence[int],
) -> tuple[int, ...]:
    """One change after the other, each time the one that saves most for its cost: where the search gave up."""
    chosen: list[int] = []
    left = left_by(spreads, chosen, worst, roots)
    while True:
        spent = _spent(costs, chosen)
        options = []
        for change in used:
            tried = [*chosen, change]
            if change in chosen or (budget is not None and spent + costs[change] > budget + 1e-9):
                continue
            if any(len(set(some) & set(tried)) > most for some, most in barred):
                continue
            saves = left - left_by(spreads, tried, worst, roots)
            if saves > 1e-9:
                options.append((-saves / max(costs[change], 1e-9), change))
        if not options:
            return tuple(sorted(chosen))
        chosen.append(min(options)[1])
        left = left_by(spreads, chosen, worst, roots)


class _Programme:
    """The integer programme: columns for changes, for states of every spread, for targets, and for the worst."""

    def __init__(
        self,
        spreads: Sequence[Spread],
        used: Sequence[int],
        costs: Mapping[int, float],
        worst: bool,
        barred: Sequence[Barred],
        roots: Sequence[int],
    ) -> None:
        self.used, self.costs = used, costs
        self.column = {change: index for index, change in enumerate(used)}
        self.columns = len(used)
        self.entries: list[tuple[int, int, float]] = []  # row, column, coefficient: row >= least
        self.least: list[float] = []
        lost = [self._spread(spread) for spread in spreads]
        self.objective: dict[int, float] = defaultdict(float)
        several = Counter(roots)
        tops: dict[int, int] = {}
        for root, weights in zip(roots or range(len(lost)), lost, strict=True):
            if not worst and several[root] <= 1:
                for column, weight in weights.items():
                    self.objective[column] += weight
                continue
            root = 0 if worst else root
            if root not in tops:
                tops[root] = self._new()
                self.objective[tops[root]] = 1.0
            self._row({tops[root]: 1.0, **{column: -weight for column, weight in weights.items()}}, 0.0)
        for some, most in barred:
            columns = [self.column[change] for change in some if change in self.column]
            self._row(dict.fromkeys(columns, -1.0), -float(most))

    def _new(self) -> int:
        self.columns += 1
        return self.columns - 1

    def _row(self, coefficients: Mapping[int, float], least: float) -> None:
        self.entries += [(len(self.least), column, number) for column, number in coefficients.items()]
        self.least.append(least)

    def _spread(self, spread: Spread) -> Mapping[int, float]:
        """Add the rules of one root; columns of what can be lost there, with their weights."""
        states: dict[int, int] = {}

        def column(state: int) -> int:
            if state not in states:
                states[state] = self._new()
            return states[state]

        for rule in spread.rules:
            body = [state for state in rule.body if state not in spread.start]
            row: dict[int, float] = defaultdict(float)
            row[column(rule.head)] += 1.0
            for state in body:
                row[column(state)] -= 1.0
            for change in rule.blocked_by:
                row[self.column[change]] += 1.0
            self._row(row, 1.0 - len(body))
        lost: dict[int, float] = defaultdict(float)
        for target in spread.targets:
            if any(state in spread.start for state in target.states):
                fixed = self._new()
                self._row({fixed: 1.0}, 1.0)
                lost[fixed] += target.weight
            elif len(target.states) == 1:
                lost[column(target.states[0])] += target.weight
            else:
                one = self._new()
                for state in target.states:
                    self._row({one: 1.0, column(state): -1.0}, 0.0)
                lost[one] += target.weight
        return lost

    def least_lost(self, budget: float | None, nodes: int) -> tuple[tuple[int, ...] | None, float]:
        """The best set within the budget, and a bound that no set beats."""
        extra = [] if budget is None else [({self.column[c]: -self.costs[c] for c in self.used}, -budget - 1e-5)]
        return self._solve(self.objective, extra, nodes)

    def least_cost(self, left: float, nodes: int) -> tuple[int, ...] | None:
        """The cheapest set that leaves no more than that; ties go to the smaller numbers."""
        scale = 100.0 * max(1, len(self.used)) ** 2  # no tie-break outweighs a difference in cost of 0.01
        objective = {self.column[c]: self.costs[c] * scale + index**2 for index, c in enumerate(self.used)}
        most = ({column: -weight for column, weight in self.objective.items()}, -left - 1e-3)
        return self._solve(objective, [most], nodes)[0]

    def _solve(
        self, objective: Mapping[int, float], extra: Sequence[tuple[Mapping[int, float], float]], nodes: int
    ) -> tuple[tuple[int, ...] | None, float]:
        import numpy as np
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csr_array

        entries, least = list(self.entries), list(self.least)
        for coefficients, needed in extra:
            entries += [(len(least), column, number) for column, number in coefficients.items()]
            least.append(needed)
        rows, columns, numbers = zip(*entries, strict=True)
        at = (np.array(rows, np.int32), np.array(columns, np.int32))  # older HiGHS takes no wider index
        matrix = csr_array((np.array(numbers), at), shape=(len(least), self.columns))
        weights, whole, most = np.zeros(self.columns), np.zeros(self.columns), np.full(self.columns, np.inf)
        for column, number in objective.items():
            weights[column] = number
        whole[: len(self.used)] = 1
        most[: len(self.used)] = 1
        with _quiet():
            result = milp(
                weights,
                integrality=whole,
                bounds=Bounds(0, most),
                constraints=LinearConstraint(matrix, np.array(least), np.inf),
                options={"mip_rel_gap": 0.0, "node_limit": nodes},
            )
        bound = result.mip_dual_bound
        floor = 0.0 if bound is None or not np.isfinite(bound) else float(bound)
        if result.x is None:
            return None, floor
        return tuple(change for change in self.used if result.x[self.column[change]] > 0.5), floor


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what HiGHS prints at times, whatever it was told, out of the answer on standard output."""
    sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # there is no standard output to keep clean
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)
