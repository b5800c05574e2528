"""The pack of a tabletop exercise: sheets of Markdown, each with its marking at head and foot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from riskgraph.data.dataset import Dataset
from riskgraph.dates import in_words
from riskgraph.model import Band
from riskgraph.render import blast as blast_text
from riskgraph.render import calls as calls_text
from riskgraph.render import fixes as fixes_words
from riskgraph.render.blocks import Items, Text
from riskgraph.render.page import Page, as_text
from riskgraph.render.words import EFFECTS, area_label, band_phrase, join, plural, root_name, sentence, short_name
from riskgraph.scenario.exercise import Belief, Exercise
from riskgraph.scenario.playbook import MARKINGS, Inject

__all__ = ["page", "sheets"]

MOST_LISTED = 15  # bodies shown one by one
QUESTIONS = (
    "Which of us is it? One number, then a list.",
    "How are those connected? One sentence for each.",
    "Who do we ring, in what order?",
    "What stops working, and who is hurt first?",
    "Should we pull the plug, and what breaks if we do?",
    "What can we safely say right now, and what do we not know?",
    "When do the 72 hours run out, and for whom?",
    "Which one change would have helped most?",
)


def page(found: Exercise) -> Page:
    """What is in the pack, in a few lines."""
    last = max((one.day for one in found.injects), default=0)
    begins = f"beginning {in_words(found.when)}" if found.when else "on a day of your choice"
    injects = f"{plural(len(found.injects), 'inject')} over {plural(last + 1, 'day')}"
    told = tuple(f"day {one.day}, {one.time}, {one.kind} ({one.source}): {_short(one.text)}" for one in found.injects)
    believed = "; ".join(_believed(one) for one in found.beliefs)
    return Page(
        f"{injects}: {found.title} ({begins}; {_data(found)}).",
        (
            Items(told),
            Text(f"What was believed: {believed}."),
            Text("Write the sheets for players and facilitator: --output FOLDER"),
        ),
        marking=found.marking,
    )


def _short(said: str, most: int = 90) -> str:
    return said if len(said) <= most else said[:most].rsplit(" ", 1)[0] + " ..."


def _data(found: Exercise) -> str:
    return f"data of {in_words(found.graph.dataset.info.as_of)}"


def _believed(belief: Belief) -> str:
    when = "before" if belief.day == 0 else f"day {belief.day}"
    return f"{when} {plural(len(belief.bodies), 'public body', 'public bodies')}"


def sheets(found: Exercise) -> Mapping[str, str]:
    """File name to text of every sheet: `read-me.md`, `players.md`, `injects.md`, `facilitator.md`."""
    return {
        "read-me.md": _sheet(found, "Read me first", _read_me(found), found.marking),
        "players.md": _sheet(found, "Players", _players(found), found.marking),
        "injects.md": _sheet(found, "Injects, to hand out one at a time", _injects(found), found.marking),
        "facilitator.md": _sheet(
            found, "Facilitator: with the expected answers", _facilitator(found), _at_least(found.marking)
        ),
    }


def _at_least(marking: str) -> str:
    """The marking of the sheet that holds the call sheet, which is for the members alone."""
    return max(marking, "TLP:AMBER+STRICT", key=MARKINGS.index)


def _sheet(found: Exercise, what: str, lines: Sequence[str], marking: str) -> str:
    what_it_is = (
        "EXERCISE. It is built on an incident that happened; what is asked of you is not happening now."
        if found.incident is not None
        else "EXERCISE. It is invented; nothing in it has happened."
    )
    head = [f"**{marking}**", "", f"# {found.title}", "", f"## {what}", "", what_it_is, ""]
    foot = ["", "---", "", f"{marking} · {_data(found)} · made with riskgraph"]
    return "\n".join([*head, *lines, *foot]) + "\n"


def _read_me(found: Exercise) -> list[str]:
    lines = [
        "| sheet | for whom |",
        "|---|---|",
        "| `players.md` | everybody, at the start |",
        "| `injects.md` | the facilitator cuts it up and hands out one card at a time |",
        "| `facilitator.md` | the facilitator alone: it holds the answers |",
        "",
        "Ninety minutes are enough: ten for the rules, ten for each inject, twenty at the end for what to change. "
        "Play the injects in order; say the day and the time. After those of day 1, day 7 and day 90 ask what is "
        "believed now, and read out what the map says was believed.",
    ]
    if found.notes:
        lines += ["", found.notes]
    if found.author:
        lines += ["", f"Written by: {found.author}"]
    return lines


def _players(found: Exercise) -> list[str]:
    dataset = found.graph.dataset
    begins = "It begins now."
    if found.when:
        begins = f"It begins {'on' if found.begins else 'in'} {in_words(found.when)}."
    lines = [f"{begins} You will be told things as they become known. Not all of them are true.", ""]
    if found.players:
        lines += [f"At the table: {join(short_name(dataset, body) for body in found.players)}.", ""]
    lines += [
        "Four phrases, and what each means:",
        "",
        "- **could be reached**: there is a route in the map; nothing is known to have happened.",
        "- **may be affected**: a service of yours may stop or slow down.",
        "- **confirmed by the council**: the council itself has said so.",
        "- **supplier says**: a claim, until a council confirms it.",
        "",
        "### Questions to answer each time",
        "",
        "| | OpenQuestion | Our answer | How sure | Who does what by when |",
        "|---|---|---|---|---|",
    ]
    lines += [f"| {number} | {question} | | | |" for number, question in enumerate(QUESTIONS, 1)]
    lines += [
        "",
        "### What was believed",
        "",
        "| When | How many could be reached | Which | Why we think so |",
        "|---|---|---|---|",
    ]
    lines += [f"| {_when(found, one.day)} | | | |" for one in found.beliefs]
    return lines


def _when(found: Exercise, day: int) -> str:
    if found.begins is None:
        return "the evening before" if day == 0 else f"day {day}"
    on = in_words(found.begins + timedelta(days=day) if day else found.begins - timedelta(days=1))
    return f"the evening before ({on})" if day == 0 else f"day {day} ({on})"


def _card(found: Exercise, number: int, one: Inject) -> list[str]:
    on = f" ({in_words(found.begins + timedelta(days=one.day))})" if found.begins else ""
    phrase = {"supplier says": "Supplier says: ", "council found": "Confirmed by the council: "}.get(one.kind, "")
    to = "" if one.to == "all" else f", to {one.to}"
    return [
        f"### {number}. Day {one.day}{on}, {one.time}: {one.kind}",
        "",
        f"From {one.source}{to}.",
        "",
        f"> {phrase}{one.text}",
    ]


def _injects(found: Exercise) -> list[str]:
    lines: list[str] = []
    for number, one in enumerate(found.injects, 1):
        lines += [*_card(found, number, one), "", "- - -", ""]
    return lines[:-3]


def _facilitator(found: Exercise) -> list[str]:
    dataset = found.graph.dataset
    roots = join(root_name(dataset, root) for root in found.radius.roots)
    lines = [f"What fails: {roots} ({', '.join(found.radius.kinds)}), as of {in_words(found.radius.view.as_of)}.", ""]
    lines += ["## Injects with what to look for", ""]
    for number, one in enumerate(found.injects, 1):
        lines += _card(found, number, one)
        lines += ["", f"Look for: {one.expect}", ""] if one.expect else [""]
    lines += ["## What was believed", "", *_beliefs(found), ""]
    lines += ["## Expected answers", ""]
    lines += [f"### {QUESTIONS[0]}", "", *_fenced(as_text(blast_text.page(found.radius))), ""]
    lines += [f"### {QUESTIONS[1]}", "", *_routes(found), ""]
    lines += [f"### {QUESTIONS[2]}", "", *_fenced(as_text(calls_text.page(found.calls))), ""]
    lines += [f"### {QUESTIONS[3]}", "", *_services(found), ""]
    lines += [f"### {QUESTIONS[4]} {QUESTIONS[7]}", "", *_fenced(as_text(fixes_words.page(found.fixes))), ""]
    lines += [f"### {QUESTIONS[5]}", "", *_fenced(as_text(blast_text.anonymous(found.radius))), ""]
    lines += [
        f"### {QUESTIONS[6]}",
        "",
        "For each council from the moment at which it is aware of a breach of personal data, not from the first "
        "report. Ask each for that moment; a precautionary report is an answer too.",
    ]
    if found.effects:
        lines += ["", "## What was reported in the end", "", *_reported(found)]
    return lines


def _fenced(said: str) -> list[str]:
    return ["```text", *said.rstrip("\n").split("\n"), "```"]


def _beliefs(found: Exercise) -> list[str]:
    dataset = found.graph.dataset
    lines = [
        "| When | Because | Could be reached | Documented | Likely | Possible | Joined | Left |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in found.beliefs:
        counts = [len([reach for reach in one.radius.within(band) if reach.band is band]) for band in Band]
        lines.append(
            f"| {_when(found, one.day)} | {one.says} | {len(one.bodies)} | {counts[0]} | {counts[1]} | {counts[2]} | "
            f"{_few(dataset, one.joined)} | {_few(dataset, one.left)} |"
        )
    first = found.beliefs[0]
    names = _few(dataset, first.bodies) or "nobody"
    lines += ["", f"{_when(found, first.day)[0].upper()}{_when(found, first.day)[1:]}: {names}."]
    return lines


def _few(dataset: Dataset, bodies: Sequence[str]) -> str:
    return join((short_name(dataset, body) for body in bodies), 8)


def _routes(found: Exercise) -> list[str]:
    dataset = found.graph.dataset
    reaches = found.radius.within()
    lines = [
        f"- {sentence(dataset, reach.lead[1].proof)} ({band_phrase(reach.lead[1].band)}, {reach.lead[0]})"
        for reach in reaches[:MOST_LISTED]
    ]
    if len(reaches) > MOST_LISTED:
        lines.append(f"- ... and {len(reaches) - MOST_LISTED} more: `riskgraph blast --format table`.")
    return lines or ["- No route was found in this data."]


def _services(found: Exercise) -> list[str]:
    dataset = found.graph.dataset
    lines = []
    for reach in found.radius.within(Band.POSSIBLE)[:MOST_LISTED]:
        stops = [f"{area_label(area)} ({band_phrase(band)})" for area, band in reach.own(Band.POSSIBLE).items()]
        if stops:
            lines.append(f"- {short_name(dataset, reach.id)}: {join(stops)}")
    return lines or ["- No service is known to be touched."]


def _reported(found: Exercise) -> list[str]:
    dataset = found.graph.dataset
    expected = {reach.id for reach in found.radius.within()}
    began = {root.partition("/")[0] for root in found.radius.roots}
    lines = ["| Who | What was reported | Through | Expected by the map |", "|---|---|---|---|"]
    for one in found.effects:
        sure = "" if one.confidence == "confirmed" else f" ({one.confidence or 'not judged'})"
        in_map = "it began there" if one.organisation in began else "yes" if one.organisation in expected else "no"
        lines.append(
            f"| {short_name(dataset, one.organisation)} | {EFFECTS[one.effect]}{sure} | {one.via or 'not known'} | {in_map} |"
        )
    return [*lines, "", "Not reported is not the same as not affected."]
