"""The words of the model and its records, as they stand in a data set.

A field that is not known is `None` (or an empty tuple): unknown is a value, never zero, none or no.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum

from riskgraph.dates import first_day, last_day

__all__ = [
    "AUTHORITY",
    "ENVIRONMENT",
    "KINDS",
    "NEVER",
    "ORGANISATIONS",
    "PRESETS",
    "PRINCIPAL_COUNCILS",
    "PRODUCT",
    "SHARED_SERVICE",
    "STORE",
    "SUPPLIER",
    "SYSTEM",
    "Band",
    "Entity",
    "Evidence",
    "FailureKind",
    "Grade",
    "Incident",
    "IncidentEffect",
    "RegisterEntry",
    "Relation",
]

AUTHORITY, SUPPLIER, SHARED_SERVICE = "authority", "supplier", "shared-service"
ENVIRONMENT, SYSTEM, PRODUCT, STORE = "environment", "system", "product", "store"
ORGANISATIONS = frozenset({AUTHORITY, SUPPLIER, SHARED_SERVICE})
PRINCIPAL_COUNCILS = frozenset(
    {
        "county",
        "district",
        "unitary",
        "metropolitan",
        "london-borough",
        "city-corporation",
        "scottish-unitary",
        "welsh-unitary",
        "ni-district",
        "council",  # a council whose class is withheld
    }
)


class FailureKind(StrEnum):
    """What can happen to a body or a place. One answer per kind; kinds are never added up."""

    EXPOSURE = "exposure"
    TAMPERING = "tampering"
    OUTAGE = "outage"
    INTRUSION = "intrusion"
    EXIT = "exit"

    @property
    def effect(self) -> str:
        """What it would mean for a council, in the users' words."""
        return _EFFECTS[self]


KINDS = tuple(FailureKind)
NEVER = 9  # a level beyond every band: nothing passes

_EFFECTS = {
    FailureKind.EXPOSURE: "data could be read",
    FailureKind.TAMPERING: "data or software could be altered",
    FailureKind.OUTAGE: "services could stop",
    FailureKind.INTRUSION: "an attacker could move in",
    FailureKind.EXIT: "a provider would be gone",
}

_E, _T, _O, _I, _X = FailureKind
PRESETS: dict[str, tuple[FailureKind, ...]] = {
    "compromise": (_E, _T, _O, _I),
    "ransomware": (_E, _O, _I),
    "data-theft": (_E,),
    "malicious-update": (_T, _I),
    "outage": (_O,),
    "insolvency": (_X,),
}


class Band(IntEnum):
    """How sure an answer is; smaller is surer, and each band contains those before it."""

    DOCUMENTED = 0
    LIKELY = 1
    POSSIBLE = 2
    NOT_RULED_OUT = 3

    @property
    def word(self) -> str:
        """The word that users read and type.

        Examples
        --------
        >>> Band.NOT_RULED_OUT.word
        'not-ruled-out'
        """
        return self.name.lower().replace("_", "-")

    @classmethod
    def of(cls, word: str) -> Band:
        """The band of a word.

        Examples
        --------
        >>> Band.of("likely")
        <Band.LIKELY: 1>
        """
        return cls[word.upper().replace("-", "_")]


class Grade(IntEnum):
    """How good the evidence is; smaller is better. The band it allows has the same number."""

    CONFIRMED = 0
    REPORTED = 1
    INFERRED = 2

    @property
    def word(self) -> str:
        """The word that stands in the data."""
        return self.name.lower()

    @classmethod
    def of(cls, word: str) -> Grade:
        """The grade of a word in the data.

        Examples
        --------
        >>> Grade.of("reported")
        <Grade.REPORTED: 1>
        """
        return cls[word.upper()]


@dataclass(frozen=True, slots=True)
class Entity:
    """A body (authority, supplier, shared service) or a place (environment, system, product, store)."""

    id: str
    kind: str
    name: str
    aliases: tuple[str, ...] = ()
    authority_type: str | None = None
    gss_code: str | None = None
    company_number: str | None = None
    parent_note: str | None = None
    service_area: tuple[str, ...] = ()
    data: str | None = None
    hosting: str | None = None
    website: str | None = None
    note: str | None = None
    recovery_days: int | None = None
    certificate: tuple[str, ...] = ()
    certificate_expires: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """One row: *dependent, relation, provider*. Harm travels from provider to dependent."""

    id: str
    dependent: str
    relation: str
    provider: str
    service_area: str | None = None
    data: str | None = None
    access: str | None = None
    hosting: str | None = None
    alternative: str | None = None
    data_returned: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    contract_reference: str | None = None
    contract_value_gbp: Decimal | None = None
    contract_end_latest: str | None = None
    notice_days: int | None = None
    framework: str | None = None
    evidence: tuple[str, ...] = ()
    note: str | None = None
    endurance_days: int | None = None
    substitutability: str | None = None
    exit_plan: str | None = None
    contract_end: str | None = None
    annual_value_gbp: Decimal | None = None

    @property
    def ends(self) -> str | None:
        """Last day of the contract as it stands: its own end, else the relation's, else the latest end."""
        return self.contract_end or self.valid_to or self.contract_end_latest

    @property
    def ends_latest(self) -> str | None:
        """Last day of the contract with every extension, as far as is known."""
        return self.contract_end_latest or self.contract_end or self.valid_to


@dataclass(frozen=True, slots=True)
class Evidence:
    """One source saying something about a relation, or about one of its fields (`about`)."""

    id: str
    url: str | None
    publisher: str | None
    published: str | None
    retrieved: str | None
    confidence: str
    stance: str
    about: str | None
    claim: str | None
    incident: tuple[str, ...] = ()

    @property
    def grade(self) -> Grade:
        """How good this item is."""
        return Grade.of(self.confidence)


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that happened, with the narrowest known places where it began (`origins`)."""

    incident_id: str
    title: str
    date_started: str | None = None
    date_disclosed: str | None = None
    mechanism: str | None = None
    impact: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    people_affected: int | None = None
    cost_gbp: Decimal | None = None
    summary: str | None = None
    source_url: str | None = None
    source_publisher: str | None = None
    source_date: str | None = None
    confidence: str | None = None


@dataclass(frozen=True, slots=True)
class IncidentEffect:
    """One organisation's part in an incident."""

    incident_id: str
    organisation: str
    effect: str
    via: str | None = None
    people_affected: int | None = None
    source_url: str | None = None
    confidence: str | None = None
    said_by: str | None = None
    said_at: str | None = None
    aware_at: str | None = None


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """A public body in the register of authorities: its dates, successors, area and residents."""

    id: str
    gss_code: str | None = None
    name: str | None = None
    short_name: str | None = None
    kind: str | None = None
    nation: str | None = None
    region: str | None = None
    parent_county: str | None = None
    combined_authority: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    planned_end: str | None = None
    successors: tuple[str, ...] = ()
    population: int | None = None
    population_year: int | None = None
    population_source: str | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    location_source: str | None = None
    local_authority_code: str | None = None
    website: str | None = None
    former_gss_codes: tuple[str, ...] = ()
    status: str | None = None

    def exists(self, day: date) -> bool:
        """Whether the body exists on a day; an unknown bound is open."""
        begun = self.valid_from is None or first_day(self.valid_from) <= day
        return begun and (self.valid_to is None or day <= last_day(self.valid_to))
