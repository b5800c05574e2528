"""What `neo4j` and `query` say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from riskgraph.render.tables import as_table
from riskgraph.render.words import plural

if TYPE_CHECKING:
    from riskgraph.backends.cypher import Query
    from riskgraph.backends.neo4j_load import Loaded, MapStatus, Outlook

__all__ = [
    "about",
    "about_dict",
    "cell",
    "loaded",
    "loaded_dict",
    "outlook",
    "outlook_dict",
    "status",
    "status_rows",
    "value",
]

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def loaded(done: Loaded) -> str:
    """What a load did, in a few lines."""
    entities = plural(done.counts["Entity"], "body or place", "bodies and places")
    if done.unchanged:
        return f"{entities} are there already: the map {done.name!r} has not changed, and nothing was written.\n"
    size = sum(done.counts.values())
    lines = [f"{entities} are on the server as map {done.name!r} ({plural(size, 'element')}, load {done.load})."]
    if done.removed:
        lines.append(f"{plural(done.removed, 'element')} of the old map removed.")
    if done.lost_answer:
        lines.append("The server's answer was lost on the way; it was looked up, and the map was saved.")
    lines.append(f"Try: riskgraph query who-is-hit --param root=NAME --data {done.name}")
    return "\n".join(lines) + "\n"


def loaded_dict(done: Loaded) -> dict[str, Any]:
    """The same for programs."""
    return {
        "schema": 1,
        "map": done.name,
        "load": done.load,
        "unchanged": done.unchanged,
        "removed": done.removed,
        "lost_answer": done.lost_answer,
        "counts": dict(done.counts),
    }


def outlook(would: Outlook) -> str:
    """What a load would do."""
    if would.unchanged:
        return f"0 changes: the map {would.name!r} is there already.\n"
    lines = [
        f"{plural(would.added, 'body or relation', 'bodies and relations')} would be new in the map {would.name!r}, "
        f"{would.removed} of {would.before} would be removed ({plural(would.size, 'element')} in all)."
    ]
    if would.drastic:
        lines.append("That removes much, or what others made: the load will want --replace.")
    return "\n".join([*lines, "Nothing was changed."]) + "\n"


def outlook_dict(would: Outlook) -> dict[str, Any]:
    """The same for programs."""
    names = ("unchanged", "size", "added", "removed", "before", "foreign", "drastic")
    return {"schema": 1, "map": would.name, **{name: getattr(would, name) for name in names}}


def status_rows(maps: Sequence[MapStatus], whole: Mapping[str, bool]) -> tuple[list[str], list[list[Any]]]:
    """Header and a row for each map."""
    header = ["map", "title", "as_of", "entities", "relations", "load", "digest"] + (["whole"] if whole else [])
    rows: list[list[Any]] = [[m.name, m.title, m.as_of, m.entities, m.relations, m.load, m.digest] for m in maps]
    if whole:
        rows = [[*row, "yes" if whole[row[0]] else "changed by hand"] for row in rows]
    return header, rows


def status(version: str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Which maps there are."""
    first = f"{plural(len(rows), 'map')} on the server (Neo4j {version})."
    if not rows:
        return first + "\nTry: riskgraph neo4j load\n"
    return f"{first}\n\n{as_table(header[:-1] if header[-1] == 'digest' else header, _without_digest(header, rows))}"


def _without_digest(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [list(row[:-1]) if header[-1] == "digest" else list(row) for row in rows]


def about(query: Query) -> str:
    """What a query asks, wants and returns."""
    lines = [f"{query.name}: {query.title}", query.question, "", "It wants:"]
    for parameter in query.parameters:
        default = "" if parameter.default is None else f"  [default: {parameter.default}]"
        lines.append(f"  {parameter.name} ({parameter.type}): {parameter.meaning}{default}")
    lines += ["It returns:", *(f"  {name}: {meaning}" for name, meaning in query.columns)]
    return "\n".join([*lines, f"Equal to: {query.equals}", f"Try: {query.example}"]) + "\n"


def about_dict(query: Query) -> dict[str, Any]:
    """The same for programs."""
    return {
        "schema": 1,
        "name": query.name,
        "title": query.title,
        "question": query.question,
        "parameters": [
            {"name": p.name, "type": p.type, "default": p.default, "meaning": p.meaning} for p in query.parameters
        ],
        "columns": [{"name": name, "meaning": meaning} for name, meaning in query.columns],
        "equals": query.equals,
        "example": query.example,
        "cypher": query.text,
    }


def value(found: Any) -> Any:
    """A value that JSON can hold.

    Examples
    --------
    >>> value([1, {"a": None}])
    [1, {'a': None}]
    """
    if found is None or isinstance(found, bool | int | float | str):
        return found
    if isinstance(found, Mapping):
        return {str(key): value(inner) for key, inner in found.items()}
    if isinstance(found, list | tuple):
        return [value(inner) for inner in found]
    return str(found)


def cell(found: Any) -> Any:
    r"""A value as one cell of a table: lists joined, and nothing that a terminal would obey.

    Examples
    --------
    >>> cell(["a", None, "b"]), cell("a\x1b[31m\n")
    ('a; ?; b', 'a [31m ')
    """
    if isinstance(found, bool):
        return "yes" if found else "no"
    if found is None or isinstance(found, int | float):
        return found
    if isinstance(found, list | tuple):
        return "; ".join("?" if inner is None else str(cell(inner)) for inner in found)
    return _CONTROL.sub(" ", str(found).replace("\n", " ").replace("\t", " "))
