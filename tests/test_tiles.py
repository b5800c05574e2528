"""The tile map: every current principal council has one tile, and neighbours look like neighbours."""

from __future__ import annotations

import csv
from math import dist

import pytest

from riskgraph import read
from riskgraph.assets import shipped
from riskgraph.model import PRINCIPAL_COUNCILS


@pytest.fixture(scope="module")
def tiles() -> dict[str, tuple[str, int, int]]:
    with shipped("tiles.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: (row["band"], int(row["row"]), int(row["column"])) for row in csv.DictReader(file)}


def test_every_current_principal_council_has_one_tile(tiles: dict[str, tuple[str, int, int]]) -> None:
    register = read("uk").register.values()
    current = {e.id: e.kind for e in register if e.status == "current" and e.kind in PRINCIPAL_COUNCILS}
    assert set(tiles) == set(current)
    assert len(set(tiles.values())) == len(tiles)
    assert {id_ for id_, (band, _, _) in tiles.items() if band == "county"} == {
        id_ for id_, kind in current.items() if kind == "county"
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("canterbury", "dover"),
        ("kensington-and-chelsea", "westminster"),
        ("kensington-and-chelsea", "hammersmith-and-fulham"),
        ("manchester", "salford"),
        ("gateshead", "newcastle-upon-tyne"),
        ("cardiff", "vale-of-glamorgan"),
        ("belfast", "antrim-and-newtownabbey"),
        ("glasgow", "inverclyde"),
    ],
)
def test_neighbours_look_like_neighbours(tiles: dict[str, tuple[str, int, int]], one: str, other: str) -> None:
    (_, row, column), (_, row_2, column_2) = tiles[f"authority:{one}"], tiles[f"authority:{other}"]
    assert dist((row, column), (row_2, column_2)) <= 3


def test_london_stays_together(tiles: dict[str, tuple[str, int, int]]) -> None:
    register = read("uk").register
    boroughs = [at[1:] for id_, at in tiles.items() if register[id_].region == "London"]
    middle = (sum(row for row, _ in boroughs) / 33, sum(column for _, column in boroughs) / 33)
    assert len(boroughs) == 33
    assert max(dist(at, middle) for at in boroughs) < 5.5
