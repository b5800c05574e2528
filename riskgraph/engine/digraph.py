"""Plain directed graphs as arrays: gather rows, condense cycles, order what is left in batches.

Nothing here loops over nodes: a batch holds all components whose successors lie in earlier batches.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Csr", "Dag", "Ints", "components", "condense", "csr", "distinct", "distinct_pairs", "spread"]

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


def spread(start: NDArray[np.integer], count: NDArray[np.integer]) -> Longs:
    """Positions ``start[i], start[i] + 1, ...``, `count[i]` of them for each i, one after another.

    Examples
    --------
    >>> spread(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    count = count.astype(np.int64)
    before = np.cumsum(count) - count
    return np.repeat(start.astype(np.int64) - before, count) + np.arange(int(count.sum()), dtype=np.int64)


@dataclass(frozen=True)
class Csr:
    """Rows of numbers: row i is ``values[start[i]:start[i + 1]]``."""

    start: Longs
    values: Ints

    def rows(self, which: NDArray[np.integer]) -> tuple[Longs, Ints]:
        """The values of some rows: for each value the position in `which` and the value."""
        begin = self.start[which]
        count = self.start[which + 1] - begin
        return np.repeat(np.arange(len(which), dtype=np.int64), count), self.values[spread(begin, count)]


def csr(rows: int, row: NDArray[np.integer], value: NDArray[np.integer]) -> Csr:
    """Group values, none below 0, by row; within a row they are sorted.

    Examples
    --------
    >>> grouped = csr(3, np.array([2, 0, 2]), np.array([7, 8, 9]))
    >>> grouped.start.tolist(), grouped.values.tolist()
    ([0, 1, 1, 3], [8, 7, 9])
    """
    start = np.zeros(rows + 1, np.int64)
    np.cumsum(np.bincount(row, minlength=rows), out=start[1:])
    key = row.astype(np.int64) << 32 | value  # sorting one number is several times faster than sorting by another
    key.sort()
    return Csr(start, key.astype(np.int32))


def distinct(values: NDArray[np.integer]) -> NDArray[np.integer]:
    """Each value once, sorted."""
    values = np.sort(values)
    return values[np.concatenate(([True], values[1:] != values[:-1]))] if len(values) else values


def distinct_pairs(first: NDArray[np.integer], second: NDArray[np.integer], width: int) -> tuple[Ints, Ints]:
    """Pairs, each once, sorted; every `second` is below `width`."""
    key = first.astype(np.int64) * max(width, 1) + second
    key.sort()
    if len(key):
        key = key[np.concatenate(([True], key[1:] != key[:-1]))]
    one, other = np.divmod(key, max(width, 1))
    return one.astype(np.int32), other.astype(np.int32)


@dataclass(frozen=True)
class Dag:
    """A graph without its cycles. Components are numbered batch by batch, successors first."""

    component: Ints  # of each node
    batch: Longs  # batch b holds the components batch[b] .. batch[b + 1] - 1
    successors: Csr

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.component.nbytes + self.batch.nbytes + self.successors.start.nbytes + self.successors.values.nbytes


def components(nodes: int, source: Ints, target: Ints, *, directed: bool) -> Ints:
    """The component of each node: strong ones of a directed graph, connected ones of another.

    Examples
    --------
    >>> components(3, np.array([0, 1], np.int32), np.array([1, 0], np.int32), directed=True).tolist()
    [0, 0, 1]
    """
    from scipy.sparse import coo_matrix  # a fifth of a second to import
    from scipy.sparse.csgraph import connected_components

    matrix = coo_matrix((np.ones(len(source), np.int8), (source, target)), shape=(nodes, nodes))
    _, label = connected_components(matrix, directed=directed, connection="strong")
    return np.asarray(label, np.int32)


def condense(nodes: int, source: Ints, target: Ints) -> Dag:
    """Join the nodes of each cycle, and order the components by the longest way down.

    Parameters
    ----------
    nodes
        How many nodes there are.
    source, target
        One entry for each edge.

    Returns
    -------
    Dag
        O(edges log edges) time; strong components by SciPy (Pearce's algorithm, iterative).

    Examples
    --------
    >>> dag = condense(4, np.array([0, 1, 1], np.int32), np.array([1, 0, 2], np.int32))
    >>> bool(dag.component[0] == dag.component[1]), dag.batch.tolist()
    (True, [0, 2, 3])
    """
    label = components(nodes, source, target, directed=True)
    count = int(label.max(initial=-1)) + 1
    head, tail = label[source], label[target]
    apart = head != tail
    head, tail = distinct_pairs(head[apart], tail[apart], count)
    level = _levels(count, head, tail)
    order = np.argsort(level, kind="stable")
    number = np.empty(count, np.int32)
    number[order] = np.arange(count, dtype=np.int32)
    batches = np.concatenate(([0], np.cumsum(np.bincount(level)))) if count else np.zeros(1, np.int64)
    return Dag(number[label], batches.astype(np.int64), csr(count, number[head], number[tail]))


def _levels(count: int, head: Ints, tail: Ints) -> Ints:
    """Longest way down from each component, by peeling whole frontiers."""
    level = np.zeros(count, np.int32)
    left = np.bincount(head, minlength=count)
    predecessors = csr(count, tail, head)
    frontier: NDArray[np.integer] = np.flatnonzero(left == 0)
    depth = 0
    while len(frontier):
        level[frontier] = depth
        _, above = predecessors.rows(frontier)
        if len(above) * 8 > count:
            left -= np.bincount(above, minlength=count)
        else:
            np.subtract.at(left, above, 1)
        frontier = distinct(above[left[above] == 0])
        depth += 1
    return level
