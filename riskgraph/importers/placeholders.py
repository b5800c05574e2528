"""What stands where somebody should be named: words for a name that is withheld, and words for nobody at all.

The list is `datasets/importing/placeholders.csv`, one for every format. Only a whole text can be a placeholder, and no
text that ends like the name of a company: "In-House Catering Ltd" is a supplier.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from riskgraph.data.spelling import normalise
from riskgraph.vocabulary import pattern, placeholders, words

__all__ = ["placeholder"]

Meaning = Literal["", "withheld", "nobody"]
_MANY = 16_384  # names that are remembered: they come again and again
_LONG = 200  # letters from which on a text is not looked at


@lru_cache(maxsize=_MANY)
def placeholder(text: str) -> Meaning:
    """What a text means that stands where somebody should be named; "" for a name.

    Examples
    --------
    >>> [placeholder(text) for text in ("Name withheld under GDPR", "Commercial in confidence", "Individual")]
    ['withheld', 'withheld', 'withheld']
    >>> [placeholder(text) for text in ("In-house", "Various suppliers (see attached list)", "Spot purchase")]
    ['nobody', 'nobody', 'nobody']
    >>> [placeholder(text) for text in ("In-House Catering Ltd", "Various Artists Ltd", "Confidential Shredding")]
    ['', '', '']
    """
    text = text.strip()
    plain = normalise(text[: _LONG + 1])
    if len(text) > _LONG or plain.endswith(_legal_forms()):
        return ""
    if pattern("redacted").search(text) or _consists_of("withheld", plain):
        return "withheld"
    nobody = pattern("supplier: nobody").search(text) or pattern("totals row").search(text)
    return "nobody" if nobody or _consists_of("nobody", plain) else ""


@lru_cache(maxsize=1)
def _legal_forms() -> tuple[str, ...]:
    return tuple(f" {form}" for form in words("legal form"))


def _consists_of(means: str, plain: str) -> bool:
    """Whether a text has words of a list, and no others but those that may stand beside them."""
    first, whole, sign = _forms(means)
    word = plain.partition(" ")[0]
    return (word in first or word.isdigit()) and bool(whole.fullmatch(plain) and sign.search(plain))


@lru_cache(maxsize=4)
def _forms(means: str) -> tuple[frozenset[str], re.Pattern[str], re.Pattern[str]]:
    """How a text of such words may begin, its form, and the words of which it must have one."""
    signs = placeholders(means)
    every = (*signs, *placeholders(f"beside {means}"))
    either = "|".join(sorted(map(re.escape, every), key=len, reverse=True))
    whole = re.compile(rf"(?>(?:{either}|\d+)(?: |$))++")
    sign = re.compile(rf"\b(?:{'|'.join(map(re.escape, signs))})\b")
    return frozenset(words_.partition(" ")[0] for words_ in every), whole, sign
