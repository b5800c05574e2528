"""The one place that knows where the shipped files are."""

from __future__ import annotations

import csv
from importlib.resources import files
from pathlib import Path

from riskgraph.errors import MissingFile

__all__ = ["outer", "shipped", "shipped_maps", "shipped_rows"]


def outer(name: str) -> Path:
    """One of the outer folders that ship as part of the package: datasets, queries or reports.

    In the root of a clone `python -m riskgraph` finds the sources before what is installed; the folders then lie beside.

    Raises
    ------
    MissingFile
        If the installation is incomplete.

    Examples
    --------
    >>> outer("queries").name
    'queries'
    """
    try:
        return Path(str(files(f"riskgraph.{name}")))
    except ModuleNotFoundError:
        beside = Path(__file__).resolve().parents[1] / name
        if beside.is_dir():
            return beside
        raise MissingFile(f"{name} is missing from this installation.", "Install riskgraph again.") from None


def shipped(*parts: str) -> Path:
    """Path of a file or folder that ships with riskgraph, below `datasets/`.

    Raises
    ------
    MissingFile
        If the installation is incomplete.

    Examples
    --------
    >>> shipped("pairs.csv").name
    'pairs.csv'
    """
    path = outer("datasets").joinpath(*parts)
    if not path.exists():
        raise MissingFile(f"{'/'.join(parts)} is missing from this installation.", "Install riskgraph again.")
    return path


def shipped_maps() -> dict[str, Path]:
    """Name to folder of every data set that ships with riskgraph.

    Examples
    --------
    >>> sorted(shipped_maps())
    ['seeds', 'uk']
    """
    root = shipped()
    return {path.parent.name: path.parent for path in sorted(root.glob("*/dataset.toml"))}


def shipped_rows(*parts: str) -> list[dict[str, str]]:
    """The rows of a table that ships with riskgraph, each by the names of its columns; ours, so nothing is judged.

    Examples
    --------
    >>> shipped_rows("inside.csv")[0]["from"]
    'intrusion'
    """
    with shipped(*parts).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))
