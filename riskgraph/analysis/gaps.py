"""`data gaps` and `data ask`: what is not known, stale or said by one source only, and what to ask whom."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value, as_words
from riskgraph.analysis.blanks import SupplierQuestion, for_suppliers
from riskgraph.analysis.blast import OpenQuestion, blast
from riskgraph.analysis.contracts import Buyers
from riskgraph.analysis.coverage import BodyCoverage, ProductCoverage, of_bodies, of_products
from riskgraph.analysis.measure import counted
from riskgraph.analysis.question import Asking, Question, RootNames
from riskgraph.data.dataset import Dataset
from riskgraph.evidence import last_evidenced
from riskgraph.graph import RiskGraph
from riskgraph.maps import sheets_of
from riskgraph.model import AUTHORITY, Enquiry
from riskgraph.pictured import Pictured
from riskgraph.rules import Trait, relations_that, rules

__all__ = ["Ask", "FieldCoverage", "Gaps", "ask", "gaps"]

# field -> the relations on whose rows it matters
_ASKED = {
    "data": rules().decided_by("data"),
    "hosting": relations_that(Trait.USE),
    "access": rules().decided_by("access"),
}
_PERCENT: tuple[Literal["integer"], str] = ("integer", "percent")


@dataclass(frozen=True, slots=True)
class FieldCoverage:
    """Of the rows on which a value matters, how many have it, how many get it assumed, how many are blank."""

    known: int
    assumed: int
    blank: int

    @property
    def rows(self) -> int:
        """Rows on which the value matters."""
        return self.known + self.assumed + self.blank


@dataclass(frozen=True)
class Gaps(Answer, Pictured):
    """Where the map is thin or stale."""

    form: ClassVar = Form(
        "gaps",
        "What is not known, stale or said by one source only.",
        ("view", "scope"),
        (
            Column("rows", "rows in force", "integer", "rows"),
            Column("without_area", "rows whose service area is blank", "integer", "rows"),
            Column("questions", "questions that no source answers", "integer", "questions"),
        ),
        (
            TableForm(
                "bodies",
                "an authority of which anything is known, most blanks first",
                (
                    Column("id", "its id"),
                    Column("name", "its name"),
                    Column("rows", "its rows in force", "integer", "rows"),
                    Column("blanks", "blanks on them that matter", "integer"),
                    Column("old_rows", "rows last evidenced more than five years ago", "integer", "rows"),
                    Column("data_known", "rows that say what data lies there, of those on which it matters", *_PERCENT),
                    Column("hosting_known", "rows that say who hosts, of those on which it matters", *_PERCENT),
                    Column("end_known", "rows with an end, of the relation or of its contract", *_PERCENT),
                    Column("fresh", "rows evidenced within the last 12 months", *_PERCENT),
                    Column(
                        "contact", "whether the sheet names a contact; empty: the map was read from no sheet", "flag"
                    ),
                ),
                ("name", "rows", "blanks", "data_known", "hosting_known", "end_known", "fresh", "contact"),
            ),
            TableForm(
                "products",
                "a product with its known users, those with most first",
                (
                    Column("id", "its id"),
                    Column("name", "its name"),
                    Column("area", "service area in which most use it; empty: not known"),
                    Column("users", "authorities in scope that are known to use it", "integer", "bodies"),
                    Column(
                        "known_in_area", "authorities of which the map knows anything in that area", "integer", "bodies"
                    ),
                    Column("hosting_known", "uses of which it is known who hosts", *_PERCENT),
                    Column("fresh", "uses evidenced within the last 12 months", *_PERCENT),
                ),
                ("name", "area", "users", "known_in_area", "hosting_known", "fresh"),
            ),
            TableForm(
                "fields",
                "a field, on the rows on which it matters",
                (
                    Column("field", "data, hosting or access"),
                    Column("known", "rows that have it", "integer", "rows"),
                    Column("assumed", "rows that get it assumed", "integer", "rows"),
                    Column("blank", "rows on which it is not known", "integer", "rows"),
                ),
            ),
            TableForm(
                "rows",
                "a row that is weak for a reason",
                (Column("why", "old, undated, single source, inferred or disputed"), Column("row", "its id")),
            ),
            TableForm(
                "silent",
                "an authority of today that depends on nothing in this data",
                (Column("id", "its id"), Column("name", "its name")),
            ),
            TableForm(
                "questions",
                "a question that only general knowledge raises, and no source answers",
                (
                    Column("id", "its id"),
                    Column("about", "id of the body, place or relation that it is about"),
                    Column("name", "name of that body or place, or of the dependent of that relation"),
                    Column("question", "the question"),
                    Column("why", "why it is asked"),
                ),
                ("name", "question", "why"),
            ),
        ),
        ("bodies", "products", "questions"),
    )

    graph: RiskGraph
    question: Question
    rows: int  # in force
    fields: Mapping[str, FieldCoverage]
    without_area: int
    old: tuple[str, ...]  # in force, last evidenced more than five years before the date
    undated: tuple[str, ...]  # in force, no dated evidence
    single_source: tuple[str, ...]  # in force, one supporting source only
    inferred: tuple[str, ...]  # in force, graded inferred
    disputed: tuple[str, ...]
    silent: tuple[str, ...]  # authorities of today that depend on nothing in this data
    by_body: Mapping[str, tuple[int, int, int]]  # authority -> rows, blanks that matter, old rows
    coverage: Mapping[str, BodyCoverage]
    products: tuple[ProductCoverage, ...]
    with_contact: frozenset[str] | None  # authorities for which the sheet names a contact; None: read from no sheet
    questions: tuple[Enquiry, ...]  # that no source answers, about somebody in scope

    def __repr__(self) -> str:
        return f"<Gaps in {self.rows} rows: {sum(c.blank for c in self.fields.values())} blanks that matter>"

    def fact_values(self) -> Mapping[str, Value]:
        """How many rows there are, and how many say no area."""
        return {"rows": self.rows, "without_area": self.without_area, "questions": len(self.questions)}

    def row_values(self, table: str) -> Iterable[Row]:
        """One row for each authority, field or weak row."""
        dataset = self.graph.dataset
        if table == "fields":
            return [(field, one.known, one.assumed, one.blank) for field, one in self.fields.items()]
        if table == "rows":
            weak = (
                ("old", self.old), ("undated", self.undated), ("single source", self.single_source),
                ("inferred", self.inferred), ("disputed", self.disputed),
            )  # fmt: skip
            return [(why, row) for why, rows in weak for row in rows]
        if table == "silent":
            return [(body, dataset.usual_name(body)) for body in self.silent]
        if table == "questions":
            return [
                (one.id, one.about, dataset.usual_name(_whose(dataset, one)), one.question, one.why)
                for one in self.questions
            ]
        if table == "products":
            return [
                (
                    one.product, dataset.usual_name(one.product), one.area, len(one.users),
                    one.known_in_area if one.area else None, one.hosting.percent, one.fresh.percent,
                )
                for one in self.products
            ]  # fmt: skip
        return [self._body(body, *counts) for body, counts in self.by_body.items()]

    def _body(self, body: str, rows: int, blanks: int, old: int) -> Row:
        one = self.coverage[body]
        shares = (share.percent for share in (one.data, one.hosting, one.end, one.fresh))
        contact = None if self.with_contact is None else body in self.with_contact
        return (body, self.graph.dataset.usual_name(body), rows, blanks, old, *shares, contact)


def gaps(graph: RiskGraph, **asking: Unpack[Asking]) -> Gaps:
    """Where a map is thin or stale, for all authorities or for those in scope.

    Parameters
    ----------
    asking
        View and scope; see `riskgraph.analysis.question.Asking`. With service areas, only rows in one of them.

    Returns
    -------
    Gaps
        Counts of rows, and the rows and authorities themselves.

    Examples
    --------
    >>> found = gaps(RiskGraph.open("seeds"))
    >>> found.fields["data"].blank > 0
    True
    """
    question = Question.of(graph, **asking)
    view, chosen = question.view, question.selection
    dataset, buyers = graph.dataset, Buyers(graph, view, chosen)
    steps = [
        step
        for step in graph.settled(view).observed
        if step.in_force
        and not step.implied
        and step.relation not in relations_that(Trait.GOVERNS)
        and buyers.hold(step.dependent, step.area)
    ]
    fields: dict[str, list[int]] = {field: [0, 0, 0] for field in _ASKED}
    by_body: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    old, undated, single, disputed = [], [], [], []
    weighed = graph.settled(view).weighed
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
        stale = weighed.old(row)
        if stale:
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
            counts[2] += stale
    silent = [body for body in counted(dataset, view.as_of, chosen.holds) if body not in by_body]
    order = sorted(by_body.items(), key=lambda item: (-item[1][1], item[0]))
    return Gaps(
        graph,
        question,
        len(steps),
        {field: FieldCoverage(*counts) for field, counts in fields.items()},
        sum(1 for step in steps if step.area is None and step.relation in relations_that(Trait.LEANS)),
        tuple(old),
        tuple(undated),
        tuple(single),
        tuple(step.row.id for step in steps if step.grade.word == "inferred"),
        tuple(disputed),
        tuple(silent),
        {body: (counts[0], counts[1], counts[2]) for body, counts in order},
        of_bodies(graph, question, steps),
        of_products(graph, question, steps),
        _with_contact(graph),
        tuple(one for one in dataset.questions.values() if _asked_in(dataset, one, buyers)),
    )


def _whose(dataset: Dataset, question: Enquiry) -> str:
    """The body or place that a question is about, or the dependent of the relation."""
    row = dataset.relations.get(question.about)
    return question.about if row is None else row.dependent


def _asked_in(dataset: Dataset, question: Enquiry, buyers: Buyers) -> bool:
    """Whether a question concerns somebody in scope: itself, or who leans on what it is about in one of the areas."""
    row = dataset.relations.get(question.about)
    if row is not None and dataset.entities[row.dependent].kind == AUTHORITY:
        return buyers.hold(row.dependent, row.service_area)
    about = _whose(dataset, question)
    if dataset.entities[about].kind == AUTHORITY:
        return not buyers.chosen.areas and buyers.chosen.holds(about)
    if not buyers.limited and not buyers.chosen.areas:
        return True
    return any(
        buyers.hold(one.dependent, one.service_area)
        for one in dataset.relations.values()
        if one.provider == about and one.relation in relations_that(Trait.LEANS)
    )


def _with_contact(graph: RiskGraph) -> frozenset[str] | None:
    """Whom the sheet that the map was read from names a contact for; of the contacts nothing else is kept."""
    sheets = sheets_of(graph.dataset.path)
    if not sheets:
        return None
    from riskgraph.analysis.contacts import contacts  # the readers of sheets

    found = contacts(graph, sheets=sheets)
    return frozenset(found.by_body) if found else frozenset()


@dataclass(frozen=True)
class Ask(Answer, Pictured):
    """Questions whose answers would settle what cannot be ruled out: to suppliers for many at once, then to each."""

    form: ClassVar = Form(
        "ask",
        "The questions whose answers would settle what cannot be ruled out, by whom to ask.",
        ("roots", "kinds", "view", "scope"),
        (
            Column("suppliers", "suppliers and shared services to ask first", "integer", "bodies"),
            Column("supplier_settles", "bodies for whom their answers would settle something", "integer", "bodies"),
            Column("letters", "bodies to ask one by one", "integer", "bodies"),
        ),
        (
            TableForm(
                "questions",
                "a question, those to the same body together, those to suppliers first",
                (
                    Column("ask", "whom to ask"),
                    Column("name", "its name"),
                    Column("question", "the question, ready to mail"),
                    Column("row", "the row on which the answer is blank; empty: several, in `rows`"),
                    Column("rows", "the rows on which it is blank", "list"),
                    Column("field", "the blank field"),
                    Column("settles", "bodies whose answer hangs on it", "integer", "bodies"),
                    Column("bodies", "their ids", "list"),
                    Column("provider", "whom the question is about"),
                ),
                ("name", "question", "settles"),
            ),
        ),
    )

    graph: RiskGraph
    question: Question
    letters: Mapping[str, tuple[OpenQuestion, ...]]  # whom to ask -> questions, most telling first
    suppliers: Mapping[str, tuple[SupplierQuestion, ...]]  # whom to ask first -> what settles several of them at once

    def __repr__(self) -> str:
        return f"<Ask: {self.questions} questions for {len(self.letters)} bodies>"

    @property
    def questions(self) -> int:
        """How many blanks there are to ask about."""
        return sum(len(questions) for questions in self.letters.values())

    def fact_values(self) -> Mapping[str, Value]:
        """How many bodies are to be asked."""
        settled = {body for questions in self.suppliers.values() for one in questions for body in one.bodies}
        return {"suppliers": len(self.suppliers), "supplier_settles": len(settled), "letters": len(self.letters)}

    def row_values(self, table: str) -> Iterable[Row]:
        """One row for each question."""
        dataset = self.graph.dataset
        first = [
            (
                whom,
                dataset.usual_name(whom),
                as_words(q, dataset),
                None,
                q.rows,
                q.field,
                len(q.bodies),
                q.bodies,
                q.thing,
            )
            for whom, questions in self.suppliers.items()
            for q in questions
        ]
        return [
            *first,
            *(
                (
                    whom,
                    dataset.usual_name(whom),
                    as_words(q, dataset),
                    q.row,
                    (q.row,),
                    q.field,
                    len(q.bodies),
                    q.bodies,
                    q.provider,
                )
                for whom, several in self.letters.items()
                for q in several
            ),
        ]


def ask(graph: RiskGraph, roots: RootNames = (), **asking: Unpack[Asking]) -> Ask:
    """The questions to put, and to whom: about one root, or about all blanks that matter.

    Parameters
    ----------
    roots
        Only what would settle who is reached from these; all blanks of the map if left out.
    asking
        Kinds, view and scope; see `riskgraph.analysis.question.Asking`.

    Returns
    -------
    Ask
        Whom to ask: suppliers whose one answer fills the blanks of several, then each body, those first on whose
        answers most bodies hang.

    Examples
    --------
    >>> asked = ask(RiskGraph.open("seeds"), "oracle")
    >>> sorted({q.field for questions in asked.letters.values() for q in questions})
    ['access']
    """
    question = Question.of(graph, roots, **asking)
    found = blast(graph, question).questions if question.roots else _all_questions(graph, question)
    letters: dict[str, list[OpenQuestion]] = defaultdict(list)
    for item in found:
        letters[item.dependent].append(item)
    weight = Counter({whom: len({b for q in questions for b in q.bodies}) for whom, questions in letters.items()})
    order = sorted(letters, key=lambda whom: (-weight[whom], -len(letters[whom]), whom))
    to_suppliers = for_suppliers(graph.settled(question.view), _in_scope(graph, question, found))
    return Ask(graph, question, {whom: tuple(letters[whom]) for whom in order}, to_suppliers)


def _in_scope(graph: RiskGraph, question: Question, found: Iterable[OpenQuestion]) -> Iterator[OpenQuestion]:
    """The questions with the authorities in scope only; those without any are left out."""
    entities, holds = graph.dataset.entities, question.selection.holds
    for one in found:
        bodies = tuple(body for body in one.bodies if entities[body].kind != AUTHORITY or holds(body))
        if bodies:
            yield replace(one, bodies=bodies)


def _all_questions(graph: RiskGraph, question: Question) -> list[OpenQuestion]:
    view, buyers = question.view, Buyers(graph, question.view, question.selection)
    implied = {step.row.id: step for step in graph.settled(view).steps if step.implied and step.in_force}
    questions = []
    for step in graph.settled(view).observed:
        if step.implied or not buyers.hold(step.dependent, step.area):
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
    return sorted(questions, key=lambda one: (one.dependent, one.row, one.field))
