"""Limiting an answer to a service area, a class, a region or one's own members."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from riskgraph.data.scope_words import areas_of, chosen, classes_of, regions_of
from riskgraph.data.spelling import normalise
from riskgraph.errors import AmbiguousName, DataError, NameNotFound, RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.model import AUTHORITY
from riskgraph.rules import Trait, relations_that, rules
from riskgraph.settle import View
from riskgraph.vocabulary import words

__all__ = ["Selection", "Unfound", "nothing_recorded"]


class Unfound(NamedTuple):
    """A name on a list of members that is nobody's, and the councils that it may mean."""

    name: str
    near: tuple[str, ...]


@dataclass(frozen=True)
class Selection:
    """Whom an answer is limited to; everything empty means nobody is left out.

    Attributes
    ----------
    members
        Ids of those on a list of members whom the map knows; `None` if there is no list.
    unrecorded
        Ids of those on the list who are in the register of authorities, and of whom the map says nothing at all.
    not_found
        Names on the list that are nobody's, or several bodies', each once.

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
    unrecorded: tuple[str, ...] = field(default=(), compare=False)
    not_found: tuple[Unfound, ...] = field(default=(), compare=False)

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
            A file that names them by names, ids or GSS codes, in any column of a CSV, an Excel workbook or plain
            text; or the names themselves. Who is not found stands in `not_found`.

        Raises
        ------
        RiskGraphError
            If an area, a class or a region is not known, or none of the members is found.
        """
        register = graph.dataset.register.values()
        types = {entity.authority_type for entity in graph.dataset.entities.values() if entity.authority_type}
        places = {word for entry in register for word in (entry.region, entry.nation) if word}
        limited = cls(
            graph,
            _meant(graph, areas, "service area", list(rules().areas), areas_of),
            _meant(graph, classes, "class of authority", types, lambda word: classes_of(word, types)),
            _meant(graph, regions, "region", places, lambda word: regions_of(word, places)),
        )
        return limited if members is None else replace(limited, **_members(graph, members))

    def __bool__(self) -> bool:
        return bool(self.areas or self.classes or self.regions or self.members is not None)

    @property
    def asked(self) -> tuple[str, ...]:
        """Ids of all members of the list who exist, whether the map knows them or not."""
        return tuple(sorted((*(self.members or ()), *self.unrecorded)))

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

    def admits(self, *bodies: str) -> bool:
        """Whether nobody of these is an authority outside the selection."""
        entities = self.graph.dataset.entities
        return all(entities[body].kind != AUTHORITY or self.holds(body) for body in bodies if body in entities)


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


def nothing_recorded(chosen: Selection, view: View) -> tuple[str, ...]:
    """The members of whom the map records no relation in force, as of the date of a view.

    Parameters
    ----------
    chosen
        A selection with members; without any, nobody is named.
    view
        As of when, and knowing what.

    Returns
    -------
    tuple of str
        Their ids, in order; those of `unrecorded` are among them.

    Examples
    --------
    >>> seeds = RiskGraph.open("seeds")
    >>> kent = Selection.of(seeds, members=["Thanet", "Maidstone"])
    >>> nothing_recorded(kent, seeds.view()), kent.asked
    (('authority:maidstone',), ('authority:maidstone', 'authority:thanet'))
    """
    named = {
        body
        for step in chosen.graph.settled(view).observed
        if step.in_force and step.relation not in relations_that(Trait.GOVERNS)
        for body in (step.dependent, step.provider)
    }
    return tuple(body for body in chosen.asked if body not in named)


def _members(graph: RiskGraph, members: str | Path | Iterable[str]) -> dict[str, Any]:
    """What a list of members says, as fields of a selection."""
    who = _Lookup(graph)
    if isinstance(members, str | Path):
        from riskgraph.importers.sheets import open_sheets  # start-up time: few questions have a list of members

        try:
            lists = [_named_in([cells for _, cells in sheet.rows()], who) for sheet in open_sheets(Path(members))]
        except DataError as error:
            first = error.problems[0]
            raise RiskGraphError(f"{members} is no list of names: {first.message}", first.fix) from None
        named = max(lists, key=lambda names: len({id_ for id_, _ in names if id_}), default=[])
    else:
        named = [(who.id(name), name) for name in map(str, members)]
    found = {id_ for id_, _ in named if id_}
    lost = dict.fromkeys(name for id_, name in named if id_ is None)
    not_found = tuple(Unfound(name, who.near(name)) for name in lost)
    if not found:
        told = "\n".join(
            f"  {one.name}{f': did you mean {one.near[0]}?' if one.near else ''}" for one in not_found[:10]
        )
        raise RiskGraphError(
            f"Nobody on the list of members was found, of {len(lost)}:\n{told}"
            if lost
            else "The list of members holds no name.",
            "Write one council a line, by name, id or GSS code.",
        )
    for _, name in named:
        if name in who.said:
            graph.names.say(name, who.said[name])
    here = frozenset(id_ for id_ in found if id_ in graph.dataset.entities)
    return {"members": here, "unrecorded": tuple(sorted(found - here)), "not_found": not_found}


class _Lookup:
    """Councils by what people write in a list: of the map, and of the register beyond it."""

    def __init__(self, graph: RiskGraph) -> None:
        from riskgraph.importers.matching import Councils  # start-up time: few questions have a list of members

        self.graph, self.known, self.said = graph, dict[str, str | None](), dict[str, str]()
        self.listed = Councils(graph.dataset.register)

    def id(self, text: str) -> str | None:
        """The one body that a cell means, or `None`."""
        text = " ".join(text.split())
        if text not in self.known:
            names = self.graph.names
            try:
                self.known[text] = names.resolve(text, frozenset({AUTHORITY}))
                if text in names.taken:  # most cells of a table are no names: only those that count are told
                    self.said[text] = names.taken.pop(text)
            except NameNotFound:
                ids, how = self.listed.find(text)
                wanted = text if text in self.listed.register else None
                self.known[text] = ids[0] if len(ids) == 1 and how != "trimmed" else wanted
            except RiskGraphError:  # several bodies, or an empty cell
                self.known[text] = None
        return self.known[text]

    def near(self, text: str) -> tuple[str, ...]:
        """The names of those whom a name that is not found may mean."""
        try:
            self.graph.names.resolve(text, frozenset({AUTHORITY}))
        except (NameNotFound, AmbiguousName) as error:
            return tuple(one.name for one in error.near if one.id.startswith(f"{AUTHORITY}:"))[:3]
        except RiskGraphError:
            pass
        return ()


def _named_in(rows: Sequence[Sequence[str]], who: _Lookup) -> list[tuple[str | None, str]]:
    """Whom a table names, row by row: by the column in which most councils stand, or by another cell of the row."""
    table = [[cell.strip() for cell in row] for row in rows]
    table = [row for row in table if not next(filter(None, row), "").startswith("#")]
    head = words("list of members: header")
    column = max(
        range(max(map(len, table), default=0)),
        key=lambda n: (len({id_ for row in table if n < len(row) and (id_ := who.id(row[n]))}), -n),
        default=0,
    )
    found: list[tuple[str | None, str]] = []
    for row in table:
        cell = row[column] if column < len(row) else ""
        whole = ", ".join(filter(None, row))  # a name with a comma in it, on a line of plain text
        id_ = who.id(cell) or who.id(whole) or next(filter(None, map(who.id, row)), None)
        if id_ or (cell and "@" not in cell and not any(normalise(word) in head for word in row)):
            found.append((id_, cell or whole))
        elif not any(one for one, _ in found):
            found = []  # what stands above a header, or above an empty line at the top, is a title
    return found
