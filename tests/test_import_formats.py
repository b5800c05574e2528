"""Every format makes the relations that it should, says what it left out, and adds nothing the second time."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import riskgraph
from riskgraph.data import Dataset, read, write
from riskgraph.data.checks import run_checks
from riskgraph.errors import DataError, RiskGraphError
from riskgraph.importers import FORMATS, ImportOptions, ImportReport, detect, import_file
from riskgraph.model import Band

DOVER = {"id": "b", "name": "Dover District Council", "roles": ["buyer"]}
AWARD = {
    "ocid": "ocds-test-1",
    "id": "1-2026",
    "date": "2026-03-01T10:00:00Z",
    "tag": ["award", "contract"],
    "initiationType": "tender",
    "parties": [
        DOVER,
        {
            "id": "GB-COH-1628868",
            "name": "Civica UK Ltd",
            "identifier": {"scheme": "GB-COH", "id": "1628868"},
            "additionalIdentifiers": [{"scheme": "GB-PPON", "id": "PAAA-1111-BBBB"}],
            "roles": ["supplier"],
        },
    ],
    "buyer": {"id": "b", "name": "Dover District Council"},
    "tender": {"title": "Provision of Civica Pay, hosted"},
    "awards": [{"id": "1", "status": "active", "suppliers": [{"id": "GB-COH-1628868", "name": "Civica UK Ltd"}]}],
    "contracts": [
        {
            "id": "1",
            "awardID": "1",
            "status": "active",
            "period": {"startDate": "2026-04-01", "endDate": "2029-03-31", "maxExtentDate": "2031-03-31"},
            "value": {"amountGross": 120000, "currency": "GBP"},
        }
    ],
    "relatedProcesses": [{"relationship": ["framework"], "title": "Vertical Application Solutions"}],
}
BODS = [
    {"statementID": "a", "statementType": "entityStatement", "name": "Kerbside Digital Ltd", "identifiers": [{"scheme": "GB-COH", "id": "08765432"}]},
    {"statementID": "b", "statementType": "entityStatement", "name": "Tallow Group plc"},
    {"statementID": "p", "statementType": "personStatement", "names": [{"fullName": "somebody"}]},
    {"statementID": "c", "statementType": "ownershipOrControlStatement", "statementDate": "2026-01-05", "subject": {"describedByEntityStatement": "a"}, "interestedParty": {"describedByEntityStatement": "b"}, "interests": [{"startDate": "2021-06-01"}]},
    {"statementID": "d", "statementType": "ownershipOrControlStatement", "subject": {"describedByEntityStatement": "b"}, "interestedParty": {"describedByPersonStatement": "p"}},
]  # fmt: skip
BODS_04 = [
    {"statementId": "1", "recordId": "a", "recordType": "entity", "recordDetails": {"name": "Kerbside Digital Ltd", "identifiers": [{"scheme": "GB-COH", "id": "08765432"}]}},
    {"statementId": "2", "recordId": "b", "recordType": "entity", "recordDetails": {"name": "Tallow Group plc"}},
    {"statementId": "3", "recordId": "c", "recordType": "relationship", "statementDate": "2026-01-05", "recordDetails": {"subject": "a", "interestedParty": "b", "interests": [{"startDate": "2021-06-01"}]}},
]  # fmt: skip
BOM = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "metadata": {"timestamp": "2026-05-01T00:00:00Z", "component": {"name": "Dover District Council", "bom-ref": "us"}},
    "services": [
        {"bom-ref": "s1", "name": "Permits", "group": "Parking", "provider": {"name": "Kerbside Digital"}, "data": [{"flow": "inbound", "classification": "PII"}]},
        {"bom-ref": "s2", "name": "Storage", "provider": {"name": "Greywether Data Centres"}},
        {"bom-ref": "s3", "name": "nameless"},
    ],
    "dependencies": [{"ref": "us", "dependsOn": ["s1"]}, {"ref": "s1", "dependsOn": ["s2"]}],
    "compositions": [{"aggregate": "incomplete"}],
}  # fmt: skip


def save(path: Path, name: str, content: str) -> Path:
    file = path / name
    file.write_text(content, encoding="utf-8")
    return file


def as_json(name: str, content: Any) -> Callable[[Path], Path]:
    return lambda path: save(path, name, json.dumps(content))


def workbook(path: Path, sheets: dict[str, list[list[object]]], name: str = "book.xlsx") -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path / name)
    return path / name


SIX: dict[str, list[list[object]]] = {
    "Organisations": [["Name", "GSS code", "Kind"], ["Dover", "E07000108", "district"]],
    "Suppliers": [["Name", "Aliases", "Company number", "Parent"], ["Kerbside Digital", "Kerbside; KD Parking", "08765432", "Tallow Group"]],
    "Systems": [["Name", "Supplier", "Service area", "Hosting", "Data"], ["Permits live", "Kerbside Digital", "Parking", "supplier", "personal"]],
    "Shared services": [["Name", "Host", "Members", "Systems", "Operator", "Service area"], ["Cliff Shared ICT", "Dover", "Dover; Thanet", "", "Kerbside Digital", "ICT"]],
    "Links": [["From", "Relationship", "To", "Source", "How sure"], ["Dover", "uses", "Permits live", "told us", "confirmed"], ["Dover", "adores", "Thanet", "", ""]],
    "Incidents": [["What", "Root"], ["an outage", "Permits live"]],
}  # fmt: skip
DORA: dict[str, list[list[object]]] = {
    "B_02.01": [["c0010", "c0020", "c0030"], ["C1", "standalone", "RM1"]],
    "B_02.02": [["c0010", "c0020", "c0030", "c0050", "c0060", "c0070", "c0080", "c0100", "c0140"], ["C1", "Dover", "K1", "F1", "S19", "2024-04-01", "2027-03-31", "90", "Yes"]],
    "B_05.01": [["c0010", "c0050", "c0110"], ["K1", "Kerbside Digital", "T1"], ["T1", "Tallow Group", "T1"], ["G1", "Greywether", ""]],
    "B_05.02": [["c0010", "c0030", "c0050", "c0060"], ["C1", "K1", 1, ""], ["C1", "G1", 2, "K1"]],
    "B_06.01": [["c0010", "c0030"], ["F1", "Parking"]],
    "B_07.01": [["c0010", "c0020", "c0050", "c0110"], ["C1", "K1", "Not substitutable", "No"]],
}  # fmt: skip
CONTRACTS = (
    "OrganisationLabel,OrganisationURI,ContractReference,ContractTitle,Description,StartDate,EndDate,ReviewDate,ContractValue,SupplierName,CompaniesHouseRegistrationNumber\n"
    "Dover District Council,http://x/E07000108,R1,Payroll bureau,Pay,01/04/2024,31/03/2027,,12000,Kerbside Digital Ltd,8765432\n"
    "Dover District Council,,R2,Toner,Ink,01/04/2024,31/03/2027,,9000,REDACTED COMMERCIAL CONFIDENTIALITY,\n"
)
FINDER = (
    '"Notice Identifier","Notice Type","Organisation Name","Status","Published Date","Title","Description","Start Date","End Date","Awarded Date","Awarded Value","Supplier [Name|Address|Ref type|Ref Number|Is SME|Is VCSE]","Contract start date","Contract end date"\n'
    '"n-1","Contract","Dover District Council","Awarded","2026-02-03T10:00:00Z","Civica Pay, hosted","Taking payments","2025-11-01","2025-12-01","2026-01-20","120000","[Civica UK Ltd|Leeds|COMPANIES_HOUSE|1628868|No|No]","2026-04-01","2029-03-31"\n'
    '"n-2","Contract","Dover District Council","Awarded","2026-02-03T10:00:00Z","Leaflets","Print","","","2026-01-20","9000","[Quill Ltd|Deal|NONE||Yes|No][Nib and Co|Deal|NONE||Yes|No]","2026-04-01","2027-03-31"\n'
    '"n-3","Contract","A Hospital Trust","Awarded","2026-02-03T10:00:00Z","Payroll","Pay","","","2026-01-20","1","[Quill Ltd|Deal|NONE||Yes|No]","2026-04-01","2027-03-31"\n'
    '"n-4","Contract","Dover District Council","Withdrawn","2026-02-03T10:00:00Z","Ink","Ink","","","","","[Quill Ltd|Deal|NONE||Yes|No]","2026-04-01","2027-03-31"\n'
    '"n-5","Opportunity","Dover District Council","Open","2026-02-03T10:00:00Z","Pens","Pens","","","","","","",""\n'
)
SHEET = "Authority,Application,Vendor,Service area,Hosting,Access,Personal data\nDover,Permits live,Kerbside Digital,Parking,supplier,holds our data,personal\n"
OWNERS = (
    "Company,Company number,Parent company,From\nKerbside Digital Ltd,08765432,Tallow Group plc,2021\nAlder Ltd,,,\n"
)
SPEND = "Body Name,Payment Date,Net Amount,Supplier Name\nDover,31/03/2025,1200,Civica UK Ltd\nDover,31/03/2025,99,Unheard Of Ltd\n"
LINKS = "Authority Name,GSS,Description,LGSL,LGIL,URL,Supported by GOV.UK,Not Provided by Authority\nDover,E07000108,Bins: Find out,524,8,https://dover-self.achieveservice.com/service/Bins,true,false\n"
ANSWERS = "Host name,Record type,Answer\ndemocracy.dover.gov.uk,CNAME,dover.moderngov.co.uk\n"

CATALOGUE = (
    "apiVersion: backstage.io/v1alpha1\nkind: Component\n"
    "metadata: {name: permits, title: Permits, labels: {vendor: Civica}}\nspec: {type: service}\n"
)
SOURCES: dict[str, tuple[str, Callable[[Path], Path], set[str]]] = {
    # name -> format, file, the relations that come of it
    "sheet": ("one-sheet", lambda p: save(p, "a.csv", SHEET), {"dover.uses.kerbside-digital-permits-live.parking-enforcement", "kerbside-digital-permits-live.made-by.kerbside-digital"}),
    "contracts": ("contracts", lambda p: save(p, "a.csv", CONTRACTS), {"dover.served-by.kerbside-digital.hr-payroll.to-2027-03-31"}),
    "finder": ("contracts-finder", lambda p: save(p, "a.csv", FINDER), {"dover.uses.civica-pay.payments-income.to-2029-03-31", "civica-pay.made-by.civica", "dover.supplied-by.quill.to-2027-03-31", "dover.supplied-by.nib-and-co.to-2027-03-31"}),
    "spending": ("spending", lambda p: save(p, "a.csv", SPEND), {"dover.supplied-by.civica"}),
    "links": ("local-links", lambda p: save(p, "a.csv", LINKS), {"dover.uses.achieveservice.customer-digital", "achieveservice.made-by.granicus"}),
    "answers": ("dns", lambda p: save(p, "a.csv", ANSWERS), {"dover.uses.modern-gov.committee-democratic", "modern-gov.made-by.civica"}),
    "package": ("ocds", as_json("a.json", {"uri": "x", "publisher": {"name": "p"}, "releases": [AWARD]}), {"dover.uses.civica-pay.payments-income.to-2029-03-31", "civica-pay.made-by.civica"}),
    "records": ("ocds", as_json("a.json", {"publisher": {"name": "p"}, "records": [{"ocid": "ocds-test-1", "releases": [AWARD]}]}), {"dover.uses.civica-pay.payments-income.to-2029-03-31", "civica-pay.made-by.civica"}),
    "compiled": ("ocds", as_json("a.json", {"publisher": {"name": "p"}, "records": [{"ocid": "ocds-test-1", "compiledRelease": AWARD, "releases": [{"url": "x"}]}]}), {"dover.uses.civica-pay.payments-income.to-2029-03-31", "civica-pay.made-by.civica"}),
    "bare": ("ocds", as_json("a.json", AWARD), {"dover.uses.civica-pay.payments-income.to-2029-03-31", "civica-pay.made-by.civica"}),
    "array": ("ocds", as_json("a.json", [AWARD, AWARD]), {"dover.uses.civica-pay.payments-income.to-2029-03-31", "civica-pay.made-by.civica"}),
    "lines": ("ocds", lambda p: save(p, "a.jsonl", json.dumps(AWARD) + "\n" + json.dumps(AWARD) + "\n"), {"dover.uses.civica-pay.payments-income.to-2029-03-31", "civica-pay.made-by.civica"}),
    "bods": ("bods", as_json("a.json", BODS), {"kerbside-digital.owned-by.tallow-group"}),
    "bods-04": ("bods", as_json("a.json", BODS_04), {"kerbside-digital.owned-by.tallow-group"}),
    "owners": ("ownership", lambda p: save(p, "a.csv", OWNERS), {"kerbside-digital.owned-by.tallow-group"}),
    "cyclonedx": ("cyclonedx", as_json("a.json", BOM), {"dover.uses.kerbside-digital-permits.parking-enforcement", "kerbside-digital-permits.made-by.kerbside-digital", "kerbside-digital.subcontracts-to.greywether-data-centres.parking-enforcement"}),
    "workbook": ("workbook", lambda p: workbook(p, SIX), {"dover.uses.permits-live", "permits-live.supplied-by.kerbside-digital", "permits-live.hosted-on.kerbside-digital.parking-enforcement", "kerbside-digital.owned-by.tallow-group", "dover.served-by.cliff-shared-ict.ict-infrastructure", "thanet.served-by.cliff-shared-ict.ict-infrastructure", "cliff-shared-ict.hosted-on.dover", "cliff-shared-ict.operated-by.kerbside-digital"}),
    "dora": ("dora", lambda p: workbook(p, DORA), {"dover.uses.kerbside-digital-parking.parking-enforcement", "kerbside-digital-parking.made-by.kerbside-digital", "dover.supplied-by.kerbside-digital.parking-enforcement.access-data", "kerbside-digital.subcontracts-to.greywether", "kerbside-digital.owned-by.tallow-group"}),
    "graph": ("graph", lambda p: save(p, "a.csv", "Source,Target,Relationship\nDover,Civica,uses\nCivica,Greywether Ltd,subcontracts to\n"), {"dover.supplied-by.civica", "civica.subcontracts-to.greywether"}),
    "backstage": ("backstage", lambda p: save(p, "a.yaml", CATALOGUE), {"dover.uses.permits-dover-district-council", "permits-dover-district-council.supplied-by.civica"}),
    "servicenow": ("servicenow", lambda p: save(p, "a.csv", "Name,Class,Vendor,Company\nPermits,Business Application,Civica,Dover District Council\n"), {"dover.uses.permits-dover-district-council", "permits-dover-district-council.supplied-by.civica"}),
}  # fmt: skip


@pytest.mark.parametrize("name", SOURCES)
def test_a_format_is_known_makes_its_relations_and_adds_nothing_twice(tmp_path: Path, name: str) -> None:
    format_, make, relations = SOURCES[name]
    file = make(tmp_path)
    assert detect(file).name == format_
    options = ImportOptions(council="Dover District Council") if format_ == "backstage" else None
    data, report = import_file(file, options)
    assert set(data.relations) == relations
    assert report.balanced, report.to_dict()
    assert [problem for problem in run_checks(data, {}) if problem.severity == "error"] == []
    assert all(row.evidence for row in data.relations.values())
    write(data, tmp_path / "map")
    kept = read(tmp_path / "map")
    again, second = import_file(file, options, base=kept)
    assert second.added == dict.fromkeys(("entities", "relations", "evidence", "incidents", "incident_effects"), 0)
    assert again.digest == kept.digest


def test_every_format_has_a_source_here() -> None:
    assert {format_ for format_, _, _ in SOURCES.values()} == {known.name for known in FORMATS}


def test_an_award_keeps_what_its_notice_says(tmp_path: Path) -> None:
    data, report = import_file(SOURCES["package"][1](tmp_path))
    row = data.relations["dover.uses.civica-pay.payments-income.to-2029-03-31"]
    assert (row.valid_from, row.valid_to, row.contract_end_latest) == ("2026-04-01", "2029-03-31", "2031-03-31")
    assert (row.contract_reference, str(row.contract_value_gbp)) == ("ocds-test-1", "120000")
    assert (row.framework, row.hosting) == ("Vertical Application Solutions", "supplier")
    assert "value with VAT" in str(row.note)
    assert data.entities["supplier:civica"].aliases == ("Civica UK Ltd", "GB-COH-01628868", "GB-PPON-PAAA-1111-BBBB")
    assert "value given with VAT only" in report.guesses


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            {"awards": [{"id": "1", "status": "cancelled", "suppliers": [{"name": "A Ltd"}]}]},
            "award or contract cancelled",
        ),
        ({"awards": [{"id": "1", "suppliers": [{"name": "REDACTED"}]}]}, "supplier redacted"),
        ({"awards": [{"id": "1", "suppliers": []}], "parties": [DOVER]}, "no supplier"),
        ({"buyer": {"id": "z", "name": "Ministry of Tides"}, "parties": []}, "buyer is not in the register"),
        ({"buyer": {}, "parties": []}, "no buyer"),
    ],
)
def test_an_award_that_is_not_taken_is_said(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    file = save(tmp_path, "a.json", json.dumps({"publisher": {"name": "p"}, "releases": [{**AWARD, **change}]}))
    data, report = import_file(file)
    assert not data.relations
    assert report.balanced
    assert [text for text in report.skipped if text.startswith(reason)], report.skipped


def test_a_search_in_contracts_finder_is_taken_with_its_suppliers_and_without_its_guesses(tmp_path: Path) -> None:
    data, report = import_file(save(tmp_path, "notices.csv", FINDER))
    pay = data.relations["dover.uses.civica-pay.payments-income.to-2029-03-31"]
    assert (pay.valid_from, pay.contract_reference, str(pay.contract_value_gbp)) == ("2026-04-01", "n-1", "120000")
    evidence = data.evidence[pay.evidence[0]]
    assert (evidence.published, evidence.publisher) == (
        "2026-02-03",
        "Dover District Council, Contracts Finder notices.csv",
    )
    shared = data.relations["dover.supplied-by.quill.to-2027-03-31"]
    assert shared.contract_value_gbp is None  # one value for two
    assert shared.note == "contract: Leaflets; one value for 2 suppliers was left out"
    assert {reason: len(rows) for reason, rows in report.skipped.items()} == {
        "buyer is not in the register of authorities (--buyers all takes it)": 1,
        "withdrawn or cancelled": 1,
        "no supplier": 1,
    }
    assert report.unmatched_councils == {"A Hospital Trust": 1}
    assert detect(save(tmp_path, "other.csv", "buyer,supplier,title,valid_from\n")).name == "contracts"


def test_the_newest_release_of_an_award_counts(tmp_path: Path) -> None:
    newer = json.loads(json.dumps(AWARD))
    newer["date"], newer["contracts"][0]["period"]["endDate"] = "2026-06-01T00:00:00Z", "2030-03-31"
    data, report = import_file(save(tmp_path, "a.json", json.dumps([newer, AWARD])), format="ocds")
    assert "dover.uses.civica-pay.payments-income.to-2030-03-31" in data.relations
    assert (len(data.relations), report.read, report.kept) == (2, 1, 1)


@pytest.mark.parametrize(
    "text",
    ['{"ocid": "a", "releases": [{"ocid": 1', '{"ocid": nan}', "[" * 100_000, '{"ocid": "a"} trailing', "[{} {}]"],
)
def test_broken_json_is_said_and_nothing_hangs(tmp_path: Path, text: str) -> None:
    with pytest.raises(DataError, match="no valid JSON"):
        import_file(save(tmp_path, "a.json", text), format="ocds")


def test_objects_come_whole_however_the_file_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from riskgraph.importers import json_objects

    items = [{"ocid": f"é{n}", "n": [n, n * 1.5, {"deep": ["}", "]", '"']}]} for n in range(50)]
    file = save(tmp_path, "a.json", json.dumps({"uri": "x", "releases": items, "after": 12345}, ensure_ascii=False))
    for size in (1, 2, 7, 64):
        monkeypatch.setattr(json_objects, "_CHUNK", size)
        found = list(json_objects.objects(file, frozenset({"releases"})))
        assert [item for place, item in found if place] == items
        assert found[-1] == ("", {"uri": "x", "after": 12345})


def test_a_payment_says_that_somebody_was_paid_and_no_more(tmp_path: Path) -> None:
    data, report = import_file(SOURCES["spending"][1](tmp_path))
    (row,) = data.relations.values()
    assert (row.relation, row.access, row.data, row.service_area) == ("supplied-by", None, None, None)
    assert report.skipped_count == {
        "supplier is not one that the map or the directory knows (--suppliers all takes it)": 1
    }
    radius = riskgraph.RiskMap(riskgraph.RiskGraph(data)).blast("civica")
    assert not radius.within(Band.LIKELY)


@pytest.mark.parametrize(
    ("payments", "start", "end", "kept"),
    [
        ([("2015-01", 50)], None, None, False),  # one, long ago
        ([("2015-01", 500), ("2015-03", 900)], None, None, False),  # few small ones, long ago
        ([("2015-01", 5000), ("2015-03", 9000)], None, "2015-03", True),
        ([("2018-05", 500), ("2024-12", 500)], "2018-05", None, True),
        ([("2024-12", 10)], "2024-12", None, True),  # the yearly bill of a new supplier
    ],
)
def test_payments_have_the_dates_that_they_prove(
    tmp_path: Path, payments: list[tuple[str, int]], start: str | None, end: str | None, kept: bool
) -> None:
    lines = [f"Dover,{month},{amount},Civica UK Ltd" for month, amount in payments]
    frame = [f"Dover,{month},100,Idox Software Ltd" for month in ("2015-01", "2024-12")]
    text = "\n".join(["Body Name,Payment Date,Net Amount,Supplier Name", *lines, *frame])
    data, _ = import_file(save(tmp_path, "a.csv", text))
    rows = [row for row in data.relations.values() if row.provider == "supplier:civica"]
    assert [(row.valid_from, row.valid_to) for row in rows] == ([(start, end)] if kept else [])


def test_the_invented_register_answers_directly_and_after_import(tmp_path: Path) -> None:
    direct = riskgraph.load("one-sheet-register.csv")
    data, report = import_file("one-sheet-register.csv")
    write(data, tmp_path / "map")
    assert direct.dataset.digest == read(tmp_path / "map").digest
    reached = {reach.id: reach.band for reach in direct.blast("quenby software").authorities}
    assert reached["authority:saltmere"] is Band.DOCUMENTED
    assert reached["authority:wexmoor"] is Band.DOCUMENTED  # through the shared service
    assert report.unused_columns == ["Owner, phone, out of hours", "Supplier's security contact"]
    past = direct.blast("tallow & reed print")
    assert "authority:cawdale" in {reach.id for reach in past.authorities}  # ended, nobody knows about the data


def test_the_words_of_a_sheet_become_the_words_of_the_model(tmp_path: Path) -> None:
    text = (
        "Council,System,Supplier,Hosted by / where,Supplier access,Personal data,Shared through,Contract end,Ended: data returned or destroyed?,How sure\n"
        "Dover,Alpha,Alder Ltd,council,admin access,special category,,31/03/2028,,A1\n"
        "Dover,Beta,Birch Ltd,Azure,none,none,,31/03/2020,,likely\n"
        "Dover,Gamma,Cedar Ltd,,,not known,,31/03/2021,no,\n"
        "Thanet,Delta,Dogwood Ltd,North Hall,remote access,personal,Cliff Partnership,,,possible\n"
        "Thanet,Epsilon,Elm Ltd,whoknows,telepathy,maybe,,soon,,perhaps\n"
    )
    data, report = import_file(save(tmp_path, "a.csv", text), ImportOptions(as_of="2026-11-01"))
    rows = data.relations
    assert (rows["dover.uses.alder-alpha"].hosting, rows["dover.uses.alder-alpha"].data) == ("own", "special")
    assert rows["dover.supplied-by.alder.access-admin"].access == "admin"
    assert (rows["dover.uses.birch-beta"].hosting, rows["dover.uses.birch-beta"].valid_to) == ("cloud", None)
    assert rows["dover.uses.cedar-gamma.to-2021-03-31"].data_returned == "no"
    assert rows["thanet.served-by.cliff-partnership"].data == "personal"
    assert "cliff-partnership.uses.dogwood-delta" in rows
    assert "cliff-partnership.hosted-on.north-hall" in rows
    grades = {item.claim: item.confidence for item in data.evidence.values()}
    assert grades["Dover uses Alpha from Alder Ltd"] == "confirmed"
    assert grades["Dover uses Beta from Birch Ltd"] == "reported"
    assert grades["Thanet uses Delta from Dogwood Ltd"] == "inferred"
    assert report.guess_count["word that is not known, left blank"] == 3
    assert report.guess_count["date that is none, left blank"] == 1
    assert "the contract's end has passed but nothing says that it ended: kept as running" in report.guesses


def test_a_firewall_of_ones_own_puts_nobody_inside(tmp_path: Path) -> None:
    text = (
        "Council,System,Supplier,Service area,Hosted by,Supplier access,How sure\n"
        "Dover,Firewalls,Alder Ltd,Cyber security tools,council,none,confirmed\n"
        "Thanet,Firewalls,Alder Ltd,Cyber security tools,council,admin access,confirmed\n"
        "Adur,Wide area network,Birch Ltd,Network,,network link,confirmed\n"
    )
    data, _ = import_file(save(tmp_path, "a.csv", text))
    map_ = riskgraph.RiskMap(riskgraph.RiskGraph(data))
    reached = {reach.id: reach.kinds for reach in map_.blast("alder").authorities}
    assert not {"intrusion", "exposure"} & {str(kind) for kind in reached.get("authority:dover", {})}
    assert reached["authority:thanet"][riskgraph.FailureKind.INTRUSION].band is Band.LIKELY  # undated
    assert "adur.served-by.birch.network-connectivity" in data.relations


@pytest.mark.parametrize(
    ("text", "hosting", "place"),
    [
        ("Council", "own", None),
        ("on-premises, room 4", "own", None),
        ("us", "own", None),
        ("US East 1", None, "US East 1"),
        ("Local Government Cloud", None, "Local Government Cloud"),
        ("supplier, cloud (London region)", "supplier", None),
        ("SaaS", "supplier", None),
        ("shared", "shared", None),
        ("Shared ICT Partnership", None, "Shared ICT Partnership"),
        ("Cloudberry", None, "Cloudberry"),
        ("Azure UK South", "cloud", None),
    ],
)
def test_where_it_runs_is_a_word_or_the_name_of_a_place(
    text: str, hosting: str | None, place: str | None, tmp_path: Path
) -> None:
    file = save(tmp_path, "a.csv", f'Council,System,Supplier,Hosted by\nDover,Alpha,Alder Ltd,"{text}"\n')
    data, _ = import_file(file)
    assert data.relations["dover.uses.alder-alpha"].hosting == hosting
    assert [e.name for e in data.entities.values() if e.kind == "environment"] == ([place] if place else [])


def test_what_helps_to_leave_a_supplier_has_columns_of_its_own(tmp_path: Path) -> None:
    text = (
        "Council,System,Supplier,How long can we manage without it,Could we replace them?,Certificate and expiry,How important\n"
        "Dover,Alpha,Alder Ltd,4 hours,very hard,CE+ 2027-03-31; ISO 27001 2028-01-10,critical\n"
        "Thanet,Alpha,Alder Ltd,3 weeks,easily,ISO 27001 2026-12-01,low\n"
        "Adur,Alpha,Alder Ltd,a while,perhaps,,\n"
    )
    data, report = import_file(save(tmp_path, "a.csv", text))
    rows = data.relations
    assert [rows[f"{body}.uses.alder-alpha"].endurance_days for body in ("dover", "thanet", "adur")] == [0, 21, None]
    assert [rows[f"{body}.uses.alder-alpha"].substitutability for body in ("dover", "adur")] == ["very-hard", None]
    alder = data.entities["supplier:alder"]
    assert (set(alder.certificate), alder.certificate_expires) == ({"CE+", "ISO 27001"}, "2026-12-01")
    assert "certificate that lapses later than another: its day was not taken" in report.guesses
    assert rows["dover.uses.alder-alpha"].importance == "critical"
    assert report.guess_count["word that is not known, left blank"] == 2


def test_a_sheet_without_a_needed_column_is_refused(tmp_path: Path) -> None:
    file = save(tmp_path, "a.csv", "Council,Supplier,Notice days\nDover,Alder,90\n")
    with pytest.raises(RiskGraphError, match="System or service bought"):
        import_file(file, format="one-sheet")


def test_a_row_that_runs_over_is_not_read_with_its_columns_shifted(tmp_path: Path) -> None:
    text = "Council,System,Supplier\nDover,Alpha, Beta,Alder Ltd\nThanet,Gamma,Alder Ltd\n"
    data, report = import_file(save(tmp_path, "a.csv", text))
    assert report.skipped == {"more cells than the header has: its columns may be shifted": ["row 2"]}
    assert "thanet.uses.alder-gamma" in data.relations


def test_an_unknown_council_of_a_sheet_is_kept_and_said(tmp_path: Path) -> None:
    data, report = import_file(save(tmp_path, "a.csv", "Council,System,Supplier\nDovver Council,Alpha,Alder Ltd\n"))
    assert dict(report.unmatched_councils) == {"Dovver Council": 1}
    assert data.entities["authority:dovver-council"].name == "Dovver Council"


def test_real_councils_join_a_map_with_a_register_of_its_own(tmp_path: Path) -> None:
    data, _ = import_file("one-sheet-register.csv")
    write(data, tmp_path / "map")
    more = save(tmp_path, "a.csv", "Council,System,Supplier\nDover District Council,Alpha,Alder Ltd\n")
    both, report = import_file(more, base=read(tmp_path / "map"))
    assert not report.unmatched_councils
    assert both.register["authority:dover"].parent_county == "authority:kent"
    assert "authority:kent" in both.register
    write(both, tmp_path / "map")
    assert read(tmp_path / "map").digest == both.digest


def test_headers_of_another_council_are_known(tmp_path: Path) -> None:
    text = (
        "Directorate/Service Responsible,Contract Title,Contract Ref:,Contractor/Provider,Original Start/Commencement Date,"
        'Current end date,Renewal / Review Date,"Contract Value\n(\u0153)",Company Reg No,SME or VSCE (inc. Reg. No.),F.A.T or OJEU Ref\n'
        "Finance,Payroll bureau,EX1,Kerbside Digital Ltd,01/04/2024,31/03/2027,01/01/2027,\u015312000,8765432,SME,\n"
    )
    data, report = import_file(save(tmp_path, "a.csv", text), ImportOptions(council="Exeter"))
    row = data.relations["exeter.served-by.kerbside-digital.hr-payroll.to-2027-03-31"]
    assert (row.contract_reference, str(row.contract_value_gbp), row.valid_from) == ("EX1", "12000", "2024-04-01")
    assert report.unused_columns == ["Renewal / Review Date", "SME or VSCE (inc. Reg. No.)", "F.A.T or OJEU Ref"]


def test_a_list_that_says_it_is_not_complete_is_quoted(tmp_path: Path) -> None:
    _, report = import_file(SOURCES["cyclonedx"][1](tmp_path))
    assert "The list says of itself: incomplete." in report.notes
    assert report.skipped == {"no provider": ["service 3"]}


def test_persons_are_not_taken(tmp_path: Path) -> None:
    data, report = import_file(SOURCES["bods"][1](tmp_path))
    assert [text for text in report.skipped if "person" in text]
    assert "somebody" not in str(data.entities)


def test_rows_are_counted_for_json(tmp_path: Path) -> None:
    _, report = import_file(SOURCES["contracts"][1](tmp_path))
    shown = report.to_dict()
    assert (shown["rows_read"], shown["rows_kept"], shown["rows_skipped"], shown["redacted"]) == (2, 1, 1, 1)
    assert isinstance(json.dumps(shown), str)
    assert isinstance(report, ImportReport)


def test_an_unknown_format_is_said(tmp_path: Path) -> None:
    with pytest.raises(RiskGraphError, match="of no format"):
        import_file(save(tmp_path, "a.csv", "a,b\n1,2\n"))
    with pytest.raises(RiskGraphError, match="There is no format"):
        import_file(save(tmp_path, "a.csv", "a,b\n1,2\n"), format="telex")


def test_whose_file_it_is_has_to_be_said(tmp_path: Path) -> None:
    text = "Payment Date,Net Amount,Supplier Name\n31/03/2025,1200,Civica UK Ltd\n"
    with pytest.raises(RiskGraphError, match="does not say who paid"):
        import_file(save(tmp_path, "a.csv", text))
    data, _ = import_file(save(tmp_path, "a.csv", text), ImportOptions(council="Dover"))
    assert set(data.relations) == {"dover.supplied-by.civica"}


def test_dataset_is_a_value(tmp_path: Path) -> None:
    data, _ = import_file(SOURCES["sheet"][1](tmp_path), ImportOptions(title="Ours", as_of="2026-02-03"))
    assert {item.published for item in data.evidence.values()} == {"2026-02-03"}
    assert isinstance(data, Dataset)
    assert (data.info.title, data.info.as_of, data.info.marking) == ("Ours", "2026-02-03", "TLP:AMBER")
