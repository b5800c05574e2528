"""From a folder to a `Dataset`, strictly: all problems at once, or the whole data set."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from riskgraph.assets import shipped, shipped_maps
from riskgraph.data.checks import run_checks
from riskgraph.data.dataset import TABLES, Dataset, DatasetInfo
from riskgraph.data.files import TextTable, decode, nearest, read_table
from riskgraph.data.folders import current, interrupted
from riskgraph.dates import first_day, last_day, parse_moment
from riskgraph.errors import DataError, MissingFile, Problem
from riskgraph.model import RegisterEntry
from riskgraph.schema import SchemaColumn, schema

__all__ = ["columns_of", "judge", "locate", "read", "read_register", "settled", "shipped_aliases"]

_ID = {"incidents": "incident_id"}
_SLUG = re.compile(r"[a-z-]+:[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_INTEGER = re.compile(r"\d+", re.ASCII)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_URL = re.compile(r"https?://[^\s<>\"]+", re.ASCII | re.IGNORECASE)


def columns_of(record: type[Any]) -> Mapping[str, SchemaColumn]:
    """Name to column of every field of a record, in the order of its fields.

    Examples
    --------
    >>> from riskgraph.model import Entity
    >>> columns_of(Entity)["aliases"].many
    True
    """
    return _columns()[record]


@cache
def _columns() -> dict[type[Any], dict[str, SchemaColumn]]:
    return {
        record: {field.name: schema()[table][field.name] for field in fields(record)}
        for table, (_, record, *_) in TABLES.items()
    }


def locate(where: str | Path) -> Path:
    """Folder of a data set: a path, or the name of one that ships (`uk`, `seeds`).

    Raises
    ------
    MissingFile
        If there is neither.

    Examples
    --------
    >>> locate("seeds").name
    'seeds'
    """
    path = Path(where)
    if path.name == "dataset.toml":
        path = path.parent
    if not path.exists() and str(where) in (maps := shipped_maps()):
        return maps[str(where)]
    if not path.exists():
        raise MissingFile(
            f"There is no data set at {where}.",
            f"Give a folder with a dataset.toml, or one of the shipped maps: {', '.join(shipped_maps())}.",
        )
    if not path.is_dir():
        raise MissingFile(
            f"{where} is a file; a data set is a folder.",
            "Give the folder that holds dataset.toml, or make one: riskgraph data import FILE --to FOLDER",
        )
    if not current(path, "dataset.toml").is_file():
        raise MissingFile(
            f"{where} holds no dataset.toml, so it is no data set.",
            "Give the folder that holds it, or write one: see docs/model.md.",
        )
    return path


def read(where: str | Path) -> Dataset:
    """Read and check a data set.

    Parameters
    ----------
    where
        A folder with `dataset.toml`, or the name of a shipped map.

    Returns
    -------
    Dataset
        Whole and checked; `warnings` holds what is doubtful but usable.

    Raises
    ------
    MissingFile
        If the folder or one of its required files is not there.
    DataError
        If anything in it is wrong; the error lists every problem found.

    Examples
    --------
    >>> read("seeds").info.title
    'Five documented incidents'
    """
    path = locate(where)
    problems: list[Problem] = []
    if interrupted(path):
        message = "A writer was stopped before every file was in its place; what it meant to write is read."
        problems.append(Problem(path.name, None, None, "interrupted", message, "Write again.", "warning"))
    info = _info(current(path, "dataset.toml"), problems)
    own_register = current(path, "register.csv").is_file()
    held: dict[str, Any] = {}
    rows: dict[str, dict[Any, int]] = {}
    for table, place in TABLES.items():
        source = current(path, place.file)
        if table == "authorities" and not own_register:
            source = shipped("register", "authorities.csv")
        if place.required and not source.is_file():
            raise MissingFile(f"{path} holds no {place.file}.", "Add it; with only its header row if there is nothing.")
        records, numbers = _records(source, table, place.record, problems) if source.is_file() else ((), ())
        if table == "incident_effects":  # they have no id
            held[place.held], rows[table] = records, dict(zip(records, numbers, strict=True))
        else:
            held[place.held] = _by_id(table, records, numbers, problems)
            rows[table] = dict(zip((_key(table, record) for record in records), numbers, strict=True))
    dataset = Dataset.of(path, info, own_register_file=own_register, **held)
    problems += run_checks(dataset, rows)
    return replace(dataset, warnings=settled(str(where), problems))


def settled(where: str, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The warnings among some problems, in the order of files and rows.

    Raises
    ------
    DataError
        If any of them is an error; it lists all of those.
    """
    ordered = sorted(problems, key=_problem_key)
    if errors := [problem for problem in ordered if problem.severity == "error"]:
        raise DataError(where, errors)
    return tuple(ordered)


def read_register(path: Path) -> dict[str, RegisterEntry]:
    """A register of authorities from a file of its own.

    Raises
    ------
    DataError
        If anything in it is wrong.
    """
    problems: list[Problem] = []
    entries = _by_id("authorities", *_records(path, "authorities", RegisterEntry, problems), problems)
    settled(str(path), problems)
    return entries


def _problem_key(problem: Problem) -> tuple[str, int, str, str, str]:
    return problem.file, problem.row or 0, problem.column or "", problem.rule, problem.message


def _key(table: str, record: Any) -> str:
    key: str = getattr(record, _ID.get(table, "id"))
    return key


def _by_id(table: str, records: Sequence[Any], numbers: Sequence[int], problems: list[Problem]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    first: dict[str, int] = {}
    for record, number in zip(records, numbers, strict=True):
        key = _key(table, record)
        if key in found:
            problems.append(
                Problem(
                    TABLES[table].file,
                    number,
                    _ID.get(table, "id"),
                    "id-twice",
                    f"{key} stands in row {first[key]} already.",
                    "Give one of the two another id, or remove it.",
                )
            )
            continue
        found[key], first[key] = record, number
    return found


def _info(path: Path, problems: list[Problem]) -> DatasetInfo:
    known = [field.name for field in fields(DatasetInfo)]
    text, noticed = decode(path.read_bytes(), path.name)
    problems += noticed
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.append(Problem(path.name, None, None, "toml", f"It is no valid TOML: {error}.", "Check its quotes."))
        return DatasetInfo("", "1970-01-01")
    for key, value in values.items():
        if key not in known:
            problems.append(Problem(path.name, None, key, "unknown-key", "The key is not known.", nearest(key, known)))
        elif not isinstance(value, str):
            problems.append(Problem(path.name, None, key, "not-text", f"{value!r} is no text.", "Put it in quotes."))
    given = {key: value for key, value in values.items() if key in known and isinstance(value, str)}
    for key in ("title", "as_of"):
        if not given.get(key):
            problems.append(Problem(path.name, None, key, "missing", f"There is no {key}.", f'Add {key} = "...".'))
    try:
        last_day(given.get("as_of", "1970-01-01"))
    except ValueError as error:
        problems.append(Problem(path.name, None, "as_of", "date", f"{error}.", "Write it as 2026-11-25."))
        given["as_of"] = "1970-01-01"
    grades = ["confirmed", "inferred", "reported"]
    if given.get("own_register", "inferred") not in grades:
        message = f"{given['own_register']!r} is no grade."
        problems.append(
            Problem(path.name, None, "own_register", "word", message, nearest(given["own_register"], grades))
        )
        del given["own_register"]
    return DatasetInfo(**{"title": "", "as_of": "1970-01-01", **given})


def _records(path: Path, table: str, record: type[Any], problems: list[Problem]) -> tuple[Sequence[Any], Sequence[int]]:
    columns = schema()[table]
    text, found = read_table(path, list(columns))
    problems += found
    if any(problem.severity == "error" for problem in found) or not text.header:
        return (), ()
    required = {"id"} if table == "authorities" else {name for name, column in columns.items() if column.required}
    good = True
    for name in text.header:
        if name not in columns:
            problems.append(
                Problem(text.file, 1, name, "unknown-column", "The column is not known.", nearest(name, list(columns)))
            )
            good = False
    for name in sorted(required - set(text.header)):
        problems.append(Problem(text.file, 1, name, "missing-column", "The column is missing.", "Add it."))
        good = False
    if not good:
        return (), ()
    converted: dict[str, Sequence[Any]] = {}
    bad: set[int] = set()
    for position, name in enumerate(text.header):
        cells = [row[position] for row in text.rows]
        converted[name] = _convert(text, columns[name], name in required, cells, problems, bad)
    size = len(text.rows)
    series = [converted.get(name, (() if column.many else None,) * size) for name, column in columns_of(record).items()]
    records = [record(*values) for values in zip(*series, strict=True)] if size else []
    numbers: Sequence[int] = text.numbers
    if bad:
        keep = [index for index in range(size) if index not in bad]
        records, numbers = [records[index] for index in keep], [numbers[index] for index in keep]
    return records, numbers


def _convert(
    table: TextTable, column: SchemaColumn, required: bool, cells: list[str], problems: list[Problem], bad: set[int]
) -> list[Any]:
    """Convert the cells of one column; each different text is judged once."""
    judged: dict[str, Any] = {}
    wrong: dict[str, tuple[str, str, str]] = {}
    trimmed: set[str] = set()
    for cell in set(cells):
        value = cell.strip()
        if value != cell:
            trimmed.add(cell)
        if not value:
            judged[cell] = () if column.many else None
            if required:
                wrong[cell] = ("missing", "The cell is empty, but it is needed.", "Fill it in.")
            continue
        if column.many:
            parts = [part.strip() for part in value.split(";")]
            results = [judge(part, column) for part in parts if part]
            judged[cell] = tuple(result[0] for result in results)
            faults = [result[1] for result in results if result[1]]
            if faults:
                wrong[cell] = faults[0]
        else:
            judged[cell], fault = judge(value, column)
            if fault:
                wrong[cell] = fault
    if wrong or trimmed:
        for index, cell in enumerate(cells):
            if cell in wrong:
                rule, message, fix = wrong[cell]
                problems.append(Problem(table.file, table.numbers[index], column.name, rule, message, fix))
                bad.add(index)
            elif cell in trimmed:
                problems.append(
                    Problem(
                        table.file,
                        table.numbers[index],
                        column.name,
                        "spaces",
                        "Spaces at the edge of the cell were left out.",
                        severity="warning",
                    )
                )
    return [judged[cell] for cell in cells]


_Fault = tuple[str, str, str]


def judge(value: str, column: SchemaColumn) -> tuple[Any, _Fault | None]:
    """The value of one cell that is not blank, and its fault (rule, message, fix) if it has one."""
    convert = _CONVERTERS.get(column.type, _text)
    return convert(value, column)


def _text(value: str, column: SchemaColumn) -> tuple[Any, _Fault | None]:
    if column.name == "name" and re.search(r"[\r\n\t]", value):
        return value, ("line-break", "A name cannot hold a line break or a tab.", "Write it on one line.")
    return value, None


def _id(value: str, column: SchemaColumn) -> tuple[Any, _Fault | None]:
    if column.table == "entities" and not _SLUG.fullmatch(value):
        fix = "Write it as kind:slug in small letters, digits and hyphens, such as authority:thanet."
        return value, ("id-form", f"{value!r} is no id.", fix)
    if re.search(r"[\s;/]", value) and column.table != "entities":
        return value, ("id-form", f"{value!r} is no id.", "Leave out spaces, slashes and semicolons.")
    return value, None


def _word(value: str, column: SchemaColumn) -> tuple[Any, _Fault | None]:
    if column.allowed and value not in column.allowed:
        return value, ("word", f"{value!r} is not a word known here.", nearest(value, list(column.allowed)))
    return value, None


def _date(value: str, _column: SchemaColumn) -> tuple[Any, _Fault | None]:
    try:
        first_day(value)
    except ValueError as error:
        return value, ("date", f"{error}.", "Write it as 2026-11-25, 2026-11 or 2026.")
    return value, None


def _moment(value: str, _column: SchemaColumn) -> tuple[Any, _Fault | None]:
    try:
        parse_moment(value)
    except ValueError as error:
        fix = "Write it as 2026-11-25 09:30 by the local clock, or as a date alone."
        return value, ("moment", f"{error}.", fix)
    return value, None


def _integer(value: str, column: SchemaColumn) -> tuple[Any, _Fault | None]:
    if not _INTEGER.fullmatch(value) or len(value) > 15:
        message = f"{value!r} is no whole number of {column.unit or 'things'}."
        return None, (
            "number",
            message,
            "Write digits only, without signs, spaces or commas; leave it blank if unknown.",
        )
    return int(value), None


def _number(value: str, column: SchemaColumn) -> tuple[Any, _Fault | None]:
    signed = column.unit == "degrees"
    if not _NUMBER.fullmatch(value) or len(value) > 30 or (value.startswith("-") and not signed):
        return None, (
            "number",
            f"{value!r} is no amount{f' in {column.unit}' if column.unit else ''}.",
            "Write digits with a point for decimals, nothing else; leave it blank if unknown.",
        )
    return Decimal(value), None


def _url(value: str, _column: SchemaColumn) -> tuple[Any, _Fault | None]:
    if not _URL.fullmatch(value):
        return value, ("url", f"{value!r} is no web address.", "Begin it with https:// or leave it blank.")
    return value, None


_CONVERTERS: dict[str, Callable[[str, SchemaColumn], tuple[Any, _Fault | None]]] = {
    "id": _id,
    "word": _word,
    "words": _word,
    "date": _date,
    "moment": _moment,
    "integer": _integer,
    "number": _number,
    "url": _url,
}


@lru_cache(maxsize=1)
def shipped_aliases() -> tuple[tuple[str, str, str], ...]:
    """Alias, id and sort of alias of every body in the shipped register."""
    with shipped("register", "aliases.csv").open(encoding="utf-8", newline="") as file:
        return tuple((alias, id_, sort) for alias, id_, sort, _ in csv.reader(file, strict=True))[1:]
