"""A changed data set stands beside the old one and is checked like any other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from riskgraph.data import Dataset, read
from riskgraph.data.edit import edited
from riskgraph.errors import DataError
from riskgraph.model import Entity, Evidence, Relation


@pytest.fixture(scope="module")
def seeds() -> Dataset:
    return read("seeds")


def test_nothing_asked_is_the_same_data(seeds: Dataset) -> None:
    assert edited(seeds) is seeds


def test_rows_are_added_replaced_and_left_out_and_the_old_data_stay(seeds: Dataset) -> None:
    before = seeds.digest
    first, second, *_ = seeds.relations.values()
    new = Relation("a-new-row", "authority:dover", "uses", "product:new", service_area="housing", evidence=("e-new",))
    result = edited(
        seeds,
        add=[new],
        drop=[first.id],
        put=[replace(second, note="changed")],
        entities=[Entity("product:new", "product", "New thing")],
        evidence=[Evidence("e-new", None, None, None, None, "confirmed", "supports", None, "Supposed.")],
    )
    assert first.id not in result.relations and result.relations[second.id].note == "changed"
    assert list(result.relations) == sorted(result.relations) and list(result.entities) == sorted(result.entities)
    assert result.relations["a-new-row"] is new and "product:new" in result.entities
    assert replace(seeds).digest == before != result.digest


def test_a_changed_register_is_written_with_the_data(seeds: Dataset) -> None:
    entry = replace(seeds.register["authority:dover"], valid_to="2028-03-31")
    result = edited(seeds, register=[entry])
    assert result.own_register_file and result.register["authority:dover"].valid_to == "2028-03-31"
    assert seeds.register["authority:dover"].valid_to is None


@pytest.mark.parametrize(
    ("row", "rule", "said"),
    [
        (
            Relation("x", "authority:dover", "uses", "system:lancashire-oracle-fusio"),
            "dangling-reference",
            "Did you mean system:lancashire-oracle-fusion?",
        ),
        (Relation("x", "authority:dover", "used", "supplier:civica"), "word", "Did you mean uses?"),
        (Relation("x", "authority:dover", "uses", "supplier:civica"), "forbidden-pair", "Allowed are"),
        (Relation("x", "authority:dover", "linked-to", "authority:dover"), "self-loop", "Remove the row"),
        (
            Relation("x", "authority:dover", "supplied-by", "supplier:civica", valid_from="2025", valid_to="2020"),
            "date-order",
            "before it begins",
        ),
        (Relation("x", "authority:dover", "supplied-by", ""), "dangling-reference", "is not among"),
    ],
)
def test_a_wrong_row_is_told_with_its_name(seeds: Dataset, row: Relation, rule: str, said: str) -> None:
    with pytest.raises(DataError) as caught:
        edited(seeds, add=[row])
    assert rule in {problem.rule for problem in caught.value.problems}
    assert said in str(caught.value) and "relation x" in str(caught.value)
    assert "nothing was changed" in caught.value.message


def test_every_problem_is_told_at_once(seeds: Dataset) -> None:
    there = next(iter(seeds.relations.values()))
    with pytest.raises(DataError) as caught:
        edited(seeds, add=[there], drop=["nobody"], put=[replace(there, id=there.id + "x")])
    assert [problem.rule for problem in caught.value.problems] == ["id-twice", "not-there", "not-there"]
    assert f"Did you mean {there.id}?" in str(caught.value)
