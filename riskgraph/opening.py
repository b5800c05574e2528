"""One door to data of either shape: a folder or shipped map is read, a sheet is imported."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from riskgraph.data.checks import run_checks
from riskgraph.data.dataset import Dataset
from riskgraph.data.read import read
from riskgraph.errors import DataError, Problem

__all__ = ["SHEETS", "open_dataset"]

SHEETS = frozenset({".csv", ".tsv", ".xlsx", ".xlsm"})  # files that an importer turns into a data set


def open_dataset(where: str | Path) -> Dataset:
    """The data set of a folder, of a shipped map by name, or of a register of one sheet or a workbook.

    Parameters
    ----------
    where
        A folder with `dataset.toml`, the name of a shipped map, or a file that `import_file` takes.

    Returns
    -------
    Dataset
        Whole and checked; `warnings` holds what is doubtful but usable, and what was left out of a sheet.

    Raises
    ------
    MissingFile
        If there is nothing there.
    DataError
        If anything in it is wrong; the error lists every problem found.
    RiskGraphError
        If a sheet is of no known format.

    Examples
    --------
    >>> open_dataset("seeds").info.title
    'Five documented incidents'
    >>> len(open_dataset("one-sheet-register.csv").relations) > 60
    True
    """
    path = Path(where)
    if path.suffix.lower() not in SHEETS or path.is_dir():
        return read(where)
    from riskgraph.importers import import_file  # only for a sheet: every start would wait for all formats

    dataset, report = import_file(path)
    problems = sorted(run_checks(dataset, {}), key=_order)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise DataError(str(path), errors)
    left_out = [
        Problem(path.name, None, None, "left-out", f"{count} rows were left out: {reason}.", severity="warning")
        for reason, count in sorted(report.skipped_count.items())
    ]
    return replace(dataset, warnings=(*left_out, *(problem for problem in problems if problem.severity == "warning")))


def _order(problem: Problem) -> tuple[str, int, str, str, str]:
    return problem.file, problem.row or 0, problem.column or "", problem.rule, problem.message
