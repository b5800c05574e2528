"""Which relation of the model a stated one is, by the kinds that it joins: the one place that leaves out what fits none.

What another relation says better is read as that (`importing/read_as.csv`), and counted as a guess.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from riskgraph.assets import shipped_rows
from riskgraph.rules import rules

__all__ = ["Fitting", "fitting"]

_KINDS = {"authority": "public body"}


class Fitting(NamedTuple):
    """What became of a relation between two kinds."""

    relation: str
    guessed: str = ""  # how it was read, if otherwise than it was said
    why_not: str = ""  # why it is left out


@lru_cache(maxsize=4096)
def fitting(relation: str, dependent: str, provider: str) -> Fitting:
    """The relation of the model that one between two kinds is.

    Examples
    --------
    >>> fitting("supplied-by", "authority", "supplier")
    Fitting(relation='supplied-by', guessed='', why_not='')
    >>> fitting("supplied-by", "authority", "shared-service").relation
    'served-by'
    >>> fitting("owned-by", "supplier", "product").why_not
    'the map has no place for: supplier is owned by product'
    """
    if _allowed(relation, dependent, provider):
        return Fitting(relation)
    for row in shipped_rows("importing", "read_as.csv"):
        fits = dependent in row["dependents"].split("|") and provider in row["providers"].split("|")
        if row["relation"] == relation and fits and _allowed(row["read_as"], dependent, provider):
            return Fitting(row["read_as"], guessed=row["says"])
    one, two = (_KINDS.get(kind, kind.replace("-", " ")) for kind in (dependent, provider))
    verb = rules().pairs[relation].verb(provider, past=False)
    return Fitting(relation, why_not=f"the map has no place for: {one} {verb} {two}")


def _allowed(relation: str, dependent: str, provider: str) -> bool:
    pair = rules().pairs[relation]
    return dependent in pair.dependents and provider in pair.providers
