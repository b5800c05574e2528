"""Headers as people write them, to the fields of a format."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

__all__ = ["Columns", "header_key", "header_score", "match_headers"]


def header_key(text: str) -> str:
    """A header without capitals, spaces, punctuation and pound signs.

    Examples
    --------
    >>> header_key("Annual value (\u00a3)"), header_key("CompaniesHouse_RegistrationNumber")
    ('annualvalue', 'companieshouseregistrationnumber')
    """
    text = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"[^a-z0-9&#*]+", "", text)


@dataclass
class Columns:
    """Where each field stands, and how a row is read."""

    places: dict[str, tuple[int, ...]]  # field -> column, then the headerless ones right of it
    width: int
    guesses: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)

    def get(self, row: Sequence[str], name: str) -> str:
        """The cell of a field; where headers were merged, the first filled cell below them."""
        for place in self.places.get(name, ()):
            if place < len(row) and row[place]:
                return row[place]
        return ""

    def __contains__(self, name: str) -> bool:
        return name in self.places


def _lookup(fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {header_key(word): name for name, words in fields.items() for word in (name, *words)}


def header_score(header: Sequence[str], fields: Mapping[str, Sequence[str]]) -> int:
    """How many cells of a row are headers of the format; at least two, or it is no header row."""
    known = _lookup(fields)
    found = {known[key] for cell in header if (key := header_key(cell)) in known}
    return len(found) if len(found) > 1 else 0


def match_headers(header: Sequence[str], fields: Mapping[str, Sequence[str]]) -> Columns:
    """Find the columns of the fields; exact words first (as the format lists them), then near spellings.

    Examples
    --------
    >>> columns = match_headers(["Supplier name", "", "Ammount", "Colour"], {"supplier": ["Supplier Name"], "amount": []})
    >>> columns.places, columns.guesses, columns.unused
    ({'supplier': (0, 1), 'amount': (2,)}, ["column 'Ammount' read as amount"], ['Colour'])
    """
    keys = [header_key(cell) for cell in header]
    found: dict[str, int] = {}
    guesses: list[str] = []
    for name, words in fields.items():
        for word in (*words, name):
            key = header_key(word)
            if key in keys and keys.index(key) not in found.values():
                found[name] = keys.index(key)
                break
    known = _lookup(fields)
    for place, key in enumerate(keys):
        if len(key) < 5 or place in found.values() or key in known:
            continue
        near = sorted(
            ((SequenceMatcher(None, key, word).ratio(), word) for word in known if len(word) > 4), reverse=True
        )
        if near and near[0][0] >= 0.88 and known[near[0][1]] not in found:
            found[known[near[0][1]]] = place
            guesses.append(f"column {header[place]!r} read as {known[near[0][1]]}")
    places = {}
    for name, place in found.items():
        right = place + 1
        while right < len(keys) and not keys[right] and not header[right].strip():
            right += 1
        places[name] = tuple(range(place, right))
    used = {place for span in places.values() for place in span}
    unused = [cell for place, cell in enumerate(header) if cell and place not in used]
    return Columns(places, len(header), guesses, unused)
