"""How names are spelt: the keys by which two spellings are one name."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from riskgraph.vocabulary import words

__all__ = ["closed_up", "company_key", "initials", "normalise", "parts_of", "written_out"]

_PUNCTUATION = re.compile(r"[^\w\s]+")
_SPACES = re.compile(r"\s+")
_LETTERS = str.maketrans({"\u00e6": "ae", "\u00f8": "o", "\u00df": "ss", "\u0142": "l"})
_SMALL = frozenset({"and", "for", "in", "of", "on", "the", "upon", "with"})
_BEFORE_A_RIVER = frozenset({"by", "in", "on", "under", "upon"})  # "Sea" is no name of Southend-on-Sea


def normalise(text: str) -> str:
    """A name without what people write differently: capitals, punctuation, `&`, a leading "the".

    Examples
    --------
    >>> normalise("Royal Borough of Kensington & Chelsea")
    'royal borough of kensington and chelsea'
    >>> normalise("The King's Lynn & West-Norfolk B.C.")
    'kings lynn and west norfolk bc'
    """
    text = unicodedata.normalize("NFKC", text).casefold().replace("&", " and ")
    text = re.sub("['\u2018\u2019.]", "", text)
    text = _SPACES.sub(" ", _PUNCTUATION.sub(" ", text)).strip()
    return text.removeprefix("the ")


@lru_cache(maxsize=65_536)
def company_key(name: str) -> str:
    """By what two names of a company are the same: capitals, punctuation and the legal form do not count.

    "UK" counts, because it tells companies of one group apart.

    Examples
    --------
    >>> company_key("CIVICA UK LTD.") == company_key("Civica UK Limited"), company_key("Capita plc")
    (True, 'capita')
    """
    key = normalise(html.unescape(html.unescape(name)))
    forms = tuple(f" {form}" for form in words("legal form"))
    while key.endswith(forms):
        key = key.removesuffix(next(form for form in forms if key.endswith(form)))
    return key


@lru_cache(maxsize=65_536)
def closed_up(name: str) -> str:
    """A name as letters and digits alone: spaces, accents, a legal form and "Saint" for "St" do not count.

    Examples
    --------
    >>> closed_up("Unit 4") == closed_up("Unit4 Ltd"), closed_up("Ynys M\u00f4n"), closed_up("Saint Helens")
    (True, 'ynysmon', 'sthelens')
    """
    text = unicodedata.normalize("NFKD", company_key(name).translate(_LETTERS))
    text = f"{''.join(letter for letter in text if not unicodedata.combining(letter))} "
    return text.replace("saint ", "st ").replace(" ", "")


@lru_cache(maxsize=65_536)
def written_out(name: str) -> str:
    """The name of a council without a title in front, and with its short words written out.

    Examples
    --------
    >>> written_out("N. Lincs"), written_out("Royal Greenwich"), written_out("Cyngor Abertawe")
    ('north lincolnshire', 'greenwich', 'abertawe')
    """
    text = normalise(name)
    for title in words("title of a council"):
        text = text.removeprefix(f"{title} ")
    return " ".join(words("short word in the name of a council").get(word, word) for word in text.split())


@lru_cache(maxsize=65_536)
def initials(name: str) -> frozenset[str]:
    """The first letters of a name's words, with and without the small words; fewer than three are none.

    Examples
    --------
    >>> sorted(initials("London Borough of Hammersmith & Fulham")), sorted(initials("Microsoft 365"))
    (['lbhf', 'lbohaf'], ['m365'])
    """
    whole, before = company_key(name).split(), company_key(name.partition("(")[0]).split()
    found = set()
    for chosen in (whole, before, [part for part in before if part not in _SMALL]):
        made = "".join(part if part.isdigit() else part[0] for part in chosen)
        if len(chosen) > 1 and len(made) > 2:
            found.add(made)
    return frozenset(found)


def parts_of(key: str) -> Iterator[str]:
    """The words, and the runs of words, inside a normalised name that say who is meant, but not all of it.

    Examples
    --------
    >>> sorted(parts_of("strata service solutions"))
    ['strata', 'strata service']
    >>> sorted(parts_of("southend on sea"))
    ['southend', 'southend on']
    """
    split = key.split()
    for start in range(len(split)):
        after_small = start > 0 and split[start - 1] in _BEFORE_A_RIVER
        for end in range(start + 1, len(split) + 1):
            part = split[start:end]
            if len(part) < len(split) and not after_small and _says_who(part):
                yield " ".join(part)


def _says_who(part: Iterable[str]) -> bool:
    """Whether one of the words is longer than two letters, and no number or word that many names have."""
    everyday = words("everyday word in a name")
    return any(len(word) > 2 and not word.isdigit() and word not in everyday for word in part)
