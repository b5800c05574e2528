"""The model's tables as values: how harm travels, which kinds a relation may join, the service areas.

The files in `datasets/` are the only home of these facts: `propagation.csv` (between bodies),
`inside.csv` (inside one body), `service_areas.csv`, `pairs.csv` (the kinds of relation) and `ageing.csv` (what
old evidence still counts). Code never asks for the word of a relation; it asks for a trait.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache

from riskgraph.assets import shipped_rows
from riskgraph.model import ORGANISATIONS, FailureKind

__all__ = [
    "Ageing",
    "Cell",
    "InsideRule",
    "Line",
    "RelationKind",
    "Rules",
    "ServiceArea",
    "Situation",
    "Trait",
    "relations_that",
    "rules",
]


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
    subjects: frozenset[str]  # whose data lie there; empty: it depends on what is bought
    reason: str


class Trait(StrEnum):
    """What a kind of relation means to the rules, the analyses and the sentences; a word of `pairs.csv`."""

    LEANS = "leans"  # the dependent depends on the provider for a service
    USE = "use"  # of a product or system: it may have alternatives, and a product's use reaches its maker
    SUPPLIES = "supplies"  # the provider delivers, and may have a way in
    SERVES = "serves"  # the provider runs the service
    HOSTS = "hosts"  # the dependent runs or lies there
    OPERATES = "operates"  # the provider runs the dependent
    COPY = "copy"  # the dependent is a copy of the provider
    MAKES = "makes"  # the provider makes the dependent
    SUBCONTRACTS = "subcontracts"  # the provider does part of the dependent's work
    HOLDS = "holds"  # the provider does nothing but hold data
    OWNS = "owns"  # the provider owns the dependent
    GOVERNS = "governs"  # governance only: nobody leans on anybody
    BOTH_WAYS = "both-ways"  # what passes in one direction passes in the other
    MARKET = "market"  # a purchase that counts for concentration
    SEVERABLE = "severable"  # a fix or a what-if may cut it
    DRAFTABLE = "draftable"  # a draft award may say it
    STOPS = "stops"  # something of the dependent stops without it
    STOPS_BEHIND = "stops-behind"  # the same, but not at an authority, which only buys
    CONTESTED = "contested"  # it names who provides a service, so that another name is a contradiction
    WHOLE = "whole"  # it joins bodies as wholes, not their lines of business
    WHOLE_WITHOUT_AREA = "whole-without-area"  # without a service area it concerns the whole dependent
    BEHIND = "behind"  # the provider stands behind the dependent in a market
    SHOWS_AREA = "shows-area"  # its sentence names the service area


@dataclass(frozen=True, slots=True)
class RelationKind:
    """Which kinds of body or place a relation may join, what it means, and how it is said."""

    relation: str
    dependents: frozenset[str]
    providers: frozenset[str]
    traits: frozenset[Trait]
    verbs: tuple[str, str]  # now and past, before a body
    place_verbs: tuple[str, str]  # now and past, before a place
    cut: str  # what is done to end it, with {who}, {thing}, {area} and {service}

    def verb(self, provider: str, past: bool) -> str:
        """The verb before a provider of some kind.

        Examples
        --------
        >>> rules().pairs["hosted-on"].verb("environment", past=False)
        'is hosted on'
        """
        return (self.verbs if provider in ORGANISATIONS else self.place_verbs)[past]


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


@dataclass(frozen=True, slots=True)
class Ageing:
    """One line of `ageing.csv`: what evidence loses that is older than some years."""

    years: int
    grades: int
    reason: str


@dataclass(frozen=True)
class Rules:
    """All five tables."""

    propagation: tuple[Line, ...]
    inside: tuple[InsideRule, ...]
    areas: Mapping[str, ServiceArea]
    pairs: Mapping[str, RelationKind]
    ageing: tuple[Ageing, ...]

    @property
    def old(self) -> int:
        """Years after which evidence is old at all."""
        return min(age.years for age in self.ageing)

    def line(self, relation: str, situation: Situation) -> Line:
        """The first line of `propagation.csv` that fits.

        Examples
        --------
        >>> line = rules().line("served-by", Situation("supplier", data="personal", area="housing"))
        >>> [str(cell) for cell in line.cells]
        ['yes', 'yes', 'yes', 'possible', 'yes']
        """
        return next(line for line in self.propagation if line.relation == relation and line.fits(situation))

    def enabling(self, area: str | None) -> bool:
        """Whether everything else at a body rests on a service area; a blank area is not enabling.

        Examples
        --------
        >>> rules().enabling("network-connectivity"), rules().enabling(None)
        (True, False)
        """
        return area is not None and self.areas[area].enabling

    def decided_by(self, field: str) -> frozenset[str]:
        """The relations on whose rows a field decides how harm travels.

        Examples
        --------
        >>> rules().decided_by("access")
        frozenset({'supplied-by'})
        """
        return self._decided.get(field, frozenset())

    @cached_property
    def _decided(self) -> Mapping[str, frozenset[str]]:
        fields = {field for line in self.propagation for field, _ in line.when}
        return {
            field: frozenset(line.relation for line in self.propagation if field in dict(line.when)) for field in fields
        }


@lru_cache(maxsize=256)
def relations_that(*traits: Trait) -> frozenset[str]:
    """The relations that have at least one of some traits.

    Examples
    --------
    >>> sorted(relations_that(Trait.HOSTS, Trait.OPERATES))
    ['hosted-on', 'operated-by']
    """
    return frozenset(word for word, kind in rules().pairs.items() if not kind.traits.isdisjoint(traits))


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
                row["id"],
                row["label"],
                row["enabling"] == "yes",
                row["data"] or None,
                frozenset(row["subjects"].split(";")) - {""},
                row["reason"],
            )
            for row in shipped_rows("service_areas.csv")
        },
        pairs={
            row["relation"]: RelationKind(
                row["relation"],
                _words(row["dependents"]),
                _words(row["providers"]),
                frozenset(map(Trait, _words(row["traits"]))),
                (row["now"], row["past"]),
                (row["now_place"] or row["now"], row["past_place"] or row["past"]),
                row["cut"],
            )
            for row in shipped_rows("pairs.csv")
        },
        ageing=tuple(
            Ageing(int(row["years"]), int(row["grades"]), row["reason"]) for row in shipped_rows("ageing.csv")
        ),
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split("|")) if text else frozenset()


def _condition(text: str) -> tuple[str, frozenset[str]]:
    field, _, values = text.partition("=")
    return field, _words(values)
