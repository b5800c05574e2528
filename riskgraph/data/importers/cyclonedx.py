"""Services in a CycloneDX bill of materials: what a council, or a supplier, says it runs on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from riskgraph.data.importers.areas import area_of_word
from riskgraph.data.importers.facts import Fact, Harvest, Options, Party, Tie
from riskgraph.data.importers.jsonstream import MAX_OBJECT, first_keys
from riskgraph.data.importers.match import clean_party
from riskgraph.data.importers.registry import importer
from riskgraph.data.importers.report import ImportReport
from riskgraph.data.importers.tables import clean, problem
from riskgraph.data.importers.values import parse_date
from riskgraph.errors import RiskGraphError

__all__ = ["read_cyclonedx"]

_SPECIAL = ("special", "sensitive", "health", "pii-special")
_PERSONAL = ("pii", "personal", "pifi", "gdpr")


def _fits(path: Path) -> int:
    return 60 if "bomFormat" in first_keys(path) else 0


@importer("cyclonedx", "the services of a CycloneDX bill of materials", _fits)
def read_cyclonedx(path: Path, options: Options, report: ImportReport) -> Harvest:
    """Read services with their providers; a service that depends on another's is a subcontract."""
    if path.stat().st_size > MAX_OBJECT:
        raise problem(
            path, "too-big", "The file is too big for a bill of materials.", f"Keep it under {MAX_OBJECT:,} bytes."
        )
    try:
        bom = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise problem(path, "json", f"It is no valid JSON: {error}.", "Make it again.") from None
    if not isinstance(bom, dict):
        raise problem(path, "json", "It holds no object.", "Make it again.")
    harvest = Harvest(report, options)
    metadata = _dict(bom.get("metadata"))
    name = options.council or clean(str(_dict(metadata.get("component")).get("name") or ""))
    if not name:
        raise RiskGraphError(f"{path.name} does not say whose services these are.", "Name the council: --council NAME")
    dated = parse_date(str(metadata.get("timestamp") or ""))
    if dated:
        harvest.dates.append(dated)
    root = str(_dict(metadata.get("component")).get("bom-ref") or "")
    depends = {str(d.get("ref")): [str(r) for r in d.get("dependsOn") or []] for d in _list(bom.get("dependencies"))}
    services = list(_services(bom.get("services")))
    behind = {ref for ref, others in depends.items() if ref != root for ref in others} - set(depends.get(root, []))
    providers: dict[str, tuple[Party, str | None]] = {}
    for number, service in enumerate(services, 1):
        report.read += 1
        where = f"service {number}"
        provider = clean_party(clean(str(_dict(service.get("provider")).get("name") or "")), report)
        if provider is None:
            report.skip(where, "no provider")
            continue
        area = area_of_word(str(service.get("group") or ""))
        ref = str(service.get("bom-ref") or where)
        providers[ref] = provider, area
        if ref in behind:
            report.kept += 1
            continue
        title = clean(str(service.get("name") or ""))
        harvest.take(
            Fact(
                where=where,
                how="register",
                council=Party(name),
                supplier=provider,
                thing=title or None,
                area=area,
                data=_data(service),
                hosting="supplier",
                grade=options.grade or "reported",
                published=dated,
                claim=f"{name} uses the service {title} of {provider.name}",
            )
        )
    if services:
        report.guess(
            "services of a bill of materials are taken to run with their provider", f"{len(services)} services"
        )
    for ref in sorted(set(depends) & set(providers)):
        for other in depends[ref]:
            if other in providers and providers[other][0] != providers[ref][0]:
                (one, area), (two, _) = providers[ref], providers[other]
                harvest.ties.append(
                    Tie(
                        f"dependency {ref}",
                        "subcontracts-to",
                        ("supplier", one),
                        ("supplier", two),
                        {"service_area": area},
                        grade=options.grade or "reported",
                        published=dated,
                        claim=f"A service of {one.name} depends on one of {two.name}",
                        rows=0,
                    )
                )
    for part in _list(bom.get("compositions")):
        report.note(f"The list says of itself: {part.get('aggregate')}.")
    return harvest


def _services(value: Any) -> Iterator[Mapping[str, Any]]:
    for service in _list(value):
        yield service
        yield from _services(service.get("services"))


def _data(service: Mapping[str, Any]) -> str | None:
    words = " ".join(str(d.get("classification") or "") for d in _list(service.get("data"))).lower()
    if any(word in words for word in _SPECIAL):
        return "special"
    return "personal" if any(word in words for word in _PERSONAL) else None


def _list(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
