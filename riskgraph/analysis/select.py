"""Limiting an answer to a service area, a class, a region or one's own members."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from riskgraph.data.files import read_names
from riskgraph.data.scope_words import areas_of, chosen, classes_of, regions_of
from riskgraph.data.spelling import normalise
from riskgraph.errors import AmbiguousName, NameNotFound, RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY
from riskgraph.rules import rules

__all__ = ["Selection"]


@dataclass(frozen=True)
class Selection:
    """Whom an answer is limited to; everything empty means nobody is left out.

    Examples
    --------
    >>> seeds = RiskGraph.open("seeds")
    >>> kent = Selection.of(seeds, regions=["South East"], classes=["district"])
    >>> kent.holds("authority:dover"), kent.holds("authority:kent")
    (True, False)
    """

    graph: RiskGraph
    areas: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    members: frozenset[str] | None = None

    @classmethod
    def of(
        cls,
        graph: RiskGraph,
        *,
        areas: Iterable[str] = (),
        classes: Iterable[str] = (),
        regions: Iterable[str] = (),
        members: str | Path | Iterable[str] | None = None,
    ) -> Selection:
        """From what people type.

        Parameters
        ----------
        members
            A file with one name a line (or the first column of a CSV), or the names themselves.

        Raises
        ------
        RiskGraphError
            If an area, a class, a region or a member is not known; every unknown member is named.
        """
        register = graph.dataset.register.values()
        types = {entity.authority_type for entity in graph.dataset.entities.values() if entity.authority_type}
        places = {word for entry in register for word in (entry.region, entry.nation) if word}
        return cls(
            graph,
            _meant(graph, areas, "service area", list(rules().areas), areas_of),
            _meant(graph, classes, "class of authority", types, lambda word: classes_of(word, types)),
            _meant(graph, regions, "region", places, lambda word: regions_of(word, places)),
            None if members is None else _members(graph, members),
        )

    def __bool__(self) -> bool:
        return bool(self.areas or self.classes or self.regions or self.members is not None)

    def has_area(self, area: str | None) -> bool:
        """Whether a service area is asked about; all are where none was named."""
        return not self.areas or area in self.areas

    def holds(self, body: str) -> bool:
        """Whether a body is within the classes, regions and members."""
        if self.members is not None and body not in self.members:
            return False
        entity, entry = self.graph.dataset.entities[body], self.graph.dataset.register.get(body)
        if self.classes and entity.authority_type not in self.classes:
            return False
        return not self.regions or (entry is not None and bool({entry.region, entry.nation} & self.regions))


def _meant(
    graph: RiskGraph, said: Iterable[str], what: str, known: Iterable[str], meaning: Callable[[str], tuple[str, ...]]
) -> frozenset[str]:
    """All that the words mean; a word that fits several takes them all, and that is said."""
    found: set[str] = set()
    for word in said:
        fits = chosen(word, meaning(word), known, what)
        if len(fits) > 1:
            listed = f"{', '.join(fits[:-1])} and {fits[-1]}"
            graph.names.say(word, f"Taking {listed} for {word[:60]!r}.")
        found.update(fits)
    return frozenset(found)


def _members(graph: RiskGraph, members: str | Path | Iterable[str]) -> frozenset[str]:
    if isinstance(members, str | Path):
        names = [name for line in read_names(Path(members)) if (name := line.split(",")[0].strip().strip('"'))]
        if names and normalise(names[0]) in {"name", "council", "member", "id", "authority"}:
            names = names[1:]
    else:
        names = list(members)
    found, unknown = set(), []
    for name in names:
        try:
            found.add(graph.names.resolve(name, frozenset({AUTHORITY})))
        except (NameNotFound, AmbiguousName) as error:
            unknown.append(error.message)
    if unknown:
        raise RiskGraphError(
            f"{len(unknown)} of {len(names)} members are not clear.\n" + "\n".join(unknown),
            "Correct these lines, or use ids or GSS codes.",
        )
    if not found:
        raise RiskGraphError("The list of members is empty.", "Write one name a line.")
    return frozenset(found)
