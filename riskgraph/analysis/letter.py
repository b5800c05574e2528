"""`data ask --letter`: what the map knows of a supplier's customers, for a letter that asks it to put this right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.question import Asking, Question
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, SHARED_SERVICE, SUPPLIER
from riskgraph.pictured import Pictured
from riskgraph.rules import Trait, relations_that

__all__ = ["Customer", "SupplierLetter", "supplier_letter"]

_BUYS = relations_that(Trait.LEANS, Trait.USE, Trait.SUPPLIES, Trait.SERVES, Trait.HOLDS, Trait.HOSTS)


@dataclass(frozen=True, slots=True)
class Customer:
    """One council and one thing that it has from the supplier, itself or through a shared service."""

    council: str
    thing: str  # a product, or the supplier itself for a service
    area: str | None
    through: str | None
    hosting: str | None  # as stated; None: not known
    data: str | None
    since: str | None
    until: str | None
    past: bool
    row: str


@dataclass(frozen=True)
class SupplierLetter(Answer, Pictured):
    """Whom the map knows as customers of a supplier, and what it does not know of them."""

    form: ClassVar = Form(
        "ask letter",
        "What the map knows of a supplier's customers, for a letter that asks it to put this right.",
        ("roots", "view", "scope"),
        (
            Column("supplier", "id of the supplier"),
            Column("name", "its name"),
            Column("councils", "councils known as customers now", "integer", "councils"),
            Column("former", "councils known as former customers only", "integer", "councils"),
            Column("hosting_not_known", "councils of which it is not known who hosts a product", "integer", "councils"),
            Column("subcontractors", "ids of those known to work for it", "list"),
        ),
        (
            TableForm(
                "customers",
                "a council and one thing that it has or had from the supplier",
                (
                    Column("id", "id of the council"),
                    Column("name", "its name"),
                    Column("thing", "id of the product, or of the supplier for a service"),
                    Column("thing_name", "its name"),
                    Column("area", "service area; empty: not known"),
                    Column("through", "the shared service that has it for the council"),
                    Column("hosting", "who runs the servers; empty: not known"),
                    Column("data", "personal data there; empty: not known"),
                    Column("since", "its start, as given"),
                    Column("until", "its end, as given"),
                    Column("past", "whether it is over", "flag"),
                    Column("row", "the row that says so"),
                ),
                ("name", "thing_name", "area", "through", "hosting", "data", "until"),
            ),
        ),
    )

    graph: RiskGraph
    question: Question
    supplier: str
    customers: tuple[Customer, ...]
    subcontractors: tuple[str, ...]

    @property
    def councils(self) -> tuple[str, ...]:
        """Those known as customers now."""
        return tuple(sorted({one.council for one in self.customers if not one.past}))

    @property
    def former(self) -> tuple[str, ...]:
        """Those known as former customers only."""
        return tuple(sorted({one.council for one in self.customers} - {*self.councils}))

    @property
    def not_known(self) -> tuple[str, ...]:
        """Those of which it is not known who hosts a product that they use."""
        open_ = {
            one.council for one in self.customers if not one.past and one.thing != self.supplier and not one.hosting
        }
        return tuple(sorted(open_))

    def fact_values(self) -> Mapping[str, Value]:
        """The supplier, and how many customers are known."""
        return {
            "supplier": self.supplier,
            "name": self.graph.dataset.name(self.supplier),
            "councils": len(self.councils),
            "former": len(self.former),
            "hosting_not_known": len(self.not_known),
            "subcontractors": self.subcontractors,
        }

    def row_values(self, table: str) -> Iterable[Row]:
        """One row for each customer and thing."""
        name = self.graph.dataset.usual_name
        return [
            (
                one.council, name(one.council), one.thing, name(one.thing), one.area, one.through, one.hosting, one.data,
                one.since, one.until, one.past, one.row,
            )
            for one in self.customers
        ]  # fmt: skip

    def __repr__(self) -> str:
        return f"<SupplierLetter to {self.supplier}: {len(self.councils)} customers, {len(self.former)} former>"


def supplier_letter(graph: RiskGraph, supplier: str, **asking: Unpack[Asking]) -> SupplierLetter:
    """What the map knows of the customers of a supplier: of its services and of the products that it makes.

    Parameters
    ----------
    supplier
        Its name or id; a product stands for its maker.
    asking
        View and scope; see `riskgraph.analysis.question.Asking`. Only councils in scope are named.

    Returns
    -------
    SupplierLetter
        With a row for each council and thing, those through a shared service included.

    Raises
    ------
    NameNotFound, AmbiguousName
        If the supplier is not one body of the data.
    RiskGraphError
        If it is neither a supplier nor a shared service.

    Examples
    --------
    >>> letter = supplier_letter(RiskGraph.open("seeds"), "civica", as_of="2024-01-15")
    >>> letter.councils
    ('authority:canterbury', 'authority:dover', 'authority:thanet')
    """
    question = Question.of(graph, supplier, **asking)
    entities, holds = graph.dataset.entities, question.selection.holds
    steps = [step for step in graph.settled(question.view).steps if not step.implied]
    makers = {step.dependent: step.provider for step in steps if step.relation in relations_that(Trait.MAKES)}
    root = question.roots[0].partition("/")[0]
    whom = makers.get(root, root)
    if entities[whom].kind not in {SUPPLIER, SHARED_SERVICE}:
        raise RiskGraphError(
            f"{entities[whom].name} is neither a supplier nor a shared service.",
            "Name whom the letter is for: --root civica",
        )
    members: dict[str, set[str]] = defaultdict(set)  # shared service -> councils that it serves now
    for step in steps:
        if (
            step.in_force
            and entities[step.provider].kind == SHARED_SERVICE
            and entities[step.dependent].kind == AUTHORITY
        ):
            members[step.provider].add(step.dependent)
    customers = []
    for step in steps:
        if step.relation not in _BUYS or whom not in {step.provider, makers.get(step.provider)}:
            continue
        if not question.selection.has_area(step.area):
            continue
        direct = entities[step.dependent].kind == AUTHORITY
        for council in (step.dependent,) if direct else sorted(members[step.dependent]):
            if holds(council):
                row, through = step.row, None if direct else step.dependent
                customers.append(
                    Customer(
                        council, step.provider, step.area, through, row.hosting, row.data, row.valid_from, row.valid_to,
                        not step.in_force, row.id,
                    )
                )  # fmt: skip
    order = sorted(customers, key=lambda one: (one.past, one.thing, one.council, one.row))
    work = relations_that(Trait.SUBCONTRACTS)
    behind = {step.provider for step in steps if step.relation in work and step.dependent == whom and step.in_force}
    return SupplierLetter(graph, question, whom, tuple(order), tuple(sorted(behind)))
