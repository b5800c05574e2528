"""What changes cost, from a small file that a person keeps in a spreadsheet."""

from __future__ import annotations

from pathlib import Path

from riskgraph.data.files import read_table
from riskgraph.errors import DataError, Problem

__all__ = ["read_costs"]

_NUMBER = "Write a number, 0 or more, without signs or commas; leave it blank if unknown."


def read_costs(path: Path) -> dict[str, float]:
    r"""Costs of changes from a CSV file: `change` (such as `segment:environment:x`, or the id of a row) and `cost`.

    A blank cost is not known, and is left out.

    Raises
    ------
    MissingFile
        If there is no such file.
    DataError
        If anything in it is wrong; every problem is listed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "costs.csv"
    ...     _ = path.write_text("change,cost\nsegment:environment:x,1200\n")
    ...     read_costs(path)
    {'segment:environment:x': 1200.0}
    """
    table, noticed = read_table(path, ["change", "cost", "note"])
    problems = [problem for problem in noticed if problem.severity == "error"]
    problems += [
        Problem(path.name, 1, name, "missing-column", "The column is missing.", "Add it.")
        for name in ("change", "cost")
        if table.header and name not in table.header
    ]
    costs: dict[str, float] = {}
    if not problems:
        change, cost = table.header.index("change"), table.header.index("cost")
        for number, row in zip(table.numbers, table.rows, strict=True):
            name, text = row[change].strip(), row[cost].strip()
            if not name:
                problems.append(Problem(path.name, number, "change", "missing", "The cell is empty.", "Fill it in."))
            elif name in costs:
                problems.append(
                    Problem(path.name, number, "change", "twice", f"{name} stands there twice.", "Keep one.")
                )
            elif text:
                costs[name] = _cost(text)
                if not 0 <= costs[name] < 1e9:
                    problems.append(Problem(path.name, number, "cost", "number", f"{text!r} is no cost.", _NUMBER))
    if problems:
        raise DataError(path.name, problems, outcome="nothing was searched", fix="Put these right and ask again.")
    return costs


def _cost(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return -1.0
