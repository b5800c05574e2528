"""A data set as a NetworkX graph, and back: what users get, change and load again."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riskgraph.data import Dataset, DatasetInfo, read
from riskgraph.data.class_rules import expanded
from riskgraph.data.dataset import TABLES
from riskgraph.data.files import toml_string, write_table
from riskgraph.data.folders import write_folder
from riskgraph.errors import DataError, Problem, RiskGraphError
from riskgraph.schema import schema

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["from_networkx", "to_networkx"]

CARRIED = {
    # graph attribute -> table, and the column that names its records
    "evidence": ("evidence", "id"),
    "incidents": ("incidents", "incident_id"),
    "incident_effects": ("incident_effects", None),
    "class_rules": ("class_rules", "id"),
    "register": ("authorities", "id"),
    "questions": ("questions", "id"),
}


def to_networkx(dataset: Dataset, rows: Collection[str] | None = None) -> nx.MultiDiGraph[str]:
    """A data set as NetworkX has it: one node per entity, one edge per relation, from dependent to provider.

    Parameters
    ----------
    dataset
        The data set.
    rows
        Only these relations, by id; all of them if left out.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes carry `kind` and `name` and the filled columns of `entities.csv`; edges are keyed by the id of the
        relation and carry `relation` and its filled columns. The graph carries what `dataset.toml` says, and
        `evidence`, `incidents`, `incident_effects` and, if the data set has them, `class_rules` (the rows that they
        make are edges too), a `register` of its own and `questions`: each record as a mapping of its filled columns.
        `from_networkx` makes the same data set of it again.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> graph = to_networkx(read("seeds"))
    >>> graph.nodes["supplier:civica"]["name"], graph.graph["as_of"]
    ('Civica', '2026-11-30')
    """
    import networkx as nx  # a fifth of a second

    dataset = expanded(dataset)
    info = {one.name: getattr(dataset.info, one.name) for one in fields(DatasetInfo)}
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph(**{key: value for key, value in info.items() if value})
    for entity in dataset.entities.values():
        graph.add_node(entity.id, **_filled(entity))
    for row in dataset.relations.values():
        if rows is None or row.id in rows:
            graph.add_edge(row.dependent, row.provider, key=row.id, **_filled(row))
    graph.graph["evidence"] = {item.id: _filled(item) for item in dataset.evidence.values()}
    graph.graph["incidents"] = {one.incident_id: _filled(one, "incident_id") for one in dataset.incidents.values()}
    graph.graph["incident_effects"] = [_filled(effect, "") for effect in dataset.effects]
    if dataset.class_rules:
        graph.graph["class_rules"] = {rule.id: _filled(rule) for rule in dataset.class_rules.values()}
    if dataset.own_register_file:
        graph.graph["register"] = {entry.id: _filled(entry) for entry in dataset.register.values()}
    if dataset.questions:
        kept = {
            id_: one
            for id_, one in dataset.questions.items()
            if rows is None or one.about not in dataset.relations or one.about in rows
        }
        graph.graph["questions"] = {one.id: _filled(one) for one in kept.values()}
    return graph


def _filled(record: object, key: str = "id") -> dict[str, Any]:
    values = {name: getattr(record, name) for name in type(record).__slots__ if name != key}  # type: ignore[attr-defined]
    return {name: value for name, value in values.items() if value not in (None, ())}


def from_networkx(graph: nx.MultiDiGraph[Any]) -> Dataset:
    """The data set that a NetworkX graph says: one that `to_networkx` made, changed or not, or one made by hand.

    It is judged as any data set is: every cell, every reference, every check.

    Parameters
    ----------
    graph
        Directed, edges from dependent to provider. A node is named by its id (`kind:slug`) and carries `kind` and
        `name`; an edge carries `relation`, and is keyed by the id of the relation (one is made up where the key is
        a number). Further attributes are columns of `entities.csv` and `relations.csv`; `None`, an empty text and
        NaN are blanks. The graph carries `title` and `as_of`; see `to_networkx` for what else it may.

    Raises
    ------
    RiskGraphError
        If it is no directed graph, or an attribute of the graph has another form.
    DataError
        If anything in it is wrong; every problem names its node, edge or attribute.

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.MultiDiGraph(title="By hand", as_of="2026-11-25")
    >>> graph.add_node("authority:ashby", kind="authority", name="Ashby")
    >>> graph.add_node("supplier:orbit", kind="supplier", name="Orbit")
    >>> _ = graph.add_edge("authority:ashby", "supplier:orbit", relation="supplied-by", service_area="housing")
    >>> list(from_networkx(graph).relations)
    ['ashby.supplied-by.orbit.housing']
    """
    if not callable(getattr(graph, "is_directed", None)) or not graph.is_directed():
        raise RiskGraphError(
            f"A map is made of a directed NetworkX graph, not of a {type(graph).__name__}.",
            "Give a networkx.MultiDiGraph with edges from dependent to provider.",
        )
    tables = dict(_tables(graph))
    with tempfile.TemporaryDirectory(prefix="riskgraph-") as name:  # judged by the very reader of every data set
        folder = Path(name) / "map"
        content = {table.file: write_table(table.header, table.rows) for table in tables.values()}
        write_folder(folder, {"dataset.toml": _info(graph.graph), **content})
        files = {table.file: table for table in tables.values()}
        wrong = [problem for table in tables.values() for problem in table.problems]
        try:
            dataset = read(folder)
        except DataError as error:
            wrong += [_named(problem, files) for problem in error.problems]
    if wrong:
        raise DataError("the graph", wrong, fix="Put these right in the graph and load it again.")
    return replace(
        dataset,
        path=Path("networkx"),
        expanded=bool(dataset.class_rules),  # its edges are all that there are, also those that rules made
        warnings=tuple(_named(problem, files) for problem in dataset.warnings),
    )


@dataclass
class _Rows:
    """One table of the graph as text, with what each of its rows is called."""

    table: str
    what: str  # what one of its records is
    header: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def file(self) -> str:
        return TABLES[self.table].file

    def fill(self, records: Sequence[tuple[str, Mapping[str, Any], Mapping[str, Any]]]) -> None:
        """Take records: what each is called, what its place in the graph says, and its attributes."""
        columns = [name for name, column in schema()[self.table].items() if column.required]
        self.header = list(dict.fromkeys([*columns, *(str(key) for _, own, more in records for key in (*own, *more))]))
        for name, own, more in records:
            given = {str(key): _cell(value) for key, value in more.items()}
            for key, value in own.items():
                if given.get(key, value) not in {"", value}:
                    message = f"It says {given[key]!r}, but in the graph it is {value!r}."
                    self.problems.append(
                        Problem(f"{name}, attribute {key}", None, None, "ends", message, "Remove the attribute.")
                    )
            self.rows.append([(given | dict(own)).get(column, "") for column in self.header])
            self.names.append(name)


def _tables(graph: nx.MultiDiGraph[Any]) -> Iterator[tuple[str, _Rows]]:
    nodes = _Rows("entities", "node")
    nodes.fill([(f"node {node!r}", {"id": str(node)}, values) for node, values in graph.nodes(data=True)])
    edges = _Rows("relations", "edge")
    edges.fill(list(_edges(graph)))
    yield from (("entities", nodes), ("relations", edges))
    for attribute, (table, key) in CARRIED.items():
        records = graph.graph.get(attribute)
        if records is None:
            continue
        rows = _Rows(table, f"record of graph attribute {attribute!r}")
        good = (
            isinstance(records, Sequence) and not isinstance(records, str)
            if key is None
            else isinstance(records, Mapping)
        )
        listed: list[tuple[Any, Any]] = list(records.items() if key else enumerate(records)) if good else []
        if not good or not all(isinstance(record, Mapping) for _, record in listed):
            form = "a list of mappings of columns" if key is None else f"a mapping of {key} to a mapping of columns"
            raise RiskGraphError(f"The graph attribute {attribute!r} is not {form}.", "See riskgraph.RiskMap.networkx.")
        rows.fill([(f"{attribute} {at!r}", {key: str(at)} if key else {}, record) for at, record in listed])
        yield table, rows


def _edges(graph: nx.MultiDiGraph[Any]) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Edges, each with an id: its key, or one made up of its ends where that is a number."""
    keyed = graph.is_multigraph()
    listed = list(graph.edges(keys=True, data=True)) if keyed else [(u, v, 0, d) for u, v, d in graph.edges(data=True)]
    taken = {key for _, _, key, _ in listed if isinstance(key, str)}
    for dependent, provider, key, values in listed:
        id_ = key if isinstance(key, str) else str(values.get("id") or "")
        if not id_:
            ends = (str(end).partition(":")[2] or str(end) for end in (dependent, provider))
            one, other = ends
            words = (one, str(values.get("relation") or ""), other, _cell(values.get("service_area")))
            stem = id_ = ".".join(word for word in words if word)
            number = 1
            while id_ in taken:
                number += 1
                id_ = f"{stem}.{number}"
            taken.add(id_)
        own = {"id": id_, "dependent": str(dependent), "provider": str(provider)}
        yield f"edge {id_!r} from {dependent!r} to {provider!r}", own, values


def _info(given: Mapping[str, Any]) -> bytes:
    lines = [
        f"{toml_string(str(key))} = {toml_string(_cell(value))}\n" for key, value in given.items() if key not in CARRIED
    ]
    return "".join(lines).encode("utf-8")


def _cell(value: Any) -> str:
    """A value as a cell of a table has it."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, str):
        return ";".join(map(_cell, sorted(value) if isinstance(value, set | frozenset) else value))
    return str(value)


_WORDS: Mapping[str, Callable[[Problem], tuple[str, str]]] = {
    "missing": lambda problem: (f"There is no {problem.column}.", f"Set {problem.column}."),
    "unknown-column": lambda problem: ("The attribute is not known.", problem.fix),
    "unknown-key": lambda problem: ("The attribute is not known.", problem.fix),
}


def _named(problem: Problem, files: Mapping[str, _Rows]) -> Problem:
    """A problem of a file, told of the node, edge or attribute that it comes from."""
    rows, at = files.get(problem.file), "the graph"
    if rows is not None:
        at = f"every {rows.what}"
        number = None if problem.row is None else problem.row - 2
        if number is None or number < 0:
            column = rows.header.index(problem.column) if problem.column in rows.header else None
            number = next((n for n, row in enumerate(rows.rows) if column is not None and row[column]), None)
        if number is not None:
            at = rows.names[number]
    if problem.column is not None:
        at += f", attribute {problem.column}"
    message, fix = _WORDS[problem.rule](problem) if problem.rule in _WORDS else (problem.message, problem.fix)
    return Problem(at, None, None, problem.rule, message, fix, problem.severity)
