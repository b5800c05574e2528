"""From what people type to ids. Nothing is ever guessed: an unclear name lists what it could mean."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from riskgraph.data.dataset import Dataset
from riskgraph.data.read import shipped_aliases
from riskgraph.errors import AmbiguousName, NameNotFound, RiskGraphError, Suggestion
from riskgraph.model import ORGANISATIONS
from riskgraph.rules import rules
from riskgraph.vocabulary import words

__all__ = ["Names", "company_key", "normalise"]

_PUNCTUATION = re.compile(r"[^\w\s]+")
_SPACES = re.compile(r"\s+")
_LEGAL = re.compile(r" (?:limited|ltd|plc|llp|public limited company|lrd)$")


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


@dataclass(frozen=True)
class Names:
    """The names of one data set.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> names = Names(read("seeds"))
    >>> names.resolve("RBKC")
    'authority:kensington-and-chelsea'
    >>> names.resolve("capita revenues and benefits")
    'supplier:capita/revenues-benefits'
    >>> names.resolve("E07000114")
    'authority:thanet'
    """

    dataset: Dataset

    def resolve(self, name: str, kinds: frozenset[str] | None = None) -> str:
        """Id of a body or place, or `organisation/area` for one line of business.

        Parameters
        ----------
        name
            An id, a GSS code, a company number, a name or alias, or an organisation with a service area.
        kinds
            Kinds that are meant; a name of another kind is then not found.

        Raises
        ------
        NameNotFound
            If nobody is called that; the error lists the closest names.
        AmbiguousName
            If several bodies are called that.
        RiskGraphError
            If the name is empty.
        """
        text = name.strip()
        if not text:
            raise RiskGraphError("The name is empty.", "Give the name of a body, such as civica.")
        found = self._slashed(text) if "/" in text and kinds is None else None
        found = found or self._exact(text, kinds)
        if found is None and kinds is None:
            found = self._line(text)
        if found is not None:
            return found
        raise NameNotFound(text, self.near(text, kinds))

    def handle(self, id_: str) -> str:
        """The shortest text that surely resolves to an id: what to type.

        Examples
        --------
        >>> from riskgraph.data import read
        >>> Names(read("seeds")).handle("supplier:civica")
        'civica'
        """
        body, slash, area = id_.partition("/")
        slug = body.partition(":")[2]
        short = slug if self._own.get(slug.replace("-", " ")) == {body} else body
        return short + slash + area

    def _exact(self, text: str, kinds: frozenset[str] | None) -> str | None:
        entities = self.dataset.entities
        if text in entities:
            candidates = {text}
        else:
            candidates = set(self._codes.get(text.upper().replace(" ", ""), ()))
        if not candidates:
            key = normalise(text)
            candidates = next((set(tier[key]) for tier in self._tiers() if key in tier), set())
        if kinds is not None:
            candidates = {id_ for id_ in candidates if entities[id_].kind in kinds}
        if len(candidates) > 1:
            # one that exists at the date of the data comes before those that are gone
            day = self.dataset.info.day
            register = self.dataset.register
            alive = {id_ for id_ in candidates if id_ not in register or register[id_].exists(day)}
            candidates = alive if len(alive) == 1 else candidates
        if len(candidates) > 1:
            raise AmbiguousName(
                text, [Suggestion(id_, entities[id_].name, f"is called {text!r}") for id_ in sorted(candidates)]
            )
        return candidates.pop() if candidates else None

    def _slashed(self, text: str) -> str | None:
        """`organisation/area`, each by id or name."""
        body, _, area = text.partition("/")
        organisation = self._exact(body.strip(), ORGANISATIONS)
        if organisation is None:
            return None
        areas = {normalise(word): a.id for a in rules().areas.values() for word in (a.label, a.id)}
        found = areas.get(normalise(area))
        if found is None:
            near = [Suggestion(a.id, a.label, "is a service area") for a in rules().areas.values()]
            raise NameNotFound(area.strip(), near, what="service area")
        return f"{organisation}/{found}"

    def _line(self, text: str) -> str | None:
        """An organisation and one of its service areas, in either order."""
        key = normalise(text)
        for area in rules().areas.values():
            for label in (normalise(area.label), area.id.replace("-", " ")):
                for body in (key.removesuffix(f" {label}"), key.removeprefix(f"{label} ")):
                    if body != key:
                        organisation = self._exact(body, ORGANISATIONS)
                        if organisation is not None:
                            return f"{organisation}/{area.id}"
        return None

    def near(self, text: str, kinds: frozenset[str] | None = None, limit: int = 5) -> list[Suggestion]:
        """The bodies whose names are closest, and why."""
        from rapidfuzz import fuzz, process  # only when a name is not found

        key = normalise(text)
        best: dict[str, Suggestion] = {}
        choices = [word for tier in self._tiers() for word in tier]
        containing = [word for word in choices if f" {key} " in f" {word} "]
        scored = process.extract(key, choices, scorer=fuzz.ratio, limit=4 * limit, score_cutoff=60)
        why = dict.fromkeys(sorted(containing, key=lambda word: (len(word), word)), f"contains {text!r}")
        for word, _, _ in sorted(scored, key=lambda hit: (-hit[1], hit[0])):
            why.setdefault(word, "is spelt alike")
        lookup: dict[str, set[str]] = defaultdict(set)
        for tier in self._tiers():
            for word in why:
                lookup[word] |= set(tier.get(word, ()))
        for word, reason in why.items():
            for id_ in sorted(lookup[word]):
                entity = self.dataset.entities[id_]
                if kinds is None or entity.kind in kinds:
                    as_ = "" if normalise(entity.name) == word else f" (as {word!r})"
                    best.setdefault(id_, Suggestion(id_, entity.name, reason + as_))
        return list(best.values())[:limit]

    @cached_property
    def _codes(self) -> dict[str, set[str]]:
        codes: dict[str, set[str]] = defaultdict(set)
        for entity in self.dataset.entities.values():
            for code in (entity.gss_code, entity.company_number):
                if code:
                    codes[code].add(entity.id)
            entry = self.dataset.register.get(entity.id)
            if entry is not None:
                for code in (entry.gss_code, *entry.former_gss_codes):
                    if code:
                        codes[code].add(entity.id)
        return codes

    def _tiers(self) -> Iterator[dict[str, set[str]]]:
        """Names from the surest to the loosest, each made only when it is asked for."""
        yield self._own
        yield self._official
        yield self._aliases

    @cached_property
    def _own(self) -> dict[str, set[str]]:
        own: dict[str, set[str]] = defaultdict(set)
        for entity in self.dataset.entities.values():
            for name in (entity.name, *entity.aliases):
                own[normalise(name)].add(entity.id)
        for entity in self.dataset.entities.values():
            own.setdefault(entity.id.partition(":")[2].replace("-", " "), set()).add(entity.id)
        return dict(own)

    @cached_property
    def _official(self) -> dict[str, set[str]]:
        official: dict[str, set[str]] = defaultdict(set)
        for id_, entry in self.dataset.register.items():
            if id_ in self.dataset.entities:
                for name in (entry.name, entry.short_name):
                    if name:
                        official[normalise(name)].add(id_)
        return dict(official)

    @cached_property
    def _aliases(self) -> dict[str, set[str]]:
        aliases: dict[str, set[str]] = defaultdict(set)
        for alias, id_, _ in shipped_aliases():
            if id_ in self.dataset.entities:
                aliases[normalise(alias)].add(id_)
        return dict(aliases)
