"""What may fail: the kinds of root, and what one root reaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from riskgraph.data.dataset import Dataset
from riskgraph.model import (
    AUTHORITY,
    ENVIRONMENT,
    PRODUCT,
    SHARED_SERVICE,
    STORE,
    SUPPLIER,
    SYSTEM,
    Band,
    FailureKind,
    one_of,
)
from riskgraph.rules import rules

__all__ = ["LINE_OF_BUSINESS", "ROOT_KINDS", "Bands", "RankedRoot", "area_label", "check_root_kind", "root_name"]

LINE_OF_BUSINESS = "line"
ROOT_KINDS = (SUPPLIER, LINE_OF_BUSINESS, SHARED_SERVICE, ENVIRONMENT, SYSTEM, PRODUCT, STORE, AUTHORITY)

Bands = tuple[int, ...]
"""One number for each band: within it or a surer one."""


@dataclass(frozen=True, slots=True)
class RankedRoot:
    """What one root reaches. Every number but `direct` is one for each band: in it or in a surer one.

    The root itself is not counted.
    """

    root: str
    kind: str  # one of `ROOT_KINDS`
    authorities: Bands
    by_kind: Mapping[FailureKind, Bands]
    residents: Bands  # people who live in the areas reached: a ceiling, each counted once
    services: Bands
    direct: int  # authorities with a relation of their own in force: they use it, or something it makes or runs
    hidden: Bands  # authorities reached without any

    def measure(self, by: str, band: Band) -> int:
        """The number that ranks: `by` is `authorities`, `residents`, `services` or `hidden`."""
        values: Bands = getattr(self, by)
        return values[band]

    def multiplier(self, band: Band) -> float | None:
        """How many are reached for each direct user; `None` where there is no direct user."""
        return self.authorities[band] / self.direct if self.direct else None


def check_root_kind(of: str | None) -> None:
    """Refuse a kind of root that there is not.

    Raises
    ------
    RiskGraphError
        If there is none of that name.
    """
    if of is not None:
        one_of(of, dict.fromkeys(ROOT_KINDS), "kind of root")


def area_label(area: str | None) -> str:
    """A service area in running text."""
    if area is None:
        return "an area not known"
    label = rules().areas[area].label
    return label if label[:2].isupper() else label[0].lower() + label[1:]


def root_name(dataset: Dataset, root: str) -> str:
    """A root as it was asked: a body, or one line of it.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> root_name(read("seeds"), "supplier:capita/revenues-benefits")
    'Capita (revenues and benefits)'
    """
    body, slash, area = root.partition("/")
    name = dataset.entities[body].name
    return f"{name} ({area_label(area)})" if slash else name
