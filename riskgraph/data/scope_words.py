"""Service areas, classes of authority and regions as people say them; the words stand in `importing/words.csv`.

A word that fits several means all of them where several can be asked for, and none where one is wanted.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from functools import lru_cache

from riskgraph.data.spelling import normalise
from riskgraph.errors import RiskGraphError
from riskgraph.rules import rules
from riskgraph.vocabulary import words

__all__ = ["area_of", "areas_of", "chosen", "classes_of", "regions_of"]


@lru_cache(maxsize=4096)
def areas_of(text: str) -> tuple[str, ...]:
    """The service areas that a word means: by id, label or as people say it; nothing near is taken.

    Examples
    --------
    >>> areas_of("Revs and Bens"), areas_of("hr-payroll"), areas_of("environmental services"), areas_of("dragons")
    (('revenues-benefits',), ('hr-payroll',), ('waste-streetscene', 'regulatory-licensing'), ())
    """
    return _meanings(text, "service area", _areas())


def area_of(text: str) -> str | None:
    """The one service area that a word means; none if it means several.

    Examples
    --------
    >>> area_of("Revenues & Benefits"), area_of("bins"), area_of("environmental services")
    ('revenues-benefits', 'waste-streetscene', None)
    """
    found = areas_of(text)
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=1)
def _areas() -> dict[str, str]:
    return {normalise(word): area.id for area in rules().areas.values() for word in (area.label, area.id)}


def classes_of(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """The classes of authority that a word means, of those that a map has.

    Examples
    --------
    >>> classes_of("London boroughs", ["london-borough", "district"]), classes_of("borough", ["district", "fire"])
    (('london-borough',), ('district',))
    """
    usual = {normalise(word): word for word in known}
    for way in (text, text.strip().removesuffix("s")):
        said = {**words("public body"), **words("class of authority")}.get(normalise(way), "")
        found = _meanings(way, "", usual) or tuple(word for word in said.split(";") if word in usual.values())
        if found:
            return found
    return ()


def regions_of(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """The regions or nations that a word means, of those that a map has.

    Examples
    --------
    >>> regions_of("the North West", ["North West"]), regions_of("Midlands", ["East Midlands", "West Midlands"])
    (('North West',), ('East Midlands', 'West Midlands'))
    """
    usual = {normalise(word): word for word in known}
    found = _meanings(text, "region", usual)
    return tuple(word for word in found if word in usual.values())


def _meanings(text: str, list_: str, usual: Mapping[str, str]) -> tuple[str, ...]:
    for key in (normalise(text), normalise(text.replace("-", " "))):
        if key in usual:
            return (usual[key],)
        if key in words(list_):
            return tuple(words(list_)[key].split(";"))
    return ()


def chosen(text: str, found: tuple[str, ...], known: Iterable[str], what: str) -> tuple[str, ...]:
    """What was found for a word.

    Raises
    ------
    RiskGraphError
        If nothing was; it says what there is.
    """
    if not found:
        listed = textwrap.fill(", ".join(sorted(known)), 100, initial_indent="  ", subsequent_indent="  ")
        raise RiskGraphError(f"No {what} is called {text[:60]!r}.", f"Use one of:\n{listed}.")
    return found
