"""The atlas: what it packs is what `blast` says, root by root; its marking; the same bytes; hostile names."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from conformance_shape import conformance_shape
from hypothesis import given, settings
from hypothesis import strategies as st
from reporting import seeds, uk
from small import FILES, write_small
from strategies import datasets, write
from test_report import hostile

from riskgraph import load
from riskgraph.analysis.blast import BlastRadius, blast
from riskgraph.analysis.every_radius import every_radius
from riskgraph.analysis.radius import SHOWN_BANDS, Reach, Route
from riskgraph.analysis.triage import Tier
from riskgraph.cli import main
from riskgraph.data import read
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import Band
from riskgraph.render.atlas import letters, numbers, pack, unpack
from riskgraph.render.words import BY_LAW, route_phrase, sentence
from riskgraph.report.atlas import ATLAS_QUESTIONS, Atlas, atlas

SAMPLE = 50


@lru_cache(maxsize=1)
def small_atlas() -> Atlas:
    return atlas(RiskGraph(seeds()), data="seeds")


@lru_cache(maxsize=1)
def uk_atlas() -> Atlas:
    return atlas(uk())


def reaches(radius: BlastRadius) -> list[Reach]:
    return [*radius.authorities, *radius.abolished, *radius.groups]


def expected(radius: BlastRadius) -> dict[str, dict[str, Any]]:
    """What an atlas has to say of one root, from `blast`."""
    said = conformance_shape(radius)
    shelves = {**said["authorities"], **said["abolished"], **said["groups"]}
    dataset = radius.graph.dataset
    return {
        reach.id: {
            "kinds": {kind: hit["band"] for kind, hit in shelves[reach.id]["kinds"].items()},
            "services": shelves[reach.id]["services"],
            "past": reach.past,
            "route": route_phrase(dataset, reach.route, reach.first),
            "lines": sorted(area or "?" for area in reach.lines),
            "seen": BY_LAW if reach.by_law else (reach.seen or "")[:4],
            "ended": (reach.ended or "") if reach.past else "",
            "sentence": sentence(dataset, reach.lead[1].proof),
        }
        for reach in reaches(radius)
    }


def packed(data: dict[str, Any], question: str, root: str) -> dict[str, dict[str, Any]]:
    found = unpack(data, question, root)
    for id_, body in found.items():
        body["lines"].sort()
        if id_ == root:
            body["route"] = str(Route.ROOT)
    return found


def ring(data: dict[str, Any], question: int, root: str) -> dict[Band, tuple[str, ...]]:
    """Who stands beside a root as a precaution in each band, read back."""
    ids = [data["roots"][body[0]][0] for body in data["bodies"]]
    place = [row[0] for row in data["roots"]].index(root)
    flat, body = list(numbers(data["questions"][question]["ring"].get(str(place), ""))), 0
    found: dict[Band, list[str]] = {band: [] for band in SHOWN_BANDS}
    for step, bands in zip(flat[::2], flat[1::2], strict=True):
        body += step
        for band in SHOWN_BANDS:
            if bands >> band & 1:
                found[band].append(ids[body])
    return {band: tuple(sorted(bodies)) for band, bodies in found.items()}


@given(st.lists(st.integers(0, 10**6)))
def test_numbers_come_back_from_letters(values: list[int]) -> None:
    assert list(numbers(letters(values))) == values


@pytest.mark.parametrize("question", ATLAS_QUESTIONS)
def test_every_root_of_the_seeds_is_answered_as_blast_answers(question: str) -> None:
    made, graph = small_atlas(), RiskGraph(seeds())
    roots = [row[0] for row in made.data["roots"]]
    assert len(roots) >= len(graph.dataset.entities)
    reached = 0
    for root in roots:
        said = packed(made.data, question, root)
        radius = blast(graph, [root], like=question)
        assert said == expected(radius), root
        assert ring(made.data, ATLAS_QUESTIONS.index(question), root) == radius.ring
        reached += len(said)
    assert reached > 20


@pytest.mark.slow
@pytest.mark.parametrize("question", ATLAS_QUESTIONS)
def test_roots_of_the_national_map_are_answered_as_blast_answers(question: str) -> None:
    made = uk_atlas()
    roots = [row[0] for row in made.data["roots"]]
    chosen = [*random.Random(8).sample(roots, SAMPLE), "supplier:capita", "supplier:civica", "product:modern-gov"]  # noqa: S311
    assert len(made.page) < 2_000_000
    for root in chosen:
        assert packed(made.data, question, root) == expected(blast(uk(), [root], like=question)), root


@settings(max_examples=15)
@given(datasets())
def test_on_random_maps_the_atlas_and_blast_agree(tables: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write(tables, Path(folder))
        graph = RiskGraph.open(folder)
    for question in ATLAS_QUESTIONS:
        every = every_radius(graph, like=question)
        data = pack({question: every})
        for root in every.roots:
            radius = blast(graph, [root], like=question)
            assert packed(data, question, root) == expected(radius), root
            assert ring(data, 0, root) == radius.ring


@pytest.mark.slow
@pytest.mark.parametrize("question", ATLAS_QUESTIONS)
def test_without_alternatives_two_roots_together_are_their_union(question: str) -> None:
    """What the page says of two things, and why it may say that it is exact."""
    made = uk_atlas()
    assert not made.data["alternatives"]
    chance = random.Random(28)  # noqa: S311
    packed_roots = made.data["questions"][ATLAS_QUESTIONS.index(question)]["roots"]
    roots = [row[0] for row, text in zip(made.data["roots"], packed_roots, strict=True) if len(text) > 30]
    order = [band.word for band in Band]
    for _ in range(15):
        pair = chance.sample(roots, 2)
        union: dict[str, dict[str, str]] = {}
        for root in pair:
            for body, found in unpack(made.data, question, root).items():
                mine = union.setdefault(body, {})
                for kind, band in found["kinds"].items():
                    mine[kind] = min(mine.get(kind, band), band, key=order.index)
        together = {body: found["kinds"] for body, found in expected(blast(uk(), pair, like=question)).items()}
        assert union == together, pair


def test_a_map_with_alternatives_says_that_together_is_a_union(tmp_path: Path) -> None:
    rows = (
        "id,dependent,relation,provider,service_area,alternative\n"
        "r1,authority:ashby,uses,system:one,housing,spare\n"
        "r2,authority:ashby,uses,system:two,housing,spare\n"
    )
    entities = FILES["entities.csv"] + "system:one,system,One,,,,,,,,,,\nsystem:two,system,Two,,,,,,,,,,\n"
    graph = RiskGraph.open(write_small(tmp_path, relations_csv=rows, entities_csv=entities))
    made = atlas(graph)
    assert made.data["alternatives"]
    assert "is the union of the two" in made.page.decode()
    assert "is exact" not in made.page.decode()
    assert "is exact" in small_atlas().page.decode()


@pytest.mark.slow
def test_the_table_of_the_worst_counts_the_tiers_as_blast_does() -> None:
    page = uk_atlas().page.decode()
    rows = re.findall(r'<bdi data-root="([^"]+)">.*?<strong>([\d,]+)</strong></td><td class="number">([\d,]+)<', page)
    assert len(rows) == 25
    for root, *said in (*rows[:8], rows[-1]):
        tiers = blast(uk(), [root]).tiers
        counted = [f"{len(tiers[tier]):,}" for tier in (Tier.FIRST, Tier.POSSIBLE)]
        assert said == counted, root


def test_the_same_map_gives_the_same_bytes() -> None:
    dataset = read("seeds")
    assert atlas(RiskGraph(dataset), data="seeds").page == small_atlas().page
    assert load("seeds").atlas(data="seeds").page == small_atlas().page


def test_the_same_bytes_on_another_machine(tmp_path: Path) -> None:
    """Another order of hashes, another zone and language: nothing of that is in the page."""
    words = [sys.executable, "-m", "riskgraph", "atlas", "--data", "seeds", "--output"]
    settings = {"0": ("Pacific/Apia", "C"), "1": ("Europe/London", "C.UTF-8")}
    for seed, (zone, language) in settings.items():
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": language}
        subprocess.run([*words, str(tmp_path / seed)], env=environment, check=True, capture_output=True)
        assert (tmp_path / seed).read_bytes() == small_atlas().page


def test_the_marking_is_everywhere_and_never_below_the_data() -> None:
    graph = RiskGraph(seeds())
    made = atlas(graph, tlp="amber+strict", classification="OFFICIAL", exempt="paragraph 3 of Schedule 12A")
    page = made.page.decode()
    assert made.name.endswith("_atlas_TLP-AMBER+STRICT_v1.html")
    assert page.count("TLP:AMBER+STRICT") >= 5
    assert page.count(">OFFICIAL<") == 2 and page.count("Not for publication: paragraph 3") == 2
    assert "--tlp amber+strict" in page
    made = atlas(graph)
    with pytest.raises(RiskGraphError, match="no label"):
        atlas(graph, tlp="pink")
    assert made.marking.tlp.label == "TLP:CLEAR"


def test_data_without_a_marking_make_an_amber_atlas(tmp_path: Path) -> None:
    graph = RiskGraph.open(write_small(tmp_path))
    assert atlas(graph).marking.tlp.label == "TLP:AMBER"
    with pytest.raises(RiskGraphError, match="below"):
        atlas(graph, tlp="clear")


def test_hostile_names_stay_text() -> None:
    page = atlas(hostile()).page.decode()
    assert page.count("<script") == 2 and page.count("</script>") == 2
    assert "<img" not in page and "<b>bold" not in page and page.count("</style>") == 1
    held = re.search(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert held is not None
    data = json.loads(held[1])
    assert any(name.startswith("<script>") for _, name, _, _ in data["roots"])
    assert any(name.startswith("{{7*7}}") for _, name, _, _ in data["roots"])


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = small_atlas().page.decode()
    assert not re.search(r'(?:src|href|action)\s*=\s*"(?!#)', page)
    assert "url(" not in page and "@import" not in page and "http:" not in page and "https:" not in page
    assert "'unsafe" not in page


def test_an_atlas_says_what_it_does_not_hold() -> None:
    with pytest.raises(RiskGraphError, match="does not answer"):
        unpack(small_atlas().data, "compromise", "supplier:nobody")
    with pytest.raises(RiskGraphError, match="does not answer"):
        unpack(small_atlas().data, "ransomware", "supplier:civica")


def test_the_command_writes_the_page_and_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke(main, ["atlas", "--data", "seeds"], catch_exceptions=False)
    assert re.match(r"\d+ roots, each with who could be reached, TLP:CLEAR, written to ", run.stdout)
    assert (tmp_path / small_atlas().name).read_bytes() == small_atlas().page
    run = CliRunner().invoke(main, ["atlas", "--data", "seeds", "--format", "json"], catch_exceptions=False)
    data = json.loads(run.stdout)
    assert data.pop("marking")["tlp"] == "TLP:CLEAR"
    assert data == small_atlas().data
