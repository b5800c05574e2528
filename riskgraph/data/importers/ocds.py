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

from riskgraph.data.importers.areas import area_of_title
from riskgraph.data.importers.facts import Fact, Harvest, Options, Party
from riskgraph.data.importers.jsonstream import first_keys, objects
from riskgraph.data.importers.match import clean_party
from riskgraph.data.importers.registry import importer
from riskgraph.data.importers.report import ImportReport
from riskgraph.data.importers.spool import Spool
from riskgraph.data.importers.tables import clean
from riskgraph.data.importers.values import parse_date, redacted, web_address
from riskgraph.dates import last_day

__all__ = ["read_ocds"]

_Award = tuple[str, str, str, str]  # process, award, contract, supplier
_DEAD = {"cancelled", "unsuccessful", "pending", "withdrawn"}


def _fits(path: Path) -> int:
    keys = first_keys(path)
    return 50 if "ocid" in keys or {"releases", "publisher"} <= keys or {"records", "publisher"} <= keys else 0


@importer("ocds", "notices in OCDS 1.1 (Find a Tender, Contracts Finder)", _fits, buyers="known")
def read_ocds(path: Path, options: Options, report: ImportReport) -> Harvest:
    """Read releases one by one; every award and supplier counts as a row."""
    harvest = Harvest(report, options)
    found: Spool[tuple[_Award, str, Fact]] = Spool(key=itemgetter(0, 1))
    latest = ""
    seen = 0
    for release in _releases(path, report):
        seen += 1
        if seen % 500 == 0:
            options.tick(seen, 0)
        dated = parse_date(str(release.get("date") or "")) or ""
        latest = max(latest, dated)
        for key, fact in _awards(release, dated, options, report):
            if harvest.wanted(fact):
                found.append((key, dated, fact))
    options.tick(seen, 0)
    report.note(f"{seen:,} releases were read; a row is one award to one supplier.")
    if latest:
        harvest.dates.append(latest)
    for _, group in groupby(found, key=itemgetter(0)):
        *older, (_, _, newest) = group
        harvest.take(newest)
        for _, _, fact in older:
            report.skip(fact.where, "the same award, contract and supplier in another release: the newest counts")
    return harvest


def _releases(path: Path, report: ImportReport) -> Iterator[dict[str, Any]]:
    for place, item in objects(path, frozenset({"releases", "records"})):
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


def _list(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return clean(str(value)) if isinstance(value, str | int | float) else ""


def _awards(
    release: Mapping[str, Any], dated: str, options: Options, report: ImportReport
) -> Iterator[tuple[_Award, Fact]]:
    ocid = _text(release.get("ocid"))
    parties = {_text(p.get("id")): p for p in _list(release.get("parties"))}
    tender = _dict(release.get("tender"))
    buyer = _buyer(release, parties)
    contracts: dict[str, list[Mapping[str, Any]]] = {}
    for contract in _list(release.get("contracts")):
        contracts.setdefault(_text(contract.get("awardID")), []).append(contract)
    framework = next(
        (
            _text(p.get("title")) or _text(p.get("identifier"))
            for p in _list(release.get("relatedProcesses"))
            if "framework" in (p.get("relationship") or [])
        ),
        None,
    )
    for award in _list(release.get("awards")):
        suppliers = _list(award.get("suppliers"))
        where = f"{ocid} award {_text(award.get('id'))}"
        status = _text(award.get("status")).lower()
        for supplier in suppliers or [{}]:
            for contract in contracts.get(_text(award.get("id"))) or [{}]:
                report.read += 1
                reason = _refused(status, _text(contract.get("status")).lower(), supplier, buyer)
                if reason:
                    if reason.startswith("supplier redacted"):
                        report.redacted += 1
                    report.skip(where, reason)
                    continue
                party = _party(supplier, parties, report)
                if party is None or buyer is None:
                    report.skip(where, "no supplier")
                    continue
                fact = _fact(
                    release,
                    tender,
                    award,
                    contract,
                    buyer,
                    party,
                    where,
                    dated,
                    framework,
                    len(suppliers),
                    options,
                    report,
                )
                yield (ocid, _text(award.get("id")), _text(contract.get("id")), party.name), fact
        if _list(award.get("subcontracts")) or _dict(award.get("subcontracting")):
            report.note(f"{where} speaks of subcontracting in words only; a person has to read it.")


def _refused(status: str, contract: str, supplier: Mapping[str, Any], buyer: Party | None) -> str:
    if status in _DEAD or contract == "cancelled":
        return "award or contract cancelled, unsuccessful or only planned"
    if buyer is None:
        return "no buyer"
    name = _text(supplier.get("name"))
    if redacted(name):
        return "supplier redacted: who it is is not known"
    return ""


def _buyer(release: Mapping[str, Any], parties: Mapping[str, Mapping[str, Any]]) -> Party | None:
    buyer = _dict(release.get("buyer"))
    party = parties.get(_text(buyer.get("id")), {})
    if not buyer.get("name") and not party:
        party = next((p for p in parties.values() if "buyer" in (p.get("roles") or [])), {})
    name = _text(buyer.get("name")) or _text(party.get("name"))
    return Party(name, _ids(party)) if name else None


def _ids(party: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    found = []
    for identifier in (_dict(party.get("identifier")), *_list(party.get("additionalIdentifiers"))):
        scheme, number = _text(identifier.get("scheme")), _text(identifier.get("id"))
        if scheme and number:
            found.append((scheme, number))
    return tuple(sorted(set(found)))


def _party(supplier: Mapping[str, Any], parties: Mapping[str, Mapping[str, Any]], report: ImportReport) -> Party | None:
    full = parties.get(_text(supplier.get("id")), {})
    ids = _ids(full) or _ids(supplier)
    code = _text(supplier.get("id"))
    if not ids and code.startswith(("GB-COH-", "GB-PPON-", "GB-CHC-", "GB-NIC-", "GB-SC-")):
        scheme = "-".join(code.split("-")[:2])
        ids = ((scheme, code.removeprefix(scheme + "-")),)
    return clean_party(_text(supplier.get("name")) or _text(full.get("name")), report, ids)


def _fact(
    release: Mapping[str, Any],
    tender: Mapping[str, Any],
    award: Mapping[str, Any],
    contract: Mapping[str, Any],
    buyer: Party,
    party: Party,
    where: str,
    dated: str,
    framework: str | None,
    sharing: int,
    options: Options,
    report: ImportReport,
) -> Fact:
    title = _text(contract.get("title")) or _text(award.get("title")) or _text(tender.get("title"))
    period = _dict(contract.get("period")) or _dict(award.get("contractPeriod")) or _dict(tender.get("contractPeriod"))
    start = parse_date(_text(period.get("startDate"))) or parse_date(_text(contract.get("dateSigned")))
    end = parse_date(_text(period.get("endDate")))
    longest = parse_date(_text(period.get("maxExtentDate")))
    if start and end and last_day(end) < last_day(start):
        report.guess("ends before it begins: both dates left blank", f"{where}: {start} to {end}")
        start = end = longest = None
    hit = area_of_title(title)
    if hit:
        report.guess("service area guessed from a title", f"{title!r}: {hit[0]}")
    value, gross = _value(_dict(contract.get("value")) or _dict(award.get("value")))
    notes = [f"contract: {title.replace(';', ',')}"] if title else []
    if gross:
        notes.append("value with VAT")
        report.guess("value given with VAT only", where)
    if sharing > 1 and value is not None:
        notes.append(f"one value for {sharing} suppliers was left out")
        report.guess("one value for several suppliers, left out", where)
        value = None
    documents = [*_list(contract.get("documents")), *_list(award.get("documents"))]
    url = next((u for d in documents if (u := web_address(_text(d.get("url"))))), None)
    code = next(
        (
            _text(c.get("id"))
            for holder in (*_list(award.get("items")), tender)
            for c in (_dict(holder.get("classification")), *_list(holder.get("additionalClassifications")))
            if c.get("scheme") == "CPV"
        ),
        None,
    )
    if code:
        notes.append(f"CPV {code}")
    return Fact(
        where=where,
        how="award",
        council=buyer,
        supplier=party,
        thing=title or None,
        area=hit[0] if hit else None,
        area_guessed=hit[1] if hit else None,
        valid_from=start,
        valid_to=end,
        reference=_text(release.get("ocid")),
        value=value,
        end_latest=longest,
        framework=framework,
        grade=options.grade or "confirmed",
        url=url,
        publisher=_text(_dict(release.get("publisher")).get("name")) or f"Notice {_text(release.get('id'))}",
        published=dated or None,
        claim=f"{buyer.name} awarded {title or 'a contract'} to {party.name}",
        note="; ".join(notes) or None,
    )


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
