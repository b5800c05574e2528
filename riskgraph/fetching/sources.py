"""Where notices come from: each service is a declaration, read from `datasets/importing/sources.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from riskgraph.assets import shipped
from riskgraph.dates import months_later
from riskgraph.errors import RiskGraphError

__all__ = ["NOTICE_SOURCES", "Source", "Window", "source"]

SHORTEST = timedelta(minutes=1)  # a window is not divided further


class Window(NamedTuple):
    """A stretch of time, both ends inside, and the sort of notice that is asked for in it."""

    start: datetime
    end: datetime
    sort: str = ""

    @property
    def key(self) -> str:
        """Its name in the spool.

        Examples
        --------
        >>> Window(datetime(2026, 11, 1), datetime(2026, 12, 1), "103").key
        '20261101T000000-20261201T000000-103'
        """
        return f"{self.start:%Y%m%dT%H%M%S}-{self.end:%Y%m%dT%H%M%S}{'-' if self.sort else ''}{self.sort}"

    @classmethod
    def of(cls, key: str) -> Window:
        """The window of a name in the spool.

        Examples
        --------
        >>> Window.of("20261101T000000-20261201T000000-103").end
        datetime.datetime(2026, 12, 1, 0, 0)
        """
        start, end, *sort = key.split("-")
        form = "%Y%m%dT%H%M%S"
        return cls(datetime.strptime(start, form), datetime.strptime(end, form), *sort)  # noqa: DTZ007 - local by nature

    def halves(self) -> tuple[Window, ...]:
        """Two windows that meet in the middle; none if it is as short as windows get."""
        if self.end - self.start <= SHORTEST:
            return ()
        middle = (self.start + (self.end - self.start) / 2).replace(microsecond=0)
        return self._replace(end=middle), self._replace(start=middle)


@dataclass(frozen=True, slots=True)
class Source:
    """One service that publishes notices: how it is asked, and what it limits."""

    name: str
    title: str
    address: str
    since: date  # it has nothing older
    monthly: bool
    starts: str  # parameters of a window
    ends: str
    moment: str
    most: int  # requests
    within: int  # seconds
    next: tuple[str, ...] = ()
    full: int = 0
    fixed: Mapping[str, str] = field(default_factory=dict)
    each: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    waits: Mapping[int, float] = field(default_factory=dict)

    def windows(self, first: date, last: date) -> Iterator[Window]:
        """The windows from one day to another, that day included.

        Examples
        --------
        >>> day = date(2026, 11, 30)
        >>> [window.key for window in source("find-a-tender").windows(day, day)]
        ['20261130T000000-20261201T000000']
        >>> len(list(source("public-contracts-scotland").windows(day, day)))
        8
        """
        day = max(first, self.since)
        day = day.replace(day=1) if self.monthly else day
        while day <= last:
            after = months_later(day, 1) if self.monthly else day + timedelta(days=1)
            for sort in [sort for values in self.each.values() for sort in values] or [""]:
                yield Window(datetime.combine(day, time()), datetime.combine(after, time()), sort)
            day = after

    def query(self, window: Window) -> list[tuple[str, str]]:
        """The parameters that ask for a window.

        Examples
        --------
        >>> source("sell2wales").query(Window(datetime(2026, 11, 1), datetime(2026, 12, 1), "53"))
        [('outputType', '0'), ('dateFrom', '11-2026'), ('noticeType', '53')]
        """
        asked = [*self.fixed.items(), (self.starts, window.start.strftime(self.moment))]
        if self.ends:
            asked.append((self.ends, window.end.strftime(self.moment)))
        return asked + [(name, window.sort) for name in self.each]


def _declared(name: str, said: Mapping[str, Any]) -> Source:
    return Source(
        name=name,
        title=said["title"],
        address=said["address"],
        since=date.fromisoformat(said["since"]),
        monthly=said["windows"] == "month",
        starts=said["from"],
        ends=said.get("to", ""),
        moment=said["moment"],
        most=said["most"],
        within=said["within"],
        next=tuple(said.get("next", ())),
        full=said.get("full", 0),
        fixed=said.get("fixed", {}),
        each={key: tuple(values) for key, values in said.get("each", {}).items()},
        waits={int(status): float(seconds) for status, seconds in said.get("waits", {}).items()},
    )


NOTICE_SOURCES = tuple(
    _declared(name, said)
    for name, said in tomllib.loads(shipped("importing", "sources.toml").read_text(encoding="utf-8")).items()
)


def source(name: str) -> Source:
    """A source by its name.

    Raises
    ------
    RiskGraphError
        If there is none of that name.

    Examples
    --------
    >>> source("sell2wales").title
    'Sell2Wales'
    """
    for known in NOTICE_SOURCES:
        if known.name == name:
            return known
    raise RiskGraphError(
        f"There is no source {name[:60]!r}.", f"Use one of: {', '.join(s.name for s in NOTICE_SOURCES)}."
    )


def mirror(address: str) -> str:
    """An address that stands in for that of a source, if riskgraph may ask there.

    Raises
    ------
    RiskGraphError
        If it is neither https nor this machine, or holds a password.

    Examples
    --------
    >>> mirror("https://mirror.example/notices"), mirror("http://127.0.0.1:8080/x")
    ('https://mirror.example/notices', 'http://127.0.0.1:8080/x')
    """
    try:
        parts = urlsplit(address)
        good = bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == "127.0.0.1")):
        raise RiskGraphError(f"{address[:80]!r} is no address to ask.", "Give one that begins with https://.")
    if parts.username is not None or parts.query or parts.fragment:
        raise RiskGraphError(
            "The address may hold no user, password or question.", "Give it as far as the question mark, and no user."
        )
    return address
