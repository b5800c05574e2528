"""Files of the kinds that every council publishes: read, matched, judged; and what the usual tools take to read them.

The peers read the file and count pairs of buyer and supplier in a dictionary. They match nobody, check nothing
and account for no row that they leave out, so they are a floor and not an equal. Everybody is a whole process, from its
start to its end; ours writes the data set and its report.
"""

from __future__ import annotations

import csv
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TextIO

from benchmarks.generate import SEED
from benchmarks.registry import Task, task

ROWS = {"100 thousand rows": 100_000, "300 thousand rows": 300_000, "1 million rows": 1_000_000}
MOST = "1 million rows"
PAYERS = ("Thanet District Council", "Dover District Council", "Canterbury City Council", "Kent County Council")
SUPPLIERS = ("Civica UK Ltd", "Capita Business Services Ltd", "NEC Software Solutions UK Ltd", "Idox Software Ltd")
TITLES = ("Revenues and benefits system", "Civica Pay", "Hosted payroll system (SaaS)", "Bus service", "Stationery")

FLOOR = "pandas.read_csv and a dict"
COUNT = """
import json, sys
import pandas as pd
frame = pd.read_csv(sys.argv[1])
counts = {}
for pair in zip(frame[sys.argv[2]], frame[sys.argv[3]]):
    counts[pair] = counts.get(pair, 0) + 1
print(json.dumps([len(frame), len({buyer for buyer, _ in counts})]))
"""
COUNT_NOTICES = """
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    releases = json.load(file)["releases"]
counts = {}
for release in releases:
    for award in release["awards"]:
        for supplier in award["suppliers"]:
            pair = release["buyer"]["name"], supplier["name"]
            counts[pair] = counts.get(pair, 0) + 1
print(json.dumps([len(releases), len({buyer for buyer, _ in counts})]))
"""


def _result(found: Any) -> Any:
    """Rows read, and buyers; of ours, those that stand in what was written."""
    told, folder = found
    if folder is None:
        return json.loads(told)
    with (folder / "relations.csv").open(encoding="utf-8", newline="") as file:
        buyers = {row["dependent"] for row in csv.DictReader(file)}
    shutil.rmtree(folder)
    return [json.loads(told)["files"][0]["rows_read"], sum(buyer.startswith("authority:") for buyer in buyers)]


def _task(name: str, about: str, peer: str, least: float) -> Task:
    return task(
        name,
        tuple(ROWS),
        repeat=3,
        about=f"{about}: rows read, and buyers seen. Whole processes.",
        result=_result,
        targets={(MOST, peer): least} if least else {},
        rows=ROWS,
        most_memory={MOST: 300},
    )


spending = _task(
    "import of a spending file", "Payments over 500 pounds of four councils to 4,000 suppliers", FLOOR, 1 / 5
)
contracts = _task(
    "import of a contract register", "Contracts of 2014 to 2025 of four councils with 4,000 suppliers", FLOOR, 1 / 15
)
notices = _task(
    "import of notices (OCDS)",
    "A release package of awards by four councils to 4,000 suppliers",
    "json.load and a dict",
    0,
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
        for number in range(ROWS[size]):
            file.write(("," if number else "") + json.dumps(release(number)))
        file.write("]}")

    return _made(f"riskgraph-notices-{ROWS[size]}.json", write)


def _ours(format_: str) -> Callable[[Path], Any]:
    def run(path: Path) -> Any:
        folder = Path(tempfile.mkdtemp(prefix="riskgraph-bench-"))
        folder.rmdir()
        command = ["-m", "riskgraph", "data", "import", str(path), "--from", format_, "--to", str(folder)]
        return _process(*command, "--format", "json"), folder

    return run


def _counted(script: str, *columns: str) -> Callable[[Path], Any]:
    return lambda path: (_process("-c", script, str(path), *columns), None)


def _process(*arguments: str) -> str:
    return subprocess.run([sys.executable, *arguments], capture_output=True, check=True, text=True).stdout  # noqa: S603


spending.add("riskgraph", _payments)(_ours("spending"))
spending.add(FLOOR, _payments)(_counted(COUNT, "Body Name", "Supplier Name"))
contracts.add("riskgraph", _register)(_ours("contracts"))
contracts.add(FLOOR, _register)(_counted(COUNT, "OrganisationLabel", "SupplierName"))
notices.add("riskgraph", _package)(_ours("ocds"))
notices.add("json.load and a dict", _package)(_counted(COUNT_NOTICES))
