"""The command line as people use it: examples, formats, exit codes, the same bytes everywhere."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result
from small import FILES, write_small

from riskgraph.cli import main
from riskgraph.cli.options import Output

NEEDS_A_SERVER = frozenset({"neo4j", "query"})


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), catch_exceptions=False)


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for word in group.list_commands(context):
        command = group.get_command(context, word)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*path, word))
        else:
            yield (*path, word), command


COMMANDS = dict(commands(main))
EXAMPLES = sorted(
    {
        line.strip()
        for command in COMMANDS.values()
        for line in (command.epilog or "").splitlines()
        if line.strip().startswith("riskgraph ")
    }
)


# `data refresh` needs a map that was fetched before: tests/test_fetch.py runs it
@pytest.mark.parametrize(
    "example", [e for e in EXAMPLES if shlex.split(e)[1] not in NEEDS_A_SERVER and " data refresh " not in e]
)
def test_every_example_of_every_help_runs(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*shlex.split(example)[1:])
    assert result.exit_code in {0, 1}, result.stderr
    assert result.stdout.strip() or any(tmp_path.iterdir())


@pytest.mark.parametrize("path", sorted(COMMANDS), ids=" ".join)
def test_every_help_has_a_sentence_three_examples_and_the_exit_codes(path: tuple[str, ...]) -> None:
    result = run(*path, "--help")
    assert result.exit_code == 0
    text = result.stdout
    assert COMMANDS[path].help
    assert len(re.findall(r"^  +riskgraph ", text, re.MULTILINE)) >= 3
    assert "Exit codes:" in text


def test_the_answer_comes_first() -> None:
    first = run("blast", "civica").stdout.splitlines()[0]
    assert re.match(r"\d+ of 382 councils could be reached first if Civica were compromised; \d+ more possibly", first)
    assert "(data of 30 November 2026)" in first


def test_the_short_form_fits_a_message() -> None:
    for root in ("civica", "capita", "East Kent Services", "environment:rbkc-shared-it"):
        assert len(run("blast", root).stdout.splitlines()) <= 36, root


def test_an_empty_answer_is_an_answer() -> None:
    text = run("blast", "Essex County Council").stdout
    assert text.startswith("0 of 382 councils besides Essex (county) itself could be reached")
    assert "no route was found in this data" in " ".join(text.split())


def test_json_carries_the_documented_shape() -> None:
    value = json.loads(run("blast", "East Kent Services", "--format", "json").stdout)
    assert value["schema"] == 2
    outage = {"body": "authority:thanet", "kind": "outage", "band": "documented", "hops": 1}
    assert outage in value["tables"]["kinds"]


def test_csv_and_table_are_complete() -> None:
    rows = list(csv.DictReader(io.StringIO(run("blast", "civica", "--format", "csv").stdout)))
    value = json.loads(run("blast", "civica", "--format", "json").stdout)
    assert [row["id"] for row in rows] == [row["id"] for row in value["tables"]["councils"]]
    table = run("blast", "civica", "--format", "table").stdout
    assert len(table.splitlines()) == len(rows) + 2


def test_several_roots_say_what_they_share() -> None:
    text = run("blast", "civica", "capita").stdout
    assert "Each asked alone: " in text
    assert "by both" in text


def test_the_anonymous_form_names_no_public_body() -> None:
    text = run("blast", "East Kent Services", "--anonymous").stdout
    assert text.startswith("Fewer than 5 of 382 councils could be reached if a shared service were compromised")
    for name in ("Canterbury", "Dover", "Thanet", "East Kent"):
        assert name not in text


def test_the_anonymous_page_names_no_public_body_either() -> None:
    page = run("blast", "East Kent Services", "--anonymous", "--format", "html").stdout
    assert "Fewer than 5 of 382 councils could be reached if a shared service were compromised" in page
    for name in ("Canterbury", "Dover", "Thanet", "East Kent", "canterbury", "east-kent"):
        assert name not in page


@pytest.mark.parametrize("band", ["documented", "likely", "possible"])
def test_the_band_that_was_asked_is_the_band_of_every_format(band: str) -> None:
    words = ("blast", "capita", "--band", band)
    value = json.loads(run(*words, "--format", "json").stdout)
    listed = [row for row in value["tables"]["councils"] if row["standing"] in {"reached", "past customer"}]
    assert value["question"]["band"] == band
    assert len(listed) == value["facts"]["councils"] > 0
    first = " ".join(run(*words).stdout.split())
    found = re.match(r"(\d+) of 382 councils and (\d+) other public bodies could be reached first", first)
    more = re.search(r"; (\d+) more possibly", first.partition(" (data of ")[0])
    assert found is not None
    beside = sum(row["tier"] == "precaution" for row in listed)
    assert int(found[1]) + int(found[2]) + (int(more[1]) if more else 0) + beside == len(listed)
    assert {row["band"] for row in value["tables"]["counts"]} <= {row["band"] for row in value["tables"]["kinds"]}


def test_what_keeps_a_body_out_is_said_in_every_format() -> None:
    words = ("why", "--not", "hammersmith and fulham", "rbkc shared it", "--like", "outage", "--data", "seeds")
    value = json.loads(run(*words, "--format", "json").stdout)
    assert [row["barrier"] for row in value["tables"]["obstacles"]] == ["ended", "nothing passes"]
    assert value["facts"]["band"] is None and value["facts"]["connected"] is True
    assert len(list(csv.DictReader(io.StringIO(run(*words, "--format", "csv").stdout)))) == 2
    assert "It ended in" in run(*words, "--format", "html").stdout


def test_members_limit_the_answer(tmp_path: Path) -> None:
    members = tmp_path / "warp.csv"
    members.write_text("name\nThanet\nE07000108\nGloucester\n# a remark\n", encoding="utf-8")
    text = run("blast", "East Kent Services", "--members", str(members)).stdout
    assert text.startswith("2 of your 3 members could be reached first")
    members.write_text("Nowhereshire\n", encoding="utf-8")
    result = run("blast", "civica", "--members", str(members))
    assert result.exit_code == 2
    assert "Nobody on the list of members was found, of 1" in result.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["blast"], 2, "Missing argument"),
        (["blast", "civca"], 2, "Did you mean"),
        (["blast", "civica", "--area", "dragons"], 2, "No service area is called"),
        (["blast", "civica", "--as-of", "soon"], 2, "Write a date as"),
        (["blast", "civica", "--without", "nothing"], 2, "There is no incident"),
        (["blast", "civica", "--data", "nowhere"], 4, "There is no data set"),
        (["blast", "civica", "--data", "{broken}"], 3, "relations.csv, row 5"),
        (["blast", "civica", "--data", "x" * 300], 4, "File name too long"),
        (["blst", "civica"], 2, "Did you mean blast?"),
        (["who", "civica"], 2, "Use: riskgraph blast"),
        (["show", ""], 2, "The name is empty"),
        (["list", "dragon"], 2, "There is no kind"),
        (["blast", "civica", "--anonymous", "--format", "json"], 2, "text or html only"),
    ],
)
def test_exit_codes(words: list[str], code: int, said: str, tmp_path: Path) -> None:
    broken = write_small(tmp_path, relations_csv=FILES["relations.csv"] + "x,y\n")
    result = run(*[word.format(broken=broken) for word in words])
    assert result.exit_code == code
    assert said in result.stderr
    assert not result.stdout
    assert "Traceback" not in result.stderr


def test_a_strict_check_is_a_gate(tmp_path: Path) -> None:
    assert run("data", "check", "--strict").exit_code == 0
    doubtful = write_small(tmp_path, evidence_csv=FILES["evidence.csv"].replace("2021-05", "2025-05"))
    assert run("data", "check", "--data", str(doubtful)).exit_code == 0
    assert run("data", "check", "--strict", "--data", str(doubtful)).exit_code == 1


def test_output_goes_whole_to_a_file(tmp_path: Path) -> None:
    target = tmp_path / "answer.csv"
    result = run("blast", "East Kent Services", "--format", "csv", "--output", str(target))
    assert (result.exit_code, result.stdout) == (0, "")
    assert target.read_bytes().startswith(b"\xef\xbb\xbfid,name")
    assert run("blast", "civica", "--output", str(tmp_path / "no" / "x")).exit_code == 2
    assert Output("text", "-").path == "-"


def test_the_same_bytes_on_any_machine() -> None:
    def answer(**env: str) -> bytes:
        command = [sys.executable, "-m", "riskgraph", "blast", "civica", "capita", "--format", "json"]
        return subprocess.run(command, capture_output=True, check=True, env={**os.environ, **env}).stdout

    answers = {
        answer(PYTHONHASHSEED="0", TZ="Pacific/Apia", LC_ALL="C"),
        answer(PYTHONHASHSEED="1", TZ="Europe/London"),
        answer(PYTHONHASHSEED="2", PYTHONUTF8="1"),
    }
    assert len(answers) == 1


def test_a_reader_that_stops_early_is_no_error() -> None:
    command = f'"{sys.executable}" -m riskgraph blast civica --format table | head -1'
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)  # noqa: S602
    assert (done.returncode, done.stderr) == (0, "")


ASKED = [
    ["blast", "civica"],
    ["blast", "civica", "--scenario", "leave-east-kent-services"],
    ["blast", "capita", "--like", "insolvency", "--band", "documented"],
    ["why", "thanet", "civica"],
    ["why", "--not", "essex", "civica"],
    ["show", "thanet"],
    ["rank"],
    ["rank", "--hidden"],
    ["rank", "--together", "2"],
    ["chokepoints", "civica"],
    ["chokepoints", "thanet", "--area", "revenues-benefits"],
    ["common", "capita", "civica"],
    ["chance", "civica", "--worlds", "100"],
    ["fixes", "civica"],
    ["concentration"],
    ["concentration", "--merger", "civica", "--merger", "capita"],
    ["whatif", "run", "leave-east-kent-services"],
    ["timeline", "eks-civica-2024"],
    ["replay", "eks-civica-2024"],
    ["data", "gaps"],
    ["data", "ask", "--root", "civica"],
]
SHEET = [
    ["blast", "quenby software"],
    ["show", "marlshire county council"],
    ["peers", "saltmere", "--root", "quenby software"],
    ["concentration", "housing"],
    ["contracts"],
    ["contracts", "--lock-in"],
    ["calls", "quenby software"],
    ["data", "gaps"],
    ["rank"],
]


@pytest.mark.parametrize(
    "words",
    [
        *((*words, "--data", "seeds") for words in ASKED),
        *((*words, "--data", "one-sheet-register.csv") for words in SHEET),
    ],
    ids=" ".join,
)
def test_what_is_to_be_tried_next_is_asked_of_the_same_map(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # some suggestions write
    result = run(*words)
    assert result.exit_code in {0, 1}, result.stderr
    tries = [line for line in result.stdout.splitlines() if line.startswith("Try next: ")]
    for said in [part for line in tries for part in line.removeprefix("Try next: ").split("  |  ")]:
        if "FILE" in said or said.endswith("--help"):
            continue
        assert f"--data {words[-1]}" in said
        supposed = "--scenario" in words or words[:2] == ("whatif", "run")
        assert supposed == ("--scenario leave-east-kent-services" in said)
        again = run(*shlex.split(said)[1:])
        assert again.exit_code in {0, 1}, (said, again.stderr)


def test_what_is_to_be_tried_next_is_asked_of_the_same_people_about_the_same_failure(tmp_path: Path) -> None:
    (tmp_path / "warp.csv").write_text("Thanet\nDover\n")
    scope = ["--members", str(tmp_path / "warp.csv"), "--region", "South East", "--like", "outage", "--data", "seeds"]
    for words in (["blast", "east kent services"], ["whatif", "lose", "east kent services"]):
        said = next(line for line in run(*words, *scope).stdout.splitlines() if line.startswith("Try next: "))
        calls = next(part for part in said.split("  |  ") if "riskgraph calls" in part)
        assert all(option in calls for option in (scope[1], '--region "South East"', "--like outage", "--data seeds"))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is a thing of Linux")
def test_a_full_disk_is_one_message() -> None:
    command = f'"{sys.executable}" -m riskgraph blast civica --data seeds > /dev/full'
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)  # noqa: S602
    assert done.returncode == 4
    assert done.stderr == "Error: No space left on device.\nCheck the path, your rights and the disk.\n"


def test_names_complete() -> None:
    completer = ShellComplete(main, {}, "riskgraph", "_RISKGRAPH_COMPLETE")
    found = [item.value for item in completer.get_completions(["blast"], "east-kent")]
    assert found == ["east-kent-audit-partnership", "east-kent-hr-and-payroll-partnership", "east-kent-services"]
    assert completer.get_completions(["blast", "--data", "nowhere"], "x") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_completion_for_every_shell(shell: str) -> None:
    env = {**os.environ, "_RISKGRAPH_COMPLETE": f"{shell}_source"}
    code = "import sys; sys.argv = ['riskgraph']; from riskgraph.cli import main; main(prog_name='riskgraph')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=env)
    if shell == "bash" and "bash" in done.stderr.lower():
        pytest.skip("the bash here is too old for completion")
    assert "riskgraph" in done.stdout
