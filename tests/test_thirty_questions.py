"""Thirty questions in the words that users type first: the first line answers, and what is suggested works."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from riskgraph.cli import main
from riskgraph.graph import RiskGraph

KENT = """Council,Our contact
Ashford Borough Council,duty desk
Canterbury City Council,duty desk
Dartford,duty desk
Dover DC,duty desk
Folkestone and Hythe,duty desk
Gravesham,duty desk
KCC,duty desk
Maidstone,duty desk
Medway,duty desk
Sevenoaks,duty desk
Swale,duty desk
Thanet,duty desk
Tonbridge and Malling,duty desk
Tunbridge Wells,duty desk
"""
REGISTER = (
    "Council,System,Supplier,Service area,Hosted by / where,Supplier access,Personal data,About how many people,"
    "How important,How long can we manage without it,Could we replace them?,Contract reference,Contract end,"
    "Notice period (days),Ended: data returned or destroyed?,Certificate and expiry,Owner phone,"
    "Supplier's security contact,Checked on,How sure\n"
)
ROWS = (
    "Dover,Larkfield Revenues,Larkfield Software,Revenues and benefits,supplier,holds our data,personal,62000,critical,"
    "24 hours,very hard,D/1,31/03/2028,180,,CE+ 2026-09-30,duty desk 01632 960001,soc@larkfield.example.org,12/10/2026,confirmed\n",
    "Dover,Larkfield Archive,Larkfield Software,Housing,supplier,holds our data,special category,9000,low,30 days,easily,"
    "D/9,31/03/2019,,not known,,,,12/10/2026,confirmed\n",
    "Dover,Ashmead Planning,Ashmead Systems,Planning,supplier,remote access,personal,,high,3 days,with difficulty,D/2,"
    "31/12/2027,90,,,planning desk,,12/10/2026,confirmed\n",
)
LATER = (
    "Thanet,Larkfield Revenues,Larkfield Software,Revenues and benefits,supplier,holds our data,personal,71000,critical,"
    "2 days,very hard,T/1,31/03/2029,180,,CE+ 2026-09-30,duty desk 01632 960002,,12/10/2026,confirmed\n"
)
INCIDENT = (
    'riskgraph data incident larkfield-2026 --data mine.csv --to ours --title "Larkfield reports an intrusion" '
    '--origin larkfield --began 2026-11-20 --status "Dover: data exposed" --said-by larkfield '
    '--said-at "2026-11-20 14:30" --aware "Dover: 2026-11-20 16:05"'
)
DATED = r" \([^()]*data of \d+ \w+ 20\d\d[^()]*\)"
OF_14 = r"\d+ of your 14 members"

# number of the question, as it is asked, what is typed, and the first line from its beginning
ASKED: list[tuple[int, str, str, str]] = [
    (1, "Civica's been hit. Which of us is it?", "riskgraph blast civica --members kent.csv", OF_14 + r" could possibly be reached if Civica were compromised, none of them surely" + DATED),
    (2, "Who do I ring, in what order?", "riskgraph calls larkfield --data mine.csv", r"\d+ calls: 1 of 1 council could be reached first if Larkfield Software were compromised: Dover" + DATED),
    (3, "We don't even buy from them. How are we connected?", 'riskgraph why medway "Amazon Web Services"', r"Medway could be reached through PlanX if Amazon Web Services were compromised: likely" + DATED),
    (4, "What have they got of ours, and is any of it sensitive?", "riskgraph held larkfield --data mine.csv", r"1 of 1 council has data with Larkfield Software.*" + DATED),
    (5, "What stops working, and who gets hurt first?", "riskgraph services larkfield --data mine.csv", r"1 service at 1 of 1 council could stop if Larkfield Software stopped" + DATED),
    (6, "When does our 72 hours run out?", "riskgraph timeline larkfield-2026 --data ours", r"72 hours end for Dover at 4:05pm on 23 November 2026" + DATED),
    (7, "Should we pull the plug on them, and what breaks if we do?", "riskgraph whatif cut thanet partnershipone", r"Thanet loses revenues and benefits and \d+ more services? and may leave PartnershipOne's reach" + DATED),
    (8, "What can I safely say right now?", "riskgraph brief larkfield-2026 --data ours", r"1 council is recorded as hit" + DATED),
    (9, "Have we still got data with them from the old contract?", "riskgraph held capita --members kent.csv", r"1 past customer of your 14 members may have left data with Capita" + DATED),
    (10, "Is it only us, or half the county? Can I tell the other WARPs?", "riskgraph blast civica --members kent.csv --anonymous", OF_14 + r" could possibly be reached if Civica were compromised, none of them surely" + DATED),
    (11, "If Civica were compromised tonight, who do I ring?", "riskgraph whatif lose civica --members kent.csv --save tonight.toml", OF_14 + r" could possibly be reached if Civica were compromised, none of them surely" + DATED),
    (12, "What's the worst single thing that could go wrong on our patch?", "riskgraph rank --members kent.csv", OF_14 + r" could be reached first if Kent Homechoice were compromised: the worst of [\d,]+ things that could fail" + DATED),
    (13, "Are our main supplier and our backup in the same place?", "riskgraph whatif same-place civica capita", r"Yes: if Microsoft fails, Civica and Capita could both be reached" + DATED),
    (14, "What does everyone secretly depend on, one step behind our suppliers?", "riskgraph rank --hidden", r"\d+ of \d+ public bodies could be reached first through [\w ]+ without any relation of their own with it(; \d+ more public bodies possibly)?: the worst of [\d,]+ things that could fail" + DATED),
    (15, "What if two go at once?", "riskgraph blast civica capita --members kent.csv", OF_14 + r" could possibly be reached if Civica and Capita were compromised together, none of them surely" + DATED),
    (16, "What if we leave the shared service?", "riskgraph whatif leave thanet EKS", r"Thanet loses HR and payroll and \d+ more services and may leave East Kent Services' reach" + DATED),
    (17, "What happens to all this when we become one council?", 'riskgraph whatif merge canterbury dover thanet --as "East Kent" --on 2028-04-01', r"Canterbury, Dover and Thanet become East Kent; \d+ service areas have more than one provider" + DATED),
    (18, "Which contracts in the worst blast radius end first?", "riskgraph contracts --region 'South East'", r"\d+ contracts with an end to come" + DATED + r", [\w ]+: [\w ]+ with [\w ().]+, (\d+ )?\w* ?20\d\d\."),
    (19, "What if we moved to somebody else?", 'riskgraph whatif switch dover partnershipone capita --area "revs and bens"', r"Dover falls less surely within PartnershipOne's reach and comes within Capita's reach" + DATED),
    (20, "Which other councils run the same system and could lend us a hand?", "riskgraph peers canterbury --root partnershipone", r"\d+ councils run the same as Canterbury, and PartnershipOne could not reach them" + DATED),
    (21, "How concentrated are we in revs and bens?", 'riskgraph concentration "revs and bens"', r"[\w ]+ serves \d+% of the \d+ councils whose revenues and benefits system is known(; f|\. F)or \d+ of \d+ it is not known\. Data of \d+ \w+ 20\d\d"),
    (22, "What if A buys B?", "riskgraph whatif buys capita civica", r"\d+ (councils( and \d+ other public bod\w+)?|public bodies) can no longer be ruled out if Capita or Civica fails" + DATED),
    (23, "Who are we most locked in to?", "riskgraph contracts --lock-in --data mine.csv", r"1 of 2 arrangements that somebody assessed is very hard to replace: Dover with Larkfield Revenues" + DATED),
    (24, "Whose certificate has lapsed, or did we never see one?", "riskgraph contracts --certificates --data mine.csv", r"1 of 2 suppliers have a certificate that has lapsed; of 1 none is on record" + DATED),
    (25, "What don't we know? Where is the map thin or stale?", "riskgraph data gaps --members kent.csv", r"\d+ blanks matter in \d+ rows in force \(of your 14 members; data of \d+ \w+ 20\d\d\)"),
    (26, "What has changed since last time?", "riskgraph data diff last.zip mine-now.csv", r"1 council newly exposed to Larkfield Software \(Thanet\) since 12 October 2026" + DATED),
    (27, "Prove it. Where did that come from?", 'riskgraph why medway "Amazon Web Services" --sources', r"Medway could be reached through PlanX if Amazon Web Services were compromised: likely" + DATED),
    (28, "How do we compare with councils like us?", "riskgraph peers thanet", r"\d of Thanet's \d+ known services lean on East Kent Services; median of \d+ districts: \d" + DATED),
    (29, "Can I have one page for the chief exec and audit committee?", 'riskgraph report blast "East Kent Services" --data seeds', r"\d+ of \d+ councils could be reached first if East Kent Services were compromised: Canterbury, Dover and Thanet" + DATED),
    (30, "Which one fix would help most of us?", 'riskgraph fixes "East Kent Services" --members kent.csv', r"No single change helps more than one of the \d+ councils that East Kent Services could reach \(of your 14 members; data of \d+ \w+ 20\d\d\)"),
]  # fmt: skip
KEPT = ("--members", "--region", "--like", "--data")


def run(line: str) -> Result:
    return CliRunner().invoke(main, shlex.split(line)[1:], catch_exceptions=False)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Result]]:
    """The answer to each of the questions, as the files of one desk have it; every map is read once."""
    desk = tmp_path_factory.mktemp("desk")
    (desk / "kent.csv").write_text(KENT, encoding="utf-8")
    (desk / "mine.csv").write_text(REGISTER + "".join(ROWS), encoding="utf-8")
    (desk / "mine-now.csv").write_text(REGISTER + "".join(ROWS) + LATER, encoding="utf-8")
    maps: dict[str, RiskGraph] = {}
    read = RiskGraph.open

    def kept(where: str | Path) -> RiskGraph:
        if str(where) not in maps:
            maps[str(where)] = read(where)
        return maps[str(where)]

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(desk)
        patch.setattr(RiskGraph, "open", kept)
        for line in (INCIDENT, "riskgraph data snapshot --data mine.csv --to last.zip"):
            assert run(line).exit_code == 0, line
        yield {line: run(line) for _, _, line, _ in ASKED}


def lead(result: Result) -> str:
    return " ".join(result.stdout.split())


@pytest.mark.parametrize(("line", "first"), [one[2:] for one in ASKED], ids=[f"{one[0]} {one[1]}" for one in ASKED])
def test_the_first_line_answers_what_was_asked(said: dict[str, Result], line: str, first: str) -> None:
    assert said[line].exit_code in {0, 1}, said[line].stderr
    assert re.match(first, lead(said[line])), lead(said[line])[:300]


def test_thirty_questions_are_asked_once_each_and_stand_on_the_page() -> None:
    assert [number for number, *_ in ASKED] == list(range(1, 31))
    page = (Path(__file__).parents[1] / "docs" / "questions.md").read_text(encoding="utf-8")
    assert [asked for _, asked, *_ in ASKED] == re.findall(r"^\*\*\d+\. (.*)\*\*$", page, re.MULTILINE)


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (
            1,
            "Only if its software were altered, 8 (Modern.gov 8): Canterbury, Dover, Gravesham, Maidstone and 4 more (last seen",
        ),
        (1, "through Modern.gov, 4: Ashford, Dartford, Folkestone and Hythe and Sevenoaks (last seen"),
        (1, "through Spydus, 2: Kent (county) and Medway (last seen"),
        (4, "Old contracts of present customers, 1: Dover (housing, until 31 March 2019). Ask each for proof"),
        (11, "Scenario written to tonight.toml."),
        (15, "| riskgraph data ask --root civica --root capita --members kent.csv |"),
        (15, "| riskgraph calls civica capita --members kent.csv"),
    ],
)
def test_what_stands_below_the_first_line_leaves_nobody_out(said: dict[str, Result], number: int, told: str) -> None:
    result = said[ASKED[number - 1][2]]
    assert told in lead(result) + result.stderr


@pytest.mark.parametrize(
    ("typed", "such"),
    [
        ("blast", "riskgraph blast civica"),
        ("why thanet", "riskgraph why thanet civica"),
        ("data diff", "riskgraph data"),
    ],
)
def test_who_leaves_a_name_out_is_shown_a_line_that_works(typed: str, such: str) -> None:
    result = run(f"riskgraph {typed}")
    assert result.exit_code == 2
    example = result.stderr.partition("Such as: ")[2].strip()
    assert example.startswith(such)
    assert run(example).exit_code == 0


def test_no_line_that_is_read_aloud_is_longer_than_120_characters(said: dict[str, Result]) -> None:
    for line, result in said.items():
        for words in result.stdout.splitlines():
            table = re.search(r"\S {2,}\S", words) or set(words) <= {"-", " "}
            if not words.startswith("Try next: ") and "http" not in words and not table:
                assert len(words) <= 120, (line, words)


def options(words: list[str]) -> set[str]:
    """The options that the command of a line takes."""
    command: click.Command | None = main
    while words and isinstance(command, click.Group):
        command = command.get_command(click.Context(command), words.pop(0))
    return {name for param in command.params for name in param.opts} if command is not None else set()


def test_what_is_suggested_works_as_printed_and_asks_of_the_same_scope_and_map(said: dict[str, Result]) -> None:
    suggested: dict[str, None] = {}
    for line, result in said.items():
        asked = shlex.split(line)
        for words in result.stdout.splitlines():
            for next_ in words.removeprefix("Try next: ").split("  |  ") if words.startswith("Try next: ") else ():
                suggested[next_] = None
                if next_.endswith(" --help"):
                    continue
                typed = shlex.split(next_)
                for option in KEPT:
                    if option in asked and option in options(typed[1:]) and option not in typed:
                        raise AssertionError(f"{line}\nloses {option} in: {next_}")
    assert len(suggested) > 30
    for next_ in suggested:
        result = run(next_)
        assert result.exit_code in {0, 1}, (next_, result.stderr)
