"""A network as arrays: what `closure_all` works on, and what is kept on disk.

All failure kinds and all four bands stand in one snapshot: a link keeps one level for each kind, and the
product of places and kinds is made from it when a question is asked (`riskgraph.engine.closure_all`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from riskgraph.engine.digraph import Csr, Ints
from riskgraph.engine.network import BANDS, KIND_COUNT, Network

__all__ = ["Roots", "Snapshot", "roots_of", "snapshot_of"]

Bytes = NDArray[np.uint8]


@dataclass(frozen=True)
class Snapshot:
    """The compiled rules as arrays; see `riskgraph.engine.network.Network` for what they mean.

    Attributes
    ----------
    places
        Shape (1,): how many places there are.
    source, target
        Shape (links,): places.
    cost
        Shape (links,): rows that a link is long (hops).
    levels
        Shape (links, 5): for each kind the surest band in which a link may be used; 9 is never.
    onward
        Shape (links,): bit k is set where the link is onward in kind k.
    label
        Shape (links,): what the link stands for.
    derivations
        Shape (derivations, 4): kind from, kind to, level, whether it also holds where harm starts.
    derives_place, derives
        Pairs: place and number of a derivation that holds there.
    group_target, group_kinds
        Shape (groups,): place, and kinds as bits.
    member_group, member, member_protects
        Shape (members,): group, place, and as bits the bands in which this alternative protects.
    """

    places: Ints
    source: Ints
    target: Ints
    cost: Ints
    levels: Bytes
    onward: Bytes
    label: Ints
    derivations: Bytes
    derives_place: Ints
    derives: Ints
    group_target: Ints
    group_kinds: Bytes
    member_group: Ints
    member: Ints
    member_protects: Bytes

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return sum(array.nbytes for array in self.arrays().values())

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Name to array: what is written to disk."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Snapshot:
        """From what was read from disk, checked: every number must point at something.

        Raises
        ------
        ValueError
            If an array is missing, has another shape or type, or points outside.
        """
        try:
            snapshot = cls(**{field.name: arrays[field.name] for field in fields(cls)})  # type: ignore[arg-type]
        except KeyError as error:
            raise ValueError(f"no array {error}") from None
        snapshot._check()
        return snapshot

    def _check(self) -> None:
        types = {"Ints": np.int32, "Bytes": np.uint8}
        for field in fields(self):
            if getattr(self, field.name).dtype != types[str(field.type)]:
                raise ValueError(f"{field.name} has another type")
        links, rules, groups, members = (
            len(self.source),
            len(self.derivations),
            len(self.group_target),
            len(self.member),
        )
        shapes = {
            "places": (1,), "source": (links,), "target": (links,), "cost": (links,), "levels": (links, KIND_COUNT),
            "onward": (links,), "label": (links,), "derivations": (rules, 4), "group_target": (groups,),
            "group_kinds": (groups,), "member_group": (members,), "member": (members,), "member_protects": (members,),
            "derives_place": self.derives.shape, "derives": (len(self.derives_place),),
        }  # fmt: skip
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise ValueError(f"{name} has another shape")
        places = int(self.places[0])
        bounds = (
            (self.source, places), (self.target, places), (self.member, places), (self.group_target, places),
            (self.derives_place, places), (self.derives, rules), (self.member_group, groups),
            (self.derivations[:, :2], KIND_COUNT), (self.cost, 1 << 16),
        )  # fmt: skip
        if places < 0 or any(array.size and (array.min() < 0 or array.max() >= bound) for array, bound in bounds):
            raise ValueError("a number points outside")


@dataclass(frozen=True)
class Roots:
    """What may fail: the places of each root."""

    start: NDArray[np.int64]
    places: Ints

    def __len__(self) -> int:
        return len(self.start) - 1

    @property
    def rows(self) -> Csr:
        """The places, grouped by root."""
        return Csr(self.start, self.places)


def roots_of(places: Iterable[Sequence[int]]) -> Roots:
    """Roots from lists of places.

    Examples
    --------
    >>> roots_of([[3, 4], [5]]).start.tolist()
    [0, 2, 3]
    """
    lists = [list(dict.fromkeys(root)) for root in places]
    start = np.zeros(len(lists) + 1, np.int64)
    np.cumsum([len(root) for root in lists], out=start[1:])
    return Roots(start, np.array([place for root in lists for place in root], np.int32))


def snapshot_of(network: Network) -> Snapshot:
    """The arrays of a network.

    Examples
    --------
    >>> from riskgraph.engine import NetworkBuilder
    >>> from riskgraph.model import NEVER
    >>> builder = NetworkBuilder([])
    >>> first, second = builder.place(), builder.place()
    >>> builder.link(first, second, (0, 0, 0, 2, NEVER), cost=1, label=0)
    >>> snapshot_of(builder.build()).levels.tolist()
    [[0, 0, 0, 2, 9]]
    """
    derives = [(place, number) for place, numbers in enumerate(network.derives) for number in numbers]
    members = [
        (number, place, sum(1 << band for band in range(BANDS) if place in group.protects[band]))
        for number, group in enumerate(network.groups)
        for place in group.members
    ]
    return Snapshot(
        _ints([network.places]),
        _ints(network.source),
        _ints(network.target),
        _ints(network.cost),
        np.array(network.levels, np.uint8).reshape(len(network.source), KIND_COUNT),
        np.array([_bits(kinds) for kinds in network.onward], np.uint8),
        _ints(network.label),
        np.array([(d.source, d.target, d.level, d.at_roots) for d in network.derivations], np.uint8).reshape(-1, 4),
        _ints([place for place, _ in derives]),
        _ints([number for _, number in derives]),
        _ints([group.target for group in network.groups]),
        np.array([_bits(group.kinds) for group in network.groups], np.uint8),
        _ints([group for group, _, _ in members]),
        _ints([place for _, place, _ in members]),
        np.array([protects for _, _, protects in members], np.uint8),
    )


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, np.int32)


def _bits(kinds: Iterable[int]) -> int:
    return sum(1 << kind for kind in kinds)
