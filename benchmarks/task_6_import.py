"""Files of the kinds that every council publishes: read, matched, judged; and what the usual tools take to read them.

The peers read the file and count pairs of buyer and supplier in a dictionary. They match nobody, check nothing
and account for no row that they leave out, so they are a floor and not an equal.
"""

from __future__ import annotations

import csv
import json
import random
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TextIO

from benchmarks.generate import SEED
from benchmarks.registry import task

ROWS = {"100 thousand rows": 100_000, "1 million rows": 1_000_000}
RELEASES = {"100 MB": 84_000}
PAYERS = ("Thanet District Council", "Dover District Council", "Canterbury City Council", "Kent County Council")
SUPPLIERS = ("Civica UK Ltd", "Capita Business Services Ltd", "NEC Software Solutions UK Ltd", "Idox Software Ltd")
TITLES = ("Revenues and benefits system", "Civica Pay", "Hosted payroll system (SaaS)", "Bus service", "Stationery")

spending = task(
    "import of a spending file",
    tuple(ROWS),
    repeat=3,
    about="Payments over 500 pounds of four councils to 4,000 suppliers: rows read, and payers seen.",
)
contracts = task(
    "import of a contract register",
    tuple(ROWS),
    repeat=3,
    about="Contracts of 2014 to 2025 of four councils with 4,000 suppliers: rows read, and buyers seen.",
)
notices = task(
    "import of notices (OCDS)",
    tuple(RELEASES),
    repeat=3,
    about="A release package of awards by four councils to 4,000 suppliers: releases read, and buyers seen.",
)


def _suppliers() -> list[str]:
    return [*SUPPLIERS, *(f"Supplier Number {number} Limited" for number in range(4_000 - len(SUPPLIERS)))]


def _made(name: str, write: Callable[[TextIO], None]) -> Path:
    """A file, made once in the folder for temporary files: the same bytes everywhere."""
    path = Path(tempfile.gettempdir()) / name
    if not path.exists():
        with path.open("w", encoding="utf-8", newline="") as file:
            write(file)
    return path


def _table(name: str, header: list[str], rows: Iterator[list[str]]) -> Path:
    def write(file: TextIO) -> None:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)

    return _made(name, write)


def _payments(size: str) -> Path:
    chance, names = random.Random(SEED), _suppliers()  # noqa: S311

    def rows() -> Iterator[list[str]]:
        for number in range(ROWS[size]):
            day = f"{chance.randint(1, 28):02d}/{chance.randint(1, 12):02d}/{chance.randint(2023, 2025)}"
            amount = f"{chance.randint(500, 90_000)}.{chance.randint(0, 99):02d}"
            yield [chance.choice(PAYERS), day, f"T{number}", amount, chance.choice(names), "Corporate"]

    header = ["Body Name", "Payment Date", "Transaction Number", "Amount", "Supplier Name", "Expense Area"]
    return _table(f"riskgraph-spending-{ROWS[size]}.csv", header, rows())


def _awards(chance: random.Random) -> Iterator[tuple[str, str, str, date, date, int]]:
    """Buyer, supplier, title, first and last day, value."""
    names = _suppliers()
    while True:
        start = date(2014, 1, 1) + timedelta(days=chance.randrange(4_300))
        end = start + timedelta(days=chance.choice((365, 730, 1_095, 1_460)))
        title = f"{chance.choice(TITLES)}, lot {chance.randrange(1_000)}"
        yield chance.choice(PAYERS), chance.choice(names), title, start, end, chance.randrange(5_000, 900_000)


def _register(size: str) -> Path:
    awards = _awards(random.Random(SEED))  # noqa: S311

    def rows() -> Iterator[list[str]]:
        for number in range(ROWS[size]):
            buyer, supplier, title, start, end, value = next(awards)
            yield [buyer, f"R{number}", title, f"{start:%d/%m/%Y}", f"{end:%d/%m/%Y}", f"{value}.00", supplier]

    header = ["OrganisationLabel", "ContractReference", "ContractTitle", "StartDate", "EndDate", "ContractValue"]
    return _table(f"riskgraph-contracts-{ROWS[size]}.csv", [*header, "SupplierName"], rows())


def _package(size: str) -> Path:
    awards = _awards(random.Random(SEED))  # noqa: S311

    def release(number: int) -> dict[str, Any]:
        buyer, supplier, title, start, end, value = next(awards)
        period = {"startDate": f"{start}T00:00:00Z", "endDate": f"{end}T00:00:00Z"}
        parties = [
            {"id": "B", "name": buyer, "roles": ["buyer"], "address": {"countryName": "United Kingdom"}},
            {"id": "S", "name": supplier, "roles": ["supplier"], "details": {"scale": "large"}},
        ]
        award = {
            "id": "1",
            "status": "active",
            "title": title,
            "description": "What is bought, as a notice describes it in a sentence or two. " * 8,
            "value": {"amount": value, "currency": "GBP"},
            "suppliers": [{"id": "S", "name": supplier}],
            "contractPeriod": period,
        }
        ids = {"ocid": f"ocds-b5fd17-{number:07d}", "id": f"{number}-1", "date": f"{start}T09:00:00Z", "tag": ["award"]}
        return {**ids, "buyer": {"id": "B", "name": buyer}, "parties": parties, "awards": [award]}

    def write(file: TextIO) -> None:
        file.write('{"publisher": {"name": "A publisher"}, "releases": [')
        for number in range(RELEASES[size]):
            file.write(("," if number else "") + json.dumps(release(number)))
        file.write("]}")

    return _made(f"riskgraph-notices-{RELEASES[size]}.json", write)


def _ours(path: Path, format_: str) -> list[int]:
    from riskgraph.importers import import_file

    dataset, report = import_file(path, format=format_)
    buyers = {row.dependent for row in dataset.relations.values() if row.dependent.startswith("authority:")}
    return [report.read, len(buyers)]


def _counted(path: Path, buyer: str, supplier: str) -> list[int]:
    import pandas as pd

    frame = pd.read_csv(path)
    counts: dict[tuple[str, str], int] = {}
    for pair in zip(frame[buyer], frame[supplier], strict=True):
        counts[pair] = counts.get(pair, 0) + 1
    return [len(frame), len({buyer for buyer, _ in counts})]


@spending.add("riskgraph", _payments)
def _our_spending(path: Any) -> Any:
    return _ours(path, "spending")


@spending.add("pandas.read_csv and a dict", _payments)
def _their_spending(path: Any) -> Any:
    return _counted(path, "Body Name", "Supplier Name")


@contracts.add("riskgraph", _register)
def _our_contracts(path: Any) -> Any:
    return _ours(path, "contracts")


@contracts.add("pandas.read_csv and a dict", _register)
def _their_contracts(path: Any) -> Any:
    return _counted(path, "OrganisationLabel", "SupplierName")


@notices.add("riskgraph", _package)
def _our_notices(path: Any) -> Any:
    return _ours(path, "ocds")


@notices.add("json.load and a dict", _package)
def _their_notices(path: Any) -> Any:
    with path.open(encoding="utf-8") as file:
        releases = json.load(file)["releases"]
    counts: dict[tuple[str, str], int] = {}
    for release in releases:
        for award in release["awards"]:
            for supplier in award["suppliers"]:
                pair = release["buyer"]["name"], supplier["name"]
                counts[pair] = counts.get(pair, 0) + 1
    return [len(releases), len({buyer for buyer, _ in counts})]
