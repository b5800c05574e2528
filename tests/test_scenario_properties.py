"""What holds for scenarios on any data set."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import reference
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from strategies import datasets, write

from riskgraph.analysis.blast import blast
from riskgraph.data import canonical, read
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.scenario.apply import Applied, apply
from riskgraph.scenario.compare import compare
from riskgraph.scenario.model import Change, Scenario, change
from riskgraph.scenario.verbs import VERBS

slow = settings(
    max_examples=40,  # each applies several changes; enough over many runs
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    deadline=None,
)
Bands = dict[tuple[str, str], int]


def opened(tables: reference.Tables) -> RiskGraph:
    with tempfile.TemporaryDirectory() as folder:
        write(tables, Path(folder))
        return RiskGraph(read(folder))


def made(graph: RiskGraph, *changes: Change) -> Applied:
    """What the changes make of a map; the example is given up if they do not fit it."""
    try:
        return apply(graph, Scenario("A", changes))
    except RiskGraphError:
        assume(False)
        raise


def bands(graph: RiskGraph, roots: list[str], kinds: list[str], as_of: date | None = None) -> Bands:
    radius = blast(graph, roots, kinds=kinds, as_of=as_of)
    shelves = (*radius.authorities, *radius.abolished, *radius.groups)
    return {(reach.id, str(kind)): hit.band for reach in shelves for kind, hit in reach.kinds.items()}


def ties(graph: RiskGraph) -> list[tuple[str, str]]:
    """Pairs that depend on each other at the date."""
    steps = graph.settled(graph.view()).steps
    never = {"member-of", "owned-by", "made-by"}
    return sorted({(s.dependent, s.provider) for s in steps if s.in_force and s.relation not in never})


@slow
@given(datasets())
def test_applying_nothing_changes_nothing(tables: reference.Tables) -> None:
    graph = opened(tables)
    entities = list(graph.dataset.entities)
    applied = apply(graph, Scenario("A", (change("lose", entities[0]), change("same-place", *entities[:2]))))
    assert applied.after is graph
    assert applied.ended == applied.supposed == ()
    answer = compare(graph, Scenario("A", roots=(entities[0],)))
    assert {str(one.what) for one in answer.pairs[0].differences} <= {"stays"}


@slow
@given(st.data())
def test_cut_never_grows_a_radius(data: st.DataObject) -> None:
    """Alternatives aside: what backs another up protects it, and no longer does when it is cut.

    How surely a body loses a maker that leaves may change, where a weak stated row covered a surer use.
    """
    tables = data.draw(datasets())
    for row in tables["relations"]:
        row["alternative"] = ""
    graph = opened(tables)
    pairs = ties(graph)
    assume(pairs)
    a, b = data.draw(st.sampled_from(pairs))
    entities = sorted(graph.dataset.entities)
    roots = data.draw(st.lists(st.sampled_from(entities), min_size=1, max_size=2, unique=True))
    kinds = data.draw(st.lists(st.sampled_from(reference.KINDS), min_size=1, unique=True))
    cut = made(graph, change("cut", a, b))
    before, after = bands(graph, roots, kinds), bands(cut.after, roots, kinds)
    for (body, kind), band in after.items():
        assert (body, kind) in before
        assert kind == "exit" or band >= before[body, kind]


@slow
@given(st.data())
def test_what_fails_is_cut_off(data: st.DataObject) -> None:
    """Who is cut off from the only thing that fails keeps nothing but what may have stayed there."""
    graph = opened(data.draw(datasets()))
    pairs = [(a, b) for a, b in ties(graph) if a.startswith("authority:")]
    assume(pairs)
    a, b = data.draw(st.sampled_from(pairs))
    after = made(graph, change("cut", a, b)).after
    for step in after.settled(after.view()).steps:
        if (step.dependent, step.provider) == (a, b) and step.relation not in {"member-of", "owned-by"}:
            assert not step.in_force or (step.implied and step.hosting.text == "own")


@slow
@given(st.data())
def test_the_order_of_independent_changes_does_not_matter(data: st.DataObject) -> None:
    graph = opened(data.draw(datasets()))
    pairs = ties(graph)
    assume(len(pairs) > 1)
    chosen = data.draw(st.lists(st.sampled_from(pairs), min_size=2, max_size=3, unique_by=frozenset))
    changes = [change("cut", a, b) for a, b in chosen]
    suppliers = [id_ for id_ in graph.dataset.entities if id_.startswith("supplier:")]
    councils = [id_ for id_ in graph.dataset.entities if id_.startswith("authority:")]
    services = [id_ for id_ in graph.dataset.entities if id_.startswith("shared-service:")]
    if len(suppliers) > 1:
        changes.append(change("buys", *suppliers[:2]))
    assume(frozenset({councils[0], services[0]}) not in set(map(frozenset, chosen)))  # to cut and to join are not alike
    changes.append(change("join", councils[0], services[0], area="housing"))
    one = made(graph, *changes)
    two = made(graph, *data.draw(st.permutations(changes)))
    assert canonical(one.after.dataset, register=True) == canonical(two.after.dataset, register=True)


@slow
@given(st.data())
def test_no_change_edits_the_map_itself_and_the_result_is_a_valid_map(data: st.DataObject) -> None:
    graph = opened(data.draw(datasets()))
    before = canonical(graph.dataset, register=True)
    ids = sorted(graph.dataset.entities)
    verb = VERBS[data.draw(st.sampled_from(sorted(VERBS)))]
    values: dict[str, list[str]] = {}
    for field in verb.fields:
        if field.required:
            words = {"date": ["2028-04-01"], "text": ["New One", "New Two"]}.get(field.type, ids)
            many = st.lists(st.sampled_from(words), min_size=min(2, len(words)), max_size=3, unique=True)
            values[field.name] = data.draw(many) if field.many else [data.draw(st.sampled_from(words))]
    try:
        applied = apply(graph, Scenario("A", (change(verb.name, **values),)))
    except RiskGraphError as error:
        assert "\n" in str(error), "an error says what to do next"  # noqa: PT017
    else:
        with tempfile.TemporaryDirectory() as folder:
            for name, content in canonical(applied.after.dataset, register=True).items():
                (Path(folder) / name).write_bytes(content)
            again = read(folder)
        assert again.relations == applied.after.dataset.relations
    assert canonical(graph.dataset, register=True) == before
