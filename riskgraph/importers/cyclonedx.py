"""Services in a CycloneDX bill of materials: what a council, or a supplier, says it runs on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from riskgraph.data.scope_words import area_of
from riskgraph.errors import RiskGraphError
from riskgraph.importers.formats import Format
from riskgraph.importers.json_objects import as_object, as_objects, first_keys
from riskgraph.importers.statements import Citation, Party, Purchase, StatedRelation, Statements, named_party
from riskgraph.importers.values import clean, parse_date
from riskgraph.model import SUPPLIER
from riskgraph.vocabulary import patterns

__all__ = ["CYCLONEDX"]


def _fits(path: Path) -> int:
    return 60 if "bomFormat" in first_keys(path) else 0


def _bill(item: tuple[str, dict[str, Any]], statements: Statements) -> None:
    """Services with their providers; a service that depends on another's is a subcontract."""
    _, bom = item
    report, options = statements.report, statements.options
    metadata = as_object(bom.get("metadata"))
    component = as_object(metadata.get("component"))
    council = options.council or clean(str(component.get("name") or ""))
    if not council:
        raise RiskGraphError(
            f"{report.source} does not say whose services these are.", "Name the council: --council NAME"
        )
    dated = statements.dated(
        parse_date(str(metadata.get("timestamp") or "")), "making of the list", "metadata.timestamp"
    )
    grade = options.grade or "reported"
    root = str(component.get("bom-ref") or "")
    depends = {
        str(d.get("ref")): [str(r) for r in d.get("dependsOn") or []] for d in as_objects(bom.get("dependencies"))
    }
    services = list(_services(bom.get("services")))
    behind = {ref for ref, others in depends.items() if ref != root for ref in others} - set(depends.get(root, []))
    providers: dict[str, tuple[Party, str | None]] = {}
    for number, service in enumerate(services, 1):
        report.read += 1
        where, title = f"service {number}", clean(str(service.get("name") or ""))
        provider = named_party(clean(str(as_object(service.get("provider")).get("name") or "")), report)
        if provider is None:
            report.skip(where, "no provider")
            continue
        area = area_of(str(service.get("group") or ""))
        ref = str(service.get("bom-ref") or where)
        providers[ref] = provider, area
        if ref in behind:
            report.kept += 1
            continue
        claim = f"{council} uses the service {title} of {provider.name}"
        statements.buy(
            Purchase(
                where=where,
                how="register",
                council=Party(council),
                supplier=provider,
                cited=Citation(claim, grade, published=dated),
                thing=title or None,
                area=area,
                data=_data(service),
                hosting="supplier",
            )
        )
    if services:
        report.guess(
            "services of a bill of materials are taken to run with their provider", f"{len(services)} services"
        )
    for ref in sorted(set(depends) & set(providers)):
        (one, area) = providers[ref]
        for two in (providers[other][0] for other in depends[ref] if other in providers):
            if two != one:
                claim = f"A service of {one.name} depends on one of {two.name}"
                cited = Citation(claim, grade, published=dated)
                stated = StatedRelation(
                    where=f"dependency {ref}",
                    relation="subcontracts-to",
                    dependent=(SUPPLIER, one),
                    provider=(SUPPLIER, two),
                    cited=cited,
                    values={"service_area": area},
                    rows=0,
                )
                statements.relations.append(stated)
    for part in as_objects(bom.get("compositions")):
        report.note(f"The list says of itself: {part.get('aggregate')}.")


def _services(value: Any) -> Iterator[Mapping[str, Any]]:
    for service in as_objects(value):
        yield service
        yield from _services(service.get("services"))


def _data(service: Mapping[str, Any]) -> str | None:
    said = " ".join(str(d.get("classification") or "") for d in as_objects(service.get("data")))
    return next((word for form, word in patterns("personal data", "cyclonedx") if form.search(said)), None)


CYCLONEDX = Format("cyclonedx", "the services of a CycloneDX bill of materials", row=_bill, recognise=_fits)
