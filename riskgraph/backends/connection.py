"""How to reach a Neo4j server: from options, the environment or a file, with the password kept out of sight."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from riskgraph.errors import MissingFile, RiskGraphError

__all__ = ["Connection", "Secret"]

SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")
DEFAULT_URI = "bolt://127.0.0.1:7687"
_LOOPBACK = re.compile(r"localhost|127(?:\.\d{1,3}){3}|::1", re.IGNORECASE)
_KEYS = ("uri", "user", "database", "password_file", "insecure")


def _kept(text: str) -> Callable[[], str]:
    return lambda: text


class Secret:
    """A password that no message, log or traceback shows.

    Examples
    --------
    >>> Secret("swordfish")
    Secret(...)
    >>> str(Secret("swordfish"))
    'Secret(...)'
    """

    __slots__ = ("_reveal",)

    def __init__(self, text: str) -> None:
        self._reveal: Callable[[], str] = _kept(text)  # a closure: no dump of attributes shows what is in it

    def reveal(self) -> str:
        """The password itself: for the driver only."""
        return self._reveal()

    def __repr__(self) -> str:
        return "Secret(...)"


@dataclass(frozen=True)
class Connection:
    """Where the server is and who asks.

    Examples
    --------
    >>> Connection.resolve(environment={}, folder=None).uri
    'bolt://127.0.0.1:7687'
    """

    uri: str = DEFAULT_URI
    user: str = "neo4j"
    password: Secret | None = None
    database: str = "neo4j"

    @classmethod
    def resolve(
        cls,
        *,
        uri: str | None = None,
        user: str | None = None,
        database: str | None = None,
        password: Secret | None = None,
        password_file: str | Path | None = None,
        insecure: bool | None = None,
        environment: Mapping[str, str] = os.environ,
        folder: Path | None = Path(),
    ) -> Connection:
        """What is given here, else in the environment, else in `riskgraph.toml`, else the default.

        Parameters
        ----------
        password_file
            A file whose first line is the password. There is no way to give it on the command line.
        insecure
            Allow a connection in clear text, or an unchecked certificate, to another computer.
        environment
            `RISKGRAPH_NEO4J_URI`, `_USER`, `_DATABASE`, `_PASSWORD`, `_PASSWORD_FILE`, `_INSECURE`.
        folder
            Where `riskgraph.toml` may be, with a table `[neo4j]`; `RISKGRAPH_CONFIG` names another file.

        Raises
        ------
        RiskGraphError
            If an address is none, or goes in clear text to another computer.
        MissingFile
            If the file with the password is not there.
        """
        file = _config(environment, folder)

        def first(key: str, given: Any) -> Any:
            if given is not None:
                return given
            return environment.get(f"RISKGRAPH_NEO4J_{key.upper()}") or file.get(key)

        trusted = first("insecure", insecure)
        if isinstance(trusted, str):
            trusted = trusted.lower() not in {"", "0", "false", "no"}
        address = _checked(str(first("uri", uri) or DEFAULT_URI), insecure=bool(trusted))
        if password is None and password_file is None and environment.get("RISKGRAPH_NEO4J_PASSWORD"):
            password = Secret(environment["RISKGRAPH_NEO4J_PASSWORD"])
        if password is None and (kept := first("password_file", password_file)):
            password = _from_file(Path(kept))
        return cls(address, first("user", user) or "neo4j", password, first("database", database) or "neo4j")

    @property
    def host(self) -> str:
        """The address as people read it, without the scheme."""
        return urlsplit(self.uri).netloc


def _config(environment: Mapping[str, str], folder: Path | None) -> Mapping[str, Any]:
    named = environment.get("RISKGRAPH_CONFIG")
    path = Path(named) if named else None if folder is None else folder / "riskgraph.toml"
    if path is None or (named is None and not path.is_file()):
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8")).get("neo4j", {})
    except OSError:
        raise MissingFile(f"There is no file {path}.", "Correct RISKGRAPH_CONFIG, or unset it.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise RiskGraphError(f"{path} is no valid TOML.", "Check its quotes.") from None
    wrong = sorted(set(table) - set(_KEYS))
    if "password" in wrong:
        raise RiskGraphError(f"{path} holds a password.", "Put it into a file of its own and name that: password_file.")
    if wrong:
        raise RiskGraphError(f"{path}: there is no key {wrong[0]!r} in [neo4j].", f"Use: {', '.join(_KEYS)}.")
    return dict(table)


def _from_file(path: Path) -> Secret:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise MissingFile(f"The password file {path} cannot be read.", "Check its path and its rights.") from None
    if not lines or not lines[0]:
        raise RiskGraphError(f"The first line of {path} is empty.", "Write the password there.")
    return Secret(lines[0])


def _checked(uri: str, *, insecure: bool) -> str:
    """The address, if it is one that may be used. The message never repeats it: it may hold a password."""
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise RiskGraphError("The address of the Neo4j server is not valid.", f"Write {DEFAULT_URI}.") from None
    if parts.username or parts.password or "@" in parts.netloc:
        raise RiskGraphError(
            "The address of the Neo4j server holds a user or a password.",
            "Write it as bolt://host:7687; give --user, and the password by --password-file.",
        )
    if parts.scheme not in SCHEMES or not host:
        raise RiskGraphError(
            "The address of the Neo4j server has no scheme known here.",
            f"Write bolt://host:7687; the schemes are {', '.join(SCHEMES)}.",
        )
    if not insecure and not _LOOPBACK.fullmatch(host):
        if parts.scheme.endswith("+ssc"):
            raise RiskGraphError(
                f"{parts.scheme} accepts any certificate of {host}.",
                f"Use {parts.scheme[:-2]}, or add --insecure if you trust the network.",
            )
        if not parts.scheme.endswith("+s"):
            raise RiskGraphError(
                f"{parts.scheme}:// would send everything to {host} in clear text.",
                f"Use {parts.scheme}+s://, or add --insecure if you trust the network.",
            )
    return uri
