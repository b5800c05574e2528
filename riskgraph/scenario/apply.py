"""A scenario laid over a map: the map stays as it is, and a changed one stands beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from riskgraph.analysis.question import Question
from riskgraph.errors import DataError, NameNotFound, Problem, RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import Relation
from riskgraph.scenario.draft import Asked, Draft, write_down
from riskgraph.scenario.findings import Finding
from riskgraph.scenario.model import Change, Scenario
from riskgraph.settle import View

__all__ = ["Applied", "apply"]


@dataclass(frozen=True)
class Applied:
    """What became of a map when a scenario was laid over it.

    Attributes
    ----------
    before, after
        The map and the changed one; the same object where nothing was changed.
    asks
        What the changes are about; ids of `before` are asked before, ids of `after` after.
    lost
        What is supposed to fail.
    ended, supposed
        Rows of `before` that ended or fell away, rows of `after` that only the scenario says.
    instead
        A body of `before` to those of `after` that took its place.
    focus
        Councils (ids of `after`) that the changes are about.
    findings
        What the verbs found out besides.
    """

    scenario: Scenario
    view: View
    before: RiskGraph
    after: RiskGraph
    asks: tuple[Asked, ...]
    lost: tuple[str, ...]
    ended: tuple[Relation, ...]
    supposed: tuple[Relation, ...]
    instead: dict[str, tuple[str, ...]]
    focus: tuple[str, ...]
    areas: tuple[str, ...]
    findings: tuple[Finding, ...]

    def now(self, body: str) -> tuple[str, ...]:
        """What took the place of a body; itself if nothing did."""
        return _follow(self.instead, body)

    def once(self, body: str) -> tuple[str, ...]:
        """What a body of `after` was before; nothing if only the scenario knows it."""
        old = tuple(one for one in self.instead if body in self.now(one) and one in self.before.dataset.entities)
        if old:
            return old
        return (body,) if body.partition("/")[0] in self.before.dataset.entities else ()


def _follow(instead: dict[str, tuple[str, ...]], body: str, seen: frozenset[str] = frozenset()) -> tuple[str, ...]:
    whole, slash, area = body.partition("/")
    if whole not in instead or whole in seen:
        return (body,)
    found = [one for next_ in instead[whole] for one in _follow(instead, next_ + slash + area, seen | {whole})]
    return tuple(dict.fromkeys(found))


def apply(graph: RiskGraph, scenario: Scenario, question: Question | None = None) -> Applied:
    """Lay a scenario over a map, change by change.

    Parameters
    ----------
    graph
        The map; it is not changed.
    scenario
        What is supposed.
    question
        What is asked of both states; what the scenario itself says if left out.

    Raises
    ------
    NameNotFound, AmbiguousName
        If a change names something that is not there; the error lists the nearest names.
    DataError
        If several changes cannot be made (each is listed), or the result would not be a valid map.
    RiskGraphError
        If a change does not fit what is there.

    Examples
    --------
    >>> from riskgraph.scenario.model import change
    >>> seeds = RiskGraph.open("seeds")
    >>> applied = apply(seeds, Scenario("Cut", (change("cut", "hammersmith and fulham", "rbkc shared it"),)))
    >>> [row.id for row in applied.ended]
    ['hammersmith-and-fulham.linked-to.rbkc-shared-it']
    """
    asked = question or Question.of(graph, **scenario.asking)
    view = asked.view
    state = graph
    asks: dict[Asked, None] = {}
    lost: dict[str, None] = {}
    focus: dict[str, None] = {}
    areas: dict[str, None] = {}
    instead: dict[str, tuple[str, ...]] = {}
    findings: list[Finding] = []
    failed: list[tuple[int, RiskGraphError]] = []
    for number, change in enumerate(scenario.changes, 1):
        draft = Draft(state, view, change, asked.kinds)
        try:
            write_down(draft)
            dataset = draft.overlay.result()
        except DataError:
            raise
        except RiskGraphError as error:
            failed.append((number, error))
            continue
        if dataset is not state.dataset:
            state = RiskGraph(dataset)
        asks.update(dict.fromkeys(draft.asks))
        lost.update(draft.lost)
        focus.update(draft.focus)
        areas.update((area, None) for area in _areas(draft))
        instead.update(draft.overlay.instead)
        findings += draft.findings
    if failed:
        raise _error(scenario, failed)
    if state is not graph:  # what is asked of it says that it is no map of what is
        title = f"{graph.dataset.info.title}, supposing: {scenario.title}"
        state = RiskGraph(replace(state.dataset, info=replace(graph.dataset.info, title=title)))
    old, new = graph.dataset.relations, state.dataset.relations
    ended = tuple(
        row
        for id_, row in old.items()
        if _has_ended(row, new.get(id_)) and not {row.dependent, row.provider} & instead.keys()
    )
    applied = Applied(
        scenario,
        view,
        graph,
        state,
        (),
        tuple(lost),
        ended,
        tuple(row for id_, row in new.items() if id_ not in old),
        instead,
        tuple(body for body in focus if body not in instead),
        tuple(areas),
        tuple(findings),
    )
    return replace(applied, asks=tuple(dict.fromkeys(_asked(applied, one) for one in asks)))


def _areas(draft: Draft) -> Iterable[str]:
    """The service areas that a change touches."""
    if draft.areas_touched:
        return sorted(area for area in draft.areas_touched if area)
    overlay = draft.overlay
    if overlay.instead:
        return ()
    found = {step.area for step in draft.steps if step.row.id in overlay.relations or step.row.id in overlay.gone}
    found |= {row.service_area for row in overlay.added}
    return sorted(area for area in found if area)


def _has_ended(old: Relation, new: Relation | None) -> bool:
    """Whether a row ended or fell away; one that goes on with another value did not."""
    return new is None or new.valid_to != old.valid_to


def _asked(applied: Applied, asked: Asked) -> Asked:
    """Ask what is there: before by the names of before, after by the names of after."""
    before = tuple(dict.fromkeys(one for root in asked.before for one in applied.once(root)))
    after: dict[tuple[str, ...], None] = {}
    for group in asked.after:
        options = [applied.now(root) for root in group]
        if len(group) == 1:
            after.update(dict.fromkeys((one,) for one in options[0]))
        else:
            after[tuple(dict.fromkeys(one for option in options for one in option))] = None
    return Asked(before, tuple(after))


def _error(scenario: Scenario, failed: list[tuple[int, RiskGraphError]]) -> RiskGraphError:
    """One failed change speaks for itself; several are listed."""
    if len(failed) == 1:
        return failed[0][1]
    problems = []
    for number, error in failed:
        near = f" Did you mean {error.near[0]}?" if isinstance(error, NameNotFound) and error.near else ""
        first = error.message.splitlines()[0].removesuffix(" Did you mean:")
        verb: Change = scenario.changes[number - 1]
        fix = near.strip() or error.fix
        problems.append(Problem(f"change {number} ({verb.verb})", None, None, "not-there", first, fix))
    return DataError(repr(scenario.title), problems, "nothing was answered", "Put these right; the map is as it was.")
