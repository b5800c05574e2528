"""The reference agrees with every conformance case, and the random data sets are sound."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import reference
import strategies
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CONFORMANCE = Path(__file__).parent / "conformance"
FOLDERS = sorted(path.parent for path in CONFORMANCE.glob("*/*/expected.json"))
slow = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
QUESTION = ("roots", "kinds", "as_of", "without", "known_before")


def differences(expected: Mapping[str, Any], got: Mapping[str, Any], at: str = "") -> Iterator[str]:
    """Name each place where two answers differ, as narrowly as possible."""
    for key in sorted({*expected, *got}):
        here = f"{at} > {key}" if at else key
        if key not in got:
            yield f"{here}: missing, expected {expected[key]}"
        elif key not in expected:
            yield f"{here}: not expected, got {got[key]}"
        elif isinstance(expected[key], dict) and isinstance(got[key], dict):
            yield from differences(expected[key], got[key], here)
        elif expected[key] != got[key]:
            yield f"{here}: expected {expected[key]}, got {got[key]}"


def test_no_case_is_lost() -> None:
    assert len(FOLDERS) == 183
    assert sum(len(json.loads((folder / "expected.json").read_text("utf-8"))) for folder in FOLDERS) == 626


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_reference_agrees(folder: Path) -> None:
    tables = reference.read(folder)
    problems = []
    for number, case in enumerate(json.loads((folder / "expected.json").read_text("utf-8"))):
        question = {key: case[key] for key in QUESTION}
        expected = {key: value for key, value in case.items() if key not in QUESTION}
        found = list(differences(expected, reference.answer(tables, **question)))
        if found:
            asked = ", ".join(f"{key}={value}" for key, value in question.items() if value)
            problems.append("\n  ".join([f"case {number} ({asked})", *found]))
    assert not problems, "\n".join([tables["dataset"]["title"], *problems])


@slow
@given(tables=strategies.datasets())
def test_random_data_sets_are_valid_and_survive_the_disk(tables: reference.Tables) -> None:
    strategies.check(tables)
    with TemporaryDirectory() as folder:
        strategies.write(tables, Path(folder))
        assert reference.read(Path(folder)) == tables


@slow
@given(data=st.data(), tables=strategies.datasets())
def test_order_of_rows_changes_nothing(data: st.DataObject, tables: reference.Tables) -> None:
    question = data.draw(strategies.questions(tables))
    backwards = {name: rows[::-1] if isinstance(rows, list) else rows for name, rows in tables.items()}
    assert reference.answer(backwards, **question) == reference.answer(tables, **question)
