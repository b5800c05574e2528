"""What the tests of reports share: one bundle of each kind, and maps with other names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, lru_cache

from riskgraph.data import Dataset, read
from riskgraph.graph import RiskGraph
from riskgraph.report import Bundle, ReportOptions, make

KINDS: dict[str, tuple[str, tuple[str, ...], ReportOptions]] = {
    "blast": ("blast", ("capita",), ReportOptions()),
    "small": (
        "blast",
        ("east kent services",),
        ReportOptions(exempt="paragraph 3 of Schedule 12A", author="Kent WARP"),
    ),
    "bulletin": ("blast", ("capita",), ReportOptions(anonymous=True)),
    "redacted": ("blast", ("civica/customer-digital",), ReportOptions(redact=("thanet", "east kent services"))),
    "council": ("council", ("thanet",), ReportOptions(tlp="AMBER", classification="OFFICIAL")),
    "supplier": ("supplier", ("east kent services",), ReportOptions()),
    "overview": ("overview", (), ReportOptions(asking={"regions": ["Wales"]})),
    "whatif": ("whatif", ("leave-east-kent-services",), ReportOptions()),
    "concentration": ("concentration", ("libraries-leisure",), ReportOptions(asking={"regions": ["Scotland"]})),
    "replay": ("replay", ("eks-civica-2024",), ReportOptions()),
}


@lru_cache(maxsize=1)
def uk() -> RiskGraph:
    return RiskGraph.open("uk")


@cache
def bundle(name: str) -> Bundle:
    kind, names, options = KINDS[name]
    return make(uk(), kind, names, replace(options, data="uk"))


def renamed(dataset: Dataset, name: Callable[[str], str | None]) -> Dataset:
    """A map in which bodies have other names; `None` leaves a name as it is."""
    entities, register = {}, dict(dataset.register)
    for id_, entity in dataset.entities.items():
        new = name(id_)
        entities[id_] = entity if new is None else replace(entity, name=new)
        if new is not None and id_ in register:
            register[id_] = replace(register[id_], name=new, short_name=new)
    return replace(dataset, entities=entities, register=register)


@lru_cache(maxsize=1)
def seeds() -> Dataset:
    return read("seeds")
