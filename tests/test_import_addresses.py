"""Addresses suggest products: the export of Local Links Manager, and answers of the domain name system."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import riskgraph
from riskgraph.assets import shipped, shipped_rows
from riskgraph.data import Dataset, read, write
from riskgraph.data.checks import run_checks
from riskgraph.data.directory import directory
from riskgraph.importers import ImportOptions, ImportReport, detect, import_file
from riskgraph.importers.addresses import host_and_path, product_of, rule_of
from riskgraph.model import Band
from riskgraph.rules import rules

LINKS = "Authority Name,GSS,Description,LGSL,LGIL,URL,Supported by GOV.UK,Not Provided by Authority,Status\n"


def taken(path: Path | str, options: ImportOptions | None = None) -> tuple[Dataset, ImportReport]:
    data, report = import_file(path, options)
    assert report.balanced, report.to_dict()
    assert [one for one in run_checks(data, {}) if one.severity == "error"] == []
    return data, report


def uses(data: Dataset) -> dict[str, str | None]:
    return {row.id: row.hosting for row in data.relations.values() if row.relation == "uses"}


def save(path: Path, text: str, name: str = "links.csv") -> Path:
    path.mkdir(exist_ok=True)
    (path / name).write_text(text, encoding="utf-8")
    return path / name


def test_each_rule_fits_its_example_and_none_before_it_does() -> None:
    for row in shipped_rows("importing", "addresses.csv"):
        rule = rule_of(*(host_and_path(row["example"]) or ("", "")))
        assert rule is not None, row
        assert (rule.product, rule.supplier or "", rule.area or "") == (row["product"], row["supplier"], row["area"]), (
            f"{row['example']} means something else first"
        )
        assert (rule.host, rule.hosting or "") == (row["host"], row["hosting"])


def test_each_rule_speaks_of_the_map_in_its_own_words_and_has_a_source() -> None:
    made_by: dict[str, set[str]] = {}
    for row in shipped_rows("uk", "relations.csv"):
        if row["relation"] == "made-by":
            made_by.setdefault(row["dependent"], set()).add(row["provider"])
    for row in shipped_rows("importing", "addresses.csv"):
        assert urlsplit(row["source"]).scheme == "https", row
        assert row["area"] == "" or row["area"] in rules().areas
        assert row["hosting"] in {"", "supplier", "cloud"}
        assert not row["hosting"] or row["host"], "who hosts is told by the domain only"
        assert row["host"] == row["host"].lower() and row["host"] + row["path"]
        rule = rule_of(*(host_and_path(row["example"]) or ("", "")))
        assert rule is not None
        known = dict(product_of(rule).ids).get("id")
        if known and row["supplier"] and known in made_by:
            assert directory().supplier(row["supplier"]) in made_by[known], f"the map names another maker: {row}"
    known_ones = [row for row in shipped_rows("importing", "addresses.csv") if _is_known(row["product"])]
    assert len(known_ones) > 40, "most rules are about products that the map has"


def _is_known(product: str) -> bool:
    return any(product in (e.name, *e.aliases) for e in directory().entities.values() if e.kind == "product")


def test_each_service_of_the_list_has_an_area() -> None:
    rows = shipped_rows("importing", "lgsl.csv")
    assert len({row["code"] for row in rows}) == len(rows) > 100
    assert [int(row["code"]) for row in rows] == sorted(int(row["code"]) for row in rows)
    assert {row["area"] for row in rows} <= set(rules().areas)


@pytest.mark.parametrize(
    "address",
    [
        "https://www.wexmoor.example/economy.aspx",
        "https://www.wexmoor.example/mgmt.aspx",
        "https://www.notmoderngov.co.uk/",
        "https://www.wexmoor.example/planning",
        "https://www.wexmoor.example/planning-applications-online",
        "https://www.wexmoor.example/media/brochure/bins",
        "https://www.wexmoor.example/article/bins",
        "https://www.wexmoor.example/info/bins",
        "https://outlook.com/",
    ],
)
def test_what_only_looks_like_it_suggests_nothing(address: str) -> None:
    assert rule_of(*(host_and_path(address) or ("", ""))) is None


def test_the_example_of_local_links_says_what_it_should() -> None:
    assert detect(shipped("examples", "local-links.csv")).name == "local-links"
    data, report = taken("local-links.csv")
    assert uses(data) == {
        "cawdale.uses.achieveservice.customer-digital": "supplier",
        "cawdale.uses.public-access.planning-building-control": None,
        "ebbwick.uses.modern-gov.committee-democratic": "supplier",
        "ebbwick.uses.public-access.regulatory-licensing": None,
        "saltmere.uses.jadu.customer-digital": None,
        "saltmere.uses.mipermit.parking-enforcement": "supplier",
        "saltmere.uses.spydus.libraries-leisure": "supplier",
        "wexmoor.uses.whitespace.waste-streetscene": "supplier",
    }
    assert (report.read, report.kept) == (14, 9)
    assert report.skipped == {
        "address of another body": ["row 4"],
        "no address": ["row 6"],
        "broken link": ["row 8"],
        "address that suggests no product": ["row 13"],
        "council that is not in the register of authorities (--buyers all takes it)": ["row 15"],
    }
    assert report.unmatched_councils == {"Farside Borough Council": 1}
    assert {item.confidence for item in data.evidence.values()} == {"inferred"}
    both = data.relations["cawdale.uses.achieveservice.customer-digital"]
    said = [data.evidence[id_] for id_ in both.evidence]
    assert {item.about for item in said} == {None, "hosting"}
    assert any("(Council tax, Refuse collection day)" in (item.claim or "") for item in said)
    assert all("?" not in (item.url or "") for item in said)
    reached = riskgraph.RiskMap(riskgraph.RiskGraph(data)).blast("civica").within(Band.POSSIBLE)
    assert {one.id for one in reached} >= {"authority:ebbwick", "authority:saltmere"}


def test_the_example_of_host_names_says_who_hosts() -> None:
    assert detect(shipped("examples", "host-names.csv")).name == "dns"
    data, report = taken("host-names.csv")
    assert uses(data) == {
        "cawdale.uses.achieveservice.customer-digital": "supplier",
        "cawdale.uses.microsoft-365.ict-infrastructure": "supplier",
        "cawdale.uses.microsoft-azure.hosting-cloud": "cloud",
        "ebbwick.uses.microsoft-azure.hosting-cloud": "cloud",
        "ebbwick.uses.mimecast.cyber-security": "supplier",
        "ebbwick.uses.modern-gov.committee-democratic": "cloud",
        "saltmere.uses.modern-gov.committee-democratic": "supplier",
    }
    assert data.info.as_of == "2026-10-12"
    assert {item.confidence for item in data.evidence.values()} == {"inferred"}
    assert {reason: len(rows) for reason, rows in report.skipped.items()} == {
        "record of another kind than CNAME and MX": 1,
        "answer that suggests no product": 1,
        "name of no council that is known": 1,
    }


@pytest.mark.parametrize("name", ["local-links.csv", "host-names.csv"])
def test_the_order_of_rows_and_columns_makes_no_difference(tmp_path: Path, name: str) -> None:
    text = shipped("examples", name).read_text(encoding="utf-8")
    (tmp_path / "register.csv").write_bytes(shipped("examples", "register.csv").read_bytes())
    rows = list(csv.reader(io.StringIO(text)))
    columns = list(range(len(rows[0])))
    whole = import_file(save(tmp_path, text, name))[0]
    for seed in range(3):
        dice = random.Random(seed)  # noqa: S311 - an order of rows
        dice.shuffle(columns)
        body = dice.sample(rows[1:], len(rows) - 1)
        out = io.StringIO()
        csv.writer(out).writerows([[row[i] for i in columns] for row in [rows[0], *body]])
        mixed, report = taken(save(tmp_path, out.getvalue(), name))
        assert mixed.digest == whole.digest
        assert report.balanced
    write(whole, tmp_path / "map")
    again, second = import_file(tmp_path / name, base=read(tmp_path / "map"))
    assert set(second.added.values()) == {0}
    assert again.digest == read(tmp_path / "map").digest


def test_the_older_export_and_the_page_of_one_council_are_read_too(tmp_path: Path) -> None:
    older = save(
        tmp_path,
        "Authority Name,SNAC,GSS,Description,LGSL,LGIL,URL,Supported by GOV.UK\n"
        "Southwark Council,00BE,E09000028,Local councillors: Find out,358,8,http://moderngov.southwark.gov.uk/,true\n",
    )
    assert set(uses(taken(older)[0])) == {"southwark.uses.modern-gov.committee-democratic"}
    page = save(
        tmp_path / "page",
        "LGSL;LGIL;URL;Title;Status;New URL;New Title\n"
        "0358;8;moderngov.southwark.gov.uk/mgMemberIndex.aspx;Councillors;ok;;\n",
    )
    assert detect(save(tmp_path / "other", LINKS)).name == "local-links"
    data, _ = taken(page, ImportOptions(council="E09000028"))
    assert set(uses(data)) == {"southwark.uses.modern-gov.committee-democratic"}


def test_an_address_of_another_body_is_left_out_and_one_shared_or_inherited_is_not(tmp_path: Path) -> None:
    data, report = taken(
        save(
            tmp_path,
            LINKS + "Brent,E09000005,a: b,358,8,http://moderngov.southwark.gov.uk/ieIssueDetails.aspx?IId=5,,,ok\n"
            "Worthing,E07000229,a: b,524,8,https://crawley-self.achieveservice.com/service/Bins,,,ok\n"
            "Worcester,E07000237,a: b,358,8,https://www.worcestershire.gov.uk/mgMeetingAttendance.aspx,,,ok\n"
            "Eastbourne,E07000061,a: b,524,8,https://www.lewes-eastbourne.gov.uk/article/1158/Bins,,,ok\n"
            "Adur,E07000223,a: b,516,0,https://planning.adur-worthing.gov.uk/online-applications,,,ok\n"
            "Cumberland Council,E06000063,a: b,358,8,https://www.allerdale.gov.uk/mgMeetings.aspx,,,caution\n",
        )
    )
    assert report.skipped == {"address of another body": ["row 2", "row 3", "row 4"]}
    unsure = report.guesses["address in a domain that is not known to be the council's"]
    assert [text.split(":")[0] for text in unsure] == ["row 5"], "two councils' site is told, an own one is not"
    assert set(uses(data)) == {
        "eastbourne.uses.goss-icm.customer-digital",
        "adur.uses.public-access.planning-building-control",
        "cumberland.uses.modern-gov.committee-democratic",
    }


def test_a_messy_file_is_read_and_every_row_told(tmp_path: Path) -> None:
    data, report = taken(
        save(
            tmp_path,
            LINKS + 'Dover,E07000108,"a: ""b""",not a number,8,https://dover-self.achieveservice.com/x,,,OK\n'
            "Dover,,a: b,57,8,https://[broken,,,ok\n"
            "Dover,,a: b,57,8,javascript:alert(1),,,ok\n"
            "Dover,,a: b,57,8,see https://dover-self.achieveservice.com,,,ok\n"
            "Dover,,a: b,57,8,https://dover@evil.moderngov.co.uk/,,,ok\n"
            "Dover,,a: b,57,8\n"
            ",,,,,,,,\n"
            "Dover,,a: b,57,8,https://planning.dover.gov.uk/online-applications/x,,,ok,one cell more\n"
            "Dover,,a: b,9999,8,https://planning.dover.gov.uk/online-applications/y,,,ok\n"
            "=cmd|'/C calc'!A0,,a: b,57,8,https://x.moderngov.co.uk/,,,ok\n"
            "Dover,,a: b,57,8,https://planning.dover.gov.uk/online-applications/z,,,404\n",
        )
    )
    assert set(uses(data)) == {
        "dover.uses.achieveservice.customer-digital",
        "dover.uses.public-access.revenues-benefits",
        "dover.uses.public-access",
    }
    assert report.guesses["service whose area is not known, left blank"] == ["row 10: LGSL 9999, a"]
    assert {reason: len(rows) for reason, rows in report.skipped.items()} == {
        "address that is none": 4,
        "no address": 1,
        "council that is not in the register of authorities (--buyers all takes it)": 1,
        "broken link": 1,
    }


def test_unknown_councils_are_taken_where_the_user_says_so(tmp_path: Path) -> None:
    file = save(tmp_path, LINKS + "Farside Council,,a: b,358,8,https://farside.moderngov.co.uk/,,,ok\n")
    data, report = taken(file, ImportOptions(buyers="all"))
    assert set(uses(data)) == {"farside-council.uses.modern-gov.committee-democratic"}
    assert report.unmatched_councils == {"Farside Council": 1}


DIG = """; <<>> DiG 9.18 <<>> www.crawley.gov.uk
;; ANSWER SECTION:
www.crawley.gov.uk.\t300\tIN\tCNAME\tcrawley.azurewebsites.net.
crawley.azurewebsites.net. 30 IN CNAME crawley.trafficmanager.net.
crawley.trafficmanager.net. 10 IN A 192.0.2.1
democracy.southwark.gov.uk.\t\t300\tIN\tCNAME\tSouthwark.Moderngov.co.uk.
crawley.gov.uk.         3600    IN      MX      0 crawley-gov-uk.mail.protection.outlook.com.
adur-worthing.gov.uk. IN MX 10 eu-smtp-inbound-1.mimecast.com.
www.example.org. 300 IN CNAME x.azurefd.net.
;; communications error to 192.0.2.53#53: timed out
connection refused
scambs.gov.uk mail is handled by 10 cluster1.eu.messagelabs.com.
moderngov.rother.gov.uk is an alias for rother.moderngov.co.uk.
"""


def test_what_dig_and_host_print_is_read_by_the_domains_of_councils(tmp_path: Path) -> None:
    path = save(tmp_path, DIG, "answers.txt")
    assert detect(path).name == "dns"
    data, report = taken(path, ImportOptions(as_of="2026-11-20"))
    assert uses(data) == {
        "adur.uses.mimecast.cyber-security": "supplier",
        "crawley.uses.microsoft-365.ict-infrastructure": "supplier",
        "crawley.uses.microsoft-azure.hosting-cloud": "cloud",
        "rother.uses.modern-gov.committee-democratic": "supplier",
        "south-cambridgeshire.uses.symantec-e-mail-security.cyber-security": "supplier",
        "southwark.uses.modern-gov.committee-democratic": "supplier",
        "worthing.uses.mimecast.cyber-security": "supplier",
    }
    assert {reason: len(rows) for reason, rows in report.skipped.items()} == {
        "further step of an alias": 1,
        "record of another kind than CNAME and MX": 1,
        "name of no council that is known": 1,
        "line that is no answer": 1,
    }
    assert {item.published for item in data.evidence.values()} == {"2026-11-20"}


def test_other_headers_and_an_answer_of_another_council(tmp_path: Path) -> None:
    path = save(
        tmp_path,
        "Value;Type;Domain;GSS\n"
        "rother.moderngov.co.uk;cname;democracy.dover.gov.uk;E07000108\n"
        "dover.moderngov.co.uk;cname;committees.dover.gov.uk;E07000108\n",
    )
    data, report = taken(path)
    assert uses(data) == {"dover.uses.modern-gov.committee-democratic": "supplier"}
    assert report.skipped == {"answer that belongs to another body": ["row 2"]}


def test_a_table_of_names_types_and_values_is_no_list_of_answers(tmp_path: Path) -> None:
    path = save(tmp_path, "Name,Type,Value\nDover,council,3\nThanet,council,4\n")
    assert detect(path).name != "dns"
    path = save(tmp_path, "Host,Type,Answer,Area\nDover,question,yes,7\n")
    with pytest.raises(riskgraph.RiskGraphError, match="of no format that is known"):
        detect(path)


def test_an_address_adds_to_the_row_that_the_map_has(tmp_path: Path) -> None:
    base = read("uk")
    row = next(r for r in base.relations.values() if r.provider == "product:modern-gov" and not r.valid_to)
    entry = base.register[row.dependent]
    text = LINKS + f"{entry.name},{entry.gss_code},Councillors: Find out,358,8,https://x.moderngov.co.uk/,,,ok\n"
    data, report = import_file(save(tmp_path, text), base=base)
    assert (report.added["relations"], report.added["entities"]) == (0, 0)
    assert set(row.evidence) < set(data.relations[row.id].evidence)
