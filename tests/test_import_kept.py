"""Nothing is refused whole for what one row says; what counts as kept stands in the map; dates and money add up."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import riskgraph
from riskgraph.analysis.triage import Tier
from riskgraph.assets import shipped_rows
from riskgraph.cli import main
from riskgraph.data import Dataset, canonical, read
from riskgraph.data.checks import run_checks
from riskgraph.data.folders import write_folder
from riskgraph.dates import first_day
from riskgraph.graph import RiskGraph
from riskgraph.importers import FORMATS, DateFrom, ImportOptions, ImportReport, import_file
from riskgraph.importers.fitting import fitting
from riskgraph.importers.report import IMPOSSIBLE, LATER
from riskgraph.render.import_report import import_text
from riskgraph.rules import rules

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


def backstage(told: Sequence[Told]) -> str:
    return "---\n".join(
        f"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: c{i}, title: {json.dumps(t.what)}, labels: {{x/vendor: {json.dumps(t.provider)}}}}}\n"
        f"spec: {{type: service, lifecycle: production, dependsOn: ['component:c0', {json.dumps(t.who)}]}}\n"
        for i, t in enumerate(told)
    )  # fmt: skip


def graph(told: Sequence[Told]) -> str:
    return table(
        ["Source", "Target", "Relationship", "Start", "End"],
        *([t.who, t.provider, t.relation, t.start, t.end] for t in told),
    )


def servicenow(told: Sequence[Told]) -> str:
    header = ["Name", "Class", "Vendor", "Business criticality", "Install Status", "Company"]
    return table(header, *([t.what, "Business Application", t.provider, t.value, "Installed", t.who] for t in told))


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
    "backstage": ("catalog-info.yaml", backstage),
    "bods": ("a.json", bods),
    "contracts": ("a.csv", contracts),
    "contracts-finder": ("a.csv", finder),
    "cyclonedx": ("a.json", cyclonedx),
    "dns": ("a.csv", dns),
    "dora": dora,
    "graph": ("a.csv", graph),
    "local-links": ("a.csv", local_links),
    "ocds": ("a.json", ocds),
    "one-sheet": ("a.csv", one_sheet),
    "ownership": ("a.csv", ownership),
    "servicenow": ("a.csv", servicenow),
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
PLAIN = [
    Told("Dover", "Civica UK Ltd", "Permits", "2024-04-01", "2029-03-31", "2026-03-01", "1200", "is supplied by"),
    Told("Thanet", "Civica UK Ltd", "Permits two", "2024-04-01", "2029-03-31", "2026-03-01", "1200", "is supplied by"),
]
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
    assert sound(name, [*told, *PLAIN]).read


# -- what is kept stands in the map -------------------------------------------------------------------------------------


def bring(folder: Path, name: str, text: str, **said: Any) -> tuple[Dataset, ImportReport]:
    said = {"today": TODAY, **said}
    (folder / "file.csv").write_text(text, encoding="utf-8")
    return import_file(folder / "file.csv", ImportOptions(**said), format=name)


PAYS_A_COUNCIL = """Supplier Name,Payment Date,Net Amount
Civica UK Ltd,01/04/2025,900.00
Kent County Council,02/04/2025,600.00
Idox Software Ltd,03/04/2025,1500.00
"""


def test_a_payment_to_a_council_is_left_out_with_its_reason_and_stops_nothing(tmp_path: Path) -> None:
    data, report = bring(tmp_path, "spending", PAYS_A_COUNCIL, council="Thanet")
    assert {(row.dependent, row.relation, row.provider) for row in data.relations.values()} == {
        ("authority:thanet", "supplied-by", "supplier:civica"),
        ("authority:thanet", "supplied-by", "supplier:idox"),
    }
    (reason,) = report.skipped_count
    assert "another public body" in reason
    assert (report.read, report.kept) == (3, 2)
    assert "authority:kent" not in data.entities  # nothing is left of the row that was left out
    assert report.money is not None
    assert report.money.total == Decimal(3000)
    assert report.money.suppliers == {"supplier:civica": Decimal(900), "supplier:idox": Decimal(1500)}
    assert report.money.left_out == {reason: Decimal(600)}


@pytest.mark.parametrize(
    ("paid", "reason"),
    [
        ("East Kent Services", "shared service"),
        ("Thanet District Council", "paid to itself"),
        ("Kent Fire and Rescue Authority", "another public body"),
        ("Metropolitan Borough of Wirral", "another public body"),
    ],
)
def test_whoever_of_the_public_bodies_is_paid_is_named_in_the_reason(tmp_path: Path, paid: str, reason: str) -> None:
    text = f"Beneficiary,Date Paid,Amount\n{paid},02/04/2025,600.00\nCivica UK Ltd,02/04/2025,1.25\n"
    _, report = bring(tmp_path, "spending", text, council="Thanet", suppliers="all")
    assert report.kept == 1
    assert any(reason in why for why in report.skipped_count), report.skipped_count


def test_a_contract_with_a_council_is_a_service_and_one_with_oneself_is_left_out(tmp_path: Path) -> None:
    text = (
        "Organisation,Contract Title,Supplier Name,Start Date,Contract Value\n"
        "Dover,Legal work,Thanet District Council,01/04/2024,100\n"
        "Dover,Legal work,Dover District Council,01/04/2024,50\n"
    )
    data, report = bring(tmp_path, "contracts", text)
    assert [(row.relation, row.provider) for row in data.relations.values()] == [("served-by", "authority:thanet")]
    assert report.skipped == {"it joins a body to itself": ["row 3"]}
    assert report.money is not None
    assert (report.money.kept, report.money.total) == (100, 150)


@pytest.mark.parametrize("relation", sorted(rules().pairs))
def test_every_pair_of_kinds_is_allowed_read_otherwise_or_left_out(relation: str) -> None:
    kinds = {kind for pair in rules().pairs.values() for kind in (*pair.dependents, *pair.providers)}
    for one in kinds:
        for two in kinds:
            found = fitting(relation, one, two)
            pair = rules().pairs[found.relation]
            assert bool(found.why_not) != (one in pair.dependents and two in pair.providers)
            assert bool(found.guessed) == (found.relation != relation)


def test_each_reading_of_a_pair_is_met() -> None:
    for row in shipped_rows("importing", "read_as.csv"):
        for one in row["dependents"].split("|"):
            for two in row["providers"].split("|"):
                assert fitting(row["relation"], one, two).relation == row["read_as"], (row, one, two)


# -- the date of the data -----------------------------------------------------------------------------------------------

STARTS_LATER = """Contract Title,Supplier Name,Contract Start Date,Contract End Date,Contract Value
Revenues and benefits system,Civica UK Ltd,01/04/2022,31/03/2027,"450,000"
Housing management system,MRI Software Ltd,01/10/2023,30/09/2028,"300,000"
Payroll service,Larkmead Payroll Ltd,01/04/2030,31/03/2035,"120,000"
"""


def test_a_contract_that_starts_in_years_neither_dates_the_data_nor_ends_what_runs(tmp_path: Path) -> None:
    data, report = bring(tmp_path, "contracts", STARTS_LATER, council="Salford")
    assert (data.info.as_of, report.as_of_from) == ("2023-10-01", DateFrom.STARTS)
    assert report.guesses[LATER] == ["row 4: 2030-04-01"]
    tiers = riskgraph.RiskMap(RiskGraph(data)).blast("civica").tiers
    assert not tiers[Tier.PAST]
    assert [body for some in tiers.values() for body in some] == ["authority:salford"]


@pytest.mark.parametrize("header", ["Published Date", "Publication date", "Last updated"])
def test_a_day_of_publication_comes_before_any_start(tmp_path: Path, header: str) -> None:
    text = (
        f"Organisation,Contract Title,Supplier Name,Start Date,End Date,{header}\n"
        "Dover,Parking,Civica UK Ltd,01/10/2026,31/03/2029,03/02/2026\n"
        "Dover,Payroll,Idox Software Ltd,01/04/2024,31/03/2029,03/02/2062\n"
    )
    data, report = bring(tmp_path, "contracts", text)
    assert (data.info.as_of, report.as_of_from, report.as_of_what) == ("2026-02-03", DateFrom.KNOWN, "publication")
    assert report.guesses[IMPOSSIBLE] == ["row 3, publication: 2062-02-03"]
    assert {item.published for item in data.evidence.values()} == {"2026-02-03", None}


def test_a_typing_error_in_a_payment_neither_dates_the_data_nor_ends_anybody(tmp_path: Path) -> None:
    text = (
        "Supplier Name,Payment Date,Net Amount\nCivica UK Ltd,01/04/2025,900.00\nIdox Software Ltd,03/04/2052,1500.00\n"
        "MRI Software Ltd,01/01/1900,20.00\n"
    )
    data, report = bring(tmp_path, "spending", text, council="Thanet")
    assert data.info.as_of == "2025-04-01"
    assert [row.valid_to for row in data.relations.values()] == [None] * 3
    assert [row.valid_from for row in data.relations.values()] == [None] * 3
    assert report.guesses[IMPOSSIBLE] == ["row 3, payment: 2052-04-03", "row 4, payment: 1900-01-01"]
    assert report.money is not None
    assert report.money.kept == report.money.total == Decimal("2420.00")  # the money is there all the same


def test_of_a_month_that_is_not_over_the_first_day_is_sure(tmp_path: Path) -> None:
    text = "Council,System,Supplier,Checked on\nDover,Payroll,Larkmead Ltd,11/2026\n"
    assert bring(tmp_path, "one-sheet", text)[0].info.as_of == "2026-11-01"
    assert bring(tmp_path, "one-sheet", text, today=date(2026, 12, 1))[0].info.as_of == "2026-11"


@pytest.mark.parametrize("text", [PAYS_A_COUNCIL, STARTS_LATER])
def test_the_day_of_the_import_changes_nothing_but_which_days_lie_after_it(tmp_path: Path, text: str) -> None:
    name = "spending" if text is PAYS_A_COUNCIL else "contracts"
    now, later = (
        canonical(bring(tmp_path, name, text, council="Salford", today=day)[0]) for day in (TODAY, date(2029, 12, 31))
    )
    assert now == later


def test_a_register_without_a_day_says_so_in_its_first_line(tmp_path: Path) -> None:
    data, report = bring(tmp_path, "one-sheet", "Council,System,Supplier\nDover,Payroll,Larkmead Ltd\n")
    assert report.as_of_from is DateFrom.NOTHING
    first = import_text([report], data, None).splitlines()[0]
    assert "nothing in the file says when it was made" in first
    assert "--as-of" in first


# -- money --------------------------------------------------------------------------------------------------------------


def test_money_is_told_to_the_penny_with_why_the_rest_is_not_in_the_map(tmp_path: Path) -> None:
    text = (
        "Supplier Name,Payment Date,Net Amount\nCivica UK Ltd,01/04/2025,100.10\nCivica UK Ltd,01/04/2025,23.35\n"
        "Kent County Council,01/04/2025,20.05\nIdox Software Ltd,01/04/2025,-6.50\nLarkmead Ltd,01/04/2025,3.00\n,01/04/2025,7.00\n"
    )
    data, report = bring(tmp_path, "spending", text, council="Thanet")
    assert report.balanced
    assert report.money is not None
    assert report.money.suppliers == {"supplier:civica": Decimal("123.45")}
    said = import_text([report], data, None)
    assert "Money: \u00a3123.45 of \u00a3147.00 in the column 'Net Amount' is in the map; \u00a323.55 is not:" in said
    assert "  - -\u00a36.50: only credits: nothing was paid." in said
    assert json.loads(json.dumps(report.to_dict()))["money"]["total_gbp"] == "147.00"


def test_what_the_sums_of_a_contract_register_leave_out_is_told(tmp_path: Path) -> None:
    text = (
        "Organisation,Contract Title,Supplier Name,Start Date,End Date,Contract Value\n"
        "Dover,Work,Civica UK Ltd,01/04/2020,31/03/2021,100.01\nDover,Work,Civica UK Ltd,01/04/2021,31/03/2022,200.02\n"
        "Dover,Work,Civica UK Ltd,01/04/2024,31/03/2029,300.03\nDover,Work,Redacted,01/04/2024,31/03/2029,5.00\n"
    )
    _, report = bring(tmp_path, "contracts", text)
    assert report.balanced
    assert report.money is not None
    assert report.money.total == Decimal("605.06")
    assert report.money.kept == Decimal("500.05")
    assert sorted(report.money.left_out.values()) == [Decimal("5.00"), Decimal("100.01")]


def test_the_terms_of_a_source_stand_with_its_evidence(tmp_path: Path) -> None:
    data, _ = bring(tmp_path, "spending", PAYS_A_COUNCIL, council="Thanet", licence="OGL 3.0")
    assert {item.licence for item in data.evidence.values()} == {"OGL 3.0"}
    (tmp_path / "a.json").write_text(
        ocds([Told("Dover", "Civica UK Ltd", "Pay", "2025-04-01", "", "2025-03-01", "1", "")])
    )
    notices, _ = import_file(tmp_path / "a.json", ImportOptions(today=TODAY))
    assert {item.licence for item in notices.evidence.values() if item.about is None} == {"OGL 3.0"}


# -- the first answers ---------------------------------------------------------------------------------------------------


def said(*words: str) -> str:
    result = CliRunner().invoke(main, list(words), catch_exceptions=False)
    assert result.exit_code == 0, (words, result.output)
    return " ".join(result.stdout.split())


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_the_report_ends_with_three_questions_that_work_and_no_answer_reads_as_all_clear(
    name: str, tmp_path: Path
) -> None:
    owners = name in {"ownership", "bods"}
    told = [one._replace(who="Kerbside Digital Ltd") for one in PLAIN] if owners else PLAIN
    path, where = made(name, told, tmp_path), tmp_path / "the map"
    report = CliRunner().invoke(
        main, ["data", "import", str(path), "--from", name, "--council", "Dover", "--to", str(where)]
    )
    assert report.exit_code == 0, report.output
    *_, ask, one, two, three = report.stdout.rstrip("\n").split("\n")
    assert ask == "Ask it:"
    answers = {line: said(*shlex.split(line)[1:]) for line in (one, two, three)}
    assert len(answers) == 3
    if owners:
        return  # who owns whom says of nobody that it depends on anything
    for words in (["blast", "civica"], ["rank"], ["calls", "civica"], ["brief", "civica"], ["show", "civica"], ["report", "blast", "civica", "--format", "text"]):  # fmt: skip
        answer = said(*words, "--data", str(where))
        first = answer.split("(data of")[0]
        assert not re.search(r"\b0\b|no route was found", first), answer
        assert "nobody that this data" not in answer


def test_contracts_that_all_begin_later_are_no_all_clear(tmp_path: Path) -> None:
    text = "Contract Title,Supplier Name,Contract Start Date,Contract End Date\nBenefits,Civica UK Ltd,01/04/2052,31/03/2057\n"
    (tmp_path / "a.csv").write_text(text)
    where = str(tmp_path / "map")
    report = said("data", "import", str(tmp_path / "a.csv"), "--council", "Salford", "--to", where)
    assert "begins after today" in report
    assert "riskgraph contracts" not in report  # there is none that runs
    for words in (["blast", "civica"], ["calls", "civica"], ["brief", "civica"]):
        assert "1 body depends on it from later, the first from 1 April 2052 (Salford)" in said(*words, "--data", where)
    assert "1 body depends on something from a later day" in said("rank", "--data", where)
    assert "1 row not counted at this date" in said("show", "civica", "--data", where)
