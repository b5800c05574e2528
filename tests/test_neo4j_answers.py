"""The same answers from a Neo4j server as from memory: on the shipped maps and on random ones."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from conformance_shape import conformance_shape
from conftest import IN_CI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from neo4j_harness import MARKS
from strategies import datasets, questions, write

import riskgraph
from riskgraph.analysis.blast import blast
from riskgraph.analysis.question import Asking
from riskgraph.backends import open_backend
from riskgraph.backends.connection import Connection
from riskgraph.backends.neo4j import Server
from riskgraph.backends.neo4j_load import load
from riskgraph.backends.neo4j_read import Neo4jBackend
from riskgraph.cli import main
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.render import blast as render

pytestmark = MARKS
SETS = sorted(path.parent for path in Path(__file__).parent.glob("conformance/*/*/expected.json"))
UK_ROOTS = (
    ("supplier:civica",),
    ("supplier:capita/revenues-benefits", "supplier:civica"),
    ("environment:rbkc-shared-it", "shared-service:east-kent-services", "authority:barking-and-dagenham"),
    ("product:modern-gov",),
    ("authority:kent",),
    ("supplier:capita/pest-control",),
)


@pytest.fixture(scope="module")
def server(neo4j_uk: Any) -> Iterator[Server]:
    with Server(Connection(uri=neo4j_uk.uri)) as server:
        load(server, RiskGraph.open("seeds"), "seeds", replace=True)
        yield server


def run(neo4j_server: Any, *words: str) -> Any:
    return CliRunner().invoke(main, [*words, "--uri", neo4j_server.uri], catch_exceptions=False)


@pytest.mark.parametrize("roots", UK_ROOTS, ids=" ".join)
def test_a_blast_radius_on_the_national_map_is_the_same(server: Server, roots: Sequence[str]) -> None:
    here, there = RiskGraph.open("uk"), Neo4jBackend(server, "uk")
    known = [root for root in roots if root.partition("/")[2] != "pest-control"] or ["supplier:capita/pensions"]
    part = there.around(known)
    assert len(part.dataset.relations) < len(here.dataset.relations)
    asked: list[Asking] = [{}, {"like": "outage", "as_of": "2023-01-01"}, {"known_before": "2024-06-01"}]
    for question in asked:
        ours, theirs = blast(here, known, **question), blast(part, known, **question)
        assert conformance_shape(theirs) == conformance_shape(ours)
        assert theirs.to_dict()["tables"] == ours.to_dict()["tables"]
        assert render.page(theirs) == render.page(ours)


@pytest.mark.parametrize("folder", SETS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_the_server_gives_the_answers_of_every_conformance_set(server: Server, folder: Path) -> None:
    here = RiskGraph.open(folder)
    load(server, here, "random", replace=True)
    there = Neo4jBackend(server, "random")
    assert there.graph().dataset.digest == here.dataset.digest
    for case in json.loads((folder / "expected.json").read_text(encoding="utf-8")):
        question = {name: case[name] for name in ("kinds", "as_of", "without", "known_before")}
        answer = conformance_shape(blast(there.around(case["roots"]), case["roots"], **question))
        for part in ("authorities", "abolished", "groups", "ring"):
            assert answer[part] == case[part], (part, case["roots"], case["kinds"])


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=200 if IN_CI else 15)
@given(data=st.data(), tables=datasets())
def test_random_maps_give_the_same_answers(
    server: Server, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, tables: dict[str, Any]
) -> None:
    folder = tmp_path_factory.mktemp("random")
    write(tables, folder)
    here = RiskGraph.open(folder)
    load(server, here, "random", replace=True)
    there = Neo4jBackend(server, "random")
    back = there.graph()
    assert back.dataset.digest == here.dataset.digest
    assert back.dataset.relations == here.dataset.relations
    for _ in range(4):
        question = data.draw(questions(tables))
        roots = question.pop("roots")
        expected = conformance_shape(blast(here, roots, **question))
        assert conformance_shape(blast(there.around(roots), roots, **question)) == expected


@pytest.mark.parametrize(
    "words",
    [
        "blast capita civica --region London --data uk",
        "why thanet civica --format json",
        "why --not essex civica",
        "calls civica --limit 5",
        "show civica",
        "list environment --format csv",
        "data check",
        "data gaps",
        "data ask --root civica --limit 2",
        "rank --limit 5",
        "chokepoints thanet",
        "common civica capita",
        "whatif lose civica",
        "concentration revenues-benefits",
        "contracts",
        "blast civica --scenario leave-east-kent-services",
        "replay eks-civica-2024",
        "timeline eks-civica-2024",
    ],
)
@pytest.mark.usefixtures("server")
def test_every_word_says_the_same(neo4j_uk: Any, words: str) -> None:
    split = shlex.split(words)
    split += [] if "--data" in split else ["--data", "seeds"]
    here = CliRunner().invoke(main, split)
    there = run(neo4j_uk, *split, "--backend", "neo4j")
    told = there.stdout.replace(" --backend neo4j", "")  # what is to be tried next is asked of the server again
    assert (there.exit_code, told, there.stderr) == (here.exit_code, here.stdout, here.stderr)


@pytest.mark.usefixtures("server")
def test_a_map_that_is_not_there_is_told_with_those_that_are(neo4j_uk: Any) -> None:
    result = run(neo4j_uk, "list", "--backend", "neo4j", "--data", "elsewhere")
    assert result.exit_code == 4
    assert "There is no map 'elsewhere' on the server" in result.stderr
    assert "seeds" in result.stderr and "uk" in result.stderr


@pytest.mark.usefixtures("server")
def test_the_door_to_backends(neo4j_uk: Any) -> None:
    with closing(open_backend("neo4j", "seeds", Connection(uri=neo4j_uk.uri))) as backend:
        radius = blast(backend.around(["civica"]), "civica")
    assert radius.to_dict() == blast(RiskGraph.open("seeds"), "civica").to_dict()
    with pytest.raises(RiskGraphError, match="no backend"):
        open_backend("sqlite", "seeds")


@pytest.mark.usefixtures("server")
def test_json_names_the_same_data(neo4j_uk: Any) -> None:
    here = json.loads(CliRunner().invoke(main, ["blast", "civica", "--format", "json"]).stdout)
    there = json.loads(run(neo4j_uk, "blast", "civica", "--format", "json", "--backend", "neo4j").stdout)
    assert there["data"] == here["data"]


@pytest.mark.usefixtures("server")
def test_the_door_of_the_library(neo4j_uk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISKGRAPH_NEO4J_URI", neo4j_uk.uri)
    seeds = riskgraph.load("seeds", backend="neo4j")
    assert seeds.dataset.digest == riskgraph.load("seeds").dataset.digest
    assert seeds.blast("civica").to_dict() == riskgraph.load("seeds").blast("civica").to_dict()
