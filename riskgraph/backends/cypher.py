"""The library of Cypher files, and a user's own: what each asks, wants and returns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from riskgraph.assets import outer
from riskgraph.backends.neo4j import Server
from riskgraph.backends.neo4j_read import Neo4jBackend
from riskgraph.data.files import nearest
from riskgraph.errors import MissingFile, RiskGraphError
from riskgraph.model import Band, FailureKind

__all__ = ["Parameter", "Query", "QueryAnswer", "ask", "library", "open_query", "parse"]

ROWS = 100_000  # the most that are fetched


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a query wants to be told."""

    name: str
    type: str
    default: str | None
    meaning: str


@dataclass(frozen=True, slots=True)
class Query:
    """One Cypher file."""

    name: str
    title: str
    question: str
    parameters: tuple[Parameter, ...]
    columns: tuple[tuple[str, str], ...]  # name and meaning
    equals: str  # the answer of the library that it is equal to
    example: str
    text: str


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """What a query returned."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    whole: bool  # False: there were more rows than are fetched


def parse(name: str, text: str) -> Query:
    r"""A query from the text of its file.

    The header is made of comments: `// title: ...`, `// question: ...`, `// parameter: NAME TYPE [= DEFAULT] |
    meaning`, `// column: NAME | meaning`, `// equals: ...`, `// example: ...`. A file of one's own needs none.

    Examples
    --------
    >>> query = parse("mine", "// title: Count\n// parameter: map text = uk | the map\nRETURN 1 AS one")
    >>> query.title, query.parameters[0].default
    ('Count', 'uk')
    """
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        match = re.fullmatch(r"//\s*(title|question|parameter|column|equals|example):\s*(.*?)\s*", line)
        if match:
            found.setdefault(match.group(1), []).append(match.group(2))
    parameters = []
    for line in found.get("parameter", ()):
        match = re.fullmatch(r"(\w+) ([\w-]+)(?: = (.*?))?\s*(?:\|\s*(.*))?", line)
        if match is None or match.group(2) not in PARAMETER_TYPES:
            raise RiskGraphError(
                f"{name}: the line `// parameter: {line}` cannot be read.",
                f"Write NAME TYPE = DEFAULT | meaning; the types are {', '.join(PARAMETER_TYPES)}.",
            )
        parameters.append(Parameter(match.group(1), match.group(2), match.group(3), match.group(4) or ""))
    columns = tuple(
        (line.partition("|")[0].strip(), line.partition("|")[2].strip()) for line in found.get("column", ())
    )
    one = {key: " ".join(found.get(key, ())) for key in ("title", "question", "equals", "example")}
    return Query(name, one["title"], one["question"], tuple(parameters), columns, one["equals"], one["example"], text)


@lru_cache(maxsize=1)
def library() -> Mapping[str, Query]:
    """Name to query of every file that ships with riskgraph.

    Examples
    --------
    >>> library()["who-is-hit"].title
    'Who could be reached'
    """
    folder = outer("queries")
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".cypher"))
    queries = [parse(name.removesuffix(".cypher"), (folder / name).read_text(encoding="utf-8")) for name in names]
    return {query.name: query for query in queries}


def open_query(name: str) -> Query:
    """A query of the library by its name, or a file of one's own by its path.

    Raises
    ------
    MissingFile
        If there is no such query or file.
    """
    if name in library():
        return library()[name]
    path = Path(name)
    if path.suffix != ".cypher":
        raise MissingFile(
            f"There is no query {name!r}.", nearest(name, list(library())) + " `riskgraph query` lists them."
        )
    try:
        return parse(path.stem, path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        raise MissingFile(f"The file {name} cannot be read.", "Check its path; it must be text in UTF-8.") from None


def ask(
    server: Server, query: Query, given: Mapping[str, str], *, map_name: str = "uk", seconds: float = 30.0
) -> QueryAnswer:
    """Run a query in a transaction that cannot write and has a time limit.

    Parameters
    ----------
    given
        Parameters as text.
    map_name
        Value of the parameter `map`, unless it is given.
    seconds
        Time limit, in seconds.

    Raises
    ------
    RiskGraphError
        If a parameter is missing, unknown or not of its type, or the query would load a file.
    ServerError
        If the server refuses the query, or the time is up.
    """
    parameters = _parameters(
        server, query, {"map": map_name, **given}, told=set(given), map_=given.get("map", map_name)
    )
    if any("LoadCSV" in operator for operator, _ in server.plan(query.text, parameters)):
        raise RiskGraphError(
            f"{query.name} reads a file or an address with LOAD CSV; that is not allowed here.", "Leave it out."
        )
    columns, rows = server.rows(query.text, parameters, seconds=seconds, limit=ROWS + 1)
    return QueryAnswer(tuple(columns), tuple(tuple(row) for row in rows[:ROWS]), len(rows) <= ROWS)


def _parameters(server: Server, query: Query, given: Mapping[str, str], *, told: set[str], map_: str) -> dict[str, Any]:
    known = {parameter.name: parameter for parameter in query.parameters}
    unknown = sorted(told - set(known) - {"map"})
    if unknown and query.title:
        raise RiskGraphError(f"{query.name} has no parameter {unknown[0]!r}.", nearest(unknown[0], sorted(known)))
    values: dict[str, Any] = {"map": map_, **{name: given[name] for name in unknown}}
    for parameter in query.parameters:
        text = given.get(parameter.name, parameter.default)
        if text is None:
            raise RiskGraphError(
                f"{query.name} wants to know {parameter.name}: {parameter.meaning}.",
                f"Add --param {parameter.name}=..., as in: {query.example}" if query.example else "Add --param.",
            )
        try:
            values[parameter.name] = PARAMETER_TYPES[parameter.type](text)
        except (ValueError, RiskGraphError):
            allowed = {"band": [band.word for band in Band], "kind": [str(kind) for kind in FailureKind]}
            fix = f"Use one of: {', '.join(allowed[parameter.type])}." if parameter.type in allowed else "Use digits."
            raise RiskGraphError(f"{text!r} is no {parameter.type} for {parameter.name}.", fix) from None
    names = [
        p.name for p in query.parameters if p.type == "name" and not re.fullmatch(r"[a-z-]+:[a-z0-9-]+", values[p.name])
    ]
    if names:
        resolve = Neo4jBackend(server, map_).around(()).names.resolve
        values |= {name: resolve(values[name]).partition("/")[0] for name in names}
    return values


PARAMETER_TYPES: Mapping[str, Callable[[str], Any]] = {
    "text": str,
    "name": str,  # a body or place as people call it; the query gets its id
    "kind": lambda text: str(FailureKind(text)),
    "band": lambda text: int(Band.of(text)) if not text.isdigit() else int(Band(int(text))),
    "integer": int,
    "number": float,
}
