"""Every Cypher file of the library, on a real server, beside the library's own answer."""

from __future__ import annotations

import json
import shlex
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from neo4j_harness import MARKS

from riskgraph.analysis.blast import blast
from riskgraph.analysis.common import common
from riskgraph.analysis.concentration import breakdown, concentration
from riskgraph.analysis.peers import peers
from riskgraph.analysis.profile import list_bodies, profile
from riskgraph.backends.connection import Connection
from riskgraph.backends.cypher import Answer, Query, ask, library, parse
from riskgraph.backends.neo4j import Server
from riskgraph.cli import main
from riskgraph.engine import solve
from riskgraph.errors import RiskGraphError, ServerError
from riskgraph.graph import RiskGraph
from riskgraph.harm import KINDS, Part, Place, places_of
from riskgraph.model import AUTHORITY, SHARED_SERVICE, Band, FailureKind
from riskgraph.settle import Step

pytestmark = MARKS

Rows = list[dict[str, Any]]
GRAPH = RiskGraph.open("uk")
DATA = GRAPH.dataset
STEPS = GRAPH.settled(GRAPH.view()).steps
STATED = [step for step in STEPS if not step.implied]
MANY = {"limit": "100000"}


@pytest.fixture(scope="module")
def server(neo4j_uk: Any) -> Iterator[Server]:
    with Server(Connection(uri=neo4j_uk.uri)) as server:
        yield server


def run(neo4j_server: Any, *words: str) -> Any:
    return CliRunner().invoke(main, [*words, "--uri", neo4j_server.uri], catch_exceptions=False)


def counted(body: str) -> bool:
    """Whether a body is an authority that exists at the date of the data, and no group."""
    entity, entry = DATA.entities[body], DATA.register.get(body)
    if entity.kind != AUTHORITY or entity.authority_type == "group":
        return False
    return entry is None or entry.exists(DATA.info.day)


def reached(root: str, kind: str, band: str = "possible") -> dict[str, int]:
    """Authority to band, of those that a root reaches in one kind asked alone."""
    radius = blast(GRAPH, root, kinds=[kind])
    found = {reach.id: hit.band for reach in radius.authorities for k, hit in reach.kinds.items() if str(k) == kind}
    return {body: int(best) for body, best in found.items() if best <= Band.of(band)}


@cache
def stopped() -> Mapping[str, Mapping[Place, int]]:
    """Entity to the places that stop when it stops, with the band."""
    harm = GRAPH.harm(GRAPH.view())
    found: dict[str, dict[Place, int]] = {}
    for root in DATA.entities:
        places = found.setdefault(root, {})
        answer = solve(harm.network, [places_of(harm, root)], [KINDS.index(FailureKind.OUTAGE)])
        for band, states in enumerate(answer.bands):
            for state in states.hops:
                if KINDS[state % len(KINDS)] is FailureKind.OUTAGE:
                    places.setdefault(harm.places[state // len(KINDS)], band)
    return found


def stop(root: str, band: Band) -> set[str]:
    """The authorities, counted ones, that a root stops in a band."""
    return {
        place.body
        for place, best in stopped()[root].items()
        if place.part is Part.WHOLE and best <= band and counted(place.body)
    }


def rows(answer: Answer) -> Rows:
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


@cache
def depended_on(root: str) -> bool:
    return any(row.provider == root for row in DATA.relations.values()) or any(s.provider == root for s in STEPS)


def in_force(*relations: str, implied: bool = False) -> list[Step]:
    return [s for s in (STEPS if implied else STATED) if s.in_force and (not relations or s.relation in relations)]


def usual(bodies: Any) -> list[str]:
    return sorted(DATA.usual_name(body) for body in bodies)


def check_who_is_hit(found: Rows) -> None:
    assert {row["id"]: row["band"] for row in found} == reached("supplier:civica", "exposure", "not-ruled-out")
    assert all(row["council"] == DATA.usual_name(row["id"]) for row in found)


def check_attacker(found: Rows) -> None:
    radius = blast(GRAPH, "supplier:civica")
    expected = {
        (reach.id, str(kind)): int(hit.band) for reach in radius.authorities for kind, hit in reach.kinds.items()
    }
    assert {(row["id"], row["kind"]): row["band"] for row in found} == expected


def check_why(found: Rows) -> None:
    assert found[0]["provider"] == "East Kent Services" or found[0]["provider"] == "Civica"
    assert found[-1]["dependent"] == "Thanet District Council"
    for row in found:
        relation = DATA.relations[row["row"]]
        assert DATA.entities[relation.dependent].name == row["dependent"]
        assert DATA.entities[relation.provider].name == row["provider"]
        assert row["sources"] == [DATA.evidence[item].url for item in sorted(relation.evidence)]
    assert "authority:thanet" in reached("supplier:civica", "outage")


def check_services(found: Rows) -> None:
    expected: dict[str | None, set[str]] = defaultdict(set)
    for reach in blast(GRAPH, "shared-service:east-kent-services", kinds=["outage"]).authorities:
        for area, kinds in reach.services.items():
            if kinds.get(FailureKind.OUTAGE, 9) <= Band.POSSIBLE:
                expected[area].add(reach.id)
    assert {row["area"]: row["names"] for row in found} == {area: usual(who) for area, who in expected.items()}


def check_regions(found: Rows) -> None:
    expected: Counter[tuple[str | None, str | None]] = Counter()
    for body in reached("supplier:civica", "outage"):
        entry = DATA.register.get(body)
        expected[None if entry is None else entry.region, DATA.entities[body].authority_type] += 1
    assert {(row["region"], row["class"]): row["councils"] for row in found} == dict(expected)


def check_two(found: Rows) -> None:
    first, second = reached("supplier:civica", "outage"), reached("supplier:capita", "outage")
    expected = {body: "both" if body in first and body in second else "first" for body in first}
    expected |= {body: "second" for body in second if body not in first}
    assert {row["id"]: row["by"] for row in found} == expected


def check_worst(found: Rows) -> None:
    expected = {
        root: len(stop(root, Band.LIKELY))
        for root, entity in DATA.entities.items()
        if entity.kind != AUTHORITY and depended_on(root) and stop(root, Band.LIKELY)
    }
    assert {row["id"]: row["councils"] for row in found} == expected
    assert [row["councils"] for row in found] == sorted(expected.values(), reverse=True)


def check_fourth(found: Rows) -> None:
    direct = {
        s.provider for s in STEPS
        if s.in_force and s.relation != "member-of" and DATA.entities[s.dependent].kind == AUTHORITY
    }  # fmt: skip
    expected = {
        root: len(stop(root, Band.LIKELY))
        for root, entity in DATA.entities.items()
        if entity.kind != AUTHORITY and depended_on(root) and root not in direct and stop(root, Band.LIKELY)
    }
    assert {row["id"]: row["councils"] for row in found} == expected
    assert expected


def check_same_place(found: Rows) -> None:
    answer = common(GRAPH, "civica", "east kent services", kinds=["outage"])
    expected = {s.id for s in (*answer.shared, *answer.aside) if s.band <= Band.POSSIBLE}
    assert [row["id"] for row in found] == sorted(expected)
    assert found


def check_points(found: Rows) -> None:
    expected = {
        root: sorted(
            place.area or "?"
            for place, band in places.items()
            if place.part is Part.SERVICE and place.body == "authority:thanet" and band <= Band.POSSIBLE
        )
        for root, places in stopped().items()
        if root != "authority:thanet"
    }
    assert {row["id"]: row["services"] for row in found} == {root: areas for root, areas in expected.items() if areas}


def check_concentration(found: Rows) -> None:
    market = concentration(GRAPH, "revenues-benefits").market
    assert {row["id"]: row["councils"] for row in found} == {s.supplier: s.reach for s in market.shares}
    assert {row["id"]: row["percent"] for row in found} == {
        s.supplier: pytest.approx(market.percent(s.supplier), abs=0.051) for s in market.shares
    }


def check_hhi(found: Rows) -> None:
    expected = {}
    for part in breakdown(GRAPH, "area").slices:
        index = part.market.by("councils")
        assert index is not None
        figures = pytest.approx(index.hhi, abs=0.51), pytest.approx(index.effective, abs=0.051)
        expected[part.name] = (len(part.market.shares), part.market.known, *figures)
    assert {row["area"]: (row["suppliers"], row["councils"], row["hhi"], row["effective"]) for row in found} == expected


def check_ends(found: Rows) -> None:
    made = {s.dependent for s in in_force("made-by") if s.provider == "supplier:civica"}
    expected = [(s.row.ends, s.row.id) for s in in_force() if s.provider in {"supplier:civica", *made} and s.row.ends]
    assert [(row["ends"], row["row"]) for row in found] == sorted(expected)


def check_peers(found: Rows) -> None:
    expected = {
        peer.id: sorted({DATA.entities[provider].name for provider, _ in peer.shared})
        for peer in peers(GRAPH, "thanet").peers
    }
    assert {row["id"]: row["shared"] for row in found} == expected


def check_suppliers_of(found: Rows) -> None:
    expected = {step.row.id: step.grade.word for step in profile(GRAPH, "authority:thanet").depends_on}
    assert {row["row"]: row["grade"] for row in found} == expected


def check_customers_of(found: Rows) -> None:
    steps = [step for step in profile(GRAPH, "supplier:civica").depended_on_by if not step.implied]
    assert {row["row"]: row["area"] for row in found} == {step.row.id: step.area for step in steps}


def check_bodies(found: Rows) -> None:
    listing = list_bodies(GRAPH, "environment")
    assert [(r["id"], r["dependents"], r["authorities"]) for r in sorted(found, key=lambda r: r["id"])] == sorted(
        (row.id, row.dependents, row.authorities) for row in listing.bodies
    )


def check_environments(found: Rows) -> None:
    expected: dict[str, set[str]] = defaultdict(set)
    for step in in_force("hosted-on"):
        if DATA.entities[step.provider].kind == "environment":
            expected[step.provider].add(DATA.entities[step.dependent].name)
    assert {row["id"]: row["names"] for row in found} == {place: sorted(who) for place, who in expected.items()}


def check_shared_services(found: Rows) -> None:
    expected: dict[str, set[str]] = defaultdict(set)
    for step in in_force("served-by"):
        if DATA.entities[step.provider].kind == SHARED_SERVICE and DATA.entities[step.dependent].kind == AUTHORITY:
            expected[step.provider].add(step.dependent)
    assert {row["id"]: row["names"] for row in found} == {service: usual(who) for service, who in expected.items()}


def check_products(found: Rows) -> None:
    expected: dict[str, set[str]] = defaultdict(set)
    for step in in_force("uses"):
        if DATA.entities[step.provider].kind == "product" and DATA.entities[step.dependent].kind == AUTHORITY:
            expected[step.provider].add(step.dependent)
    assert {row["id"]: row["councils"] for row in found} == {p: len(who) for p, who in expected.items()}
    makers = {s.dependent: DATA.entities[s.provider].name for s in in_force("made-by")}
    assert all(makers.get(row["id"]) in [*row["makers"], None] for row in found)


def check_data_held(found: Rows) -> None:
    relations = {"uses", "served-by", "hosted-on", "subcontracts-to", "data-held-by"}
    expected = {
        step.row.id: (step.row.data, step.in_force)
        for step in STATED
        if step.provider == "supplier:capita" and step.relation in relations
    }
    assert {row["row"]: (row["data"], row["in_force"]) for row in found} == expected
    assert found[0]["data"] is None, "what is not known stands at the top"


def check_past(found: Rows) -> None:
    expected = {step.row.id: step.row.data_returned for step in STATED if not step.in_force and step.levels[0] < 9}
    assert {row["row"]: row["data_returned"] for row in found} == expected


def check_gaps(found: Rows) -> None:
    expected: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for step in in_force():
        if counted(step.dependent) and step.relation != "member-of":
            cells = expected[step.dependent]
            cells[0] += 1
            cells[1] += step.area is None
            cells[2] += step.row.valid_to is None and step.row.contract_end_latest is None
            cells[3] += step.grade.word == "inferred"
    assert {r["id"]: [r["rows"], r["no_area"], r["no_end"], r["inferred"]] for r in found} == dict(expected)


def check_hosting(found: Rows) -> None:
    expected: dict[str, set[str]] = defaultdict(set)
    for step in in_force("uses"):
        used = DATA.entities[step.provider]
        if step.row.hosting is None and used.hosting is None and DATA.entities[step.dependent].kind == AUTHORITY:
            expected[used.id].add(step.dependent)
    assert {row["id"]: row["councils"] for row in found} == {used: len(who) for used, who in expected.items()}


def check_sources(found: Rows) -> None:
    items = [DATA.evidence[item] for item in DATA.relations["thanet.served-by.civica.customer-digital"].evidence]
    assert [(row["evidence"], row["url"], row["claim"]) for row in found] == [(e.id, e.url, e.claim) for e in items]


def check_disputed(found: Rows) -> None:
    expected = sorted(
        (row.id, DATA.evidence[item].claim or "")
        for row in DATA.relations.values()
        for item in row.evidence
        if DATA.evidence[item].stance == "disputes"
    )
    assert [(row["row"], row["claim"] or "") for row in found] == expected


def check_owners(found: Rows) -> None:
    above: dict[str, set[str]] = defaultdict(set)
    for step in in_force("owned-by"):
        above[step.provider].add(step.dependent)

    def below(owner: str, seen: frozenset[str]) -> set[str]:
        return {x for o in above[owner] - seen for x in {o, *below(o, seen | {o})}} if owner in above else set()

    owners = list(above)
    expected = {o: sorted({DATA.entities[x].name for x in below(o, frozenset({o}))}) for o in owners}
    assert {row["id"]: row["owns"] for row in found} == expected


def check_subcontractors(found: Rows) -> None:
    expected = {step.row.id: step.row.data for step in in_force("subcontracts-to")}
    assert {row["row"]: row["data"] for row in found} == expected


def check_incidents(found: Rows) -> None:
    assert [row["incident"] for row in found] == sorted(DATA.incidents)
    for row in found:
        origins = {o.partition("/")[0] for o in DATA.incidents[row["incident"]].origins}
        assert row["began_at"] == sorted({DATA.entities[origin].name for origin in origins})
        effects = {e.organisation for e in DATA.effects if e.incident_id == row["incident"]}
        assert row["organisations"] == len(effects)


def check_replay(found: Rows) -> None:
    incident = DATA.incidents["capita-aws-bucket-2023"]
    hit: dict[str, list[str]] = defaultdict(list)
    for effect in DATA.effects:
        if effect.incident_id == incident.incident_id and DATA.entities[effect.organisation].kind == AUTHORITY:
            hit[effect.organisation].append(effect.effect)
    reach = {body for o in incident.origins for body in reached(o, "exposure", "not-ruled-out")}
    assert {r["id"] for r in found if r["hit"]} == set(hit)
    assert {r["id"] for r in found if r["reached"]} >= reach
    assert all(counted(r["id"]) is False for r in found if r["reached"] and r["id"] not in reach)
    assert all(r["hit"] == sorted(set(hit[r["id"]])) for r in found)


def check_alternatives(found: Rows) -> None:
    assert len(found) == len(GRAPH.harm(GRAPH.view()).network.groups)


def check_members(found: Rows) -> None:
    expected = {s.dependent: s.row.id for s in in_force("member-of") if s.provider == "shared-service:kcwarp"}
    assert {row["id"]: row["row"] for row in found} == expected


CHECKS: dict[str, Callable[[Rows], None]] = {
    "who-is-hit": check_who_is_hit,
    "who-is-hit-by-an-attacker": check_attacker,
    "why": check_why,
    "services-that-stop": check_services,
    "reached-by-region": check_regions,
    "two-at-once": check_two,
    "worst": check_worst,
    "fourth-parties": check_fourth,
    "same-place": check_same_place,
    "single-points-of-failure": check_points,
    "concentration": check_concentration,
    "hhi": check_hhi,
    "ends-first": check_ends,
    "peers": check_peers,
    "suppliers-of": check_suppliers_of,
    "customers-of": check_customers_of,
    "bodies": check_bodies,
    "shared-environments": check_environments,
    "shared-services": check_shared_services,
    "products": check_products,
    "data-held": check_data_held,
    "past-customers": check_past,
    "gaps": check_gaps,
    "hosting-not-known": check_hosting,
    "sources": check_sources,
    "disputed": check_disputed,
    "owners": check_owners,
    "subcontractors": check_subcontractors,
    "incidents": check_incidents,
    "incident-replay": check_replay,
    "alternatives": check_alternatives,
    "members": check_members,
}
# asked wider than in the example, so that the comparison sees more
WIDER = {
    "who-is-hit": {"band": "not-ruled-out"},
    "who-is-hit-by-an-attacker": {"band": "not-ruled-out"},
}


def example(query: Query) -> dict[str, str]:
    """The parameters of the example in the header."""
    words = shlex.split(query.example)
    assert words[:3] == ["riskgraph", "query", query.name]
    return dict(word.split("=", 1) for word in words[3:] if word != "--param")


@pytest.mark.parametrize("name", sorted(library()))
def test_a_query_equals_the_librarys_answer(server: Server, name: str) -> None:
    query = library()[name]
    given = example(query)
    if any(parameter.name == "limit" for parameter in query.parameters):
        given |= MANY
    answer = ask(server, query, given | WIDER.get(name, {}))
    assert answer.whole
    assert answer.columns == tuple(column for column, _ in query.columns)
    CHECKS[name](rows(answer))


@pytest.mark.parametrize("name", sorted(library()))
def test_the_plan_of_a_query_uses_the_indexes(server: Server, name: str) -> None:
    query = library()[name]
    types = {"integer": 1, "band": 2, "kind": "outage", "text": "x", "name": "supplier:civica", "number": 1.0}
    plan = server.plan(
        "CYPHER replan=force " + query.text, {parameter.name: types[parameter.type] for parameter in query.parameters}
    )
    operators = [operator for operator, _ in plan]
    assert any("Index" in operator for operator in operators), operators
    scans = {"AllNodesScan", "NodeByLabelScan", "CartesianProduct", "UnionNodeByLabelsScan", "NodeIndexScan"}
    assert not [step for step in plan if step[0] in scans]
    assert not [operator for operator in operators if "RelationshipTypeScan" in operator]


def test_reaching_is_a_search_that_visits_each_place_once(server: Server) -> None:
    for name, query in library().items():
        types = {"integer": 1, "band": 2, "kind": "outage", "text": "x", "name": "supplier:civica", "number": 1.0}
        plan = server.plan(query.text, {parameter.name: types[parameter.type] for parameter in query.parameters})
        assert not [p for p in plan if p[0] in {"VarLengthExpand(All)", "Repeat(Trail)"} and "LEADS_TO" in p[1]], name


@pytest.mark.parametrize("query", library().values(), ids=lambda query: query.name)
def test_a_header_says_it_all(query: Query) -> None:
    assert query.title and query.question and query.equals and query.columns
    assert query.question.endswith("?") or query.question.count("?") or query.question.endswith(".")
    assert query.parameters[0].name == "map"
    assert all(parameter.meaning for parameter in query.parameters)
    assert all(meaning for _, meaning in query.columns)
    browser = query.text.split("// In Neo4j Browser, first:\n// :param ")[1].splitlines()[0]
    for parameter in query.parameters:
        assert f"{parameter.name}: " in browser
        assert f"${parameter.name}" in query.text.partition("\n\n")[2]


def test_the_library_covers_the_questions() -> None:
    assert len(library()) >= 25
    assert set(CHECKS) == set(library())


def test_the_list_and_the_header_need_no_server() -> None:
    listed = CliRunner().invoke(main, ["query"], catch_exceptions=False)
    assert listed.exit_code == 0
    assert all(name in listed.stdout for name in library())
    about = CliRunner().invoke(main, ["query", "who-is-hit", "--about"], catch_exceptions=False)
    assert "Civica's been hit" in about.stdout
    value = json.loads(CliRunner().invoke(main, ["query", "worst", "--about", "--format", "json"]).stdout)
    assert value["parameters"][0] == {
        "name": "map", "type": "text", "default": "uk", "meaning": "the name of the map on the server"
    }  # fmt: skip


def test_a_query_leaves_as_table_json_and_csv(neo4j_uk: Any, server: Server) -> None:
    words = ("query", "who-is-hit", "--param", "root=east kent services")
    value = json.loads(run(neo4j_uk, *words, "--format", "json").stdout)
    assert value["rows"][0] == {"id": "authority:canterbury", "council": "Canterbury", "band": 0}
    assert run(neo4j_uk, *words, "--format", "csv").stdout.startswith(
        "id,council,band\nauthority:canterbury,Canterbury,0\n"
    )
    assert "Canterbury" in run(neo4j_uk, *words).stdout
    assert server.version.startswith("5.26")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["query", "who-is-hit"], "wants to know root"),
        (["query", "who-is-hit", "--param", "root=civca"], "Did you mean"),
        (["query", "who-is-hit", "--param", "root=civica", "--param", "band=maybe"], "is no band"),
        (["query", "who-is-hit", "--param", "root=civica", "--param", "bnad=likely"], "has no parameter 'bnad'"),
        (["query", "who-is-hit", "--param", "civica"], "write it as NAME=VALUE"),
        (["query", "who-is-hti"], "Did you mean who-is-hit?"),
        (["query", "nowhere.cypher"], "cannot be read"),
        (["query", "worst", "--param", "limit=many"], "Use digits."),
    ],
)
def test_a_wrong_question_is_told(neo4j_uk: Any, words: list[str], said: str) -> None:
    result = run(neo4j_uk, *words)
    assert result.exit_code in {2, 4}
    assert said in result.stderr


@pytest.mark.parametrize(
    ("cypher", "said"),
    [
        ("CREATE (n:Mine) RETURN n", "lets it read only"),
        ("MATCH (n) DETACH DELETE n", "lets it read only"),
        ("MERGE (m:RiskMap {name: 'uk'}) SET m.digest = 'x'", "lets it read only"),
        ("CREATE INDEX mine FOR (n:Mine) ON (n.x)", "lets it read only"),
        ("LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line", "LOAD CSV"),
        ("LOAD CSV FROM 'http://127.0.0.1:1/x' AS line RETURN line", "LOAD CSV"),
        ("RETRUN 1", "no valid Cypher"),
        ("RETURN $mine", "wants a parameter"),
        ("RETURN 1 / 0", "refuses the query"),
    ],
)
def test_a_query_of_ones_own_can_only_read(
    neo4j_uk: Any, server: Server, tmp_path: Path, cypher: str, said: str
) -> None:
    before = server.read("MATCH (n) RETURN count(n) AS n")
    (tmp_path / "mine.cypher").write_text(cypher, encoding="utf-8")
    result = run(neo4j_uk, "query", str(tmp_path / "mine.cypher"))
    assert result.exit_code in {2, 4}
    assert said in result.stderr
    assert server.read("MATCH (n) RETURN count(n) AS n") == before


def test_the_server_itself_reads_no_file(server: Server) -> None:
    for where in ("file:///etc/passwd", "http://127.0.0.1:1/x"):
        with pytest.raises(ServerError):
            server.read(f"LOAD CSV FROM '{where}' AS line RETURN line")


def test_a_query_of_ones_own_is_told_its_parameters(neo4j_uk: Any, tmp_path: Path) -> None:
    (tmp_path / "mine.cypher").write_text("RETURN $map AS map, $what AS what, null AS none, [1, 2] AS some", "utf-8")
    result = run(neo4j_uk, "query", str(tmp_path / "mine.cypher"), "--param", "what=a=b", "--format", "csv")
    assert result.stdout == "map,what,none,some\nuk,a=b,,1; 2\n"


def test_a_query_ends_at_its_time(server: Server) -> None:
    endless = parse("endless", "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b RETURN sum(a * b % 7) AS n")
    start = time.monotonic()
    with pytest.raises(ServerError, match="longer than it may"):
        ask(server, endless, {}, seconds=1)
    assert time.monotonic() - start < 20


def test_names_with_control_characters_do_not_reach_the_terminal(neo4j_uk: Any, tmp_path: Path) -> None:
    (tmp_path / "mine.cypher").write_text("RETURN 'a\\u001b]0;x\\u0007\\nb' AS name", encoding="utf-8")
    for format_ in ("table", "csv"):
        out = run(neo4j_uk, "query", str(tmp_path / "mine.cypher"), "--format", format_).stdout
        assert "\x1b" not in out and "\x07" not in out


def test_a_header_that_cannot_be_read_is_told() -> None:
    with pytest.raises(RiskGraphError, match="cannot be read"):
        parse("mine", "// parameter: root dragon\nRETURN 1")
