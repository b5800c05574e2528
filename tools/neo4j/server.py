"""A real Neo4j Community server on this computer: fetched by Maven, run by Java, stopped when we stop.

Nothing is installed and nothing but Java and Maven is needed. The server listens on 127.0.0.1 alone. The
tests start one in a temporary folder; `make neo4j` starts one to play with, whose data stay.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

__all__ = ["CannotStart", "Server", "classpath", "find_java", "temporary"]

HERE = Path(__file__).parent
POM = HERE / "pom.xml"
BUILD_CLASSPATH = "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:build-classpath"
SUPPORTED = (17, 21)  # Neo4j 5.26 runs on these two
READY_SECONDS = 120
NEED_JAVA = "Neo4j 5.26 needs Java 17 or 21"


class CannotStart(Exception):
    """The server cannot run here; the message says why and what to do."""


def find_java(environment: Mapping[str, str] = os.environ) -> str:
    """The `java` to run: that of JAVA_HOME before the one on the path.

    Raises
    ------
    CannotStart
        If there is none, or it is too old or too new.
    """
    home = environment.get("JAVA_HOME")
    found = str(Path(home) / "bin" / "java") if home else shutil.which("java", path=environment.get("PATH"))
    if found is None or not Path(found).exists():
        raise CannotStart(f"{NEED_JAVA}; no java found. Install a Java runtime, or set JAVA_HOME to one.")
    told = subprocess.run([found, "-version"], capture_output=True, text=True, check=False)  # noqa: S603
    version = re.search(r'version "(?:1\.)?(\d+)', told.stderr)
    number = int(version.group(1)) if version else 0
    if number not in SUPPORTED:
        raise CannotStart(f"{NEED_JAVA}; {found} is Java {number or '?'}. Set JAVA_HOME to a fitting one.")
    return found


def classpath(*, browser: bool = False) -> str:
    """The jars as Java wants them, fetched by Maven the first time (about 130 MB) and kept in its folder.

    Raises
    ------
    CannotStart
        If Maven is missing or cannot fetch them.
    """
    known = hashlib.sha256(POM.read_bytes() + bytes([browser])).hexdigest()[:12]
    kept = Path.home() / ".m2" / f"riskgraph-neo4j-{known}.txt"
    if kept.is_file():
        jars = kept.read_text(encoding="utf-8")
        if jars and all(Path(jar).exists() for jar in jars.split(os.pathsep)):
            return jars
    maven = shutil.which("mvn")
    if maven is None:
        raise CannotStart("Neo4j is fetched by Maven; no mvn found. Install Maven (Debian: apt install maven).")
    kept.parent.mkdir(parents=True, exist_ok=True)
    profile = ["-P", "browser"] if browser else []
    fetch = [maven, "-B", "-q", "-f", str(POM), *profile, BUILD_CLASSPATH, f"-Dmdep.outputFile={kept}"]
    run = subprocess.run(fetch, capture_output=True, text=True, check=False)  # noqa: S603
    if run.returncode != 0 or not kept.is_file():
        raise CannotStart(f"Maven could not fetch Neo4j:\n{run.stdout[-2000:]}\nCheck the network and try again.")
    return kept.read_text(encoding="utf-8")


def free_port() -> int:
    """A port on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settings(port: int, http: int | None, *, auth: bool, more: Sequence[str] = ()) -> str:
    """The whole of neo4j.conf. Lines 8 and 9 keep files and addresses out of reach of LOAD CSV."""
    lines = [
        "server.default_listen_address=127.0.0.1",
        f"server.bolt.listen_address=127.0.0.1:{port}",
        f"server.http.enabled={'true' if http else 'false'}",
        f"dbms.security.auth_enabled={'true' if auth else 'false'}",
        "server.memory.pagecache.size=64m",
        "dbms.usage_report.enabled=false",
        "client.allow_telemetry=false",
        "dbms.security.allow_csv_import_from_file_urls=false",
        "internal.dbms.cypher_ip_blocklist=0.0.0.0/0,::/0",
        "internal.dbms.bolt.netty_server_shutdown_quiet_period=0",
    ]
    if http:
        lines += [
            f"server.http.listen_address=127.0.0.1:{http}",
            f"server.http.advertised_address=127.0.0.1:{http}",
            f"server.bolt.advertised_address=127.0.0.1:{port}",
        ]
    return "\n".join([*lines, *more]) + "\n"


class Server:
    """One Java process with a folder of its own.

    Parameters
    ----------
    home
        Where its data and logs are; made if it is not there.
    port
        The Bolt port, or `None` for a free one.
    http
        The port of Neo4j Browser, if it is wanted.
    password
        Of the user `neo4j`; without one nobody is asked who they are.
    quick
        Start faster and run long queries slower: for tests.
    more
        Further lines for neo4j.conf.
    """

    def __init__(
        self,
        home: Path,
        *,
        port: int | None = None,
        http: int | None = None,
        password: str | None = None,
        quick: bool = True,
        heap: str = "512m",
        more: Sequence[str] = (),
    ) -> None:
        self.home, self.fixed, self.http, self.password, self.quick, self.heap = (
            home, port, http, password, quick, heap,
        )  # fmt: skip
        self.more = more
        self.port = port or 0
        self.process: subprocess.Popen[bytes] | None = None
        self.guard: subprocess.Popen[bytes] | None = None

    @property
    def uri(self) -> str:
        """Where to connect to."""
        return f"bolt://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.home / "out.txt"

    def start(self) -> Server:
        """Start it and wait until it listens.

        Raises
        ------
        CannotStart
            With the end of its log, if it stops or is not ready in time.
        """
        java, jars = find_java(), classpath(browser=self.http is not None)
        for attempt in range(3):
            self.port = self.fixed or free_port()
            try:
                self._start_once(java, jars)
            except CannotStart as error:
                if self.fixed or attempt == 2 or "PortBindException" not in str(error):
                    raise
            else:
                return self
        raise AssertionError("unreachable")

    def _start_once(self, java: str, jars: str) -> None:
        conf = self.home / "conf"
        conf.mkdir(parents=True, exist_ok=True)
        text = settings(self.port, self.http, auth=self.password is not None, more=self.more)
        (conf / "neo4j.conf").write_text(text, encoding="utf-8")
        if self.password is not None and not (self.home / "data" / "dbms" / "auth.ini").exists():
            self._set_password(java, jars)
        flags = [f"-Xms{'128m' if self.quick else '256m'}", f"-Xmx{self.heap}", "-Dfile.encoding=UTF-8"]
        flags += ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"] if self.quick else []
        program = ["org.neo4j.server.CommunityEntryPoint", f"--home-dir={self.home}", f"--config-dir={conf}"]
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(  # noqa: S603
                [java, *flags, "-cp", jars, *program],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        # A guard holds the other end of a pipe: when we are gone, however that happens, it ends the server.
        self.guard = subprocess.Popen(  # noqa: S603
            ["/bin/sh", "-c", 'cat >/dev/null; kill "$0"', str(self.process.pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._wait()

    def _set_password(self, java: str, jars: str) -> None:
        assert self.password is not None
        handle, name = tempfile.mkstemp(dir=self.home)  # 0600: nobody else reads it
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(f'"{self.password}"')
            subprocess.run(  # noqa: S603
                [
                    java,
                    "-cp",
                    jars,
                    "org.neo4j.server.startup.Neo4jAdminCommand",
                    "dbms",
                    "set-initial-password",
                    f"@{name}",
                ],
                env={**os.environ, "NEO4J_HOME": str(self.home), "NEO4J_CONF": str(self.home / "conf")},
                check=True,
                capture_output=True,
            )
        finally:
            Path(name).unlink()

    def _wait(self) -> None:
        assert self.process is not None
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            if self.process.poll() is not None:
                said = self._said()
                self._forget_guard()
                raise CannotStart(f"Neo4j stopped at once:\n{said}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.1)
        said = self._said()
        self.stop()
        raise CannotStart(f"Neo4j was not ready after {READY_SECONDS} seconds:\n{said}")

    def _said(self) -> str:
        logs = [self.log, self.home / "logs" / "neo4j.log"]
        return "\n".join(log.read_text(encoding="utf-8", errors="replace")[-3000:] for log in logs if log.is_file())

    def _forget_guard(self) -> None:
        if self.guard is not None and self.guard.stdin is not None:
            self.guard.kill()
            self.guard.wait()
            self.guard.stdin.close()
        self.guard = None

    def stop(self) -> None:
        """Stop it in good order; what was committed is on disk."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._forget_guard()
        self.process = None

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self._forget_guard()
        self.process = None


@contextlib.contextmanager
def temporary(**options: object) -> Iterator[Server]:
    """A server in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="riskgraph-neo4j-", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder), **options)  # type: ignore[arg-type]
        server.start()
        try:
            yield server
        finally:
            server.stop()


def main() -> int:
    """Run a server to play with until it is interrupted."""
    parser = argparse.ArgumentParser(description="A Neo4j server on this computer, to play with.")
    parser.add_argument("--home", type=Path, default=Path.home() / ".local" / "share" / "riskgraph" / "neo4j")
    parser.add_argument("--port", type=int, default=7687, help="Bolt port (7687)")
    parser.add_argument("--browser", action="store_true", help="also Neo4j Browser, on port 7474")
    parser.add_argument("--heap", default="1g", help="memory for Java (1g)")
    given = parser.parse_args()
    home: Path = given.home.resolve()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    secret = home / "password"
    if not secret.exists():
        with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(18) + "\n")
    http = 7474 if given.browser else None
    password = secret.read_text(encoding="utf-8").strip()
    server = Server(home, port=given.port, http=http, password=password, quick=False, heap=given.heap)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server.start()
        print(f"Neo4j is ready on {server.uri}, user neo4j, password in {secret}")
        if http:
            print(f"Neo4j Browser: http://127.0.0.1:{http}/browser/")
        print(f"Try: riskgraph neo4j load --uri {server.uri} --password-file {secret}")
        print("Stop it with Ctrl-C; its data stay.", flush=True)
        assert server.process is not None
        return server.process.wait()
    except CannotStart as error:
        print(f"Error: {error}", file=sys.stderr)
        return 4
    except KeyboardInterrupt:
        return 0
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
