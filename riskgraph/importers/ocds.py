"""Notices in the Open Contracting Data Standard 1.1: Find a Tender, Contracts Finder and their like.

Any shape: release package, record package, one release, an array, one a line. Releases of one contracting
process are not compiled: an award is known by its process, award and contract, and the newest release
that speaks of it counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from riskgraph.importers.contracts import stated_or_guessed_area
from riskgraph.importers.disk_sort import SortedOnDisk
from riskgraph.importers.formats import Format
from riskgraph.importers.json_objects import as_object, as_objects, first_keys
from riskgraph.importers.report import ImportReport
from riskgraph.importers.statements import (
    Citation,
    Party,
    Purchase,
    Statements,
    in_order,
    named_party,
    one_value_for_several,
    withheld,
)
from riskgraph.importers.values import clean, parse_date, web_address
from riskgraph.vocabulary import patterns, words

__all__ = ["OCDS"]

_AwardKey = tuple[str, str, str, str]  # process, award, contract, supplier
_SCHEMES = ("GB-COH-", "GB-PPON-", "GB-CHC-", "GB-NIC-", "GB-SC-")  # of ids that are identifiers themselves


def _fits(path: Path) -> int:
    keys = first_keys(path)
    return 50 if "ocid" in keys or {"releases", "publisher"} <= keys or {"records", "publisher"} <= keys else 0


def _notices(items: Iterator[tuple[str, dict[str, Any]]], statements: Statements) -> None:
    """Releases one by one; every award and supplier counts as a row."""
    report = statements.report
    found: SortedOnDisk[tuple[_AwardKey, str, Purchase]] = SortedOnDisk(key=itemgetter(0, 1))
    seen = 0
    for content in _releases(_under_terms(items, statements), report):
        release = _Release(content, statements)
        seen += 1
        statements.dated(release.dated, "release", release.ocid)
        for key, purchase in release.awards():
            if statements.wanted(purchase):
                found.append((key, release.dated, purchase))
    statements.options.tick(seen, 0)
    report.note(f"{seen:,} releases were read; a row is one award to one supplier.")
    for _, group in groupby(found, key=itemgetter(0)):
        *older, (_, _, newest) = group
        statements.buy(newest)
        for _, _, purchase in older:
            report.skip(purchase.where, "the same award, contract and supplier in another release: the newest counts")


def _under_terms(
    items: Iterator[tuple[str, dict[str, Any]]], statements: Statements
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The same, with the licence of each package noted."""
    for place, item in items:
        if not place and (terms := _text(item.get("license"))):
            statements.licences.add(terms)
        yield place, item


def _releases(items: Iterator[tuple[str, dict[str, Any]]], report: ImportReport) -> Iterator[dict[str, Any]]:
    for place, item in items:
        if "compiledRelease" in item and isinstance(item["compiledRelease"], dict):
            yield item["compiledRelease"]
        elif isinstance(item.get("releases"), list):
            for release in item["releases"]:
                if isinstance(release, dict) and "ocid" in release:
                    yield release
                else:
                    report.read += 1
                    report.skip(str(item.get("ocid")), "a link to a release, not the release itself")
        elif "ocid" in item:
            yield item
        elif place:
            report.read += 1
            report.skip(f"{place} item", "no ocid: no release")


def _text(value: Any) -> str:
    return clean(str(value)) if isinstance(value, str | int | float) else ""


class _Release:
    """One release: who buys, and what was awarded to whom."""

    def __init__(self, content: Mapping[str, Any], statements: Statements) -> None:
        self.content, self.statements, self.report = content, statements, statements.report
        self.ocid = _text(content.get("ocid"))
        self.dated = parse_date(str(content.get("date") or "")) or ""
        self.parties = {_text(p.get("id")): p for p in as_objects(content.get("parties"))}
        self.tender = as_object(content.get("tender"))
        self.buyer = self._buyer()
        self.framework = next(
            (
                _text(p.get("title")) or _text(p.get("identifier"))
                for p in as_objects(content.get("relatedProcesses"))
                if "framework" in (p.get("relationship") or [])
            ),
            None,
        )

    def awards(self) -> Iterator[tuple[_AwardKey, Purchase]]:
        """Every award to every supplier, contract by contract; what is left out is counted."""
        contracts: dict[str, list[Mapping[str, Any]]] = {}
        for contract in as_objects(self.content.get("contracts")):
            contracts.setdefault(_text(contract.get("awardID")), []).append(contract)
        for award in as_objects(self.content.get("awards")):
            id_, suppliers = _text(award.get("id")), as_objects(award.get("suppliers"))
            where = f"{self.ocid} award {id_}"
            for supplier in suppliers or [{}]:
                for contract in contracts.get(id_) or [{}]:
                    self.report.read += 1
                    party = self._awarded(award, contract, supplier, where)
                    if party is not None:
                        purchase = self._purchase(award, contract, party, where)
                        yield (self.ocid, id_, _text(contract.get("id")), party.name), purchase
            if as_objects(award.get("subcontracts")) or as_object(award.get("subcontracting")):
                self.report.note(f"{where} speaks of subcontracting in words only; a person has to read it.")

    def _page(self) -> str | None:
        """The page of the notice itself: as it says, or as its service makes them of the notice's number."""
        said = [d for d in as_objects(self.tender.get("documents")) if _text(d.get("documentType")).endswith("Notice")]
        known = f"{self.ocid} {_text(self.content.get('id'))}"
        made = [
            match.expand(page) for form, page in patterns("notice page", "ocds") if (match := form.fullmatch(known))
        ]
        return next(filter(None, (*(web_address(_text(d.get("url"))) for d in said), *made)), None)

    def _buyer(self) -> Party | None:
        buyer = as_object(self.content.get("buyer"))
        party = self.parties.get(_text(buyer.get("id")), {})
        if not buyer.get("name") and not party:
            party = next((p for p in self.parties.values() if "buyer" in (p.get("roles") or [])), {})
        name = _text(buyer.get("name")) or _text(party.get("name"))
        return Party(name, _ids(party)) if name else None

    def _awarded(
        self, award: Mapping[str, Any], contract: Mapping[str, Any], supplier: Mapping[str, Any], where: str
    ) -> Party | None:
        """Who won; nobody if the award does not stand, and the report then says why."""
        status, of_contract = _text(award.get("status")).lower(), _text(contract.get("status")).lower()
        if status in words("contract: dead", "ocds") or of_contract == "cancelled":
            self.report.skip(where, "award or contract cancelled, unsuccessful or only planned")
        elif self.buyer is None:
            self.report.skip(where, "no buyer")
        elif not withheld(_text(supplier.get("name")), where, self.report):
            code = _text(supplier.get("id"))
            full = self.parties.get(code, {})
            ids = _ids(full) or _ids(supplier)
            if not ids and code.startswith(_SCHEMES):
                scheme = "-".join(code.split("-")[:2])
                ids = ((scheme, code.removeprefix(scheme + "-")),)
            party = named_party(_text(supplier.get("name")) or _text(full.get("name")), self.report, ids)
            if party is None:
                self.report.skip(where, "no supplier")
            return party
        return None

    def _purchase(self, award: Mapping[str, Any], contract: Mapping[str, Any], party: Party, where: str) -> Purchase:
        assert self.buyer is not None
        report, tender, sharing = self.report, self.tender, len(as_objects(award.get("suppliers")))
        title = _text(contract.get("title")) or _text(award.get("title")) or _text(tender.get("title"))
        periods = (contract.get("period"), award.get("contractPeriod"), tender.get("contractPeriod"))
        period = next(filter(None, map(as_object, periods)), {})
        begun = parse_date(_text(period.get("startDate"))) or parse_date(_text(contract.get("dateSigned")))
        start, end = in_order(begun, parse_date(_text(period.get("endDate"))), where, report)
        longest = parse_date(_text(period.get("maxExtentDate"))) if start == begun else None
        area, guessed = stated_or_guessed_area("", title, report)
        notes = [f"contract: {title.replace(';', ',')}"] if title else []
        value, gross = _value(as_object(contract.get("value")) or as_object(award.get("value")))
        if gross:
            notes.append("value with VAT")
            report.guess("value given with VAT only", where)
        if sharing > 1 and value is not None:
            notes.append(one_value_for_several(sharing, where, report))
            value = None
        documents = [*as_objects(contract.get("documents")), *as_objects(award.get("documents"))]
        url = next((u for d in documents if (u := web_address(_text(d.get("url"))))), None) or self._page()
        code = next(
            (
                _text(c.get("id"))
                for holder in (*as_objects(award.get("items")), tender)
                for c in (as_object(holder.get("classification")), *as_objects(holder.get("additionalClassifications")))
                if c.get("scheme") == "CPV"
            ),
            None,
        )
        if code:
            notes.append(f"CPV {code}")
        codes = tuple(dict.fromkeys(_cpv_codes(award, contract, tender)))
        publisher = _text(as_object(self.content.get("publisher")).get("name"))
        return Purchase(
            where=where,
            how="award",
            council=self.buyer,
            supplier=party,
            cited=Citation(
                f"{self.buyer.name} awarded {title or 'a contract'} to {party.name}",
                self.statements.options.grade or "confirmed",
                url,
                publisher or f"Notice {_text(self.content.get('id'))}",
                self.dated or None,
            ),
            thing=title or None,
            area=area,
            area_guessed=guessed,
            valid_from=start,
            valid_to=end,
            contract_reference=self.ocid,
            contract_value_gbp=value,
            contract_end_latest=longest,
            framework=self.framework,
            note="; ".join(notes) or None,
            cpv=codes,
        )


def _cpv_codes(*holders: Mapping[str, Any]) -> Iterator[str]:
    """Every CPV code of an award, its contract and its tender, and of what is bought in each."""
    for holder in holders:
        for one in (holder, *as_objects(holder.get("items"))):
            for said in (as_object(one.get("classification")), *as_objects(one.get("additionalClassifications"))):
                if said.get("scheme") == "CPV" and (code := _text(said.get("id"))):
                    yield code


def _ids(party: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    found = set()
    for identifier in (as_object(party.get("identifier")), *as_objects(party.get("additionalIdentifiers"))):
        scheme, number = _text(identifier.get("scheme")), _text(identifier.get("id"))
        if scheme and number:
            found.add((scheme, number))
    return tuple(sorted(found))


def _value(value: Mapping[str, Any]) -> tuple[Decimal | None, bool]:
    """Amount without VAT, or the one with VAT where it is the only one, and whether it is that."""
    if value.get("currency") not in {None, "GBP"}:
        return None, False
    for key, gross in (("amount", False), ("amountGross", True)):
        amount = value.get(key)
        if isinstance(amount, int | float) and not isinstance(amount, bool) and 0 < amount < 1e12:
            try:
                return Decimal(str(amount)).quantize(Decimal("0.01")).normalize() + 0, gross
            except InvalidOperation:
                return None, False
    return None, False


OCDS = Format(
    "ocds",
    "notices in OCDS 1.1 (Find a Tender, Contracts Finder)",
    lists=frozenset({"releases", "records"}),
    rows=_notices,
    recognise=_fits,
    buyers="known",
)
