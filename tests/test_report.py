"""Reports as files: what page one says, markings, the same bytes, and a check that finds a change."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from reporting import KINDS, bundle, renamed, seeds, uk

from riskgraph.analysis.affected import affected_by
from riskgraph.analysis.blast import blast
from riskgraph.analysis.question import Asking, Question
from riskgraph.analysis.triage import Tier
from riskgraph.api import load
from riskgraph.cli import main
from riskgraph.data import write
from riskgraph.data.folders import update_folder
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import Band
from riskgraph.render.blocks import Report
from riskgraph.render.tables import csv_cell
from riskgraph.report import REPORTS as REGISTERED
from riskgraph.report import ReportOptions, make
from riskgraph.report.marking import Tlp, mark
from riskgraph.report.registry import Context, report_kind
from riskgraph.report.verify import verify

HEADS = ("What it means", "What we do not know", "Do now", "Decisions needed")


def page(name: str, file: str = "report.html") -> str:
    return bundle(name).files[file].decode()


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def run(*given: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, list(given), catch_exceptions=False)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("name", KINDS)
def test_page_one_is_always_the_same(name: str) -> None:
    html, report = page(name), bundle(name).report
    first = html[html.index('<article class="page-one"') : html.index("</article>")]
    found = re.findall(r"<h[12][^>]*>(.*?)</h[12]>", first)
    assert [words(head) for head in found] == [report.title, *HEADS]
    assert first.count('class="figure"') == 3
    for fact in ("Date", "Data as of", "Version", "Marking"):
        assert f"<dt>{fact}</dt>" in first
    assert report.meaning and report.unknown and report.now and report.decisions


@pytest.mark.parametrize("name", KINDS)
def test_each_report_is_small_and_calls_nobody(name: str) -> None:
    assert len(bundle(name).files["report.html"]) < 300_000
    for file in ("report.html", "calls.html"):
        if file in bundle(name).files:
            html = page(name, file)
            assert not re.search(r"<(?:link|img|iframe|object|embed|base|form)\b|@import|url\(|\bsrc=", html)
            assert not re.search(r"\son\w+=|\sstyle=|javascript:", html)
            assert re.findall(r'href="([^"]*)"', html) == [
                h for h in re.findall(r'href="([^"]*)"', html) if h[0] == "#"
            ]


def test_civica_reaches_whom_the_question_reaches() -> None:
    radius = blast(uk(), "civica")
    report = make(uk(), "blast", ["civica"])
    assert report.report.numbers[0].figure == f"{len(radius.tiers[Tier.FIRST]):,}"
    assert report.report.numbers[0].note.startswith(f"{len(radius.tiers[Tier.POSSIBLE]):,} more possibly; ")
    rows = list(csv.DictReader(io.StringIO(report.files["exposures.csv"].decode("utf-8-sig"))))
    assert {row["id"] for row in rows if row["standing"] == "reached"} == {
        r.id for r in radius.authorities if not r.past
    }
    assert len(report.files["report.html"]) < 300_000
    html = words(report.files["report.html"].decode())
    assert all(f"{uk().dataset.usual_name(row['id'])} " in html for row in rows[:300])


def test_residents_are_a_ceiling_on_the_page() -> None:
    report = make(uk(), "blast", ["civica"]).report
    stated = float(report.numbers[1].figure.split()[0]) * 1_000_000
    true = affected_by(blast(uk(), "civica"), Band.LIKELY).residents.people
    assert true <= stated < true + 100_000


def test_the_clock_of_a_breach_is_stated(tmp_path: Path) -> None:
    options = ReportOptions(aware="2026-11-25 09:30", data="seeds")
    made = make("seeds", "blast", ["east kent services"], options)
    said = "aware at 9:30am on 25 November 2026, they end at 9:30am on 28 November 2026"
    assert said in " ".join(made.report.decisions)
    assert "--aware" in made.origin.command
    update_folder(tmp_path, made.files)
    assert verify(tmp_path).equal
    for wrong in ("soon", "2026-11-25", "2026-11-25T09:30+01:00"):
        with pytest.raises(RiskGraphError, match="no date and time"):
            make("seeds", "blast", ["essex"], ReportOptions(aware=wrong))


# -- markings ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", KINDS)
def test_every_file_carries_the_marking(name: str) -> None:
    made = bundle(name)
    label = made.marking.tlp.label
    assert label.replace(":", "-") in made.name
    for file, data in made.files.items():
        text = data.decode("utf-8-sig")
        wanted = "TLP:AMBER+STRICT" if file == "calls.html" else label
        others = {tlp.label for tlp in Tlp} - {wanted}
        if file.endswith(".html"):
            assert f"<title>{wanted} " in text
            assert len(re.findall(rf'<p class="tlp[^>]*>{re.escape(wanted)}</p>', text)) == 2
            assert f'@top-right {{ content: "{wanted}"' in text
            assert f'@bottom-right {{ content: "{wanted}"' in text
        elif file.endswith(".csv"):
            assert all(row["marking"].startswith(wanted) for row in csv.DictReader(io.StringIO(text)))
        elif file.endswith(".json"):
            assert json.loads(text)["marking"]["tlp"] == wanted
            assert next(iter(json.loads(text))) == "schema"
        else:
            assert text.startswith(wanted) and text.rstrip().splitlines()[-1].startswith((wanted, "From "))
        assert not [label for label in others if re.search(rf"{re.escape(label)}(?![A-Z+])", text)], file


def test_the_three_markings_are_separate() -> None:
    marking = json.loads(page("council", "report.json"))["marking"]
    assert (marking["tlp"], marking["classification"]) == ("TLP:AMBER", "OFFICIAL")
    small = page("small")
    assert small.count("Not for publication: paragraph 3 of Schedule 12A") == 2
    assert "Not for publication: paragraph 3" in page("small", "summary.txt")


@given(st.sampled_from(["", *[tlp.label for tlp in Tlp]]), st.sampled_from(list(Tlp)), st.sampled_from(list(Tlp)))
def test_a_report_is_never_below_its_data(data: str, default: Tlp, wanted: Tlp) -> None:
    floor = Tlp.of(data) if data else default
    assert mark(data, default).tlp is floor
    if wanted < floor:
        with pytest.raises(RiskGraphError, match="below"):
            mark(data, default, wanted.label)
        allowed = mark(data, default, wanted.label, permission="the source, 3 May")
        assert (allowed.tlp, allowed.permission) == (wanted, "the source, 3 May")
    else:
        assert mark(data, default, wanted.label).tlp is wanted


def test_the_classification_of_the_data_is_not_lost() -> None:
    assert mark("TLP:AMBER OFFICIAL-SENSITIVE", Tlp.AMBER).classification == "OFFICIAL-SENSITIVE"
    with pytest.raises(RiskGraphError, match="OFFICIAL-SENSITIVE"):
        mark("TLP:AMBER OFFICIAL-SENSITIVE", Tlp.AMBER, classification="OFFICIAL")
    with pytest.raises(RiskGraphError, match="no label"):
        mark("TLP:ORANGE", Tlp.AMBER)


def test_a_bulletin_may_be_green_where_names_may_not() -> None:
    assert mark("TLP:AMBER", Tlp.AMBER, anonymous=True).tlp is Tlp.GREEN
    assert mark("TLP:CLEAR", Tlp.AMBER, anonymous=True).tlp is Tlp.CLEAR
    assert mark("TLP:AMBER+STRICT", Tlp.AMBER, anonymous=True).tlp is Tlp.AMBER_STRICT


def test_what_a_person_types_cannot_break_out_of_the_style_sheet() -> None:
    made = make(
        "seeds", "blast", ["essex"], ReportOptions(version='1"; } body { display: none } </style>', author="<b>x</b>")
    )
    html = made.files["report.html"].decode()
    assert html.count("</style>") == 1
    assert "<b>x</b>" not in html and "&lt;b&gt;x&lt;/b&gt;" in html
    style = html[html.index("<style>") : html.index("</style>")]
    assert "version 1  body  display: none  style" in style
    assert re.fullmatch(r"[\w.+-]+", made.name)


# -- the same bytes ---------------------------------------------------------------------------------


def test_the_same_question_gives_the_same_bytes(tmp_path: Path) -> None:
    """Another hash seed, time zone, language and folder, and rows in another order."""
    shuffled = replace(
        seeds(),
        relations=dict(reversed(list(seeds().relations.items()))),
        entities=dict(reversed(list(seeds().entities.items()))),
    )
    write(shuffled, tmp_path / "seeds")
    for file in ("entities.csv", "relations.csv", "evidence.csv"):
        path = tmp_path / "seeds" / file
        header, *rows = path.read_text("utf-8").splitlines()
        path.write_text("\n".join([header, *reversed(rows)]) + "\n", "utf-8")
    found = set()
    for number, (where, zone) in enumerate((("seeds", "UTC"), (str(tmp_path / "seeds"), "Pacific/Apia"))):
        target = tmp_path / f"{number}.zip"
        environment = {**os.environ, "PYTHONHASHSEED": str(number), "TZ": zone, "LC_ALL": "C", "COLUMNS": "40"}
        environment.pop("SOURCE_DATE_EPOCH", None)
        folder = tmp_path / f"folder{number}"
        folder.mkdir()
        command = [sys.executable, "-m", "riskgraph", "report", "blast", "rbkc shared it", "--zip", "--data", where]
        subprocess.run(
            [*command, "--output", str(target)], cwd=folder, env=environment, check=True, capture_output=True
        )
        found.add(target.read_bytes())
        assert list(folder.iterdir()) == []
    assert len(found) == 1


def test_the_clock_is_source_date_epoch_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1893456000")
    assert make("seeds", "blast", ["essex"]).name.startswith("2030-01-01_")
    assert make("seeds", "blast", ["essex"], ReportOptions(dated="2026-12-01")).name.startswith("2026-12-01_")
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert make("seeds", "blast", ["essex"]).name.startswith(f"{seeds().info.as_of}_")


def test_the_archive_holds_the_folder(tmp_path: Path) -> None:
    code, out, _ = run("report", "blast", "essex", "--zip", "--data", "seeds", "--output", str(tmp_path / "a.zip"))
    assert code == 0 and "TLP:CLEAR" in out
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert {name.partition("/")[0] for name in archive.namelist()} == {
            f"{seeds().info.as_of}_blast-essex_TLP-CLEAR_v1"
        }
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_an_overview_says_what_has_changed(tmp_path: Path) -> None:
    eks = "shared-service:east-kent-services"
    rows = {
        id_: row for id_, row in seeds().relations.items() if (row.dependent, row.provider) != ("authority:dover", eks)
    }
    write(replace(seeds(), relations=rows, info=replace(seeds().info, as_of="2026-06-30")), tmp_path / "old")
    made = make("seeds", "overview", (), ReportOptions(data="seeds", since=str(tmp_path / "old")))
    html = words(made.files["report.html"].decode())
    assert "Since the map of 30 June 2026" in html
    assert re.search(r"East Kent Services Dover nobody \d+ \d+", html)
    assert str(tmp_path) not in made.files["report.json"].decode()
    update_folder(tmp_path / "r", made.files)
    assert verify(tmp_path / "r", since=tmp_path / "old").equal
    with pytest.raises(RiskGraphError, match="compares with no earlier map"):
        make("seeds", "blast", ["essex"], ReportOptions(since=str(tmp_path / "old")))


# -- verify -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in KINDS if name not in {"redacted"}])
def test_a_report_can_be_made_again_from_what_it_says(name: str, tmp_path: Path) -> None:
    update_folder(tmp_path, bundle(name).files)
    verdict = verify(tmp_path)
    assert (verdict.differences, verdict.missing) == ((), ())
    assert len(verdict.files) == len(bundle(name).files) - 1


def test_verify_says_what_differs(tmp_path: Path) -> None:
    code, _, _ = run("report", "blast", "east kent services", "--data", "seeds", "--output", str(tmp_path))
    assert code == 0
    path = tmp_path / "report.json"
    assert run("verify", str(path))[0] == 0
    text = path.read_text("utf-8")
    path.write_text(text.replace('"figure": "3"', '"figure": "2"'), "utf-8")
    code, out, _ = run("verify", str(path))
    assert code == 1
    assert "numbers[0].figure is '2', and should be '3'" in out
    path.write_text(text, "utf-8")
    csv_file = tmp_path / "exposures.csv"
    csv_file.write_text(csv_file.read_text("utf-8").replace("Dover", "Deal"), "utf-8")
    code, out, _ = run("verify", str(tmp_path), "--format", "json")
    value = json.loads(out)
    assert (code, value["facts"]["equal"]) == (1, False)
    assert value["tables"]["differences"] == [{"difference": "exposures.csv is not the file that was made"}]
    csv_file.unlink()
    code, out, _ = run("verify", str(tmp_path))
    assert code == 0 and "1 not there: exposures.csv" in out


def test_verify_makes_a_report_with_withheld_names_again_from_the_same_list(tmp_path: Path) -> None:
    names, folder = tmp_path / "names.txt", tmp_path / "r"
    names.write_text("Thanet\n", encoding="utf-8")
    assert run("report", "blast", "civica", "--data", "seeds", "--redact", str(names), "--output", str(folder))[0] == 0
    code, _, error = run("verify", str(folder))
    assert code == 2 and "--redact FILE" in error
    assert run("verify", str(folder), "--redact", str(names))[0] == 0
    names.write_text("Dover\n", encoding="utf-8")
    assert run("verify", str(folder), "--redact", str(names))[0] == 1


def test_verify_says_that_the_data_have_changed(tmp_path: Path) -> None:
    rows = dict(seeds().relations)
    row = next(
        r
        for r in rows.values()
        if r.dependent == "authority:dover" and r.provider == "shared-service:east-kent-services"
    )
    update_folder(tmp_path / "r", make("seeds", "blast", ["east kent services"]).files)
    write(replace(seeds(), relations={id_: r for id_, r in rows.items() if id_ != row.id}), tmp_path / "new")
    code, out, _ = run("verify", str(tmp_path / "r"), "--data", str(tmp_path / "new"))
    assert code == 1
    assert "the data have changed since the report was made" in out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is no JSON"),
        ("[1]", "is no report"),
        ('{"schema": 1, "schema": 1}', "is no JSON"),
        ('{"schema": 1, "title": "x", "files": {}, "provenance": {"request": {}}}', "is no report"),
        ("[" * 100_000, "is no JSON"),
    ],
)
def test_verify_refuses_what_is_no_report(content: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text(content, "utf-8")
    code, _, error = run("verify", str(tmp_path))
    assert code == 2 and said in error
    assert run("verify", str(tmp_path / "nothing.json"))[0] == 4


def test_verify_reads_nothing_outside_the_folder(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("x", "utf-8")
    update_folder(tmp_path / "r", make("seeds", "blast", ["essex"]).files)
    path = tmp_path / "r" / "report.json"
    value = json.loads(path.read_text("utf-8"))
    value["files"]["../secret.txt"] = "0" * 64
    path.write_text(json.dumps(value), "utf-8")
    assert "../secret.txt" in verify(path).missing


# -- hostile names ----------------------------------------------------------------------------------

HOSTILE = (
    "<script>window.__pwned=1</script>",
    '"><img src=x onerror="window.__pwned=1">',
    "{{7*7}}{% raw %}",
    "=HYPERLINK(1)",
    "+cmd|' /C calc'!A0",
    "</style></title><b>bold</b>",
    "\u202egnp.exe\u202c",
    "CON",
    "../../etc/cron.d/x",
    "a" * 300,
)


def hostile() -> RiskGraph:
    bodies = list(seeds().entities)
    names = {id_: f"{HOSTILE[number % len(HOSTILE)]} {number}" for number, id_ in enumerate(bodies)}
    return RiskGraph(renamed(seeds(), names.get))


def test_hostile_names_are_text_in_every_file() -> None:
    graph = hostile()
    for kind, names in (
        ("blast", ["shared-service:east-kent-services"]),
        ("council", ["authority:thanet"]),
        ("overview", []),
    ):
        made = make(graph, kind, names)
        assert re.fullmatch(r"[\w.+-]{1,120}", made.name)
        for file, data in made.files.items():
            text = data.decode("utf-8-sig")
            if file.endswith(".html"):
                assert "<script>window" not in text and "<img" not in text and "<b>bold" not in text
                assert text.count("<script>") == 1
                assert "49" not in re.findall(r"<bdi>(\d+)</bdi>", text)
            if file.endswith(".csv"):
                for row in csv.reader(io.StringIO(text)):
                    assert not [cell for cell in row if csv_cell(cell) != cell]


def test_templates_hold_no_way_around_escaping() -> None:
    root = Path(__file__).parents[1]
    sources = [
        *(root / "reports").rglob("*.html"),
        *(root / "reports").rglob("*.j2"),
        *(root / "riskgraph" / "report").rglob("*.py"),
    ]
    assert sources
    for path in sources:
        text = path.read_text("utf-8")
        assert not re.search(r"\|\s*safe\b|Markup\(|autoescape false|from_string", text), path


# -- words and registry -----------------------------------------------------------------------------


def test_a_kind_needs_no_change_elsewhere(tmp_path: Path) -> None:
    @report_kind("again", "The same again.", metavar="THING...", examples=("riskgraph report again x",) * 3)
    def again(context: Context) -> Report:
        return replace(REGISTERED["blast"].build(context), kind="again")

    try:
        assert make("seeds", "again", ["essex"]).name.startswith(f"{seeds().info.as_of}_again-essex_")
        assert load("seeds").report("again", "essex", like="outage").question.like == "outage"
        assert "The same again." in run("report", "--help")[1]
        assert "THING..." in run("report", "again", "--help")[1]
        assert run("report", "again", "essex", "--data", "seeds", "--output", str(tmp_path))[0] == 0
        assert run("verify", str(tmp_path))[0] == 0
        assert "again" in run("report", "nothing")[2]
        with pytest.raises(RiskGraphError, match="There is no report 'nothing'") as told:
            make("seeds", "nothing")
        assert "again" in str(told.value)
        with pytest.raises(RiskGraphError, match="The report again needs a name"):
            make("seeds", "again")
    finally:
        del REGISTERED["again"]


# -- one question -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in KINDS if name not in {"bulletin", "redacted"}])
def test_a_report_says_its_question_and_the_address_that_asks_it(name: str) -> None:
    told = json.loads(page(name, "report.json"))
    address = told["question"].pop("address")
    assert told["schema"] == 2
    assert told["question"] == bundle(name).question.to_dict()
    assert Question.of_address(uk(), address).to_dict() == told["question"]


def test_a_report_with_withheld_names_tells_no_address() -> None:
    for name in ("bulletin", "redacted"):
        assert json.loads(page(name, "report.json"))["question"]["address"] == ""


def test_the_exposures_of_a_report_are_the_table_of_the_blast_radius() -> None:
    for words in (["civica"], ["capita", "--like", "data-theft"], ["capita", "--region", "South East"]):
        csv_text = run("blast", *words, "--data", "seeds", "--format", "csv")[1]
        out = run("report", "blast", *words, "--data", "seeds", "--format", "json")[1]
        told = json.loads(out)["tables"]["exposures"]
        rows = list(csv.DictReader(io.StringIO(csv_text.removeprefix("\ufeff"))))
        assert (
            rows and [{key: "" if value is None else str(value) for key, value in row.items()} for row in told] == rows
        )


def test_a_report_of_an_incident_or_a_scenario_is_asked_as_it_says_unless_something_else_is_asked() -> None:
    own = make("seeds", "replay", ["eks-civica-2024"])
    assert own.question.view.as_of.isoformat() == own.report.date == "2024-01-31"
    assert own.question.view.without == ("eks-civica-2024",)
    assert own.origin.command == "riskgraph report replay eks-civica-2024 --data seeds"
    now = make("seeds", "replay", ["eks-civica-2024"], ReportOptions(Asking(as_of="2026-11-22")))
    assert now.report.date == "2026-11-22" and "--as-of 2026-11-22" in now.origin.command
    scenario = make(uk(), "whatif", ["leave-east-kent-services"], ReportOptions(Asking(like="outage")))
    assert scenario.question.like == "outage" and "stopped" in scenario.report.numbers[0].note
    with pytest.raises(RiskGraphError, match="all that is known"):
        make(uk(), "whatif", ["leave-east-kent-services"], ReportOptions(Asking(known_before="2024-01-01")))


def test_what_a_report_would_not_obey_is_refused() -> None:
    with pytest.raises(RiskGraphError, match="one council, and no scope"):
        make("seeds", "council", ["thanet"], ReportOptions(Asking(regions=["Wales"])))
    with pytest.raises(RiskGraphError, match="possible or surer"):
        make("seeds", "blast", ["essex"], ReportOptions(Asking(band="likely")))
    with pytest.raises(RiskGraphError, match="lik"):
        make("seeds", "blast", ["essex"], ReportOptions({"lik": "outage"}))  # type: ignore[typeddict-unknown-key]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("blast civica --anonymous --region South_East --like outage --without eks-civica-2024", ""),
        ("blast civica capita/pensions --members FILE --kind outage --as-of 2026-01-01", ""),
        ("blast civica thanet --redact FILE --without eks-civica-2024", "--redact FILE --root civica --root thanet"),
        ("replay eks-civica-2024 --region South_East --kind exposure --known-before 2024-01-01", ""),
        ("concentration revenues-benefits --region South_East", ""),
        ("supplier civica/customer-digital --class district", ""),
    ],
)
def test_a_narrow_question_is_asked_again_as_it_was(words: str, names: str, tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("thanet\n", "utf-8")

    def given(text: str) -> list[str]:
        return text.replace("FILE", str(tmp_path / "names.txt")).replace("South_East", "South East").split("|")

    folder = str(tmp_path / "r")
    line = [*given(words.replace(" ", "|")), "--data", "seeds", "--output", folder]
    assert run("report", *line)[0] == 0
    assert run("verify", folder, *(given(names.replace(" ", "|")) if names else []))[:1] == (0,)
    asked = json.loads((tmp_path / "r" / "report.json").read_text("utf-8"))["question"]
    assert ("--region" in line) == (asked["regions"] == ["South East"])


OLD_REQUEST = {
    "data": "seeds", "kind": "blast", "names": ["supplier:civica"],
    "question": {"as_of": "2026-01-31", "kinds": ["outage", "exposure"], "without": ["eks-civica-2024"]},
    "selection": {"regions": ["South East"], "members": ["authority:dover", "authority:thanet"]},
    "tlp": None, "classification": None, "exempt": "", "permission": "", "anonymous": False, "redact": [],
    "dated": None, "version": "1", "author": "Kent WARP", "aware": None, "since": "",
}  # fmt: skip


def test_a_report_of_the_first_version_can_still_be_made_again(tmp_path: Path) -> None:
    asked = Asking(
        kinds=("outage", "exposure"), as_of="2026-01-31", without=["eks-civica-2024"], regions=["South East"],
        members=["dover", "thanet"],
    )  # fmt: skip
    made = make("seeds", "blast", ["civica"], ReportOptions(asked, author="Kent WARP"))
    old = json.loads(made.files["report.json"])
    del old["question"]
    old.update(schema=1, answer={"schema": 1, "authorities": {}}, tables={}, files={})
    old["provenance"]["request"] = OLD_REQUEST
    path = tmp_path / "report.json"
    path.write_text(json.dumps(old), "utf-8")
    assert verify(path).equal
    old["provenance"]["request"]["question"]["kinds"] = ["exit"]
    path.write_text(json.dumps(old), "utf-8")
    assert any(said.startswith("title is") for said in verify(path).differences)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["report", "blats", "civica"], "Did you mean blast?"),
        (["report", "council", "civica"], "civica"),
        (["report", "replay", "nothing"], "There is no incident"),
        (["report", "overview", "--class", "district", "--region", "Wales"], "No public body is within"),
        (["report", "council", "thanet", "--anonymous"], "--anonymous works with: blast"),
        (["report", "blast", "civica", "--tlp", "orange"], "no label"),
        (["report", "blast", "civica", "--dated", "soon"], "Write the date"),
    ],
)
def test_an_error_is_one_message_with_a_next_step(given: list[str], said: str) -> None:
    code, _, error = run(*given)
    assert code == 2 and said in error and "Traceback" not in error


@pytest.mark.parametrize("name", KINDS)
def test_the_words_are_the_users_words(name: str) -> None:
    text = words(page(name)) + page(name, "summary.txt")
    assert not re.search(r"\bnodes?\b|\bis compromised\b|\bare compromised\b|[<>~]\d", text)
    heads = re.findall(r"<h[23][^>]*>(.*?)</h[23]>", page(name))
    for head in map(words, heads):
        assert not re.search(r"\b[A-Z][a-z]+ [A-Z][a-z]+ [A-Z][a-z]+ [A-Z][a-z]+ [A-Z][a-z]+\b", head), head
    for date in re.findall(r"\b\d{4}-\d{2}-\d{2}\b", re.sub(r"riskgraph report.*", "", text)):
        pytest.fail(f"{date} is no date as people write it")
