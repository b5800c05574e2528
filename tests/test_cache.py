"""The cache: never trusted when stale or damaged, never in the way of an answer."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import numpy as np
import pytest

from riskgraph.analysis.rank import rank
from riskgraph.compiled import SUFFIX, Compiled, compiled
from riskgraph.data import cache, read, write
from riskgraph.engine import store
from riskgraph.graph import RiskGraph
from riskgraph.settle import View

POSIX = pytest.mark.skipif(os.name == "nt", reason="rights of files are another matter there")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "cache"
    monkeypatch.setenv("RISKGRAPH_CACHE", str(home))
    return home


def ready(where: str | Path = "seeds") -> Compiled:
    dataset = read(where)
    return compiled(dataset, View(dataset.info.day))


def same(first: Compiled, second: Compiled) -> bool:
    others = second.arrays()
    return all(np.array_equal(array, others[name]) for name, array in first.arrays().items())


def test_what_is_read_is_what_was_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = ready()
    (file,) = folder.iterdir()
    monkeypatch.setattr("riskgraph.compiled.compile_harm", None)  # nothing is compiled a second time
    kept = ready()
    assert same(made, kept)
    assert not kept.snapshot.source.flags.writeable and file.suffix == SUFFIX


def test_answers_are_the_same_with_and_without(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [rank(RiskGraph.open("seeds")).rows for _ in range(2)]
    monkeypatch.setenv("RISKGRAPH_CACHE", "off")
    assert answers == [rank(RiskGraph.open("seeds")).rows] * 2
    assert len(list(folder.iterdir())) == 1


def test_another_day_and_other_data_are_another_file(folder: Path, tmp_path: Path) -> None:
    seeds = read("seeds")
    compiled(seeds, View(seeds.info.day))
    compiled(seeds, View(seeds.info.day.replace(year=2015)))
    compiled(seeds, View(seeds.info.day, ("x",)))
    write(seeds, tmp_path / "copy")
    ready(tmp_path / "copy")  # equal data: no further file
    assert len(list(folder.iterdir())) == 3
    entities = tmp_path / "copy" / "entities.csv"
    entities.write_text(entities.read_text("utf-8").replace("Civica", "Civita"), "utf-8")
    ready(tmp_path / "copy")
    assert len(list(folder.iterdir())) == 4


def test_other_code_is_another_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ready()
    monkeypatch.setattr("riskgraph.compiled.code_digest", lambda: "another")
    ready()
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda raw: b"", id="empty"),
        pytest.param(lambda raw: raw[: len(raw) // 2], id="cut"),
        pytest.param(lambda raw: raw[:-70] + bytes([raw[-70] ^ 1]) + raw[-69:], id="one bit"),
        pytest.param(lambda raw: raw.replace(b'"format": 1', b'"format": 2', 1), id="another format"),
        pytest.param(lambda raw: raw.replace(b'"shape', b'"shap_', 1)[1:], id="shifted"),
        pytest.param(lambda raw: b"\x80\x04" + raw[2:], id="a pickle"),
        pytest.param(lambda raw: raw[:17] + b"[" * 60_000 + b"\n" + raw, id="deep"),
        pytest.param(lambda raw: raw[:17] + b"{}\n", id="no header"),
    ],
)
def test_a_damaged_file_is_no_file(folder: Path, damage: object) -> None:
    made = ready()
    (file,) = folder.iterdir()
    file.write_bytes(damage(file.read_bytes()))  # type: ignore[operator]
    file.chmod(0o600)
    assert store.load(file, file.stem) is None
    assert same(ready(), made)
    assert store.load(file, file.stem) is not None  # and it is made good


def test_numbers_that_do_not_fit_together_are_refused(folder: Path) -> None:
    made = ready()
    (file,) = folder.iterdir()
    for name in ("source", "target", "place_area", "roots_places", "direct_body", "derives", "place_part"):
        arrays = made.arrays()
        arrays[name] = arrays[name].copy()
        arrays[name][0] = 100 if arrays[name].dtype == np.uint8 else 1 << 20
        store.save(file, file.stem, arrays)
        assert store.load(file, file.stem) is not None  # the file is whole, what it says is not
        assert same(ready(), made)
    for name in made.arrays():
        arrays = {other: array for other, array in made.arrays().items() if other != name}
        with pytest.raises(ValueError, match=name):
            Compiled.of_arrays(arrays, 42)


@POSIX
def test_only_the_user_can_read_it(folder: Path) -> None:
    ready()
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(folder.stat().st_mode) == 0o700


@POSIX
def test_what_others_could_have_written_is_not_read(folder: Path, tmp_path: Path) -> None:
    ready()
    (file,) = folder.iterdir()
    file.chmod(0o620)
    assert store.load(file, file.stem) is None
    file.chmod(0o600)
    moved = tmp_path / "elsewhere"
    file.rename(moved)
    file.symlink_to(moved)
    assert store.load(file, file.stem) is None


def test_it_holds_numbers_only(folder: Path) -> None:
    ready()
    (file,) = folder.iterdir()
    raw = file.read_bytes().lower()
    assert b"civica" not in raw and b"authority:" not in raw


def test_a_folder_that_cannot_be_written_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.setenv("RISKGRAPH_CACHE", str(tmp_path / "file" / "cache"))
    assert cache.cache_folder() is None
    assert len(ready().roots) > 0


def test_an_interrupted_write_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir()

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        ready()
    assert list(folder.iterdir()) == []


def test_old_files_go(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "FILES_KEPT", 2)
    seeds = read("seeds")
    for year in (2010, 2012, 2014, 2016):
        compiled(seeds, View(seeds.info.day.replace(year=year)))
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize(
    ("platform", "given", "expected"),
    [
        ("linux", {"XDG_CACHE_HOME": "x"}, "x/riskgraph"),
        ("linux", {"HOME": "h"}, "h/.cache/riskgraph"),
        ("darwin", {"HOME": "h"}, "h/Library/Caches/riskgraph"),
        ("win32", {"LOCALAPPDATA": "l"}, "l/riskgraph"),
    ],
)
def test_where_it_lies(
    platform: str, given: dict[str, str], expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("RISKGRAPH_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, str(tmp_path / value))
    if "HOME" in given and os.name == "nt":
        monkeypatch.setenv("USERPROFILE", str(tmp_path / given["HOME"]))
    monkeypatch.setattr(sys, "platform", platform)
    assert cache.cache_folder() == tmp_path / expected
    assert (tmp_path / expected).is_dir()
