"""`common`: whether one failure could reach two things that are thought independent.

The one home of that question: `whatif same-place` and a backup ask it here, and `queries/same-place.cypher` states
the same in Cypher.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Unpack

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.blast import run
from riskgraph.analysis.proofs import Proof, proof_at
from riskgraph.analysis.question import Asking, Question
from riskgraph.analysis.roots import root_name
from riskgraph.analysis.select import Selection
from riskgraph.engine.upstream import order_drop, overlap, upstream
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.harm import places_of
from riskgraph.model import (
    ENVIRONMENT,
    KINDS,
    PRODUCT,
    SHARED_SERVICE,
    STORE,
    SUPPLIER,
    SYSTEM,
    Band,
    FailureKind,
)
from riskgraph.pictured import Pictured
from riskgraph.rules import Trait, relations_that
from riskgraph.settle import View

__all__ = ["Common", "CommonAnswer", "NotRecorded", "SharedThing", "common", "common_in"]

UBIQUITOUS = 50  # per cent of those like the two; more than that tells nothing of the two
FEWEST_PEERS = 5
_MAKES_PART = relations_that(Trait.OPERATES, Trait.MAKES, Trait.COPY)
_PLACED = relations_that(Trait.HOSTS, Trait.OPERATES)
_RUNS = relations_that(Trait.HOSTS, Trait.USE, Trait.SERVES)
_RUNS_SOMEWHERE = frozenset({SYSTEM, PRODUCT, ENVIRONMENT, STORE})
_TOGETHER = frozenset({FailureKind.TAMPERING, FailureKind.OUTAGE, FailureKind.EXIT})


class CommonAnswer(StrEnum):
    """Whether one failure could reach both."""

    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class SharedThing:
    """One thing whose failing could reach both."""

    id: str
    band: Band  # in which it reaches both in one kind; else in which it reaches both at all
    kinds: tuple[FailureKind, ...]  # kinds in which it reaches both within that band; empty: each in kinds of its own
    first: Proof | None  # how it reaches the first; `None` if it is that itself, or a part of it
    second: Proof | None
    peers: int  # how many of those like the two it reaches as well


@dataclass(frozen=True, slots=True)
class NotRecorded:
    """Something nobody wrote down that could hide a shared place."""

    body: str
    what: str  # where it runs, its subcontractors, its owner


@dataclass(frozen=True)
class Common(Answer, Pictured):
    """What two things share; what is ubiquitous is set aside and named, and still answers the question."""

    form: ClassVar = Form(
        "common",
        "Whether one failure could reach two things that are thought independent, and through what.",
        ("kinds", "view", "band"),
        (
            Column("first", "id of the first"),
            Column("first_name", "its name"),
            Column("second", "id of the second"),
            Column("second_name", "its name"),
            Column("answer", "whether one failure could reach both: yes, no or not known"),
            Column("peers", "how many are like the two and known to rest on something", "integer"),
            Column("ubiquitous_above_percent", "what reaches more of these is set aside", "integer", "per cent"),
            Column("first_rests_on", "things that the first rests on, itself included", "integer"),
            Column("second_rests_on", "things that the second rests on, itself included", "integer"),
            Column("either_rests_on", "things that either rests on", "integer"),
            Column("jaccard", "of what either rests on, the share of both, without what was set aside", "number"),
            Column("overlap", "of the shorter list, the share of both, without what was set aside", "number"),
            Column("jaccard_with_all", "of what either rests on, the share of both", "number"),
            Column("overlap_with_all", "of the shorter list, the share of both", "number"),
            Column("order_drop", "1: one failure is enough where two should be needed", "integer"),
        ),
        (
            TableForm(
                "shared",
                "a thing whose failing could reach both",
                (
                    Column("id", "its id"),
                    Column("name", "its name"),
                    Column("kind", "its kind"),
                    Column("band", "how surely it reaches both", "band"),
                    Column(
                        "kinds", "kinds of failure in which it reaches both; empty: each in kinds of its own", "list"
                    ),
                    Column("peers", "how many of those like the two it reaches as well", "integer"),
                    Column("list", "shared, not ruled out (beyond the band asked about) or set aside"),
                    Column("first_rows", "ids of the relations by which it reaches the first", "list"),
                    Column("second_rows", "ids of the relations by which it reaches the second", "list"),
                ),
                ("name", "kind", "band", "kinds", "peers", "list"),
            ),
            TableForm(
                "unknown",
                "something nobody wrote down that could hide a shared place",
                (
                    Column("id", "id of the body or place"),
                    Column("name", "its name"),
                    Column("what", "what is not recorded"),
                ),
            ),
        ),
    )

    graph: RiskGraph
    question: Question
    first: str
    second: str
    verdict: CommonAnswer
    shared: tuple[SharedThing, ...]  # within the band, surest and nearest first
    doubtful: tuple[SharedThing, ...]  # only in wider bands
    aside: tuple[SharedThing, ...]  # ubiquitous, or set aside by the user
    peers: int  # how many are like the two, and known to rest on something
    limit: int  # per cent of the peers beyond which a thing is ubiquitous
    rests_on: tuple[int, int, int]  # things the first, the second and either rests on, itself included
    overlaps: tuple[float, float]  # Jaccard index, overlap coefficient: without what was set aside
    overlaps_all: tuple[float, float]  # with it
    order_drop: int  # 1: one failure is enough where two should be needed
    unknown: tuple[NotRecorded, ...]

    @property
    def band(self) -> Band:
        """Within which band things count as shared."""
        return self.question.band

    def fact_values(self) -> Mapping[str, Value]:
        """The answer, and how much of what the two rest on is the same."""
        dataset = self.graph.dataset
        shares = ("jaccard", "overlap", "jaccard_with_all", "overlap_with_all")
        return {
            "first": self.first, "first_name": root_name(dataset, self.first),
            "second": self.second, "second_name": root_name(dataset, self.second),
            "answer": self.verdict, "peers": self.peers, "ubiquitous_above_percent": self.limit,
            **dict(zip(("first_rests_on", "second_rests_on", "either_rests_on"), self.rests_on, strict=True)),
            **{name: round(x, 2) for name, x in zip(shares, (*self.overlaps, *self.overlaps_all), strict=True)},
            "order_drop": self.order_drop,
        }  # fmt: skip

    def row_values(self, table: str) -> Iterable[Row]:
        """Everything that is shared with its proofs, or all that is not recorded."""
        dataset = self.graph.dataset
        if table == "unknown":
            return [(one.body, dataset.usual_name(one.body), one.what) for one in self.unknown]
        lists = (("shared", self.shared), ("not ruled out", self.doubtful), ("set aside", self.aside))
        return [
            (
                one.id, dataset.usual_name(one.id), dataset.entities[one.id].kind, one.band,
                tuple(map(str, one.kinds)), one.peers, name,
                *(() if proof is None else proof.rows for proof in (one.first, one.second)),
            )
            for name, things in lists
            for one in things
        ]  # fmt: skip

    def __repr__(self) -> str:
        return f"<Common of {self.first} and {self.second}: {self.verdict}, {len(self.shared)} shared>"


def common(
    graph: RiskGraph,
    first: str,
    second: str,
    *,
    aside: Sequence[str] = (),
    ubiquitous: int = UBIQUITOUS,
    **asking: Unpack[Asking],
) -> Common:
    """Whether one failure could reach two things that are thought independent, and through what.

    A supplier, a shared service or a product counts with what it operates or makes, since that is where it rests
    on others. Everything in the data is asked in turn whether its failing reaches both.

    Parameters
    ----------
    first, second
        Names or ids of any two bodies, places or lines of business.
    aside
        Names of things to set aside besides.
    ubiquitous
        A thing that reaches more than this share (per cent) of those like the two is set aside.
    asking
        Kinds, view and band; see `riskgraph.analysis.question.Asking`. Ties weaker than the band are told apart.

    Returns
    -------
    Common
        Yes, no or not known, with everything that reaches both and a proof to each.

    Raises
    ------
    RiskGraphError
        If the two are one, or a parameter is out of its range.

    Examples
    --------
    >>> found = common(RiskGraph.open("uk"), "modern.gov", "xpress")
    >>> str(found.verdict), [shared.id for shared in found.shared]
    ('yes', ['supplier:civica'])
    """
    if not 0 <= ubiquitous <= 100:
        raise RiskGraphError(f"{ubiquitous} is no percentage.", "Use 0 to 100.")
    question = Question.of(graph, **asking)
    one, other = (graph.names.resolve(name) for name in (first, second))
    if one == other:
        raise RiskGraphError(f"{first} and {second} are the same.", "Name two different things.")
    left_out = frozenset(graph.names.resolve(name) for name in aside)
    return _Comparer(graph, question, (one, other), left_out, ubiquitous).answer()


def common_in(graph: RiskGraph, view: View, first: str, second: str, kinds: tuple[FailureKind, ...]) -> Common:
    """The same in a view that is at hand, by ids.

    Examples
    --------
    >>> seeds = RiskGraph.open("seeds")
    >>> councils = "authority:westminster", "authority:kensington-and-chelsea"
    >>> str(common_in(seeds, seeds.view(), *councils, (FailureKind.OUTAGE,)).verdict)
    'yes'
    """
    if first == second:
        raise RiskGraphError(f"{graph.dataset.usual_name(first)} is named twice.", "Name two different things.")
    question = Question((), kinds, "", view, Band.POSSIBLE, Selection(graph))
    return _Comparer(graph, question, (first, second)).answer()


class _Comparer:
    def __init__(
        self,
        graph: RiskGraph,
        question: Question,
        ids: tuple[str, str],
        aside: frozenset[str] = frozenset(),
        limit: int = UBIQUITOUS,
    ) -> None:
        self.graph, self.question, self.ids, self.kinds, self.band = graph, question, ids, question.kinds, question.band
        self.aside, self.limit = aside, limit
        self.dataset = graph.dataset
        self.harm = graph.harm(question.view, ids)
        self.names = list(self.dataset.entities)
        self.things = [self.harm.starts(id_, self.kinds) for id_ in self.names]
        self.dependents: dict[str, set[str]] = defaultdict(set)
        self.depends: dict[str, set[str]] = defaultdict(set)  # body to the relations it is the dependent of
        for step in graph.settled(question.view).steps:
            if step.in_force and not step.implied:
                self.depends[step.dependent].add(step.relation)
                if step.relation in _MAKES_PART:
                    self.dependents[step.provider].add(step.dependent)

    def answer(self) -> Common:
        parts = [self._parts(id_) for id_ in self.ids]
        places = [sorted({p for part in some for p in places_of(self.harm, part)}) for some in parts]
        best = self._best(parts, places)
        peers = self._peers()
        shared = [self._shared(thing, at, kinds, parts, places, peers) for thing, (at, kinds) in best.items()]
        shared.sort(key=lambda s: (s.band, sum(p.hops for p in (s.first, s.second) if p is not None), s.id))
        many = [s for s in shared if self._ubiquitous(s, len(peers))]
        few = [s for s in shared if s not in many]
        within = tuple(s for s in few if s.band <= self.band)
        rests = self._rests_on(parts, places)
        gone = {s.id for s in many}
        unknown = self._unknown(parts)
        reaching = [s for s in shared if s.band <= self.band]  # what is set aside reaches both all the same
        verdict = CommonAnswer.NO
        if reaching:
            verdict = CommonAnswer.YES
        elif shared or any(u.what == _WHERE for u in unknown):
            verdict = CommonAnswer.NOT_KNOWN
        needed = set(self.kinds) & _TOGETHER or set(self.kinds)
        enough = {s.id for s in reaching if needed & set(s.kinds)}
        return Common(
            self.graph, self.question, self.ids[0], self.ids[1], verdict,
            within, tuple(s for s in few if s.band > self.band), tuple(many), len(peers), self.limit,
            (len(rests[0]), len(rests[1]), len(rests[0] | rests[1])),
            overlap(rests[0] - gone, rests[1] - gone), overlap(rests[0], rests[1]),
            order_drop({self.ids[0]}, {self.ids[1]}, enough), unknown,
        )  # fmt: skip

    def _parts(self, id_: str) -> list[str]:
        """A thing with all that it operates or makes, and copies of that; a line is itself alone."""
        found, waiting = {id_}, [id_]
        while waiting:
            for part in self.dependents.get(waiting.pop(), ()):
                if part not in found and self.dataset.entities[part].kind in {*_RUNS_SOMEWHERE, SHARED_SERVICE}:
                    found.add(part)
                    waiting.append(part)
        return sorted(found)

    def _reach(self, places: Sequence[int], band: Band) -> list[frozenset[int]]:
        return [found for _, found in upstream(self.harm.network, self.things, places, band)]

    def _best(
        self, parts: Sequence[Sequence[str]], places: Sequence[Sequence[int]]
    ) -> Mapping[str, tuple[Band, tuple[FailureKind, ...]]]:
        """Everything that reaches both: in which band at best in one kind, and in which kinds there.

        What never reaches both in one kind stands with the band in which it reaches each in some kind.
        """
        found: dict[str, tuple[Band, tuple[FailureKind, ...]]] = {}
        apart: dict[str, tuple[Band, tuple[FailureKind, ...]]] = {}
        for band in Band:
            one, two = self._reach(places[0], band), self._reach(places[1], band)
            kinds: dict[str, list[FailureKind]] = defaultdict(list)
            for number, kind in enumerate(KINDS):
                for thing in one[number] & two[number]:
                    kinds[self.names[thing]].append(kind)
            for name, where in sorted(kinds.items()):
                found.setdefault(name, (band, tuple(where)))
            for thing in sorted(frozenset().union(*one) & frozenset().union(*two)):
                apart.setdefault(self.names[thing], (band, ()))
        found = {**apart, **found}
        return {thing: value for thing, value in found.items() if not self._said_by_whole(thing, parts, found)}

    def _said_by_whole(
        self, thing: str, parts: Sequence[Sequence[str]], found: Mapping[str, tuple[Band, object]]
    ) -> bool:
        """Whether a thing is only a part of one of the two, which stands there itself, as surely."""
        if thing in self.ids or (thing in parts[0] and thing in parts[1]):
            return False
        band = max(found[thing][0], self.band)
        return any(
            thing in some and id_ in found and found[id_][0] <= band for id_, some in zip(self.ids, parts, strict=True)
        )

    def _rests_on(self, parts: Sequence[Sequence[str]], places: Sequence[Sequence[int]]) -> list[frozenset[str]]:
        """What each rests on within the band, itself and its parts included."""
        return [
            frozenset(some) | {self.names[n] for kind in self._reach(where, self.band) for n in kind}
            for some, where in zip(parts, places, strict=True)
        ]

    def _peers(self) -> list[str]:
        """Those of the same kinds as the two that are known to rest on something."""
        kinds = {self.dataset.entities[id_.partition("/")[0]].kind for id_ in self.ids}
        return [id_ for id_ in self.names if self.dataset.entities[id_].kind in kinds and self.depends.get(id_)]

    def _shared(
        self,
        thing: str,
        band: Band,
        kinds: tuple[FailureKind, ...],
        parts: Sequence[Sequence[str]],
        places: Sequence[Sequence[int]],
        peers: Sequence[str],
    ) -> SharedThing:
        answer = run(self.harm, [thing], self.kinds)
        proofs: list[Proof | None] = []
        for some, where in zip(parts, places, strict=True):
            if thing in some:
                proofs.append(None)
                continue
            known = [
                proof
                for place in where
                for kind in kinds or KINDS
                if (proof := proof_at(self.harm, answer, place, kind))
            ]
            proofs.append(min(known, key=lambda p: (p.band, p.hops, len(p.rows), p.rows)))
        hops = answer.bands[max(band, self.band)].hops
        reached = {place.body for place in self.harm.failing(hops)} - {thing}
        return SharedThing(thing, band, kinds, proofs[0], proofs[1], len(reached & set(peers)))

    def _ubiquitous(self, shared: SharedThing, peers: int) -> bool:
        if shared.id in self.aside:
            return True
        own = shared.id in {id_.partition("/")[0] for id_ in self.ids}
        return not own and peers >= FEWEST_PEERS and 100 * shared.peers > self.limit * peers

    def _unknown(self, parts: Sequence[Sequence[str]]) -> tuple[NotRecorded, ...]:
        """What could hide a shared place: where parts run, and who stands behind a supplier."""
        found: dict[tuple[str, str], None] = {}
        for id_, some in zip(self.ids, parts, strict=True):
            body = id_.partition("/")[0]
            known = False
            for part in some:
                entity = self.dataset.entities[part.partition("/")[0]]
                relations = self.depends.get(entity.id, set())
                placed = bool(relations & _PLACED) or entity.hosting in {"own", "supplier"}
                known = known or placed
                if entity.kind in {SYSTEM, ENVIRONMENT, STORE, PRODUCT} and not placed:
                    found[entity.id, _WHERE] = None
            if self.dataset.entities[body].kind not in _RUNS_SOMEWHERE and not known:
                if not self.depends.get(body, set()) & _RUNS:
                    found[body, _WHERE] = None
            if self.dataset.entities[body].kind == SUPPLIER:
                if relations_that(Trait.SUBCONTRACTS).isdisjoint(self.depends.get(body, ())):
                    found[body, "its subcontractors"] = None
                owned = not relations_that(Trait.OWNS).isdisjoint(self.depends.get(body, ()))
                if not owned and not self.dataset.entities[body].parent_note:
                    found[body, "its owner"] = None
        return tuple(NotRecorded(*key) for key in found)


_WHERE = "where it runs"
