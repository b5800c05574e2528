"""A map is kept in one file, and what has changed since is said in words."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from riskgraph.api import load
from riskgraph.cli import main

HEADER = ["Council", "System", "Supplier", "Hosted by", "Data", "Contract end", "Data returned", "Checked on", "Source"]
LAST = [
    ["Dover", "Rates", "Quenby", "supplier", "personal", "2028-03-31", "", "2026-08-01", "register"],
    ["Thanet", "Rates", "Quenby", "supplier", "personal", "2026-09-30", "", "2026-08-01", "register"],
    ["Canterbury", "Bins", "Alder Ltd", "supplier", "personal", "", "", "2026-08-01", "register"],
]
NOW = [
    ["Dover", "Rates", "Quenby", "supplier", "personal", "2028-03-31", "", "2026-11-01", "register"],
    ["Thanet", "Rates", "Quenby", "supplier", "personal", "2026-09-30", "yes", "2026-11-01", "register"],
    ["Canterbury", "Rates", "Quenby", "supplier", "personal", "", "", "2026-11-01", "register"],
    LAST[2],
]


def run(*words: str) -> Result:
    return CliRunner().invoke(main, [*words])


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, rows in (("last.csv", LAST), ("now.csv", NOW)):
        with Path(name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEADER, *rows])


def test_a_snapshot_is_named_by_map_and_date_and_is_the_same_bytes() -> None:
    said = run("data", "snapshot", "--data", "last.csv").stdout
    assert said.startswith(
        "5 relations of 7 bodies and places kept in last-2026-08-01.zip (1 KB; data of 1 August 2026)"
    )
    assert "Next quarter: riskgraph data diff last-2026-08-01.zip last.csv" in said
    assert "are kept already, unchanged, in last-2026-08-01.zip" in run("data", "snapshot", "--data", "last.csv").stdout
    run("data", "snapshot", "--data", "last.csv", "--to", "again.zip")
    assert Path("again.zip").read_bytes() == Path("last-2026-08-01.zip").read_bytes()


def test_another_state_of_the_same_date_gets_a_number_and_nothing_is_written_over() -> None:
    run("data", "snapshot", "--data", "last.csv")
    with Path("last.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(["Dover", "Bins", "Alder Ltd", "", "", "", "", "2026-08-01", "register"])
    assert "last-2026-08-01-2.zip" in run("data", "snapshot", "--data", "last.csv").stdout
    assert "is there already" in run("data", "snapshot", "--to", "last-2026-08-01.zip").stderr


@pytest.mark.parametrize("data", ["seeds", "last.csv"])
def test_a_snapshot_is_a_map_like_the_one_that_it_was_taken_of(data: str) -> None:
    assert run("data", "snapshot", "--data", data, "--to", "kept.zip").exit_code == 0
    assert load("kept.zip").dataset.digest == load(data).dataset.digest
    root = "civica" if data == "seeds" else "quenby"
    assert (
        run("blast", root, "--data", "kept.zip").stdout.splitlines()[0]
        == (run("blast", root, "--data", data).stdout.splitlines()[0])
    )
    assert run("data", "diff", "kept.zip", data).stdout.startswith("0 differences")


def test_what_has_changed_since_is_said_by_name_and_first_who_is_newly_exposed() -> None:
    run("data", "snapshot", "--data", "last.csv", "--to", "kept.zip")
    lines = run("data", "diff", "kept.zip", "now.csv").stdout.splitlines()
    assert lines[:2] == [
        "1 council newly exposed to Quenby; 1 no longer exposed to Quenby since 1 August 2026 (data of 1 November 2026).",
        "1 link ended, 1 new link and 2 rows refreshed.",
    ]
    assert "  1 newly reached: Canterbury" in lines and "  1 no longer reached: Thanet" in lines
    assert lines[lines.index("Ended links (1):") + 1] == "- Thanet uses Rates"
    assert lines[lines.index("New links (1):") + 1] == "- Canterbury uses Rates"


def test_a_link_that_ended_by_time_alone_has_ended() -> None:
    found = load("now.csv")
    before = [[*row[:6], "yes" if row[0] == "Thanet" else "", "2026-08-01", "register"] for row in LAST]
    with Path("early.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *before])
    assert load("early.csv").dataset.relations.keys() <= found.dataset.relations.keys()
    assert "1 link ended" in run("data", "diff", "early.csv", "now.csv").stdout


def test_a_quarter_without_a_move_says_that_nobody_joined_or_left() -> None:
    rows = [[*row[:7], "2026-11-01", "register"] for row in LAST]
    with Path("same.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    lines = run("data", "diff", "last.csv", "same.csv").stdout.splitlines()
    assert lines[0] == "5 rows refreshed since 1 August 2026 (data of 1 November 2026)."
    assert lines[1] == "Nobody joined or left a radius that was compared."


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", "report"])
def test_what_is_no_snapshot_is_refused_with_what_makes_one(content: bytes | str) -> None:
    if isinstance(content, bytes):
        Path("bad.zip").write_bytes(content)
    else:
        with zipfile.ZipFile("bad.zip", "w") as archive:
            archive.writestr("dataset.toml", 'title = "x"')
            archive.writestr("../evil.csv", "x")
    said = run("blast", "civica", "--data", "bad.zip")
    assert said.exit_code and said.stderr == (
        "Error: bad.zip is no snapshot of a map.\nMake one: riskgraph data snapshot --data MAP\n"
    )


def test_what_is_wrong_in_a_snapshot_is_told_of_its_own_name() -> None:
    run("data", "snapshot", "--data", "seeds", "--to", "kept.zip")
    with zipfile.ZipFile("kept.zip") as old, zipfile.ZipFile("torn.zip", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"authority:thanet,authority", b"authority:thanet,town"))
    said = run("blast", "civica", "--data", "torn.zip")
    assert said.exit_code == 3 and "torn.zip" in said.stderr and "tmp" not in said.stderr
