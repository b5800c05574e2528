"""From what people type to ids. Nothing is guessed silently: what is not a whole name is said, or lists what it could mean."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from riskgraph.data.dataset import Dataset
from riskgraph.data.directory import directory, short_names
from riskgraph.data.read import shipped_aliases
from riskgraph.data.scope_words import area_of
from riskgraph.data.spelling import closed_up, company_key, initials, normalise, parts_of, written_out
from riskgraph.errors import AmbiguousName, NameNotFound, RiskGraphError, Suggestion
from riskgraph.model import AUTHORITY, ORGANISATIONS, PRODUCT, Entity, RegisterEntry
from riskgraph.rules import rules

__all__ = ["Names", "registered_initials"]

_PART = "is part of"
_LONGEST = 200  # letters of a name that likeness looks at
_FULL = frozenset({"official", "source", "curated"})  # sorts of alias that are no abbreviation
_LINE_WORDS = 4  # the most words of a service area behind the name of an organisation


@dataclass(frozen=True)
class Names:
    """The names of one data set.

    Attributes
    ----------
    dataset
        The data set.
    taken
        What was typed that is not the one whole name of a body, and what was taken for it: sentences to be said
        with the answer.

    Examples
    --------
    >>> from riskgraph.data import read
    >>> names = Names(read("seeds"))
    >>> names.resolve("RBKC")
    'authority:kensington-and-chelsea'
    >>> names.resolve("capita revs and bens")
    'supplier:capita/revenues-benefits'
    >>> names.resolve("E07000114"), names.resolve("Civica UK Limited")
    ('authority:thanet', 'supplier:civica')
    >>> names.resolve("EKS"), names.taken["EKS"]
    ('shared-service:east-kent-services', "Taking East Kent Services for 'EKS'.")
    """

    dataset: Dataset
    taken: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    def resolve(self, name: str, kinds: frozenset[str] | None = None) -> str:
        """Id of a body or place, or `organisation/area` for one line of business.

        An id, a code, a name or an alias is taken as it is. Then come, each only where it means one body: a
        reviewed, former or short name; another spelling; the initials of a registered name; whole words of a
        name. Of equal names an organisation comes before a product, and that before a place. What was taken for
        another word than a whole name stands in `taken`.

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
        found = found or self._loose(text, kinds)
        if found is not None:
            return found
        raise NameNotFound(text, [*self._of_other_kinds(text, kinds), *self.near(text, kinds)])

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
        key = slug.replace("-", " ")
        short = slug if self._own.get(key, self._slugs.get(key)) == {body} else body
        return short + slash + area

    def say(self, text: str, sentence: str) -> None:
        """Keep what was taken for a word, to be said with the answer."""
        self.taken[text] = sentence

    def _exact(self, text: str, kinds: frozenset[str] | None) -> str | None:
        """The body that an id, a code or a whole name means."""
        entities = self.dataset.entities
        codes = {text} if text in entities else self._codes.get(text.upper().replace(" ", ""), set())
        if codes := self._of_kinds(codes, kinds):
            return self._settled(text, codes, codes)
        key = normalise(text)
        tiers = [self._of_kinds(tier.get(key, ()), kinds) for tier in (self._own, self._slugs, self._official)]
        tiers.append(self._of_kinds(self._aliases_of(key), kinds))
        first = next((tier for tier in tiers if tier), None)
        return self._settled(text, first, set().union(*tiers)) if first else None

    def _of_other_kinds(self, text: str, kinds: frozenset[str] | None) -> Iterator[Suggestion]:
        """Who has a name, where somebody else is meant."""
        if kinds is not None:
            with contextlib.suppress(AmbiguousName):
                if (id_ := self._exact(text, None)) is not None:
                    meant = " or ".join(sorted(kind.replace("-", " ") for kind in kinds))
                    kind = id_.partition(":")[0].replace("-", " ")
                    yield self._suggestion(id_.partition("/")[0], f"is of kind {kind}; here {meant} is meant")

    def _of_kinds(self, ids: Iterable[str], kinds: frozenset[str] | None) -> set[str]:
        entities = self.dataset.entities
        return {id_ for id_ in ids if id_ in entities and (kinds is None or entities[id_].kind in kinds)}

    def _settled(self, text: str, first: set[str], all_: set[str]) -> str:
        """The one that is meant of those who have a name; that there are others is said.

        One that exists at the date of the data comes before those that are gone; an organisation before a product
        of its name, and that before a place.
        """
        entities = self.dataset.entities
        alive = set(filter(self._exists, first)) or first
        least = min(map(_rank, (entities[id_] for id_ in alive)))
        best = {id_ for id_ in alive if _rank(entities[id_]) == least}
        kinds = {id_.partition(":")[0] for id_ in all_ if _rank(entities[id_]) == 0 and self._exists(id_)}
        if len(best) > 1 or (least == 0 and len(kinds) > 1):  # two, or a council and a supplier by different names
            near = [*sorted(best), *sorted(all_ - best)]
            raise AmbiguousName(text, [self._suggestion(id_, f"is called {text[:60]!r}") for id_ in near])
        (found,) = best
        if others := sorted(all_ - best):
            self._take(text, found, f" (not {', '.join(others[:3])}: type that if you mean it)")
        return found

    def _suggestion(self, id_: str, why: str) -> Suggestion:
        return Suggestion(id_, self.dataset.entities[id_].name, why)

    def _take(self, text: str, id_: str, more: str = "") -> None:
        name, kind = self.dataset.entities[id_].name, id_.partition(":")[0]
        what = f"the {kind.replace('-', ' ')} {name}" if more else name
        self.say(text, f"Taking {what} for {text[:60]!r}{more}.")

    def _slashed(self, text: str) -> str | None:
        """`organisation/area`, each by id or name."""
        body, _, area = text.partition("/")
        organisation = self._exact(body.strip(), ORGANISATIONS) if body.strip() else None
        if organisation is None:
            return None
        found = area_of(area)
        if found is None and (whole := self._exact(text, None)) is not None:
            return whole  # a name with a slash in it
        if found is None:
            near = [Suggestion(a.id, a.label, "is a service area") for a in rules().areas.values()]
            raise NameNotFound(area.strip(), near, what="service area")
        return f"{organisation}/{found}"

    def _line(self, text: str) -> str | None:
        """An organisation and one of its service areas, in either order."""
        split = normalise(text).split()
        for words in range(min(_LINE_WORDS, len(split) - 1), 0, -1):
            for body, said in ((split[:-words], split[-words:]), (split[words:], split[:words])):
                area = area_of(" ".join(said))
                organisation = self._exact(" ".join(body), ORGANISATIONS) if area else None
                if organisation is not None and area is not None:
                    name, label = self.dataset.entities[organisation].name, rules().areas[area].label
                    if normalise(label) not in normalise(text):
                        self.say(text, f"Taking {name} in {label.lower()} for {text[:60]!r}.")
                    return f"{organisation}/{area}"
        return None

    # -- what is not a whole name of the data ---------------------------------------------------

    def _loose(self, text: str, kinds: frozenset[str] | None) -> str | None:
        """The one body that a looser way of naming means; the first way that finds somebody decides."""
        key = normalise(text)
        ways: tuple[tuple[Callable[[], Iterable[str]], str], ...] = (
            (lambda: self._by_company.get(company_key(text), ()), "is called"),
            (lambda: self._known(text), "is known as"),
            (lambda: self._by_letters.get(closed_up(text), ()), "is spelt like"),
            (lambda: self._written_out(text), "is spelt like"),
            (lambda: self._by_initials.get(key, ()), "has the initials"),
            (lambda: self._by_part.get(key, ()), "has a name with"),
        )
        for ids, why in ways:
            found = self._of_kinds(ids(), kinds)
            found = set(filter(self._exists, found)) or found
            if why in {"is called", "is spelt like"} and found:  # a whole name, spelt otherwise
                found = {self._settled(text, found, found)}
            if len(found) > 1:
                raise AmbiguousName(text, [self._suggestion(id_, f"{why} {text[:60]!r}") for id_ in self._usual(found)])
            if found:
                (id_,) = found
                if why != "is called" and text not in self.taken:
                    self._take(text, id_)
                return id_
        return None

    def _exists(self, id_: str) -> bool:
        register = self.dataset.register
        return id_ not in register or register[id_].exists(self.dataset.info.day)

    def _usual(self, ids: Iterable[str]) -> list[str]:
        return sorted(ids, key=lambda id_: (_rank(self.dataset.entities[id_]), id_))

    def _known(self, text: str) -> Iterator[str]:
        """What the shipped directory knows by this name."""
        known, key = directory(), closed_up(text)
        yield from filter(None, (known.supplier(text), known.service(text)))
        yield from (id_ for name, id_ in short_names() if closed_up(name) == key)
        yield from (one.id for made in known.products.values() for one in made if one.words == normalise(text))

    def _written_out(self, text: str) -> Iterator[str]:
        """Councils and other public bodies, by a name with another title or with shortened words."""
        found = self._by_letters.get(closed_up(written_out(text)), ())
        return (id_ for id_ in found if self.dataset.entities[id_].kind == AUTHORITY)

    @cached_property
    def _by_company(self) -> Mapping[str, set[str]]:
        return self._index(lambda name: [company_key(name)])

    @cached_property
    def _by_letters(self) -> Mapping[str, set[str]]:
        return self._index(lambda name: [closed_up(name)])

    @cached_property
    def _by_initials(self) -> Mapping[str, set[str]]:
        """Initials of registered names."""
        found = registered_initials(self.dataset.register)
        for entity in self.dataset.entities.values():
            if entity.id not in self.dataset.register:
                for made in initials(entity.name):
                    found[made].add(entity.id)
        return found

    @cached_property
    def _by_part(self) -> Mapping[str, set[str]]:
        """Whole words of names, reviewed and former ones too; several bodies that are named together are nobody."""
        found = self._index(parts_of, lambda entity: entity.authority_type != "group")
        for key, id_ in directory().keys.items():
            for part in parts_of(key) if id_ in self.dataset.entities else ():
                found[part].add(id_)
        return found

    def _index(
        self, keys: Callable[[str], Iterable[str]], wanted: Callable[[Entity], bool] = lambda _: True
    ) -> dict[str, set[str]]:
        """Every name of the data, of its register and its aliases, by a key of it."""
        found: dict[str, set[str]] = defaultdict(set)
        for tier in (self._own, self._slugs, self._official, self._aliases):
            for name, ids in tier.items():
                for key in keys(name):
                    found[key] |= {id_ for id_ in ids if wanted(self.dataset.entities[id_])}
        return found

    def near(self, text: str, kinds: frozenset[str] | None = None, limit: int = 5) -> list[Suggestion]:
        """The bodies whose names are closest, and why: a name in what was typed, or nearly the same letters."""
        from rapidfuzz import process  # only when a name is not found
        from rapidfuzz.distance import OSA

        key = normalise(text)[:_LONGEST]
        lookup: dict[str, set[str]] = defaultdict(set)
        for tier in (self._own, self._slugs, self._official, self._aliases):
            for word, ids in tier.items():
                lookup[word] |= ids
        whole = {word: set(ids) for word, ids in lookup.items()}
        for word, ids in self._by_part.items():
            lookup[word] |= ids
        why = dict.fromkeys(sorted((part for part in parts_of(key) if part in whole), key=len, reverse=True), _PART)
        errors = min(len(key) // 4, 3)  # none in three letters, one in seven
        for word, _, _ in (
            process.extract(key, list(lookup), scorer=OSA.distance, limit=4 * limit, score_cutoff=errors)
            if errors
            else ()
        ):
            if word[:1] == key[:1] or len(key) > 7:
                why.setdefault(word, "is spelt like")
        best: dict[str, Suggestion] = {}
        for word, reason in why.items():
            for id_ in self._usual(self._of_kinds((whole if reason == _PART else lookup)[word], kinds)):
                as_ = "" if normalise(self.dataset.entities[id_].name) == word else f" (as {word!r})"
                best.setdefault(id_, self._suggestion(id_, f"{reason} {text[:60]!r}{as_}"))
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

    @cached_property
    def _own(self) -> dict[str, set[str]]:
        own: dict[str, set[str]] = defaultdict(set)
        for entity in self.dataset.entities.values():
            for name in (entity.name, *entity.aliases):
                own[normalise(name)].add(entity.id)
        return dict(own)

    @cached_property
    def _slugs(self) -> dict[str, set[str]]:
        """The words of the ids: they mean their body where no name does, and are told where one does."""
        slugs: dict[str, set[str]] = defaultdict(set)
        for id_ in self.dataset.entities:
            slugs[id_.partition(":")[2].replace("-", " ")].add(id_)
        return dict(slugs)

    @cached_property
    def _official(self) -> dict[str, set[str]]:
        official: dict[str, set[str]] = defaultdict(set)
        for id_, entry in self.dataset.register.items():
            if id_ in self.dataset.entities:
                for name in (entry.name, entry.short_name):
                    if name:
                        official[normalise(name)].add(id_)
        return dict(official)

    def _aliases_of(self, key: str) -> set[str]:
        """Who has this name in the shipped register; only names that begin alike are made ready."""
        letter = key[:1]
        if letter not in self._begun:
            self._begun[letter] = _by_name(row for row in shipped_aliases() if _may_begin(row[0], letter))
        return self._begun[letter].get(key, set())

    @cached_property
    def _aliases(self) -> dict[str, set[str]]:
        return _by_name(row for row in shipped_aliases() if row[1] in self.dataset.entities)

    @cached_property
    def _begun(self) -> dict[str, dict[str, set[str]]]:
        return {}


def registered_initials(register: Mapping[str, RegisterEntry]) -> dict[str, set[str]]:
    """The initials of the full names of bodies, to those who have them."""
    found: dict[str, set[str]] = defaultdict(set)
    full = [(entry.name, id_) for id_, entry in register.items() if entry.name]
    full += [(alias, id_) for alias, id_, sort in shipped_aliases() if id_ in register and sort in _FULL]
    for name, id_ in full:
        for made in initials(name):
            found[made].add(id_)
    return found


def _by_name(rows: Iterable[tuple[str, str, str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for alias, id_, _ in rows:
        found[normalise(alias)].add(id_)
    return dict(found)


def _may_begin(alias: str, letter: str) -> bool:
    """Whether a name may begin so once it is normalised: a "the" in front does not count."""
    first = alias[:1].casefold()
    return first in {letter, "t"} or not (first.isascii() and first.isalnum())


def _rank(entity: Entity) -> int:
    """Organisations before products before places."""
    return 0 if entity.kind in ORGANISATIONS else 1 if entity.kind == PRODUCT else 2
