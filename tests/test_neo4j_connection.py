"""How a Neo4j server is found: addresses, secrets, settings; no server is needed here but a deaf one."""

from __future__ import annotations

import logging
import pickle
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from neo4j_harness import tool

from riskgraph.backends.connection import Connection, Secret
from riskgraph.backends.neo4j import Server
from riskgraph.cli import main
from riskgraph.errors import MissingFile, RiskGraphError, ServerError

PASSWORD = "S3cret-7f3a-swordfish"  # noqa: S105 - the bait
NOWHERE: dict[str, Any] = {"environment": {}, "folder": None}


@pytest.fixture
def deaf() -> Iterator[int]:
    """A port that accepts and never speaks."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def closed() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.parametrize(
    ("uri", "insecure", "said"),
    [
        ("bolt://127.0.0.1:7687", False, None),
        ("bolt://localhost:7687", False, None),
        ("bolt://[::1]:7687", False, None),
        ("neo4j://127.0.0.9", False, None),
        ("neo4j+s://graph.example.org", False, None),
        ("bolt+s://graph.example.org:7687", False, None),
        ("bolt://graph.example.org:7687", False, "clear text"),
        ("neo4j://graph.example.org", False, "clear text"),
        ("bolt://127.0.0.1.example.org", False, "clear text"),
        ("bolt://graph.example.org:7687", True, None),
        ("bolt+ssc://graph.example.org", False, "any certificate"),
        ("bolt+ssc://graph.example.org", True, None),
        ("http://127.0.0.1:7474", False, "no scheme known"),
        ("localhost:7687", False, "Write bolt://host:7687"),
        ("graph", False, "Write bolt://host:7687"),
        ("bolt://", False, "no scheme known"),
        ("bolt://127.0.0.1:many", False, "not valid"),
        (f"bolt://neo4j:{PASSWORD}@127.0.0.1:7687", True, "holds a user or a password"),
    ],
)
def test_an_address_is_safe_or_refused(uri: str, insecure: bool, said: str | None) -> None:
    if said is None:
        assert Connection.resolve(uri=uri, insecure=insecure, **NOWHERE).uri == uri
        return
    with pytest.raises(RiskGraphError, match=said) as told:
        Connection.resolve(uri=uri, insecure=insecure, **NOWHERE)
    assert PASSWORD not in str(told.value)


def test_an_option_comes_before_the_environment_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "riskgraph.toml").write_text(
        '[neo4j]\nuri = "bolt://127.0.0.3"\nuser = "file"\ndatabase = "file"\n', encoding="utf-8"
    )
    environment = {"RISKGRAPH_NEO4J_URI": "bolt://127.0.0.2", "RISKGRAPH_NEO4J_USER": "environment"}
    found = Connection.resolve(uri="bolt://127.0.0.1", environment=environment, folder=tmp_path)
    assert (found.uri, found.user, found.database) == ("bolt://127.0.0.1", "environment", "file")
    named = {"RISKGRAPH_CONFIG": str(tmp_path / "riskgraph.toml")}
    assert Connection.resolve(environment=named, folder=None).user == "file"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[neo4j]\npassword = "x"', "holds a password"),
        ('[neo4j]\nurl = "x"', "no key 'url'"),
        ("[neo4j", "no valid TOML"),
    ],
)
def test_a_wrong_file_is_told(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "riskgraph.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RiskGraphError, match=said):
        Connection.resolve(environment={}, folder=tmp_path)


def test_the_password_comes_from_a_file_or_the_environment(tmp_path: Path) -> None:
    kept = tmp_path / "password"
    kept.write_text(PASSWORD + "\n", encoding="utf-8")
    from_file = Connection.resolve(password_file=kept, **NOWHERE).password
    from_environment = Connection.resolve(environment={"RISKGRAPH_NEO4J_PASSWORD": PASSWORD}, folder=None).password
    assert from_file is not None and from_file.reveal() == PASSWORD
    assert from_environment is not None and from_environment.reveal() == PASSWORD
    with pytest.raises(MissingFile, match="cannot be read"):
        Connection.resolve(password_file=tmp_path / "none", **NOWHERE)
    (tmp_path / "blank").write_text("", encoding="utf-8")
    with pytest.raises(RiskGraphError, match="is empty"):
        Connection.resolve(password_file=tmp_path / "blank", **NOWHERE)


def test_a_password_is_not_shown_by_anything() -> None:
    connection = Connection(password=Secret(PASSWORD))
    assert PASSWORD not in repr(connection)
    assert PASSWORD not in f"{connection.password} {vars(connection)}"
    with pytest.raises((TypeError, AttributeError, pickle.PicklingError)):
        pickle.dumps(connection)


def test_there_is_no_option_for_a_password() -> None:
    result = CliRunner().invoke(main, ["neo4j", "load", "--password", PASSWORD])
    assert result.exit_code == 2
    assert "No such option" in result.output
    assert PASSWORD not in result.output


def test_a_closed_port_is_told_at_once(closed: int) -> None:
    start = time.monotonic()
    result = CliRunner().invoke(main, ["neo4j", "status", "--uri", f"bolt://127.0.0.1:{closed}"])
    assert time.monotonic() - start < 10
    assert result.exit_code == 4
    assert f"No Neo4j server answers at 127.0.0.1:{closed}" in result.stderr
    assert "make neo4j" in result.stderr


def test_a_port_that_never_speaks_is_told_in_seconds(deaf: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    start = time.monotonic()
    with pytest.raises(ServerError, match="No Neo4j server answers") as told:
        Server(Connection(uri=f"bolt://127.0.0.1:{deaf}", password=Secret(PASSWORD)))
    assert time.monotonic() - start < 20
    assert PASSWORD not in "".join(traceback.format_exception(told.value))
    assert PASSWORD not in caplog.text


def test_the_driver_is_loaded_only_when_it_is_used() -> None:
    code = "import sys, riskgraph.api, riskgraph.backends; from riskgraph.cli import query, neo4j; print('neo4j' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


# -- the harness ----------------------------------------------------------------------------------


def java(folder: Path, version: str) -> dict[str, str]:
    """An environment with a `java` that says a version."""
    (folder / "bin").mkdir(parents=True)
    program = folder / "bin" / "java"
    program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n", encoding="utf-8")
    program.chmod(0o755)
    return {"JAVA_HOME": str(folder), "PATH": ""}


@pytest.mark.parametrize(
    ("version", "good"), [("17.0.15", True), ("21", True), ("1.8.0_412", False), ("11.0.2", False), ("25", False)]
)
def test_the_java_that_fits_is_told_from_others(tmp_path: Path, version: str, good: bool) -> None:
    environment = java(tmp_path / "jdk", version)
    if good:
        assert tool().find_java(environment).endswith("java")
        return
    with pytest.raises(tool().CannotStart, match=r"needs Java 17 or 21; .* is Java \d+"):
        tool().find_java(environment)


def test_no_java_is_told() -> None:
    with pytest.raises(tool().CannotStart, match="no java found"):
        tool().find_java({"PATH": ""})


def test_the_settings_keep_files_and_networks_out_of_reach() -> None:
    text = tool().settings(7687, None, auth=True)
    lines = dict(line.split("=", 1) for line in text.splitlines())
    assert len(lines) == len(text.splitlines()), "a setting that stands twice stops the server"
    assert lines["server.bolt.listen_address"] == "127.0.0.1:7687"
    assert lines["dbms.security.allow_csv_import_from_file_urls"] == "false"
    assert lines["dbms.usage_report.enabled"] == "false"
    assert lines["dbms.security.auth_enabled"] == "true"


def test_the_compose_file_is_pinned_closed_and_without_a_password() -> None:
    text = (Path(__file__).resolve().parents[1] / "compose.yaml").read_text(encoding="utf-8")
    assert "image: neo4j:5.26.30-community" in text
    assert "latest" not in text
    assert '"127.0.0.1:7687:7687"' in text
    assert "NEO4J_AUTH_FILE: /run/secrets/neo4j_auth" in text
    assert "NEO4J_AUTH:" not in text
    assert "wget -q --spider" in text and "curl" not in text and "cypher-shell" not in text
    assert 'NEO4J_dbms_usage__report_enabled: "false"' in text
