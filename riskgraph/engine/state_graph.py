"""The states that lead to one failure kind in one band, as a plain graph with gates.

A node is a place failing in one kind. In the two wide bands onward links start from what is likely, so a
second layer, the band `likely`, lies below: its onward links lead up into the wide band. A group of
alternatives with two or more protectors is a gate: its target fails when all of them do.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from riskgraph.engine.digraph import Csr, Dag, Ints, components, condense, csr, distinct, distinct_pairs
from riskgraph.engine.network import KIND_COUNT, LIKELY
from riskgraph.engine.sets import OutOfMemory
from riskgraph.engine.snapshot import Roots, Snapshot

__all__ = ["StateGraph"]

EDGE_BYTES = 72  # measured: edges, their copies while they are sorted, and the condensed graph
NODE_BYTES = 48


class StateGraph:
    """The graph of one kind and band for a set of kinds asked about.

    Parameters
    ----------
    snapshot
        The compiled rules.
    asked
        The kinds in which roots fail.
    kind, band
        What is asked of others: failing in this kind, in this band.
    limit
        Bytes that may be taken.
    """

    def __init__(self, snapshot: Snapshot, asked: Collection[int], kind: int, band: int, limit: int) -> None:
        self.snapshot, self.asked, self.kind, self.band = snapshot, frozenset(asked), kind, band
        self.places = int(snapshot.places[0])
        self.rules = [tuple(map(int, rule)) for rule in snapshot.derivations]
        self.kinds = self._kinds()
        self.slots = self._slots()  # (band of the layer, kind) -> first node
        self.nodes = len(self.slots) * self.places
        self.gate_target: Ints = np.zeros(0, np.int32)
        self.gate_members: tuple[Ints, Ints] = (np.zeros(0, np.int32), np.zeros(0, np.int32))  # gate, node
        needed = len(self.slots) * (len(snapshot.source) * EDGE_BYTES + self.places * NODE_BYTES)
        if needed > limit:
            raise OutOfMemory(needed)
        self.source, self.target, self._rule = self._edges()
        self._dag: Dag | None = None
        self._out: Csr | None = None

    @property
    def top(self) -> int:
        """First node of the layer in which the answer is read."""
        return self.slots[self.band, self.kind]

    @property
    def dag(self) -> Dag:
        """The graph without its cycles, made when it is first needed."""
        if self._dag is None:
            self._dag = condense(self.nodes, self.source, self.target)
        return self._dag

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        edges = self.source.nbytes + self.target.nbytes + self._rule.nbytes
        return edges + (0 if self._dag is None else self._dag.nbytes)

    def settle(self) -> None:
        """Order the graph, and let go of its edges: all that follows needs only the order."""
        _ = self.dag
        self.source = self.target = np.zeros(0, np.int32)
        self._rule = np.zeros(0, np.bool_)
        self._out = None

    # -- what there is --------------------------------------------------------------------------

    def _kinds(self) -> list[int]:
        """The kinds that roots can lead to and that lead to the one asked for."""
        steps = {(source, target) for source, target, level, _ in self.rules if level <= self.band}
        forward, backward = set(self.asked), {self.kind}
        for _ in range(KIND_COUNT):
            forward |= {target for source, target in steps if source in forward}
            backward |= {source for source, target in steps if target in backward}
        return sorted(forward & backward)

    def _slots(self) -> dict[tuple[int, int], int]:
        slots = [(self.band, kind) for kind in self.kinds]
        if self.band > LIKELY:
            onward = int(np.bitwise_or.reduce(self.snapshot.onward, initial=0))
            below = {kind for kind in self.kinds if onward >> kind & 1}
            for _ in range(KIND_COUNT):
                below |= {s for s, t, level, _ in self.rules if t in below and level <= LIKELY and s in self.kinds}
            slots += [(LIKELY, kind) for kind in sorted(below)]
        return {slot: number * self.places for number, slot in enumerate(slots)}

    def _edges(self) -> tuple[Ints, Ints, NDArray[np.bool_]]:
        """Edges, and whether each is a derivation that does not hold where harm starts."""
        snapshot = self.snapshot
        sources: list[Ints] = []
        targets: list[Ints] = []
        rules: list[NDArray[np.bool_]] = []

        def add(source: Ints, target: Ints, rule: bool = False) -> None:
            sources.append(source)
            targets.append(target)
            rules.append(np.full(len(source), rule))

        for (band, kind), first in self.slots.items():
            usable = snapshot.levels[:, kind] <= band
            onward = (snapshot.onward >> kind & 1).astype(np.bool_)
            inside = usable & ~onward if band > LIKELY else usable
            add(first + snapshot.source[inside], first + snapshot.target[inside])
            if (LIKELY, kind) in self.slots and band > LIKELY:
                leap = usable & onward
                add(self.slots[LIKELY, kind] + snapshot.source[leap], first + snapshot.target[leap])
            for number, (source, target, level, at_roots) in enumerate(self.rules):
                if source == kind and level <= band and (band, target) in self.slots:
                    here = snapshot.derives_place[snapshot.derives == number]
                    add(first + here, self.slots[band, target] + here, not at_roots and target not in self.asked)
            add(*self._groups(band, kind, first))
        return np.concatenate(sources), np.concatenate(targets), np.concatenate(rules)

    def _groups(self, band: int, kind: int, first: int) -> tuple[Ints, Ints]:
        """Groups in which one failing is enough, as edges; the others become gates."""
        snapshot = self.snapshot
        protects = (snapshot.member_protects >> band & 1).astype(np.bool_)
        needed = np.bincount(snapshot.member_group[protects], minlength=len(snapshot.group_target))
        in_kind = (snapshot.group_kinds >> kind & 1).astype(np.bool_)[snapshot.member_group]
        need = needed[snapshot.member_group]
        edge = in_kind & ((need == 0) | ((need == 1) & protects))
        gated = in_kind & (need > 1) & protects
        groups, gate = np.unique(snapshot.member_group[gated], return_inverse=True)
        old = len(self.gate_target)
        self.gate_target = np.concatenate((self.gate_target, first + snapshot.group_target[groups]))
        self.gate_members = (
            np.concatenate((self.gate_members[0], (old + gate).astype(np.int32))),
            np.concatenate((self.gate_members[1], first + snapshot.member[gated])),
        )
        return first + snapshot.member[edge], first + snapshot.group_target[snapshot.member_group[edge]]

    # -- where roots start ------------------------------------------------------------------------

    def seeds(self, roots: Roots, which: Ints) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]]:
        """Where the roots enter the graph.

        Parameters
        ----------
        roots
            All roots.
        which
            Numbers of those asked about.

        Returns
        -------
        tuple
            Pairs (position in `which`, node) whose whole closure is reached, and pairs of which only
            the node itself is: places where harm starts, at which nothing is derived.
        """
        position, place = roots.rows.rows(which)
        starts = [(position, first + place) for (_, kind), first in self.slots.items() if kind in self.asked]
        if not starts:
            nothing = np.zeros(0, np.int32)
            return (nothing, nothing), (nothing, nothing)
        at = np.concatenate([one for one, _ in starts]).astype(np.int32)
        node = np.concatenate([one for _, one in starts]).astype(np.int32)
        blocked = np.zeros(self.nodes, np.bool_)
        blocked[self.source[self._rule]] = True
        split = np.zeros(len(which), np.bool_)
        split[at[blocked[node]]] = True
        plain = ~split[at]
        whole = [(at[plain], node[plain])]
        alone = [(at[~plain], node[~plain])]
        if split.any():
            returning = split & self._returning(roots, blocked)[which]
            once = (split & ~returning)[at]
            whole.append(self._out_of(at[once], node[once]))
            for number in np.flatnonzero(returning):
                seen = self._search(node[at == number])
                alone.append((np.full(len(seen), number, np.int32), seen))
        return _joined(whole), _joined(alone)

    def _out_of(self, at: Ints, node: Ints) -> tuple[Ints, Ints]:
        """What lies one step outside each root, by links and by what may be derived there."""
        own = np.sort(at.astype(np.int64) * self.nodes + node)
        edge_of, edges = self._outward.rows(node)
        allowed = ~self._rule[edges]
        owner, target = at[edge_of[allowed]], self.target[edges[allowed]]
        key = owner.astype(np.int64) * self.nodes + target
        inside = own[np.minimum(np.searchsorted(own, key), len(own) - 1)] == key
        return distinct_pairs(owner[~inside], target[~inside], self.nodes)

    @property
    def _outward(self) -> Csr:
        """Numbers of the edges out of each node."""
        if self._out is None:
            self._out = csr(self.nodes, self.source, np.arange(len(self.source)))
        return self._out

    def _returning(self, roots: Roots, blocked: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Roots to which harm may come back from outside, where the place alone no longer tells.

        A root of one place is one if the place is on a cycle. The places of any other root are drawn
        together first; then it is one if what came of them is on a cycle. Too many are named, never too few.
        """
        into = {slot[1] for slot, first in self.slots.items() if blocked[first : first + self.places].any()}
        for _ in range(KIND_COUNT):
            into |= {s for s, t, level, _ in self.rules if t in into and level <= self.band and s in self.kinds}
        if any(int(kinds) >> kind & 1 for kinds in np.unique(self.snapshot.group_kinds) for kind in into):
            raise ValueError("alternatives may not lead to a kind of which others are derived")
        slots = np.array([kind in into for _, kind in self.slots])
        used = slots[self.source // self.places] & slots[self.target // self.places]
        head, tail = self.source[used] % self.places, self.target[used] % self.places
        size = self.places + len(roots)
        count = np.diff(roots.start)
        owner = self.places + np.repeat(np.arange(len(roots), dtype=np.int32), count)
        label = components(size, owner, roots.places, directed=False)
        whole = np.bincount(label[: self.places], minlength=size)[label[self.places :]] == count
        drawn_together = _on_cycle(size, label[head], label[tail])[label[self.places :]]
        single = _on_cycle(size, head, tail)[roots.places[np.minimum(roots.start[:-1], len(roots.places) - 1)]]
        result: NDArray[np.bool_] = np.where(count == 1, single, drawn_together | ~whole)
        return result

    def _search(self, start: Ints) -> Ints:
        """All that one root reaches, with nothing derived at its own places: a plain search."""
        own = np.zeros(self.places, np.bool_)
        own[start % self.places] = True
        seen = np.zeros(self.nodes, np.bool_)
        frontier = distinct(start)
        while len(frontier):
            seen[frontier] = True
            _, edges = self._outward.rows(frontier)
            edges = edges[~(self._rule[edges] & own[self.source[edges] % self.places])]
            frontier = distinct(self.target[edges])
            frontier = frontier[~seen[frontier]]
        return np.flatnonzero(seen).astype(np.int32)


def _joined(parts: list[tuple[Ints, Ints]]) -> tuple[Ints, Ints]:
    return np.concatenate([one for one, _ in parts]), np.concatenate([other for _, other in parts])


def _on_cycle(size: int, head: Ints, tail: Ints) -> NDArray[np.bool_]:
    """Whether each node is on a cycle of two nodes or more."""
    label = components(size, head, tail, directed=True)
    on_cycle: NDArray[np.bool_] = np.bincount(label)[label] > 1
    return on_cycle
