"""What verbs find out besides their changes: frozen values, without words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from riskgraph.analysis.common import Common
from riskgraph.analysis.contracts import HeldContract
from riskgraph.model import Band, Relation

__all__ = ["Backup", "Finding", "FindingRow", "Leaving", "Merging", "Purging", "Splitting", "finding_rows"]


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
    taken: tuple[str, ...] = ()  # what nobody said and the register has


@dataclass(frozen=True, slots=True)
class Splitting:
    """One council becomes several, and which takes what is not known."""

    council: str
    into: tuple[str, ...]
    vesting: date
    rows: int
    taken: tuple[str, ...] = ()  # what nobody said and the register has


@dataclass(frozen=True, slots=True)
class Purging:
    """Data returned or destroyed: rows that now say so, and rows that are still in use."""

    done: tuple[str, ...]
    in_use: tuple[str, ...]


Finding = Backup | Leaving | Merging | Splitting | Purging
"""What a verb found out besides its changes."""


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One thing that a finding says; `None` where a column does not apply or is not known."""

    finding: str
    what: str
    id: str | None = None
    value: str | None = None
    councils: tuple[str, ...] = ()
    area: str | None = None
    row: str | None = None
    end: str | None = None
    passed: bool | None = None
    vesting: str | None = None
    reference: str | None = None
    value_gbp: Decimal | None = None
    notice_days: int | None = None
    band: Band | None = None


def finding_rows(finding: Finding, relations: Mapping[str, Relation]) -> Iterator[FindingRow]:
    """A finding as rows of a table.

    Parameters
    ----------
    relations
        The rows that it names, by id.
    """
    if isinstance(finding, Backup):
        yield from _same_place(finding.found)
    elif isinstance(finding, Leaving):
        yield from _leaving(finding, relations)
    elif isinstance(finding, Merging):
        yield from _merging(finding, relations)
    elif isinstance(finding, Splitting):
        for one in finding.into:
            yield FindingRow("splitting", "new council", one, finding.vesting.isoformat(), (finding.council,))
        yield FindingRow("splitting", "relations that each may take over", finding.council, str(finding.rows))
    else:
        for what, ids in (("back or destroyed", finding.done), ("still in use", finding.in_use)):
            yield from (_of_row("purging", what, relations[id_]) for id_ in ids)


def _same_place(found: Common) -> Iterator[FindingRow]:
    yield FindingRow("same place", "one failure could reach both", value=str(found.verdict))
    shelves = (("shared", found.shared), ("cannot be ruled out", found.doubtful), ("set aside", found.aside))
    for shelf, things in shelves:
        for one in things:
            yield FindingRow("same place", shelf, one.id, ";".join(map(str, one.kinds)) or None, band=one.band)
    for unknown in found.unknown:
        yield FindingRow("same place", "not recorded", unknown.body, unknown.what)


def _leaving(found: Leaving, relations: Mapping[str, Relation]) -> Iterator[FindingRow]:
    yield FindingRow("leaving", "leaves", found.service, councils=(found.council,))
    for area, provider in found.replace:
        yield FindingRow("leaving", "to replace", provider, area=area)
    for what, ids in (("contract of the service", found.contracts), ("tie that remains", found.ties)):
        yield from (_of_row("leaving", what, relations[id_]) for id_ in ids)
    for supplier in found.direct:
        yield FindingRow("leaving", "dealings of its own", supplier)


def _merging(found: Merging, relations: Mapping[str, Relation]) -> Iterator[FindingRow]:
    yield FindingRow("merging", "vesting day", found.new, found.vesting.isoformat(), found.councils)
    people = None if found.residents is None else str(found.residents)
    yield FindingRow("merging", "residents at most", found.new, people)
    for area, brought in found.duplicates.items():
        for provider, councils in brought.items():
            yield FindingRow("merging", "duplicated", provider, None, councils, area)
    for one in found.contracts:
        told = _of_row("merging", "contract", one.row)
        yield replace(told, area=one.area, end=one.end, passed=one.passed, vesting=one.vesting)
    yield from (_of_row("merging", "falls away", relations[id_]) for id_ in found.internal)


def _of_row(finding: str, what: str, row: Relation) -> FindingRow:
    return FindingRow(
        finding, what, row.provider, None, (row.dependent,), row.service_area, row.id, row.ends,
        reference=row.contract_reference, value_gbp=row.contract_value_gbp, notice_days=row.notice_days,
    )  # fmt: skip
