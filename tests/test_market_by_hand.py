"""The figures of a market again, straight from the shipped CSV files, without any of riskgraph's own code."""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from riskgraph.analysis.concentration import concentration
from riskgraph.analysis.market import Trade
from riskgraph.analysis.select import Selection
from riskgraph.graph import RiskGraph

DATA = Path(__file__).resolve().parent.parent / "datasets"
DAY: str = tomllib.loads((DATA / "uk" / "dataset.toml").read_text(encoding="utf-8"))["as_of"]
COUNCILS = {
    "county", "district", "unitary", "metropolitan", "london-borough", "city-corporation",
    "scottish-unitary", "welsh-unitary", "ni-district",
}  # fmt: skip
BEHIND = {
    "data-held-by",
    "uses",
    "supplied-by",
    "served-by",
    "hosted-on",
    "operated-by",
    "subcontracts-to",
    "made-by",
    "instance-of",
}


def rows(*path: str) -> list[dict[str, str]]:
    with DATA.joinpath(*path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


ENTITIES = {row["id"]: row for row in rows("uk", "entities.csv")}
ENABLING = {row["id"] for row in rows("service_areas.csv") if row["enabling"] == "yes"}
REGISTER = {row["id"]: row for row in rows("register", "authorities.csv")}


def on_the_day(row: Mapping[str, str]) -> bool:
    begun = (row["valid_from"] + "-01-01")[:10] <= DAY if row["valid_from"] else True
    last = row["valid_to"] + {4: "-12-31", 7: "-31"}.get(len(row["valid_to"]), "")
    return begun and (not last or last >= DAY)


def exists(body: str) -> bool:
    return body not in REGISTER or on_the_day(REGISTER[body])


def area(row: Mapping[str, str]) -> str:
    if row["service_area"]:
        return row["service_area"]
    for end in (row["provider"], row["dependent"]):
        own = ENTITIES[end]["service_area"].split(";")
        if ENTITIES[end]["kind"] in {"system", "store", "environment", "product"} and len(own) == 1 and own[0]:
            return own[0]
    return ""


def named(*names: str) -> set[str]:
    return {name.casefold().replace("-", " ") for name in names}


NATIONAL_NAMES = {n for row in rows("national_services.csv") for n in named(row["name"], *row["names"].split(";")) if n}
NATIONAL = {
    row["id"] for row in ENTITIES.values() if named(row["name"], row["id"].partition(":")[2]) & NATIONAL_NAMES
}  # by name or by id
WORK = {row["id"] for row in rows("register", "suppliers.csv") if row["kind"] not in {"service", "platform", ""}}
ROWS = [r for r in rows("uk", "relations.csv") if on_the_day(r) and exists(r["dependent"]) and exists(r["provider"])]
NEXT: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
for _row in ROWS:
    NEXT[_row["relation"]][_row["dependent"]].add(_row["provider"])
MAKES = {
    (provider, one)
    for relation in ("made-by", "operated-by", "supplied-by")
    for thing, providers in NEXT[relation].items()
    if ENTITIES[thing]["kind"] in {"product", "system"}
    for provider in providers
    for one in ENTITIES[thing]["service_area"].split(";")
}


def trade(row: Mapping[str, str], seller: str) -> str:
    if row["relation"] in {"uses", "hosted-on"} or (seller, area(row)) in MAKES:
        return "systems"
    return "services" if row["relation"] == "served-by" or seller in WORK else "systems"


def national(row: Mapping[str, str]) -> bool:
    return bool(NATIONAL & {row["provider"], *suppliers(row["provider"])})


def suppliers(place: str) -> set[str]:
    kind = ENTITIES[place]["kind"]
    if kind in {"supplier", "shared-service", "authority"}:
        return {place}
    if kind == "product":
        return NEXT["made-by"][place]
    if kind == "system":
        makers = {maker for product in NEXT["instance-of"][place] for maker in NEXT["made-by"][product]}
        return NEXT["operated-by"][place] or NEXT["supplied-by"][place] or makers
    return NEXT["operated-by"][place]


def owner(supplier: str) -> str:
    while len(NEXT["owned-by"][supplier]) == 1:  # what several own together is no part of one group
        (supplier,) = NEXT["owned-by"][supplier]
    return supplier


def market(wanted: str | None, region: str | None, only: str | None = None) -> dict[str, set[str]]:
    served: dict[str, set[str]] = {
        body: set()
        for body, row in ENTITIES.items()
        if row["kind"] == "authority" and row["authority_type"] in COUNCILS and exists(body)
        if region is None or region in {REGISTER[body]["region"], REGISTER[body]["nation"]}
    }
    for row in ROWS:
        if row["dependent"] in served and row["relation"] in {"uses", "supplied-by", "served-by", "hosted-on"}:
            if (wanted is None or area(row) == wanted) and not national(row):
                sellers = suppliers(row["provider"])
                served[row["dependent"]] |= {one for one in sellers if only in {None, trade(row, one)}}
    return served


def figures(served: Mapping[str, Collection[str]], weight: Mapping[str, float]) -> list[float]:
    """Largest, three largest and index of what is known, and the index at the least and the most, in per cent."""
    parts: dict[str, float] = defaultdict(float)
    for body, who in served.items():
        for supplier in who:
            parts[supplier] += weight[body] / len(who)
    sizes = sorted(parts.values(), reverse=True)
    known: float = sum(sizes)
    whole = known + sum(weight[body] for body, who in served.items() if not who)
    least = sum((100 * size / whole) ** 2 for size in sizes)
    most = least - (100 * sizes[0] / whole) ** 2 + (100 * (sizes[0] + whole - known) / whole) ** 2
    return [
        100 * sizes[0] / known,
        100 * sum(sizes[:3]) / known,
        sum((100 * size / known) ** 2 for size in sizes),
        least,
        most,
    ]


MARKETS = [
    ("revenues-benefits", None),
    ("libraries-leisure", "Scotland"),
    ("planning-building-control", None),
    ("social-care", None),
    (None, None),
]


@pytest.mark.parametrize("only", [None, *Trade])
@pytest.mark.parametrize(("wanted", "region"), MARKETS)
def test_a_market_is_what_the_files_say(wanted: str | None, region: str | None, only: Trade | None) -> None:
    uk = RiskGraph.open("uk")
    found = concentration(uk, wanted, selection=Selection.of(uk, regions=[region] if region else [])).market
    found = found if only is None else found.of(only)
    served = market(wanted, region, only)
    assert set(found.bodies) == set(served)
    one = dict.fromkeys(served, 1.0)
    people = {body: float(REGISTER[body]["population"] or 0) for body in served}
    owned = {body: {owner(supplier) for supplier in who} for body, who in served.items()}
    if not any(served.values()):
        assert found.by("councils") is None
        return
    for measure, owners, expected in (
        ("councils", False, figures(served, one)),
        ("residents", False, figures(served, people)),
        ("councils", True, figures(owned, one)),
    ):
        index = found.by(measure, owners=owners)
        assert index is not None
        assert [index.largest, index.three, index.hhi, index.low, index.high] == pytest.approx(expected)


@pytest.mark.parametrize(("wanted", "region"), MARKETS)
def test_deeper_ranks_are_what_the_files_say(wanted: str | None, region: str | None) -> None:
    after: dict[str, set[str]] = defaultdict(set)
    for row in ROWS:
        if row["relation"] in BEHIND and (wanted is None or area(row) in {"", wanted} | ENABLING):
            after[row["dependent"]].add(row["provider"])

    def behind(provider: str) -> set[str]:
        """One step on: what is met through systems, products and stores, which are no step of their own."""
        met: set[str] = set()
        waiting = [provider]
        while waiting:
            for further in after[waiting.pop()] - met - NATIONAL:
                met.add(further)
                waiting += [further] if ENTITIES[further]["kind"] in {"system", "product", "store"} else []
        return {one for one in met if ENTITIES[one]["kind"] not in {"system", "product", "store"}}

    count: dict[int, dict[str, int]] = {rank: defaultdict(int) for rank in (1, 2, 3)}
    used: dict[str, set[str]] = defaultdict(set)
    for row in ROWS:
        bought = row["relation"] in {"uses", "supplied-by", "served-by", "hosted-on"} and not national(row)
        if (bought or row["relation"] == "data-held-by") and wanted in {None, area(row)}:
            used[row["dependent"]].add(row["provider"])
    for body, who in market(wanted, region).items():
        leaned = who | {one for one in used[body] if ENTITIES[one]["kind"] not in {"system", "product", "store"}}
        seen = leaned | used[body]
        for rank in (1, 2, 3):
            for provider in leaned:
                count[rank][provider] += 1
            new = {further for provider in seen for further in behind(provider)} - seen - {body}
            leaned |= new
            seen |= new
    uk = RiskGraph.open("uk")
    found = concentration(uk, wanted, selection=Selection.of(uk, regions=[region] if region else [])).market
    for rank in (1, 2, 3):
        assert {provider: n for provider, n, *_ in found.at_rank(rank)} == dict(count[rank])
