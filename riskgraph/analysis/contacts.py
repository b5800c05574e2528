"""Contacts joined to the bodies of a map while a call sheet is printed: no answer and no map ever holds them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from riskgraph.analysis.desks import desks
from riskgraph.data.spelling import normalise
from riskgraph.errors import AmbiguousName, NameNotFound, RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.importers.contacts import Contact, read_contacts
from riskgraph.model import ORGANISATIONS

__all__ = ["Contacts", "contacts"]


@dataclass(frozen=True)
class Contacts:
    """Who answers at each body.

    Attributes
    ----------
    source
        Names of the files that they come from, for people.
    by_body
        Id of a body, or name of a national desk, to its contacts, in the order of the files.
    unknown
        Names in the files that match nobody, or several.
    unread
        Columns of a list that nobody understands.
    """

    source: str
    by_body: Mapping[str, tuple[Contact, ...]]
    unknown: tuple[str, ...]
    unread: tuple[str, ...] = ()

    def of(self, who: str) -> tuple[Contact, ...]:
        """The contacts of one who is rung."""
        return self.by_body.get(who, ())


def contacts(
    graph: RiskGraph, file: str | Path | None = None, sheets: Iterable[Path] = (), roots: Iterable[str] = ()
) -> Contacts | None:
    """The contacts of a file, then those that stand in the sheets that the map was read from.

    Parameters
    ----------
    file
        A list of contacts, a register or a workbook; see `riskgraph.importers.contacts.read_contacts`.
    sheets
        Registers or workbooks that may hold contacts too.
    roots
        Ids of what is hit: the contacts of rows about these come first at each body.

    Returns
    -------
    Contacts or None
        None where there is no file, and no sheet that holds contacts.

    Raises
    ------
    RiskGraphError
        If the file is not there, cannot be read, or holds no contacts.

    Examples
    --------
    >>> from riskgraph.maps import sheets_of
    >>> found = contacts(RiskGraph.open("one-sheet-register.csv"), sheets=sheets_of("one-sheet-register.csv"))
    >>> found.source, [one.who for one in found.of("supplier:quenby-software")]
    ('one-sheet-register.csv', ['security@quenby.example.org'])
    """
    files = list(dict.fromkeys([*([] if file is None else [Path(file)]), *sheets]))
    by_body: dict[str, list[Contact]] = defaultdict(list)
    unknown: dict[str, None] = {}
    unread: list[str] = []
    for path in files:
        found, columns = read_contacts(path)
        unread += columns
        if not found and file is not None and path == Path(file):
            raise RiskGraphError(f"{path.name} holds no contacts.", "Fill in a number, an address or a name.")
        for contact in found:
            who = _whose(graph, contact.body)
            if who is None:
                unknown[contact.body] = None
            elif contact not in by_body[who]:
                by_body[who].append(contact)
    if not by_body and not unknown:
        return None
    hit = [graph.dataset.entities[root.partition("/")[0]] for root in roots]
    names = {normalise(name) for entity in hit for name in (entity.name, *entity.aliases)}
    ordered = {
        who: tuple(sorted(some, key=lambda one: names.isdisjoint(map(normalise, one.about))))
        for who, some in by_body.items()
    }
    return Contacts(" and ".join(path.name for path in files), ordered, tuple(unknown), tuple(unread))


def _whose(graph: RiskGraph, name: str) -> str | None:
    """A body of the map, or a national desk whose name or usual word stands in the name."""
    try:
        return graph.names.resolve(name, ORGANISATIONS)
    except (NameNotFound, AmbiguousName):
        text = f" {normalise(name)} "
        known = {word: desk.name for desk in desks() for word in (desk.name, *desk.aliases)}
        return next((desk for word, desk in known.items() if f" {normalise(word)} " in text), None)
