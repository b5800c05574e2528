"""Seeded graphs of the shape that local government's supply chains have.

Few suppliers are used by very many and most by very few; suppliers have suppliers, six tiers deep; systems
run for several bodies at once; shared services stand between; a few relations close cycles. Everything
follows from the size and the seed.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from riskgraph.engine.network import Derivation, Network, NetworkBuilder
from riskgraph.engine.snapshot import Roots, Snapshot
from riskgraph.model import NEVER

__all__ = ["SIZES", "Case", "Size", "case", "network_of", "write_dataset"]

SEED = 20261125
TIERS = 6
TAIL = 3.3  # half of all relations go to the tenth that is most used, a quarter to the hundredth
AREAS = (
    "revenues-benefits", "planning-building-control", "social-care", "hr-payroll", "finance-erp", "housing",
    "libraries-leisure", "electoral", "waste-streetscene", "education-schools",
)  # fmt: skip
KIND_OF = ("authority", "supplier", "shared-service", "environment", "system", "product", "store")
# how often a link passes from the bands documented, likely, possible, not ruled out on, or never, by kind
CHANCE = {
    0: (0.25, 0.20, 0.15, 0.15, 0.25),  # exposure
    1: (0.20, 0.15, 0.25, 0.10, 0.30),  # tampering
    2: (0.35, 0.25, 0.20, 0.10, 0.10),  # outage
    3: (0.03, 0.05, 0.22, 0.20, 0.50),  # intrusion
    4: (0.30, 0.25, 0.15, 0.10, 0.20),  # exit
}
DERIVATIONS = np.array([(3, 0, 2, 0), (3, 1, 2, 0), (3, 2, 2, 0), (4, 2, 2, 1)], np.uint8)


@dataclass(frozen=True, slots=True)
class Size:
    """How big: authorities, entities in all, relations."""

    authorities: int
    entities: int
    relations: int


SIZES = {
    "T": Size(100, 2_000, 8_000),
    "S": Size(400, 20_000, 98_000),
    "M": Size(5_000, 200_000, 1_000_000),
    "L": Size(40_000, 2_000_000, 10_000_000),
}


@dataclass(frozen=True)
class Case:
    """One graph.

    Attributes
    ----------
    kind
        Shape (entities,): number of the kind in `KIND_OF`; authorities come first.
    dependent, provider, area
        Shape (relations,).
    snapshot, roots
        The same compiled for the engine; every entity is a root.
    columns
        Shape (places,): number of the authority, or -1.
    people
        Shape (authorities,): residents.
    """

    name: str
    size: Size
    kind: NDArray[np.int8]
    dependent: NDArray[np.int32]
    provider: NDArray[np.int32]
    area: NDArray[np.int8]
    snapshot: Snapshot
    roots: Roots
    columns: NDArray[np.int32]
    people: NDArray[np.int64]


def case(name: str, seed: int = SEED) -> Case:
    """The graph of a size."""
    size = SIZES[name]
    draw = np.random.default_rng(seed)
    others = size.entities - size.authorities
    shares = {"supplier": 0.55, "shared-service": 0.03, "environment": 0.05, "system": 0.25, "product": 0.09}
    counts = {kind: int(share * others) for kind, share in shares.items()}
    counts["store"] = others - sum(counts.values())
    first: dict[str, int] = {}
    kinds = [np.zeros(size.authorities, np.int8)]
    at = size.authorities
    for kind in KIND_OF[1:]:
        first[kind] = at
        kinds.append(np.full(counts[kind], KIND_OF.index(kind), np.int8))
        at += counts[kind]

    def popular(kind: str, amount: int, low: float = 0.0, high: float = 1.0) -> NDArray[np.int32]:
        """Entities of a kind, a few of them very often; `low` to `high` is a slice, such as a tier."""
        begin, end = int(low * counts[kind]), max(int(high * counts[kind]), int(low * counts[kind]) + 1)
        rank = ((end - begin) * draw.random(amount) ** TAIL).astype(np.int64)
        return (first[kind] + begin + rank).astype(np.int32)

    def tier(number: int) -> tuple[float, float]:
        edges = np.concatenate(([0.0], np.cumsum([0.45, 0.25, 0.14, 0.08, 0.05, 0.03])))
        return float(edges[number]), float(edges[number + 1])

    pairs: list[tuple[NDArray[np.int32], NDArray[np.int32]]] = []

    def relate(dependents: NDArray[np.integer], providers: NDArray[np.int32]) -> None:
        pairs.append((dependents.astype(np.int32), providers))

    bodies = int(0.45 * size.relations)
    for kind, share in (
        ("system", 0.45),
        ("product", 0.2),
        ("supplier", 0.2),
        ("shared-service", 0.1),
        ("environment", 0.05),
    ):
        amount = int(share * bodies)
        providers = popular(kind, amount, *(tier(0) if kind == "supplier" else (0.0, 1.0)))
        relate(draw.integers(0, size.authorities, amount), providers)
    for kind, other, share in (
        ("system", "supplier", 0.10), ("system", "environment", 0.05), ("system", "product", 0.05),
        ("product", "supplier", 0.03), ("environment", "supplier", 0.03), ("store", "supplier", 0.02),
        ("shared-service", "system", 0.03), ("shared-service", "supplier", 0.02),
    ):  # fmt: skip
        amount = int(share * size.relations)
        slice_ = tier(0) if other == "supplier" else (0.0, 1.0)
        relate(first[kind] + draw.integers(0, counts[kind], amount), popular(other, amount, *slice_))
    left = size.relations - sum(len(one) for one, _ in pairs)
    for number in range(TIERS - 1):
        amount = int(left * (0.39, 0.26, 0.16, 0.10, 0.05)[number])
        low, high = (int(edge * counts["supplier"]) for edge in tier(number))
        relate(
            first["supplier"] + draw.integers(low, max(high, low + 1), amount),
            popular("supplier", amount, *tier(number + 1)),
        )
    back = size.relations - sum(len(one) for one, _ in pairs)  # lateral ones: some close a cycle
    relate(first["supplier"] + draw.integers(0, counts["supplier"], back), popular("supplier", back, 0.0, 0.9))
    dependent = np.concatenate([one for one, _ in pairs])
    provider = np.concatenate([other for _, other in pairs])
    apart = dependent != provider
    dependent, provider = dependent[apart], provider[apart]
    order = draw.permutation(len(dependent))
    dependent, provider = dependent[order], provider[order]
    area = draw.integers(0, len(AREAS), len(dependent)).astype(np.int8)
    snapshot, roots, columns = _compile(size, dependent, provider, area, draw)
    people = draw.integers(30_000, 600_000, size.authorities)
    return Case(name, size, np.concatenate(kinds), dependent, provider, area, snapshot, roots, columns, people)


def _compile(
    size: Size,
    dependent: NDArray[np.int32],
    provider: NDArray[np.int32],
    area: NDArray[np.int8],
    draw: np.random.Generator,
) -> tuple[Snapshot, Roots, NDArray[np.int32]]:
    """Authorities get a service for each area; it passes everything on to the whole."""
    links = len(dependent)
    body = dependent < size.authorities
    services = size.entities + np.arange(size.authorities * len(AREAS), dtype=np.int32)
    places = size.entities + len(services)
    target = np.where(body, size.entities + dependent * len(AREAS) + area, dependent).astype(np.int32)
    levels = np.empty((links + len(services), 5), np.uint8)
    for kind, chances in CHANCE.items():
        levels[:links, kind] = np.array([0, 1, 2, 3, NEVER])[draw.choice(5, links, p=chances)]
    levels[links:] = 0
    none = np.zeros(0, np.int32)
    snapshot = Snapshot(
        np.array([places], np.int32),
        np.concatenate((provider, services)),
        np.concatenate((target, (services - size.entities) // len(AREAS))).astype(np.int32),
        np.concatenate((np.ones(links, np.int32), np.zeros(len(services), np.int32))),
        levels,
        np.zeros(len(levels), np.uint8),
        np.arange(len(levels), dtype=np.int32),
        DERIVATIONS,
        np.repeat(np.arange(places, dtype=np.int32), len(DERIVATIONS)),
        np.tile(np.arange(len(DERIVATIONS), dtype=np.int32), places),
        none,
        np.zeros(0, np.uint8),
        none,
        none,
        np.zeros(0, np.uint8),
    )
    roots = Roots(np.arange(size.entities + 1, dtype=np.int64), np.arange(size.entities, dtype=np.int32))
    columns = np.where(np.arange(places) < size.authorities, np.arange(places), -1).astype(np.int32)
    return snapshot, roots, columns


def network_of(graph: Case) -> Network:
    """The same for the engine that answers one root at a time."""
    snapshot = graph.snapshot
    builder = NetworkBuilder([Derivation(int(a), int(b), int(c), bool(d)) for a, b, c, d in snapshot.derivations])
    numbers = tuple(range(len(DERIVATIONS)))
    for _ in range(int(snapshot.places[0])):
        builder.place(numbers)
    for source, target, cost, levels in zip(
        snapshot.source.tolist(),
        snapshot.target.tolist(),
        snapshot.cost.tolist(),
        snapshot.levels.tolist(),
        strict=True,
    ):
        builder.link(source, target, tuple(levels), cost=cost, label=0)
    return builder.build()


def write_dataset(graph: Case, folder: Path) -> None:
    """The graph as a data set on disk, with one item of evidence for each relation."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "dataset.toml").write_text(f'title = "Invented, size {graph.name}"\nas_of = "2026-11-25"\n', "utf-8")
    ids = [f"{KIND_OF[kind]}:x{number}" for number, kind in enumerate(graph.kind.tolist())]
    relation = {"system": "uses", "product": "uses", "supplier": "supplied-by", "shared-service": "served-by"}
    inner = {
        ("supplier", "supplier"): "subcontracts-to", ("product", "supplier"): "made-by",
        ("system", "environment"): "hosted-on", ("system", "product"): "instance-of",
    }  # fmt: skip

    def write(name: str, header: list[str], rows: Sequence[tuple[object, ...]]) -> None:
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)

    def word(dependent: int, provider: int) -> str:
        kinds = KIND_OF[graph.kind[dependent]], KIND_OF[graph.kind[provider]]
        if kinds in inner:
            return inner[kinds]
        if kinds[0] in {"system", "environment", "store"}:
            return "operated-by"
        return "hosted-on" if kinds[1] == "environment" else relation[kinds[1]]

    bodies = graph.size.authorities
    entities = [
        (id_, id_.partition(":")[0], id_.replace(":", " "), "district" if n < bodies else "")
        for n, id_ in enumerate(ids)
    ]
    write("entities.csv", ["id", "kind", "name", "authority_type"], entities)
    write(
        "register.csv",
        ["id", "name", "kind", "population"],
        [(ids[n], f"Council {n}", "district", int(graph.people[n])) for n in range(bodies)],
    )
    rows: list[tuple[object, ...]] = []
    evidence: list[tuple[object, ...]] = []
    for n, (dependent, provider, area) in enumerate(
        zip(graph.dependent.tolist(), graph.provider.tolist(), graph.area.tolist(), strict=True)
    ):
        named = word(dependent, provider)
        shown = AREAS[area] if named not in {"made-by", "instance-of"} else ""
        rows.append((f"r{n}", ids[dependent], named, ids[provider], shown, f"e{n}"))
        evidence.append((f"e{n}", f"https://example.org/{n}", "invented", "2025-01-01", "reported", "supports"))
    write("relations.csv", ["id", "dependent", "relation", "provider", "service_area", "evidence"], rows)
    write("evidence.csv", ["id", "url", "publisher", "published", "confidence", "stance"], evidence)
