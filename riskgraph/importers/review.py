"""What a person has to decide: names nobody knows, with suggestions; and the decisions, read back.

Suggestions are by likeness, and likeness never joins anything: only a decision that a person wrote does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from riskgraph.data.dataset import Dataset
from riskgraph.data.directory import directory
from riskgraph.data.files import read_table, write_table
from riskgraph.data.read import shipped_aliases
from riskgraph.data.spelling import company_key, initials, normalise
from riskgraph.errors import DataError, Problem
from riskgraph.importers.report import ImportReport
from riskgraph.model import AUTHORITY, SUPPLIER

__all__ = ["COLUMNS", "Doubt", "decisions", "doubts", "to_csv"]

COLUMNS = ["kind", "name", "rows", "decision", "suggestion_1", "suggestion_2", "suggestion_3"]
_LEAST = 80  # likeness of a suggestion, in hundredths


@dataclass(frozen=True, slots=True)
class Doubt:
    """A name that nothing known has, and who it may be."""

    kind: str
    name: str
    rows: int
    suggestions: tuple[tuple[str, str, int], ...]  # id, name, likeness in hundredths

    def cells(self) -> list[str]:
        """Its row in the file; the cell of the decision is blank."""
        shown = [f"{id_} ({name}, {score}%)" for id_, name, score in self.suggestions[:3]]
        return [self.kind, self.name, str(self.rows), "", *shown, *[""] * (3 - len(shown))]


def doubts(report: ImportReport, base: Dataset | None = None) -> list[Doubt]:
    """The councils and suppliers that an import did not find, those with suggestions first.

    Examples
    --------
    >>> report = ImportReport("a.csv", "one-sheet")
    >>> report.unmatched_councils["NEWCATLE CITY COUNCIL"] += 2
    >>> doubts(report)[0].suggestions[0][0]
    'authority:newcastle-upon-tyne'
    """
    councils = {normalise(alias): (id_, alias) for alias, id_, _ in shipped_aliases()}
    suppliers = {key: (id_, directory().entities[id_].name) for key, id_ in directory().keys.items()}
    for entity in (base.entities if base else {}).values():
        for name in (entity.name, *entity.aliases):
            if entity.kind == SUPPLIER:
                suppliers[company_key(name)] = entity.id, entity.name
            elif entity.kind == AUTHORITY:
                councils[normalise(name)] = entity.id, entity.name
    found = [
        Doubt(AUTHORITY, name, rows, _near(normalise(name), councils))
        for name, rows in sorted(report.unmatched_councils.items())
    ]
    found += [
        Doubt(SUPPLIER, name, rows, _near(company_key(name), suppliers))
        for name, rows in sorted(report.unmatched_suppliers.items())
    ]
    return sorted(found, key=lambda d: (d.kind, not d.suggestions, -d.rows, d.name))


def _near(key: str, known: dict[str, tuple[str, str]]) -> tuple[tuple[str, str, int], ...]:
    from rapidfuzz import fuzz, process

    hits = process.extract(key, list(known), scorer=fuzz.token_sort_ratio, limit=8, score_cutoff=_LEAST)
    # a whole name inside a longer one: "capita" in "capita business services"
    inside = [
        (word, 75.0, 0) for word in known if len(word) > 3 and (f" {word} " in f" {key} " or f" {key} " in f" {word} ")
    ]
    inside += [(word, 75.0, 0) for word in known if key in initials(word)]
    best: dict[str, tuple[str, str, int]] = {}
    for word, score, _ in sorted([*hits, *inside[:12]], key=lambda hit: (-hit[1], hit[0])):
        id_, name = known[word]
        best.setdefault(id_, (id_, name, round(score)))
    return tuple(list(best.values())[:3])


def to_csv(found: Iterable[Doubt]) -> bytes:
    """The file to be filled in: one row for each name."""
    return write_table(COLUMNS, [doubt.cells() for doubt in found])


def decisions(path: Path, base: Dataset | None = None) -> dict[str, str]:
    """Name to id, as a person wrote it in the column `decision`; `new` and blanks decide nothing.

    Raises
    ------
    MissingFile
        If there is no such file.
    DataError
        If a decision is no id that is known.
    """
    table, problems = read_table(path, COLUMNS)
    errors = [problem for problem in problems if problem.severity == "error"]
    place = {name: index for index, name in enumerate(table.header)}
    for name in ("name", "decision"):
        if name not in place and not errors:
            errors.append(Problem(path.name, 1, name, "missing-column", "The column is missing.", "Add it."))
    if errors:
        raise DataError(path.name, errors)
    known = {id_ for _, id_, _ in shipped_aliases()} | set(directory().entities) | set(base.entities if base else ())
    found: dict[str, str] = {}
    for number, row in zip(table.numbers, table.rows, strict=True):
        decision = row[place["decision"]].split(" (")[0].strip()
        if not decision or decision.lower() == "new":
            continue
        if decision not in known or decision.partition(":")[0] not in {AUTHORITY, SUPPLIER}:
            message = f"{decision!r} is no council or supplier that is known."
            errors.append(
                Problem(path.name, number, "decision", "id", message, "Copy an id from a suggestion, or write new.")
            )
        found[row[place["name"]].removeprefix("'")] = decision
    if errors:
        raise DataError(path.name, errors)
    return found
