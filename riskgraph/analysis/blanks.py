"""Blanks of the data that matter, and what the best and the worst answer to each would mean."""

from __future__ import annotations

from collections.abc import Mapping

from riskgraph.analysis.blast import OpenQuestion
from riskgraph.data.dataset import Dataset
from riskgraph.data.overlay import Overlay
from riskgraph.deciding import acts_as
from riskgraph.model import NEVER
from riskgraph.rules import Cell, Line, Situation, rules
from riskgraph.settle import Settled, Step

__all__ = ["ANSWERS", "answered", "asks", "kept_out", "line_if"]

ANSWERS: Mapping[str, tuple[str, str]] = {
    "access": ("none", "admin"),
    "data": ("none", "special"),
    "hosting": ("own", "supplier"),
    "data_returned": ("yes", "no"),
}
"""Field to its best and its worst answer, as a harm to whoever depends."""

_FIELDS = ("access", "data", "hosting")


def asks(step: Step, field: str, *, defaults: bool = False) -> bool:
    """Whether a blank field of a step in force has a say in what passes along it.

    Parameters
    ----------
    defaults
        Take a field for blank also where only the default of its service area fills it.
    """
    if not step.in_force or field not in _FIELDS:
        return False
    value = getattr(step, field)
    if value.text is not None and not (defaults and value.source in rules().areas):
        return False
    if field == "data":
        return True
    return step.implied if field == "hosting" else (not step.implied and step.relation in rules().decided_by("access"))


def line_if(settled: Settled, step: Step, field: str, answer: str) -> Line:
    """The line of the table that would fit a step if a blank of it had this answer."""
    data, access, relation = step.data.text, step.access.text, step.relation
    if field == "data":
        data = answer
        if step.implied and step.hosting.text == "own":
            access = "none"
    elif field == "access":
        access = answer
    else:
        relation, access = acts_as(answer)
    provider = settled.dataset.entities[step.provider].kind
    if step.implied:
        provider = "supplier"
    return rules().line(relation, Situation(provider, data, access, step.area, rules().enabling(step.area)))


def kept_out(settled: Settled, step: Step, field: str, *, defaults: bool = False) -> tuple[int, ...]:
    """Numbers of the failure kinds that the best answer about a blank field would keep out."""
    if not asks(step, field, defaults=defaults):
        return ()
    line = line_if(settled, step, field, ANSWERS[field][0])
    return tuple(kind for kind, cell in enumerate(line.cells) if cell is Cell.NO and step.levels[kind] < NEVER)


def answered(dataset: Dataset, question: OpenQuestion, answer: str) -> Dataset:
    """A copy of the data in which one blank has an answer.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> seeds = read("seeds")
    >>> row = next(row for row in seeds.relations.values() if row.relation == "uses" and row.hosting is None)
    >>> told = answered(seeds, OpenQuestion(row.id, "hosting", row.dependent, row.provider, ()), "own")
    >>> told.relations[row.id].hosting
    'own'
    """
    overlay = Overlay(dataset)
    overlay.fill(question.row, **{question.field: answer})
    return overlay.result()
