"""The words of the model and its records, as they stand in a data set.

A field that is not known is `None` (or an empty tuple): unknown is a value, never zero, none or no.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import TypeVar

from riskgraph.assets import shipped_rows
from riskgraph.dates import first_day, last_day
from riskgraph.errors import RiskGraphError

__all__ = [
    "AUTHORITY",
    "ENVIRONMENT",
    "KINDS",
    "MECHANISMS",
    "NEVER",
    "ORGANISATIONS",
    "PRESETS",
    "PRINCIPAL_COUNCILS",
    "PRODUCT",
    "RULE",
    "SENTENCES",
    "SHARED_SERVICE",
    "STORE",
    "SUPPLIER",
    "SYSTEM",
    "Band",
    "ClassRule",
    "Enquiry",
    "Entity",
    "Evidence",
    "FailureKind",
    "Grade",
    "Incident",
    "IncidentEffect",
    "Mechanism",
    "Preset",
    "RegisterEntry",
    "Relation",
    "one_of",
]

Known = TypeVar("Known")

AUTHORITY, SUPPLIER, SHARED_SERVICE = "authority", "supplier", "shared-service"
ENVIRONMENT, SYSTEM, PRODUCT, STORE = "environment", "system", "product", "store"
RULE = "rule:"  # how the evidence begins that a class rule gives to the rows it makes
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


def one_of(word: object, known: Mapping[str, Known], what: str) -> Known:
    """What a word means, of the words that are known.

    Parameters
    ----------
    word
        What somebody wrote.
    known
        Words to what they mean.
    what
        What such a word is, for the message.

    Raises
    ------
    RiskGraphError
        If it is none of them; the message lists them all.

    Examples
    --------
    >>> one_of("likely", {"documented": 0, "likely": 1}, "band")
    1
    """
    if not isinstance(word, str) or word not in known:
        raise RiskGraphError(f"No {what} is called {str(word)!r}.", f"Use one of: {', '.join(known)}.")
    return known[word]


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
        return SENTENCES[(self,)].effect


KINDS = tuple(FailureKind)
NEVER = 9  # a level beyond every band: nothing passes


@dataclass(frozen=True, slots=True)
class Preset:
    """A usual set of failure kinds: how it is asked for, and how it is said. One line of `presets.csv`."""

    word: str  # blank: it has a sentence, but no word to ask for it
    kinds: tuple[FailureKind, ...]
    one: str  # what happens to one body, after "if"
    several: str  # to several at once, before "together"
    effect: str  # of a single kind: what it would mean for a council


def _presets() -> tuple[Preset, ...]:
    return tuple(
        Preset(
            row["word"],
            tuple(kind for kind in FailureKind if kind in row["kinds"].split("|")),
            row["one"],
            row["several"] or row["one"],
            row["effect"],
        )
        for row in shipped_rows("presets.csv")
    )


SENTENCES: dict[tuple[FailureKind, ...], Preset] = {p.kinds: p for p in reversed(_presets()) if p.one}
"""Set of kinds, in their order, to the first line of the table for it; every single kind has one."""
PRESETS: dict[str, tuple[FailureKind, ...]] = {preset.word: preset.kinds for preset in _presets() if preset.word}


@dataclass(frozen=True, slots=True)
class Mechanism:
    """How an incident came about, and what follows from it. One line of `mechanisms.csv`."""

    attacker: bool  # whether somebody may have been inside who could move on
    kinds: frozenset[FailureKind]  # what follows besides what was harmed


MECHANISMS: dict[str | None, Mechanism] = {
    row["word"]: Mechanism(
        row["attacker"] == "yes", frozenset(kind for kind in FailureKind if kind in row["kinds"].split("|"))
    )
    for row in shipped_rows("mechanisms.csv")
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
    def of(cls, word: str | Band) -> Band:
        """The band of a word; a band is itself.

        Raises
        ------
        RiskGraphError
            If there is no such band.

        Raises
        ------
        RiskGraphError
            If there is no such band.

        Examples
        --------
        >>> Band.of("likely")
        <Band.LIKELY: 1>
        """
        return word if isinstance(word, Band) else one_of(word, {band.word: band for band in cls}, "band")


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
    tolerable_hours: int | None = None
    importance: str | None = None
    people: int | None = None

    @property
    def rule(self) -> str | None:
        """The class rule that made the row, by its id: it holds by law, and nobody observed it of this body."""
        first = self.evidence[0] if len(self.evidence) == 1 else ""
        return first.removeprefix(RULE) if first.startswith(RULE) else None

    @property
    def by_law(self) -> bool:
        """Whether a class rule made the row: law says it of every body of a class, nobody observed it of this one."""
        return self.rule is not None

    @property
    def hours_without(self) -> int | None:
        """Hours the dependent can be without it, said in hours or in days; `None` is not known."""
        if self.tolerable_hours is not None:
            return self.tolerable_hours
        return None if self.endurance_days is None else 24 * self.endurance_days

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
    licence: str | None = None

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
    state: str | None = None
    audience: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    service_area: tuple[str, ...] = ()

    @property
    def hit(self) -> bool:
        """Whether it struck the body: neither told, nor named only, nor ruled out."""
        return self.effect not in {"notified", "named-but-unaffected"} and self.state != "ruled-out"


@dataclass(frozen=True, slots=True)
class ClassRule:
    """A rule of law that holds for every public body of some classes: a row of each of them."""

    id: str
    who: tuple[str, ...]  # classes of the register
    nation: tuple[str, ...]  # empty: all
    relation: str
    provider: str
    service_area: str | None
    data: str | None
    valid_from: str | None
    valid_to: str | None
    law: str
    url: str | None
    publisher: str | None
    published: str | None
    retrieved: str | None
    confidence: str
    claim: str
    licence: str | None = None
    note: str | None = None

    @property
    def evidence(self) -> Evidence:
        """The one item that the rows rest on which it makes."""
        return Evidence(
            RULE + self.id, self.url, self.publisher, self.published, self.retrieved, self.confidence, "supports", None,
            f"{self.law}: {self.claim}", licence=self.licence,
        )  # fmt: skip

    def row(self, body: str) -> Relation:
        """What it says of one body."""
        words = (body.partition(":")[2], self.relation, self.provider.partition(":")[2], self.service_area)
        return Relation(
            ".".join([*filter(None, words), f"by-{self.id}"]), body, self.relation, self.provider, self.service_area,
            self.data, valid_from=self.valid_from, valid_to=self.valid_to, evidence=(RULE + self.id,),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Enquiry:
    """A question that only general knowledge raises: no source answers it, so it is no row, and harm never travels by it."""

    id: str
    about: str  # a body or place, or a relation
    question: str
    why: str | None = None


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
