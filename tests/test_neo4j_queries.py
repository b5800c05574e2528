"""Every Cypher file of the library, on a real server, beside the library's own answer."""

from __future__ import annotations

import json
import shlex
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from neo4j_harness import MARKS

from riskgraph.analysis.blast import blast
from riskgraph.analysis.blast import run as run_engine
from riskgraph.analysis.common import common
from riskgraph.analysis.concentration import breakdown, concentration
from riskgraph.analysis.contracts import contracts
from riskgraph.analysis.gaps import gaps
from riskgraph.analysis.market import Trade
from riskgraph.analysis.peers import peers
from riskgraph.analysis.profile import list_bodies, profile
from riskgraph.analysis.rank import rank
from riskgraph.analysis.why import why
from riskgraph.backends.connection import Connection
from riskgraph.backends.cypher import Query, QueryAnswer, ask, library, parse
from riskgraph.backends.neo4j import Server
from riskgraph.backends.neo4j_load import load
from riskgraph.cli import main
from riskgraph.errors import RiskGraphError, ServerError
from riskgraph.graph import RiskGraph
from riskgraph.harm import Part, Place
from riskgraph.model import AUTHORITY, KINDS, NEVER, SHARED_SERVICE, SUPPLIER, Band, FailureKind
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


def rows(answer: QueryAnswer) -> Rows:
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


@cache
def stopped() -> Mapping[str, Mapping[Place, int]]:
    """Entity to the places that stop when it stops, with the band."""
    harm = GRAPH.harm(GRAPH.view())
    found: dict[str, dict[Place, int]] = {}
    for root in DATA.entities:
        places = found.setdefault(root, {})
        answer = run_engine(harm, [root], [FailureKind.OUTAGE])
        for band, states in enumerate(answer.bands):
            for place, kind in map(harm.at, states.hops):
                if kind is FailureKind.OUTAGE:
                    places.setdefault(place, band)
    return found


def stop(root: str, band: Band) -> set[str]:
    """The authorities, counted ones, that a root stops in a band."""
    return {
        place.body
        for place, best in stopped()[root].items()
        if place.part is Part.WHOLE and best <= band and counted(place.body)
    }


@cache
def depended_on(root: str) -> bool:
    return any(row.provider == root for row in DATA.relations.values()) or any(s.provider == root for s in STEPS)


def in_force(*relations: str, implied: bool = False) -> list[Step]:
    return [s for s in (STEPS if implied else STATED) if s.in_force and (not relations or s.relation in relations)]


def usual(bodies: Iterable[str]) -> list[str]:
    return sorted(DATA.usual_name(body) for body in bodies)


def names(ids: Iterable[str]) -> list[str]:
    return sorted(DATA.entities[id_].name for id_ in ids)


def most(found: Mapping[str, Iterable[str]], *columns: str, limit: int | None = None) -> Rows:
    """Who has how many, the most first: id, name and count under these names."""
    listed = sorted(((id_, len(set(who))) for id_, who in found.items()), key=lambda one: (-one[1], one[0]))
    return [dict(zip(columns, (id_, DATA.entities[id_].name, count), strict=True)) for id_, count in listed[:limit]]


def who_is_hit() -> Rows:
    found = reached("supplier:civica", "exposure", "not-ruled-out")
    listed = [{"id": body, "council": DATA.usual_name(body), "band": band} for body, band in found.items()]
    return sorted(listed, key=lambda row: (row["band"], row["council"]))


def attacker() -> Rows:
    listed = [
        {"id": reach.id, "council": DATA.usual_name(reach.id), "kind": str(kind), "band": int(hit.band)}
        for reach in blast(GRAPH, "supplier:civica").authorities
        for kind, hit in reach.kinds.items()
    ]
    return sorted(listed, key=lambda row: (row["band"], row["council"], row["kind"]))


def services() -> Rows:
    found: dict[str | None, set[str]] = defaultdict(set)
    for reach in blast(GRAPH, "shared-service:east-kent-services", kinds=["outage"]).authorities:
        for area, kinds in reach.services.items():
            if kinds.get(FailureKind.OUTAGE, NEVER) <= Band.POSSIBLE:
                found[area].add(reach.id)
    listed = [{"area": area, "councils": len(who), "names": usual(who)} for area, who in found.items()]
    return sorted(listed, key=lambda row: (-row["councils"], row["area"] or "~"))


def regions() -> Rows:
    found: Counter[tuple[str | None, str | None]] = Counter()
    for body in reached("supplier:civica", "outage"):
        entry = DATA.register.get(body)
        found[None if entry is None else entry.region, DATA.entities[body].authority_type] += 1
    listed = [{"region": region, "class": kind, "councils": n} for (region, kind), n in found.items()]
    return sorted(listed, key=lambda row: (-row["councils"], row["region"] or "~", row["class"] or "~"))


def two() -> Rows:
    first, second = reached("supplier:civica", "outage"), reached("supplier:capita", "outage")
    by = {body: "both" if body in first and body in second else "first" for body in first}
    by |= {body: "second" for body in second if body not in first}
    listed = [{"id": body, "council": DATA.usual_name(body), "by": word} for body, word in by.items()]
    return sorted(listed, key=lambda row: (row["by"], row["council"]))


def worst() -> Rows:
    ranking = rank(GRAPH, kinds=["outage"])
    listed = [
        {"id": row.root, "name": DATA.entities[row.root].name, "root_kind": row.kind, "councils": row.authorities[1]}
        for row in ranking.rows
        if row.kind not in {"line", AUTHORITY} and row.authorities[1] and depended_on(row.root)
    ]
    return sorted(listed, key=lambda row: (-row["councils"], row["id"]))


def fourth() -> Rows:
    direct = {
        s.provider for s in STEPS
        if s.in_force and s.relation != "member-of" and DATA.entities[s.dependent].kind == AUTHORITY
    }  # fmt: skip
    hidden = {
        root: who
        for root, entity in DATA.entities.items()
        if entity.kind != AUTHORITY and depended_on(root) and root not in direct and (who := stop(root, Band.LIKELY))
    }
    return most(hidden, "id", "name", "councils")


def points() -> Rows:
    found = {
        root: sorted(
            place.area or "?"
            for place, band in places.items()
            if place.part is Part.SERVICE and place.body == "authority:thanet" and band <= Band.POSSIBLE
        )
        for root, places in stopped().items()
        if root != "authority:thanet"
    }
    listed = [
        {"id": root, "name": DATA.entities[root].name, "services": areas} for root, areas in found.items() if areas
    ]
    return sorted(listed, key=lambda row: (-len(row["services"]), row["id"]))


def ends() -> Rows:
    made = {s.dependent for s in in_force("made-by") if s.provider == "supplier:civica"}
    listed = [
        {
            "dependent": DATA.entities[s.dependent].name, "relation": s.relation,
            "provider": DATA.entities[s.provider].name, "ends": s.row.ends, "notice_days": s.row.notice_days,
            "value_gbp": None if s.row.contract_value_gbp is None else float(s.row.contract_value_gbp),
            "row": s.row.id,
        }
        for s in in_force()
        if s.provider in {"supplier:civica", *made} and s.row.ends
        and s.relation not in {"member-of", "made-by", "linked-to", "owned-by"}
    ]  # fmt: skip
    told = contracts(GRAPH, providers=["civica"])
    assert {row["row"] for row in listed} <= {one.row.id for one in (*told.contracts, *told.passed)}
    return sorted(listed, key=lambda row: (str(row["ends"]), str(row["row"])))


def peers_of_thanet() -> Rows:
    common: dict[str, list[str]] = defaultdict(list)
    for (provider, _), users in peers(GRAPH, "thanet").shared.items():
        for user in users:
            common[user].append(provider)
    listed = [
        {"id": id_, "council": DATA.usual_name(id_), "in_common": len(things), "systems": names(set(things))}
        for id_, things in common.items()
    ]
    return sorted(listed, key=lambda row: (-row["in_common"], row["id"]))


def suppliers_of() -> Rows:
    listed = [
        {
            "row": s.row.id, "relation": s.relation, "provider": DATA.entities[s.provider].name, "area": s.area,
            "since": s.row.valid_from, "grade": s.grade.word,
        }
        for s in profile(GRAPH, "authority:thanet").depends_on
    ]  # fmt: skip
    return sorted(listed, key=lambda row: str(row["row"]))


def customers_of() -> Rows:
    listed = [
        {
            "row": s.row.id, "dependent": DATA.entities[s.dependent].name, "relation": s.relation, "area": s.area,
            "grade": s.grade.word,
        }
        for s in profile(GRAPH, "supplier:civica").depended_on_by
        if not s.implied
    ]  # fmt: skip
    return sorted(listed, key=lambda row: str(row["row"]))


def bodies() -> Rows:
    return [
        {"id": row.id, "name": row.name, "dependents": row.dependents, "authorities": row.authorities}
        for row in list_bodies(GRAPH, "environment").bodies
    ]


def environments() -> Rows:
    tenants: dict[str, set[str]] = defaultdict(set)
    for step in in_force("hosted-on"):
        if DATA.entities[step.provider].kind == "environment":
            tenants[step.provider].add(step.dependent)
    return [row | {"names": names(tenants[row["id"]])} for row in most(tenants, "id", "name", "tenants")]


def shared_services() -> Rows:
    served: dict[str, set[str]] = defaultdict(set)
    for step in in_force("served-by"):
        if DATA.entities[step.provider].kind == SHARED_SERVICE and DATA.entities[step.dependent].kind == AUTHORITY:
            served[step.provider].add(step.dependent)
    return [row | {"names": usual(served[row["id"]])} for row in most(served, "id", "name", "councils")]


def products() -> Rows:
    users: dict[str, set[str]] = defaultdict(set)
    for step in in_force("uses"):
        if DATA.entities[step.provider].kind == "product" and DATA.entities[step.dependent].kind == AUTHORITY:
            users[step.provider].add(step.dependent)
    makers = {p: names({s.provider for s in in_force("made-by") if s.dependent == p}) for p in users}
    return [
        {"id": row["id"], "name": row["name"], "makers": makers[row["id"]], "councils": row["councils"]}
        for row in most(users, "id", "name", "councils")
    ]


def data_held() -> Rows:
    relations = {"uses", "served-by", "hosted-on", "subcontracts-to", "data-held-by"}
    listed = [
        {
            "dependent": DATA.entities[s.dependent].name, "area": s.area, "data": s.row.data, "in_force": s.in_force,
            "row": s.row.id,
        }
        for s in STATED
        if s.provider == "supplier:capita" and s.relation in relations
    ]  # fmt: skip
    order = {None: 0, "special": 1, "personal": 2}
    return sorted(listed, key=lambda row: (order.get(row["data"], 3), row["row"]))


def past() -> Rows:
    exposure = KINDS.index(FailureKind.EXPOSURE)
    listed = [
        {
            "dependent": DATA.entities[s.dependent].name, "provider": DATA.entities[s.provider].name,
            "ended": s.row.valid_to, "data_returned": s.row.data_returned, "row": s.row.id,
        }
        for s in STATED
        if not s.in_force and s.levels[exposure] < NEVER
    ]  # fmt: skip
    return sorted(listed, key=lambda row: (row["ended"] or "~", row["row"]))


def thin() -> Rows:
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for step in in_force():
        if counted(step.dependent) and step.relation != "member-of" and not step.by_law:
            cells = found[step.dependent]
            cells[0] += 1
            cells[1] += step.area is None
            cells[2] += step.row.ends is None and step.row.ends_latest is None
            cells[3] += step.grade.word == "inferred"
    told = gaps(GRAPH)
    assert {body: cells[0] for body, cells in found.items()} == {
        body: rows for body, (rows, _, _) in told.by_body.items() if counted(body)
    }
    columns = ("id", "council", "rows", "no_area", "no_end", "inferred")
    listed = [dict(zip(columns, (b, DATA.usual_name(b), *cells), strict=True)) for b, cells in found.items()]
    return sorted(listed, key=lambda row: (-row["rows"], row["id"]))


def hosting() -> Rows:
    found: dict[str, set[str]] = defaultdict(set)
    for step in in_force("uses"):
        used = DATA.entities[step.provider]
        if step.row.hosting is None and used.hosting is None and DATA.entities[step.dependent].kind == AUTHORITY:
            found[used.id].add(step.dependent)
    return most(found, "id", "name", "councils")


def sources() -> Rows:
    items = [
        DATA.evidence[item] for item in DATA.relations["thanet.served-by.partnershipone.revenues-benefits"].evidence
    ]
    fields = ("stance", "confidence", "about", "published", "publisher", "url", "claim")
    listed = [{"evidence": item.id} | {field: getattr(item, field) for field in fields} for item in items]
    return sorted(listed, key=lambda row: row["evidence"])


def disputed(graph: RiskGraph = GRAPH) -> Rows:
    data = graph.dataset
    grades = {step.row.id: step.grade.word for step in graph.settled(graph.view()).steps if not step.implied}
    listed = [
        {
            "row": row.id, "dependent": data.entities[row.dependent].name,
            "provider": data.entities[row.provider].name, "grade": grades.get(row.id),
            "claim": data.evidence[item].claim,
        }
        for row in data.relations.values()
        for item in row.evidence
        if data.evidence[item].stance == "disputes"
    ]  # fmt: skip
    return sorted(listed, key=lambda row: (str(row["row"]), row["claim"] or "~"))


def owners() -> Rows:
    owned: dict[str, set[str]] = defaultdict(set)
    for step in in_force("owned-by"):
        owned[step.provider].add(step.dependent)
    below = {owner: set(things) for owner, things in owned.items()}
    for _ in below:
        for things in below.values():
            things |= {far for near in things & below.keys() for far in below[near]}
    return [
        {"id": row["id"], "owner": row["owner"], "owns": names(below[row["id"]])}
        for row in most(below, "id", "owner", "owns")
    ]


def subcontractors() -> Rows:
    listed = [
        {
            "provider": DATA.entities[s.dependent].name, "subcontractor": DATA.entities[s.provider].name,
            "area": s.area, "data": s.row.data, "row": s.row.id,
        }
        for s in in_force("subcontracts-to")
        if DATA.entities[s.provider].kind == SUPPLIER
    ]  # fmt: skip
    return sorted(listed, key=lambda row: str(row["row"]))


def incidents() -> Rows:
    return [
        {
            "incident": one.incident_id, "title": one.title, "started": one.date_started,
            "began_at": names({origin.partition("/")[0] for origin in one.origins}),
            "organisations": len({e.organisation for e in DATA.effects if e.incident_id == one.incident_id}),
        }
        for one in sorted(DATA.incidents.values(), key=lambda one: one.incident_id)
    ]  # fmt: skip


def replayed() -> Rows:
    incident = DATA.incidents["capita-aws-bucket-2023"]
    hit: dict[str, set[str]] = defaultdict(set)
    for effect in DATA.effects:
        if effect.incident_id == incident.incident_id and DATA.entities[effect.organisation].kind == AUTHORITY:
            hit[effect.organisation].add(effect.effect)
    radii = [blast(GRAPH, origin, kinds=["exposure"]) for origin in incident.origins]
    there = {r.id for radius in radii for r in (*radius.authorities, *radius.abolished, *radius.groups)}
    listed = [
        {"id": body, "council": DATA.usual_name(body), "hit": sorted(hit.get(body, ())), "reached": body in there}
        for body in there | hit.keys()
    ]
    return sorted(listed, key=lambda row: (not row["reached"], row["id"]))


def alternatives(graph: RiskGraph = GRAPH) -> Rows:
    harm = graph.harm(graph.view())
    listed = []
    for group in harm.network.groups:
        target = harm.places[group.target]
        members = sorted(str(harm.places[member].area) for member in group.members)
        must = [len(group.protects[band]) for band in (0, 1)]
        listed.append({"id": target.body, "area": target.area, "members": members, "must_fail": must})
    return sorted(listed, key=lambda row: (row["id"], row["area"] or "~", row["members"]))


def members() -> Rows:
    listed = [
        {"id": s.dependent, "name": DATA.entities[s.dependent].name, "row": s.row.id}
        for s in in_force("member-of")
        if s.provider == "shared-service:kcwarp"
    ]
    return sorted(listed, key=lambda row: row["id"])


def same_place() -> Rows:
    answer = common(GRAPH, "pathfinder north", "pathfinder south", kinds=["outage"])
    found = sorted(s.id for s in (*answer.shared, *answer.aside) if s.band <= Band.POSSIBLE)
    return [{"id": id_, "name": DATA.entities[id_].name, "root_kind": DATA.entities[id_].kind} for id_ in found]


def shares() -> Rows:
    markets = [concentration(GRAPH, "revenues-benefits").market.of(trade) for trade in Trade]
    listed: Rows = [
        {
            "id": share.supplier, "supplier": DATA.entities[share.supplier].name, "trade": market.trade,
            "councils": share.reach, "percent": round(market.percent(share.supplier) or 0.0, 1),
        }
        for market in markets
        for share in market.shares
    ]  # fmt: skip
    listed.sort(key=lambda row: (row["trade"], -row["percent"], row["id"]))
    return [row | {"percent": pytest.approx(row["percent"])} for row in listed]


def indices() -> Rows:
    listed: Rows = []
    for part in breakdown(GRAPH, "area").slices:
        index = part.market.by("councils")
        assert index is not None
        row: dict[str, Any] = {
            "area": part.name,
            "trade": part.market.trade,
            "suppliers": len(part.market.shares),
            "councils": part.market.known,
            "hhi": int(round(index.hhi, 6) + 0.5),  # half up, as Cypher rounds
        }
        listed.append(row | {"effective": pytest.approx(index.effective, abs=0.051)})
    return sorted(listed, key=lambda row: (-row["hhi"], row["area"], row["trade"]))


# Query to the library's own answer: every row, every column, in order.
ANSWERS: dict[str, Callable[[], Rows]] = {
    "who-is-hit": who_is_hit,
    "who-is-hit-by-an-attacker": attacker,
    "services-that-stop": services,
    "reached-by-region": regions,
    "two-at-once": two,
    "worst": worst,
    "fourth-parties": fourth,
    "single-points-of-failure": points,
    "ends-first": ends,
    "peers": peers_of_thanet,
    "suppliers-of": suppliers_of,
    "customers-of": customers_of,
    "bodies": bodies,
    "shared-environments": environments,
    "shared-services": shared_services,
    "products": products,
    "data-held": data_held,
    "past-customers": past,
    "gaps": thin,
    "hosting-not-known": hosting,
    "sources": sources,
    "disputed": disputed,
    "owners": owners,
    "subcontractors": subcontractors,
    "incidents": incidents,
    "incident-replay": replayed,
    "alternatives": alternatives,
    "members": members,
    "same-place": same_place,
    "concentration": shares,
    "hhi": indices,
}


def check_why(found: Rows) -> None:
    """The route is one of the proofs of `why`, with the rows' own words, grades and sources."""
    grades = {step.row.id: step.grade.word for step in STATED}
    chains = [chain.rows for chain in why(GRAPH, "thanet", "civica", kinds=["tampering"]).chains]
    assert sorted(row["row"] for row in found) in [sorted(rows) for rows in chains]
    for row in found:
        relation = DATA.relations[row["row"]]
        assert row == {
            "step": row["step"], "dependent": DATA.entities[relation.dependent].name, "relation": relation.relation,
            "provider": DATA.entities[relation.provider].name, "row": relation.id, "grade": grades[relation.id],
            "sources": [DATA.evidence[item].url for item in sorted(relation.evidence)],
        }  # fmt: skip
    assert [row["step"] for row in found] == sorted(row["step"] for row in found)


CHECKS: dict[str, Callable[[Rows], None]] = {
    "why": check_why,
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
    found = rows(answer)
    assert found or name in {"alternatives", "disputed"}  # the shipped maps hold none
    if name in CHECKS:
        CHECKS[name](found)
    else:
        assert found == ANSWERS[name]()


@pytest.mark.parametrize(("name", "answer"), [("alternatives", alternatives), ("disputed", disputed)])
def test_what_the_shipped_maps_do_not_hold_is_told_of_another(
    server: Server, name: str, answer: Callable[[RiskGraph], Rows]
) -> None:
    sets = sorted(Path(__file__).parent.glob("conformance/*/*/relations.csv"))
    graph = max((RiskGraph.open(path.parent) for path in sets), key=lambda graph: len(answer(graph)))
    load(server, graph, "another", replace=True)
    found = rows(ask(server, library()[name], {}, map_name="another"))
    assert len(found) > 1
    assert found == answer(graph)


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
    assert {*CHECKS, *ANSWERS} == set(library())


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
