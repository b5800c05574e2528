"""The options that say which Neo4j server, for the words that talk to one."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from riskgraph.backends.connection import Connection
    from riskgraph.backends.neo4j import Server

__all__ = ["open_server", "server_options"]

F = TypeVar("F", bound=Callable[..., Any])


def server_options(*, hidden: bool = False) -> Callable[[F], F]:
    """`--uri`, `--user`, `--database`, `--password-file`; the command receives `connection`, a function.

    Parameters
    ----------
    hidden
        Leave them out of `--help`.
    """

    def decorate(command: F) -> F:
        @click.option("--uri", metavar="URI", hidden=hidden, help="Address.  [default: bolt://127.0.0.1:7687]")
        @click.option("--user", metavar="NAME", hidden=hidden, help="User.  [default: neo4j]")
        @click.option("--database", metavar="NAME", hidden=hidden, help="Database.  [default: neo4j]")
        @click.option("--password-file", metavar="FILE", hidden=hidden, help="A file whose first line is the password.")
        @click.option("--ask-password", is_flag=True, hidden=hidden, help="Ask for the password.")
        @click.option("--insecure", is_flag=True, default=None, hidden=hidden, help="Allow clear text over a network.")
        @functools.wraps(command)
        def wrapped(
            *args: Any,
            uri: str | None,
            user: str | None,
            database: str | None,
            password_file: str | None,
            ask_password: bool,
            insecure: bool | None,
            **kwargs: Any,
        ) -> Any:
            def connection() -> Connection:
                from riskgraph.backends.connection import Connection, Secret

                password = None
                if ask_password:
                    password = Secret(click.prompt("Password", hide_input=True, err=True))
                return Connection.resolve(
                    uri=uri,
                    user=user,
                    database=database,
                    password=password,
                    password_file=password_file,
                    insecure=insecure,
                )

            return command(*args, connection=connection, **kwargs)

        return wrapped  # type: ignore[return-value]

    return decorate


def open_server(connection: Callable[[], Connection]) -> Server:
    """Connect; the connection is closed when the command ends."""
    from riskgraph.backends.neo4j import Server

    server = Server(connection())
    click.get_current_context().call_on_close(server.close)
    return server
