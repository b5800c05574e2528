"""What happens to a map when a server, a client or a wire breaks, and what is told."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from conftest import need
from neo4j_harness import MARKS, Wire, tool

from riskgraph.backends.connection import Connection, Secret
from riskgraph.backends.neo4j import Server
from riskgraph.backends.neo4j_load import load, status
from riskgraph.backends.neo4j_read import Neo4jBackend
from riskgraph.cli import main
from riskgraph.errors import RiskGraphError, ServerError
from riskgraph.graph import RiskGraph

pytestmark = MARKS
PASSWORD = "S3cret-7f3a-swordfish"  # noqa: S105 - the bait


def old() -> RiskGraph:
    return RiskGraph.open("seeds")


def new() -> RiskGraph:
    """The same map with another title and a council less."""
    dataset = old().dataset
    gone = "authority:dover"
    return RiskGraph(
        replace(
            dataset,
            info=replace(dataset.info, title="Another"),
            relations={k: row for k, row in dataset.relations.items() if gone not in {row.dependent, row.provider}},
        )
    )


OLD, NEW = old().dataset.digest, new().dataset.digest


def digest(uri: str, password: Secret | None = None) -> str:
    """What map is there now; reading fails if it is a mixture."""
    with Server(Connection(uri=uri, password=password)) as server:
        return Neo4jBackend(server, "fragile").graph().dataset.digest


@pytest.fixture
def wire(neo4j_server: Any) -> Iterator[Wire]:
    """The server with the old map on it, behind a wire."""
    with Server(Connection(uri=neo4j_server.uri)) as server:
        load(server, old(), "fragile", replace=True)
    wire = Wire(neo4j_server.port)
    yield wire
    wire.close()


# -- the wire -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("when", "landed"), [("before", False), ("after", True)])
def test_a_lost_answer_to_the_commit_is_looked_up_and_told(
    neo4j_server: Any, wire: Wire, when: str, landed: bool
) -> None:
    with Server(Connection(uri=wire.uri)) as server:
        wire.lose_commit = None
        server.read("RETURN 1 AS one")
        graph = new()

        def arm(done: int, all_: int) -> None:
            if done == all_:
                wire.lose_commit = when

        if landed:
            done = load(server, graph, "fragile", progress=arm)
            assert done.lost_answer and not done.unchanged
        else:
            with pytest.raises(ServerError, match="was not saved; the old one is whole"):
                load(server, graph, "fragile", progress=arm)
    assert wire.cuts == 1
    assert digest(neo4j_server.uri) == (NEW if landed else OLD)
    with Server(Connection(uri=neo4j_server.uri)) as server:
        assert load(server, graph, "fragile").unchanged is landed
    assert digest(neo4j_server.uri) == NEW


def test_wherever_the_wire_is_cut_the_map_is_the_old_or_the_new_one(neo4j_server: Any, wire: Wire) -> None:
    with Server(Connection(uri=wire.uri)) as server:
        load(server, new(), "fragile")
        before = wire.sent
        load(server, old(), "fragile")
        size = wire.sent - before
    whole = []
    for part in range(5):
        graph = new() if digest(neo4j_server.uri) == OLD else old()
        with Server(Connection(uri=wire.uri)) as server:
            wire.cut_after = wire.sent + 1 + size * part // 5
            with contextlib.suppress(ServerError):
                load(server, graph, "fragile")
            wire.cut_after = None
        found = digest(neo4j_server.uri)  # fails if it is a mixture
        assert found in {OLD, NEW}
        whole.append(found == graph.dataset.digest)
    assert wire.cuts >= 4
    assert any(whole), "a transaction that is cut is tried again"


# -- the client and the server --------------------------------------------------------------------

CHILD = """
import sys, time
from test_neo4j_failures import new
from riskgraph.backends.connection import Connection
from riskgraph.backends.neo4j import Server
from riskgraph.backends.neo4j_load import load
def stop(done, all_):
    if done > all_ // 2:
        print("half", flush=True)
        time.sleep(600)
with Server(Connection(uri=sys.argv[1])) as server:
    load(server, new(), "fragile", progress=stop)
"""


def test_a_client_that_is_killed_leaves_the_old_map_and_no_lock(neo4j_server: Any, wire: Wire) -> None:
    assert wire.cuts == 0
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, neo4j_server.uri],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parent,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"half\n"
    child.kill()
    child.wait()
    child.stdout.close()
    assert digest(neo4j_server.uri) == OLD
    with Server(Connection(uri=neo4j_server.uri)) as server:
        load(server, new(), "fragile")
    assert digest(neo4j_server.uri) == NEW


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server of its own, with a password and little memory, to be killed."""
    small = ["db.memory.transaction.max=16m"]
    server = tool().Server(tmp_path_factory.mktemp("neo4j"), password=PASSWORD, more=small)
    try:
        server.start()
    except tool().CannotStart as error:
        need("a Neo4j server", str(error))
    yield server
    server.stop()


def connected(own: Any) -> Server:
    """The killer's test may have ended it; then it is started again on the same data."""
    if own.process is None:
        own.start()
    until = time.monotonic() + 60
    while True:
        try:
            return Server(Connection(uri=own.uri, password=Secret(PASSWORD)))
        except ServerError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def test_a_server_that_is_killed_comes_back_with_the_old_map(own: Any) -> None:
    with connected(own) as server:
        load(server, old(), "fragile", replace=True)

        def power_cut(done: int, all_: int) -> None:
            if done > all_ // 2 and own.process is not None:
                own.kill()

        start = time.monotonic()
        with pytest.raises(ServerError, match="No Neo4j server answers"):
            load(server, new(), "fragile", progress=power_cut)
        assert time.monotonic() - start < 60
    with connected(own) as server:
        assert Neo4jBackend(server, "fragile").graph().dataset.digest == OLD
        load(server, new(), "fragile")
        assert Neo4jBackend(server, "fragile").graph().dataset.digest == NEW


def test_too_little_memory_is_told_and_the_old_map_stays(own: Any) -> None:
    with connected(own) as server:
        load(server, old(), "fragile", replace=True)
        start = time.monotonic()
        with pytest.raises(ServerError, match="not enough memory"):
            load(server, RiskGraph.open("uk"), "fragile", replace=True)
        assert time.monotonic() - start < 60
        assert Neo4jBackend(server, "fragile").graph().dataset.digest == OLD


def test_wrong_words_are_told_within_seconds(own: Any, tmp_path: Path) -> None:
    connected(own).close()
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_text(PASSWORD, encoding="utf-8")
    wrong.write_text("not the password", encoding="utf-8")
    for words, said in (
        (["--password-file", str(right), "--database", "nowhere"], "There is no database 'nowhere'"),
        (["--password-file", str(wrong)], "refuses the user neo4j or the password"),
        ([], "refuses the user neo4j or the password"),
        (["--password-file", str(right), "--user", "nobody"], "refuses the user nobody or the password"),
    ):
        start = time.monotonic()
        result = CliRunner().invoke(main, ["neo4j", "status", "--uri", own.uri, *words])
        assert time.monotonic() - start < 10
        assert (result.exit_code, result.stdout) == (4, "")
        assert said in result.stderr
    for _ in range(4):
        result = CliRunner().invoke(main, ["neo4j", "status", "--uri", own.uri, "--password-file", str(wrong)])
    assert "too many wrong passwords" in result.stderr
    time.sleep(5.5)


def test_the_password_is_in_nothing_that_we_or_the_server_write(
    own: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected(own).close()
    caplog.set_level(logging.DEBUG)
    kept = tmp_path / "kept"
    kept.write_text(PASSWORD, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    said = []
    for words in (
        ["neo4j", "load", "seeds", "--name", "fragile", "--replace"],
        ["neo4j", "status", "--verify", "--format", "json"],
        ["query", "who-is-hit", "--param", "root=civica", "--data", "fragile"],
        ["query", "who-is-hit", "--param", "root=nobody", "--data", "fragile"],
        ["blast", "civica", "--backend", "neo4j", "--data", "fragile"],
        ["blast", "civica", "--backend", "neo4j", "--data", "elsewhere"],
        ["neo4j", "status", "--database", "nowhere"],
        ["neo4j", "clear", "fragile", "--yes"],
    ):
        result = CliRunner().invoke(main, [*words, "--uri", own.uri, "--password-file", str(kept)])
        assert result.exit_code in {0, 2, 4}, result.output
        said.append(result.output)
        if result.exc_info is not None:
            said.append("".join(traceback.format_exception(*result.exc_info)))
    typed = CliRunner().invoke(main, ["neo4j", "status", "--uri", own.uri, "--ask-password"], input=PASSWORD + "\n")
    assert typed.exit_code == 0
    monkeypatch.setenv("RISKGRAPH_NEO4J_PASSWORD", PASSWORD)
    assert CliRunner().invoke(main, ["neo4j", "status", "--uri", own.uri]).exit_code == 0
    assert PASSWORD not in "".join([*said, typed.output, caplog.text])
    files = [path for path in [*own.home.rglob("*"), *tmp_path.rglob("*")] if path.is_file() and path != kept]
    assert [path for path in files if path.stat().st_size < 5_000_000 and PASSWORD.encode() in path.read_bytes()] == []
    processes = [path for path in Path("/proc").glob("[0-9]*/cmdline") if os.access(path, os.R_OK)]
    for path in processes:
        try:
            assert PASSWORD.encode() not in path.read_bytes()
        except OSError:
            continue


# -- errors in our words --------------------------------------------------------------------------


class Told(Exception):
    """An error as the driver raises it: with a code and a message."""

    def __init__(self, code: str, message: str = "something") -> None:
        super().__init__(message)
        self.code, self.message = code, message


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("Neo.ClientError.Security.Forbidden", "has no right to do this"),
        ("Neo.ClientError.Security.Unauthorized", "refuses the user"),
        ("Neo.ClientError.Security.CredentialsExpired", "must be changed first"),
        ("Neo.ClientError.Security.AuthenticationRateLimit", "too many wrong passwords"),
        ("Neo.ClientError.Database.DatabaseNotFound", "There is no database"),
        ("Neo.ClientError.General.WriteOnReadOnlyAccessDatabase", "can only be read"),
        ("Neo.ClientError.Statement.AccessMode", "lets it read only"),
        ("Neo.TransientError.General.MemoryPoolOutOfMemoryError", "not enough memory"),
        ("Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration", "longer than it may"),
        ("Neo.ClientError.Schema.ConstraintValidationFailed", "stand in the way"),
        ("Neo.DatabaseError.General.UnknownError", "Neo.DatabaseError.General.UnknownError"),
    ],
)
def test_a_code_becomes_a_sentence_with_a_next_step(code: str, said: str) -> None:
    server = object.__new__(Server)
    server.connection = Connection()
    with pytest.raises(ServerError, match=said) as told:
        server._fail(Told(code))
    assert len(str(told.value).splitlines()) == 2
    assert told.value.fix.endswith(".")


def test_an_old_server_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    server = object.__new__(Server)
    server.connection = Connection()
    monkeypatch.setattr(Server, "read", lambda *_: [{"versions[0]": "4.4.40"}])
    with pytest.raises(ServerError, match=r"Neo4j 4\.4\.40; riskgraph needs 5.26 or newer"):
        server._check_version()
    monkeypatch.setattr(Server, "read", lambda *_: [{"versions[0]": "2026.08.1"}])
    server._check_version()


def test_a_load_between_two_readings_is_not_mixed(neo4j_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(Connection(uri=neo4j_server.uri)) as server, Server(Connection(uri=neo4j_server.uri)) as other:
        load(server, old(), "fragile", replace=True)
        backend = Neo4jBackend(server, "fragile")
        build, loads = backend._dataset, [new()]

        def meanwhile(*given: Any) -> Any:
            if loads:
                load(other, loads.pop(), "fragile")
            return build(*given)

        monkeypatch.setattr(backend, "_dataset", meanwhile)
        assert backend.graph().dataset.digest == NEW
        with pytest.raises(RiskGraphError, match="no map"):
            Neo4jBackend(server, "none").graph()
        assert "fragile" in [found.name for found in status(server)]


# -- orphans --------------------------------------------------------------------------------------

PARENT = """
import sys, time
from pathlib import Path
from neo4j_harness import tool
server = tool().Server(Path(sys.argv[1])).start()
print(server.process.pid, flush=True)
time.sleep(600)
"""


def test_a_server_ends_when_its_test_run_is_killed(neo4j_server: Any, tmp_path: Path) -> None:
    assert neo4j_server.process is not None
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parent,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
    )
    assert parent.stdout is not None
    server = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    until = time.monotonic() + 30
    while Path(f"/proc/{server}").exists() and "Z" not in _state(server):
        assert time.monotonic() < until, "the server is still there"
        time.sleep(0.1)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"
