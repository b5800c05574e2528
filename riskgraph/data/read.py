"""From a folder to a `Dataset`, strictly: all problems at once, or the whole data set."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from riskgraph.assets import shipped, shipped_maps
from riskgraph.data.checks import run_checks
from riskgraph.data.dataset import Dataset, DatasetInfo
from riskgraph.data.files import Table, decode, nearest, read_table
from riskgraph.dates import first_day, last_day, parse_moment
from riskgraph.errors import DataError, MissingFile, Problem
from riskgraph.model import Entity, Evidence, Incident, IncidentEffect, RegisterEntry, Relation
from riskgraph.schema import Column, schema

__all__ = ["TABLES", "judge", "locate", "read"]

TABLES: dict[str, tuple[str, type[Any], bool]] = {
    # table of the schema -> file, record, required
    "entities": ("entities.csv", Entity, True),
    "relations": ("relations.csv", Relation, True),
    "evidence": ("evidence.csv", Evidence, False),
    "incidents": ("incidents.csv", Incident, False),
    "incident_effects": ("incident_effects.csv", IncidentEffect, False),
    "authorities": ("register.csv", RegisterEntry, False),
}
_ID = {"incidents": "incident_id"}
_SLUG = re.compile(r"[a-z-]+:[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)
_INTEGER = re.compile(r"\d+", re.ASCII)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_URL = re.compile(r"https?://[^\s<>\"]+", re.ASCII | re.IGNORECASE)


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
    if not (path / "dataset.toml").is_file():
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
    info = _info(path / "dataset.toml", problems)
    loaded: dict[str, tuple[Sequence[Any], Sequence[int]]] = {}
    own_register = (path / "register.csv").is_file()
    for table, (file, record, required) in TABLES.items():
        source = path / file
        if table == "authorities" and not own_register:
            source = shipped("register", "authorities.csv")
        if not source.is_file():
            if required:
                raise MissingFile(f"{path} holds no {file}.", "Add it; with only its header row if there is nothing.")
            loaded[table] = ((), ())
            continue
        loaded[table] = _records(source, table, record, problems)
    tables = {table: _by_id(table, *loaded[table], problems) for table in TABLES if table != "incident_effects"}
    numbers = {
        table: dict(zip((_key(table, record) for record in loaded[table][0]), loaded[table][1], strict=True))
        for table in TABLES
        if table != "incident_effects"
    }
    effects, effect_numbers = loaded["incident_effects"]
    dataset = Dataset(
        path,
        info,
        tables["entities"],
        tables["relations"],
        tables["evidence"],
        tables["incidents"],
        tuple(sorted(effects, key=_effect_key)),
        tables["authorities"],
        own_register_file=own_register,
    )
    rows: dict[str, Mapping[Any, int]] = {
        **numbers,
        "incident_effects": dict(zip(effects, effect_numbers, strict=True)),
    }
    problems += run_checks(dataset, rows)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise DataError(str(where), sorted(errors, key=_problem_key))
    warnings = tuple(sorted((p for p in problems if p.severity == "warning"), key=_problem_key))
    object.__setattr__(dataset, "warnings", warnings)
    return dataset


def read_register(path: Path) -> dict[str, RegisterEntry]:
    """A register of authorities from a file of its own.

    Raises
    ------
    DataError
        If anything in it is wrong.
    """
    problems: list[Problem] = []
    entries = _by_id("authorities", *_records(path, "authorities", RegisterEntry, problems), problems)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise DataError(str(path), sorted(errors, key=_problem_key))
    return entries


def _problem_key(problem: Problem) -> tuple[str, int, str, str, str]:
    return problem.file, problem.row or 0, problem.column or "", problem.rule, problem.message


def _effect_key(effect: IncidentEffect) -> tuple[str, ...]:
    return tuple(str(getattr(effect, field.name) or "") for field in fields(effect))


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
                    TABLES[table][0],
                    number,
                    _ID.get(table, "id"),
                    "id-twice",
                    f"{key} stands in row {first[key]} already.",
                    "Give one of the two another id, or remove it.",
                )
            )
            continue
        found[key], first[key] = record, number
    return dict(sorted(found.items()))


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
    blank: dict[str, Any] = {field.name: (() if columns[field.name].many else None) for field in fields(record)}
    size = len(text.rows)
    series = [converted.get(field.name, (blank[field.name],) * size) for field in fields(record)]
    records = [record(*values) for values in zip(*series, strict=True)] if size else []
    numbers: Sequence[int] = text.numbers
    if bad:
        keep = [index for index in range(size) if index not in bad]
        records, numbers = [records[index] for index in keep], [numbers[index] for index in keep]
    return records, numbers


def _convert(
    table: Table, column: Column, required: bool, cells: list[str], problems: list[Problem], bad: set[int]
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


def judge(value: str, column: Column) -> tuple[Any, _Fault | None]:
    """The value of one cell that is not blank, and its fault (rule, message, fix) if it has one."""
    convert = _CONVERTERS.get(column.type, _text)
    return convert(value, column)


def _text(value: str, column: Column) -> tuple[Any, _Fault | None]:
    if column.name == "name" and re.search(r"[\r\n\t]", value):
        return value, ("line-break", "A name cannot hold a line break or a tab.", "Write it on one line.")
    return value, None


def _id(value: str, column: Column) -> tuple[Any, _Fault | None]:
    if column.table == "entities" and not _SLUG.fullmatch(value):
        fix = "Write it as kind:slug in small letters, digits and hyphens, such as authority:thanet."
        return value, ("id-form", f"{value!r} is no id.", fix)
    if re.search(r"[\s;/]", value) and column.table != "entities":
        return value, ("id-form", f"{value!r} is no id.", "Leave out spaces, slashes and semicolons.")
    return value, None


def _word(value: str, column: Column) -> tuple[Any, _Fault | None]:
    if column.allowed and value not in column.allowed:
        return value, ("word", f"{value!r} is not a word known here.", nearest(value, list(column.allowed)))
    return value, None


def _date(value: str, _column: Column) -> tuple[Any, _Fault | None]:
    try:
        first_day(value)
    except ValueError as error:
        return value, ("date", f"{error}.", "Write it as 2026-11-25, 2026-11 or 2026.")
    return value, None


def _moment(value: str, _column: Column) -> tuple[Any, _Fault | None]:
    try:
        parse_moment(value)
    except ValueError as error:
        fix = "Write it as 2026-11-25 09:30 by the local clock, or as a date alone."
        return value, ("moment", f"{error}.", fix)
    return value, None


def _integer(value: str, column: Column) -> tuple[Any, _Fault | None]:
    if not _INTEGER.fullmatch(value) or len(value) > 15:
        message = f"{value!r} is no whole number of {column.unit or 'things'}."
        return None, (
            "number",
            message,
            "Write digits only, without signs, spaces or commas; leave it blank if unknown.",
        )
    return int(value), None


def _number(value: str, column: Column) -> tuple[Any, _Fault | None]:
    signed = column.unit == "degrees"
    if not _NUMBER.fullmatch(value) or len(value) > 30 or (value.startswith("-") and not signed):
        return None, (
            "number",
            f"{value!r} is no amount{f' in {column.unit}' if column.unit else ''}.",
            "Write digits with a point for decimals, nothing else; leave it blank if unknown.",
        )
    return Decimal(value), None


def _url(value: str, _column: Column) -> tuple[Any, _Fault | None]:
    if not _URL.fullmatch(value):
        return value, ("url", f"{value!r} is no web address.", "Begin it with https:// or leave it blank.")
    return value, None


_CONVERTERS: dict[str, Callable[[str, Column], tuple[Any, _Fault | None]]] = {
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
    table, _ = read_table(shipped("register", "aliases.csv"), ["alias", "id", "alias_kind", "status"])
    place = {name: index for index, name in enumerate(table.header)}
    return tuple((row[place["alias"]], row[place["id"]], row[place["alias_kind"]]) for row in table.rows)
