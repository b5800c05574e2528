"""Data sets go round without a change, and files are written whole or not at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from small import write_small

from riskgraph import RiskGraphError, read, write
from riskgraph.assets import shipped, shipped_maps
from riskgraph.cli import main
from riskgraph.data import canonical
from riskgraph.data.files import decode, read_table, write_table
from riskgraph.data.folders import write_file
from riskgraph.model import AUTHORITY
from riskgraph.rules import rules
from riskgraph.schema import schema


@pytest.mark.parametrize("name", sorted(shipped_maps()))
def test_shipped_data_pass_every_check(name: str) -> None:
    dataset = read(name)
    assert dataset.warnings == ()
    assert dataset.info.licence
    assert dataset.info.attribution
    assert all(row.evidence for row in dataset.relations.values())


@pytest.mark.parametrize("name", sorted(shipped_maps()))
def test_shipped_files_are_canonical(name: str) -> None:
    dataset = read(name)
    for file, content in canonical(dataset).items():
        if file.endswith(".csv"):
            assert shipped(name, file).read_bytes() == content, file


def test_the_seeds_are_a_part_of_the_national_map() -> None:
    seeds, uk = read("seeds"), read("uk")
    assert seeds.entities.items() <= uk.entities.items()
    assert seeds.relations.items() <= uk.relations.items()
    assert seeds.evidence.items() <= uk.evidence.items()


def test_all_382_principal_councils_are_in_the_register() -> None:
    from riskgraph.render.words import COUNCILS

    register = read("uk").register.values()
    councils = [entry for entry in register if entry.kind in COUNCILS and entry.status == "current"]
    assert len(councils) == 382
    assert all(entry.population for entry in councils)
    gone = [entry for entry in register if entry.status == "former"]
    assert gone
    assert all(entry.valid_to and entry.successors for entry in gone)


def test_reading_writing_and_reading_again_gives_the_same_bytes(tmp_path: Path) -> None:
    first = read(write_small(tmp_path))
    write(first, tmp_path / "copy")
    second = read(tmp_path / "copy")
    assert canonical(first) == canonical(second)
    assert first.digest == second.digest
    assert sorted(path.name for path in (tmp_path / "copy").iterdir()) == sorted(canonical(first))


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=2, max_size=2), max_size=5))
def test_any_text_survives_a_table(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    path = tmp_path_factory.mktemp("table") / "t.csv"
    path.write_bytes(write_table(["id", "name"], rows))
    table, _ = read_table(path, ["id", "name"])
    text, _ = decode(path.read_bytes(), "t.csv")
    import unicodedata

    expected = [tuple(unicodedata.normalize("NFC", cell) for cell in row) for row in rows if any(row)]
    assert text
    if not any(cell.startswith("\ufeff") for row in rows for cell in row):
        assert list(table.rows) == expected


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(RiskGraphError, match="is a link"):
        write_file(tmp_path / "link", b"new")
    assert (tmp_path / "real").read_bytes() == b"old"


def test_killing_the_writer_never_leaves_half_a_file(tmp_path: Path) -> None:
    target = tmp_path / "t.csv"
    target.write_bytes(b"a" * 1000)
    code = (
        "import sys; from pathlib import Path; from riskgraph.data.folders import write_file\n"
        "n = 0\n"
        "print('go', flush=True)\n"
        "while True:\n"
        "    n += 1; write_file(Path(sys.argv[1]), (b'b' if n % 2 else b'c') * 200_000)\n"
    )
    for wait in range(5):
        with subprocess.Popen([sys.executable, "-c", code, str(target)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            for _ in range(wait * 40):
                target.read_bytes()
            writer.kill()
        content = target.read_bytes()
        assert len(content) in {1000, 200_000}
        assert len(set(content)) == 1


def test_the_tables_of_the_model_use_known_words_only() -> None:
    columns = schema()
    relations = set(columns["relations"]["relation"].allowed)
    assert {line.relation for line in rules().propagation} == relations == set(rules().pairs)
    kinds = set(columns["entities"]["kind"].allowed)
    for pair in rules().pairs.values():
        assert pair.dependents | pair.providers <= kinds
    for line in rules().propagation:
        for field, values in line.when:
            if field == "area":
                assert values <= set(rules().areas)
            elif field in {"data", "access"}:
                assert values <= {*columns["relations"][field].allowed, "unknown"}
    assert AUTHORITY in kinds


def test_every_relation_has_a_last_line_that_always_fits() -> None:
    """`rules().line` never fails: for every provider and every combination of values some line fits."""
    from itertools import product

    from riskgraph.rules import Situation

    columns = schema()["relations"]
    for name, pair in rules().pairs.items():
        values = product(
            sorted(pair.providers),
            [None, *columns["data"].allowed],
            [None, *columns["access"].allowed],
            [None, *rules().areas],
        )
        for provider, data, access, area in values:
            rules().line(name, Situation(provider, data, access, area, rules().enabling(area)))


@pytest.mark.parametrize(
    "command",
    [
        "report blast orbit --redact names.txt",
        "data redact --names names.txt",
        "blast orbit --members names.txt",
        "verify blast --redact names.txt",
    ],
)
def test_a_list_of_names_that_is_no_text_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.chdir(tmp_path)
    write_small(tmp_path)
    data = "" if command.startswith("verify") else f" --data {tmp_path}"
    for content, message in ((b"\x00\x01", "is no list of names"), (b"# a note\n", "holds no name")):
        (tmp_path / "names.txt").write_bytes(content)
        result = CliRunner().invoke(main, (command + data).split())
        assert result.exit_code == 2 and message in result.stderr
    (tmp_path / "names.txt").unlink()
    assert CliRunner().invoke(main, (command + data).split()).exit_code == 4
