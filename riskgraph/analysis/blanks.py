"""Blanks of the data that matter, and what the best and the worst answer to each would mean."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from riskgraph.analysis.blast import OpenQuestion
from riskgraph.data.dataset import Dataset
from riskgraph.data.overlay import Overlay
from riskgraph.deciding import acts_as
from riskgraph.model import NEVER, SHARED_SERVICE, SUPPLIER
from riskgraph.rules import Cell, Line, Situation, Trait, relations_that, rules
from riskgraph.settle import Settled, Step

__all__ = ["ANSWERS", "SupplierQuestion", "answered", "asks", "for_suppliers", "kept_out", "line_if"]

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


@dataclass(frozen=True, slots=True)
class SupplierQuestion:
    """One question to a supplier or a shared service, whose answer fills the same blank of several rows."""

    dependent: str  # whom to ask
    field: str
    thing: str  # what it is about: a product, or whoever is asked
    rows: tuple[str, ...]
    bodies: tuple[str, ...]  # whose answer hangs on it

    row: ClassVar[None] = None  # it is about several


def for_suppliers(settled: Settled, questions: Iterable[OpenQuestion]) -> dict[str, tuple[SupplierQuestion, ...]]:
    """What suppliers and shared services can answer for several of their customers at once.

    Returns
    -------
    dict
        Whom to ask to the questions, each the one first on which most bodies hang.

    Examples
    --------
    >>> from riskgraph.graph import RiskGraph
    >>> uk = RiskGraph.open("uk")
    >>> rows = [row for row in uk.dataset.relations.values() if row.provider == "product:xpress"][:3]
    >>> blanks = [OpenQuestion(r.id, "hosting", r.dependent, "supplier:civica", (r.dependent,)) for r in rows]
    >>> [(one.thing, len(one.rows)) for one in for_suppliers(uk.settled(uk.view()), blanks)["supplier:civica"]]
    [('product:xpress', 3)]
    """
    entities, relations = settled.dataset.entities, settled.dataset.relations
    makers = {step.dependent: step.provider for step in settled.steps if step.relation in relations_that(Trait.MAKES)}
    rows: dict[tuple[str, str, str], list[OpenQuestion]] = defaultdict(list)
    for one in questions:
        whom = makers.get(one.provider, one.provider)
        if one.field in ANSWERS and entities[whom].kind in {SUPPLIER, SHARED_SERVICE}:
            rows[whom, one.field, relations[one.row].provider].append(one)
    found: dict[str, list[SupplierQuestion]] = defaultdict(list)
    for (whom, field, thing), some in rows.items():
        if len(some) > 1:
            bodies = tuple(sorted({body for one in some for body in one.bodies}))
            found[whom].append(SupplierQuestion(whom, field, thing, tuple(sorted(one.row for one in some)), bodies))
    weight = {whom: len({body for one in some for body in one.bodies}) for whom, some in found.items()}
    return {
        whom: tuple(sorted(found[whom], key=lambda one: (-len(one.bodies), one.thing, one.field)))
        for whom in sorted(found, key=lambda whom: (-weight[whom], whom))
    }


def answered(dataset: Dataset, question: OpenQuestion | SupplierQuestion, answer: str) -> Dataset:
    """A copy of the data in which one blank, or one of several rows, has an answer.

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
    for row in (question.row,) if isinstance(question, OpenQuestion) else question.rows:
        overlay.fill(row, **{question.field: answer})
    return overlay.result()
