"""The arithmetic of `rank`, on arrays: from the sets of all roots to counts, residents and services."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from riskgraph.analysis.measure import counted, inhabited
from riskgraph.analysis.memory import refuse
from riskgraph.analysis.question import Question
from riskgraph.analysis.residents import ResidentSums
from riskgraph.analysis.roots import LINE_OF_BUSINESS, RankedRoot
from riskgraph.engine.closure_all import Chunk, closure_all
from riskgraph.engine.digraph import Ints, Longs
from riskgraph.engine.sets import OutOfMemory
from riskgraph.engine.snapshot import Roots
from riskgraph.graph import RiskGraph
from riskgraph.harm import Part
from riskgraph.model import KINDS, Band

__all__ = ["RootCounter"]


class RootCounter:
    """Counts what every root reaches.

    Parameters
    ----------
    question
        Kinds, view and scope; the band and the roots play no part.
    of
        Only this kind of root, or `None`.
    limit
        Bytes that may be taken.
    """

    most: int | None = None  # columns in one chunk, if not all that fit

    def __init__(self, graph: RiskGraph, question: Question, of: str | None, limit: int) -> None:
        self.graph, self.question, self.limit = graph, question, limit
        self.asked = [KINDS.index(kind) for kind in question.kinds]
        self.counting = [KINDS.index(kind) for kind in question.counting]
        self.compiled = graph.compiled(question.view)
        dataset = graph.dataset
        self.ids = list(dataset.entities)
        kinds = [dataset.entities[id_].kind for id_ in self.ids]
        root_kinds = [
            kinds[body] if area < 0 else LINE_OF_BUSINESS
            for body, area in zip(self.compiled.root_body.tolist(), self.compiled.root_area.tolist(), strict=True)
        ]
        self.chosen = np.array([n for n, kind in enumerate(root_kinds) if of in {None, kind}], np.int32)
        names = self.compiled.names(dataset)
        self.names = [(names[n], root_kinds[n]) for n in self.chosen]
        self.counted, self.cuts = self._families()
        number = {id_: n for n, id_ in enumerate(self.counted)}
        self.column = np.array([number.get(id_, -1) for id_ in self.ids], np.int32)

    @property
    def tried(self) -> int:
        """How many roots there are."""
        return len(self.chosen)

    @property
    def bodies(self) -> int:
        """How many authorities count."""
        return len(self.counted)

    @cached_property
    def roots(self) -> Roots:
        """The roots asked about."""
        rows = self.compiled.roots.rows
        owner, places = rows.rows(self.chosen)
        start = np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=len(self.chosen)))))
        return Roots(start.astype(np.int64), places)

    @cached_property
    def own(self) -> Ints:
        """The column of each root that is an authority, else -1: nobody counts as reached by itself."""
        body = self.compiled.root_body[self.chosen]
        return np.where(self.compiled.root_area[self.chosen] < 0, self.column[body], -1).astype(np.int32)

    def _families(self) -> tuple[list[str], Ints]:
        """The authorities that count, those of one area together; and where one such family ends."""
        dataset = self.graph.dataset
        chosen = self.question.selection
        found = counted(dataset, self.question.view.as_of, chosen.holds if chosen else None)
        head = {id_: id_ for id_ in found}

        def top(id_: str) -> str:
            while head[id_] != id_:
                id_ = head[id_]
            return id_

        for id_, (_, above) in inhabited(dataset, found).items():
            for area in above:
                first, second = sorted((top(id_), top(area)))
                head[second] = first
        order = sorted(found, key=lambda id_: (top(id_), id_))
        tops = [top(id_) for id_ in order]
        cuts = [n for n in range(1, len(tops)) if tops[n] != tops[n - 1]]
        return order, np.array(cuts, np.int32)

    @cached_property
    def residents(self) -> ResidentSums:
        """Residents of the authorities that count, by their columns."""
        return ResidentSums.of(self.graph.dataset, self.counted)

    # -- which places count -----------------------------------------------------------------------

    @cached_property
    def bodies_of_places(self) -> Ints:
        """The column of each place by which an authority counts, else -1.

        That is its whole; of some service areas, any of its services there.
        """
        at = self._services if self.question.selection.areas else self.compiled.places_that_are(Part.WHOLE)
        return np.where(at, self.column[self.compiled.place_body], -1).astype(np.int32)

    @cached_property
    def _services(self) -> NDArray[np.bool_]:
        """Places that are services which count."""
        counts = self.compiled.places_that_are(Part.SERVICE) & (self.column[self.compiled.place_body] >= 0)
        if only := self.question.selection.areas:
            counts &= np.isin(self.compiled.place_area, [n for n, a in enumerate(self.compiled.areas) if a in only])
        return counts

    @cached_property
    def services_of_places(self) -> Ints:
        """A column for each service."""
        return np.where(self._services, np.cumsum(self._services) - 1, -1).astype(np.int32)

    # -- sets -------------------------------------------------------------------------------------

    def parts(self, columns: Ints, cuts: Ints | None = None) -> Iterator[Chunk]:
        """What all roots reach, of the places that have a column; the refusal if the memory does not suffice."""
        try:
            yield from closure_all(
                self.compiled.snapshot,
                self.roots,
                columns,
                self.asked,
                counting=self.counting,
                limit=self.limit,
                cuts=cuts,
                most=self.most,
            )
        except OutOfMemory as error:
            raise refuse(error.needed, self.limit) from None

    # -- counts -----------------------------------------------------------------------------------

    def rows(self, progress: Callable[[int, int], None] | None = None) -> Iterator[RankedRoot]:
        """What every root reaches, in the order of the roots."""
        size, bands = len(self.chosen), len(Band)
        every, people, services, hidden = (np.zeros((size, bands), np.int64) for _ in range(4))
        by_kind = np.zeros((len(KINDS), size, bands), np.int64)
        direct_root, direct_column = self._direct
        done, work = 0, bands * (self.bodies + int(self._services.sum()))
        for part in self.parts(self.bodies_of_places, self.cuts):
            for kind, found in part.kinds.items():
                by_kind[kind, :, part.band] += self._count(part, found)
            reached = self._count(part, part.any_kind)
            every[:, part.band] += reached
            people[:, part.band] += self._people(part, part.any_kind)
            mine = _inside(part, direct_column)
            known = part.pool.holds(part.any_kind[direct_root[mine]], direct_column[mine] - part.first)
            hidden[:, part.band] += reached - np.bincount(direct_root[mine][known], minlength=size)
            done += part.last - part.first
            if progress is not None:
                progress(done, work)
        for part in self.parts(self.services_of_places):
            services[:, part.band] += part.pool.size(part.any_kind) - self._own_services(part)
            done += part.last - part.first
            if progress is not None:
                progress(done, work)
        direct = np.bincount(direct_root, minlength=size)
        for n, (root, kind) in enumerate(self.names):
            counts = {KINDS[k]: tuple(by_kind[k, n].tolist()) for k in range(len(KINDS)) if by_kind[k, n].any()}
            yield RankedRoot(
                root,
                kind,
                tuple(every[n].tolist()),
                counts,
                tuple(people[n].tolist()),
                tuple(services[n].tolist()),
                int(direct[n]),
                tuple(hidden[n].tolist()),
            )

    def _count(self, part: Chunk, sets: Ints) -> Longs:
        """How many authorities each set holds besides the root itself."""
        count = part.pool.size(sets).astype(np.int64)
        mine = _inside(part, self.own)
        count[mine] -= part.pool.holds(sets[mine], self.own[mine] - part.first)
        return count

    def _people(self, part: Chunk, sets: Ints) -> Longs:
        """Residents of each set without the root itself; of sets that are alike only once."""
        key, back = np.unique(sets.astype(np.int64) * (self.bodies + 1) + self.own + 1, return_inverse=True)
        distinct, own = np.divmod(key, self.bodies + 1)
        total = np.zeros(len(key), np.int64)
        for low, held in part.pool.blocks(distinct):
            mine = own[low : low + len(held)] - 1 - part.first
            inside = np.flatnonzero((mine >= 0) & (mine < part.last - part.first))
            held[inside, mine[inside]] = False
            total[low : low + len(held)] = self.residents.each(held, part.first)
        people: Longs = total[back]
        return people

    def _own_services(self, part: Chunk) -> Longs:
        """How many services of itself each root reaches."""
        of_root = np.full(len(self.ids), -1, np.int64)
        authority = np.flatnonzero(self.own >= 0)
        of_root[self.compiled.root_body[self.chosen[authority]]] = authority
        place = np.flatnonzero(self._services)
        root, column = of_root[self.compiled.place_body[place]], self.services_of_places[place]
        mine = (root >= 0) & (column >= part.first) & (column < part.last)
        root, column = root[mine], column[mine]
        held = part.pool.holds(part.any_kind[root], column - part.first)
        return np.bincount(root[held], minlength=len(self.chosen))

    @cached_property
    def _direct(self) -> tuple[Longs, Ints]:
        """Pairs: a root asked about, and the column of an authority with a relation of its own."""
        position = np.full(len(self.compiled.roots), -1, np.int64)
        position[self.chosen] = np.arange(len(self.chosen))
        root, column = position[self.compiled.direct_root], self.column[self.compiled.direct_body]
        counts = (root >= 0) & (column >= 0)
        return root[counts], column[counts]


def _inside(part: Chunk, column: NDArray[np.integer]) -> Longs:
    """Positions of the columns that are in a part."""
    return np.flatnonzero((column >= part.first) & (column < part.last))
