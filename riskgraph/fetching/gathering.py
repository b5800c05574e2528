"""Asking a source for what is new: window by window, page by page, each kept before the next is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NoReturn

from riskgraph.assets import shipped
from riskgraph.dates import in_words, moment
from riskgraph.errors import MissingFile, RiskGraphError, ServerError
from riskgraph.fetching.asking import Asker, Clock, NotTaken
from riskgraph.fetching.connection import Limits
from riskgraph.fetching.sources import NOTICE_SOURCES, Source, Window, mirror
from riskgraph.fetching.spool import SPOOL, Choice, KeptWindow, Spool, SpoolState

__all__ = ["FetchPlan", "Gathered", "Reporter", "gather", "named_sources", "planned"]

MOST_DIVISIONS = 60  # of one window: a service that is full after that does not look at the time it is asked for
MOST_PAGES = 500  # of one window: a cursor that goes on longer is taken to have no end
_UNASKED = 31  # days that are suggested where nobody asked before


@dataclass(frozen=True)
class Reporter:
    """Who is told how far it is, and what the service says."""

    tick: Callable[[int, int], None] = lambda done, total: None  # windows
    say: Callable[[str], None] = lambda text: None


@dataclass(frozen=True, slots=True)
class FetchPlan:
    """What a fetch would ask for."""

    source: Source
    first: date
    last: date
    windows: int

    @property
    def minutes(self) -> int:
        """The least time that it takes within the known limit, if each window is one page."""
        return (self.windows - 1) // self.source.most * self.source.within // 60


@dataclass(frozen=True)
class Gathered:
    """What came from a source in one run."""

    source: Source
    first: date
    last: date
    pages: int
    releases: int
    choice: Choice
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Everything, as JSON can hold it."""
        return {
            "source": self.source.name,
            "since": self.first.isoformat(),
            "until": self.last.isoformat(),
            "pages": self.pages,
            "notices": self.releases,
            "buyers": self.choice.buyers,
            "cpv": list(self.choice.cpv),
            "areas": list(self.choice.areas),
            "notes": list(self.notes),
        }


def named_sources(folder: Path) -> tuple[Source, ...]:
    """The sources from which a map was fetched before.

    Raises
    ------
    MissingFile
        If there are none.
    """
    found = tuple(one for one in NOTICE_SOURCES if (folder / SPOOL / one.name / "state.json").is_file())
    if not found:
        here = "is no folder" if not folder.is_dir() else "names no source yet"
        raise MissingFile(f"{folder} {here}.", f"Begin with: {_command(NOTICE_SOURCES[0], folder, Clock().today())}")
    return found


def planned(
    folder: Path, source: Source, clock: Clock, since: date | None = None, until: date | None = None
) -> FetchPlan:
    """What a fetch would ask for, without asking.

    Raises
    ------
    RiskGraphError
        If nobody asked this source for this map before and no day is given, or the days are in no order.
    """
    state = Spool(folder, source.name).state()
    last = until or clock.today()
    if last > clock.today():
        raise RiskGraphError(f"{last} is not over yet.", "Leave --until out to fetch as far as today.")
    began = state and _began(state, clock.today())
    if since is None and not began:
        raise RiskGraphError(
            f"{source.title} has not been asked for {folder} before; say from which day.",
            f"Such as: {_command(source, folder, last)}",
        )
    first = max(since or date.fromisoformat(began or ""), source.since)
    if first > last:
        raise RiskGraphError(f"{first} is after {last}: there is nothing to ask.", "Give an earlier --since.")
    return FetchPlan(source, first, last, sum(1 for _ in source.windows(first, last)))


def _began(state: SpoolState, today: date) -> str | None:
    """From which day it goes on; where a clock was wrong once, from the last day on which there was something."""
    began, day = state.since or state.through, today.isoformat()
    if began is None or began <= day:
        return began
    windows = {**state.taken, **state.windows}.items()
    days = (Window.of(key).start.date().isoformat() for key, kept in windows if any(one.releases for one in kept.pages))
    return max((one for one in days if one <= day), default=day)


def _command(source: Source, folder: Path, day: date) -> str:
    place = f'"{folder}"' if " " in str(folder) else folder
    return f"riskgraph data fetch {source.name} --to {place} --since {day - timedelta(days=_UNASKED)}"


def gather(
    folder: Path,
    source: Source,
    choice: Choice | None = None,
    since: date | None = None,
    until: date | None = None,
    address: str | None = None,
    clock: Clock | None = None,
    limits: Limits | None = None,
    reporter: Reporter | None = None,
) -> Gathered:
    """Ask a source for what is new, and keep it beside a map for `take_in`; the map is not touched.

    Parameters
    ----------
    folder
        The map. Nobody else may fetch for it meanwhile (`locked`).
    source
        Whom to ask.
    choice
        Whose notices and about what are taken in; if left out, as the last time.
    since, until
        The days; if left out, since the last run, with a day of overlap, and until today.
    address
        A mirror that is asked instead, from now on.

    Raises
    ------
    ServerError
        If the service does not answer. What came is kept, and does not count yet.
    RiskGraphError
        If the days or the address are none.
    """
    clock, reporter = clock or Clock(), reporter or Reporter()
    if folder.resolve().is_relative_to(shipped().resolve()):
        raise RiskGraphError(f"{folder} ships with riskgraph and is not written to.", "Name a folder of your own.")
    spool = Spool(folder, source.name)
    ahead = planned(folder, source, clock, since, until)
    state = spool.state() or SpoolState(source.name, source.address)
    state.address = mirror(address or state.address)
    state.choice = choice or state.choice
    first = min(ahead.first, date.fromisoformat(state.since or "9999-12-31"))
    notes: dict[str, None] = {}
    if state.through and state.through > clock.today().isoformat():
        notes[f"The clock stood at {state.through} or later once; what came is asked for again from {first} on."] = None
        state.through = None
    for key in [key for key, kept in state.windows.items() if kept.asked > clock.today().isoformat()]:
        del state.windows[key]
    if state.through and first > date.fromisoformat(state.through) + timedelta(days=1):
        notes[f"The days between {state.through} and {first} were not asked."] = None
    state.since, state.reached = first.isoformat(), None
    damaged = spool.damaged(state)
    for key in damaged:
        state.windows.pop(key, None)
    spool.keep(state)
    if state.address != source.address:
        reporter.say(f"{source.title}: {state.address} is asked in its place.")
    asker = Asker(source, state.address, clock, state.asked, limits or Limits(), reporter.say)
    run = _Run(spool, state, asker, notes)
    windows = list(dict.fromkeys([*map(Window.of, damaged), *source.windows(first, ahead.last)]))
    for count, window in enumerate(windows):
        reporter.tick(count, len(windows))
        run.divisions = 0
        run.take(window)
    kept = [page for window in state.windows.values() for page in window.pages]
    # today is not over: it is asked again tomorrow
    state.reached = min(ahead.last, clock.today() - timedelta(days=1)).isoformat()
    spool.keep(state)
    came = sum(page.releases for page in kept)
    return Gathered(source, first, ahead.last, len(kept), came, state.choice, tuple(notes))


@dataclass
class _Run:
    """One run over the windows of a source."""

    spool: Spool
    state: SpoolState
    asker: Asker
    notes: dict[str, None] = field(default_factory=dict)
    divisions: int = 0  # of the day or month that is asked for

    def take(self, window: Window) -> None:
        """Have every page of a window in the spool; nothing is asked that is there already.

        A window that came out full and does not say how it goes on, or goes on in a circle, is asked again in two halves.
        """
        there = self.state.windows.get(window.key)
        if there is not None and window.end > datetime.combine(date.fromisoformat(there.asked), time()):
            there = None  # it was not over then
        if there is not None and there.done:
            return
        if (there is not None and there.divided) or not self._ask(window, there):
            self.divisions += 1
            if self.divisions > MOST_DIVISIONS:
                self._give_up(window, "sends full or repeated pages for however short a time on")
            for half in window.halves():
                self.take(half)

    def _ask(self, window: Window, there: KeptWindow | None) -> bool:
        """Ask a window to its end, from where it was left; `False` if it has to be divided."""
        source, today = self.asker.source, self.asker.clock.today().isoformat()
        resumed = there is not None and there.next is not None
        kept = there if there is not None and resumed else KeptWindow(today)
        self.state.windows[window.key] = kept
        while True:
            query = kept.next or source.query(window)
            try:
                content, page = self.asker.page(query)
            except NotTaken:
                if not resumed:
                    raise
                resumed, kept.pages, kept.next = False, [], None  # the cursor is too old: from the start
                continue
            resumed = False
            again = hashlib.sha256(content).hexdigest() in {one.sha256 for one in kept.pages}
            if len(kept.pages) >= MOST_PAGES:
                self._give_up(window, f"still goes on after {MOST_PAGES} pages for")
            if page.not_utf8:
                self.notes["Some bytes are not UTF-8; they were read as Windows-1252."] = None
            if page.no_numbers:
                self.notes["Amounts that no number can hold, such as 1e9999, were left out."] = None
            kept.pages.append(
                self.spool.keep_page(window.key, self.state.run, len(kept.pages) + 1, content, len(page.releases))
            )
            try:
                kept.next, lost = self.asker.following(page.next) if page.next else None, False
            except ValueError:
                kept.next, lost = None, True
            full = again or lost or (kept.next is None and 0 < source.full <= len(page.releases))
            if full and window.halves():
                kept.next = None
                kept.pages, kept.divided = [], True
            elif again:
                self._give_up(window, "sends the same page again for")
            elif full:
                self.notes[f"{moment(window.start)}: a full page that does not go on; some may be missing."] = None
            kept.done = kept.next is None and not kept.divided
            self.spool.keep(self.state)
            if kept.next is None:
                return kept.done

    def _give_up(self, window: Window, what: str) -> NoReturn:
        """Stop at a window whose pages have no end; another night it is asked from its start."""
        del self.state.windows[window.key]
        self.spool.keep(self.state)
        raise ServerError(
            f"{self.asker.source.title} {what} {in_words(window.start.date())}: its pages do not end.",
            "All other days that came are kept. Try again tomorrow, or take the bulk file of the Open Contracting Data "
            "Registry.",
        )
