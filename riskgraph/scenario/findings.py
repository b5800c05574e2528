"""What verbs find out besides their changes: frozen values, without words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from riskgraph.analysis.contracts import Contract
from riskgraph.settle import Step

__all__ = ["Backup", "Finding", "Leaving", "Merging", "Purging", "SamePlace", "SharedGround", "Splitting"]


class SamePlace(StrEnum):
    """Whether two things are in the same place."""

    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class SharedGround:
    """Something that two things both lean on, and how each does."""

    id: str
    place: bool  # whether it is where both run, not only a common parent, maker or subcontractor
    paths: tuple[tuple[Step, ...], tuple[Step, ...]]  # from each of the two; empty: it is the thing itself

    @property
    def doubtful(self) -> bool:
        """Whether a step of either path is only inferred."""
        return any(step.grade.word == "inferred" for path in self.paths for step in path)


@dataclass(frozen=True, slots=True)
class Backup:
    """Whether a thing and its backup are in the same place."""

    a: str
    b: str
    answer: SamePlace
    shared: tuple[SharedGround, ...]
    unknown: tuple[str, ...]  # places whose own place is not recorded


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
    contracts: tuple[Contract, ...]  # as `riskgraph contracts` knows them: earliest end first, no known end last
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
