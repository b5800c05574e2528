"""The pack of a tabletop exercise: sheets to print, each with its marking at head and foot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from riskgraph.data.dataset import Dataset
from riskgraph.dates import in_words
from riskgraph.model import AUTHORITY, PRESETS, Band
from riskgraph.render import blast as blast_text
from riskgraph.render import calls as calls_text
from riskgraph.render import fixes as fixes_words
from riskgraph.render.blocks import Block, Cell, Items, Section, Table, Text, headings
from riskgraph.render.page import Page
from riskgraph.render.words import (
    EFFECTS,
    area_label,
    band_phrase,
    capital,
    join,
    plural,
    root_name,
    sentence,
    short_name,
)
from riskgraph.scenario.exercise import Belief, Exercise
from riskgraph.scenario.playbook import MARKINGS, Inject

__all__ = ["Sheet", "page", "sheets"]

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


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a pack: for whom it is, what it is, and its parts; cards are cut out."""

    title: str
    kicker: str
    notice: str
    marking: str
    sections: tuple[Section, ...]
    cards: bool = False


def page(found: Exercise, what: str = "") -> Page:
    """What is in the pack, in a few lines.

    Parameters
    ----------
    what
        The name of the exercise, to say how its sheets are written; empty: they are.
    """
    last = max((one.day for one in found.injects), default=0)
    begins = f"beginning {in_words(found.when)}" if found.when else "on a day of your choice"
    injects = f"{plural(len(found.injects), 'inject')} over {plural(last + 1, 'day')}"
    told = tuple(f"day {one.day}, {one.time}, {one.kind} ({one.source}): {_short(one.text)}" for one in found.injects)
    believed = "; ".join(_believed(one) for one in found.beliefs)
    dataset = found.graph.dataset
    own = [root for root in found.radius.roots if root in dataset.entities and dataset.entities[root].kind == AUTHORITY]
    besides = f" {join(short_name(dataset, root) for root in own)} itself is not counted." if own else ""
    return Page(
        f"{injects}: {found.title} ({begins}; {_data(found)}).",
        (Items(told), Text(f"What was believed: {believed}.{besides}")),
        (f"riskgraph exercise {_quoted(what)} --output pack",) if what else (),
        marking=found.marking,
    )


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word


def _short(said: str, most: int = 90) -> str:
    return said if len(said) <= most else said[:most].rsplit(" ", 1)[0] + " ..."


def _data(found: Exercise) -> str:
    return f"data of {in_words(found.graph.dataset.info.as_of)}"


def _believed(belief: Belief) -> str:
    when = "before" if belief.day == 0 else f"day {belief.day}"
    doubtful = len(belief.radius.doubtful)
    if not belief.bodies and doubtful:
        return f"{when} not known, {plural(doubtful, 'public body', 'public bodies')} not ruled out"
    return f"{when} {plural(len(belief.bodies), 'public body', 'public bodies')}"


def sheets(found: Exercise) -> Mapping[str, Sheet]:
    """Name to sheet: `read-me`, `players`, `injects` to cut up, and `facilitator` with the answers."""
    return {
        "read-me": _sheet(found, "Read me first", _read_me(found)),
        "players": _sheet(found, "Players", _players(found)),
        "injects": _sheet(found, "Injects, to hand out one at a time", _cards(found), cards=True),
        "facilitator": _sheet(
            found, "Facilitator: with the expected answers", _facilitator(found), _at_least(found.marking)
        ),
    }


def _at_least(marking: str) -> str:
    """The marking of the sheet that holds the call sheet, which is for the members alone."""
    return max(marking, "TLP:AMBER+STRICT", key=MARKINGS.index)


def _sheet(
    found: Exercise,
    what: str,
    sections: Sequence[tuple[str, tuple[Block, ...]]],
    marking: str = "",
    cards: bool = False,
) -> Sheet:
    notice = (
        "EXERCISE. It is built on an incident that happened; what is asked of you is not happening now."
        if found.incident is not None
        else "EXERCISE. It is invented; nothing in it has happened."
    )
    parts = tuple(Section(f"part-{number}", title, blocks) for number, (title, blocks) in enumerate(sections, 1))
    return Sheet(found.title, what, notice, marking or found.marking, parts, cards)


def _read_me(found: Exercise) -> list[tuple[str, tuple[Block, ...]]]:
    words = [
        "Ninety minutes are enough: ten for the rules, ten for each inject, twenty at the end for what to change. "
        "Play the injects in order; say the day and the time. After those of day 1, day 7 and day 90 ask what is "
        "believed now, and read out what the map says was believed."
    ]
    words += [found.notes] if found.notes else []
    words += [f"Written by: {found.author}"] if found.author else []
    rows = (
        ("players", "everybody, at the start"),
        ("injects", "the facilitator cuts it up and hands out one card at a time"),
        ("facilitator", "the facilitator alone: it holds the answers"),
    )
    table = Table("sheets", "The sheets", headings("sheet whom", whom="For whom"), rows)
    return [("How to run it", (table, *map(Text, words)))]


def _players(found: Exercise) -> list[tuple[str, tuple[Block, ...]]]:
    dataset = found.graph.dataset
    begins = "It begins now."
    if found.when:
        begins = f"It begins {'on' if found.begins else 'in'} {in_words(found.when)}."
    words = [f"{begins} You will be told things as they become known. Not all of them are true."]
    if found.players:
        words.append(f"At the table: {join(short_name(dataset, body) for body in found.players)}.")
    phrases = (
        "could be reached: there is a route in the map; nothing is known to have happened.",
        "may be affected: a service of yours may stop or slow down.",
        "confirmed by the council: the council itself has said so.",
        "supplier says: a claim, until a council confirms it.",
    )
    asked = headings(
        "number question answer sure who", number="number", question="Question", answer="Our answer",
        sure="How sure", who="Who does what by when",
    )  # fmt: skip
    believed = headings("when many which why", many="How many could be reached", why="Why we think so")
    questions = tuple((number, question, "", "", "") for number, question in enumerate(QUESTIONS, 1))
    return [
        ("What you need to know", (*map(Text, words), Text("Four phrases, and what each means:"), Items(phrases))),
        ("Questions to answer each time", (Table("questions", "Write your answers here", asked, questions),)),
        (
            "What we believed",
            (Table("beliefs", "Fill in a line on each of these days", believed, tuple((_when(found, one.day), "", "", "") for one in found.beliefs)),),
        ),
    ]  # fmt: skip


def _when(found: Exercise, day: int) -> str:
    if found.begins is None:
        return "the evening before" if day == 0 else f"day {day}"
    on = in_words(found.begins + timedelta(days=day) if day else found.begins - timedelta(days=1))
    return f"the evening before ({on})" if day == 0 else f"day {day} ({on})"


def _card(found: Exercise, one: Inject) -> tuple[str, tuple[Block, ...]]:
    on = f" ({in_words(found.begins + timedelta(days=one.day))})" if found.begins else ""
    phrase = {"supplier says": "Supplier says: ", "council found": "Confirmed by the council: "}.get(one.kind, "")
    to = "" if one.to == "all" else f", to {one.to}"
    said = Text(f"From {one.source}{to}."), Text(f"{phrase}{one.text}")
    return f"Day {one.day}{on}, {one.time}: {one.kind}", said


def _cards(found: Exercise) -> list[tuple[str, tuple[Block, ...]]]:
    return [_card(found, one) for one in found.injects]


def _facilitator(found: Exercise) -> list[tuple[str, tuple[Block, ...]]]:
    looked = tuple(
        (title, said.words, one.expect)
        for one, (title, (_, said)) in zip(found.injects, _cards(found), strict=True)
        if isinstance(said, Text)
    )
    injects = headings("when text expect", text="What is said", expect="What to look for")
    reported = [("What was reported in the end", _reported(found))] if found.effects else []
    aware = Text(
        "For each council from the moment at which it is aware of a breach of personal data, not from the first "
        "report. Ask each for that moment; a precautionary report is an answer too."
    )
    limited = "" if found.question.selection.members is None else "\nLimited to those who play: add --members FILE."
    return [
        ("What fails", (Text(_fails(found)), Text(f"Ask it yourself: {_command(found)}{limited}"))),
        ("Injects with what to look for", (Table("injects", "In order of time", injects, looked),)),
        ("What was believed", _beliefs(found)),
        (QUESTIONS[0], _answered(blast_text.page(found.radius))),
        (QUESTIONS[1], (Items(_routes(found)),)),
        (QUESTIONS[2], _answered(calls_text.page(found.calls))),
        (QUESTIONS[3], (Items(_services(found)),)),
        (f"{QUESTIONS[4]} {QUESTIONS[7]}", _answered(fixes_words.page(found.fixes))),
        (QUESTIONS[5], _answered(blast_text.anonymous(found.radius))),
        (QUESTIONS[6], (aware,)),
        *reported,
    ]


def _fails(found: Exercise) -> str:
    """What fails, how, when, and what counts: the question that all expected answers answer."""
    radius = found.radius
    roots = join(root_name(found.graph.dataset, root) for root in radius.roots)
    kinds = join(kind.effect for kind in radius.kinds)
    day, band = in_words(radius.view.as_of), band_phrase(radius.band)
    return f"{roots}: {kinds}. As of {day}, counting what is {band}{' or surer' if radius.band else ''}."


def _command(found: Exercise) -> str:
    """The same question as it is typed; that of a file's changed map needs --scenario besides."""
    question, names = found.question, found.graph.names
    like = next((one for one, kinds in PRESETS.items() if kinds == question.kinds), "")
    said = ["riskgraph blast", *map(names.handle, question.roots)]
    said += [f"--like {like}"] if like else [f"--kind {kind}" for kind in question.kinds]
    if question.view.as_of != found.graph.dataset.info.day:
        said.append(f"--as-of {question.view.as_of.isoformat()}")
    return " ".join(said)


def _answered(page: Page) -> tuple[Block, ...]:
    """The page of an answer as a part of a sheet."""
    return Text(page.lead), *page.blocks


def _beliefs(found: Exercise) -> tuple[Block, ...]:
    dataset = found.graph.dataset
    rows: list[tuple[Cell, ...]] = []
    for one in found.beliefs:
        counts = [len([reach for reach in one.radius.within(band) if reach.band is band]) for band in list(Band)[:3]]
        moved = _few(dataset, one.joined), _few(dataset, one.left)
        rows.append((capital(_when(found, one.day)), one.says, len(one.bodies), *counts, *moved))
    columns = headings(
        "when because reached documented likely possible joined left", number="reached documented likely possible",
        reached="Could be reached",
    )  # fmt: skip
    first = found.beliefs[0]
    names = f"{capital(_when(found, first.day))}: {_few(dataset, first.bodies) or 'nobody'}."
    return Table("believed", "What the map says was believed", columns, tuple(rows)), Text(names)


def _few(dataset: Dataset, bodies: Sequence[str]) -> str:
    return join((short_name(dataset, body) for body in bodies), 8)


def _routes(found: Exercise) -> tuple[str, ...]:
    dataset = found.graph.dataset
    reaches = found.radius.within(found.radius.band)
    lines = [
        f"{sentence(dataset, reach.lead[1].proof)} ({band_phrase(reach.lead[1].band)}, {reach.lead[0]})"
        for reach in reaches[:MOST_LISTED]
    ]
    if len(reaches) > MOST_LISTED:
        lines.append(f"... and {len(reaches) - MOST_LISTED} more: {_command(found)} --format table")
    return tuple(lines) or ("No route was found in this data.",)


def _services(found: Exercise) -> tuple[str, ...]:
    return tuple(_stops(found)) or ("No service is known to be touched.",)


def _stops(found: Exercise) -> Iterator[str]:
    band = found.radius.band
    for reach in found.radius.within(band)[:MOST_LISTED]:
        stops = [f"{area_label(area)} ({band_phrase(own)})" for area, own in reach.own(band).items()]
        if stops:
            yield f"{short_name(found.graph.dataset, reach.id)}: {join(stops)}"


def _reported(found: Exercise) -> tuple[Block, ...]:
    dataset, rows = found.graph.dataset, []
    expected = {reach.id for reach in found.radius.within(found.radius.band)}
    began = {root.partition("/")[0] for root in found.radius.roots}
    for one in found.effects:
        sure = "" if one.confidence == "confirmed" else f" ({one.confidence or 'not judged'})"
        in_map = "it began there" if one.organisation in began else "yes" if one.organisation in expected else "no"
        rows.append((short_name(dataset, one.organisation), f"{EFFECTS[one.effect]}{sure}", one.via, in_map))
    columns = headings("who reported through expected", reported="What was reported", expected="Expected by the map")
    table = Table("reported", "What was reported of each", columns, tuple(rows))
    return table, Text("Not reported is not the same as not affected.")
