"""Every writer writes whole or not at all: each is stopped at every operation on the disk."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from small import write_small

from riskgraph.cli import main
from riskgraph.data import canonical, read, write
from riskgraph.data.folders import current, interrupted, update_folder, write_file, write_folder
from riskgraph.errors import RiskGraphError

OPERATIONS = ("open", "mkdir", "rename", "replace", "rmdir", "unlink", "fsync")
OLD = {"a.csv": b"old a", "b.csv": b"old b", "c.csv": b"same"}
NEW = {"a.csv": b"new a", "b.csv": b"new b", "c.csv": b"same"}


class Killed(BaseException):
    """The process ends here: nothing that comes after it happens."""


@contextmanager
def stopped_at(turn: int, kind: str) -> Iterator[list[str]]:
    """Let the operation with this number fail: `once`, with all that follow (`full`), or as a kill would end it."""
    done: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        for name in OPERATIONS:
            real: Callable[..., Any] = getattr(os, name)

            def operation(*args: Any, _real: Callable[..., Any] = real, _name: str = name, **kwargs: Any) -> Any:
                done.append(_name)
                if len(done) - 1 == turn or (len(done) - 1 > turn and kind != "once"):
                    raise Killed if kind == "killed" else OSError(28, "No space left on device")
                return _real(*args, **kwargs)

            patch.setattr(os, name, operation)
        yield done


def every_stop(kind: str, writer: Callable[[], object], reset: Callable[[], None]) -> Iterator[bool]:
    """Stop a writer at its first operation, at its second, and so on; whether it said that it wrote."""
    for turn in range(200):
        reset()
        with stopped_at(turn, kind) as done:
            try:
                writer()
                wrote = True
            except (RiskGraphError, Killed):
                wrote = False
        yield wrote
        if len(done) <= turn:
            assert turn > 3, "the operations on the disk are not seen"
            return
    pytest.fail("it never ends")


def content(folder: Path) -> dict[str, bytes]:
    """What counts in a folder."""
    return {name: current(folder, name).read_bytes() for name in OLD}


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.mark.parametrize("kind", ["once", "full", "killed"])
def test_a_file_is_the_old_one_or_the_new_one_wherever_its_writer_stops(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "kept.csv"
    for wrote in every_stop(kind, lambda: write_file(target, b"new"), lambda: _fresh(tmp_path, {"kept.csv": b"old"})):
        assert target.read_bytes() in ({b"new"} if wrote else {b"old", b"new"} if kind == "killed" else {b"old"})
        if kind == "once":
            assert names(tmp_path) == ["kept.csv"]


@pytest.mark.parametrize("kind", ["once", "full", "killed"])
def test_a_new_folder_is_there_whole_or_not_at_all_wherever_its_writer_stops(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "above" / "pack"
    for wrote in every_stop(kind, lambda: write_folder(target, NEW), lambda: _fresh(tmp_path, {})):
        if target.exists():
            assert content(target) == NEW and names(target) == sorted(NEW)
        assert target.exists() or not wrote
        if kind == "once":
            assert names(tmp_path) == (
                ["above", *(f"above/{x}" for x in ["pack", *(f"pack/{n}" for n in NEW)])] if wrote else []
            )


@pytest.mark.parametrize("kind", ["once", "full", "killed"])
def test_a_folder_is_the_old_one_or_the_new_one_wherever_its_writer_stops(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "map"
    states = set()

    def reset() -> None:
        _fresh(tmp_path, {})
        write_folder(target, {**OLD, "note.txt": b"ours"})

    for wrote in every_stop(kind, lambda: update_folder(target, NEW), reset):
        state = content(target)
        assert state in (OLD, NEW)
        assert not wrote or state == NEW
        states.add(state["a.csv"])
        assert (target / "note.txt").read_bytes() == b"ours"
        if kind == "once":
            assert names(tmp_path) == ["map", *(f"map/{name}" for name in [*NEW, "note.txt"])]
            assert wrote or state == OLD
        update_folder(target, NEW)  # the next writer brings to an end what the one before was stopped at
        assert not interrupted(target)
        assert {name: (target / name).read_bytes() for name in NEW} == NEW
    assert states == {b"old a", b"new a"}


def _fresh(folder: Path, files: dict[str, bytes]) -> None:
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name, data in files.items():
        (folder / name).write_bytes(data)


WRITERS: dict[str, Sequence[str]] = {
    "incident": ("data", "incident", "wave-2026", "--data", "map", "--title", "A wave", "--status", "Ashby: data exposed"),
    "import": ("data", "import", "sheet.csv", "--into", "map"),
    "merge": ("data", "merge", "map", "seeds", "--to", "new"),
    "redact": ("data", "redact", "--data", "map", "--hide", "ashby", "--to", "new"),
    "report": ("report", "blast", "orbit", "--data", "map", "--output", "new"),
    "report-zip": ("report", "blast", "orbit", "--data", "map", "--zip", "--output", "new.zip"),
    "exercise": ("exercise", "rbkc-shared-it-2025", "--data", "seeds", "--output", "new"),
    "whatif": ("whatif", "lose", "orbit", "--data", "map", "--save", "new.toml"),
    "blast": ("blast", "orbit", "--data", "map", "--output", "new.txt"),
    "atlas": ("atlas", "--data", "map", "--output", "new.html"),
}  # fmt: skip


@pytest.mark.parametrize("word", WRITERS)
def test_every_command_that_writes_leaves_the_old_state_or_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RISKGRAPH_CACHE", "off")
    runner = CliRunner()

    def reset() -> None:
        _fresh(tmp_path, {"sheet.csv": b"Council,System,Supplier\nBexton,Forms,Quenby Ltd\n"})
        (tmp_path / "map").mkdir()
        write_small(tmp_path / "map")

    def state() -> dict[str, bytes]:
        everything = (path for path in tmp_path.rglob("*") if path.is_file())
        found = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in everything}
        if interrupted(tmp_path / "map"):
            found |= {f"map/{Path(name).name}": found.pop(name) for name in [*found] if ".riskgraph-new/" in name}
        return found

    reset()
    old = state()
    done = runner.invoke(main, WRITERS[word])
    assert done.exit_code == 0, done.output
    new = state()
    assert new != old
    turns = 0
    with stopped_at(10_000, "once") as operations:
        reset()
        before = len(operations)
        runner.invoke(main, WRITERS[word])
        turns = len(operations) - before
    for turn in range(turns):
        reset()
        with stopped_at(turn, "killed"), suppress(Killed):
            runner.invoke(main, WRITERS[word], catch_exceptions=False)
        left = {name: data for name, data in state().items() if not name.rpartition("/")[0].count(".riskgraph-")}
        assert left in (old, new), f"{word} stopped at operation {turn} of {turns}"
        for folder in tmp_path.glob("**/.riskgraph-*"):
            shutil.rmtree(folder) if folder.is_dir() else folder.unlink()


def test_a_data_set_that_a_killed_writer_left_is_read_and_completed(tmp_path: Path) -> None:
    folder = tmp_path / "map"
    write(read("seeds"), folder)
    (folder / ".riskgraph-new").mkdir()
    other = canonical(read(write_small(tmp_path)))
    for name, data in other.items():
        (folder / ".riskgraph-new" / name).write_bytes(data)
    left = read(folder)
    assert left.info.title == "Small"
    assert [warning.rule for warning in left.warnings].count("interrupted") == 1
    write(left, folder)
    assert read(folder).warnings == () and not interrupted(folder)
    assert {name: (folder / name).read_bytes() for name in other} == other


def test_a_register_of_another_data_set_is_not_taken_over(tmp_path: Path) -> None:
    write_small(tmp_path)
    with pytest.raises(RiskGraphError, match="of this data set"):
        write(read("seeds"), tmp_path)
    assert read(tmp_path).info.title == "Small"


def test_a_link_in_a_folder_is_not_written_through(tmp_path: Path) -> None:
    write_folder(tmp_path / "map", OLD)
    (tmp_path / "elsewhere").write_bytes(b"old a")
    (tmp_path / "map" / "a.csv").unlink()
    (tmp_path / "map" / "a.csv").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RiskGraphError, match="is a link"):
        update_folder(tmp_path / "map", NEW)
    assert content(tmp_path / "map") == OLD


@pytest.mark.parametrize("where", ["a\0b", "x" * 5000, "file/below"])
def test_a_place_that_no_disk_takes_is_said(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    for writer in (
        lambda path: write_file(path, b"x"),
        lambda path: write_folder(path, OLD),
        lambda path: update_folder(path, OLD),
    ):
        with pytest.raises(RiskGraphError, match="cannot be written"):
            writer(tmp_path / where)
    assert names(tmp_path) == ["file"]


def test_only_one_module_writes_files() -> None:
    """But for what may be lost: the engine's store of arrays, on a lower floor, and files in a private temporary folder."""
    root = Path(__file__).parents[1] / "riskgraph"
    writes = re.compile(r"\.write_(bytes|text)\(|mkstemp|mkdtemp|\.rename\(|fdopen|open\([^)]*\"[wxa]b?\"")
    found = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if writes.search(line) and not line.lstrip().startswith((">>>", "..."))
    }
    waiting = {"fetching/taking_in.py", "importers/opening.py"}
    assert found == {"data/folders.py", "engine/store.py", *waiting}
    for name in waiting:
        assert "TemporaryDirectory(" in (root / name).read_text(encoding="utf-8")
