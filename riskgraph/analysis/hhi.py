"""How uneven some shares are: Herfindahl-Hirschman index, largest shares, and what the unknown part can change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp, log

__all__ = ["HHI_BANDS", "HhiBand", "Index", "index", "rise"]


@dataclass(frozen=True, slots=True)
class HhiBand:
    """What somebody calls a figure of the Herfindahl-Hirschman index, with whose words these are."""

    owner: str
    year: int
    words: str


def HHI_BANDS(points: float) -> tuple[HhiBand, ...]:  # noqa: N802
    """What the guidelines that have bands call a figure. The UK's CMA (2021) has none.

    Sources: US Department of Justice and Federal Trade Commission, Merger Guidelines 2023, guideline 1;
    European Commission, Horizontal Merger Guidelines 2004.

    Examples
    --------
    >>> [f"{band.owner} {band.year}: {band.words}" for band in HHI_BANDS(2600)]
    ['US 2023: highly concentrated', 'EU 2004: above 2,000']
    """
    us = "highly concentrated" if points > 1800 else "moderately concentrated" if points >= 1000 else "unconcentrated"
    eu = "above 2,000" if points > 2000 else "1,000 to 2,000" if points >= 1000 else "below 1,000"
    return HhiBand("US", 2023, us), HhiBand("EU", 2004, eu)


@dataclass(frozen=True, slots=True)
class Index:
    """How uneven shares are, over what is known taken as the whole, and the bounds with what is not known.

    Attributes
    ----------
    hhi
        Herfindahl-Hirschman index in points, 0 to 10,000.
    largest, three, five
        Shares of the one, three and five largest, in per cent.
    effective
        Effective number of suppliers, 10,000 / HHI.
    entropy
        The same by Shannon's entropy, exp(-sum s ln s).
    known
        Per cent of the market that is known: coverage.
    bounds
        The least and the most that `hhi`, `largest`, `three`, `five` and `effective` could be; empty if how
        much is not known has no size.
    """

    hhi: float
    largest: float
    three: float
    five: float
    effective: float
    entropy: float
    known: float
    bounds: Mapping[str, tuple[float, float]]

    @property
    def low(self) -> float:
        """The least that the index could be: the rest spread over very many."""
        return self.bounds.get("hhi", (0.0, 10_000.0))[0]

    @property
    def high(self) -> float:
        """The most that the index could be: all of the rest with the largest."""
        return self.bounds.get("hhi", (0.0, 10_000.0))[1]


def index(weights: Iterable[float], unknown: float | None = 0.0, *, known: float | None = None) -> Index | None:
    """Concentration of some weights, with bounds for an unknown remainder.

    Parameters
    ----------
    weights
        What each supplier has, in any unit.
    unknown
        What nobody knows who has, in the same unit. At the low bound it is spread over very many, at the
        high bound it all belongs to the largest. `None`: its size is not known either, so there are no
        bounds.
    known
        Coverage in per cent, where it is not the part of the weights.

    Returns
    -------
    Index or None
        `None` if nothing is known.

    Examples
    --------
    >>> found = index([40, 30, 20], unknown=10)
    >>> round(found.low), round(found.high)
    (2900, 3800)
    >>> [round(bound) for bound in found.bounds["largest"]]
    [40, 50]
    >>> found = index([40, 30, 20, 10])
    >>> round(found.hhi), round(found.effective, 2), round(found.entropy, 2)
    (3000, 3.33, 3.6)
    """
    sizes = sorted((float(weight) for weight in weights if weight > 0), reverse=True)
    total = sum(sizes)
    if not total:
        return None
    shares = [size / total for size in sizes]
    hhi = 10_000 * sum(share * share for share in shares)
    bounds: dict[str, tuple[float, float]] = {}
    whole = total + (unknown or 0.0)
    if unknown is not None:
        parts = [size / whole for size in sizes]
        rest = unknown / whole
        low = 10_000 * sum(part * part for part in parts)
        high = 10_000 * ((parts[0] + rest) ** 2 + sum(part * part for part in parts[1:]))
        bounds["hhi"] = low, high
        for name, most in (("largest", 1), ("three", 3), ("five", 5)):
            held = sum(parts[:most])
            bounds[name] = 100 * held, 100 * (held + rest)
        bounds["effective"] = 10_000 / high, 10_000 / low
    return Index(
        hhi,
        100 * shares[0],
        100 * sum(shares[:3]),
        100 * sum(shares[:5]),
        10_000 / hhi,
        exp(-sum(share * log(share) for share in shares)),
        100 * total / whole if known is None else known,
        bounds,
    )


def rise(
    before: Mapping[str, float], after: Mapping[str, float], pair: tuple[str, str], unknown: float = 0.0
) -> tuple[float, float]:
    """The least and the most points of the index that a merger of two can add, with what is not known.

    Parameters
    ----------
    before, after
        Sizes of all suppliers, in any unit; after the merger the first of the pair stands for both.
    pair
        The two; one twice changes nothing.
    unknown
        What nobody knows who has, in the same unit. Each part of it is taken to have one supplier.

    Returns
    -------
    tuple of float
        The least, where all that is not known has suppliers of its own; the most, where it makes the two alike and
        then grows both, or where it all belongs to whom the merger helps most besides.

    Examples
    --------
    >>> rise({"a": 20, "b": 10, "c": 70}, {"a": 30, "c": 70}, ("a", "b"))
    (400.0, 400.0)
    """
    whole = sum(before.values()) + unknown
    if not whole:
        return 0.0, 0.0
    scale = 100 / whole
    known = sum((scale * size) ** 2 for size in after.values()) - sum((scale * size) ** 2 for size in before.values())
    if pair[0] == pair[1]:
        return known, known
    rest = scale * unknown
    gains = [scale * (after.get(pair[0], 0.0) - before.get(one, 0.0)) for one in pair]
    first = min(max((rest + gains[0] - gains[1]) / 2, 0.0), rest)
    both = 2 * (first * gains[0] + (rest - first) * gains[1] + first * (rest - first))
    others = [scale * (size - before.get(one, 0.0)) for one, size in after.items() if one not in pair]
    return known, known + max(both, 2 * rest * max(others, default=0.0))
