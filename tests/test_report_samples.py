"""The committed samples are what riskgraph makes today, and say nothing of the machine that made them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from riskgraph.report import REPORTS
from riskgraph.report.verify import shipped_samples

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def samples() -> ModuleType:
    spec = importlib.util.spec_from_file_location("samples", ROOT / "tools" / "samples.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_the_samples_are_what_is_made_today(samples: ModuleType) -> None:
    changed = [str(path.relative_to(ROOT)) for path in samples.differences(samples.made())]
    assert changed == [], "read the differences: python tools/samples.py; then accept them: ... --accept"


def test_there_is_a_sample_of_each_kind() -> None:
    kinds = {json.loads((folder / "report.json").read_text("utf-8"))["kind"] for folder in shipped_samples().values()}
    assert kinds == set(REPORTS)


def test_samples_name_no_machine() -> None:
    for folder in shipped_samples().values():
        for file in folder.iterdir():
            text = file.read_text("utf-8-sig")
            assert "/home/" not in text and str(ROOT) not in text
