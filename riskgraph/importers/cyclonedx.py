"""A CycloneDX bill of materials, JSON or XML: what a council runs on, or what stands behind a supplier's product.

Services count, and applications with a maker. Libraries, files and the like are parts of a program: nobody whom a
council depends on by contract; they are counted, and what they call is followed through them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from riskgraph.data.scope_words import area_of
from riskgraph.errors import RiskGraphError
from riskgraph.importers.cyclonedx_xml import bill_of_xml, is_xml_bill
from riskgraph.importers.formats import Format
from riskgraph.importers.json_objects import as_object, as_objects, first_keys, objects
from riskgraph.importers.source import SourceFile
from riskgraph.importers.statements import Citation, Party, Purchase, StatedRelation, Statements, named_party
from riskgraph.importers.values import clean, parse_date
from riskgraph.model import SUPPLIER
from riskgraph.vocabulary import pattern, patterns, words

__all__ = ["CYCLONEDX"]

_BY_CHANCE = {"none", "several", "initials"}  # ways of finding a council that a program's name may meet by chance
_WORST = ("special", "personal", "none")


def _fits(path: Path) -> int:
    return 60 if "bomFormat" in first_keys(path) or is_xml_bill(path) else 0


def _bills(files: Sequence[SourceFile], _: Statements) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every bill of the files, with the name of its file where there are several."""
    for path, name in files:
        if is_xml_bill(path):
            yield name, bill_of_xml(path)
        else:
            yield from ((name, bill) for _, bill in objects(path, frozenset()) if "bomFormat" in bill)


@dataclass
class _Service:
    """One service, as the bill lists it."""

    ref: str
    where: str
    title: str
    provider: Party | None
    area: str | None
    data: str | None
    hosting: str | None


@dataclass
class _Owner:
    """Whose list it is: a council's own, or that of a product, which a council may use."""

    council: str = ""
    product: str = ""
    maker: Party | None = None


@dataclass
class _Bill:
    """The services of a bill, and what leads to what: dependencies, and services inside others."""

    services: dict[str, _Service] = field(default_factory=dict)
    leads: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    root: str = ""

    @cached_property
    def named(self) -> list[_Service]:
        """The services with a provider."""
        return [service for service in self.services.values() if service.provider is not None]

    @cached_property
    def fronts(self) -> dict[str, set[str]]:
        """For each service with a provider, those that lead to it."""
        found: dict[str, set[str]] = {service.ref: set() for service in self.named}
        for service in self.named:
            for ref in self.after(service.ref) - {service.ref}:
                found[ref].add(service.ref)
        return found

    def after(self, ref: str) -> set[str]:
        """The services with a provider that come first on the ways from here, through all that has none."""
        found: set[str] = set()
        seen: set[str] = set()
        todo = list(self.leads.get(ref, ()))
        while todo:
            here = todo.pop()
            if here in seen:
                continue
            seen.add(here)
            if here in self.services and self.services[here].provider is not None:
                found.add(here)
            else:
                todo += self.leads.get(here, ())
        return found

    def used(self) -> set[str]:
        """Those at the front: what the root leads to, and what no other provider's service leads to."""
        front, reached = set[str](), set[str]()

        def take(refs: Iterable[str]) -> None:
            todo = [ref for ref in refs if ref not in reached]
            front.update(todo)
            while todo:
                here = todo.pop()
                if here not in reached:
                    reached.add(here)
                    todo += self.after(here)

        take(self.after(self.root) if self.root else ())
        take([ref for ref, others in self.fronts.items() if not others and ref not in reached])
        take([ref for ref in self.fronts if ref not in reached])  # those that only lead to each other
        provider = {service.ref: service.provider for service in self.named}
        same = {ref for ref, others in self.fronts.items() if all(provider[one] == provider[ref] for one in others)}
        return front | same


def _read(items: Iterator[tuple[str, Mapping[str, Any]]], statements: Statements) -> None:
    """Bills one by one; one that says nobody's name is left out, and refused if it is the only one."""
    said = unsaid = 0
    for name, bom in items:
        owner = _owner(bom, statements)
        if owner is None:
            unsaid += 1
            services = max(1, len(list(_services(bom.get("services")))))
            statements.report.read += services
            statements.report.skip(name or "the list", "the list does not say whose it is: --council says it", services)
            continue
        said += 1
        _bill(name, bom, owner, statements)
    if unsaid and not said:
        raise RiskGraphError(
            f"{statements.report.source} does not say whose services these are: it names no public body, and no maker "
            "of what it describes.",
            "Name the council: --council NAME",
        )


def _owner(bom: Mapping[str, Any], statements: Statements) -> _Owner | None:
    """Whose list it is; `None` if nobody can tell."""
    council = statements.options.council or ""
    metadata = as_object(bom.get("metadata"))
    component = as_object(metadata.get("component"))
    name = _text(component.get("name"))
    if _public(name, statements):
        return _Owner(council or name)
    maker = _maker(component) or _text(as_object(metadata.get("supplier")).get("name"))
    maker = maker or _text(as_object(metadata.get("manufacture")).get("name"))
    if _public(maker, statements):
        return _Owner(council or maker)
    company = named_party(maker, statements.report) if maker else None
    if name and company is not None:
        return _Owner(council, name, company)
    return _Owner(council) if council else None


def _public(name: str, statements: Statements) -> bool:
    """Whether a name is that of a public body: one of the register, or called a council."""
    if not name:
        return False
    found, how = statements.councils.find(name) if statements.councils else ((), "none")
    return bool(found and how not in _BY_CHANCE) or bool(pattern("name of a public body").search(name))


def _maker(component: Mapping[str, Any]) -> str:
    """Who makes or sells a component, as an organisation: authors are persons."""
    for field_ in ("manufacturer", "supplier"):
        if name := _text(as_object(component.get(field_)).get("name")):
            return name
    return _text(component.get("publisher"))


def _bill(name: str, bom: Mapping[str, Any], owner: _Owner, statements: Statements) -> None:
    """Services with their providers; a service behind another provider's is a subcontract."""
    report = statements.report
    metadata = as_object(bom.get("metadata"))
    day = parse_date(_text(metadata.get("timestamp")))
    dated = statements.dated(day, "making of the list", _place(name, "metadata.timestamp"))
    cited = Citation("", statements.options.grade or "reported", published=dated)
    bill = _read_bill(name, bom, statements)
    parts = list(_components(bom.get("components")))
    report.read += len(parts)
    for number, part in enumerate(parts, 1):
        _component(_place(name, f"component {number}"), part, owner, cited, statements)
    named, used = bill.named, bill.used()
    if owner.product:
        _product(_place(name, "what the list describes"), owner, named, cited, statements)
    for service in named:
        if service.ref in used:
            _used(service, owner, cited, statements)
        _behind(service, bill, int(service.ref not in used), cited, statements)
    if taken := sum(service.hosting == "supplier" for service in named):
        report.guess("services of a bill of materials are taken to run with their provider", f"{taken} services")
    for part in as_objects(bom.get("compositions")):
        if aggregate := _text(part.get("aggregate")):
            report.note(f"The list says of itself: {aggregate}.")
    tlp = as_object(metadata.get("distributionConstraints")).get("tlp")
    if tlp:
        report.note(f"The list is marked TLP:{_text(tlp)}: share the map no further than that.")


def _read_bill(name: str, bom: Mapping[str, Any], statements: Statements) -> _Bill:
    report = statements.report
    bill = _Bill(root=_text(as_object(as_object(bom.get("metadata")).get("component")).get("bom-ref")))
    for one in as_objects(bom.get("dependencies")):
        others = one.get("dependsOn")
        bill.leads[_text(one.get("ref"))] |= {_text(other) for other in others} if isinstance(others, list) else set()
    listed = list(_services(bom.get("services")))
    refs = {
        id(service): _text(service.get("bom-ref")) or f"service {number}" for number, (service, _) in _from_1(listed)
    }
    provided: dict[int, Party | None] = {}
    for number, (service, parent) in _from_1(listed):
        report.read += 1
        where = _place(name, f"service {number}")
        own = named_party(_text(as_object(service.get("provider")).get("name")), report)
        provider = own or (provided[id(parent)] if parent is not None else None)
        provided[id(service)] = provider
        if parent is not None:
            bill.leads[refs[id(parent)]].add(refs[id(service)])
        if provider is None:
            report.skip(where, "no provider")
        bill.services[refs[id(service)]] = _Service(
            ref=refs[id(service)],
            where=where,
            title=_text(service.get("name")),
            provider=provider,
            area=area_of(_text(service.get("group"))),
            data=_data(service),
            hosting=None if _text(service.get("x-trust-boundary")).lower() == "false" else "supplier",
        )
    return bill


def _from_1(listed: list[Any]) -> Iterator[tuple[int, Any]]:
    return iter(enumerate(listed, 1))


def _place(name: str, where: str) -> str:
    return f"{name}, {where}" if name else where


def _services(value: Any, parent: Any = None) -> Iterator[tuple[Mapping[str, Any], Any]]:
    """Every service, with the one that it stands in."""
    for service in as_objects(value):
        yield service, parent
        yield from _services(service.get("services"), service)


def _components(value: Any) -> Iterator[Mapping[str, Any]]:
    for component in as_objects(value):
        yield component
        yield from _components(component.get("components"))


def _component(
    where: str, component: Mapping[str, Any], owner: _Owner, cited: Citation, statements: Statements
) -> None:
    """An application with a maker is used; any other part is none whom a council depends on."""
    report, sort = statements.report, _text(component.get("type")) or "part"
    if words("component that is used", "cyclonedx").get(sort) is None:
        return report.skip(where, f"{sort}: a part of a program, no supplier of a council")
    if owner.product or not owner.council:
        return report.skip(where, f"{sort} inside a product of a supplier: a part of it")
    maker, title = named_party(_maker(component), report), _text(component.get("name"))
    if maker is None or _public(maker.name, statements):
        return report.skip(where, f"{sort} without a maker" if maker is None else f"{sort} of a public body's own")
    claim = f"{owner.council} uses {title} of {maker.name}"
    return statements.buy(
        Purchase(where, "register", Party(owner.council), maker, cited._replace(claim=claim), thing=title or None)
    )


def _product(where: str, owner: _Owner, named: list[_Service], cited: Citation, statements: Statements) -> None:
    """The product that a supplier's list describes, if somebody is said to use it."""
    report, maker = statements.report, owner.maker
    assert maker is not None
    if not owner.council:
        report.note(
            f"This is the list of {owner.product} of {maker.name}; nobody is said to use it. --council NAME says who does."
        )
        return
    report.read += 1
    own = [service for service in named if service.provider == maker]
    claim = f"{owner.council} uses {owner.product} of {maker.name}"
    statements.buy(
        Purchase(
            where=where,
            how="register",
            council=Party(owner.council),
            supplier=maker,
            cited=cited._replace(claim=claim),
            thing=owner.product,
            data=_worst([service.data for service in own]),
            hosting="supplier" if any(service.hosting for service in own) else None,
        )
    )


def _used(service: _Service, owner: _Owner, cited: Citation, statements: Statements) -> None:
    """A service at the front: the council's, or behind the maker of the product."""
    provider = service.provider
    assert provider is not None
    if owner.maker is not None:
        if owner.maker == provider:
            return statements.report.skip(service.where, "run by the maker of the product itself")
        claim = f"{owner.product} of {owner.maker.name} runs on {service.title or 'a service'} of {provider.name}"
        return _subcontract(service, owner.maker, provider, cited._replace(claim=claim), 1, statements)
    claim = f"{owner.council} uses the service {service.title} of {provider.name}"
    return statements.buy(
        Purchase(
            where=service.where,
            how="register",
            council=Party(owner.council),
            supplier=provider,
            cited=cited._replace(claim=claim),
            thing=service.title or None,
            area=service.area,
            data=service.data,
            hosting=service.hosting,
        )
    )


def _behind(service: _Service, bill: _Bill, rows: int, cited: Citation, statements: Statements) -> None:
    """A service that other providers' services lead to; it counts here where nothing else does."""
    fronts = [bill.services[ref] for ref in bill.fronts[service.ref]]
    fronts.sort(key=lambda one: (str(one.provider), one.area or "", one.ref))
    assert service.provider is not None
    for front in fronts:
        if front.provider is not None and front.provider != service.provider:
            claim = f"A service of {front.provider.name} depends on one of {service.provider.name}"
            said = cited._replace(claim=claim)
            _subcontract(service, front.provider, service.provider, said, rows, statements, front.area)
            rows = 0


def _subcontract(
    service: _Service,
    one: Party,
    two: Party,
    cited: Citation,
    rows: int,
    statements: Statements,
    area: str | None = None,
) -> None:
    values = {"service_area": area or service.area}
    ends = (SUPPLIER, one), (SUPPLIER, two)
    statements.relations.append(StatedRelation(service.where, "subcontracts-to", *ends, cited, values, rows=rows))


def _text(value: Any) -> str:
    return clean(str(value)) if isinstance(value, str | int | float) else ""


def _data(service: Mapping[str, Any]) -> str | None:
    """The most delicate data of a service, whichever way they flow: who gives them out has them."""
    said = [_text(one.get("classification")) for one in as_objects(service.get("data"))]
    forms = patterns("personal data", "cyclonedx")
    return _worst([next((word for form, word in forms if form.search(text)), None) for text in said])


def _worst(kinds: Sequence[str | None]) -> str | None:
    return next((word for word in _WORST if word in kinds), None)


CYCLONEDX = Format(
    "cyclonedx",
    "the services and applications of a CycloneDX bill of materials, JSON or XML",
    rows=_read,
    items=_bills,
    recognise=_fits,
)
