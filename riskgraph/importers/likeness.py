"""How alike two names are: their words, weighed by how few known names have them.

"Services" says nothing of who is meant, "Capita" says nearly all. Likeness orders suggestions for a person; it never
joins two names.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from riskgraph.data.spelling import initials
from riskgraph.vocabulary import words

__all__ = ["Likeness", "NamedAlike"]

_MISSPELT = 0.8  # of the weight of a word with one letter more, less or other
_BEHIND = 0.85  # of the weight of a match that does not begin with the word that says most of the known name
_SHORTEST = 5  # letters of a word that may be misspelt
_BY_INITIALS = 0.75
_MOST = 65_536  # words that are remembered


class NamedAlike(NamedTuple):
    """A known name that is like another, and how much so, from 0 to 1."""

    id: str
    name: str
    score: float


class Likeness:
    """Known names, to be found by names that are like them.

    Parameters
    ----------
    known
        Key of a name (`company_key` or `normalise`) to id and name.

    Examples
    --------
    >>> keys = {"capita": ("c", "Capita"), "atos it services": ("a", "Atos"), "civica": ("v", "Civica")}
    >>> found = Likeness(keys).near("capita it services")
    >>> [(one.id, round(one.score, 2)) for one in found]
    [('c', 0.5)]
    >>> [one.id for one in Likeness(keys).near("civicaa")], Likeness(keys).near("services")
    (['v'], ())
    """

    def __init__(self, known: Mapping[str, tuple[str, str]]) -> None:
        self._known = known
        bodies: dict[str, set[str]] = defaultdict(set)
        self._having: dict[str, list[str]] = defaultdict(list)  # word -> keys
        self._initials: dict[str, list[str]] = defaultdict(list)
        for key, (id_, _) in known.items():
            for word in set(key.split()):
                bodies[word].add(id_)
                self._having[word].append(key)
            for made in initials(key):
                self._initials[made].append(key)
        self._most = math.log(1 + len({id_ for id_, _ in known.values()}))
        everyday = words("everyday word in a name")
        self._weights = {word: self._most - math.log(len(ids)) for word, ids in bodies.items()}
        self._everyday = everyday
        self._split = {key: frozenset(key.split()) for key in known}
        self._whole = {key: sum(map(self._weights.__getitem__, split)) for key, split in self._split.items()}
        self._heaviest = {key: max(key.split(), key=self._weights.__getitem__) for key in known}
        self._found: dict[str, list[str]] = {}  # what `_misspelt` found
        self._spelt: dict[str, set[str]] = defaultdict(set)  # a word with one letter left out -> words
        for word in self._weights:
            if len(word) >= _SHORTEST and word not in everyday:
                for form in _one_less(word):
                    self._spelt[form].add(word)

    def near(self, key: str, limit: int = 3, least: float = 0.3) -> tuple[NamedAlike, ...]:
        """The bodies with the names that are most alike, each once, the likest first."""
        split = list(dict.fromkeys(key.split()[:20]))
        mine = {word: self._weight(word) for word in split}
        near = {word: found for word in split if (found := self._misspelt(word))}
        candidates: dict[str, None] = {}
        for word in (*split, *(one for found in near.values() for one in found)):
            if word not in self._everyday:
                candidates.update(dict.fromkeys(self._having.get(word, ())))
        best: dict[str, NamedAlike] = {}
        for other in candidates:
            id_, name = self._known[other]
            score = self._score(mine, near, other)
            if score >= least and (id_ not in best or score > best[id_].score):
                best[id_] = NamedAlike(id_, name, score)
        for other in self._initials.get(key, ()):
            id_, name = self._known[other]
            best.setdefault(id_, NamedAlike(id_, name, _BY_INITIALS))
        return tuple(sorted(best.values(), key=lambda one: (-round(one.score, 6), one.id))[:limit])

    def _weight(self, word: str) -> float:
        """That of a word that no known name has is the greatest: it tells of somebody else."""
        return self._weights.get(word, self._most)

    def _score(self, mine: Mapping[str, float], near: Mapping[str, list[str]], other: str) -> float:
        """Twice the weight of the words that both have, by the weight of all."""
        theirs, both, used = self._split[other], 0.0, set[str]()
        for word, weight in mine.items():
            if word in theirs:
                both += 2 * weight
                used.add(word)
            elif word in near and (spelt := next((one for one in near[word] if one in theirs), None)):
                both += _MISSPELT * (weight + self._weights[spelt])
                used.update((word, spelt))
        if self._heaviest[other] not in used or next(iter(mine)) not in used:
            both *= _BEHIND
        return both / (sum(mine.values()) + self._whole[other])

    def _misspelt(self, word: str) -> list[str]:
        """Known words that differ in one letter, or in the order of two; sorted."""
        if len(word) < _SHORTEST or word in self._weights or word in self._everyday:
            return []
        if (held := self._found.get(word)) is not None:
            return held
        found = {near for form in (word, *_one_less(word)) for near in self._spelt.get(form, ())}
        found |= {form for form in _one_less(word) if form in self._weights and len(form) >= _SHORTEST}
        if len(self._found) >= _MOST:
            self._found.clear()
        return self._found.setdefault(word, sorted(found - self._everyday.keys()))


def _one_less(word: str) -> Iterator[str]:
    yield from (word[:place] + word[place + 1 :] for place in range(len(word)))
