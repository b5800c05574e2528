"""The only file that imports the Neo4j driver: sessions, time limits, and its errors in our words."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from importlib.metadata import version
from typing import Any, NoReturn, TypeVar

import neo4j
from neo4j import exceptions

from riskgraph.backends.connection import Connection
from riskgraph.errors import RiskGraphError, ServerError

__all__ = ["OutcomeUnknown", "Run", "Server"]

T = TypeVar("T")
Run = Callable[[str, Mapping[str, Any]], list[dict[str, Any]]]
ACQUIRE_SECONDS = 5.0
RETRY_SECONDS = 15.0
OLDEST = (5, 26)
_OUT_OF_MEMORY = "MemoryPoolOutOfMemoryError"

logging.getLogger("neo4j").addHandler(logging.NullHandler())  # what goes wrong is told once, in our words


class OutcomeUnknown(ServerError):
    """The connection was lost while the server was committing: it may have happened or not."""


class Server:
    """A connection to one database of a Neo4j server, checked when it is opened.

    Parameters
    ----------
    connection
        Where and as whom.

    Raises
    ------
    ServerError
        If the server is not there, refuses us, or is too old; within seconds.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        secret = connection.password
        try:
            self._driver = neo4j.GraphDatabase.driver(
                connection.uri,
                auth=None if secret is None else (connection.user, secret.reveal()),
                connection_acquisition_timeout=ACQUIRE_SECONDS,
                connection_timeout=ACQUIRE_SECONDS,
                max_transaction_retry_time=RETRY_SECONDS,
                user_agent=f"riskgraph/{version('riskgraph')}",
                telemetry_disabled=True,
                notifications_min_severity="OFF",
            )
        except (exceptions.DriverError, ValueError) as error:
            self._fail(error)
        try:
            self._driver.verify_connectivity()
            self._check_version()
        except (exceptions.Neo4jError, exceptions.DriverError, OSError) as error:
            self.close()
            self._fail(error)
        except RiskGraphError:
            self.close()
            raise

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._driver.close()

    def _check_version(self) -> None:
        parts = self.read("CALL dbms.components() YIELD name, versions WHERE name = 'Neo4j Kernel' RETURN versions[0]")
        self.version = str(next(iter(parts[0].values()))) if parts else "0"
        number = tuple(int(part) for part in self.version.split("-")[0].split(".")[:2] if part.isdigit())
        if number < OLDEST:
            raise ServerError(
                f"The server at {self.connection.host} is Neo4j {self.version}; riskgraph needs 5.26 or newer.",
                "Upgrade the server, or leave out --backend.",
            )

    # -- asking ---------------------------------------------------------------------------------

    def read(
        self, query: str, parameters: Mapping[str, Any] | None = None, *, seconds: float | None = None
    ) -> list[dict[str, Any]]:
        """Rows of one read-only query.

        Parameters
        ----------
        seconds
            Time limit for the server, in seconds.
        """
        return self.reading(lambda run: run(query, parameters or {}), seconds=seconds)

    def reading(self, work: Callable[[Run], T], *, seconds: float | None = None) -> T:
        """Several queries in one read-only transaction."""
        return self._in("READ", work, seconds)

    def writing(self, work: Callable[[Run], T]) -> T:
        """Several statements in one transaction: all or nothing. `work` may be run again.

        Raises
        ------
        OutcomeUnknown
            If the connection was lost at the commit.
        """
        return self._in("WRITE", work, None)

    def _in(self, mode: str, work: Callable[[Run], T], seconds: float | None) -> T:
        @neo4j.unit_of_work(timeout=seconds, metadata={"app": "riskgraph"})
        def transaction(tx: neo4j.ManagedTransaction) -> T:
            def run(query: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
                try:
                    return tx.run(query, dict(parameters)).data()
                except exceptions.TransientError as error:
                    if _OUT_OF_MEMORY in str(error.code):
                        self._fail(error)  # the driver would try in vain until its time is up
                    raise

            return work(run)

        try:
            with self._driver.session(database=self.connection.database, fetch_size=5000) as session:
                return session.execute_read(transaction) if mode == "READ" else session.execute_write(transaction)
        except exceptions.IncompleteCommit:
            raise OutcomeUnknown(
                f"The connection to {self.connection.host} was lost while it was saving.",
                "Run `riskgraph neo4j status` to see whether it was saved; loading again is safe.",
            ) from None
        except (exceptions.Neo4jError, exceptions.DriverError, OSError) as error:
            self._fail(error)

    def rows(
        self, query: str, parameters: Mapping[str, Any], *, seconds: float, limit: int
    ) -> tuple[list[str], list[list[Any]]]:
        """Columns and at most `limit` rows of anybody's query, in a transaction that cannot write."""

        @neo4j.unit_of_work(timeout=seconds, metadata={"app": "riskgraph query"})
        def transaction(tx: neo4j.ManagedTransaction) -> tuple[list[str], list[list[Any]]]:
            result = tx.run(query, dict(parameters))
            records = [list(record.values()) for record in result.fetch(limit)]
            return list(result.keys()), records

        try:
            with self._driver.session(database=self.connection.database, fetch_size=1000) as session:
                return session.execute_read(transaction)
        except (exceptions.Neo4jError, exceptions.DriverError, OSError) as error:
            self._fail(error)

    def plan(self, query: str, parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Operators of a query's plan and their details; the query is not run."""

        def transaction(tx: neo4j.ManagedTransaction) -> Any:
            return tx.run("EXPLAIN " + query, dict(parameters)).consume().plan

        def walk(step: Mapping[str, Any]) -> list[tuple[str, str]]:
            own = (str(step["operatorType"]).partition("@")[0], str(step["args"].get("Details", "")))
            return [own, *(found for child in step.get("children", ()) for found in walk(child))]

        try:
            with self._driver.session(database=self.connection.database) as session:
                return walk(session.execute_read(transaction))
        except (exceptions.Neo4jError, exceptions.DriverError, OSError) as error:
            self._fail(error)

    def define(self, statement: str) -> None:
        """Make a constraint or an index; nothing happens if it is there."""
        try:
            with self._driver.session(database=self.connection.database) as session:
                session.run(statement).consume()
        except exceptions.Neo4jError as error:
            if "EquivalentSchemaRuleAlreadyExists" not in str(error.code):
                self._fail(error)
        except (exceptions.DriverError, OSError) as error:
            self._fail(error)

    # -- errors ---------------------------------------------------------------------------------

    def _fail(self, error: BaseException) -> NoReturn:
        """Say what went wrong in our words. The code decides, never the text of the message."""
        host, database = self.connection.host, self.connection.database
        code = str(getattr(error, "code", None) or "")
        for part, message, fix in _CODES:
            if part in code:
                detail = str(getattr(error, "message", "") or "").strip() if "{detail}" in message else ""
                raise ServerError(
                    message.format(host=host, database=database, user=self.connection.user, detail=detail), fix
                ) from None
        if isinstance(error, exceptions.AuthError):
            raise ServerError(f"{host} refuses the user {self.connection.user}.", _CHECK_PASSWORD) from None
        if (
            isinstance(error, exceptions.ServiceUnavailable | exceptions.SessionExpired | OSError)
            or "Timeout" in type(error).__name__
        ):
            raise ServerError(f"No Neo4j server answers at {host}.", _CHECK_SERVER) from None
        if isinstance(error, exceptions.ConfigurationError | ValueError):
            raise ServerError("The address of the Neo4j server is not valid.", "Write bolt://host:7687.") from None
        raise ServerError(
            f"The server at {host} gave an error: {code or type(error).__name__}.", "Look into the server's log."
        ) from None


_CHECK_SERVER = "Is it running, and is the port right? `make neo4j` starts one here."
_CHECK_PASSWORD = "Check --user and the password (--password-file, --ask-password or RISKGRAPH_NEO4J_PASSWORD)."  # noqa: S105
_CODES = (
    ("AuthenticationRateLimit", "{host} has seen too many wrong passwords.", "Wait five seconds and try again."),
    ("CredentialsExpired", "The password of {user} at {host} must be changed first.", "Log in with Neo4j Browser."),
    ("Unauthorized", "{host} refuses the user {user} or the password.", _CHECK_PASSWORD),
    ("Security.Forbidden", "{user} has no right to do this at {host}.", "Ask who runs the server for the right."),
    ("DatabaseNotFound", "There is no database {database!r} at {host}.", "Check --database; it is mostly neo4j."),
    (
        "WriteOnReadOnlyAccessDatabase",
        "The database {database!r} at {host} can only be read.",
        "Ask who runs the server, or give another --database.",
    ),
    ("Statement.AccessMode", "The query wants to write; riskgraph lets it read only.", "Leave the writing out."),
    (
        _OUT_OF_MEMORY,
        "The server at {host} has not enough memory for one load.",
        "Give it more (db.memory.transaction.max, -Xmx), or load with --generation.",
    ),
    ("TransactionTimedOut", "The query took longer than it may.", "Ask for less, or raise --timeout."),
    ("Statement.SyntaxError", "The query is no valid Cypher: {detail}", "Correct it and try again."),
    ("ParameterMissing", "The query wants a parameter: {detail}", "Give it with --param NAME=VALUE."),
    ("Statement.", "The server refuses the query: {detail}", "Correct it and try again."),
    (
        "ConstraintValidationFailed",
        "Other data in the database {database!r} stand in the way: {detail}",
        "Load into a database of its own.",
    ),
    (
        "ConstraintCreationFailed",
        "A constraint cannot be made at {host}: other data stand in the way.",
        "Load into a database of its own.",
    ),
)
