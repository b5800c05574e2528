"""`data gaps` and `data ask`: what is not known, stale or said by one source only, and what to ask whom."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from riskgraph.analysis.blast import OLD, OpenQuestion, blast, last_evidenced
from riskgraph.analysis.measure import counted
from riskgraph.analysis.select import Selection
from riskgraph.dates import months_later
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY
from riskgraph.pictured import Pictured
from riskgraph.rules import Trait, relations_that, rules
from riskgraph.settle import View

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Ask", "Coverage", "Gaps", "ask", "gaps"]

# field -> the relations on whose rows it matters
_ASKED = {
    "data": rules().decided_by("data"),
    "hosting": relations_that(Trait.USE),
    "access": rules().decided_by("access"),
}


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the rows on which a value matters, how many have it, how many get it assumed, how many are blank."""

    known: int
    assumed: int
    blank: int

    @property
    def rows(self) -> int:
        """Rows on which the value matters."""
        return self.known + self.assumed + self.blank


@dataclass(frozen=True)
class Gaps(Pictured):
    """Where the map is thin or stale."""

    graph: RiskGraph
    view: View
    rows: int  # in force
    fields: Mapping[str, Coverage]
    without_area: int
    old: tuple[str, ...]  # in force, last evidenced more than five years before the date
    undated: tuple[str, ...]  # in force, no dated evidence
    single_source: tuple[str, ...]  # in force, one supporting source only
    inferred: tuple[str, ...]  # in force, graded inferred
    disputed: tuple[str, ...]
    silent: tuple[str, ...]  # authorities of today that depend on nothing in this data
    by_body: Mapping[str, tuple[int, int, int]]  # authority -> rows, blanks that matter, old rows

    def __repr__(self) -> str:
        return f"<Gaps in {self.rows} rows: {sum(c.blank for c in self.fields.values())} blanks that matter>"

    def to_frame(self) -> pd.DataFrame:
        """One row for each authority: rows, blanks that matter, old rows."""
        import pandas as pd

        return pd.DataFrame(
            [(body, *counts) for body, counts in self.by_body.items()],
            columns=["body", "rows", "blanks", "old_rows"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The gaps as plain values."""
        return {
            "schema": 1,
            "as_of": self.view.as_of.isoformat(),
            "rows": self.rows,
            "fields": {
                field: {"known": c.known, "assumed": c.assumed, "blank": c.blank} for field, c in self.fields.items()
            },
            "without_area": self.without_area,
            "old": list(self.old),
            "undated": list(self.undated),
            "single_source": list(self.single_source),
            "inferred": list(self.inferred),
            "disputed": list(self.disputed),
            "silent": list(self.silent),
        }


def gaps(graph: RiskGraph, selection: Selection | None = None) -> Gaps:
    """Where a map is thin or stale, for all authorities or for a selection.

    Examples
    --------
    >>> found = gaps(RiskGraph.open("seeds"))
    >>> found.fields["hosting"].blank > 0
    True
    """
    view = graph.view()
    dataset = graph.dataset
    chosen = selection or Selection(graph)
    steps = [
        step
        for step in graph.settled(view).steps
        if step.in_force
        and not step.implied
        and step.relation not in relations_that(Trait.GOVERNS)
        and (not chosen or dataset.entities[step.dependent].kind != AUTHORITY or chosen.holds(step.dependent))
    ]
    fields: dict[str, list[int]] = {field: [0, 0, 0] for field in _ASKED}
    by_body: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    old, undated, single, disputed = [], [], [], []
    uses = {step.row.id: step for step in graph.settled(view).steps if step.implied}
    for step in steps:
        row = step.row
        blanks = 0
        for field, relations in _ASKED.items():
            if row.relation not in relations:
                continue
            value = uses[row.id].hosting if field == "hosting" and row.id in uses else getattr(step, field)
            place = 0 if getattr(row, field) is not None else 1 if value.text is not None else 2
            fields[field][place] += 1
            blanks += place == 2
        seen = last_evidenced(dataset, row, view)
        if seen is None:
            undated.append(row.id)
        elif seen < months_later(view.as_of, -OLD):
            old.append(row.id)
        items = [dataset.evidence[id_] for id_ in row.evidence]
        supporting = {item.url or item.publisher for item in items if item.stance == "supports" and item.about is None}
        if len(supporting) <= 1:
            single.append(row.id)
        if any(item.stance == "disputes" for item in items):
            disputed.append(row.id)
        if dataset.entities[step.dependent].kind == AUTHORITY:
            counts = by_body[step.dependent]
            counts[0] += 1
            counts[1] += blanks
            counts[2] += seen is not None and seen < months_later(view.as_of, -OLD)
    silent = [body for body in counted(dataset, view.as_of, chosen.holds) if body not in by_body]
    order = sorted(by_body.items(), key=lambda item: (-item[1][1], item[0]))
    return Gaps(
        graph,
        view,
        len(steps),
        {field: Coverage(*counts) for field, counts in fields.items()},
        sum(1 for step in steps if step.area is None and step.relation in relations_that(Trait.LEANS)),
        tuple(old),
        tuple(undated),
        tuple(single),
        tuple(step.row.id for step in steps if step.grade.word == "inferred"),
        tuple(disputed),
        tuple(silent),
        {body: (counts[0], counts[1], counts[2]) for body, counts in order},
    )


@dataclass(frozen=True)
class Ask(Pictured):
    """Questions whose answers would settle what cannot be ruled out, grouped by whom to ask."""

    graph: RiskGraph
    roots: tuple[str, ...]
    letters: Mapping[str, tuple[OpenQuestion, ...]]  # whom to ask -> questions, most telling first

    def __repr__(self) -> str:
        return f"<Ask: {self.questions} questions for {len(self.letters)} bodies>"

    @property
    def questions(self) -> int:
        """How many questions there are."""
        return sum(len(questions) for questions in self.letters.values())

    def to_frame(self) -> pd.DataFrame:
        """One row for each question: whom, row, field, dependent, provider, bodies."""
        import pandas as pd

        return pd.DataFrame(
            [
                (whom, q.row, q.field, q.dependent, q.provider, ";".join(q.bodies))
                for whom, questions in self.letters.items()
                for q in questions
            ],
            columns=["ask", "row", "field", "dependent", "provider", "bodies"],
        )

    def to_dict(self) -> dict[str, Any]:
        """The questions as plain values."""
        return {
            "schema": 1,
            "roots": list(self.roots),
            "letters": {
                whom: [{"row": q.row, "field": q.field, "bodies": list(q.bodies)} for q in questions]
                for whom, questions in self.letters.items()
            },
        }


def ask(
    graph: RiskGraph,
    roots: str | Sequence[str] | None = None,
    *,
    selection: Selection | None = None,
    **question: Any,
) -> Ask:
    """The questions to put, and to whom: about one root, or about all blanks that matter.

    Parameters
    ----------
    roots
        Only what would settle who is reached from these; all blanks of the map if left out.
    selection
        Only what concerns these bodies.

    Examples
    --------
    >>> asked = ask(RiskGraph.open("seeds"), "oracle")
    >>> sorted({q.field for questions in asked.letters.values() for q in questions})
    ['access']
    """
    chosen = selection or Selection(graph)
    ids: tuple[str, ...] = ()
    if roots is not None:
        radius = blast(graph, roots, **question).selected(chosen)
        found = list(radius.questions)
        ids = radius.roots
    else:
        found = _all_questions(graph, chosen)
    letters: dict[str, list[OpenQuestion]] = defaultdict(list)
    for item in found:
        letters[item.dependent].append(item)
    weight = Counter({whom: len({b for q in questions for b in q.bodies}) for whom, questions in letters.items()})
    order = sorted(letters, key=lambda whom: (-weight[whom], -len(letters[whom]), whom))
    return Ask(graph, ids, {whom: tuple(letters[whom]) for whom in order})


def _all_questions(graph: RiskGraph, chosen: Selection) -> list[OpenQuestion]:
    view = graph.view()
    implied = {step.row.id: step for step in graph.settled(view).steps if step.implied and step.in_force}
    questions = []
    for step in graph.settled(view).steps:
        if step.implied or (
            not chosen.holds(step.dependent) and graph.dataset.entities[step.dependent].kind == AUTHORITY
        ):
            continue
        row = step.row
        if not step.in_force:
            if step.levels[0] == 3 and row.data_returned is None:
                questions.append(OpenQuestion(row.id, "data_returned", row.dependent, row.provider, (row.dependent,)))
            continue
        for field, relations in _ASKED.items():
            if row.relation not in relations or getattr(row, field) is not None:
                continue
            value = implied[row.id].hosting if field == "hosting" and row.id in implied else getattr(step, field)
            if field == "hosting" and row.id not in implied:
                continue
            if value.text is None and (field != "data" or step.line.retains):
                provider = implied[row.id].provider if field == "hosting" else row.provider
                questions.append(OpenQuestion(row.id, field, row.dependent, provider, (row.dependent,)))
    return sorted(questions, key=lambda question: (question.dependent, question.row, question.field))
