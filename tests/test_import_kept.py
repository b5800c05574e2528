"""Nothing is refused whole for what one row says; what counts as kept stands in the map; dates and money add up."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from riskgraph.data import Dataset, canonical, read
from riskgraph.data.checks import run_checks
from riskgraph.data.folders import write_folder
from riskgraph.dates import first_day
from riskgraph.errors import RiskGraphError
from riskgraph.importers import FORMATS, ImportOptions, ImportReport, import_file

TODAY = date(2026, 11, 25)


class Told(NamedTuple):
    """What one row of any format says."""

    who: str
    provider: str
    what: str
    start: str
    end: str
    known: str
    value: str
    relation: str  # of the workbook


def table(*rows: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def spending(told: Sequence[Told]) -> str:
    rows = [[t.who, t.provider, t.known, t.value] for t in told]
    return table(["Council", "Supplier Name", "Payment Date", "Net Amount"], *rows)


def contracts(told: Sequence[Told]) -> str:
    header = ["Organisation Name", "Contract Title", "Supplier Name", "Start Date", "End Date", "Contract Value"]
    return table(header, *([t.who, t.what, t.provider, t.start, t.end, t.value] for t in told))


def finder(told: Sequence[Told]) -> str:
    header = ["Notice Identifier", "Organisation Name", "Status", "Published Date", "Title", "Awarded Value", "Supplier [Name|Address|Ref type|Ref Number|Is SME|Is VCSE]", "Contract start date", "Contract end date"]  # fmt: skip
    rows = [["n", t.who, "Awarded", t.known, t.what, t.value, f"[{t.provider}|Leeds|NONE||No|No][{t.who}|x|NONE||No|No]", t.start, t.end] for t in told]  # fmt: skip
    return table(header, *rows)


def one_sheet(told: Sequence[Told]) -> str:
    header = ["Council", "System", "Supplier", "Hosting", "Through", "Subcontractors", "Start", "Contract end", "Annual value", "Checked on"]  # fmt: skip
    rows = [[t.who, t.what, t.provider, t.provider, t.what, t.who, t.start, t.end, t.value, t.known] for t in told]
    return table(header, *rows)


def ownership(told: Sequence[Told]) -> str:
    header = ["Company", "Owner", "Start", "End", "Checked on"]
    return table(header, *([t.who, t.provider, t.start, t.end, t.known] for t in told))


def local_links(told: Sequence[Told]) -> str:
    header = ["Authority Name", "GSS", "Description", "LGSL", "LGIL", "URL", "Supported by GOV.UK", "Status"]
    rows = [[t.who, "", t.what, "57", "8", "https://dover.moderngov.co.uk/x", "true", "ok"] for t in told]
    return table(header, *rows)


def dns(told: Sequence[Told]) -> str:
    rows = [[f"democracy.{i}.gov.uk", "CNAME", "dover.moderngov.co.uk", t.who, t.known] for i, t in enumerate(told)]
    return table(["Host", "Type", "Answer", "Council", "Checked on"], *rows)


def ocds(told: Sequence[Told]) -> str:
    releases = [
        {
            "ocid": f"ocds-{i}", "id": f"{i}", "date": t.known, "tag": ["award"], "buyer": {"id": "b", "name": t.who},
            "awards": [{"id": "1", "status": "active", "title": t.what, "suppliers": [{"id": "s", "name": t.provider}], "value": {"amount": _number(t.value), "currency": "GBP"}, "contractPeriod": {"startDate": t.start, "endDate": t.end}}],
        }
        for i, t in enumerate(told)
    ]  # fmt: skip
    return json.dumps({"uri": "x", "publisher": {"name": "P"}, "license": "OGL 3.0", "releases": releases})


def _number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text


def bods(told: Sequence[Told]) -> str:
    items: list[dict[str, Any]] = []
    for i, t in enumerate(told):
        items += [
            {"statementID": f"a{i}", "statementType": "entityStatement", "name": t.who},
            {"statementID": f"b{i}", "statementType": "entityStatement", "name": t.provider},
            {"statementID": f"c{i}", "statementType": "ownershipOrControlStatement", "statementDate": t.known, "subject": {"describedByEntityStatement": f"a{i}"}, "interestedParty": {"describedByEntityStatement": f"b{i}"}, "interests": [{"startDate": t.start, "endDate": t.end}]},
        ]  # fmt: skip
    return json.dumps(items)


def cyclonedx(told: Sequence[Told]) -> str:
    services = [
        {"bom-ref": f"s{i}", "name": t.what, "group": "Parking", "provider": {"name": t.provider}}
        for i, t in enumerate(told)
    ]
    depends = [{"ref": "us", "dependsOn": ["s0"]}, {"ref": "s0", "dependsOn": [s["bom-ref"] for s in services[1:]]}]
    metadata = {"timestamp": told[0].known, "component": {"name": told[0].who or "Dover", "bom-ref": "us"}}
    return json.dumps(
        {"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": metadata, "services": services, "dependencies": depends}
    )  # fmt: skip


def dora(told: Sequence[Told], folder: Path) -> Path:
    path = folder / "dora"
    path.mkdir()
    for name, header, rows in (
        ("B_02.01", ["c0010", "c0020", "c0030"], [["C1", "standalone", "RM1"]]),
        ("B_02.02", ["c0010", "c0020", "c0030", "c0050", "c0060", "c0070", "c0080", "c0100", "c0140"], [[f"C{i}", t.who, t.provider, t.what, "S19", t.start, t.end, "90", "Yes"] for i, t in enumerate(told)]),
        ("B_05.01", ["c0010", "c0050", "c0110"], [[t.provider, t.provider, t.who] for t in told]),
        ("B_05.02", ["c0010", "c0030", "c0050", "c0060"], [["C1", t.provider, "2", t.who] for t in told]),
    ):  # fmt: skip
        (path / f"{name}.csv").write_text(table(header, *rows), encoding="utf-8", newline="")
    return path


_CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32)])


def workbook(told: Sequence[Told], folder: Path) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, header, rows in (
        ("Suppliers", ["Name", "Aliases", "Parent"], [[t.provider, t.what, t.who] for t in told]),
        ("Systems", ["Name", "Supplier", "Service area", "Hosting"], [[t.what, t.provider, "Parking", t.who] for t in told]),
        ("Shared services", ["Name", "Host", "Members", "Systems", "Operator"], [[t.who, t.provider, t.what, t.what, t.provider] for t in told]),
        ("Links", ["From", "Relationship", "To", "Checked on", "Start", "End"], [[t.who, t.relation, t.provider, t.known, t.start, t.end] for t in told]),
        ("Incidents", ["What", "Root", "Status of each council", "When it became known"], [["an outage", t.provider, f"{t.who}: down", t.known] for t in told]),
    ):  # fmt: skip
        sheet = book.create_sheet(name)
        for row in (header, *rows):
            sheet.append([cell.translate(_CONTROL)[:30_000] for cell in row])
    book.save(folder / "book.xlsx")
    return folder / "book.xlsx"


MAKERS: dict[str, tuple[str, Callable[[Sequence[Told]], str]] | Callable[[Sequence[Told], Path], Path]] = {
    "bods": ("a.json", bods),
    "contracts": ("a.csv", contracts),
    "contracts-finder": ("a.csv", finder),
    "cyclonedx": ("a.json", cyclonedx),
    "dns": ("a.csv", dns),
    "dora": dora,
    "local-links": ("a.csv", local_links),
    "ocds": ("a.json", ocds),
    "one-sheet": ("a.csv", one_sheet),
    "ownership": ("a.csv", ownership),
    "spending": ("a.csv", spending),
    "workbook": workbook,
}


def test_every_format_is_tried_here() -> None:
    assert set(MAKERS) == {known.name for known in FORMATS}


def made(name: str, told: Sequence[Told], folder: Path) -> Path:
    maker = MAKERS[name]
    if callable(maker):
        return maker(told, folder)
    (folder / maker[0]).write_text(maker[1](told), encoding="utf-8", newline="")
    return folder / maker[0]


NAMES = [
    "Dover District Council", "Kent County Council", "Kent Fire and Rescue Authority", "East Kent Services", "Civica UK Ltd",
    "Kerbside Digital Ltd", "Open Revenues", "Cliff data centre", "AWS", "Adur & Worthing Councils", "Dover and Thanet",
    "N/A", "To be confirmed", "REDACTED", "", "-", "A; B | C", "First line\nsecond line", "x" * 3000, "bell \x07 and \x1b",
    "=1+1", "\u202eabc", "\u6f22\u5b57", "supplier:civica", "authority:dover", "civica", "Civica", "PUBLICA GROUP", "a" * 79, "a" * 81,
]  # fmt: skip
DATES = [
    "",
    "01/04/2022",
    "31/03/2027",
    "31/03/2052",
    "01/01/1900",
    "soon",
    "2022",
    "9999-12-31",
    "2026-12",
    "29/02/2023",
]
VALUES = ["", "100", "-5", "0", "1e99", "999999999999999999999.99", "EUR 5", "abc", "12.345", "\u00a31,000"]
RELATIONS = ["uses", "provides", "hosts", "owns", "member of", "manages", "develops", "shares network with", "backs up"]
PAYS = st.builds(
    Told, st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(DATES),
    st.sampled_from(DATES), st.sampled_from(DATES), st.sampled_from(VALUES), st.sampled_from(RELATIONS),
)  # fmt: skip


def came(name: str, path: Path, **said: Any) -> tuple[Dataset, ImportReport]:
    return import_file(
        path, ImportOptions(today=TODAY, suppliers="all", buyers="all", council="Thanet", **said), format=name
    )


def sound(name: str, told: Sequence[Told]) -> ImportReport:
    """Import what is told in a format; whatever it says, the map is one that can be written and read."""
    with TemporaryDirectory() as folder:
        data, report = came(name, made(name, told, Path(folder)))
        assert [problem for problem in run_checks(data, {}) if problem.severity == "error"] == []
        assert report.balanced, report.to_dict()
        assert bool(report.kept) == bool(data.relations or data.entities or data.incidents)
        assert data.info.day <= TODAY
        assert not [item for item in data.evidence.values() if item.published and first_day(item.published) > TODAY]
        write_folder(Path(folder) / "map", canonical(data))
        again = read(Path(folder) / "map")  # every cell is judged when it is read
        assert set(again.relations) == set(data.relations)
        return report


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_every_pair_of_names_in_one_file_stops_none_of_the_others(name: str) -> None:
    odd = zip(cycle(NAMES), cycle(DATES[:7]), cycle(DATES), cycle(DATES[:9]), cycle(VALUES), cycle(RELATIONS))
    told = [Told(who, provider, *next(odd)) for who in NAMES for provider in NAMES]
    assert sound(name, told).kept


@pytest.mark.parametrize("name", sorted(MAKERS))
@settings(suppress_health_check=[HealthCheck.too_slow], phases=[Phase.explicit, Phase.generate], max_examples=6)
@given(told=st.lists(PAYS, min_size=1, max_size=3))
def test_no_row_makes_a_file_that_is_refused_whole(name: str, told: list[Told]) -> None:
    try:
        sound(name, told)
    except RiskGraphError as error:
        assert "holds no rows" in str(error)
