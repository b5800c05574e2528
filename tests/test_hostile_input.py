"""Bad input: one clear message with file, row, column and rule; nothing loaded, nothing silently changed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from small import FILES, replaced, with_row, write_small

from riskgraph import DataError, MissingFile, RiskGraphError, read
from riskgraph.data.checks import CHECKS

RELATION = "{id},{dependent},{relation},{provider},housing,,,,,,,,,,,,,,"


def relation(
    id_: str = "r9", dependent: str = "authority:ashby", relation: str = "served-by", provider: str = "supplier:orbit"
) -> str:
    return RELATION.format(id=id_, dependent=dependent, relation=relation, provider=provider)


BROKEN: list[tuple[str, Mapping[str, str | bytes | None], str, str, int | None, str | None]] = [
    # what is wrong, how, then rule, file, row and column of the message
    ("empty-file", {"relations_csv": ""}, "empty-file", "relations.csv", None, None),
    ("only-spaces", {"entities_csv": " \n \n"}, "empty-file", "entities.csv", None, None),
    ("two-rows-one-id", with_row("relations.csv", relation("r1")), "id-twice", "relations.csv", 5, "id"),
    ("two-entities-one-id", with_row("entities.csv", "authority:ashby,authority,Other,,,,,,,,,,"), "id-twice", "entities.csv", 6, "id"),
    ("nobody-there", with_row("relations.csv", relation(provider="supplier:orbitt")), "dangling-reference", "relations.csv", 5, "provider"),
    ("no-such-evidence", replaced("relations.csv", ",e1,\nr2", ",e2,\nr2"), "dangling-reference", "relations.csv", 2, "evidence"),
    ("no-such-area", replaced("relations.csv", "r2,authority:bexton,served-by,shared-service:both,housing", "r2,authority:bexton,served-by,shared-service:both,housng"), "dangling-reference", "relations.csv", 3, "service_area"),
    ("forbidden-pair", with_row("relations.csv", relation(relation="made-by")), "forbidden-pair", "relations.csv", 5, "dependent"),
    ("supplier-on-a-host", with_row("relations.csv", relation(dependent="supplier:orbit", relation="hosted-on", provider="authority:ashby")), "forbidden-pair", "relations.csv", 5, "dependent"),
    ("ends-before-it-begins", replaced("relations.csv", ",2020,,,,,,,e1", ",2020,2019-05,,,,,,e1"), "date-order", "relations.csv", 2, "valid_to"),
    ("unknown-relation", with_row("relations.csv", relation(relation="serves")), "word", "relations.csv", 5, "relation"),
    ("self-loop", with_row("relations.csv", relation(dependent="supplier:orbit", relation="supplied-by")), "self-loop", "relations.csv", 5, "provider"),
    ("row-too-long", with_row("relations.csv", relation() + ",more"), "row-length", "relations.csv", 5, None),
    ("row-too-short", with_row("relations.csv", "r9,authority:ashby"), "row-length", "relations.csv", 5, None),
    ("not-a-number", replaced("relations.csv", "1200.50", "NaN"), "number", "relations.csv", 4, "contract_value_gbp"),
    ("infinite", replaced("relations.csv", "1200.50", "1e400"), "number", "relations.csv", 4, "contract_value_gbp"),
    ("negative", replaced("relations.csv", "1200.50", "-1"), "number", "relations.csv", 4, "contract_value_gbp"),
    ("thousands-comma", replaced("relations.csv", "1200.50", '"1,200"'), "number", "relations.csv", 4, "contract_value_gbp"),
    ("negative-days", replaced("relations.csv", ",90,", ",-90,"), "number", "relations.csv", 4, "notice_days"),
    ("no-such-day", replaced("relations.csv", ",2020,", ",2023-02-30,"), "date", "relations.csv", 2, "valid_from"),
    ("american-date", replaced("relations.csv", ",2020,", ",04/05/2020,"), "date", "relations.csv", 2, "valid_from"),
    ("escape-in-a-name", replaced("entities.csv", ",Orbit,", ",Or\x1b[31mbit,"), "control-character", "entities.csv", 5, "name"),
    ("right-to-left", replaced("entities.csv", ",Orbit,", ",Orbit\u202egnp,"), "control-character", "entities.csv", 5, "name"),
    ("zero-width", replaced("entities.csv", ",Orbit,", ",Or\u200bbit,"), "control-character", "entities.csv", 5, "name"),
    ("line-break-in-a-name", replaced("entities.csv", ",Orbit,", ',"Or\nbit",'), "line-break", "entities.csv", 5, "name"),
    ("unknown-column", replaced("relations.csv", "notice_days", "notice_day"), "unknown-column", "relations.csv", 1, "notice_day"),
    ("missing-column", replaced("relations.csv", "id,dependent,", "id,dependant,"), "missing-column", "relations.csv", 1, "dependent"),
    ("column-twice", replaced("relations.csv", "framework,evidence", "note,evidence"), "column-twice", "relations.csv", 1, "note"),
    ("id-of-another-kind", replaced("entities.csv", "supplier:orbit,supplier", "supplier:orbit,system"), "id-kind", "entities.csv", 5, "id"),
    ("id-with-capitals", with_row("entities.csv", "supplier:Big Co,supplier,Big,,,,,,,,,,"), "id-form", "entities.csv", 6, "id"),
    ("needed-cell-empty", replaced("entities.csv", ",Orbit,", ",,"), "missing", "entities.csv", 5, "name"),
    ("no-web-address", replaced("evidence.csv", "https://example.org/1", "javascript:alert(1)"), "url", "evidence.csv", 2, "url"),
    ("unclosed-quote", with_row("relations.csv", 'r9,"authority:ashby'), "csv", "relations.csv", 5, None),
    ("a-picture", {"relations_csv": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00"}, "not-text", "relations.csv", None, None),
    ("utf-16-without-its-mark", {"relations_csv": FILES["relations.csv"].encode("utf-16-le")}, "not-text", "relations.csv", None, None),
    ("broken-utf-16", {"relations_csv": b"\xff\xfe\x00"}, "encoding", "relations.csv", None, None),
    ("no-text-at-all", {"relations_csv": b"id\x81,\xff\n"}, "encoding", "relations.csv", None, None),
    ("broken-toml", {"dataset_toml": "title = "}, "toml", "dataset.toml", None, None),
    ("no-date-of-data", {"dataset_toml": 'title = "x"\n'}, "missing", "dataset.toml", None, "as_of"),
    ("toml-number", {"dataset_toml": 'title = "x"\nas_of = 2024\n'}, "not-text", "dataset.toml", None, "as_of"),
    ("toml-unknown-key", {"dataset_toml": FILES["dataset.toml"] + 'titel = "x"\n'}, "unknown-key", "dataset.toml", None, "titel"),
    ("own-register-grade", replaced("dataset.toml", '"confirmed"', '"sure"'), "word", "dataset.toml", None, "own_register"),
    ("huge-field", with_row("relations.csv", relation() [:-1] + ',"' + "x" * 140_000 + '"'), "csv", "relations.csv", 5, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "rule", "file", "row", "column"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN]
)
def test_the_message_names_file_row_column_and_rule(
    tmp_path: Path, changes: Mapping[str, str | bytes | None], rule: str, file: str, row: int | None, column: str | None
) -> None:
    with pytest.raises(DataError) as caught:
        read(write_small(tmp_path, **changes))
    assert (file, row, column, rule) in [(p.file, p.row, p.column, p.rule) for p in caught.value.problems]
    found = next(p for p in caught.value.problems if p.rule == rule)
    assert found.message.endswith(".")
    assert found.fix or rule in {"control-character"}
    assert str(caught.value).endswith("run `riskgraph data check` again.")


def test_the_small_set_itself_is_right(tmp_path: Path) -> None:
    dataset = read(write_small(tmp_path))
    assert (len(dataset.entities), len(dataset.relations), dataset.warnings) == (4, 3, ())


def test_every_problem_is_reported_at_once(tmp_path: Path) -> None:
    rows = "\n".join([relation("r1"), relation("r8", relation="serves"), relation("r7", provider="supplier:nobody")])
    with pytest.raises(DataError) as caught:
        read(write_small(tmp_path, **with_row("relations.csv", rows)))
    assert {p.rule for p in caught.value.problems} == {"id-twice", "word", "dangling-reference"}


def test_an_unknown_word_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"Did you mean served-by\?"):
        read(write_small(tmp_path, **with_row("relations.csv", relation(relation="servedby"))))


def test_a_dangling_reference_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"Did you mean supplier:orbit\?"):
        read(write_small(tmp_path, **with_row("relations.csv", relation(provider="supplier:orbitt"))))


@pytest.mark.parametrize("known", [3, 200])
def test_a_reference_like_nothing_known_shows_a_long_list_only_in_part(tmp_path: Path, known: int) -> None:
    ids = [f"year-{number:04}" for number in range(known)]
    incidents = ["incident_id,title", *(f"{id_},Something happened" for id_ in ids)]
    (tmp_path / "incidents.csv").write_text("\n".join(incidents) + "\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read(write_small(tmp_path, **replaced("evidence.csv", "supports,,invented,", "supports,,invented,qqqqqq")))
    (fix,) = [problem.fix for problem in caught.value.problems if problem.rule == "dangling-reference"]
    shown = [id_ for id_ in ids if id_ in fix]
    if known == 3:
        assert shown == ids
    else:
        assert 0 < len(shown) < 10
        assert f"{known - len(shown)} more" in fix


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_delimiters_and_line_ends_make_no_difference(
    tmp_path: Path, encoding: str, delimiter: str, newline: str
) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    name = replaced("entities.csv", ",Orbit,", ",Orbït £,")
    expected = read(write_small(plain, **name))
    other = tmp_path / "other"
    other.mkdir()
    written = {
        file.replace(".", "_"): (name.get("entities_csv", text) if file == "entities.csv" else text)
        .replace(",", delimiter)
        .replace("\n", newline)
        .encode(encoding)
        for file, text in FILES.items()
        if file.endswith(".csv")
    }
    dataset = read(write_small(other, **written))
    assert dataset.digest == expected.digest
    assert {warning.rule for warning in dataset.warnings} == ({"encoding"} if encoding == "cp1252" else set())


@pytest.mark.parametrize("missing", ["entities.csv", "relations.csv"])
def test_a_missing_table_is_named(tmp_path: Path, missing: str) -> None:
    with pytest.raises(MissingFile, match=missing):
        read(write_small(tmp_path, **{missing.replace(".", "_"): None}))


def test_evidence_and_register_may_be_missing(tmp_path: Path) -> None:
    tables = {"evidence_csv": None, "register_csv": None, "relations_csv": FILES["relations.csv"].replace(",e1,", ",,")}
    assert len(read(write_small(tmp_path, **tables)).relations) == 3


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("nowhere", "There is no data set at"),
        ("empty", "holds no dataset.toml"),
        ("file.txt", "a data set is a folder"),
    ],
)
def test_what_is_no_data_set_is_said(tmp_path: Path, where: str, words: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.txt").write_text("x")
    with pytest.raises(RiskGraphError, match=words):
        read(tmp_path / where)


def test_the_command_line_shows_no_traceback(tmp_path: Path) -> None:
    write_small(tmp_path, **with_row("relations.csv", relation(relation="serves")))
    command = [sys.executable, "-m", "riskgraph", "blast", "orbit", "--data", str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (3, "")
    assert run.stderr.startswith("Error: 1 problem in ")
    assert "relations.csv, row 5, column relation" in run.stderr
    assert "Traceback" not in run.stderr


def test_the_order_of_rows_makes_no_difference(tmp_path: Path) -> None:
    header, *rows = FILES["relations.csv"].splitlines(keepends=True)
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    shuffled = header + "".join(reversed(rows))
    assert read(write_small(one)).digest == read(write_small(two, relations_csv=shuffled)).digest


WARNED: list[tuple[str, Mapping[str, str]]] = [
    ("field-without-meaning", replaced("relations.csv", "r2,authority:bexton,served-by,shared-service:both,housing,,,", "r2,authority:bexton,served-by,shared-service:both,housing,,admin,")),
    ("relation-twice", with_row("relations.csv", "r9,authority:bexton,served-by,shared-service:both,housing,,,,,,,,,,,,,,")),
    ("evidence-unused", with_row("evidence.csv", "e9,https://example.org/9,invented,2021,2024-06-30,confirmed,supports,,x,")),
    ("published-later", replaced("evidence.csv", "2021-05", "2025-05")),
    ("never-in-force", replaced("register.csv", "authority:ashby,,Ashby,district,England,South East,,,,", "authority:ashby,,Ashby,district,England,South East,,,2019-03-31,")),
    ("contract-date-order", {"relations_csv": FILES["relations.csv"].replace(",evidence,note\n", ",evidence,note,contract_end\n").replace(",,\n", ",,,\n").replace("e1,\n", "e1,,\n").replace("2026,90,,e1,,", "2026,90,,e1,,2027")}),
    ("same-name", with_row("entities.csv", "supplier:orbit-2,supplier,ORBIT,,,,,,,,,,")),
    ("mixed-script", replaced("entities.csv", ",Orbit,", ",\u041erbit,")),
    ("same-code", with_row("entities.csv", "supplier:a,supplier,A,,,,01234567,,,,,,\nsupplier:b,supplier,B,,,,01234567,,,,,,")),
    ("several-areas", replaced("entities.csv", "supplier:orbit,supplier,Orbit,Orbit Ltd,,,,,", "supplier:orbit,supplier,Orbit,Orbit Ltd,,,,,housing")),
    ("spaces", replaced("entities.csv", ",Orbit,", ", Orbit ,")),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "changes"), WARNED, ids=[rule for rule, _ in WARNED])
def test_what_is_doubtful_is_a_warning(tmp_path: Path, rule: str, changes: Mapping[str, str]) -> None:
    assert rule in {warning.rule for warning in read(write_small(tmp_path, **changes)).warnings}


def test_lonely_alternatives_blank_evidence_and_unregistered_councils(tmp_path: Path) -> None:
    changes = {
        "relations_csv": FILES["relations.csv"] + "r8,authority:ashby,uses,system:s,housing,,,,g1,,,,,,,,,e2,\n",
        "entities_csv": FILES["entities.csv"]
        + "system:s,system,S,,,,,,,,,,\nauthority:far,authority,Far,,district,E07999999,,,,,,,\n",
        "evidence_csv": FILES["evidence.csv"]
        + "e2,https://example.org/2,invented,2021,2024-06-30,confirmed,supports,hosting,x,\n",
    }
    rules = {warning.rule for warning in read(write_small(tmp_path, **changes)).warnings}
    assert rules >= {"lonely-alternative", "evidence-about-blank", "not-in-register"}


def test_every_check_is_tried_here() -> None:
    tried = {case[2] for case in BROKEN} | {rule for rule, _ in WARNED}
    assert set(CHECKS) <= tried | {"lonely-alternative", "evidence-about-blank", "not-in-register"}
    assert all(check.describes for check in CHECKS.values())
