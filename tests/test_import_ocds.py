"""Notices in OCDS: the whole life of a contract, all who buy and sell, in every shape that is published."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import tarfile
from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskgraph.data import Dataset
from riskgraph.importers import ImportOptions, ImportReport, detect, import_file, json_objects, read_together
from riskgraph.importers.ocds import OCDS
from riskgraph.importers.source import SourceFile
from riskgraph.importers.statements import Purchase, Statements

Release = dict[str, Any]

KENT = {"id": "GB-LAC-E10000016", "name": "Kent County Council"}
THANET = {"id": "B2", "name": "Thanet District Council"}
LARKMEAD = {"id": "S1", "name": "Larkmead Payroll Ltd"}
SORREL = {"id": "S2", "name": "Sorrel Data Ltd"}
PERIOD = {"startDate": "2024-04-01T00:00:00Z", "endDate": "2030-03-31T00:00:00Z"}
POUNDS = {"amount": 500000, "currency": "GBP"}


def party(one: dict[str, str], *roles: str, **more: Any) -> dict[str, Any]:
    return {**one, "roles": list(roles), **more}


def award(id_: str = "1", suppliers: Sequence[dict[str, str]] = (LARKMEAD,), **more: Any) -> dict[str, Any]:
    said = {"id": id_, "status": "active", "title": "Payroll service", "suppliers": list(suppliers), "value": POUNDS, "contractPeriod": PERIOD}  # fmt: skip
    return {**said, **more}


def contract(id_: str = "1", **more: Any) -> dict[str, Any]:
    return {"id": id_, "awardID": "1", "status": "active", "period": PERIOD, "value": POUNDS, **more}


def release(id_: str = "a", day: str = "2024-03-01", **more: Any) -> Release:
    said: Release = {
        "ocid": "ocds-zzzzzz-001", "id": id_, "date": f"{day}T00:00:00Z", "tag": ["award"], "initiationType": "tender", "buyer": KENT,
        "parties": [party(KENT, "buyer"), party(LARKMEAD, "supplier", identifier={"scheme": "GB-COH", "id": "07654321"})],
        "awards": [award()],
    }  # fmt: skip
    return {**said, **more}


def thin(id_: str = "b", day: str = "2024-05-01", **more: Any) -> Release:
    """An update that says only what it is about."""
    return {"ocid": "ocds-zzzzzz-001", "id": id_, "date": f"{day}T00:00:00Z", "tag": ["awardUpdate"], **more}


def package(releases: Sequence[Any], **more: Any) -> dict[str, Any]:
    return {"uri": "https://example.org/p", "version": "1.1", "publisher": {"name": "P"}, "license": "OGL 3", "releases": list(releases), **more}  # fmt: skip


def saved(where: Path, content: Any, name: str = "notices.json") -> Path:
    file = where / name
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return file


def imported(where: Path, *releases: Release, options: ImportOptions | None = None) -> tuple[Dataset, ImportReport]:
    data, report = import_file(saved(where, package(releases)), options)
    assert report.balanced, report.to_dict()
    return data, report


def links(data: Dataset) -> dict[str, tuple[str | None, str | None, str | None]]:
    """Each relation with its start, its end and its value."""
    return {
        id_: (row.valid_from, row.valid_to, str(row.contract_value_gbp) if row.contract_value_gbp else None)
        for id_, row in data.relations.items()
    }


KENT_ROW = "kent.supplied-by.larkmead-payroll.hr-payroll"
WHOLE = {f"{KENT_ROW}.to-2030-03-31": ("2024-04-01", "2030-03-31", "500000")}


# ------------------------------------------------------------------ later life


def test_an_award_that_a_later_release_cancels_is_left_out_and_counted(tmp_path: Path) -> None:
    data, report = imported(
        tmp_path, release(), thin(tag=["awardCancellation"], awards=[{"id": "1", "status": "cancelled"}])
    )
    assert links(data) == {}
    assert report.skipped == {"award or contract cancelled, unsuccessful or only planned": ["ocds-zzzzzz-001 award 1"]}


@pytest.mark.parametrize(
    "update",
    [
        {"tag": ["awardCancellation"], "awards": [{"id": "1"}]},  # the tag says it
        {"tag": ["awardCancellation"]},
        {"tag": ["awardUpdate"], "awards": [{"id": "1", "status": "unsuccessful"}]},
        {"tag": ["awardUpdate"], "awards": [{"id": "1", "status": "Withdrawn"}]},
        {"tag": ["contractUpdate"], "contracts": [{"id": "9", "awardID": "1", "status": "cancelled"}]},
    ],
)
def test_a_cancellation_is_understood_however_it_is_said(tmp_path: Path, update: dict[str, Any]) -> None:
    data, _ = imported(tmp_path, release(), thin(**update))
    assert links(data) == {}


@pytest.mark.parametrize(
    ("update", "end"),
    [
        ({"contracts": [contract(status="terminated")]}, "2025-11-01"),
        ({"contracts": [{"id": "1", "status": "terminated"}]}, "2025-11-01"),
        ({"tag": ["contractTermination"], "contracts": [{"id": "1"}]}, "2025-11-01"),
        ({"tag": ["contractTermination"]}, "2025-11-01"),
        # the day that an amendment of the same release states
        (
            {"contracts": [{"id": "1", "status": "terminated", "amendments": [{"id": "x", "date": "2025-10-15"}]}]},
            "2025-10-15",
        ),
        # it had come to its own end before
        ({"contracts": [{"id": "1", "status": "terminated", "period": {"endDate": "2025-03-31"}}]}, "2025-03-31"),
    ],
)
def test_a_terminated_contract_ends_on_the_day_that_is_said(tmp_path: Path, update: dict[str, Any], end: str) -> None:
    first = release(tag=["award", "contract"], contracts=[contract(amendments=[{"id": "w", "date": "2024-06-01"}])])
    said = thin("b", "2025-11-01", **update)
    later = thin("c", "2026-02-01", contracts=[{"id": "1", "title": "Payroll service"}])  # says nothing new of the end
    data, report = imported(tmp_path, later, said, first)
    assert links(data) == {f"{KENT_ROW}.to-{end}": ("2024-04-01", end, "500000")}
    if end != "2025-03-31":
        assert report.guess_count["contract brought to an end by a notice: it ends on that day"] == 1


def test_a_contract_that_ended_on_a_day_nobody_knows_does_not_run_on(tmp_path: Path) -> None:
    over = release(awards=[award(contractPeriod={})], contracts=[contract(status="terminated", period={})])
    data, report = imported(tmp_path, {**over, "date": "soon"})
    assert links(data) == {}
    assert list(report.skipped) == ["contract at an end, on a day that is not known or before it began"]


def test_a_thin_update_wipes_nothing(tmp_path: Path) -> None:
    update = thin(
        buyer={},
        parties=[],
        awards=[{"id": "1", "status": "active", "title": "", "suppliers": [], "value": {}, "contractPeriod": {}}],
    )
    data, report = imported(tmp_path, update, release())
    assert links(data) == WHOLE
    assert report.read == report.kept == 1


def test_the_newest_value_of_each_field_counts_and_null_takes_one_back(tmp_path: Path) -> None:
    data, _ = imported(
        tmp_path,
        release(),
        thin("b", "2024-05-01", awards=[{"id": "1", "value": {"amount": 620000}}]),
        thin(
            "c",
            "2025-01-01",
            awards=[{"id": "1", "contractPeriod": {"endDate": "2032-03-31"}, "value": {"amount": 640000}}],
        ),
    )
    assert links(data) == {f"{KENT_ROW}.to-2032-03-31": ("2024-04-01", "2032-03-31", "640000")}
    data, _ = imported(
        tmp_path, release(), thin(awards=[{"id": "1", "value": None, "contractPeriod": {"startDate": None}}])
    )
    assert links(data) == {f"{KENT_ROW}.to-2030-03-31": (None, "2030-03-31", None)}


def test_suppliers_are_replaced_whole(tmp_path: Path) -> None:
    data, _ = imported(tmp_path, release(), thin(awards=[{"id": "1", "suppliers": [SORREL]}]))
    assert list(links(data)) == ["kent.supplied-by.sorrel-data.hr-payroll.to-2030-03-31"]


def test_a_compiled_release_counts_where_it_is_newer(tmp_path: Path) -> None:
    newer = release(
        "z", "2025-01-01", tag=["compiled"], awards=[award(contractPeriod={**PERIOD, "endDate": "2031-03-31"})]
    )
    for day, end in (("2024-12-01", "2031-03-31"), ("2025-02-01", "2029-03-31")):
        record = {
            "ocid": "ocds-zzzzzz-001",
            "releases": [thin("y", day, awards=[{"id": "1", "contractPeriod": {"endDate": "2029-03-31"}}])],
            "compiledRelease": newer,
        }
        data, _ = import_file(saved(tmp_path, {"publisher": {"name": "P"}, "records": [record]}))
        assert [row.valid_to for row in data.relations.values()] == [end]


# --------------------------------------------------------------------- who buys


def test_every_buyer_is_connected_and_the_further_ones_are_counted(tmp_path: Path) -> None:
    parties = [party(KENT, "buyer"), party(THANET, "buyer"), party(LARKMEAD, "supplier")]
    data, report = imported(tmp_path, release(parties=parties))
    assert set(links(data)) == {
        f"{KENT_ROW}.to-2030-03-31",
        "thanet.supplied-by.larkmead-payroll.hr-payroll.to-2030-03-31",
    }
    assert report.guesses["further buyer of a notice, connected too"] == ["ocds-zzzzzz-001: Thanet District Council"]
    assert {row.contract_value_gbp for row in data.relations.values()} == {None}  # one value for the two together
    assert report.guess_count["one value for several buyers, left out"] == 2
    assert report.money is not None
    assert (str(report.money.total), str(report.money.kept)) == ("500000", "0")


def test_the_same_buyer_under_two_ids_is_one(tmp_path: Path) -> None:
    again = {"id": "GB-CFS-77", "name": "KENT COUNTY COUNCIL"}
    data, report = imported(tmp_path, release(), thin(buyer=again, parties=[party(again, "buyer")]))
    assert links(data) == WHOLE
    assert "further buyer of a notice, connected too" not in report.guesses


@pytest.mark.parametrize(
    "change",
    [
        {"buyer": {}, "parties": [party(KENT, "procuringEntity"), party(LARKMEAD, "supplier")]},
        {"buyer": None, "parties": [party(LARKMEAD, "supplier")], "tender": {"procuringEntity": KENT}},
        {"buyer": {}, "parties": [party(KENT, "procuringEntity")], "tender": {"procuringEntity": {"id": KENT["id"]}}},
    ],
)
def test_a_procuring_entity_counts_where_there_is_no_buyer(tmp_path: Path, change: dict[str, Any]) -> None:
    data, report = imported(tmp_path, release(**change))
    assert links(data) == WHOLE
    assert report.guess_count["no buyer: the procuring entity counts as it"] == 1


def test_a_procuring_entity_beside_a_buyer_buys_nothing(tmp_path: Path) -> None:
    data, _ = imported(
        tmp_path,
        release(tender={"procuringEntity": THANET}, parties=[party(KENT, "buyer"), party(THANET, "procuringEntity")]),
    )
    assert links(data) == WHOLE


def test_a_contract_may_name_its_own_buyer_and_suppliers(tmp_path: Path) -> None:
    contracts = [contract("1", buyer=THANET, suppliers=[LARKMEAD]), contract("2", buyer=THANET, suppliers=[SORREL])]
    data, _ = imported(tmp_path, release(awards=[award(suppliers=[LARKMEAD, SORREL])], contracts=contracts))
    assert links(data) == {
        f"kent.supplied-by.{name}.hr-payroll.to-2030-03-31": ("2024-04-01", "2030-03-31", "500000")
        for name in ("larkmead-payroll", "sorrel-data")
    }


# -------------------------------------------------------------------- who sells


@pytest.mark.parametrize(
    "change",
    [
        {"awards": [], "contracts": [contract(title="Payroll service", suppliers=[LARKMEAD])]},
        {"awards": None, "contracts": [contract(title="Payroll service")]},  # by the party of that role
        {"awards": [award(suppliers=[])]},
        {"awards": [award(suppliers=[])], "contracts": [contract(suppliers=[LARKMEAD])]},
        {"contracts": [contract(awardID=None)]},  # the only award there is
        {"contracts": [contract(id=7, awardID=1)], "awards": [award(id_=1)]},  # type: ignore[arg-type]
    ],
)
def test_contracts_without_awards_and_awards_without_suppliers(tmp_path: Path, change: dict[str, Any]) -> None:
    data, report = imported(tmp_path, release(**change))
    assert links(data) == WHOLE
    assert report.read == 1


def test_a_supplier_that_could_be_of_either_award_is_not_guessed(tmp_path: Path) -> None:
    data, report = imported(tmp_path, release(awards=[award("1", ()), award("2", ())]))
    assert links(data) == {}
    assert report.skipped_count == {"no supplier": 2}


def test_one_value_and_one_set_of_dates_of_several_lots_belong_to_nobody(tmp_path: Path) -> None:
    """Find a Tender: several lots under one award id, all suppliers, the last lot's title, value and dates."""
    tender = {"title": "Payroll services, lots 1 to 3"}
    said = award(suppliers=[LARKMEAD, SORREL], relatedLots=["1", "2", "3"], title="Lot 3: Pensions")
    data, report = imported(tmp_path, release(awards=[said], tender=tender))
    assert links(data) == {
        "kent.supplied-by.larkmead-payroll.hr-payroll": (None, None, None),
        "kent.supplied-by.sorrel-data.hr-payroll": (None, None, None),
    }
    assert report.guess_count["one set of dates for several lots and suppliers, left blank"] == 2
    assert report.guess_count["one value for several suppliers, left out"] == 2
    assert all("Payroll services, lots 1 to 3" in str(row.note) for row in data.relations.values())


def test_several_awards_under_one_id_stay_several(tmp_path: Path) -> None:
    one = award(
        relatedLots=["1"], contractPeriod={**PERIOD, "endDate": "2028-03-31"}, value={"amount": 100, "currency": "GBP"}
    )
    two = award(suppliers=[SORREL], relatedLots=["2"], value={"amount": 200, "currency": "GBP"})
    expected = {
        f"{KENT_ROW}.to-2028-03-31": ("2024-04-01", "2028-03-31", "100"),
        "kent.supplied-by.sorrel-data.hr-payroll.to-2030-03-31": ("2024-04-01", "2030-03-31", "200"),
    }
    assert links(imported(tmp_path, release(awards=[one, two]))[0]) == expected
    cancelled = thin(awards=[{"id": "1", "relatedLots": ["2"], "status": "cancelled"}])
    assert list(links(imported(tmp_path, release(awards=[two, one]), cancelled)[0])) == [f"{KENT_ROW}.to-2028-03-31"]
    both = thin(awards=[{"id": "1", "status": "cancelled"}])
    assert links(imported(tmp_path, release(awards=[one, two]), both)[0]) == {}


def test_the_dates_of_the_one_lot_that_an_award_is_about(tmp_path: Path) -> None:
    lots = [{"id": "1", "contractPeriod": {**PERIOD, "endDate": "2026-03-31"}}, {"id": "2", "contractPeriod": PERIOD}]
    data, _ = imported(tmp_path, release(tender={"lots": lots}, awards=[award(relatedLots=["1"], contractPeriod={})]))
    assert list(links(data)) == [f"{KENT_ROW}.to-2026-03-31"]


def test_a_framework_of_many_suppliers_names_each_and_gives_its_value_to_none(tmp_path: Path) -> None:
    suppliers = [{"id": f"S{n}", "name": f"Hollow{chr(97 + n % 26)}{n} Systems Ltd"} for n in range(159)]
    data, report = imported(tmp_path, release(awards=[award(suppliers=suppliers)]))
    assert (report.read, len(data.relations)) == (159, 159)
    assert {row.contract_value_gbp for row in data.relations.values()} == {None}
    assert report.money is not None
    assert report.money.left_out == {"one value for several suppliers, left out": 500000}


def test_contracts_that_nobody_can_tell_apart_give_their_suppliers_no_dates_of_another(tmp_path: Path) -> None:
    contracts = [contract("1", period={**PERIOD, "endDate": "2025-03-31"}), contract("2")]
    data, report = imported(
        tmp_path, release(awards=[award(suppliers=[LARKMEAD, SORREL], contractPeriod={})], contracts=contracts)
    )
    assert {row.valid_to for row in data.relations.values()} == {None}
    assert report.guess_count["several contracts for several suppliers: which is whose is not said"] == 2


# ---------------------------------------------------------------- values and dates


@pytest.mark.parametrize(
    ("value", "kept", "said"),
    [
        ('{"amount": 500000, "currency": "EUR"}', None, "value in another currency (EUR), left out"),
        ('{"amount": 1e9999, "currency": "GBP"}', None, "amount that is none, left blank"),
        ('{"amount": NaN, "currency": "GBP"}', None, "amount that is none, left blank"),
        ('{"amount": -5, "currency": "GBP"}', None, "amount that is none, left blank"),
        ('{"amount": true, "currency": "GBP"}', None, "amount that is none, left blank"),
        ('{"amount": ["5"], "currency": "GBP"}', None, "amount that is none, left blank"),
        ('{"amount": 0, "currency": "GBP"}', None, "value of 0, left blank"),
        ('{"amount": "500,000.50", "currency": "GBP"}', "500000.5", ""),
        ('{"amount": 500, "amountGross": 600, "currency": "GBP"}', "500", ""),
        ('{"amount": null, "amountGross": 600, "currency": "GBP"}', "600", "value given with VAT only"),
        ('{"amount": 12}', "12", ""),
        ('"much"', None, ""),
        ("{}", None, ""),
    ],
)
def test_a_value_is_read_for_what_it_is(tmp_path: Path, value: str, kept: str | None, said: str) -> None:
    text = json.dumps(package([release()])).replace(json.dumps(POUNDS), value)
    data, report = import_file(saved(tmp_path, text))
    (row,) = data.relations.values()
    assert (str(row.contract_value_gbp) if row.contract_value_gbp else None, row.valid_to) == (kept, "2030-03-31")
    assert not said or any(place.startswith("ocds-zzzzzz-001 award 1") for place in report.guesses[said])
    assert report.balanced


@pytest.mark.parametrize("text", ["0021-03-31T00:00:00Z", "9999-12-31T23:59:59Z", "not a date", "2026-13-40"])
def test_a_date_that_is_none_is_counted_and_left_blank(tmp_path: Path, text: str) -> None:
    data, report = imported(tmp_path, release(awards=[award(contractPeriod={**PERIOD, "endDate": text})]))
    (row,) = data.relations.values()
    assert (row.valid_from, row.valid_to) == ("2024-04-01", None)
    assert report.guesses["date that is none, left blank"] == [f"ocds-zzzzzz-001 award 1, end: {text!r}"]


def test_a_release_from_the_future_or_of_no_date_overrules_nothing(tmp_path: Path) -> None:
    options = ImportOptions(today=date(2026, 11, 25))
    for day in ("2052-01-01", "0021-01-01", "not a date"):
        wrong = {**thin(awards=[{"id": "1", "contractPeriod": {"endDate": "2040-01-01"}}]), "date": day}
        data, _ = imported(tmp_path, release(), wrong, options=options)
        assert links(data) == WHOLE
        assert data.info.as_of == "2024-03-01"


@pytest.mark.parametrize(
    "change",
    [
        {"awards": "none"}, {"awards": [None, 5, "x"]}, {"parties": {"a": 1}}, {"tag": 7}, {"buyer": "Kent"}, {"id": ["x"]}, {"tender": []},
        {"awards": [{**award(), "suppliers": [{"id": {"x": 1}, "name": 7}]}]}, {"relatedProcesses": [{"relationship": "framework", "title": 3}]},
        {"awards": [award(relatedLots="1", items=[3], documents={"url": 4}, contractPeriod="2024")]}, {"contracts": [contract(awardID=[], period=5, amendments="x")]},
    ],
)  # fmt: skip
def test_what_is_not_of_its_kind_is_passed_over(tmp_path: Path, change: dict[str, Any]) -> None:
    good = {**release(), "ocid": "ocds-zzzzzz-002"}
    data, report = imported(tmp_path, release(**change), good)
    assert f"{KENT_ROW}.to-2030-03-31" in data.relations
    assert report.balanced


# ----------------------------------------------------------------------- evidence


@pytest.mark.parametrize(
    ("ocid", "id_", "address"),
    [
        ("ocds-h6vhtk-04d686", "001340-2025", "https://www.find-tender.service.gov.uk/Notice/001340-2025"),
        ("ocds-b5fd17-e0d4b2ec-d437-468f-82c7-1d751544e9ea", "7522f71d-1b46-41f9-87e7-749c8fe28f96-833009", "https://www.contractsfinder.service.gov.uk/Notice/7522f71d-1b46-41f9-87e7-749c8fe28f96"),
        ("ocds-zzzzzz-001", "a", "https://example.org/notice"),
    ],
)  # fmt: skip
def test_the_notice_is_the_evidence(tmp_path: Path, ocid: str, id_: str, address: str) -> None:
    papers = [
        {"url": "https://example.org/map.pdf"},
        {"documentType": "awardNotice", "url": "https://example.org/notice"},
    ]
    data, _ = imported(tmp_path, {**release(id_, awards=[award(documents=papers)]), "ocid": ocid})
    (item,) = [item for item in data.evidence.values() if item.about is None]
    assert (item.url, item.published, item.publisher, item.licence) == (address, "2024-03-01", "P", "OGL 3")


def test_the_newest_release_that_speaks_of_it_is_cited(tmp_path: Path) -> None:
    update = thin("000002-2025", "2025-02-01", awards=[{"id": "1", "title": "Payroll service"}])
    other = thin("000003-2025", "2025-03-01", tender={"title": "x"})
    releases = [{**one, "ocid": "ocds-h6vhtk-1"} for one in (release("000001-2024"), update, other)]
    data, _ = imported(tmp_path, *releases)
    (item,) = [item for item in data.evidence.values() if item.about is None]
    assert (item.url, item.published) == ("https://www.find-tender.service.gov.uk/Notice/000002-2025", "2025-02-01")


def test_each_package_has_its_own_publisher(tmp_path: Path) -> None:
    one = package([release()])
    two = package([{**release(buyer=THANET, parties=[]), "ocid": "ocds-2"}])
    two["publisher"] = {"name": "Q"}
    for content in (
        json.dumps([one, two]),
        json.dumps(one) + "\n" + json.dumps(two),
        json.dumps({"results": [one, two]}),
    ):
        data, _ = import_file(saved(tmp_path, content))
        said = {
            str(item.claim).split(" awarded")[0]: item.publisher
            for item in data.evidence.values()
            if item.about is None
        }
        assert said == {"Kent County Council": "P", "Thanet District Council": "Q"}


# ------------------------------------------------------------------------- shapes

LIFE = (
    release(tag=["award", "contract"], contracts=[contract()], tender={"title": "Payroll"}),
    thin("b", "2024-05-01", awards=[{"id": "1", "value": {"amount": 620000}}]),
    thin("c", "2025-01-01", contracts=[{"id": "1", "period": {"endDate": "2031-03-31"}, "value": {"amount": 640000}}]),
    {**release("d", "2025-02-01", buyer=THANET, parties=[party(THANET, "buyer"), party(SORREL, "supplier")], awards=[award(suppliers=[SORREL])]), "ocid": "ocds-zzzzzz-002"},
)  # fmt: skip
OF_LIFE = {
    f"{KENT_ROW}.to-2031-03-31": ("2024-04-01", "2031-03-31", "640000"),
    "thanet.supplied-by.sorrel-data.hr-payroll.to-2030-03-31": ("2024-04-01", "2030-03-31", "500000"),
}
RECORDS = [
    {"ocid": "ocds-zzzzzz-001", "releases": list(LIFE[:3])},
    {"ocid": "ocds-zzzzzz-002", "compiledRelease": LIFE[3]},
]

SHAPES: dict[str, str | bytes] = {
    "package": json.dumps(package(LIFE)),
    "publisher last": json.dumps({"releases": LIFE, "publisher": {"name": "P"}}),
    "array": json.dumps(LIFE),
    "lines": "".join(json.dumps(one) + "\n" for one in LIFE),
    "concatenated": "".join(map(json.dumps, LIFE)),
    "packages, one a line": "".join(json.dumps(package([one])) + "\n" for one in LIFE),
    "packages in an array": json.dumps([package(LIFE[:2]), package(LIFE[2:])]),
    "results": json.dumps({"maxPage": 3, "results": [package(LIFE[:1]), package(LIFE[1:])]}),
    "results that are releases": json.dumps({"results": LIFE}),
    "records": json.dumps({"publisher": {"name": "P"}, "records": RECORDS}),
    "records, one a line": "".join(json.dumps(one) + "\n" for one in RECORDS),
    "records and releases mixed": json.dumps([RECORDS[0], LIFE[3]]),
    "the same release twice": json.dumps(package([*LIFE, LIFE[1], LIFE[3]])),
    "metadata between": "".join(
        json.dumps(one) + "\n" for one in (package([]), package(LIFE), {"uri": "x", "publisher": {"name": "E"}})
    ),
    "a mark at the start": b"\xef\xbb\xbf" + json.dumps(package(LIFE)).encode(),
    "utf-16": json.dumps(package(LIFE)).encode("utf-16"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_says_the_same(tmp_path: Path, shape: str) -> None:
    content = SHAPES[shape]
    file = tmp_path / "notices.json"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    assert detect(file).name == "ocds"
    data, report = import_file(file)
    assert links(data) == OF_LIFE
    assert (report.read, report.kept, report.balanced) == (2, 2, True)
    if shape == "the same release twice":
        assert "Releases that came more than once, and count once: 2." in report.notes
    if shape == "metadata between":
        assert "Packages without releases, only with what they say of themselves: 2." in report.notes


def test_the_releases_of_a_process_come_together_out_of_several_files(tmp_path: Path) -> None:
    room = tmp_path / "pages"
    (room / "2025").mkdir(parents=True)
    for number, one in enumerate(LIFE):
        where = room / "2025" if number % 2 else room
        (where / f"page{9 - number}.json.gz").write_bytes(gzip.compress(json.dumps(package([one])).encode()))
    data, report = import_file(room)
    assert links(data) == OF_LIFE
    assert set(report.files.values()) == {"ocds"}


def test_a_record_that_only_links_to_its_releases_is_counted(tmp_path: Path) -> None:
    links_ = [{"url": f"https://example.org/{n}", "date": "2024-03-01T00:00:00Z", "tag": ["award"]} for n in (1, 2)]
    linked = {"ocid": "ocds-zzzzzz-003", "releases": links_}
    data, report = import_file(saved(tmp_path, {"publisher": {"name": "P"}, "records": [linked, RECORDS[1]]}))
    assert report.skipped_count == {"a link to a release, not the release itself": 2}
    assert len(data.relations) == 1


def test_letters_that_are_not_utf_8_are_read_as_what_they_are_and_told(tmp_path: Path) -> None:
    mixed = {**LARKMEAD, "name": "Larkméad Payroll Ltd"}
    text = json.dumps(
        package([release(awards=[award(suppliers=[mixed], title="Payroll service \u2013 £")], parties=[])]),
        ensure_ascii=False,
    )
    before, after = text.split("Payroll service", 1)
    file = tmp_path / "a.json"
    file.write_bytes(before.encode() + b"Payroll service" + after.encode("cp1252"))
    data, report = import_file(file)
    (row,) = data.relations.values()
    assert "Payroll service \u2013 £" in str(row.note)
    assert data.entities[row.provider].name == "Larkméad Payroll Ltd"
    assert report.notes.count("3 letters are not UTF-8; they were read as Windows-1252.") == 1


@pytest.mark.parametrize("chunk", [1, 3, 64])
def test_letters_are_read_the_same_however_the_file_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(json_objects, "_CHUNK", chunk)
    file = tmp_path / "a.json"
    file.write_bytes('{"a": "é€\U0001f600 '.encode() + b"\xe9\x80 \xff\xe2\x82" + b'"}')
    repaired: list[int] = []
    found = list(json_objects.objects(file, frozenset(), repaired))
    assert found == [("", {"a": "é€\U0001f600 é€ ÿâ\u201a"})]
    assert repaired == [5]


# ------------------------------------------------------------------------- tables


def flat(value: Any, path: str = "") -> dict[str, str]:
    if isinstance(value, dict):
        return {
            key: text
            for name, inner in value.items()
            for key, text in flat(inner, f"{path}/{name}" if path else name).items()
        }
    if isinstance(value, list):
        return {key: text for place, inner in enumerate(value) for key, text in flat(inner, f"{path}/{place}").items()}
    return {path: "" if value is None else str(value)}


def as_csv(rows: Sequence[dict[str, str]], delimiter: str = ",") -> str:
    header = list(dict.fromkeys(key for row in rows for key in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, header, delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def one_table(prefix: str) -> dict[str, str]:
    """As flatten-tool, and the daily CSV of Contracts Finder, write it."""
    around = {"uri": "https://example.org/p", "publisher/name": "P", "license": "OGL 3"} if "/" in prefix else {}
    return {
        "releases.csv": as_csv([{**around, **{prefix + key: text for key, text in flat(one).items()}} for one in LIFE])
    }


def tables_with_paths() -> dict[str, str]:
    """Several tables joined by ocid and id: lists of words in one cell, every item the first of its list."""
    tables: dict[str, list[dict[str, str]]] = {
        name: [] for name in ("releases", "awards", "awa_suppliers", "contracts", "parties")
    }
    for one in LIFE:
        key = {"ocid": one["ocid"], "id": one["id"]}
        rest = {name: value for name, value in one.items() if name not in {"awards", "contracts", "parties", "tag"}}
        tables["releases"].append({**flat(rest), "tag": ";".join(one["tag"])})
        for name in ("awards", "contracts", "parties"):
            for item in one.get(name, ()):
                bare = {field: value for field, value in item.items() if field not in {"suppliers", "roles"}}
                roles = {f"{name}/0/roles": ";".join(item["roles"])} if "roles" in item else {}
                tables[name].append({**key, **flat([bare], name), **roles})
                for supplier in item.get("suppliers", ()):
                    tables["awa_suppliers"].append(
                        {**key, "awards/0/id": item["id"], **flat([supplier], "awards/0/suppliers")}
                    )
    return {f"{name}.csv": as_csv(rows) for name, rows in tables.items()}


def joined_tables() -> dict[str, str]:
    """As the Open Contracting Data Registry gives them out: joined by `_link`."""
    tables: dict[str, list[dict[str, str]]] = {
        name: []
        for name in (
            "main",
            "awards",
            "awards_suppliers",
            "contracts",
            "parties",
            "parties_additionalIdentifiers",
            "tender_items",
        )
    }
    for number, one in enumerate(LIFE):
        rest = {name: value for name, value in one.items() if name not in {"awards", "contracts", "parties", "tag"}}
        named = {key.replace("/", "_"): text for key, text in flat(rest).items()}
        tables["main"].append({"_link": str(number), **named, "tag": ",".join(one["tag"])})
        tables["tender_items"].append({"_link": f"{number}.i.0", "_link_main": str(number), "quantity": "1"})
        for name in ("awards", "contracts", "parties"):
            for place, item in enumerate(one.get(name, ())):
                link = f"{number}.{name}.{place}"
                bare = {field: value for field, value in item.items() if field not in {"suppliers", "roles"}}
                cells = {key.replace("/", "_"): text for key, text in flat(bare).items()}
                roles = {"roles": ",".join(item["roles"])} if "roles" in item else {}
                tables[name].append({"_link": link, "_link_main": str(number), **cells, **roles})
                for at, supplier in enumerate(item.get("suppliers", ())):
                    tables["awards_suppliers"].append(
                        {"_link": f"{link}.suppliers.{at}", "_link_main": str(number), "_link_awards": link, **supplier}
                    )
    return {f"{name}.csv": as_csv(rows) for name, rows in tables.items() if rows}


def alone(where: Path, tables: dict[str, str]) -> Path:
    ((name, text),) = tables.items()
    return saved(where, text, name)


def in_a_folder(where: Path, tables: dict[str, str]) -> Path:
    (where / "csv").mkdir()
    for name, text in tables.items():
        saved(where / "csv", text, name)
    return where / "csv"


def in_a_tar(where: Path, tables: dict[str, str]) -> Path:
    with tarfile.open(where / "full.csv.tar.gz", "w:gz") as archive:
        for name, text in tables.items():
            member = tarfile.TarInfo(f"contracts_finder/{name}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return where / "full.csv.tar.gz"


def in_a_workbook(where: Path, tables: dict[str, str]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, text in tables.items():
        sheet = book.create_sheet(name.removesuffix(".csv"))
        for row in csv.reader(io.StringIO(text)):
            sheet.append(row)
    book.save(where / "releases.xlsx")
    return where / "releases.xlsx"


TABLES: dict[str, tuple[Callable[[], dict[str, str]], Callable[[Path, dict[str, str]], Path]]] = {
    "paths in one table": (lambda: one_table(""), alone),
    "paths of a package in one table": (lambda: one_table("releases/0/"), alone),
    "paths of a record in one table": (lambda: one_table("compiledRelease/"), alone),
    "tables with paths": (tables_with_paths, in_a_folder),
    "tables with paths in a workbook": (tables_with_paths, in_a_workbook),
    "tables joined by links": (joined_tables, in_a_folder),
    "tables joined by links in a tar": (joined_tables, in_a_tar),
    "tables joined by links in a workbook": (joined_tables, in_a_workbook),
}


@pytest.mark.parametrize("make", TABLES)
def test_tables_made_of_releases_say_what_the_releases_say(tmp_path: Path, make: str) -> None:
    tables, hold = TABLES[make]
    path = hold(tmp_path, tables())
    assert detect(path).name == "ocds"
    data, report = import_file(path)
    assert links(data) == OF_LIFE
    assert (report.read, report.kept, report.balanced) == (2, 2, True)
    assert data.entities["supplier:larkmead-payroll"].company_number == "07654321"
    if "links" in make:
        assert any("tender_items" in note for note in report.notes)


def test_two_years_of_joined_tables_do_not_mix(tmp_path: Path) -> None:
    tables = joined_tables()
    other = {
        name: text.replace("ocds-zzzzzz-00", "ocds-yyyyyy-00").replace("Thanet", "Dover")
        for name, text in tables.items()
    }
    for year, files in (("2024", tables), ("2025", other)):
        (tmp_path / "csv" / year).mkdir(parents=True)
        for name, text in files.items():
            saved(tmp_path / "csv" / year, text, name)
    data, report = import_file(tmp_path / "csv")
    assert report.read == report.kept == 4
    assert {row.dependent for row in data.relations.values()} == {
        "authority:kent",
        "authority:thanet",
        "authority:dover",
    }


def test_a_row_of_a_table_that_belongs_to_no_process_is_counted(tmp_path: Path) -> None:
    rows = [{"ocid": "", "id": "x", "awards/0/id": "1"}, {"ocid": "", "id": "y", "awards/0/id": "1"}]
    with_good = as_csv([*[flat(one) for one in LIFE], *rows])
    _, report = import_file(saved(tmp_path, with_good, "releases.csv"))
    assert report.skipped_count == {"no ocid: no release": 2}


# --------------------------------------------------------------------- properties


def stated(where: Path, files: Sequence[Sequence[Release]]) -> tuple[list[Purchase], dict[str, Any]]:
    sources = []
    for number, releases in enumerate(files):
        sources.append(SourceFile(saved(where, package(releases), f"{number}.json"), f"{number}.json"))
    statements = Statements(ImportReport("a", "ocds"), ImportOptions(today=date(2026, 11, 25)))
    OCDS.read(sources, statements)
    return list(statements.purchases), statements.report.to_dict()


_DAYS = st.sampled_from(["2024-03-01", "2024-05-01", "2025-01-01"])
_STATUS = st.sampled_from(["active", "cancelled", "pending", None])
_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "status": _STATUS,
    "title": st.sampled_from(["Payroll service", "Bins", "", None]),
    "suppliers": st.lists(st.sampled_from([LARKMEAD, SORREL, {"id": "S1"}]), max_size=2),
    "value": st.fixed_dictionaries({}, optional={"amount": st.sampled_from([1, 2.5, None, "x"]), "currency": st.sampled_from(["GBP", "EUR"])}),
    "contractPeriod": st.fixed_dictionaries({}, optional={"startDate": st.sampled_from(["2024-04-01", "x"]), "endDate": st.just("2030-03-31")}),
    "relatedLots": st.lists(st.sampled_from(["1", "2"]), max_size=2, unique=True),
}  # fmt: skip
_AWARD = st.builds(
    lambda id_, said: {"id": id_, **said}, st.sampled_from(["1", "2"]), st.fixed_dictionaries({}, optional=_FIELDS)
)
_CONTRACT = st.builds(
    lambda id_, said: {"id": id_, **said},
    st.sampled_from(["1", "2"]),
    st.fixed_dictionaries({}, optional={"awardID": st.sampled_from(["1", "2", "3"]), "status": st.sampled_from(["active", "terminated", "cancelled"]), "suppliers": _FIELDS["suppliers"], "period": _FIELDS["contractPeriod"]}),
)  # fmt: skip
_RELEASE = st.builds(
    lambda ocid, id_, day, said: {"ocid": ocid, "id": id_, "date": f"{day}T10:00:00Z", **said},
    st.sampled_from(["ocds-1", "ocds-2"]),
    st.sampled_from(["a", "b", "c"]),
    _DAYS,
    st.fixed_dictionaries(
        {},
        optional={
            "tag": st.lists(st.sampled_from(["award", "awardCancellation", "contractTermination"]), max_size=2),
            "buyer": st.sampled_from([KENT, THANET, {}]),
            "parties": st.lists(st.sampled_from([party(KENT, "buyer"), party(THANET, "buyer"), party(LARKMEAD, "supplier"), party(SORREL, "supplier", "buyer")]), max_size=3),
            "awards": st.lists(_AWARD, max_size=2),
            "contracts": st.lists(_CONTRACT, max_size=2),
        },
    ),
)  # fmt: skip
_QUICK = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_QUICK
@given(releases=st.lists(_RELEASE, max_size=6), seed=st.integers(0, 1000), files=st.integers(1, 3))
def test_the_order_of_releases_and_of_files_plays_no_part(
    tmp_path: Path, releases: list[Release], seed: int, files: int
) -> None:
    expected, said = stated(tmp_path, [releases])
    mixed = deepcopy(releases)
    random.Random(seed).shuffle(mixed)  # noqa: S311 - nothing to guess
    found, other = stated(tmp_path, [mixed[start::files] for start in range(files)])
    assert found == expected
    assert {**other, "notes": []} == {**said, "notes": []}


@_QUICK
@given(releases=st.lists(_RELEASE, min_size=1, max_size=4), which=st.integers(0, 3), seed=st.integers(0, 1000))
def test_a_release_split_into_two_says_the_same(tmp_path: Path, releases: list[Release], which: int, seed: int) -> None:
    """Each field of a release, and of its awards and contracts, stands in one of two parts of the same day."""
    for number, one in enumerate(releases):  # one release a day, awards and contracts apart by id
        one["date"] = f"2024-0{number + 1}-01T00:00:00Z"
        one["id"] = f"{number}"
        for name in ("awards", "contracts"):
            if one.get(name):
                one[name] = list({item["id"]: item for item in one[name]}.values())
        one.pop("tag", None)
    chance = random.Random(seed)  # noqa: S311 - nothing to guess
    place = which % len(releases)
    whole = releases[place]
    halves: tuple[Release, Release] = ({}, {})
    for half in halves:
        half.update(ocid=whole["ocid"], id=whole["id"], date=whole["date"])
    for key, value in whole.items():
        if key in {"ocid", "id", "date"}:
            continue
        if key not in {"awards", "contracts"}:
            chance.choice(halves)[key] = value
            continue
        for half in halves:
            half[key] = []
        for item in value:
            parts: tuple[Release, Release] = ({"id": item["id"]}, {"id": item["id"]})
            for field, said in item.items():
                chance.choice(parts)[field] = said
            for half, part in zip(halves, parts, strict=True):
                half[key].append(part)
    expected, _ = stated(tmp_path, [releases])
    found, _ = stated(tmp_path, [[*releases[:place], *halves, *releases[place + 1 :]]])
    assert found == expected


# ------------------------------------------------------------------------ the docs


def shown(page: str, language: str) -> str:
    """The first block of a language on a page of the docs."""
    text = (Path(__file__).parents[1] / "docs" / "import" / page).read_text(encoding="utf-8")
    return text.partition(f"```{language}\n")[2].partition("```")[0]


def test_the_example_of_the_docs_is_read_as_they_say(tmp_path: Path) -> None:
    data, report = import_file(saved(tmp_path, shown("ocds.md", "json"), "notices.jsonl"))
    assert links(data) == {
        f"{KENT_ROW}.to-2025-11-01": ("2024-04-01", "2025-11-01", "620000"),
        "dover.supplied-by.larkmead-payroll": (None, None, None),
        "thanet.supplied-by.larkmead-payroll": (None, None, None),
    }
    assert report.skipped_count == {"award or contract cancelled, unsuccessful or only planned": 1}


def test_the_example_of_a_search_in_contracts_finder_is_read_as_the_docs_say(tmp_path: Path) -> None:
    file = saved(tmp_path, shown("contracts-finder.md", "csv"), "notices.csv")
    assert detect(file).name == "contracts-finder"
    data, report = import_file(file)
    assert {(row.dependent, row.provider) for row in data.relations.values()} == {
        ("authority:dover", "supplier:larkmead-payroll"),
        ("authority:thanet", "supplier:quill"),
        ("authority:thanet", "supplier:nib-and-co"),
    }
    assert report.skipped_count == {
        "withdrawn or cancelled": 1,
        "no supplier": 1,
        "buyer is not in the register of authorities (--buyers all takes it)": 1,
    }


@pytest.mark.parametrize("order", [1, -1])
def test_a_notice_of_one_file_ends_what_one_of_another_began(tmp_path: Path, order: int) -> None:
    update = thin(tag=["awardCancellation"], awards=[{"id": "1", "status": "cancelled"}])
    files = [saved(tmp_path, package([one]), f"{one['id']}.json") for one in (release(), update)][::order]
    (group,) = read_together(files)
    data, report = import_file(group)
    assert links(data) == {}
    assert report.source == "a.json, b.json"


@pytest.mark.parametrize(
    ("period", "end"),
    [
        ({"startDate": "2024-04-01", "durationInDays": 366}, "2025-04-01"),
        ({"startDate": "2024-04-01", "durationInDays": 366, "endDate": "2026-03-31"}, "2026-03-31"),
        ({"durationInDays": 366}, None),  # of what day on, nobody says
        ({"startDate": "2024-04-01", "durationInDays": "many"}, None),
        ({"startDate": "2024-04-01", "durationInDays": 10**9}, None),
    ],
)
def test_an_end_is_reckoned_only_where_a_period_has_a_start_and_a_length(
    tmp_path: Path, period: dict[str, Any], end: str | None
) -> None:
    data, _ = imported(tmp_path, release(awards=[award(contractPeriod=period)]))
    assert [row.valid_to for row in data.relations.values()] == [end]
