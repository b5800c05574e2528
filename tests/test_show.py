"""The first line of `show` says who depends on it; the next, how surely and how old that is."""

from __future__ import annotations

from pathlib import Path

import pytest
from small import FILES, write_small

from riskgraph.analysis.profile import profile
from riskgraph.graph import RiskGraph
from riskgraph.render.page import as_text
from riskgraph.render.profile import page

ROWS = """id,dependent,relation,provider,service_area,data,evidence
r1,authority:ashby,served-by,supplier:orbit,housing,personal,e1
r2,authority:bexton,uses,product:desk,customer-digital,,e2
r3,product:desk,made-by,supplier:orbit,,,e2
r4,shared-service:both,subcontracts-to,supplier:orbit,housing,personal,e2
"""
OLD = "e1,https://example.org/1,invented,2012,2024-06-30,confirmed,supports,,invented,\n"
NEW = "e2,https://example.org/2,invented,2024-05,2024-06-30,confirmed,supports,,invented,\n"


@pytest.fixture
def graph(tmp_path: Path) -> RiskGraph:
    evidence = FILES["evidence.csv"].splitlines()[0] + "\n" + OLD + NEW
    entities = (
        FILES["entities.csv"] + "product:desk,product,Desk,,,,,,,,,,\nauthority:cole,authority,Cole,,district,,,,,,,,\n"
    )
    return RiskGraph.open(write_small(tmp_path, entities_csv=entities, relations_csv=ROWS, evidence_csv=evidence))


def test_of_a_supplier_the_first_line_says_who_depends_on_it_and_the_next_how_old_that_is(graph: RiskGraph) -> None:
    said = as_text(page(profile(graph, "orbit"))).splitlines()
    assert said[0] == "2 councils depend on Orbit: Ashby and Bexton (data of 30 June 2024)."
    surely = "Known surely (confirmed or reported): 1 of 2"
    assert said[1] == f"{surely}; 1 last seen more than five years ago, the oldest in 2012."
    assert said[2].startswith("Itself it serves, supplies or hosts 1 (Ashby); 1 last seen more than five years ago")
    assert said[3] == "Those served by Both Together depend on it too."
    assert "- Ashby is served by Orbit (housing) [inferred, last seen 2012]" in said


def test_of_a_council_the_first_line_says_on_how_many_it_depends_or_that_nothing_is_known(graph: RiskGraph) -> None:
    said = as_text(page(profile(graph, "ashby"))).splitlines()
    assert said[0] == "Ashby depends on 1 other in 1 known service (data of 30 June 2024)."
    assert "- is served by Orbit (housing) [inferred, last seen 2012]" in said
    bare = page(profile(graph, "cole")).lead
    assert bare == "Not known: nothing is recorded of what Cole depends on (data of 30 June 2024)."


def test_many_users_are_grouped_and_the_old_among_them_counted() -> None:
    said = as_text(page(profile(RiskGraph.open("uk"), "civica")))
    assert " of them only by its products (data of " in said.splitlines()[0]
    assert "last seen before 2021)" in said
