"""Whoever checks a script of his own with mypy finds his own mistakes, and no others."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from riskgraph import api

ROOT = Path(__file__).parents[1]

RIGHT = """\
import pandas as pd

import riskgraph
from riskgraph import Band

uk = riskgraph.load("seeds")
frame: pd.DataFrame = uk.blast("civica", like="outage", regions=["Wales"]).to_frame()
names: list[str] = [reach.name for reach in uk.blast(["civica", "capita"], kinds=["exposure"]).within(Band.LIKELY)]
listed: int = len(uk.list("supplier", as_of="2024-01-18").bodies)
days: list[str | None] = [entry.when for entry in uk.timeline("eks-civica-2024").entries]
score = uk.replay(only_known_before=True, band="likely", members=["Thanet"])
plain: dict[str, object] = score.to_dict()
"""

# each line with the mistake that is in it
WRONG = {
    'uk.blast("civica", like="outage", region=["Wales"])': "call-arg",
    'uk.blast("civica", areas=5)': "arg-type",
    'uk.blast(("civica", 7))': "arg-type",
    'uk.blast("civica").to_fame()': "attr-defined",
    'uk.list("supplier", as_off="2024")': "call-arg",
    'uk.list("supplier").bodies[0].nam': "attr-defined",
    'uk.timeline("eks-civica-2024", limit=3)': "call-arg",
    "uk.replay(only_known_before=3)": "arg-type",
    'uk.replay("eks-civica-2024", bands="likely")': "call-arg",
    'riskgraph.load("seeds", backed="neo4j")': "call-arg",
}


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[int, str]]]:
    """What mypy says of a script without and of one with mistakes: file to line and code of each complaint."""
    folder = tmp_path_factory.mktemp("scripts")
    (folder / "right.py").write_text(RIGHT, encoding="utf-8")
    (folder / "wrong.py").write_text(
        "\n".join(["import riskgraph", 'uk = riskgraph.load("seeds")', *WRONG, ""]), encoding="utf-8"
    )
    options = ("--strict", "--config-file=", "--follow-imports=silent", "--no-pretty", "--no-error-summary")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, f"--cache-dir={ROOT / '.mypy_cache' / 'scripts'}", "right.py", "wrong.py"],
        capture_output=True, text=True, check=False, cwd=folder, env={**os.environ, "MYPYPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    found: dict[str, list[tuple[int, str]]] = {"right.py": [], "wrong.py": []}
    for file, line, code in re.findall(r"^(\w+\.py):(\d+): error: .*\[([\w-]+)\]$", done.stdout, re.MULTILINE):
        found[file].append((int(line), code))
    return found


def test_a_script_without_mistakes_passes(complaints: dict[str, list[tuple[int, str]]]) -> None:
    assert complaints["right.py"] == []


def test_every_mistake_is_found_in_its_line_and_nothing_else(complaints: dict[str, list[tuple[int, str]]]) -> None:
    assert complaints["wrong.py"] == list(enumerate(WRONG.values(), 3))


METHODS = [
    (name, member)
    for name, member in inspect.getmembers(api.RiskMap)
    if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property))
]


@pytest.mark.parametrize(("name", "member"), METHODS, ids=[name for name, _ in METHODS])
def test_no_method_takes_or_gives_anything_at_all(name: str, member: object) -> None:
    function = member.fget if isinstance(member, property) else member
    assert callable(function)
    loose = {
        what: said
        for what, said in inspect.unwrap(function).__annotations__.items()
        if re.search(r"\bAny\b", str(said)) or str(said) == "object"
    }
    assert loose == {}, f"{name}: say what it is; the options of a question are `**asking: Unpack[Asking]`."
