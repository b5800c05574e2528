"""Asking politely: one question at a time, never more than the known limit, waiting when told to, and not for ever."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from riskgraph.errors import ServerError
from riskgraph.fetching.connection import Answered, Limits, NoAnswer, ask
from riskgraph.fetching.pages import NoticePage, page
from riskgraph.fetching.sources import Source

__all__ = ["TRIES", "Asker", "Clock", "NotTaken"]

TRIES = 6  # of one question: about ten minutes
_FIRST_WAIT, _LONGEST_WAIT = 10.0, 300.0
_NO_LONGER = 3600.0  # seconds: who asks for more is asked another night
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


class NotTaken(ServerError):
    """The service does not take the question itself: asking it again would not help."""


@dataclass(frozen=True)
class Clock:
    """The time, waiting, and the chance in it; tests have their own."""

    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    chance: random.Random = field(default_factory=random.Random)

    def today(self) -> date:
        """The day that has begun everywhere in the United Kingdom.

        Examples
        --------
        >>> Clock(now=lambda: 1796083200.0).today()
        datetime.date(2026, 12, 1)
        """
        return datetime.fromtimestamp(self.now(), UTC).date()


@dataclass
class Asker:
    """Whoever asks one source, and remembers when it did."""

    source: Source
    address: str
    clock: Clock
    asked: list[float]  # when, in this run and the one before
    limits: Limits = field(default_factory=Limits)
    say: Callable[[str], None] = lambda text: None

    def page(self, query: list[tuple[str, str]]) -> tuple[bytes, NoticePage]:
        """One page, as it came and as it reads.

        Raises
        ------
        ServerError
            If it did not come in a bounded number of tries, or asking again would not help.
        """
        url = f"{self.address}?{urlencode(query)}"
        wait, why = _FIRST_WAIT, ""
        for number in range(1, TRIES + 1):
            self._keep_to_the_limit()
            longer = 0.0
            try:
                answer = ask(url, self.limits)
                if answer.status == 200:
                    return answer.body, page(answer.body, self.source.next)
                why, longer = self._refused(answer)
            except NoAnswer as error:
                why = str(error)
            if number < TRIES:
                pause = longer or min(wait * self.clock.chance.uniform(1, 1.5), _LONGEST_WAIT)
                self.say(
                    f"{self.source.title}: {why}. Asking again in {pause:.0f} seconds ({number} of {TRIES} tries)."
                )
                self.clock.sleep(pause)
                wait *= 2
        raise ServerError(
            f"{self.source.title} gave no answer in {TRIES} tries: {why}.",
            "What came is kept. Run the same command again later: it goes on from there.",
        )

    def following(self, address: str) -> list[tuple[str, str]]:
        """The question that a page names for the next one; it is put to the same address, whatever the page says.

        Raises
        ------
        ValueError
            If it names none that can be put.
        """
        query = parse_qsl(urlsplit(address[:4000]).query, keep_blank_values=True, max_num_fields=50)
        urlencode(query)  # of half a character it cannot be made
        return query

    def _keep_to_the_limit(self) -> None:
        now = self.clock.now()
        recent = [when for when in self.asked if now - self.source.within < when <= now]
        if len(recent) >= self.source.most:
            pause = recent[-self.source.most] + self.source.within - now
            if pause > 0:
                self.clock.sleep(pause)
        self.asked[:] = [*recent, self.clock.now()][-self.source.most :]

    def _refused(self, answer: Answered) -> tuple[str, float]:
        """What a status means, and how long the service wants us to wait; 0 if it does not say."""
        status = answer.status
        if status not in _AGAIN and status not in self.source.waits:
            raise NotTaken(
                f"{self.source.title} answers with status {status}{_in_words(answer)}.",
                "What came is kept. If this goes on, the service has changed: a newer riskgraph may know how.",
            )
        wait = _told_to_wait(answer.headers.get("retry-after", ""), self.clock.now())
        if wait is not None and wait > _NO_LONGER:
            raise ServerError(
                f"{self.source.title} asks us to come back in {wait / 3600:.0f} hours.",
                "What came is kept. Run the same command again then: it goes on from there.",
            )
        return f"status {status}{_in_words(answer)}", wait or self.source.waits.get(status, 0.0)


def _in_words(answer: Answered) -> str:
    """What a plain answer says, in brackets."""
    text = " ".join(answer.body[:200].decode("utf-8", "replace").split())
    plain = text and not text.startswith(("<", "{", "[")) and text.isprintable()
    return f" ({text})" if plain else ""


def _told_to_wait(header: str, now: float) -> float | None:
    """Seconds of a Retry-After, which may be a number or a date; `None` if it says neither.

    Examples
    --------
    >>> _told_to_wait("120", 0.0), _told_to_wait("Thu, 01 Jan 1970 00:01:00 GMT", 0.0), _told_to_wait("soon", 0.0)
    (120.0, 60.0, None)
    """
    text = header.strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - now)
