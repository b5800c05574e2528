"""A map from a Neo4j server: whole, or the part that a question needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from riskgraph.backends.neo4j import Run, Server
from riskgraph.backends.neo4j_load import FORMAT
from riskgraph.backends.neo4j_rows import RELATION_TYPES
from riskgraph.data import Dataset, DatasetInfo
from riskgraph.data.checks import run_checks
from riskgraph.data.read import columns_of
from riskgraph.errors import ServerError
from riskgraph.graph import RiskGraph
from riskgraph.model import (
    ClassRule,
    Enquiry,
    Entity,
    Evidence,
    Incident,
    IncidentEffect,
    RegisterEntry,
    Relation,
)
from riskgraph.rules import Trait, relations_that
from riskgraph.settle import View

if TYPE_CHECKING:
    from riskgraph.compiled import Compiled

__all__ = ["Neo4jBackend"]

T = TypeVar("T")
SECONDS = 120.0  # time limit of one reading

_TYPES = "|".join(RELATION_TYPES.values())
_WORDS = {type_: word for word, type_ in RELATION_TYPES.items()}
_MAP = "MATCH (m:RiskMap {name: $name}) RETURN properties(m) AS m"
_ALL = {
    "Entity": "MATCH (n:Entity {generation: $generation}) WHERE n.id IS NOT NULL RETURN properties(n) AS n",
    "RegisterEntry": "MATCH (n:RegisterEntry {generation: $generation}) WHERE n.id IS NOT NULL RETURN properties(n) AS n",
    "Evidence": "MATCH (n:Evidence {generation: $generation}) WHERE n.id IS NOT NULL RETURN properties(n) AS n",
    "ClassRule": "MATCH (n:ClassRule {generation: $generation}) WHERE n.id IS NOT NULL RETURN properties(n) AS n",
    "Incident": "MATCH (n:Incident {generation: $generation}) WHERE n.id IS NOT NULL RETURN properties(n) AS n",
    "Enquiry": "MATCH (n:Enquiry {generation: $generation}) WHERE n.id IS NOT NULL RETURN properties(n) AS n",
}
_RELATIONS = (
    f"MATCH (a:Entity {{generation: $generation}})-[r:{_TYPES}]->(b:Entity) WHERE a.id IS NOT NULL "
    "AND r.load IS NOT NULL RETURN a.id AS a, type(r) AS type, b.id AS b, properties(r) AS r"
)
_EFFECTS = (
    "MATCH (i:Incident {generation: $generation})-[r:AFFECTED]->(b:Entity) WHERE i.id IS NOT NULL "
    "RETURN i.id AS a, b.id AS b, properties(r) AS r ORDER BY r.id"
)
_TOUCHING = (
    f"UNWIND $bodies AS body MATCH (x:Entity {{generation: $generation, id: body}})-[r:{_TYPES}]-() "
    "WHERE r.load IS NOT NULL WITH DISTINCT r "
    "RETURN startNode(r).id AS a, type(r) AS type, endNode(r).id AS b, properties(r) AS r"
)
_EVIDENCE_OF = "UNWIND $ids AS id MATCH (n:Evidence {generation: $generation, id: id}) RETURN properties(n) AS n"


class Neo4jBackend:
    """A map on a Neo4j server.

    Parameters
    ----------
    server
        An open connection.
    name
        The name under which the map was loaded.
    """

    def __init__(self, server: Server, name: str) -> None:
        self.server, self.name = server, name
        self._last: object = None  # the mark of the map when it was last looked at
        self._bodies: tuple[str, Dataset] | None = None  # of which load: the map without its relations

    def close(self) -> None:
        """Close the connection."""
        self.server.close()

    # -- the map as a value ---------------------------------------------------------------------

    def graph(self) -> RiskGraph:
        """The whole map: exactly the one that was loaded.

        Raises
        ------
        ServerError
            If the map is not there, or somebody changed it by hand.
        """

        def work(run: Run, info: Mapping[str, Any]) -> RiskGraph:
            generation = {"generation": info["generation"]}
            found = [_relation(row) for row in run(_RELATIONS, generation)]
            evidence = run(_ALL["Evidence"], generation)
            bare = self._dataset(run, info, found, evidence)
            dataset = replace(bare, warnings=_warnings(bare))
            if dataset.digest != info["digest"]:
                raise ServerError(
                    f"The map {self.name!r} on the server was changed by hand since it was loaded.",
                    "Put it right with: riskgraph neo4j load --again",
                )
            return RiskGraph(dataset)

        return self._reading(work)

    def around(self, roots: Sequence[str]) -> RiskGraph:
        """All bodies, and the relations that a blast radius of some roots stands on.

        These are the relations of everything that depends on a root, however indirectly: whatever
        the date and the state of knowledge, harm travels along no other.

        Parameters
        ----------
        roots
            Names as people type them, or ids.
        """

        def work(run: Run, info: Mapping[str, Any]) -> RiskGraph:
            if self._bodies is None or self._bodies[0] != info["load"]:
                self._bodies = info["load"], self._dataset(run, info, (), ())
            bare = self._bodies[1]
            names = RiskGraph(bare).names
            bodies = {names.resolve(root).partition("/")[0] for root in roots}
            relations: dict[str, Relation] = {}
            seen: set[str] = set()
            while bodies:
                seen |= bodies
                parameters = {"generation": info["generation"], "bodies": sorted(bodies)}
                found = [_relation(row) for row in run(_TOUCHING, parameters)]
                relations |= {row.id: row for row in found}
                bodies = {row.dependent for row in found if row.provider in seen}
                bodies |= {
                    row.provider
                    for row in found
                    if row.relation in relations_that(Trait.BOTH_WAYS) and row.dependent in seen
                }
                bodies -= seen
            wanted = sorted({item for row in relations.values() for item in row.evidence})
            evidence = run(_EVIDENCE_OF, {"generation": info["generation"], "ids": wanted})
            part = replace(bare, relations=_by_id(relations.values()), evidence=_evidence(evidence))
            part.__dict__["digest"] = info["digest"]  # an answer names the data that it was given on
            return _Part(part, whole=whole)

        # how well the map knows is asked of the whole, perhaps when the server is gone: it is read beside
        whole = self.graph() if roots else None
        return self._reading(work)

    def _reading(self, work: Callable[[Run, Mapping[str, Any]], T]) -> T:
        """Read in one go; if a load came between, once more."""

        def once(run: Run) -> tuple[T, bool]:
            info = self._info(run)
            answer = work(run, info)
            return answer, self._info(run)["load"] == info["load"]

        for _ in range(2):
            try:
                answer, steady = self.server.reading(once, seconds=SECONDS)
            except ServerError:
                if self._changing():
                    continue
                raise
            if steady:
                return answer
        raise ServerError(f"The map {self.name!r} is being loaded just now.", "Ask again in a minute.")

    def _changing(self) -> bool:
        """Whether the map is another one than a moment ago: what was read may be a mixture."""
        before, self._last = self._last, self.server.read(_MAP, {"name": self.name})
        return before is not None and before != self._last

    def _info(self, run: Run) -> Mapping[str, Any]:
        found = run(_MAP, {"name": self.name})
        if not found:
            there = [row["name"] for row in run("MATCH (m:RiskMap) RETURN m.name AS name ORDER BY name", {})]
            raise ServerError(
                f"There is no map {self.name!r} on the server.",
                f"Load it: riskgraph neo4j load {self.name}"
                + (f"; or use --data with one of: {', '.join(there)}." if there else ""),
            )
        self._last = found
        info: Mapping[str, Any] = found[0]["m"]
        if info["format"] != FORMAT:
            raise ServerError(
                f"The map {self.name!r} was loaded by another version of riskgraph.", "Load it again with this one."
            )
        return info

    def _dataset(
        self,
        run: Run,
        info: Mapping[str, Any],
        relations: Iterable[Relation],
        evidence: Iterable[Mapping[str, Any]],
    ) -> Dataset:
        generation = {"generation": info["generation"]}
        effects = [
            _record(IncidentEffect, row["r"] | {"incident_id": row["a"], "organisation": row["b"]})
            for row in run(_EFFECTS, generation)
        ]
        return Dataset(
            Path(self.name),
            DatasetInfo(**{field.name: info[field.name] for field in fields(DatasetInfo)}),
            _by_id(_record(Entity, row["n"]) for row in run(_ALL["Entity"], generation)),
            _by_id(relations),
            _evidence(evidence),
            _by_id(
                (
                    _record(Incident, row["n"] | {"incident_id": row["n"]["id"]})
                    for row in run(_ALL["Incident"], generation)
                ),
                "incident_id",
            ),
            tuple(effects),
            _by_id(_record(RegisterEntry, row["n"]) for row in run(_ALL["RegisterEntry"], generation)),
            class_rules=(
                class_rules := _by_id(_record(ClassRule, row["n"]) for row in run(_ALL["ClassRule"], generation))
            ),
            expanded=bool(class_rules),
            own_register_file=info["own_register_file"],
            questions=_by_id(_record(Enquiry, row["n"]) for row in run(_ALL["Enquiry"], generation)),
        )


class _Part(RiskGraph):
    """A part of a map under the whole map's digest."""

    def compiled(self, view: View) -> Compiled:
        """Under a digest of its own: nothing that is kept for the whole map may come from a part."""
        return RiskGraph(replace(self.dataset)).compiled(view)


def _record(record: type[T], values: Mapping[str, Any]) -> T:
    """A record from what the server stores; an amount comes from its exact text."""
    given: dict[str, Any] = {}
    for name, column in columns_of(record).items():
        value = values.get(name)
        if column.many:
            value = tuple(value or ())
        elif column.type == "number":
            exact = values.get(f"{name}_exact")
            value = None if exact is None else Decimal(exact)
        given[name] = value
    return record(**given)


def _relation(row: Mapping[str, Any]) -> Relation:
    return _record(Relation, row["r"] | {"dependent": row["a"], "relation": _WORDS[row["type"]], "provider": row["b"]})


def _evidence(rows: Iterable[Mapping[str, Any]]) -> dict[str, Evidence]:
    return _by_id(_record(Evidence, row["n"]) for row in rows)


def _by_id(records: Iterable[T], key: str = "id") -> dict[str, T]:
    return {getattr(r, key): r for r in sorted(records, key=lambda record: str(getattr(record, key)))}


def _warnings(dataset: Dataset) -> tuple[Any, ...]:
    """What is doubtful, with row numbers as `riskgraph.write` would write the files."""
    tables: dict[str, Iterable[Any]] = {
        "entities": dataset.entities,
        "relations": [row.id for row in dataset.records("relations")],
        "evidence": [item.id for item in dataset.records("evidence")],
        "incidents": dataset.incidents,
        "incident_effects": dataset.effects,
        "class_rules": dataset.class_rules,
        "authorities": dataset.register,
        "questions": dataset.questions,
    }
    rows = {table: {key: number for number, key in enumerate(keys, 2)} for table, keys in tables.items()}
    found = [problem for problem in run_checks(dataset, rows) if problem.severity == "warning"]
    return tuple(sorted(found, key=lambda p: (p.file, p.row or 0, p.column or "", p.rule, p.message)))
