"""`riskgraph neo4j load`: a map onto a Neo4j server, whole or not at all, as often as one likes.

One transaction holds the map, the removal of what is gone, and the mark that says which load it was. A map
beyond `AT_ONCE` elements is built beside the old one, in batches, as a new *generation*; the last
transaction points to it, and the old one is taken away afterwards. Nothing that riskgraph did not write is
changed; see docs/neo4j.md.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from riskgraph.backends.neo4j import OutcomeUnknown, Run, Server
from riskgraph.backends.neo4j_rows import KIND_LABELS, LABELS, TYPES, MapRows, Row, map_rows
from riskgraph.errors import RiskGraphError, ServerError
from riskgraph.graph import RiskGraph

__all__ = ["AT_ONCE", "Loaded", "MapStatus", "Outlook", "clear", "load", "map_name", "outlook", "status"]

AT_ONCE = 200_000  # nodes and relationships in one transaction, at most
BATCH = 2_000
WORTH_A_PLAN = 10_000  # elements from which a plan made for fewer does harm
FORMAT = 2  # of what is stored: another number is not read
Progress = Callable[[int, int], None]

_UNIQUE = {
    **dict.fromkeys(LABELS, ("generation", "id")),
    "RiskMap": ("name",),
    "RiskGeneration": ("id",),
    "RiskLock": ("id",),
}
_LOCK = "MERGE (lock:RiskLock {id: 'load'}) SET lock.held = true REMOVE lock.held"  # the rest of the world waits
_MARK = "MERGE (m:RiskMap {name: $name}) SET m += $info, m.generation = $generation, m.load = $load, m.format = $format"
_CURRENT = "MATCH (m:RiskMap {name: $name}) RETURN m.generation AS generation, m.digest AS digest, m.format AS format, m.load AS load"


@dataclass(frozen=True)
class Outlook:
    """What a load would do to the bodies and relations of a map."""

    name: str
    unchanged: bool
    size: int  # nodes and relationships, also the derived ones
    added: int
    removed: int
    before: int  # bodies, places and relations that are there now
    foreign: int  # relationships of others that hang on what would be removed

    @property
    def drastic(self) -> bool:
        """Whether it would take away most of what is there, or anything of others'."""
        return self.foreign > 0 or (self.before > 20 and self.removed * 2 > self.before)


@dataclass(frozen=True)
class Loaded:
    """What a load did."""

    name: str
    load: str
    unchanged: bool
    counts: Mapping[str, int]
    removed: int
    lost_answer: bool = False  # the server's answer was lost, but it had saved the map


@dataclass(frozen=True)
class MapStatus:
    """One map on the server."""

    name: str
    title: str
    as_of: str
    entities: int
    relations: int
    load: str
    digest: str
    generation: str


def map_name(name: str) -> str:
    """The name of a map on the server, if it is one that can be used.

    Examples
    --------
    >>> map_name("uk")
    'uk'
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", name):
        raise RiskGraphError(f"{name!r} is no name for a map.", "Use letters, digits, dots, hyphens: --name my-map.")
    return name


def load(
    server: Server,
    graph: RiskGraph,
    name: str,
    *,
    generation: bool | None = None,
    replace: bool = False,
    again: bool = False,
    progress: Progress | None = None,
) -> Loaded:
    """Bring a map onto the server under a name.

    Parameters
    ----------
    generation
        Build the map beside the old one in batches; by default only beyond `AT_ONCE` elements.
    replace
        Allow that most of the map, or what others tied to it, is removed.
    again
        Write even if the same map is there already: it puts right what was changed by hand.
    progress
        Called with the elements done and all there are.

    Raises
    ------
    RiskGraphError
        If it would remove too much without `replace`.
    ServerError
        If it was not saved; the map is then the one it was before.
    """
    current = server.read(_CURRENT, {"name": map_name(name)})
    if current and not again and _is(current[0], graph.dataset.digest):
        return Loaded(name, current[0]["load"], True, {"Entity": len(graph.dataset.entities)}, 0)
    rows = map_rows(graph)
    _define(server)
    work = _Load(name, uuid4().hex[:12], rows, replace, again, progress or (lambda _done, _all: None))
    try:
        if generation or (generation is None and rows.size > AT_ONCE):
            loaded = work.beside(server)
        else:
            loaded = server.writing(work.at_once)
    except OutcomeUnknown:
        return _look_up(server, work)
    if rows.size > WORTH_A_PLAN:
        _plan_anew(server)
    return loaded


def _plan_anew(server: Server) -> None:
    """Let the server count what it holds now: plans that it made for less would scan. The load is whole without it."""
    with contextlib.suppress(RiskGraphError):
        server.define("CALL db.prepareForReplanning(60)")


def _is(current: Mapping[str, Any], digest: str) -> bool:
    """Whether what is there is what is to be loaded."""
    return bool(current["digest"] == digest and current["format"] == FORMAT)


def _look_up(server: Server, work: _Load) -> Loaded:
    """After a lost answer: ask with a new connection whether the load is there."""
    with Server(server.connection) as fresh:
        found = fresh.read(_CURRENT, {"name": work.name})
    if found and found[0]["load"] == work.load:
        return Loaded(work.name, work.load, False, work.rows.counts, work.removed, lost_answer=True)
    raise ServerError(
        "The connection was lost while the server was saving, and the map was not saved; the old one is whole.",
        "Load again.",
    )


class _Load:
    """One load: its rows, and the statements that bring them."""

    def __init__(self, name: str, load_id: str, rows: MapRows, replace: bool, again: bool, progress: Progress) -> None:
        self.name, self.load, self.rows = name, load_id, rows
        self.replace, self.again, self.progress = replace, again, progress
        self.removed = 0

    def _statements(self) -> Iterator[tuple[str, Sequence[Row]]]:
        """Statement and its rows, nodes before relationships; each returns how many it wrote."""
        for label, rows in self.rows.nodes.items():
            by_label: dict[str, list[Row]] = {}
            for row in rows:
                by_label.setdefault(row.get("label", ""), []).append(row)
            for more, some in by_label.items():
                kind = f", n:{more}" if more in KIND_LABELS.values() else ""
                yield (
                    f"UNWIND $rows AS row MERGE (n:{label} {{generation: $generation, id: row.id}}) "
                    f"SET n += row.props, n.load = $load{kind} RETURN count(n) AS written",
                    some,
                )
        for type_, links in self.rows.links.items():
            start, end = TYPES[type_]
            yield (
                f"UNWIND $rows AS row MATCH (a:{start} {{generation: $generation, id: row.a}}) "
                f"MATCH (b:{end} {{generation: $generation, id: row.b}}) "
                f"MERGE (a)-[r:{type_} {{id: row.id}}]->(b) "
                "SET r += row.props, r.load = $load RETURN count(r) AS written",
                links,
            )

    def _batches(self) -> Iterator[tuple[str, Sequence[Row]]]:
        for statement, rows in self._statements():
            for start in range(0, len(rows), BATCH):
                yield statement, rows[start : start + BATCH]

    def _write(self, run: Run, statement: str, rows: Sequence[Row], generation: str, *, fresh: bool) -> int:
        if fresh:  # a blank need not take away what was there before
            rows = [row | {"props": {k: v for k, v in row["props"].items() if v is not None}} for row in rows]
        written = run(statement, {"rows": rows, "generation": generation, "load": self.load})[0]["written"]
        if written != len(rows):
            raise ServerError(
                f"The server took {written} of {len(rows)} rows; nothing was saved.",
                "Somebody changes this map by hand: load again when they have finished.",
            )
        return len(rows)

    def _mark(self, run: Run, generation: str) -> None:
        parameters = {"name": self.name, "info": self.rows.info, "generation": generation}
        run(_MARK, parameters | {"load": self.load, "format": FORMAT})

    # -- in one transaction ---------------------------------------------------------------------

    def at_once(self, run: Run) -> Loaded:
        """Everything in one transaction; it may be run again from the start."""
        run(_LOCK, {})
        current = run(_CURRENT, {"name": self.name})
        if current and not self.again and _is(current[0], self.rows.info["digest"]):
            return Loaded(self.name, current[0]["load"], True, self.rows.counts, 0)
        generation = current[0]["generation"] if current else f"{self.name}/{self.load}"
        run("MERGE (g:RiskGeneration {id: $id}) SET g.name = $name", {"id": generation, "name": self.name})
        if current:
            self._allowed(_outlook(run, self.name, self.rows))
        done = 0
        for statement, rows in self._batches():
            done += self._write(run, statement, rows, generation, fresh=not current)
            self.progress(done, self.rows.size)
        self.removed = self._remove_stale(run, generation) if current else 0
        self._mark(run, generation)
        return Loaded(self.name, self.load, False, self.rows.counts, self.removed)

    def _allowed(self, outlook: Outlook) -> None:
        if outlook.drastic and not self.replace:
            lost = f" and {outlook.foreign} relationships that others made" if outlook.foreign else ""
            raise RiskGraphError(
                f"This would remove {outlook.removed} of the {outlook.before} bodies and relations "
                f"of the map {self.name!r}{lost}; nothing was changed.",
                "Give another --name for another map, or --replace if you mean it.",
            )

    def _remove_stale(self, run: Run, generation: str) -> int:
        """What this map had and has no more. What others made has no mark of a load, and stays."""
        parameters = {"generation": generation, "load": self.load}
        removed = 0
        for type_, (start, _) in TYPES.items():
            query = (
                f"MATCH (a:{start} {{generation: $generation}})-[r:{type_}]->() WHERE a.id IS NOT NULL "
                "AND r.load <> $load DELETE r RETURN count(*) AS gone"
            )
            removed += run(query, parameters)[0]["gone"]
        for label in LABELS:
            query = (
                f"MATCH (n:{label} {{generation: $generation}}) WHERE n.id IS NOT NULL AND n.load <> $load "
                "DETACH DELETE n RETURN count(*) AS gone"
            )
            removed += run(query, parameters)[0]["gone"]
        return removed

    # -- as a generation beside the old one -----------------------------------------------------

    def beside(self, server: Server) -> Loaded:
        """In batches, under a new generation; the last transaction makes it the map."""
        current = server.read(_CURRENT, {"name": self.name})
        if current and not self.again and _is(current[0], self.rows.info["digest"]):
            return Loaded(self.name, current[0]["load"], True, self.rows.counts, 0)
        if current:
            self._allowed(server.reading(lambda run: _outlook(run, self.name, self.rows, everything=True)))
        generation = f"{self.name}/{self.load}"
        marker = {"id": generation, "name": self.name}
        server.writing(lambda run: run("MERGE (g:RiskGeneration {id: $id}) SET g.name = $name", marker))
        done = 0
        for statement, rows in self._batches():
            done += self._batch(server, statement, rows, generation)
            self.progress(done, self.rows.size)
        server.writing(lambda run: self._point(run, generation))
        self.removed = _remove_generations(server, self.name, keep=generation)
        return Loaded(self.name, self.load, False, self.rows.counts, self.removed)

    def _batch(self, server: Server, statement: str, rows: Sequence[Row], generation: str) -> int:
        return server.writing(lambda run: self._write(run, statement, rows, generation, fresh=True))

    def _point(self, run: Run, generation: str) -> None:
        run(_LOCK, {})
        for label, rows in self.rows.nodes.items():
            query = f"MATCH (n:{label} {{generation: $generation}}) WHERE n.id IS NOT NULL RETURN count(n) AS there"
            if run(query, {"generation": generation})[0]["there"] != len(rows):
                raise ServerError("Another load of this map came between; its map is whole.", "Load again.")
        self._mark(run, generation)


def _remove_generations(server: Server, name: str, keep: str | None) -> int:
    """Take away, in batches, every generation of a map but one."""
    found = server.read("MATCH (g:RiskGeneration) WHERE g.name = $name RETURN g.id AS id ORDER BY id", {"name": name})
    return sum(_remove_generation(server, row["id"]) for row in found if row["id"] != keep)


def _remove_generation(server: Server, generation: str) -> int:
    def batch(query: str) -> int:
        gone = server.writing(lambda run: run(query, {"generation": generation}))
        return int(gone[0]["gone"])

    removed = 0
    for label in LABELS:
        query = (
            f"MATCH (n:{label} {{generation: $generation}}) WHERE n.id IS NOT NULL "
            "WITH n LIMIT 10000 DETACH DELETE n RETURN count(*) AS gone"
        )
        while gone := batch(query):
            removed += gone
    batch("MATCH (g:RiskGeneration {id: $generation}) DELETE g RETURN count(*) AS gone")
    return removed


def _define(server: Server) -> None:
    """Constraints before any data, then the indexes that the queries use; those that are there stay."""
    there = {row["name"] for row in server.read("SHOW INDEXES YIELD name RETURN name")}
    wanted: dict[str, str] = {}
    for label, keys in _UNIQUE.items():
        name = f"riskgraph_{label.lower()}"
        columns = ", ".join(f"n.{key}" for key in keys)
        wanted[name] = f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR (n:{label}) REQUIRE ({columns}) IS UNIQUE"
    for label in KIND_LABELS.values():
        name = f"riskgraph_{label.lower()}_map"
        wanted[name] = f"CREATE INDEX {name} IF NOT EXISTS FOR (n:{label}) ON (n.generation)"
    missing = [statement for name, statement in wanted.items() if name not in there]
    for statement in missing:
        server.define(statement)
    if missing:
        server.define("CALL db.awaitIndexes(60)")


# -- before and after -----------------------------------------------------------------------------


def outlook(server: Server, graph: RiskGraph, name: str) -> Outlook:
    """What loading a map would do; nothing is changed."""
    rows = map_rows(graph)
    return server.reading(lambda run: _outlook(run, map_name(name), rows))


def _outlook(run: Run, name: str, rows: MapRows, *, everything: bool = False) -> Outlook:
    types = [type_ for type_, (start, end) in TYPES.items() if (start, end) == ("Entity", "Entity")]
    new = {row["id"] for row in rows.nodes["Entity"]}
    new |= {row["id"] for type_ in types if type_ != "IMPLIES" for row in rows.links[type_]}
    current = run(_CURRENT, {"name": name})
    if not current:
        return Outlook(name, False, rows.size, len(new), 0, 0, 0)
    parameters = {"generation": current[0]["generation"]}
    there = run(
        "MATCH (n:Entity {generation: $generation}) WHERE n.id IS NOT NULL RETURN collect(n.id) AS ids", parameters
    )[0]["ids"]
    related = run(
        f"MATCH (n:Entity {{generation: $generation}})-[r:{'|'.join(t for t in types if t != 'IMPLIES')}]->() "
        "WHERE n.id IS NOT NULL AND r.load IS NOT NULL RETURN collect(r.id) AS ids",
        parameters,
    )[0]["ids"]
    old = {*there, *related}
    gone = [id_ for id_ in there if everything or id_ not in new]
    foreign = run(
        "UNWIND $gone AS id MATCH (n:Entity {generation: $generation, id: id})-[r]-() WHERE r.load IS NULL "
        "RETURN count(DISTINCT r) AS n",
        parameters | {"gone": gone},
    )[0]["n"]
    same = _is(current[0], rows.info["digest"])
    return Outlook(name, same, rows.size, len(new - old), len(old - new), len(old), foreign)


def status(server: Server) -> list[MapStatus]:
    """The maps on the server, by name."""
    found = server.read("MATCH (m:RiskMap) WHERE m.name IS NOT NULL RETURN properties(m) AS m ORDER BY m.name")
    return [
        MapStatus(
            m["name"], m["title"], m["as_of"], m["entities"], m["relations"], m["load"], m["digest"], m["generation"]
        )
        for m in (row["m"] for row in found)
    ]


def clear(server: Server, name: str) -> int:
    """Remove a map, and how many of its nodes that were; what riskgraph did not write stays.

    The map is gone for readers at once; its parts follow in batches.

    Raises
    ------
    RiskGraphError
        If there is no such map.
    """
    if not server.read(_CURRENT, {"name": name}):
        raise RiskGraphError(f"There is no map {name!r} on the server.", "See `riskgraph neo4j status`.")
    server.writing(lambda run: run("MATCH (m:RiskMap {name: $name}) DELETE m", {"name": name}))
    return _remove_generations(server, name, keep=None)
