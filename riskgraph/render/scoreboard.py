"""The scoreboard of all replays in words: by what the map may know, by law or by row, and what the rest lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from riskgraph.analysis.scoreboard import Knowing, Lack, Scoreboard
from riskgraph.dates import in_words
from riskgraph.render.blocks import Items, Text
from riskgraph.render.page import Page, answer_table, paragraphs
from riskgraph.render.words import join, plural, short_name

__all__ = ["KNOWING", "LACKS", "scoreboard_page"]

KNOWING: Mapping[Knowing, str] = {
    Knowing.BEFORE: "knowing only what was published before",
    Knowing.ELSEWHERE: "knowing all but its own reporting",
    Knowing.ALL: "knowing its own reporting too",
}
# what the map lacks of a body that was hit, and the fact that would have named it
LACKS: Mapping[Lack, tuple[str, str]] = {
    Lack.DATE: ("on the map, but a source has no date", "the date of a source that the map has"),
    Lack.EARLIER: ("on the map, but no source is older than the incident", "an older source for what the map has"),
    Lack.OWN_PLACE: (
        "only its reporting names the place where it began",
        "that place, and who leans on it, from a source before",
    ),
    Lack.OWN_USERS: (
        "the place is known, and only its reporting tells who leans on it",
        "anybody who leans on that place, from a source before",
    ),
    Lack.OWN_ROW: (
        "others are known to lean on it, this body only from its reporting",
        "this body's relation, from a source before",
    ),
    Lack.OWN_VALUE: (
        "the relation is known, and only its reporting tells what data or access there is",
        "that value, from a source before",
    ),
    Lack.BLANK: ("joined, and a value that is not filled in decides", "what data, access or hosting there is"),
    Lack.RING: ("not reached, but expected to cut itself off", "nothing: it stands in the precaution ring"),
    Lack.RULE: (
        "it began at what serves a whole class, and no class rule covers the body on that day",
        "a rule of law for that class, with the day from which it holds",
    ),
    Lack.AREA: ("joined, but in another line of business", "the service area of the relation that was hit"),
    Lack.TIME: ("joined, but by a relation that had ended or not begun", "the true dates of that relation"),
    Lack.STOPPED: ("joined, and the rules let nothing pass", "how harm passed there"),
    Lack.ORIGIN: ("no row names the place where it began", "that place, and who leans on it"),
    Lack.NOBODY: ("the map names where it began, and nobody who leans on it", "who leans on that place"),
    Lack.BODY: ("others are known to lean on it, and this body is not", "this body's relation"),
}


def scoreboard_page(board: Scoreboard) -> Page:
    """The sums, what would have named the rest, and a line for each incident."""
    dataset = board.graph.dataset
    date = in_words(dataset.info.as_of)
    marking = f" {dataset.info.marking}" if dataset.info.marking else ""
    if not board.lines:
        return Page(f"0 hits on public bodies to score (data of {date}).{marking}", next=("riskgraph replay",))
    head = (
        f"{board.named(Knowing.BEFORE)} of {plural(board.hits, 'hit')} on public bodies would have been named, "
        f"{KNOWING[Knowing.BEFORE]}, in {plural(len(board.lines), 'incident')} (data of {date})."
    )
    more = (
        f"Named {board.named(Knowing.ELSEWHERE)} knowing all but each incident's own reporting, whenever it was "
        f"published; {board.named(Knowing.ALL)} knowing that too, which is no forecast."
    )
    lawful = board.by_law(Knowing.ELSEWHERE)
    rows = board.named(Knowing.ELSEWHERE) - lawful
    law = (
        f"Of the {lawful + rows}, {rows} by an observed row and {lawful} by a class rule alone (by law, not observed)."
    )
    items = tuple(
        f"{count}: {LACKS[lack][0]}. Needed: {LACKS[lack][1]}. {join(_names(board, lack), 5)}."
        for lack, count in board.lacks.items()
    )
    missed = f"What the other {len(board.missed)} lack, {KNOWING[Knowing.BEFORE]}:" if items else ""
    table = replace(answer_table(board), caption="By incident: hit, and of these named in each way of knowing")
    left = f"Not asked, for no place or no day is recorded: {join(board.not_asked, 5)}." if board.not_asked else ""
    return Page(
        f"{head}{marking}",
        (*paragraphs(more, law, missed), Items(items), *paragraphs(left), table, Text(_UNKNOWN)),
        (f"riskgraph replay {board.lines[0].incident}", "riskgraph replay --scoreboard --format csv"),
    )


_UNKNOWN = "Not known: who was hit and never said so; whoever is named besides is not reported, which is no finding."


def _names(board: Scoreboard, lack: Lack) -> list[str]:
    dataset = board.graph.dataset
    return [f"{short_name(dataset, one.body)} ({one.incident})" for one in board.missed if one.lack is lack]
