"""One's own register on a map: whose word counts, what is told, and that every word can be asked so."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from riskgraph import maps
from riskgraph.analysis.blast import blast
from riskgraph.analysis.contracts import contracts
from riskgraph.cli import main
from riskgraph.data import Dataset, canonical
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import Band, Relation

HEAD = (
    "Council,System,Supplier,Service area,Hosted by,Supplier access,Personal data,Contract end,Contract reference,"
    "Checked on,How sure,Ended: data returned or destroyed?\n"
)
USES = "thanet.uses.alder-alpha.housing"


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), catch_exceptions=False)


def write(tmp_path: Path, name: str, *rows: str) -> Path:
    file = tmp_path / name
    file.parent.mkdir(exist_ok=True, parents=True)
    file.write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return file


def both(tmp_path: Path, below: str, mine: str) -> Dataset:
    return maps.read(f"{write(tmp_path, 'map.csv', below)}+{write(tmp_path, 'mine.csv', mine)}")


def uses(data: Dataset) -> Relation:
    (row,) = (row for row in data.relations.values() if row.relation == "uses" and row.dependent == "authority:thanet")
    return row


MAP = "Thanet,Alpha,Alder,Housing,supplier,,personal,31/03/2028,T-1,01/02/2024,confirmed,"


@pytest.mark.parametrize(
    ("mine", "hosting", "counts"),
    [
        ("Thanet,Alpha,Alder,Housing,own,,personal,,,01/02/2020,confirmed,", "own", "confirmed, though older"),
        ("Thanet,Alpha,Alder,Housing,own,,personal,,,01/02/2025,reported,", "own", "newer, though only reported"),
        ("Thanet,Alpha,Alder,Housing,,,personal,,,01/02/2025,reported,", "supplier", "a blank is filled by the map"),
        ("Thanet,Alpha,Alder,Housing,own,,personal,,,01/02/2020,reported,", "supplier", "neither: as two sources"),
    ],
)
def test_ones_own_row_counts_first_where_it_is_confirmed_or_newer(
    tmp_path: Path, mine: str, hosting: str, counts: str
) -> None:
    data = both(tmp_path, MAP, mine)
    row = uses(data)
    assert (row.id, row.hosting) == (USES, hosting), counts
    assert row.contract_reference == "T-1"  # the contract that only the map knows stays, whoever counts
    assert data.told is not None
    told = [(one.field, one.kept, one.other) for one in data.told.conflicts]
    assert told == (
        [] if "blank" in counts else [("hosting", hosting, {"own": "supplier", "supplier": "own"}[hosting])]
    )
    disputed = any(data.evidence[key].stance == "disputes" for key in row.evidence)
    assert disputed == counts.startswith("neither")


def test_what_only_the_map_supported_does_not_make_ones_own_word_surer(tmp_path: Path) -> None:
    data = both(tmp_path, MAP, "Thanet,Alpha,Alder,Housing,own,,personal,,,01/02/2025,reported,")
    assert {data.evidence[key].confidence for key in uses(data).evidence} == {"reported"}
    data = both(tmp_path, MAP, "Thanet,Alpha,Alder,Housing,,,personal,,,01/02/2025,reported,")
    assert {data.evidence[key].confidence for key in uses(data).evidence} == {"reported", "confirmed"}


def test_the_contract_of_a_row_that_gave_way_still_counts(tmp_path: Path) -> None:
    data = both(tmp_path, MAP, "Thanet,Alpha,Alder,Housing,supplier,holds our data,,,,01/02/2025,confirmed,")
    graph = RiskGraph(data)
    assert [one.row.contract_reference for one in contracts(graph, providers=["alder"]).contracts] == ["T-1"]
    where = f"{tmp_path / 'map.csv'}+{tmp_path / 'mine.csv'}"
    assert run("report", "blast", "alder", "--data", where, "--output", str(tmp_path / "out")).exit_code == 0
    assert "2028-03-31" in (tmp_path / "out" / "contracts.csv").read_text(encoding="utf-8-sig")


def test_ones_own_end_ends_the_row_of_the_map_but_not_what_began_later(tmp_path: Path) -> None:
    ended = "Thanet,Alpha,Alder,Housing,,,personal,01/06/2024,,01/02/2025,confirmed,yes"
    assert uses(both(tmp_path, MAP, ended)).valid_to == "2024-06-01"
    other = both(tmp_path, MAP, "Thanet,Beta,Alder,Housing,own,,personal,,,01/02/2025,confirmed,")
    assert len([row for row in other.relations.values() if row.relation == "uses"]) == 2  # another system stands beside


def test_two_on_one_map_count_the_last_one_first(tmp_path: Path) -> None:
    for name, host in (("map", "supplier"), ("a", "own"), ("b", "cloud")):
        write(tmp_path, f"{name}.csv", f"Thanet,Alpha,Alder,Housing,{host},,personal,,,01/02/2025,confirmed,")
    data = maps.read("+".join(str(tmp_path / f"{name}.csv") for name in ("map", "a", "b")))
    assert uses(data).hosting == "cloud"
    assert [name for name, _ in data.laid] == ["b.csv", "a.csv", "map.csv"]


def test_a_plus_in_a_name_is_still_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = "Thanet,Alpha,Alder,Housing,own,,personal,,,01/02/2025,confirmed,"
    plus = write(tmp_path / "R+D maps", "mine + yours.csv", row)
    assert maps.read(plus).laid == ()
    assert [name for name, _ in maps.read(f"seeds+{plus}").laid] == ["mine + yours.csv", "seeds"]
    assert [name for name, _ in maps.read(f"{plus}+seeds").laid] == ["mine + yours.csv", "seeds"]  # the map is below
    assert maps.map_name(f"seeds+{plus}") == "seeds+mine + yours.csv"
    monkeypatch.chdir(tmp_path)
    shutil.copy(plus, tmp_path / "uk+mine.csv")
    assert maps.read("uk+mine.csv").laid == ()  # a file of that name is that file
    with pytest.raises(RiskGraphError, match=r"nowhere\.csv"):
        maps.read("seeds+nowhere.csv")


def test_the_same_bytes_whatever_the_order_of_the_rows(tmp_path: Path) -> None:
    rows = [
        "Thanet,Alpha,Alder,Housing,own,,personal,31/03/2027,A-1,01/02/2025,reported,",
        "Thanet,Alpha,Alder,Housing,supplier,,personal,31/03/2027,A-2,01/02/2025,confirmed,",
        "Thanet,ALPHA,Alder Ltd,Housing,,holds our data,,,,,,",
        "Thanet,Open Revenues,Civica,Revenues and benefits,Civica cloud,remote,special,,,,confirmed,",
        "Dover,Open Revenues,Civica,Revenues and benefits,own,remote,special,,,,,",
    ]
    seen = set()
    for seed in range(6):
        mixed = random.Random(seed).sample(rows, len(rows))  # noqa: S311
        data = maps.read(f"seeds+{write(tmp_path, 'mine.csv', *mixed)}")
        assert data.told is not None
        seen.add((tuple(canonical(data).items()), tuple(data.told.conflicts), data.digest))
    assert len(seen) == 1


@pytest.mark.parametrize(
    "words",
    [
        "blast civica --like outage", "why thanet civica", "show thanet", "list supplier", "rank --limit 3",
        "calls civica", "contracts", "concentration housing", "common civica alder", "peers thanet", "chokepoints thanet",
        "replay", "timeline eks-civica-2024", "data check", "data gaps", "data ask --limit 2", "fixes civica",
        "whatif lose civica", "whatif run lose-two", "blast alder --scenario segment-west-london",
        "chance alder --worlds 100", "report council thanet --format text", "data merge",
    ],
)  # fmt: skip
def test_every_word_is_asked_of_both_at_once(tmp_path: Path, words: str) -> None:
    where = f"seeds+{write(tmp_path, 'my own.csv', 'Thanet,Alpha,Alder,Housing,supplier,,personal,,,01/02/2026,confirmed,')}"
    before = sorted(path.name for path in tmp_path.iterdir())
    found = run(*words.split(), *([where] if words == "data merge" else ["--data", where]))
    assert found.exit_code in {0, 1}, found.output
    if not words.startswith("report"):
        head = " ".join(found.stdout[:1000].split()).lower()
        assert "your register of 1 february 2026, seeds map of 30 november 2026" in head, head
    tries = [line for line in found.stdout.splitlines() if line.startswith("Try next: ")]
    for said in tries[-1].removeprefix("Try next: ").split("  |  ") if tries and words != "data merge" else []:
        assert f'--data "{where}"' in said or "--data" in said or said.endswith("--help")
    assert sorted(path.name for path in tmp_path.iterdir()) == before  # nothing is written


def test_contradictions_are_told_with_their_number_the_first_by_name_and_where_all_are(tmp_path: Path) -> None:
    both(tmp_path, MAP, "Thanet,Alpha,Alder,Housing,own,,personal,,,01/02/2025,confirmed,")
    where = f"{tmp_path / 'map.csv'}+{tmp_path / 'mine.csv'}"
    told = run("blast", "alder", "--data", where).stderr
    assert told.startswith(
        "1 contradiction between your register and the map; yours counts in 1; all: riskgraph data merge"
    )
    assert "Thanet" in told.splitlines()[1] and "own, not supplier" in told.splitlines()[1]
    listed = run("data", "merge", where)
    assert "1 contradiction" in listed.stdout and listed.exit_code == 0


def test_the_cache_knows_both_the_map_and_the_register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISKGRAPH_CACHE", str(tmp_path / "cache"))
    file = write(tmp_path, "mine.csv", "Thanet,Alpha,Alder,Housing,supplier,,personal,,,01/02/2026,confirmed,")
    for _ in range(2):
        assert "alder" not in run("rank", "--data", "seeds", "--format", "csv").stdout
        assert "alder" in run("rank", "--data", f"seeds+{file}", "--format", "csv").stdout


# -- filling a blank ------------------------------------------------------------------------------------

CELLS = {
    "hosting": ("", "own", "supplier", "cloud", "shared"),
    "access": ("", "none", "holds our data", "remote", "admin", "network"),
    "data": ("", "none", "personal", "special"),
    "sure": ("confirmed", "reported", "inferred"),
}


def answers(tmp_path: Path, cells: dict[str, str]) -> dict[object, Band]:
    row = (
        f"Thanet,Alpha,Alder,Housing,{cells['hosting']},{cells['access']},{cells['data']},,,01/02/2026,{cells['sure']},"
    )
    graph = RiskGraph(maps.read(write(tmp_path, "mine.csv", row)))
    found: dict[object, Band] = {}
    for like in ("compromise", "insolvency"):
        for reach in blast(graph, "alder", like=like, band="not-ruled-out").authorities:
            found.update({(like, kind): hit.band for kind, hit in reach.kinds.items()})
    return found


SAFE = frozenset(
    {"own", "none", "cloud", "shared", "holds our data"}
)  # words that may rule harm out, or make it less sure, themselves
ABSENT = 4  # after the bands: not reached at all


@settings(max_examples=40, deadline=None)
@given(
    st.fixed_dictionaries({name: st.sampled_from(words) for name, words in CELLS.items()}),
    st.sampled_from(["hosting", "access", "data"]),
)
def test_filling_a_blank_never_lowers_an_answer_below_what_that_value_alone_says(
    tmp_path_factory: pytest.TempPathFactory, cells: dict[str, str], filled: str
) -> None:
    """Never below both what stood there before and the value alone; nor below the value where no other word is safe."""
    assume(cells[filled])
    tmp_path = tmp_path_factory.mktemp("blank")
    whole = answers(tmp_path, cells)
    before = answers(tmp_path, {**cells, filled: ""})
    alone = answers(tmp_path, {**dict.fromkeys(cells, ""), "sure": cells["sure"], filled: cells[filled]})
    others = {cells[name] for name in ("hosting", "access", "data") if name != filled}
    for key in alone.keys() | before.keys():
        now, value = whole.get(key, ABSENT), alone.get(key, ABSENT)
        assert now <= max(before.get(key, ABSENT), value), (key, cells, filled)
        assert now <= value or others & SAFE, (key, cells, filled)
