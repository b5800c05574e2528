"""Forms that nobody here had tried: ends of a contract that the standard knows, versioned records, dissolved owners."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from riskgraph.data import Dataset
from riskgraph.errors import RiskGraphError
from riskgraph.importers import ImportOptions, ImportReport, import_file
from riskgraph.render.import_report import nothing_kept

KENT = {"id": "1", "name": "Kent County Council"}
LARKMEAD, SORREL = {"id": "2", "name": "Larkmead Payroll Ltd"}, {"id": "3", "name": "Sorrel Data Ltd"}
PERIOD = {"startDate": "2024-04-01T00:00:00Z", "endDate": "2030-03-31T23:59:59Z"}
RUNS = ("2024-04-01", "2030-03-31")


def made(path: Path, content: Any, name: str = "file.json") -> tuple[Dataset, ImportReport]:
    (path / name).write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return import_file(path / name, ImportOptions())


def award(id_: str = "1", **more: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "status": "active",
        "title": "Payroll",
        "suppliers": [LARKMEAD],
        "contractPeriod": PERIOD,
        **more,
    }


def release(id_: str = "a", day: str = "2024-03-01", **more: Any) -> dict[str, Any]:
    return {"ocid": "ocds-1", "id": id_, "date": f"{day}T09:00:00Z", **more}


def signed(**more: Any) -> dict[str, Any]:
    return {"id": "7", "awardID": "1", "status": "active", "period": PERIOD, **more}


def later(**more: Any) -> dict[str, Any]:
    return release("b", "2025-06-01", **more)


ENDS: dict[str, tuple[dict[str, Any], str | None]] = {
    "a termination of the one award, no contract known": (later(tag=["contractTermination"]), "2025-06-01"),
    "an award that is terminated": (later(awards=[{"id": "1", "status": "terminated"}]), "2025-06-01"),
    "an award that is complete is no contract at its end": (later(awards=[{"id": "1", "status": "complete"}]), RUNS[1]),
    "an old amendment with its date": (
        later(contracts=[signed(status="terminated", amendment={"date": "2025-02-01", "changes": []})]),
        "2025-02-01",
    ),
    "completed on a day": (later(contracts=[signed(completion={"endDate": "2025-05-31"})]), "2025-05-31"),
    "a final status": (later(contracts=[signed(implementation={"finalStatus": "cancelled"})]), "2025-06-01"),
    "a tender that is called off": (later(tag=["tenderCancellation"], tender={"status": "cancelled"}), None),
    "a tender that is called off, by its status alone": (later(tender={"status": "withdrawn"}), None),
    "some lots of a tender called off": (
        later(tag=["tenderCancellation"], tender={"lots": [{"id": "1", "status": "active"}, {"id": "2", "status": "cancelled"}]}),
        RUNS[1],
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", ENDS)
def test_a_contract_ends_in_each_way_that_notices_have(how: str, tmp_path: Path) -> None:
    second, end = ENDS[how]
    other = release("x", buyer=KENT, awards=[award(suppliers=[SORREL])]) | {"ocid": "ocds-2"}
    data, report = made(tmp_path, {"releases": [release(buyer=KENT, awards=[award()]), second, other]})
    found = {row.provider: (row.valid_from, row.valid_to) for row in data.relations.values()}
    assert found.pop("supplier:sorrel-data") == RUNS
    assert found == ({"supplier:larkmead-payroll": (RUNS[0], end)} if end else {})
    assert report.skipped_count == ({} if end else {"the tender was called off": 1})


def test_an_award_that_the_cancelling_notice_calls_active_is_kept_and_told(tmp_path: Path) -> None:
    both = release(buyer=KENT, awards=[award()], tender={"status": "cancelled"})
    data, report = made(tmp_path, both)
    assert len(data.relations) == 1
    assert "the tender is said to be called off, the award to be active: kept" in report.guess_count


@pytest.mark.parametrize("tag", ["awardCancellation", "contractTermination"])
def test_an_end_of_nobody_knows_what_is_told(tag: str, tmp_path: Path) -> None:
    awards = [award("1"), award("2", suppliers=[SORREL])]
    data, report = made(tmp_path, [release(buyer=KENT, awards=awards), later(tag=[tag])])
    assert len(data.relations) == 2
    assert report.guess_count["ended by a notice that does not say which award or contract"] == 1


def test_a_status_that_the_standard_does_not_have_is_told(tmp_path: Path) -> None:
    _, report = made(tmp_path, release(buyer=KENT, awards=[award(status="revoked")]))
    assert report.guess_count["a status that the standard does not have (revoked), taken as in force"] == 1


def test_a_record_with_only_a_versioned_release_is_all_of_its_releases(tmp_path: Path) -> None:
    def said(*values: tuple[str, str, Any]) -> list[dict[str, Any]]:
        return [{"releaseID": id_, "releaseDate": day, "releaseTag": [], "value": value} for id_, day, value in values]

    whole = {
        "ocid": "ocds-1",
        "buyer": {"name": said(("a", "2024-03-01", "Kent County Council"))},
        "awards": [{"id": "1", "status": said(("a", "2024-03-01", "active")), "suppliers": said(("a", "2024-03-01", [LARKMEAD]))}],
        "contracts": [
            {
                "id": "7",
                "awardID": said(("a", "2024-03-01", "1")),
                "status": said(("b", "2025-06-01", "terminated"), ("a", "2024-03-01", "active")),
                "period": {"endDate": said(("a", "2024-03-01", "2030-03-31"))},
            }
        ],
    }  # fmt: skip
    data, _ = made(
        tmp_path, {"version": "1.1", "publisher": {}, "records": [{"ocid": "ocds-1", "versionedRelease": whole}]}
    )
    assert [(row.provider, row.valid_to) for row in data.relations.values()] == [
        ("supplier:larkmead-payroll", "2025-06-01")
    ]


def test_notices_of_what_is_not_awarded_yet_are_named_so(tmp_path: Path) -> None:
    with pytest.raises(RiskGraphError, match=r"Processes without an award or a contract \(plans, tenders\).*: 1"):
        made(tmp_path, release(buyer=KENT, planning={"rationale": "soon"}))


@pytest.mark.parametrize("content", ["", "\n", "[]", "{}"])
def test_an_empty_file_is_called_empty(content: str, tmp_path: Path) -> None:
    with pytest.raises(RiskGraphError, match=r"file\.json is empty"):
        made(tmp_path, content)


def entity(id_: str, name: str, **more: Any) -> dict[str, Any]:
    return {"statementId": f"s{id_}", "recordId": id_, "recordType": "entity", "recordDetails": {"name": name, **more}}


def owns(id_: str, company: str, owner: str, **interest: Any) -> dict[str, Any]:
    details = {"subject": company, "interestedParty": owner, "interests": [{"type": "shareholding", **interest}]}
    return {"statementId": id_, "recordId": f"r{id_}", "recordType": "relationship", "statementDate": "2022-01-10", "recordDetails": details}  # fmt: skip


@pytest.mark.parametrize(
    "last",
    [
        {**entity("top", "Top plc", dissolutionDate="2023-02-02"), "statementId": "z", "recordStatus": "updated"},
        {**entity("top", "Top plc"), "statementId": "z", "recordStatus": "closed", "statementDate": "2023-02-02"},
    ],
    ids=["dissolved", "closed"],
)
def test_who_is_dissolved_owns_no_more(last: dict[str, Any], tmp_path: Path) -> None:
    data, report = made(
        tmp_path, [entity("a", "Larkmead Systems Ltd"), entity("top", "Top plc"), last, owns("1", "a", "top")]
    )
    assert [row.valid_to for row in data.relations.values()] == ["2023-02-02"]
    assert report.guess_count["owner or company dissolved or closed: it ends on that day"] == 1


@pytest.mark.parametrize("word", ["directOrIndirect", "interestLevel"])
def test_a_holding_that_calls_itself_indirect_is_no_second_owner(word: str, tmp_path: Path) -> None:
    bodies = [entity("a", "Aye Systems Ltd"), entity("b", "Bee Ltd"), entity("c", "Cee plc")]
    links = [owns("1", "a", "b"), owns("2", "b", "c"), owns("3", "a", "c", **{word: "indirect"})]
    data, report = made(tmp_path, [*bodies, *links])
    assert {(row.dependent, row.provider) for row in data.relations.values()} == {
        ("supplier:aye-systems", "supplier:bee"),
        ("supplier:bee", "supplier:cee"),
    }
    assert report.skipped_count["held through others: the holdings between are in the file"] == 1


def test_the_label_of_a_link_of_gephi_is_its_word(tmp_path: Path) -> None:
    graph = (
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><key attr.name="label" attr.type="string" for="node" id="l"/>'
        '<key attr.name="Edge Label" attr.type="string" for="edge" id="e"/><graph edgedefault="directed">'
        '<node id="0"><data key="l">Larkmead Systems Ltd</data></node><node id="1"><data key="l">Civica</data></node>'
        '<edge source="0" target="1"><data key="e">owned by</data></edge></graph></graphml>'
    )
    data, _ = made(tmp_path, graph, "gephi.graphml")
    assert [row.relation for row in data.relations.values()] == ["owned-by"]


def test_columns_are_only_spoken_of_where_there_are_columns(tmp_path: Path) -> None:
    bill = {"bomFormat": "CycloneDX", "specVersion": "1.7", "metadata": {"component": {"name": "Thanet District Council"}}, "components": [{"type": "library", "name": "left-pad"}]}  # fmt: skip
    _, report = made(tmp_path, bill)
    assert "--columns" not in nothing_kept([report])[1]
