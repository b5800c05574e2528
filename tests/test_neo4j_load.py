"""A map on a Neo4j server: the one that was loaded, whole, once, and beside what others keep there."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner
from neo4j_harness import MARKS

from riskgraph.backends import neo4j_load
from riskgraph.backends.connection import Connection
from riskgraph.backends.neo4j import Server
from riskgraph.backends.neo4j_load import clear, load, outlook, status
from riskgraph.backends.neo4j_read import Neo4jBackend
from riskgraph.backends.neo4j_rows import LABELS
from riskgraph.cli import main
from riskgraph.data import Dataset
from riskgraph.errors import RiskGraphError, ServerError
from riskgraph.graph import RiskGraph
from riskgraph.model import NEVER, Enquiry

pytestmark = MARKS

OURS = "(n.generation IS NOT NULL OR n:RiskMap) AND NOT n.generation STARTS WITH 'uk/'"  # uk is for other tests
CONTENT = f"MATCH (n) WHERE {OURS} RETURN count(n) AS nodes, sum(COUNT {{ (n)-->() }}) AS links"
EMPTY = """
    MATCH (n)
    WHERE NOT coalesce(n.generation, n.id, '') STARTS WITH 'uk/' AND NOT (n:RiskMap AND n.name = 'uk')
    DETACH DELETE n
"""


@pytest.fixture
def server(neo4j_server: Any) -> Iterator[Server]:
    """A connection to a server on which there is nothing, but the map `uk` perhaps."""
    with Server(Connection(uri=neo4j_server.uri)) as server:
        server.writing(lambda run: run(EMPTY, {}))
        yield server


def maps(server: Server) -> list[str]:
    return [found.name for found in status(server) if found.name != "uk"]


def graph() -> RiskGraph:
    return RiskGraph.open("seeds")


def without(dataset: Dataset, *gone: str) -> RiskGraph:
    """The map without some bodies, their relations and their part in incidents."""
    return RiskGraph(
        replace(
            dataset,
            entities={id_: entity for id_, entity in dataset.entities.items() if id_ not in gone},
            relations={
                id_: row for id_, row in dataset.relations.items() if not {row.dependent, row.provider} & set(gone)
            },
            effects=tuple(effect for effect in dataset.effects if effect.organisation not in gone),
            incidents={
                id_: replace(i, origins=tuple(o for o in i.origins if o.partition("/")[0] not in gone))
                for id_, i in dataset.incidents.items()
            },
        )
    )


def content(server: Server) -> dict[str, Any]:
    return server.read(CONTENT)[0]


@pytest.mark.usefixtures("neo4j_uk")
@pytest.mark.parametrize("name", ["seeds", "uk"])
def test_the_map_read_back_is_the_map_that_went_in(server: Server, name: str) -> None:
    there = RiskGraph.open(name)
    loaded = load(server, there, name)
    assert loaded.unchanged is (name == "uk")
    back = Neo4jBackend(server, name).graph()
    assert back.dataset.digest == there.dataset.digest
    assert back.dataset.relations == there.dataset.relations
    assert back.dataset.effects == there.dataset.effects
    assert back.dataset.warnings == there.dataset.warnings
    assert back.dataset.info == there.dataset.info
    assert loaded.counts["Entity"] == len(there.dataset.entities)


def test_questions_that_no_source_answers_come_back(server: Server) -> None:
    asked = {
        "q1": Enquiry("q1", "supplier:civica", "Who owns it?"),
        "q2": Enquiry("q2", "authority:thanet", "Who hosts?", "heard"),
    }
    dataset = replace(graph().dataset, questions=asked)
    load(server, RiskGraph(dataset), "seeds", again=True)
    back = Neo4jBackend(server, "seeds").graph().dataset
    assert back.questions == asked and back.digest == dataset.digest


def test_loading_twice_changes_nothing(server: Server) -> None:
    first = load(server, graph(), "seeds")
    before = server.read(
        "MATCH (n) WHERE n.generation STARTS WITH 'seeds/' OR NOT n.name = 'uk' RETURN elementId(n) AS id, properties(n) AS p ORDER BY id"
    )
    second = load(server, graph(), "seeds")
    assert (second.unchanged, second.load, second.removed) == (True, first.load, 0)
    assert (
        server.read(
            "MATCH (n) WHERE n.generation STARTS WITH 'seeds/' OR NOT n.name = 'uk' RETURN elementId(n) AS id, properties(n) AS p ORDER BY id"
        )
        == before
    )
    size = content(server)
    third = load(server, graph(), "seeds", again=True)
    assert (third.unchanged, third.removed) == (False, 0)
    assert content(server) == size


def test_what_is_gone_from_the_data_goes_from_the_server(server: Server) -> None:
    whole = graph()
    load(server, whole, "seeds")
    fewer = without(whole.dataset, "authority:dover")
    done = load(server, fewer, "seeds")
    assert done.removed > 0
    assert Neo4jBackend(server, "seeds").graph().dataset.digest == fewer.dataset.digest
    load(server, whole, "seeds")
    load(server, whole, "fresh")
    links = "MATCH (n {generation: $g})-[r]->() RETURN type(r) AS type, count(r) AS n ORDER BY type"
    generations = [found.generation for found in status(server) if found.name != "uk"]
    assert len(generations) == 2
    assert server.read(links, {"g": generations[0]}) == server.read(links, {"g": generations[1]})


def test_what_others_keep_there_is_not_touched(server: Server) -> None:
    foreign = "CREATE (:Supplier {id: 'supplier:civica', name: 'another'})-[:SELLS]->(:Entity:Note {text: 'ours'})"
    server.writing(lambda run: run(foreign, {}))
    load(server, graph(), "seeds")
    tie = "MATCH (n:Note), (s:Entity {id: 'supplier:civica'}) WHERE s.generation STARTS WITH 'seeds/' CREATE (n)-[:ABOUT {by: 'us'}]->(s)"
    mark = "MATCH (s:Entity {id: 'supplier:civica'}) WHERE s.generation STARTS WITH 'seeds/' SET s.our_score = 5"
    server.writing(lambda run: [run(tie, {}), run(mark, {})])
    load(server, graph(), "seeds", again=True)
    load(server, RiskGraph.open("seeds"), "other")
    load(server, without(graph().dataset, "authority:dover"), "seeds")
    ours = "MATCH (o:Supplier)-[:SELLS]->(n:Note)-[r:ABOUT]->(s:Supplier) RETURN o.name AS o, n.text AS n, r.by AS r, s.our_score AS s"
    assert server.read(ours) == [{"o": "another", "n": "ours", "r": "us", "s": 5}]
    with pytest.raises(RiskGraphError, match="others made"):
        load(server, without(graph().dataset, "authority:dover", "supplier:civica"), "seeds")
    clear(server, "seeds")
    clear(server, "other")
    assert server.read("MATCH (o:Supplier)-[:SELLS]->(n:Note) RETURN o.name AS o") == [{"o": "another"}]
    assert server.read(f"MATCH (n) WHERE {OURS} RETURN count(n) AS n") == [{"n": 0}]


def test_another_map_under_the_same_name_needs_a_word(server: Server) -> None:
    load(server, graph(), "seeds")
    dataset = graph().dataset
    keep = {"authority:dover", "supplier:civica"}
    tiny = without(dataset, *(set(dataset.entities) - keep))
    with pytest.raises(RiskGraphError, match="would remove"):
        load(server, tiny, "seeds")
    assert Neo4jBackend(server, "seeds").graph().dataset.digest == dataset.digest
    assert outlook(server, tiny, "seeds").drastic
    load(server, tiny, "seeds", replace=True)
    assert set(Neo4jBackend(server, "seeds").graph().dataset.entities) == keep


def test_two_loads_at_once_give_one_whole_result(neo4j_server: Any, server: Server) -> None:
    whole = graph()
    fewer = without(whole.dataset, "authority:dover")
    load(server, whole, "first")
    wrong: list[BaseException] = []

    def run(one: RiskGraph) -> None:
        try:
            with Server(Connection(uri=neo4j_server.uri)) as own:
                load(own, one, "seeds", replace=True)
        except BaseException as error:  # noqa: BLE001 - told by the assertion below
            wrong.append(error)

    for _ in range(3):
        threads = [threading.Thread(target=run, args=(one,)) for one in (whole, fewer)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        digest = Neo4jBackend(server, "seeds").graph().dataset.digest
        assert digest in {whole.dataset.digest, fewer.dataset.digest}
    assert wrong == []


def test_a_map_too_big_for_one_transaction_is_built_beside_the_old_one(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = graph()
    fewer = without(whole.dataset, "authority:dover")
    load(server, whole, "seeds")
    monkeypatch.setattr(neo4j_load, "AT_ONCE", 100)
    monkeypatch.setattr(neo4j_load, "BATCH", 50)
    seen: list[str] = []

    def look(_done: int, _all: int) -> None:
        seen.append(Neo4jBackend(server, "seeds").graph().dataset.digest)

    done = load(server, fewer, "seeds", progress=look)
    assert set(seen) == {whole.dataset.digest}, "readers have the old map until the new one is whole"
    assert done.removed > 0
    assert Neo4jBackend(server, "seeds").graph().dataset.digest == fewer.dataset.digest
    assert [row["n"] for row in server.read("MATCH (g:RiskGeneration {name: 'seeds'}) RETURN count(g) AS n")] == [1]
    assert load(server, fewer, "seeds").unchanged


def test_a_generation_that_broke_off_leaves_the_old_map(server: Server) -> None:
    whole = graph()
    fewer = without(whole.dataset, "authority:dover")
    load(server, whole, "seeds")
    size = content(server)

    def stop(done: int, all_: int) -> None:
        if done > all_ // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(server, fewer, "seeds", generation=True, progress=stop)
    assert content(server)["nodes"] > size["nodes"]
    assert Neo4jBackend(server, "seeds").graph().dataset.digest == whole.dataset.digest
    load(server, fewer, "seeds", generation=True)
    assert Neo4jBackend(server, "seeds").graph().dataset.digest == fewer.dataset.digest
    assert content(server)["nodes"] < size["nodes"], "what the broken load left is taken away too"


@pytest.mark.parametrize(
    "edit",
    [
        "MATCH (n:Entity {id: 'authority:dover'}) WHERE n.generation STARTS WITH 'seeds/' SET n.name = 'Dove'",
        "MATCH (n:Entity {id: 'authority:dover'})-[r:SERVED_BY]->() WHERE n.generation STARTS WITH 'seeds/' DELETE r",
        "MATCH (n:Evidence) WHERE n.generation STARTS WITH 'seeds/' WITH n ORDER BY n.id LIMIT 1 DETACH DELETE n",
    ],
)
def test_a_map_that_was_changed_by_hand_is_not_believed(server: Server, edit: str) -> None:
    load(server, graph(), "seeds")
    server.writing(lambda run: run(edit, {}))
    with pytest.raises(ServerError, match="changed by hand"):
        Neo4jBackend(server, "seeds").graph()
    load(server, graph(), "seeds", again=True)
    assert Neo4jBackend(server, "seeds").graph().dataset.digest == graph().dataset.digest


def test_relations_carry_dates_evidence_and_bands(server: Server) -> None:
    here = graph()
    load(server, here, "seeds")
    found = server.read(
        "MATCH (a:Entity)-[r]->(:Entity) WHERE a.generation STARTS WITH 'seeds/' AND NOT r:IMPLIES RETURN r.id AS id, "
        "r.grade AS grade, r.in_force AS in_force, r.area AS area, r.valid_from AS since, r.evidence AS evidence, "
        "[r.exposure, r.tampering, r.outage, r.intrusion, r.exit] AS bands"
    )
    expected = {
        step.row.id: {
            "id": step.row.id,
            "grade": step.grade.word,
            "in_force": step.in_force,
            "area": step.area,
            "since": step.row.valid_from,
            "evidence": list(step.row.evidence) or None,
            "bands": [int(level) if level < NEVER else None for level in step.levels],
        }
        for step in here.settled(here.view()).steps
        if not step.implied
    }
    assert {row["id"]: row for row in found if row["id"] in expected} == expected
    assert len(found) == len(here.dataset.relations)
    keys = server.read("SHOW CONSTRAINTS YIELD name, type WHERE name STARTS WITH 'riskgraph_' RETURN count(name) AS n")
    assert keys == [{"n": len(LABELS) + 3}]


def run(neo4j_server: Any, *words: str) -> Any:
    return CliRunner().invoke(main, [*words, "--uri", neo4j_server.uri], catch_exceptions=False)


def test_the_words_load_status_and_clear(neo4j_server: Any, server: Server) -> None:
    dry = run(neo4j_server, "neo4j", "load", "seeds", "--dry-run")
    assert dry.stdout.startswith("115 bodies and relations would be new")
    assert maps(server) == []
    assert re.match(r"[01] maps? on the server \(Neo4j 5\.26", run(neo4j_server, "neo4j", "status").stdout)
    first = run(neo4j_server, "neo4j", "load", "seeds")
    assert first.stdout.startswith("43 bodies and places are on the server as map 'seeds'")
    again = run(neo4j_server, "neo4j", "load", "seeds", "--format", "json")
    assert json.loads(again.stdout)["unchanged"] is True
    named = run(neo4j_server, "neo4j", "load", "seeds", "--name", "no spaces please")
    assert named.exit_code == 2 and "no name for a map" in named.stderr
    assert "seeds" in run(neo4j_server, "neo4j", "status", "--verify").stdout
    server.writing(
        lambda tx: tx(
            "MATCH (n:Entity {id: 'authority:dover'}) WHERE n.generation STARTS WITH 'seeds/' SET n.name = 'Dove'", {}
        )
    )
    broken = run(neo4j_server, "neo4j", "status", "--verify", "--format", "json")
    assert broken.exit_code == 1
    assert {m["map"]: m["whole"] for m in json.loads(broken.stdout)["maps"]}["seeds"] == "changed by hand"
    refused = run(neo4j_server, "neo4j", "clear", "seeds")
    assert refused.exit_code == 2 and "add --yes" in refused.stderr
    assert run(neo4j_server, "neo4j", "clear", "seeds", "--yes").stdout.endswith("is gone from the server.\n")
    assert run(neo4j_server, "neo4j", "clear", "seeds", "--yes").exit_code == 2
    assert run(neo4j_server, "blast", "civica", "--backend", "neo4j", "--data", "seeds").exit_code == 4
