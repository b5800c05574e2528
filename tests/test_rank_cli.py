"""The word `rank` on the command line."""

from __future__ import annotations

import csv
import io
import json
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from riskgraph.analysis.rank import rank
from riskgraph.cli import main
from riskgraph.cli import progress as module
from riskgraph.cli.progress import Progress
from riskgraph.graph import RiskGraph
from riskgraph.model import Band


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["rank", "--data", "seeds", *words])


def test_text_begins_with_a_number_and_says_what_ranks() -> None:
    lines = run("--like", "outage", "--by", "services").stdout.splitlines()
    rows = RiskGraph.open("seeds").dataset.relations.values()
    served = {
        (row.dependent, row.service_area)
        for row in rows
        if row.provider == "shared-service:east-kent-services" and row.valid_to is None
    }
    assert {body for body, _ in served} == {"authority:canterbury", "authority:dover", "authority:thanet"}
    assert lines[0].startswith(
        f"{len(served)} services of 3 of 27 public bodies could be reached first if East Kent Services stopped"
    )
    assert "Ranked by services reached, those likely or surer first:" in lines
    assert lines[-1].startswith("Try next: riskgraph blast east-kent-services")


def test_json_has_every_band() -> None:
    found = json.loads(run("supplier", "--format", "json").stdout)
    rows = found["tables"]["roots"]
    assert {row["root"] for row in rows} <= {row.root for row in rank(RiskGraph.open("seeds")).rows}
    for row in rows:
        bands = [row[f"authorities_{band.word}"] for band in Band]
        assert bands == sorted(bands) and row["authorities"] == bands[Band.POSSIBLE]


def test_csv_and_table_are_complete() -> None:
    rows = list(csv.DictReader(io.StringIO(run("--format", "csv").stdout)))
    table = run("--format", "table").stdout.splitlines()
    assert len(rows) == len(table) - 2 > 20
    assert [int(row["rank"]) for row in rows] == list(range(1, len(rows) + 1))
    assert {"authorities_likely", "exposure_documented", "residents_at_most_possible"} <= set(rows[0])


@pytest.mark.parametrize("form", ["text", "table", "csv", "json"])
def test_several_together(form: str) -> None:
    result = run("--together", "2", "--format", form, "--like", "outage", "--limit", "3")
    assert result.exit_code == 0
    if form == "json":
        found = json.loads(result.stdout)
        worst = [row for row in found["tables"]["sets"] if row["list"] == "worst"]
        assert found["facts"]["exact"] and worst[0]["reached"] == 6 and len(worst) == 3
    elif form == "text":
        assert result.stdout.startswith(
            "Oracle Fusion and East Kent Services together could reach 6 of 27 public bodies"
        )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["council"], "No kind of root is called 'council'."),
        (["--together", "2", "--hidden"], "--hidden ranks single roots"),
        (["--memory", "1", "--data", "uk"], "of memory; 1 MiB may be used"),
    ],
)
def test_what_cannot_be_answered_says_why(words: list[str], said: str) -> None:
    result = run(*words)
    assert result.exit_code == 2 and said in result.stderr and not result.stdout


def test_an_empty_answer_is_an_answer() -> None:
    result = run("store", "--like", "insolvency", "--band", "documented")
    assert result.exit_code == 0 and result.stdout.startswith("0 of ")


def test_progress_waits_two_seconds(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    clock = iter([0.0, 1.9, 2.1, 3.0, 13.0])
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    with Progress("All roots") as told:
        for done in range(4):
            told(done, 4)
    out, err = capsys.readouterr()
    assert out == "" and err.splitlines() == ["All roots: 25 %", "All roots: 75 %"]


def test_progress_counts_where_nobody_knows_how_much_there_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter([0.0, 2.1])
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    with Progress("Rows read") as told:
        told(20_000, 0)
    assert capsys.readouterr().err == "Rows read: 20,000\n"
