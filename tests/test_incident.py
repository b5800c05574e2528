"""Recording an incident: whole or not at all, by whom and when, and the same again changes nothing."""

from __future__ import annotations

import csv
import json
import shlex
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small import write_small

from riskgraph import read
from riskgraph.analysis.incidents import incident_notes, note_of
from riskgraph.cli import main
from riskgraph.data.incident import Statement, record
from riskgraph.data.merge import merge
from riskgraph.render.incident_words import note_words
from riskgraph.report.redact import redact
from riskgraph.settle import View

START = ("--title", "Orbit reports an intrusion", "--origin", "Orbit", "--began", "2024-06-20")
CLAIM = ("--status", "Ashby: data exposed", "--said-by", "Orbit", "--said-at", "2024-06-20 14:30")


def run(folder: Path, *words: str, name: str = "orbit-2024") -> Result:
    command = ["data", "incident", name, "--data", str(folder), *words]
    return CliRunner().invoke(main, command, catch_exceptions=False)


def table(folder: Path, file: str) -> list[dict[str, str]]:
    with (folder / file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    return write_small(tmp_path)


def test_an_incident_is_recorded_and_the_next_question_named(ours: Path) -> None:
    before = {path.name: path.read_bytes() for path in ours.iterdir()}
    result = run(ours, *START, *CLAIM, "--source", "https://example.org/1")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"2 rows written to {ours}: orbit-2024 is recorded.\n")
    assert f"Try next: riskgraph blast orbit --data {ours}" in result.stdout
    assert "Not known yet, 3: when it became public (--public)" in result.stdout
    assert table(ours, "incidents.csv")[0]["origins"] == "supplier:orbit"
    row = table(ours, "incident_effects.csv")[0]
    assert (row["organisation"], row["said_by"], row["said_at"], row["confidence"]) == (
        "authority:ashby",
        "supplier:orbit",
        "2024-06-20 14:30",
        "reported",
    )
    assert {name: (ours / name).read_bytes() for name in before} == before
    assert read(ours).warnings == ()


def test_saying_the_same_again_changes_nothing(ours: Path) -> None:
    words = (*START, *CLAIM, "--aware", "Ashby: 2024-06-20 16:00")
    assert run(ours, *words).exit_code == 0
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in ours.iterdir()}
    again = run(ours, *words)
    assert " ".join(again.stdout.split()).startswith(f"0 rows changed in {ours}: orbit-2024 is recorded so already.")
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in ours.iterdir()} == before


def test_a_claim_and_a_finding_are_two_rows_and_news_replaces_only_its_own(ours: Path) -> None:
    run(ours, *START, *CLAIM)
    run(ours, "--status", "ASHBY: Data_Exposed", "--said-by", "Ashby", "--people", "40")
    run(ours, "--status", "Ashby: data exposed", "--said-by", "Ashby", "--people", "55", "--said-at", "2024-06-22")
    rows = table(ours, "incident_effects.csv")
    assert [(row["said_by"], row["confidence"], row["people_affected"]) for row in rows] == [
        ("supplier:orbit", "reported", ""),
        ("authority:ashby", "confirmed", "55"),
    ]


def test_what_is_not_given_stays(ours: Path) -> None:
    run(ours, *START)
    run(ours, "--public", "2024-06-21", "--impact", "Confidentiality", "--mechanism", "supplier compromise")
    incident = read(ours).incidents["orbit-2024"]
    assert (incident.title, incident.date_started, incident.date_disclosed) == (
        "Orbit reports an intrusion",
        "2024-06-20",
        "2024-06-21",
    )
    assert (incident.mechanism, incident.impact) == ("supplier-compromise", ("confidentiality",))


def test_the_main_source_is_the_first_and_a_later_status_keeps_it(ours: Path) -> None:
    run(ours, *START, *CLAIM, "--source", "https://example.org/1")
    run(ours, "--status", "Bexton: notified", "--said-by", "The Ashby Post", "--source", "https://example.org/2")
    incident = read(ours).incidents["orbit-2024"]
    assert (incident.source_url, incident.source_publisher) == ("https://example.org/1", "Orbit")
    assert read(ours).effects[-1].said_by == "The Ashby Post"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "has no title"),
        ((*START, "--status", "Ashby"), "is no status"),
        ((*START, "--status", "Ashbi: notified"), "Did you mean"),
        ((*START, "--status", "Ashby: exposed"), "not a word for status"),
        ((*START, "--aware", "Ashby"), "says no time"),
        ((*START, "--aware", "Ashby: 2024-06-20 16:00"), "Give its --status"),
        ((*START, "--public", "2024-01"), "became public (2024-01) before it began"),
        ((*START, "--mechanism", "magic"), "not a word for mechanism"),
        ((*START, "--status", "Ashbi: gone", "--impact", "money"), "3 things are not clear"),
    ],
)
def test_what_is_not_clear_is_said_at_once_and_nothing_is_written(
    ours: Path, words: tuple[str, ...], said: str
) -> None:
    before = sorted(path.name for path in ours.iterdir())
    result = run(ours, *words)
    assert result.exit_code == 2 and said in result.stderr and not result.stdout
    assert sorted(path.name for path in ours.iterdir()) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--began", "soon"), "Write it as 2026-11-25, 2026-11 or 2026."),
        (("--source", "nowhere"), "Begin it with https://"),
        (("--status", "Ashby: notified", "--said-at", "2024-06-20 25:00"), "by the local clock"),
        (("--status", "Ashby: notified", "--aware", "Ashby: 2024-13"), "by the local clock"),
        (("--summary", "a\u200bb"), "A hidden control character stands in summary."),
        (("--began", "soon", "--source", "nowhere", "--origin", "Orbitt"), "3 things are not clear"),
    ],
)
def test_cells_are_judged_as_in_a_file(ours: Path, words: tuple[str, ...], said: str) -> None:
    result = run(ours, "--title", "Orbit", *words)
    assert result.exit_code == 2 and said in result.stderr
    assert not (ours / "incidents.csv").exists()


def test_a_name_with_spaces_is_refused_with_the_way_out(ours: Path) -> None:
    result = run(ours, *START, name="orbit 2024")
    assert result.exit_code == 2 and "Leave out spaces" in result.stderr


def test_what_was_typed_loosely_is_read_back_without_a_warning(ours: Path) -> None:
    run(ours, "--title", "  Cafe\u0301 \n stopped ", "--origin", "Orbit ", "--status", " Ashby : data exposed ")
    again = read(ours)
    assert again.warnings == () and again.incidents["orbit-2024"].title == "Caf\u00e9 stopped"


@pytest.mark.parametrize("data", ["uk", "seeds", "one-sheet-register.csv"])
def test_a_shipped_map_is_never_changed_and_says_how_to_have_ones_own(data: str, tmp_path: Path) -> None:
    source = data if not data.endswith(".csv") else str(Path(__file__).parents[1] / "datasets/examples" / data)
    words = ["data", "incident", "x-2026", "--data", source, "--title", "X", "--origin", "civica"]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2 and "nothing was written" in result.stderr and "--to FOLDER" in result.stderr
    if data == "seeds":
        own = tmp_path / "ours"
        assert CliRunner().invoke(main, [*words, "--to", str(own)]).exit_code == 0
        assert "x-2026" in read(own).incidents and "x-2026" not in read("seeds").incidents
        again = CliRunner().invoke(main, [*words, "--to", str(own)])
        assert again.exit_code == 2 and "is there already" in again.stderr


def test_what_was_recorded_is_asked_like_any_other_incident(ours: Path) -> None:
    run(ours, *START, *CLAIM, "--status", "Bexton: named but unaffected")
    words = ["replay", "orbit-2024", "--data", str(ours)]
    said = CliRunner().invoke(main, words, catch_exceptions=False).stdout
    assert said.startswith("1 of 1 public body hit would have been named")
    assert "Named, though they were checked or said that they were not affected, 1: Bexton." in said


def test_the_next_question_supposes_what_is_recorded(ours: Path) -> None:
    assert "riskgraph blast orbit --like ransomware --data" in run(ours, *START, "--mechanism", "ransomware").stdout
    words = ("--title", "A folder left open", "--origin", "Orbit", "--mechanism", "supplier misconfiguration")
    said = run(ours, *words, "--status", "Ashby: data exposed", name="folder-2024").stdout
    assert "riskgraph blast orbit --like data-theft --data" in said
    for how, like in (("fire", "fire"), ("supplier-failure", "supplier-failure"), ("power-failure", "outage")):
        stopped = ("--title", "It stopped", "--origin", "Orbit", "--mechanism", how, "--impact", "availability")
        assert f"riskgraph blast orbit --like {like} --data" in run(ours, *stopped, name=f"{how}-2024").stdout


def test_json_holds_what_was_written(ours: Path) -> None:
    value = json.loads(run(ours, *START, *CLAIM, "--format", "json").stdout)
    assert (value["facts"]["rows"], value["facts"]["new"]) == (2, True)
    (effect,) = value["tables"]["effects"]
    assert (effect["said_by"], effect["new"]) == ("supplier:orbit", True)


def test_who_spoke_is_withheld_with_the_body_and_kept_in_a_merge() -> None:
    seeds = read("seeds")
    said = Statement("Civica", status=["Dover: data exposed"], said_by="Thanet", said_at="2026-11-20 14:30")
    data = record(seeds, "civica-2026", said).dataset
    hidden = redact(data, ["authority:thanet"], data.info.day)
    speakers = {effect.said_by for effect in hidden.dataset.effects if effect.said_by} - {"SEGWARP"}
    assert speakers == {hidden.ids["authority:thanet"]} and "thanet" not in str(hidden.dataset.effects)
    hidden = redact(data, ["authority:dover"], data.info.day)
    assert {(effect.said_by, effect.said_at) for effect in hidden.dataset.effects} == {(None, None)}
    merged, _ = merge([data, seeds], None)
    assert [effect.said_by for effect in merged.effects if effect.said_by not in {None, "SEGWARP"}] == [
        "authority:thanet"
    ]


def test_the_page_tells_the_suppliers_words_from_the_councils_as_the_program_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = (Path(__file__).parents[1] / "docs/incidents.md").read_text(encoding="utf-8")
    start = next(line for line in page.splitlines() if line.startswith("$ riskgraph data incident"))
    commands = [
        start.removeprefix("$ "),
        *page.partition("```sh\n")[2].partition("```")[0].replace("\\\n", " ").splitlines(),
    ]
    for command in commands:
        assert CliRunner().invoke(main, shlex.split(command)[1:], catch_exceptions=False).exit_code == 0
    shown = page.partition("```text\n")[2].partition("```")[0].splitlines()
    words = ["timeline", "quenby-2026", "--data", "our-map"]
    said = CliRunner().invoke(main, words, catch_exceptions=False).stdout
    assert sum(line.startswith("- ") for line in shown) == 4
    flat = " ".join(said.split())
    assert all(" ".join(line.split()) in flat for line in shown)


def test_who_could_see_it_and_how_it_stands_are_recorded_and_told(ours: Path) -> None:
    words = (
        "--state",
        "no lateral movement",
        "--audience",
        "Internal users with certain roles",
        "--subjects",
        "employees",
    )
    more = ("--service", "HR and payroll", "--people", "40", "--cost", "12000")
    said = " ".join(run(ours, *START, *CLAIM, *words, *more).stdout.split())
    assert "about 40 people (staff); in HR and payroll; seen by internal users with certain roles; contained" in said
    row = table(ours, "incident_effects.csv")[0]
    assert [row[name] for name in ("state", "audience", "subjects", "service_area")] == [
        "contained", "internal-roles", "staff", "hr-payroll",
    ]  # fmt: skip
    assert read(ours).incidents["orbit-2024"].cost_gbp == 12000 and read(ours).warnings == ()
    # what a later call does not say stays as it was
    run(ours, *CLAIM, "--state", "ruled out")
    row = table(ours, "incident_effects.csv")[0]
    assert (row["state"], row["audience"], row["people_affected"]) == ("ruled-out", "internal-roles", "40")
    for asked in (("timeline", "orbit-2024"), ("show", "Orbit"), ("replay", "orbit-2024")):
        assert "12,000" in CliRunner().invoke(main, [*asked, "--data", str(ours)], catch_exceptions=False).stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--state", "perhaps"), "'perhaps' is not a word for state here"),
        (("--audience", "aliens"), "'aliens' is not a word for audience here"),
        (("--subjects", "martians"), "'martians' is not a word for data subjects here"),
        (("--service", "wizardry"), "'wizardry' is not a word for service area here"),
    ],
)
def test_a_word_that_is_not_known_is_refused_with_those_that_are(ours: Path, words: tuple[str, str], said: str) -> None:
    before = sorted(path.name for path in ours.iterdir())
    result = run(ours, *START, *CLAIM, *words)
    assert result.exit_code == 2 and said in result.stderr
    assert sorted(path.name for path in ours.iterdir()) == before


def test_a_state_without_a_body_is_refused(ours: Path) -> None:
    assert "It is not said of whom" in run(ours, *START, "--state", "contained").stderr


def test_harm_that_was_ruled_out_is_no_hit_in_a_replay(ours: Path) -> None:
    run(ours, *START, *CLAIM, "--state", "ruled out")
    effect = read(ours).effects[0]
    assert not effect.hit
    plain = json.loads(
        CliRunner().invoke(main, ["replay", "orbit-2024", "--data", str(ours), "--format", "json"]).stdout
    )
    row = next(row for row in plain["tables"]["bodies"] if row["id"] == "authority:ashby")
    assert row["outcome"] == "cleared"


def test_nothing_of_a_withheld_body_says_whose_data_it_was(ours: Path) -> None:
    run(ours, *START, *CLAIM, "--audience", "public", "--subjects", "pupils", "--service", "housing")
    data = read(ours)
    hidden = redact(data, ["authority:ashby"], data.info.day).dataset.effects[0]
    assert (hidden.audience, hidden.subjects, hidden.service_area) == ((), (), ())


def test_incidents_of_a_root_are_told_and_none_that_a_view_leaves_out() -> None:
    seeds = read("seeds")

    def ids(root: str, view: View | None = None) -> list[str]:
        return [note.incident.incident_id for note in incident_notes(seeds, [root], view)]

    assert ids("supplier:capita/revenues-benefits") == ["capita-ransomware-2023"]
    assert ids("authority:westminster") == []  # it was struck; it did not begin there
    assert ids("authority:essex", View(date(2026, 11, 22), ("essex-insider-2012",))) == []
    assert ids("authority:essex", View(date(2011, 1, 1))) == []
    assert ids("authority:essex", View(date(2026, 11, 22), (), date(2012, 7, 31))) == []


@pytest.mark.parametrize(
    ("incident", "said"),
    [
        ("essex-insider-2012", "about 400 people (service users) in social care; seen by one insider; confirmed."),
        ("lancashire-oracle-fusion-2023", "data of staff in finance and HR and payroll"),
        ("lancashire-oracle-fusion-2023", "seen by internal users with certain roles; contained"),
        ("rbkc-shared-it-2025", "Ruled out: Hackney and Hammersmith and Fulham."),
        ("rbkc-shared-it-2025", "Contained (it went no further): Kensington and Chelsea and Westminster."),
        ("capita-ransomware-2023", "about 6,600,000 people (pupils among them)"),
        ("capita-ransomware-2023", "It cost £20,000,000, as published."),
        ("eks-civica-2024", "A precaution only: Dover and Thanet."),
        ("capita-aws-bucket-2023", "at least 7,442 people (residents) in revenues and benefits"),
    ],
)
def test_the_seed_stories_are_told_as_they_were_published(incident: str, said: str) -> None:
    seeds = read("seeds")
    assert said in note_words(seeds, note_of(seeds, seeds.incidents[incident]))
