"""Who is known already: suppliers, shared services and products of the shipped map, and reviewed names.

Only names that a person has reviewed stand here (`register/suppliers.csv` and `register/short_names.csv` say
from which source each came), so an exact match is safe; a name that two suppliers have is left out. Questions
and the reading of files both ask here, so neither knows a name that the other does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from riskgraph.assets import shipped_rows
from riskgraph.data.spelling import closed_up, company_key, normalise
from riskgraph.model import ENVIRONMENT, PRODUCT, SHARED_SERVICE, SUPPLIER, Entity
from riskgraph.rules import Trait, relations_that

__all__ = ["Directory", "KnownProduct", "directory", "short_names"]


@dataclass(frozen=True, slots=True)
class KnownProduct:
    """A name of a product that the shipped map knows."""

    id: str
    words: str
    areas: tuple[str, ...]


@dataclass(frozen=True)
class Directory:
    """Names and numbers to ids."""

    entities: dict[str, Entity]
    keys: dict[str, str]  # company_key of a name -> supplier
    services: dict[str, str]  # company_key of a name -> shared service
    numbers: dict[str, str]  # number at Companies House -> supplier
    kinds: dict[str, str]  # supplier -> what sort of business, where somebody has judged it
    only_area: dict[str, str]  # supplier -> the one area it sells into
    products: dict[str, tuple[KnownProduct, ...]]  # maker -> what it makes
    places: tuple[Entity, ...]  # the shared IT environments

    def supplier(self, name: str) -> str | None:
        """The supplier that a whole name means, however it is spelt, with or without a legal form."""
        return _meant(self.keys, name)

    def service(self, name: str) -> str | None:
        """The shared service that a whole name means."""
        return _meant(self.services, name)

    def product(self, title: str, supplier: str) -> KnownProduct | None:
        """The product of this maker that a title names; the longest name wins."""
        made = self.products.get(supplier)
        if not made:
            return None
        text = f" {normalise(title)} "
        found = [p for p in made if f" {p.words} " in text]
        return max(found, key=lambda product: (len(product.words), product.id)) if found else None


def _meant(known: Mapping[str, str], name: str) -> str | None:
    return known.get(company_key(name)) or known.get(closed_up(name))


def _sole(keys: Mapping[str, set[str]]) -> dict[str, str]:
    """The keys that mean one body, and the same closed up where that means one too."""
    found = {key: next(iter(ids)) for key, ids in keys.items() if len(ids) == 1}
    closed: dict[str, set[str]] = defaultdict(set)
    for key, ids in keys.items():
        closed[closed_up(key)] |= ids
    more = {key: next(iter(ids)) for key, ids in closed.items() if len(ids) == 1 and key not in keys}
    return {**found, **more}


@lru_cache(maxsize=1)
def short_names() -> tuple[tuple[str, str], ...]:
    """Names that people say and that no registered name gives (`register/short_names.csv`), each with an id."""
    return tuple((row["name"], row["id"]) for row in shipped_rows("register", "short_names.csv"))


@lru_cache(maxsize=1)
def directory() -> Directory:
    """The shipped directory.

    Examples
    --------
    >>> known = directory()
    >>> known.keys[company_key("CIVICA UK LTD")], known.numbers["02299747"]
    ('supplier:civica', 'supplier:capita')
    >>> known.product("Idox Uniform support", "supplier:idox").id
    'product:uniform'
    """
    entities = _mapped()
    keys: dict[str, set[str]] = defaultdict(set)
    services: dict[str, set[str]] = defaultdict(set)
    numbers: dict[str, set[str]] = defaultdict(set)
    for entity in entities.values():
        for name in (entity.name, *entity.aliases):
            if entity.kind == SUPPLIER:
                keys[company_key(name)].add(entity.id)
            elif entity.kind == SHARED_SERVICE:
                services[company_key(name)].add(entity.id)
        if entity.company_number:
            numbers[entity.company_number].add(entity.id)
    for name, id_ in short_names():
        {SUPPLIER: keys, SHARED_SERVICE: services}.get(id_.partition(":")[0], defaultdict(set))[company_key(name)].add(
            id_
        )
    kinds: dict[str, str] = {}
    areas: dict[str, str] = {}
    own: dict[str, list[str]] = defaultdict(list)
    for row in shipped_rows("register", "suppliers.csv"):
        id_ = row["id"]
        keys[company_key(row["name"])].add(id_)
        own[id_].append(row["name"])
        for number in filter(None, row["company_number"].split(";")):
            numbers[number].add(id_)
        if row["kind"]:
            kinds[id_] = row["kind"]
        if row["only_area"]:
            areas[id_] = row["only_area"]
    for id_, names in own.items():
        if id_ not in entities:
            best = min(
                names, key=lambda name: (company_key(name).replace(" ", "-") != id_.partition(":")[2], len(name), name)
            )
            entities[id_] = Entity(id_, SUPPLIER, best)
    for id_, entity in entities.items():  # the id itself is a name that was reviewed
        slug = id_.partition(":")[2].replace("-", " ")
        if entity.kind == SUPPLIER and slug not in keys:
            keys[slug].add(id_)
    return Directory(
        entities,
        _sole(keys),
        _sole(services),
        {key: next(iter(ids)) for key, ids in numbers.items() if len(ids) == 1},
        kinds,
        areas,
        _products(entities),
        tuple(entity for entity in entities.values() if entity.kind == ENVIRONMENT),
    )


def _mapped() -> dict[str, Entity]:
    """Suppliers, shared services, products and shared IT environments of the shipped map."""
    entities: dict[str, Entity] = {}
    for row in shipped_rows("uk", "entities.csv"):
        if row["kind"] in {SUPPLIER, SHARED_SERVICE, PRODUCT, ENVIRONMENT}:
            entities[row["id"]] = Entity(
                row["id"],
                row["kind"],
                row["name"],
                tuple(part.strip() for part in row["aliases"].split(";") if part.strip()),
                company_number=row["company_number"] or None,
                service_area=tuple(part for part in row["service_area"].split(";") if part),
                data=row["data"] or None,
                hosting=row["hosting"] or None,
            )
    return entities


def _products(entities: dict[str, Entity]) -> dict[str, tuple[KnownProduct, ...]]:
    """Maker to the products that the shipped map knows, one entry for each name of a product."""
    made: dict[str, list[KnownProduct]] = defaultdict(list)
    for row in shipped_rows("uk", "relations.csv"):
        if row["relation"] in relations_that(Trait.MAKES):
            entity = entities[row["dependent"]]
            said = [name for name, id_ in short_names() if id_ == entity.id]
            for name in (entity.name, *entity.aliases, *said, entity.id.partition(":")[2].replace("-", " ")):
                made[row["provider"]].append(KnownProduct(entity.id, normalise(name), entity.service_area))
    return {maker: tuple(products) for maker, products in made.items()}
