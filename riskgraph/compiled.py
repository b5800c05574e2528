"""A map compiled for all roots at once: the engine's snapshot, and what its numbers stand for.

It is kept on disk under a name made of the digest of the data, the view and the code, so that a change of
any of them makes another one. It holds numbers only: entity n is the n-th of the data set by id.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from riskgraph.data.cache import cache_folder, code_digest, prune
from riskgraph.data.dataset import Dataset
from riskgraph.engine.digraph import Ints
from riskgraph.engine.snapshot import Roots, Snapshot, roots_of, snapshot_of
from riskgraph.engine.store import STORE_FORMAT, load, save
from riskgraph.harm import HarmNetwork, Part, compile_harm, places_of
from riskgraph.model import AUTHORITY, ORGANISATIONS
from riskgraph.rules import Trait, relations_that, rules
from riskgraph.settle import Settled, View, settle

__all__ = ["Compiled", "compiled"]

SUFFIX = ".snapshot"
PARTS = tuple(Part)
_NO_TIE, _OWNED = relations_that(Trait.WHOLE), relations_that(Trait.OWNS)
_GOVERNED = relations_that(Trait.GOVERNS)
_OFFERED = frozenset().union(
    *map(relations_that, (Trait.MAKES, Trait.COPY, Trait.OPERATES, Trait.SUPPLIES))
)  # by whom a system, a product or an environment is made, run or supplied


@dataclass(frozen=True)
class Compiled:
    """Everything about one data set in one view, as arrays.

    Attributes
    ----------
    snapshot
        The rules of harm.
    roots
        What may fail: every entity, then every line of business with an area.
    root_body, root_area
        Shape (roots,): entity, and service area of a line or -1.
    place_body, place_part, place_area
        Shape (places,): entity, number of the `Part`, service area or -1.
    direct_root, direct_body
        Pairs: a root, and an authority that has a relation of its own with it, in force: it uses it or what it makes
        or runs, buys from it, owns it or is a member of it.
    """

    snapshot: Snapshot
    roots: Roots
    root_body: Ints
    root_area: Ints
    place_body: Ints
    place_part: NDArray[np.uint8]
    place_area: Ints
    direct_root: Ints
    direct_body: Ints

    _OWN = ("root_body", "root_area", "place_body", "place_part", "place_area", "direct_root", "direct_body")

    @cached_property
    def areas(self) -> tuple[str, ...]:
        """The service areas by number."""
        return tuple(rules().areas)

    def names(self, dataset: Dataset) -> list[str]:
        """Ids of the roots: `kind:slug`, or `kind:slug/area` for a line."""
        ids = list(dataset.entities)
        return [
            ids[body] if area < 0 else f"{ids[body]}/{self.areas[area]}"
            for body, area in zip(self.root_body.tolist(), self.root_area.tolist(), strict=True)
        ]

    def places_that_are(self, part: Part) -> NDArray[np.bool_]:
        """Which places are such a part of a body."""
        found: NDArray[np.bool_] = self.place_part == PARTS.index(part)
        return found

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Name to array: what is written to disk."""
        own = {name: getattr(self, name) for name in self._OWN}
        return {**self.snapshot.arrays(), **own, "roots_start": self.roots.start, "roots_places": self.roots.places}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]], entities: int) -> Compiled:
        """From what was read from disk; `ValueError` if it does not fit together."""
        snapshot = Snapshot.of_arrays(arrays)
        try:
            roots = Roots(arrays["roots_start"], arrays["roots_places"])
            found = cls(snapshot, roots, *(arrays[name] for name in cls._OWN))
        except KeyError as error:
            raise ValueError(f"no array {error}") from None
        places, areas = int(snapshot.places[0]), len(found.areas)
        steps = np.diff(roots.start)
        fits = (
            roots.start.dtype == np.int64
            and len(roots.start) > 0
            and roots.start[0] == 0
            and roots.start[-1] == len(roots.places)
            and not (steps < 0).any()
        )
        bounds = (
            (roots.places, len(roots.places), places),
            (found.root_body, len(steps), entities),
            (found.root_area + 1, len(steps), areas + 1),
            (found.place_body, places, entities),
            (found.place_part, places, len(PARTS)),
            (found.place_area + 1, places, areas + 1),
            (found.direct_root, len(found.direct_body), len(steps)),
            (found.direct_body, len(found.direct_root), entities),
        )
        for array, size, bound in bounds:
            fits = fits and array.shape == (size,) and not (size and (array.min() < 0 or array.max() >= bound))
        if not fits:
            raise ValueError("the numbers do not fit together")
        return found


def compiled(dataset: Dataset, view: View, settled: Settled | None = None, harm: HarmNetwork | None = None) -> Compiled:
    """The compiled map, from the cache if it is there and sound.

    Parameters
    ----------
    settled, harm
        What was made already of this data set in this view, to save making it again.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> seeds = read("seeds")
    >>> ready = compiled(seeds, View(seeds.info.day))
    >>> "supplier:civica/revenues-benefits" in ready.names(seeds)
    True
    """
    folder = cache_folder()
    key = _key(dataset, view)
    if folder is not None:
        arrays = load(folder / f"{key}{SUFFIX}", key)
        if arrays is not None:
            with contextlib.suppress(ValueError):
                return Compiled.of_arrays(arrays, len(dataset.entities))
    settled = settle(dataset, view) if settled is None else settled
    made = _compile(settled, compile_harm(settled) if harm is None else harm)
    if folder is not None:
        with contextlib.suppress(OSError):  # a full or forbidden disk must not cost anybody the answer
            save(folder / f"{key}{SUFFIX}", key, made.arrays())
            prune(folder, SUFFIX)
    return made


def _key(dataset: Dataset, view: View) -> str:
    parts = (STORE_FORMAT, code_digest(), dataset.digest, view.as_of, view.known_before, *sorted(view.without))
    return hashlib.blake2b("\0".join(map(str, parts)).encode(), digest_size=16).hexdigest()


def _ties(settled: Settled) -> Iterator[tuple[str, str, str | None]]:
    """Authority, whom it has a relation of its own with, and in which service area.

    Who makes, runs or supplies what it uses is one of these, and so is what it owns or is a member of.
    """
    kind = {entity.id: entity.kind for entity in settled.dataset.entities.values()}
    steps = [step for step in settled.steps if step.in_force]
    offered: dict[str, set[str]] = defaultdict(set)
    for step in steps:
        if step.relation in _OFFERED and kind[step.dependent] not in ORGANISATIONS:
            offered[step.dependent].add(step.provider)
    for step in steps:
        if step.relation in _OWNED and kind[step.provider] == AUTHORITY:
            yield step.provider, step.dependent, None
        if kind[step.dependent] == AUTHORITY and (step.relation not in _NO_TIE or step.relation in _GOVERNED):
            met, waiting = {step.provider}, [step.provider]
            while waiting:
                further = offered.get(waiting.pop(), set()) - met
                met |= further
                waiting += further
            for provider in met - {step.dependent}:
                yield step.dependent, provider, step.area


def _compile(settled: Settled, harm: HarmNetwork) -> Compiled:
    number = {id_: n for n, id_ in enumerate(settled.dataset.entities)}
    area_number = {area: n for n, area in enumerate(rules().areas)}
    lines = [(p.body, p.area) for p in harm.places if p.part is Part.LINE and p.area is not None]
    roots: list[tuple[str, str | None]] = [*((id_, None) for id_ in number), *sorted(lines)]
    at = {root: n for n, root in enumerate(roots)}
    direct = {
        (at[root], number[body])
        for body, provider, area in _ties(settled)
        for root in ((provider, None), (provider, area))
        if root in at
    }
    pairs = np.array(sorted(direct), np.int32).reshape(-1, 2)

    def ints(values: list[int]) -> Ints:
        return np.array(values, np.int32)

    def area_of(area: str | None) -> int:
        return area_number.get(area, -1) if area is not None else -1

    return Compiled(
        snapshot_of(harm.network),
        roots_of([places_of(harm, id_ if area is None else f"{id_}/{area}") for id_, area in roots]),
        ints([number[id_] for id_, _ in roots]),
        ints([area_of(area) for _, area in roots]),
        ints([number[place.body] for place in harm.places]),
        np.array([PARTS.index(place.part) for place in harm.places], np.uint8),
        ints([area_of(place.area) for place in harm.places]),
        pairs[:, 0].copy(),
        pairs[:, 1].copy(),
    )
