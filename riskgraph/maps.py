"""A map from whatever holds one: the folder of a data set, a shipped map by name, a snapshot, or a sheet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from riskgraph.arguments import checked
from riskgraph.data.checks import run_checks
from riskgraph.data.dataset import Dataset
from riskgraph.data.read import read as read_folder
from riskgraph.data.read import settled
from riskgraph.data.snapshot import SNAPSHOT, read_snapshot
from riskgraph.errors import Problem

__all__ = ["is_sheet", "read"]

_SHEETS = frozenset({".csv", ".tsv", ".xlsx", ".xlsm"})  # files that an importer turns into a data set


def is_sheet(path: Path) -> bool:
    """Whether a path is that of a sheet, which is a map only by way of its importer."""
    return path.suffix.lower() in _SHEETS and not path.is_dir()


@checked
def read(where: str | Path) -> Dataset:
    """Read and check a data set, or a sheet by way of its importer, judged as strictly.

    Parameters
    ----------
    where
        A folder with `dataset.toml`, the name of a shipped map, a snapshot, or a register of one sheet or a workbook.

    Returns
    -------
    Dataset
        Whole and checked; `warnings` holds what is doubtful but usable, and what was left out of a sheet.

    Raises
    ------
    MissingFile
        If it is not there.
    DataError
        If anything in it is wrong; the error lists every problem found.

    Examples
    --------
    >>> read("seeds").info.title
    'Five documented incidents'
    >>> len(read("one-sheet-register.csv").relations) > 60
    True
    """
    path = Path(where)
    if path.suffix.lower() == SNAPSHOT and path.is_file():
        return read_snapshot(path)
    if not is_sheet(path):
        return read_folder(where)
    from riskgraph.importers import import_file  # start-up time: most maps are folders

    dataset, report = import_file(path)
    left = [
        Problem(path.name, None, None, "left-out", f"{count} rows were left out: {reason}.", severity="warning")
        for reason, count in sorted(report.skipped_count.items())
    ]
    return replace(dataset, warnings=(*left, *settled(str(path), run_checks(dataset, {}))))
