"""`rank`: every root by its exact radius, all in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.measure import By
from riskgraph.analysis.memory import memory_limit
from riskgraph.analysis.question import Asking, Question
from riskgraph.analysis.roots import Bands, RankedRoot, check_root_kind, root_name
from riskgraph.analysis.triage import first_band
from riskgraph.graph import RiskGraph
from riskgraph.model import ENVIRONMENT, SHARED_SERVICE, STORE, SUPPLIER, Band, FailureKind, one_of
from riskgraph.pictured import Pictured

__all__ = ["Ranking", "rank"]

_BEHIND = frozenset({SUPPLIER, SHARED_SERVICE, ENVIRONMENT, STORE})  # who may stand behind a body's own suppliers
_NONE: Bands = (0,) * len(Band)
_COUNTED = (
    ("authorities", "public bodies that could be reached", ""),
    ("residents_at_most", "people who live in the areas reached, each once: a ceiling", "people"),
    ("services", "services of public bodies that could be reached", ""),
    ("without_relation", "public bodies that could be reached without a relation of their own with it", ""),
    *((str(kind), f"public bodies that could be reached by {kind}", "") for kind in FailureKind),
)


@dataclass(frozen=True)
class Ranking(Answer, Pictured):
    """Every root that reaches anybody, the worst first."""

    form: ClassVar = Form(
        "rank",
        "Everything that could fail, by what it alone could reach.",
        ("kinds", "view", "band", "scope"),
        (
            Column("of", "kind of root that was asked for"),
            Column("ranked_by", "what ranks: authorities, residents, services or hidden"),
            Column("roots_tried", "things that could fail that were tried", "integer"),
        ),
        (
            TableForm(
                "roots",
                "a root that reaches anybody, with the numbers of the band that was asked about and of each band",
                (
                    Column("rank", "its place", "integer"),
                    Column("root", "its id, with the service area of a line of business"),
                    Column("name", "its name"),
                    Column("kind", "its kind; line: a line of business of an organisation"),
                    *(Column(name, says, "integer", unit) for name, says, unit in _COUNTED),
                    Column("direct_users", "public bodies with a relation of their own with it in force", "integer"),
                    Column("multiplier", "public bodies that could be reached for each of these", "number"),
                    *(
                        Column(f"{name}_{band.word}", f"{says}, {band.word} or surer", "integer", unit)
                        for name, says, unit in _COUNTED
                        for band in Band
                    ),
                ),
                ("name", "kind", *(name for name, _, _ in _COUNTED), "direct_users"),
            ),
        ),
    )

    graph: RiskGraph
    question: Question
    by: str
    hidden: bool
    of: str | None
    asked: int  # roots that were tried
    bodies: int  # authorities that could be reached at all: those of the selection that exist
    rows: tuple[RankedRoot, ...]

    def __getitem__(self, root: str) -> RankedRoot:
        """What one root reaches."""
        for row in self.rows:
            if row.root == root:
                return row
        raise KeyError(root)

    @property
    def band(self) -> Band:
        """The band that ranks."""
        return self.question.band

    @property
    def first_band(self) -> Band:
        """How sure the first tier is, which ranks before all."""
        return first_band(self.question.counting, self.band)

    @property
    def ranked_by(self) -> str:
        """What ranks."""
        return "hidden" if self.hidden else self.by

    def fact_values(self) -> Mapping[str, Value]:
        """What was ranked, and how."""
        return {"of": self.of, "ranked_by": self.ranked_by, "roots_tried": self.asked}

    def row_values(self, table: str) -> Iterable[Row]:
        """One row for each root."""
        for place, row in enumerate(self.rows, 1):
            times = row.multiplier(self.band)
            counts = [row.authorities, row.residents, row.services, row.hidden]
            counts += [row.by_kind.get(kind, _NONE) for kind in FailureKind]
            yield (
                place, row.root, root_name(self.graph.dataset, row.root), row.kind,
                *(bands[self.band] for bands in counts),
                row.direct, None if times is None else round(times, 2),
                *(count for bands in counts for count in bands),
            )  # fmt: skip

    def __repr__(self) -> str:
        return f"<Ranking of {self.asked} roots by {self.by}, {self.band.word}: {len(self.rows)} reach anybody>"


def rank(
    graph: RiskGraph,
    of: str | None = None,
    *,
    by: str = "authorities",
    hidden: bool = False,
    memory: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    **asking: Unpack[Asking],
) -> Ranking:
    """Every root by what it alone could reach: the same numbers as `blast`, for all of them at once.

    Parameters
    ----------
    of
        Rank only this kind of root: `supplier`, `line`, `shared-service`, `environment`, `system`, `product`,
        `store` or `authority`.
    by
        What ranks: `authorities`, `residents` (people, a ceiling) or `services`.
    hidden
        Rank suppliers, shared services, environments and stores by the authorities that they reach although
        these have no relation of their own with them: fourth parties.
    memory
        Bytes that may be taken; half of the machine's if left out.
    progress
        Called with parts done and parts to do.
    asking
        Kinds, view, band and scope; see `riskgraph.analysis.question.Asking`.

    Returns
    -------
    Ranking
        One row for each root that reaches anybody in any band; numbers for each band.

    Raises
    ------
    RiskGraphError
        If a word is not known, or if the memory would not suffice; it says how much is needed.

    Examples
    --------
    >>> ranking = rank(RiskGraph.open("seeds"), "shared-service", like="outage", as_of="2024-01-15")
    >>> [(row.root, row.authorities[Band.LIKELY]) for row in ranking.rows]
    [('shared-service:east-kent-services', 3)]
    """
    from riskgraph.analysis.root_counts import RootCounter  # start-up time: it loads NumPy

    question = Question.of(graph, **asking)
    check_root_kind(of)
    one_of(by, dict.fromkeys(map(str, By)), "measure")
    counter = RootCounter(graph, question, of, memory_limit() if memory is None else memory)
    band, entities = question.band, graph.dataset.entities
    rows = [row for row in counter.rows(progress) if row.authorities[Band.NOT_RULED_OUT]]
    if hidden:
        rows = [row for row in rows if row.hidden[band] and entities[row.root.partition("/")[0]].kind in _BEHIND]

    def order(row: RankedRoot) -> tuple[int | str, ...]:
        measures = ("hidden" if hidden else by, *By)
        first = first_band(question.counting, band)  # who is reached less surely only breaks ties
        return *(-row.measure(one, at) for one in measures for at in (first, band)), row.root

    return Ranking(graph, question, by, hidden, of, counter.tried, counter.bodies, tuple(sorted(rows, key=order)))
