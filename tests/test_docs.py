"""What the documents say is what the program does."""

from __future__ import annotations

import csv
import importlib.util
import re
import shlex
import sys
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest
from click.testing import CliRunner

from riskgraph.cli import main
from riskgraph.importers import FORMATS, ImportOptions, import_file

ROOT = Path(__file__).resolve().parents[1]
DOCS = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md"), *ROOT.glob("datasets/**/*.md")]
)
SERVER = {"neo4j", "query"}


def run(line: str) -> str:
    result = CliRunner().invoke(main, shlex.split(line)[1:], catch_exceptions=False)
    return result.stdout + result.stderr


def consoles() -> list[tuple[str, str, str]]:
    found = []
    for path in DOCS:
        for block in re.findall(r"```console\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
            for command, output in re.findall(r"^\$ (riskgraph .*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
                if shlex.split(command)[1] not in SERVER and "--backend" not in command:
                    found.append((path.name, command, output))
    return found


@pytest.mark.parametrize(("page", "command", "shown"), consoles())
def test_a_shown_answer_is_the_real_answer(
    page: str, command: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    real = run(command)
    if "\n...\n" in f"\n{shown}":
        start = f"\n{shown}".split("\n...\n")[0].lstrip("\n")
        assert real.startswith(start), page
    else:
        assert real.rstrip() == shown.rstrip(), page


def test_the_words_of_the_readme_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "our-warp.txt").write_text("Thanet\nDover\n")
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = [
        line for row in re.findall(r"^\|.*\|$", text, re.MULTILINE) for line in re.findall(r"`(riskgraph [^`]+)`", row)
    ]
    assert len(lines) >= 10
    for line in lines:
        if "my-folder" in line or "report " in line or shlex.split(line)[1] in SERVER:
            continue
        result = CliRunner().invoke(main, shlex.split(line)[1:], catch_exceptions=False)
        assert result.exit_code in {0, 1}, (line, result.stderr)


def test_the_python_of_the_readme_runs() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        exec(compile(block, "README.md", "exec"), {})  # noqa: S102


@pytest.mark.parametrize("page", DOCS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"[a-z]+:|#", target):
            assert (page.parent / target.split("#")[0]).exists(), target


def generator() -> ModuleType:
    if str(ROOT / "tools") not in sys.path:  # as for a script that is run
        sys.path.append(str(ROOT / "tools"))
    spec = importlib.util.spec_from_file_location("make_docs", ROOT / "tools" / "make_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["json.md", "commands.md", "model-by-example.md", "schema.md", "data.md"])
def test_made_pages_are_up_to_date(name: str) -> None:
    made = generator().PAGES[name]()
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == made, "run: python tools/make_docs.py"


def test_the_schemas_are_up_to_date() -> None:
    made = generator().schemas()
    there = {f"json/{path.name}": path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "json").glob("*.json")}
    assert there == made, "run: python tools/make_docs.py"


def test_every_block_of_counts_stands_on_the_page_about_the_data_once() -> None:
    generator()
    from data_page import BLOCKS

    text = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"<!-- made: ([a-z-]+) -->", text)) == sorted(BLOCKS)
    assert text.count("<!-- /made -->") == len(BLOCKS)


def test_what_was_left_out_is_counted_by_reason_and_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    generator()
    import data_page

    listed = tmp_path / "left_out.csv"
    listed.write_text(
        "statement,reason,source,url\na,no source,hand,\nb,seen too late,pay,\nc,no source,pay,\nd,no source,pay,\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(data_page, "LEFT_OUT", listed)
    said = list(data_page.BLOCKS["left-out"]())
    assert said[0].startswith("4 statements were left out")
    assert said[-2:] == ["| no source | 3 | pay 2, hand 1 |", "| seen too late | 1 | pay 1 |"]


def examples() -> list[tuple[str, str, str]]:
    """Page, sort and text of the first example on each page about a format."""
    found = []
    names = {known.name for known in FORMATS}
    for page in sorted(page for page in ROOT.glob("docs/import/*.md") if page.stem in names):
        sort, text = re.findall(r"```(csv|json|yaml|xml|)\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)[0]
        found.append((page.stem, sort, text))
    return found


@pytest.mark.parametrize(("page", "sort", "text"), examples(), ids=[page for page, _, _ in examples()])
def test_the_example_on_the_page_of_a_format_imports(page: str, sort: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / f"example.{sort}"
    if sort:
        path.write_text(text, encoding="utf-8")
    else:  # several files: the name of each before its first line
        for name, lines in re.findall(r"^(\S+\.csv) +(\S.*\n(?: .*\n)*)", text, re.MULTILINE):
            (tmp_path / name).write_text("\n".join(line.strip() for line in lines.splitlines()), encoding="utf-8")
        path = tmp_path
    if page == "workbook":
        book = openpyxl.Workbook()
        assert book.active is not None
        book.active.title = "Links"
        for row in csv.reader(text.splitlines()):
            book.active.append(row)
        path = tmp_path / "example.xlsx"
        book.save(path)
    _, report = import_file(path, ImportOptions(council="Salford", suppliers="all", buyers="all"))
    assert report.kept
    assert report.format == page


def test_every_format_has_a_page() -> None:
    text = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
    for known in FORMATS:
        assert re.search(rf"^\| \[[^\]]*`{known.name}`[^\]]*\]\(import/", text, re.MULTILINE), known.name
