"""Notices in the Open Contracting Data Standard 1.1: Find a Tender, Contracts Finder and their like.

Any shape: release package, record package, one release, an array, one a line, packages in `results`, or tables made
of them. All releases of one contracting process are put together by field (`ocds_process`) before anything is said of
it, whichever file they stand in; until then they wait, sorted, on the disk.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from riskgraph.importers.disk_sort import SortedOnDisk
from riskgraph.importers.formats import Format, json_items
from riskgraph.importers.json_objects import as_object, as_objects, first_keys, is_json
from riskgraph.importers.ocds_awards import ProcessAwards
from riskgraph.importers.ocds_process import ContractingProcess, ReleaseOrigin, id_text, slim, unfolded
from riskgraph.importers.ocds_tables import is_table_of_releases, releases_in_tables
from riskgraph.importers.sheets import open_sheets
from riskgraph.importers.source import SourceFile
from riskgraph.importers.statements import Statements
from riskgraph.importers.values import parse_date

__all__ = ["OCDS"]

_LISTS = frozenset({"releases", "records", "results"})
_STATES = {"ocid", "buyer", "parties", "tender", "awards", "contracts"}  # a link to a release has a date and a tag too


def _fits(path: Path) -> int:
    if is_json(path):
        keys = first_keys(path)
        return 50 if "ocid" in keys or {"releases", "publisher"} <= keys or {"records", "publisher"} <= keys else 0
    if path.suffix.lower() in {".json", ".jsonl", ".ndjson"}:
        return 0
    tops = (next((row for _, row in sheet.rows() if any(row)), []) for sheet in open_sheets(path))
    return 70 if any(map(is_table_of_releases, tops)) else 0


def _items(files: Sequence[SourceFile], statements: Statements) -> Iterator[tuple[str, dict[str, Any]]]:
    """Releases, records and what stands around them, out of JSON and out of tables."""
    tables = [file for file in files if not is_json(file.path)]
    yield from json_items([file for file in files if file not in tables], _LISTS, statements)
    if tables:
        yield from (("releases", release) for release in releases_in_tables(tables, statements))


class _Package(NamedTuple):
    """Who published a package, under which terms."""

    publisher: str = ""
    licence: str = ""


class _Release(NamedTuple):
    """A release that was met, and the number of the package that it stands in."""

    said: dict[str, Any]
    compiled: bool
    package: int


class _Packages:
    """The releases of packages, records and lists of them; what a package says of itself comes before or after them."""

    def __init__(self, statements: Statements) -> None:
        self.report = statements.report
        self.said: list[_Package] = [_Package()]  # by number
        self.empty = 0

    def releases(self, items: Iterator[tuple[str, dict[str, Any]]]) -> Iterator[_Release]:
        """Every release, in whatever it is wrapped."""
        met = 0
        for place, item in items:
            if place or "ocid" in item or any(isinstance(item.get(key), list) for key in _LISTS):
                for release in self._unwrapped(item, len(self.said) - 1):
                    met += 1
                    yield release
                continue
            self.empty += not met
            self.said[-1] = self._of(item)
            self.said.append(_Package())
            met = 0

    @staticmethod
    def _of(item: Mapping[str, Any]) -> _Package:
        return _Package(id_text(as_object(item.get("publisher")).get("name")), id_text(item.get("license")))

    def _unwrapped(self, item: Mapping[str, Any], package: int) -> Iterator[_Release]:
        compiled = item.get("compiledRelease")
        versioned = item.get("versionedRelease")
        inner = [one for key in sorted(_LISTS) for one in as_objects(item.get(key))]
        if (
            isinstance(versioned, dict)
            and not isinstance(compiled, dict)
            and not any(_STATES & one.keys() for one in inner)
        ):
            for part in unfolded(versioned):
                yield _Release({"ocid": item.get("ocid"), **part}, False, package)
        elif isinstance(compiled, dict) or ("ocid" in item and isinstance(item.get("releases"), list)):
            for release in inner:  # a record
                if _STATES & release.keys():
                    yield _Release({"ocid": item.get("ocid"), **release}, False, package)
                elif not isinstance(compiled, dict):
                    self.report.read += 1
                    self.report.skip(id_text(item.get("ocid")), "a link to a release, not the release itself")
            if isinstance(compiled, dict):
                yield _Release({"ocid": item.get("ocid"), **compiled}, True, package)
        elif "ocid" in item:
            yield _Release(dict(item), False, package)
        elif inner or any(isinstance(item.get(key), list) for key in _LISTS):  # a package inside a list
            self.empty += not inner
            self.said[-1:] = [self._of(item), self.said[-1]]
            for one in inner:
                yield from self._unwrapped(one, len(self.said) - 2)
        else:
            self.report.read += 1
            self.report.skip(f"{id_text(item.get('id')) or 'an'} item", "no ocid: no release")


def _notices(items: Iterator[tuple[str, dict[str, Any]]], statements: Statements) -> None:
    """Put the releases of each process together; an award to a supplier by a buyer counts as a row."""
    report, packages = statements.report, _Packages(statements)
    waiting: SortedOnDisk[tuple[str, str, bool, str, bytes, int]] = SortedOnDisk(key=itemgetter(0, 1, 2, 3, 4))
    seen = 0
    for release in packages.releases(items):
        seen += 1
        ocid, date_ = id_text(release.said.get("ocid")), id_text(release.said.get("date"))
        if not ocid:
            report.read += 1
            report.skip(f"release {id_text(release.said.get('id'))}", "no ocid: no release")
            continue
        day = parse_date(date_)
        if date_ and day is None:
            report.guess("date of a release that is none, left blank", f"{ocid}: {date_!r}")
        day = statements.dated(day, "release", ocid)
        key = ocid, _moment(date_) if day else "", release.compiled, id_text(release.said.get("id"))
        waiting.append((*key, marshal.dumps(slim(release.said), 2), release.package))
    statements.options.tick(seen, 0)
    statements.licences |= {package.licence for package in packages.said} - {""}
    processes = twice = early = 0
    for ocid, group in groupby(waiting, key=itemgetter(0)):
        process, before = ContractingProcess(ocid), None
        processes += 1
        for _, moment, compiled, id_, content, number in group:
            said = marshal.loads(content)  # noqa: S302 - written above, by this process
            package = packages.said[number]
            publisher = id_text(as_object(said.get("publisher")).get("name")) or package.publisher
            day = (parse_date(id_text(said.get("date"))) or "") if moment else ""
            process.add(said, ReleaseOrigin(day, id_, publisher, id_text(said.get("license")) or package.licence))
            twice += (moment, compiled, id_) == before
            before = moment, compiled, id_
        early += not process.awards and not process.contracts
        ProcessAwards(process, statements).buy()
    many = f"{seen:,} release{'s' * (seen != 1)} of {processes:,} contracting process{'es' * (processes != 1)}"
    report.note(f"Read: {many}. A row is one award to one supplier by one buyer.")
    if early:
        report.note(
            f"Processes without an award or a contract (plans, tenders), so that nobody supplies yet: {early:,}."
        )
    if twice:
        report.note(f"Releases that came more than once, and count once: {twice:,}.")
    if packages.empty:
        report.note(f"Packages without releases, only with what they say of themselves: {packages.empty:,}.")


def _moment(text: str) -> str:
    """When a release was made, to compare with others: in UTC where it says its zone.

    Examples
    --------
    >>> _moment("2024-05-01T00:30:00+01:00"), _moment("2024-05-01")
    ('2024-04-30T23:30:00', '2024-05-01T00:00:00')
    """
    try:
        moment = datetime.fromisoformat(text)
        return (moment.astimezone(UTC) if moment.tzinfo else moment).replace(tzinfo=None).isoformat()
    except (ValueError, OverflowError):
        return parse_date(text) or ""


OCDS = Format(
    "ocds",
    "notices in OCDS 1.1 (Find a Tender, Contracts Finder), also flattened to tables",
    rows=_notices,
    items=_items,
    recognise=_fits,
    together=True,
    copies=True,  # tables that are joined may be alike; a release that comes twice counts once
    buyers="known",
)
