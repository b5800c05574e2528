"""What the glossary says of the numbers of the shipped map is so; its consoles run in test_docs.py."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from pathlib import Path

from riskgraph.analysis.triage import Tier
from riskgraph.api import RiskMap, load
from riskgraph.model import AUTHORITY, PRINCIPAL_COUNCILS, Band
from riskgraph.rules import Trait, relations_that

PAGE = (Path(__file__).parents[1] / "docs" / "glossary.md").read_text(encoding="utf-8")
TEXT = " ".join(PAGE.split())
CIVICA = "supplier:civica"
WORDS = (
    "public body", "council", "by law, not observed", "could be reached", "within a band", "root does not count", "first", "only if its software were altered", "not recorded for what or how", "past customer", "precaution",
    "direct user", "depends on", "dependents", "users", "residents at most", "services reached", "share of a market", "HHI",
    "contract", "contract end", "in the radius", "hidden", "alone, together", "expected", "saved", "leaves, joins",
)  # fmt: skip


@cache
def uk() -> RiskMap:
    return load("uk")


@cache
def direct() -> frozenset[str]:
    """Who has a row of its own with Civica, read from the rows."""
    settled = uk().graph.settled(uk().graph.view())
    governs = relations_that(Trait.GOVERNS)
    return frozenset(
        step.dependent
        for step in settled.steps
        if step.in_force and step.provider == CIVICA and step.relation not in governs
    )


def shared_systems(body: str) -> set[str]:
    """Systems that a council uses and that just one other council uses too."""
    users: dict[str, set[str]] = defaultdict(set)
    for step in uk().graph.settled(uk().graph.view()).steps:
        if step.in_force and step.provider.startswith("system:") and step.dependent.startswith("authority:"):
            users[step.provider].add(step.dependent)
    return {system for system, councils in users.items() if body in councils and len(councils) == 2}


def names(ids: set[str]) -> str:
    """Names in a sentence, without what sort of council each is."""
    usual = sorted(uk().dataset.entities[id_].name for id_ in ids)
    bare = [re.sub(r" (City|Borough|District|County)?\s?Council$", "", name) for name in usual]
    return " and ".join(filter(None, (", ".join(bare[:-1]), bare[-1])))


def test_every_word_has_one_paragraph() -> None:
    found = re.findall(r"^\*\*(.+?)\*\*(?: \([a-z ]+\))?: ", PAGE, re.MULTILINE)
    assert sorted(found) == sorted(WORDS)


def test_the_three_numbers_of_civica_differ_as_the_page_says() -> None:
    entities, radius = uk().dataset.entities, uk().blast("civica")
    bodies = {id_ for id_ in direct() if entities[id_].kind == AUTHORITY}
    first, possible, altered = (set(radius.tiers[one]) for one in (Tier.FIRST, Tier.POSSIBLE, Tier.ALTERED))
    reached = first | possible | altered
    (share,) = (share for share in uk().concentration().market.shares if share.supplier == CIVICA)
    served = set(share.authorities)
    said = f"`blast` {len(first)} and {len(possible)}, and `concentration` {len(served)}"
    assert f"says {len(direct())}, {said}" in TEXT
    assert f"{len(first)} first, {len(possible)} more possibly, and apart from these {len(altered)} only if its" in TEXT
    assert f"{len(bodies)} public bodies, and {len(direct()) - len(bodies)} shared services" in TEXT
    out, new = bodies - reached, reached - bodies
    assert out <= set(radius.tiers[Tier.UNRECORDED])
    assert f"leaves out {len(out)} of whom it is not recorded for what or how they depend on it ({names(out)})" in TEXT
    assert (
        f"adds {len(new)} that have no row of their own and are reached through a system that two councils share ({names(new)})"
        in TEXT
    )
    assert all(shared_systems(body) for body in new)
    councils = {body for body in out if entities[body].authority_type in PRINCIPAL_COUNCILS}
    assert (
        served - reached == councils
        and f"So {names(councils)} {'is' if len(councils) == 1 else 'are'} in" in TEXT
        and all(entities[body].authority_type in PRINCIPAL_COUNCILS for body in served)
    )
    assert [entities[body].name for body in reached - served] == ["Greater London Authority"]


def test_the_numbers_of_public_bodies_are_those_of_the_map() -> None:
    named = [entity for entity in uk().dataset.entities.values() if entity.kind == AUTHORITY]
    counted = uk().blast("civica").question.bodies
    assert f"all {len(named)} that the data name. Answers count the {counted} that exist" in TEXT


def test_the_same_radius_stands_in_every_word_that_counts_it() -> None:
    reached = uk().blast("civica").within()
    (ranked,) = (root for root in uk().rank("supplier").rows if root.root == CIVICA)
    assert ranked.authorities[Band.POSSIBLE] == len(reached)
    assert uk().calls("civica").radius.within() == reached
