"""Dates as people know them: a day, a month or a year.

A partial date means its first day where it is a start and its last day where it is an end. What people type is
read as they write here, the day before the month; files of the map hold YYYY-MM-DD, YYYY-MM or YYYY.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, timedelta
from functools import lru_cache

from riskgraph.vocabulary import patterns, words

__all__ = [
    "DATE",
    "as_last",
    "as_month_first",
    "as_written",
    "first_day",
    "fixed_date",
    "fixed_moment",
    "in_words",
    "last_day",
    "moment",
    "months_later",
    "parse_day",
    "parse_moment",
    "published_by",
    "years_between",
]

DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_MANY = 65_536  # dates that are remembered: more than the days that one file speaks of
_MOVES = re.compile(r"(?:to|yester)day|tomorrow|now|(?:last|this|next) .*|.* ago", re.IGNORECASE)
_CLOCK = re.compile(r"(.*?\S),?\s+(?:at\s+)?(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?", re.IGNORECASE)


@lru_cache(maxsize=_MANY)
def first_day(text: str) -> date:
    """First day that a date may mean.

    Raises
    ------
    ValueError
        If it is no date of the form YYYY, YYYY-MM or YYYY-MM-DD.

    Examples
    --------
    >>> first_day("2017-04")
    datetime.date(2017, 4, 1)
    """
    year, month, day = _parts(text)
    return date(year, month or 1, day or 1)


@lru_cache(maxsize=_MANY)
def last_day(text: str) -> date:
    """Last day that a date may mean.

    Raises
    ------
    ValueError
        If it is no date of the form YYYY, YYYY-MM or YYYY-MM-DD.

    Examples
    --------
    >>> last_day("2017"), last_day("2024-02")
    (datetime.date(2017, 12, 31), datetime.date(2024, 2, 29))
    """
    year, month, day = _parts(text)
    month = month or 12
    return date(year, month, day or calendar.monthrange(year, month)[1])


def published_by(text: str, day: date) -> bool:
    """Whether something dated so is sure to have been published by a day.

    A month is taken to last until its 31st, so that "2024-06" is not yet sure to be known on 30 June:
    in a replay, doubt leaves evidence out (docs/decisions/0006).

    Examples
    --------
    >>> published_by("2024-05", date(2024, 5, 31)), published_by("2024-06", date(2024, 6, 30))
    (True, False)
    """
    return as_last(text) <= day.isoformat()


def as_last(text: str) -> str:
    """The last day that a date may mean, as text to compare with others: a month lasts until its 31st (model rule 35).

    Examples
    --------
    >>> as_last("2024-02"), as_last("2024")
    ('2024-02-31', '2024-12-31')
    """
    return text + {4: "-12-31", 7: "-31"}.get(len(text), "")


@lru_cache(maxsize=_MANY)
def as_written(text: str) -> str | None:
    """A date as people write it, as YYYY-MM-DD, YYYY-MM or YYYY; `None` if it is none that is sure.

    Days come before months; `12/31/2025` is refused rather than read the other way.

    Examples
    --------
    >>> [as_written(t) for t in ("01/02/2024", "1 Jan 2024", "Monday 1st January 2024", "Sept 2024", "01/2024")]
    ['2024-02-01', '2024-01-01', '2024-01-01', '2024-09', '2024-01']
    >>> [as_written(t) for t in ("12/31/2025", "31 February 2024", "soon", "yesterday")]
    [None, None, None, None]
    """
    text = " ".join(text.split())
    for form, _ in patterns("date"):
        if match := form.fullmatch(text):
            return _read(match.groupdict())
    return None


@lru_cache(maxsize=4096)
def as_month_first(text: str) -> str | None:
    """A date in numbers whose month stands first, as other countries write it; `None` for any other.

    Examples
    --------
    >>> [as_month_first(t) for t in ("12/31/2025", "4/3/26 12:00:00 AM", "31/12/2025", "2025-12-31")]
    ['2025-12-31', '2026-04-03', None, None]
    """
    text = " ".join(text.split())
    matches = (form.fullmatch(text) for form, _ in patterns("date: the month first"))
    return next((_read(match.groupdict()) for match in matches if match), None)


def _read(parts: dict[str, str]) -> str | None:
    year = int(parts["year"])
    if len(parts["year"]) == 2:
        year += 2000 if year < 70 else 1900
    if "month" not in parts:
        return str(year)
    word = parts["month"].lower()
    month = int(word) if word.isdigit() else _month(word)
    try:
        day = date(year, month, int(parts.get("day", 1)))
    except ValueError:
        return None
    if not 1900 <= year <= 2200:
        return None
    return day.isoformat() if "day" in parts else f"{year}-{month:02d}"


def _month(word: str) -> int:
    """The number of a month by its name or the beginning of it; 0 if there is none."""
    return next((int(number) for name, number in words("month").items() if name.startswith(word)), 0)


def fixed_date(text: str) -> str:
    """What somebody typed as a date, as YYYY-MM-DD, YYYY-MM or YYYY.

    Raises
    ------
    ValueError
        If it is no date, or one that moves: the same question has the same answer on every day.

    Examples
    --------
    >>> fixed_date("1 January 2024"), fixed_date("2024-01")
    ('2024-01-01', '2024-01')
    >>> fixed_date("yesterday")
    Traceback (most recent call last):
    ValueError: 'yesterday' is another day tomorrow
    """
    said = " ".join(text.split())
    if _MOVES.fullmatch(said):
        raise ValueError(f"{said[:40]!r} is another day tomorrow")
    found = said if DATE.fullmatch(said) else as_written(said)
    if found is None:
        raise ValueError(f"{said[:40]!r} is no date, or not surely one (the day stands before the month)")
    _parts(found)
    return found


def fixed_moment(text: str) -> str:
    """What somebody typed as a date, or as a date and the time of day, as YYYY-MM-DD HH:MM.

    Raises
    ------
    ValueError
        If it is neither.

    Examples
    --------
    >>> fixed_moment("20 Nov 2026 at 2.30pm"), fixed_moment("20/11/2026 14:30"), fixed_moment("2026-11")
    ('2026-11-20 14:30', '2026-11-20 14:30', '2026-11')
    """
    said = " ".join(text.split())
    match = _CLOCK.fullmatch(said)
    if match is None or not (match[3] or match[4]):
        return fixed_date(said)
    hour, minute = int(match[2]), int(match[3] or 0)
    if match[4] and 1 <= hour <= 12:
        hour = hour % 12 + (12 if match[4].lower() == "pm" else 0)
    if hour > 23 or minute > 59:
        raise ValueError(f"{said[:40]!r} has no such time of day")
    return f"{fixed_date(match[1])} {hour:02}:{minute:02}"


def parse_day(value: str | date) -> date:
    """A day given as a `date` or as people write it (a partial date means its last day).

    Raises
    ------
    ValueError
        If it is no date.

    Examples
    --------
    >>> parse_day("2024-06-30"), parse_day("June 2024")
    (datetime.date(2024, 6, 30), datetime.date(2024, 6, 30))
    """
    return value if isinstance(value, date) else last_day(fixed_date(value))


def years_between(first: date, last: date) -> float:
    """How many years a term lasts by the calendar, both days included: months that are full, and a part of one.

    Examples
    --------
    >>> years_between(date(2027, 4, 1), date(2032, 3, 31)), years_between(date(2028, 2, 29), date(2029, 2, 28))
    (5.0, 1.0)
    >>> years_between(date(2027, 4, 1), date(2032, 4, 1)) > 5
    True
    """
    after = last + timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month
    if months_later(first, months) > after:
        months -= 1
    begun = months_later(first, months)
    return (months + (after - begun) / (months_later(first, months + 1) - begun)) / 12


def months_later(day: date, months: int) -> date:
    """The same day some months later; the first of the month after where that month is too short.

    Examples
    --------
    >>> months_later(date(2027, 11, 30), 12), months_later(date(2027, 11, 30), 3)
    (datetime.date(2028, 11, 30), datetime.date(2028, 3, 1))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if day.day > calendar.monthrange(year, month + 1)[1]:
        return months_later(day.replace(day=1), months + 1)
    return date(year, month + 1, day.day)


def in_words(text: str | date) -> str:
    """A date as GOV.UK writes it.

    Examples
    --------
    >>> in_words("2024-02-01"), in_words("2024-02"), in_words("2024")
    ('1 February 2024', 'February 2024', '2024')
    """
    year, month, day = _parts(str(text))
    words = [str(day)] if day else []
    if month:
        words.append(calendar.month_name[month])
    return " ".join([*words, str(year)])


def parse_moment(text: str) -> datetime | None:
    """A day with the time of day by the local clock; `None` for a date without one.

    Raises
    ------
    ValueError
        If it is neither.

    Examples
    --------
    >>> parse_moment("2026-11-25 09:30"), parse_moment("2026-11")
    (datetime.datetime(2026, 11, 25, 9, 30), None)
    """
    if DATE.fullmatch(text):
        _parts(text)
        return None
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}", text, re.ASCII):
        raise ValueError(f"{text!r} is no date, and no date and time")
    return datetime.fromisoformat(text)


def moment(when: datetime) -> str:
    """A date and time as GOV.UK writes it.

    Examples
    --------
    >>> moment(datetime(2026, 11, 25, 16, 5)), moment(datetime(2026, 11, 25, 9, 0))
    ('4:05pm on 25 November 2026', '9am on 25 November 2026')
    """
    hour, half = (when.hour + 11) % 12 + 1, "am" if when.hour < 12 else "pm"
    minutes = f":{when.minute:02}" if when.minute else ""
    return f"{hour}{minutes}{half} on {in_words(when.date())}"


def _parts(text: str) -> tuple[int, int | None, int | None]:
    match = DATE.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no date of the form YYYY, YYYY-MM or YYYY-MM-DD")
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    date(year, month or 1, day or 1)  # raises ValueError on 2023-02-30
    return year, month, day
