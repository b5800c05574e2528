"""Blanks of the data that matter, and what the best and the worst answer to each would mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from riskgraph.analysis.blast import Question
from riskgraph.data.dataset import Dataset
from riskgraph.data.edit import edited
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


def asks(step: Step, field: str) -> bool:
    """Whether a blank field of a step in force has a say in what passes along it."""
    if not step.in_force or field not in _FIELDS or getattr(step, field).text is not None:
        return False
    if field == "data":
        return True
    return step.implied if field == "hosting" else (not step.implied and step.relation == "supplied-by")


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
        relation = "served-by" if answer == "supplier" else "supplied-by"
        access = "none" if answer == "own" else None
    provider = settled.dataset.entities[step.provider].kind
    if step.implied:
        provider = "supplier"
    return rules().line(relation, Situation(provider, data, access, step.area, rules().enabling(step.area)))


def kept_out(settled: Settled, step: Step, field: str) -> tuple[int, ...]:
    """Numbers of the failure kinds that the best answer about a blank field would keep out."""
    if not asks(step, field):
        return ()
    line = line_if(settled, step, field, ANSWERS[field][0])
    return tuple(kind for kind, cell in enumerate(line.cells) if cell is Cell.NO and step.levels[kind] < NEVER)


def answered(dataset: Dataset, question: Question, answer: str) -> Dataset:
    """A copy of the data in which one blank has an answer.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> seeds = read("seeds")
    >>> row = next(row for row in seeds.relations.values() if row.relation == "uses" and row.hosting is None)
    >>> told = answered(seeds, Question(row.id, "hosting", row.dependent, row.provider, ()), "own")
    >>> told.relations[row.id].hosting
    'own'
    """
    row = dataset.relations[question.row]
    return edited(dataset, put=[replace(row, **{question.field: answer})])  # type: ignore[arg-type]
