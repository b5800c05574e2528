"""Residents of many sets of bodies at once: `riskgraph.analysis.measure.residents` as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from riskgraph.analysis.measure import inhabited
from riskgraph.data.dataset import Dataset
from riskgraph.engine.digraph import Longs

__all__ = ["ResidentSums"]


@dataclass(frozen=True)
class ResidentSums:
    """Residents of the bodies in a list, with whose area lies in whose.

    Attributes
    ----------
    columns
        Shape (inhabited,): the positions in the list of those whose residents are known, in order.
    people
        Shape (inhabited,): their residents.
    above
        Each of shape (inhabited,): an area that holds the one here, by its position among the inhabited;
        -1: none. The first area above each, then the second, and so on.
    """

    columns: Longs
    people: Longs
    above: tuple[Longs, ...]

    @classmethod
    def of(cls, dataset: Dataset, bodies: Sequence[str]) -> ResidentSums:
        """For some bodies, each given once."""
        found = {body: value for body, value in inhabited(dataset, bodies).items() if value[0] is not None}
        order = [body for body in bodies if body in found]
        at = {body: n for n, body in enumerate(order)}
        deepest = max((len(areas) for _, areas in found.values()), default=0)
        above = np.full((deepest, len(order)), -1, np.int64)
        for body, (_, areas) in found.items():
            above[: len(areas), at[body]] = [at[area] for area in areas]
        return cls(
            np.array([n for n, body in enumerate(bodies) if body in found], np.int64),
            np.array([found[body][0] for body in order], np.int64),
            tuple(above),
        )

    def each(self, held: NDArray[np.bool_], first: int = 0) -> Longs:
        """People who live in the areas of each set, each person once.

        Parameters
        ----------
        held
            Shape (sets, bodies): whether a set holds a body. The bodies may be a stretch of the list, if the
            areas above each are in it too.
        first
            The position in the list of the first body in `held`.

        Returns
        -------
        numpy.ndarray
            Shape (sets,): persons.

        Examples
        --------
        >>> from riskgraph.data import read
        >>> sums = ResidentSums.of(read("seeds"), ["authority:kent", "authority:dover"])
        >>> kent, dover, both = sums.each(np.array([[True, False], [False, True], [True, True]])).tolist()
        >>> kent == both > dover
        True
        """
        low, high = np.searchsorted(self.columns, [first, first + held.shape[1]]).tolist()
        weight = np.zeros(held.shape[1], np.int64)
        weight[self.columns[low:high] - first] = self.people[low:high]
        owner, column = np.nonzero(held)  # few of the bodies are in a set
        known = weight[column] > 0
        owner, column = owner[known], column[known]
        people = weight[column]
        for above in self.above:
            outer = np.full(held.shape[1], -1, np.int64)
            inner = np.flatnonzero(above[low:high] >= 0)
            outer[self.columns[low:high][inner] - first] = self.columns[above[low:high][inner]] - first
            area = outer[column]
            people[(area >= 0) & held[owner, area]] = 0  # -1 looks at the last column, and does not count
        total: Longs = np.bincount(owner, weights=people, minlength=len(held)).astype(np.int64)
        return total
