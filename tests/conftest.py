"""What all tests share."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest
from hypothesis import HealthCheck, settings

IN_CI = os.environ.get("CI", "").lower() not in {"", "0", "false"}

# In CI the same examples every time, and enough of them; at your desk new ones at each run, and fast.
settings.register_profile(
    "ci",
    derandomize=True,
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("dev", max_examples=50, deadline=None)
settings.load_profile("ci" if IN_CI else "dev")

# What a developer has set for riskgraph must not change what a test sees.
for name in [name for name in os.environ if name.startswith("RISKGRAPH_")]:
    del os.environ[name]


def need(thing: str, how: str) -> NoReturn:
    """Give up a test for want of something: skip at a desk, fail in CI, and say how to get it.

    Parameters
    ----------
    thing
        What is missing, such as "a Java runtime".
    how
        What to do about it: a sentence that starts with a verb.
    """
    message = f"This test needs {thing}. {how}"
    if IN_CI:
        pytest.fail(message, pytrace=False)
    pytest.skip(message)
