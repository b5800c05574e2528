"""What holds for any data set: two implementations agree, and what must never happen does not."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
import reference
from conformance_shape import conformance_shape
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from strategies import datasets, questions, write

from riskgraph.analysis.blast import blast
from riskgraph.data import canonical, read
from riskgraph.data import write as write_canonical
from riskgraph.graph import RiskGraph
from riskgraph.model import Band

slow = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)


def opened(tables: reference.Tables) -> RiskGraph:
    with tempfile.TemporaryDirectory() as folder:
        write(tables, Path(folder))
        return RiskGraph(read(folder))


def asked(graph: RiskGraph, question: dict[str, Any]) -> dict[str, Any]:
    given_ = {name: value for name, value in question.items() if name != "roots"}
    return conformance_shape(blast(graph, question["roots"], **given_))


def bodies(answer: dict[str, Any]) -> dict[str, dict[str, int]]:
    """Body to kind to band, over all shelves."""
    return {
        body: {kind: Band.of(hit["band"]) for kind, hit in found["kinds"].items()}
        for shelf in ("authorities", "abolished", "groups")
        for body, found in answer[shelf].items()
    }


@slow
@given(st.data())
def test_the_engine_agrees_with_a_naive_fixed_point(data: st.DataObject) -> None:
    tables = data.draw(datasets())
    question = data.draw(questions(tables))
    expected = reference.answer(tables, **question)
    answer = asked(opened(tables), question)
    for part in ("authorities", "abolished", "groups", "ring"):
        assert answer[part] == expected[part]


@slow
@given(st.data())
def test_reading_writing_and_reading_again_gives_the_same_bytes(data: st.DataObject) -> None:
    first = opened(data.draw(datasets())).dataset
    with tempfile.TemporaryDirectory() as folder:
        write_canonical(first, folder)
        assert canonical(read(folder)) == canonical(first)


@slow
@given(st.data())
def test_the_order_of_rows_changes_nothing(data: st.DataObject) -> None:
    tables = data.draw(datasets())
    question = data.draw(questions(tables))
    shuffled = {
        name: data.draw(st.permutations(rows)) if isinstance(rows, list) else rows for name, rows in tables.items()
    }
    one, two = opened(tables), opened(shuffled)
    assert asked(one, question) == asked(two, question)
    assert one.dataset.digest == two.dataset.digest


@slow
@given(st.data())
def test_taking_a_row_away_never_reaches_anybody_new(data: st.DataObject) -> None:
    """Alternatives, rows that replace implied ones, and disputes aside."""
    tables = data.draw(datasets())
    question = data.draw(questions(tables))
    relations = tables["relations"]
    assume(len(relations) > 1)
    gone = data.draw(st.sampled_from(relations))
    assume(not gone["alternative"])
    assume(gone["relation"] not in {"served-by", "supplied-by"})
    fewer = {**tables, "relations": [row for row in relations if row is not gone]}
    before, after = bodies(asked(opened(tables), question)), bodies(asked(opened(fewer), question))
    for body, kinds in after.items():
        for kind, band in kinds.items():
            assert before[body][kind] <= band


@slow
@given(st.data())
def test_several_roots_reach_at_least_what_each_reaches(data: st.DataObject) -> None:
    tables = data.draw(datasets())
    question = data.draw(questions(tables))
    graph = opened(tables)
    together = bodies(asked(graph, question))
    for root in question["roots"]:
        for body, kinds in bodies(asked(graph, {**question, "roots": [root]})).items():
            for kind, band in kinds.items():
                assert together[body][kind] <= band


@pytest.mark.parametrize("band", list(Band))
@slow
@given(st.data())
def test_nobody_stands_on_two_shelves_and_bands_nest(band: Band, data: st.DataObject) -> None:
    tables = data.draw(datasets())
    question = data.draw(questions(tables))
    given_ = {name: value for name, value in question.items() if name != "roots"}
    radius = blast(opened(tables), question["roots"], **given_)
    shelves = [{reach.id for reach in shelf} for shelf in (radius.authorities, radius.abolished, radius.groups)]
    assert sum(map(len, shelves)) == len(set().union(*shelves))
    for wider in Band:
        if wider >= band:
            assert {r.id for r in radius.within(band)} <= {r.id for r in radius.within(wider)}
    for reach in radius.authorities:
        for kinds in reach.services.values():
            for kind, found in kinds.items():
                assert reach.kinds[kind].band <= found  # a council is reached when one of its services is
