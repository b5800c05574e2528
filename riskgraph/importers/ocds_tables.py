"""OCDS that somebody made tables of, put back into releases.

Three makes are met. Headers that are paths (`releases/0/awards/0/suppliers/0/name`, as flatten-tool, ocdskit and the
daily CSV of Contracts Finder write them), in one table or in several joined by `ocid` and `id`. Tables joined by
`_link` (`awards.csv` with `_link_main` or `_link_release`, as the Open Contracting Data Registry has them). Parts of a
release wait, sorted, on the disk until all are there.
"""

from __future__ import annotations

import marshal
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from riskgraph.importers.disk_sort import SortedOnDisk
from riskgraph.importers.sheets import open_sheets
from riskgraph.importers.source import SourceFile, SourceTable
from riskgraph.importers.statements import Statements
from riskgraph.importers.values import clean

__all__ = ["is_table_of_releases", "releases_in_tables"]

_WHOLE = re.compile(r"^(?:releases/(\d+)/|records/(\d+)/(?:compiledRelease/|releases/0/)?|compiledRelease/)?(.*)$")
_PACKAGE = {"publisher", "license", "uri", "version", "publishedDate"}
_PARTS = {"buyer", "tender", "awards", "contracts", "parties", "planning"}
_LISTS = {
    "awards", "contracts", "parties", "suppliers", "documents", "items", "lots", "amendments", "relatedProcesses",
    "additionalIdentifiers", "additionalClassifications", "buyers", "subcontracts",
}  # fmt: skip
_WORDS = {"tag", "roles", "relatedLots", "relationship"}  # lists of words
_ROOTS = {"main", "release", "releases", "record", "records", "compiledRelease"}
_TABLES: dict[str, tuple[str, ...]] = {  # name of a joined table -> where its rows stand in a release
    **dict.fromkeys(_ROOTS, ()),
    **{name: (name,) for name in ("buyer", "tender", "awards", "contracts", "parties", "relatedProcesses")},
    "tender_procuringEntity": ("tender", "procuringEntity"),
    "tender_lots": ("tender", "lots"),
    "suppliers": ("awards", "suppliers"),
    **{
        f"{holder}_{name}": (holder, name)
        for holder in ("awards", "contracts")
        for name in ("suppliers", "documents", "amendments", "items", "buyers")
    },
    "parties_additionalIdentifiers": ("parties", "additionalIdentifiers"),
    "parties_ids": ("parties", "additionalIdentifiers"),
}
_Part = tuple[str, int, str, str, str, bytes]  # root, depth, table, own link, parent's link, content


def is_table_of_releases(header: Iterable[str]) -> bool:
    """Whether a row is the header of a table made of OCDS.

    Examples
    --------
    >>> is_table_of_releases(["ocid", "id", "awards/0/id"]), is_table_of_releases(["_link", "_link_main", "name"])
    (True, True)
    >>> is_table_of_releases(["OCID", "Buyer", "Supplier"])
    False
    """
    cells = [clean(cell) for cell in header]
    links = {cell for cell in cells if cell.startswith("_link")}
    if links:
        return len(links) > 1 or "ocid" in cells
    paths = [path.split("/") for _, path in map(_place, cells)]
    return ["ocid"] in paths and any(len(path) > 1 and path[0] in _PARTS for path in paths)


def releases_in_tables(files: Sequence[SourceFile], statements: Statements) -> Iterator[dict[str, Any]]:
    """The releases that are in the tables of these files, each whole."""
    by_path: SortedOnDisk[tuple[str, str, bytes]] = SortedOnDisk(key=itemgetter(0, 1, 2))
    joined: SortedOnDisk[_Part] = SortedOnDisk(key=itemgetter(0, 1, 2, 3, 4))
    passed: list[str] = []
    rows = 0
    for file in files:
        for sheet in open_sheets(file.path):
            whole = file.name or file.path.name
            alone = sheet.name in whole  # a CSV file is the sheet itself
            name = whole if alone else f"{whole}, {sheet.name}"
            lines = sheet.rows()
            header = next((list(map(clean, row)) for _, row in lines if any(map(clean, row))), [])
            if not is_table_of_releases(header):
                passed.append(name)
                continue
            if any(cell.startswith("_link") for cell in header):
                table = _table_of(sheet, header)
                if table is None:
                    passed.append(name)
                    continue
                room = whole.rpartition("/")[0] if alone else whole  # the links count in one folder, or workbook
                parts: Iterator[Any] = _linked(lines, header, table, room)
                keep: Any = joined.append
            else:
                parts, keep = _with_paths(lines, header), by_path.append
            for part in parts:
                rows += 1
                if rows % 1000 == 0:
                    statements.options.tick(rows, 0)
                keep(part)
    if passed:
        more = f" and {len(passed) - 12:,} more" if len(passed) > 12 else ""
        named = ", ".join(passed[:12]) + more
        statements.report.note(f"Tables that say nothing of who was awarded what were not read: {named}.")
    for ocid, of_process in groupby(by_path, key=itemgetter(0)):
        if ocid:
            yield from _put_together(of_process)
        else:
            yield from (marshal.loads(content) for _, _, content in of_process)  # noqa: S302 - written below
    for _, of_release in groupby(joined, key=itemgetter(0)):
        yield _joined(of_release)


@lru_cache(maxsize=4096)
def _place(header: str) -> tuple[str, str]:
    """Which of several releases of a row a header speaks of, and its path in it."""
    match = _WHOLE.match(header.replace(".", "/"))
    assert match is not None
    return match[1] or match[2] or "0", match[3]


def _with_paths(lines: Iterable[tuple[int, list[str]]], header: list[str]) -> Iterator[tuple[str, str, bytes]]:
    """Each row as a part of a release, with the process and the release that it belongs to."""
    columns = [(place, _place(cell)) for place, cell in enumerate(header) if cell]
    prefixed = any(cell.startswith(("releases/", "records/")) for cell in header)
    for _, cells in lines:
        made: dict[str, dict[str, Any]] = {}
        package: dict[str, Any] = {}
        for place, (number, path) in columns:
            text = clean(cells[place]) if place < len(cells) else ""
            if not text:
                continue
            first = path.split("/")[0]
            bare = prefixed and not header[place].startswith(("releases/", "records/"))
            if bare and first in _PACKAGE:
                _set(package, path.split("/"), text)
            elif bare and path == "ocid":
                made.setdefault("0", {}).setdefault("ocid", text)
            else:
                _set(made.setdefault(number, {}), path.split("/"), text)
        for release in made.values():
            content = _as_lists({**package, **release})
            yield str(content.get("ocid", "")), str(content.get("id", "")), marshal.dumps(content, 2)


def _set(into: dict[str, Any], path: Sequence[str], text: str) -> None:
    """A cell at its path; a number in it counts the items of a list, and where none stands it is the first."""
    for place, key in enumerate(path[:-1]):
        inner = into.setdefault(key, {})
        if not isinstance(inner, dict):
            return
        into = inner
        if key in _LISTS and not path[place + 1].isdigit():
            into = into.setdefault("0", {})
    into[path[-1]] = text


def _as_lists(value: Any, key: str = "") -> Any:
    """Items that were counted as lists."""
    if isinstance(value, str):
        return [part.strip() for part in re.split(r"[;,]", value) if part.strip()] if key in _WORDS else value
    if value and all(name.isdigit() for name in value):
        return [_as_lists(value[name]) for name in sorted(value, key=int)]
    return {name: _as_lists(inner, name) for name, inner in value.items()}


def _put_together(parts: Iterable[tuple[str, str, bytes]]) -> Iterator[dict[str, Any]]:
    """The releases of one process; what does not say of which release it is belongs to each of them."""
    made: dict[str, dict[str, Any]] = {}
    for _, id_, content in parts:
        _add(made.setdefault(id_, {}), marshal.loads(content))  # noqa: S302 - written above, by this process
    general = made.pop("", None) if len(made) > 1 else None
    for release in made.values():
        if general is not None:
            _add(release, general)
        yield release


def _add(held: dict[str, Any], part: Mapping[str, Any]) -> None:
    for key, value in part.items():
        before = held.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            _add(before, value)
        elif isinstance(before, list) and isinstance(value, list) and value and isinstance(value[0], dict):
            for item in value:
                same = next((one for one in before if item.get("id") and one.get("id") == item["id"]), None)
                if same is not None:
                    _add(same, item)
                elif item not in before:
                    before.append(item)
        else:
            held.setdefault(key, value)


def _table_of(sheet: SourceTable, header: Sequence[str]) -> str | None:
    """Which of the joined tables a sheet is; none if nothing of it is needed."""
    name = re.sub(r"^(?:releases|records|compiledRelease|main)_", "", sheet.name.strip())
    if "ocid" in header and not any(cell.startswith("_link_") for cell in header):
        return "main"
    return name if name in _TABLES else None


def _linked(lines: Iterable[tuple[int, list[str]]], header: list[str], table: str, room: str) -> Iterator[_Part]:
    """Each row of a joined table, with its links."""
    path = _TABLES[table]
    link = {cell: place for place, cell in enumerate(header) if cell.startswith("_link")}
    root = next((link[f"_link_{name}"] for name in sorted(_ROOTS) if f"_link_{name}" in link), link.get("_link", 0))
    parent = link.get(f"_link_{path[0]}") if len(path) > 1 else None
    columns = [
        (place, cell.removeprefix("_party_").split("_"), cell.startswith("_party_"))
        for place, cell in enumerate(header)
        if cell and (not cell.startswith("_") or cell.startswith("_party_"))
    ]
    columns.sort(key=itemgetter(2), reverse=True)  # what the row says itself comes last, and so counts
    for _, cells in lines:
        content: dict[str, Any] = {}
        for place, where, _ in columns:
            text = clean(cells[place]) if place < len(cells) else ""
            if text:
                _set(content, where, text)
        at = [
            cells[place] if place is not None and place < len(cells) else ""
            for place in (root, link.get("_link"), parent)
        ]
        yield f"{room}/{at[0]}", len(path), table, at[1], at[2], marshal.dumps(_as_lists(content), 2)


def _joined(parts: Iterable[_Part]) -> dict[str, Any]:
    """One release out of the rows of its tables."""
    release: dict[str, Any] = {}
    held: dict[tuple[str, str], dict[str, Any]] = {}
    for _, _, table, own, parent, content in parts:
        path, item = _TABLES[table], marshal.loads(content)  # noqa: S302 - written above, by this process
        if not path:
            _add(release, item)
        elif path[-1] not in _LISTS:
            holder = release if len(path) == 1 else release.setdefault(path[0], {})
            _add(holder.setdefault(path[-1], {}), item)
        elif len(path) == 1:
            held[path[0], own] = item
            release.setdefault(path[0], []).append(item)
        else:
            one = release.setdefault(path[0], {}) if path[0] not in _LISTS else held.get((path[0], parent))
            if one is not None:
                one.setdefault(path[-1], []).append(item)
    return release
