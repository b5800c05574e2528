"""A spending file of the kind that every council publishes: read, matched, judged; and what pandas takes to read it.

The peer reads the file and counts payments for each payer and supplier in a dictionary. It matches nobody,
checks nothing and accounts for no row that it leaves out, so it is a floor and not an equal.
"""

from __future__ import annotations

import csv
import random
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.generate import SEED
from benchmarks.registry import task

ROWS = {"100 thousand rows": 100_000, "1 million rows": 1_000_000}
PAYERS = ("Thanet District Council", "Dover District Council", "Canterbury City Council", "Kent County Council")
SUPPLIERS = ("Civica UK Ltd", "Capita Business Services Ltd", "NEC Software Solutions UK Ltd", "Idox Software Ltd")

spending = task(
    "import of a spending file",
    tuple(ROWS),
    repeat=3,
    about="Payments over 500 pounds of four councils to 4,000 suppliers: rows read, and payers seen.",
)


def _file(size: str) -> Path:
    """The file, made once in the folder for temporary files: the same bytes everywhere."""
    path = Path(tempfile.gettempdir()) / f"riskgraph-spending-{ROWS[size]}.csv"
    if path.exists():
        return path
    chance = random.Random(SEED)  # noqa: S311
    names = [*SUPPLIERS, *(f"Supplier Number {number} Limited" for number in range(4_000 - len(SUPPLIERS)))]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["Body Name", "Payment Date", "Transaction Number", "Amount", "Supplier Name", "Expense Area"])
        for number in range(ROWS[size]):
            day = f"{chance.randint(1, 28):02d}/{chance.randint(1, 12):02d}/{chance.randint(2023, 2025)}"
            amount = f"{chance.randint(500, 90_000)}.{chance.randint(0, 99):02d}"
            writer.writerow([chance.choice(PAYERS), day, f"T{number}", amount, chance.choice(names), "Corporate"])
    return path


@spending.add("riskgraph", _file)
def _riskgraph(path: Any) -> Any:
    from riskgraph.data.importers import import_file

    dataset, report = import_file(path, format="spending")
    payers = {row.dependent for row in dataset.relations.values()}
    return [report.read, len(payers)]


@spending.add("pandas.read_csv and a dict", _file)
def _pandas(path: Any) -> Any:
    import pandas as pd

    frame = pd.read_csv(path)
    counts: dict[tuple[str, str], int] = {}
    for pair in zip(frame["Body Name"], frame["Supplier Name"], strict=True):
        counts[pair] = counts.get(pair, 0) + 1
    return [len(frame), len({payer for payer, _ in counts})]
