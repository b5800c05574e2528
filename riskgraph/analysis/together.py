"""`rank --together K`: the roots that together reach most, and what only their failing together reaches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import ClassVar, Unpack

import numpy as np
from numpy.typing import NDArray

from riskgraph.analysis.answer import Answer, Column, Form, Row, TableForm, Value
from riskgraph.analysis.measure import By
from riskgraph.analysis.memory import memory_limit, refuse
from riskgraph.analysis.question import Asking, Question
from riskgraph.analysis.root_counts import RootCounter
from riskgraph.analysis.roots import LINE_OF_BUSINESS, check_root_kind, root_name
from riskgraph.engine.closure_all import closure_all, kinds_reached
from riskgraph.engine.digraph import Longs
from riskgraph.engine.search import Cover, Found, best_sets, greedy
from riskgraph.engine.sets import OutOfMemory, popcount
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import one_of

__all__ = ["Combined", "JointRanking", "rank_together"]

EXACT = 3  # up to so many roots all sets are searched, if the work allows it
EFFORT = 50_000_000  # sets tried before the search gives way to greedy steps
MOST_PAIRS = 2_000_000  # pairs asked of the engine because of alternatives
MOST_TRIPLES = 100_000  # larger sets, the same
AT_A_TIME = 100_000

Rows = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Combined:
    """Roots that fail at once."""

    roots: tuple[str, ...]
    value: int  # what they reach together, themselves apart
    alone: tuple[int, ...]  # what each reaches alone
    surprise: int  # of `value`, what none of them reaches alone


@dataclass(frozen=True)
class JointRanking(Answer):
    """The sets of roots that together reach most, the worst first."""

    form: ClassVar = Form(
        "rank together",
        "The things that could fail that together could reach most.",
        ("kinds", "view", "band", "scope"),
        (
            Column("of", "kind of root that was asked for"),
            Column("measure", "what is counted: authorities, residents or services"),
            Column("size", "how many fail at once", "integer"),
            Column("roots_tried", "things that could fail to choose from", "integer"),
            Column("exact", "whether no set of this size reaches more than the first", "flag"),
            Column("bound", "where not exact: no set can reach more", "integer"),
            Column("alternatives", "groups that fail only when several of their members do", "integer"),
        ),
        (
            TableForm(
                "sets",
                "a set of roots that fail at once",
                (
                    Column("list", "worst: of those that reach most; surprise: a pair that reaches what neither does"),
                    Column("roots", "ids of the roots", "list"),
                    Column("names", "their names", "list"),
                    Column("reached", "what they reach together, themselves apart, in the measure", "integer"),
                    Column("alone", "what each of them reaches alone", "list"),
                    Column("only_together", "of what they reach, what none of them reaches alone", "integer"),
                ),
            ),
        ),
    )

    graph: RiskGraph
    question: Question
    by: str
    of: str | None
    size: int
    asked: int  # roots to choose from
    exact: bool  # no set of this size reaches more than the first
    bound: int | None  # where not exact: no set can reach more; `None` if no bound holds
    alternatives: int  # groups that fail only when several of their members do
    rows: tuple[Combined, ...]
    surprises: tuple[Combined, ...]  # pairs that reach what neither reaches alone, the greatest surprise first

    def fact_values(self) -> Mapping[str, Value]:
        """What was searched, and how exactly."""
        return {
            "of": self.of, "measure": self.by, "size": self.size, "roots_tried": self.asked, "exact": self.exact,
            "bound": self.bound, "alternatives": self.alternatives,
        }  # fmt: skip

    def row_values(self, table: str) -> Iterable[Row]:
        """One row for each set of roots, the worst first; then the pairs that surprise."""
        for name, listed in (("worst", self.rows), ("surprise", self.surprises)):
            for one in listed:
                names = tuple(root_name(self.graph.dataset, root) for root in one.roots)
                yield name, one.roots, names, one.value, tuple(map(str, one.alone)), one.surprise

    def __repr__(self) -> str:
        sure = "exact" if self.exact else "greedy"
        return f"<JointRanking: the worst {self.size} of {self.asked} roots by {self.by}, {sure}>"


def rank_together(
    graph: RiskGraph,
    size: int,
    of: str | None = None,
    *,
    by: str = "authorities",
    memory: int | None = None,
    limit: int = 10,
    progress: Callable[[int, int], None] | None = None,
    **asking: Unpack[Asking],
) -> JointRanking:
    """The `size` roots that together reach most: exact for two and three where feasible.

    What several roots reach is the union of what each reaches, and besides what alternatives would have
    saved. Without alternatives the union is monotone and submodular: two and three are searched whole
    (branch and bound), more are chosen greedily, with a bound from the gains that are left (Nemhauser,
    Wolsey and Fisher, 1978). With alternatives it is not: pairs that touch one group are then asked of the
    engine one by one, and no bound is claimed for larger sets.

    Parameters
    ----------
    size
        How many fail at once: 2 or more.
    of
        Only roots of this kind; lines of business take part only if asked for.
    by, memory, progress
        As in `riskgraph.analysis.rank.rank`. A body that fails as a root does not count as reached by itself.
    limit
        The most sets to list.
    asking
        Kinds, view, band and scope; see `riskgraph.analysis.question.Asking`.

    Returns
    -------
    JointRanking
        Sets of `size` roots, or of fewer where no further one adds anything.

    Raises
    ------
    RiskGraphError
        If a word is not known, or if the memory would not suffice.

    Examples
    --------
    >>> worst = rank_together(RiskGraph.open("seeds"), 2, "supplier", like="data-theft", as_of="2023-05-15")
    >>> worst.exact, worst.rows[0].value, len(worst.rows[0].roots)
    (True, 15, 2)
    """
    if size < 2:
        raise RiskGraphError("One root is no set of roots.", "Give 2 or more, or use riskgraph rank alone.")
    question = Question.of(graph, **asking)
    check_root_kind(of)
    one_of(by, dict.fromkeys(map(str, By)), "measure")
    search = _JointSearch(RootCounter(graph, question, of, memory_limit() if memory is None else memory), by)
    rows, exact, bound = search.worst(size, limit, progress)
    surprises = sorted(search.surprising, key=lambda row: (-row.surprise, -row.value, row.roots))[:limit]
    return JointRanking(
        graph, question, by, of, size, len(search.cover), exact, bound, search.alternatives, rows, tuple(surprises)
    )


class _JointSearch:
    """The roots of one question as rows of bits, and the pairs that alternatives make special."""

    def __init__(self, counter: RootCounter, by: str) -> None:
        self.counter, self.by, self.band, self.limit = counter, by, counter.question.band, counter.limit
        self.columns = counter.services_of_places if by == "services" else counter.bodies_of_places
        names = counter.names
        candidates = np.array([n for n, (_, kind) in enumerate(names) if kind != LINE_OF_BUSINESS], np.int32)
        if not len(candidates):
            candidates = np.arange(len(names), dtype=np.int32)
        self.full = self._reached(None)
        self.own = self._own(self.full.shape[1])
        self.net = self.full & ~self.own
        self.candidates = candidates
        self.cover = Cover(self.net[candidates], self._value, self.own[candidates])

    def _reached(self, together: Sequence[Sequence[int]] | None) -> Rows:
        """Rows of bits of all roots, or of the sets of roots given."""
        counter = self.counter
        count = int(self.columns.max(initial=-1)) + 1
        heads = len(counter.roots) if together is None else len(together)
        needed = 4 * heads * (count // 8 + 8)
        if needed > self.limit:
            raise refuse(needed, self.limit)
        try:
            parts = list(
                closure_all(
                    counter.compiled.snapshot, counter.roots, self.columns, counter.asked,
                    counting=counter.counting, bands=(self.band,), limit=self.limit, together=together,
                )
            )  # fmt: skip
        except OutOfMemory as error:
            raise refuse(error.needed, self.limit) from None
        if len(parts) > 1:
            raise refuse(2 * self.limit, self.limit)
        return parts[0].pool.rows(parts[0].any_kind)

    def _own(self, words: int) -> Rows:
        """The bits of each root that stand for itself."""
        counter = self.counter
        if self.by == "services":
            place = np.flatnonzero(self.columns >= 0)
            root_of = np.full(len(counter.ids), -1, np.int64)
            whole = np.flatnonzero(counter.compiled.root_area[counter.chosen] < 0)
            root_of[counter.compiled.root_body[counter.chosen[whole]]] = whole
            root, column = root_of[counter.compiled.place_body[place]], self.columns[place].astype(np.int64)
        else:
            root, column = np.arange(len(counter.own)), counter.own.astype(np.int64)
        mine = (root >= 0) & (column >= 0)
        bits = np.zeros((len(counter.own), 64 * words), np.bool_)
        bits[root[mine], column[mine]] = True
        rows: Rows = np.packbits(bits, axis=1, bitorder="little").view(np.uint64)
        return rows

    def _value(self, rows: Rows) -> Longs:
        """What is counted of each row of bits."""
        if self.by != "residents":
            return popcount(rows)
        held = np.unpackbits(rows.view(np.uint8), axis=1, bitorder="little", count=self.counter.bodies)
        return self.counter.residents.each(held.view(np.bool_))

    # -- alternatives -----------------------------------------------------------------------------

    @cached_property
    def alternatives(self) -> int:
        """Groups that fail only when several members do, in a kind and band that matter."""
        return len(self._gates)

    @cached_property
    def _gates(self) -> NDArray[np.integer]:
        snapshot = self.counter.compiled.snapshot
        gates: set[int] = set()
        kinds = sum(1 << kind for kind in kinds_reached(snapshot, self.counter.asked))
        for band in {int(self.band), min(int(self.band), 1)}:
            protects = (snapshot.member_protects >> band & 1).astype(np.bool_)
            count = np.bincount(snapshot.member_group[protects], minlength=len(snapshot.group_target))
            gates |= set(np.flatnonzero((count > 1) & (snapshot.group_kinds & kinds > 0)).tolist())
        return np.array(sorted(gates), np.int64)

    @cached_property
    def pairs(self) -> list[tuple[int, ...]]:
        """Pairs of roots that touch the same group: only these can reach more than their union."""
        found = self._touching(2, MOST_PAIRS)
        if found is None:
            raise RiskGraphError(
                f"More than {MOST_PAIRS:,} pairs of roots lean on the same alternatives; not all can be tried.",
                "Rank one kind of root, such as: riskgraph rank supplier --together 2.",
            )
        return found

    def _touching(self, size: int, most: int) -> list[tuple[int, ...]] | None:
        """Sets of roots of which each touches the same group of alternatives; `None` if there are more than `most`."""
        allowed = set(self.candidates.tolist())
        found: set[tuple[int, ...]] = set()
        for roots in self._touched.values():
            for chosen in combinations(sorted(roots & allowed), size):
                found.add(chosen)
                if len(found) > most:
                    return None
        return sorted(found)

    @cached_property
    def _touched(self) -> dict[int, set[int]]:
        """Group of alternatives to the roots that reach any of its members."""
        snapshot, counter = self.counter.compiled.snapshot, self.counter
        gated = np.isin(snapshot.member_group, self._gates)
        touched: dict[int, set[int]] = {}
        if not gated.any():
            return touched
        columns = np.full(int(snapshot.places[0]), -1, np.int32)
        columns[snapshot.member[gated]] = snapshot.member_group[gated]
        for part in closure_all(snapshot, counter.roots, columns, counter.asked, bands=(self.band,), limit=self.limit):
            for root, number in zip(*(values.tolist() for values in part.pool.pairs(part.any_kind)), strict=True):
                touched.setdefault(number + part.first, set()).add(root)
        return touched

    def joint(self, sets: Sequence[tuple[int, ...]]) -> Iterator[tuple[tuple[int, ...], int, int]]:
        """Sets of roots, what they reach together, and what of it none reaches alone; exact, by the engine."""
        for low in range(0, len(sets), AT_A_TIME):
            block = sets[low : low + AT_A_TIME]
            together = self._reached(block)
            members = np.array(block)
            others = ~np.bitwise_or.reduce(self.own[members], axis=1)  # no root counts, whichever reaches it
            value = self._value(together & others)
            surprise = value - self._value(np.bitwise_or.reduce(self.full[members], axis=1) & others)
            yield from zip(block, value.tolist(), surprise.tolist(), strict=True)

    @cached_property
    def surprising(self) -> list[Combined]:
        """Pairs that reach what neither reaches alone."""
        return [self._combined(roots, value, more) for roots, value, more in self.joint(self.pairs) if more]

    # -- the worst --------------------------------------------------------------------------------

    def worst(
        self, size: int, limit: int, progress: Callable[[int, int], None] | None
    ) -> tuple[tuple[Combined, ...], bool, int | None]:
        """The worst sets, whether no other reaches more, and else a bound if one holds."""
        size = min(size, len(self.cover))
        if size < 2:  # there is no other root to fail with
            return tuple(map(self._of_found, self._single())), True, None
        if self.alternatives and size > 2:
            return self._stepwise(size, progress), False, None
        found = best_sets(self.cover, size, limit, EFFORT, progress) if size <= EXACT else None
        if found is None:
            chosen, bound = greedy(self.cover, size, monotone=self.by != "residents")
            return (self._of_found(chosen),), False, bound
        rows = {row.roots: row for row in map(self._of_found, found)}
        rows.update({row.roots: row for row in self.surprising})
        best = max((row.value for row in rows.values()), default=0)
        for fewer in self._fewer(size):  # to which no further root adds anything
            if fewer.value > best:
                rows[fewer.roots] = fewer
        listed = sorted(rows.values(), key=lambda row: (-row.value, row.roots))
        return tuple(listed[:limit]), True, None

    def _single(self) -> list[Found]:
        """The worst root alone, if any reaches anybody."""
        return [greedy(self.cover, 1)[0]] if len(self.cover.order) else []

    def _fewer(self, size: int) -> list[Combined]:
        """The worst sets of fewer roots."""
        found = self._single()
        for smaller in range(2, size):
            found += best_sets(self.cover, smaller, 1, EFFORT) or []
        return [self._of_found(one) for one in found]

    def _stepwise(self, size: int, progress: Callable[[int, int], None] | None) -> tuple[Combined, ...]:
        """From the worst pair on, each time the root that adds most, each asked of the engine.

        Groups that lose their last alternative only to so many at once are looked at besides, if they are few.
        """
        listed, _, _ = self.worst(2, 1, None)
        position = {name: n for n, (name, _) in enumerate(self.counter.names)}
        best = next(iter(listed), None)
        while best is not None and len(best.roots) < size:
            chosen = tuple(position[root] for root in best.roots)
            others = [(*chosen, int(n)) for n in self.candidates if n not in chosen]
            more, value, surprise = max(self.joint(others), key=lambda found: (found[1], [-n for n in found[0]]))
            if value <= best.value:
                break
            best = self._combined(more, value, surprise)
            if progress is not None:
                progress(len(more), size)
        for roots, value, surprise in self.joint(self._touching(size, MOST_TRIPLES) or ()):
            if value > (0 if best is None else best.value):
                best = self._combined(roots, value, surprise)
        return () if best is None else (best,)

    def _of_found(self, found: Found) -> Combined:
        return self._combined(tuple(int(self.candidates[n]) for n in found.members), found.value, 0)

    def _combined(self, roots: tuple[int, ...], value: int, surprise: int) -> Combined:
        alone = self._value(self.net[list(roots)]).tolist()
        order = sorted(range(len(roots)), key=lambda n: (-alone[n], self.counter.names[roots[n]][0]))
        names = tuple(self.counter.names[roots[n]][0] for n in order)
        return Combined(names, value, tuple(alone[n] for n in order), surprise)
