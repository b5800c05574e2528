"""One question, one answer: what is asked at one door is answered with the same number at every other."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import datasets, write

from riskgraph.analysis.chokepoints import Chokepoints
from riskgraph.analysis.every_radius import every_radius
from riskgraph.analysis.measure import counting, counts
from riskgraph.api import RiskMap, load
from riskgraph.cli import main
from riskgraph.model import PRESETS, Band, FailureKind

MAPS = Path(__file__).parent / "maps"
WORDS = {band.word: band for band in Band}
KINDS = ("exposure", "tampering", "outage", "intrusion", "exit")
LIKE = ("compromise", "ransomware", "data-theft", "malicious-update", "outage", "insolvency")
Door = Callable[[str, str, str], int | None]
"""Map, root and what-if to how many public bodies could be reached, at least possibly; None: it does not say."""


def run(*words: str) -> str:
    result = CliRunner().invoke(main, list(words), catch_exceptions=False)
    assert result.exit_code in {0, 1}, (words, result.output)
    return result.stdout


def plain(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*words, "--format", "json"))
    return found


def said(line: str) -> int:
    """The bodies that a first line counts: "167 of 382 councils and 4 other public bodies could be reached first; 2 more"."""
    before, _, after = line.partition(" could ")
    if before[:2] == "0 " or "only if software were altered" in after:
        return 0
    if not after or "this map cannot answer" in before:
        found = re.search(r"this map cannot answer.*?; (\d[\d,]*) could possibly", line)
        return int(found[1].replace(",", "")) if found else 0
    counts = re.findall(r"(?:^|: )(\d[\d,]*) (?:of|public bod)|and (\d[\d,]*) other public", before)
    more = re.findall(r"(\d[\d,]*) more (?:possibly|less surely)", after)
    return sum(int(number.replace(",", "")) for number in [*(n or m for n, m in counts), *more])


def first(text: str) -> str:
    """The first sentence of a text, which goes on in the next line where it is long."""
    return " ".join(text.split()).partition(" (data of ")[0]


def surest(row: dict[str, Any], like: str) -> Band | None:
    bands = [WORDS[row[kind]] for kind in KINDS if row[kind] and FailureKind(kind) in counting(PRESETS[like])]
    return min(bands, default=None)


def counted(rows: list[dict[str, Any]], like: str) -> int:
    """Rows of councils that count: reached, no root, in a body's best band of the kinds that count."""
    return sum(
        row["standing"] in {"reached", "past customer"}
        and (band := surest(row, like)) is not None
        and band <= Band.POSSIBLE
        for row in rows
    )


@cache
def opened(data: str) -> RiskMap:
    return load(data)


def asked(root: str, data: str, like: str) -> tuple[str, ...]:
    return root, "--data", data, "--like", like


def python(data: str, root: str, like: str) -> int:
    return len(opened(data).blast(root, like=like).within())


def beside(data: str, root: str, like: str) -> int:
    """Who could be reached and is told as precaution: the first line names them apart."""
    radius = opened(data).blast(root, like=like)
    return len({reach.id for reach in radius.within()} & set(radius.precaution))


def first_line(data: str, root: str, like: str) -> int:
    return said(first(run("blast", *asked(root, data, like)))) + beside(data, root, like)


def page(data: str, root: str, like: str) -> int:
    found = re.search(r'<h1 id="finding"><bdi>(.*?)</bdi>', run("blast", *asked(root, data, like), "--format", "html"))
    assert found is not None
    return said(found[1]) + beside(data, root, like)


def in_json(data: str, root: str, like: str) -> int:
    found = plain("blast", *asked(root, data, like))
    assert found["facts"]["councils"] == counted(found["tables"]["councils"], like)
    return int(found["facts"]["councils"])


def in_csv(data: str, root: str, like: str) -> int:
    return counted(list(csv.DictReader(io.StringIO(run("blast", *asked(root, data, like), "--format", "csv")))), like)


def table(data: str, root: str, like: str) -> int:
    header, dashes, *lines = run("blast", *asked(root, data, like), "--format", "table").splitlines() or ["", ""]
    ends = [(found.start(), found.end()) for found in re.finditer("-+", dashes)]
    cells = [[line[start:end].strip() for start, end in ends] for line in (header, *lines)]
    names = [name.replace(" ", "_") for name in cells[0]]
    return counted([dict.fromkeys(KINDS, "") | dict(zip(names, row, strict=True)) for row in cells[1:]], like)


def frame(data: str, root: str, like: str) -> int:
    rows = opened(data).blast(root, like=like).to_frame().astype(object).fillna("").to_dict("records")
    return counted([{str(key): value for key, value in row.items()} for row in rows], like)


def ranked(data: str, root: str, like: str) -> int:
    rows = plain("rank", "--data", data, "--like", like)["tables"]["roots"]
    return next((int(row["authorities_possible"]) for row in rows if row["root"] == root), 0)


def rung(data: str, root: str, like: str) -> int:
    return said(first(run("calls", *asked(root, data, like)))) + beside(data, root, like)


def likely(data: str, root: str, like: str) -> int:
    return len(opened(data).chance(root, like=like, worlds=100).authorities)


def hardened(data: str, root: str, like: str) -> int:
    found = opened(data).chokepoints(root, like=like)
    assert isinstance(found, Chokepoints)
    return len(found.reached)


def before_fixes(data: str, root: str, like: str) -> int:
    return round(opened(data).fixes(root, like=like, budget=0, band="possible").before[root])


def lost(data: str, root: str, like: str) -> int:
    (pair,) = opened(data).whatif("lose", root, like=like).pairs
    return pair.count(pair.after)


def compared(data: str, root: str, like: str) -> int:
    (row,) = plain("data", "diff", data, data, "--root", root, "--like", like)["tables"]["answers"]
    assert row["before"] == row["after"] and row["same"]
    return int(row["after"])


def every(data: str, root: str, like: str) -> int | None:
    graph = opened(data).graph
    own = root.partition("/")[0]
    touched = every_radius(graph, like=like).reached.get(root, ())
    return sum(
        touch.band is not None
        and touch.band <= Band.POSSIBLE
        and touch.body != own
        and counts(graph.dataset, touch.body, graph.dataset.info.day)
        for touch in touched
    )


def report(data: str, root: str, like: str) -> int:
    number = plain("report", "blast", *asked(root, data, like))["numbers"][0]
    more = re.search(r"(\d[\d,]*) more possibly", number["note"])
    figures = [number["figure"].replace("Not known", "0"), more[1] if more else "0"]
    return sum(int(figure.replace(",", "")) for figure in figures) + beside(data, root, like)


def report_title(data: str, root: str, like: str) -> int:
    return said(plain("report", "blast", *asked(root, data, like))["title"]) + beside(data, root, like)


DOORS: dict[str, Door] = {
    "Python": python,
    "text": first_line,
    "HTML": page,
    "JSON": in_json,
    "table": table,
    "CSV": in_csv,
    "data frame": frame,
    "rank": ranked,
    "calls": rung,
    "chance": likely,
    "chokepoints": hardened,
    "fixes": before_fixes,
    "whatif": lost,
    "atlas": every,
    "data diff": compared,
    "report": report,
    "report title": report_title,
}


def one_answer(data: str, root: str, like: str) -> None:
    found = {name: door(data, root, like) for name, door in DOORS.items()}
    assert set(found.values()) == {found["Python"]}, (data, root, like, found)


SEEDS = (
    "supplier:civica",
    "shared-service:east-kent-services",
    "environment:rbkc-shared-it",
    "store:capita-benefits-extracts",
    "authority:essex",
    "supplier:capita/revenues-benefits",
)


@pytest.mark.parametrize("like", LIKE)
@pytest.mark.parametrize("root", SEEDS)
def test_the_five_stories_have_one_answer(root: str, like: str) -> None:
    one_answer("seeds", root, like)


@pytest.mark.slow
@pytest.mark.parametrize("like", ["compromise", "data-theft", "insolvency"])
@pytest.mark.parametrize("root", ["supplier:civica", "supplier:capita", "supplier:netcall", "authority:hampshire"])
def test_the_national_map_has_one_answer(root: str, like: str) -> None:
    one_answer("uk", root, like)


@pytest.mark.parametrize("folder", sorted(path.name for path in MAPS.iterdir()))
def test_the_small_maps_have_one_answer(folder: str) -> None:
    data = str(MAPS / folder)
    for root in list(opened(data).dataset.entities)[:6]:
        for like in ("compromise", "data-theft", "outage"):
            one_answer(data, root, like)


@given(data=st.data())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_random_maps_have_one_answer(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    tables = data.draw(datasets())
    folder = tmp_path_factory.mktemp("doors")
    write(tables, folder)
    entities = list(load(str(folder)).dataset.entities)
    one_answer(str(folder), data.draw(st.sampled_from(entities)), data.draw(st.sampled_from(LIKE)))


def test_a_first_line_that_counts_is_read() -> None:
    assert (
        said("167 of 382 councils and 4 other public bodies could be reached first if Civica were compromised") == 171
    )
    assert said("15 calls: 3 of 7 councils could be reached first if East Kent Services stopped; 2 more possibly") == 5
    assert (
        said("1 of 9 councils besides Essex County Council could possibly be reached if ..., none of them surely") == 1
    )
    assert (
        said("Netcall: this map cannot answer; it knows fire at 3 of 9 councils; 35 could possibly be reached if") == 35
    )
    assert said("5 of 382 councils depend on Netcall; for what or how is not recorded") == 0
