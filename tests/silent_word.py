"""A word as CONTRIBUTING tells it: councils of which the map knows nothing at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.measure import counted
from riskgraph.analysis.question import Asking, Question
from riskgraph.cli.answers import Made, answers, asks
from riskgraph.graph import RiskGraph
from riskgraph.render.blocks import Items
from riskgraph.render.page import Page
from riskgraph.render.words import bodies, full_name


@dataclass(frozen=True)
class Silent(Answer):
    """Public bodies without any dependence in the data."""

    form: ClassVar = Form(
        "silent",
        "Public bodies of which no dependence is recorded.",
        ("view", "scope"),
        (Column("bodies", "how many", "integer"),),
        (TableForm("bodies", "a public body", (Column("id", "its id"), Column("name", "its name"))),),
    )
    graph: RiskGraph
    question: Question
    bodies: tuple[str, ...]

    def fact_values(self) -> Mapping[str, Value]:
        return {"bodies": len(self.bodies)}

    def row_values(self, table: str) -> Iterable[Row]:
        return [(body, full_name(self.graph.dataset, body)) for body in self.bodies]


def silent(graph: RiskGraph, **asking: Unpack[Asking]) -> Silent:
    """Public bodies that depend on nothing, as far as the data say."""
    question = Question.of(graph, **asking)
    known = {step.dependent for step in graph.settled(question.view).steps}
    found = counted(graph.dataset, question.view.as_of, question.selection.holds)
    return Silent(graph, question, tuple(body for body in found if body not in known))


def page(found: Silent) -> Page:
    """How many, and who they are."""
    dataset = found.graph.dataset
    return Page(
        f"{bodies(dataset, found.bodies)} of {found.question.bodies} have no dependence on record.",
        (Items(tuple(full_name(dataset, body) for body in found.bodies)),),
    )


@answers("silent", "riskgraph silent", "riskgraph silent --region Wales", "riskgraph silent --format csv")
@asks("as_of", "scope")
def command(graph: RiskGraph, asking: Asking) -> Made[Silent]:
    """Councils of which no dependence is recorded."""
    found = silent(graph, **asking)
    return found, lambda: page(found)
