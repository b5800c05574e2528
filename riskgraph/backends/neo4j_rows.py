"""A map as nodes and relationships: what is stored on a Neo4j server, and nothing about how.

Labels and relationship types come from closed lists; everything else travels as a parameter.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from riskgraph.data import Dataset
from riskgraph.data.read import columns_of
from riskgraph.data.sellers import does_work, national_services
from riskgraph.graph import RiskGraph
from riskgraph.harm import HarmNetwork, Place, places_of
from riskgraph.model import AUTHORITY, KINDS, NEVER, Band, Entity, FailureKind, Relation
from riskgraph.rules import rules
from riskgraph.settle import Step

__all__ = ["DERIVED", "KIND_LABELS", "LABELS", "RELATION_TYPES", "TYPES", "MapRows", "Row", "map_rows", "place_id"]

Row = dict[str, Any]
KIND_LABELS = {
    "authority": "Authority",
    "supplier": "Supplier",
    "shared-service": "SharedService",
    "environment": "Environment",
    "system": "System",
    "product": "Product",
    "store": "Store",
}
# every label of ours whose nodes are keyed by (generation, id)
LABELS = ("Entity", "RegisterEntry", "Evidence", "Incident", "ClassRule", "Place", "Alternatives", "Enquiry")
RELATION_TYPES = {word: word.upper().replace("-", "_") for word in rules().pairs}
# type -> label at its start, label at its end
DERIVED = {
    "IMPLIES": ("Entity", "Entity"),  # a user of a product leans on its maker
    "FAILS_AT": ("Entity", "Place"),  # where it fails when it fails as a whole
    "PART_OF": ("Place", "Entity"),
    "LEADS_TO": ("Place", "Place"),  # harm: from what fails to what fails because of it
    "ONE_OF": ("Place", "Alternatives"),
    "BACKS_UP": ("Alternatives", "Place"),
    "AFFECTED": ("Incident", "Entity"),
    "BEGAN_AT": ("Incident", "Entity"),
}
TYPES: Mapping[str, tuple[str, str]] = {**dict.fromkeys(RELATION_TYPES.values(), ("Entity", "Entity")), **DERIVED}

_INTRUSION, _EXIT = KINDS.index(FailureKind.INTRUSION), KINDS.index(FailureKind.EXIT)


@dataclass(frozen=True)
class MapRows:
    """Everything that one map is on the server.

    `nodes` by label; an entity's row names its kind's label as `label`. `links` by type; each row has
    the ids of its two ends as `a` and `b`.
    """

    info: Row
    nodes: Mapping[str, list[Row]]
    links: Mapping[str, list[Row]]

    @property
    def counts(self) -> dict[str, int]:
        """How many of each label and type."""
        return {name: len(rows) for name, rows in (*self.nodes.items(), *self.links.items())}

    @property
    def size(self) -> int:
        """Nodes and relationships together."""
        return sum(self.counts.values())


def plain(record: Any, skip: tuple[str, ...] = ("id",)) -> Row:
    """A record's fields as Neo4j stores them: an exact amount is kept as text beside its number.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from riskgraph.model import Relation
    >>> row = plain(Relation("r1", "authority:a", "uses", "system:s", contract_value_gbp=Decimal("1.50")))
    >>> row["contract_value_gbp"], row["contract_value_gbp_exact"], row["data"]
    (1.5, '1.50', None)
    """
    row: Row = {}
    for name, column in columns_of(type(record)).items():
        if name in skip:
            continue
        value = getattr(record, name)
        if column.many:
            row[name] = list(value) or None
        elif column.type == "number":
            row[name] = None if value is None else float(value)
            row[f"{name}_exact"] = None if value is None else str(value)
        else:
            row[name] = value
    return row


def map_rows(graph: RiskGraph) -> MapRows:
    """What is stored of a map, with the harm at the date of its data.

    Examples
    --------
    >>> rows = map_rows(RiskGraph.open("seeds"))
    >>> rows.counts["Entity"], rows.counts["SERVED_BY"]
    (43, 31)
    """
    dataset = graph.dataset
    view = graph.view()
    harm = graph.harm(view)
    national = national_services(dataset)
    nodes: dict[str, list[Row]] = {
        "Entity": [_entity(dataset, entity, national.get(entity.id)) for entity in dataset.entities.values()],
        "RegisterEntry": [_keyed(entry) for entry in dataset.register.values()],
        "Evidence": [_keyed(item) for item in dataset.evidence.values()],
        "Incident": [_keyed(incident, "incident_id") for incident in dataset.incidents.values()],
        "ClassRule": [_keyed(rule) for rule in dataset.class_rules.values()],
        "Place": [_place(harm, number, place) for number, place in enumerate(harm.places)],
        "Alternatives": list(_alternatives(harm)),
        "Enquiry": [_keyed(one) for one in dataset.questions.values()],
    }
    links: dict[str, list[Row]] = {type_: [] for type_ in TYPES}
    stated = {step.row.id: step for step in harm.steps if not step.implied}
    for row in dataset.relations.values():
        links[RELATION_TYPES[row.relation]].append(
            {"a": row.dependent, "b": row.provider, "id": row.id}
            | {"props": plain(row, ("id", "dependent", "relation", "provider")) | _step(stated.get(row.id)) | _law(row)}
        )
    for step in harm.steps:
        if step.made_by is not None:
            props = {"uses": step.row.id, "made_by": step.made_by.id, "acts_as": step.relation} | _step(step)
            links["IMPLIES"].append(_link(step.dependent, step.provider, _step_id(step), props))
    for entity in dataset.entities:
        for number in places_of(harm, entity):
            links["FAILS_AT"].append(_link(entity, place_id(harm.places[number]), ""))
    for place in harm.places:
        links["PART_OF"].append(_link(place_id(place), place.body, ""))
    links["LEADS_TO"] = list(_leads_to(harm))
    for number, group in enumerate(harm.network.groups):
        links["BACKS_UP"].append(_link(f"{number:06}", place_id(harm.places[group.target]), ""))
        links["ONE_OF"] += [_link(place_id(harm.places[member]), f"{number:06}", "") for member in group.members]
    for number, effect in enumerate(dataset.effects):
        props = plain(effect, ("incident_id", "organisation"))
        links["AFFECTED"].append(_link(effect.incident_id, effect.organisation, f"{number:06}", props))
    for incident in dataset.incidents.values():
        for origin in incident.origins:
            body, _, area = origin.partition("/")
            links["BEGAN_AT"].append(_link(incident.incident_id, body, area, {"area": area or None}))
    return MapRows(_info(dataset), nodes, links)


def _link(a: str, b: str, id_: str, props: Row | None = None) -> Row:
    return {"a": a, "b": b, "id": id_, "props": props or {}}


def _info(dataset: Dataset) -> Row:
    return asdict(dataset.info) | {
        "digest": dataset.digest,
        "own_register_file": dataset.own_register_file,
        "entities": len(dataset.entities),
        "relations": len(dataset.relations),
    }


def _keyed(record: Any, key: str = "id") -> Row:
    return {"id": getattr(record, key), "props": plain(record, (key,))}


def _entity(dataset: Dataset, entity: Entity, national: str | None) -> Row:
    """An entity, with what the register knows of it so that one need not look twice, and what it is in a market."""
    props = plain(entity) | {"national": national, "work": does_work(entity) or None}
    if entity.kind == AUTHORITY:
        entry = dataset.register.get(entity.id)
        group = entity.authority_type == "group"
        props["usual_name"] = dataset.usual_name(entity.id)
        props["counted"] = not group and (entry is None or entry.exists(dataset.info.day))
        for field in ("region", "nation", "population", "parent_county"):
            props[field] = None if entry is None else getattr(entry, field)
    return {"id": entity.id, "label": KIND_LABELS[entity.kind], "props": props}


def _step(step: Step | None) -> Row:
    """What a relation says at the date of the data: grade, area, and the band of each kind of harm."""
    if step is None:
        return {"in_force": None, "grade": None, "area": None} | dict.fromkeys(map(str, KINDS))
    return {"in_force": step.in_force, "grade": step.grade.word, "area": step.area} | _bands(step.levels)


def _law(row: Relation) -> Row:
    """Whether a class rule made a row: it holds by law, and nobody observed it."""
    return {"by_law": row.by_law}


def _bands(levels: tuple[int, ...]) -> Row:
    return {str(kind): int(level) if level < NEVER else None for kind, level in zip(KINDS, levels, strict=True)}


def _step_id(step: Step) -> str:
    return "+".join(row.id for row in step.rows)


def place_id(place: Place) -> str:
    """Key of a place: body, part and area.

    Examples
    --------
    >>> from riskgraph.harm import Part
    >>> place_id(Place("supplier:capita", Part.LINE, "pensions"))
    'supplier:capita|line|pensions'
    """
    return f"{place.body}|{place.part.value}|{place.area or ''}"


def _place(harm: HarmNetwork, number: int, place: Place) -> Row:
    """A place; `opens` and `ends` are the kinds that intrusion and exit make possible there."""
    follows: dict[int, list[str]] = defaultdict(list)
    for derivation in harm.network.derives[number]:
        rule = harm.network.derivations[derivation]
        assert rule.level == Band.POSSIBLE and rule.at_roots == (rule.source == _EXIT)  # as the queries have it
        follows[rule.source].append(str(KINDS[rule.target]))
    assert set(follows) <= {_INTRUSION, _EXIT}
    props = {"body": place.body, "part": place.part.value, "area": place.area}
    return {
        "id": place_id(place),
        "props": props | {"opens": follows[_INTRUSION] or None, "ends": follows[_EXIT] or None},
    }


def _leads_to(harm: HarmNetwork) -> Iterator[Row]:
    """The links of the compiled rules, and the alternatives that protect nobody or stand alone."""
    network = harm.network
    seen: Counter[tuple[str, str, str]] = Counter()

    def link(source: int, target: int, id_: str, props: Row) -> Row:
        a, b = place_id(harm.places[source]), place_id(harm.places[target])
        seen[a, b, id_] += 1
        count = seen[a, b, id_]
        return _link(a, b, id_ if count == 1 else f"{id_}#{count}", props)

    for number, label in enumerate(network.label):
        step = harm.steps[label] if label >= 0 else None
        onward = network.onward[number]
        assert onward <= {_INTRUSION}
        props = _bands(network.levels[number]) | {
            "hops": network.cost[number],
            "onward": bool(onward) or None,
            "row": None if step is None else step.row.id,
            "made_by": None if step is None or step.made_by is None else step.made_by.id,
            "rule": None,
        }
        if label < 0:
            inside = -1 - label
            rule = harm.inside[inside] if inside < len(harm.inside) else None
            props["rule"] = "" if rule is None else f"{rule.source} > {rule.target}"
        yield link(network.source[number], network.target[number], "" if step is None else _step_id(step), props)
    for group in network.groups:
        for member in group.members:
            band = next((band for band, all_ in enumerate(group.protects) if all_ <= {member}), NEVER)
            levels = tuple(band if kind in group.kinds else NEVER for kind in range(len(KINDS)))
            if band < NEVER:
                props = _bands(levels) | {"hops": 0, "onward": None, "row": None, "made_by": None, "rule": "alone"}
                yield link(member, group.target, "", props)


def _alternatives(harm: HarmNetwork) -> Iterator[Row]:
    """Groups of alternatives: `protect_N` are the places that must all fail in band N."""
    for number, group in enumerate(harm.network.groups):
        props: Row = {"kinds": sorted(str(KINDS[kind]) for kind in group.kinds)}
        for band in Band:
            props[f"protect_{int(band)}"] = sorted(place_id(harm.places[place]) for place in group.protects[band])
        yield {"id": f"{number:06}", "props": props}
