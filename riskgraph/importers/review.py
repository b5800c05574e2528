"""What a person has to decide: names nobody knows, with suggestions; and the decisions, read back.

Suggestions are by likeness, and likeness never joins anything: only a decision that a person wrote does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from riskgraph.data.dataset import Dataset
from riskgraph.data.directory import directory
from riskgraph.data.files import nearest, write_table
from riskgraph.data.read import shipped_aliases
from riskgraph.data.spelling import company_key, normalise
from riskgraph.errors import DataError, Problem
from riskgraph.importers.likeness import Likeness, NamedAlike
from riskgraph.importers.report import ImportReport
from riskgraph.importers.sheets import open_sheets
from riskgraph.importers.supplier_names import NEW
from riskgraph.importers.values import clean
from riskgraph.model import AUTHORITY, SUPPLIER

__all__ = ["COLUMNS", "LIKELY_FROM", "Doubt", "decisions", "doubts", "likely_names", "to_csv"]

COLUMNS = ["kind", "name", "rows", "decision", "suggestion_1", "suggestion_2", "suggestion_3", "pounds"]
LIKELY_FROM = 0.55  # likeness from which a name is likely a known one: 93% of such are (benchmarks/matching)

Key = tuple[str, str]  # key of a name, and the id of whom it means


@dataclass(frozen=True, slots=True)
class Doubt:
    """A name that nothing known has, and who it may be."""

    kind: str
    name: str
    rows: int
    suggestions: tuple[tuple[str, str, int], ...]  # id, name, likeness in hundredths
    pounds: Decimal | None = None  # what the rows come to, where the source has a column of money

    @property
    def likely(self) -> bool:
        """Whether it is likely the first of its suggestions."""
        return bool(self.suggestions) and self.suggestions[0][2] >= round(LIKELY_FROM * 100)

    def cells(self) -> list[str]:
        """Its row in the file; the cell of the decision is blank."""
        shown = [f"{id_} ({name}, {score}%)" for id_, name, score in self.suggestions[:3]]
        pounds = "" if self.pounds is None else str(self.pounds)
        return [self.kind, self.name, str(self.rows), "", *shown, *[""] * (3 - len(shown)), pounds]


def doubts(report: ImportReport, base: Dataset | None = None) -> list[Doubt]:
    """The councils and suppliers that an import did not find: those that are likely known first, then by rows.

    Examples
    --------
    >>> report = ImportReport("a.csv", "one-sheet")
    >>> report.unmatched_councils["NEWCATLE CITY COUNCIL"] += 2
    >>> doubts(report)[0].suggestions[0][0]
    'authority:newcastle-upon-tyne'
    """
    found = []
    for kind, names in ((AUTHORITY, report.unmatched_councils), (SUPPLIER, report.unmatched_suppliers)):
        likeness = _likeness(kind, base) if names else None
        for name, rows in sorted(names.items()):
            assert likeness is not None
            alike = tuple((one.id, one.name, round(100 * one.score)) for one in likeness.near(_key(kind, name)))
            pounds = report.unmatched_pounds.get(name) if kind == SUPPLIER else None
            found.append(Doubt(kind, name, rows, alike, pounds))
    return sorted(
        found, key=lambda d: (d.kind, not d.likely, not d.suggestions, -(d.pounds or Decimal(0)), -d.rows, d.name)
    )


def likely_names(report: ImportReport, base: Dataset | None = None) -> dict[str, tuple[NamedAlike, ...]]:
    """The names that an import did not find and that are likely known ones, each with whom it may mean.

    Examples
    --------
    >>> report = ImportReport("a.csv", "spending")
    >>> report.unmatched_suppliers.update(["CAPITA IT SERVICES", "Northgate Vehicle Hire"])
    >>> {name: found[0].id for name, found in likely_names(report).items()}
    {'CAPITA IT SERVICES': 'supplier:capita'}
    """
    found = {}
    for kind, names in ((AUTHORITY, report.unmatched_councils), (SUPPLIER, report.unmatched_suppliers)):
        likeness = _likeness(kind, base) if names else None
        for name in sorted(names):
            assert likeness is not None
            if alike := likeness.near(_key(kind, name), least=LIKELY_FROM):
                found[name] = alike
    return found


def _key(kind: str, name: str) -> str:
    return company_key(name) if kind == SUPPLIER else normalise(name)


def _likeness(kind: str, base: Dataset | None) -> Likeness:
    """The known names of a kind: the shipped ones, and those of a map."""
    own: dict[str, tuple[str, str]] = {}
    for entity in (base.entities if base else {}).values():
        if entity.kind == kind:
            own.update({_key(kind, name): (entity.id, entity.name) for name in (entity.name, *entity.aliases)})
    shipped = _shipped(kind)
    return Likeness({**shipped, **own}) if own.keys() - shipped.keys() else _shipped_likeness(kind)


def _shipped(kind: str) -> Mapping[str, tuple[str, str]]:
    if kind == SUPPLIER:
        return {key: (id_, directory().entities[id_].name) for key, id_ in directory().keys.items()}
    return {normalise(alias): (id_, alias) for alias, id_, _ in shipped_aliases()}


@lru_cache(maxsize=2)
def _shipped_likeness(kind: str) -> Likeness:
    return Likeness(_shipped(kind))


def to_csv(found: Iterable[Doubt]) -> bytes:
    """The file to be filled in: one row for each name."""
    return write_table(COLUMNS, [doubt.cells() for doubt in found])


def decisions(path: Path, base: Dataset | None = None) -> dict[str, str]:
    """Name to id, as a person wrote it in the column `decision`; `new` and blanks decide nothing.

    Several ids with semicolons between them are several suppliers in one cell, or the councils of a joint buyer;
    `new: A Ltd; new: B Ltd` are two suppliers that nobody knows.

    Parameters
    ----------
    path
        The sheet that `riskgraph data match` made, filled in: CSV or XLSX.
    base
        A map whose ids may be decided for.

    Raises
    ------
    MissingFile
        If there is no such file.
    DataError
        If it cannot be read, has no such columns, or a decision is no id that is known; with every such row.
    """
    known = {id_ for _, id_, _ in shipped_aliases()} | set(directory().entities) | set(base.entities if base else ())
    errors: list[Problem] = []
    found: dict[str, str] = {}
    place: dict[str, int] | None = None
    for sheet in open_sheets(path):
        for number, row in sheet.rows():
            cells = [clean(cell) for cell in row]
            if place is None:
                named = {cell.lower(): index for index, cell in enumerate(cells)}
                place = named if {"name", "decision"} <= named.keys() else None
                continue
            kind, name, decision = (
                cells[at] if (at := place.get(word, -1)) in range(len(cells)) else ""
                for word in ("kind", "name", "decision")
            )
            name = name.removeprefix("'")
            parts = [part.split(" (")[0].strip() for part in decision.split(";") if part.strip()]
            if not name or not parts or [part.lower() for part in parts] == [NEW.rstrip(":")]:
                continue
            wrong = [message for part in parts if (message := _wrong(part, kind, known))]
            if name in found and found[name] != ";".join(parts):
                wrong.append(f"{name!r} is decided twice, first as {found[name]}.")
            errors += [Problem(path.name, number, "decision", "id", message, _hint(parts, known)) for message in wrong]
            if not wrong:
                found[name] = ";".join(parts)
    if place is None:
        message = "No row has the columns name and decision."
        hint = "Take the sheet that `riskgraph data match FILE --format csv --output decisions.csv` writes."
        errors.append(Problem(path.name, 1, "decision", "missing-column", message, hint))
    if errors:
        raise DataError(path.name, errors)
    return found


def _wrong(part: str, kind: str, known: set[str]) -> str:
    """Why a part of a decision is none, "" if it is."""
    if part.lower().startswith(NEW):
        return "A new council is written as new, alone." if kind == AUTHORITY else ""
    if part not in known or part.partition(":")[0] not in {AUTHORITY, SUPPLIER}:
        return f"{part!r} is no council or supplier that is known."
    if kind == AUTHORITY and not part.startswith(AUTHORITY):
        return f"{part!r} is no council."
    return ""


def _hint(parts: Iterable[str], known: set[str]) -> str:
    near = nearest(next((part for part in parts if part not in known), ""), sorted(known))
    said = f"{near} " if near.startswith("Did") else ""
    return f"{said}Copy an id from a suggestion, or write new; several with a semicolon between them."
