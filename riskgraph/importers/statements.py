"""What a source states, before it is known who is meant: the one shape that every format is turned into."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import IntEnum
from functools import lru_cache
from typing import Any, Literal, NamedTuple, Protocol

from riskgraph.data.spelling import normalise
from riskgraph.dates import first_day, last_day
from riskgraph.importers.disk_sort import SortedOnDisk
from riskgraph.importers.placeholders import placeholder
from riskgraph.importers.report import IMPOSSIBLE, LATER, ImportReport
from riskgraph.importers.supplier_names import NamesInACell
from riskgraph.importers.values import clean_supplier, redacted
from riskgraph.model import RegisterEntry
from riskgraph.vocabulary import pattern

__all__ = [
    "DEPARTMENT",
    "SHARED_VALUE",
    "Citation",
    "ImportOptions",
    "ListedBody",
    "ListedSupplier",
    "ListedSystem",
    "Party",
    "Purchase",
    "Registered",
    "StatedRelation",
    "Statements",
    "ToldIncident",
    "Waiting",
    "in_order",
    "named_party",
    "one_value_for_several",
    "unpacked",
    "withheld",
]


DEPARTMENT = "no public body that is known stands in its column: a department? (--council says whose rows these are)"
SHARED_VALUE = "one value for several suppliers, left out"
_PLACE = re.compile(
    r"[^\W\d_][\w'\u2019-]{4,}"
)  # one word, and no abbreviation: below "Organisation" it may be a council
_NAMES_COUNCILS = re.compile(r"council|authorit|\bbody\b", re.IGNORECASE)  # a header below which whatever stands is one
_FIRST = "1990"  # what bears an earlier date is a default of somebody's system, such as 1 January 1900


class Party(NamedTuple):
    """A body as a source names it.

    Examples
    --------
    >>> Party("Civica UK Ltd", (("GB-COH", "01628868"),)).name
    'Civica UK Ltd'
    """

    name: str
    ids: tuple[tuple[str, str], ...] = ()  # scheme and number, as published


class Citation(NamedTuple):
    """Who says what, how surely: it becomes an item of evidence."""

    claim: str
    grade: str = "reported"
    url: str | None = None
    publisher: str | None = None
    published: str | None = None
    about: str | None = None  # the one field of the relation that it speaks about
    licence: str | None = None  # terms under which it is published


class Purchase(NamedTuple):
    """One body buys something from another: a row of a register, an award, or payments put together."""

    where: str
    how: Literal["register", "award", "payment"]
    council: Party
    supplier: Party
    cited: Citation
    thing: str | None = None
    area: str | None = None
    area_guessed: str | None = None  # the words it was guessed from
    data: str | None = None
    access: str | None = None
    hosting: str | None = None
    place: str | None = None
    through: Party | None = None
    subcontractors: tuple[Party, ...] = ()
    certificate: str | None = None  # of the supplier
    certificate_expires: str | None = None
    cpv: tuple[str, ...] = ()  # codes of what is bought, in the Common Procurement Vocabulary
    rows: int = 1  # rows of the source behind it
    amount: Decimal | None = None  # its part of the column of money (`ImportReport.money`)
    earlier: Decimal | None = None  # that of earlier contracts put together with it, whose values the map does not hold
    episode: bool = False  # several contracts, one after the other
    # columns of the relation that it becomes
    valid_from: str | None = None
    valid_to: str | None = None
    contract_reference: str | None = None
    contract_value_gbp: Decimal | None = None
    annual_value_gbp: Decimal | None = None
    contract_end: str | None = None  # as it stands; `valid_to` only where the relation ended with it
    contract_end_latest: str | None = None
    notice_days: int | None = None
    framework: str | None = None
    data_returned: str | None = None
    endurance_days: int | None = None
    tolerable_hours: int | None = None
    importance: str | None = None
    people: int | None = None
    substitutability: str | None = None
    exit_plan: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class StatedRelation:
    """A relation that a source states as such: a row of the sheet Links, an owner, a member."""

    where: str
    relation: str
    dependent: tuple[str, Party]  # kind and name; kind "body" where the source does not say
    provider: tuple[str, Party]
    cited: Citation
    values: Mapping[str, object] = field(default_factory=dict)
    rows: int = 1  # 0 for a part of a row that is counted elsewhere
    further: tuple[Citation, ...] = ()  # about single fields


@dataclass(frozen=True, slots=True)
class ListedBody:
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
class ListedSupplier:
    """A supplier in a list of its own: its other names, its certificates and when the first one lapses."""

    party: Party
    aliases: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()
    lapses: str | None = None


class ListedSystem(NamedTuple):
    """What a source says of a system or place itself."""

    area: str | None = None
    data: str | None = None
    hosting: str | None = None


@dataclass(frozen=True, slots=True)
class ToldIncident:
    """An incident as a source tells it."""

    where: str
    title: str
    cited: Citation
    known: str | None = None  # when
    origins: tuple[tuple[str, str, str | None], ...] = ()  # kind ("body" if not listed), name, service area
    effects: tuple[tuple[str, str], ...] = ()  # name of a body, effect
    told: Mapping[str, object] = field(default_factory=dict)  # further columns of each of these effects
    people: int | None = None  # of the whole incident, as the cost is
    cost: Decimal | None = None


@dataclass(frozen=True)
class ImportOptions:
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
        `known` takes only bodies of the register, `councils` of these the principal councils; `all` makes new bodies of
        the others.
    cpv, areas
        Only purchases with a CPV code that begins so, or in one of these service areas; all if there are none.
    reviewed
        Name to id, as a person decided (`riskgraph data match`).
    register
        A register of authorities that the source brings along.
    as_of
        Date of the data.
    today
        A day after it is no day on which anything was known; nothing else depends on it.
    licence
        Terms under which the source is published, where it does not say itself.
    title
        Title of a new data set.
    tick
        Called with the number of rows read so far and 0, then with the rows taken in and how many there are.
    refuses
        Why a purchase is not wanted, "" if it is; set by `import_file`, so that what nobody wants is not kept at all.
    """

    council: str | None = None
    columns: tuple[str, ...] | None = None
    grade: str | None = None
    suppliers: str | None = None
    buyers: str | None = None
    cpv: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    reviewed: Mapping[str, str] = field(default_factory=dict)
    register: Mapping[str, RegisterEntry] = field(default_factory=dict)
    as_of: str | None = None
    today: date = field(default_factory=date.today)
    licence: str | None = None
    title: str | None = None
    tick: Callable[[int, int], None] = lambda done, total: None
    refuses: Callable[[Purchase], str] = lambda purchase: ""


class Registered(Protocol):
    """Who is meant by the name or the domain of a public body, for formats that have to know it while they read."""

    def find(
        self, name: str, ids: tuple[tuple[str, str], ...] = (), day: str | None = None
    ) -> tuple[tuple[str, ...], str]:
        """Ids of the body, and how they were found."""

    def of_host(self, host: str) -> tuple[tuple[str, str], ...]:
        """Id and name of the bodies whose domain a host name lies in."""

    def of_another(self, host: str, body: str) -> bool:
        """Whether a host name lies in the domain of another body than this one."""

    def differ(self, one: str, other: str) -> bool:
        """Whether two bodies are neither one nor one the successor of the other."""


class Waiting(IntEnum):
    """Where in the record of a purchase that waits its parts stand; the first four say who buys from whom."""

    COUNCIL, COUNCIL_IDS, SUPPLIER, SUPPLIER_IDS, START, END = range(6)
    REFERENCE, THING, APART, WHERE, NUMBER, HOW = range(6, 12)
    ALIKE = 12  # area, the words it was guessed from, data, access, hosting; and its source but for the claim
    CLAIM, BETWEEN, ROWS, EPISODE, REST, AMOUNT, EARLIER, VALUE, ANNUAL = range(13, 22)


_AREA, _PLACE_AT, _ROWS = (Purchase._fields.index(name) for name in ("area", "place", "rows"))
_AFTER = Purchase._fields.index("annual_value_gbp") + 1


def _packed(purchase: Purchase, number: int) -> tuple[Any, ...]:
    """A purchase as it waits: first who buys from whom, then the date; the order of the rows in the source plays no part.

    Plain tuples, and amounts as text, cost a third of what named tuples and decimals cost to write and to read.
    """
    where, how, (council, council_ids), (supplier, supplier_ids), (claim, *source) = purchase[:5]
    start, end, reference, value, annual = purchase[_ROWS + 4 : _AFTER]
    amount, earlier = purchase.amount, purchase.earlier
    between = purchase[_PLACE_AT:_ROWS]
    if between[1] or between[2]:
        between = _plain(between)
    return (
        council,
        council_ids,
        supplier,
        supplier_ids,
        start or "",
        end or "",
        reference or "",
        purchase.thing or "",
        repr(purchase[2:]) if how == "register" else "",  # two rows of a register may say all else alike
        where,
        number,
        how,
        (*purchase[_AREA:_PLACE_AT], *source),
        claim,
        between,
        purchase.rows,
        purchase.episode,
        purchase[_AFTER:],
        None if amount is None else str(amount),
        None if earlier is None else str(earlier),
        None if value is None else str(value),
        None if annual is None else str(annual),
    )


def _plain(between: tuple[Any, ...]) -> tuple[Any, ...]:
    place, through, subcontractors, *others = between
    return (place, through and tuple(through), tuple(map(tuple, subcontractors)), *others)


def unpacked(record: tuple[Any, ...]) -> Purchase:
    """The purchase of a record that waited."""
    (
        council, council_ids, supplier, supplier_ids, start, end, reference, thing, _, where, _, how, alike, claim,
        (place, through, subcontractors, *others), rows, episode, rest, *texts,
    ) = record  # fmt: skip
    amount, earlier, value, annual = [text and Decimal(text) for text in texts]
    return Purchase._make(
        (
            where, how, _party(council, council_ids), _party(supplier, supplier_ids), Citation(claim, *alike[5:]),
            thing or None, *alike[:5], place, through and Party(*through), tuple(Party(*one) for one in subcontractors),
            *others, rows, amount, earlier, episode, start or None, end or None, reference or None, value, annual, *rest,
        )
    )  # fmt: skip


_party = lru_cache(maxsize=256)(Party)  # in their order the same few come again and again


def _waiting() -> SortedOnDisk[Purchase]:
    return SortedOnDisk(pack=_packed, unpack=unpacked)


@dataclass
class Statements:
    """Everything that one source states, and when it was made."""

    report: ImportReport
    options: ImportOptions = field(default_factory=ImportOptions)
    councils: Registered | None = None
    names: NamesInACell | None = None
    purchases: SortedOnDisk[Purchase] = field(default_factory=_waiting)
    sellers: Counter[Party] = field(default_factory=Counter)  # whom the purchases name, and in how many rows
    pounds: dict[str, Decimal] = field(default_factory=dict)  # name of a supplier -> its part of the column of money
    between: set[Party] = field(default_factory=set)  # through whom councils are served
    relations: list[StatedRelation] = field(default_factory=list)
    known: tuple[str, str] | None = None  # the latest day on which the source knew what it says, and what day that is
    begun: str | None = None  # the latest start of a contract that is not after today
    licences: set[str] = field(default_factory=set)  # terms under which the source says that it is published
    bodies: list[ListedBody] = field(default_factory=list)
    suppliers: list[ListedSupplier] = field(default_factory=list)
    systems: dict[str, ListedSystem] = field(default_factory=dict)  # normalised name to what is said of it
    listed: list[tuple[str, Party]] = field(default_factory=list)  # kind and name; kept though no relation speaks of it
    incidents: list[ToldIncident] = field(default_factory=list)
    departments: Counter[str] = field(
        default_factory=Counter
    )  # what stands where a council should, and in how many rows
    _buyers: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    _alone: set[Party] = field(default_factory=set)  # suppliers of whom no cell held a second one
    _begun: set[str] = field(default_factory=set)  # days that `begins` was told of before

    def wanted(self, purchase: Purchase) -> bool:
        """Whether the user wants a purchase; if not, its rows are counted with the reason."""
        reason = self.options.refuses(purchase)
        if reason:
            self.report.skip(purchase.where, reason, purchase.rows, purchase.amount)
        return not reason

    def buy(self, purchase: Purchase) -> None:
        """Keep a purchase, if it is wanted; of several suppliers in one cell, each apart and without a value."""
        each = (purchase,) if purchase.supplier in self._alone else self._each_supplier(purchase)
        for one in each:
            if not self.wanted(one):
                continue
            self.purchases.append(one)
            self.sellers[one.supplier] += purchase.rows
            if one.amount is not None:
                self.pounds[one.supplier.name] = self.pounds.get(one.supplier.name, Decimal(0)) + one.amount
            if one.subcontractors:
                self.sellers.update(one.subcontractors)
            if one.through:
                self.sellers[one.through] += 1
                self.between.add(one.through)

    def buyer(self, text: str, header: str) -> tuple[str, str]:
        """Whose row it is, "" where nobody can tell, and the department that stands where the council should.

        Parameters
        ----------
        text
            The cell.
        header
            That of its column: below "Council" a name that nobody knows is one, below "Organisation" it may be a department.

        Examples
        --------
        >>> statements = Statements(ImportReport("a.csv", "spending"), ImportOptions(council="Bristol"))
        >>> statements.buyer("Housing", "Organisation"), statements.buyer("Otherham Town Council", "Organisation")
        (('Bristol', 'Housing'), ('Otherham Town Council', ''))
        """
        found = self._buyers.get((text, header))
        if found is None:
            found = self._buyers[text, header] = self._buyer(text, header)
        council, unit = found
        if unit and council:
            self.report.guess("no council in the cell: the department of the one that --council names", unit)
        elif unit:
            self.departments[unit] += 1
            self.report.unmatched_councils[unit] += 1
        return found

    def _buyer(self, text: str, header: str) -> tuple[str, str]:
        named = self.options.council or ""
        if not text or normalise(text) == normalise(named):
            return named, ""
        how = self.councils.find(text)[1] if self.councils else "none"
        if how == "initials" and named:
            how = "none"  # "ASC" is adult social care
        known = how != "none" or (self.names is not None and self.names.meant(text) is not None)
        if known or pattern("public body").search(text):
            return text, ""
        may_be_one = _PLACE.fullmatch(text) or _NAMES_COUNCILS.search(header)
        if not named and may_be_one and not pattern("department").search(text):
            return text, ""
        return named, text

    def _each_supplier(self, purchase: Purchase) -> tuple[Purchase, ...]:
        """A purchase for each supplier of its cell; the rows count with the first."""
        name, ids = purchase.supplier
        if ids or self.names is None:
            return (purchase,)
        apart = self.names.apart(name)
        if apart.doubtful:
            self.report.guess("several suppliers in one cell?", f"{purchase.where}: {name!r}")
        if apart.names == (name,):
            if not apart.doubtful:
                self._alone.add(purchase.supplier)
            return (purchase,)
        first, *others = (purchase._replace(supplier=Party(one)) for one in apart.names)
        if not others:
            self.report.guess("two names of one supplier in a cell", f"{purchase.where}: {name!r}")
            return (first,)
        self.report.guess("several suppliers in one cell, each taken", f"{purchase.where}: {', '.join(apart.names)}")
        note = purchase.note
        if (purchase.contract_value_gbp, purchase.annual_value_gbp) != (None, None):
            said = one_value_for_several(len(apart.names), purchase.where, self.report)
            note = "; ".join(filter(None, (note, said)))
        if self.report.money is not None and purchase.amount is not None:
            self.report.money.leave(SHARED_VALUE, purchase.amount)
        counted = (purchase.rows, *(0 for _ in others))
        return tuple(
            one._replace(contract_value_gbp=None, annual_value_gbp=None, amount=None, note=note, rows=rows)
            for one, rows in zip((first, *others), counted, strict=True)
        )

    @property
    def licence(self) -> str | None:
        """The terms under which all of the source is published."""
        return self.options.licence or (next(iter(self.licences)) if len(self.licences) == 1 else None)

    def dated(self, day: str | None, what: str = "day in it", where: str = "") -> str | None:
        """A day on which the source knew what it says; `None`, and counted, if it lies after today or long ago.

        Parameters
        ----------
        day
            YYYY-MM-DD, YYYY-MM or YYYY; of a month that is not over yet, its first day is what is sure.
        what
            What day that is, in words: "payment", "release".
        where
            The row.

        Examples
        --------
        >>> statements = Statements(ImportReport("a.csv", "spending"), ImportOptions(today=date(2026, 11, 25)))
        >>> [statements.dated(day, "payment", "row 2") for day in ("2025-04-01", "2052-04-01")], statements.known
        (['2025-04-01', None], ('2025-04-01', 'payment'))
        """
        if not day:
            return None
        if not (self._can_be(day) and day >= _FIRST):
            self.report.guess(IMPOSSIBLE, f"{where}, {what}: {day}")
            return None
        latest = self.known
        if latest is None or (day, what) != latest:
            sure = self._not_after_today(day)
            if latest is None or (last_day(sure), sure, what) > (last_day(latest[0]), *latest):
                self.known = sure, what
        return day

    def begins(self, day: str | None, where: str) -> None:
        """A day from which something holds: it says when the source was made only where nothing else does."""
        if not day or day in self._begun:
            return
        if not self._can_be(day):
            self.report.guess(LATER, f"{where}: {day}")
            return
        self._begun.add(day)
        sure = self._not_after_today(day)
        if self.begun is None or (last_day(sure), sure) > (last_day(self.begun), self.begun):
            self.begun = sure

    def _can_be(self, day: str) -> bool:
        return first_day(day) <= self.options.today

    def _not_after_today(self, day: str) -> str:
        return day if last_day(day) <= self.options.today else first_day(day).isoformat()


def named_party(text: str, report: ImportReport, ids: tuple[tuple[str, str], ...] = ()) -> Party | None:
    """A supplier as the source names it, without what finance systems add; `None` if it is nobody."""
    cleaned, taken = clean_supplier(text)
    if cleaned is None and placeholder(text):
        report.guess("words that name nobody", repr(text))
    if taken:
        report.guess("words taken off the name of a supplier", f"{text!r} read as {cleaned!r}")
    return Party(cleaned, ids) if cleaned else None


def one_value_for_several(sharing: int, where: str, report: ImportReport) -> str:
    """The note of an award whose value is for several suppliers together, and so for none of them."""
    report.guess(SHARED_VALUE, where)
    return f"one value for {sharing} suppliers was left out"


def withheld(text: str, where: str, report: ImportReport, money: Decimal | None = None) -> bool:
    """Whether the name of a supplier was taken out by the publisher; the row is then left out, and counted."""
    if not redacted(text):
        return False
    report.redacted += 1
    report.skip(where, "supplier redacted: who it is is not known", money=money)
    return True


def in_order(start: str | None, end: str | None, where: str, report: ImportReport) -> tuple[str | None, str | None]:
    """Two dates in the order in which time runs; both blank if they are not."""
    if start and end and end < start and last_day(end) < first_day(start):
        report.guess("ends before it begins: both dates left blank", f"{where}: {start} to {end}")
        return None, None
    return start, end
