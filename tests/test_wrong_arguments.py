"""Whatever people give to the Python door, it answers or raises a `RiskGraphError`, and nothing else."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import riskgraph
from riskgraph import api
from riskgraph.analysis.question import Asking
from riskgraph.arguments import checked
from riskgraph.errors import RiskGraphError
from riskgraph.report import ReportOptions

SEEDS = riskgraph.load("seeds")
GOOD = {
    "roots": "civica", "body": "thanet", "name": "thanet", "names": "civica", "first": "civica", "second": "capita",
    "what": "cut", "incident": "eks-civica-2024", "kind": "blast", "of": None, "area": None, "by": "class", "size": 2,
    "after": SEEDS,
}  # fmt: skip
LONG = ("progress", "memory", "table")  # what is no question, and a table that is judged by tests of its own
METHODS = [
    name for name, _ in inspect.getmembers(api.RiskMap, inspect.isfunction) if name[0] != "_" and name != "networkx"
]


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    folder = tmp_path_factory.mktemp("wrong")
    (folder / "binary.csv").write_bytes(b"\xff\xfe\x00\x81\x8d")
    (folder / "binary.toml").write_bytes(b"title = \xff")
    (folder / "list.json").write_text("[")
    (folder / "map").mkdir()
    (folder / "map" / "dataset.toml").write_bytes(b"\x81")
    paths = [folder, *folder.iterdir(), Path("nowhere"), "x" * 5000, "a\0b", "/", "./.."]
    texts = ["", " ", "no such thing", "\ud800", "authority:", "civica/nothing", "sure", b"x"]
    values = [None, 5, 3.5, -1, 10**30, float("nan"), True, object(), lambda: 1, riskgraph.Band.LIKELY]
    return [*paths, *map(str, paths), *texts, *values, [], [None], [5], {}, {"a": 1}, ("civica", 7)]


def refused(call: Callable[[], object]) -> None:
    """Let something be answered or refused; anything else than a RiskGraphError ends the test."""
    with suppress(RiskGraphError):
        call()


def keywords(name: str) -> Iterator[str]:
    """What a method takes by name: its own parameters, and those of the function that answers."""
    if name == "report":
        yield from (field.name for field in dataclasses.fields(ReportOptions))
        return
    source = inspect.getsource(getattr(api.RiskMap, name))
    for parameter in inspect.signature(getattr(api.RiskMap, name)).parameters.values():
        if parameter.annotation == "Unpack[Asking]":
            yield from Asking.__annotations__
        elif parameter.kind is inspect.Parameter.KEYWORD_ONLY and parameter.name not in LONG:
            yield parameter.name
    scope = dict(vars(api))
    for line in source.splitlines():
        if line.strip().startswith("from riskgraph"):
            exec(line.strip(), scope)  # noqa: S102 - what the method imports late
    called = [*(word.split(")")[0] for word in source.split("checked(")[1:]), name]
    for function in (scope[word] for word in called if word in scope):
        for parameter in inspect.signature(function).parameters.values():
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY and parameter.name not in LONG:
                yield parameter.name


def positional(name: str) -> list[str]:
    parameters = list(inspect.signature(getattr(api.RiskMap, name)).parameters.values())[1:]
    return [p.name for p in parameters if p.kind in {p.POSITIONAL_OR_KEYWORD, p.POSITIONAL_ONLY}]


@pytest.mark.parametrize("name", [name for name in METHODS if positional(name)])
def test_a_wrong_subject_is_refused(name: str, wrong: list[Any]) -> None:
    method, subjects = getattr(SEEDS, name), positional(name)
    for place in range(len(subjects)):
        for value in wrong:
            given = [GOOD.get(subject, "civica") for subject in subjects]
            given[place] = value
            refused(lambda given=given: method(*given))  # type: ignore[misc]


@pytest.mark.parametrize(
    "name", [name for name in METHODS if name not in {"atlas", "exercise", "gate", "list", "timeline"}]
)
def test_a_wrong_value_of_a_question_is_refused(name: str, wrong: list[Any]) -> None:
    method = getattr(SEEDS, name)
    given = ["cut"] if name == "whatif" else [GOOD.get(subject, "civica") for subject in positional(name)]
    asked = sorted(set(keywords(name)))
    assert asked or name == "gaps"
    for keyword in asked:
        for value in wrong:
            refused(lambda keyword=keyword, value=value: method(*given, **{keyword: value}))  # type: ignore[misc]


@pytest.mark.parametrize(
    "name", [name for name in METHODS if name not in {"gaps", "list", "exercise", "gate", "timeline"}]
)
def test_a_question_that_does_not_exist_is_refused_by_name(name: str) -> None:
    given = [GOOD.get(subject, "civica") for subject in positional(name)]
    with pytest.raises(RiskGraphError, match=r"as_off|field"):
        getattr(SEEDS, name)(*given, as_off="2024")


@pytest.mark.parametrize("word", ["load", "read", "write", "backend"])
def test_a_wrong_place_is_refused(word: str, wrong: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for value in wrong:
        if word == "write" and isinstance(value, str | Path):
            continue  # a folder to be made
        calls: dict[str, Callable[[], object]] = {
            "load": lambda value=value: riskgraph.load(value),  # type: ignore[misc]
            "read": lambda value=value: riskgraph.read(value),  # type: ignore[misc]
            "write": lambda value=value: riskgraph.write(SEEDS.dataset, value),  # type: ignore[misc]
            "backend": lambda value=value: riskgraph.load("seeds", backend=value),  # type: ignore[misc]
        }
        refused(calls[word])


def test_a_fault_of_our_own_is_not_dressed_up() -> None:
    @checked
    def broken(_text: str) -> str:
        raise KeyError("x")

    with pytest.raises(KeyError):
        broken("a")


def test_what_the_disk_refuses_is_said() -> None:
    @checked
    def full(_text: str) -> str:
        raise OSError(28, "No space left on device", "map/entities.csv")

    with pytest.raises(RiskGraphError, match=r"'map/entities.csv': No space left on device\."):
        full("a")
