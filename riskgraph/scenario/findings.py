"""What verbs find out besides their changes: frozen values, without words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from riskgraph.analysis.common import Common
from riskgraph.analysis.contracts import HeldContract

__all__ = ["Backup", "Finding", "Leaving", "Merging", "Purging", "Splitting"]


@dataclass(frozen=True, slots=True)
class Backup:
    """Whether one failure could reach a thing and its backup: the answer of `common`."""

    found: Common


@dataclass(frozen=True, slots=True)
class Leaving:
    """A council leaves a shared service."""

    council: str
    service: str
    replace: tuple[tuple[str | None, str], ...]  # area and what was used in it: to be replaced
    contracts: tuple[str, ...]  # rows: contracts in the service's name
    ties: tuple[str, ...]  # rows that still tie the two
    direct: tuple[str, ...]  # suppliers of the service that the council deals with itself as well


@dataclass(frozen=True, slots=True)
class Merging:
    """Councils become one."""

    councils: tuple[str, ...]
    new: str
    vesting: date
    duplicates: Mapping[str, Mapping[str, tuple[str, ...]]]  # area to provider to the councils that bring it
    contracts: tuple[HeldContract, ...]  # as `riskgraph contracts` knows them: earliest end first, no known end last
    internal: tuple[str, ...]  # rows between the councils, which fall away
    residents: int | None


@dataclass(frozen=True, slots=True)
class Splitting:
    """One council becomes several, and which takes what is not known."""

    council: str
    into: tuple[str, ...]
    vesting: date
    rows: int


@dataclass(frozen=True, slots=True)
class Purging:
    """Data returned or destroyed: rows that now say so, and rows that are still in use."""

    done: tuple[str, ...]
    in_use: tuple[str, ...]


Finding = Backup | Leaving | Merging | Splitting | Purging
"""What a verb found out besides its changes."""
