"""Which known supplier stands behind a name as files write it, and which several stand in one cell."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from riskgraph.data.directory import directory
from riskgraph.data.spelling import company_key, normalise
from riskgraph.importers.parts import Piece, fewest, pieces
from riskgraph.importers.values import clean_supplier
from riskgraph.model import AUTHORITY, SUPPLIER, Entity
from riskgraph.vocabulary import pattern, patterns, words

__all__ = ["NEW", "CellNames", "KnownSuppliers", "NamesInACell"]

_IDENTIFIER = re.compile(r"[A-Z]{2}-[A-Z]+-\S+$")
_LISTS = re.compile(r"[;/|\u2022\u25cf]|\(\w{1,2}\)")  # marks that stand in lists rather than in names
# what there has to be for a cell to hold several names: a mark, a word between two, a legal form that is not the end
_MARKED = re.compile(
    r"[,;/|&+\r\n\u2013\u2014\u2022\u00b7\u2023\u25aa\u25cf]| - |\d[.)]|\([a-hiv]{1,3}\) |\b(?:and|with|of|between|lots?)\b|\b(?:ltd|limited|plc|llp)\b.*\w",
    re.IGNORECASE,
)
NEW = "new:"  # how the decision for a supplier that nobody knows begins, and its id in a cell
_MOST = 16_384  # cells that are remembered


class KnownSuppliers:
    """Suppliers of a map and of the shipped directory, by their whole names.

    Parameters
    ----------
    base
        Entities of the data set that is imported into.
    reviewed
        `company_key` of a name to id, as a person decided.

    Examples
    --------
    >>> known = KnownSuppliers({}, {})
    >>> known.named("CIVICA UK LTD"), known.named("CIVICA UK LTD - LEEDS")
    ('supplier:civica', None)
    >>> known.behind("CIVICA UK LTD - LEEDS"), known.behind("Wildstone Capita")
    (('supplier:civica', 'CIVICA UK LTD'), None)
    """

    def __init__(self, base: Mapping[str, Entity], reviewed: Mapping[str, str]) -> None:
        self.reviewed = reviewed
        keys: dict[str, set[str]] = defaultdict(set)
        for entity in base.values():
            if entity.kind == SUPPLIER:
                for name in (entity.name, *entity.aliases):
                    if not _IDENTIFIER.match(name):
                        keys[company_key(name)].add(entity.id)
        self._keys = dict(keys)

    def named(self, name: str) -> str | None:
        """The supplier that a whole name means."""
        key = company_key(name)
        if (decided := self.reviewed.get(key)) is not None:
            return None if ";" in decided or _is_new(decided) else decided
        if (hits := self._keys.get(key)) is not None:
            return next(iter(hits)) if len(hits) == 1 else None
        return directory().supplier(name)

    def behind(self, name: str) -> tuple[str, str] | None:
        """The known supplier that is left when remarks and places are taken off, and what is left of its name."""
        names = [part.strip(" )]") for part in pattern("supplier: between two names of one").split(name)]
        if len(names) > 1:
            found = {id_: part for part in reversed(names) if _says_who(part) and (id_ := self.named(part))}
            return next(iter(found.items())) if len(found) == 1 else None
        return next(((id_, left) for left in _shorter(name) if (id_ := self.named(left))), None)


def _shorter(name: str, times: int = 2) -> Iterator[str]:
    """What is left of a name without one remark or place at its end, then without two."""
    left = []
    for form, sort in patterns("supplier: behind a known name"):
        match = form.search(name)
        if match is None or match.start() < 3:
            continue
        rest, off = name[: match.start()].rstrip(" -,("), match[0]
        if sort == "remark" or (_says_who(rest) and not _legal(off)):
            left.append(rest)
    yield from left
    for rest in left if times > 1 else ():
        yield from _shorter(rest, times - 1)


def _says_who(name: str) -> bool:
    """Whether a name is more than one word: "Restore (Leeds)" may be anybody, "Restore Ltd (Leeds)" may not."""
    return len(normalise(name).split()) > 1


@lru_cache(maxsize=1)
def _forms() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, words('legal form')))})\b", re.IGNORECASE)


def _legal(text: str) -> list[str]:
    return _forms().findall(text)


class CellNames(NamedTuple):
    """The names in one cell."""

    names: tuple[str, ...]  # one for each supplier, the known ones first
    doubtful: bool = False  # whether there may be several, and nobody can tell


class NamesInACell:
    """The suppliers of one cell, each apart where all of them are surely names.

    Parameters
    ----------
    suppliers
        Those that are known.
    others
        The public body or shared service that a whole name means.
    name_of
        The name of a body, by its id.

    Examples
    --------
    >>> cell = NamesInACell(KnownSuppliers({}, {}), lambda name: None, lambda id_: id_)
    >>> cell.apart("Civica UK Ltd / Idox Software Ltd").names
    ('Civica UK Ltd', 'Idox Software Ltd')
    >>> cell.apart("Smith/Jones LLP"), cell.apart("Alder Ltd; Birch Ltd").doubtful
    (CellNames(names=('Smith/Jones LLP',), doubtful=False), True)
    """

    def __init__(
        self, suppliers: KnownSuppliers, others: Callable[[str], str | None], name_of: Callable[[str], str]
    ) -> None:
        self.suppliers, self._others, self._name_of = suppliers, others, name_of
        self._seen: dict[str, CellNames] = {}

    def meant(self, name: str) -> str | None:
        """The body that a whole name means."""
        return self.suppliers.named(name) or self._others(name)

    def apart(self, name: str) -> CellNames:
        """The names in a cell: several, or the one that it is."""
        found = self._seen.get(name)
        if found is None:
            if len(self._seen) >= _MOST:
                self._seen.clear()
            found = self._seen[name] = self._apart(name)
        return found

    def on_lines(self, cell: str) -> str:
        """A cell of several lines in one: with a mark between them where each line is a name of its own."""
        lines = [" ".join(line.split()) for line in cell.splitlines() if line.strip()]
        return (" / " if all(map(self.meant, lines)) else " ").join(lines)

    def _apart(self, name: str) -> CellNames:
        decided = self.suppliers.reviewed.get(company_key(name), "").split(";")
        if len(decided) > 1 or _is_new(decided[0]):
            return CellNames(tuple(map(self._decided, decided)))
        parts = self._pieces(name) if _MARKED.search(name) else ()
        if len(parts) < 2 or self.meant(name):
            return CellNames((name,))
        single = {one.text: self._part(one.text, True) for one in parts}
        for new in (False, True):  # what is known first: "Civica and Idox Ltd" is no third company
            if len(parts) == 2 and not all(single.values()):
                break
            found = fewest(parts, lambda text: self._in_a_list(text, single, new))  # noqa: B023 - asked at once
            if not all(_is_new(id_) for _, id_ in found):
                texts = {id_: clean_supplier(text)[0] or text for text, id_ in reversed(found)}
                return CellNames(
                    tuple(texts[id_] for id_ in sorted(dict.fromkeys(id_ for _, id_ in found), key=_is_new))
                )
        known = [id_ for id_ in single.values() if id_]
        listed = any(
            (id_ := single[one.text]) and not _is_new(id_) and _LISTS.search(one.mark or parts[place - 1].mark)
            for place, one in enumerate(parts)
        )
        return CellNames((name,), listed or len(set(known)) > 1)

    def _in_a_list(self, text: str, single: Mapping[str, str | None], new: bool) -> str | None:
        """The body that one or several pieces of a cell mean together; of new ones only if they are wanted."""
        id_ = single[text] if text in single else self._part(text, False)
        return id_ if new or id_ is None or not _is_new(id_) else None

    def _decided(self, id_: str) -> str:
        return id_[len(NEW) :].strip() if _is_new(id_) else self._name_of(id_)

    def _part(self, text: str, single: bool) -> str | None:
        """The body that a part of a cell means; a new one where the part has one legal form, at its end."""
        text = clean_supplier(text)[0] or ""
        if not text:
            return None
        if (id_ := self.meant(text)) and (id_.startswith(SUPPLIER) or _is_a_body(id_, text)):
            return id_
        if single and (found := self.suppliers.behind(text)):
            return found[0]
        key = company_key(text)
        if len(key) < 3 or key == normalise(text) or len(_legal(text)) != 1:
            return None
        strong = any(form.search(one.mark) for one in self._pieces(text) for form in _strong())
        return None if strong else NEW + key

    @staticmethod
    def _pieces(text: str) -> tuple[Piece, ...]:
        return pieces(text, pattern("several suppliers: between"))


def _is_a_body(id_: str, text: str) -> bool:
    """Whether a text names a shared service, or a public body by more than its place: "Civica UK Ltd - Leeds"."""
    return not id_.startswith(AUTHORITY) or bool(pattern("public body").search(text))


def _is_new(id_: str) -> bool:
    return id_[: len(NEW)].lower() == NEW


@lru_cache(maxsize=1)
def _strong() -> tuple[re.Pattern[str], ...]:
    return tuple(form for form, sort in patterns("several suppliers: between") if sort == "strong")
