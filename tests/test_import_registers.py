"""Registers as their publishers make them: DORA's tables, CycloneDX bills, ownership statements."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import pytest

from riskgraph.assets import shipped_rows
from riskgraph.data import Dataset
from riskgraph.errors import DataError, RiskGraphError
from riskgraph.importers import ImportOptions, ImportReport, detect, import_file
from riskgraph.vocabulary import headers

Table = Sequence[Sequence[object]]
US, THEM, TOP = "213800ABCDEFGHIJKL12", "529900AAAAAAAAAAAA11", "549300BBBBBBBBBBBB22"


def book(path: Path, sheets: Mapping[str, Table], name: str = "register.xlsx") -> Path:
    file = openpyxl.Workbook()
    file.remove(file.worksheets[0])
    for title, rows in sheets.items():
        sheet = file.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    file.save(path / name)
    return path / name


def plain(path: Path, tables: Mapping[str, Table]) -> Path:
    """The tables as files of plain CSV in a folder."""
    for name, rows in tables.items():
        file = path / f"{name}.csv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(",".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")
    return path


def saved(path: Path, content: object, name: str = "file.json") -> Path:
    text = content if isinstance(content, str) else json.dumps(content)
    (path / name).write_text(text, encoding="utf-8")
    return path / name


def taken(path: Path, **said: Any) -> tuple[Dataset, ImportReport]:
    data, report = import_file(path, ImportOptions(**said))
    assert report.balanced, report.to_dict()
    return data, report


# DORA


def labelled(table: str, codes: Sequence[str], labels: Sequence[str], *rows: Sequence[object]) -> Table:
    """A sheet as the trial has it: a title, the codes in the second column, a row of labels under them."""
    head = [[], ["", f"Template {table}"], [], ["", *(f"{table}.{code}" for code in codes)], ["", *labels]]
    return [*head, *(["", *row] for row in rows)]


def trial() -> dict[str, Table]:
    return {
        "b_01.01": labelled("b_01.01", ["0010", "0020"], ["LEI", "Name of the entity"], [US, "Salford City Council"]),
        "b_02.01": labelled("b_02.01", ["0010", "0040", "0050"], ["Reference number", "Currency", "Annual expense"], ["CON-1", "eba_CU:GBP", "125000"]),
        "b_02.02": labelled(
            "b_02.02",
            ["0010", "0020", "0030", "0050", "0060", "0070", "0080", "0100", "0140"],
            ["Reference number", "LEI of the user", "Code of the provider", "Function identifier", "Type of ICT service", "Start date", "End date", "Notice period", "Storage of data"],
            ["CON-1", US, THEM, "F1", "eba_TA:S19", "2024-04-01", "2027-03-31", "90", "Yes"],
        ),
        "b_05.01": labelled("b_05.01", ["0010", "0050", "0110"], ["Code of the provider", "Legal name", "Code of the parent"], [THEM, "Cloudmere Hosting Ltd", THEM]),
        "b_06.01": labelled("b_06.01", ["0010", "0030"], ["Function identifier", "Function name"], ["F1", "Revenues and benefits"]),
    }  # fmt: skip


def test_a_row_of_labels_is_no_data_and_the_user_has_a_name(tmp_path: Path) -> None:
    data, report = taken(book(tmp_path, trial()))
    assert {e.name for e in data.entities.values()} == {
        "Salford City Council", "Cloudmere Hosting Ltd", "Revenues and benefits",
    }  # fmt: skip
    row = data.relations["salford.uses.cloudmere-hosting-revenues-and-benefits.revenues-benefits"]
    assert (row.contract_reference, str(row.annual_value_gbp), row.contract_end) == ("CON-1", "125000", "2027-03-31")
    assert (row.valid_from, row.notice_days, row.hosting) == ("2024-04-01", 90, "supplier")
    assert "salford.supplied-by.cloudmere-hosting.revenues-benefits.access-data" in data.relations
    assert (report.read, report.kept) == (1, 1)
    assert not report.unmatched_councils


STANDARD = [(row["table"], row["code"], row["label"], row["type"]) for row in shipped_rows("importing", "dora.csv")]
TYPES = {"lei": "Alphanumerical", "code": "Alphanumerical", "text": "Alphanumerical", "date": "Date", "number": "Natural number", "set": "Closed set of options", "country": "Country", "currency": "Currency"}  # fmt: skip


def official(codes: bool = True, labels: bool = True, types: bool = True) -> dict[str, Table]:
    """The empty workbook: each table with labels over the codes and the types under them."""
    sheets: dict[str, Table] = {}
    for table in sorted({name for name, *_ in STANDARD}):
        columns = [(code, label, type_) for name, code, label, type_ in STANDARD if name == table]
        head = [[f"{table} Some title of the table"]]
        head += [[label for _, label, _ in columns]] if labels else []
        head += [[f"{table}.{code}" for code, _, _ in columns]] if codes else []
        head += [[TYPES[type_] for *_, type_ in columns]] if types else []
        sheets[table.replace("B_", "RT.")] = head
    return {**sheets, "Dropdown lists": [["Yes"], ["No"]]}


@pytest.mark.parametrize("turned_off", ["codes", "labels", "types", "none"])
def test_an_empty_template_yields_nothing_and_says_so(tmp_path: Path, turned_off: str) -> None:
    file = book(tmp_path, official(**({} if turned_off == "none" else {turned_off: False})))
    assert detect(file).name == "dora"
    with pytest.raises(RiskGraphError, match="holds no rows"):
        import_file(file)


def test_a_row_of_labels_in_another_language_is_no_data(tmp_path: Path) -> None:
    tables = {
        "B_02.02": [
            ["c0010", "c0020", "c0030", "c0060", "c0070"],
            ["Référence", "LEI de l'utilisateur", "Code du prestataire", "Type de service TIC", "Date de début"],
            ["CT-7", "Dover", "K1", "S19", "2024-04-01"],
        ],
        "B_05.01": [["c0010", "c0050"], ["Identifiant", "Raison sociale"], ["K1", "Kerbside Digital"]],
    }
    data, report = taken(book(tmp_path, tables))
    assert set(data.relations) == {"dover.supplied-by.kerbside-digital"}
    assert report.read == 1


def test_columns_by_their_labels_alone_are_known(tmp_path: Path) -> None:
    tables = official(codes=False, types=False)
    line = {"0010": "C1", "0020": "Dover District Council", "0030": "K1", "0060": "S19", "0070": "2024-04-01"}
    rows = list(tables["RT.02.02"])
    rows.append([line.get(code, "") for name, code, *_ in STANDARD if name == "B_02.02"])
    data, report = taken(book(tmp_path, {**tables, "RT.02.02": rows}))
    assert set(data.relations) == {"dover.supplied-by.k1"}
    assert "code of a provider that no table names, taken as its name" in report.guesses


def package() -> dict[str, Table]:
    """Reporting in plain CSV, with everything that the map takes."""
    return {
        "reports/parameters": [["name", "value"], ["entityID", f"lei:{US}.CON"], ["refPeriod", "2025-03-31"], ["baseCurrency", "iso4217:GBP"]],
        "reports/FilingIndicators": [["templateID", "reported"], ["B_01.01", "true"], ["B_02.02", "true"], ["B_03.03", "true"], ["B_04.01", "false"]],
        "reports/b_01.01": [["c0010", "c0020", "c0030", "c0060"], [US, "Dover District Council", "eba_GA:GB", "2025-04-30"]],
        "reports/b_01.02": [["c0010", "c0020"], [US, "Dover District Council"], ["213800DDDDDDDDDDDD44", "Thanet District Council"]],
        "reports/b_01.03": [["c0010", "c0020", "c0030"], ["BR-1", US, "Deal area office"]],
        "reports/b_02.01": [
            ["c0010", "c0020", "c0030", "c0040", "c0050"],
            ["C1", "eba_CO:x3", "RM1", "eba_CU:GBP", "120000"],
            ["C2", "eba_CO:x1", "", "eba_CU:EUR", "9000"],
            ["C3", "eba_CO:x1", "Not applicable", "eba_CU:GBP", "700"],
            ["RM1", "eba_CO:x2", "", "", ""],
        ],
        "reports/b_02.02": [
            ["c0010", "c0020", "c0030", "c0050", "c0060", "c0070", "c0080", "c0090", "c0100", "c0140", "c0150", "c0170", "c0180"],
            ["C1", US, THEM, "F1", "eba_TA:S19", "2024-04-01", "9999-12-31", "", "90", "eba_BT:x28", "eba_GA:IE", "eba_ZZ:x793", "eba_ZZ:x797"],
            ["C2", US, "12345678", "F2", "eba_TA:S03", "2023-01-01", "2024-12-31", "eba_CO:x4", "0", "eba_BT:x29", "eba_GA:qx2007", "", "eba_ZZ:x794"],
        ],
        "reports/b_03.02": [["c0010", "c0020"], ["C1", THEM], ["C3", THEM]],
        "reports/b_04.01": [["c0010", "c0020", "c0030", "c0040"], ["C1", US, "eba_ZZ:x838", "BR-1"], ["C1", "213800DDDDDDDDDDDD44", "eba_ZZ:x839", ""], ["C3", "213800DDDDDDDDDDDD44", "eba_ZZ:x839", "Not applicable"]],
        "reports/b_05.01": [
            ["c0010", "c0020", "c0050", "c0070", "c0080", "c0110", "c0120"],
            [THEM, "eba_qCO:qx2000", "Kerbside Digital Ltd", "eba_CT:x212", "eba_GA:GB", TOP, "eba_qCO:qx2000"],
            [TOP, "eba_qCO:qx2000", "Tallow Group plc", "eba_CT:x212", "eba_GA:GB", TOP, "eba_qCO:qx2000"],
            ["12345678", "eba_qCO:qx2003", "Alder Help Ltd", "eba_CT:x212", "eba_GA:GB", "0", "0"],
            ["IE.CRO.99", "eba_qCO:qx2002", "Greywether Data Centres", "eba_CT:x212", "eba_GA:IE", "Not applicable", ""],
        ],
        "reports/b_05.02": [
            ["c0010", "c0020", "c0030", "c0050", "c0060"],
            ["C1", "eba_TA:S19", THEM, "1", "0"],
            ["C1", "eba_TA:S19", "IE.CRO.99", "2", ""],
            ["C1", "eba_TA:S17", "12345678", "3", "IE.CRO.99"],
        ],
        "reports/b_06.01": [
            ["c0010", "c0030", "c0040", "c0050", "c0080", "c0090", "c0100"],
            ["F1", "Parking", US, "eba_BT:x28", "4", "1", "eba_ZZ:x793"],
            ["F2", "Help desk", US, "eba_BT:x21", "0", "0", "eba_ZZ:x791"],
        ],
        "reports/b_07.01": [["c0010", "c0020", "c0040", "c0050", "c0080", "c0110"], ["C1", THEM, "eba_TA:S19", "eba_ZZ:x960", "eba_BT:x28", "eba_BT:x21"]],
    }  # fmt: skip


def test_the_reported_package_is_taken_whole(tmp_path: Path) -> None:
    saved(tmp_path, {"documentInfo": {"documentType": "https://xbrl.org/2023/report-package"}}, "reportPackage.json")
    data, report = taken(plain(tmp_path, package()))
    row = data.relations["dover.uses.kerbside-digital-parking.parking-enforcement"]
    assert (row.framework, str(row.annual_value_gbp), row.contract_end, row.valid_to) == ("RM1", "120000", None, None)
    assert (row.importance, row.tolerable_hours, row.substitutability, row.exit_plan) == (
        "critical",
        4,
        "very-hard",
        "yes",
    )
    assert str(row.note) == (
        "service type: S19; reliance: Full reliance; sensitiveness of the data: High; data at rest in: IE; "
        "hours of data that may be lost: 1"
    )
    over = next(row for row in data.relations.values() if row.contract_reference == "C2")
    assert (over.valid_to, over.notice_days, over.annual_value_gbp, over.tolerable_hours) == (
        "2024-12-31",
        None,
        None,
        None,
    )
    assert data.entities["supplier:alder-help"].company_number == "12345678"
    assert {
        "kerbside-digital.owned-by.tallow-group",
        "kerbside-digital.subcontracts-to.greywether-data-centres",
    } <= set(data.relations)
    assert "greywether-data-centres.subcontracts-to.alder-help" in data.relations
    further = data.relations["thanet.supplied-by.kerbside-digital"]  # B_04.01: also uses C1, and C3 that has no line
    assert {further.contract_reference, *str(further.note).split()} >= {"C1", "C3"} or further.contract_reference in {
        "C1",
        "C3",
    }
    assert report.money is not None
    assert {name: (cells, str(total)) for name, (cells, total) in report.money.currencies.items()} == {
        "EUR": (1, "9000")
    }
    assert (str(report.money.total), str(report.money.kept)) == ("120700", "120700")
    assert "recipient of a subcontract not told: the only one of the rank above" in report.guesses
    assert data.info.as_of == "2025-04-30"
    told = " ".join(report.notes)
    assert "Table B_03.03 is said to be filled and is empty" in told
    assert "Table B_04.01 is said to be empty and is filled" in told
    assert not any(e.name == "0" or "eba_" in e.name or "applicable" in e.name.lower() for e in data.entities.values())
    assert "eba_" not in " ".join(str(row.note) for row in data.relations.values())


def test_the_package_is_the_same_packed_and_in_any_order(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    one, _ = taken(plain(tmp_path / "a", package()))
    shuffled = {}
    dice = Random(7)  # noqa: S311
    for name, (head, *rows) in package().items():
        places = list(range(len(head)))
        dice.shuffle(places)
        dice.shuffle(rows)
        shuffled[name] = [[row[place] for place in places] for row in (head, *rows)]
    plain(tmp_path / "b", {name.removeprefix("reports/"): rows for name, rows in shuffled.items()})
    with zipfile.ZipFile(tmp_path / "register.zip", "w") as archive:
        for file in (tmp_path / "b").iterdir():
            archive.write(file, f"{US}.CON_GB_DORA010100_DORA_2025-03-31/reports/{file.name}")
    two, _ = taken(tmp_path / "register.zip")
    assert one.relations.keys() == two.relations.keys()
    for key, row in one.relations.items():
        other = two.relations[key]
        assert (row.annual_value_gbp, row.contract_reference, row.note) == (other.annual_value_gbp, other.contract_reference, other.note)  # fmt: skip


def test_the_four_checks_of_the_standard_are_told(tmp_path: Path) -> None:
    tables = {
        "B_02.01": [["c0010", "c0040"], ["C1", "GBP"], ["C1", "GBP"]],
        "B_02.02": [["c0010", "c0020", "c0030", "c0050", "c0060"], ["C1", "Dover", "K9", "F1", "S19"], ["", "Dover", "K1", "F1", "S19"]],
        "B_05.01": [["c0010", "c0050"], ["K1", "Kerbside Digital"]],
        "FilingIndicators": [["templateID", "reported"], ["B_06.01", "true"]],
    }  # fmt: skip
    _, report = taken(book(tmp_path, tables))
    told = " ".join(report.notes)
    assert "Empty key in B_02.02: B_02.02, row 3, 0010." in told
    assert "The same key twice in B_02.01: B_02.01, row 3." in told
    assert "B_02.02 refers to what B_05.01 does not have: B_02.02, row 2: K9." in told
    assert "Table B_06.01 is said to be filled and is empty" in told


def test_a_person_who_provides_is_counted_and_not_taken(tmp_path: Path) -> None:
    tables = {
        "B_02.02": [["c0010", "c0020", "c0030", "c0060"], ["C1", "Dover", "P1", "S15"], ["C2", "Dover", "K1", "S15"]],
        "B_05.01": [["c0010", "c0020", "c0050", "c0070"], ["P1", "eba_qCO:qx2005", "Somebody Known", "eba_CT:x213"], ["K1", "VAT", "Kerbside Digital", "legal person"]],
    }  # fmt: skip
    data, report = taken(book(tmp_path, tables))
    assert report.skipped_count == {"the provider is a person: only organisations are taken": 1}
    assert "Somebody" not in str(data.entities) + str(report.to_dict())
    assert set(data.relations) == {"dover.supplied-by.kerbside-digital"}


def test_one_cost_for_several_lines_is_in_no_line(tmp_path: Path) -> None:
    tables = {
        "B_02.01": [["c0010", "c0040", "c0050"], ["C1", "GBP", "5000"]],
        "B_02.02": [["c0010", "c0020", "c0030", "c0060"], ["C1", "Dover", "K1", "S19"], ["C1", "Thanet", "K1", "S19"]],
        "B_05.01": [["c0010", "c0050"], ["K1", "Kerbside Digital"]],
    }
    data, report = taken(book(tmp_path, tables))
    assert {row.annual_value_gbp for row in data.relations.values()} == {None}
    assert all("annual cost of the whole contract in pounds: 5000" in str(row.note) for row in data.relations.values())
    assert report.money is not None
    assert {why: str(sum_) for why, sum_ in report.money.left_out.items()} == {
        "one annual cost for several lines of a contract, told in the note": "5000"
    }


def test_a_user_whom_no_table_names_is_said_or_asked_for(tmp_path: Path) -> None:
    tables = {
        "B_02.02": [["0010", "0020", "0030", "0060"], ["C1", US, "K1", "S19"]],
        "B_05.01": [["0010", "0050"], ["K1", "Kerbside Digital"]],
    }
    file = book(tmp_path, tables)
    data, report = taken(file)
    assert any("--council" in note and US in note for note in report.notes)
    data, report = taken(file, council="Dover")
    assert set(data.relations) == {"dover.supplied-by.kerbside-digital"}


def test_what_an_own_company_buys_for_the_group_stands_behind_it(tmp_path: Path) -> None:
    tables = {
        "B_01.02": [["c0010", "c0020"], [US, "Dover"], [TOP, "Cliff Trading Services Ltd"]],
        "B_02.02": [["c0010", "c0020", "c0030", "c0060"], ["IN-1", US, TOP, "S19"], ["OUT-1", TOP, "K1", "S17"]],
        "B_02.03": [["c0010", "c0020", "c0030"], ["IN-1", "OUT-1", "true"]],
        "B_03.03": [["c0010", "c0020", "c0031"], ["IN-1", TOP, "true"]],
        "B_05.01": [["c0010", "c0050"], ["K1", "Kerbside Digital"]],
    }
    data, _ = taken(book(tmp_path, tables))
    assert "cliff-trading-services.subcontracts-to.kerbside-digital" in data.relations
    assert "dover.supplied-by.cliff-trading-services" in data.relations


def test_the_columns_of_the_trial_exercise_are_known(tmp_path: Path) -> None:
    """Some systems still write B_05.01 with the name under 0030 and the parent under 0080."""
    tables = {
        "b_02.02": [["c0010", "c0020", "c0030", "c0060"], ["C1", "Dover", THEM, "eba_TA:S19"]],
        "b_05.01": [["c0010", "c0020", "c0030", "c0040", "c0050", "c0080"], [THEM, "LEI", "Kerbside Digital", "eba_CT:x212", "eba_GA:GB", TOP], [TOP, "LEI", "Tallow Group", "eba_CT:x212", "eba_GA:GB", TOP]],
    }  # fmt: skip
    data, _ = taken(book(tmp_path, tables))
    assert set(data.relations) == {"dover.supplied-by.kerbside-digital", "kerbside-digital.owned-by.tallow-group"}


def test_every_field_of_dora_is_a_column_of_the_standard() -> None:
    known = {(table, code) for table, code, *_ in STANDARD}
    for table in {name for name, _ in known}:
        for codes in headers("dora", table).values():
            assert {(table, code) for code in codes} <= known


# CycloneDX


def bill(**parts: Any) -> dict[str, Any]:
    component = parts.pop("component", {"type": "application", "bom-ref": "root", "name": "Thanet District Council"})
    metadata = {"timestamp": "2026-03-01T10:00:00Z", "component": component, **parts.pop("metadata", {})}
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": metadata, **parts}


def service(ref: str, provider: str | None, **parts: Any) -> dict[str, Any]:
    return {"bom-ref": ref, "name": f"Service {ref}", **({"provider": {"name": provider}} if provider else {}), **parts}


def needs(**dependencies: Sequence[str]) -> list[dict[str, Any]]:
    return [{"ref": ref, "dependsOn": list(others)} for ref, others in dependencies.items()]


BEHIND = bill(
    components=[{"type": "library", "bom-ref": "client", "name": "payments-client", "version": "2.1"}],
    services=[
        {
            "bom-ref": "paygate",
            "name": "Card payments gateway",
            "provider": {"name": "Harrowgate Payments Ltd"},
            "data": [{"flow": "bi-directional", "classification": "PII"}],
        }
    ],
    dependencies=needs(root=["client"], client=["paygate"]),
)


def test_a_service_behind_a_component_is_used(tmp_path: Path) -> None:
    data, report = taken(saved(tmp_path, BEHIND))
    row = data.relations["thanet.uses.harrowgate-payments-card-payments-gateway"]
    assert (row.data, row.hosting) == ("personal", "supplier")
    assert report.kept == 1
    assert report.skipped_count == {"library: a part of a program, no supplier of a council": 1}


@pytest.mark.parametrize(
    ("services", "dependencies", "used", "behind"),
    [
        # at the root, without any dependency
        ([service("a", "Alder Ltd"), service("b", "Birch Ltd")], [], {"alder", "birch"}, set()),
        # behind two components
        ([service("a", "Alder Ltd")], needs(root=["x"], x=["y"], y=["a"]), {"alder"}, set()),
        # a service of one's own, without a provider, is passed through
        ([service("own", None), service("a", "Alder Ltd")], needs(root=["own"], own=["a"]), {"alder"}, set()),
        # one service behind another's
        ([service("a", "Alder Ltd"), service("b", "Birch Ltd")], needs(root=["a"], a=["b"]), {"alder"}, {"alder>birch"}),
        # through a component of the other's
        ([service("a", "Alder Ltd"), service("b", "Birch Ltd")], needs(root=["a"], a=["x"], x=["b"]), {"alder"}, {"alder>birch"}),
        # both ways: used, and so no subcontract is needed to find it
        ([service("a", "Alder Ltd"), service("b", "Birch Ltd")], needs(root=["a", "b"], a=["b"]), {"alder", "birch"}, {"alder>birch"}),
        # of the same provider: used too
        ([service("a", "Alder Ltd"), service("b", "Alder Ltd")], needs(root=["a"], a=["b"]), {"alder"}, set()),
        # two that only lead to each other
        ([service("a", "Alder Ltd"), service("b", "Birch Ltd")], needs(a=["b"], b=["a"]), {"alder", "birch"}, {"alder>birch", "birch>alder"}),
        # inside another service
        ([service("a", "Alder Ltd", services=[service("b", "Birch Ltd"), service("c", None)])], [], {"alder"}, {"alder>birch"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("reverse", [False, True])
def test_who_is_used_and_who_stands_behind(
    tmp_path: Path, services: list[Any], dependencies: list[Any], used: set[str], behind: set[str], reverse: bool
) -> None:
    if reverse:
        services, dependencies = services[::-1], dependencies[::-1]
    data, report = taken(saved(tmp_path, bill(services=services, dependencies=dependencies)))
    rows = data.relations.values()
    makers = {row.dependent: row.provider.partition(":")[2] for row in rows if row.relation == "made-by"}
    assert {makers[row.provider] for row in rows if row.relation == "uses"} == used
    pairs = {(row.dependent, row.provider) for row in rows if row.relation == "subcontracts-to"}
    assert {f"{a.partition(':')[2]}>{b.partition(':')[2]}" for a, b in pairs} == behind
    named = sum(made["name"] is not None for made in _all(services) if made.get("provider") or made["bom-ref"] == "c")
    assert report.kept == named


def _all(services: list[Any]) -> list[Any]:
    return [one for made in services for one in (made, *_all(made.get("services", [])))]


def test_what_makes_nothing_is_not_kept(tmp_path: Path) -> None:
    parts = [{"type": "library", "name": "a", "publisher": "Alder Ltd"}, {"type": "file", "name": "b"}]
    data, report = taken(saved(tmp_path, bill(components=parts, services=[service("s", None)])))
    assert (report.read, report.kept, len(data.relations)) == (3, 0, 0)


def test_an_application_with_a_maker_is_used_and_a_library_never(tmp_path: Path) -> None:
    parts = [
        {"type": "application", "name": "Permits", "supplier": {"name": "Kerbside Digital"}},
        {"type": "application", "name": "Ledger", "publisher": "Quill Ltd", "author": "Some Body"},
        {"type": "application", "name": "Own portal"},
        {"type": "framework", "name": "Web", "manufacturer": {"name": "Alder Ltd"}},
    ]
    data, report = taken(saved(tmp_path, bill(components=parts)))
    assert {row.id for row in data.relations.values() if row.relation == "uses"} == {
        "thanet.uses.kerbside-digital-permits", "thanet.uses.quill-ledger",
    }  # fmt: skip
    assert report.skipped_count["application without a maker"] == 1
    assert "Some Body" not in str(data.entities)


PRODUCT = bill(
    component={
        "type": "application",
        "bom-ref": "root",
        "name": "Permits live",
        "supplier": {"name": "Kerbside Digital"},
    },
    services=[
        service("own", "Kerbside Digital", data=[{"classification": "PII", "flow": "inbound"}]),
        service("store", "Greywether Data Centres"),
    ],
    dependencies=needs(root=["own"], own=["store"]),
)


def test_the_list_of_a_suppliers_product_belongs_to_the_product(tmp_path: Path) -> None:
    data, report = taken(saved(tmp_path, PRODUCT))
    assert set(data.relations) == {"kerbside-digital.subcontracts-to.greywether-data-centres"}
    assert any("nobody is said to use it" in note and "--council" in note for note in report.notes)
    assert not [id_ for id_ in data.entities if id_.startswith("authority:")]
    data, report = taken(saved(tmp_path, PRODUCT), council="Dover")
    assert set(data.relations) == {
        "dover.uses.kerbside-digital-permits-live",
        "kerbside-digital-permits-live.made-by.kerbside-digital",
        "kerbside-digital.subcontracts-to.greywether-data-centres",
    }
    row = data.relations["dover.uses.kerbside-digital-permits-live"]
    assert (row.data, row.hosting) == ("personal", "supplier")


def test_a_program_of_a_councils_own_is_the_councils_list(tmp_path: Path) -> None:
    component = {"type": "application", "bom-ref": "root", "name": "Resident portal", "manufacturer": {"name": "Dover District Council"}}  # fmt: skip
    data, _ = taken(saved(tmp_path, bill(component=component, services=[service("a", "Alder Ltd")])))
    assert "dover.uses.alder-service-a" in data.relations


def test_a_list_of_nobody_asks_whose_it_is(tmp_path: Path) -> None:
    """As the examples of the specification do: a program of nobody's, and services."""
    file = saved(
        tmp_path,
        bill(component={"type": "application", "name": "Acme Application"}, services=[service("a", "Alder Ltd")]),
    )
    with pytest.raises(RiskGraphError, match="does not say whose") as error:
        import_file(file)
    assert "--council" in str(error.value.fix)
    data, _ = taken(file, council="Dover")
    assert "dover.uses.alder-service-a" in data.relations


@pytest.mark.parametrize(
    ("said", "data"),
    [
        (["PII"], "personal"),
        (["public", "PHI"], "special"),
        (["PII", "special category"], "special"),
        (["non-PII"], "none"),
        (["Confidential"], None),
        ([], None),
    ],
)
def test_the_most_delicate_data_of_a_service_count(tmp_path: Path, said: list[str], data: str | None) -> None:
    flows = [{"flow": "outbound", "classification": word} for word in said]
    made, _ = taken(saved(tmp_path, bill(services=[service("a", "Alder Ltd", data=flows)])))
    assert made.relations["thanet.uses.alder-service-a"].data == data


def test_what_runs_inside_ones_own_walls_is_not_with_the_provider(tmp_path: Path) -> None:
    services = [service("a", "Alder Ltd", **{"x-trust-boundary": False}), service("b", "Birch Ltd")]
    data, _ = taken(saved(tmp_path, bill(services=services)))
    assert data.relations["thanet.uses.alder-service-a"].hosting is None
    assert data.relations["thanet.uses.birch-service-b"].hosting == "supplier"


XML = """<?xml version="1.0" encoding="utf-8"?>
<bom xmlns="http://cyclonedx.org/schema/bom/{version}" version="1">
  <metadata><timestamp>2026-03-01T10:00:00Z</timestamp>
    <component type="application" bom-ref="root"><name>Thanet District Council</name></component></metadata>
  <components>
    <component type="library" bom-ref="client"><name>payments-client</name></component>
    <component type="application"><supplier><name>Kerbside Digital</name></supplier><name>Permits</name></component>
  </components>
  <services><service bom-ref="paygate"><provider><name>Harrowgate Payments Ltd</name></provider>
    <name>Card payments gateway</name><x-trust-boundary>true</x-trust-boundary><data>{data}</data>
    <services><service bom-ref="vault"><provider><name>Deep Ltd</name></provider><name>Vault</name></service></services>
  </service></services>
  <dependencies><dependency ref="root"><dependency ref="client"/></dependency>
    <dependency ref="client"><dependency ref="paygate"/></dependency></dependencies>
  <compositions><composition><aggregate>incomplete</aggregate></composition></compositions>
</bom>"""


@pytest.mark.parametrize(
    ("version", "data"),
    [
        ("1.4", '<classification flow="inbound">PII</classification>'),
        ("1.6", '<dataflow name="x"><classification flow="inbound">PII</classification></dataflow>'),
    ],
)
def test_a_bill_in_xml_says_the_same(tmp_path: Path, version: str, data: str) -> None:
    text = XML.replace("{version}", version).replace("{data}", data)
    for name, raw in (("a.xml", text.encode()), ("b.xml", text.replace("utf-8", "utf-16").encode("utf-16"))):
        (tmp_path / name).write_bytes(raw)
        assert detect(tmp_path / name).name == "cyclonedx"
        made, report = taken(tmp_path / name)
        assert set(made.relations) == {
            "thanet.uses.harrowgate-payments-card-payments-gateway",
            "harrowgate-payments-card-payments-gateway.made-by.harrowgate-payments",
            "harrowgate-payments.subcontracts-to.deep",
            "thanet.uses.kerbside-digital-permits",
            "kerbside-digital-permits.made-by.kerbside-digital",
        }
        assert made.relations["thanet.uses.harrowgate-payments-card-payments-gateway"].data == "personal"
        assert "The list says of itself: incomplete." in report.notes
        assert made.info.as_of == "2026-03-01"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('<?xml version="1.0"?><!DOCTYPE bom [<!ENTITY a "b">]><bom xmlns="http://cyclonedx.org/schema/bom/1.5">&a;</bom>', "DTD"),
        ('<!DOCTYPE bom SYSTEM "file:///etc/passwd"><bom xmlns="http://cyclonedx.org/schema/bom/1.5"/>', "DTD"),
        ('<bom xmlns="http://cyclonedx.org/schema/bom/1.5"><metadata>', "no valid XML"),
        ('<bom xmlns="http://cyclonedx.org/schema/bom/1.5">' + "<services><service>" * 300, "nested"),
    ],
)  # fmt: skip
def test_a_wicked_or_broken_bill_in_xml_is_refused(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(DataError, match=what):
        import_file(saved(tmp_path, text, "a.xml"))


# BODS


def entity_4(record: str, name: str, **parts: Any) -> dict[str, Any]:
    details = {"name": name, "entityType": {"type": "registeredEntity"}, "isComponent": False, **parts}
    return {"statementId": f"s-{record}", "recordId": record, "recordType": "entity", "recordStatus": "new", "statementDate": "2022-01-10", "recordDetails": details}  # fmt: skip


def link_4(
    id_: str, record: str, owner: object, day: str, status: str = "new", start: str | None = None, **parts: Any
) -> dict[str, Any]:
    interests = [{"type": "shareholding", **({"startDate": start} if start else {})}]
    details = {"subject": "e-sub", "interestedParty": owner, "interests": interests, "isComponent": False, **parts}
    return {"statementId": id_, "recordId": record, "recordType": "relationship", "recordStatus": status, "statementDate": day, "recordDetails": details}  # fmt: skip


BODIES_4 = [
    entity_4("e-sub", "Larkmead Systems Ltd", identifiers=[{"scheme": "GB-COH", "id": "08765432"}]),
    entity_4("e-old", "Old Owner Holdings Ltd"),
    entity_4("e-new", "New Owner Holdings Ltd"),
]
PERSON_4 = {"statementId": "p1", "recordId": "p", "recordType": "person", "recordDetails": {"names": [{"fullName": "Some Body"}]}}  # fmt: skip


def entity_3(id_: str, name: str, day: str = "2020-01-01", **parts: Any) -> dict[str, Any]:
    return {"statementID": id_, "statementType": "entityStatement", "statementDate": day, "name": name, "entityType": "registeredEntity", **parts}  # fmt: skip


def link_3(id_: str, owner: dict[str, Any], day: str, company: str = "sub", **parts: Any) -> dict[str, Any]:
    return {
        "statementID": id_, "statementType": "ownershipOrControlStatement", "statementDate": day,
        "subject": {"describedByEntityStatement": company}, "interestedParty": owner,
        "interests": [{"type": "shareholding", "interestLevel": "direct"}], **parts,
    }  # fmt: skip


def by(entity: str) -> dict[str, Any]:
    return {"describedByEntityStatement": entity}


BODIES_3 = [entity_3("sub", "Larkmead Systems Ltd"), entity_3("old", "Old Owner Holdings Ltd"), entity_3("new", "New Owner Holdings Ltd")]  # fmt: skip
NOW = ("new-owner-holdings", None)
Owners = set[tuple[str, str | None, str | None]]  # who, from, to

CASES: dict[str, tuple[list[dict[str, Any]], Owners]] = {
    "closed": (
        [*BODIES_4, link_4("s4", "r-old", "e-old", "2022-01-10", start="2022-01-01"), link_4("s5", "r-old", "e-old", "2024-06-01", "closed", "2022-01-01"), link_4("s6", "r-new", "e-new", "2024-06-01", start="2024-06-01")],
        {("old-owner-holdings", "2022-01-01", "2024-06-01"), ("new-owner-holdings", "2024-06-01", None)},
    ),
    "closed, and the closing statement repeats no interest": (
        [*BODIES_4, link_4("s4", "r", "e-old", "2022-01-10", start="2022-01-01"), link_4("s5", "r", "e-old", "2024-06-01", "closed", interests=[])],
        {("old-owner-holdings", "2022-01-01", "2024-06-01")},
    ),
    "ended earlier than it was closed": (
        [*BODIES_4, link_4("s5", "r", "e-old", "2024-06-01", "closed", interests=[{"type": "votingRights", "startDate": "2020-02-01", "endDate": "2023-05-31"}])],
        {("old-owner-holdings", "2020-02-01", "2023-05-31")},
    ),
    "updated: the newest says how": (
        [*BODIES_4, link_4("s4", "r", "e-new", "2022-01-10", start="2022-01-01"), link_4("s5", "r", "e-new", "2023-01-10", "updated", "2021-12-01")],
        {("new-owner-holdings", "2021-12-01", None)},
    ),
    "closed and opened again": (
        [*BODIES_4, link_4("s4", "r", "e-new", "2022-01-10"), link_4("s5", "r", "e-new", "2023-01-10", "closed"), link_4("s6", "r", "e-new", "2024-01-10", "updated")],
        {("new-owner-holdings", None, None)},
    ),
    "replaced by another owner": (
        [*BODIES_3, link_3("l1", by("old"), "2020-05-01"), link_3("l2", by("new"), "2021-07-01", replacesStatements=["l1"])],
        {("old-owner-holdings", None, "2021-07-01"), ("new-owner-holdings", None, None)},
    ),
    "replaced twice, the last one counts": (
        [*BODIES_3, link_3("l1", by("old"), "2020-05-01"), link_3("l2", by("old"), "2020-06-01", replacesStatements=["l1"]), link_3("l3", by("new"), "2022-06-01", replacesStatements=["l2"])],
        {("old-owner-holdings", None, "2022-06-01"), ("new-owner-holdings", None, None)},
    ),
    "the same again": (
        [*BODIES_3, link_3("l1", by("new"), "2020-05-01"), link_3("l2", by("new"), "2022-06-01", replacesStatements=["l1"])],
        {("new-owner-holdings", None, None)},
    ),
    "refers to a statement about the owner that was replaced": (
        [*BODIES_3, entity_3("new2", "New Owner Holdings Ltd", "2023-01-01", replacesStatements=["new"]), link_3("l1", by("new"), "2020-05-01"), link_3("l2", by("new2"), "2023-06-01", replacesStatements=["l1"])],
        {("new-owner-holdings", None, None)},
    ),
    "ended": (
        [*BODIES_3, link_3("l1", by("old"), "2022-05-01", interests=[{"type": "shareholding", "startDate": "2019-01-01", "endDate": "2021-12-31"}]), link_3("l2", by("new"), "2022-05-01")],
        {("old-owner-holdings", "2019-01-01", "2021-12-31"), ("new-owner-holdings", None, None)},
    ),
    "one of two interests goes on": (
        [*BODIES_3, link_3("l1", by("new"), "2022-05-01", interests=[{"type": "shareholding", "startDate": "2019-01-01", "endDate": "2021-12-31"}, {"type": "voting-rights", "startDate": "2018-01-01"}])],
        {("new-owner-holdings", "2018-01-01", None)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("seed", range(3))
def test_what_its_record_says_last_is_current(tmp_path: Path, case: str, seed: int) -> None:
    """In whatever order the statements come, as an array or a line each."""
    items, owners = CASES[case]
    items = list(items)
    Random(seed).shuffle(items)  # noqa: S311
    text = json.dumps(items) if seed else "\n".join(map(json.dumps, items))
    data, report = taken(saved(tmp_path, text, "a.json" if seed else "a.jsonl"))
    rows = [row for row in data.relations.values() if row.dependent == "supplier:larkmead-systems"]
    assert {(row.provider.partition(":")[2], row.valid_from, row.valid_to) for row in rows} == owners
    assert report.kept == len(data.relations)


def test_a_company_number_of_a_statement_is_the_companys(tmp_path: Path) -> None:
    items = [*BODIES_4[:1], entity_4("e-new", "New Owner Holdings Ltd", identifiers=[{"schemeName": "Companies House", "id": "7654321"}]), link_4("s", "r", "e-new", "2024-01-01")]  # fmt: skip
    data, _ = taken(saved(tmp_path, items))
    assert data.entities["supplier:larkmead-systems"].company_number == "08765432"
    assert data.entities["supplier:new-owner-holdings"].company_number == "07654321"


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (link_4("x", "r", "p", "2024-01-01"), "the owner is a person: only organisations are taken"),
        (link_4("x", "r", {"reason": "noBeneficialOwners"}, "2024-01-01"), "the owner is not named: noBeneficialOwners"),
        (link_4("x", "r", "e-lost", "2024-01-01"), "the owner is not in the file"),
        (link_4("x", "r", "e-new", "2024-01-01", subject="e-lost"), "the company is not in the file"),
        (link_4("x", "r", "e-anon", "2024-01-01"), "the owner has no name"),
        (link_4("x", "r", "e-new", "2024-01-01", interests=[{"type": "boardMember"}]), "an interest that is neither ownership nor control"),
        (link_4("x", "r", "e-new", "", "closed"), "closed or replaced, on no day that is told"),
    ],
)  # fmt: skip
def test_who_is_not_taken_is_counted_with_the_reason(tmp_path: Path, item: dict[str, Any], reason: str) -> None:
    anonymous = entity_4("e-anon", "")
    data, report = taken(
        saved(tmp_path, [*BODIES_4, anonymous, PERSON_4, item, link_4("y", "r2", "e-new", "2024-01-01")])
    )
    assert set(data.relations) == {"larkmead-systems.owned-by.new-owner-holdings"}
    assert report.skipped_count == {reason: 1}
    assert "Persons left out, as only organisations are taken: 1." in report.notes
    assert "Some Body" not in str(data.entities) + str(data.evidence) + str(report.to_dict())


def test_a_person_and_a_reason_in_the_older_form_are_told(tmp_path: Path) -> None:
    items = [
        *BODIES_3,
        {"statementID": "p", "statementType": "personStatement", "names": [{"fullName": "Some Body"}]},
        link_3("l1", {"describedByPersonStatement": "p"}, "2022-05-01"),
        link_3(
            "l2", {"unspecified": {"reason": "subject-unable-to-confirm-or-identify-beneficial-owner"}}, "2022-05-01"
        ),
        link_3("l3", by("new"), "2022-05-01"),
    ]
    _, report = taken(saved(tmp_path, items))
    assert report.skipped_count == {
        "the owner is a person: only organisations are taken": 1,
        "the owner is not named: subject-unable-to-confirm-or-identify-beneficial-owner": 1,
    }


@pytest.mark.parametrize("seed", range(3))
def test_what_is_held_through_others_is_one_chain(tmp_path: Path, seed: int) -> None:
    chain = [
        *BODIES_3,
        link_3("c1", by("old"), "2022-01-01", isComponent=True),
        link_3("c2", by("new"), "2022-01-01", company="old", isComponent=True),
        link_3("all", by("new"), "2022-01-01", isComponent=False, componentStatementIDs=["c1", "c2", "old"]),
    ]
    Random(seed).shuffle(chain)  # noqa: S311
    data, report = taken(saved(tmp_path, chain))
    assert set(data.relations) == {"larkmead-systems.owned-by.old-owner-holdings", "old-owner-holdings.owned-by.new-owner-holdings"}  # fmt: skip
    assert report.skipped_count == {"held through others: the holdings between are in the file": 1}


def test_what_is_held_through_a_person_stays_an_ownership(tmp_path: Path) -> None:
    """Where the links between are not of organisations, the whole is all there is."""
    items = [*BODIES_3, link_3("c1", {"describedByPersonStatement": "p"}, "2022-01-01", isComponent=True), link_3("all", by("new"), "2022-01-01", componentStatementIDs=["c1"])]  # fmt: skip
    data, _ = taken(saved(tmp_path, items))
    assert set(data.relations) == {"larkmead-systems.owned-by.new-owner-holdings"}
    assert "through others" in str(next(iter(data.evidence.values())).claim)


def test_the_publisher_and_day_of_a_statement_are_its_evidence(tmp_path: Path) -> None:
    link = link_4("s", "r", "e-new", "2024-03-04")
    link |= {"publicationDetails": {"publicationDate": "2024-05-01", "publisher": {"name": "Register of Deeds"}}, "source": {"url": "https://example.org/r"}}  # fmt: skip
    data, _ = taken(saved(tmp_path, {"statements": [*BODIES_4, link]}))
    (item,) = data.evidence.values()
    assert (item.publisher, item.published, item.url) == ("Register of Deeds", "2024-03-04", "https://example.org/r")


def _shuffled(content: dict[str, Any], dice: Random) -> dict[str, Any]:
    mixed = dict(content)
    for name in ("components", "services", "dependencies"):
        mixed[name] = dice.sample(content[name], len(content[name]))
    return mixed


@pytest.mark.parametrize("seed", range(3))
def test_the_order_in_a_bill_plays_no_part(tmp_path: Path, seed: int) -> None:
    content = bill(
        components=[{"type": "library", "bom-ref": f"c{n}", "name": f"c{n}"} for n in range(4)],
        services=[service(f"s{n}", f"Firm {'ABCAD'[n]} Ltd") for n in range(5)],
        dependencies=needs(root=["c0", "c1"], c0=["s0"], c1=["c2"], c2=["s1"], s0=["c3", "s4"], c3=["s2"], s1=["s3"]),
    )
    make: Callable[[object], set[str]] = lambda what: set(taken(saved(tmp_path, what))[0].relations)  # noqa: E731
    assert make(_shuffled(content, Random(seed))) == make(content)  # noqa: S311
