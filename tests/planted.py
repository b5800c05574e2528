"""An invented map with an incident, and rows planted between those whom an incident hit and where it began."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from small import FILES, write_small

from riskgraph import RiskGraph
from riskgraph.data.class_rules import expanded
from riskgraph.data.dataset import Dataset
from riskgraph.model import ClassRule, Evidence, Relation

EARLY = "2022-03"
# a verb that joins a body to where an incident began, by the kind of that
VERBS = {
    "supplier": "served-by", "shared-service": "served-by", "authority": "served-by", "product": "uses",
    "system": "uses", "environment": "hosted-on", "store": "data-held-by",
}  # fmt: skip


def struck(folder: Path) -> Dataset:
    """The small map with nothing but its bodies, and an incident at Orbit that hit two of them."""
    write_small(folder, relations_csv=FILES["relations.csv"].split("r1,")[0])
    (folder / "incidents.csv").write_text(
        "incident_id,title,date_started,date_disclosed,mechanism,impact,origins,people_affected,cost_gbp,summary,"
        "source_url,source_publisher,source_date,confidence\n"
        "orbit-2023,Orbit stopped,2023-05,,ransomware,availability;confidentiality,supplier:orbit,,,,,,,\n",
        encoding="utf-8",
    )
    (folder / "incident_effects.csv").write_text(
        "incident_id,organisation,effect,via,people_affected,source_url,confidence\n"
        "orbit-2023,authority:ashby,service-disrupted,,,,\norbit-2023,authority:bexton,data-exposed,,,,\n",
        encoding="utf-8",
    )
    return RiskGraph.open(folder).dataset


def item(name: str, **cells: Any) -> Evidence:
    """An item of evidence, confirmed and of 2022 if not told otherwise."""
    usual = {
        "published": EARLY,
        "retrieved": "2026-11-22",
        "confidence": "confirmed",
        "about": None,
        "claim": "planted",
    }
    cells = {**usual, **cells}
    return Evidence(f"planted-{name}", f"https://example.org/{name}", "invented", stance="supports", **cells)


def planted(dataset: Dataset, incident: str, relation: Mapping[str, Any], *items: Evidence, verb: str = "") -> Dataset:
    """The map with a row between each body that was hit and each place where the incident began."""
    record = dataset.incidents[incident]
    roots = [origin.partition("/") for origin in record.origins]
    rows = {}
    for effect in dataset.effects:
        for root, _, area in roots:
            if effect.incident_id == incident and effect.organisation != root:
                name = f"planted.{effect.organisation}.{root}.{area}"
                cells = {"service_area": area or None, "evidence": tuple(one.id for one in items), **relation}
                verb_of = verb or VERBS[root.partition(":")[0]]
                rows[name] = Relation(name, effect.organisation, verb_of, root, **cells)
    return replace(
        dataset,
        relations=dict(sorted({**dataset.relations, **rows}.items())),
        evidence=dict(sorted({**dataset.evidence, **{one.id: one for one in items}}.items())),
    )


def lawful(dataset: Dataset, **cells: Any) -> Dataset:
    """The map with a class rule, spelt out: every district is served by Orbit, as an Act of 2001 says."""
    usual: dict[str, Any] = {
        "id": "all", "who": ("district",), "nation": (), "relation": "served-by", "provider": "supplier:orbit",
        "service_area": None, "data": None, "valid_from": "2001", "valid_to": None, "law": "An Act", "url": None,
        "publisher": "invented", "published": "2001", "retrieved": None, "confidence": "confirmed",
        "claim": "every one of them is served",
    }  # fmt: skip
    rule = ClassRule(**{**usual, **cells})
    return expanded(replace(dataset, class_rules={rule.id: rule}))
