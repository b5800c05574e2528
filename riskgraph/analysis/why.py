"""`why` and `why --not`: every proof that a body is reached, or the facts that keep it out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from riskgraph.analysis.blast import BlastRadius, blast, run
from riskgraph.analysis.proofs import Proof, all_proofs
from riskgraph.dates import first_day
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY, KINDS, NEVER, SHARED_SERVICE, SUPPLIER, Band, FailureKind, Relation
from riskgraph.rules import rules
from riskgraph.settle import Step, View

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Barrier", "Chain", "Fact", "Why", "WhyNot", "why", "why_not"]


@dataclass(frozen=True, slots=True)
class Chain:
    """The proofs that stand on the same rows, one for each failure kind."""

    rows: tuple[str, ...]
    proofs: Mapping[FailureKind, Proof]

    @property
    def best(self) -> Proof:
        """The surest of its proofs."""
        return min(self.proofs.values(), key=lambda proof: (proof.band, proof.hops, KINDS.index(proof.kind)))


@dataclass(frozen=True)
class Why:
    """Every minimal proof that a body is reached, surest first, then shortest."""

    graph: RiskGraph
    radius: BlastRadius
    body: str
    chains: tuple[Chain, ...]
    complete: bool  # False: there may be more proofs than are listed

    @property
    def reached(self) -> bool:
        """Whether the body is reached at all."""
        return bool(self.chains)

    def __repr__(self) -> str:
        return f"<Why {self.body} from {' and '.join(self.radius.roots)}: {len(self.chains)} chains>"

    def to_dict(self) -> dict[str, object]:
        """The proofs as plain values."""
        return {
            "schema": 1,
            "body": self.body,
            "roots": list(self.radius.roots),
            "as_of": self.radius.view.as_of.isoformat(),
            "complete": self.complete,
            "chains": [
                {
                    "rows": list(chain.rows),
                    "kinds": {
                        str(kind): {"band": proof.band.word, "hops": proof.hops} for kind, proof in chain.proofs.items()
                    },
                    "evidence": {row: list(self.graph.dataset.relations[row].evidence) for row in chain.rows},
                }
                for chain in self.chains
            ],
        }

    def to_frame(self) -> pd.DataFrame:
        """One row for each proof: chain, kind, band, hops, rows."""
        import pandas as pd

        return pd.DataFrame(
            [
                (number, str(kind), proof.band.word, proof.hops, ";".join(chain.rows))
                for number, chain in enumerate(self.chains, 1)
                for kind, proof in chain.proofs.items()
            ],
            columns=["chain", "kind", "band", "hops", "rows"],
        )


def why(
    graph: RiskGraph,
    body: str,
    roots: str | Sequence[str],
    *,
    kinds: Sequence[str | FailureKind] | None = None,
    like: str = "compromise",
    as_of: str | date | None = None,
    without: str | tuple[str, ...] | None = None,
    known_before: str | date | None = None,
    limit: int = 25,
) -> Why:
    """Every minimal proof that a body is reached from the roots.

    Parameters
    ----------
    body
        Name or id of the body; the other parameters are those of `blast`.
    limit
        The most proofs to list for each failure kind.

    Returns
    -------
    Why
        With no chains if the body is not reached: ask `why_not` then.

    Raises
    ------
    NameNotFound, AmbiguousName
        If a name is not one body's.

    Examples
    --------
    >>> answer = why(RiskGraph.open("seeds"), "rochford", "Capita storage bucket with benefits extracts")
    >>> [chain.rows for chain in answer.chains]
    [('rochford.data-held-by.capita-benefits-extracts.revenues-benefits',)]
    """
    radius = blast(graph, roots, kinds=kinds, like=like, as_of=as_of, without=without, known_before=known_before)
    id_ = graph.names.resolve(body).partition("/")[0]
    harm = graph.harm(radius.view, radius.roots)
    answer = run(harm, radius.roots, radius.kinds)
    chains: dict[tuple[str, ...], dict[FailureKind, Proof]] = defaultdict(dict)
    complete = True
    for kind in KINDS:
        proofs, more = all_proofs(harm, answer, id_, kind, limit)
        complete = complete and not more
        for proof in proofs:
            chains[proof.rows].setdefault(kind, proof)
    ordered = sorted(
        (Chain(rows, found) for rows, found in chains.items()),
        key=lambda chain: (chain.best.band, chain.best.hops, len(chain.rows), chain.rows),
    )
    return Why(graph, radius, id_, tuple(ordered), complete)


class Barrier(StrEnum):
    """What can keep harm from passing."""

    NOT_COUNTED = "not counted"
    NOT_BEGUN = "not begun"
    ENDED = "ended"
    NO_WAY = "nothing passes"
    OTHER_LINE = "another line"
    ABSORBED = "absorbed"
    BACKED_UP = "backed up"
    UNSURE = "not sure enough"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact that keeps harm out, with the kinds that it stops and the row it stands in, if any."""

    barrier: Barrier
    kinds: tuple[FailureKind, ...]
    row: str | None = None
    body: str | None = None
    reason: str | None = None  # of the model's table


@dataclass(frozen=True)
class WhyNot:
    """The shortest connections between a body and the roots, and what stops harm on each."""

    graph: RiskGraph
    radius: BlastRadius
    body: str
    band: Band | None  # in which band it is reached after all, if it is
    paths: tuple[tuple[tuple[str, ...], tuple[Fact, ...]], ...]  # rows from the root to the body; facts
    in_ring: bool

    def __repr__(self) -> str:
        return f"<WhyNot {self.body} from {' and '.join(self.radius.roots)}: {len(self.paths)} connections>"

    @property
    def connected(self) -> bool:
        """Whether any chain of rows, of any date, joins the body to a root."""
        return bool(self.paths)


def why_not(
    graph: RiskGraph,
    body: str,
    roots: str | Sequence[str],
    *,
    kinds: Sequence[str | FailureKind] | None = None,
    like: str = "compromise",
    as_of: str | date | None = None,
    without: str | tuple[str, ...] | None = None,
    known_before: str | date | None = None,
    limit: int = 5,
) -> WhyNot:
    """The facts that keep a body out, on the shortest chains of rows that join it to the roots.

    Parameters
    ----------
    limit
        The most chains to look at; the other parameters are those of `blast`.

    Examples
    --------
    >>> seeds = RiskGraph.open("seeds")
    >>> answer = why_not(seeds, "hammersmith and fulham", "rbkc shared it", like="outage")
    >>> [fact.barrier.value for _, facts in answer.paths for fact in facts]
    ['ended', 'nothing passes']
    """
    radius = blast(graph, roots, kinds=kinds, like=like, as_of=as_of, without=without, known_before=known_before)
    id_ = graph.names.resolve(body).partition("/")[0]
    try:
        band: Band | None = radius[id_].band
    except KeyError:
        band = None
    finder = _Finder(graph, radius.view, radius.roots, radius.kinds)
    paths = tuple((tuple(row.id for row, _ in path), finder.facts(path)) for path in finder.paths(id_, limit))
    in_ring = any(id_ in ring for ring in radius.ring.values())
    return WhyNot(graph, radius, id_, band, paths, in_ring)


Path = tuple[tuple[Relation, bool], ...]  # rows from root to body; True: a link crossed against its row


class _Finder:
    def __init__(self, graph: RiskGraph, view: View, roots: Sequence[str], kinds: Sequence[FailureKind]) -> None:
        self.graph, self.view, self.roots, self.kinds = graph, view, roots, kinds
        self.dataset = graph.dataset
        self.out: dict[str, list[tuple[str, Relation, bool]]] = defaultdict(list)
        for row in self.dataset.relations.values():
            if row.relation == "member-of":
                continue
            self.out[row.provider].append((row.dependent, row, False))
            if row.relation == "linked-to":
                self.out[row.dependent].append((row.provider, row, True))
        self.steps: dict[str, list[Step]] = defaultdict(list)
        for step in graph.settled(view).steps:
            self.steps[step.row.id].append(step)

    def paths(self, body: str, limit: int) -> list[Path]:
        """The shortest chains of rows from a root to a body, and those one row longer."""
        starts = sorted({root.partition("/")[0] for root in self.roots})
        distance = self._distances(body)
        found: list[Path] = []
        nearest = min((distance[start] for start in starts if start in distance), default=None)
        if nearest is None:
            return []
        for longest in (nearest, nearest + 1):
            for start in starts:
                for path in self._walk(start, body, longest, distance):
                    if len(path) == longest and len(found) < limit:
                        found.append(path)
        return found

    def _distances(self, body: str) -> dict[str, int]:
        into: dict[str, set[str]] = defaultdict(set)
        for source, ends in self.out.items():
            for target, _, _ in ends:
                into[target].add(source)
        distance, layer = {body: 0}, [body]
        while layer:
            layer = sorted({before for at in layer for before in into[at] if before not in distance})
            for before in layer:
                distance[before] = 1 + min(distance[at] for at, *_ in self.out[before] if at in distance)
        return distance

    def _walk(self, start: str, body: str, longest: int, distance: Mapping[str, int]) -> Iterator[Path]:
        stack: list[tuple[str, Path, frozenset[str]]] = [(start, (), frozenset({start}))]
        looked = 0
        while stack and looked < 20_000:
            looked += 1
            at, path, seen = stack.pop()
            if at == body:
                yield path
                continue
            for target, row, backwards in sorted(self.out[at], key=lambda end: end[1].id, reverse=True):
                if target not in seen and len(path) + 1 + distance.get(target, NEVER * NEVER) <= longest:
                    stack.append((target, (*path, (row, backwards)), seen | {target}))

    def facts(self, path: Path) -> tuple[Fact, ...]:
        """What stops harm along a path, in order from the root."""
        facts: list[Fact] = []
        before: Step | None = None
        position = 0
        while position < len(path):
            row, _ = path[position]
            width = 1
            steps = [step for step in self.steps[row.id] if not step.implied]
            following = path[position + 1][0] if position + 1 < len(path) else None
            if row.relation == "made-by" and following is not None and following.relation == "uses":
                implied = [s for s in self.steps[following.id] if s.made_by is not None and s.made_by.id == row.id]
                if implied:  # the use and the maker act together
                    steps, width = implied, 2
            if not steps:
                facts.append(self._missing(row))
                before = None
            else:
                step = steps[0]
                facts += self._between(path, position, before, step)
                facts += self._on(step)
                before = step
            position += width
        return tuple(dict.fromkeys(facts))

    def _missing(self, row: Relation) -> Fact:
        begun = row.valid_from is None or first_day(row.valid_from) <= self.view.as_of
        return Fact(Barrier.NOT_COUNTED if begun else Barrier.NOT_BEGUN, tuple(self.kinds), row.id)

    def _on(self, step: Step) -> Iterator[Fact]:
        if not step.in_force:
            stopped = tuple(k for k in self.kinds if step.levels[KINDS.index(k)] == NEVER)
            if stopped:
                yield Fact(Barrier.ENDED, stopped, step.row.id)
            return
        never = tuple(k for k in self.kinds if step.levels[KINDS.index(k)] == NEVER)
        if never:
            yield Fact(Barrier.NO_WAY, never, step.row.id, reason=step.line.reason)
        unsure = tuple(k for k in self.kinds if step.levels[KINDS.index(k)] == Band.NOT_RULED_OUT)
        if unsure:
            yield Fact(Barrier.UNSURE, unsure, step.row.id, reason=step.line.reason)
        if step.group is not None:
            others = {
                s.row.id
                for s in self.graph.settled(self.view).steps
                if s.group == step.group and s.dependent == step.dependent and s.area == step.area
            }
            if others - {step.row.id}:
                together = tuple(k for k in self.kinds if k not in {FailureKind.EXPOSURE, FailureKind.INTRUSION})
                yield Fact(Barrier.BACKED_UP, together, min(others - {step.row.id}), step.dependent)

    def _between(self, path: Path, position: int, before: Step | None, step: Step) -> Iterator[Fact]:
        """What the body between two steps keeps to itself."""
        if step.relation in {"linked-to", "owned-by"}:
            return
        if before is None:
            if position == 0:
                for root in self.roots:
                    body, slash, area = root.partition("/")
                    if slash and body == step.provider and step.area not in {None, area}:
                        yield Fact(Barrier.OTHER_LINE, tuple(self.kinds), step.row.id, body)
            return
        kind = self.dataset.entities[step.provider].kind
        if kind == AUTHORITY and before.area != step.area and step.provider not in self.roots:
            kept = tuple(k for k in self.kinds if k is not FailureKind.INTRUSION)
            yield Fact(Barrier.ABSORBED, kept, step.row.id, step.provider)
        enters_line = before.area is not None and not rules().enabling(before.area)
        if kind in {SUPPLIER, SHARED_SERVICE} and enters_line and step.area not in {None, before.area}:
            yield Fact(Barrier.OTHER_LINE, tuple(self.kinds), step.row.id, step.provider)
