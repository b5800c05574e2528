"""The model's tables as values: how harm travels, which kinds a relation may join, the service areas.

The files in `datasets/` are the only home of these facts: `propagation.csv` (between bodies),
`inside.csv` (inside one body), `service_areas.csv` and `pairs.csv`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from riskgraph.assets import shipped_rows
from riskgraph.model import FailureKind

__all__ = ["Cell", "InsideRule", "Line", "Pair", "Rules", "ServiceArea", "Situation", "rules"]


class Cell(StrEnum):
    """What a table says of one failure kind."""

    YES = "yes"
    POSSIBLE = "possible"
    UNKNOWN = "unknown"  # it depends on a value that nobody filled in
    NO = "no"
    ONWARD = "onward"  # yes, but only where intrusion is at least likely


@dataclass(frozen=True, slots=True)
class ServiceArea:
    """A kind of service that residents or staff depend on."""

    id: str
    label: str
    enabling: bool  # everything else at the body rests on it
    data: str | None  # what lies there when no row says otherwise
    reason: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Which kinds of body or place a relation may join."""

    relation: str
    dependents: frozenset[str]
    providers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Situation:
    """The values of one row that may decide how harm travels along it; `None` is not known."""

    provider: str  # kind of the provider
    data: str | None = None
    access: str | None = None
    area: str | None = None
    enabling: bool = False

    def value(self, field: str) -> str:
        """The value of a field as `propagation.csv` writes it."""
        if field == "enabling":
            return "yes" if self.enabling else "no"
        value: str | None = getattr(self, field)
        return value or "unknown"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of `propagation.csv`."""

    relation: str
    when: tuple[tuple[str, frozenset[str]], ...]
    cells: tuple[Cell, ...]  # in the order of FailureKind
    retains: bool  # whether data may stay with the provider after the end
    reason: str

    def fits(self, situation: Situation) -> bool:
        """Whether every condition of the line holds."""
        return all(situation.value(field) in values for field, values in self.when)


@dataclass(frozen=True, slots=True)
class InsideRule:
    """One line of `inside.csv`: how harm goes on inside one body or place."""

    source: str
    target: str
    where: frozenset[str]  # kinds of body it holds for; empty: all
    cells: tuple[Cell | None, ...]  # in the order of FailureKind; None: says nothing
    reason: str


@dataclass(frozen=True)
class Rules:
    """All four tables."""

    propagation: tuple[Line, ...]
    inside: tuple[InsideRule, ...]
    areas: Mapping[str, ServiceArea]
    pairs: Mapping[str, Pair]

    def line(self, relation: str, situation: Situation) -> Line:
        """The first line of `propagation.csv` that fits.

        Examples
        --------
        >>> line = rules().line("served-by", Situation("supplier", data="personal", area="housing"))
        >>> [str(cell) for cell in line.cells]
        ['yes', 'yes', 'yes', 'possible', 'yes']
        """
        return next(line for line in self.propagation if line.relation == relation and line.fits(situation))

    def inside_rule(self, source: str, target: str) -> InsideRule:
        """The line of `inside.csv` from one part of a body to another.

        Examples
        --------
        >>> rules().inside_rule("organisation", "its lines").reason
        'A supplier or shared service that fails as a whole fails in all it provides.'
        """
        return next(rule for rule in self.inside if (rule.source, rule.target) == (source, target))

    def enabling(self, area: str | None) -> bool:
        """Whether everything else at a body rests on a service area; a blank area is not enabling.

        Examples
        --------
        >>> rules().enabling("network-connectivity"), rules().enabling(None)
        (True, False)
        """
        return area is not None and self.areas[area].enabling


@lru_cache(maxsize=1)
def rules() -> Rules:
    """The tables that ship with riskgraph.

    Examples
    --------
    >>> len(rules().areas), sorted(rules().pairs["made-by"].providers)
    (30, ['supplier'])
    """
    return Rules(
        propagation=tuple(
            Line(
                row["relation"],
                tuple(_condition(part) for part in row["when"].split()),
                tuple(Cell(row[kind]) for kind in FailureKind),
                row["retains"] == "yes",
                row["reason"],
            )
            for row in shipped_rows("propagation.csv")
        ),
        inside=tuple(
            InsideRule(
                row["from"],
                row["to"],
                _words(row["where"]),
                tuple(Cell(row[kind]) if row[kind] else None for kind in FailureKind),
                row["reason"],
            )
            for row in shipped_rows("inside.csv")
        ),
        areas={
            row["id"]: ServiceArea(
                row["id"], row["label"], row["enabling"] == "yes", row["data"] or None, row["reason"]
            )
            for row in shipped_rows("service_areas.csv")
        },
        pairs={
            row["relation"]: Pair(row["relation"], _words(row["dependents"]), _words(row["providers"]))
            for row in shipped_rows("pairs.csv")
        },
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split("|")) if text else frozenset()


def _condition(text: str) -> tuple[str, frozenset[str]]:
    field, _, values = text.partition("=")
    return field, _words(values)
