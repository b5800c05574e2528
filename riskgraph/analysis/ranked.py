"""`data ask --ranked`: the questions whose answers would settle most.

The gap of a root is what cannot be ruled out less what is documented, in authorities. A good answer takes
authorities out of what cannot be ruled out, a bad one puts them among the documented; the value of a question is the
gap now less the gap to be expected after the answer (value of information; Raiffa and Schlaifer, Applied
statistical decision theory, 1961).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value, as_words
from riskgraph.analysis.blanks import ANSWERS, SupplierQuestion, answered, asks, for_suppliers, kept_out, line_if
from riskgraph.analysis.blast import OpenQuestion
from riskgraph.analysis.gauge import Gauge
from riskgraph.analysis.measure import By
from riskgraph.analysis.question import Asking, Question, RootNames
from riskgraph.data.edit import edited
from riskgraph.engine.changes import Blocks, of_each, spread_rules, value
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.harm import HarmNetwork, Part, places_of
from riskgraph.model import AUTHORITY, KINDS, NEVER, Band, FailureKind
from riskgraph.pictured import Pictured
from riskgraph.rules import Cell
from riskgraph.settle import Settled

__all__ = ["RankedQuestions", "Worth", "ranked"]

WORST = 3  # roots with the widest gap that are asked about when none is named


@dataclass(frozen=True, slots=True)
class Worth:
    """What one answer would settle.

    Attributes
    ----------
    value
        Authorities by which the gap is expected to shrink, added over the roots.
    if_good, if_bad
        By how much it shrinks if the answer is the best, or the worst.
    leave, join
        Authorities that would leave what cannot be ruled out, or join what is documented, for any of the roots.
    """

    question: OpenQuestion | SupplierQuestion
    value: float
    if_good: float
    if_bad: float
    leave: tuple[str, ...]
    join: tuple[str, ...]


@dataclass(frozen=True)
class RankedQuestions(Answer, Pictured):
    """Questions in order of what their answers are worth.

    Attributes
    ----------
    question
        What is asked; without roots, those with the widest gaps are taken.
    prior
        The chance of a good answer that was supposed.
    gaps
        For each root: authorities that cannot be ruled out, and those that are documented.
    considered
        How many blanks could matter.
    settled_by_answers
        For each root: authorities of the gap that leave it if all answers are the best, or all are the worst. What
        is only inferred, or reported, stays in the gap whatever anybody answers.
    """

    form: ClassVar = Form(
        "ask ranked",
        "The questions whose answers would settle most.",
        ("roots", "kinds", "view", "scope"),
        (
            Column("prior", "the chance of a good answer that was supposed", "number"),
            Column("considered", "blanks that could matter", "integer"),
            Column("gap", "authorities between documented and not ruled out, added over the roots", "number"),
            Column("answers_can_settle", "the part of it that answers can settle", "integer"),
        ),
        (
            TableForm(
                "questions",
                "a question, those that are worth most first",
                (
                    Column("ask", "whom to ask"),
                    Column("name", "its name"),
                    Column("question", "the question, ready to mail"),
                    Column("row", "the row on which the answer is blank; empty: several, in `rows`"),
                    Column("rows", "the rows on which it is blank", "list"),
                    Column("field", "the blank field"),
                    Column("worth", "by how much the gap is expected to shrink", "number", "authorities"),
                    Column("if_good", "by how much it shrinks if the answer is the best", "number", "authorities"),
                    Column("if_bad", "by how much it shrinks if the answer is the worst", "number", "authorities"),
                    Column("leave", "authorities that would no longer be in doubt", "list"),
                    Column("join", "authorities that would be documented", "list"),
                ),
                ("name", "question", "worth", "if_good", "if_bad"),
            ),
            TableForm(
                "gaps",
                "a root",
                (
                    Column("root", "its id"),
                    Column("name", "its name"),
                    Column("not_ruled_out", "authorities that cannot be ruled out", "number", "authorities"),
                    Column("documented", "authorities that are documented", "number", "authorities"),
                    Column(
                        "answers_can_settle", "authorities between that answers can settle", "integer", "authorities"
                    ),
                ),
            ),
        ),
    )

    graph: RiskGraph
    question: Question
    prior: float
    gaps: Mapping[str, tuple[float, float]]
    considered: int
    questions: tuple[Worth, ...]
    settled_by_answers: Mapping[str, int]

    @property
    def roots(self) -> tuple[str, ...]:
        """What fails, one at a time."""
        return tuple(self.gaps)

    @property
    def gap(self) -> float:
        """Authorities between documented and not ruled out, added over the roots."""
        return sum(high - low for high, low in self.gaps.values())

    @property
    def open(self) -> int:
        """The part of the gap that answers can settle, added over the roots."""
        return sum(self.settled_by_answers.values())

    def fact_values(self) -> Mapping[str, Value]:
        """How it was weighed, and the gap."""
        gap, settled = self.gap, self.open
        return {"prior": self.prior, "considered": self.considered, "gap": gap, "answers_can_settle": settled}

    def row_values(self, table: str) -> Iterable[Row]:
        """One row for each question, or for each root."""
        dataset = self.graph.dataset
        if table == "gaps":
            return [
                (root, dataset.name(root), high, low, self.settled_by_answers[root])
                for root, (high, low) in self.gaps.items()
            ]
        return [
            (
                one.question.dependent, dataset.usual_name(one.question.dependent), as_words(one.question, dataset),
                one.question.row, _rows(one.question), one.question.field, one.value, one.if_good, one.if_bad, one.leave, one.join,
            )
            for one in self.questions
        ]  # fmt: skip

    def __repr__(self) -> str:
        return f"<RankedQuestions: {len(self.questions)} of {self.considered} questions, gap {self.gap:g}>"


def ranked(
    graph: RiskGraph, roots: RootNames = (), *, prior: float = 0.5, limit: int = 10, **asking: Unpack[Asking]
) -> RankedQuestions:
    """The questions whose answers would settle most.

    All blanks are weighed on the rules of the network, each row by itself; those that come first are then tried on
    a copy of the map with the best and the worst answer, and what came out is what is said of them.

    Parameters
    ----------
    roots
        What fails, one at a time; those three with the widest gap if left out.
    prior
        The chance that an answer is a good one, 0 to 1.
    limit
        The most questions.
    asking
        Kinds, view and scope; see `riskgraph.analysis.question.Asking`. Only authorities in scope count.

    Returns
    -------
    RankedQuestions
        At most `limit` questions, each worth more than nothing. One to a supplier, whose answer fills the same blank
        of several rows, stands for the questions about each of these.

    Raises
    ------
    NameNotFound, AmbiguousName
        If a root is not one body, place or line of the data.
    RiskGraphError
        If the prior is no chance.

    Examples
    --------
    >>> found = ranked(RiskGraph.open("seeds"), "oracle")
    >>> [(one.question.field, one.value) for one in found.questions][:1]
    [('access', 1.5)]
    """
    if not 0 <= prior <= 1:
        raise RiskGraphError(f"{prior:g} is no chance.", "Give a number from 0 to 1.")
    question = Question.of(graph, roots, **asking)
    weigher = _Weigher(graph, question, prior)
    return weigher.ranked(question.roots or weigher.widest(), limit)


class _Weigher:
    def __init__(self, graph: RiskGraph, question: Question, prior: float) -> None:
        self.graph, self.question, self.prior = graph, question, prior
        self.view, self.kinds = question.view, question.kinds
        self.harm, self.settled = graph.harm(self.view), graph.settled(self.view)
        self.questions, self.good, self.bad = _blanks(self.harm, self.settled)

    def gauges(self, graph: RiskGraph) -> tuple[Gauge, Gauge]:
        """What measures what cannot be ruled out, and what is documented."""
        chosen = replace(self.question.selection, graph=graph)
        high, low = (
            Gauge(graph, self.view, self.kinds, None, band, By.AUTHORITIES, chosen)
            for band in (Band.NOT_RULED_OUT, Band.DOCUMENTED)
        )
        return high, low

    def reached(self, gauge: Gauge, root: str) -> frozenset[str]:
        """Authorities of the selection that a root reaches."""
        return gauge.radius(root)[1]

    def widest(self) -> tuple[str, ...]:
        """The roots with the widest gaps; a council counts only in those of others."""
        high, low = self.gauges(self.graph)
        gap = {
            entity.id: len(self.reached(high, entity.id)) - len(self.reached(low, entity.id))
            for entity in self.graph.dataset.entities.values()
            if entity.kind != AUTHORITY
        }
        return tuple(sorted((root for root in gap if gap[root]), key=lambda root: (-gap[root], root))[:WORST])

    def ranked(self, roots: Sequence[str], limit: int) -> RankedQuestions:
        high, low = self.gauges(self.graph)
        before = {root: (self.reached(high, root), self.reached(low, root)) for root in roots}
        rough = self._rough(roots)
        tried = [self._tried(question, before) for question in self._worth_trying(rough, limit + 5)]
        best = sorted(
            (one for one in tried if one.value > 1e-9),
            key=lambda one: (
                -one.value,
                isinstance(one.question, OpenQuestion),
                one.question.dependent,
                _rows(one.question),
                one.question.field,
            ),
        )
        gaps = {root: (float(len(wide)), float(len(sure))) for root, (wide, sure) in before.items()}
        return RankedQuestions(
            self.graph, self.question, self.prior, gaps, len(rough), tuple(best[:limit]), self._open(before)
        )

    def _worth_trying(self, rough: Mapping[int, float], most: int) -> list[OpenQuestion | SupplierQuestion]:
        """What suppliers can answer for several at once, then what they do not answer; the most telling of each."""
        worth = {(self.questions[number].row, self.questions[number].field): value for number, value in rough.items()}
        asked = [self.questions[number] for number in rough]
        several = [one for some in for_suppliers(self.settled, asked).values() for one in some]
        sums = {one: sum(worth[row, one.field] for row in one.rows) for one in several}
        first = sorted(several, key=lambda one: (-sums[one], -len(one.rows), one.rows, one.field))[: most // 2]
        covered = {(row, one.field) for one in first for row in one.rows}
        order = sorted(rough, key=lambda number: (-rough[number], number))
        single = [one for number in order if ((one := self.questions[number]).row, one.field) not in covered]
        found: list[OpenQuestion | SupplierQuestion] = [*first, *single]
        return found[:most]

    def _open(self, before: Mapping[str, tuple[frozenset[str], frozenset[str]]]) -> dict[str, int]:
        """How many of each root's gap leave it if all answers are the best, or all the worst."""
        told = []
        for side in (0, 1):
            dataset = self.graph.dataset
            rows = dict(dataset.relations)
            for question in self.questions:
                changed = {question.field: ANSWERS[question.field][side]}
                rows[question.row] = replace(rows[question.row], **changed)  # type: ignore[arg-type]
            put = [row for id_, row in rows.items() if row is not dataset.relations[id_]]
            told.append(self.gauges(RiskGraph(edited(dataset, put=put)))[side])
        high, low = told
        return {
            root: len((wide - sure) & ((wide - self.reached(high, root)) | self.reached(low, root)))
            for root, (wide, sure) in before.items()
        }

    def _rough(self, roots: Sequence[str]) -> dict[int, float]:
        """OpenQuestion to its value on the rules of the network, without what an answer does to other rows."""
        asked = [KINDS.index(kind) for kind in self.kinds]
        worth: dict[int, float] = defaultdict(float)
        for root in roots:
            harm = self.graph.harm(self.view, [root])
            places = places_of(harm, root)
            targets = self.gauges(self.graph)[0].targets(root)
            _, good, bad = (self.questions, self.good, self.bad) if harm is self.harm else _blanks(harm, self.settled)
            wide = spread_rules(harm.network, places, asked, Band.NOT_RULED_OUT, targets, Blocks(good))
            now = value(wide)
            changes = sorted({change for rule in wide.rules for change in rule.blocked_by})
            for change, left in zip(changes, of_each(wide, changes), strict=True):
                worth[change] += self.prior * (now - left)
            blocks, levels = bad
            worse = replace(harm.network, levels=levels)
            sure = spread_rules(worse, places, asked, Band.DOCUMENTED, targets, Blocks(blocks))
            changes = sorted({change for rule in sure.rules for change in rule.blocked_by})
            now = value(sure, changes)
            for change, left in zip(changes, of_each(sure, changes, but=True), strict=True):
                worth[change] += (1 - self.prior) * (left - now)
        return worth

    def _tried(
        self, question: OpenQuestion | SupplierQuestion, before: Mapping[str, tuple[frozenset[str], frozenset[str]]]
    ) -> Worth:
        """What both answers do on a copy of the map."""
        shrinks = []
        moved: list[set[str]] = []
        for answer in ANSWERS[question.field]:
            high, low = self.gauges(RiskGraph(answered(self.graph.dataset, question, answer)))
            shrunk, leave, join = 0.0, set[str](), set[str]()
            for root, (wide, sure) in before.items():
                wide_then, sure_then = self.reached(high, root), self.reached(low, root)
                shrunk += (len(wide) - len(sure)) - (len(wide_then) - len(sure_then))
                leave |= wide - wide_then
                join |= sure_then - sure
            shrinks.append(shrunk)
            moved += [leave, join]
        good, bad = shrinks
        worth = self.prior * good + (1 - self.prior) * bad
        told = replace(question, bodies=tuple(sorted(moved[0] | moved[3])))
        return Worth(told, worth, good, bad, tuple(sorted(moved[0])), tuple(sorted(moved[3])))


def _rows(question: OpenQuestion | SupplierQuestion) -> tuple[str, ...]:
    return question.rows if isinstance(question, SupplierQuestion) else (question.row,)


Marks = Mapping[tuple[int, int], tuple[int, ...]]


def _blanks(
    harm: HarmNetwork, settled: Settled
) -> tuple[list[OpenQuestion], Marks, tuple[Marks, Sequence[tuple[int, ...]]]]:
    """All blanks as questions; what good answers block; what bad ones open, with the levels they would give."""
    network = harm.network
    numbers: dict[tuple[str, str], int] = {}
    questions: list[OpenQuestion] = []
    good: dict[tuple[int, int], list[int]] = defaultdict(list)
    bad: dict[tuple[int, int], list[int]] = defaultdict(list)
    levels = [list(row) for row in network.levels]
    for link, label in enumerate(network.label):
        if label < 0:
            continue
        step = harm.steps[label]
        cap = int(Band.POSSIBLE) if harm.places[network.target[link]].part is Part.EVERY_LINE else 0
        fields = [field for field in ("access", "data", "hosting") if asks(step, field, defaults=True)]
        if not step.in_force and step.row.data_returned is None:
            fields = ["data_returned"]
        for field in fields:
            row = step.row
            key = (row.id, field)
            if key not in numbers:
                numbers[key] = len(questions)
                provider = step.provider if field in {"hosting", "data_returned"} else row.provider
                questions.append(OpenQuestion(row.id, field, row.dependent, provider, (row.dependent,)))
            number = numbers[key]
            exposure = KINDS.index(FailureKind.EXPOSURE)
            shut = (exposure,) if field == "data_returned" else kept_out(settled, step, field, defaults=True)
            for kind in shut:
                good[link, kind].append(number)
            cells = (
                step.line.cells if field == "data_returned" else line_if(settled, step, field, ANSWERS[field][1]).cells
            )
            for kind, cell in enumerate(cells):
                opens = cell is Cell.YES and max(cap, int(step.grade)) == 0 and network.levels[link][kind] > 0
                if opens and network.levels[link][kind] < NEVER and (field != "data_returned" or kind == exposure):
                    levels[link][kind] = 0
                    bad[link, kind].append(number)
    return (
        questions,
        {key: tuple(found) for key, found in good.items()},
        ({key: tuple(found) for key, found in bad.items()}, [tuple(row) for row in levels]),
    )
