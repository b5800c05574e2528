"""An exercise as a person writes it down: what fails, when, what the players are told and what was believed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from riskgraph.data.files import nearest
from riskgraph.data.spelling import normalise
from riskgraph.errors import RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import PRESETS, FailureKind
from riskgraph.scenario.apply import apply
from riskgraph.scenario.files import read as read_scenario
from riskgraph.scenario.files import shipped_scenarios
from riskgraph.scenario.forms import FormKind, day_said, number_said, open_form, time_said
from riskgraph.scenario.model import Scenario
from riskgraph.scenario.strict import TomlSheet, find

__all__ = ["DAYS", "MARKINGS", "Inject", "Playbook", "StatedBelief", "read_playbook"]

DAYS = (1, 7, 90)
"""The days on which it is asked what was believed."""

MARKINGS = ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED")
INJECTS = ("first report", "supplier says", "council found", "press", "question")
_KEYS = (
    "title", "author", "notes", "marking", "date", "as_of", "roots", "kinds", "like", "incident", "players",
    "inject", "belief",
)  # fmt: skip
_FORM = FormKind(
    {
        "title": ("Title", "Name of the exercise", "Exercise"),
        "author": ("Author", "Written by"),
        "notes": ("Notes", "Comments"),
        "marking": ("Marking", "TLP", "Handling"),
        "date": ("Date", "Begins", "First report"),
        "as_of": ("As of", "Date of the map"),
        "roots": ("Roots", "What fails", "Supplier", "Who is hit"),
        "kinds": ("Kinds", "Failure kinds"),
        "like": ("Like", "What happens", "Sort of incident"),
        "incident": ("Incident",),
        "players": ("Players", "Who plays", "Members", "Councils"),
    },
    frozenset({"roots", "kinds", "players"}),
    {"date": day_said, "as_of": day_said, "like": lambda text: normalise(text).replace(" ", "-")},
    {
        "inject": FormKind(
            {
                "day": ("Day",),
                "time": ("Time",),
                "kind": ("Kind", "Sort"),
                "from": ("From", "Who says it"),
                "to": ("To", "To whom"),
                "text": ("Text", "What is said"),
                "expect": ("Expect", "What to look for"),
            },
            read={"day": number_said, "time": time_said, "kind": lambda text: text.lower()},
        ),
        "belief": FormKind(
            {
                "day": ("Day",),
                "says": ("Says", "Why", "What was believed"),
                "roots": ("Roots", "What fails"),
                "like": ("Like", "What happens"),
            },
            frozenset({"roots"}),
            {"day": number_said},
        ),
    },
)
_INJECT = ("day", "time", "kind", "from", "to", "text", "expect")
_BELIEF = ("day", "says", "roots", "like")


@dataclass(frozen=True, slots=True)
class Inject:
    """Something that the players are told at a time; `expect` is for the facilitator."""

    day: int
    time: str
    kind: str
    source: str
    to: str
    text: str
    expect: str = ""


@dataclass(frozen=True, slots=True)
class StatedBelief:
    """What a file says was believed on a day: what had failed, and why it was thought so."""

    day: int
    says: str
    roots: tuple[str, ...] = ()
    like: str = ""


@dataclass(frozen=True, slots=True)
class Playbook:
    """An exercise as it was written; what is left out is taken from the incident or made from the answer."""

    title: str
    author: str = ""
    notes: str = ""
    marking: str = "TLP:AMBER"
    date: str = ""
    as_of: str = ""
    roots: tuple[str, ...] = ()
    kinds: tuple[FailureKind, ...] = ()
    incident: str = ""
    players: tuple[str, ...] = ()
    injects: tuple[Inject, ...] = ()
    beliefs: tuple[StatedBelief, ...] = ()
    scenario: Scenario | None = None

    def changed(self, graph: RiskGraph) -> RiskGraph:
        """The map in which it is played: with the changes of a scenario, if it is one."""
        return graph if self.scenario is None else apply(graph, self.scenario).after


def read_playbook(graph: RiskGraph, where: str | Path) -> Playbook:
    """Read an exercise: a TOML file, a form filled in as a sheet, a shipped example, or a scenario of `riskgraph whatif`.

    Raises
    ------
    MissingFile
        If it is not there.
    DataError
        If anything in it is wrong; every problem is listed with its line.

    Examples
    --------
    >>> read_playbook(RiskGraph.open("seeds"), "bank-holiday").date
    '2026-12-24'
    """
    if not Path(where).is_file() and str(where) in shipped_scenarios():
        return _of_scenario(graph, read_scenario(where))
    path = find(where, "exercises", "exercise or incident")
    sheet = open_form(path, _FORM)
    if "change" in sheet.values:
        return _of_scenario(graph, read_scenario(path))
    sheet.only(_KEYS)
    kinds = _kinds(sheet)
    roots, incident = sheet.texts("roots"), sheet.text("incident")
    if not roots and not incident:
        sheet.problem("roots", "missing", "It does not say what fails.", 'Add roots = ["..."], or incident = "...".')
    for root in roots:
        _name(sheet, graph, "roots", root)
    if incident and incident not in graph.dataset.incidents:
        fix = nearest(incident, sorted(graph.dataset.incidents))
        sheet.problem("incident", "word", f"There is no incident {incident!r}.", fix)
    book = Playbook(
        sheet.text("title", needed=True),
        sheet.text("author"),
        sheet.text("notes", lines=True),
        sheet.word("marking", MARKINGS) or "TLP:AMBER",
        sheet.date("date") or "",
        sheet.date("as_of") or "",
        roots,
        kinds,
        incident,
        sheet.texts("players"),
        tuple(_inject(one) for one in _tables(sheet, "inject", _INJECT)),
        tuple(_belief(graph, one) for one in _tables(sheet, "belief", _BELIEF)),
    )
    for player in book.players:
        _name(sheet, graph, "players", player)
    sheet.done("nothing was written")
    return book


def _of_scenario(graph: RiskGraph, scenario: Scenario) -> Playbook:
    """A scenario of `whatif`, played in the map that it makes."""
    roots = scenario.roots or apply(graph, scenario).lost
    if not roots:
        raise RiskGraphError(
            f"Nothing fails in the scenario {scenario.title!r}.", 'Add roots = ["..."] to it, or use a change `lose`.'
        )
    return Playbook(
        scenario.title,
        scenario.author,
        scenario.notes,
        date=scenario.date,
        as_of=scenario.as_of,
        roots=roots,
        kinds=scenario.kinds or PRESETS[scenario.like or "compromise"],
        scenario=scenario,
    )


def _kinds(sheet: TomlSheet) -> tuple[FailureKind, ...]:
    kinds, like = sheet.kinds()
    if kinds or like in PRESETS:
        return kinds or PRESETS[like]
    return () if sheet.values.get("incident") else PRESETS["compromise"]


def _name(sheet: TomlSheet, graph: RiskGraph, key: str, name: str) -> None:
    try:
        graph.names.resolve(name)
    except RiskGraphError as error:
        sheet.problem(key, "name", error.message, error.fix)


def _tables(sheet: TomlSheet, key: str, known: tuple[str, ...]) -> list[TomlSheet]:
    tables = sheet.tables(key)
    for one in tables:
        one.only(known)
    return tables


def _day(table: TomlSheet) -> int:
    day = table.number("day", 0, 1000)
    if "day" not in table.values:
        table.problem(None, "missing", f"An entry has no day: {dict(table.values)}.", "Add day = 1.")
    elif day is not None and day != int(day):
        table.problem("day", "number", f"{day} is no whole day.", "Use time for the hour.")
    return int(day or 0)


def _needed(table: TomlSheet, key: str) -> str:
    value = table.text(key)
    if not value and isinstance(table.values.get(key, ""), str):
        table.problem(None, "missing", f"An entry has no {key}: {dict(table.values)}.", f'Add {key} = "...".')
    return value


def _inject(table: TomlSheet) -> Inject:
    time = table.text("time") or "09:00"
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", time):
        table.problem("time", "time", f"{time!r} is no time of day.", "Write it as 09:30.")
    kind = _needed(table, "kind")
    if kind and kind not in INJECTS:
        table.problem("kind", "word", f"{kind!r} is no kind of inject.", f"Use one of: {', '.join(INJECTS)}.")
    to = table.text("to") or "all"
    return Inject(
        _day(table), time, kind, _needed(table, "from"), to, _needed(table, "text"), table.text("expect", lines=True)
    )


def _belief(graph: RiskGraph, table: TomlSheet) -> StatedBelief:
    roots = table.texts("roots")
    for root in roots:
        _name(table, graph, "roots", root)
    like = table.word("like", list(PRESETS)) or ""
    return StatedBelief(_day(table), _needed(table, "says"), roots, like)
