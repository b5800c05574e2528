"""The exact closure of every root at once: sets instead of searches.

For one kind and band the rules of harm are a plain graph with gates (`riskgraph.engine.state_graph`). Its cycles
are condensed, its components processed in batches from the authorities outwards: the set of a component is
the union of its successors' sets. A root is one more union on top. Gates (alternatives that must fail
together) are further numbers in the sets: a root whose set holds all members of a gate gets its target too,
and so on until nothing changes. The answer equals `riskgraph.engine.solve` for each root alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from riskgraph.engine.digraph import Csr, Ints, csr
from riskgraph.engine.network import BANDS, KIND_COUNT
from riskgraph.engine.sets import OutOfMemory, Pool
from riskgraph.engine.snapshot import Roots, Snapshot
from riskgraph.engine.state_graph import StateGraph

__all__ = ["Chunk", "Progress", "closure_all", "kinds_reached", "sweep"]

LEAST = 64  # columns in the smallest chunk
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Chunk:
    """What all roots reach in one band, of some columns.

    Attributes
    ----------
    band
        The band.
    first, last
        The columns that are in this part: number n of the sets is column ``first + n``.
    pool
        Holds the sets.
    kinds
        For each kind that can be reached, shape (roots,): the set of columns that each root reaches.
    any_kind
        Shape (roots,): the union over the kinds that count.
    """

    band: int
    first: int
    last: int
    pool: Pool
    kinds: Mapping[int, Ints]
    any_kind: Ints


def kinds_reached(snapshot: Snapshot, asked: Collection[int], band: int = BANDS - 1) -> list[int]:
    """The kinds in which anything can fail in a band if roots fail in the kinds asked about."""
    found = set(asked)
    for _ in range(KIND_COUNT):
        found |= {int(t) for s, t, level, _ in snapshot.derivations if int(s) in found and level <= band}
    return sorted(found)


def closure_all(
    snapshot: Snapshot,
    roots: Roots,
    columns: Ints,
    asked: Collection[int],
    *,
    counting: Collection[int] = range(KIND_COUNT),
    bands: Sequence[int] = tuple(range(BANDS)),
    limit: int = 2 << 30,
    together: Sequence[Sequence[int]] | None = None,
    cuts: Ints | None = None,
    most: int | None = None,
    progress: Progress | None = None,
) -> Iterator[Chunk]:
    """What every root reaches, band by band, the widest first.

    Parameters
    ----------
    snapshot
        The compiled rules.
    roots
        What may fail, each alone.
    columns
        Shape (places,): the number that counts a place, such as that of its authority, or -1. Places may
        share a number; a place fails if it fails in the kind.
    asked
        The kinds in which the roots fail.
    counting
        The kinds that count for `any_kind`.
    bands
        Which bands to answer.
    limit
        Bytes that may be taken. Beyond it the columns are taken in chunks; each is a `Chunk` of its own.
    together
        Sets of roots that fail at once, as positions in `roots`. They are answered instead of the roots.
    cuts
        Columns at which a chunk may begin, sorted; any if left out.
    most
        The most columns in one chunk.
    progress
        Called with parts done and parts to do.

    Yields
    ------
    Chunk
        For each band and chunk of columns.

    Raises
    ------
    OutOfMemory
        If not even the smallest chunk fits; it says how much is needed.

    Notes
    -----
    Time O(E log E) for the condensed graph, then the distinct sets times their size; memory about
    72 bytes an edge and 48 a node of the product, and the pool of sets.

    Examples
    --------
    >>> from riskgraph.engine import NetworkBuilder
    >>> from riskgraph.engine.snapshot import roots_of, snapshot_of
    >>> builder = NetworkBuilder([])
    >>> first, second = builder.place(), builder.place()
    >>> builder.link(first, second, (0, 0, 0, 2, 9), cost=1, label=0)
    >>> parts = closure_all(snapshot_of(builder.build()), roots_of([[first]]), np.array([-1, 0], np.int32), [3])
    >>> [(part.band, part.pool.size(part.any_kind).tolist()) for part in parts]
    [(3, [1]), (2, [1]), (1, [0]), (0, [0])]
    """
    count = int(columns.max(initial=-1)) + 1
    kinds = kinds_reached(snapshot, asked)
    alive = {kind: np.ones(len(roots), np.bool_) for kind in kinds}
    width = max(count, 1) if most is None else most
    done, total = 0, len(bands) * len(kinds)
    groups = None if together is None else _csr_of(together)
    for band in sorted(bands, reverse=True):
        closures: dict[int, _Closure] = {}
        room = limit
        for kind in kinds_reached(snapshot, asked, band):
            which = np.flatnonzero(alive[kind]).astype(np.int32)
            closures[kind] = _Closure(snapshot, roots, which, asked, kind, band, groups, room)
            room -= closures[kind].nbytes
        living = {kind: np.zeros(len(roots), np.bool_) for kind in kinds}
        first = 0
        while first < max(count, 1):
            last = _end(first, min(first + width, count), count, cuts)
            try:
                part = _part(closures, columns, first, last, band, living, room, counting)
            except OutOfMemory:
                if width <= LEAST or last - first > width:
                    raise
                width = max(LEAST, -(-(width // 2) // 64) * 64)
                continue
            yield part
            first = max(last, first + 1)
        if together is None:  # what reaches nothing in a wide band reaches nothing in a surer one
            alive = living
        done += len(kinds)
        if progress is not None:
            progress(done, total)


def _end(first: int, last: int, count: int, cuts: Ints | None) -> int:
    """Where a chunk ends that should end at `last`: at a cut, the next one if there is none before."""
    if cuts is None or last == count:
        return last
    before = cuts[(cuts > first) & (cuts <= last)]
    after = cuts[cuts > last]
    return int(before[-1]) if len(before) else int(after[0]) if len(after) else count


def _part(
    closures: Mapping[int, _Closure],
    columns: Ints,
    first: int,
    last: int,
    band: int,
    living: Mapping[int, NDArray[np.bool_]],
    limit: int,
    counting: Collection[int],
) -> Chunk:
    pool = Pool(last - first, limit)
    chunk = np.where((columns >= first) & (columns < last), columns - first, -1).astype(np.int32)
    found: dict[int, Ints] = {}
    for kind, closure in closures.items():
        alone, found[kind] = closure.sets(pool, chunk)
        living[kind][closure.which[alone != 0]] = True
    counted = [sets for kind, sets in found.items() if kind in counting]
    return Chunk(band, first, last, pool, found, _any_of(pool, counted or [0 * sets for sets in found.values()]))


def _any_of(pool: Pool, kinds: Sequence[Ints]) -> Ints:
    """The union over kinds; heads with the same sets in every kind, and there are many, share it."""
    which = kinds[0].astype(np.int64)
    for sets in kinds[1:]:
        _, which = np.unique(which * len(pool) + sets, return_inverse=True)
    _, first, back = np.unique(which, return_index=True, return_inverse=True)
    every = np.tile(np.arange(len(first), dtype=np.int32), len(kinds))
    united: Ints = pool.unite(len(first), every, np.concatenate([sets[first] for sets in kinds]))[back]
    return united


def _csr_of(lists: Sequence[Sequence[int]]) -> Csr:
    owner = np.repeat(np.arange(len(lists)), [len(one) for one in lists])
    return csr(len(lists), owner, np.array([root for one in lists for root in one], np.int32))


class _Closure:
    """One kind and band: the graph, where roots enter it, and the gates that each root opens."""

    def __init__(
        self,
        snapshot: Snapshot,
        roots: Roots,
        which: Ints,
        asked: Collection[int],
        kind: int,
        band: int,
        together: Csr | None,
        limit: int,
    ) -> None:
        self.product = StateGraph(snapshot, asked, kind, band, limit)
        self.roots, self.which, self.together, self.limit = len(roots), which, together, limit
        self.whole, self.alone = self.product.seeds(roots, which)
        self.product.settle()

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.product.nbytes + sum(array.nbytes for array in (*self.whole, *self.alone))

    def sets(self, pool: Pool, columns: Ints) -> tuple[Ints, Ints]:
        """The set of each root of `which`, and the answer: of all roots, or of the groups of roots asked."""
        number = np.full(self.product.nodes, -1, np.int32)
        number[self.product.top : self.product.top + self.product.places] = columns
        reached = sweep(self.product, pool, number)
        alone = self._roots(pool, reached, number)
        opened, joint = self._opened
        alone = _and_targets(pool, alone, opened, reached)
        every = np.zeros(self.roots, np.int32)
        every[self.which] = alone
        if self.together is None:
            return alone, every
        return alone, _and_targets(pool, _united(pool, self.together, every), joint, reached)

    def _roots(self, pool: Pool, reached: Ints, number: Ints) -> Ints:
        at, node = self.whole
        single_at, single = self.alone
        counted = number[single] >= 0
        heads = np.concatenate((at, single_at[counted]))
        parts = np.concatenate((reached[self.product.dag.component[node]], 1 + number[single[counted]]))
        return pool.unite(len(self.which), heads, parts)

    @cached_property
    def _opened(self) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]]:
        """Pairs (root, component of the target) of the gates opened: by roots alone, and by groups of roots."""
        gates, members = self.product.gate_members
        nothing = np.zeros(0, np.int32), np.zeros(0, np.int32)
        if not len(gates):
            return nothing, nothing
        nodes, member = np.unique(members, return_inverse=True)
        number = np.full(self.product.nodes, -1, np.int32)
        number[nodes] = np.arange(len(nodes), dtype=np.int32)
        pool = Pool(len(nodes), self.limit)
        reached = sweep(self.product, pool, number)
        of_member = csr(len(nodes), member, gates)
        needed = np.bincount(gates, minlength=len(self.product.gate_target))
        target = self.product.dag.component[self.product.gate_target]
        alone, pairs = _open(pool, self._roots(pool, reached, number), reached, of_member, needed, target)
        if self.together is None:
            return pairs, nothing
        every = np.zeros(self.roots, np.int32)
        every[self.which] = alone
        _, joint = _open(pool, _united(pool, self.together, every), reached, of_member, needed, target)
        return pairs, joint


def sweep(product: StateGraph, pool: Pool, number: Ints) -> Ints:
    """The set that each component reaches, batch by batch.

    Parameters
    ----------
    number
        Shape (nodes,): the number of each node that counts, or -1.

    Returns
    -------
    numpy.ndarray
        Shape (components,): sets of the pool.
    """
    dag = product.dag
    counted = np.flatnonzero(number >= 0)
    own = csr(len(dag.successors.start) - 1, dag.component[counted], 1 + number[counted])
    reached = np.zeros(len(dag.successors.start) - 1, np.int32)
    for low, high in zip(dag.batch[:-1], dag.batch[1:], strict=True):
        batch = np.arange(low, high)
        at, below = dag.successors.rows(batch)
        at_own, sets = own.rows(batch)
        if len(at) or len(at_own):
            reached[low:high] = pool.unite(
                int(high - low), np.concatenate((at, at_own)), np.concatenate((reached[below], sets))
            )
    return reached


def _united(pool: Pool, together: Csr, sets: Ints) -> Ints:
    owner, member = together.rows(np.arange(len(together.start) - 1))
    return pool.unite(len(together.start) - 1, owner, sets[member])


def _and_targets(pool: Pool, sets: Ints, opened: tuple[Ints, Ints], reached: Ints) -> Ints:
    """Sets with what follows from the gates that were opened."""
    owner, component = opened
    if not len(owner):
        return sets
    everyone = np.arange(len(sets), dtype=np.int32)
    return pool.unite(len(sets), np.concatenate((everyone, owner)), np.concatenate((sets, reached[component])))


def _open(
    pool: Pool, sets: Ints, reached: Ints, of_member: Csr, needed: NDArray[np.integer], target: Ints
) -> tuple[Ints, tuple[Ints, Ints]]:
    """Open gates until nothing changes: the sets at the end, and pairs (head, component) of what was opened."""
    sets = sets.copy()
    heads: list[Ints] = [np.zeros(0, np.int32)]
    gates: list[Ints] = [np.zeros(0, np.int32)]
    changed = np.flatnonzero(sets)
    while len(changed):
        distinct, which = pool.distinct(sets[changed])
        owner, member = pool.pairs(distinct)
        row, gate = of_member.rows(member)
        key, count = np.unique(owner[row] * len(needed) + gate, return_counts=True)
        key = key[count == needed[key % len(needed)]]
        open_gates = csr(len(distinct), key // len(needed), key % len(needed))
        at, gate = open_gates.rows(which)
        head = changed[at].astype(np.int32)
        before = np.unique(np.concatenate(heads).astype(np.int64) * len(needed) + np.concatenate(gates))
        new = ~np.isin(head.astype(np.int64) * len(needed) + gate, before)
        head, gate = head[new], gate[new]
        heads.append(head)
        gates.append(gate)
        after = _and_targets(pool, sets, (head, target[gate]), reached)
        changed = np.flatnonzero(after != sets)
        sets = after
    return sets, (np.concatenate(heads), target[np.concatenate(gates)])
