"""A map from a Neo4j server: whole, or the part that a question needs, or who is reached, asked in Cypher."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from riskgraph.backends.base import NetworkXBackend, Reached, in_order
from riskgraph.backends.neo4j import Run, Server
from riskgraph.backends.neo4j_load import FORMAT
from riskgraph.backends.neo4j_rows import RELATION_TYPES
from riskgraph.data import Dataset, DatasetInfo
from riskgraph.data.checks import run_checks
from riskgraph.errors import ServerError
from riskgraph.graph import RiskGraph
from riskgraph.harm import Part
from riskgraph.model import (
    AUTHORITY,
    KINDS,
    Band,
    Entity,
    Evidence,
    FailureKind,
    Incident,
    IncidentEffect,
    RegisterEntry,
    Relation,
)
from riskgraph.settle import View

if TYPE_CHECKING:
    from riskgraph.compiled import Compiled

__all__ = ["Neo4jBackend"]

T = TypeVar("T")
Places = set[str]
States = dict[FailureKind, Places]
_TOGETHER = (FailureKind.TAMPERING, FailureKind.OUTAGE, FailureKind.EXIT)  # in which alternatives protect
SECONDS = 120.0  # time limit of one reading

_TYPES = "|".join(RELATION_TYPES.values())
_WORDS = {type_: word for word, type_ in RELATION_TYPES.items()}
_MAP = "MATCH (m:RiskMap {name: $name}) RETURN properties(m) AS m"
_ALL = {
    "Entity": "MATCH (n:Entity {generation: $generation}) WHERE n.id IS NOT NULL RETURN properties(n) AS n",
    "RegisterEntry": "MATCH (n:RegisterEntry {generation: $generation}) WHERE n.id IS NOT NULL RETURN properties(n) AS n",
    "Evidence": "MATCH (n:Evidence {generation: $generation}) WHERE n.id IS NOT NULL RETURN properties(n) AS n",
    "Incident": "MATCH (n:Incident {generation: $generation}) WHERE n.id IS NOT NULL RETURN properties(n) AS n",
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

_STARTS = (
    "UNWIND $bodies AS body MATCH (:Entity {generation: $generation, id: body})-[:FAILS_AT]->(p:Place) "
    "RETURN body AS root, p.id AS id"
)
_LINES = (
    "UNWIND $lines AS line MATCH (p:Place {generation: $generation, id: line.place}) "
    "RETURN line.root AS root, p.id AS id"
)
_SPREAD = (
    "UNWIND $start AS id MATCH (s:Place {generation: $generation, id: id}) "
    "MATCH (s)(()-[h:LEADS_TO WHERE h[$kind] <= $band AND NOT ($wide AND coalesce(h.onward, false))]->())*(p:Place) "
    "RETURN DISTINCT p.id AS id"
)
_ONWARD = (
    "UNWIND $start AS id MATCH (s:Place {generation: $generation, id: id})-[h:LEADS_TO]->(p:Place) "
    "WHERE h.onward AND h.intrusion <= $band RETURN DISTINCT p.id AS id"
)
_FOLLOWS = (
    "UNWIND $start AS id MATCH (p:Place {generation: $generation, id: id}) "
    "WHERE p.opens IS NOT NULL OR p.ends IS NOT NULL RETURN p.id AS id, p.opens AS opens, p.ends AS ends"
)
_GROUPS = (
    "UNWIND $start AS id MATCH (:Place {generation: $generation, id: id})-[:ONE_OF]->(g:Alternatives)"
    "-[:BACKS_UP]->(p:Place) WHERE $kind IN g.kinds "
    "RETURN DISTINCT p.id AS id, g['protect_' + toString($band)] AS protect"
)


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
            dataset = self._dataset(run, info, found, evidence)
            if dataset.digest != info["digest"]:
                raise ServerError(
                    f"The map {self.name!r} on the server was changed by hand since it was loaded.",
                    "Put it right with: riskgraph neo4j load --again",
                )
            object.__setattr__(dataset, "warnings", _warnings(dataset))
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
                bodies |= {row.provider for row in found if row.relation == "linked-to" and row.dependent in seen}
                bodies -= seen
            wanted = sorted({item for row in relations.values() for item in row.evidence})
            evidence = run(_EVIDENCE_OF, {"generation": info["generation"], "ids": wanted})
            part = replace(bare, relations=_by_id(relations.values()), evidence=_evidence(evidence))
            part.__dict__["digest"] = info["digest"]  # an answer names the data that it was given on
            return _Part(part)

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
            own_register_file=info["own_register_file"],
        )

    # -- who is reached, on the server ----------------------------------------------------------

    def reach(self, roots: Sequence[str], kinds: Sequence[FailureKind]) -> Reached:
        """Which authorities could be reached at the date of the data, in which kind and surest band.

        The server walks along the harm relationships; here it is only decided whether all of a group
        of alternatives have failed.

        Parameters
        ----------
        roots
            Ids of bodies or places, or `organisation/area`.
        kinds
            The failure kinds asked about, all at once.
        """

        def work(run: Run, info: Mapping[str, Any]) -> Reached | None:
            walk = _Walk(run, info["generation"])
            starts = walk.starts(roots)
            if set(starts) != set(roots):
                return None
            bands = walk.bands(list(starts.values()), kinds)
            found: dict[str, dict[FailureKind, Band]] = {}
            for band, states in zip(Band, bands, strict=True):
                for kind, places in states.items():
                    for body, part, _ in (place.split("|", 2) for place in places):
                        if part == Part.WHOLE.value and body.startswith(AUTHORITY + ":"):
                            found.setdefault(body, {}).setdefault(kind, band)
            return in_order(found)

        answer = self._reading(work)
        # a line of business that no row names is not on the server: its part of the map is
        return NetworkXBackend(self.around(roots)).reach(roots, kinds) if answer is None else answer


class _Part(RiskGraph):
    """A part of a map under the whole map's digest."""

    def compiled(self, view: View) -> Compiled:
        """Under a digest of its own: nothing that is kept for the whole map may come from a part."""
        return RiskGraph(replace(self.dataset)).compiled(view)


@dataclass(frozen=True)
class _Walk:
    """One question asked of the harm relationships of one generation."""

    run: Run
    generation: str

    def _ids(self, query: str, start: Collection[str], **more: Any) -> Places:
        if not start:
            return set()
        rows = self.run(query, {"generation": self.generation, "start": sorted(start), **more})
        return {row["id"] for row in rows}

    def starts(self, roots: Sequence[str]) -> dict[str, Places]:
        """For each root that is on the server, the places that fail when it fails."""
        bodies = [root for root in roots if "/" not in root]
        lines = [
            {"root": root, "place": f"{body}|{Part.LINE.value}|{area}"}
            for root, (body, slash, area) in ((root, root.partition("/")) for root in roots)
            if slash
        ]
        starts: dict[str, Places] = {}
        for query, key, given in ((_STARTS, "bodies", bodies), (_LINES, "lines", lines)):
            for row in self.run(query, {"generation": self.generation, key: given}):
                starts.setdefault(row["root"], set()).add(row["id"])
        return {root: starts[root] for root in roots if root in starts}

    def bands(self, roots: Sequence[Places], kinds: Sequence[FailureKind]) -> list[States]:
        """What fails in each band if all roots fail (model rules 29 and 30)."""
        alone = [self._bands([root], kinds, []) for root in roots] if len(roots) > 1 else []
        return self._bands(roots, kinds, alone)

    def _bands(
        self, roots: Sequence[Places], kinds: Sequence[FailureKind], alone: Sequence[Sequence[States]]
    ) -> list[States]:
        start = set().union(*roots)
        bands: list[States] = []
        for band in Band:
            silent = {
                place
                for place in start
                if not any(
                    place in others[band][FailureKind.INTRUSION]
                    for root, others in zip(roots, alone, strict=False)
                    if place not in root
                )
            }
            likely = bands[Band.LIKELY][FailureKind.INTRUSION] if band > Band.LIKELY else None
            bands.append(self._band(start, kinds, band, silent, likely))
        return bands

    def _band(
        self, start: Places, kinds: Sequence[FailureKind], band: Band, silent: Places, likely: Places | None
    ) -> States:
        """One band; in `silent` places intrusion opens nothing, `likely` is who may carry it onward."""
        first: States = {kind: set(start) if kind in kinds else set() for kind in KINDS}
        if likely is not None:
            first[FailureKind.INTRUSION] |= self._ids(_ONWARD, likely, band=int(band))
        states: States = {}
        for kind in (FailureKind.INTRUSION, FailureKind.EXIT):
            wide = kind is FailureKind.INTRUSION and likely is not None
            states[kind] = self._spread(first[kind], kind, band, wide=wide)
        if band >= Band.POSSIBLE:
            for kind, column in ((FailureKind.INTRUSION, "opens"), (FailureKind.EXIT, "ends")):
                places = states[kind] - silent if kind is FailureKind.INTRUSION else states[kind]
                for row in self.run(_FOLLOWS, {"generation": self.generation, "start": sorted(places)}):
                    for target in row[column] or ():
                        first[FailureKind(target)].add(row["id"])
        for kind in (FailureKind.EXPOSURE, FailureKind.TAMPERING, FailureKind.OUTAGE):
            states[kind] = self._spread(first[kind], kind, band, wide=False)
        return states

    def _spread(self, start: Places, kind: FailureKind, band: Band, *, wide: bool) -> Places:
        """Everything that fails in one kind because `start` does, alternatives included."""
        reached: Places = set()
        more = set(start)
        while more:
            reached |= self._ids(_SPREAD, more, kind=str(kind), band=int(band), wide=wide)
            if kind not in _TOGETHER:
                break
            parameters = {"generation": self.generation, "start": sorted(reached), "kind": str(kind), "band": int(band)}
            groups = self.run(_GROUPS, parameters)
            more = {row["id"] for row in groups if set(row["protect"]) <= reached} - reached
        return reached


def _record(record: type[T], values: Mapping[str, Any]) -> T:
    """A record from what the server stores; an amount comes from its exact text."""
    given: dict[str, Any] = {}
    for field in fields(record):  # type: ignore[arg-type]
        value = values.get(field.name)
        if "tuple" in str(field.type):
            value = tuple(value or ())
        elif "Decimal" in str(field.type):
            exact = values.get(f"{field.name}_exact")
            value = None if exact is None else Decimal(exact)
        given[field.name] = value
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
        "relations": dataset.relations,
        "evidence": dataset.evidence,
        "incidents": dataset.incidents,
        "incident_effects": dataset.effects,
        "authorities": dataset.register,
    }
    rows = {table: {key: number for number, key in enumerate(keys, 2)} for table, keys in tables.items()}
    found = [problem for problem in run_checks(dataset, rows) if problem.severity == "warning"]
    return tuple(sorted(found, key=lambda p: (p.file, p.row or 0, p.column or "", p.rule, p.message)))
