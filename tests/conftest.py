"""What all tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
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
os.environ["RISKGRAPH_CACHE"] = "off"  # nothing of a test stays in anybody's home


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


@pytest.fixture(scope="session", autouse=True)
def _nothing_is_left_in_the_checkout() -> Iterator[None]:
    """A test that writes beside the sources is found out; what git leaves out does not count."""

    def there() -> set[str]:
        return {path.name for path in ROOT.iterdir() if path.name[0] != "." and path.suffix != ".egg-info"}

    before = there()
    yield
    assert there() - before <= {"build", "dist"}


@pytest.fixture(scope="session")
def neo4j_server() -> Iterator[Any]:
    """One Neo4j server for the whole run: all tests that use it are in one group."""
    from neo4j_harness import running

    with running() as server:
        yield server


@pytest.fixture(scope="session")
def neo4j_uk(neo4j_server: Any) -> Any:
    """The server with the national map on it, under the name `uk`."""
    from riskgraph.backends.connection import Connection
    from riskgraph.backends.neo4j import Server
    from riskgraph.backends.neo4j_load import load
    from riskgraph.graph import RiskGraph

    with Server(Connection(uri=neo4j_server.uri)) as server:
        load(server, RiskGraph.open("uk"), "uk")
    return neo4j_server
