"""The explorer as a file: the same bytes, only where it is asked for, never with names withheld."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from reporting import seeds, uk

from riskgraph.analysis.blast import blast
from riskgraph.cli import main
from riskgraph.graph import RiskGraph
from riskgraph.model import Band
from riskgraph.report import make
from riskgraph.report.explorer import explorer


def page_of(graph: RiskGraph, *roots: str) -> bytes:
    made = make(graph, "blast", roots)
    return explorer(blast(graph, roots), made.marking, made.origin)


def test_the_same_input_gives_the_same_bytes() -> None:
    first, second = (page_of(RiskGraph(seeds()), "rbkc shared it") for _ in range(2))
    assert first == second
    assert len(first) < 6_000_000
    text = re.sub(r"<script>.*?</script>", "", first.decode(), flags=re.DOTALL)
    assert not re.search(r"https?://", text)
    assert text.count("TLP:CLEAR") >= 3


def test_bodies_reached_alike_share_a_box_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    present = [r for r in blast(uk(), "supplier:capita").within(Band.POSSIBLE) if not r.root and not r.past]

    def labels() -> list[str]:
        held = re.search(r'id="figures">(.*?)</script>', page_of(uk(), "supplier:capita").decode(), re.DOTALL)
        assert held is not None
        traces = json.loads(held[1])["figures"]["network"]["data"]
        return [label for trace in traces for label in trace.get("text", ())]

    apart = labels()
    assert len(apart) > len(present) and "Adur" in apart
    monkeypatch.setattr("riskgraph.report.explorer.MOST_BOXES", 20)
    alike = labels()
    counts = [int(found[1]) for label in alike if (found := re.fullmatch(r"(\d+) bod(?:y|ies)", label))]
    assert sum(counts) == len(present) and len(alike) < len(apart)


def test_an_empty_answer_has_no_pictures() -> None:
    text = page_of(RiskGraph(seeds()), "authority:essex").decode()
    assert 'class="plot"' not in text and "0 of 25 councils besides Essex (county) itself could be reached" in text


def test_the_folder_and_the_archive_hold_it_where_it_is_asked_for(tmp_path: Path) -> None:
    run = CliRunner()
    words = ["report", "blast", "civica", "--data", "seeds", "--output"]
    run.invoke(main, [*words, str(tmp_path / "plain")], catch_exceptions=False)
    assert not (tmp_path / "plain" / "explorer.html").exists()
    run.invoke(main, [*words, str(tmp_path / "a.zip"), "--explorer", "--zip"], catch_exceptions=False)
    archive = zipfile.ZipFile(io.BytesIO((tmp_path / "a.zip").read_bytes()))
    assert [name for name in archive.namelist() if name.endswith("/explorer.html")]
    run.invoke(main, [*words, str(tmp_path / "rich"), "--explorer"], catch_exceptions=False)
    checked = run.invoke(main, ["verify", str(tmp_path / "rich" / "report.json")], catch_exceptions=False)
    assert checked.exit_code == 0 and checked.stdout.startswith("0 differences")


@pytest.mark.parametrize("withheld", [["--anonymous"], ["--redact", "names.txt"]])
def test_where_names_are_withheld_there_is_none(
    withheld: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("names.txt").write_text("thanet\n", "utf-8")
    words = ["report", "blast", "east kent services", "--data", "seeds", "--explorer", *withheld]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2 and "leave --explorer out" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["names.txt"]
