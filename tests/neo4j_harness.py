"""A real Neo4j server for the tests, and a wire that can be cut."""

from __future__ import annotations

import contextlib
import importlib.util
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import need

ROOT = Path(__file__).resolve().parents[1]
MARKS = [pytest.mark.neo4j, pytest.mark.xdist_group("neo4j")]  # all on one worker: one server for all


def tool() -> Any:
    """The module `tools/neo4j/server.py`."""
    if "neo4j_tool" not in sys.modules:
        spec = importlib.util.spec_from_file_location("neo4j_tool", ROOT / "tools" / "neo4j" / "server.py")
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules["neo4j_tool"] = module
        spec.loader.exec_module(module)
    return sys.modules["neo4j_tool"]


@contextlib.contextmanager
def running(**options: Any) -> Iterator[Any]:
    """A server in a temporary folder; the test is given up, or fails in CI, if there can be none here."""
    try:
        with tool().temporary(**options) as server:
            yield server
    except tool().CannotStart as error:
        need("a Neo4j server", str(error))


class Wire:
    """A way to the server that can be cut at a chosen moment.

    Parameters
    ----------
    port
        Of the server.
    """

    COMMIT = b"\x00\x02\xb0\x12\x00\x00"  # the message as the driver frames it

    def __init__(self, port: int) -> None:
        self.target = port
        self.cut_after: int | None = None  # bytes from the client; then the connection is gone, once
        self.lose_commit: str | None = None  # "before" or "after" the server has it
        self.sent = 0
        self.cuts = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.uri = f"bolt://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self.listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.target))
            except OSError:
                return
            lost, answered = threading.Event(), threading.Event()
            threading.Thread(target=self._up, args=(client, server, lost, answered), daemon=True).start()
            threading.Thread(target=self._down, args=(server, client, lost, answered), daemon=True).start()

    def _up(
        self, client: socket.socket, server: socket.socket, lost: threading.Event, answered: threading.Event
    ) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                self.sent += len(data)
                if self.lose_commit and self.COMMIT in data:
                    when, self.lose_commit = self.lose_commit, None
                    self.cuts += 1
                    if when == "after":
                        lost.set()
                        server.sendall(data)
                        answered.wait(20)
                    break
                if self.cut_after is not None and self.sent >= self.cut_after:
                    self.cut_after = None
                    self.cuts += 1
                    break
                server.sendall(data)
        _hang_up(client, server)

    def _down(
        self, server: socket.socket, client: socket.socket, lost: threading.Event, answered: threading.Event
    ) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                if lost.is_set():  # the answer to the commit, which nobody gets
                    answered.set()
                    return
                client.sendall(data)
        _hang_up(client, server)


def _hang_up(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()
