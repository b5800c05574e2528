"""What people write in cells, as values: dates, money, numbers of companies, words for "not known".

Everything here answers with a value or with `None`, and never guesses silently: where a cell had to be
repaired, the repair is named.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from riskgraph.data.spelling import normalise
from riskgraph.dates import as_month_first, as_written
from riskgraph.importers.placeholders import placeholder
from riskgraph.vocabulary import pattern, patterns, placeholders, words

__all__ = [
    "LONGEST_PLACEHOLDER",
    "PLACEHOLDERS",
    "DateOrder",
    "clean",
    "clean_supplier",
    "company_number",
    "currency_named",
    "other_currency",
    "parse_count",
    "parse_date",
    "parse_days",
    "parse_hours",
    "parse_money",
    "plain_amount",
    "redacted",
    "says_nothing",
    "slug",
    "web_address",
    "with_a_point",
    "without_currency",
]

_MANY = 16_384  # cells that are remembered: names and dates come again and again
_EPOCH = date(1899, 12, 30)  # how Excel counts days since 1900, its error of 29 February 1900 included
_PLAIN = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,20})?", re.ASCII)
_LETTERS = str.maketrans({"\u00e6": "ae", "\u00f8": "o", "\u00df": "ss", "\u0142": "l"})
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff]"
)
# a name to which nothing was added: what finance systems add has a digit, a mark or one of these words
_NOTHING_ADDED = re.compile(r"(?!.*\b(?:use|supplier)\b)(?![zx]{2})[a-z&.,' ]+", re.IGNORECASE)
PLACEHOLDERS = frozenset(["", *placeholders("nothing")])
LONGEST_PLACEHOLDER = max(map(len, PLACEHOLDERS))
_UNITS = {"d": 1, "w": 7, "m": 30, "y": 365}  # days


def clean(cell: str) -> str:
    """A cell without hidden characters and outer spaces; words in a row are parted by one space."""
    if not cell.isascii():
        cell = unicodedata.normalize("NFC", cell)
    elif cell.isprintable() and "  " not in cell and cell[:1] != " " != cell[-1:]:
        return cell  # nearly all
    if _HIDDEN.search(cell):
        cell = _HIDDEN.sub("", cell)
    return " ".join(cell.split())


def says_nothing(text: str) -> bool:
    """Whether a cell is empty, a dash, "n/a", "not known", or an error of a spreadsheet.

    Examples
    --------
    >>> says_nothing(" N/A "), says_nothing("None Such Ltd")
    (True, False)
    """
    text = text.strip()
    return len(text) <= LONGEST_PLACEHOLDER and text.casefold() in PLACEHOLDERS


def redacted(text: str) -> bool:
    """Whether a name was taken out by whoever published the file.

    Examples
    --------
    >>> redacted("REDACTED PERSONAL DATA"), redacted("Redactive Media Group")
    (True, False)
    """
    return placeholder(text) == "withheld"


class DateOrder(StrEnum):
    """Which comes first where a column writes dates in numbers."""

    DAY = "day first"
    MONTH = "month first"
    BOTH = "both"  # the column mixes them


@lru_cache(maxsize=_MANY)
def parse_date(text: str, order: DateOrder | None = None) -> str | None:
    """A date as YYYY-MM-DD, YYYY-MM or YYYY, or `None` if it is none that is sure.

    Parameters
    ----------
    text
        The cell.
    order
        How the column writes dates, if it was looked at: then a date that can be read one way only is read that way.
        By itself a cell is read day first, as people write here, and `12/31/2025` is refused.

    Examples
    --------
    >>> [parse_date(t) for t in ("31/03/2028", "1-Apr-19", "17 July 2023", "43658.5", "2026-07-03T00:00:00+01:00")]
    ['2028-03-31', '2019-04-01', '2023-07-17', '2019-07-12', '2026-07-03']
    >>> [parse_date(t) for t in ("12/31/2025", "31/02/2025", "2025/26 P03", "soon", "July 2023", "20260403")]
    [None, None, None, None, '2023-07', '2026-04-03']
    >>> [parse_date("04/03/2026", order) for order in DateOrder], parse_date("04/17/2026", DateOrder.BOTH)
    (['2026-03-04', '2026-04-03', None], '2026-04-17')
    """
    text = text.strip().rstrip(".")
    if pattern("date counted by a spreadsheet").fullmatch(text):
        days = int(text[:5])
        return (_EPOCH + timedelta(days=days)).isoformat() if 20_000 <= days <= 80_000 else None
    day_first = as_written(text)
    if order is None or (month_first := as_month_first(text)) is None:
        return day_first
    if day_first is None or day_first == month_first:
        return month_first
    return {DateOrder.DAY: day_first, DateOrder.MONTH: month_first}.get(order)


def plain_amount(text: str) -> Decimal | None:
    """An amount written in nothing but figures, as nearly all are.

    Examples
    --------
    >>> str(plain_amount("1,234.50")), plain_amount("12 CR")
    ('1234.50', None)
    """
    return Decimal(text.replace(",", "")) if _PLAIN.fullmatch(text) else None


def parse_money(text: str) -> Decimal | None:
    """An amount in pounds, or `None` if it is none that is sure.

    Examples
    --------
    >>> [str(parse_money(t)) for t in ("1,234.50", " 519.89 ", "£12", "(470.60)", "-123", "10.00 CR", "9.50 £")]
    ['1234.50', '519.89', '12', '-470.60', '-123', '-10.00', '9.50']
    >>> [parse_money(t) for t in ("1,5", "1e400", "nan", "12%", "5,00.1")]
    [None, None, None, None, None]
    """
    if (amount := plain_amount(text)) is not None:
        return amount
    text = text.strip().strip("'\"").replace("\u00c2\u00a3", "\u00a3").replace("\u0153", "\u00a3")
    text = re.sub(r"^(?:GBP|\u00a3)|(?<=[-(])\u00a3|(?:GBP|\u00a3)$|\s|\u00a0", "", text, flags=re.IGNORECASE)
    text = re.sub(r"(?<=^-)\u00a3|^\u00a3", "", text)
    negative = False
    if re.fullmatch(r"\(.*\)", text):
        text, negative = text[1:-1].lstrip("\u00a3"), True
    elif re.search(r"(?:CR|-)$", text, re.IGNORECASE):
        text, negative = re.sub(r"(?:CR|-)$", "", text, flags=re.IGNORECASE), True
    if not _PLAIN.fullmatch(text):
        return None
    amount = Decimal(text.replace(",", ""))
    return -amount if negative else amount


@lru_cache(maxsize=_MANY)
def other_currency(text: str) -> str:
    """The currency that a text names, if it is another than pounds; "" otherwise.

    Examples
    --------
    >>> other_currency("\u20ac1,200"), other_currency("12 USD"), other_currency("GBP"), other_currency("Net Amount (\u00a3)")
    ('EUR', 'USD', '', '')
    """
    if pattern("money: pounds").search(text):
        return ""
    return next((code for form, code in patterns("money: another currency") if form.search(text)), "")


def currency_named(text: str) -> str:
    """The currency that a cell of a column of currencies names; "" for pounds, and where it names none.

    Examples
    --------
    >>> [currency_named(text) for text in ("GBP", "", "Euro", "SEK", "THB", "Pound Sterling", "1")]
    ['', '', 'EUR', 'SEK, NOK or DKK', 'THB', '', '']
    """
    if pattern("money: pounds").search(text):
        return ""
    return other_currency(text) or (text.upper() if re.fullmatch(r"[A-Za-z]{3}", text) else "")


@lru_cache(maxsize=_MANY)
def without_currency(text: str) -> str:
    """An amount without the name of another currency.

    Examples
    --------
    >>> without_currency("1,200 EUR"), without_currency("US$5")
    ('1,200', '5')
    """
    return pattern("money: another currency").sub("", text).strip()


def with_a_point(text: str) -> str:
    """An amount of a column that parts the pence with a comma, as it is written here.

    Examples
    --------
    >>> with_a_point("1.234,50"), with_a_point("12,5"), with_a_point("1.234")
    ('1234.50', '12.5', '1234')
    """
    return text.replace(".", "").replace(",", ".")


def parse_count(text: str) -> int | None:
    """How many, rounded as people say it: "about 1,200 people", "12k"; a range is none.

    Examples
    --------
    >>> [parse_count(text) for text in ("about 1,200 people", "12k", "400", "1.5 million", "10-20", "many")]
    [1200, 12000, 400, 1500000, None, None]
    """
    form = r"(?:about|around|approx\.?|approximately|c\.?|circa|~|over|up to)?\s*([\d,]+(?:\.\d+)?)\s*(k|m|million|thousand)?\s*[a-z ]*"
    match = re.fullmatch(form, text.strip(), re.IGNORECASE)
    if match is None or not _PLAIN.fullmatch(match[1]):
        return None
    return int(
        Decimal(match[1].replace(",", "")) * {"": 1, "k": 1000, "t": 1000, "m": 1_000_000}[(match[2] or "")[:1].lower()]
    )


def parse_days(text: str) -> int | None:
    """A number of days: "90", "90 days", "3 months" (30 days each), "6 weeks"; hours are whole days or 0.

    Examples
    --------
    >>> parse_days("3 months"), parse_days("90"), parse_days("30 hours"), parse_days("a while")
    (90, 90, 1, None)
    """
    if (hours := parse_hours(text)) is not None:
        return hours // 24
    text = text.strip()
    match = re.fullmatch(r"(\d{1,4})\s*(days?|weeks?|months?|years?)?", text, re.IGNORECASE)
    return int(match[1]) * _UNITS[(match[2] or "d")[0].lower()] if match else None


def parse_hours(text: str) -> int | None:
    """A number of hours, where the cell says hours.

    Examples
    --------
    >>> parse_hours("4 hours"), parse_hours("36h"), parse_hours("3 days")
    (4, 36, None)
    """
    match = re.fullmatch(r"(\d{1,5}) ?(?:hours?|hrs?|h)", text.strip(), re.IGNORECASE)
    return int(match[1]) if match else None


@lru_cache(maxsize=_MANY)
def company_number(text: str) -> tuple[str | None, bool]:
    """A number at Companies House, and whether it had to be repaired; `None` if it cannot be one.

    Repaired are one lost zero at the front, small letters, spaces, and words around a number of full
    length. Nothing else is: six digits may be an old number that lost two zeros, or one that lost a digit.

    Examples
    --------
    >>> company_number("02299747"), company_number("2299747"), company_number("Company Number - 07382763")
    (('02299747', False), ('02299747', True), ('07382763', True))
    >>> company_number("sc160484"), company_number("016288868"), company_number("158718")
    (('SC160484', True), (None, False), (None, False))
    """
    raw = text.strip()
    value = re.sub(r"\s", "", raw).upper()
    if match := re.search(r"(?<![0-9A-Z])(\d{8}|[A-Z]{2}\d{6})(?![0-9A-Z])", raw.upper()):
        value = match[1] if re.search(r"compan|reg|no\b|number", raw, re.IGNORECASE) else value
    if re.fullmatch(r"\d{7}", value):
        value = "0" + value
    elif re.fullmatch(r"(?:SC|NI|OC|SO)\d{5}", value):
        value = value[:2] + "0" + value[2:]
    good = re.fullmatch(r"\d{8}", value) or (
        re.fullmatch(r"[A-Z][A-Z0-9]\d{5}[0-9A-Z]", value) and value[:2] in words("company number: first letters")
    )
    if not good or len(set(value)) == 1:
        return None, False
    return value, value != raw


@lru_cache(maxsize=_MANY)
def clean_supplier(text: str) -> tuple[str | None, str | None]:
    """The name of a supplier without what finance systems add, and what was taken off.

    The name is `None` if the cell names nobody.

    Examples
    --------
    >>> clean_supplier("DO NOT USE IDOX INFORMATION SOLUTIONS LTD")
    ('IDOX INFORMATION SOLUTIONS LTD', 'DO NOT USE')
    >>> clean_supplier("NOT AWARDED TO SUPPLIER")
    (None, None)
    """
    name = re.sub(r"\s+", " ", html.unescape(html.unescape(text))).strip(" \"'\u00a0")
    if says_nothing(name) or placeholder(name) or not re.search(r"\w", name):
        return None, None
    if _NOTHING_ADDED.fullmatch(name):
        return name, None
    taken = []
    for form, _ in patterns("supplier: taken off the name"):
        if (match := form.search(name)) and len(name) - len(match[0]) > 2:
            taken.append(match[0].strip())
            name = (name[: match.start()] + name[match.end() :]).strip()
    return name, "; ".join(taken) or None


def slug(name: str) -> str:
    """The part of an id after the kind.

    Examples
    --------
    >>> slug("Adur & Worthing Councils")
    'adur-and-worthing-councils'
    """
    ascii_ = normalise(name).translate(_LETTERS)
    ascii_ = unicodedata.normalize("NFKD", ascii_).encode("ascii", "ignore").decode()
    made = re.sub(r"[^a-z0-9]+", "-", ascii_).strip("-")
    if len(made) > 80 or not made:  # cut, or of other letters: still one id for each name
        digest = hashlib.sha256(normalise(name).encode("utf-8", "replace")).hexdigest()[:8]
        made = f"{made[:70].strip('-') or 'name'}-{digest}"
    return made


def web_address(text: str) -> str | None:
    """An address as a data set can hold it, or `None`.

    Examples
    --------
    >>> web_address("https://example.org/a"), web_address("javascript:alert(1)"), web_address("https://exämple.org")
    ('https://example.org/a', None, None)
    """
    return text if re.fullmatch(r"https?://[^\s<>\"]+", text, re.ASCII | re.IGNORECASE) and text.isascii() else None
