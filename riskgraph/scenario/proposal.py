"""What `fixes` answers: sets of changes, tried on a copy of the map, and how good they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value, as_words
from riskgraph.analysis.measure import By
from riskgraph.analysis.question import Question
from riskgraph.graph import RiskGraph
from riskgraph.model import FailureKind
from riskgraph.pictured import Pictured
from riskgraph.scenario.remedies import Remedy

__all__ = ["Fixes", "OneAct", "Proposal", "total"]


@dataclass(frozen=True)
class Proposal:
    """A set of changes, and what the engine says after they are made in a copy of the map.

    Attributes
    ----------
    remedies
        The changes, the least drastic first.
    cost
        What they cost together; a cost that is not known counts 1.
    costs_unknown
        How many of the costs are not known.
    first, last
        For each change, what it saves alone, and what would be lost again without it.
    after
        For each root asked about, the radius that is left.
    left
        Their sum, or the worst of them.
    foreseen
        The same as the search foresaw it; where the two differ, `left` is right.
    saved
        Authorities that no root reaches any more.
    """

    remedies: tuple[Remedy, ...]
    cost: float
    costs_unknown: int
    first: tuple[float, ...]
    last: tuple[float, ...]
    after: Mapping[str, float]
    left: float
    foreseen: float
    saved: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OneAct:
    """What one body can do, or one question to a supplier, by itself: no change of it is idle, and it saves somebody.

    Attributes
    ----------
    remedies
        The changes that are made, all of one sort and by the same body.
    saves
        What that saves, in what the radius is measured in.
    saved
        Authorities that no root reaches any more.
    """

    remedies: tuple[Remedy, ...]
    saves: float
    saved: tuple[str, ...]


@dataclass(frozen=True)
class Fixes(Answer, Pictured):
    """The cheapest changes that shrink a radius most, the next best set, and how sure that is.

    Attributes
    ----------
    question
        What is asked; its roots are those that were named, and its scope says which authorities count.
    roots
        What fails, one at a time; of the worst case over all roots, those that mattered in the search.
    every
        Whether all bodies and places of the map were roots.
    worst
        Whether the worst root counts, not the sum.
    hit
        The failure kind that counts as a hit; `None`: any.
    budget
        The most that could be spent; `None`: whatever saves all that can be saved.
    before
        For each root the radius of the map as it is.
    bound
        No set of changes within the budget leaves less than this.
    regret
        For each root, how much less could be left if the budget went to it alone.
    acts
        What one body can do by itself, those that save most first; empty in the worst case over all roots.
    together
        Authorities that only several bodies together can save.
    beyond
        Authorities that no change saves.
    backed_up
        Rows among those met that back each other up, which are therefore not severed.
    """

    form: ClassVar = Form(
        "fixes",
        "The cheapest changes that shrink a radius most, tried on a copy of the map.",
        ("roots", "kinds", "view", "band", "scope"),
        (
            Column("every_root", "whether all bodies and places of the map were roots", "flag"),
            Column("worst_case", "whether the worst root counts, not the sum", "flag"),
            Column("hit", "the failure kind that counts as a hit; none: any"),
            Column("by", "what the radius is measured in: authorities, residents or services"),
            Column("budget", "the most that could be spent; none: whatever saves all that can be saved", "number"),
            Column("changes_considered", "changes looked at", "integer"),
            Column("before", "the radius before", "number"),
            Column("after", "the radius after the best set, tried on a copy of the map", "number"),
            Column("bound", "no set within the budget leaves less than this", "number"),
            Column("exact", "whether no other set within the budget leaves less", "flag"),
            Column("together", "authorities that only several bodies together can save", "list"),
            Column("beyond", "authorities that no change saves", "list"),
            Column("backed_up", "rows that back each other up, and are not severed", "integer"),
        ),
        (
            TableForm(
                "changes",
                "a change of the best set, or of the runner-up",
                (
                    Column("set", "best or runner-up"),
                    Column("change", "its id, as a file of costs names it"),
                    Column("act", "what is done"),
                    Column("body", "who has to act"),
                    Column("body_name", "its name"),
                    Column("thing", "what it is about on the other side"),
                    Column("thing_name", "its name"),
                    Column("area", "the service area"),
                    Column("rows", "the rows that it is about", "list"),
                    Column("says", "the change in words"),
                    Column("saves_alone", "what it saves alone", "number"),
                    Column("saves_last", "what would be lost again without it", "number"),
                ),
                ("set", "act", "body_name", "thing_name", "area", "saves_alone", "saves_last"),
            ),
            TableForm(
                "acts",
                "what one body can do by itself, those that save most first",
                (
                    Column("act", "what is done"),
                    Column("body", "who has to act, or is asked"),
                    Column("body_name", "its name"),
                    Column("changes", "ids of the changes that this takes", "list"),
                    Column("saves", "what it saves", "number"),
                    Column("saved", "authorities that no root reaches any more", "list"),
                ),
            ),
            TableForm(
                "sets",
                "a set of changes",
                (
                    Column("set", "best or runner-up"),
                    Column("cost", "what it costs; a cost that is not known counts 1", "number"),
                    Column("costs_unknown", "costs that are not known", "integer"),
                    Column("after", "the radius that is left", "number"),
                    Column("foreseen", "the same as the search foresaw it", "number"),
                    Column("saved", "authorities that no root reaches any more", "list"),
                ),
            ),
            TableForm(
                "roots",
                "a root",
                (
                    Column("root", "its id"),
                    Column("name", "its name"),
                    Column("before", "its radius before", "number"),
                    Column("after", "its radius after the best set", "number"),
                    Column("after_runner_up", "its radius after the runner-up", "number"),
                    Column(
                        "regret", "how much less could be left if all were spent on it; none: only one root", "number"
                    ),
                ),
            ),
        ),
    )

    graph: RiskGraph
    question: Question
    roots: tuple[str, ...]
    every: bool
    worst: bool
    hit: FailureKind | None
    by: By
    budget: float | None
    considered: int
    before: Mapping[str, float]
    best: Proposal
    runner_up: Proposal | None
    bound: float
    regret: Mapping[str, float]
    acts: tuple[OneAct, ...]
    together: tuple[str, ...]
    beyond: tuple[str, ...]
    backed_up: int

    @property
    def was(self) -> float:
        """The radius before: the sum over the roots, or the worst."""
        return total(self.before.values(), self.worst)

    @property
    def exact(self) -> bool:
        """Whether no other set within the budget leaves less."""
        return max(self.best.left, self.best.foreseen) <= self.bound + 1e-3

    @property
    def sets(self) -> tuple[tuple[str, Proposal], ...]:
        """The best set, and the runner-up if there is one."""
        second = () if self.runner_up is None else (("runner-up", self.runner_up),)
        return ("best", self.best), *second

    def fact_values(self) -> Mapping[str, Value]:
        """How it was searched, and how good it is."""
        return {
            "every_root": self.every,
            "worst_case": self.worst,
            "hit": self.hit,
            "by": self.by,
            "budget": self.budget,
            "changes_considered": self.considered,
            "before": self.was,
            "after": self.best.left,
            "bound": self.bound,
            "exact": self.exact,
            "together": self.together,
            "beyond": self.beyond,
            "backed_up": self.backed_up,
        }

    def row_values(self, table: str) -> Iterable[Row]:
        """One row for each change, set or root."""
        dataset = self.graph.dataset
        if table == "sets":
            return [(name, one.cost, one.costs_unknown, one.left, one.foreseen, one.saved) for name, one in self.sets]
        if table == "acts":
            return [
                (act.remedies[0].act, act.remedies[0].actor, dataset.name(act.remedies[0].actor),
                 [one.id for one in act.remedies], act.saves, act.saved)
                for act in self.acts
            ]  # fmt: skip
        if table == "roots":
            second: Mapping[str, float] = {} if self.runner_up is None else self.runner_up.after
            return [
                (
                    root, dataset.name(root), self.before[root], self.best.after[root],
                    second.get(root), self.regret.get(root),
                )
                for root in self.roots
            ]  # fmt: skip
        return [
            (
                name, one.id, one.act, one.body, dataset.name(one.body), one.thing, dataset.name(one.thing), one.area,
                one.rows, as_words(one, dataset), first, last,
            )
            for name, found in self.sets
            for one, first, last in zip(found.remedies, found.first, found.last, strict=True)
        ]  # fmt: skip

    def __repr__(self) -> str:
        return f"<Fixes: {len(self.best.remedies)} changes, {self.was:g} before, {self.best.left:g} after>"


def total(values: Collection[float], worst: bool) -> float:
    """Of some radii the worst, or the sum."""
    return float(max(values, default=0.0) if worst else sum(values))
