"""A graph that another tool drew: its bodies, and the links from who depends to who provides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from riskgraph.data.spelling import normalise
from riskgraph.importers.columns import TableKind, score_of_headers, seen_tables
from riskgraph.importers.formats import Format
from riskgraph.importers.graph_files import is_graph
from riskgraph.importers.rows import SourceRow
from riskgraph.importers.statements import Statements
from riskgraph.importers.workbook_links import Kinds, known_company, read_links
from riskgraph.model import AUTHORITY
from riskgraph.schema import schema
from riskgraph.vocabulary import headers, words

__all__ = ["GRAPH", "kind_of_thing", "kinds_of_ends"]

_BODIES = TableKind(headers("graph", "bodies"), ("id",), name="bodies", counted=False)
_LINKS = TableKind(headers("graph", "links"), ("from", "to"), name="links", strict=False)


def _fits(path: Path) -> int:
    if is_graph(path):
        return 60
    ends = (seen.look(end) for seen in seen_tables(path, _LINKS) for end in ("from", "to"))
    periods = any(look is not None and look.sort == "dates" for look in ends)  # a contract runs from a day to a day
    return 0 if periods else score_of_headers(path, _LINKS)


def _graph(rows: Iterator[SourceRow], statements: Statements) -> None:
    """Links as relations, between what the bodies are."""
    sheets: dict[str, list[SourceRow]] = {"bodies": [], "links": []}
    for row in rows:
        sheets[row.kind.name].append(row)
    kinds: Kinds = {}
    for row in sheets["bodies"]:
        name = row["name"] or row["id"]
        kind = kind_of_thing(row["kind"], row["id"])
        if row["kind"] and not kind:
            row.guess("kind that is not known: found out by its name", row["kind"])
        kinds[normalise(row["id"])] = kinds[normalise(name)] = _listed(kind, name, statements)
    kinds_of_ends(sheets["links"], kinds, statements)
    read_links(sheets["links"], kinds, statements)


def kind_of_thing(word: str, id_: str = "") -> str:
    """The kind that a word, or the first part of an id, means; "" if neither does.

    Examples
    --------
    >>> kind_of_thing("Local authority"), kind_of_thing("", "supplier:civica"), kind_of_thing("blob")
    ('authority', 'supplier', '')
    """
    text = normalise(word.replace("-", " "))
    if text in words("kind of thing"):
        return words("kind of thing")[text]
    if text in words("public body"):
        return AUTHORITY
    kinds = schema()["entities"]["kind"].allowed
    return next((kind for kind in (word, id_.partition(":")[0]) if kind in kinds), words("partner").get(text, ""))


def kinds_of_ends(links: Sequence[SourceRow], kinds: Kinds, statements: Statements) -> None:
    """Add what the links say of their ends: the kind in a column of its own, or in an id; else the name decides."""
    for row in links:
        for end in ("from", "to"):
            if not (text := row[end]) or normalise(text) in kinds:
                continue
            kind = kind_of_thing(row[f"{end}_kind"], text)
            kinds[normalise(text)] = _listed(kind, row[f"{end}_name"] or text, statements)


def _listed(kind: str, name: str, statements: Statements) -> tuple[str, str]:
    if not kind and statements.councils and statements.councils.find(name)[0]:
        kind = AUTHORITY
    return (kind or known_company("body", name)[0]), name


GRAPH = Format(
    "graph",
    "bodies and links that another tool drew: GraphML, node-link JSON, or a table of links",
    (_LINKS, _BODIES),
    rows=_graph,
    recognise=_fits,
)
