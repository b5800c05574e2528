"""What a purchase means: which relations a row of a register, an award or payments become."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from riskgraph.data.directory import KnownProduct, directory
from riskgraph.data.spelling import company_key
from riskgraph.importers.assembly import Assembly
from riskgraph.importers.statements import Citation, Party, Purchase, Waiting
from riskgraph.importers.values import slug
from riskgraph.importers.words import is_service, runs_at_supplier
from riskgraph.model import AUTHORITY, ENVIRONMENT, PRODUCT, SHARED_SERVICE, SUPPLIER, SYSTEM, Entity
from riskgraph.rules import rules

__all__ = ["add_purchase", "recognised"]

_PAID_A_BODY = "paid to another public body or a shared service: a payment does not say for what"
_PAID_ITSELF = "paid to itself"
_EARLIER = "earlier contracts put together with a later one, whose value stands"
_WAYS_IN = {"remote", "admin", "network"}
_SAY_LITTLE = {"reseller", "device", "telecom", "advice", "bank", "other"}  # kinds of seller
_SUPPLIER, _SUPPLIER_IDS, _THING, _ALIKE = map(
    int, (Waiting.SUPPLIER, Waiting.SUPPLIER_IDS, Waiting.THING, Waiting.ALIKE)
)
_CONTRACT = (
    "valid_from", "valid_to", "contract_reference", "contract_value_gbp", "annual_value_gbp", "contract_end",
    "contract_end_latest", "notice_days", "framework", "data_returned", "note", "endurance_days", "substitutability",
    "exit_plan", "episode", "tolerable_hours", "importance", "people",
)  # fmt: skip
_contract_of = itemgetter(*map(Purchase._fields.index, _CONTRACT))
_OF_THE_BUYER = ("note", "endurance_days", "tolerable_hours", "importance", "people")  # not of who stands between


class _Deal(NamedTuple):
    """A purchase with everybody found: who depends on whom in what, and with which contract and sources."""

    assembly: Assembly
    purchase: Purchase
    buyer: str
    supplier: str
    area: str | None
    contract: dict[str, Any]
    cited: tuple[str, ...]
    outcome: list[str]  # of each relation: "", or why it was left out

    def relate(self, dependent: str, relation: str, provider: str, **values: Any) -> None:
        """A relation of this deal."""
        made = self.assembly.relate(dependent, relation, provider, self.cited, where=self.purchase.where, **values)
        self.outcome.append(made)

    def served(self, **contract: Any) -> None:
        """The supplier does the work."""
        area, data = self.area, self.purchase.data
        self.relate(self.buyer, "served-by", self.supplier, service_area=area, data=data, **contract)

    def supplied(self, **contract: Any) -> None:
        """The supplier supplies, and may have a way in."""
        area, access = self.area, self.purchase.access
        self.relate(self.buyer, "supplied-by", self.supplier, service_area=area, access=access, **contract)

    def uses(self, product: Entity, hosting: str | None) -> None:
        """The buyer uses a product of the supplier."""
        self.assembly.keep(product)
        values = {"service_area": self.area, "data": self.purchase.data, "hosting": hosting}
        self.relate(self.buyer, "uses", product.id, **values, **self.contract)
        self.relate(product.id, "made-by", self.supplier)


def add_purchase(assembly: Assembly, purchase: Purchase) -> None:
    """One row of a register, award or payment; it is kept if a relation came of it, else left out with the reason."""
    day = purchase.valid_from or purchase.valid_to
    company = assembly.suppliers.ids.get(purchase.supplier)  # none if a public body supplies
    if purchase.how != "register" and company and _says_little(assembly, purchase, company):
        return
    mark = assembly.mark()
    council = assembly.body(purchase.council, day)
    supplier = assembly.provider(purchase.supplier, day)
    if purchase.place and assembly.councils.sure(purchase.place, day) == council:
        purchase = purchase._replace(place=None, hosting="own")
    area, cited = _area(assembly, purchase, supplier)
    if purchase.certificate and supplier.startswith(SUPPLIER):
        held, seen = assembly.entities[supplier], tuple(purchase.certificate.split("; "))
        assembly.keep(replace(held, certificate=seen, certificate_expires=purchase.certificate_expires))
    elif purchase.certificate:
        assembly.report.guess(
            "certificate of a body that is no company, not taken", f"{purchase.where}: {purchase.certificate}"
        )
    contract = {name: value for name, value in zip(_CONTRACT, _contract_of(purchase), strict=True) if value is not None}
    deal = _Deal(assembly, purchase, council, supplier, area, contract, cited, [])
    if purchase.through is not None:
        between = assembly.provider(purchase.through, day)
        if between not in {council, supplier}:
            dates = {"valid_from": purchase.valid_from, "valid_to": purchase.valid_to}
            own = {name: contract.pop(name, None) for name in _OF_THE_BUYER}
            values = {"service_area": area, "data": purchase.data, **dates, **own}
            deal.relate(council, "served-by", between, **values)
            deal = deal._replace(buyer=between)
    if purchase.how == "payment":
        if supplier.startswith(SUPPLIER):
            deal.relate(deal.buyer, "supplied-by", supplier, service_area=area, **contract)
        else:
            deal.outcome.append(_PAID_ITSELF if supplier == council else _PAID_A_BODY)
    elif supplier.partition(":")[0] in {AUTHORITY, SHARED_SERVICE}:
        _from_public_body(deal)
    elif purchase.how == "award":
        _awarded(deal)
    else:
        _registered(deal)
    _place_and_subcontractors(deal)
    _account(deal, {council, supplier}, mark)


def _account(deal: _Deal, bodies: set[str], mark: tuple[int, int, int]) -> None:
    """Count the rows as kept if something came of them, and the money with them."""
    report, purchase = deal.assembly.report, deal.purchase
    why_not = sorted(set(filter(None, deal.outcome)))
    if "" not in deal.outcome:
        report.skip(purchase.where, deal.outcome[0], purchase.rows, purchase.amount)
        if report.money is not None and purchase.earlier is not None:
            report.money.leave(deal.outcome[0], purchase.earlier)
        deal.assembly.taken_back(mark)
        return
    for reason in why_not:
        report.guess(f"part of a row left out: {reason}", f"{purchase.where}: {purchase.cited.claim}")
    report.keep(purchase.rows, bodies, purchase.amount)
    if report.money is not None and purchase.earlier is not None:
        report.money.leave(_EARLIER, purchase.earlier)


def recognised(assembly: Assembly, record: tuple[Any, ...]) -> tuple[KnownProduct | None, bool, str | None]:
    """What the title of a contract that waits says (`_meaning`).

    Two contracts of one supplier that mean the same become one row.
    """
    return _meaning(assembly, record[_THING], Party(record[_SUPPLIER], record[_SUPPLIER_IDS]), record[_ALIKE][4])


def _meaning(
    assembly: Assembly, title: str, party: Party, hosting: str | None
) -> tuple[KnownProduct | None, bool, str | None]:
    """The product that the title of an award names, whether it names a service, and who hosts."""
    supplier = assembly.suppliers.ids.get(party)
    return _said_by_title(title, supplier if supplier in directory().products else None, hosting)


@lru_cache(maxsize=16_384)
def _said_by_title(title: str, maker: str | None, hosting: str | None) -> tuple[KnownProduct | None, bool, str | None]:
    product = directory().product(title, maker) if maker else None
    served = is_service(title, None) or hosting == "supplier"
    return product, served, hosting or ("supplier" if runs_at_supplier(title) else None)


def _says_little(assembly: Assembly, purchase: Purchase, supplier: str) -> bool:
    base = assembly.base
    known = (base is not None and supplier in base.entities) or supplier in directory().entities
    reason = ""
    if assembly.statements.options.suppliers == "known" and not known:
        reason = "supplier is not one that the map or the directory knows (--suppliers all takes it)"
    elif directory().kinds.get(supplier) in _SAY_LITTLE and not is_service(purchase.thing or "", None):
        reason = "seller of hardware, licences, lines or advice: says nothing about who depends on it"
    if reason:
        assembly.report.skip(purchase.where, reason, purchase.rows, purchase.amount)
        if assembly.report.money is not None and purchase.earlier is not None:
            assembly.report.money.leave(reason, purchase.earlier)
    return bool(reason)


def _area(assembly: Assembly, purchase: Purchase, supplier: str) -> tuple[str | None, tuple[str, ...]]:
    """The service area, and the evidence of the purchase and of its area."""
    area, cited = purchase.area, [assembly.cite(purchase.cited)]
    if area and purchase.area_guessed:
        claim, day = f"Area guessed from {purchase.area_guessed!r}.", purchase.cited.published
        cited.append(assembly.cite(Citation(claim, "inferred", None, assembly.report.source, day, "service_area")))
    elif area is None and supplier in directory().only_area and purchase.how != "register":
        area = directory().only_area[supplier]
        claim = f"The supplier sells into {area} only, as far as is known."
        cited.append(assembly.cite(Citation(claim, publisher="Reviewed list of suppliers", about="service_area")))
        assembly.report.guess("service area from the one area the supplier sells into", f"{supplier}: {area}")
    return area, tuple(cited)


def _from_public_body(deal: _Deal) -> None:
    """A council or shared service supplies: a service, or one system that it runs."""
    thing, area, supplier = deal.purchase.thing, deal.area, deal.supplier
    if not thing or deal.purchase.how != "register" or is_service(thing, area) or rules().enabling(area):
        deal.served(**deal.contract)
        return
    id_ = f"{SYSTEM}:{slug(thing)}-{supplier.partition(':')[2]}"
    system = deal.assembly.keep(Entity(id_, SYSTEM, thing, service_area=(area,) if area else ()))
    values = {"service_area": area, "data": deal.purchase.data, "hosting": deal.purchase.hosting}
    deal.relate(deal.buyer, "uses", system, **values, **deal.contract)
    deal.relate(system, "operated-by", supplier, service_area=area)
    deal.assembly.report.guess("supplied by a public body: read as one system that it runs", f"{thing} of {supplier}")


def _awarded(deal: _Deal) -> None:
    """A contract with a company: a product if the title names one, a service if it says so, else supply."""
    report, thing = deal.assembly.report, deal.purchase.thing or ""
    product, served, hosting = _meaning(deal.assembly, thing, deal.purchase.supplier, deal.purchase.hosting)
    if product is not None:
        report.guess("product recognised in a title", f"{thing!r}: {product.id}")
        area = deal.area or (product.areas[0] if len(product.areas) == 1 else None)
        deal._replace(area=area).uses(directory().entities[product.id], hosting)
    elif served:
        report.guess("title read as a service that the supplier runs", thing)
        deal.served(**deal.contract)
    else:
        deal.supplied(**deal.contract)


def _registered(deal: _Deal) -> None:
    """A row of a register about a company: what is bought, who runs it, and which way in there is."""
    purchase, area, thing = deal.purchase, deal.area, deal.purchase.thing or ""
    at_supplier, access = purchase.hosting == "supplier", purchase.access
    rest = {name: deal.contract.get(name) for name in ("valid_from", "valid_to", "data_returned")}
    if not thing:
        deal.supplied(**deal.contract)
        return
    # who sits on the network runs it; other software for ICT is used like any software
    done = is_service(thing, area) or (rules().enabling(area) and access == "network")
    if done:
        deal.assembly.report.guess("read as a service that the supplier runs", thing)
        deal.served(**deal.contract)
    else:
        known = directory().product(thing, deal.supplier)
        deal.uses(directory().entities[known.id] if known else _product(thing, deal.supplier, area), purchase.hosting)
        if access in _WAYS_IN and at_supplier:  # a way in must not replace what hosting implies
            deal.served(**rest)
    runs = at_supplier or done
    if access and (access in _WAYS_IN or not runs or (access == "data" and purchase.data is None)):
        deal.supplied(**rest)


def _product(thing: str, supplier: str, area: str | None) -> Entity:
    name, maker = slug(thing), supplier.partition(":")[2]
    id_ = name if name.split("-")[0] == maker.split("-")[0] else f"{maker}-{name}"
    return Entity(f"{PRODUCT}:{id_}", PRODUCT, thing, service_area=(area,) if area else ())


def _place_and_subcontractors(deal: _Deal) -> None:
    """Where it runs and who works for the supplier."""
    purchase, assembly, supplier, report = deal.purchase, deal.assembly, deal.supplier, deal.assembly.report
    dates = {"valid_from": purchase.valid_from, "valid_to": purchase.valid_to}
    subcontractors = [(party, assembly.provider(party, purchase.valid_from)) for party in purchase.subcontractors]
    if purchase.place:
        place = assembly.host(purchase.place, purchase.valid_from)
        rests = deal.buyer if supplier.startswith(SUPPLIER) else supplier
        if rests != place:
            deal.relate(rests, "hosted-on", place, service_area=deal.area, data=purchase.data, **dates)
        for party, id_ in subcontractors:
            if place.startswith(ENVIRONMENT) and company_key(purchase.place.split(",")[0]) == company_key(party.name):
                deal.relate(place, "operated-by", id_)
                report.guess("place named after a subcontractor: run by it", f"{purchase.place}: {party.name}")
        report.guess(f"text about hosting read as the name of a {place.partition(':')[0]}", purchase.place)
    for _, id_ in subcontractors:
        deal.relate(supplier, "subcontracts-to", id_, service_area=deal.area, **dates)
