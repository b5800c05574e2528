"""Words that people type: those that are no command lead to one, what is taken for a name is said, dates are read."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from small import write_small

from riskgraph.cli import COMMANDS, SECTIONS, main
from riskgraph.importers import import_file
from riskgraph.vocabulary import words


def run(*args: str) -> Result:
    return CliRunner().invoke(main, list(args), catch_exceptions=False)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ends", "contracts"),
        ("changed", "data diff"),
        ("find dover", "show dover"),
        ("hit civica", "blast civica"),
        ("who to ring civica", "calls civica"),
        ("phone 'East Kent Services'", 'calls "East Kent Services"'),
        ("impact civica --like outage", "blast civica --like outage"),
        ("affected", "blast"),
        ("worst", "rank"),
        ("hidden", "rank --hidden"),
        ("fourth parties", "rank --hidden"),
        ("fourth-parties", "rank --hidden"),
        ("who is affected by civica", "blast civica"),
        ("coverage", "list coverage"),
        ("letter civica", "data ask --letter --root civica"),
        ("questions", "data ask"),
        ("template", "data template"),
        ("data held thanet", "held thanet"),
        ("what stops if civica fails", "services civica"),
        ("contacts civica", "calls civica"),
        ("compare spring autumn", "data diff spring autumn"),
        ("affected if civica fails", "blast civica"),
        ("search rbkc", "show rbkc"),
        ("import a.csv", "data import a.csv"),
        ("map", "atlas"),
        ("version", "--version"),
        ("Outage civica", "blast --like outage civica"),
    ],
)
def test_a_word_that_is_no_command_prints_the_one_it_means(typed: str, meant: str) -> None:
    result = run(*shlex.split(typed))
    assert result.exit_code == 2
    assert result.stderr.rstrip().endswith(f"Use: riskgraph {meant}")


def test_every_command_that_a_word_leads_to_is_there() -> None:
    for said, meaning in words("command").items():
        assert said not in COMMANDS, f"{said} is a command: nobody is led from it"
        for one in meaning.split(", or riskgraph "):
            first, *rest = one.split()
            if first.startswith("--"):
                continue
            group = main.get_command(click.Context(main), first)
            assert group is not None, f"{said} leads to {one}"
            if isinstance(group, click.Group) and rest:
                group = group.get_command(click.Context(group), rest[0])
                assert group is not None, f"{said} leads to {one}"
            options = {name for param in group.params for name in param.opts}
            assert {word for word in rest if word.startswith("--")} <= options, f"{said} leads to {one}"


def test_help_is_answered_as_a_word_too() -> None:
    assert run("help").stdout == run("--help").stdout
    assert run("help", "blast").stdout == run("blast", "--help").stdout
    assert run("help", "data", "gaps").stdout == run("data", "gaps", "--help").stdout


def test_the_name_of_a_supplier_alone_leads_to_the_question() -> None:
    result = run("civica")
    assert result.exit_code == 2 and "riskgraph blast civica" in result.stderr


def test_what_officers_ask_stands_first_and_what_few_need_last() -> None:
    listed = run("--help").stdout
    assert listed.index("In the first hour:") < listed.index("Your own data:") < listed.index("Advanced:")
    assert listed.index("\n  blast ") < listed.index("\n  contracts ") < listed.index("\n  query ")
    for word in COMMANDS:
        assert listed.count(f"\n  {word} ") == 1
    assert {word for section in SECTIONS.values() for word in section} <= set(COMMANDS)
    blast = run("blast", "--help").stdout
    assert blast.index("--members") < blast.index("Advanced options:") < blast.index("--known-before")


@pytest.mark.parametrize("command", ["blast", "show", "calls"])
def test_what_is_taken_for_a_name_is_said_beside_the_answer(command: str) -> None:
    result = run(command, "strata")
    assert result.exit_code == 0
    assert result.stderr == "Taking Strata Service Solutions for 'strata'.\n"
    assert result.stdout == run(command, "shared-service:strata-service-solutions").stdout
    assert run(command, "shared-service:strata-service-solutions").stderr == ""


def test_what_is_taken_is_said_in_a_page_and_with_a_file(tmp_path: Path) -> None:
    result = run("blast", "EKS", "--data", "seeds", "--format", "html", "--output", str(tmp_path / "a.html"))
    assert "Taking East Kent Services for &#39;EKS&#39;." in (tmp_path / "a.html").read_text(encoding="utf-8")
    assert result.stderr.startswith("Taking East Kent Services for 'EKS'.\n")


def test_members_are_named_as_people_say_them_and_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text("KCC\nSaint Helens\nDover DC\n")
    result = run("rank", "--members", str(tmp_path / "m.csv"), "--format", "json")
    assert json.loads(result.stdout)["question"]["members"] == [
        "authority:dover",
        "authority:kent",
        "authority:st-helens",
    ]
    assert "Taking Kent County Council for 'KCC'." in result.stderr.splitlines()


def test_a_name_of_another_kind_is_told_as_one() -> None:
    result = run("report", "council", "capita")
    assert result.exit_code == 2
    assert "Capita (supplier:capita): is of kind supplier; here authority is meant" in result.stderr


def test_cells_of_a_file_are_understood_as_the_question_is(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "Council,System,Supplier,Service area,Start\n"
        "KCC,M365,Microsoft Ltd,IT,1st April 2023\n"
        "Saint Helens,Payroll,Midland HR,payroll,04/2021\n"
        "East Devon,Service desk,Strata Service Solutions Ltd,IT,Jan 2019\n"
        "Exeter,Hosting,AWS,hosting,2020/05/01\n"
        "Hackney LBC,ERP,Unit 4,finance,yesterday\n"
        "Camden,Bins,Whitespace,environment,\n"
    )
    data, report = import_file(tmp_path / "a.csv")
    assert {
        "authority:kent",
        "product:microsoft-365",
        "authority:st-helens",
        "supplier:mhr",
        "shared-service:strata-service-solutions",
        "supplier:amazon-web-services",
        "supplier:unit4",
    } <= data.entities.keys()
    assert {row.valid_from for row in data.relations.values() if row.dependent == "authority:kent"} == {"2023-04-01"}
    assert "council found by its initials" in report.guesses
    assert "service area that fits several, left blank" in report.guesses
    assert not report.unmatched_councils and not report.unmatched_suppliers


@pytest.mark.parametrize("said", ["01/01/2024", "1 January 2024", "1 Jan 2024"])
def test_a_date_in_any_form_gives_the_same_answer(said: str) -> None:
    def answer(day: str) -> str:
        return run(
            "blast", "civica", "--data", "seeds", "--known-before", day, "--as-of", day, "--format", "json"
        ).stdout

    assert answer(said) == answer("2024-01-01")


def test_a_day_that_moves_is_refused_with_a_form_that_works() -> None:
    result = run("blast", "civica", "--as-of", "yesterday")
    assert result.exit_code == 2
    assert "'yesterday' is another day tomorrow" in result.stderr and "25 November 2026" in result.stderr


def test_an_incident_is_dated_as_people_write(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    write_small(tmp_path / "own")
    result = run(
        *("data", "incident", "quay-2026", "--data", str(tmp_path / "own"), "--to", str(tmp_path / "new")),
        *("--title", "Quay is down", "--began", "20 Nov 2026", "--status", "Ashby: service disrupted"),
        *("--said-at", "20/11/2026 at 2.30pm", "--aware", "authority:ashby: 20 November 2026 15:05"),
    )
    assert result.exit_code == 0, result.stderr
    incident = (tmp_path / "new" / "incidents.csv").read_text(encoding="utf-8")
    effects = (tmp_path / "new" / "incident_effects.csv").read_text(encoding="utf-8")
    assert "2026-11-20" in incident
    assert "2026-11-20 14:30" in effects and "2026-11-20 15:05" in effects


def test_a_scenario_is_dated_as_people_write(tmp_path: Path) -> None:
    for name, day in (("a.toml", "2027-04-01"), ("b.toml", "1 April 2027")):
        (tmp_path / name).write_text(f'title = "T"\nas_of = "{day}"\n[[change]]\nverb = "lose"\nbodies = ["civica"]\n')
    one, two = (run("whatif", "run", str(tmp_path / name), "--data", "seeds") for name in ("a.toml", "b.toml"))
    assert one.exit_code == 0, one.stderr
    assert one.stdout.replace("a.toml", "b.toml") == two.stdout
