"""Single failures one by one: which reach most of a selection, and which of those a council leans on reach it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from riskgraph.analysis.blast import blast
from riskgraph.analysis.radius import BlastRadius
from riskgraph.analysis.rank import rank
from riskgraph.analysis.select import Selection
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, Band
from riskgraph.rules import Trait, relations_that
from riskgraph.settle import Step

__all__ = ["Leaning", "SingleFailure", "leanings", "worst_failures"]


@dataclass(frozen=True, slots=True)
class Leaning:
    """One body or place that is leaned on: how surely its failure would arrive, and how many more it would reach."""

    id: str
    steps: tuple[Step, ...]
    band: Band | None  # None: no harm would arrive
    others: int

    def to_dict(self) -> dict[str, object]:
        """As plain values."""
        return {
            "id": self.id,
            "rows": [step.row.id for step in self.steps],
            "band": None if self.band is None else self.band.word,
            "others": self.others,
        }


@dataclass(frozen=True, slots=True)
class SingleFailure:
    """One root and its radius within a selection."""

    id: str
    radius: BlastRadius
    bands: tuple[Band, ...]
    residents: int

    @property
    def sure(self) -> int:
        """How many are documented or likely."""
        return sum(1 for band in self.bands if band <= Band.LIKELY)

    def to_dict(self) -> dict[str, object]:
        """As plain values."""
        counts = {band.word: self.bands.count(band) for band in Band if band <= Band.POSSIBLE}
        return {"root": self.id, "reached": len(self.bands), **counts, "residents_at_most": self.residents}


def leanings(graph: RiskGraph, body: str, **question: Any) -> list[Leaning]:
    """What a public body leans on, surest and widest first; each is asked as a root of its own.

    Parameters
    ----------
    body
        Name or id of a public body.
    question
        As for `blast`: kinds, like, as_of, without, known_before.

    Examples
    --------
    >>> found = leanings(RiskGraph.open("seeds"), "thanet")
    >>> [(one.id, one.band.word, one.others) for one in found][:1]
    [('shared-service:east-kent-services', 'documented', 2)]
    """
    id_ = graph.names.resolve(body, frozenset({AUTHORITY}))
    view = graph.view(question.get("as_of"), question.get("without"), question.get("known_before"))
    steps: dict[str, list[Step]] = defaultdict(list)
    for step in graph.settled(view).steps:
        if step.dependent == id_ and step.in_force and step.relation not in relations_that(Trait.GOVERNS):
            steps[step.provider].append(step)
    found = []
    for provider, mine in steps.items():
        radius = blast(graph, provider, **question)
        here = next((reach for reach in radius.within(Band.NOT_RULED_OUT) if reach.id == id_), None)
        others = sum(1 for reach in radius.within() if reach.id != id_)
        found.append(Leaning(provider, tuple(mine), None if here is None else here.band, others))
    return sorted(found, key=lambda one: (len(Band) if one.band is None else one.band, -one.others, one.id))


def worst_failures(
    graph: RiskGraph, selection: Selection | None = None, *, limit: int = 12, **question: Any
) -> tuple[list[SingleFailure], int]:
    """The roots that reach most of a selection, of every root there is; and how many were tried.

    Parameters
    ----------
    selection
        Count only these authorities.
    limit
        The most roots.
    question
        As for `blast`: kinds, like, as_of, without, known_before.

    Examples
    --------
    >>> found, tried = worst_failures(RiskGraph.open("seeds"), limit=1)
    >>> len(found), tried > 1
    (1, True)
    """
    chosen = selection or Selection(graph)
    ranking = rank(graph, selection=chosen or None, **question)
    found: list[SingleFailure] = []
    for row in ranking.rows:
        if row.kind == "line" or not row.authorities[Band.POSSIBLE] or len(found) == limit:
            continue
        radius = blast(graph, row.root, **question).selected(chosen)
        bands = tuple(reach.band for reach in radius.within())
        found.append(SingleFailure(row.root, radius, bands, row.residents[Band.POSSIBLE]))
    return found, ranking.asked
