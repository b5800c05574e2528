"""Single failures one by one: which reach most of a selection, and which of those a council leans on reach it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Unpack

from riskgraph.analysis.affected import affected_by
from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.blast import blast, run
from riskgraph.analysis.question import Asking, Question
from riskgraph.analysis.radius import BlastRadius
from riskgraph.analysis.rank import rank
from riskgraph.analysis.roots import LINE_OF_BUSINESS
from riskgraph.analysis.select import Selection
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, Band, FailureKind
from riskgraph.pictured import Pictured
from riskgraph.rules import Trait, relations_that
from riskgraph.settle import Step, View

__all__ = ["Leaning", "Leanings", "SingleFailure", "WorstFailures", "leanings", "separate_failures", "worst_failures"]


@dataclass(frozen=True, slots=True)
class Leaning:
    """One body or place that is leaned on: how surely its failure would arrive, and how many more it would reach."""

    id: str
    steps: tuple[Step, ...]
    band: Band | None  # None: no harm would arrive
    others: int

    @property
    def rows(self) -> tuple[str, ...]:
        """Ids of the relations by which it is leaned on."""
        return tuple(step.row.id for step in self.steps)


@dataclass(frozen=True)
class Leanings(Answer, Pictured):
    """What a public body leans on, surest and widest first."""

    form: ClassVar = Form(
        "leanings",
        "What a public body leans on, each asked as a root of its own.",
        ("kinds", "view", "band", "scope"),
        (Column("council", "id of the public body"), Column("council_name", "its name")),
        (
            TableForm(
                "leanings",
                "a body or place that it leans on",
                (
                    Column("id", "its id"),
                    Column("name", "its name"),
                    Column("kind", "its kind"),
                    Column("rows", "ids of the relations by which it is leaned on", "list"),
                    Column("band", "how surely its failure would arrive; empty: no harm would", "band"),
                    Column("others", "other public bodies that it could reach within the band asked about", "integer"),
                ),
            ),
        ),
    )

    graph: RiskGraph
    question: Question
    body: str
    leanings: tuple[Leaning, ...]

    def fact_values(self) -> Mapping[str, Value]:
        """Who leans."""
        return {"council": self.body, "council_name": self.graph.dataset.usual_name(self.body)}

    def row_values(self, table: str) -> Iterable[Row]:
        """One row for each body or place that is leaned on."""
        entities = self.graph.dataset.entities
        return [
            (one.id, self.graph.dataset.usual_name(one.id), entities[one.id].kind, one.rows, one.band, one.others)
            for one in self.leanings
        ]

    def __repr__(self) -> str:
        return f"<Leanings of {self.body}: {len(self.leanings)}>"


@dataclass(frozen=True, slots=True)
class SingleFailure:
    """One root and its radius within a selection."""

    id: str
    radius: BlastRadius
    bands: tuple[Band, ...]  # of each public body that is reached within the band asked about
    residents: int

    @property
    def sure(self) -> int:
        """How many are documented or likely."""
        return sum(1 for band in self.bands if band <= Band.LIKELY)


@dataclass(frozen=True)
class WorstFailures(Answer, Pictured):
    """The roots that reach most of a selection, each with its radius."""

    form: ClassVar = Form(
        "worst failures",
        "The single failures that could reach most, each with how surely.",
        ("kinds", "view", "band", "scope"),
        (Column("roots_tried", "things that could fail that were tried", "integer"),),
        (
            TableForm(
                "failures",
                "a root that reaches anybody",
                (
                    Column("root", "its id"),
                    Column("name", "its name"),
                    Column("kind", "its kind"),
                    Column("reached", "public bodies that could be reached within the band asked about", "integer"),
                    *(Column(band.word, f"of these, {band.word}", "integer") for band in Band),
                    Column(
                        "residents_at_most",
                        "people who live in their areas, where residents are hit: a ceiling",
                        "integer",
                        "people",
                    ),
                ),
            ),
        ),
    )

    graph: RiskGraph
    question: Question
    failures: tuple[SingleFailure, ...]
    tried: int

    def fact_values(self) -> Mapping[str, Value]:
        """How many were tried."""
        return {"roots_tried": self.tried}

    def row_values(self, table: str) -> Iterable[Row]:
        """One row for each root, the worst first."""
        dataset = self.graph.dataset
        return [
            (
                one.id, dataset.usual_name(one.id), dataset.entities[one.id].kind, len(one.bands),
                *(one.bands.count(band) for band in Band), one.residents,
            )
            for one in self.failures
        ]  # fmt: skip

    def __repr__(self) -> str:
        return f"<WorstFailures: {len(self.failures)} of {self.tried} roots>"


def leanings(graph: RiskGraph, body: str, **asking: Unpack[Asking]) -> Leanings:
    """What a public body leans on, surest and widest first; each is asked as a root of its own.

    Parameters
    ----------
    body
        Name or id of a public body.
    asking
        Kinds, view, band and scope (of the others that are reached); see `riskgraph.analysis.question.Asking`.

    Returns
    -------
    Leanings
        One for each body or place with a relation in force, those that govern it left out.

    Raises
    ------
    NameNotFound, AmbiguousName
        If the name is not one public body's.

    Examples
    --------
    >>> found = leanings(RiskGraph.open("seeds"), "thanet")
    >>> [(one.id, one.band.word, one.others) for one in found.leanings][:1]
    [('shared-service:east-kent-services', 'documented', 2)]
    """
    id_ = graph.names.resolve(body, frozenset({AUTHORITY}))
    question = Question.of(graph, **asking)
    steps: dict[str, list[Step]] = defaultdict(list)
    for step in graph.settled(question.view).steps:
        if step.dependent == id_ and step.in_force and step.relation not in relations_that(Trait.GOVERNS):
            steps[step.provider].append(step)
    found = []
    for provider, mine in steps.items():
        whole = blast(graph, replace(question, roots=(provider,), selection=Selection(graph)))
        here = next((reach for reach in whole.within(Band.NOT_RULED_OUT) if reach.id == id_), None)
        others = sum(reach.id != id_ for reach in whole.selected(question.selection).within(question.band))
        found.append(Leaning(provider, tuple(mine), None if here is None else here.band, others))
    found.sort(key=lambda one: (len(Band) if one.band is None else one.band, -one.others, one.id))
    return Leanings(graph, question, id_, tuple(found))


def worst_failures(graph: RiskGraph, *, limit: int = 12, **asking: Unpack[Asking]) -> WorstFailures:
    """The roots that reach most of a selection, of every root there is, lines of business apart.

    Parameters
    ----------
    limit
        The most roots.
    asking
        Kinds, view, band and scope; see `riskgraph.analysis.question.Asking`.

    Returns
    -------
    WorstFailures
        The worst first, each with its radius within the scope.

    Examples
    --------
    >>> found = worst_failures(RiskGraph.open("seeds"), limit=1)
    >>> len(found.failures), found.tried > 1
    (1, True)
    """
    question = Question.of(graph, **asking)
    ranking = rank(graph, **asking)
    found: list[SingleFailure] = []
    for row in ranking.rows:
        if row.kind == LINE_OF_BUSINESS or not row.authorities[question.band] or len(found) == limit:
            continue
        radius = blast(graph, replace(question, roots=(row.root,)))
        bands = tuple(reach.band for reach in radius.within(question.band))
        people = affected_by(radius, question.band).residents.people
        found.append(SingleFailure(row.root, radius, bands, people))
    return WorstFailures(graph, question, tuple(found), ranking.asked)


def separate_failures(
    graph: RiskGraph, view: View, kinds: Sequence[FailureKind], roots: Sequence[str], most: int
) -> list[str]:
    """The first of some roots that are failures of their own: none of them could be reached from another.

    A supplier, the system that it runs and the product that it makes are one failure told three times: whatever
    befalls the supplier may befall them. Of those, the first given is kept.

    Parameters
    ----------
    roots
        Ids, the worst first.
    most
        How many to find.

    Examples
    --------
    >>> from riskgraph.model import PRESETS
    >>> seeds = RiskGraph.open("seeds")
    >>> roots = ["product:oracle-fusion", "supplier:oracle", "shared-service:east-kent-services"]
    >>> separate_failures(seeds, seeds.view(), PRESETS["compromise"], roots, 2)
    ['product:oracle-fusion', 'shared-service:east-kent-services']
    """
    harm = graph.harm(view, roots)
    chosen: list[str] = []
    reached: dict[str, set[str]] = {}
    for root in roots:
        if len(chosen) == most:
            break
        states = run(harm, [root], kinds).bands[Band.POSSIBLE].hops
        reached[root] = {place.body for place in harm.failing(states)}
        bodies = {one: one.partition("/")[0] for one in (root, *chosen)}
        if not any(bodies[root] in reached[one] or bodies[one] in reached[root] for one in chosen):
            chosen.append(root)
    return chosen
