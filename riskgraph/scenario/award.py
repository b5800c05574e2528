"""A draft award: what procurement knows of a contract before it is signed, and the rows it would be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from riskgraph.data.dataset import Dataset
from riskgraph.data.names import Names
from riskgraph.data.overlay import AWARD, Overlay
from riskgraph.data.scope_words import area_of, areas_of
from riskgraph.data.spelling import normalise
from riskgraph.dates import first_day, last_day
from riskgraph.errors import DataError, NameNotFound, Problem, RiskGraphError
from riskgraph.graph import RiskGraph
from riskgraph.importers.words import hosting_of
from riskgraph.model import (
    AUTHORITY,
    ENVIRONMENT,
    PRODUCT,
    SHARED_SERVICE,
    SUPPLIER,
    SYSTEM,
    Entity,
)
from riskgraph.rules import Trait, relations_that, rules
from riskgraph.scenario.dependence import end, ties
from riskgraph.scenario.forms import FormKind, day_said, open_form, word_said
from riskgraph.scenario.strict import find
from riskgraph.vocabulary import words

__all__ = ["Award", "Placed", "place", "read_award"]

WORDS: Mapping[str, tuple[str, ...]] = {
    "relation": tuple(word for word in rules().pairs if word in relations_that(Trait.DRAFTABLE)),
    "data": ("none", "personal", "special"),
    "access": ("none", "data", "remote", "admin", "network"),
    "hosting": ("own", "supplier", "shared", "cloud"),
    "subcontractor_access": ("none", "data", "remote", "admin", "network"),
    "old_data_returned": ("no", "yes"),
}
_LISTS = ("councils", "subcontractors", "replaces", "new")
_KEYS = ("title", "author", "notes", "supplier", "service_area", "product", "host", "start", "end", *WORDS, *_LISTS)
FORM = FormKind(
    {
        "title": ("Title", "Name of the award", "Contract title", "Award"),
        "author": ("Author", "Written by"),
        "notes": ("Notes", "Comments"),
        "councils": ("Councils", "Council", "Buyer", "Buyers", "Who buys", "Authority"),
        "supplier": ("Supplier", "From whom", "Provider", "Vendor"),
        "service_area": ("Service area", "Area", "Service", "For which service"),
        "relation": ("Relation", "Relationship", "How we depend", "What they do"),
        "product": ("Product", "System", "Software"),
        "data": ("Data", "Personal data", "What data"),
        "access": ("Access", "Supplier access", "Way in"),
        "hosting": ("Hosting", "Who runs the servers", "Hosted"),
        "host": ("Host", "Hosted by", "Who holds the servers"),
        "subcontractors": ("Subcontractors", "Subcontractor", "Who else works on it"),
        "subcontractor_access": ("Subcontractor access", "Way in of subcontractors"),
        "start": ("Start", "Start date", "Contract start", "First day"),
        "end": ("End", "End date", "Contract end", "Last day"),
        "replaces": ("Replaces", "Whose contract ends", "Current supplier"),
        "old_data_returned": ("Old data returned", "Is the old data returned"),
        "new": ("New", "New names", "Names that are new"),
    },
    frozenset(_LISTS),
    {
        "service_area": lambda text: area_of(text) or text,
        "relation": word_said(words("relationship")),
        "data": word_said(words("personal data")),
        "access": word_said(words("access")),
        "hosting": lambda text: hosting_of(text)[0] or text,
        "subcontractor_access": word_said(words("access")),
        "start": day_said,
        "end": day_said,
        "old_data_returned": word_said(words("data returned")),
    },
)
BUYERS = frozenset({AUTHORITY, SHARED_SERVICE})
HOSTS = frozenset({SUPPLIER, SHARED_SERVICE, AUTHORITY, ENVIRONMENT})


@dataclass(frozen=True, slots=True)
class Award:
    """A draft award as it was written; `None` is not known.

    Attributes
    ----------
    councils
        Who buys.
    supplier, relation, service_area
        From whom, how it would depend on them, and for which service.
    product
        What is used, if it is a product.
    data, access, hosting
        What data lies there, what way in the supplier has, and who runs the servers.
    host
        Who holds the servers, if it is not the buyer.
    subcontractors
        Who works for the supplier on this; empty: nobody; `None`: not known.
    subcontractor_access
        What way in they have.
    start, end
        First and last day.
    replaces
        Whose contract in the same service area ends the day before.
    old_data_returned
        Whether their data comes back.
    new
        Names that the map does not know yet and that are no mistake.
    cells
        Key to file, row and column in which it stands.
    """

    file: str
    title: str
    councils: tuple[str, ...]
    supplier: str
    relation: str
    service_area: str
    product: str = ""
    data: str | None = None
    access: str | None = None
    hosting: str | None = None
    host: str = ""
    subcontractors: tuple[str, ...] | None = None
    subcontractor_access: str | None = None
    start: str | None = None
    end: str | None = None
    replaces: tuple[str, ...] = ()
    old_data_returned: str | None = None
    new: tuple[str, ...] = ()
    cells: Mapping[str, tuple[str, int | None, str | None]] = field(default_factory=dict, compare=False)


def read_award(where: str | Path) -> Award:
    """Read a draft: a TOML file, a form that was filled in as a sheet, or the name of a shipped example.

    Raises
    ------
    MissingFile
        If it is not there.
    DataError
        If anything in it is wrong by itself; every problem is listed with its line.

    Examples
    --------
    >>> read_award("committee-system").relation
    'uses'
    """
    sheet = open_form(find(where, "drafts", "draft"), FORM)
    sheet.only(_KEYS)
    said = {key: sheet.word(key, allowed) for key, allowed in WORDS.items()}
    lists = {key: sheet.texts(key) for key in _LISTS}
    area = sheet.text("service_area", needed=True)
    if area and area_of(area) is None:
        fix = f"Use one of: {', '.join(areas_of(area) or sorted(rules().areas))}."
        sheet.problem("service_area", "word", f"No service area is called {area!r}.", fix)
    if not lists["councils"] and not any(problem.column == "councils" for problem in sheet.problems):
        sheet.problem("councils", "missing", "Nobody buys.", 'Add councils = ["..."].')
    start, end = sheet.date("start"), sheet.date("end")
    if start and end and first_day(start) > last_day(end):
        sheet.problem("end", "date-order", f"It ends ({end}) before it starts ({start}).", "Swap them.")
    relation = said["relation"] or "served-by"
    product = sheet.text("product")
    if relation in relations_that(Trait.USE) and not product:
        sheet.problem("product", "missing", "It uses something, but says not what.", 'Add product = "...".')
    award = Award(
        sheet.file,
        sheet.text("title", needed=True),
        lists["councils"],
        sheet.text("supplier", needed=True),
        relation,
        area_of(area) or area,
        product,
        said["data"],
        said["access"],
        said["hosting"],
        sheet.text("host"),
        lists["subcontractors"] if "subcontractors" in sheet.values else None,
        said["subcontractor_access"],
        start,
        end,
        lists["replaces"],
        said["old_data_returned"],
        lists["new"],
        {key: sheet.where(key) for key in sheet.values},
    )
    sheet.text("author")
    sheet.text("notes", lines=True)
    sheet.done("nothing was judged")
    return award


@dataclass(frozen=True, slots=True)
class Placed:
    """A draft in the map: ids instead of names, and what the award would lean on.

    Attributes
    ----------
    roots
        The line of the supplier, the product, the host and the subcontractors.
    """

    award: Award
    dataset: Dataset
    buyers: tuple[str, ...]
    supplier: str
    roots: tuple[str, ...]
    ended: tuple[str, ...]  # rows that end because of it


def place(graph: RiskGraph, award: Award) -> Placed:
    """Lay a draft over a copy of the map.

    Raises
    ------
    DataError
        If a name is not known or does not fit; every problem is listed.

    Examples
    --------
    >>> placed = place(RiskGraph.open("uk"), read_award("committee-system"))
    >>> placed.roots
    ('supplier:orbit-committees-ltd/committee-democratic', 'product:orbit-agenda')
    """
    placer = _Placer(graph, award)
    placed = placer.placed()
    if placer.problems:
        raise DataError(award.file, placer.problems, "nothing was judged", "Put these right and ask again.")
    assert placed is not None
    return placed


class _Placer:
    def __init__(self, graph: RiskGraph, award: Award) -> None:
        self.graph, self.award = graph, award
        self.names: Names = graph.names
        self.problems: list[Problem] = []
        day = first_day(award.start) if award.start else graph.dataset.info.day
        self.overlay = Overlay(graph.dataset, day, AWARD)

    def problem(self, key: str, rule: str, message: str, fix: str) -> None:
        where = self.award.cells.get(key, (self.award.file, None, key))
        self.problems.append(Problem(*where, rule, message, fix))

    def resolve(self, key: str, name: str, kinds: frozenset[str], new: str) -> str | None:
        """Id of a name; a name that the draft calls new becomes a body or a product of that kind."""
        if name in self.award.new:
            slug = re.sub(r"[^a-z0-9]+", "-", normalise(name)).strip("-") or "new"
            id_ = f"{new}:{slug}"
            if id_ not in self.graph.dataset.entities:
                self.overlay.entity(Entity(id_, new, name))
            return id_
        try:
            return self.names.resolve(name, kinds)
        except RiskGraphError as error:
            fix = f"{error.fix} If it is right, put {name!r} under new as well."
            self.problem(key, "name", error.message, fix)
            return None

    def _there(self, name: str) -> str | None:
        """Id of a name that the map knows."""
        try:
            return self.names.resolve(name)
        except NameNotFound:
            return None
        except RiskGraphError:
            return name

    def placed(self) -> Placed | None:
        award = self.award
        buyers = [self.resolve("councils", name, BUYERS, AUTHORITY) for name in award.councils]
        kinds = frozenset({SUPPLIER, SHARED_SERVICE, AUTHORITY})
        supplier = self.resolve("supplier", award.supplier, kinds, SUPPLIER)
        product = self.resolve("product", award.product, frozenset({PRODUCT}), PRODUCT) if award.product else None
        host = self.resolve("host", award.host, HOSTS, SUPPLIER) if award.host else None
        subs = [self.resolve("subcontractors", n, frozenset({SUPPLIER}), SUPPLIER) for n in award.subcontractors or ()]
        used = {award.supplier, award.product, award.host, *award.councils, *(award.subcontractors or ())}
        for name in award.new:
            if name not in used:
                self.problem("new", "name", f"{name!r} is called new, but is not in the draft.", "Take it out.")
            elif (there := self._there(name)) is not None:
                self.problem("new", "name", f"{name!r} is in the map already, as {there}.", "Take it out of new.")
        if product is not None and supplier is not None:
            self._made_by(product, supplier)
        ended = [row for buyer in buyers if buyer is not None for row in self._replaced(buyer)]
        if self.problems or supplier is None:
            return None
        known = [buyer for buyer in buyers if buyer is not None]
        for number, buyer in enumerate(known):
            self._rows(buyer, supplier, product, host, [sub for sub in subs if sub is not None], number)
        line = f"{supplier}/{award.service_area}"
        roots = dict.fromkeys(one for one in (line, product, host, *subs) if one is not None)
        return Placed(award, self.overlay.result(), tuple(known), supplier, tuple(roots), tuple(ended))

    def _made_by(self, product: str, supplier: str) -> None:
        """A product must be the supplier's own, or be made by nobody known; a new one gets its maker."""
        relations = self.graph.dataset.relations.values()
        makers = [
            row.provider
            for row in relations
            if row.relation in relations_that(Trait.MAKES) and row.dependent == product
        ]
        if product in self.overlay.entities or not makers:
            if supplier.startswith(f"{SUPPLIER}:"):
                self.overlay.suppose(product, "made-by", supplier)

    def _replaced(self, buyer: str) -> Iterator[str]:
        """End the rows of those who are replaced, on the day before the start."""
        award = self.award
        settled = self.graph.settled(self.graph.view())
        areas = frozenset({award.service_area})
        for name in award.replaces:
            try:
                old = self.names.resolve(name).partition("/")[0]
            except RiskGraphError as error:
                self.problem("replaces", "name", error.message, error.fix)
                continue
            found = ties(settled, buyer, old, areas)
            if not found:
                there = {s.provider for s in settled.steps if s.in_force and (s.dependent, s.area) == (buyer, *areas)}
                listed = ", ".join(self.graph.dataset.entities[one].name for one in sorted(there)) or "nobody"
                message = f"{self.graph.dataset.usual_name(buyer)} does not depend on {name} in this service area."
                self.problem("replaces", "name", message, f"In this area it depends on: {listed}.")
            returned = {"data_returned": award.old_data_returned} if award.old_data_returned else {}
            end(self.overlay, settled, found, **returned)
            yield from sorted(tie.row.id for tie in found)

    def _rows(
        self, buyer: str, supplier: str, product: str | None, host: str | None, subs: list[str], number: int
    ) -> None:
        """The rows of one buyer. Host and subcontractors belong to the system of this award, not to all customers."""
        award, suppose = self.award, self.overlay.suppose
        area = award.service_area
        term: dict[str, Any] = {"valid_from": award.start, "valid_to": award.end}
        if product is not None:
            suppose(buyer, "uses", product, area, data=award.data, hosting=award.hosting, **term)
        if award.relation not in relations_that(Trait.USE, Trait.SUPPLIES):
            suppose(buyer, award.relation, supplier, area, data=award.data, **term)
        elif award.access is not None or product is None:
            suppose(buyer, "supplied-by", supplier, area, access=award.access, **term)
        if host is None and not subs:
            return
        own = 0 if award.hosting == "shared" else number  # a shared installation is one place for all
        system = f"{SYSTEM}:draft-{own + 1}"
        self.overlay.entity(Entity(system, SYSTEM, f"{award.title} (system of the draft)", data=award.data))
        suppose(buyer, "uses", system, area, data=award.data, **term)
        if host is not None and host != supplier:
            suppose(system, "hosted-on", host, area, data=award.data, **term)
        if award.relation in relations_that(Trait.SERVES) or award.hosting == "supplier":
            suppose(system, "operated-by", supplier, area, **term)
        for sub in subs:
            suppose(system, "supplied-by", sub, area, access=award.subcontractor_access, **term)
