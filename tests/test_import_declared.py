"""A format is a declaration: one added from outside works, and the vocabulary of all formats is sound."""

from __future__ import annotations

import ast
import csv
import re
from collections import Counter
from importlib.util import resolve_name
from pathlib import Path

import openpyxl
import pytest

import riskgraph
from riskgraph.assets import shipped
from riskgraph.data.spelling import normalise
from riskgraph.importers import (
    FORMATS,
    Citation,
    Format,
    ImportOptions,
    Party,
    Purchase,
    SourceRow,
    Statements,
    TableKind,
    detect,
    import_file,
)
from riskgraph.model import Band
from riskgraph.rules import rules
from riskgraph.vocabulary import header_key, headers, patterns, words

PACKAGE = Path(riskgraph.__file__).parent
ROOMS = ("importers", "opening", "vocabulary")


def bought(row: SourceRow, statements: Statements) -> None:
    seller = row.party("seller")
    if seller is None:
        return row.skip("no seller")
    cited = Citation(f"{row['town']} buys {row['what']}", row.grade(), publisher="Town list", published=row.date("day"))
    statements.dated(row.date("day"))
    statements.buy(
        Purchase(
            where=row.where,
            how="register",
            council=Party(row["town"]),
            supplier=seller,
            cited=cited,
            thing=row["what"] or None,
            area=row.area(),
            access=row.word("way in", "access"),
            annual_value_gbp=row.amount("cost"),
        )
    )
    return None


TOWNS = Format(
    "towns",
    "what towns buy from firms",
    (
        TableKind(
            {
                "town": ("Town",),
                "seller": ("Firm", "Shop"),
                "what": ("Goods",),
                "area": ("For",),
                "way in": ("Way in",),
                "cost": ("Pounds a year",),
                "day": ("Seen on",),
            },
            required=("town", "seller"),
            whose="town",
            asks="which town",
        ),
    ),
    row=bought,
)
ROWS = [
    ["A list of towns", "", "", "", "", "", ""],
    ["Town", "Shop", "Goods", "For", "Way in", "Pounds a year", "Seen on"],
    ["Dover", "Alder Ltd", "Gamma", "parking", "vpn", "\u00a31,200", "3 March 2026"],
    ["Thanet", "n/a", "Gamma", "", "", "", ""],
    ["Adur", "Alder Ltd", "Gamma", "the moon", "magic", "lots", "31/31/2026"],
    ["Adur", "Alder Ltd", "Gamma", "", "", "", "", "one cell more"],
]


def csv_of(path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(ROWS)
    return path


def xlsx_of(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in ROWS:
        sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("file", [csv_of, xlsx_of])
def test_a_format_from_outside_is_one_declaration(tmp_path: Path, file: object) -> None:
    path = csv_of(tmp_path / "towns.csv") if file is csv_of else xlsx_of(tmp_path / "towns.xlsx")
    assert detect(path, [*FORMATS, TOWNS]) is TOWNS
    data, report = import_file(path, format=TOWNS)
    assert (report.format, report.read, report.kept, report.balanced) == ("towns", 4, 2, True)
    assert report.skipped == {
        "no seller": ["row 4"],
        "more cells than the header has: its columns may be shifted": ["row 6"],
    }
    assert "row 5, day: '31/31/2026'" in report.guesses["date that is none, left blank"]
    assert report.guesses["amount that is none, left blank"] == ["row 5: 'lots'"]
    assert report.guesses["service area that is not known, left blank"] == ["row 5: 'the moon'"]
    assert report.guesses["word that is not known, left blank"] == ["row 5, way in: 'magic'"]
    row = data.relations["dover.supplied-by.alder.parking-enforcement.access-network"]
    assert (row.access, data.info.as_of) == ("network", "2026-03-03")
    reached = {
        reach.id for reach in riskgraph.RiskMap(riskgraph.RiskGraph(data)).blast("alder").within(Band.NOT_RULED_OUT)
    }
    assert {"authority:dover", "authority:adur"} <= reached


def test_a_format_from_outside_asks_whose_rows_these_are(tmp_path: Path) -> None:
    path = tmp_path / "firms.csv"
    path.write_text("Firm,Goods\nAlder Ltd,Gamma\n", encoding="utf-8")
    with pytest.raises(riskgraph.RiskGraphError, match=r"does not say which town: no column is known as its Town"):
        import_file(path, format=TOWNS)
    data, _ = import_file(path, ImportOptions(council="Dover", columns=("seller", "what")), format=TOWNS)
    assert "supplier:alder" in data.entities


def test_every_format_has_a_name_of_its_own_and_finds_what_it_requires() -> None:
    names = [known.name for known in FORMATS]
    assert names == sorted(set(names))
    for known in FORMATS:
        assert (known.row is None) != (known.rows is None), f"{known.name} says twice, or never, what a row becomes"
        for table in known.tables:
            assert {*table.required, *filter(None, [table.whose]), *table.not_taken} - {"contact"} <= set(table.columns)


def table(name: str) -> list[dict[str, str]]:
    with shipped("importing", name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_no_header_means_two_fields_of_one_sheet() -> None:
    formats = {known.name for known in FORMATS if known.tables} | {"contacts"}  # contacts: for call sheets
    formats.discard("backstage")  # its entries are made into the tables of servicenow
    assert {row["format"] for name in ("headers.csv", "fields.csv") for row in table(name)} == formats
    for row in table("headers.csv"):
        fields = headers(row["format"], row["sheet"])
        assert header_key(row["header"]) in map(header_key, fields[row["field"]])
    twice = Counter((row["format"], row["sheet"], row["header"]) for row in table("headers.csv"))
    several = {key for key, count in twice.items() if count > 1}
    # a service is what is bought, and the area where another column has the system
    assert several == {("one-sheet", "", "Service")}, "the first field takes it unless another column is surer"


def test_a_header_stands_for_one_concept_and_every_concept_is_of_use() -> None:
    meant: dict[str, set[str]] = {}
    for row in table("concepts.csv"):
        meant.setdefault(header_key(row["header"]), set()).add(row["concept"])
    assert {key: concepts for key, concepts in meant.items() if len(concepts) > 1} == {}
    assert len(meant) == len(table("concepts.csv")), "a header stands there twice"
    fields = table("fields.csv")
    assert {row["concept"] for row in table("concepts.csv")} == {row["concept"] for row in fields} - {""}
    assert {row["holds"] for row in fields} == {"", "date", "money", "name"}
    taken: dict[tuple[str, str, str], set[str]] = {}
    for row in fields:
        taken.setdefault((row["format"], row["sheet"], row["field"]), set()).add(row["concept"])
    for row in table("headers.csv"):
        own = meant.get(header_key(row["header"]), set())
        assert not own & taken.get((row["format"], row["sheet"], row["field"]), set()), f"{row} is said already"


def test_words_are_written_as_they_are_looked_up() -> None:
    rows = table("words.csv")
    assert not [key for key, n in Counter((r["list"], r["format"], r["word"]) for r in rows).items() if n > 1]
    for row in rows:
        if row["list"] not in {"company number: first letters", "service area done by somebody"}:
            assert row["word"] == normalise(row["word"]), row
        if row["format"] not in {"", *(known.name for known in FORMATS)}:
            pytest.fail(f"no format is called {row['format']}")
    for list_ in ("service area", "service area in a title"):
        assert {area for meaning in words(list_).values() for area in meaning.split(";")} <= set(rules().areas)
    assert set(words("service area done by somebody")) <= set(rules().areas)
    assert {meaning.split(" ")[0] for meaning in words("relationship").values()} - {
        "managed",
        "backup",
        "depends",
    } <= set(rules().pairs)


def test_each_pattern_fits_its_example_and_none_before_it_does() -> None:
    for row in table("patterns.csv"):
        fits = [
            (form.pattern, meaning)
            for form, meaning in patterns(row["list"], row["format"])
            if form.search(row["example"])
        ]
        assert (row["pattern"], row["meaning"]) in fits, row
        assert fits[0][1] == row["meaning"], f"{row['example']} means something else first"


def test_the_importers_need_each_other_in_no_circle() -> None:
    """No circle, not through imports for types, and not through imports inside functions."""
    modules = {
        ".".join(("riskgraph", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__"): path
        for path in PACKAGE.rglob("*.py")
        if path.relative_to(PACKAGE).parts[0].removesuffix(".py") in ROOMS
    }
    needs: dict[str, set[str]] = {name: set() for name in modules}
    for name, path in modules.items():
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        source = re.sub(r">>> .*", "", path.read_text(encoding="utf-8"))
        for step in ast.walk(ast.parse(source)):
            if isinstance(step, ast.ImportFrom):
                base = resolve_name("." * step.level + (step.module or ""), package)
                targets = {
                    f"{base}.{alias.name}" if f"{base}.{alias.name}" in modules else base for alias in step.names
                }
                needs[name] |= targets & set(modules) - {name}
    left = dict(needs)
    while free := [name for name, others in left.items() if not others & set(left)]:
        for name in free:
            del left[name]
    assert sorted(left) == []


def test_data_knows_no_importer() -> None:
    told = [path.name for path in (PACKAGE / "data").rglob("*.py") if "importers" in path.read_text(encoding="utf-8")]
    assert told == []
