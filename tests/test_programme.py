"""The search for the cheapest changes against trying every set, and against a maximum flow."""

from __future__ import annotations

from itertools import chain, combinations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from riskgraph.engine.changes import Rule, Spread, Target, failing, value
from riskgraph.engine.programme import cheapest

CHANGES = 6
COSTS = {0: 1.0, 1: 1.0, 2: 2.0, 3: 3.5, 4: 0.0, 5: 1.0}


@st.composite
def spreads(draw: DrawFn, widest: int = 2) -> Spread:
    """A small tangle: cycles, alternatives, changes that block several rules, targets of several states."""
    size = draw(st.integers(3, 8))
    state = st.integers(0, size - 1)
    rules = draw(
        st.lists(
            st.builds(
                Rule,
                st.integers(1, size - 1),
                st.lists(state, min_size=1, max_size=widest, unique=True).map(tuple),
                st.lists(st.integers(0, CHANGES - 1), max_size=2, unique=True).map(tuple),
            ),
            min_size=1,
            max_size=14,
        )
    )
    targets = draw(
        st.lists(
            st.builds(
                Target,
                st.sampled_from((1.0, 2.0, 5.0)),
                st.lists(st.integers(1, size - 1), min_size=1, max_size=2, unique=True).map(tuple),
            ),
            min_size=1,
            max_size=4,
        )
    )
    return Spread(frozenset({0}), tuple(rules), tuple(targets))


def every_set() -> list[tuple[int, ...]]:
    return list(chain.from_iterable(combinations(range(CHANGES), size) for size in range(CHANGES + 1)))


@given(st.lists(spreads(), min_size=1, max_size=2), st.sampled_from((None, 1.0, 2.0, 4.5)), st.booleans())
def test_no_set_within_the_budget_leaves_less_or_costs_less(
    several: list[Spread], budget: float | None, worst: bool
) -> None:
    def left(changes: tuple[int, ...]) -> float:
        values = [value(spread, changes) for spread in several]
        return max(values) if worst else sum(values)

    plan = cheapest(several, COSTS, budget, worst=worst)
    spent = {changes: sum(COSTS[change] for change in changes) for changes in every_set()}
    best = min((left(changes), spent[changes]) for changes in every_set() if budget is None or spent[changes] <= budget)
    assert (plan.left, plan.cost) == pytest.approx(best)
    assert plan.left == left(plan.changes) and plan.exact


@given(spreads(), st.sampled_from((1.0, 2.0)))
def test_the_runner_up_is_the_best_of_the_rest(spread: Spread, budget: float) -> None:
    best = cheapest([spread], COSTS, budget)
    if not best.changes:
        return
    second = cheapest([spread], COSTS, budget, barred=[(best.changes, len(best.changes) - 1)])
    rest = [
        changes
        for changes in every_set()
        if not set(best.changes) <= set(changes) and sum(COSTS[change] for change in changes) <= budget
    ]
    assert second.left == min(value(spread, changes) for changes in rest) >= best.left


@given(spreads())
def test_more_changes_never_make_more_fail(spread: Spread) -> None:
    for change in range(CHANGES):
        assert failing(spread, [change, 5]) <= failing(spread, [change]) <= failing(spread)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(1, 9)), min_size=1, max_size=14))
def test_one_change_for_each_link_is_a_minimum_cut(links: list[tuple[int, int, int]]) -> None:
    rules = tuple(Rule(head, (tail,), (number,)) for number, (tail, head, _) in enumerate(links))
    plan = cheapest(
        [Spread(frozenset({0}), rules, (Target(1.0, (6,)),))], dict(enumerate(float(c) for *_, c in links)), None
    )
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from((0, 6))
    for tail, head, cost in links:
        if graph.has_edge(tail, head):
            graph[tail][head]["capacity"] += cost
        else:
            graph.add_edge(tail, head, capacity=cost)
    assert plan.left == 0
    assert plan.cost == nx.maximum_flow_value(graph, 0, 6)


def test_the_cheapest_cut_of_a_worked_example() -> None:
    """A supplier with two products on one host: 3 + 2 + 1 = 6 cuts all four councils off."""
    costs = {"S-P1": 5, "S-P2": 5, "P1-H": 3, "P2-H": 2, "H-c1": 4, "H-c2": 4, "H-c3": 4, "H-c4": 4, "P2-c4": 1}
    place = {name: number for number, name in enumerate(("S", "P1", "P2", "H", "c1", "c2", "c3", "c4"))}
    ends = [name.split("-") for name in costs]
    rules = tuple(Rule(place[head], (place[tail],), (number,)) for number, (tail, head) in enumerate(ends))
    targets = tuple(Target(1.0, (place[council],)) for council in ("c1", "c2", "c3", "c4"))
    plan = cheapest([Spread(frozenset({0}), rules, targets)], {n: float(c) for n, c in enumerate(costs.values())}, None)
    assert plan.cost == 6 and plan.left == 0
    assert {list(costs)[number] for number in plan.changes} == {"P1-H", "P2-H", "P2-c4"}


def test_a_search_that_must_stop_says_how_good_its_answer_is() -> None:
    """Without a single step of search the answer is one change after the other, with an honest bound."""
    rules = tuple(Rule(1 + n % 9, (0,), (n,)) for n in range(18)) + tuple(
        Rule(10 + n, (1 + n, 1 + (n + 1) % 9)) for n in range(9)
    )
    spread = Spread(frozenset({0}), rules, tuple(Target(1.0, (10 + n,)) for n in range(9)))
    plan = cheapest([spread], dict.fromkeys(range(18), 1.0), 5.0, nodes=0)
    assert plan.bound <= cheapest([spread], dict.fromkeys(range(18), 1.0), 5.0).left <= plan.left
    assert plan.left == value(spread, plan.changes) and plan.cost <= 5


def test_what_cannot_be_saved_costs_nothing() -> None:
    plan = cheapest([Spread(frozenset({0}), (Rule(1, (0,)),), (Target(3.0, (1,)),))], {}, 2.0)
    assert (plan.changes, plan.left, plan.exact) == ((), 3.0, True)


def test_nothing_but_the_answer_reaches_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    rules = tuple(Rule(1 + n % 5, (0,), (n,)) for n in range(10))
    cheapest([Spread(frozenset({0}), rules, (Target(1.0, (1, 2)),))], dict.fromkeys(range(10), 1.0), 3.0)
    assert capfd.readouterr() == ("", "")
