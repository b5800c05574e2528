"""What one row of a source says, before it is known who is meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple

from riskgraph.data.importers.report import ImportReport
from riskgraph.data.importers.spool import Spool
from riskgraph.model import RegisterEntry

__all__ = ["Fact", "Happening", "Harvest", "Options", "Organisation", "Party", "Said", "Tie"]


class Party(NamedTuple):
    """A body as a source names it.

    Examples
    --------
    >>> Party("Civica UK Ltd", (("GB-COH", "01628868"),)).name
    'Civica UK Ltd'
    """

    name: str
    ids: tuple[tuple[str, str], ...] = ()  # scheme and number, as published


class Fact(NamedTuple):
    """One body buys something from another: a row of a register, an award, or payments put together."""

    where: str
    how: Literal["register", "award", "payment"]
    council: Party
    supplier: Party
    thing: str | None = None
    area: str | None = None
    area_guessed: str | None = None  # the words it was guessed from
    data: str | None = None
    access: str | None = None
    hosting: str | None = None
    place: str | None = None
    through: Party | None = None
    subcontractors: tuple[Party, ...] = ()
    valid_from: str | None = None
    valid_to: str | None = None
    reference: str | None = None
    value: Decimal | None = None
    annual_value: Decimal | None = None
    end: str | None = None  # of the contract as it stands; `valid_to` only where the relation ended with it
    end_latest: str | None = None
    notice_days: int | None = None
    framework: str | None = None
    returned: str | None = None
    endurance_days: int | None = None
    substitutability: str | None = None
    exit_plan: str | None = None
    certificate: str | None = None  # of the supplier
    certificate_expires: str | None = None
    grade: str = "reported"
    url: str | None = None
    publisher: str | None = None
    published: str | None = None
    claim: str = ""
    note: str | None = None
    rows: int = 1  # rows of the source behind it
    episode: bool = False  # several contracts, one after the other


@dataclass(frozen=True, slots=True)
class Said:
    """What a source says about one field of a relation."""

    about: str
    claim: str
    grade: str
    url: str | None = None
    publisher: str | None = None
    published: str | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """What a source says of a public body itself: its code, kind, dates and successors."""

    where: str
    name: str
    code: str | None = None
    kind: str | None = None
    region: str | None = None
    start: str | None = None
    end: str | None = None
    replaced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Happening:
    """An incident as a source tells it."""

    where: str
    title: str
    origins: tuple[tuple[str, str, str | None], ...] = ()  # kind ("body" if not listed), name, service area
    known: str | None = None
    effects: tuple[tuple[str, str], ...] = ()  # name of a body, effect
    url: str | None = None
    publisher: str | None = None
    grade: str = "reported"


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation that a source states as such: a row of the sheet Links, an owner, a member."""

    where: str
    relation: str
    dependent: tuple[str, Party]  # kind and name; kind "body" where the source does not say
    provider: tuple[str, Party]
    values: Mapping[str, object] = field(default_factory=dict)
    grade: str = "reported"
    url: str | None = None
    publisher: str | None = None
    published: str | None = None
    claim: str = ""
    rows: int = 1
    said: tuple[Said, ...] = ()  # further sources, about single fields


@dataclass(frozen=True)
class Options:
    """What the user says about an import.

    Parameters
    ----------
    council
        Whose file it is, where the rows do not say.
    columns
        The header, for a table that has none.
    grade
        How sure the source is, where it does not say; by default what its kind is worth.
    suppliers
        `known` takes only suppliers that the map or the shipped directory knows.
    buyers
        `known` takes only councils of the register; `all` makes new bodies of the others.
    reviewed
        Name to id, as a person decided (`riskgraph data match`).
    register
        A register of authorities that the source brings along.
    as_of
        Date of the data.
    title
        Title of a new data set.
    tick
        Called with the number of rows read so far and 0, then with the rows taken in and how many there are.
    refuses
        Why a fact is not wanted, "" if it is; set by `import_file`, so that what nobody wants is not kept at all.
    """

    council: str | None = None
    columns: tuple[str, ...] | None = None
    grade: str | None = None
    suppliers: str | None = None
    buyers: str | None = None
    reviewed: Mapping[str, str] = field(default_factory=dict)
    register: Mapping[str, RegisterEntry] = field(default_factory=dict)
    as_of: str | None = None
    title: str | None = None
    tick: Callable[[int, int], None] = lambda done, total: None
    refuses: Callable[[Fact], str] = lambda fact: ""


def _in_order(fact: Fact) -> tuple[object, ...]:
    """By who buys from whom, then by date: the order of the rows in the source plays no part."""
    bodies = fact.council.name, fact.council.ids, fact.supplier.name, fact.supplier.ids
    dates = fact.valid_from or "", fact.valid_to or ""
    return *bodies, *dates, fact.reference or "", fact.thing or "", fact.where


@dataclass
class Harvest:
    """What an importer brings in: facts, ties and when the source was made."""

    report: ImportReport
    options: Options = field(default_factory=Options)
    facts: Spool[Fact] = field(default_factory=lambda: Spool(_in_order))
    suppliers: Counter[Party] = field(default_factory=Counter)  # whom the facts name, and in how many rows
    between: set[Party] = field(default_factory=set)  # through whom councils are served
    ties: list[Tie] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)  # days that the source speaks of as known
    named: list[Party] = field(default_factory=list)  # suppliers in a list of their own
    aliases: list[tuple[Party, str]] = field(default_factory=list)  # other names, as the source states them
    places: dict[str, tuple[str | None, str | None, str | None]] = field(
        default_factory=dict
    )  # system -> area, data, hosting
    listed: list[tuple[str, Party]] = field(default_factory=list)  # kind and name; kept though no relation speaks of it
    certificates: list[tuple[Party, tuple[str, ...], str | None]] = field(default_factory=list)  # and when one lapses
    organisations: list[Organisation] = field(default_factory=list)
    incidents: list[Happening] = field(default_factory=list)

    def wanted(self, fact: Fact) -> bool:
        """Whether the user wants a fact; if not, its rows are counted with the reason."""
        reason = self.options.refuses(fact)
        if reason:
            self.report.skip(fact.where, reason, fact.rows)
        return not reason

    def take(self, fact: Fact) -> None:
        """Keep a fact, if it is wanted."""
        if not self.wanted(fact):
            return
        self.facts.append(fact)
        self.suppliers[fact.supplier] += fact.rows
        self.suppliers.update(fact.subcontractors)
        if fact.through:
            self.suppliers[fact.through] += 1
            self.between.add(fact.through)
